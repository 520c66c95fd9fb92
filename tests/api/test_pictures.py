"""What people look like: given over HTTP, shown to all, and gone when it is taken away."""

import socket
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import anyio
import httpx
import pytest
from PIL import Image

from api import agreement
from api.house import living
from api.person import PASSWORD, Json, Person, problem
from api.server import Server
from taskmanager.accounts.pictures import MAX_BYTES, VARIANTS

pytestmark = pytest.mark.anyio

ME: Final = "/api/auth/me/picture"


def picture(form: str = "PNG", size: tuple[int, int] = (320, 200), **options: Any) -> bytes:
    file = BytesIO()
    Image.new("RGB", size, (200, 60, 60)).save(file, form, **options)
    return file.getvalue()


async def send(person: Person, raw: bytes, media: str = "image/png") -> httpx.Response:
    headers = {"Authorization": f"Bearer {person.token}", "Content-Type": media}
    answer = await person.http.put(ME, content=raw, headers=headers)
    agreement.check(answer)
    return answer


async def given(person: Person, raw: bytes | None = None) -> str:
    """The address of the picture they have then."""
    answer = await send(person, raw or picture())
    assert answer.status_code == 200, answer.text
    url: str = answer.json()["avatar_url"]
    return url


async def test_a_picture_is_shown_with_the_account_and_open_to_all(ada: Person) -> None:
    assert ada.user["avatar_url"] is None
    answer = await send(ada, picture())
    user: Json = answer.json()
    assert user == await ada.get("/api/auth/me")
    assert answer.headers["etag"] == (await ada.ask("GET", "/api/auth/me")).headers["etag"]
    folder = user["avatar_url"].rpartition("/")[0]
    for variant in VARIANTS:
        width, form = variant.split(".")
        shown = await ada.http.get(f"{folder}/{variant}")
        agreement.check(shown)
        assert shown.status_code == 200
        assert shown.headers["content-type"] == f"image/{form}"
        assert shown.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert shown.headers["x-content-type-options"] == "nosniff"
        image = Image.open(BytesIO(shown.content))
        assert (image.format, image.size) == (form.upper(), (int(width), int(width)))
        head = await ada.http.head(f"{folder}/{variant}")
        assert (head.status_code, head.content) == (200, b"")
    assert user["avatar_url"] == f"{folder}/512.webp"


@pytest.mark.parametrize("media", ["image/jpeg", "image/webp", "image/gif", "image/avif"])
async def test_a_picture_may_be_of_every_common_kind(ada: Person, media: str) -> None:
    answer = await send(ada, picture(media.removeprefix("image/").upper()), media)
    assert answer.status_code == 200, answer.text


async def test_a_photograph_taken_sideways_is_turned_upright_and_forgets_where_that_was(ada: Person) -> None:
    image = Image.new("RGB", (300, 300), (200, 0, 0))
    image.paste((0, 0, 200), (0, 150, 300, 300))
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 3, "at home"
    file = BytesIO()
    image.save(file, "JPEG", exif=exif)
    shown = await ada.http.get(await given(ada, file.getvalue()))
    assert b"at home" not in shown.content
    red, _, blue = Image.open(BytesIO(shown.content)).convert("RGB").getpixel((256, 40))  # type: ignore[misc]  # it has three
    assert blue > red


async def test_a_picture_that_is_replaced_is_gone(ada: Person) -> None:
    first = await given(ada)
    second = await given(ada)
    assert first != second
    problem(await ada.http.get(first), 404, "not_found")
    assert (await ada.http.get(second)).status_code == 200


async def test_a_picture_that_is_taken_away_is_gone(ada: Person) -> None:
    url = await given(ada)
    user = (await ada.ask("DELETE", ME)).json()
    assert user["avatar_url"] is None
    problem(await ada.http.get(url), 404, "not_found")
    assert (await ada.ask("DELETE", ME)).json()["avatar_url"] is None


async def test_of_pictures_given_at_once_one_is_shown_and_the_others_are_gone(ada: Person) -> None:
    urls: list[str] = []

    async def give() -> None:
        urls.append(await given(ada))

    async with anyio.create_task_group() as group:
        for _ in range(4):
            group.start_soon(give)
    shown = (await ada.get("/api/auth/me"))["avatar_url"]
    assert [url for url in urls if (await ada.http.get(url)).status_code == 200] == [shown]


async def test_who_leaves_takes_their_picture_along(ada: Person, bob: Person) -> None:
    mine, theirs = await given(ada), await given(bob)
    await ada.ask("DELETE", "/api/auth/me", {"password": PASSWORD}, expect=204)
    problem(await ada.http.get(mine), 404, "not_found")
    assert (await ada.http.get(theirs)).status_code == 200


async def test_the_same_picture_of_two_people_has_two_addresses_that_nobody_can_guess(ada: Person, bob: Person) -> None:
    raw = picture()
    assert await given(ada, raw) != await given(bob, raw)


@pytest.mark.parametrize("media", ["text/html", "application/json", "image/svg+xml", "image/tiff", "", "image/*"])
async def test_what_does_not_say_that_it_is_a_picture_is_unsupported(ada: Person, media: str) -> None:
    answer = await send(ada, picture(), media)
    problem(answer, 415, "unsupported_media_type")
    assert "image/png" in answer.headers["accept"]


@pytest.mark.parametrize(
    "raw",
    [b"", b"x" * 1000, b"<svg></svg>", b"PK\x03\x04", picture("BMP"), picture("TIFF")],
)
async def test_what_only_says_that_it_is_a_picture_is_none(ada: Person, raw: bytes) -> None:
    problem(await send(ada, raw), 415, "not_a_picture")
    assert (await ada.get("/api/auth/me"))["avatar_url"] is None


async def test_a_picture_that_is_cut_off_is_refused_and_the_one_before_stays(ada: Person) -> None:
    before = await given(ada)
    raw = picture("JPEG", size=(900, 900))
    problem(await send(ada, raw[: len(raw) // 2], "image/jpeg"), 422, "broken_picture")
    assert (await ada.get("/api/auth/me"))["avatar_url"] == before
    assert (await ada.http.get(before)).status_code == 200


async def test_a_picture_of_more_than_40_million_pixels_is_refused(ada: Person) -> None:
    bomb = BytesIO()
    Image.new("1", (9_000, 9_000)).save(bomb, "PNG")
    assert len(bomb.getvalue()) < 100_000
    problem(await send(ada, bomb.getvalue()), 422, "too_many_pixels")


async def test_a_picture_that_is_too_long_is_refused_before_it_is_sent(ada: Person, server: Server) -> None:
    head = f"PUT {ME} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {ada.token}\r\nContent-Type: image/png\r\n"
    with socket.create_connection(server.address, 10) as connection:
        connection.sendall(f"{head}Content-Length: {MAX_BYTES + 1}\r\n\r\n".encode())
        assert connection.makefile("rb").readline().startswith(b"HTTP/1.1 413 ")
    problem(await send(ada, b"x" * MAX_BYTES), 415, "not_a_picture")


@pytest.mark.parametrize("path", ["0" * 64 + "/64.avif", "x/64.webp", "..%2f..%2fetc/64.avif", "%00/64.avif", "x/y"])
async def test_where_there_is_no_picture_there_is_nothing(http: httpx.AsyncClient, path: str) -> None:
    problem(await http.get(f"/api/pictures/{path}"), 404, "not_found")


async def test_a_picture_has_the_widths_and_formats_there_are_and_no_other(ada: Person) -> None:
    folder = (await given(ada)).rpartition("/")[0]
    for variant in ("65.avif", "64.png", "64", "64.avif.webp", "064.avif", "64.AVIF"):
        problem(await ada.http.get(f"{folder}/{variant}"), 404, "not_found")


async def test_how_many_pictures_somebody_has_made_is_limited(tmp_path: Path) -> None:
    async with living(tmp_path, RATE_LIMIT="10000/second") as house:
        ada, bob = await house.person(), await house.person()
        raw = picture(size=(8, 8))
        statuses = [(await send(ada, raw)).status_code for _ in range(125)]
        assert set(statuses) == {200, 429}
        assert statuses[:60] == [200] * 60
        assert (await send(bob, raw)).status_code == 200
