"""wire.md, operations: health, the document, and what every answer of every route carries. Security test S13."""

import asyncio
import dataclasses
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import httpx
import pytest
from openapi_spec_validator import validate

from api import agreement
from api.house import Lived, living
from api.person import Person
from taskmanager import __version__, assembly
from taskmanager.api import app
from taskmanager.errors import StorageFull, Unavailable

if TYPE_CHECKING:
    from taskmanager.storage import Storage

pytestmark = pytest.mark.anyio

CARRIED = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
FOR_ALL = {"/", "/no/such/page", "/api/docs", *(e.path for e in app.endpoints() if e.open_to_all)}
ROUTES = [
    *((e.method, e.path) for e in app.endpoints() if e.path != "/api/events" and e.name != "delete_me"),
    *(("GET", path) for path in ("/", "/no/such/page", "/api/docs", "/api/nothing")),
]
FORBIDDING = "default-src 'none'; frame-ancestors 'none'"


def carries(answer: httpx.Response) -> None:
    what = f"{answer.request.method} {answer.request.url} {answer.status_code}"
    for name, value in CARRIED.items():
        assert answer.headers.get(name) == value, what
    assert "'unsafe-" not in answer.headers["content-security-policy"].replace("style-src-attr 'unsafe-inline'", ""), (
        what
    )
    assert "permissions-policy" in answer.headers, what
    assert re.fullmatch(r"[\w.~-]+", answer.headers["x-request-id"]), what
    assert "server" not in answer.headers, what
    assert "access-control-allow-origin" not in answer.headers, what


@pytest.mark.parametrize("path", ["/api/health", "/api/health/live", "/api/health/ready"])
async def test_a_running_server_is_healthy_alive_and_ready(http: httpx.AsyncClient, path: str) -> None:
    answer = await http.get(path)
    agreement.check(answer)
    assert answer.json() == {"status": "ok", "version": __version__, "reasons": []}
    assert answer.headers["cache-control"] == "no-store"


@pytest.fixture
async def lived(tmp_path: Path) -> AsyncIterator[Lived]:
    async with living(tmp_path) as house:
        yield house


@pytest.mark.parametrize("reason", ["starting", "storage", "draining"])
async def test_a_server_that_is_not_ready_says_why_and_stays_alive(lived: Lived, reason: str) -> None:
    lived.house.services.readiness.reasons.add(reason)
    ready = await lived.http.get("/api/health/ready")
    assert (ready.status_code, ready.json()["reasons"]) == (503, [reason])
    health = await lived.http.get("/api/health")
    assert (health.status_code, health.json()["status"]) == (200, "not_ready")
    assert (await lived.http.get("/api/health/live")).json()["status"] == "ok"


async def test_every_route_carries_the_security_headers_whatever_it_answers(ada: Person) -> None:
    bearer = {"Authorization": f"Bearer {ada.token}"}
    json = {**bearer, "Content-Type": "application/json"}
    asked: list[dict[str, Any]] = [
        {},
        {"headers": bearer},
        {"headers": bearer, "json": {}},
        {"headers": bearer, "json": {"x": 1}},
        {"headers": bearer, "content": b"{"},
        {"headers": json, "content": b"{"},
        {"headers": bearer, "params": {"unknown": "1"}},
    ]
    seen = set()
    for method, path in ROUTES:
        for arguments in asked:
            answer = await ada.http.request(
                method, path.format(id=ada.id, revision="1-x", digest="x", variant="64.avif"), **arguments
            )
            carries(answer)
            seen.add(answer.status_code)
            assert answer.status_code < 500
            if path.startswith(("/api", "/.well-known")):
                assert (answer.status_code >= 400) == (answer.headers.get("content-type") == agreement.PROBLEM)
            if path not in FOR_ALL:
                assert re.match("private|no-store", answer.headers["cache-control"]), (method, path, answer.status_code)
        wrong = await ada.http.request("TRACE", path, headers=bearer)
        carries(wrong)
        assert wrong.status_code in (404, 405)
    assert seen >= {200, 204, 400, 401, 404, 410, 415, 422}


async def test_answers_of_the_api_run_nothing_in_a_browser(ada: Person, http: httpx.AsyncClient) -> None:
    for answer in (await ada.ask("GET", "/api/tasks"), await http.get("/api/nothing"), await http.get("/api/tasks")):
        assert answer.headers["content-security-policy"] == FORBIDDING


async def test_no_other_origin_may_read_answers(ada: Person) -> None:
    for method in ("GET", "OPTIONS"):
        headers = {
            "Authorization": f"Bearer {ada.token}",
            "Origin": "https://evil.example",
            "Access-Control-Request-Method": "POST",
        }
        answer = await ada.http.request(method, "/api/tasks", headers=headers)
        assert not [name for name in answer.headers if name.startswith("access-control-")]


async def test_the_document_is_valid_openapi_3_1(http: httpx.AsyncClient) -> None:
    answer = await http.get("/api/openapi.json")
    document = answer.json()
    assert document["openapi"] == "3.1.0"
    validate(document)
    assert document == app.described()


def test_every_operation_of_the_document_has_a_name_of_its_own_and_a_summary() -> None:
    operations = [operation for methods in agreement.DOCUMENT["paths"].values() for operation in methods.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names)
    assert all(operation["summary"] and operation["tags"] for operation in operations)
    assert all(str(status) in operation["responses"] for operation in operations for status in (422, 429, 503))


def test_every_endpoint_is_in_the_document() -> None:
    documented = {(method.upper(), path) for path, methods in agreement.DOCUMENT["paths"].items() for method in methods}
    assert {(endpoint.method, endpoint.path) for endpoint in app.endpoints()} <= documented
    only_documents = documented - {(endpoint.method, endpoint.path) for endpoint in app.endpoints()}
    assert only_documents == {("GET", "/api/openapi.json")}


async def test_the_documentation_is_a_page_whose_style_its_policy_lets_through(http: httpx.AsyncClient) -> None:
    answer = await http.get("/api/docs")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "style-src 'sha256-" in answer.headers["content-security-policy"]
    assert "<script" not in answer.text
    assert all(path in answer.text for path in agreement.DOCUMENT["paths"])


async def test_the_document_names_the_headers_of_answers(ada: Person) -> None:
    task = await ada.task()
    path = f"/api/tasks/{task['id']}"
    answers = [
        ("/api/tasks", await ada.ask("POST", "/api/tasks", {"title": "x"}, expect=201)),
        ("/api/tasks/{id}", await ada.ask("GET", path)),
        ("/api/tasks/{id}", await ada.ask("GET", path, expect=304, headers={"If-None-Match": "*"})),
        ("/api/tasks/{id}", await ada.ask("PATCH", path, {"title": "y"}, headers={"Idempotency-Key": "k"})),
        ("/api/tasks/{id}", await ada.ask("PATCH", path, {"title": "y"}, headers={"Idempotency-Key": "k"})),
        ("/api/tasks/{id}", await ada.ask("PATCH", path, {"title": "z"}, expect=412, headers={"If-Match": '"1"'})),
        ("/api/tasks/{id}", await ada.ask("DELETE", path, expect=204)),
        ("/api/tasks", await ada.ask("GET", "/api/tasks")),
        ("/api/auth/me", await ada.ask("PATCH", "/api/auth/me", {"name": "x"})),
        ("/api/auth/me", await ada.http.get("/api/auth/me")),
    ]
    known = agreement.DOCUMENT["components"]["headers"]
    seen: set[str] = set()
    for route, answer in answers:
        operation = agreement.DOCUMENT["paths"][route][answer.request.method.lower()]
        documented = set(operation["responses"][str(answer.status_code)].get("headers", {}))
        sent = {name for name in known if name in answer.headers}
        assert sent <= documented, f"{answer.request.method} {route} {answer.status_code}"
        seen |= sent
    assert seen == set(known) - {"RateLimit", "RateLimit-Policy", "Retry-After"}


async def test_the_document_names_the_headers_of_limits(tmp_path: Path) -> None:
    async with living(tmp_path, RATE_LIMIT="5/minute") as lived:
        ada = await lived.person()
        answers = [await ada.ask("GET", "/api/tasks", expect=None) for _ in range(7)]
    assert {answer.status_code for answer in answers} == {200, 429}
    for answer in answers:
        responses = agreement.DOCUMENT["paths"]["/api/tasks"]["get"]["responses"]
        documented = set(responses[str(answer.status_code)]["headers"])
        assert {"RateLimit", "RateLimit-Policy"} <= documented
        assert ("Retry-After" in answer.headers) == ("Retry-After" in documented)


async def test_a_server_is_unready_after_three_failed_probes_in_a_row_and_ready_after_one_that_succeeds(
    lived: Lived, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assembly, "PROBE_SECONDS", 0)
    outcomes = [Unavailable("x"), StorageFull("x"), None, *[Unavailable("x")] * 4, None, None]
    seen: list[list[str]] = []
    done = asyncio.Event()

    class Flaky:
        async def ping(self) -> None:
            seen.append(sorted(lived.house.services.readiness.reasons))
            if len(seen) > len(outcomes):
                done.set()
                await asyncio.Event().wait()
            outcome = outcomes[len(seen) - 1]
            if outcome:
                raise outcome

    house = dataclasses.replace(lived.house, storage=cast("Storage", Flaky()))
    probing = asyncio.create_task(assembly._probe(house))  # noqa: SLF001 - its rhythm is nobody else's business
    await done.wait()
    probing.cancel()
    assert seen == [*[[]] * 6, *[["storage"]] * 2, [], []]


async def test_an_api_answer_is_not_compressed_whatever_is_accepted(ada: Person) -> None:
    await ada.fill(100)
    accepted = {"Accept-Encoding": "br, gzip, deflate, zstd"}
    answer = await ada.ask("GET", "/api/tasks", headers=accepted)
    assert "content-encoding" not in answer.headers
    assert int(answer.headers["content-length"]) == len(answer.content) > 10_000
