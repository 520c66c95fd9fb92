"""wire.md, changes: events."""

from itertools import pairwise
from pathlib import Path

import anyio
import pytest

from api.house import living
from api.person import PASSWORD, Person, problem
from api.streams import Event, following

pytestmark = pytest.mark.anyio


async def test_a_stream_is_private_kept_by_nobody_and_buffered_nowhere(ada: Person) -> None:
    async with following(ada) as stream:
        headers = stream.answer.headers
    assert headers["content-type"] == "text/event-stream; charset=utf-8"
    assert headers["cache-control"] == "private, no-store"
    assert headers["x-accel-buffering"] == "no"


async def test_an_event_holds_the_changes_of_one_commit(ada: Person) -> None:
    async with following(ada) as stream:
        task = await ada.task("Plants")
        event = await stream.event()
    revision = await ada.revision()
    changes = (await ada.get("/api/changes"))["changes"]
    assert event == Event(revision, "change", {"revision": revision, "by": ada.id, "changes": changes})
    assert [change["id"] for change in changes] == [task["id"]]


async def test_commits_come_one_by_one_and_in_order(ada: Person) -> None:
    async with following(ada) as stream:
        await ada.fill(3)
        async with anyio.create_task_group() as group:
            for number in range(10):
                group.start_soon(ada.task, f"No {number}")
        events = [await stream.event() for _ in range(11)]
    assert [len(event.data["changes"]) for event in events] == [3] + [1] * 10
    counters = [int(event.id.partition("-")[0]) for event in events]
    assert all(after == before + 1 for before, after in pairwise(counters))
    feed = (await ada.get("/api/changes"))["changes"]
    assert [change for event in events for change in event.data["changes"]] == feed


async def test_a_stream_begins_now_and_goes_on_where_another_ended(ada: Person) -> None:
    await ada.task("Before")
    async with following(ada) as stream:
        await ada.task("First")
        seen = await stream.event()
        assert seen.data["changes"][0]["fields"]["title"] == [None, "First"]
    await ada.task("Second")
    await ada.task("Third")
    async with following(ada, seen.id) as stream:
        missed = [await stream.event() for _ in range(2)]
    assert [event.data["changes"][0]["fields"]["title"][1] for event in missed] == ["Second", "Third"]


@pytest.mark.parametrize("last", ["1-unknown", "999999-x", "nonsense", "0-x"])
async def test_where_changes_would_be_gone_the_stream_says_reset_and_ends(ada: Person, last: str) -> None:
    await ada.task()
    async with following(ada, last) as stream:
        event = await stream.event()
        assert (event.name, event.id) == ("reset", await ada.revision())
        await stream.end()
    async with following(ada, event.id) as stream:
        await ada.task("After")
        assert (await stream.event()).name == "change"


async def test_nobody_hears_of_another_workspace(ada: Person, bob: Person) -> None:
    async with following(ada) as stream:
        await bob.task("Bob's")
        await ada.task("Ada's")
        assert (await stream.event()).data["by"] == ada.id
    answer = await ada.ask("GET", "/api/events", expect=404, workspace_id=bob.id)
    problem(answer, 404, "not_found")


async def test_many_hear_of_one_change(ada: Person) -> None:
    async with anyio.create_task_group() as group, following(ada) as first, following(ada) as second:
        group.start_soon(ada.task)
        with anyio.fail_after(10):
            assert (await first.event()) == (await second.event())


async def test_a_stream_ends_with_its_session(ada: Person) -> None:
    form = {"email": ada.user["email"], "password": PASSWORD}
    phone = Person(ada.http, await ada.http.post("/api/auth/login", json=form))
    async with following(ada) as mine, following(phone) as theirs:
        session = next(s for s in (await ada.get("/api/auth/sessions"))["items"] if not s["current"])
        await ada.ask("DELETE", f"/api/auth/sessions/{session['id']}", expect=204)
        with anyio.fail_after(10):
            await theirs.end()
        await ada.task()
        await mine.event()
    async with following(ada) as stream:
        await ada.http.post("/api/auth/logout", headers={"Cookie": f"refresh={ada.cookies['refresh']}"})
        with anyio.fail_after(10):
            await stream.end()


async def test_who_leaves_hears_nothing_more(ada: Person) -> None:
    async with following(ada) as stream:
        await ada.ask("DELETE", "/api/auth/me", {"password": PASSWORD}, expect=204)
        with anyio.fail_after(10):
            await stream.end()


async def test_a_stream_that_has_nothing_to_tell_says_that_it_is_there(ada: Person) -> None:
    async with following(ada) as stream:
        assert (await stream.comment()).startswith(":")


async def test_a_stream_ends_with_its_token(tmp_path: Path) -> None:
    async with living(tmp_path) as lived:
        ada = await lived.person()
        lived.clock.forward(minutes=9, seconds=59.5)
        lived.clock.run()
        with anyio.fail_after(10):
            answer = await ada.ask("GET", "/api/events")
        assert answer.text.startswith(":")
