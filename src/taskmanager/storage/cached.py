"""A store around a store: pages and counts are kept under the revision they were read at.

The revision comes from the store itself, one point read, so nothing kept is ever stale and nothing has to be
invalidated: a commit moves the workspace to a revision under which nothing is kept yet. What was kept under the old one
is forgotten when its time or the room is over.

Near: this process's own memory, bounded, always there. Far: Redis, shared by all processes, when there is one. The
wrapped store must read the revision before what it answers with, as its protocol says; then what is kept under a
revision is as new as that revision, or newer.
"""

import asyncio
import hashlib
import random
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, Protocol, TypeVar

import msgspec

from taskmanager import deadline
from taskmanager.errors import Unavailable
from taskmanager.redis import Redis, RedisGone
from taskmanager.tasks.query import Counts, D, Query, Tally, Value
from taskmanager.tasks.store import ORIGIN, Commit, Edit, Keep, Page, Reader, Revision, WorkspaceStore

T = TypeVar("T")

SHAPE: Final = "1"
"""Goes up when the same question has another answer, or the answer another form, in a new version of the program."""
KEPT_MS: Final = 300_000
SPREAD: Final = 0.1
NEAR_BYTES: Final = 64 * 1024 * 1024
LARGEST: Final = 1024 * 1024
"""What is larger than this is not kept."""
_OBJECT: Final = 64
_ENTRY: Final = 1_000

_pack = msgspec.msgpack.Encoder().encode
_unpack_page = msgspec.msgpack.Decoder(tuple[tuple[Value, str] | None, tuple[bytes, ...]]).decode
_unpack_counts = msgspec.msgpack.Decoder(dict[Value, int]).decode


class Question(Protocol[T]):
    """What a workspace is asked. `key` tells it from every other question to the same workspace."""

    @property
    def key(self) -> Hashable: ...

    async def ask(self, store: WorkspaceStore, ws: str, head: Revision) -> tuple[T, Revision]:
        """The answer, and a revision that it is as new as."""

    def pack(self, answer: T) -> bytes: ...

    def unpack(self, packed: bytes, revision: Revision) -> T: ...

    def size(self, answer: T) -> int: ...


class _Find(Generic[D]):
    def __init__(self, query: Query[D]) -> None:
        q = self._query = query
        self.key = (
            "find", q.kind.name, q.index, q.equals, q.descending, q.span, q.after, q.rest, q.limit, q.scan
        )  # fmt: skip

    async def ask(self, store: WorkspaceStore, ws: str, _head: Revision) -> tuple[Page[D], Revision]:
        page = await store.find(ws, self._query)
        return page, page.revision

    def pack(self, page: Page[D]) -> bytes:
        return _pack((page.next, page.bodies))

    def unpack(self, packed: bytes, revision: Revision) -> Page[D]:
        """The documents stay as they are encoded."""
        following, bodies = _unpack_page(packed)
        return Page(self._query.kind, bodies, following, revision)

    def size(self, page: Page[D]) -> int:
        return sum(map(len, page.bodies)) + _OBJECT * len(page.bodies)


class _Count:
    def __init__(self, tally: Tally) -> None:
        t = self._tally = tally
        self.key = ("tally", t.kind.name, t.index, t.where, t.by, t.bounds)

    async def ask(self, store: WorkspaceStore, ws: str, head: Revision) -> tuple[Counts, Revision]:
        return await store.tally(ws, self._tally), head

    def pack(self, counts: Counts) -> bytes:
        return _pack(dict(counts))

    def unpack(self, packed: bytes, _revision: Revision) -> Counts:
        return _unpack_counts(packed)

    def size(self, counts: Counts) -> int:
        return 2 * _OBJECT * len(counts)


@dataclass(frozen=True, slots=True)
class _Kept:
    answer: Any
    revision: Revision
    size: int


class Near:
    """Answers in this process, the least used forgotten when there are too many bytes. One revision per question."""

    def __init__(self, most: int = NEAR_BYTES) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()
        self.bytes = 0

    def get(self, key: Hashable, revision: Revision) -> Any:
        kept = self._kept.get(key)
        if kept is None or kept.revision != revision:
            return None
        self._kept.move_to_end(key)
        return kept.answer

    def keep(self, key: Hashable, answer: Any, revision: Revision, size: int) -> None:
        size += _ENTRY
        replaced = self._kept.pop(key, None)
        self.bytes += size - (replaced.size if replaced else 0)
        self._kept[key] = _Kept(answer, revision, size)
        while self.bytes > self._most:
            _, oldest = self._kept.popitem(last=False)
            self.bytes -= oldest.size


class CachedWorkspaces:
    """`moved` is told of every workspace that this process has written to, after the write."""

    def __init__(
        self,
        store: WorkspaceStore,
        redis: Redis | None = None,
        *,
        near: Near | None = None,
        moved: Callable[[str], None] | None = None,
    ) -> None:
        self._store = store
        self._redis = redis
        self._near = near or Near()
        self._moved = moved
        self._flights: dict[Hashable, asyncio.Task[Any]] = {}
        self._put_away: set[asyncio.Task[None]] = set()
        # What is not kept is the store's own answer.
        self.head = store.head
        self.heads = store.heads
        self.get = store.get
        self.replay = store.replay
        self.changes = store.changes
        self.history = store.history
        self.undoable = store.undoable
        self.forget = store.forget
        self.workspaces = store.workspaces
        self.wakes = store.wakes

    async def find(self, ws: str, query: Query[D]) -> Page[D]:
        return await self.at(ws, await self._store.head(ws)).find(query)

    async def tally(self, ws: str, tally: Tally) -> Counts:
        return await self.at(ws, await self._store.head(ws)).tally(tally)

    def at(self, ws: str, head: Revision) -> Reader:
        """For who has just read the head: what is read is as new as that, and costs no second look at it."""
        return _At(self, ws, head)

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
        commit = await self._store.commit(ws, edits, by=by, now=now, at=at, keep=keep, group=group)
        if self._moved:
            self._moved(ws)
        return commit

    async def erase(self, ws: str) -> None:
        await self._store.erase(ws)
        if self._moved:
            self._moved(ws)

    async def answer(self, ws: str, head: Revision, question: Question[T]) -> T:
        if head == ORIGIN:  # the one revision that may come back, and there is nothing to be found at it
            return (await question.ask(self._store, ws, head))[0]
        key = (ws, question.key)
        while True:
            near: T | None = self._near.get(key, head)
            if near is not None:
                return near
            flight: asyncio.Task[T] | None = self._flights.get((key, head))
            if begins := flight is None or flight.done():
                # Fetched once for all who ask meanwhile; whoever of them gives up does not disturb the others.
                flight = self._flights[key, head] = asyncio.create_task(self._fetch(key, ws, head, question))
                flight.add_done_callback(lambda done: self._landed((key, head), done))
            async with deadline.bounded("the database took too long"):
                try:
                    return await asyncio.shield(flight)
                except Unavailable:
                    if begins:
                        raise
                    # Who came later has more time than the flight had.

    def _landed(self, key: Hashable, flight: asyncio.Task[Any]) -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]
        if not flight.cancelled():
            flight.exception()  # told to those who wait, and nobody need be left of them

    async def _fetch(self, key: Hashable, ws: str, head: Revision, question: Question[T]) -> T:
        with deadline.nobodys():
            kept = await self._far(_far_key(ws, head, question), head, question)
            if kept is not None:
                self._near.keep(key, kept, head, question.size(kept))
                return kept
            answer, revision = await question.ask(self._store, ws, head)
        size = question.size(answer)
        if size <= LARGEST and revision != ORIGIN:
            self._near.keep(key, answer, revision, size)
            if self._redis is not None:
                task = asyncio.create_task(self._keep_far(_far_key(ws, revision, question), question.pack(answer)))
                self._put_away.add(task)
                task.add_done_callback(self._put_away.discard)
        return answer

    async def _far(self, key: str, head: Revision, question: Question[T]) -> T | None:
        """What cannot be read is as good as none: Redis promises nobody that it keeps what it was given."""
        if self._redis is None:
            return None
        try:
            packed = await self._redis.get(key)
            return None if packed is None else question.unpack(packed, head)
        except (RedisGone, msgspec.DecodeError):
            return None

    async def _keep_far(self, key: str, packed: bytes) -> None:
        if self._redis is None:
            return
        ms = round(KEPT_MS * random.uniform(1 - SPREAD, 1 + SPREAD))  # noqa: S311 - spreads the load, hides nothing
        try:
            await self._redis.put(key, packed, ms)
        except RedisGone:
            return

    async def close(self) -> None:
        """Let what is under way come to its end."""
        await asyncio.gather(*self._flights.values(), *self._put_away, return_exceptions=True)


class _At:
    def __init__(self, cache: CachedWorkspaces, ws: str, head: Revision) -> None:
        self._cache = cache
        self._ws = ws
        self._head = head

    async def find(self, query: Query[D]) -> Page[D]:
        return await self._cache.answer(self._ws, self._head, _Find(query))

    async def tally(self, tally: Tally) -> Counts:
        return await self._cache.answer(self._ws, self._head, _Count(tally))


def _far_key(ws: str, revision: Revision, question: Question[Any]) -> str:
    resolved = hashlib.sha256(repr(question.key).encode()).hexdigest()[:32]
    return f"page:{ws}:{SHAPE}:{revision}:{resolved}"
