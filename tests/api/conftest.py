"""A real server for all tests of a worker, on each sort of store, and a new account for each test that asks for one."""

import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from pymongo import MongoClient

from api.person import PASSWORD, Person, register
from api.server import Server, client, environment, serving
from replica_set import PATIENT, ReplicaSet, emptied, replica_set

__all__ = ["replica_set"]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


RESTORED: Final = [pytest.param(name, marks=pytest.mark.faults) for name in ("sqlite-restored", "mongo-restored")]


@pytest.fixture(scope="session", params=["sqlite", "mongo", *RESTORED])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    store, _, restored = request.param.partition("-")
    settings = {"DATA_DIR": str(tmp_path_factory.mktemp("data"))}
    if store == "mongo":
        replicas: ReplicaSet = request.getfixturevalue("replica_set")
        settings["STORAGE_URL"] = replicas.url(f"test-{os.getpid()}-api{restored}", PATIENT)
    if restored:
        settings |= {"SECRET_KEY": "kept with the back-up, as the documentation says"}
        wiped_and_restored(settings)
    with serving(tmp_path_factory.mktemp("server"), **settings) as running:
        yield running


def wiped_and_restored(settings: dict[str, str]) -> None:
    """F15: where a store was wiped after its back-up and filled again, the API keeps whatever it promises."""
    data = Path(settings["DATA_DIR"])
    backup = str(data.with_suffix(".jsonl.gz"))
    for command in (("demo", "--tasks", "2000", "--password", PASSWORD), ("backup", backup)):
        taskmanager(settings, *command)
    shutil.rmtree(data)
    if "STORAGE_URL" in settings:
        with MongoClient[dict[str, Any]](settings["STORAGE_URL"]) as client:
            client.drop_database(client.get_default_database())
    taskmanager(settings, "restore", backup)


def taskmanager(settings: dict[str, str], *command: str) -> None:
    folder = Path(settings["DATA_DIR"])
    subprocess.run((sys.executable, "-m", "taskmanager", *command), env=environment(folder, settings), check=True)


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
