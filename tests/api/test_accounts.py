"""wire.md, accounts: register, sign in, stay signed in, sign out, the profile, sessions, leaving."""

import json
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from api.house import Lived, living
from api.person import PASSWORD, Person, cookies_of, problem, register
from forgeries import unb64
from taskmanager.schedule import Job

pytestmark = pytest.mark.anyio

OTHER = "seven green bottles on the wall"


def cookie(person: Person, name: str = "refresh") -> dict[str, str]:
    return {"Cookie": f"{name}={person.cookies[name]}"}


async def refresh(http: httpx.AsyncClient, token: str) -> httpx.Response:
    return await http.post("/api/auth/refresh", headers={"Cookie": f"refresh={token}"})


async def test_who_registers_is_signed_in_with_a_workspace_of_their_own(http: httpx.AsyncClient) -> None:
    form = {"email": "Ada.Lovelace+1@Example.ORG", "password": PASSWORD, "name": " Ada "}
    answer = await http.post("/api/auth/register", json=form)
    assert answer.status_code == 201
    told = answer.json()
    user = told.pop("user")
    assert set(told) == {"access_token", "token_type", "expires_in"}
    assert (told["token_type"], told["expires_in"]) == ("Bearer", 600)
    assert user["workspace_id"] == user["id"]
    assert (user["name"], user["timezone"], user["avatar_url"]) == ("Ada", "UTC", None)
    assert set(user) == {
        "id",
        "email",
        "name",
        "timezone",
        "locale",
        "week_start",
        "avatar_url",
        "workspace_id",
        "created_at",
    }
    assert answer.headers["cache-control"] == "no-store"


async def test_an_email_is_taken_however_it_is_written(http: httpx.AsyncClient, ada: Person) -> None:
    name, _, domain = ada.user["email"].partition("@")
    for email in (ada.user["email"], f"{name.upper()}@{domain.upper()}", f" {name}@{domain} "):
        form = {"email": email, "password": PASSWORD, "name": "Eve"}
        problem(await http.post("/api/auth/register", json=form), 409, "email_taken")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "nonsense"),
        ("email", "a@b@c"),
        ("email", ""),
        ("password", "short"),
        ("password", "password123"),
        ("password", "x" * 257),
        ("name", " "),
        ("name", "a\nb"),
        ("name", "x" * 201),
        ("role", "admin"),
    ],
)
async def test_a_wrong_registration_is_refused_with_its_pointer(
    http: httpx.AsyncClient, field: str, value: str
) -> None:
    form = {"email": "someone@example.org", "password": PASSWORD, "name": "Someone"} | {field: value}
    told = (await http.post("/api/auth/register", json=form)).json()
    assert (told["status"], told["errors"][0]["pointer"]) == (422, f"/{field}")


async def test_a_password_may_be_long_and_of_any_characters(http: httpx.AsyncClient) -> None:
    longest = "".join(sha256(bytes([n])).hexdigest() for n in range(4))
    for password in ("ünïcödé пароль 密码", longest, "  spaces count  "):
        person = await register(http, password=password)
        form = {"email": person.user["email"], "password": password}
        assert (await http.post("/api/auth/login", json=form)).status_code == 200


async def test_a_wrong_password_and_an_unknown_account_get_one_answer(http: httpx.AsyncClient, ada: Person) -> None:
    answers = []
    for email, password in ((ada.user["email"], OTHER), ("nobody@example.org", PASSWORD)):
        told = problem(
            await http.post("/api/auth/login", json={"email": email, "password": password}), 401, "unauthenticated"
        )
        answers.append({**told, "request_id": ""})
    assert answers[0] == answers[1]


async def test_signing_in_again_opens_another_session(http: httpx.AsyncClient, ada: Person) -> None:
    form = {"email": ada.user["email"].upper(), "password": PASSWORD}
    second = Person(http, await http.post("/api/auth/login", json=form, headers={"User-Agent": "Phone"}))
    sessions = (await ada.get("/api/auth/sessions"))["items"]
    assert [session["current"] for session in sessions] == [False, True]
    assert sessions[0]["user_agent"] == "Phone"
    await ada.ask("DELETE", f"/api/auth/sessions/{sessions[0]['id']}", expect=204)
    problem(await second.ask("GET", "/api/tasks", expect=401), 401, "unauthenticated")
    problem(await refresh(http, second.cookies["refresh"]), 401, "unauthenticated")
    await ada.ask("GET", "/api/tasks")


async def test_a_refresh_answers_a_new_token_and_turns_the_cookie_over(http: httpx.AsyncClient, ada: Person) -> None:
    answer = await refresh(http, ada.cookies["refresh"])
    assert answer.status_code == 200
    assert answer.json()["user"] == ada.user
    turned = cookies_of(answer)["refresh"]
    assert turned != ada.cookies["refresh"]
    next_ = Person(http, answer)
    await next_.ask("GET", "/api/tasks")
    assert (await refresh(http, turned)).status_code == 200


async def test_the_refresh_cookie_is_for_this_site_and_no_script(http: httpx.AsyncClient) -> None:
    form = {"email": "cookie@example.org", "password": PASSWORD, "name": "C"}
    answer = await http.post("/api/auth/register", json=form)
    line = next(line for line in answer.headers.get_list("set-cookie") if line.startswith("refresh="))
    parts = {part.strip() for part in line.split(";")[1:]}
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= parts
    assert "Secure" not in parts
    age = next(int(part.removeprefix("Max-Age=")) for part in parts if part.startswith("Max-Age="))
    assert 0 < age <= 7 * 86_400


async def test_20_refreshes_at_once_all_answer_the_one_next_token(http: httpx.AsyncClient, ada: Person) -> None:
    turned = set()

    async def turn() -> None:
        answer = await refresh(http, ada.cookies["refresh"])
        assert answer.status_code == 200, answer.text
        turned.add(cookies_of(answer)["refresh"])

    async with anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(turn)
    assert len(turned) == 1
    assert (await refresh(http, turned.pop())).status_code == 200


async def test_a_refresh_token_used_twice_ends_its_session(http: httpx.AsyncClient, ada: Person) -> None:
    stolen = ada.cookies["refresh"]
    tokens = [stolen]
    for _ in range(2):
        tokens.append(cookies_of(await refresh(http, tokens[-1]))["refresh"])
    problem(await refresh(http, stolen), 401, "unauthenticated")
    for token in tokens:
        problem(await refresh(http, token), 401, "unauthenticated")
    problem(await ada.ask("GET", "/api/tasks", expect=401), 401, "unauthenticated")


@pytest.mark.parametrize("token", ["", "x", "a.1.b", "é", "x" * 5000])
async def test_what_is_no_refresh_token_is_refused(http: httpx.AsyncClient, token: str) -> None:
    headers = httpx.Headers({"Cookie": f"refresh={token}"}, encoding="latin-1")
    problem(await http.post("/api/auth/refresh", headers=headers), 401, "unauthenticated")


async def test_signing_out_ends_the_session_and_takes_the_cookie_away(http: httpx.AsyncClient, ada: Person) -> None:
    answer = await http.post("/api/auth/logout", headers=cookie(ada))
    assert answer.status_code == 204
    assert cookies_of(answer)["refresh"] == ""
    problem(await refresh(http, ada.cookies["refresh"]), 401, "unauthenticated")
    problem(await ada.ask("GET", "/api/tasks", expect=401), 401, "unauthenticated")
    assert (await http.post("/api/auth/logout")).status_code == 204


async def test_the_profile_is_changed_by_merge_patch(ada: Person) -> None:
    fields = {"name": "Countess", "timezone": "Europe/London", "locale": "en-GB", "week_start": 7}
    changed = (await ada.ask("PATCH", "/api/auth/me", fields)).json()
    assert changed == ada.user | fields == await ada.get("/api/auth/me")
    wrong: list[dict[str, Any]] = [
        {"email": "x@example.org"},
        {"id": "x"},
        {"avatar_url": "https://example.org/x"},
        {"locale": "e"},
        {"locale": "en\n"},
        {"week_start": 0},
        {"name": None},
    ]
    for fields in wrong:
        await ada.refused("PATCH", "/api/auth/me", fields, code="invalid", at="/" + next(iter(fields)))


async def test_a_new_password_ends_every_other_session(http: httpx.AsyncClient, ada: Person) -> None:
    form = {"email": ada.user["email"], "password": PASSWORD}
    other = Person(http, await http.post("/api/auth/login", json=form))
    await ada.refused(
        "POST", "/api/auth/password", {"current": OTHER, "new": OTHER}, code="wrong_password", at="/current"
    )
    await ada.refused("POST", "/api/auth/password", {"current": PASSWORD, "new": "12345678"}, code="invalid", at="/new")
    changed = Person(http, await ada.ask("POST", "/api/auth/password", {"current": PASSWORD, "new": OTHER}))
    problem(await other.ask("GET", "/api/tasks", expect=401), 401, "unauthenticated")
    problem(await refresh(http, other.cookies["refresh"]), 401, "unauthenticated")
    problem(await http.post("/api/auth/login", json=form), 401, "unauthenticated")
    assert (await http.post("/api/auth/login", json=form | {"password": OTHER})).status_code == 200
    await changed.ask("GET", "/api/tasks")
    assert (await refresh(http, changed.cookies["refresh"])).status_code == 200
    problem(await refresh(http, ada.cookies["refresh"]), 401, "unauthenticated")


async def test_leaving_needs_the_password_and_ends_every_session_at_once(http: httpx.AsyncClient, ada: Person) -> None:
    await ada.refused("DELETE", "/api/auth/me", {"password": OTHER}, code="wrong_password", at="/password")
    await ada.ask("DELETE", "/api/auth/me", {"password": PASSWORD}, expect=204)
    problem(await ada.ask("GET", "/api/tasks", expect=401), 401, "unauthenticated")
    problem(await refresh(http, ada.cookies["refresh"]), 401, "unauthenticated")
    form = {"email": ada.user["email"], "password": PASSWORD}
    problem(await http.post("/api/auth/login", json=form), 401, "unauthenticated")
    assert (await register(http, email=ada.user["email"])).id != ada.id


async def test_an_account_that_was_edited_since_is_not_deleted(ada: Person) -> None:
    me = (await ada.ask("GET", "/api/auth/me")).headers["etag"]
    await ada.ask("PATCH", "/api/auth/me", {"name": "Countess"})
    body = {"password": PASSWORD}
    told = await ada.refused(
        "DELETE", "/api/auth/me", body, expect=412, code="version_mismatch", headers={"If-Match": me}
    )
    assert told["current"]["name"] == "Countess"
    await ada.ask("DELETE", "/api/auth/me", body, expect=204, headers={"If-Match": '"2"'})


@pytest.fixture
async def lived(tmp_path: Path, on_store: dict[str, str]) -> AsyncIterator[Lived]:
    async with living(tmp_path, **on_store) as house:
        yield house


async def test_who_left_has_their_workspace_erased_within_a_day(lived: Lived) -> None:
    ada, bob = await lived.person(), await lived.person()
    await ada.fill(300)
    await bob.task("Bob's")
    store = lived.house.services.door.store
    await ada.ask("DELETE", "/api/auth/me", {"password": PASSWORD}, expect=204)
    lived.clock.forward(minutes=2)
    await lived.jobs()
    assert str(await store.head(ada.id)) == "0-0"
    assert (await store.changes(ada.id, None, 1000)).changes == []
    assert await store.workspaces("", 10) == [bob.id]
    await lived.later(bob)
    assert await bob.titles() == ["Bob's"]


async def test_a_workspace_is_not_erased_while_its_account_is_there(lived: Lived) -> None:
    ada = await lived.person()
    await ada.task()
    await lived.house.upkeep.erase(Job("erase", ada.id, 0))
    assert len(await ada.all()) == 1


async def test_sessions_end_after_7_days_idle_and_30_in_all(lived: Lived) -> None:
    idle, busy = await lived.person(), await lived.person()
    token = busy.cookies["refresh"]
    for day in range(1, 30):
        lived.clock.forward(days=1)
        answer = await refresh(lived.http, token)
        assert answer.status_code == 200, day
        token = cookies_of(answer)["refresh"]
        if day == 8:
            problem(await refresh(lived.http, idle.cookies["refresh"]), 401, "unauthenticated")
    lived.clock.forward(days=1.1)
    problem(await refresh(lived.http, token), 401, "unauthenticated")


async def test_a_token_lasts_10_minutes(lived: Lived) -> None:
    ada = await lived.person()
    lived.clock.forward(minutes=9.9)
    await ada.ask("GET", "/api/tasks")
    lived.clock.forward(minutes=2.2)
    answer = await ada.ask("GET", "/api/tasks", expect=401)
    problem(answer, 401, "unauthenticated")
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_keys_to_verify_tokens_are_public_and_hold_no_secret(http: httpx.AsyncClient) -> None:
    (key,) = (await http.get("/.well-known/jwks.json")).json()["keys"]
    assert (key["kty"], key["crv"], key["alg"], key["use"]) == ("OKP", "Ed25519", "EdDSA", "sig")
    assert "d" not in key


async def test_a_key_signs_for_three_months_and_is_then_replaced_without_signing_anybody_out(
    tmp_path: Path, on_store: dict[str, str]
) -> None:
    async with living(tmp_path, **on_store) as lived:
        await lived.house.upkeep.start()
        ada = await lived.person()
        (first,) = (await lived.http.get("/.well-known/jwks.json")).json()["keys"]
        await lived.later(ada, days=89)
        await lived.jobs()
        assert (await lived.http.get("/.well-known/jwks.json")).json()["keys"] == [first]
        await lived.later(ada, days=1)
        await lived.jobs()
        await ada.ask("GET", "/api/auth/me")
        _, second = (await lived.http.get("/.well-known/jwks.json")).json()["keys"]
        await lived.later(ada, minutes=6)
        assert json.loads(unb64(ada.token.split(".")[0]))["kid"] == second["kid"]
        await ada.ask("GET", "/api/auth/me")


async def test_anybody_can_verify_a_token_by_those_keys(http: httpx.AsyncClient, ada: Person) -> None:
    (key,) = (await http.get("/.well-known/jwks.json")).json()["keys"]
    header, claims, signature = ada.token.split(".")
    Ed25519PublicKey.from_public_bytes(unb64(key["x"])).verify(unb64(signature), f"{header}.{claims}".encode())
    assert json.loads(unb64(header)) == {"alg": "EdDSA", "typ": "at+jwt", "kid": key["kid"]}
    said = json.loads(unb64(claims))
    assert set(said) == {"iss", "aud", "sub", "sid", "jti", "iat", "exp"}
    assert (said["sub"], said["exp"] - said["iat"]) == (ada.id, 600)
