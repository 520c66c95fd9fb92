"""What one commit is going to write, while it is being worked out."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

from taskmanager.tasks.dates import instant, ms
from taskmanager.tasks.model import TASK, WORKSPACE
from taskmanager.tasks.query import D, Kind, Query
from taskmanager.tasks.store import (
    MAX_BYTES,
    MAX_EDITS,
    Derive,
    Edit,
    Expect,
    Page,
    Put,
    Remove,
    WorkspaceStore,
    encode,
)


@dataclass(frozen=True, slots=True)
class Home:
    """The workspace's time zone, and the version of the document that says so (0: there is none)."""

    zone: ZoneInfo
    version: int


LONGEST: Final = 640_000
"""More bytes than any document takes: a description of control characters, each written as \\u0001, is the longest."""


class Sheet:
    """Reads through to the store, but sees what was put on it before; ends as the edits of one commit.

    Rules check before they put, so a rule that raises leaves the sheet as it was. `partial` says that the work goes on
    in another commit. `most`: how many documents it may change.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - what every write is made of
        self, store: WorkspaceStore, ws: str, by: str, now: int, home: "Home", most: int = MAX_EDITS
    ) -> None:
        self._store = store
        self._stored: dict[tuple[str, str], Any] = {}
        self._put: dict[tuple[str, str], tuple[Kind[Any], Any]] = {}
        self._removed: dict[tuple[str, str], Remove[Any]] = {}
        self._derived: dict[tuple[str, str], Derive[Any]] = {}
        self._expected: dict[tuple[str, str], Expect] = {}
        self._bytes = 0
        self._most = most
        self.ws = ws
        self.by = by
        self.now = now
        self.home = home
        self.partial = False

    @property
    def room(self) -> int:
        """How many more documents fit into this commit; none when the next one might be too long for it."""
        if self._bytes > MAX_BYTES - LONGEST:
            return 0
        return self._most - len(self._put) - len(self._removed) - len(self._derived)

    async def load(self, kind: Kind[D], ids: Iterable[str]) -> None:
        """Read many at once, so that `get` need not read them one by one."""
        wanted = [id_ for id_ in dict.fromkeys(ids) if (kind.name, id_) not in self._stored]
        if wanted:
            found = await self._store.get(self.ws, kind, wanted)
            self._stored.update({(kind.name, id_): found.get(id_) for id_ in wanted})

    async def get(self, kind: Kind[D], id_: str) -> D | None:
        key = (kind.name, id_)
        if key in self._removed:
            return None
        if key in self._put:
            document: D = self._put[key][1]
            return document
        await self.load(kind, [id_])
        stored: D | None = self._stored[key]
        return stored

    async def find(self, query: Query[D]) -> Page[D]:
        """What is stored; the sheet's own documents are not in it."""
        return await self._store.find(self.ws, query)

    def seen(self, kind: Kind[D], document: D) -> None:
        """A document that `find` brought, so that it need not be read again to be replaced."""
        self._stored.setdefault((kind.name, document.id), document)

    def pending(self, kind: Kind[D]) -> list[D]:
        return [document for of, document in self._put.values() if of is kind]

    def put(self, kind: Kind[D], document: D) -> None:
        self._put[kind.name, document.id] = (kind, document)
        self._bytes += len(encode(document))

    def remove(self, kind: Kind[D], document: D) -> None:
        self._removed[kind.name, document.id] = Remove(kind, document)

    def derive(self, kind: Kind[D], document: D) -> None:
        """Have the columns of a document, itself unchanged, worked out anew."""
        self._derived[kind.name, document.id] = Derive(kind, document, kind.derive(document, self.home.zone))

    def expect(self, kind: Kind[D], document: D) -> None:
        """Refuse the commit if this document, which others will refer to, changes before it."""
        self._expected[kind.name, document.id] = Expect(kind, document.id, document.version)

    def next_version(self, kind: Kind[D], document: D) -> int:
        """However often one commit touches a document, its version goes up by one."""
        stored = self._stored.get((kind.name, document.id))
        return stored.version + 1 if stored else 1

    def stamp(self, previous: str | None = None) -> str:
        """When it is being written; never before `previous`, should the clock have gone back."""
        return instant(max(self.now, ms(previous))) if previous else instant(self.now)

    def edits(self) -> list[Edit]:
        puts: list[Edit] = [
            Put(kind, document, self._stored.get(key), kind.derive(document, self.home.zone))
            for key, (kind, document) in self._put.items()
        ]
        removes: list[Edit] = list(self._removed.values())
        expects: list[Edit] = [
            e for key, e in self._expected.items() if key not in self._put and key not in self._removed
        ]
        if any(kind is TASK and document.due and document.due.needs_home for kind, document in self._put.values()):
            expects.append(Expect(WORKSPACE, self.ws, self.home.version))
        return [*puts, *removes, *self._derived.values(), *expects]
