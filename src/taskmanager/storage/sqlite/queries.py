"""Queries as SQL: index bounds, residual conditions, keyset. The text of each shape is made once."""

from typing import Any, Final

import apsw

from taskmanager.storage.sqlite import conditions
from taskmanager.storage.sqlite.connection import fetch, fetch_row
from taskmanager.storage.sqlite.ids import packed, unpacked
from taskmanager.storage.sqlite.shelf import Shelf
from taskmanager.tasks.query import Condition, Has, Query, Value

Key = tuple[Value, str]


class Queries:
    """Finds documents of one kind."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._texts: dict[tuple[Any, ...], tuple[str, str]] = {}

    def find(self, connection: apsw.Connection, ws: int, query: Query[Any]) -> tuple[tuple[bytes, ...], Key | None]:
        """The bodies of one page, and where the next one begins."""
        names, bounds = _bounds(query)
        page, probe = self._text(query, names)
        walk = [ws, *query.equals, *bounds]
        examined = query.scan if query.rest else min(query.scan, query.limit + 1)
        rest = [value for condition in query.rest for value in self._values(ws, query, condition)]
        rows = fetch(connection, page, (*walk, examined, *rest, query.limit + 1))
        bodies = tuple(row[2] for row in rows[: query.limit])
        if len(rows) > query.limit:
            return bodies, _key(rows[query.limit - 1])
        if query.rest:
            last = fetch_row(connection, probe, (*walk, query.scan - 1))
        else:
            last = rows[-1] if len(rows) == query.scan else None
        return bodies, _key(last) if last else None

    def texts(self, query: Query[Any]) -> tuple[str, str]:
        """The statement for a page, and the one for the last entry examined when the scan limit cut it short."""
        return self._text(query, _bounds(query)[0])

    def _text(self, query: Query[Any], bounds: tuple[str, ...]) -> tuple[str, str]:
        shape = (query.index, query.descending, bounds, *map(conditions.shape, query.rest))
        if shape not in self._texts:
            if len(self._texts) >= _MOST_SHAPES:
                self._texts.clear()
            self._texts[shape] = self._compose(query, bounds)
        return self._texts[shape]

    def _compose(self, query: Query[Any], bounds: tuple[str, ...]) -> tuple[str, str]:
        shelf, index = self._shelf, self._shelf.kind.index[query.index]
        source = shelf.walk(index)
        equals = "".join(f' AND e."{name}" = ?' for name in index.equals)
        sort, order = f'e."{index.sort}"', "DESC" if query.descending else "ASC"
        within = "".join(_BOUND[bound].format(sort=sort, past="<" if query.descending else ">") for bound in bounds)
        walk = f"FROM {source} WHERE e.ws = ?{equals}{within} ORDER BY {sort} {order}, e.id {order}"
        rest = " AND ".join(self._condition(query, condition) for condition in query.rest) or "TRUE"
        page = (
            f"SELECT x.sort, x.id, d.body FROM (SELECT {sort} AS sort, e.id AS id, e.n AS n {walk} LIMIT ?) AS x"
            f" CROSS JOIN {shelf.table} AS d ON d.n = x.n WHERE {rest} LIMIT ?"
        )
        return page, f"SELECT {sort}, e.id {walk} LIMIT 1 OFFSET ?"

    def _condition(self, query: Query[Any], condition: Condition) -> str:
        if self._other_member(query, condition) is None:
            return conditions.text(self._shelf.kind, condition, "d")
        index = self._shelf.kind.index[query.index]
        equals = "".join(f' AND h."{name}" = ?' for name in index.equals)
        entry = f'h.ws = ?{equals} AND h."{index.sort}" = x.sort AND h.id = x.id'
        return f"EXISTS (SELECT 1 FROM {self._shelf.index_name(index)} AS h WHERE {entry})"

    def _values(self, ws: int, query: Query[Any], condition: Condition) -> list[Any]:
        member = self._other_member(query, condition)
        if member is None:
            return conditions.values(self._shelf.kind, condition)
        equals = zip(self._shelf.kind.index[query.index].equals, query.equals, strict=True)
        return [ws, *(member if name == condition.field else value for name, value in equals)]

    def _other_member(self, query: Query[Any], condition: Condition) -> str | None:
        """Another member of the list by which the index has its entries: such an entry tells; no document is read."""
        each = self._shelf.each(self._shelf.kind.index[query.index])
        if each is None or each.name != condition.field or not isinstance(condition, Has) or condition.prefix:
            return None
        return condition.value


_MOST_SHAPES: Final = 1_000
_BOUND: Final = {
    "low": " AND {sort} >= ?",
    "high": " AND {sort} < ?",
    "after": " AND ({sort}, e.id) {past} (?, ?)",
}


def _bounds(query: Query[Any]) -> tuple[tuple[str, ...], list[Value | bytes]]:
    """At most one bound on each side: SQLite would seek to either of two, and step over all between them."""
    low: Any
    high: Any
    (low, high), after = query.span, query.after
    if after is not None and query.descending and high is not None:
        high, after = (None, after) if after[0] < high else (high, None)
    elif after is not None and not query.descending and low is not None:
        low, after = (None, after) if after[0] >= low else (low, None)
    names: list[str] = []
    values: list[Value | bytes] = []
    for name, value in (("low", low), ("high", high)):
        if value is not None:
            names.append(name)
            values.append(value)
    if after is not None:
        names.append("after")
        values += [after[0], packed(after[1])]
    return tuple(names), values


def _key(row: tuple[Any, ...]) -> Key:
    return row[0], unpacked(row[1])
