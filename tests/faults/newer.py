"""`taskmanager` of a version to come: tasks have one more field, and an index over it: `newer.py COMMAND…`.

`newer.py --slow COMMAND…` waits a little over every document that it derives, to be killed in the middle.
`newer.py --other COMMAND…` makes another thing of a field that there was, which nobody may do under load.
"""

import dataclasses
import sys
import time
from typing import Any, Final
from zoneinfo import ZoneInfo

from taskmanager.tasks import model
from taskmanager.tasks.query import Columns, Field, Index, Kind

_NOW: Final = model.TASK
_OTHER: Final = "--other" in sys.argv


def _derive(task: model.Task, home: ZoneInfo) -> Columns:
    if "--slow" in sys.argv:
        time.sleep(0.002)
    columns = {**_NOW.derive(task, home), "length": len(task.title)}
    return columns | {"completed_at": str(columns["completed_at"])} if _OTHER else columns


def _field(known: Field) -> Field:
    return Field("completed_at", str) if _OTHER and known.name == "completed_at" else known


NEWER: Final = dataclasses.replace(
    _NOW,
    fields=(*map(_field, _NOW.fields), Field("length", int)),
    indexes=(*_NOW.indexes, Index("length", ("live",), "length")),
    derive=_derive,
    edition=_NOW.edition + 1,
)
KINDS: Final[dict[str, Kind[Any]]] = {**model.KINDS, NEWER.name: NEWER}

if __name__ == "__main__":
    model.TASK = NEWER  # type: ignore[misc]  # before anything else looks
    model.KINDS = KINDS  # type: ignore[misc]  # the same
    from taskmanager.cli import main

    main([word for word in sys.argv[1:] if word not in {"--slow", "--other"}])
