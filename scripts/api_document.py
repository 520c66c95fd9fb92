"""Keeps the web app's copy of the API document, and the types made from it, equal to the server's.

python scripts/api_document.py           write web/src/api/openapi.json and schema.ts
python scripts/api_document.py --check   tell whether they are what would be written
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import web
from stamps import ROOT

DOCUMENT = ROOT / "web" / "src" / "api" / "openapi.json"
TYPES = ROOT / "web" / "src" / "api" / "schema.ts"


def generate(folder: Path) -> tuple[Path, Path]:
    """Write both files into a folder."""
    document, types = folder / DOCUMENT.name, folder / TYPES.name
    server = [sys.executable, "-m", "taskmanager", "openapi"]
    document.write_bytes(subprocess.run(server, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
    # A field with a default may be left out of a request, so it is optional; answers have no defaults.
    options = ("--default-non-nullable=false", "--output", str(types))
    if web.npm("exec", "--silent", "--offline", "--", "openapi-typescript", str(document), *options):
        raise web.NodeFailed("the types could not be made")
    return document, types


def main(arguments: list[str]) -> int:
    """Write, or compare; 1 when they differ."""
    with tempfile.TemporaryDirectory() as folder:
        for made, kept in zip(generate(Path(folder)), (DOCUMENT, TYPES), strict=True):
            if arguments != ["--check"]:
                kept.write_bytes(made.read_bytes())
            elif not kept.exists() or made.read_bytes() != kept.read_bytes():
                print(f"{kept.relative_to(ROOT)} is not what the server says: make api")
                return 1
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (subprocess.CalledProcessError, web.NodeFailed) as failure:
        sys.exit(str(failure))
