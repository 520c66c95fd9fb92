"""wire.md, conventions: input, errors, request id, caching, and the headers that every answer has."""

import socket
from itertools import product
from typing import Any
from uuid import uuid4

import httpx
import pytest

from api.person import MERGE_PATCH, Person, problem
from api.server import Server

pytestmark = pytest.mark.anyio

MIB = 1024 * 1024


@pytest.mark.parametrize("body", [{"title": "x", "user": 1}, {"title": "x", "due": {"date": "2026-11-24", "time": 1}}])
async def test_an_unknown_field_is_refused_with_its_pointer(ada: Person, body: dict[str, Any]) -> None:
    at = "/user" if "user" in body else "/due/time"
    await ada.refused("POST", "/api/tasks", body, code="unknown_field", at=at)


async def test_an_unknown_query_parameter_is_refused_by_name(ada: Person) -> None:
    for path in ("/api/tasks", "/api/projects", "/api/changes", "/api/auth/me", "/api/health", "/api/tasks/stats"):
        await ada.refused("GET", path, code="unknown_field", at="page", page="2")


async def test_a_parameter_given_twice_is_refused(ada: Person) -> None:
    await ada.refused("GET", "/api/tasks?limit=1&limit=2", code="repeated", at="limit")


async def test_a_malformed_id_in_a_path_is_not_found(ada: Person) -> None:
    upper = str(uuid4()).upper()
    for kind, method in product(("tasks", "projects", "labels"), ("GET", "PATCH", "DELETE")):
        for id_ in ("1", "x" * 300, upper, "%00", "null", "%F0%9F%8D%8E", "%2e%2e", "%ff"):
            body: Any = {} if method == "PATCH" else None
            problem(await ada.ask(method, f"/api/{kind}/{id_}", body, expect=404), 404, "not_found")


async def test_json_in_another_content_type_is_unsupported(ada: Person) -> None:
    for media in ("text/plain", "application/x-www-form-urlencoded", "", "application/json5", MERGE_PATCH):
        await ada.refused(
            "POST",
            "/api/tasks",
            {"title": "x"},
            expect=415,
            code="unsupported_media_type",
            headers={"Content-Type": media},
        )


async def test_a_content_type_may_have_parameters(ada: Person) -> None:
    await ada.ask(
        "POST", "/api/tasks", {"title": "x"}, expect=201, headers={"Content-Type": "Application/JSON; charset=utf-8"}
    )


async def test_a_patch_may_say_that_it_is_a_merge_patch(ada: Person) -> None:
    task = await ada.task()
    path = f"/api/tasks/{task['id']}"
    await ada.ask("PATCH", path, {"title": "y"}, headers={"Content-Type": MERGE_PATCH})
    await ada.refused(
        "PATCH",
        path,
        {},
        expect=415,
        code="unsupported_media_type",
        headers={"Content-Type": "application/json-patch+json"},
    )


async def test_a_post_without_a_body_needs_no_content_type(ada: Person) -> None:
    task = await ada.task()
    revision = await ada.trash(task)
    await ada.restore(task)
    await ada.ask("POST", f"/api/changes/{revision}/revert")


@pytest.mark.parametrize(
    ("path", "most"), [("/api/tasks", MIB), ("/api/tasks/batch", 8 * MIB), ("/api/auth/login", MIB)]
)
async def test_a_body_declared_too_long_is_refused_before_it_is_sent(
    ada: Person, server: Server, path: str, most: int
) -> None:
    with socket.create_connection(server.address, 10) as connection:
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {ada.token}\r\n"
        connection.sendall(f"{head}Content-Type: application/json\r\nContent-Length: {most + 1}\r\n\r\n".encode())
        lines = connection.makefile("rb")
        assert lines.readline().startswith(b"HTTP/1.1 413 ")
        while lines.readline() != b"\r\n":
            pass
        assert lines.read(1) == b"{"


async def test_a_body_in_chunks_is_refused_as_soon_as_it_is_too_long(ada: Person, server: Server) -> None:
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    with socket.create_connection(server.address, 10) as connection:
        head = f"POST /api/tasks HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {ada.token}\r\n"
        connection.sendall(f"{head}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
        for _ in range(17):
            connection.sendall(chunk)
        assert connection.makefile("rb").readline().startswith(b"HTTP/1.1 413 ")


async def test_a_body_of_just_the_most_bytes_is_read(ada: Person) -> None:
    head, tail = b'{"title": "x", "description": "y"', b"}"
    body = head + b" " * (MIB - len(head) - len(tail)) + tail
    headers = {"Authorization": f"Bearer {ada.token}", "Content-Type": "application/json"}
    assert (await ada.http.post("/api/tasks", content=body, headers=headers)).status_code == 201
    problem(await ada.http.post("/api/tasks", content=body + b" ", headers=headers), 413, "body_too_large")


async def test_a_body_where_none_is_taken_is_refused(ada: Person) -> None:
    task = await ada.task()
    await ada.refused("DELETE", f"/api/tasks/{task['id']}", {"permanent": True}, code="no_body")


async def test_every_fault_of_an_enum_or_type_names_its_place(ada: Person) -> None:
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"title": 1}, "/title"),
        ({"title": "x", "status": "doing"}, "/status"),
        ({"title": "x", "priority": 5}, "/priority"),
        ({"title": "x", "label_ids": ["nonsense"]}, "/label_ids/0"),
        ({"title": "x", "label_ids": None}, "/label_ids"),
        ({"title": "x", "due": {"date": "2026-02-30"}}, "/due"),
        ({"title": "x", "place": {"after": 1}}, "/place/after"),
    ]
    for body, at in wrong:
        await ada.refused("POST", "/api/tasks", body, code="invalid", at=at)
    await ada.refused("POST", "/api/tasks", {}, code="required", at="/title")


@pytest.mark.parametrize(
    "body", [b"", b"{", b'{"title": "x"}]', b"\xff\xfe", b'{"title": "\xc3\x28"}', b"nul", b'{"title": "x"} {}']
)
async def test_what_is_not_json_in_utf8_is_malformed(ada: Person, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {ada.token}", "Content-Type": "application/json"}
    problem(await ada.http.post("/api/tasks", content=body, headers=headers), 400, "malformed")


async def test_json_of_another_type_is_invalid(ada: Person) -> None:
    bodies: tuple[Any, ...] = ([], "text", 1, True)
    for body in bodies:
        await ada.refused("POST", "/api/tasks", body, code="invalid", at="")


async def test_a_method_that_a_path_does_not_know_is_refused_with_those_it_does(ada: Person) -> None:
    answer = await ada.ask("PUT", "/api/tasks", {}, expect=405)
    problem(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize("path", ["/api/", "/api/nothing", "/api/tasks/", "/.well-known/nothing", "/api/auth"])
async def test_an_address_under_the_api_where_nothing_is_answers_a_problem(http: httpx.AsyncClient, path: str) -> None:
    assert problem(await http.get(path), 404, "not_found")["instance"] == path


async def test_a_problem_says_where_it_happened_and_never_what_is_inside(ada: Person) -> None:
    told = await ada.refused("GET", f"/api/tasks/{uuid4()}", expect=404, code="not_found")
    assert told["instance"].startswith("/api/tasks/")
    assert set(told) == {"type", "title", "status", "detail", "instance", "code", "request_id", "errors"}


async def test_a_request_id_comes_back_and_one_that_could_harm_a_log_is_replaced(http: httpx.AsyncClient) -> None:
    assert (await http.get("/api/health", headers={"X-Request-Id": "abc-1.2_3~4"})).headers[
        "x-request-id"
    ] == "abc-1.2_3~4"
    for bad in ("a b", "x" * 129, 'a"b', "a\tb", ""):
        made = (await http.get("/api/health", headers={"X-Request-Id": bad})).headers["x-request-id"]
        assert made != bad
        assert len(made) == 32


async def test_private_data_is_kept_by_nobody_without_asking_again(ada: Person) -> None:
    task = await ada.task()
    for path in ("/api/tasks", f"/api/tasks/{task['id']}", "/api/tasks/stats", "/api/projects", "/api/changes"):
        headers = (await ada.ask("GET", path)).headers
        assert headers["cache-control"] == "private, no-cache", path
        assert headers["vary"] == "Authorization", path


async def test_answers_about_the_account_are_not_stored(ada: Person) -> None:
    me = await ada.ask("GET", "/api/auth/me")
    assert me.headers["cache-control"] == "no-store"
    again = await ada.ask("GET", "/api/auth/me", expect=304, headers={"If-None-Match": me.headers["etag"]})
    assert again.headers["cache-control"] == "no-store"
    assert (await ada.ask("GET", "/api/auth/sessions")).headers["cache-control"] == "no-store"


async def test_head_answers_like_get_without_a_body(ada: Person) -> None:
    task = await ada.task()
    for path in ("/api/tasks", f"/api/tasks/{task['id']}", "/api/health", "/api/events", "/api/openapi.json"):
        answer = await ada.http.head(path, headers={"Authorization": f"Bearer {ada.token}"})
        assert answer.status_code == 200
        assert answer.content == b""
        if path != "/api/events":
            full = await ada.http.get(path, headers={"Authorization": f"Bearer {ada.token}"})
            assert answer.headers["content-length"] == full.headers["content-length"]
            assert answer.headers.get("etag") == full.headers.get("etag")
