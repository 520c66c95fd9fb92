"""F16: a new version comes while people work: its migration is killed, done again, and both versions serve together."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Final

import apsw
import httpx
import pytest

from api.person import Person, register
from api.server import COMMAND, Server, client, environment, serving
from conftest import Figure
from faults.newer import KINDS, NEWER
from taskmanager.storage.sqlite import open_sqlite
from taskmanager.tasks.query import Query

NEWER_PROGRAM: Final = (sys.executable, str(Path(__file__).parent / "newer.py"))
PEOPLE: Final = 6
FEW: Final = 300


@dataclass
class Load:
    """People who make tasks and change them, at whichever server there is; `titles` as they were acknowledged."""

    servers: list[Server]
    titles: dict[str, str] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
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
                await self._create_and_change(https[server.url], headers, "x" * (number % 40 + 1))

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
        async with asyncio.timeout(120):
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


async def migrated(folder: Path, *words: str) -> int:
    command = (*NEWER_PROGRAM, *words, "migrate")
    done = await asyncio.to_thread(subprocess.run, command, env=environment(folder, {}), check=False)
    return done.returncode


async def killed_in_mid_migration(folder: Path) -> None:
    """When the new column is there, and some documents are derived."""
    path = folder / "taskmanager.db"
    process = await asyncio.create_subprocess_exec(*NEWER_PROGRAM, "--slow", "migrate", env=environment(folder, {}))
    while True:
        with suppress(apsw.Error), closing(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)) as connection:
            derived = connection.execute("SELECT count(*) FROM doc_task WHERE length > 0").fetchall()[0][0]
            if derived:
                break
        assert process.returncode is None
        await asyncio.sleep(0.02)
    process.kill()
    assert await process.wait() == -9


@pytest.mark.timeout(600)
@pytest.mark.parametrize("tasks", [FEW, pytest.param(20_000, marks=pytest.mark.faults)])
async def test_a_new_version_comes_under_load_without_a_failed_request(
    tmp_path: Path, tasks: int, figure: Figure
) -> None:
    async with AsyncExitStack() as stack:
        old = stack.enter_context(serving(tmp_path, command=COMMAND))
        async with load_on(old, PEOPLE if tasks > FEW else 2) as load:
            await load.more(tasks)
            await killed_in_mid_migration(tmp_path)
            await load.more(50)
            assert await migrated(tmp_path) == 0
            await load.more(50)
            (tmp_path / "new").mkdir()
            shared = {"DATA_DIR": str(tmp_path)}
            new = stack.enter_context(serving(tmp_path / "new", command=(*NEWER_PROGRAM, "serve"), **shared))
            load.servers.append(new)
            await load.more(200)
            load.servers.remove(old)
            old.terminate()
            await load.more(50)
        assert load.failed == []
        new.terminate()
        assert await asyncio.to_thread(new.ended, 20) == 0
    await every_task_is_found_by_the_new_field(tmp_path / "taskmanager.db", load.titles)
    assert await migrated(tmp_path) == 0
    figure(
        f"F16: migration killed and done again under load, then old and new together: {load.requests} requests,"
        f" 0 failed; {len(load.titles)} tasks found by the new field"
    )


async def every_task_is_found_by_the_new_field(path: Path, titles: dict[str, str]) -> None:
    storage = await open_sqlite(path, KINDS.values(), prepare=False)
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
async def test_a_version_that_takes_a_field_away_fails_requests_of_the_old_one(tmp_path: Path) -> None:
    """The control: the load sees what an old process can no longer do."""
    with serving(tmp_path) as old:
        async with load_on(old, 2) as load:
            await load.more(50)
            assert await migrated(tmp_path, "--other") == 0
            await load.more(50)
        assert load.failed
