"""wire.md, conventions: lists and their tags. Tasks: filters and sorts."""

import random
from typing import Any

import pytest

from api.person import Json, Person

pytestmark = pytest.mark.anyio


def titles(tasks: list[Json]) -> list[str]:
    return [task["title"] for task in tasks]


async def test_a_page_has_50_items_unless_asked_and_200_at_most(ada: Person) -> None:
    await ada.fill(201)
    assert len((await ada.get("/api/tasks"))["items"]) == 50
    page = await ada.get("/api/tasks", limit=200)
    assert len(page["items"]) == 200
    assert page["next_cursor"]
    for limit in ("0", "201", "-1", "many", "1.5", ""):
        await ada.refused("GET", "/api/tasks", code="invalid", at="limit", limit=limit)


async def test_the_last_page_says_so(ada: Person) -> None:
    await ada.fill(4)
    first = await ada.get("/api/tasks", limit=2)
    last = await ada.get("/api/tasks", limit=2, cursor=first["next_cursor"])
    assert last["next_cursor"] is None
    assert titles(first["items"] + last["items"]) == ["Task 3", "Task 2", "Task 1", "Task 0"]


async def test_a_list_knows_the_revision_it_shows(ada: Person) -> None:
    assert await ada.revision() == "0-0"
    answer = await ada.ask("POST", "/api/tasks", {"title": "x"}, expect=201)
    assert await ada.revision() == answer.headers["revision"]


@pytest.mark.parametrize("path", ["/api/tasks", "/api/projects", "/api/labels"])
async def test_a_cursor_fits_only_the_list_that_gave_it(ada: Person, path: str) -> None:
    for number in range(3):
        await ada.make(path[5:-1], **{"title" if path == "/api/tasks" else "name": f"No {number}"})
    cursor = (await ada.get(path, limit=1))["next_cursor"]
    assert (await ada.get(path, limit=5, cursor=cursor))["items"]
    await ada.refused("GET", path, code="other_query", at="cursor", cursor=cursor, trashed="true")
    for other in {"/api/tasks", "/api/projects", "/api/labels"} - {path}:
        if "/api/tasks" in (other, path):
            await ada.refused("GET", other, code="other_query", at="cursor", cursor=cursor)
    if path == "/api/tasks":
        queries: list[dict[str, Any]] = [{"status": "open"}, {"sort": "due"}, {"q": "no"}, {"project_id": "none"}]
        for query in queries:
            await ada.refused("GET", path, code="other_query", at="cursor", cursor=cursor, **query)


@pytest.mark.parametrize("cursor", ["", "x", "!!", "e30", "W10", "é", "bnVsbA", "x" * 10_000, "WzEsMSwxLDFd"])
async def test_what_is_no_cursor_is_refused(ada: Person, cursor: str) -> None:
    await ada.refused("GET", "/api/tasks", code="bad_cursor", at="cursor", cursor=cursor)


async def test_paging_while_tasks_come_and_go_shows_each_survivor_once(ada: Person) -> None:
    chance = random.Random(7)  # noqa: S311 - the same for everybody who looks into a failure
    tasks = await ada.fill(120)
    survivors = {task["id"] for task in tasks}
    for sort in ("created_at", "-created_at", "position", "-priority"):
        seen: list[str] = []
        page = await ada.get("/api/tasks", limit=7, sort=sort)
        while True:
            seen += [task["id"] for task in page["items"]]
            gone = chance.choice(sorted(survivors))
            survivors.discard(gone)
            await ada.batch(
                {"op": "delete", "id": gone}, *({"op": "create", "task": {"title": "new"}} for _ in range(3))
            )
            if page["next_cursor"] is None:
                break
            page = await ada.get("/api/tasks", limit=7, sort=sort, cursor=page["next_cursor"])
        assert len(seen) == len(set(seen)), sort
        assert survivors <= set(seen), sort
        survivors = {task["id"] for task in await ada.all(limit=200)}


async def test_a_list_that_has_not_changed_is_not_sent_again(ada: Person) -> None:
    await ada.fill(3)
    tag = (await ada.ask("GET", "/api/tasks", limit=2)).headers["etag"]
    again = {"If-None-Match": f'"other", {tag}'}
    assert (await ada.ask("GET", "/api/tasks", limit=2, expect=304, headers=again)).headers["etag"] == tag
    await ada.ask("GET", "/api/tasks", limit=1, headers=again)
    await ada.ask("GET", "/api/tasks", limit=2, status="open", headers=again)
    await ada.task()
    await ada.ask("GET", "/api/tasks", limit=2, headers=again)


@pytest.mark.parametrize("path", ["/api/projects", "/api/labels", "/api/tasks/stats"])
async def test_other_lists_and_figures_have_tags_too(ada: Person, path: str) -> None:
    again = {"If-None-Match": (await ada.ask("GET", path)).headers["etag"]}
    await ada.ask("GET", path, expect=304, headers=again)
    await ada.project()
    await ada.label()
    await ada.ask("GET", path, headers=again)


async def test_without_filters_every_task_not_in_the_trash_is_listed_the_newest_first(ada: Person) -> None:
    parent = await ada.task("Parent")
    await ada.task("Sub", parent_id=parent["id"])
    for status in ("todo", "in_progress", "done", "cancelled"):
        await ada.task(status, status=status)
    gone = await ada.task("Gone")
    await ada.trash(gone)
    assert await ada.titles() == ["cancelled", "done", "in_progress", "todo", "Sub", "Parent"]
    assert await ada.titles(trashed="true") == ["Gone"]


@pytest.fixture
async def garden(ada: Person) -> Person:
    """Tasks that differ in all that can be asked for."""
    project, label = await ada.project("Garden"), await ada.label("green")
    parent = await ada.task("P")
    tasks: list[dict[str, Any]] = [
        {"title": "A", "status": "todo", "priority": "urgent", "due": {"date": "2026-11-20"}},
        {"title": "B", "status": "in_progress", "priority": "low", "due": {"datetime": "2026-11-24T12:00:00"}},
        {"title": "C", "status": "done", "priority": "low", "project_id": project["id"], "due": {"date": "2026-11-24"}},
        {"title": "D", "status": "cancelled", "priority": "none", "label_ids": [label["id"]]},
        {"title": "E", "status": "todo", "priority": "high", "parent_id": parent["id"], "due": {"date": "2026-12-01"}},
    ]
    for task in tasks:
        await ada.task(**task)
    return ada


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"status": "todo"}, "PAE"),
        ({"status": "done"}, "C"),
        ({"status": "open"}, "PABE"),
        ({"status": "todo,in_progress"}, "PABE"),
        ({"status": "done,cancelled"}, "CD"),
        ({"status": "open,done"}, "PABCE"),
        ({"priority": "low"}, "BC"),
        ({"priority": "low,high"}, "BCE"),
        ({"priority": "none"}, "PD"),
        ({"project_id": "none"}, "PABDE"),
        ({"parent_id": "none"}, "PABCD"),
        ({"due_before": "2026-11-24"}, "A"),
        ({"due_before": "2026-11-24T12:00:00Z"}, "A"),
        ({"due_before": "2026-11-24T12:00:00.001Z"}, "AB"),
        ({"due_before": "2026-11-25"}, "ABC"),
        ({"due_after": "2026-11-24"}, "BCE"),
        ({"due_after": "2026-11-24T12:00:00Z"}, "BCE"),
        ({"due_after": "2026-11-24T13:00:00+01:00"}, "BCE"),
        ({"due_after": "2026-11-24T12:00:00.001Z"}, "CE"),
        ({"due_after": "2026-11-24", "due_before": "2026-11-25"}, "BC"),
        ({"due_after": "2026-11-25", "due_before": "2026-11-24"}, ""),
        ({"completed_after": "2020-01-01"}, "C"),
        ({"completed_after": "1969-01-01"}, "C"),
        ({"completed_after": "2999-01-01"}, ""),
        ({"status": "open", "priority": "urgent", "due_before": "2026-11-21"}, "A"),
        ({"project_id": "no such project"}, ""),
        ({"label_id": "no such label"}, ""),
    ],
)
async def test_a_filter_finds_what_it_names(garden: Person, filters: dict[str, str], found: str) -> None:
    assert "".join(sorted(await garden.titles(**filters))) == "".join(sorted(found))
    one_by_one = await garden.titles(**filters, limit=1)
    assert one_by_one == await garden.titles(**filters)


async def test_projects_labels_and_parents_filter_by_id(garden: Person) -> None:
    project, label = (await garden.all("/api/projects"))[0], (await garden.all("/api/labels"))[0]
    parent = next(task for task in await garden.all() if task["title"] == "P")
    assert await garden.titles(project_id=project["id"]) == ["C"]
    assert await garden.titles(label_id=label["id"]) == ["D"]
    assert await garden.titles(parent_id=parent["id"]) == ["E"]
    assert await garden.titles(label_id=label["id"], status="open") == []


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("created_at", "PABCDE"),
        ("-created_at", "EDCBAP"),
        ("position", "PABCDE"),
        ("-position", "EDCBAP"),
        ("priority", "PDBCEA"),
        ("-priority", "AECBDP"),
        ("due", "ABCEPD"),
        ("-due", "DPECBA"),
        ("-completed_at", "CEDBAP"),
        ("updated_at", "PABCDE"),
    ],
)
async def test_a_list_is_sorted_as_asked(garden: Person, sort: str, order: str) -> None:
    by_id = sort in ("priority", "due", "-completed_at", "-due", "-priority")
    listed = await garden.titles(sort=sort)
    assert listed == await garden.titles(sort=sort, limit=1)
    assert sorted(listed) == sorted(order)
    if by_id:  # equals are in the order of their ids, which those made in one ms share nothing with
        keys = {task["title"]: rank(task, sort.lstrip("-")) for task in await garden.all()}
        assert [keys[title] for title in listed] == sorted(keys.values(), reverse=sort[0] == "-")
    else:
        assert "".join(listed) == order


def rank(task: Json, sort: str) -> Any:
    if sort == "priority":
        return ["none", "low", "medium", "high", "urgent"].index(task["priority"])
    if sort == "completed_at":
        return task["completed_at"] or ""
    due = task["due"] or {"date": "9999-99-99"}
    return due.get("date", "") + "T99" if "date" in due else due["datetime"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sort", "title"),
        ("sort", "created_at,due"),
        ("sort", "--due"),
        ("sort", ""),
        ("status", "doing"),
        ("status", ""),
        ("status", "todo,"),
        ("priority", "9"),
        ("due_before", "tomorrow"),
        ("due_before", "2026-02-30"),
        ("due_after", "2026-11-24T10:00:00"),
        ("completed_after", "99999-01-01"),
        ("overdue", "maybe"),
        ("overdue", "false"),
        ("trashed", "2"),
    ],
)
async def test_a_wrong_filter_is_refused_by_name(ada: Person, name: str, value: Any) -> None:
    await ada.refused("GET", "/api/tasks", code="invalid", at=name, **{name: value})


async def test_a_search_through_more_than_2000_answers_a_short_page_and_goes_on(ada: Person) -> None:
    rare = await ada.task("Rare", status="cancelled", priority="urgent")
    await ada.fill(2100)
    page = await ada.get("/api/tasks", status="cancelled", priority="urgent", sort="-updated_at")
    assert page["items"] == []
    assert page["next_cursor"]
    assert await ada.all(status="cancelled", priority="urgent", sort="-updated_at") == [rare]
