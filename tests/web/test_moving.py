"""Tasks put elsewhere in a list: by hand, by keys, and onto places in the sidebar."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Locator, expect

from api.server import Server
from visitors import PHONE, Visitor, visiting


@pytest.fixture
async def ana(ana: Visitor) -> Visitor:
    await ana.add("First", "Second", "Third", "Fourth")
    await expect(ana.titles("Inbox")).to_have_text(["First", "Second", "Third", "Fourth"])
    return ana


def place(visitor: Visitor, name: str) -> Locator:
    """A place in the sidebar."""
    return visitor.page.get_by_role("navigation", name="Main").get_by_role("link", name=name)


async def drop(visitor: Visitor, title: str, name: str) -> None:
    target = place(visitor, name)
    await expect(target).to_have_attribute("data-drop-target-for-element", "true")
    await visitor.drag(title, target)


async def test_a_row_keeps_the_place_it_is_dragged_to_and_comes_back_by_undo(ana: Visitor) -> None:
    await ana.drag("First", ana.task("Third"), below=True)
    await expect(ana.titles("Inbox")).to_have_text(["Second", "Third", "First", "Fourth"])
    await expect(ana.notice("Moved “First”")).to_be_visible()
    await ana.reload()
    await expect(ana.titles("Inbox")).to_have_text(["Second", "Third", "First", "Fourth"])
    await ana.drag("Fourth", ana.task("Second"))
    await expect(ana.titles("Inbox")).to_have_text(["Fourth", "Second", "Third", "First"])
    await ana.notice("Moved “Fourth”").locator("..").get_by_role("button", name="Undo").click()
    await expect(ana.titles("Inbox")).to_have_text(["Second", "Third", "First", "Fourth"])
    assert await ana.violations() == []
    assert ana.complaints == []


async def test_a_line_shows_where_a_row_would_go(ana: Visitor) -> None:
    task = ana.task("First")
    await expect(task).to_have_attribute("draggable", "true")
    await task.hover()
    await ana.page.mouse.down()
    third = await ana.task("Third").bounding_box()
    assert third
    await ana.page.mouse.move(third["x"] + 300, third["y"] + 10, steps=6)
    await ana.page.mouse.move(third["x"] + 300, third["y"] + third["height"] - 4, steps=4)
    line = ana.page.locator("main span.bg-accent[aria-hidden]")
    await expect(line).to_be_visible()
    there = "([line, below]) => Math.abs(line.getBoundingClientRect().y - below) < 4"
    await ana.page.wait_for_function(there, arg=[await line.element_handle(), third["y"] + third["height"]])
    await expect(task).to_have_attribute("data-carried", "")
    await ana.page.mouse.up()
    await expect(line).to_have_count(0)
    await expect(task).not_to_have_attribute("data-carried", "")


async def test_all_that_are_selected_move_together(ana: Visitor) -> None:
    for key in "jxjjx":
        await ana.page.keyboard.press(key)
    await ana.drag("First", ana.task("Fourth"), below=True)
    await expect(ana.titles("Inbox")).to_have_text(["Second", "Fourth", "First", "Third"])
    await expect(ana.notice("Moved 2 tasks")).to_be_visible()
    await ana.reload()
    await expect(ana.titles("Inbox")).to_have_text(["Second", "Fourth", "First", "Third"])


async def test_tasks_dropped_on_the_sidebar_go_there(ana: Visitor) -> None:
    await ana.add("Paint the door +Home", "Call today")
    await drop(ana, "Second", "Home")
    await expect(ana.notice("Moved “Second” to Home")).to_be_visible()
    await expect(ana.task("Second")).to_have_count(0)
    await drop(ana, "Third", "Today")
    await expect(ana.task("Third")).to_contain_text("Today")
    await drop(ana, "Fourth", "Trash")
    await expect(ana.notice("Moved “Fourth” to the trash")).to_be_visible()
    await place(ana, "Home").click()
    await expect(ana.titles("Home")).to_have_text(["Paint the door", "Second"])
    await drop(ana, "Second", "Inbox")
    await expect(ana.titles("Home")).to_have_text(["Paint the door"])


async def test_a_task_dropped_under_another_day_is_due_then_at_its_time(ana: Visitor) -> None:
    await ana.add("Dentist tomorrow 9am", "Plant trees in 3 days")
    await ana.go("Upcoming")
    heading = ana.page.get_by_role("heading", level=2)
    await expect(heading).to_have_count(2)
    await ana.drag("Dentist", heading.last)
    await expect(heading).to_have_count(1)
    await expect(ana.task("Dentist")).to_contain_text("9:00")
    await ana.reload()
    await expect(heading).to_have_count(1)
    await expect(ana.task("Dentist")).to_contain_text("9:00")


# Keys are heard before timers: between two of them a page gets to its microtasks, if to nothing else.
BURST = """async () => {
  for (let count = 0; count < 3; count += 1) {
    const key = { key: 'ArrowDown', code: 'ArrowDown', altKey: true, bubbles: true, cancelable: true }
    document.activeElement.dispatchEvent(new KeyboardEvent('keydown', key))
    for (let turn = 0; turn < 20; turn += 1) await null
  }
}"""


async def test_each_arrow_of_a_burst_moves_the_task_by_one_place(ana: Visitor) -> None:
    await ana.page.keyboard.press("j")
    await ana.page.evaluate(BURST)
    await expect(ana.titles("Inbox")).to_have_text(["Second", "Third", "Fourth", "First"])


async def test_alt_and_an_arrow_move_a_task_and_say_where_it_is(ana: Visitor) -> None:
    keyboard = ana.page.keyboard
    await keyboard.press("j")
    await keyboard.press("Alt+ArrowDown")
    await expect(ana.titles("Inbox")).to_have_text(["Second", "First", "Third", "Fourth"])
    await expect(ana.page.get_by_role("status").filter(has_text="Place 2 of 4 in Inbox")).to_be_attached()
    await keyboard.press("Alt+ArrowDown")
    await keyboard.press("Alt+ArrowDown")
    await keyboard.press("Alt+ArrowDown")
    await expect(ana.titles("Inbox")).to_have_text(["Second", "Third", "Fourth", "First"])
    await expect(ana.task("First").get_by_role("link")).to_be_focused()
    await keyboard.press("Alt+ArrowUp")
    await expect(ana.titles("Inbox")).to_have_text(["Second", "Third", "First", "Fourth"])
    await expect(ana.task("First").get_by_role("link")).to_be_focused()
    await keyboard.press("k")
    await expect(ana.task("Third").get_by_role("link")).to_be_focused()
    await ana.reload()
    await expect(ana.titles("Inbox")).to_have_text(["Second", "Third", "First", "Fourth"])


async def test_keys_carry_a_task_into_the_next_group(ana: Visitor) -> None:
    await ana.open("/inbox?by=priority")
    await expect(ana.titles("No priority")).to_have_count(4)
    await ana.task("First").get_by_role("link").focus()
    await ana.page.keyboard.press("Alt+ArrowUp")
    await expect(ana.titles("Low")).to_have_text(["First"])
    await expect(ana.task("First").get_by_role("link")).to_be_focused()
    await expect(ana.notice("Moved “First” to Low")).to_be_visible()


@pytest.fixture
async def phone(ana: Visitor, server: Server, chromium: Browser) -> AsyncIterator[Visitor]:
    async with visiting(chromium, server.url, screen=PHONE) as somebody:
        await somebody.context.add_cookies(await ana.context.cookies())  # type: ignore[arg-type] # the same shape under two names
        await somebody.open("/inbox")
        await expect(somebody.titles("Inbox")).to_have_count(4)
        yield somebody


async def test_on_a_phone_what_is_selected_moves_by_buttons(phone: Visitor) -> None:
    await phone.press_long("Third")
    await phone.page.get_by_role("button", name="Move up").tap()
    await expect(phone.titles("Inbox")).to_have_text(["First", "Third", "Second", "Fourth"])
    await phone.page.get_by_role("button", name="Move down").tap()
    await phone.page.get_by_role("button", name="Move down").tap()
    await expect(phone.titles("Inbox")).to_have_text(["First", "Second", "Fourth", "Third"])
