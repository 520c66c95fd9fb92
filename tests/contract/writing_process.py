"""A process that commits pairs of tasks until it is killed, and says which were acknowledged.

With the word `lying` it says so of some pairs that it never wrote: whoever checks its word must notice.
"""

import asyncio
import sys
from pathlib import Path

from builders import NOW, a_task, an_id, put
from taskmanager.storage.sqlite import open_sqlite

WRITERS = 8


async def write(path: Path, *, lying: bool) -> None:
    storage = await open_sqlite(path)

    async def work() -> None:
        ws, number = an_id(), 0
        while True:
            number += 1
            pair = [a_task(ws, title=f"pair {number} of milk and honey") for _ in range(2)]
            if not (lying and number % 5 == 0):
                await storage.workspaces.commit(ws, list(map(put, pair)), by=ws, now=NOW)
            sys.stdout.write(f"{ws} {pair[0].id} {pair[1].id}\n")
            sys.stdout.flush()

    await asyncio.gather(*(work() for _ in range(WRITERS)))


if __name__ == "__main__":
    asyncio.run(write(Path(sys.argv[1]), lying=sys.argv[2:] == ["lying"]))
