"""Routes of what has a name: projects and labels, which differ in their fields only."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import msgspec
from starlette.responses import Response

from taskmanager.api.calls import Answer, Call, InWorkspace
from taskmanager.api.routing import Routes
from taskmanager.api.tasks import DeleteQuery, Limit, list_tag, listed, read_document, unchanged
from taskmanager.api.writes import chosen_id, write_away, write_document
from taskmanager.tasks import cursors, naming
from taskmanager.tasks.dates import instant
from taskmanager.tasks.drafts import LabelDraft, LabelPatch, ProjectDraft, ProjectPatch
from taskmanager.tasks.model import LABEL, PROJECT, Label, Project
from taskmanager.tasks.query import Kind, Query
from taskmanager.tasks.sheet import Sheet

N = TypeVar("N", Project, Label)


class NamedFilter(msgspec.Struct, frozen=True, kw_only=True):
    trashed: bool = False


class NamedQuery(InWorkspace, NamedFilter, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which page; in the order of their positions."""

    limit: Limit = 50
    cursor: str | None = None


class ProjectList(msgspec.Struct, frozen=True, kw_only=True):
    items: list[Project]
    next_cursor: str | None
    revision: str


class LabelList(msgspec.Struct, frozen=True, kw_only=True):
    items: list[Label]
    next_cursor: str | None
    revision: str


def _routes(  # noqa: PLR0913 - the six facts in which the two differ
    kind: Kind[N],
    path: str,
    draft: type[ProjectDraft] | type[LabelDraft],
    patch: type[ProjectPatch] | type[LabelPatch],
    page: type,
    create: Callable[[Sheet, Any, str], Awaitable[N]],
) -> Routes:
    name = kind.name
    routes = Routes(f"{name.capitalize()}s")

    def documented(text: str, handler_name: str) -> Callable[[Any], Any]:
        def describe(handler: Any) -> Any:
            handler.__doc__, handler.__name__ = text, handler_name
            return handler

        return describe

    @routes.on("GET", path, query=NamedQuery, answer=page)
    @documented(f"List {name}s", f"list_{name}s")
    async def list_named(call: Call[NamedQuery, None]) -> Answer | Response:
        wanted = NamedFilter(trashed=call.query.trashed)
        place = cursors.decode(call.query.cursor, wanted)
        query = Query(
            kind=kind,
            index="updated" if wanted.trashed else "position",
            equals=(int(not wanted.trashed),),
            descending=wanted.trashed,
            after=place.after if place else None,
            limit=call.query.limit,
        )
        store = call.services.door.store
        head = await store.head(call.workspace_id)
        if call.unchanged(list_tag(head, query)):
            return unchanged(list_tag(head, query))
        found = await store.find(call.workspace_id, query)
        return listed(found, cursors.encode(found.next, wanted, 0) if found.next else None, query, head)

    @routes.on("POST", path, body=draft, answer=kind.type, status=201, responses=(409,))
    @documented(f"Create a {name}", f"create_{name}")
    async def create_named(call: Call[InWorkspace, Any]) -> Answer:
        id_ = chosen_id(call.body.id)
        return await write_document(call, kind, id_, lambda s: create(s, call.body, id_), status=201, guarded=True)

    @routes.on("GET", path + "/{id}", answer=kind.type)
    @documented(f"Read a {name}, in the trash or not", f"get_{name}")
    async def get_named(call: Call[InWorkspace, None]) -> Answer | Response:
        return await read_document(call, kind)

    @routes.on("PATCH", path + "/{id}", body=patch, answer=kind.type, responses=(409, 412))
    @documented(f"Change a {name} by JSON merge patch", f"patch_{name}")
    async def patch_named(call: Call[InWorkspace, Any]) -> Answer:
        id_, version = call.id(), call.version
        renames = call.body.name is not msgspec.UNSET
        return await write_document(
            call, kind, id_, lambda sheet: naming.patch(sheet, kind, id_, call.body, version), guarded=renames
        )

    @routes.on("DELETE", path + "/{id}", query=DeleteQuery, status=204, responses=(409, 412))
    @documented(f"Put a {name} into the trash, or delete it for good", f"delete_{name}")
    async def delete_named(call: Call[DeleteQuery, None]) -> Answer:
        id_, version = call.id(), call.version
        if call.query.permanent:
            return await write_away(call, lambda sheet: naming.purge(sheet, kind, id_, version))
        deleted_at = instant(call.services.clock())
        return await write_away(call, lambda sheet: naming.trash(sheet, kind, id_, version, deleted_at))

    @routes.on("POST", path + "/{id}/restore", answer=kind.type, responses=(409, 412))
    @documented(f"Take a {name} out of the trash, with what went with it", f"restore_{name}")
    async def restore_named(call: Call[InWorkspace, None]) -> Answer:
        id_, version = call.id(), call.version
        return await write_document(
            call, kind, id_, lambda sheet: naming.restore(sheet, kind, id_, version), in_parts=True
        )

    return routes


project_routes = _routes(PROJECT, "/api/projects", ProjectDraft, ProjectPatch, ProjectList, naming.create_project)
label_routes = _routes(LABEL, "/api/labels", LabelDraft, LabelPatch, LabelList, naming.create_label)
