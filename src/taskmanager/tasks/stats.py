"""The figures of a dashboard, counted by the store's indexes."""

from datetime import timedelta
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import msgspec

from taskmanager.tasks.dates import MINUTE, Instant, day_start, instant, local_date
from taskmanager.tasks.model import NONE, PRIORITY_RANK, STATUS_RANK, TASK
from taskmanager.tasks.query import Between, Condition, Counts, Eq, Tally
from taskmanager.tasks.store import Reader

AHEAD: Final = 84
BACK: Final = 84

Count = Annotated[int, msgspec.Meta(ge=0)]


class DayCount(msgspec.Struct, frozen=True):
    date: str
    count: Count


class Stats(msgspec.Struct, frozen=True, kw_only=True):
    """`due` counts open tasks per day from today on, `completed` finished ones per day up to today."""

    as_of: Instant
    timezone: str
    by_status: dict[str, Count]
    by_priority: dict[str, Count]
    open: Count
    overdue: Count
    today: Count
    inbox: Count
    due: list[DayCount]
    completed: list[DayCount]


async def stats(reader: Reader, project_id: str | None, now: int, home: ZoneInfo) -> Stats:
    """`by_priority`, `overdue`, `today`, `inbox` and `due` count open tasks; `now` is floored to the minute."""
    now -= now % MINUTE
    live: tuple[Condition, ...] = (Eq("live", 1),)
    if project_id is not None:
        live += (Eq("project_id", project_id),)
    opened = (Eq("live", 1), Eq("open", 1), *live[1:])
    today = local_date(now, home)
    days = [today + timedelta(days=n) for n in range(-BACK + 1, AHEAD + 1)]
    starts = [day_start(day, home) for day in days]
    ahead, back = starts[BACK - 1 :], starts[: BACK + 1]

    async def count(index: str, *where: Condition, by: str | None = None, bounds: tuple[int, ...] = ()) -> Counts:
        tally = Tally(kind=TASK, index=index, where=where, by=by, bounds=bounds)
        return await reader.tally(tally)

    by_status = await count("status_created", *live, by="status")
    by_priority = await count("open_due", *opened, by="priority")
    due = await count("open_due", *opened, by="due_at", bounds=tuple(ahead))
    completed = await count("completed", *live, by="completed_at", bounds=tuple(back))
    return Stats(
        as_of=instant(now),
        timezone=home.key,
        by_status={status: by_status.get(rank, 0) for status, rank in STATUS_RANK.items()},
        by_priority={priority: by_priority.get(rank, 0) for priority, rank in PRIORITY_RANK.items()},
        open=sum(by_priority.values()),
        overdue=(await count("open_due", *opened, Between("due_at", None, now))).get(0, 0),
        today=due.get(0, 0),
        inbox=(await count("open_due", *opened, Eq("project_id", NONE))).get(0, 0) if project_id is None else 0,
        due=[DayCount(day.isoformat(), due.get(n, 0)) for n, day in enumerate(days[BACK - 1 : -1])],
        completed=[DayCount(day.isoformat(), completed.get(n, 0)) for n, day in enumerate(days[:BACK])],
    )
