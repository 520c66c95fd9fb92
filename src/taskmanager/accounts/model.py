"""Accounts, sessions, signing keys and pictures as the store keeps them. Instants are ms since 1970."""

from datetime import UTC, datetime

import msgspec


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """`email` is in its normal form (`emails.normal_email`) and unique. The personal workspace has the account's id."""

    id: str
    version: int
    email: str
    name: str
    password_hash: str
    timezone: str
    locale: str
    week_start: int
    avatar_url: str | None
    created_at: int


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """One family of refresh tokens: a device that is signed in. No token is stored, only which generation is current.

    `rotated_at` is when the previous generation was first used; `version` is the base for compare-and-set.
    """

    id: str
    version: int
    account_id: str
    generation: int
    rotated_at: int
    created_at: int
    used_at: int
    user_agent: str
    address: str
    revoked: bool


class SigningKey(msgspec.Struct, frozen=True, kw_only=True):
    """An Ed25519 key. `serial` is unique, so of two processes that make the next key at once the first wins.

    `secret` is the private key, encrypted when the process has a SECRET_KEY. `state`: "active" signs and verifies,
    "retired" only verifies.
    """

    serial: int
    kid: str
    state: str
    not_before: int
    public: bytes
    secret: bytes


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """What a person looks like. `digest` is its name, new for each upload; `variants` its files, by name."""

    digest: str
    account_id: str
    variants: dict[str, bytes]


def instant(ms: int) -> str:
    """As the wire writes it, `2026-11-24T10:00:00.000Z`."""
    seconds, rest = divmod(ms, 1000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:03d}Z"
