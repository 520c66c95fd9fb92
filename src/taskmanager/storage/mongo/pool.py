"""The driver's events as metrics: how many connections there are, how many are out, how often there was none."""

from pymongo.monitoring import (
    ConnectionCheckedInEvent,
    ConnectionCheckedOutEvent,
    ConnectionCheckOutFailedEvent,
    ConnectionCheckOutStartedEvent,
    ConnectionClosedEvent,
    ConnectionCreatedEvent,
    ConnectionPoolListener,
    ConnectionReadyEvent,
    PoolClearedEvent,
    PoolClosedEvent,
    PoolCreatedEvent,
    PoolReadyEvent,
)

from taskmanager.metrics import POOL_CONNECTIONS, POOL_REFUSED


class PoolWatch(ConnectionPoolListener):
    """Most events mean nothing to us; the driver wants to tell them all."""

    def connection_created(self, event: ConnectionCreatedEvent) -> None:  # noqa: ARG002 - the driver's interface
        POOL_CONNECTIONS.labels("open").inc()

    def connection_closed(self, event: ConnectionClosedEvent) -> None:  # noqa: ARG002 - the driver's interface
        POOL_CONNECTIONS.labels("open").dec()

    def connection_checked_out(self, event: ConnectionCheckedOutEvent) -> None:  # noqa: ARG002 - the driver's interface
        POOL_CONNECTIONS.labels("used").inc()

    def connection_checked_in(self, event: ConnectionCheckedInEvent) -> None:  # noqa: ARG002 - the driver's interface
        POOL_CONNECTIONS.labels("used").dec()

    def connection_check_out_failed(self, event: ConnectionCheckOutFailedEvent) -> None:  # noqa: ARG002 - as above
        POOL_REFUSED.inc()

    def connection_check_out_started(self, event: ConnectionCheckOutStartedEvent) -> None: ...

    def connection_ready(self, event: ConnectionReadyEvent) -> None: ...

    def pool_created(self, event: PoolCreatedEvent) -> None: ...

    def pool_ready(self, event: PoolReadyEvent) -> None: ...

    def pool_cleared(self, event: PoolClearedEvent) -> None: ...

    def pool_closed(self, event: PoolClosedEvent) -> None: ...
