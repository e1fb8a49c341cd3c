"""What holders type about their learning, and staff about a renewal, made into clean values."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms

from people import numbers
from people.autosave import DraftForm
from people.fields import ChoiceRadios, FilesField, LineField, MemorableDateField, TextField
from people.templatetags.words import longdate
from renewals import policy
from renewals.actions import Marked
from renewals.models import Activity
from renewals.policy import MOST, UNITS, LearningKind, Unit, read_minutes, to_minutes, write_hours
from renewals.queries import NOUNS, WORTH, ActivityLine, write_amount
from renewals.states import ActivityKind, Mark

if TYPE_CHECKING:
    from programs.models import CompetencySet

# Documents as they are handed out at workshops, and photos of them.
PROOFS = ("pdf", "docx", "odt", "jpeg", "png")
ASKED = {
    Unit.MINUTE: ("How long was it, in minutes?", "For example, 90. You can also type 1.5 hours or 1:30. Leave out breaks."),
    Unit.CONFERENCE_DAY: ("How many days were you there?", "For example, 2. Half a day is 0.5."),
    Unit.SEMESTER_CREDIT: ("How many semester credits was it?", "For example, 3"),
    Unit.QUARTER_CREDIT: ("How many quarter credits was it?", "For example, 4"),
    Unit.CEU: ("How many CEUs was it?", "For example, 0.5. They are on the certificate of the course."),
}


class BeginForm(forms.Form):
    """What it was called, and what kind of learning it was. `key` is the id that the activity gets."""

    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    title = LineField(
        label="What was it called?",
        help_text="For example, Device help day",
        max_length=200,
        error_messages={"required": "Enter a name so that you can find it again"},
    )
    kind = ChoiceRadios(
        label="What kind of learning was it?", choices=ActivityKind.choices, descriptions={kind.value: WORTH[kind] for kind in ActivityKind}
    )

    def clean_title(self) -> str:
        """Refuse a title of signs alone."""
        title = str(self.cleaned_data["title"])
        if not any(letter.isalnum() for letter in title):
            raise forms.ValidationError("Enter a name with letters or digits")
        return title


class LengthField(TextField):
    """A length as people type it; cleans to whole minutes, or None."""

    def clean(self, value: Any) -> int | None:
        """Read the length; raises ValidationError with what would help."""
        text = super().clean(value)
        if not text:
            return None
        return _minutes(text)


class ActivityForm(DraftForm):
    """The rest of what is asked about one activity. Every answer may be left for later; a wrong one is told at its field.

    `today` is the date where the person is, `frame` the days that count.
    """

    # Whether its files are with the activity already, although something else is wrong.
    has_kept_files = False

    provider = TextField(label="Who offered it?", help_text="For example, the state library or a college", max_length=200, required=False)
    completed_on = MemorableDateField(label="When did you finish it?", required=False)
    amount = TextField(max_length=40, required=False, widget=forms.TextInput({"class": "usa-input--medium", "autocomplete": "off"}))
    technology = LengthField(
        label="How many minutes of it were about technology?",
        help_text="Leave this blank if nothing was. For example, 60",
        max_length=40,
        required=False,
        widget=forms.TextInput({"class": "usa-input--medium", "autocomplete": "off"}),
    )
    set = forms.ChoiceField(label="Which competency set is it about?", help_text="Choose the one that fits best.", required=False)
    learned = TextField(max_length=3000, required=False, widget=forms.Textarea({"rows": 4}))
    proof = FilesField(label="Add documents (optional)", kinds=PROOFS, required=False)

    def __init__(
        self, *args: Any, activity: Activity, frame: policy.Frame, today: date, sets: Iterable[CompetencySet], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.activity, self.frame, self.today = activity, frame, today
        self.sets = {competency_set.code: competency_set for competency_set in sets}
        self.unit = UNITS[LearningKind(activity.kind)]
        amount, chosen, learned, provider, day = (self.fields[name] for name in ("amount", "set", "learned", "provider", "completed_on"))
        amount.label, amount.help_text = ASKED[self.unit]
        chosen.choices = [("", "Choose one"), *((competency_set.code, competency_set.name) for competency_set in self.sets.values())]  # type: ignore[attr-defined]
        day.help_text = f"The last day of it. It counts from {longdate(frame.first_day)}."
        alone = activity.kind == ActivityKind.SELF_DIRECTED
        learned.label = "What did you learn, and how?" if alone else "What did you learn? (optional)"
        learned.help_text = "A few sentences are enough." if alone else "A few words help staff see how it fits the set."
        if alone:
            provider.label, provider.help_text = "What did you learn from? (optional)", "For example, a book or a video series"

    def clean_amount(self) -> Decimal | None:
        """Read how much it was, in its unit; hold it against what can be, and against the hour that every activity needs."""
        text = str(self.cleaned_data["amount"]).strip()
        if not text:
            return None
        noun = NOUNS[ActivityKind(self.activity.kind)]
        amount = Decimal(_minutes(text)) if self.unit == Unit.MINUTE else _number(text, noun)
        if amount > MOST[self.unit]:
            raise forms.ValidationError(f"{text} {noun}s can’t be right. Check the number again")
        minutes = to_minutes(self.unit, Fraction(amount))
        if minutes < policy.HOUR:
            raise forms.ValidationError(
                f"This makes {minutes} minutes. An activity under 60 minutes does not count. Parts of one program can be added as one"
            )
        return amount

    def clean_completed_on(self) -> date | None:
        """Hold the day against today and the term."""
        day: date | None = self.cleaned_data["completed_on"]
        if day is None:
            return None
        if day > self.today:
            raise forms.ValidationError(f"This day can’t be after today, {longdate(self.today)}. Log it when you finish it")
        if day < self.frame.first_day:
            raise forms.ValidationError(f"This is before your term, which began on {longdate(self.frame.first_day)}. It does not count")
        if day > self.frame.last_day:
            raise forms.ValidationError(f"This is too late for this term. The last day that counts is {longdate(self.frame.last_day)}")
        return day

    def clean_set(self) -> CompetencySet | None:
        """Give the set itself."""
        return self.sets.get(self.cleaned_data["set"])

    def clean(self) -> dict[str, Any]:
        """Hold the minutes on technology against the whole."""
        cleaned: dict[str, Any] = super().clean() or {}
        technology, amount = cleaned.get("technology"), cleaned.get("amount")
        if technology and amount is None and "amount" in cleaned:
            self.add_error("technology", "First enter how long it was in total")
        elif technology and amount is not None:
            whole = to_minutes(self.unit, Fraction(amount))
            if technology > whole:
                self.add_error("technology", f"This is more than the whole activity, which makes {whole:,} minutes")
        return cleaned

    def values(self) -> dict[str, Any]:
        """Give the answers that are right, as the activity keeps them; one that is wrong is emptied there and kept as it was typed."""
        clean = self.cleaned_data
        return {
            "provider": clean.get("provider", ""),
            "completed_on": clean.get("completed_on"),
            "amount": clean.get("amount"),
            "technology_minutes": clean.get("technology") or 0,
            "set": clean.get("set"),
            "learned": clean.get("learned", ""),
        }

    def typed(self) -> dict[str, Any]:
        """Give what was typed into the fields that are wrong, in a shape that `initial` takes back and JSON can keep."""
        wrong = [name for name in self.errors if name in self.fields and name != "proof"]
        if "amount" in wrong and self.cleaned_data.get("technology"):
            wrong.append("technology")  # It is a part of the whole, and can't be held against it yet.
        return self.typed_in(wrong)


def answers(activity: Activity) -> dict[str, Any]:
    """Give the answers of an activity as its form shows them, with what was typed and could not be read."""
    return {
        "provider": activity.provider,
        "completed_on": activity.completed_on,
        "amount": write_amount(activity).split(" ")[0],
        "technology": activity.technology_minutes or "",
        "set": activity.set.code if activity.set else "",
        "learned": activity.learned,
        **activity.typed,
        "version": activity.version,
    }


def _plain(text: str) -> str:
    """The numbers of a text as a program reads them; asks where one can be read in two ways."""
    try:
        return numbers.plain(text)
    except numbers.TwoWays as error:
        raise forms.ValidationError(error.message, code="two_ways") from None


def _minutes(text: str) -> int:
    minutes = read_minutes(_plain(text))
    if minutes is None:
        raise forms.ValidationError("Enter minutes as a number, for example 90, or hours, for example 1.5 hours")
    return minutes


def _number(text: str, noun: str) -> Decimal:
    plain = re.sub(rf"\s*{noun}s?\.?$", "", _plain(text), flags=re.IGNORECASE)
    if not re.fullmatch(r"\d{1,5}(\.\d{1,2})?|\.\d{1,2}", plain, re.ASCII) or not Decimal(plain):
        raise forms.ValidationError(f"Enter the {noun}s as a number, for example 2 or 0.5")
    return Decimal(plain)


class SendForm(forms.Form):
    """What is asked when a renewal is sent: that it is true, why it is late, and a member's number where there is a fee."""

    true = forms.BooleanField(
        label="I did these activities, and what I say about them is true.", error_messages={"required": "Check the box if it is true"}
    )

    def __init__(self, *args: Any, late: bool, fee: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if fee:
            self.fields["member_number"] = TextField(
                label="Your ALA member number (optional)",
                help_text="Members pay less. Leave it blank if you are not a member.",
                max_length=20,
                required=False,
                widget=forms.TextInput({"class": "usa-input--medium", "inputmode": "numeric", "autocomplete": "off"}),
            )
        if late:
            self.fields["late_reason"] = TextField(
                label="Why are you late?",
                help_text="Staff will read this. A few sentences are enough.",
                max_length=3000,
                widget=forms.Textarea({"rows": 5}),
                error_messages={"required": "Explain why you are late so that staff can decide"},
            )
        self.order_fields(["late_reason", "member_number", "true"])

    def clean_member_number(self) -> str:
        """Take digits only."""
        number = re.sub(r"[ -]", "", str(self.cleaned_data["member_number"]))
        if number and not (number.isascii() and number.isdigit()):
            raise forms.ValidationError("A member number has digits only, for example 1234567")
        return number


class DecideForm(forms.Form):
    """What staff say of each activity, and of the whole."""

    reason = TextField(
        label="Reason",
        help_text="The person will read it. It is required to refuse, or to reinstate a lapsed certificate.",
        max_length=3000,
        required=False,
        widget=forms.Textarea({"rows": 4}),
    )

    def __init__(self, *args: Any, lines: Iterable[ActivityLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = list(lines)
        for line in self.lines:
            row = line.activity
            self.fields[f"mark_{row.id}"] = ChoiceRadios(
                label=f"Decide on “{row.title}”", choices=Mark.choices, initial=row.mark or Mark.ACCEPTED
            )
            self.fields[f"technology_{row.id}"] = LengthField(
                label="Minutes on technology that count",
                initial=row.technology_minutes if row.accepted_technology_minutes is None else row.accepted_technology_minutes,
                max_length=20,
                required=False,
                widget=forms.TextInput({"class": "usa-input--small", "inputmode": "numeric", "autocomplete": "off"}),
            )
            self.fields[f"comment_{row.id}"] = TextField(
                label="What is missing, or why it does not count", initial=row.comment, max_length=1000, required=False
            )

    def items(self) -> list[dict[str, Any]]:
        """Give each activity with its fields, for the page."""
        names = ("mark", "technology", "comment")
        return [{"line": line, **{name: self[f"{name}_{line.activity.id}"] for name in names}} for line in self.lines]

    def clean(self) -> dict[str, Any]:
        """Ask for words where something is missing or does not count, and hold minutes against the whole."""
        cleaned: dict[str, Any] = super().clean() or {}
        for line in self.lines:
            id = line.activity.id
            if cleaned.get(f"mark_{id}") in (Mark.ASKED, Mark.REFUSED) and not cleaned.get(f"comment_{id}"):
                self.add_error(f"comment_{id}", f"Explain what is missing, or why, for “{line.activity.title}”")
            technology = cleaned.get(f"technology_{id}") or 0
            if technology > line.activity.technology_minutes:
                stated = write_hours(line.activity.technology_minutes)
                self.add_error(f"technology_{id}", f"“{line.activity.title}” states {stated} hours on technology, not more")
        return cleaned

    def marks(self) -> dict[UUID, Marked]:
        """Give what was said of each activity."""
        clean = self.cleaned_data
        return {
            line.activity.id: Marked(
                mark=clean[f"mark_{line.activity.id}"],
                technology_minutes=clean[f"technology_{line.activity.id}"] or 0,
                comment=clean[f"comment_{line.activity.id}"],
            )
            for line in self.lines
        }
