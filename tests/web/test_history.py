"""A task's history, the way back to an earlier version, and two who write at the same time."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Locator, expect

from api.server import Server
from axe import findings
from visitors import Visitor, visiting


@pytest.fixture
async def writer(ana: Visitor) -> Visitor:
    """With a task opened that was described, renamed and planned."""
    await ana.add("Write the letter")
    await ana.task("Write the letter").get_by_role("link").click()
    await describe(ana, "Dear aunt")
    await ana.panel.get_by_label("Title").fill("Write the long letter")
    await ana.page.keyboard.press("Enter")
    await ana.panel.get_by_role("button", name="No priority").click()
    await ana.page.get_by_role("option", name="High").click()
    await expect(ana.panel.get_by_role("button", name="High")).to_be_visible()
    return ana


async def describe(visitor: Visitor, text: str) -> None:
    button = visitor.panel.get_by_role("button", name="Add a description").or_(
        visitor.panel.get_by_role("tab", name="Write")
    )
    await button.click()
    await visitor.panel.get_by_role("textbox", name="Description").fill(text)
    await visitor.panel.get_by_role("heading", name="Subtasks").click()
    await expect(visitor.panel.get_by_text(text)).to_be_visible()


def history(visitor: Visitor) -> Locator:
    return visitor.panel.get_by_role("list", name="History")


async def test_the_history_says_what_became_of_a_task(writer: Visitor) -> None:
    await writer.panel.get_by_role("button", name="History").click()
    entries = history(writer).get_by_role("listitem")
    await expect(entries).to_have_count(4)
    await expect(entries.nth(0)).to_contain_text("You changed")
    await expect(entries.nth(0)).to_contain_text("PriorityNo prioritybecameHigh")
    await expect(entries.nth(1)).to_contain_text("Write the letterbecameWrite the long letter")
    await expect(entries.nth(3)).to_contain_text("You made this task")
    assert await findings(writer.page) == []


async def test_an_earlier_title_and_description_come_back_and_that_can_be_undone(writer: Visitor) -> None:
    await describe(writer, "To whom it may concern")
    await writer.panel.get_by_role("button", name="History").click()
    made = history(writer).get_by_role("listitem").filter(has_text="You made this task")
    await made.get_by_role("button", name="Restore Title").click()
    await expect(writer.panel.get_by_label("Title", exact=True)).to_have_value("Write the letter")
    await writer.notice("Restored: Title").locator("..").get_by_role("button", name="Undo").click()
    await expect(writer.panel.get_by_label("Title", exact=True)).to_have_value("Write the long letter")
    await made.get_by_role("button", name="Show this version").click()
    await expect(made.get_by_text("nothing")).to_be_visible()
    await made.get_by_role("button", name="Restore Description").click()
    await expect(writer.panel.get_by_role("button", name="Add a description")).to_be_visible()
    assert writer.complaints == []


async def test_an_earlier_version_comes_back_whole_and_that_can_be_undone(writer: Visitor) -> None:
    await writer.panel.get_by_role("button", name="History").click()
    entries = history(writer).get_by_role("listitem")
    await expect(entries.nth(0).get_by_role("button", name="Restore this version")).to_have_count(0)
    await entries.nth(2).get_by_role("button", name="Restore this version").click()
    await expect(writer.panel.get_by_label("Title", exact=True)).to_have_value("Write the letter")
    await expect(writer.panel.get_by_role("button", name="No priority")).to_be_visible()
    await expect(writer.panel.get_by_text("Dear aunt").first).to_be_visible()
    await expect(entries).to_have_count(5)
    assert await findings(writer.page) == []
    await writer.notice("Restored: the version of").locator("..").get_by_role("button", name="Undo").click()
    await expect(writer.panel.get_by_label("Title", exact=True)).to_have_value("Write the long letter")
    await expect(writer.panel.get_by_role("button", name="High")).to_be_visible()


@pytest.fixture
async def elsewhere(writer: Visitor, server: Server, chromium: Browser) -> AsyncIterator[Visitor]:
    """The same person with the same task, in another browser."""
    async with visiting(chromium, server.url) as other:
        await other.context.add_cookies(await writer.context.cookies())  # type: ignore[arg-type] # the same shape under two names
        await other.open(writer.page.url.removeprefix(writer.url))
        await expect(other.panel.get_by_text("Dear aunt")).to_be_visible()
        yield other


async def clash(writer: Visitor, elsewhere: Visitor) -> Locator:
    """Both write the description; the other one saves first."""
    await writer.panel.get_by_role("tab", name="Write").click()
    await writer.panel.get_by_role("textbox", name="Description").press("End")
    await describe(elsewhere, "Dear uncle")
    await writer.panel.get_by_role("textbox", name="Description").press_sequentially(", how are you?")
    dialog = writer.page.get_by_role("dialog", name="“Write the long letter” was changed elsewhere")
    await expect(dialog.get_by_role("region", name="Saved meanwhile")).to_contain_text("Dear uncle")
    await expect(dialog.get_by_role("region", name="Yours")).to_contain_text("Dear aunt, how are you?")
    return dialog


async def test_two_versions_are_shown_and_both_can_stay(writer: Visitor, elsewhere: Visitor) -> None:
    dialog = await clash(writer, elsewhere)
    assert await findings(writer.page) == []
    await dialog.get_by_role("button", name="Keep both").click()
    for visitor in (writer, elsewhere):
        await expect(visitor.panel.get_by_text("Dear uncle")).to_be_visible()
        await expect(visitor.panel.get_by_text("Dear aunt, how are you?")).to_be_visible()


async def test_two_versions_are_shown_and_mine_can_stay(writer: Visitor, elsewhere: Visitor) -> None:
    dialog = await clash(writer, elsewhere)
    await dialog.get_by_role("button", name="Use mine").click()
    await expect(elsewhere.panel.get_by_text("Dear aunt, how are you?")).to_be_visible()
    await expect(elsewhere.panel.get_by_text("Dear uncle")).to_have_count(0)


async def test_two_versions_are_shown_and_theirs_can_stay(writer: Visitor, elsewhere: Visitor) -> None:
    dialog = await clash(writer, elsewhere)
    await dialog.get_by_role("button", name="Keep theirs").click()
    await expect(writer.panel.get_by_text("Dear uncle")).to_be_visible()
    await writer.reload()
    await expect(writer.panel.get_by_text("Dear uncle")).to_be_visible()
    await expect(writer.panel.get_by_role("textbox", name="Description")).to_have_count(0)
