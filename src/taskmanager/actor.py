"""Who is asking."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """An authenticated account, in the session its access token names.

    A personal workspace has the account's id.
    """

    account_id: str
    session_id: str
    expires_at: int
    """When the access token ends, in seconds since 1970."""

    def may_enter(self, workspace_id: str) -> bool:
        return workspace_id == self.account_id
