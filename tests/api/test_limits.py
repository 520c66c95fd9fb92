"""wire.md, conventions: limits."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from api.house import Lived, living
from api.person import problem, register
from taskmanager.api import app

pytestmark = pytest.mark.anyio


@pytest.fixture
async def lived(tmp_path: Path) -> AsyncIterator[Lived]:
    async with living(tmp_path, RATE_LIMIT="5/minute") as house:
        yield house


async def test_every_answer_tells_the_policy_and_what_is_left_and_then_when_to_come_back(lived: Lived) -> None:
    ada = await register(lived.http)
    for left in (4, 3, 2, 1, 0):
        headers = (await ada.ask("GET", "/api/tasks")).headers
        assert headers["ratelimit-policy"] == '"default";q=5;w=60'
        assert headers["ratelimit"].startswith(f'"default";r={left};t=')
    answer = await ada.ask("GET", "/api/tasks", expect=429)
    problem(answer, 429, "too_many_requests")
    assert 1 <= int(answer.headers["retry-after"]) <= 12
    assert answer.headers["ratelimit"].startswith('"default";r=0;t=')


async def test_accounts_are_counted_apart_and_apart_from_strangers(lived: Lived) -> None:
    ada, bob = await register(lived.http), await register(lived.http)
    for _ in range(6):
        await ada.ask("GET", "/api/tasks", expect=None)
    await ada.ask("GET", "/api/tasks", expect=429)
    await bob.ask("GET", "/api/tasks")
    strangers = [
        (await lived.http.get("/api/tasks", headers={"Authorization": "Bearer x"})).status_code for _ in range(9)
    ]
    assert sorted(set(strangers)) == [401, 429]
    await bob.ask("GET", "/api/tasks")


async def test_errors_count_too_and_tell_what_is_left(lived: Lived) -> None:
    ada = await register(lived.http)
    answer = await ada.ask("GET", "/api/tasks", expect=422, x="y")
    assert answer.headers["ratelimit"].startswith('"default";r=4;')
    answer = await ada.ask("POST", "/api/tasks", {}, expect=422)
    assert answer.headers["ratelimit"].startswith('"default";r=3;')


async def test_health_is_never_limited(lived: Lived) -> None:
    for _ in range(20):
        assert (await lived.http.get("/api/health")).status_code == 200


async def test_with_a_limit_by_address_accounts_share_it(tmp_path: Path) -> None:
    async with living(tmp_path, RATE_LIMIT="5/minute/ip") as house:
        ada, bob = await register(house.http), await register(house.http)
        statuses = [(await person.ask("GET", "/api/tasks", expect=None)).status_code for person in (ada, bob) * 3]
        assert statuses == [200, 200, 200, 429, 429, 429]


async def test_off_turns_every_limit_off(tmp_path: Path) -> None:
    async with living(tmp_path, RATE_LIMIT="off") as house:
        form = {"email": "nobody@example.org", "password": "wrong wrong wrong"}
        for _ in range(40):
            answer = await house.http.post("/api/auth/login", json=form)
            assert answer.status_code == 401
            assert "ratelimit" not in answer.headers


async def test_guessing_a_password_is_limited_long_before_it_helps(tmp_path: Path) -> None:
    async with living(tmp_path, RATE_LIMIT="10000/second") as house:
        ada = await register(house.http)
        form = {"email": ada.user["email"], "password": "wrong wrong wrong"}
        statuses = [(await house.http.post("/api/auth/login", json=form)).status_code for _ in range(40)]
        assert statuses.count(401) <= 30
        assert statuses[-1] == 429
        known = {"Cookie": f"device={ada.cookies['device']}"}
        form["password"] = "violet umbrella on tuesdays"  # noqa: S105 - the account's, which lives as long as this test
        assert (await house.http.post("/api/auth/login", json=form, headers=known)).status_code == 200


async def test_every_route_but_health_has_a_limit(lived: Lived) -> None:
    for endpoint in app.endpoints():
        path = endpoint.path.replace("{id}", "x").replace("{revision}", "x")
        answer = await lived.http.request(endpoint.method, path)
        limited = "ratelimit" in answer.headers
        assert limited != path.startswith("/api/health"), path
