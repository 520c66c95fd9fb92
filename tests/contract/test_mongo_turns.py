"""Several processes that write into one workspace of a replica set at once."""

import asyncio
from pathlib import Path
from typing import Final

from builders import NOW, a_task, an_id, put
from contract.conftest import Address, Open
from replica_set import PATIENT, ReplicaSet

PROCESSES: Final = 3
QUEUE: Final = 4
COMMITS: Final = 120


async def test_each_process_with_a_queue_gets_its_share_of_turns(
    open_at: Open, replica_set: ReplicaSet, database: str, tmp_path: Path
) -> None:
    url = replica_set.url(database, PATIENT)
    stores = [(await open_at(Address(url, tmp_path))).workspaces for _ in range(PROCESSES)]
    ws, done = an_id(), [0] * PROCESSES

    async def write(number: int) -> None:
        while sum(done) < COMMITS:
            await stores[number].commit(ws, [put(a_task(ws))], by=ws, now=NOW)
            done[number] += 1

    await asyncio.gather(*(write(number) for number in range(PROCESSES) for _ in range(QUEUE)))
    assert (await stores[0].head(ws)).counter == sum(done)
    assert min(done) >= COMMITS // PROCESSES // 4, done
