"""Several tasks at once: selected by keys, by the mouse and by a finger."""

from collections.abc import AsyncIterator

import httpx
import pytest
from playwright.async_api import Browser, Locator, expect

from api.server import Server
from axe import findings
from visitors import PASSWORD, PHONE, Visitor, visiting


@pytest.fixture
async def ana(ana: Visitor) -> Visitor:
    await ana.add("First", "Second", "Third", "Fourth")
    await expect(ana.titles("Inbox")).to_have_count(4)
    return ana


def tick(visitor: Visitor, title: str) -> Locator:
    return visitor.page.get_by_role("checkbox", name=f"Select “{title}”")


def bar(visitor: Visitor, count: int) -> Locator:
    return visitor.page.get_by_role("toolbar", name=f"{count} selected")


async def test_shift_and_an_arrow_select_a_range_and_let_it_go_again(ana: Visitor) -> None:
    keyboard = ana.page.keyboard
    await keyboard.press("j")
    await keyboard.press("j")
    for key in ("Shift+ArrowDown", "Shift+ArrowDown"):
        await keyboard.press(key)
    await expect(bar(ana, 3)).to_be_visible()
    await keyboard.press("Shift+ArrowUp")
    await expect(bar(ana, 2)).to_be_visible()
    await expect(tick(ana, "Third")).to_be_checked()
    await expect(tick(ana, "Fourth")).not_to_be_checked()
    await expect(ana.task("Third").get_by_role("link")).to_be_focused()
    await expect(ana.task("Third").get_by_role("link")).to_have_accessible_description("Selected")
    await expect(ana.page.get_by_role("status").filter(has_text="2 selected")).to_be_attached()
    await keyboard.press("Escape")
    await expect(tick(ana, "Third")).not_to_be_checked()
    await expect(ana.task("Third").get_by_role("link")).to_have_accessible_description("")


async def test_a_tick_selects_and_a_shift_click_selects_up_to_it(ana: Visitor) -> None:
    await ana.task("First").hover()
    await tick(ana, "First").click()
    await expect(bar(ana, 1)).to_be_visible()
    await tick(ana, "Third").click(modifiers=["Shift"])
    await expect(bar(ana, 3)).to_be_visible()
    await ana.task("Second").get_by_role("link").click(modifiers=["ControlOrMeta"])
    await expect(bar(ana, 2)).to_be_visible()
    await expect(tick(ana, "Second")).not_to_be_checked()
    await ana.page.get_by_role("button", name="Complete “First”").click(modifiers=["ControlOrMeta"])
    await expect(bar(ana, 1)).to_be_visible()
    await expect(ana.page.get_by_role("button", name="Complete “First”")).to_be_visible()


async def test_the_focus_goes_back_to_the_tasks_when_the_bar_goes(ana: Visitor) -> None:
    await ana.page.keyboard.press("j")
    await ana.page.keyboard.press("Shift+ArrowDown")
    await bar(ana, 2).get_by_role("button", name="Complete", exact=True).focus()
    await ana.page.keyboard.press("Enter")
    await expect(ana.titles("Inbox")).to_have_text(["Third", "Fourth"])
    await expect(ana.task("Third").get_by_role("link")).to_be_focused()


async def test_the_status_of_all_that_are_selected_is_set_at_once(ana: Visitor) -> None:
    await ana.page.keyboard.press("j")
    await ana.page.keyboard.press("Shift+ArrowDown")
    await bar(ana, 2).get_by_role("button", name="Set status").click()
    await ana.page.get_by_role("option", name="In progress").click()
    await expect(ana.notice("Changed 2 tasks")).to_be_visible()
    await bar(ana, 2).get_by_role("button", name="Select all").click()
    await expect(bar(ana, 4)).to_be_visible()
    assert await findings(ana.page) == []


async def test_each_row_tells_its_place_in_the_list(ana: Visitor) -> None:
    third = ana.page.get_by_role("listitem").filter(has=ana.task("Third"))
    await expect(third).to_have_attribute("aria-posinset", "3")
    await expect(third).to_have_attribute("aria-setsize", "4")


async def test_all_that_a_list_holds_are_selected_and_changed_and_given_back(ana: Visitor) -> None:
    await fill(ana, 296)
    await open_and_read_on(ana, "/all")
    await ana.page.keyboard.press("Control+a")
    await expect(bar(ana, 124)).to_be_visible()
    await bar(ana, 124).get_by_role("button", name="Select all 300").click()
    await expect(bar(ana, 300)).to_be_visible()
    await expect(bar(ana, 300).get_by_role("button", name="Select all")).to_have_count(0)
    assert await findings(ana.page) == []
    await ana.page.keyboard.press("1")
    await expect(ana.notice("Changed 300 tasks")).to_be_visible()
    await open_and_read_on(ana, "/all?priority=urgent")
    await ana.page.keyboard.press("Control+a")
    await bar(ana, 124).get_by_role("button", name="Select all").click()
    await bar(ana, 300).get_by_role("button", name="Delete").click()
    await expect(ana.page.get_by_role("heading", name="Nothing matches")).to_be_visible()
    await ana.notice("Moved 300 tasks to the trash").locator("..").get_by_role("button", name="Undo").click()
    await expect(ana.task("Number 296")).to_be_visible()


async def test_all_cards_of_a_column_are_selected_also_those_that_are_not_read_yet(ana: Visitor) -> None:
    await fill(ana, 136)
    await ana.open("/all?layout=board")
    await expect(ana.task("First")).to_be_visible()
    await ana.task("First").get_by_role("link").focus()
    await ana.page.keyboard.press("Control+a")
    await ana.page.get_by_role("toolbar").get_by_role("button", name="Select all 140").click()
    await expect(bar(ana, 140)).to_be_visible()
    await expect(bar(ana, 140).get_by_role("button", name="Select all")).to_have_count(0)
    await bar(ana, 140).get_by_role("button", name="Complete").click()
    await expect(ana.page.get_by_role("region", name="Done: 140 tasks")).to_be_visible()


async def open_and_read_on(visitor: Visitor, path: str) -> None:
    """Until the second part of the list is there: what is read without scrolling."""
    async with visitor.page.expect_response(lambda response: "cursor=" in response.url):
        await visitor.open(path)
    await expect(visitor.task("Number 296")).to_be_visible()
    await expect(visitor.page.get_by_text("Loading more")).to_have_count(0)


async def fill(visitor: Visitor, count: int) -> None:
    """So many tasks more, made at once."""
    operations = [{"op": "create", "task": {"title": f"Number {number}"}} for number in range(1, count + 1)]
    async with httpx.AsyncClient(base_url=visitor.url) as client:
        granted = await client.post("/api/auth/login", json={"email": visitor.email, "password": PASSWORD})
        headers = {"Authorization": f"Bearer {granted.json()['access_token']}"}
        for start in range(0, count, 100):
            some = {"operations": operations[start : start + 100]}
            (await client.post("/api/tasks/batch", json=some, headers=headers)).raise_for_status()


@pytest.fixture
async def phone(ana: Visitor, server: Server, chromium: Browser) -> AsyncIterator[Visitor]:
    async with visiting(chromium, server.url, screen=PHONE, theme="dark") as somebody:
        await somebody.context.add_cookies(await ana.context.cookies())  # type: ignore[arg-type] # the same shape under two names
        await somebody.open("/inbox")
        await expect(somebody.titles("Inbox")).to_have_count(4)
        yield somebody


async def test_a_finger_that_rests_on_a_task_begins_to_select(phone: Visitor) -> None:
    await phone.press_long("Second")
    await expect(bar(phone, 1)).to_be_visible()
    await expect(phone.panel).to_have_count(0)
    await phone.task("Fourth").tap()
    await expect(bar(phone, 2)).to_be_visible()
    await expect(tick(phone, "Fourth")).to_be_checked()
    assert await phone.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await findings(phone.page) == []
    await tick(phone, "Second").tap()
    await expect(bar(phone, 1)).to_be_visible()
    await bar(phone, 1).get_by_role("button", name="Complete", exact=True).tap()
    await expect(phone.titles("Inbox")).to_have_text(["First", "Second", "Third"])
    await phone.task("First").tap()
    await expect(phone.panel.get_by_label("Title")).to_have_value("First")


async def test_a_tap_that_does_not_rest_opens_the_task(phone: Visitor) -> None:
    await phone.task("Second").tap()
    await expect(phone.panel.get_by_label("Title")).to_have_value("Second")
    await expect(phone.page.get_by_role("toolbar")).to_have_count(0)
