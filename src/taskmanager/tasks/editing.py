"""The rules of one task: made, changed, put into the trash, taken out of it, deleted for good.

Each function works on a `Sheet`, checks before it puts, and answers the task as it will be.
"""

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from typing import Any

import msgspec
from msgspec import UNSET

from taskmanager.errors import CommitTooLarge, Exists, InTrash, Invalid, NotFound, NotInTrash, VersionMismatch
from taskmanager.tasks.dates import When, ms
from taskmanager.tasks.drafts import BatchPatch, TaskDraft, TaskPatch, trimmed, without_nul
from taskmanager.tasks.model import MAX_TITLE, PROJECT, TASK, Status, Task
from taskmanager.tasks.positions import position
from taskmanager.tasks.query import D, Kind
from taskmanager.tasks.references import (
    MAX_DEPTH,
    PAGE,
    check_labels,
    check_parent,
    check_project,
    children,
    height,
    is_live,
)
from taskmanager.tasks.sheet import Sheet

MAX_LABELS = 50


def expect_version(document: D, version: int | None) -> None:
    """`version` is what the caller saw; None asks for no check."""
    if version is not None and document.version != version:
        raise VersionMismatch(document, document.version)


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
    await check_parent(sheet, id_, draft.parent_id)
    now = sheet.stamp()
    task = Task(
        id=id_,
        workspace_id=sheet.ws,
        version=1,
        title=trimmed(draft.title, "/title", MAX_TITLE),
        description=without_nul(draft.description, "/description"),
        status=draft.status,
        priority=draft.priority,
        start=_normal(draft.start, "/start"),
        due=_normal(draft.due, "/due"),
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
        given["title"] = trimmed(change.title, "/title", MAX_TITLE)
    if change.description is not UNSET:
        given["description"] = without_nul(change.description or "", "/description")
    if change.priority is not UNSET:
        given["priority"] = change.priority or "none"
    given |= {name: _normal(given[name], f"/{name}") for name in ("start", "due") if name in given}
    if change.project_id is not UNSET and change.project_id != task.project_id:
        await check_project(sheet, change.project_id)
    label_ids = _wanted_labels(task, change)
    if label_ids != task.label_ids:
        await check_labels(sheet, label_ids, known=task.label_ids)
        given["label_ids"] = label_ids
    if change.parent_id is not UNSET and change.parent_id != task.parent_id:
        await check_parent(sheet, task.id, change.parent_id, height=await height(sheet, task.id))
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


def _normal(when: When | None, pointer: str) -> When | None:
    try:
        return when.normal() if when else None
    except ValueError as error:
        raise Invalid.at(pointer, "invalid", str(error)) from error


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
    tasks = await family(sheet, [task])
    if len(tasks) > sheet.room and not in_parts:
        raise CommitTooLarge("this has more subtasks than one commit can hold; delete it by itself")
    _trash(sheet, tasks, deleted_at)
    return task


async def trash_each(sheet: Sheet, roots: AsyncIterable[Task], deleted_at: str) -> None:
    """`trash` for live tasks already read."""
    async for page in _pages(roots):
        live = [task for task in await _on(sheet, page) if is_live(task)]
        _trash(sheet, await family(sheet, live), deleted_at)
        if sheet.partial:
            return


def _trash(sheet: Sheet, tasks: list[Task], deleted_at: str) -> None:
    for task in _as_fit(sheet, tasks):
        _write(sheet, task, deleted_at=deleted_at)


async def restore(sheet: Sheet, id_: str, version: int | None) -> Task:
    """Out of the trash, with what went with it. Where its project or parent is gone, it comes back without."""
    task = await existing(sheet, TASK, id_)
    expect_version(task, version)
    if task.deleted_at is None:
        return task
    trashed_at = ms(task.deleted_at)
    await _restore(sheet, await family(sheet, [task], trashed_at), trashed_at)
    restored = await sheet.get(TASK, id_)
    return restored if restored is not None else task


async def restore_each(sheet: Sheet, roots: AsyncIterable[Task], trashed_at: int, coming: str) -> None:
    """`restore` for tasks already read, which went into the trash with a project now `coming` back."""
    async for page in _pages(roots):
        trashed = [task for task in await _on(sheet, page) if not is_live(task)]
        await _restore(sheet, await family(sheet, trashed, trashed_at), trashed_at, coming)
        if sheet.partial:
            return


async def _restore(sheet: Sheet, tasks: list[Task], trashed_at: int, coming: str | None = None) -> None:
    together = {task.id for task in tasks}
    for task in _as_fit(sheet, tasks):
        keeps_project = task.project_id == coming or await _is_there(sheet, PROJECT, task.project_id)
        parent_id = task.parent_id
        if parent_id not in together and not await _comes_along(sheet, parent_id, trashed_at, coming):
            parent_id = await _parent_left(sheet, task, trashed_at)
        project_id = task.project_id if keeps_project else None
        _write(sheet, task, deleted_at=None, project_id=project_id, parent_id=parent_id)


async def _comes_along(sheet: Sheet, id_: str | None, trashed_at: int, project_id: str | None) -> bool:
    """Whether a task still in the trash went there with the project, as one of its own or below one."""
    while id_ is not None and project_id is not None:
        task = await sheet.get(TASK, id_)
        if task is None or task.deleted_at is None or ms(task.deleted_at) != trashed_at:
            return False
        if task.project_id == project_id:
            return True
        id_ = task.parent_id
    return False


async def reattached(sheet: Sheet, task: Task) -> Task:
    """A task on its way out of the trash: without a project or parent that is gone, or a parent too deep by now."""
    project_id = task.project_id if await _is_there(sheet, PROJECT, task.project_id) else None
    return msgspec.structs.replace(task, project_id=project_id, parent_id=await _parent_left(sheet, task))


async def _parent_left(sheet: Sheet, task: Task, trashed_at: int | None = None) -> str | None:
    """The parent, unless it is gone or too deep for the task and what comes back below it."""
    if task.parent_id is None:
        return None
    try:
        room = MAX_DEPTH - await check_parent(sheet, task.id, task.parent_id)
    except Invalid:
        return None
    if trashed_at is not None and await height(sheet, task.id, deleted_at=trashed_at, most=room) > room:
        return None
    return task.parent_id


async def _is_there(sheet: Sheet, kind: Kind[D], id_: str | None) -> bool:
    return id_ is not None and is_live(await sheet.get(kind, id_))


async def purge(sheet: Sheet, id_: str, version: int | None) -> None:
    """Delete for good, from the trash only, with what went into the trash with it."""
    task = await existing(sheet, TASK, id_)
    expect_version(task, version)
    if task.deleted_at is None:
        raise NotInTrash("only what is in the trash can be deleted for good")
    _purge(sheet, await family(sheet, [task], ms(task.deleted_at)))


async def purge_each(sheet: Sheet, roots: AsyncIterable[Task], trashed_at: int) -> None:
    """`purge` for tasks already read, which went into the trash together."""
    async for page in _pages(roots):
        _purge(sheet, await family(sheet, await _on(sheet, page), trashed_at))
        if sheet.partial:
            return


def _purge(sheet: Sheet, tasks: list[Task]) -> None:
    for task in _as_fit(sheet, tasks):
        sheet.remove(TASK, task)


async def _pages(tasks: AsyncIterable[Task]) -> AsyncIterator[list[Task]]:
    page: list[Task] = []
    async for task in tasks:
        page.append(task)
        if len(page) == PAGE:
            yield page
            page = []
    if page:
        yield page


async def _on(sheet: Sheet, tasks: Iterable[Task]) -> list[Task]:
    """The tasks as they will be after the sheet."""
    found = [await sheet.get(TASK, task.id) for task in tasks]
    return [task for task in found if task is not None]


async def family(sheet: Sheet, roots: Iterable[Task], deleted_at: int | None = None) -> list[Task]:
    """The tasks and all below them, the deepest first: live ones, or with `deleted_at` those trashed then."""
    tasks: dict[str, Task] = {}
    level = list(roots)
    while level:
        fresh = {task.id: task for task in level if task.id not in tasks}
        tasks |= fresh
        level = await children(sheet, fresh, deleted_at)
    return list(reversed(tasks.values()))


def _as_fit(sheet: Sheet, tasks: list[Task]) -> Iterator[Task]:
    """As many as there is room for; the sheet is `partial` when that is not all of them."""
    for task in tasks:
        if not sheet.room:
            sheet.partial = True
            return
        yield task


def _write(sheet: Sheet, task: Task, **fields: Any) -> None:
    written = msgspec.structs.replace(
        task, version=sheet.next_version(TASK, task), updated_at=sheet.stamp(task.updated_at), **fields
    )
    sheet.put(TASK, written)
