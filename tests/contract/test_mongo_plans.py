"""Every declared list is one walk along its index: what is read is what is answered, and nothing is sorted.

Here among 20,000 tasks of which one workspace has 5,000; `make test-faults` asks the same of 200,000 and 50,000.
"""

import os
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any, Final

import pytest
from msgspec import structs
from pymongo import MongoClient

from builders import NOW, a_label, a_project, a_session, a_task, an_account, an_id, put, remove
from conftest import Figure
from mongo_load import Load, fill
from replica_set import PATIENT, ReplicaSet
from taskmanager.schedule import Job
from taskmanager.storage.mongo import MongoStorage, open_mongo
from taskmanager.tasks.dates import DAY, zone
from taskmanager.tasks.lists import TaskFilter, plan
from taskmanager.tasks.model import LABEL, PROJECT, TASK
from taskmanager.tasks.query import Between, Condition, Eq, Has, Kind, Query, Tally
from taskmanager.tasks.store import Keep, Key

WS: Final = "0d6b5d3e-0000-4000-8000-000000000001"
PAGE: Final = 50
MOST: Final = 1.1
"""Documents examined for each one answered."""
FEW: Final = 5_000
MANY: Final = 31
"""What the test of all verbs writes: a verb that answers nothing may touch as much."""


def declared(load: Load) -> dict[str, TaskFilter]:
    """A list for each index that is declared."""
    return {
        "created": TaskFilter(),
        "updated": TaskFilter(sort="updated_at"),
        "due": TaskFilter(sort="due"),
        "position": TaskFilter(sort="position"),
        "priority": TaskFilter(sort="priority"),
        "completed": TaskFilter(sort="completed_at"),
        "open_due": TaskFilter(status="open", sort="due"),
        "open_created": TaskFilter(status="open"),
        "status_created": TaskFilter(status="done"),
        "priority_created": TaskFilter(priority="high"),
        "project_position": TaskFilter(project_id=load.projects[0], sort="position"),
        "parent_position": TaskFilter(parent_id=load.parents[0], sort="position"),
        "label_created": TaskFilter(label_id=load.labels[0]),
        "words": TaskFilter(q="win"),
    }


SPANS: Final = {
    "overdue": TaskFilter(overdue=True, sort="due"),
    "due between": TaskFilter(due_after="2026-06-01", due_before="2026-06-20", sort="due"),
    "open before": TaskFilter(status="open", due_before="2026-06-20", sort="-due"),
    "completed after": TaskFilter(completed_after="2026-05-01", sort="-completed_at"),
}
"""Lists that are a part of an index."""


@dataclass
class Filled:
    storage: MongoStorage
    load: Load
    url: str

    async def examined(self, query: Query[Any]) -> tuple[int, int, str]:
        """Keys and documents that were looked at for a page, and the plan in full."""
        told = await self.storage.workspaces.explain(WS, query)
        figures = re.search(r"(\d+) keys, (\d+) documents", told)
        assert figures, told
        return int(figures[1]), int(figures[2]), told


@pytest.fixture(
    scope="module", params=[(FEW, 20_000), pytest.param((50_000, 200_000), marks=pytest.mark.faults)], ids=str
)
async def filled(request: pytest.FixtureRequest, replica_set: ReplicaSet) -> AsyncIterator[Filled]:
    mine, all_ = request.param
    database = f"plans-{all_}-{os.getpid()}"
    url = replica_set.url(database, PATIENT)
    storage = await open_mongo(url)
    others = [Load(WS[:-1] + str(n), (all_ - mine) // 5) for n in range(2, 7)]
    load = Load(WS, mine)
    fill(url, load, *others)
    for document in (a_project, a_label):
        named = [put(document(WS, name=f"{n}", position=f"{n:03d}")) for n in range(200)]
        await storage.workspaces.commit(WS, named, by=WS, now=NOW)
    yield Filled(storage, load, url)
    await storage._client.drop_database(database)  # noqa: SLF001 - the test's own
    await storage.close()


def planned(filters: TaskFilter, limit: int = PAGE, now: int = NOW) -> Query[Any]:
    query = plan(filters, now=now, home=zone("UTC"), limit=limit, cursor=None)
    assert query is not None
    return query


def test_there_is_a_list_for_every_declared_index() -> None:
    lists = declared(Load(WS, 0))
    assert set(lists) == set(TASK.index)
    for index, filters in lists.items():
        query = planned(filters)
        assert (query.index, query.rest) == (index, ())


@pytest.mark.parametrize("index", sorted(TASK.index))
@pytest.mark.parametrize("descending", [False, True])
async def test_a_declared_list_reads_what_it_answers_on_every_page(
    filled: Filled, index: str, descending: bool, figure: Figure
) -> None:
    query = replace(planned(declared(filled.load)[index]), descending=descending)
    pages, worst = 0, 0.0
    while pages < 4:
        page = await filled.storage.workspaces.find(WS, query)
        keys, documents, told = await filled.examined(query)
        assert "SORT" not in told
        assert max(keys, documents) <= max(len(page.bodies) * MOST, 1) + 1, told
        worst = max(worst, max(keys, documents) / max(len(page.bodies), 1))
        pages += 1
        if page.next is None:
            return
        query = replace(query, after=page.next)
    assert pages == 4
    if filled.load.count > FEW:
        figure(f"plans, MongoDB, 200,000 tasks: {index}: {worst:.2f} entries or documents examined for each answered")


@pytest.mark.parametrize("name", SPANS)
async def test_a_list_between_two_days_reads_what_it_answers(filled: Filled, name: str) -> None:
    query = planned(SPANS[name], now=NOW + 30 * DAY)
    assert query.rest == ()
    page = await filled.storage.workspaces.find(WS, query)
    assert len(page.bodies) == PAGE
    keys, documents, told = await filled.examined(query)
    assert max(keys, documents) <= PAGE + 1, told
    assert "SORT" not in told


@pytest.mark.parametrize("kind", [PROJECT, LABEL], ids=lambda kind: str(kind.name))
@pytest.mark.parametrize("descending", [False, True])
async def test_a_list_of_what_has_a_name_reads_what_it_answers(
    filled: Filled, kind: Kind[Any], descending: bool
) -> None:
    for index in kind.indexes:
        query = Query(kind, index.name, (1,), descending)
        assert len((await filled.storage.workspaces.find(WS, query)).bodies) == PAGE
        keys, documents, told = await filled.examined(query)
        assert max(keys, documents) <= PAGE + 1, told
        assert "SORT" not in told


async def test_no_verb_looks_through_a_collection_or_sorts_in_memory(filled: Filled) -> None:
    """As the server's own profiler tells it, of everything that is no list."""
    store, people, jobs = filled.storage.workspaces, filled.storage.accounts, filled.storage.jobs
    task, account = a_task(WS), an_account()
    await people.add(account)
    made = await store.commit(WS, [put(task)], by=WS, now=NOW)
    for number in range(30):
        newer = structs.replace(task, version=task.version + 1, title=f"{number}")
        await store.commit(WS, [put(newer, task)], by=WS, now=NOW + number, group="g", keep=Keep(a_key(), b""))
        task = newer
        await people.open_session(a_session(account.id, created_at=NOW + number, used_at=NOW + number))
        await jobs.add(Job("erase", str(number), NOW + number))
    with MongoClient[dict[str, Any]](filled.url) as client:
        database = client.get_default_database()
        database.command("profile", 2)
        head = await store.head(WS)
        assert len(await store.history(WS, TASK, task.id, 10)) == 10
        assert len(await store.undoable(WS, head)) == 30
        assert len((await store.changes(WS, made.revision, 10)).changes) == 10
        assert await store.workspaces("", 10)
        assert await store.replay(WS, a_key()) is None
        await store.forget(WS, NOW + 10, NOW + 10)
        assert await people.by_email(account.email) == account
        assert len(await people.sessions(account.id)) == 30
        assert await people.forget_sessions(NOW + 10, NOW + 5) == 10
        assert await people.accounts("", 10)
        assert await jobs.take(NOW + 5, "me", 60_000)
        await store.commit(WS, [remove(task)], by=WS, now=NOW)
        database.command("profile", 0)
        done = list(database["system.profile"].find({"ns": {"$ne": f"{database.name}.system.profile"}}))
    assert len(done) > 12
    told = [f"{one['op']} {one['ns']}: {one['planSummary']}" for one in done if "planSummary" in one]
    assert [each for each in told if "COLLSCAN" in each] == []
    assert [one for one in done if one.get("hasSortStage")] == []
    wasteful = [one for one in done if one.get("docsExamined", 0) > max(one.get("nreturned", 0), MANY) * MOST + 1]
    assert wasteful == []


def a_key() -> Key:
    return Key(WS, an_id(), "the request")


async def test_a_page_far_down_costs_what_the_first_costs(filled: Filled) -> None:
    query = planned(TaskFilter(sort="created_at"), limit=200)
    for _ in range(20):
        page = await filled.storage.workspaces.find(WS, query)
        query = replace(query, after=page.next)
    keys, documents, _ = await filled.examined(query)
    assert max(keys, documents) <= 201


async def test_filters_beyond_the_index_stop_at_the_scan_limit_and_sort_nothing(filled: Filled) -> None:
    filters = [
        TaskFilter(status="done", priority="urgent", project_id=filled.load.projects[0], sort="due"),
        TaskFilter(status="todo,done", sort="-priority"),
        TaskFilter(label_id=filled.load.labels[0], overdue=True, sort="updated_at"),
        TaskFilter(q="winter budget 4711"),
        TaskFilter(q="nothingatall winter"),
    ]
    for each in filters:
        query = planned(each)
        assert query.rest
        page = await filled.storage.workspaces.find(WS, query)
        _, _, told = await filled.examined(query)
        assert "SORT" not in told
        if len(page.bodies) < PAGE and page.next is not None:
            keys, _, _ = await filled.examined(replace(query, rest=(), limit=query.scan - 1, after=None))
            assert keys == query.scan


async def test_a_count_along_an_index_reads_no_document(filled: Filled) -> None:
    live: tuple[Condition, ...] = (Eq("live", 1),)
    days = tuple(NOW + n * 86_400_000 for n in range(85))
    covered = [
        Tally(TASK, "status_created", live, by="status"),
        Tally(TASK, "open_due", (*live, Eq("open", 1)), by="due_at", bounds=days),
        Tally(TASK, "open_due", (*live, Eq("open", 1), Between("due_at", None, NOW))),
    ]
    for tally in covered:
        told = await filled.storage.workspaces.explain(WS, tally)
        assert told.endswith(" 0 documents"), told
        assert "SORT" not in told
    looked_up = Tally(TASK, "label_created", (*live, Has("label_ids", filled.load.labels[0])), by="status")
    assert "SORT" not in await filled.storage.workspaces.explain(WS, looked_up)
