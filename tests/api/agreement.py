"""What the API's document promises, held against every answer that a test gets."""

import re
from functools import cache
from typing import Any, Final

import httpx
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from taskmanager.api import app

PROBLEM: Final = "application/problem+json"
FEW: Final = 10
DOCUMENT: Final = app.described()
_REGISTRY: Final = Registry[Any]().with_resource("doc:", Resource(DOCUMENT, DRAFT202012))  # type: ignore[call-arg]  # an attrs class
_PATHS: Final = [
    (re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))), path)
    for path in sorted(DOCUMENT["paths"], key=lambda path: path.count("{"))
]


def check(answer: httpx.Response) -> None:
    """The status is documented, and so is the body."""
    path = next((path for look, path in _PATHS if look.fullmatch(answer.request.url.path)), None)
    method = answer.request.method.lower()
    if path is None or method not in DOCUMENT["paths"][path] or answer.status_code == 500:
        return
    documented = DOCUMENT["paths"][path][method]["responses"]
    status = str(answer.status_code)
    assert status in documented, f"{method} {path} answers {status}, which is not documented: {answer.text}"
    content = documented[status].get("content", {})
    if not content:
        assert answer.content == b"", f"{method} {path} answers {status} with a body: {answer.text}"
        return
    media = answer.headers["content-type"].partition(";")[0]
    any_of_its_sort = media.partition("/")[0] + "/*"
    assert media in content or any_of_its_sort in content, f"{method} {path} answers {status} as {media}"
    if media.endswith("json"):
        _validator(path, method, status, media).validate(_few(answer.json()))


def _few(body: Any) -> Any:
    """Of every long list the first and the last: what is alike need not be looked at a thousand times."""
    if isinstance(body, dict):
        return {name: _few(value) for name, value in body.items()}
    if isinstance(body, list):
        return [_few(item) for item in (body if len(body) <= FEW else body[: FEW // 2] + body[-FEW // 2 :])]
    return body


def is_problem(body: Any) -> None:
    _of("/components/schemas/Problem").validate(body)


@cache
def _validator(path: str, method: str, status: str, media: str) -> Draft202012Validator:
    steps = ("paths", path, method, "responses", status, "content", media, "schema")
    return _of("".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps))


@cache
def _of(pointer: str) -> Draft202012Validator:
    schema = {"$ref": "doc:#" + pointer.replace("{", "%7B").replace("}", "%7D")}
    return Draft202012Validator(schema, registry=_REGISTRY, format_checker=FormatChecker())
