"""The file follows the program: forward only, with a copy kept, and never left half way."""

import asyncio
import dataclasses
import gzip
import os
import stat
import sys
import time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import apsw
import pytest
from msgspec.structs import replace

from builders import NOW, a_label, a_task, an_id, put, workspace_settings
from contract.sqlite_file import assert_sound, rows, tables
from taskmanager.errors import Unavailable
from taskmanager.storage import CannotOpen
from taskmanager.storage.sqlite import open_sqlite
from taskmanager.storage.sqlite.migrations import MIGRATIONS, migrate
from taskmanager.storage.sqlite.shelf import Shelf
from taskmanager.tasks.dates import When, zone
from taskmanager.tasks.model import KINDS, TASK, Task
from taskmanager.tasks.query import Columns, Field, Has, Index, Kind, Query

TESTS = Path(__file__).parent.parent
SHELVES = [Shelf(kind) for kind in KINDS.values()]
HERE = len(MIGRATIONS)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "taskmanager.db"


def copies(path: Path) -> list[str]:
    return sorted(entry.name for entry in path.parent.glob("*.before-*"))


async def filled(path: Path) -> tuple[str, list[Task]]:
    ws = an_id()
    due = When(datetime="2026-06-01T09:00:00", timezone=None)
    tasks = [a_task(ws, title=f"task {n}", due=due, label_ids=[an_id()]) for n in range(700)]
    storage = await open_sqlite(path)
    edits = [put(workspace_settings(ws, timezone="Asia/Tokyo")), put(a_label(ws))]
    await storage.workspaces.commit(ws, edits, by=ws, now=NOW)
    for some in (tasks[:400], tasks[400:]):
        await storage.workspaces.commit(ws, [put(task, home="Asia/Tokyo") for task in some], by=ws, now=NOW)
    await storage.close()
    return ws, tasks


def content(path: Path) -> dict[str, list[Any]]:
    return {table: sorted(map(repr, rows(path, f'SELECT * FROM "{table}"'))) for table in tables(path)}  # noqa: S608 - names of our own


def with_task(kind: Kind[Task]) -> list[Kind[Any]]:
    return [kind if known.name == kind.name else known for known in KINDS.values()]


def a_column(connection: apsw.Connection) -> None:
    connection.execute("ALTER TABLE heads ADD COLUMN later INTEGER")


def nothing_more(_connection: apsw.Connection) -> None:
    """Stands for a migration that has nothing to do."""


async def test_a_new_file_needs_no_copy(path: Path) -> None:
    await (await open_sqlite(path)).close()
    assert copies(path) == []
    assert rows(path, "PRAGMA user_version") == [(HERE,)]


async def test_opening_again_changes_nothing(path: Path) -> None:
    await filled(path)
    before = content(path)
    await (await open_sqlite(path)).close()
    assert content(path) == before
    assert copies(path) == []


async def test_a_copy_of_the_file_is_kept_before_each_migration(path: Path) -> None:
    await filled(path)
    before = content(path)
    migrate(path, SHELVES, (*MIGRATIONS, a_column, nothing_more))
    assert rows(path, "PRAGMA user_version") == [(HERE + 2,)]
    assert copies(path) == [f"taskmanager.db.before-{HERE + 1}", f"taskmanager.db.before-{HERE + 2}"]
    for name in copies(path):
        assert stat.S_IMODE((path.parent / name).stat().st_mode) == 0o600
    assert content(path.with_name(copies(path)[0])) == before
    assert_sound(path.with_name(copies(path)[0]))
    after = content(path)
    migrate(path, SHELVES, (*MIGRATIONS, a_column, nothing_more))
    assert content(path) == after


async def test_a_migration_that_fails_leaves_the_file_as_it_was(path: Path) -> None:
    await filled(path)
    before = content(path)

    def fails(connection: apsw.Connection) -> None:
        a_column(connection)
        connection.execute("DELETE FROM doc_task; SELECT * FROM nothing_of_this_name")

    with pytest.raises(apsw.SQLError):
        migrate(path, SHELVES, (*MIGRATIONS, fails))
    assert content(path) == before
    assert rows(path, "PRAGMA user_version") == [(HERE,)]
    migrate(path, SHELVES, (*MIGRATIONS, a_column))
    assert rows(path, "PRAGMA user_version") == [(HERE + 1,)]


async def test_a_kill_in_the_middle_of_a_migration_leaves_the_file_as_it_was(path: Path) -> None:
    await filled(path)
    before = content(path)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(TESTS / "contract" / "migrating_process.py"), str(path)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={"PYTHONPATH": str(TESTS)},
    )
    assert process.stdout
    assert await process.stdout.readline() == b"half\n"
    process.kill()
    await process.communicate()
    assert content(path) == before
    assert rows(path, "PRAGMA user_version") == [(HERE,)]
    await (await open_sqlite(path)).close()
    assert_sound(path)


async def test_a_file_of_a_newer_version_is_refused_in_one_line_and_left_alone(path: Path) -> None:
    await filled(path)
    migrate(path, SHELVES, (*MIGRATIONS, a_column))
    before = content(path)
    with pytest.raises(CannotOpen, match="newer version") as refused:
        await open_sqlite(path)
    assert "\n" not in str(refused.value)
    assert content(path) == before


def derive_with_length(task: Task, home: ZoneInfo) -> Columns:
    return {**TASK.derive(task, home), "length": len(task.title), "letters": tuple(sorted(set(task.title)))}


LONGER = dataclasses.replace(
    TASK,
    fields=(*TASK.fields, Field("length", int), Field("letters", str, each=True)),
    indexes=(
        *(index for index in TASK.indexes if index.name != "completed"),
        Index("length", ("live", "length"), "created_at"),
        Index("letters", ("live", "letters"), "due_at"),
    ),
    derive=derive_with_length,
    edition=2,
)
LATER = dataclasses.replace(TASK, edition=3)
"""Without any of it again, as a version after that one declares it."""


async def test_a_new_field_is_derived_for_every_document_in_the_zone_of_its_workspace(path: Path) -> None:
    ws, tasks = await filled(path)
    before = content(path)
    storage = await open_sqlite(path, with_task(LONGER))
    store = storage.workspaces
    assert len((await store.find(ws, Query(LONGER, "length", (1, len("task 77")), limit=200))).items) == 90
    page = await store.find(ws, Query(LONGER, "letters", (1, "7"), limit=200, rest=(Has("letters", "9"),)))
    assert len(page.items) == len([task for task in tasks if {"7", "9"} <= set(task.title)])
    due = (await store.find(ws, Query(LONGER, "due", (1,), limit=1, scan=1))).next
    assert due
    assert due[0] == TASK.derive(tasks[0], zone("Asia/Tokyo"))["due_at"]
    newer = replace(tasks[0], version=2, title="zzz")
    edit = dataclasses.replace(put(newer, tasks[0]), kind=LONGER, columns=derive_with_length(newer, zone("UTC")))
    await store.commit(ws, [edit], by=ws, now=NOW)
    assert (await store.find(ws, Query(LONGER, "letters", (1, "z")))).items == [newer]
    await storage.close()
    assert len(copies(path)) == 1
    assert content(path.with_name(copies(path)[0])) == before
    assert "doc_task_letters" in tables(path)
    assert rows(path, "SELECT name FROM sqlite_schema WHERE name LIKE 'old_%'") == []
    assert rows(path, "SELECT kind, name FROM retired") == [("task", "completed")], "an older program may still name it"


async def test_members_of_any_characters_are_told_apart(path: Path) -> None:
    ws, store = an_id(), (storage := await open_sqlite(path, with_task(LONGER))).workspaces
    titles = ["plain", 'a "quote"', "comma, comma", "back\\slash", "[]", "\n\t\x01", "é\u2028"]
    tasks = [a_task(ws, title=title) for title in titles]
    edits = [
        dataclasses.replace(put(task), kind=LONGER, columns=derive_with_length(task, zone("UTC"))) for task in tasks
    ]
    await store.commit(ws, edits, by=ws, now=NOW)
    for letter in {letter for title in titles for letter in title} | {"u", "0", "2"}:
        having = {task.id for task in tasks if letter in task.title}
        for prefix in (False, True):
            query = Query(LONGER, "created", (1,), rest=(Has("letters", letter, prefix),))
            assert {task.id for task in (await store.find(ws, query)).items} == having, letter
    await storage.close()


async def test_a_field_or_index_that_is_no_longer_declared_goes(path: Path) -> None:
    await filled(path)
    before = content(path)
    await (await open_sqlite(path, with_task(LONGER))).close()
    await (await open_sqlite(path, with_task(LATER))).close()
    told = {table: lines for table, lines in content(path).items() if table != "declared"}
    assert told == {table: lines for table, lines in before.items() if table != "declared"}
    assert_sound(path)
    assert len(copies(path)) == 2


async def test_an_old_version_that_is_started_again_takes_nothing_back_and_goes_on(path: Path) -> None:
    ws, _ = await filled(path)
    new = await open_sqlite(path, with_task(LONGER))
    before = {table: content(path)[table] for table in ("declared", "retired", "doc_task_letters")}
    for prepare in (True, False):
        old, fresh = await open_sqlite(path, prepare=prepare), a_task(ws, title="zz")
        await old.workspaces.commit(ws, [put(fresh)], by=ws, now=NOW)
        assert len((await old.workspaces.find(ws, Query(TASK, "completed", (1,), limit=1))).bodies) == 1
        await old.close()
        newer = dataclasses.replace(put(replace(fresh, version=2), fresh), kind=LONGER)
        newer = dataclasses.replace(newer, columns=derive_with_length(newer.document, zone("UTC")))
        await new.workspaces.commit(ws, [newer], by=ws, now=NOW)
        assert {table: content(path)[table] for table in ("declared", "retired")} == {
            table: before[table] for table in ("declared", "retired")
        }
    assert len((await new.workspaces.find(ws, Query(LONGER, "letters", (1, "z")))).items) == 2
    await new.close()


@pytest.mark.parametrize("prepare", [True, False])
async def test_an_old_version_does_not_start_where_what_it_needs_became_another(path: Path, prepare: bool) -> None:
    await filled(path)
    fields = tuple(Field("completed_at", str) if field.name == "completed_at" else field for field in TASK.fields)
    other = dataclasses.replace(
        TASK, fields=fields, derive=lambda task, home: {**TASK.derive(task, home), "completed_at": ""}, edition=2
    )
    await (await open_sqlite(path, with_task(other))).close()
    before = content(path)
    with pytest.raises(CannotOpen, match="newer version"):
        await open_sqlite(path, prepare=prepare)
    assert content(path) == before


async def test_a_new_index_alone_leaves_the_documents_where_they_are(path: Path) -> None:
    await filled(path)
    places = rows(path, "SELECT n, id FROM doc_task ORDER BY n")
    more = (*TASK.indexes[:-1], Index("words", ("live", "terms"), "created_at"), Index("more", ("live",), "parent_id"))
    storage = await open_sqlite(path, with_task(dataclasses.replace(TASK, indexes=more)))
    await storage.close()
    assert rows(path, "SELECT n, id FROM doc_task ORDER BY n") == places
    assert rows(path, "SELECT count(*) FROM pragma_index_info('doc_task_more')") == [(4,)]
    assert {row[1] for row in rows(path, "PRAGMA table_info(doc_task_words)")} >= {"terms", "created_at"}


async def test_a_process_of_the_old_version_goes_on_where_fields_and_indexes_were_only_added(path: Path) -> None:
    ws, tasks = await filled(path)
    old = await open_sqlite(path)
    new = await open_sqlite(path, with_task(LONGER))
    hints = new.workspaces.wakes()
    newer, fresh = replace(tasks[0], version=2, title="zzz"), a_task(ws, title="zz")
    await old.workspaces.commit(ws, [put(newer, tasks[0]), put(fresh)], by=ws, now=NOW)
    completed = Query(TASK, "completed", (1,), limit=1)
    assert (await old.workspaces.find(ws, completed)).revision == await old.workspaces.head(ws)
    written = await new.workspaces.head(ws)
    while await anext(hints) != ws or await new.workspaces.head(ws) == written:
        pass
    found = (await new.workspaces.find(ws, Query(LONGER, "letters", (1, "z")))).items
    assert {task.id for task in found} == {newer.id, fresh.id}
    await old.close()
    await new.close()
    await (await open_sqlite(path, with_task(LATER))).close()
    assert rows(path, "SELECT kind, name FROM retired") == []


async def test_what_the_old_version_wrote_while_no_new_one_ran_is_derived_at_its_start(path: Path) -> None:
    ws, _ = await filled(path)
    old = await open_sqlite(path)
    await (await open_sqlite(path, with_task(LONGER))).close()
    fresh = a_task(ws, title="zz")
    await old.workspaces.commit(ws, [put(fresh)], by=ws, now=NOW)
    await old.close()
    new = await open_sqlite(path, with_task(LONGER), prepare=False)
    assert (await new.workspaces.find(ws, Query(LONGER, "letters", (1, "z")))).items == [fresh]
    await new.close()


async def test_a_process_of_the_old_version_stops_writing_where_a_field_became_another(path: Path) -> None:
    ws, tasks = await filled(path)
    fields = tuple(Field("completed_at", str) if field.name == "completed_at" else field for field in TASK.fields)

    def derive(task: Task, home: ZoneInfo) -> Columns:
        return {**TASK.derive(task, home), "completed_at": task.completed_at or ""}

    old = await open_sqlite(path)
    new = await open_sqlite(path, with_task(dataclasses.replace(TASK, fields=fields, derive=derive, edition=2)))
    with pytest.raises(Unavailable, match="newer version"):
        await old.workspaces.commit(ws, [put(replace(tasks[0], version=2), tasks[0])], by=ws, now=NOW)
    assert (await old.workspaces.get(ws, TASK, [tasks[0].id]))[tasks[0].id] == tasks[0]
    await old.close()
    await new.close()


@pytest.mark.parametrize("past", sorted((TESTS / "contract" / "past").glob("*.db.gz")), ids=lambda file: file.name)
async def test_a_file_of_a_past_schema_keeps_its_documents_and_is_changed_once(path: Path, past: Path) -> None:
    """One file is kept of every schema that there was."""
    path.write_bytes(gzip.decompress(past.read_bytes()))
    documents = "SELECT n, ws, id, version, body, due_at, live, open FROM doc_task ORDER BY n"
    before, heads = rows(path, documents), rows(path, "SELECT * FROM heads")
    assert len(before) == 80
    storage = await open_sqlite(path)
    for (ws,) in rows(path, "SELECT workspace_id FROM heads"):
        page = await storage.workspaces.find(ws, Query(TASK, "due", (1,), limit=200))
        assert len(page.items) == 40
        assert len((await storage.workspaces.changes(ws, None, 1_000)).changes) == 45
    await storage.close()
    assert rows(path, documents) == before
    assert rows(path, "SELECT * FROM heads") == heads
    after = content(path)
    await (await open_sqlite(path)).close()
    assert content(path) == after
    assert len(copies(path)) == HERE - int(past.name.removeprefix("schema-").split(".")[0])


async def test_processes_that_migrate_at_once_do_it_once(path: Path) -> None:
    await filled(path)
    steps: list[int] = []

    def counted(connection: apsw.Connection) -> None:
        steps.append(1)
        a_column(connection)

    await asyncio.gather(*(asyncio.to_thread(migrate, path, SHELVES, (*MIGRATIONS, counted)) for _ in range(4)))
    assert steps == [1]


def test_a_field_may_not_have_the_name_of_a_column_of_our_own() -> None:
    with pytest.raises(ValueError, match="body"):
        Shelf(dataclasses.replace(TASK, fields=(*TASK.fields, Field("body", str))))


async def test_a_copy_goes_with_the_first_start_after_30_days(path: Path) -> None:
    await filled(path)
    young, old = path.with_name(f"{path.name}.before-1"), path.with_name(f"{path.name}.before-0")
    for copy, days in ((young, 29), (old, 31)):
        copy.touch()
        os.utime(copy, (time.time() - days * 86_400,) * 2)
    await (await open_sqlite(path)).close()
    assert copies(path) == [young.name]
