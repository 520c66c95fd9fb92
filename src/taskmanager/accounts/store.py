"""What the people need from a store. One suite, `tests/contract`, runs against every implementation."""

from collections.abc import Collection
from typing import Protocol

from taskmanager.accounts.model import Account, Picture, Session, SigningKey


class AccountStore(Protocol):
    """All writes are durable when they return. Errors besides those named: `Unavailable`, `StorageFull`."""

    async def add(self, account: Account) -> None:
        """`EmailTaken` when the e-mail is, `Exists` when the id is."""

    async def get(self, account_id: str) -> Account | None: ...

    async def by_email(self, email: str) -> Account | None: ...

    async def put(self, account: Account) -> None:
        """Replace the row whose version is `account.version - 1`; else `Stale`. `EmailTaken` when the e-mail is."""

    async def remove(self, account_id: str) -> None:
        """The account, all its sessions and pictures; no error when it is gone already."""

    async def accounts(self, after: str, limit: int) -> list[Account]:
        """By id, ascending, greater than `after`."""

    async def open_session(self, session: Session) -> None: ...

    async def session(self, session_id: str) -> Session | None: ...

    async def put_session(self, session: Session) -> None:
        """Replace the row whose version is `session.version - 1`; else `Stale`."""

    async def sessions(self, account_id: str) -> list[Session]:
        """Newest first; revoked ones too."""

    async def end_sessions(self, account_id: str, keep: str | None = None) -> list[str]:
        """Revoke all sessions of the account but `keep`; the ids of those revoked by this call.

        Their versions count up, so that a refresh under way is `Stale`.
        """

    async def ended(self, session_ids: Collection[str]) -> Collection[str]:
        """Those of these sessions that were revoked, or are no more."""

    async def forget_sessions(self, idle_before: int, created_before: int) -> int:
        """Drop rows not used since, or created before, those instants (ms); how many."""

    async def signing_keys(self) -> list[SigningKey]:
        """All, by serial."""

    async def add_signing_key(self, key: SigningKey) -> bool:
        """False when the serial is taken: another process was first."""

    async def put_signing_key(self, key: SigningKey) -> None:
        """Replace the key of that serial."""

    async def put_picture(self, picture: Picture) -> None:
        """`Exists` when the digest is taken."""

    async def picture(self, digest: str, variant: str) -> bytes | None:
        """One file of a picture."""

    async def drop_picture(self, digest: str) -> None:
        """No error when it is gone already."""
