"""A process that is killed in the middle of writing loses nothing that it acknowledged.

This does not test a loss of power: what the process wrote is with the kernel by then.
"""

import asyncio
import sys
import time
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from conftest import Figure
from contract.sqlite_file import assert_sound, rows
from taskmanager.storage.sqlite import open_sqlite
from taskmanager.tasks.model import TASK

FEW = 20
RESTART = 1.0
"""Seconds; asserted where the machine is not busy with other tests."""
TESTS = Path(__file__).parent.parent
Acknowledged = list[tuple[str, str, str]]


async def written_until_killed(path: Path, acknowledgements: int, *words: str) -> Acknowledged:
    """Kill the writer when it has acknowledged so many commits; all that it had said by then."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(TESTS / "contract" / "writing_process.py"), str(path), *words),
        stdout=asyncio.subprocess.PIPE,
        env={"PYTHONPATH": str(TESTS)},
    )
    assert process.stdout
    heard = [await process.stdout.readline() for _ in range(acknowledgements)]
    process.kill()
    rest = await process.stdout.read()
    assert await process.wait() == -9
    heard += [line for line in rest.splitlines(keepends=True) if line.endswith(b"\n")]
    assert len(heard) >= acknowledgements
    return [(ws, one, two) for ws, one, two in (line.decode().split() for line in heard)]


async def lost(path: Path, acknowledged: Acknowledged, restarts: list[float] | None = None) -> Acknowledged:
    """Which acknowledged pairs are not there when the file is opened again, and the seconds that took."""
    began = time.perf_counter()
    storage = await open_sqlite(path)
    if restarts is not None:
        restarts.append(time.perf_counter() - began)
    missing = []
    for ws, *pair in acknowledged:
        if len(await storage.workspaces.get(ws, TASK, pair)) != len(pair):
            missing.append((ws, *pair))
    await storage.close()
    return [(ws, one, two) for ws, one, two in missing]


@pytest.mark.timeout(900)
@pytest.mark.parametrize("kills", [FEW, pytest.param(200, marks=pytest.mark.faults)])
async def test_kills_in_a_write_loop_lose_no_acknowledged_write(tmp_path: Path, kills: int, figure: Figure) -> None:
    path, acknowledged = tmp_path / "taskmanager.db", Acknowledged()
    restarts: list[float] = []
    random = Random(1)  # noqa: S311 - it only has to be the same each time
    for _ in range(kills):
        heard = await written_until_killed(path, random.randrange(1, 150))
        assert_sound(path)
        assert await lost(path, heard, restarts) == []
        acknowledged += heard
    assert await lost(path, acknowledged) == []
    assert len(acknowledged) > kills * 10
    halves = Counter(rows(path, "SELECT ws, body ->> 'title' FROM doc_task"))
    assert set(halves.values()) == {2}, "a commit was applied by half"
    figure(
        f"F10: {kills} kills, {len(acknowledged)} commits acknowledged, 0 lost, integrity_check ok {kills} times,"
        f" the slowest restart {max(restarts):.2f} s"
    )
    assert kills == FEW or max(restarts) <= RESTART


@pytest.mark.control
async def test_the_harness_notices_an_acknowledgement_without_a_write(tmp_path: Path) -> None:
    path = tmp_path / "taskmanager.db"
    acknowledged = await written_until_killed(path, 100, "lying")
    assert len(await lost(path, acknowledged)) >= 100 // 5 - 8
