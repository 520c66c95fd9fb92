"""What a page shows before the code of the app is there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import pytest
from playwright.async_api import Browser, Response, ViewportSize, expect

from api.server import Server
from visitors import DESK, PHONE, Visitor, visiting

TASKS: Final = (
    "Pay rent today 9am !high #bills",
    "Water the plants today",
    "Read a book that has a title which is much too long for one line of a phone tomorrow",
)
PLACES: Final = """() => [...document.querySelectorAll('[data-task] [data-title], dd > :first-child')].map((part) => {
  const { x, y, width, height } = part.getBoundingClientRect()
  return [part.textContent, ...[x, y, width, height].map(Math.round)].join()
}).sort()"""
CHUNK: Final = "/_next/static/chunks/"
SEEN: Final = "[aria-hidden] :is([data-task], dd)"
WATCH_SHIFTS: Final = """
  globalThis.shifts = []
  const note = (list) => shifts.push(...list.getEntries().map(({ value }) => value))
  new PerformanceObserver(note).observe({ type: 'layout-shift', buffered: true })
"""


async def add(visitor: Visitor, *sentences: str) -> None:
    """Until the server has them."""
    for sentence in sentences:
        async with visitor.page.expect_response(_is_new_task):
            await visitor.add(sentence)


def _is_new_task(answer: Response) -> bool:
    return answer.request.method == "POST" and "/api/tasks" in answer.url


@asynccontextmanager
async def only_first_sight(visitor: Visitor, path: str) -> AsyncIterator[None]:
    """The page at `path` as long as nothing comes but what it names itself; then the rest."""
    page = await visitor.context.request.get(visitor.url + path)
    named = await page.text()
    async with visitor.holding(
        "GET", f"**{CHUNK}*.js", but=lambda request: request.url.removeprefix(visitor.url) in named
    ):
        await visitor.saved()
        # Its load ends only with the rest.
        await visitor.page.goto(visitor.url + path, wait_until="commit")
        await expect(visitor.page.locator(SEEN).first).to_be_visible()
        yield


@pytest.mark.parametrize("screen", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("path", ["/inbox", "/today", "/upcoming", "/all", "/all?layout=board", "/dashboard"])
async def test_what_is_seen_first_stays_where_it_is(
    server: Server, chromium: Browser, path: str, screen: ViewportSize
) -> None:
    async with visiting(chromium, server.url, screen=screen) as ana:
        await ana.arrive()
        await add(ana, *TASKS)
        await ana.context.add_init_script(WATCH_SHIFTS)
        async with only_first_sight(ana, path):
            before = await ana.page.evaluate(f"JSON.stringify(({PLACES})())")
        await expect(ana.page.locator(SEEN)).to_have_count(0)
        await expect(ana.page.get_by_role("heading", level=1)).to_be_visible()
        await ana.page.wait_for_function(f"before => JSON.stringify(({PLACES})()) === before", arg=before)
        assert await ana.page.evaluate("globalThis.shifts") == []
        assert await ana.violations() == []


async def test_what_is_clicked_before_the_code_is_there_is_done_once_it_is(ana: Visitor) -> None:
    await add(ana, "First", "Second")
    async with only_first_sight(ana, "/inbox"):
        await ana.page.locator("[aria-hidden] [data-task]").filter(has_text="Second").locator("[data-title]").click()
        await expect(ana.panel).to_have_count(0)
    await expect(ana.panel.get_by_label("Title", exact=True)).to_have_value("Second")


async def test_what_is_typed_before_the_code_is_there_is_a_command_and_its_text_once_it_is(ana: Visitor) -> None:
    await add(ana, "First", "Second")
    async with only_first_sight(ana, "/inbox"):
        await ana.page.keyboard.type("jqBuy milkk")
        await ana.page.keyboard.press("Backspace")
    await expect(ana.page.get_by_label("What needs doing?")).to_have_value("Buy milk")
    await ana.page.keyboard.press("Enter")
    await expect(ana.task("Buy milk")).to_be_visible()
    assert await ana.page.locator("[data-task]").count() == 3


async def test_a_list_is_read_once(ana: Visitor) -> None:
    await add(ana, "First")
    asked: list[str] = []
    ana.page.on("request", lambda request: asked.append(request.url.removeprefix(ana.url)))
    await ana.page.reload()
    await expect(ana.task("First")).to_be_visible()
    await ana.page.keyboard.press("j")
    await ana.page.keyboard.press("x")
    await expect(ana.page.get_by_role("toolbar")).to_be_visible()
    read = [url for url in asked if url.startswith(("/api/tasks?", "/api/projects", "/api/labels"))]
    assert len(read) == 3, read
