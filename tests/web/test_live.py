"""Changes from elsewhere, and what happens when things go wrong on the way."""

import re
from collections.abc import AsyncIterator

import anyio
import pytest
from playwright.async_api import Browser, Dialog, Route, expect

from api.server import Server
from visitors import Visitor, visiting


@pytest.fixture
async def elsewhere(ana: Visitor, chromium: Browser, server: Server) -> AsyncIterator[Visitor]:
    """The same person at another machine."""
    async with visiting(chromium, server.url) as other:
        await other.open("/sign-in?return=/inbox")
        await other.sign_in(ana.email)
        await expect(other.page.get_by_role("heading", level=1, name="Inbox")).to_be_visible()
        yield other


async def test_another_machine_sees_a_change_without_looking(ana: Visitor, elsewhere: Visitor) -> None:
    await ana.add("Told at once")
    await expect(elsewhere.task("Told at once")).to_be_visible()
    await ana.page.get_by_role("button", name="Complete “Told at once”").click()
    await expect(elsewhere.task("Told at once")).to_have_count(0)


async def test_two_tabs_share_one_stream_and_both_hear(ana: Visitor) -> None:
    streams: list[str] = []
    await ana.page.goto("about:blank")
    ana.context.on("request", lambda request: streams.append(request.url) if "/api/events" in request.url else None)
    await ana.open("/inbox")
    await expect(ana.page.get_by_role("heading", level=1, name="Inbox")).to_be_visible()
    second = await ana.context.new_page()
    await second.goto(ana.url + "/inbox")
    await expect(second.get_by_role("heading", level=1, name="Inbox")).to_be_visible()
    await ana.add("Heard in both")
    await expect(second.get_by_role("link", name="Heard in both")).to_be_visible()
    assert len(streams) == 1


async def test_what_is_being_typed_survives_a_change_from_elsewhere(ana: Visitor, elsewhere: Visitor) -> None:
    await ana.add("Shared")
    await ana.task("Shared").get_by_role("link").click()
    await ana.panel.get_by_role("button", name="Add a description").click()
    notes = ana.panel.get_by_role("textbox", name="Description")
    await notes.press_sequentially("Half a thou")
    await elsewhere.task("Shared").get_by_role("link").focus()
    await elsewhere.page.keyboard.press("1")
    await expect(ana.panel.get_by_role("button", name=re.compile("^Urgent"))).to_be_visible()
    await expect(notes).to_have_value("Half a thou")
    await notes.press_sequentially("ght")
    await ana.panel.get_by_role("heading", name="Subtasks").click()
    await expect(ana.panel.get_by_text("Half a thought")).to_be_visible()


async def test_two_who_change_the_same_title_are_told(ana: Visitor, elsewhere: Visitor) -> None:
    await ana.add("Ours")
    await expect(elsewhere.task("Ours")).to_be_visible()
    await ana.task("Ours").get_by_role("link").focus()
    await ana.page.keyboard.press("e")
    await ana.page.keyboard.type("Mine")
    await elsewhere.task("Ours").get_by_role("link").focus()
    await elsewhere.page.keyboard.press("e")
    await elsewhere.page.keyboard.type("Theirs")
    await elsewhere.page.keyboard.press("Enter")
    # Told to the panel's cache while the field is open: the field keeps what is typed.
    await elsewhere.reload()
    await expect(elsewhere.task("Theirs")).to_be_visible()
    await ana.page.keyboard.press("Enter")
    asked = ana.page.get_by_role("dialog", name="“Theirs” was changed elsewhere")
    await expect(asked.get_by_role("region", name="Yours, not saved yet")).to_contain_text("Mine")
    await expect(asked.get_by_role("region", name="Saved meanwhile")).to_contain_text("Theirs")
    await asked.get_by_role("button", name="Use mine").click()
    await expect(elsewhere.task("Mine")).to_be_visible()


async def test_an_edit_that_fails_goes_back_and_says_why(ana: Visitor) -> None:
    await ana.add("Stubborn")

    async def refuse(route: Route) -> None:
        if route.request.method == "PATCH":
            sent = {"Content-Type": "application/problem+json", "Retry-After": "60"}
            await route.fulfill(status=503, headers=sent, body='{"code": "unavailable"}')
        else:
            await route.continue_()

    await ana.page.route("**/api/tasks/*", refuse)
    await ana.page.get_by_role("button", name="Complete “Stubborn”").click()
    await expect(ana.notice("The server is busy")).to_be_visible()
    await expect(ana.task("Stubborn")).to_be_visible()
    await ana.page.unroute("**/api/tasks/*")
    await ana.page.get_by_role("button", name="Try again").click()
    await expect(ana.task("Stubborn")).to_have_count(0)


async def test_a_page_asks_before_it_is_left_while_an_edit_is_on_its_way(ana: Visitor) -> None:
    await ana.add("Slow to save")
    asked: list[str] = []

    async def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        await dialog.dismiss()

    async with ana.holding("PATCH", "**/api/tasks/*"):
        await ana.page.get_by_role("button", name="Complete “Slow to save”").click()
        await expect(ana.notice("Completed")).to_be_visible()
        ana.page.on("dialog", stay)
        await ana.page.evaluate("location.reload()")
    await ana.saved()
    assert asked == ["beforeunload"]
    await ana.reload()
    await expect(ana.page.get_by_role("heading", name="Inbox", exact=True)).to_be_visible()
    assert asked == ["beforeunload"]
    await expect(ana.task("Slow to save")).to_have_count(0)


async def test_a_task_added_while_the_answer_is_lost_exists_once(ana: Visitor) -> None:
    lost = anyio.Event()

    async def lose_first_answer(route: Route) -> None:
        if route.request.method == "POST" and not lost.is_set():
            assert (await route.fetch()).ok
            lost.set()
            await route.abort("connectionreset")
        else:
            await route.continue_()

    await ana.page.route("**/api/tasks", lose_first_answer)
    await ana.add("Only once")
    await expect(ana.notice("Added “Only once” to Inbox")).to_be_visible()
    with anyio.fail_after(10):
        await lost.wait()
    await ana.reload()
    await expect(ana.task("Only once")).to_have_count(1)


async def test_a_sentence_not_yet_added_survives_a_reload(ana: Visitor) -> None:
    await ana.page.keyboard.press("q")
    await ana.page.get_by_label("What needs doing?").fill("Half typed tomorr")
    await ana.reload()
    await expect(ana.page.get_by_role("heading", level=1, name="Inbox")).to_be_visible()
    await ana.page.keyboard.press("q")
    await expect(ana.page.get_by_label("What needs doing?")).to_have_value("Half typed tomorr")


async def test_signing_out_in_one_tab_signs_out_the_other(ana: Visitor) -> None:
    second = await ana.context.new_page()
    await second.goto(ana.url + "/today")
    await expect(second.get_by_role("heading", level=1, name="Today")).to_be_visible()
    await ana.go("Settings")
    await ana.page.get_by_role("button", name="Sign out").click()
    await expect(second.get_by_role("heading", level=1, name="Sign in")).to_be_visible()
