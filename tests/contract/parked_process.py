"""A process that writes all of a commit to a MongoDB and then waits for ever before it makes it last."""

import asyncio
import sys
from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession

from builders import NOW, a_task, put
from taskmanager.storage.mongo import open_mongo


async def _park(_session: Any) -> None:
    sys.stdout.write("parked\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


async def main(url: str, ws: str) -> None:
    storage = await open_mongo(url)
    AsyncClientSession.commit_transaction = _park  # type: ignore[assignment,method-assign]  # so that it can be killed right here
    await storage.workspaces.commit(ws, [put(a_task(ws))], by=ws, now=NOW)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
