"""Whether the database file is sound, complete and has room to grow."""

import shutil
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Final

import apsw

from taskmanager.storage.findings import Finding
from taskmanager.storage.sqlite.connection import fetch, fetch_value
from taskmanager.storage.sqlite.readers import Readers
from taskmanager.storage.sqlite.shelf import Shelf

MIB: Final = 1024 * 1024
LEAST_FREE: Final = 200 * MIB


async def examine(path: Path, readers: Readers, shelves: Iterable[Shelf]) -> AsyncIterator[Finding]:
    yield Finding("ok", "SQLite", apsw.sqlite_lib_version())
    yield _size(path)
    damage = await readers.read(lambda connection: fetch_value(connection, "PRAGMA quick_check(1)"), long=True)
    if damage == "ok":
        yield Finding("ok", "integrity", "quick_check finds nothing")
    else:
        yield Finding(
            "wrong", "integrity", str(damage), "stop the server and restore the last backup into a new folder"
        )
    yield await readers.read(lambda connection: _indexes(connection, shelves))


def _size(path: Path) -> Finding:
    log = path.with_name(path.name + "-wal")
    in_log = log.stat().st_size // MIB if log.exists() else 0
    free = shutil.disk_usage(path.parent).free
    told = f"{path.stat().st_size // MIB} MiB, {in_log} MiB in its log, {free // MIB:,} MiB free on the disk"
    if free < LEAST_FREE:
        return Finding("wrong", "disk", told, "make room: a full disk refuses every write")
    return Finding("ok", "disk", told)


def _indexes(connection: apsw.Connection, shelves: Iterable[Shelf]) -> Finding:
    there = {row[0] for row in fetch(connection, "SELECT name FROM sqlite_master WHERE type IN ('index', 'table')")}
    declared = [shelf.index_name(index) for shelf in shelves for index in shelf.kind.indexes]
    missing = [name for name in declared if name not in there]
    if missing:
        return Finding("wrong", "indexes", f"missing: {', '.join(missing)}", "run: taskmanager migrate")
    return Finding("ok", "indexes", f"all {len(declared)} declared ones are there")
