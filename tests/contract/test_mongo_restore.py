"""A restore that is killed: nothing is served from the half of it, and the next one begins anew."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from pymongo import MongoClient
from pymongo.database import Database

from api.server import environment
from replica_set import ReplicaSet

TASKS: Final = 5_000
SECRET: Final = {"SECRET_KEY": "the same for all processes of this test"}


@pytest.fixture
def database(replica_set: ReplicaSet) -> Iterator[Database[dict[str, Any]]]:
    with MongoClient[dict[str, Any]](replica_set.url()) as client:
        yield client[f"restore-{os.getpid()}"]
        client.drop_database(f"restore-{os.getpid()}")


def program(folder: Path, *command: str, **settings: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        (sys.executable, "-m", "taskmanager", *command),
        env=environment(folder, SECRET | settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(folder: Path, *command: str, **settings: str) -> tuple[int, str]:
    """Its exit code, and what it said."""
    with program(folder, *command, **settings) as process:
        told, failed = process.communicate()
    return process.returncode, told + failed


def done(folder: Path, *command: str, **settings: str) -> None:
    code, told = run(folder, *command, **settings)
    assert code == 0, told


def test_what_a_killed_restore_left_is_not_served_and_is_cleared_by_the_next(
    tmp_path: Path, replica_set: ReplicaSet, database: Database[dict[str, Any]]
) -> None:
    """At the address of docs/operations.md, without any option of a test's."""
    mongo = {"STORAGE_URL": replica_set.url(database.name)}
    first, again = str(tmp_path / "first.jsonl"), str(tmp_path / "again.jsonl")
    done(tmp_path, "demo", "--tasks", str(TASKS))
    done(tmp_path, "backup", first)
    with program(tmp_path, "restore", first, **mongo) as restoring:
        while database["records"].estimated_document_count() < TASKS // 10:
            assert restoring.poll() is None, restoring.communicate()
        restoring.kill()
    assert 0 < database["records"].count_documents({}) < TASKS
    for command in ("serve", "migrate", "backup", "doctor"):
        code, told = run(tmp_path, command, *([again] if command == "backup" else []), **mongo)
        assert code == 1, told
        assert "a restore into this database was not finished" in told
    done(tmp_path, "restore", first, **mongo)
    done(tmp_path, "backup", again, **mongo)
    assert Path(first).read_bytes() == Path(again).read_bytes()
