"""What a candidate types who needs more time, and what staff type on the page of a candidacy."""

from typing import Any

from django import forms

from people.fields import ChoiceRadios, TextField


class MoreTimeForm(forms.Form):
    """Why a candidate needs more time."""

    why = TextField(
        label="Why do you need more time?",
        help_text="Explain what got in the way and what you still plan to do. Staff will read this when they decide.",
        max_length=3000,
        widget=forms.Textarea({"rows": 6}),
    )


class ExtensionForm(forms.Form):
    """Whether a candidacy gets its one extension, and why."""

    grant = ChoiceRadios(label="What do you decide?", choices=[("yes", "Give the extension"), ("no", "Decline the request")])
    reason = TextField(
        label="Why?", help_text="The person will read this in the email.", max_length=2000, widget=forms.Textarea({"rows": 3})
    )

    def __init__(self, *args: Any, is_requested: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_requested:
            del self.fields["grant"]

    @property
    def grants(self) -> bool:
        """Say whether the extension is given; without a request there is nothing to decline."""
        return bool(self.cleaned_data.get("grant", "yes") == "yes")


class HoursForm(forms.Form):
    """What is wrong with the hours that a provisional candidate shows."""

    found = TextField(
        label="Or return them: what is wrong?",
        help_text="The person will read this in the email.",
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
    )


class ReuseForm(forms.Form):
    """Which sets of an earlier candidacy count again, and why."""

    sets = forms.MultipleChoiceField(label="These count again", required=False, widget=forms.CheckboxSelectMultiple)
    why = TextField(
        label="Why these, and not the others?",
        help_text="The person will read this in the email.",
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, *args: Any, sets: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sets"].choices = list(sets.items())  # type: ignore[attr-defined]
