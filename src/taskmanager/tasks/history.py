"""The history of one task, as a person reads it."""

from typing import Final

import msgspec

from taskmanager.tasks.dates import ms
from taskmanager.tasks.store import MAX_BYTES, Change

ONE_SITTING: Final = 2 * 60 * 1000
"""Edits of one description by one person within so many ms are one entry."""


def entries(changes: list[Change]) -> list[Change]:
    """Changes newest first, with each run of description edits of one sitting told as one."""
    told: list[Change] = []
    for change in changes:
        if told and _continues(change, told[-1]):
            newer = told[-1]
            whole = (change.fields["description"][0], newer.fields["description"][1])
            told[-1] = msgspec.structs.replace(
                newer, fields=newer.fields | {"description": whole, "updated_at": _span(change, newer)}
            )
        else:
            told.append(change)
    return told


def fitting(changes: list[Change]) -> list[Change]:
    """The first of them, until MAX_BYTES are reached."""
    size = 0
    for number, change in enumerate(changes):
        if size >= MAX_BYTES:
            return changes[:number]
        size += len(msgspec.json.encode(change))
    return changes


def _continues(older: Change, newer: Change) -> bool:
    return (
        _only_description(older)
        and _only_description(newer)
        and older.by == newer.by
        and ms(newer.at) - ms(older.at) <= ONE_SITTING
    )


def _only_description(change: Change) -> bool:
    return (
        change.op == "update" and set(change.fields) <= {"description", "updated_at"} and "description" in change.fields
    )


def _span(older: Change, newer: Change) -> tuple[object, object]:
    return older.fields.get("updated_at", (None, None))[0], newer.fields.get("updated_at", (None, None))[1]
