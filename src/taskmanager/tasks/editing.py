"""The rules of one task: made, changed, put into the trash, taken out of it, deleted for good.

Each function works on a `Sheet`, checks before it puts, and answers the task as it will be.
"""

from collections.abc import AsyncIterator

import msgspec
from msgspec import UNSET

from taskmanager.errors import CommitTooLarge, Exists, InTrash, Invalid, NotFound, NotInTrash, VersionMismatch
from taskmanager.tasks.dates import When, ms
from taskmanager.tasks.drafts import BatchPatch, TaskDraft, TaskPatch, trimmed, without_nul
from taskmanager.tasks.model import PROJECT, TASK, Status, Task
from taskmanager.tasks.positions import position
from taskmanager.tasks.query import D, Kind
from taskmanager.tasks.references import check_labels, check_parent, check_project, children, is_live
from taskmanager.tasks.sheet import Sheet

MAX_LABELS = 50


def expect_version(document: D, version: int | None) -> None:
    """`version` is what the caller saw; None asks for no check."""
    if version is not None and document.version != version:
        raise VersionMismatch(document)


async def existing(sheet: Sheet, kind: Kind[D], id_: str) -> D:
    document = await sheet.get(kind, id_)
    if document is None:
        raise NotFound(f"there is no {kind.name} with this id")
    return document


async def editable(sheet: Sheet, kind: Kind[D], id_: str, version: int | None) -> D:
    """A live document at the caller's version."""
    document = await existing(sheet, kind, id_)
    expect_version(document, version)
    if not is_live(document):
        raise InTrash(f"this {kind.name} is in the trash; restore it first")
    return document


async def create(sheet: Sheet, draft: TaskDraft, id_: str) -> Task:
    if await sheet.get(TASK, id_) is not None:
        raise Exists("there is a task with this id already")
    label_ids = _labels(draft.label_ids)
    await check_project(sheet, draft.project_id)
    await check_labels(sheet, label_ids)
    if draft.parent_id is not None:
        await check_parent(sheet, id_, draft.parent_id, with_subtree=False)
    now = sheet.stamp()
    task = Task(
        id=id_,
        workspace_id=sheet.ws,
        version=1,
        title=trimmed(draft.title, "/title"),
        description=without_nul(draft.description, "/description"),
        status=draft.status,
        priority=draft.priority,
        start=_normal(draft.start),
        due=_normal(draft.due),
        project_id=draft.project_id,
        parent_id=draft.parent_id,
        label_ids=label_ids,
        position=await position(sheet, TASK, draft.place, id_),
        created_at=now,
        updated_at=now,
        completed_at=now if draft.status == "done" else None,
        created_by=sheet.by,
        deleted_at=None,
    )
    sheet.put(TASK, task)
    return task


async def patch(sheet: Sheet, id_: str, change: TaskPatch, version: int | None) -> Task:
    """Merge `change` into what is stored. A change of nothing writes nothing."""
    task = await editable(sheet, TASK, id_, version)
    merged = await _merged(sheet, task, change)
    if merged == task:
        return task
    now = sheet.stamp(task.updated_at)
    merged = msgspec.structs.replace(
        merged,
        version=sheet.next_version(TASK, task),
        updated_at=now,
        completed_at=_completed_at(task, merged.status, now),
    )
    sheet.put(TASK, merged)
    return merged


async def _merged(sheet: Sheet, task: Task, change: TaskPatch) -> Task:
    given = {name: getattr(change, name) for name in _PLAIN if getattr(change, name) is not UNSET}
    if isinstance(change.title, str):
        given["title"] = trimmed(change.title, "/title")
    if change.description is not UNSET:
        given["description"] = without_nul(change.description or "", "/description")
    if change.priority is not UNSET:
        given["priority"] = change.priority or "none"
    given |= {name: _normal(given[name]) for name in ("start", "due") if name in given}
    if change.project_id is not UNSET and change.project_id != task.project_id:
        await check_project(sheet, change.project_id)
    label_ids = _wanted_labels(task, change)
    if label_ids != task.label_ids:
        await check_labels(sheet, label_ids, known=task.label_ids)
        given["label_ids"] = label_ids
    if change.parent_id is not UNSET and change.parent_id != task.parent_id:
        await check_parent(sheet, task.id, change.parent_id, with_subtree=True)
    if change.place is not UNSET:
        given["position"] = await position(sheet, TASK, change.place, task.id)
    return msgspec.structs.replace(task, **given)


_PLAIN = ("status", "start", "due", "project_id", "parent_id")


def _wanted_labels(task: Task, change: TaskPatch) -> list[str]:
    wanted = list(task.label_ids) if change.label_ids is UNSET else list(change.label_ids or [])
    if isinstance(change, BatchPatch):
        wanted = [label for label in [*wanted, *change.add_label_ids] if label not in set(change.remove_label_ids)]
    return _labels(wanted)


def _labels(label_ids: list[str]) -> list[str]:
    distinct = list(dict.fromkeys(label_ids))
    if len(distinct) > MAX_LABELS:
        raise Invalid.at("/label_ids", "too_many", f"a task can have {MAX_LABELS} labels")
    return distinct


def _normal(when: When | None) -> When | None:
    return when.normal() if when else None


def _completed_at(task: Task, status: Status, now: str) -> str | None:
    if status != "done":
        return None
    return task.completed_at if task.status == "done" else now


async def trash(sheet: Sheet, id_: str, version: int | None, deleted_at: str, *, in_parts: bool = True) -> Task:
    """Into the trash, with everything below. What goes together bears one `deleted_at`, and so comes back together.

    When it is more than a commit can hold, the deepest go first and the sheet is `partial`; or, without `in_parts`,
    it is `CommitTooLarge`.
    """
    task = await editable(sheet, TASK, id_, version)
    await trash_all(sheet, [task], deleted_at, in_parts=in_parts)
    return task


async def trash_all(sheet: Sheet, roots: list[Task], deleted_at: str, *, in_parts: bool = True) -> None:
    """`trash` for tasks already read."""
    tasks = [task async for task in family(sheet, roots)]
    tasks.reverse()
    room = sheet.room
    if len(tasks) > room and not in_parts:
        raise CommitTooLarge("this has more subtasks than one commit can hold; delete it by itself")
    for task in tasks[:room]:
        moved = msgspec.structs.replace(
            task,
            version=sheet.next_version(TASK, task),
            deleted_at=deleted_at,
            updated_at=sheet.stamp(task.updated_at),
        )
        sheet.put(TASK, moved)
    sheet.partial = sheet.partial or len(tasks) > room


async def family(sheet: Sheet, roots: list[Task], deleted_at: int | None = None) -> AsyncIterator[Task]:
    """The tasks and all below them, each before its subtasks."""
    seen: set[str] = set()
    level = roots
    while level:
        fresh = [task for task in level if task.id not in seen]
        seen.update(task.id for task in fresh)
        for task in fresh:
            yield task
        level = [child for task in fresh async for child in children(sheet, task.id, deleted_at=deleted_at)]


async def restore(sheet: Sheet, id_: str, version: int | None) -> Task:
    """Out of the trash, with what went with it. Where its project or parent is gone, it comes back without."""
    task = await existing(sheet, TASK, id_)
    expect_version(task, version)
    if task.deleted_at is None:
        return task
    if not is_live(await sheet.get(TASK, task.parent_id) if task.parent_id else None):
        task = msgspec.structs.replace(task, parent_id=None)
    if task.parent_id is not None:
        await check_parent(sheet, task.id, task.parent_id, with_subtree=False)
    await restore_all(sheet, [task])
    restored = await sheet.get(TASK, id_)
    return restored if restored is not None else task


async def restore_all(sheet: Sheet, roots: list[Task], coming: str | None = None) -> None:
    """`restore` for tasks already read, which went into the trash together; `coming` is a project on its way back."""
    if not roots:
        return
    tasks = [task async for task in family(sheet, roots, ms(roots[0].deleted_at or ""))]
    tasks.reverse()
    room = sheet.room
    for task in tasks[:room]:
        project = await sheet.get(PROJECT, task.project_id) if task.project_id else None
        keeps_project = is_live(project) or task.project_id == coming
        restored = msgspec.structs.replace(
            task,
            version=sheet.next_version(TASK, task),
            deleted_at=None,
            project_id=task.project_id if keeps_project else None,
            updated_at=sheet.stamp(task.updated_at),
        )
        sheet.put(TASK, restored)
    sheet.partial = sheet.partial or len(tasks) > room


async def purge(sheet: Sheet, id_: str, version: int | None) -> None:
    """Delete for good, from the trash only, with what went into the trash with it."""
    task = await existing(sheet, TASK, id_)
    expect_version(task, version)
    if task.deleted_at is None:
        raise NotInTrash("only what is in the trash can be deleted for good")
    await purge_all(sheet, [task])


async def purge_all(sheet: Sheet, roots: list[Task]) -> None:
    """`purge` for tasks already read, which went into the trash together; the deepest first."""
    if not roots:
        return
    tasks = [task async for task in family(sheet, roots, ms(roots[0].deleted_at or ""))]
    tasks.reverse()
    room = sheet.room
    for gone in tasks[:room]:
        sheet.remove(TASK, gone)
    sheet.partial = sheet.partial or len(tasks) > room
