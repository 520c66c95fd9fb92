"""Backups: everything a store keeps, as a file that any store can read. `docs/backup-format.md` describes it.

The file is JSON Lines. It holds nothing of the moment or the machine, so equal data gives equal files, byte for byte.
"""

import asyncio
import gzip
import hashlib
import os
import zlib
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkstemp
from typing import Any, BinaryIO, Final, Protocol, cast

import msgspec

from taskmanager.accounts.model import Account, Picture, Session, SigningKey
from taskmanager.storage.refusals import BadBackup, CannotWrite
from taskmanager.tasks.model import KINDS

VERSION: Final = 1
Progress = Callable[[int], None]

_FORMAT: Final = "taskmanager-backup"
_LONGEST_LINE: Final = 256 * 1024 * 1024
_LINES_AT_A_TIME: Final = 200
_GZIP_MAGIC: Final = b"\x1f\x8b"


class _Record(msgspec.Struct, frozen=True, kw_only=True, tag_field="is", forbid_unknown_fields=True):
    pass


class Header(_Record, frozen=True, kw_only=True, tag="header"):
    format: str
    version: int


class AccountRecord(_Record, frozen=True, kw_only=True, tag="account"):
    account: Account


class SessionRecord(_Record, frozen=True, kw_only=True, tag="session"):
    session: Session


class SigningKeyRecord(_Record, frozen=True, kw_only=True, tag="signing_key"):
    """Encrypted or not, as it is stored."""

    signing_key: SigningKey


class PictureRecord(_Record, frozen=True, kw_only=True, tag="picture"):
    """Its files by name, in order of that."""

    picture: Picture


class WorkspaceRecord(_Record, frozen=True, kw_only=True, tag="workspace"):
    """What follows, up to the next of these, belongs to it.

    `floor` is the revision up to which history was forgotten. `timezone` is that of its settings: columns are derived
    with it, and the document it comes from follows only later.
    """

    id: str
    revision: str
    floor: str
    timezone: str


class DocumentRecord(_Record, frozen=True, kw_only=True, tag="document"):
    """`body` is the document in its stored form, which is its wire form."""

    kind: str
    body: msgspec.Raw


class ChangeRecord(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind: str
    id: str
    op: str
    version: int
    fields: msgspec.Raw


class CommitRecord(_Record, frozen=True, kw_only=True, tag="commit"):
    revision: str
    at: int
    by: str
    group: str | None
    changes: list[ChangeRecord]


class KeyRecord(_Record, frozen=True, kw_only=True, tag="key"):
    """An idempotency key."""

    account_id: str
    text: str
    fingerprint: str
    receipt: bytes
    revision: str
    at: int


class Footer(_Record, frozen=True, kw_only=True, tag="footer"):
    """How many records of each sort came before it, and the SHA-256 of all lines before it."""

    records: dict[str, int]
    sha256: str


Record = (
    AccountRecord
    | SessionRecord
    | SigningKeyRecord
    | PictureRecord
    | WorkspaceRecord
    | DocumentRecord
    | CommitRecord
    | KeyRecord
)


class Archive(Protocol):
    """What a store offers for backups.

    Records come in this order: accounts by id, sessions by id, signing keys by serial, pictures by digest; then each
    workspace, by id, with its documents by kind and id, its commits by counter, its keys by account and text.
    """

    def read(self) -> AsyncIterator[Sequence[Record]]:
        """Everything; each workspace as it stood at one moment. Jobs are left out: they follow from the rest."""

    def workspace(self, workspace_id: str) -> AsyncIterator[Sequence[Record]]:
        """What `read` gives of one workspace, as it stood at one moment; nothing when there is none."""

    async def write(self, records: AsyncIterator[Sequence[Record]]) -> None:
        """All or nothing. `NotEmpty` unless the store is; `BadBackup` for a record that can't be."""


class Store(Protocol):
    @property
    def archive(self) -> Archive: ...


async def dump(storage: Store, path: Path, progress: Progress) -> None:
    """Write a backup, compressed when the name ends in .gz; a file of that name is replaced only when it is complete.

    `progress` is told from time to time how many records were written.
    """
    with _finished(path) as file:
        lines = _Lines()
        await asyncio.to_thread(file.write, lines.header())
        async for records in storage.archive.read():
            await asyncio.to_thread(lines.write, file, records)
            progress(lines.count)
        await asyncio.to_thread(file.write, lines.footer())


async def load(storage: Store, path: Path, progress: Progress) -> None:
    """Fill an empty store. The whole file is checked before anything is written."""
    try:
        with _opened(path) as file:
            await asyncio.to_thread(_check, file)
            file.seek(0)
            await storage.archive.write(_batches(file, progress))
    except (OSError, EOFError, zlib.error) as error:
        raise BadBackup(f"{path} can't be read: {error}") from error


class _Lines:
    """Records as lines, counted and hashed as they go by."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._hash = hashlib.sha256()
        self._encoder = msgspec.json.Encoder()

    @property
    def count(self) -> int:
        return self.counts.total()

    def header(self) -> bytes:
        return self._hashed([Header(format=_FORMAT, version=VERSION)])

    def write(self, file: BinaryIO, records: Sequence[Record]) -> None:
        self.counts.update(_tag(record) for record in records)
        file.write(self._hashed(records))

    def footer(self) -> bytes:
        return self._encoder.encode(Footer(records=_sorted(self.counts), sha256=self._hash.hexdigest())) + b"\n"

    def _hashed(self, records: Sequence[Any]) -> bytes:
        lines: bytes = self._encoder.encode_lines(records)
        self._hash.update(lines)
        return lines


def _check(file: BinaryIO) -> None:
    """Refuse a file that is not whole, of another format, or damaged."""
    _check_header(file.readline(_LONGEST_LINE))
    file.seek(0)
    digest, counts, line = hashlib.sha256(), Counter[str](), b""
    footer: Footer | None = None
    number = 0
    for number, line in enumerate(_raw_lines(file), 1):
        if footer is not None:
            raise BadBackup(f"line {number}: something follows the end")
        record = _decoded(line, number)
        if isinstance(record, Footer):
            footer = record
            continue
        digest.update(line)
        if not isinstance(record, Header):
            counts[_tag(record)] += 1
        elif number > 1:
            raise BadBackup(f"line {number}: a second beginning")
    if footer is None:
        raise BadBackup(f"the file ends after line {number}: it is not whole")
    if footer.records != _sorted(counts) or footer.sha256 != digest.hexdigest():
        raise BadBackup("the file is damaged: its checksum does not match")


def _check_header(line: bytes) -> None:
    try:
        header = msgspec.json.decode(line, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadBackup("the file is not a backup of TaskManager") from error
    if header.get("format") != _FORMAT:
        raise BadBackup("the file is not a backup of TaskManager")
    if header.get("version") != VERSION:
        raise BadBackup(f"the backup has format {header.get('version')}; this version of TaskManager reads {VERSION}")


async def _batches(file: BinaryIO, progress: Progress) -> AsyncIterator[Sequence[Record]]:
    lines = enumerate(_raw_lines(file), 1)
    count = 0

    def batch() -> list[Record]:
        records: list[Record] = []
        for number, line in lines:
            record = _decoded(line, number)
            if not isinstance(record, (Header, Footer)):
                records.append(record)
            if len(records) == _LINES_AT_A_TIME:
                break
        return records

    while records := await asyncio.to_thread(batch):
        yield records
        count += len(records)
        progress(count)


def _raw_lines(file: BinaryIO) -> Iterator[bytes]:
    while line := file.readline(_LONGEST_LINE):
        yield line


_decoder: Final[msgspec.json.Decoder[Record | Header | Footer]] = msgspec.json.Decoder(Record | Header | Footer)


def _decoded(line: bytes, number: int) -> Record | Header | Footer:
    try:
        record = _decoder.decode(line)
        if isinstance(record, DocumentRecord):
            KINDS[record.kind].decode(bytes(record.body))
    except (msgspec.DecodeError, UnicodeDecodeError, KeyError, ValueError) as error:
        what = f"there is no kind {error}" if isinstance(error, KeyError) else str(error)
        raise BadBackup(f"line {number}: {what}") from error
    return record


def _tag(record: Record) -> str:
    return str(record.__struct_config__.tag)


def _sorted(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items()))


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    with path.open("rb") as raw:
        compressed = raw.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC
        raw.seek(0)
        if not compressed:
            yield raw
            return
        with gzip.GzipFile(fileobj=raw, mode="rb") as file:
            yield cast("BinaryIO", file)


@contextmanager
def _finished(path: Path) -> Iterator[BinaryIO]:
    """A file that gets its name when it is whole and on the disk; until then it has one of its own.

    It goes when it fails, and of two at once the last to be whole stays.
    """
    try:
        descriptor, name = mkstemp(prefix=f".{path.name}.", suffix=".unfinished", dir=path.parent)
        unfinished = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as raw:
                if path.suffix == ".gz":
                    with gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0, compresslevel=6) as file:
                        yield cast("BinaryIO", file)
                else:
                    yield raw
                raw.flush()
                os.fsync(raw.fileno())
            unfinished.replace(path)
            _sync_folder(path.parent)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise CannotWrite(f"{path} can't be written: {error.strerror or error}") from error


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
