"""What evaluators, those who want to be, and staff type about them, made into clean values."""

from collections.abc import Sequence
from typing import Any

from django import forms

from people.fields import ChoiceRadios, DocumentField, EmailField, MemorableDateField, TextField, WholeNumberField
from portfolios.actions.evaluators import USUAL_CAPACITY, Decision, SetInterest
from portfolios.states import ConflictKind, Ground

EMPLOYERS_AT_MOST = 20


class LinesField(TextField):
    """Names, one on each line. Cleans to a list without empty lines and doubles."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea({"rows": 3}), max_length=4_000, **kwargs)

    def clean(self, value: Any) -> list[str]:
        """Split into lines; raises ValidationError for one that is too long, and for too many."""
        lines = list(dict.fromkeys(" ".join(line.split()) for line in super().clean(value).splitlines() if line.strip()))
        if any(len(line) > 200 for line in lines):
            raise forms.ValidationError("Shorten each line to 200 characters")
        if len(lines) > EMPLOYERS_AT_MOST:
            raise forms.ValidationError(f"Give at most {EMPLOYERS_AT_MOST}, one per line")
        return lines


class CapacityField(WholeNumberField):
    """How many portfolios in a year, from 1 to 100."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=100, **kwargs)


class ApplyForm(forms.Form):
    """An application to rate portfolios: resume, what one takes on, and a ground for each set. `resume` may have been kept before."""

    resume = DocumentField(label="Your resume", kinds=("pdf", "docx", "odt", "jpeg", "png"))
    kept = forms.UUIDField(required=False, widget=forms.HiddenInput)
    capacity_per_year = CapacityField(
        label="How many portfolios would you rate in a year?",
        initial=USUAL_CAPACITY,
        help_text="One takes two to three hours. You can change this at any time.",
    )
    employers = LinesField(
        label="Where do you work?", help_text="One employer per line. We never give you a portfolio from someone who works there."
    )
    note = TextField(
        label="Is there anything else we should know? (optional)", required=False, max_length=2_000, widget=forms.Textarea({"rows": 3})
    )

    def __init__(self, *args: Any, sets: Sequence[tuple[str, str]], has_resume: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sets = sets
        self.fields["resume"].required = not has_resume
        for code, name in sets:
            self.fields[f"ground_{code}"] = forms.ChoiceField(
                label=f"What makes you an expert in {name}?",
                required=False,
                choices=[("", "I don’t apply for this set"), *Ground.choices],
            )
            self.fields[f"words_{code}"] = TextField(
                label="In a few words", required=False, max_length=300, help_text="For example: master’s in library science, 2009"
            )

    @property
    def pairs(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        """Each set's name with its two fields, for the page."""
        return [(name, self[f"ground_{code}"], self[f"words_{code}"]) for code, name in self.sets]

    @property
    def wishes(self) -> list[SetInterest]:
        """The sets that were chosen."""
        data = self.cleaned_data
        return [SetInterest(code, data[f"ground_{code}"], data[f"words_{code}"]) for code, _ in self.sets if data.get(f"ground_{code}")]

    def clean(self) -> dict[str, Any]:
        """Each chosen set needs a few words, and one set is needed."""
        data: dict[str, Any] = super().clean() or {}
        chosen = [code for code, _ in self.sets if data.get(f"ground_{code}")]
        for code, name in self.sets:
            ground, words = data.get(f"ground_{code}"), data.get(f"words_{code}")
            if ground and words == "":
                self.add_error(f"words_{code}", f"Say in a few words what makes you an expert in {name}")
            elif words and not ground:
                self.add_error(f"ground_{code}", f"Choose what makes you an expert in {name}")
        if not chosen and self.sets and not any(f"ground_{code}" in self.errors for code, _ in self.sets):
            self.add_error(f"ground_{self.sets[0][0]}", "Apply for one set or more: choose what makes you an expert in it")
        return data


class DecideForm(forms.Form):
    """Staff's decision on the sets of an application; each may be left open."""

    def __init__(self, *args: Any, requests: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.requests = requests
        for request in requests:
            self.fields[f"decision_{request.set.code}"] = ChoiceRadios(
                label=f"Your decision on {request.set.name}",
                required=False,
                choices=[("approve", "Approve"), ("refuse", "Don’t approve"), ("", "Decide later")],
            )
            self.fields[f"reason_{request.set.code}"] = TextField(
                label="Reason",
                required=False,
                max_length=1_000,
                help_text="Required if you don’t approve. The applicant will read it.",
                widget=forms.Textarea({"rows": 2}),
            )

    @property
    def rows(self) -> list[tuple[Any, forms.BoundField, forms.BoundField]]:
        """Each request with its two fields, for the page."""
        return [(request, self[f"decision_{request.set.code}"], self[f"reason_{request.set.code}"]) for request in self.requests]

    @property
    def decisions(self) -> dict[str, Decision]:
        """What was decided, by the codes of the sets."""
        data = self.cleaned_data
        return {
            request.set.code: Decision(data[f"decision_{request.set.code}"] == "approve", data[f"reason_{request.set.code}"])
            for request in self.requests
            if data.get(f"decision_{request.set.code}")
        }

    def clean(self) -> dict[str, Any]:
        """A refusal needs its reason; one decision is needed."""
        data: dict[str, Any] = super().clean() or {}
        for set_request in self.requests:
            if data.get(f"decision_{set_request.set.code}") == "refuse" and not data.get(f"reason_{set_request.set.code}"):
                self.add_error(f"reason_{set_request.set.code}", f"Explain why not {set_request.set.name}. The applicant will read it")
        if self.requests and not self.errors and not any(data.get(f"decision_{request.set.code}") for request in self.requests):
            self.add_error(f"decision_{self.requests[0].set.code}", "Decide on one set or more")
        return data


class EvaluatorForm(forms.Form):
    """Whom to approve as evaluator, for which sets, where they work, and for how many portfolios a year."""

    email = EmailField(label="Email address", help_text="The address of their account. They need to sign up first.")
    sets = forms.MultipleChoiceField(
        label="Approved for which sets?",
        widget=forms.CheckboxSelectMultiple,
        help_text="Sets that were approved before stay approved.",
        error_messages={"required": "Choose one set or more"},
    )
    employers = LinesField(
        label="Where do they work?",
        required=False,
        help_text="One employer per line. If they already rate or applied to the program, add only new ones.",
    )
    capacity_per_year = CapacityField(
        label="Portfolios a year",
        required=False,
        help_text=f"How many they want to rate in a year. If blank, we use what they gave us, or {USUAL_CAPACITY}.",
    )
    trained = forms.BooleanField(
        label="They already took our training",
        required=False,
        help_text="Otherwise they do it online first. It takes about an hour.",
    )

    def __init__(self, *args: Any, sets: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sets"].choices = sets  # type: ignore[attr-defined]


class StandingForm(forms.Form):
    """What an evaluator takes on."""

    capacity_per_year = CapacityField(label="How many portfolios do you rate in a year?")
    paused_until = MemorableDateField(
        label="Do you want a break? (optional)",
        required=False,
        help_text="The last day of the pause. Until then we don’t ask you. Leave it blank for no pause.",
    )
    employers = LinesField(
        label="Where do you work?",
        required=False,
        help_text="One employer per line. We never give you a portfolio from someone who works there.",
    )


class ConflictForm(forms.Form):
    """A person, an organization or a course that stands against a rating."""

    kind = ChoiceRadios(label="What is it about?", choices=ConflictKind.choices)
    name = TextField(
        label="Name", required=False, max_length=200, help_text="Of the person or the organization, or the title of the course."
    )
    email = EmailField(
        label="Email address (optional)", required=False, max_length=254, help_text="An address identifies a person better than a name."
    )

    def __init__(self, *args: Any, teaches: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not teaches:
            self.fields["kind"].choices = [choice for choice in ConflictKind.choices if choice[0] != ConflictKind.COURSE]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Something must be named; an address alone is enough for a person."""
        data: dict[str, Any] = super().clean() or {}
        if "name" not in self.errors and not data.get("name") and (not data.get("email") or data.get("kind") == ConflictKind.COURSE):
            self.add_error(
                "name", "Give the title of the course" if data.get("kind") == ConflictKind.COURSE else "Give a name, or an email address"
            )
        return data


class DeclineForm(forms.Form):
    """Why an invitation is declined, or a portfolio returned."""

    why = ChoiceRadios(
        label="Why?",
        choices=[("time", "I don’t have time, or another reason"), ("conflict", "I have a conflict of interest with the candidate")],
        descriptions={
            "conflict": "You know each other, share an employer, or taught a course that this uses. We won’t offer you their work again."
        },
    )
    reason = TextField(
        label="Do you want to add anything? (optional)",
        required=False,
        max_length=1_000,
        help_text="Staff will read this. The candidate will not.",
        widget=forms.Textarea({"rows": 3}),
    )


class AnswerForm(forms.Form):
    """The answer to an invitation from the email."""

    answer = forms.ChoiceField(
        choices=[("accept", "Accept"), ("decline", "Decline")], error_messages={"required": "Choose Accept or Decline"}
    )
    reason = TextField(required=False, max_length=1_000)
