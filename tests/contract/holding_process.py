"""A worker whose one job takes until FOLDER/done is there, and that says when it begins, holds on and ends.

`holding_process.py URL DATA_DIR FOLDER LEASE_MS IDLE_SECONDS OFF_MS`: its clock is so far off; with the word `loose` it
does not hold on.
"""

import asyncio
import sys
from pathlib import Path
from typing import Any

from contract.working_process import say
from taskmanager import jobs
from taskmanager.assembly import wall_clock
from taskmanager.schedule import Job
from taskmanager.storage import Storage, open_storage


class Telling:
    """A schedule that says when a lease is extended."""

    def __init__(self, storage: Storage, *, loose: bool) -> None:
        self._jobs = storage.jobs
        self._loose = loose

    def __getattr__(self, name: str) -> Any:
        return getattr(self._jobs, name)

    async def extend(self, *given: Any) -> bool:
        held: bool = self._loose or await self._jobs.extend(*given)
        say("held" if held else "lost")
        return held


async def main(  # noqa: PLR0913, PLR0917 - the words of a command
    url: str, data_dir: str, folder: str, lease_ms: str, idle: str, off_ms: str, *words: str
) -> None:
    jobs.LEASE_MS, jobs.IDLE_SECONDS = int(lease_ms), float(idle)  # type: ignore[misc]  # a test may not take minutes
    jobs.EXTEND_SECONDS = min(jobs.EXTEND_SECONDS, jobs.LEASE_MS / 3_000)  # type: ignore[misc]  # the same
    storage = await open_storage(url, Path(data_dir))

    async def work(_job: Job) -> None:
        say("begun")
        while not Path(folder, "done").exists():  # noqa: ASYNC110 - another process's doing
            await asyncio.sleep(0.02)
        say("ended")

    schedule: Any = Telling(storage, loose="loose" in words)
    await jobs.Runner(schedule, {"long": work}, lambda: wall_clock() + int(off_ms)).run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
