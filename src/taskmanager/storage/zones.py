"""Where a workspace is, as far as its own document says."""

from zoneinfo import ZoneInfo

import msgspec

from taskmanager.tasks.dates import stored_zone, zone


class _Home(msgspec.Struct):
    timezone: str = "UTC"


_decode = msgspec.json.Decoder(_Home).decode


def home_zone(body: bytes) -> ZoneInfo:
    """The zone of a workspace's document; UTC when it names one that this machine does not know."""
    return stored_zone(_decode(body).timezone, zone("UTC"))
