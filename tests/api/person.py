"""Somebody with an account, and what they do with it."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final
from uuid import uuid4

import httpx

from api import agreement

PASSWORD: Final = "violet umbrella on tuesdays"  # noqa: S105 - of accounts that live as long as their test
MERGE_PATCH: Final = "application/merge-patch+json"

Json = dict[str, Any]


def problem(answer: httpx.Response, status: int, code: str, at: str | None = None) -> Json:
    """The problem this answer must be. `code` is the problem's, or one fault's at the pointer or parameter `at`."""
    assert answer.status_code == status, f"{answer.status_code}, not {status}: {answer.text}"
    assert answer.headers["content-type"] == agreement.PROBLEM
    assert answer.headers["cache-control"] == "no-store"
    told: Json = answer.json()
    agreement.is_problem(told)
    assert told["status"] == status
    assert told["type"] == "/problems/" + told["code"]
    assert told["request_id"] == answer.headers["x-request-id"]
    faults = [(fault["code"], fault.get("pointer", fault.get("parameter"))) for fault in told["errors"]]
    assert code == told["code"] or code in dict(faults), told
    assert at is None or at in [place for _, place in faults], told
    return told


class Person:
    """Every answer they get is held against the API's document."""

    def __init__(self, http: httpx.AsyncClient, granted: httpx.Response) -> None:
        self.http = http
        self.token: str = granted.json()["access_token"]
        self.user: Json = granted.json()["user"]
        self.id: str = self.user["id"]
        self.cookies = dict(granted.cookies) or cookies_of(granted)

    async def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        expect: int | None = 200,
        headers: Mapping[str, str] | None = None,
        **params: Any,
    ) -> httpx.Response:
        """Ask with the access token; None expects any status."""
        sent = {"Authorization": f"Bearer {self.token}", **(headers or {})}
        asked = {name: value for name, value in params.items() if value is not None}
        answer = await self.http.request(method, path, json=body, headers=sent, params=asked or None)
        agreement.check(answer)
        assert expect in (None, answer.status_code), f"{method} {path}: {answer.status_code} {answer.text}"
        return answer

    async def get(self, path: str, **params: Any) -> Json:
        found: Json = (await self.ask("GET", path, **params)).json()
        return found

    async def refused(  # noqa: PLR0913 - a request, and what must be wrong with it
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        expect: int = 422,
        code: str,
        at: str | None = None,
        headers: Mapping[str, str] | None = None,
        **params: Any,
    ) -> Json:
        answer = await self.ask(method, path, body, expect=expect, headers=headers, **params)
        return problem(answer, expect, code, at)

    async def make(self, kind: str, /, **fields: Any) -> Json:
        made: Json = (await self.ask("POST", f"/api/{kind}s", fields, expect=201)).json()
        return made

    async def task(self, title: str = "Water the plants", **fields: Any) -> Json:
        return await self.make("task", title=title, **fields)

    async def project(self, name: str = "Garden", **fields: Any) -> Json:
        return await self.make("project", name=name, **fields)

    async def label(self, name: str = "urgent", **fields: Any) -> Json:
        return await self.make("label", name=name, **fields)

    async def change(self, document: Json, kind: str = "task", /, **fields: Any) -> Json:
        changed: Json = (await self.ask("PATCH", f"/api/{kind}s/{document['id']}", fields)).json()
        return changed

    async def trash(self, document: Json, kind: str = "task") -> str:
        """The revision of having put it there."""
        answer = await self.ask("DELETE", f"/api/{kind}s/{document['id']}", expect=204)
        return answer.headers["revision"]

    async def restore(self, document: Json, kind: str = "task") -> Json:
        restored: Json = (await self.ask("POST", f"/api/{kind}s/{document['id']}/restore")).json()
        return restored

    async def now(self, document: Json, kind: str = "task") -> Json:
        return await self.get(f"/api/{kind}s/{document['id']}")

    async def all(self, path: str = "/api/tasks", **params: Any) -> list[Json]:
        """The items of all pages."""
        items: list[Json] = []
        cursor = None
        while True:
            page = await self.get(path, **params, cursor=cursor)
            items += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                assert max(Counter(item["id"] for item in items).values(), default=1) == 1
                return items

    async def titles(self, **params: Any) -> list[str]:
        return [task["title"] for task in await self.all(**params)]

    async def batch(self, *operations: Json, **params: Any) -> list[Json]:
        answer = await self.ask("POST", "/api/tasks/batch", {"operations": operations}, **params)
        results: list[Json] = answer.json()["results"]
        return results

    async def fill(self, count: int, **fields: Any) -> list[Json]:
        """That many tasks, called Task 0 and so on."""
        made: list[Json] = []
        while len(made) < count:
            numbers = range(len(made), min(count, len(made) + 500))
            operations = ({"op": "create", "task": {"title": f"Task {n}", **fields}} for n in numbers)
            made += [result["task"] for result in await self.batch(*operations)]
        return made

    async def revision(self) -> str:
        page = await self.get("/api/tasks", limit=1)
        return str(page["revision"])


def cookies_of(answer: httpx.Response) -> dict[str, str]:
    """What the answer set; an empty value took one away."""
    set_ = (line.partition(";")[0].partition("=") for line in answer.headers.get_list("set-cookie"))
    return {name: value for name, _, value in set_}


async def register(http: httpx.AsyncClient, **form: str) -> Person:
    filled = {"email": f"{uuid4().hex}@example.org", "password": PASSWORD, "name": "Ada Lovelace"} | form
    answer = await http.post("/api/auth/register", json=filled)
    agreement.check(answer)
    assert answer.status_code == 201, answer.text
    return Person(http, answer)
