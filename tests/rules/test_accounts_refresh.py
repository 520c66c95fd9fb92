"""Staying signed in: each refresh token is good once, and a stolen one ends its family."""

import asyncio
from collections.abc import Awaitable

import pytest

from people import PASSWORD, PHONE, STRANGER, People, people_on
from taskmanager.accounts.messages import PasswordChange
from taskmanager.accounts.signin import Client, Grant
from taskmanager.errors import Unauthenticated

DAY = 24 * 3600
NEW_PASSWORD = "a kettle that whistles twice"  # noqa: S105 - of an account that lives as long as its test


async def test_a_refresh_answers_the_next_token_of_the_same_session(people: People) -> None:
    first = await people.register()
    second = await people.signin.refresh(first.refresh_token, PHONE)
    assert second.refresh_token != first.refresh_token
    assert second.session_id == first.session_id
    assert second.answer.user == first.answer.user
    assert (await people.actor(second)).session_id == first.session_id


async def test_a_lost_answer_is_given_again_for_ten_seconds(people: People) -> None:
    first = await people.register()
    lost = await people.signin.refresh(first.refresh_token, PHONE)
    for _ in range(10):
        people.clock.advance(1)
        again = await people.signin.refresh(first.refresh_token, PHONE)
        assert again.refresh_token == lost.refresh_token
    assert await _works(people.signin.refresh(lost.refresh_token, PHONE))


async def test_ten_seconds_count_from_the_first_use_and_then_reuse_ends_the_family(people: People) -> None:
    first = await people.register()
    second = await people.signin.refresh(first.refresh_token, PHONE)
    people.clock.advance(9)
    assert await _works(people.signin.refresh(first.refresh_token, PHONE))
    people.clock.advance(1.001)
    assert not await _works(people.signin.refresh(first.refresh_token, STRANGER))
    assert await _everything_ended(people, [first, second])


async def test_a_token_two_generations_old_ends_the_family_at_once(people: People) -> None:
    grants = [await people.register()]
    for _ in range(2):
        grants.append(await people.signin.refresh(grants[-1].refresh_token, PHONE))
    assert not await _works(people.signin.refresh(grants[0].refresh_token, STRANGER))
    assert await _everything_ended(people, grants)


async def test_a_theft_seen_by_one_process_ends_the_family_in_all_within_a_second(people: People) -> None:
    other = await people_on(people.store, people.clock, passwords=people.passwords)
    first = await people.register()
    second = await people.signin.refresh(first.refresh_token, PHONE)
    await other.actor(second)
    people.clock.advance(60)
    await other.actor(second)
    assert not await _works(people.signin.refresh(first.refresh_token, STRANGER))
    people.clock.advance(1)
    assert await _everything_ended(other, [first, second])


async def test_a_theft_ends_no_other_session(people: People) -> None:
    stolen, other = await people.register(), await people.login()
    await people.signin.refresh(stolen.refresh_token, PHONE)
    people.clock.advance(60)
    assert not await _works(people.signin.refresh(stolen.refresh_token, STRANGER))
    assert await _works(people.signin.refresh(other.refresh_token, PHONE))


async def test_twenty_refreshes_at_once_are_one(people: People) -> None:
    first = await people.register()
    other = await people_on(people.store, people.clock, passwords=people.passwords)
    processes = [people, other] * 10
    grants = await asyncio.gather(*(each.signin.refresh(first.refresh_token, PHONE) for each in processes))
    assert len({grant.refresh_token for grant in grants}) == 1
    session = await people.store.session(first.session_id)
    assert session is not None
    assert (session.generation, session.revoked) == (2, False)
    assert await _works(people.signin.refresh(grants[0].refresh_token, PHONE))


async def test_a_thief_and_an_owner_who_refresh_at_once_do_not_both_stay(people: People) -> None:
    first = await people.register()
    owner, thief = await asyncio.gather(
        people.signin.refresh(first.refresh_token, PHONE), people.signin.refresh(first.refresh_token, STRANGER)
    )
    for _ in range(3):
        people.clock.advance(600)
        owner = await people.signin.refresh(owner.refresh_token, PHONE)
    assert not await _works(people.signin.refresh(thief.refresh_token, STRANGER))
    assert await _everything_ended(people, [owner, thief])


async def test_after_logout_nothing_of_the_session_works(people: People) -> None:
    first = await people.register()
    second = await people.signin.refresh(first.refresh_token, PHONE)
    await people.signin.logout(second.refresh_token)
    assert await _everything_ended(people, [first, second])
    await people.signin.logout(second.refresh_token)


async def test_logging_out_with_an_older_token_ends_the_session_too(people: People) -> None:
    first = await people.register()
    second = await people.signin.refresh(first.refresh_token, PHONE)
    await people.signin.logout(first.refresh_token)
    assert await _everything_ended(people, [second])


@pytest.mark.parametrize("token", [None, "", "nonsense", "a.1.b", "." * 300])
async def test_logging_out_without_a_session_is_no_error(people: People, token: str | None) -> None:
    grant = await people.register()
    await people.signin.logout(token)
    assert await _works(people.signin.refresh(grant.refresh_token, PHONE))


async def test_a_refresh_under_way_while_the_session_ends_brings_it_not_back(people: People) -> None:
    for _ in range(20):
        grant = await people.login() if await people.store.by_email("ada@example.org") else await people.register()
        results = await asyncio.gather(
            people.signin.refresh(grant.refresh_token, PHONE),
            people.signin.logout(grant.refresh_token),
            return_exceptions=True,
        )
        assert results[1] is None
        latest = results[0] if isinstance(results[0], Grant) else grant
        assert not await _works(people.signin.refresh(latest.refresh_token, PHONE))
        people.clock.advance(3600)


async def test_a_new_password_ends_every_session_but_the_present_one(people: People) -> None:
    present, other = await people.register(), await people.login(client=STRANGER)
    actor = await people.actor(present)
    await people.actor(other)
    changed = await people.signin.change_password(actor, PasswordChange(current=PASSWORD, new=NEW_PASSWORD), PHONE)
    assert changed.session_id == present.session_id
    assert await _everything_ended(people, [other])
    assert await people.access.authenticate(present.answer.access_token) == actor
    assert await _works(people.signin.refresh(changed.refresh_token, PHONE))


async def test_after_a_new_password_the_old_refresh_token_of_this_session_ends_it(people: People) -> None:
    present = await people.register()
    change = PasswordChange(current=PASSWORD, new=NEW_PASSWORD)
    changed = await people.signin.change_password(await people.actor(present), change, PHONE)
    assert not await _works(people.signin.refresh(present.refresh_token, STRANGER))
    assert await _everything_ended(people, [changed])


async def test_a_session_unused_for_seven_days_has_ended(people: People) -> None:
    used, unused = await people.register(), await people.login()
    people.clock.advance(7 * DAY)
    used = await people.signin.refresh(used.refresh_token, PHONE)
    people.clock.advance(0.001)
    assert not await _works(people.signin.refresh(unused.refresh_token, PHONE))
    assert await _works(people.signin.refresh(used.refresh_token, PHONE))


async def test_a_session_ends_after_thirty_days_however_much_it_is_used(people: People) -> None:
    grant = await people.register()
    lasting = [grant.refresh_seconds]
    for _ in range(5):
        people.clock.advance(6 * DAY)
        grant = await people.signin.refresh(grant.refresh_token, PHONE)
        lasting.append(grant.refresh_seconds)
    assert lasting == [7 * DAY, 7 * DAY, 7 * DAY, 7 * DAY, 6 * DAY, 0]
    people.clock.advance(1)
    assert not await _works(people.signin.refresh(grant.refresh_token, PHONE))


async def test_a_token_sealed_elsewhere_or_changed_is_refused_and_ends_nothing(people: People) -> None:
    grant = await people.register()
    token = grant.refresh_token
    family, generation, seal = token.split(".")
    forged = [
        f"{family}.{int(generation) + 1}.{seal}",
        f"{family}.0{generation}.{seal}",
        f"{family}.{generation}.",
        f"{family}.{generation}",
        f"{family.upper()}.{generation}.{seal}",
        f"{token}=",
        f" {token}",
        f"{token}.{token}",
        token.replace("-", "\u2010"),
        *(token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :] for place in range(len(token))),
    ]
    for text in forged:
        assert not await _works(people.signin.refresh(text, STRANGER))
    stranger = await people_on(people.store, people.clock, secret=b"another secret", passwords=people.passwords)
    assert not await _works(people.signin.refresh(stranger.seals.refresh_token(family, 1), STRANGER))
    assert await _works(people.signin.refresh(token, PHONE))


async def test_a_generation_that_a_restored_store_has_not_seen_is_refused_and_ends_nothing(people: People) -> None:
    grant = await people.register()
    assert not await _works(people.signin.refresh(people.seals.refresh_token(grant.session_id, 7), PHONE))
    assert await _works(people.signin.refresh(grant.refresh_token, PHONE))


async def test_a_refresh_notes_from_where_and_when(people: People) -> None:
    grant = await people.register()
    people.clock.advance(3600)
    await people.signin.refresh(grant.refresh_token, Client("2001:db8::7", "Browser/2" + "x" * 1000))
    session = await people.store.session(grant.session_id)
    assert session is not None
    assert (session.address, session.used_at) == ("2001:db8::7", people.clock())
    assert session.user_agent.startswith("Browser/2")
    assert len(session.user_agent) == 256


async def _works(refreshing: Awaitable[Grant]) -> bool:
    try:
        await refreshing
    except Unauthenticated:
        return False
    return True


async def _everything_ended(people: People, grants: list[Grant]) -> bool:
    ended = []
    for grant in grants:
        try:
            await people.access.authenticate(grant.answer.access_token)
        except Unauthenticated:
            ended.append(not await _works(people.signin.refresh(grant.refresh_token, PHONE)))
        else:
            ended.append(False)
    return all(ended)
