"""The client, and what the driver's errors mean to the house."""

import asyncio
import sys
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from pymongo import AsyncMongoClient
from pymongo.asynchronous import pool, topology
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import PyMongoError
from pymongo.lock import Condition

from taskmanager.storage.mongo.pool import PoolWatch
from taskmanager.storage.refusals import CannotOpen

Record = dict[str, Any]
Records = AsyncCollection[Record]
Database = AsyncDatabase[Record]
Client = AsyncMongoClient[Record]

DEFAULT_DATABASE: Final = "taskmanager"
SETTINGS: Final[Mapping[str, Any]] = {
    "appname": "taskmanager",
    "maxPoolSize": 10,
    "minPoolSize": 5,
    "waitQueueTimeoutMS": 2_000,
    "timeoutMS": 2_000,
    "connectTimeoutMS": 1_000,
    "serverSelectionTimeoutMS": 2_000,
    "heartbeatFrequencyMS": 1_000,
    "retryWrites": True,
    "retryReads": True,
    "w": "majority",
    "readConcernLevel": "majority",
    "readPreference": "primary",
}
"""What holds unless the address says otherwise, in its query: `mongodb://…/taskmanager?maxPoolSize=50`."""

OLDEST_WIRE: Final = 13
"""Of MongoDB 5.0."""


async def wait_in_this_task(condition: Condition, seconds: float | None) -> bool:
    """The driver's way to wait, as it is with Python 3.12.

    `asyncio.wait_for` of 3.11 waits in another task. Whoever is cancelled in the moment that his time is up gives back
    a lock which somebody else holds, and that task takes it for ever: nobody gets a connection of this process again.
    """
    try:
        async with asyncio.timeout(seconds):
            return await condition.wait()
    except TimeoutError:
        return False


if sys.version_info < (3, 12):
    for module in (pool, topology):
        vars(module)["_async_cond_wait"] = wait_in_this_task  # the name that the driver calls it by


def client_at(url: str) -> Client:
    """A client of this event loop. Nothing is sent before it is asked something."""
    given = {name.lower() for name, _ in parse_qsl(urlsplit(url).query)}
    settings = {name: value for name, value in SETTINGS.items() if name.lower() not in given}
    try:
        return AsyncMongoClient(url, event_listeners=[PoolWatch()], **settings)
    except (PyMongoError, ValueError, TypeError) as error:
        raise CannotOpen(f"the address of the MongoDB can't be used: {_without_secrets(error, url)}") from None


def database_of(client: Client) -> Database:
    return client.get_default_database(DEFAULT_DATABASE)


async def require_replica_set(client: Client) -> None:
    hello = await client.admin.command("hello")
    if "setName" not in hello and hello.get("msg") != "isdbgrid":
        raise CannotOpen(
            "this MongoDB is no replica set; TaskManager needs one for its transactions (one member will do)"
        )
    if hello["maxWireVersion"] < OLDEST_WIRE:
        raise CannotOpen("this MongoDB is too old; TaskManager needs 5.0 or newer")


def _without_secrets(error: Exception, url: str) -> str:
    credentials = urlsplit(url).netloc.rpartition("@")[0]
    return str(error).replace(credentials, "…") if credentials else str(error)
