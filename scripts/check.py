"""Runs every check, tells each one's time, and shows what the failing ones said."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from stamps import ROOT

_BIN = Path(sys.executable).parent

# The slowest first: two run at a time.
CHECKS: tuple[tuple[str, list[str | Path]], ...] = (
    ("types", [_BIN / "mypy"]),
    ("web lint", [sys.executable, "scripts/web.py", "npm", "run", "--silent", "lint"]),
    ("web types", [sys.executable, "scripts/web.py", "npm", "run", "--silent", "typecheck"]),
    ("API document", [sys.executable, "scripts/api_document.py", "--check"]),
    ("imports", [_BIN / "lint-imports", "--cache-dir", ".cache/import-linter"]),
    ("lint", [_BIN / "ruff", "check", "--output-format=concise"]),
    ("format", [_BIN / "ruff", "format", "--check", "--output-format=concise"]),
    ("budgets", [sys.executable, "scripts/budgets.py"]),
    ("documents", [sys.executable, "scripts/documents.py"]),
)
_SAYS_FIGURES = {"budgets"}


def check(name: str, command: list[str | Path]) -> bool:
    """Run one check; its output is shown when it fails."""
    began = time.monotonic()
    done = subprocess.run(
        command,
        cwd=ROOT,
        check=False,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    passed = done.returncode == 0
    said = f"\n{done.stdout.rstrip()}" if not passed or name in _SAYS_FIGURES else ""
    print(f"{'ok' if passed else 'FAILED':7}{name:14}{time.monotonic() - began:5.1f} s{said}", flush=True)
    return passed


def main() -> int:
    """Run them all; 1 when any fails."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        passed = list(pool.map(lambda each: check(*each), CHECKS))
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
