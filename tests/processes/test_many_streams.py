"""F4 for those who only listen: a thousand streams, and Redis goes and comes back."""

import asyncio
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Final

import httpx
import pytest

from api.person import Person, register
from api.server import Server, client
from conftest import Figure
from processes.conftest import Start
from redis_server import RedisServer, own_redis

__all__ = ["own_redis"]

PEOPLE: Final = 10
STREAMS: Final = 1_000
AT_A_TIME: Final = 20
WITHIN: Final = 60.0


class Stream:
    """One that is read; `told` are the revisions it told, `ended` whether it did."""

    def __init__(self, http: httpx.AsyncClient, person: Person) -> None:
        self.person = person
        self.told: list[str] = []
        self.greeted = asyncio.Event()
        self.ended = False
        self._http = http
        self.task = asyncio.create_task(self._read())

    async def _read(self) -> None:
        headers = {"Authorization": f"Bearer {self.person.token}"}
        try:
            async with self._http.stream("GET", "/api/events", headers=headers) as answer:
                assert answer.status_code == 200
                async for line in answer.aiter_lines():
                    self.greeted.set()
                    if line.startswith("id: "):
                        self.told.append(line[4:])
        except httpx.TransportError:
            pass
        finally:
            self.ended = True
            self.greeted.set()


async def opened(https: list[httpx.AsyncClient], people: list[Person]) -> list[Stream]:
    """Some at a time, as people come."""
    streams: list[Stream] = []
    while len(streams) < STREAMS:
        some = range(len(streams), len(streams) + AT_A_TIME)
        streams += [Stream(https[n % 2], people[n // 2 % PEOPLE]) for n in some]
        await asyncio.gather(*(stream.greeted.wait() for stream in streams[-AT_A_TIME:]))
    assert not any(stream.ended for stream in streams)
    return streams


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(WITHIN):
        while not true():  # noqa: ASYNC110 - a thousand others, who tell nobody
            await asyncio.sleep(0.05)


async def make(people: list[Person], server: Server) -> dict[str, str]:
    """A task of everybody's at this server; the revision of each."""
    async with client(server.url) as http:
        revisions = {}
        for person in people:
            person.http = http
            answer = await person.ask("POST", "/api/tasks", {"title": "Told to all"}, expect=201)
            revisions[person.id] = answer.headers["revision"]
        return revisions


@pytest.mark.faults
@pytest.mark.timeout(600)
async def test_a_thousand_streams_outlive_redis_and_are_told_everything(
    start: Start, own_redis: RedisServer, storage_url: str, figure: Figure
) -> None:
    servers = start(2, REDIS_URL=own_redis.url).servers
    async with AsyncExitStack() as stack:
        all_at_once = httpx.Limits(max_connections=None)
        https = [
            await stack.enter_async_context(httpx.AsyncClient(base_url=server.url, limits=all_at_once, timeout=None))  # noqa: S113 - silence is part of it
            for server in servers
        ]
        people = [await register(https[0]) for _ in range(PEOPLE)]
        streams = await opened(https, people)
        await asyncio.to_thread(own_redis.kill)
        first = await make(people, servers[0])
        began = time.perf_counter()
        await until(lambda: all(stream.told for stream in streams))
        without = time.perf_counter() - began
        await asyncio.to_thread(own_redis.start)
        second = await make(people, servers[1])
        began = time.perf_counter()
        await until(lambda: all(len(stream.told) > 1 for stream in streams))
        seconds = time.perf_counter() - began
        assert [stream.told for stream in streams] == [
            [first[stream.person.id], second[stream.person.id]] for stream in streams
        ]
        assert not any(stream.ended for stream in streams)
        store = storage_url.partition(":")[0] or "sqlite"
        figure(
            f"F4 {store}: {STREAMS} streams at 2 processes, none ended, each was told everything once; the last"
            f" {without:.1f} s after the changes without Redis, {seconds:.1f} s once it was back"
        )
        servers[1].process.kill()  # the control: who ends is seen
        await until(lambda: sum(stream.ended for stream in streams) >= STREAMS // 2)
        assert all(stream.ended == bool(number % 2) for number, stream in enumerate(streams))
        for stream in streams:
            stream.task.cancel()
        await asyncio.gather(*(stream.task for stream in streams), return_exceptions=True)
