"""Security test S2: what can be read but not written is refused when it is written, and has no effect."""

from typing import Any, Final

import pytest

from api import agreement
from api.person import PASSWORD, Json, Person

pytestmark = pytest.mark.anyio

INVENTED: Final = (
    "role",
    "user",
    "rev",
    "_id",
    "account_id",
    "scopes",
    "password_hash",
    "due_at",
    "terms",
    "__proto__",
)


def fields(schema: str) -> set[str]:
    return set(agreement.DOCUMENT["components"]["schemas"][schema]["properties"])


@pytest.mark.parametrize(("kind", "answer"), [("task", "Task"), ("project", "Project"), ("label", "Label")])
async def test_a_document_can_be_given_only_what_is_a_persons_to_give(ada: Person, kind: str, answer: str) -> None:
    named: Json = {"title" if kind == "task" else "name": "x"}
    document = await ada.make(kind, **named)
    for verb, schema in (("POST", f"{answer}Draft"), ("PATCH", f"{answer}Patch")):
        path = f"/api/{kind}s" + (f"/{document['id']}" if verb == "PATCH" else "")
        for name in sorted((fields(answer) | set(INVENTED)) - fields(schema)):
            values: list[Any] = [document.get(name), "2f9d1e6a-60b5-4c3f-9c0a-2b6a1d5e7f80", 7, None, {"$ne": 1}]
            for value in values:
                await ada.refused(verb, path, {**named, name: value}, code="unknown_field", at=f"/{name}")
    assert await ada.all(f"/api/{kind}s") == [document]


async def test_an_account_can_be_given_only_what_is_a_persons_to_give(ada: Person) -> None:
    for name in sorted((fields("User") | set(INVENTED)) - fields("ProfilePatch")):
        await ada.refused("PATCH", "/api/auth/me", {name: "x"}, code="unknown_field", at=f"/{name}")
    assert await ada.get("/api/auth/me") == ada.user
    form = {"email": "x@example.org", "password": PASSWORD, "name": "x"}
    for name in sorted((fields("User") | set(INVENTED)) - set(form)):
        await ada.refused("POST", "/api/auth/register", {**form, name: "x"}, code="unknown_field", at=f"/{name}")


async def test_a_batch_operation_can_be_given_no_more(ada: Person) -> None:
    task = await ada.task()
    operations = [
        {"op": "create", "task": {"title": "x", "created_by": "x"}},
        {"op": "patch", "id": task["id"], "task": {"version": 9}},
        {"op": "patch", "id": task["id"], "workspace_id": ada.id, "task": {}},
        {"op": "delete", "id": task["id"], "permanent": True},
    ]
    results = await ada.batch(*operations)
    assert [result["problem"]["errors"][0]["code"] for result in results] == ["unknown_field"] * 4
    assert await ada.all() == [task]


OPERATORS: Final[tuple[Any, ...]] = ({"$gt": ""}, {"$ne": None}, ["$where"], {"$regex": ".*"})


async def test_operators_are_never_values(ada: Person) -> None:
    for operator in OPERATORS:
        for name in ("title", "status", "project_id", "parent_id", "id", "description"):
            await ada.refused("POST", "/api/tasks", {"title": "x", name: operator}, code="invalid")
    task = await ada.task("$ne", description='{"$gt": ""}')
    for text in ("$ne", "[$ne]", '{"$ne": null}', "' OR 1=1 --", '"; DROP TABLE tasks; --', "$where", "a\u0000b"):
        for name in ("project_id", "parent_id", "label_id"):
            assert await ada.all(**{name: text}) == []
    assert await ada.all(q="ne") == [task]
    await ada.refused("GET", "/api/tasks?status[$ne]=done", code="unknown_field", at="status[$ne]")
