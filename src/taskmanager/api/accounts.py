"""Routes of the people: signing up, in and out, sessions, the profile, and the keys that verify tokens."""

from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from taskmanager.accounts.messages import (
    AccountRemoval,
    Credentials,
    PasswordChange,
    ProfilePatch,
    Registration,
    SessionView,
    SignedIn,
    User,
)
from taskmanager.accounts.profiles import Profile
from taskmanager.accounts.signin import Client, Grant
from taskmanager.api.calls import Answer, Call, NoQuery
from taskmanager.api.routing import NO_STORE, Routes
from taskmanager.api.tasks import unchanged
from taskmanager.errors import Forbidden, Stale, VersionMismatch
from taskmanager.schedule import Job
from taskmanager.tasks.dates import MINUTE

ERASE: Final = "erase"
ERASE_AFTER: Final = MINUTE
"""By then the account is gone, unless its removal failed, and so are its last requests, which could write again."""

routes = Routes("Account", private=False)
sign_in_routes = Routes("Signing in", open_to_all=True, private=False)
key_routes = Routes("Operations", open_to_all=True, private=False)


class SessionList(msgspec.Struct, frozen=True, kw_only=True):
    items: list[SessionView]


@sign_in_routes.on(
    "POST", "/api/auth/register", query=NoQuery, body=Registration, answer=SignedIn, status=201, responses=(409,)
)
async def register(call: Call[NoQuery, Registration]) -> Answer:
    """Open an account and sign in."""
    return _granted(call, await call.services.signin.register(call.body, _client(call)), status=201)


@sign_in_routes.on("POST", "/api/auth/login", query=NoQuery, body=Credentials, answer=SignedIn, responses=(401,))
async def login(call: Call[NoQuery, Credentials]) -> Answer:
    """Sign in with e-mail and password."""
    return _granted(call, await call.services.signin.login(call.body, _client(call)))


@sign_in_routes.on("POST", "/api/auth/refresh", query=NoQuery, answer=SignedIn, responses=(401, 403))
async def refresh(call: Call[NoQuery, None]) -> Answer:
    """Trade the refresh cookie for an access token and the next refresh cookie."""
    _refuse_other_sites(call)
    return _granted(call, await call.services.signin.refresh(_cookie(call, "refresh"), _client(call)))


@sign_in_routes.on("POST", "/api/auth/logout", query=NoQuery, status=204, responses=(403,))
async def logout(call: Call[NoQuery, None]) -> Answer:
    """End the session of the refresh cookie."""
    _refuse_other_sites(call)
    await call.services.signin.logout(_cookie(call, "refresh"))
    return Answer(None, 204, cookies=(_set_cookie(call, "refresh", "", 0),))


@routes.on("GET", "/api/auth/me", query=NoQuery, answer=User, tagged=True)
async def get_me(call: Call[NoQuery, None]) -> Answer | Response:
    """Read the profile."""
    found = await call.services.signin.profile(call.actor)
    return unchanged(found.tag, NO_STORE) if call.unchanged(found.tag) else _profile(found)


@routes.on("PATCH", "/api/auth/me", query=NoQuery, body=ProfilePatch, answer=User, responses=(412,))
async def patch_me(call: Call[NoQuery, ProfilePatch]) -> Answer:
    """Change the profile by JSON merge patch."""
    try:
        edited = await call.services.signin.edit(call.actor, call.body, call.version)
    except Stale as error:
        now = await call.services.signin.profile(call.actor)
        raise VersionMismatch(now.user, now.version) from error
    if call.body.timezone is not msgspec.UNSET:
        await call.services.rezone(call.actor.account_id, edited.user.timezone)
    return _profile(edited)


@routes.on("DELETE", "/api/auth/me", query=NoQuery, body=AccountRemoval, status=204, responses=(412,))
async def delete_me(call: Call[NoQuery, AccountRemoval]) -> Answer:
    """Delete the account; its workspace is erased within a day."""
    now = await call.services.signin.profile(call.actor)
    if call.version not in (None, now.version):
        raise VersionMismatch(now.user, now.version)

    async def erase_later(account_id: str) -> None:
        await call.services.jobs.add(Job(ERASE, account_id, call.services.clock() + ERASE_AFTER))

    await call.services.signin.delete(call.actor, call.body.password, erase_later)
    return Answer(None, 204, cookies=(_set_cookie(call, "refresh", "", 0),))


@routes.on("POST", "/api/auth/password", query=NoQuery, body=PasswordChange, answer=SignedIn)
async def change_password(call: Call[NoQuery, PasswordChange]) -> Answer:
    """Change the password; every other session ends."""
    return _granted(call, await call.services.signin.change_password(call.actor, call.body, _client(call)))


@routes.on("GET", "/api/auth/sessions", query=NoQuery, answer=SessionList)
async def list_sessions(call: Call[NoQuery, None]) -> Answer:
    """List the devices that are signed in."""
    return Answer(SessionList(items=await call.services.signin.sessions(call.actor)))


@routes.on("DELETE", "/api/auth/sessions/{id}", query=NoQuery, status=204)
async def end_session(call: Call[NoQuery, None]) -> Answer:
    """Sign a device out."""
    await call.services.signin.end_session(call.actor, call.id())
    return Answer(None, 204)


@key_routes.on("GET", "/.well-known/jwks.json", query=NoQuery, answer=dict[str, Any])
async def jwks(call: Call[NoQuery, None]) -> Answer:
    """Read the keys that verify access tokens."""
    return Answer(await call.services.keys.jwks(), headers={"Cache-Control": "public, max-age=300"})


def _profile(found: Profile) -> Answer:
    return Answer(found.user, etag=found.tag)


def _client(call: Call[Any, Any]) -> Client:
    return Client(
        address=call.address,
        user_agent=call.request.headers.get("user-agent", ""),
        device=_cookie(call, "device"),
    )


def _granted(call: Call[Any, Any], grant: Grant, status: int = 200) -> Answer:
    cookies = [_set_cookie(call, "refresh", grant.refresh_token, grant.refresh_seconds)]
    if grant.device_token is not None:
        cookies.append(_set_cookie(call, "device", grant.device_token, grant.device_seconds))
    return Answer(grant.answer, status, cookies=tuple(cookies))


def _cookie_name(call: Call[Any, Any], name: str) -> str:
    return f"__Host-{name}" if call.services.admission.secure(call.request) else name


def _cookie(call: Call[Any, Any], name: str) -> str | None:
    return call.request.cookies.get(_cookie_name(call, name))


def _set_cookie(call: Call[Any, Any], name: str, value: str, seconds: int) -> str:
    secure = "; Secure" if call.services.admission.secure(call.request) else ""
    return f"{_cookie_name(call, name)}={value}; HttpOnly; SameSite=Strict; Path=/; Max-Age={seconds}{secure}"


def _refuse_other_sites(call: Call[Any, Any]) -> None:
    """The two routes that act on a cookie answer our own pages, and programs that are no browsers."""
    headers = call.request.headers
    site = headers.get("sec-fetch-site")
    origin = headers.get("origin")
    if site is not None:
        ours = site in ("same-origin", "none")
    else:
        ours = origin is None or _is_ours(call.request, origin, call.services.admission.public_url)
    if not ours:
        raise Forbidden("this request comes from another site")


def _is_ours(request: Request, origin: str, public_url: str | None) -> bool:
    host = origin.partition("://")[2]
    return origin == public_url or host == request.headers.get("host")
