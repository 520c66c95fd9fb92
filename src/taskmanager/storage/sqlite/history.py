"""Changes as they are read back, and forgotten. Rows are read on one side, and decoded by `told` on the other."""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

import apsw
import msgspec

from taskmanager.errors import RevisionGone
from taskmanager.storage.sqlite.connection import fetch, fetch_row, fetch_value
from taskmanager.storage.sqlite.ids import packed_if_any, unpacked
from taskmanager.tasks.dates import instant
from taskmanager.tasks.store import MAX_BYTES, ORIGIN, Change, Revision

_RECORD: Final = (
    "SELECT c.counter, c.nonce, c.grp, c.at, c.author, h.kind, h.id, h.op, h.version, h.fields FROM commits AS c"
    " CROSS JOIN changes AS h ON h.ws = c.ws AND h.counter = c.counter WHERE c.ws = ?"
)
_COMMITS_AT_A_TIME: Final = 1_000
_CHANGES_AT_A_TIME: Final = 1_000
Rows = list[tuple[Any, ...]]
_fields = msgspec.json.Decoder(dict[str, tuple[Any, Any]]).decode


class Since(NamedTuple):
    """Changes after a revision, up to and with `revision`; `more` when others follow."""

    rows: Rows
    revision: Revision
    more: bool


def since(connection: apsw.Connection, workspace_id: str, revision: Revision | None, limit: int) -> Since:
    row = _head(connection, workspace_id)
    if row is None:
        if revision not in (None, ORIGIN):
            raise RevisionGone(f"{revision} is no revision of this workspace")
        return Since([], ORIGIN, more=False)
    ws, floor = row
    start = revision or floor
    if start != floor and not _known(connection, ws, start):
        raise RevisionGone(f"{start} is no revision that is still kept")
    return _after(connection, ws, start, limit)


def _after(connection: apsw.Connection, ws: int, start: Revision, limit: int) -> Since:
    """Whole commits, at least one; among them those that left no change."""
    page = "SELECT counter, nonce, size FROM commits WHERE ws = ? AND counter > ? ORDER BY counter LIMIT ?"
    commits = fetch(connection, page, (ws, start.counter, limit + 1))
    end, size, taken = start, 0, 0
    for counter, nonce, changes in commits[:limit]:
        if size and size + changes > limit:
            break
        end, size, taken = Revision(counter, nonce), size + changes, taken + 1
    between = f"{_RECORD} AND c.counter > ? AND c.counter <= ? ORDER BY c.counter, h.item"
    rows, all_ = _as_fit(connection.execute(between, (ws, start.counter, end.counter)))
    return Since(rows, end if all_ else Revision(*rows[-1][:2]), more=not all_ or taken < len(commits))


def _as_fit(rows: Iterable[tuple[Any, ...]]) -> tuple[Rows, bool]:
    """Whole commits until MAX_BYTES of values are reached, and whether those are all."""
    taken: Rows = []
    size = 0
    for row in rows:
        if size >= MAX_BYTES and row[0] != taken[-1][0]:
            return taken, False
        taken.append(row)
        size += len(row[-1])
    return taken, True


def of_document(
    connection: apsw.Connection, workspace_id: str, document: tuple[str, str], limit: int, before: int | None
) -> Rows:
    row = _head(connection, workspace_id)
    kind, id_ = document
    earlier = "" if before is None else " AND h.counter < ?"
    return fetch(
        connection,
        "SELECT c.counter, c.nonce, c.grp, c.at, c.author, h.kind, h.id, h.op, h.version, h.fields FROM changes AS h"
        " CROSS JOIN commits AS c ON c.ws = h.ws AND c.counter = h.counter"
        f" WHERE h.ws = ? AND h.kind = ? AND h.id = ?{earlier} ORDER BY h.counter DESC, h.item DESC LIMIT ?",
        (row and row[0], kind, packed_if_any(id_), *([] if before is None else [before]), limit),
    )


def undoable(connection: apsw.Connection, workspace_id: str, revision: Revision) -> Rows:
    row = _head(connection, workspace_id)
    if row is None or not _known(connection, row[0], revision):
        raise RevisionGone(f"{revision} is no revision that is still kept")
    ws = row[0]
    group = fetch_value(connection, "SELECT grp FROM commits WHERE ws = ? AND counter = ?", (ws, revision.counter))
    if group is None:
        return fetch(connection, f"{_RECORD} AND c.counter = ? ORDER BY h.item", (ws, revision.counter))
    return fetch(connection, f"{_RECORD} AND c.grp = ? ORDER BY c.counter, h.item", (ws, group))


def forget_commits(connection: apsw.Connection, workspace_id: str, before: int) -> bool:
    """Drop some of the oldest commits, as far as all are older than `before`; False when there were none."""
    row = _head(connection, workspace_id)
    if row is None:
        return False
    ws, last, dropped = row[0], None, 0
    oldest = "SELECT counter, nonce, at, size FROM commits WHERE ws = ? ORDER BY counter LIMIT ?"
    for counter, nonce, at, size in fetch(connection, oldest, (ws, _COMMITS_AT_A_TIME)):
        if at >= before or dropped >= _CHANGES_AT_A_TIME:
            break
        last, dropped = Revision(counter, nonce), dropped + size
    if last is None:
        return False
    floor = "UPDATE heads SET floor_counter = ?, floor_nonce = ? WHERE ws = ?"
    connection.execute(floor, (last.counter, last.nonce, ws))
    connection.execute("DELETE FROM changes WHERE ws = ? AND counter <= ?", (ws, last.counter))
    connection.execute("DELETE FROM commits WHERE ws = ? AND counter <= ?", (ws, last.counter))
    return True


def forget_keys(connection: apsw.Connection, workspace_id: str, before: int) -> None:
    row = _head(connection, workspace_id)
    connection.execute("DELETE FROM keys WHERE ws = ? AND at < ?", (row and row[0], before))


def _head(connection: apsw.Connection, workspace_id: str) -> tuple[int, Revision] | None:
    """The workspace's number in this file and the floor of its history."""
    head = "SELECT ws, floor_counter, floor_nonce FROM heads WHERE workspace_id = ?"
    row = fetch_row(connection, head, (workspace_id,))
    return (row[0], Revision(row[1], row[2])) if row else None


def _known(connection: apsw.Connection, ws: int, revision: Revision) -> bool:
    nonce = fetch_value(connection, "SELECT nonce FROM commits WHERE ws = ? AND counter = ?", (ws, revision.counter))
    return bool(nonce == revision.nonce)


def told(rows: Iterable[tuple[Any, ...]]) -> list[Change]:
    return [
        Change(
            revision=f"{counter}-{nonce}",
            group=group,
            at=instant(at),
            by=by,
            kind=kind,
            id=unpacked(id_),
            op=op,
            version=version,
            fields=_fields(fields),
        )
        for counter, nonce, group, at, by, kind, id_, op, version, fields in rows
    ]
