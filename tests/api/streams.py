"""Reading server-sent events as they come."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import anyio
import httpx

from api.person import Person


@dataclass(frozen=True)
class Event:
    id: str
    name: str
    data: Any


class Stream:
    """One open stream. Waiting for what never comes ends after 10 seconds."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self._lines = answer.aiter_lines()

    async def event(self) -> Event:
        """The next one that is no comment."""
        fields: dict[str, str] = {}
        with anyio.fail_after(10):
            async for line in self._lines:
                if not line and fields:
                    return Event(fields["id"], fields["event"], json.loads(fields["data"]))
                name, _, value = line.partition(":")
                if name:
                    fields[name] = value.removeprefix(" ")
        raise EOFError

    async def comment(self) -> str:
        with anyio.fail_after(10):
            async for line in self._lines:
                if line.startswith(":"):
                    return line
        raise EOFError

    async def end(self) -> None:
        """Read until the server closes it."""
        with anyio.fail_after(10):
            async for _ in self._lines:
                pass


@asynccontextmanager
async def following(person: Person, last: str | None = None, **params: str) -> AsyncIterator[Stream]:
    headers = {"Authorization": f"Bearer {person.token}"}
    if last is not None:
        headers["Last-Event-ID"] = last
    async with person.http.stream("GET", "/api/events", headers=headers, params=params) as answer:
        assert answer.status_code == 200, answer.status_code
        yield Stream(answer)
