"""Calls of the driver: how long each may take, and what its errors mean to the house.

A request is several calls. When one has just waited in vain the next need not wait as long: for a moment they get only
`SHORT_SECONDS`, so that a hung primary costs a request little more than one call's time.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import bson.errors
import pymongo
from pymongo.errors import ConnectionFailure, DuplicateKeyError, OperationFailure, PyMongoError

from taskmanager.errors import StorageFull, TaskManagerError, Unavailable

SECONDS: Final = 2.0
LONG_SECONDS: Final = 600.0
"""For what is no part of a request, such as erasing."""

SHORT_SECONDS: Final = 0.15
_MOMENT: Final = 1.0

_OUT_OF_DISK: Final = 14031
_ATLAS: Final = 8000


class Calls:
    """`seconds` is what a call may take; each belongs to one client."""

    def __init__(self, seconds: float | None) -> None:
        self._seconds = seconds or SECONDS
        self._failed = float("-inf")

    @property
    def seconds(self) -> float:
        return SHORT_SECONDS if time.monotonic() < self._failed + _MOMENT else self._seconds

    @contextmanager
    def told(self, seconds: float | None = None) -> Iterator[None]:
        """All that is called inside has `seconds` together, and nothing of the driver gets out."""
        with pymongo.timeout(seconds or self.seconds), told():
            try:
                yield
            except PyMongoError as error:
                if error.timeout or isinstance(error, ConnectionFailure):
                    self._failed = time.monotonic()
                raise


@contextmanager
def told() -> Iterator[None]:
    """Nothing of the driver gets out."""
    try:
        yield
    except (PyMongoError, bson.errors.BSONError) as error:
        raise _meaning(error) from error


def _meaning(error: Exception) -> TaskManagerError:
    code = error.code if isinstance(error, OperationFailure) else None
    if code == _OUT_OF_DISK or (code == _ATLAS and "space quota" in str(error)):
        return StorageFull("there is no room left for the database")
    if code is not None and not isinstance(error, DuplicateKeyError):
        return Unavailable(f"the database refused (error {code})")
    return Unavailable("the database can't be reached now")
