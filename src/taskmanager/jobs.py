"""Timed work under a lease kept in the store: whichever process is free does it, none does it twice at once."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

import structlog

from taskmanager.errors import TaskManagerError
from taskmanager.identity import new_id
from taskmanager.schedule import Job, Schedule

LEASE_MS: Final = 50_000
EXTEND_SECONDS: Final = 20.0
IDLE_SECONDS: Final = 5.0
"""How long a job that another process scheduled may go unnoticed."""


@dataclass(frozen=True, slots=True)
class Again:
    """When (ms) a job is due again, and where it then goes on."""

    due_at: int
    place: str = ""


Work = Callable[[Job], Awaitable[Again | None]]
"""Does the job, and may be repeated; None when there is no more to do."""

log = structlog.get_logger(__name__)


class Runner:
    """Takes jobs that are due and does them, one at a time."""

    def __init__(
        self, schedule: Schedule, works: Mapping[str, Work], clock: Callable[[], int], owner: str | None = None
    ) -> None:
        self._schedule = schedule
        self._works = works
        self._clock = clock
        self._owner = owner or new_id()
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Look now: something was scheduled."""
        self._woken.set()

    async def run(self) -> None:
        while True:
            self._woken.clear()
            try:
                while await self.run_one():
                    pass
            except Exception:
                log.exception("jobs can't be taken now")
            with suppress(TimeoutError):
                async with asyncio.timeout(IDLE_SECONDS):
                    await self._woken.wait()

    async def run_one(self) -> bool:
        """Do the most overdue job; False when nothing is due."""
        job = await self._schedule.take(self._clock(), self._owner, LEASE_MS)
        if job is None:
            return False
        work = self._works.get(job.name)
        if work is None:
            await self._schedule.postpone(job, self._owner, self._clock() + 3_600_000)
            return True
        try:
            again = await self._done_under_lease(job, work)
        except Exception:
            log.exception("a job failed and will be tried again", job=job.name, subject=job.subject)
            await self._schedule.postpone(job, self._owner, self._clock() + min(3_600_000, 1000 * 2**job.attempts))
        else:
            await self._end(job, again)
        return True

    async def _done_under_lease(self, job: Job, work: Work) -> Again | None:
        """What the work answers; TimeoutError, and the work cancelled, when the lease was lost or could not be kept."""
        async with asyncio.timeout(LEASE_MS / 1000) as lease:
            holding = asyncio.create_task(self._hold(job, lease))
            try:
                return await work(job)
            finally:
                holding.cancel()

    async def _end(self, job: Job, again: Again | None) -> None:
        if again is None:
            await self._schedule.finish(job, self._owner)
        else:
            await self._schedule.postpone(replace(job, attempts=0, place=again.place), self._owner, again.due_at)

    async def _hold(self, job: Job, lease: asyncio.Timeout) -> None:
        """Keep the lease while the work goes on, which ends with it."""
        loop, held = asyncio.get_running_loop(), True
        while held:
            await asyncio.sleep(EXTEND_SECONDS)
            asked = loop.time()
            try:
                held = await self._schedule.extend(job, self._owner, LEASE_MS)
            except TaskManagerError as error:
                log.warning("a lease could not be extended", job=job.name, subject=job.subject, error=str(error))
                continue
            if lease.expired():
                return
            lease.reschedule(asked + LEASE_MS / 1000 if held else asked)
        log.warning("a job was lost to another process", job=job.name, subject=job.subject)
