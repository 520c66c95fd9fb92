"""The list without a mouse."""

import pytest
from playwright.async_api import expect

from visitors import Visitor


@pytest.fixture
async def ana(ana: Visitor) -> Visitor:
    await ana.add("First", "Second", "Third")
    await expect(ana.task("Third")).to_be_visible()
    return ana


async def _focused(ana: Visitor) -> str:
    text: str = await ana.page.evaluate("document.activeElement.textContent")
    return text


async def test_j_and_k_walk_and_enter_opens(ana: Visitor) -> None:
    for key in "jjk":
        await ana.page.keyboard.press(key)
    assert await _focused(ana) == "First"
    await ana.page.keyboard.press("j")
    await ana.page.keyboard.press("Enter")
    await expect(ana.panel.get_by_label("Title")).to_have_value("Second")
    await ana.page.keyboard.press("Escape")
    await expect(ana.panel).to_have_count(0)
    assert await _focused(ana) == "Second"


async def test_space_finishes_and_the_next_task_takes_the_focus(ana: Visitor) -> None:
    await ana.page.keyboard.press("j")
    await ana.page.keyboard.press("Space")
    await expect(ana.task("First")).to_have_count(0)
    await expect(ana.task("Second").get_by_role("link")).to_be_focused()
    await ana.page.keyboard.press("z")
    await expect(ana.task("First")).to_be_visible()


async def test_e_edits_the_title_in_place(ana: Visitor) -> None:
    await ana.page.keyboard.press("j")
    await ana.page.keyboard.press("e")
    await ana.page.keyboard.type("Renamed")
    await ana.page.keyboard.press("Enter")
    await expect(ana.task("Renamed").get_by_role("link")).to_be_focused()
    await ana.page.keyboard.press("e")
    await ana.page.keyboard.type("Not this")
    await ana.page.keyboard.press("Escape")
    await expect(ana.task("Renamed")).to_be_visible()
    await ana.reload()
    await expect(ana.task("Renamed")).to_be_visible()


async def test_digits_set_the_priority_and_d_the_date(ana: Visitor) -> None:
    await ana.page.keyboard.press("j")
    await ana.page.keyboard.press("1")
    await expect(ana.task("First").get_by_role("button", name="Priority: Urgent").first).to_be_attached()
    await ana.page.keyboard.press("d")
    await ana.page.get_by_label("A date in words").fill("tomorrow 14:30")
    await ana.page.keyboard.press("Enter")
    await expect(ana.task("First")).to_contain_text("Tomorrow 14:30")
    await expect(ana.task("First").get_by_role("link")).to_be_focused()


async def test_l_gives_labels_and_makes_new_ones(ana: Visitor) -> None:
    await ana.page.keyboard.press("j")
    await ana.page.keyboard.press("l")
    await ana.page.get_by_role("combobox", name="Set labels").fill("errand")
    await ana.page.keyboard.press("Enter")
    await expect(ana.page.get_by_role("option", name="errand")).to_have_attribute("aria-selected", "true")
    await ana.page.keyboard.press("Escape")
    await expect(ana.task("First")).to_contain_text("errand")


async def test_x_selects_and_what_is_selected_is_finished_and_undone_as_one(ana: Visitor) -> None:
    for key in "jxjx":
        await ana.page.keyboard.press(key)
    await expect(ana.page.get_by_role("toolbar", name="2 selected")).to_be_visible()
    await ana.page.keyboard.press("Space")
    await expect(ana.notice("Completed 2 tasks")).to_be_visible()
    await expect(ana.task("First")).to_have_count(0)
    await expect(ana.task("Second")).to_have_count(0)
    await ana.page.keyboard.press("z")
    await expect(ana.task("First")).to_be_visible()
    await expect(ana.task("Second")).to_be_visible()


async def test_slash_searches_and_question_mark_tells_the_keys(ana: Visitor) -> None:
    await ana.page.keyboard.press("/")
    await ana.page.keyboard.type("sec")
    await expect(ana.task("First")).to_have_count(0)
    await expect(ana.task("Second")).to_be_visible()
    await ana.page.keyboard.press("Escape")
    await expect(ana.task("First")).to_be_visible()
    await ana.page.keyboard.press("Escape")
    await ana.page.keyboard.press("?")
    await expect(ana.page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()


async def test_single_keys_can_be_turned_off(ana: Visitor) -> None:
    await ana.go("Settings")
    await ana.page.get_by_role("switch", name="Single-key shortcuts").uncheck()
    await ana.go("Inbox")
    await ana.page.keyboard.press("q")
    await ana.page.keyboard.press("?")
    await expect(ana.page.get_by_role("dialog")).to_have_count(0)


async def test_what_is_typed_while_the_dialog_is_on_its_way_becomes_its_text(ana: Visitor) -> None:
    await ana.reload()
    await expect(ana.task("First")).to_be_visible()
    async with ana.holding("GET", "**/_next/static/**"):
        await ana.page.keyboard.press("j")
        await ana.page.keyboard.type("qDelete xx")
        await ana.page.keyboard.press("Backspace")
    await expect(ana.page.get_by_label("What needs doing?")).to_have_value("Delete x")
    await ana.page.keyboard.type(" and go")
    await ana.page.keyboard.press("Enter")
    await expect(ana.task("Delete x and go")).to_be_visible()
    await expect(ana.task("First")).to_be_visible()
