"""Input to clean values: a number to check, a day, a decision with its reason, a place in the directory, an addressee."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError

from certificates import policy
from people.fields import MemorableDateField, NameField, TextField
from people.places import STATES

# A well-formed number, so that what people copy from it is told "unknown" and not "mistyped".
EXAMPLE = "LSSC-7K2M-9QXA-04TP-8"


class NumberForm(forms.Form):
    """A certificate number as people type it; cleans to a Number."""

    number = TextField(
        label="Certificate number",
        help_text=f"For example, {EXAMPLE}. Spaces and small letters are fine.",
        max_length=200,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_number(self) -> policy.Number:
        """Read the number; raises ValidationError with what is wrong."""
        read = policy.check(self.cleaned_data["number"])
        if isinstance(read, policy.Mistyped):
            raise ValidationError(read.message, code=read.reason)
        return read


class DayForm(forms.Form):
    """A day on which a certificate was, or was not, valid."""

    on = MemorableDateField(label="Day", help_text="For example, 3 15 2028")


class ReasonForm(forms.Form):
    """A decision on a certificate."""

    reason = TextField(label="Reason", help_text="The person will read this. The public will not.", max_length=2000, widget=forms.Textarea)


class NameForm(forms.Form):
    """The same certificate under another name."""

    name = NameField(label="Name for your certificate", max_length=120)
    reason_for_name = TextField(label="Reason", help_text="For example, a legal change of name", max_length=2000)


class ListingForm(forms.Form):
    """A holder's place in the directory."""

    place = forms.ChoiceField(
        label="State (optional)",
        help_text="It appears next to your name so that a library near you can find you.",
        required=False,
        choices=[("", "Don’t show a state"), *sorted(STATES.items(), key=lambda pair: pair[1])],
    )


class LetterForm(forms.Form):
    """To whom a letter goes."""

    addressee = TextField(
        label="Addressed to (optional)",
        help_text="For example, “Marlow County Library, Human Resources”. Leave it blank for a letter to anyone.",
        max_length=200,
        required=False,
    )


class DropForm(forms.Form):
    """Why a proposal to revoke is dropped."""

    drop_reason = TextField(
        label="Why are you dropping it?", help_text="Staff read this.", max_length=2000, widget=forms.Textarea({"rows": 3})
    )


def day_typed(form: DayForm) -> date | None:
    """The day of a form that was sent and is right."""
    return form.cleaned_data["on"] if form.is_bound and form.is_valid() else None
