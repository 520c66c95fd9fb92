"""A second language, from the first page on."""

import re

from playwright.async_api import Browser, expect

from api.server import Server
from axe import findings
from visitors import PASSWORD, Visitor, visiting


async def _register_in_german(somebody: Visitor) -> None:
    page = somebody.page
    await somebody.open("/")
    await expect(
        page.get_by_role("heading", level=1, name="Alles, was ansteht, in einer ruhigen Liste.")
    ).to_be_visible()
    assert await page.evaluate("document.documentElement.lang") == "de"
    await page.get_by_role("link", name="Konto anlegen").first.click()
    await page.get_by_label("Name").fill("Ana")
    await page.get_by_label("E-Mail").fill(somebody.email)
    await page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Konto anlegen").click()
    await expect(page.get_by_role("heading", level=1, name="Eingang")).to_be_visible()


async def test_who_speaks_german_is_spoken_to_and_understood_in_german(server: Server, chromium: Browser) -> None:
    async with visiting(chromium, server.url, speaks="de-DE") as somebody:
        await _register_in_german(somebody)
        page = somebody.page
        await page.keyboard.press("q")
        await page.get_by_label("Was ist zu tun?").fill("Miete zahlen morgen um 9 Uhr !hoch #rechnungen")
        await page.keyboard.press("Enter")
        await expect(somebody.task("Miete zahlen")).to_contain_text("Morgen 9:00")
        await expect(somebody.task("Miete zahlen")).to_contain_text("rechnungen")
        await expect(page).to_have_title(re.compile("Eingang"))
        assert await findings(page) == []
        assert await somebody.violations() == []


async def test_a_language_that_was_chosen_goes_along_to_another_device(server: Server, chromium: Browser) -> None:
    async with visiting(chromium, server.url) as somebody:
        await somebody.register()
        await somebody.go("Settings")
        await somebody.page.get_by_text("Deutsch", exact=True).click()
        await expect(somebody.page.get_by_role("heading", level=1, name="Einstellungen")).to_be_visible()
        await somebody.reload()
        await expect(somebody.page.get_by_role("heading", level=1, name="Einstellungen")).to_be_visible()
        async with visiting(chromium, server.url) as elsewhere:
            await elsewhere.open("/sign-in")
            await elsewhere.sign_in(somebody.email)
            await expect(elsewhere.page.get_by_role("heading", level=1, name="Heute")).to_be_visible()
