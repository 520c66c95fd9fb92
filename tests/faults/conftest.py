"""Parts of a test's own, to be killed, hung and brought back."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
from pymongo import MongoClient

from replica_set import Member, ReplicaSet, mongod, start_member, started

__all__ = ["own_set"]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


HELD_BACK: Final = "stopReplProducer"


def only(member: Member) -> MongoClient[dict[str, Any]]:
    return MongoClient("127.0.0.1", member.port, directConnection=True, w=1)


@dataclass
class OwnSet:
    """A replica set whose members may be killed and hung; `url` is of a database with default settings."""

    replicas: ReplicaSet
    _again: dict[int, "subprocess.Popen[bytes]"] = field(default_factory=dict)
    _hung: set[int] = field(default_factory=set)

    @property
    def url(self) -> str:
        return self.replicas.url("taskmanager")

    @property
    def members(self) -> tuple[Member, ...]:
        return self.replicas.members

    def pid(self, member: Member) -> int:
        return self._again[member.port].pid if member.port in self._again else member.pid

    def kill(self, member: Member) -> None:
        os.kill(self.pid(member), signal.SIGKILL)

    def start(self, member: Member) -> None:
        """A member that was killed takes up its files again."""
        if member.port in self._again:
            self._again[member.port].wait()
        self._again[member.port] = start_member(mongod(), Path(member.folder), member.port)

    def hang(self, *members: Member) -> None:
        for member in members:
            os.kill(self.pid(member), signal.SIGSTOP)
            self._hung.add(member.port)

    def hold_back(self, primary: Member) -> None:
        """From now on the others take over nothing that it writes."""
        followers = [only(member) for member in self.members if member != primary]
        count = [each.admin.command("configureFailPoint", HELD_BACK, mode="alwaysOn")["count"] for each in followers]
        with only(primary) as alone:
            alone["control"]["marks"].insert_one({})
        for each, before in zip(followers, count, strict=True):
            each.admin.command("waitForFailPoint", HELD_BACK, timesEntered=before + 1, maxTimeMS=30_000)
            each.close()

    def catch_up(self, *members: Member) -> None:
        for member in members:
            with only(member) as each:
                each.admin.command("configureFailPoint", HELD_BACK, mode="off")

    def go_on(self) -> None:
        for member in self.members:
            if member.port in self._hung:
                os.kill(self.pid(member), signal.SIGCONT)
        self._hung.clear()

    def close(self) -> None:
        self.go_on()
        for process in self._again.values():
            process.kill()
            process.wait()


@pytest.fixture
def own_set(tmp_path: Path) -> Iterator[OwnSet]:
    """Ends with its test, not with the run: whoever keeps it watches a process that ends then."""
    with ExitStack() as stack:
        watched = subprocess.Popen(("sleep", "infinity"))  # noqa: S607 - wherever the system has it
        stack.callback(watched.wait)
        stack.callback(watched.kill)
        own = OwnSet(started(tmp_path, watched.pid))
        stack.callback(own.close)
        own.replicas.primary()
        yield own
