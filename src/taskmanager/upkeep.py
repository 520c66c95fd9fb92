"""The jobs there are: what is due without anybody asking for it."""

import time
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Final, Protocol

import msgspec
import structlog

from taskmanager.accounts.signin import IDLE_MS, LIFETIME_MS
from taskmanager.accounts.store import AccountStore
from taskmanager.errors import TaskManagerError
from taskmanager.identity import new_id
from taskmanager.jobs import Again, Work
from taskmanager.schedule import Job, Schedule
from taskmanager.tasks import trashcan, zones
from taskmanager.tasks.dates import DAY
from taskmanager.tasks.door import Door, Scope

SWEEP: Final = "sweep"
ERASE: Final = "erase"
REZONE: Final = "rezone"
ROTATE: Final = "rotate"
PAGE: Final = 200
SWEEP_SECONDS: Final = 20.0
"""Hardly more than that, or than a page of workspaces, at a time: other jobs want to be done too."""
SWEEP_EVERY: Final = DAY // 4
ROTATE_EVERY: Final = 90 * DAY
KEYS_KEPT: Final = 2 * DAY
"""Idempotency keys are promised for a day."""

log = structlog.get_logger(__name__)


class Keys(Protocol):
    """What signs access tokens."""

    async def rotate(self) -> str: ...


class Upkeep:
    """`trash_days` and `history_days` as set; 0 days of history keeps it for ever."""

    def __init__(  # noqa: PLR0913 - what there is to keep up, and how long
        self,
        door: Door,
        accounts: AccountStore,
        keys: Keys,
        jobs: Schedule,
        *,
        trash_days: int,
        history_days: int,
    ) -> None:
        self._door = door
        self._accounts = accounts
        self._keys = keys
        self._jobs = jobs
        self._trash_days = trash_days
        self._history_days = history_days

    @property
    def works(self) -> Mapping[str, Work]:
        return {SWEEP: self.sweep, ERASE: self.erase, REZONE: self.rezone, ROTATE: self.rotate}

    async def start(self) -> None:
        now = self._door.clock()
        await self._jobs.add(Job(SWEEP, "all", now))
        await self._jobs.add(Job(ROTATE, "keys", now + ROTATE_EVERY))

    async def move(self, ws: str, timezone: str) -> None:
        """Note the zone of a workspace now; what follows from it is worked out by a job."""
        if await zones.move(self._door, Scope(ws, ws), timezone):
            # A job of its own for each move: one that is being done has perhaps read the zone already.
            await self._jobs.add(Job(REZONE, f"{ws} {new_id()}", self._door.clock()))

    async def rezone(self, job: Job) -> None:
        ws = job.subject.partition(" ")[0]
        await zones.settle(self._door, Scope(ws, ws))

    async def erase(self, job: Job) -> None:
        """The personal workspace of an account that was deleted."""
        if await self._accounts.get(job.subject) is None:
            await self._door.store.erase(job.subject)

    async def rotate(self, _job: Job) -> Again:
        """A key that signs for three months at most is one that can be lost without great harm."""
        await self._keys.rotate()
        return Again(self._door.clock() + ROTATE_EVERY)

    async def sweep(self, job: Job) -> Again:
        """Empty what lay in the trash for long enough, and forget what is too old.

        Some workspaces, from the job's place on, and at once again for the next ones; after the last in some hours.
        """
        now, enough = self._door.clock(), time.monotonic() + SWEEP_SECONDS
        if not job.place:
            await self._accounts.forget_sessions(now - IDLE_MS, now - LIFETIME_MS)
        for ws in await self._door.store.workspaces(job.place, PAGE):
            try:
                await self._sweep_one(ws, now)
            except (TaskManagerError, msgspec.MsgspecError, ValueError):
                log.exception("a workspace could not be swept; the others are", workspace=ws)
            job = replace(job, place=ws)
            if time.monotonic() > enough:
                break
        more = await self._door.store.workspaces(job.place, 1)
        return Again(now, job.place) if more else Again(now + SWEEP_EVERY)

    async def _sweep_one(self, ws: str, now: int) -> None:
        """Of the workspace of somebody who left, everything goes: the job that was to erase it is in no backup."""
        if not await self._follow(ws):
            await self._door.store.erase(ws)
            return
        trashed_before = now - self._trash_days * DAY
        await self._door.commit_in_parts(Scope(ws, ws), partial(trashcan.empty, before=trashed_before))
        history_before = now - self._history_days * DAY if self._history_days else 0
        await self._door.store.forget(ws, history_before, now - KEYS_KEPT)

    async def _follow(self, ws: str) -> bool:
        """Put the workspace where its account says that it is, also when that moves meanwhile; False: there is none."""
        moved_to = None
        while (account := await self._accounts.get(ws)) and account.timezone != moved_to:
            moved_to = account.timezone
            await self.move(ws, moved_to)
        return account is not None
