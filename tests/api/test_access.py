"""Security test S1: every endpoint for everybody who may not, generated from the route table."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from api.house import Lived, living
from api.person import PASSWORD, Json, Person, problem, register
from taskmanager.api import app
from taskmanager.api.routing import Endpoint

pytestmark = pytest.mark.anyio

ENDPOINTS: Final = [endpoint for endpoint in app.endpoints() if not endpoint.open_to_all]
OPEN: Final = {
    "register",
    "login",
    "refresh",
    "logout",
    "jwks",
    "get_picture",
    "health",
    "live",
    "ready",
}
"""Routes for everybody: a new one has to be added here by somebody who means it."""


@dataclass(frozen=True)
class Row:
    """How an endpoint is asked for something of the owner's, and what a stranger is told of that."""

    body: Any = None
    of: str | None = None
    params: Json = field(default_factory=dict)
    shared: bool = True
    """Takes a workspace_id."""


ROWS: Final[dict[str, Row]] = {
    "list_tasks": Row(),
    "create_task": Row({"title": "x"}),
    "task_stats": Row(),
    "batch_tasks": Row({"operations": []}),
    "get_task": Row(of="task"),
    "patch_task": Row({"title": "x"}, of="task"),
    "delete_task": Row(of="task"),
    "restore_task": Row(of="trashed task"),
    "task_changes": Row(of="task"),
    "empty_trash": Row(),
    "list_projects": Row(),
    "create_project": Row({"name": "x"}),
    "get_project": Row(of="project"),
    "patch_project": Row({"name": "x"}, of="project"),
    "delete_project": Row(of="project"),
    "restore_project": Row(of="trashed project"),
    "list_labels": Row(),
    "create_label": Row({"name": "x"}),
    "get_label": Row(of="label"),
    "patch_label": Row({"name": "x"}, of="label"),
    "delete_label": Row(of="label"),
    "restore_label": Row(of="trashed label"),
    "list_changes": Row(),
    "stream_events": Row(),
    "revert_changes": Row(of="revision"),
    "export_workspace": Row(),
    "export_tasks": Row(),
    "get_me": Row(shared=False),
    "patch_me": Row({}, shared=False),
    "delete_me": Row({"password": PASSWORD}, shared=False),
    "change_password": Row({"current": PASSWORD, "new": PASSWORD}, shared=False),
    "list_sessions": Row(shared=False),
    "put_picture": Row(shared=False),
    "delete_picture": Row(shared=False),
    "end_session": Row(of="session", shared=False),
}


@pytest.fixture(params=ENDPOINTS, ids=lambda endpoint: endpoint.name)
def endpoint(request: pytest.FixtureRequest) -> Endpoint:
    found: Endpoint = request.param
    return found


def test_every_endpoint_has_a_row() -> None:
    assert {endpoint.name for endpoint in ENDPOINTS} == set(ROWS)
    assert {endpoint.name for endpoint in app.endpoints() if endpoint.open_to_all} == OPEN


@dataclass
class Stage:
    """One owner with something of everything, and everybody who may not have it."""

    lived: Lived
    owner: Person
    stranger: Person
    things: dict[str, str]
    tokens: dict[str, str]

    async def try_(self, endpoint: Endpoint, token: str | None, **params: str) -> httpx.Response:
        row = ROWS[endpoint.name]
        thing = self.things.get(row.of or "", "")
        path = endpoint.path.replace("{id}", thing).replace("{revision}", thing)
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        return await self.lived.http.request(
            endpoint.method, path, json=row.body, headers=headers, params={**row.params, **params} or None
        )

    async def everything(self) -> list[Any]:
        """All that the owner has."""
        self.owner.token = self.tokens["owner"]
        lists = [await self.owner.all(f"/api/{kind}s", trashed=t) for kind in KINDS for t in ("true", "false")]
        return [*lists, await self.owner.revision(), await self.owner.get("/api/auth/sessions")]


KINDS: Final = ("task", "project", "label")


async def own(owner: Person) -> dict[str, str]:
    things: dict[str, str] = {}
    for kind in KINDS:
        for trashed in ("", "trashed "):
            document = await owner.make(kind, **{"title" if kind == "task" else "name": f"{trashed}secret"})
            things[trashed + kind] = document["id"]
            if trashed:
                await owner.trash(document, kind)
    things["revision"] = await owner.revision()
    things["session"] = (await owner.get("/api/auth/sessions"))["items"][0]["id"]
    return things


@pytest.fixture(scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with (
        living(tmp_path_factory.mktemp("access")) as lived,
        living(tmp_path_factory.mktemp("other")) as elsewhere,
    ):
        expired = (await register(lived.http, email="owner@example.org")).token
        lived.clock.forward(minutes=20)
        form = {"email": "owner@example.org", "password": PASSWORD}

        async def sign_in() -> Person:
            return Person(lived.http, await lived.http.post("/api/auth/login", json=form))

        owner, revoked, stranger = await sign_in(), await sign_in(), await register(lived.http)
        session = next(s for s in (await revoked.get("/api/auth/sessions"))["items"] if s["current"])
        await owner.ask("DELETE", f"/api/auth/sessions/{session['id']}", expect=204)
        left = await register(lived.http)
        await left.ask("DELETE", "/api/auth/me", {"password": PASSWORD}, expect=204)
        header, claims, seal = owner.token.split(".")
        tokens = {
            "owner": owner.token,
            "expired": expired,
            "revoked": revoked.token,
            "left": left.token,
            "of another installation": (await register(elsewhere.http)).token,
            "forged": f"{header}.{stranger.token.split('.')[1]}.{seal}",
            "unsigned": f"{header}.{claims}.",
            "refresh": owner.cookies["refresh"],
            "nonsense": "x",
        }
        yield Stage(lived, owner, stranger, await own(owner), tokens)


async def test_who_is_nobody_or_nobody_any_more_is_told_to_sign_in(stage: Stage, endpoint: Endpoint) -> None:
    before = await stage.everything()
    for name, token in stage.tokens.items():
        if name != "owner":
            problem(await stage.try_(endpoint, token), 401, "unauthenticated")
    answer = await stage.try_(endpoint, None)
    problem(answer, 401, "unauthenticated")
    assert answer.headers["www-authenticate"] == "Bearer"
    assert await stage.everything() == before


async def test_another_account_never_reaches_what_is_not_its_own(stage: Stage, endpoint: Endpoint) -> None:
    before = await stage.everything()
    row = ROWS[endpoint.name]
    if row.of is not None:
        answer = await stage.try_(endpoint, stage.stranger.token)
        assert answer.status_code in (404, 410), answer.text
        assert "secret" not in answer.text
    if row.shared:
        problem(await stage.try_(endpoint, stage.stranger.token, workspace_id=stage.owner.id), 404, "not_found")
    else:
        answer = await stage.try_(endpoint, stage.stranger.token, workspace_id=stage.owner.id)
        assert answer.status_code == 422, answer.text
    assert await stage.everything() == before


async def test_what_is_anothers_is_told_like_what_is_nobodys(stage: Stage, endpoint: Endpoint) -> None:
    row = ROWS[endpoint.name]
    if "{id}" not in endpoint.path:
        return
    theirs = await stage.try_(endpoint, stage.stranger.token)
    nobodys = endpoint.path.replace("{id}", "2f9d1e6a-60b5-4c3f-9c0a-2b6a1d5e7f80")
    headers = {"Authorization": f"Bearer {stage.stranger.token}"}
    absent = await stage.lived.http.request(endpoint.method, nobodys, json=row.body, headers=headers)
    same = ("type", "title", "status", "detail", "code", "errors")
    assert [theirs.json()[name] for name in same] == [absent.json()[name] for name in same]


async def test_references_cursors_and_keys_of_another_account_lead_nowhere(tmp_path: Path) -> None:
    async with living(tmp_path) as lived:
        ada, eve = await lived.person(), await lived.person()
        things = await own(ada)
        await ada.fill(3)
        cursor = (await ada.get("/api/tasks", limit=1))["next_cursor"]
        assert (await eve.get("/api/tasks", cursor=cursor))["items"] == []
        for name in ("project_id", "parent_id", "label_id"):
            assert (await eve.get("/api/tasks", **{name: things["task"]}))["items"] == []
        assert (await eve.get("/api/tasks/stats", project_id=things["project"]))["open"] == 0
        operations = [{"op": op, "id": things["task"], "task": {"title": "x"}} for op in ("patch",)]
        assert [result["status"] for result in await eve.batch(*operations)] == [404]
        headers = {"Idempotency-Key": "k"}
        await ada.ask("POST", "/api/tasks", {"title": "secret"}, expect=201, headers=headers)
        mine = await eve.ask("POST", "/api/tasks", {"title": "secret"}, expect=201, headers=headers)
        assert mine.json()["workspace_id"] == eve.id
