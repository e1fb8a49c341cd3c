"""Form fields that accept what people type, say what would help, and are drawn as the style sheet knows them."""

import re
import zipfile
from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import PurePath
from typing import Any, BinaryIO, cast

import pikepdf
import puremagic
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from PIL import Image, UnidentifiedImageError

from people.templatetags.words import MONTHS

PARTS = ("month", "day", "year")


class MemorableDateInput(forms.MultiWidget):
    """Three boxes, month, day and year, named `<name>_month` and so on, which show again whatever was typed."""

    template_name = "django/forms/widgets/memorable_date.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        sizes = {"month": "usa-input--small", "day": "usa-input--2xs", "year": "usa-input--small"}
        super().__init__({part: forms.TextInput({"class": sizes[part], "autocomplete": "off"}) for part in PARTS}, attrs)

    def decompress(self, value: date | None) -> list[int | None]:
        """Split a stored day into the three boxes."""
        return [value.month, value.day, value.year] if value else [None, None, None]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Give each box its label, and an id that ends in its part."""
        context = super().get_context(name, value, attrs)
        for part, widget in zip(PARTS, context["widget"]["subwidgets"], strict=True):
            widget["label"] = part.capitalize()
            if part != "month":
                widget["attrs"]["inputmode"] = "numeric"
            if attrs and attrs.get("id"):
                widget["attrs"]["id"] = f"{attrs['id']}_{part}"
        return context


class MemorableDateField(forms.Field):
    """A day as three boxes. Takes "March" or "mar" for 3, "04" for 4, and a whole date like 3/4/2024 in one box; cleans to a date."""

    widget = MemorableDateInput

    def to_python(self, value: Any) -> date | None:
        """Read the three boxes; raises ValidationError with what would help, None when all are empty."""
        if value is None or isinstance(value, date):
            return value
        typed = [str(part or "").strip() for part in value]
        if not any(typed):
            return None
        month, day, year = _whole_date(typed) or typed
        if missing := [part for part, text in zip(PARTS, (month, day, year), strict=True) if not text]:
            raise ValidationError(f"Enter the {' and the '.join(missing)}", code="incomplete")
        return _day(_month(month), day, year)


def _whole_date(typed: list[str]) -> list[str] | None:
    """Split a date that was typed or pasted into one box, when the others are empty."""
    text = "".join(typed)
    if sum(map(bool, typed)) != 1:
        return None
    if found := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text):
        return [found[2], found[3], found[1]]
    if found := re.fullmatch(r"(\d{1,2}|[A-Za-z]+\.?)[\s/.,-]+(\d{1,2})[\s/.,-]+(\d{2,4})", text):
        return [found[1], found[2], found[3]]
    return None


def _month(text: str) -> int:
    word = text.rstrip(".").lower()
    named = [number for number, name in enumerate(MONTHS, 1) if len(word) >= 3 and name.lower().startswith(word)]
    number = named[0] if named else int(word) if re.fullmatch(r"[0-9]{1,2}", word) else 0
    if not 1 <= number <= 12:
        raise ValidationError("Enter the month as a number from 1 to 12, or by its name", code="month")
    return number


def _day(month: int, day: str, year: str) -> date:
    if not re.fullmatch(r"[0-9]{4}", year):
        raise ValidationError("Enter the year with four digits", code="year")
    if not 1900 <= int(year) <= 2200:
        raise ValidationError("Enter a year from 1900 to 2200", code="year")
    last = monthrange(int(year), month)[1]
    if not re.fullmatch(r"[0-9]{1,2}", day) or int(day) == 0:
        raise ValidationError(f"Enter the day as a number from 1 to {last}", code="day")
    if int(day) > last:
        raise ValidationError(f"{MONTHS[month - 1]} {year} has {last} days", code="day")
    return date(int(year), month, int(day))


class NameField(forms.CharField):
    """A person's name in one line with single spaces; refuses what can't be printed, such as marks that turn the direction around."""

    def to_python(self, value: Any) -> str:
        """Read the name; raises ValidationError where nothing of it is a letter, or something can't be printed."""
        name = " ".join((super().to_python(value) or "").split())
        if name and (not name.isprintable() or not any(letter.isalpha() for letter in name)):
            raise ValidationError("Enter a name with letters.", code="name")
        return name


class HoursField(forms.DecimalField):
    """Hours as people write them: 12, 12.5 or 12,5, with or without the word. Cleans to a Decimal with at most two places."""

    widget = forms.TextInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("min_value", Decimal(0))
        super().__init__(max_digits=6, decimal_places=2, **kwargs)
        self.error_messages["invalid"] = f"{self.label or 'This'} must be a number, for example 12 or 12.5"

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        """Read a number with a point or a comma."""
        if isinstance(value, str):
            value = re.sub(r"\s*(h|hr|hrs|hour|hours)\.?$", "", value.strip(), flags=re.IGNORECASE)
            value = re.sub(r"^(\d+),(\d{1,2})$", r"\1.\2", value)
        return super().to_python(value)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Make the box small, and open the keyboard for numbers."""
        return {"class": "usa-input--small", "inputmode": "decimal", "autocomplete": "off"}


class DescribedRadios(forms.RadioSelect):
    """Radios with a line of explanation under a label."""

    descriptions: Mapping[str, str] = {}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the value's description to its radio."""
        return super().create_option(name, value, *args, **kwargs) | {"description": self.descriptions.get(str(value), "")}


class ChoiceRadios(forms.ChoiceField):
    """One choice of a few, all in sight. `descriptions` says more about a value."""

    widget = DescribedRadios

    def __init__(self, *, descriptions: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.descriptions = descriptions or {}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file that we take: its name for people, its endings, its media type, and what opens it or raises."""

    name: str
    endings: tuple[str, ...]
    content_type: str
    open: Callable[["UploadedFile[Any]"], object]


class Unreadable(ValueError):
    """The content is not what the name says, or is broken; the message says what would help."""


def _open_pdf(upload: "UploadedFile[Any]") -> None:
    try:
        with pikepdf.open(cast(BinaryIO, upload)) as pdf:
            if not pdf.pages:
                raise Unreadable("This PDF has no pages. Save it again, and choose the new file.")
    except pikepdf.PasswordError:
        raise Unreadable("This PDF has a password. Save a copy without the password, and choose the copy.") from None
    except pikepdf.PdfError:
        raise Unreadable("This PDF can’t be opened. Save it as PDF again, and choose the new file.") from None


def _image_opener(format_name: str) -> Callable[["UploadedFile[Any]"], None]:
    def open_image(upload: "UploadedFile[Any]") -> None:
        try:
            with Image.open(upload, formats=[format_name]) as image:
                image.verify()
        except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError, IndexError):
            raise Unreadable("This picture can’t be opened. Take it or save it again, and choose the new file.") from None

    return open_image


def _office_opener(member: str) -> Callable[["UploadedFile[Any]"], None]:
    def open_office(upload: "UploadedFile[Any]") -> None:
        try:
            with zipfile.ZipFile(upload) as packed:
                names = packed.namelist()
        except zipfile.BadZipFile:
            raise Unreadable("This document can’t be opened. Save it again, or save it as PDF, and choose the new file.") from None
        if member not in names:
            raise Unreadable("This document can’t be opened. Save it again, or save it as PDF, and choose the new file.")
        if any(PurePath(name).name.lower() == "vbaproject.bin" for name in names):
            raise Unreadable("This document has macros, which we don’t take. Save it as PDF, and choose that file.")

    return open_office


def _open_text(upload: "UploadedFile[Any]") -> None:
    content = upload.read()
    if b"\0" in content:
        raise Unreadable("This is not plain text. Save it as PDF, and choose that file.")
    if not content.strip():
        raise Unreadable("This file has no text. Open it to check, and choose it again.")


KINDS = {
    "pdf": Kind("PDF", (".pdf",), "application/pdf", _open_pdf),
    "docx": Kind(
        "Word (.docx)",
        (".docx",),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        _office_opener("word/document.xml"),
    ),
    "odt": Kind("OpenDocument (.odt)", (".odt",), "application/vnd.oasis.opendocument.text", _office_opener("content.xml")),
    "jpeg": Kind("JPEG", (".jpg", ".jpeg"), "image/jpeg", _image_opener("JPEG")),
    "png": Kind("PNG", (".png",), "image/png", _image_opener("PNG")),
    "text": Kind("plain text", (".txt",), "text/plain", _open_text),
}
MEGABYTE = 1024 * 1024
BEGINNINGS = {"pdf": "pdf", "jpg": "jpeg", "jpeg": "jpeg", "png": "png"}
HELP = {
    ".doc": "Open it in Word, and save it as .docx or PDF.",
    ".docm": "Save it as PDF.",
    ".pages": "In Pages, choose File, Export To, PDF.",
    ".heic": "On the phone, share the photo as JPEG, or take a screenshot of it.",
    ".gdoc": "In Google Docs, choose File, Download, PDF.",
    ".zip": "Unpack it, and choose one file.",
}


class DocumentField(forms.FileField):
    """A file from a person: of a kind that we take by its name and by its content, and no larger than the limit.

    Cleans to the upload, whose `content_type` is then the kind that we found, not the one that the browser claimed.
    """

    def __init__(self, *, kinds: Iterable[str] = tuple(KINDS), **kwargs: Any) -> None:
        self.kinds = tuple(KINDS[kind] for kind in kinds)
        names = [kind.name for kind in self.kinds]
        self.named = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
        accept = ",".join(ending for kind in self.kinds for ending in kind.endings)
        kwargs.setdefault("help_text", f"{self.named}, up to {settings.FILE_UPLOAD_MAX_BYTES // MEGABYTE} MB")
        kwargs.setdefault("widget", forms.FileInput({"accept": accept}))
        super().__init__(max_length=200, allow_empty_file=True, **kwargs)
        self.error_messages["max_length"] = "The name of this file is too long. Give it a name under 200 letters, and choose it again."

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Check name, size and content; raises ValidationError with what would help."""
        upload = super().clean(data, initial)
        if isinstance(upload, UploadedFile):
            upload.content_type = self._kind_of(upload).content_type
        return upload

    def _kind_of(self, upload: "UploadedFile[Any]") -> Kind:
        limit = settings.FILE_UPLOAD_MAX_BYTES
        if not upload.size:
            raise ValidationError("This file is empty. Open it to check, and choose it again.", code="empty")
        if upload.size > limit:
            size = -(-upload.size // MEGABYTE)
            raise ValidationError(
                f"This file has {size} MB. The limit is {limit // MEGABYTE} MB. A scan in gray, or fewer pages, makes it smaller.",
                code="too_large",
            )
        ending = PurePath(upload.name or "").suffix.lower()
        kind = next((kind for kind in self.kinds if ending in kind.endings), None)
        if kind is None:
            raise ValidationError(
                f"We can’t take this kind of file. {HELP.get(ending, '')} We take {self.named}.".replace("  ", " "), code="kind"
            )
        _check_beginning(upload, kind)
        try:
            upload.seek(0)
            kind.open(upload)
        except Unreadable as broken:
            raise ValidationError(str(broken), code="unreadable") from None
        finally:
            upload.seek(0)
        return kind


def _check_beginning(upload: "UploadedFile[Any]", kind: Kind) -> None:
    """Refuse a file that begins like another kind than its name says."""
    upload.seek(0)
    try:
        ending = puremagic.from_string(upload.read(4096), filename=upload.name).lstrip(".")
    except puremagic.PureError:
        ending = ""
    found = KINDS.get(BEGINNINGS.get(ending, ""))
    if found is not None and found != kind:
        raise ValidationError(
            f"The name says {kind.name}, but the content is {found.name}. Save it with the right ending, and choose it again.",
            code="mismatch",
        )
