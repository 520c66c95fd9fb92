"""Timed work as the store keeps it: who may run what, and until when."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Job:
    """`name` says what to do, `subject` to what; together they are the key. Instants are ms since 1970.

    `place` is where one that is done bit by bit goes on.
    """

    name: str
    subject: str
    due_at: int
    attempts: int = 0
    place: str = ""


class Schedule(Protocol):
    """At most one worker holds a job at a time; a worker that dies loses it when its lease ends.

    Leases go by the store's clock alone, so that a worker whose own is wrong neither takes what another holds nor holds
    it too long. When a job is due is said, and looked at, by the clocks of workers.
    """

    async def add(self, job: Job) -> None:
        """Keep the job; the same name and subject again changes nothing unless it is due earlier."""

    async def take(self, now: int, owner: str, lease_ms: int) -> Job | None:
        """The most overdue job at `now` that nobody holds, held by `owner` for `lease_ms`; attempts counted up."""

    async def extend(self, job: Job, owner: str, lease_ms: int) -> bool:
        """Hold on to it for so long from now; False when it was lost to another worker."""

    async def finish(self, job: Job, owner: str) -> None:
        """Done: forget it, unless another worker holds it by now."""

    async def postpone(self, job: Job, owner: str, due_at: int) -> None:
        """Give it back, to be taken again at `due_at`, with the attempts and the place that `job` says."""

    async def attend(self, name: str, owner: str, lease_ms: int) -> list[str]:
        """Be one of those that are there under this name, for so long; all of them, ascending.

        No job comes of it.
        """
