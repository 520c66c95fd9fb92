"""Answering writes, and answering them again: what an idempotency key keeps, and what a repeat is told."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import msgspec
from msgspec import UnsetType

from taskmanager.api.calls import Answer, Call, version_tag
from taskmanager.errors import InFlight, NotFound, TaskManagerError
from taskmanager.identity import new_id
from taskmanager.tasks.door import Done, Keeping
from taskmanager.tasks.model import KINDS
from taskmanager.tasks.query import D, Kind
from taskmanager.tasks.sheet import Sheet
from taskmanager.tasks.store import Commit, Key

REPLAYED: Final = {"Idempotent-Replayed": "true"}


class Kept(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of one operation of a batch: `code` and `faults` (pointer, code) when it was left out.

    No text of a task, nor what a caller wrote: receipts stay when those are deleted for good.
    """

    status: int
    id: str | None
    code: str = ""
    faults: tuple[tuple[str, str], ...] = ()


class Receipt(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was answered the first time: the status and which document, not what was in it.

    `moved` of an undo: it found something to undo. `results` are a batch's.
    """

    status: int
    kind: str = ""
    id: str = ""
    moved: bool = True
    results: tuple[Kept, ...] = ()

    def packed(self) -> bytes:
        return msgspec.json.encode(self)


Write = Callable[[], Awaitable[Answer]]
Repeat = Callable[[Receipt, Commit], Awaitable[Answer]]


async def keyed(call: Call[Any, Any], write: Write, repeat: Repeat | None = None) -> Answer:
    """Do the write, once per idempotency key.

    A keyed write that fails first looks whether its key already succeeded: a repeat of a create meets its own task, a
    repeat of an edit its own new version.
    """
    key = call.key
    if key is None:
        return await write()
    busy = (call.workspace_id, _without_request(key))
    if busy in call.services.in_flight:
        raise InFlight("a request with this idempotency key is being worked on; ask again in a moment")
    call.services.in_flight.add(busy)
    try:
        return await write()
    except TaskManagerError:
        kept = await call.services.door.store.replay(call.workspace_id, key)
        if kept is None:
            raise
        receipt = msgspec.json.decode(kept.receipt, type=Receipt)
        return _marked(await (repeat or _repeat(call))(receipt, kept), receipt, kept)
    finally:
        call.services.in_flight.discard(busy)


def _without_request(key: Key) -> Key:
    return Key(key.account_id, key.text, "")


def _marked(answer: Answer, receipt: Receipt, kept: Commit) -> Answer:
    headers: Mapping[str, str] = {**answer.headers, **REPLAYED}
    return Answer(answer.body, receipt.status, headers, answer.etag, kept.revision)


def _repeat(call: Call[Any, Any]) -> Repeat:
    async def repeat(receipt: Receipt, _kept: Commit) -> Answer:
        if not receipt.kind:
            return Answer()
        kind: Kind[Any] = KINDS[receipt.kind]
        document = (await call.services.door.store.get(call.workspace_id, kind, [receipt.id])).get(receipt.id)
        if document is None:
            raise NotFound(f"the {kind.name} that this request wrote was deleted for good since")
        return Answer(document, headers=_location(call, receipt.status, receipt.id), etag=version_tag(document))

    return repeat


def _location(call: Call[Any, Any], status: int, id_: str) -> dict[str, str]:
    return {"Location": f"{call.path}/{id_}"} if status == 201 else {}  # noqa: PLR2004 - created


def keeping(call: Call[Any, Any], receipt: Callable[[Any], Receipt]) -> Keeping[Any] | None:
    key = call.key
    return Keeping(key, lambda result: receipt(result).packed()) if key else None


async def write_document(  # noqa: PLR0913 - what is written, how it is told, and how it is guarded
    call: Call[Any, Any],
    kind: Kind[D],
    id_: str,
    plan: Callable[[Sheet], Awaitable[D]],
    *,
    status: int = 200,
    guarded: bool = False,
    in_parts: bool = False,
) -> Answer:
    """Run a plan whose result is one document, and answer with that."""
    keep = keeping(call, lambda _: Receipt(status, kind.name, id_))

    async def write() -> Answer:
        done: Done[D]
        if in_parts:
            done = await call.services.door.commit_in_parts(call.scope, plan, keeping=keep)
        else:
            done = await call.services.door.commit(call.scope, plan, guarded=guarded, keeping=keep)
        headers = _location(call, status, id_)
        return Answer(done.result, status, headers, version_tag(done.result), done.revision)

    return await keyed(call, write)


async def write_away(call: Call[Any, Any], plan: Callable[[Sheet], Awaitable[Any]]) -> Answer:
    """Run a plan, however many commits it takes, and answer 204."""
    keep = keeping(call, lambda _: Receipt(204))

    async def write() -> Answer:
        done = await call.services.door.commit_in_parts(call.scope, plan, keeping=keep)
        return Answer(None, 204, revision=done.revision)

    return await keyed(call, write)


def chosen_id(given: str | UnsetType) -> str:
    """The id a client chose, or a new one."""
    return given if isinstance(given, str) else new_id()
