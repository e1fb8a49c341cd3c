"""What staff type when they decide."""

from datetime import date
from typing import Any

from django import forms

from candidates.states import DAY_OVER, NOT_ELIGIBLE, Item, RefusalReason
from people.fields import ChoiceRadios, MemorableDateField, TextField


class AskForm(forms.Form):
    """What staff need to know, part by part: a part with a note is opened again."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for item in Item:
            self.fields[f"note_{item}"] = TextField(
                label=ASKED_PARTS[item], max_length=2000, required=False, widget=forms.Textarea({"rows": 2})
            )

    def clean(self) -> dict[str, Any]:
        """Ask for one note at least."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and not self.notes():
            self.add_error(f"note_{Item.WHO}", "Write what is needed for at least one part. A part without a note stays closed")
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
    Item.GRADUATE: "The college program",
    Item.TRANSCRIPT: "The transcript",
    Item.LETTER: "A letter or another proof, as a file",
}


class ReasonForm(forms.Form):
    """Why staff close a question that was not answered."""

    reason = TextField(
        label="Why are you closing it?",
        help_text="It stays in the record.",
        max_length=2000,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": "In a few words, explain why you are closing the question"},
    )


class RefuseForm(forms.Form):
    """Why staff say no, what would help, and from when."""

    reason_code = ChoiceRadios(
        label="Why can’t this person be admitted?",
        choices=RefusalReason.choices,
        descriptions={
            RefusalReason.HOURS: "The fee is refunded in full.",
            RefusalReason.DIPLOMA: "The fee is refunded in full.",
            RefusalReason.PROOF: "The fee is refunded in full.",
            RefusalReason.OTHER: "We keep the fee. A refund is a separate decision.",
        },
    )
    reason = TextField(
        label="What did you find?",
        help_text="The person will read this in the email and on the page.",
        max_length=3000,
        widget=forms.Textarea({"rows": 4}),
    )
    what_helps = TextField(
        label="What would make the person eligible?",
        help_text="The person will read this, too. Leave it blank only if nothing would.",
        max_length=3000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )
    eligible_from = MemorableDateField(
        label="When could the person apply again?", help_text="Leave this blank if there is no such day.", required=False
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_eligible_from(self) -> date | None:
        """Refuse a day that is over."""
        day: date | None = self.cleaned_data["eligible_from"]
        if day and day < self.today:
            raise forms.ValidationError(DAY_OVER)
        return day

    def clean(self) -> dict[str, Any]:
        """Ask what would help someone who is not eligible."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("reason_code") in NOT_ELIGIBLE and not cleaned.get("what_helps") and "what_helps" not in self.errors:
            self.add_error("what_helps", "Say what would make the person eligible")
        return cleaned


class FeeForm(forms.Form):
    """What becomes of the fee of an application that was withdrawn, and why."""

    refund = ChoiceRadios(label="What should happen with the fee?", choices=[("yes", "Refund it in full"), ("no", "Keep the fee")])
    reason = TextField(
        label="Why?", help_text="The person will read this in the email.", max_length=2000, widget=forms.Textarea({"rows": 3})
    )
