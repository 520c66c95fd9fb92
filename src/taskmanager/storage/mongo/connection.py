"""The client, and what the driver's errors mean to the house."""

import asyncio
import sys
from collections.abc import Awaitable, Mapping
from typing import Any, Final, TypeVar
from urllib.parse import parse_qsl, urlsplit

from pymongo import AsyncMongoClient
from pymongo import lock as drivers_lock
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import PyMongoError

from taskmanager.storage.mongo.pool import PoolWatch
from taskmanager.storage.refusals import CannotOpen

T = TypeVar("T")

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


async def wait_for(work: Awaitable[T], timeout: float | None) -> T:  # noqa: ASYNC109 - asyncio's own, of Python 3.12
    """`asyncio.wait_for` without the second task in which that of Python 3.11 waits.

    With that the driver loses a cancellation that comes just as the work is done, so that whoever gave it never ends.
    And who is cancelled just as his time is up gives back a lock of the driver that somebody else holds, while the
    second task takes it for ever: no call of this process reaches the database again.
    """
    async with asyncio.timeout(timeout):
        return await work


if sys.version_info < (3, 12):
    asyncio.wait_for = drivers_lock.wait_for = wait_for  # type: ignore[assignment,attr-defined]  # called by these names


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
