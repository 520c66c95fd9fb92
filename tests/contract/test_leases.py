"""A runner and its lease: work goes on while it is held, and ends with it."""

import asyncio
from typing import Any, Final

import pytest

from builders import NOW
from taskmanager import jobs
from taskmanager.errors import Unavailable
from taskmanager.jobs import LEASE_MS, Again, Runner, Work
from taskmanager.schedule import Job
from taskmanager.storage import Storage

JOB: Final = Job("work", "x", NOW)
OWNER: Final = "the runner"


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "EXTEND_SECONDS", 0.01)


class Shaky:
    """A schedule whose store can't be reached the first time that a lease is extended, and says when it was."""

    def __init__(self, storage: Storage) -> None:
        self._jobs = storage.jobs
        self.failed = False
        self.extended = asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._jobs, name)

    async def extend(self, *given: Any) -> bool:
        if not self.failed:
            self.failed = True
            raise Unavailable("not now")
        held = await self._jobs.extend(*given)
        self.extended.set()
        return held


class Late:
    """A schedule in which nobody holds on to a lease before another has taken the job."""

    def __init__(self, storage: Storage) -> None:
        self._jobs = storage.jobs
        self.taken = asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._jobs, name)

    async def extend(self, *given: Any) -> bool:
        await self.taken.wait()
        return await self._jobs.extend(*given)


def runner(schedule: Any, work: Work) -> Runner:
    return Runner(schedule, {"work": work}, lambda: NOW, OWNER)


async def test_work_whose_lease_was_lost_is_cancelled_and_left_to_the_other(storage: Storage) -> None:
    schedule, ended = Late(storage), []

    async def work(_job: Job) -> None:
        assert await storage.jobs.extend(JOB, OWNER, 0)
        assert await storage.jobs.take(NOW, "other", LEASE_MS)
        schedule.taken.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise

    await storage.jobs.add(JOB)
    assert await runner(schedule, work).run_one()
    assert ended == ["cancelled"]
    assert await storage.jobs.extend(JOB, "other", LEASE_MS)


async def test_a_lease_that_could_not_be_extended_at_once_is_extended_later(storage: Storage) -> None:
    schedule = Shaky(storage)

    async def work(_job: Job) -> None:
        await schedule.extended.wait()

    await storage.jobs.add(JOB)
    assert await runner(schedule, work).run_one()
    assert schedule.failed
    assert await storage.jobs.take(NOW + 10 * LEASE_MS, "other", LEASE_MS) is None


async def test_a_success_forgets_the_failures_before_it(storage: Storage) -> None:
    outcomes: list[Exception | None] = [*(None for _ in range(12)), ValueError("this time it fails")]

    async def work(_job: Job) -> Again:
        outcome = outcomes.pop(0)
        if outcome:
            raise outcome
        return Again(NOW)

    await storage.jobs.add(JOB)
    while outcomes:
        assert await runner(storage.jobs, work).run_one()
    assert await storage.jobs.take(NOW + 1_999, "other", LEASE_MS) is None
    assert await storage.jobs.take(NOW + 2_000, "other", LEASE_MS)


@pytest.mark.parametrize("steps", range(4))
async def test_a_runner_that_is_told_to_end_just_as_it_is_woken_ends(storage: Storage, steps: int) -> None:
    waiting = runner(storage.jobs, lambda _job: asyncio.sleep(0))
    running = asyncio.create_task(waiting.run())
    await asyncio.sleep(0.05)
    waiting.wake()
    for _ in range(steps):
        await asyncio.sleep(0)
    running.cancel()
    done, _ = await asyncio.wait([running], timeout=2)
    running.cancel()
    assert done
