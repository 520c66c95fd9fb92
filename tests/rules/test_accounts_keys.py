"""Signing keys: made once, learned by every process, rotated without a refused token."""

import asyncio
from base64 import urlsafe_b64decode
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from people import AUDIENCE, ISSUER, PHONE, SECRET, HandClock, People, account_store, people_on
from taskmanager.accounts.keys import KeyRing
from taskmanager.accounts.model import SigningKey
from taskmanager.accounts.store import AccountStore
from taskmanager.accounts.tokens import AccessTokens
from taskmanager.errors import Unauthenticated, Unavailable


async def test_the_first_start_makes_a_key_and_the_next_one_uses_it(people: People) -> None:
    again = await _ring(people)
    assert (await again.signer()).kid == (await people.keys.signer()).kid
    assert len(await people.store.signing_keys()) == 1


async def test_twenty_processes_starting_at_once_agree_on_one_key(tmp_path: Path) -> None:
    async with account_store(tmp_path) as store:
        rings = [KeyRing(store, SECRET, HandClock()) for _ in range(20)]
        await asyncio.gather(*(ring.start() for ring in rings))
        assert len({(await ring.signer()).kid for ring in rings}) == 1
        assert len(await store.signing_keys()) == 1


async def test_the_private_key_is_stored_encrypted_when_there_is_a_secret(people: People) -> None:
    private = (await people.keys.signer()).private.private_bytes_raw()
    [key] = await people.store.signing_keys()
    assert private not in key.secret
    assert len(key.secret) > len(private)


async def test_the_private_key_is_stored_plain_when_there_is_none(tmp_path: Path) -> None:
    async with account_store(tmp_path) as store:
        ring = KeyRing(store, None, HandClock())
        await ring.start()
        [key] = await store.signing_keys()
        assert (await ring.signer()).private.private_bytes_raw() in key.secret


async def test_another_secret_cannot_read_the_keys_and_signs_with_one_of_its_own(people: People) -> None:
    grant = await people.register()
    other = await people_on(people.store, people.clock, secret=b"another secret", passwords=people.passwords)
    assert (await other.keys.signer()).kid != (await people.keys.signer()).kid
    assert (await other.actor(grant)).session_id == grant.session_id
    with pytest.raises(Unauthenticated):
        await other.signin.refresh(grant.refresh_token, PHONE)


async def test_a_key_copied_under_another_kid_cannot_be_read(people: People) -> None:
    [key] = await people.store.signing_keys()
    forged = msgspec.structs.replace(key, serial=2, kid="another")
    assert await people.store.add_signing_key(forged)
    assert (await (await _ring(people)).signer()).kid == key.kid


async def test_the_key_set_is_what_others_need_to_verify_a_token(people: People) -> None:
    token = (await people.register()).answer.access_token
    header, claims, signature = token.split(".")
    kid = msgspec.json.decode(_unbase64(header))["kid"]
    [jwk] = (await people.keys.jwks())["keys"]
    assert jwk == {"kty": "OKP", "crv": "Ed25519", "x": jwk["x"], "kid": kid, "use": "sig", "alg": "EdDSA"}
    public = Ed25519PublicKey.from_public_bytes(_unbase64(jwk["x"]))
    public.verify(_unbase64(signature), f"{header}.{claims}".encode())


async def test_a_new_key_is_published_before_it_signs_and_the_old_one_until_its_last_token_ended(
    people: People,
) -> None:
    old = (await people.keys.signer()).kid
    new = await people.keys.rotate()
    signing, published = [], []
    for _ in range(40):
        signing.append((await people.keys.signer()).kid)
        published.append([jwk["kid"] for jwk in (await people.keys.jwks())["keys"]])
        people.clock.advance(60)
    assert signing == [old] * 5 + [new] * 35
    assert published[0] == [old, new]
    last_signature_of_old = 5
    still_believed = last_signature_of_old + 10 + 1
    assert all(old in kids for kids in published[:still_believed])
    assert published[-1] == [new]


async def test_a_rotation_refuses_no_token_of_any_process(people: People) -> None:
    processes = [people, *[await people_on(people.store, people.clock, passwords=people.passwords) for _ in range(2)]]
    grant = await people.register()
    await processes[1].keys.rotate()
    alive: list[tuple[int, str]] = []
    for minute in range(40):
        for process in processes:
            alive.append((minute, await process.access.issue(grant.answer.user.id, grant.session_id)))
            alive = [(born, token) for born, token in alive if minute - born < 10]
        for process in processes:
            await asyncio.gather(*(process.access.authenticate(token) for _, token in alive))
        people.clock.advance(60)


async def test_a_rotated_out_key_is_no_longer_believed(people: People) -> None:
    old = await people.keys.signer()
    await people.keys.rotate()
    people.clock.advance(30 * 60)
    assert await people.keys.public(old.kid) is None
    assert await (await _ring(people)).public(old.kid) is None


async def test_the_second_rotation_retires_the_first_key(people: People) -> None:
    for _ in range(2):
        await people.keys.rotate()
        people.clock.advance(3600)
    assert [key.state for key in await people.store.signing_keys()] == ["retired", "active", "active"]


async def test_two_rotations_at_once_are_one(people: People) -> None:
    other = await _ring(people)
    kids = await asyncio.gather(people.keys.rotate(), other.rotate())
    assert len(set(kids)) == len(await people.store.signing_keys()) - 1


async def test_an_unknown_kid_is_looked_for_at_once_by_everybody_who_waits(people: People) -> None:
    other = await _ring(people)
    people.clock.advance(10)
    kid = await other.rotate(lead_ms=0)
    found = await asyncio.gather(*(people.keys.public(kid) for _ in range(20)))
    assert all(found)


async def test_strangers_who_invent_kids_do_not_make_the_store_read_each(people: People) -> None:
    store = _Breakable(people.store)
    ring = KeyRing(store, SECRET, people.clock)
    await ring.start()
    store.reads = 0
    for number in range(1000):
        assert await ring.public(f"invented {number}") is None
        people.clock.advance(0.01)
    assert store.reads == 4


async def test_while_the_store_cannot_be_reached_the_known_keys_stay_in_use(people: People) -> None:
    store = _Breakable(people.store)
    ring = KeyRing(store, SECRET, people.clock)
    await ring.start()
    access = AccessTokens(ring, issuer=ISSUER, audience=AUDIENCE, clock=people.clock, sessions=None)
    store.broken = True
    for _ in range(10):
        people.clock.advance(120)
        assert (await access.authenticate(await access.issue("account", "session"))).account_id == "account"


async def test_a_ring_that_never_read_a_key_does_not_start(people: People) -> None:
    store = _Breakable(people.store)
    store.broken = True
    with pytest.raises(Unavailable):
        await KeyRing(store, SECRET, people.clock).start()


async def test_without_a_secret_refresh_tokens_hold_across_processes_and_rotations(tmp_path: Path) -> None:
    async with account_store(tmp_path) as store:
        first = await people_on(store, HandClock(), secret=None)
        grant = await first.register()
        await first.keys.rotate()
        first.clock.advance(3600)
        second = await people_on(store, first.clock, secret=None, passwords=first.passwords)
        assert (await second.signin.refresh(grant.refresh_token, PHONE)).session_id == grant.session_id


async def _ring(people: People) -> KeyRing:
    ring = KeyRing(people.store, SECRET, people.clock)
    await ring.start()
    return ring


def _unbase64(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


class _Breakable:
    """The store's keys, until it is broken; counts how often they are read."""

    def __init__(self, store: AccountStore) -> None:
        self._store = store
        self.broken = False
        self.reads = 0

    async def signing_keys(self) -> list[SigningKey]:
        self.reads += 1
        if self.broken:
            raise Unavailable("the store can't be reached")
        return await self._store.signing_keys()

    async def add_signing_key(self, key: SigningKey) -> bool:
        return await self._store.add_signing_key(key)

    async def put_signing_key(self, key: SigningKey) -> None:
        await self._store.put_signing_key(key)
