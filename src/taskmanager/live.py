"""Changes as they happen, for whoever listens in this process.

The change records in the store are the truth; what comes here are only hints that a workspace may have moved. A lost or
repeated hint costs a moment or a look, never a change.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import groupby
from typing import Final

import msgspec

from taskmanager.errors import Unavailable
from taskmanager.identity import new_id
from taskmanager.redis import Redis, RedisGone
from taskmanager.tasks.store import Change, Revision, WorkspaceStore

PAGE: Final = 1_000
CHANNEL: Final = "hints"
OFTEN: Final = 1.5
SELDOM: Final = 15.0
"""Seconds between two looks at the heads of followed workspaces: without hints of other processes, and with them."""
AGAIN: Final = 1.0
MOST_UNTOLD: Final = 10_000


class Hub:
    """Wakes listeners. `run` must be running for as long as anybody listens."""

    def __init__(self, store: WorkspaceStore) -> None:
        self._store = store
        self._listeners: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._followed: Counter[str] = Counter()
        self.closed = False

    async def run(self) -> None:
        async for ws in self._store.wakes():
            self.wake(ws)

    def wake(self, topic: str) -> None:
        """Have whoever follows a workspace, or in a session, look now."""
        for event in self._listeners.get(topic, ()):
            event.set()

    async def patrol(self, hinted: Callable[[], bool]) -> None:
        """Look after followed workspaces where the store does not notice every other process by itself.

        `hinted`: whether others tell at once what they do, so that this only has to find what got lost.
        """
        seen: dict[str, Revision] = {}
        looked_at = 0.0
        while True:
            await asyncio.sleep(OFTEN)
            now = asyncio.get_running_loop().time()
            if now - looked_at >= (SELDOM if hinted() else OFTEN):
                seen = await self._heads(seen)
                looked_at = now

    async def _heads(self, seen: dict[str, Revision]) -> dict[str, Revision]:
        heads = {}
        for ws in list(self._followed):
            with suppress(Unavailable):
                heads[ws] = await self._store.head(ws)
                if heads[ws] != seen.get(ws):
                    self.wake(ws)
        return heads

    def wake_all(self) -> None:
        """Hints may have been lost: have everybody look."""
        for events in self._listeners.values():
            for event in events:
                event.set()

    def close(self) -> None:
        """End every stream; new ones end at once."""
        self.closed = True
        self.wake_all()

    @contextmanager
    def _listening(self, *topics: str) -> Iterator[asyncio.Event]:
        event = asyncio.Event()
        for topic in topics:
            self._listeners[topic].add(event)
        try:
            yield event
        finally:
            for topic in topics:
                self._listeners[topic].discard(event)
                if not self._listeners[topic]:
                    del self._listeners[topic]

    @contextmanager
    def _following(self, ws: str) -> Iterator[None]:
        self._followed[ws] += 1
        try:
            yield
        finally:
            self._followed[ws] -= 1
            if not self._followed[ws]:
                del self._followed[ws]

    async def follow(
        self, ws: str, since: Revision, session: str, silence: Callable[[], float]
    ) -> AsyncIterator[tuple[str, list[Change]] | None]:
        """Every commit after `since`, in order, as (revision, changes), for as long as the hub is open.

        None when there is none: at first, when woken, and when so many seconds passed. Raises `RevisionGone` where
        `changes` would.
        """
        with self._following(ws), self._listening(ws, session) as woken:
            while not self.closed:
                woken.clear()
                news = await self._store.changes(ws, since, PAGE)
                for revision, changes in groupby(news.changes, key=lambda change: change.revision):
                    yield revision, list(changes)
                since = Revision.parse(news.revision) or since
                if not news.changes:
                    yield None
                if not news.more and not self.closed:
                    with suppress(TimeoutError):
                        await asyncio.wait_for(woken.wait(), silence())


class _Hint(msgspec.Struct, array_like=True, frozen=True):
    """What one process tells the others; `by` is the process, so that it need not listen to itself."""

    by: str
    workspaces: list[str]
    sessions: list[str]


_read = msgspec.msgpack.Decoder(_Hint).decode
_write = msgspec.msgpack.Encoder().encode


class Hints:
    """Which workspaces moved and which sessions ended, told to all processes over Redis, and heard from them.

    Nobody waits for a hint to be told. One that could not be told is tried again in a second; it is lost when nobody
    hears it, or too many wait. Whenever this process may not have heard some, everybody is woken; `connected` says
    whether it hears the others right now.
    """

    def __init__(self, redis: Redis, hub: Hub) -> None:
        self._redis = redis
        self._hub = hub
        self._me = new_id()
        self._workspaces: dict[str, None] = {}
        self._sessions: dict[str, None] = {}
        self._news = asyncio.Event()
        self._hearing = False
        self.connected = False

    def workspace_moved(self, ws: str) -> None:
        self._workspaces[ws] = None
        self._news.set()

    def session_ended(self, session_id: str) -> None:
        """To be told, unless it is being heard."""
        if not self._hearing:
            self._sessions[session_id] = None
            self._news.set()

    async def tell(self) -> None:
        """What happens while one message is on its way goes into the next one."""
        while True:
            await self._news.wait()
            self._news.clear()
            workspaces, sessions = self._workspaces, self._sessions
            self._workspaces, self._sessions = {}, {}
            try:
                await self._redis.tell(CHANNEL, _write(_Hint(self._me, list(workspaces), list(sessions))))
            except RedisGone:
                if len(workspaces) + len(sessions) < MOST_UNTOLD:
                    self._workspaces, self._sessions = workspaces | self._workspaces, sessions | self._sessions
                    self._news.set()
                await asyncio.sleep(AGAIN)

    async def hear(self, revoke: Callable[[str], None]) -> None:
        """Wake who follows a workspace that another process moved; `revoke` each session that one ended."""
        async for _, message in self._redis.listen(CHANNEL, lost=self._lost, found=self._found):
            with suppress(msgspec.DecodeError):  # another version's
                self._take(_read(message), revoke)

    def _lost(self) -> None:
        self.connected = False

    def _found(self) -> None:
        self.connected = True
        self._hub.wake_all()

    def _take(self, hint: _Hint, revoke: Callable[[str], None]) -> None:
        if hint.by == self._me:
            return
        for ws in hint.workspaces:
            self._hub.wake(ws)
        self._hearing = True
        try:
            for session_id in hint.sessions:
                revoke(session_id)
        finally:
            self._hearing = False
