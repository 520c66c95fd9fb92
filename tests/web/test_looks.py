"""The main screens look as they did: small pictures of each, compared with those in looks/.

A change that is meant renews them: `make test ARGS='-k looks'` with TEST_RENEW_LOOKS=1, then look at each before you
commit it. The pictures are a quarter of a screen's size and compared loosely: another version of a browser or another
way to smooth letters is no difference; a colour, a gap or a part that is gone is one.
"""

import os
import re
from io import BytesIO
from pathlib import Path
from typing import Final

import anyio
import pytest
from PIL import Image, ImageChops
from playwright.async_api import Browser, ViewportSize, expect

from api.server import Server
from visitors import DESK, PHONE, Theme, Visitor, visiting

LOOKS: Final = Path(__file__).with_name("looks")
SMALLER: Final = 4
TILE: Final = 12
"""Points of a small picture: what is compared at a time is some 50 pixels wide and high."""
ALLOWED: Final = 12
"""Of 255: how far a tile's points may be off, in the mean."""
TRIES: Final = 20
YEAR: Final = re.compile(r"\b20\d\d\b")
WAITING: Final = """
  () => new Promise((tell) => {
    indexedDB.open('taskmanager').onsuccess = ({ target: { result: database } }) => {
      database.transaction('outbox').objectStore('outbox').count().onsuccess = ({ target: { result: count } }) => {
        database.close()
        tell(count)
      }
    }
  })
"""
A_FRAME: Final = "new Promise((done) => requestAnimationFrame(done))"
PUT_ON: Final = """
  (style) => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(style)
    document.adoptedStyleSheets = [sheet]
  }
"""
TASKS: Final = ("Pay rent !urgent #bills", "Water the plants !low", "Call the plumber #bills #calls", "Read a book")
WINDOWS: Final[dict[str, tuple[ViewportSize, Theme]]] = {
    "desk-light": (DESK, "light"),
    "desk-dark": (DESK, "dark"),
    "tablet-dark": ({"width": 768, "height": 1024}, "dark"),
    "phone-light": (PHONE, "light"),
}
SCREENS: Final = {
    "inbox": "/inbox",
    "board": "/inbox?layout=board",
    "nothing": "/trash",
    "labels": "/labels",
    "settings": "/settings",
}


async def _picture(visitor: Visitor) -> Image.Image:
    """The window as it is once nothing loads or moves any more, small; instants are painted over."""
    page = visitor.page
    await expect(page.locator("h1")).to_be_visible()
    await expect(page.get_by_role("status", name="Loading")).to_have_count(0)
    await page.evaluate("document.fonts.ready.then(() => document.activeElement.blur())")
    before = await _taken(visitor)
    for _ in range(TRIES):
        now = await _taken(visitor)
        if now.tobytes() == before.tobytes():
            return now
        before = now
    raise AssertionError(f"{page.url} does not come to rest")


async def _taken(visitor: Visitor) -> Image.Image:
    hidden = [visitor.page.get_by_text(visitor.email), visitor.page.get_by_text(YEAR)]
    taken = await visitor.page.screenshot(mask=hidden, mask_color="#888888", caret="hide")
    image = Image.open(BytesIO(taken)).convert("RGB")
    return image.resize((image.width // SMALLER, image.height // SMALLER), Image.Resampling.BOX)


def _difference(one: Image.Image, other: Image.Image) -> float:
    """How far the points of the tile that is farthest off are off in the mean, of 255."""
    if one.size != other.size:
        return 255.0
    bands = ImageChops.difference(one, other).split()
    most = ImageChops.lighter(ImageChops.lighter(bands[0], bands[1]), bands[2])
    tiles = most.resize((-(-one.width // TILE), -(-one.height // TILE)), Image.Resampling.BOX)
    return float(tiles.getextrema()[1])  # type: ignore[arg-type] # of one band it is a pair of numbers


def _compare(name: str, seen: Image.Image, folder: Path) -> str | None:
    """What is wrong with it, if anything; the picture that was taken lies in the folder then."""
    expected = LOOKS / f"{name}.webp"
    if os.environ.get("TEST_RENEW_LOOKS"):
        seen.save(expected, lossless=True, method=6)
        return None
    if not expected.exists():
        return f"{name}: there is no picture of it yet"
    off = _difference(Image.open(expected).convert("RGB"), seen)
    if off <= ALLOWED:
        return None
    seen.save(folder / f"{name}.png")
    return f"{name}: a part of it is {off:.0f} of 255 off {expected.name}; see {folder / name}.png"


async def _fill(visitor: Visitor) -> None:
    """With tasks that are all sent: one that waits would be told of again on the next page."""
    await visitor.add(*TASKS)
    with anyio.fail_after(20):
        while await visitor.page.evaluate(WAITING) > 0:
            await visitor.page.evaluate(A_FRAME)


async def _open_inbox(visitor: Visitor, path: str = "/inbox") -> None:
    await visitor.open(path)
    await expect(visitor.page.get_by_role("link", name=TASKS[-1], exact=True)).to_be_visible()


async def _begin_a_task(visitor: Visitor) -> None:
    await _open_inbox(visitor)
    await visitor.page.keyboard.press("q")
    await visitor.page.get_by_label("What needs doing?").fill("Pay rent !urgent #bills")
    await expect(visitor.page.get_by_role("list", name="Understood").get_by_role("listitem")).to_have_count(2)


async def _open_task(visitor: Visitor) -> None:
    await visitor.open("/inbox")
    await visitor.task("Pay rent").get_by_role("link").click()
    await expect(visitor.panel.get_by_label("Add a subtask")).to_be_visible()


@pytest.mark.parametrize("window", list(WINDOWS))
async def test_the_main_screens_look_as_they_did(
    server: Server, whole_chromium: Browser, tmp_path: Path, window: str
) -> None:
    screen, theme = WINDOWS[window]
    wrong: list[str | None] = []
    async with visiting(whole_chromium, server.url, screen=screen, theme=theme) as somebody:
        for name, path in {"landing": "/", "sign-in": "/sign-in"}.items():
            await somebody.open(path)
            wrong.append(_compare(f"{name}-{window}", await _picture(somebody), tmp_path))
        await somebody.arrive()
        await _fill(somebody)
        for name, path in SCREENS.items():
            await (_open_inbox if path.startswith("/inbox") else Visitor.open)(somebody, path)
            wrong.append(_compare(f"{name}-{window}", await _picture(somebody), tmp_path))
        await _begin_a_task(somebody)
        wrong.append(_compare(f"quick-add-{window}", await _picture(somebody), tmp_path))
        await _open_task(somebody)
        wrong.append(_compare(f"task-{window}", await _picture(somebody), tmp_path))
    assert [problem for problem in wrong if problem] == []


@pytest.mark.parametrize(
    "style",
    [
        "h1 { font-size: 1.75rem !important }",
        ":root { --color-accent-solid: #c42c2c !important }",
        "main { padding-left: 6px }",
        "nav { visibility: hidden }",
    ],
)
async def test_a_screen_that_looks_other_is_noticed(ana: Visitor, style: str) -> None:
    await _fill(ana)
    await _open_inbox(ana)
    before = await _picture(ana)
    assert _difference(before, await _picture(ana)) <= ALLOWED / 4
    await ana.page.evaluate(PUT_ON, style)
    assert _difference(before, await _picture(ana)) > ALLOWED
