"""A workspace as a file: all that is in it, of one moment, the same from every store."""

import asyncio
import csv
import json
from io import TextIOWrapper
from typing import Any, Final

from msgspec.structs import replace

from builders import NOW, a_label, a_project, a_task, an_id, put, workspace_settings
from taskmanager.errors import Unavailable
from taskmanager.storage import Storage
from taskmanager.storage.archive import DocumentRecord, KeyRecord, WorkspaceRecord
from taskmanager.storage.export import AT_ONCE, Exports, Form
from taskmanager.tasks.dates import When, instant
from taskmanager.tasks.model import KINDS
from taskmanager.tasks.store import Keep, Key

MANY: Final = 450


async def exported(storage: Storage, ws: str, form: Form = "json") -> Any:
    file = await Exports(storage.archive).make(ws, form)
    with file:
        if form == "json":
            return json.load(file)
        return list(csv.reader(TextIOWrapper(file, "utf-8-sig", newline="")))


async def test_a_workspace_is_read_alone_and_whole(storage: Storage) -> None:
    ws, other = an_id(), an_id()
    key = Keep(Key(ws, "key", "request"), b"")
    tasks = [a_task(ws, title=f"task {n}") for n in range(MANY)]
    await storage.workspaces.commit(ws, list(map(put, tasks)), by=ws, now=NOW, keep=key)
    await storage.workspaces.commit(other, [put(a_task(other))], by=other, now=NOW)
    records = [record async for some in storage.archive.workspace(ws) for record in some]
    assert isinstance(records[0], WorkspaceRecord)
    assert (records[0].id, records[0].revision) == (ws, str(await storage.workspaces.head(ws)))
    bodies = [json.loads(bytes(record.body))["id"] for record in records if isinstance(record, DocumentRecord)]
    assert bodies == sorted(task.id for task in tasks)
    assert sum(isinstance(record, KeyRecord) for record in records) == 1
    assert [some async for some in storage.archive.workspace(an_id())] == []


async def test_a_file_holds_every_document_and_the_history(storage: Storage) -> None:
    ws, store = an_id(), storage.workspaces
    label, project = a_label(ws, name='say "hi", \u2028 ⌂'), a_project(ws, name="Haus")
    tasks = [a_task(ws, title=f"task {n}", label_ids=[label.id], project_id=project.id) for n in range(MANY)]
    await store.commit(ws, [put(workspace_settings(ws, timezone="Asia/Tokyo"))], by=ws, now=NOW)
    await store.commit(
        ws, [put(label), put(project), *(put(task, home="Asia/Tokyo") for task in tasks)], by=ws, now=NOW
    )
    trashed = replace(tasks[0], version=2, deleted_at=instant(NOW))
    head = await store.commit(ws, [put(trashed, tasks[0], "Asia/Tokyo")], by=ws, now=NOW, group="g")
    made = await exported(storage, ws)
    assert [made[name] for name in ("format", "version", "workspace_id", "revision", "timezone")] == [
        "taskmanager-export",
        1,
        ws,
        str(head.revision),
        "Asia/Tokyo",
    ]
    assert {task["id"]: task["deleted_at"] for task in made["tasks"]} == {
        task.id: trashed.deleted_at if task is tasks[0] else None for task in tasks
    }
    assert [each["name"] for each in (*made["labels"], *made["projects"])] == [label.name, project.name]
    told = (await store.changes(ws, None, 1_000)).changes
    assert [(change["revision"], change["group"], change["at"], change["id"]) for change in made["changes"]] == [
        (change.revision, change.group, change.at, change.id) for change in told
    ]
    assert made["changes"][-1]["fields"] == {"deleted_at": [None, trashed.deleted_at]}
    assert made == await exported(storage, ws)


async def test_of_a_workspace_without_anything_there_is_an_empty_file(storage: Storage) -> None:
    ws = an_id()
    made = await exported(storage, ws)
    assert (made["workspace_id"], made["revision"], made["timezone"]) == (ws, "0-0", "UTC")
    lists = {name for name, value in made.items() if value == []}
    assert lists == {*(f"{kind}s" for kind in KINDS if kind != "workspace"), "changes"}
    assert len(await exported(storage, ws, "csv")) == 1


async def test_a_table_calls_projects_and_labels_by_name_and_holds_no_formula(storage: Storage) -> None:
    ws = an_id()
    labels, project = [a_label(ws, name="=cmd()"), a_label(ws, name="b")], a_project(ws, name="Haus ⌂")
    due = When(datetime="2026-11-24T10:00:00", timezone="Europe/Berlin")
    task = a_task(ws, title='=1+"1"', description="two\nlines", start=When(date="2026-11-20"), due=due)
    task = replace(task, label_ids=[label.id for label in labels], project_id=project.id)
    await storage.workspaces.commit(ws, [*map(put, labels), put(project), put(task)], by=ws, now=NOW)
    head, row = await exported(storage, ws, "csv")
    told = dict(zip(head, row, strict=True))
    assert told["title"] == '\'=1+"1"'
    assert (told["description"], told["project"], told["labels"]) == ("two\nlines", "Haus ⌂", "'=cmd(), b")
    assert (told["start"], told["due"], told["timezone"]) == ("2026-11-20", "2026-11-24T10:00:00", "Europe/Berlin")
    assert (told["completed_at"], told["parent_id"]) == ("", "")


async def test_a_file_is_of_one_moment_while_the_workspace_is_worked_on(storage: Storage) -> None:
    ws, store = an_id(), storage.workspaces
    tasks = [a_task(ws) for _ in range(MANY)]
    await store.commit(ws, list(map(put, tasks)), by=ws, now=NOW)
    stop = asyncio.Event()

    async def work() -> None:
        now = [*tasks[:2]]
        while not stop.is_set():
            newer = [replace(task, version=task.version + 1, title=f"version {task.version + 1}") for task in now]
            await store.commit(ws, [put(new, old) for new, old in zip(newer, now, strict=True)], by=ws, now=NOW)
            now = newer

    working = asyncio.create_task(work())
    made = [await exported(storage, ws) for _ in range(3)]
    stop.set()
    await working
    for each in made:
        versions = {task["id"]: task["version"] for task in each["tasks"] if task["id"] in {t.id for t in tasks[:2]}}
        assert len(set(versions.values())) == 1
        assert each["changes"][-1]["version"] == max(versions.values())
        assert each["changes"][-1]["revision"] == each["revision"]


async def test_only_some_files_are_made_at_once(storage: Storage) -> None:
    ws = an_id()
    await storage.workspaces.commit(ws, [put(a_task(ws))], by=ws, now=NOW)
    exports = Exports(storage.archive)
    outcomes = await asyncio.gather(*(exports.make(ws, "json") for _ in range(AT_ONCE + 3)), return_exceptions=True)
    assert sum(isinstance(outcome, Unavailable) for outcome in outcomes) == 3
    for outcome in outcomes:
        if not isinstance(outcome, BaseException):
            outcome.close()
    (await exports.make(ws, "csv")).close()
