"""Residual conditions as filters. A value is always an operand, so no operator can come in with one."""

import sys
from collections.abc import Iterable
from typing import Any, Final

from taskmanager.tasks.query import Between, Condition, Eq, Has, In, Kind

Filter = dict[str, Any]

_SURROGATES: Final = (0xD800, 0xE000)


def all_of(kind: Kind[Any], conditions: Iterable[Condition]) -> list[Filter]:
    return [{condition.field: _test(kind, condition)} for condition in conditions]


def _test(kind: Kind[Any], condition: Condition) -> Filter:
    each = kind.field[condition.field].each
    match condition:
        case Eq():
            return {"$eq": condition.value}
        case In():
            return {"$in": list(condition.values)}
        case Has(prefix=True) if each:
            return {"$elemMatch": _begins(condition.value)}
        case Has() if each:
            return {"$eq": condition.value}
        case Between() if not each:
            sides = {"$gte": condition.low, "$lt": condition.high}
            return {side: value for side, value in sides.items() if value is not None} or {"$exists": True}
        case _:
            message = f"{condition.field} is {'a list, which has no order' if each else 'no list'}"
            raise ValueError(message)


def _begins(prefix: str) -> Filter:
    """Bytewise from the prefix up to the first text that is greater than all that begin so."""
    stem = prefix.rstrip(chr(sys.maxunicode))
    if not stem:
        return {"$gte": prefix}
    following = ord(stem[-1]) + 1
    low, high = _SURROGATES
    return {"$gte": prefix, "$lt": stem[:-1] + chr(high if low <= following < high else following)}
