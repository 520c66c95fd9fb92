"""Calls of the driver: how long each may take, and what its errors mean to the house."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

import bson.errors
import pymongo
from pymongo.errors import (
    BulkWriteError,
    DocumentTooLarge,
    DuplicateKeyError,
    NetworkTimeout,
    OperationFailure,
    PyMongoError,
)

from taskmanager import deadline
from taskmanager.errors import CommitTooLarge, StorageFull, TaskManagerError, Unavailable

SECONDS: Final = 2.0
LONG_SECONDS: Final = 600.0
"""For what is no part of a request, such as erasing."""

_LEAST_SECONDS: Final = 0.05
"""Less is not worth a call."""

_LATE_SECONDS: Final = 0.1
"""So much later than it should a call may end by itself. The driver, while it knows of no primary, looks at the clock
only every half second."""

_OUT_OF_DISK: Final = 14031
_ATLAS: Final = 8000
_TOO_LARGE: Final = frozenset({257, 388, 10334, 17419, 17420})
"""Of a transaction for the oplog or for the server's cache, and of a record before or after an update."""


class Calls:
    """`seconds` is what the calls of one request may take together, and any other call alone."""

    def __init__(self, seconds: float | None) -> None:
        self.seconds = seconds or SECONDS

    @property
    def left(self) -> float:
        """`Unavailable` when that is nothing worth beginning."""
        left = deadline.left(self.seconds)
        if left < _LEAST_SECONDS:
            raise Unavailable("the database took too long")
        return left

    @asynccontextmanager
    async def told(self, seconds: float | None = None) -> AsyncIterator[None]:
        """All that is called inside has `seconds` together, and nothing of the driver gets out."""
        with deadline.counting(), told():
            async with within(seconds or self.left):
                yield


@asynccontextmanager
async def within(seconds: float) -> AsyncIterator[None]:
    """The driver has `seconds`, and whoever waits for it hardly more."""
    late = asyncio.timeout(seconds + _LATE_SECONDS)
    try:
        async with late:
            with pymongo.timeout(seconds):
                yield
    except TimeoutError as error:
        if not late.expired():
            raise
        raise NetworkTimeout("the driver did not end in time") from error


@contextmanager
def told() -> Iterator[None]:
    """Nothing of the driver gets out."""
    try:
        yield
    except (PyMongoError, bson.errors.BSONError) as error:
        raise _meaning(error) from error


def _meaning(error: Exception) -> TaskManagerError:
    code = error.code if isinstance(error, OperationFailure) else None
    if isinstance(error, DocumentTooLarge) or _TOO_LARGE & codes_of(error):
        return CommitTooLarge("this is more than the database can write at once; send less")
    if code == _OUT_OF_DISK or (code == _ATLAS and "space quota" in str(error)):
        return StorageFull("there is no room left for the database")
    if code is not None and not isinstance(error, DuplicateKeyError):
        return Unavailable(f"the database refused (error {code})")
    return Unavailable("the database can't be reached now")


def codes_of(error: Exception) -> set[int]:
    """Of the error, and of each write that it was raised for."""
    codes = {error.code} if isinstance(error, OperationFailure) and error.code is not None else set()
    if isinstance(error, BulkWriteError):
        codes |= {each["code"] for each in error.details.get("writeErrors", ())}
    return codes
