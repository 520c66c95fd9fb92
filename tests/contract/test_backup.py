"""Backups: whole, consistent, equal for equal data, and refused when they are anything else."""

import asyncio
import gzip
import hashlib
import json
import re
import stat
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from builders import (
    NOW,
    a_label,
    a_picture,
    a_project,
    a_session,
    a_signing_key,
    a_task,
    an_account,
    an_id,
    derive,
    expect,
    put,
    remove,
    workspace_settings,
)
from contract.conftest import Address, Open
from taskmanager.errors import KeyReused, RevisionGone
from taskmanager.schedule import Job
from taskmanager.storage import BadBackup, CannotWrite, NotEmpty, Storage
from taskmanager.storage.archive import dump, load
from taskmanager.tasks.dates import When, instant, zone
from taskmanager.tasks.model import TASK
from taskmanager.tasks.query import Eq, Has, Query, Tally
from taskmanager.tasks.store import ORIGIN, Keep, Key, WorkspaceStore

BERLIN = "Europe/Berlin"
PICTURE = a_picture("11111111-1111-4111-8111-111111111111", digest="5" * 64)
KEY = Key("11111111-1111-4111-8111-111111111111", "a key", "a request")


def ignored(_count: int) -> None:
    """Progress that nobody looks at."""


async def fill(storage: Storage) -> str:
    """Something of everything there is. The workspace that has most of it."""
    account = an_account()
    await storage.accounts.add(account)
    await storage.accounts.add(an_account())
    await storage.accounts.open_session(a_session(account.id))
    await storage.accounts.add_signing_key(a_signing_key(1))
    await storage.accounts.put_picture(PICTURE)
    await storage.accounts.put_picture(a_picture(account.id))
    await storage.jobs.add(Job("sweep", "all", NOW))
    store, ws = storage.workspaces, account.id
    label, project = a_label(ws), a_project(ws, name="Haus ⌂")
    tasks = [a_task(ws, title=f"task {n}", due=When(date="2026-06-01"), label_ids=[label.id]) for n in range(300)]
    await store.commit(ws, [put(workspace_settings(ws, timezone=BERLIN))], by=ws, now=NOW)
    await store.commit(ws, [put(label), put(project), *(put(task, home=BERLIN) for task in tasks)], by=ws, now=NOW + 1)
    changed = replace(tasks[0], version=2, title="changed", description="\x00\n\u2028")
    await store.commit(ws, [put(changed, tasks[0], BERLIN)], by=ws, now=NOW + 2, group="g", keep=Keep(KEY, b"\xff\x00"))
    await store.commit(ws, [remove(tasks[1]), derive(tasks[2], BERLIN)], by=an_id(), now=NOW + 3, group="g")
    await store.forget(ws, NOW + 1)
    other = an_id()
    await store.commit(other, [put(a_task(other))], by=other, now=NOW)
    await store.commit(an_id(), [expect(label, 0)], by=ws, now=NOW, keep=Keep(KEY, b""))
    return ws


async def restored(open_at: Open, new_address: Callable[[str], Address], path: Path) -> Storage:
    storage = await open_at(new_address("restored"))
    await load(storage, path, ignored)
    return storage


@pytest.mark.parametrize("name", ["backup.jsonl", "backup.jsonl.gz"])
async def test_a_restored_store_gives_an_equal_backup_byte_for_byte(
    storage: Storage, open_at: Open, new_address: Callable[[str], Address], tmp_path: Path, name: str
) -> None:
    await fill(storage)
    path, again, after = tmp_path / name, tmp_path / f"again-{name}", tmp_path / f"after-{name}"
    await dump(storage, path, ignored)
    await dump(storage, again, ignored)
    assert path.read_bytes() == again.read_bytes()
    await dump(await restored(open_at, new_address, path), after, ignored)
    assert path.read_bytes() == after.read_bytes()


async def test_a_restored_store_answers_as_the_one_before(
    storage: Storage, open_at: Open, new_address: Callable[[str], Address], tmp_path: Path
) -> None:
    ws = await fill(storage)
    await dump(storage, tmp_path / "backup", ignored)
    other = await restored(open_at, new_address, tmp_path / "backup")
    before, after = storage.workspaces, other.workspaces
    for asked in (
        Query(TASK, "due", (1,), limit=50),
        Query(TASK, "words", (1, "task"), descending=True, rest=(Has("terms", "1", prefix=True),)),
        Query(TASK, "position", (1,), rest=(Eq("priority", 0),), limit=20),
    ):
        assert await before.find(ws, asked) == await after.find(ws, asked)
    tally = Tally(TASK, "status_created", (Eq("live", 1),), "status")
    assert await before.tally(ws, tally) == await after.tally(ws, tally) == {0: 299}
    assert await before.head(ws) == await after.head(ws)
    assert await before.changes(ws, None, 1_000) == await after.changes(ws, None, 1_000)
    assert await before.replay(ws, KEY) == await after.replay(ws, KEY)
    with pytest.raises(KeyReused):
        await after.replay(ws, Key(KEY.account_id, KEY.text, "other"))
    with pytest.raises(RevisionGone):
        await after.changes(ws, ORIGIN, 10)
    assert await before.workspaces("", 10) == await after.workspaces("", 10)
    assert await storage.accounts.accounts("", 10) == await other.accounts.accounts("", 10)
    assert await storage.accounts.sessions(ws) == await other.accounts.sessions(ws)
    assert await storage.accounts.signing_keys() == await other.accounts.signing_keys()
    for variant, body in PICTURE.variants.items():
        assert await other.accounts.picture(PICTURE.digest, variant) == body
    assert await other.jobs.take(NOW, "a", 1) is None


async def test_a_restored_store_is_worked_in_as_the_one_before(
    storage: Storage, open_at: Open, new_address: Callable[[str], Address], tmp_path: Path
) -> None:
    ws = await fill(storage)
    await dump(storage, tmp_path / "backup", ignored)
    store = (await restored(open_at, new_address, tmp_path / "backup")).workspaces
    head = await store.head(ws)
    task = (await store.find(ws, Query(TASK, "words", (1, "changed")))).items[0]
    newer = replace(task, version=3, title="changed again", updated_at=instant(NOW + 9))
    await store.commit(ws, [put(newer, task, BERLIN)], by=ws, now=NOW, at=head)
    assert (await store.find(ws, Query(TASK, "words", (1, "again")))).items == [newer]
    assert len((await store.changes(ws, head, 10)).changes) == 1
    await store.erase(ws)
    assert (await store.find(ws, Query(TASK, "words", (1, "task")))).items == []


async def test_columns_are_derived_in_the_zone_of_the_workspace(
    storage: Storage, open_at: Open, new_address: Callable[[str], Address], tmp_path: Path
) -> None:
    ws = an_id()
    task = a_task(ws, due=When(date="2026-06-01"))
    edits = [put(workspace_settings(ws, timezone=BERLIN)), put(task, home=BERLIN)]
    await storage.workspaces.commit(ws, edits, by=ws, now=NOW)
    await dump(storage, tmp_path / "backup", ignored)
    other = await restored(open_at, new_address, tmp_path / "backup")
    page = await other.workspaces.find(ws, Query(TASK, "due", (1,), limit=1, scan=1))
    assert page.next
    assert page.next[0] == TASK.derive(task, zone(BERLIN))["due_at"] != TASK.derive(task, zone("UTC"))["due_at"]


async def test_backups_to_one_file_at_once_are_whole(storage: Storage, tmp_path: Path) -> None:
    await fill(storage)
    await dump(storage, tmp_path / "alone", ignored)
    path = tmp_path / "backup"
    await asyncio.gather(*(dump(storage, path, ignored) for _ in range(3)))
    assert path.read_bytes() == (tmp_path / "alone").read_bytes()
    assert sorted(each.name for each in tmp_path.glob("*backup*")) == ["backup"]


async def test_a_backup_is_private_and_leaves_nothing_beside_it(storage: Storage, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    await fill(storage)
    await dump(storage, folder / "backup", ignored)
    assert [path.name for path in folder.iterdir()] == ["backup"]
    assert stat.S_IMODE((folder / "backup").stat().st_mode) == 0o600


async def test_progress_counts_records(
    storage: Storage, open_at: Open, new_address: Callable[[str], Address], tmp_path: Path
) -> None:
    await fill(storage)
    told: list[int] = []
    await dump(storage, tmp_path / "backup", told.append)
    records = len((tmp_path / "backup").read_bytes().splitlines()) - 2
    assert told == sorted(told)
    assert told[-1] == records
    told.clear()
    await load(await open_at(new_address("restored")), tmp_path / "backup", told.append)
    assert told[-1] == records


async def test_a_backup_that_fails_leaves_the_file_of_that_name_as_it_was(storage: Storage, tmp_path: Path) -> None:
    await fill(storage)
    path = tmp_path / "backup"
    path.write_text("the one before")

    def stop(_count: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await dump(storage, path, stop)
    assert path.read_text() == "the one before"
    assert [entry.name for entry in tmp_path.iterdir() if "backup" in entry.name] == ["backup"]
    with pytest.raises(CannotWrite, match="can't be written"):
        await dump(storage, tmp_path / "no folder" / "backup", ignored)


async def test_a_backup_is_restored_into_an_empty_store_only(
    storage: Storage, open_at: Open, new_address: Callable[[str], Address], tmp_path: Path
) -> None:
    ws = await fill(storage)
    await dump(storage, tmp_path / "backup", ignored)
    head = await storage.workspaces.head(ws)
    with pytest.raises(NotEmpty):
        await load(storage, tmp_path / "backup", ignored)
    assert await storage.workspaces.head(ws) == head
    for name, write in WRITES.items():
        used = await open_at(new_address(name))
        await write(used)
        with pytest.raises(NotEmpty):
            await load(used, tmp_path / "backup", ignored)


async def _write_work(storage: Storage) -> None:
    ws = an_id()
    await storage.workspaces.commit(ws, [put(a_task(ws))], by=ws, now=NOW)


async def test_a_store_that_was_only_started_takes_a_backup_and_its_keys(
    storage: Storage, open_at: Open, new_address: Callable[[str], Address], tmp_path: Path
) -> None:
    await fill(storage)
    await dump(storage, tmp_path / "backup", ignored)
    started = await open_at(new_address("started"))
    await started.accounts.add_signing_key(a_signing_key(1, kid="its own"))
    await load(started, tmp_path / "backup", ignored)
    assert await started.accounts.signing_keys() == await storage.accounts.signing_keys()


WRITES: dict[str, Callable[[Storage], Awaitable[None]]] = {
    "account": lambda storage: storage.accounts.add(an_account()),
    "session": lambda storage: storage.accounts.open_session(a_session(an_id())),
    "work": _write_work,
}


async def test_every_workspace_is_written_as_it_stood_at_one_moment_while_it_is_worked_on(
    storage: Storage, open_at: Open, new_address: Callable[[str], Address], tmp_path: Path
) -> None:
    store, spaces = storage.workspaces, [an_id() for _ in range(3)]
    stop, moved = asyncio.Event(), asyncio.Event()

    async def work(ws: str) -> None:
        """Each commit adds one task and changes another, so that a cut within one would show."""
        tally = a_task(ws, title="tally 0")
        await store.commit(ws, [put(tally)], by=ws, now=NOW)
        while not stop.is_set():
            newer = replace(tally, version=tally.version + 1, title=f"tally {tally.version}")
            await store.commit(ws, [put(newer, tally), put(a_task(ws, title="one more"))], by=ws, now=NOW)
            tally = newer
            moved.set()

    async with asyncio.TaskGroup() as group:
        for ws in spaces:
            group.create_task(work(ws))
        for n in range(5):
            while (await store.head(spaces[0])).counter < 20 * (n + 1):
                moved.clear()
                await moved.wait()
            await dump(storage, tmp_path / f"backup {n}", ignored)
        stop.set()
    for n in range(5):
        other = await open_at(new_address(f"restored {n}"))
        await load(other, tmp_path / f"backup {n}", ignored)
        for ws in spaces:
            await assert_whole(other.workspaces, ws)


async def assert_whole(store: WorkspaceStore, ws: str) -> None:
    head = await store.head(ws)
    found = (await store.find(ws, Query(TASK, "words", (1, "tally")))).items
    more = await store.tally(ws, Tally(TASK, "created", (Eq("live", 1),)))
    assert [task.title for task in found] == [f"tally {head.counter - 1}"]
    assert more == {0: head.counter}
    told = await store.changes(ws, None, 100_000)
    assert len(told.changes) == 2 * head.counter - 1
    assert told.revision == str(head)


async def a_backup(storage: Storage, path: Path) -> list[bytes]:
    """The lines of a good one, each with its newline."""
    await fill(storage)
    await dump(storage, path, ignored)
    return path.read_bytes().splitlines(keepends=True)


def footed(lines: list[bytes]) -> bytes:
    """The lines with a footer that fits them: what is wrong with them is not the checksum."""
    counts: dict[str, int] = {}
    for line in lines[1:]:
        name = json.loads(line)["is"]
        counts[name] = counts.get(name, 0) + 1
    digest = hashlib.sha256(b"".join(lines)).hexdigest()
    footer = {"is": "footer", "records": dict(sorted(counts.items())), "sha256": digest}
    return b"".join(lines) + json.dumps(footer).encode() + b"\n"


async def assert_refused(storage: Storage, path: Path, content: bytes, why: str) -> None:
    path.write_bytes(content)
    with pytest.raises(BadBackup, match=why) as refused:
        await load(storage, path, ignored)
    assert "\n" not in str(refused.value)
    assert await storage.workspaces.workspaces("", 1) == []
    assert await storage.accounts.accounts("", 1) == []
    assert await storage.accounts.signing_keys() == []


async def test_a_file_that_is_not_a_whole_backup_is_refused_and_nothing_is_changed(
    storage: Storage, open_at: Open, new_address: Callable[[str], Address], tmp_path: Path
) -> None:
    path = tmp_path / "backup"
    lines = await a_backup(storage, path)
    good = b"".join(lines)
    assert footed(lines[:-1]).splitlines()[:-1] == good.splitlines()[:-1]
    empty = await open_at(new_address("empty"))
    middle = len(lines) // 2
    flipped = good.replace(b"task 7", b"task 8", 1)
    newer = lines[0].replace(b'"version":1', b'"version":2')
    for content, why in (
        (b"", "not a backup"),
        (b"\x00\x01\x02", "not a backup"),
        (b'{"some": "json"}\n', "not a backup"),
        (b"[1, 2]\n", "not a backup"),
        (b"".join(lines[:-1]), "not whole"),
        (b"".join(lines[:middle]), "not whole"),
        (good[: len(good) // 2], r"line \d+"),
        (b"".join(lines[:middle] + lines[middle + 1 :]), "checksum"),
        (flipped, "checksum"),
        (newer + b"".join(lines[1:]), "format 2"),
        (good + lines[-2], "follows the end"),
        (good + good, "follows the end"),
        (footed([lines[0], *lines[:-1]]), "second beginning"),
        (b"".join(lines[:middle]) + b"\xff\xfe\n" + b"".join(lines[middle:]), r"line \d+"),
    ):
        await assert_refused(empty, path, content, why)
    path.write_bytes(good)
    await load(empty, path, ignored)


async def test_a_compressed_backup_that_is_cut_off_or_changed_is_refused(
    storage: Storage, open_at: Open, new_address: Callable[[str], Address], tmp_path: Path
) -> None:
    path = tmp_path / "backup.gz"
    await fill(storage)
    await dump(storage, path, ignored)
    good = path.read_bytes()
    empty = await open_at(new_address("empty"))
    for cut in (3, 20, len(good) // 2, len(good) - 1):
        await assert_refused(empty, path, good[:cut], ".")
    for place in range(20, len(good), len(good) // 20):
        await assert_refused(empty, path, good[:place] + bytes([good[place] ^ 0xFF]) + good[place + 1 :], ".")
    with pytest.raises(BadBackup, match="can't be read"):
        await load(empty, tmp_path / "nothing here", ignored)


async def test_a_backup_with_a_right_checksum_and_wrong_records_is_refused_and_nothing_is_changed(
    storage: Storage, open_at: Open, new_address: Callable[[str], Address], tmp_path: Path
) -> None:
    path = tmp_path / "backup"
    lines = (await a_backup(storage, path))[:-1]
    empty = await open_at(new_address("empty"))
    at = {name: next(n for n, line in enumerate(lines) if json.loads(line)["is"] == name) for name in KINDS_OF_LINES}
    document = lines[at["document"]]
    for number, line, why in (
        (at["document"], re.sub(b'"kind":"[a-z]+"', b'"kind":"spell"', document), "no kind"),
        (at["document"], re.sub(b'"version":[0-9]+', b'"version":"one"', document), r"line \d+"),
        (at["document"], document.replace(b'"workspace_id":"', b'"workspace_id":"0'), r"line \d+|another workspace"),
        (at["document"], document + document, "can't be"),
        (at["account"], lines[at["account"]] * 2, "can't be"),
        (at["picture"], lines[at["picture"]] * 2, "can't be"),
        (at["picture"], lines[at["picture"]].replace(b'"64.avif":"', b'"64.avif":"*'), r"line \d+"),
        (at["workspace"], lines[at["workspace"]] * 2, "can't be"),
        (at["commit"], lines[at["commit"]] * 2, "can't be"),
        (at["commit"], lines[at["commit"]].replace(b'"revision":"', b'"revision":"x'), "no revision"),
        (at["key"], lines[at["key"]] * 2, "can't be"),
        (at["key"], lines[at["key"]].replace(b'"is":"key"', b'"is":"spell"'), r"line \d+"),
    ):
        content = footed((b"".join(lines[:number]) + line + b"".join(lines[number + 1 :])).splitlines(keepends=True))
        await assert_refused(empty, path, content, why)
    await load_bytes(empty, path, footed(lines))


KINDS_OF_LINES = ("account", "picture", "workspace", "document", "commit", "key")


async def load_bytes(storage: Storage, path: Path, content: bytes) -> None:
    path.write_bytes(content)
    await load(storage, path, ignored)


async def test_the_compressed_file_holds_the_same_lines(storage: Storage, tmp_path: Path) -> None:
    await fill(storage)
    await dump(storage, tmp_path / "backup", ignored)
    await dump(storage, tmp_path / "backup.gz", ignored)
    assert gzip.decompress((tmp_path / "backup.gz").read_bytes()) == (tmp_path / "backup").read_bytes()
