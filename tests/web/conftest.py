"""A real server with the built web app, a real Chromium, and a new person for each test."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from api.server import Server, serving
from browsers import chromium_path
from devices import installed, line, playwright
from visitors import Visitor, visiting

__all__ = ["installed", "line", "playwright"]

STATIC = Path(__file__).parents[2] / "src" / "taskmanager" / "static"


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if not (STATIC / "csp.json").is_file():
        pytest.fail("the web app is not built; `make test` builds it, or scripts/web.py app", pytrace=False)
    with serving(tmp_path_factory.mktemp("web")) as running:
        yield running


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    async with launched(chromium_path()) as browser:
        yield browser


@pytest.fixture(scope="session")
async def whole_chromium() -> AsyncIterator[Browser]:
    """Smooths pictures as the compared looks are; the light one does it otherwise."""
    async with launched(chromium_path(whole=True)) as browser:
        yield browser


@asynccontextmanager
async def launched(path: str) -> AsyncIterator[Browser]:
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    async with async_playwright() as running:
        browser = await running.chromium.launch(executable_path=path, args=flags)
        yield browser
        await browser.close()


@pytest.fixture
async def visitor(server: Server, chromium: Browser) -> AsyncIterator[Visitor]:
    """Nobody yet, at a desk."""
    async with visiting(chromium, server.url) as somebody:
        yield somebody


@pytest.fixture
async def ana(visitor: Visitor) -> Visitor:
    """Registered, in an empty inbox."""
    await visitor.arrive()
    return visitor
