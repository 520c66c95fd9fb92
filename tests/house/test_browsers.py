import pytest
from _pytest.outcomes import Failed, Skipped

from browsers import chromium_path


def test_without_chromium_a_browser_test_fails_and_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEST_WITHOUT_BROWSER", raising=False)
    monkeypatch.setenv("TEST_CHROMIUM", "/nowhere/chromium")
    with pytest.raises(Failed, match="apt-get install chromium"):
        chromium_path()


def test_a_browser_test_is_skipped_only_when_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_WITHOUT_BROWSER", "1")
    with pytest.raises(Skipped):
        chromium_path()


def test_the_named_chromium_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEST_WITHOUT_BROWSER", raising=False)
    monkeypatch.setenv("TEST_CHROMIUM", "/bin/sh")
    assert chromium_path() == "/bin/sh"
