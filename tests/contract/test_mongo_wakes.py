"""Hints through a change stream outlive what ends the stream."""

import asyncio
from pathlib import Path
from typing import Any, Final

from pymongo import MongoClient

from builders import NOW, a_task, an_id, put
from contract.conftest import Address, Open
from replica_set import PATIENT, ReplicaSet

AGAIN_SECONDS: Final = 0.2


async def test_who_listens_while_the_collection_is_dropped_hears_of_what_is_committed_afterwards(
    open_at: Open, replica_set: ReplicaSet, database: str, tmp_path: Path
) -> None:
    address = Address(replica_set.url(f"{database}-wakes", PATIENT), tmp_path)
    mine, theirs = (await open_at(address)).workspaces, (await open_at(address)).workspaces

    async def commit() -> str:
        ws = an_id()
        await theirs.commit(ws, [put(a_task(ws))], by=ws, now=NOW)
        return ws

    with MongoClient[dict[str, Any]](replica_set.url()) as client:
        try:
            wakes = mine.wakes()
            ws = await commit()
            assert await anext(wakes) == ws
            await asyncio.to_thread(client[f"{database}-wakes"].drop_collection, "records")
            heard, committed = asyncio.ensure_future(anext(wakes)), set[str]()
            while not heard.done():
                committed.add(await commit())
                await asyncio.wait({heard}, timeout=AGAIN_SECONDS)
            assert heard.result() in committed
        finally:
            client.drop_database(f"{database}-wakes")
