"""Hints that a workspace moved: at once for commits of this process, within a tenth of a second for those of others.

The file is looked at only while somebody iterates. `PRAGMA data_version` says whether anything at all was committed;
the rows of `commits` that are newer than the last one seen say where.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Final
from weakref import WeakSet

import apsw

from taskmanager.errors import TaskManagerError
from taskmanager.storage.sqlite.connection import fetch, fetch_value
from taskmanager.storage.sqlite.readers import Readers

_LOOK_SECONDS: Final = 0.1
_LAST: Final = "SELECT coalesce(max(seq), 0) FROM commits"
_NEWER: Final = (
    "SELECT c.seq, h.workspace_id FROM commits AS c JOIN heads AS h ON h.ws = c.ws"
    " WHERE c.seq > ? AND h.workspace_id IS NOT NULL ORDER BY c.seq"
)


class Wakes:
    """`foreign` is awaited when another process was found to have written, before anybody hears of that."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers
        self.foreign: Callable[[], Awaitable[None]] | None = None
        self._listeners: WeakSet[_Listener] = WeakSet()
        self._closed = False

    def tell(self, workspace_id: str) -> None:
        for listener in self._listeners:
            listener.hear(workspace_id)

    def close(self) -> None:
        """Every iteration ends."""
        self._closed = True
        for listener in self._listeners:
            listener.woken.set()

    def listen(self) -> AsyncIterator[str]:
        """From now on, not from the first `anext`."""
        listener = _Listener(self._readers)
        self._listeners.add(listener)
        return self._hints(listener)

    async def _hints(self, listener: "_Listener") -> AsyncIterator[str]:
        look_at = time.monotonic()
        while not self._closed:
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_SECONDS):
                    await listener.woken.wait()
            listener.woken.clear()
            if time.monotonic() >= look_at and not self._closed:
                with suppress(apsw.Error, TaskManagerError):  # a hint may be lost; the next look finds what was missed
                    if listener.look() and self.foreign:
                        await self.foreign()
                look_at = time.monotonic() + _LOOK_SECONDS
            heard, listener.heard = listener.heard, {}
            for workspace_id in heard:
                yield workspace_id


class _Listener:
    """Who waits for hints. A workspace that moved twice before it was told is told once."""

    def __init__(self, readers: Readers) -> None:
        self.heard: dict[str, None] = {}
        self.woken = asyncio.Event()
        self._readers = readers
        self._place: tuple[int, int] | None = None
        with suppress(apsw.BusyError):  # the first look finds out where it is
            self._place = self._here()

    def hear(self, workspace_id: str) -> None:
        self.heard[workspace_id] = None
        self.woken.set()

    def look(self) -> bool:
        """Hear of what other processes committed since the last look; what this one did is heard once more."""
        version, last = self._place = self._place or self._here()
        now = self._readers.at_once(_version)
        if now == version:
            return False
        for seq, workspace_id in self._readers.at_once(lambda connection: fetch(connection, _NEWER, (last,))):
            self.heard[workspace_id] = None
            self._place = now, seq
        return True

    def _here(self) -> tuple[int, int]:
        """What the file's version is, and which commit was the last."""
        return self._readers.at_once(lambda connection: (_version(connection), fetch_value(connection, _LAST)))


def _version(connection: apsw.Connection) -> int:
    version: int = connection.pragma("data_version")
    return version
