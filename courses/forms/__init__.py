"""What people type on the pages of courses, made into clean values."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django import forms
from django.forms import Field
from django.http import QueryDict

from courses.queries import Filters
from courses.states import Format, ProviderKind
from people.fields import ChoiceRadios, DocumentField, MemorableDateField, TextField
from people.templatetags.words import period
from programs.policy import Verdict

# The most a course may cost, in dollars; and when it starts.
PRICES = {0: "Free", 50: "Up to $50", 100: "Up to $100", 200: "Up to $200", 400: "Up to $400"}
STARTS = {"30": "In the next 30 days", "90": "In the next 3 months", "any": "At any time, self-paced"}


class TakenForm(forms.Form):
    """The day on which someone finished a course, among the filters of an address."""

    taken = MemorableDateField(
        label="Did you already take a course?",
        help_text="The day that you finished it. You will see what counted on that day.",
        required=False,
    )

    def day(self) -> date | None:
        """Give the day; None where there is none, or what was typed is no day, which the field says then."""
        return self.cleaned_data.get("taken") if self.is_valid() else None


def read_filters(query: QueryDict, *, sets: Iterable[str], states: Iterable[str], taken_on: date | None = None) -> Filters:
    """Read the catalog's filters from an address; what is not known there is left out."""

    def chosen(name: str, known: Iterable[str]) -> tuple[str, ...]:
        requested = set(query.getlist(name))
        return tuple(value for value in known if value in requested)

    return Filters(
        words=" ".join(query.get("q", "").replace("\0", " ").split())[:100],
        sets=chosen("set", sets),
        formats=chosen("format", Format.values),
        kinds=chosen("kind", ProviderKind.values),
        state=next(iter(chosen("state", states)), ""),
        price=int(next(iter(chosen("price", map(str, PRICES))), -1)),
        within=next(iter(chosen("start", STARTS)), ""),
        taken_on=taken_on,
        ended="ended" in query,
    )


def read_page(query: QueryDict) -> int:
    """Read the number of a page from an address; 1 where it says none."""
    text = query.get("page", "")
    return max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) < 6 else 1


class ClaimForm(forms.Form):
    """Which course was finished and when, and the proof, or that the provider is asked. `judge` says whether the day counts."""

    part = ChoiceRadios(label="What did you finish?")
    completed_on = MemorableDateField(
        label="When did you finish the course?", help_text="The last day, as on your proof. For example, 3 4 2026."
    )
    way = ChoiceRadios(
        label="How will you prove it?",
        choices=[("proof", "I have the form that the provider signed"), ("ask", "Ask the provider to confirm it")],
        descriptions={"ask": "We email a link to the provider. You can still add proof later, and your claim counts from today."},
    )
    proof = DocumentField(label="Your proof", kinds=("pdf", "docx", "odt", "jpeg", "png"), required=False)

    def __init__(self, *args: Any, judge: Callable[[date], Verdict], parts: list[tuple[str, str]], can_ask: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.judge = judge
        taken = self.fields["proof"].help_text
        self.fields["proof"].help_text = f"The completion form that the provider signed. A clear photo is fine. {taken}"
        chosen: Any = self.fields["part"]
        chosen.choices = parts
        if len(parts) < 2:
            del self.fields["part"]
        if not can_ask:
            del self.fields["way"]
            self.fields["proof"].required = True

    def clean_completed_on(self) -> date:
        """Refuse a day that gives no credit, with the dates that do."""
        day: date = self.cleaned_data["completed_on"]
        verdict = self.judge(day)
        if not verdict.counts:
            raise forms.ValidationError(verdict.message)
        return day

    def clean(self) -> dict[str, Any]:
        """Ask for the file where that is the way; leave it out where the provider is asked."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("way") == "proof" and not cleaned.get("proof") and "proof" not in self.errors:
            self.add_error("proof", forms.ValidationError(str(Field.default_error_messages["required"]), code="required"))
        if cleaned.get("way") == "ask":
            cleaned["proof"] = None
        return cleaned


class ProofForm(forms.Form):
    """Proof that is added to a claim."""

    proof = DocumentField(label="Your proof", kinds=("pdf", "docx", "odt", "jpeg", "png"))


class RefuseForm(forms.Form):
    """Why staff can't accept a completion."""

    reason = TextField(
        label="What is missing, and what would help?",
        help_text="The person will read this in the email and on the page. Example: “The form is not signed. Ask the provider to sign it.”",
        max_length=3000,
        widget=forms.Textarea({"rows": 5}),
    )


class ApprovalForm(forms.Form):
    """From when to when a course is approved, and where that is written. `has_history`: dates are known already.

    `months`: how long an approval lasts under the Terms of today.
    """

    is_correction = ChoiceRadios(
        label="What are you entering?",
        choices=[("yes", "A correction of the dates that we have"), ("no", "Another approval: what we have stays on record")],
        initial="yes",
    )

    approved_on = MemorableDateField(
        label="First day of the approval", help_text="The day that the course was approved. For example, 6 30 2025."
    )
    approved_until = MemorableDateField(label="Last day of the approval")
    reason = TextField(
        label="Where do these dates come from?",
        help_text="For example, “Letter of approval, sent by the provider on May 3, 2026”",
        max_length=500,
    )

    def __init__(self, *args: Any, months: int, has_history: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["approved_until"].help_text = f"An approval lasts {period(months)} unless the letter says otherwise."
        if not has_history:
            del self.fields["is_correction"]

    def clean_is_correction(self) -> bool:
        """Read yes as true."""
        return bool(self.cleaned_data["is_correction"] == "yes")

    def clean(self) -> dict[str, Any]:
        """Hold the last day against the first."""
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("approved_on"), cleaned.get("approved_until")
        if first and last and last <= first:
            self.add_error("approved_until", "The last day must be after the first day")
        return cleaned
