"""Several processes on one listening socket: started, replaced when they die, renewed on SIGHUP, drained on SIGTERM.

This process listens and watches; it neither serves nor opens the store. A worker is the same program started anew, so
that renewing the workers takes up new code and newly read secrets. Each is tied to this process by a pair of sockets:
through it a worker says that it is ready, and sees when this process is gone.
"""

import asyncio
import signal
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Final

import click
import structlog

from taskmanager import __version__
from taskmanager.limits import table_file
from taskmanager.serving import address, listen

READY: Final = b"ready"
LONG_ENOUGH: Final = 10.0
"""A worker that lived for so many seconds did not die of how it was started."""
SOONEST: Final = 0.5
LATEST: Final = 30.0
HOPELESS: Final = 6
"""So many starts in a row failed, and nobody serves: no more are tried."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: with the first worker of a program, which may have a store to prepare; with any other; with the end."""

    first_start: float = 3600.0
    start: float = 60.0
    stop: float = 18.5


log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Handed:
    """What a worker is given, as file descriptors: the listening socket, its bond, and the table of counts."""

    listener: int
    bond: int
    table: int

    def arguments(self) -> list[str]:
        return [f"--listener={self.listener}", f"--bond={self.bond}", f"--table={self.table}"]


class Worker:
    """One process that serves, or is about to. `code` is its exit code once it has ended."""

    def __init__(self, process: asyncio.subprocess.Process, bond: socket.socket, on_end: Callable[[int], None]) -> None:
        self._on_end = on_end
        self.process = process
        self.code: int | None = None
        self._bond = bond
        self._started_at = monotonic()
        self._end = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        self.code = await self.process.wait()
        self._on_end(self.process.pid)
        self._bond.close()

    async def ready(self, within: float) -> bool:
        """Whether it says so before it ends. One that says nothing for so long is killed."""
        try:
            async with asyncio.timeout(within):
                if await asyncio.get_running_loop().sock_recv(self._bond, len(READY)) == READY:
                    return True
                await self.ended()
        except TimeoutError:
            log.error("a worker was not ready in time", pid=self.process.pid)  # noqa: TRY400 - no news in the trace
            self.tell(signal.SIGKILL)
            await self.ended()
        return False

    async def ended(self) -> None:
        await asyncio.shield(self._end)

    async def stop(self, signum: int, within: float) -> None:
        """Told to stop, and killed when it has not."""
        self.tell(signum)
        try:
            async with asyncio.timeout(within):
                await self.ended()
        except TimeoutError:
            log.error("a worker did not end in time", pid=self.process.pid)  # noqa: TRY400 - no news in the trace
            self.tell(signal.SIGKILL)
            await self.ended()

    def tell(self, signum: int) -> None:
        with suppress(ProcessLookupError):
            self.process.send_signal(signum)

    @property
    def age(self) -> float:
        return monotonic() - self._started_at


class Supervisor:
    """Keeps `count` workers at work. `announce` is called once all are, `on_end` with the id of each that ended."""

    def __init__(  # noqa: PLR0913 - what to start, and who is told
        self,
        listener: socket.socket,
        count: int,
        *,
        command: Sequence[str],
        environment: Mapping[str, str],
        announce: Callable[[], None],
        on_end: Callable[[int], None] = lambda _pid: None,
        patience: Patience = Patience(),
    ) -> None:
        self._on_end = on_end
        self._patience = patience
        self._listener = listener
        self._command = command
        self._environment = environment
        self._announce = announce
        self._table = table_file()
        self._slots: dict[int, Worker | None] = dict.fromkeys(range(count))
        self._changing = [asyncio.Lock() for _ in range(count)]
        self._alive: set[Worker] = set()
        self._leaving: set[asyncio.Task[None]] = set()
        self._failures = 0
        self._told: int | None = None
        self._stop = asyncio.Event()
        self._hup = asyncio.Event()

    async def run(self) -> int:
        """The exit code: 0 when told to stop, a worker's own when already the first can't start."""
        loop = asyncio.get_running_loop()
        for signum in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(signum, self._told_to_stop, signum)
        loop.add_signal_handler(signal.SIGHUP, self._hup.set)
        work, stop = asyncio.create_task(self._work()), asyncio.create_task(self._stop.wait())
        await asyncio.wait({work, stop}, return_when=asyncio.FIRST_COMPLETED)
        code = work.result() if work.done() else 0
        self._listener.close()
        for task in (work, stop):
            task.cancel()
        await asyncio.gather(work, stop, return_exceptions=True)
        await self._end_all()
        return code

    def _told_to_stop(self, signum: int) -> None:
        """Passed on also when it is not the first: who asks twice is in a hurry."""
        self._told = signum
        self._stop.set()
        for worker in self._alive:
            worker.tell(signum)

    async def _work(self) -> int:
        """Returns only when there is nothing left to hope for."""
        first = self._slots[0] = await self._start(self._patience.first_start)
        if first.code is not None:
            if first.code < 0:
                log.error("a worker was killed before it was ready", signal=signal.Signals(-first.code).name)
            return max(first.code, 1)
        if all(await asyncio.gather(*(self._fill(slot) for slot in self._slots))):
            self._announce()
            tasks = [asyncio.create_task(self._keep(slot)) for slot in self._slots]
            tasks.append(asyncio.create_task(self._renew()))
            try:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in tasks:
                    task.cancel()
        log.error("workers can't be started any more", attempts=self._failures)
        return 1

    async def _keep(self, slot: int) -> None:
        """Replace the slot's worker whenever it dies; returns when that can't be done."""
        while await self._fill(slot):
            worker = self._slots[slot]
            if worker is None:
                continue
            await worker.ended()
            if self._slots[slot] is worker:  # else it was renewed, and ended as it was told to
                log.error("a worker died", pid=worker.process.pid, code=worker.code)
                self._slots[slot] = None
                if worker.age < LONG_ENOUGH:
                    await self._failed()

    async def _fill(self, slot: int) -> bool:
        """Have a worker in the slot, however many starts it takes; False when there is no hope."""
        while self._slots[slot] is None:
            async with self._changing[slot]:
                if self._slots[slot] is not None:  # renewed while this waited
                    break
                worker = await self._start(self._patience.start)
                self._slots[slot] = worker if worker.code is None else None
            if worker.code is not None:
                log.error("a worker did not start", code=worker.code)
                await self._failed()
                if self._failures >= HOPELESS and not any(self._slots.values()):
                    return False
        return True

    async def _failed(self) -> None:
        self._failures += 1
        await asyncio.sleep(min(LATEST, SOONEST * 2.0 ** min(self._failures - 1, HOPELESS)))

    async def _start(self, patience: float) -> Worker:
        """A worker that is ready, or has ended already."""
        ours, theirs = socket.socketpair()
        ours.settimeout(0)
        with theirs:
            handed = Handed(self._listener.fileno(), theirs.fileno(), self._table)
            process = await asyncio.create_subprocess_exec(
                *self._command,
                *handed.arguments(),
                env=self._environment,
                stdin=asyncio.subprocess.DEVNULL,
                pass_fds=(handed.listener, handed.bond, handed.table),
                process_group=0,  # ctrl-C is told to this process, which tells them
            )
        worker = Worker(process, ours, self._on_end)
        self._alive = {worker, *(known for known in self._alive if known.code is None)}
        if await worker.ready(patience):
            self._failures = 0
        else:
            self._alive.discard(worker)
        return worker

    async def _renew(self) -> None:
        """Whenever asked: each worker drains once its successor is ready, and stays when it has none."""
        while True:
            await self._hup.wait()
            self._hup.clear()
            log.info("renewing the workers")
            patience = self._patience.first_start
            for slot in self._slots:
                async with self._changing[slot]:
                    fresh = await self._start(patience)
                    if fresh.code is not None:
                        log.error("a new worker did not start; the others stay", code=fresh.code)
                        break
                    old, self._slots[slot] = self._slots[slot], fresh
                patience = self._patience.start
                if old:
                    leaving = asyncio.create_task(old.stop(signal.SIGTERM, self._patience.stop))
                    self._leaving.add(leaving)
                    leaving.add_done_callback(self._leaving.discard)
            else:
                log.info("the workers are renewed")

    async def _end_all(self) -> None:
        told = self._told or signal.SIGTERM
        await asyncio.gather(*(worker.stop(told, self._patience.stop) for worker in self._alive))


def supervise(  # noqa: PLR0913 - where to listen, and with what
    host: str,
    port: int,
    public_url: str | None,
    *,
    count: int,
    environment: Mapping[str, str],
    on_end: Callable[[int], None] = lambda _pid: None,
) -> int:
    """Serve with so many processes until SIGTERM or SIGINT; the exit code. `on_end` is told of each that ended."""
    listener = listen(host, port)

    def announce() -> None:
        where = address(listener, public_url)
        click.echo(f"TaskManager {__version__} is at {where} with {count} processes (ctrl-C stops it)", err=True)

    async def run() -> int:
        command = (sys.executable, "-m", "taskmanager", "worker")
        supervisor = Supervisor(
            listener, count, command=command, environment=environment, announce=announce, on_end=on_end
        )
        return await supervisor.run()

    return asyncio.run(run())
