"""Each gate of `make check` is shown something that it must stop."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from budgets import Findings, examine, examine_web, ignored_rules
from documents import dead_links, registry_addresses
from stamps import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def complaints(folder: Path, source: str, name: str = "planted.py") -> list[str]:
    found = Findings()
    file = folder / name
    file.write_text(source)
    (examine if name.endswith(".py") else examine_web)(file, found)
    return [line.partition(": ")[2] for line in found.broken]


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("def f():\n" + "    x = 1\n" * 61, "f has 61 lines, at most 60"),
        ("x = 1\n" * 401, "401 lines, at most 400"),
        ("try:\n    x = 1\nexcept Exception:\n    pass\n", "catches everything; name the errors that are expected"),
        ("try:\n    x = 1\nexcept:\n    pass\n", "catches everything; name the errors that are expected"),
        (
            "try:\n    x = 1\nexcept (OSError, BaseException):\n    pass\n",
            "catches everything; name the errors that are expected",
        ),
        ("import os  # no" + "qa: F401\n", "'no" + "qa: F401' gives no reason"),
        ("x = f()  # type" + ": ignore[misc]\n", "'type" + ": ignore[misc]' gives no reason"),
    ],
    ids=["body", "file", "exception", "bare", "tuple", "noqa", "type"],
)
def test_what_is_over_a_budget_is_named(tmp_path: Path, source: str, complaint: str) -> None:
    assert complaints(tmp_path, source) == [complaint]


@pytest.mark.parametrize(
    "source",
    [
        'def f():\n    """Doc.\n\n' + "    more\n" * 80 + '    """\n' + "    x = 1\n" * 60,
        "x = 1\n" * 400,
        "try:\n    x = 1\nexcept ValueError:\n    pass\n",
        "try:\n    x = 1\nexcept BaseException:\n    x = 2\n    raise\n",
        "import os  # no" + "qa: F401 - imported for what it registers\n",
        "x = f()  # type" + ": ignore[misc]  # the assignment that must fail\n",
    ],
    ids=["body", "file", "except", "cleanup", "noqa", "type"],
)
def test_what_is_within_the_budgets_passes(tmp_path: Path, source: str) -> None:
    assert complaints(tmp_path, source) == []


@pytest.mark.parametrize(
    "directive",
    ["// eslint-" + "disable-next-line no-console", "// @ts-" + "expect-error", "/* eslint-" + "disable */"],
)
def test_the_web_gives_reasons_as_well(tmp_path: Path, directive: str) -> None:
    assert len(complaints(tmp_path, f"{directive}\n", "planted.ts")) == 1
    reasoned = directive.replace(" */", "") + " -- the browser has no other way" + (" */" if "/*" in directive else "")
    assert complaints(tmp_path, f"{reasoned}\n", "planted.ts") == []


def test_a_rule_switched_off_in_the_configuration_needs_its_reason(tmp_path: Path) -> None:
    (tmp_path / "some.toml").write_text('ignore = [\n  "D100",\n  "D105", # the contract is the language\'s\n]\n')
    assert [line.partition(": ")[2] for line in ignored_rules(tmp_path / "some.toml")] == [
        "D100 is switched off without a reason"
    ]


def test_a_mock_in_a_test_is_counted(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    found = Findings()
    file = tmp_path / "tests" / "test_planted.py"
    file.write_text("from unittest import mo" + "ck\n\ndef test_it():\n    mo" + "cker.patch('x')\n")
    examine(file, found)
    assert (found.tests, found.mocks) == (1, 1)


def test_a_dead_link_is_found_and_a_living_one_is_not(tmp_path: Path) -> None:
    (tmp_path / "other.md").write_text("# A heading, with a comma\n")
    (tmp_path / "page.md").write_text(
        "[a](other.md) [b](other.md#a-heading-with-a-comma) [c](https://example.org) `[d](code.md)`\n"
        "[e](gone.md) [f](other.md#gone) ![g](gone.png)\n"
    )
    said = [line.partition(": ")[2] for line in dead_links(tmp_path / "page.md")]
    assert said == ["gone.md leads nowhere", "other.md#gone has no such heading", "gone.png leads nowhere"]


@pytest.mark.parametrize(
    "line",
    [
        "--index-" + "url=https://mirror.example.org/simple",
        '"reso' + 'lved": "https://mirror.example.org/x.tgz",',
        "file:" + "///opt/wheels",
        "regis" + "try=https://mirror.example.org",
    ],
)
def test_a_registry_address_is_found(tmp_path: Path, line: str) -> None:
    (tmp_path / "lock.txt").write_text(f"# lock\n{line}\n")
    assert len(list(registry_addresses(tmp_path / "lock.txt"))) == 1


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [
        ("run.txt", PROJECT["project"]["dependencies"]),
        ("test.txt", PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["test"]),
        ("build.txt", PROJECT["dependency-groups"]["build"] + PROJECT["build-system"]["requires"]),
    ],
)
def test_the_locks_hold_what_the_project_asks_for_by_hash(lock: str, wanted: list[str]) -> None:
    text = (ROOT / "requirements" / lock).read_text()
    pinned = dict(re.findall(r"^([a-z0-9-]+)==([^\s;]+)", text, re.MULTILINE))
    for requirement in map(Requirement, wanted):
        assert Version(pinned[requirement.name.lower()]) in requirement.specifier
    assert len(re.findall(r"^[a-z0-9-]+==.*?\n    --hash=sha256:", text, re.MULTILINE)) == len(pinned)


def test_the_two_locks_that_share_an_environment_agree() -> None:
    pins = [
        dict(re.findall(r"^([a-z0-9-]+)==([^\s;]+)", (ROOT / "requirements" / lock).read_text(), re.MULTILINE))
        for lock in ("run.txt", "test.txt", "build.txt")
    ]
    for one in pins:
        for other in pins:
            assert all(other.get(name, version) == version for name, version in one.items())
