"""Tallies as SQL: GROUP BY along a declared index, or one count per interval of its sort field."""

from bisect import bisect_right
from collections import Counter
from itertools import pairwise
from typing import Any

import apsw
import msgspec

from taskmanager.storage.sqlite import conditions
from taskmanager.storage.sqlite.connection import fetch
from taskmanager.storage.sqlite.shelf import Shelf
from taskmanager.tasks.query import Condition, Counts, Eq, Has, Index, Tally


def count(connection: apsw.Connection, shelf: Shelf, ws: int, tally: Tally) -> Counts:
    where = _Where(shelf, tally)
    if tally.bounds and tally.by == where.sort:
        return _by_ranges(connection, where, ws, tally)
    if tally.bounds:
        return _by_sorting_out(connection, where, ws, tally)
    by = where.column(tally.by) if tally.by is not None else "0"
    grouped = f" GROUP BY {by}" if tally.by is not None else ""
    rows = fetch(connection, f"SELECT {by}, count(*) {where.text}{grouped}", (ws, *where.values))
    return dict(rows)


def _by_ranges(connection: apsw.Connection, where: "_Where", ws: int, tally: Tally) -> Counts:
    """A count of a range of the index for each interval; what lies outside is not even looked at."""
    by = where.column(where.sort or "")
    counted = f"(SELECT count(*) {where.text} AND {by} >= b.value ->> 0 AND {by} < b.value ->> 1)"
    intervals = msgspec.json.encode(list(pairwise(tally.bounds))).decode()
    rows = fetch(connection, f"SELECT b.key, {counted} FROM json_each(?) AS b", (ws, *where.values, intervals))
    return dict(rows)


def _by_sorting_out(connection: apsw.Connection, where: "_Where", ws: int, tally: Tally) -> Counts:
    by = where.column(tally.by or "")
    within = f"{where.text} AND {by} >= ? AND {by} < ? GROUP BY {by}"
    bounds = tally.bounds
    rows = fetch(connection, f"SELECT {by}, count(*) {within}", (ws, *where.values, bounds[0], bounds[-1]))
    counts: Counter[int | str] = Counter(dict.fromkeys(range(len(bounds) - 1), 0))
    for value, number in rows:
        counts[bisect_right(bounds, value) - 1] += number
    return dict(counts)


class _Where:
    """FROM and WHERE of a tally. `sort` is the index's sort field when all its equalities are given."""

    def __init__(self, shelf: Shelf, tally: Tally) -> None:
        self._shelf = shelf
        self._index = shelf.kind.index[tally.index]
        self._each = shelf.each(self._index)
        prefix = _prefix(self._index, tally.where)
        rest = tally.where[len(prefix) :]
        self.sort = self._index.sort if len(prefix) == len(self._index.equals) else None
        if self._each and self._each.name not in (*self._index.equals[: len(prefix)], tally.by):
            message = f"{self._index.name} has one entry per member of {self._each.name}: it can't count documents"
            raise ValueError(message)
        equals = "".join(f' AND e."{name}" = ?' for name in self._index.equals[: len(prefix)])
        others = "".join(f" AND {self._condition(condition)}" for condition in rest)
        joined = f" CROSS JOIN {shelf.table} AS d ON d.n = e.n" if self._each and self._looks_up(rest, tally.by) else ""
        self.text = f"FROM {shelf.walk(self._index)}{joined} WHERE e.ws = ?{equals}{others}"
        self.values: list[Any] = [condition.value for condition in prefix]
        self.values += [value for condition in rest for value in conditions.values(shelf.kind, condition)]

    def column(self, field: str) -> str:
        return f'{self._row(field)}."{field}"'

    def _row(self, field: str) -> str:
        return "e" if self._each is None or field in (*self._index.equals, self._index.sort) else "d"

    def _condition(self, condition: Condition) -> str:
        return conditions.text(
            self._shelf.kind, condition, "d" if self._is_list(condition) else self._row(condition.field)
        )

    def _is_list(self, condition: Condition) -> bool:
        return self._each is not None and self._shelf.kind.field[condition.field].each

    def _looks_up(self, rest: tuple[Condition, ...], by: str | None) -> bool:
        fields = [condition.field for condition in rest] + ([by] if by is not None else [])
        return any(self._row(field) == "d" for field in fields) or any(map(self._is_list, rest))


def _prefix(index: Index, where: tuple[Condition, ...]) -> list[Eq | Has]:
    """The leading conditions that are equalities of the index, in its order."""
    prefix: list[Eq | Has] = []
    for name, condition in zip(index.equals, where, strict=False):
        exact = isinstance(condition, Eq) or (isinstance(condition, Has) and not condition.prefix)
        if not exact or condition.field != name:
            break
        prefix.append(condition)  # type: ignore[arg-type]  # `exact` narrows it
    return prefix
