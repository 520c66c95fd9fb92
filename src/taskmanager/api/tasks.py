"""Routes of the work: tasks, their lists, batches and figures, and the trash."""

import hashlib
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Annotated, Any, Final

import msgspec
from starlette.responses import Response

from taskmanager.api.calls import Answer, Call, InWorkspace, version_tag
from taskmanager.api.problems import HttpProblem, invalid_of, problem_of
from taskmanager.api.problems import document as problem_document
from taskmanager.api.routing import MIB, PRIVATE, Routes
from taskmanager.api.writes import Kept, Receipt, chosen_id, keeping, keyed, write_away, write_document
from taskmanager.errors import Fault, Invalid, NotFound, VersionMismatch
from taskmanager.tasks import batch, editing, lists, trashcan
from taskmanager.tasks.batch import Operation, Outcome
from taskmanager.tasks.dates import MINUTE, instant
from taskmanager.tasks.drafts import TaskDraft, TaskPatch
from taskmanager.tasks.history import entries, fitting
from taskmanager.tasks.lists import TaskFilter
from taskmanager.tasks.model import TASK, Task
from taskmanager.tasks.query import D, Kind, Query
from taskmanager.tasks.stats import Stats, stats
from taskmanager.tasks.store import MAX_BYTES, MAX_EDITS, Change, Commit, Page, Revision, encode

SHAPE: Final = "1"
"""Goes up when the wire form of a document changes, so that no client keeps the old form."""

AS_BEFORE: Final = "as this request was answered the first time"

routes = Routes("Tasks")
trash_routes = Routes("Trash")

Limit = Annotated[int, msgspec.Meta(ge=1, le=200)]


class ListQuery(TaskFilter, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Filters, order and page of a task list."""

    workspace_id: str | None = None
    limit: Limit = 50
    cursor: str | None = None

    def filter(self) -> TaskFilter:
        return msgspec.convert(self, TaskFilter, from_attributes=True)


class StatsQuery(InWorkspace, frozen=True, kw_only=True, forbid_unknown_fields=True):
    project_id: str | None = None


class BatchQuery(InWorkspace, frozen=True, kw_only=True, forbid_unknown_fields=True):
    atomic: bool = False


class DeleteQuery(InWorkspace, frozen=True, kw_only=True, forbid_unknown_fields=True):
    permanent: bool = False


class HistoryQuery(InWorkspace, frozen=True, kw_only=True, forbid_unknown_fields=True):
    limit: Limit = 100
    before: str | None = None


class TaskList(msgspec.Struct, frozen=True, kw_only=True):
    items: list[Task]
    next_cursor: str | None
    revision: str


class History(msgspec.Struct, frozen=True, kw_only=True):
    """Newest first. `next` is `before` of the request for what is older; null when there is none.

    It need not be the last item's revision: that of edits told as one is the newest of theirs.
    """

    items: list[Change]
    next: str | None


class Batch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    operations: Annotated[list[Operation], msgspec.Meta(max_length=MAX_EDITS)]


class UnreadBatch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A batch whose operations are yet to be read, each by itself, as one that is wrong is answered in place."""

    operations: Annotated[list[msgspec.Raw], msgspec.Meta(max_length=MAX_EDITS)]


_read = msgspec.json.Decoder(Operation).decode


class Result(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of one operation: `problem` when it was left out, else `task`, except after a delete.

    An answer has room for 8 MiB of tasks: `task`, or `current` of a problem, is absent from what comes after those.
    """

    status: int
    id: str | None
    task: Task | None = None
    problem: dict[str, Any] | None = None


class BatchAnswer(msgspec.Struct, frozen=True, kw_only=True):
    revision: str
    results: list[Result]


@routes.on("GET", "/api/tasks", query=ListQuery, answer=TaskList, tagged=True)
async def list_tasks(call: Call[ListQuery, None]) -> Answer | Response:
    """List tasks, filtered and sorted."""
    door, asked = call.services.door, call.query
    ws, wanted = call.workspace_id, asked.filter()
    head = await door.store.head(ws)
    home = await door.home(ws, head)
    query = lists.plan(wanted, now=call.services.clock(), home=home.zone, limit=asked.limit, cursor=asked.cursor)
    etag = list_tag(head, query)
    if call.unchanged(etag):
        return unchanged(etag)
    page = await call.services.reader(ws, head).find(query) if query else None
    cursor = lists.next_cursor(wanted, page.next, asked.cursor, len(page.bodies)) if page else None
    return listed(page, cursor, query, head)


def list_tag(revision: Revision, query: Query[D] | None) -> str:
    """The same revision and the same resolved query are the same page."""
    resolved = repr((SHAPE, str(revision), query and (query.kind.name, *_parts(query))))
    return f'W/"{hashlib.sha256(resolved.encode()).hexdigest()[:32]}"'


def _parts(query: Query[Any]) -> tuple[object, ...]:
    return (query.index, query.equals, query.descending, query.span, query.after, query.rest, query.limit)


def listed(page: Page[D] | None, cursor: str | None, query: Query[D] | None, head: Revision) -> Answer:
    """A page as it is sent: the stored bodies, joined, never decoded."""
    revision = page.revision if page else head
    items = b",".join(page.bodies) if page else b""
    tail = msgspec.json.encode({"next_cursor": cursor, "revision": str(revision)})
    return Answer(b'{"items":[' + items + b"]," + tail[1:], etag=list_tag(revision, query))


def unchanged(etag: str, caching: Mapping[str, str] = PRIVATE) -> Response:
    return Response(status_code=304, headers={**caching, "ETag": etag})


@routes.on("POST", "/api/tasks", body=TaskDraft, answer=Task, status=201, responses=(409,))
async def create_task(call: Call[InWorkspace, TaskDraft]) -> Answer:
    """Create a task."""
    id_ = chosen_id(call.body.id)
    return await write_document(call, TASK, id_, lambda sheet: editing.create(sheet, call.body, id_), status=201)


@routes.on("GET", "/api/tasks/stats", query=StatsQuery, answer=Stats, tagged=True)
async def task_stats(call: Call[StatsQuery, None]) -> Answer | Response:
    """Count tasks by status, priority and day."""
    ws, project_id, door = call.workspace_id, call.query.project_id, call.services.door
    head = await door.store.head(ws)
    home = await door.home(ws, head)
    now = call.services.clock()
    asked = repr((SHAPE, str(head), project_id, home.zone.key, now // MINUTE))
    etag = f'W/"{hashlib.sha256(asked.encode()).hexdigest()[:32]}"'
    if call.unchanged(etag):
        return unchanged(etag)
    return Answer(await stats(call.services.reader(ws, head), project_id, now, home.zone), etag=etag)


@routes.on(
    "POST",
    "/api/tasks/batch",
    query=BatchQuery,
    body=UnreadBatch,
    documented=Batch,
    answer=BatchAnswer,
    most=8 * MIB,
    responses=(409,),
)
async def batch_tasks(call: Call[BatchQuery, UnreadBatch]) -> Answer:
    """Create, change and delete many tasks in one commit."""
    operations = [_operation(raw) for raw in call.body.operations]
    ids = [_id_of(operation) for operation in operations]
    keep = keeping(call, lambda outcomes: Receipt(200, results=tuple(map(_kept, outcomes))))

    async def write() -> Answer:
        plan = partial(batch.apply, operations=operations, ids=ids, atomic=call.query.atomic)
        door = call.services.door
        done = await door.commit(call.scope, plan, guarded=batch.guarded(operations), keeping=keep)
        results = _as_fit(_result(call, outcome) for outcome in done.result)
        return Answer(BatchAnswer(revision=str(done.revision), results=results), revision=done.revision)

    async def repeat(receipt: Receipt, kept: Commit) -> Answer:
        ids = [result.id for result in receipt.results if result.id]
        alive = await call.services.door.store.get(call.workspace_id, TASK, ids)
        results = _as_fit(_again(call, result, alive.get(result.id or "")) for result in receipt.results)
        return Answer(BatchAnswer(revision=str(kept.revision), results=results))

    return await keyed(call, write, repeat)


def _operation(raw: msgspec.Raw) -> Operation | Invalid:
    try:
        operation: Operation = _read(raw)
    except msgspec.ValidationError as error:
        return invalid_of(error)
    except (msgspec.DecodeError, RecursionError):
        return Invalid.at("", "malformed", "is not well-formed JSON")
    return operation


def _id_of(operation: Operation | Invalid) -> str | None:
    match operation:
        case batch.Create():
            return chosen_id(operation.task.id)
        case batch.Patch() | batch.Delete():
            return operation.id
        case _:
            return None


def _result(call: Call[Any, Any], outcome: Outcome) -> Result:
    if outcome.error is not None:
        problem = problem_document(outcome.error, instance=call.path, request_id=call.request_id)
        return Result(status=problem_of(outcome.error).status, id=outcome.id, problem=problem)
    if outcome.deleted:
        return Result(status=204, id=outcome.id)
    return Result(status=201 if outcome.created else 200, id=outcome.id, task=outcome.task)


def _kept(outcome: Outcome) -> Kept:
    if outcome.error is None:
        return Kept(204 if outcome.deleted else 201 if outcome.created else 200, outcome.id)
    told = problem_of(outcome.error)
    return Kept(told.status, outcome.id, told.code, tuple((fault.pointer, fault.code) for fault in told.faults))


def _again(call: Call[Any, Any], kept: Kept, now: Task | None) -> Result:
    """A result as a repeat is told it: with the task as it is now."""
    if not kept.code:
        return Result(status=kept.status, id=kept.id, task=now if kept.status != 204 else None)  # noqa: PLR2004 - no body
    faults = (Fault(pointer, code, AS_BEFORE) for pointer, code in kept.faults)
    error = HttpProblem(kept.status, kept.code, AS_BEFORE, *faults)
    problem = problem_document(error, instance=call.path, request_id=call.request_id)
    mismatch = kept.code == VersionMismatch.code and now is not None
    return Result(status=kept.status, id=kept.id, problem=problem | ({"current": now} if mismatch else {}))


def _as_fit(results: Iterable[Result]) -> list[Result]:
    told, room = [], MAX_BYTES
    for result in results:
        shown = result.task or (result.problem or {}).get("current")
        room -= len(encode(shown)) if shown else 0
        told.append(result if room >= 0 else _bare(result))
    return told


def _bare(result: Result) -> Result:
    problem = result.problem and {name: value for name, value in result.problem.items() if name != "current"}
    return msgspec.structs.replace(result, task=None, problem=problem)


@routes.on("GET", "/api/tasks/{id}", answer=Task, tagged=True)
async def get_task(call: Call[InWorkspace, None]) -> Answer | Response:
    """Read a task, in the trash or not."""
    return await read_document(call, TASK)


async def read_document(call: Call[InWorkspace, None], kind: Kind[D]) -> Answer | Response:
    """One document with its version as its tag."""
    id_ = call.id()
    document = (await call.services.door.store.get(call.workspace_id, kind, [id_])).get(id_)
    if document is None:
        raise missing(kind)
    etag = version_tag(document)
    return unchanged(etag) if call.unchanged(etag) else Answer(document, etag=etag)


@routes.on("PATCH", "/api/tasks/{id}", body=TaskPatch, answer=Task, responses=(409, 412))
async def patch_task(call: Call[InWorkspace, TaskPatch]) -> Answer:
    """Change a task by JSON merge patch."""
    id_, version = call.id(), call.version
    moves = call.body.parent_id is not msgspec.UNSET
    return await write_document(call, TASK, id_, lambda s: editing.patch(s, id_, call.body, version), guarded=moves)


@routes.on("DELETE", "/api/tasks/{id}", query=DeleteQuery, status=204, responses=(409, 412))
async def delete_task(call: Call[DeleteQuery, None]) -> Answer:
    """Put a task and its subtasks into the trash, or delete it for good."""
    id_, version = call.id(), call.version
    if call.query.permanent:
        return await write_away(call, lambda sheet: editing.purge(sheet, id_, version))
    deleted_at = instant(call.services.clock())
    return await write_away(call, lambda sheet: editing.trash(sheet, id_, version, deleted_at))


@routes.on("POST", "/api/tasks/{id}/restore", answer=Task, responses=(409, 412))
async def restore_task(call: Call[InWorkspace, None]) -> Answer:
    """Take a task out of the trash, with what went with it."""
    id_, version = call.id(), call.version
    return await write_document(call, TASK, id_, lambda sheet: editing.restore(sheet, id_, version), in_parts=True)


@routes.on("GET", "/api/tasks/{id}/changes", query=HistoryQuery, answer=History)
async def task_changes(call: Call[HistoryQuery, None]) -> Answer:
    """Read the history of a task, newest first."""
    id_, ws, store = call.id(), call.workspace_id, call.services.door.store
    if not (await store.get(ws, TASK, [id_])).get(id_):
        raise missing(TASK)
    before = _before(call.query.before)
    limit = call.query.limit
    found = await store.history(ws, TASK, id_, limit + 1, before)
    shown = fitting(found[:limit])
    older = shown[-1].revision if len(shown) < len(found) else None
    return Answer(History(items=entries(shown), next=older))


def missing(kind: Kind[Any]) -> NotFound:
    return NotFound(f"there is no {kind.name} with this id")


def _before(text: str | None) -> int | None:
    if text is None:
        return None
    revision = Revision.parse(text)
    if revision is None:
        raise Invalid.parameter("before", "bad_revision", "is not a revision")
    return revision.counter


@trash_routes.on("DELETE", "/api/trash", status=204)
async def empty_trash(call: Call[InWorkspace, None]) -> Answer:
    """Delete everything in the trash for good."""
    return await write_away(call, trashcan.empty)
