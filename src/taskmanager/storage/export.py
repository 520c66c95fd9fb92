"""A workspace as a file for whoever it belongs to. `docs/export-format.md` describes it.

The file is made whole before any of it is sent: then it is of one moment however slowly it is taken, and what goes
wrong is told before an answer has begun. What is large waits on the disk, not in memory.
"""

import asyncio
import csv
import errno
from collections.abc import Callable, Iterable, Sequence
from io import StringIO
from tempfile import SpooledTemporaryFile
from typing import IO, Final, Literal

import msgspec
from msgspec import UnsetType

from taskmanager.errors import StorageFull, Unavailable
from taskmanager.storage.archive import (
    Archive,
    ChangeRecord,
    CommitRecord,
    DocumentRecord,
    Record,
    WorkspaceRecord,
)
from taskmanager.tasks.dates import When, instant
from taskmanager.tasks.model import KINDS, LABEL, PROJECT, TASK, WORKSPACE, Task

Form = Literal["json", "csv"]

FORMAT: Final = "taskmanager-export"
VERSION: Final = 1
AT_ONCE: Final = 2
"""How many files one process makes at a time."""

_IN_MEMORY: Final = 4 * 1024 * 1024
_CHANGES: Final = "changes"
_SECTIONS: Final = (*(f"{kind}s" for kind in sorted(KINDS) if kind != WORKSPACE.name), _CHANGES)
_BOM: Final = "\ufeff"
"""By this, spreadsheets know that the file is UTF-8."""

_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")
_COLUMNS: Final = (
    *("id", "title", "description", "status", "priority", "start", "due", "timezone", "project", "labels"),
    *("parent_id", "created_at", "updated_at", "completed_at", "deleted_at"),
)


class Exports:
    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._busy = 0

    async def make(self, workspace_id: str, form: Form) -> IO[bytes]:
        """A file, at its beginning, for the caller to close. `Unavailable` when enough are being made."""
        if self._busy >= AT_ONCE:
            raise Unavailable("too many exports are being made", retry_after=5)
        self._busy += 1
        file = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - it is handed on
        try:
            await self._fill(file, workspace_id, form)
        except BaseException as error:
            file.close()
            if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise StorageFull("there is no room left for the export") from error
            raise
        finally:
            self._busy -= 1
        return file

    async def _fill(self, file: IO[bytes], workspace_id: str, form: Form) -> None:
        writer = _Json(workspace_id) if form == "json" else _Csv()
        async for records in self._archive.workspace(workspace_id):
            await asyncio.to_thread(_write, file, writer.some, records)
        await asyncio.to_thread(_write, file, writer.rest)
        file.seek(0)


def _write(file: IO[bytes], make: Callable[..., bytes], *given: Sequence[Record]) -> None:
    file.write(make(*given))


class _Json:
    """One object; of each kind there is an array, in the order in which the records come."""

    def __init__(self, workspace_id: str) -> None:
        self._head = WorkspaceRecord(id=workspace_id, revision="0-0", floor="0-0", timezone="UTC")
        self._at = -1
        self._first = True

    def some(self, records: Sequence[Record]) -> bytes:
        return b"".join(map(self._one, records))

    def rest(self) -> bytes:
        return self._reach(len(_SECTIONS) - 1) + b"]\n}\n"

    def _one(self, record: Record) -> bytes:
        match record:
            case WorkspaceRecord():
                self._head = record
            case DocumentRecord(kind=kind, body=body) if kind != WORKSPACE.name:
                return self._items(f"{kind}s", [bytes(body)])
            case CommitRecord():
                return self._items(_CHANGES, [_change(record, change) for change in record.changes])
            case _:
                pass
        return b""

    def _items(self, section: str, items: Sequence[bytes]) -> bytes:
        text = self._reach(_SECTIONS.index(section))
        for item in items:
            text += (b"\n" if self._first else b",\n") + item
            self._first = False
        return text

    def _reach(self, section: int) -> bytes:
        """Begin every section up to that one; the one before is over then."""
        text = b""
        while self._at < section:
            self._at += 1
            text += (b"]" if self._at else self._beginning()) + f',\n"{_SECTIONS[self._at]}": ['.encode()
            self._first = True
        return text

    def _beginning(self) -> bytes:
        head = {
            "format": FORMAT,
            "version": VERSION,
            "workspace_id": self._head.id,
            "revision": self._head.revision,
            "timezone": self._head.timezone,
        }
        return b"{\n" + msgspec.json.encode(head)[1:-1]


def _change(commit: CommitRecord, change: ChangeRecord) -> bytes:
    """As `GET /api/changes` tells it."""
    return msgspec.json.encode(
        {
            "revision": commit.revision,
            "group": commit.group,
            "at": instant(commit.at),
            "by": commit.by,
            "kind": change.kind,
            "id": change.id,
            "op": change.op,
            "version": change.version,
            "fields": change.fields,
        }
    )


class _Csv:
    """The tasks alone, a row each. Projects and labels come before them, so that they can be called by their names."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._first = True

    def some(self, records: Sequence[Record]) -> bytes:
        documents = [record for record in records if isinstance(record, DocumentRecord)]
        for named in documents:
            if named.kind in (PROJECT.name, LABEL.name):
                document = KINDS[named.kind].decode(bytes(named.body))
                self._names[document.id] = document.name
        return self._rows(
            self._row(TASK.decode(bytes(document.body))) for document in documents if document.kind == TASK.name
        )

    def rest(self) -> bytes:
        return self._rows([])

    def _rows(self, rows: Iterable[Sequence[str | None]]) -> bytes:
        text = StringIO()
        writer = csv.writer(text)
        if self._first:
            text.write(_BOM)
            writer.writerow(_COLUMNS)
            self._first = False
        writer.writerows(map(_plain, rows))
        return text.getvalue().encode()

    def _row(self, task: Task) -> Sequence[str | None]:
        labels = (self._names.get(id_, id_) for id_ in task.label_ids)
        project = self._names.get(task.project_id, task.project_id) if task.project_id else None
        zone = _text(task.due.timezone) if task.due else None
        return (
            *(task.id, task.title, task.description, task.status, task.priority),
            *(_when(task.start), _when(task.due), zone, project, ", ".join(labels)),
            *(task.parent_id, task.created_at, task.updated_at, task.completed_at, task.deleted_at),
        )


def _when(when: When | None) -> str | None:
    return (_text(when.date) or _text(when.datetime)) if when else None


def _text(value: str | UnsetType | None) -> str | None:
    return value if isinstance(value, str) else None


def _plain(cells: Sequence[str | None]) -> list[str]:
    """What a spreadsheet would take for a formula is marked as text, as its own apostrophe does."""
    return [f"'{cell}" if cell and cell.startswith(_FORMULAS) else cell or "" for cell in cells]
