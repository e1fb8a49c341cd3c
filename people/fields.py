"""Form fields that accept what people type, say what would help, and are drawn as the style sheet knows them."""

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from people import documents, numbers, text
from people.file_types import KINDS, FileType, by_name, help_with
from people.templatetags.words import MONTHS

if TYPE_CHECKING:
    from people.models import Document, User

PARTS = ("month", "day", "year")
INVALID_EMAIL = "Enter an email address like alice@library.org. Check for spaces and missing letters."


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
    if match := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text):
        return [match[2], match[3], match[1]]
    if match := re.fullmatch(r"(\d{1,2}|[A-Za-z]+\.?)[\s/.,-]+(\d{1,2})[\s/.,-]+(\d{2,4})", text):
        return [match[1], match[2], match[3]]
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


class TextField(forms.CharField):
    """A text in its normal form: see `people.text`. Every field of ours that takes text is one, but for passwords."""

    def to_python(self, value: Any) -> str:
        """Read the text; raises ValidationError with what would help."""
        try:
            typed = self.read(value if isinstance(value, str) else "" if value in self.empty_values else str(value))
        except text.Unreadable as refused:
            raise ValidationError(refused.message, code="unreadable") from None
        return super().to_python(typed) or ""

    def read(self, typed: str) -> str:
        """Bring it to its normal form."""
        return text.clean_text(typed)


class LineField(TextField):
    """One line of text that can be printed, with single spaces."""

    def read(self, typed: str) -> str:
        """Bring it to one line."""
        return text.clean_line(typed)


class TypedName(str):
    """A name as it was sent; `whole` when someone said that it is the whole name and nothing else."""

    whole: bool

    def __new__(cls, typed: str, *, whole: bool) -> "TypedName":
        """Keep what was said beside it."""
        name = super().__new__(cls, typed)
        name.whole = whole
        return name


class NameInput(forms.TextInput):
    """A name; below one of very many words, a box to say that it is the whole name. What is stored already was said to be."""

    template_name = "django/forms/widgets/name.html"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """The name, with what was said of it."""
        typed = super().value_from_datadict(data, files, name)
        return TypedName(typed, whole=f"{name}-whole" in data) if isinstance(typed, str) else typed

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Show the box where there is something to ask."""
        is_long = isinstance(value, str) and len(value.split()) > settings.NAME_WORDS_MOST
        return super().get_context(name, value, attrs) | {"asked": is_long, "whole": getattr(value, "whole", True)}


class NameField(TextField):
    """A person's name in one line with single spaces; refuses what reads like an address, asks once about a sentence."""

    widget = NameInput

    def read(self, typed: str) -> str:
        """Bring it to one line of letters."""
        name, most = text.clean_name(typed, most_words=None), settings.NAME_WORDS_MOST
        if len(name.split()) > most and not getattr(typed, "whole", False):
            raise text.Unreadable(f"This has more than {most} words. Is it the whole name, and nothing else? Then check the box below it.")
        return name


class EmailField(TextField, forms.EmailField):
    """An email address, also as it was pasted: with a name, brackets, mailto: or a full stop around it. In lower case."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.error_messages.setdefault("invalid", INVALID_EMAIL)

    def read(self, typed: str) -> str:
        """Take the address out of it."""
        return text.clean_email(typed)


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
            try:
                value = numbers.plain(value)
            except numbers.TwoWays as error:
                raise ValidationError(error.message, code="two_ways") from None
        return super().to_python(value)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Make the box small, and open the keyboard for numbers."""
        return {"class": "usa-input--small", "inputmode": "decimal", "autocomplete": "off"}


class WholeNumberField(forms.IntegerField):
    """A whole number as people write it: 1200, 1,200 or 1.200,0. Cleans to an int; a part is refused."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> int | None:
        """Read a number with a point or a comma between thousands."""
        if isinstance(value, str) and not re.fullmatch(r"[1-9]\d{0,2},\d{3}", value.strip(), re.ASCII):
            try:
                value = numbers.plain(value)
            except numbers.TwoWays as error:
                raise ValidationError(error.message, code="two_ways") from None
        elif isinstance(value, str):
            # No one types a part of a whole number with a comma and three digits.
            value = value.replace(",", "")
        return super().to_python(value)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Make the box small, and open the keyboard for numbers."""
        return {"class": "usa-input--small", "inputmode": "numeric", "autocomplete": "off"}


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


MEGABYTE = 1024 * 1024


# Every kind by its name would be a list that no one reads.
EVERYTHING = "PDF, Office, OpenDocument, pictures (JPEG, PNG, WebP, GIF, HEIC), sound (MP3, M4A, WAV), video (MP4, MOV, WebM) or text"


def either(names: list[str]) -> str:
    """One, or another, or another."""
    return " or ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)


class DocumentInput(forms.FileInput):
    """A file, or several; and what the form kept of those that were sent before, when something else was wrong."""

    template_name = "django/forms/widgets/document.html"

    def __init__(self, attrs: dict[str, Any] | None = None, *, several: bool = False) -> None:
        self.allow_multiple_selected = several
        self.kept: list[Document] = []
        super().__init__(attrs)

    def __deepcopy__(self, memo: dict[int, Any]) -> "DocumentInput":
        """Let each form keep its own."""
        copied: DocumentInput = super().__deepcopy__(memo)
        copied.kept = []
        return copied

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """The files that come now, and the ids of those that were kept; a new file takes the place of a kept one."""
        sent = files.getlist(name) if hasattr(files, "getlist") else [files[name]] if files.get(name) else []
        kept_files = [documents.Kept(id) for id in _ids(data, f"{name}-kept")]
        if self.allow_multiple_selected:
            return [*kept_files, *sent]
        return sent[0] if sent else kept_files[0] if kept_files else None

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Whether the form says nothing about it."""
        return name not in files and f"{name}-kept" not in data

    def use_required_attribute(self, initial: Any) -> bool:
        """A browser must not ask again for what was kept."""
        return super().use_required_attribute(initial) and not self.kept

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Say the limits to the script that looks at a file before it is sent."""
        limits = {"data-limit": settings.FILE_UPLOAD_MAX_BYTES, "data-limit-together": settings.FILES_MAX_BYTES}
        return super().get_context(name, value, {**limits, **(attrs or {})}) | {"kept": self.kept}


def _ids(data: Any, name: str) -> Iterator[UUID]:
    for value in data.getlist(name) if hasattr(data, "getlist") else [data[name]] if name in data else []:
        with suppress(ValueError):
            yield UUID(value)


class DocumentField(forms.FileField):
    """A file from a person: of a kind that we take by its name and by its content, and no larger than the limit.

    What is in it is looked at by the worker, later. Cleans to the upload, whose `content_type` is then the kind that we found, not the one
    that the browser claimed; or to a `documents.Kept`, which stands for a file that this form sent before.
    """

    several = False

    def __init__(self, *, kinds: Iterable[str] = tuple(KINDS), **kwargs: Any) -> None:
        taken = dict.fromkeys(kinds)
        if "jpeg" in taken:  # Where a photo is taken, that of a phone is.
            taken["heic"] = None
        self.kinds = tuple(KINDS[kind] for kind in taken)
        self.named = EVERYTHING if len(self.kinds) == len(KINDS) else either([kind.name for kind in self.kinds])
        accept = ",".join(ending for kind in self.kinds for ending in kind.endings)
        kwargs.setdefault("help_text", f"{self.named}, up to {settings.FILE_UPLOAD_MAX_BYTES // MEGABYTE} MB")
        kwargs.setdefault("widget", DocumentInput({"accept": accept}, several=self.several))
        super().__init__(max_length=200, allow_empty_file=True, **kwargs)
        self.error_messages["max_length"] = "The name of this file is too long. Give it a name under 200 characters, and choose it again."

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Check name, size and content; raises ValidationError with what would help."""
        if isinstance(data, documents.Kept):
            return data
        upload = super().clean(data, initial)
        if isinstance(upload, UploadedFile):
            upload.content_type = self._kind_of(upload).content_type
        return upload

    def _kind_of(self, upload: "UploadedFile[Any]") -> FileType:
        has_ending = bool(PurePath(upload.name or "").suffix)
        if upload.size and has_ending and by_name(upload.name or "") not in self.kinds:
            message = f"We can’t accept this kind of file. {help_with(upload.name or '')} We accept {self.named}."
            raise ValidationError(message.replace("  ", " "), code="kind")
        try:
            return documents.identify(upload)
        except documents.Refused as refused:
            raise ValidationError(refused.message, code="refused") from None


class FilesField(DocumentField):
    """Any number of files of one person; cleans to a list."""

    several = True

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Check each file, and name the one that can't be taken."""
        sent = data if isinstance(data, list) else [data] if data else []
        if self.required and not sent:
            raise ValidationError(self.error_messages["required"], code="required")
        cleaned = []
        for upload in sent:
            try:
                cleaned.append(super().clean(upload, initial))
            except ValidationError as refusal:
                raise ValidationError([f"{upload.name}: {words}" for words in refusal.messages]) from None
        return cleaned


def keep_files(form: forms.BaseForm, owner: "User", *, at: datetime) -> None:
    """Keep the files of a form in which something else is wrong: the form shows their names, and sending it again takes them.

    A file that can't be kept is a mistake at its field.
    """
    for name, field in form.fields.items():
        if not isinstance(field, DocumentField) or name in form.errors or not form.cleaned_data.get(name):
            continue
        value = form.cleaned_data[name]
        try:
            kept_documents = [_kept(upload, owner, at=at) for upload in (value if isinstance(value, list) else [value])]
        except documents.Refused as refused:
            form.add_error(name, refused.message)
        else:
            cast(DocumentInput, field.widget).kept = [document for document in kept_documents if document is not None]


def _kept(upload: Any, owner: "User", *, at: datetime) -> "Document | None":
    if isinstance(upload, documents.Kept):
        return documents.find_kept(owner, upload)
    return documents.keep(owner, upload, kind=documents.WITH_FORM, at=at)
