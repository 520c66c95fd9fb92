"""A person's first day, in a real browser against the real server."""

import re

from playwright.async_api import expect

from visitors import Visitor


async def test_a_person_registers_captures_filters_edits_finishes_undoes_reloads_and_leaves(visitor: Visitor) -> None:
    page = visitor.page
    await visitor.register()

    await visitor.add("Pay rent tomorrow 9am !high #bills +Home", "Water the plants today", "Read a book")
    await expect(visitor.task("Read a book")).to_be_visible()
    await expect(visitor.task("Pay rent")).to_have_count(0)  # it went to its project

    await visitor.go("All tasks")
    rent = visitor.task("Pay rent")
    await expect(rent).to_contain_text("bills")
    await expect(rent).to_contain_text("Home")
    await expect(rent).to_contain_text("Tomorrow 9:00")

    await page.get_by_role("button", name="Filter").click()
    await page.get_by_role("option", name="High").click()
    await expect(visitor.task("Read a book")).to_have_count(0)
    await expect(rent).to_be_visible()
    assert "priority=high" in page.url
    await page.get_by_role("button", name="Remove filter: Priority: High").click()
    await page.get_by_role("searchbox").fill("plan")
    await expect(visitor.task("Water the plants")).to_be_visible()
    await expect(rent).to_have_count(0)
    await page.get_by_role("button", name="Clear search").click()

    await rent.get_by_role("link").click()
    await expect(visitor.panel).to_be_visible()
    assert re.search(r"/task/[0-9a-f-]{36}$", page.url)
    await visitor.panel.get_by_label("Title").fill("Pay the rent")
    await page.keyboard.press("Enter")
    await visitor.panel.get_by_role("button", name="Add a description").click()
    await visitor.panel.get_by_role("textbox", name="Description").fill("To **the new** account")
    await visitor.panel.get_by_role("heading", name="Subtasks").click()
    await expect(visitor.panel.locator("strong")).to_have_text("the new")
    await visitor.panel.get_by_label("Add a subtask").fill("Find the number")
    await page.keyboard.press("Enter")
    await visitor.panel.get_by_role("button", name="Complete “Find the number”").click()
    await expect(visitor.panel.get_by_role("progressbar", name="1 of 1 subtasks done")).to_be_visible()
    await visitor.panel.get_by_role("button", name="Close task").click()
    await expect(visitor.panel).to_have_count(0)
    await expect(visitor.task("Pay the rent")).to_be_visible()

    await page.get_by_role("button", name="Complete “Pay the rent”").click()
    await expect(visitor.task("Pay the rent")).to_have_count(0)
    await visitor.notice("Completed “Pay the rent”").locator("..").get_by_role("button", name="Undo").click()
    await expect(visitor.task("Pay the rent")).to_be_visible()

    await page.reload()
    await expect(visitor.task("Pay the rent")).to_be_visible()
    await visitor.task("Pay the rent").get_by_role("link").click()
    await expect(visitor.panel.locator("strong")).to_have_text("the new")
    await page.go_back()
    await expect(visitor.panel).to_have_count(0)

    assert await visitor.violations() == []
    await visitor.go("Settings")
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    await visitor.open("/today")
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert [text for text in visitor.complaints if "401" not in text] == []


async def test_what_is_deleted_comes_back_from_its_toast_and_from_the_trash(ana: Visitor) -> None:
    await ana.add("Keep me", "Lose me")
    await ana.page.get_by_role("button", name="Delete: Keep me").click(force=True)
    await expect(ana.task("Keep me")).to_have_count(0)
    await ana.page.get_by_role("button", name="Undo").click()
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
    await ana.page.reload()
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
