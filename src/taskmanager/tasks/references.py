"""What a task may point at: live documents of its own workspace, and parents without cycles, at most MAX_DEPTH deep."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Final

from taskmanager.errors import Invalid
from taskmanager.tasks.model import LABEL, PROJECT, TASK, Label, Project, Task
from taskmanager.tasks.query import D, Eq, Kind, Query
from taskmanager.tasks.sheet import Sheet

MAX_DEPTH: Final = 8
PAGE: Final = 200
AT_ONCE: Final = 8
"""Looks for subtasks under way together: a store far away answers many in the time of one."""


async def check_project(sheet: Sheet, project_id: str | None) -> None:
    if project_id is not None:
        await _live(sheet, PROJECT, project_id, "/project_id")


async def check_labels(sheet: Sheet, label_ids: Iterable[str], known: Iterable[str] = ()) -> None:
    """`known` are ids the task has already: one of those may be in the trash by now."""
    had = set(known)
    await sheet.load(LABEL, label_ids)
    for position, label_id in enumerate(label_ids):
        if label_id not in had:
            await _live(sheet, LABEL, label_id, f"/label_ids/{position}")


async def _live(sheet: Sheet, kind: Kind[D], id_: str, pointer: str) -> D:
    document = await sheet.get(kind, id_)
    if document is None or not is_live(document):
        raise Invalid.at(pointer, "unknown_reference", f"there is no {kind.name} with this id")
    sheet.expect(kind, document)
    return document


def is_live(document: object) -> bool:
    return isinstance(document, Task | Project | Label) and document.deleted_at is None


async def check_parent(sheet: Sheet, task_id: str, parent_id: str | None, *, height: int = 0) -> int:
    """The chain of parents above, with `height` levels that hang below the task; answers how deep it will be.

    Each ancestor is expected to stay as it is, so that of two crossing moves one is worked out again and refused.
    """
    depth, ancestor_id = 1, parent_id
    while ancestor_id is not None:
        if ancestor_id == task_id:
            raise Invalid.at("/parent_id", "cycle", "a task can't be below itself")
        ancestor = await sheet.get(TASK, ancestor_id)
        if ancestor_id == parent_id:
            ancestor = await _live(sheet, TASK, ancestor_id, "/parent_id")
        if ancestor is None:
            break
        sheet.expect(TASK, ancestor)
        depth += 1
        _check_depth(depth)
        ancestor_id = ancestor.parent_id
    if parent_id is not None:
        _check_depth(depth + height)
    return depth


def _check_depth(depth: int) -> None:
    if depth > MAX_DEPTH:
        raise Invalid.at("/parent_id", "too_deep", f"subtasks can be nested {MAX_DEPTH} deep")


async def height(sheet: Sheet, task_id: str, *, deleted_at: int | None = None, most: int = MAX_DEPTH) -> int:
    """How many levels hang below: live ones, and with `deleted_at` those trashed at that instant.

    Both at once hang below a task that is coming back in more than one commit. Counts to one beyond `most`.
    """
    level, levels = [task_id], 0
    while level and levels <= most:
        below = await children(sheet, level)
        if deleted_at is not None:
            below += await children(sheet, level, deleted_at)
        level = [child.id for child in below]
        levels += bool(level)
    return levels


async def children(sheet: Sheet, task_ids: Iterable[str], deleted_at: int | None = None) -> list[Task]:
    """Subtasks as they will be after the sheet: live ones, or with `deleted_at` those trashed at that instant."""
    some = asyncio.Semaphore(AT_ONCE)

    async def of(task_id: str) -> list[Task]:
        async with some:
            return [child async for child in _children(sheet, task_id, deleted_at)]

    return [child for found_ in await asyncio.gather(*map(of, task_ids)) for child in found_]


async def _children(sheet: Sheet, task_id: str, deleted_at: int | None) -> AsyncIterator[Task]:
    seen = set()
    async for stored in found(sheet, TASK, "parent_position", task_id, deleted_at=deleted_at):
        seen.add(stored.id)
        document = await sheet.get(TASK, stored.id)
        if document is not None and document.parent_id == task_id and _as_asked(document, deleted_at):
            yield document
    for document in sheet.pending(TASK):
        if document.parent_id == task_id and document.id not in seen and _as_asked(document, deleted_at):
            yield document


def _as_asked(document: Task, deleted_at: int | None) -> bool:
    return (document.deleted_at is None) == (deleted_at is None)


async def found(
    sheet: Sheet, kind: Kind[D], index: str, value: str, *, deleted_at: int | None = None
) -> AsyncIterator[D]:
    """Every stored document under one value of an index (live, value): live, or trashed at that instant."""
    after = None
    while True:
        query = Query(
            kind=kind,
            index=index,
            equals=(int(deleted_at is None), value),
            after=after,
            rest=() if deleted_at is None else (Eq("deleted_at", deleted_at),),
            limit=PAGE,
        )
        page = await sheet.find(query)
        for document in page.items:
            sheet.seen(kind, document)
            yield document
        after = page.next
        if after is None:
            return
