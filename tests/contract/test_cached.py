"""What the store around a store adds to the contract: questions are answered once for each revision."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from builders import NOW, a_task, an_id, put
from redis_server import RedisServer, own_redis, patient, redis_server
from taskmanager import deadline
from taskmanager.errors import Unavailable
from taskmanager.redis import Redis
from taskmanager.storage import open_storage
from taskmanager.storage.cached import LARGEST, CachedWorkspaces, Near
from taskmanager.tasks.model import TASK, Task
from taskmanager.tasks.query import Counts, D, Eq, Query, Tally
from taskmanager.tasks.store import ORIGIN, Page, WorkspaceStore

__all__ = ["own_redis", "patient", "redis_server"]

pytestmark = pytest.mark.usefixtures("patient")
NEWEST = Query(TASK, "created", (1,), descending=True)
SECONDS = 1.0
OPEN: Any = Tally(TASK, "open_due", (Eq("live", 1), Eq("open", 1)), by="priority")


class Counted:
    """A real store that counts how often it is asked, and can be made to fail or to wait."""

    def __init__(self, store: WorkspaceStore) -> None:
        self._store = store
        self.finds = 0
        self.looks = 0
        self.fails = False
        self.asked = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()
        self.heads = store.heads
        self.get = store.get
        self.commit = store.commit
        self.replay = store.replay
        self.changes = store.changes
        self.history = store.history
        self.undoable = store.undoable
        self.forget = store.forget
        self.erase = store.erase
        self.workspaces = store.workspaces
        self.wakes = store.wakes

    async def head(self, ws: str) -> Any:
        self.looks += 1
        return await self._store.head(ws)

    async def find(self, ws: str, query: Query[D]) -> Page[D]:
        self.finds += 1
        self.asked.set()
        await self.gate.wait()
        if self.fails:
            raise Unavailable("not now")
        return await self._store.find(ws, query)

    async def tally(self, ws: str, tally: Tally) -> Counts:
        self.finds += 1
        return await self._store.tally(ws, tally)


@pytest.fixture
async def inner(tmp_path: Path) -> AsyncIterator[Counted]:
    storage = await open_storage("", tmp_path)
    yield Counted(storage.workspaces)
    await storage.close()


Another = Callable[[], CachedWorkspaces]


@pytest.fixture
async def another(inner: Counted, redis_server: RedisServer) -> AsyncIterator[Another]:
    """One more process's cache around the same store and Redis."""
    made: list[tuple[CachedWorkspaces, Redis]] = []

    def make() -> CachedWorkspaces:
        redis = Redis(redis_server.url)
        made.append((CachedWorkspaces(inner, redis), redis))
        return made[-1][0]

    yield make
    for cached, redis in made:
        await cached.close()
        await redis.close()


async def written(store: WorkspaceStore, ws: str, count: int = 3, **fields: Any) -> list[Task]:
    tasks = [a_task(ws, title=f"Task {n}", **fields) for n in range(count)]
    await store.commit(ws, [put(task) for task in tasks], by=ws, now=NOW)
    return tasks


async def test_a_page_is_asked_for_once_until_the_workspace_moves(inner: Counted) -> None:
    store, ws = CachedWorkspaces(inner), an_id()
    await written(store, ws)
    pages = [await store.find(ws, NEWEST) for _ in range(5)]
    assert (inner.finds, len({page.revision for page in pages})) == (1, 1)
    await written(store, ws, 1)
    assert len((await store.find(ws, NEWEST)).bodies) == 4
    assert inner.finds == 2


async def test_a_page_that_was_damaged_in_redis_is_read_from_the_store(
    another: Another, redis_server: RedisServer
) -> None:
    one, other, ws = another(), another(), an_id()
    await written(one, ws)
    expected = [await one.find(ws, NEWEST), await one.tally(ws, OPEN)]
    await one.close()
    with redis_server.client() as client:
        kept = list(client.scan_iter(f"page:{ws}:*"))
        assert len(kept) == 2
        for key in kept:
            client.set(key, b"\xc1 damaged")
    assert [await other.find(ws, NEWEST), await other.tally(ws, OPEN)] == expected


async def test_a_page_kept_by_one_process_is_known_to_the_next(inner: Counted, another: Another) -> None:
    one, other, ws = another(), another(), an_id()
    await written(one, ws)
    first = await one.find(ws, NEWEST)
    await one.close()
    second = await other.find(ws, NEWEST)
    assert inner.finds == 1
    assert (second.bodies, second.next, second.revision) == (first.bodies, first.next, first.revision)
    assert second.items == first.items


async def test_counts_are_kept_like_pages(inner: Counted, another: Another) -> None:
    one, other, ws = another(), another(), an_id()
    await written(one, ws, priority="high")
    counts = [await one.tally(ws, OPEN), await one.tally(ws, OPEN)]
    await one.close()
    counts.append(await other.tally(ws, OPEN))
    assert counts == [{3: 3}] * 3
    assert inner.finds == 1


async def test_who_has_just_read_the_head_reads_at_no_further_look_at_it(inner: Counted) -> None:
    store, ws = CachedWorkspaces(inner), an_id()
    await written(store, ws)
    head = await store.head(ws)
    for _ in range(3):
        assert len((await store.at(ws, head).find(NEWEST)).bodies) == 3
    assert inner.looks == 1


async def test_many_who_ask_at_once_are_one_question(inner: Counted, another: Another) -> None:
    store, ws = another(), an_id()
    await written(store, ws)
    inner.gate.clear()
    asking = [asyncio.create_task(store.find(ws, NEWEST)) for _ in range(20)]
    await inner.asked.wait()
    asking.pop(0).cancel()
    inner.gate.set()
    pages = await asyncio.gather(*asking)
    assert {len(page.bodies) for page in pages} == {3}
    assert inner.finds == 1


async def test_a_failure_is_told_to_all_who_wait_and_not_kept(inner: Counted) -> None:
    store, ws = CachedWorkspaces(inner), an_id()
    await written(store, ws)
    inner.fails = True
    answers = await asyncio.gather(*(store.find(ws, NEWEST) for _ in range(3)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [Unavailable] * 3
    inner.fails = False
    assert len((await store.find(ws, NEWEST)).bodies) == 3


class Strict(Counted):
    """One whose calls have a deadline, as those of MongoDB have."""

    async def head(self, ws: str) -> Any:
        deadline.left(SECONDS)
        return await super().head(ws)

    async def find(self, ws: str, query: Query[D]) -> Page[D]:
        try:
            with deadline.counting():
                async with asyncio.timeout(deadline.left(SECONDS)):
                    return await super().find(ws, query)
        except TimeoutError:
            raise Unavailable("the database took too long") from None


async def held(inner: Counted) -> tuple[Strict, CachedWorkspaces, str]:
    """One that answers no page before its gate is open, the cache around it, and a workspace with tasks."""
    strict, ws = Strict(inner), an_id()
    store = CachedWorkspaces(strict)
    await written(store, ws)
    strict.gate.clear()
    return strict, store, ws


async def request(store: CachedWorkspaces, ws: str, *, late: float = 0.0, spent: float = 0.0) -> Page[Task]:
    """One that comes so late, and has waited so long for the store before it asks for the page."""
    await asyncio.sleep(late)
    with deadline.of_request():
        head = await store.head(ws)
        with deadline.counting():
            await asyncio.sleep(spent)
        return await store.at(ws, head).find(NEWEST)


async def test_a_request_that_has_little_time_left_takes_none_from_those_who_wait_with_it(inner: Counted) -> None:
    strict, store, ws = await held(inner)
    hasty = asyncio.create_task(request(store, ws, spent=SECONDS * 0.8))
    await strict.asked.wait()
    patient = asyncio.create_task(request(store, ws))
    with pytest.raises(Unavailable):
        await hasty
    strict.gate.set()
    assert len((await patient).bodies) == 3
    assert strict.finds == 1


async def test_who_came_later_asks_again_when_those_before_ran_out_of_time(inner: Counted) -> None:
    strict, store, ws = await held(inner)
    first = asyncio.create_task(request(store, ws))
    await strict.asked.wait()
    later = [asyncio.create_task(request(store, ws, late=SECONDS / 2)) for _ in range(3)]
    with pytest.raises(Unavailable):
        await first
    strict.gate.set()
    assert {len(page.bodies) for page in await asyncio.gather(*later)} == {3}
    assert strict.finds == 2


async def test_nobody_waits_for_another_longer_than_for_the_store(inner: Counted) -> None:
    strict, store, ws = await held(inner)
    hasty = asyncio.create_task(request(store, ws, spent=SECONDS * 0.8))
    first = asyncio.create_task(request(store, ws, late=SECONDS / 2))
    done, _ = await asyncio.wait([first, hasty], return_when=asyncio.FIRST_COMPLETED)
    assert done == {hasty}
    assert isinstance(hasty.exception(), Unavailable)
    strict.gate.set()
    assert len((await first).bodies) == 3


async def test_nothing_is_kept_of_a_workspace_nobody_has_written_to(inner: Counted, another: Another) -> None:
    """Its revision comes back when a workspace is erased; what was seen at it may not."""
    store, ws = another(), an_id()
    for _ in range(2):
        assert (await store.find(ws, NEWEST)).revision == ORIGIN
    assert inner.finds == 2
    await written(store, ws)
    assert len((await store.find(ws, NEWEST)).bodies) == 3
    await store.erase(ws)
    assert (await store.find(ws, NEWEST)).bodies == ()


async def test_each_question_has_an_answer_of_its_own(another: Another) -> None:
    store, ws, elsewhere = another(), an_id(), an_id()
    await written(store, ws, 3)
    await written(store, elsewhere, 2)
    lengths = {
        (place, limit, way): len((await store.find(place, Query(TASK, "created", (1,), way, limit=limit))).bodies)
        for _ in range(2)
        for place in (ws, elsewhere)
        for limit in (1, 50)
        for way in (True, False)
    }
    assert lengths == {(p, n, w): min(n, 3 if p == ws else 2) for p in (ws, elsewhere) for n in (1, 50) for w in (0, 1)}


async def test_a_store_without_redis_answers_on_when_redis_dies(inner: Counted, own_redis: RedisServer) -> None:
    redis, ws = Redis(own_redis.url), an_id()
    store = CachedWorkspaces(inner, redis)
    await written(store, ws)
    own_redis.kill()
    for count in range(4, 20):
        await written(store, ws, 1)
        assert len((await store.find(ws, NEWEST)).bodies) == count
    await store.close()
    await redis.close()


async def test_kept_pages_never_take_more_room_than_they_may(inner: Counted) -> None:
    near = Near(most=200_000)
    store = CachedWorkspaces(inner, near=near)
    people = [an_id() for _ in range(30)]
    for ws in people:
        await written(store, ws, description="x" * 5_000)
        await store.find(ws, NEWEST)
        assert near.bytes <= 200_000
    await store.find(people[-1], NEWEST)
    assert inner.finds == 30
    await store.find(people[0], NEWEST)
    assert inner.finds == 31


async def test_a_page_that_is_too_large_is_not_kept(inner: Counted, another: Another) -> None:
    store, ws = another(), an_id()
    await written(store, ws, 12, description="x" * 100_000)
    for _ in range(2):
        assert sum(map(len, (await store.find(ws, NEWEST)).bodies)) > LARGEST
    assert inner.finds == 2


async def test_what_is_kept_in_redis_goes_by_itself_in_five_minutes(
    another: Another, redis_server: RedisServer
) -> None:
    store, ws = another(), an_id()
    await written(store, ws)
    for limit in range(1, 21):
        await store.find(ws, Query(TASK, "created", (1,), limit=limit))
    await store.close()
    with redis_server.client() as client:
        left = [client.pttl(name) for name in client.keys(f"page:{ws}:*")]
    assert len(left) == 20
    assert all(260_000 < ms <= 330_000 for ms in left)
    assert max(left) - min(left) > 1_000


async def test_whoever_must_know_is_told_after_each_write(inner: Counted) -> None:
    moved: list[str] = []
    store, ws = CachedWorkspaces(inner, moved=moved.append), an_id()
    await written(store, ws)
    await store.erase(ws)
    assert moved == [ws, ws]
