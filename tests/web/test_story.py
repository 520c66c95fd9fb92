"""A person's first day, in a real browser against the real server."""

import re

from playwright.async_api import expect

from visitors import PASSWORD, Visitor


async def test_a_person_registers_captures_filters_edits_finishes_undoes_reloads_and_leaves(visitor: Visitor) -> None:
    await visitor.register()
    await _captures(visitor)
    await _filters(visitor)
    await _edits(visitor)
    await _finishes_and_undoes(visitor)
    await _reloads(visitor)
    assert await visitor.violations() == []
    await _leaves(visitor)
    # Whoever is signed out is told so by a 401, which the browser writes down as an error.
    assert [text for text in visitor.complaints if "401" not in text] == []


async def _captures(visitor: Visitor) -> None:
    await visitor.add("Pay rent tomorrow 9am !high #bills +Home", "Water the plants today", "Read a book")
    await expect(visitor.task("Read a book")).to_be_visible()
    await expect(visitor.task("Pay rent")).to_have_count(0)  # it went to its project
    await visitor.go("All tasks")
    for part in ("bills", "Home", "Tomorrow 9:00"):
        await expect(visitor.task("Pay rent")).to_contain_text(part)


async def _filters(visitor: Visitor) -> None:
    page = visitor.page
    await page.get_by_role("button", name="Filter").click()
    await page.get_by_role("option", name="High").click()
    await expect(visitor.task("Read a book")).to_have_count(0)
    await expect(visitor.task("Pay rent")).to_be_visible()
    assert "priority=high" in page.url
    await page.get_by_role("button", name="Remove filter: Priority: High").click()
    await page.get_by_role("searchbox").fill("plan")
    await expect(visitor.task("Water the plants")).to_be_visible()
    await expect(visitor.task("Pay rent")).to_have_count(0)
    await page.get_by_role("button", name="Clear search").click()


async def _edits(visitor: Visitor) -> None:
    page, panel = visitor.page, visitor.panel
    await visitor.task("Pay rent").get_by_role("link").click()
    await expect(panel).to_be_visible()
    assert re.search(r"/task/[0-9a-f-]{36}$", page.url)
    await panel.get_by_label("Title").fill("Pay the rent")
    await page.keyboard.press("Enter")
    await panel.get_by_role("button", name="Add a description").click()
    await panel.get_by_role("textbox", name="Description").fill("To **the new** account")
    await panel.get_by_role("heading", name="Subtasks").click()
    await expect(panel.locator("strong")).to_have_text("the new")
    await panel.get_by_label("Add a subtask").fill("Find the number")
    await page.keyboard.press("Enter")
    await panel.get_by_role("button", name="Complete “Find the number”").click()
    await expect(panel.get_by_role("progressbar", name="1 of 1 subtasks done")).to_be_visible()
    await panel.get_by_role("button", name="Close task").click()
    await expect(panel).to_have_count(0)
    await expect(visitor.task("Pay the rent")).to_be_visible()


async def _finishes_and_undoes(visitor: Visitor) -> None:
    await visitor.page.get_by_role("button", name="Complete “Pay the rent”").click()
    await expect(visitor.task("Pay the rent")).to_have_count(0)
    await visitor.notice("Completed “Pay the rent”").locator("..").get_by_role("button", name="Undo").click()
    await expect(visitor.task("Pay the rent")).to_be_visible()


async def _reloads(visitor: Visitor) -> None:
    await visitor.reload()
    await expect(visitor.task("Pay the rent")).to_be_visible()
    await visitor.task("Pay the rent").get_by_role("link").click()
    await expect(visitor.panel.locator("strong")).to_have_text("the new")
    await visitor.page.go_back()
    await expect(visitor.panel).to_have_count(0)


async def _leaves(visitor: Visitor) -> None:
    await visitor.go("Settings")
    await visitor.page.get_by_role("button", name="Sign out").click()
    await expect(visitor.page.get_by_role("heading", name="Sign in")).to_be_visible()
    await visitor.open("/today")
    await expect(visitor.page.get_by_role("heading", name="Sign in")).to_be_visible()


async def test_what_is_deleted_comes_back_from_its_toast_and_from_the_trash(ana: Visitor) -> None:
    await ana.add("Keep me", "Lose me")
    await ana.page.get_by_role("button", name="Delete: Keep me").click(force=True)
    await expect(ana.task("Keep me")).to_have_count(0)
    await ana.notice("Moved “Keep me” to the trash").locator("..").get_by_role("button", name="Undo").click()
    await expect(ana.task("Keep me")).to_be_visible()

    await ana.page.get_by_role("button", name="Delete: Lose me").click(force=True)
    await expect(ana.task("Lose me")).to_have_count(0)
    await ana.go("Trash")
    await ana.page.get_by_role("button", name="Restore Lose me").click()
    await ana.go("Inbox")
    await expect(ana.task("Lose me")).to_be_visible()


async def test_signing_in_leads_back_to_where_one_was(ana: Visitor) -> None:
    await ana.add("Deep link")
    await ana.task("Deep link").get_by_role("link").click()
    await expect(ana.panel).to_be_visible()
    address = ana.page.url
    await ana.context.clear_cookies()
    await ana.reload()
    await expect(ana.page.get_by_role("heading", name="Sign in")).to_be_visible()
    await ana.sign_in(ana.email)
    await expect(ana.panel.get_by_label("Title")).to_have_value("Deep link")
    assert ana.page.url == address


async def test_a_wrong_password_is_told_beside_the_form_and_keeps_what_was_typed(visitor: Visitor) -> None:
    await visitor.open("/sign-in")
    await visitor.sign_in("nobody@example.org")
    await expect(visitor.page.get_by_role("alert").filter(has_text="do not belong together")).to_be_visible()
    await expect(visitor.page.get_by_label("Email")).to_have_value("nobody@example.org")
    await visitor.page.get_by_role("button", name="Show password").click()
    await expect(visitor.page.get_by_label("Password", exact=True)).to_have_attribute("type", "text")


async def test_a_form_that_is_sent_before_the_code_is_there_waits_for_it(visitor: Visitor) -> None:
    async with visitor.holding("GET", "**/_next/static/chunks/*.js"):
        await visitor.open("/register")
        await visitor.page.get_by_label("Name").fill("Ana")
        await visitor.page.get_by_label("Email").fill(visitor.email)
        await visitor.page.get_by_label("Password", exact=True).fill(PASSWORD)
        await visitor.page.keyboard.press("Enter")
        await expect(visitor.page.get_by_label("Email")).to_have_value(visitor.email)
        assert visitor.page.url == f"{visitor.url}/register"
    await expect(visitor.page.get_by_role("heading", level=1, name="Inbox")).to_be_visible()


async def test_an_email_that_is_taken_is_told_beside_its_field(ana: Visitor) -> None:
    other = await ana.context.browser.new_page() if ana.context.browser else ana.page
    await other.goto(ana.url + "/register")
    await other.get_by_label("Name").fill("Imposter")
    await other.get_by_label("Email").fill(ana.email)
    await other.get_by_label("Password", exact=True).fill("another long password")
    await other.get_by_role("button", name="Create your account").click()
    await expect(other.get_by_label("Email")).to_have_attribute("aria-invalid", "true")
    await expect(other.get_by_text("There is already an account with this email.")).to_be_visible()
    await other.close()
