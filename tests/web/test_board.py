"""Any list as a board: its columns, and cards that move by hand and by keys."""

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Locator, expect

from api.server import Server
from axe import findings
from visitors import DESK, PHONE, Visitor, visiting

CARDS = ("Write the report !high", "Buy milk", "Call the bank today #calls")


@pytest.fixture
async def board(ana: Visitor) -> Visitor:
    """Three cards to do, on the board of the inbox."""
    await ana.add(*CARDS)
    await ana.page.get_by_role("button", name="Board", exact=True).click()
    await expect(column(ana, "To do")).to_contain_text("Call the bank")
    return ana


def column(visitor: Visitor, name: str) -> Locator:
    return visitor.page.get_by_role("region", name=re.compile(f"^{name}: "))


def titles(visitor: Visitor, name: str) -> Locator:
    return column(visitor, name).locator("[data-title]")


async def test_a_list_becomes_a_board_that_its_address_remembers(board: Visitor) -> None:
    assert "layout=board" in board.page.url
    for name in ("To do", "In progress", "Done", "Cancelled"):
        await expect(column(board, name)).to_be_visible()
    await expect(column(board, "To do")).to_have_accessible_name("To do: 3 tasks")
    await board.reload()
    await expect(titles(board, "To do")).to_have_count(3)
    await board.page.get_by_role("button", name="Columns by status").click()
    await board.page.get_by_role("option", name="Priority").click()
    await expect(titles(board, "High")).to_have_text(["Write the report"])
    assert "by=priority" in board.page.url
    await board.page.get_by_role("button", name="List", exact=True).click()
    await expect(board.titles("High")).to_have_text(["Write the report"])
    assert await board.violations() == []


async def test_a_card_dragged_to_another_column_changes_and_comes_back_by_undo(board: Visitor) -> None:
    await board.drag("Buy milk", column(board, "In progress").get_by_text("No tasks"))
    await expect(titles(board, "In progress")).to_have_text(["Buy milk"])
    await expect(column(board, "To do")).to_have_accessible_name("To do: 2 tasks")
    await board.reload()
    await expect(titles(board, "In progress")).to_have_text(["Buy milk"])
    await board.page.keyboard.press("z")
    await board.drag("Buy milk", column(board, "To do").locator("[data-task]").first)
    await expect(titles(board, "To do")).to_have_text(["Buy milk", "Write the report", "Call the bank"])
    await board.notice("Moved “Buy milk” to To do").locator("..").get_by_role("button", name="Undo").click()
    await expect(titles(board, "In progress")).to_have_text(["Buy milk"])
    assert board.complaints == []


async def test_a_card_keeps_the_place_it_is_dragged_to_in_its_column(board: Visitor) -> None:
    await expect(titles(board, "To do")).to_have_text(["Write the report", "Buy milk", "Call the bank"])
    await board.drag("Write the report", board.task("Call the bank"), below=True)
    await expect(titles(board, "To do")).to_have_text(["Buy milk", "Call the bank", "Write the report"])
    await expect(board.notice("Moved “Write the report”")).to_be_visible()
    await board.reload()
    await expect(titles(board, "To do")).to_have_text(["Buy milk", "Call the bank", "Write the report"])


async def test_cards_are_moved_ordered_and_finished_by_keys_alone(board: Visitor) -> None:
    keyboard = board.page.keyboard
    await board.task("Buy milk").get_by_role("link").focus()
    await keyboard.press("Shift+ArrowUp")
    await expect(titles(board, "To do")).to_have_text(["Buy milk", "Write the report", "Call the bank"])
    await expect(board.page.get_by_text("Place 1 of 3 in To do")).to_be_attached()
    await keyboard.press("Shift+ArrowDown")
    await keyboard.press("Shift+ArrowDown")
    await expect(titles(board, "To do")).to_have_text(["Write the report", "Call the bank", "Buy milk"])
    await keyboard.press("Shift+ArrowRight")
    await expect(titles(board, "In progress")).to_have_text(["Buy milk"])
    await expect(board.task("Buy milk").get_by_role("link")).to_be_focused()
    await keyboard.press("ArrowLeft")
    await expect(board.task("Write the report").get_by_role("link")).to_be_focused()
    await keyboard.press("ArrowDown")
    await expect(board.task("Call the bank").get_by_role("link")).to_be_focused()
    await keyboard.press("ArrowUp")
    await keyboard.press("Space")
    await expect(titles(board, "Done")).to_have_text(["Write the report"])
    await expect(board.task("Call the bank").get_by_role("link")).to_be_focused()
    await keyboard.press("Enter")
    await expect(board.panel.get_by_label("Title")).to_have_value("Call the bank")
    await keyboard.press("Escape")
    await expect(board.panel).to_have_count(0)
    await expect(titles(board, "To do")).to_have_text(["Call the bank"])


async def test_a_card_added_to_a_column_is_what_the_column_says(board: Visitor) -> None:
    await board.page.get_by_role("button", name="Add a task to In progress").click()
    await board.page.get_by_label("What needs doing?").fill("Water the plants")
    await board.page.keyboard.press("Enter")
    await expect(titles(board, "In progress")).to_have_text(["Water the plants"])


async def test_what_another_window_moves_is_seen_here(board: Visitor, server: Server, chromium: Browser) -> None:
    async with visiting(chromium, server.url, screen=DESK) as other:
        await other.context.add_cookies(await board.context.cookies())  # type: ignore[arg-type] # the same shape under two names
        await other.open("/inbox?layout=board")
        await other.task("Buy milk").get_by_role("link").focus()
        await other.page.keyboard.press("Shift+ArrowRight")
        await expect(titles(other, "In progress")).to_have_text(["Buy milk"])
        await expect(titles(board, "In progress")).to_have_text(["Buy milk"])


@pytest.fixture
async def phone(board: Visitor, server: Server, chromium: Browser) -> AsyncIterator[Visitor]:
    async with visiting(chromium, server.url, screen=PHONE, theme="dark") as somebody:
        await somebody.context.add_cookies(await board.context.cookies())  # type: ignore[arg-type] # the same shape under two names
        await somebody.open("/inbox?layout=board")
        await expect(titles(somebody, "To do")).to_have_count(3)
        yield somebody


async def test_a_board_on_a_phone_snaps_from_column_to_column(phone: Visitor) -> None:
    board = phone.page.get_by_role("region", name="Inbox: board")
    assert await board.evaluate("board => getComputedStyle(board).scrollSnapType") == "x mandatory"
    await column(phone, "Done").scroll_into_view_if_needed()
    await expect(column(phone, "Done")).to_be_in_viewport(ratio=0.9)
    assert await phone.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await findings(phone.page) == []


async def test_axe_finds_nothing_on_a_board(board: Visitor) -> None:
    for by in ("status", "priority", "project"):
        await board.open(f"/all?layout=board&by={by}")
        await expect(board.page.locator("[data-task]").first).to_be_visible()
        await expect(board.page.get_by_role("status", name="Loading")).to_have_count(0)
        assert await findings(board.page) == []
