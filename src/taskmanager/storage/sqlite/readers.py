"""Reading without keeping the event loop from its work.

Measured on 2 cores: a page of 50 rows takes 20 µs of a connection on the loop's own thread. Handed to another thread
it takes 130 µs, and 1.5 ms when the loop is busy, since the answer waits for the interpreter lock. So a read is tried
on the loop under a watchdog; one that turns out to take longer than `_LOOP_SECONDS` is given up there and done by a
thread. Reads that are known to be long go to a thread at once.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

import apsw

from taskmanager.errors import Unavailable
from taskmanager.storage.sqlite.connection import meaning

T = TypeVar("T")

_LOOP_SECONDS: Final = 0.002
_STEPS_BETWEEN_LOOKS: Final = 250
_THREADS: Final = 3
_NEVER: Final = float("inf")


class Readers:
    """Connections that only read. Each read is one transaction, and sees whatever was committed before it began."""

    def __init__(self, connect: Callable[[], apsw.Connection], connect_at_once: Callable[[], apsw.Connection]) -> None:
        self._connect = connect
        self._near = connect_at_once()
        self._near.set_progress_handler(self._late, _STEPS_BETWEEN_LOOKS)
        self._until = _NEVER
        self._far: list[apsw.Connection] = []
        self._own = threading.local()
        self._threads = ThreadPoolExecutor(_THREADS, "sqlite-reader")
        self._closed = False

    async def read(self, work: Callable[[apsw.Connection], T], *, long: bool = False) -> T:
        if self._closed:
            raise Unavailable("the store is closed")
        if not long:
            try:
                return _snapshot(self._near, self._watched(work))
            except (apsw.InterruptError, apsw.BusyError):
                pass
            except apsw.Error as error:
                raise meaning(error) from error
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._read_far, work)

    def at_once(self, work: Callable[[apsw.Connection], T]) -> T:
        """For the few reads that can't wait and are always short, outside any transaction; raises what SQLite does."""
        return self._watched(work)(self._near)

    def _watched(self, work: Callable[[apsw.Connection], T]) -> Callable[[apsw.Connection], T]:
        def watched(connection: apsw.Connection) -> T:
            self._until = time.perf_counter() + _LOOP_SECONDS
            try:
                return work(connection)
            finally:
                self._until = _NEVER  # the end of the transaction must not be given up

        return watched

    def _late(self) -> bool:
        return time.perf_counter() > self._until

    def _read_far(self, work: Callable[[apsw.Connection], T]) -> T:
        try:
            connection: apsw.Connection | None = getattr(self._own, "connection", None)
            if connection is None:
                connection = self._own.connection = self._connect()
                self._far.append(connection)
            return _snapshot(connection, work)
        except apsw.Error as error:
            raise meaning(error) from error

    async def close(self) -> None:
        self._closed = True
        await asyncio.to_thread(self._threads.shutdown)
        for connection in (self._near, *self._far):
            connection.close()


def _snapshot(connection: apsw.Connection, work: Callable[[apsw.Connection], T]) -> T:
    connection.execute("BEGIN")
    try:
        return work(connection)
    finally:
        if not connection.get_autocommit():
            connection.execute("COMMIT")
