"""The Ed25519 keys that sign access tokens, kept in the accounts store so that equal processes sign alike.

A key signs from its `not_before` on until the next one's, and is believed until the last token it
signed has ended. A new key is stored some minutes before it signs, so that every process has
learned it by then.
"""

import asyncio
import logging
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Protocol, TypedDict

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec.structs import replace

from taskmanager import deadline
from taskmanager.accounts.model import SigningKey
from taskmanager.accounts.seals import derive
from taskmanager.errors import Unavailable

TOKEN_SECONDS: Final = 600
"""How long an access token lasts."""

LEEWAY_SECONDS: Final = 60
"""How far the clocks of two machines may differ."""

LEAD_MS: Final = 5 * 60_000
"""How long before it signs a new key is stored."""

_TRUSTED_AFTER_MS: Final = (TOKEN_SECONDS + 3 * LEEWAY_SECONDS) * 1000
_RELOAD_MS: Final = 60_000
_UNKNOWN_RELOAD_MS: Final = 2_000
_NONCE: Final = 12
_PLAIN: Final = b"\x00"
_ENCRYPTED: Final = b"\x01"

Clock = Callable[[], int]
"""Now, in ms since 1970."""

_log = logging.getLogger(__name__)


class KeyStore(Protocol):
    """The part of an `AccountStore` that keeps signing keys."""

    async def signing_keys(self) -> list[SigningKey]: ...

    async def add_signing_key(self, key: SigningKey) -> bool: ...

    async def put_signing_key(self, key: SigningKey) -> None: ...


class Jwk(TypedDict):
    """A public key as RFC 8037 writes it."""

    kty: str
    crv: str
    x: str
    kid: str
    use: str
    alg: str


class JwkSet(TypedDict):
    """What `/.well-known/jwks.json` answers."""

    keys: list[Jwk]


@dataclass(frozen=True, slots=True)
class Signer:
    """The key that signs now."""

    kid: str
    private: Ed25519PrivateKey


class KeyCase:
    """Encrypts private keys for the store (AES-256-GCM), or leaves them plain when there is no secret."""

    def __init__(self, secret: bytes | None) -> None:
        self._cipher = AESGCM(derive(secret, "signing keys")) if secret else None

    def close(self, kid: str, private: bytes) -> bytes:
        if self._cipher is None:
            return _PLAIN + private
        nonce = secrets.token_bytes(_NONCE)
        return _ENCRYPTED + nonce + self._cipher.encrypt(nonce, private, kid.encode())

    def open(self, key: SigningKey) -> bytes | None:
        """None when it was encrypted with another secret."""
        form, rest = key.secret[:1], key.secret[1:]
        if form == _PLAIN:
            return rest
        if self._cipher is None:
            return None
        try:
            return self._cipher.decrypt(rest[:_NONCE], rest[_NONCE:], key.kid.encode())
        except InvalidTag:
            return None


class KeyRing:
    """The keys as this process knows them. `start` before anything else.

    What is older than a minute is read again when it is next asked for; an unknown `kid` has it read
    at once, but not more often than every two seconds, whatever strangers send. While the store
    can't be reached, what is known stays in use.
    """

    def __init__(self, store: KeyStore, secret: bytes | str | None, clock: Clock) -> None:
        self._store = store
        self._secret = secret.encode() if isinstance(secret, str) else secret
        self._case = KeyCase(self._secret)
        self._clock = clock
        self._keys: list[SigningKey] = []
        self._privates: dict[str, Ed25519PrivateKey] = {}
        self._publics: dict[str, Ed25519PublicKey] = {}
        self._read_at = 0
        self._reading = asyncio.Lock()

    async def start(self) -> None:
        """Read the keys, and make one when there is none that this process could sign with."""
        await self._read()
        while self._newest_to_sign() is None:
            if self._keys:
                _log.warning("no stored signing key can be used with this SECRET_KEY; adding one")
            await self._add(not_before=self._clock() if self._keys else 0)

    async def signer(self) -> Signer:
        await self._read_if_older_than(_RELOAD_MS)
        key = self._newest_to_sign()
        if key is None:
            raise Unavailable("there is no key to sign with")
        return Signer(key.kid, self._privates[key.kid])

    async def public(self, kid: str) -> Ed25519PublicKey | None:
        """Look a verifying key up; None for one that is unknown or no longer believed."""
        await self._read_if_older_than(_RELOAD_MS)
        if kid not in self._publics:
            await self._read_if_older_than(_UNKNOWN_RELOAD_MS)
        return self._publics.get(kid) if kid in self._believed() else None

    async def jwks(self) -> JwkSet:
        """Every key that may have signed a token alive now, or will sign soon."""
        await self._read_if_older_than(_RELOAD_MS)
        believed = self._believed()
        return {"keys": [_jwk(key) for key in self._keys if key.kid in believed]}

    async def rotate(self, lead_ms: int = LEAD_MS) -> str:
        """Add the next key, which signs `lead_ms` from now, and retire those it makes the last but one; its kid.

        When another process adds one at the same moment, that one it is.
        """
        await self._read()
        current = self._newest_to_sign()
        added = await self._add(not_before=self._clock() + lead_ms)
        for key in self._keys:
            if key.state == "active" and key.kid != added and key != current:
                await self._store.put_signing_key(replace(key, state="retired"))
        await self._read()
        return added

    def root(self) -> bytes:
        """What `Seals` are made from: the secret, or without one the oldest stored key, which all processes share."""
        if self._secret:
            return self._secret
        return next(private for key in self._keys if (private := self._case.open(key)))

    async def _add(self, not_before: int) -> str:
        private = Ed25519PrivateKey.generate()
        kid = secrets.token_urlsafe(12)
        key = SigningKey(
            serial=max((key.serial for key in self._keys), default=0) + 1,
            kid=kid,
            state="active",
            not_before=not_before,
            public=private.public_key().public_bytes_raw(),
            secret=self._case.close(kid, private.private_bytes_raw()),
        )
        await self._store.add_signing_key(key)
        await self._read()
        return next(kept.kid for kept in self._keys if kept.serial == key.serial)

    def _newest_to_sign(self) -> SigningKey | None:
        now = self._clock()
        return next(
            (
                key
                for key in reversed(self._keys)
                if key.state == "active" and key.not_before <= now and key.kid in self._privates
            ),
            None,
        )

    def _believed(self) -> set[str]:
        horizon = self._clock() - _TRUSTED_AFTER_MS
        outdated = {key.kid for key, successor in pairwise(self._keys) if successor.not_before < horizon}
        return self._publics.keys() - outdated

    async def _read_if_older_than(self, age_ms: int) -> None:
        if abs(self._clock() - self._read_at) < age_ms:
            return
        async with deadline.waited(self._reading):
            if abs(self._clock() - self._read_at) < age_ms:
                return
            try:
                await self._read()
            except Unavailable:
                self._read_at = self._clock()
                _log.warning("the signing keys can't be read again; those known stay in use")

    async def _read(self) -> None:
        self._keys = await self._store.signing_keys()
        self._read_at = self._clock()
        for key in self._keys:
            if key.kid in self._publics:
                continue
            private = self._case.open(key)
            if private is not None:
                self._privates[key.kid] = Ed25519PrivateKey.from_private_bytes(private)
            self._publics[key.kid] = Ed25519PublicKey.from_public_bytes(key.public)


def _jwk(key: SigningKey) -> Jwk:
    x = urlsafe_b64encode(key.public).decode().rstrip("=")
    return {"kty": "OKP", "crv": "Ed25519", "x": x, "kid": key.kid, "use": "sig", "alg": "EdDSA"}
