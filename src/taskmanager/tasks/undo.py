"""Undo: a commit taken back, field by field, as a new commit. Taking that back is redo."""

from collections.abc import AsyncIterator, Iterable
from typing import Any, Final, Literal

import msgspec

from taskmanager.errors import Invalid, NotFound, Purged, UndoConflict
from taskmanager.tasks.editing import reattached, trash_each
from taskmanager.tasks.model import KINDS, LABEL, PROJECT, TASK, Task
from taskmanager.tasks.naming import name_is_free, trash_named
from taskmanager.tasks.query import Kind
from taskmanager.tasks.references import check_labels, check_parent, check_project, height
from taskmanager.tasks.sheet import Sheet
from taskmanager.tasks.store import Change

OnConflict = Literal["fail", "skip"]
Fields = dict[str, tuple[Any, Any]]
Return = tuple[Kind[Any], Any, dict[str, Any]]
"""A document as it is, and the fields to put back."""

UNDONE: Final[tuple[Kind[Any], ...]] = (LABEL, PROJECT, TASK)
"""In the order in which they come back: references before what refers to them."""

_FOLLOWS: Final = frozenset({"updated_at", "created_at", "created_by", "completed_at"})
"""What every write sets anew, and what follows from the status."""

_CREATED: Final = object()


def undone(changes: list[Change]) -> list[Change]:
    """Those of the changes that can be undone; `NotFound` without any. A workspace's own settings are not."""
    found = [change for change in changes if KINDS[change.kind] in UNDONE]
    if not found:
        raise NotFound("nothing was changed by this revision")
    return found


async def revert(sheet: Sheet, changes: list[Change], on_conflict: OnConflict, deleted_at: str) -> bool:
    """Put every changed field back to what it was, where it still is what these changes made it.

    `changes` are those of one commit or group, oldest first; what they made goes to the trash at `deleted_at`.
    Answers whether anything is put back. Errors: `Purged`; `UndoConflict` with all conflicts, unless `on_conflict` is
    "skip", which leaves those fields as they are.
    """
    conflicts: list[dict[str, str]] = []
    going: dict[str, list[Return]] = {}
    net = _net(changes)
    for kind in UNDONE:
        await sheet.load(kind, [id_ for of, id_, _ in net if of is kind])
    for kind, id_, fields in net:
        current = await sheet.get(kind, id_)
        if current is None or "purge" in fields:
            if on_conflict == "fail":
                raise Purged("part of it was deleted for good since")
            continue
        before = await _before(sheet, kind, current, fields, conflicts)
        if before.get("deleted_at") is not None:
            moment = before.pop("deleted_at")
            going.setdefault(deleted_at if moment is _CREATED else moment, []).append((kind, current, before))
        elif before and sheet.room:
            await _put_back(sheet, kind, current, before)
        elif before:
            sheet.partial = True
    if conflicts and on_conflict == "fail":
        raise UndoConflict(conflicts)
    for moment, documents in going.items():
        await _trash(sheet, documents, moment)
    return bool(sheet.edits())


def _net(changes: list[Change]) -> list[tuple[Kind[Any], str, Fields]]:
    """Per document: each field's first before and last after. A document made by the changes is to go to the trash.

    The last change first, so that a parent, which follows its subtasks into the trash, comes back before them.
    """
    net: dict[tuple[str, str], Fields] = {}
    for change in changes:
        fields = net.setdefault((change.kind, change.id), {})
        if change.op == "create":
            fields["deleted_at"] = (_CREATED, None)
        elif change.op == "purge":
            fields["purge"] = (None, None)
        elif fields.get("deleted_at", ("",))[0] is not _CREATED:
            for name, (before, after) in change.fields.items():
                fields[name] = (fields[name][0] if name in fields else before, after)
    backwards = list(reversed(net.items()))
    return [(kind, id_, fields) for kind in UNDONE for (of, id_), fields in backwards if of == kind.name]


async def _before(
    sheet: Sheet, kind: Kind[Any], current: Any, fields: Fields, conflicts: list[dict[str, str]]
) -> dict[str, Any]:
    """What is to be put back, with every field that can't be among the `conflicts`."""
    now = msgspec.to_builtins(current)
    before: dict[str, Any] = {}
    for name, (value, after) in fields.items():
        if value is _CREATED:
            before |= {name: value} if current.deleted_at is None else {}
        elif name in _FOLLOWS or now.get(name) == value:
            continue
        elif now.get(name) == after and await _fits(sheet, kind, current, name, fields):
            before[name] = value
        else:
            conflicts.append({"kind": kind.name, "id": current.id, "field": name})
    if "status" in before:
        before["completed_at"] = fields.get("completed_at", (None, None))[0] if before["status"] == "done" else None
    return before


async def _fits(sheet: Sheet, kind: Kind[Any], current: Any, name: str, fields: Fields) -> bool:
    """Whether what was there may be there now: what is not in the trash needs live references and a name of its own."""
    value = fields[name][0]
    if fields.get("deleted_at", (current.deleted_at,))[0] is not None:
        return True
    try:
        if name == "project_id":
            await check_project(sheet, value)
        elif name == "label_ids":
            await check_labels(sheet, value, known=current.label_ids)
        elif name == "parent_id" and value is not None:
            await check_parent(sheet, current.id, value, height=await height(sheet, current.id))
    except Invalid:
        return False
    taking_a_name = kind is not TASK and name in ("name", "deleted_at")
    return not taking_a_name or await name_is_free(sheet, kind, fields.get("name", (current.name,))[0], current.id)


async def _put_back(sheet: Sheet, kind: Kind[Any], current: Any, before: dict[str, Any]) -> None:
    restored = msgspec.convert(
        msgspec.to_builtins(current)
        | before
        | {"version": sheet.next_version(kind, current), "updated_at": sheet.stamp(current.updated_at)},
        type=kind.type,
    )
    comes_back = isinstance(restored, Task) and "deleted_at" in before
    sheet.put(kind, await reattached(sheet, restored) if comes_back else restored)


async def _trash(sheet: Sheet, going: list[Return], moment: str) -> None:
    """Back into the trash, or into it for the first time, with what has been put below since."""
    await trash_each(sheet, _each(document for kind, document, _ in going if kind is TASK), moment)
    for kind, document, before in going:
        if kind is not TASK:
            await trash_named(sheet, kind, document, moment)
        gone = await sheet.get(kind, document.id)
        if before and gone is not None and gone.deleted_at is not None:
            await _put_back(sheet, kind, gone, before)


async def _each(tasks: Iterable[Task]) -> AsyncIterator[Task]:
    for task in tasks:
        yield task
