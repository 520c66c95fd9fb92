"""The rules of projects and labels: what has a name that is unique in its workspace."""

from collections.abc import AsyncIterator
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET

from taskmanager.errors import Exists, NameTaken, NotInTrash
from taskmanager.tasks.dates import ms
from taskmanager.tasks.drafts import LabelDraft, LabelPatch, ProjectDraft, ProjectPatch, trimmed
from taskmanager.tasks.editing import editable, existing, expect_version, purge_each, restore_each, trash_each
from taskmanager.tasks.model import LABEL, MAX_NAME, PROJECT, TASK, Label, Project, Task, name_key
from taskmanager.tasks.positions import position
from taskmanager.tasks.query import Kind, Query
from taskmanager.tasks.references import found
from taskmanager.tasks.sheet import Sheet

N = TypeVar("N", Project, Label)


async def create_project(sheet: Sheet, draft: ProjectDraft, id_: str) -> Project:
    await _free(sheet, PROJECT, id_)
    now = sheet.stamp()
    project = Project(
        id=id_,
        workspace_id=sheet.ws,
        version=1,
        name=await _unique(sheet, PROJECT, draft.name, id_),
        color=draft.color,
        icon=draft.icon,
        position=await position(sheet, PROJECT, draft.place, id_),
        archived=draft.archived,
        created_at=now,
        updated_at=now,
        deleted_at=None,
    )
    sheet.put(PROJECT, project)
    return project


async def create_label(sheet: Sheet, draft: LabelDraft, id_: str) -> Label:
    await _free(sheet, LABEL, id_)
    now = sheet.stamp()
    label = Label(
        id=id_,
        workspace_id=sheet.ws,
        version=1,
        name=await _unique(sheet, LABEL, draft.name, id_),
        color=draft.color,
        position=await position(sheet, LABEL, draft.place, id_),
        created_at=now,
        updated_at=now,
        deleted_at=None,
    )
    sheet.put(LABEL, label)
    return label


async def patch(sheet: Sheet, kind: Kind[N], id_: str, change: ProjectPatch | LabelPatch, version: int | None) -> N:
    """Merge `change` into what is stored. A change of nothing writes nothing."""
    document = await editable(sheet, kind, id_, version)
    given: dict[str, Any] = {
        name: value for name in ("color", "icon", "archived") if (value := getattr(change, name, UNSET)) is not UNSET
    }
    if isinstance(change.name, str):
        given["name"] = await _unique(sheet, kind, change.name, id_)
    if change.place is not UNSET:
        given["position"] = await position(sheet, kind, change.place, id_)
    merged = msgspec.structs.replace(document, **given)
    if merged != document:
        merged = _written(sheet, kind, merged)
    return merged


async def trash(sheet: Sheet, kind: Kind[N], id_: str, version: int | None, deleted_at: str) -> N:
    """Into the trash; a project takes its tasks along, all with one `deleted_at`."""
    document = await editable(sheet, kind, id_, version)
    await trash_named(sheet, kind, document, deleted_at)
    return document


async def trash_named(sheet: Sheet, kind: Kind[N], document: N, deleted_at: str) -> None:
    """`trash` for a live document already read. A project goes when all its tasks have gone."""
    if kind.name == PROJECT.name:
        await trash_each(sheet, found(sheet, TASK, "project_position", document.id), deleted_at)
    if _is_done(sheet):
        _written(sheet, kind, msgspec.structs.replace(document, deleted_at=deleted_at))


async def restore(sheet: Sheet, kind: Kind[N], id_: str, version: int | None) -> N:
    """Out of the trash, a project with the tasks that went with it."""
    document = await existing(sheet, kind, id_)
    expect_version(document, version)
    if document.deleted_at is None:
        return document
    await _unique(sheet, kind, document.name, id_)
    if kind.name == PROJECT.name:
        trashed_at = ms(document.deleted_at)
        await restore_each(sheet, _went_along(sheet, id_, trashed_at), trashed_at, coming=id_)
    if _is_done(sheet):
        document = _written(sheet, kind, msgspec.structs.replace(document, deleted_at=None))
    return document


async def purge(sheet: Sheet, kind: Kind[N], id_: str, version: int | None) -> None:
    """Delete for good, from the trash only, with what went into the trash with it."""
    document = await existing(sheet, kind, id_)
    expect_version(document, version)
    if document.deleted_at is None:
        raise NotInTrash("only what is in the trash can be deleted for good")
    if kind.name == PROJECT.name:
        trashed_at = ms(document.deleted_at)
        await purge_each(sheet, _went_along(sheet, id_, trashed_at), trashed_at)
    if _is_done(sheet):
        sheet.remove(kind, document)


def _went_along(sheet: Sheet, project_id: str, trashed_at: int) -> AsyncIterator[Task]:
    return found(sheet, TASK, "project_position", project_id, deleted_at=trashed_at)


def _is_done(sheet: Sheet) -> bool:
    """Whether all that goes with it has gone, and there is room for the document itself."""
    sheet.partial = sheet.partial or not sheet.room
    return not sheet.partial


async def name_is_free(sheet: Sheet, kind: Kind[N], name: str, id_: str) -> bool:
    """Whether no other live document of the kind has this name."""
    key = name_key(name)
    pending = {document.id: document for document in sheet.pending(kind)}
    query = Query(kind=kind, index="name", equals=(1,), span=(key, key + "\0"), limit=len(pending) + 2)
    stored = (await sheet.find(query)).items
    others = [document for document in stored if document.id not in pending] + list(pending.values())
    return not any(
        document.id != id_ and document.deleted_at is None and name_key(document.name) == key for document in others
    )


async def _unique(sheet: Sheet, kind: Kind[N], name: str, id_: str) -> str:
    kept = trimmed(name, "/name", MAX_NAME)
    if not await name_is_free(sheet, kind, kept, id_):
        raise NameTaken(f"there is a {kind.name} called {kept!r} already")
    return kept


async def _free(sheet: Sheet, kind: Kind[N], id_: str) -> None:
    if await sheet.get(kind, id_) is not None:
        raise Exists(f"there is a {kind.name} with this id already")


def _written(sheet: Sheet, kind: Kind[N], document: N) -> N:
    written: N = msgspec.structs.replace(
        document, version=sheet.next_version(kind, document), updated_at=sheet.stamp(document.updated_at)
    )
    sheet.put(kind, written)
    return written
