"""A commit made ready: everything it writes, but for what depends on where the workspace stands."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec
from pymongo import DeleteOne, ReplaceOne, UpdateMany, UpdateOne

from taskmanager.storage.mongo.connection import Record
from taskmanager.storage.mongo.indexes import TOUCHED
from taskmanager.storage.mongo.records import (
    BEHIND,
    COMMIT,
    HEAD,
    KEY,
    Shelf,
    commit_id,
    group_key,
    key_id,
    packed,
    packed_if_any,
)
from taskmanager.tasks.store import (
    ORIGIN,
    Derive,
    Edit,
    Expect,
    Keep,
    Put,
    Remove,
    Revision,
    delta,
    encode,
    refuse_too_much,
)

Write = DeleteOne | ReplaceOne[Record] | UpdateOne

KEY_KEPT: Final = timedelta(hours=25)
_EDITS_AT_A_TIME: Final = 20
_PART_BYTES: Final = 4 * 1024 * 1024
"""A record may have 16 MB; a commit's changes are kept in as many as they need."""

_STEPS_A_WEIGHT: Final = 50
_BYTES_A_WEIGHT: Final = 1024 * 1024
_TEXT_A_WEIGHT: Final = 128 * 1024
_MOST_TEXT: Final = 8 * 1024
"""Of one document: more makes it found by no more words."""
_NOWHERE: Final = bytes(40)
_NO_FIELDS: Final = b"{}"


@dataclass(frozen=True, slots=True)
class Step:
    """One edit: its record, the write that holds it to its base, and its entry in the history.

    `text` is about how much the indexes lose and gain: a document has an entry for each word, which every edit moves.
    """

    edit: Edit
    record_id: bytes
    write: Write
    change: Record | None = None
    size: int = 0
    text: int = 0

    @property
    def name(self) -> tuple[str, str]:
        match self.edit:
            case Expect():
                return self.edit.kind.name, self.edit.id
            case Put():
                return self.edit.kind.name, self.edit.document.id
            case Remove() | Derive():
                return self.edit.kind.name, self.edit.before.id

    @property
    def purges(self) -> bool:
        return isinstance(self.edit, Remove)


@dataclass(frozen=True, slots=True)
class Order:
    ws: bytes
    steps: tuple[Step, ...]
    by: str
    now: int
    at: Revision | None
    keep: Keep | None
    group: str | None

    @property
    def moves(self) -> bool:
        return any(not isinstance(step.edit, Expect) for step in self.steps)

    @property
    def key_id(self) -> bytes | None:
        return key_id(self.ws, self.keep.key.account_id, self.keep.key.text) if self.keep else None

    def writes(self, before: Revision, after: Revision) -> list[Write]:
        """All of it, the head first. Each but the `absent` matches one record or makes one, else the order fails."""
        writes: list[Write] = []
        if self.moves or self.keep is not None or before != ORIGIN:
            writes.append(_move(self.ws, before, after))
        if self.keep is not None:
            writes.append(_new(key_record(self.ws, self.keep, after, self.now)))
        writes += [step.write for step in self.steps]
        if self.moves:
            changes = [step.change for step in self.steps if step.change is not None]
            entry = Entry(after, self.now, self.by, self.group, changes)
            writes += [_new(record) for record in entry.records(self.ws)]
        return writes

    @property
    def absent(self) -> int:
        """How many of the writes must find nothing."""
        return sum(isinstance(step.edit, Expect) and not step.edit.version for step in self.steps)

    def clearing(self) -> UpdateMany | None:
        """Take the values of what is deleted for good out of the history: each commit is written once for all."""
        purged = [step.record_id for step in self.steps if step.purges]
        if not purged:
            return None
        return UpdateMany(
            {"touched": {"$in": purged}, "ws": self.ws},
            {"$set": {"changes.$[change].fields": _NO_FIELDS}},
            array_filters=[{"change.of": {"$in": [record_id[len(self.ws) :] for record_id in purged]}}],
            hint=TOUCHED,
        )

    @property
    def weight(self) -> int:
        """How many times as long as a small commit it may take."""
        size, text = sum(step.size for step in self.steps), sum(step.text for step in self.steps)
        return 1 + len(self.steps) // _STEPS_A_WEIGHT + size // _BYTES_A_WEIGHT + text // _TEXT_A_WEIGHT


@dataclass(frozen=True, slots=True)
class Entry:
    """A commit as history keeps it."""

    revision: Revision
    at: int
    by: str
    group: str | None
    changes: list[Record]

    def records(self, ws: bytes) -> Iterator[Record]:
        for part, some in enumerate(_parts(self.changes)):
            yield {
                "_id": commit_id(ws, self.revision.counter, part),
                "ws": ws,
                "kind": COMMIT,
                "counter": self.revision.counter,
                "nonce": self.revision.nonce,
                "at": self.at,
                "by": self.by,
                "size": len(self.changes),
                "changes": some,
                **({"touched": [ws + change["of"] for change in some]} if some else {}),
                **({"group": self.group, "group_key": group_key(ws, self.group)} if self.group is not None else {}),
            }


async def prepare(
    shelves: Mapping[str, Shelf], ws: tuple[str, bytes], edits: Sequence[Edit], *, behind: bool = False
) -> tuple[Step, ...]:
    """Encode everything; a long commit lets others onto the loop in between. What is expected is looked at first.

    `behind`: the database is derived for more columns than these shelves know of.
    """
    writes = sum(not isinstance(edit, Expect) for edit in edits)
    steps: list[Step] = []
    size = 0
    refuse_too_much(writes, size)
    for number, edit in enumerate(sorted(edits, key=lambda edit: not isinstance(edit, Expect)), 1):
        step = _step(shelves[edit.kind.name], ws, edit, behind=behind)
        size += step.size
        refuse_too_much(writes, size)
        steps.append(step)
        if number % _EDITS_AT_A_TIME == 0:
            await asyncio.sleep(0)
    return tuple(steps)


def _step(shelf: Shelf, ws: tuple[str, bytes], edit: Edit, *, behind: bool) -> Step:
    if isinstance(edit, Expect):
        id_ = packed_if_any(edit.id)
        record_id = shelf.record_id(ws[1], id_) if id_ else _NOWHERE
        return Step(edit, record_id, _expected(record_id, ws[1], edit.version))
    document = edit.document if isinstance(edit, Put) else edit.before
    if document.workspace_id != ws[0]:
        message = f"{edit.kind.name} {document.id} is of another workspace"
        raise ValueError(message)
    id_ = packed(document.id)
    record_id = shelf.record_id(ws[1], id_)
    if isinstance(edit, Derive):
        stored = {"_id": record_id, "ws": ws[1], "version": edit.before.version}
        columns = shelf.columns(edit.columns)
        derived = {"$set": columns | {BEHIND: True}} if behind else {"$set": columns, "$unset": {BEHIND: ""}}
        return Step(edit, record_id, UpdateOne(stored, derived))
    op, version, fields = delta(edit)
    change = {
        "of": record_id[len(ws[1]) :],
        "kind": edit.kind.name,
        "id": id_,
        "op": op,
        "version": version,
        "fields": msgspec.json.encode(fields),
    }
    if isinstance(edit, Remove):
        stored = {"_id": record_id, "ws": ws[1], "version": edit.before.version}
        return Step(edit, record_id, DeleteOne(stored), change, text=min(len(encode(edit.before)), _MOST_TEXT))
    record = shelf.record(ws[1], edit.document, edit.columns) | ({BEHIND: True} if behind else {})
    size = len(record["body"])
    text = min(size, _MOST_TEXT)
    if edit.before is None:
        return Step(edit, record_id, _new(record), change, size, text)
    stored = {"_id": record_id, "ws": ws[1], "version": edit.before.version}
    return Step(edit, record_id, ReplaceOne(stored, record), change, size, 2 * text)


def _new(record: Record) -> ReplaceOne[Record]:
    """An insert that shares its command with updates: no record has version 0, so where there is one this collides."""
    return ReplaceOne({"_id": record["_id"], "ws": record["ws"], "version": 0}, record, upsert=True)


def _move(ws: bytes, before: Revision, after: Revision) -> UpdateOne:
    origin = {"floor_counter": ORIGIN.counter, "floor_nonce": ORIGIN.nonce}
    return UpdateOne(
        {"_id": ws, "ws": ws, "counter": before.counter, "nonce": before.nonce},
        {
            "$set": {"counter": after.counter, "nonce": after.nonce},
            **({"$setOnInsert": {"kind": HEAD, **origin}} if before == ORIGIN else {}),
        },
        upsert=before == ORIGIN,
    )


def head_record(ws: bytes, revision: Revision, floor: Revision) -> Record:
    return {
        "_id": ws,
        "ws": ws,
        "kind": HEAD,
        "counter": revision.counter,
        "nonce": revision.nonce,
        "floor_counter": floor.counter,
        "floor_nonce": floor.nonce,
    }


def _expected(record_id: bytes, ws: bytes, version: int) -> UpdateOne:
    """A write that changes nothing. Where nothing should be it can only fail, for no record changes its `_id`."""
    if version:
        return UpdateOne({"_id": record_id, "ws": ws, "version": version}, {"$set": {"version": version}})
    return UpdateOne({"_id": record_id, "ws": ws}, {"$set": {"_id": _NOWHERE}})


def key_record(ws: bytes, keep: Keep, revision: Revision, now: int) -> Record:
    return {
        "_id": key_id(ws, keep.key.account_id, keep.key.text),
        "ws": ws,
        "kind": KEY,
        "account": keep.key.account_id,
        "text": keep.key.text,
        "fingerprint": keep.key.fingerprint,
        "receipt": keep.receipt,
        "counter": revision.counter,
        "nonce": revision.nonce,
        "at": now,
        "expires": datetime.now(UTC) + KEY_KEPT,
    }


def _parts(changes: list[Record]) -> Iterator[list[Record]]:
    """At least one, so that a commit without changes is in the history too."""
    part: list[Record] = []
    size = 0
    for change in changes:
        if part and size + len(change["fields"]) > _PART_BYTES:
            yield part
            part, size = [], 0
        part.append(change)
        size += len(change["fields"])
    yield part
