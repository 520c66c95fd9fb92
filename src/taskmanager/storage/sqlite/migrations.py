"""From whatever the file holds to what this version needs: forward only, never left half way.

There are two sorts of step. Numbered ones (`PRAGMA user_version`) change what is written in `schema`, each in one
transaction. The others follow from the declarations of the kinds, which the file remembers. Where fields and indexes
were only added, programs of the version before go on reading and writing meanwhile and afterwards: new columns come
empty, documents are derived a few hundred at a time, an index that is declared no longer stays until the next such
change. Where a field went or became another, the table is made anew, and older programs are refused from then on.
Which program is older the editions of the kinds tell; one that starts on what a newer one declared changes nothing.

Before the first step a copy of an existing file is kept beside it. Processes that start together take turns.
"""

import fcntl
import hashlib
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import apsw
import msgspec

from taskmanager.errors import Unavailable
from taskmanager.storage.refusals import CannotOpen
from taskmanager.storage.sqlite import schema
from taskmanager.storage.sqlite.connection import connect, fetch, fetch_column, fetch_value, private_file, transaction
from taskmanager.storage.sqlite.shelf import Shelf, derived_column
from taskmanager.storage.zones import home_zone
from taskmanager.tasks.dates import zone
from taskmanager.tasks.model import WORKSPACE
from taskmanager.tasks.query import Kind

Migration = Callable[[apsw.Connection], object]
Underived = tuple[int, bytes, int, bytes]
"""Workspace, id, version, body."""


class Declaration(NamedTuple):
    """Of a kind, as the file remembers it."""

    fields: str
    indexes: str
    edition: int


def _mark_what_is_derived(connection: apsw.Connection) -> None:
    """So far every document was, by the fields that the file remembers."""
    connection.execute(schema.RETIRED)
    for kind, fields in fetch(connection, "SELECT kind, fields FROM declared"):
        derived = derived_column(fields)
        connection.execute(
            f"ALTER TABLE doc_{kind} ADD COLUMN {derived} INTEGER NOT NULL DEFAULT 0;"
            f" UPDATE doc_{kind} SET {derived} = version;"
            f" CREATE INDEX doc_{kind}_underived ON doc_{kind} (n) WHERE {derived} <> version"
        )


MIGRATIONS: Final[tuple[Migration, ...]] = (
    lambda connection: connection.execute(schema.FIRST),
    lambda connection: connection.execute(schema.SECOND),
    _mark_what_is_derived,
    lambda connection: connection.execute(schema.EDITIONS),
    lambda connection: connection.execute(schema.PLACES),
)
"""Number n leads from user_version n - 1 to n. One that was released is never changed."""

_ROWS_AT_A_TIME: Final = 500
_COPY_SECONDS: Final = 30 * 86_400


def migrate(path: Path, shelves: Sequence[Shelf], migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Make the file if there is none, and bring it up to date."""
    with _turn(path):
        private_file(path)
        with closing(connect(path, writes=True)) as connection:
            connection.execute("PRAGMA temp_store = FILE")  # a large index is sorted on the disk, not in memory
            _follow_numbers(connection, path, migrations)
            _follow_declarations(connection, path, len(migrations), shelves)
        _forget_copies(path)


def require_current(path: Path, shelves: Sequence[Shelf]) -> None:
    """`CannotOpen` unless `migrate` would have nothing to do."""
    if not path.exists():
        raise CannotOpen(f"there is no database at {path}; look at DATA_DIR, or run: taskmanager migrate")
    with closing(connect(path, writes=False)) as connection:
        current = connection.pragma("user_version") == len(MIGRATIONS) and (
            _goes_on_as_older(connection, path, shelves)
            or all(_known(connection).get(shelf.kind.name) == _declaration(shelf) for shelf in shelves)
        )
    if not current:
        raise CannotOpen(f"{path} is not prepared for this version; run: taskmanager migrate")


class Fit:
    """A check for each transaction that no newer program has taken away what this one writes."""

    def __init__(self, shelves: Sequence[Shelf]) -> None:
        self._shelves = shelves
        self._seen = -1

    def __call__(self, connection: apsw.Connection) -> None:
        """A look at the schema's own counter, and at the rest only when that has moved."""
        moved = connection.pragma("schema_version")
        if moved == self._seen:
            return
        known = _known(connection)
        written = all(shelf.kind.name in known and _has(known[shelf.kind.name], shelf) for shelf in self._shelves)
        if connection.pragma("user_version") != len(MIGRATIONS) or not written:
            raise Unavailable("the database was changed by a newer version; this process must be restarted", 60)
        self._seen = moved


def _follow_numbers(connection: apsw.Connection, path: Path, migrations: Sequence[Migration]) -> None:
    found: int = connection.pragma("user_version")
    if found > len(migrations):
        raise CannotOpen(f"{path} was written by a newer version (schema {found}; this one knows {len(migrations)})")
    for number in range(found + 1, len(migrations) + 1):
        if found:
            _keep_copy(connection, path, str(number))
        with transaction(connection):
            migrations[number - 1](connection)
            connection.pragma("user_version", number)


def _follow_declarations(connection: apsw.Connection, path: Path, number: int, shelves: Sequence[Shelf]) -> None:
    if _goes_on_as_older(connection, path, shelves):
        return
    known = _known(connection)
    changed = [shelf for shelf in shelves if known.get(shelf.kind.name) != _declaration(shelf)]
    if changed and known:
        _keep_copy(connection, path, f"{number}-{_fingerprint(shelves)}")
    for shelf in changed:
        with transaction(connection):
            _follow_fields(connection, shelf, known.get(shelf.kind.name))
    for shelf in shelves:
        while _derive_some(connection, shelf):
            pass
    for shelf in changed:
        with transaction(connection):
            _follow_indexes(connection, shelf)


def _goes_on_as_older(connection: apsw.Connection, path: Path, shelves: Sequence[Shelf]) -> bool:
    """Whether a newer program declared what is there; `CannotOpen` when it took away what this one needs."""
    known = _known(connection)
    if all(known[name].edition <= shelf.kind.edition for shelf in shelves if (name := shelf.kind.name) in known):
        return False
    retired = set(map(tuple, fetch(connection, "SELECT kind, name FROM retired")))
    for shelf in shelves:
        name, there = shelf.kind.name, known.get(shelf.kind.name)
        indexes = set(msgspec.json.decode(there.indexes)) if there else set()
        if (
            there is None
            or not _has(there, shelf)
            or any((name, i) not in retired for i in set(shelf.kind.index) - indexes)
        ):
            raise CannotOpen(f"{path} was changed by a newer version in what this one needs; start that one")
    return True


def _follow_fields(connection: apsw.Connection, shelf: Shelf, known: Declaration | None) -> None:
    """The columns; which indexes there are is remembered as it is until they follow."""
    indexes = known.indexes if known else "{}"
    if known is None:
        connection.execute(shelf.create_table())
    elif known.fields != shelf.fields:
        fields = _fields(known.fields)
        if fields <= _fields(shelf.fields):
            connection.execute(shelf.add_fields({name for name, _, _ in fields}))
        else:
            _make_anew(connection, shelf, known)
            indexes = "{}"
    _remember(connection, shelf, indexes)


def _follow_indexes(connection: apsw.Connection, shelf: Shelf) -> None:
    there: dict[str, Any] = msgspec.json.decode(_known(connection)[shelf.kind.name].indexes)
    retired = set(fetch_column(connection, "SELECT name FROM retired WHERE kind = ?", (shelf.kind.name,)))
    now = _index_shapes(shelf.kind)
    for name in retired | {name for name in there if name in now and there[name] != now[name]}:
        connection.execute(shelf.drop_index(name))
        there.pop(name, None)
    connection.execute("DELETE FROM retired WHERE kind = ?", (shelf.kind.name,))
    for name in set(there) - set(now):
        connection.execute("INSERT INTO retired (kind, name) VALUES (?, ?)", (shelf.kind.name, name))
    for index in shelf.kind.indexes:
        if index.name not in there:
            connection.execute(shelf.create_index(index))
    _remember(connection, shelf, _declaration(shelf).indexes)


def _remember(connection: apsw.Connection, shelf: Shelf, indexes: str) -> None:
    row = (shelf.kind.name, shelf.fields, indexes, shelf.kind.edition)
    connection.execute("INSERT OR REPLACE INTO declared (kind, fields, indexes, edition) VALUES (?, ?, ?, ?)", row)


def _make_anew(connection: apsw.Connection, shelf: Shelf, known: Declaration) -> None:
    """With what the documents are derived into, and without any index."""
    old = f"old_{shelf.table}"
    retired = fetch_column(connection, "SELECT name FROM retired WHERE kind = ?", (shelf.kind.name,))
    for name in {*msgspec.json.decode(known.indexes), *retired}:
        connection.execute(shelf.drop_index(name))
    connection.execute("DELETE FROM retired WHERE kind = ?", (shelf.kind.name,))
    connection.execute(
        f"DROP INDEX {shelf.table}_id; DROP INDEX {shelf.table}_underived; ALTER TABLE {shelf.table} RENAME TO {old}"
    )
    connection.execute(shelf.create_table())
    connection.execute(
        f"INSERT INTO {shelf.table} (n, ws, id, version, body) SELECT n, ws, id, version, body FROM {old}"
    )
    connection.execute(f"DROP TABLE {old}")


def _derive_some(connection: apsw.Connection, shelf: Shelf) -> bool:
    """In a transaction of its own; whether there was anything to do."""
    rows = underived(connection, shelf)
    if rows:
        with transaction(connection):
            derive(connection, shelf, rows)
    return bool(rows)


def derive(connection: apsw.Connection, shelf: Shelf, rows: Iterable[Underived]) -> None:
    """Those that have not changed since they were read."""
    for ws, id_, version, body in rows:
        columns = shelf.kind.derive(shelf.kind.decode(body), _home(connection, ws))
        connection.execute(shelf.derive, (*shelf.values(columns), ws, id_, version))


def underived(connection: apsw.Connection, shelf: Shelf) -> list[Underived]:
    """Some of what was written by a program that knew fewer fields."""
    some = f"SELECT ws, id, version, body FROM {shelf.underived} ORDER BY n LIMIT {_ROWS_AT_A_TIME}"
    return fetch(connection, some)


def _home(connection: apsw.Connection, ws: int) -> ZoneInfo:
    body = fetch_value(connection, f"SELECT body FROM doc_{WORKSPACE.name} WHERE ws = ?", (ws,))
    return home_zone(body) if body else zone("UTC")


def _known(connection: apsw.Connection) -> dict[str, Declaration]:
    rows = fetch(connection, "SELECT kind, fields, indexes, edition FROM declared")
    return {kind: Declaration(*declared) for kind, *declared in rows}


def _declaration(shelf: Shelf) -> Declaration:
    indexes = msgspec.json.encode(_index_shapes(shelf.kind)).decode()
    return Declaration(shelf.fields, indexes, shelf.kind.edition)


def _fields(declared: str) -> set[tuple[str, str, bool]]:
    return {(name, type_, each) for name, type_, each in msgspec.json.decode(declared)}


def _has(declared: Declaration, shelf: Shelf) -> bool:
    """Whether what is declared has every field of the shelf."""
    return _fields(shelf.fields) <= _fields(declared.fields)


def _index_shapes(kind: Kind[Any]) -> dict[str, Any]:
    return {index.name: [list(index.equals), index.sort, list(index.includes)] for index in kind.indexes}


def _fingerprint(shelves: Sequence[Shelf]) -> str:
    text = repr([_declaration(shelf) for shelf in shelves])
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _keep_copy(connection: apsw.Connection, path: Path, before: str) -> None:
    """A whole copy or none: it gets its name only when it is complete and on the disk."""
    copy, unfinished = (path.with_name(f"{path.name}.before-{before}{end}") for end in ("", ".unfinished"))
    unfinished.unlink(missing_ok=True)
    private_file(unfinished)
    with closing(apsw.Connection(str(unfinished))) as target, target.backup("main", connection, "main") as backup:
        backup.step()  # all of it at once: between two steps another process's write would have it begin again
    _sync(unfinished)
    unfinished.replace(copy)
    _sync(path.parent)


def _forget_copies(path: Path) -> None:
    """Those that nobody goes back to any more: they hold what was deleted for good since."""
    for copy in path.parent.glob(f"{path.name}.before-*"):
        if time.time() - copy.stat().st_mtime > _COPY_SECONDS:
            copy.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _turn(path: Path) -> Iterator[None]:
    descriptor = os.open(path.with_name(path.name + ".lock"), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
