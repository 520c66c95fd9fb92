"""The normal form of an e-mail address, by which accounts are unique.

NFKC and casefold, the domain as IDNA A-labels. Domains are never looked up.
"""

from typing import Final
from unicodedata import category, normalize

import idna

from taskmanager.accounts.messages import MAX_EMAIL
from taskmanager.errors import Invalid

_MAX_LOCAL: Final = 64
_SPECIALS: Final = frozenset('"(),:;<>[\\]')


def normal_email(text: str) -> str:
    """`Invalid` at "/email" for what is no address; its own result is left as it is."""
    if len(text) > MAX_EMAIL:
        raise _refused("too_long", f"longer than {MAX_EMAIL} characters")
    local, at, domain = folded(text).strip().partition("@")
    if not (local and at and domain) or "@" in domain:
        raise _refused("email", "not an e-mail address: name@example.org is expected")
    if any(not _is_plain(character) for character in local):
        raise _refused("email", "spaces, control and special characters do not belong before the @")
    if len(local.encode()) > _MAX_LOCAL:
        raise _refused("too_long", f"the part before the @ is longer than {_MAX_LOCAL} bytes")
    email = f"{local}@{_a_labels(domain)}"
    if len(email.encode()) > MAX_EMAIL:
        raise _refused("too_long", f"longer than {MAX_EMAIL} bytes")
    return email


def folded(text: str) -> str:
    """Fold case and compatibility forms, so that folding again changes nothing (NFKC_Casefold)."""
    once = normalize("NFKC", normalize("NFD", text).casefold())
    return normalize("NFKC", once.casefold())


def _is_plain(character: str) -> bool:
    return category(character)[0] not in "CZ" and character not in _SPECIALS


def _a_labels(domain: str) -> str:
    try:
        labels = idna.encode(domain, uts46=True, std3_rules=True).decode("ascii")
    except (idna.IDNAError, UnicodeError) as error:
        raise _refused("email", "the part after the @ is not a domain name") from error
    return labels.lower().removesuffix(".")


def _refused(code: str, detail: str) -> Invalid:
    return Invalid.at("/email", code, detail)
