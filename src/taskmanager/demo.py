"""An account's worth of believable tasks, the same for the same seed, spread around today."""

import random
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from itertools import islice
from typing import Final, TypeVar
from uuid import UUID

from taskmanager.identity import new_id
from taskmanager.tasks import naming, places
from taskmanager.tasks.dates import DAY, MINUTE, When, instant
from taskmanager.tasks.door import Door, Scope
from taskmanager.tasks.drafts import LabelDraft, ProjectDraft
from taskmanager.tasks.model import LABEL, OPEN, PROJECT, TASK, Label, Priority, Project, Status, Task
from taskmanager.tasks.query import Kind, Query
from taskmanager.tasks.sheet import Sheet
from taskmanager.tasks.store import MAX_EDITS

PROJECTS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "Home": (
        "#3b82f6",
        (
            "Pay the {bill} bill",
            "Fix the {thing}",
            "Water the plants",
            "Replace the filter in the {thing}",
            "Book a visit of the {trade}",
            "Sort out the {place}",
            "Compare offers for {bill}",
        ),
    ),
    "Garden": (
        "#22c55e",
        (
            "Plant {plant}",
            "Prune the {plant}",
            "Harvest the {plant}",
            "Order seeds: {plant}",
            "Build a bed for {plant}",
        ),
    ),
    "Website": (
        "#8b5cf6",
        (
            "Write the page about {topic}",
            "Review the draft on {topic}",
            "Measure how fast {topic} loads",
            "Fix the broken link in {topic}",
            "Redraw the picture for {topic}",
            "Publish {topic}",
        ),
    ),
    "Product launch": (
        "#f97316",
        (
            "Prepare slides for {event}",
            "Send invitations to {event}",
            "Agree on {topic} with the team",
            "Collect feedback after {event}",
            "Write the announcement of {topic}",
            "Plan who does what at {event}",
        ),
    ),
    "Health": (
        "#ef4444",
        (
            "Make an appointment: {doctor}",
            "Run {distance} km",
            "Renew the prescription: {doctor}",
            "Swim {distance} lengths",
        ),
    ),
    "Travel": (
        "#06b6d4",
        (
            "Book the train to {city}",
            "Find a hotel in {city}",
            "Read about {city}",
            "Pack for {city}",
            "Renew the passport",
        ),
    ),
    "Reading": ("#eab308", ("Read {book}", "Return {book} to the library", "Write down thoughts on {book}")),
}
LABELS: Final[Mapping[str, str]] = {
    "errand": "#f59e0b",
    "phone": "#10b981",
    "computer": "#6366f1",
    "waiting": "#94a3b8",
    "quick": "#84cc16",
    "deep work": "#a855f7",
    "with others": "#ec4899",
    "bills": "#dc2626",
}
WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "bill": ("electricity", "water", "internet", "phone", "gas", "insurance", "rent"),
    "thing": ("kitchen tap", "bike", "lamp in the hall", "dishwasher", "front door", "radiator", "kettle", "window"),
    "place": ("balcony", "cellar", "attic", "desk", "wardrobe", "shed", "hallway"),
    "trade": ("plumber", "chimney sweep", "electrician", "painter", "window cleaner"),
    "plant": ("tomatoes", "roses", "apple tree", "lettuce", "beans", "lavender", "raspberries", "pumpkins", "mint"),
    "topic": (
        "pricing",
        "the start page",
        "release notes",
        "accessibility",
        "search",
        "imprint",
        "the roadmap",
        "help",
    ),
    "event": (
        "the spring fair",
        "the demo day",
        "the press call",
        "the kick-off",
        "the user meeting",
        "the retrospective",
    ),
    "doctor": ("dentist", "optician", "family doctor", "physiotherapist", "dermatologist"),
    "distance": ("3", "5", "8", "10", "20", "40"),
    "city": ("Lisbon", "Kraków", "Zürich", "Gent", "København", "Trieste", "Lyon", "東京", "Québec", "Reykjavík"),
    "book": (
        "Middlemarch",
        "Solaris",
        "The Leopard",
        "Stoner",
        "Kindred",
        "The Waves",
        "Momo",
        "Ficciones",
        "Dubliners",
    ),
}
NOTES: Final = (
    "",
    "",
    "",
    "Ask whether this can wait until next month.",
    "Two offers so far:\n\n- the *cheap* one, without support\n- the **good** one, with it",
    "See the [notes](https://example.org/notes) of last time.\n\n1. look\n2. decide\n3. tell the others",
    "> Measure twice, cut once.\n\nTake the ruler along.",
)
SUBTASKS: Final = ("Look up the opening hours", "Find the receipt", "Ask for a quote", "Make a list", "Tell the others")
STATUSES: Final[tuple[tuple[Status, int], ...]] = (("todo", 40), ("in_progress", 8), ("done", 48), ("cancelled", 4))
PRIORITIES: Final[tuple[tuple[Priority, int], ...]] = (
    ("none", 50),
    ("low", 15),
    ("medium", 18),
    ("high", 12),
    ("urgent", 5),
)

Progress = Callable[[int, int], None]
T = TypeVar("T")
N = TypeVar("N", Project, Label)


async def fill(door: Door, scope: Scope, count: int, seed: int, progress: Progress) -> None:
    """Write `count` tasks into a workspace, in commits of as many as one can hold."""
    projects = [await _named(door, scope, PROJECT, n, _project(n, color)) for n, (color, _) in PROJECTS.items()]
    labels = [await _named(door, scope, LABEL, n, _label(n, color)) for n, color in LABELS.items()]
    home = await door.home(scope.workspace_id)
    author = _Author(scope, seed, projects, labels, door.clock(), home.zone.key)
    tasks, done = author.tasks(count), 0
    while chunk := list(islice(tasks, MAX_EDITS)):
        await door.commit(scope, partial(_put, tasks=chunk))
        done += len(chunk)
        progress(done, count)


async def _put(sheet: Sheet, tasks: list[Task]) -> None:
    for task in tasks:
        sheet.put(TASK, task)


async def _named(door: Door, scope: Scope, kind: Kind[N], name: str, new: Callable[[Sheet, str], Awaitable[N]]) -> str:
    """The id of the project or label of this name, made if it is not there."""
    query = Query(kind=kind, index="position", equals=(1,), limit=200)
    for document in (await door.store.find(scope.workspace_id, query)).items:
        if document.name == name:
            return document.id
    return (await door.commit(scope, lambda sheet: new(sheet, new_id()), guarded=True)).result.id


def _project(name: str, color: str) -> Callable[[Sheet, str], Awaitable[Project]]:
    return lambda sheet, id_: naming.create_project(sheet, ProjectDraft(name=name, color=color), id_)


def _label(name: str, color: str) -> Callable[[Sheet, str], Awaitable[Label]]:
    return lambda sheet, id_: naming.create_label(sheet, LabelDraft(name=name, color=color), id_)


@dataclass
class _Author:
    """Writes tasks with one sequence of choices, so that a seed decides all of them."""

    scope: Scope
    seed: int
    projects: list[str]
    labels: list[str]
    now: int
    zone: str

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311 - choices for a demonstration
        self._today = date.fromisoformat(instant(self.now)[:10])

    def tasks(self, count: int) -> Iterator[Task]:
        parent: Task | None = None
        for number in range(count):
            if parent is not None and self._chance(40):
                yield self._task(number, self._random.choice(SUBTASKS), parent.project_id, parent.id)
                continue
            parent = None
            name, project_id = self._random.choice(list(zip(PROJECTS, self.projects, strict=True)))
            title = self._filled(self._random.choice(PROJECTS[name][1]))
            task = self._task(number, title, project_id if self._chance(85) else None, None)
            if self._chance(8):
                parent = task
            yield task

    def _task(self, number: int, title: str, project_id: str | None, parent_id: str | None) -> Task:
        status = self._one_of(STATUSES)
        created = self.now - int(self._random.betavariate(1, 2.5) * 150 * DAY) - number * MINUTE // 100
        completed = created + int((self.now - created) * self._random.random()) if status == "done" else None
        return Task(
            id=str(UUID(int=self._random.getrandbits(128), version=4)),
            workspace_id=self.scope.workspace_id,
            version=1,
            title=title,
            description=self._random.choice(NOTES),
            status=status,
            priority=self._one_of(PRIORITIES),
            start=None,
            due=self._due(open_=status in OPEN),
            project_id=project_id,
            parent_id=parent_id,
            label_ids=self._random.sample(self.labels, self._random.choice((0, 0, 1, 1, 2, 3))),
            position=places.last(),
            created_at=instant(created),
            updated_at=instant(completed or created),
            completed_at=instant(completed) if completed is not None else None,
            created_by=self.scope.account_id,
            deleted_at=None,
        )

    def _due(self, *, open_: bool) -> When | None:
        if self._chance(35):
            return None
        days = round(self._random.triangular(-6, 60, 3)) if open_ else round(self._random.triangular(-120, 10, -20))
        day = (self._today + timedelta(days=days)).isoformat()
        if self._chance(75):
            return When(date=day)
        wall_time = f"{self._random.randint(8, 19):02d}:{self._random.choice((0, 15, 30)):02d}:00"
        return When(datetime=f"{day}T{wall_time}", timezone=self.zone)

    def _chance(self, percent: int) -> bool:
        return self._random.randrange(100) < percent

    def _filled(self, template: str) -> str:
        text = template
        for name, words in WORDS.items():
            if "{" + name + "}" in text:
                text = text.replace("{" + name + "}", self._random.choice(words))
        return text

    def _one_of(self, choices: tuple[tuple[T, int], ...]) -> T:
        return self._random.choices([c for c, _ in choices], [w for _, w in choices])[0]
