"""The Redis client: asked for a moment or not at all, and left alone when it fails."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import pytest

from proxy import Proxy, proxy_to
from redis_server import RedisServer, own_redis, patient, redis_server
from taskmanager.redis import CONNECTIONS, FAILURES, PROBE_SECONDS, TIMEOUT, Circuit, Redis, RedisGone, Script

__all__ = ["own_redis", "patient", "redis_server"]

T = TypeVar("T")


class Seconds:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Watched:
    def __init__(self) -> None:
        self.changes: list[tuple[str, bool]] = []

    def __call__(self, circuit: str, /, *, closed: bool) -> None:
        self.changes.append((circuit, closed))


def test_a_circuit_opens_after_failures_in_a_row_and_then_admits_one_probe_a_second() -> None:
    clock, watched = Seconds(), Watched()
    circuit = Circuit("reads", watched, clock)
    for _ in range(FAILURES - 1):
        circuit.failed(TimeoutError())
    circuit.succeeded()
    for _ in range(FAILURES):
        assert circuit.admits()
        circuit.failed(TimeoutError())
    assert not circuit.admits()
    clock.now += PROBE_SECONDS
    assert [circuit.admits() for _ in range(3)] == [True, False, False]
    circuit.failed(TimeoutError())
    clock.now += PROBE_SECONDS
    assert circuit.admits()
    circuit.succeeded()
    assert all(circuit.admits() for _ in range(3))
    assert watched.changes == [("reads", False), ("reads", True)]


def test_a_probe_that_nobody_waited_for_is_followed_by_another() -> None:
    clock = Seconds()
    circuit = Circuit("reads", now=clock)
    for _ in range(FAILURES):
        circuit.failed(TimeoutError())
    clock.now += PROBE_SECONDS
    assert circuit.admits()  # and its request is given up: neither success nor failure
    clock.now += PROBE_SECONDS
    assert circuit.admits()


@asynccontextmanager
async def client(url: str) -> AsyncIterator[Redis]:
    redis = Redis(url)
    try:
        yield redis
    finally:
        await redis.close()


async def gone(question: Callable[[], Awaitable[object]]) -> float:
    """How long it takes to be told that Redis is gone."""
    started = time.perf_counter()
    with pytest.raises(RedisGone):
        await question()
    return time.perf_counter() - started


async def sooner_or_later(question: Callable[[], Awaitable[T]]) -> T:
    """What Redis answers, also when the machine is busy, or Redis has just come back."""
    while True:
        try:
            return await question()
        except RedisGone:
            await asyncio.sleep(PROBE_SECONDS / 10)


@pytest.mark.usefixtures("patient")
async def test_what_was_put_is_there_until_its_time_is_over(redis_server: RedisServer) -> None:
    async with client(redis_server.url) as redis:
        assert await redis.get("no such key") is None
        await redis.put("key", b"\x00value\xff", 60_000)
        assert await redis.get("key") == b"\x00value\xff"
        await redis.put("brief", b"value", 1)
        while await redis.get("brief") is not None:
            pass


@pytest.mark.usefixtures("patient")
async def test_a_script_that_redis_forgot_is_sent_again(redis_server: RedisServer) -> None:
    script = Script("return {tonumber(ARGV[1]) + 1, #KEYS}")
    async with client(redis_server.url) as redis:
        assert await redis.run(script, ["a", "b"], 41) == [42, 2]
        redis_server.command("SCRIPT", "FLUSH")
        assert await redis.run(script, ["a"], 1) == [2, 1]


async def test_a_hung_redis_costs_a_moment_then_nothing_and_is_used_again_when_it_is_back(
    own_redis: RedisServer,
) -> None:
    async with client(own_redis.url) as redis:
        await sooner_or_later(lambda: redis.put("key", b"value", 60_000))
        own_redis.freeze()
        waits = [await gone(lambda: redis.get("key")) for _ in range(FAILURES)]
        assert min(waits) > TIMEOUT * 0.8
        assert not redis.reads.closed
        assert min([await gone(lambda: redis.get("key")) for _ in range(20)]) < TIMEOUT / 10
        own_redis.thaw()
        assert await sooner_or_later(lambda: redis.get("key")) == b"value"


async def test_a_slow_redis_is_a_redis_that_hangs(redis_server: RedisServer) -> None:
    async with proxy_to(redis_server.port) as proxy, client(proxy.url) as redis:
        await sooner_or_later(lambda: redis.put("key", b"value", 60_000))
        proxy.delay = 0.5
        for _ in range(FAILURES):
            await gone(lambda: redis.get("key"))
        assert not redis.reads.closed
        proxy.delay = 0.0
        assert await sooner_or_later(lambda: redis.get("key")) == b"value"


async def test_an_answer_that_came_too_late_is_never_taken_for_the_next_one(redis_server: RedisServer) -> None:
    async with proxy_to(redis_server.port) as proxy, client(proxy.url) as redis:
        await sooner_or_later(lambda: redis.put("a", b"a", 60_000))
        await sooner_or_later(lambda: redis.put("b", b"b", 60_000))
        for _ in range(3):
            proxy.hang()
            await gone(lambda: redis.get("a"))
            proxy.go_on()
            assert await sooner_or_later(lambda: redis.get("b")) == b"b"


@pytest.mark.usefixtures("patient")
async def test_a_killed_redis_is_gone_at_once_and_used_again_when_it_is_back(own_redis: RedisServer) -> None:
    async with client(own_redis.url) as redis:
        await redis.put("key", b"value", 60_000)
        own_redis.kill()
        for _ in range(FAILURES):
            await gone(lambda: redis.get("key"))
        assert not redis.reads.closed
        own_redis.start()
        assert await sooner_or_later(lambda: redis.get("key")) is None


@pytest.mark.usefixtures("patient")
async def test_a_redis_that_takes_no_writes_is_still_read(own_redis: RedisServer) -> None:
    async with client(own_redis.url) as redis:
        await redis.put("key", b"value", 60_000)
        own_redis.command("CONFIG", "SET", "maxmemory", "1")
        for _ in range(FAILURES):
            await gone(lambda: redis.put("other", b"value", 60_000))
        assert not redis.writes.closed
        assert redis.reads.closed
        assert await redis.get("key") == b"value"


@pytest.mark.usefixtures("patient")
async def test_more_questions_than_connections_wait_for_each_other(redis_server: RedisServer) -> None:
    async with client(redis_server.url) as redis:
        for n in range(50):
            await redis.put(f"many-{n}", b"%d" % n, 60_000)
        found = await asyncio.gather(*(redis.get(f"many-{n}") for n in range(50)), return_exceptions=True)
        assert {answer for answer in found if not isinstance(answer, RedisGone)} <= {b"%d" % n for n in range(50)}
        with redis_server.client() as asking:
            assert asking.info("clients")["connected_clients"] <= CONNECTIONS + 2


async def test_a_cut_subscription_says_that_something_may_be_missed(redis_server: RedisServer) -> None:
    async with proxy_to(redis_server.port) as proxy, client(proxy.url) as redis:
        found, lost, news = asyncio.Event(), asyncio.Event(), asyncio.Queue[bytes]()

        async def listen() -> None:
            async for _, message in redis.listen("channel", found=found.set, lost=lost.set):
                news.put_nowait(message)

        listening = asyncio.create_task(listen())
        try:
            await _hears(redis, found, news, b"one")
            found.clear()
            proxy.cut()
            await asyncio.wait_for(lost.wait(), 10)
            await _hears(redis, found, news, b"two")
        finally:
            listening.cancel()


async def _hears(redis: Redis, found: asyncio.Event, news: "asyncio.Queue[bytes]", message: bytes) -> None:
    await asyncio.wait_for(found.wait(), 10)
    await sooner_or_later(lambda: redis.tell("channel", message))
    while await asyncio.wait_for(news.get(), 10) != message:  # one before, told twice as its answer was late
        pass


async def test_a_subscription_to_a_redis_that_hangs_is_given_up(redis_server: RedisServer) -> None:
    async with proxy_to(redis_server.port) as proxy, client(proxy.url) as redis:
        found, lost = asyncio.Event(), asyncio.Event()

        async def listen() -> None:
            async for _ in redis.listen("channel", found=found.set, lost=lost.set):
                pass

        listening = asyncio.create_task(listen())
        await asyncio.wait_for(found.wait(), 10)
        proxy.hang()
        await asyncio.wait_for(lost.wait(), 10)
        found.clear()
        proxy.go_on()
        await asyncio.wait_for(found.wait(), 10)
        listening.cancel()


def test_a_proxy_is_what_the_tests_take_it_for(redis_server: RedisServer) -> None:
    async def through() -> None:
        async with proxy_to(redis_server.port) as proxy:
            assert isinstance(proxy, Proxy)
            reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
            writer.write(b"PING\r\n")
            assert await reader.readline() == b"+PONG\r\n"
            proxy.hang()
            writer.write(b"PING\r\n")
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(reader.readline(), 0.2)
            writer.close()

    asyncio.run(through())
