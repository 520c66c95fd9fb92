"""How the web app loads, and how it feels in a large account.

    python -m bench.web [--tasks 50000] [--rounds 5] [--only pages|hands] [--build export|standalone]
                        [--page /inbox --page /today ...]

States load, data, commit and machine; fails when a budget of the design is missed.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

from playwright.sync_api import BrowserContext, Page, ViewportSize, expect, sync_playwright

import chromium
import web
from bench.api import EMAIL, PASSWORD, conditions, server
from bench.web import hands, pages
from stamps import alone

BUILDS: Final = ("export", "standalone")
PARTS: Final = ("pages", "hands")
FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--remote-debugging-port=0",
)
SCREEN: Final[ViewportSize] = {"width": 1440, "height": 900}
PHONE_SLOWDOWN: Final = 4
READS: Final = "first-reads"
"""Where a browser keeps what its next start asks for first (web/src/api/before-code.ts)."""


@contextmanager
def browser() -> Iterator[tuple[BrowserContext, int]]:
    """A browser that nobody has used, and the port on which it can be told what to do."""
    path = chromium.find()
    if path is None:
        raise SystemExit(chromium.MISSING)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            folder, executable_path=path, args=FLAGS, viewport=SCREEN, locale="en-GB"
        )
        yield context, int(Path(folder, "DevToolsActivePort").read_text().split()[0])
        context.close()


def sign_in(page: Page, url: str) -> None:
    page.goto(f"{url}/sign-in")
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("[data-task]").first).to_be_visible()
    page.wait_for_function("name => localStorage.getItem(name)", arg=READS)
    page.goto("about:blank")


@contextmanager
def visited(url: str, path: str) -> Iterator[int]:
    """The port of a new browser; before a page of the app somebody signed in with it and was at a list."""
    with browser() as (context, port):
        if path not in pages.PUBLIC:
            sign_in(context.pages[0], url)
        yield port


def measure(url: str, asked: argparse.Namespace) -> list[str]:
    missed: list[str] = []
    if asked.only != "hands":
        paths = [path for path in (*pages.PUBLIC, *pages.APP) if path in (asked.page or (path,))]
        missed += pages.measure(url, partial(visited, url), paths, asked.rounds)
    if asked.only == "pages":
        return missed
    with browser() as (context, _):
        sign_in(context.pages[0], url)
        for slowdown in (1, PHONE_SLOWDOWN):
            print(f"\nCPU slowed {slowdown} times")
            page = context.new_page()
            told = hands.measure(page, url, slowdown)
            page.close()
            missed += told if slowdown == 1 else []
    return missed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=PARTS)
    parser.add_argument("--build", choices=BUILDS)
    parser.add_argument("--page", action="append", choices=(*pages.PUBLIC, *pages.APP))
    asked = parser.parse_args()
    pages.install()
    print(conditions())
    print(
        f"one account with {asked.tasks:,} tasks, {asked.rounds} loads a page, {hands.SAMPLES} times a gesture, SQLite"
    )
    missed = []
    with server(asked.tasks) as port:
        api = f"http://127.0.0.1:{port}"
        builds = {"export": partial(measure, api), "standalone": partial(_on_node, api)}
        for name in [asked.build] if asked.build else BUILDS:
            print(f"\n{name}")
            missed += [f"{name}: {what}" for what in builds[name](asked)]
    print("\n".join(["", *missed]) if missed else "\nevery budget is met")
    return bool(missed)


def _on_node(api: str, asked: argparse.Namespace) -> list[str]:
    with alone("web"):
        web.standalone()
    with web.served(api) as url:
        return measure(url, asked)


if __name__ == "__main__":
    sys.exit(main())
