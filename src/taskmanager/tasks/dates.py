"""Instants, calendar dates and wall-clock times.

An instant is an integer of ms since 1970 inside, and `2026-11-24T10:00:00.000Z` on the wire. A `When` is what a person
writes in a calendar: a date, or a wall time with or without a zone.
"""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import msgspec
from msgspec import UNSET, UnsetType

from taskmanager.timezones import zone_names

NEVER: Final = 253_402_300_800_000
"""Year 10000: sorts after every instant that can be written."""

MINUTE: Final = 60_000
DAY: Final = 24 * 60 * MINUTE

_ZONES: Final[dict[str, ZoneInfo]] = {}
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WALL_TIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?")

Instant = Annotated[
    str,
    msgspec.Meta(extra_json_schema={"format": "date-time"}, examples=["2026-11-24T10:00:00.000Z"]),
]
ZoneName = Annotated[str, msgspec.Meta(max_length=64, description="An IANA time zone.", examples=["Europe/Berlin"])]


def zone(name: str) -> ZoneInfo:
    """The zone of an IANA name; ValueError for any other text."""
    if name not in _ZONES:
        if name not in zone_names():
            raise ValueError(f"{name[:40]!r} is not a time zone; use an IANA name such as Europe/Berlin")
        _ZONES[name] = ZoneInfo(name)
    return _ZONES[name]


def stored_zone(name: str, instead: ZoneInfo) -> ZoneInfo:
    """The zone of a name that was a zone's when it was stored; `instead` when the tz database has none of it by now."""
    try:
        return zone(name)
    except ValueError:
        return instead


def instant(ms: int) -> str:
    seconds, rest = divmod(ms, 1000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:03d}Z"


def ms(instant_: str) -> int:
    """The inverse of `instant`; any RFC 3339 text with an offset is understood."""
    moment = datetime.fromisoformat(instant_)
    if moment.tzinfo is None:
        raise ValueError("an instant needs an offset, as in 2026-11-24T10:00:00.000Z")
    return of_datetime(moment)


def of_datetime(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


class When(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A `date`, or a `datetime` (wall time without offset) with its `timezone`.

    A null zone is floating: the same wall time everywhere. Whether there is such a zone is asked by `normal`, not of
    what is stored: names leave the tz database.
    """

    date: str | UnsetType = UNSET
    datetime: str | UnsetType = UNSET
    timezone: str | UnsetType | None = UNSET

    def __post_init__(self) -> None:
        if (self.date is UNSET) == (self.datetime is UNSET):
            raise ValueError("give either date or datetime")
        if self.date is not UNSET:
            if self.timezone is not UNSET:
                raise ValueError("a date has no timezone")
            _calendar_date(self.date)
        else:
            _wall_time(self.datetime or "")

    def normal(self) -> "When":
        """One way to write it: whole seconds, the zone given or null. ValueError when there is no such zone."""
        if self.datetime is UNSET:
            return self
        if isinstance(self.timezone, str):
            zone(self.timezone)
        wall = _wall_time(self.datetime).isoformat(timespec="seconds")
        return When(datetime=wall, timezone=self.timezone or None)

    def ends(self, home: ZoneInfo) -> int:
        """The instant after which it is past: the last ms of a date, or the wall time, in its own zone or in `home`."""
        if self.date is not UNSET:
            return day_start(_calendar_date(self.date) + timedelta(days=1), home) - 1
        return resolve(_wall_time(self.datetime or ""), stored_zone(self.timezone, home) if self.timezone else home)

    @property
    def needs_home(self) -> bool:
        """Whether its instant depends on where the workspace is."""
        return not self.timezone


def resolve(wall: datetime, where: ZoneInfo) -> int:
    """A wall time in a gap moves forward by the gap, in a fold it is the first."""
    return of_datetime(wall.replace(tzinfo=where, fold=0))


def day_start(day: date, where: ZoneInfo) -> int:
    return resolve(datetime(day.year, day.month, day.day), where)  # noqa: DTZ001 - a wall time; its zone is `where`


def local_date(moment: int, where: ZoneInfo) -> date:
    return datetime.fromtimestamp(moment / 1000, where).date()


def bound(text: str, where: ZoneInfo) -> int:
    """A filter's bound: the start of a date in `where`, or an instant. ValueError for anything else."""
    return day_start(_calendar_date(text), where) if len(text) == len("2026-11-24") else ms(text)


def _calendar_date(text: str) -> date:
    if not _DATE.fullmatch(text):
        raise ValueError(f"{text[:40]!r} is not a date; write it as 2026-11-24")
    return _within_calendar(date.fromisoformat(text))


def _wall_time(text: str) -> datetime:
    if not _WALL_TIME.fullmatch(text):
        raise ValueError(f"{text[:40]!r} is not a wall time; write it as 2026-11-24T09:30:00, without an offset")
    wall = datetime.fromisoformat(text)
    _within_calendar(wall.date())
    return wall.replace(microsecond=0)


def _within_calendar(day: date) -> date:
    first, last = 1900, 9998
    if not first <= day.year <= last:
        raise ValueError(f"the year must be between {first} and {last}")
    return day
