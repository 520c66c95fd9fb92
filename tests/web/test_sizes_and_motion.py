"""Any window and any reader: 200 % zoom, the narrowest phone, no motion, forced colours."""

import re
from typing import Final

import pytest
from playwright.async_api import Browser, ViewportSize, expect

from api.server import Server
from visitors import DESK, PHONE, Visitor, visiting

LIVED_IN: Final = (
    "Pay rent tomorrow 9am !urgent #bills #calls +Home",
    "Write_a_very_long_word_without_any_space_that_nobody_would_ever_want_to_read_to_its_end_in_a_list_of_tasks",
)
SCREENS: Final = ("/inbox", "/today", "/upcoming", "/all", "/dashboard", "/projects", "/labels", "/trash", "/settings")
DOORS: Final = ("/", "/sign-in", "/register")
ZOOMED: Final[ViewportSize] = {"width": DESK["width"] // 2, "height": DESK["height"] // 2}
"""What a page sees of a desk's window at 200 %."""
NARROWEST: Final[ViewportSize] = {"width": 320, "height": 640}
"""1280 pixels at 400 %: below that nobody promises anything (WCAG 1.4.10)."""

SIDEWAYS: Final = """
  [document.documentElement, ...document.querySelectorAll('main, main *')]
    .filter((element) => element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0)
    .filter((element) => ['auto', 'scroll'].includes(getComputedStyle(element).overflowX)
      || element === document.documentElement)
    .filter((element) => !element.closest('pre, table, [role=region]'))
    .map((element) => `${element.tagName} ${element.className} ${element.scrollWidth} > ${element.clientWidth}`)
"""
WATCH_MOTION: Final = """
  () => {
    globalThis.longest = 0
    const look = () => {
      const lasting = document.getAnimations().map((one) => Number(one.effect.getComputedTiming().duration))
      longest = Math.max(longest, ...lasting)
      requestAnimationFrame(look)
    }
    look()
  }
"""


@pytest.mark.parametrize("screen", [ZOOMED, NARROWEST], ids=["at 200 %", "on the narrowest phone"])
async def test_nothing_has_to_be_scrolled_sideways(server: Server, chromium: Browser, screen: ViewportSize) -> None:
    async with visiting(chromium, server.url, screen=screen) as somebody:
        found = {}
        for path in DOORS:
            await somebody.open(path)
            await expect(somebody.page.get_by_role("heading", level=1)).to_be_visible()
            found[path] = await somebody.page.evaluate(SIDEWAYS)
        await somebody.arrive()
        await somebody.add(*LIVED_IN)
        for path in SCREENS:
            await somebody.open(path)
            await expect(somebody.page.get_by_role("heading", level=1)).to_be_visible()
            await expect(somebody.page.get_by_role("status", name="Loading")).to_have_count(0)
            found[path] = await somebody.page.evaluate(SIDEWAYS)
        await _open_a_task(somebody)
        found["a task"] = await somebody.page.evaluate(SIDEWAYS)
        assert {path: wide for path, wide in found.items() if wide} == {}


async def _open_a_task(somebody: Visitor) -> None:
    await somebody.open("/all")
    await somebody.task("Pay rent").get_by_role("link").click()
    await expect(somebody.panel.get_by_label("Add a subtask")).to_be_visible()


# How far from its middle a tap still means it, across and down.
REACH: Final = """
  (button) => {
    const { left, top, width, height } = button.getBoundingClientRect()
    const [x, y] = [Math.round(left + width / 2), Math.round(top + height / 2)]
    const isIt = (across, down) => document.elementFromPoint(x + across, y + down)?.closest('button') === button
    const reach = (one) => { let far = 0; while (far < 100 && isIt(...one(far))) far += 1; return far }
    return [
      reach((far) => [far, 0]) + reach((far) => [-far, 0]) - 1,
      reach((far) => [0, far]) + reach((far) => [0, -far]) - 1,
    ]
  }
"""


async def test_something_too_wide_would_be_noticed(server: Server, chromium: Browser) -> None:
    async with visiting(chromium, server.url, screen=NARROWEST) as somebody:
        await somebody.open("/sign-in")
        await somebody.page.evaluate("document.querySelector('form').style.minWidth = '500px'")
        assert await somebody.page.evaluate(SIDEWAYS) != []


async def _motion(chromium: Browser, url: str, *, still: bool) -> float:
    """The longest animation that quick add begins with, in ms."""
    async with visiting(chromium, url, still=still) as somebody:
        await somebody.arrive()
        await somebody.page.evaluate(WATCH_MOTION)
        await somebody.page.keyboard.press("q")
        await expect(somebody.page.get_by_label("What needs doing?")).to_be_focused()
        await somebody.page.keyboard.type("Buy milk tomorrow")
        await somebody.page.get_by_role("list", name="Understood").get_by_role("listitem").wait_for()
        longest: float = await somebody.page.evaluate("globalThis.longest")
        return longest


async def test_nothing_moves_for_those_who_want_it_still(server: Server, chromium: Browser) -> None:
    assert await _motion(chromium, server.url, still=True) <= 1


async def test_things_do_move_for_everybody_else(server: Server, chromium: Browser) -> None:
    assert await _motion(chromium, server.url, still=False) > 1


async def test_done_and_urgent_are_told_without_colours_too(ana: Visitor) -> None:
    await ana.page.emulate_media(forced_colors="active")
    await ana.add("Pay rent !urgent", "Read a book")
    await expect(ana.task("Pay rent").get_by_role("button", name="Priority: Urgent").first).to_be_attached()
    await ana.page.keyboard.press("j")
    outline = "getComputedStyle(document.activeElement.closest('[data-task]')).outlineStyle"
    assert await ana.page.evaluate(outline) == "solid"


async def test_a_finger_has_44_pixels_for_every_control_of_a_row_and_none_takes_anothers(
    server: Server, chromium: Browser
) -> None:
    async with visiting(chromium, server.url, screen=PHONE) as somebody:
        await somebody.register()
        await somebody.add("Pay rent tomorrow !urgent #bills +Home", "Read a book", "Call the plumber")
        await somebody.open("/all")
        await expect(somebody.titles("All tasks")).to_have_count(3)
        for title in ("Pay rent", "Read a book", "Call the plumber"):
            circle = somebody.task(title).get_by_role("button", name=f"Complete “{title}”")
            assert min(await circle.evaluate(REACH)) >= 44, title
        for chip in await somebody.task("Pay rent").get_by_role("button").filter(has_text=re.compile(r"\w")).all():
            assert min(await chip.evaluate(REACH)) >= 40, await chip.text_content()
        for path, name in {"/projects": "Edit Home", "/labels": "Edit bills"}.items():
            await somebody.open(path)
            assert await somebody.page.get_by_role("button", name=name).evaluate(REACH) == [44, 44]
