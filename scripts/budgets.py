"""Holds the house's budgets, and prints where the code stands.

Gates: no function body over 60 lines, no file over 400, at most 0.1 mocks per test, `except Exception` only in
the three places that are a last net, and a reason beside each switched-off check.
"""

import ast
import re
import sys
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from sources import files
from stamps import ROOT

MAX_BODY = 60
MAX_FILE = 400
MAX_MOCKS_PER_TEST = 0.1
SHORT_BODY = 15
LAST_NETS = {"src/taskmanager/api/problems.py", "src/taskmanager/jobs.py", "src/taskmanager/cli.py"}
NOT_CODE = ("web/src/api/schema.ts", "web/src/ui/messages/")
"""What is generated, and the catalogue of words, of which each language is one file."""

_MOCKS = re.compile(
    r"\b(?:unittest\.mock|Mock|MagicMock|AsyncMock|create_autospec|mocker|monkeypatch\.(?:setattr|delattr))\b"
)
_SWITCHED_OFF = re.compile(
    r"(?P<what>(?:ruff:\s*)?noqa(?::\s*[A-Z]+[0-9]+(?:\s*,\s*[A-Z]+[0-9]+)*)?|type:\s*ignore(?:\[[^\]]*\])?"
    r"|pragma:\s*no cover|mypy:\s*\S+|eslint-disable[^\n]*?(?=\s*--|\s*\*/|\s*$)"
    r"|@ts-(?:expect-error|ignore|nocheck))(?P<why>.*)"
)
_REASON = re.compile(r"\w[\w' ]{4,}")
_LIST_ENTRY = re.compile(r'^\s*"(?P<rule>[A-Z]+[0-9]+)",?(?P<rest>.*)$')


@dataclass
class Findings:
    """What was counted, and what is over a budget."""

    bodies: list[int] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    tests: int = 0
    mocks: int = 0
    broken: list[str] = field(default_factory=list)


def examine(path: Path, found: Findings) -> None:
    """Count one Python file."""
    text = (ROOT / path).read_text(encoding="utf-8")
    _measure_file(path, text, found)
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            _measure_function(path, node, found)
        elif isinstance(node, ast.ExceptHandler) and path.as_posix() not in LAST_NETS and _catches_all(node):
            found.broken.append(f"{path}:{node.lineno}: catches everything; name the errors that are expected")
    if "tests" in path.parts:
        found.mocks += len(_MOCKS.findall(text))
    with (ROOT / path).open("rb") as source:
        comments = [token for token in tokenize.tokenize(source.readline) if token.type == tokenize.COMMENT]
    for comment in comments:
        _want_reason(path, comment.start[0], comment.string, found)


def examine_web(path: Path, found: Findings) -> None:
    """Count one TypeScript file."""
    text = (ROOT / path).read_text(encoding="utf-8")
    _measure_file(path, text, found)
    for number, line in enumerate(text.splitlines(), 1):
        if re.search(r"(//|/\*).*(eslint-disable|@ts-)", line):
            _want_reason(path, number, line, found)


def ignored_rules(path: Path) -> Iterator[str]:
    """Find rules that the configuration switches off without saying why."""
    for number, line in enumerate((ROOT / path).read_text(encoding="utf-8").splitlines(), 1):
        entry = _LIST_ENTRY.match(line)
        if entry and not _REASON.search(entry["rest"].partition("#")[2]):
            yield f"{path}:{number}: {entry['rule']} is switched off without a reason"


def _measure_file(path: Path, text: str, found: Findings) -> None:
    length = text.count("\n")
    found.lengths.append(length)
    if length > MAX_FILE:
        found.broken.append(f"{path}: {length} lines, at most {MAX_FILE}")


def _measure_function(path: Path, node: ast.FunctionDef | ast.AsyncFunctionDef, found: Findings) -> None:
    found.tests += node.name.startswith("test_")
    first = node.body[1] if ast.get_docstring(node) is not None and len(node.body) > 1 else node.body[0]
    body = (node.end_lineno or node.lineno) - first.lineno + 1
    found.bodies.append(body)
    if body > MAX_BODY:
        found.broken.append(f"{path}:{node.lineno}: {node.name} has {body} lines, at most {MAX_BODY}")


def _catches_all(handler: ast.ExceptHandler) -> bool:
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    names = {"" if each is None else ast.unparse(each) for each in caught}
    if names == {"BaseException"} and ast.unparse(handler.body[-1]) == "raise":
        return False  # cleans up, cancelled or not, and lets everything through
    return not names.isdisjoint({"", "Exception", "BaseException"})


def _want_reason(path: Path, line: int, comment: str, found: Findings) -> None:
    match = _SWITCHED_OFF.search(comment)
    if match and not _REASON.search(match["why"]):
        found.broken.append(f"{path}:{line}: '{match['what'].strip()}' gives no reason")


def main() -> int:
    """Print the figures; 1 when a budget is broken."""
    found, web = Findings(), Findings()
    for path in files(".py"):
        examine(path, found)
    for path in files(".ts", ".tsx", ".mjs"):
        if not path.as_posix().startswith(NOT_CODE):
            examine_web(path, web)
    found.broken += [*web.broken, *ignored_rules(Path("pyproject.toml"))]
    if found.mocks > MAX_MOCKS_PER_TEST * found.tests:
        found.broken.append(f"{found.mocks} mocks in {found.tests} tests, at most {MAX_MOCKS_PER_TEST} each")
    short = sum(body <= SHORT_BODY for body in found.bodies) / max(1, len(found.bodies))
    print(
        f"{len(found.bodies)} functions: body median {median(found.bodies or [0]):g} lines, {short:.0%} have"
        f" {SHORT_BODY} or fewer, the longest {max(found.bodies, default=0)}\n"
        f"{len(found.lengths)} Python files: median {median(found.lengths or [0]):g} lines,"
        f" the longest {max(found.lengths, default=0)}; {len(web.lengths)} of the web: median"
        f" {median(web.lengths or [0]):g}, the longest {max(web.lengths, default=0)}\n"
        f"{found.tests} tests, {found.mocks} mocks"
    )
    for line in found.broken:
        print(line)
    return 1 if found.broken else 0


if __name__ == "__main__":
    sys.exit(main())
