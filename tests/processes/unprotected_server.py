"""`taskmanager` with one protection taken away, for tests that must then fail: `unprotected_server.py WHICH COMMAND…`.

stale          pages are kept whatever their revision
defenceless    Redis is asked with the driver's own patience, and what goes wrong with it goes wrong for the request
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, TypeVar

from taskmanager import redis as client
from taskmanager.cli import main
from taskmanager.storage.cached import Near
from taskmanager.tasks.store import Revision

T = TypeVar("T")


def _whatever_revision(near: Near, key: Hashable, _revision: Revision) -> Any:
    kept = near._kept.get(key)  # noqa: SLF001 - it is what is taken apart here
    return kept.answer if kept else None


async def _without_defence(_redis: client.Redis, _circuit: client.Circuit, question: Callable[[], Awaitable[T]]) -> T:
    async with asyncio.timeout(5):
        return await question()


if __name__ == "__main__":
    match sys.argv[1]:
        case "stale":
            Near.get = _whatever_revision  # type: ignore[assignment,method-assign]  # it is what is taken apart here
        case "defenceless":
            client.Redis._ask = _without_defence  # type: ignore[assignment,method-assign]  # noqa: SLF001 - the same
    main(sys.argv[2:])
