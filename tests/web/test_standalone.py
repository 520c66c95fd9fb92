"""The same tree as a Node server of its own, beside the real API (docs/web-builds.md). Builds it twice."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import httpx
import pytest
from playwright.async_api import Browser, Route, expect

from api.server import Server
from redis_server import free_port
from visitors import visiting
from web import served

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

ROOT: Final = Path(__file__).parents[2]
WEB: Final = (sys.executable, str(ROOT / "scripts" / "web.py"))
SAME: Final = (
    "content-security-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "permissions-policy",
    "referrer-policy",
    "x-content-type-options",
    "x-frame-options",
)
"""What every answer carries, whichever of the two servers gives it."""


def build(**settings: str) -> None:
    subprocess.run([*WEB, "standalone"], env=os.environ | settings, check=True)


@pytest.fixture(scope="module")
def standalone(server: Server) -> Iterator[str]:
    build()
    with served(server.url) as url:
        yield url


def shape(headers: Mapping[str, str]) -> dict[str, str | None]:
    """What is said about security, hashes apart: those are of one page of one build."""
    policy = " ".join(word for word in headers["content-security-policy"].split() if "sha256-" not in word)
    return {name: headers.get(name) for name in SAME} | {"content-security-policy": policy.replace("' ;", "';")}


def remake(standalone: str, *paths: str) -> None:
    """Make pages anew as the passing of an hour does."""
    manifest = json.loads((ROOT / "web" / "standalone" / ".next" / "prerender-manifest.json").read_text())
    for path in paths:
        kept = httpx.get(standalone + path)
        assert (kept.headers["cache-control"], kept.headers["x-nextjs-cache"]) == ("s-maxage=3600", "HIT")
        anew = httpx.get(standalone + path, headers={"x-prerender-revalidate": manifest["preview"]["previewModeId"]})
        assert anew.headers["x-nextjs-cache"] == "REVALIDATED"


async def test_public_pages_may_be_kept_for_an_hour_and_are_then_made_anew(standalone: str, chromium: Browser) -> None:
    remake(standalone, "/", "/sign-in", "/register")
    async with visiting(chromium, standalone) as somebody:
        await somebody.open("/")
        await expect(somebody.page.get_by_role("heading", level=1)).to_contain_text("one calm list")
        await somebody.page.get_by_role("banner").get_by_role("link", name="Sign in").click()
        await expect(somebody.page.get_by_role("button", name="Sign in")).to_be_visible()
        assert await somebody.violations() == []
        assert somebody.complaints == []


async def test_a_person_works_on_the_node_server_as_on_the_other(standalone: str, chromium: Browser) -> None:
    async with visiting(chromium, standalone) as ana:
        await ana.register()
        await ana.add("Water the ferns")
        await ana.page.get_by_role("link", name="Water the ferns").click()
        await expect(ana.panel).to_be_visible()
        await ana.reload()
        await expect(ana.panel.get_by_label("Title")).to_have_value("Water the ferns")
        for place in ("Today", "Dashboard", "Settings"):
            await ana.open(f"/{place.lower()}")
            await expect(ana.page.get_by_role("heading", level=1, name=place)).to_be_visible()
        assert await ana.violations() == []
        assert ana.complaints == []


async def test_a_policy_without_hashes_would_be_noticed(standalone: str, chromium: Browser) -> None:
    async with visiting(chromium, standalone) as somebody:

        async def weaken(route: Route) -> None:
            answer = await route.fetch()
            await route.fulfill(
                response=answer, headers=answer.headers | {"content-security-policy": "script-src 'self'"}
            )

        await somebody.page.route(standalone + "/", weaken)
        await somebody.open("/")
        assert await somebody.violations() != []


@pytest.mark.parametrize("path", ["/", "/sign-in", "/inbox", "/task/019", "/nothing-here"])
def test_both_servers_say_the_same_about_security(server: Server, standalone: str, path: str) -> None:
    python, node = httpx.get(server.url + path), httpx.get(standalone + path)
    assert python.status_code == node.status_code
    assert shape(python.headers) == shape(node.headers)


def test_nothing_inline_is_allowed_but_what_is_hashed(standalone: str) -> None:
    policy = httpx.get(standalone + "/").headers["content-security-policy"]
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src "))
    assert "sha256-" in scripts
    assert "unsafe" not in scripts


async def test_pages_work_with_their_files_on_a_cdn(server: Server, chromium: Browser) -> None:
    port = free_port()
    elsewhere = f"http://127.0.0.2:{port}"
    build(ASSET_PREFIX=elsewhere)
    with served(server.url, "127.0.0.2", port), served(server.url) as url:
        async with visiting(chromium, url) as ana:
            asked: list[str] = []
            ana.page.on("request", lambda request: asked.append(request.url))
            await ana.register()
            assert any(address.startswith(elsewhere) and address.endswith(".js") for address in asked)
            assert any(address.startswith(elsewhere) and address.endswith(".woff2") for address in asked)
            assert not any(address.startswith(f"{url}/_next/static/") for address in asked)
            assert await ana.violations() == []
            assert ana.complaints == []
