"""Changes as they happen, for whoever listens in this process.

The change records in the store are the truth; what comes here are only hints that a workspace may have moved. A lost or
repeated hint costs a moment or a look, never a change.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
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
            for event in self._listeners.get(ws, ()):
                event.set()

    def close(self) -> None:
        """End every stream; new ones end at once."""
        self.closed = True
        for events in self._listeners.values():
            for event in events:
                event.set()

    @contextmanager
    def _listening(self, ws: str) -> Iterator[asyncio.Event]:
        event = asyncio.Event()
        self._listeners[ws].add(event)
        try:
            yield event
        finally:
            self._listeners[ws].discard(event)
            if not self._listeners[ws]:
                del self._listeners[ws]

    async def follow(self, ws: str, since: Revision, silence: float) -> AsyncIterator[tuple[str, list[Change]] | None]:
        """Every commit after `since`, in order, as (revision, changes), for as long as the hub is open.

        None after `silence` seconds without one. Raises `RevisionGone` where `changes` would.
        """
        with self._listening(ws) as woken:
            while not self.closed:
                woken.clear()
                news = await self._store.changes(ws, since, PAGE)
                for revision, changes in groupby(news.changes, key=lambda change: change.revision):
                    yield revision, list(changes)
                since = Revision.parse(news.revision) or since
                if news.more or self.closed:
                    continue
                try:
                    await asyncio.wait_for(woken.wait(), silence)
                except TimeoutError:
                    yield None
