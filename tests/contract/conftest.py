"""A store of each sort: every test of this folder runs on all of them, unless its file is named after one."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from replica_set import ReplicaSet, database, replica_set
from taskmanager.storage import Storage, open_storage
from taskmanager.tasks.store import WorkspaceStore

__all__ = ["database", "replica_set"]


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@dataclass(frozen=True)
class Address:
    """Where a store is: the same address again is the same store, as another process would open it."""

    url: str
    data_dir: Path


def new_sqlite(tmp_path: Path) -> Callable[[str], Address]:
    def make(name: str) -> Address:
        folder = tmp_path / name
        folder.mkdir()
        return Address("", folder)

    return make


def new_mongo(replica_set: ReplicaSet, database: str, tmp_path: Path) -> Callable[[str], Address]:
    return lambda name: Address(replica_set.url(f"{database}-{name}"), tmp_path)


@pytest.fixture(params=["sqlite", "mongo"])
def new_address(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], Address]:
    """Addresses of empty stores of one sort, told apart by a name."""
    if request.param == "sqlite":
        return new_sqlite(tmp_path)
    return new_mongo(request.getfixturevalue("replica_set"), request.getfixturevalue("database"), tmp_path)


@pytest.fixture
def address(new_address: Callable[[str], Address]) -> Address:
    return new_address("store")


Open = Callable[[Address], Awaitable[Storage]]


@pytest.fixture
async def open_at() -> AsyncIterator[Open]:
    """Opens stores, and closes them when the test is over."""
    opened: list[Storage] = []

    async def open_(address: Address) -> Storage:
        opened.append(await open_storage(address.url, address.data_dir))
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
