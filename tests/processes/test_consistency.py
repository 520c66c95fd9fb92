"""Three people's clients at three processes on one store, pages kept: whatever they do, each sees what is.

Steps are taken one after the other, so there is one right answer to each: what one client has written every client
sees with its next request (read-your-writes and monotonic reads follow), and a list is what the model says it is.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, ClassVar, Final
from uuid import uuid4

import httpx
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from api.person import PASSWORD
from api.server import COMMAND, serving
from conftest import Figure
from processes.conftest import unprotected
from redis_server import RedisServer, own_redis, redis_server

__all__ = ["own_redis", "redis_server"]

PROCESSES: Final = 3
MOST_SESSIONS: Final = 4
STATUSES: Final = ("todo", "in_progress", "done", "cancelled")
Json = dict[str, Any]

at = st.integers(0, PROCESSES - 1)
statuses = st.sampled_from(STATUSES)


class Clients(RuleBasedStateMachine):
    """One account, signed in once at each process."""

    urls: ClassVar[list[str]] = []
    tasks = Bundle("tasks")

    def __init__(self) -> None:
        super().__init__()
        self.https = [httpx.Client(base_url=url, timeout=30) for url in self.urls]
        self.model: dict[str, Json] = {}
        self.tokens: list[str] = []
        self.own_sessions: dict[int, str] = {}
        self.sessions = 0
        self.email = f"{uuid4().hex}@example.org"

    def teardown(self) -> None:
        for http in self.https:
            http.close()

    def ask(self, where: int, method: str, path: str, expect: int = 200, **sent: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.tokens[where]}", **sent.pop("headers", {})}
        answer = self.https[where].request(method, path, headers=headers, **sent)
        assert answer.status_code == expect, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def sign_in(self, where: int) -> tuple[str, str]:
        """The refresh cookie and the access token of a new session."""
        form = {"email": self.email, "password": PASSWORD}
        answer = self.https[where].post("/api/auth/login", json=form)
        assert answer.status_code == 200, answer.text
        cookie = f"refresh={answer.cookies['refresh']}"
        self.https[where].cookies.clear()
        return cookie, str(answer.json()["access_token"])

    @initialize()
    def register(self) -> None:
        form = {"email": self.email, "password": PASSWORD, "name": "Ada"}
        answer = self.https[0].post("/api/auth/register", json=form)
        assert answer.status_code == 201, answer.text
        self.https[0].cookies.clear()
        self.tokens = [str(answer.json()["access_token"])] * PROCESSES

    @rule(target=tasks, where=at, status=statuses)
    def create(self, where: int, status: str) -> str:
        made = self.ask(where, "POST", "/api/tasks", 201, json={"title": "A", "status": status})
        self.model[made["id"]] = made
        return str(made["id"])

    @rule(where=at, id_=tasks, status=statuses)
    def patch_what_is_current(self, where: int, id_: str, status: str) -> None:
        known = self.model.get(id_)
        if known is None:
            self.ask(where, "PATCH", f"/api/tasks/{id_}", 404, json={"status": status})
            return
        body = {"status": status, "title": known["title"] + "B"}
        headers = {"If-Match": f'"{known["version"]}"'}
        trashed = known["deleted_at"] is not None
        changed = self.ask(where, "PATCH", f"/api/tasks/{id_}", 409 if trashed else 200, json=body, headers=headers)
        if not trashed:
            self.model[id_] = changed

    @rule(where=at, id_=tasks)
    def patch_what_is_old(self, where: int, id_: str) -> None:
        known = self.model.get(id_)
        if known is not None and known["version"] > 1 and known["deleted_at"] is None:
            headers = {"If-Match": f'"{known["version"] - 1}"'}
            self.ask(where, "PATCH", f"/api/tasks/{id_}", 412, json={"title": "stale"}, headers=headers)

    @rule(where=at, id_=tasks)
    def trash_or_restore(self, where: int, id_: str) -> None:
        known = self.model.get(id_)
        if known is None:
            return
        if known["deleted_at"] is None:
            self.ask(where, "DELETE", f"/api/tasks/{id_}", 204)
            self.model[id_] = self.ask(where, "GET", f"/api/tasks/{id_}")
            assert self.model[id_]["deleted_at"] is not None
        else:
            self.model[id_] = self.ask(where, "POST", f"/api/tasks/{id_}/restore")

    @rule(where=at, id_=tasks)
    def delete_for_good(self, where: int, id_: str) -> None:
        known = self.model.get(id_)
        if known is not None and known["deleted_at"] is not None:
            self.ask(where, "DELETE", f"/api/tasks/{id_}", 204, params={"permanent": "true"})
            del self.model[id_]

    @rule(where=at, id_=tasks)
    def read(self, where: int, id_: str) -> None:
        known = self.model.get(id_)
        found = self.ask(where, "GET", f"/api/tasks/{id_}", 404 if known is None else 200)
        assert known is None or found == known

    @rule(where=at, wanted=st.none() | statuses, limit=st.sampled_from([1, 2, 50]), trashed=st.booleans())
    def list_all_pages(self, where: int, wanted: str | None, limit: int, trashed: bool) -> None:
        params = {"limit": limit, "trashed": str(trashed).lower()} | ({"status": wanted} if wanted else {})
        found, cursor = [], None
        while True:
            page = self.ask(where, "GET", "/api/tasks", params=params | ({"cursor": cursor} if cursor else {}))
            found += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        expected = [
            task
            for task in self.model.values()
            if (task["deleted_at"] is not None) == trashed and wanted in {None, task["status"]}
        ]
        assert sorted(found, key=lambda task: task["id"]) == sorted(expected, key=lambda task: task["id"])

    @rule(where=at)
    def count(self, where: int) -> None:
        figures = self.ask(where, "GET", "/api/tasks/stats")["by_status"]
        live = [task["status"] for task in self.model.values() if task["deleted_at"] is None]
        assert figures == {status: live.count(status) for status in STATUSES}

    @precondition(lambda self: self.sessions < MOST_SESSIONS)
    @rule(where=at)
    def sign_in_anew_and_end_the_old_session(self, where: int) -> None:
        """A session that was ended is refused at once where it was."""
        self.sessions += 1
        fresh = self.sign_in(where)
        old = self.own_sessions.get(where)
        if old is not None:
            self.ask(where, "POST", "/api/auth/logout", 204, headers={"Cookie": old})
            self.ask(where, "GET", "/api/tasks", 401)
        self.own_sessions[where], self.tokens[where] = fresh


class Troubled(Clients):
    """The same, while Redis is killed, hung and emptied between the steps."""

    redis: ClassVar[RedisServer]

    def __init__(self) -> None:
        super().__init__()
        self.well()

    def well(self) -> None:
        self.redis.thaw()
        if not self.redis.alive:
            self.redis.start()

    @rule(fault=st.sampled_from(["kill", "hang", "empty", "well", "well"]))
    def trouble(self, fault: str) -> None:
        self.well()
        match fault:
            case "kill":
                self.redis.kill()
            case "hang":
                self.redis.freeze()
            case "empty":
                self.redis.command("FLUSHALL")

    def teardown(self) -> None:
        self.well()
        super().teardown()


def sequences(count: int, steps: int, urls: list[str], machine: type[Clients] = Clients) -> None:
    """Take so many sequences of steps, always the same ones."""
    machine = type("Machine", (machine,), {"urls": urls})
    few = settings(
        max_examples=count,
        stateful_step_count=steps,
        deadline=None,
        derandomize=True,
        database=None,
        print_blob=False,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=few)


@contextmanager
def three(folder: Path, command: Sequence[str] = COMMAND, **shared: str) -> Iterator[list[str]]:
    """The addresses of three processes on one store."""
    with ExitStack() as stack:
        urls = []
        for n in range(PROCESSES):
            (folder / f"process-{n}").mkdir()
            own = {"DATA_DIR": str(folder / "data")} | shared
            urls.append(stack.enter_context(serving(folder / f"process-{n}", command=command, **own)).url)
        yield urls


def test_every_client_sees_what_is(tmp_path: Path, storage_url: str, redis_server: RedisServer) -> None:
    with three(tmp_path, STORAGE_URL=storage_url, REDIS_URL=redis_server.url) as urls:
        sequences(12, 30, urls)


def test_every_client_sees_what_is_without_redis(tmp_path: Path) -> None:
    with three(tmp_path) as urls:
        sequences(6, 30, urls)


@pytest.mark.faults
@pytest.mark.timeout(3600)
def test_every_client_sees_what_is_in_500_histories(
    tmp_path: Path, storage_url: str, redis_server: RedisServer, figure: Figure
) -> None:
    with three(tmp_path, STORAGE_URL=storage_url, REDIS_URL=redis_server.url) as urls:
        sequences(500, 50, urls)
    figure(
        f"consistency, {storage_url.partition(':')[0] or 'sqlite'}: 500 histories of 50 steps, nothing stale or lost"
    )


@pytest.mark.faults
@pytest.mark.timeout(3600)
def test_every_client_sees_what_is_whatever_happens_to_redis(
    tmp_path: Path, storage_url: str, own_redis: RedisServer, figure: Figure
) -> None:
    Troubled.redis = own_redis
    with three(tmp_path, STORAGE_URL=storage_url, REDIS_URL=own_redis.url) as urls:
        sequences(500, 50, urls, Troubled)
    figure(
        f"consistency, {storage_url.partition(':')[0] or 'sqlite'}: 500 histories of 50 steps amid faults of Redis,"
        " nothing stale or lost"
    )


@pytest.mark.control
def test_pages_kept_without_a_revision_are_found_out(tmp_path: Path, redis_server: RedisServer) -> None:
    """The negative control: the machine does see what is stale."""
    with (
        three(tmp_path, command=unprotected("stale"), REDIS_URL=redis_server.url) as urls,
        pytest.raises((AssertionError, Flaky)),
    ):
        sequences(20, 30, urls)
