"""Rate limits: how much somebody may ask for in a while.

The algorithm is GCRA: a key that was idle may spend its whole count at once, and gets it back
evenly over the window. What is kept per key is one instant, when it will have everything back.
"""

import time
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

_SECOND: Final = 1_000_000_000
_WAYS: Final = 8
_ROWS: Final = 1 << 14


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


class Unlimited:
    """Lets everything pass: what `RATE_LIMIT=off` means."""

    async def allow(self, key: str, policy: Policy, cost: int = 1) -> Decision:  # noqa: ARG002 - nothing is counted
        return Decision(allowed=True, remaining=policy.count, reset_seconds=0.0, retry_after=0.0)


class MemoryLimiter:
    """One process's own count, in 2 MiB however many keys there are.

    It is a table of rows of eight places; a key's hash, seeded anew in each process, gives its row.
    In a full row a new key takes the place of the one that has all, or almost all, back. So a flood of
    fresh keys displaces only those that have hardly spent anything.
    """

    def __init__(self, now: Callable[[], int] = time.monotonic_ns) -> None:
        self._now = now
        self._tags = array("q", bytes(8 * _ROWS * _WAYS))
        self._full_at = array("q", bytes(8 * _ROWS * _WAYS))

    async def allow(self, key: str, policy: Policy, cost: int = 1) -> Decision:
        now = self._now()
        window = policy.window_seconds * _SECOND
        each = window // policy.count
        place, full_at = self._find(hash((key, policy.count, policy.window_seconds)), now)
        spent = full_at + min(cost, policy.count) * each
        over = spent - now - window
        if over > 0:
            return _decision(window, each, full_at - now, over)
        self._full_at[place] = spent
        return _decision(window, each, spent - now, 0)

    def _find(self, tag: int, now: int) -> tuple[int, int]:
        """The key's place, and when it will have everything back."""
        row = tag % _ROWS * _WAYS
        try:
            place = self._tags.index(tag, row, row + _WAYS)
        except ValueError:
            place = min(range(row, row + _WAYS), key=self._full_at.__getitem__)
            self._tags[place], self._full_at[place] = tag, 0
        return place, max(self._full_at[place], now)


def _decision(window: int, each: int, debt: int, over: int) -> Decision:
    return Decision(
        allowed=over == 0,
        remaining=(window - debt) // each,
        reset_seconds=debt / _SECOND,
        retry_after=over / _SECOND,
    )
