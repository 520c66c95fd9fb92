import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import taskmanager
from taskmanager.settings import Settings, describe


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: text for name, text in os.environ.items() if not name.startswith("TASKMANAGER_")}
    return subprocess.run(
        [sys.executable, "-m", "taskmanager", *arguments],
        env={**inherited, **environment},
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("arguments", [["version"], ["--version"]], ids=" ".join)
def test_the_version_is_told(arguments: list[str]) -> None:
    assert run(*arguments).stdout == f"taskmanager {taskmanager.__version__}\n"


def test_help_names_every_command() -> None:
    told = run("--help").stdout
    assert all(f"\n  {name} " in told for name in ("serve", "backup", "restore", "demo", "openapi", "version"))


def test_help_of_serve_names_every_setting_in_lines_that_fit() -> None:
    told = run("serve", "--help").stdout
    assert all(name in told for name, _, _ in describe(Settings))
    assert max(map(len, told.splitlines())) <= 100


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["sevre"], "No such command 'sevre'"),
        (["serve", "--prot", "1"], "No such option"),
        (["backup"], "Missing argument 'FILE'"),
        (["restore", "absent.backup"], "does not exist"),
        (["demo", "--tasks", "0"], "--tasks"),
        (["serve", "--port", "http"], "TASKMANAGER_PORT='http' is not a whole number"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else "",
)
def test_a_wrong_command_line_is_one_line_on_stderr_and_exit_code_2(arguments: list[str], says: str) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("taskmanager: ")
    assert says in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [("TASKMANAGER_PROT", "8000"), ("TASKMANAGER_PORT", "http"), ("TASKMANAGER_PORT", "tcp://10.0.0.1:80")],
)
@pytest.mark.parametrize("command", [["serve"], ["demo"], ["backup", "absent"]], ids=" ".join)
def test_a_wrong_setting_stops_every_start_with_one_line(command: list[str], name: str, text: str) -> None:
    done = run(*command, **{name: text})
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"taskmanager: {name}")
    assert done.stderr.count("\n") == 1


def test_a_log_folder_that_cannot_be_written_stops_the_start_with_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    logs = str(tmp_path / "file" / "logs")
    done = run("serve", TASKMANAGER_DATA_DIR=str(tmp_path), TASKMANAGER_LOG_DIR=logs)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert f"TASKMANAGER_LOG_DIR={logs!r} cannot be used: Not a directory" in done.stderr


def test_a_backup_does_not_overwrite_a_file_unasked(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_text("precious")
    done = run("backup", str(kept), TASKMANAGER_DATA_DIR=str(tmp_path / "data"))
    assert (done.returncode, kept.read_text()) == (2, "precious")
    assert "--overwrite" in done.stderr


def test_demo_fills_a_new_account_tells_its_password_and_says_when_it_has_been_there(tmp_path: Path) -> None:
    first = run("demo", "--tasks", "20", TASKMANAGER_DATA_DIR=str(tmp_path))
    assert (first.returncode, first.stderr.strip()) == (0, "Making tasks")
    assert first.stdout.startswith("Sign in as demo@example.org with the password ")
    again = run("demo", "--tasks", "20", TASKMANAGER_DATA_DIR=str(tmp_path))
    assert (again.returncode, again.stdout) == (1, "")
    assert again.stderr.endswith("demo@example.org already has the tasks of seed 1; choose another --seed\n")
    other = run("demo", "--tasks", "20", "--seed", "2", TASKMANAGER_DATA_DIR=str(tmp_path))
    assert (other.returncode, other.stdout) == (0, "Sign in as demo@example.org\n")


def test_a_second_server_on_a_port_says_so_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run("serve", "--port", port, TASKMANAGER_DATA_DIR=str(tmp_path))
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert f"cannot listen on 127.0.0.1 port {port}" in done.stderr


def test_the_api_document_is_printed_and_needs_neither_data_nor_settings(tmp_path: Path) -> None:
    done = run("openapi", TASKMANAGER_DATA_DIR=str(tmp_path / "absent"))
    assert json.loads(done.stdout)["openapi"].startswith("3.1")
    assert not (tmp_path / "absent").exists()
