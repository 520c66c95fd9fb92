"""Renews requirements/*.txt from pyproject.toml: every version pinned, every file by its hash, no address.

The resolver gets an environment of its own, because nothing in the project needs it.
"""

import os
import subprocess
import sys

from stamps import ROOT, step

_RESOLVER = "uv==0.13.9"
_ENVIRONMENT = ROOT / ".cache" / "resolver"
_SHAPE = ("--universal", "--python-version=3.11", "--generate-hashes", "--no-header", "--quiet")
_NO_ADDRESS = ("--no-emit-index-url", "--no-emit-find-links", "--no-config")
_LOCKS = (
    ("run.txt", ("pyproject.toml",)),
    ("test.txt", ("pyproject.toml", "--group=test", "--constraints=requirements/run.txt")),
    ("build.txt", ("--group=pyproject.toml:build", "--constraints=requirements/test.txt")),
)


def main(arguments: list[str]) -> None:
    """Resolve each file; arguments such as --upgrade go to the resolver."""
    uv = _ENVIRONMENT / "bin" / "uv"
    if not uv.exists():
        with step("Installing the resolver"):
            subprocess.run([sys.executable, "-m", "venv", _ENVIRONMENT], check=True)
            subprocess.run([_ENVIRONMENT / "bin" / "pip", "install", "--quiet", _RESOLVER], check=True)
    for name, sources in _LOCKS:
        output = f"--output-file=requirements/{name}"
        command = [uv, "pip", "compile", *_SHAPE, *_NO_ADDRESS, *sources, output, *arguments]
        # The resolver's own configuration must not decide what everybody installs.
        environment = {name: text for name, text in os.environ.items() if not name.startswith("UV_")}
        subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main(sys.argv[1:])
