"""Document ids as they are kept: the 16 bytes of the UUID, which sort as its text does."""


def packed(uuid: str) -> bytes:
    """ValueError for any text that is not a UUID in lower case."""
    raw = bytes.fromhex(uuid.replace("-", ""))
    if unpacked(raw) != uuid:
        message = f"{uuid[:40]!r} is not a UUID in lower case"
        raise ValueError(message)
    return raw


def unpacked(raw: bytes) -> str:
    text = raw.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def packed_if_any(uuid: str) -> bytes | None:
    """None for a text that can't be the id of anything."""
    try:
        return packed(uuid)
    except ValueError:
        return None
