"""What lies in the trash, all of it at once."""

from typing import Any

from taskmanager.tasks.model import LABEL, PROJECT, TASK
from taskmanager.tasks.query import Between, Kind, Query
from taskmanager.tasks.sheet import Sheet

TRASHABLE: tuple[Kind[Any], ...] = (TASK, PROJECT, LABEL)


async def empty(sheet: Sheet, before: int | None = None) -> None:
    """Delete for good what is in the trash; with `before` (ms) only what went there earlier."""
    for kind in TRASHABLE:
        after = None
        while sheet.room:
            query: Query[Any] = Query(
                kind=kind,
                index="updated",
                equals=(0,),
                after=after,
                rest=() if before is None else (Between("deleted_at", None, before),),
                limit=min(200, sheet.room),
            )
            page = await sheet.find(query)
            for document in page.items:
                sheet.seen(kind, document)
                sheet.remove(kind, document)
            after = page.next
            if after is None:
                break
    sheet.partial = not sheet.room
