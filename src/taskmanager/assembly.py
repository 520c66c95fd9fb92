"""Where the house is put together: the only file that sees all of it."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import click
import msgspec
import structlog
import uvloop
from starlette.types import ASGIApp

from taskmanager import __version__, doctor, metrics, serving
from taskmanager import demo as demonstration
from taskmanager.accounts.avatars import Avatars
from taskmanager.accounts.emails import normal_email
from taskmanager.accounts.keys import KeyRing
from taskmanager.accounts.messages import Registration
from taskmanager.accounts.passwords import Passwords
from taskmanager.accounts.pictures import Studio
from taskmanager.accounts.seals import Seals
from taskmanager.accounts.signin import Client, SignIn
from taskmanager.accounts.store import AccountStore
from taskmanager.accounts.throttle import Throttle
from taskmanager.accounts.tokens import AccessTokens
from taskmanager.api import app
from taskmanager.api.admission import Admission
from taskmanager.api.services import Readiness, Services
from taskmanager.errors import TaskManagerError, Unavailable
from taskmanager.jobs import Runner
from taskmanager.limits import Census, Limiter, MemoryLimiter, RedisLimiter, Table, Unlimited
from taskmanager.live import Hints, Hub
from taskmanager.redis import Redis
from taskmanager.settings import Settings
from taskmanager.storage import Refusal, Storage, archive, open_storage
from taskmanager.storage.cached import CachedWorkspaces
from taskmanager.storage.export import Exports
from taskmanager.storage.findings import Finding
from taskmanager.storage.watched import Watch, WatchedWorkspaces, watched
from taskmanager.tasks.door import Door, Scope
from taskmanager.tasks.store import WorkspaceStore
from taskmanager.upkeep import Upkeep
from taskmanager.workers import READY, Handed

ISSUER: Final = "taskmanager"
WEB: Final = Path(__file__).parent / "static"
PROBE_SECONDS: Final = 2.0
PROBES_FAILED: Final = 3
"""So many probes in a row have to fail before the process says that it is not ready."""

Work = Callable[[], Coroutine[Any, Any, None]]
Progress = Callable[[int, int], None]
Counter = Callable[[int], None]
Clock = Callable[[], int]

log = structlog.get_logger(__name__)


def wall_clock() -> int:
    """Ms since 1970."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class House:
    """Everything, put together. `works` go on in the background while it is lived in."""

    storage: Storage
    services: Services
    runner: Runner
    upkeep: Upkeep
    asgi: ASGIApp
    works: tuple[Work, ...]

    def stop_taking_requests(self) -> None:
        self.services.readiness.reasons.add("draining")
        self.services.hub.close()


class Shared:
    """What a process has in common with the others: pages, and the news of what moved and who left."""

    def __init__(self, settings: Settings, store: WorkspaceStore) -> None:
        self.redis = Redis(settings.redis_url, _show_circuit) if settings.redis_url else None
        self.hub = Hub(store)
        self._hints = Hints(self.redis, self.hub) if self.redis else None
        moved = self._hints.workspace_moved if self._hints else None
        self.store = CachedWorkspaces(store, self.redis, moved=moved)
        self._looks = settings.storage_url is not None
        """A file tells by itself when another process has written to it."""

    def session_ended(self, session_id: str) -> None:
        self.hub.wake(session_id)
        if self._hints:
            self._hints.session_ended(session_id)

    def _hinted(self) -> bool:
        return not self._looks or (self._hints is not None and self._hints.connected)

    def works(self, accounts: AccountStore, revoke: Callable[[str], None]) -> Iterator[Work]:
        yield self.hub.run
        yield partial(self.hub.patrol, self._hinted, accounts.ended, revoke)
        if self._hints:
            yield self._hints.tell
            yield partial(self._hints.hear, revoke)

    async def close(self) -> None:
        await self.store.close()
        if self.redis:
            await self.redis.close()


def _show_circuit(circuit: str, /, *, closed: bool) -> None:
    metrics.REDIS_UP.labels(circuit).set(closed)


async def _open(settings: Settings, *, prepare: bool | None = None, unfinished: bool = False) -> Storage:
    prepare = settings.migrate == "on" if prepare is None else prepare
    return await open_storage(settings.storage_url or "", settings.data_dir, prepare=prepare, unfinished=unfinished)


@asynccontextmanager
async def all_in_one(settings: Settings, clock: Clock = wall_clock, table: Table | None = None) -> AsyncIterator[House]:
    """Accounts and tasks in one process, on one store; `table` is where this machine's processes count requests."""
    storage = await _open(settings)
    passwords, studio = Passwords(), Studio()
    watch = Watch(settings.slow_query_ms / 1000)
    accounts, jobs = watched(storage.accounts, "account", watch), watched(storage.jobs, "job", watch)
    shared = Shared(settings, WatchedWorkspaces(storage.workspaces, watch))
    try:
        keys = KeyRing(accounts, settings.secret_key, clock)
        await keys.start()
        tokens = AccessTokens(
            keys, issuer=ISSUER, audience=ISSUER, clock=clock, sessions=accounts, on_end=shared.session_ended
        )
        limiter = _limiter(settings, shared.redis, jobs, table)
        throttle = Throttle(limiter)
        signin = SignIn(
            accounts,
            passwords=passwords,
            access=tokens,
            seals=Seals(keys.root()),
            throttle=throttle,
            clock=clock,
        )
        door = Door(shared.store, clock)
        upkeep = Upkeep(
            door,
            accounts,
            keys,
            jobs,
            trash_days=settings.trash_days,
            history_days=settings.history_days,
        )
        runner = Runner(jobs, upkeep.works, clock)

        async def rezone(ws: str, timezone: str) -> None:
            await upkeep.move(ws, timezone)
            runner.wake()

        services = Services(
            signin=signin,
            avatars=Avatars(accounts, studio, throttle),
            tokens=tokens,
            keys=keys,
            door=door,
            reader=shared.store.at,
            export=Exports(storage.archive).make,
            hub=shared.hub,
            jobs=jobs,
            admission=_admission(settings, limiter),
            readiness=Readiness(),
            clock=clock,
            rezone=rezone,
        )
        works = (runner.run, *shared.works(accounts, tokens.revoke_session), *_census(limiter))
        yield House(storage, services, runner, upkeep, app.build(services, WEB), works)
    finally:
        passwords.close()
        studio.close()
        await watch.told()
        await shared.close()
        await storage.close()


def _limiter(settings: Settings, redis: Redis | None, census: Census, table: Table | None) -> Limiter:
    if settings.rate_limit is None:
        return Unlimited()
    return RedisLimiter(redis, census, table) if redis else MemoryLimiter(table=table)


def _census(limiter: Limiter) -> Iterator[Work]:
    if isinstance(limiter, RedisLimiter):
        yield limiter.attend


def _admission(settings: Settings, limiter: Limiter) -> Admission:
    policy = settings.rate_limit
    return Admission(
        limiter=limiter if policy else None,
        policy=policy,
        by_ip=policy.by_ip if policy else False,
        trusted=settings.trusted_proxies,
        public_url=settings.public_url,
    )


def serve(settings: Settings) -> int:
    """Serve until SIGTERM or SIGINT; the exit code."""
    listener = serving.listen(settings.host, settings.port)

    if settings.metrics_port:
        metrics.serve(settings.host, settings.metrics_port)

    def announce() -> None:
        where = serving.address(listener, settings.public_url)
        click.echo(f"TaskManager {__version__} is at {where} (ctrl-C stops it)", err=True)

    uvloop.run(_serve(settings, listener, announce))
    return 0


def work(settings: Settings, handed: Handed) -> int:
    """Serve as one of several processes, until told to stop or nobody watches over them any more; the exit code."""

    async def bonded() -> None:
        with socket.socket(fileno=handed.bond) as bond, socket.socket(fileno=handed.listener) as listener:
            bond.settimeout(0)
            await _serve(settings, listener, lambda: bond.send(READY), Table.on(handed.table), bond)

    uvloop.run(bonded())
    return 0


async def _serve(
    settings: Settings,
    listener: socket.socket,
    started: Callable[[], object],
    table: Table | None = None,
    bond: socket.socket | None = None,
) -> None:
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    async with all_in_one(settings, table=table) as house:
        reasons = house.services.readiness.reasons

        def ready() -> None:
            reasons.discard("starting")
            started()

        server = serving.Server(house.asgi, started=ready, before_drain=house.stop_taking_requests)
        await house.upkeep.start()
        works: tuple[Work, ...] = (*house.works, partial(_probe, house))
        background = {asyncio.create_task(work()) for work in works}
        if bond:
            background.add(asyncio.create_task(_stop_when_alone(bond, server)))
        await serving.run(server, listener, background)


async def _stop_when_alone(bond: socket.socket, server: serving.Server) -> None:
    await asyncio.get_running_loop().sock_recv(bond, 1)  # nothing is ever sent: it returns when the other end is gone
    server.stop()


async def _probe(house: House) -> None:
    """Watch the store; one failure is nothing, several in a row are."""
    failed = 0
    while True:
        try:
            await house.storage.ping()
            failed = 0
            house.services.readiness.reasons.discard("storage")
        except TaskManagerError:
            failed += 1
            if failed >= PROBES_FAILED:
                house.services.readiness.reasons.add("storage")
        await asyncio.sleep(PROBE_SECONDS)


def demo(settings: Settings, email: str, password: str, tasks: int, seed: int, progress: Progress) -> bool:  # noqa: PLR0913, PLR0917 - what the command line asks
    """Fill an account with believable tasks; tell whether it had to be made."""
    # That commits of hundreds of tasks take long is no news to who waits for them.
    calm = replace(settings, slow_query_ms=60_000)

    async def fill() -> bool:
        async with all_in_one(calm) as house:
            account = await house.storage.accounts.by_email(normal_email(email))
            if account is None:
                form = Registration(email=email, password=password, name="Demo")
                granted = await house.services.signin.register(form, Client(address="", user_agent="taskmanager demo"))
                account_id = granted.answer.user.id
            else:
                account_id = account.id
            await demonstration.fill(house.services.door, Scope(account_id, account_id), tasks, seed, progress)
            return account is None

    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    return uvloop.run(fill())


def backup(settings: Settings, path: Path, progress: Counter) -> None:
    """Write everything that is stored to a file, also while another process serves it; change nothing."""
    uvloop.run(_with_storage(settings, lambda storage: archive.dump(storage, path, progress), prepare=False))


def restore(settings: Settings, path: Path, progress: Counter) -> None:
    """Fill an empty store from a file."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    uvloop.run(_with_storage(settings, lambda storage: archive.load(storage, path, progress), unfinished=True))


async def _with_storage(
    settings: Settings,
    work: Callable[[Storage], Awaitable[None]],
    *,
    prepare: bool | None = None,
    unfinished: bool = False,
) -> None:
    storage = await _open(settings, prepare=prepare, unfinished=unfinished)
    try:
        await work(storage)
    finally:
        await storage.close()


def migrate(settings: Settings) -> None:
    """Bring the store's schema and indexes up to date."""

    async def prepare() -> None:
        await (await _open(settings, prepare=True)).close()

    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    uvloop.run(prepare())


def rotate_keys(settings: Settings) -> None:
    """Add the key that signs access tokens from some minutes on."""

    async def rotate(storage: Storage) -> None:
        keys = KeyRing(storage.accounts, settings.secret_key, wall_clock)
        await keys.start()
        await keys.rotate()

    uvloop.run(_with_storage(settings, rotate))


def examine(settings: Settings, show: Callable[[Finding], None]) -> bool:
    """Look at everything that the settings name, without changing it; whether all is well."""

    async def look() -> bool:
        well = True
        async for finding in _findings(settings):
            show(finding)
            well = well and finding.level != "wrong"
        return well

    return uvloop.run(look())


async def _findings(settings: Settings) -> AsyncIterator[Finding]:
    for finding in doctor.folder(settings.data_dir):
        yield finding
    if settings.storage_url and not settings.secret_key:
        yield doctor.NO_SECRET
    try:
        storage = await _open(settings, prepare=False)
    except Refusal as refusal:
        yield Finding("wrong", "store", str(refusal))
    else:
        try:
            async for finding in doctor.store(storage, settings.slow_query_ms / 1000):
                yield finding
        except Unavailable as error:
            yield Finding("wrong", "store", str(error), "look at STORAGE_URL, and whether the database runs")
        finally:
            await storage.close()
    if settings.redis_url:
        redis = Redis(settings.redis_url)
        yield await doctor.redis(redis)
        await redis.close()


def openapi() -> bytes:
    """The OpenAPI document, indented, as it is kept with the web app."""
    return msgspec.json.format(msgspec.json.encode(app.described()), indent=2) + b"\n"
