"""Refresh tokens and device tokens: small statements sealed with an HMAC, of which none is stored.

A refresh token is `family.generation.seal`: the same two values always give the same token, which
is how a lost answer can be given again. A device token is `device.issued.seal`, sealed for one
account: its holder signed in to that account before.
"""

import hmac
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

DEVICE_MS: Final = 365 * 24 * 3_600_000
"""How long a device is known after it last signed in."""

_LONGEST: Final = 200
_MAX_DIGITS: Final = 15


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """What a sealed refresh token says."""

    family: str
    generation: int


def derive(root: bytes, purpose: str) -> bytes:
    """Derive a key of 32 bytes from a secret, another one for each purpose (HKDF-SHA256)."""
    kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"taskmanager {purpose}".encode())
    return kdf.derive(root)


class Seals:
    """What seals and opens both kinds; processes with the same `root` understand each other."""

    def __init__(self, root: bytes) -> None:
        self._refresh_key = derive(root, "refresh tokens")
        self._device_key = derive(root, "device tokens")

    def refresh_token(self, family: str, generation: int) -> str:
        """Always the same text for the same family and generation."""
        return _sealed(self._refresh_key, "", f"{family}.{generation}")

    def read_refresh_token(self, text: str) -> RefreshToken | None:
        """None for everything but a token sealed here."""
        statement = _opened(self._refresh_key, "", text)
        return RefreshToken(*statement) if statement else None

    def device_token(self, account_id: str, device: str | None, now: int) -> str:
        """For a device that has just signed in: the one known before, or a new one."""
        device = device or secrets.token_urlsafe(12)
        return _sealed(self._device_key, account_id, f"{device}.{now}")

    def read_device_token(self, account_id: str, text: str, now: int) -> str | None:
        """Name the device, when it signed in to this account and not too long ago."""
        statement = _opened(self._device_key, account_id, text)
        if statement is None or now - statement[1] > DEVICE_MS:
            return None
        return statement[0]


def _sealed(key: bytes, subject: str, statement: str) -> str:
    digest = hmac.digest(key, f"{subject}:{statement}".encode(), "sha256")
    return f"{statement}.{urlsafe_b64encode(digest).decode().rstrip('=')}"


def _opened(key: bytes, subject: str, text: str) -> tuple[str, int] | None:
    if len(text) > _LONGEST or not text.isascii():
        return None
    statement, _, _ = text.rpartition(".")
    name, _, number = statement.rpartition(".")
    if not hmac.compare_digest(_sealed(key, subject, statement), text):
        return None
    return (name, int(number)) if number.isdigit() and len(number) <= _MAX_DIGITS else None
