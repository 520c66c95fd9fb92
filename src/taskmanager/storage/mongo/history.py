"""Changes as they are read back, and forgotten. Commits are only ever added and forgotten: each read stands alone."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any, Final

import msgspec

from taskmanager.errors import RevisionGone
from taskmanager.storage.mongo.connection import Record, Records
from taskmanager.storage.mongo.heads import is_erasing
from taskmanager.storage.mongo.indexes import GROUP, TOUCHED
from taskmanager.storage.mongo.records import COMMIT, KEY, commit_id, group_key, of_kind, unpacked
from taskmanager.tasks.dates import instant
from taskmanager.tasks.store import MAX_BYTES, ORIGIN, Change, Changes, Revision

_COMMITS_AT_A_TIME: Final = 1_000
_fields = msgspec.json.Decoder(dict[str, tuple[Any, Any]]).decode


async def since(records: Records, ws: bytes, revision: Revision | None, limit: int) -> Changes:
    head = await records.find_one({"_id": ws, "ws": ws})
    if head is None or is_erasing(head):
        if revision not in {None, ORIGIN}:
            raise RevisionGone(f"{revision} is no revision of this workspace")
        return Changes(changes=[], revision=str(ORIGIN), more=False)
    floor = Revision(head["floor_counter"], head["floor_nonce"])
    start = revision or floor
    taken: list[Record] = []
    end, size, commits, room, more = start, 0, 0, MAX_BYTES, False
    async with aclosing(_commits(records, ws, start, known=start == floor)) as following:
        async for commit in following:
            if commits >= limit or room <= 0 or (size and size + commit[0]["size"] > limit):
                more = True
                break
            taken += commit
            room -= sum(len(change["fields"]) for record in commit for change in record["changes"])
            end, size, commits = _revision(commit[0]), size + commit[0]["size"], commits + 1
    return Changes(changes=[change for record in taken for change in _changes(record)], revision=str(end), more=more)


async def _commits(records: Records, ws: bytes, start: Revision, *, known: bool) -> AsyncGenerator[list[Record]]:
    """Commits after `start`, each as its parts; `RevisionGone` when one is missing, or `start` itself unless known."""
    first = commit_id(ws, start.counter + 1 if known else start.counter)
    found = records.find({"_id": {**of_kind(ws, COMMIT), "$gte": first}, "ws": ws}).sort("_id")
    expected = start.counter + 1
    async with found, aclosing(_whole(found)) as commits:
        if not known:
            async for commit in commits:
                if _revision(commit[0]) == start:
                    break
                raise RevisionGone(f"{start} is no revision that is still kept")
            else:
                raise RevisionGone(f"{start} is no revision that is still kept")
        async for commit in commits:
            if commit[0]["counter"] != expected:
                raise RevisionGone(f"what follows {start} was just forgotten")
            expected += 1
            yield commit


async def _whole(found: AsyncIterator[Record]) -> AsyncGenerator[list[Record]]:
    """Records of one commit together."""
    commit: list[Record] = []
    async for record in found:
        if commit and commit[0]["counter"] != record["counter"]:
            yield commit
            commit = []
        commit.append(record)
    if commit:
        yield commit


async def of_document(records: Records, ws: bytes, record_id: bytes, limit: int, before: int | None) -> list[Change]:
    earlier = {} if before is None else {"_id": {"$lt": commit_id(ws, max(before, 0))}}
    own = {"$filter": {"input": "$changes", "cond": {"$eq": ["$$this.of", record_id[len(ws) :]]}}}
    fields = {"counter": 1, "nonce": 1, "group": 1, "at": 1, "by": 1, "changes": own}
    touching = {"touched": record_id, "ws": ws, **earlier}
    found = records.find(touching, fields).hint(TOUCHED).sort("_id", -1).limit(limit)
    return [change async for record in found for change in reversed(_changes(record))][:limit]


async def undoable(records: Records, ws: bytes, revision: Revision) -> list[Change]:
    this = {"$gte": commit_id(ws, revision.counter), "$lt": commit_id(ws, revision.counter + 1)}
    parts = await records.find({"_id": this, "ws": ws}).sort("_id").to_list()
    if not parts or _revision(parts[0]) != revision:
        raise RevisionGone(f"{revision} is no revision that is still kept")
    group = parts[0].get("group")
    if group is not None:
        grouped = {"group_key": group_key(ws, group), "ws": ws}
        parts = await records.find(grouped).hint(GROUP).sort("_id").to_list()
    return [change for record in parts for change in _changes(record)]


async def forget_commits(records: Records, ws: bytes, before: int) -> bool:
    """Drop some of the oldest commits, as far as all are older than `before`; whether there may be more.

    The floor is set first: should this end between the two, a later call drops what lies below it.
    """
    oldest = {"_id": of_kind(ws, COMMIT), "ws": ws}
    fields = {"counter": 1, "nonce": 1, "at": 1}
    last: Record | None = None
    seen = 0
    async for record in records.find(oldest, fields).sort("_id").limit(_COMMITS_AT_A_TIME):
        if record["at"] >= before:
            break
        last, seen = record, seen + 1
    if last is None:
        return False
    below = {"_id": ws, "ws": ws, "floor_counter": {"$lt": last["counter"]}, "counter": {"$gte": last["counter"]}}
    floor = {"floor_counter": last["counter"], "floor_nonce": last["nonce"]}
    await records.update_one(below, {"$set": floor})
    until = commit_id(ws, last["counter"] + 1)
    await records.delete_many({"_id": {"$gte": commit_id(ws, 0), "$lt": until}, "ws": ws})
    return seen == _COMMITS_AT_A_TIME


async def forget_keys(records: Records, ws: bytes, before: int) -> None:
    await records.delete_many({"_id": of_kind(ws, KEY), "ws": ws, "at": {"$lt": before}})


def _revision(record: Record) -> Revision:
    return Revision(int(record["counter"]), record["nonce"])


def _changes(record: Record) -> list[Change]:
    return [
        Change(
            revision=f"{record['counter']}-{record['nonce']}",
            group=record.get("group"),
            at=instant(record["at"]),
            by=record["by"],
            kind=change["kind"],
            id=unpacked(change["id"]),
            op=change["op"],
            version=int(change["version"]),
            fields=_fields(change["fields"]),
        )
        for change in record["changes"]
    ]
