"""The way every write goes: work it out on a sheet, commit it, and on a collision work it out again."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, Generic, TypeVar
from uuid import uuid4
from weakref import WeakValueDictionary

from taskmanager import deadline
from taskmanager.errors import CommitTooLarge, Exists, InFlight, Moved, Stale, Unavailable
from taskmanager.tasks.dates import stored_zone, zone
from taskmanager.tasks.model import WORKSPACE
from taskmanager.tasks.sheet import Home, Sheet
from taskmanager.tasks.store import MAX_EDITS, ORIGIN, Expect, Keep, Key, Revision, WorkspaceStore

R = TypeVar("R")
Plan = Callable[[Sheet], Awaitable[R]]

ATTEMPTS: Final = 6
HOMES: Final = 10_000
LEAST_EDITS: Final = 8


@dataclass(frozen=True, slots=True)
class Scope:
    """Where, and on whose behalf."""

    workspace_id: str
    account_id: str


@dataclass(frozen=True, slots=True)
class Keeping(Generic[R]):
    """An idempotency key to keep, and how the result of the plan becomes its receipt."""

    key: Key
    receipt: Callable[[R], bytes]


@dataclass(frozen=True, slots=True)
class Done(Generic[R]):
    """`partial`: the plan has more to do than one commit could hold. `moved`: something was written, at `revision`."""

    result: R
    revision: Revision
    partial: bool = False
    moved: bool = True


class Gate:
    """Lets many through together, or one alone; one who waits to be alone is not overtaken."""

    def __init__(self) -> None:
        self._entrance = asyncio.Lock()
        self._inside = 0
        self._empty = asyncio.Event()
        self._empty.set()

    @asynccontextmanager
    async def together(self) -> AsyncIterator[None]:
        async with self._entrance:
            self._inside += 1
            self._empty.clear()
        try:
            yield
        finally:
            self._inside -= 1
            if not self._inside:
                self._empty.set()

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        async with self._entrance:
            await self._empty.wait()
            yield


class Door:
    """`clock` answers ms since 1970."""

    def __init__(self, store: WorkspaceStore, clock: Callable[[], int]) -> None:
        self.store = store
        self.clock = clock
        self._gates: WeakValueDictionary[str, Gate] = WeakValueDictionary()
        self._homes: dict[str, tuple[Revision, Home]] = {}

    async def home(self, ws: str, head: Revision | None = None) -> Home:
        """The workspace's time zone; UTC until somebody sets another. With the head just read, it may be known."""
        kept = self._homes.get(ws)
        if kept and kept[0] == head:
            return kept[1]
        settings = (await self.store.get(ws, WORKSPACE, [ws])).get(ws)
        utc = zone("UTC")
        home = Home(stored_zone(settings.timezone, utc), settings.version) if settings else Home(utc, 0)
        if head is not None and head != ORIGIN:
            self._homes[ws] = (head, home)
            if len(self._homes) > HOMES:
                del self._homes[next(iter(self._homes))]
        return home

    async def commit(  # noqa: PLR0913 - what, where, and how a repeat is known
        self,
        scope: Scope,
        plan: Plan[R],
        *,
        guarded: bool = False,
        keeping: Keeping[R] | None = None,
        group: str | None = None,
        most: int = MAX_EDITS,
    ) -> Done[R]:
        """Commit what `plan` puts on its sheet.

        `plan` runs again from the start when a document it read has changed, and with `guarded` when anything in
        the workspace has: what depends on more than the documents it writes (parents, uniqueness, cascades) asks for
        that; and once more when it made what is there by now, so that it can say what that means. Within this process
        guarded plans, and those that collided once, have the workspace to themselves: only other processes are in the
        way.
        """
        ws = scope.workspace_id
        gate = self._gates.setdefault(ws, Gate())
        for attempt in range(ATTEMPTS):
            async with deadline.waited(gate.alone() if guarded or attempt else gate.together()):
                try:
                    return await self._attempt(scope, plan, guarded=guarded, keeping=keeping, group=group, most=most)
                except Exists:
                    if attempt:
                        raise
                except (Stale, Moved):
                    pass
            await asyncio.sleep(random.uniform(0, 0.005 * 2**attempt))  # noqa: S311 - jitter, not a secret
        raise Unavailable("many are changing this at once; try again")

    async def _attempt(  # noqa: PLR0913 - `commit`'s
        self, scope: Scope, plan: Plan[R], *, guarded: bool, keeping: Keeping[R] | None, group: str | None, most: int
    ) -> Done[R]:
        ws = scope.workspace_id
        at = await self.store.head(ws) if guarded else None
        if at and keeping and await self.store.replay(ws, keeping.key):
            raise InFlight("another call with this idempotency key has just been done")
        sheet = Sheet(self.store, ws, scope.account_id, self.clock(), await self.home(ws), most)
        result = await plan(sheet)
        edits = sheet.edits()
        keep = Keep(keeping.key, keeping.receipt(result)) if keeping and not sheet.partial else None
        moved = any(not isinstance(edit, Expect) for edit in edits)
        if not moved and not keep:
            return Done(result, at or await self.store.head(ws), sheet.partial, moved)
        commit = await self.store.commit(ws, edits, by=sheet.by, now=sheet.now, at=at, keep=keep, group=group)
        return Done(result, commit.revision, sheet.partial, moved)

    async def commit_in_parts(
        self, scope: Scope, plan: Plan[R], *, then: Plan[R] | None = None, keeping: Keeping[R] | None = None
    ) -> Done[R]:
        """`commit`, guarded, again until the plan is done: one group of commits, the key kept with the last.

        No part is done once the key is kept: it is looked for after the head is read, and nothing else is written at
        that head. `then` is the plan for all parts but the first, when it is another. A part that is more than the
        database can do at once is done in smaller ones.
        """
        group, most = str(uuid4()), MAX_EDITS
        done: Done[R] | None = None
        while done is None or done.partial:
            next_ = plan if done is None else then or plan
            try:
                part = await self.commit(scope, next_, guarded=True, keeping=keeping, group=group, most=most)
            except CommitTooLarge:
                if most <= LEAST_EDITS:
                    raise
                most = max(LEAST_EDITS, most // 2)
                deadline.renew()  # finding that out took its time
            else:
                done = (
                    part if done is None or part.moved else Done(part.result, done.revision, part.partial, done.moved)
                )
        return done
