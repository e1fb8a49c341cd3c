"""How a file's name is written, and which part of a file a player asks for: nothing that a browser claims is believed."""

import re
import unicodedata
from pathlib import PurePosixPath

from people.file_types import FileType

NAME_LENGTH = 120
PART = 4 * 1024 * 1024
# Characters that hide what a name is (controls, direction marks), or that a file system or a header reads as something else.
FORBIDDEN = re.compile(r'[\\/:*?"<>|;]')


def file_name(name: str, *, kind: FileType) -> str:
    """A file's name as we keep and show it: no folders, no hidden characters, the ending of its content, at most 120 characters."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    clean = "".join(" " if FORBIDDEN.match(letter) else letter for letter in last if unicodedata.category(letter)[0] != "C")
    clean = " ".join(clean.split()).strip(". ")
    ending = PurePosixPath(clean).suffix
    if ending.lower() not in kind.endings:
        stem, ending = clean, kind.endings[0]
    else:
        stem = clean[: -len(ending)].strip(". ")
    return (stem or "document")[: NAME_LENGTH - len(ending)].rstrip() + ending


def byte_range(header: str, *, size: int) -> tuple[int, int] | None:
    """The first and last byte that a header `Range` asks for, at most PART of them; None to send the whole file (RFC 9110, 14.2)."""
    match = re.fullmatch(r"bytes=(\d{0,15})-(\d{0,15})", header)
    if not match or match[1] == match[2] == "":
        return None
    if match[1]:
        first, last = int(match[1]), min(int(match[2] or size - 1), size - 1)
    else:
        first, last = max(size - int(match[2]), 0), size - 1
    return (first, min(last, first + PART - 1)) if first <= last < size else None
