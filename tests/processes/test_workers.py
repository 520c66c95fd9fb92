"""`taskmanager serve --workers`: one address, several processes that come and go without anybody noticing."""

import asyncio
import os
import signal
import socket
import subprocess
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx
import pytest

from api.person import Person, register
from api.server import COMMAND, Server, client, environment, serving
from conftest import Figure

WITHIN = 20.0


def workers_of(server: Server) -> list[int]:
    """The ids of the processes that this one has started and that still run."""
    found = []
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            if int(fields[1]) == server.process.pid and fields[0] != "Z":
                found.append(int(entry.name))
    return sorted(found)


async def kill_a_worker(server: Server) -> None:
    """Until it is replaced."""
    old = workers_of(server)
    os.kill(old[0], signal.SIGKILL)
    await until(lambda: len(workers_of(server)) == len(old) and old[0] not in workers_of(server))


async def until(true: Callable[[], bool], within: float = WITHIN) -> None:
    async with asyncio.timeout(within):
        while not true():  # noqa: ASYNC110 - another process's doing, which tells nobody
            await asyncio.sleep(0.02)


@pytest.fixture
def two_workers(tmp_path: Path, storage_url: str) -> Iterator[Server]:
    with serving(tmp_path, WORKERS="2", STORAGE_URL=storage_url) as server:
        yield server


@pytest.fixture
async def http(two_workers: Server) -> AsyncIterator[httpx.AsyncClient]:
    async with client(two_workers.url) as connected:
        yield connected


class Load:
    """Requests on kept connections, one after the other on each; what went wrong is counted."""

    def __init__(self, person: Person, url: str) -> None:
        self._person = person
        self._url = url
        self.answers: Counter[str] = Counter()
        self.going = True

    async def one(self, n: int) -> None:
        async with client(self._url) as http:
            headers = {"Authorization": f"Bearer {self._person.token}"}
            task = None if n % 3 else {"title": "Under load"}
            steps: list[str] = []

            async def note(step: str, _details: object) -> None:
                steps.append(step)

            while self.going:
                steps.clear()
                try:
                    answer = await http.request(
                        "POST" if task else "GET", "/api/tasks", json=task, headers=headers, extensions={"trace": note}
                    )
                    self.answers[str(answer.status_code)] += 1
                except httpx.TransportError as error:
                    self.answers[_name(error, steps)] += 1

    @property
    def failed(self) -> dict[str, int]:
        return {name: count for name, count in self.answers.items() if name not in {"200", "201"}}


def _name(error: httpx.TransportError, steps: Sequence[str]) -> str:
    """`turned away`: its own new connection was reset before any answer began, as one that nobody has accepted is."""
    new = "connection.connect_tcp.complete" in steps
    begun = "http11.receive_response_headers.complete" in steps
    return "turned away" if isinstance(error, httpx.ReadError) and new and not begun else type(error).__name__


@asynccontextmanager
async def load_on(person: Person, url: str, connections: int = 8) -> AsyncIterator[Load]:
    load = Load(person, url)
    tasks = [asyncio.create_task(load.one(n)) for n in range(connections)]
    try:
        yield load
    finally:
        load.going = False
        await asyncio.gather(*tasks)


async def more(load: Load, count: int) -> None:
    enough = load.answers.total() + count
    await until(lambda: load.answers.total() >= enough, 60)


async def renewed(server: Server) -> None:
    """Ask for new workers, and wait until there are none but new ones."""
    old = set(workers_of(server))
    server.process.send_signal(signal.SIGHUP)
    await until(lambda: len(workers_of(server)) == 2 and not old & set(workers_of(server)), 60)


async def test_new_workers_take_over_under_load_without_a_failed_request(
    two_workers: Server, http: httpx.AsyncClient
) -> None:
    """F7, one round."""
    async with load_on(await register(http), two_workers.url) as load:
        await more(load, 50)
        await renewed(two_workers)
        await more(load, 50)
    assert load.failed == {}


@pytest.mark.faults
@pytest.mark.timeout(600)
async def test_five_rounds_of_new_workers_under_load_fail_no_request(
    two_workers: Server, http: httpx.AsyncClient, figure: Figure
) -> None:
    """F7."""
    async with load_on(await register(http), two_workers.url, 16) as load:
        for _ in range(5):
            await more(load, 200)
            await renewed(two_workers)
    assert load.failed == {}
    assert load.answers.total() > 1_000
    figure(f"F7: 5 rounds of new workers under {load.answers.total()} requests, 0 failed")


@pytest.mark.control
async def test_killing_every_worker_at_once_fails_requests(two_workers: Server, http: httpx.AsyncClient) -> None:
    """The negative control of F7: the load does see what is lost."""
    async with load_on(await register(http), two_workers.url) as load:
        await more(load, 50)
        for pid in workers_of(two_workers):
            os.kill(pid, signal.SIGKILL)
        await until(lambda: bool(load.failed))
    assert load.failed


async def test_a_worker_that_dies_is_replaced_and_the_other_serves_meanwhile(
    two_workers: Server, http: httpx.AsyncClient
) -> None:
    person = await register(http)
    first, second = workers_of(two_workers)
    os.kill(first, signal.SIGKILL)
    async with client(two_workers.url) as person.http:  # one kept with the dead worker is gone with it
        await person.task()
    await until(lambda: len(workers_of(two_workers)) == 2 and first not in workers_of(two_workers))
    assert second in workers_of(two_workers)
    assert "a worker died" in two_workers.log


async def test_told_to_stop_under_load_it_answers_what_it_began_and_ends_with_0_within_20_seconds(
    two_workers: Server, http: httpx.AsyncClient, tmp_path: Path, storage_url: str
) -> None:
    person = await register(http)
    headers = {"Authorization": f"Bearer {person.token}"}
    async with http.stream("GET", "/api/events", headers=headers) as stream, load_on(person, two_workers.url) as load:
        assert stream.status_code == 200
        await more(load, 50)
        two_workers.terminate()
        assert await asyncio.to_thread(two_workers.ended, WITHIN) == 0
    # Who has just connected when the last worker stops listening, and was not accepted yet, is reset.
    assert set(load.failed) <= {"ConnectError", "turned away"}
    assert workers_of(two_workers) == []
    with serving(tmp_path, STORAGE_URL=storage_url) as again:
        async with client(again.url) as later:
            stats = (await later.get("/api/tasks/stats", headers=headers)).json()
    assert stats["by_status"]["todo"] == load.answers["201"]


async def test_workers_whose_watcher_was_killed_stop_by_themselves(two_workers: Server) -> None:
    orphans = workers_of(two_workers)
    two_workers.process.kill()
    await until(lambda: not any(Path(f"/proc/{pid}/cmdline").exists() for pid in orphans))


async def test_workers_count_requests_together(tmp_path: Path) -> None:
    with serving(tmp_path, WORKERS="2", RATE_LIMIT="40/hour") as server:
        async with client(server.url) as http:
            person = await register(http)
        headers = {"Authorization": f"Bearer {person.token}"}
        statuses: Counter[int] = Counter()
        for _ in range(60):
            async with client(server.url) as fresh:  # another connection, and so perhaps another worker
                statuses[(await fresh.get("/api/auth/me", headers=headers)).status_code] += 1
    assert statuses == {200: 40, 429: 20}


def refusal(folder: Path, **settings: str) -> str:
    """What a server that does not start says."""
    ended = subprocess.run(
        COMMAND, env=environment(folder, settings), capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 1
    return ended.stderr


def test_workers_that_cannot_start_are_given_up_with_one_line(tmp_path: Path) -> None:
    (tmp_path / "taskmanager.db").write_bytes(b"this is no database, whatever its name says" * 100)
    said = refusal(tmp_path, WORKERS="2").splitlines()
    assert len(said) == 1
    assert said[0].startswith("taskmanager: ")


def test_a_port_that_is_taken_is_told_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        said = refusal(tmp_path, WORKERS="2", PORT=str(taken.getsockname()[1])).splitlines()
    assert len(said) == 1
    assert "cannot listen" in said[0]
