"""wire.md, tasks: the trash, cascades, restore and purge."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from api.house import Lived, living
from api.person import Json, Person

pytestmark = pytest.mark.anyio


async def families(ada: Person) -> tuple[Json, list[Json]]:
    """A project whose task has a subtask elsewhere, and that one has one more."""
    project, other = await ada.project("Garden"), await ada.project("Kitchen")
    top = await ada.task("Top", project_id=project["id"])
    sub = await ada.task("Sub", parent_id=top["id"], project_id=other["id"])
    deep = await ada.task("Deep", parent_id=sub["id"])
    return project, [top, sub, deep]


async def test_trash_takes_subtasks_along_and_restore_brings_them_back(ada: Person) -> None:
    _, tasks = await families(ada)
    await ada.task("Apart")
    await ada.trash(tasks[0])
    assert await ada.titles() == ["Apart"]
    trashed = await ada.all(trashed="true")
    assert len({task["deleted_at"] for task in trashed}) == 1
    assert len(trashed) == 3
    restored = await ada.restore(tasks[0])
    assert (restored["deleted_at"], restored["version"]) == (None, 3)
    back = {task["title"]: task for task in await ada.all()}
    for task in tasks:
        kept = {name: value for name, value in task.items() if name not in ("version", "updated_at")}
        assert kept.items() <= back[task["title"]].items()


async def test_a_project_takes_its_tasks_along_and_brings_them_back(ada: Person) -> None:
    project, tasks = await families(ada)
    before = await ada.revision()
    await ada.trash(project, "project")
    assert await ada.titles() == []
    changes = (await ada.get("/api/changes", since=before))["changes"]
    assert len(changes) == 4
    assert {change["op"] for change in changes} == {"trash"}
    assert len({change["group"] for change in changes}) == 1
    assert changes[0]["group"] is not None
    await ada.restore(project, "project")
    assert {task["title"]: task["project_id"] for task in await ada.all()} == {
        task["title"]: task["project_id"] for task in tasks
    }


@pytest.mark.parametrize("purged", [False, True])
async def test_a_project_brings_no_task_back_below_one_that_is_gone(ada: Person, purged: bool) -> None:
    project, parent = await ada.project(), await ada.task("Elsewhere")
    top = await ada.task("Top", project_id=project["id"], parent_id=parent["id"])
    sub = await ada.task("Sub", project_id=project["id"], parent_id=top["id"])
    await ada.trash(project, "project")
    await ada.trash(parent)
    if purged:
        await ada.ask("DELETE", f"/api/tasks/{parent['id']}", permanent="true", expect=204)
    await ada.restore(project, "project")
    assert {task["title"]: task["parent_id"] for task in await ada.all()} == {"Top": None, "Sub": sub["parent_id"]}


async def test_a_project_brings_no_task_back_deeper_than_8(ada: Person) -> None:
    project, parent = await ada.project(), await ada.task("Elsewhere")
    top = await ada.task("Top", project_id=project["id"], parent_id=parent["id"])
    subs = await ada.fill(500, parent_id=top["id"])
    await ada.trash(project, "project")
    above = None
    for _ in range(6):
        above = (await ada.task("Above", parent_id=above))["id"]
    await ada.change(parent, parent_id=above)
    await ada.restore(project, "project")
    assert (await ada.now(top))["parent_id"] is None
    assert {task["id"] for task in await ada.all(parent_id=top["id"])} == {task["id"] for task in subs}


async def test_what_went_earlier_does_not_come_back_along(ada: Person) -> None:
    project, tasks = await families(ada)
    await ada.trash(tasks[1])
    await ada.trash(project, "project")
    await ada.restore(project, "project")
    assert await ada.titles() == ["Top"]
    assert sorted(await ada.titles(trashed="true")) == ["Deep", "Sub"]


async def test_a_task_whose_project_or_parent_is_gone_comes_back_without(ada: Person) -> None:
    project, (top, sub, deep) = await families(ada)
    await ada.trash(project, "project")
    restored = await ada.restore(sub)
    assert restored["parent_id"] is None
    assert (await ada.now(deep))["parent_id"] == sub["id"]
    assert (await ada.restore(top))["project_id"] is None


async def test_a_subtask_whose_parent_has_moved_too_deep_comes_back_without_it(ada: Person) -> None:
    levels = [await ada.task("Level 1")]
    for number in range(2, 7):
        levels.append(await ada.task(f"Level {number}", parent_id=levels[-1]["id"]))
    parent = await ada.task("Parent")
    sub = await ada.task("Sub", parent_id=parent["id"])
    await ada.task("Subsub", parent_id=sub["id"])
    await ada.trash(sub)
    await ada.change(parent, parent_id=levels[-1]["id"])
    assert (await ada.restore(sub))["parent_id"] is None
    assert len(await ada.all()) == 9


async def test_what_is_in_the_trash_can_be_read_but_not_changed(ada: Person) -> None:
    task = await ada.task()
    await ada.trash(task)
    assert (await ada.now(task))["deleted_at"] is not None
    path = f"/api/tasks/{task['id']}"
    await ada.refused("PATCH", path, {"title": "x"}, expect=409, code="in_trash")
    await ada.refused("DELETE", path, expect=409, code="in_trash")


async def test_restoring_what_is_not_in_the_trash_changes_nothing(ada: Person) -> None:
    task, project, label = await ada.task(), await ada.project(), await ada.label()
    for document, kind in ((task, "task"), (project, "project"), (label, "label")):
        assert await ada.restore(document, kind) == document


@pytest.mark.parametrize("kind", ["task", "project", "label"])
async def test_only_what_is_in_the_trash_is_deleted_for_good(ada: Person, kind: str) -> None:
    document = await ada.make(kind, **({"title": "x"} if kind == "task" else {"name": "x"}))
    path = f"/api/{kind}s/{document['id']}"
    await ada.refused("DELETE", path, expect=409, code="not_in_trash", permanent="true")
    await ada.trash(document, kind)
    await ada.ask("DELETE", path, expect=204, permanent="true")
    await ada.refused("GET", path, expect=404, code="not_found")
    await ada.refused("POST", path + "/restore", expect=404, code="not_found")


async def test_a_purge_takes_what_went_along_and_erases_all_values_from_history(ada: Person) -> None:
    project, tasks = await families(ada)
    secret = await ada.task("My secret", project_id=project["id"], description="nobody may read this")
    await ada.change(secret, description="nor this")
    await ada.trash(project, "project")
    await ada.ask("DELETE", f"/api/projects/{project['id']}", expect=204, permanent="true")
    assert await ada.all(trashed="true") == []
    changes = (await ada.ask("GET", "/api/changes")).text
    assert "secret" not in changes
    assert "nobody" not in changes
    assert "nor this" not in changes
    purged = [c for c in (await ada.get("/api/changes"))["changes"] if c["op"] == "purge"]
    assert {change["id"] for change in purged} == {project["id"], secret["id"], *(task["id"] for task in tasks)}
    assert all(change["fields"] == {} for change in purged)
    await ada.refused("GET", f"/api/tasks/{secret['id']}/changes", expect=404, code="not_found")
    assert await ada.titles(q="secret", trashed="true") == []


async def test_emptying_the_trash_leaves_what_is_not_in_it(ada: Person) -> None:
    _, tasks = await families(ada)
    label, kept = await ada.label(), await ada.task("Kept")
    await ada.trash(tasks[1])
    await ada.trash(label, "label")
    await ada.ask("DELETE", "/api/trash", expect=204)
    assert await ada.all(trashed="true") == await ada.all("/api/labels", trashed="true") == []
    assert sorted(await ada.titles()) == ["Kept", "Top"]
    assert await ada.now(kept) == kept


async def test_a_project_of_1200_tasks_goes_comes_back_and_goes_for_good(ada: Person) -> None:
    project = await ada.project()
    await ada.fill(1200, project_id=project["id"])
    before = await ada.revision()
    await ada.trash(project, "project")
    assert await ada.all() == []
    page = await ada.get("/api/changes", since=before, limit=1000)
    rest = await ada.get("/api/changes", since=page["revision"])
    changes = [*page["changes"], *rest["changes"]]
    assert len(changes) == 1201
    assert len({change["group"] for change in changes}) == 1
    assert len({change["revision"] for change in changes}) == 3
    assert changes[-1]["kind"] == "project"
    await ada.restore(project, "project")
    assert len(await ada.all(limit=200, project_id=project["id"])) == 1200
    await ada.trash(project, "project")
    await ada.ask("DELETE", f"/api/projects/{project['id']}", expect=204, permanent="true")
    assert await ada.all(trashed="true") == await ada.all("/api/projects", trashed="true") == []


async def test_a_task_with_700_subtasks_goes_and_comes_back_whole(ada: Person) -> None:
    top = await ada.task("Top")
    middle = await ada.task("Middle", parent_id=top["id"])
    await ada.fill(700, parent_id=middle["id"])
    await ada.trash(top)
    assert len(await ada.all(limit=200, trashed="true")) == 702
    await ada.restore(top)
    assert len(await ada.all(limit=200, parent_id=middle["id"])) == 700
    assert await ada.all(trashed="true") == []


async def test_a_project_with_more_text_than_a_commit_holds_goes_and_comes_back(ada: Person) -> None:
    project = await ada.project()
    for _ in range(2):
        await ada.fill(60, project_id=project["id"], description="\u00e4" * 50_000)
    await ada.trash(project, "project")
    assert await ada.all() == []
    await ada.restore(project, "project")
    assert len(await ada.all()) == 120


@pytest.fixture
async def lived(tmp_path: Path, on_store: dict[str, str]) -> AsyncIterator[Lived]:
    async with living(tmp_path, TRASH_DAYS="30", HISTORY_DAYS="365", **on_store) as house:
        yield house


async def test_the_trash_is_emptied_of_what_lay_in_it_for_30_days(lived: Lived) -> None:
    ada = await lived.person()
    await lived.house.upkeep.start()
    first, second, kept = await ada.fill(3)
    await ada.trash(first)
    await lived.later(ada, days=20)
    await ada.trash(second)
    await lived.jobs()
    assert len(await ada.all(trashed="true")) == 2
    await lived.later(ada, days=10.5)
    await lived.jobs()
    assert await ada.titles(trashed="true") == ["Task 1"]
    await lived.later(ada, days=20)
    await lived.jobs()
    assert await ada.all(trashed="true") == []
    assert await ada.now(kept) == kept


async def test_history_is_forgotten_after_365_days_but_tasks_are_not(lived: Lived) -> None:
    ada = await lived.person()
    await lived.house.upkeep.start()
    task = await ada.task("Old")
    first = await ada.revision()
    await lived.later(ada, days=200)
    await ada.change(task, title="Newer")
    second = await ada.revision()
    await lived.later(ada, days=200)
    await lived.jobs()
    assert [change["op"] for change in (await ada.get("/api/changes"))["changes"]] == ["update"]
    assert (await ada.get("/api/changes", since=first))["revision"] == second
    await ada.refused("GET", "/api/changes", expect=410, code="revision_gone", since="0-0")
    await ada.refused("POST", f"/api/changes/{first}/revert", expect=410, code="revision_gone")
    assert (await ada.now(task))["title"] == "Newer"
