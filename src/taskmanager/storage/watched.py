"""A store around a store: every verb is timed, and a slow one told, a query with the way the database goes about it.

What fails is timed too: a query that ran out of time is the slowest of all.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from time import perf_counter
from typing import Any, Final, ParamSpec, Protocol, TypeVar, cast

import structlog

from taskmanager.errors import TaskManagerError
from taskmanager.metrics import SLOW_QUERIES, STORE_SECONDS
from taskmanager.tasks.query import Counts, D, Kind, Query, Tally
from taskmanager.tasks.store import Change, Page, WorkspaceStore

QUIET_SECONDS: Final = 10.0
"""One shape of question is explained so often at most: explaining costs as much as asking."""

P = ParamSpec("P")
T = TypeVar("T")
Explain = Callable[[], Awaitable[str]]

log = structlog.get_logger(__name__)


class ExplainingStore(WorkspaceStore, Protocol):
    """A store that can say how it goes about a question."""

    async def explain(self, ws: str, question: Query[Any] | Tally) -> str:
        """The plan in the database's own words, on one line."""


class Watch:
    """Times what a store is asked, and tells what took `slow_seconds` or longer."""

    def __init__(self, slow_seconds: float) -> None:
        self._slow = slow_seconds
        self._told_at: dict[tuple[str, str, str], float] = {}
        self._telling: set[asyncio.Task[None]] = set()

    @contextmanager
    def timed(self, verb: str, kind: str = "", index: str = "", explain: Explain | None = None) -> Iterator[None]:
        started = perf_counter()
        try:
            yield
        finally:
            self._note((verb, kind, index), perf_counter() - started, explain)

    def around(self, kind: str, verb: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Coroutine[Any, Any, T]]:
        """The same, timed."""

        async def watched(*args: P.args, **kwargs: P.kwargs) -> T:
            with self.timed(verb.__name__, kind):
                return await verb(*args, **kwargs)

        return watched

    async def told(self) -> None:
        """Until everything slow so far is in the log."""
        await asyncio.gather(*self._telling)

    def _note(self, shape: tuple[str, str, str], seconds: float, explain: Explain | None) -> None:
        STORE_SECONDS.labels(*shape).observe(seconds)
        if seconds < self._slow:
            return
        SLOW_QUERIES.labels(*shape).inc()
        if perf_counter() >= self._told_at.get(shape, 0.0):
            self._told_at[shape] = perf_counter() + QUIET_SECONDS
            task = asyncio.create_task(_tell(shape, seconds, explain))
            self._telling.add(task)
            task.add_done_callback(self._telling.discard)


async def _tell(shape: tuple[str, str, str], seconds: float, explain: Explain | None) -> None:
    """The shape and the plan only: what people look for is nobody else's business."""
    plan = {}
    if explain is not None:
        try:
            plan["plan"] = await explain()
        except TaskManagerError as error:
            plan["plan"] = f"not to be had: {error}"
    verb, kind, index = shape
    log.warning("slow query", verb=verb, kind=kind, index=index, ms=round(seconds * 1000, 1), **plan)


class _Watched:
    """Passes every verb on, and times it."""

    def __init__(self, store: object, kind: str, watch: Watch) -> None:
        self._asked = store, kind, watch

    def __getattr__(self, name: str) -> Any:
        store, kind, watch = self._asked
        verb = watch.around(kind, getattr(store, name))
        setattr(self, name, verb)  # found without this method from now on
        return verb


def watched(store: T, kind: str, watch: Watch) -> T:
    """A store all of whose verbs are asynchronous, each of them timed."""
    return cast("T", _Watched(store, kind, watch))


class WatchedWorkspaces:
    def __init__(self, store: ExplainingStore, watch: Watch) -> None:
        self._store = store
        self._watch = watch
        self.wakes = store.wakes
        self.head = watch.around("", store.head)
        self.heads = watch.around("", store.heads)
        self.replay = watch.around("", store.replay)
        self.changes = watch.around("", store.changes)
        self.undoable = watch.around("", store.undoable)
        self.forget = watch.around("", store.forget)
        self.erase = watch.around("", store.erase)
        self.workspaces = watch.around("", store.workspaces)
        self.commit = watch.around("", store.commit)

    async def get(self, ws: str, kind: Kind[D], ids: Iterable[str]) -> Mapping[str, D]:
        with self._watch.timed("get", kind.name):
            return await self._store.get(ws, kind, ids)

    async def history(self, ws: str, kind: Kind[Any], id_: str, limit: int, before: int | None = None) -> list[Change]:
        with self._watch.timed("history", kind.name):
            return await self._store.history(ws, kind, id_, limit, before)

    async def find(self, ws: str, query: Query[D]) -> Page[D]:
        with self._watch.timed("find", query.kind.name, query.index, partial(self._store.explain, ws, query)):
            return await self._store.find(ws, query)

    async def tally(self, ws: str, tally: Tally) -> Counts:
        with self._watch.timed("tally", tally.kind.name, tally.index, partial(self._store.explain, ws, tally)):
            return await self._store.tally(ws, tally)
