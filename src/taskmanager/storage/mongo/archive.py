"""Backups of the database: `taskmanager.storage.archive.Archive`.

Each workspace is read at one moment of the server's, in a snapshot session, which the server keeps for some minutes;
people are read page by page. Filling is more than one transaction can hold; a mark in `meta` stands while it goes on:
nothing is served from what an attempt left that was broken off, and the next one clears it.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

import msgspec
import pymongo
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.cursor import AsyncCursor
from pymongo.errors import BulkWriteError

from taskmanager.accounts.model import Account, Picture, Session, SigningKey
from taskmanager.storage import archive
from taskmanager.storage.archive import (
    AccountRecord,
    ChangeRecord,
    CommitRecord,
    DocumentRecord,
    KeyRecord,
    PictureRecord,
    SessionRecord,
    SigningKeyRecord,
    WorkspaceRecord,
)
from taskmanager.storage.mongo import indexes
from taskmanager.storage.mongo.accounts import account_record, picture_record, session_record, signing_key_record
from taskmanager.storage.mongo.calls import LONG_SECONDS, told
from taskmanager.storage.mongo.connection import Client, Database, Record
from taskmanager.storage.mongo.heads import ERASING
from taskmanager.storage.mongo.indexes import META, RECORDS
from taskmanager.storage.mongo.orders import Entry, head_record, key_record
from taskmanager.storage.mongo.records import (
    COMMIT,
    KEY,
    LONGER_THAN_HEADS,
    Shelf,
    of_kind,
    packed,
    tag,
    unpacked,
)
from taskmanager.storage.refusals import BadBackup, CannotOpen, NotEmpty
from taskmanager.storage.zones import home_zone
from taskmanager.tasks.dates import stored_zone, zone
from taskmanager.tasks.model import WORKSPACE
from taskmanager.tasks.store import Keep, Key, Revision

_AT_A_TIME: Final = 200
_KEYS: Final = "signing_keys"
_FILLED: Final = (RECORDS, "accounts", "sessions", "pictures", _KEYS)
_MARK: Final = {"_id": "restoring"}


class MongoArchive:
    def __init__(self, client: Client, database: Database, shelves: Mapping[str, Shelf]) -> None:
        self._client = client
        self._database = database
        self._records = database[RECORDS]
        self._shelves = dict(sorted(shelves.items()))

    async def read(self) -> AsyncIterator[Sequence[archive.Record]]:
        with told():
            async for people in self._people():
                yield people
            last = b""
            while True:
                async with self._client.start_session(snapshot=True) as session:
                    heads = {"_id": {"$gt": last, "$lt": LONGER_THAN_HEADS}, "counter": {"$ne": ERASING}}
                    found = await _some(self._records.find(heads, session=session).sort("_id").limit(1), 1)
                    if not found:
                        return
                    last = found[0]["_id"]
                    async for records in self._workspace(found[0], session):
                        yield records

    async def workspace(self, workspace_id: str) -> AsyncIterator[Sequence[archive.Record]]:
        with told():
            async with self._client.start_session(snapshot=True) as session:
                one = {"_id": packed(workspace_id), "counter": {"$ne": ERASING}}
                head = await self._records.find_one(one, session=session)
                if head is not None:
                    async for records in self._workspace(head, session):
                        yield records

    async def _people(self) -> AsyncIterator[list[archive.Record]]:
        async for some in self._paged("accounts"):
            yield [AccountRecord(account=msgspec.json.decode(each["body"], type=Account)) for each in some]
        async for some in self._paged("sessions"):
            yield [SessionRecord(session=msgspec.json.decode(each["body"], type=Session)) for each in some]
        async for some in self._paged(_KEYS):
            yield [SigningKeyRecord(signing_key=msgspec.json.decode(each["body"], type=SigningKey)) for each in some]
        async for some in self._paged("pictures"):
            yield list(map(_picture, some))

    async def _paged(self, collection: str) -> AsyncIterator[list[Record]]:
        """Millions of people take longer than a snapshot lasts; each of their records stands alone."""
        beyond: Record = {}
        while some := await _some(self._database[collection].find(beyond).sort("_id").limit(_AT_A_TIME), _AT_A_TIME):
            yield some
            beyond = {"_id": {"$gt": some[-1]["_id"]}}

    async def _workspace(self, head: Record, session: AsyncClientSession) -> AsyncIterator[list[archive.Record]]:
        ws: bytes = head["_id"]
        own = {"_id": ws + tag(WORKSPACE.name) + ws, "ws": ws}
        settings = next(iter(await _some(self._records.find(own, session=session), 1)), None)
        yield [
            WorkspaceRecord(
                id=unpacked(ws),
                revision=str(Revision(head["counter"], head["nonce"])),
                floor=str(Revision(head["floor_counter"], head["floor_nonce"])),
                timezone=home_zone(settings["body"]).key if settings else "UTC",
            )
        ]
        for kind in self._shelves:
            async for some in self._sorted({"_id": of_kind(ws, kind), "ws": ws}, session):
                yield [DocumentRecord(kind=kind, body=msgspec.Raw(each["body"])) for each in some]
        parts: list[Record] = []
        async for some in self._sorted({"_id": of_kind(ws, COMMIT), "ws": ws}, session):
            parts += some
            last = parts[-1]["counter"]  # of which more parts may follow
            yield _commits([part for part in parts if part["counter"] != last])
            parts = [part for part in parts if part["counter"] == last]
        yield _commits(parts)
        keys = [key async for some in self._sorted({"_id": of_kind(ws, KEY), "ws": ws}, session) for key in some]
        yield [_key(each) for each in sorted(keys, key=itemgetter("account", "text"))]

    async def _sorted(self, filter_: Record, session: AsyncClientSession) -> AsyncIterator[list[Record]]:
        async with self._records.find(filter_, session=session, batch_size=_AT_A_TIME).sort("_id") as found:
            while some := await _some(found, _AT_A_TIME):
                yield some

    async def write(self, records: AsyncIterator[Sequence[archive.Record]]) -> None:
        with told():
            with pymongo.timeout(LONG_SECONDS):
                await self._begin()
            filling = _Filling(self._database, self._shelves)
            try:
                async for some in records:
                    with pymongo.timeout(LONG_SECONDS):
                        await filling.add(some)
                with pymongo.timeout(indexes.SECONDS):
                    await self._index()
            except BaseException:
                with pymongo.timeout(LONG_SECONDS):
                    await self._clear()
                raise
            await self._database[META].delete_one(_MARK)

    async def _begin(self) -> None:
        if await self._database[META].find_one(_MARK):
            await self._clear()
        for name in _FILLED:
            if name != _KEYS and await self._database[name].find_one({}, {"_id": 1}):
                raise NotEmpty(f"the store is not empty (it has {name}); a backup is restored into an empty one only")
        await self._database[META].insert_one(dict(_MARK))
        # A start makes a key; where there is no account it has signed nothing.
        await self._database[_KEYS].delete_many({})
        await indexes.take_away(self._database, list(self._shelves.values()))

    async def _index(self) -> None:
        shelves = list(self._shelves.values())
        await indexes.make(self._database, shelves, shelves)

    async def _clear(self) -> None:
        """Collections are dropped, which takes no time; but where they are spread over shards, that would be lost."""
        spread = self._client.topology_description.topology_type_name == "Sharded"
        for name in _FILLED:
            await (self._database[name].delete_many({}) if spread else self._database[name].drop())
        await self._index()
        await self._database[META].delete_one(_MARK)


async def refuse_half_restored(database: Database) -> None:
    if await database[META].find_one(_MARK):
        raise CannotOpen("a restore into this database was not finished; run taskmanager restore again")


async def _some(found: AsyncCursor[Record], most: int) -> list[Record]:
    """No request waits for it."""
    with pymongo.timeout(LONG_SECONDS):
        return await found.to_list(most)


class _Filling:
    def __init__(self, database: Database, shelves: Mapping[str, Shelf]) -> None:
        self._database = database
        self._shelves = shelves
        self._ws = b""
        self._workspace_id = ""
        self._home = zone("UTC")

    async def add(self, records: Sequence[archive.Record]) -> None:
        made: dict[str, list[Record]] = {name: [] for name in _FILLED}
        try:
            for record in records:
                for collection, each in self._made(record):
                    made[collection].append(each)
            for collection, some in made.items():
                if some:
                    await self._database[collection].insert_many(some, ordered=False)
        except (ValueError, KeyError, BulkWriteError) as error:
            raise BadBackup(f"a record of the backup can't be: {error!r}") from error

    def _made(self, record: archive.Record) -> list[tuple[str, Record]]:
        match record:
            case AccountRecord(account=account):
                return [("accounts", account_record(account))]
            case SessionRecord(session=session):
                return [("sessions", session_record(session))]
            case SigningKeyRecord(signing_key=key):
                return [(_KEYS, signing_key_record(key))]
            case PictureRecord(picture=picture):
                return [("pictures", picture_record(picture))]
            case _:
                return [(RECORDS, each) for each in self._of_workspace(record)]

    def _of_workspace(self, record: WorkspaceRecord | DocumentRecord | CommitRecord | KeyRecord) -> Iterable[Record]:
        match record:
            case WorkspaceRecord():
                self._ws, self._workspace_id = packed(record.id), record.id
                self._home = stored_zone(record.timezone, zone("UTC"))
                return [head_record(self._ws, _revision(record.revision), _revision(record.floor))]
            case DocumentRecord():
                return [self._document(record)]
            case CommitRecord():
                return self._entry(record).records(self._ws)
            case KeyRecord():
                keep = Keep(Key(record.account_id, record.text, record.fingerprint), record.receipt)
                return [key_record(self._ws, keep, _revision(record.revision), record.at)]

    def _document(self, record: DocumentRecord) -> Record:
        shelf = self._shelves[record.kind]
        document = shelf.kind.decode(bytes(record.body))
        if document.workspace_id != self._workspace_id:
            message = f"{record.kind} {document.id} is of another workspace"
            raise ValueError(message)
        made = shelf.record(self._ws, document, shelf.kind.derive(document, self._home))
        return made | {"body": bytes(record.body)}

    @staticmethod
    def _entry(record: CommitRecord) -> Entry:
        changes: list[dict[str, Any]] = [
            {
                "of": tag(change.kind) + packed(change.id),
                "kind": change.kind,
                "id": packed(change.id),
                "op": change.op,
                "version": change.version,
                "fields": bytes(change.fields),
            }
            for change in record.changes
        ]
        return Entry(_revision(record.revision), record.at, record.by, record.group, changes)


def _picture(record: Record) -> PictureRecord:
    variants = {each["name"]: each["body"] for each in record["variants"]}
    return PictureRecord(picture=Picture(digest=record["_id"], account_id=record["account"], variants=variants))


def _commits(parts: list[Record]) -> list[archive.Record]:
    return [_commit(list(some)) for _, some in groupby(parts, itemgetter("counter"))]


def _commit(parts: list[Record]) -> CommitRecord:
    first = parts[0]
    changes = [
        ChangeRecord(
            kind=change["kind"],
            id=unpacked(change["id"]),
            op=change["op"],
            version=int(change["version"]),
            fields=msgspec.Raw(change["fields"]),
        )
        for part in parts
        for change in part["changes"]
    ]
    revision = str(Revision(first["counter"], first["nonce"]))
    return CommitRecord(
        revision=revision, at=int(first["at"]), by=first["by"], group=first.get("group"), changes=changes
    )


def _key(record: Record) -> KeyRecord:
    return KeyRecord(
        account_id=record["account"],
        text=record["text"],
        fingerprint=record["fingerprint"],
        receipt=record["receipt"],
        revision=str(Revision(record["counter"], record["nonce"])),
        at=int(record["at"]),
    )


def _revision(text: str) -> Revision:
    revision = Revision.parse(text)
    if revision is None:
        message = f"{text[:60]!r} is no revision"
        raise ValueError(message)
    return revision
