"""Pictures of people: squares made anew, and everything else refused before it costs anything."""

import asyncio
import struct
import zlib
from io import BytesIO
from typing import Any, Final

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from taskmanager.accounts.pictures import MAX_PIXELS, VARIANTS, Studio, squares
from taskmanager.errors import Invalid, NotAPicture, Unavailable

RED: Final = (220, 30, 30)
BLUE: Final = (30, 30, 220)
ORIENTATION: Final = 0x0112


def picture(form: str = "PNG", size: tuple[int, int] = (300, 200), mode: str = "RGB", **options: Any) -> bytes:
    """Red above, blue below."""
    image = Image.new("RGB", size, RED)
    ImageDraw.Draw(image).rectangle((0, size[1] // 2, *size), fill=BLUE)
    return saved(image.convert(mode), form, **options)


def saved(image: Image.Image, form: str, **options: Any) -> bytes:
    file = BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def shown(file: bytes) -> Image.Image:
    return Image.open(BytesIO(file))


def looks(image: Image.Image, x: float, y: float) -> str:
    at = (int(x * (image.width - 1)), int(y * (image.height - 1)))
    red, _, blue = image.convert("RGB").getpixel(at)  # type: ignore[misc]  # of this mode it has three
    return "red" if red > blue else "blue"


def a_bomb(width: int, height: int) -> bytes:
    """A PNG of few bytes that says it is enormous, and would be."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    row = bytes(1 + (width + 7) // 8)
    rows = zlib.compress(row * min(height, 200))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_every_kind_becomes_squares_of_every_width_and_format(form: str) -> None:
    made = squares(picture(form))
    assert tuple(made) == VARIANTS
    for name, file in made.items():
        width, kind = name.split(".")
        image = shown(file)
        assert (image.format, image.size) == (kind.upper(), (int(width), int(width)))
        assert (looks(image, 0.5, 0.1), looks(image, 0.5, 0.9)) == ("red", "blue")


@pytest.mark.parametrize(
    ("orientation", "above"), [(1, "red"), (2, "red"), (3, "blue"), (4, "blue"), (5, None), (6, None), (8, None)]
)
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_taken_sideways_is_shown_upright(form: str, orientation: int, above: str | None) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    image = shown(squares(picture(form, exif=exif))["256.webp"])
    if above is not None:
        assert looks(image, 0.5, 0.1) == above
        return
    left, right = looks(image, 0.1, 0.5), looks(image, 0.9, 0.5)
    assert (left, right) == (("blue", "red") if orientation == 6 else ("red", "blue"))


def test_nothing_that_a_picture_says_about_itself_is_kept() -> None:
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    raw = picture("JPEG", exif=exif, comment=b"secret comment", icc_profile=b"secret profile" * 20)
    for file in squares(raw + b"<script>secret()</script>").values():
        assert b"secret" not in file
        assert not {"exif", "icc_profile", "xmp", "comment"} & set(shown(file).info)


def test_what_is_a_picture_and_something_else_too_comes_out_as_a_picture_only() -> None:
    gif = picture("GIF", comment=b"*/=1;alert(1);/*")
    page = b"<html><script>alert(1)</script>"
    for raw in (gif + page, picture("JPEG") + page, picture("PNG") + b"PK\x03\x04" + page):
        for file in squares(raw).values():
            assert b"alert" not in file
            assert b"PK\x03\x04" not in file


def test_of_moving_pictures_the_first_frame_is_shown() -> None:
    frames = [Image.new("RGB", (80, 80), color) for color in (RED, BLUE, BLUE)]
    for form in ("GIF", "WEBP", "PNG", "AVIF"):
        made = squares(saved(frames[0], form, save_all=True, append_images=frames[1:], duration=100))
        image = shown(made["128.webp"])
        assert looks(image, 0.5, 0.5) == "red"
        assert getattr(image, "n_frames", 1) == 1


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_every_way_to_write_colours_is_understood(mode: str) -> None:
    form = "JPEG" if mode == "CMYK" else "PNG"
    if mode == "I;16":
        raw = saved(Image.new("I;16", (90, 90), 40_000), form)
        assert shown(squares(raw)["64.webp"]).convert("L").getpixel((32, 32)) == pytest.approx(156, abs=4)
        return
    assert len(squares(picture(form, mode=mode))) == len(VARIANTS)


def test_what_is_transparent_stays_so() -> None:
    image = Image.new("RGBA", (100, 100), (0, 0, 0, 0))
    ImageDraw.Draw(image).rectangle((25, 25, 75, 75), fill=(*RED, 255))
    for name in ("256.avif", "256.webp"):
        made = shown(squares(saved(image, "PNG"))[name])
        assert made.convert("RGBA").getpixel((2, 2))[3] == 0  # type: ignore[index]  # of this mode it has four


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"x",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7",
        b"GIF",
        picture("TIFF"),
        picture("BMP"),
        picture("ICO", size=(64, 64)),
        picture("PPM"),
    ],
)
def test_what_is_no_picture_of_a_kind_that_is_read_is_refused_as_such(raw: bytes) -> None:
    with pytest.raises(NotAPicture):
        squares(raw)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_a_picture_that_is_cut_off_is_refused(form: str) -> None:
    raw = picture(form, size=(900, 900))
    for part in (0.3, 0.6, 0.9):
        with pytest.raises((Invalid, NotAPicture)) as refused:
            squares(raw[: int(len(raw) * part)])
        assert not isinstance(refused.value, Invalid) or refused.value.faults[0].code == "broken_picture"


@pytest.mark.parametrize("size", [(40_000, 40_000), (65_000, 650), (30_000, 1_500), (10_000_000, 10)])
def test_a_bomb_is_refused_for_its_size_before_it_shows_to_be_broken(size: tuple[int, int]) -> None:
    with pytest.raises(Invalid) as refused:
        squares(a_bomb(*size))
    assert refused.value.faults[0].code == "too_many_pixels"


def test_a_picture_of_40_million_pixels_is_taken_and_one_row_more_is_not() -> None:
    wide = 8_000
    assert len(squares(saved(Image.new("L", (wide, MAX_PIXELS // wide), 90), "PNG"))) == len(VARIANTS)
    with pytest.raises(Invalid, match="40,000,000"):
        squares(saved(Image.new("L", (wide, MAX_PIXELS // wide + 1), 90), "PNG"))


SEEDS: Final = {form: picture(form, size=(40, 30)) for form in ("JPEG", "PNG", "WEBP", "GIF", "AVIF")}


@pytest.mark.parametrize("form", SEEDS)
@settings(max_examples=25, deadline=None)
@given(edits=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=12))
@example(edits=[(0.0, 0)])
def test_whatever_bytes_are_changed_it_is_a_picture_or_refused(form: str, edits: list[tuple[float, int]]) -> None:
    raw = bytearray(SEEDS[form])
    for place, value in edits:
        raw[int(place * (len(raw) - 1))] = value
    try:
        made = squares(bytes(raw))
    except (Invalid, NotAPicture):
        return
    assert tuple(made) == VARIANTS


async def test_too_many_at_once_are_asked_to_come_back() -> None:
    studio = Studio(waiting=1)
    raw = picture("PNG", size=(2_000, 2_000))
    outcomes = await asyncio.gather(*(studio.make("a", raw) for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(outcome, Unavailable) for outcome in outcomes) == 3
    names = {outcome.digest for outcome in outcomes if not isinstance(outcome, BaseException)}
    assert len(names) == 2, "the same picture twice has two names"
    assert (await studio.make("a", raw)).account_id == "a"
    studio.close()
