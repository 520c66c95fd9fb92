"""Timed work on MongoDB: `taskmanager.schedule.Schedule`. Each write is one document's, and so atomic."""

from typing import Any, Final

from bson.max_key import MaxKey
from pymongo import ReturnDocument

from taskmanager.schedule import Job
from taskmanager.storage.mongo.calls import Calls
from taskmanager.storage.mongo.connection import Database, Record

_NOBODY: Final = ""
_NEVER: Final = 2**62
_NOW: Final = {"$toLong": "$$NOW"}
"""By the server's clock."""
_FREE: Final = {"$expr": {"$lte": ["$held_until", _NOW]}}


class MongoSchedule:
    def __init__(self, database: Database, calls: Calls) -> None:
        self._calls = calls
        self._jobs = database["jobs"]

    async def add(self, job: Job) -> None:
        new = {"attempts": job.attempts, "owner": _NOBODY, "held_until": 0}
        async with self._calls.told():
            await self._jobs.update_one(
                {"_id": _key(job)}, {"$min": {"due_at": job.due_at}, "$setOnInsert": new}, upsert=True
            )

    async def take(self, now: int, owner: str, lease_ms: int) -> Job | None:
        async with self._calls.told():
            taken = await self._jobs.find_one_and_update(
                {"due_at": {"$lte": now}, **_FREE},
                [{"$set": {"attempts": {"$add": ["$attempts", 1]}, **_held(owner, lease_ms)}}],
                sort=[("due_at", 1), ("_id", 1)],
                return_document=ReturnDocument.AFTER,
            )
        if taken is None:
            return None
        name, subject = taken["_id"]["name"], taken["_id"]["subject"]
        return Job(name, subject, int(taken["due_at"]), int(taken["attempts"]), taken.get("place", ""))

    async def extend(self, job: Job, owner: str, lease_ms: int) -> bool:
        return await self._change(job, owner, _held(owner, lease_ms))

    async def finish(self, job: Job, owner: str) -> None:
        async with self._calls.told():
            await self._jobs.delete_one({"_id": _key(job), "owner": owner})

    async def postpone(self, job: Job, owner: str, due_at: int) -> None:
        given_back = {"due_at": due_at, "attempts": job.attempts, "owner": _NOBODY, "held_until": 0}
        given_back["place"] = {"$literal": job.place}
        await self._change(job, owner, given_back)

    async def attend(self, name: str, owner: str, lease_ms: int) -> list[str]:
        """Kept as a job that is never due."""
        there_now = {"due_at": _NEVER, "attempts": 0, **_held(owner, lease_ms)}
        there = {"_id": {"$gte": {"name": name}, "$lt": {"name": name, "subject": MaxKey()}}}
        async with self._calls.told():
            await self._jobs.update_one({"_id": {"name": name, "subject": owner}}, [{"$set": there_now}], upsert=True)
            await self._jobs.delete_many({**there, **_FREE})
            return [found["_id"]["subject"] async for found in self._jobs.find(there, {"_id": 1}).sort("_id")]

    async def _change(self, job: Job, owner: str, fields: dict[str, Any]) -> bool:
        async with self._calls.told():
            done = await self._jobs.update_one({"_id": _key(job), "owner": owner}, [{"$set": fields}])
        return done.matched_count == 1


def _held(owner: str, lease_ms: int) -> Record:
    return {"owner": {"$literal": owner}, "held_until": {"$add": [_NOW, lease_ms]}}


def _key(job: Job) -> Record:
    """Compared as a whole, so its fields are always in this order."""
    return {"name": job.name, "subject": job.subject}
