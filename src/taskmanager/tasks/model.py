"""Tasks, projects and labels: their wire form, their derived columns and the indexes declared for them."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, get_args
from unicodedata import normalize
from zoneinfo import ZoneInfo

import msgspec

from taskmanager.tasks.dates import NEVER, Instant, When, ZoneName, ms
from taskmanager.tasks.query import Columns, Field, Index, Kind
from taskmanager.tasks.words import terms

Status = Literal["todo", "in_progress", "done", "cancelled"]
Priority = Literal["none", "low", "medium", "high", "urgent"]
STATUS_RANK: Final[Mapping[str, int]] = {status: rank for rank, status in enumerate(get_args(Status))}
PRIORITY_RANK: Final[Mapping[str, int]] = {priority: rank for rank, priority in enumerate(get_args(Priority))}
OPEN: Final[tuple[Status, ...]] = ("todo", "in_progress")

END: Final = r"$(?!\n)"
"""The end of a text, in a pattern that Python and JSON Schema read alike: Python's `$` lets a line break follow."""
UUID_PATTERN: Final = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}" + END
Id = Annotated[str, msgspec.Meta(pattern=UUID_PATTERN, description="A lower-case UUID.")]
MAX_TITLE: Final = 500
MAX_NAME: Final = 200
Title = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TITLE)]
Description = Annotated[str, msgspec.Meta(max_length=100_000, description="Markdown.")]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_NAME)]
Color = Annotated[str, msgspec.Meta(pattern="^#[0-9a-f]{6}" + END, description="As in #6e56cf.")]
Icon = Annotated[str, msgspec.Meta(max_length=32, description="An emoji or the name of an icon.")]

NONE: Final = ""
"""Stands for a reference to nothing in a column."""
UNCOMPLETED: Final = 0
"""Stands for never in the column of when a task was completed."""


class Task(msgspec.Struct, frozen=True, kw_only=True):
    id: Id
    workspace_id: Id
    version: int
    title: Title
    description: Description
    status: Status
    priority: Priority
    start: When | None
    due: When | None
    project_id: Id | None
    parent_id: Id | None
    label_ids: list[Id]
    position: str
    created_at: Instant
    updated_at: Instant
    completed_at: Instant | None
    created_by: Id
    deleted_at: Instant | None


class Project(msgspec.Struct, frozen=True, kw_only=True):
    id: Id
    workspace_id: Id
    version: int
    name: Name
    color: Color | None
    icon: Icon | None
    position: str
    archived: bool
    created_at: Instant
    updated_at: Instant
    deleted_at: Instant | None


class Label(msgspec.Struct, frozen=True, kw_only=True):
    id: Id
    workspace_id: Id
    version: int
    name: Name
    color: Color | None
    position: str
    created_at: Instant
    updated_at: Instant
    deleted_at: Instant | None


class Workspace(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for the workspace itself; its id is the workspace's.

    `settled`: every column is derived in `timezone`.
    """

    id: Id
    workspace_id: Id
    version: int
    timezone: ZoneName
    settled: bool


def _task_columns(task: Task, home: ZoneInfo) -> Columns:
    return {
        "live": int(task.deleted_at is None),
        "status": STATUS_RANK[task.status],
        "open": int(task.status in OPEN),
        "priority": PRIORITY_RANK[task.priority],
        "project_id": task.project_id or NONE,
        "parent_id": task.parent_id or NONE,
        "label_ids": tuple(task.label_ids),
        "due_at": task.due.ends(home) if task.due else NEVER,
        "created_at": ms(task.created_at),
        "updated_at": ms(task.updated_at),
        "completed_at": ms(task.completed_at) if task.completed_at else UNCOMPLETED,
        "deleted_at": ms(task.deleted_at) if task.deleted_at else 0,
        "position": task.position,
        "terms": terms(task.title, task.description),
    }


def _named_columns(document: Project | Label, _home: ZoneInfo) -> Columns:
    return {
        "live": int(document.deleted_at is None),
        "name": name_key(document.name),
        "position": document.position,
        "updated_at": ms(document.updated_at),
        "deleted_at": ms(document.deleted_at) if document.deleted_at else 0,
    }


def name_key(name: str) -> str:
    """Two names that differ in case, width or blanks only have one key."""
    folded = normalize("NFKC", normalize("NFKC", name).casefold())
    return " ".join(folded.split())


# At most 14 indexes: every write pays for each. The brief's three short ones are prefixes of these.
TASK: Final = Kind(
    name="task",
    type=Task,
    fields=(
        Field("live", int),
        Field("status", int),
        Field("open", int),
        Field("priority", int),
        Field("project_id", str),
        Field("parent_id", str),
        Field("label_ids", str, each=True),
        Field("due_at", int),
        Field("created_at", int),
        Field("updated_at", int),
        Field("completed_at", int),
        Field("deleted_at", int),
        Field("position", str),
        Field("terms", str, each=True),
    ),
    indexes=(
        Index("created", ("live",), "created_at"),
        Index("updated", ("live",), "updated_at"),
        Index("due", ("live",), "due_at"),
        Index("position", ("live",), "position"),
        Index("priority", ("live",), "priority"),
        Index("completed", ("live",), "completed_at", includes=("project_id",)),
        Index("open_due", ("live", "open"), "due_at", includes=("priority", "project_id")),
        Index("open_created", ("live", "open"), "created_at"),
        Index("status_created", ("live", "status"), "created_at", includes=("project_id",)),
        Index("priority_created", ("live", "priority"), "created_at"),
        Index("project_position", ("live", "project_id"), "position"),
        Index("parent_position", ("live", "parent_id"), "position"),
        Index("label_created", ("live", "label_ids"), "created_at"),
        Index("words", ("live", "terms"), "updated_at"),
    ),
    derive=_task_columns,
)

_NAMED_FIELDS: Final = (
    Field("live", int),
    Field("name", str),
    Field("position", str),
    Field("updated_at", int),
    Field("deleted_at", int),
)
_NAMED_INDEXES: Final = (
    Index("position", ("live",), "position"),
    Index("name", ("live",), "name"),
    Index("updated", ("live",), "updated_at"),
)
PROJECT: Final = Kind("project", Project, _NAMED_FIELDS, _NAMED_INDEXES, _named_columns)
LABEL: Final = Kind("label", Label, _NAMED_FIELDS, _NAMED_INDEXES, _named_columns)
WORKSPACE: Final = Kind(
    "workspace",
    Workspace,
    (Field("settled", int),),
    (),
    lambda w, _home: {"settled": int(w.settled)},
)

KINDS: Final[Mapping[str, Kind[Any]]] = {kind.name: kind for kind in (TASK, PROJECT, LABEL, WORKSPACE)}
"""Every kind of document there is; a store makes room for each of them from its declaration."""
