"""Ids of our own sort by the time they were made."""

import time
from collections.abc import Callable
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskmanager.identity import is_id, new_id


def test_ids_are_uuids_of_version_7_and_keep_their_order_within_a_millisecond() -> None:
    made = [new_id() for _ in range(20_000)]
    assert all(a < b for a, b in pairwise(made))
    for text in made[::500]:
        uuid = UUID(text)
        assert (uuid.version, uuid.variant) == (7, "specified in RFC 4122")
        assert is_id(text)
    assert abs((UUID(made[-1]).int >> 80) - time.time() * 1000) < 5000


@given(st.text(max_size=40))
def test_no_other_text_is_an_id(text: str) -> None:
    assert not is_id(text)


@pytest.mark.parametrize(
    "change", [str.upper, lambda t: t + "\n", lambda t: "{" + t + "}", lambda t: t.replace("-", "")]
)
def test_an_id_in_another_form_is_none(change: Callable[[str], str]) -> None:
    assert not is_id(change("2f9d1e6a-60b5-4c3f-9c0a-2b6a1d5e7f8a"))
