"""What a person sends about their account, and what they get back; in the form of the wire."""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

MAX_EMAIL: Final = 254
MIN_PASSWORD: Final = 8
MAX_PASSWORD: Final = 256

EmailInput = Annotated[str, Meta(min_length=3, max_length=MAX_EMAIL, examples=["ada@example.org"])]
NewPassword = Annotated[
    str,
    Meta(
        min_length=MIN_PASSWORD,
        max_length=MAX_PASSWORD,
        description="Any characters; common passwords and one's own name or e-mail are refused.",
    ),
]
PresentPassword = Annotated[str, Meta(max_length=MAX_PASSWORD)]
PersonName = Annotated[str, Meta(min_length=1, max_length=200, examples=["Ada Lovelace"])]
TimeZone = Annotated[str, Meta(max_length=64, description="An IANA time zone.", examples=["Europe/Berlin"])]
Locale = Annotated[
    str,
    Meta(
        max_length=35,
        pattern=r"^[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?$(?!\n)",
        description="A BCP 47 tag of language, script and region.",
        examples=["en-GB"],
    ),
]
WeekStart = Annotated[int, Meta(ge=1, le=7, description="The first day of the week, ISO 8601: 1 = Monday, 7 = Sunday.")]
Instant = Annotated[
    str,
    Meta(extra_json_schema={"format": "date-time"}, examples=["2026-11-24T10:00:00.000Z"]),
]


class _Input(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Fields that are not declared are refused."""


class Registration(_Input, frozen=True, kw_only=True):
    """A new account."""

    email: EmailInput
    password: NewPassword
    name: PersonName


class Credentials(_Input, frozen=True, kw_only=True):
    """What a person signs in with."""

    email: EmailInput
    password: PresentPassword


class PasswordChange(_Input, frozen=True, kw_only=True):
    """The present password and the one to come."""

    current: PresentPassword
    new: NewPassword


class AccountRemoval(_Input, frozen=True, kw_only=True):
    """The password, without which no account is deleted."""

    password: PresentPassword


class ProfilePatch(_Input, frozen=True, kw_only=True):
    """A merge patch: what is absent stays."""

    name: PersonName | UnsetType = UNSET
    timezone: TimeZone | UnsetType = UNSET
    locale: Locale | UnsetType = UNSET
    week_start: WeekStart | UnsetType = UNSET


class User(msgspec.Struct, frozen=True, kw_only=True):
    """An account as its owner sees it. `workspace_id` is the personal workspace."""

    id: str
    email: str
    name: str
    timezone: str
    locale: str
    week_start: WeekStart
    avatar_url: str | None
    workspace_id: str
    created_at: Instant


class SignedIn(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to register, login, refresh and a change of password; `expires_in` seconds."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    user: User


class SessionView(msgspec.Struct, frozen=True, kw_only=True):
    """A device that is signed in. `used_at`: when it last refreshed; `current`: the one asking."""

    id: str
    created_at: Instant
    used_at: Instant
    user_agent: str
    address: str
    current: bool
