"""The HTTP side as one ASGI app: the API's routes, the web app around them, and what every answer carries."""

import time
from pathlib import Path
from typing import Any, Final

import msgspec
import structlog
from starlette.datastructures import Headers
from starlette.routing import Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from taskmanager.api import accounts, changes, export, named, openapi, operations, pictures, problems, reading, tasks
from taskmanager.api.problems import HttpProblem
from taskmanager.api.routing import Endpoint, request_id, routes_of
from taskmanager.api.services import Services
from taskmanager.api.static import WebApp

SECURITY: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)
API_POLICY: Final = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
HSTS: Final = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
API: Final = ("/api/", "/.well-known/")

log = structlog.get_logger("taskmanager.requests")


def endpoints() -> list[Endpoint]:
    """Every endpoint, the hottest first, as routes are matched in order."""
    parts = (
        tasks.routes,
        changes.routes,
        named.project_routes,
        named.label_routes,
        tasks.trash_routes,
        accounts.routes,
        accounts.sign_in_routes,
        accounts.key_routes,
        export.routes,
        pictures.routes,
        pictures.open_routes,
        operations.routes,
    )
    return [endpoint for part in parts for endpoint in part]


def described() -> dict[str, Any]:
    return openapi.document([*endpoints(), *operations.documentation(b"", b"")])


def build(services: Services, web: Path) -> ASGIApp:
    document = described()
    documentation = operations.documentation(msgspec.json.encode(document), reading.page(document))
    served = [*endpoints(), *documentation]
    router = Router(routes_of(served, services), redirect_slashes=False, default=_Elsewhere(WebApp(web)))
    return Frame(router, services)


class _Elsewhere:
    """What no route matches: a problem under the API, else the web app."""

    def __init__(self, web: WebApp) -> None:
        self._web = web

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not scope["path"].startswith(API):
            await self._web(scope, receive, send)
            return
        error = HttpProblem(404, "not_found", "there is nothing at this address; see /api/docs")
        answer = problems.response(error, instance=scope["path"], request_id=scope["state"]["request_id"])
        await answer(scope, receive, send)


class Frame:
    """Around every request: an id, the security headers, one log line; and a problem should all else fail."""

    def __init__(self, app: ASGIApp, services: Services) -> None:
        self._app = app
        https = (services.admission.public_url or "").startswith("https://")
        self._security = (*SECURITY, HSTS) if https else SECURITY

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        started = time.perf_counter()
        id_ = request_id(Headers(scope=scope).get("x-request-id"))
        scope["state"] = {"request_id": id_}
        status = 0

        async def framed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", id_.encode()), *self._headers(message)]
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=id_):
            try:
                await problems.run_or_problem(self._app, scope, receive, framed, begun=lambda: status != 0)
            finally:
                log.info(
                    "request",
                    method=scope["method"],
                    path=scope["path"],
                    status=status,
                    ms=round((time.perf_counter() - started) * 1000, 1),
                    account=scope["state"].get("account"),
                )

    def _headers(self, message: Message) -> tuple[tuple[bytes, bytes], ...]:
        own = {name for name, _ in message["headers"]}
        if b"cross-origin-resource-policy" in own:
            return tuple(header for header in (*self._security, API_POLICY) if header[0] not in own)
        return self._security if b"content-security-policy" in own else (*self._security, API_POLICY)
