"""From whatever the file holds to what this version needs: forward only, each step in one transaction.

There are two sorts of step. Numbered ones (`PRAGMA user_version`) change what is written in `schema`. The others
follow from the declarations of the kinds, which the file remembers: a new index is built, and when a field changed,
every document of the kind is derived again. Before each step a copy of an existing file is kept beside it. Processes
that start together take turns.
"""

import fcntl
import hashlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

import apsw
import msgspec

from taskmanager.errors import Unavailable
from taskmanager.storage.refusals import CannotOpen
from taskmanager.storage.sqlite import schema
from taskmanager.storage.sqlite.connection import connect, fetch, private_file, transaction
from taskmanager.storage.sqlite.shelf import Shelf
from taskmanager.storage.zones import home_zone
from taskmanager.tasks.dates import zone
from taskmanager.tasks.model import WORKSPACE
from taskmanager.tasks.query import Kind

Migration = Callable[[apsw.Connection], object]

MIGRATIONS: Final[tuple[Migration, ...]] = (
    lambda connection: connection.execute(schema.FIRST),
    lambda connection: connection.execute(schema.SECOND),
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
        current = connection.pragma("user_version") == len(MIGRATIONS) and all(
            _known(connection).get(shelf.kind.name) == _declaration(shelf.kind) for shelf in shelves
        )
    if not current:
        raise CannotOpen(f"{path} is not prepared for this version; run: taskmanager migrate")


class Fit:
    """A check for each transaction that no newer program has changed the file under our feet."""

    def __init__(self, shelves: Sequence[Shelf]) -> None:
        self._declared = {shelf.kind.name: _declaration(shelf.kind) for shelf in shelves}
        self._seen = -1

    def __call__(self, connection: apsw.Connection) -> None:
        """A look at the schema's own counter, and at the rest only when that has moved."""
        moved = connection.pragma("schema_version")
        if moved == self._seen:
            return
        if connection.pragma("user_version") != len(MIGRATIONS) or self._declared.items() - _known(connection).items():
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
    known = _known(connection)
    changed = [shelf for shelf in shelves if known.get(shelf.kind.name) != _declaration(shelf.kind)]
    if not changed:
        return
    if known:
        _keep_copy(connection, path, f"{number}-{_fingerprint(shelves)}")
    with transaction(connection):
        for shelf in changed:
            _follow(connection, shelf, known.get(shelf.kind.name))
            row = (shelf.kind.name, *_declaration(shelf.kind))
            connection.execute("INSERT OR REPLACE INTO declared (kind, fields, indexes) VALUES (?, ?, ?)", row)


def _follow(connection: apsw.Connection, shelf: Shelf, known: tuple[str, str] | None) -> None:
    before: dict[str, Any] = msgspec.json.decode(known[1]) if known else {}
    now = _index_shapes(shelf.kind)
    same_fields = known is not None and known[0] == _declaration(shelf.kind)[0]
    kept = {name for name in before if same_fields and before[name] == now.get(name)}
    for name in set(before) - kept:
        connection.execute(shelf.drop_index(name))
    if known is None:
        connection.execute(shelf.create_table())
    elif not same_fields:
        _derive_again(connection, shelf)
    for index in shelf.kind.indexes:
        if index.name not in kept:
            connection.execute(shelf.create_index(index))


def _derive_again(connection: apsw.Connection, shelf: Shelf) -> None:
    old = f"old_{shelf.table}"
    workspaces = fetch(connection, f"SELECT ws, body FROM doc_{WORKSPACE.name}")
    zones = {ws: home_zone(body) for ws, body in workspaces}
    connection.execute(f"DROP INDEX {shelf.table}_id; ALTER TABLE {shelf.table} RENAME TO {old}")
    connection.execute(shelf.create_table())
    for ws, id_, version, body in _rows(connection, old):
        columns = shelf.kind.derive(shelf.kind.decode(body), zones.get(ws, zone("UTC")))
        connection.execute(shelf.insert, (ws, id_, version, body, *shelf.values(columns)))
    connection.execute(f"DROP TABLE {old}")


def _rows(connection: apsw.Connection, table: str) -> Iterator[tuple[Any, ...]]:
    page = f"SELECT n, ws, id, version, body FROM {table} WHERE n > ? ORDER BY n LIMIT ?"
    last = 0
    while rows := fetch(connection, page, (last, _ROWS_AT_A_TIME)):
        last = rows[-1][0]
        yield from (row[1:] for row in rows)


def _known(connection: apsw.Connection) -> dict[str, tuple[str, str]]:
    rows = fetch(connection, "SELECT kind, fields, indexes FROM declared")
    return {kind: (fields, indexes) for kind, fields, indexes in rows}


def _declaration(kind: Kind[Any]) -> tuple[str, str]:
    fields = [(field.name, field.type.__name__, field.each) for field in kind.fields]
    return msgspec.json.encode(fields).decode(), msgspec.json.encode(_index_shapes(kind)).decode()


def _index_shapes(kind: Kind[Any]) -> dict[str, Any]:
    return {index.name: [list(index.equals), index.sort, list(index.includes)] for index in kind.indexes}


def _fingerprint(shelves: Sequence[Shelf]) -> str:
    text = repr([_declaration(shelf.kind) for shelf in shelves])
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _keep_copy(connection: apsw.Connection, path: Path, before: str) -> None:
    """A whole copy or none: it gets its name only when it is complete and on the disk."""
    copy, unfinished = (path.with_name(f"{path.name}.before-{before}{end}") for end in ("", ".unfinished"))
    unfinished.unlink(missing_ok=True)
    private_file(unfinished)
    with closing(apsw.Connection(str(unfinished))) as target, target.backup("main", connection, "main") as backup:
        while not backup.done:
            backup.step(10_000)
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
