"""What `taskmanager doctor` finds on a replica set."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from pymongo import MongoClient
from pymongo.database import Database

from api.server import environment
from builders import an_id
from faults.conftest import OwnSet, own_set
from replica_set import ReplicaSet

__all__ = ["own_set"]

AHEAD: Final = "import time; now = time.time; time.time = lambda: now() + 3600; "
"""A machine whose clock is an hour ahead."""


@pytest.fixture
def database(replica_set: ReplicaSet) -> Iterator[Database[dict[str, Any]]]:
    """Prepared, and gone after the test."""
    with MongoClient[dict[str, Any]](replica_set.url()) as client:
        yield client[f"doctor-{os.getpid()}"]
        client.drop_database(f"doctor-{os.getpid()}")


def run(folder: Path, command: str, url: str, before: str = "", **environ: str) -> tuple[int, str]:
    """Its exit code, and what it said."""
    program = f"{before}from taskmanager.cli import main; main([{command!r}])"
    settings = {"STORAGE_URL": url, "SECRET_KEY": "the same for all processes of this test"}
    done = subprocess.run(
        (sys.executable, "-c", program),
        env=environment(folder, settings) | environ,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def prepared(folder: Path, replica_set: ReplicaSet, database: Database[dict[str, Any]], options: str = "") -> str:
    url = replica_set.url(database.name, options)
    code, told = run(folder, "migrate", url)
    assert code == 0, told
    return url


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo"])
def test_a_healthy_set_is_found_healthy_wherever_this_machine_is(
    tmp_path: Path, replica_set: ReplicaSet, database: Database[dict[str, Any]], zone: str
) -> None:
    code, told = run(tmp_path, "doctor", prepared(tmp_path, replica_set, database), TZ=zone)
    assert (code, "WRONG" in told) == (0, False), told
    for subject in ("clock", "replica set", "elections", "transactions", "connections", "indexes", "index use"):
        assert f"ok    {subject}: " in told, told
    assert "disk: " in told
    assert "slow queries: " in told


def test_a_clock_that_is_apart_is_found(
    tmp_path: Path, replica_set: ReplicaSet, database: Database[dict[str, Any]]
) -> None:
    code, told = run(tmp_path, "doctor", prepared(tmp_path, replica_set, database), AHEAD)
    assert code == 1
    assert "WRONG clock: 3600." in told


@pytest.mark.parametrize(("collection", "index"), [("records", "task(live,created_at)"), ("accounts", "email")])
def test_a_missing_index_is_found_whatever_it_is_of(
    tmp_path: Path, replica_set: ReplicaSet, database: Database[dict[str, Any]], collection: str, index: str
) -> None:
    url = prepared(tmp_path, replica_set, database)
    database[collection].drop_index(index)
    code, told = run(tmp_path, "doctor", url)
    assert code == 1
    assert "run: taskmanager migrate" in told
    assert index in told
    assert run(tmp_path, "migrate", url)[0] == 0
    assert run(tmp_path, "doctor", url)[0] == 0


@pytest.mark.parametrize("option", ["w=1", "readPreference=secondary", "readConcernLevel=local", "retryWrites=false"])
def test_an_address_that_breaks_promises_is_found(
    tmp_path: Path, replica_set: ReplicaSet, database: Database[dict[str, Any]], option: str
) -> None:
    prepared(tmp_path, replica_set, database)
    code, told = run(tmp_path, "doctor", replica_set.url(database.name, option))
    assert code == 1
    assert f"WRONG address: {option.partition('=')[0]}" in told


def test_what_the_server_found_slow_is_told_with_its_plan(
    tmp_path: Path, replica_set: ReplicaSet, database: Database[dict[str, Any]]
) -> None:
    url = prepared(tmp_path, replica_set, database)
    database["records"].insert_one({"_id": an_id()})
    slow = {"$where": "sleep(300) || true"}
    assert database["records"].find_one(slow)
    code, told = run(tmp_path, "doctor", url)
    assert code == 0
    assert re.search(rf"note  slow queries: \d+, the slowest on {database.name}.records: [\d,]+ ms, COLLSCAN", told), (
        told
    )


def test_settings_that_make_an_outage_longer_are_noted(own_set: OwnSet, tmp_path: Path) -> None:
    with MongoClient[dict[str, Any]](own_set.url) as client:
        config = client.admin.command("replSetGetConfig")["config"]
        config["settings"]["electionTimeoutMillis"] = 10_000
        client.admin.command({"replSetReconfig": config | {"version": config["version"] + 1}})
        client.admin.command({"setParameter": 1, "transactionLifetimeLimitSeconds": 60})
    assert run(tmp_path, "migrate", own_set.url)[0] == 0
    code, told = run(tmp_path, "doctor", own_set.url)
    assert code == 0, told
    assert "note  elections: a primary that dies is missed only after 10 s" in told
    assert "note  transactions: a process that is killed may keep a workspace locked for 60 s" in told


def test_a_member_that_is_down_is_found(own_set: OwnSet, tmp_path: Path) -> None:
    assert run(tmp_path, "migrate", own_set.url)[0] == 0
    primary = own_set.replicas.primary()
    down = next(member for member in own_set.members if member != primary)
    own_set.kill(down)
    with MongoClient[dict[str, Any]](own_set.url) as client:
        while state(client, down.port) in {"PRIMARY", "SECONDARY"}:
            pass
    code, told = run(tmp_path, "doctor", own_set.url)
    assert code == 1
    assert f"WRONG replica set: not healthy: 127.0.0.1:{down.port}" in told


def state(client: MongoClient[dict[str, Any]], port: int) -> str:
    members = client.admin.command("replSetGetStatus")["members"]
    told: str = next(member["stateStr"] for member in members if member["name"].endswith(f":{port}"))
    return told
