"""Demo data: the same seed at the same time is the same work."""

from pathlib import Path
from typing import Any

import pytest

from api.house import living
from taskmanager import demo
from taskmanager.tasks.door import Scope

pytestmark = pytest.mark.anyio


async def made(folder: Path, seed: int) -> list[dict[str, Any]]:
    """What a person sees of the tasks, the names of their projects and labels instead of the ids."""
    folder.mkdir()
    async with living(folder) as lived:
        ada = await lived.person()
        await demo.fill(lived.house.services.door, Scope(ada.id, ada.id), 700, seed, lambda _done, _all: None)
        projects = {project["id"]: project["name"] for project in await ada.all("/api/projects")}
        names = projects | {label["id"]: label["name"] for label in await ada.all("/api/labels")}
        told = ("id", "title", "description", "status", "priority", "due", "parent_id", "created_at", "completed_at")
        tasks = [
            {name: task[name] for name in told}
            | {"project": names.get(task["project_id"]), "labels": [names[id_] for id_ in task["label_ids"]]}
            for task in await ada.all(limit=200)
        ]
        return sorted(tasks, key=lambda task: task["id"])


async def test_one_seed_at_one_time_makes_the_same_tasks_and_another_makes_others(tmp_path: Path) -> None:
    first, again, other = [
        await made(tmp_path / name, seed) for name, seed in (("first", 1), ("again", 1), ("other", 2))
    ]
    assert len(first) == 700
    assert again == first
    assert other != first
