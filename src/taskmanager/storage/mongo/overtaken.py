"""What processes of the version before write while newer ones are there: found by its mark, and derived again."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Final

from taskmanager.errors import TaskManagerError
from taskmanager.storage.mongo.connection import Records
from taskmanager.storage.mongo.records import BEHIND, Shelf, tag, unpacked
from taskmanager.storage.zones import home_zone
from taskmanager.tasks.dates import zone
from taskmanager.tasks.model import WORKSPACE
from taskmanager.tasks.store import Derive, Edit, Expect

_AT_A_TIME: Final = 100
_PAUSE_SECONDS: Final = 0.5
"""Twice that at most, so that of many processes hardly two do the same."""


async def keep_up(catch_up: Callable[[], Awaitable[None]]) -> None:
    while True:
        await asyncio.sleep(random.uniform(_PAUSE_SECONDS, 2 * _PAUSE_SECONDS))  # noqa: S311 - jitter, not a secret
        with suppress(TaskManagerError):
            await catch_up()


async def some(records: Records, shelves: Mapping[str, Shelf]) -> tuple[str, Sequence[Edit]] | None:
    """A workspace, and a commit that derives some of what lacks columns there; None when nothing does."""
    wanted = {BEHIND: True, "kind": {"$in": list(shelves)}}
    first = await records.find_one(wanted, {"ws": 1}, hint=BEHIND)
    if first is None:
        return None
    ws: bytes = first["ws"]
    home = await records.find_one({"_id": ws + tag(WORKSPACE.name) + ws, "ws": ws}, {"version": 1, "body": 1})
    here = records.find({**wanted, "ws": ws}, {"kind": 1, "body": 1}, hint=BEHIND).limit(_AT_A_TIME)
    place = home_zone(home["body"]) if home else zone("UTC")
    edits: list[Edit] = [Expect(WORKSPACE, unpacked(ws), home["version"] if home else 0)]
    async for record in here:
        kind = shelves[record["kind"]].kind
        document = kind.decode(record["body"])
        edits.append(Derive(kind, document, kind.derive(document, place)))
    return unpacked(ws), edits
