"""One frozen tree of settings, read once from the environment and passed down as values."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from taskmanager.settings import values
from taskmanager.settings.reading import WrongSetting, describe, read_tree, setting
from taskmanager.settings.secret_key import keep_secret_key
from taskmanager.settings.values import Network, RatePolicy

__all__ = ["RatePolicy", "Settings", "WrongSetting", "describe", "load", "read_settings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be told to the process from outside."""

    host: str = setting("127.0.0.1", values.host, help="the address to listen on", example="127.0.0.1")
    port: int = setting(
        8000,
        values.whole(0, 65_535),
        help="the port to listen on; 0: any free one",
        example="8000",
    )
    workers: int = setting(
        0,
        values.workers,
        help="how many processes serve, replaced when they die; max: one a core; empty: just this one",
        example="max",
    )
    data_dir: Path = setting(
        Path("data"),
        values.folder,
        help="the folder for the database, its copies and secrets; empty: ./data",
        example="/var/lib/taskmanager",
    )
    storage_url: str | None = setting(
        None,
        values.url("mongodb", "mongodb+srv"),
        help="the database; empty: SQLite in DATA_DIR",
        example="mongodb://db.example.org/taskmanager",
        secret=True,
    )
    redis_url: str | None = setting(
        None,
        values.url("redis", "rediss"),
        help="the Redis that processes share; empty: none",
        example="redis://127.0.0.1:6379/0",
        secret=True,
    )
    public_url: str | None = setting(
        None,
        values.origin,
        help="the address people use; empty: the request's Host on plain http",
        example="https://tasks.example.org",
    )
    trusted_proxies: tuple[Network, ...] = setting(
        (),
        values.networks,
        help="proxies whose forwarded headers are believed; empty: none",
        example="10.0.0.0/8,127.0.0.1",
    )
    secret_key: bytes = setting(
        b"",
        values.secret_key,
        help="encrypts signing keys in the store; empty: kept in DATA_DIR, or none with a STORAGE_URL",
        example="<32 or more random characters>",
        secret=True,
    )
    trash_days: int = setting(30, values.whole(1, 36_500), help="days until trash is emptied", example="30")
    history_days: int = setting(
        365, values.whole(0, 36_500), help="days that history is kept; 0: for ever", example="365"
    )
    log_dir: Path | None = setting(
        None,
        values.folder,
        help="the folder for error.log and combined.log; empty: none",
        example="/var/log/taskmanager",
    )
    log_level: str = setting(
        "info",
        values.one_of("debug", "info", "warning", "error"),
        help="the least severe entry that is logged: debug, info, warning or error",
        example="info",
    )
    migrate: str = setting(
        "on",
        values.one_of("on", "off"),
        help="whether a start prepares the store; off: only `taskmanager migrate` does",
        example="off",
    )
    slow_query_ms: int = setting(
        100, values.whole(0, 60_000), help="from so many ms on a query is logged with its plan; 0: each", example="100"
    )
    metrics_port: int | None = setting(
        None, values.whole(1, 65_535), help="where Prometheus finds metrics, on HOST; empty: nowhere", example="9464"
    )
    rate_limit: RatePolicy | None = setting(
        values.rate_policy("600/minute"),
        values.rate_policy,
        help="requests an account may make, COUNT/WINDOW[/ip]; off: no limit of any kind",
        example="600/minute",
    )


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read the tree; of the disk nothing is touched but the files that ``*_FILE`` name."""
    return read_tree(Settings, environ)


def load(environ: Mapping[str, str]) -> Settings:
    """Read the tree and see to its secret key: given, or else made once and kept beside the data.

    With a store elsewhere nothing is beside it: a key of this machine's own would part it from the others.
    """
    settings = read_settings(environ)
    if settings.storage_url:
        return settings
    return replace(settings, secret_key=settings.secret_key or keep_secret_key(settings.data_dir))
