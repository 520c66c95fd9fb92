"""The palette: everything there is to do, by typing."""

import re

from playwright.async_api import expect

from axe import findings
from visitors import Visitor

LIVED_IN = ("Pay rent tomorrow !high #bills +Home", "Water the plants today", "Read a book")


async def test_it_goes_anywhere_and_remembers(ana: Visitor) -> None:
    await ana.add(*LIVED_IN)
    await ana.ask("dashb")
    await expect(ana.page.get_by_role("heading", level=1, name="Dashboard")).to_be_visible()
    await ana.ask("home")
    await expect(ana.page.get_by_role("heading", level=1, name="Home")).to_be_visible()
    await ana.page.keyboard.press("Control+k")
    recent = ana.palette.get_by_role("group", name="Recent")
    await expect(recent.get_by_role("option")).to_have_text(["Home", "Dashboardgd"])
    await ana.page.keyboard.press("Control+k")
    await expect(ana.palette).to_have_count(0)


async def test_it_finds_tasks_wherever_they_are(ana: Visitor) -> None:
    await ana.add(*LIVED_IN)
    await ana.page.keyboard.press("Control+k")
    await ana.palette.get_by_role("combobox").fill("pay re")
    await ana.palette.get_by_role("group", name="Tasks").get_by_role("option", name="Pay rent").click()
    await expect(ana.panel.get_by_label("Title")).to_have_value("Pay rent")


async def test_it_acts_on_the_task_with_the_cursor(ana: Visitor) -> None:
    await ana.add(*LIVED_IN)
    await ana.task("Read a book").get_by_role("link").focus()
    await ana.ask("urgent")
    await expect(ana.task("Read a book").get_by_role("button", name="Priority: Urgent").first).to_be_attached()
    await expect(ana.task("Read a book").get_by_role("link")).to_be_focused()
    await ana.page.keyboard.press("Control+k")
    await ana.palette.get_by_role("option", name="Set due date").click()
    await ana.palette.get_by_role("combobox").fill("in 3 weeks")
    await ana.page.keyboard.press("Enter")
    await expect(ana.task("Read a book").get_by_text(re.compile(r"^\d+ \w+( \d+)?$"))).to_be_visible()
    await ana.ask("complete")
    await expect(ana.task("Read a book")).to_have_count(0)
    await ana.ask("undo")
    await expect(ana.task("Read a book")).to_be_visible()


async def test_it_acts_on_all_that_are_selected(ana: Visitor) -> None:
    await ana.add(*LIVED_IN)
    await ana.go("All tasks")
    await expect(ana.page.locator("[data-task]")).to_have_count(3)
    await ana.page.locator("[data-task] a").first.focus()
    await ana.page.keyboard.press("Control+a")
    await ana.page.keyboard.press("Control+k")
    await expect(ana.palette.get_by_role("group", name="On 3 selected tasks")).to_be_visible()
    await ana.palette.get_by_role("combobox").fill("in progress")
    await ana.page.keyboard.press("Enter")
    await expect(ana.notice("Changed 3 tasks")).to_be_visible()


async def test_it_changes_how_a_list_is_shown_and_the_theme(ana: Visitor) -> None:
    await ana.add(*LIVED_IN)
    await ana.ask("show as a board")
    await expect(ana.page.get_by_role("region", name="Inbox: board")).to_be_visible()
    await ana.ask("columns priority")
    await expect(ana.page).to_have_url(re.compile("by=priority"))
    await ana.ask("theme dark")
    await expect(ana.page.locator("html")).to_have_attribute("data-theme", "dark")
    await ana.ask("show as a list")
    await ana.ask("sort due")
    await expect(ana.page).to_have_url(re.compile("sort=due"))


async def test_what_is_typed_becomes_a_task(ana: Visitor) -> None:
    await ana.page.keyboard.press("Control+k")
    await ana.palette.get_by_role("combobox").fill("Feed the cat tomorrow")
    await ana.palette.get_by_role("option", name="Add task “Feed the cat tomorrow”").click()
    await expect(ana.page.get_by_label("What needs doing?")).to_have_value("Feed the cat tomorrow")
    await expect(ana.page.get_by_label("What needs doing?")).to_be_focused()
    await ana.page.keyboard.press("Enter")
    await expect(ana.task("Feed the cat")).to_be_visible()


async def test_it_opens_while_typing_and_gives_the_focus_back(ana: Visitor) -> None:
    await ana.page.get_by_role("searchbox").focus()
    await ana.page.keyboard.press("Control+k")
    await expect(ana.palette.get_by_role("combobox")).to_be_focused()
    assert await findings(ana.page) == []
    await ana.palette.get_by_role("combobox").fill("theme")
    await ana.palette.get_by_role("option", name="Switch theme").click()
    await expect(ana.palette.get_by_role("option")).to_have_count(3)
    assert await findings(ana.page) == []
    await ana.page.keyboard.press("Escape")
    await expect(ana.palette).to_be_visible()
    await ana.page.keyboard.press("Escape")
    await expect(ana.palette).to_have_count(0)
    await expect(ana.page.get_by_role("searchbox")).to_be_focused()
    assert await ana.violations() == []
