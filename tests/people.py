"""The people's whole room on a real store, with a clock that a test turns by hand."""

import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from taskmanager.accounts.keys import KeyRing
from taskmanager.accounts.messages import Credentials, Registration
from taskmanager.accounts.passwords import Passwords
from taskmanager.accounts.seals import Seals
from taskmanager.accounts.signin import Client, Grant, SignIn
from taskmanager.accounts.store import AccountStore
from taskmanager.accounts.throttle import Gate, Throttle
from taskmanager.accounts.tokens import AccessTokens
from taskmanager.actor import Actor
from taskmanager.limits import MemoryLimiter
from taskmanager.storage import open_storage

SECRET: Final = b"a secret that only this test knows"
ISSUER: Final = "https://tasks.example.org"
AUDIENCE: Final = "taskmanager"
PASSWORD: Final = "violet umbrella on tuesdays"  # noqa: S105 - of an account that lives as long as its test
PHONE: Final = Client("203.0.113.7", "Phone/1.0")
STRANGER: Final = Client("198.51.100.9", "curl/8")


class HandClock:
    """Ms since 1970, moving only when it is moved."""

    def __init__(self) -> None:
        self.ms = 1_780_000_000_000

    def __call__(self) -> int:
        return self.ms

    def nanoseconds(self) -> int:
        return self.ms * 1_000_000

    def advance(self, seconds: float) -> None:
        self.ms += round(seconds * 1000)


@dataclass
class People:
    """One process's people; several may share a store."""

    store: AccountStore
    clock: HandClock
    keys: KeyRing
    seals: Seals
    access: AccessTokens
    passwords: Passwords
    limiter: MemoryLimiter
    signin: SignIn

    async def register(self, email: str = "ada@example.org", client: Client = PHONE) -> Grant:
        form = Registration(email=email, password=PASSWORD, name="Ada Lovelace")
        return await self.signin.register(form, client)

    async def login(self, password: str = PASSWORD, *, email: str = "ada@example.org", client: Client = PHONE) -> Grant:
        return await self.signin.login(Credentials(email=email, password=password), client)

    async def actor(self, grant: Grant) -> Actor:
        return await self.access.authenticate(grant.answer.access_token)


async def people_on(
    store: AccountStore,
    clock: HandClock,
    *,
    secret: bytes | None = SECRET,
    passwords: Passwords | None = None,
    gate: Gate | None = None,
) -> People:
    """Assemble one more process on a store."""
    keys = KeyRing(store, secret, clock)
    await keys.start()
    access = AccessTokens(keys, issuer=ISSUER, audience=AUDIENCE, clock=clock, sessions=store)
    seals = Seals(keys.root())
    limiter = MemoryLimiter(clock.nanoseconds)
    passwords = passwords or Passwords(workers=1)
    throttle = Throttle(gate or limiter)
    signin = SignIn(store, passwords=passwords, access=access, seals=seals, throttle=throttle, clock=clock)
    return People(store, clock, keys, seals, access, passwords, limiter, signin)


@contextmanager
def watched() -> Iterator[list[str]]:
    """What is opened or connected to meanwhile. An audit hook stays for good, so it is told when to stop."""
    seen: list[str] = []
    awake = True

    def watch(event: str, _: tuple[Any, ...]) -> None:
        if awake and event in {"socket.connect", "socket.getaddrinfo", "open"}:
            seen.append(event)

    sys.addaudithook(watch)
    try:
        yield seen
    finally:
        awake = False


@asynccontextmanager
async def account_store(folder: Path) -> AsyncIterator[AccountStore]:
    storage = await open_storage("", folder)
    try:
        yield storage.accounts
    finally:
        await storage.close()
