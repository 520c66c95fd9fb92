"""Changes as they happen, for whoever listens in this process.

The change records in the store are the truth; what comes here are only hints that a workspace may have moved. A lost or
repeated hint costs a moment or a look, never a change.
"""

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

import msgspec

from taskmanager.errors import Unavailable
from taskmanager.identity import new_id
from taskmanager.redis import Redis, RedisGone
from taskmanager.tasks.store import ORIGIN, Change, Changes, Revision, WorkspaceStore

PAGE: Final = 1_000
CHANNEL: Final = "hints"
OFTEN: Final = 1.5
SELDOM: Final = 15.0
"""Seconds between two looks at the heads of followed workspaces: without hints of other processes, and with them."""
AT_A_TIME: Final = 500
ASKING: Final = 4
"""So many of all that were woken ask the store at once: the others of its connections are for requests."""
AGAIN: Final = 1.0
MOST_UNTOLD: Final = 10_000


@dataclass(eq=False, slots=True)
class _Follower:
    """Who follows a workspace, in which session, and up to where."""

    ws: str
    session: str
    since: Revision
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    async def wakes(self, seconds: float) -> bool:
        """Whether it is woken within so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.woken.wait()
        return self.woken.is_set()


class Hub:
    """Wakes followers. `run` and `patrol` must be running for as long as anybody follows."""

    def __init__(self, store: WorkspaceStore) -> None:
        self._store = store
        self._followers: set[_Follower] = set()
        self._by_topic: defaultdict[str, set[_Follower]] = defaultdict(set)
        self._asking = asyncio.Semaphore(ASKING)
        self._to_ask: dict[tuple[str, Revision], asyncio.Task[Changes]] = {}
        self._doubt = asyncio.Event()
        self.closed = False

    async def run(self) -> None:
        async for ws in self._store.wakes():
            self.wake(ws)

    def wake(self, topic: str) -> None:
        """Have whoever follows a workspace, or in a session, look now."""
        for follower in self._by_topic.get(topic, ()):
            follower.woken.set()

    def doubt(self) -> None:
        """Hints may have been lost: have the patrol look now."""
        self._doubt.set()

    async def patrol(
        self,
        hinted: Callable[[], bool],
        ended: Callable[[Collection[str]], Awaitable[Collection[str]]],
        revoke: Callable[[str], None],
    ) -> None:
        """Find what no hint told: workspaces that moved, and sessions that ended, a few hundred with one question.

        `hinted`: whether others tell at once what they do, so that this only has to find what got lost.
        """
        looked_at = asyncio.get_running_loop().time()  # who begins to follow asks for themselves
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(OFTEN):
                    await self._doubt.wait()
            now = asyncio.get_running_loop().time()
            if self._doubt.is_set() or now - looked_at >= (SELDOM if hinted() else OFTEN):
                self._doubt.clear()
                try:
                    await self._look()
                    await self._look_for_ends(ended, revoke)
                    looked_at = now
                except Unavailable:
                    await asyncio.sleep(AGAIN)
                    self._doubt.set()

    async def _look(self) -> None:
        for some in _some_of({follower.ws for follower in self._followers}):
            heads = await self._store.heads(some)
            for ws in some:
                for follower in self._by_topic.get(ws, ()):
                    if follower.since != heads.get(ws, ORIGIN):
                        follower.woken.set()

    async def _look_for_ends(
        self, ended: Callable[[Collection[str]], Awaitable[Collection[str]]], revoke: Callable[[str], None]
    ) -> None:
        for some in _some_of({follower.session for follower in self._followers}):
            for session_id in await ended(some):
                revoke(session_id)

    def close(self) -> None:
        """End every stream; new ones end at once."""
        self.closed = True
        for follower in self._followers:
            follower.woken.set()

    @contextmanager
    def _following(self, follower: _Follower) -> Iterator[None]:
        topics = (follower.ws, follower.session)
        self._followers.add(follower)
        for topic in topics:
            self._by_topic[topic].add(follower)
        try:
            yield
        finally:
            self._followers.discard(follower)
            for topic in topics:
                self._by_topic[topic].discard(follower)
                if not self._by_topic[topic]:
                    del self._by_topic[topic]

    async def follow(
        self, ws: str, since: Revision, session: str, silence: Callable[[], float]
    ) -> AsyncIterator[tuple[str, list[Change]] | None]:
        """Every commit after `since`, in order, as (revision, changes), for as long as the hub is open.

        None when there is none: at first, when woken, when so many seconds passed, and while the store does not answer.
        Raises `RevisionGone` where `changes` would.
        """
        follower = _Follower(ws, session, since)
        with self._following(follower):
            while not self.closed:
                follower.woken.clear()
                try:
                    news = await self._after(ws, follower.since)
                except Unavailable:
                    yield None
                    await follower.wakes(random.uniform(AGAIN, 2 * AGAIN))  # noqa: S311 - so that not all ask at once
                    continue
                for revision, changes in groupby(news.changes, key=lambda change: change.revision):
                    yield revision, list(changes)
                follower.since = Revision.parse(news.revision) or follower.since
                if not news.changes:
                    yield None
                while not news.more and not await follower.wakes(silence()):
                    yield None

    async def _after(self, ws: str, since: Revision) -> Changes:
        """Asked once for all who wait to ask this. A question under way is joined by nobody: it may be too old."""
        asking = self._to_ask.get((ws, since))
        if asking is None:
            asking = self._to_ask[ws, since] = asyncio.create_task(self._ask(ws, since))
            asking.add_done_callback(lambda asked: asked.cancelled() or asked.exception())  # perhaps nobody waits now
        return await asyncio.shield(asking)

    async def _ask(self, ws: str, since: Revision) -> Changes:
        async with self._asking:
            del self._to_ask[ws, since]
            return await self._store.changes(ws, since, PAGE)


def _some_of(names: Collection[str]) -> Iterator[list[str]]:
    listed = list(names)
    for start in range(0, len(listed), AT_A_TIME):
        yield listed[start : start + AT_A_TIME]


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
    hears it, or too many wait. Whenever this process may not have heard some, the hub looks; `connected` says whether
    it hears the others right now.
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
        self._hub.doubt()

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
