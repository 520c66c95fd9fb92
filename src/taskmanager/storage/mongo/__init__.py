"""The store for many processes: a MongoDB replica set, written and read with majority, on the primary."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import pymongo
from pymongo.errors import ConnectionFailure, PyMongoError

from taskmanager.errors import Unavailable
from taskmanager.storage.findings import Finding
from taskmanager.storage.mongo import checkup, declarations, indexes
from taskmanager.storage.mongo.accounts import MongoAccounts
from taskmanager.storage.mongo.archive import MongoArchive, refuse_half_restored
from taskmanager.storage.mongo.calls import Calls
from taskmanager.storage.mongo.connection import Client, Database, client_at, database_of, require_replica_set
from taskmanager.storage.mongo.jobs import MongoSchedule
from taskmanager.storage.mongo.records import Shelf
from taskmanager.storage.mongo.wakes import Wakes
from taskmanager.storage.mongo.workspaces import MongoWorkspaces
from taskmanager.storage.refusals import CannotOpen
from taskmanager.tasks.model import KINDS
from taskmanager.tasks.query import Kind

OPEN_SECONDS: Final = 15.0
"""A set that is choosing its primary is waited for."""


@dataclass(frozen=True, slots=True)
class MongoStorage:
    """Of the event loop that opened it."""

    workspaces: MongoWorkspaces
    accounts: MongoAccounts
    jobs: MongoSchedule
    archive: MongoArchive
    _client: Client
    _calls: Calls
    _wakes: Wakes
    _database: Database
    _shelves: tuple[Shelf, ...]

    async def ping(self) -> None:
        async with self._calls.told():
            await self._client.admin.command("ping")

    def examine(self) -> AsyncIterator[Finding]:
        """What is right and wrong with the set."""
        return checkup.examine(self._client, self._database, self._shelves)

    async def close(self) -> None:
        await self._wakes.close()
        await self.workspaces.close()
        await self._client.close()


async def open_mongo(
    url: str, kinds: Iterable[Kind[Any]] = tuple(KINDS.values()), *, prepare: bool = True, unfinished: bool = False
) -> MongoStorage:
    """Connect; with `prepare` make what is missing, with `unfinished` even where a restore was broken off."""
    shelves = {kind.name: Shelf(kind) for kind in kinds}
    client = client_at(url)
    try:
        database = database_of(client)
        await _reach(client)
        calls = Calls(client.options.timeout)
        if not unfinished:
            await refuse_half_restored(database)
        with pymongo.timeout(indexes.SECONDS):
            await (_prepare if prepare else _require)(database, list(shelves.values()), calls.seconds)
        now = await database.command("ping")
    except PyMongoError as error:
        await client.close()
        raise CannotOpen(f"the MongoDB can't be used: {_first_line(error)}") from error
    except BaseException:
        await client.close()
        raise
    records = database[indexes.RECORDS]
    wakes = Wakes(records, now.get("operationTime"))
    fit = declarations.Fit(database, list(shelves.values()))
    workspaces = MongoWorkspaces(client, records, shelves, wakes, calls, fit)
    archive = MongoArchive(client, database, shelves)
    if prepare:
        with suppress(Unavailable):  # whoever serves goes on with it
            await workspaces.catch_up()
    return MongoStorage(
        workspaces,
        MongoAccounts(database, calls),
        MongoSchedule(database, calls),
        archive,
        client,
        calls,
        wakes,
        database,
        tuple(shelves.values()),
    )


async def _prepare(database: Database, shelves: Sequence[Shelf], seconds: float) -> None:
    known = await declarations.remembered(database)
    declarations.refuse_newer(known, shelves)
    await indexes.make(database, shelves, declarations.newest(known, shelves))
    # Which looks again: indexes take long to make, and another version may have started meanwhile.
    await declarations.follow(database, shelves, seconds)


async def _require(database: Database, shelves: Sequence[Shelf], _seconds: float) -> None:
    """`CannotOpen` unless `_prepare` would have nothing to do."""
    known = await declarations.remembered(database)
    declarations.refuse_newer(known, shelves)
    missing = await indexes.missing(database, shelves)
    if missing or not await declarations.is_followed(database, known, shelves):
        why = f" (without {', '.join(missing)})" if missing else ""
        raise CannotOpen(f"this database is not prepared for this version{why}; run: taskmanager migrate")


async def _reach(client: Client) -> None:
    until = time.monotonic() + OPEN_SECONDS
    while True:
        try:
            await require_replica_set(client)
        except ConnectionFailure:
            if time.monotonic() > until:
                raise
            await asyncio.sleep(0.1)
        else:
            return


def _first_line(error: PyMongoError) -> str:
    return str(error).partition(", Timeout:")[0].partition(", full error")[0]
