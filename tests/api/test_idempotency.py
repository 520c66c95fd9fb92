"""wire.md, conventions: idempotency."""

from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from api.house import living
from api.person import PASSWORD, Json, Person, problem

pytestmark = pytest.mark.anyio


async def keyed(
    ada: Person, method: str, path: str, body: Any = None, key: str = "k", **headers: str
) -> httpx.Response:
    return await ada.ask(method, path, body, expect=None, headers={"Idempotency-Key": key, **headers})


async def test_a_repeat_answers_the_first_status_and_says_that_it_is_one(ada: Person) -> None:
    first = await keyed(ada, "POST", "/api/tasks", {"title": "Once"})
    again = await keyed(ada, "POST", "/api/tasks", {"title": "Once"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert again.json() == first.json()
    for name in ("revision", "etag", "location"):
        assert again.headers[name] == first.headers[name], name
    assert await ada.titles() == ["Once"]


async def test_a_repeat_answers_the_document_as_it_is_now(ada: Person) -> None:
    task: Json = (await keyed(ada, "POST", "/api/tasks", {"title": "Once"})).json()
    changed = await ada.change(task, title="Twice")
    again = await keyed(ada, "POST", "/api/tasks", {"title": "Once"})
    assert again.json() == changed
    assert again.headers["etag"] == '"2"'
    await ada.trash(task)
    assert (await keyed(ada, "POST", "/api/tasks", {"title": "Once"})).json() == await ada.now(task)
    await ada.ask("DELETE", "/api/trash", expect=204)
    problem(await keyed(ada, "POST", "/api/tasks", {"title": "Once"}), 404, "not_found")


async def test_one_key_sent_20_times_at_once_makes_one_task(ada: Person) -> None:
    answers = []

    async def create() -> None:
        answers.append(await keyed(ada, "POST", "/api/tasks", {"title": "Once"}))

    async with anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(create)
    for answer in answers:
        if answer.status_code == 409:
            problem(answer, 409, "in_flight")
    made = {answer.json()["id"] for answer in answers if answer.status_code == 201}
    assert len(made) == 1
    assert [task["id"] for task in await ada.all()] == list(made)
    assert (await keyed(ada, "POST", "/api/tasks", {"title": "Once"})).json()["id"] in made


async def test_a_key_with_another_request_is_refused(ada: Person) -> None:
    task = (await keyed(ada, "POST", "/api/tasks", {"title": "Once"})).json()
    others: list[tuple[str, str, Any]] = [
        ("POST", "/api/tasks", {"title": "Other"}),
        ("POST", f"/api/tasks?workspace_id={ada.id}", {"title": "Once"}),
        ("POST", "/api/projects", {"name": "Once"}),
        ("PATCH", f"/api/tasks/{task['id']}", {"title": "Once"}),
        ("DELETE", f"/api/tasks/{task['id']}", None),
        ("DELETE", "/api/trash", None),
        ("POST", "/api/tasks/batch", {"operations": []}),
    ]
    for method, path, body in others:
        problem(await keyed(ada, method, path, body), 422, "key_reused")
    assert await ada.all() == [task]


async def test_keys_of_two_people_have_nothing_to_do_with_each_other(ada: Person, bob: Person) -> None:
    first = await keyed(ada, "POST", "/api/tasks", {"title": "Ada's"})
    second = await keyed(bob, "POST", "/api/tasks", {"title": "Bob's"})
    assert (first.status_code, second.status_code) == (201, 201)
    assert "idempotent-replayed" not in second.headers


async def test_a_write_that_failed_leaves_its_key_free(ada: Person) -> None:
    problem(await keyed(ada, "POST", "/api/tasks", {"title": " "}), 422, "required")
    assert (await keyed(ada, "POST", "/api/tasks", {"title": "Once"})).status_code == 201


async def test_a_keyed_write_about_to_fail_first_looks_whether_its_key_succeeded(ada: Person) -> None:
    task, project = await ada.task(), await ada.project("Garden")
    path = f"/api/tasks/{task['id']}"
    repeatable: list[tuple[str, str, Any, dict[str, str]]] = [
        ("PATCH", path, {"title": "Mine"}, {"If-Match": '"1"'}),
        ("POST", "/api/tasks", {"title": "Chosen", "id": "2f9d1e6a-60b5-4c3f-9c0a-2b6a1d5e7f80"}, {}),
        ("POST", "/api/labels", {"name": "unique"}, {}),
        ("DELETE", path, None, {"If-Match": '"2"'}),
        ("DELETE", path + "?permanent=true", None, {"If-Match": '"3"'}),
        ("DELETE", f"/api/projects/{project['id']}", None, {}),
        ("POST", f"/api/projects/{project['id']}/restore", None, {"If-Match": '"2"'}),
        ("DELETE", "/api/trash", None, {}),
    ]
    for number, (method, to, body, headers) in enumerate(repeatable):
        first = await keyed(ada, method, to, body, f"key {number}", **headers)
        assert first.is_success, first.text
        if not (method == "DELETE" and "permanent" in to):
            again = await keyed(ada, method, to, body, f"key {number}", **headers)
            assert (again.status_code, again.text) == (first.status_code, first.text)
            assert again.headers["idempotent-replayed"] == "true"
            assert again.headers["revision"] == first.headers["revision"]


async def test_a_purge_can_be_repeated(ada: Person) -> None:
    task = await ada.task()
    await ada.trash(task)
    for _ in range(2):
        answer = await keyed(ada, "DELETE", f"/api/tasks/{task['id']}?permanent=true")
        assert answer.status_code == 204


async def test_a_batch_repeated_answers_its_tasks_as_they_are_now(ada: Person) -> None:
    body = {"operations": [{"op": "create", "task": {"title": "One"}}, {"op": "create", "task": {"title": ""}}]}
    first = await keyed(ada, "POST", "/api/tasks/batch", body)
    changed = await ada.change(first.json()["results"][0]["task"], title="Two")
    again = await keyed(ada, "POST", "/api/tasks/batch", body)
    assert again.headers["idempotent-replayed"] == "true"
    assert again.json()["results"][0] == {"status": 201, "id": changed["id"], "task": changed}
    told, before = again.json()["results"][1]["problem"], first.json()["results"][1]["problem"]
    assert (told["status"], told["code"]) == (before["status"], before["code"])
    assert [(e["pointer"], e["code"]) for e in told["errors"]] == [(e["pointer"], e["code"]) for e in before["errors"]]
    assert again.json()["revision"] == first.json()["revision"]
    assert len(await ada.all()) == 1


async def test_a_batch_that_met_another_version_shows_a_repeat_what_is_there_now(ada: Person) -> None:
    task = await ada.task("Old words")
    body = {"operations": [{"op": "patch", "id": task["id"], "version": 9, "task": {"title": "x"}}]}
    first = (await keyed(ada, "POST", "/api/tasks/batch", body)).json()["results"][0]
    assert first["problem"]["current"] == task
    changed = await ada.change(task, title="New words")
    again = await keyed(ada, "POST", "/api/tasks/batch", body)
    assert again.json()["results"][0]["problem"]["current"] == changed
    await ada.trash(task)
    await ada.ask("DELETE", "/api/trash", expect=204)
    gone = await keyed(ada, "POST", "/api/tasks/batch", body)
    assert gone.json()["results"][0]["problem"]["code"] == "version_mismatch"
    assert "words" not in gone.text


async def test_an_undo_repeated_is_not_a_redo(ada: Person) -> None:
    task = await ada.task()
    answer = await ada.ask("PATCH", f"/api/tasks/{task['id']}", {"title": "Other"})
    path = f"/api/changes/{answer.headers['revision']}/revert"
    first = await keyed(ada, "POST", path)
    again = await keyed(ada, "POST", path)
    assert again.json() == first.json()
    assert len(first.json()["changes"]) == 1
    assert (await ada.now(task))["title"] == "Water the plants"


async def test_an_undo_of_nothing_repeated_still_changes_nothing(ada: Person) -> None:
    revision = (await ada.ask("POST", "/api/tasks", {"title": "x"}, expect=201)).headers["revision"]
    path = f"/api/changes/{revision}/revert"
    await ada.ask("POST", path)
    for _ in range(2):
        assert (await keyed(ada, "POST", path)).json()["changes"] == []
        await ada.task()


async def test_a_key_has_255_characters_at_most(ada: Person) -> None:
    assert (await keyed(ada, "POST", "/api/tasks", {"title": "x"}, "k" * 255)).status_code == 201
    for key in ("k" * 256, ""):
        problem(await keyed(ada, "POST", "/api/tasks", {"title": "x"}, key), 400, "bad_header")


async def test_a_trash_of_many_tasks_repeated_is_done_once(ada: Person) -> None:
    project = await ada.project()
    await ada.fill(520, project_id=project["id"])
    first = await keyed(ada, "DELETE", f"/api/projects/{project['id']}")
    again = await keyed(ada, "DELETE", f"/api/projects/{project['id']}")
    assert (first.status_code, again.status_code) == (204, 204)
    assert again.headers["revision"] == first.headers["revision"]


async def trashed(ada: Person, count: int) -> None:
    project = await ada.project(f"{count} tasks")
    await ada.fill(count, project_id=project["id"])
    await ada.ask("DELETE", f"/api/projects/{project['id']}", expect=204)


async def test_an_emptied_trash_repeated_leaves_what_was_put_there_since(ada: Person) -> None:
    await ada.trash(await ada.task())
    first = await keyed(ada, "DELETE", "/api/trash")
    await trashed(ada, 600)
    again = await keyed(ada, "DELETE", "/api/trash")
    assert (again.status_code, again.headers["revision"]) == (204, first.headers["revision"])
    assert again.headers["idempotent-replayed"] == "true"
    assert len(await ada.all(trashed="true", limit="200")) == 600


async def test_a_key_of_another_request_purges_nothing_of_many(ada: Person) -> None:
    await trashed(ada, 600)
    await keyed(ada, "POST", "/api/tasks", {"title": "Once"})
    problem(await keyed(ada, "DELETE", "/api/trash"), 422, "key_reused")
    assert len(await ada.all(trashed="true", limit="200")) == 600


async def test_keys_mean_nothing_where_people_sign_in(http: httpx.AsyncClient) -> None:
    form = {"email": "keyed@example.org", "password": PASSWORD, "name": "K"}
    headers = {"Idempotency-Key": "k"}
    assert (await http.post("/api/auth/register", json=form, headers=headers)).status_code == 201
    problem(await http.post("/api/auth/register", json=form, headers=headers), 409, "email_taken")


async def test_a_key_is_kept_for_a_day_at_least_and_not_for_ever(tmp_path: Path, on_store: dict[str, str]) -> None:
    async with living(tmp_path, **on_store) as lived:
        ada = await lived.person()
        await lived.house.upkeep.start()
        first = await keyed(ada, "POST", "/api/tasks", {"title": "Once"})
        await lived.later(ada, days=0.99)
        await lived.jobs()
        again = await keyed(ada, "POST", "/api/tasks", {"title": "Once"})
        assert (again.status_code, again.json()) == (201, first.json())
        for _ in range(10):
            await lived.later(ada, days=1)
            await lived.jobs()
        assert "idempotent-replayed" not in (await keyed(ada, "POST", "/api/tasks", {"title": "Once"})).headers
