"""How dates, hours, money and mistakes are written for people, the same in every app."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django import template
from django.forms import BoundField, Field, FileField
from django.forms.forms import BaseForm
from django.utils import timezone

from people.pages import COUNTED

register = template.Library()

SPELLED = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
# The first mark that a user agent holds names it; browsers also claim to be those further down.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
DEVICES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)
REQUIRED = str(Field.default_error_messages["required"])


def _local(moment: date) -> date:
    """A moment in the reader's zone; a date stays as it is."""
    return timezone.localtime(moment) if isinstance(moment, datetime) and timezone.is_aware(moment) else moment


@register.filter
def longdate(day: date | None) -> str:
    """Write a day in a sentence: January 20, 2030."""
    if not day:
        return ""
    day = _local(day)
    return f"{MONTHS[day.month - 1]} {day.day}, {day.year}"


@register.filter
def shortdate(day: date | None) -> str:
    """Write a day in a table or on a slip: Jan 20, 2030."""
    if not day:
        return ""
    day = _local(day)
    return f"{MONTHS[day.month - 1][:3]} {day.day}, {day.year}"


@register.filter
def clock(at: datetime | None) -> str:
    """Write the hour in the reader's zone: 2:14 pm."""
    if not at:
        return ""
    local = timezone.localtime(at)
    return f"{local.hour % 12 or 12}:{local:%M} {'am' if local.hour < 12 else 'pm'}"


@register.filter
def clock_with_zone(at: datetime | None) -> str:
    """Write the hour with the reader's zone, where people in other zones read the same line: 2:14 pm EST."""
    return f"{clock(at)} {timezone.localtime(at):%Z}" if at else ""


@register.filter
def dollars(cents: int | None) -> str:
    """Write an amount in cents: $350, or $52.50."""
    if cents is None:
        return ""
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}${whole:,}{f'.{rest:02}' if rest else ''}"


@register.filter
def spelled(number: int) -> str:
    """Write a small number as a word, a larger one in digits."""
    return SPELLED[number] if 0 <= number < len(SPELLED) else f"{number:,}"


@register.filter
def counted(number: int, noun: str) -> str:
    """Write a number with its noun: `2|counted:"day"` is 2 days; `counted:"library,libraries"` where an s is not enough."""
    singular, _, plural = noun.partition(",")
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


@register.filter
def bounded(number: int, noun: str) -> str:
    """Write the count of a page of `people.pages` with its noun, as `counted` does: More than 1,000 certificates."""
    return f"More than {counted(COUNTED, noun)}" if number > COUNTED else counted(number, noun)


@register.filter
def period(months: int) -> str:
    """Write a number of months as people say it: 48 is four years, 12 is one year, 18 is 18 months."""
    years, rest = divmod(months, 12)
    if years and not rest:
        return f"{spelled(years)} year{'s' if years > 1 else ''}"
    return f"{spelled(months)} month{'s' if months != 1 else ''}"


@register.filter
def browser(user_agent: str) -> str:
    """Name the browser and the kind of device that a user-agent header claims: Firefox on Windows."""
    name = next((name for mark, name in BROWSERS if mark in user_agent), "A browser")
    device = next((device for mark, device in DEVICES if mark in user_agent), "")
    return f"{name} on {device}" if device else name


@register.filter
def said(error: object, field: BoundField) -> str:
    """Say what to do instead of Django's "This field is required."; every other message stays as its author wrote it."""
    if str(error) != REQUIRED:
        return str(error)
    if field.widget_type == "checkbox":
        verb = "Check the box"
    elif isinstance(field.field, FileField):
        verb = "Choose a file for"
    else:
        verb = "Choose an answer for" if hasattr(field.field, "choices") else "Fill in"
    return f"{verb} “{field.label.rstrip('.:')}”"


@dataclass(frozen=True, slots=True)
class Mistake:
    """One line of the error summary: what to do, and the id of the control where it is done."""

    text: str
    target: str


@register.filter
def mistakes(form: BaseForm | None) -> list[Mistake]:
    """Gather a bound form's errors in the order of its fields, those of the whole form first."""
    return list(_mistakes(form)) if form is not None and form.is_bound else []


def _mistakes(form: BaseForm) -> Iterator[Mistake]:
    for error in form.non_field_errors():
        yield Mistake(str(error), "")
    for field in form:
        for error in field.errors:
            yield Mistake(said(error, field), "" if field.is_hidden else anchor(field))


@register.filter
def files_said(form: BaseForm) -> str:
    """What became of the files of a form that came back: kept, or to be chosen again. Empty where none was sent."""
    fields = [form[name] for name, field in form.fields.items() if isinstance(field, FileField)]
    if getattr(form, "has_kept_files", False) or any(getattr(field.field.widget, "kept", ()) for field in fields):
        return " Your file is also saved."
    return " You only need to choose the file again." if any(field.errors or form.files.get(field.html_name) for field in fields) else ""


@register.filter
def anchor(field: BoundField) -> str:
    """The id of the control where typing goes on: the first of several."""
    if field.id_for_label:
        return field.id_for_label
    widget = field.subwidgets[0].data
    first = widget["subwidgets"][0] if "subwidgets" in widget else widget
    return str(first["attrs"].get("id", ""))
