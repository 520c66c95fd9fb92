"""What is due without anybody asking for it: the sweep, and what it mends."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import apsw
import msgspec
import pytest

from api.house import Lived, living
from api.person import PASSWORD, Person
from taskmanager import upkeep
from taskmanager.storage import archive
from taskmanager.tasks.model import TASK, WORKSPACE
from taskmanager.tasks.query import Query

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def restored(lived: Lived, folder: Path) -> AsyncIterator[Lived]:
    """Another house, with what a backup of this one holds."""
    (folder / "other").mkdir()
    await archive.dump(lived.house.storage, folder / "backup", lambda _: None)
    async with living(folder / "other") as other:
        await archive.load(other.house.storage, folder / "backup", lambda _: None)
        yield other


async def test_who_left_before_a_backup_is_erased_after_it_is_restored(tmp_path: Path) -> None:
    async with living(tmp_path) as lived:
        ada, bob = await lived.person(), await lived.person()
        await ada.task("Ada's")
        await bob.task("Bob's")
        await ada.ask("DELETE", "/api/auth/me", {"password": PASSWORD}, expect=204)
        async with restored(lived, tmp_path) as other:
            store = other.house.storage.workspaces
            assert await store.workspaces("", 10) == sorted([ada.id, bob.id])
            await other.house.upkeep.start()
            await other.jobs()
            assert await store.workspaces("", 10) == [bob.id]


async def test_a_move_that_was_not_worked_out_before_a_backup_is_after_it(tmp_path: Path) -> None:
    async with living(tmp_path) as lived:
        ada = await lived.person()
        await ada.task(due={"date": "2026-11-24"})
        await ada.ask("PATCH", "/api/auth/me", {"timezone": "Asia/Tokyo"})
        async with restored(lived, tmp_path) as other:
            await other.house.upkeep.start()
            await other.jobs()
            (home,) = (await other.house.storage.workspaces.get(ada.id, WORKSPACE, [ada.id])).values()
            assert (home.timezone, home.settled) == ("Asia/Tokyo", True)


async def test_a_workspace_follows_its_account_to_another_zone_though_the_process_died_between(tmp_path: Path) -> None:
    async with living(tmp_path) as lived:
        ada = await lived.person()
        account = await lived.house.storage.accounts.get(ada.id)
        assert account
        moved = msgspec.structs.replace(account, timezone="Asia/Tokyo", version=account.version + 1)
        await lived.house.storage.accounts.put(moved)
        await ada.task(due={"date": "2026-11-24"})
        await lived.house.upkeep.start()
        await lived.jobs()
        assert await ada.titles(due_before="2026-11-24T15:00:00Z") == ["Water the plants"]


async def test_a_workspace_that_can_not_be_swept_keeps_no_other_from_it(tmp_path: Path) -> None:
    async with living(tmp_path) as lived:
        ada, bob = await lived.person(), await lived.person()
        for person in (ada, bob):
            await person.trash(await person.task())
        with apsw.Connection(str(tmp_path / "taskmanager.db")) as connection:
            damaged = "UPDATE doc_task SET body = x'7b7d' WHERE ws = (SELECT ws FROM heads WHERE workspace_id = ?)"
            connection.execute(damaged, (min(ada.id, bob.id),))
        last = max((ada, bob), key=lambda person: person.id)
        await lived.later(last, days=31)
        await lived.house.upkeep.start()
        await lived.jobs()
        assert await last.all(trashed="true") == []


async def test_a_sweep_does_some_workspaces_at_a_time_and_goes_on_where_it_was_in_whatever_process(
    tmp_path: Path, on_store: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "PAGE", 2)
    async with living(tmp_path, **on_store) as lived:
        people = [await lived.person() for _ in range(5)]
        for person in people:
            await person.trash(await person.task())
        await lived.house.upkeep.start()
        await lived.jobs()
        lived.clock.forward(days=31)
        trashed = [await _trashed(lived, people)]
        for _ in range(2):
            assert await lived.house.runner.run_one()
            trashed.append(await _trashed(lived, people))
    async with living(tmp_path, **on_store) as lived:
        lived.clock.forward(days=31)
        await lived.house.upkeep.start()
        assert await lived.house.runner.run_one()
        trashed.append(await _trashed(lived, people))
        assert not await lived.house.runner.run_one()
        for person in people:
            person.http = lived.http
            await lived.later(person)
            await person.trash(await person.task())
        lived.clock.forward(days=31)
        await lived.jobs()
        trashed.append(await _trashed(lived, people))
    assert trashed == [5, 3, 1, 0, 0]


async def _trashed(lived: Lived, people: list[Person]) -> int:
    store = lived.house.storage.workspaces
    pages = [await store.find(person.id, Query(TASK, "created", (0,))) for person in people]
    return sum(len(page.bodies) for page in pages)


@pytest.mark.parametrize(("days", "kept"), [("0", 2), ("365", 0)])
async def test_history_of_no_days_is_kept_for_ever(tmp_path: Path, days: str, kept: int) -> None:
    async with living(tmp_path, HISTORY_DAYS=days) as lived:
        ada = await lived.person()
        await ada.change(await ada.task(), title="Other")
        await lived.later(ada, days=3_000)
        await lived.house.upkeep.start()
        await lived.jobs()
        await lived.later(ada)
        assert len((await ada.get("/api/changes"))["changes"]) == kept
