"""Accounts: opened, signed in to, guessed at, edited and left."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import count

import pytest
from argon2 import PasswordHasher
from msgspec.structs import replace

from people import PASSWORD, PHONE, STRANGER, People, people_on, watched
from taskmanager.accounts.messages import PasswordChange, Registration
from taskmanager.accounts.passwords import Passwords
from taskmanager.accounts.seals import DEVICE_MS
from taskmanager.accounts.signin import Client, Grant
from taskmanager.accounts.throttle import REGISTRATIONS, SIGN_INS
from taskmanager.actor import network
from taskmanager.errors import EmailTaken, Invalid, NotFound, TooManyRequests, Unauthenticated

NEW_PASSWORD = "a kettle that whistles twice"  # noqa: S105 - of an account that lives as long as its test
GUESS = "not the password at all"


async def test_who_registers_is_signed_in_and_has_a_workspace(people: People) -> None:
    user = (await people.register(" Ada@Example.ORG ")).answer.user
    assert (user.email, user.name, user.workspace_id) == ("ada@example.org", "Ada Lovelace", user.id)
    assert (user.timezone, user.locale, user.week_start) == ("UTC", "en", 1)
    assert user.created_at == "2026-05-28T20:26:40.000Z"
    assert (await people.login(email="ADA@example.org")).answer.user == user


async def test_of_twenty_registrations_with_one_email_one_succeeds(people: People) -> None:
    results = await asyncio.gather(
        *(people.register(email) for email in ["ada@example.org", "ADA@EXAMPLE.ORG"] * 10), return_exceptions=True
    )
    assert sum(isinstance(result, Grant) for result in results) == 1
    assert sum(isinstance(result, EmailTaken) for result in results) == 19


@pytest.mark.parametrize("name", ["   ", "\n", "Ada\nLovelace", "Ada\0", "A\u2028B"])
async def test_a_name_is_some_text_on_one_line(people: People, name: str) -> None:
    form = Registration(email="ada@example.org", password=PASSWORD, name=name)
    with pytest.raises(Invalid) as refused:
        await people.signin.register(form, PHONE)
    assert refused.value.faults[0].pointer == "/name"


async def test_a_password_of_ones_own_name_or_email_is_refused(people: People) -> None:
    guessable = "countess1815"
    form = Registration(email="countess@example.org", password=guessable, name="Ada Lovelace")
    with pytest.raises(Invalid) as refused:
        await people.signin.register(form, PHONE)
    assert (refused.value.faults[0].pointer, refused.value.faults[0].code) == ("/password", "too_personal")


async def test_a_wrong_password_and_an_unknown_account_say_the_same_and_cost_one_run_each(people: People) -> None:
    await people.register()
    said = set()
    for email in ("ada@example.org", "nobody@example.org"):
        runs = people.passwords.runs
        with pytest.raises(Unauthenticated) as refused:
            await people.login(GUESS, email=email, client=STRANGER)
        said.add((type(refused.value), str(refused.value)))
        assert people.passwords.runs == runs + 1
    assert len(said) == 1


@pytest.mark.parametrize("email", ["ada@example.org", "nobody@example.org"])
async def test_strangers_have_thirty_guesses_an_hour_at_an_account_that_exists_or_not(
    people: People, email: str
) -> None:
    await people.register()
    runs = people.passwords.runs
    for second in range(3600):
        stranger = Client(f"198.51.{second // 250}.{second % 250}", "curl/8")
        with pytest.raises((Unauthenticated, TooManyRequests)):
            await people.login(GUESS, email=email, client=stranger)
        people.clock.advance(1)
    assert people.passwords.runs - runs <= 30


async def test_an_owner_with_a_known_device_gets_in_while_strangers_guess(people: People) -> None:
    device = (await people.register()).device_token
    await _exhausted(lambda: people.login(GUESS, client=STRANGER))
    with pytest.raises(TooManyRequests) as refused:
        await people.login(client=PHONE)
    assert 0 < refused.value.retry_after <= 3600
    grant = await people.login(client=Client(STRANGER.address, "Phone/1.0", device))
    assert grant.answer.user.email == "ada@example.org"


async def test_a_known_device_may_not_guess_for_ever_either(people: People) -> None:
    known = Client(PHONE.address, "Phone/1.0", (await people.register()).device_token)
    runs = people.passwords.runs
    await _exhausted(lambda: people.login(GUESS, client=known))
    assert people.passwords.runs - runs == 15


async def test_signing_in_again_keeps_the_device_and_its_count(people: People) -> None:
    device = (await people.register()).device_token
    for _ in range(15):
        device = (await people.login(client=Client(PHONE.address, "Phone/1.0", device))).device_token
    with pytest.raises(TooManyRequests):
        await people.login(client=Client(PHONE.address, "Phone/1.0", device))


async def test_a_device_is_known_to_its_own_account_only_and_for_a_year(people: People) -> None:
    adas = (await people.register()).device_token
    bobs = (await people.register("bob@example.org")).device_token
    assert adas is not None
    await _exhausted(lambda: people.login(GUESS, client=STRANGER))
    for device in (bobs, adas[:-1] + ("A" if adas[-1] != "A" else "E"), adas.upper(), "", "a.b.c", "\u2603", "x" * 500):
        with pytest.raises(TooManyRequests):
            await people.login(client=Client(PHONE.address, "Phone/1.0", device))
    people.clock.advance(DEVICE_MS / 1000 + 1)
    await _exhausted(lambda: people.login(GUESS, client=STRANGER))
    with pytest.raises(TooManyRequests):
        await people.login(client=Client(PHONE.address, "Phone/1.0", adas))


@pytest.mark.parametrize("address", ["203.0.113.7", "2001:db8:1:2:{}::1", "::ffff:203.0.113.7"])
async def test_one_network_may_not_try_one_password_on_many_accounts(people: People, address: str) -> None:
    device = (await people.register(client=STRANGER)).device_token
    await people.limiter.allow(f"sign-in:{network(address.format(0))}", SIGN_INS, cost=SIGN_INS.count - 3)
    runs = people.passwords.runs
    numbers = count()

    async def spray() -> Grant:
        number = next(numbers)
        client = Client(address.format(number), "curl/8")
        return await people.login(GUESS, email=f"person{number}@example.org", client=client)

    await _exhausted(spray)
    assert people.passwords.runs - runs == 3
    neighbour = Client(address.format(99), "Phone/1.0", device)
    assert (await people.login(client=neighbour)).answer.user.email == "ada@example.org"


async def test_one_network_opens_only_so_many_accounts_an_hour(people: People) -> None:
    runs = people.passwords.runs
    for number in range(60):
        with pytest.raises(Invalid):
            await people.register(f"person{number}@")
    for number in range(3):
        await people.register(f"person{number}@example.org")
    await people.limiter.allow(f"register:{PHONE.address}", REGISTRATIONS, cost=57)
    with pytest.raises(TooManyRequests):
        await people.register("one.more@example.org")
    assert people.passwords.runs - runs == 3


async def test_an_outdated_hash_is_renewed_by_signing_in(people: People) -> None:
    user = (await people.register()).answer.user
    account = await people.store.get(user.id)
    assert account is not None
    old = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(PASSWORD)
    await people.store.put(replace(account, version=2, password_hash=old))
    await people.login()
    renewed = await people.store.get(user.id)
    assert renewed is not None
    assert not people.passwords.is_outdated(renewed.password_hash)
    await people.login()


async def test_a_sign_in_under_way_while_the_password_changes_leaves_no_session(people: People) -> None:
    owner = await people.actor(await people.register())

    async def change() -> None:
        await people.signin.change_password(owner, PasswordChange(current=PASSWORD, new=NEW_PASSWORD), PHONE)

    await _overtaken(people, change)
    assert [session.id for session in await people.signin.sessions(owner)] == [owner.session_id]


async def test_a_sign_in_under_way_while_the_account_is_deleted_leaves_no_session(people: People) -> None:
    owner = await people.actor(await people.register())

    async def delete() -> None:
        await people.signin.delete(owner, PASSWORD, _nothing)

    await _overtaken(people, delete)
    assert not [session for session in await people.store.sessions(owner.account_id) if not session.revoked]


async def test_the_sessions_are_those_alive_newest_first(people: People) -> None:
    first = await people.register()
    people.clock.advance(60)
    second = await people.login(client=Client("2001:db8::1", "Browser/9"))
    gone = await people.login()
    await people.signin.logout(gone.refresh_token)
    [newer, older] = await people.signin.sessions(await people.actor(first))
    assert (newer.id, newer.user_agent, newer.address, newer.current) == (
        second.session_id,
        "Browser/9",
        "2001:db8::1",
        False,
    )
    assert (older.id, older.current, older.created_at) == (first.session_id, True, "2026-05-28T20:26:40.000Z")
    people.clock.advance(7 * 24 * 3600)
    assert await people.signin.sessions(await people.actor(await people.login())) != []
    people.clock.advance(1)
    assert len(await people.signin.sessions(await people.actor(await people.login()))) == 2


async def test_a_device_can_be_signed_out_from_another(people: People) -> None:
    here, lost = await people.register(), await people.login()
    await people.actor(lost)
    actor = await people.actor(here)
    await people.signin.end_session(actor, lost.session_id)
    for refused in (people.actor(lost), people.signin.refresh(lost.refresh_token, PHONE)):
        with pytest.raises(Unauthenticated):
            await refused
    with pytest.raises(NotFound):
        await people.signin.end_session(actor, lost.session_id)


async def test_another_persons_session_is_not_found_and_goes_on(people: People) -> None:
    ada = await people.actor(await people.register())
    bob = await people.register("bob@example.org")
    with pytest.raises(NotFound) as refused:
        await people.signin.end_session(ada, bob.session_id)
    with pytest.raises(NotFound) as absent:
        await people.signin.end_session(ada, "0190b5a0-0000-7000-8000-000000000000")
    assert str(refused.value) == str(absent.value)
    await people.actor(bob)


async def test_a_new_password_needs_the_present_one_and_replaces_it(people: People) -> None:
    actor = await people.actor(await people.register())
    with pytest.raises(Invalid) as refused:
        await people.signin.change_password(actor, PasswordChange(current=GUESS, new=NEW_PASSWORD), PHONE)
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [("/current", "wrong_password")]
    await people.login()
    await people.signin.change_password(actor, PasswordChange(current=PASSWORD, new=NEW_PASSWORD), PHONE)
    await people.login(NEW_PASSWORD)
    with pytest.raises(Unauthenticated):
        await people.login()


async def test_a_weak_new_password_is_refused_at_its_place(people: People) -> None:
    actor = await people.actor(await people.register())
    for weak in ("short", "password1", "Ada Lovelace"):
        with pytest.raises(Invalid) as refused:
            await people.signin.change_password(actor, PasswordChange(current=PASSWORD, new=weak), PHONE)
        assert refused.value.faults[0].pointer == "/new"
    await people.login()


async def test_of_two_password_changes_at_once_one_succeeds(people: People) -> None:
    actor = await people.actor(await people.register())
    changes = [PasswordChange(current=PASSWORD, new=f"{NEW_PASSWORD} {number}") for number in range(2)]
    results = await asyncio.gather(
        *(people.signin.change_password(actor, change, PHONE) for change in changes), return_exceptions=True
    )
    assert sorted(type(result).__name__ for result in results) == ["Grant", "Invalid"]
    winner = next(change for change, result in zip(changes, results, strict=True) if isinstance(result, Grant))
    await people.login(winner.new)


async def test_guessing_the_present_password_with_a_stolen_token_is_limited(people: People) -> None:
    actor = await people.actor(await people.register())
    runs = people.passwords.runs
    for _ in range(15):
        with pytest.raises(Invalid):
            await people.signin.delete(actor, GUESS, _nothing)
    with pytest.raises(TooManyRequests):
        await people.signin.change_password(actor, PasswordChange(current=GUESS, new=NEW_PASSWORD), PHONE)
    assert people.passwords.runs - runs == 15


async def test_deletion_schedules_the_erasure_first_and_then_ends_everything_at_once(people: People) -> None:
    here, there = await people.register(), await people.login()
    actor = await people.actor(here)
    await people.actor(there)
    existed: list[bool] = []

    async def erase_later(account_id: str) -> None:
        existed.append(await people.store.get(account_id) is not None)

    await people.signin.delete(actor, PASSWORD, erase_later)
    assert existed == [True]
    for grant in (here, there):
        for refused in (people.actor(grant), people.signin.refresh(grant.refresh_token, PHONE)):
            with pytest.raises(Unauthenticated):
                await refused
    with pytest.raises(Unauthenticated):
        await people.login()
    assert (await people.register()).answer.user.id != actor.account_id


async def test_without_the_password_nothing_is_deleted_or_scheduled(people: People) -> None:
    actor = await people.actor(await people.register())

    async def erase_later(account_id: str) -> None:
        pytest.fail(f"the erasure of {account_id} was scheduled")

    with pytest.raises(Invalid) as refused:
        await people.signin.delete(actor, GUESS, erase_later)
    assert refused.value.faults[0].pointer == "/password"
    await people.login()


async def test_a_deletion_seen_by_one_process_shows_in_all_within_a_second(people: People) -> None:
    other = await people_on(people.store, people.clock, passwords=people.passwords)
    grant = await people.register()
    await other.actor(grant)
    await people.signin.delete(await people.actor(grant), PASSWORD, _nothing)
    people.clock.advance(1)
    with pytest.raises(Unauthenticated):
        await other.actor(grant)


async def _nothing(_: str) -> None:
    """Schedule no erasure."""


async def _exhausted(attempt: Callable[[], Awaitable[Grant]]) -> None:
    """Try until it is too often."""
    for _ in range(200):
        try:
            await attempt()
        except Unauthenticated:
            continue
        except TooManyRequests:
            return
    pytest.fail("nobody said that it is enough")


async def _overtaken(people: People, first: Callable[[], Awaitable[None]]) -> None:
    """Sign in with the right password; after it was verified, and before the session opens, something else is done."""
    passwords = _Overtaken(first)
    slow = await people_on(people.store, people.clock, passwords=passwords)
    with pytest.raises(Unauthenticated):
        await slow.login(client=STRANGER)
    passwords.close()


class _Overtaken(Passwords):
    def __init__(self, first: Callable[[], Awaitable[None]]) -> None:
        super().__init__(workers=1)
        self._first: Callable[[], Awaitable[None]] | None = first

    async def verify(self, hashed: str | None, password: str) -> bool:
        answer = await super().verify(hashed, password)
        first, self._first = self._first, None
        if first is not None:
            await first()
        return answer


async def test_the_domain_of_an_e_mail_is_never_looked_up(people: People) -> None:
    with watched() as seen:
        await people.register("ada@nowhere.example")
        await people.login(email="ada@nowhere.example")
    assert [event for event in seen if event.startswith("socket.")] == []
