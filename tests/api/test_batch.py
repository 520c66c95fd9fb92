"""wire.md, tasks: batch."""

from typing import Any

import anyio
import pytest

from api.person import Json, Person

pytestmark = pytest.mark.anyio

NOBODY = "2f9d1e6a-60b5-4c3f-9c0a-2b6a1d5e7f80"


def create(title: str, **fields: Any) -> Json:
    return {"op": "create", "task": {"title": title, **fields}}


async def test_many_operations_are_one_commit_answered_in_order(ada: Person) -> None:
    one, two, three = await ada.fill(3)
    before = await ada.revision()
    answer = await ada.ask(
        "POST",
        "/api/tasks/batch",
        {
            "operations": [
                create("New"),
                {"op": "patch", "id": one["id"], "version": 1, "task": {"status": "done"}},
                {"op": "delete", "id": two["id"], "version": 1},
                {"op": "patch", "id": three["id"], "task": {"title": "Changed"}},
            ]
        },
    )
    results = answer.json()["results"]
    assert [result["status"] for result in results] == [201, 200, 204, 200]
    assert [result["id"] for result in results[1:]] == [one["id"], two["id"], three["id"]]
    assert results[0]["task"] == await ada.now(results[0])
    assert results[1]["task"]["completed_at"] is not None
    assert set(results[2]) == {"status", "id"}
    changes = (await ada.get("/api/changes", since=before))["changes"]
    assert {change["revision"] for change in changes} == {answer.json()["revision"]} == {answer.headers["revision"]}
    assert [change["op"] for change in changes] == ["create", "update", "trash", "update"]


async def test_what_fails_is_left_out_and_answered_in_place(ada: Person, bob: Person) -> None:
    task, theirs = await ada.task(), await bob.task()
    wrong: list[tuple[Json, int, str]] = [
        (create(" "), 422, "/operations/1/task/title"),
        (create("x" * 501), 422, "/operations/2/task/title"),
        (create("x", status="doing"), 422, "/operations/3/task/status"),
        (create("x", unknown=1), 422, "/operations/4/task/unknown"),
        (create("x", due={"date": "soon"}), 422, "/operations/5/task/due"),
        ({"op": "patch", "id": NOBODY, "task": {}}, 404, ""),
        ({"op": "patch", "id": theirs["id"], "task": {"title": "Mine"}}, 404, ""),
        ({"op": "delete", "id": theirs["id"]}, 404, ""),
        ({"op": "patch", "id": task["id"], "version": 7, "task": {"title": "x"}}, 412, ""),
        ({"op": "delete", "id": "nonsense"}, 422, "/operations/10/id"),
        ({"op": "explode"}, 422, "/operations/11/op"),
        ({"op": "patch", "id": task["id"], "task": {"parent_id": task["id"]}}, 422, "/operations/12/task/parent_id"),
        (create("x", id=task["id"]), 409, ""),
        ({"id": task["id"]}, 422, "/operations/14/op"),
        ("text", 422, "/operations/15"),  # type: ignore[list-item]  # wrong on purpose
    ]
    results = await ada.batch(create("Good"), *(operation for operation, _, _ in wrong), create("Also good"))
    assert [result["status"] for result in results] == [201, *(status for _, status, _ in wrong), 201]
    for result, (operation, status, pointer) in zip(results[1:-1], wrong, strict=True):
        told = result["problem"]
        assert told["status"] == status
        assert told["instance"] == "/api/tasks/batch"
        assert [fault["pointer"] for fault in told["errors"]] == ([pointer] if pointer else []), operation
    assert results[9]["problem"]["current"] == task == await ada.now(task)
    assert sorted(await ada.titles()) == ["Also good", "Good", "Water the plants"]


@pytest.mark.parametrize(
    ("bad", "status", "code"),
    [
        (create(" "), 422, "required"),
        (create("x" * 501), 422, "too_long"),
        ({"op": "delete", "id": NOBODY}, 409, "not_found"),
        ({"op": "nothing"}, 422, "invalid"),
    ],
)
async def test_an_atomic_batch_fails_as_a_whole(ada: Person, bad: Json, status: int, code: str) -> None:
    body = {"operations": [create("Good"), bad]}
    told = await ada.refused("POST", "/api/tasks/batch", body, expect=status, code=code, atomic="true")
    assert all(fault["pointer"].startswith("/operations/1") for fault in told["errors"])
    assert await ada.all() == []
    assert await ada.revision() == "0-0"


async def test_an_atomic_batch_that_meets_another_version_shows_what_is_stored(ada: Person) -> None:
    task = await ada.task()
    body = {"operations": [create("Good"), {"op": "delete", "id": task["id"], "version": 9}]}
    told = await ada.refused("POST", "/api/tasks/batch", body, expect=409, code="batch_failed", atomic="true")
    assert [(fault["pointer"], fault["code"]) for fault in told["errors"]] == [("/operations/1", "version_mismatch")]
    assert (told["problem"]["status"], told["problem"]["current"]) == (412, task)


async def test_later_operations_see_what_earlier_ones_did(ada: Person) -> None:
    parent, child = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
    results = await ada.batch(
        create("Parent", id=parent),
        create("Child", id=child, parent_id=parent),
        {"op": "patch", "id": child, "task": {"priority": "high"}},
        {"op": "patch", "id": parent, "task": {"parent_id": child}},
        create("Again", id=parent),
        create("Between", place={"after": parent}),
        {"op": "delete", "id": parent},
        {"op": "patch", "id": child, "task": {"title": "Too late"}},
    )
    assert [result["status"] for result in results] == [201, 201, 200, 422, 409, 201, 204, 409]
    assert results[7]["problem"]["code"] == "in_trash"
    assert [task["version"] for task in await ada.all(trashed="true")] == [1, 1]
    assert await ada.titles() == ["Between"]


async def test_several_changes_of_one_task_count_its_version_once(ada: Person) -> None:
    task = await ada.task()
    await ada.batch(*({"op": "patch", "id": task["id"], "task": {"title": f"No {n}"}} for n in range(5)))
    assert ((await ada.now(task))["version"], (await ada.now(task))["title"]) == (2, "No 4")


async def test_labels_are_added_and_removed_one_by_one(ada: Person) -> None:
    one, two, three = [(await ada.label(name))["id"] for name in ("one", "two", "three")]
    tasks = await ada.fill(3, label_ids=[one, two])
    results = await ada.batch(
        *(
            {"op": "patch", "id": task["id"], "task": {"add_label_ids": [three, one], "remove_label_ids": [two]}}
            for task in tasks
        )
    )
    assert [result["task"]["label_ids"] for result in results] == [[one, three]] * 3
    path, body = f"/api/tasks/{tasks[0]['id']}", {"add_label_ids": [two]}
    await ada.refused("PATCH", path, body, code="unknown_field", at="/add_label_ids")


async def test_a_batch_has_500_operations_at_most_each_with_all_that_a_task_can_have(ada: Person) -> None:
    project, label, parent = await ada.project(), await ada.label(), await ada.task()
    full: Json = {
        "due": {"date": "2026-11-24"},
        "project_id": project["id"],
        "label_ids": [label["id"]],
        "parent_id": parent["id"],
    }
    results = await ada.batch(*(create(f"No {n}", **full) for n in range(500)))
    assert {result["status"] for result in results} == {201}
    body = {"operations": [create("x")] * 501}
    await ada.refused("POST", "/api/tasks/batch", body, code="invalid", at="/operations")


async def test_a_batch_of_long_tasks_is_as_much_as_a_commit_holds(ada: Person) -> None:
    results = await ada.batch(*(create(f"No {n}", description="x" * 100_000) for n in range(79)))
    made = sum(result["status"] == 201 for result in results)
    assert made >= 70
    assert {result["problem"]["code"] for result in results if result["status"] != 201} <= {"commit_too_large"}
    assert len(await ada.all()) == made


@pytest.mark.parametrize("version", [None, 9])
async def test_an_answer_has_room_for_8_mib_of_tasks(ada: Person, version: int | None) -> None:
    task = await ada.task(description="x" * 100_000)
    same = {"op": "patch", "id": task["id"], "version": version, "task": {"title": task["title"]}}
    results = await ada.batch(*[same] * 200)
    shown = [result for result in results if "task" in result or "current" in result.get("problem", {})]
    assert shown == results[: len(shown)]
    assert 80 < len(shown) < 85
    assert {result["status"] for result in results} == {412 if version else 200}


async def test_an_empty_batch_changes_nothing(ada: Person) -> None:
    assert await ada.batch() == []
    assert await ada.revision() == "0-0"


async def test_two_batches_that_make_one_task_at_once_both_succeed_but_for_that(ada: Person) -> None:
    statuses: list[list[int]] = []

    async def send(number: int) -> None:
        results = await ada.batch(create(f"Own {number}"), create("Shared", id=NOBODY))
        statuses.append([result["status"] for result in results])

    async with anyio.create_task_group() as group:
        for number in range(10):
            group.start_soon(send, number)
    assert sorted(statuses) == [[201, 201]] + [[201, 409]] * 9
    assert len(await ada.all()) == 11


@pytest.mark.parametrize("body", [{}, {"operations": {}}, {"operations": None}, {"operations": [], "atomic": True}])
async def test_a_wrong_batch_is_refused(ada: Person, body: Json) -> None:
    await ada.refused("POST", "/api/tasks/batch", body, code="invalid")
