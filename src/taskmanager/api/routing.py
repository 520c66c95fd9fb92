"""The thin typed layer: an endpoint says what it takes and answers; that decodes, guards, answers and documents it."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from time import perf_counter
from typing import Any, Final, get_args
from urllib.parse import quote
from uuid import uuid4

import msgspec
import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from taskmanager import deadline
from taskmanager.actor import Actor
from taskmanager.api import problems
from taskmanager.api.calls import (
    JSON,
    MERGE_PATCH,
    Answer,
    Call,
    InWorkspace,
    decode_body,
    decode_query,
    read_body,
    require_media,
)
from taskmanager.api.problems import HttpProblem
from taskmanager.api.services import Services
from taskmanager.errors import Invalid, TaskManagerError, Unauthenticated
from taskmanager.metrics import REQUEST_SECONDS

MIB: Final = 1024 * 1024
LONGEST_ID: Final = 128
PRIVATE: Final = {"Cache-Control": "private, no-cache", "Vary": "Authorization"}
NO_STORE: Final = {"Cache-Control": "no-store"}

Handler = Callable[[Call[Any, Any]], Awaitable[Answer | Response]]

log = structlog.get_logger("taskmanager.requests")


@dataclass(frozen=True)
class Endpoint:
    """One method of one path. `answer` is the type of the body it answers with, None for none.

    `takes` are the media types of a body that is no JSON: its type is bytes, handed on as they came. `documented` is
    the type of the body it takes where the handler decodes it further. `tagged`: it answers with an ETag, and to
    If-None-Match.
    """

    method: str
    path: str
    handler: Handler
    query: type[msgspec.Struct]
    body: Any
    answer: Any
    status: int
    tag: str
    open_to_all: bool
    private: bool
    most: int
    media: str = JSON
    responses: tuple[int, ...] = ()
    described: tuple[str, str] | None = None
    documented: Any = None
    tagged: bool = False
    takes: tuple[str, ...] = ()

    @cached_property
    def decoder(self) -> "msgspec.json.Decoder[Any]":
        return msgspec.json.Decoder(self.body)

    @cached_property
    def needs_body(self) -> bool:
        return self.body is not None and type(None) not in get_args(self.body)

    @property
    def accepted(self) -> tuple[str, ...]:
        if self.takes:
            return self.takes
        return (JSON, MERGE_PATCH) if self.method == "PATCH" else (JSON,)

    @property
    def summary(self) -> str:
        text = self.described[1] if self.described else self.handler.__doc__ or ""
        return text.strip().splitlines()[0].rstrip(".")

    @property
    def name(self) -> str:
        return self.described[0] if self.described else self.handler.__name__


@dataclass
class Routes:
    """The endpoints of one part of the API, in the order they are matched."""

    tag: str
    open_to_all: bool = False
    private: bool = True
    endpoints: list[Endpoint] = field(default_factory=list)

    def __iter__(self) -> Iterator[Endpoint]:
        return iter(self.endpoints)

    def on(  # noqa: PLR0913 - an endpoint is this many facts; each has the default that most routes need
        self,
        method: str,
        path: str,
        *,
        query: type[msgspec.Struct] = InWorkspace,
        body: Any = None,
        answer: Any = None,
        status: int = 200,
        most: int = MIB,
        media: str = JSON,
        responses: tuple[int, ...] = (),
        described: tuple[str, str] | None = None,
        documented: Any = None,
        tagged: bool = False,
        takes: tuple[str, ...] = (),
    ) -> Callable[[Handler], Handler]:
        """Register the handler that follows. `described` is its name and summary, where its own are not enough."""

        def register(handler: Handler) -> Handler:
            self.endpoints.append(
                Endpoint(
                    method=method,
                    path=path,
                    handler=handler,
                    query=query,
                    body=body,
                    answer=answer,
                    status=status,
                    tag=self.tag,
                    open_to_all=self.open_to_all,
                    private=self.private,
                    most=most,
                    media=media,
                    responses=responses,
                    described=described,
                    documented=documented or body,
                    tagged=tagged,
                    takes=takes,
                )
            )
            return handler

        return register


class Dispatch:
    """The methods of one path as an ASGI app: admit, decode, handle, answer; any error becomes a problem."""

    def __init__(self, endpoints: list[Endpoint], services: Services) -> None:
        self._by_method = {endpoint.method: endpoint for endpoint in endpoints}
        self._services = services
        self._path = endpoints[0].path
        allowed = set(self._by_method) | ({"HEAD"} if "GET" in self._by_method else set())
        self._allow = ", ".join(sorted(allowed))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        started = perf_counter()
        response = await problems.answer_or_problem(self._answer(request), scope)
        response.headers.update(scope["state"].get("limits", {}))
        seconds = perf_counter() - started
        REQUEST_SECONDS.labels(request.method, self._path, response.status_code).observe(seconds)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        endpoint = self._by_method.get(method)
        if endpoint is None:
            raise HttpProblem(405, "method_not_allowed", f"try {self._allow}", headers={"Allow": self._allow})
        with deadline.of_request():
            call = await self._call(request, endpoint)
            answer = await endpoint.handler(call)
        return answer if isinstance(answer, Response) else _response(answer, endpoint)

    async def _call(self, request: Request, endpoint: Endpoint) -> Call[Any, Any]:
        state = request.scope["state"]
        admission = self._services.admission
        address = admission.address(request)
        who = await self._who(request, endpoint, address)
        query = decode_query(request, endpoint.query)
        raw = await read_body(request, endpoint.most)
        body = None
        if endpoint.needs_body or (raw and endpoint.body is not None):
            require_media(request.headers.get("content-type", ""), endpoint.accepted)
            body = raw if endpoint.takes else decode_body(raw, endpoint.decoder)
        elif raw:
            raise Invalid.at("", "no_body", "this takes no body")
        return Call(request, query, body, raw, who, address, state["request_id"], self._services)

    async def _who(self, request: Request, endpoint: Endpoint, address: str) -> Actor | None:
        """The caller, counted against the rate limit; whoever brings a bad token counts as a stranger."""
        who: Actor | None = None
        refused: TaskManagerError | None = None
        if not endpoint.open_to_all:
            try:
                who = await self._authenticate(request)
            except Unauthenticated as error:
                refused = error
        request.scope["state"]["account"] = who.account_id if who else None
        if not endpoint.path.startswith("/api/health"):
            request.scope["state"]["limits"], over = await self._services.admission.count(who, address)
            refused = over or refused
        if refused:
            raise refused
        return who

    async def _authenticate(self, request: Request) -> Actor:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated("send an access token: Authorization: Bearer …")
        return await self._services.tokens.authenticate(token.strip())


def _response(answer: Answer, endpoint: Endpoint) -> Response:
    headers = dict(PRIVATE if endpoint.private else NO_STORE)
    headers.update(answer.headers)
    if answer.etag is not None:
        headers["ETag"] = answer.etag
    if answer.revision is not None:
        headers["Revision"] = str(answer.revision)
    body = (
        answer.body
        if isinstance(answer.body, bytes)
        else b""
        if answer.body is None
        else msgspec.json.encode(answer.body)
    )
    media = endpoint.media if body else None
    response = Response(body, answer.status, headers, media)
    for cookie in answer.cookies:
        response.raw_headers.append((b"set-cookie", cookie.encode("latin-1")))
    return response


def routes_of(endpoints: list[Endpoint], services: Services) -> list[Route]:
    """Starlette's routes, one per path, in the order of the endpoints."""
    paths: dict[str, list[Endpoint]] = {}
    for endpoint in endpoints:
        paths.setdefault(endpoint.path, []).append(endpoint)
    return [Route(path, Dispatch(group, services)) for path, group in paths.items()]


def request_id(given: str | None) -> str:
    """The caller's id for the request when it is short and plain, else a new one."""
    plain = given is not None and 0 < len(given) <= LONGEST_ID and quote(given, safe="") == given
    return given if plain and given is not None else uuid4().hex
