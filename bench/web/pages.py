"""Page loads as Lighthouse's phone sees them: 4 times slower CPU, 1.6 Mbit/s, 150 ms, nothing kept from before."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final
from urllib.parse import urlsplit

HERE: Final = Path(__file__).parent
NPM: Final = (sys.executable, str(HERE.parents[1] / "scripts" / "web.py"), "npm", "--prefix", str(HERE))
PUBLIC: Final = ("/", "/sign-in", "/register")
APP: Final = (
    "/inbox",
    "/today",
    "/upcoming",
    "/all",
    "/all?layout=board",
    "/dashboard",
    "/projects",
    "/labels",
    "/trash",
    "/settings",
)


@dataclass(frozen=True)
class Budget:
    """What the medians of a page must keep; times in ms, `scripts` in bytes as sent."""

    fcp: float
    lcp: float
    tbt: float
    performance: int
    cls: float = 0.02
    accessibility: int = 100
    practices: int = 100


BUDGETS: Final = {
    True: Budget(fcp=1_000, lcp=1_500, tbt=300, performance=95),
    False: Budget(fcp=1_000, lcp=2_500, tbt=300, performance=90),
}
"""For public pages, and for those of the app."""


def install() -> None:
    """Lighthouse from its lock file, unless it is there."""
    if not (HERE / "node_modules" / "lighthouse").is_dir():
        subprocess.run([*NPM, "ci", "--no-audit", "--no-fund", "--ignore-scripts"], check=True)


def measure(
    url: str, browser: Callable[[str], AbstractContextManager[int]], paths: Sequence[str], rounds: int
) -> list[str]:
    """Load each page, print its medians, and tell the budgets that were missed.

    `browser` opens one for a path and gives the port on which it can be told what to do: each load has its own, since
    one that has shown a page before is busy with that at first.
    """
    print(
        f"{'page':20} {'FCP':>6} {'LCP':>6} {'TBT':>5} {'CLS':>6} {'JS kB':>6} {'all kB':>7}  perf · a11y · practices"
    )
    missed = []
    for path in paths:
        loads = [_load(url, browser, path) for _ in range(rounds)]
        found = {
            name: median(load[name] for load in loads) for name in ("fcp", "lcp", "tbt", "cls", "scripts", "bytes")
        }
        scores = {name: median(load["scores"][name] for load in loads) for name in loads[0]["scores"]}
        print(
            f"{path:20} {found['fcp']:6.0f} {found['lcp']:6.0f} {found['tbt']:5.0f} {found['cls']:6.3f} "
            f"{found['scripts'] / 1000:6.0f} {found['bytes'] / 1000:7.0f}  "
            f"{' · '.join(f'{score:.0f}' for score in scores.values())}",
            flush=True,
        )
        missed += [f"{path}: {what}" for what in _over(found, scores, BUDGETS[path in PUBLIC])]
        missed += [f"{path}: {title}" for title in sorted({title for load in loads for title in load["failing"]})]
    return missed


def _load(url: str, browser: Callable[[str], AbstractContextManager[int]], path: str) -> dict[str, Any]:
    with browser(path) as port:
        told = subprocess.run(
            [*NPM, "run", "--silent", "lighthouse", "--", str(port), url + path], stdout=subprocess.PIPE, check=False
        )
    if told.returncode:
        raise SystemExit("Lighthouse failed, see above")
    load: dict[str, Any] = json.loads(told.stdout)
    if urlsplit(load["shown"]).path != urlsplit(path).path:
        raise SystemExit(f"{path} led to {load['shown']}")
    return load


def _over(found: dict[str, float], scores: dict[str, float], budget: Budget) -> Iterator[str]:
    for name in ("fcp", "lcp", "tbt", "cls"):
        if found[name] > getattr(budget, name):
            yield f"{name.upper()} {found[name]:.3g} > {getattr(budget, name):g}"
    for name, score, least in zip(
        scores, scores.values(), (budget.performance, budget.accessibility, budget.practices), strict=True
    ):
        if score < least:
            yield f"{name} {score:.0f} < {least}"
