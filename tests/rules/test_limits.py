"""GCRA in memory: what passes, what is refused, and what the answer promises."""

import resource
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskmanager.limits import MemoryLimiter, Unlimited

SECOND = 1_000_000_000


@dataclass(frozen=True)
class Policy:
    count: int
    window_seconds: int


class Nanoseconds:
    def __init__(self) -> None:
        self.now = 5 * SECOND

    def __call__(self) -> int:
        return self.now


policies = st.builds(Policy, st.integers(1, 200), st.integers(1, 7200))
pauses = st.lists(st.integers(0, 3 * SECOND), min_size=1, max_size=300)


async def test_a_window_admits_as_many_as_the_policy_says() -> None:
    limiter = MemoryLimiter(Nanoseconds())
    assert [(await limiter.allow("ada", Policy(3, 60))).allowed for _ in range(5)] == [True] * 3 + [False] * 2


@given(policy=policies, waits=pauses)
async def test_no_window_ever_admits_more_than_twice_the_count(policy: Policy, waits: list[int]) -> None:
    clock = Nanoseconds()
    limiter = MemoryLimiter(clock)
    admitted: list[int] = []
    for wait in waits:
        clock.now += wait
        if (await limiter.allow("ada", policy)).allowed:
            admitted.append(clock.now)
    window = policy.window_seconds * SECOND
    for since in admitted:
        assert sum(since <= moment < since + window for moment in admitted) <= 2 * policy.count


@given(policy=policies, cost=st.integers(1, 50))
async def test_what_was_refused_passes_after_retry_after_and_not_before(policy: Policy, cost: int) -> None:
    clock = Nanoseconds()
    limiter = MemoryLimiter(clock)
    decision = await limiter.allow("ada", policy, cost)
    while decision.allowed:
        decision = await limiter.allow("ada", policy, cost)
    retry_after = round(decision.retry_after * SECOND)
    clock.now += retry_after - 1_000
    assert not (await limiter.allow("ada", policy, cost)).allowed
    clock.now += 2_000
    assert (await limiter.allow("ada", policy, cost)).allowed


@given(policy=policies)
async def test_remaining_counts_down_to_nothing_and_everything_is_back_after_reset(policy: Policy) -> None:
    clock = Nanoseconds()
    limiter = MemoryLimiter(clock)
    remaining = [(await limiter.allow("ada", policy)).remaining for _ in range(policy.count)]
    assert remaining == list(reversed(range(policy.count)))
    refused = await limiter.allow("ada", policy)
    assert (refused.allowed, refused.remaining) == (False, 0)
    clock.now += round(refused.reset_seconds * SECOND)
    assert (await limiter.allow("ada", policy)).remaining == policy.count - 1


@given(st.lists(st.sampled_from(["ada", "bob", "cyd"]), max_size=60))
async def test_keys_do_not_touch_each_other(order: list[str]) -> None:
    clock = Nanoseconds()
    together = MemoryLimiter(clock)
    alone = {key: MemoryLimiter(clock) for key in order}
    for key in order:
        assert await together.allow(key, Policy(7, 60)) == await alone[key].allow(key, Policy(7, 60))


async def test_what_costs_more_than_the_count_costs_the_count() -> None:
    limiter = MemoryLimiter(Nanoseconds())
    assert (await limiter.allow("ada", Policy(5, 60), cost=500)).allowed
    assert (await limiter.allow("ada", Policy(5, 60))).retry_after == pytest.approx(12)


async def test_a_clock_that_stands_still_still_limits() -> None:
    limiter = MemoryLimiter(lambda: 0)
    assert [(await limiter.allow("ada", Policy(2, 1))).allowed for _ in range(3)] == [True, True, False]


async def test_a_million_keys_take_no_memory_and_do_not_free_one_that_is_exhausted() -> None:
    clock = Nanoseconds()
    limiter = MemoryLimiter(clock)
    guesses, requests = Policy(15, 3600), Policy(600, 60)
    await limiter.allow("victim", guesses, cost=15)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(1_000_000):
        await limiter.allow(f"203.0.113.{number}", requests)
    grown_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown_kib < 20_000
    assert not (await limiter.allow("victim", guesses)).allowed


async def test_off_lets_everything_pass() -> None:
    limiter = Unlimited()
    assert all([(await limiter.allow("ada", Policy(1, 3600))).allowed for _ in range(100)])
