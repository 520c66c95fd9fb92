"""wire.md, tasks: the fields of a task."""

from typing import Any

import pytest

from api.person import Person

pytestmark = pytest.mark.anyio


async def test_a_task_made_of_a_title_alone_has_all_fields(ada: Person) -> None:
    task = await ada.task("Water the plants")
    plain = {
        "workspace_id": ada.id,
        "version": 1,
        "title": "Water the plants",
        "description": "",
        "status": "todo",
        "priority": "none",
        "start": None,
        "due": None,
        "project_id": None,
        "parent_id": None,
        "label_ids": [],
        "completed_at": None,
        "created_by": ada.id,
        "deleted_at": None,
    }
    assert {name: task[name] for name in plain} == plain
    assert set(task) == {*plain, "id", "position", "created_at", "updated_at"}
    assert task == await ada.now(task)


async def test_a_new_task_is_found_where_the_answer_says(ada: Person) -> None:
    answer = await ada.ask("POST", "/api/tasks", {"title": "x"}, expect=201)
    assert (await ada.ask("GET", answer.headers["location"])).json() == answer.json()


@pytest.mark.parametrize(
    ("title", "kept"), [("  x\t\n", "x"), (" " * 400 + "y" * 500 + " " * 400, "y" * 500), ("日", "日")]
)
async def test_a_title_is_trimmed(ada: Person, title: str, kept: str) -> None:
    task = await ada.task(title)
    assert task["title"] == kept
    assert (await ada.change(task, title=f" {kept} "))["version"] == 1


@pytest.mark.parametrize(
    ("title", "code"), [("", "required"), (" \n\u2003 ", "required"), ("x" * 501, "too_long"), ("a\0b", "nul")]
)
async def test_a_title_has_1_to_500_characters_and_no_nul(ada: Person, title: str, code: str) -> None:
    await ada.refused("POST", "/api/tasks", {"title": title}, code=code, at="/title")
    task = await ada.task()
    await ada.refused("PATCH", f"/api/tasks/{task['id']}", {"title": title}, code=code, at="/title")


async def test_a_description_has_100000_characters_at_most_and_no_nul(ada: Person) -> None:
    longest = "\U0001f34e\n" * 50_000
    task = await ada.task(description=longest)
    assert (await ada.now(task))["description"] == longest
    await ada.refused(
        "POST", "/api/tasks", {"title": "x", "description": longest + "x"}, code="invalid", at="/description"
    )
    await ada.refused("POST", "/api/tasks", {"title": "x", "description": "\0"}, code="nul", at="/description")


async def test_every_character_but_nul_comes_back_as_it_was_sent(ada: Person) -> None:
    text = "".join(map(chr, [*range(1, 0x20), 0x7F, 0x85, 0xFEFF, 0x202E, 0xFFFF, 0x10FFFF])) + "\\u0000 <b>&amp;'\""
    task = await ada.task("t" + text + "t", description=text)
    assert ((await ada.now(task))["title"], (await ada.now(task))["description"]) == ("t" + text + "t", text)


@pytest.mark.parametrize("status", ["todo", "in_progress", "done", "cancelled"])
@pytest.mark.parametrize("priority", ["none", "low", "medium", "high", "urgent"])
async def test_a_task_has_any_status_and_any_priority(ada: Person, status: str, priority: str) -> None:
    task = await ada.task(status=status, priority=priority)
    assert (task["status"], task["priority"]) == (status, priority)


async def test_completed_at_is_set_on_entering_done_and_cleared_on_leaving(ada: Person) -> None:
    task = await ada.task()
    done = await ada.change(task, status="done")
    assert done["completed_at"] == done["updated_at"]
    still = await ada.change(task, title="Other")
    assert still["completed_at"] == done["completed_at"]
    for status in ("todo", "in_progress", "cancelled"):
        assert (await ada.change(task, status=status))["completed_at"] is None
        await ada.change(task, status="done")


async def test_updated_at_moves_and_created_at_stays(ada: Person) -> None:
    task = await ada.task()
    changed = await ada.change(task, title="Other")
    assert changed["created_at"] == task["created_at"]
    assert changed["updated_at"] >= task["updated_at"]


@pytest.mark.parametrize(
    "when",
    [
        {"date": "2026-11-24"},
        {"date": "1900-01-01"},
        {"date": "9998-12-31"},
        {"datetime": "2026-11-24T09:30:00", "timezone": "Europe/Berlin"},
        {"datetime": "2026-11-24T09:30:00", "timezone": None},
        {"datetime": "2026-03-29T02:30:00", "timezone": "Europe/Berlin"},
    ],
)
async def test_a_date_comes_back_as_it_was_sent(ada: Person, when: dict[str, Any]) -> None:
    task = await ada.task(start=when, due=when)
    assert (task["start"], task["due"]) == (when, when)


async def test_a_wall_time_comes_back_in_whole_seconds_with_its_zone_or_null(ada: Person) -> None:
    for sent in ("2026-11-24T09:30", "2026-11-24T09:30:00.999"):
        assert (await ada.task(due={"datetime": sent}))["due"] == {"datetime": "2026-11-24T09:30:00", "timezone": None}


@pytest.mark.parametrize(
    "when",
    [
        {},
        "2026-11-24",
        {"date": "2026-11-24", "datetime": "2026-11-24T09:30:00"},
        {"date": "2026-11-24", "timezone": "Europe/Berlin"},
        {"date": None},
        {"date": "24.11.2026"},
        {"date": "2026-13-01"},
        {"date": "2026-W48-2"},
        {"date": "1899-12-31"},
        {"date": "9999-01-01"},
        {"date": "２０２６-11-24"},
        {"datetime": "2026-11-24T09:30:00Z"},
        {"datetime": "2026-11-24T09:30:00+01:00"},
        {"datetime": "2026-11-24 09:30:00"},
        {"datetime": "2026-11-24T24:00:00"},
        {"datetime": "2026-11-24T09:30:60"},
        {"datetime": "2026-11-24T09:30:00", "timezone": "CEST"},
        {"datetime": "2026-11-24T09:30:00", "timezone": ""},
        {"datetime": "2026-11-24T09:30:00", "timezone": "../../etc/passwd"},
        {"datetime": "2026-11-24T09:30:00", "timezone": "Europe"},
        {"datetime": "2026-11-24T09:30:00", "timezone": "right/UTC"},
        {"datetime": "2026-11-24T09:30:00", "timezone": "europe/berlin"},
        {"datetime": "2026-11-24T09:30:00", "timezone": "x" * 10_000},
        {"datetime": "2026-11-24T09:30:00", "timezone": "a\0b"},
        {"datetime": "2026-11-24T09:30:00", "timezone": 1},
    ],
)
async def test_a_wrong_date_or_zone_is_refused_with_its_pointer(ada: Person, when: Any) -> None:
    for name in ("start", "due"):
        told = await ada.refused("POST", "/api/tasks", {"title": "x", name: when}, code="invalid")
        assert told["errors"][0]["pointer"].startswith(f"/{name}")


async def test_references_must_be_live_and_of_the_workspace(ada: Person, bob: Person) -> None:
    theirs = (await bob.project(), await bob.task(), await bob.label())
    mine = (await ada.project(), await ada.task(), await ada.label())
    for document, kind in zip(mine, ("project", "task", "label"), strict=True):
        await ada.trash(document, kind)
    nothing = "2f9d1e6a-60b5-4c3f-9c0a-2b6a1d5e7f80"
    target = await ada.task()
    for project, parent, label in (theirs, mine, [{"id": nothing}] * 3):
        for field, value in (("project_id", project["id"]), ("parent_id", parent["id"]), ("label_ids", [label["id"]])):
            at = "/label_ids/0" if field == "label_ids" else f"/{field}"
            await ada.refused("POST", "/api/tasks", {"title": "x", field: value}, code="unknown_reference", at=at)
            await ada.refused("PATCH", f"/api/tasks/{target['id']}", {field: value}, code="unknown_reference", at=at)


async def test_labels_are_kept_in_order_and_once_each_50_at_most(ada: Person) -> None:
    labels = [(await ada.label(f"No {number}"))["id"] for number in range(51)]
    task = await ada.task(label_ids=[labels[1], labels[0], labels[1]])
    assert task["label_ids"] == [labels[1], labels[0]]
    assert len((await ada.change(task, label_ids=labels[:50]))["label_ids"]) == 50
    await ada.refused("PATCH", f"/api/tasks/{task['id']}", {"label_ids": labels}, code="too_many", at="/label_ids")


async def test_a_task_keeps_a_label_that_went_into_the_trash(ada: Person) -> None:
    label = await ada.label()
    task = await ada.task(label_ids=[label["id"]])
    await ada.trash(label, "label")
    assert (await ada.change(task, title="Other"))["label_ids"] == [label["id"]]
    assert (await ada.change(task, label_ids=[label["id"]]))["label_ids"] == [label["id"]]
