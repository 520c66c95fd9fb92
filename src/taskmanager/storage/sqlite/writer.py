"""The one writer of this process: a thread that commits in groups.

What waits when a transaction begins, and what comes in while it runs, shares it, and so its fsync. Each job runs in a
savepoint, so that one that fails takes nothing with it; nobody hears of success before COMMIT returned.
"""

import asyncio
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import TracebackType
from typing import Any, Final, TypeVar

import apsw

from taskmanager.errors import Unavailable
from taskmanager.storage.sqlite.connection import meaning

T = TypeVar("T")
Work = Callable[[apsw.Connection], T]

MAX_WAITING: Final = 4_000
MAX_WAITING_IN_QUEUE: Final = 200
_GROUP_JOBS: Final = 128
_GROUP_SECONDS: Final = 0.02

# A change of a task of 10 words writes some 90 pages, most of them again and again: the longer the log may grow, the
# fewer pages have to be copied from it into the database. So that is done when nobody waits, and otherwise only when
# the log is long. (Measured: 16,000 pages instead of SQLite's 1,000 give 2.8 times as many updates a second.)
_IDLE_LOG_PAGES: Final = 2_000
_MOST_LOG_PAGES: Final = 16_000


class _RolledBackError(Exception):
    """SQLite gave up the whole transaction, as it may on a full disk or an I/O error."""


class _Job:
    """Work, and what came of it. As a context manager it keeps what is raised for whoever waits."""

    __slots__ = ("error", "future", "queue", "value", "work")

    def __init__(self, work: Work[Any], queue: str, future: "asyncio.Future[Any]") -> None:
        self.work = work
        self.queue = queue
        self.future = future
        self.value: Any = None
        self.error: BaseException | None = None

    def __enter__(self) -> None:
        self.error = None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: TracebackType | None) -> bool:
        self.error = error
        return error is not None

    def settle(self) -> None:
        if self.future.cancelled():
            return
        if self.error is None:
            self.future.set_result(self.value)
        else:
            self.future.set_exception(self.error)


class Writer:
    """Jobs are done in the order in which they came. `check` may refuse each transaction before anything is written."""

    def __init__(self, connect: Callable[[], apsw.Connection], check: Work[None]) -> None:
        self._connect = connect
        self._check = check
        self._connection: apsw.Connection | None = None
        self._log_pages = 0
        self._jobs: deque[_Job] = deque()
        self._waiting: Counter[str] = Counter()
        self._waiting_in_all = 0
        self._more = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="sqlite-writer", daemon=True)
        self._thread.start()

    async def run(self, work: Work[T], queue: str = "") -> T:
        """What `work` answers, once it is durable. `Unavailable` when too much is waiting, in all or in this queue."""
        if self._waiting_in_all >= MAX_WAITING or (queue and self._waiting[queue] >= MAX_WAITING_IN_QUEUE):
            raise Unavailable("too many writes are waiting")
        job = _Job(work, queue, asyncio.get_running_loop().create_future())
        with self._more:
            if self._closing or not self._thread.is_alive():
                raise Unavailable("the store is closed")
            self._jobs.append(job)
            self._more.notify()
        self._waiting_in_all += 1
        self._waiting[queue] += 1
        value: T = await job.future
        return value

    async def close(self) -> None:
        """What is waiting is still done."""
        with self._more:
            self._closing = True
            self._more.notify()
        await asyncio.to_thread(self._thread.join)

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    def _run(self) -> None:
        while self._some_waiting():
            done: list[_Job] = []
            try:
                self._transaction(done)
            except (apsw.Error, Unavailable, _RolledBackError) as error:
                self._give_up(done, error)
            self._tell(done)
            if self._log_pages > (_MOST_LOG_PAGES if self._jobs else _IDLE_LOG_PAGES):
                self._shorten_log()
        if self._connection is not None:
            self._connection.close()

    def _some_waiting(self) -> bool:
        with self._more:
            while not self._jobs and not self._closing:
                self._more.wait()
            return bool(self._jobs)

    def _transaction(self, done: list[_Job]) -> None:
        if self._connection is None:
            self._connection = self._connect()
            self._connection.set_wal_hook(self._grown)
            self._shorten_log()  # after a full disk this may be what makes room
        self._connection.execute("BEGIN IMMEDIATE")
        self._check(self._connection)
        for job in self._group():
            done.append(job)
            self._attempt(self._connection, job)
        self._connection.execute("COMMIT")

    def _group(self) -> Iterator[_Job]:
        """What waits and what comes in meanwhile, within bounds. What nobody waits for any more is left out."""
        until = time.monotonic() + _GROUP_SECONDS
        taken = 0
        while self._jobs and taken < _GROUP_JOBS and time.monotonic() < until:
            job = self._jobs.popleft()
            if job.future.cancelled():
                self._tell([job])
                continue
            taken += 1
            yield job

    def _attempt(self, connection: apsw.Connection, job: _Job) -> None:
        connection.execute("SAVEPOINT job")
        with job:
            job.value = job.work(connection)
        if connection.get_autocommit():
            raise _RolledBackError from job.error
        if job.error is not None:
            connection.execute("ROLLBACK TO job")
            if isinstance(job.error, apsw.Error):
                job.error = meaning(job.error, connection)
        connection.execute("RELEASE job")

    def _give_up(self, done: list[_Job], error: apsw.Error | Unavailable | _RolledBackError) -> None:
        """Nothing of the group was kept. The next group begins with a new connection."""
        cause = error.__cause__ if isinstance(error, _RolledBackError) else error
        told = meaning(cause, self._connection) if isinstance(cause, apsw.Error) else cause
        if not done:
            done.extend(self._group())
        for job in done:
            if job.error is None or job.error is cause:
                job.error = told
        if self._connection is not None and not isinstance(error, apsw.BusyError):
            with suppress(apsw.Error):
                self._connection.close(force=True)
            self._connection = None

    def _grown(self, _connection: apsw.Connection, _database: str, pages: int) -> int:
        self._log_pages = pages
        return apsw.SQLITE_OK

    def _shorten_log(self) -> None:
        """Copy the log into the database, as far as no reader needs it; the next write begins it anew."""
        self._log_pages = 0
        if self._connection is not None:
            with suppress(apsw.Error):  # it is tried again when the log has grown further
                self._connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)

    def _tell(self, done: list[_Job]) -> None:
        by_loop: dict[asyncio.AbstractEventLoop, list[_Job]] = {}
        for job in done:
            by_loop.setdefault(job.future.get_loop(), []).append(job)
        for loop, jobs in by_loop.items():
            with suppress(RuntimeError):  # the loop was closed: nobody waits any more
                loop.call_soon_threadsafe(self._settle, jobs)

    def _settle(self, jobs: list[_Job]) -> None:
        for job in jobs:
            self._waiting_in_all -= 1
            self._waiting[job.queue] -= 1
            if self._waiting[job.queue] <= 0:
                del self._waiting[job.queue]
            job.settle()
