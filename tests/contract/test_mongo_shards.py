"""Whatever is asked of the records names its workspace, so that a sharded cluster asks one shard for it."""

from pathlib import Path
from typing import Any, Final

import pytest
from pymongo.monitoring import (
    CommandFailedEvent,
    CommandListener,
    CommandStartedEvent,
    CommandSucceededEvent,
)

from builders import NOW, a_task, an_id, put, remove
from contract.conftest import Address, Open
from contract.test_backup import KEY, fill, ignored
from replica_set import PATIENT, ReplicaSet
from taskmanager.errors import InFlight, Stale
from taskmanager.storage.archive import dump
from taskmanager.storage.mongo import connection
from taskmanager.storage.mongo.pool import PoolWatch
from taskmanager.tasks.model import TASK
from taskmanager.tasks.query import Eq, Has, Query, Tally
from taskmanager.tasks.store import Keep

PARTS: Final = {"update": "updates", "delete": "deletes"}


class Watch(PoolWatch, CommandListener):
    """Every filter that the records are asked with."""

    asked: list[tuple[str, dict[str, Any]]]

    def started(self, event: CommandStartedEvent) -> None:
        command = event.command
        if command.get(event.command_name) != "records":
            return
        if event.command_name in PARTS:
            self.asked += [(event.command_name, part["q"]) for part in command[PARTS[event.command_name]]]
        elif event.command_name == "aggregate":
            self.asked.append(("aggregate", command["pipeline"][0].get("$match", {})))
        elif event.command_name in {"find", "findAndModify"}:
            self.asked.append((event.command_name, command.get("filter", command.get("query"))))

    def succeeded(self, event: CommandSucceededEvent) -> None: ...

    def failed(self, event: CommandFailedEvent) -> None: ...


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    Watch.asked = []
    monkeypatch.setattr(connection, "PoolWatch", Watch)
    return Watch.asked


async def test_every_question_and_every_write_names_its_workspace(
    asked: list[tuple[str, dict[str, Any]]], open_at: Open, replica_set: ReplicaSet, database: str, tmp_path: Path
) -> None:
    storage = await open_at(Address(replica_set.url(database, PATIENT), tmp_path))
    asked.clear()
    store, ws = storage.workspaces, await fill(storage)
    head = await store.head(ws)
    page = await store.find(ws, Query(TASK, "due", (1,), rest=(Eq("priority", 0),), limit=2))
    await store.find(ws, Query(TASK, "words", (1, "task"), rest=(Has("terms", "1", prefix=True),)))
    await store.tally(ws, Tally(TASK, "status_created", (Eq("live", 1),), "status"))
    await store.get(ws, TASK, [task.id for task in page.items])
    await store.replay(ws, KEY)
    await store.changes(ws, None, 100)
    await store.history(ws, TASK, page.items[0].id, 10)
    await store.undoable(ws, head)
    with pytest.raises(InFlight):
        await store.commit(ws, [put(a_task(ws))], by=ws, now=NOW, keep=Keep(KEY, b""))
    with pytest.raises(Stale):
        await store.commit(ws, [remove(a_task(ws))], by=ws, now=NOW)
    await store.forget(ws, NOW + 2, NOW + 9)
    async for _ in storage.archive.read():
        pass
    await dump(storage, tmp_path / "backup", ignored)
    await store.erase(ws)
    await store.erase(an_id())
    assert {verb for verb, _ in asked} == {"find", "findAndModify", "update", "delete", "aggregate"}
    assert [(verb, filter_) for verb, filter_ in asked if "ws" not in filter_ and not is_list_of_heads(filter_)] == []


def is_list_of_heads(filter_: dict[str, Any]) -> bool:
    """What goes through all workspaces, as only a sweep and a backup do."""
    return set(filter_) == {"_id", "counter"}
