"""F4: Redis is killed, hung, slow, flushed, read-only or full under load: nobody notices.

What is asked of each fault: no failed request, no list without what its reader has just written, and once Redis is
left alone, a 99th percentile within 100 ms of what it was before. Where the protection is taken away, the same load
must notice (`unprotected_server.py`); an empty Redis harms nobody even then, so its control is that it was emptied.
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from typing import Final

import httpx
import pytest

from api.person import Person, register
from api.server import COMMAND, client, serving
from conftest import Figure
from proxy import Proxy, proxy_to
from redis_server import RedisServer, own_redis

__all__ = ["own_redis"]

DEFENCELESS: Final = (sys.executable, str(Path(__file__).parent / "unprotected_server.py"), "defenceless", "serve")
CONNECTIONS: Final = 3
SETTLING: Final = 10.0
"""Seconds in which the circuits must have opened."""
ALLOWED_MS: Final = 100.0


@dataclass
class Seen:
    """What the load met since it was last asked."""

    requests: int = 0
    failed: list[str] = field(default_factory=list)
    stale: int = 0
    ms: list[float] = field(default_factory=list)

    @property
    def p99(self) -> float:
        return quantiles(self.ms, n=100)[-1]


class Load:
    """People who write and at once look for what they wrote."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.seen = Seen()
        self.going = True

    async def one(self) -> None:
        async with client(self._url) as http:
            person = await register(http)
            while self.going:
                try:
                    await self._write_and_look(http, person)
                except httpx.TransportError as error:
                    self.seen.failed.append(type(error).__name__)

    async def _write_and_look(self, http: httpx.AsyncClient, person: Person) -> None:
        made = await self._ask(http, person, "POST", json={"title": "Under load"})
        for _ in range(4):
            page = await self._ask(http, person, "GET", params={"limit": 5})
            if made.is_success and page.is_success:
                self.seen.stale += made.json()["id"] not in {task["id"] for task in page.json()["items"]}

    async def _ask(self, http: httpx.AsyncClient, person: Person, method: str, **sent: object) -> httpx.Response:
        seen, started = self.seen, time.perf_counter()
        headers = {"Authorization": f"Bearer {person.token}"}
        answer = await http.request(method, "/api/tasks", headers=headers, **sent)  # type: ignore[arg-type]  # passed on
        seen.ms.append((time.perf_counter() - started) * 1000)
        seen.requests += 1
        if not answer.is_success:
            seen.failed.append(str(answer.status_code))
        return answer

    async def meet(self, requests: int, within: float = 60.0) -> Seen:
        """What the next requests meet."""
        met = self.seen = Seen()
        async with asyncio.timeout(within):
            while max(met.requests, len(met.failed)) < requests:  # noqa: ASYNC110 - counted by many, who tell nobody
                await asyncio.sleep(0.05)
        self.seen = Seen()
        return met


@asynccontextmanager
async def load_on(url: str) -> AsyncIterator[Load]:
    load = Load(url)
    tasks = [asyncio.create_task(load.one()) for _ in range(CONNECTIONS)]
    try:
        yield load
    finally:
        load.going = False
        await asyncio.gather(*tasks)


Fault = Callable[[RedisServer, Proxy], Awaitable[None]]


async def killed(redis: RedisServer, _proxy: Proxy) -> None:
    await asyncio.to_thread(redis.kill)


async def hung(redis: RedisServer, _proxy: Proxy) -> None:
    redis.freeze()


async def slow(_redis: RedisServer, proxy: Proxy) -> None:
    proxy.delay = 0.5


async def read_only(redis: RedisServer, _proxy: Proxy) -> None:
    await asyncio.to_thread(redis.command, "REPLICAOF", "127.0.0.1", "1")


async def full(redis: RedisServer, _proxy: Proxy) -> None:
    await asyncio.to_thread(redis.command, "CONFIG", "SET", "maxmemory", "1")


async def flushed(redis: RedisServer, _proxy: Proxy) -> None:
    for _ in range(20):
        await asyncio.to_thread(redis.command, "FLUSHALL")
        await asyncio.sleep(0.05)


FAULTS: Final = (killed, hung, slow, read_only, full, flushed)


@asynccontextmanager
async def under_load(folder: Path, redis: RedisServer, command: tuple[str, ...]) -> AsyncIterator[tuple[Load, Proxy]]:
    """A server whose Redis is behind a proxy, limits on, and people at work."""
    async with proxy_to(redis.port) as proxy:
        starting = serving(folder, command=command, REDIS_URL=proxy.url, RATE_LIMIT="1000000/minute")
        server = await asyncio.to_thread(starting.__enter__)
        try:
            async with load_on(server.url) as load:
                await load.meet(100)
                yield load, proxy
        finally:
            await asyncio.to_thread(starting.__exit__, None, None, None)


async def withstands(folder: Path, redis: RedisServer, fault: Fault, requests: int) -> tuple[Seen, Seen, Seen]:
    """What people met before, while it happened, and after."""
    async with under_load(folder, redis, COMMAND) as (load, proxy):
        base = await load.meet(requests)
        await fault(redis, proxy)
        during = await load.meet(requests)
        after = await load.meet(requests, SETTLING * 6)
    for met in (base, during, after):
        assert (met.failed, met.stale) == ([], 0)
    return base, during, after


@pytest.mark.parametrize("fault", FAULTS)
async def test_nobody_notices_what_happens_to_redis(tmp_path: Path, own_redis: RedisServer, fault: Fault) -> None:
    await withstands(tmp_path, own_redis, fault, 150)


@pytest.mark.faults
@pytest.mark.timeout(900)
@pytest.mark.parametrize("fault", FAULTS)
async def test_nobody_notices_for_thousands_of_requests_what_happens_to_redis(
    tmp_path: Path, own_redis: RedisServer, fault: Fault, figure: Figure
) -> None:
    base, during, after = await withstands(tmp_path, own_redis, fault, 2_000)
    p99 = ", ".join(f"{met.p99:.0f}" for met in (base, during, after))
    figure(f"F4 {fault.__name__}: 6,000 requests, 0 failed, 0 stale; p99 before, during, after {p99} ms")
    assert after.p99 <= base.p99 + ALLOWED_MS


@pytest.mark.parametrize("fault", [killed, *(pytest.param(f, marks=pytest.mark.faults) for f in FAULTS[1:-1])])
@pytest.mark.control
async def test_without_protection_everybody_notices(tmp_path: Path, own_redis: RedisServer, fault: Fault) -> None:
    """The negative control."""
    async with under_load(tmp_path, own_redis, DEFENCELESS) as (load, proxy):
        base = await load.meet(50)
        await fault(own_redis, proxy)
        met = await load.meet(10)
        if fault is hung:
            own_redis.thaw()
        proxy.delay = 0.0
    assert met.failed or met.p99 > base.p99 + ALLOWED_MS


@pytest.mark.control
async def test_an_emptied_redis_is_filled_again(tmp_path: Path, own_redis: RedisServer) -> None:
    """That the flush did empty it is the control of that fault."""
    async with under_load(tmp_path, own_redis, COMMAND) as (load, _):
        assert await asyncio.to_thread(own_redis.command, "DBSIZE")
        await asyncio.to_thread(own_redis.command, "FLUSHALL")
        await load.meet(50)
        assert await asyncio.to_thread(own_redis.command, "DBSIZE")
