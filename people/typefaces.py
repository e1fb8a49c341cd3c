"""The fonts of everything that the program draws as PDF: vendored ones for most names, Noto from the system for every other script."""

import subprocess
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

from PIL import ImageFont

FOLDER = Path(__file__).parent / "fonts"
NAMES = "SourceSerif4_600SemiBold.ttf"  # in which a name stands on a certificate
# A code point that is no letter in any font: what it is drawn as, a missing letter is drawn as, too.
NO_LETTER = "\uffff"


def read_fonts() -> dict[str, bytes]:
    """Each vendored font by its file's name."""
    return {path.name: path.read_bytes() for path in sorted(FOLDER.glob("*.ttf"))}


def find_missing(text: str) -> str:
    """Give the letters of a text that no font here has, each once: papers show boxes in their places.

    The first look at a letter that is not ours takes about 10 ms.
    """
    letters = dict.fromkeys(unicodedata.normalize("NFC", text))
    return "".join(letter for letter in letters if is_drawn(letter) and not (is_vendored(letter) or _is_installed(letter)))


def warn(name: str) -> str:
    """Ask, in words, about the letters of a name that no paper could show; an empty text where there are none."""
    missing = find_missing(name)
    where = "Your certificate, letters and invoices would show empty boxes there. Please add a spelling of your name in Latin letters."
    return f"We have no font for “{missing}” in your name. {where}" if missing else ""


def is_drawn(letter: str) -> bool:
    """Tell whether a letter leaves a mark: spaces, joiners and other format characters need no font."""
    return not letter.isspace() and unicodedata.category(letter) not in ("Cf", "Cc")


def is_vendored(letter: str) -> bool:
    """Tell whether our own font has a letter."""
    return _shape(letter) != _shape(NO_LETTER)


@lru_cache(4096)
def _is_installed(letter: str) -> bool:
    """Ask fontconfig, which Pango asks for fonts, too."""
    question = ["fc-list", f":charset={ord(letter):x}", "family"]
    return bool(subprocess.run(question, capture_output=True, timeout=10, check=True).stdout.strip())  # noqa: S603 (one number is ours)


@lru_cache(4096)
def _shape(letter: str) -> tuple[tuple[int, int], bytes]:
    mask = _font().getmask(letter)
    return mask.size, bytes(mask)


@cache
def _font() -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FOLDER / NAMES, 24, layout_engine=ImageFont.Layout.BASIC)
