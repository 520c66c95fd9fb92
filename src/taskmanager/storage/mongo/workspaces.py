"""The write door on MongoDB: `taskmanager.tasks.store.WorkspaceStore`."""

import asyncio
import time
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from taskmanager.errors import KeyReused, Stale
from taskmanager.storage.mongo import history, overtaken, plans, queries, tallies
from taskmanager.storage.mongo.calls import LONG_SECONDS, Calls
from taskmanager.storage.mongo.commits import Commits
from taskmanager.storage.mongo.connection import Client, Record, Records
from taskmanager.storage.mongo.declarations import Fit
from taskmanager.storage.mongo.heads import ERASING, Heads, is_erasing, revision_of
from taskmanager.storage.mongo.orders import Order, prepare
from taskmanager.storage.mongo.records import (
    LONGER_THAN_HEADS,
    Shelf,
    all_but_head,
    key_id,
    packed,
    packed_if_any,
    unpacked,
)
from taskmanager.storage.mongo.wakes import Wakes
from taskmanager.tasks.query import Counts, D, Kind, Query, Tally
from taskmanager.tasks.store import ORIGIN, Change, Changes, Commit, Edit, Keep, Key, Page, Revision


class MongoWorkspaces:
    def __init__(  # noqa: PLR0913, PLR0917 - what one storage has once, for all that it consists of
        self,
        client: Client,
        records: Records,
        shelves: Mapping[str, Shelf],
        wakes: Wakes,
        calls: Calls,
        fit: Fit,
    ) -> None:
        self._calls = calls
        self._fit = fit
        self._records = records
        self._shelves = shelves
        self._wakes = wakes
        self._heads = Heads()
        self._commits = Commits(client, records, self._heads, calls)
        self._keeping_up: asyncio.Task[None] | None = None

    async def close(self) -> None:
        if self._keeping_up is not None:
            self._keeping_up.cancel()
            with suppress(asyncio.CancelledError):
                await self._keeping_up
        await self._commits.close()

    async def head(self, ws: str) -> Revision:
        raw = packed_if_any(ws)
        async with self._calls.told():
            return await self._head(raw) if raw else ORIGIN

    async def _head(self, ws: bytes) -> Revision:
        return self._heads.see(ws, revision_of(await self._records.find_one({"_id": ws, "ws": ws})))

    async def heads(self, workspaces: Collection[str]) -> Mapping[str, Revision]:
        ids = [raw for raw in map(packed_if_any, workspaces) if raw]
        async with self._calls.told():
            found = await self._records.find({"_id": {"$in": ids}}, {"counter": 1, "nonce": 1}).to_list()
        return {unpacked(head["_id"]): revision for head in found if (revision := revision_of(head)) != ORIGIN}

    async def get(self, ws: str, kind: Kind[D], ids: Iterable[str]) -> Mapping[str, D]:
        raw, shelf = packed_if_any(ws), self._shelves[kind.name]
        if raw is None:
            return {}
        wanted = [shelf.record_id(raw, id_) for id_ in map(packed_if_any, ids) if id_ is not None]
        if not wanted:
            return {}
        fields = {"_id": 0, "id": 1, "body": 1, "counter": 1, "nonce": 1}
        async with self._calls.told():
            rows = await self._records.find({"_id": {"$in": [raw, *wanted]}, "ws": raw}, fields).to_list()
        head = next((row for row in rows if "counter" in row), None)
        self._heads.see(raw, revision_of(head))
        if is_erasing(head):
            return {}
        return {unpacked(row["id"]): kind.decode(row["body"]) for row in rows if row is not head}

    async def find(self, ws: str, query: Query[D]) -> Page[D]:
        raw = packed_if_any(ws)
        if raw is None:
            return Page(query.kind, (), None, ORIGIN)
        walk = queries.walk(self._shelves[query.kind.name], raw, query)
        async with self._calls.told():
            revision, end = await self._revision_and_end(raw, walk)
            if revision == ORIGIN or walk.empty:
                return Page(query.kind, (), None, revision)
            part = queries.up_to(walk, end) if end else walk
            bodies, following = await queries.page(self._records, part, end)
        return Page(query.kind, bodies, following, revision)

    async def _revision_and_end(self, ws: bytes, walk: queries.Walk) -> tuple[Revision, queries.Key | None]:
        """Both before the items: the revision, that it be none too new; the end, that nothing before it be missed."""
        if not walk.query.rest or walk.empty:
            return await self._head(ws), None
        return await asyncio.gather(self._head(ws), queries.last_examined(self._records, walk))

    async def tally(self, ws: str, tally: Tally) -> Counts:
        async with self._calls.told():
            return await tallies.count(self._records, self._shelves[tally.kind.name], packed_if_any(ws) or b"", tally)

    async def explain(self, ws: str, question: Query[Any] | Tally) -> str:
        """The stages of the plan, its index, and how much it looks at."""
        shelf, raw = self._shelves[question.kind.name], packed_if_any(ws) or b""
        async with self._calls.told(self._calls.seconds):  # whoever asked has been answered
            if isinstance(question, Tally):
                return await plans.of_tally(self._records, shelf, raw, question)
            return await plans.of_query(self._records, shelf, raw, question)

    async def commit(  # noqa: PLR0913 - the protocol's
        self,
        ws: str,
        edits: Sequence[Edit],
        *,
        by: str,
        now: int,
        at: Revision | None = None,
        keep: Keep | None = None,
        group: str | None = None,
    ) -> Commit:
        raw = packed(ws)
        async with self._calls.told():
            behind = await self._fit.is_behind()
        steps = await prepare(self._shelves, (ws, raw), edits, behind=behind)
        order = Order(raw, steps, by, now, at, keep, group)
        revision = await self._commits.carry_out(order)
        if order.moves:
            self._wakes.tell(ws)
        return Commit(revision)

    async def replay(self, ws: str, key: Key) -> Commit | None:
        raw = packed_if_any(ws)
        if raw is None:
            return None
        async with self._calls.told():
            kept = await self._records.find_one({"_id": key_id(raw, key.account_id, key.text), "ws": raw})
        if kept is None:
            return None
        if kept["fingerprint"] != key.fingerprint:
            raise KeyReused("this idempotency key was used for another request")
        return Commit(Revision(int(kept["counter"]), kept["nonce"]), kept["receipt"])

    async def changes(self, ws: str, since: Revision | None, limit: int) -> Changes:
        async with self._calls.told():
            return await history.since(self._records, packed_if_any(ws) or b"", since, limit)

    async def history(self, ws: str, kind: Kind[Any], id_: str, limit: int, before: int | None = None) -> list[Change]:
        raw, raw_id = packed_if_any(ws), packed_if_any(id_)
        if raw is None or raw_id is None:
            return []
        record_id = self._shelves[kind.name].record_id(raw, raw_id)
        async with self._calls.told():
            return await history.of_document(self._records, raw, record_id, limit, before)

    async def undoable(self, ws: str, revision: Revision) -> list[Change]:
        async with self._calls.told():
            return await history.undoable(self._records, packed_if_any(ws) or b"", revision)

    async def forget(self, ws: str, before: int, keys_before: int = 0) -> None:
        raw = packed_if_any(ws)
        if raw is None:
            return
        async with self._calls.told(LONG_SECONDS):
            while await history.forget_commits(self._records, raw, before):
                pass
            await history.forget_keys(self._records, raw, keys_before)

    async def erase(self, ws: str) -> None:
        """Gone for everybody at once, and its records piece by piece; whoever ends in between is to do it again."""
        raw = packed_if_any(ws)
        if raw is None:
            return
        async with self._calls.told(LONG_SECONDS):
            gone = {"$set": {"counter": ERASING, "nonce": ""}}
            if not (await self._records.update_one({"_id": raw, "ws": raw}, gone)).matched_count:
                return
            self._heads.forget(raw)
            await self._records.delete_many({"_id": all_but_head(raw), "ws": raw})
            await self._records.delete_one({"_id": raw, "ws": raw})
        self._wakes.tell(ws)

    async def catch_up(self) -> None:
        """Derive what processes of an older version have written, unless this one is older than the database itself."""
        async with self._calls.told():
            behind = await self._fit.is_behind()
        while not behind:
            async with self._calls.told():
                found = await overtaken.some(self._records, self._shelves)
            if found is None:
                return
            ws, edits = found
            with suppress(Stale):  # somebody has written one of them since; what is left is found again
                await self.commit(ws, edits, by=ws, now=int(time.time() * 1000))

    async def workspaces(self, after: str, limit: int) -> list[str]:
        beyond = packed_if_any(after) or b""
        heads = {"_id": {"$gt": beyond, "$lt": LONGER_THAN_HEADS}, "counter": {"$ne": ERASING}}
        async with self._calls.told():
            rows: list[Record] = await self._records.find(heads, {"_id": 1}).sort("_id").limit(limit).to_list()
        return [unpacked(row["_id"]) for row in rows]

    def wakes(self) -> AsyncIterator[str]:
        """Whoever listens serves people: so from now on what older processes write is derived again."""
        if self._keeping_up is None:
            self._keeping_up = asyncio.create_task(overtaken.keep_up(self.catch_up))
        return self._wakes.listen()
