"""How SQLite goes about a question, in its own words."""

from collections.abc import Callable, Sequence
from typing import Any, cast

import apsw


def explained(connection: apsw.Connection, ask: Callable[[apsw.Connection], object]) -> str:
    """The plans of every statement that `ask` would run, joined on one line; nothing of it is run."""
    explaining = _Explaining(connection)
    ask(cast("apsw.Connection", explaining))
    return "; ".join(explaining.plans)


class _Explaining:
    """Stands in for a connection whose answers are always empty."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self.plans: list[str] = []

    def execute(self, sql: str, values: Sequence[Any] = ()) -> "_Explaining":
        rows = self._connection.execute(f"EXPLAIN QUERY PLAN {sql}", values).fetchall()
        self.plans += [str(row[3]) for row in rows]
        return self

    def fetchall(self) -> list[Any]:
        return []
