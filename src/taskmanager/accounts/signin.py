"""How a person gets an account, signs in with it, stays signed in, and leaves.

A session is a family of refresh tokens: each is good for one refresh, which answers with the next.
One that is used again after that was stolen, or its copy was, so the whole family ends.
"""

import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, TypedDict

from msgspec.structs import replace

from taskmanager.accounts.emails import normal_email
from taskmanager.accounts.keys import TOKEN_SECONDS, Clock
from taskmanager.accounts.messages import (
    Credentials,
    PasswordChange,
    ProfilePatch,
    Registration,
    SessionView,
    SignedIn,
)
from taskmanager.accounts.model import Account, Session, instant
from taskmanager.accounts.passwords import Passwords, personal_texts, refuse_weak
from taskmanager.accounts.profiles import Profile, change, changed_fields, person_name, profile, user
from taskmanager.accounts.seals import DEVICE_MS, RefreshToken, Seals
from taskmanager.accounts.store import AccountStore
from taskmanager.accounts.throttle import Throttle
from taskmanager.accounts.tokens import AccessTokens
from taskmanager.actor import Actor
from taskmanager.errors import EmailTaken, Invalid, NotFound, Stale, Unauthenticated, Unavailable
from taskmanager.identity import new_id

_DAY_MS: Final = 24 * 3_600_000
IDLE_MS: Final = 7 * _DAY_MS
"""A session unused for so long has ended."""
LIFETIME_MS: Final = 30 * _DAY_MS
"""However much it is used, a session ends after so long."""
_GRACE_MS: Final = 10_000
_MAX_USER_AGENT: Final = 256
_MAX_ADDRESS: Final = 64
_ATTEMPTS: Final = 10

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Client:
    """From where somebody is asking; `device` is the device token it kept from an earlier sign-in."""

    address: str
    user_agent: str
    device: str | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """The answer to send, and what to keep in cookies: the refresh token, and a device token unless it is None."""

    answer: SignedIn
    session_id: str
    refresh_token: str
    refresh_seconds: int
    device_token: str | None = None
    device_seconds: int = DEVICE_MS // 1000


class SignIn:
    """All that a person can do about their account."""

    def __init__(  # noqa: PLR0913 - the people's whole room meets here
        self,
        store: AccountStore,
        *,
        passwords: Passwords,
        access: AccessTokens,
        seals: Seals,
        throttle: Throttle,
        clock: Clock,
    ) -> None:
        self._store = store
        self._passwords = passwords
        self._access = access
        self._seals = seals
        self._throttle = throttle
        self._clock = clock

    async def register(self, form: Registration, client: Client) -> Grant:
        """Open an account and sign in to it. `EmailTaken`, `Invalid`, `TooManyRequests`."""
        email = normal_email(form.email)
        name = person_name(form.name)
        refuse_weak(form.password, "/password", personal_texts(email, name))
        await self._throttle.registration(client.address)
        if await self._store.by_email(email) is not None:
            raise EmailTaken("an account with this e-mail exists already")
        now = self._clock()
        account = Account(
            id=new_id(),
            version=1,
            email=email,
            name=name,
            password_hash=await self._passwords.hash(form.password),
            timezone="UTC",
            locale="en",
            week_start=1,
            avatar_url=None,
            created_at=now,
        )
        await self._store.add(account)
        return await self._open(account, client, device=None)

    async def login(self, form: Credentials, client: Client) -> Grant:
        """Sign in. A wrong password and an unknown account are the same `Unauthenticated`, by the same path."""
        email = normal_email(form.email)
        account = await self._store.by_email(email)
        device = self._known_device(account, client)
        if device is None:
            await self._throttle.stranger(email, client.address)
        else:
            await self._throttle.known(device)
        hashed = account.password_hash if account else None
        matches = await self._passwords.verify(hashed, form.password)
        if account is None or not matches:
            raise Unauthenticated("the e-mail or the password is wrong")
        grant = await self._open(account, client, device)
        await self._confirm(account, form.password, grant.session_id)
        await self._rehash_if_outdated(account, form.password)
        return grant

    async def refresh(self, token: str | None, client: Client) -> Grant:
        """Trade a refresh token for the next one and a new access token; `Unauthenticated` when its session is over."""
        presented = self._seals.read_refresh_token(token or "")
        if presented is None:
            raise _ended()
        for _ in range(_ATTEMPTS):
            session = await self._live_session(presented)
            if session is None:
                raise _ended()
            with suppress(Stale):
                session = await self._use(session, presented, client)
                account = await self._store.get(session.account_id)
                if account is None:
                    raise _ended()
                return await self._grant(account, session)
        raise Unavailable("the session is being refreshed too often")

    async def logout(self, token: str | None) -> None:
        """End the session of a refresh token, whichever generation it is; nothing happens to no session."""
        presented = self._seals.read_refresh_token(token or "")
        if presented is not None:
            await self._end(presented.family)

    async def sessions(self, actor: Actor) -> list[SessionView]:
        """Where the account is signed in, newest first."""
        now = self._clock()
        return [
            SessionView(
                id=session.id,
                created_at=instant(session.created_at),
                used_at=instant(session.used_at),
                user_agent=session.user_agent,
                address=session.address,
                current=session.id == actor.session_id,
            )
            for session in await self._store.sessions(actor.account_id)
            if _is_live(session, now)
        ]

    async def end_session(self, actor: Actor, session_id: str) -> None:
        """Sign a device out; `NotFound` unless it is signed in to this account."""
        session = await self._store.session(session_id)
        mine = session is not None and session.account_id == actor.account_id
        if session is None or not mine or not _is_live(session, self._clock()):
            raise NotFound("there is no such session")
        await self._end(session_id)

    async def profile(self, actor: Actor) -> Profile:
        return profile(await self._account(actor))

    async def edit(self, actor: Actor, patch: ProfilePatch, base: int | None = None) -> Profile:
        """Change what the patch names; `Stale` when a `base` is given and is not the stored version."""
        fields = changed_fields(patch)

        def changes(account: Account) -> dict[str, Any]:
            if base is not None and base != account.version:
                raise Stale([("account", account.id)])
            return fields

        _, edited = await change(self._store, actor.account_id, changes)
        return profile(edited)

    async def change_password(self, actor: Actor, form: PasswordChange, client: Client) -> Grant:
        """Needs the present password. Ends all other sessions; this one goes on with a new refresh token."""
        account = await self._proven(actor, form.current, "/current")
        refuse_weak(form.new, "/new", personal_texts(account.email, account.name))
        account = await self._set_password(account, await self._passwords.hash(form.new))
        for ended in await self._store.end_sessions(account.id, keep=actor.session_id):
            self._access.revoke_session(ended)
        session = await self._renew(actor.session_id, client)
        return await self._grant(account, session)

    async def delete(
        self,
        actor: Actor,
        password: str,
        erase_later: Callable[[str], Awaitable[None]],
    ) -> None:
        """Needs the password. The account and its sessions are gone at once; `erase_later` is told its id before.

        So no crash can leave a workspace that nobody erases; the erasure must do nothing while the
        account still exists.
        """
        account = await self._proven(actor, password, "/password")
        await erase_later(account.id)
        sessions = await self._store.sessions(account.id)
        await self._store.remove(account.id)
        for session in sessions:
            self._access.revoke_session(session.id)

    def _known_device(self, account: Account | None, client: Client) -> str | None:
        if account is None or client.device is None:
            return None
        return self._seals.read_device_token(account.id, client.device, self._clock())

    async def _open(self, account: Account, client: Client, device: str | None) -> Grant:
        now = self._clock()
        session = Session(
            id=new_id(),
            version=1,
            account_id=account.id,
            generation=1,
            rotated_at=now,
            created_at=now,
            used_at=now,
            revoked=False,
            **_where(client),
        )
        await self._store.open_session(session)
        device_token = self._seals.device_token(account.id, device, now)
        return await self._grant(account, session, device_token)

    async def _confirm(self, account: Account, password: str, session_id: str) -> None:
        """End the session just opened if the account was removed, or its password changed, meanwhile.

        Whoever removes or changes does so first and ends sessions then: either they see this one,
        or this sees them.
        """
        stored = await self._store.get(account.id)
        if stored is not None and (
            stored.password_hash == account.password_hash
            or await self._passwords.verify(stored.password_hash, password)
        ):
            return
        await self._end(session_id)
        raise Unauthenticated("the e-mail or the password is wrong")

    async def _rehash_if_outdated(self, account: Account, password: str) -> None:
        if self._passwords.is_outdated(account.password_hash):
            hashed = await self._passwords.hash(password)
            with suppress(Stale):  # another sign-in was first, or the account was edited: next time
                renewed = replace(account, version=account.version + 1, password_hash=hashed)
                await self._store.put(renewed)

    async def _live_session(self, presented: RefreshToken) -> Session | None:
        session = await self._store.session(presented.family)
        if session is None or not _is_live(session, self._clock()):
            return None
        return session

    async def _use(self, session: Session, presented: RefreshToken, client: Client) -> Session:
        """Let the token be used: the session as it is after that. `Stale` when another request was faster."""
        now = self._clock()
        if presented.generation == session.generation:
            return await self._advance(session, client, rotated_at=now)
        repeated = presented.generation == session.generation - 1
        if repeated and now - session.rotated_at <= _GRACE_MS:
            return session
        if presented.generation < session.generation:
            _log.warning("a refresh token was used twice; its session ends")
            await self._end(session.id)
        raise _ended()

    async def _renew(self, session_id: str, client: Client) -> Session:
        """Make every refresh token given out so far an old one."""
        for _ in range(_ATTEMPTS):
            session = await self._store.session(session_id)
            if session is None or session.revoked:
                raise _ended()
            with suppress(Stale):
                return await self._advance(session, client, rotated_at=0)
        raise Unavailable("the session is being refreshed too often")

    async def _advance(self, session: Session, client: Client, rotated_at: int) -> Session:
        advanced = replace(
            session,
            version=session.version + 1,
            generation=session.generation + 1,
            rotated_at=rotated_at,
            used_at=self._clock(),
            **_where(client),
        )
        await self._store.put_session(advanced)
        return advanced

    async def _end(self, session_id: str) -> None:
        for _ in range(_ATTEMPTS):
            session = await self._store.session(session_id)
            if session is None or session.revoked:
                break
            with suppress(Stale):
                await self._store.put_session(replace(session, version=session.version + 1, revoked=True))
                break
        else:
            raise Unavailable("the session is being refreshed too often")
        self._access.revoke_session(session_id)

    async def _account(self, actor: Actor) -> Account:
        account = await self._store.get(actor.account_id)
        if account is None:
            raise _ended()
        return account

    async def _proven(self, actor: Actor, password: str, pointer: str) -> Account:
        account = await self._account(actor)
        await self._throttle.known(actor.session_id)
        if not await self._passwords.verify(account.password_hash, password):
            raise Invalid.at(pointer, "wrong_password", "this is not your password")
        return account

    async def _set_password(self, account: Account, hashed: str) -> Account:
        proven = account.password_hash
        for _ in range(_ATTEMPTS):
            changed = replace(account, version=account.version + 1, password_hash=hashed)
            with suppress(Stale):
                await self._store.put(changed)
                return changed
            stored = await self._store.get(account.id)
            if stored is None or stored.password_hash != proven:
                raise Invalid.at("/current", "wrong_password", "this is no longer your password")
            account = stored
        raise Unavailable("the account is being edited too often")

    async def _grant(self, account: Account, session: Session, device_token: str | None = None) -> Grant:
        answer = SignedIn(
            access_token=await self._access.issue(account.id, session.id),
            token_type="Bearer",  # noqa: S106 - the name of a scheme
            expires_in=TOKEN_SECONDS,
            user=user(account),
        )
        ends_at = min(session.used_at + IDLE_MS, session.created_at + LIFETIME_MS)
        return Grant(
            answer,
            session.id,
            self._seals.refresh_token(session.id, session.generation),
            max(0, ends_at - self._clock()) // 1000,
            device_token,
        )


class _Where(TypedDict):
    user_agent: str
    address: str


def _where(client: Client) -> _Where:
    return {
        "user_agent": client.user_agent[:_MAX_USER_AGENT],
        "address": client.address[:_MAX_ADDRESS],
    }


def _is_live(session: Session, now: int) -> bool:
    fresh = now - session.used_at <= IDLE_MS and now - session.created_at <= LIFETIME_MS
    return fresh and not session.revoked


def _ended() -> Unauthenticated:
    return Unauthenticated("the session has ended; sign in again")
