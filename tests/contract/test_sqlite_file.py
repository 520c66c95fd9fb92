"""The file, its connections, and the two sorts of threads behind them."""

import asyncio
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import NOW, a_session, a_task, an_account, an_id, put, remove
from contract.sqlite_file import assert_sound, every_value, rows
from taskmanager.errors import Unavailable
from taskmanager.storage import CannotOpen, open_storage
from taskmanager.storage.sqlite import SQLiteStorage, open_sqlite, readers
from taskmanager.storage.sqlite.connection import connect, require_sqlite
from taskmanager.storage.sqlite.ids import packed, packed_if_any, unpacked
from taskmanager.storage.sqlite.writer import MAX_WAITING_IN_QUEUE
from taskmanager.tasks.model import TASK
from taskmanager.tasks.query import Eq, Has, Query
from taskmanager.tasks.store import Commit, Keep, Key


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "taskmanager.db"


@pytest.fixture
async def storage(path: Path) -> AsyncIterator[SQLiteStorage]:
    storage = await open_sqlite(path)
    yield storage
    await storage.close()


def test_an_sqlite_with_the_bug_that_corrupts_its_log_is_refused() -> None:
    for version in ("3.40.1", "3.51.2", "3.9.99"):
        with pytest.raises(CannotOpen, match=version):
            require_sqlite(version)
    for version in ("3.51.3", "3.52.0", "4.0.0", apsw.sqlite_lib_version()):
        require_sqlite(version)


async def test_the_files_are_for_their_owner_only(storage: SQLiteStorage, path: Path) -> None:
    await storage.accounts.add(an_account())
    assert {entry.name for entry in path.parent.iterdir()} >= {path.name, f"{path.name}-wal"}
    for entry in path.parent.iterdir():
        assert stat.S_IMODE(entry.stat().st_mode) == 0o600, entry.name


async def test_what_is_written_is_on_the_disk_before_it_is_acknowledged(storage: SQLiteStorage, path: Path) -> None:
    writing = connect(path, writes=True)
    assert [writing.pragma(name) for name in ("journal_mode", "synchronous", "foreign_keys")] == ["wal", 2, 0]
    writing.close()
    written = await storage._writer.run(  # noqa: SLF001 - what counts is the connection that commits
        lambda connection: [connection.pragma(name) for name in ("journal_mode", "synchronous")]
    )
    assert written == ["wal", 2]


async def test_a_reading_connection_cannot_write(storage: SQLiteStorage, path: Path) -> None:
    await storage.ping()
    reading = connect(path, writes=False)
    with pytest.raises(apsw.ReadOnlyError):
        reading.execute("DELETE FROM heads")
    reading.close()


@pytest.mark.parametrize("content", [b"this is no database, but a text", b"SQLite format 3\x00" + b"\xff" * 4_096])
async def test_a_file_that_is_no_database_is_refused_in_one_line_and_left_alone(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(CannotOpen, match="can't be used as a database") as refused:
        await open_sqlite(path)
    assert "\n" not in str(refused.value)
    assert path.read_bytes() == content


async def test_a_folder_that_is_not_there_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(CannotOpen, match="no folder"):
        await open_sqlite(tmp_path / "no folder" / "taskmanager.db")


async def test_an_address_of_no_known_store_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(CannotOpen, match="postgres"):
        await open_storage("postgres://db.example.org/x", tmp_path)


@given(st.lists(st.uuids(), min_size=2))
def test_packed_ids_sort_as_their_text_does(uuids: list[object]) -> None:
    texts = [str(uuid) for uuid in uuids]
    assert [unpacked(packed(text)) for text in texts] == texts
    assert sorted(texts) == [unpacked(raw) for raw in sorted(map(packed, texts))]


@given(st.text() | st.uuids().map(lambda uuid: str(uuid).upper()) | st.uuids().map(lambda uuid: uuid.hex))
def test_what_is_no_uuid_in_lower_case_is_the_id_of_nothing(text: str) -> None:
    raw = packed_if_any(text)
    assert raw is None or unpacked(raw) == text


async def test_a_purged_value_is_in_no_row_of_the_file(storage: SQLiteStorage, path: Path) -> None:
    ws, task = an_id(), a_task(an_id())
    task = a_task(ws, title="Xylophonsecret", description="and Quetzalsecret", label_ids=[an_id()])
    await storage.workspaces.commit(ws, [put(task)], by=ws, now=NOW)
    assert any(b"ylophonsecret" in value for _, value in every_value(path))
    await storage.workspaces.commit(ws, [remove(task)], by=ws, now=NOW)
    left = {(table, value) for table, value in every_value(path) if b"secret" in value.lower()}
    assert left == set()
    assert_sound(path)


async def test_an_erased_workspace_is_in_no_row_of_the_file(storage: SQLiteStorage, path: Path) -> None:
    ws = an_id()
    keep = Keep(Key(ws, "zebra key", "print"), b"zebra receipt")
    tasks = [a_task(ws, title=f"zebra {n}", label_ids=[an_id()]) for n in range(450)]
    await storage.workspaces.commit(ws, [put(task) for task in tasks], by=ws, now=NOW, keep=keep, group="zebra")
    await storage.workspaces.erase(ws)
    left = {table for table, value in every_value(path) if b"zebra" in value or ws.encode() in value}
    assert left == set()
    assert rows(path, "SELECT count(*) FROM doc_task_words") == [(0,)]


async def test_an_erasure_that_a_killed_process_left_is_finished_by_the_next(path: Path) -> None:
    ws, storage = an_id(), await open_sqlite(path)
    await storage.workspaces.commit(ws, [put(a_task(ws, title="zebra"))], by=ws, now=NOW)
    await storage.close()
    begun = connect(path, writes=True)
    begun.execute("UPDATE heads SET workspace_id = NULL")
    begun.close()
    storage = await open_sqlite(path)
    await storage.close()
    assert not any(b"zebra" in value for _, value in every_value(path))
    assert rows(path, "SELECT * FROM heads") == []


async def test_a_removed_account_is_in_no_row_of_the_file(storage: SQLiteStorage, path: Path) -> None:
    account = an_account(email="zebra@example.org")
    await storage.accounts.add(account)
    await storage.accounts.open_session(a_session(account.id, user_agent="Zebra/1.0"))
    await storage.accounts.remove(account.id)
    assert not any(b"zebra" in value.lower() for _, value in every_value(path))


async def test_a_workspace_with_too_many_waiting_writes_refuses_more_and_recovers(storage: SQLiteStorage) -> None:
    ws, more = an_id(), 50
    racing = (
        storage.workspaces.commit(ws, [put(a_task(ws))], by=ws, now=NOW) for _ in range(MAX_WAITING_IN_QUEUE + more)
    )
    outcomes = await asyncio.gather(*racing, return_exceptions=True)
    assert sum(isinstance(outcome, Commit) for outcome in outcomes) == MAX_WAITING_IN_QUEUE
    assert sum(isinstance(outcome, Unavailable) for outcome in outcomes) == more
    assert (await storage.workspaces.head(ws)).counter == MAX_WAITING_IN_QUEUE
    await storage.workspaces.commit(ws, [put(a_task(ws))], by=ws, now=NOW)


async def test_a_write_that_nobody_waits_for_any_more_is_left_out_or_done_but_holds_nothing_up(
    storage: SQLiteStorage,
) -> None:
    ws = an_id()
    writes = [asyncio.create_task(storage.workspaces.commit(ws, [put(a_task(ws))], by=ws, now=NOW)) for _ in range(100)]
    await asyncio.sleep(0)
    for write in writes[::2]:
        write.cancel()
    done = await asyncio.gather(*writes[1::2])
    assert len({commit.revision for commit in done}) == 50
    for _ in range(MAX_WAITING_IN_QUEUE):
        await storage.workspaces.commit(ws, [], by=ws, now=NOW)


async def test_a_closed_store_refuses_every_call(path: Path) -> None:
    storage = await open_sqlite(path)
    await storage.close()
    ws = an_id()
    for call in (
        storage.workspaces.head(ws),
        storage.workspaces.commit(ws, [put(a_task(ws))], by=ws, now=NOW),
        storage.ping(),
    ):
        with pytest.raises(Unavailable):
            await call


async def test_what_was_waiting_when_the_store_closes_is_still_written(path: Path) -> None:
    storage, ws = await open_sqlite(path), an_id()
    writes = [asyncio.create_task(storage.workspaces.commit(ws, [put(a_task(ws))], by=ws, now=NOW)) for _ in range(50)]
    await asyncio.sleep(0)
    await storage.close()
    assert len(await asyncio.gather(*writes)) == 50
    assert rows(path, "SELECT count(*) FROM doc_task") == [(50,)]


async def test_a_read_that_is_given_up_on_the_loop_is_answered_by_a_thread(
    storage: SQLiteStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    ws = an_id()
    tasks = [a_task(ws, title=f"task {n}") for n in range(500)]
    await storage.workspaces.commit(ws, [put(task) for task in tasks], by=ws, now=NOW)
    questions = [
        Query(TASK, "created", (1,), limit=200),
        Query(TASK, "created", (1,), rest=(Eq("status", 3),)),
        Query(TASK, "words", (1, "task"), rest=(Has("terms", "49", prefix=True),)),
    ]
    monkeypatch.setattr(readers, "_LOOP_SECONDS", 60.0)
    on_the_loop = [await storage.workspaces.find(ws, question) for question in questions]
    monkeypatch.setattr(readers, "_LOOP_SECONDS", -1.0)
    far = storage._readers._far  # noqa: SLF001 - who answered is seen nowhere else
    assert far == []
    assert [await storage.workspaces.find(ws, question) for question in questions] == on_the_loop
    assert far != []
    revision = (await storage.workspaces.commit(ws, [put(a_task(ws))], by=ws, now=NOW)).revision
    assert (await storage.workspaces.find(ws, questions[0])).revision == revision


async def test_a_read_that_is_given_up_leaves_no_transaction_open(
    storage: SQLiteStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    ws = an_id()
    await storage.workspaces.commit(ws, [put(a_task(ws)) for _ in range(200)], by=ws, now=NOW)
    monkeypatch.setattr(readers, "_LOOP_SECONDS", -1.0)
    for _ in range(200):  # the end of a transaction is looked at too, once in so many of its own steps
        page = await storage.workspaces.find(ws, Query(TASK, "created", (1,), limit=200))
        assert len(page.bodies) == 200
    revision = (await storage.workspaces.commit(ws, [put(a_task(ws))], by=ws, now=NOW)).revision
    assert await storage.workspaces.head(ws) == revision


async def test_the_log_is_copied_into_the_database_when_nobody_waits(storage: SQLiteStorage, path: Path) -> None:
    ws = an_id()
    for _ in range(12):
        large = [a_task(ws, description="x" * 90_000) for _ in range(10)]
        await storage.workspaces.commit(ws, [put(task) for task in large], by=ws, now=NOW)
    assert path.stat().st_size > 8 * 1024 * 1024
