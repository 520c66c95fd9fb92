"""Where a document goes among the others of its kind."""

from typing import TypeVar

from taskmanager.errors import Invalid
from taskmanager.tasks import places
from taskmanager.tasks.drafts import Neighbour, Place
from taskmanager.tasks.model import Label, Project, Task
from taskmanager.tasks.query import Kind, Query
from taskmanager.tasks.references import is_live
from taskmanager.tasks.sheet import Sheet

P = TypeVar("P", Task, Project, Label)


async def position(sheet: Sheet, kind: Kind[P], place: Place, moving: str) -> str:
    """A position for the document `moving` at `place`."""
    if not isinstance(place, Neighbour):
        return places.first() if place == "first" else places.last()
    after = isinstance(place.after, str)
    anchor = await sheet.get(kind, str(place.after if after else place.before))
    if not is_live(anchor) or anchor is None:
        pointer = "/place/after" if after else "/place/before"
        raise Invalid.at(pointer, "unknown_reference", f"there is no {kind.name} with this id")
    beyond = await _beyond(sheet, kind, anchor.position, moving, upwards=after)
    if after:
        return places.between(anchor.position, beyond) if beyond else places.last()
    return places.between(beyond, anchor.position) if beyond else places.first()


async def _beyond(sheet: Sheet, kind: Kind[P], start: str, moving: str, *, upwards: bool) -> str | None:
    """The nearest position of another document above `start` (or below it), as it will be after the sheet."""
    touched = {document.id: document.position for document in sheet.pending(kind)}
    touched.pop(moving, None)
    candidates = [p for p in touched.values() if (p > start if upwards else p < start)]
    query = Query(
        kind=kind,
        index="position",
        equals=(1,),
        span=(start + "\0", None) if upwards else (None, start),
        descending=not upwards,
        limit=len(touched) + 2,
    )
    for document in (await sheet.find(query)).items:
        if document.id != moving and document.id not in touched:
            candidates.append(document.position)
            break
    return (min(candidates) if upwards else max(candidates)) if candidates else None
