"""Every index there is: of documents from their declaration, of the rest from here. Making one again does nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from pymongo import ASCENDING, DESCENDING, IndexModel

from taskmanager.storage.mongo.connection import Database
from taskmanager.storage.mongo.records import BEHIND, Shelf

RECORDS: Final = "records"
TOUCHED: Final = "touched"
GROUP: Final = "group"
META: Final = "meta"

SECONDS: Final = 3600.0
"""What making them may take."""

RETIRED_FOR: Final = timedelta(days=1)
"""An index that is declared no more is dropped only then: processes of the version before may still ask for it."""
_RETIRED: Final = {"_id": "retired"}


async def make(database: Database, shelves: Sequence[Shelf], newest: Sequence[Shelf]) -> None:
    """`newest`: the shelves that tell which indexes nobody needs any more."""
    for collection, models in declared(shelves).items():
        await database[collection].create_indexes(models)
    if newest:
        await _retire(database, newest)


async def take_away(database: Database, shelves: Sequence[Shelf]) -> None:
    """Of what is kept of workspaces: made at the end they cost a fraction of what they cost with each record."""
    there = await database[RECORDS].index_information()
    names = [name for model in declared(shelves)[RECORDS] if (name := model.document["name"]) in there]
    if names:
        await database.command("dropIndexes", RECORDS, index=names)


async def missing(database: Database, shelves: Sequence[Shelf]) -> list[str]:
    """What `make` would have to do: the names of what is not there, or does not hold what it should."""
    absent = []
    for collection, models in declared(shelves).items():
        there = await database[collection].index_information()
        for model in models:
            name = model.document["name"]
            if there.get(name, {}).get("unique") != model.document.get("unique") or name not in there:
                absent.append(name if collection == RECORDS else f"{collection}.{name}")
    return absent


async def unneeded(database: Database, shelves: Sequence[Shelf]) -> list[str]:
    """Indexes of documents that no declaration asks for any more."""
    wanted = {model.document["name"] for model in _of_documents(shelves)}
    kinds = tuple(f"{shelf.kind.name}(" for shelf in shelves)
    return [
        name for name in await database[RECORDS].index_information() if name.startswith(kinds) and name not in wanted
    ]


async def _retire(database: Database, shelves: Sequence[Shelf]) -> None:
    now = datetime.now(UTC).replace(tzinfo=None)
    names = await unneeded(database, shelves)
    known = await database[META].find_one(_RETIRED) or {}
    since: dict[str, datetime] = {name: known.get("since", {}).get(name, now) for name in names}
    for name in [name for name, moment in since.items() if moment <= now - RETIRED_FOR]:
        await database[RECORDS].drop_index(name)
        del since[name]
    if since or known:
        await database[META].update_one(_RETIRED, {"$set": {"since": since}}, upsert=True)


def declared(shelves: Iterable[Shelf]) -> Mapping[str, list[IndexModel]]:
    """By collection."""
    newest_first = {"account": ASCENDING, "created_at": DESCENDING, "_id": DESCENDING}
    return {
        RECORDS: [*_of_documents(shelves), _of_what_is_behind(), *_of_commits_and_keys()],
        "accounts": [IndexModel({"email": ASCENDING}, name="email", unique=True)],
        "sessions": [
            IndexModel(newest_first, name="account"),
            _plain("used_at"),
            _plain("created_at"),
            _expiring(),
        ],
        "pictures": [_plain("account")],
        "jobs": [IndexModel({"due_at": ASCENDING, "_id": ASCENDING}, name="due")],
    }


def _of_documents(shelves: Iterable[Shelf]) -> Iterator[IndexModel]:
    for shelf in shelves:
        for index in shelf.kind.indexes:
            yield IndexModel(
                dict.fromkeys(shelf.index_fields(index), ASCENDING),
                name=shelf.index_name(index),
                partialFilterExpression={"kind": shelf.kind.name},
            )


def _of_what_is_behind() -> IndexModel:
    return IndexModel({BEHIND: ASCENDING}, name=BEHIND, partialFilterExpression={BEHIND: {"$exists": True}})


def _of_commits_and_keys() -> Iterator[IndexModel]:
    yield IndexModel({"touched": ASCENDING, "_id": ASCENDING}, name=TOUCHED, partialFilterExpression=_HAS_TOUCHED)
    yield IndexModel({"group_key": ASCENDING, "_id": ASCENDING}, name=GROUP, partialFilterExpression=_HAS_GROUP)
    yield _expiring()


_HAS_TOUCHED: Final = {"touched": {"$exists": True}}
_HAS_GROUP: Final = {"group_key": {"$exists": True}}


def _plain(field: str) -> IndexModel:
    return IndexModel({field: ASCENDING}, name=field)


def _expiring() -> IndexModel:
    return IndexModel({"expires": ASCENDING}, name="expires", sparse=True, expireAfterSeconds=0)
