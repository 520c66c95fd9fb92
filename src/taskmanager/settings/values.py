"""From a setting's text to its value. What cannot be read raises ValueError saying why."""

import ipaddress
import os
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from re import compile as pattern
from typing import Final, TypeAlias
from urllib.parse import SplitResult, urlsplit

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_NAMED: Final = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}
_RATE: Final = pattern(r"([0-9]{1,9})/(?:([0-9]{1,5})([smhd])|(second|minute|hour|day))(/ip)?")
_HOST: Final = pattern(r"[A-Za-z0-9._:%-]+")
_SHORTEST_KEY: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class RatePolicy:
    """So many requests in so many seconds, for an account or for an address."""

    count: int
    window_seconds: int
    by_ip: bool


def whole(least: int, most: int) -> Callable[[str], int]:
    """Read a whole number between two bounds, both included."""

    def read(text: str) -> int:
        digits = text.isascii() and text.isdigit() and len(text) <= len(str(most))
        if not digits or not least <= int(text) <= most:
            raise ValueError(f"is not a whole number from {least} to {most}")
        return int(text)

    return read


def workers(text: str) -> int:
    """Read a number of processes; `max` is one for each core that may be used."""
    return cores() if text.lower() == "max" else whole(1, 256)(text)


def cores() -> int:
    """How many this process may use: by its affinity, and by its container's quota."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text(encoding="ascii").split()
        return max(1, min(usable, ceil(int(quota) / int(period))))
    except (OSError, ValueError):  # no control group, or no quota ("max")
        return usable


def one_of(*words: str) -> Callable[[str], str]:
    """Read one of these words, in any case."""

    def read(text: str) -> str:
        if text.lower() not in words:
            raise ValueError(f"is none of {', '.join(words)}")
        return text.lower()

    return read


def host(text: str) -> str:
    """Read a host name or an address, without a port."""
    if not _HOST.fullmatch(text):
        raise ValueError("is not a host name or an address")
    if text.count(":") == 1:
        raise ValueError("has a port in it, which belongs into TASKMANAGER_PORT")
    return text


def folder(text: str) -> Path:
    """Read a folder's path, `~` included."""
    try:
        path = Path(text).expanduser()
        if path.exists() and not path.is_dir():
            raise ValueError("is not a folder")
    except OSError as failure:
        raise ValueError(f"cannot be used as a folder: {failure.strerror}") from None
    except RuntimeError:
        raise ValueError("begins with the home of nobody") from None
    return path


def url(*schemes: str) -> Callable[[str], str]:
    """Read an address of one of these schemes."""

    def read(text: str) -> str:
        if _split(text, schemes).hostname is None:
            raise ValueError("names no host")
        return text

    return read


def origin(text: str) -> str:
    """Read scheme, host and port, and nothing after them."""
    parts = _split(text, ("http", "https"))
    if parts.hostname is None:
        raise ValueError("names no host")
    if parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError("has more in it than scheme, host and port")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def networks(text: str) -> tuple[Network, ...]:
    """Read addresses and networks, separated by commas."""
    try:
        return tuple(ipaddress.ip_network(each.strip()) for each in text.split(","))
    except ValueError as wrong:
        raise ValueError(f"is not a list of networks: {wrong}") from None


def secret_key(text: str) -> bytes:
    """Read a key that is too long to be guessed."""
    if len(text) < _SHORTEST_KEY:
        raise ValueError(f"is shorter than {_SHORTEST_KEY} characters")
    return text.encode()


def rate_policy(text: str) -> RatePolicy | None:
    """Read COUNT/WINDOW[/ip], or `off`."""
    if text.lower() == "off":
        return None
    match = _RATE.fullmatch(text.lower())
    if match is None:
        raise ValueError("is not COUNT/WINDOW[/ip] with a window such as minute, 15m or 1h, or off")
    count, times, unit, named, by_ip = match.groups()
    window = _NAMED[named] if named else int(times) * _SECONDS[unit]
    if not int(count) or not window:
        raise ValueError("allows nothing at all")
    return RatePolicy(count=int(count), window_seconds=window, by_ip=by_ip is not None)


def _split(text: str, schemes: tuple[str, ...]) -> SplitResult:
    try:
        parts = urlsplit(text)
        for host_and_port in parts.netloc.rpartition("@")[2].split(","):  # the members of a replica set
            _ = urlsplit(f"//{host_and_port}").port  # read here, because it is parsed only when asked for
    except ValueError:
        raise ValueError("is not a URL") from None
    if parts.scheme not in schemes:
        raise ValueError(f"does not begin with {' or '.join(each + '://' for each in schemes)}")
    return parts
