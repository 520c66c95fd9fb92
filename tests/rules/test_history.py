"""A task's history as a person reads it."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from taskmanager.tasks.dates import instant
from taskmanager.tasks.history import ONE_SITTING, entries
from taskmanager.tasks.store import Change

START = 1_795_514_400_000
EDITS = st.lists(
    st.tuples(
        st.sampled_from(["description", "title", "both"]),
        st.sampled_from(["ada", "bob"]),
        st.integers(0, 2 * ONE_SITTING),
    ),
    max_size=12,
)


def changes(edits: list[tuple[str, str, int]]) -> list[Change]:
    """Newest first; each edit makes text number n of text number n - 1."""
    told: list[Change] = []
    at, last = START, dict.fromkeys(("title", "description"), "0")
    for number, (what, by, later) in enumerate(edits, 1):
        at += later
        names = ("title", "description") if what == "both" else (what,)
        fields: dict[str, tuple[Any, Any]] = {name: (last[name], str(number)) for name in names}
        last |= dict.fromkeys(names, str(number))
        told.append(
            Change(
                revision=f"{number}-x",
                group=None,
                at=instant(at),
                by=by,
                kind="task",
                id="t",
                op="update",
                version=number,
                fields=fields | {"updated_at": (instant(at - later), instant(at))},
            )
        )
    return told[::-1]


@given(EDITS)
def test_read_forwards_the_entries_lead_to_the_same_text_as_the_changes(edits: list[tuple[str, str, int]]) -> None:
    for name in ("title", "description"):
        text = "0"
        for entry in reversed(entries(changes(edits))):
            if name in entry.fields:
                assert entry.fields[name][0] == text
                text = entry.fields[name][1]
        assert text == next((c.fields[name][1] for c in changes(edits) if name in c.fields), "0")


@given(EDITS)
def test_only_descriptions_alone_of_one_person_are_told_together(edits: list[tuple[str, str, int]]) -> None:
    told = entries(changes(edits))
    apart = [edit for edit in edits if edit[0] != "description"]
    assert [e.by for e in told if set(e.fields) != {"description", "updated_at"}] == [
        by for _, by, _ in reversed(apart)
    ]
    assert {e.by for e in told} == {by for _, by, _ in edits}


@given(EDITS)
def test_an_entry_keeps_the_revision_and_time_of_its_newest_edit(edits: list[tuple[str, str, int]]) -> None:
    all_changes = changes(edits)
    known = {(c.revision, c.at, c.version) for c in all_changes}
    told = entries(all_changes)
    assert {(e.revision, e.at, e.version) for e in told} <= known
    assert told[:1] == [] or told[0].revision == all_changes[0].revision


def test_a_sitting_lasts_2_minutes() -> None:
    assert len(entries(changes([("description", "ada", 0), ("description", "ada", ONE_SITTING)]))) == 1
    assert len(entries(changes([("description", "ada", 0), ("description", "ada", ONE_SITTING + 1)]))) == 2
