"""Queries as one range of one index, walked from its near end: bounds, keyset and scan limit are the range's ends."""

from dataclasses import dataclass
from typing import Any, Final

from bson.max_key import MaxKey
from bson.min_key import MinKey
from pymongo import ASCENDING, DESCENDING
from pymongo.asynchronous.cursor import AsyncCursor

from taskmanager.storage.mongo import conditions
from taskmanager.storage.mongo.connection import Record, Records
from taskmanager.storage.mongo.records import Shelf, packed, plain, unpacked
from taskmanager.tasks.query import Query, Value

Key = tuple[Value, str]
End = tuple[Any, Any]

_FIRST: Final[Any] = MinKey()
_LAST: Final[Any] = MaxKey()
_HIGHEST_ID: Final = b"\xff" * 16


@dataclass(frozen=True, slots=True)
class Walk:
    """A range of index entries of one query: from `low` (in it) to `high` (beyond it), each (sort value, id)."""

    shelf: Shelf
    ws: bytes
    query: Query[Any]
    low: End
    high: End

    @property
    def empty(self) -> bool:
        """A range whose ends are the wrong way round, which the server would refuse."""
        return not self.low < self.high

    def cursor(self, records: Records, filter_: Record, fields: Record) -> AsyncCursor[Record]:
        index = self.shelf.kind.index[self.query.index]
        names = self.shelf.index_fields(index)
        prefix: tuple[Any, ...] = (self.ws, self.shelf.kind.name, *self.query.equals)
        way = DESCENDING if self.query.descending else ASCENDING
        return (
            records.find(filter_, {"_id": 0, index.sort: 1, "id": 1, **fields})
            .hint(self.shelf.index_name(index))
            .min(list(zip(names, (*prefix, *self.low), strict=True)))
            .max(list(zip(names, (*prefix, *self.high), strict=True)))
            .sort([(index.sort, way), ("id", way)])
        )


def walk(shelf: Shelf, ws: bytes, query: Query[Any]) -> Walk:
    (low, high), after = query.span, query.after
    first: End = (_FIRST if low is None else low, _FIRST)
    last: End = (_LAST if high is None else high, _FIRST)
    if after is not None and query.descending and (high is None or _before(after[0], high)):
        last = (after[0], packed(after[1]))
    elif after is not None and not query.descending and (low is None or not _before(after[0], low)):
        first = (after[0], _following(packed(after[1])))
    return Walk(shelf, ws, query, first, last)


async def last_examined(records: Records, whole: Walk) -> Key | None:
    """The entry at which the scan limit ends, read from the index alone; None when the range ends before it."""
    cursor = whole.cursor(records, {"ws": whole.ws}, {}).skip(whole.query.scan - 1).limit(1)
    rows = await cursor.to_list()
    return _key(whole.query, rows[0]) if rows else None


def up_to(whole: Walk, key: Key) -> Walk:
    """The same walk, ending with this entry."""
    value, id_ = key[0], packed(key[1])
    if whole.query.descending:
        return Walk(whole.shelf, whole.ws, whole.query, (value, id_), whole.high)
    return Walk(whole.shelf, whole.ws, whole.query, whole.low, (value, _following(id_)))


async def page(records: Records, part: Walk, end: Key | None) -> tuple[tuple[bytes, ...], Key | None]:
    """The bodies of one page of a walk, and where the next one begins: `end` when this one went to the end."""
    query = part.query
    most = query.limit + 1 if query.rest else min(query.limit + 1, query.scan)
    rest = conditions.all_of(part.shelf.kind, query.rest)
    cursor = part.cursor(records, {"ws": part.ws, **({"$and": rest} if rest else {})}, {"body": 1}).limit(most)
    rows = await cursor.batch_size(most + 1).to_list()
    bodies = tuple(row["body"] for row in rows[: query.limit])
    if len(rows) > query.limit:
        return bodies, _key(query, rows[query.limit - 1])
    cut = not query.rest and len(rows) == query.scan
    return bodies, _key(query, rows[-1]) if cut else end


def _key(query: Query[Any], row: Record) -> Key:
    return plain(row[query.kind.index[query.index].sort]), unpacked(row["id"])


def _following(id_: bytes) -> Any:
    """The least of what is greater than an id."""
    if id_ == _HIGHEST_ID:
        return _LAST
    return (int.from_bytes(id_, "big") + 1).to_bytes(len(id_), "big")


def _before(value: Value, other: Value) -> bool:
    return value < other  # type: ignore[operator]  # values of one field have one type
