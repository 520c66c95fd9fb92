"""The secret key that nobody gave: made on the first start, kept beside the data."""

import os
import secrets
from pathlib import Path
from tempfile import NamedTemporaryFile

from taskmanager.settings.reading import WrongSetting


def keep_secret_key(data_dir: Path) -> bytes:
    """Read the kept key, or make it; processes that start together get the same one."""
    path = data_dir / "secret_key"
    try:
        if not path.exists():
            _make(path)
        path.chmod(0o600)
        key = path.read_bytes().strip()
    except OSError as failure:
        raise WrongSetting(
            f"TASKMANAGER_DATA_DIR={str(data_dir)!r} cannot be used: {failure.filename or path}: {failure.strerror}"
        ) from None
    if not key:
        raise WrongSetting(f"{path} is empty; restore it from a backup, or set TASKMANAGER_SECRET_KEY")
    return key


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # A link to a complete file appears at once and whole, or not at all if another was faster.
    with NamedTemporaryFile(dir=path.parent, prefix=".secret_key.") as draft:
        draft.write(secrets.token_urlsafe(48).encode())
        draft.flush()
        os.fsync(draft.fileno())
        try:
            os.link(draft.name, path)
        except FileExistsError:
            return
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
