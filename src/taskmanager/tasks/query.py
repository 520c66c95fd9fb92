"""The shape of a question to the store.

A query is planned once, here in the domain: it names a declared index, so an adapter has three mechanical jobs:
index bounds, residual conditions, keyset. Values are integers or strings, never null; strings compare bytewise.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, Protocol, TypeVar
from zoneinfo import ZoneInfo

import msgspec

Value = int | str
Columns = Mapping[str, "Value | tuple[str, ...]"]


class Document(Protocol):
    """What everything in a workspace has."""

    @property
    def id(self) -> str: ...
    @property
    def workspace_id(self) -> str: ...
    @property
    def version(self) -> int: ...


D = TypeVar("D", bound=Document)


@dataclass(frozen=True, slots=True)
class Field:
    """A derived column. With `each`, its value is a tuple of distinct strings, and indexes have an entry per member."""

    name: str
    type: type[int] | type[str]
    each: bool = False


@dataclass(frozen=True, slots=True)
class Index:
    """Equality prefix (at most one `each` field in it), then one sort field; the adapter adds workspace and id.

    `includes` are fields kept at its end, so that a tally over them need not look at the documents; not with `each`.
    """

    name: str
    equals: tuple[str, ...]
    sort: str
    includes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kind(Generic[D]):
    """One kind of document: its wire struct, its declared fields, its indexes, and how columns follow from a document.

    `derive` takes the document and the workspace's time zone and answers a value for every declared field. `edition`
    goes up with every change of fields or indexes: of two programs the one with the higher is the newer.
    """

    name: str
    type: type[D]
    fields: tuple[Field, ...]
    indexes: tuple[Index, ...]
    derive: Callable[[D, ZoneInfo], Columns]
    edition: int = 1

    @cached_property
    def decode(self) -> Callable[[bytes], D]:
        return msgspec.json.Decoder(self.type).decode

    @cached_property
    def field(self) -> Mapping[str, Field]:
        return {f.name: f for f in self.fields}

    @cached_property
    def index(self) -> Mapping[str, Index]:
        return {i.name: i for i in self.indexes}


@dataclass(frozen=True, slots=True)
class Eq:
    field: str
    value: Value


@dataclass(frozen=True, slots=True)
class In:
    field: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """low ≤ field < high; None leaves that side open."""

    field: str
    low: Value | None = None
    high: Value | None = None


@dataclass(frozen=True, slots=True)
class Has:
    """An `each` field has this member; with `prefix`, a member that begins so."""

    field: str
    value: str
    prefix: bool = False


Condition = Eq | In | Between | Has


@dataclass(frozen=True, slots=True)
class Query(Generic[D]):
    """Documents of one kind, in the order of one declared index.

    `equals` gives a value for each field of the index's prefix (for an `each` field: the member).
    `span` bounds the sort field, low inclusive, high exclusive. `after` is (sort value, id) of the last item seen.
    The adapter examines at most `scan` index entries and answers at most `limit` documents that meet all of `rest`.
    """

    kind: Kind[D]
    index: str
    equals: tuple[Value, ...]
    descending: bool = False
    span: tuple[Value | None, Value | None] = (None, None)
    after: tuple[Value, str] | None = None
    rest: tuple[Condition, ...] = ()
    limit: int = 50
    scan: int = 2_000


@dataclass(frozen=True, slots=True)
class Tally:
    """Count documents of one kind that meet all of `where`.

    With `by` alone: per value of that field. With `bounds` (ascending): per interval [bounds[i], bounds[i+1]) of `by`,
    keyed by i; what lies outside is not counted. With neither: one count under the key 0.
    `index` names the declared index whose prefix `where` begins with; adapters may use it as a hint.
    """

    kind: "Kind[Any]"
    index: str
    where: tuple[Condition, ...]
    by: str | None = None
    bounds: tuple[int, ...] = field(default=())


Counts = Mapping[Value, int]
