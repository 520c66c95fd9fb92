"""Processes on machines of their own: they share the two addresses, and nothing else."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.person import cookies_of, register
from api.server import Server, client, serving
from redis_server import RedisServer
from replica_set import ReplicaSet

pytestmark = pytest.mark.anyio


@pytest.fixture
def machines(
    tmp_path: Path, replica_set: ReplicaSet, database: str, redis_server: RedisServer
) -> Iterator[tuple[Server, Server]]:
    urls = {"STORAGE_URL": replica_set.url(database), "REDIS_URL": redis_server.url}
    folders = [tmp_path / name for name in ("one", "other")]
    for folder in folders:
        folder.mkdir()
    with serving(folders[0], **urls) as one, serving(folders[1], **urls) as other:
        yield one, other


async def test_each_believes_the_others_tokens_and_sees_what_was_just_written_there(
    machines: tuple[Server, Server],
) -> None:
    one, other = machines
    async with client(one.url) as here, client(other.url) as there:
        ada = await register(here)
        for first, second in ((here, there), (there, here)):
            ada.http = first
            task = await ada.task("Written at one")
            ada.http = second
            assert (await ada.ask("GET", f"/api/tasks/{task['id']}")).json()["title"] == "Written at one"
            page = (await ada.ask("GET", "/api/tasks")).json()
            assert task["id"] in {each["id"] for each in page["items"]}


async def test_a_session_begun_at_one_is_renewed_at_the_other(machines: tuple[Server, Server]) -> None:
    one, other = machines
    async with client(one.url) as here, client(other.url) as there:
        ada = await register(here)
        cookies = dict(ada.cookies)
        for http in (there, here, there):
            renewed = await http.post("/api/auth/refresh", headers={"Cookie": f"refresh={cookies['refresh']}"})
            assert renewed.status_code == 200, renewed.text
            cookies |= cookies_of(renewed)
            token = {"Authorization": f"Bearer {renewed.json()['access_token']}"}
            for either in (here, there):
                assert (await either.get("/api/auth/me", headers=token)).status_code == 200


async def test_one_with_another_store_believes_nothing(machines: tuple[Server, Server], tmp_path: Path) -> None:
    """The control: tokens are not believed by everybody."""
    folder = tmp_path / "stranger"
    folder.mkdir()
    with serving(folder) as stranger:
        async with client(machines[0].url) as here, client(stranger.url) as there:
            ada = await register(here)
            answer = await there.get("/api/auth/me", headers={"Authorization": f"Bearer {ada.token}"})
            assert answer.status_code == 401
