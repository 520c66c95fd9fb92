"""Whether the replica set is whole and well set up, its indexes there and used, its clock ours, its disk not full."""

import json
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from pymongo import ReadPreference
from pymongo.errors import OperationFailure

from taskmanager.storage.findings import Finding
from taskmanager.storage.mongo import indexes
from taskmanager.storage.mongo.calls import told
from taskmanager.storage.mongo.connection import Client, Database
from taskmanager.storage.mongo.indexes import RECORDS
from taskmanager.storage.mongo.records import Shelf

LAG_SECONDS: Final = 10.0
SKEW_SECONDS: Final = 5.0
PRIMARY: Final = 1
HEALTHY: Final = (1, 2, 7)
"""Primary, secondary, arbiter."""

LONGEST_ELECTION_MS: Final = 2_000
LONGEST_LIFE_SECONDS: Final = 5
LITTLE_FREE: Final = 0.2
TOO_LITTLE_FREE: Final = 0.05
TOO_MANY_CONNECTIONS: Final = 0.8
UNUSED_FOR: Final = timedelta(days=7)
GIB: Final = 1024**3


async def examine(client: Client, database: Database, shelves: Sequence[Shelf]) -> AsyncIterator[Finding]:
    with told():
        info = await client.server_info()
        yield Finding("ok", "MongoDB", str(info["version"]))
        for finding in _options(client):
            yield finding
        yield _clock(await client.admin.command("hello"))
        for look in (_members, _elections, _life, _connections):
            yield await look(client)
        yield await _disk(database)
        yield await _indexes(database, shelves)
        yield await _use(database)
        yield await _slow(client, database)


def _options(client: Client) -> Iterator[Finding]:
    """What the address weakens."""
    options = client.options
    weak = [
        (client.write_concern.document.get("w") != "majority", "w", "what was acknowledged may be lost"),
        (client.write_concern.document.get("j") is False, "journal", "what was acknowledged may be lost"),
        (client.read_concern.level != "majority", "readConcernLevel", "what was read may be taken back"),
        (client.read_preference != ReadPreference.PRIMARY, "readPreference", "what is read may be old"),
        (not options.retry_writes, "retryWrites", "an election fails writes that could wait"),
    ]
    for is_weak, option, told_ in weak:
        if is_weak:
            yield Finding("wrong", "address", f"{option}: {told_}", f"take {option} out of STORAGE_URL")


def _clock(hello: Mapping[str, Any]) -> Finding:
    skew = abs(hello["localTime"].replace(tzinfo=UTC).timestamp() - time.time())
    if skew > SKEW_SECONDS:
        return Finding("wrong", "clock", f"{skew:.1f} s apart from the database", "let NTP keep both clocks")
    return Finding("ok", "clock", f"{skew:.1f} s apart from the database")


async def _members(client: Client) -> Finding:
    try:
        status = await client.admin.command("replSetGetStatus")
    except OperationFailure:
        return _not_told("replica set")
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


async def _elections(client: Client) -> Finding:
    try:
        config = (await client.admin.command("replSetGetConfig"))["config"]
    except OperationFailure:
        return _not_told("elections")
    timeout = config["settings"]["electionTimeoutMillis"]
    if timeout > LONGEST_ELECTION_MS:
        mend = f"set electionTimeoutMillis to {LONGEST_ELECTION_MS} and heartbeatIntervalMillis to 500 (rs.reconfig)"
        return Finding("note", "elections", f"a primary that dies is missed only after {timeout / 1000:.0f} s", mend)
    return Finding("ok", "elections", f"a primary that dies is missed after {timeout / 1000:.0f} s")


async def _life(client: Client) -> Finding:
    """How long a process that is killed in the middle of a commit keeps its workspace locked."""
    name = "transactionLifetimeLimitSeconds"
    try:
        seconds = (await client.admin.command({"getParameter": 1, name: 1}))[name]
    except OperationFailure:
        return _not_told("transactions")
    lives = f"a process that is killed may keep a workspace locked for {seconds} s"
    if seconds > LONGEST_LIFE_SECONDS:
        return Finding("note", "transactions", lives, f"set {name} to {LONGEST_LIFE_SECONDS} on every member")
    return Finding("ok", "transactions", lives)


async def _connections(client: Client) -> Finding:
    try:
        now = (await client.admin.command("serverStatus"))["connections"]
    except OperationFailure:
        return _not_told("connections")
    used, allowed = now["current"], now["current"] + now["available"]
    if used > TOO_MANY_CONNECTIONS * allowed:
        mend = "fewer processes, or a smaller maxPoolSize in STORAGE_URL"
        return Finding("wrong", "connections", f"{used:,} of {allowed:,} are used", mend)
    return Finding("ok", "connections", f"{used:,} of {allowed:,} are used")


async def _disk(database: Database) -> Finding:
    stats = await database.command("dbStats")
    if "fsTotalSize" not in stats:
        return Finding("note", "disk", "this server does not tell about its disk")
    free, all_ = stats["fsTotalSize"] - stats["fsUsedSize"], stats["fsTotalSize"]
    told_ = f"{free / GIB:,.1f} of {all_ / GIB:,.1f} GiB free, {stats['totalSize'] / GIB:,.2f} are ours"
    if free < LITTLE_FREE * all_:
        return Finding("wrong" if free < TOO_LITTLE_FREE * all_ else "note", "disk", told_, "give it a larger disk")
    return Finding("ok", "disk", told_)


async def _indexes(database: Database, shelves: Sequence[Shelf]) -> Finding:
    missing = await indexes.missing(database, shelves)
    if missing:
        return Finding("wrong", "indexes", f"missing: {', '.join(missing)}", "run: taskmanager migrate")
    count = sum(map(len, indexes.declared(shelves).values()))
    told_ = f"all {count} declared ones are there"
    if unneeded := await indexes.unneeded(database, shelves):
        mend = "taskmanager migrate drops them when no process of the version before can be left"
        return Finding("note", "indexes", f"{told_}; nobody needs {', '.join(unneeded)}", mend)
    return Finding("ok", "indexes", told_)


async def _use(database: Database) -> Finding:
    """How often each index was taken since its member started."""
    try:
        rows = await (await database[RECORDS].aggregate([{"$indexStats": {}}])).to_list()
    except OperationFailure:
        return _not_told("index use")
    long_ago = datetime.now(UTC).replace(tzinfo=None) - UNUSED_FOR
    idle = [row["name"] for row in rows if not row["accesses"]["ops"] and row["accesses"]["since"] < long_ago]
    if idle:
        return Finding("note", "index use", f"in {UNUSED_FOR.days} days and more nobody used {', '.join(sorted(idle))}")
    used = sorted(((row["accesses"]["ops"], row["name"]) for row in rows), reverse=True)
    return Finding("ok", "index use", ", ".join(f"{name} {count:,}" for count, name in used))


async def _slow(client: Client, database: Database) -> Finding:
    """What the server itself found slow, as far as its log in memory goes back."""
    try:
        lines = (await client.admin.command("getLog", "global"))["log"]
    except OperationFailure:
        return _not_told("slow queries")
    found = [told_ for line in lines if '"Slow query"' in line if (told_ := _parsed(line, database.name))]
    if not found:
        return Finding("ok", "slow queries", f"none among the last {len(lines)} lines of the primary's log")
    worst = max(found, key=lambda told_: int(told_["durationMillis"]))
    slowest = f"{len(found)}, the slowest on {worst['ns']}: {worst['durationMillis']:,} ms, {worst['planSummary']}"
    return Finding("note", "slow queries", slowest, "look for `slow query` in the log of TaskManager: it has the plan")


def _parsed(line: str, database: str) -> Mapping[str, Any] | None:
    """None when it is no question to this database; a line that is very long the server cuts off."""
    try:
        told_: Mapping[str, Any] = json.loads(line)["attr"]
    except (ValueError, KeyError):
        return None
    ours = str(told_.get("ns", "")).startswith(f"{database}.")
    return told_ if ours and {"durationMillis", "planSummary"} <= set(told_) else None


def _not_told(subject: str) -> Finding:
    return Finding("note", subject, "this user may not ask for it (needs clusterMonitor)")
