"""Who follows a workspace hears of every change, whatever happened to the hints, and costs the store little."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final, cast

from builders import NOW, a_session, a_task, an_id, put
from contract.conftest import Address, Open
from taskmanager.errors import Unavailable
from taskmanager.live import ASKING, AT_A_TIME, Hub
from taskmanager.storage import Storage
from taskmanager.tasks.store import Changes, Revision, WorkspaceStore

FOLLOWERS: Final = 1_000
LONG: Final = 600.0


class Asked:
    """A real store that counts what it is asked, and may be gone for a while."""

    def __init__(self, store: WorkspaceStore) -> None:
        self._store = store
        self.verbs: Counter[str] = Counter()
        self.gone = False
        self.at_once = 0
        self.most_at_once = 0

    def __getattr__(self, name: str) -> Any:
        self.verbs[name] += 1
        return getattr(self._store, name)

    async def changes(self, ws: str, since: Revision | None, limit: int) -> Changes:
        self.verbs["changes"] += 1
        if self.gone:
            raise Unavailable("gone for a while")
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            return await self._store.changes(ws, since, limit)
        finally:
            self.at_once -= 1


class Follower:
    """Somebody at a stream; `heard` are the revisions told, `quiet` counts what had nothing to tell."""

    def __init__(self, hub: Hub, ws: str, since: Revision, session: str, silence: float = LONG) -> None:
        self.heard: list[str] = []
        self.quiet = 0
        self._news = hub.follow(ws, since, session, lambda: silence)
        self.task = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        async for news in self._news:
            if news is None:
                self.quiet += 1
            else:
                self.heard.append(news[0])


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not true():  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.01)


@asynccontextmanager
async def a_hub(
    storage: Storage, revoke: Callable[[str], None] = lambda _session: None
) -> AsyncIterator[tuple[Hub, Asked]]:
    """One that nobody tells anything: what it knows its patrol has found."""
    asked = Asked(storage.workspaces)
    hub = Hub(cast("WorkspaceStore", asked))
    patrol = asyncio.create_task(hub.patrol(lambda: True, storage.accounts.ended, revoke))
    yield hub, asked
    hub.close()
    patrol.cancel()


async def moved(storage: Storage, ws: str) -> Revision:
    return (await storage.workspaces.commit(ws, [put(a_task(ws))], by=ws, now=NOW)).revision


async def test_after_lost_hints_only_who_missed_something_asks(open_at: Open, address: Address) -> None:
    here, elsewhere = await open_at(address), await open_at(address)
    session = a_session(an_id())
    await here.accounts.open_session(session)
    workspaces = [an_id() for _ in range(20)]
    heads = {ws: await moved(here, ws) for ws in workspaces}
    async with a_hub(here) as (hub, asked):
        followers = [
            Follower(hub, ws, heads[ws], session.id) for _ in range(FOLLOWERS // len(workspaces)) for ws in workspaces
        ]
        await until(lambda: all(follower.quiet for follower in followers))
        asked.verbs.clear()
        told = str(await moved(elsewhere, workspaces[0]))
        hub.doubt()
        missed = followers[:: len(workspaces)]
        await until(lambda: all(follower.heard for follower in missed))
        assert asked.verbs["heads"] == 1
        assert asked.verbs["changes"] < len(missed) / 2, "who stands at the same place asks together"
        assert asked.most_at_once <= ASKING
        assert Counter(tuple(follower.heard) for follower in followers) == {
            (told,): len(missed),
            (): FOLLOWERS - len(missed),
        }


async def test_heads_are_asked_for_some_hundreds_at_once(storage: Storage) -> None:
    session = an_id()
    async with a_hub(storage, lambda _session: None) as (hub, asked):
        followers = [Follower(hub, an_id(), Revision(0, "0"), session) for _ in range(AT_A_TIME + 1)]
        await until(lambda: all(follower.quiet for follower in followers))
        asked.verbs.clear()
        hub.doubt()
        await until(lambda: asked.verbs["heads"] == 2)
        assert set(asked.verbs) == {"heads"}


async def test_silence_asks_nothing(storage: Storage) -> None:
    ws = an_id()
    head = await moved(storage, ws)
    async with a_hub(storage) as (hub, asked):
        follower = Follower(hub, ws, head, an_id(), silence=0.01)
        await until(lambda: follower.quiet > 20)
        assert asked.verbs == {"changes": 1}


async def test_a_store_that_is_gone_for_a_while_ends_no_stream(storage: Storage) -> None:
    ws = an_id()
    head = await moved(storage, ws)
    async with a_hub(storage) as (hub, asked):
        asked.gone = True
        follower = Follower(hub, ws, head, an_id())
        await until(lambda: follower.quiet > 0)
        told = str(await moved(storage, ws))
        asked.gone = False
        await until(lambda: follower.heard == [told])


async def test_sessions_that_ended_unheard_are_found_all_together(storage: Storage) -> None:
    live, revoked = a_session(an_id()), a_session(an_id(), revoked=True)
    for session in (live, revoked):
        await storage.accounts.open_session(session)
    found: list[str] = []
    async with a_hub(storage, found.append) as (hub, _asked):
        followers = [Follower(hub, an_id(), Revision(0, "0"), session.id) for session in (live, revoked, live)]
        await until(lambda: all(follower.quiet for follower in followers))
        hub.doubt()
        await until(lambda: bool(found))
        assert set(found) == {revoked.id}
