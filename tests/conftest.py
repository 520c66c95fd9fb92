"""What a long test measured is told in one line each at the end of the run."""

from collections.abc import Callable
from functools import partial
from itertools import chain

import pytest
from hypothesis import settings

settings.register_profile("any machine", deadline=None)  # how long an example takes says nothing about a rule
settings.load_profile("any machine")

Figure = Callable[[str], None]


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Figure:
    return partial(record_property, "figure")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [one for one in chain(*terminalreporter.stats.values()) if isinstance(one, pytest.TestReport)]
    told = [value for one in reports if one.when == "call" for name, value in one.user_properties if name == "figure"]
    if told:
        terminalreporter.section("figures")
        for line in told:
            terminalreporter.write_line(str(line))
