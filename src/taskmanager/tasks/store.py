"""The write door: what the work needs from a store, and what any store must keep.

Everything in a workspace is a document, keyed by (workspace, kind, id). There is one way to change any of them:
`commit`. One test suite, `tests/contract`, runs against every implementation of this protocol.
"""

import secrets
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, Literal, Protocol

import msgspec

from taskmanager.errors import CommitTooLarge
from taskmanager.tasks.query import Columns, Counts, D, Document, Kind, Query, Tally, Value

MAX_EDITS: Final = 500
MAX_BYTES: Final = 8 * 1024 * 1024
_DIGITS: Final = 16
_NONCE: Final = 32


@dataclass(frozen=True, slots=True)
class Revision:
    """Where a workspace stands: a counter, and a nonce that a counter repeated after a restore would not share."""

    counter: int
    nonce: str

    def __str__(self) -> str:
        return f"{self.counter}-{self.nonce}"

    @classmethod
    def parse(cls, text: str) -> "Revision | None":
        counter, dash, nonce = text.partition("-")
        well_formed = (
            dash and counter.isascii() and counter.isdigit() and len(counter) < _DIGITS and 0 < len(nonce) <= _NONCE
        )
        return cls(int(counter), nonce) if well_formed else None

    def next(self) -> "Revision":
        return Revision(self.counter + 1, secrets.token_urlsafe(9))


ORIGIN: Final = Revision(0, "0")
"""The revision of a workspace nobody has written to."""


@dataclass(frozen=True, slots=True)
class Put(Generic[D]):
    """Write `document`. `before` is what it replaces, as read (None: the id must be free); its version is the base."""

    kind: Kind[D]
    document: D
    before: D | None
    columns: Columns


@dataclass(frozen=True, slots=True)
class Remove(Generic[D]):
    """Delete for good: the document, and its values in the whole history. Leaves a `purge` change without fields."""

    kind: Kind[D]
    before: D


@dataclass(frozen=True, slots=True)
class Derive(Generic[D]):
    """Write new columns for an unchanged document. Moves the revision, leaves no change record."""

    kind: Kind[D]
    before: D
    columns: Columns


@dataclass(frozen=True, slots=True)
class Expect:
    """Change nothing, but refuse the commit (`Stale`) unless the document is at this version (0: absent)."""

    kind: Kind[Any]
    id: str
    version: int


Edit = Put[Any] | Remove[Any] | Derive[Any] | Expect


@dataclass(frozen=True, slots=True)
class Key:
    """An idempotency key. `fingerprint` tells one request from another."""

    account_id: str
    text: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Keep:
    """A key to keep with a commit, and the receipt from which a repeat is answered (opaque to the store)."""

    key: Key
    receipt: bytes


@dataclass(frozen=True, slots=True)
class Commit:
    """What a commit did. From `replay`: with the receipt kept then; `revision` is that of the commit that kept it."""

    revision: Revision
    receipt: bytes = b""


Op = Literal["create", "update", "trash", "restore", "purge"]


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One document in one commit, as kept and as sent. `fields` maps each changed field to [before, after]."""

    revision: str
    group: str | None
    at: str
    by: str
    kind: str
    id: str
    op: Op
    version: int
    fields: dict[str, tuple[Any, Any]]


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """Whole commits, oldest first. `revision` is the last one's, to go on from; `more` when others follow."""

    changes: list[Change]
    revision: str
    more: bool


@dataclass(frozen=True, slots=True)
class Page(Generic[D]):
    """One answer to a query.

    `bodies` are the documents in their stored (= wire) form; `next` is (sort value, id) to go on after, set whenever
    there may be more, also when the scan limit cut a page short. `revision` was read before the items.
    """

    kind: Kind[D]
    bodies: tuple[bytes, ...]
    next: tuple[Value, str] | None
    revision: Revision

    @property
    def items(self) -> list[D]:
        return [self.kind.decode(body) for body in self.bodies]


class Reader(Protocol):
    """Pages and counts of one workspace, as new as the head that was read for it, or newer."""

    async def find(self, query: Query[D]) -> Page[D]: ...

    async def tally(self, tally: Tally) -> Counts: ...


class WorkspaceStore(Protocol):
    """What any store must keep. `ws` is a workspace id; no verb but `heads` looks at more than one.

    Errors: `Unavailable` when the store can't be reached or its queue is full, `StorageFull` when there is no room;
    in both cases nothing of the call was applied, or (for a `commit` that lost its connection) a repeat with the same
    key tells.
    """

    async def head(self, ws: str) -> Revision:
        """Where the workspace stands: one point read; ORIGIN for a workspace nobody has written to."""

    async def heads(self, workspaces: Collection[str]) -> Mapping[str, Revision]:
        """Where each of these stands, asked all at once: for who looks after many. One nobody has written to is absent.

        The one verb over several workspaces; it tells nothing of any but that it moved.
        """

    async def get(self, ws: str, kind: Kind[D], ids: Iterable[str]) -> Mapping[str, D]:
        """The documents of these ids; missing ids are absent."""

    async def find(self, ws: str, query: Query[D]) -> Page[D]: ...

    async def tally(self, ws: str, tally: Tally) -> Counts: ...

    async def commit(  # noqa: PLR0913 - the write door: each of these is part of the promise
        self,
        ws: str,
        edits: Sequence[Edit],
        *,
        by: str,
        now: int,
        at: Revision | None = None,
        keep: Keep | None = None,
        group: str | None = None,
    ) -> Commit:
        """Apply all edits or none, durably, and leave one change record per Put and Remove.

        `by` is an account id, `now` ms since 1970 (the changes' `at`). `at`: refuse (`Moved`) unless the head is
        there.
        Without Put, Remove or Derive among the edits the head stays (a key is kept all the same).
        Errors: `Stale` (a base or Expect does not hold; names all failing edits), `Exists` (a Put without `before`
        met a document; only when nothing is Stale), `Moved`, `KeyReused`, `InFlight` (the key was kept by another call
        in the meantime: ask `replay`), `CommitTooLarge` (over MAX_EDITS of Put, Remove and Derive, over MAX_BYTES of
        bodies, or more than this database can do at once; an Expect does not count).
        """

    async def replay(self, ws: str, key: Key) -> Commit | None:
        """What was committed under the key, until `forget`. `KeyReused` when the fingerprint is another."""

    async def changes(
        self,
        ws: str,
        since: Revision | None,
        limit: int,
    ) -> Changes:
        """What happened after `since` (None: from the oldest kept), in order, in whole commits.

        At most `limit` changes, and none after MAX_BYTES of values, but always at least one whole commit.
        `RevisionGone` when history does not reach back to `since`, or it is no revision of this workspace.
        """

    async def history(self, ws: str, kind: Kind[Any], id_: str, limit: int, before: int | None = None) -> list[Change]:
        """Changes of one document, newest first; `before`: only those of a smaller revision counter."""

    async def undoable(self, ws: str, revision: Revision) -> list[Change]:
        """The changes of that commit, and of every commit of its group, oldest first. `RevisionGone` when unknown."""

    async def forget(self, ws: str, before: int, keys_before: int = 0) -> None:
        """Drop history older than `before`, and idempotency keys older than `keys_before` (ms since 1970)."""

    async def erase(self, ws: str) -> None:
        """The whole workspace: documents, history, keys. Its head is ORIGIN again."""

    async def workspaces(self, after: str, limit: int) -> list[str]:
        """Ids of workspaces that were written to, ascending, greater than `after`."""

    def wakes(self) -> AsyncIterator[str]:
        """Ids of workspaces that may have moved, by any process: hints, which may repeat or be lost."""


def encode(document: Document) -> bytes:
    return msgspec.json.encode(document)


def refuse_too_much(edits: int, size: int) -> None:
    """`CommitTooLarge` when a commit of so many Put, Remove and Derive, with bodies of `size` bytes, is refused."""
    if edits > MAX_EDITS:
        raise CommitTooLarge(f"{edits} documents are changed at once; send {MAX_EDITS} at most")
    if size > MAX_BYTES:
        raise CommitTooLarge(f"more than {MAX_BYTES} bytes are written at once; send less")


def delta(edit: Put[Any] | Remove[Any]) -> tuple[Op, int, dict[str, tuple[Any, Any]]]:
    """What a change record says of an edit: op, version after it, changed fields."""
    if isinstance(edit, Remove):
        return "purge", edit.before.version, {}
    after = msgspec.to_builtins(edit.document)
    before = msgspec.to_builtins(edit.before) if edit.before is not None else {}
    bookkeeping = {"id", "workspace_id", "version"}
    fields = {
        name: (before.get(name), after.get(name))
        for name in (*after, *(set(before) - set(after)))
        if name not in bookkeeping and before.get(name) != after.get(name)
    }
    return _op(before, after), edit.document.version, fields


def _op(before: dict[str, Any], after: dict[str, Any]) -> Op:
    if not before:
        return "create"
    was, now = before.get("deleted_at"), after.get("deleted_at")
    if (was is None) == (now is None):
        return "update"
    return "trash" if now is not None else "restore"
