"""A full disk, a quota, a broken disk: said plainly, nothing spoiled, and over when it is over."""

import asyncio
import resource
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest
from msgspec.structs import replace

from builders import NOW, a_task, an_account, an_id, put
from contract.sqlite_file import assert_sound, rows
from taskmanager.errors import StorageFull, TaskManagerError, Unavailable
from taskmanager.schedule import Job
from taskmanager.storage.archive import dump
from taskmanager.storage.refusals import CannotWrite
from taskmanager.storage.sqlite import SQLiteStorage, open_sqlite
from taskmanager.tasks.model import TASK
from taskmanager.tasks.query import Query


class Disk(apsw.VFS):
    """The disk of this process; `broken` is raised instead of writing, `unsafe` instead of syncing."""

    def __init__(self) -> None:
        self.broken: Exception | None = None
        self.unsafe: Exception | None = None
        super().__init__("a disk that breaks", "unix", makedefault=True)

    def xOpen(self, name: Any, flags: list[int]) -> "File":  # noqa: N802 - SQLite's name
        return File(self, name, flags)


class File(apsw.VFSFile):
    def __init__(self, disk: Disk, name: Any, flags: list[int]) -> None:
        self._disk = disk
        super().__init__("unix", name, flags)

    def xWrite(self, data: Any, offset: int) -> None:  # noqa: N802 - SQLite's name
        if self._disk.broken is not None:
            raise self._disk.broken
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:  # noqa: N802 - SQLite's name
        if self._disk.unsafe is not None:
            raise self._disk.unsafe
        super().xSync(flags)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "taskmanager.db"


@pytest.fixture
def disk() -> Iterator[Disk]:
    disk = Disk()
    yield disk
    disk.unregister()


@pytest.fixture
async def storage(disk: Disk, path: Path) -> AsyncIterator[SQLiteStorage]:
    assert disk.broken is None
    storage = await open_sqlite(path)
    yield storage
    disk.broken = None
    await storage.close()
    assert_sound(path)


@pytest.fixture
def ws() -> str:
    return an_id()


async def commit(storage: SQLiteStorage, ws: str, **fields: Any) -> str:
    task = a_task(ws, **fields)
    await storage.workspaces.commit(ws, [put(task)], by=ws, now=NOW)
    return task.id


async def ids(storage: SQLiteStorage, ws: str) -> set[str]:
    found = await storage.workspaces.find(ws, Query(TASK, "created", (1,), limit=1_000))
    return {task.id for task in found.items}


async def test_on_a_full_disk_every_write_is_refused_and_nothing_of_it_is_kept(
    storage: SQLiteStorage, disk: Disk, ws: str
) -> None:
    kept = {await commit(storage, ws)}
    head = await storage.workspaces.head(ws)
    disk.broken = apsw.FullError("no room")
    outcomes = await asyncio.gather(*(commit(storage, ws) for _ in range(30)), return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {StorageFull}
    with pytest.raises(StorageFull):
        await storage.accounts.add(an_account())
    with pytest.raises(StorageFull):
        await storage.jobs.add(Job("sweep", "all", NOW))
    assert await storage.workspaces.head(ws) == head
    assert await ids(storage, ws) == kept
    await storage.ping()


async def test_writing_goes_on_by_itself_when_room_returns(
    storage: SQLiteStorage, disk: Disk, path: Path, ws: str
) -> None:
    kept = {await commit(storage, ws)}
    for _ in range(5):
        disk.broken = apsw.FullError("no room")
        with pytest.raises(StorageFull):
            await commit(storage, ws)
        disk.broken = None
        kept |= set(await asyncio.gather(*(commit(storage, ws) for _ in range(10))))
    assert await ids(storage, ws) == kept
    assert (await storage.workspaces.head(ws)).counter == len(kept)
    assert len(rows(path, "SELECT 1 FROM changes")) == len(kept)


@pytest.mark.parametrize(
    ("failure", "meaning"),
    [(apsw.IOError("broken"), Unavailable), (apsw.ReadOnlyError("read-only"), Unavailable)],
    ids=["I/O error", "read-only"],
)
async def test_a_broken_disk_makes_the_store_unavailable_for_writing_until_it_works(
    storage: SQLiteStorage, disk: Disk, ws: str, failure: Exception, meaning: type[TaskManagerError]
) -> None:
    kept = {await commit(storage, ws)}
    disk.broken = failure
    with pytest.raises(meaning):
        await commit(storage, ws)
    assert await ids(storage, ws) == kept
    disk.broken = None
    kept.add(await commit(storage, ws))
    assert await ids(storage, ws) == kept


async def test_a_commit_that_could_not_be_made_durable_is_not_acknowledged(
    storage: SQLiteStorage, disk: Disk, ws: str
) -> None:
    await commit(storage, ws)
    disk.unsafe = apsw.IOError("fsync failed")
    outcomes = await asyncio.gather(*(commit(storage, ws) for _ in range(10)), return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {Unavailable}
    disk.unsafe = None
    before = (await storage.workspaces.head(ws)).counter
    await commit(storage, ws)
    assert (await storage.workspaces.head(ws)).counter == before + 1


@pytest.fixture
def quota() -> Iterator[None]:
    """No file of this process may grow beyond 4 MiB, as under a quota: SQLite has no own code for that."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4 * 1024 * 1024, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.usefixtures("quota")
async def test_a_file_that_may_not_grow_is_a_full_disk(path: Path, ws: str, tmp_path: Path) -> None:
    storage = await open_sqlite(path)
    kept: set[str] = set()

    async def fill_up() -> None:
        while True:
            kept.add(await commit(storage, ws, description="x" * 50_000))

    with pytest.raises(StorageFull):
        await fill_up()
    assert len(kept) > 10
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, hard))
    with pytest.raises(CannotWrite):
        await dump(storage, tmp_path / "backup", lambda _count: None)
    assert not list(tmp_path.glob("*backup*"))
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    kept.add(await commit(storage, ws))
    assert await ids(storage, ws) == kept
    await storage.close()
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert_sound(path)


async def test_a_database_at_its_most_pages_refuses_what_does_not_fit_and_takes_what_does(
    storage: SQLiteStorage, path: Path, ws: str
) -> None:
    small = await commit(storage, ws)

    async def allow(pages: int) -> None:
        """The limit is a property of the writer's own connection."""
        await storage._writer.run(lambda connection: connection.pragma("max_page_count", pages))  # noqa: SLF001 - a disk that is full, for this connection alone

    await allow(rows(path, "PRAGMA page_count")[0][0] + 20)
    outcomes = await asyncio.gather(
        *(commit(storage, ws, description="x" * 100_000 if n == 1 else "") for n in range(3)), return_exceptions=True
    )
    assert isinstance(outcomes[1], StorageFull)
    assert await ids(storage, ws) == {small, *(id_ for id_ in outcomes if isinstance(id_, str))}
    task = (await storage.workspaces.get(ws, TASK, [small]))[small]
    changed = replace(task, version=2, title="still written")
    await storage.workspaces.commit(ws, [put(changed, task)], by=ws, now=NOW)
    await allow(1_000_000)
    large = await commit(storage, ws, description="x" * 100_000)
    assert {small, large} <= await ids(storage, ws)
