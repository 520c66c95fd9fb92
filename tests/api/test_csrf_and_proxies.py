"""wire.md, accounts: CSRF, and cookies on https. Security test S14."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from api.house import living
from api.person import PASSWORD, Person, cookies_of, problem, register
from api.server import Server
from taskmanager.api import app

pytestmark = pytest.mark.anyio

COOKIE_ROUTES = ("/api/auth/refresh", "/api/auth/logout")


def sent(person: Person, **headers: str) -> dict[str, str]:
    return {"Cookie": f"refresh={person.cookies['refresh']}", **{k.replace("_", "-"): v for k, v in headers.items()}}


@pytest.mark.parametrize("path", COOKIE_ROUTES)
async def test_another_site_can_not_use_the_cookie(http: httpx.AsyncClient, ada: Person, path: str) -> None:
    for headers in (
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "nonsense"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://127.0.0.1"},
        {"Sec_Fetch_Site": "cross-site", "Origin": str(http.base_url).rstrip("/")},
    ):
        problem(await http.post(path, headers=sent(ada, **headers)), 403, "forbidden")
    await ada.ask("GET", "/api/tasks")
    assert (await http.post("/api/auth/refresh", headers=sent(ada))).status_code == 200


async def test_our_own_pages_and_programs_that_are_no_browsers_can(http: httpx.AsyncClient, server: Server) -> None:
    for headers in (
        {"Sec_Fetch_Site": "same-origin"},
        {"Sec_Fetch_Site": "none"},
        {"Origin": server.url},
        {},
        {"Sec_Fetch_Site": "same-origin", "Origin": "https://evil.example"},
    ):
        person = await register(http)
        for path in COOKIE_ROUTES:
            assert (await http.post(path, headers=sent(person, **headers))).is_success, headers


async def test_every_other_route_ignores_cookies(http: httpx.AsyncClient, ada: Person) -> None:
    headers = sent(ada) | {"Cookie": f"refresh={ada.cookies['refresh']}; access_token={ada.token}; token={ada.token}"}
    for endpoint in app.endpoints():
        if not endpoint.open_to_all:
            path = endpoint.path.replace("{id}", ada.id).replace("{revision}", "1-x")
            problem(await http.request(endpoint.method, path, headers=headers), 401, "unauthenticated")


async def test_a_form_of_another_site_can_not_write_or_sign_in(http: httpx.AsyncClient) -> None:
    for path in ("/api/auth/login", "/api/auth/register"):
        for media in ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"):
            answer = await http.post(path, content=b'{"email": "a@b.c"}', headers={"Content-Type": media})
            problem(answer, 415, "unsupported_media_type")


@pytest.fixture
async def public(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with living(tmp_path, PUBLIC_URL="https://tasks.example.org") as house:
        yield house.http


async def test_on_https_the_cookie_is_bound_to_the_host(public: httpx.AsyncClient) -> None:
    form = {"email": "a@example.org", "password": PASSWORD, "name": "A"}
    answer = await public.post("/api/auth/register", json=form)
    lines = answer.headers.get_list("set-cookie")
    assert all(line.startswith("__Host-") and "; Secure" in line and "Domain" not in line for line in lines)
    token = cookies_of(answer)["__Host-refresh"]
    problem(await public.post("/api/auth/refresh", headers={"Cookie": f"refresh={token}"}), 401, "unauthenticated")
    for origin, status in (("https://tasks.example.org", 200), ("http://tasks.example.org", 403)):
        headers = {"Cookie": f"__Host-refresh={token}", "Origin": origin}
        assert (await public.post("/api/auth/refresh", headers=headers)).status_code == status


async def test_beside_the_public_address_the_host_asked_for_is_ours_too(tmp_path: Path) -> None:
    async with living(tmp_path, PUBLIC_URL="http://tasks.example.org") as house:
        for origin, status in (
            ("http://testserver", 200),
            ("http://tasks.example.org", 200),
            ("http://evil.example", 403),
        ):
            person = await register(house.http)
            answer = await house.http.post("/api/auth/refresh", headers=sent(person, Origin=origin))
            assert answer.status_code == status, origin


async def test_on_https_browsers_are_told_to_stay_there(public: httpx.AsyncClient, http: httpx.AsyncClient) -> None:
    assert (await public.get("/api/health")).headers["strict-transport-security"].startswith("max-age=31536000")
    assert "strict-transport-security" not in (await http.get("/api/health")).headers


async def test_forwarded_headers_of_strangers_are_ignored(http: httpx.AsyncClient) -> None:
    headers = {
        "X-Forwarded-For": "203.0.113.9",
        "X-Forwarded-Proto": "https",
        "Forwarded": "for=203.0.113.9;proto=https",
    }
    form = {"email": "forwarded@example.org", "password": PASSWORD, "name": "F"}
    answer = await http.post("/api/auth/register", json=form, headers=headers)
    assert "; Secure" not in answer.headers["set-cookie"]
    person = Person(http, answer)
    assert (await person.get("/api/auth/sessions"))["items"][0]["address"] == "127.0.0.1"


async def test_forwarded_headers_of_a_trusted_proxy_count_from_the_nearest_stranger_on(tmp_path: Path) -> None:
    async with living(tmp_path, TRUSTED_PROXIES="127.0.0.0/8,10.0.0.0/8") as house:
        headers = {"X-Forwarded-For": "1.1.1.1, 203.0.113.9, 10.0.0.7", "X-Forwarded-Proto": "https"}
        form = {"email": "a@example.org", "password": PASSWORD, "name": "A"}
        answer = await house.http.post("/api/auth/register", json=form, headers=headers)
        assert "__Host-refresh=" in answer.headers["set-cookie"]
        sessions = await Person(house.http, answer).get("/api/auth/sessions")
        assert sessions["items"][0]["address"] == "203.0.113.9"


@pytest.mark.parametrize("host", ["evil.example", "evil.example/api", "[", "a b", "", "evil.example:99999", "é"])
async def test_the_host_header_never_reaches_an_answer(http: httpx.AsyncClient, ada: Person, host: str) -> None:
    headers = httpx.Headers({"Host": host, "Authorization": f"Bearer {ada.token}"}, encoding="utf-8")
    answer = await http.post("/api/tasks", json={"title": "x"}, headers=headers)
    assert answer.status_code in (201, 400)
    assert "evil" not in answer.text + str(answer.headers)
    if answer.status_code == 201:
        assert answer.headers["location"] == f"/api/tasks/{answer.json()['id']}"
