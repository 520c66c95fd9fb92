"""Hints that a workspace moved: at once for commits of this process, through a change stream for those of others.

The stream is open only while somebody iterates. Should it break it is opened again where it was, or, when the server
no longer knows that place, from now on: what is missed then costs a listener no more than waiting for its next look.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any, Final
from weakref import WeakSet

from bson.timestamp import Timestamp
from pymongo.errors import OperationFailure, PyMongoError

from taskmanager.storage.mongo.connection import Record, Records
from taskmanager.storage.mongo.records import LONGER_THAN_HEADS, unpacked

_HEADS_MOVED: Final[list[Record]] = [
    {
        "$match": {
            "operationType": {"$in": ["insert", "update", "replace", "delete"]},
            "documentKey._id": {"$lt": LONGER_THAN_HEADS},
        }
    },
    {"$project": {"documentKey": 1}},
]
_AWAIT_MS: Final = 500
_AGAIN_SECONDS: Final = 0.2
_AGAIN_AT_MOST_SECONDS: Final = 5.0


class _Listener:
    """Who waits for hints. A workspace that moved twice before it was told is told once."""

    def __init__(self) -> None:
        self.heard: dict[str, None] = {}
        self.woken = asyncio.Event()

    def hear(self, workspace_id: str) -> None:
        self.heard[workspace_id] = None
        self.woken.set()


class Wakes:
    """`since` is a moment of the server's, from which the stream is to begin."""

    def __init__(self, records: Records, since: Timestamp | None) -> None:
        self._records = records
        self._place: dict[str, Any] = {"start_at_operation_time": since} if since else {}
        self._listeners: WeakSet[_Listener] = WeakSet()
        self._stream: asyncio.Task[None] | None = None
        self._closed = False

    def tell(self, workspace_id: str) -> None:
        for listener in self._listeners:
            listener.hear(workspace_id)

    async def close(self) -> None:
        """Every iteration ends."""
        self._closed = True
        for listener in self._listeners:
            listener.woken.set()
        if self._stream is not None:
            self._stream.cancel()
            with suppress(asyncio.CancelledError):
                await self._stream

    def listen(self) -> AsyncIterator[str]:
        """From now on, not from the first `anext`."""
        listener = _Listener()
        self._listeners.add(listener)
        if self._stream is None or self._stream.done():
            self._stream = asyncio.get_running_loop().create_task(self._follow())
        return self._hints(listener)

    async def _hints(self, listener: _Listener) -> AsyncIterator[str]:
        while not self._closed:
            await listener.woken.wait()
            listener.woken.clear()
            heard, listener.heard = listener.heard, {}
            for workspace_id in heard:
                yield workspace_id

    async def _follow(self) -> None:
        pause = _AGAIN_SECONDS
        while self._listeners and not self._closed:
            try:
                await self._stream_on()
                pause = _AGAIN_SECONDS
            except OperationFailure:
                self._place = {}
            except PyMongoError:
                pass
            await asyncio.sleep(pause)
            pause = min(pause * 2, _AGAIN_AT_MOST_SECONDS)

    async def _stream_on(self) -> None:
        stream = await self._records.watch(_HEADS_MOVED, max_await_time_ms=_AWAIT_MS, **self._place)
        async with stream:
            while stream.alive and self._listeners and not self._closed:
                event = await stream.try_next()
                if stream.resume_token is not None:
                    self._place = {"resume_after": stream.resume_token}
                if event is not None:
                    self.tell(unpacked(event["documentKey"]["_id"]))
            if not stream.alive:  # the collection is gone: its last place is in no later stream
                self._place = {}
