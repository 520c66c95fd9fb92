"""What is kept of a workspace, all of it in one collection: its head, documents, commits and idempotency keys.

One collection, because a commit is then one command to the server and one to make it last, whatever it holds; and
because a collection that is sharded by `ws` keeps each workspace, and so each commit, on one shard. The indexes of a
kind are partial, so a record is only in those of its own kind.

`_id` is binary and its own uniqueness: the workspace alone for the head (16 bytes), else workspace, tag of the kind
and 16 bytes more: a document's id, a commit's counter and part, or a digest of an idempotency key. Binary of one length
compares bytewise, shorter ones before longer: heads are one range, and so is everything else of one workspace.
"""

import hashlib
from functools import cache
from typing import Any, Final

from taskmanager.tasks.query import Columns, Document, Index, Kind, Value
from taskmanager.tasks.store import encode

HEAD: Final = "#head"
COMMIT: Final = "#commit"
KEY: Final = "#key"
"""Values of `kind` for what is no document; no kind of document can be called so."""

BEHIND: Final = "behind"
"""Marks a document that was written by a process which did not know all of its columns."""

RESERVED: Final = frozenset({"_id", "ws", "kind", "id", "version", "body", BEHIND})
LONGER_THAN_HEADS: Final = bytes(17)
_TAG: Final = 8
_REST: Final = 16
_HALF: Final = 8


def packed(uuid: str) -> bytes:
    """The 16 bytes of a UUID, which sort as its text does; ValueError for any text that is not one in lower case."""
    raw = bytes.fromhex(uuid.replace("-", ""))
    if unpacked(raw) != uuid:
        message = f"{uuid[:40]!r} is not a UUID in lower case"
        raise ValueError(message)
    return raw


def unpacked(raw: bytes) -> str:
    text = raw.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def packed_if_any(uuid: str) -> bytes | None:
    """None for a text that can't be the id of anything."""
    try:
        return packed(uuid)
    except ValueError:
        return None


def plain(value: Value) -> Value:
    """Without the driver's own type of long integers, which encoders don't know."""
    return value if isinstance(value, str) else int(value)


@cache
def tag(kind: str) -> bytes:
    return hashlib.blake2b(kind.encode(), digest_size=_TAG).digest()


def commit_id(ws: bytes, counter: int, part: int = 0) -> bytes:
    return ws + tag(COMMIT) + counter.to_bytes(_HALF, "big") + part.to_bytes(_HALF, "big")


def key_id(ws: bytes, account: str, text: str) -> bytes:
    digest = hashlib.sha256(f"{len(account)}:{account}{text}".encode()).digest()
    return ws + tag(KEY) + digest[:_REST]


def group_key(ws: bytes, group: str) -> bytes:
    return ws + group.encode()


def of_kind(ws: bytes, kind: str) -> dict[str, bytes]:
    """The range of `_id` of everything of one kind in a workspace."""
    return {"$gte": ws + tag(kind) + bytes(_REST), "$lte": ws + tag(kind) + b"\xff" * _REST}


def all_but_head(ws: bytes) -> dict[str, bytes]:
    return {"$gte": ws + bytes(_TAG + _REST), "$lte": ws + b"\xff" * (_TAG + _REST)}


class Shelf:
    """What MongoDB knows of one kind of document."""

    def __init__(self, kind: Kind[Any]) -> None:
        clash = RESERVED & set(kind.field)
        if clash or kind.name.startswith("#"):
            message = f"kind {kind.name}: {', '.join(sorted(clash)) or kind.name} can't be a declared name"
            raise ValueError(message)
        self.kind = kind
        self._tag = tag(kind.name)

    def record_id(self, ws: bytes, id_: bytes) -> bytes:
        return ws + self._tag + id_

    def columns(self, columns: Columns) -> dict[str, Any]:
        return {name: columns[name] for name in self.kind.field}

    def record(self, ws: bytes, document: Document, columns: Columns) -> dict[str, Any]:
        id_ = packed(document.id)
        return {
            "_id": self.record_id(ws, id_),
            "ws": ws,
            "kind": self.kind.name,
            "id": id_,
            "version": document.version,
            **self.columns(columns),
            "body": encode(document),
        }

    def index_name(self, index: Index) -> str:
        """It follows from what is indexed: an index that is declared anew is another, beside the old one."""
        return f"{self.kind.name}({','.join((*index.equals, index.sort))})"

    def index_fields(self, index: Index) -> tuple[str, ...]:
        return ("ws", "kind", *index.equals, index.sort, "id")
