"""F16: a new version comes while people work: its migration is killed, done again, and both versions serve together."""

import asyncio
import os
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any, Final

import apsw
import httpx
import pytest
from pymongo import MongoClient

from api.person import Person, register
from api.server import COMMAND, Server, client, environment, serving
from conftest import Figure
from faults.newer import KINDS, NEWER
from replica_set import ReplicaSet, replica_set
from taskmanager.storage import Storage
from taskmanager.storage.mongo import open_mongo
from taskmanager.storage.sqlite import open_sqlite
from taskmanager.tasks.query import Query

__all__ = ["replica_set"]

NEWER_PROGRAM: Final = (sys.executable, str(Path(__file__).parent / "newer.py"))
BUSY: Final = "minPoolSize=0&timeoutMS=10000&serverSelectionTimeoutMS=10000&connectTimeoutMS=10000"
"""What a busy machine may take; no more, since a migration lets all who serve have that once."""
PEOPLE: Final = 6
FEW: Final = 300


@dataclass
class Load:
    """People who make tasks and change them, at whichever server there is; `titles` as they were acknowledged."""

    servers: list[Server]
    titles: dict[str, str] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    asking: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    going: bool = True

    async def one(self, person: Person) -> None:
        async with AsyncExitStack() as stack:
            https: dict[str, httpx.AsyncClient] = {}
            headers = {"Authorization": f"Bearer {person.token}"}
            for number in cycle(range(1_000_000)):
                if not self.going:
                    return
                server = self.servers[number % len(self.servers)]
                if server.url not in https:
                    https[server.url] = await stack.enter_async_context(client(server.url))
                self.asking[server.url] += 1
                await self._create_and_change(https[server.url], headers, "x" * (number % 40 + 1))
                self.asking[server.url] -= 1

    async def leave(self, server: Server) -> None:
        """Nobody asks it any more, nor is about to."""
        self.servers.remove(server)
        while self.asking[server.url]:  # noqa: ASYNC110 - counted by many, who tell nobody
            await asyncio.sleep(0.02)

    async def _create_and_change(self, http: httpx.AsyncClient, headers: dict[str, str], title: str) -> None:
        made = await self._ask(http, "POST", "/api/tasks", headers, title)
        if made is not None:
            await self._ask(http, "PATCH", f"/api/tasks/{made}", headers, title + "y")

    async def _ask(
        self, http: httpx.AsyncClient, method: str, path: str, headers: dict[str, str], title: str
    ) -> str | None:
        self.requests += 1
        answer = await http.request(method, path, json={"title": title}, headers=headers)
        if not answer.is_success:
            self.failed.append(f"{answer.status_code} {answer.text}")
            return None
        id_: str = answer.json()["id"]
        self.titles[id_] = title
        return id_

    async def more(self, requests: int) -> None:
        enough = self.requests + requests
        async with asyncio.timeout(120 + requests / 50):
            while self.requests < enough:  # noqa: ASYNC110 - counted by many, who tell nobody
                await asyncio.sleep(0.02)


@asynccontextmanager
async def load_on(server: Server, people: int) -> AsyncIterator[Load]:
    load = Load([server])
    async with client(server.url) as http:
        tasks = [asyncio.create_task(load.one(await register(http))) for _ in range(people)]
    try:
        yield load
    finally:
        load.going = False
        await asyncio.gather(*tasks)


@dataclass(frozen=True)
class Place:
    """A store, empty at first; `url` as it is set."""

    folder: Path
    url: str

    @property
    def settings(self) -> dict[str, str]:
        return {"DATA_DIR": str(self.folder), "STORAGE_URL": self.url}

    def is_derived_in_part(self) -> bool:
        """Whether some task has the new column."""
        if self.url:
            with MongoClient[dict[str, Any]](self.url) as client:
                derived = {"kind": "task", "length": {"$gt": 0}}
                return client.get_default_database()["records"].count_documents(derived, limit=1) > 0
        path = str(self.folder / "taskmanager.db")
        with suppress(apsw.Error), closing(apsw.Connection(path, flags=apsw.SQLITE_OPEN_READONLY)) as connection:
            return bool(connection.execute("SELECT 1 FROM doc_task WHERE length > 0 LIMIT 1").fetchall())
        return False

    async def opened(self) -> Storage:
        """As the newer version does; it prepares nothing."""
        if self.url:
            return await open_mongo(self.url, KINDS.values(), prepare=False)
        return await open_sqlite(self.folder / "taskmanager.db", KINDS.values(), prepare=False)

    async def migrated(self, *words: str) -> int:
        command = (*NEWER_PROGRAM, *words, "migrate")
        settings = environment(self.folder, self.settings)
        done = await asyncio.to_thread(subprocess.run, command, env=settings, check=False)
        return done.returncode


@pytest.fixture(params=["sqlite", "mongo"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    if request.param == "sqlite":
        yield Place(tmp_path, "")
        return
    replicas: ReplicaSet = request.getfixturevalue("replica_set")
    name = f"test-{os.getpid()}-upgrade"
    yield Place(tmp_path, replicas.url(name, BUSY))
    with MongoClient[dict[str, Any]](replicas.url()) as client:
        client.drop_database(name)


async def killed_in_mid_migration(place: Place) -> None:
    """When the new column is there, and some documents are derived."""
    settings = environment(place.folder, place.settings)
    process = await asyncio.create_subprocess_exec(*NEWER_PROGRAM, "--slow", "migrate", env=settings)
    while not await asyncio.to_thread(place.is_derived_in_part):
        assert process.returncode is None
        await asyncio.sleep(0.02)
    process.kill()
    assert await process.wait() == -9


@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("tasks", [FEW, pytest.param(20_000, marks=pytest.mark.faults)])
async def test_a_new_version_comes_under_load_without_a_failed_request(
    place: Place, tasks: int, figure: Figure
) -> None:
    async with AsyncExitStack() as stack:
        old = stack.enter_context(serving(place.folder, command=COMMAND, **place.settings))
        async with load_on(old, PEOPLE if tasks > FEW else 2) as load:
            await load.more(tasks)
            await killed_in_mid_migration(place)
            await load.more(50)
            assert await place.migrated() == 0
            await load.more(50)
            own = place.folder / "new"
            own.mkdir()
            new = stack.enter_context(serving(own, command=(*NEWER_PROGRAM, "serve"), **place.settings))
            load.servers.append(new)
            await load.more(200)
            await load.leave(old)
            old.terminate()
            await load.more(50)
        assert load.failed == []
        new.terminate()
        assert await asyncio.to_thread(new.ended, 20) == 0
    await every_task_is_found_by_the_new_field(place, load.titles)
    assert await place.migrated() == 0
    figure(
        f"F16: on {'MongoDB' if place.url else 'SQLite'}: migration killed and done again under load, then old and new"
        f" together: {load.requests} requests, 0 failed; {len(load.titles)} tasks found by the new field"
    )


async def every_task_is_found_by_the_new_field(place: Place, titles: dict[str, str]) -> None:
    storage = await place.opened()
    found: dict[str, int] = {}
    for ws in await storage.workspaces.workspaces("", 1_000):
        after = None
        while True:
            page = await storage.workspaces.find(ws, Query(NEWER, "length", (1,), limit=200, after=after))
            found |= {task.id: len(task.title) for task in page.items}
            after = page.next
            if after is None:
                break
    await storage.close()
    assert found == {id_: len(title) for id_, title in titles.items()}


@pytest.mark.control
@pytest.mark.faults
async def test_a_version_that_takes_a_field_away_fails_requests_of_the_old_one(place: Place) -> None:
    """The control: the load sees what an old process can no longer do."""
    with serving(place.folder, **place.settings) as old:
        async with load_on(old, 2) as load:
            await load.more(50)
            assert await place.migrated("--other") == 0
            await load.more(50)
        assert load.failed
