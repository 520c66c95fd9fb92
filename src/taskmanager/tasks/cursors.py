"""Where a page ended, as an opaque text that only fits the list it came from."""

import base64
import hashlib

import msgspec

from taskmanager.errors import Invalid
from taskmanager.identity import is_id
from taskmanager.tasks.query import Field, Value


class Cursor(msgspec.Struct, frozen=True, array_like=True):
    """The last item's sort value and id, a digest of the list's filters, and how many items came before."""

    value: Value
    id: str
    filters: str
    seen: int

    @property
    def after(self) -> tuple[Value, str]:
        return self.value, self.id


def encode(after: tuple[Value, str], filters: msgspec.Struct, seen: int) -> str:
    packed = msgspec.json.encode(Cursor(after[0], after[1], _digest(filters), seen))
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def decode(text: str | None, filters: msgspec.Struct, sorted_by: Field) -> Cursor | None:
    """`Invalid` when the text is no cursor, or one of another list, or of another order."""
    if text is None:
        return None
    try:
        packed = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
        cursor = msgspec.json.decode(packed, type=Cursor)
    except (ValueError, msgspec.DecodeError) as error:
        raise Invalid.parameter("cursor", "bad_cursor", "is not a cursor that this list gave") from error
    if cursor.filters != _digest(filters) or cursor.seen < 0 or not _fits(cursor, sorted_by):
        raise Invalid.parameter("cursor", "other_query", "belongs to another query; ask again from the first page")
    return cursor


def _fits(cursor: Cursor, sorted_by: Field) -> bool:
    """Whether a store can seek to it: nobody keeps people from making cursors of their own."""
    storable = isinstance(cursor.value, str) or abs(cursor.value) < 2**63
    return storable and isinstance(cursor.value, sorted_by.type) and is_id(cursor.id)


def _digest(filters: msgspec.Struct) -> str:
    return hashlib.sha256(msgspec.json.encode(filters)).hexdigest()[:16]
