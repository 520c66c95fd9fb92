"""Access tokens: JWTs of one exact form (EdDSA, `typ: at+jwt`), written and read by nothing but this file.

A token is believed only when its bytes are those that this file would have written for what they
say. That leaves no room for other algorithms, other header members, members given twice, unknown
claims or second encodings of the same text. So a new claim takes two releases: one that knows it,
then one that writes it.
"""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, Protocol, TypeVar

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from taskmanager.accounts.keys import LEEWAY_SECONDS, TOKEN_SECONDS, Clock, Signer
from taskmanager.accounts.model import Session
from taskmanager.actor import Actor
from taskmanager.errors import Unauthenticated, Unavailable

_LONGEST: Final = 4096
_CACHED: Final = 10_000
_RECHECK_MS: Final = 1_000
_NEVER: Final = -_RECHECK_MS
_ENDED: Final = 100_000
_ENDED_MS: Final = (TOKEN_SECONDS + 3 * LEEWAY_SECONDS) * 1000


class _Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    alg: Literal["EdDSA"]
    typ: Literal["at+jwt"]
    kid: str


class _Claims(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    iss: str
    aud: str
    sub: str
    sid: str
    jti: str
    iat: int
    exp: int


_Part = TypeVar("_Part", _Header, _Claims)


class SigningKeys(Protocol):
    """Where keys come from: a `KeyRing`, or a copy of another service's JWKS."""

    async def signer(self) -> Signer: ...

    async def public(self, kid: str) -> Ed25519PublicKey | None: ...


class SessionSource(Protocol):
    """Where it shows that a session was ended by another process."""

    async def session(self, session_id: str) -> Session | None: ...


@dataclass(slots=True)
class _Verified:
    actor: Actor
    until: int
    checked_at: int


class AccessTokens:
    """Issues tokens, and tells from one who is asking; every refusal is the same `Unauthenticated`.

    A verified token is kept, so that its signature is checked once. Sessions ended here are refused
    at once; those ended by another process within a second, as each session in use is looked up in
    `sessions` once a second (None: not at all, a token then lives until it expires). A store that
    can't be reached ends nobody's session. `on_end` hears of each session that has ended.
    """

    def __init__(  # noqa: PLR0913 - two names, two sources, a clock and a bound
        self,
        keys: SigningKeys,
        *,
        issuer: str,
        audience: str,
        clock: Clock,
        sessions: SessionSource | None,
        cached: int = _CACHED,
        on_end: Callable[[str], None] = lambda _session_id: None,
    ) -> None:
        self._keys = keys
        self._issuer = issuer
        self._audience = audience
        self._clock = clock
        self._sessions = sessions
        self._cached = cached
        self._on_end = on_end
        self._verified: OrderedDict[str, _Verified] = OrderedDict()
        self._ended: OrderedDict[str, int] = OrderedDict()

    async def issue(self, account_id: str, session_id: str) -> str:
        signer = await self._keys.signer()
        now = self._clock() // 1000
        claims = _Claims(
            iss=self._issuer,
            aud=self._audience,
            sub=account_id,
            sid=session_id,
            jti=secrets.token_urlsafe(12),
            iat=now,
            exp=now + TOKEN_SECONDS,
        )
        header = _Header(alg="EdDSA", typ="at+jwt", kid=signer.kid)
        signed = f"{_encode(header)}.{_encode(claims)}"
        return f"{signed}.{_base64(signer.private.sign(signed.encode()))}"

    async def authenticate(self, token: str) -> Actor:
        """Who is asking."""
        known = self._verified.get(token)
        if known is None:
            known = await self._verify(token)
            self._keep(token, known)
        now = self._clock()
        if now >= known.until or known.actor.session_id in self._ended:
            raise _refused()
        if not 0 <= now - known.checked_at < _RECHECK_MS:
            await self._check_session(known.actor.session_id)
            known.checked_at = now
        return known.actor

    def require_live(self, actor: Actor) -> None:
        """`Unauthenticated` once the token has ended, or the session as far as this process has heard."""
        if self._clock() >= actor.expires_at * 1000 or actor.session_id in self._ended:
            raise _refused()

    async def recheck(self, actor: Actor) -> None:
        """Whether a long answer may go on: `Unauthenticated` once the token or the session has ended."""
        self.require_live(actor)
        await self._check_session(actor.session_id)

    def revoke_session(self, session_id: str) -> None:
        """Refuse the session's tokens in this process from now on."""
        now = self._clock()
        _drop_oldest(self._ended, _ENDED, lambda forget_at: forget_at <= now)
        self._ended[session_id] = now + _ENDED_MS
        self._on_end(session_id)

    async def _check_session(self, session_id: str) -> None:
        if self._sessions is None:
            return
        try:
            session = await self._sessions.session(session_id)
        except Unavailable:
            return
        if session is None or session.revoked:
            self.revoke_session(session_id)
            raise _refused()

    def _keep(self, token: str, verified: _Verified) -> None:
        now = self._clock()
        _drop_oldest(self._verified, self._cached, lambda kept: kept.until <= now)
        self._verified[token] = verified

    async def _verify(self, token: str) -> _Verified:
        header_text, claims_text, signature = _split(token)
        header = _decode(header_text, _Header)
        key = await self._keys.public(header.kid)
        if key is None:
            raise _refused()
        try:
            key.verify(_unbase64(signature), f"{header_text}.{claims_text}".encode())
        except InvalidSignature:
            raise _refused() from None
        return self._judge(_decode(claims_text, _Claims))

    def _judge(self, claims: _Claims) -> _Verified:
        now = self._clock()
        until = (claims.exp + LEEWAY_SECONDS) * 1000
        addressed = claims.iss == self._issuer and claims.aud == self._audience
        issued_by_now = claims.iat * 1000 <= now + LEEWAY_SECONDS * 1000
        lasts_as_ours = 0 < claims.exp - claims.iat <= TOKEN_SECONDS
        if not (addressed and issued_by_now and lasts_as_ours and now < until):
            raise _refused()
        return _Verified(Actor(claims.sub, claims.sid, claims.exp), until, checked_at=_NEVER)


_Kept = TypeVar("_Kept")


def _drop_oldest(kept: OrderedDict[str, _Kept], bound: int, over: Callable[[_Kept], bool]) -> None:
    """Make room for one more: from the oldest on, drop what is over, and what is not if it must be."""
    while kept:
        oldest = next(iter(kept))
        if len(kept) < bound and not over(kept[oldest]):
            return
        del kept[oldest]


def _refused() -> Unauthenticated:
    return Unauthenticated("the access token is not valid, or no longer")


def _split(token: str) -> tuple[str, str, str]:
    if len(token) > _LONGEST or not token.isascii():
        raise _refused()
    parts = token.split(".")
    if len(parts) != 3:  # noqa: PLR2004 - a JWS in its compact form has three parts
        raise _refused()
    return parts[0], parts[1], parts[2]


def _encode(part: _Header | _Claims) -> str:
    return _base64(msgspec.json.encode(part))


def _decode(text: str, form: type[_Part]) -> _Part:
    try:
        part = msgspec.json.decode(_unbase64(text), type=form)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise _refused() from None
    if _encode(part) != text:
        raise _refused()
    return part


def _base64(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def _unbase64(text: str) -> bytes:
    """Decode base64url in its one canonical form: no padding, no stray characters, no stray bits."""
    try:
        data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raise _refused() from None
    if _base64(data) != text:
        raise _refused()
    return data
