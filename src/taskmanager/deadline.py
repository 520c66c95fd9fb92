"""The deadline of a request: all its calls of the store have together the time that one alone may take.

Only waiting for the store counts: how fast somebody sends a body, or how long a picture takes, is no reason to give up.
What is no request, such as a job, has no deadline; each of its calls has all its time.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager
from contextvars import ContextVar
from typing import Final

from taskmanager.errors import Unavailable


class _Waiting:
    """Calls that go on at the same time are waited for once."""

    def __init__(self) -> None:
        self._before = 0.0
        self._since = 0.0
        self._calls = 0
        self.allowed: float | None = None

    @property
    def seconds(self) -> float:
        return self._before + (time.monotonic() - self._since if self._calls else 0.0)

    def begin(self) -> None:
        if not self._calls:
            self._since = time.monotonic()
        self._calls += 1

    def end(self) -> None:
        self._calls -= 1
        if not self._calls:
            self._before += time.monotonic() - self._since

    def forget(self) -> None:
        self._before, self._since = 0.0, time.monotonic()


_waiting: Final[ContextVar[_Waiting | None]] = ContextVar("waiting", default=None)


@contextmanager
def of_request() -> Iterator[None]:
    """One request's work: what is called inside has a deadline together."""
    token = _waiting.set(_Waiting())
    try:
        yield
    finally:
        _waiting.reset(token)


def left(seconds: float) -> float:
    """What is left of these seconds for the call that begins now; may be negative."""
    waiting = _waiting.get()
    if waiting is None:
        return seconds
    waiting.allowed = seconds
    return seconds - waiting.seconds


def remaining() -> float | None:
    """What is left to this request of what the store allowed it; None where there is no deadline."""
    waiting = _waiting.get()
    return waiting.allowed - waiting.seconds if waiting and waiting.allowed is not None else None


@contextmanager
def nobodys() -> Iterator[None]:
    """Work for whoever waits for it: the request that began it has a deadline, and it has not."""
    token = _waiting.set(None)
    try:
        yield
    finally:
        _waiting.reset(token)


@contextmanager
def counting() -> Iterator[None]:
    """A call of the store."""
    waiting = _waiting.get()
    if waiting is None:
        yield
        return
    waiting.begin()
    try:
        yield
    finally:
        waiting.end()


@asynccontextmanager
async def bounded(why: str) -> AsyncIterator[None]:
    """Waiting for what others ask of the store; `Unavailable` with `why` when it takes all that is left."""
    try:
        with counting():
            async with asyncio.timeout(remaining()):
                yield
    except TimeoutError:
        raise Unavailable(why) from None


@asynccontextmanager
async def waited(gate: AbstractAsyncContextManager[object]) -> AsyncIterator[None]:
    """Inside it; `Unavailable` when that takes all the time: who is inside is perhaps waiting for the store."""
    async with AsyncExitStack() as stack:
        async with bounded("others are waiting for the database too"):
            await stack.enter_async_context(gate)
        yield


def renew() -> None:
    """Something was achieved: a request of many commits has the whole time again for each."""
    if waiting := _waiting.get():
        waiting.forget()
