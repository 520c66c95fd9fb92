"""How fast the API answers: each route's latency on one account, over real HTTP, on the embedded store.

    python bench/api.py [--tasks 50000] [--rounds 200]

States load, data, commit and machine; fails when a bound of the design is missed.
"""

import argparse
import http.client
import json
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Final
from urllib.parse import urlencode

STATUSES: Final = ("done", "todo")
EMAIL: Final = "bench@example.org"
PASSWORD: Final = "a long enough secret"  # noqa: S105 - of an account that lives as long as this run
BOUND_MS: Final = {"search": 50.0}
"""p95 in ms that a group of routes must not exceed."""


class Client:
    """One kept-alive connection, signed in."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._headers = {"Content-Type": "application/json"}
        answer = self.ask("POST", "/api/auth/login", {"email": EMAIL, "password": PASSWORD})
        self._headers["Authorization"] = f"Bearer {answer['access_token']}"

    def ask(self, method: str, path: str, body: object = None) -> Any:
        raw = None if body is None else json.dumps(body)
        self._connection.request(method, path, raw, self._headers)
        response = self._connection.getresponse()
        content = response.read()
        if response.status >= 300:
            raise SystemExit(f"{method} {path}: {response.status} {content[:300]!r}")
        return json.loads(content) if content else None


def scenarios(client: Client) -> Iterator[tuple[str, Callable[[], object]]]:
    rng = random.Random(7)  # noqa: S311 - choices for a measurement
    lists = {
        "list: newest": {},
        "list: open by due": {"status": "open", "sort": "due"},
        "list: overdue": {"overdue": "true"},
        "list: by position": {"sort": "position"},
        "list: high, urgent": {"priority": "high,urgent"},
        "search: one word": {"q": "balcony"},
        "search: first letters": {"q": "pl"},
        "search: longer prefix": {"q": "insur"},
        "search: two words": {"q": "plant tomatoes"},
        "search: rare pair": {"q": "measure imprint"},
        "search: nothing": {"q": "zzzz"},
    }
    for name, query in lists.items():
        path = "/api/tasks?" + urlencode(query)
        yield name, partial(client.ask, "GET", path)
    cursor = None
    for _ in range(100):
        query = {"limit": "200"} | ({"cursor": cursor} if cursor else {})
        cursor = client.ask("GET", "/api/tasks?" + urlencode(query))["next_cursor"]
    deep = "/api/tasks?" + urlencode({"limit": "200", "cursor": cursor})
    yield "list: 20,000 deep, 200 items", partial(client.ask, "GET", deep)
    ids = [task["id"] for task in client.ask("GET", "/api/tasks?limit=200")["items"]]
    yield "read one", lambda: client.ask("GET", f"/api/tasks/{rng.choice(ids)}")
    yield "stats", lambda: client.ask("GET", "/api/tasks/stats")
    due = {"date": "2026-12-01"}
    yield "create", lambda: client.ask("POST", "/api/tasks", {"title": f"Measured {rng.random()}", "due": due})
    yield "check off", lambda: client.ask("PATCH", f"/api/tasks/{rng.choice(ids)}", {"status": rng.choice(STATUSES)})


def measure(ask: Callable[[], object], rounds: int) -> list[float]:
    for _ in range(10):
        ask()
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        ask()
        times.append((time.perf_counter() - started) * 1000)
    return times


@contextmanager
def server(tasks: int) -> Iterator[int]:
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {
            "TASKMANAGER_DATA_DIR": folder,
            "TASKMANAGER_PORT": "0",
            "TASKMANAGER_RATE_LIMIT": "off",
            "TASKMANAGER_LOG_LEVEL": "warning",
        }
        command = [sys.executable, "-m", "taskmanager"]
        demo = [*command, "demo", "--tasks", str(tasks), "--email", EMAIL, "--password", PASSWORD]
        subprocess.run(demo, env=environment, check=True, stdout=subprocess.DEVNULL)
        process = subprocess.Popen([*command, "serve"], env=environment, stderr=subprocess.PIPE, text=True)
        try:
            assert process.stderr is not None
            yield int(process.stderr.readline().split("http://127.0.0.1:")[1].split()[0])
        finally:
            process.terminate()
            process.wait(30)


def conditions() -> str:
    """The commit and the machine, as every measurement states them."""
    root = Path(__file__).parent.parent
    commit = subprocess.check_output(["git", "rev-parse", "--short", "HEAD"], cwd=root, text=True).strip()
    machine = f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    return f"commit {commit} · {machine} · Python {platform.python_version()}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=200)
    asked = parser.parse_args()
    print(conditions())
    print(f"one account with {asked.tasks:,} tasks, one client, {asked.rounds} requests a route, SQLite\n")
    print(f"{'route':32} {'p50 ms':>8} {'p95 ms':>8} {'max ms':>8}")
    missed = []
    with server(asked.tasks) as port:
        for name, ask in scenarios(Client(port)):
            times = measure(ask, asked.rounds)
            p95 = quantiles(times, n=20)[-1]
            print(f"{name:32} {median(times):8.2f} {p95:8.2f} {max(times):8.2f}", flush=True)
            bound = BOUND_MS.get(name.partition(":")[0])
            if bound is not None and p95 > bound:
                missed.append(f"{name}: p95 {p95:.1f} ms > {bound:.0f} ms")
    print("\n".join(["", *missed]) if missed else "\nevery bound is met")
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main())
