"""The write door on SQLite: `taskmanager.tasks.store.WorkspaceStore`."""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final, TypeVar

import apsw
import msgspec

from taskmanager.errors import KeyReused
from taskmanager.storage.sqlite import commits, history, migrations, tallies
from taskmanager.storage.sqlite.commits import Order
from taskmanager.storage.sqlite.connection import fetch, fetch_row, fetch_value
from taskmanager.storage.sqlite.ids import packed_if_any, unpacked
from taskmanager.storage.sqlite.plans import explained
from taskmanager.storage.sqlite.queries import Queries
from taskmanager.storage.sqlite.readers import Readers
from taskmanager.storage.sqlite.shelf import Shelf
from taskmanager.storage.sqlite.wakes import Wakes
from taskmanager.storage.sqlite.writer import Writer
from taskmanager.tasks.query import Counts, D, Kind, Query, Tally
from taskmanager.tasks.store import Change, Changes, Commit, Edit, Keep, Key, Page, Revision

T = TypeVar("T")

_IDS_AT_A_TIME: Final = 200
_ROWS_ERASED_AT_A_TIME: Final = 200
_FEW: Final = 20
_MANY_CHANGES: Final = 100


class SQLiteWorkspaces:
    def __init__(self, shelves: Mapping[str, Shelf], readers: Readers, writer: Writer, wakes: Wakes) -> None:
        self._shelves = shelves
        self._queries = {name: Queries(shelf) for name, shelf in shelves.items()}
        self._readers = readers
        self._writer = writer
        self._wakes = wakes

    async def head(self, ws: str) -> Revision:
        return await self._readers.read(lambda connection: commits.workspace(connection, ws)[1])

    async def heads(self, workspaces: Collection[str]) -> Mapping[str, Revision]:
        select = "SELECT workspace_id, counter, nonce FROM heads WHERE workspace_id IN (SELECT value FROM json_each(?))"
        wanted = msgspec.json.encode(list(workspaces)).decode()
        rows = await self._readers.read(lambda connection: fetch(connection, select, (wanted,)), long=True)
        return {ws: Revision(counter, nonce) for ws, counter, nonce in rows}

    async def get(self, ws: str, kind: Kind[D], ids: Iterable[str]) -> Mapping[str, D]:
        wanted = [raw for raw in map(packed_if_any, ids) if raw is not None]
        table = self._shelves[kind.name].table
        select = f"SELECT id, body FROM {table} WHERE ws = ? AND id IN (SELECT value FROM carray(?))"

        def read(connection: apsw.Connection) -> list[tuple[bytes, bytes]]:
            number, _ = commits.workspace(connection, ws)
            return fetch(connection, select, (number, apsw.carray(tuple(wanted)))) if number else []

        rows = await self._readers.read(read, long=len(wanted) > _FEW) if wanted else []
        return {unpacked(raw): kind.decode(body) for raw, body in rows}

    async def find(self, ws: str, query: Query[D]) -> Page[D]:
        queries = self._queries[query.kind.name]

        def read(connection: apsw.Connection) -> Page[D]:
            number, revision = commits.workspace(connection, ws)
            bodies, following = queries.find(connection, number, query) if number else ((), None)
            return Page(query.kind, bodies, following, revision)

        return await self._readers.read(read)

    async def tally(self, ws: str, tally: Tally) -> Counts:
        shelf = self._shelves[tally.kind.name]
        return await self._readers.read(
            lambda connection: tallies.count(connection, shelf, commits.workspace(connection, ws)[0] or 0, tally),
            long=True,
        )

    async def explain(self, ws: str, question: Query[Any] | Tally) -> str:
        """The plan in SQLite's own words."""
        shelf, find = self._shelves[question.kind.name], self._queries[question.kind.name].find

        def read(connection: apsw.Connection) -> str:
            number = commits.workspace(connection, ws)[0] or 0
            if isinstance(question, Tally):
                return explained(connection, lambda asked: tallies.count(asked, shelf, number, question))
            return explained(connection, lambda asked: find(asked, number, question))

        return await self._readers.read(read, long=True)

    async def commit(  # noqa: PLR0913 - the protocol's
        self,
        ws: str,
        edits: Sequence[Edit],
        *,
        by: str,
        now: int,
        at: Revision | None = None,
        keep: Keep | None = None,
        group: str | None = None,
    ) -> Commit:
        steps = await commits.prepare(self._shelves, ws, edits)
        order = Order(ws, steps, by, now, at, keep, group)
        commit = await self._writer.run(lambda connection: commits.apply(connection, order), ws)
        if order.moves:
            self._wakes.tell(ws)
        return commit

    async def replay(self, ws: str, key: Key) -> Commit | None:
        select = (
            "SELECT fingerprint, k.counter, k.nonce, receipt FROM keys AS k JOIN heads USING (ws)"
            " WHERE workspace_id = ? AND account = ? AND text = ?"
        )
        row = await self._readers.read(lambda connection: fetch_row(connection, select, (ws, key.account_id, key.text)))
        if row is None:
            return None
        if row[0] != key.fingerprint:
            raise KeyReused("this idempotency key was used for another request")
        return Commit(Revision(row[1], row[2]), row[3])

    async def changes(self, ws: str, since: Revision | None, limit: int) -> Changes:
        found = await self._readers.read(lambda connection: history.since(connection, ws, since, limit))
        return Changes(changes=await _told(found.rows), revision=str(found.revision), more=found.more)

    async def history(self, ws: str, kind: Kind[Any], id_: str, limit: int, before: int | None = None) -> list[Change]:
        document = kind.name, id_
        return await _told(
            await self._readers.read(lambda connection: history.of_document(connection, ws, document, limit, before))
        )

    async def undoable(self, ws: str, revision: Revision) -> list[Change]:
        return await _told(await self._readers.read(lambda connection: history.undoable(connection, ws, revision)))

    async def forget(self, ws: str, before: int, keys_before: int = 0) -> None:
        while await self._writer.run(lambda connection: history.forget_commits(connection, ws, before)):
            pass
        await self._writer.run(lambda connection: history.forget_keys(connection, ws, keys_before))

    async def erase(self, ws: str) -> None:
        """Gone at once for everybody; its rows follow piece by piece, so that other writers need not wait for long."""
        await self._writer.run(
            lambda connection: connection.execute("UPDATE heads SET workspace_id = NULL WHERE workspace_id = ?", (ws,)),
            ws,
        )
        self._wakes.tell(ws)
        await self.sweep()

    async def sweep(self) -> None:
        """Erase what is left of workspaces that are gone; also when an earlier process died before it was done."""
        tables = [shelf.table for shelf in self._shelves.values()]
        while await self._writer.run(lambda connection: _sweep_some(connection, tables)):
            pass

    async def catch_up(self) -> None:
        """Derive what a process of an older version has written: it fills only the columns that it knows."""
        for shelf in self._shelves.values():
            while rows := await self._readers.read(partial(migrations.underived, shelf=shelf)):
                await self._writer.run(partial(_derive, shelf=shelf, rows=rows))

    async def workspaces(self, after: str, limit: int) -> list[str]:
        select = "SELECT workspace_id FROM heads WHERE workspace_id > ? ORDER BY workspace_id LIMIT ?"
        return await self._readers.read(
            lambda connection: [row[0] for row in fetch(connection, select, (after, limit))]
        )

    def wakes(self) -> AsyncIterator[str]:
        return self._wakes.listen()


async def _told(rows: history.Rows) -> list[Change]:
    """Decoding a long history would keep the loop from its work."""
    return history.told(rows) if len(rows) <= _MANY_CHANGES else await asyncio.to_thread(history.told, rows)


def _derive(connection: apsw.Connection, shelf: Shelf, rows: Sequence[migrations.Underived]) -> None:
    """The heads move, since lists do."""
    migrations.derive(connection, shelf, rows)
    for ws in {row[0] for row in rows}:
        commits.move(connection, ws)


def _sweep_some(connection: apsw.Connection, tables: Sequence[str]) -> bool:
    """Whether there was anything to erase."""
    ws = fetch_value(connection, "SELECT ws FROM heads WHERE workspace_id IS NULL LIMIT 1")
    if ws is None:
        return False
    for table in (*tables, "changes"):
        some = f"DELETE FROM {table} WHERE n IN (SELECT n FROM {table} WHERE ws = ? LIMIT ?)"
        connection.execute(some, (ws, _ROWS_ERASED_AT_A_TIME))
        if connection.changes():
            return True
    connection.execute("DELETE FROM commits WHERE ws = ?", (ws,))
    connection.execute("DELETE FROM keys WHERE ws = ?", (ws,))
    connection.execute("DELETE FROM heads WHERE ws = ?", (ws,))
    return True
