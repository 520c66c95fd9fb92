"""Connections to the database file, and what their errors mean to the house."""

import errno
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import apsw

from taskmanager.errors import StorageFull, TaskManagerError, Unavailable
from taskmanager.storage.refusals import CannotOpen

OLDEST_SQLITE: Final = (3, 51, 3)
"""Before it, a reset of the write-ahead log could corrupt the database."""

BUSY_MS: Final = 4_000
_WAL_BYTES_KEPT: Final = 64 * 1024 * 1024

# In a write-ahead log these mean that a file could not grow: a full disk or a quota that SQLite has no own code for.
_NO_GROWTH: Final = (apsw.SQLITE_IOERR_WRITE, apsw.SQLITE_IOERR_SHMSIZE, apsw.SQLITE_IOERR_TRUNCATE)


def require_sqlite(version: str) -> None:
    if tuple(int(part) for part in version.split(".")) < OLDEST_SQLITE:
        oldest = ".".join(map(str, OLDEST_SQLITE))
        raise CannotOpen(
            f"SQLite {version} can corrupt its log; TaskManager needs {oldest} or newer (pip install -U apsw)"
        )


def private_file(path: Path) -> None:
    """Make the file if there is none, for its owner only; SQLite gives the files beside it the same mode."""
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def connect(path: Path, *, writes: bool, busy_ms: int = BUSY_MS) -> apsw.Connection:
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE, statementcachesize=400)
    connection.set_busy_timeout(busy_ms)
    connection.setlk_timeout(busy_ms, 0)  # ask for the lock every millisecond, not ever more seldom
    mebibytes = 64 if writes else 16
    connection.execute(
        f"PRAGMA cache_size = -{mebibytes * 1024}; PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = OFF"
    )
    if writes:
        connection.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = FAST")
        connection.execute(f"PRAGMA journal_size_limit = {_WAL_BYTES_KEPT}")
    else:
        connection.execute("PRAGMA query_only = ON")
    return connection


def fetch(connection: apsw.Connection, sql: str, values: Sequence[Any] = ()) -> list[Any]:
    """All rows, each a tuple; their types are the schema's."""
    return connection.execute(sql, values).fetchall()


def fetch_column(connection: apsw.Connection, sql: str, values: Sequence[Any] = ()) -> list[Any]:
    """The only column of all rows."""
    return [row[0] for row in fetch(connection, sql, values)]


def fetch_row(connection: apsw.Connection, sql: str, values: Sequence[Any] = ()) -> Any:
    """The only row, or None."""
    found = fetch(connection, sql, values)
    return found[0] if found else None


def fetch_value(connection: apsw.Connection, sql: str, values: Sequence[Any] = ()) -> Any:
    """The only column of the only row, or None."""
    found = fetch_row(connection, sql, values)
    return found[0] if found else None


@contextmanager
def transaction(connection: apsw.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    finally:
        if not connection.get_autocommit():
            connection.execute("ROLLBACK")


def meaning(error: apsw.Error, connection: apsw.Connection | None = None) -> TaskManagerError | apsw.Error:
    """What a caller is told; an error that only a mistake in our SQL can cause is told as it is."""
    full = errno.ENOSPC, errno.EDQUOT
    if isinstance(error, apsw.FullError) or (isinstance(error, apsw.IOError) and _no_room(error, connection, full)):
        return StorageFull("there is no room left for the database")
    if isinstance(error, apsw.BusyError):
        return Unavailable("the database is busy")
    if isinstance(error, (apsw.CorruptError, apsw.NotADBError)):
        return Unavailable("the database file is damaged", retry_after=60)
    if isinstance(
        error, (apsw.IOError, apsw.CantOpenError, apsw.ReadOnlyError, apsw.PermissionsError, apsw.NoMemError)
    ):
        return Unavailable("the database file can't be used now")
    if isinstance(error, (apsw.ConnectionClosedError, apsw.InterruptError)):
        return Unavailable("the store is closed")
    return error


def _no_room(error: apsw.Error, connection: apsw.Connection | None, full: tuple[int, ...]) -> bool:
    return getattr(error, "extendedresult", 0) in _NO_GROWTH or (
        connection is not None and connection.system_errno in full
    )
