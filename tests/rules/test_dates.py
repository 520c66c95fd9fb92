"""What a date or a wall time means in a zone, against a search through all instants."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from taskmanager.tasks.dates import When, bound, day_start, instant, local_date, ms, zone

ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "America/Sao_Paulo",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Asia/Beirut",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Chatham",
    "Antarctica/Troll",
]


def at(*parts: int) -> datetime:
    year, month, day, hour, minute = (*parts, 0, 0)[:5]
    return datetime(year, month, day, hour, minute)  # noqa: DTZ001 - a wall time


HOMES = st.sampled_from(ZONES).map(ZoneInfo)
WALLS = st.datetimes(at(1990, 1, 1), at(2060, 1, 1)).map(lambda wall: wall.replace(microsecond=0))
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def meant(wall: datetime, home: ZoneInfo) -> int:
    """The first instant at which clocks show the wall time; in a gap, as if they had not been moved yet."""
    around = wall.replace(tzinfo=UTC)
    offsets = [(around + timedelta(hours=h)).astimezone(home).utcoffset() or timedelta() for h in range(-30, 31)]
    moments = [around - offset for offset in offsets]
    shown = [moment for moment in moments if moment.astimezone(home).replace(tzinfo=None) == wall]
    moment = min(shown) if shown else around - offsets[0]
    return (moment - EPOCH) // timedelta(milliseconds=1)


@given(WALLS, HOMES)
@example(at(2027, 3, 28, 2, 30), ZoneInfo("Europe/Berlin"))
@example(at(2027, 10, 31, 2, 30), ZoneInfo("Europe/Berlin"))
@example(at(2018, 11, 4, 0, 0), ZoneInfo("America/Sao_Paulo"))
@example(at(2011, 12, 30, 12, 0), ZoneInfo("Pacific/Apia"))
def test_a_wall_time_is_the_first_instant_that_clocks_show_it(wall: datetime, home: ZoneInfo) -> None:
    zoned = When(datetime=wall.isoformat(), timezone=home.key)
    floating = When(datetime=wall.isoformat(), timezone=None)
    assert zoned.ends(ZoneInfo("UTC")) == floating.ends(home) == meant(wall, home)
    assert (zoned.needs_home, floating.needs_home) == (False, True)


@given(st.dates(date(1990, 1, 1), date(2060, 1, 1)), HOMES)
@example(date(2018, 11, 3), ZoneInfo("America/Sao_Paulo"))
@example(date(2011, 12, 29), ZoneInfo("Pacific/Apia"))
def test_a_date_ends_with_the_last_ms_of_its_day(day: date, home: ZoneInfo) -> None:
    end = When(date=day.isoformat()).ends(home)
    assert local_date(end, home) <= day < local_date(end + 1, home)
    assert day_start(day, home) <= end


@given(st.integers(-(10**13), 2 * 10**14))
def test_an_instant_is_written_and_read_back(moment: int) -> None:
    text = instant(moment)
    assert len(text) == len("2026-11-24T10:00:00.000Z")
    assert ms(text) == moment


@given(st.datetimes(at(1990, 1, 1), at(2060, 1, 1), timezones=HOMES))
def test_any_offset_is_understood_and_decimals_beyond_the_third_are_cut(moment: datetime) -> None:
    exact = (moment.astimezone(UTC) - EPOCH) // timedelta(microseconds=1)
    assert ms(moment.astimezone(UTC).isoformat()) == exact // 1000


@given(WALLS, st.sampled_from([*ZONES, None]))
def test_a_normal_form_is_normal(wall: datetime, timezone: str | None) -> None:
    for text in (wall.isoformat(), wall.isoformat(timespec="milliseconds"), wall.isoformat(timespec="seconds")):
        normal = When(datetime=text, timezone=timezone).normal()
        assert normal == When(datetime=wall.isoformat(timespec="seconds"), timezone=timezone) == normal.normal()


@given(st.text(max_size=30))
def test_no_text_is_taken_for_a_bound_that_is_not_one(text: str) -> None:
    with suppress(ValueError, OverflowError):
        assert isinstance(bound(text, ZoneInfo("Europe/Berlin")), int)


def test_a_bound_is_the_start_of_a_day_or_an_instant() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert bound("2026-11-24", berlin) == ms("2026-11-23T23:00:00.000Z")
    assert bound("2026-11-24T10:00:00+02:00", berlin) == ms("2026-11-24T08:00:00.000Z")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "utc",
        "Europe",
        "../UTC",
        "/etc/passwd",
        "right/UTC",
        "posixrules",
        "localtime",
        "Factory",
        "a\0b",
        "x" * 999,
    ],
)
def test_only_iana_names_are_zones(name: str) -> None:
    with pytest.raises(ValueError, match="not a time zone"):
        zone(name)
