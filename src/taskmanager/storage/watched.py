"""A store around a store: every question is timed, and a slow one told with the way the database goes about it."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from time import perf_counter
from typing import Any, Final, Protocol

import structlog

from taskmanager.errors import TaskManagerError
from taskmanager.metrics import SLOW_QUERIES, STORE_SECONDS
from taskmanager.tasks.query import Counts, D, Kind, Query, Tally
from taskmanager.tasks.store import Change, Changes, Commit, Edit, Keep, Key, Page, Revision, WorkspaceStore

QUIET_SECONDS: Final = 10.0
"""One shape of question is explained so often at most: explaining costs as much as asking."""

log = structlog.get_logger(__name__)


class ExplainingStore(WorkspaceStore, Protocol):
    """A store that can say how it goes about a question."""

    async def explain(self, ws: str, question: Query[Any] | Tally) -> str:
        """The plan in the database's own words, on one line."""


class WatchedWorkspaces:
    """`slow_seconds`: from there on a question is slow."""

    def __init__(self, store: ExplainingStore, slow_seconds: float) -> None:
        self._store = store
        self._slow = slow_seconds
        self._explained: dict[tuple[str, str, str], float] = {}
        self._explaining: set[asyncio.Task[None]] = set()

    async def head(self, ws: str) -> Revision:
        return await self._store.head(ws)

    async def get(self, ws: str, kind: Kind[D], ids: Iterable[str]) -> Mapping[str, D]:
        return await self._store.get(ws, kind, ids)

    async def find(self, ws: str, query: Query[D]) -> Page[D]:
        started = perf_counter()
        page = await self._store.find(ws, query)
        self._note("find", ws, query, perf_counter() - started)
        return page

    async def tally(self, ws: str, tally: Tally) -> Counts:
        started = perf_counter()
        counts = await self._store.tally(ws, tally)
        self._note("tally", ws, tally, perf_counter() - started)
        return counts

    async def commit(  # noqa: PLR0913 - the protocol's
        self,
        ws: str,
        edits: Sequence[Edit],
        *,
        by: str,
        now: int,
        at: Revision | None = None,
        keep: Keep | None = None,
        group: str | None = None,
    ) -> Commit:
        started = perf_counter()
        commit = await self._store.commit(ws, edits, by=by, now=now, at=at, keep=keep, group=group)
        STORE_SECONDS.labels("commit", "", "").observe(perf_counter() - started)
        return commit

    async def replay(self, ws: str, key: Key) -> Commit | None:
        return await self._store.replay(ws, key)

    async def changes(self, ws: str, since: Revision | None, limit: int) -> Changes:
        return await self._store.changes(ws, since, limit)

    async def history(self, ws: str, kind: Kind[Any], id_: str, limit: int, before: int | None = None) -> list[Change]:
        return await self._store.history(ws, kind, id_, limit, before)

    async def undoable(self, ws: str, revision: Revision) -> list[Change]:
        return await self._store.undoable(ws, revision)

    async def forget(self, ws: str, before: int, keys_before: int = 0) -> None:
        await self._store.forget(ws, before, keys_before)

    async def erase(self, ws: str) -> None:
        await self._store.erase(ws)

    async def workspaces(self, after: str, limit: int) -> list[str]:
        return await self._store.workspaces(after, limit)

    def wakes(self) -> AsyncIterator[str]:
        return self._store.wakes()

    async def told(self) -> None:
        """Until every slow question so far is in the log."""
        await asyncio.gather(*self._explaining)

    def _note(self, verb: str, ws: str, question: Query[Any] | Tally, seconds: float) -> None:
        shape = (verb, question.kind.name, question.index)
        STORE_SECONDS.labels(*shape).observe(seconds)
        if seconds < self._slow:
            return
        SLOW_QUERIES.labels(*shape).inc()
        if perf_counter() >= self._explained.get(shape, 0.0):
            self._explained[shape] = perf_counter() + QUIET_SECONDS
            task = asyncio.create_task(self._tell(shape, ws, question, seconds))
            self._explaining.add(task)
            task.add_done_callback(self._explaining.discard)

    async def _tell(self, shape: tuple[str, str, str], ws: str, question: Query[Any] | Tally, seconds: float) -> None:
        """The shape and the plan only: what people look for is nobody else's business."""
        try:
            plan = await self._store.explain(ws, question)
        except TaskManagerError as error:
            plan = f"not to be had: {error}"
        verb, kind, index = shape
        log.warning("slow query", verb=verb, kind=kind, index=index, ms=round(seconds * 1000, 1), plan=plan)
