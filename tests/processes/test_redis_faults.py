"""F4: Redis is killed, hung, slow, flushed, read-only or full under load: nobody notices.

What is asked of each fault: no failed request, no list without what its reader has just written, and once Redis is
left alone, a 99th percentile within 100 ms of what it was before. Where the protection is taken away, the same load
must notice (`unprotected_server.py`); an empty Redis harms nobody even then, so its control is that it was emptied.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from statistics import quantiles
from typing import Final, Self

import httpx
import pytest

from api.person import Person, register
from api.server import COMMAND, Server, client, serving
from conftest import Figure
from processes.conftest import unprotected
from proxy import Proxy, proxy_to
from redis_server import RedisServer, own_redis

__all__ = ["own_redis"]

CONNECTIONS: Final = 3
LONG: Final = 300.0
GIVEN_UP: Final = "Redis is left alone"
BACK: Final = "Redis is back"
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

    def __iadd__(self, more: "Seen") -> Self:
        self.requests += more.requests
        self.failed += more.failed
        self.stale += more.stale
        self.ms += more.ms
        return self

    @property
    def p99(self) -> float:
        return quantiles(self.ms, n=100)[-1]


class Load:
    """People who write at one process, and at once look at the others for what they wrote."""

    def __init__(self, servers: Sequence[Server]) -> None:
        self._servers = servers
        self.seen = Seen()
        self.going = True

    async def one(self) -> None:
        async with AsyncExitStack() as stack:
            https = [await stack.enter_async_context(client(server.url)) for server in self._servers]
            person = await register(https[0])
            turn = cycle(https)
            while self.going:
                try:
                    await self._write_and_look(turn, person)
                except httpx.TransportError as error:
                    self.seen.failed.append(type(error).__name__)

    async def _write_and_look(self, turn: Iterator[httpx.AsyncClient], person: Person) -> None:
        made = await self._ask(next(turn), person, "POST", json={"title": "Under load"})
        for _ in range(4):
            page = await self._ask(next(turn), person, "GET", params={"limit": 5})
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
async def load_on(servers: Sequence[Server]) -> AsyncIterator[Load]:
    load = Load(servers)
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


@dataclass
class Scene:
    """Servers whose Redis is behind a proxy, limits on, and people at work."""

    load: Load
    proxy: Proxy
    servers: Sequence[Server]

    async def left_alone(self, since: float) -> float:
        """Seconds until each process says that it leaves Redis alone, and not that it is back."""
        async with asyncio.timeout(SETTLING * 6):
            while not all(map(leaves_alone, self.servers)):  # noqa: ASYNC110 - other processes' logs
                await asyncio.sleep(0.05)
        return time.perf_counter() - since


def leaves_alone(server: Server) -> bool:
    log = server.log
    return log.count(GIVEN_UP) > log.count(BACK)


@asynccontextmanager
async def under_load(
    folder: Path, redis: RedisServer, command: tuple[str, ...], processes: int = 1, storage_url: str = ""
) -> AsyncIterator[Scene]:
    shared = {"DATA_DIR": str(folder / "data"), "STORAGE_URL": storage_url, "RATE_LIMIT": "1000000/minute"}
    shared["LOG_LEVEL"] = "info"
    async with proxy_to(redis.port) as proxy, AsyncExitStack() as stack:
        servers = []
        for number in range(processes):
            (own := folder / str(number)).mkdir()
            starting = serving(own, command=command, REDIS_URL=proxy.url, **shared)
            servers.append(await asyncio.to_thread(starting.__enter__))
            stack.push_async_callback(asyncio.to_thread, starting.__exit__, None, None, None)
        async with load_on(servers) as load:
            await load.meet(100)
            yield Scene(load, proxy, servers)


@pytest.mark.parametrize("fault", FAULTS)
async def test_nobody_notices_what_happens_to_redis(tmp_path: Path, own_redis: RedisServer, fault: Fault) -> None:
    async with under_load(tmp_path, own_redis, COMMAND) as scene:
        await fault(own_redis, scene.proxy)
        met = await scene.load.meet(300)
    assert (met.failed, met.stale) == ([], 0)


@pytest.mark.faults
@pytest.mark.timeout(900)
@pytest.mark.parametrize("fault", FAULTS)
async def test_nobody_notices_for_thousands_of_requests_what_happens_to_redis(
    tmp_path: Path, own_redis: RedisServer, storage_url: str, fault: Fault, figure: Figure
) -> None:
    """F4, three processes: what people met before, from the fault on, and from ten seconds later on."""
    async with under_load(tmp_path, own_redis, COMMAND, 3, storage_url) as scene:
        base = await scene.load.meet(2_000, LONG)
        began = time.perf_counter()
        leaving = asyncio.create_task(scene.left_alone(began)) if fault is not flushed else None
        await fault(own_redis, scene.proxy)
        during = await scene.load.meet(1_000, LONG)
        left_alone = await leaving if leaving else 0.0
        while time.perf_counter() < began + SETTLING:
            during += await scene.load.meet(10)
        after = await scene.load.meet(2_000, LONG)
    p99 = ", ".join(f"{met.p99:.0f}" for met in (base, during, after))
    store = storage_url.partition(":")[0] or "sqlite"
    figure(
        f"F4 {fault.__name__}, {store}, 3 processes: {base.requests + during.requests + after.requests} requests,"
        f" 0 failed, 0 stale; left alone after {left_alone:.1f} s; p99 before, from the fault, 10 s later {p99} ms"
    )
    for met in (base, during, after):
        assert (met.failed, met.stale) == ([], 0)
    assert left_alone <= SETTLING
    assert after.p99 <= base.p99 + ALLOWED_MS


@pytest.mark.parametrize("fault", [killed, *(pytest.param(f, marks=pytest.mark.faults) for f in FAULTS[1:-1])])
@pytest.mark.control
async def test_without_protection_everybody_notices(tmp_path: Path, own_redis: RedisServer, fault: Fault) -> None:
    """The negative control."""
    async with under_load(tmp_path, own_redis, unprotected("defenceless")) as scene:
        base = await scene.load.meet(50)
        await fault(own_redis, scene.proxy)
        met = await scene.load.meet(10)
        if fault is hung:
            own_redis.thaw()
        scene.proxy.delay = 0.0
    assert met.failed or met.p99 > base.p99 + ALLOWED_MS


@pytest.mark.control
async def test_an_emptied_redis_is_filled_again(tmp_path: Path, own_redis: RedisServer) -> None:
    """That the flush did empty it is the control of that fault."""
    async with under_load(tmp_path, own_redis, COMMAND) as scene:
        assert await asyncio.to_thread(own_redis.command, "DBSIZE")
        await asyncio.to_thread(own_redis.command, "FLUSHALL")
        await scene.load.meet(50)
        assert await asyncio.to_thread(own_redis.command, "DBSIZE")
