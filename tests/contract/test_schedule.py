"""What `Schedule` promises: at most one worker holds a job at a time.

A lease of no time has ended when the store has answered: nobody has to wait for it.
"""

import asyncio
from dataclasses import replace

import pytest

from builders import NOW
from contract.conftest import Address, Open
from taskmanager.schedule import Job, Schedule
from taskmanager.storage import Storage

LEASE = 60_000
SWEEP = Job("sweep", "all", NOW)


@pytest.fixture
def jobs(storage: Storage) -> Schedule:
    return storage.jobs


async def test_a_job_is_taken_when_it_is_due_and_not_before(jobs: Schedule) -> None:
    await jobs.add(SWEEP)
    assert await jobs.take(NOW - 1, "a", LEASE) is None
    assert await jobs.take(NOW, "a", LEASE) == replace(SWEEP, attempts=1)


async def test_the_most_overdue_job_is_taken_first(jobs: Schedule) -> None:
    for due in (NOW, NOW - 5, NOW - 3):
        await jobs.add(Job("erase", str(due), due))
    taken = [await jobs.take(NOW, "a", LEASE) for _ in range(4)]
    assert [job.due_at if job else None for job in taken] == [NOW - 5, NOW - 3, NOW, None]


async def test_name_and_subject_together_are_the_key(jobs: Schedule) -> None:
    for job in (Job("erase", "x", NOW), Job("erase", "y", NOW), Job("sweep", "x", NOW), Job("erase", "x", NOW)):
        await jobs.add(job)
    taken = [await jobs.take(NOW, "a", LEASE) for _ in range(4)]
    assert sorted((job.name, job.subject) for job in taken if job) == [("erase", "x"), ("erase", "y"), ("sweep", "x")]


async def test_adding_a_job_again_changes_nothing_unless_it_is_due_earlier(jobs: Schedule) -> None:
    await jobs.add(SWEEP)
    await jobs.add(replace(SWEEP, due_at=NOW + 5))
    assert await jobs.take(NOW - 1, "a", LEASE) is None
    await jobs.add(replace(SWEEP, due_at=NOW - 5))
    job = await jobs.take(NOW - 1, "a", LEASE)
    assert job == replace(SWEEP, due_at=NOW - 5, attempts=1)


async def test_a_job_that_is_held_is_taken_by_nobody_else(jobs: Schedule) -> None:
    await jobs.add(SWEEP)
    assert await jobs.take(NOW, "a", LEASE)
    assert await jobs.take(NOW, "b", LEASE) is None
    assert await jobs.take(NOW, "a", LEASE) is None


@pytest.mark.parametrize("off", [-3_600_000, 3_600_000])
async def test_a_worker_whose_clock_is_an_hour_off_takes_nothing_that_is_held_and_holds_nothing_longer(
    jobs: Schedule, off: int
) -> None:
    await jobs.add(replace(SWEEP, due_at=NOW - 3_600_000))
    job = await jobs.take(NOW, "right", LEASE)
    assert job
    assert await jobs.take(NOW + off, "wrong", LEASE) is None
    assert await jobs.extend(job, "right", 0)
    taken = await jobs.take(NOW + off, "wrong", 0)
    assert taken
    assert await jobs.take(NOW, "right", LEASE)
    assert not await jobs.extend(taken, "wrong", LEASE)


async def test_a_worker_that_dies_loses_the_job_when_its_lease_ends(jobs: Schedule) -> None:
    await jobs.add(SWEEP)
    first = await jobs.take(NOW, "a", 0)
    second = await jobs.take(NOW, "b", LEASE)
    assert first
    assert second == replace(SWEEP, attempts=2)
    assert not await jobs.extend(first, "a", LEASE)


async def test_of_many_workers_that_ask_at_once_each_job_goes_to_one(open_at: Open, address: Address) -> None:
    stores = [(await open_at(address)).jobs for _ in range(3)]
    for n in range(10):
        await stores[0].add(Job("erase", str(n), NOW))
    asked = (store.take(NOW, f"worker {n}", LEASE) for n in range(10) for store in stores)
    taken = [job.subject for job in await asyncio.gather(*asked) if job]
    assert sorted(taken) == sorted(map(str, range(10)))


async def test_a_lease_is_extended_by_the_one_who_holds_it(jobs: Schedule) -> None:
    await jobs.add(SWEEP)
    job = await jobs.take(NOW, "a", 0)
    assert job
    assert await jobs.extend(job, "a", LEASE)
    assert not await jobs.extend(job, "b", 0)
    assert await jobs.take(NOW, "b", LEASE) is None
    assert await jobs.extend(job, "a", 0)
    assert await jobs.take(NOW, "b", LEASE)


async def test_a_finished_job_is_forgotten(jobs: Schedule) -> None:
    await jobs.add(SWEEP)
    job = await jobs.take(NOW, "a", LEASE)
    assert job
    await jobs.finish(job, "a")
    assert await jobs.take(NOW + 10 * LEASE, "b", LEASE) is None
    assert not await jobs.extend(job, "a", LEASE)


async def test_a_job_that_another_holds_by_now_is_not_finished(jobs: Schedule) -> None:
    await jobs.add(SWEEP)
    job = await jobs.take(NOW, "a", 0)
    assert job
    again = await jobs.take(NOW, "b", LEASE)
    assert again
    await jobs.finish(job, "a")
    assert await jobs.extend(again, "b", LEASE)


async def test_a_postponed_job_is_free_and_due_again_then(jobs: Schedule) -> None:
    await jobs.add(SWEEP)
    job = await jobs.take(NOW, "a", LEASE)
    assert job
    await jobs.postpone(job, "a", NOW + 5)
    assert await jobs.take(NOW + 4, "b", LEASE) is None
    assert await jobs.take(NOW + 5, "b", LEASE) == Job("sweep", "all", NOW + 5, attempts=2)
    await jobs.postpone(job, "a", NOW)
    assert await jobs.take(NOW + 5, "c", LEASE) is None


async def test_a_postponed_job_has_the_attempts_it_is_given_back_with(jobs: Schedule) -> None:
    await jobs.add(SWEEP)
    job = await jobs.take(NOW, "a", LEASE)
    assert job
    await jobs.postpone(replace(job, attempts=0), "a", NOW + 5)
    assert await jobs.take(NOW + 5, "b", LEASE) == Job("sweep", "all", NOW + 5, attempts=1)


async def test_a_job_goes_on_at_the_place_it_was_given_back_with(jobs: Schedule) -> None:
    await jobs.add(SWEEP)
    job = await jobs.take(NOW, "a", LEASE)
    assert job
    assert job.place == ""
    await jobs.postpone(replace(job, place="$here"), "a", NOW)
    await jobs.add(replace(SWEEP, due_at=NOW - 5))
    again = await jobs.take(NOW, "b", 0)
    assert again
    assert again.place == "$here"
    taken = await jobs.take(NOW, "c", LEASE)
    assert taken == replace(again, attempts=3)


async def test_who_is_there_is_told_until_its_lease_ends_and_is_no_job(jobs: Schedule) -> None:
    assert await jobs.attend("limits", "b", LEASE) == ["b"]
    assert await jobs.attend("limits", "a", LEASE) == ["a", "b"]
    assert await jobs.attend("limits", "b", LEASE) == ["a", "b"]
    assert await jobs.attend("other", "c", LEASE) == ["c"]
    assert await jobs.take(NOW * 2, "worker", LEASE) is None
    assert await jobs.attend("limits", "a", 0) == ["b"]
