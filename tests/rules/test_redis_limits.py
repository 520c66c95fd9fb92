"""Rates counted for all processes at once, and by each for itself when Redis is gone."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from redis_server import RedisServer, own_redis, patient, redis_server
from taskmanager.identity import new_id
from taskmanager.limits import SEED_BYTES, TABLE_BYTES, MemoryLimiter, RedisLimiter, Table, table_file
from taskmanager.redis import Redis
from taskmanager.schedule import Schedule
from taskmanager.storage import open_storage

__all__ = ["own_redis", "patient", "redis_server"]

pytestmark = pytest.mark.usefixtures("patient")


@dataclass(frozen=True)
class Policy:
    count: int
    window_seconds: int


HOUR = 3600


Processes = Callable[[str, int], Awaitable[list[RedisLimiter]]]


@pytest.fixture
async def census(tmp_path: Path) -> AsyncIterator[Schedule]:
    storage = await open_storage("", tmp_path)
    yield storage.jobs
    await storage.close()


@pytest.fixture
async def processes(census: Schedule) -> AsyncIterator[Processes]:
    """As many limiters, each with a client and a table of its own, as processes on as many machines."""
    clients: list[Redis] = []

    async def start(url: str, count: int) -> list[RedisLimiter]:
        clients.extend(fresh := [Redis(url) for _ in range(count)])
        return [RedisLimiter(client, census) for client in fresh]

    yield start
    for client in clients:
        await client.close()


async def admitted(limiters: list[RedisLimiter], key: str, policy: Policy, requests: int) -> int:
    """How many of so many requests pass, spread evenly over the processes."""
    spread = [limiters[n % len(limiters)] for n in range(requests)]
    return sum([(await limiter.allow(key, policy)).allowed for limiter in spread])


async def known_to_each_other(limiters: list[RedisLimiter]) -> None:
    """Each told of all by whoever counts them now."""
    attending = [asyncio.create_task(limiter.attend()) for limiter in limiters]
    while any(limiter.tables != len(limiters) for limiter in limiters):
        for task in attending:
            task.cancel()
        attending = [asyncio.create_task(limiter.attend()) for limiter in limiters]
        await asyncio.wait(attending, timeout=0.1)
    for task in attending:
        task.cancel()


async def test_processes_together_admit_what_the_policy_says(redis_server: RedisServer, processes: Processes) -> None:
    limiters = await processes(redis_server.url, 4)
    assert await admitted(limiters, new_id(), Policy(30, HOUR), 100) == 30


async def test_redis_and_memory_decide_alike(redis_server: RedisServer, processes: Processes) -> None:
    (shared,) = await processes(redis_server.url, 1)
    key, alone, policy = new_id(), MemoryLimiter(), Policy(5, HOUR)
    for cost in (1, 2, 1, 5, 1, 1):
        ours, theirs = await shared.allow(key, policy, cost), await alone.allow(key, policy, cost)
        assert (ours.allowed, ours.remaining) == (theirs.allowed, theirs.remaining)
        assert ours.reset_seconds == pytest.approx(theirs.reset_seconds, abs=5)
        assert ours.retry_after == pytest.approx(theirs.retry_after, abs=5)


async def test_a_refused_request_passes_after_retry_after(redis_server: RedisServer, processes: Processes) -> None:
    (shared,) = await processes(redis_server.url, 1)
    key, policy = new_id(), Policy(20, 1)
    decision = await shared.allow(key, policy, 20)
    while decision.allowed:
        decision = await shared.allow(key, policy, 20)
    assert 0 < decision.retry_after <= 1
    while not (await shared.allow(key, policy)).allowed:
        pass


async def test_what_is_back_takes_no_room_in_redis(redis_server: RedisServer, processes: Processes) -> None:
    (shared,) = await processes(redis_server.url, 1)
    redis_server.command("FLUSHALL")
    assert (await shared.allow("brief", Policy(10, 1))).allowed
    while redis_server.command("DBSIZE"):
        pass


async def test_no_key_tells_whose_it_is(redis_server: RedisServer, processes: Processes) -> None:
    (shared,) = await processes(redis_server.url, 1)
    await shared.allow("guess:ada@example.org", Policy(10, HOUR))
    names = redis_server.command("KEYS", "*")
    assert isinstance(names, list)
    assert names
    assert not any(b"ada" in name for name in names)


async def test_when_redis_goes_processes_that_knew_of_each_other_admit_the_limit_together(
    own_redis: RedisServer, processes: Processes
) -> None:
    """F5; 1.5 times the limit is the bound."""
    limiters = await processes(own_redis.url, 4)
    await known_to_each_other(limiters)
    own_redis.kill()
    assert 28 <= await admitted(limiters, new_id(), Policy(40, HOUR), 400) <= 60


async def test_what_was_spent_before_redis_went_stays_spent(own_redis: RedisServer, processes: Processes) -> None:
    limiters = await processes(own_redis.url, 4)
    await known_to_each_other(limiters)
    key, policy = new_id(), Policy(40, HOUR)
    before = await admitted(limiters, key, policy, 30)
    own_redis.kill()
    assert before == 30
    assert before + await admitted(limiters, key, policy, 400) <= 60


async def test_processes_that_start_without_redis_learn_of_each_other_from_the_store(
    own_redis: RedisServer, processes: Processes
) -> None:
    own_redis.kill()
    limiters = await processes(own_redis.url, 4)
    await known_to_each_other(limiters)
    assert 28 <= await admitted(limiters, new_id(), Policy(40, HOUR), 400) <= 60


async def test_more_processes_than_the_count_admit_the_count_all_the_same(
    own_redis: RedisServer, processes: Processes
) -> None:
    """As many guesses at a password as ever, from whichever of 23 processes."""
    own_redis.kill()
    limiters = await processes(own_redis.url, 23)
    await known_to_each_other(limiters)
    for _ in range(5):
        assert await admitted(limiters, new_id(), Policy(15, HOUR), 230) == 15


async def test_a_worker_that_starts_anew_while_redis_is_gone_takes_its_machines_share(
    own_redis: RedisServer, processes: Processes, census: Schedule
) -> None:
    file = table_file()
    client = Redis(own_redis.url)
    others = await processes(own_redis.url, 3)
    await known_to_each_other([RedisLimiter(client, census, Table.on(file)), *others])
    own_redis.kill()
    anew = RedisLimiter(client, census, Table.on(file))
    os.close(file)
    assert anew.tables == 4
    assert await admitted([anew], new_id(), Policy(40, HOUR), 100) == 10
    await client.close()


@pytest.mark.control
async def test_processes_that_do_not_know_of_each_other_admit_more_than_the_bound(
    own_redis: RedisServer, processes: Processes
) -> None:
    """The negative control of F5: it is the share that keeps the bound."""
    limiters = await processes(own_redis.url, 4)
    own_redis.kill()
    assert await admitted(limiters, new_id(), Policy(40, HOUR), 400) == 160


async def test_a_redis_whose_clock_was_set_back_refuses_nobody_for_longer_than_the_window(
    redis_server: RedisServer, processes: Processes
) -> None:
    (shared,) = await processes(redis_server.url, 1)
    redis_server.command("FLUSHALL")
    policy = Policy(10, 60)
    await shared.allow("ada", policy)
    with redis_server.client() as client:
        (name,) = client.keys("rate:*")
        client.set(name, int(client.time()[0] + 86_400) * 1_000_000)
    refused = await shared.allow("ada", policy)
    assert not refused.allowed
    assert refused.retry_after <= 60 / 10 + 1


async def test_workers_of_one_machine_share_a_table() -> None:
    file = table_file()
    workers = [MemoryLimiter(table=Table.on(file)) for _ in range(3)]
    os.close(file)
    passed = [(await workers[n % 3].allow("ada", Policy(10, HOUR))).allowed for n in range(30)]
    assert sum(passed) == 10


def test_a_table_that_an_older_version_made_is_taken_over() -> None:
    file = table_file()
    os.truncate(file, TABLE_BYTES + SEED_BYTES)
    ours, theirs = Table.on(file), Table.on(file)
    ours.standing = 2, 5
    assert (theirs.standing, theirs.seed) == ((2, 5), ours.seed)
    os.close(file)
