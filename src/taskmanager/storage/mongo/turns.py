"""Whose turn it is to commit: one at a time in a workspace, a few at a time in all.

The server lets nobody wait for a record that another transaction has written: the second one fails. So the writers of
one workspace wait here, and only those of other processes can be in the way. As for all together: with more
transactions under way than the server has cores none is done sooner, but some wait very long (measured with 32 writers
of 32 workspaces: the same commits per second, and for one in a hundred 0.15 s instead of 0.8 s).
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from taskmanager.errors import Unavailable

MAX_WAITING: Final = 200


class _Queue:
    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.length = 0


class Turns:
    def __init__(self, at_once: int) -> None:
        self._slots = asyncio.Semaphore(at_once)
        self._queues: dict[bytes, _Queue] = {}

    @asynccontextmanager
    async def turn(self, ws: bytes, until: float) -> AsyncIterator[None]:
        """`Unavailable` when too many wait already, or it is not there at `until`."""
        queue = self._queues.setdefault(ws, _Queue())
        if queue.length >= MAX_WAITING:
            raise Unavailable("too many writes are waiting in this workspace")
        queue.length += 1
        try:
            await _by(until, queue.lock)
            try:
                await _by(until, self._slots)
                try:
                    yield
                finally:
                    self._slots.release()
            finally:
                queue.lock.release()
        finally:
            queue.length -= 1
            if not queue.length:
                self._queues.pop(ws, None)


async def _by(until: float, gate: asyncio.Lock | asyncio.Semaphore) -> None:
    try:
        async with asyncio.timeout(until - time.monotonic()):
            await gate.acquire()
    except TimeoutError:
        raise Unavailable("many writes are waiting") from None
