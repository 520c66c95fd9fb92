"""Many believable tasks, put into a MongoDB without the write door: what is asked of them is the point."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from pymongo import MongoClient, WriteConcern

from builders import NOW, a_task
from taskmanager.storage.mongo.indexes import RECORDS
from taskmanager.storage.mongo.orders import head_record
from taskmanager.storage.mongo.records import Shelf, packed
from taskmanager.tasks.dates import When, instant, zone
from taskmanager.tasks.model import TASK, Task
from taskmanager.tasks.store import ORIGIN, Revision

WORDS: Final = (
    *("review", "call", "write", "order", "plan", "check", "invoice", "garden", "report", "ticket", "travel", "music"),
    *(
        "kitchen",
        "winter",
        "summer",
        "monday",
        "budget",
        "letter",
        "doctor",
        "school",
        "flat",
        "bike",
        "server",
        "paint",
    ),
)
_STATUSES: Final = ("todo", "todo", "in_progress", "done", "done", "cancelled")
_PRIORITIES: Final = ("none", "none", "low", "medium", "high", "urgent")
_DAY: Final = 86_400_000
_AT_A_TIME: Final = 1_000
_UTC: Final = zone("UTC")


@dataclass
class Load:
    """A workspace with `count` tasks, and references that many of them share."""

    ws: str
    count: int
    chance: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311 - the same tasks each time

    def __post_init__(self) -> None:
        self.projects, self.labels, self.parents = ([self.an_id() for _ in range(20)] for _ in range(3))

    def an_id(self) -> str:
        raw = f"{self.chance.getrandbits(128):032x}"
        return f"{raw[:8]}-{raw[8:12]}-4{raw[13:16]}-8{raw[17:20]}-{raw[20:]}"

    def records(self) -> Iterator[dict[str, Any]]:
        yield head_record(packed(self.ws), Revision(1, "load"), ORIGIN)
        shelf = Shelf(TASK)
        for task in self.tasks():
            yield shelf.record(packed(self.ws), task, TASK.derive(task, _UTC))

    def tasks(self) -> Iterator[Task]:
        pick = self.chance
        for number in range(self.count):
            status = pick.choice(_STATUSES)
            yield a_task(
                self.ws,
                id=self.an_id(),
                title=f"{' '.join(pick.sample(WORDS, 3))} {number}",
                status=status,
                priority=pick.choice(_PRIORITIES),
                due=When(date=instant(NOW + pick.randrange(60) * _DAY)[:10]) if pick.random() < 0.5 else None,
                project_id=pick.choice((None, *self.projects)),
                parent_id=pick.choice((None, None, *self.parents)),
                label_ids=pick.sample(self.labels, pick.randrange(3)),
                position=f"a{number:08d}",
                created_at=instant(NOW - pick.randrange(400 * _DAY)),
                updated_at=instant(NOW - pick.randrange(100 * _DAY)),
                completed_at=instant(NOW - pick.randrange(90 * _DAY)) if status == "done" else None,
            )


def fill(url: str, *loads: Load) -> None:
    """The indexes are there already: whoever opened the store has made them."""
    with MongoClient[dict[str, Any]](url) as client:
        records = client.get_default_database().get_collection(RECORDS, write_concern=WriteConcern(1))
        for load in loads:
            made = load.records()
            while some := list(islice(made, _AT_A_TIME)):
                records.insert_many(some, ordered=False)
        client.admin.command("fsync")
