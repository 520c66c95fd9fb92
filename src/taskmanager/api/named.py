"""Routes of what has a name: projects and labels, which differ in their fields only."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

import msgspec
from starlette.responses import Response

from taskmanager.api.calls import Answer, Call, InWorkspace
from taskmanager.api.routing import Handler, Routes
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


class NamedQuery(NamedFilter, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which page; in the order of their positions."""

    workspace_id: str | None = None
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


@dataclass(frozen=True, slots=True)
class Named(Generic[N]):
    """One of the two, and where it differs from the other."""

    kind: Kind[N]
    draft: type[ProjectDraft] | type[LabelDraft]
    patch: type[ProjectPatch] | type[LabelPatch]
    page: type[ProjectList] | type[LabelList]
    new: Callable[[Sheet, Any, str], Awaitable[N]]

    @property
    def routes(self) -> Routes:
        name = self.kind.name
        path, item = f"/api/{name}s", f"/api/{name}s/{{id}}"
        routes, type_, clash = Routes(f"{name.capitalize()}s"), self.kind.type, (409, 412)

        def on(method: str, at: str, handler: Handler, verb: str, summary: str, **facts: Any) -> None:
            routes.on(method, at, described=(verb, summary), **facts)(handler)

        on("GET", path, self.list, f"list_{name}s", f"List {name}s", query=NamedQuery, answer=self.page, tagged=True)
        on(
            "POST",
            path,
            self.create,
            f"create_{name}",
            f"Create a {name}",
            body=self.draft,
            answer=type_,
            status=201,
            responses=(409,),
        )
        on("GET", item, self.read, f"get_{name}", f"Read a {name}, in the trash or not", answer=type_, tagged=True)
        on(
            "PATCH",
            item,
            self.change,
            f"patch_{name}",
            f"Change a {name} by JSON merge patch",
            body=self.patch,
            answer=type_,
            responses=clash,
        )
        on(
            "DELETE",
            item,
            self.delete,
            f"delete_{name}",
            f"Put a {name} into the trash, or delete it for good",
            query=DeleteQuery,
            status=204,
            responses=clash,
        )
        on(
            "POST",
            item + "/restore",
            self.restore,
            f"restore_{name}",
            f"Take a {name} out of the trash, with what went with it",
            answer=type_,
            responses=clash,
        )
        return routes

    async def list(self, call: Call[NamedQuery, None]) -> Answer | Response:
        wanted = NamedFilter(trashed=call.query.trashed)
        index = self.kind.index["updated" if wanted.trashed else "position"]
        place = cursors.decode(call.query.cursor, wanted, self.kind.field[index.sort])
        query = Query(
            kind=self.kind,
            index=index.name,
            equals=(int(not wanted.trashed),),
            descending=wanted.trashed,
            after=place.after if place else None,
            limit=call.query.limit,
        )
        head = await call.services.door.store.head(call.workspace_id)
        if call.unchanged(list_tag(head, query)):
            return unchanged(list_tag(head, query))
        found = await call.services.reader(call.workspace_id, head).find(query)
        return listed(found, cursors.encode(found.next, wanted, 0) if found.next else None, query, head)

    async def create(self, call: Call[InWorkspace, Any]) -> Answer:
        id_ = chosen_id(call.body.id)
        return await write_document(
            call, self.kind, id_, lambda sheet: self.new(sheet, call.body, id_), status=201, guarded=True
        )

    async def read(self, call: Call[InWorkspace, None]) -> Answer | Response:
        return await read_document(call, self.kind)

    async def change(self, call: Call[InWorkspace, Any]) -> Answer:
        id_ = call.id()
        plan = partial(naming.patch, kind=self.kind, id_=id_, change=call.body, version=call.version)
        return await write_document(call, self.kind, id_, plan, guarded=call.body.name is not msgspec.UNSET)

    async def delete(self, call: Call[DeleteQuery, None]) -> Answer:
        id_, version = call.id(), call.version
        if call.query.permanent:
            return await write_away(call, partial(naming.purge, kind=self.kind, id_=id_, version=version))
        now = instant(call.services.clock())
        plan = partial(naming.trash, kind=self.kind, id_=id_, version=version, deleted_at=now)
        return await write_away(call, plan)

    async def restore(self, call: Call[InWorkspace, None]) -> Answer:
        id_ = call.id()
        plan = partial(naming.restore, kind=self.kind, id_=id_, version=call.version)
        return await write_document(call, self.kind, id_, plan, in_parts=True)


project_routes = Named(PROJECT, ProjectDraft, ProjectPatch, ProjectList, naming.create_project).routes
label_routes = Named(LABEL, LabelDraft, LabelPatch, LabelList, naming.create_label).routes
