"""F18: a worker that is killed in the middle of a job leaves it to the next one, and every effect is there once.

The job is the hardest there is: it empties the trash of every workspace, in as many commits as there are workspaces.
Each worker's clock is one lease ahead of the one before, so that nobody has to wait for it.
"""

import asyncio
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

import pytest

from builders import NOW, a_task, an_account, put
from conftest import Figure
from contract.conftest import Address, Open
from contract.working_process import TRASH_DAYS
from taskmanager.jobs import LEASE_MS
from taskmanager.schedule import Job
from taskmanager.storage import Storage
from taskmanager.tasks.dates import DAY, instant
from taskmanager.tasks.model import TASK
from taskmanager.upkeep import SWEEP

TESTS: Final = Path(__file__).parent.parent
LONG_AGO: Final = instant(NOW - (TRASH_DAYS + 1) * DAY)
LATELY: Final = instant(NOW - DAY)
MOST_WORDS: Final = 3


@dataclass
class Lives:
    """What the workers of one test did. `late`: how far the clock of the next one is ahead, in ms."""

    address: Address
    killed: int = 0
    late: int = 0

    async def one(self, random: Random, *words: str) -> bool:
        """Let a worker work until it has begun or ended so many commits, and kill it; True when there was no more."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, str(TESTS / "contract" / "working_process.py")),
            *(self.address.url, str(self.address.data_dir), str(self.late), *words),
            stdout=asyncio.subprocess.PIPE,
            env={"PYTHONPATH": str(TESTS)},
        )
        assert process.stdout
        for _ in range(random.randrange(1, MOST_WORDS + 1)):
            if (await process.stdout.readline()).strip() in {b"idle", b""}:
                await process.communicate()
                assert process.returncode == 0
                return True
        process.kill()
        # Not wait(): that would wait for ever if more had been said than was read.
        await process.communicate()
        assert process.returncode == -9
        self.killed += 1
        self.late += LEASE_MS
        return False


async def fill(storage: Storage, workspaces: int) -> dict[str, list[str]]:
    """For each workspace the tasks whose time has come; beside them lies one trashed lately, and a live one."""
    gone = {}
    for _ in range(workspaces):
        account = an_account(timezone="UTC")
        await storage.accounts.add(account)
        ws = account.id
        old = [a_task(ws, deleted_at=LONG_AGO) for _ in range(3)]
        others = [a_task(ws, deleted_at=LATELY), a_task(ws)]
        await storage.workspaces.commit(ws, [put(task) for task in (*old, *others)], by=ws, now=NOW - DAY)
        gone[ws] = [task.id for task in old]
    await storage.jobs.add(Job(SWEEP, "all", NOW))
    return gone


async def purged(storage: Storage, ws: str) -> Counter[str]:
    """How often the changes tell of each task that it was deleted for good."""
    changes = (await storage.workspaces.changes(ws, None, 1_000)).changes
    return Counter(change.id for change in changes if change.kind == TASK.name and change.op == "purge")


@pytest.mark.timeout(600)
@pytest.mark.parametrize("kills", [3, pytest.param(50, marks=pytest.mark.faults)])
async def test_a_job_whose_workers_are_killed_is_done_to_its_end_and_once(
    open_at: Open, address: Address, kills: int, figure: Figure
) -> None:
    storage, lives = await open_at(address), Lives(address)
    gone = await fill(storage, workspaces=2 * kills)
    random = Random(kills)  # noqa: S311 - it only has to be the same each time
    while not await lives.one(random):
        assert lives.killed <= 4 * kills
        assert await storage.jobs.take(NOW + lives.late - 1, "early", LEASE_MS) is None
    assert lives.killed >= kills
    for ws, ids in gone.items():
        assert await purged(storage, ws) == Counter(ids)
    figure(f"F18: {lives.killed} workers killed in mid-job, {3 * len(gone)} effects, each there once")


@pytest.mark.timeout(120)
@pytest.mark.control
async def test_a_worker_that_ended_its_job_before_it_did_it_is_found_out(open_at: Open, address: Address) -> None:
    storage, lives = await open_at(address), Lives(address)
    gone = await fill(storage, workspaces=5)
    while not await lives.one(Random(1), "hasty"):  # noqa: S311 - the same
        assert lives.killed <= 2
    undone = [ws for ws, ids in gone.items() if await purged(storage, ws) != Counter(ids)]
    assert undone
