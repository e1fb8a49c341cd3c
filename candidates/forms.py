"""What people type on the pages of an application and a plan, made into clean values."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from candidates.states import DiplomaKind, Item, LibraryKind, RefusalReason, Way
from people.fields import ChoiceRadios, DocumentField, HoursField, MemorableDateField, NameField
from people.templatetags.words import longdate

AGES = [
    ("under25", "Under 25"),
    ("25-34", "25 to 34"),
    ("35-44", "35 to 44"),
    ("45-54", "45 to 54"),
    ("55-64", "55 to 64"),
    ("65", "65 or over"),
]
GENDERS = [("woman", "Woman"), ("man", "Man"), ("nonbinary", "Nonbinary"), ("other", "Another answer")]
ETHNICITIES = [
    ("native", "American Indian or Alaska Native"),
    ("asian", "Asian"),
    ("black", "Black or African American"),
    ("latino", "Hispanic or Latino"),
    ("mideast", "Middle Eastern or North African"),
    ("pacific", "Native Hawaiian or Pacific Islander"),
    ("white", "White"),
    ("several", "More than one of these"),
    ("other", "Another answer"),
]
UNSAID = [("unsaid", "Prefer not to say")]


class Page(forms.Form):
    """A question page. `version` is that of the page as it was shown, so that no other tab's save is overwritten."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput, required=False)

    def typed(self) -> dict[str, Any]:
        """Give what was typed, valid or not, in a shape that `initial` takes back and JSON can keep."""
        fields = {name: field for name, field in self.fields.items() if name != "version"}
        raw = {name: field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name)) for name, field in fields.items()}
        return {name: _short(value) for name, value in raw.items()}

    def values(self) -> dict[str, Any]:
        """Give the clean answers, without the version."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}

    @property
    def seen(self) -> int:
        """Give the version that the person saw; -1 when the form did not say, which never matches."""
        text = str(self.data.get("version", ""))
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1


def _short(value: Any) -> Any:
    """Keep a draft's text within bounds: no field takes more than a few thousand letters, so nothing real is cut."""
    if isinstance(value, str):
        return value.replace("\0", "")[:20_000]
    if isinstance(value, list):
        return [_short(part) for part in value][:50]
    return value


class WhoForm(Page):
    """The two names of a person."""

    name = NameField(
        label="Your name, as it should be printed on your certificate",
        help_text="For example, Alice Marie Moreau",
        max_length=120,
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    called = NameField(
        label="What we call you",
        help_text="In mails and on the pages. For example, Alice",
        max_length=60,
        widget=forms.TextInput({"autocomplete": "given-name"}),
    )


class DiplomaForm(Page):
    """The applicant's statement on schooling."""

    diploma = ChoiceRadios(label="What do you have?", choices=DiplomaKind.choices)
    diploma_statement = forms.CharField(
        label="Where and when did you get it?",
        help_text="For example, Lincoln High School, Springfield, 2002. The program takes your word, and may ask for a copy.",
        max_length=300,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """Ask where and when, unless there is none."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("diploma") not in (None, DiplomaKind.NONE) and not cleaned.get("diploma_statement"):
            self.add_error("diploma_statement", "Say where and when you got it, as well as you remember")
        return cleaned


class MemberForm(Page):
    """Whether the applicant is an ALA member, and the number."""

    is_member = ChoiceRadios(label="Are you a member of the American Library Association (ALA)?", choices=[("yes", "Yes"), ("no", "No")])
    member_number = forms.CharField(
        label="Your ALA member number",
        help_text="Only if you are a member. It is on your membership card and in ALA’s mails. For example, 1234567",
        max_length=20,
        required=False,
        widget=forms.TextInput({"class": "usa-input--medium", "inputmode": "numeric", "autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        """Ask a member for the number, as digits; forget a number that a non-member typed."""
        cleaned: dict[str, Any] = super().clean() or {}
        number = str(cleaned.get("member_number") or "").replace(" ", "").replace("-", "")
        if cleaned.get("is_member") == "yes" and "member_number" in cleaned:
            if not number:
                self.add_error("member_number", "Enter your ALA member number. Without it, choose No and pay the fee for everybody")
            elif not (number.isascii() and number.isdigit()):
                self.add_error("member_number", "A member number has digits only, for example 1234567")
        cleaned["member_number"] = number if cleaned.get("is_member") == "yes" else ""
        return cleaned

    def values(self) -> dict[str, Any]:
        """Give the answers as the application keeps them."""
        return {"is_member": self.cleaned_data["is_member"] == "yes", "member_number": self.cleaned_data["member_number"]}


NO_HOURS = "Enter more than 0 hours a week"
NO_HOURS_SAID = "Enter the hours of a usual week"
TOO_MANY_HOURS = "A week has 168 hours. Enter the hours of a usual week"
HOURS_HELP = "A usual week. For example, 12 or 12.5. No week counts more than 40 hours in all."


def _wrong_begin(began: date | None, *, today: date) -> str:
    if began and began > today:
        return f"The first day can’t be after today, {longdate(today)}. Add this work when it has begun"
    return ""


def _wrong_end(began: date | None, ended: date | None, *, today: date) -> str:
    if began and ended and ended < began:
        return f"The last day can’t be before the first day, {longdate(began)}"
    if ended and ended > today:
        return f"The last day can’t be after today, {longdate(today)}. Leave it empty if you still work there"
    return ""


class SpellForm(Page):
    """One spell of work. `today` is the date where the person is: nothing later counts."""

    library = forms.CharField(
        label="Name of the library",
        help_text="For example, Marlow County Library",
        max_length=200,
        error_messages={"required": "Enter the name of the library"},
    )
    kind = forms.ChoiceField(label="Type of library", choices=[("", "Choose one"), *LibraryKind.choices])
    post = forms.CharField(
        label="What you did there",
        help_text="Your job title, or a few words",
        max_length=200,
        error_messages={"required": "Say what you did there"},
    )
    paid = ChoiceRadios(label="Were you paid?", choices=[("paid", "Paid"), ("volunteer", "Volunteer")])
    began_on = MemorableDateField(
        label="First day",
        help_text="For example, 3 4 2024. If you don’t know the day, enter 1.",
        error_messages={"required": "Enter the first day"},
    )
    ended_on = MemorableDateField(label="Last day", help_text="Leave this empty if you still work there.", required=False)
    hours_a_week = HoursField(
        label="Hours a week",
        help_text=HOURS_HELP,
        max_value=Decimal(168),
        error_messages={"required": NO_HOURS_SAID, "max_value": TOO_MANY_HOURS},
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_hours_a_week(self) -> Decimal:
        """Refuse no hours at all."""
        hours: Decimal = self.cleaned_data["hours_a_week"]
        if hours <= 0:
            raise forms.ValidationError(NO_HOURS)
        return hours

    def clean_began_on(self) -> date:
        """Refuse work that has not begun."""
        began: date = self.cleaned_data["began_on"]
        if wrong := _wrong_begin(began, today=self.today):
            raise forms.ValidationError(wrong)
        return began

    def clean(self) -> dict[str, Any]:
        """Hold the last day against the first day and today."""
        cleaned: dict[str, Any] = super().clean() or {}
        if wrong := _wrong_end(cleaned.get("began_on"), cleaned.get("ended_on"), today=self.today):
            self.add_error("ended_on", wrong)
        return cleaned

    def values(self) -> dict[str, Any]:
        """Give the spell as it is kept."""
        return {**super().values(), "paid": self.cleaned_data["paid"] == "paid"}


class CanIApplyForm(Page):
    """What a visitor says of schooling and work, in `rows` spells of work; nothing of it is kept.

    A spell without a word in it is left out, the first one is needed.
    """

    def __init__(self, *args: Any, rows: int, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.rows = today, rows
        self.fields["diploma"] = ChoiceRadios(
            label="Do you have a high-school diploma or its equivalent?",
            choices=[("yes", "Yes, or a diploma from another country"), ("no", "Not yet")],
            error_messages={"required": "Say whether you have a high-school diploma or its equivalent"},
        )
        for row in range(rows):
            needed = row == 0
            self.fields[f"library_{row}"] = forms.CharField(
                label="Name of the library", help_text="If you like: it tells the lines apart.", max_length=200, required=False
            )
            self.fields[f"began_on_{row}"] = MemorableDateField(
                label="First day",
                help_text="For example, 3 4 2024. If you don’t know the day, enter 1.",
                required=needed,
                error_messages={"required": "Enter the first day of your work"},
            )
            self.fields[f"ended_on_{row}"] = MemorableDateField(
                label="Last day", help_text="Leave this empty if you still work there.", required=False
            )
            self.fields[f"hours_a_week_{row}"] = HoursField(
                label="Hours a week",
                help_text=HOURS_HELP if needed else "A usual week.",
                max_value=Decimal(168),
                required=needed,
                error_messages={"required": NO_HOURS_SAID, "max_value": TOO_MANY_HOURS},
            )

    def clean(self) -> dict[str, Any]:
        """Check the spells one by one."""
        cleaned: dict[str, Any] = super().clean() or {}
        for row in range(self.rows):
            self._clean_row(row, cleaned)
        return cleaned

    def _clean_row(self, row: int, cleaned: dict[str, Any]) -> None:
        names = [f"{name}_{row}" for name in ("began_on", "ended_on", "hours_a_week")]
        began, ended, hours = (cleaned.get(name) for name in names)
        said = bool(began or ended or hours is not None or cleaned.get(f"library_{row}"))
        if row and said and not any(name in self.errors for name in names):
            if began is None:
                self.add_error(names[0], "Enter the first day of your work")
            if hours is None:
                self.add_error(names[2], NO_HOURS_SAID)
        if wrong := _wrong_begin(began, today=self.today):
            self.add_error(names[0], wrong)
        if wrong := _wrong_end(began, ended, today=self.today):
            self.add_error(names[1], wrong)
        if hours is not None and hours <= 0:
            self.add_error(names[2], NO_HOURS)

    @property
    def spells(self) -> list[dict[str, Any]]:
        """Give the spells that are whole and right, whatever is wrong elsewhere."""
        if not self.is_bound:
            return []
        self.is_valid()
        rows = [self._spell(row) for row in range(self.rows)]
        return [row for row in rows if row["began_on"] and row["hours_a_week"] and row["right"]]

    def _spell(self, row: int) -> dict[str, Any]:
        names = ("began_on", "ended_on", "hours_a_week")
        return {
            **{name: self.cleaned_data.get(f"{name}_{row}") for name in names},
            "library": self.cleaned_data.get(f"library_{row}") or f"Work {row + 1}",
            "right": not any(f"{name}_{row}" in self.errors for name in names),
        }

    @property
    def groups(self) -> list[tuple[int, list[forms.BoundField]]]:
        """Give the fields of each spell, with its number from 1."""
        names = ("library", "began_on", "ended_on", "hours_a_week")
        return [(row + 1, [self[f"{name}_{row}"] for name in names]) for row in range(self.rows)]

    def without(self, row: int) -> dict[str, Any]:
        """Give what was typed without one spell, as a form of one row less takes it back."""
        kept: dict[str, Any] = {}
        for name, value in self.typed().items():
            stem, _, number = name.rpartition("_")
            if not number.isdecimal():
                kept[name] = value
            elif int(number) != row:
                kept[f"{stem}_{int(number) - (int(number) > row)}"] = value
        return kept


class ResumeForm(forms.Form):
    """The resume as a file."""

    resume = DocumentField(label="Your resume", kinds=("pdf", "docx", "odt", "jpeg", "png"))


class LetterForm(forms.Form):
    """A letter or another proof as a file."""

    letter = DocumentField(label="The letter or proof", kinds=("pdf", "docx", "odt", "jpeg", "png"))


class ReplyForm(forms.Form):
    """What an applicant says to staff with the answer."""

    reply = forms.CharField(
        label="Is there something you want to tell staff?",
        help_text="You need this only where a part is right as it is, or you can’t send what they ask for.",
        max_length=3000,
        required=False,
        widget=forms.Textarea({"rows": 4}),
    )


class AnswersForm(Page):
    """The optional questions."""

    why = forms.CharField(
        label="Why do you want to enroll?",
        help_text="A few words are enough.",
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 4}),
    )
    age = ChoiceRadios(label="How old are you?", choices=[*AGES, *UNSAID], required=False)
    gender = ChoiceRadios(label="What is your gender?", choices=[*GENDERS, *UNSAID], required=False)
    ethnicity = ChoiceRadios(label="How do you describe yourself?", choices=[*ETHNICITIES, *UNSAID], required=False)


class AskForm(forms.Form):
    """What staff need to know, part by part: a part with a note is opened again."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for item in Item:
            self.fields[f"note_{item}"] = forms.CharField(
                label=ASKED_PARTS[item], max_length=2000, required=False, widget=forms.Textarea({"rows": 2})
            )

    def clean(self) -> dict[str, Any]:
        """Ask for one note at least."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and not self.notes():
            self.add_error(f"note_{Item.WHO}", "Say of at least one part what is needed. A part without a note stays closed")
        return cleaned

    def notes(self) -> dict[str, str]:
        """Give the notes by part."""
        named = {item: str(self.cleaned_data.get(f"note_{item}", "")) for item in Item}
        return {item.value: note for item, note in named.items() if note}


ASKED_PARTS = {
    Item.WHO: "The names",
    Item.DIPLOMA: "The schooling",
    Item.MEMBER: "The ALA membership",
    Item.WORK: "The library work",
    Item.RESUME: "The resume",
    Item.LETTER: "A letter or another proof, as a file",
}


class ReasonForm(forms.Form):
    """A reason in staff's words."""

    reason = forms.CharField(label="Why?", help_text="It stays in the file.", max_length=2000, widget=forms.Textarea({"rows": 2}))


class RefuseForm(forms.Form):
    """Why staff say no, what would help, and from when."""

    reason_code = ChoiceRadios(
        label="Why can’t this person be admitted?",
        choices=RefusalReason.choices,
        descriptions={
            RefusalReason.HOURS: "The fee goes back in full.",
            RefusalReason.DIPLOMA: "The fee goes back in full.",
            RefusalReason.PROOF: "The fee goes back in full.",
            RefusalReason.OTHER: "The fee stays. A refund is a decision of its own.",
        },
    )
    reason = forms.CharField(
        label="What did you find, and what would make the person eligible?",
        help_text="The person reads this in the mail and on the page.",
        max_length=3000,
        widget=forms.Textarea({"rows": 6}),
    )
    eligible_from = MemorableDateField(
        label="From when could the person apply again?", help_text="Leave this empty if there is no such day.", required=False
    )


class PlanForm(forms.Form):
    """Which electives are on the plan, and the way in mind for each set that is not achieved."""

    def __init__(self, *args: Any, electives: Mapping[str, str], planned: Mapping[str, str], most: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.most = most
        for code, name in planned.items():
            self.fields[f"way_{code}"] = forms.ChoiceField(
                label=f"How you will do {name}", choices=[("", "Not decided yet"), *Way.choices], required=False
            )
        self.fields["electives"] = forms.MultipleChoiceField(
            label="Your electives", choices=list(electives.items()), required=False, widget=forms.CheckboxSelectMultiple
        )

    def clean_electives(self) -> list[str]:
        """Refuse more electives than there are places."""
        chosen: list[str] = self.cleaned_data["electives"]
        if len(chosen) > self.most:
            raise forms.ValidationError(f"Choose {self.most} electives at most. You chose {len(chosen)}")
        return chosen

    def ways(self) -> dict[str, str]:
        """Give the way in mind by set."""
        return {name.removeprefix("way_"): value for name, value in self.cleaned_data.items() if name.startswith("way_")}
