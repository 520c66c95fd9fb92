"""Who may come in, from where, and how often."""

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address
from math import ceil

from starlette.requests import Request

from taskmanager.actor import Actor, network
from taskmanager.errors import TooManyRequests
from taskmanager.limits import Limiter, Policy


@dataclass(frozen=True, slots=True)
class Admission:
    """The rate limit of every `/api` request, and whose forwarded headers are believed."""

    limiter: Limiter | None
    policy: Policy | None
    by_ip: bool
    trusted: tuple[IPv4Network | IPv6Network, ...]
    public_url: str | None

    def address(self, request: Request) -> str:
        """The client's address: the nearest hop that is no trusted proxy."""
        nearest = request.client.host if request.client else ""
        if not self.trusted or not self._is_trusted(nearest):
            return nearest
        for hop in reversed(request.headers.get("x-forwarded-for", "").split(",")):
            if hop.strip() and not self._is_trusted(hop.strip()):
                return hop.strip() if _is_address(hop.strip()) else nearest
        return nearest

    def secure(self, request: Request) -> bool:
        """Whether the person sees https."""
        if self.public_url is not None:
            return self.public_url.startswith("https://")
        if self.trusted and request.client and self._is_trusted(request.client.host):
            return request.headers.get("x-forwarded-proto", "").split(",")[-1].strip() == "https"
        return bool(request.scope["scheme"] == "https")

    def origin_host(self) -> str | None:
        return self.public_url.split("://", 1)[1] if self.public_url else None

    async def count(self, actor: Actor | None, address: str) -> tuple[dict[str, str], TooManyRequests | None]:
        """Count one request: the headers that tell how many are left, and what to raise when there were none."""
        if self.limiter is None or self.policy is None:
            return {}, None
        key = f"ip:{network(address)}" if actor is None or self.by_ip else f"account:{actor.account_id}"
        decision = await self.limiter.allow("api:" + key, self.policy)
        headers = {
            "RateLimit-Policy": f'"default";q={self.policy.count};w={self.policy.window_seconds}',
            "RateLimit": f'"default";r={decision.remaining};t={ceil(decision.reset_seconds)}',
        }
        if decision.allowed:
            return headers, None
        detail = f"more than {self.policy.count} requests in {self.policy.window_seconds} seconds; wait a moment"
        return headers, TooManyRequests(detail, decision.retry_after)

    def _is_trusted(self, address: str) -> bool:
        return _is_address(address) and any(ip_address(address) in net for net in self.trusted)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
