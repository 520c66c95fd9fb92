"""Queries: index bounds, residual conditions and keysets give what looking at every document gives."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from builders import NOW, a_label, a_project, a_task, an_id, put
from contract import brute
from contract.documents import VALUES, WS, conditions, many_tasks, range_of, some_conditions, value_of
from taskmanager.storage import Storage
from taskmanager.tasks.dates import instant
from taskmanager.tasks.model import LABEL, PROJECT, TASK, Task
from taskmanager.tasks.query import Condition, Eq, Has, Index, Query, Value
from taskmanager.tasks.store import Page, WorkspaceStore

# The store is opened once for all examples; each has a workspace of its own.
examples = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
Key = tuple[Value, str]
Span = tuple[Value | None, Value | None]


async def filled(store: WorkspaceStore, tasks: Sequence[Task]) -> tuple[str, list[Task]]:
    """The tasks in a workspace of their own."""
    ws = an_id()
    moved = [replace(task, workspace_id=ws) for task in tasks]
    await store.commit(ws, [put(task) for task in moved], by=ws, now=NOW)
    return ws, moved


async def pages(store: WorkspaceStore, ws: str, query: Query[Any]) -> list[Page[Any]]:
    """All pages of a query, each begun where the one before said."""
    found = [await store.find(ws, query)]
    while found[-1].next is not None:
        found.append(await store.find(ws, dataclasses.replace(query, after=found[-1].next)))
    return found


@st.composite
def queries(draw: st.DrawFn, index: Index) -> Query[Task]:
    return Query(
        TASK,
        index.name,
        equals=tuple(draw(value_of(field)) for field in index.equals),
        descending=draw(st.booleans()),
        span=draw(range_of(index.sort)),
        rest=draw(some_conditions()),
        limit=draw(st.integers(1, 8)),
        scan=draw(st.sampled_from([1, 2, 3, 5, 8, 2_000])),
    )


def examined_between(entries: list[brute.Entry], after: Key | None, until: Key | None) -> int:
    """How many entries lie after one key, up to and with another."""
    keys = [entry[:2] for entry in entries]
    return (keys.index(until) + 1 if until else len(keys)) - (keys.index(after) + 1 if after else 0)


@given(tasks=many_tasks(), asked=st.tuples(*map(queries, TASK.indexes)))
@examples
async def test_every_index_answers_as_a_look_at_every_document_does(
    storage: Storage, tasks: list[Task], asked: tuple[Query[Task], ...]
) -> None:
    ws, moved = await filled(storage.workspaces, tasks)
    for query in asked:
        found = await pages(storage.workspaces, ws, query)
        assert [item for page in found for item in page.items] == brute.matching(moved, query), query
        walked = brute.entries(moved, query)
        after = None
        for page in found:
            assert len(page.bodies) <= query.limit
            assert examined_between(walked, after, page.next) <= query.scan or len(page.bodies) == query.limit
            after = page.next


@given(tasks=many_tasks(), asked=st.tuples(*map(conditions, VALUES)))
@examples
async def test_every_condition_leaves_what_it_leaves_of_every_document(
    storage: Storage, tasks: list[Task], asked: tuple[Condition, ...]
) -> None:
    ws, moved = await filled(storage.workspaces, tasks)
    for condition in asked:
        query = Query(TASK, "created", (1,), rest=(condition,))
        page = await storage.workspaces.find(ws, query)
        assert page.items == brute.matching(moved, query), condition


def test_every_declared_field_has_a_condition_in_these_tests() -> None:
    assert set(VALUES) == set(TASK.field)


@given(
    tasks=many_tasks(),
    descending=st.booleans(),
    span=range_of("created_at"),
    after=st.tuples(value_of("created_at"), st.uuids().map(str)),
)
@examples
async def test_a_page_may_begin_at_any_key_within_the_span_or_outside_it(
    storage: Storage, tasks: list[Task], descending: bool, span: Span, after: Key
) -> None:
    ws, moved = await filled(storage.workspaces, tasks)
    query = Query(TASK, "created", (1,), descending, span, after, (), limit=4)
    within = brute.entries(moved, query)
    following = [entry for entry in within if (entry[:2] < after if descending else entry[:2] > after)]
    page = await storage.workspaces.find(ws, query)
    assert [item.id for item in page.items] == [id_ for _, id_, _ in following[:4]]


@pytest.mark.parametrize("descending", [False, True])
async def test_equal_sort_values_are_ordered_by_id_and_none_is_skipped_or_doubled(
    store: WorkspaceStore, descending: bool
) -> None:
    ws, tasks = await filled(store, [a_task(WS) for _ in range(30)])
    found = await pages(store, ws, Query(TASK, "created", (1,), descending, limit=7))
    ids = [item.id for page in found for item in page.items]
    assert ids == sorted((task.id for task in tasks), reverse=descending)


async def test_a_page_that_is_exactly_the_last_says_so(store: WorkspaceStore) -> None:
    ws, _ = await filled(store, [a_task(WS) for _ in range(6)])
    for rest in ((), (Eq("priority", 0),)):
        first = await store.find(ws, Query(TASK, "created", (1,), limit=3, rest=rest))
        assert first.next is not None
        last = await store.find(ws, Query(TASK, "created", (1,), limit=3, rest=rest, after=first.next))
        assert (len(last.items), last.next) == (3, None)


async def test_the_scan_limit_cuts_a_page_short_and_the_next_goes_on_after_the_last_examined(
    store: WorkspaceStore,
) -> None:
    tasks = [a_task(WS, created_at=instant(NOW + n), priority="urgent" if n == 25 else "none") for n in range(30)]
    ws, moved = await filled(store, tasks)
    query = Query(TASK, "created", (1,), rest=(Eq("priority", 4),), scan=10)
    found = await pages(store, ws, query)
    assert [len(page.items) for page in found] == [0, 0, 1, 0]
    assert [page.next for page in found[:3]] == [(NOW + n, moved[n].id) for n in (9, 19, 29)]


async def test_a_limit_as_large_as_the_scan_limit_ends_at_the_last_examined(store: WorkspaceStore) -> None:
    ws, moved = await filled(store, [a_task(WS, created_at=instant(NOW + n)) for n in range(5)])
    page = await store.find(ws, Query(TASK, "created", (1,), limit=3, scan=3))
    assert ([item.id for item in page.items], page.next) == ([t.id for t in moved[:3]], (NOW + 2, moved[2].id))


async def test_a_page_carries_the_revision_read_before_it_and_bodies_in_wire_form(store: WorkspaceStore) -> None:
    ws, (task,) = await filled(store, [a_task(WS, title="Brot kaufen: 3 €")])
    page = await store.find(ws, Query(TASK, "created", (1,)))
    assert page.revision == await store.head(ws)
    assert page.items == [task]
    assert "Brot kaufen: 3 €".encode() in page.bodies[0]


async def test_a_workspace_nobody_wrote_to_has_empty_pages(store: WorkspaceStore) -> None:
    page = await store.find(an_id(), Query(TASK, "created", (1,), rest=(Eq("status", 0),)))
    assert (page.items, page.next, str(page.revision)) == ([], None, "0-0")


async def test_projects_and_labels_are_found_by_their_own_indexes(store: WorkspaceStore) -> None:
    ws = an_id()
    projects = [a_project(ws, name=name, position=name) for name in ("b", "C", "a")]
    labels = [a_label(ws, name=name, position=name) for name in ("y", "x")]
    await store.commit(ws, [put(document) for document in (*projects, *labels)], by=ws, now=NOW)
    for index in PROJECT.indexes:
        if index.sort == "name":
            found = await store.find(ws, Query(PROJECT, index.name, (1,)))
            assert [project.name for project in found.items] == ["a", "b", "C"]
        if index.sort == "position":
            in_place = await store.find(ws, Query(LABEL, index.name, (1,), descending=True))
            assert [label.name for label in in_place.items] == ["y", "x"]


async def test_strings_are_compared_bytewise(store: WorkspaceStore) -> None:
    positions = ["a", "Z", "é", "\U0001f33f", "\uffee", "z"]
    ws, _ = await filled(store, [a_task(WS, position=position) for position in positions])
    found = await store.find(ws, Query(TASK, "position", (1,)))
    assert [task.position for task in found.items] == sorted(positions, key=lambda text: text.encode())


async def test_entries_of_a_list_follow_every_change_of_the_document(store: WorkspaceStore) -> None:
    one, two = an_id(), an_id()
    ws, (task,) = await filled(store, [a_task(WS, label_ids=[one], title="oats")])

    async def found(index: str, member: str) -> int:
        return len((await store.find(ws, Query(TASK, index, (1, member)))).items)

    assert [await found("label_created", one), await found("words", "oats")] == [1, 1]
    relabelled = replace(task, version=2, label_ids=[two, one], title="rye", updated_at=instant(NOW + 1))
    await store.commit(ws, [put(relabelled, task)], by=ws, now=NOW)
    assert [await found("label_created", member) for member in (one, two)] == [1, 1]
    assert [await found("words", term) for term in ("oats", "rye")] == [0, 1]
    trashed = replace(relabelled, version=3, label_ids=[two], deleted_at=instant(NOW + 2))
    await store.commit(ws, [put(trashed, relabelled)], by=ws, now=NOW)
    assert [await found("label_created", member) for member in (one, two)] == [0, 0]
    assert len((await store.find(ws, Query(TASK, "label_created", (0, two)))).items) == 1


async def test_of_documents_changed_at_one_instant_a_search_finds_those_that_meet_it(store: WorkspaceStore) -> None:
    titles = [
        f"{first} {second}" for first in ("milk", "oats") for second in ("bread", "rice", "jam") for _ in range(5)
    ]
    ws, tasks = await filled(store, [a_task(WS, title=title) for title in titles])
    for descending in (False, True):
        query = Query(TASK, "words", (1, "milk"), descending, rest=(Has("terms", "bread"), Has("terms", "^br")))
        assert (await store.find(ws, query)).items == brute.matching(tasks, query)
        assert len(brute.matching(tasks, query)) == 5


async def test_a_search_meets_all_words_and_the_beginning_of_the_last(store: WorkspaceStore) -> None:
    titles = ["buy milk", "buy milkshake", "sell milk", "buy bread"]
    ws, _ = await filled(
        store, [a_task(WS, title=title, updated_at=instant(NOW + n)) for n, title in enumerate(titles)]
    )
    rest = (Has("terms", "milk", prefix=True),)
    found = await store.find(ws, Query(TASK, "words", (1, "buy"), descending=True, rest=rest))
    assert [task.title for task in found.items] == ["buy milkshake", "buy milk"]
    found = await store.find(ws, Query(TASK, "words", (1, "buy"), rest=(Has("terms", "milk"),)))
    assert [task.title for task in found.items] == ["buy milk"]
