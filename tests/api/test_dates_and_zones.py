"""wire.md, tasks: what a date means in a zone, and what is overdue when; in this process, by a clock of its own."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import apsw
import pytest

from api.house import Lived, living
from api.person import Person

pytestmark = pytest.mark.anyio


@pytest.fixture
async def lived(tmp_path: Path, on_store: dict[str, str]) -> AsyncIterator[Lived]:
    async with living(tmp_path, **on_store) as house:
        yield house


async def overdue(lived: Lived, person: Person, at: str) -> list[str]:
    lived.clock.set(at)
    await lived.later(person)
    return await person.titles(overdue="true")


@pytest.mark.parametrize(
    ("home", "due", "not_yet", "overdue_at"),
    [
        # A date ends with its day where the workspace is.
        ("UTC", {"date": "2026-11-24"}, "2026-11-24T23:59:59Z", "2026-11-25T00:00:00Z"),
        ("Europe/Berlin", {"date": "2026-11-24"}, "2026-11-24T22:59:00Z", "2026-11-24T23:00:00Z"),
        ("Pacific/Kiritimati", {"date": "2026-11-25"}, "2026-11-25T09:59:00Z", "2026-11-25T10:00:00Z"),
        ("Pacific/Pago_Pago", {"date": "2026-11-24"}, "2026-11-25T10:59:00Z", "2026-11-25T11:00:00Z"),
        # A floating time is wall time where the workspace is; a zoned one is its instant.
        ("America/New_York", {"datetime": "2026-11-24T09:30:00"}, "2026-11-24T14:30:00Z", "2026-11-24T14:31:00Z"),
        (
            "America/New_York",
            {"datetime": "2026-11-24T19:30:00", "timezone": "Asia/Tokyo"},
            "2026-11-24T10:30:00Z",
            "2026-11-24T10:31:00Z",
        ),
        # In a gap the time moves forward by the gap, in a fold it is the first of the two.
        ("Europe/Berlin", {"datetime": "2027-03-28T02:30:00"}, "2027-03-28T01:30:00Z", "2027-03-28T01:31:00Z"),
        ("Europe/Berlin", {"datetime": "2027-10-31T02:30:00"}, "2027-10-31T00:30:00Z", "2027-10-31T00:31:00Z"),
        (
            "UTC",
            {"datetime": "2027-03-28T02:30", "timezone": "Europe/Berlin"},
            "2027-03-28T01:30:00Z",
            "2027-03-28T01:31:00Z",
        ),
        # A day of 23 or 25 hours is one day; so is one that begins at one o'clock.
        ("Europe/Berlin", {"date": "2027-03-28"}, "2027-03-28T21:59:00Z", "2027-03-28T22:00:00Z"),
        ("Europe/Berlin", {"date": "2027-10-31"}, "2027-10-31T22:59:00Z", "2027-10-31T23:00:00Z"),
        ("Africa/Cairo", {"date": "2027-04-29"}, "2027-04-29T21:59:00Z", "2027-04-29T22:00:00Z"),
    ],
)
async def test_a_task_becomes_overdue_at_the_right_minute(
    lived: Lived, home: str, due: dict[str, Any], not_yet: str, overdue_at: str
) -> None:
    ada = await lived.person(home)
    await ada.task("Due", due=due)
    assert await overdue(lived, ada, not_yet) == []
    assert await overdue(lived, ada, overdue_at) == ["Due"]


async def test_only_open_tasks_are_overdue(lived: Lived) -> None:
    ada = await lived.person()
    for status in ("todo", "in_progress", "done", "cancelled"):
        await ada.task(status, status=status, due={"date": "2026-11-01"})
    await ada.task("No due")
    assert sorted(await ada.titles(overdue="true", sort="due")) == ["in_progress", "todo"]


async def test_a_task_that_becomes_overdue_is_sent_to_who_asks_with_the_old_tag(lived: Lived) -> None:
    ada = await lived.person("Europe/Berlin")
    await ada.task("Due", due={"datetime": "2026-11-24T11:05:00"})
    before = await ada.ask("GET", "/api/tasks", overdue="true")
    again = {"If-None-Match": before.headers["etag"]}
    assert before.json()["items"] == []
    lived.clock.forward(seconds=59)
    await ada.ask("GET", "/api/tasks", overdue="true", expect=304, headers=again)
    lived.clock.forward(minutes=6)
    after = await ada.ask("GET", "/api/tasks", overdue="true", headers=again)
    assert [task["title"] for task in after.json()["items"]] == ["Due"]


async def test_figures_of_another_minute_are_other_figures(lived: Lived) -> None:
    ada = await lived.person()
    await ada.task(due={"datetime": "2026-11-24T10:05:00"})
    again = {"If-None-Match": (await ada.ask("GET", "/api/tasks/stats")).headers["etag"]}
    await ada.ask("GET", "/api/tasks/stats", expect=304, headers=again)
    lived.clock.forward(minutes=6)
    assert (await ada.ask("GET", "/api/tasks/stats", headers=again)).json()["overdue"] == 1


async def test_who_moves_to_another_zone_has_their_dates_moved_along(lived: Lived) -> None:
    ada = await lived.person()
    dates: list[dict[str, Any]] = [
        {"date": "2026-11-24"},
        {"datetime": "2026-11-24T12:00:00"},
        {"datetime": "2026-11-24T12:00:00", "timezone": "Asia/Tokyo"},
    ]
    tasks = [await ada.task(f"Due {number}", due=due) for number, due in enumerate(dates)]
    trashed = await ada.task("Trashed", due={"date": "2026-11-24"})
    await ada.trash(trashed)
    window = {"due_after": "2026-11-24T20:00:00Z", "due_before": "2026-11-25T00:00:00Z"}
    assert await ada.titles(**window) == ["Due 0"]
    await lived.move(ada, "America/Los_Angeles")
    assert await ada.titles(**window) == ["Due 1"]
    assert await ada.titles(due_before="2026-11-24T20:00:00Z") == ["Due 2"]
    assert await ada.titles(due_after="2026-11-25T07:59:59Z") == ["Due 0"]
    assert await ada.titles(due_after="2026-11-25T07:59:59Z", trashed="true") == ["Trashed"]
    assert [task["version"] for task in await ada.all()] == [1, 1, 1]
    assert (await ada.restore(trashed))["due"] == tasks[0]["due"]


async def test_between_the_move_and_its_job_new_tasks_are_already_at_home(lived: Lived) -> None:
    ada = await lived.person()
    await ada.task("Before", due={"date": "2026-11-24"})
    await ada.ask("PATCH", "/api/auth/me", {"timezone": "Asia/Tokyo"})
    await ada.task("After", due={"date": "2026-11-24"})
    await lived.jobs()
    assert await ada.titles(due_before="2026-11-24T15:00:00Z", sort="created_at") == ["Before", "After"]


async def test_moving_many_tasks_takes_several_commits_and_tells_no_changes(lived: Lived) -> None:
    ada = await lived.person()
    await ada.fill(450, due={"date": "2026-11-24"})
    before = await ada.revision()
    await lived.move(ada, "Asia/Tokyo")
    assert len(await ada.all(due_before="2026-11-24T15:00:00Z", limit=200)) == 450
    changes = (await ada.get("/api/changes", since=before))["changes"]
    assert {change["kind"] for change in changes} == {"workspace"}


async def test_a_lists_date_bounds_are_days_where_the_workspace_is(lived: Lived) -> None:
    ada = await lived.person("Asia/Tokyo")
    await ada.task("Late", due={"datetime": "2026-11-24T23:30:00"})
    assert await ada.titles(due_after="2026-11-24", due_before="2026-11-25") == ["Late"]
    assert await ada.titles(due_after="2026-11-24T15:00:00Z") == []


@pytest.mark.parametrize(
    "zone", ["Mars/Olympus", "localtime", "Factory", "posixrules", "", "../UTC", "UTC\n", "x" * 65, None, 1]
)
async def test_a_zone_that_does_not_exist_is_refused(lived: Lived, zone: Any) -> None:
    ada = await lived.person()
    told = await ada.refused("PATCH", "/api/auth/me", {"timezone": zone}, code="invalid", at="/timezone")
    assert told["errors"][0]["pointer"] == "/timezone"


@pytest.mark.parametrize("zone", ["Mars/Olympus", "localtime", "Factory"])
async def test_a_time_in_a_zone_that_does_not_exist_is_refused(lived: Lived, zone: str) -> None:
    ada = await lived.person()
    when = {"datetime": "2026-11-24T10:00:00", "timezone": zone}
    await ada.refused("POST", "/api/tasks", {"title": "x", "due": when}, code="invalid", at="/due")
    task = await ada.task()
    await ada.refused("PATCH", f"/api/tasks/{task['id']}", {"start": when}, code="invalid", at="/start")


async def test_what_was_stored_in_a_zone_that_is_no_more_can_be_read_and_changed(tmp_path: Path) -> None:
    async with living(tmp_path) as lived:  # on SQLite, where a test can reach into the file
        ada = await lived.person("Europe/Berlin")
        task = await ada.task(due={"datetime": "2026-11-24T10:00:00", "timezone": "Asia/Tokyo"})
        with apsw.Connection(str(tmp_path / "taskmanager.db")) as connection:
            renamed = "SET body = CAST(replace(CAST(body AS TEXT), ?, ?) AS BLOB)"
            connection.execute("UPDATE doc_task " + renamed, ("Asia/Tokyo", "Asia/Edo"))
            connection.execute("UPDATE doc_workspace " + renamed, ("Europe/Berlin", "Europe/Cölln"))
        assert (await ada.now(task))["due"]["timezone"] == "Asia/Edo"
        changed = await ada.change(task, title="Other")
        assert (changed["title"], changed["due"]["timezone"]) == ("Other", "Asia/Edo")
        assert await ada.titles(due_after="2026-11-24", due_before="2026-11-25") == ["Other"]
