"""What a page may weigh."""

import gzip
import re
from pathlib import Path
from typing import Final

import pytest

import taskmanager

STATIC: Final = Path(taskmanager.__file__).parent / "static"
MOST: Final = 175_000
MOST_INSIDE: Final = 240_000
"""Of pages behind the sign-in of which only fixed words are seen before the code of the app is there."""
SEEN_FIRST: Final = {"inbox.html", "today.html", "upcoming.html", "all.html", "dashboard.html"}
SCRIPT: Final = re.compile(r'(?:<script[^>]*\bsrc=|<link[^>]*\bhref=|"src":)"(/_next/static/[^"]+\.js)"([^>,]*)')
"""Fetched at once, ahead of being needed, or once the page is shown (web/server/after-paint.mjs)."""
COMPILED_EARLY: Final = "//# allFunctionsCalledOnLoad\n"
INSIDE: Final = re.compile(r'aria-label="Loading…"')


def _scripts(page: str) -> set[str]:
    """What a browser of today fetches; the polyfill marked noModule is for older ones."""
    return {source for source, rest in SCRIPT.findall(page) if "nomodule" not in rest.lower()}


def _most(name: str, page: str) -> int:
    return MOST_INSIDE if INSIDE.search(page) and name not in SEEN_FIRST else MOST


def test_no_page_needs_more_javascript_than_it_may_until_it_is_seen() -> None:
    pages = {str(page.relative_to(STATIC)): page.read_text() for page in STATIC.rglob("*.html")}
    if not pages:
        pytest.fail("the web app is not built; `make test` builds it, or scripts/web.py app", pytrace=False)
    weights = {
        name: sum(len(gzip.compress((STATIC / source.lstrip("/")).read_bytes(), 9)) for source in _scripts(page))
        for name, page in pages.items()
    }
    assert min(weights.values()) > 50_000, "the scripts of a page were not found"
    assert set(pages) > SEEN_FIRST
    assert {name: weight for name, weight in weights.items() if weight > _most(name, pages[name])} == {}


def test_every_script_is_compiled_while_it_arrives() -> None:
    scripts = list((STATIC / "_next" / "static" / "chunks").rglob("*.js"))
    assert scripts, "the scripts were not found"
    assert [script.name for script in scripts if not script.read_text().startswith(COMPILED_EARLY)] == []
