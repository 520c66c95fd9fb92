"""axe finds nothing on any screen, in either theme, at a desk and on a phone."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

import pytest
from playwright.async_api import Browser, ViewportSize, expect

from api.server import Server
from axe import findings
from visitors import DESK, PHONE, Theme, Visitor, visiting

LIVED_IN: Final = (
    "Pay rent tomorrow 9am !urgent #bills +Home",
    "Water the plants today !low",
    "Call the plumber yesterday !high #bills #calls +Home",
    "Read a book !medium",
)
Open = Callable[[Visitor], Awaitable[None]]


async def _heading(visitor: Visitor, path: str, name: str) -> None:
    await visitor.open(path)
    await expect(visitor.page.get_by_role("heading", level=1, name=name)).to_be_visible()


def _screen(path: str, name: str) -> Open:
    return lambda visitor: _heading(visitor, path, name)


async def _task(visitor: Visitor) -> None:
    await _heading(visitor, "/all", "All tasks")
    await visitor.task("Pay rent").get_by_role("link").click()
    await expect(visitor.panel.get_by_label("Add a subtask")).to_be_visible()
    await visitor.panel.get_by_label("Add a subtask").fill("Find the number")
    await visitor.page.keyboard.press("Enter")
    await expect(visitor.panel.get_by_role("link", name="Find the number")).to_be_visible()


async def _project(visitor: Visitor) -> None:
    await _heading(visitor, "/projects", "Projects")
    await visitor.page.get_by_role("main").get_by_role("link", name="Home").click()
    await expect(visitor.task("Pay rent")).to_be_visible()


async def _empty(visitor: Visitor) -> None:
    await _heading(visitor, "/inbox?q=nothing-like-it", "Inbox")
    await expect(visitor.page.get_by_role("heading", name="Nothing matches")).to_be_visible()


async def _filters(visitor: Visitor) -> None:
    await _heading(visitor, "/all?priority=urgent&status=any", "All tasks")
    await expect(visitor.task("Pay rent")).to_be_visible()
    await visitor.page.get_by_role("button", name="Filter", exact=True).click()
    await expect(visitor.page.get_by_role("listbox")).to_be_visible()


def _keyed(key: str, sign: str) -> Open:
    """A thing that a key opens on the first task."""

    async def opened(visitor: Visitor) -> None:
        await _heading(visitor, "/all", "All tasks")
        await visitor.task("Pay rent").get_by_role("link").focus()
        await visitor.page.keyboard.press(key)
        await expect(visitor.page.locator(sign).first).to_be_visible()

    return opened


async def _typing(visitor: Visitor) -> None:
    await _keyed("q", "[role=dialog]")(visitor)
    await visitor.page.get_by_label("What needs doing?").fill("Pay rent friday !high #bills #new +Home")
    await expect(visitor.page.get_by_role("list", name="Understood")).to_contain_text("new label")


async def _board(visitor: Visitor) -> None:
    await _heading(visitor, "/all?layout=board", "All tasks")
    await expect(visitor.task("Pay rent")).to_be_visible()


async def _dashboard(visitor: Visitor) -> None:
    await _heading(visitor, "/dashboard", "Dashboard")
    await expect(visitor.page.get_by_role("heading", name="Open by priority")).to_be_visible()


async def _editor(visitor: Visitor) -> None:
    await _heading(visitor, "/labels", "Labels")
    await visitor.page.get_by_role("button", name="Edit bills").click()
    await expect(visitor.page.get_by_role("dialog")).to_be_visible()


async def _trash(visitor: Visitor) -> None:
    await _heading(visitor, "/all", "All tasks")
    await visitor.task("Read a book").get_by_role("link").focus()
    await visitor.page.keyboard.press("Delete")
    await expect(visitor.notice("Moved “Read a book” to the trash")).to_be_visible()
    await _heading(visitor, "/trash", "Trash")
    await expect(visitor.page.get_by_role("button", name="Restore Read a book")).to_be_visible()


SCREENS: Final[dict[str, Open]] = {
    "inbox": _screen("/inbox", "Inbox"),
    "today": _screen("/today", "Today"),
    "upcoming": _screen("/upcoming", "Upcoming"),
    "a list": _screen("/all", "All tasks"),
    "a list with filters": _filters,
    "a list with nothing in it": _empty,
    "a task": _task,
    "a task that is not there": lambda visitor: visitor.open("/task/nothing"),
    "quick add": _typing,
    "the keys": _keyed("?", "[role=dialog]"),
    "the date picker": _keyed("d", "[data-day]"),
    "the label picker": _keyed("l", "[role=listbox]"),
    "a selection": _keyed("x", "[role=toolbar]"),
    "editing a title": _keyed("e", "input[aria-label=Title]"),
    "the palette": _keyed("Control+k", "[role=dialog] [role=option]"),
    "a board": _board,
    "the dashboard": _dashboard,
    "projects": _screen("/projects", "Projects"),
    "a project": _project,
    "labels": _screen("/labels", "Labels"),
    "editing a label": _editor,
    "trash": _trash,
    "settings": _screen("/settings", "Settings"),
    "more": _screen("/browse", "More"),
}
DOORS: Final = {"landing": "/", "sign in": "/sign-in", "register": "/register", "nothing here": "/nothing/here"}
LOOKS: Final[dict[str, tuple[ViewportSize, Theme]]] = {
    "desk, light": (DESK, "light"),
    "desk, dark": (DESK, "dark"),
    "phone, dark": (PHONE, "dark"),
}


@pytest.fixture
async def resident(visitor: Visitor) -> Visitor:
    """Somebody with a few tasks."""
    await visitor.arrive()
    await visitor.add(*LIVED_IN)
    return visitor


@pytest.fixture(params=list(LOOKS))
async def look(request: pytest.FixtureRequest, server: Server, chromium: Browser) -> AsyncIterator[Visitor]:
    screen, theme = LOOKS[request.param]
    async with visiting(chromium, server.url, screen=screen, theme=theme) as somebody:
        yield somebody


async def test_axe_finds_nothing_before_the_door(look: Visitor) -> None:
    found = {}
    for name, path in DOORS.items():
        await look.open(path)
        await expect(look.page.get_by_role("heading", level=1)).to_be_visible()
        found[name] = await findings(look.page)
    assert {name: problems for name, problems in found.items() if problems} == {}


@pytest.mark.timeout(300)  # two dozen screens, each opened anew
async def test_axe_finds_nothing_behind_the_door(resident: Visitor, look: Visitor) -> None:
    await look.context.add_cookies(await resident.context.cookies())  # type: ignore[arg-type] # the same shape under two names
    found = {}
    for name, open_screen in SCREENS.items():
        await open_screen(look)
        await expect(look.page.get_by_role("status", name="Loading")).to_have_count(0)
        found[name] = await findings(look.page)
    assert {name: problems for name, problems in found.items() if problems} == {}
    assert await look.violations() == []


async def test_axe_would_find_something_if_there_were_something(visitor: Visitor) -> None:
    await visitor.open("/sign-in")
    await visitor.page.evaluate("document.body.append(document.createElement('button'))")
    assert any(problem.startswith("button-name ") for problem in await findings(visitor.page))
