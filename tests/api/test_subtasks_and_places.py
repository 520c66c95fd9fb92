"""wire.md, tasks: parents without cycles, 8 deep; positions through `place`."""

import random
from typing import Any

import anyio
import pytest

from api.person import Json, Person

pytestmark = pytest.mark.anyio


async def chain(ada: Person, length: int) -> list[Json]:
    tasks: list[Json] = []
    for number in range(length):
        tasks.append(await ada.task(f"Level {number + 1}", parent_id=tasks[-1]["id"] if tasks else None))
    return tasks


async def test_subtasks_nest_8_deep(ada: Person) -> None:
    levels = await chain(ada, 8)
    body = {"title": "Level 9", "parent_id": levels[-1]["id"]}
    await ada.refused("POST", "/api/tasks", body, code="too_deep", at="/parent_id")


async def test_a_move_counts_what_hangs_below(ada: Person) -> None:
    five, four = await chain(ada, 5), await chain(ada, 4)
    path = f"/api/tasks/{four[0]['id']}"
    await ada.refused("PATCH", path, {"parent_id": five[-1]["id"]}, code="too_deep", at="/parent_id")
    await ada.ask("PATCH", path, {"parent_id": five[-2]["id"]})


async def test_a_task_is_never_below_itself(ada: Person) -> None:
    levels = await chain(ada, 8)
    for below in levels:
        body = {"parent_id": below["id"]}
        await ada.refused("PATCH", f"/api/tasks/{levels[0]['id']}", body, code="cycle", at="/parent_id")


async def test_of_20_crossing_moves_at_once_none_makes_a_cycle(ada: Person) -> None:
    for _ in range(3):
        tasks = await ada.fill(20)
        moves = [(tasks[n]["id"], tasks[(n + 1) % 20]["id"]) for n in range(20)]
        random.Random(1).shuffle(moves)  # noqa: S311 - any order will do

        async def move(id_: str, parent_id: str) -> None:
            answer = await ada.ask("PATCH", f"/api/tasks/{id_}", {"parent_id": parent_id}, expect=None)
            assert answer.status_code in (200, 422), answer.text

        async with anyio.create_task_group() as group:
            for id_, parent_id in moves:
                group.start_soon(move, id_, parent_id)
        parents = {task["id"]: task["parent_id"] for task in await ada.all(limit=200)}
        for parent_id in parents.values():
            above, steps = parent_id, 1
            while above is not None:
                above, steps = parents[above], steps + 1
            assert steps <= 8


async def test_a_task_is_never_left_below_a_parent_that_goes_at_the_same_time(ada: Person) -> None:
    async def add(parent_id: str) -> None:
        await ada.ask("POST", "/api/tasks", {"title": "Sub", "parent_id": parent_id}, expect=None)

    for _ in range(5):
        parent = await ada.task()
        async with anyio.create_task_group() as group:
            for number in range(11):
                if number == 5:
                    group.start_soon(ada.trash, parent)
                else:
                    group.start_soon(add, parent["id"])
        assert await ada.all() == []


async def test_a_new_task_goes_last_and_first_and_last_can_be_asked_for(ada: Person) -> None:
    await ada.task("B")
    await ada.task("A", place="first")
    await ada.task("C", place="last")
    moved = await ada.task("D")
    await ada.change(moved, place="first")
    assert await ada.titles(sort="position") == ["D", "A", "B", "C"]
    await ada.change(moved, place="last")
    assert await ada.titles(sort="position") == ["A", "B", "C", "D"]


@pytest.mark.parametrize("kind", ["task", "project", "label"])
async def test_a_place_is_right_after_or_right_before_another(ada: Person, kind: str) -> None:
    field, path = ("title", "/api/tasks") if kind == "task" else ("name", f"/api/{kind}s")
    sort = {"sort": "position"} if kind == "task" else {}
    documents: dict[str, Json] = {}
    expected: list[str] = []
    chance = random.Random(kind)  # noqa: S311 - the same in every run
    for number in range(30):
        name = f"No {number}"
        place: Any = chance.choice(["first", "last"])
        at = 0 if place == "first" else len(expected)
        if expected and chance.random() < 0.8:
            neighbour, side = chance.choice(expected), chance.choice(["after", "before"])
            place, at = {side: documents[neighbour]["id"]}, expected.index(neighbour) + (side == "after")
        documents[name] = await ada.make(kind, **{field: name, "place": place})
        expected.insert(at, name)
    assert [item[field] for item in await ada.all(path, **sort)] == expected
    positions = [item["position"] for item in await ada.all(path, **sort)]
    assert [p.encode() for p in positions] == sorted(p.encode() for p in positions)


async def test_a_place_next_to_what_is_not_there_is_refused(ada: Person, bob: Person) -> None:
    theirs, gone, mine = await bob.task(), await ada.task(), await ada.task()
    await ada.trash(gone)
    for id_ in (theirs["id"], gone["id"], "2f9d1e6a-60b5-4c3f-9c0a-2b6a1d5e7f80"):
        for side in ("after", "before"):
            place = {"place": {side: id_}}
            await ada.refused(
                "POST", "/api/tasks", {"title": "x", **place}, code="unknown_reference", at=f"/place/{side}"
            )
            await ada.refused("PATCH", f"/api/tasks/{mine['id']}", place, code="unknown_reference", at=f"/place/{side}")


@pytest.mark.parametrize("place", ["middle", {}, {"after": None}, {"near": "x"}, 1, None])
async def test_a_wrong_place_is_refused(ada: Person, place: Any) -> None:
    told = await ada.refused("POST", "/api/tasks", {"title": "x", "place": place}, expect=422, code="invalid")
    assert told["errors"][0]["pointer"].startswith("/place")


async def test_both_sides_at_once_are_no_place(ada: Person) -> None:
    task = await ada.task()
    both = {"after": task["id"], "before": task["id"]}
    await ada.refused("POST", "/api/tasks", {"title": "x", "place": both}, code="invalid", at="/place")


async def test_a_task_placed_next_to_itself_stays_where_it_is(ada: Person) -> None:
    tasks = await ada.fill(3)
    for side in ("after", "before"):
        await ada.change(tasks[1], place={side: tasks[1]["id"]})
        assert await ada.titles(sort="position") == ["Task 0", "Task 1", "Task 2"]


async def test_20_tasks_placed_at_one_spot_at_once_all_have_places_of_their_own(ada: Person) -> None:
    left, right = await ada.fill(2)

    async def place(number: int) -> None:
        await ada.task(f"No {number}", place={"after": left["id"]})

    async with anyio.create_task_group() as group:
        for number in range(20):
            group.start_soon(place, number)
    listed = await ada.all(sort="position")
    assert (listed[0]["id"], listed[-1]["id"]) == (left["id"], right["id"])
    assert len({task["position"] for task in listed}) == 22
