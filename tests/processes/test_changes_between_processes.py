"""What one process commits, every other tells those who follow: soon, in order, and all of it."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from statistics import median
from typing import Final

import httpx
import pytest

from api.person import Json, Person
from conftest import Figure
from processes.conftest import Start, Together
from redis_server import PATIENCE, RedisServer, own_redis, redis_server

__all__ = ["own_redis", "redis_server"]

Connect = Callable[[Together], Together]
SOON: Final = 0.5
FEW: Final = 10


class Stream:
    """A person following their workspace."""

    def __init__(self, answer: httpx.Response) -> None:
        self._lines = answer.aiter_lines()
        self.last = ""

    async def greeting(self) -> None:
        assert (await anext(self._lines)).startswith(":")

    async def change(self, within: float = 20.0) -> Json:
        async with asyncio.timeout(within):
            async for line in self._lines:
                if line.startswith("id: "):
                    self.last = line[4:]
                if line.startswith("data: "):
                    told: Json = json.loads(line[6:])
                    return told
        raise AssertionError("the stream ended")

    async def end(self, within: float) -> None:
        async with asyncio.timeout(within):
            async for _ in self._lines:
                pass


@asynccontextmanager
async def following(person: Person, since: str | None = None) -> AsyncIterator[Stream]:
    headers = {"Authorization": f"Bearer {person.token}"} | ({"Last-Event-ID": since} if since else {})
    async with person.http.stream("GET", "/api/events", headers=headers) as answer:
        assert answer.status_code == 200
        stream = Stream(answer)
        if since is None:  # else what was missed comes first
            await stream.greeting()
        yield stream


async def seconds_to_hear(here: Person, streams: list[Stream], count: int) -> list[float]:
    """How long the last of all these took to hear of each of so many changes made here, in their order."""
    waits = []
    for n in range(count):
        started = time.perf_counter()
        made = await here.task(f"Task {n}")
        for told in await asyncio.gather(*(stream.change() for stream in streams)):
            assert told["changes"][0]["id"] == made["id"]
        waits.append(time.perf_counter() - started)
    return waits


@pytest.mark.parametrize("with_redis", [True, False])
@pytest.mark.parametrize("changes", [10, pytest.param(200, marks=pytest.mark.faults)])
async def test_a_change_is_told_by_every_process(  # noqa: PLR0913, PLR0917 - fixtures, and how many
    start: Start,
    connected: Connect,
    redis_server: RedisServer,
    storage_url: str,
    figure: Figure,
    with_redis: bool,
    changes: int,
) -> None:
    """Within half a second at every listener; asserted where the machine is not busy with other tests."""
    settings = {"REDIS_URL": redis_server.url} if with_redis else {}
    here, there, elsewhere = await connected(start(3, **settings)).person()
    await here.task()
    async with following(here) as own, following(there) as one, following(elsewhere) as other:
        waits = await seconds_to_hear(here, [own, one, other], changes)
    if changes > FEW:
        store = storage_url.partition(":")[0] or "sqlite"
        redis = "with Redis" if with_redis else "without Redis"
        figure(
            f"live, {store} {redis}: {changes} changes at all of 3 processes after {median(waits) * 1000:.0f} ms,"
            f" {max(waits) * 1000:.0f} at most"
        )
        assert max(waits) <= SOON


async def test_nothing_is_lost_or_doubled_when_redis_restarts_amid_changes(
    start: Start, connected: Connect, own_redis: RedisServer
) -> None:
    here, there = await connected(start(2, REDIS_URL=own_redis.url)).person()
    await here.task("before")
    async with following(there) as stream:
        for n in range(30):
            if n == 10:
                own_redis.kill()
            if n == 20:
                own_redis.start()
            await here.task(f"Task {n}")
        told = [(await stream.change())["changes"][0]["fields"]["title"][1] for _ in range(30)]
    assert told == [f"Task {n}" for n in range(30)]


async def test_a_stream_that_was_cut_goes_on_at_another_process_where_it_ended(
    start: Start, connected: Connect, redis_server: RedisServer
) -> None:
    here, there = await connected(start(2, REDIS_URL=redis_server.url)).person()
    await here.task("seen before")
    async with following(here) as stream:
        await here.task("seen")
        await stream.change()
    for n in range(5):
        await here.task(f"missed {n}")
    async with following(there, since=stream.last) as stream:
        await here.task("new")
        told = [(await stream.change())["changes"][0]["fields"]["title"][1] for _ in range(6)]
    assert told == [*(f"missed {n}" for n in range(5)), "new"]


@pytest.mark.parametrize("seconds", [PATIENCE, pytest.param(1.5, marks=pytest.mark.faults)])
async def test_a_session_ended_at_one_process_ends_at_all(
    start: Start, connected: Connect, redis_server: RedisServer, seconds: float
) -> None:
    """Soon, which is asserted where the machine is not busy with other tests."""
    here, there = await connected(start(2, REDIS_URL=redis_server.url)).person()
    await here.task()
    async with following(there) as stream:
        await there.get("/api/tasks")
        (session,) = (await here.ask("GET", "/api/auth/sessions")).json()["items"]
        await here.ask("DELETE", f"/api/auth/sessions/{session['id']}", expect=204)
        ended = time.perf_counter()
        while (await there.ask("GET", "/api/tasks", expect=None)).status_code != 401:
            assert time.perf_counter() - ended < seconds
        await stream.end(within=seconds + 0.5)
