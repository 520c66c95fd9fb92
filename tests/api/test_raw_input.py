"""Security tests S6, S9 and S10: bytes that no honest client sends. Never a 5xx, and the server goes on."""

import json
import socket
from contextlib import suppress
from typing import Final

import pytest

from api import agreement
from api.person import Person
from api.server import Server

pytestmark = pytest.mark.anyio

DEEP: Final = 10**5
BODIES: Final = [
    b"\xff",
    b'{"title": "\xff"}',
    b'{"title": "\xed\xa0\x80"}',
    b'{"title": "\\ud800"}',
    b'{"title": "\\udc00\\ud800"}',
    b'{"title": "\\u0000"}',
    b'{"title": "x\x00y"}',
    b'\xef\xbb\xbf{"title": "x"}',
    b"\xff\xfe{\x00}\x00",
    b"[" * DEEP,
    b"[" * DEEP + b"]" * DEEP,
    b'{"title": ' + b"[" * DEEP + b"]" * DEEP + b"}",
    b'{"x": ' * DEEP + b"1" + b"}" * DEEP,
    b'{"title": 1e400}',
    b'{"title": -1e400, "title": "x"}',
    b'{"title": ' + b"9" * 10_000 + b"}",
    b'{"title": "x", "title": 1}',
    b'{"title": "x", "status": "todo", "status": "doing"}',
    b'{"title": NaN}',
    b'{"title": Infinity}',
    b'{"title": "x",}',
    b"{'title': 'x'}",
    b'{"title": "x"} // comment',
    b'{"title": "' + b"x" * 900_000 + b'"}',
    b'{"' + b"x" * 900_000 + b'": 1}',
    b'{"title": "\\' + b"u12" + b'"}',
    b'{"title": "x", "due": {"datetime": "2026-11-24T10:00:00", "timezone": "' + b"A/" * 100_000 + b'"}}',
    b'{"title": "x", "label_ids": [' + b",".join([b'"x"'] * 100_000) + b"]}",
    b'{"title": "\\u202e\\ufeff\\u2028"}',
    b"\x00" * 1000,
    b"PK\x03\x04",
    b"\x1f\x8b\x08\x00",
]
BATCHES: Final = [
    b'{"operations": [{"op": "create", "task": {"title": "\\ud800"}}]}',
    b'{"operations": [' + b"[" * DEEP + b"]" * DEEP + b"]}",
    b'{"operations": [{"op": "create", "task": ' + b"[" * 50_000 + b"]" * 50_000 + b"}]}",
    b'{"operations": [{"op": "delete", "id": "x", "version": ' + b"9" * 4000 + b"}]}",
    b'{"operations": [{"op": "patch", "id": "2f9d1e6a-60b5-4c3f-9c0a-2b6a1d5e7f80", "version": 1e400, "task": {}}]}',
    b'{"operations": [{"op": {"$ne": 1}}, 1, null, [], "\\u0000"]}',
]


def answers(server: Server, *requests: bytes, all_sent: bool = False) -> list[tuple[int, bytes]]:
    """Each request on a connection of its own: the status (0: closed without an answer) and what came.

    `all_sent`: nothing more will follow, and the server can see that.
    """
    told = []
    for request in requests:
        with socket.create_connection(server.address, 10) as connection:
            connection.settimeout(10)
            connection.sendall(request)
            if all_sent:
                with suppress(OSError):  # it may have hung up already
                    connection.shutdown(socket.SHUT_WR)
            came = connection.makefile("rb").read()
        told.append((int(came.split(b" ", 2)[1]) if came else 0, came))
    return told


def post(path: str, token: str, body: bytes, *lines: str) -> bytes:
    head = [
        f"POST {path} HTTP/1.1",
        "Host: x",
        "Connection: close",
        f"Authorization: Bearer {token}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        *lines,
    ]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


async def test_no_body_gets_through_or_breaks_anything(ada: Person, server: Server) -> None:
    sent = [
        *((body, answer) for body in BODIES for answer in answers(server, post("/api/tasks", ada.token, body))),
        *((body, answer) for body in BATCHES for answer in answers(server, post("/api/tasks/batch", ada.token, body))),
    ]
    for body, (status, came) in sent:
        assert status in (200, 201, 400, 422), (status, body[:60])
        if status >= 400:
            head, _, told = came.partition(b"\r\n\r\n")
            assert agreement.PROBLEM.encode() in head
            agreement.is_problem(json.loads(told))
    for task in await ada.all():
        assert "\0" not in task["title"]
        task["title"].encode()
    assert "Traceback" not in server.log


async def test_what_a_duplicate_name_means_is_what_is_checked(ada: Person) -> None:
    headers = {"Authorization": f"Bearer {ada.token}", "Content-Type": "application/json"}
    body = b'{"title": "first", "title": "last"}'
    answer = await ada.http.post("/api/tasks", content=body, headers=headers)
    assert answer.status_code == 422 or answer.json()["title"] == "last"


LINES: Final = [
    "Idempotency-Key: a\tb",
    "Idempotency-Key: \xe4\xff",
    "If-Match: " + '"' * 5000,
    "If-None-Match: " + ", ".join(['"x"'] * 5000),
    "If-Match: \xe4",
    "X-Request-Id: a\x85b",
    "Last-Event-ID: " + "9" * 5000,
    "Cookie: " + "a=b; " * 3000,
    "Cookie: refresh",
    "Accept: " + "*/*, " * 3000,
    "Content-Encoding: gzip",
    "Content-Type: text/plain",
    "Content-Type: \xe4",
    "X-Forwarded-For: " + "1.2.3.4, " * 3000,
    "X-HTTP-Method-Override: DELETE",
    "Authorization: Basic x",
    "Range: bytes=0-1",
    "Origin: \xff",
    "Host: y",
]


async def test_no_header_breaks_anything(ada: Person, server: Server) -> None:
    for line in LINES:
        head = post("/api/tasks", ada.token, b'{"title": "x"}')
        request = head.replace(b"Host: x\r\n", b"Host: x\r\n" + line.encode("latin-1") + b"\r\n")
        ((status, came),) = answers(server, request)
        assert 200 <= status < 500, (line, came)
        assert line.startswith("X-Request-Id") or b"\x85" not in came.partition(b"\r\n\r\n")[0]


TARGETS: Final = [
    b"/api/tasks?q=%ff%fe",
    b"/api/tasks?q=\xff\xfe",
    b"/api/tasks?%00=%00",
    b"/api/tasks?limit=%ef%bc%95",
    b"/api/tasks?cursor=" + b"x" * 20_000,
    b"/api/tasks?" + b"&".join(b"a%d=1" % n for n in range(3000)),
    b"/api/tasks?status=" + b"todo," * 3000 + b"todo",
    b"/api/tasks?q=" + b"a+" * 5000,
    b"/api/tasks?due_before=" + b"9" * 5000,
    b"/api/tasks?due_before=0000-00-00",
    b"/api/tasks?due_before=9999-12-31T23:59:59.999999%2B23:59",
    b"/api/tasks?due_before=0001-01-01T00:00:00%2B23:59",
    b"/api/tasks?due_before=0001-01-01",
    b"/api/tasks?project_id=%00",
    b"/api/tasks?workspace_id=%00",
    b"/api/tasks/%ff",
    b"/api/tasks/%00",
    b"/api/tasks/..%2f..%2fetc%2fpasswd",
    b"/api/tasks/%0d%0aSet-Cookie:%20a=b",
    b"/api/%2e%2e/tasks",
    b"/api//tasks",
    b"/api/tasks/x.css",
    b"/api/tasks/" + b"x" * 20_000,
    b"/api/changes?since=%ff-%ff",
    b"/api/changes/%f0%9f%8d%8e-x/revert",
    b"//evil.example/",
    b"/%2e%2e/%2e%2e/etc/passwd",
    b"/\xff",
    b"/%",
    b"/%zz",
    b"*",
    b"http://evil.example/api/tasks",
    b"/api/tasks#fragment",
]


async def test_no_address_breaks_anything(ada: Person, server: Server) -> None:
    for target in TARGETS:
        head = b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer " + ada.token.encode() + b"\r\n\r\n"
        ((status, came),) = answers(server, b"GET " + target + head)
        assert 200 <= status < 500, (target[:60], came[:400])
        headers = came.partition(b"\r\n\r\n")[0].lower()
        assert b"set-cookie" not in headers
        assert b"root:" not in came
        assert b"location: //" not in headers
        assert b"location: http" not in headers


SMUGGLED: Final = [
    b"POST /api/tasks HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nX",
    b"POST /api/tasks HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nxxxxx",
    b"POST /api/tasks HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n5\r\nxxxxx\r\n0\r\n\r\n",
    b"POST /api/tasks HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    b"POST /api/tasks HTTP/1.1\r\nHost: x\r\nContent-Length: \xb2\r\n\r\nxx",
    b"POST /api/tasks HTTP/1.1\r\nHost: x\r\nContent-Length: 0x5\r\n\r\nxxxxx",
    b"POST /api/tasks HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
    b"POST /api/tasks HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
    b"GET /api/health HTTP/1.1\r\nHost : x\r\n\r\n",
    b"GET /api/health HTTP/1.1\r\nHost: x\r\n folded: y\r\n\r\n",
    b"GET /api/health HTTP/9.9\r\nHost: x\r\n\r\n",
    b"GET  /api/health\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200,
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"\r\n" * 100,
    b"GET /api/health HTTP/1.1\r\n" + b"X: y\r\n" * 20_000 + b"\r\n",
    b"A" * 200_000,
]


async def test_no_ambiguous_request_gets_through(ada: Person, server: Server) -> None:
    for request in SMUGGLED:
        try:
            ((status, came),) = answers(server, request, all_sent=True)
        except ConnectionError:
            continue  # it hung up before it had heard all
        assert status < 500, (request[:80], came[:200])
        assert not came.startswith(b"HTTP/1.1 2") or request.startswith(b"GET ")
        assert came.count(b"HTTP/1.1 ") <= 1
    assert await ada.all() == []
    assert server.process.poll() is None
