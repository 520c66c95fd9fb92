"""What the routes call. Assembly makes one, the routes share it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import IO, Literal

from taskmanager.accounts.avatars import Avatars
from taskmanager.accounts.keys import KeyRing
from taskmanager.accounts.signin import SignIn
from taskmanager.accounts.tokens import AccessTokens
from taskmanager.api.admission import Admission
from taskmanager.live import Hub
from taskmanager.schedule import Schedule
from taskmanager.tasks.door import Door
from taskmanager.tasks.store import Key, Reader, Revision


@dataclass(slots=True)
class Readiness:
    """Why the process is not ready to take requests; empty when it is."""

    reasons: set[str] = field(default_factory=lambda: {"starting"})


@dataclass(frozen=True, slots=True)
class Services:
    """`clock` answers ms since 1970. `rezone` is called after an account moved to another time zone.

    `export` makes a file of a workspace, for the caller to close. `reader` reads a workspace whose head was just read,
    at no further look at that.
    """

    signin: SignIn
    avatars: Avatars
    tokens: AccessTokens
    keys: KeyRing
    door: Door
    reader: Callable[[str, Revision], Reader]
    export: Callable[[str, Literal["json", "csv"]], Awaitable[IO[bytes]]]
    hub: Hub
    jobs: Schedule
    admission: Admission
    readiness: Readiness
    clock: Callable[[], int]
    rezone: Callable[[str, str], Awaitable[None]]
    in_flight: set[tuple[str, Key]] = field(default_factory=set)
