"""Passwords: Argon2id in a small pool of threads, and which ones are refused.

One run takes 19 MiB and some 35 ms of a core, so no more run at once than there are threads, and
no more wait than are answered within about a second; who comes then is told to come back.
"""

import os
import secrets
from base64 import b64encode
from collections.abc import Callable, Iterable
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Final, ParamSpec, TypeVar
from unicodedata import normalize

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from taskmanager.accounts.emails import folded
from taskmanager.accounts.messages import MAX_PASSWORD, MIN_PASSWORD
from taskmanager.accounts.pool import Pool
from taskmanager.errors import Invalid

_MEMORY_KIB: Final = 19 * 1024
_PASSES: Final = 2
_LANES: Final = 1
_WORKERS: Final = 2
_WAITING: Final = 32
_ENDINGS: Final = "0123456789!@#$%^&*()-_=+.,?~ "
_LONGEST_PIECE: Final = 3

_P = ParamSpec("_P")
_R = TypeVar("_R")


class Passwords:
    """Hashes and verifies; `Unavailable` when as many wait as may wait.

    `runs` counts the runs of Argon2; `nobody` is a hash that no password has.
    """

    def __init__(self, workers: int | None = None, waiting: int = _WAITING) -> None:
        workers = workers or min(_WORKERS, os.cpu_count() or 1)
        self._hasher = PasswordHasher(time_cost=_PASSES, memory_cost=_MEMORY_KIB, parallelism=_LANES)
        self._pool = Pool("argon2", workers=workers, waiting=waiting, full="too many people are signing in at once")
        self.nobody = _hash_of_nothing()
        self.runs = 0

    async def hash(self, password: str) -> str:
        return await self._run(self._hasher.hash, _octets(password))

    async def verify(self, hashed: str | None, password: str) -> bool:
        """Whether it is the password; None stands for an account that does not exist.

        Either way Argon2 runs once, on a hash of the same cost.
        """
        matches = await self._run(self._matches, hashed or self.nobody, _octets(password))
        return matches and hashed is not None

    def is_outdated(self, hashed: str) -> bool:
        """Whether it was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(hashed)

    def close(self) -> None:
        """End the threads; what waits is cancelled."""
        self._pool.close()

    def _matches(self, hashed: str, password: bytes) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (Argon2Error, InvalidHashError):
            return False

    async def _run(self, work: Callable[_P, _R], *args: _P.args, **kwargs: _P.kwargs) -> _R:
        result = await self._pool.run(work, *args, **kwargs)
        self.runs += 1
        return result


def refuse_weak(password: str, pointer: str, personal: Iterable[str]) -> None:
    """`Invalid` at the pointer for a password that is short, long, common, or one of the `personal` texts."""
    password = normalize("NFKC", password)
    if len(password) < MIN_PASSWORD:
        raise Invalid.at(pointer, "too_short", f"at least {MIN_PASSWORD} characters are needed")
    if len(password) > MAX_PASSWORD:
        raise Invalid.at(pointer, "too_long", f"at most {MAX_PASSWORD} characters are kept")
    plain = folded(password)
    forms = {plain, plain.rstrip(_ENDINGS)}
    if forms & {folded(text) for text in personal}:
        raise Invalid.at(pointer, "too_personal", "your own name or e-mail is too easy to guess")
    if forms & _common() or _repeats(plain) or _runs(plain):
        raise Invalid.at(pointer, "too_common", "this password is among the first that are tried")


def personal_texts(email: str, name: str) -> set[str]:
    """What somebody who knows the account would try first."""
    local = email.partition("@")[0]
    return {email, local, name, "".join(name.split()), *name.split()} - {""}


@cache
def _common() -> frozenset[str]:
    listed = files("taskmanager.accounts").joinpath("common_passwords.txt").read_text("utf-8")
    return frozenset(line for line in listed.split() if line)


def _repeats(text: str) -> bool:
    """Whether it is one short piece again and again, as in "abcabcabc"."""
    pieces = (text[:length] for length in range(1, _LONGEST_PIECE + 1))
    return any((piece * len(text))[: len(text)] == text for piece in pieces)


def _runs(text: str) -> bool:
    """Whether each character follows the one before, as in "abcdefgh" or "98765432"."""
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    return steps in ({1}, {-1})


def _octets(password: str) -> bytes:
    """The same octets however a keyboard composes the characters (NIST SP 800-63B)."""
    return normalize("NFKC", password).encode("utf-8", "surrogatepass")


def _hash_of_nothing() -> str:
    """Make a hash that no password has, at the cost of no run."""
    salt, digest = (b64encode(secrets.token_bytes(length)).decode().rstrip("=") for length in (16, 32))
    return f"$argon2id$v=19$m={_MEMORY_KIB},t={_PASSES},p={_LANES}${salt}${digest}"
