"""What a page may weigh."""

import gzip
import re
from pathlib import Path
from typing import Final

import pytest

import taskmanager

STATIC: Final = Path(taskmanager.__file__).parent / "static"
MOST: Final = 175_000
SCRIPT: Final = re.compile(r'(?:<script[^>]*\bsrc=|"src":)"(/_next/static/[^"]+)"([^>,]*)')
"""Fetched at once, or once the page is shown (web/server/after-paint.mjs)."""


def _scripts(page: str) -> set[str]:
    """What a browser of today fetches; the polyfill marked noModule is for older ones."""
    return {source for source, rest in SCRIPT.findall(page) if "nomodule" not in rest.lower()}


def test_no_page_needs_more_than_175_kb_of_javascript_to_begin() -> None:
    pages = list(STATIC.rglob("*.html"))
    if not pages:
        pytest.fail("the web app is not built; `make test` builds it, or scripts/web.py app", pytrace=False)
    weights = {
        str(page.relative_to(STATIC)): sum(
            len(gzip.compress((STATIC / source.lstrip("/")).read_bytes(), 9)) for source in _scripts(page.read_text())
        )
        for page in pages
    }
    assert min(weights.values()) > 50_000, "the scripts of a page were not found"
    assert {page: weight for page, weight in weights.items() if weight > MOST} == {}
