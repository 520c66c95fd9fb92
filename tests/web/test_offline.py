"""The app without a connection: it opens, shows what was last there, and keeps what is typed until it is sent once."""

from pathlib import Path
from typing import Final

import httpx
import pytest
from playwright.async_api import Browser, Locator, Playwright, expect

from api.server import Server
from devices import equipped, profile, until
from proxy import Proxy
from visitors import PASSWORD, Visitor, visiting

WAITING: Final = "Waiting for the connection"
OFFLINE: Final = "You are offline"


async def kept(visitor: Visitor, *titles: str) -> None:
    """Once this device holds these tasks as they were last seen."""
    await until(
        visitor,
        """(titles) => new Promise((resolve) => {
          const request = indexedDB.open('taskmanager')
          request.onerror = () => resolve(false)
          request.onsuccess = () => {
            const all = request.result.transaction('kept').objectStore('kept').getAll()
            all.onsuccess = () => {
              const text = JSON.stringify(all.result)
              request.result.close()
              resolve(titles.every((title) => text.includes(title)))
            }
          }
        })""",
        list(titles),
    )


async def titles(server: Server, email: str) -> list[str]:
    """What the server has of somebody, oldest first."""
    async with httpx.AsyncClient(base_url=server.url) as client:
        granted = await client.post("/api/auth/login", json={"email": email, "password": PASSWORD})
        token = granted.json()["access_token"]
        page = await client.get(
            "/api/tasks", params={"sort": "created_at", "limit": 200}, headers={"Authorization": f"Bearer {token}"}
        )
        return [task["title"] for task in page.json()["items"]]


def bar(visitor: Visitor) -> Locator:
    return visitor.page.get_by_role("status").filter(has_text=OFFLINE)


def mark(visitor: Visitor, title: str) -> Locator:
    return visitor.task(title).get_by_text(WAITING)


async def test_without_a_connection_the_app_opens_with_what_was_last_there(installed: Visitor, line: Proxy) -> None:
    await installed.add("Water the plants", "Call the bank")
    await installed.task("Call the bank").get_by_role("link").click()
    address = installed.page.url
    await installed.page.keyboard.press("Escape")
    await kept(installed, "Water the plants", "Call the bank")
    line.down()

    await installed.reload()
    await expect(bar(installed)).to_be_visible()
    await expect(installed.task("Water the plants")).to_be_visible()
    await installed.open("/inbox?layout=board")
    await expect(installed.page.get_by_role("link", name="Call the bank")).to_be_visible()
    await installed.open("/all")
    await expect(installed.task("Call the bank")).to_be_visible()
    await installed.page.goto(address)
    await expect(installed.panel.get_by_role("textbox", name="Title")).to_have_value("Call the bank")
    await installed.open("/task/00000000-0000-7000-8000-000000000000")
    await expect(installed.task("Water the plants")).to_be_visible()

    line.up()
    await expect(bar(installed)).to_have_count(0)
    await installed.open("/inbox")
    await expect(installed.task("Call the bank")).to_be_visible()
    await installed.add("Back again")
    await expect(installed.task("Back again")).to_be_visible()


async def test_what_is_captured_offline_outlives_the_browser_and_arrives_once(
    playwright: Playwright, tmp_path: Path, server: Server, line: Proxy
) -> None:
    async with profile(playwright, tmp_path, line.url) as ana:
        await ana.register()
        await equipped(ana)
        await ana.add("Before")
        await kept(ana, "Before")
        line.down()
        await ana.add("First #errand", "Second #errand")
        await expect(mark(ana, "Second")).to_be_attached()
        await ana.reload()
        await expect(mark(ana, "First")).to_be_attached()
        await ana.page.keyboard.press("q")
        await ana.page.get_by_label("What needs doing?").fill("Third")
        await ana.page.keyboard.press("Enter")
        await expect(mark(ana, "Third")).to_be_attached()
        email = ana.email

    async with profile(playwright, tmp_path, line.url) as ana:
        await ana.open("/inbox")
        for title in ("First", "Second", "Third"):
            await expect(mark(ana, title)).to_be_attached()
        await expect(bar(ana)).to_contain_text("3 tasks are waiting")
        line.up()
        await expect(bar(ana)).to_have_count(0)
        await expect(mark(ana, "Third")).to_have_count(0)
        await expect(ana.task("First")).to_contain_text("errand")
        await ana.reload()
        await expect(ana.task("Third")).to_be_visible()
    assert await titles(server, email) == ["Before", "First", "Second", "Third"]


@pytest.mark.parametrize("written", ["Only once", "Parent\n  Child"], ids=["one", "many"])
async def test_a_task_whose_answer_was_lost_exists_once(
    installed: Visitor, server: Server, line: Proxy, written: str
) -> None:
    await installed.page.keyboard.press("q")
    field = installed.page.get_by_label("What needs doing?")
    if "\n" in written:
        await field.evaluate("(field) => field.focus()")
        await paste(installed, written)
    else:
        await field.fill(written)
    line.lose_answers()
    await installed.page.keyboard.press("Control+Enter" if "\n" in written else "Enter")
    first, *rest = (part.strip() for part in written.split("\n"))
    await expect(mark(installed, first)).to_be_attached()
    assert line.lost > 0
    await installed.reload()
    line.up()
    await installed.open("/all")
    await expect(installed.task(first)).to_be_visible()
    await expect(bar(installed)).to_have_count(0)
    await expect(mark(installed, first)).to_have_count(0)
    # Made by one commit at one instant: their order is by id.
    assert sorted(await titles(server, installed.email)) == sorted([first, *rest])


async def paste(visitor: Visitor, text: str) -> None:
    await visitor.page.evaluate(
        """(text) => {
          const clipboardData = new DataTransfer()
          clipboardData.setData('text/plain', text)
          const pasted = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true })
          document.activeElement.dispatchEvent(pasted)
        }""",
        text,
    )
    await expect(visitor.page.get_by_label("Tasks, one a line")).to_be_focused()


async def test_what_waits_can_be_taken_back(installed: Visitor, server: Server, line: Proxy) -> None:
    line.down()
    await expect(bar(installed)).to_be_visible()
    await installed.add("Regretted", "Meant")
    await installed.notice("Kept here").first.locator("..").get_by_role("button", name="Undo").click()
    await expect(installed.task("Regretted")).to_have_count(0)
    await installed.task("Meant").get_by_role("link").click()
    await expect(installed.panel.get_by_text(WAITING)).to_be_attached()
    line.up()
    await expect(installed.panel.get_by_text(WAITING)).to_have_count(0)
    await expect(mark(installed, "Meant")).to_have_count(0)
    await expect(installed.notice("Added 1 task that waited")).to_be_visible()
    assert await titles(server, installed.email) == ["Meant"]


async def test_one_task_added_can_be_undone(installed: Visitor) -> None:
    await installed.add("Slip of the pen")
    await installed.notice("Added “Slip of the pen” to Inbox").locator("..").get_by_role("button", name="Undo").click()
    await expect(installed.notice("Undone")).to_be_visible()
    await expect(installed.task("Slip of the pen")).to_have_count(0)
    await installed.go("Trash")
    await expect(installed.page.get_by_role("main").get_by_text("Slip of the pen")).to_be_visible()


async def test_what_the_server_refuses_is_shown_with_its_reason_and_stays(
    installed: Visitor, server: Server, line: Proxy, chromium: Browser
) -> None:
    await installed.add("Seed +Home")
    await installed.open("/projects")
    await expect(installed.page.get_by_role("main").get_by_role("link", name="Home")).to_be_visible()
    await installed.open("/inbox")
    await kept(installed, "Home")
    line.down()
    await expect(bar(installed)).to_be_visible()
    await installed.add("Paint the door +Home")
    async with visiting(chromium, server.url) as other:
        await other.open("/sign-in?return=/projects")
        await other.sign_in(installed.email)
        await other.page.get_by_role("button", name="Edit Home").click()
        await other.page.get_by_role("button", name="Move to trash").click()
        await expect(other.page.get_by_role("main").get_by_role("link", name="Home")).to_have_count(0)
    line.up()
    await installed.page.get_by_role("button", name="Look at them").click()
    refused = installed.page.get_by_role("dialog", name="Not added yet").get_by_role("listitem")
    await expect(refused).to_contain_text("Paint the door")
    await installed.reload()
    await installed.page.get_by_role("button", name="Look at them").click()
    await refused.get_by_role("button", name="Write “Paint the door” anew").click()
    await expect(installed.page.get_by_label("What needs doing?")).to_have_value("Paint the door")
    await expect(installed.page.get_by_label("What needs doing?")).to_be_focused()
    await installed.page.keyboard.press("Enter")
    await expect(installed.page.get_by_role("button", name="Look at them")).to_have_count(0)
    await expect(installed.notice("Added “Paint the door” to Inbox")).to_be_visible()
    await installed.reload()
    await expect(installed.task("Paint the door")).to_be_visible()


async def test_two_accounts_in_one_browser_never_see_each_others_queue(
    installed: Visitor, server: Server, line: Proxy
) -> None:
    await installed.add("Seen by Ana")
    await kept(installed, "Seen by Ana")
    line.down()
    await installed.add("Waiting for Ana")
    await expect(mark(installed, "Waiting for Ana")).to_be_attached()
    # Signed out elsewhere: the cookie is gone when the connection is back.
    await installed.context.clear_cookies()
    line.up()
    await installed.open("/inbox")
    await expect(installed.page.get_by_role("heading", level=1, name="Sign in")).to_be_visible()
    bob = Visitor(installed.context, installed.page, installed.url)
    await bob.register("Bob")
    line.down()
    await bob.reload()
    await expect(bar(bob)).to_be_visible()
    for title in ("Seen by Ana", "Waiting for Ana"):
        await expect(bob.page.get_by_text(title)).to_have_count(0)
    line.up()
    await expect(bar(bob)).to_have_count(0)
    assert await titles(server, bob.email) == []
    await bob.go("Settings")
    await bob.page.get_by_role("button", name="Sign out").click()
    await installed.sign_in(installed.email)
    await expect(installed.notice("Added 1 task that waited")).to_be_visible()
    assert await titles(server, installed.email) == ["Seen by Ana", "Waiting for Ana"]


async def test_signing_out_leaves_nothing_that_was_seen(installed: Visitor) -> None:
    await installed.add("Secret plan")
    await kept(installed, "Secret plan")
    await installed.go("Settings")
    await installed.page.get_by_role("button", name="Sign out").click()
    await expect(installed.page.get_by_role("heading", level=1, name="Sign in")).to_be_visible()
    await until(
        installed,
        """() => new Promise((resolve) => {
          const request = indexedDB.open('taskmanager')
          request.onsuccess = () => {
            const count = request.result.transaction('kept').objectStore('kept').count()
            count.onsuccess = () => (request.result.close(), resolve(count.result === 0))
          }
        })""",
    )
    assert "Ana" not in await installed.page.evaluate("JSON.stringify(localStorage)")


async def test_the_bar_is_above_the_page_and_not_over_it(installed: Visitor, line: Proxy) -> None:
    await installed.add("Look at me")
    line.down()
    await expect(bar(installed)).to_be_visible()
    await installed.page.set_viewport_size({"width": 390, "height": 844})
    await installed.task("Look at me").get_by_role("link").click()
    above = await bar(installed).bounding_box()
    close = await installed.panel.get_by_role("button", name="Close task").bounding_box()
    assert above
    assert close
    assert close["y"] >= above["y"] + above["height"]


async def test_on_plain_http_it_says_that_a_start_without_a_connection_needs_https(
    playwright: Playwright, tmp_path: Path, line: Proxy
) -> None:
    name = "tasks.example"
    async with profile(
        playwright, tmp_path, f"http://{name}:{line.port}", f"--host-resolver-rules=MAP {name} 127.0.0.1"
    ) as ana:
        await ana.register()
        assert await ana.page.evaluate("isSecureContext") is False
        await ana.add("Before")
        line.down()
        await ana.add("Kept all the same")
        await expect(bar(ana)).to_contain_text("needs HTTPS")
        line.up()
        await expect(mark(ana, "Kept all the same")).to_have_count(0)
        await ana.reload()
        await expect(ana.task("Kept all the same")).to_have_count(1)
