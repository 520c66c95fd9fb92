"""F15: the drill of docs/operations.md: back up while people write, lose everything, restore, and go on.

From SQLite to MongoDB and back to SQLite: every back-up on the way is the same file, byte for byte.
"""

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Self

import httpx
import pytest

from api.server import environment, serving
from builders import an_id
from conftest import Figure
from replica_set import PATIENT, ReplicaSet

OWNER: Final = {"email": "demo@example.org", "password": "violet umbrella on tuesdays"}
FEW: Final = 200
MANY: Final = int(os.environ.get("TEST_RESTORE_TASKS", "50000"))
MILLION: Final = 1_000_000
RTO: Final = 600.0
RPO: Final = 300.0
"""Seconds for a million tasks: to restore them; and to back them up, since that may be done as often as it takes."""
KEPT: Final = {"SECRET_KEY": "kept with the back-up, as the documentation says"}


def taskmanager(folder: Path, *command: str, **settings: str) -> float:
    """Run it to its good end; the seconds that took."""
    began = time.monotonic()
    done = subprocess.run(
        (sys.executable, "-m", "taskmanager", *command),
        env=environment(folder, KEPT | settings),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return time.monotonic() - began


class Owner:
    """Somebody who is signed in at a server."""

    def __init__(self, url: str) -> None:
        granted = httpx.post(f"{url}/api/auth/login", json=OWNER).raise_for_status().json()
        self.token: str = granted["access_token"]
        self.until = time.time() + granted["expires_in"]
        self.http = httpx.Client(base_url=url, headers={"Authorization": f"Bearer {self.token}"}, timeout=30)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.http.close()

    def ask(self, method: str, path: str, body: object = None, **params: str) -> Any:
        answer = self.http.request(method, path, json=body, params=params).raise_for_status()
        return answer.json() if answer.content else None


class Writer(threading.Thread):
    """Makes one task after another; `acked` holds the ids of those that were acknowledged."""

    def __init__(self, owner: Owner) -> None:
        super().__init__(daemon=True)
        self.owner = owner
        self.acked: list[str] = []
        self.going = True

    def run(self) -> None:
        while self.going:
            id_ = an_id()
            self.owner.ask("POST", "/api/tasks", {"id": id_, "title": f"written while it was backed up {id_}"})
            self.acked.append(id_)


@contextmanager
def writing(owner: Owner) -> Iterator[Writer]:
    writer = Writer(owner)
    writer.start()
    try:
        yield writer
    finally:
        writer.going = False
        writer.join()


def lives_on(folder: Path, acked: list[str], before: Owner, **settings: str) -> None:
    """What was acknowledged is there, and the restored server is worked with as the one before."""
    folder.mkdir(exist_ok=True)
    with serving(folder, **KEPT | settings) as server, Owner(server.url) as owner:
        for id_ in acked:
            assert owner.ask("GET", f"/api/tasks/{id_}")["id"] == id_
        # Tokens of before are good until they end: the keys that signed them came along. A million take longer.
        if time.time() < before.until:
            token = {"Authorization": f"Bearer {before.token}"}
            assert httpx.get(f"{server.url}/api/auth/me", headers=token).json()["email"] == OWNER["email"]
        found = owner.ask("GET", "/api/tasks", q=f"backed {acked[0]}")["items"]
        assert [task["id"] for task in found] == [acked[0]]
        made = owner.ask("POST", "/api/tasks", {"title": "after the restore"})
        answer = owner.http.patch(f"/api/tasks/{made['id']}", json={"status": "done"})
        owner.ask("POST", f"/api/changes/{answer.headers['revision']}/revert")
        assert owner.ask("GET", f"/api/tasks/{made['id']}")["status"] == "todo"
        since = owner.ask("GET", "/api/changes", since=answer.headers["revision"])["changes"]
        assert [change["id"] for change in since] == [made["id"]]


@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("tasks", [FEW, pytest.param(MANY, marks=pytest.mark.faults)])
def test_what_was_backed_up_while_people_wrote_is_restored_on_either_store_byte_for_byte(
    tmp_path: Path, replica_set: ReplicaSet, database: str, tasks: int, figure: Figure
) -> None:
    first, last = tmp_path / "first", tmp_path / "last"
    mongo = {"STORAGE_URL": replica_set.url(database, PATIENT)}
    files = [str(tmp_path / f"{name}.jsonl.gz") for name in ("first", "mongo", "last", "later")]
    first.mkdir()
    taskmanager(first, "demo", "--tasks", str(tasks), "--password", OWNER["password"])
    saved, acked, before = backed_up_while_writing(first, first, files[0])
    shutil.rmtree(first)  # everything is lost
    restored = [taskmanager(tmp_path, "restore", files[0], **mongo)]
    taskmanager(tmp_path, "backup", files[1], **mongo)
    restored.append(taskmanager(last, "restore", files[1]))
    taskmanager(last, "backup", files[2])
    contents = [Path(file).read_bytes() for file in files[:3]]
    assert contents[0] == contents[1] == contents[2]
    lives_on(tmp_path / "serving", acked, before, **mongo)
    lives_on(last, acked, before)
    saved_later, acked_later, before = backed_up_while_writing(tmp_path / "again", tmp_path, files[3], **mongo)
    shutil.rmtree(last)
    restored.append(taskmanager(last, "restore", files[3]))
    lives_on(last, acked_later, before)
    for_a_million = [seconds * MILLION / tasks for seconds in (saved, saved_later, *restored)]
    figure(
        f"F15: {tasks} tasks: back-up while writing {saved:.0f} s (SQLite), {saved_later:.0f} s (MongoDB),"
        f" {len(contents[0]) / 1e6:.1f} MB; restore {restored[0]:.0f} s (MongoDB), {restored[1]:.0f} s (SQLite);"
        f" at this pace a million take {', '.join(f'{seconds / 60:.1f}' for seconds in for_a_million[:4])} min"
    )
    assert tasks == FEW or max(for_a_million[:2]) <= RPO
    assert tasks == FEW or max(for_a_million[2:]) <= RTO


def backed_up_while_writing(folder: Path, running: Path, file: str, **settings: str) -> tuple[float, list[str], Owner]:
    """The seconds that took, what was acknowledged before it began, and who wrote."""
    folder.mkdir(exist_ok=True)
    with serving(folder, **KEPT | settings) as server, Owner(server.url) as owner, writing(owner) as writer:
        while len(writer.acked) < 20:
            assert writer.is_alive()
            time.sleep(0.01)
        acked = list(writer.acked)
        saved = taskmanager(running, "backup", file, **settings)
        assert len(writer.acked) > len(acked), "nobody wrote while it was backed up"
        return saved, acked, owner


@pytest.mark.control
def test_a_restore_of_another_back_up_would_be_noticed(tmp_path: Path) -> None:
    """The control of the comparison: one more task makes another file."""
    taskmanager(tmp_path, "demo", "--tasks", "5", "--password", OWNER["password"])
    taskmanager(tmp_path, "backup", str(tmp_path / "before.gz"))
    with serving(tmp_path, **KEPT) as server, Owner(server.url) as owner:
        owner.ask("POST", "/api/tasks", {"title": "one more"})
    taskmanager(tmp_path, "backup", str(tmp_path / "after.gz"))
    assert (tmp_path / "before.gz").read_bytes() != (tmp_path / "after.gz").read_bytes()
