"""Documents as a test needs them: whatever it does not care about has a plain value."""

from typing import Any, Final
from uuid import uuid4

from taskmanager.accounts.model import Account, Picture, Session, SigningKey
from taskmanager.tasks.dates import instant, zone
from taskmanager.tasks.model import KINDS, Label, Project, Task, Workspace
from taskmanager.tasks.query import Kind
from taskmanager.tasks.store import Derive, Expect, Put, Remove

NOW: Final = 1_780_000_000_000
"""2026-05-28T20:26:40Z"""

_KIND_OF: Final[dict[type[Any], Kind[Any]]] = {kind.type: kind for kind in KINDS.values()}


def an_id() -> str:
    return str(uuid4())


def a_task(workspace_id: str, **fields: Any) -> Task:
    plain: dict[str, Any] = {
        "id": an_id(),
        "workspace_id": workspace_id,
        "version": 1,
        "title": "Water the plants",
        "description": "",
        "status": "todo",
        "priority": "none",
        "start": None,
        "due": None,
        "project_id": None,
        "parent_id": None,
        "label_ids": [],
        "position": "1a",
        "created_at": instant(NOW),
        "updated_at": instant(NOW),
        "completed_at": None,
        "created_by": workspace_id,
        "deleted_at": None,
    }
    return Task(**plain | fields)


def a_project(workspace_id: str, **fields: Any) -> Project:
    return Project(**_named(workspace_id) | {"name": "House", "icon": None, "archived": False} | fields)


def a_label(workspace_id: str, **fields: Any) -> Label:
    return Label(**_named(workspace_id) | {"name": "soon"} | fields)


def workspace_settings(workspace_id: str, **fields: Any) -> Workspace:
    plain: dict[str, Any] = {"version": 1, "timezone": "UTC", "settled": True}
    return Workspace(id=workspace_id, workspace_id=workspace_id, **plain | fields)


def _named(workspace_id: str) -> dict[str, Any]:
    return {
        "id": an_id(),
        "workspace_id": workspace_id,
        "version": 1,
        "color": None,
        "position": "1a",
        "created_at": instant(NOW),
        "updated_at": instant(NOW),
        "deleted_at": None,
    }


def put(document: Any, before: Any = None, home: str = "UTC") -> Put[Any]:
    """The edit that writes the document over `before`."""
    kind = _KIND_OF[type(document)]
    return Put(kind, document, before, kind.derive(document, zone(home)))


def remove(before: Any) -> Remove[Any]:
    return Remove(_KIND_OF[type(before)], before)


def derive(before: Any, home: str) -> Derive[Any]:
    kind = _KIND_OF[type(before)]
    return Derive(kind, before, kind.derive(before, zone(home)))


def expect(document: Any, version: int) -> Expect:
    return Expect(_KIND_OF[type(document)], document.id, version)


def an_account(**fields: Any) -> Account:
    id_ = an_id()
    plain: dict[str, Any] = {
        "id": id_,
        "version": 1,
        "email": f"{id_}@example.org",
        "name": "Ada",
        "password_hash": "$argon2id$",
        "timezone": "Europe/Berlin",
        "locale": "en",
        "week_start": 1,
        "avatar_url": None,
        "created_at": NOW,
    }
    return Account(**plain | fields)


def a_session(account_id: str, **fields: Any) -> Session:
    plain: dict[str, Any] = {
        "id": an_id(),
        "version": 1,
        "account_id": account_id,
        "generation": 0,
        "rotated_at": 0,
        "created_at": NOW,
        "used_at": NOW,
        "user_agent": "Firefox",
        "address": "192.0.2.1",
        "revoked": False,
    }
    return Session(**plain | fields)


def a_signing_key(serial: int, **fields: Any) -> SigningKey:
    plain: dict[str, Any] = {"kid": an_id(), "state": "active", "not_before": NOW}
    return SigningKey(serial=serial, public=b"\x00public", secret=b"\xffsecret", **plain | fields)


def a_picture(account_id: str, **fields: Any) -> Picture:
    variants = {"128.avif": b"\x00\xff avif", "64.webp": b"", "64.avif": b"small"}
    return Picture(**{"digest": uuid4().hex * 2, "account_id": account_id, "variants": variants, **fields})
