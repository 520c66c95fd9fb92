"""Positions: between any two there is another, and they stay short."""

import random
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskmanager.tasks import places

MOVES = st.lists(st.tuples(st.floats(0, 1), st.sampled_from(["between", "first", "last"])), min_size=1, max_size=150)


def insert(order: list[str], where: float, how: str) -> None:
    if how == "first" or not order:
        order.insert(0, places.first())
    elif how == "last" or len(order) == 1:
        order.append(places.last())
    else:
        at = 1 + int(where * (len(order) - 2))
        order.insert(at, places.between(order[at - 1], order[at]))


@given(MOVES)
def test_whatever_is_placed_where_the_order_of_bytes_is_the_order_of_places(moves: Sequence[tuple[float, str]]) -> None:
    order: list[str] = []
    for where, how in moves:
        insert(order, where, how)
    assert [place.encode() for place in order] == sorted({place.encode() for place in order})
    assert all(set(place) <= set(places.DIGITS) for place in order)


@given(st.text(places.DIGITS, max_size=12), st.text(places.DIGITS, max_size=12))
def test_between_is_strictly_between_any_two_that_do_not_end_in_zero(low: str, high: str) -> None:
    low, high = sorted((low + "1", high + "1"))
    if low == high:
        with pytest.raises(ValueError, match="equal"):
            places.between(low, high)
        return
    middle = places.between(low, high)
    assert low < middle < high
    assert not middle.endswith("0")
    assert low < places.between(low, middle) < middle < places.between(middle, high) < high


def test_out_of_order_there_is_nothing_between() -> None:
    low, high = places.first(), places.last()
    with pytest.raises(ValueError, match="no place"):
        places.between(high, low)


@pytest.mark.parametrize("side", ["low", "high", "any"])
def test_1000_placed_at_one_spot_grow_by_a_digit_for_every_five_at_most(side: str) -> None:
    chance = random.Random(1)  # noqa: S311 - a fixed course
    low, high = places.first(), places.last()
    for _ in range(1000):
        middle = places.between(low, high)
        if side == "low" or (side == "any" and chance.random() < 0.5):
            high = middle
        else:
            low = middle
    assert len(low) < 230
    assert len(high) < 230


def test_first_and_last_never_grow_and_never_repeat() -> None:
    lasts = [places.last() for _ in range(2000)]
    firsts = [places.first() for _ in range(2000)]
    assert all(a < b for a, b in pairwise(lasts))
    assert all(a > b for a, b in pairwise(firsts))
    assert {len(place) for place in [*firsts, *lasts]} == {12}
    assert firsts[0] < lasts[0]
