"""One shelf per kind of document: a table, its indexes, and the statements that write it, all from the declaration.

A plain index is an SQLite index of (workspace, equalities, sort field, id). An index with an `each` field is a table of
its own, with one row per member, in that order; triggers keep it, so that every write of a document is one statement.
An `each` field itself is a column with a JSON list; no member of it may hold a NUL, at which SQLite would end it.

A last column, named after the declared fields, says from which version of the document they were derived. A program of
an older version, which declares fewer, moves the version without it: so what it wrote is found, and derived again.
"""

import hashlib
from collections.abc import Container
from typing import Any, Final

import msgspec

from taskmanager.tasks.query import Columns, Field, Index, Kind

RESERVED: Final = frozenset({"n", "ws", "id", "version", "body"})


class Shelf:
    """What SQLite knows of one kind. `n` is a row's number in the table, by which entries find it."""

    def __init__(self, kind: Kind[Any]) -> None:
        clash = RESERVED & set(kind.field)
        if clash:
            message = f"kind {kind.name}: {', '.join(sorted(clash))} can't be the name of a declared field"
            raise ValueError(message)
        self.kind = kind
        self.table = f"doc_{kind.name}"
        self.columns = tuple(field.name for field in kind.fields)
        self.fields = msgspec.json.encode([_shape(field) for field in kind.fields]).decode()
        self.derived = derived_column(self.fields)
        self.underived = f"{self.table} WHERE {self.derived} <> version"
        names = "".join(f', "{name}"' for name in self.columns)
        marks = ", ?" * len(self.columns)
        settings = "".join(f', "{name}" = ?' for name in self.columns)
        here = "WHERE ws = ? AND id = ? AND version = ?"
        self.insert = (
            f"INSERT INTO {self.table} (ws, id, version, body{names}, {self.derived}) VALUES (?, ?, ?, ?{marks}, ?3)"
            " ON CONFLICT (ws, id) DO NOTHING"
        )
        self.update = f"UPDATE {self.table} SET version = ?, body = ?{settings}, {self.derived} = ?1 {here}"
        self.derive = f"UPDATE {self.table} SET {self.derived} = version{settings} {here}"
        self.delete = f"DELETE FROM {self.table} {here}"
        self.version = f"SELECT version FROM {self.table} WHERE ws = ? AND id = ?"

    def values(self, columns: Columns) -> list[Any]:
        """A document's columns in the order of the statements."""
        return [_stored(columns[name]) for name in self.columns]

    def each(self, index: Index) -> Field | None:
        """The field of which the index has one entry per member."""
        return next((self.kind.field[name] for name in index.equals if self.kind.field[name].each), None)

    def index_name(self, index: Index) -> str:
        return f"{self.table}_{index.name}"

    def walk(self, index: Index) -> str:
        """What to select from, as `e`, to go along the index and no other."""
        name = self.index_name(index)
        return f"{name} AS e" if self.each(index) else f"{self.table} AS e INDEXED BY {name}"

    def create_table(self) -> str:
        columns = "".join(
            f', "{field.name}" {_type(field)} NOT NULL DEFAULT {_none(field)}' for field in self.kind.fields
        )
        # The columns come before the body: a long body spills to other pages, which a look at a column must not read.
        return (
            f"CREATE TABLE {self.table} (n INTEGER PRIMARY KEY, ws INTEGER NOT NULL, id BLOB NOT NULL,"
            f" version INTEGER NOT NULL{columns}, {self.derived} INTEGER NOT NULL DEFAULT 0,"
            " body BLOB NOT NULL) STRICT;\n"
            f"CREATE UNIQUE INDEX {self.table}_id ON {self.table} (ws, id);\n{self._find_underived()}"
        )

    def add_fields(self, known: Container[str]) -> str:
        """The statements that give the table the fields it does not have yet, not yet derived for any document."""
        new = [field for field in self.kind.fields if field.name not in known]
        columns = [f'"{field.name}" {_type(field)} NOT NULL DEFAULT {_none(field)}' for field in new]
        columns.append(f"{self.derived} INTEGER NOT NULL DEFAULT 0")
        added = "".join(f"ALTER TABLE {self.table} ADD COLUMN {column};\n" for column in columns)
        return f"DROP INDEX {self.table}_underived;\n{added}{self._find_underived()}"

    def _find_underived(self) -> str:
        return f"CREATE INDEX {self.table}_underived ON {self.table} (n) WHERE {self.derived} <> version"

    def create_index(self, index: Index) -> str:
        each = self.each(index)
        return self._entries(index, each) if each else self._plain(index)

    def _plain(self, index: Index) -> str:
        key = ", ".join(f'"{name}"' for name in (*index.equals, index.sort))
        covered = "".join(f', "{name}"' for name in index.includes)
        return f"CREATE INDEX {self.index_name(index)} ON {self.table} (ws, {key}, id{covered})"

    def _entries(self, index: Index, each: Field) -> str:
        name, fields = self.index_name(index), (*index.equals, index.sort)
        columns = ", ".join(f'"{field}" {_type(self.kind.field[field], member=True)} NOT NULL' for field in fields)
        key = ", ".join(f'"{field}"' for field in fields)

        def of(row: str) -> str:
            values = ", ".join("value" if field == each.name else f'{row}."{field}"' for field in fields)
            return f"SELECT {row}.ws, {values}, {row}.id, {row}.n FROM"

        rest = "".join(f' AND "{field}" = old."{field}"' for field in fields if field != each.name)
        add = f'INSERT INTO {name} {of("new")} json_each(new."{each.name}");'
        drop = (
            f"DELETE FROM {name} WHERE ws = old.ws{rest} AND id = old.id"
            f' AND "{each.name}" IN (SELECT value FROM json_each(old."{each.name}"));'
        )
        moved = " OR ".join(f'old."{field}" IS NOT new."{field}"' for field in fields)
        return (
            f"CREATE TABLE {name} (ws INTEGER NOT NULL, {columns}, id BLOB NOT NULL, n INTEGER NOT NULL,"
            f" PRIMARY KEY (ws, {key}, id)) WITHOUT ROWID, STRICT;\n"
            f'INSERT INTO {name} {of("d")} {self.table} AS d CROSS JOIN json_each(d."{each.name}")\n'
            # Sorted first: as they come, each would change another page, and there are more than memory keeps.
            f" ORDER BY {', '.join(str(column) for column in range(1, len(fields) + 3))};\n"
            f"CREATE TRIGGER {name}_add AFTER INSERT ON {self.table} BEGIN {add} END;\n"
            f"CREATE TRIGGER {name}_move AFTER UPDATE ON {self.table} WHEN {moved} BEGIN {drop} {add} END;\n"
            f"CREATE TRIGGER {name}_drop AFTER DELETE ON {self.table} BEGIN {drop} END"
        )

    def drop_index(self, index: str) -> str:
        """The statements that undo `create_index`, whichever form it took."""
        name = f"{self.table}_{index}"
        triggers = "; ".join(f"DROP TRIGGER IF EXISTS {name}_{when}" for when in ("add", "move", "drop"))
        return f"{triggers}; DROP TABLE IF EXISTS {name}; DROP INDEX IF EXISTS {name}"


def _type(field: Field, *, member: bool = False) -> str:
    return "TEXT" if field.type is str or (field.each and not member) else "INTEGER"


def _none(field: Field) -> str:
    """What a program that does not know the field writes."""
    return "'[]'" if field.each else "''" if field.type is str else "0"


def derived_column(fields: str) -> str:
    """The one that belongs to these fields, as they are remembered."""
    return f"derived_{hashlib.sha256(fields.encode()).hexdigest()[:8]}"


def _shape(field: Field) -> tuple[str, str, bool]:
    return field.name, field.type.__name__, field.each


def _stored(value: Any) -> Any:
    return msgspec.json.encode(value).decode() if isinstance(value, tuple) else value
