"""An examination of the whole installation: what is there, what is wrong, and what to do about it."""

import os
import shutil
import time
from collections.abc import AsyncIterator
from pathlib import Path
from statistics import median
from typing import Final, Protocol

from taskmanager.redis import Redis, RedisGone, Script
from taskmanager.storage.findings import Finding
from taskmanager.tasks.model import TASK, Task
from taskmanager.tasks.query import Query
from taskmanager.tasks.store import WorkspaceStore

MIB: Final = 1024 * 1024
LEAST_FREE: Final = 200 * MIB
LOOKED_AT: Final = 500
"""So many workspaces are looked at for the busiest one."""
SKEW_SECONDS: Final = 5.0
OTHERS: Final = 0o077
ABOUT: Final = Script("""
local t, about = redis.call('TIME'), redis.call('INFO')
local function number(pattern) return tonumber(string.match(about, pattern) or 0) end
local evicts = string.find(about, 'maxmemory_policy:noeviction') and 0 or 1
return {tonumber(t[1]), tonumber(t[2]), number('redis_version:(%d+)'), number('redis_version:%d+%.(%d+)'),
    number('\nmaxmemory:(%d+)'), evicts}
""")


class Examined(Protocol):
    """A store that can tell how it is."""

    @property
    def workspaces(self) -> WorkspaceStore: ...

    def examine(self) -> AsyncIterator[Finding]: ...


NO_SECRET: Final = Finding(
    "note",
    "secret key",
    "none: whoever can read the database can sign tokens",
    "set SECRET_KEY_FILE, the same for all processes; everybody signs in once more",
)


def folder(path: Path) -> list[Finding]:
    """The data folder: ours alone, and with room."""
    if not path.exists():
        return [Finding("note", "data folder", f"{path} is not there yet; the first start makes it")]
    if not os.access(path, os.W_OK):
        return [Finding("wrong", "data folder", f"{path} can't be written", "give it to the user that runs this")]
    free = shutil.disk_usage(path).free
    findings = [Finding("ok", "data folder", f"{path}, {free // MIB:,} MiB free")]
    if free < LEAST_FREE:
        findings = [Finding("wrong", "data folder", f"{path}, {free // MIB:,} MiB free", "make room")]
    key = path / "secret_key"
    if key.exists() and key.stat().st_mode & OTHERS:
        findings.append(Finding("wrong", "secret key", f"others may read {key}", f"run: chmod 600 {key}"))
    return findings


async def store(storage: Examined, slow_seconds: float) -> AsyncIterator[Finding]:
    async for finding in storage.examine():
        yield finding
    ws, revision = await _busiest(storage.workspaces)
    if ws is None:
        yield Finding("note", "lists", "nothing is stored yet")
        return
    worst, slowest = 0.0, ""
    for index in TASK.indexes:
        if not set(index.equals) <= {"live", "open", "status", "priority", "project_id", "parent_id"}:
            continue
        equals = tuple(1 if TASK.field[name].type is int else "" for name in index.equals)
        seconds = await _timed(storage.workspaces, ws, Query(kind=TASK, index=index.name, equals=equals))
        if seconds > worst:
            worst, slowest = seconds, index.name
    told = (
        f"first pages of the busiest workspace (at revision {revision}): slowest by {slowest!r}, {worst * 1000:.1f} ms"
    )
    if worst > slow_seconds:
        yield Finding("wrong", "lists", told, "look for `slow query` in the log: it has the plan")
    else:
        yield Finding("ok", "lists", told)


async def redis(client: Redis) -> Finding:
    """Nothing is lost without it, so even its absence is a note."""
    started = time.perf_counter()
    try:
        seconds, micros, major, minor, most, evicts = await client.run(ABOUT, ())
    except RedisGone:
        return Finding(
            "note", "Redis", "does not answer; everything works without it, only slower", "look at REDIS_URL"
        )
    took = (time.perf_counter() - started) * 1000
    skew = abs(seconds + micros / 1e6 - time.time())
    if skew > SKEW_SECONDS:
        return Finding("wrong", "Redis", f"its clock is {skew:.1f} s apart", "let NTP keep both clocks")
    told = f"{major}.{minor}, answers in {took:.1f} ms"
    if not (most and evicts):
        return Finding("note", "Redis", f"{told}; it may grow without bound", "set maxmemory, and allkeys-lru")
    return Finding("ok", "Redis", told)


async def _busiest(workspaces: WorkspaceStore) -> tuple[str | None, int]:
    best, most = None, -1
    for ws in await workspaces.workspaces("", LOOKED_AT):
        head = await workspaces.head(ws)
        if head.counter > most:
            best, most = ws, head.counter
    return best, most


async def _timed(workspaces: WorkspaceStore, ws: str, query: Query[Task]) -> float:
    times = []
    for _ in range(3):
        started = time.perf_counter()
        await workspaces.find(ws, query)
        times.append(time.perf_counter() - started)
    return median(times)
