"""A commit carried out: one transaction, tried again within a deadline while only others' writes are against it."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import ConnectionFailure, PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from taskmanager import deadline
from taskmanager.errors import CommitTooLarge, Exists, InFlight, KeyReused, Moved, Stale, Unavailable
from taskmanager.storage.mongo.calls import Calls, codes_of, told, within
from taskmanager.storage.mongo.connection import Client, Record, Records
from taskmanager.storage.mongo.heads import Heads, is_erasing, revision_of
from taskmanager.storage.mongo.orders import Order, Step
from taskmanager.storage.mongo.turns import Turns
from taskmanager.tasks.store import ORIGIN, Derive, Expect, Keep, Put, Revision

_AT_ONCE: Final = 8
_LEAST_SECONDS: Final = 0.05
_END_SECONDS: Final = 0.3
"""What the end of a transaction, its commit or its abort, is sure to have; more for a large one.

One that begins to end when there is no time left never ends: the driver sends nothing, and the server keeps everybody
from the workspace for as long as it lets a transaction live.
"""
_LONGEST_PAUSE: Final = 0.02
"""About as long as a commit takes: whoever waits longer loses each time to a process with a queue."""

_OUTLIVED: Final = 290
"""The server ended the transaction, as it took longer than any may."""
_CONFLICT: Final = 112
"""Said to whoever holds the head, it is of no other's writing: the server's cache has no room for the transaction."""
_DUPLICATE: Final = 11000
_IMMUTABLE: Final = 66
_TRANSIENT: Final = "TransientTransactionError"
_UNKNOWN: Final = "UnknownTransactionCommitResult"
_TRANSACTION: Final[Mapping[str, Any]] = {
    "read_concern": ReadConcern("majority"),
    "write_concern": WriteConcern("majority"),
}


class Commits:
    def __init__(self, client: Client, records: Records, heads: Heads, calls: Calls) -> None:
        self._client = client
        self._records = records
        self._heads = heads
        self._turns = Turns(_AT_ONCE)
        self._calls = calls
        self._given_up: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        await asyncio.gather(*self._given_up)

    async def carry_out(self, order: Order) -> Revision:
        """In the time that the request has left, more for a large one; waiting and giving up are included."""
        end = _END_SECONDS * order.weight
        with deadline.counting(), told():
            until = time.monotonic() + self._calls.left + self._calls.seconds * (order.weight - 1)
            async with self._turns.turn(order.ws, until - end):
                revision = await self._repeat(order, until, end)
        deadline.renew()
        return self._heads.see(order.ws, revision)

    async def _repeat(self, order: Order, until: float, end: float) -> Revision:
        # A large one does not guess: what it is refused for while it holds the head tells that it is too large.
        guess = (order.at or self._heads.get(order.ws)) if order.weight == 1 else None
        attempt = 0
        while (left := until - end - time.monotonic()) > _LEAST_SECONDS:
            if attempt:
                async with within(left):
                    await self._judge(order)
            if done := await self._attempt(order, guess, until, end):
                return done
            guess = None
            attempt += 1
            if attempt > 1:  # at first it is as a rule the guess that was wrong
                await asyncio.sleep(random.uniform(0, min(_LONGEST_PAUSE, 0.002 * 2**attempt)))  # noqa: S311 - jitter, not a secret
        raise Unavailable("many are writing to this workspace at once, or the database is slow; try again")

    async def _attempt(self, order: Order, guess: Revision | None, until: float, end: float) -> Revision | None:
        """None when it was not applied, and others' writes may be why; raises when that can't be known."""
        held = False
        try:
            async with self._transaction(until) as session:
                async with within(_left(until - end)):
                    await session.start_transaction(**_TRANSACTION)
                    before = guess or await self._take_head(order, session)
                    held = before not in {guess, ORIGIN}
                    after = before.next() if order.moves else before
                    written = order.at in {None, before} and await self._write(order, before, after, session)
                if written and time.monotonic() < until - end:
                    await _to_its_end(_make_last(session, until))
                    return after
        except PyMongoError as error:
            if order.weight > 1 and _OUTLIVED in codes_of(error):
                raise CommitTooLarge("the database takes too long for this much at once; send less") from error
            if order.weight > 1 and held and _CONFLICT in codes_of(error):
                raise CommitTooLarge("this is more than the database can write at once; send less") from error
            if not (_is_refusal(error) or (error.has_error_label(_TRANSIENT) and _may_pass(error, until - end))):
                raise
        return None

    @asynccontextmanager
    async def _transaction(self, until: float) -> AsyncIterator[AsyncClientSession]:
        """Taken back unless it was made to last. Nobody waits for that when it failed: the server may not answer."""
        session = self._client.start_session(causal_consistency=False)
        clear = False
        try:
            yield session
            clear = True
        finally:
            if clear:
                await _to_its_end(_end(session, until))
            else:
                task = asyncio.create_task(self._let_go(session))
                self._given_up.add(task)
                task.add_done_callback(self._given_up.discard)

    async def _let_go(self, session: AsyncClientSession) -> None:
        """The driver takes for committed what it may not have sent, and would use the session for the next one."""
        async with session:
            with suppress(PyMongoError):
                if session.in_transaction:
                    await session.abort_transaction()
                else:
                    await self._client.admin.command("killSessions", [session.session_id])

    async def _take_head(self, order: Order, session: AsyncClientSession) -> Revision:
        """Where the workspace stands, for nobody else to move from here on.

        One more call than guessing takes; but of several processes each gets its turn, while a guess is out of date
        whenever another process is just committing. The count tells how often that was done.
        """
        fields = {"counter": 1, "nonce": 1}
        taken = {"$inc": {"contended": 1}}
        head = await self._records.find_one_and_update(
            {"_id": order.ws, "ws": order.ws}, taken, fields, session=session
        )
        return revision_of(head)

    async def _write(self, order: Order, before: Revision, after: Revision, session: AsyncClientSession) -> bool:
        """Whether every write found what it was held to."""
        writes = order.writes(before, after)
        if not writes:
            return True
        done = await self._records.bulk_write(writes, ordered=True, session=session)
        if done.matched_count + done.upserted_count + done.deleted_count != len(writes) - order.absent:
            return False
        if clearing := order.clearing():
            await self._records.bulk_write([clearing], session=session)
        return True

    async def _judge(self, order: Order) -> None:
        """Raise when the order can't be carried out as things are, for good."""
        ids = [order.ws, *([order.key_id] if order.key_id else []), *(step.record_id for step in order.steps)]
        fields = {"version": 1, "counter": 1, "nonce": 1, "fingerprint": 1}
        asked = {"_id": {"$in": ids}, "ws": order.ws}
        found = {record["_id"]: record async for record in self._records.find(asked, fields)}
        head = found.get(order.ws)
        if is_erasing(head):
            raise Unavailable("this workspace is being erased")
        if order.keep is not None and (key := found.get(order.key_id or b"")):
            _refuse_known_key(order.keep, key)
        revision = revision_of(head)
        if order.at is not None and order.at != revision:
            raise Moved(f"the workspace is at {revision}")
        _refuse_lost_bases(order, {id_: record.get("version", 0) for id_, record in found.items()})


def _left(until: float) -> float:
    return max(_LEAST_SECONDS, until - time.monotonic())


async def _make_last(session: AsyncClientSession, until: float) -> None:
    """Commit; when the answer was lost, ask again, which never applies it twice."""
    while True:
        try:
            async with within(_left(until)):
                await session.commit_transaction()
        except PyMongoError as error:
            if not error.has_error_label(_UNKNOWN) or time.monotonic() > until - _LEAST_SECONDS:
                raise
        else:
            return


async def _end(session: AsyncClientSession, until: float) -> None:
    async with session:
        if session.in_transaction:
            async with within(_left(until)):
                await session.abort_transaction()


async def _to_its_end(work: Coroutine[Any, Any, None]) -> None:
    """Also when whoever asked is cancelled: what was sent half is not taken back by anybody."""
    task = asyncio.create_task(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


def _may_pass(error: PyMongoError, until: float) -> bool:
    """Whether it was others' writes, or there is time to find another primary."""
    return not isinstance(error, ConnectionFailure) or time.monotonic() < until - _LEAST_SECONDS


def _is_refusal(error: PyMongoError) -> bool:
    """The server's way to say that a record is there which should not be."""
    return bool(codes_of(error) & {_DUPLICATE, _IMMUTABLE})


def _refuse_known_key(keep: Keep, key: Record) -> None:
    if key["fingerprint"] != keep.key.fingerprint:
        raise KeyReused("this idempotency key was used for another request")
    raise InFlight("another call with this idempotency key has just been done")


def _refuse_lost_bases(order: Order, versions: dict[bytes, int]) -> None:
    """Go through the edits as the transaction would, and name those that fail."""
    stale: list[Step] = []
    taken: list[Step] = []
    for step in order.steps:
        base, version = _base_and_version(step)
        if versions.get(step.record_id, 0) == base:
            versions[step.record_id] = version
        else:
            creates = isinstance(step.edit, Put) and step.edit.before is None
            (taken if creates else stale).append(step)
    if stale:
        raise Stale([step.name for step in stale])
    if taken:
        raise Exists(", ".join(step.name[1] for step in taken))


def _base_and_version(step: Step) -> tuple[int, int]:
    match step.edit:
        case Expect(version=version):
            return version, version
        case Put(before=before, document=document):
            return (before.version if before is not None else 0), document.version
        case Derive(before=before):
            return before.version, before.version
        case _:
            return step.edit.before.version, 0
