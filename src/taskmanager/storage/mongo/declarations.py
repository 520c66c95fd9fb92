"""What the documents in the database are derived for, and how they come to be derived for what is declared now.

`meta` remembers the fields of each kind. Where they differ from the declared ones, columns are derived again, by ranges
of `_id`; whoever is broken off in between goes on where it was. A process of the version before notices within
`LOOK_SECONDS`. Where fields were only added it goes on, and marks what it writes, which lacks columns: a newer process
derives that again within a moment. Where a field went or became another it writes no more, and goes on reading. A new
index, or a new kind, is no difference: such a process goes on with all it does. Which program is the newer the editions
of the kinds tell; an older one that starts changes nothing of what is declared.
"""

import asyncio
import hashlib
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from pymongo import UpdateOne

from taskmanager.errors import Unavailable
from taskmanager.storage.mongo.connection import Database, Record, Records
from taskmanager.storage.mongo.indexes import META, RECORDS
from taskmanager.storage.mongo.records import Shelf, tag
from taskmanager.storage.refusals import CannotOpen
from taskmanager.storage.zones import home_zone
from taskmanager.tasks.dates import zone
from taskmanager.tasks.model import WORKSPACE

LAYOUT: Final = 1
"""Of the records themselves: goes up when a version could not work with what another one writes."""

LOOK_SECONDS: Final = 1.0
_AT_A_TIME: Final = 500
_DECLARED: Final = {"_id": "declared"}
_DERIVING: Final = {"_id": "deriving"}

Fields = dict[str, list[Any]]


async def remembered(database: Database) -> Record | None:
    """What was declared last, if anything was."""
    return await database[META].find_one(_DECLARED)


def refuse_newer(known: Record | None, shelves: Sequence[Shelf]) -> None:
    """`CannotOpen` when a newer program changed what this one needs."""
    if known and known["layout"] > LAYOUT:
        raise CannotOpen(
            f"this database was written by a newer version (layout {known['layout']}; this one knows {LAYOUT})"
        )
    if known and _older(known, shelves) and not _has(known, shelves):
        raise CannotOpen("this database was changed by a newer version in what this one needs; start that one")


def newest(known: Record | None, shelves: Sequence[Shelf]) -> Sequence[Shelf]:
    """Those of the shelves that no newer program declared: all of them, or none."""
    return () if _older(known, shelves) else shelves


async def is_followed(database: Database, known: Record | None, shelves: Sequence[Shelf]) -> bool:
    """Whether `follow` would have nothing to do."""
    if _older(known, shelves):
        return True
    if await database[META].find_one(_DERIVING):
        return False
    return not _changed(known, shelves) and _editions(known) == _editions(known, shelves)


async def follow(database: Database, shelves: Sequence[Shelf], seconds: float) -> None:
    """`seconds`: how long a commit that began before the others noticed may take."""
    known = await remembered(database)
    if _older(known, shelves):
        return
    changed = _changed(known, shelves)
    half_done = await database[META].find_one(_DERIVING)
    editions = _editions(known, shelves)
    if not changed and not half_done and editions == _editions(known):
        return
    now = {"layout": LAYOUT, "kinds": {**(known or {}).get("kinds", {}), **_fields(shelves)}, "editions": editions}
    if (changed or half_done) and await database[RECORDS].find_one({}, {"_id": 1}):
        kinds = sorted({*(half_done or {}).get("kinds", ()), *(shelf.kind.name for shelf in changed)})
        goes_on = half_done is not None and half_done["for"] == _fingerprint(shelves)
        if not goes_on:
            begun = {"for": _fingerprint(shelves), "kinds": kinds, "after": b""}
            await database[META].update_one(_DERIVING, {"$set": begun}, upsert=True)
        await database[META].update_one(_DECLARED, {"$set": now}, upsert=True)
        if not goes_on and known:
            await asyncio.sleep(LOOK_SECONDS + seconds)  # until everybody of the version before has noticed
        await _derive_again(database, {shelf.kind.name: shelf for shelf in shelves if shelf.kind.name in kinds})
        await database[META].delete_one(_DERIVING)
    else:
        await database[META].update_one(_DECLARED, {"$set": now}, upsert=True)


async def _derive_again(database: Database, shelves: Mapping[str, Shelf]) -> None:
    records = database[RECORDS]
    wanted = {"version": 1, "ws": 1, "kind": 1, "body": 1}
    while mark := await database[META].find_one(_DERIVING):
        some = {"_id": {"$gt": mark["after"]}, "kind": {"$in": list(shelves)}}
        found = await records.find(some, wanted).sort("_id").limit(_AT_A_TIME).to_list()
        if not found:
            return
        zones = await _zones(records, {record["ws"] for record in found})
        await records.bulk_write([_derived(shelves[each["kind"]], each, zones) for each in found], ordered=False)
        await database[META].update_one(_DERIVING, {"$max": {"after": found[-1]["_id"]}})


def _derived(shelf: Shelf, record: Record, zones: Mapping[bytes, Any]) -> UpdateOne:
    document = shelf.kind.decode(record["body"])
    columns = shelf.columns(shelf.kind.derive(document, zones.get(record["ws"], zone("UTC"))))
    as_read = {"_id": record["_id"], "ws": record["ws"], "version": record["version"]}
    return UpdateOne(as_read, {"$set": columns})


async def _zones(records: Records, workspaces: set[bytes]) -> dict[bytes, Any]:
    ids = [ws + tag(WORKSPACE.name) + ws for ws in workspaces]
    found = records.find({"_id": {"$in": ids}, "ws": {"$in": list(workspaces)}}, {"ws": 1, "body": 1})
    return {record["ws"]: home_zone(record["body"]) async for record in found}


class Fit:
    """Whether what this process writes is still what the database is derived for."""

    def __init__(self, database: Database, shelves: Sequence[Shelf]) -> None:
        self._meta = database[META]
        self._shelves = shelves
        self._looked_at = float("-inf")
        self._behind = False

    async def is_behind(self) -> bool:
        """Whether it lacks columns; `Unavailable` when it may not be written at all.

        A look, but seldom: whoever changes the database waits until everybody has had one.
        """
        now = time.monotonic()
        if now >= self._looked_at + LOOK_SECONDS:
            known = await self._meta.find_one(_DECLARED)
            if known and not _has(known, self._shelves):
                raise Unavailable("the database was changed by a newer version; this process must be restarted", 60)
            self._behind = bool(known and _changed(known, self._shelves))
            self._looked_at = now
        return self._behind


def _older(known: Record | None, shelves: Sequence[Shelf]) -> bool:
    """Whether a newer program than this one declared what is there."""
    editions = _editions(known)
    return any(editions.get(shelf.kind.name, 0) > shelf.kind.edition for shelf in shelves)


def _editions(known: Record | None, shelves: Sequence[Shelf] = ()) -> dict[str, int]:
    """What is remembered, and then these."""
    there = known or {}
    return {
        **dict.fromkeys(there.get("kinds", ()), 1),
        **there.get("editions", {}),
        **{shelf.kind.name: shelf.kind.edition for shelf in shelves},
    }


def _changed(known: Record | None, shelves: Sequence[Shelf]) -> list[Shelf]:
    before: Fields = known["kinds"] if known else {}
    now = _fields(shelves)
    return [shelf for shelf in shelves if before.get(shelf.kind.name) != now[shelf.kind.name]]


def _has(known: Record, shelves: Sequence[Shelf]) -> bool:
    """Whether the database is derived for every field of the shelves."""
    there: Fields = known["kinds"]
    return all(all(field in there.get(kind, ()) for field in fields) for kind, fields in _fields(shelves).items())


def _fields(shelves: Sequence[Shelf]) -> Fields:
    return {s.kind.name: [[f.name, f.type.__name__, f.each] for f in s.kind.fields] for s in shelves}


def _fingerprint(shelves: Sequence[Shelf]) -> str:
    return hashlib.sha256(msgspec.json.encode(sorted(_fields(shelves).items()))).hexdigest()
