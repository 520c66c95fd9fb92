"""Backups of the file: `taskmanager.storage.archive.Archive`."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial
from itertools import groupby, islice
from typing import Any, Final

import apsw
import msgspec

from taskmanager.accounts.model import Account, Picture, Session, SigningKey
from taskmanager.errors import EmailTaken, Exists
from taskmanager.storage.archive import (
    AccountRecord,
    ChangeRecord,
    CommitRecord,
    DocumentRecord,
    KeyRecord,
    PictureRecord,
    Record,
    SessionRecord,
    SigningKeyRecord,
    WorkspaceRecord,
)
from taskmanager.storage.refusals import BadBackup, NotEmpty
from taskmanager.storage.sqlite import commits
from taskmanager.storage.sqlite.accounts import add_account, add_picture, add_session, add_signing_key
from taskmanager.storage.sqlite.connection import fetch, fetch_row, fetch_value, meaning
from taskmanager.storage.sqlite.ids import packed, unpacked
from taskmanager.storage.sqlite.shelf import Shelf
from taskmanager.storage.zones import home_zone
from taskmanager.tasks.dates import stored_zone, zone
from taskmanager.tasks.model import WORKSPACE
from taskmanager.tasks.store import Keep, Key, Revision

_RECORDS_AT_A_TIME: Final = 100
_HEADS: Final = "SELECT ws, workspace_id, counter, nonce, floor_counter, floor_nonce FROM heads"
_NEXT_WORKSPACE: Final = f"{_HEADS} WHERE workspace_id > ? ORDER BY workspace_id LIMIT 1"
_THIS_WORKSPACE: Final = f"{_HEADS} WHERE workspace_id = ?"
_COMMITS: Final = (
    "SELECT c.counter, c.nonce, c.at, c.author, c.grp, h.kind, h.id, h.op, h.version, h.fields FROM commits AS c"
    " LEFT JOIN changes AS h ON h.ws = c.ws AND h.counter = c.counter WHERE c.ws = ? ORDER BY c.counter, h.item"
)
_KEYS: Final = (
    "SELECT account, text, fingerprint, receipt, counter, nonce, at FROM keys WHERE ws = ? ORDER BY account, text"
)


class SQLiteArchive:
    """`connect` gives a connection that may write."""

    def __init__(self, connect: Callable[[], apsw.Connection], shelves: Mapping[str, Shelf]) -> None:
        self._connect = connect
        self._shelves = dict(sorted(shelves.items()))

    def read(self) -> AsyncIterator[Sequence[Record]]:
        return self._batches(self._records)

    def workspace(self, workspace_id: str) -> AsyncIterator[Sequence[Record]]:
        return self._batches(partial(self._named, workspace_id))

    async def _batches(self, records: Callable[[apsw.Connection], Iterator[Record]]) -> AsyncIterator[Sequence[Record]]:
        try:
            with closing(await asyncio.to_thread(self._connect)) as connection:
                left = records(connection)
                while batch := await asyncio.to_thread(_take, left):
                    yield batch
        except apsw.Error as error:
            raise meaning(error) from error

    async def write(self, records: AsyncIterator[Sequence[Record]]) -> None:
        with closing(await asyncio.to_thread(self._connect)) as connection:
            filling = _Filling(connection, self._shelves)
            try:
                await asyncio.to_thread(filling.begin)
                async for batch in records:
                    await asyncio.to_thread(filling.add, batch)
                await asyncio.to_thread(filling.finish)
            except apsw.Error as error:
                raise meaning(error, connection) from error

    def _records(self, connection: apsw.Connection) -> Iterator[Record]:
        connection.execute("BEGIN")
        yield from _people(connection)
        connection.execute("COMMIT")
        last = ""
        while True:
            connection.execute("BEGIN")
            row = fetch_row(connection, _NEXT_WORKSPACE, (last,))
            if row is None:
                return
            yield from self._workspace(connection, *row)
            connection.execute("COMMIT")
            last = row[1]

    def _named(self, workspace_id: str, connection: apsw.Connection) -> Iterator[Record]:
        connection.execute("BEGIN")
        row = fetch_row(connection, _THIS_WORKSPACE, (workspace_id,))
        if row is not None:
            yield from self._workspace(connection, *row)
        connection.execute("COMMIT")

    def _workspace(self, connection: apsw.Connection, ws: int, workspace_id: str, *revisions: Any) -> Iterator[Record]:
        settings = f"SELECT body FROM {self._shelves[WORKSPACE.name].table} WHERE ws = ?"
        body = fetch_value(connection, settings, (ws,))
        head, floor = Revision(*revisions[:2]), Revision(*revisions[2:])
        home = home_zone(body).key if body else "UTC"
        yield WorkspaceRecord(id=workspace_id, revision=str(head), floor=str(floor), timezone=home)
        for name, shelf in self._shelves.items():
            bodies = connection.execute(f"SELECT body FROM {shelf.table} WHERE ws = ? ORDER BY id", (ws,))
            yield from (DocumentRecord(kind=name, body=msgspec.Raw(row[0])) for row in bodies)
        rows = connection.execute(_COMMITS, (ws,))
        yield from (_commit(commit, list(changes)) for commit, changes in groupby(rows, lambda row: row[:5]))
        yield from map(_key, connection.execute(_KEYS, (ws,)))


def _people(connection: apsw.Connection) -> Iterator[Record]:
    for row in connection.execute("SELECT body FROM accounts ORDER BY id"):
        yield AccountRecord(account=msgspec.json.decode(row[0], type=Account))
    for row in connection.execute("SELECT body FROM sessions ORDER BY id"):
        yield SessionRecord(session=msgspec.json.decode(row[0], type=Session))
    for row in connection.execute("SELECT body FROM signing_keys ORDER BY serial"):
        yield SigningKeyRecord(signing_key=msgspec.json.decode(row[0], type=SigningKey))
    pictures = connection.execute("SELECT digest, account, variant, body FROM pictures ORDER BY digest, variant")
    for (digest, account_id), files in groupby(pictures, lambda row: row[:2]):
        variants = {variant: body for *_, variant, body in files}
        yield PictureRecord(picture=Picture(digest=digest, account_id=account_id, variants=variants))


def _take(records: Iterator[Record]) -> list[Record]:
    return list(islice(records, _RECORDS_AT_A_TIME))


def _commit(commit: tuple[Any, ...], rows: list[tuple[Any, ...]]) -> CommitRecord:
    counter, nonce, at, by, group = commit
    changes = [
        ChangeRecord(kind=kind, id=unpacked(id_), op=op, version=version, fields=msgspec.Raw(fields))
        for *_, kind, id_, op, version, fields in rows
        if kind is not None
    ]
    return CommitRecord(revision=str(Revision(counter, nonce)), at=at, by=by, group=group, changes=changes)


def _key(row: tuple[Any, ...]) -> KeyRecord:
    account, text, fingerprint, receipt, counter, nonce, at = row
    revision = str(Revision(counter, nonce))
    return KeyRecord(account_id=account, text=text, fingerprint=fingerprint, receipt=receipt, revision=revision, at=at)


class _Filling:
    """One transaction that fills an empty file. Its indexes are built when all rows are there, which is far quicker."""

    def __init__(self, connection: apsw.Connection, shelves: Mapping[str, Shelf]) -> None:
        self._connection = connection
        self._shelves = shelves
        self._ws = 0
        self._workspace_id = ""
        self._home = zone("UTC")

    def begin(self) -> None:
        self._connection.execute("PRAGMA temp_store = FILE; BEGIN IMMEDIATE")
        for table in ("accounts", "sessions", "pictures", "heads"):
            if fetch(self._connection, f"SELECT 1 FROM {table} LIMIT 1"):
                raise NotEmpty(f"the store is not empty (it has {table}); a backup is restored into an empty one only")
        # A start makes a key; where there is no account it has signed nothing.
        self._connection.execute("DELETE FROM signing_keys")
        for shelf in self._shelves.values():
            for index in shelf.kind.indexes:
                self._connection.execute(shelf.drop_index(index.name))

    def add(self, records: Sequence[Record]) -> None:
        for record in records:
            try:
                self._add(record)
            except (ValueError, KeyError, Exists, EmailTaken, apsw.ConstraintError) as error:
                raise BadBackup(f"a record of the backup can't be: {error!r}") from error

    def finish(self) -> None:
        for shelf in self._shelves.values():
            for index in shelf.kind.indexes:
                self._connection.execute(shelf.create_index(index))
        self._connection.execute("COMMIT")

    def _add(self, record: Record) -> None:
        match record:
            case AccountRecord():
                add_account(self._connection, record.account)
            case SessionRecord():
                add_session(self._connection, record.session)
            case SigningKeyRecord():
                add_signing_key(self._connection, record.signing_key)
            case PictureRecord():
                add_picture(self._connection, record.picture)
            case WorkspaceRecord():
                self._begin_workspace(record)
            case DocumentRecord():
                self._add_document(record)
            case CommitRecord():
                self._add_commit(record)
            case KeyRecord():
                self._add_key(record)

    def _begin_workspace(self, record: WorkspaceRecord) -> None:
        revision, floor = _revision(record.revision), _revision(record.floor)
        self._home = stored_zone(record.timezone, zone("UTC"))
        self._workspace_id = record.id
        self._ws = fetch_value(
            self._connection,
            "INSERT INTO heads (workspace_id, counter, nonce, floor_counter, floor_nonce) VALUES (?, ?, ?, ?, ?)"
            " RETURNING ws",
            (record.id, revision.counter, revision.nonce, floor.counter, floor.nonce),
        )

    def _add_document(self, record: DocumentRecord) -> None:
        shelf, body = self._shelves[record.kind], bytes(record.body)
        document = shelf.kind.decode(body)
        if document.workspace_id != self._workspace_id:
            message = f"{record.kind} {document.id} is of another workspace"
            raise ValueError(message)
        columns = shelf.values(shelf.kind.derive(document, self._home))
        self._connection.execute(shelf.insert, (self._ws, packed(document.id), document.version, body, *columns))
        if not self._connection.changes():
            raise Exists(f"{record.kind} {document.id}")

    def _add_commit(self, record: CommitRecord) -> None:
        changes = tuple(
            (change.kind, packed(change.id), change.op, change.version, bytes(change.fields))
            for change in record.changes
        )
        entry = commits.Entry(_revision(record.revision), record.at, record.by, record.group, changes)
        commits.add_entry(self._connection, self._ws, entry)

    def _add_key(self, record: KeyRecord) -> None:
        keep = Keep(Key(record.account_id, record.text, record.fingerprint), record.receipt)
        commits.add_key(self._connection, self._ws, _revision(record.revision), keep, record.at)


def _revision(text: str) -> Revision:
    revision = Revision.parse(text)
    if revision is None:
        message = f"{text[:60]!r} is no revision"
        raise ValueError(message)
    return revision
