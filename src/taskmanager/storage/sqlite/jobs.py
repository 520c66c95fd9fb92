"""Timed work on SQLite: `taskmanager.schedule.Schedule`."""

from typing import Any, Final

import apsw

from taskmanager.schedule import Job
from taskmanager.storage.sqlite.connection import fetch
from taskmanager.storage.sqlite.readers import Readers
from taskmanager.storage.sqlite.writer import Writer

_NOBODY: Final = ""
_NEVER: Final = 2**62
_NOW: Final = "CAST(unixepoch('subsec') * 1000 AS INTEGER)"
_FREE: Final = (
    f"SELECT name, subject FROM jobs WHERE due_at <= ? AND held_until <= {_NOW} ORDER BY due_at, name, subject LIMIT 1"
)
_ATTEND: Final = (
    "INSERT OR REPLACE INTO jobs (name, subject, due_at, attempts, owner, held_until)"
    f" VALUES (?, ?, ?, 0, ?, ? + {_NOW})"
)


class SQLiteSchedule:
    def __init__(self, readers: Readers, writer: Writer) -> None:
        self._readers = readers
        self._writer = writer

    async def add(self, job: Job) -> None:
        await self._write(
            "INSERT INTO jobs (name, subject, due_at, attempts, owner, held_until) VALUES (?, ?, ?, ?, ?, 0)"
            " ON CONFLICT (name, subject) DO UPDATE SET due_at = excluded.due_at WHERE excluded.due_at < jobs.due_at",
            job.name,
            job.subject,
            job.due_at,
            job.attempts,
            _NOBODY,
        )

    async def take(self, now: int, owner: str, lease_ms: int) -> Job | None:
        def write(connection: apsw.Connection) -> Job | None:
            rows = fetch(
                connection,
                f"UPDATE jobs SET attempts = attempts + 1, owner = ?, held_until = ? + {_NOW}"
                f" WHERE (name, subject) = ({_FREE}) RETURNING name, subject, due_at, attempts, place",
                (owner, lease_ms, now),
            )
            return Job(*rows[0]) if rows else None

        # A worker asks far more often than something is due: look before queueing as a writer.
        due = await self._readers.read(lambda connection: fetch(connection, _FREE, (now,)))
        return await self._writer.run(write) if due else None

    async def extend(self, job: Job, owner: str, lease_ms: int) -> bool:
        return await self._write(
            f"UPDATE jobs SET held_until = ? + {_NOW} WHERE name = ? AND subject = ? AND owner = ?",
            lease_ms,
            job.name,
            job.subject,
            owner,
        )

    async def finish(self, job: Job, owner: str) -> None:
        await self._write("DELETE FROM jobs WHERE name = ? AND subject = ? AND owner = ?", job.name, job.subject, owner)

    async def postpone(self, job: Job, owner: str, due_at: int) -> None:
        await self._write(
            "UPDATE jobs SET due_at = ?, attempts = ?, place = ?, owner = ?, held_until = 0"
            " WHERE name = ? AND subject = ? AND owner = ?",
            due_at,
            job.attempts,
            job.place,
            _NOBODY,
            job.name,
            job.subject,
            owner,
        )

    async def attend(self, name: str, owner: str, lease_ms: int) -> list[str]:
        """Kept as a job that is never due."""

        def write(connection: apsw.Connection) -> list[str]:
            connection.execute(_ATTEND, (name, owner, _NEVER, owner, lease_ms))
            connection.execute(f"DELETE FROM jobs WHERE name = ? AND held_until <= {_NOW}", (name,))
            return [row[0] for row in fetch(connection, "SELECT subject FROM jobs WHERE name = ? ORDER BY 1", (name,))]

        return await self._writer.run(write)

    async def _write(self, sql: str, *values: Any) -> bool:
        def write(connection: apsw.Connection) -> bool:
            connection.execute(sql, values)
            return connection.changes() > 0

        return await self._writer.run(write)
