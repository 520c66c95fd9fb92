"""The answers to queries and tallies, worked out the long way: every document is looked at."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from taskmanager.tasks.dates import zone
from taskmanager.tasks.query import Between, Columns, Condition, Document, Eq, Has, In, Query, Tally, Value

Entry = tuple[Value, str, Document]


def entries(documents: Sequence[Any], query: Query[Any]) -> list[Entry]:
    """What the index holds within the query's equalities and span, in the query's order: (sort value, id, document)."""
    index = query.kind.index[query.index]
    found: list[Entry] = []
    for document in documents:
        columns = query.kind.derive(document, zone("UTC"))
        sort: Any = columns[index.sort]
        low: Any
        high: Any
        low, high = query.span
        same = all(_is(columns, name, value) for name, value in zip(index.equals, query.equals, strict=True))
        if same and (low is None or sort >= low) and (high is None or sort < high):
            found.append((sort, document.id, document))
    return sorted(found, key=lambda entry: entry[:2], reverse=query.descending)


def matching(documents: Sequence[Any], query: Query[Any]) -> list[Document]:
    """All that the query finds, over all its pages."""
    return [document for _, _, document in entries(documents, query) if meets(query.kind, document, query.rest)]


def meets(kind: Any, document: Any, conditions: Sequence[Condition]) -> bool:
    columns = kind.derive(document, zone("UTC"))
    return all(_meets(columns, condition) for condition in conditions)


def counts(documents: Sequence[Any], tally: Tally) -> dict[Value, int]:
    kind: Any = tally.kind
    values: list[Any] = [
        kind.derive(document, zone("UTC"))[tally.by] if tally.by else 0
        for document in documents
        if meets(kind, document, tally.where)
    ]
    if tally.bounds:
        intervals = list(zip(tally.bounds, tally.bounds[1:], strict=False))
        return {n: sum(low <= value < high for value in values) for n, (low, high) in enumerate(intervals)}
    if tally.by is None:
        return {0: len(values)}
    each = kind.field[tally.by].each
    return dict(Counter(member for value in values for member in (value if each else [value])))


def _is(columns: Columns, name: str, value: Value) -> bool:
    column = columns[name]
    return value in column if isinstance(column, tuple) else column == value


def _meets(columns: Columns, condition: Condition) -> bool:
    column: Any = columns[condition.field]
    match condition:
        case Eq(name, value):
            return _is(columns, name, value)
        case In(name, values):
            return any(_is(columns, name, value) for value in values)
        case Between(_, low, high):
            return (low is None or column >= low) and (high is None or column < high)
        case Has(_, value, prefix=True):
            return any(member.startswith(value) for member in column)
        case Has(_, value):
            return value in column
