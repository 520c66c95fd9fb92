"""The archive: the only room with a database driver in it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol

from taskmanager.accounts.store import AccountStore
from taskmanager.schedule import Schedule
from taskmanager.storage.archive import Archive
from taskmanager.storage.findings import Finding
from taskmanager.storage.refusals import BadBackup, CannotOpen, CannotWrite, NotEmpty, Refusal
from taskmanager.storage.sqlite import open_sqlite
from taskmanager.storage.watched import ExplainingStore

__all__ = ["BadBackup", "CannotOpen", "CannotWrite", "NotEmpty", "Refusal", "Storage", "open_storage"]


class Storage(Protocol):
    """Everything the house keeps, behind the protocols of those who need it."""

    @property
    def workspaces(self) -> ExplainingStore: ...
    @property
    def accounts(self) -> AccountStore: ...
    @property
    def jobs(self) -> Schedule: ...
    @property
    def archive(self) -> Archive: ...

    async def ping(self) -> None:
        """`Unavailable` unless the store answers now."""

    def examine(self) -> AsyncIterator[Finding]:
        """What is right and what is wrong with it, for whoever runs it."""

    async def close(self) -> None:
        """Finish what was begun; after this nothing works any more."""


async def open_storage(url: str, data_dir: Path, *, prepare: bool = True, unfinished: bool = False) -> Storage:
    """The store that `url` names; empty: SQLite in `data_dir`. `CannotOpen` says in one line what is wrong.

    `prepare` brings its schema and indexes up to date; without it, a store that is not up to date can't be opened.
    One in which a restore was broken off is opened only with `unfinished`, to be restored again.
    """
    if not url:
        return await open_sqlite(data_dir / "taskmanager.db", prepare=prepare)
    scheme = url.partition(":")[0]
    if scheme in {"mongodb", "mongodb+srv"}:
        from taskmanager.storage.mongo import open_mongo  # noqa: PLC0415 - who has no MongoDB need not load its driver

        return await open_mongo(url, prepare=prepare, unfinished=unfinished)
    raise CannotOpen(f"there is no store for {scheme!r} addresses; leave STORAGE_URL empty for SQLite")
