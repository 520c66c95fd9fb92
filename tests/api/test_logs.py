"""One log line for each request, with its id; and security test S16: no secret in any."""

import json
from pathlib import Path
from typing import Any

import pytest

from api.house import living
from api.person import PASSWORD, register
from api.server import client, serving

pytestmark = pytest.mark.anyio


async def test_every_request_is_a_line_with_its_id_and_no_secret_is_in_any(tmp_path: Path) -> None:
    with serving(tmp_path, LOG_LEVEL="debug", LOG_DIR=str(tmp_path / "logs")) as server:
        async with client(server.url) as http:
            ada = await register(http)
            planted = [PASSWORD, ada.token, *ada.cookies.values(), "my private words"]
            await ada.task("my private words", description="my private words")
            await ada.ask("GET", "/api/tasks", headers={"X-Request-Id": "find-me"}, q="my private words")
            await http.post("/api/auth/login", json={"email": ada.user["email"], "password": "wrong " + PASSWORD})
            await http.post("/api/auth/refresh", headers={"Cookie": f"refresh={ada.cookies['refresh']}"})
            await http.post("/api/tasks", content=PASSWORD, headers={"Authorization": f"Bearer {ada.token}x"})
            await ada.ask("PATCH", "/api/auth/me", {"password": PASSWORD}, expect=422)
        server.terminate()
        server.ended(20)
        files = [path.read_text() for path in (tmp_path / "logs").iterdir()]
        written = server.log + "".join(server.said) + "".join(files)
        lines = [json.loads(line) for line in server.log.splitlines()]
    (found,) = [line for line in lines if line.get("request_id") == "find-me"]
    assert (found["method"], found["path"], found["status"], found["account"]) == ("GET", "/api/tasks", 200, ada.id)
    assert found["ms"] > 0
    requests = [line for line in lines if line["event"] == "request"]
    assert len(requests) == 7
    assert all(line["request_id"] for line in requests)
    for secret in planted:
        assert secret not in written


async def test_who_hangs_up_in_the_middle_of_a_body_is_no_error_of_the_server(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    came: list[Any] = [{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}]
    sent: list[Any] = []

    async def receive() -> Any:
        return came.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    async with living(tmp_path) as lived:
        form = {"type": "http", "method": "POST", "path": "/api/auth/login", "query_string": b"", "headers": []}
        await lived.house.asgi({**form, "client": ("192.0.2.1", 1)}, receive, send)
    assert sent[0]["status"] == 499
    assert "not foreseen" not in capsys.readouterr().out
