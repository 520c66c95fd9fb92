"""Many tasks of few values, so that every condition meets some and sort values are often equal."""

from typing import Final

from hypothesis import strategies as st

from builders import NOW, a_task
from taskmanager.tasks.dates import When, instant
from taskmanager.tasks.model import NONE, Task
from taskmanager.tasks.query import Between, Condition, Eq, Has, In, Value

WS: Final = "00000000-0000-4000-8000-000000000000"
IDS: Final = [f"{n}0000000-0000-4000-8000-00000000000{n}" for n in range(1, 4)]
WORDS: Final = ["milk", "milky", "müsli", "bread", "brezel", "牛乳を買う", "9", 'a"b', "\\"]
POSITIONS: Final = ["0a", "1B", "1a", "1b", "é", "\U0001f33f", "\uffee"]
INSTANTS: Final = [NOW + n * 86_400_000 for n in range(3)]

_instants = st.sampled_from([instant(ms) for ms in INSTANTS])
_reference = st.none() | st.sampled_from(IDS)


@st.composite
def tasks(draw: st.DrawFn, workspace_id: str = WS) -> Task:
    done = draw(st.booleans())
    return a_task(
        workspace_id,
        id=str(draw(st.uuids(version=4))),
        title=" ".join(draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3))),
        status="done" if done else draw(st.sampled_from(["todo", "in_progress", "cancelled"])),
        priority=draw(st.sampled_from(["none", "low", "urgent"])),
        due=draw(st.none() | st.sampled_from([When(date="2026-05-28"), When(date="2026-05-29")])),
        project_id=draw(_reference),
        parent_id=draw(_reference),
        label_ids=draw(st.lists(st.sampled_from(IDS), unique=True, max_size=3)),
        position=draw(st.sampled_from(POSITIONS)),
        created_at=draw(_instants),
        updated_at=draw(_instants),
        completed_at=draw(_instants) if done else None,
        deleted_at=draw(st.none() | st.none() | _instants),
    )


def many_tasks(most: int = 25) -> st.SearchStrategy[list[Task]]:
    return st.lists(tasks(), max_size=most, unique_by=lambda task: task.id)


VALUES: Final[dict[str, list[Value]]] = {
    "live": [0, 1],
    "status": [0, 1, 2, 3],
    "open": [0, 1],
    "priority": [0, 1, 4],
    "project_id": [NONE, *IDS],
    "parent_id": [NONE, *IDS],
    "label_ids": [*IDS],
    "due_at": [NOW, 1_780_012_800_000, 1_780_099_200_000, 253_402_300_800_000],
    "created_at": [*INSTANTS],
    "updated_at": [*INSTANTS],
    "completed_at": [0, *INSTANTS],
    "deleted_at": [0, *INSTANTS],
    "position": [*POSITIONS],
    "terms": ["milk", "milky", "^m", "^mi", "musli", "牛乳", "9", "nothing", "b"],
}
"""For each declared field of a task, values that some tasks have."""

LISTS: Final = ("label_ids", "terms")


def value_of(field: str) -> st.SearchStrategy[Value]:
    return st.sampled_from(VALUES[field])


def range_of(field: str) -> st.SearchStrategy[tuple[Value | None, Value | None]]:
    return st.tuples(st.none() | value_of(field), st.none() | value_of(field))


def conditions(field: str) -> st.SearchStrategy[Condition]:
    if field in LISTS:
        beginnings = st.sampled_from(["m", "mil", "milk", "mü", "牛", "^", "", "0", '"', ","])
        return st.builds(Has, st.just(field), st.sampled_from([str(value) for value in VALUES[field]])) | st.builds(
            Has, st.just(field), beginnings, st.just(value=True)
        )
    return (
        st.builds(Eq, st.just(field), value_of(field))
        | st.builds(In, st.just(field), st.lists(value_of(field), max_size=3).map(tuple))
        | range_of(field).map(lambda sides: Between(field, *sides))
    )


def some_conditions(most: int = 2) -> st.SearchStrategy[tuple[Condition, ...]]:
    return st.lists(st.sampled_from(sorted(VALUES)).flatmap(conditions), max_size=most).map(tuple)
