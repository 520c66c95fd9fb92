"""Routes for whoever runs the house: is it alive, is it ready, what does it understand."""

from typing import Any, Literal

import msgspec
from starlette.responses import Response

from taskmanager import __version__
from taskmanager.api import reading
from taskmanager.api.calls import Answer, Call, NoQuery
from taskmanager.api.routing import Routes

routes = Routes("Operations", open_to_all=True, private=False)


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """`reasons` say why it is not ready."""

    status: Literal["ok", "not_ready"]
    version: str
    reasons: list[str]


@routes.on("GET", "/api/health", query=NoQuery, answer=Health)
async def health(call: Call[NoQuery, None]) -> Answer:
    """Tell how it is; always 200 while the process answers."""
    return Answer(_health(call))


@routes.on("GET", "/api/health/live", query=NoQuery, answer=Health)
async def live(_call: Call[NoQuery, None]) -> Answer:
    """Tell that the process answers, whatever else is wrong."""
    return Answer(Health(status="ok", version=__version__, reasons=[]))


@routes.on("GET", "/api/health/ready", query=NoQuery, answer=Health, responses=(503,))
async def ready(call: Call[NoQuery, None]) -> Answer:
    """Tell whether requests should be sent here: 503 while starting, draining or without the store."""
    state = _health(call)
    return Answer(state, 200 if state.status == "ok" else 503)


def _health(call: Call[Any, Any]) -> Health:
    reasons = sorted(call.services.readiness.reasons)
    return Health(status="not_ready" if reasons else "ok", version=__version__, reasons=reasons)


def documentation(document: bytes, page: bytes) -> Routes:
    """The OpenAPI document, and a page to read it."""
    described = Routes("Operations", open_to_all=True, private=False)

    @described.on("GET", "/api/openapi.json", query=NoQuery, answer=dict[str, Any])
    async def openapi(_call: Call[NoQuery, None]) -> Answer:
        """Read this document."""
        return Answer(document)

    @described.on("GET", "/api/docs", query=NoQuery, answer=str, media="text/html")
    async def docs(_call: Call[NoQuery, None]) -> Response:
        """Read this document as a page."""
        return Response(
            page,
            headers={"Cache-Control": "no-cache", "Content-Security-Policy": reading.POLICY},
            media_type="text/html",
        )

    return described
