"""What a person sends to make or change a document. Absent (UNSET) leaves a field as it is; null clears it."""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, UnsetType

from taskmanager.errors import Invalid
from taskmanager.tasks.dates import When
from taskmanager.tasks.model import MAX_NAME, MAX_TITLE, Color, Description, Icon, Id, Priority, Status


def _as_trimmed(most: int) -> msgspec.Meta:
    """Documented only: what counts is the length after trimming, which `trimmed` judges."""
    return msgspec.Meta(description="Trimmed.", extra_json_schema={"minLength": 1, "maxLength": most})


Title = Annotated[str, _as_trimmed(MAX_TITLE)]
Name = Annotated[str, _as_trimmed(MAX_NAME)]


class Neighbour(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Right after, or right before, another document of the same kind."""

    after: Id | UnsetType = UNSET
    before: Id | UnsetType = UNSET

    def __post_init__(self) -> None:
        if (self.after is UNSET) == (self.before is UNSET):
            raise ValueError("give either after or before")


Place = Literal["first", "last"] | Neighbour


class TaskDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    title: Title
    id: Id | UnsetType = UNSET
    description: Description = ""
    status: Status = "todo"
    priority: Priority = "none"
    start: When | None = None
    due: When | None = None
    project_id: Id | None = None
    parent_id: Id | None = None
    label_ids: list[Id] = []
    place: Place = "last"


class TaskPatch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    title: Title | UnsetType = UNSET
    description: Description | UnsetType | None = UNSET
    status: Status | UnsetType = UNSET
    priority: Priority | UnsetType | None = UNSET
    start: When | UnsetType | None = UNSET
    due: When | UnsetType | None = UNSET
    project_id: Id | UnsetType | None = UNSET
    parent_id: Id | UnsetType | None = UNSET
    label_ids: list[Id] | UnsetType | None = UNSET
    place: Place | UnsetType = UNSET


class BatchPatch(TaskPatch, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A patch inside a batch may also add and remove single labels."""

    add_label_ids: list[Id] = []
    remove_label_ids: list[Id] = []


class ProjectDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Name
    id: Id | UnsetType = UNSET
    color: Color | None = None
    icon: Icon | None = None
    archived: bool = False
    place: Place = "last"


class ProjectPatch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Name | UnsetType = UNSET
    color: Color | UnsetType | None = UNSET
    icon: Icon | UnsetType | None = UNSET
    archived: bool | UnsetType = UNSET
    place: Place | UnsetType = UNSET


class LabelDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Name
    id: Id | UnsetType = UNSET
    color: Color | None = None
    place: Place = "last"


class LabelPatch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Name | UnsetType = UNSET
    color: Color | UnsetType | None = UNSET
    place: Place | UnsetType = UNSET


def trimmed(text: str, pointer: str, most: int) -> str:
    """A title or name without the blanks around it; Invalid when nothing is left, or too much, or a NUL."""
    kept = text.strip()
    if not kept:
        raise Invalid.at(pointer, "required", "must not be blank")
    if len(kept) > most:
        raise Invalid.at(pointer, "too_long", f"must have at most {most} characters")
    return without_nul(kept, pointer)


def without_nul(text: str, pointer: str) -> str:
    if "\0" in text:
        raise Invalid.at(pointer, "nul", "must not contain a NUL character")
    return text
