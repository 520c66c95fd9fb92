"""wire.md, conventions: versions, PATCH, revision."""

import re
from typing import Any

import anyio
import pytest

from api.person import Json, Person, problem

pytestmark = pytest.mark.anyio

REVISION = re.compile(r"\d+-[\w-]+")
KINDS = ("task", "project", "label")


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def document(ada: Person, kind: str) -> Json:
    return await ada.make(kind, **({"title": "Plants"} if kind == "task" else {"name": "Garden"}))


def renamed(kind: str, name: str) -> Json:
    return {"title" if kind == "task" else "name": name}


async def test_a_single_resource_has_its_version_as_its_tag(ada: Person, kind: str, document: Json) -> None:
    path = f"/api/{kind}s/{document['id']}"
    assert document["version"] == 1
    assert (await ada.ask("GET", path)).headers["etag"] == '"1"'
    changed = await ada.ask("PATCH", path, renamed(kind, "Other"))
    assert (changed.headers["etag"], changed.json()["version"]) == ('"2"', 2)


@pytest.mark.parametrize("tag", ['"1"', 'W/"1"', "*", '"0", "1"'])
async def test_what_one_has_already_is_not_sent_again(ada: Person, kind: str, document: Json, tag: str) -> None:
    answer = await ada.ask("GET", f"/api/{kind}s/{document['id']}", expect=304, headers={"If-None-Match": tag})
    assert answer.content == b""
    assert answer.headers["etag"] == '"1"'


async def test_what_has_changed_is_sent_again(ada: Person, kind: str, document: Json) -> None:
    await ada.change(document, kind, **renamed(kind, "Other"))
    await ada.ask("GET", f"/api/{kind}s/{document['id']}", headers={"If-None-Match": '"1"'})


@pytest.mark.parametrize("tag", ['"1"', 'W/"1"', "*"])
@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
async def test_a_write_based_on_the_stored_version_is_done(
    ada: Person, kind: str, document: Json, method: str, tag: str
) -> None:
    body = renamed(kind, "Other") if method == "PATCH" else None
    path = f"/api/{kind}s/{document['id']}"
    await ada.ask(method, path, body, expect=200 if body else 204, headers={"If-Match": tag})


@pytest.mark.parametrize("tag", ['"1"', 'W/"1"', '"3"', '""', "nonsense", '"' + "9" * 40 + '"', '"-1"'])
@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
async def test_a_write_based_on_another_version_is_refused_with_what_is_stored(
    ada: Person, kind: str, document: Json, method: str, tag: str
) -> None:
    now = await ada.change(document, kind, **renamed(kind, "Other"))
    path = f"/api/{kind}s/{document['id']}"
    answer = await ada.ask(
        method, path, renamed(kind, "Mine") if method == "PATCH" else None, expect=412, headers={"If-Match": tag}
    )
    told = problem(answer, 412, "version_mismatch")
    assert told["current"] == now == await ada.now(document, kind)
    assert answer.headers["etag"] == '"2"'


async def test_the_profile_has_versions_too(ada: Person) -> None:
    me = await ada.ask("GET", "/api/auth/me")
    await ada.ask("PATCH", "/api/auth/me", {"name": "Ada"}, headers={"If-Match": me.headers["etag"]})
    answer = await ada.ask("PATCH", "/api/auth/me", {"name": "A"}, expect=412, headers={"If-Match": me.headers["etag"]})
    now = await ada.ask("GET", "/api/auth/me")
    assert problem(answer, 412, "version_mismatch")["current"] == now.json()
    assert answer.headers["etag"] == now.headers["etag"]


async def test_of_20_edits_at_once_with_one_if_match_one_is_done_and_19_see_what_is_stored(ada: Person) -> None:
    task, answers = await ada.task(), []

    async def patch(number: int) -> None:
        body, headers = {"title": f"Edit {number}"}, {"If-Match": '"1"'}
        answers.append(await ada.ask("PATCH", f"/api/tasks/{task['id']}", body, expect=None, headers=headers))

    async with anyio.create_task_group() as group:
        for number in range(20):
            group.start_soon(patch, number)
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 19
    stored = await ada.now(task)
    assert stored["version"] == 2
    assert all(answer.json()["current"] == stored for answer in answers if answer.status_code == 412)


async def test_50_edits_at_once_without_if_match_are_all_done(ada: Person) -> None:
    task = await ada.task()

    async def patch(number: int) -> None:
        fields = {"title": f"Edit {number}"} if number % 2 else {"description": f"Edit {number}"}
        await ada.ask("PATCH", f"/api/tasks/{task['id']}", fields)

    async with anyio.create_task_group() as group:
        for number in range(50):
            group.start_soon(patch, number)
    assert (await ada.now(task))["version"] == 51


async def test_a_patch_without_if_match_merges_into_what_is_stored(ada: Person) -> None:
    task = await ada.task()
    await ada.change(task, description="From one device")
    merged = await ada.change(task, priority="high")
    assert (merged["description"], merged["priority"], merged["version"]) == ("From one device", "high", 3)


async def test_a_field_left_out_stays_and_null_clears_it(ada: Person) -> None:
    project, label = await ada.project(), await ada.label()
    parent = await ada.task("Parent")
    full: dict[str, Any] = {
        "description": "Text",
        "priority": "high",
        "start": {"date": "2026-11-24"},
        "due": {"datetime": "2026-11-25T09:30:00", "timezone": "Europe/Berlin"},
        "project_id": project["id"],
        "parent_id": parent["id"],
        "label_ids": [label["id"]],
    }
    task = await ada.task(**full)
    kept = await ada.change(task, title="Other")
    assert {name: kept[name] for name in full} == full
    cleared = await ada.change(task, **dict.fromkeys(full))
    empty: dict[str, Any] = dict.fromkeys(full) | {"description": "", "priority": "none", "label_ids": []}
    assert {name: cleared[name] for name in full} == empty


@pytest.mark.parametrize("field", ["title", "status", "place"])
async def test_null_for_what_every_task_has_is_refused(ada: Person, field: str) -> None:
    task = await ada.task()
    await ada.refused("PATCH", f"/api/tasks/{task['id']}", {field: None}, code="invalid", at=f"/{field}")


async def test_dates_and_labels_are_replaced_whole(ada: Person) -> None:
    one, two = await ada.label("one"), await ada.label("two")
    task = await ada.task(due={"datetime": "2026-11-25T09:30:00", "timezone": "Europe/Berlin"}, label_ids=[one["id"]])
    changed = await ada.change(task, due={"datetime": "2026-11-26T10:00:00"}, label_ids=[two["id"]])
    assert changed["due"] == {"datetime": "2026-11-26T10:00:00", "timezone": None}
    assert changed["label_ids"] == [two["id"]]


async def test_a_patch_that_changes_nothing_writes_nothing(ada: Person, kind: str, document: Json) -> None:
    before = await ada.revision()
    answer = await ada.ask("PATCH", f"/api/{kind}s/{document['id']}", renamed(kind, document.get("title") or "Garden"))
    assert answer.json() == document
    assert answer.headers["revision"] == before == await ada.revision()


async def test_every_write_answers_the_revision_that_lists_changes_and_events_speak_of(ada: Person) -> None:
    task = await ada.task()
    writes: list[tuple[str, str, Any]] = [
        ("PATCH", f"/api/tasks/{task['id']}", {"title": "Other"}),
        ("POST", "/api/tasks", {"title": "Another"}),
        ("POST", "/api/tasks/batch", {"operations": [{"op": "create", "task": {"title": "x"}}]}),
        ("DELETE", f"/api/tasks/{task['id']}", None),
        ("POST", f"/api/tasks/{task['id']}/restore", None),
        ("POST", "/api/projects", {"name": "Garden"}),
        ("POST", "/api/labels", {"name": "urgent"}),
        ("DELETE", "/api/trash", None),
    ]
    seen = []
    for method, path, body in writes:
        answer = await ada.ask(method, path, body, expect=None)
        assert answer.is_success
        revision = answer.headers["revision"]
        assert REVISION.fullmatch(revision)
        assert revision == await ada.revision() == (await ada.get("/api/changes"))["revision"]
        seen.append(revision)
    assert len(set(seen)) == len(seen) - 1  # emptying an empty trash moves nothing
    undone = await ada.ask("POST", f"/api/changes/{seen[0]}/revert")
    assert undone.headers["revision"] == undone.json()["revision"] == await ada.revision()
