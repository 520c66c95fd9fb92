"""Residual conditions as SQL: text that depends only on the shape, and the values that go with it."""

from collections.abc import Iterable
from typing import Any

import msgspec

from taskmanager.tasks.query import Between, Condition, Eq, Has, In, Kind

Shape = tuple[Any, ...]


def shape(condition: Condition) -> Shape:
    """What two conditions share that have the same text."""
    match condition:
        case Eq():
            return "eq", condition.field
        case In():
            return "in", condition.field, len(condition.values)
        case Between():
            return "between", condition.field, condition.low is not None, condition.high is not None
        case Has():
            return "has", condition.field, condition.prefix


def text(kind: Kind[Any], condition: Condition, row: str) -> str:
    column = f'{row}."{condition.field}"'
    if kind.field[condition.field].each:
        return _of_members(column, condition)
    match condition:
        case Eq():
            return f"{column} = ?"
        case In():
            return f"{column} IN ({_marks(condition.values)})"
        case Between():
            sides = (condition.low is not None, f"{column} >= ?"), (condition.high is not None, f"{column} < ?")
            return " AND ".join(side for given, side in sides if given) or "TRUE"
        case Has():
            message = f"{condition.field} is no list"
            raise ValueError(message)


def values(kind: Kind[Any], condition: Condition) -> list[Any]:
    match condition:
        case Eq(field, value):
            return [_quoted(str(value)), value] if kind.field[field].each else [value]
        case In():
            return list(condition.values)
        case Between():
            return [side for side in (condition.low, condition.high) if side is not None]
        case Has():
            quoted = _quoted(condition.value)
            return [quoted[:-1], condition.value, condition.value] if condition.prefix else [quoted, condition.value]


def _of_members(column: str, condition: Condition) -> str:
    """A look for the quoted member in the list's JSON rules nearly all out; the rest is compared member by member."""
    match condition:
        case Has(prefix=True):
            member = "substr(value, 1, length(?)) = ?"
            return f"(instr({column}, ?) AND EXISTS (SELECT 1 FROM json_each({column}) WHERE {member}))"
        case Has() | Eq():
            return f"(instr({column}, ?) AND EXISTS (SELECT 1 FROM json_each({column}) WHERE value = ?))"
        case In():
            return f"EXISTS (SELECT 1 FROM json_each({column}) WHERE value IN ({_marks(condition.values)}))"
        case Between():
            message = f"{condition.field} is a list, which has no order"
            raise ValueError(message)


def _quoted(member: str) -> str:
    return msgspec.json.encode(member).decode()


def _marks(items: Iterable[object]) -> str:
    return ", ".join("?" for _ in items)
