"""wire.md, changes: the feed and a task's history."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from api.house import Lived, living
from api.person import Person

pytestmark = pytest.mark.anyio


async def test_a_change_tells_each_changed_field_before_and_after(ada: Person) -> None:
    task = await ada.task("Plants", due={"date": "2026-11-24"})
    before = await ada.revision()
    changed = await ada.change(task, title="Roses", due=None, status="done")
    (change,) = (await ada.get("/api/changes", since=before))["changes"]
    assert change == {
        "revision": await ada.revision(),
        "group": None,
        "at": changed["updated_at"],
        "by": ada.id,
        "kind": "task",
        "id": task["id"],
        "op": "update",
        "version": 2,
        "fields": {
            "title": ["Plants", "Roses"],
            "due": [{"date": "2026-11-24"}, None],
            "status": ["todo", "done"],
            "completed_at": [None, changed["completed_at"]],
            "updated_at": [task["updated_at"], changed["updated_at"]],
        },
    }


async def test_every_kind_of_change_has_its_name(ada: Person) -> None:
    for kind in ("task", "project", "label"):
        before = await ada.revision()
        field = "title" if kind == "task" else "name"
        document = await ada.make(kind, **{field: "One"})
        await ada.change(document, kind, **{field: "Two"})
        await ada.trash(document, kind)
        await ada.restore(document, kind)
        await ada.trash(document, kind)
        await ada.ask("DELETE", f"/api/{kind}s/{document['id']}", expect=204, permanent="true")
        changes = (await ada.get("/api/changes", since=before))["changes"]
        assert [change["op"] for change in changes] == ["create", "update", "trash", "restore", "trash", "purge"]
        assert {(change["kind"], change["id"]) for change in changes} == {(kind, document["id"])}
        assert [change["version"] for change in changes] == [1, 2, 3, 4, 5, 5]


async def test_the_feed_goes_on_from_any_revision_in_whole_commits(ada: Person) -> None:
    await ada.fill(5)
    await ada.task("Six")
    await ada.fill(3)
    seen, since, pages = [], None, 0
    while True:
        page = await ada.get("/api/changes", since=since, limit=2)
        seen += page["changes"]
        since, pages = page["revision"], pages + 1
        if not page["more"]:
            break
    assert len(seen) == 9
    assert pages == 3
    assert seen == (await ada.get("/api/changes"))["changes"]
    assert since == await ada.revision()
    after = await ada.get("/api/changes", since=since)
    assert after == {"changes": [], "revision": since, "more": False}


async def test_a_workspace_nobody_wrote_to_has_no_changes(ada: Person) -> None:
    assert await ada.get("/api/changes") == {"changes": [], "revision": "0-0", "more": False}
    assert await ada.get("/api/changes", since="0-0") == {"changes": [], "revision": "0-0", "more": False}


@pytest.mark.parametrize("since", ["1-unknown", "999-x", "0-x"])
async def test_a_revision_that_never_was_is_gone(ada: Person, since: str) -> None:
    await ada.refused("GET", "/api/changes", expect=410, code="revision_gone", since=since)
    await ada.task()
    await ada.refused("GET", "/api/changes", expect=410, code="revision_gone", since=since)


async def test_another_workspaces_revision_is_gone(ada: Person, bob: Person) -> None:
    await ada.task()
    await bob.task()
    since = await bob.revision()
    await ada.refused("GET", "/api/changes", expect=410, code="revision_gone", since=since)


@pytest.mark.parametrize("since", ["", "x", "1", "-1-x", "1-", "9" * 30 + "-x", "1-" + "x" * 100, "²-x"])
async def test_what_is_no_revision_is_refused(ada: Person, since: str) -> None:
    await ada.refused("GET", "/api/changes", code="bad_revision", at="since", since=since)


@pytest.mark.parametrize("limit", [0, 1001, -1])
async def test_the_feed_answers_1_to_1000_at_once(ada: Person, limit: int) -> None:
    await ada.refused("GET", "/api/changes", code="invalid", at="limit", limit=limit)


async def test_a_task_has_its_history_newest_first_in_pages(ada: Person) -> None:
    task = await ada.task("No 0")
    for number in range(1, 6):
        await ada.change(task, title=f"No {number}")
    await ada.task("Another")
    path = f"/api/tasks/{task['id']}/changes"
    whole = await ada.get(path)
    assert [change["version"] for change in whole["items"]] == [6, 5, 4, 3, 2, 1]
    assert whole["next"] is None
    first = await ada.get(path, limit=4)
    rest = await ada.get(path, limit=4, before=first["next"])
    assert rest["next"] is None
    assert first["items"] + rest["items"] == whole["items"]
    await ada.refused("GET", path, code="bad_revision", at="before", before="x")


@pytest.fixture
async def lived(tmp_path: Path) -> AsyncIterator[Lived]:
    async with living(tmp_path) as house:
        yield house


async def test_edits_of_one_description_within_2_minutes_are_one_entry(lived: Lived) -> None:
    ada = await lived.person()
    task = await ada.task(description="a")
    for text in ("ab", "abc", "abcd"):
        lived.clock.forward(minutes=0.9)
        await ada.change(task, description=text)
    lived.clock.forward(minutes=2.1)
    await ada.change(task, description="later")
    await ada.change(task, title="Other")
    path = f"/api/tasks/{task['id']}/changes"
    entries = (await ada.get(path))["items"]
    told = [change["fields"].get("description") for change in entries]
    assert told == [None, ["abcd", "later"], ["a", "abcd"], [None, "a"]]
    assert len((await ada.get("/api/changes"))["changes"]) == 6


async def test_pages_through_a_long_sitting_tell_each_edit_once(lived: Lived) -> None:
    ada = await lived.person()
    task = await ada.task(description="0")
    for number in range(1, 12):
        lived.clock.forward(seconds=10)
        await ada.change(task, description=str(number))
    path = f"/api/tasks/{task['id']}/changes"
    pages = [await ada.get(path, limit=5)]
    while pages[-1]["next"]:
        pages.append(await ada.get(path, limit=5, before=pages[-1]["next"]))
    told = [[change["fields"]["description"] for change in page["items"]] for page in pages]
    assert told == [[["6", "11"]], [["1", "6"]], [["0", "1"], [None, "0"]]]


async def test_a_page_of_history_ends_after_8_mib(ada: Person) -> None:
    task = await ada.task()
    for letter in "ab" * 30:
        await ada.change(task, description=letter * 100_000, title=letter)
    path = f"/api/tasks/{task['id']}/changes"
    first = await ada.get(path)
    assert 40 < len(first["items"]) < 45
    rest = await ada.get(path, before=first["next"])
    assert len(first["items"]) + len(rest["items"]) == 61
    assert rest["next"] is None
