"""Idempotency keys: kept with the commit, replayed, never applied twice."""

import asyncio

import pytest
from msgspec.structs import replace

from builders import NOW, a_task, an_id, expect, put
from taskmanager.errors import InFlight, KeyReused, Stale
from taskmanager.tasks.dates import DAY
from taskmanager.tasks.model import TASK
from taskmanager.tasks.query import Query
from taskmanager.tasks.store import ORIGIN, Commit, Keep, Key, WorkspaceStore

BY = "11111111-1111-4111-8111-111111111111"
KEY = Key(BY, "a key", "a request")


@pytest.fixture
def ws() -> str:
    return an_id()


async def count(store: WorkspaceStore, ws: str) -> int:
    return len((await store.find(ws, Query(TASK, "created", (1,), limit=200))).bodies)


async def test_a_key_that_was_never_kept_replays_nothing(store: WorkspaceStore, ws: str) -> None:
    assert await store.replay(ws, KEY) is None
    await store.commit(ws, [put(a_task(ws))], by=BY, now=NOW)
    assert await store.replay(ws, KEY) is None


async def test_a_kept_key_replays_its_receipt_and_the_revision_of_then(store: WorkspaceStore, ws: str) -> None:
    receipt = b"\x00any\xffbytes"
    kept = await store.commit(ws, [put(a_task(ws))], by=BY, now=NOW, keep=Keep(KEY, receipt))
    await store.commit(ws, [put(a_task(ws))], by=BY, now=NOW)
    assert await store.replay(ws, KEY) == Commit(kept.revision, receipt)


async def test_a_key_belongs_to_one_account_and_one_workspace(store: WorkspaceStore, ws: str) -> None:
    await store.commit(ws, [put(a_task(ws))], by=BY, now=NOW, keep=Keep(KEY, b"r"))
    assert await store.replay(ws, Key(an_id(), KEY.text, "another request")) is None
    assert await store.replay(an_id(), KEY) is None
    await store.commit(ws, [put(a_task(ws))], by=BY, now=NOW, keep=Keep(Key(an_id(), KEY.text, "x"), b"r"))
    assert await count(store, ws) == 2


async def test_a_key_with_another_request_is_refused_and_nothing_is_applied(store: WorkspaceStore, ws: str) -> None:
    await store.commit(ws, [put(a_task(ws))], by=BY, now=NOW, keep=Keep(KEY, b"r"))
    other = Key(BY, KEY.text, "another request")
    with pytest.raises(KeyReused):
        await store.replay(ws, other)
    with pytest.raises(KeyReused):
        await store.commit(ws, [put(a_task(ws))], by=BY, now=NOW, keep=Keep(other, b"r"))
    assert await count(store, ws) == 1


async def test_a_key_kept_in_the_meantime_is_in_flight_and_nothing_is_applied(store: WorkspaceStore, ws: str) -> None:
    first = await store.commit(ws, [put(a_task(ws))], by=BY, now=NOW, keep=Keep(KEY, b"first"))
    with pytest.raises(InFlight):
        await store.commit(ws, [put(a_task(ws))], by=BY, now=NOW, keep=Keep(KEY, b"second"))
    assert await count(store, ws) == 1
    assert await store.head(ws) == first.revision
    assert await store.replay(ws, KEY) == Commit(first.revision, b"first")


async def test_the_same_key_in_parallel_is_applied_exactly_once(store: WorkspaceStore, ws: str) -> None:
    racing = (store.commit(ws, [put(a_task(ws))], by=BY, now=NOW, keep=Keep(KEY, b"%d" % n)) for n in range(20))
    outcomes = await asyncio.gather(*racing, return_exceptions=True)
    won = [n for n, outcome in enumerate(outcomes) if isinstance(outcome, Commit)]
    assert len(won) == 1
    assert sum(isinstance(outcome, InFlight) for outcome in outcomes) == 19
    assert await count(store, ws) == 1
    replayed = await store.replay(ws, KEY)
    assert replayed
    assert replayed.receipt == b"%d" % won[0]


async def test_a_refused_commit_keeps_no_key(store: WorkspaceStore, ws: str) -> None:
    task = a_task(ws)
    with pytest.raises(Stale):
        await store.commit(ws, [put(replace(task, version=2), task)], by=BY, now=NOW, keep=Keep(KEY, b"r"))
    assert await store.replay(ws, KEY) is None


async def test_a_key_is_kept_though_nothing_changes(store: WorkspaceStore, ws: str) -> None:
    absent = expect(a_task(ws), 0)
    assert await store.commit(ws, [absent], by=BY, now=NOW, keep=Keep(KEY, b"r")) == Commit(ORIGIN)
    assert await store.head(ws) == ORIGIN
    assert await store.replay(ws, KEY) == Commit(ORIGIN, b"r")


async def test_a_key_is_forgotten_by_its_own_age_whatever_becomes_of_the_history(
    store: WorkspaceStore, ws: str
) -> None:
    now = NOW
    ages = {"an hour": DAY // 24, "two days": 2 * DAY, "ten days": 10 * DAY}
    for text, age in ages.items():
        await store.commit(ws, [put(a_task(ws))], by=BY, now=now - age, keep=Keep(Key(BY, text, ""), b"r"))

    async def kept() -> list[str]:
        return [text for text in ages if await store.replay(ws, Key(BY, text, ""))]

    await store.forget(ws, now)
    assert await kept() == ["an hour", "two days", "ten days"]
    await store.forget(ws, 0, now - 5 * DAY)
    assert await kept() == ["an hour", "two days"]
    await store.forget(ws, 0, now - DAY)
    assert await kept() == ["an hour"]
