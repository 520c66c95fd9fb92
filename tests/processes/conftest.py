"""Several processes on one store, and people whose requests any of them may answer."""

import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from api.person import Person, register
from api.server import COMMAND, Server, client, serving
from redis_server import own_redis, redis_server
from replica_set import PATIENT, ReplicaSet, database, replica_set

__all__ = ["database", "own_redis", "redis_server", "replica_set"]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@dataclass
class Together:
    """Processes on one store, each with a client of its own."""

    servers: list[Server]
    clients: list[httpx.AsyncClient] = field(default_factory=list)

    async def person(self) -> list[Person]:
        """One new person, as they are at each of the processes: the same account, token and workspace."""
        first = await register(self.clients[0])
        return [first, *(self._elsewhere(first, http) for http in self.clients[1:])]

    @staticmethod
    def _elsewhere(person: Person, http: httpx.AsyncClient) -> Person:
        other = Person.__new__(Person)
        other.__dict__.update(person.__dict__)
        other.http = http
        return other


Start = Callable[..., Together]


def unprotected(what: str) -> tuple[str, ...]:
    """The command of a server without that protection."""
    return (sys.executable, str(Path(__file__).parent / "unprotected_server.py"), what, "serve")


@pytest.fixture
def start(tmp_path: Path, storage_url: str) -> Iterator[Start]:
    """Start so many processes, with this command and these settings."""
    with ExitStack() as stack:

        def start_(count: int, command: Sequence[str] = COMMAND, **settings: str) -> Together:
            shared = {"DATA_DIR": str(tmp_path / "data"), "STORAGE_URL": storage_url} | settings
            servers = []
            for n in range(count):
                folder = tmp_path / f"process-{n}"
                folder.mkdir()
                servers.append(stack.enter_context(serving(folder, command=command, **shared)))
            return Together(servers)

        yield start_


@pytest.fixture
async def connected() -> AsyncIterator[Callable[[Together], Together]]:
    async with AsyncExitStack() as stack:
        opened: list[httpx.AsyncClient] = []

        def connect(together: Together) -> Together:
            together.clients = [client(server.url) for server in together.servers]
            opened.extend(together.clients)
            return together

        yield connect
        for each in opened:
            stack.push_async_callback(each.aclose)


@pytest.fixture(params=["sqlite", "mongo"])
def storage_url(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return ""
    replicas: ReplicaSet = request.getfixturevalue("replica_set")
    return replicas.url(request.getfixturevalue("database"), PATIENT)
