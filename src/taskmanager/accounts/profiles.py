"""What a person may say about themselves, and how they see it."""

from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from unicodedata import category
from zoneinfo import available_timezones

from msgspec import UNSET
from msgspec.structs import asdict

from taskmanager.accounts.messages import ProfilePatch, User
from taskmanager.accounts.model import Account, instant
from taskmanager.errors import Invalid

_CONTROLS: Final = {"Cc", "Cs", "Zl", "Zp"}


@dataclass(frozen=True, slots=True)
class Profile:
    """An account as its owner sees it, and the version to base an edit on."""

    user: User
    version: int


def profile(account: Account) -> Profile:
    return Profile(user(account), account.version)


def user(account: Account) -> User:
    return User(
        id=account.id,
        email=account.email,
        name=account.name,
        timezone=account.timezone,
        locale=account.locale,
        week_start=account.week_start,
        avatar_url=account.avatar_url,
        workspace_id=account.id,
        created_at=instant(account.created_at),
    )


def changed_fields(patch: ProfilePatch) -> dict[str, Any]:
    """The fields to store; `Invalid` for a blank name or a zone that does not exist."""
    fields = {name: value for name, value in asdict(patch).items() if value is not UNSET}
    if "name" in fields:
        fields["name"] = person_name(fields["name"])
    if "timezone" in fields and fields["timezone"] not in _zones():
        raise Invalid.at("/timezone", "timezone", "not an IANA time zone such as Europe/Berlin")
    return fields


def person_name(text: str) -> str:
    """Trim it; `Invalid` at "/name" when nothing is left, or it holds control characters."""
    name = text.strip()
    if not name:
        raise Invalid.at("/name", "blank", "a name is needed")
    if any(category(character) in _CONTROLS for character in name):
        raise Invalid.at("/name", "control_characters", "control characters do not belong in a name")
    return name


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
