"""A store of each sort: every test of this folder runs on all of them, unless its file is named after one."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest

from redis_server import RedisServer, redis_server
from replica_set import PATIENT, ReplicaSet, database, replica_set
from taskmanager.redis import Redis
from taskmanager.storage import Storage, open_storage
from taskmanager.storage.cached import CachedWorkspaces
from taskmanager.storage.watched import ExplainingStore
from taskmanager.tasks.store import WorkspaceStore

__all__ = ["database", "redis_server", "replica_set"]


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@dataclass(frozen=True)
class Address:
    """Where a store is: the same address again is the same store, as another process would open it.

    With `redis`, pages are kept in it.
    """

    url: str
    data_dir: Path
    redis: str = ""


class KeptWorkspaces(CachedWorkspaces):
    def __init__(self, store: ExplainingStore, redis: Redis) -> None:
        super().__init__(store, redis)
        self.explain = store.explain


class Kept:
    """A storage whose pages are kept in this process and in Redis."""

    def __init__(self, storage: Storage, url: str) -> None:
        self._storage = storage
        self._redis = Redis(url)
        self.workspaces = KeptWorkspaces(storage.workspaces, self._redis)

    async def close(self) -> None:
        await self.workspaces.close()
        await self._redis.close()
        await self._storage.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._storage, name)


def new_sqlite(tmp_path: Path, redis: str = "") -> Callable[[str], Address]:
    def make(name: str) -> Address:
        folder = tmp_path / name
        folder.mkdir()
        return Address("", folder, redis)

    return make


def new_mongo(replica_set: ReplicaSet, database: str, tmp_path: Path, redis: str = "") -> Callable[[str], Address]:
    return lambda name: Address(replica_set.url(f"{database}-{name.replace(' ', '-')}", PATIENT), tmp_path, redis)


@pytest.fixture(params=["sqlite", "sqlite+redis", "mongo", "mongo+redis"])
def new_address(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], Address]:
    """Addresses of empty stores of one sort, told apart by a name."""
    store, _, with_redis = request.param.partition("+")
    server: RedisServer | None = request.getfixturevalue("redis_server") if with_redis else None
    redis = server.url if server else ""
    if store == "sqlite":
        return new_sqlite(tmp_path, redis)
    replicas, database = request.getfixturevalue("replica_set"), request.getfixturevalue("database")
    return new_mongo(replicas, database, tmp_path, redis)


@pytest.fixture
def address(new_address: Callable[[str], Address]) -> Address:
    return new_address("store")


Open = Callable[[Address], Awaitable[Storage]]


@pytest.fixture
async def open_at() -> AsyncIterator[Open]:
    """Opens stores, and closes them when the test is over."""
    opened: list[Storage] = []

    async def open_(address: Address) -> Storage:
        storage = await open_storage(address.url, address.data_dir)
        opened.append(cast("Storage", Kept(storage, address.redis)) if address.redis else storage)
        return opened[-1]

    yield open_
    for storage in opened:
        await storage.close()


@pytest.fixture
async def storage(open_at: Open, address: Address) -> Storage:
    return await open_at(address)


@pytest.fixture
def store(storage: Storage) -> WorkspaceStore:
    return storage.workspaces
