"""The terms of our own full-text search: the same words, and so the same answers, on every store."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import chain
from typing import Final

MAX_TERMS: Final = 1_000
MARKED: Final = 3
"""Prefixes up to this length are terms of their own, so that the first letters typed find their index entry."""

_CJK: Final = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_RUNS: Final = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}]+")
_IS_CJK: Final = re.compile(rf"[{_CJK}]")


def words(text: str) -> Iterator[str]:
    """Normal words of a text, in order: NFKC, casefold, marks stripped, split at non-alphanumerics, CJK as bigrams."""
    plain = text
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
        plain = unicodedata.normalize("NFC", "".join(c for c in decomposed if not unicodedata.combining(c)))
    for run in _RUNS.findall(plain.casefold()):
        if _IS_CJK.match(run) and len(run) > 1:
            yield from (run[i : i + 2] for i in range(len(run) - 1))
        else:
            yield run[:64]


def terms(*texts: str) -> tuple[str, ...]:
    """What a document is found by: its distinct words, at most MAX_TERMS, and the marked prefixes of those."""
    distinct: dict[str, None] = {}
    for word in chain.from_iterable(map(words, texts)):
        distinct[word] = None
        if len(distinct) >= MAX_TERMS:
            break
    prefixes = {mark(word[:length]): None for word in distinct for length in range(1, min(MARKED, len(word)) + 1)}
    return (*distinct, *prefixes)


def mark(prefix: str) -> str:
    return "^" + prefix
