"""How many guesses at a password are admitted, and from whom.

A gate admits up to twice an allowance's count within one window (a burst, then the steady rate), so
that no account meets more than 30 guesses an hour from devices which never signed in to it. A
device that did is counted by itself: nobody locks the owner out of it.
"""

from dataclasses import dataclass
from typing import Final, Protocol

from taskmanager.actor import network
from taskmanager.errors import TooManyRequests

_HOUR: Final = 3600


@dataclass(frozen=True, slots=True)
class Allowance:
    """`count` in `window_seconds`."""

    count: int
    window_seconds: int


class Verdict(Protocol):
    """A gate's answer."""

    @property
    def allowed(self) -> bool: ...
    @property
    def retry_after(self) -> float: ...


class Gate(Protocol):
    """What counts: `taskmanager.limits` in the running house."""

    async def allow(self, key: str, policy: Allowance, /) -> Verdict: ...


GUESSES: Final = Allowance(15, _HOUR)
"""At one account's password, by all strangers together, or by one known device or session."""

SIGN_INS: Final = Allowance(100, _HOUR)
"""From one network, by devices unknown to the accounts they name."""

REGISTRATIONS: Final = Allowance(60, _HOUR)
"""From one network."""

PICTURES: Final = Allowance(60, _HOUR)
"""By one account: making one takes a core for a while."""


@dataclass(frozen=True, slots=True)
class Throttle:
    """Each verb counts once, or raises `TooManyRequests`."""

    gate: Gate

    async def registration(self, address: str) -> None:
        await self._pass(f"register:{network(address)}", REGISTRATIONS)

    async def stranger(self, email: str, address: str) -> None:
        await self._pass(f"sign-in:{network(address)}", SIGN_INS)
        await self._pass(f"guess:{email}", GUESSES)

    async def known(self, device_or_session: str) -> None:
        await self._pass(f"known:{device_or_session}", GUESSES)

    async def picture(self, account_id: str) -> None:
        await self._pass(f"picture:{account_id}", PICTURES)

    async def _pass(self, key: str, allowance: Allowance) -> None:
        verdict = await self.gate.allow(key, allowance)
        if not verdict.allowed:
            raise TooManyRequests("too many attempts; wait a while", verdict.retry_after)
