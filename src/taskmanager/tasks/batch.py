"""Many operations in one commit: what fails is left out and answered in place."""

from collections.abc import Sequence

import msgspec
from msgspec import UNSET

from taskmanager.errors import BatchFailed, CommitTooLarge, Invalid, StorageFull, TaskManagerError, Unavailable
from taskmanager.tasks import editing
from taskmanager.tasks.drafts import BatchPatch, TaskDraft
from taskmanager.tasks.model import TASK, Id, Task
from taskmanager.tasks.sheet import Sheet


class Create(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="op", tag="create"):
    task: TaskDraft


class Patch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="op", tag="patch"):
    id: Id
    task: BatchPatch
    version: int | None = None


class Delete(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="op", tag="delete"):
    id: Id
    version: int | None = None


Operation = Create | Patch | Delete


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one operation: `error` when it was left out, else `task` (None after a delete)."""

    id: str | None
    created: bool = False
    deleted: bool = False
    task: Task | None = None
    error: TaskManagerError | None = None


def guarded(operations: Sequence[Operation | Invalid]) -> bool:
    """Whether any of them depends on more than the tasks it writes."""
    return any(
        isinstance(operation, Delete) or (isinstance(operation, Patch) and operation.task.parent_id is not UNSET)
        for operation in operations
    )


async def apply(
    sheet: Sheet, operations: Sequence[Operation | Invalid], ids: list[str | None], *, atomic: bool
) -> list[Outcome]:
    """Put all operations on the sheet, in order; later ones see what earlier ones did.

    One that could not even be read is here as what was wrong with it. `ids` has the id for each. With `atomic` the
    first that fails is raised: as Invalid with its place in the pointers, or as BatchFailed. What the store can't do
    now is raised in any case.
    """
    await sheet.load(TASK, [id_ for id_ in ids if id_ is not None])
    outcomes = []
    deleted_at = sheet.stamp()
    for number, (operation, id_) in enumerate(zip(operations, ids, strict=True)):
        try:
            outcomes.append(await _apply(sheet, operation, id_ or "", deleted_at))
        except (Unavailable, StorageFull):
            raise
        except Invalid as error:
            located = error.under(f"/operations/{number}{_inside(operation)}")
            if atomic:
                raise located from error
            outcomes.append(Outcome(id=id_, error=located))
        except TaskManagerError as error:
            if atomic:
                raise BatchFailed(number, error) from error
            outcomes.append(Outcome(id=id_, error=error))
    return outcomes


def _inside(operation: Operation | Invalid) -> str:
    return "/task" if isinstance(operation, Create | Patch) else ""


async def _apply(sheet: Sheet, operation: Operation | Invalid, id_: str, deleted_at: str) -> Outcome:
    if isinstance(operation, Invalid):
        raise operation
    if sheet.room <= 0:
        raise CommitTooLarge("the commit is full; send the rest in another batch")
    if isinstance(operation, Create):
        return Outcome(id=id_, created=True, task=await editing.create(sheet, operation.task, id_))
    if isinstance(operation, Patch):
        return Outcome(id=id_, task=await editing.patch(sheet, id_, operation.task, operation.version))
    await editing.trash(sheet, id_, operation.version, deleted_at, in_parts=False)
    return Outcome(id=id_, deleted=True)
