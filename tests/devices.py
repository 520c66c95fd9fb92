"""Browsers that keep the app: with its worker in place, in a folder that outlives them, at a line that may break."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import Browser, Playwright, async_playwright

from api.server import Server
from browsers import chromium_path
from proxy import Proxy, proxy_to
from visitors import DESK, Visitor, visiting

FLAGS: Final = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture
async def line(server: Server) -> AsyncIterator[Proxy]:
    """The connection between the browser and the server."""
    async with proxy_to(server.address[1], "http") as proxy:
        yield proxy


@pytest.fixture
async def installed(chromium: Browser, line: Proxy) -> AsyncIterator[Visitor]:
    """Registered, at the far end of the line, with the worker in place."""
    async with visiting(chromium, line.url, offline=True) as visitor:
        await visitor.arrive()
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
