"""What `AccountStore` promises: accounts, sessions, signing keys and pictures."""

import asyncio

import pytest
from msgspec.structs import replace

from builders import NOW, a_picture, a_session, a_signing_key, an_account, an_id
from contract.conftest import Address, Open
from taskmanager.accounts.model import Account
from taskmanager.accounts.store import AccountStore
from taskmanager.errors import EmailTaken, Exists, Stale
from taskmanager.storage import Storage


@pytest.fixture
def people(storage: Storage) -> AccountStore:
    return storage.accounts


async def test_an_account_is_found_by_id_and_by_email(people: AccountStore) -> None:
    account = an_account(name="Ünal 🌿", avatar_url="/a.avif")
    await people.add(account)
    assert await people.get(account.id) == account
    assert await people.by_email(account.email) == account
    assert await people.get(an_id()) is None
    assert await people.by_email("nobody@example.org") is None


async def test_an_email_that_is_taken_is_refused(people: AccountStore) -> None:
    first, second = an_account(email="ada@example.org"), an_account()
    await people.add(first)
    await people.add(second)
    with pytest.raises(EmailTaken):
        await people.add(an_account(email="ada@example.org"))
    with pytest.raises(EmailTaken):
        await people.put(replace(second, version=2, email="ada@example.org"))
    assert await people.get(second.id) == second


async def test_an_account_id_that_is_taken_is_refused(people: AccountStore) -> None:
    account = an_account()
    await people.add(account)
    with pytest.raises(Exists):
        await people.add(an_account(id=account.id))


async def test_of_parallel_registrations_with_one_email_exactly_one_succeeds(people: AccountStore) -> None:
    rivals = [an_account(email="ada@example.org") for _ in range(10)]
    outcomes = await asyncio.gather(*map(people.add, rivals), return_exceptions=True)
    assert outcomes.count(None) == 1
    assert await people.by_email("ada@example.org") == rivals[outcomes.index(None)]


async def test_an_account_is_replaced_by_its_next_version_only(people: AccountStore) -> None:
    account = an_account()
    await people.add(account)
    changed = replace(account, version=2, email="new@example.org", name="Ada Lovelace")
    await people.put(changed)
    assert await people.get(account.id) == changed
    assert await people.by_email("new@example.org") == changed
    assert await people.by_email(account.email) is None
    for version in (1, 2, 4):
        with pytest.raises(Stale) as refused:
            await people.put(replace(changed, version=version))
        assert refused.value.ids == [("account", account.id)]
    with pytest.raises(Stale):
        await people.put(an_account(version=2))


async def test_removing_an_account_frees_its_email_and_takes_its_sessions(people: AccountStore) -> None:
    account, other = an_account(), an_account()
    mine, theirs = a_session(account.id), a_session(other.id)
    for person in (account, other):
        await people.add(person)
    for session in (mine, theirs):
        await people.open_session(session)
    await people.remove(account.id)
    assert await people.get(account.id) is None
    assert await people.session(mine.id) is None
    assert await people.session(theirs.id) == theirs
    await people.remove(account.id)
    await people.add(an_account(email=account.email))


async def test_accounts_are_listed_by_id(people: AccountStore) -> None:
    accounts = sorted((an_account() for _ in range(5)), key=lambda account: account.id)

    async def listed(after: str, limit: int) -> list[Account]:
        return await people.accounts(after, limit)

    for account in accounts[::-1]:
        await people.add(account)
    assert await listed("", 100) == accounts
    assert await listed("", 2) == accounts[:2]
    assert await listed(accounts[1].id, 2) == accounts[2:4]
    assert await listed(accounts[-1].id, 2) == []


async def test_sessions_of_an_account_are_told_newest_first_with_revoked_ones(people: AccountStore) -> None:
    account = an_id()
    sessions = [a_session(account, created_at=NOW + n, revoked=n == 1) for n in range(3)]
    for session in (*sessions, a_session(an_id())):
        await people.open_session(session)
    assert await people.sessions(account) == sessions[::-1]
    assert await people.session(sessions[1].id) == sessions[1]
    assert await people.session(an_id()) is None
    assert await people.sessions(an_id()) == []


async def test_a_session_is_replaced_by_its_next_version_only(people: AccountStore) -> None:
    session = a_session(an_id())
    await people.open_session(session)
    rotated = replace(session, version=2, generation=1, used_at=NOW + 1)
    await people.put_session(rotated)
    assert await people.session(session.id) == rotated
    with pytest.raises(Stale) as refused:
        await people.put_session(rotated)
    assert refused.value.ids == [("session", session.id)]


async def test_of_parallel_rotations_of_a_session_exactly_one_wins(people: AccountStore) -> None:
    session = a_session(an_id())
    await people.open_session(session)
    rotations = [people.put_session(replace(session, version=2, generation=n)) for n in range(20)]
    outcomes = await asyncio.gather(*rotations, return_exceptions=True)
    assert outcomes.count(None) == 1
    assert sum(isinstance(outcome, Stale) for outcome in outcomes) == 19
    kept = await people.session(session.id)
    assert kept
    assert kept.generation == outcomes.index(None)


async def test_ending_sessions_revokes_all_but_the_one_to_keep_and_names_them(people: AccountStore) -> None:
    account = an_id()
    kept, ended, revoked = a_session(account), a_session(account), a_session(account, revoked=True)
    other = a_session(an_id())
    for session in (kept, ended, revoked, other):
        await people.open_session(session)
    assert await people.end_sessions(account, keep=kept.id) == [ended.id]
    assert await people.session(ended.id) == replace(ended, revoked=True, version=2)
    assert await people.session(kept.id) == kept
    assert await people.session(other.id) == other
    assert await people.end_sessions(account) == [kept.id]
    assert await people.end_sessions(account) == []


async def test_of_many_sessions_those_that_ended_or_never_were_are_told(people: AccountStore) -> None:
    account = an_id()
    live, revoked, never = a_session(account), a_session(account, revoked=True), an_id()
    for session in (live, revoked):
        await people.open_session(session)
    assert sorted(await people.ended([live.id, revoked.id, never])) == sorted([revoked.id, never])
    assert list(await people.ended([])) == []


async def test_a_rotation_under_way_when_sessions_end_is_stale(people: AccountStore) -> None:
    session = a_session(an_id())
    await people.open_session(session)
    await people.end_sessions(session.account_id)
    with pytest.raises(Stale):
        await people.put_session(replace(session, version=2, generation=1))
    assert (await people.sessions(session.account_id))[0].revoked


async def test_sessions_that_are_idle_or_old_are_forgotten_and_counted(people: AccountStore) -> None:
    account = an_id()
    fresh = a_session(account, created_at=NOW - 5, used_at=NOW)
    idle = a_session(account, created_at=NOW - 5, used_at=NOW - 5)
    old = a_session(account, created_at=NOW - 50, used_at=NOW)
    for session in (fresh, idle, old):
        await people.open_session(session)
    assert await people.forget_sessions(idle_before=NOW - 4, created_before=NOW - 40) == 2
    assert await people.sessions(account) == [fresh]
    assert await people.forget_sessions(idle_before=NOW - 4, created_before=NOW - 40) == 0


async def test_a_rotated_session_is_idle_only_since_its_last_use(people: AccountStore) -> None:
    session = a_session(an_id())
    await people.open_session(session)
    await people.put_session(replace(session, version=2, used_at=NOW + 100))
    assert await people.forget_sessions(idle_before=NOW + 50, created_before=0) == 0


async def test_of_two_keys_of_one_serial_the_first_wins(people: AccountStore) -> None:
    first, second = a_signing_key(1), a_signing_key(2)
    assert await people.add_signing_key(second)
    assert await people.add_signing_key(first)
    assert not await people.add_signing_key(a_signing_key(1))
    assert await people.signing_keys() == [first, second]


async def test_processes_that_make_the_next_key_at_once_agree_on_one(open_at: Open, address: Address) -> None:
    stores = [(await open_at(address)).accounts for _ in range(3)]
    made = await asyncio.gather(*(store.add_signing_key(a_signing_key(1)) for store in stores))
    assert made.count(True) == 1
    known = [await store.signing_keys() for store in stores]
    assert known[0] == known[1] == known[2]


async def test_a_signing_key_is_replaced_by_serial(people: AccountStore) -> None:
    first, second = a_signing_key(1), a_signing_key(2)
    for key in (first, second):
        await people.add_signing_key(key)
    retired = replace(first, state="retired", secret=b"")
    await people.put_signing_key(retired)
    assert await people.signing_keys() == [retired, second]


async def test_a_picture_is_found_by_its_name_and_that_of_a_file(people: AccountStore) -> None:
    mine, other = a_picture(an_id()), a_picture(an_id(), variants={"64.avif": b"other"})
    for picture in (mine, other):
        await people.put_picture(picture)
    for variant, body in mine.variants.items():
        assert await people.picture(mine.digest, variant) == body
    assert await people.picture(other.digest, "64.avif") == b"other"
    assert await people.picture(other.digest, "64.webp") is None
    assert await people.picture("0" * 64, "64.avif") is None


async def test_a_name_of_a_picture_is_given_once(people: AccountStore) -> None:
    picture = a_picture(an_id())
    await people.put_picture(picture)
    with pytest.raises(Exists):
        await people.put_picture(replace(picture, variants={"64.avif": b"another"}))
    assert await people.picture(picture.digest, "64.avif") == b"small"


async def test_a_picture_that_is_dropped_is_gone_and_no_other(people: AccountStore) -> None:
    account = an_id()
    dropped, kept = a_picture(account), a_picture(account)
    for picture in (dropped, kept):
        await people.put_picture(picture)
    await people.drop_picture(dropped.digest)
    await people.drop_picture(dropped.digest)
    assert await people.picture(dropped.digest, "64.avif") is None
    assert await people.picture(kept.digest, "64.avif") == b"small"


async def test_removing_an_account_takes_its_pictures(people: AccountStore) -> None:
    account = an_account()
    mine, again, theirs = a_picture(account.id), a_picture(account.id), a_picture(an_id())
    await people.add(account)
    for picture in (mine, again, theirs):
        await people.put_picture(picture)
    await people.remove(account.id)
    assert await people.picture(mine.digest, "64.avif") is None
    assert await people.picture(again.digest, "64.avif") is None
    assert await people.picture(theirs.digest, "64.avif") == b"small"


async def test_people_are_still_there_when_the_store_is_opened_again(open_at: Open, address: Address) -> None:
    before = await open_at(address)
    account = an_account()
    session, key, picture = a_session(account.id), a_signing_key(1), a_picture(account.id)
    await before.accounts.add(account)
    await before.accounts.put_picture(picture)
    await before.accounts.open_session(session)
    await before.accounts.add_signing_key(key)
    await before.close()
    after = (await open_at(address)).accounts
    assert await after.get(account.id) == account
    assert await after.session(session.id) == session
    assert await after.signing_keys() == [key]
    assert await after.picture(picture.digest, "128.avif") == picture.variants["128.avif"]
