"""A full disk, as whoever talks to the server meets it."""

import resource
from pathlib import Path

import pytest

from api.person import Json, problem, register
from api.server import Server, client, serving
from contract.sqlite_file import assert_sound

pytestmark = pytest.mark.anyio

ROOM = 256 * 1024


def let_grow(server: Server, most: int) -> None:
    """No file of the server may be longer: a write beyond that fails as on a full disk."""
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))


async def test_a_full_disk_is_told_spoils_nothing_and_is_over_when_there_is_room(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        async with client(server.url) as http:
            ada = await register(http)
            longest = max(file.stat().st_size for file in tmp_path.glob("taskmanager.db*"))
            let_grow(server, longest + ROOM)
            kept: list[Json] = []
            refused = 0
            while refused < 5:  # the log is shortened when it can't grow: some writes still find room
                answer = await ada.ask("POST", "/api/tasks", {"title": "x" * 500}, expect=None)
                if answer.is_success:
                    kept.append(answer.json())
                    assert len(kept) < 2_000
                else:
                    problem(answer, 507, "storage_full")
                    assert answer.headers["retry-after"]
                    refused += 1
            assert (await http.get("/api/health/live")).status_code == 200
            assert len(await ada.all(limit=200)) == len(kept)
            let_grow(server, resource.RLIM_INFINITY)
            kept.append(await ada.task("There is room"))
            assert {task["id"] for task in await ada.all(limit=200)} == {task["id"] for task in kept}
        server.terminate()
        assert server.ended(20) == 0
    assert_sound(tmp_path / "taskmanager.db")
