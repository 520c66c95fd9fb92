"""Pictures of people: from whatever somebody sends, small squares made anew.

What comes in is never kept: no byte of it, and nothing that it says about itself, leaves this file.
"""

import hashlib
import secrets
import struct
from io import BytesIO
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from taskmanager.accounts.model import Picture
from taskmanager.accounts.pool import Pool
from taskmanager.errors import Invalid, NotAPicture

TAKEN: Final = ("image/jpeg", "image/png", "image/webp", "image/gif", "image/avif")
MAX_BYTES: Final = 10 * 1024 * 1024
MAX_PIXELS: Final = 40_000_000
WIDTHS: Final = (64, 128, 256, 512)
FORMATS: Final = ("avif", "webp")
VARIANTS: Final = tuple(f"{width}.{form}" for width in WIDTHS for form in FORMATS)
"""What a picture is kept as."""

_READ: Final = tuple(media.removeprefix("image/").upper() for media in TAKEN)
_LARGEST: Final = WIDTHS[-1]
_WORKERS: Final = 1
"""Each may take 160 MB for a moment: 40 million pixels of 4 bytes."""
_WAITING: Final = 8
_QUALITY: Final = {"avif": {"quality": 62, "speed": 7}, "webp": {"quality": 80, "method": 4}}

# How Pillow's decoders tell that a file is not what it should be.
_BROKEN: Final = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    EOFError,
    LookupError,
    ArithmeticError,
    AttributeError,
    RuntimeError,
    struct.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


class Studio:
    """Makes pictures, one at a time; `Unavailable` when as many wait as may wait."""

    def __init__(self, waiting: int = _WAITING) -> None:
        self._pool = Pool("pictures", workers=_WORKERS, waiting=waiting, full="too many pictures are being made")

    async def make(self, account_id: str, raw: bytes) -> Picture:
        """`NotAPicture` for bytes of another kind, `Invalid` for a picture that is broken or far too large."""
        variants = await self._pool.run(squares, raw)
        digest = hashlib.sha256(secrets.token_bytes(32) + variants[VARIANTS[-1]]).hexdigest()
        return Picture(digest=digest, account_id=account_id, variants=variants)

    def close(self) -> None:
        """End the thread; what waits is cancelled."""
        self._pool.close()


def squares(raw: bytes) -> dict[str, bytes]:
    """The middle of a picture as a square, upright, in every width and format there is, by `VARIANTS`."""
    try:
        square = _square(_opened(raw))
    except _BROKEN as error:
        raise Invalid.at("", "broken_picture", "the picture is damaged, or not whole") from error
    sizes = {width: square.resize((width, width), Image.Resampling.LANCZOS) for width in WIDTHS}
    return {f"{width}.{form}": _encoded(sizes[width], form) for width in WIDTHS for form in FORMATS}


def _opened(raw: bytes) -> Image.Image:
    """Only the head of the file is read here: how large it is shows before anything is unpacked."""
    try:
        image = Image.open(BytesIO(raw), formats=_READ)
    except UnidentifiedImageError as error:
        raise NotAPicture(f"send one of {', '.join(_READ)}") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large() from error
    if image.width * image.height > MAX_PIXELS:
        raise _too_large()
    return image


def _too_large() -> Invalid:
    return Invalid.at("", "too_many_pixels", f"a picture may have at most {MAX_PIXELS:,} pixels")


def _square(image: Image.Image) -> Image.Image:
    """The first frame. A large JPEG is unpacked at a fraction of its size."""
    image.draft("RGB", (2 * _LARGEST, 2 * _LARGEST))
    image.load()
    if image.mode.startswith("I;16"):
        image = image.point(lambda value: value / 256, "L")
    mode = "RGBA" if image.has_transparency_data else "RGB"
    plain = image if image.mode == mode else image.convert(mode)
    fitted = ImageOps.fit(plain, (_LARGEST, _LARGEST), Image.Resampling.LANCZOS)
    upright = ImageOps.exif_transpose(fitted)
    upright.info = {}
    return upright


def _encoded(image: Image.Image, form: str) -> bytes:
    file = BytesIO()
    image.save(file, form.upper(), **_QUALITY[form])
    return file.getvalue()
