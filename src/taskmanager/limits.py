"""Rate limits: how much somebody may ask for in a while.

The algorithm is GCRA: a key that was idle may spend its whole count at once, and gets it back
evenly over the window. What is kept per key is one instant, when it will have everything back.
"""

import asyncio
import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from mmap import mmap
from secrets import token_bytes
from struct import Struct
from tempfile import TemporaryFile
from typing import Final, Protocol

from taskmanager.errors import Unavailable
from taskmanager.redis import Redis, RedisGone, Script

_SECOND: Final = 1_000_000_000
_MICRO: Final = 1_000
_WAYS: Final = 8
_ROWS: Final = 1 << 14
_ROW: Final = Struct(f"{_WAYS}q")
TABLE_BYTES: Final = 2 * 8 * _ROWS * _WAYS
SEED_BYTES: Final = 16
_STANDING: Final = Struct("2q")
CENSUS_SECONDS: Final = 5.0
LEASE_SECONDS: Final = 15.0
"""Who was not counted for so long is no more."""
HASTY_SECONDS: Final = 1.0
"""Between two looks while nobody can know yet who else there is."""


class Policy(Protocol):
    """`count` in `window_seconds`."""

    @property
    def count(self) -> int: ...
    @property
    def window_seconds(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Decision:
    """`remaining` could be spent right now; all is back after `reset_seconds`.

    A refused request costs nothing, and would pass after `retry_after` seconds.
    """

    allowed: bool
    remaining: int
    reset_seconds: float
    retry_after: float


class Limiter(Protocol):
    """Counts what is spent under a key; keys never touch each other. What costs more than the count costs the count."""

    async def allow(self, key: str, policy: Policy, cost: int = 1) -> Decision: ...


class Census(Protocol):
    """Where limiters are counted when Redis can't: `taskmanager.schedule.Schedule`."""

    async def attend(self, name: str, owner: str, lease_ms: int) -> Sequence[str]:
        """Be counted for so long among the owners of this name; all of them, in one order for everybody."""


class Unlimited:
    """Lets everything pass: what `RATE_LIMIT=off` means."""

    async def allow(self, key: str, policy: Policy, cost: int = 1) -> Decision:  # noqa: ARG002 - nothing is counted
        return Decision(allowed=True, remaining=policy.count, reset_seconds=0.0, retry_after=0.0)


class Table:
    """Where counts are kept: rows of eight places, a key's hash gives its row. 2 MiB, however many keys there are.

    In a full row a new key takes the place of the one that has all, or almost all, back. So a flood of fresh keys
    displaces only those that have hardly spent anything. Processes on one machine may share one through `memory`;
    what two of them write at the very same moment may be counted once.

    Where the table stands among those of other machines is kept in it too, for a process that starts anew.
    """

    def __init__(
        self, memory: memoryview | None = None, seed: bytes | None = None, standing: memoryview | None = None
    ) -> None:
        memory = memory if memory is not None else memoryview(bytearray(TABLE_BYTES))
        self.seed = seed if seed is not None else token_bytes(SEED_BYTES)
        self._memory = memory
        self._standing = standing if standing is not None else memoryview(bytearray(_STANDING.size))
        self._tags = memory[: TABLE_BYTES // 2].cast("q")
        self._full_at = memory[TABLE_BYTES // 2 :].cast("q")

    @classmethod
    def on(cls, file: int) -> "Table":
        """The one that other processes have on this file too."""
        if os.fstat(file).st_size < _FILE_BYTES:  # a supervisor of an older version made it
            os.truncate(file, _FILE_BYTES)
        memory = memoryview(mmap(file, _FILE_BYTES))
        after_seed = TABLE_BYTES + SEED_BYTES
        return cls(memory[:TABLE_BYTES], bytes(memory[TABLE_BYTES:after_seed]), memory[after_seed:])

    @property
    def standing(self) -> tuple[int, int]:
        """Which of how many tables this is, from 0."""
        place, tables = _STANDING.unpack(self._standing)
        return place, max(1, tables)

    @standing.setter
    def standing(self, standing: tuple[int, int]) -> None:
        _STANDING.pack_into(self._standing, 0, *standing)

    def find(self, key: str, policy: Policy) -> int:
        """The key's place, made free for it if it has none."""
        text = f"{policy.count}/{policy.window_seconds} {key}".encode(errors="replace")
        tag = int.from_bytes(blake2b(text, digest_size=8, key=self.seed).digest(), "little", signed=True)
        row = tag % _ROWS * _WAYS
        try:
            return row + _ROW.unpack_from(self._memory, 8 * row).index(tag)
        except ValueError:
            place = min(range(row, row + _WAYS), key=self._full_at.__getitem__)
            self._tags[place], self._full_at[place] = tag, 0
            return place

    def __getitem__(self, place: int) -> int:
        """When the key at this place has everything back."""
        return self._full_at[place]

    def __setitem__(self, place: int, full_at: int) -> None:
        self._full_at[place] = full_at


_FILE_BYTES: Final = TABLE_BYTES + SEED_BYTES + _STANDING.size


def table_file() -> int:
    """The descriptor of a file for a table, in memory where that can be had, without a name."""
    file = os.memfd_create("limits") if hasattr(os, "memfd_create") else _unnamed_file()
    os.truncate(file, _FILE_BYTES)
    os.pwrite(file, token_bytes(SEED_BYTES), TABLE_BYTES)
    return file


def _unnamed_file() -> int:
    with TemporaryFile() as file:
        return os.dup(file.fileno())


class MemoryLimiter:
    """The count of one process, or of all that share its table."""

    def __init__(self, now: Callable[[], int] = time.monotonic_ns, table: Table | None = None) -> None:
        self._now = now
        self._table = table or Table()

    async def allow(self, key: str, policy: Policy, cost: int = 1) -> Decision:
        return self.count(key, policy, cost, policy.count)

    def count(self, key: str, policy: Policy, cost: int, share: int) -> Decision:
        """`share`: how much of the policy's count is to be had here."""
        now, table = self._now(), self._table
        window = policy.window_seconds * _SECOND
        if not share:
            return _decision(window, window, window, window // policy.count)
        each = window // share
        place = table.find(key, policy)
        full_at = max(table[place], now)
        spent = full_at + min(cost, share) * each
        over = spent - now - window
        if over > 0:
            return _decision(window, each, full_at - now, over)
        table[place] = spent
        return _decision(window, each, spent - now, 0)

    def learn(self, key: str, policy: Policy, debt: int) -> None:
        """Everything is not back before so many nanoseconds: somebody who counts for more than this table says so."""
        place = self._table.find(key, policy)
        self._table[place] = max(self._table[place], self._now() + debt)


class RedisLimiter:
    """One count for all processes, by Redis's clock; without Redis each table admits its share.

    The shares of all tables together are the count, also when there are more tables than that: then some admit nothing
    under this key, others one. How many there are Redis tells, and when it is gone the store. What a table learned from
    Redis it keeps, so that nobody starts afresh when Redis goes.
    """

    def __init__(self, redis: Redis, census: Census, table: Table | None = None) -> None:
        self._redis = redis
        self._census = census
        self._table = table or Table()
        self._alone = MemoryLimiter(table=self._table)

    @property
    def tables(self) -> int:
        """How many there are, as far as is known."""
        return self._table.standing[1]

    async def allow(self, key: str, policy: Policy, cost: int = 1) -> Decision:
        window = policy.window_seconds * _SECOND // _MICRO
        each = max(1, window // policy.count)
        digest = blake2b(f"{policy.count}/{window} {key}".encode(errors="replace"), digest_size=16)
        try:
            debt, over = await self._redis.run(
                _GCRA, ["rate:" + digest.hexdigest()], window, min(cost, policy.count) * each
            )
        except RedisGone:
            return self._alone.count(key, policy, cost, self._share(policy.count, digest.digest()))
        self._alone.learn(key, policy, debt * _MICRO)
        return _decision(window * _MICRO, each * _MICRO, debt * _MICRO, over * _MICRO)

    def _share(self, count: int, digest: bytes) -> int:
        """What is left when all have the same goes to as many tables as it is, to others for each key."""
        place, tables = self._table.standing
        each, left = divmod(count, tables)
        return each + ((int.from_bytes(digest[:8], "little") + place) % tables < left)

    async def attend(self) -> None:
        """Be counted among the tables, and count them, for as long as the process runs."""
        alone_since = None
        while True:
            try:
                place, tables = await self._redis.run(_CENSUS, ["limiters"], self._table.seed.hex())
                self._table.standing, alone_since = (place, tables), None
            except RedisGone:
                alone_since = alone_since or time.monotonic()
                with suppress(Unavailable):
                    await self._ask_the_store(settled=time.monotonic() - alone_since > LEASE_SECONDS)
            hasty = alone_since is not None and time.monotonic() - alone_since < LEASE_SECONDS
            await asyncio.sleep(HASTY_SECONDS if hasty else CENSUS_SECONDS)

    async def _ask_the_store(self, *, settled: bool) -> None:
        """Until everybody had the time to be counted there, as many as there were before are still believed in."""
        me = self._table.seed.hex()
        owners = await self._census.attend("limits", me, round(LEASE_SECONDS * 1000))
        if me in owners and (settled or len(owners) >= self.tables):
            self._table.standing = owners.index(me), len(owners)


_GCRA: Final = Script("""
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local window, cost = tonumber(ARGV[1]), tonumber(ARGV[2])
local full = tonumber(redis.call('GET', KEYS[1]) or 0)
full = math.min(math.max(full, now), now + window) -- a clock that was set back refuses nobody for longer
local spent = full + cost
if spent - now > window then return {full - now, spent - now - window} end
redis.call('SET', KEYS[1], string.format('%.0f', spent), 'PX', math.ceil((spent - now) / 1000))
return {spent - now, 0}
""")
"""Microseconds until everything is back, and how much too early the request came."""

_CENSUS: Final = Script(f"""
local now = redis.call('TIME')[1]
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - {LEASE_SECONDS:.0f})
redis.call('EXPIRE', KEYS[1], 60)
local all, place = redis.call('ZRANGE', KEYS[1], 0, -1), 0
for _, other in ipairs(all) do if other < ARGV[1] then place = place + 1 end end
return {{place, #all}}
""")
"""Which of how many tables it is that asks."""


def _decision(window: int, each: int, debt: int, over: int) -> Decision:
    return Decision(
        allowed=over == 0,
        remaining=(window - debt) // each,
        reset_seconds=debt / _SECOND,
        retry_after=over / _SECOND,
    )
