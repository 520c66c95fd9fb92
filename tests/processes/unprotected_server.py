"""`taskmanager` with one protection taken away, for tests that must then fail: `unprotected_server.py WHICH COMMAND…`.

stale          pages are kept whatever their revision
defenceless    Redis is asked with the driver's own patience, and what goes wrong with it goes wrong for the request
uncounted      machines without Redis do not learn of each other
keyless        an Idempotency-Key is not kept
w1             a commit is acknowledged when one member has it
turnless       commits into one workspace do not wait for each other
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from taskmanager import limits
from taskmanager import redis as client
from taskmanager.api import calls
from taskmanager.cli import main
from taskmanager.storage.cached import Near
from taskmanager.storage.mongo import commits, turns
from taskmanager.tasks.store import Revision

T = TypeVar("T")


def _whatever_revision(near: Near, key: Hashable, _revision: Revision) -> Any:
    kept = near._kept.get(key)  # noqa: SLF001 - it is what is taken apart here
    return kept.answer if kept else None


async def _without_defence(_redis: client.Redis, _circuit: client.Circuit, question: Callable[[], Awaitable[T]]) -> T:
    async with asyncio.timeout(client.TIMEOUT):
        return await question()


async def _uncounted(_limiter: limits.RedisLimiter) -> None:
    await asyncio.Event().wait()


@asynccontextmanager
async def _no_turn(_turns: turns.Turns, _ws: bytes, _seconds: float) -> AsyncIterator[None]:
    yield


def unprotect(what: str) -> None:
    match what:
        case "stale":
            Near.get = _whatever_revision  # type: ignore[assignment,method-assign]  # it is what is taken apart here
        case "defenceless":
            client.TIMEOUT = 5.0  # type: ignore[misc]  # the same, also for a connection
            client.Redis._ask = _without_defence  # type: ignore[assignment,method-assign]  # noqa: SLF001 - the same
        case "uncounted":
            limits.RedisLimiter.attend = _uncounted  # type: ignore[assignment,method-assign]  # the same
        case "keyless":
            calls.Call.key = property(lambda _call: None)  # type: ignore[assignment,method-assign]  # the same
        case "w1":
            commits._TRANSACTION = {"read_concern": ReadConcern("local"), "write_concern": WriteConcern(1)}  # type: ignore[misc]  # noqa: SLF001 - the same
        case "turnless":
            turns.Turns.turn = _no_turn  # type: ignore[assignment,method-assign]  # the same
        case _:
            raise ValueError(what)


if __name__ == "__main__":
    unprotect(sys.argv[1])
    main(sys.argv[2:])
