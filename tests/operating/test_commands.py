"""What an operator types and asks: doctor, migrate, metrics."""

import json
import socket
import subprocess
import sys
from pathlib import Path

import apsw
import httpx
import pytest

from api.server import environment, serving

STRANGER = {"email": "ada@example.org", "password": "correct horse battery", "name": "Ada"}


def run(folder: Path, *command: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        (sys.executable, "-m", "taskmanager", *command),
        env=environment(folder, settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


def test_the_doctor_finds_a_prepared_store_well(tmp_path: Path) -> None:
    assert run(tmp_path, "migrate").returncode == 0
    found = run(tmp_path, "doctor")
    assert found.returncode == 0
    assert "WRONG" not in found.stdout
    assert "indexes: all" in found.stdout


def test_the_doctor_finds_a_missing_index_and_says_what_to_do(tmp_path: Path) -> None:
    run(tmp_path, "migrate")
    with apsw.Connection(str(tmp_path / "taskmanager.db")) as connection:
        connection.execute("DROP INDEX doc_task_created")
    found = run(tmp_path, "doctor")
    assert found.returncode == 1
    assert "WRONG indexes: missing: doc_task_created" in found.stdout


def test_the_doctor_finds_a_secret_key_that_others_may_read(tmp_path: Path) -> None:
    run(tmp_path, "migrate")
    (tmp_path / "secret_key").chmod(0o644)
    found = run(tmp_path, "doctor")
    assert found.returncode == 1
    assert "WRONG secret key" in found.stdout


def test_the_doctor_only_notes_a_redis_that_is_not_there(tmp_path: Path, free_port: int) -> None:
    run(tmp_path, "migrate")
    found = run(tmp_path, "doctor", REDIS_URL=f"redis://127.0.0.1:{free_port}/0")
    assert found.returncode == 0
    assert "note  Redis: does not answer" in found.stdout


def test_a_start_that_may_not_migrate_refuses_a_store_that_is_not_prepared(tmp_path: Path) -> None:
    refused = run(tmp_path, "serve", MIGRATE="off")
    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    assert "run: taskmanager migrate" in refused.stderr


def test_a_start_that_may_not_migrate_serves_a_store_that_was_prepared(tmp_path: Path) -> None:
    assert run(tmp_path, "migrate").returncode == 0
    with serving(tmp_path, MIGRATE="off") as server:
        assert httpx.get(f"{server.url}/api/health/ready").status_code == 200


def test_a_backup_of_nothing_is_refused_in_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    refused = run(tmp_path / "absent", "backup", str(tmp_path / "file"))
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert f"there is no database at {tmp_path / 'absent'}" in refused.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_backup_does_not_migrate(tmp_path: Path) -> None:
    run(tmp_path, "migrate")
    with apsw.Connection(str(tmp_path / "taskmanager.db")) as connection:
        connection.execute("UPDATE declared SET indexes = '{}' WHERE kind = 'task'")
    refused = run(tmp_path, "backup", str(tmp_path / "file"))
    assert refused.returncode == 1
    assert "is not prepared for this version" in refused.stderr
    with apsw.Connection(str(tmp_path / "taskmanager.db")) as connection:
        assert connection.execute("SELECT indexes FROM declared WHERE kind = 'task'").get == "{}"
    assert not [*tmp_path.glob("*.before-*"), *tmp_path.glob("file*")]


def test_keys_rotated_by_hand_are_published_before_they_sign_and_nobody_is_signed_out(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        granted = httpx.post(f"{server.url}/api/auth/register", json=STRANGER).json()
        assert run(tmp_path, "rotate-keys").returncode == 0
    with serving(tmp_path) as server:
        keys = httpx.get(f"{server.url}/.well-known/jwks.json").json()["keys"]
        assert len(keys) == 2
        headers = {"Authorization": f"Bearer {granted['access_token']}"}
        assert httpx.get(f"{server.url}/api/auth/me", headers=headers).status_code == 200


@pytest.mark.parametrize("workers", ["", "2"])
def test_metrics_count_requests_of_every_process_by_route(tmp_path: Path, free_port: int, workers: str) -> None:
    with serving(tmp_path, METRICS_PORT=str(free_port), WORKERS=workers) as server:
        for _ in range(4):
            httpx.post(f"{server.url}/api/auth/login", json=STRANGER)
        metrics = httpx.get(f"http://127.0.0.1:{free_port}/metrics").text
    counted = 'taskmanager_request_seconds_count{method="POST",route="/api/auth/login",status="422"} 4.0'
    assert counted in metrics


def asked(folder: Path, slow_query_ms: str) -> str:
    """What a server logs that is asked for two pages, and then stops."""
    with serving(folder, SLOW_QUERY_MS=slow_query_ms, LOG_LEVEL="warning") as server:
        granted = httpx.post(f"{server.url}/api/auth/register", json=STRANGER).json()
        headers = {"Authorization": f"Bearer {granted['access_token']}"}
        for number in range(2):
            asked = {"priority": "high,low", "q": f"secret {number}"}
            assert httpx.get(f"{server.url}/api/tasks", params=asked, headers=headers).status_code == 200
        server.terminate()
        server.ended(20)
        return server.log


def test_a_slow_query_is_logged_with_its_plan_and_without_its_words(tmp_path: Path) -> None:
    lines = [json.loads(line) for line in asked(tmp_path, "0").splitlines()]
    (told,) = [line for line in lines if (line["event"], line["verb"], line["kind"]) == ("slow query", "find", "task")]
    assert "SEARCH" in told["plan"]
    assert "secret" not in json.dumps(told)


def test_a_quick_query_is_not_logged(tmp_path: Path) -> None:
    assert "slow query" not in asked(tmp_path, "60000")
