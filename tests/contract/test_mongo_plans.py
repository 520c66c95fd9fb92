"""Every declared list is one walk along its index: what is read is what is answered, and nothing is sorted.

Here among 20,000 tasks of which one workspace has 5,000; `make test-faults` asks the same of 200,000 and 50,000.
"""

import os
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Final

import pytest

from builders import NOW
from mongo_load import Load, fill
from replica_set import PATIENT, ReplicaSet
from taskmanager.storage.mongo import MongoStorage, open_mongo
from taskmanager.tasks.dates import zone
from taskmanager.tasks.lists import TaskFilter, plan
from taskmanager.tasks.model import TASK, Task
from taskmanager.tasks.query import Between, Condition, Eq, Has, Query, Tally

WS: Final = "0d6b5d3e-0000-4000-8000-000000000001"
PAGE: Final = 50
MOST: Final = 1.1
"""Documents examined for each one answered."""


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


@dataclass
class Filled:
    storage: MongoStorage
    load: Load

    async def examined(self, query: Query[Task]) -> tuple[int, int, str]:
        """Keys and documents that were looked at for a page, and the plan in full."""
        told = await self.storage.workspaces.explain(WS, query)
        figures = re.search(r"(\d+) keys, (\d+) documents", told)
        assert figures, told
        return int(figures[1]), int(figures[2]), told


@pytest.fixture(
    scope="module", params=[(5_000, 20_000), pytest.param((50_000, 200_000), marks=pytest.mark.faults)], ids=str
)
async def filled(request: pytest.FixtureRequest, replica_set: ReplicaSet) -> AsyncIterator[Filled]:
    mine, all_ = request.param
    database = f"plans-{all_}-{os.getpid()}"
    url = replica_set.url(database, PATIENT)
    storage = await open_mongo(url)
    others = [Load(WS[:-1] + str(n), (all_ - mine) // 5) for n in range(2, 7)]
    load = Load(WS, mine)
    fill(url, load, *others)
    yield Filled(storage, load)
    await storage._client.drop_database(database)  # noqa: SLF001 - the test's own
    await storage.close()


def planned(filters: TaskFilter, limit: int = PAGE) -> Query[Task]:
    query = plan(filters, now=NOW, home=zone("UTC"), limit=limit, cursor=None)
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
    filled: Filled, index: str, descending: bool
) -> None:
    query = replace(planned(declared(filled.load)[index]), descending=descending)
    pages = 0
    while pages < 4:
        page = await filled.storage.workspaces.find(WS, query)
        keys, documents, told = await filled.examined(query)
        assert "SORT" not in told
        assert max(keys, documents) <= max(len(page.bodies) * MOST, 1) + 1, told
        pages += 1
        if page.next is None:
            return
        query = replace(query, after=page.next)
    assert pages == 4


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
