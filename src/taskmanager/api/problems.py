"""How HTTP tells each error of the domain: RFC 9457 problem documents, in one table."""

import asyncio
import contextlib
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from math import ceil
from typing import Any, Final

import msgspec
import structlog
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from taskmanager import errors
from taskmanager.errors import Fault, TaskManagerError

MEDIA_TYPE: Final = "application/problem+json"
LINGER: Final = 1.0
"""Seconds."""
HUNG_UP: Final = 499
"""What a request that was never sent to its end is counted as; nobody reads the answer."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Told:
    """The status and the title of one kind of error."""

    status: int
    title: str


TABLE: Final[Mapping[type[TaskManagerError], Told]] = {
    errors.Invalid: Told(422, "Something in the request is not valid"),
    errors.NotAPicture: Told(415, "This is not a picture"),
    errors.Unauthenticated: Told(401, "Sign in first"),
    errors.Forbidden: Told(403, "This is not allowed"),
    errors.NotFound: Told(404, "There is nothing here"),
    errors.Exists: Told(409, "The id is taken"),
    errors.EmailTaken: Told(409, "There is an account with this e-mail"),
    errors.NameTaken: Told(409, "The name is taken"),
    errors.InTrash: Told(409, "It is in the trash"),
    errors.NotInTrash: Told(409, "It is not in the trash"),
    errors.UndoConflict: Told(409, "It was changed since"),
    errors.Purged: Told(409, "It was deleted for good"),
    errors.InFlight: Told(409, "The same request is being worked on"),
    errors.BatchFailed: Told(409, "One operation of the batch can't be done"),
    errors.Conflict: Told(409, "This conflicts with what is stored"),
    errors.VersionMismatch: Told(412, "It was changed since that version"),
    errors.Stale: Told(412, "It was changed since that version"),
    errors.Moved: Told(409, "The workspace was changed in the meantime"),
    errors.KeyReused: Told(422, "The idempotency key belongs to another request"),
    errors.RevisionGone: Told(410, "History does not reach back that far"),
    errors.CommitTooLarge: Told(413, "This is too much at once"),
    errors.TooManyRequests: Told(429, "Too many requests"),
    errors.Unavailable: Told(503, "Not now"),
    errors.StorageFull: Told(507, "The disk is full"),
}
"""Total over the leaves of the error tree; a test proves it."""


class HttpProblem(Exception):
    """An answer that only HTTP knows of: a wrong method, media type, header or body."""

    def __init__(
        self, status: int, code: str, detail: str, *faults: Fault, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.faults = faults
        self.headers = dict(headers or {})


def problem_of(error: Exception) -> HttpProblem:
    """Any exception as an answer; what was not foreseen tells nothing of the inside."""
    if isinstance(error, HttpProblem):
        return error
    if isinstance(error, TaskManagerError):
        told = TABLE[type(error)]
        return HttpProblem(told.status, error.code, str(error) or told.title, *_faults(error), headers=_headers(error))
    log.error("an error that was not foreseen", exc_info=error)
    return HttpProblem(500, "internal", "Something went wrong here; the request id helps to find it.")


def _faults(error: TaskManagerError) -> tuple[Fault, ...]:
    if isinstance(error, errors.BatchFailed):
        return (Fault(f"/operations/{error.number}", error.cause.code, str(error.cause)),)
    return error.faults if isinstance(error, errors.Invalid) else ()


def _headers(error: TaskManagerError) -> dict[str, str]:
    if isinstance(error, errors.TooManyRequests | errors.Unavailable):
        return {"Retry-After": str(max(1, ceil(error.retry_after)))}
    if isinstance(error, errors.StorageFull):
        return {"Retry-After": "10"}
    if isinstance(error, errors.Unauthenticated):
        return {"WWW-Authenticate": "Bearer"}
    if isinstance(error, errors.VersionMismatch):
        return {"ETag": f'"{error.version}"'}
    return {}


def document(error: Exception, *, instance: str, request_id: str) -> dict[str, Any]:
    """The problem document of an error."""
    told = problem_of(error)
    title = next((t.title for kind, t in TABLE.items() if kind.code == told.code), None)
    body: dict[str, Any] = {
        "type": f"/problems/{told.code}",
        "title": title or HTTPStatus(told.status).phrase,
        "status": told.status,
        "detail": str(told),
        "instance": instance,
        "code": told.code,
        "request_id": request_id,
        "errors": [_fault(fault) for fault in told.faults],
    }
    if isinstance(error, errors.UndoConflict):
        body["conflicts"] = error.conflicts
    if isinstance(error, errors.VersionMismatch):
        body["current"] = error.current
    if isinstance(error, errors.BatchFailed):
        body["problem"] = document(error.cause, instance=instance, request_id=request_id)
    return body


class Parting(Response):
    """The last answer on a connection whose client is still sending.

    A connection closed on bytes that nobody read takes its last answer along: so for a moment they are thrown away.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - the signature of every ASGI app
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": True})
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LINGER):
                while (await receive()).get("more_body", False):
                    pass
        await send({"type": "http.response.body", "body": b""})


def response(error: Exception, *, instance: str, request_id: str) -> Response:
    told = problem_of(error)
    body = document(
        told if not isinstance(error, TaskManagerError) else error, instance=instance, request_id=request_id
    )
    headers = {"Cache-Control": "no-store", **told.headers}
    kind = Parting if told.headers.get("Connection") == "close" else Response
    return kind(msgspec.json.encode(body), told.status, headers, MEDIA_TYPE)


async def answer_or_problem(answer: Awaitable[Response], scope: Scope) -> Response:
    """The answer, or the problem that stands for whatever went wrong on the way to it: the net under every route."""
    try:
        return await answer
    except ClientDisconnect:
        return Response(status_code=HUNG_UP)
    except Exception as error:  # noqa: BLE001 - every error is told here, and logged when nobody foresaw it
        return _response_in(scope, error)


async def run_or_problem(
    app: ASGIApp, scope: Scope, receive: Receive, send: Send, *, begun: Callable[[], bool]
) -> None:
    """Run the app; tell its error unless an answer has begun, which then can only break off."""
    try:
        await app(scope, receive, send)
    except Exception as error:
        if begun():
            log.exception("an answer broke off")
            raise
        await _response_in(scope, error)(scope, receive, send)


def _response_in(scope: Scope, error: Exception) -> Response:
    return response(error, instance=scope["path"], request_id=scope["state"]["request_id"])


def _fault(fault: Fault) -> dict[str, str]:
    place = {"parameter": fault.parameter} if fault.parameter else {"pointer": fault.pointer}
    return {**place, "code": fault.code, "detail": fault.detail}


_PATH: Final = re.compile(r" - at `(key in )?\$([^`]*)`$")
_STEP: Final = re.compile(r"\.([^.\[]+)|\[(\d+|\.\.\.)\]")
_UNKNOWN: Final = re.compile(r"contains unknown field `([^`]*)`")
_MISSING: Final = re.compile(r"missing required field `([^`]*)`")


def invalid_of(error: msgspec.ValidationError, *, parameter: bool = False) -> errors.Invalid:
    """What msgspec says, with its path as a pointer. The only place that reads its messages."""
    text = str(error)
    at = _PATH.search(text)
    steps = [name or index for name, index in _STEP.findall(at[2])] if at else []
    detail = text[: at.start()] if at else text
    code = "invalid"
    for pattern, reason in ((_UNKNOWN, "unknown_field"), (_MISSING, "required")):
        found = pattern.search(detail)
        if found:
            steps.append(found[1])
            code = reason
    if parameter:
        return errors.Invalid.parameter(steps[0] if steps else "", code, detail)
    pointer = "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)
    return errors.Invalid.at(pointer, code, detail)
