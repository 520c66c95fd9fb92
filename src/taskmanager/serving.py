"""One process that listens: a socket, a loop, a way to stop."""

import asyncio
import contextlib
import signal
import socket
import time
from collections.abc import Callable
from types import FrameType
from typing import Final

import structlog
import uvicorn
from starlette.types import ASGIApp

from taskmanager.errors import TaskManagerError

BACKLOG: Final = 2048
KEEP_ALIVE: Final = 75
"""Seconds; longer than a proxy keeps idle connections, which would otherwise write into one just closed."""
DRAIN: Final = 15
"""Seconds that requests in flight have to end after SIGTERM."""
LULL: Final = 2.0
"""Seconds after SIGTERM in which a kept connection may bring one more request, whose answer says that it closes.

Closed at once, it may just have been sent a request, which is then lost.
"""

log = structlog.get_logger(__name__)


class CannotListen(TaskManagerError):
    """The address is taken, or is none of this machine's."""


def listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        reason = (error.strerror or str(error)).lower()
        raise CannotListen(
            f"cannot listen on {host} port {port}: {reason}; set TASKMANAGER_PORT or --port to a free one"
        ) from error
    listener.set_inheritable(True)
    return listener


def address(listener: socket.socket, public_url: str | None) -> str:
    """What to open in a browser."""
    if public_url:
        return public_url
    host, port = listener.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104 - shown only
    return f"http://{shown}:{port}"


class Server(uvicorn.Server):
    """uvicorn, telling the app before it drains: streams that never end would hold the process up.

    `started` is called once it listens.
    """

    def __init__(self, app: ASGIApp, *, started: Callable[[], None], before_drain: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http="httptools",
                loop="uvloop",
                lifespan="off",
                access_log=False,
                log_config=None,
                proxy_headers=False,
                server_header=False,
                timeout_keep_alive=KEEP_ALIVE,
                timeout_graceful_shutdown=DRAIN,
            )
        )
        self._tell_started = started
        self._before_drain = before_drain
        self._lull = LULL

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._tell_started()

    def stop(self) -> None:
        """As SIGTERM does."""
        self.handle_exit(signal.SIGTERM, None)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for listening in (*self.servers, *(sockets or ())):
            listening.close()
        await self._wind_down()
        await super().shutdown()

    async def _wind_down(self) -> None:
        state = self.server_state
        state.default_headers = [*state.default_headers, (b"connection", b"close")]
        for connection in list(state.connections):
            cycle = getattr(connection, "cycle", None)
            if cycle is not None and not cycle.response_complete:
                connection.shutdown()  # that is: after this answer
        until = time.monotonic() + self._lull
        while state.connections and not self.force_exit and time.monotonic() < until:  # noqa: ASYNC110 - uvicorn's set tells nobody
            await asyncio.sleep(0.02)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._before_drain()
        if sig == signal.SIGINT:  # somebody sits at the terminal and waits
            self._lull = 0.0
        super().handle_exit(sig, frame)
        self._captured_signals.clear()  # stopped as asked: exit 0, not by the signal once more


async def run(server: Server, listener: socket.socket, background: set[asyncio.Task[None]]) -> None:
    """Serve until told to stop; then end what ran in the background. What dies there stops it, and is raised."""

    def ended(task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception() is not None:
            log.critical("background work died; the process stops", exc_info=task.exception())
            server.stop()

    for task in background:
        task.add_done_callback(ended)
    try:
        await server.serve([listener])
    finally:
        for task in background:
            task.cancel()
        for task in background:
            with contextlib.suppress(asyncio.CancelledError):
                await task
