"""A commit: prepared on the event loop, applied by the writer in one savepoint."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import apsw
import msgspec

from taskmanager.errors import Exists, InFlight, KeyReused, Moved, Stale
from taskmanager.storage.sqlite.connection import fetch_row, fetch_value
from taskmanager.storage.sqlite.ids import packed, packed_if_any
from taskmanager.storage.sqlite.shelf import Shelf
from taskmanager.tasks.store import (
    ORIGIN,
    Commit,
    Derive,
    Edit,
    Expect,
    Keep,
    Put,
    Remove,
    Revision,
    delta,
    encode,
    refuse_too_much,
)

_EDITS_AT_A_TIME: Final = 20
_NO_FIELDS: Final = b"{}"
_CLEAR_FIELDS: Final = "UPDATE changes SET fields = ? WHERE ws = ? AND kind = ? AND id = ?"


ChangeRow = tuple[str, bytes, str, int, bytes]
"""A change as it is kept: kind, id, op, version, fields."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A commit as history keeps it."""

    revision: Revision
    at: int
    by: str
    group: str | None
    changes: tuple[ChangeRow, ...]


@dataclass(frozen=True, slots=True)
class _Step:
    """One edit as statements."""

    edit: Edit
    id: bytes | None
    sql: str
    before: tuple[Any, ...]
    after: tuple[Any, ...]
    change: ChangeRow | None = None
    size: int = 0


@dataclass(frozen=True, slots=True)
class Order:
    """A commit ready to be applied."""

    workspace_id: str
    steps: tuple[_Step, ...]
    by: str
    now: int
    at: Revision | None
    keep: Keep | None
    group: str | None

    @property
    def moves(self) -> bool:
        return any(not isinstance(step.edit, Expect) for step in self.steps)


async def prepare(shelves: Mapping[str, Shelf], workspace_id: str, edits: Sequence[Edit]) -> tuple[_Step, ...]:
    """Encode everything; a long commit lets others onto the loop in between."""
    writes = sum(not isinstance(edit, Expect) for edit in edits)
    steps: list[_Step] = []
    size = 0
    refuse_too_much(writes, size)
    for number, edit in enumerate(edits, 1):
        step = _step(shelves[edit.kind.name], workspace_id, edit)
        size += step.size
        refuse_too_much(writes, size)
        steps.append(step)
        if number % _EDITS_AT_A_TIME == 0:
            await asyncio.sleep(0)
    return tuple(steps)


def _step(shelf: Shelf, workspace_id: str, edit: Edit) -> _Step:
    if isinstance(edit, Expect):
        return _Step(edit, packed_if_any(edit.id), shelf.version, (), ())
    document = edit.document if isinstance(edit, Put) else edit.before
    if document.workspace_id != workspace_id:
        message = f"{edit.kind.name} {document.id} is of another workspace"
        raise ValueError(message)
    id_ = packed(document.id)
    if isinstance(edit, Derive):
        return _Step(edit, id_, shelf.derive, tuple(shelf.values(edit.columns)), (edit.before.version,))
    op, version, fields = delta(edit)
    change = (edit.kind.name, id_, op, version, msgspec.json.encode(fields))
    if isinstance(edit, Remove):
        return _Step(edit, id_, shelf.delete, (), (edit.before.version,), change)
    body, columns = encode(edit.document), shelf.values(edit.columns)
    if edit.before is None:
        return _Step(edit, id_, shelf.insert, (), (version, body, *columns), change, len(body))
    return _Step(edit, id_, shelf.update, (version, body, *columns), (edit.before.version,), change, len(body))


def apply(connection: apsw.Connection, order: Order) -> Commit:
    ws, head = workspace(connection, order.workspace_id)
    if order.keep is not None:
        _refuse_known_key(connection, ws, order.keep)
    if order.at is not None and order.at != head:
        raise Moved(f"the workspace is at {head}")
    if ws is None and (order.moves or order.keep):
        ws = _found(connection, order.workspace_id)
    _take(connection, ws, order.steps)
    if order.moves and ws is not None:
        head = head.next()
        _record(connection, ws, head, order)
    if order.keep is not None:
        add_key(connection, ws, head, order.keep, order.now)
    return Commit(head)


def workspace(connection: apsw.Connection, workspace_id: str) -> tuple[int | None, Revision]:
    """The workspace's number in this file and its head; (None, ORIGIN) when nobody has written to it."""
    row = fetch_row(connection, "SELECT ws, counter, nonce FROM heads WHERE workspace_id = ?", (workspace_id,))
    return (row[0], Revision(row[1], row[2])) if row else (None, ORIGIN)


def _found(connection: apsw.Connection, workspace_id: str) -> int:
    head = "INSERT INTO heads (workspace_id, counter, nonce, floor_counter, floor_nonce) VALUES (?, ?, ?, ?, ?)"
    origin = (ORIGIN.counter, ORIGIN.nonce)
    ws: int = fetch_value(connection, f"{head} RETURNING ws", (workspace_id, *origin, *origin))
    return ws


def _refuse_known_key(connection: apsw.Connection, ws: int | None, keep: Keep) -> None:
    known = "SELECT fingerprint FROM keys WHERE ws = ? AND account = ? AND text = ?"
    row = fetch_row(connection, known, (ws, keep.key.account_id, keep.key.text))
    if row is None:
        return
    if row[0] != keep.key.fingerprint:
        raise KeyReused("this idempotency key was used for another request")
    raise InFlight("another call with this idempotency key has just been done")


def _take(connection: apsw.Connection, ws: int | None, steps: Iterable[_Step]) -> None:
    """Carry out every step; those whose base does not hold are all named, and the savepoint is rolled back."""
    expected_first = sorted(steps, key=lambda step: not isinstance(step.edit, Expect))
    failed = [step.edit for step in expected_first if not _holds(connection, ws, step)]
    taken = [edit for edit in failed if isinstance(edit, Put) and edit.before is None]
    if len(failed) > len(taken):
        raise Stale([_name(edit) for edit in failed if not any(edit is other for other in taken)])
    if taken:
        raise Exists(", ".join(edit.document.id for edit in taken))


def _holds(connection: apsw.Connection, ws: int | None, step: _Step) -> bool:
    if isinstance(step.edit, Expect):
        row = fetch_row(connection, step.sql, (ws, step.id))
        return (row[0] if row else 0) == step.edit.version
    # A new document's row is (ws, id, …), a replaced one's (…) WHERE ws, id, version.
    connection.execute(step.sql, (*step.before, ws, step.id, *step.after))
    return connection.changes() == 1


def _name(edit: Edit) -> tuple[str, str]:
    match edit:
        case Expect():
            return edit.kind.name, edit.id
        case Put():
            return edit.kind.name, edit.document.id
        case Remove() | Derive():
            return edit.kind.name, edit.before.id


def _record(connection: apsw.Connection, ws: int, head: Revision, order: Order) -> None:
    changes = tuple(step.change for step in order.steps if step.change is not None)
    _advance(connection, ws, Entry(head, order.now, order.by, order.group, changes))
    for kind, id_, op, _, _ in changes:
        if op == "purge":
            connection.execute(_CLEAR_FIELDS, (_NO_FIELDS, ws, kind, id_))


def move(connection: apsw.Connection, ws: int) -> None:
    """To the next revision, with no change that anybody could see."""
    row = fetch_row(
        connection,
        "SELECT workspace_id, h.counter, h.nonce, coalesce(at, 0) FROM heads AS h LEFT JOIN commits AS c"
        " ON c.ws = h.ws AND c.counter = h.counter WHERE h.ws = ? AND workspace_id IS NOT NULL",
        (ws,),
    )
    if row is not None:
        by, counter, nonce, at = row
        _advance(connection, ws, Entry(Revision(counter, nonce).next(), at, by, None, ()))


def _advance(connection: apsw.Connection, ws: int, entry: Entry) -> None:
    head = entry.revision
    connection.execute("UPDATE heads SET counter = ?, nonce = ? WHERE ws = ?", (head.counter, head.nonce, ws))
    add_entry(connection, ws, entry)


def add_entry(connection: apsw.Connection, ws: int, entry: Entry) -> None:
    counter = entry.revision.counter
    connection.execute(
        "INSERT INTO commits (ws, counter, nonce, at, author, grp, size) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (ws, counter, entry.revision.nonce, entry.at, entry.by, entry.group, len(entry.changes)),
    )
    for item, (kind, id_, op, version, fields) in enumerate(entry.changes):
        connection.execute(
            "INSERT INTO changes (ws, counter, item, kind, id, op, version, fields) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (ws, counter, item, kind, id_, op, version, fields),
        )


def add_key(connection: apsw.Connection, ws: int | None, head: Revision, keep: Keep, now: int) -> None:
    key = keep.key
    connection.execute(
        "INSERT INTO keys (ws, account, text, fingerprint, receipt, counter, nonce, at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (ws, key.account_id, key.text, key.fingerprint, keep.receipt, head.counter, head.nonce, now),
    )
