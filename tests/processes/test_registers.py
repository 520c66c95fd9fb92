"""Clients that change the same tasks at the same time, at three processes: what each saw fits one order of events.

Each task is a register, its title the value; a search in the manner of Wing and Gong looks for an order in which every
answer is right and that contradicts nobody's clock. `test_consistency.py` takes its steps one after the other.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Final

import httpx
import pytest

from api.person import Person, register
from api.server import Server, client
from conftest import Figure
from processes.conftest import Start, unprotected
from proxy import Proxy, proxy_to
from redis_server import RedisServer, own_redis

__all__ = ["own_redis"]

OPERATIONS: Final = 8
"""On each task: with more of them the search would take too long."""
CLIENTS: Final = 4
FEW: Final = 20


@dataclass(frozen=True)
class Operation:
    """`wrote`: the new title, or None for a read. `saw`: the title that was read, or "" where the write was refused."""

    began: float
    ended: float
    wrote: str | None
    saw: str


def fits_an_order(history: list[Operation], value: str) -> bool:
    """Whether there is an order of all operations in which each is right, from a register of this value on."""
    if not history:
        return True
    first_to_end = min(operation.ended for operation in history)
    for number, operation in enumerate(history):
        if operation.began > first_to_end:
            continue
        rest = history[:number] + history[number + 1 :]
        if operation.wrote is not None:
            if fits_an_order(rest, operation.wrote):
                return True
        elif operation.saw == value and fits_an_order(rest, value):
            return True
    return False


async def read(http: httpx.AsyncClient, headers: dict[str, str], id_: str) -> str:
    """From the list, newest first, which is what is kept."""
    answer = await http.get("/api/tasks", params={"limit": 50}, headers=headers)
    assert answer.status_code == 200, answer.text
    return next((str(task["title"]) for task in answer.json()["items"] if task["id"] == id_), "nothing")


async def write(http: httpx.AsyncClient, headers: dict[str, str], id_: str, title: str) -> None:
    answer = await http.patch(f"/api/tasks/{id_}", json={"title": title}, headers=headers)
    assert answer.status_code == 200, answer.text


async def history_of_one_task(https: list[httpx.AsyncClient], person: Person, chance: random.Random) -> list[Operation]:
    """Some clients, each at a process of its own, all at once."""
    person.http = https[0]
    id_ = (await person.task("first"))["id"]
    headers = {"Authorization": f"Bearer {person.token}"}
    history: list[Operation] = []

    async def one(number: int, writes: list[bool]) -> None:
        http = https[number % len(https)]
        for turn, writing in enumerate(writes):
            began, title = time.monotonic(), f"{number} {turn}"
            if writing:
                await write(http, headers, id_, title)
                history.append(Operation(began, time.monotonic(), title, title))
            else:
                saw = await read(http, headers, id_)
                history.append(Operation(began, time.monotonic(), None, saw))

    turns = OPERATIONS // CLIENTS
    await asyncio.gather(*(one(n, [chance.random() < 0.5 for _ in range(turns)]) for n in range(CLIENTS)))
    return history


async def misfits(servers: list[Server], count: int, meanwhile: Callable[[int], Awaitable[None]] | None = None) -> int:
    """How many of so many histories fit no order; `meanwhile` is called before each with its number."""
    chance = random.Random(1)  # noqa: S311 - the same each time
    wrong = 0
    async with AsyncExitStack() as stack:
        https = [await stack.enter_async_context(client(server.url)) for server in servers]
        person = await register(https[0])
        for number in range(count):
            if meanwhile is not None:
                await meanwhile(number)
            wrong += not fits_an_order(await history_of_one_task(https, person, chance), "first")
    return wrong


@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("count", [FEW, pytest.param(500, marks=pytest.mark.faults)])
async def test_what_clients_saw_at_once_fits_one_order(
    start: Start, storage_url: str, own_redis: RedisServer, count: int, figure: Figure
) -> None:
    together = start(3, REDIS_URL=own_redis.url)
    assert await misfits(together.servers, count) == 0
    figure(f"consistency, {sort_of(storage_url)}: {count} histories of {OPERATIONS} operations, each fits an order")


def sort_of(storage_url: str) -> str:
    return storage_url.partition(":")[0] or "sqlite"


class Restless:
    """A Redis that has another fault every few histories, and is well in between."""

    def __init__(self, redis: RedisServer, proxy: Proxy) -> None:
        self._redis = redis
        self._proxy = proxy
        self.faults = 0

    async def __call__(self, number: int) -> None:
        fault = number // 5 % 8
        if number % 5:
            return
        self.faults += fault % 2
        if fault == 1:
            await asyncio.to_thread(self._redis.kill)
        elif fault == 2:
            await asyncio.to_thread(self._redis.start)
        elif fault in {3, 4}:
            self._proxy.delay = 0.5 if fault == 3 else 0.0
        elif fault == 5:
            self._redis.freeze()
        elif fault == 6:
            self._redis.thaw()
        elif fault == 7:
            await asyncio.to_thread(self._redis.command, "FLUSHALL")


@pytest.mark.faults
@pytest.mark.timeout(1_800)
async def test_what_clients_saw_at_once_fits_one_order_whatever_happens_to_redis(
    start: Start, storage_url: str, own_redis: RedisServer, figure: Figure
) -> None:
    async with proxy_to(own_redis.port) as proxy:
        restless = Restless(own_redis, proxy)
        together = start(3, REDIS_URL=proxy.url)
        assert await misfits(together.servers, 200, restless) == 0
    assert restless.faults > 10
    figure(f"consistency, {sort_of(storage_url)}: 200 histories, {restless.faults} faults of Redis, each fits an order")


@pytest.mark.control
@pytest.mark.parametrize("storage_url", [""])
async def test_pages_kept_without_a_revision_fit_no_order(start: Start, own_redis: RedisServer) -> None:
    together = start(3, command=unprotected("stale"), REDIS_URL=own_redis.url)
    assert await misfits(together.servers, FEW)


@pytest.mark.control
def test_the_search_tells_right_histories_from_wrong_ones() -> None:
    both = [Operation(0, 3, "a", "a"), Operation(1, 4, "b", "b")]
    assert fits_an_order([*both, Operation(5, 6, None, "a")], "first")
    assert fits_an_order([*both, Operation(2, 6, None, "first")], "first")
    assert not fits_an_order([*both, Operation(5, 6, None, "first")], "first")
    assert not fits_an_order([*both, Operation(5, 6, None, "a"), Operation(7, 8, None, "b")], "first")
