"""The app without a connection: it opens, shows what was last there, and keeps what is typed until it is sent once."""

import asyncio
import json
import re
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import httpx
import pytest
from playwright.async_api import Browser, Locator, Playwright, async_playwright, expect

from api.server import Server, serving
from browsers import chromium_path
from proxy import Proxy, proxy_to
from visitors import DESK, PASSWORD, Visitor, visiting

STATIC: Final = Path(__file__).parents[2] / "src" / "taskmanager" / "static"
FLAGS: Final = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WAITING: Final = "Waiting for the connection"
OFFLINE: Final = "You are offline"
WITH_STATIC: Final = """
import sys, pathlib, taskmanager.assembly as assembly
assembly.WEB = pathlib.Path(sys.argv.pop(1))
from taskmanager.cli import main
sys.exit(main())
"""
"""Serves another build of the web app than the package's own."""


@pytest.fixture
async def line(server: Server) -> AsyncIterator[Proxy]:
    """The connection between the browser and the server."""
    async with proxy_to(server.address[1], "http") as proxy:
        yield proxy


@pytest.fixture
async def ana(chromium: Browser, line: Proxy) -> AsyncIterator[Visitor]:
    """Registered, at the far end of the line, with the worker in place."""
    async with visiting(chromium, line.url, offline=True) as visitor:
        await visitor.register()
        await equipped(visitor)
        yield visitor


@pytest.fixture
async def playwright() -> AsyncIterator[Playwright]:
    async with async_playwright() as running:
        yield running


@asynccontextmanager
async def profile(playwright: Playwright, folder: Path, url: str, *flags: str) -> AsyncIterator[Visitor]:
    """A browser that keeps what it has in a folder, as a person's own does."""
    context = await playwright.chromium.launch_persistent_context(
        folder, executable_path=chromium_path(), args=[*FLAGS, *flags], viewport=DESK, reduced_motion="reduce"
    )
    context.set_default_timeout(10_000)
    try:
        yield Visitor(context, context.pages[0], url)
    finally:
        await context.close()


async def equipped(visitor: Visitor) -> None:
    """Once the worker has everything that it keeps, and this page."""
    await visitor.page.evaluate("navigator.serviceWorker.register('/sw.js', { updateViaCache: 'none' })")
    await until(visitor, "() => navigator.serviceWorker.controller?.state === 'activated'")


async def until(visitor: Visitor, check: str, given: object = None) -> None:
    """Playwright's own way of waiting evaluates strings, which the policy forbids."""
    ask = f"""async (given) => {{
      const check = {check}
      while (!(await check(given))) await new Promise((look) => setTimeout(look, 50))
    }}"""
    async with asyncio.timeout(30):
        await visitor.page.evaluate(ask, given)


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


async def test_the_app_can_be_installed(ana: Visitor, line: Proxy) -> None:
    await ana.page.reload()
    described = await ana.page.locator("link[rel=manifest]").get_attribute("href")
    async with httpx.AsyncClient(base_url=line.url) as client:
        answer = await client.get(str(described))
        manifest = answer.json()
        assert answer.headers["content-type"].startswith("application/manifest+json")
        assert {"name", "start_url", "display", "icons"} <= manifest.keys()
        assert {icon["sizes"] for icon in manifest["icons"]} == {"192x192", "512x512"}
        assert "maskable" in {icon.get("purpose") for icon in manifest["icons"]}
        for icon in manifest["icons"]:
            assert (await client.get(icon["src"])).headers["content-type"] == "image/png"
        worker = await client.get("/sw.js")
        assert worker.headers["cache-control"] == "no-cache"
        assert worker.headers["content-type"].startswith("text/javascript")
    session = await ana.context.new_cdp_session(ana.page)
    errors = (await session.send("Page.getInstallabilityErrors"))["installabilityErrors"]
    assert [error["errorId"] for error in errors if error["errorId"] != "in-incognito"] == []


async def test_the_worker_keeps_nothing_of_the_api_and_stops_no_page(ana: Visitor) -> None:
    await ana.add("Private")
    await ana.page.reload()
    await expect(ana.task("Private")).to_be_visible()
    asked = await ana.page.evaluate(
        """async () => {
          const opened = await Promise.all((await caches.keys()).map((name) => caches.open(name)))
          const kept = (await Promise.all(opened.map((cache) => cache.keys()))).flat()
          return kept.map(({ url }) => new URL(url).pathname)
        }"""
    )
    assert "/today" in asked
    assert [path for path in asked if path.startswith("/api")] == []
    assert await ana.violations() == []


async def test_without_a_connection_the_app_opens_with_what_was_last_there(ana: Visitor, line: Proxy) -> None:
    await ana.add("Water the plants", "Call the bank")
    await ana.task("Call the bank").get_by_role("link").click()
    address = ana.page.url
    await ana.page.keyboard.press("Escape")
    await kept(ana, "Water the plants", "Call the bank")
    line.down()

    await ana.page.reload()
    await expect(bar(ana)).to_be_visible()
    await expect(ana.task("Water the plants")).to_be_visible()
    await ana.open("/inbox?layout=board")
    await expect(ana.page.get_by_role("link", name="Call the bank")).to_be_visible()
    await ana.open("/all")
    await expect(ana.task("Call the bank")).to_be_visible()
    await ana.page.goto(address)
    await expect(ana.panel.get_by_role("textbox", name="Title")).to_have_value("Call the bank")
    await ana.open("/task/00000000-0000-7000-8000-000000000000")
    await expect(ana.task("Water the plants")).to_be_visible()

    line.up()
    await expect(bar(ana)).to_have_count(0, timeout=20_000)
    await ana.open("/inbox")
    await expect(ana.task("Call the bank")).to_be_visible()
    await ana.add("Back again")
    await expect(ana.task("Back again")).to_be_visible()


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
        await ana.page.reload()
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
        await expect(bar(ana)).to_have_count(0, timeout=20_000)
        await expect(mark(ana, "Third")).to_have_count(0)
        await expect(ana.task("First")).to_contain_text("errand")
        await ana.page.reload()
        await expect(ana.task("Third")).to_be_visible()
    assert await titles(server, email) == ["Before", "First", "Second", "Third"]


@pytest.mark.parametrize("written", ["Only once", "Parent\n  Child"], ids=["one", "many"])
async def test_a_task_whose_answer_was_lost_exists_once(
    ana: Visitor, server: Server, line: Proxy, written: str
) -> None:
    await ana.page.keyboard.press("q")
    field = ana.page.get_by_label("What needs doing?")
    if "\n" in written:
        await field.evaluate("(field) => field.focus()")
        await paste(ana, written)
    else:
        await field.fill(written)
    line.lose_answers()
    await ana.page.keyboard.press("Control+Enter" if "\n" in written else "Enter")
    first, *rest = (part.strip() for part in written.split("\n"))
    await expect(mark(ana, first)).to_be_attached()
    assert line.lost > 0
    await ana.page.reload()
    line.up()
    await ana.open("/all")
    await expect(ana.task(first)).to_be_visible()
    await expect(bar(ana)).to_have_count(0, timeout=20_000)
    await expect(mark(ana, first)).to_have_count(0)
    assert await titles(server, ana.email) == [first, *rest]


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


async def test_what_waits_can_be_taken_back(ana: Visitor, server: Server, line: Proxy) -> None:
    line.down()
    await expect(bar(ana)).to_be_visible()
    await ana.add("Regretted", "Meant")
    await ana.notice("Kept here").first.locator("..").get_by_role("button", name="Undo").click()
    await expect(ana.task("Regretted")).to_have_count(0)
    line.up()
    await expect(mark(ana, "Meant")).to_have_count(0, timeout=20_000)
    await expect(ana.notice("Added 1 task that waited")).to_be_visible()
    assert await titles(server, ana.email) == ["Meant"]


async def test_one_task_added_can_be_undone(ana: Visitor) -> None:
    await ana.add("Slip of the pen")
    await ana.notice("Added “Slip of the pen” to Inbox").locator("..").get_by_role("button", name="Undo").click()
    await expect(ana.notice("Undone")).to_be_visible()
    await expect(ana.task("Slip of the pen")).to_have_count(0)
    await ana.go("Trash")
    await expect(ana.page.get_by_role("main").get_by_text("Slip of the pen")).to_be_visible()


async def test_what_the_server_refuses_is_shown_with_its_reason_and_stays(
    ana: Visitor, server: Server, line: Proxy, chromium: Browser
) -> None:
    await ana.add("Seed +Home")
    await ana.open("/projects")
    await expect(ana.page.get_by_role("main").get_by_role("link", name="Home")).to_be_visible()
    await ana.open("/inbox")
    await kept(ana, "Home")
    line.down()
    await expect(bar(ana)).to_be_visible()
    await ana.add("Paint the door +Home")
    async with visiting(chromium, server.url) as other:
        await other.open("/sign-in?return=/projects")
        await other.sign_in(ana.email)
        await other.page.get_by_role("button", name="Edit Home").click()
        await other.page.get_by_role("button", name="Move to trash").click()
        await expect(other.page.get_by_role("main").get_by_role("link", name="Home")).to_have_count(0)
    line.up()
    await ana.page.get_by_role("button", name="Look at them").click(timeout=20_000)
    refused = ana.page.get_by_role("dialog", name="Not added yet").get_by_role("listitem")
    await expect(refused).to_contain_text("Paint the door")
    await ana.page.reload()
    await ana.page.get_by_role("button", name="Look at them").click()
    await refused.get_by_role("button", name="Write “Paint the door” anew").click()
    await expect(ana.page.get_by_label("What needs doing?")).to_have_value("Paint the door")
    await ana.page.keyboard.press("Enter")
    await expect(ana.page.get_by_role("button", name="Look at them")).to_have_count(0)
    await expect(ana.notice("Added “Paint the door” to Inbox")).to_be_visible()
    await ana.page.reload()
    await expect(ana.task("Paint the door")).to_be_visible()


async def test_two_accounts_in_one_browser_never_see_each_others_queue(
    ana: Visitor, server: Server, line: Proxy
) -> None:
    await ana.add("Seen by Ana")
    await kept(ana, "Seen by Ana")
    line.down()
    await ana.add("Waiting for Ana")
    await expect(mark(ana, "Waiting for Ana")).to_be_attached()
    # Signed out elsewhere: the cookie is gone when the connection is back.
    await ana.context.clear_cookies()
    line.up()
    await ana.open("/inbox")
    await expect(ana.page.get_by_role("heading", level=1, name="Sign in")).to_be_visible(timeout=20_000)
    bob = Visitor(ana.context, ana.page, ana.url)
    await bob.register("Bob")
    line.down()
    await bob.page.reload()
    await expect(bar(bob)).to_be_visible()
    for title in ("Seen by Ana", "Waiting for Ana"):
        await expect(bob.page.get_by_text(title)).to_have_count(0)
    line.up()
    await expect(bar(bob)).to_have_count(0, timeout=20_000)
    assert await titles(server, bob.email) == []
    await bob.go("Settings")
    await bob.page.get_by_role("button", name="Sign out").click()
    await ana.sign_in(ana.email)
    await expect(ana.notice("Added 1 task that waited")).to_be_visible()
    assert await titles(server, ana.email) == ["Seen by Ana", "Waiting for Ana"]


async def test_signing_out_leaves_nothing_that_was_seen(ana: Visitor) -> None:
    await ana.add("Secret plan")
    await kept(ana, "Secret plan")
    await ana.go("Settings")
    await ana.page.get_by_role("button", name="Sign out").click()
    await expect(ana.page.get_by_role("heading", level=1, name="Sign in")).to_be_visible()
    await until(
        ana,
        """() => new Promise((resolve) => {
          const request = indexedDB.open('taskmanager')
          request.onsuccess = () => {
            const count = request.result.transaction('kept').objectStore('kept').count()
            count.onsuccess = () => (request.result.close(), resolve(count.result === 0))
          }
        })""",
    )
    assert "Ana" not in await ana.page.evaluate("JSON.stringify(localStorage)")


async def test_the_bar_is_above_the_page_and_not_over_it(ana: Visitor, line: Proxy) -> None:
    await ana.add("Look at me")
    line.down()
    await expect(bar(ana)).to_be_visible()
    await ana.page.set_viewport_size({"width": 390, "height": 844})
    await ana.task("Look at me").get_by_role("link").click()
    above = await bar(ana).bounding_box()
    close = await ana.panel.get_by_role("button", name="Close task").bounding_box()
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
        await expect(mark(ana, "Kept all the same")).to_have_count(0, timeout=20_000)
        await ana.page.reload()
        await expect(ana.task("Kept all the same")).to_have_count(1)


async def test_a_new_build_takes_over_without_breaking_an_open_tab(
    playwright: Playwright, tmp_path: Path, line: Proxy
) -> None:
    data, old, new = (tmp_path / name for name in ("data", "old", "new"))
    data.mkdir()
    shutil.copytree(STATIC, old)
    shutil.copytree(STATIC, new)
    gone = rebuilt(new)
    command = (sys.executable, "-c", WITH_STATIC)
    async with profile(playwright, tmp_path / "browser", line.url) as ana:
        with serving(data, command=(*command, str(old), "serve")) as before:
            line.target = before.address[1]
            await ana.register()
            await equipped(ana)
            await ana.page.keyboard.press("q")
            await ana.page.get_by_label("What needs doing?").fill("Half a sent")
            line.cut()
        with serving(data, command=(*command, str(new), "serve")) as after:
            line.target = after.address[1]
            version = json.loads((new / "sw.js").read_text().split("\n")[0].removeprefix("const MANIFEST = "))[
                "version"
            ]
            await ana.page.evaluate("navigator.serviceWorker.ready.then((worker) => worker.update())")
            await until(
                ana,
                """async (name) => {
                  const { installing, waiting } = await navigator.serviceWorker.ready
                  return (await caches.has(name)) && !installing && !waiting
                }""",
                f"app-{version}",
            )
            await expect(ana.page.get_by_label("What needs doing?")).to_have_value("Half a sent")
            found = await ana.page.evaluate("(path) => fetch(path).then(({ ok }) => ok)", gone)
            assert found, "a chunk of the old build is out of reach for the tab that needs it"
            await ana.page.reload()
            await expect(ana.page.get_by_role("heading", level=1, name="Inbox")).to_be_visible()
            await ana.page.keyboard.press("q")
            await expect(ana.page.get_by_label("What needs doing?")).to_have_value("Half a sent")


def rebuilt(folder: Path) -> str:
    """Makes another build of this one: a chunk is named anew, as when its code changes. Tells the old name's path."""
    first, _ = (folder / "sw.js").read_text().split("\n", 1)
    listed = json.loads(first.removeprefix("const MANIFEST = "))["files"]
    loaded = (folder / "inbox.html").read_text()
    chunk = next(path for path in listed if path.endswith(".js") and "/chunks/" in path and path not in loaded)
    name = chunk.rpartition("/")[2]
    new = f"new{name[3:]}"
    for packed in folder.rglob("*"):
        if packed.suffix in {".br", ".gz"}:
            packed.unlink()
    for file in folder.rglob("*"):
        if file.is_file() and file.suffix in {".js", ".html", ".txt", ".json"}:
            text = file.read_text()
            if name in text:
                file.write_text(text.replace(name, new))
    (folder / chunk.lstrip("/")).rename(folder / chunk.lstrip("/").replace(name, new))
    worker = (folder / "sw.js").read_text()
    (folder / "sw.js").write_text(re.sub(r'"version":"\w+"', '"version":"anotherbuild"', worker, count=1))
    return chunk
