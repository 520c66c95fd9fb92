"""A real server for all tests of a worker, on each sort of store, and a new account for each test that asks for one."""

import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from api.person import PASSWORD, Person, register
from api.server import Server, client, environment, serving
from replica_set import PATIENT, ReplicaSet, emptied, replica_set

__all__ = ["replica_set"]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session", params=["sqlite", "mongo", pytest.param("restored", marks=pytest.mark.faults)])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    settings: dict[str, str] = {}
    if request.param == "restored":
        settings["DATA_DIR"] = str(restored(tmp_path_factory.mktemp("restored")))
    if request.param == "mongo":
        replicas: ReplicaSet = request.getfixturevalue("replica_set")
        settings["STORAGE_URL"] = replicas.url(f"test-{os.getpid()}-api", PATIENT)
    with serving(tmp_path_factory.mktemp("server"), **settings) as running:
        yield running


def restored(folder: Path) -> Path:
    """F15: where a store was wiped after its back-up and filled again, the API keeps whatever it promises."""
    backup = str(folder / "backup.jsonl.gz")
    for command in (("demo", "--tasks", "2000", "--password", PASSWORD), ("backup", backup)):
        taskmanager(folder / "data", *command)
    shutil.rmtree(folder / "data")
    taskmanager(folder / "data", "restore", backup)
    return folder / "data"


def taskmanager(folder: Path, *command: str) -> None:
    subprocess.run((sys.executable, "-m", "taskmanager", *command), env=environment(folder, {}), check=True)


@pytest.fixture(params=["sqlite", "mongo"])
def on_store(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """Settings of a house of the test's own (`living`): on an empty store of each sort."""
    if request.param == "sqlite":
        yield {}
        return
    replicas: ReplicaSet = request.getfixturevalue("replica_set")
    with emptied(replicas, f"test-{os.getpid()}-living"):
        yield {"STORAGE_URL": replicas.url(f"test-{os.getpid()}-living", PATIENT)}


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
