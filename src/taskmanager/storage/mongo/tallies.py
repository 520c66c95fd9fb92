"""Tallies as aggregations along a declared index."""

from bisect import bisect_right
from collections import Counter
from itertools import pairwise
from math import gcd
from typing import Any

from taskmanager.storage.mongo import conditions
from taskmanager.storage.mongo.connection import Record, Records
from taskmanager.storage.mongo.records import Shelf, plain
from taskmanager.tasks.query import Counts, Eq, Has, Index, Kind, Tally


async def count(records: Records, shelf: Shelf, ws: bytes, tally: Tally) -> Counts:
    index = shelf.kind.index[tally.index]
    _refuse_entries_per_member(shelf.kind, index, tally)
    cursor = await records.aggregate(stages(shelf, ws, tally), hint=shelf.index_name(index))
    rows = await cursor.to_list()
    if tally.by is None:
        return {0: int(rows[0]["count"]) if rows else 0}
    if not tally.bounds:
        return {plain(row["_id"]): int(row["count"]) for row in rows}
    counts: Counter[int | str] = Counter(dict.fromkeys(range(len(tally.bounds) - 1), 0))
    for row in rows:
        counts[bisect_right(tally.bounds, row["_id"]) - 1] += int(row["count"])
    return dict(counts)


def stages(shelf: Shelf, ws: bytes, tally: Tally) -> list[Record]:
    where = conditions.all_of(shelf.kind, tally.where)
    by: Any = None
    unwound: list[Record] = []
    if tally.by is not None:
        by = f"${tally.by}"
        unwound = [{"$unwind": by}] if shelf.kind.field[tally.by].each else []
    if tally.bounds:
        where.append({tally.by or "": {"$gte": tally.bounds[0], "$lt": tally.bounds[-1]}})
        by = _step(by, tally.bounds)
    return [
        {"$match": {"ws": ws, "kind": shelf.kind.name, **({"$and": where} if where else {})}},
        *unwound,
        {"$group": {"_id": by, "count": {"$sum": 1}}},
    ]


def _refuse_entries_per_member(kind: Kind[Any], index: Index, tally: Tally) -> None:
    """Not every store counts a document once that an index has many entries of."""
    given = {condition.field for condition in tally.where if isinstance(condition, Eq | Has)} | {tally.by}
    each = next((name for name in index.equals if kind.field[name].each), None)
    if each is not None and each not in given:
        message = f"{index.name} has one entry per member of {each}: it can't count documents"
        raise ValueError(message)


def _step(by: str, bounds: tuple[int, ...]) -> Any:
    """Values fall into steps so long that each bound begins one: 84 days are some thousand hours, not a value each."""
    step = gcd(*(high - low for low, high in pairwise(bounds)))
    return {"$subtract": [by, {"$mod": [{"$subtract": [by, bounds[0]]}, step]}]} if step > 1 else by
