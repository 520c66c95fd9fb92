"""The time zones there are: those of the pinned tz database, whatever else a machine has among its own."""

from functools import cache
from importlib.resources import files
from typing import Final

_NO_PLACE: Final = {"Factory"}


@cache
def zone_names() -> frozenset[str]:
    """IANA names; not `localtime`, which is another zone on each machine, nor `right/UTC`, which has leap seconds."""
    listed = (files("tzdata") / "zones").read_text("ascii").split()
    return frozenset(listed) - _NO_PLACE
