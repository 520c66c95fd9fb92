"""Makes a fresh clone ready, and does nothing when it is: `prepare.py run | check | test`.

    run      .venv with the locked requirements, the package itself, the built web app
    check    .venv with the tools that check, the package itself, the web app's packages
    test     all of it, and what the tests need of the system: a Chromium, some libraries

Runs with the system's Python and nothing but its standard library. Several may run at once.
"""

import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import chromium
from stamps import ROOT, alone, digest, is_stamped, step

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
_LOCKS = {"run": ("run.txt", "build.txt"), "check": ("test.txt", "build.txt"), "test": ("test.txt", "build.txt")}

# What programs from PyPI, which the tests start, expect of the system: Playwright's driver, and mongod.
_LIBRARIES = {"libatomic.so.1": "libatomic1", "libcurl.so.4": "libcurl4"}


class CannotPrepare(Exception):
    """Something is missing that this program can't get by itself."""


def prepare(purpose: str) -> None:
    """Bring the checkout to the state that `make run`, `check` or `test` needs."""
    with alone("prepare"):
        _environment()
        _requirements(*(ROOT / "requirements" / name for name in _LOCKS[purpose]))
        _package()
    _run(PYTHON, ROOT / "scripts" / "web.py", "packages" if purpose == "check" else "app")
    if purpose == "test":
        _system()


def _environment() -> None:
    made = VENV / ".made"
    if made.exists() and os.access(PYTHON, os.X_OK):
        return
    if importlib.util.find_spec("ensurepip") is None:  # Debian ships it as a package of its own
        _install("python3-venv", otherwise="Python's venv module is missing; on Debian: apt-get install python3-venv")
    with step("Making .venv"):
        _run(sys.executable, "-m", "venv", "--clear", VENV)
    made.touch()


def _requirements(*locks: Path) -> None:
    # The stamp lies in .venv, so that whoever removes the one removes the other.
    stamp, state = VENV / f".has-{locks[0].stem}", digest(locks)
    if not is_stamped(stamp, state):
        with step("Installing the packages of " + " and ".join(lock.name for lock in locks)):
            _pip("--require-hashes", *(f"--requirement={lock}" for lock in locks))
        stamp.write_text(state, encoding="utf-8")


def _package() -> None:
    names = ("pyproject.toml", "hatch_build.py", "src/taskmanager/__init__.py")
    stamp, state = VENV / ".has-taskmanager", digest(ROOT / name for name in names)
    if not is_stamped(stamp, state):
        with step("Installing taskmanager itself"):
            _pip("--no-deps", "--no-build-isolation", f"--editable={ROOT}")
        stamp.write_text(state, encoding="utf-8")


def _system() -> None:
    """Install what the tests need of the system, or say what is missing.

    The rest of the suite is worth running without it; the tests that need it fail and say so.
    """
    wants_browser = not os.environ.get("TEST_WITHOUT_BROWSER") and chromium.find() is None
    missing = [package for library, package in _LIBRARIES.items() if not _loads(library)]
    if wants_browser or missing:
        packages = [*missing, *(["chromium"] if wants_browser else [])]
        with suppress(CannotPrepare):
            _install(*packages, otherwise="")
    if (wants_browser or os.environ.get("CI")) and shutil.which(chromium.SHELL) is None:
        with suppress(CannotPrepare):  # only to be faster; some systems have none
            _install(chromium.SHELL, otherwise="")
    for library, package in _LIBRARIES.items():
        if not _loads(library):
            print(f"{library} is missing: on Debian, sudo apt-get install {package}", file=sys.stderr)
    if wants_browser and chromium.find() is None:
        print(chromium.MISSING, file=sys.stderr)


def _loads(library: str) -> bool:
    if sys.platform != "linux":
        return True  # has these under other names, or not at all
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _install(*packages: str, otherwise: str) -> None:
    """Install Debian packages where this user may."""
    prefix = _as_root()
    if prefix is None or shutil.which("apt-get") is None:
        raise CannotPrepare(otherwise)
    apt = (*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq")
    with step(f"Installing the system's {', '.join(packages)}"):
        try:
            _run(*apt, "update", quiet=True)
            _run(*apt, "install", "--yes", "--no-install-recommends", *packages, quiet=True)
        except subprocess.CalledProcessError:
            raise CannotPrepare(otherwise) from None


def _as_root() -> tuple[str, ...] | None:
    if os.geteuid() == 0:
        return ()
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], check=False, stderr=subprocess.DEVNULL).returncode == 0:
        return (sudo, "-n")
    return None


def _pip(*arguments: str) -> None:
    _run(PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", *arguments)


def _run(*command: str | Path, quiet: bool = False) -> None:
    stdout = subprocess.DEVNULL if quiet else None
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=stdout)


def main(arguments: list[str]) -> None:
    """Prepare for the one purpose that the command line names."""
    if len(arguments) != 1 or arguments[0] not in _LOCKS:
        sys.exit(__doc__)
    try:
        prepare(arguments[0])
    except CannotPrepare as missing:
        sys.exit(str(missing))
    except subprocess.CalledProcessError as failure:
        sys.exit(f"That did not work: {' '.join(map(str, failure.cmd))}")


if __name__ == "__main__":
    main(sys.argv[1:])
