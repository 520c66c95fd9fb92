"""Queries as SQL: index bounds, residual conditions, keyset. The text of each shape is made once."""

from typing import Any

import apsw

from taskmanager.storage.sqlite import conditions
from taskmanager.storage.sqlite.ids import packed, unpacked
from taskmanager.storage.sqlite.shelf import Shelf
from taskmanager.tasks.query import Query, Value

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
        rest = [value for condition in query.rest for value in conditions.values(self._shelf.kind, condition)]
        rows = connection.execute(page, (*walk, examined, *rest, query.limit + 1)).fetchall()
        bodies = tuple(row[2] for row in rows[: query.limit])
        if len(rows) > query.limit:
            return bodies, _key(rows[query.limit - 1])
        if query.rest:
            last = connection.execute(probe, (*walk, query.scan - 1)).fetchone()
        else:
            last = rows[-1] if len(rows) == query.scan else None
        return bodies, _key(last) if last else None

    def texts(self, query: Query[Any]) -> tuple[str, str]:
        """The statement for a page, and the one for the last entry examined when the scan limit cut it short."""
        return self._text(query, _bounds(query)[0])

    def _text(self, query: Query[Any], bounds: tuple[str, ...]) -> tuple[str, str]:
        shape = (query.index, query.descending, bounds, *map(conditions.shape, query.rest))
        if shape not in self._texts:
            self._texts[shape] = self._compose(query, bounds)
        return self._texts[shape]

    def _compose(self, query: Query[Any], bounds: tuple[str, ...]) -> tuple[str, str]:
        shelf, index = self._shelf, self._shelf.kind.index[query.index]
        source = shelf.walk(index)
        equals = "".join(f' AND e."{name}" = ?' for name in index.equals)
        sort, order = f'e."{index.sort}"', "DESC" if query.descending else "ASC"
        within = "".join(_BOUND[bound].format(sort=sort, past="<" if query.descending else ">") for bound in bounds)
        walk = f"FROM {source} WHERE e.ws = ?{equals}{within} ORDER BY {sort} {order}, e.id {order}"
        rest = " AND ".join(conditions.text(shelf.kind, condition, "d") for condition in query.rest) or "TRUE"
        page = (
            f"SELECT x.sort, x.id, d.body FROM (SELECT {sort} AS sort, e.id AS id, e.n AS n {walk} LIMIT ?) AS x"
            f" CROSS JOIN {shelf.table} AS d ON d.n = x.n WHERE {rest} LIMIT ?"
        )
        return page, f"SELECT {sort}, e.id {walk} LIMIT 1 OFFSET ?"


_BOUND = {
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
