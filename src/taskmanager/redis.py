"""The one Redis client: asked for a moment, or not at all.

Whatever lies in Redis can be done without, so nobody waits for it: an answer that takes longer than 50 ms is none,
nothing is asked twice, and after some failures in a row Redis is left alone but for one probe a second. Every failure,
whichever it was, is the one `RedisGone`, on which the asker goes its other way.

Reads and writes fail apart: a Redis that is full or a replica still answers reads.
"""

import asyncio
import hashlib
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import Any, Final, Protocol, TypeVar

import redis.asyncio as driver
import structlog
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError, RedisError

T = TypeVar("T")

TIMEOUT: Final = 0.05
CONNECTIONS: Final = 16
FAILURES: Final = 5
"""So many failures in a row open the circuit."""
PROBE_SECONDS: Final = 1.0
_QUIET: Final = 2.0
"""A subscription that heard nothing for so long asks whether Redis is still there."""
_ANSWER: Final = 1.0

log = structlog.get_logger(__name__)


class RedisGone(Exception):
    """Redis did not do what it was asked, or was not asked."""


class Watcher(Protocol):
    """Is told when a circuit opens and closes: metrics."""

    def __call__(self, circuit: str, /, *, closed: bool) -> None: ...


def _unwatched(_circuit: str, /, *, closed: bool) -> None:
    del closed


class Circuit:
    """Lets everything pass while it is closed; open, one probe a second. Says so once per change."""

    def __init__(self, name: str, watcher: Watcher = _unwatched, now: Callable[[], float] = time.monotonic) -> None:
        self.name = name
        self._watcher = watcher
        self._now = now
        self._failures = 0
        self._probe_at = 0.0

    @property
    def closed(self) -> bool:
        return self._failures < FAILURES

    def admits(self) -> bool:
        if self.closed:
            return True
        now = self._now()
        if now < self._probe_at:
            return False
        self._probe_at = now + PROBE_SECONDS
        return True

    def succeeded(self) -> None:
        was_closed, self._failures = self.closed, 0
        if not was_closed:
            log.info("Redis is back", circuit=self.name)
            self._watcher(self.name, closed=True)

    def failed(self, error: BaseException) -> None:
        was_closed = self.closed
        self._failures += 1
        if was_closed and not self.closed:
            self._probe_at = self._now() + PROBE_SECONDS
            log.warning("Redis is left alone", circuit=self.name, reason=str(error) or type(error).__name__)
            self._watcher(self.name, closed=False)


class Script:
    """A Lua script, sent whole only when Redis does not know it yet."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.sha = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


class Redis:
    """`watcher` is told when reads or writes are given up, and when they are back."""

    def __init__(self, url: str, watcher: Watcher = _unwatched) -> None:
        self._url = url
        self._client = driver.Redis(connection_pool=_pool(url, CONNECTIONS))
        self._free = asyncio.Semaphore(CONNECTIONS)
        self.reads = Circuit("reads", watcher)
        self.writes = Circuit("writes", watcher)

    async def get(self, key: str) -> bytes | None:
        found = await self._ask(self.reads, lambda: self._client.get(key))
        return found if isinstance(found, bytes) else None

    async def put(self, key: str, value: bytes, ms: int) -> None:
        """Keep the value for so many milliseconds."""
        await self._ask(self.writes, lambda: self._client.set(key, value, px=ms))

    async def tell(self, channel: str, message: bytes) -> None:
        """Publish to whoever listens right now."""
        await self._ask(self.reads, lambda: self._client.publish(channel, message))

    async def run(self, script: Script, keys: Sequence[str], *arguments: str | int) -> list[int]:
        """Run a script that writes, and answers with whole numbers."""

        async def evaluate() -> Any:
            try:
                return await self._client.evalsha(script.sha, len(keys), *keys, *map(str, arguments))
            except NoScriptError:
                return await self._client.eval(script.text, len(keys), *keys, *map(str, arguments))

        answer: list[int] = await self._ask(self.writes, evaluate)
        return answer

    async def _ask(self, circuit: Circuit, question: Callable[[], Awaitable[T]]) -> T:
        if not circuit.admits():
            raise RedisGone
        try:
            async with asyncio.timeout(TIMEOUT), self._free:
                answer = await question()
        except (RedisError, OSError, TimeoutError) as error:
            circuit.failed(error)
            raise RedisGone from error
        circuit.succeeded()
        return answer

    async def listen(
        self, *channels: str, found: Callable[[], None], lost: Callable[[], None]
    ) -> AsyncGenerator[tuple[str, bytes], None]:
        """What is published from now on, for ever: a lost connection is made anew every second.

        `found` is called at first and whenever something may have been missed, `lost` when nothing is heard any more.
        """
        while True:
            try:
                async with aclosing(self._heard(channels, found)) as heard:
                    async for news in heard:
                        yield news
            except (RedisError, OSError, TimeoutError):
                lost()
                await asyncio.sleep(PROBE_SECONDS)

    async def _heard(
        self, channels: Sequence[str], found: Callable[[], None]
    ) -> AsyncGenerator[tuple[str, bytes], None]:
        """Raises when the connection is lost, or Redis hangs."""
        pool = _pool(self._url, 1)
        subscription = driver.Redis(connection_pool=pool).pubsub()
        try:
            async with asyncio.timeout(_ANSWER):
                await subscription.subscribe(*channels)
            asked = False
            while True:
                message = await subscription.get_message(timeout=_ANSWER if asked else _QUIET)
                if message is None:
                    if asked:
                        raise TimeoutError
                    async with asyncio.timeout(_ANSWER):
                        await subscription.ping()
                elif message["type"] == "subscribe":
                    found()
                elif message["type"] == "message":
                    yield message["channel"].decode(), message["data"]
                asked = message is None
        finally:
            # Nothing is said to a server that may not listen, so this does not wait.
            await asyncio.shield(pool.disconnect())

    async def close(self) -> None:
        await self._client.aclose()
        await self._client.connection_pool.disconnect()


def _pool(url: str, connections: int) -> driver.ConnectionPool:
    # No socket timeout: one for the whole question, made by the asker, costs a task less for each.
    return driver.ConnectionPool.from_url(
        url,
        max_connections=connections,
        protocol=2,
        driver_info=None,  # two questions less before the first of ours
        retry=Retry(NoBackoff(), 0),
        socket_connect_timeout=TIMEOUT,
        socket_timeout=None,
    )
