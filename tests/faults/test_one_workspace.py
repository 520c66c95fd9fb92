"""Many writers in one workspace on MongoDB: how many commits a second, and how often they get into each other's way.

The server lets no transaction wait for another's record: the second one fails and is tried again. That each process
lets its own writers wait for each other keeps this from becoming a storm.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from pymongo import MongoClient

from api.person import Person, register
from api.server import COMMAND, Server, client, serving
from conftest import Figure
from processes.conftest import unprotected
from replica_set import ReplicaSet, database, replica_set

__all__ = ["database", "replica_set"]

COMMITS: Final = 400
BOUND: Final = 2.0
"""Transactions that were given up for each commit and process: each process has one writer at a time."""
CREATED: Final = 201

Start = Callable[..., list[Server]]


@pytest.fixture
def start(tmp_path: Path, replica_set: ReplicaSet, database: str) -> Iterator[Start]:
    with ExitStack() as stack:

        def start_(count: int, command: tuple[str, ...] = COMMAND) -> list[Server]:
            servers = []
            for number in range(count):
                (folder := tmp_path / str(number)).mkdir()
                servers.append(
                    stack.enter_context(serving(folder, command=command, STORAGE_URL=replica_set.url(database)))
                )
            return servers

        yield start_


def aborted(replicas: ReplicaSet) -> int:
    """How many transactions so far: the server's count of write conflicts leaves those of transactions out."""
    with MongoClient[dict[str, Any]](replicas.url()) as mongo:
        return int(mongo.admin.command("serverStatus")["transactions"]["totalAborted"])


async def create(http: httpx.AsyncClient, person: Person, share: int) -> int:
    """Make so many tasks one after the other; how often one had to be asked for again."""
    again = 0
    headers = {"Authorization": f"Bearer {person.token}"}
    for number in range(share):
        while True:
            answer = await http.post("/api/tasks", json={"title": f"Task {number}"}, headers=headers)
            if answer.status_code == CREATED:
                break
            assert answer.status_code == 503, answer.text
            again += 1
    return again


async def measured(
    servers: list[Server], writers: int, replicas: ReplicaSet, commits: int = COMMITS
) -> tuple[float, float, int]:
    """Commits a second, conflicts for each, and how many were refused at first."""
    async with AsyncExitStack() as stack:
        https = [await stack.enter_async_context(client(server.url)) for server in servers]
        person = await register(https[0])
        await create(https[0], person, 1)
        before, began = aborted(replicas), time.monotonic()
        work = [create(https[n % len(https)], person, commits // writers) for n in range(writers)]
        refused = sum(await asyncio.gather(*work))
        seconds = time.monotonic() - began
        return commits / seconds, (aborted(replicas) - before) / commits, refused


@pytest.mark.faults
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("processes", "writers"), [(1, 4), (1, 16), (4, 4), (4, 16)])
async def test_writers_of_one_workspace_take_turns(
    start: Start, replica_set: ReplicaSet, processes: int, writers: int, figure: Figure
) -> None:
    rate, conflicting, refused = await measured(start(processes), writers, replica_set)
    figure(
        f"one workspace, {processes} processes, {writers} writers: {rate:.0f} commits/s, {conflicting:.2f} conflicts"
        f" for each, {refused} of {COMMITS} refused at first"
    )
    assert conflicting <= BOUND * processes


@pytest.mark.control
@pytest.mark.faults
@pytest.mark.timeout(300)
async def test_writers_who_do_not_wait_for_each_other_make_a_storm(start: Start, replica_set: ReplicaSet) -> None:
    _, conflicting, _ = await measured(start(1, unprotected("turnless")), 16, replica_set, 64)
    assert conflicting > BOUND
