"""The public page, as those see it who have nothing but HTML."""

from playwright.async_api import Browser, expect

from api.server import Server
from visitors import PHONE, visiting


async def test_the_landing_page_is_whole_without_javascript(server: Server, chromium: Browser) -> None:
    async with visiting(chromium, server.url, javascript=False) as reader:
        await reader.open("/")
        await expect(reader.page.get_by_role("heading", level=1)).to_contain_text("one calm list")
        picture = reader.page.get_by_role("img", name="The Today list")
        await expect(picture).to_be_visible()
        assert await picture.evaluate("(image) => image.decode().then(() => image.naturalWidth)") > 1000
        await reader.page.get_by_role("link", name="Create your account").click()
        await expect(reader.page.get_by_label("Email")).to_be_visible()


async def test_nothing_is_wider_than_a_phone(server: Server, chromium: Browser) -> None:
    async with visiting(chromium, server.url, screen=PHONE) as somebody:
        await somebody.register()
        await somebody.open("/inbox")
        await expect(somebody.page.get_by_role("heading", level=1)).to_be_visible()
        wide = {}
        for path in ("/", "/sign-in", "/register", "/inbox", "/projects", "/settings", "/browse"):
            await somebody.open(path)
            await expect(somebody.page.get_by_role("heading", level=1)).to_be_visible()
            wide[path] = await somebody.page.evaluate("document.documentElement.scrollWidth")
        assert set(wide.values()) == {PHONE["width"]}


async def test_a_theme_that_was_chosen_stays(server: Server, chromium: Browser) -> None:
    background = "getComputedStyle(document.documentElement).backgroundColor"
    async with visiting(chromium, server.url, theme="light") as somebody:
        await somebody.register()
        light = await somebody.page.evaluate(background)
        await somebody.go("Settings")
        await somebody.page.get_by_text("Dark", exact=True).click()
        await expect(somebody.page.get_by_role("radio", name="Dark")).to_be_checked()
        await expect(somebody.page.locator("html")).not_to_have_css("background-color", light)
        dark = await somebody.page.evaluate(background)
        await somebody.reload()
        assert await somebody.page.evaluate(background) == dark
        assert await somebody.violations() == []
