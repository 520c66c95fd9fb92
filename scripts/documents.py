"""Finds dead relative links in the documents, and registry addresses where none may be."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from sources import files
from stamps import ROOT

_LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)|<(?:img|a)\b[^>]*\b(?:src|href)=\"([^\"]+)\"")
_HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*$", re.MULTILINE)
_CODE = re.compile(r"^(```|~~~).*?^\1|`[^`\n]+`", re.MULTILINE | re.DOTALL)
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//")

# Where packages are fetched from is the business of the machine that installs, so it stands in no file.
_REGISTRY = re.compile(
    r"pypi\.org/simple|files\.pythonhosted|registry\.npmjs|registry\.yarnpkg|(?:extra-)?index-url\s*=|--find-links"
    r"|find-links\s*=|^\s*registry\s*=|\"resolved\":|file:///",
    re.MULTILINE,
)
_LOCKS = ("requirements/", "web/package-lock.json", "web/package.json", "web/.npmrc", "pyproject.toml", "Makefile")


def dead_links(document: Path) -> Iterator[str]:
    """Name every relative link of a document whose target is not there."""
    text = (ROOT / document).read_text(encoding="utf-8")
    for match in _LINK.finditer(_CODE.sub("", text)):
        link = match[1] or match[2]
        if _ELSEWHERE.match(link):
            continue
        path, _, fragment = link.partition("#")
        target = ROOT / (path[1:] if path.startswith("/") else document.parent / path) if path else ROOT / document
        if not target.exists():
            yield f"{document}: {link} leads nowhere"
        elif fragment and target.suffix == ".md" and fragment not in _anchors(target):
            yield f"{document}: {link} has no such heading"


def registry_addresses(path: Path) -> Iterator[str]:
    """Name every registry address in a lock, a configuration or a document."""
    text = (ROOT / path).read_text(encoding="utf-8")
    for match in _REGISTRY.finditer(text):
        yield f"{path}:{text.count(chr(10), 0, match.start()) + 1}: names a registry: {match[0].strip()}"


def _anchors(document: Path) -> set[str]:
    headings = _HEADING.findall(document.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def main() -> int:
    """Print what is wrong; 1 when anything is."""
    documents = files(".md")
    locks = [path for path in files("") if path.as_posix().startswith(_LOCKS)]
    wrong = [line for each in documents for line in dead_links(each)]
    wrong += [line for each in {*documents, *locks} for line in registry_addresses(each)]
    print("\n".join(sorted(wrong)) or f"{len(documents)} documents, {len(locks)} locks and configurations")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
