"""What the process counts and times, for Prometheus. Whoever measures imports the measure; assembly serves them all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

_FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
"""With this set before the library is imported, several processes count into its files, and one serves the sums."""

_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)

REQUEST_SECONDS: Final = Histogram(
    "taskmanager_request_seconds", "Requests by route and status.", ("method", "route", "status"), buckets=_SECONDS
)
STORE_SECONDS: Final = Histogram(
    "taskmanager_store_seconds", "What the store was asked.", ("verb", "kind", "index"), buckets=_SECONDS
)
SLOW_QUERIES: Final = Counter(
    "taskmanager_slow_queries", "Asked of the store and slower than SLOW_QUERY_MS.", ("verb", "kind", "index")
)
POOL_CONNECTIONS: Final = Gauge(
    "taskmanager_pool_connections", "Connections to MongoDB.", ("state",), multiprocess_mode="livesum"
)
POOL_REFUSED: Final = Counter("taskmanager_pool_refused", "Calls that got no connection to MongoDB in time.")
REDIS_UP: Final = Gauge(
    "taskmanager_redis_up", "Whether Redis is asked at all.", ("circuit",), multiprocess_mode="livemin"
)


@contextmanager
def timed(histogram: Histogram, *labels: str) -> Iterator[None]:
    started = perf_counter()
    try:
        yield
    finally:
        histogram.labels(*labels).observe(perf_counter() - started)


def serve(host: str, port: int) -> None:
    """Answer Prometheus on a thread of its own. OSError when the port is taken."""
    if _FOLDER in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the library leaves it unannotated
        start_http_server(port, host, registry)
    else:
        start_http_server(port, host)


def forget_process(pid: int) -> None:
    """A worker ended: what it held open no longer counts."""
    mark_process_dead(pid)  # type: ignore[no-untyped-call]  # the library leaves it unannotated
