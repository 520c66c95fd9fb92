"""One request on its way to its handler, and the answer on its way back."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

import msgspec
from starlette.requests import Request

from taskmanager.actor import Actor
from taskmanager.api.problems import HttpProblem, invalid_of
from taskmanager.api.services import Services
from taskmanager.errors import Fault, Invalid, NotFound, Unauthenticated
from taskmanager.identity import is_id
from taskmanager.tasks.door import Scope
from taskmanager.tasks.store import Key, Revision

Q = TypeVar("Q", bound=msgspec.Struct)
B = TypeVar("B")

JSON: Final = "application/json"
MERGE_PATCH: Final = "application/merge-patch+json"
LONGEST_KEY: Final = 255


class NoQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Takes no query parameters."""


class InWorkspace(NoQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every route in a workspace takes: absent is the caller's personal one."""

    workspace_id: str | None = None


@dataclass(frozen=True, slots=True)
class Call(Generic[Q, B]):
    """A request whose query and body have their types. `actor` is None only where a route allows anybody."""

    request: Request
    query: Q
    body: B
    raw: bytes
    who: Actor | None
    address: str
    request_id: str
    services: Services

    @property
    def actor(self) -> Actor:
        if self.who is None:
            raise Unauthenticated("sign in first")
        return self.who

    @property
    def workspace_id(self) -> str:
        """The workspace asked for; NotFound when the caller may not enter it."""
        named: str | None = getattr(self.query, "workspace_id", None)
        asked = self.actor.account_id if named is None else named
        if not self.actor.may_enter(asked):
            raise NotFound("there is no workspace with this id")
        return asked

    @property
    def scope(self) -> Scope:
        return Scope(self.workspace_id, self.actor.account_id)

    def id(self, name: str = "id") -> str:
        """An id in the path. What is not written as one cannot exist."""
        text: str = self.request.path_params[name]
        if not is_id(text):
            raise NotFound("there is nothing with this id")
        return text

    @property
    def path(self) -> str:
        path: str = self.request.scope["path"]
        return path

    @property
    def version(self) -> int | None:
        """The version that If-Match asks for; None without the header or for `*`."""
        tag = self.request.headers.get("if-match")
        if tag is None or tag.strip() == "*":
            return None
        digits = tag.strip().removeprefix("W/").strip('"')
        return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 19 else -1  # noqa: PLR2004 - 64 bits

    @property
    def key(self) -> Key | None:
        text = self.request.headers.get("idempotency-key")
        if text is None:
            return None
        if not 0 < len(text) <= LONGEST_KEY:
            detail = f"must have 1 to {LONGEST_KEY} characters"
            fault = Fault("", "too_long", detail, parameter="Idempotency-Key")
            raise HttpProblem(400, "bad_header", "Idempotency-Key " + detail, fault)
        asked = f"{self.request.method} {self.path}?".encode() + self.request.scope["query_string"] + b"\n"
        return Key(self.actor.account_id, text, hashlib.sha256(asked + self.raw).hexdigest())

    def unchanged(self, etag: str) -> bool:
        """Whether If-None-Match names this tag."""
        sent = self.request.headers.get("if-none-match")
        if sent is None:
            return False
        return sent.strip() == "*" or etag.removeprefix("W/") in {t.strip().removeprefix("W/") for t in sent.split(",")}


@dataclass(frozen=True, slots=True)
class Answer:
    """`body` is a struct, bytes that are JSON already, or None. `revision` is told by every write."""

    body: object = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    etag: str | None = None
    revision: Revision | str | None = None
    cookies: tuple[str, ...] = ()


def version_tag(document: Any) -> str:
    return f'"{document.version}"'


def decode_query(request: Request, type_: type[Q]) -> Q:
    """Query parameters as their type; unknown and repeated ones are Invalid."""
    pairs = request.query_params.multi_items()
    given = dict(pairs)
    if len(given) != len(pairs):
        twice = next(name for name in given if len(request.query_params.getlist(name)) > 1)
        raise Invalid.parameter(twice, "repeated", "is given more than once")
    try:
        return msgspec.convert(given, type_, strict=False)
    except msgspec.ValidationError as error:
        raise invalid_of(error, parameter=True) from error


async def read_body(request: Request, most: int) -> bytes:
    """The body, refused before it is read when it says it is too long, and while it is read when it does not."""
    too_long = HttpProblem(
        413, "body_too_large", f"the body may have at most {most:,} bytes", headers={"Connection": "close"}
    )
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > most:
        raise too_long
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > most:
            raise too_long
        chunks.append(chunk)
    return b"".join(chunks)


def require_media(content_type: str, accepted: tuple[str, ...]) -> None:
    media = content_type.partition(";")[0].strip().lower()
    if media not in accepted:
        raise HttpProblem(
            415, "unsupported_media_type", f"send {' or '.join(accepted)}", headers={"Accept": ", ".join(accepted)}
        )


def decode_body(raw: bytes, decoder: "msgspec.json.Decoder[B]") -> B:
    try:
        raw.decode()
        return decoder.decode(raw)
    except msgspec.ValidationError as error:
        raise invalid_of(error) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise HttpProblem(400, "malformed", "the body is not well-formed JSON in UTF-8") from error
