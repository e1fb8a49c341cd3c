"""What people type on the pages of agreements, made into clean values."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django import forms

from agreements.actions import Agreed
from agreements.queries import SetInAgreement
from agreements.states import Credential
from people.fields import ChoiceRadios, DocumentField, EmailField, MemorableDateField, NameField, TextField
from people.places import STATES
from people.templatetags.words import period
from programs.policy import Verdict


class BeginForm(forms.Form):
    """Which program of which college."""

    college = forms.ChoiceField(label="College")
    program = TextField(label="Name of the program", help_text="For example, Library and Information Technology", max_length=200)
    credential = ChoiceRadios(label="What graduates get", choices=Credential.choices)

    def __init__(self, *args: Any, colleges: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = list(colleges)
        field = self.fields["college"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (for the type checker)
        field.choices = choices
        if len(choices) == 1:
            field.widget, field.initial = forms.HiddenInput(), choices[0][0]


class ProgramForm(forms.Form):
    """The draft of a program: requirements, where they are published, and the courses for each set."""

    version = TextField(widget=forms.HiddenInput, max_length=40)
    requirements = TextField(
        label="What must a student do to graduate?",
        help_text="Credits, required courses, electives, internship. What every graduate completes.",
        max_length=8000,
        required=False,
        widget=forms.Textarea({"rows": 6}),
    )
    catalog_url = forms.URLField(
        label="Where is that published? (optional)",
        help_text="For example, https://www.college.edu/catalog/library",
        max_length=300,
        required=False,
        assume_scheme="https",
    )

    def __init__(self, *args: Any, rows: list[SetInAgreement], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        for row in rows:
            self.fields[f"courses_{row.set.code}"] = TextField(
                label=row.set.name,
                max_length=2000,
                required=False,
                initial=row.courses,
                widget=forms.Textarea({"rows": 2}),
            )

    def courses(self) -> dict[str, str]:
        """Give what was typed on courses, by the code of the set."""
        return {row.set.code: self.cleaned_data[f"courses_{row.set.code}"] for row in self.rows}

    def fields_of_sets(self) -> list[tuple[SetInAgreement, Any]]:
        """Give each set with its field, for the page."""
        return [(row, self[f"courses_{row.set.code}"]) for row in self.rows]


class AgreedForm(forms.Form):
    """What staff sign: the days, and for each set whether it is covered, or on which condition it can be shown.

    `months` and `months_before`: how long it lasts and reaches back under the Terms of today where no day is given. `sourced`: it was
    signed elsewhere, so the program is asked for, too, and where it is written.
    """

    agreement_on = MemorableDateField(label="Date of the agreement", help_text="For example, 6 9 2026")
    retroactive_to = MemorableDateField(label="First graduation that counts (optional)", required=False)
    ends_on = MemorableDateField(label="Last day (optional)", required=False)
    conditions = TextField(
        label="A note on the whole agreement (optional)",
        help_text="Anyone can read it.",
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(
        self, *args: Any, rows: list[SetInAgreement], months: int, months_before: int, sourced: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["retroactive_to"].help_text = f"Leave it blank for {period(months_before)} before the date of the agreement."
        self.fields["ends_on"].help_text = f"Leave it blank for {period(months)}. That day still counts."
        self.rows = rows
        for row in rows:
            code = row.set.code
            self.fields[f"covered_{code}"] = forms.BooleanField(label=f"{row.set.name} is covered", required=False, initial=row.covered)
            self.fields[f"condition_{code}"] = TextField(
                label=f"Or, how graduates show {row.set.name}",
                max_length=500,
                required=False,
                initial=row.condition,
            )
        if sourced:
            self.fields["program"] = TextField(
                label="Name of the program (optional)",
                help_text="For example, Library and Information Technology",
                max_length=200,
                required=False,
            )
            self.fields["credential"] = ChoiceRadios(label="What graduates get (optional)", choices=Credential.choices, required=False)
            self.fields["reason"] = TextField(
                label="Where does this come from?", help_text="For example, “Signed agreement in our files”", max_length=500
            )

    def clean(self) -> dict[str, Any]:
        """Refuse a set that is covered and on a condition at once."""
        cleaned: dict[str, Any] = super().clean() or {}
        for row in self.rows:
            if cleaned.get(f"covered_{row.set.code}") and cleaned.get(f"condition_{row.set.code}"):
                self.add_error(f"condition_{row.set.code}", f"{row.set.name} is covered, so it needs no condition. Keep one of the two")
        return cleaned

    def agreed(self) -> Agreed:
        """Give what was agreed."""
        words = self.cleaned_data
        sets = {row.set.code: words[f"covered_{row.set.code}"] or words[f"condition_{row.set.code}"] for row in self.rows}
        return Agreed(
            agreement_on=words["agreement_on"],
            retroactive_to=words["retroactive_to"],
            ends_on=words["ends_on"],
            sets=sets,
            conditions=words["conditions"],
        )

    def fields_of_sets(self) -> list[tuple[SetInAgreement, Any, Any]]:
        """Give each set with its two fields, for the page."""
        return [(row, self[f"covered_{row.set.code}"], self[f"condition_{row.set.code}"]) for row in self.rows]


class WordsForm(forms.Form):
    """What staff write to a college, or to a graduate: what is missing, or why not."""

    words = TextField(label="Reason", max_length=3000, widget=forms.Textarea({"rows": 4}))

    def __init__(self, *args: Any, label: str = "Reason", help_text: str = "The college will read this.", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].label, self.fields["words"].help_text = label, help_text


class EndForm(forms.Form):
    """The early end of an agreement."""

    last_day = MemorableDateField(label="Last day", help_text="Graduations up to this day still count.")
    reason = TextField(label="Reason", help_text="The college will read this.", max_length=2000, widget=forms.Textarea({"rows": 3}))


class JudgedForm(forms.Form):
    """A day of graduation that the agreement must cover. `judge` says whether it does."""

    graduated_on = MemorableDateField(label="Day of graduation", help_text="As on the transcript. For example, 5 16 2026.")

    def __init__(self, *args: Any, judge: Callable[[date], Verdict], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.judge = judge

    def clean_graduated_on(self) -> date:
        """Refuse a day that does not count, with the dates that do."""
        day: date = self.cleaned_data["graduated_on"]
        verdict = self.judge(day)
        if not verdict.counts:
            raise forms.ValidationError(verdict.message)
        return day


class PostForm(JudgedForm):
    """A graduate whom the college posts."""

    name = NameField(label="Name of the graduate", max_length=120)
    email = EmailField(
        label="Email address of the graduate", max_length=254, help_text="We will email them once about how the agreement helps."
    )
    field_order = ["name", "email", "graduated_on"]


class GraduateClaimForm(JudgedForm):
    """A graduate's claim with the final transcript."""

    transcript = DocumentField(label="Your final transcript", kinds=("pdf", "docx", "odt", "jpeg", "png"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        taken = self.fields["transcript"].help_text
        self.fields["transcript"].help_text = f"It names the degree or certificate and the day. A clear photo is fine. {taken}"


class CollegeForm(forms.Form):
    """A college to list."""

    name = TextField(label="Name of the college", max_length=200)
    state = forms.ChoiceField(label="State", choices=[("", "Choose"), *sorted(STATES.items(), key=lambda pair: pair[1])])


class ContactForm(forms.Form):
    """Someone who speaks for a college, by the address of their account."""

    email = EmailField(label="Email address of their account", max_length=254)
