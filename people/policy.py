"""What a file is by its content, and how its name is written: nothing that a browser claims is believed."""

import re
import unicodedata
from collections.abc import Collection
from pathlib import PurePosixPath

PDF = "application/pdf"
JPEG = "image/jpeg"
PNG = "image/png"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ODT = "application/vnd.oasis.opendocument.text"
TEXT = "text/plain"

# The first ending is the one that we add where a name has none of them.
ENDINGS = {PDF: (".pdf",), JPEG: (".jpg", ".jpeg"), PNG: (".png",), DOCX: (".docx",), ODT: (".odt",), TEXT: (".txt",)}
# Pictures may be shown in a page: a browser draws them and runs nothing.
SHOWN = frozenset({JPEG, PNG})

# Bytes that no plain text has; a tab, ends of lines and pages, and the escape character may be there.
CONTROLS = frozenset(range(32)) - {9, 10, 12, 13, 27}
NAME_LENGTH = 120
# Characters that hide what a name is (controls, direction marks), or that a file system or a header reads as something else.
FORBIDDEN = re.compile(r'[\\/:*?"<>|;]')


def content_type(beginning: bytes, *, members: Collection[str] = ()) -> str | None:
    """The media type of a file that begins so, `members` being what a packed file holds; None for what we don't take.

    A document with macros is not taken.
    """
    if beginning.startswith(b"%PDF-"):
        return PDF
    if beginning.startswith(b"\xff\xd8\xff"):
        return JPEG
    if beginning.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if beginning.startswith(b"PK\x03\x04"):
        return _packed(members)
    return None if any(byte in CONTROLS for byte in beginning) else TEXT


def _packed(members: Collection[str]) -> str | None:
    if any(name.lower().endswith("vbaproject.bin") for name in members):
        return None
    if "word/document.xml" in members:
        return DOCX
    if "mimetype" in members and "content.xml" in members:
        return ODT
    return None


def file_name(name: str, *, content_type: str) -> str:
    """A file's name as we keep and show it: no folders, no hidden characters, the ending of its content, at most 120 characters."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    clean = "".join(" " if FORBIDDEN.match(letter) else letter for letter in last if unicodedata.category(letter)[0] != "C")
    clean = " ".join(clean.split()).strip(". ")
    endings = ENDINGS[content_type]
    ending = PurePosixPath(clean).suffix
    if ending.lower() not in endings:
        stem, ending = clean, endings[0]
    else:
        stem = clean[: -len(ending)].strip(". ")
    return (stem or "document")[: NAME_LENGTH - len(ending)].rstrip() + ending
