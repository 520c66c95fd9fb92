"""What has been done already, so that it is not done again."""

import fcntl
import hashlib
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def digest(paths: Iterable[Path]) -> str:
    """Sum up the names and contents of files in this checkout."""
    total = hashlib.sha256()
    for path in paths:
        content = path.read_bytes()
        total.update(f"{path.relative_to(ROOT)}\0{len(content)}\0".encode() + content)
    return total.hexdigest()


def is_stamped(stamp: Path, state: str) -> bool:
    """Tell whether the stamp vouches for exactly this state."""
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == state


@contextmanager
def alone(name: str) -> Iterator[None]:
    """Let one process at a time do this in this checkout; others wait."""
    folder = ROOT / ".make"
    folder.mkdir(exist_ok=True)
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def step(label: str) -> Iterator[None]:
    """Say what is being done, and how long it took."""
    began = time.monotonic()
    print(f"{label} ...", file=sys.stderr, flush=True)
    yield
    print(f"{label}: done in {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
