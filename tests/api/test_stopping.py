"""Issue point 6: a graceful stop, and a second instance on the same port."""

import json
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import anyio
import httpx
import pytest

from api.person import Person, register
from api.server import COMMAND, Server, client, environment, serving
from api.streams import following

pytestmark = pytest.mark.anyio

STOPPED_WITHIN = 20.0


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path) as server:
        yield server


async def ended(server: Server) -> int:
    return await anyio.to_thread.run_sync(server.ended, STOPPED_WITHIN)


async def test_a_stop_ends_streams_finishes_requests_and_exits_with_0(own: Server) -> None:
    async with client(own.url) as http:
        ada = await register(http)
        async with following(ada) as first, following(ada) as second:
            await first.comment()
            await second.comment()
            with socket.create_connection(own.address, STOPPED_WITHIN) as connection:
                body = json.dumps({"title": "Begun before the stop"}).encode()
                connection.sendall(
                    f"POST /api/tasks HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {ada.token}\r\n"
                    f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
                    + body[:5]
                )
                await ada.ask("GET", "/api/tasks")  # by now the server has read the beginning of the other request
                own.terminate()
                await first.end()
                await second.end()
                connection.sendall(body[5:])
                answer = connection.makefile("rb").read()
        assert answer.startswith(b"HTTP/1.1 201 ")
        assert await ended(own) == 0
        with pytest.raises(httpx.ConnectError):
            await http.get("/api/health")


async def test_what_was_answered_is_there_after_a_restart(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        async with client(server.url) as http:
            ada = await register(http)
            task = await ada.task()
            written = [(await ada.task(f"No {number}"))["id"] for number in range(30)]
            server.terminate()
        assert await ended(server) == 0
    with serving(tmp_path) as server:
        async with client(server.url) as http:
            again = Person.__new__(Person)
            again.__dict__.update(ada.__dict__ | {"http": http})
            assert {item["id"] for item in await again.all()} == {task["id"], *written}


async def test_ctrl_c_stops_as_well(own: Server) -> None:
    os.kill(own.process.pid, signal.SIGINT)
    assert await ended(own) == 0


async def test_a_second_instance_on_the_same_port_says_so_in_one_line(own: Server, tmp_path: Path) -> None:
    port = str(own.address[1])
    settings = environment(tmp_path / "second", {"PORT": port})
    second = await anyio.to_thread.run_sync(
        lambda: subprocess.run(COMMAND, env=settings, capture_output=True, text=True, timeout=30, check=False)
    )
    assert second.returncode == 1
    (line,) = second.stderr.splitlines()
    assert f"cannot listen on 127.0.0.1 port {port}: address already in use" in line
    assert second.stdout == ""
    async with client(own.url) as http:
        assert (await http.get("/api/health")).status_code == 200
