"""From a person's filters to the one query that answers them."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Final, Literal, get_args
from zoneinfo import ZoneInfo

import msgspec

from taskmanager.errors import Invalid
from taskmanager.tasks import cursors
from taskmanager.tasks.dates import MINUTE, NEVER, bound
from taskmanager.tasks.model import NONE, OPEN, PRIORITY_RANK, STATUS_RANK, TASK, UNCOMPLETED, Task
from taskmanager.tasks.query import Between, Condition, Eq, Has, In, Index, Query, Value
from taskmanager.tasks.words import MARKED, mark, words

SortField = Literal["created_at", "updated_at", "due", "position", "priority", "completed_at"]
SORTS: Final = tuple(sign + field for field in get_args(SortField) for sign in ("", "-"))
MOST_FOUND: Final = 1_000
"""How many tasks a search answers at most, over all its pages."""


class TaskFilter(msgspec.Struct, frozen=True, kw_only=True):
    """The query parameters of a task list, as text. Lists are comma-separated."""

    status: str | None = None
    priority: str | None = None
    project_id: str | None = None
    parent_id: str | None = None
    label_id: str | None = None
    due_before: str | None = None
    due_after: str | None = None
    completed_after: str | None = None
    overdue: bool | None = None
    trashed: bool = False
    q: Annotated[str, msgspec.Meta(max_length=500)] | None = None
    sort: str | None = None


def plan(wanted: TaskFilter, *, now: int, home: ZoneInfo, limit: int, cursor: str | None) -> Query[Task] | None:
    """The query for one page; None when nothing can match. `Invalid` names a wrong parameter.

    `now` is floored to the minute, so that the same question asked again in that minute is the same query.
    """
    conditions = tuple(_conditions(wanted, now - now % MINUTE, home))
    sort, column = _order(wanted)
    place = cursors.decode(cursor, wanted, TASK.field[column])
    after = place.after if place else None
    if wanted.q is not None:
        limit = max(0, min(limit, MOST_FOUND - (place.seen if place else 0)))
        return _search(wanted, conditions, limit, after)
    index, equals, rest = _narrowest(column, conditions)
    span, rest = _span(column, rest)
    return Query(
        kind=TASK,
        index=index.name,
        equals=equals,
        descending=sort[0] == "-",
        span=span,
        after=after,
        rest=rest,
        limit=limit,
    )


def _order(wanted: TaskFilter) -> tuple[str, str]:
    """The order asked for, and the field it is by."""
    if wanted.q is not None:
        if wanted.sort is not None:
            raise Invalid.parameter("sort", "not_with_q", "a search is sorted by its latest change")
        return "-updated_at", "updated_at"
    sort = "-created_at" if wanted.sort is None else wanted.sort
    if sort not in SORTS:
        raise Invalid.parameter("sort", "unknown_value", f"must be one of {', '.join(SORTS)}")
    name = sort.removeprefix("-")
    return sort, "due_at" if name == "due" else name


def next_cursor(wanted: TaskFilter, after: tuple[Value, str] | None, cursor: str | None, count: int) -> str | None:
    """The cursor of the page after one of `count` tasks that `cursor` led to."""
    place = cursors.decode(cursor, wanted, TASK.field[_order(wanted)[1]])
    seen = (place.seen if place else 0) + count
    if after is None or (wanted.q is not None and seen >= MOST_FOUND):
        return None
    return cursors.encode(after, wanted, seen)


def _conditions(wanted: TaskFilter, now: int, home: ZoneInfo) -> Iterator[Condition]:
    yield Eq("live", int(not wanted.trashed))
    if wanted.status is not None:
        yield _status(wanted.status)
    if wanted.priority is not None:
        yield _one_or_in("priority", _ranks("priority", wanted.priority, PRIORITY_RANK))
    for name in ("project_id", "parent_id"):
        reference = getattr(wanted, name)
        if reference is not None:
            yield Eq(name, NONE if reference == "none" else reference)
    if wanted.label_id is not None:
        yield Has("label_ids", wanted.label_id)
    if wanted.overdue is not None:
        if not wanted.overdue:
            raise Invalid.parameter("overdue", "unknown_value", "can only be true")
        yield from (Eq("open", 1), Between("due_at", None, now))
    due_after, due_before = (_bound(wanted, name, home) for name in ("due_after", "due_before"))
    if due_after is not None or due_before is not None:
        yield Between("due_at", due_after, NEVER if due_before is None else due_before)
    completed_after = _bound(wanted, "completed_after", home)
    if completed_after is not None:
        yield Between("completed_at", max(UNCOMPLETED + 1, completed_after), None)


def _status(text: str) -> Condition:
    parts = [part for name in text.split(",") for part in (OPEN if name == "open" else (name,))]
    ranks = _ranks("status", ",".join(parts), STATUS_RANK)
    return Eq("open", 1) if ranks == tuple(sorted(STATUS_RANK[s] for s in OPEN)) else _one_or_in("status", ranks)


def _one_or_in(name: str, values: tuple[int, ...]) -> Condition:
    return Eq(name, values[0]) if len(values) == 1 else In(name, values)


def _ranks(name: str, text: str, known: Mapping[str, int]) -> tuple[int, ...]:
    unknown = [part for part in text.split(",") if part not in known]
    if unknown:
        allowed = ", ".join((*known, "open") if name == "status" else known)
        raise Invalid.parameter(name, "unknown_value", f"{unknown[0][:40]!r} is not one of {allowed}")
    return tuple(sorted({known[part] for part in text.split(",")}))


def _bound(wanted: TaskFilter, name: str, home: ZoneInfo) -> int | None:
    text = getattr(wanted, name)
    if text is None:
        return None
    try:
        return bound(text, home)
    except (ValueError, OverflowError) as error:
        detail = "must be a date (2026-11-24) or an instant (2026-11-24T10:00:00.000Z)"
        raise Invalid.parameter(name, "bad_date", detail) from error


def _narrowest(sort: str, conditions: tuple[Condition, ...]) -> tuple[Index, tuple[Value, ...], tuple[Condition, ...]]:
    """The index in this order with the longest prefix that the conditions give values for, and what is left of them."""
    fixed = {c.field: c for c in conditions if isinstance(c, Eq | Has)}
    serving = [index for index in TASK.indexes if index.sort == sort and all(name in fixed for name in index.equals)]
    index = max(serving, key=lambda candidate: len(candidate.equals))
    used = [fixed[name] for name in index.equals]
    return index, tuple(c.value for c in used), tuple(c for c in conditions if c not in used)


def _span(
    sort: str, conditions: tuple[Condition, ...]
) -> tuple[tuple[Value | None, Value | None], tuple[Condition, ...]]:
    """One range on the sort field becomes the index bounds."""
    for condition in conditions:
        if isinstance(condition, Between) and condition.field == sort:
            return (condition.low, condition.high), tuple(c for c in conditions if c is not condition)
    return (None, None), conditions


def _search(
    wanted: TaskFilter, conditions: tuple[Condition, ...], limit: int, after: tuple[Value, str] | None
) -> Query[Task] | None:
    """All words, the last as a prefix, newest change first. The longest whole word leads: as a rule the rarest."""
    sought = list(dict.fromkeys(words(wanted.q or "")))
    if not sought or not limit:
        return None
    whole, prefix = sought[:-1], sought[-1]
    marked = Has("terms", mark(prefix[:MARKED]))
    begins = () if len(prefix) <= MARKED else (Has("terms", prefix, prefix=True),)
    rest = [Has("terms", word) for word in whole]
    if rest:
        lead = max(rest, key=lambda condition: len(condition.value))
        rest.remove(lead)
        rest += begins or (marked,)
    else:
        lead, rest = marked, list(begins)
    others = tuple(c for c in conditions if not (isinstance(c, Eq) and c.field == "live"))
    return Query(
        kind=TASK,
        index="words",
        equals=(int(not wanted.trashed), lead.value),
        descending=True,
        after=after,
        rest=(*others, *rest),
        limit=limit,
    )
