"""Routes of what happened: the feed, the live stream, and undo."""

import contextlib
from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated, Any, Final

import msgspec
import structlog
from starlette.responses import Response, StreamingResponse

from taskmanager.api.calls import Answer, Call, InWorkspace
from taskmanager.api.routing import Routes
from taskmanager.api.writes import Receipt, keeping, keyed
from taskmanager.errors import Invalid, NotFound, RevisionGone, Unauthenticated, Unavailable
from taskmanager.tasks import undo
from taskmanager.tasks.dates import instant
from taskmanager.tasks.store import Change, Changes, Commit, Revision
from taskmanager.tasks.undo import OnConflict

SILENCE: Final = 15.0
"""Seconds after which a stream says that it is still there."""

routes = Routes("Changes")
log = structlog.get_logger(__name__)


class ChangesQuery(InWorkspace, frozen=True, kw_only=True, forbid_unknown_fields=True):
    since: str | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1000


class Revert(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    on_conflict: OnConflict = "fail"


class Reverted(msgspec.Struct, frozen=True, kw_only=True):
    revision: str
    changes: list[Change]


@routes.on("GET", "/api/changes", query=ChangesQuery, answer=Changes, responses=(410,))
async def list_changes(call: Call[ChangesQuery, None]) -> Answer:
    """Read what happened since a revision, in whole commits."""
    since = _revision(call.query.since) if call.query.since is not None else None
    return Answer(await call.services.door.store.changes(call.workspace_id, since, call.query.limit))


def _revision(text: str) -> Revision:
    revision = Revision.parse(text)
    if revision is None:
        raise Invalid.parameter("since", "bad_revision", "is not a revision")
    return revision


@routes.on("GET", "/api/events", answer=str, media="text/event-stream")
async def stream_events(call: Call[InWorkspace, None]) -> Response:
    """Follow changes as they happen, as server-sent events."""
    ws = call.workspace_id
    given = call.request.headers.get("last-event-id")
    since = (Revision.parse(given) or Revision(0, "unknown")) if given else await call.services.door.store.head(ws)
    headers = {"Cache-Control": "private, no-store", "X-Accel-Buffering": "no", "Vary": "Authorization"}
    if call.request.method == "HEAD":
        return Response(None, 200, headers, "text/event-stream")
    return StreamingResponse(_events(call, ws, since), 200, headers, "text/event-stream")


async def _events(call: Call[Any, Any], ws: str, since: Revision) -> AsyncIterator[bytes]:
    """Ends with the token, with the session, or when the process stops; a client comes back with Last-Event-ID."""
    try:
        async for event in _told(call, ws, since):
            yield event
    except (Unauthenticated, Unavailable) as end:
        log.debug("a stream ended", reason=str(end))


async def _told(call: Call[Any, Any], ws: str, since: Revision) -> AsyncIterator[bytes]:
    """Silence asks nothing of the store: whether the session goes on is asked for all of them together."""
    tokens, actor = call.services.tokens, call.actor

    def silence() -> float:
        return min(SILENCE, actor.expires_at - call.services.clock() / 1000)

    try:
        async for news in call.services.hub.follow(ws, since, actor.session_id, silence):
            if news is None:
                tokens.require_live(actor)
                yield b": still here\n\n"
            else:
                await tokens.recheck(actor)
                yield _event(*news)
    except RevisionGone:
        head = await call.services.door.store.head(ws)
        yield f"id: {head}\nevent: reset\ndata: {{}}\n\n".encode()


def _event(revision: str, changes: list[Change]) -> bytes:
    data = msgspec.json.encode({"revision": revision, "by": changes[0].by, "changes": changes})
    return b"id: " + revision.encode() + b"\nevent: change\ndata: " + data + b"\n\n"


@routes.on("POST", "/api/changes/{revision}/revert", body=Revert | None, answer=Reverted, responses=(409, 410))
async def revert_changes(call: Call[InWorkspace, Revert | None]) -> Answer:
    """Undo a commit, or the group it belongs to, as a new commit."""
    revision = Revision.parse(call.request.path_params["revision"])
    if revision is None:
        raise NotFound("there is no such revision")
    on_conflict = call.body.on_conflict if call.body else "fail"
    door, ws = call.services.door, call.workspace_id
    keep = keeping(call, lambda moved: Receipt(200, moved=moved))

    async def write() -> Answer:
        changes = undo.undone(await door.store.undoable(ws, revision))
        plan = partial(undo.revert, changes=changes, deleted_at=instant(call.services.clock()))
        first, rest = partial(plan, on_conflict=on_conflict), partial(plan, on_conflict="skip")
        done = await door.commit_in_parts(call.scope, first, then=rest, keeping=keep)
        return await _reverted(call, done.revision, moved=done.moved)

    async def repeat(receipt: Receipt, kept: Commit) -> Answer:
        return await _reverted(call, kept.revision, moved=receipt.moved)

    return await keyed(call, write, repeat)


async def _reverted(call: Call[Any, Any], revision: Revision, *, moved: bool) -> Answer:
    """What was done, unless there was nothing left to do: then the revision is another's."""
    changes: list[Change] = []
    with contextlib.suppress(RevisionGone):
        changes = await call.services.door.store.undoable(call.workspace_id, revision) if moved else []
    return Answer(Reverted(revision=str(revision), changes=changes), revision=revision)
