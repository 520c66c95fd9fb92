"""Changes as they happen, for whoever listens in this process.

The change records in the store are the truth; what comes here are only hints that a workspace may have moved. A lost or
repeated hint costs a moment or a look, never a change.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import groupby
from typing import Final

from taskmanager.tasks.store import Change, Revision, WorkspaceStore

PAGE: Final = 1_000


class Hub:
    """Wakes listeners. `run` must be running for as long as anybody listens."""

    def __init__(self, store: WorkspaceStore) -> None:
        self._store = store
        self._listeners: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self.closed = False

    async def run(self) -> None:
        async for ws in self._store.wakes():
            self.wake(ws)

    def wake(self, topic: str) -> None:
        """Have whoever follows a workspace, or in a session, look now."""
        for event in self._listeners.get(topic, ()):
            event.set()

    def close(self) -> None:
        """End every stream; new ones end at once."""
        self.closed = True
        for events in self._listeners.values():
            for event in events:
                event.set()

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

    async def follow(
        self, ws: str, since: Revision, session: str, silence: Callable[[], float]
    ) -> AsyncIterator[tuple[str, list[Change]] | None]:
        """Every commit after `since`, in order, as (revision, changes), for as long as the hub is open.

        None when there is none: at first, when woken, and when so many seconds passed. Raises `RevisionGone` where
        `changes` would.
        """
        with self._listening(ws, session) as woken:
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
