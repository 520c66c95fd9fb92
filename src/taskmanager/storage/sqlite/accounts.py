"""The people on SQLite: `taskmanager.accounts.store.AccountStore`."""

from collections.abc import Collection
from typing import Any, Final

import apsw
import msgspec

from taskmanager.accounts.model import Account, Picture, Session, SigningKey
from taskmanager.errors import EmailTaken, Exists, Stale
from taskmanager.storage.sqlite.connection import fetch, fetch_value
from taskmanager.storage.sqlite.readers import Readers
from taskmanager.storage.sqlite.writer import Writer

_account = msgspec.json.Decoder(Account).decode
_session = msgspec.json.Decoder(Session).decode
_signing_key = msgspec.json.Decoder(SigningKey).decode
_encode = msgspec.json.encode

_PUT_SESSION: Final = "UPDATE sessions SET version = ?, used_at = ?, revoked = ?, body = ? WHERE id = ? AND version = ?"


class SQLiteAccounts:
    def __init__(self, readers: Readers, writer: Writer) -> None:
        self._readers = readers
        self._writer = writer

    async def add(self, account: Account) -> None:
        await self._writer.run(lambda connection: add_account(connection, account))

    async def get(self, account_id: str) -> Account | None:
        body = await self._one("SELECT body FROM accounts WHERE id = ?", account_id)
        return _account(body) if body else None

    async def by_email(self, email: str) -> Account | None:
        body = await self._one("SELECT body FROM accounts WHERE email = ?", email)
        return _account(body) if body else None

    async def put(self, account: Account) -> None:
        def write(connection: apsw.Connection) -> None:
            _refuse_taken(connection, account)
            connection.execute(
                "UPDATE accounts SET email = ?, version = ?, body = ? WHERE id = ? AND version = ?",
                (account.email, account.version, _encode(account), account.id, account.version - 1),
            )
            _require_change(connection, "account", account.id)

        await self._writer.run(write)

    async def remove(self, account_id: str) -> None:
        def write(connection: apsw.Connection) -> None:
            for table in ("sessions", "pictures"):
                connection.execute(f"DELETE FROM {table} WHERE account = ?", (account_id,))
            connection.execute("DELETE FROM accounts WHERE id = ?", (account_id,))

        await self._writer.run(write)

    async def accounts(self, after: str, limit: int) -> list[Account]:
        rows = await self._rows("SELECT body FROM accounts WHERE id > ? ORDER BY id LIMIT ?", after, limit)
        return [_account(row[0]) for row in rows]

    async def open_session(self, session: Session) -> None:
        await self._writer.run(lambda connection: add_session(connection, session))

    async def session(self, session_id: str) -> Session | None:
        body = await self._one("SELECT body FROM sessions WHERE id = ?", session_id)
        return _session(body) if body else None

    async def put_session(self, session: Session) -> None:
        await self._writer.run(lambda connection: _put_session(connection, session))

    async def sessions(self, account_id: str) -> list[Session]:
        newest_first = "SELECT body FROM sessions WHERE account = ? ORDER BY created_at DESC, id DESC"
        return [_session(row[0]) for row in await self._rows(newest_first, account_id)]

    async def end_sessions(self, account_id: str, keep: str | None = None) -> list[str]:
        def write(connection: apsw.Connection) -> list[str]:
            live = "SELECT body FROM sessions WHERE account = ? AND NOT revoked AND id IS NOT ?"
            ended = [_session(row[0]) for row in fetch(connection, live, (account_id, keep))]
            for session in ended:
                _put_session(connection, msgspec.structs.replace(session, revoked=True, version=session.version + 1))
            return [session.id for session in ended]

        return await self._writer.run(write)

    async def ended(self, session_ids: Collection[str]) -> Collection[str]:
        live = "SELECT id FROM sessions WHERE NOT revoked AND id IN (SELECT value FROM json_each(?))"
        asked = _encode(list(session_ids)).decode()
        rows = await self._readers.read(lambda connection: fetch(connection, live, (asked,)), long=True)
        return set(session_ids) - {row[0] for row in rows}

    async def forget_sessions(self, idle_before: int, created_before: int) -> int:
        def write(connection: apsw.Connection) -> int:
            connection.execute(
                "DELETE FROM sessions WHERE used_at < ? OR created_at < ?", (idle_before, created_before)
            )
            return connection.changes()

        return await self._writer.run(write)

    async def signing_keys(self) -> list[SigningKey]:
        return [_signing_key(row[0]) for row in await self._rows("SELECT body FROM signing_keys ORDER BY serial")]

    async def add_signing_key(self, key: SigningKey) -> bool:
        return await self._writer.run(lambda connection: add_signing_key(connection, key))

    async def put_signing_key(self, key: SigningKey) -> None:
        await self._writer.run(
            lambda connection: connection.execute(
                "UPDATE signing_keys SET body = ? WHERE serial = ?", (_encode(key), key.serial)
            )
        )

    async def put_picture(self, picture: Picture) -> None:
        await self._writer.run(lambda connection: add_picture(connection, picture))

    async def picture(self, digest: str, variant: str) -> bytes | None:
        body: bytes | None = await self._one(
            "SELECT body FROM pictures WHERE digest = ? AND variant = ?", digest, variant
        )
        return body

    async def drop_picture(self, digest: str) -> None:
        await self._writer.run(
            lambda connection: connection.execute("DELETE FROM pictures WHERE digest = ?", (digest,))
        )

    async def _one(self, sql: str, *values: str) -> Any:
        return await self._readers.read(lambda connection: fetch_value(connection, sql, values))

    async def _rows(self, sql: str, *values: str | int) -> list[tuple[Any, ...]]:
        return await self._readers.read(lambda connection: fetch(connection, sql, values))


def add_account(connection: apsw.Connection, account: Account) -> None:
    if fetch(connection, "SELECT 1 FROM accounts WHERE id = ?", (account.id,)):
        raise Exists("there is an account of this id")
    _refuse_taken(connection, account)
    row = (account.id, account.email, account.version, _encode(account))
    connection.execute("INSERT INTO accounts (id, email, version, body) VALUES (?, ?, ?, ?)", row)


def add_session(connection: apsw.Connection, session: Session) -> None:
    connection.execute(
        "INSERT INTO sessions (id, account, version, created_at, used_at, revoked, body) VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        (
            session.id,
            session.account_id,
            session.version,
            session.created_at,
            session.used_at,
            int(session.revoked),
            _encode(session),
        ),
    )
    if not connection.changes():
        raise Exists("there is a session of this id")


def add_signing_key(connection: apsw.Connection, key: SigningKey) -> bool:
    """False when the serial is taken."""
    connection.execute(
        "INSERT INTO signing_keys (serial, body) VALUES (?, ?) ON CONFLICT DO NOTHING", (key.serial, _encode(key))
    )
    return connection.changes() == 1


def add_picture(connection: apsw.Connection, picture: Picture) -> None:
    if fetch(connection, "SELECT 1 FROM pictures WHERE digest = ? LIMIT 1", (picture.digest,)):
        raise Exists("there is a picture of this name")
    rows = ((picture.digest, variant, picture.account_id, body) for variant, body in picture.variants.items())
    connection.executemany("INSERT INTO pictures (digest, variant, account, body) VALUES (?, ?, ?, ?)", rows)


def _put_session(connection: apsw.Connection, session: Session) -> None:
    row = (session.version, session.used_at, int(session.revoked), _encode(session), session.id, session.version - 1)
    connection.execute(_PUT_SESSION, row)
    _require_change(connection, "session", session.id)


def _refuse_taken(connection: apsw.Connection, account: Account) -> None:
    taken = "SELECT 1 FROM accounts WHERE email = ? AND id <> ?"
    if fetch(connection, taken, (account.email, account.id)):
        raise EmailTaken("there is an account with this e-mail address")


def _require_change(connection: apsw.Connection, kind: str, id_: str) -> None:
    if not connection.changes():
        raise Stale([(kind, id_)])
