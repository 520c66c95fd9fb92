"""A real server for all tests of a worker, and a new account for each test that asks for one."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from api.person import Person, register
from api.server import Server, client, serving


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("server")) as running:
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
