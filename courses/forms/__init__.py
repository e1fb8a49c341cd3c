"""What people type on the pages of courses, made into clean values."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict

from courses.policy import Verdict
from courses.queries import Filters
from courses.states import Format, ProviderKind
from people.fields import DocumentField, MemorableDateField


def read_filters(query: QueryDict, *, sets: Iterable[str], states: Iterable[str]) -> Filters:
    """Read the catalog's filters from an address; what is not known there is left out."""

    def chosen(name: str, known: Iterable[str]) -> tuple[str, ...]:
        asked = set(query.getlist(name))
        return tuple(value for value in known if value in asked)

    return Filters(
        words=" ".join(query.get("q", "").replace("\0", " ").split())[:100],
        sets=chosen("set", sets),
        formats=chosen("format", Format.values),
        kinds=chosen("kind", ProviderKind.values),
        state=next(iter(chosen("state", states)), ""),
        ended="ended" in query,
    )


def read_page(query: QueryDict) -> int:
    """Read the number of a page from an address; 1 where it says none."""
    text = query.get("page", "")
    return max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) < 6 else 1


class ClaimForm(forms.Form):
    """When a course was finished, and the proof. `judge` says whether the day counts."""

    completed_on = MemorableDateField(
        label="When did you finish the course?", help_text="The last day, as on your proof. For example, 3 4 2026."
    )
    proof = DocumentField(label="Your proof", kinds=("pdf", "docx", "odt", "jpeg", "png"))

    def __init__(self, *args: Any, judge: Callable[[date], Verdict], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.judge = judge
        taken = self.fields["proof"].help_text
        self.fields["proof"].help_text = f"The completion form that the provider signed. A clear photo is fine. {taken}"

    def clean_completed_on(self) -> date:
        """Refuse a day that gives no credit, with the dates that do."""
        day: date = self.cleaned_data["completed_on"]
        verdict = self.judge(day)
        if not verdict.counts:
            raise forms.ValidationError(verdict.message)
        return day


class RefuseForm(forms.Form):
    """Why staff can't accept a completion."""

    reason = forms.CharField(
        label="What is missing, and what would help?",
        help_text="The person reads this in the mail and on the page. For example, “The form is not signed. Ask the provider to sign it.”",
        max_length=3000,
        widget=forms.Textarea({"rows": 5}),
    )


class ApprovalForm(forms.Form):
    """From when to when a course is approved, and where that is written."""

    approved_on = MemorableDateField(
        label="First day of the approval", help_text="The day on which the course was approved. For example, 6 30 2025."
    )
    approved_until = MemorableDateField(
        label="Last day of the approval", help_text="An approval lasts four years unless the letter says otherwise."
    )
    reason = forms.CharField(
        label="Where do these dates come from?",
        help_text="For example, “Letter of approval, sent by the provider on May 3, 2026”",
        max_length=500,
    )

    def clean(self) -> dict[str, Any]:
        """Hold the last day against the first."""
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("approved_on"), cleaned.get("approved_until")
        if first and last and last <= first:
            self.add_error("approved_until", "The last day must be after the first day")
        return cleaned
