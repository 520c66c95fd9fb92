"""The house in this process, at a time that the test chooses."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx

from api.person import Person, register
from api.server import client, environment
from taskmanager import assembly
from taskmanager.settings import load


class Clock:
    """Ms since 1970, moving only when it is moved, or from when it is let run."""

    def __init__(self, at: str) -> None:
        self.ms = 0
        self._running_since: float | None = None
        self.set(at)

    def __call__(self) -> int:
        since = self._running_since
        return self.ms if since is None else self.ms + round(1000 * (time.monotonic() - since))

    def run(self) -> None:
        self._running_since = time.monotonic()

    def set(self, at: str) -> None:
        self.ms = round(datetime.fromisoformat(at).astimezone(UTC).timestamp() * 1000)

    def forward(self, *, days: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        self.ms += round(1000 * (seconds + 60 * minutes + 86_400 * days))


@dataclass
class Lived:
    """A house with its clock, and one client at its door."""

    house: assembly.House
    clock: Clock
    http: httpx.AsyncClient

    async def person(self, timezone: str = "UTC") -> Person:
        person = await register(self.http)
        if timezone != "UTC":
            await self.move(person, timezone)
        return person

    async def move(self, person: Person, timezone: str) -> None:
        await person.ask("PATCH", "/api/auth/me", {"timezone": timezone})
        await self.jobs()

    async def jobs(self) -> None:
        """Do what is due."""
        while await self.house.runner.run_one():
            pass

    async def later(self, person: Person, **time: float) -> None:
        """Time passes, and the person signs in again, as tokens do not last."""
        self.clock.forward(**time)
        form = {"email": person.user["email"], "password": "violet umbrella on tuesdays"}
        person.token = (await self.http.post("/api/auth/login", json=form)).json()["access_token"]


@asynccontextmanager
async def living(folder: Path, at: str = "2026-11-24T10:00:00Z", **settings: str) -> AsyncIterator[Lived]:
    clock = Clock(at)
    async with assembly.all_in_one(load(environment(folder, settings)), clock) as house:
        house.services.readiness.reasons.clear()
        async with client(transport=httpx.ASGITransport(app=house.asgi)) as http:
            yield Lived(house, clock, http)
