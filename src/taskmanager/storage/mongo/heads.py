"""Where workspaces were when this process last looked.

Only a guess, from which a commit starts: it holds the head to it, and asks again when it is somewhere else. Whoever
commits has just read, and every read brings the head along, so the guess is nearly always right.
"""

from typing import Final

from taskmanager.storage.mongo.connection import Record
from taskmanager.tasks.store import ORIGIN, Revision

ERASING: Final = -1
"""The counter of a workspace that is being erased: for whoever reads it is gone, whoever writes has to wait."""

_MOST: Final = 20_000


def revision_of(head: Record | None) -> Revision:
    if head is None or head["counter"] == ERASING:
        return ORIGIN
    return Revision(int(head["counter"]), head["nonce"])


def is_erasing(head: Record | None) -> bool:
    return head is not None and head["counter"] == ERASING


class Heads:
    def __init__(self) -> None:
        self._seen: dict[bytes, Revision] = {}

    def get(self, ws: bytes) -> Revision | None:
        return self._seen.get(ws)

    def see(self, ws: bytes, revision: Revision) -> Revision:
        self._seen.pop(ws, None)
        self._seen[ws] = revision
        if len(self._seen) > _MOST:
            del self._seen[next(iter(self._seen))]
        return revision

    def forget(self, ws: bytes) -> None:
        self._seen.pop(ws, None)
