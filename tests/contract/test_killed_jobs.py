"""F18: a worker that is killed in the middle of a job leaves it to the next one, and every effect is there once.

In the first tests the job is the hardest there is: it empties the trash of every workspace, in as many commits as there
are workspaces. The lease of a killed worker is ended, so that nobody has to wait for it. In the others two workers live
side by side, also with clocks that are wrong by an hour.
"""

import asyncio
import sys
import time
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
from taskmanager.jobs import IDLE_SECONDS, LEASE_MS
from taskmanager.schedule import Job
from taskmanager.storage import Storage
from taskmanager.tasks.dates import DAY, instant
from taskmanager.tasks.model import TASK
from taskmanager.upkeep import SWEEP

pytestmark = pytest.mark.parametrize("new_address", ["sqlite", "mongo"], indirect=True)
"""Jobs are kept by no cache."""

TESTS: Final = Path(__file__).parent.parent
LONG_AGO: Final = instant(NOW - (TRASH_DAYS + 1) * DAY)
LATELY: Final = instant(NOW - DAY)
MOST_WORDS: Final = 3


def sort_of(address: Address) -> str:
    return address.url.partition(":")[0] or "sqlite"


@dataclass
class Lives:
    """What the workers of one test did."""

    address: Address
    killed: int = 0

    @property
    def name(self) -> str:
        """Of the worker that is next."""
        return f"worker {self.killed}"

    async def _begin(self, *words: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, str(TESTS / "contract" / "working_process.py")),
            *(self.address.url, str(self.address.data_dir), self.name, *words),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={"PYTHONPATH": str(TESTS)},
        )

    async def last(self) -> None:
        """Let a worker do all that is left."""
        process = await self._begin()
        await process.communicate(b"")
        assert process.returncode == 0

    async def one(self, random: Random, *words: str) -> bool:
        """Let a worker work until it has begun or ended some commits, and kill it; True when there was no more."""
        process = await self._begin(*words)
        assert process.stdout
        assert process.stdin
        for _ in range(random.randrange(1, MOST_WORDS + 1)):
            if (await process.stdout.readline()).strip() in {b"idle", b""}:
                await process.communicate()
                assert process.returncode == 0
                return True
            process.stdin.write(b"\n")
        await process.stdin.drain()
        process.kill()
        # Not wait(): that would wait for ever if more had been said than was read.
        await process.communicate()
        assert process.returncode == -9
        self.killed += 1
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
    gone = await fill(storage, workspaces=4 * kills)  # a worker does several before it is dead
    random = Random(kills)  # noqa: S311 - it only has to be the same each time
    while lives.killed < kills:
        assert not await lives.one(random), "too little work"
        assert await storage.jobs.take(NOW, "early", LEASE_MS) is None
        await storage.jobs.extend(Job(SWEEP, "all", NOW), f"worker {lives.killed - 1}", 0)
    await lives.last()
    for ws, ids in gone.items():
        assert await purged(storage, ws) == Counter(ids)
    told = f"{lives.killed} workers killed in mid-job, {3 * len(gone)} effects, each there once"
    figure(f"F18, {sort_of(address)}: {told}")


@pytest.mark.timeout(120)
@pytest.mark.control
async def test_a_worker_that_ended_its_job_before_it_did_it_is_found_out(open_at: Open, address: Address) -> None:
    storage, lives = await open_at(address), Lives(address)
    gone = await fill(storage, workspaces=5)
    while not await lives.one(Random(1), "hasty"):  # noqa: S311 - the same
        assert lives.killed <= 2
    undone = [ws for ws, ids in gone.items() if await purged(storage, ws) != Counter(ids)]
    assert undone


@dataclass(frozen=True)
class Times:
    """Of a lease (ms), and between two looks for a job (seconds)."""

    lease_ms: int
    idle: float

    @property
    def relet(self) -> float:
        """Seconds in which a dead worker's job must have found another."""
        return self.lease_ms / 1000 + self.idle + 1.0


SHORT: Final = Times(900, 0.2)
AS_SHIPPED: Final = Times(LEASE_MS, IDLE_SECONDS)
HOUR: Final = 3_600_000
RELET: Final = 60.0
"""Seconds: the promise of F18."""


class Worker:
    """A process at a job that takes until it is told to end."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        assert process.stdout
        self._said = process.stdout

    @classmethod
    async def start(cls, address: Address, folder: Path, times: Times, *words: str, off_ms: int = 0) -> "Worker":
        return cls(
            await asyncio.create_subprocess_exec(
                *(sys.executable, str(TESTS / "contract" / "holding_process.py"), address.url, str(address.data_dir)),
                *(str(folder), str(times.lease_ms), str(times.idle), str(off_ms), *words),
                stdout=asyncio.subprocess.PIPE,
                env={"PYTHONPATH": str(TESTS)},
            )
        )

    async def says(self, word: str, within: float) -> None:
        async with asyncio.timeout(within):
            while (said := (await self._said.readline()).decode().strip()) != word:
                assert said, "it ended"

    async def kill(self) -> None:
        if self.process.returncode is None:
            self.process.kill()
            await self.process.wait()


@pytest.mark.timeout(400)
@pytest.mark.parametrize("times", [SHORT, pytest.param(AS_SHIPPED, marks=pytest.mark.faults)], ids=["short", "shipped"])
@pytest.mark.parametrize("off", [-HOUR, HOUR], ids=["behind", "ahead"])
async def test_a_job_is_held_for_as_long_as_it_takes_and_found_by_another_when_its_worker_is_killed(  # noqa: PLR0913, PLR0917 - what is varied, and what is told
    open_at: Open, address: Address, tmp_path: Path, times: Times, off: int, figure: Figure
) -> None:
    """The first one's clock is an hour off, and the other's as much the other way."""
    storage = await open_at(address)
    await storage.jobs.add(Job("long", "all", NOW))
    first = await Worker.start(address, tmp_path, times, off_ms=off)
    await first.says("begun", 30)
    second = await Worker.start(address, tmp_path, times, off_ms=-off)
    try:
        hears = asyncio.create_task(second.says("begun", 300))
        for _ in range(4):  # longer than the lease
            await first.says("held", times.relet)
        assert not hears.done(), "two did it at once"
        await first.kill()
        killed = time.monotonic()
        await hears
        relet = time.monotonic() - killed
        (tmp_path / "done").touch()
        await second.says("ended", 30)
        async with asyncio.timeout(30):
            while await storage.jobs.take(NOW * 2, "late", 1):  # noqa: ASYNC110 - until the worker has put it away
                await asyncio.sleep(0.02)
    finally:
        await first.kill()
        await second.kill()
    if times is AS_SHIPPED:
        told = f"a killed worker's job found another after {relet:.0f} s, none that was held did; clocks {off} ms off"
        figure(f"F18, {sort_of(address)}: {told}")
        assert relet <= RELET


@pytest.mark.control
async def test_a_worker_that_does_not_hold_on_is_found_out(open_at: Open, address: Address, tmp_path: Path) -> None:
    storage = await open_at(address)
    await storage.jobs.add(Job("long", "all", NOW))
    first = await Worker.start(address, tmp_path, SHORT, "loose")
    await first.says("begun", 30)
    second = await Worker.start(address, tmp_path, SHORT)
    try:
        await second.says("begun", 30)
        assert first.process.returncode is None, "nobody else was at it"
    finally:
        await first.kill()
        await second.kill()
