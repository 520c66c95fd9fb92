"""Undo: a commit taken back, field by field, as a new commit. Taking that back is redo."""

from typing import Any, Final, Literal

import msgspec

from taskmanager.errors import Invalid, NotFound, Purged, UndoConflict
from taskmanager.tasks.editing import restore_all, trash_all
from taskmanager.tasks.model import KINDS, LABEL, PROJECT, TASK, Task
from taskmanager.tasks.naming import name_is_free
from taskmanager.tasks.query import Kind
from taskmanager.tasks.references import check_labels, check_parent, check_project
from taskmanager.tasks.sheet import Sheet
from taskmanager.tasks.store import Change

OnConflict = Literal["fail", "skip"]

_NOT_UNDONE: Final = frozenset({"updated_at", "created_at", "created_by"})
"""Bookkeeping that every write sets anew."""


async def revert(sheet: Sheet, changes: list[Change], on_conflict: OnConflict) -> None:
    """Put every changed field back to what it was, where it still is what these changes made it.

    `changes` are those of one commit or group, oldest first. Errors: `Purged`; `UndoConflict` with all conflicts,
    unless `on_conflict` is "skip", which leaves those fields as they are.
    """
    conflicts: list[dict[str, str]] = []
    for kind, id_, fields in _net(changes):
        if not sheet.room:
            sheet.partial = True
            break
        current = await sheet.get(kind, id_)
        if current is None or "purge" in fields:
            if on_conflict == "fail":
                raise Purged("part of it was deleted for good since")
            continue
        before = await _before(sheet, kind, current, fields, conflicts)
        if before:
            await _put_back(sheet, kind, current, before)
    if conflicts and on_conflict == "fail":
        raise UndoConflict(conflicts)


def _net(changes: list[Change]) -> list[tuple[Kind[Any], str, dict[str, tuple[Any, Any]]]]:
    """Per document: each field's first before and last after. A document made by the changes is to go to the trash.

    References come back before what refers to them: projects and labels first, then tasks.
    """
    net: dict[tuple[str, str], dict[str, tuple[Any, Any]]] = {}
    for change in changes:
        fields = net.setdefault((change.kind, change.id), {})
        if change.op == "create":
            fields["deleted_at"] = (_CREATED, None)
        elif change.op == "purge":
            fields["purge"] = (None, None)
        else:
            for name, (before, after) in change.fields.items():
                if name not in _NOT_UNDONE and fields.get("deleted_at", ("",))[0] is not _CREATED:
                    fields[name] = (fields[name][0] if name in fields else before, after)
    order = {LABEL.name: 0, PROJECT.name: 0}
    return [
        (KINDS[kind], id_, fields) for (kind, id_), fields in sorted(net.items(), key=lambda n: order.get(n[0][0], 1))
    ]


_CREATED: Final = object()


async def _before(
    sheet: Sheet, kind: Kind[Any], current: Any, fields: dict[str, tuple[Any, Any]], conflicts: list[dict[str, str]]
) -> dict[str, Any]:
    now = msgspec.to_builtins(current)
    before: dict[str, Any] = {}
    for name, (value, after) in fields.items():
        if value is _CREATED:
            before |= {name: value} if current.deleted_at is None else {}
        elif now.get(name) != after:
            if now.get(name) != value:
                conflicts.append({"kind": kind.name, "id": current.id, "field": name})
        elif await _fits(sheet, kind, current, name, value):
            before[name] = value
        else:
            conflicts.append({"kind": kind.name, "id": current.id, "field": name})
    return before


async def _fits(sheet: Sheet, kind: Kind[Any], current: Any, name: str, value: Any) -> bool:
    """Whether what was there may be there now: references still live, names still free."""
    try:
        if name == "project_id":
            await check_project(sheet, value)
        elif name == "label_ids":
            await check_labels(sheet, value, known=current.label_ids)
        elif name == "parent_id" and value is not None:
            await check_parent(sheet, current.id, value, with_subtree=True)
    except Invalid:
        return False
    taking_a_name = name == "name" or (name == "deleted_at" and value is None and kind is not TASK)
    return not taking_a_name or await name_is_free(sheet, kind, value or current.name, current.id)


async def _put_back(sheet: Sheet, kind: Kind[Any], current: Any, before: dict[str, Any]) -> None:
    if before.get("deleted_at") is _CREATED:
        await _trash(sheet, kind, current)
        return
    if kind is TASK and "deleted_at" in before and before["deleted_at"] is None:
        await restore_all(sheet, [current], coming=current.project_id)
        current = await sheet.get(TASK, current.id) or current
    restored = msgspec.convert(
        msgspec.to_builtins(current)
        | before
        | {"version": sheet.next_version(kind, current), "updated_at": sheet.stamp(current.updated_at)},
        type=kind.type,
    )
    sheet.put(kind, restored)


async def _trash(sheet: Sheet, kind: Kind[Any], current: Any) -> None:
    """What the undone commit made goes to the trash, with what has been put below it since."""
    if isinstance(current, Task):
        await trash_all(sheet, [current], sheet.stamp(), in_parts=False)
        return
    trashed = msgspec.structs.replace(
        current,
        version=sheet.next_version(kind, current),
        deleted_at=sheet.stamp(),
        updated_at=sheet.stamp(current.updated_at),
    )
    sheet.put(kind, trashed)


def require_changes(changes: list[Change]) -> None:
    if not changes:
        raise NotFound("nothing was changed by this revision")
