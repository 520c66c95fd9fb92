"""A workspace that moves to another time zone: dates and floating times then mean other instants."""

from functools import partial

from taskmanager.tasks.dates import zone
from taskmanager.tasks.door import Door, Scope
from taskmanager.tasks.model import TASK, WORKSPACE, Workspace
from taskmanager.tasks.query import Query, Value
from taskmanager.tasks.references import PAGE
from taskmanager.tasks.sheet import Sheet

Place = tuple[Value, str] | None


async def move(door: Door, scope: Scope, timezone: str) -> bool:
    """Write the zone down; from now on every write uses it. Whether `settle` has to follow."""
    zone(timezone)

    async def plan(sheet: Sheet) -> bool:
        settings = await sheet.get(WORKSPACE, sheet.ws)
        if timezone == (settings.timezone if settings else "UTC"):
            return settings is not None and not settings.settled
        moved = Workspace(
            id=sheet.ws,
            workspace_id=sheet.ws,
            version=settings.version + 1 if settings else 1,
            timezone=timezone,
            settled=False,
        )
        sheet.put(WORKSPACE, moved)
        return True

    return (await door.commit(scope, plan)).result


async def settle(door: Door, scope: Scope) -> None:
    """Work out anew what depends on the zone, in as many commits as it takes; may be repeated."""
    home = await door.home(scope.workspace_id)
    if not home.version:
        return
    for live in (1, 0):
        place: Place = None
        while True:
            done = await door.commit(scope, partial(_derive_page, live=live, after=place))
            place = done.result
            if place is None:
                break
    await door.commit(scope, partial(_settled, version=home.version))


async def _derive_page(sheet: Sheet, live: int, after: Place) -> Place:
    page = await sheet.find(Query(kind=TASK, index="created", equals=(live,), after=after, limit=PAGE))
    for task in page.items:
        if task.due is not None and task.due.needs_home:
            sheet.derive(TASK, task)
    return page.next


async def _settled(sheet: Sheet, version: int) -> None:
    """Unless it moved again meanwhile."""
    settings = await sheet.get(WORKSPACE, sheet.ws)
    if settings is not None and settings.version == version and not settings.settled:
        sheet.put(
            WORKSPACE,
            Workspace(
                id=settings.id,
                workspace_id=settings.workspace_id,
                version=version + 1,
                timezone=settings.timezone,
                settled=True,
            ),
        )
