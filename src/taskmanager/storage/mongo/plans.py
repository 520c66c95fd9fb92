"""How MongoDB goes about a question: the stages of its plan, the index it takes, what it looks at."""

from collections.abc import Iterator, Mapping
from typing import Any

from taskmanager.storage.mongo import conditions, queries, tallies
from taskmanager.storage.mongo.connection import Record, Records
from taskmanager.storage.mongo.records import Shelf
from taskmanager.tasks.query import Query, Tally


async def of_query(records: Records, shelf: Shelf, ws: bytes, query: Query[Any]) -> str:
    rest = conditions.all_of(shelf.kind, query.rest)
    walk = queries.walk(shelf, ws, query)
    cursor = walk.cursor(records, {"ws": ws, **({"$and": rest} if rest else {})}, {"body": 1})
    return _told(await cursor.limit(query.limit + 1).explain())


async def of_tally(records: Records, shelf: Shelf, ws: bytes, tally: Tally) -> str:
    asked: Record = {
        "aggregate": records.name,
        "pipeline": tallies.stages(shelf, ws, tally),
        "cursor": {},
        "hint": shelf.index_name(shelf.kind.index[tally.index]),
    }
    return _told(await records.database.command("explain", asked, verbosity="executionStats"))


def _told(explanation: Mapping[str, Any]) -> str:
    """`IXSCAN created, FETCH, LIMIT: 51 keys, 51 documents`."""
    first: Any = explanation
    if "stages" in explanation:
        first = next(iter(explanation["stages"][0].values()))
    stages = list(_stages(first["queryPlanner"]["winningPlan"]))
    figures = first.get("executionStats", {})
    keys, documents = figures.get("totalKeysExamined", "?"), figures.get("totalDocsExamined", "?")
    return f"{', '.join(reversed(stages))}: {keys} keys, {documents} documents"


def _stages(plan: Mapping[str, Any]) -> Iterator[str]:
    plan = plan.get("queryPlan", plan)
    while plan:
        yield f"{plan['stage']} {plan.get('indexName', '')}".strip()
        plan = plan.get("inputStage", {})
