"""Threads for work that takes a core for a while, a few at a time, so that the rest of the process goes on."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import BoundedSemaphore
from typing import ParamSpec, TypeVar

from taskmanager.errors import Unavailable

_P = ParamSpec("_P")
_R = TypeVar("_R")


class Pool:
    """No more runs at once than there are workers; `Unavailable` with the text `full` when as many wait as may wait."""

    def __init__(self, name: str, *, workers: int, waiting: int, full: str) -> None:
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix=name)
        self._places = BoundedSemaphore(workers + waiting)
        self._full = full

    async def run(self, work: Callable[_P, _R], *args: _P.args, **kwargs: _P.kwargs) -> _R:
        if not self._places.acquire(blocking=False):
            raise Unavailable(self._full)
        run = self._threads.submit(work, *args, **kwargs)
        run.add_done_callback(self._leave)
        return await asyncio.wrap_future(run)

    def close(self) -> None:
        """End the threads; what waits is cancelled."""
        self._threads.shutdown(cancel_futures=True)

    def _leave(self, _: "Future[_R]") -> None:
        self._places.release()
