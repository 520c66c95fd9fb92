"""Of two programs the one with the higher editions is the newer: a declaration that changed needs another edition."""

import hashlib
from typing import Any, Final

import pytest

from taskmanager.tasks.model import KINDS
from taskmanager.tasks.query import Kind

RECORDED: Final = {
    "task": (1, "668afc03da31c3eb"),
    "project": (1, "357c2140f9d7c766"),
    "label": (1, "357c2140f9d7c766"),
    "workspace": (1, "39db9104b8f3397a"),
}
"""Edition and digest of each kind. When a digest changes: raise the edition, and write both down here."""


def digest(kind: Kind[Any]) -> str:
    fields = [(field.name, field.type.__name__, field.each) for field in kind.fields]
    indexes = [(index.name, index.equals, index.sort, index.includes) for index in kind.indexes]
    return hashlib.sha256(repr((fields, indexes)).encode()).hexdigest()[:16]


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_kind_whose_fields_or_indexes_changed_has_another_edition(kind: Kind[Any]) -> None:
    assert (kind.edition, digest(kind)) == RECORDED[kind.name]
