"""Routes of what people look like. Reading is open to all: an address tells nobody whose picture it is."""

from typing import Final

from starlette.responses import Response

from taskmanager.accounts.avatars import PATH
from taskmanager.accounts.messages import User
from taskmanager.accounts.pictures import MAX_BYTES, TAKEN
from taskmanager.api.calls import Answer, Call, NoQuery
from taskmanager.api.routing import Routes

FOR_EVER: Final = {"Cache-Control": "public, max-age=31536000, immutable"}

routes = Routes("Account", private=False)
open_routes = Routes("Pictures", open_to_all=True, private=False)


@routes.on("PUT", "/api/auth/me/picture", query=NoQuery, body=bytes, takes=TAKEN, most=MAX_BYTES, answer=User)
async def put_picture(call: Call[NoQuery, bytes]) -> Answer:
    """Give yourself a picture; it is cropped to a square and made anew in several sizes."""
    made = await call.services.avatars.put(call.actor, call.body)
    return Answer(made.user, etag=made.tag)


@routes.on("DELETE", "/api/auth/me/picture", query=NoQuery, answer=User)
async def delete_picture(call: Call[NoQuery, None]) -> Answer:
    """Take your picture away."""
    left = await call.services.avatars.remove(call.actor)
    return Answer(left.user, etag=left.tag)


@open_routes.on("GET", PATH, query=NoQuery, answer=bytes, media="image/*")
async def get_picture(call: Call[NoQuery, None]) -> Response:
    """Read a picture; what an address answers never changes."""
    names = call.request.path_params
    file = await call.services.avatars.file(names["digest"], names["variant"])
    return Response(file, headers=FOR_EVER, media_type="image/" + names["variant"].rpartition(".")[2])
