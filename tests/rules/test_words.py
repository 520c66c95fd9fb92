"""The terms of the search: one normal form for every way to write a word."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskmanager.tasks.words import MARKED, MAX_TERMS, mark, terms, words

TEXT = st.text(max_size=60)
RARE = "".join(map(chr, range(0x20000, 0x40000)))
"""Ideographs, of which each Unicode version has more."""
LETTERS = st.text(st.characters(categories=["Lu", "Ll", "Nd"]), min_size=1, max_size=20)


@given(TEXT)
def test_the_words_of_words_are_the_same_words(text: str) -> None:
    found = list(words(text))
    assert [again for word in found for again in words(word)] == found


@given(TEXT)
def test_composed_and_decomposed_text_has_the_same_words(text: str) -> None:
    expected = list(words(unicodedata.normalize("NFC", text)))
    assert list(words(unicodedata.normalize("NFD", text))) == expected


@given(TEXT)
def test_case_makes_no_difference(text: str) -> None:
    assert list(words(text.casefold())) == list(words(text))


@given(TEXT, TEXT)
def test_what_stands_apart_is_found_apart(one: str, two: str) -> None:
    assert list(words(f"{one} {two}")) == [*words(one), *words(two)]


@given(TEXT)
def test_a_word_is_of_letters_and_digits_alone(text: str) -> None:
    for word in words(text):
        assert 1 <= len(word) <= 64
        assert all(unicodedata.category(character)[0] in "LN" or character in RARE for character in word), word


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Water the PLANTS", ["water", "the", "plants"]),
        ("Crème brûlée", ["creme", "brulee"]),
        ("Straße", ["strasse"]),
        ("ﬁne ２０２６ ⅷ", ["fine", "2026", "viii"]),
        ("İstanbul", ["istanbul"]),
        ("買い物リスト", ["買い", "い物", "物リ", "リス", "スト"]),
        ("日", ["日"]),
        ("Tokyo東京2026", ["tokyo", "東京", "2026"]),
        ("한국어", ["한국", "국어"]),
        ("a_b-c.d", ["a", "b", "c", "d"]),
        ("!?… 😀", []),
        ("x" * 70, ["x" * 64]),
    ],
)
def test_words_are_split_and_folded(text: str, expected: list[str]) -> None:
    assert list(words(text)) == expected


@given(LETTERS)
def test_the_first_letters_of_every_word_are_terms_of_their_own(text: str) -> None:
    found = terms(text)
    for word in words(text):
        assert word in found
        assert all(mark(word[:length]) in found for length in range(1, min(MARKED, len(word)) + 1))


def test_a_text_has_1000_distinct_words_at_most() -> None:
    long = " ".join(f"word{number}" for number in range(3000))
    assert sum(not term.startswith("^") for term in terms(long, "and more")) == MAX_TERMS


def test_a_marked_prefix_is_no_word() -> None:
    assert not list(words(mark("")))
    assert terms("a a A") == ("a", mark("a"))
