"""What a page of 50 tasks costs one core, by where it comes from: the store, Redis, or the process's own memory.

    python bench/cache.py [--requests 4000] [--storage-url mongodb://…] [--redis-url redis://…]

States the server's CPU time per request, and what that makes in requests a second on one core: unlike the clock on the
wall, it hardly depends on what else the machine does. `--profile` prints where the time goes, instead.
"""

import argparse
import asyncio
import cProfile
import json
import os
import pstats
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

CONNECTIONS: Final = 16
ROUNDS: Final = 7
TICK: Final = 1 / os.sysconf("SC_CLK_TCK")
PASSWORD: Final = "a long enough secret"  # noqa: S105 - of an account that lives as long as this run


def serve(near: bool, profile: str) -> None:  # noqa: FBT001 - a figure's one condition
    """Be the server, without memory of its own unless `near`."""
    from taskmanager import cli  # noqa: PLC0415 - only the server needs it
    from taskmanager.storage.cached import Near  # noqa: PLC0415 - the same

    if not near:
        Near.get = lambda _near, _key, _revision: None  # type: ignore[method-assign,assignment]  # what is measured
    if not profile:
        cli.main(["serve"])
    profiler = cProfile.Profile()
    try:
        profiler.runcall(cli.main, ["serve"])
    finally:
        profiler.dump_stats(profile)


@contextmanager
def server(folder: str, settings: dict[str, str], *, near: bool, profile: str = "") -> Iterator[tuple[int, int]]:
    """Its process id and port."""
    defaults = {"DATA_DIR": folder, "PORT": "0", "RATE_LIMIT": "off", "LOG_LEVEL": "warning"}
    environment = os.environ | {f"TASKMANAGER_{name}": value for name, value in (defaults | settings).items()}
    command = [sys.executable, __file__, "--serve", "near" if near else "far", "--profile-to", profile]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    try:
        assert process.stderr is not None
        yield process.pid, int(process.stderr.readline().split("http://127.0.0.1:")[1].split()[0])
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def ask(port: int, path: str, body: object, token: str = "") -> Any:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", json.dumps(body).encode())
    request.add_header("Content-Type", "application/json")
    request.add_header("Authorization", f"Bearer {token}")
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own
        return json.load(answer)


def person(port: int) -> str:
    """The access token of somebody with 200 tasks."""
    form = {"email": f"{os.urandom(8).hex()}@example.org", "password": PASSWORD, "name": "Ada"}
    token: str = ask(port, "/api/auth/register", form)["access_token"]
    operations = [
        {"op": "create", "task": {"title": f"Water plant {n}", "description": "With a can. " * 10}} for n in range(200)
    ]
    ask(port, "/api/tasks/batch", {"operations": operations}, token)
    return token


async def load(port: int, token: str, requests: int) -> int:
    """Bytes answered."""
    asked = f"GET /api/tasks HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n\r\n".encode()

    async def one() -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        total = 0
        for _ in range(requests // CONNECTIONS):
            writer.write(asked)
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise SystemExit(head.decode())
            length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
            total += len(await reader.readexactly(length))
        writer.close()
        return total

    return sum(await asyncio.gather(*(one() for _ in range(CONNECTIONS))))


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK


def measure(settings: dict[str, str], requests: int, *, near: bool) -> tuple[float, float]:
    """CPU microseconds per request, and requests a second by the clock, each in the best of some rounds."""
    cpu, clock = [], []
    with tempfile.TemporaryDirectory() as folder, server(folder, settings, near=near) as (pid, port):
        token = person(port)
        for _ in range(ROUNDS):
            started, spent = time.perf_counter(), cpu_seconds(pid)
            asyncio.run(load(port, token, requests))
            cpu.append((cpu_seconds(pid) - spent) / requests * 1e6)
            clock.append(requests / (time.perf_counter() - started))
    return min(cpu), max(clock)


def profiled(settings: dict[str, str], requests: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        where = str(Path(folder) / "profile")
        with server(folder, settings, near=True, profile=where) as (_, port):
            asyncio.run(load(port, person(port), requests))
        pstats.Stats(where).sort_stats("tottime").print_stats(40)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=1_000)
    parser.add_argument("--storage-url", default="")
    parser.add_argument("--redis-url", default="")
    parser.add_argument("--log-level", default="info")
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--serve", choices=["near", "far"], help=argparse.SUPPRESS)
    parser.add_argument("--profile-to", default="", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.serve:
        serve(asked.serve == "near", asked.profile_to)
        return
    settings = {"STORAGE_URL": asked.storage_url, "LOG_LEVEL": asked.log_level}
    if asked.profile:
        profiled(settings, asked.requests)
        return
    far = settings | {"REDIS_URL": asked.redis_url}
    limited = {"RATE_LIMIT": "1000000/second"}
    variants = {"the store": (settings, False), "its own memory": (settings, True)}
    variants["its own memory, requests counted"] = (settings | limited, True)
    if asked.redis_url:
        variants["Redis"] = (far, False)
        variants["its own memory, requests counted in Redis"] = (far | limited, True)
    print(f"{'a page of 50 tasks from':44} {'µs CPU':>8} {'a core':>10} {'by the clock':>14}")
    for name, (chosen, near) in variants.items():
        cpu, clock = measure(chosen, asked.requests, near=near)
        print(f"{name:44} {cpu:8.0f} {1e6 / cpu:8,.0f}/s {clock:12,.0f}/s", flush=True)


if __name__ == "__main__":
    main()
