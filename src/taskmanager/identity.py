"""Ids: lower-case UUIDs. Ours are version 7 (RFC 9562): they sort by the time they were made."""

import secrets
import time
from uuid import UUID


def new_id() -> str:
    milliseconds = time.time_ns() // 1_000_000
    bits = (milliseconds << 80) | secrets.randbits(80)
    bits = (bits & ~(0xF << 76)) | (0x7 << 76)
    bits = (bits & ~(0x3 << 62)) | (0x2 << 62)
    return str(UUID(int=bits))


def is_id(text: str) -> bool:
    """Whether this is an id as the wire writes them."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
