"""Every error the domain can raise.

    TaskManagerError
    ├── Invalid             the input breaks a rule; names the places
    ├── NotAPicture         bytes that are no picture of a kind that is read
    ├── Unauthenticated     nobody, or no longer anybody, is asking
    ├── Forbidden           somebody is asking who may not
    ├── NotFound            absent, or another's: the two are told apart nowhere
    ├── Conflict            true now, but not together with what is stored
    │   ├── Exists          the id is taken in this workspace
    │   ├── EmailTaken
    │   ├── NameTaken       a live project or label of that name exists
    │   ├── InTrash         the document must be restored first
    │   ├── NotInTrash      only what is in the trash is deleted for good
    │   ├── UndoConflict    somebody changed the same fields since
    │   ├── Purged          what is to be undone was deleted for good
    │   ├── InFlight        the same idempotency key is being worked on
    │   └── BatchFailed     one operation of a batch that is done as a whole or not at all
    ├── VersionMismatch     the caller's If-Match is not what is stored
    ├── Stale               an edit's base is not what is stored; retried inside
    ├── Moved               the workspace moved since the revision given; retried inside
    ├── KeyReused           an idempotency key with another request
    ├── RevisionGone        history does not reach back that far
    ├── CommitTooLarge      more than one commit can hold
    ├── TooManyRequests     come back after so many seconds
    ├── Unavailable         the store, a queue or a pool can't take it now
    └── StorageFull         no room on the disk

How HTTP tells each of them is written in one table, `taskmanager.api.problems`.
"""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with an input.

    `pointer` is a JSON pointer into the body ("/due/date"), or, with `parameter` set, unused.
    """

    pointer: str
    code: str
    detail: str
    parameter: str | None = None


class TaskManagerError(Exception):
    code: ClassVar[str] = "error"


class Invalid(TaskManagerError):
    code = "invalid"

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(f"{fault.parameter or fault.pointer}: {fault.detail}" for fault in faults))
        self.faults = faults

    @classmethod
    def at(cls, pointer: str, code: str, detail: str) -> "Invalid":
        return cls(Fault(pointer, code, detail))

    @classmethod
    def parameter(cls, name: str, code: str, detail: str) -> "Invalid":
        return cls(Fault("", code, detail, parameter=name))

    def under(self, prefix: str) -> "Invalid":
        """The same faults, seen from a document that holds this one at `prefix`."""
        return Invalid(*(Fault(prefix + f.pointer, f.code, f.detail, f.parameter) for f in self.faults))


class NotAPicture(TaskManagerError):
    code = "not_a_picture"


class Unauthenticated(TaskManagerError):
    code = "unauthenticated"


class Forbidden(TaskManagerError):
    code = "forbidden"


class NotFound(TaskManagerError):
    code = "not_found"


class Conflict(TaskManagerError):
    code = "conflict"


class Exists(Conflict):
    code = "exists"


class EmailTaken(Conflict):
    code = "email_taken"


class NameTaken(Conflict):
    code = "name_taken"


class InTrash(Conflict):
    code = "in_trash"


class NotInTrash(Conflict):
    code = "not_in_trash"


class UndoConflict(Conflict):
    code = "undo_conflict"

    def __init__(self, conflicts: list[dict[str, str]]) -> None:
        super().__init__("these fields were changed since")
        self.conflicts = conflicts


class Purged(Conflict):
    code = "purged"


class InFlight(Conflict):
    code = "in_flight"


class BatchFailed(Conflict):
    """`cause` is why operation `number` can't be done."""

    code = "batch_failed"

    def __init__(self, number: int, cause: TaskManagerError) -> None:
        super().__init__(f"operation {number} can't be done, and so none was: {cause}")
        self.number = number
        self.cause = cause


class VersionMismatch(TaskManagerError):
    """`current` is the document as it is now, at `version`."""

    code = "version_mismatch"

    def __init__(self, current: object, version: int) -> None:
        super().__init__("it was changed since that version")
        self.current = current
        self.version = version


class Stale(TaskManagerError):
    """`ids` are (kind, id) of every edit whose base is not what is stored."""

    code = "stale"

    def __init__(self, ids: list[tuple[str, str]]) -> None:
        super().__init__(", ".join(f"{kind} {id_}" for kind, id_ in ids))
        self.ids = ids


class Moved(TaskManagerError):
    code = "moved"


class KeyReused(TaskManagerError):
    code = "key_reused"


class RevisionGone(TaskManagerError):
    code = "revision_gone"


class CommitTooLarge(TaskManagerError):
    code = "commit_too_large"


class TooManyRequests(TaskManagerError):
    code = "too_many_requests"

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(TaskManagerError):
    code = "unavailable"

    def __init__(self, message: str, retry_after: float = 1.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class StorageFull(TaskManagerError):
    code = "storage_full"
