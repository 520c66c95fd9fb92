"""More than the server can do in one transaction: refused for good, or done in smaller parts, and never tried again."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from string import ascii_lowercase
from typing import Any, Final

import httpx
import pytest
from pymongo import MongoClient

from api.house import living
from api.person import Person, problem
from api.test_batch import create
from replica_set import PATIENT, ReplicaSet
from taskmanager.tasks.words import MAX_TERMS

HEAVY: Final = 80
"""So many are found by more words than a transaction has room for in a cache of 256 MB, which is what members have."""
APP: Final = "too-large"
TOO_LARGE: Final = 388


@pytest.fixture
def url(replica_set: ReplicaSet, database: str) -> str:
    if not replica_set.members:
        pytest.skip("nobody knows how much the members of another set can do at once")
    return replica_set.url(f"{database}-large", PATIENT)


def heavy(chance: random.Random) -> str:
    """As many different words as a task is found by."""
    return " ".join("".join(chance.choices(ascii_lowercase, k=6)) for _ in range(MAX_TERMS))


async def make(person: Person, count: int, chance: random.Random, **fields: Any) -> httpx.Response:
    operations = [create(f"No {n}", description=heavy(chance), **fields) for n in range(count)]
    return await person.ask("POST", "/api/tasks/batch", {"operations": operations}, expect=None)


async def test_a_batch_that_is_too_much_for_the_server_is_refused_and_says_what_to_do(url: str, tmp_path: Path) -> None:
    async with living(tmp_path, STORAGE_URL=url) as lived:
        ada, chance = await lived.person(), random.Random(1)  # noqa: S311 - the same each time
        told = problem(await make(ada, HEAVY, chance), 413, "commit_too_large")
        assert "send less" in told["detail"]
        assert await ada.revision() == "0-0"
        assert (await make(ada, HEAVY // 5, chance)).status_code == 200
        assert len(await ada.all()) == HEAVY // 5


async def test_edits_that_are_too_much_for_the_server_are_refused_and_say_what_to_do(url: str, tmp_path: Path) -> None:
    """It says of what its cache has no room for that somebody else was writing."""
    async with living(tmp_path, STORAGE_URL=url) as lived:
        ada, chance = await lived.person(), random.Random(1)  # noqa: S311 - the same each time
        for _ in range(8):
            assert (await make(ada, HEAVY // 8, chance)).status_code == 200
        tasks = await ada.all()
        edits = [{"op": "patch", "id": task["id"], "task": {"description": heavy(chance)}} for task in tasks]
        refused = await ada.ask("POST", "/api/tasks/batch", {"operations": edits}, expect=None)
        assert "send less" in problem(refused, 413, "commit_too_large")["detail"]
        assert [task["version"] for task in await ada.all()] == [1] * HEAVY
        await ada.batch(*edits[: HEAVY // 8])


@contextmanager
def refusing(url: str, times: int) -> Iterator[None]:
    """The server takes so many of these people's transactions for too large."""
    with MongoClient[dict[str, Any]](url) as members:
        refused = {"failCommands": ["update"], "errorCode": TOO_LARGE, "appName": APP}
        members.admin.command({"configureFailPoint": "failCommand", "mode": {"times": times}, "data": refused})
        try:
            yield
        finally:
            members.admin.command({"configureFailPoint": "failCommand", "mode": "off"})


@pytest.mark.parametrize(("refusals", "status"), [(5, 204), (7, 413)])
async def test_what_can_be_done_in_parts_is_done_in_smaller_ones_down_to_eight_documents(
    url: str, tmp_path: Path, refusals: int, status: int
) -> None:
    async with living(tmp_path, STORAGE_URL=f"{url}&appName={APP}") as lived:
        ada = await lived.person()
        project = await ada.project()
        await ada.batch(*(create(f"No {n}", project_id=project["id"]) for n in range(40)))
        before = int((await ada.revision()).partition("-")[0])
        with refusing(url, refusals):
            await ada.ask("DELETE", f"/api/projects/{project['id']}", expect=status)
        commits = int((await ada.revision()).partition("-")[0]) - before
        assert (commits, len(await ada.all(trashed="true"))) == ((3, 40) if status == 204 else (0, 0))
