"""wire.md, conventions: ids, instants, workspace."""

import re
from uuid import UUID, uuid4

import anyio
import pytest

from api.person import Person

pytestmark = pytest.mark.anyio

FOUR = "2f9d1e6a-60b5-4c3f-9c0a-2b6a1d5e7f80"
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


async def test_an_id_that_the_server_makes_is_a_lower_case_uuid_of_version_7(ada: Person) -> None:
    for made in (await ada.task(), await ada.project(), await ada.label()):
        assert UUID(made["id"]).version == 7
        assert made["id"] == str(UUID(made["id"]))


@pytest.mark.parametrize(
    "id_",
    [
        FOUR,
        "c8f4a3d2-e8a5-11f0-8de9-0242ac120002",
        "0192c3f0-7a55-8000-8000-5a5a5a5a5a5a",
        "0" * 8 + "-0000" * 3 + "-" + "f" * 12,
    ],
)
async def test_a_client_may_choose_an_id_of_any_version(ada: Person, id_: str) -> None:
    assert (await ada.task(id=id_))["id"] == id_
    assert (await ada.get(f"/api/tasks/{id_}"))["title"] == "Water the plants"


@pytest.mark.parametrize("id_", [FOUR.upper(), FOUR.replace("-", ""), "{" + FOUR + "}", "1", "", FOUR + "\n"])
async def test_an_id_in_another_form_is_not_valid(ada: Person, id_: str) -> None:
    await ada.refused("POST", "/api/tasks", {"title": "x", "id": id_}, code="invalid", at="/id")


@pytest.mark.parametrize("kind", ["task", "project", "label"])
async def test_the_same_workspace_and_id_again_is_a_conflict(ada: Person, kind: str) -> None:
    named = {"title": "One"} if kind == "task" else {"name": "One"}
    other = {"title": "Two"} if kind == "task" else {"name": "Two"}
    first = await ada.make(kind, **named)
    await ada.refused("POST", f"/api/{kind}s", {"id": first["id"], **other}, expect=409, code="exists")
    assert await ada.now(first, kind) == first


async def test_one_id_sent_20_times_at_once_makes_one_task(ada: Person) -> None:
    id_, statuses = str(uuid4()), []

    async def create(number: int) -> None:
        answer = await ada.ask("POST", "/api/tasks", {"id": id_, "title": f"Try {number}"}, expect=None)
        statuses.append(answer.status_code)

    async with anyio.create_task_group() as group:
        for number in range(20):
            group.start_soon(create, number)
    assert sorted(statuses) == [201] + [409] * 19
    assert len(await ada.all()) == 1


async def test_two_workspaces_may_hold_the_same_id(ada: Person, bob: Person) -> None:
    mine = await ada.task("Ada's")
    yours = await bob.task("Bob's", id=mine["id"])
    assert (await ada.now(mine))["title"] == "Ada's"
    assert (await bob.now(yours))["title"] == "Bob's"


async def test_instants_are_utc_with_three_decimals(ada: Person) -> None:
    task = await ada.task(status="done")
    for name in ("created_at", "updated_at", "completed_at"):
        assert INSTANT.fullmatch(task[name]), task[name]
    assert INSTANT.fullmatch(ada.user["created_at"])
    assert INSTANT.fullmatch((await ada.get("/api/tasks/stats"))["as_of"])


async def test_without_a_workspace_id_the_personal_one_is_meant(ada: Person) -> None:
    task = await ada.task()
    assert task["workspace_id"] == ada.id == ada.user["workspace_id"]
    assert await ada.get(f"/api/tasks/{task['id']}", workspace_id=ada.id) == task
    assert (await ada.get("/api/tasks", workspace_id=ada.id))["items"] == [task]


async def test_no_list_crosses_workspaces(ada: Person, bob: Person) -> None:
    await ada.task("Ada's plants")
    await ada.project()
    await ada.label()
    for path in ("/api/tasks", "/api/projects", "/api/labels"):
        assert (await bob.get(path))["items"] == []
    assert (await bob.get("/api/tasks", q="plants"))["items"] == []
    assert (await bob.get("/api/changes"))["changes"] == []
    assert (await bob.get("/api/tasks/stats"))["open"] == 0


@pytest.mark.parametrize("workspace", ["", "nonsense", "00000000-0000-0000-0000-000000000000", "null"])
async def test_a_workspace_id_that_is_none_of_ones_own_is_not_found(ada: Person, workspace: str) -> None:
    await ada.refused("GET", "/api/tasks", expect=404, code="not_found", workspace_id=workspace)
