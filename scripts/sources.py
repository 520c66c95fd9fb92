"""The files of this project: what git tracks, or would if it were added."""

import subprocess
from pathlib import Path

from stamps import ROOT


def files(*suffixes: str) -> list[Path]:
    """List the files that end like this, relative to the project's root."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    paths = (Path(name) for name in sorted(set(listed.split("\0"))) if name.endswith(suffixes))
    return [path for path in paths if (ROOT / path).is_file()]
