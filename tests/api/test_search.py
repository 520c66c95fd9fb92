"""wire.md, tasks: search."""

import unicodedata

import pytest

from api.person import Person

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("title", "queries"),
    [
        ("Water the plants", ["water", "WATER", "plants water", "wat", "the pl", "  plants,  ", "w"]),
        ("Café crème", ["cafe", "CAFÉ", "creme", "café", unicodedata.normalize("NFD", "café"), "caf"]),
        ("Straße fegen", ["strasse", "STRASSE", "straß", "fegen str"]),
        ("ﬁle ⅷ ２０２６", ["file", "viii", "2026", "20"]),
        ("買い物リスト", ["買い物", "物リ", "リスト", "買"]),
        ("한국어 공부", ["한국어", "공부", "한국"]),
        ("Ελληνικά ΣΊΣΥΦΟΣ", ["ελληνικα", "σισυφος", "σίσυφος"]),
        ("e-mail: ada@example.org #42", ["mail", "example.org", "42", "ada e"]),
        ("snake_case_name", ["snake", "case", "name"]),
    ],
)
async def test_words_are_found_however_they_are_written(ada: Person, title: str, queries: list[str]) -> None:
    await ada.task(title)
    await ada.task("Something else altogether")
    for query in queries:
        assert await ada.titles(q=query) == [title], query


@pytest.mark.parametrize("query", ["ater", "waters", "water else", "plantsx the", "xyz"])
async def test_all_words_must_match_and_only_the_last_as_a_prefix(ada: Person, query: str) -> None:
    await ada.task("Water the plants")
    assert await ada.titles(q=query) == []
    assert await ada.titles(q="wat plants") == []


async def test_descriptions_are_searched_as_well(ada: Person) -> None:
    task = await ada.task("Plants", description="Mind the *orchids*")
    assert await ada.titles(q="orchid") == ["Plants"]
    await ada.change(task, description="Mind the roses")
    assert await ada.titles(q="orchid") == []
    assert await ada.titles(q="mind rose") == ["Plants"]


async def test_the_newest_change_comes_first(ada: Person) -> None:
    first = await ada.task("Plants one")
    await ada.task("Plants two")
    await ada.change(first, priority="high")
    assert await ada.titles(q="plants") == ["Plants one", "Plants two"]


async def test_a_search_can_be_filtered_but_not_sorted(ada: Person) -> None:
    await ada.task("Plants one", status="done")
    await ada.task("Plants two", priority="high")
    assert await ada.titles(q="plants", status="done") == ["Plants one"]
    assert await ada.titles(q="plants", priority="high") == ["Plants two"]
    await ada.refused("GET", "/api/tasks", code="not_with_q", at="sort", q="plants", sort="due")


async def test_the_trash_is_searched_by_itself(ada: Person) -> None:
    gone = await ada.task("Plants one")
    await ada.task("Plants two")
    await ada.trash(gone)
    assert await ada.titles(q="plants") == ["Plants two"]
    assert await ada.titles(q="plants", trashed="true") == ["Plants one"]


@pytest.mark.parametrize("query", ["", " ", "!?-", "\u0301", "…", "😀"])
async def test_a_query_without_words_finds_nothing(ada: Person, query: str) -> None:
    await ada.task("Water the plants")
    assert (await ada.get("/api/tasks", q=query))["items"] == []


async def test_a_search_answers_1000_at_most(ada: Person) -> None:
    await ada.fill(1050)
    found = await ada.all(q="task", limit=200)
    assert len(found) == 1000


async def test_a_query_may_have_500_characters_and_as_many_words_as_fit(ada: Person) -> None:
    await ada.task("Water the plants")
    await ada.get("/api/tasks", q=" ".join(chr(0x0E01 + n % 40) + chr(0x61 + n // 40) for n in range(166)))
    await ada.get("/api/tasks", q="".join(chr(0x4E00 + n) for n in range(500)))
    await ada.refused("GET", "/api/tasks", code="invalid", at="q", q="x" * 501)


@pytest.mark.parametrize(
    "query", ["%", "_", "'", '"', "\\", "';--", "NEAR(a b)", "a*", "^w", "^", "title:water", "\u0000", "[", "$ne"]
)
async def test_no_character_is_an_operator(ada: Person, query: str) -> None:
    await ada.task("Water the plants")
    found = await ada.titles(q=query)
    assert found == (["Water the plants"] if query == "^w" else [])
