"""Both stores told the same give the same answers, byte for byte; only nonces are each one's own."""

import random
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace as with_fields
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
from msgspec.structs import replace

from builders import NOW, a_label, a_task, derive, expect, put, remove
from contract.conftest import Address, Open
from contract.documents import IDS, INSTANTS, POSITIONS, VALUES, WORDS
from replica_set import PATIENT, ReplicaSet
from taskmanager.errors import TaskManagerError
from taskmanager.storage import Storage
from taskmanager.tasks.dates import When, instant
from taskmanager.tasks.model import TASK, Task
from taskmanager.tasks.query import Between, Condition, Eq, Has, In, Query, Tally
from taskmanager.tasks.store import Change, Changes, Commit, Keep, Key, Revision, WorkspaceStore

WS: Final = "00000000-0000-4000-8000-00000000000a"
STEPS: Final = 60

Ask = Callable[[WorkspaceStore], Awaitable[Any]]


@pytest.fixture
async def stores(open_at: Open, replica_set: ReplicaSet, database: str, tmp_path: Path) -> list[Storage]:
    return [
        await open_at(Address("", tmp_path)),
        await open_at(Address(replica_set.url(database, PATIENT), tmp_path)),
    ]


class Person:
    """Does the same at every store: what it writes is made once, from a seed, and from what it has seen."""

    def __init__(self, stores: list[WorkspaceStore], seed: int) -> None:
        self.stores = stores
        self.pick = random.Random(seed)  # noqa: S311 - the same steps each time
        self.tasks: dict[str, Task] = {}
        self.now = NOW
        self.refused = 0
        self.revisions: list[list[Revision]] = []

    async def ask(self, what: Ask) -> Any:
        """What every store answers alike."""
        answers = [await told(store, what) for store in self.stores]
        assert answers[0] == answers[1]
        self.refused += isinstance(answers[0], tuple) and isinstance(answers[0][0], type)
        return answers[0]

    async def step(self) -> None:
        self.now += self.pick.randrange(1_000)
        does = (
            self.create,
            self.create,
            self.edit,
            self.edit,
            self.purge,
            self.rezone,
            self.err,
            self.keep,
            self.forget,
        )
        await self.pick.choice(does)()
        await self.look()

    async def commit(self, *edits: Any, **more: Any) -> bool:
        made: list[Revision] = []

        async def commit(store: WorkspaceStore) -> int:
            made.append((await store.commit(WS, edits, by=WS, now=self.now, **more)).revision)
            return made[-1].counter

        done = isinstance(await self.ask(commit), int)
        if done:
            self.revisions.append(made)
        return done

    def a_task(self) -> Task:
        pick = self.pick
        return a_task(
            WS,
            id=f"{pick.getrandbits(32):08x}-0000-4000-8000-{pick.getrandbits(48):012x}",
            title=" ".join(pick.choices(WORDS, k=3)),
            status=pick.choice(("todo", "in_progress", "done")),
            priority=pick.choice(("none", "low", "urgent")),
            due=pick.choice((None, When(date="2026-05-28"), When(datetime="2026-05-29T09:00:00", timezone=None))),
            project_id=pick.choice((None, *IDS)),
            label_ids=pick.sample(IDS, pick.randrange(3)),
            position=pick.choice(POSITIONS),
            created_at=instant(pick.choice(INSTANTS)),
            updated_at=instant(self.now),
        )

    async def create(self) -> None:
        tasks = [self.a_task() for _ in range(self.pick.randrange(1, 6))]
        if await self.commit(*map(put, tasks), group=self.pick.choice((None, "one", "two"))):
            self.tasks |= {task.id: task for task in tasks}

    async def edit(self) -> None:
        some = self.some_tasks()
        edited = [
            replace(
                task,
                version=task.version + 1,
                title=self.pick.choice(WORDS),
                deleted_at=self.pick.choice((None, None, instant(self.now))),
                updated_at=instant(self.now),
            )
            for task in some
        ]
        if await self.commit(*(put(new, old) for new, old in zip(edited, some, strict=True)), group="two"):
            self.tasks |= {task.id: task for task in edited}

    async def purge(self) -> None:
        some = self.some_tasks()[:2]
        if await self.commit(*map(remove, some)):
            for task in some:
                del self.tasks[task.id]

    async def rezone(self) -> None:
        await self.commit(*(derive(task, self.pick.choice(("UTC", "Asia/Tokyo"))) for task in self.some_tasks()))

    async def err(self) -> None:
        """Bases that do not hold, ids that are taken, a head that moved, and what is expected in vain."""
        some = self.some_tasks()
        label = a_label(WS, id=IDS[0])
        stale = [put(replace(task, version=9), replace(task, version=8)) for task in some[:2]]
        for edits in (stale, [put(task) for task in some], [*stale, *map(put, some)], [expect(label, 3), *stale]):
            await self.commit(*edits)
        await self.commit(expect(label, 0), *map(put, some[:1]))
        if self.revisions:
            old = self.pick.choice(self.revisions)
            turns = iter(old)
            await self.ask(lambda store: store.commit(WS, [put(a_label(WS, id=IDS[1]))], by=WS, now=0, at=next(turns)))

    async def keep(self) -> None:
        key = Key(WS, self.pick.choice(("a", "b")), self.pick.choice(("x", "y")))
        await self.commit(*map(put, [self.a_task()][: self.pick.randrange(2)]), keep=Keep(key, b"receipt"))
        await self.ask(lambda store: store.replay(WS, key))
        await self.ask(self.reload)

    async def reload(self, store: WorkspaceStore) -> list[str]:
        page = await store.find(WS, Query(TASK, "created", (1,), limit=200))
        trash = await store.find(WS, Query(TASK, "created", (0,), limit=200))
        self.tasks = {task.id: task for task in (*page.items, *trash.items)}
        return list(self.tasks)

    async def forget(self) -> None:
        before = self.now - self.pick.randrange(20_000)
        await self.ask(lambda store: store.forget(WS, before))

    async def look(self) -> None:
        for query in [self.a_query() for _ in range(4)]:
            await self.ask(lambda store, query=query: pages(store, query))  # type: ignore[misc]  # mypy wants a def
        for tally in [self.a_tally() for _ in range(2)]:
            await self.ask(lambda store, tally=tally: store.tally(WS, tally))  # type: ignore[misc]  # the same
        id_ = self.pick.choice([*self.tasks, IDS[2]])
        before = self.pick.choice((None, 5, 20))
        await self.ask(lambda store: store.get(WS, TASK, [id_, IDS[0]]))
        await self.ask(lambda store: store.history(WS, TASK, id_, 3, before))
        limit = self.pick.choice((1, 3, 1_000))
        await self.ask(lambda store: store.changes(WS, None, limit))
        if self.revisions:
            at = [iter(self.pick.choice(self.revisions)) for _ in range(2)]
            await self.ask(lambda store: store.changes(WS, next(at[0]), limit))
            await self.ask(lambda store: store.undoable(WS, next(at[1])))

    def some_tasks(self) -> list[Task]:
        return self.pick.sample(sorted(self.tasks.values(), key=lambda task: task.id), min(len(self.tasks), 3))

    def a_query(self) -> Query[Task]:
        pick = self.pick
        index = pick.choice(TASK.indexes)
        sides = (None, *VALUES[index.sort])
        equals = tuple(pick.choice(VALUES[name]) for name in index.equals)
        rest = tuple(self.a_condition() for _ in range(pick.randrange(3)))
        query = Query(
            TASK, index.name, equals, pick.random() < 0.5, (pick.choice(sides), pick.choice(sides)), rest=rest
        )
        return with_fields(query, limit=pick.choice((1, 4, 50)), scan=pick.choice((2, 7, 2_000)))

    def a_condition(self) -> Condition:
        field = self.pick.choice(TASK.fields)
        value, other = (self.pick.choice(VALUES[field.name]) for _ in range(2))
        if field.each:
            return Has(field.name, str(value)[: self.pick.choice((1, 9))], prefix=self.pick.random() < 0.5)
        return self.pick.choice(
            (Eq(field.name, value), In(field.name, (value, other)), Between(field.name, value, None))
        )

    def a_tally(self) -> Tally:
        index = TASK.index[self.pick.choice(("status_created", "open_due", "completed", "project_position"))]
        where = (Eq("live", 1), *(self.a_condition() for _ in range(self.pick.randrange(2))))
        bounds = self.pick.choice(((), (NOW, NOW + 1_000, NOW + 90_000_000)))
        by = "created_at" if bounds else self.pick.choice((None, "status", "project_id", "position"))
        return Tally(TASK, index.name, where, by, bounds)


async def pages(store: WorkspaceStore, query: Query[Task]) -> list[Any]:
    """Bodies and keys of all pages, and whether each was as new as the head."""
    found = []
    while True:
        page = await store.find(WS, query)
        found.append((page.bodies, page.next, page.revision.counter))
        if page.next is None:
            return found
        query = with_fields(query, after=page.next)


async def told(store: WorkspaceStore, what: Ask) -> Any:
    """An answer in a form that can be compared: changes as their bytes, nonces left out, errors by what they say."""
    try:
        answer = await what(store)
    except (TaskManagerError, ValueError) as error:
        return type(error), without_nonces(str(error)), sorted(getattr(error, "ids", ()))
    match answer:
        case Commit():
            return answer.revision.counter, answer.receipt
        case Changes() | [Change(), *_]:
            return without_nonces(msgspec.json.encode(answer).decode())
        case _:
            return answer


def without_nonces(text: str) -> str:
    return re.sub(r"(?<![\w-])(\d+)-[\w-]{12}(?![\w-])", r"\1-nonce", text)


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_the_same_random_work_gives_the_same_answers(stores: list[Storage], seed: int) -> None:
    person = Person([storage.workspaces for storage in stores], seed)
    for _ in range(STEPS):
        await person.step()
    assert len(person.revisions) > STEPS // 3
    assert person.refused > STEPS // 10
