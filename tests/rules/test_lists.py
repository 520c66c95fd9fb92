"""From filters to one query along one declared index."""

from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskmanager.errors import Invalid
from taskmanager.tasks import cursors
from taskmanager.tasks.dates import MINUTE, NEVER
from taskmanager.tasks.lists import MOST_FOUND, SORTS, TaskFilter, next_cursor, plan
from taskmanager.tasks.model import TASK
from taskmanager.tasks.query import Between, Eq, Has, Query

BERLIN = ZoneInfo("Europe/Berlin")
NOW = 1_795_514_400_000
ID = "2f9d1e6a-60b5-4c3f-9c0a-2b6a1d5e7f80"

FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "status": st.sampled_from(["todo", "done", "open", "todo,in_progress", "done,cancelled", "open,done"]),
        "priority": st.sampled_from(["none", "high", "low,high"]),
        "project_id": st.sampled_from(["none", ID]),
        "parent_id": st.sampled_from(["none", ID]),
        "label_id": st.just(ID),
        "due_before": st.sampled_from(["2026-11-24", "2026-11-24T10:00:00Z"]),
        "due_after": st.sampled_from(["2026-11-20", "2026-11-20T10:00:00Z"]),
        "completed_after": st.just("2026-11-20"),
        "overdue": st.just(True),  # noqa: FBT003 - the one value there is
        "trashed": st.booleans(),
        "sort": st.sampled_from(SORTS),
    },
)


def planned(limit: int = 50, cursor: str | None = None, now: int = NOW, **filters: Any) -> Query[Any]:
    query = plan(TaskFilter(**filters), now=now, home=BERLIN, limit=limit, cursor=cursor)
    assert query is not None
    return query


@given(FILTERS)
def test_every_query_goes_along_a_declared_index_and_gives_values_for_its_whole_prefix(filters: dict[str, Any]) -> None:
    query = planned(**filters)
    index = TASK.index[query.index]
    assert len(query.equals) == len(index.equals)
    assert query.equals[0] == int(not filters.get("trashed", False))
    sort = filters.get("sort", "-created_at")
    assert index.sort == {"due": "due_at"}.get(sort.lstrip("-"), sort.lstrip("-"))
    assert query.descending == sort.startswith("-")


@given(FILTERS)
def test_no_condition_is_lost_or_asked_twice(filters: dict[str, Any]) -> None:
    query = planned(**filters)
    index = TASK.index[query.index]
    asked = {field for field in index.equals if field != "live"} | {condition.field for condition in query.rest}
    asked |= {index.sort} if query.span != (None, None) else set()
    expected = {
        "status": {"open"} if filters.get("status") in ("open", "todo,in_progress") else {"status"},
        "priority": {"priority"},
        "project_id": {"project_id"},
        "parent_id": {"parent_id"},
        "label_id": {"label_ids"},
        "due_before": {"due_at"},
        "due_after": {"due_at"},
        "completed_after": {"completed_at"},
        "overdue": {"open", "due_at"},
    }
    assert asked == set().union(*(fields for name, fields in expected.items() if name in filters))
    assert not set(index.equals) & {condition.field for condition in query.rest if isinstance(condition, Eq | Has)} - {
        "status"
    }


@given(FILTERS)
def test_the_longest_prefix_there_is_is_taken(filters: dict[str, Any]) -> None:
    query = planned(**filters)
    index = TASK.index[query.index]
    given_ = {c.field for c in query.rest if isinstance(c, Eq | Has)} | set(index.equals)
    longer = [i for i in TASK.indexes if i.sort == index.sort and set(i.equals) <= given_]
    assert len(index.equals) == max(len(i.equals) for i in longer)


def test_every_declared_query_is_nothing_but_a_walk_along_its_index() -> None:
    asking: dict[str, dict[str, Any]] = {
        "open": {"status": "open"},
        "status": {"status": "done"},
        "priority": {"priority": "high"},
        "project_id": {"project_id": ID},
        "parent_id": {"parent_id": ID},
        "label_ids": {"label_id": ID},
    }
    sorts = {"due_at": "due"}
    seen = set()
    for index in TASK.indexes:
        if index.name == "words":
            continue
        filters = asking[index.equals[1]] if len(index.equals) > 1 else {}
        for sign in ("", "-"):
            query = planned(**filters, sort=sign + sorts.get(index.sort, index.sort))
            assert (query.index, query.rest) == (index.name, ())
            seen.add(index.name)
    assert len(seen) == len(TASK.indexes) - 1
    assert len(TASK.indexes) <= 14


def test_the_same_question_is_the_same_query_however_it_is_put() -> None:
    start = NOW - NOW % MINUTE
    same: list[tuple[dict[str, Any], dict[str, Any]]] = [
        ({"status": "done,todo"}, {"status": "todo,done,done"}),
        ({"status": "open"}, {"status": "in_progress,todo"}),
        ({}, {"sort": "-created_at"}),
        ({"due_before": "2026-11-24"}, {"due_before": "2026-11-23T23:00:00Z"}),
        ({"priority": "low,high"}, {"priority": "high,low"}),
        ({"overdue": True, "now": start}, {"overdue": True, "now": start + MINUTE - 1}),
    ]
    for one, other in same:
        assert planned(**one) == planned(**other)
    assert planned(overdue=True, now=start) != planned(overdue=True, now=start + MINUTE)


def test_tasks_without_a_due_are_due_neither_before_nor_after_anything() -> None:
    query = planned(due_after="2026-11-24", sort="due")
    assert query.span[1] == NEVER
    assert Between("completed_at", 1, None) in planned(completed_after="1900-01-01").rest


@given(FILTERS, st.one_of(st.integers(), st.text()), st.integers(0, 10**6))
def test_a_cursor_leads_on_in_its_own_list_and_nowhere_else(
    filters: dict[str, Any], value: int | str, seen: int
) -> None:
    wanted = TaskFilter(**filters)
    cursor = cursors.encode((value, ID), wanted, seen)
    fits = isinstance(value, TASK.field[TASK.index[planned(**filters).index].sort].type)
    if fits and (isinstance(value, str) or abs(value) < 2**63):
        assert planned(**filters, cursor=cursor).after == (value, ID)
    else:
        with pytest.raises(Invalid):
            planned(**filters, cursor=cursor)
    with pytest.raises(Invalid):
        planned(**(filters | {"trashed": not filters.get("trashed", False)}), cursor=cursor)


@given(st.text(max_size=200), FILTERS)
def test_no_text_makes_a_cursor_crash(text: str, filters: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        planned(**filters, cursor=text)


@pytest.mark.parametrize("id_", ["", "x", ID.upper(), ID + "\n", "\0"])
def test_a_cursor_made_by_hand_with_no_id_in_it_is_refused(id_: str) -> None:
    with pytest.raises(Invalid):
        planned(cursor=cursors.encode((1, id_), TaskFilter(), 0))


def test_a_search_ends_after_1000() -> None:
    wanted = TaskFilter(q="plants")
    cursor = next_cursor(wanted, (NOW, ID), None, 990)
    assert planned(q="plants", cursor=cursor, limit=50).limit == 10
    assert next_cursor(wanted, (NOW, ID), cursor, 10) is None
    last = cursors.encode((NOW, ID), wanted, MOST_FOUND)
    assert plan(wanted, now=NOW, home=BERLIN, limit=50, cursor=last) is None


@given(st.text(max_size=80))
def test_any_text_can_be_searched_for(text: str) -> None:
    query = plan(TaskFilter(q=text), now=NOW, home=BERLIN, limit=50, cursor=None)
    assert query is None or (query.index == "words" and query.descending)


def test_a_search_is_led_by_its_longest_whole_word() -> None:
    query = planned(q="buy watering cans no")
    assert query.equals == (1, "watering")
    assert {condition.value for condition in query.rest if isinstance(condition, Has)} == {"buy", "cans", "^no"}


@pytest.mark.parametrize(
    ("name", "value"), list(product(["sort", "status", "priority", "due_before"], ["", "x", ",", "-", "a,b"]))
)
def test_what_is_no_value_is_refused_by_name(name: str, value: Any) -> None:
    with pytest.raises(Invalid) as refused:
        planned(**{name: value})
    assert [fault.parameter for fault in refused.value.faults] == [name]
