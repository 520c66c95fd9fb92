"""Every index there is: of documents from their declaration, of the rest from here. Making one again does nothing."""

from collections.abc import Iterable
from typing import Final

from pymongo import ASCENDING, DESCENDING, IndexModel

from taskmanager.storage.mongo.connection import Database
from taskmanager.storage.mongo.records import Shelf
from taskmanager.storage.refusals import CannotOpen

RECORDS: Final = "records"
TOUCHED: Final = "touched"
GROUP: Final = "group"


async def make(database: Database, shelves: Iterable[Shelf]) -> None:
    await database[RECORDS].create_indexes([*_of_documents(shelves), *_of_commits_and_keys()])
    await database["accounts"].create_indexes([IndexModel({"email": ASCENDING}, name="email", unique=True)])
    newest_first = {"account": ASCENDING, "created_at": DESCENDING, "_id": DESCENDING}
    await database["sessions"].create_indexes([IndexModel(newest_first, name="account"), _plain("used_at")])
    await database["pictures"].create_indexes([_plain("account")])
    await database["jobs"].create_indexes([IndexModel({"due_at": ASCENDING, "_id": ASCENDING}, name="due")])


async def require(database: Database, shelves: Iterable[Shelf]) -> None:
    """`CannotOpen` unless `make` would have nothing to do for documents."""
    there = await database[RECORDS].index_information()
    if not {shelf.index_name(index) for shelf in shelves for index in shelf.kind.indexes} <= set(there):
        raise CannotOpen("this database is not prepared for this version; run: taskmanager migrate")


def _of_documents(shelves: Iterable[Shelf]) -> Iterable[IndexModel]:
    for shelf in shelves:
        for index in shelf.kind.indexes:
            yield IndexModel(
                dict.fromkeys(shelf.index_fields(index), ASCENDING),
                name=shelf.index_name(index),
                partialFilterExpression={"kind": shelf.kind.name},
            )


def _of_commits_and_keys() -> Iterable[IndexModel]:
    yield IndexModel({"touched": ASCENDING, "_id": ASCENDING}, name=TOUCHED, partialFilterExpression=_HAS_TOUCHED)
    yield IndexModel({"group_key": ASCENDING, "_id": ASCENDING}, name=GROUP, partialFilterExpression=_HAS_GROUP)
    yield IndexModel({"expires": ASCENDING}, name="expires", sparse=True, expireAfterSeconds=0)


_HAS_TOUCHED: Final = {"touched": {"$exists": True}}
_HAS_GROUP: Final = {"group_key": {"$exists": True}}


def _plain(field: str) -> IndexModel:
    return IndexModel({field: ASCENDING}, name=field)
