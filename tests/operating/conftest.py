"""What an operator has beside TaskManager itself."""

from redis_server import redis_server
from replica_set import database, replica_set

__all__ = ["database", "redis_server", "replica_set"]
