"""A person at a browser: what they do, and what they would complain about."""

import re
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final, Literal

import anyio
from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    Route,
    ViewportSize,
    expect,
)

Theme = Literal["light", "dark"]
DESK: Final[ViewportSize] = {"width": 1440, "height": 900}
PHONE: Final[ViewportSize] = {"width": 390, "height": 844}
PASSWORD: Final = "violet umbrella on tuesdays"  # noqa: S105 - of an account that lives as long as its test

ZONE: Final = "Europe/Berlin"
SPEAKS: Final = "en-GB"

# What the policy forbids is told to the page, not to the test: kept where the test finds it.
WATCH_POLICY: Final = """
  globalThis.violations = []
  addEventListener('securitypolicyviolation', (event) =>
    violations.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`))
"""

# On a busy machine a page is slow, not wrong.
PATIENCE: Final = 20_000
expect.set_options(timeout=PATIENCE)

MAY_LEAVE: Final = "() => dispatchEvent(new Event('beforeunload', { cancelable: true }))"


class Visitor:
    """One browser window. `complaints` gathers errors that the page reported."""

    def __init__(self, context: BrowserContext, page: Page, url: str) -> None:
        self.context = context
        self.page = page
        self.url = url
        self.email = f"{uuid.uuid4().hex[:12]}@example.org"
        self.complaints: list[str] = []
        self.listen(page)

    def listen(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._hear)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    async def open(self, path: str) -> None:
        await self.saved()
        await self.page.goto(self.url + path)

    async def reload(self) -> None:
        await self.saved()
        await self.page.reload()

    async def saved(self) -> None:
        """As long as anything is on its way, the page asks whoever leaves it."""
        await self.page.wait_for_function(MAY_LEAVE)

    async def register(self, name: str = "Ana") -> None:
        await self.open("/register")
        await self.page.get_by_label("Name").fill(name)
        await self.page.get_by_label("Email").fill(self.email)
        await self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        await self.page.get_by_role("button", name="Create your account").click()
        await expect(self.page.get_by_role("heading", level=1, name="Inbox")).to_be_visible()

    async def arrive(self, name: str = "Ana") -> None:
        """Registered, in the inbox, without the way there."""
        form = {"email": self.email, "password": PASSWORD, "name": name}
        registered = await self.context.request.post(f"{self.url}/api/auth/register", data=form)
        bearer = {"Authorization": f"Bearer {(await registered.json())['access_token']}"}
        here = {"timezone": ZONE, "locale": SPEAKS}
        assert (await self.context.request.patch(f"{self.url}/api/auth/me", data=here, headers=bearer)).ok
        await self.open("/inbox")
        await expect(self.page.get_by_role("heading", level=1, name="Inbox")).to_be_visible()

    async def sign_in(self, email: str) -> None:
        await self.page.get_by_label("Email").fill(email)
        await self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        await self.page.get_by_role("button", name="Sign in").click()

    async def go(self, name: str) -> None:
        """To a place in the sidebar."""
        await self.page.get_by_role("navigation").get_by_role("link", name=re.compile(rf"^{name}\b")).click()
        await expect(self.page.get_by_role("heading", level=1, name=name)).to_be_visible()

    async def add(self, *sentences: str) -> None:
        for sentence in sentences:
            await self.page.keyboard.press("q")
            await self.page.get_by_label("What needs doing?").fill(sentence)
            await self.page.keyboard.press("Enter")
            await expect(self.page.get_by_role("dialog")).to_have_count(0)

    def task(self, title: str) -> Locator:
        """The row of a task in the list."""
        link = self.page.get_by_role("link", name=title, exact=True)
        return self.page.locator("[data-task]").filter(has=link)

    def titles(self, among: str) -> Locator:
        """The titles in a list, in their order."""
        return self.page.get_by_role("list", name=f"{among}: tasks").locator("[data-title]")

    async def drag(self, title: str, target: Locator, *, below: bool = False) -> None:
        """A task with the mouse, in steps, as a hand does it."""
        task = self.task(title)
        await expect(task).to_have_attribute("draggable", "true")
        source = await task.bounding_box()
        box = await target.bounding_box()
        assert source
        assert box
        mouse = self.page.mouse
        x, y = source["x"] + source["width"] / 2, source["y"] + source["height"] / 2
        await mouse.move(x, y)
        await mouse.down()
        await mouse.move(x + 12, y + 8, steps=4)
        await mouse.move(box["x"] + box["width"] / 2, box["y"] + (box["height"] - 4 if below else 4), steps=8)
        await mouse.up()

    async def press_long(self, title: str) -> None:
        """A finger that rests on a task until it is selected."""
        await self.task(title).scroll_into_view_if_needed()
        box = await self.task(title).bounding_box()
        assert box
        touch = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
        device = await self.context.new_cdp_session(self.page)
        await device.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [touch]})
        await expect(self.page.get_by_role("toolbar")).to_be_visible()
        await device.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    @property
    def panel(self) -> Locator:
        return self.page.get_by_role("complementary")

    @property
    def palette(self) -> Locator:
        return self.page.get_by_role("dialog", name="Find or do anything")

    async def ask(self, words: str) -> None:
        """Open the palette, type, and take what comes first."""
        await self.page.keyboard.press("Control+k")
        await self.palette.get_by_role("combobox").fill(words)
        await expect(self.palette.get_by_role("option").first).to_be_visible()
        await self.page.keyboard.press("Enter")
        await expect(self.palette).to_have_count(0)

    def notice(self, text: str) -> Locator:
        return self.page.get_by_role("region", name="Notifications").get_by_text(text)

    @asynccontextmanager
    async def holding(
        self, method: str, url: str, but: Callable[[Request], bool] = lambda _: False
    ) -> AsyncIterator[None]:
        """Within it such requests do not leave, but those; then they do."""
        go = anyio.Event()

        async def hold(route: Route) -> None:
            if route.request.method == method and not but(route.request):
                await go.wait()
            await route.continue_()

        await self.page.route(url, hold)
        yield
        go.set()

    async def violations(self) -> list[str]:
        """What the content security policy had to stop on this page."""
        found: list[str] = await self.page.evaluate("globalThis.violations")
        return found


@asynccontextmanager
async def visiting(  # noqa: PLR0913 - what a window can be, by keyword
    browser: Browser,
    url: str,
    *,
    screen: ViewportSize = DESK,
    theme: Theme = "light",
    javascript: bool = True,
    still: bool = True,
    speaks: str = SPEAKS,
    offline: bool = False,
) -> AsyncIterator[Visitor]:
    context = await browser.new_context(
        viewport=screen,
        color_scheme=theme,
        reduced_motion="reduce" if still else "no-preference",
        locale=speaks,
        timezone_id=ZONE,
        has_touch=screen == PHONE,
        java_script_enabled=javascript,
        # What goes through a worker is out of a test's hands.
        service_workers="allow" if offline else "block",
    )
    context.set_default_timeout(PATIENCE)
    await context.add_init_script(WATCH_POLICY)
    try:
        yield Visitor(context, await context.new_page(), url)
    finally:
        await context.close()
