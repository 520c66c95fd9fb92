"""A real server for all tests of a worker, on each sort of store, and a new account for each test that asks for one."""

import os
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from api.person import Person, register
from api.server import Server, client, serving
from replica_set import PATIENT, ReplicaSet, replica_set

__all__ = ["replica_set"]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session", params=["sqlite", "mongo"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    settings = {}
    if request.param == "mongo":
        replicas: ReplicaSet = request.getfixturevalue("replica_set")
        settings["STORAGE_URL"] = replicas.url(f"test-{os.getpid()}-api", PATIENT)
    with serving(tmp_path_factory.mktemp("server"), **settings) as running:
        yield running


@pytest.fixture(scope="session")
async def http(server: Server) -> AsyncIterator[httpx.AsyncClient]:
    async with client(server.url) as connected:
        yield connected


@pytest.fixture
async def ada(http: httpx.AsyncClient) -> Person:
    return await register(http)


@pytest.fixture
async def bob(http: httpx.AsyncClient) -> Person:
    return await register(http, name="Bob")
