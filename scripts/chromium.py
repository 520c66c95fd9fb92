"""Where this machine's Chromium is; browsers are never downloaded by the tests themselves."""

import os
import shutil

MISSING = (
    "Chromium is missing and could not be installed. On Debian: sudo apt-get install chromium; elsewhere name one in"
    " TEST_CHROMIUM. The tests that need a browser fail until then; with TEST_WITHOUT_BROWSER=1 they are skipped."
)
SHELL = "chromium-headless-shell"
_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def find() -> str | None:
    """Tell the path of a Chromium as people have it, or None."""
    named = os.environ.get("TEST_CHROMIUM")
    if named:
        return shutil.which(named)
    return next(filter(None, map(shutil.which, _NAMES)), None)


def lightest() -> str | None:
    """Tell the path of one that runs pages alike without drawing a window around each: they open in half the time."""
    return (None if os.environ.get("TEST_CHROMIUM") else shutil.which(SHELL)) or find()
