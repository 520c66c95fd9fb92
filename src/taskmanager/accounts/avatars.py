"""How people give themselves a picture, and take it away again.

A picture is stored before its account tells of it, and goes only when no account tells of it any more.
"""

from typing import Any, Final

from taskmanager.accounts.model import Account
from taskmanager.accounts.pictures import VARIANTS, Studio
from taskmanager.accounts.profiles import Profile, change, profile
from taskmanager.accounts.store import AccountStore
from taskmanager.accounts.throttle import Throttle
from taskmanager.actor import Actor
from taskmanager.errors import NotFound

PATH: Final = "/api/pictures/{digest}/{variant}"
_SHOWN: Final = VARIANTS[-1]


class Avatars:
    def __init__(self, store: AccountStore, studio: Studio, throttle: Throttle) -> None:
        self._store = store
        self._studio = studio
        self._throttle = throttle

    async def put(self, actor: Actor, raw: bytes) -> Profile:
        """Make a picture of what was sent and show the account with it. `NotAPicture`, `Invalid`, `Unavailable`."""
        await self._throttle.picture(actor.account_id)
        picture = await self._studio.make(actor.account_id, raw)
        await self._store.put_picture(picture)
        shown = False
        try:
            edited = await self._show(actor, PATH.format(digest=picture.digest, variant=_SHOWN))
            shown = True
        finally:
            if not shown:
                await self._store.drop_picture(picture.digest)
        return edited

    async def remove(self, actor: Actor) -> Profile:
        """No error when there is none."""
        return await self._show(actor, None)

    async def file(self, digest: str, variant: str) -> bytes:
        """One file of a picture, whoever's it is; `NotFound` when there is none of that name."""
        found = await self._store.picture(digest, variant) if variant in VARIANTS else None
        if found is None:
            raise NotFound("there is no such picture")
        return found

    async def _show(self, actor: Actor, url: str | None) -> Profile:
        def changes(_: Account) -> dict[str, Any]:
            return {"avatar_url": url}

        before, after = await change(self._store, actor.account_id, changes)
        if before.avatar_url is not None:
            await self._store.drop_picture(_digest(before.avatar_url))
        return profile(after)


def _digest(url: str) -> str:
    return url.split("/")[-2]
