"""PDF: looked through for what acts, scripts taken out of it, and its first pages drawn."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2

from people.inspection import LONGEST_TEXT, MOST_PICTURES, TALLEST, WIDEST, InspectedFile, Refusal
from people.inspection.pictures import save

MOST_OBJECTS = 400_000
# After so many seconds of work no further page is drawn; what is drawn by then is shown.
ENOUGH = 3
PRINT = "Print it to PDF, and choose the new file."
LOCKED = "This PDF has a password. Save a copy without the password, and choose the copy."
BROKEN = "This PDF can’t be opened. Save it as PDF again, and choose the new file."
EMPTY = "This PDF has no pages. Save it again, and choose the new file."
ACTS = f"This PDF has a program in it, which we don’t accept. {PRINT}"
HOLDS = f"This PDF has other files in it, which we don’t accept. {PRINT}"
FORM = f"This PDF is a form that only Adobe can open. {PRINT}"
VAST = f"This PDF is too complicated to check. {PRINT}"
# What a dictionary of a PDF must not be, by its keys and by the values of /S, /Type and /Subtype (ISO 32000-2, 12.6 and 7.11).
KEYS = {"/JS": ACTS, "/JavaScript": ACTS, "/EmbeddedFiles": HOLDS, "/EF": HOLDS, "/XFA": FORM}
# What a form that is filled in does to help, and others see the same without.
HELPS = frozenset({"/JavaScript", "/SubmitForm", "/ResetForm"})
ACTIONS = frozenset(
    {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/Rendition", "/Movie", "/Sound", "/GoToE", "/RichMediaExecute"}
)
PARTS = {"/EmbeddedFile": HOLDS, "/FileAttachment": HOLDS, "/RichMedia": ACTS, "/Movie": ACTS, "/Sound": ACTS, "/3D": ACTS}


def look(path: Path, folder: Path) -> InspectedFile:
    """Check every object, draw the first pages, and take their text. Others open a form without its scripts. Raises Refusal."""
    with path.open("rb") as file:
        if not file.read(64).lstrip(b"\xef\xbb\xbf\r\n\t \0").startswith(b"%PDF-"):
            raise Refusal(BROKEN)  # It begins as something else, for programs that stop looking there.
    try:
        with pikepdf.open(path) as pdf:
            if not pdf.pages:
                raise Refusal(EMPTY)
            seen = InspectedFile(pages=len(pdf.pages))
            typed = "\n".join(_typed(pdf))
            if _is_form(pdf) and _quiet(pdf):
                path = seen.keep_copy(folder, "pdf")
                pdf.save(path)
            else:
                _check(pdf)
        if seen.copy:
            with pikepdf.open(path) as pdf:
                _check(pdf)
    except pikepdf.PasswordError:
        raise Refusal(LOCKED) from None
    except (pikepdf.PdfError, ValueError, RecursionError):
        raise Refusal(BROKEN) from None
    draw(path, folder, seen)
    seen.text = "\n\n".join(part for part in (seen.text, typed) if part)[:LONGEST_TEXT]
    return seen


def _check(pdf: pikepdf.Pdf) -> None:
    for thing in _things(pdf):
        if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
            _check_keys({str(key): value for key, value in thing.items()})


def _things(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """Every dictionary, stream and array of the file. Raises Refusal where they are too many."""
    budget = MOST_OBJECTS
    waiting: list[Any] = [*pdf.objects, pdf.trailer]
    while waiting:
        thing = waiting.pop()
        budget -= 1
        if budget < 0:
            raise Refusal(VAST)
        if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream | pikepdf.Array):
            yield thing
            waiting += [value for _, value in _held(thing) if _inside(value)]


def _held(thing: Any) -> list[tuple[Any, Any]]:
    """What a dictionary or array holds, each with its key or place, the last place first."""
    return list(reversed(list(enumerate(thing)))) if isinstance(thing, pikepdf.Array) else list(thing.items())


def _is_form(pdf: pikepdf.Pdf) -> bool:
    """Whether it has fields that everyone can draw. Of a form that only Adobe draws, the catalog says so."""
    form = pdf.Root.get("/AcroForm")
    return isinstance(form, pikepdf.Dictionary) and bool(form.get("/Fields")) and not pdf.Root.get("/NeedsRendering")


def _quiet(pdf: pikepdf.Pdf) -> bool:
    """Take the scripts and the buttons that send or empty it out of a form, and Adobe's second description of it; whether any was there."""
    changed = False
    for thing in _things(pdf):
        for key, value in _held(thing):
            helps = isinstance(value, pikepdf.Dictionary) and _name(value.get("/S")) in HELPS
            if helps or (key in {"/JavaScript", "/XFA"} and not isinstance(thing, pikepdf.Array)):
                del thing[key]
                changed = True
    return changed


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


def _typed(pdf: pikepdf.Pdf) -> Iterator[str]:
    """What was typed into the fields of a form, each after its name: it is drawn, but stands in no page's text."""
    form = pdf.Root.get("/AcroForm")
    fields = form.get("/Fields") if isinstance(form, pikepdf.Dictionary) else None
    waiting = list(fields)[:1000] if isinstance(fields, pikepdf.Array) else []
    for field in waiting:
        if not isinstance(field, pikepdf.Dictionary):
            continue
        kids = field.get("/Kids")
        if isinstance(kids, pikepdf.Array) and len(waiting) < 1000:
            waiting += list(kids)[: 1000 - len(waiting)]
        value = field.get("/V")
        if isinstance(value, pikepdf.String) and str(value).strip():
            yield f"{field.get('/TU', field.get('/T', ''))}: {value}"


def draw(path: Path, folder: Path, seen: InspectedFile) -> None:
    """Draw what can be drawn, with filled fields, signatures and stamps; a page that can't be is left out, and the file is still there."""
    try:
        document = pypdfium2.PdfDocument(path)
        document.init_forms()  # before anything else is asked of it, or fields stay blank
    except pypdfium2.PdfiumError:
        return
    seen.pages = len(document)
    texts = []
    for index in range(min(len(document), MOST_PICTURES)):
        if time.process_time() > ENOUGH:
            break
        try:
            page = document[index]
            width, height = page.get_size()
            if width < 1 or height < 1:
                continue
            bitmap = page.render(scale=min(WIDEST / width, TALLEST / height), may_draw_forms=True, draw_annots=True)
            save(bitmap.to_pil().convert("RGB"), len(seen.pictures) + 1, folder, seen)
            texts.append(page.get_textpage().get_text_range())
        except (pypdfium2.PdfiumError, ValueError, OSError):
            continue
    seen.text = "\n\n".join(text.replace("\r\n", "\n").strip() for text in texts if text.strip())[:LONGEST_TEXT]
