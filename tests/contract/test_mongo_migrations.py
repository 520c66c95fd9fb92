"""A database that another version prepared: derived again, gone on with, or refused."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from msgspec import structs
from pymongo import MongoClient
from pymongo.database import Database

from builders import NOW, a_task, an_id, workspace_settings
from replica_set import ReplicaSet
from taskmanager.errors import Unavailable
from taskmanager.storage.mongo import MongoStorage, declarations, open_mongo
from taskmanager.storage.refusals import CannotOpen
from taskmanager.tasks.dates import When, zone
from taskmanager.tasks.model import TASK, WORKSPACE, Task
from taskmanager.tasks.query import Columns, Field, Index, Kind, Query
from taskmanager.tasks.store import Derive, Put, WorkspaceStore

BERLIN: Final = "Europe/Berlin"
NEW: Final = Index("due_length", ("live", "length"), "due_at")
COUNT: Final = declarations._AT_A_TIME * 2 + 10  # noqa: SLF001 - more than two ranges

Open = Callable[..., Awaitable[MongoStorage]]


def _with_length(task: Task, home: ZoneInfo) -> Columns:
    return {**TASK.derive(task, home), "length": len(task.title)}


NEXT: Final = replace(
    TASK, fields=(*TASK.fields, Field("length", int)), indexes=(*TASK.indexes, NEW), derive=_with_length, edition=2
)
"""Tasks as a later version declares them: with one field more, and an index over it."""
OTHER: Final = replace(
    TASK,
    fields=tuple(Field("completed_at", str) if field.name == "completed_at" else field for field in TASK.fields),
    derive=lambda task, home: {**TASK.derive(task, home), "completed_at": ""},
    edition=2,
)
"""With another thing made of a field that there was."""
MORE_INDEXES: Final = replace(
    TASK, indexes=(*TASK.indexes, Index("by_project", ("live", "project_id"), "created_at")), edition=2
)
LATER: Final = replace(TASK, edition=3)
"""Without any of it again."""


@pytest.fixture
async def open_with(replica_set: ReplicaSet, database: str) -> AsyncIterator[Open]:
    opened: list[MongoStorage] = []

    async def open_(task: Kind[Any] = TASK, *, prepare: bool = True) -> MongoStorage:
        url = replica_set.url(f"{database}-migrations", "minPoolSize=0&timeoutMS=5000")
        opened.append(await open_mongo(url, (task, WORKSPACE), prepare=prepare))
        return opened[-1]

    yield open_
    for storage in opened:
        await storage.close()


@pytest.fixture
def raw(replica_set: ReplicaSet, database: str) -> Any:
    """The database itself; what a test does to its indexes is gone with it."""
    with MongoClient[dict[str, Any]](replica_set.url()) as client:
        yield client[f"{database}-migrations"]
        client.drop_database(f"{database}-migrations")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes of this file notice at once, so nobody has to wait for them."""
    monkeypatch.setattr(declarations, "LOOK_SECONDS", 0.0)


def put(kind: Kind[Task], task: Task, before: Task | None = None) -> Put[Task]:
    return Put(kind, task, before, kind.derive(task, zone(BERLIN)))


async def fill(store: WorkspaceStore, ws: str, count: int = 1, kind: Kind[Task] = TASK) -> list[Task]:
    tasks = [a_task(ws, title=f"{n:010d}", due=When(date="2026-06-01")) for n in range(count)]
    home = workspace_settings(ws, timezone=BERLIN)
    settings = Put(WORKSPACE, home, None, WORKSPACE.derive(home, zone(BERLIN)))
    await store.commit(ws, [settings], by=ws, now=NOW)
    for first in range(0, count, 250):
        await store.commit(ws, [put(kind, task) for task in tasks[first : first + 250]], by=ws, now=NOW)
    return tasks


async def test_tasks_of_before_are_listed_by_a_field_that_is_new(open_with: Open, raw: Database[Any]) -> None:
    ws = an_id()
    tasks = await fill((await open_with()).workspaces, ws, COUNT)
    store = (await open_with(NEXT)).workspaces
    page = await store.find(ws, Query(NEXT, "due_length", (1, 10), limit=200, scan=2_000))
    assert len(page.items) == 200
    assert page.next
    assert page.next[0] == TASK.derive(tasks[0], zone(BERLIN))["due_at"]
    assert raw["records"].count_documents({"kind": "task", "length": 10}) == COUNT


async def test_what_a_process_of_before_writes_is_derived_again_by_one_that_serves(
    open_with: Open, raw: Database[Any]
) -> None:
    ws, old = an_id(), (await open_with()).workspaces
    (task,) = await fill(old, ws)
    new = (await open_with(NEXT)).workspaces
    made, changed = a_task(ws, title="four"), structs.replace(task, version=2, title="seven07")
    await old.commit(ws, [put(TASK, made), put(TASK, changed, task)], by=ws, now=NOW)
    wakes, before = new.wakes(), await new.head(ws)
    while await anext(wakes) != ws or await new.head(ws) == before:
        pass
    assert (await new.find(ws, Query(NEXT, "due_length", (1, 4)))).items == [made]
    assert (await new.find(ws, Query(NEXT, "due_length", (1, 7)))).items == [changed]
    assert raw["records"].count_documents({"behind": {"$exists": True}}) == 0


async def test_what_a_process_of_before_wrote_is_derived_again_by_the_next_start(
    open_with: Open, raw: Database[Any]
) -> None:
    ws, old = an_id(), (await open_with()).workspaces
    await open_with(NEXT)
    (task,) = await fill(old, ws)
    derive = Derive(TASK, task, TASK.derive(task, zone("UTC")))
    await old.commit(ws, [derive], by=ws, now=NOW)
    assert raw["records"].count_documents({"kind": "task", "behind": True}) == 1
    await open_with(NEXT, prepare=False)
    assert raw["records"].count_documents({"kind": "task", "behind": True}) == 1
    page = await (await open_with(NEXT)).workspaces.find(ws, Query(NEXT, "due_length", (1, 10)))
    assert page.items == [task]
    (record,) = raw["records"].find({"kind": "task"})
    assert "behind" not in record
    assert record["due_at"] == TASK.derive(task, zone(BERLIN))["due_at"]


async def test_a_process_that_lacks_columns_itself_derives_nothing_again(open_with: Open, raw: Database[Any]) -> None:
    ws, old = an_id(), (await open_with()).workspaces
    await open_with(NEXT)
    await fill(old, ws)
    await old.catch_up()
    assert raw["records"].count_documents({"kind": "task", "behind": True}) == 1


async def test_a_process_of_before_reads_on_but_writes_nothing_when_a_field_became_another(
    open_with: Open, raw: Database[Any]
) -> None:
    ws, old = an_id(), (await open_with()).workspaces
    (task,) = await fill(old, ws)
    await open_with(OTHER)
    with pytest.raises(Unavailable, match="newer version"):
        await old.commit(ws, [put(TASK, a_task(ws))], by=ws, now=NOW)
    assert (await old.find(ws, Query(TASK, "created", (1,)))).items == [task]
    assert raw["records"].count_documents({"kind": "task"}) == 1


@pytest.mark.parametrize("prepare", [True, False])
async def test_an_old_version_that_is_started_again_takes_nothing_back_and_goes_on(
    open_with: Open, raw: Database[Any], prepare: bool
) -> None:
    ws = an_id()
    new = (await open_with(NEXT)).workspaces
    await fill(new, ws, kind=NEXT)
    before = list(raw["meta"].find())
    old = (await open_with(prepare=prepare)).workspaces
    made = a_task(ws, title="four")
    await old.commit(ws, [put(TASK, made)], by=ws, now=NOW)
    assert list(raw["meta"].find()) == before
    await new.commit(ws, [put(NEXT, a_task(ws, title="four"))], by=ws, now=NOW)
    await new.catch_up()
    assert len((await new.find(ws, Query(NEXT, "due_length", (1, 4)))).items) == 2


async def test_an_old_version_that_is_started_amid_a_migration_leaves_it_alone(
    open_with: Open, raw: Database[Any]
) -> None:
    await fill((await open_with()).workspaces, an_id(), COUNT)

    def fails(task: Task, home: ZoneInfo) -> Columns:
        if task.title == f"{declarations._AT_A_TIME + 5:010d}":  # noqa: SLF001 - in the second range
            raise ZeroDivisionError
        return _with_length(task, home)

    with pytest.raises(ZeroDivisionError):
        await open_with(replace(NEXT, derive=fails))
    half_done = raw["meta"].find_one({"_id": "deriving"})
    assert half_done
    for prepare in (True, False):
        await fill((await open_with(prepare=prepare)).workspaces, an_id())
    assert raw["meta"].find_one({"_id": "deriving"}) == half_done
    await open_with(NEXT)
    assert raw["records"].count_documents({"kind": "task", "length": 10}) == COUNT + 2


@pytest.mark.parametrize("prepare", [True, False])
async def test_an_old_version_does_not_start_where_what_it_needs_became_another(
    open_with: Open, raw: Database[Any], prepare: bool
) -> None:
    await open_with(OTHER)
    before = list(raw["meta"].find())
    with pytest.raises(CannotOpen, match="newer version"):
        await open_with(prepare=prepare)
    assert list(raw["meta"].find()) == before


async def test_an_old_version_retires_no_index_that_a_newer_one_declared(open_with: Open, raw: Database[Any]) -> None:
    await open_with(MORE_INDEXES)
    await open_with()
    assert raw["meta"].find_one({"_id": "retired"}) is None


async def test_a_process_of_before_goes_on_with_everything_when_only_indexes_are_new(
    open_with: Open, raw: Database[Any]
) -> None:
    ws, old = an_id(), (await open_with()).workspaces
    (task,) = await fill(old, ws)
    await open_with(MORE_INDEXES)
    changed = structs.replace(task, version=2, title="changed")
    await old.commit(ws, [put(TASK, changed, task)], by=ws, now=NOW)
    assert (await old.find(ws, Query(TASK, "created", (1,)))).items == [changed]
    assert "task(live,project_id,created_at)" in raw["records"].index_information()


async def test_deriving_that_was_broken_off_goes_on_where_it_was(open_with: Open, raw: Database[Any]) -> None:
    ws = an_id()
    await fill((await open_with()).workspaces, ws, COUNT)
    derived = 0

    def counted(task: Task, home: ZoneInfo) -> Columns:
        nonlocal derived
        derived += 1
        if derived == declarations._AT_A_TIME + 5:  # noqa: SLF001 - in the second range
            raise ZeroDivisionError
        return _with_length(task, home)

    with pytest.raises(ZeroDivisionError):
        await open_with(replace(NEXT, derive=counted))
    with pytest.raises(CannotOpen, match="taskmanager migrate"):
        await open_with(NEXT, prepare=False)
    await open_with(replace(NEXT, derive=counted))
    assert derived == COUNT + 5
    assert raw["records"].count_documents({"kind": "task", "length": 10}) == COUNT
    await open_with(NEXT, prepare=False)


async def test_what_is_prepared_is_not_derived_again(open_with: Open, raw: Database[Any]) -> None:
    await fill((await open_with(NEXT)).workspaces, an_id(), kind=NEXT)

    def never(_task: Task, _home: ZoneInfo) -> Columns:
        raise AssertionError

    await open_with(replace(NEXT, derive=never))
    assert raw["meta"].find_one({"_id": "deriving"}) is None


async def test_a_database_of_a_newer_layout_is_refused(open_with: Open, raw: Database[Any]) -> None:
    await open_with()
    raw["meta"].update_one({"_id": "declared"}, {"$inc": {"layout": 1}})
    for prepare in (True, False):
        with pytest.raises(CannotOpen, match="newer version"):
            await open_with(prepare=prepare)


@pytest.mark.parametrize(
    ("collection", "index"), [("accounts", "email"), ("sessions", "expires"), ("records", "touched")]
)
async def test_a_start_that_may_not_migrate_refuses_when_any_index_is_missing(
    open_with: Open, raw: Database[Any], collection: str, index: str
) -> None:
    await open_with()
    await open_with(prepare=False)
    raw[collection].drop_index(index)
    with pytest.raises(CannotOpen, match="taskmanager migrate"):
        await open_with(prepare=False)
    await open_with()
    await open_with(prepare=False)


async def test_an_index_that_nobody_declares_any_more_is_dropped_a_day_later(
    open_with: Open, raw: Database[Any]
) -> None:
    await open_with(MORE_INDEXES)
    retired = "task(live,project_id,created_at)"
    await open_with(LATER)
    assert retired in raw["records"].index_information()
    (retiring,) = raw["meta"].find({"_id": "retired"})
    since: dict[str, datetime] = retiring["since"]
    yesterday = {name: moment - timedelta(days=1) for name, moment in since.items()}
    raw["meta"].update_one({"_id": "retired"}, {"$set": {"since": yesterday}})
    await open_with(LATER)
    assert retired not in raw["records"].index_information()


async def test_processes_that_prepare_at_once_all_come_up(open_with: Open, raw: Database[Any]) -> None:
    await fill((await open_with()).workspaces, an_id(), 20)
    await asyncio.gather(*(open_with(NEXT) for _ in range(3)))
    assert raw["records"].count_documents({"kind": "task", "length": 10}) == 20
