"""What providers type: who they are, the pages of an application, the course map, and a request for a course nearby."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django import forms

from courses.models import Provider
from courses.queries.applications import MAP_FIELDS
from courses.states import AT_A_PLACE, Format, Pace, ProviderKind
from people.autosave import DraftForm
from people.fields import ChoiceRadios, DocumentField, EmailField, LineField, MemorableDateField, NameField, TextField
from people.places import STATES

MOST_PARTS = 8
MOST_CHARACTERS = 8000
KINDS = [(value, label) for value, label in ProviderKind.choices if value != ProviderKind.OTHER]


NAMED_STATES = sorted(STATES.items(), key=lambda pair: pair[1])
IN_A_STATE = [("", "Choose one, or skip it for another country"), *NAMED_STATES]


def long_text(label: str, *, help_text: str = "", rows: int = 6, required: bool = True) -> TextField:
    """Make a field for several paragraphs."""
    return TextField(label=label, help_text=help_text, max_length=MOST_CHARACTERS, required=required, widget=forms.Textarea({"rows": rows}))


def dollars_typed(cents: int | None) -> str:
    """Write a price as it is typed: 95, or 95.50; "" where none is known."""
    if cents is None:
        return ""
    whole, rest = divmod(cents, 100)
    return f"{whole}.{rest:02}" if rest else str(whole)


class ContactForm(forms.Form):
    """For whom someone wants to speak: a provider that we know, or a new one."""

    provider = forms.ModelChoiceField(
        queryset=Provider.objects.none(),
        label="Provider on our list",
        help_text="Skip this if yours is not on the list, and name it below.",
        required=False,
        empty_label="Not on the list",
    )
    new_name = TextField(
        label="Name of a new provider",
        help_text="For example, Prairie State Library. Consultants enter their own name.",
        max_length=200,
        required=False,
    )
    new_kind = ChoiceRadios(label="What kind of provider is it?", choices=KINDS, required=False)
    new_state = forms.ChoiceField(label="State", choices=[("", "None, or all states"), *NAMED_STATES], required=False)
    post = TextField(label="Your position there", help_text="For example, Continuing education coordinator", max_length=200)
    note = TextField(
        label="How can we check it?",
        help_text="For example, a page of the provider that names you, or a colleague’s email address.",
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["provider"].queryset = Provider.objects.order_by("folded")  # type: ignore[attr-defined]

    def clean_new_name(self) -> str:
        """Put the name on one line."""
        return " ".join(str(self.cleaned_data["new_name"]).split())

    def clean(self) -> dict[str, Any]:
        """Ask for one provider, and for the kind of a new one."""
        cleaned: dict[str, Any] = super().clean() or {}
        if "provider" not in cleaned or "new_name" not in cleaned:
            return cleaned
        if cleaned["provider"] and cleaned["new_name"]:
            self.add_error("new_name", "Choose a provider from the list or name a new one, not both")
        elif not cleaned["provider"] and not cleaned["new_name"]:
            self.add_error("provider", "Choose your provider, or name a new one below")
        elif cleaned["new_name"] and not cleaned.get("new_kind"):
            self.add_error("new_kind", "Say what kind of provider it is")
        return cleaned


class ChangedForm(DraftForm):
    """What a renewal changes."""

    changed = long_text(
        "What has changed since the course was approved?",
        help_text="Content, instructors, format, price. If nothing has, write “Nothing”. The other pages start with what was approved.",
    )


class CourseForm(DraftForm):
    """Title, set and parts. `judge` says what is wrong with the three, by field; `fixed`: set and parts are those of an approval."""

    title = TextField(label="Title of the course", help_text="As students find it. For example, Words That Help", max_length=200)
    set = forms.ChoiceField(label="Which competency set does it cover?", help_text="A course covers all competencies of one set.")
    parts = TextField(
        label="Does it consist of several courses? (optional)",
        help_text="If so, list each on its own line. A student earns the set when all of them are finished.",
        required=False,
        max_length=1700,
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(
        self,
        *args: Any,
        sets: list[tuple[str, str]],
        judge: Callable[[str, str, list[str]], tuple[str, str]],
        fixed: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.judge = judge
        chosen: Any = self.fields["set"]
        chosen.choices = sets if fixed else [("", "Choose one"), *sets]
        if fixed:
            del self.fields["parts"]

    def clean_title(self) -> str:
        """Put the title on one line."""
        return " ".join(str(self.cleaned_data["title"]).split())

    def clean(self) -> dict[str, Any]:
        """Hold the course against the provider's others in the catalog."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors:
            field, words = self.judge(cleaned["set"], cleaned["title"], cleaned.get("parts", []))
            if words:
                self.add_error(field, words)
        return cleaned

    def clean_parts(self) -> list[str]:
        """Read one course from each line; one alone is the course itself."""
        lines = [" ".join(line.split()) for line in str(self.cleaned_data["parts"]).splitlines()]
        parts = [line for line in lines if line]
        if len(parts) > MOST_PARTS:
            raise forms.ValidationError(f"Name {MOST_PARTS} courses at most. You named {len(parts)}")
        if any(len(part) > 200 for part in parts):
            raise forms.ValidationError("Each course needs a name of 200 characters or fewer")
        if len({part.casefold() for part in parts}) < len(parts):
            raise forms.ValidationError("Two of these courses have the same name")
        return parts if len(parts) > 1 else []


class ContentForm(DraftForm):
    """What is taught."""

    objectives = long_text("Objectives", help_text="What can a student do at the end?")
    syllabus = long_text("Syllabus", help_text="Week by week, or unit by unit.", rows=10)
    readings = long_text("Readings", help_text="Books, articles, pages, videos. One per line is fine.")


class MethodsForm(DraftForm):
    """How it is taught and how it is checked."""

    methods = long_text("Methods", help_text="How do students learn? For example, discussion, exercises at work, a project.")
    assessment = long_text("Assessment", help_text="How do you know that a student has learned it? What does it take to pass?")


class FormatForm(DraftForm):
    """How, when and for how much."""

    format = ChoiceRadios(label="How is it taught?", choices=Format.choices)
    pace = ChoiceRadios(label="Live or self-paced?", choices=Pace.choices)
    price = TextField(
        label="Price in dollars",
        help_text="For the whole course. For example, 95 or 95.50. Enter 0 if it is free.",
        max_length=12,
        widget=forms.TextInput({"class": "usa-input--small", "inputmode": "decimal", "autocomplete": "off"}),
    )
    city = LineField(
        label="City (optional for an online course)", help_text="Where students meet. For example, Columbus", max_length=100, required=False
    )
    state_code = forms.ChoiceField(label="State or territory", choices=IN_A_STATE, required=False)
    country = LineField(label="Country", help_text="Only if it is outside the United States", max_length=60, required=False)
    dates = TextField(
        label="When does it run?", help_text="For example, Every fall, six weeks from September; or, Any time", max_length=200
    )
    starts_on = MemorableDateField(label="Next start (optional)", help_text="For example, 9 14 2027.", required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for a place where students come to one; an online course has none."""
        cleaned: dict[str, Any] = super().clean() or {}
        return self._place(cleaned, cleaned.get("format", ""))

    def _place(self, cleaned: dict[str, Any], format: str) -> dict[str, Any]:
        if format == Format.ONLINE:
            return cleaned | dict.fromkeys(("city", "state_code", "country"), "")
        if format in AT_A_PLACE:
            if not cleaned.get("city") and "city" not in self.errors:
                self.add_error("city", "Enter the city where students meet")
            if cleaned.get("state_code") and cleaned.get("country"):
                self.add_error("country", "Leave this blank for a place in the United States")
            elif not cleaned.get("state_code") and not cleaned.get("country") and "country" not in self.errors:
                self.add_error("state_code", "Choose the state, or name the country below")
        return cleaned

    def clean_price(self) -> int:
        """Read dollars as cents."""
        text = str(self.cleaned_data["price"]).replace("$", "").replace(",", "").strip()
        try:
            price = Decimal(text)
        except ArithmeticError:
            raise forms.ValidationError("Enter the price as a number, for example 95 or 95.50") from None
        if not price.is_finite() or price < 0 or price > 20_000:
            raise forms.ValidationError("Enter a price from 0 to 20,000 dollars")
        cents = price * 100
        if cents != int(cents):
            raise forms.ValidationError("Enter dollars and cents, for example 95.50")
        return int(cents)


class CourseContactForm(DraftForm):
    """Whom students ask about the course."""

    contact_name = NameField(label="Name", help_text="Students will see this in the catalog.", max_length=120)
    contact_email = EmailField(label="Email", max_length=254)
    website = forms.URLField(
        label="Page of the course (optional)",
        help_text="For example, https://library.example/courses",
        required=False,
        max_length=200,
        assume_scheme="https",
    )


class EntryForm(FormatForm, CourseContactForm):
    """What the catalog says of a course and its provider keeps up to date. `lenient`: what is not known yet may stay open, for staff.

    `taught` is how the course was approved: online, or at a place.
    """

    version = format = pace = None  # type: ignore[assignment]

    def __init__(self, *args: Any, taught: str, lenient: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.taught, self.lenient = taught, lenient
        if taught == Format.ONLINE:
            del self.fields["city"], self.fields["state_code"], self.fields["country"]
        else:
            self.fields["city"].help_text = "Where students meet, for example Columbus"
        for name, field in self.fields.items():
            field.required = field.required and not (lenient and self.initial.get(name) in ("", None))

    def clean(self) -> dict[str, Any]:
        """Ask for the place of a course that has one; staff may leave open what is not known."""
        cleaned: dict[str, Any] = forms.Form.clean(self) or {}
        unknown = self.lenient and not any(cleaned.get(name) or self.initial.get(name) for name in ("city", "state_code", "country"))
        return cleaned if unknown or self.taught == Format.ONLINE else self._place(cleaned, self.taught)

    def clean_price(self) -> int | None:  # type: ignore[override]
        """Read dollars as cents; None where it stays open."""
        return super().clean_price() if self.cleaned_data["price"] else None


class InstructorForm(forms.Form):
    """One instructor with a resume."""

    name = NameField(label="Name of the instructor", max_length=120)
    background = TextField(
        label="Background in a few words (optional)",
        help_text="For example, Youth librarian for 12 years, teaches since 2019",
        max_length=500,
        required=False,
    )
    resume = DocumentField(label="Resume", kinds=("pdf", "docx", "odt"))


class MapForm(DraftForm):
    """The course map: four texts for each competency, kept as they stand; `seen` is the version that the person saw."""

    def __init__(self, *args: Any, rows: list[tuple[Any, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        for competency, row in rows:
            for name in MAP_FIELDS:
                self.fields[f"{name}_{competency.number}"] = TextField(
                    label=f"{name.capitalize()}, competency {competency.number}",
                    initial=getattr(row, name),
                    required=False,
                    max_length=2000,
                    widget=forms.Textarea({"rows": 3}),
                )

    def grid(self) -> list[tuple[Any, list[tuple[str, Any]]]]:
        """Give each competency with its four fields, for the table."""
        return [(competency, [(name, self[f"{name}_{competency.number}"]) for name in MAP_FIELDS]) for competency, _ in self.rows]

    def texts(self) -> dict[int, dict[str, str]]:
        """Give the clean texts by the number of the competency."""
        return {
            competency.number: {name: str(self.cleaned_data.get(f"{name}_{competency.number}", "")).strip() for name in MAP_FIELDS}
            for competency, _ in self.rows
        }


class CourseRequestForm(forms.Form):
    """A course that someone looks for."""

    place = TextField(label="Where?", help_text="A town, a county or a state. For example, Bangor, Maine", max_length=200)
    set = forms.ChoiceField(label="For which set? (optional)", required=False)
    email = EmailField(label="Your email address", help_text="We will answer by email and use it for nothing else.", max_length=254)
    words = TextField(
        label="Anything else? (optional)",
        help_text="For example, evenings only, or in person.",
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, *args: Any, sets: list[tuple[str, str]], email: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["set"]
        chosen.choices = [("", "Any set"), *sets]
        if email:
            del self.fields["email"]
