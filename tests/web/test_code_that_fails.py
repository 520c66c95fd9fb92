"""Code that does not come, and addresses that are broken: said, and survived."""

import re
from typing import Final

import anyio
import pytest
from playwright.async_api import Route, expect

from axe import findings
from visitors import Visitor

# Where data is to be saved, no code is fetched before it is needed.
NOTHING_AHEAD: Final = "Object.defineProperty(Navigator.prototype, 'connection', { get: () => ({ saveData: true }) })"


@pytest.fixture
async def ana(ana: Visitor) -> Visitor:
    await ana.add("First", "Second", "Third")
    await expect(ana.task("Third")).to_be_visible()
    await ana.page.add_init_script(NOTHING_AHEAD)
    await ana.reload()
    await expect(ana.task("Third")).to_be_visible()
    return ana


async def open_task(visitor: Visitor, title: str) -> None:
    await visitor.task(title).get_by_role("link").click()
    await expect(visitor.panel.get_by_label("Title", exact=True)).to_have_value(title)


async def test_a_dialog_whose_code_does_not_come_says_so_and_the_page_lives_on(ana: Visitor) -> None:
    await ana.page.route("**/_next/static/**", lambda route: route.abort("internetdisconnected"))
    await ana.page.keyboard.press("?")
    await expect(ana.notice("This part did not load")).to_be_visible()
    await ana.page.keyboard.press("j")
    await expect(ana.task("First").get_by_role("link")).to_be_focused()
    await ana.page.unroute_all()
    await ana.page.get_by_role("region", name="Notifications").get_by_role("button", name="Try again").click()
    await expect(ana.page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()


async def test_what_was_typed_for_a_dialog_is_kept_until_its_code_comes(ana: Visitor) -> None:
    fail = anyio.Event()

    async def fail_late(route: Route) -> None:
        await fail.wait()
        await route.abort("internetdisconnected")

    await ana.reload()
    await expect(ana.task("First")).to_be_visible()
    await ana.page.route("**/_next/static/**", fail_late)
    await ana.page.keyboard.type("qDelete x")
    fail.set()
    await expect(ana.notice("This part did not load")).to_be_visible()
    await ana.page.unroute_all()
    await ana.page.get_by_role("region", name="Notifications").get_by_role("button", name="Try again").click()
    await expect(ana.page.get_by_label("What needs doing?")).to_have_value("Delete x")


async def test_a_panel_whose_code_does_not_come_says_so_and_can_be_closed(ana: Visitor) -> None:
    address = ana.page.url
    await ana.page.goto(address)
    await expect(ana.task("First")).to_be_visible()
    await ana.page.route("**/_next/static/**", lambda route: route.abort("internetdisconnected"))
    await ana.task("First").get_by_role("link").click()
    await expect(ana.panel.get_by_role("heading", name="This part did not load")).to_be_visible()
    assert await findings(ana.page) == []
    await ana.page.keyboard.press("Escape")
    await expect(ana.task("First").get_by_role("link")).to_be_focused()
    await ana.page.unroute_all()
    await open_task(ana, "First")


async def test_a_menu_whose_code_does_not_come_says_so_and_opens_when_tried_again(ana: Visitor) -> None:
    await ana.page.route("**/_next/static/**", lambda route: route.abort("internetdisconnected"))
    await ana.page.get_by_role("button", name="Filter", exact=True).click()
    await expect(ana.notice("This part did not load")).to_be_visible()
    await expect(ana.page.get_by_role("button", name="Filter", exact=True)).to_have_attribute("aria-expanded", "false")
    await ana.page.unroute_all()
    await ana.page.get_by_role("region", name="Notifications").get_by_role("button", name="Try again").click()
    await expect(ana.page.get_by_role("dialog", name="Add a filter")).to_be_visible()


async def test_a_board_whose_code_does_not_come_says_so_below_its_name(ana: Visitor) -> None:
    await ana.page.route("**/_next/static/**", lambda route: route.abort("internetdisconnected"))
    await ana.page.get_by_role("button", name="Board", exact=True).click()
    await expect(ana.page.get_by_role("heading", name="This part did not load")).to_be_visible()
    await expect(ana.page.get_by_role("heading", level=1, name="Inbox")).to_be_visible()
    assert await findings(ana.page) == []
    await ana.page.unroute_all()
    await ana.page.get_by_role("button", name="Try again").click()
    await expect(ana.page.get_by_role("region", name="Inbox: board")).to_be_visible()


async def test_a_page_whose_code_does_not_come_says_so_beside_the_sidebar(ana: Visitor) -> None:
    await ana.page.route("**/_next/static/**", lambda route: route.abort("internetdisconnected"))
    await ana.page.get_by_role("navigation").get_by_role("link", name="Dashboard").click()
    await expect(ana.page.get_by_role("heading", level=1, name="This part did not load")).to_be_visible()
    await expect(ana.page.get_by_role("navigation").get_by_role("link", name="Inbox")).to_be_visible()
    assert await findings(ana.page) == []
    await ana.page.unroute_all()
    await ana.page.get_by_role("button", name="Try again").click()
    await expect(ana.page.get_by_role("heading", level=1, name="Dashboard")).to_be_visible()


async def test_an_address_that_is_broken_says_that_nothing_is_there(ana: Visitor) -> None:
    await open_task(ana, "First")
    await ana.page.evaluate("history.pushState(null, '', '/task/%E0%A4%A')")
    await expect(ana.panel.get_by_role("heading", name="This task is not here")).to_be_visible()


async def test_a_page_whose_frame_does_not_come_says_so_and_can_be_reloaded(ana: Visitor) -> None:
    page = await (await ana.context.request.get(ana.url + "/inbox")).text()
    begins_with = set(re.findall(r'src="(/_next/static/[^"]+)"', page))

    async def later_ones_fail(route: Route) -> None:
        path = route.request.url.removeprefix(ana.url)
        if path.endswith(".js") and path not in begins_with:
            await route.abort("internetdisconnected")
        else:
            await route.continue_()

    await ana.page.route("**/_next/static/**", later_ones_fail)
    await ana.reload()
    await expect(ana.page.get_by_role("heading", name="Something broke")).to_be_visible()
    await expect(ana.page).to_have_title("Something broke · TaskManager")
    assert await findings(ana.page) == []
    assert await ana.violations() == []
    await ana.page.unroute_all()
    await ana.page.get_by_role("button", name="Reload").click()
    await expect(ana.task("First")).to_be_visible()
