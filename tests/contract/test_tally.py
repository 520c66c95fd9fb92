"""Tallies give what counting every document gives."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from builders import NOW, a_task, an_id, put
from contract import brute
from contract.documents import INSTANTS, LISTS, VALUES, WS, many_tasks, some_conditions, value_of
from taskmanager.storage import Storage
from taskmanager.tasks.dates import DAY, instant
from taskmanager.tasks.model import TASK, Task
from taskmanager.tasks.query import Condition, Eq, Index, Tally
from taskmanager.tasks.store import WorkspaceStore

examples = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
PLAIN = tuple(index for index in TASK.indexes if not set(index.equals) & set(LISTS))
NUMBERS = sorted(name for name, field in TASK.field.items() if field.type is int)


def tally(index: str, *where: Condition, by: str | None = None, bounds: tuple[int, ...] = ()) -> Tally:
    return Tally(TASK, index, where, by, bounds)


@st.composite
def tallies(draw: st.DrawFn, index: Index) -> Tally:
    """Some or all of the index's equalities, then conditions of any sort."""
    prefix = index.equals[: draw(st.integers(1, len(index.equals)))]
    where = (*(Eq(field, draw(value_of(field))) for field in prefix), *draw(some_conditions()))
    by = draw(st.none() | st.sampled_from([name for name in VALUES if name not in LISTS]))
    some = st.lists(st.integers(0, 5) | st.sampled_from([*INSTANTS, NOW + 1]), min_size=2, max_size=6, unique=True)
    bounds = draw(st.just(()) | some.map(sorted).map(tuple)) if by in NUMBERS else ()
    return tally(index.name, *where, by=by, bounds=bounds)


async def filled(store: WorkspaceStore, tasks: list[Task]) -> tuple[str, list[Task]]:
    ws = an_id()
    moved = [replace(task, workspace_id=ws) for task in tasks]
    await store.commit(ws, [put(task) for task in moved], by=ws, now=NOW)
    return ws, moved


def without_zeros(counts: Any) -> dict[Any, int]:
    """An interval in which nothing lies may be absent or zero."""
    return {key: count for key, count in counts.items() if count}


@given(tasks=many_tasks(), asked=st.tuples(*map(tallies, PLAIN)))
@examples
async def test_every_tally_counts_as_a_look_at_every_document_does(
    storage: Storage, tasks: list[Task], asked: tuple[Tally, ...]
) -> None:
    ws, moved = await filled(storage.workspaces, tasks)
    for wanted in asked:
        counted = await storage.workspaces.tally(ws, wanted)
        assert without_zeros(counted) == without_zeros(brute.counts(moved, wanted)), wanted


@given(tasks=many_tasks(), data=st.tuples(value_of("label_ids"), some_conditions()))
@examples
async def test_documents_with_one_member_of_a_list_are_counted_by_its_index(
    storage: Storage, tasks: list[Task], data: tuple[str, tuple[Condition, ...]]
) -> None:
    ws, moved = await filled(storage.workspaces, tasks)
    label, rest = data
    for by in (None, "status", "created_at"):
        wanted = tally("label_created", Eq("live", 1), Eq("label_ids", label), *rest, by=by)
        assert without_zeros(await storage.workspaces.tally(ws, wanted)) == without_zeros(brute.counts(moved, wanted))


async def test_members_of_a_list_are_counted_each(store: WorkspaceStore) -> None:
    one, two = sorted([an_id(), an_id()])
    ws, _ = await filled(store, [a_task(WS, label_ids=[one, two]), a_task(WS, label_ids=[two]), a_task(WS)])
    assert await store.tally(ws, tally("label_created", Eq("live", 1), by="label_ids")) == {one: 1, two: 2}


async def test_an_index_with_an_entry_per_member_is_refused_where_it_would_count_twice(store: WorkspaceStore) -> None:
    ws, _ = await filled(store, [a_task(WS, label_ids=[an_id(), an_id()])])
    with pytest.raises(ValueError, match="can't count documents"):
        await store.tally(ws, tally("label_created", Eq("live", 1)))


async def test_an_interval_has_its_low_end_and_not_its_high_one(store: WorkspaceStore) -> None:
    days = [a_task(WS, created_at=instant(NOW + n * DAY)) for n in (-1, 0, 0, 1, 2, 3)]
    ws, _ = await filled(store, days)
    bounds = (NOW, NOW + DAY, NOW + 2 * DAY)
    assert await store.tally(ws, tally("created", Eq("live", 1), by="created_at", bounds=bounds)) == {0: 2, 1: 1}


async def test_without_a_field_there_is_one_count_under_zero(store: WorkspaceStore) -> None:
    ws, _ = await filled(store, [a_task(WS), a_task(WS), a_task(WS, deleted_at=instant(NOW))])
    assert await store.tally(ws, tally("created", Eq("live", 1))) == {0: 2}
    assert await store.tally(an_id(), tally("created", Eq("live", 1))) == {0: 0}
    assert await store.tally(an_id(), tally("status_created", Eq("live", 1), by="status")) == {}
