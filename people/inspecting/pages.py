"""PDF: looked through for what acts, and its first pages drawn."""

import time
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2

from people.inspecting import LONGEST_TEXT, MOST_PICTURES, TALLEST, WIDEST, Refusal, Seen
from people.inspecting.pictures import save

MOST_OBJECTS = 400_000
# After so many seconds of work no further page is drawn; what is drawn by then is shown.
ENOUGH = 3
PRINT = "Print it to PDF, and choose the new file."
LOCKED = "This PDF has a password. Save a copy without the password, and choose the copy."
BROKEN = "This PDF can’t be opened. Save it as PDF again, and choose the new file."
EMPTY = "This PDF has no pages. Save it again, and choose the new file."
ACTS = f"This PDF has a program in it, which we don’t take. {PRINT}"
HOLDS = f"This PDF has other files in it, which we don’t take. {PRINT}"
FORM = f"This PDF is a form that only Adobe can open. {PRINT}"
VAST = f"This PDF is too complicated to check. {PRINT}"
# What a dictionary of a PDF must not be, by its keys and by the values of /S, /Type and /Subtype (ISO 32000-2, 12.6 and 7.11).
KEYS = {"/JS": ACTS, "/JavaScript": ACTS, "/EmbeddedFiles": HOLDS, "/EF": HOLDS, "/XFA": FORM}
ACTIONS = frozenset(
    {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/Rendition", "/Movie", "/Sound", "/GoToE", "/RichMediaExecute"}
)
PARTS = {"/EmbeddedFile": HOLDS, "/FileAttachment": HOLDS, "/RichMedia": ACTS, "/Movie": ACTS, "/Sound": ACTS, "/3D": ACTS}


def look(path: Path, folder: Path) -> Seen:
    """Check every object, draw the first pages, and take their text. Raises Refusal."""
    with path.open("rb") as file:
        if not file.read(64).lstrip(b"\xef\xbb\xbf\r\n\t \0").startswith(b"%PDF-"):
            raise Refusal(BROKEN)  # It begins as something else, for programs that stop looking there.
    try:
        with pikepdf.open(path) as pdf:
            if not pdf.pages:
                raise Refusal(EMPTY)
            _check(pdf)
            seen = Seen(pages=len(pdf.pages))
    except pikepdf.PasswordError:
        raise Refusal(LOCKED) from None
    except (pikepdf.PdfError, ValueError, RecursionError):
        raise Refusal(BROKEN) from None
    _draw(path, folder, seen)
    return seen


def _check(pdf: pikepdf.Pdf) -> None:
    budget = MOST_OBJECTS
    waiting: list[Any] = list(pdf.objects)
    waiting.append(pdf.trailer)
    while waiting:
        thing = waiting.pop()
        budget -= 1
        if budget < 0:
            raise Refusal(VAST)
        if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
            keys = {str(key): value for key, value in thing.items()}
            _check_keys(keys)
            waiting += [value for value in keys.values() if _inside(value)]
        elif isinstance(thing, pikepdf.Array):
            waiting += [value for value in thing if _inside(value)]


def _inside(value: Any) -> bool:
    """Whether a value is written out in its owner; what is only pointed to is among the file's own objects."""
    return isinstance(value, pikepdf.Dictionary | pikepdf.Array) and not value.is_indirect


def _check_keys(keys: dict[str, Any]) -> None:
    for key, why in KEYS.items():
        if key in keys:
            raise Refusal(why)
    if _name(keys.get("/S")) in ACTIONS:
        raise Refusal(ACTS)
    for key in ("/Type", "/Subtype"):
        if why := PARTS.get(_name(keys.get(key)), ""):
            raise Refusal(why)


def _name(value: Any) -> str:
    return str(value) if isinstance(value, pikepdf.Name) else ""


def _draw(path: Path, folder: Path, seen: Seen) -> None:
    """Draw what can be drawn; a page that can't be is left out, and the file itself is still there."""
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError:
        return
    texts = []
    for index in range(min(len(document), MOST_PICTURES)):
        if time.process_time() > ENOUGH:
            break
        try:
            page = document[index]
            width, height = page.get_size()
            if width < 1 or height < 1:
                continue
            bitmap = page.render(scale=min(WIDEST / width, TALLEST / height), may_draw_forms=False)
            save(bitmap.to_pil().convert("RGB"), len(seen.pictures) + 1, folder, seen)
            texts.append(page.get_textpage().get_text_range())
        except (pypdfium2.PdfiumError, ValueError, OSError):
            continue
    seen.text = "\n\n".join(text.replace("\r\n", "\n").strip() for text in texts if text.strip())[:LONGEST_TEXT]
