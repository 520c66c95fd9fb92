"""Runs the whole suite, the web app's unit tests first; arguments go to pytest, and then it runs alone."""

import os
import subprocess
import sys
from pathlib import Path

import web
from stamps import ROOT

# One more than there are cores: tests wait for browsers and databases a good part of their time.
_WORKERS = min(4, (os.cpu_count() or 1) + 1)
_PYTEST = (sys.executable, "-m", "pytest", f"--numprocesses={_WORKERS}", "--dist=worksteal")


def main(arguments: list[str]) -> int:
    """Tell 0 when everything passed."""
    units = 0 if arguments else web.npm("test")
    suite = subprocess.run([*_PYTEST, *arguments], cwd=ROOT, check=False).returncode
    if units:
        print(f"the unit tests of {Path('web')} failed, see above", file=sys.stderr)
    return suite or units


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
