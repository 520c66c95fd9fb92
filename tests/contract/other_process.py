"""A process that opens a store and does what it is told: a line of JSON in, a line of JSON out."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from builders import NOW, a_task, put
from taskmanager.errors import TaskManagerError
from taskmanager.storage import Storage, open_storage
from taskmanager.tasks.model import TASK
from taskmanager.tasks.query import Query


async def obey(storage: Storage, order: dict[str, Any]) -> Any:
    store, ws = storage.workspaces, order["ws"]
    match order["do"]:
        case "commit":
            return str((await store.commit(ws, [put(a_task(ws, title=order["title"]))], by=ws, now=NOW)).revision)
        case "commit many":
            for _ in range(order["times"]):
                await store.commit(ws, [put(a_task(ws))], by=ws, now=NOW)
            return str(await store.head(ws))
        case "replace":
            task = (await store.get(ws, TASK, [order["id"]]))[order["id"]]
            changed = a_task(ws, id=task.id, version=task.version + 1, title=order["title"])
            return str((await store.commit(ws, [put(changed, task)], by=ws, now=NOW)).revision)
        case "titles":
            page = await store.find(ws, Query(TASK, "created", (1,), limit=200))
            return [str(page.revision), sorted(task.title for task in page.items)]


def say(answer: Any) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


async def main(url: str, data_dir: str) -> None:
    storage = await open_storage(url, Path(data_dir))
    say("open")
    for line in iter(sys.stdin.readline, ""):
        try:
            answer = await obey(storage, json.loads(line))
        except TaskManagerError as error:
            answer = error.code
        say(answer)
    await storage.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
