"""A store can say how it goes about a question, and how it is."""

import pytest
import structlog

from builders import NOW, a_task, an_id, put
from taskmanager.storage import Storage
from taskmanager.storage.watched import WatchedWorkspaces
from taskmanager.tasks.model import TASK
from taskmanager.tasks.query import Eq, Has, Query, Tally

pytestmark = pytest.mark.anyio


async def test_the_plan_of_a_question_names_its_index_or_the_field_it_is_for(storage: Storage) -> None:
    ws = an_id()
    await storage.workspaces.commit(ws, [put(a_task(ws))], by=ws, now=NOW)
    newest = Query(kind=TASK, index="created", equals=(1,), descending=True)
    found = Query(kind=TASK, index="words", equals=(1, "water"), rest=(Has("terms", "plants"),))
    overdue = Tally(TASK, "open_due", (Eq("live", 1), Eq("open", 1)), by="priority")
    for question, names in ((newest, {"created"}), (found, {"words", "terms"}), (overdue, {"open_due", "due_at"})):
        plan = await storage.workspaces.explain(ws, question)
        assert any(name in plan for name in names), plan


async def test_a_question_slower_than_the_bound_is_logged_with_its_plan_and_without_what_was_asked(
    storage: Storage,
) -> None:
    ws = an_id()
    await storage.workspaces.commit(ws, [put(a_task(ws))], by=ws, now=NOW)
    query = Query(kind=TASK, index="words", equals=(1, "water"))
    with structlog.testing.capture_logs() as entries:
        watched = WatchedWorkspaces(storage.workspaces, slow_seconds=0.0)
        await watched.find(ws, query)
        await watched.told()
    assert [(entry["event"], entry["index"]) for entry in entries] == [("slow query", "words")]
    assert entries[0]["plan"]
    assert "water" not in str(entries)


async def test_a_question_within_the_bound_is_not_logged(storage: Storage) -> None:
    ws = an_id()
    with structlog.testing.capture_logs() as entries:
        watched = WatchedWorkspaces(storage.workspaces, slow_seconds=60.0)
        await watched.find(ws, Query(kind=TASK, index="created", equals=(1,)))
        await watched.told()
    assert entries == []


async def test_a_healthy_store_is_found_healthy(storage: Storage) -> None:
    findings = [finding async for finding in storage.examine()]
    assert {finding.level for finding in findings} <= {"ok", "note"}
    assert "indexes" in {finding.subject for finding in findings}
