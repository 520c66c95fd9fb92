"""A real MongoDB replica set for tests: three members, one set for all test processes of a run.

`python replica_set.py KEEPER…` is the process that owns the members: it starts them, and when the test run that asked
for it is over, however it ended, it ends them and removes their files. `TEST_MONGODB_URL` names another set to use.
"""

import fcntl
import importlib.util
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import pytest
from pymongo import MongoClient
from pymongo.database import Database
from pymongo.errors import ConnectionFailure, OperationFailure

MEMBERS: Final = 3
FEW: Final = 10_000
"""What is deleted sooner than indexes are made again."""
MEMORY_NEEDED: Final = 4 * 1024**3
NAME: Final = "tests"
READY_SECONDS: Final = 60
PATIENT: Final = (
    "timeoutMS=20000&serverSelectionTimeoutMS=20000&waitQueueTimeoutMS=20000&connectTimeoutMS=10000&minPoolSize=0"
)
"""Options for tests that are not about time, since a machine that tests may be busy.

The driver leaves a socket open when it is closed while it fills its pool, so there is nothing to fill.
"""

OPTIONS: Final = (
    "--bind_ip=127.0.0.1",
    "--nounixsocket",
    "--wiredTigerCacheSizeGB=0.25",
    "--oplogSize=128",
    "--setParameter=diagnosticDataCollectionEnabled=false",
    "--setParameter=oplogNetworkTimeoutBufferSeconds=1",  # a follower of a hung member soon follows another
    "--setParameter=transactionLifetimeLimitSeconds=5",  # what a killed process left keeps a workspace locked so long
    "--setParameter=enableTestCommands=1",  # members can be told to be slow
    "--wiredTigerEngineConfigString=log=(prealloc=false,file_max=16MB)",
)


class NoMongod(Exception):
    """There is no mongod for this machine."""


@dataclass(frozen=True)
class Member:
    port: int
    pid: int
    folder: str


@dataclass(frozen=True)
class ReplicaSet:
    """`members` is empty when the set is somebody else's."""

    address: str
    members: tuple[Member, ...] = ()

    def url(self, database: str = "", options: str = "") -> str:
        parts = urlsplit(self.address)
        return urlunsplit(parts._replace(path=f"/{database}", query="&".join(filter(None, (parts.query, options)))))

    def primary(self) -> Member:
        """Wait for one, and tell who it is."""
        until = time.monotonic() + READY_SECONDS
        while time.monotonic() < until:
            for member in self.members:
                with MongoClient[dict[str, Any]](
                    "127.0.0.1", member.port, directConnection=True, timeoutMS=500
                ) as client:
                    try:
                        if client.admin.command("hello")["isWritablePrimary"]:
                            return member
                    except (ConnectionFailure, OperationFailure):
                        continue
            time.sleep(0.05)
        raise TimeoutError("the replica set has no primary")


def mongod() -> Path:
    package = importlib.util.find_spec("fiftyone")
    for folder in (package.submodule_search_locations or ()) if package else ():
        program = Path(folder) / "db" / "bin" / "mongod"
        if program.exists():
            return program
    raise NoMongod("no mongod is installed for this machine; set TEST_MONGODB_URL to a replica set that tests may use")


def started(folder: Path, owner: int) -> ReplicaSet:
    """The set of the run that `owner` is the first process of; `folder` is shared by that run's processes."""
    told = folder / "replica-set.json"
    with (folder / "replica-set.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not told.exists():
            _start_keeper(told, owner)
    facts = json.loads(told.read_text())
    return ReplicaSet(facts["address"], tuple(Member(**member) for member in facts["members"]))


def _start_keeper(told: Path, owner: int) -> None:
    log = told.with_suffix(".log")
    output = os.open(log, os.O_CREAT | os.O_WRONLY, 0o600)
    arguments = (sys.executable, __file__, str(told), str(owner), str(mongod()))
    files = [(os.POSIX_SPAWN_DUP2, output, 1), (os.POSIX_SPAWN_DUP2, output, 2)]
    keeper = os.posix_spawn(sys.executable, arguments, os.environ, file_actions=files, setsid=True)
    os.close(output)
    until = time.monotonic() + READY_SECONDS
    while not told.exists():
        if os.waitpid(keeper, os.WNOHANG) != (0, 0) or time.monotonic() > until:
            raise RuntimeError("the replica set did not start:\n" + log.read_text())
        time.sleep(0.05)


def keep(told: Path, owner: int, program: Path) -> None:
    """Run the members for as long as `owner` lives."""
    watched = os.pidfd_open(owner)
    folder = Path(tempfile.mkdtemp(prefix="taskmanager-mongod-", dir=_quick_folder()))
    ports = [_free_port() for _ in range(MEMBERS)]
    members = [start_member(program, folder / str(port), port) for port in ports]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    try:
        _initiate(ports)
        hosts = ",".join(f"127.0.0.1:{port}" for port in ports)
        facts = {
            "address": f"mongodb://{hosts}/?replicaSet={NAME}",
            "members": [
                {"port": port, "pid": member.pid, "folder": str(folder / str(port))}
                for port, member in zip(ports, members, strict=True)
            ],
        }
        unfinished = told.with_suffix(".unfinished")
        unfinished.write_text(json.dumps(facts))
        unfinished.replace(told)
        select.select([watched], [], [])
    finally:
        for member in members:
            member.kill()
            member.wait()
        shutil.rmtree(folder)


def start_member(program: Path, folder: Path, port: int) -> "subprocess.Popen[bytes]":
    """One member; a folder that has been in use is taken up again."""
    folder.mkdir(exist_ok=True)
    return subprocess.Popen(
        (program, f"--replSet={NAME}", f"--dbpath={folder}", f"--port={port}", f"--logpath={folder}/log", *OPTIONS),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )


def _initiate(ports: list[int]) -> None:
    """Quick elections, so that tests that take a member away need not wait long.

    Heartbeats have to come several times in that time: with the usual one in two seconds a primary whose followers
    have nothing to report takes them for dead, and steps down again.
    """
    members = [{"_id": number, "host": f"127.0.0.1:{port}"} for number, port in enumerate(ports)]
    settings = {"electionTimeoutMillis": 2000, "heartbeatIntervalMillis": 500}
    for port in ports[1:]:
        with MongoClient[dict[str, Any]]("127.0.0.1", port, directConnection=True) as client:
            client.admin.command("ping")
    with MongoClient[dict[str, Any]](
        "127.0.0.1", ports[0], directConnection=True, serverSelectionTimeoutMS=30_000
    ) as client:
        client.admin.command({"replSetInitiate": {"_id": NAME, "members": members, "settings": settings}})
        while not client.admin.command("hello")["isWritablePrimary"]:
            time.sleep(0.05)


def _quick_folder() -> Path | None:
    """Memory, where there is plenty: what is tested is the set's behaviour, not the disk's."""
    memory = Path("/dev/shm")  # noqa: S108 - of a folder of our own in it
    return memory if memory.is_dir() and shutil.disk_usage(memory).free > MEMORY_NEEDED else None


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def replica_set(tmp_path_factory: pytest.TempPathFactory) -> ReplicaSet:
    """One for the whole run: for all workers of it, when it has several."""
    if address := os.environ.get("TEST_MONGODB_URL"):
        return ReplicaSet(address)
    folder = tmp_path_factory.getbasetemp()
    is_worker = "PYTEST_XDIST_WORKER" in os.environ
    return started(folder.parent if is_worker else folder, os.getppid() if is_worker else os.getpid())


@pytest.fixture
def database(replica_set: ReplicaSet) -> Iterator[str]:
    """What the names of the test's own databases begin with. Indexes, which take long to make, may be there already."""
    name = f"test-{os.getpid()}"
    with emptied(replica_set, name):
        yield name


@contextmanager
def emptied(replica_set: ReplicaSet, name: str) -> Iterator[None]:
    """Databases whose names begin so are empty afterwards."""
    yield
    with MongoClient[dict[str, Any]](replica_set.url()) as client:
        for each in client.list_database_names():
            if each.startswith(name):
                _empty(client[each])


def _empty(database: Database[dict[str, Any]]) -> None:
    for name in database.list_collection_names():
        collection = database[name]
        if collection.estimated_document_count() > FEW:
            collection.drop()
        else:
            collection.delete_many({})


@pytest.fixture(scope="session", autouse=True)
def _tidy() -> Iterator[None]:
    """Leave nothing on a set that outlives the tests."""
    yield
    if address := os.environ.get("TEST_MONGODB_URL"):
        with MongoClient[dict[str, Any]](address) as client:
            for each in client.list_database_names():
                if each.startswith(f"test-{os.getpid()}"):
                    client.drop_database(each)


if __name__ == "__main__":
    keep(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
