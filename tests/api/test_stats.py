"""wire.md, tasks: stats."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from api.house import Lived, living

pytestmark = pytest.mark.anyio


@pytest.fixture
async def lived(tmp_path: Path, on_store: dict[str, str]) -> AsyncIterator[Lived]:
    async with living(tmp_path, at="2026-11-24T10:00:30Z", **on_store) as house:
        yield house


async def test_an_empty_workspace_has_figures_of_nothing(lived: Lived) -> None:
    figures = await (await lived.person()).get("/api/tasks/stats")
    assert figures["as_of"] == "2026-11-24T10:00:00.000Z"
    assert figures["timezone"] == "UTC"
    assert figures["by_status"] == {"todo": 0, "in_progress": 0, "done": 0, "cancelled": 0}
    assert figures["by_priority"] == {"none": 0, "low": 0, "medium": 0, "high": 0, "urgent": 0}
    assert [figures[name] for name in ("open", "overdue", "today", "inbox")] == [0, 0, 0, 0]


async def test_due_counts_84_days_ahead_from_today_and_completed_84_back_to_today(lived: Lived) -> None:
    ada = await lived.person("Asia/Tokyo")
    figures = await ada.get("/api/tasks/stats")
    today = date(2026, 11, 24)
    assert [day["date"] for day in figures["due"]] == [str(today + timedelta(n)) for n in range(84)]
    assert [day["date"] for day in figures["completed"]] == [str(today - timedelta(83 - n)) for n in range(84)]


async def test_tasks_are_counted_by_what_they_are(lived: Lived) -> None:
    ada = await lived.person("America/New_York")
    project = await ada.project()
    await ada.task(due={"date": "2026-11-23"}, priority="high")
    await ada.task(due={"date": "2026-11-24"}, status="in_progress")
    await ada.task(due={"datetime": "2026-11-24T04:00:00"}, project_id=project["id"])
    await ada.task(due={"date": "2026-12-01"}, project_id=project["id"], priority="high")
    await ada.task(due={"date": "2026-11-01"}, status="done", priority="urgent")
    await ada.task(status="cancelled")
    await ada.task()
    gone = await ada.task(due={"date": "2026-11-24"})
    await ada.trash(gone)
    figures = await ada.get("/api/tasks/stats")
    assert figures["by_status"] == {"todo": 4, "in_progress": 1, "done": 1, "cancelled": 1}
    assert figures["by_priority"] == {"none": 3, "low": 0, "medium": 0, "high": 2, "urgent": 0}
    assert [figures[name] for name in ("open", "overdue", "today", "inbox")] == [5, 2, 2, 3]
    assert {day["date"]: day["count"] for day in figures["due"] if day["count"]} == {"2026-11-24": 2, "2026-12-01": 1}
    assert {day["date"]: day["count"] for day in figures["completed"] if day["count"]} == {"2026-11-24": 1}


async def test_figures_of_one_project(lived: Lived) -> None:
    ada = await lived.person()
    project = await ada.project()
    await ada.task(project_id=project["id"], due={"date": "2026-11-23"})
    await ada.task(project_id=project["id"], status="done")
    await ada.task()
    figures = await ada.get("/api/tasks/stats", project_id=project["id"])
    assert [figures[name] for name in ("open", "overdue", "today", "inbox")] == [1, 1, 0, 0]
    assert figures["by_status"]["done"] == 1
    assert sum(day["count"] for day in figures["completed"]) == 1


async def test_what_was_done_stays_on_its_day(lived: Lived) -> None:
    ada = await lived.person()
    task = await ada.task()
    await ada.change(task, status="done")
    await lived.later(ada, days=3)
    figures = await ada.get("/api/tasks/stats")
    assert {day["date"]: day["count"] for day in figures["completed"] if day["count"]} == {"2026-11-24": 1}
    await lived.later(ada, days=100)
    assert not any(day["count"] for day in (await ada.get("/api/tasks/stats"))["completed"])
