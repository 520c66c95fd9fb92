"""A store can say how it goes about a question, and how it is."""

from typing import Any, cast

import pytest
import structlog

from builders import NOW, a_task, an_id, put
from taskmanager.errors import Unavailable
from taskmanager.storage import Storage
from taskmanager.storage.watched import ExplainingStore, Watch, WatchedWorkspaces, watched
from taskmanager.tasks.model import TASK
from taskmanager.tasks.query import D, Eq, Has, Query, Tally
from taskmanager.tasks.store import Key, Page

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


class Impatient:
    """A real store whose questions run out of time."""

    def __init__(self, store: ExplainingStore) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def find(self, ws: str, query: Query[D]) -> Page[D]:
        await self._store.find(ws, query)
        raise Unavailable("it took too long")


async def test_a_question_slower_than_the_bound_is_logged_with_its_plan_and_without_what_was_asked(
    storage: Storage,
) -> None:
    ws = an_id()
    await storage.workspaces.commit(ws, [put(a_task(ws))], by=ws, now=NOW)
    query = Query(kind=TASK, index="words", equals=(1, "water"))
    with structlog.testing.capture_logs() as entries:
        watch = Watch(slow_seconds=0.0)
        await WatchedWorkspaces(storage.workspaces, watch).find(ws, query)
        with pytest.raises(Unavailable):
            await WatchedWorkspaces(cast("ExplainingStore", Impatient(storage.workspaces)), watch).find(
                ws, Query(kind=TASK, index="created", equals=(1,))
            )
        await watch.told()
    # Plans are asked for at the same time: whichever comes first is told first.
    assert sorted((entry["event"], entry["index"]) for entry in entries) == [
        ("slow query", "created"),
        ("slow query", "words"),
    ]
    assert all(entry["plan"] for entry in entries)
    assert "water" not in str(entries)


async def test_every_verb_is_timed_and_told_when_it_is_slow(storage: Storage) -> None:
    ws, watch = an_id(), Watch(slow_seconds=0.0)
    task = a_task(ws)
    store = WatchedWorkspaces(storage.workspaces, watch)
    accounts, jobs = watched(storage.accounts, "account", watch), watched(storage.jobs, "job", watch)
    with structlog.testing.capture_logs() as entries:
        commit = await store.commit(ws, [put(task)], by=ws, now=NOW)
        await store.head(ws)
        await store.heads([ws])
        await store.get(ws, TASK, [task.id])
        await store.replay(ws, Key(ws, "key", "request"))
        await store.changes(ws, None, 10)
        await store.history(ws, TASK, task.id, 10)
        await store.undoable(ws, commit.revision)
        await accounts.get(ws)
        await jobs.take(NOW, "worker", 1)
        await watch.told()
    told = {(entry["verb"], entry["kind"]) for entry in entries}
    ours = {("get", "task"), ("history", "task"), ("get", "account"), ("take", "job")}
    assert told == ours | {(verb, "") for verb in ("commit", "head", "heads", "replay", "changes", "undoable")}


async def test_a_question_within_the_bound_is_not_logged(storage: Storage) -> None:
    ws = an_id()
    with structlog.testing.capture_logs() as entries:
        watch = Watch(slow_seconds=60.0)
        await WatchedWorkspaces(storage.workspaces, watch).find(ws, Query(kind=TASK, index="created", equals=(1,)))
        await watch.told()
    assert entries == []


async def test_a_healthy_store_is_found_healthy(storage: Storage) -> None:
    findings = [finding async for finding in storage.examine()]
    assert {finding.level for finding in findings} <= {"ok", "note"}
    assert "indexes" in {finding.subject for finding in findings}
