"""A lock of the driver that nobody gives back is the end of a process: no call of it gets a connection again."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from pymongo.asynchronous import pool, topology
from pymongo.lock import Condition, Lock

from taskmanager.storage.mongo.connection import wait_for

Wait = Callable[[Condition, float | None], Awaitable[bool]]


async def left_locked_by(wait: Wait) -> bool:
    """Cancel somebody whose time is up, but who must still have a lock back that another has just taken."""
    lock = Lock()
    condition = Condition(lock)

    async def waits() -> None:
        async with condition:
            await wait(condition, 0.01)

    waiting = asyncio.create_task(waits())
    await asyncio.sleep(0.005)
    await lock.acquire()
    await asyncio.sleep(0.02)
    waiting.cancel()
    lock.release()
    await asyncio.gather(waiting, return_exceptions=True)
    await asyncio.sleep(0.01)
    return lock.locked()


@pytest.mark.parametrize("module", [pool, topology])
async def test_who_is_cancelled_when_his_time_is_up_keeps_no_lock_of_the_driver(module: Any) -> None:
    assert sys.version_info >= (3, 12) or asyncio.wait_for is wait_for
    assert not await left_locked_by(module._async_cond_wait)  # noqa: SLF001 - what the driver calls


@pytest.mark.control
@pytest.mark.skipif(sys.version_info >= (3, 12), reason="asyncio.wait_for waits in the task that calls it")
async def test_a_wait_in_another_task_keeps_it() -> None:
    async def waits(condition: Condition, seconds: float | None) -> bool:
        try:
            return await asyncio.tasks.wait_for(condition.wait(), seconds)
        except TimeoutError:
            return False

    assert await left_locked_by(waits)
