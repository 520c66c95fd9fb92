"""Ids: lower-case UUIDs. Ours are version 7 (RFC 9562): they sort by the time they were made."""

import secrets
import time
from typing import Final
from uuid import UUID

_RANDOM: Final = 74
"""Bits besides the milliseconds, the version and the variant."""


class _Sequence:
    """Milliseconds and random bits. What is made within one keeps its order: each is a random bit more."""

    def __init__(self) -> None:
        self._last = 0

    def next(self) -> int:
        milliseconds = time.time_ns() // 1_000_000
        if milliseconds > self._last >> _RANDOM:
            self._last = milliseconds << _RANDOM | secrets.randbits(_RANDOM)
        else:
            self._last += 1 + secrets.randbits(40)
        return self._last


_SEQUENCE: Final = _Sequence()


def new_id() -> str:
    bits = _SEQUENCE.next()
    milliseconds, first, second = bits >> _RANDOM, bits >> 62 & 0xFFF, bits & (1 << 62) - 1
    return str(UUID(int=milliseconds << 80 | 0x7 << 76 | first << 64 | 0x2 << 62 | second))


def is_id(text: str) -> bool:
    """Whether this is an id as the wire writes them."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
