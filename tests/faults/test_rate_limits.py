"""F5: rate limits while Redis is down: machines that share only the store admit the limit together, in flat memory."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import anyio
import pytest
from pymongo import MongoClient

from api.person import register
from api.server import COMMAND, Server, client, serving
from conftest import Figure
from processes.conftest import unprotected
from processes.test_workers import kill_a_worker
from redis_server import RedisServer, own_redis
from replica_set import ReplicaSet, database, replica_set
from taskmanager.limits import MemoryLimiter, RedisLimiter
from taskmanager.redis import Redis
from taskmanager.storage import open_storage

__all__ = ["database", "own_redis", "replica_set"]

LIMIT: Final = 40
MACHINES: Final = 3
BOUND: Final = 1.5
KEYS: Final = 1_000_000
GROWTH: Final = 20_000_000
OK: Final = 200


@dataclass
class Machines:
    """So many on one store, and no Redis any more."""

    url: str
    servers: list[Server]
    _all_there: int | None = None

    def known_to_each_other(self) -> bool:
        """Each was counted again after all were."""
        with MongoClient[dict[str, Any]](self.url) as mongo:
            there = [each["held_until"] for each in mongo.get_default_database()["jobs"].find({"_id.name": "limits"})]
        if self._all_there is None and len(there) == MACHINES:
            self._all_there = max(there)
        return self._all_there is not None and min(there) > self._all_there

    async def admitted(self, requests: int, *, killing: bool) -> int:
        """How many of so many requests pass at any of them; workers are killed in between."""
        passed = 0
        async with client(self.servers[0].url) as http:
            person = await register(http)
        headers = {"Authorization": f"Bearer {person.token}"}
        for number in range(requests):
            server = self.servers[number % MACHINES]
            if killing and number == requests // 3:
                await kill_a_worker(server)
            async with client(server.url) as http:
                passed += (await http.get("/api/auth/me", headers=headers)).status_code == OK
        return passed


@pytest.fixture
def machines(
    tmp_path: Path, replica_set: ReplicaSet, database: str, own_redis: RedisServer
) -> Iterator[Callable[..., Machines]]:
    own_redis.kill()
    shared = {"STORAGE_URL": replica_set.url(database), "REDIS_URL": own_redis.url}
    with ExitStack() as stack:

        def start(command: tuple[str, ...] = COMMAND, workers: str = "2") -> Machines:
            servers = []
            for number in range(MACHINES):
                folder = tmp_path / str(number)
                folder.mkdir()
                own = {"RATE_LIMIT": f"{LIMIT}/hour", "WORKERS": workers}
                servers.append(stack.enter_context(serving(folder, command=command, **shared, **own)))
            return Machines(shared["STORAGE_URL"], servers)

        yield start


@pytest.mark.faults
@pytest.mark.timeout(300)
async def test_machines_without_redis_admit_the_limit_together(
    machines: Callable[..., Machines], figure: Figure
) -> None:
    running = machines()
    with anyio.fail_after(60):
        while not running.known_to_each_other():  # noqa: ASYNC110 - machines that tell nobody
            await anyio.sleep(0.2)
    passed = await running.admitted(LIMIT * 5, killing=True)
    figure(f"F5: {MACHINES} machines with 2 workers, no Redis, a worker killed: {passed} of {LIMIT} admitted")
    assert LIMIT * 0.7 <= passed <= LIMIT * BOUND


@pytest.mark.control
@pytest.mark.faults
@pytest.mark.timeout(300)
async def test_machines_that_do_not_count_each_other_admit_more_than_the_bound(
    machines: Callable[..., Machines],
) -> None:
    assert await machines(unprotected("uncounted"), "").admitted(LIMIT * 5, killing=False) > LIMIT * BOUND


def resident() -> int:
    """Bytes of this process that are in memory now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


@dataclass(frozen=True)
class Policy:
    count: int
    window_seconds: int


@pytest.mark.faults
@pytest.mark.timeout(600)
async def test_a_million_keys_leave_the_memory_flat(tmp_path: Path, own_redis: RedisServer, figure: Figure) -> None:
    own_redis.kill()
    storage, redis = await open_storage("", tmp_path), Redis(own_redis.url)
    for limiter in (MemoryLimiter(), RedisLimiter(redis, storage.jobs)):
        await limiter.allow("warm", Policy(600, 60))
        before = resident()
        for number in range(KEYS):
            await limiter.allow(f"203.0.113.{number}", Policy(600, 60))
        grown = resident() - before
        figure(f"F5: {type(limiter).__name__}: {KEYS:,} keys, {grown / 1e6:.1f} MB more")
        assert grown < GROWTH
    await redis.close()
    await storage.close()


@pytest.mark.control
def test_a_count_for_each_key_is_seen_to_grow() -> None:
    before = resident()
    counts = {f"203.0.113.{number}": number for number in range(KEYS)}
    assert resident() - before > GROWTH
    assert len(counts) == KEYS
