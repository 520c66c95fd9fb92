"""A database that is slow, and processes that end in the middle: no request waits long, no workspace stays locked."""

import asyncio
import gc
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

import pymongo
import pymongo.common
import pytest
from pymongo import MongoClient
from pymongo.errors import ExecutionTimeout

from api.person import register
from api.server import client, serving
from builders import NOW, a_task, an_id, put, remove
from contract.test_backup import ignored
from replica_set import PATIENT, ReplicaSet, started
from taskmanager import deadline
from taskmanager.accounts.keys import KeyRing
from taskmanager.errors import Unavailable
from taskmanager.storage.archive import dump, load
from taskmanager.storage.mongo import MongoStorage, open_mongo
from taskmanager.storage.mongo.calls import Calls
from taskmanager.storage.mongo.connection import client_at
from taskmanager.tasks.door import Door, Scope
from taskmanager.tasks.model import TASK
from taskmanager.tasks.sheet import Sheet
from taskmanager.tasks.store import Keep, Key, WorkspaceStore

TESTS: Final = Path(__file__).parent.parent
READS: Final = ("find", "aggregate")
WRITES: Final = ("update",)
FREE_AGAIN: Final = 8.0
"""Seconds: the life of a transaction, which is 5, and the pause of the thread that ends those which are over."""
FAST: Final = 2.5

# The driver forgets the socket of a connection that it is cancelled in opening; it is closed by the collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")

Slow = Callable[..., AbstractContextManager[None]]


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    yield
    gc.collect()


@pytest.fixture(scope="module")
def slow_set(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReplicaSet]:
    """A set of this file's own, since its members are told to be slow."""
    with ExitStack() as stack:
        watched = subprocess.Popen(("sleep", "infinity"))  # noqa: S607 - wherever the system has it
        stack.callback(watched.wait)
        stack.callback(watched.kill)
        replicas = started(tmp_path_factory.mktemp("slow-set"), watched.pid)
        replicas.primary()
        yield replicas


@pytest.fixture
def slow(slow_set: ReplicaSet) -> Slow:
    """Within it, these commands of TaskManager's take so many seconds more."""
    return partial(_slow, slow_set)


@contextmanager
def _slow(slow_set: ReplicaSet, seconds: float, *commands: str) -> Iterator[None]:
    blocked = {"failCommands": list(commands), "blockConnection": True, "blockTimeMS": round(seconds * 1000)}
    with MongoClient[dict[str, Any]](slow_set.url()) as members:
        told = {"configureFailPoint": "failCommand", "data": {**blocked, "appName": "taskmanager"}}
        members.admin.command({**told, "mode": "alwaysOn"})
        try:
            yield
        finally:
            members.admin.command({"configureFailPoint": "failCommand", "mode": "off"})


@pytest.fixture
async def storage(slow_set: ReplicaSet) -> AsyncIterator[MongoStorage]:
    """With the default settings: what they promise is what is tested."""
    opened = await open_mongo(slow_set.url("taskmanager"))
    yield opened
    await opened.close()


async def write(store: WorkspaceStore, ws: str) -> None:
    await store.commit(ws, [put(a_task(ws))], by=ws, now=NOW)


async def seconds_until_written(store: WorkspaceStore, ws: str) -> float:
    began = time.monotonic()
    while time.monotonic() < began + 90:
        key = Key(ws, an_id(), "the request")
        try:
            await store.commit(ws, [put(a_task(ws))], by=ws, now=NOW, keep=Keep(key, b""))
        except Unavailable:
            continue
        return time.monotonic() - began
    raise TimeoutError("nobody can write to this workspace")


@pytest.mark.parametrize("lifetime", [5, pytest.param(60, marks=pytest.mark.faults)])
async def test_a_process_killed_before_its_commit_keeps_a_workspace_locked_no_longer_than_a_transaction_lives(
    slow_set: ReplicaSet, storage: MongoStorage, lifetime: int
) -> None:
    """The server's own lifetime, a minute, is the control."""
    ws = an_id()
    await write(storage.workspaces, ws)
    with MongoClient[dict[str, Any]](slow_set.url()) as members:
        members.admin.command({"setParameter": 1, "transactionLifetimeLimitSeconds": lifetime})
    program = (sys.executable, TESTS / "contract" / "parked_process.py", slow_set.url("taskmanager", PATIENT), ws)
    parked = await asyncio.create_subprocess_exec(
        *program, stdout=asyncio.subprocess.PIPE, env={"PYTHONPATH": str(TESTS)}
    )
    assert parked.stdout
    assert await parked.stdout.readline() == b"parked\n"
    parked.kill()
    await parked.wait()
    seconds = await seconds_until_written(storage.workspaces, ws)
    assert (seconds <= FREE_AGAIN) == (lifetime == 5), seconds
    assert (await storage.workspaces.head(ws)).counter == 2


async def seconds_until_refused(work: Callable[[], Awaitable[object]]) -> float:
    """As a request of its own."""
    began = time.monotonic()
    with deadline.of_request(), pytest.raises(Unavailable):
        await work()
    return time.monotonic() - began


async def test_who_waits_for_others_of_the_workspace_waits_no_longer_than_for_the_database(
    storage: MongoStorage, slow: Slow
) -> None:
    ws = an_id()
    door = Door(storage.workspaces, lambda: NOW)
    await write(storage.workspaces, ws)

    async def plan(sheet: Sheet) -> None:
        sheet.put(TASK, a_task(ws))

    with slow(10, *WRITES):
        writes = [partial(door.commit, Scope(ws, ws), plan, guarded=True) for _ in range(4)]
        waited = await asyncio.gather(*map(seconds_until_refused, writes))
    assert max(waited) < FAST


async def test_who_waits_for_the_signing_keys_waits_no_longer_than_for_the_database(
    storage: MongoStorage, slow: Slow
) -> None:
    now = [NOW]
    keys = KeyRing(storage.accounts, None, lambda: now[0])
    await keys.start()
    now[0] += 61_000

    async def request() -> None:
        await keys.signer()
        await storage.workspaces.head(an_id())

    with slow(10, *READS):
        waited = await asyncio.gather(*(seconds_until_refused(request) for _ in range(4)))
    assert max(waited) < FAST


async def test_a_commit_whose_time_runs_out_is_taken_back_at_once(storage: MongoStorage, slow: Slow) -> None:
    ws = an_id()
    await write(storage.workspaces, ws)
    with slow(1.8, *WRITES), pytest.raises(Unavailable):
        await write(storage.workspaces, ws)
    assert await seconds_until_written(storage.workspaces, ws) < 1
    assert (await storage.workspaces.head(ws)).counter == 2


async def test_a_commit_that_the_driver_never_sends_leaves_nothing_locked(slow_set: ReplicaSet, slow: Slow) -> None:
    """It sends nothing when less time is left than the way to the server has been taking."""
    ws = an_id()
    task = a_task(ws)
    with slow(0.8, "hello"):
        storage = await open_mongo(slow_set.url("taskmanager"))
        await storage.workspaces.commit(ws, [put(task)], by=ws, now=NOW)
        await until_the_way_is_known_to_be_long(storage)
        with slow(0.8, "hello", *WRITES), pytest.raises(Unavailable):
            await storage.workspaces.commit(ws, [remove(task)], by=ws, now=NOW)
    assert await seconds_until_written(storage.workspaces, ws) < 1
    await storage.close()


async def until_the_way_is_known_to_be_long(storage: MongoStorage) -> None:
    while True:
        try:
            with pymongo.timeout(0.5):
                await storage._client.admin.command("ping")  # noqa: SLF001 - what the driver of this very store knows
        except ExecutionTimeout:
            return


@pytest.mark.parametrize("slow_part", ["update", "commitTransaction"])
async def test_a_commit_that_is_cancelled_leaves_nothing_locked(
    storage: MongoStorage, slow: Slow, slow_part: str
) -> None:
    ws = an_id()
    await write(storage.workspaces, ws)
    with slow(0.3, slow_part):
        writing = asyncio.create_task(write(storage.workspaces, ws))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(writing, 0.15)
    assert await seconds_until_written(storage.workspaces, ws) < 1


async def test_a_database_that_is_only_slow_goes_on_answering_after_one_call_took_too_long(
    storage: MongoStorage, slow: Slow
) -> None:
    ws = an_id()
    await write(storage.workspaces, ws)
    with slow(2.5, *READS), pytest.raises(Unavailable):
        await storage.workspaces.head(ws)
    with slow(0.3, *READS):
        for _ in range(5):
            assert (await storage.workspaces.head(ws)).counter == 1


async def test_all_calls_of_a_request_have_the_time_of_one(storage: MongoStorage, slow: Slow) -> None:
    store, ws = storage.workspaces, an_id()
    with slow(1.2, *READS):
        with deadline.of_request():
            began = time.monotonic()
            await store.head(ws)
            with pytest.raises(Unavailable):
                await store.get(ws, TASK, [an_id()])
            assert time.monotonic() - began < FAST
            with pytest.raises(Unavailable, match="took too long"):
                await store.head(ws)
        await store.head(ws)
        await store.get(ws, TASK, [an_id()])


async def test_each_commit_of_a_request_has_all_the_time_again(storage: MongoStorage, slow: Slow) -> None:
    ws = an_id()
    with deadline.of_request(), slow(0.9, *WRITES):
        for _ in range(3):
            await write(storage.workspaces, ws)


async def test_a_request_to_a_slow_database_is_refused_in_time(
    slow_set: ReplicaSet, slow: Slow, tmp_path: Path
) -> None:
    with serving(tmp_path, STORAGE_URL=slow_set.url("taskmanager")) as server:
        async with client(server.url) as http:
            person = await register(http)
            await person.ask("POST", "/api/tasks", {"title": "in time"}, expect=201)
            with slow(1.2, *READS):
                began = time.monotonic()
                refused = await person.ask("PATCH", f"/api/tasks/{an_id()}", {"title": "late"}, expect=503)
                assert time.monotonic() - began < FAST
            assert refused.headers["Retry-After"] == "1"


async def test_a_restore_has_the_time_that_a_slow_database_takes(
    slow_set: ReplicaSet, slow: Slow, tmp_path: Path
) -> None:
    """At the address of docs/operations.md, whose patience is a request's."""
    path = tmp_path / "backup"
    storage = await open_mongo(slow_set.url("restored"))
    full = await open_mongo(slow_set.url("taskmanager"))
    ws = an_id()
    await write(full.workspaces, ws)
    await dump(full, path, ignored)
    with slow(2.5, "insert"):
        await load(storage, path, ignored)
    assert (await storage.workspaces.head(ws)).counter == 1
    await full.close()
    await storage.close()


async def test_a_restore_that_fails_leaves_an_empty_store_however_slow(
    slow_set: ReplicaSet, slow: Slow, tmp_path: Path
) -> None:
    full = await open_mongo(slow_set.url("taskmanager"))
    await write(full.workspaces, an_id())
    await dump(full, tmp_path / "backup", ignored)
    await full.close()
    storage = await open_mongo(slow_set.url("emptied"))

    def fail(_count: int) -> None:
        raise ZeroDivisionError

    with slow(2.5, "drop", "delete", "createIndexes"), pytest.raises(ZeroDivisionError):
        await load(storage, tmp_path / "backup", fail)
    assert await storage.workspaces.workspaces("", 1) == []
    await storage.close()
    await (await open_mongo(slow_set.url("emptied"), prepare=False)).close()


async def test_nobody_waits_for_a_driver_that_looks_at_the_clock_too_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    """While it knows of no primary it does so between pauses: of half a second, and here of a minute."""
    nowhere = client_at("mongodb://127.0.0.1:1/?replicaSet=gone&timeoutMS=200")
    monkeypatch.setattr(pymongo.common, "MIN_HEARTBEAT_INTERVAL", 60.0)
    began = time.monotonic()
    with pytest.raises(Unavailable):
        async with Calls(0.2).told():
            await nowhere.admin.command("ping")
    assert time.monotonic() - began < 30
    await nowhere.close()


async def test_a_store_whose_callers_go_away_when_their_time_is_up_goes_on(slow_set: ReplicaSet, slow: Slow) -> None:
    """They wait for the only connection there is."""
    await (await open_mongo(slow_set.url("taskmanager"))).close()  # which has the time to make the indexes
    options = "timeoutMS=300&waitQueueTimeoutMS=300&maxPoolSize=1&minPoolSize=0"
    storage = await open_mongo(slow_set.url("taskmanager", options))
    with slow(0.25, *READS):
        for _ in range(5):
            asking = [asyncio.create_task(storage.workspaces.head(an_id())) for _ in range(40)]
            for number, each in enumerate(asking):
                asyncio.get_running_loop().call_later(0.3 + number / 2_000, each.cancel)
            answers = await asyncio.gather(*asking, return_exceptions=True)
            assert any(isinstance(each, asyncio.CancelledError) for each in answers)
    async with asyncio.timeout(60):
        while not await answers_now(storage):
            pass
    await storage.close()


async def answers_now(storage: MongoStorage) -> bool:
    try:
        await storage.ping()
    except Unavailable:
        return False
    return True
