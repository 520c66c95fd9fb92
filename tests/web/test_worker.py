"""The worker that opens the app: what it keeps, and how a new build takes over."""

import json
import re
import shutil
import sys
from pathlib import Path
from typing import Final

import httpx
from playwright.async_api import Playwright, expect

from api.server import serving
from devices import equipped, profile, until
from proxy import Proxy
from visitors import Visitor

STATIC: Final = Path(__file__).parents[2] / "src" / "taskmanager" / "static"
WITH_STATIC: Final = """
import sys, pathlib, taskmanager.assembly as assembly
assembly.WEB = pathlib.Path(sys.argv.pop(1))
from taskmanager.cli import main
sys.exit(main())
"""
"""Serves another build of the web app than the package's own."""


async def test_the_app_can_be_installed(installed: Visitor, line: Proxy) -> None:
    await installed.reload()
    described = await installed.page.locator("link[rel=manifest]").get_attribute("href")
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
    session = await installed.context.new_cdp_session(installed.page)
    errors = (await session.send("Page.getInstallabilityErrors"))["installabilityErrors"]
    assert [error["errorId"] for error in errors if error["errorId"] != "in-incognito"] == []


async def test_the_worker_keeps_nothing_of_the_api_and_stops_no_page(installed: Visitor) -> None:
    await installed.add("Private")
    await installed.reload()
    await expect(installed.task("Private")).to_be_visible()
    asked = await installed.page.evaluate(
        """async () => {
          const opened = await Promise.all((await caches.keys()).map((name) => caches.open(name)))
          const kept = (await Promise.all(opened.map((cache) => cache.keys()))).flat()
          return kept.map(({ url }) => new URL(url).pathname)
        }"""
    )
    assert "/today" in asked
    assert [path for path in asked if path.startswith("/api")] == []
    assert await installed.violations() == []


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
            await ana.reload()
            await expect(ana.page.get_by_role("heading", level=1, name="Inbox")).to_be_visible()
            await ana.page.keyboard.press("q")
            await expect(ana.page.get_by_label("What needs doing?")).to_have_value("Half a sent")


def rebuilt(folder: Path) -> str:
    """Makes another build of this one: a chunk is named anew, as when its code changes. Tells the old name's path."""
    first, _ = (folder / "sw.js").read_text().split("\n", 1)
    listed = json.loads(first.removeprefix("const MANIFEST = "))["files"]
    loaded = (folder / "inbox.html").read_text()
    chunk: str = next(path for path in listed if path.endswith(".js") and "/chunks/" in path and path not in loaded)
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
