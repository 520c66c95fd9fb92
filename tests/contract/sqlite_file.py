"""What a test looks at in the database file itself, from outside."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import apsw

from taskmanager.storage.sqlite.shelf import Shelf
from taskmanager.tasks.model import KINDS


def rows(path: Path, sql: str) -> list[Any]:
    with closing(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)) as connection:
        connection.set_busy_timeout(5_000)
        return connection.execute(sql).fetchall()


def tables(path: Path) -> list[str]:
    return [name for (name,) in rows(path, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]


def every_value(path: Path) -> Iterator[tuple[str, bytes]]:
    """Each value of each row of each table, as bytes, with the table's name."""
    for table in tables(path):
        for row in rows(path, f'SELECT * FROM "{table}"'):  # noqa: S608 - the name is the file's own
            for value in row:
                yield table, value if isinstance(value, bytes) else str(value).encode()


def assert_sound(path: Path) -> None:
    """The file is whole, and the entries of every list are exactly those that the documents ask for."""
    assert rows(path, "PRAGMA integrity_check") == [("ok",)]
    for shelf in map(Shelf, KINDS.values()):
        for index in shelf.kind.indexes:
            each = shelf.each(index)
            if each is None:
                continue
            fields = ", ".join("value" if name == each.name else f'd."{name}"' for name in (*index.equals, index.sort))
            asked = f'SELECT d.ws, {fields}, d.id, d.n FROM {shelf.table} AS d, json_each(d."{each.name}")'  # noqa: S608 - names of our own
            held = f"SELECT * FROM {shelf.index_name(index)}"  # noqa: S608 - a declared name
            assert rows(path, f"{asked} EXCEPT {held}") == []
            assert rows(path, f"{held} EXCEPT {asked}") == []
