"""Access tokens: what is believed, what is refused, and how soon a session's end shows."""

import asyncio
from pathlib import Path

import pytest

from forgeries import forged_tokens, rightly_signed
from people import AUDIENCE, ISSUER, PHONE, HandClock, People, account_store, people_on, watched
from taskmanager.accounts.keys import KeyRing
from taskmanager.accounts.model import Session
from taskmanager.accounts.tokens import AccessTokens
from taskmanager.errors import Unauthenticated, Unavailable


async def test_an_untouched_token_is_believed(people: People) -> None:
    grant = await people.register()
    actor = await people.access.authenticate(grant.answer.access_token)
    assert (actor.account_id, actor.session_id) == (grant.answer.user.id, grant.session_id)
    assert actor.expires_at == people.clock() // 1000 + 600


async def test_the_forger_of_these_tests_can_make_a_token_that_is_believed(people: People) -> None:
    grant = await people.register()
    token = await rightly_signed(people, grant.session_id)
    assert (await people.access.authenticate(token)).session_id == grant.session_id


async def test_every_forged_token_is_refused_with_the_same_words(people: People) -> None:
    grant = await people.register()
    forged = await forged_tokens(people, grant)
    assert len(forged) >= 100
    said = {name: await _refusal(people, token) for name, token in forged.items()}
    assert [name for name, words in said.items() if words is None] == []
    assert len(set(said.values())) == 1
    assert await _refusal(people, grant.answer.access_token) is None


async def test_no_forged_token_makes_the_verifier_open_anything(people: People) -> None:
    forged = await forged_tokens(people, await people.register())
    verifier = AccessTokens(people.keys, issuer=ISSUER, audience=AUDIENCE, clock=people.clock, sessions=None)
    with watched() as opened:
        (Path("/") / "dev" / "null").read_bytes()
        assert opened == ["open"]
        for token in forged.values():
            with pytest.raises(Unauthenticated):
                await verifier.authenticate(token)
        assert opened == ["open"]


async def test_every_single_changed_character_is_noticed(people: People) -> None:
    grant = await people.register()
    token = grant.answer.access_token
    for place, character in enumerate(token):
        changed = token[:place] + ("A" if character != "A" else "B") + token[place + 1 :]
        assert await _refusal(people, changed) is not None, place


async def test_a_token_ends_after_ten_minutes_and_the_leeway(people: People) -> None:
    grant = await people.register()
    people.clock.advance(659)
    assert await _refusal(people, grant.answer.access_token) is None
    people.clock.advance(1)
    assert await _refusal(people, grant.answer.access_token) is not None


@pytest.mark.parametrize("skew", [-60, 60])
async def test_clocks_that_differ_by_a_minute_wrong_nobody(people: People, skew: int) -> None:
    elsewhere = HandClock()
    elsewhere.advance(skew)
    verifier = await people_on(people.store, elsewhere, passwords=people.passwords)
    grant = await people.register()
    for _ in range(600):
        assert await _refusal(verifier, grant.answer.access_token) is None
        elsewhere.advance(1)


async def test_a_session_ended_here_is_refused_at_once(people: People) -> None:
    grant = await people.register()
    await people.actor(grant)
    people.access.revoke_session(grant.session_id)
    assert await _refusal(people, grant.answer.access_token) is not None


async def test_a_session_ended_by_another_process_is_refused_within_a_second(people: People) -> None:
    other = await people_on(people.store, people.clock, passwords=people.passwords)
    grant = await people.register()
    await other.actor(grant)
    await people.signin.logout(grant.refresh_token)
    people.clock.advance(1)
    assert await _refusal(other, grant.answer.access_token) is not None


async def test_a_session_in_use_is_looked_up_once_a_second_at_most(people: People) -> None:
    sessions = _Counting(people)
    verifier = AccessTokens(people.keys, issuer=ISSUER, audience=AUDIENCE, clock=people.clock, sessions=sessions)
    grant = await people.register()
    for _ in range(50):
        await verifier.authenticate(grant.answer.access_token)
    assert sessions.asked == 1
    people.clock.advance(1)
    await verifier.authenticate(grant.answer.access_token)
    assert sessions.asked == 2


async def test_nobody_is_believed_while_the_first_look_for_the_session_is_under_way(people: People) -> None:
    sessions = _Counting(people)
    verifier = AccessTokens(people.keys, issuer=ISSUER, audience=AUDIENCE, clock=people.clock, sessions=sessions)
    grant = await people.register()
    await people.signin.logout(grant.refresh_token)
    asked = (verifier.authenticate(grant.answer.access_token) for _ in range(5))
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(answer) for answer in answers] == [Unauthenticated] * 5


async def test_a_clock_set_back_does_not_keep_an_ended_session_alive(people: People) -> None:
    other = await people_on(people.store, people.clock, passwords=people.passwords)
    grant = await people.register()
    await other.actor(grant)
    await people.signin.logout(grant.refresh_token)
    people.clock.advance(-30)
    assert await _refusal(other, grant.answer.access_token) is not None


async def test_a_store_that_cannot_be_reached_ends_no_session(people: People) -> None:
    verifier = AccessTokens(people.keys, issuer=ISSUER, audience=AUDIENCE, clock=people.clock, sessions=_Unreachable())
    grant = await people.register()
    actor = await verifier.authenticate(grant.answer.access_token)
    people.clock.advance(300)
    await verifier.recheck(actor)
    assert await verifier.authenticate(grant.answer.access_token) == actor


async def test_a_long_answer_may_go_on_until_the_token_or_the_session_ends(people: People) -> None:
    grant = await people.register()
    actor = await people.actor(grant)
    await people.access.recheck(actor)
    people.clock.advance(600)
    with pytest.raises(Unauthenticated):
        await people.access.recheck(actor)
    again = await people.signin.refresh(grant.refresh_token, PHONE)
    actor = await people.actor(again)
    other = await people_on(people.store, people.clock, passwords=people.passwords)
    await other.signin.logout(again.refresh_token)
    with pytest.raises(Unauthenticated):
        await people.access.recheck(actor)


async def test_the_kept_tokens_are_bounded_and_a_dropped_one_is_verified_anew(people: People) -> None:
    few = AccessTokens(people.keys, issuer=ISSUER, audience=AUDIENCE, clock=people.clock, sessions=None, cached=3)
    tokens = [await few.issue("account", f"session {number}") for number in range(10)]
    for token in tokens * 2:
        await few.authenticate(token)
    few.revoke_session("session 0")
    with pytest.raises(Unauthenticated):
        await few.authenticate(tokens[0])
    assert (await few.authenticate(tokens[9])).session_id == "session 9"


async def test_a_token_for_another_audience_or_issuer_is_refused_though_the_key_is_shared(people: People) -> None:
    grant = await people.register()
    for issuer, audience in ((ISSUER, "billing"), ("https://other.example.org", AUDIENCE)):
        other = AccessTokens(people.keys, issuer=issuer, audience=audience, clock=people.clock, sessions=None)
        with pytest.raises(Unauthenticated):
            await other.authenticate(grant.answer.access_token)
        assert await _refusal(people, await other.issue(grant.answer.user.id, grant.session_id)) is not None


async def test_a_process_with_another_store_does_not_believe_it(
    people: People, tmp_path_factory: pytest.TempPathFactory
) -> None:
    async with account_store(tmp_path_factory.mktemp("other")) as store:
        ring = KeyRing(store, b"another secret", people.clock)
        await ring.start()
        other = AccessTokens(ring, issuer=ISSUER, audience=AUDIENCE, clock=people.clock, sessions=None)
        with pytest.raises(Unauthenticated):
            await other.authenticate((await people.register()).answer.access_token)


async def _refusal(people: People, token: str) -> str | None:
    try:
        await people.access.authenticate(token)
    except Unauthenticated as error:
        return str(error)
    return None


class _Counting:
    """The store's sessions, counting how often they are looked up."""

    def __init__(self, people: People) -> None:
        self._store = people.store
        self.asked = 0

    async def session(self, session_id: str) -> Session | None:
        self.asked += 1
        await asyncio.sleep(0)  # as a store that is asked over a network: others go on meanwhile
        return await self._store.session(session_id)


class _Unreachable:
    async def session(self, session_id: str) -> Session | None:
        raise Unavailable(f"the store of {session_id} can't be reached")
