"""Positions: strings, compared bytewise, between any two of which there is another.

The first and the last place are made of the time, so that they need no look at the neighbours: `0` and the time left
until the end of time sorts before everything that was ever first, `1` and the time since 1970 after everything that
was ever last. A place between two others is the midpoint of their digits. Each ends in random digits, so that two
people who put something at the same place at the same time do not get the same position.
"""

import random
import time
from typing import Final

DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BASE: Final = len(DIGITS)
_VALUE: Final = {digit: value for value, digit in enumerate(DIGITS)}
_WIDTH: Final = 9
_END: Final = _BASE**_WIDTH - 1


class _Clock:
    """Microseconds that never repeat and never go back within this process."""

    def __init__(self) -> None:
        self._last = 0

    def tick(self) -> int:
        self._last = max(self._last + 1, time.time_ns() // 1000)
        return self._last


_CLOCK: Final = _Clock()


def last() -> str:
    return "1" + _digits(_CLOCK.tick()) + _jitter()


def first() -> str:
    return "0" + _digits(_END - _CLOCK.tick()) + _jitter()


def between(low: str, high: str) -> str:
    """A position strictly between; ValueError when there is none because the two are equal or out of order."""
    if low >= high:
        raise ValueError("there is no place between equal positions")
    return _midpoint(low, high) + _jitter()


def _midpoint(low: str, high: str) -> str:
    """Never a prefix of `high`, so digits may follow it. No position ends in a zero: `_jitter` sees to that."""
    digits: list[str] = []
    bounded = True
    for i in range(max(len(low), len(high)) + 1):
        a = _VALUE[low[i]] if i < len(low) else 0
        b = _VALUE[high[i]] if bounded and i < len(high) else _BASE
        if b - a > 1:
            return "".join(digits) + DIGITS[(a + b) // 2]
        digits.append(DIGITS[a])
        bounded = bounded and a == b
    return "".join(digits) + DIGITS[_BASE // 2]


def _digits(number: int) -> str:
    digits: list[str] = []
    for _ in range(_WIDTH):
        number, digit = divmod(number, _BASE)
        digits.append(DIGITS[digit])
    return "".join(reversed(digits))


def _jitter() -> str:
    return random.choice(DIGITS) + random.choice(DIGITS[1:])  # noqa: S311 - only has to differ, not to be secret
