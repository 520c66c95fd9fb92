"""`taskmanager serve` as a process of its own, and people who talk to it."""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import IO, Final

import httpx

COMMAND: Final = (sys.executable, "-m", "taskmanager", "serve")
_ADDRESS: Final = re.compile(r"is at (http://\S+)")


def environment(folder: Path, settings: Mapping[str, str]) -> dict[str, str]:
    """Nothing of ours comes from outside; no limit stands in a test's way unless it asks for one."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith("TASKMANAGER_")}
    chosen = {"PORT": "0", "DATA_DIR": str(folder), "RATE_LIMIT": "off", "LOG_LEVEL": "warning"} | dict(settings)
    return outside | {f"TASKMANAGER_{name}": value for name, value in chosen.items()}


class Server:
    """One running process. `log` is what it has written to stdout, `said` to stderr."""

    def __init__(self, process: subprocess.Popen[str], log: Path) -> None:
        self.process = process
        self.said: list[str] = []
        self._log = log
        errors = process.stderr
        assert errors is not None
        self.url = self._address(errors)
        self._drain = threading.Thread(target=self.said.extend, args=(errors,), daemon=True)
        self._drain.start()

    @property
    def address(self) -> tuple[str, int]:
        url = httpx.URL(self.url)
        return url.host, url.port or 80

    @property
    def log(self) -> str:
        return self._log.read_text()

    def terminate(self) -> None:
        self.process.terminate()

    def ended(self, within: float) -> int:
        """The exit code; TimeoutExpired when it takes longer."""
        return self.process.wait(within)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._drain.join()
        if self.process.stderr is not None:
            self.process.stderr.close()

    def _address(self, errors: IO[str]) -> str:
        for line in errors:
            self.said.append(line)
            found = _ADDRESS.search(line)
            if found:
                return found[1]
        self.process.wait()
        raise AssertionError("the server did not start: " + "".join(self.said))


@contextmanager
def serving(folder: Path, *, command: Sequence[str] = COMMAND, **settings: str) -> Iterator[Server]:
    log = folder / "stdout.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            command, env=environment(folder, settings), stdout=out, stderr=subprocess.PIPE, text=True
        )
    server = Server(process, log)
    try:
        yield server
    finally:
        server.close()


def client(url: str = "http://testserver", transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    """A client that keeps no cookies: each request sends what its test gives it."""
    none = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
    # What was sent by one test may not come back as an answer in another: no more connections than one may need.
    limits = httpx.Limits(max_connections=60, max_keepalive_connections=20)
    return httpx.AsyncClient(base_url=url, transport=transport, cookies=none, timeout=30, limits=limits)
