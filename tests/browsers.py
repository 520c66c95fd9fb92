"""The browser of this machine, for tests that need a real one."""

import os

import pytest

import chromium


def chromium_path(*, whole: bool = False) -> str:
    """Where Chromium is; `whole`: one that people have, to the last point.

    Without one the test fails and says what to do; only TEST_WITHOUT_BROWSER skips it.
    """
    if os.environ.get("TEST_WITHOUT_BROWSER"):
        pytest.skip("TEST_WITHOUT_BROWSER is set")
    path = chromium.find() if whole else chromium.lightest()
    if path is None:
        pytest.fail(chromium.MISSING, pytrace=False)
    return path
