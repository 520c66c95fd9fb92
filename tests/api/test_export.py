"""Taking along what is one's own, over HTTP."""

import csv
from io import StringIO

import pytest

from api.person import Person, problem

pytestmark = pytest.mark.anyio


async def test_the_export_holds_what_the_api_answers(ada: Person, bob: Person) -> None:
    project, label = await ada.project(), await ada.label()
    kept = await ada.task("Kept", project_id=project["id"], label_ids=[label["id"]])
    trashed = await ada.task("Trashed")
    await ada.trash(trashed)
    await bob.task("Bob's")
    answer = await ada.ask("GET", "/api/export")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-disposition"] == 'attachment; filename="taskmanager.json"'
    assert int(answer.headers["content-length"]) == len(answer.content)
    told = answer.json()
    assert (told["labels"], told["projects"]) == ([label], [project])
    assert {task["id"]: task for task in told["tasks"]} == {
        task["id"]: task for task in (await ada.now(kept), await ada.now(trashed))
    }
    assert told["changes"] == (await ada.get("/api/changes"))["changes"]
    assert told["revision"] == await ada.revision()
    assert "Bob" not in answer.text
    head = await ada.ask("HEAD", "/api/export")
    assert (head.content, head.headers["content-type"]) == (b"", "application/json")


async def test_an_export_of_a_new_account_is_empty(ada: Person) -> None:
    told = await ada.get("/api/export")
    assert (told["labels"], told["projects"], told["tasks"]) == ([], [], [])


async def test_what_is_large_is_sent_whole(ada: Person) -> None:
    text = "x" * 90_000
    for number in range(60):
        await ada.task(f"Task {number}", description=text)
    answer = await ada.ask("GET", "/api/export")
    assert len(answer.content) > 5_000_000
    assert len(answer.json()["tasks"]) == 60


async def test_tasks_are_a_table_for_spreadsheets(ada: Person) -> None:
    await ada.task("Pay rent", due={"date": "2026-12-01"})
    answer = await ada.ask("GET", "/api/export/tasks.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="tasks.csv"'
    rows = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["title"], row["due"], row["status"]) for row in rows] == [("Pay rent", "2026-12-01", "todo")]


async def test_another_workspace_is_not_taken_along(ada: Person, bob: Person) -> None:
    for path in ("/api/export", "/api/export/tasks.csv"):
        problem(await ada.ask("GET", path, expect=404, workspace_id=bob.id), 404, "not_found")
