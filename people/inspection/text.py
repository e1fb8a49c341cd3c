"""Plain text, in whatever letters it is written."""

from pathlib import Path

from people.file_types import CONTROLS
from people.inspection import LONGEST_TEXT, InspectedFile, Refusal

NOT_TEXT = "This is not plain text. Save it as PDF, and choose that file."
NOTHING = "This file has no text. Open it to check, and choose it again."
MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))
UNSEEN = frozenset(chr(code) for code in CONTROLS)


def look(path: Path) -> InspectedFile:
    """Read it. Raises Refusal for what has bytes or signs that no text has, or no letter at all."""
    text = decode(path.read_bytes())
    if not UNSEEN.isdisjoint(text):
        raise Refusal(NOT_TEXT)
    if not text.strip():
        raise Refusal(NOTHING)
    return InspectedFile(text=text[:LONGEST_TEXT])


def decode(content: bytes) -> str:
    """The text in the letters that its first bytes tell, else in UTF-8, else in those of old Windows programs."""
    named = next((name for mark, name in MARKS if content.startswith(mark)), "utf-8")
    try:
        return content.decode(named)
    except UnicodeDecodeError:
        if named == "utf-16":
            raise Refusal(NOT_TEXT) from None
        return content.decode("cp1252", errors="replace")
