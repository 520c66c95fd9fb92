"""Routes by which people take along what is theirs. `docs/export-format.md` describes the files."""

import asyncio
from collections.abc import AsyncIterator
from typing import IO, Any, Final, Literal

import msgspec
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from taskmanager.api.calls import JSON, Call, InWorkspace
from taskmanager.api.routing import NO_STORE, Routes
from taskmanager.tasks.model import Label, Project, Task
from taskmanager.tasks.store import Change

CSV: Final = "text/csv"
_AT_A_TIME: Final = 256 * 1024

routes = Routes("Export")


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """A workspace as it stood at one moment, with what is in the trash and all of its history that is kept."""

    format: Literal["taskmanager-export"]
    version: Literal[1]
    workspace_id: str
    revision: str
    timezone: str
    labels: list[Label]
    projects: list[Project]
    tasks: list[Task]
    changes: list[Change]


@routes.on("GET", "/api/export", answer=Export)
async def export_workspace(call: Call[InWorkspace, None]) -> Response:
    """Take everything along as JSON: tasks, projects, labels and their history."""
    return await _download(call, "json", JSON, "taskmanager.json")


@routes.on("GET", "/api/export/tasks.csv", answer=str, media=CSV)
async def export_tasks(call: Call[InWorkspace, None]) -> Response:
    """Take the tasks along as a table for spreadsheets."""
    return await _download(call, "csv", CSV, "tasks.csv")


async def _download(call: Call[Any, Any], form: Literal["json", "csv"], media: str, name: str) -> Response:
    headers = {**NO_STORE, "Content-Disposition": f'attachment; filename="{name}"'}
    ws = call.workspace_id
    if call.request.method == "HEAD":
        return Response(None, 200, headers, media)
    return _Download(await call.services.export(ws, form), headers, media)


class _Download(StreamingResponse):
    """A file, which is closed once it was sent, or could not be."""

    def __init__(self, file: IO[bytes], headers: dict[str, str], media: str) -> None:
        self._file = file
        length = file.seek(0, 2)
        file.seek(0)
        super().__init__(_pieces(file), 200, {**headers, "Content-Length": str(length)}, media)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._file.close()


async def _pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    while piece := await asyncio.to_thread(file.read, _AT_A_TIME):
        yield piece
