"""wire.md, changes: undo and redo."""

from typing import Any

import pytest

from api.person import Json, Person

pytestmark = pytest.mark.anyio


async def edit(ada: Person, document: Json, kind: str = "task", **fields: Any) -> str:
    """The revision of an edit."""
    return (await ada.ask("PATCH", f"/api/{kind}s/{document['id']}", fields)).headers["revision"]


async def undo(ada: Person, revision: str, **body: str) -> Json:
    answer = await ada.ask("POST", f"/api/changes/{revision}/revert", body or None)
    undone: Json = answer.json()
    assert undone["revision"] == answer.headers["revision"] == await ada.revision()
    return undone


async def refused(ada: Person, revision: str, code: str) -> Json:
    before = await ada.revision()
    told = await ada.refused("POST", f"/api/changes/{revision}/revert", expect=409, code=code)
    assert await ada.revision() == before
    return told


def same(document: Json, before: Json) -> bool:
    moving = ("version", "updated_at")
    return {**document, **dict.fromkeys(moving)} == {**before, **dict.fromkeys(moving)}


async def test_an_edit_is_undone_field_by_field_and_redone(ada: Person) -> None:
    project, label = await ada.project(), await ada.label()
    task = await ada.task("Plants", due={"date": "2026-11-24"})
    revision = await edit(
        ada,
        task,
        title="Roses",
        due=None,
        status="done",
        project_id=project["id"],
        label_ids=[label["id"]],
        place="first",
    )
    done = await ada.now(task)
    undone = await undo(ada, revision)
    assert same(await ada.now(task), task)
    assert (await ada.now(task))["version"] == 3
    assert [change["id"] for change in undone["changes"]] == [task["id"]]
    await undo(ada, undone["revision"])
    assert same(await ada.now(task), done)


async def test_undo_leaves_what_was_changed_since_in_other_fields(ada: Person) -> None:
    task = await ada.task("Plants")
    revision = await edit(ada, task, title="Roses")
    await edit(ada, task, priority="high")
    await undo(ada, revision)
    now = await ada.now(task)
    assert (now["title"], now["priority"]) == ("Plants", "high")


async def test_undo_of_a_field_changed_since_is_refused_and_names_it(ada: Person) -> None:
    task = await ada.task("Plants")
    revision = await edit(ada, task, title="Roses", priority="high")
    await edit(ada, task, title="Tulips")
    told = await refused(ada, revision, "undo_conflict")
    assert told["conflicts"] == [{"kind": "task", "id": task["id"], "field": "title"}]
    assert (await ada.now(task))["priority"] == "high"
    await undo(ada, revision, on_conflict="skip")
    now = await ada.now(task)
    assert (now["title"], now["priority"]) == ("Tulips", "none")


async def test_undoing_twice_changes_nothing_more_and_tells_nothing(ada: Person) -> None:
    task = await ada.task("Plants")
    revision = await edit(ada, task, title="Roses")
    first = await undo(ada, revision)
    other = await ada.task("Another")
    again = await undo(ada, revision)
    assert again["changes"] == []
    assert again["revision"] != first["revision"]
    assert (await ada.now(task))["version"] == 3
    assert await ada.now(other) == other


async def test_completed_at_follows_the_status_and_is_never_in_the_way(ada: Person) -> None:
    task = await ada.task(status="done")
    revision = await edit(ada, task, status="todo")
    await undo(ada, revision)
    assert (await ada.now(task))["completed_at"] == task["completed_at"]
    revision = await edit(ada, task, status="cancelled")
    await edit(ada, task, status="done")
    await edit(ada, task, status="cancelled")
    await undo(ada, revision)
    assert (await ada.now(task))["completed_at"] == task["completed_at"]


@pytest.mark.parametrize("kind", ["task", "project", "label"])
async def test_a_create_is_undone_into_the_trash_and_redone_out_of_it(ada: Person, kind: str) -> None:
    answer = await ada.ask("POST", f"/api/{kind}s", {"title" if kind == "task" else "name": "One"}, expect=201)
    document, revision = answer.json(), answer.headers["revision"]
    undone = await undo(ada, revision)
    assert (await ada.now(document, kind))["deleted_at"] is not None
    assert [change["op"] for change in undone["changes"]] == ["trash"]
    redone = await undo(ada, undone["revision"])
    assert [change["op"] for change in redone["changes"]] == ["restore"]
    assert same(await ada.now(document, kind), document)


async def test_undoing_a_create_takes_along_what_was_put_below_it_since(ada: Person) -> None:
    made = await ada.ask("POST", "/api/tasks", {"title": "Parent"}, expect=201)
    await ada.task("Sub", parent_id=made.json()["id"])
    project = await ada.ask("POST", "/api/projects", {"name": "Garden"}, expect=201)
    await ada.task("In it", project_id=project.json()["id"])
    for answer in (made, project):
        undone = await undo(ada, answer.headers["revision"])
        assert len(undone["changes"]) == 2
    assert await ada.all() == []
    await ada.restore(made.json())
    assert sorted(await ada.titles()) == ["Parent", "Sub"]


@pytest.mark.parametrize("kind", ["task", "project", "label"])
async def test_a_trash_is_undone_with_all_that_went_along(ada: Person, kind: str) -> None:
    document = await ada.make(kind, **({"title": "One"} if kind == "task" else {"name": "One"}))
    below = {"task": {"parent_id": document["id"]}, "project": {"project_id": document["id"]}, "label": {}}[kind]
    task = await ada.task("Below", **below)
    sub = await ada.task("Further below", parent_id=task["id"])
    revision = await ada.trash(document, kind)
    undone = await undo(ada, revision)
    assert same(await ada.now(document, kind), document)
    assert same(await ada.now(task), task)
    assert same(await ada.now(sub), sub)
    await undo(ada, undone["revision"])
    assert (await ada.now(document, kind))["deleted_at"] is not None
    await ada.restore(document, kind)
    assert same(await ada.now(sub), sub)


async def test_undoing_a_restore_takes_along_what_was_added_since(ada: Person) -> None:
    task = await ada.task()
    await ada.trash(task)
    restored = await ada.ask("POST", f"/api/tasks/{task['id']}/restore")
    await ada.task("Sub", parent_id=task["id"])
    await undo(ada, restored.headers["revision"])
    assert await ada.all() == []
    await ada.restore(task)
    assert len(await ada.all()) == 2


async def test_undoing_the_restore_of_a_task_gives_it_back_its_trashed_project(ada: Person) -> None:
    project = await ada.project()
    task = await ada.task(project_id=project["id"])
    await ada.trash(project, "project")
    restored = await ada.ask("POST", f"/api/tasks/{task['id']}/restore")
    assert restored.json()["project_id"] is None
    await undo(ada, restored.headers["revision"])
    assert (await ada.now(task))["project_id"] == project["id"]
    await ada.restore(project, "project")
    assert same(await ada.now(task), task)


async def test_what_comes_back_below_a_parent_that_is_gone_comes_back_without(ada: Person) -> None:
    parent = await ada.task()
    sub = await ada.task("Sub", parent_id=parent["id"])
    revision = await ada.trash(sub)
    await ada.trash(parent)
    await undo(ada, revision)
    assert (await ada.now(sub))["parent_id"] is None


async def test_a_reference_that_is_gone_can_not_come_back(ada: Person) -> None:
    project, label = await ada.project(), await ada.label()
    task = await ada.task(project_id=project["id"], label_ids=[label["id"]])
    revision = await edit(ada, task, project_id=None, label_ids=[])
    await ada.trash(project, "project")
    await ada.trash(label, "label")
    told = await refused(ada, revision, "undo_conflict")
    assert {conflict["field"] for conflict in told["conflicts"]} == {"project_id", "label_ids"}


async def test_a_name_taken_since_can_not_come_back(ada: Person) -> None:
    label = await ada.label("one")
    renamed = await edit(ada, label, "label", name="two")
    await ada.label("one")
    told = await refused(ada, renamed, "undo_conflict")
    assert told["conflicts"] == [{"kind": "label", "id": label["id"], "field": "name"}]
    gone = await ada.trash(label, "label")
    await ada.label("two")
    await refused(ada, gone, "undo_conflict")


async def test_a_parent_that_would_make_a_cycle_can_not_come_back(ada: Person) -> None:
    top = await ada.task()
    sub = await ada.task("Sub", parent_id=top["id"])
    revision = await edit(ada, sub, parent_id=None)
    await edit(ada, top, parent_id=sub["id"])
    told = await refused(ada, revision, "undo_conflict")
    assert told["conflicts"] == [{"kind": "task", "id": sub["id"], "field": "parent_id"}]


async def test_what_was_purged_can_not_be_undone(ada: Person) -> None:
    tasks = await ada.fill(2)
    revision = (await ada.get("/api/changes"))["revision"]
    await ada.trash(tasks[0])
    await ada.ask("DELETE", f"/api/tasks/{tasks[0]['id']}", expect=204, permanent="true")
    purge = await ada.revision()
    await refused(ada, revision, "purged")
    await refused(ada, purge, "purged")
    await undo(ada, revision, on_conflict="skip")
    assert await ada.all() == []


async def test_a_bulk_edit_is_undone_at_once(ada: Person) -> None:
    tasks = await ada.fill(100)
    await ada.batch(
        *({"op": "patch", "id": task["id"], "task": {"status": "done"}} for task in tasks[:60]),
        *({"op": "delete", "id": task["id"]} for task in tasks[60:]),
    )
    await undo(ada, await ada.revision())
    assert all(same(now, task) for now, task in zip(await ada.all(sort="position"), tasks, strict=True))


async def test_a_group_of_commits_is_undone_and_redone_as_a_whole(ada: Person) -> None:
    project = await ada.project()
    tasks = await ada.fill(1100, project_id=project["id"])
    revision = await ada.trash(project, "project")
    undone = await undo(ada, revision)
    assert len(undone["changes"]) == 1101
    assert len({change["group"] for change in undone["changes"]}) == 1
    back = await ada.all(limit=200, sort="position")
    assert all(same(now, task) for now, task in zip(back, tasks, strict=True))
    await undo(ada, undone["changes"][0]["revision"])
    assert await ada.all() == []
    await ada.restore(project, "project")
    assert len(await ada.all(limit=200)) == 1100


async def test_of_a_group_with_a_conflict_anywhere_nothing_is_undone(ada: Person) -> None:
    project = await ada.project()
    tasks = await ada.fill(600, project_id=project["id"])
    revision = await ada.trash(project, "project")
    last_to_come_back = tasks[-1]
    await ada.restore(last_to_come_back)
    await ada.trash(last_to_come_back)
    told = await refused(ada, revision, "undo_conflict")
    assert told["conflicts"] == [{"kind": "task", "id": last_to_come_back["id"], "field": "deleted_at"}]
    await undo(ada, revision, on_conflict="skip")
    assert len(await ada.all(limit=200)) == 599


async def test_moving_to_another_zone_is_no_edit_to_undo(ada: Person) -> None:
    await ada.ask("PATCH", "/api/auth/me", {"timezone": "Asia/Tokyo"})
    changes = (await ada.get("/api/changes"))["changes"]
    assert {change["kind"] for change in changes} == {"workspace"}
    for change in changes:
        await ada.refused("POST", f"/api/changes/{change['revision']}/revert", expect=404, code="not_found")


@pytest.mark.parametrize(
    ("revision", "status", "code"),
    [("x", 404, "not_found"), ("1", 404, "not_found"), ("1-x", 410, "revision_gone"), ("0-0", 410, "revision_gone")],
)
async def test_what_is_no_revision_can_not_be_undone(ada: Person, revision: str, status: int, code: str) -> None:
    await ada.task()
    await ada.refused("POST", f"/api/changes/{revision}/revert", expect=status, code=code)


async def test_another_workspaces_revision_can_not_be_undone(ada: Person, bob: Person) -> None:
    await bob.task()
    await ada.task()
    path = f"/api/changes/{await bob.revision()}/revert"
    await ada.refused("POST", path, expect=410, code="revision_gone")
    await ada.refused("POST", path, expect=404, code="not_found", workspace_id=bob.id)
    assert len(await bob.all()) == 1


@pytest.mark.parametrize("body", [{"on_conflict": "force"}, {"on_conflict": None}, {"x": 1}, []])
async def test_a_wrong_wish_is_refused(ada: Person, body: Any) -> None:
    await ada.task()
    await ada.refused("POST", f"/api/changes/{await ada.revision()}/revert", body, code="invalid")
