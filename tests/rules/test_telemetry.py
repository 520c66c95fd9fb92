import io
import json
import logging
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as some

from taskmanager.telemetry import SharedRotatingFile, configure, scrub

JWT = "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"
TYPED = "correct horse battery staple"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers = []
    yield
    for handler in root.handlers:
        handler.close()
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def fail(typed: str, *, tell: bool = False) -> None:
    raise RuntimeError(typed if tell else "broken")


def logged(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_entry_is_one_json_object_with_level_time_and_request_id() -> None:
    stream = io.StringIO()
    configure(level="info", log_dir=None, stream=stream)
    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        structlog.get_logger("api").info("answered", status=200)
    (entry,) = logged(stream)
    assert (entry["event"], entry["level"], entry["status"]) == ("answered", "info", 200)
    assert (entry["request_id"], entry["timestamp"][-1]) == ("r-1", "Z")


def test_what_libraries_log_comes_out_the_same_way() -> None:
    stream = io.StringIO()
    configure(level="info", log_dir=None, stream=stream)
    logging.getLogger("uvicorn.error").warning("Started on %s", "port 8000")
    logging.getLogger("asyncio").debug("too quiet to be heard")
    (entry,) = logged(stream)
    assert (entry["event"], entry["logger"], entry["level"]) == ("Started on port 8000", "uvicorn.error", "warning")


def test_a_terminal_gets_readable_text() -> None:
    stream = Terminal()
    configure(level="info", log_dir=None, stream=stream)
    structlog.get_logger().info("listening", port=8000)
    assert not stream.getvalue().startswith("{")
    assert "listening" in stream.getvalue()


@pytest.mark.parametrize("stream", [io.StringIO(), Terminal()], ids=["json", "terminal"])
def test_an_exception_is_logged_with_its_traceback_but_without_local_variables(stream: io.StringIO) -> None:
    configure(level="info", log_dir=None, stream=stream)
    try:
        fail(TYPED)
    except RuntimeError:
        structlog.get_logger().exception("failed")
    assert "Traceback" in stream.getvalue()
    assert "RuntimeError: broken" in stream.getvalue()
    assert TYPED not in stream.getvalue()


@pytest.mark.parametrize(
    "fields",
    [
        {"password": "hunter2"},
        {"body": {"email": "a@b.c", "new_password": "hunter2"}},
        {"headers": {"Authorization": "Basic hunter2", "Cookie": "refresh=hunter2"}},
        {"sent": [{"access_token": "hunter2"}]},
        {"line": "Authorization: Bearer hunter2"},
        {"line": "cookie: theme=dark; __Host-refresh=hunter2; x=y"},
        {"line": "set-cookie: refresh=hunter2; HttpOnly"},
        {"line": "Form(email='a@b.c', password='hunter2 with blanks')"},
        {"line": '{"refresh_token": "hunter2"}'},
        {"url": "mongodb://admin:hunter2@db.example.org/taskmanager"},
        {"url": "redis://:hunter2@cache:6379"},
        {"what": RuntimeError("password=hunter2")},
        {"raw": b"secret: hunter2"},
    ],
    ids=repr,
)
def test_a_secret_never_reaches_a_log(fields: dict[str, object]) -> None:
    stream = io.StringIO()
    configure(level="info", log_dir=None, stream=stream)
    structlog.get_logger().error("refused", **fields)
    logging.getLogger("some.library").error("refused %s", fields)
    assert len(logged(stream)) == 2
    assert "hunter2" not in stream.getvalue()


def test_a_secret_in_an_exception_never_reaches_a_log() -> None:
    stream = io.StringIO()
    configure(level="info", log_dir=None, stream=stream)
    try:
        fail(f"token {JWT} at postgres://u:hunter2@db", tell=True)
    except RuntimeError:
        structlog.get_logger().exception("failed")
    assert JWT not in stream.getvalue()
    assert "hunter2" not in stream.getvalue()


def test_what_is_no_secret_stays_readable() -> None:
    event = {"event": "task saved", "path": "/api/tasks?q=token+ring", "count": 3, "late": None, "took": 0.5}
    assert scrub(None, "info", dict(event)) == event


@given(some.text(some.sampled_from("eyJ.:=/@ \"'passwordtokencookie"), max_size=2_000))
def test_scrubbing_any_text_is_quick_and_scrubbing_again_changes_nothing(text: str) -> None:
    once = scrub(None, "info", {"event": text})
    assert scrub(None, "info", dict(once)) == once


def test_a_log_folder_gets_everything_in_one_file_and_errors_in_another(tmp_path: Path) -> None:
    configure(level="info", log_dir=tmp_path / "logs", stream=io.StringIO())
    structlog.get_logger().info("fine")
    structlog.get_logger().error("not fine", password="hunter2")  # noqa: S106 - planted, and must not come out
    combined = (tmp_path / "logs" / "combined.log").read_text()
    assert [json.loads(line)["event"] for line in combined.splitlines()] == ["fine", "not fine"]
    errors = (tmp_path / "logs" / "error.log").read_text()
    assert [json.loads(line)["event"] for line in errors.splitlines()] == ["not fine"]
    assert "hunter2" not in combined + errors


def test_processes_that_share_a_log_file_lose_no_line_when_it_rotates(tmp_path: Path) -> None:
    # Two handlers with files of their own stand for two processes: they share nothing but the path.
    writers = [SharedRotatingFile(tmp_path / "shared.log", max_bytes=400, kept=100) for _ in range(2)]

    def write(writer: SharedRotatingFile, name: str) -> None:
        for number in range(500):
            writer.emit(logging.makeLogRecord({"msg": f"{name}-{number}"}))

    threads = [threading.Thread(target=write, args=(writer, str(n))) for n, writer in enumerate(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for writer in writers:
        writer.close()
    files = list(tmp_path.glob("shared.log*"))
    lines = [line for file in files for line in file.read_text().splitlines()]
    assert len(files) > 10
    assert sorted(lines) == sorted(f"{name}-{number}" for name in range(2) for number in range(500))
