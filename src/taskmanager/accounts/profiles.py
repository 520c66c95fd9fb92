"""What a person may say about themselves, and how they see it."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final
from unicodedata import category

from msgspec import UNSET
from msgspec.structs import asdict, replace

from taskmanager.accounts.messages import ProfilePatch, User
from taskmanager.accounts.model import Account, instant
from taskmanager.accounts.store import AccountStore
from taskmanager.errors import Invalid, Stale, Unauthenticated, Unavailable
from taskmanager.timezones import zone_names

Change = Callable[[Account], dict[str, Any]]
"""From an account as it is stored, the fields to change; what it raises ends the change."""

_ATTEMPTS: Final = 10
_CONTROLS: Final = {"Cc", "Cs", "Zl", "Zp"}


@dataclass(frozen=True, slots=True)
class Profile:
    """An account as its owner sees it, and the version to base an edit on."""

    user: User
    version: int

    @property
    def tag(self) -> str:
        """As an ETag."""
        return f'"{self.version}"'


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


async def change(store: AccountStore, account_id: str, changes: Change) -> tuple[Account, Account]:
    """Change an account, again when somebody else was faster: as it was, and as it is."""
    for _ in range(_ATTEMPTS):
        before = await store.get(account_id)
        if before is None:
            raise Unauthenticated("the session has ended; sign in again")
        after = replace(before, **changes(before), version=before.version + 1)
        with suppress(Stale):
            await store.put(after)
            return before, after
    raise Unavailable("the account is being edited too often")


def changed_fields(patch: ProfilePatch) -> dict[str, Any]:
    """The fields to store; `Invalid` for a blank name or a zone that does not exist."""
    fields = {name: value for name, value in asdict(patch).items() if value is not UNSET}
    if "name" in fields:
        fields["name"] = person_name(fields["name"])
    if "timezone" in fields and fields["timezone"] not in zone_names():
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
