"""Who is asking: an account, or nobody more than a network address."""

from dataclasses import dataclass
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Final

_HOME_PREFIX: Final = 64
"""What one household or server gets of IPv6: whoever has one address of it has all."""


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


def network(address: str) -> str:
    """What strangers are counted by: an IPv4 address, the /64 of an IPv6 one, any other text as it is."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    if not isinstance(ip, IPv6Address):
        return str(ip)
    if ip.ipv4_mapped is not None:
        return str(ip.ipv4_mapped)
    return str(IPv6Network((int(ip), _HOME_PREFIX), strict=False))
