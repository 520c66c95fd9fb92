"""Several processes on one store stay right, and hear of each other."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
import pytest
from msgspec.structs import replace

from builders import NOW, a_task, an_id, put
from contract.conftest import Address, Open
from taskmanager.errors import Stale
from taskmanager.tasks.model import TASK
from taskmanager.tasks.query import Query
from taskmanager.tasks.store import WorkspaceStore

TESTS = Path(__file__).parent.parent


class Other:
    """Another process on the same store."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def answer(self) -> Any:
        assert self._process.stdout
        return json.loads(await self._process.stdout.readline())

    def tell(self, **order: Any) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(order).encode() + b"\n")

    async def ask(self, **order: Any) -> Any:
        self.tell(**order)
        return await self.answer()

    async def end(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        assert await self._process.wait() == 0


Start = Callable[[Address], Awaitable[Other]]


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    started: list[Other] = []

    async def start_(address: Address) -> Other:
        command = sys.executable, str(TESTS / "contract" / "other_process.py"), address.url, str(address.data_dir)
        process = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, env={"PYTHONPATH": str(TESTS)}
        )
        started.append(Other(process))
        return started[-1]

    yield start_
    for other in started:
        await other.end()


@pytest.fixture
def ws() -> str:
    return an_id()


async def test_what_one_process_commits_another_sees_at_once(
    start: Start, address: Address, store: WorkspaceStore, ws: str
) -> None:
    other = await start(address)
    assert await other.answer() == "open"
    for n in range(10):
        mine = await store.commit(ws, [put(a_task(ws, title=f"mine {n}"))], by=ws, now=NOW)
        revision, titles = await other.ask(do="titles", ws=ws)
        assert revision == str(mine.revision)
        assert f"mine {n}" in titles
        theirs = await other.ask(do="commit", ws=ws, title=f"theirs {n}")
        page = await store.find(ws, Query(TASK, "created", (1,), limit=200))
        assert str(page.revision) == theirs
        assert f"theirs {n}" in [task.title for task in page.items]


async def test_a_base_that_another_process_replaced_is_stale(
    start: Start, address: Address, store: WorkspaceStore, ws: str
) -> None:
    task = a_task(ws)
    await store.commit(ws, [put(task)], by=ws, now=NOW)
    other = await start(address)
    assert await other.answer() == "open"
    await other.ask(do="replace", ws=ws, id=task.id, title="theirs")
    with pytest.raises(Stale):
        await store.commit(ws, [put(replace(task, version=2, title="mine"), task)], by=ws, now=NOW)
    assert (await store.get(ws, TASK, [task.id]))[task.id].title == "theirs"


async def test_processes_that_write_at_the_same_time_lose_nothing(
    start: Start, address: Address, store: WorkspaceStore, ws: str
) -> None:
    others = [await start(address) for _ in range(2)]
    for other in others:
        assert await other.answer() == "open"
    for other in others:
        other.tell(do="commit many", ws=ws, times=50)
    for _ in range(50):
        await store.commit(ws, [put(a_task(ws))], by=ws, now=NOW)
    for other in others:
        await other.answer()
    assert (await store.head(ws)).counter == 150
    assert len((await store.find(ws, Query(TASK, "created", (1,), limit=200))).bodies) == 150
    assert len((await store.changes(ws, None, 1_000)).changes) == 150


async def test_processes_that_start_at_once_on_a_new_store_all_open_it(
    start: Start, address: Address, open_at: Open, ws: str
) -> None:
    others = [await start(address) for _ in range(3)]
    mine = await open_at(address)
    assert [await other.answer() for other in others] == ["open"] * 3
    await others[0].ask(do="commit", ws=ws, title="first")
    assert (await mine.workspaces.head(ws)).counter == 1


async def test_a_commit_of_this_process_wakes_at_once(store: WorkspaceStore, ws: str) -> None:
    wakes = store.wakes()
    await store.commit(ws, [put(a_task(ws))], by=ws, now=NOW)
    with anyio.fail_after(0.09):
        assert await anext(wakes) == ws


async def test_hints_count_from_when_wakes_was_called(store: WorkspaceStore) -> None:
    wakes, ids = store.wakes(), [an_id() for _ in range(5)]
    for ws in ids:
        await store.commit(ws, [put(a_task(ws))], by=ws, now=NOW)
    heard: set[str] = set()
    with anyio.fail_after(5):
        while heard != set(ids):
            heard.add(await anext(wakes))


async def test_everybody_who_listens_hears(store: WorkspaceStore, ws: str) -> None:
    listeners = [store.wakes() for _ in range(3)]
    await store.commit(ws, [put(a_task(ws))], by=ws, now=NOW)
    with anyio.fail_after(5):
        assert [await anext(wakes) for wakes in listeners] == [ws] * 3


async def test_a_commit_of_another_process_wakes_who_listens(
    start: Start, address: Address, store: WorkspaceStore, ws: str
) -> None:
    other = await start(address)
    assert await other.answer() == "open"
    wakes = store.wakes()
    for n in range(3):
        await other.ask(do="commit", ws=ws, title=f"theirs {n}")
        with anyio.fail_after(10):
            assert await anext(wakes) == ws


async def test_closing_the_store_ends_the_hints(open_at: Open, address: Address) -> None:
    storage = await open_at(address)
    wakes = storage.workspaces.wakes()

    async def hear_all() -> list[str]:
        return [ws async for ws in wakes]

    waiting = asyncio.create_task(hear_all())
    await asyncio.sleep(0)
    await storage.close()
    with anyio.fail_after(5):
        assert await waiting == []
