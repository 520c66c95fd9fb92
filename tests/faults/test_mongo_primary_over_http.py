"""F1 and F2 as people meet them: `taskmanager serve` on a replica set whose primary is killed, or hangs."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest

from api.person import PASSWORD, Person, register
from api.server import COMMAND, client, serving
from builders import an_id
from conftest import Figure
from faults.conftest import OwnSet
from processes.conftest import unprotected
from replica_set import PATIENT

pytestmark = [pytest.mark.timeout(1_500)]

PEOPLE: Final = 16
KILLS: Final = 10
CREATES: Final = 10_000
RECOVERED: Final = 5.0
FAST: Final = 2.5
RECOVERED_FROM_HANGING: Final = 6.0
UNAVAILABLE: Final = 503
GONE: Final = 404
EXPIRED: Final = 401


@dataclass(frozen=True)
class Answer:
    """When it came (seconds), what it said, and how long it took. `retry_after` is empty where nothing was said."""

    at: float
    status: int
    took: float
    retry_after: str = ""


@dataclass
class Tally:
    """`vanished`: what was acknowledged and could not be read right after."""

    answers: list[Answer] = field(default_factory=list)
    acked: dict[str, list[str]] = field(default_factory=dict)
    vanished: int = 0
    kills: list[float] = field(default_factory=list)

    @property
    def made(self) -> int:
        return sum(map(len, self.acked.values()))

    @property
    def refused(self) -> list[Answer]:
        return [answer for answer in self.answers if answer.status == UNAVAILABLE]

    def recoveries(self) -> list[float]:
        """For each kill, until the last failure that followed it."""
        ends = [*self.kills[1:], float("inf")]
        return [
            max((each.at - kill for each in self.answers if kill < each.at < end and each.status >= 500), default=0.0)
            for kill, end in zip(self.kills, ends, strict=True)
        ]

    async def lost_and_doubled(self, people: list[Person]) -> tuple[int, int]:
        """Of what was acknowledged, how much is not there; and how much is there that was not."""
        lost = doubled = 0
        for person in people:
            await sign_in_again(person)
            there, acked = await stored(person), set(self.acked.get(person.id, ()))
            lost += len(acked - set(there))
            doubled += len(set(there) - acked)
        return lost, doubled


People = Callable[..., Awaitable[list[Person]]]


@pytest.fixture
async def people_at(own_set: OwnSet, tmp_path: Path) -> AsyncIterator[People]:
    """So many, at a server with this command on the set at this address."""
    async with AsyncExitStack() as stack:

        async def start(count: int = PEOPLE, command: tuple[str, ...] = COMMAND, options: str = "") -> list[Person]:
            url = own_set.replicas.url("taskmanager", options)
            server = stack.enter_context(serving(tmp_path, command=command, STORAGE_URL=url))
            http = await stack.enter_async_context(client(server.url))
            return [await register(http) for _ in range(count)]

        yield start


async def create(person: Person, tally: Tally) -> None:
    """Make one task, however often that has to be asked for, and look at it."""
    key = an_id()
    while True:
        began = time.monotonic()
        answer = await person.ask("POST", "/api/tasks", {"title": key}, expect=None, headers={"Idempotency-Key": key})
        now = time.monotonic()
        tally.answers.append(Answer(now, answer.status_code, now - began, answer.headers.get("retry-after", "")))
        if answer.is_success:
            id_ = answer.json()["id"]
            tally.acked.setdefault(person.id, []).append(id_)
            seen = await person.ask("GET", f"/api/tasks/{id_}", expect=None)
            tally.vanished += seen.status_code == GONE
            return
        if answer.status_code == EXPIRED:
            await sign_in_again(person)
            continue
        assert answer.status_code in {409, UNAVAILABLE}, answer.text
        await asyncio.sleep(0.1)


async def sign_in_again(person: Person) -> None:
    """A token lasts ten minutes, and so may this test."""
    form = {"email": person.user["email"], "password": PASSWORD}
    answer = await person.http.post("/api/auth/login", json=form)
    if answer.is_success:
        person.token = answer.json()["access_token"]


async def stored(person: Person) -> list[str]:
    ids, cursor = [], None
    while True:
        page = (await person.ask("GET", "/api/tasks", limit=200, cursor=cursor)).json()
        ids += [task["id"] for task in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return ids


@pytest.mark.faults
async def test_ten_kills_of_the_primary_lose_no_acknowledged_task_and_double_none(
    own_set: OwnSet, people_at: People, figure: Figure
) -> None:
    """F1."""
    tally, people = Tally(), await people_at()

    async def work(person: Person) -> None:
        while tally.made < CREATES or len(tally.kills) < KILLS:
            await create(person, tally)

    async def kill() -> None:
        for number in range(KILLS):
            while tally.made < CREATES * number // KILLS + 50:  # noqa: ASYNC110 - there is nothing to be told by
                await asyncio.sleep(0.05)
            primary = await asyncio.to_thread(own_set.replicas.primary)
            own_set.kill(primary)
            tally.kills.append(time.monotonic())
            await asyncio.to_thread(own_set.replicas.primary)
            own_set.start(primary)

    await asyncio.gather(kill(), *map(work, people))
    lost, doubled = await tally.lost_and_doubled(people)
    recoveries = sorted(tally.recoveries())
    seconds = ", ".join(f"{each:.1f}" for each in recoveries)
    figure(
        f"F1: {KILLS} kills, {tally.made} creates acknowledged, {lost} lost, {doubled} doubled, {tally.vanished} not"
        f" seen by who made them, {len(tally.refused)} refused meanwhile"
    )
    figure(f"F1: recovered after {seconds} s")
    assert (lost, doubled, tally.vanished) == (0, 0, 0)
    assert recoveries[-1] <= RECOVERED


@pytest.mark.control
@pytest.mark.faults
async def test_a_server_that_asks_one_member_only_loses_what_it_acknowledged(
    own_set: OwnSet, people_at: People
) -> None:
    """The control of F1, in its harness: what only the killed primary had is gone with it."""
    tally, people = Tally(), await people_at(4, unprotected("w1"))
    await asyncio.gather(*(create(person, tally) for person in people))
    primary = await asyncio.to_thread(own_set.replicas.primary)
    own_set.hold_back(primary)
    killed = asyncio.Event()

    async def work(person: Person) -> None:
        while not killed.is_set():
            await create(person, tally)

    enough = tally.made + 12
    working = [asyncio.create_task(work(person)) for person in people]
    while tally.made < enough:  # noqa: ASYNC110 - there is nothing to be told by
        await asyncio.sleep(0.01)
    killed.set()
    own_set.kill(primary)
    own_set.catch_up(*(member for member in own_set.members if member != primary))
    await asyncio.to_thread(own_set.replicas.primary)
    await asyncio.gather(*working)
    lost, _ = await tally.lost_and_doubled(people)
    assert lost


@pytest.mark.control
@pytest.mark.faults
async def test_a_server_that_keeps_no_keys_doubles_what_was_asked_again(own_set: OwnSet, people_at: People) -> None:
    """The other control of F1: an answer that is lost, and a request that comes again."""
    tally, people = Tally(), await people_at(4, unprotected("keyless"))
    primary = await asyncio.to_thread(own_set.replicas.primary)
    own_set.hang(*(member for member in own_set.members if member != primary))
    working = [asyncio.create_task(create(person, tally)) for person in people]
    while not tally.refused:  # noqa: ASYNC110 - there is nothing to be told by
        await asyncio.sleep(0.01)
    own_set.go_on()
    await asyncio.gather(*working)
    _, doubled = await tally.lost_and_doubled(people)
    assert doubled


async def hung(own_set: OwnSet, people: list[Person], tally: Tally, seconds: float) -> float:
    """Let everybody write while the primary hangs for so long; how long after the election the last one was refused."""
    primary = await asyncio.to_thread(own_set.replicas.primary)
    await asyncio.gather(*(create(person, tally) for person in people))
    tally.answers.clear()
    own_set.hang(primary)
    until = time.monotonic() + seconds
    electing = asyncio.create_task(elected_at(own_set))
    while time.monotonic() < until:
        await asyncio.gather(*(create(person, tally) for person in people))
    own_set.go_on()
    await asyncio.gather(*(create(person, tally) for person in people))
    return max(each.at for each in tally.refused) - await electing


@pytest.mark.faults
async def test_while_the_primary_hangs_for_a_minute_every_write_is_answered_fast(
    own_set: OwnSet, people_at: People, figure: Figure
) -> None:
    """F2."""
    tally, people = Tally(), await people_at()
    recovered = await hung(own_set, people, tally, 60)
    lost, doubled = await tally.lost_and_doubled(people)
    slowest = max(each.took for each in tally.answers)
    figure(
        f"F2: {len(tally.refused)} of {len(tally.answers)} refused, the slowest answer of all after {slowest:.1f} s;"
        f" recovered {recovered:.1f} s after election; {lost} lost, {doubled} doubled, {tally.vanished} not seen"
    )
    assert (lost, doubled, tally.vanished) == (0, 0, 0)
    assert all(each.retry_after.isdigit() for each in tally.refused)
    assert slowest <= FAST
    assert recovered <= RECOVERED_FROM_HANGING


@pytest.mark.control
@pytest.mark.faults
async def test_a_server_that_is_patient_with_a_hung_primary_answers_slowly(own_set: OwnSet, people_at: People) -> None:
    """The control of F2: the harness sees who waits."""
    tally, people = Tally(), await people_at(4, options=PATIENT)
    await asyncio.gather(*(create(person, tally) for person in people))
    own_set.hang(await asyncio.to_thread(own_set.replicas.primary))
    await asyncio.gather(*(create(person, tally) for person in people))
    assert max(each.took for each in tally.answers) > FAST


async def elected_at(own_set: OwnSet) -> float:
    await asyncio.to_thread(own_set.replicas.primary)
    return time.monotonic()


@pytest.mark.control
def test_a_failure_after_a_kill_counts_until_it_ends() -> None:
    """The measure itself: a failure that lasts is seen."""
    answers = [Answer(at, status, 0.0) for at, status in ((1.5, 201), (2.0, 503), (9.0, 503), (11.0, 201))]
    assert Tally(answers, kills=[1.0, 10.0]).recoveries() == [8.0, 0.0]
