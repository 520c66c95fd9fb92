"""The embedded store: one SQLite file, one writer thread, readers that see every commit."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import apsw

from taskmanager.errors import Unavailable
from taskmanager.storage.findings import Finding
from taskmanager.storage.refusals import CannotOpen
from taskmanager.storage.sqlite import checkup
from taskmanager.storage.sqlite.accounts import SQLiteAccounts
from taskmanager.storage.sqlite.archive import SQLiteArchive
from taskmanager.storage.sqlite.connection import connect, fetch, require_sqlite
from taskmanager.storage.sqlite.jobs import SQLiteSchedule
from taskmanager.storage.sqlite.migrations import Fit, migrate, require_current
from taskmanager.storage.sqlite.readers import Readers
from taskmanager.storage.sqlite.shelf import Shelf
from taskmanager.storage.sqlite.wakes import Wakes
from taskmanager.storage.sqlite.workspaces import SQLiteWorkspaces
from taskmanager.storage.sqlite.writer import Writer
from taskmanager.tasks.model import KINDS
from taskmanager.tasks.query import Kind


@dataclass(frozen=True, slots=True)
class SQLiteStorage:
    workspaces: SQLiteWorkspaces
    accounts: SQLiteAccounts
    jobs: SQLiteSchedule
    archive: SQLiteArchive
    _readers: Readers
    _writer: Writer
    _wakes: Wakes
    _path: Path
    _shelves: tuple[Shelf, ...]

    async def ping(self) -> None:
        if not self._writer.alive:
            raise Unavailable("the store no longer writes")
        await self._readers.read(lambda connection: fetch(connection, "SELECT 1 FROM heads LIMIT 1"))

    def examine(self) -> AsyncIterator[Finding]:
        """What is right and wrong with the file."""
        return checkup.examine(self._path, self._readers, self._shelves)

    async def close(self) -> None:
        self._wakes.close()
        await self._writer.close()
        await self._readers.close()


async def open_sqlite(
    path: Path, kinds: Iterable[Kind[Any]] = tuple(KINDS.values()), *, prepare: bool = True
) -> SQLiteStorage:
    """Open the file; with `prepare` make it if there is none, and bring it up to date."""
    require_sqlite(apsw.sqlite_lib_version())
    shelves = {kind.name: Shelf(kind) for kind in kinds}
    try:
        await asyncio.to_thread(migrate if prepare else require_current, path, list(shelves.values()))
        readers = Readers(partial(connect, path, writes=False), partial(connect, path, writes=False, busy_ms=0))
    except (OSError, apsw.Error) as error:
        raise CannotOpen(f"{path} can't be used as a database: {error}") from error
    writer = Writer(partial(connect, path, writes=True), Fit(list(shelves.values())))
    wakes = Wakes(readers)
    workspaces = SQLiteWorkspaces(shelves, readers, writer, wakes)
    wakes.foreign = workspaces.catch_up
    await workspaces.sweep()
    await workspaces.catch_up()
    return SQLiteStorage(
        workspaces,
        SQLiteAccounts(readers, writer),
        SQLiteSchedule(readers, writer),
        SQLiteArchive(partial(connect, path, writes=True), shelves),
        readers,
        writer,
        wakes,
        path,
        tuple(shelves.values()),
    )
