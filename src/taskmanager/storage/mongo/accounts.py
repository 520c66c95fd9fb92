"""The people on MongoDB: `taskmanager.accounts.store.AccountStore`. Each write is one document's, and so atomic."""

from collections.abc import AsyncIterable, Callable, Collection
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import msgspec
from pymongo.errors import DuplicateKeyError

from taskmanager.accounts.model import Account, Picture, Session, SigningKey
from taskmanager.accounts.signin import IDLE_MS, LIFETIME_MS
from taskmanager.errors import EmailTaken, Exists, Stale
from taskmanager.storage.mongo.calls import LONG_SECONDS, Calls
from taskmanager.storage.mongo.connection import Database, Record

T = TypeVar("T")

_account = msgspec.json.Decoder(Account).decode
_session = msgspec.json.Decoder(Session).decode
_signing_key = msgspec.json.Decoder(SigningKey).decode
_encode = msgspec.json.encode
_BODY = {"body": 1}


class MongoAccounts:
    def __init__(self, database: Database, calls: Calls) -> None:
        self._calls = calls
        self._accounts = database["accounts"]
        self._sessions = database["sessions"]
        self._signing_keys = database["signing_keys"]
        self._pictures = database["pictures"]

    async def add(self, account: Account) -> None:
        async with self._calls.told():
            try:
                await self._accounts.insert_one(account_record(account))
            except DuplicateKeyError as error:
                raise _taken(error) from error

    async def get(self, account_id: str) -> Account | None:
        async with self._calls.told():
            return _one(await self._accounts.find_one({"_id": account_id}, _BODY), _account)

    async def by_email(self, email: str) -> Account | None:
        async with self._calls.told():
            return _one(await self._accounts.find_one({"email": email}, _BODY), _account)

    async def put(self, account: Account) -> None:
        stored = {"_id": account.id, "version": account.version - 1}
        async with self._calls.told():
            try:
                done = await self._accounts.replace_one(stored, account_record(account))
            except DuplicateKeyError as error:
                raise _taken(error) from error
            if not done.matched_count:
                await self._refuse(account)

    async def _refuse(self, account: Account) -> None:
        """Stale; but an e-mail that is taken comes first, as it will still be when the version is right."""
        if await self._accounts.find_one({"email": account.email, "_id": {"$ne": account.id}}, {"_id": 1}):
            raise EmailTaken("there is an account with this e-mail address")
        raise Stale([("account", account.id)])

    async def remove(self, account_id: str) -> None:
        """The sessions first: should this end in between, the person is signed out and can ask again."""
        async with self._calls.told():
            await self._sessions.delete_many({"account": account_id})
            await self._pictures.delete_many({"account": account_id})
            await self._accounts.delete_one({"_id": account_id})

    async def accounts(self, after: str, limit: int) -> list[Account]:
        async with self._calls.told():
            return await _all(self._accounts.find({"_id": {"$gt": after}}, _BODY).sort("_id").limit(limit), _account)

    async def open_session(self, session: Session) -> None:
        async with self._calls.told():
            try:
                await self._sessions.insert_one(session_record(session))
            except DuplicateKeyError as error:
                raise Exists("there is a session of this id") from error

    async def session(self, session_id: str) -> Session | None:
        async with self._calls.told():
            return _one(await self._sessions.find_one({"_id": session_id}, _BODY), _session)

    async def put_session(self, session: Session) -> None:
        async with self._calls.told():
            if not await self._replace_session(session):
                raise Stale([("session", session.id)])

    async def _replace_session(self, session: Session) -> bool:
        stored = {"_id": session.id, "version": session.version - 1}
        return (await self._sessions.replace_one(stored, session_record(session))).matched_count == 1

    async def sessions(self, account_id: str) -> list[Session]:
        newest_first = [("created_at", -1), ("_id", -1)]
        async with self._calls.told():
            return await _all(self._sessions.find({"account": account_id}, _BODY).sort(newest_first), _session)

    async def end_sessions(self, account_id: str, keep: str | None = None) -> list[str]:
        """A session that was refreshed in between is read and ended again."""
        live = {"account": account_id, "revoked": False, "_id": {"$ne": keep}}
        ended: list[str] = []
        async with self._calls.told():
            while sessions := await _all(self._sessions.find(live, _BODY), _session):
                for session in sessions:
                    revoked = msgspec.structs.replace(session, revoked=True, version=session.version + 1)
                    if await self._replace_session(revoked):
                        ended.append(session.id)
        return ended

    async def ended(self, session_ids: Collection[str]) -> Collection[str]:
        live = {"_id": {"$in": list(session_ids)}, "revoked": False}
        async with self._calls.told():
            return set(session_ids) - {found["_id"] async for found in self._sessions.find(live, {"_id": 1})}

    async def forget_sessions(self, idle_before: int, created_before: int) -> int:
        old = {"$or": [{"used_at": {"$lt": idle_before}}, {"created_at": {"$lt": created_before}}]}
        async with self._calls.told(LONG_SECONDS):
            return (await self._sessions.delete_many(old)).deleted_count

    async def signing_keys(self) -> list[SigningKey]:
        async with self._calls.told():
            return await _all(self._signing_keys.find({}, _BODY).sort("_id"), _signing_key)

    async def add_signing_key(self, key: SigningKey) -> bool:
        async with self._calls.told():
            try:
                await self._signing_keys.insert_one(signing_key_record(key))
            except DuplicateKeyError:
                return False
        return True

    async def put_signing_key(self, key: SigningKey) -> None:
        async with self._calls.told():
            await self._signing_keys.update_one({"_id": key.serial}, {"$set": {"body": _encode(key)}})

    async def put_picture(self, picture: Picture) -> None:
        async with self._calls.told():
            try:
                await self._pictures.insert_one(picture_record(picture))
            except DuplicateKeyError as error:
                raise Exists("there is a picture of this name") from error

    async def picture(self, digest: str, variant: str) -> bytes | None:
        one = {"variants": {"$elemMatch": {"name": variant}}}
        async with self._calls.told():
            found = await self._pictures.find_one({"_id": digest}, one)
        files = found.get("variants", []) if found else []
        return files[0]["body"] if files else None

    async def drop_picture(self, digest: str) -> None:
        async with self._calls.told():
            await self._pictures.delete_one({"_id": digest})


def account_record(account: Account) -> Record:
    return {"_id": account.id, "email": account.email, "version": account.version, "body": _encode(account)}


def session_record(session: Session) -> Record:
    """It expires by itself, on the server's clock: when it was not used for long enough, or is too old."""
    age = session.used_at - session.created_at
    return {
        "_id": session.id,
        "account": session.account_id,
        "version": session.version,
        "created_at": session.created_at,
        "used_at": session.used_at,
        "revoked": session.revoked,
        "expires": datetime.now(UTC) + timedelta(milliseconds=min(IDLE_MS, LIFETIME_MS - age)),
        "body": _encode(session),
    }


def signing_key_record(key: SigningKey) -> Record:
    return {"_id": key.serial, "body": _encode(key)}


def picture_record(picture: Picture) -> Record:
    files = [{"name": name, "body": body} for name, body in sorted(picture.variants.items())]
    return {"_id": picture.digest, "account": picture.account_id, "variants": files}


def _taken(error: DuplicateKeyError) -> Exists | EmailTaken:
    if "email" in (error.details or {}).get("keyPattern", {}):
        return EmailTaken("there is an account with this e-mail address")
    return Exists("there is an account of this id")


def _one(record: Record | None, decode: Callable[[bytes], T]) -> T | None:
    return decode(record["body"]) if record else None


async def _all(found: AsyncIterable[Record], decode: Callable[[bytes], T]) -> list[T]:
    return [decode(record["body"]) async for record in found]
