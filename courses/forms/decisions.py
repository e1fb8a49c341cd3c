"""What evaluators, committee and staff type about providers and their courses."""

from typing import Any

from django import forms

from courses.models import Provider
from courses.states import Advice
from people import queries as people
from people.autosave import DraftForm
from people.fields import ChoiceRadios, EmailField, TextField


def _words(label: str, *, help_text: str = "", required: bool = True, rows: int = 4) -> TextField:
    return TextField(label=label, help_text=help_text, required=required, max_length=5000, widget=forms.Textarea({"rows": rows}))


class ReviewForm(DraftForm):
    """A course evaluator's recommendation, with a comment for each competency where there is one to make."""

    advice = ChoiceRadios(label="What do you recommend?", choices=Advice.choices, required=False)
    comment = _words(
        "Comment on the whole course",
        help_text="The people who decide will read this. Staff pass on what helps the provider.",
        required=False,
    )
    named = forms.BooleanField(label="I know that a comment identifies me. It may be passed on as it is", required=False)

    def __init__(self, *args: Any, numbers: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.numbers = numbers
        for number in numbers:
            self.fields[f"row_{number}"] = TextField(
                label=f"Comment on competency {number}", required=False, max_length=2000, widget=forms.Textarea({"rows": 2})
            )

    def rows(self) -> dict[str, str]:
        """Give the comments by the number of the competency."""
        return {str(number): str(self.cleaned_data.get(f"row_{number}", "")).strip() for number in self.numbers}


class DeclineReviewForm(forms.Form):
    """Why an evaluator does not review a course."""

    reason = _words("Why?", help_text="A few words are enough.", rows=3)
    is_conflict = forms.BooleanField(
        label="I have a conflict of interest with this provider", help_text="Then we won’t ask you about its courses again.", required=False
    )


class ReasonForm(forms.Form):
    """Words that are kept with a decision."""

    reason = _words("Why, and what would help?")


class ChangesForm(forms.Form):
    """What should change: pages that open again, and words."""

    items = forms.MultipleChoiceField(label="Which pages open again?", widget=forms.CheckboxSelectMultiple)
    text = _words("What should change?", help_text="The provider will read this in the email and on the page.", rows=6)

    def __init__(self, *args: Any, pages: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["items"]
        chosen.choices = pages


class InviteForm(forms.Form):
    """Which evaluators are asked to review a course."""

    evaluators = forms.MultipleChoiceField(label="Who do you want to ask?", widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["evaluators"]
        chosen.choices = choices


class CourseEvaluatorForm(forms.Form):
    """Someone to approve as a course evaluator."""

    email = EmailField(label="Email address", help_text="Of their account here.")
    employer = TextField(
        label="Employer",
        help_text="We never ask them about a provider with this name or with their email domain.",
        max_length=200,
        required=False,
    )
    conflicts = forms.ModelMultipleChoiceField(
        queryset=Provider.objects.none(),
        label="Providers they have a conflict of interest with (optional)",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["conflicts"].queryset = Provider.objects.order_by("folded")  # type: ignore[attr-defined]

    def clean_email(self) -> Any:
        """Find the account."""
        person = people.get_person_by_email(self.cleaned_data["email"])
        if person is None:
            raise forms.ValidationError("No account uses this address. Ask them to make one first")
        return person


class ConfirmContactForm(forms.Form):
    """Which provider a new name belongs to, where we know it under another."""

    provider = forms.ModelChoiceField(
        queryset=Provider.objects.none(),
        label="Is it a provider already on our list under another name?",
        required=False,
        empty_label="No, list it as new",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["provider"].queryset = Provider.objects.order_by("folded")  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """The answer to a course request."""

    answer = _words("Your answer", help_text="We will email it exactly as you write it.", rows=6)


class ConfirmationForm(forms.Form):
    """The provider's words where they do not confirm."""

    words = _words(
        "If not: why?",
        help_text="The candidate will read this. For example, “She has not handed in the last assignment.”",
        required=False,
        rows=3,
    )
