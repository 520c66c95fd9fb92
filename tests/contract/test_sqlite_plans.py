"""Every declared index serves its queries: bounds on all equalities, in its order, nothing sorted or walked past."""

import dataclasses
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from builders import NOW, a_task, an_id, put
from conftest import Figure
from contract.test_mongo_plans import MOST, declared, planned
from mongo_load import Load
from taskmanager.storage.sqlite import SQLiteStorage, open_sqlite
from taskmanager.storage.sqlite.commits import workspace
from taskmanager.storage.sqlite.connection import connect
from taskmanager.storage.sqlite.queries import Queries
from taskmanager.storage.sqlite.shelf import Shelf
from taskmanager.tasks.dates import instant
from taskmanager.tasks.model import KINDS, TASK
from taskmanager.tasks.query import Between, Eq, Has, In, Index, Kind, Query, Tally, Value

DECLARED = [(kind, index) for kind in KINDS.values() for index in kind.indexes]
IDS = [f"{kind.name}-{index.name}" for kind, index in DECLARED]
ID = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
async def storage(tmp_path: Path) -> Any:
    storage = await open_sqlite(tmp_path / "taskmanager.db")
    yield storage
    await storage.close()


def some(kind: Kind[Any], field: str) -> Value:
    return 1 if kind.field[field].type is int else "a"


def bounded(kind: Kind[Any], index: Index) -> list[Query[Any]]:
    """Queries along the index with every sort of bounds, in both directions."""
    sort = some(kind, index.sort)
    return [
        Query(kind, index.name, tuple(some(kind, name) for name in index.equals), descending, span, after)
        for descending in (False, True)
        for span in ((None, None), (sort, None), (None, sort), (sort, sort))
        for after in (None, (sort, ID))
    ]


def residuals(kind: Kind[Any]) -> list[Any]:
    plain = [field.name for field in kind.fields if not field.each]
    lists = [field.name for field in kind.fields if field.each]
    return [
        *(Eq(name, some(kind, name)) for name in plain),
        *(In(name, (some(kind, name),) * 2) for name in plain),
        *(Between(name, some(kind, name), None) for name in plain),
        *(Has(name, "a") for name in lists),
        *(Has(name, "a", prefix=True) for name in lists),
    ]


@pytest.mark.parametrize(("kind", "index"), DECLARED, ids=IDS)
async def test_a_query_seeks_along_its_index_and_sorts_nothing(
    storage: SQLiteStorage, kind: Kind[Any], index: Index
) -> None:
    for query in bounded(kind, index):
        for rest in ((), *((condition,) for condition in residuals(kind))):
            assert_seeks(await storage.workspaces.explain(an_id(), dataclasses.replace(query, rest=rest)), index)


def assert_seeks(plan: str, index: Index) -> None:
    assert "TEMP B-TREE" not in plan
    steps = [step for step in plan.split("; ") if step.startswith(("SCAN", "SEARCH"))]
    scans = {step for step in steps if step.startswith("SCAN")}
    assert all(step.startswith(("SCAN x", "SCAN json_each")) for step in scans), plan
    walk = next(step for step in steps if step.startswith("SEARCH e "))
    assert f"_{index.name} (" in walk or "PRIMARY KEY (" in walk
    for name in ("ws", *index.equals):
        assert f"{name}=?" in walk, walk


@pytest.mark.parametrize(("kind", "index"), DECLARED, ids=IDS)
async def test_a_page_further_down_is_found_by_its_key_and_not_by_counting(
    storage: SQLiteStorage, kind: Kind[Any], index: Index
) -> None:
    equals = tuple(some(kind, name) for name in index.equals)
    for descending, compared in ((False, ">"), (True, "<")):
        query = Query(kind, index.name, equals, descending, after=(some(kind, index.sort), ID))
        assert f"({index.sort},id){compared}(?,?)" in await storage.workspaces.explain(an_id(), query)


async def test_a_page_costs_the_same_however_deep_it_lies(storage: SQLiteStorage) -> None:
    ws, store = an_id(), storage.workspaces
    tasks = [a_task(ws, created_at=instant(NOW + n)) for n in range(2_000)]
    for begin in range(0, len(tasks), 500):
        await store.commit(ws, [put(task) for task in tasks[begin : begin + 500]], by=ws, now=NOW)
    near, deep = [
        steps(storage, ws, Query(TASK, "created", (1,), limit=50, after=(NOW + place, ID))) for place in (10, 1_900)
    ]
    assert abs(deep - near) < 0.05 * near


@pytest.mark.faults
@pytest.mark.timeout(1_800)
async def test_a_page_among_200_000_tasks_costs_what_it_costs_among_2_000(tmp_path: Path, figure: Figure) -> None:
    storage = await open_sqlite(tmp_path / "taskmanager.db")
    small, large = Load(an_id(), 2_000), Load(an_id(), 50_000)
    for load in (small, large, *(Load(an_id(), 37_000) for _ in range(4))):
        made = load.tasks()
        while some := list(islice(made, 500)):
            await storage.workspaces.commit(load.ws, [put(task) for task in some], by=load.ws, now=NOW)
    costs = {}
    for name in TASK.index:
        among = [steps(storage, load.ws, planned(declared(load)[name], limit=20)) for load in (small, large)]
        costs[name] = among[1] / among[0]
    await storage.close()
    dearest = max(costs, key=lambda name: costs[name])
    figure(
        f"plans, SQLite: a page of 20 among 50,000 tasks of 200,000 takes {costs[dearest]:.2f} times the instructions"
        f" of one among 2,000 at most ({dearest}), {len(costs)} lists"
    )
    assert costs[dearest] <= MOST


def steps(storage: SQLiteStorage, ws: str, query: Query[Any]) -> int:
    """How many instructions SQLite takes, on a connection of its own, where nobody gives up what takes too long."""
    taken = 0

    def count() -> bool:
        nonlocal taken
        taken += 1
        return False

    with closing(connect(storage._path, writes=False)) as connection:  # noqa: SLF001 - the same file
        number, _ = workspace(connection, ws)
        assert number
        connection.set_progress_handler(count, 1)
        bodies, _ = Queries(Shelf(query.kind)).find(connection, number, query)
    assert len(bodies) == query.limit
    return taken


DASHBOARD = [
    ("status_created", (Eq("live", 1),), "status", ()),
    ("status_created", (Eq("live", 1), Eq("project_id", ID)), "status", ()),
    ("open_due", (Eq("live", 1), Eq("open", 1)), "priority", ()),
    ("open_due", (Eq("live", 1), Eq("open", 1), Eq("project_id", ID)), "priority", ()),
    ("open_due", (Eq("live", 1), Eq("open", 1)), "due_at", (1, 2, 3)),
    ("open_due", (Eq("live", 1), Eq("open", 1), Eq("project_id", "")), None, ()),
    ("completed", (Eq("live", 1), Eq("project_id", ID)), "completed_at", (1, 2, 3)),
    ("label_created", (Eq("live", 1), Eq("label_ids", ID)), None, ()),
]


@pytest.mark.parametrize(("index", "where", "by", "bounds"), DASHBOARD)
async def test_a_tally_is_counted_on_the_index_alone(
    storage: SQLiteStorage, index: str, where: Any, by: str | None, bounds: tuple[int, ...]
) -> None:
    plan = await storage.workspaces.explain(an_id(), Tally(TASK, index, where, by, bounds))
    walks = [step for step in plan.split("; ") if " e " in step]
    assert walks
    assert all("COVERING INDEX" in step or "PRIMARY KEY" in step for step in walks), plan
    assert "SEARCH d" not in plan
