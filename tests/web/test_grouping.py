"""A list cut into groups, filters that hold several values, and what a list hands to quick add."""

from typing import Final

import pytest
from playwright.async_api import expect

from axe import findings
from visitors import Visitor

LIVED_IN: Final = ("Pay rent !urgent +Home", "Water the plants !low", "Call the plumber !urgent", "Read a book")


@pytest.fixture
async def ana(ana: Visitor) -> Visitor:
    await ana.add(*LIVED_IN)
    await ana.open("/all")
    await expect(ana.titles("All tasks")).to_have_count(4)
    return ana


async def test_a_list_is_cut_into_groups_that_its_address_remembers(ana: Visitor) -> None:
    await ana.page.get_by_role("button", name="Group", exact=True).click()
    await ana.page.get_by_role("option", name="Priority").click()
    await expect(ana.titles("Urgent")).to_have_count(2)
    assert ana.page.url.endswith("?by=priority")
    await ana.reload()
    await expect(ana.titles("No priority")).to_have_text(["Read a book"])
    await expect(ana.page.get_by_role("heading", name="Urgent: 2 tasks")).to_be_visible()
    await ana.page.get_by_role("button", name="Urgent: 2 tasks").click()
    await expect(ana.titles("Urgent")).to_have_count(0)
    assert await findings(ana.page) == []
    await ana.page.get_by_role("button", name="Board", exact=True).click()
    await expect(ana.page.get_by_role("region", name="Urgent: 2 tasks")).to_be_visible()
    await ana.page.get_by_role("button", name="List", exact=True).click()
    await ana.page.get_by_role("button", name="Grouped by priority").click()
    await ana.page.get_by_role("option", name="No groups").click()
    await expect(ana.titles("All tasks")).to_have_count(4)


async def test_a_task_added_to_a_group_or_dragged_there_is_what_the_group_says(ana: Visitor) -> None:
    await ana.open("/all?by=project&sort=position")
    await expect(ana.titles("Inbox")).to_have_count(3)
    await ana.page.get_by_role("button", name="Add a task to Home").click()
    await ana.page.get_by_label("What needs doing?").fill("Paint the door")
    await ana.page.keyboard.press("Enter")
    await expect(ana.titles("Home")).to_have_text(["Pay rent", "Paint the door"])
    await ana.drag("Read a book", ana.task("Paint the door"))
    await expect(ana.titles("Home")).to_have_text(["Pay rent", "Read a book", "Paint the door"])
    await expect(ana.notice("Moved “Read a book” to Home")).to_be_visible()
    await ana.reload()
    await expect(ana.titles("Home")).to_have_text(["Pay rent", "Read a book", "Paint the door"])


async def test_keys_walk_through_all_groups(ana: Visitor) -> None:
    await ana.open("/all?by=priority")
    await expect(ana.titles("Urgent")).to_have_count(2)
    for _ in range(3):
        await ana.page.keyboard.press("j")
    await expect(ana.task("Water the plants").get_by_role("link")).to_be_focused()
    await ana.page.keyboard.press("1")
    await expect(ana.titles("Urgent")).to_have_count(3)
    await expect(ana.titles("Low")).to_have_count(0)


async def test_a_filter_holds_several_values(ana: Visitor) -> None:
    await ana.page.get_by_role("button", name="Filter", exact=True).click()
    await ana.page.get_by_role("option", name="Urgent").click()
    await ana.page.get_by_role("option", name="Low").click()
    await ana.page.keyboard.press("Escape")
    await expect(ana.titles("All tasks")).to_have_count(3)
    await expect(ana.task("Read a book")).to_have_count(0)
    assert ana.page.url.endswith("?priority=urgent,low")
    await ana.reload()
    await expect(ana.titles("All tasks")).to_have_count(3)
    await ana.page.get_by_role("button", name="Filter", exact=True).click()
    await ana.page.get_by_role("option", name="Low").click()
    await ana.page.get_by_role("option", name="No project").click()
    await expect(ana.titles("All tasks")).to_have_text(["Call the plumber"])
    await ana.page.get_by_role("button", name="Remove filter: Priority: Urgent").click()
    await expect(ana.titles("All tasks")).to_have_count(3)
    await expect(ana.task("Pay rent")).to_have_count(0)


async def test_quick_add_starts_from_the_list_only_while_that_is_shown(ana: Visitor) -> None:
    await ana.page.get_by_role("navigation", name="Main").get_by_role("link", name="Home").click()
    await expect(ana.page.get_by_role("heading", level=1, name="Home")).to_be_visible()
    for place in ("Labels", "Projects", "Settings"):
        await ana.go(place)
        await ana.add(f"From {place}")
        await expect(ana.notice(f"Added “From {place}” to Inbox")).to_be_visible()
