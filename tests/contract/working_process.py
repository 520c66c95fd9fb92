"""A worker of a given name that does the jobs that are due, says so around every commit that a job makes, and goes on
when it is sent a line, or where there is nobody to send one.

With the word `hasty` it ends each job before it does it: whoever kills it in the middle must find work undone.
"""

import asyncio
import sys
from pathlib import Path
from typing import Any, Final

from builders import NOW
from taskmanager.accounts.keys import KeyRing
from taskmanager.jobs import Runner
from taskmanager.schedule import Job
from taskmanager.storage import Storage, open_storage
from taskmanager.tasks.door import Door
from taskmanager.upkeep import Upkeep

TRASH_DAYS: Final = 30


def say(word: str) -> None:
    sys.stdout.write(word + "\n")
    sys.stdout.flush()


async def told(word: str) -> None:
    say(word)
    await asyncio.to_thread(sys.stdin.readline)


class Telling:
    """A store that says when a commit begins and when it has ended."""

    def __init__(self, storage: Storage) -> None:
        self._store = storage.workspaces

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def commit(self, *given: Any, **named: Any) -> Any:
        await told("commits")
        done = await self._store.commit(*given, **named)
        await told("committed")
        return done


class Hasty:
    """A schedule that takes a job and ends it at once."""

    def __init__(self, storage: Storage) -> None:
        self._jobs = storage.jobs

    def __getattr__(self, name: str) -> Any:
        return getattr(self._jobs, name)

    async def take(self, now: int, owner: str, lease: int) -> Job | None:
        job = await self._jobs.take(now, owner, lease)
        if job is not None:
            await self._jobs.finish(job, owner)
        return job


async def main(url: str, data_dir: str, name: str, *words: str) -> None:
    storage = await open_storage(url, Path(data_dir))

    def clock() -> int:
        return NOW

    door = Door(Telling(storage), clock)
    keys = KeyRing(storage.accounts, None, clock)
    upkeep = Upkeep(door, storage.accounts, keys, storage.jobs, trash_days=TRASH_DAYS, history_days=0)
    schedule: Any = Hasty(storage) if "hasty" in words else storage.jobs
    runner = Runner(schedule, upkeep.works, clock, name)
    while await runner.run_one():
        pass
    say("idle")
    await storage.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
