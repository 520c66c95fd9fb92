"""Whether the replica set is whole, its indexes are there and used, and its clock is ours."""

import time
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any, Final

from pymongo.errors import OperationFailure

from taskmanager.storage.findings import Finding
from taskmanager.storage.mongo.calls import told
from taskmanager.storage.mongo.connection import Client, Records
from taskmanager.storage.mongo.records import Shelf

LAG_SECONDS: Final = 10.0
SKEW_SECONDS: Final = 5.0
PRIMARY: Final = 1
HEALTHY: Final = (1, 2, 7)
"""Primary, secondary, arbiter."""


async def examine(client: Client, records: Records, shelves: Iterable[Shelf]) -> AsyncIterator[Finding]:
    with told():
        info = await client.server_info()
        yield Finding("ok", "MongoDB", str(info["version"]))
        hello = await client.admin.command("hello")
        yield _clock(hello)
        yield await _members(client)
        declared = [shelf.index_name(index) for shelf in shelves for index in shelf.kind.indexes]
        there = await records.index_information()
        missing = [name for name in declared if name not in there]
        if missing:
            yield Finding("wrong", "indexes", f"missing: {', '.join(missing)}", "run: taskmanager migrate")
        else:
            yield Finding("ok", "indexes", f"all {len(declared)} declared ones are there")
        yield await _use(records)


def _clock(hello: Mapping[str, Any]) -> Finding:
    skew = abs(hello["localTime"].timestamp() - time.time())
    if skew > SKEW_SECONDS:
        return Finding("wrong", "clock", f"{skew:.1f} s apart from the database", "let NTP keep both clocks")
    return Finding("ok", "clock", f"{skew:.1f} s apart from the database")


async def _members(client: Client) -> Finding:
    try:
        status = await client.admin.command("replSetGetStatus")
    except OperationFailure:
        return Finding("note", "replica set", "this user may not ask for its status (needs clusterMonitor)")
    members = status["members"]
    newest = max(member["optimeDate"] for member in members if "optimeDate" in member)
    behind = {m["name"]: (newest - m["optimeDate"]).total_seconds() for m in members if "optimeDate" in m}
    late = [name for name, seconds in behind.items() if seconds > LAG_SECONDS]
    down = [member["name"] for member in members if member["state"] not in HEALTHY]
    if down or not any(member["state"] == PRIMARY for member in members):
        who = ", ".join(down) or "no primary"
        return Finding("wrong", "replica set", f"not healthy: {who}", "look at the members' logs")
    if late:
        who = ", ".join(late)
        return Finding("wrong", "replica set", f"more than {LAG_SECONDS:.0f} s behind: {who}", "give them faster disks")
    return Finding("ok" if len(members) > 1 else "note", "replica set", f"{len(members)} healthy members")


async def _use(records: Records) -> Finding:
    """How often each index was taken since its member started."""
    try:
        rows = await (await records.aggregate([{"$indexStats": {}}])).to_list()
    except OperationFailure:
        return Finding("note", "index use", "this user may not ask for it (needs clusterMonitor)")
    used = sorted(((row["accesses"]["ops"], row["name"]) for row in rows), reverse=True)
    return Finding("ok", "index use", ", ".join(f"{name} {count:,}" for count, name in used))
