"""The primary is killed, or hangs, while tasks are made. Here once; `make test-faults` does it ten times, over HTTP."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any, Final

import pytest
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from builders import NOW, a_task, an_id, put
from faults.conftest import OwnSet, only
from taskmanager.errors import InFlight, TaskManagerError, Unavailable
from taskmanager.storage.mongo import MongoStorage, open_mongo
from taskmanager.tasks.model import TASK
from taskmanager.tasks.query import Query
from taskmanager.tasks.store import Keep, Key, WorkspaceStore

CLIENTS: Final = 8
FAST: Final = 2.5
"""Seconds within which a write is refused."""
RECOVERED: Final = 6.0
"""Seconds from the election of another primary until writes succeed."""
LONGEST: Final = 60.0


@pytest.fixture
async def storage(own_set: OwnSet) -> AsyncIterator[MongoStorage]:
    opened = await open_mongo(own_set.url)
    yield opened
    await opened.close()


class Client:
    """Makes tasks one after another, and asks again until it knows that each is made."""

    def __init__(self, store: WorkspaceStore, *, keyed: bool) -> None:
        self.store = store
        self.keyed = keyed
        self.ws = an_id()
        self.acked: list[str] = []
        self.refused = 0

    async def make(self) -> None:
        until = time.monotonic() + LONGEST
        key = Key(self.ws, an_id(), "the request")
        while time.monotonic() < until:
            try:
                self.acked.append(await self._ask(key))
            except (Unavailable, InFlight):
                self.refused += 1
                await asyncio.sleep(0.05)
            else:
                return
        raise TimeoutError("the set did not recover")

    async def _ask(self, key: Key) -> str:
        """A new id each time, as when the server makes it."""
        if self.keyed and (done := await self.store.replay(self.ws, key)):
            return done.receipt.decode()
        id_ = an_id()
        keep = Keep(key, id_.encode()) if self.keyed else None
        await self.store.commit(self.ws, [put(a_task(self.ws, id=id_))], by=self.ws, now=NOW, keep=keep)
        return id_

    async def stored(self) -> list[str]:
        page = await self.store.find(self.ws, Query(TASK, "created", (1,), limit=200))
        assert page.next is None
        return [task.id for task in page.items]


async def until_refused_or(store: WorkspaceStore, seconds: float) -> float:
    """Write until a write is refused; how long that one took."""
    ws, until = an_id(), time.monotonic() + seconds
    while time.monotonic() < until:
        began = time.monotonic()
        try:
            await store.commit(ws, [put(a_task(ws))], by=ws, now=NOW)
        except Unavailable:
            return time.monotonic() - began
    raise TimeoutError("no write was refused")


async def until_written(store: WorkspaceStore) -> None:
    ws, until = an_id(), time.monotonic() + LONGEST
    while time.monotonic() < until:
        try:
            await store.commit(ws, [put(a_task(ws))], by=ws, now=NOW)
        except TaskManagerError:
            continue
        return
    raise TimeoutError("writes did not come back")


async def test_a_killed_primary_loses_no_acknowledged_task_and_doubles_none(
    own_set: OwnSet, storage: MongoStorage
) -> None:
    clients = [Client(storage.workspaces, keyed=True) for _ in range(CLIENTS)]
    primary = own_set.replicas.primary()

    async def work(client: Client) -> None:
        for _ in range(8):
            await client.make()

    async def kill() -> None:
        while min(len(client.acked) for client in clients) < 2:  # noqa: ASYNC110 - there is nothing to be told by
            await asyncio.sleep(0.01)
        own_set.kill(primary)

    await asyncio.gather(kill(), *map(work, clients))
    assert own_set.replicas.primary() != primary
    for client in clients:
        assert sorted(await client.stored()) == sorted(client.acked)


@pytest.mark.control
async def test_without_keys_an_answer_that_is_lost_doubles_the_task(own_set: OwnSet, storage: MongoStorage) -> None:
    """What the keys are for: the same harness, with nothing to tell that a commit was applied."""
    plain, keyed = (Client(storage.workspaces, keyed=which) for which in (False, True))
    primary = own_set.replicas.primary()
    own_set.hang(*(member for member in own_set.members if member != primary))
    making = asyncio.gather(plain.make(), keyed.make())
    while not (plain.refused and keyed.refused):  # noqa: ASYNC110 - there is nothing to be told by
        await asyncio.sleep(0.01)
    own_set.go_on()
    await making
    assert sorted(await keyed.stored()) == keyed.acked
    assert len(await plain.stored()) > len(plain.acked)


@pytest.mark.control
async def test_writes_that_only_one_member_acknowledged_are_lost_with_it(own_set: OwnSet) -> None:
    """What the majority is for: the same kill, after the same writes with `w: 1`."""
    primary = own_set.replicas.primary()
    own_set.hold_back(primary)
    with only(primary) as alone:
        acked = [alone["control"]["tasks"].insert_one({}).inserted_id for _ in range(20)]
    own_set.kill(primary)
    own_set.catch_up(*(member for member in own_set.members if member != primary))
    found = await asyncio.to_thread(_ids_after_election, own_set)
    assert not set(acked) & found


def _ids_after_election(own_set: OwnSet) -> set[Any]:
    own_set.replicas.primary()
    until = time.monotonic() + LONGEST
    with MongoClient[dict[str, Any]](own_set.url, serverSelectionTimeoutMS=1_000) as client:
        while time.monotonic() < until:
            try:
                return {each["_id"] for each in client["control"]["tasks"].find()}
            except PyMongoError:
                continue
    raise TimeoutError("nobody answers")


async def test_while_the_primary_hangs_writes_are_refused_fast_and_soon_succeed_again(
    own_set: OwnSet, storage: MongoStorage
) -> None:
    await until_written(storage.workspaces)
    primary = own_set.replicas.primary()
    own_set.hang(primary)
    assert await until_refused_or(storage.workspaces, LONGEST) <= FAST
    await asyncio.to_thread(own_set.replicas.primary)
    elected = time.monotonic()
    await until_written(storage.workspaces)
    assert time.monotonic() - elected <= RECOVERED
