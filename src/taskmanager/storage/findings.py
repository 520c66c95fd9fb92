"""What an examination of a store finds."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "note", "wrong"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`wrong` needs somebody to do what `mend` says; `note` is worth knowing."""

    level: Level
    subject: str
    told: str
    mend: str = ""
