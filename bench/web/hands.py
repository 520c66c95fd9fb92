"""What a hand feels: how long from a key or a click until the next frame shows it, and whether moving is smooth.

Times are those of the browser's own Event Timing, in steps of 8 ms, where 16 stands for 16 or less.
"""

import re
from collections.abc import Callable, Iterator
from statistics import median, quantiles
from typing import Final

from playwright.sync_api import Locator, Page, expect

MOST_MS: Final = 50
FRAME_MS: Final = 1000 / 60
SAMPLES: Final = 20
CARDS: Final = 2_000
CARD_HEIGHT: Final = 60
"""In px, of the smallest."""

WATCH: Final = """
  globalThis.felt = []
  new PerformanceObserver((list) => {
    for (const { interactionId, duration } of list.getEntries()) if (interactionId) felt.push(duration)
  }).observe({ type: 'event', durationThreshold: 16 })
"""
SHOWN: Final = "() => new Promise((shown) => requestAnimationFrame(() => setTimeout(shown, 60)))"
FRAMES: Final = """() => {
  globalThis.frames = []
  globalThis.isWatching = true
  let last
  const step = (now) => {
    if (last) frames.push(now - last)
    last = now
    if (isWatching) requestAnimationFrame(step)
  }
  requestAnimationFrame(step)
}"""

Do = Callable[[int], None]


class Hand:
    """Somebody in front of the app, as the page of one account."""

    def __init__(self, page: Page, url: str) -> None:
        self._page = page
        self._url = url
        page.add_init_script(WATCH)

    def feel(self) -> Iterator[tuple[str, list[float]]]:
        """Each gesture's times from input to the next frame, in ms."""
        for name, path, begin, do in self._gestures():
            self._open(path)
            begin()
            yield name, [self._once(do, number) for number in range(SAMPLES)]

    def move(self) -> Iterator[tuple[str, list[float]]]:
        """The times between frames, in ms, while something moves."""
        self._open("/all")
        yield "scroll the list", self._frames(self._scroll)
        self._open("/all?layout=board")
        column = self._page.get_by_role("region", name=re.compile("^To do: "))
        self._load(column, CARDS)
        yield f"drag among {CARDS:,} cards", self._frames(lambda: self._drag(column))

    def _gestures(self) -> Iterator[tuple[str, str, Callable[[], object], Do]]:
        page, keys = self._page, self._page.keyboard
        open_tasks = "/all?status=open"
        search, sentence = "plant tomatoes on balcony", "Pay rent tomorrow 9am !high"

        def nothing() -> None:
            pass

        def type_of(text: str) -> Do:
            return lambda number: keys.press(text[number].replace(" ", "Space"))

        def to_quick_add() -> None:
            keys.press("q")
            expect(page.get_by_label("What needs doing?")).to_be_focused()

        def open_and_close(number: int) -> None:
            page.locator("[data-task] [data-title]").nth(number % 8).click()
            expect(page.get_by_role("complementary")).to_be_visible()
            keys.press("Escape")

        def select_all_and_rank(number: int) -> None:
            keys.press("ControlOrMeta+a")
            keys.press(str(1 + number % 4))

        yield "type in the search", "/all", lambda: keys.press("/"), type_of(search)
        yield "type a quick add", "/all", to_quick_add, type_of(sentence)
        yield "walk from task to task", "/all", nothing, lambda _: keys.press("j")
        yield "check off by mouse", open_tasks, nothing, lambda _: self._check().click()
        yield "check off by key", open_tasks, lambda: keys.press("j"), lambda _: keys.press("Space")
        yield "open and close a task", "/all", nothing, open_and_close
        yield "change everything loaded", "/all", nothing, select_all_and_rank

    def _check(self) -> Locator:
        return self._page.get_by_role("button", name=re.compile("^Complete “")).nth(2)

    def _open(self, path: str) -> None:
        self._page.goto(self._url + path)
        expect(self._page.locator("li [data-task]").nth(8)).to_be_visible()

    def _once(self, do: Do, number: int) -> float:
        self._page.evaluate("felt.length = 0")
        do(number)
        self._page.evaluate(SHOWN)
        felt: list[float] = self._page.evaluate("felt")
        return max(felt, default=16.0)

    def _frames(self, do: Callable[[], None]) -> list[float]:
        self._page.evaluate(FRAMES)
        do()
        frames: list[float] = self._page.evaluate("() => { isWatching = false; return frames }")
        return frames

    def _scroll(self) -> None:
        self._page.mouse.move(700, 500)
        for _ in range(120):
            self._page.mouse.wheel(0, 240)
            self._page.evaluate("() => new Promise(requestAnimationFrame)")

    def _load(self, column: Locator, cards: int) -> None:
        """Scroll it until so many have been read."""
        cards_of = column.get_by_role("list").first
        box = column.bounding_box()
        assert box
        self._page.mouse.move(box["x"] + 100, box["y"] + 300)
        while cards_of.evaluate("(list) => list.offsetHeight") < cards * CARD_HEIGHT:
            self._page.mouse.wheel(0, 20_000)
            self._page.evaluate(SHOWN)

    def _drag(self, column: Locator) -> None:
        mouse = self._page.mouse
        card = column.locator("[data-task]").nth(6).bounding_box()
        assert card
        mouse.move(card["x"] + 60, card["y"] + 20)
        mouse.down()
        for step in range(120):
            mouse.move(card["x"] + 60 + step * 5, card["y"] + 20 + 40 * (step % 12))
            self._page.evaluate("() => new Promise(requestAnimationFrame)")
        mouse.up()


def measure(page: Page, url: str, slowdown: int) -> list[str]:
    """Do all of it, print what was felt, and tell the budgets that were missed."""
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
    hand, missed = Hand(page, url), []
    print(f"{'to the next frame':28} {'median ms':>10} {'p90 ms':>8} {'worst ms':>9}")
    for name, times in hand.feel():
        p90 = quantiles(times, n=10)[-1]
        print(f"{name:28} {median(times):10.0f} {p90:8.0f} {max(times):9.0f}", flush=True)
        if median(times) > MOST_MS:
            missed.append(f"{name}: median {median(times):.0f} ms > {MOST_MS} ms")
    print(f"{'from frame to frame':28} {'median ms':>10} {'p95 ms':>8} {'worst ms':>9}")
    for name, times in hand.move():
        p95 = quantiles(times, n=20)[-1]
        print(f"{name:28} {median(times):10.1f} {p95:8.1f} {max(times):9.1f}", flush=True)
        if median(times) > FRAME_MS * 1.1:
            missed.append(f"{name}: {1000 / median(times):.0f} frames a second < 60")
    return missed
