"""What visitors type into the public pages, turned into clean values."""

import re
from decimal import Decimal
from typing import Any

from django import forms

from people.fields import ChoiceRadios, EmailField, TextField

MOST_DOLLARS = 10_000


class DollarsField(TextField):
    """An amount as people write it: 250, $250, 1,250.50. Cleans to cents, None when it is empty."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=20, **kwargs)

    def clean(self, value: Any) -> int | None:
        """Read the amount; raises ValidationError with what would help."""
        typed = super().clean(value).replace("$", "").replace(" ", "")
        if not typed:
            return None
        if not re.fullmatch(r"([0-9]{1,3}(,[0-9]{3})+|[0-9]+)(\.[0-9]{1,2})?", typed):
            raise forms.ValidationError("Enter the price in dollars, for example 250 or 250.50")
        cents = int(Decimal(typed.replace(",", "")) * 100)
        if cents > MOST_DOLLARS * 100:
            raise forms.ValidationError(f"Enter a price up to ${MOST_DOLLARS:,}")
        return cents


class CostsForm(forms.Form):
    """One way to the certificate: member or not, portfolios, courses with their prices, and in how many years."""

    member = ChoiceRadios(
        label="Are you a member of the American Library Association (ALA)?",
        choices=[("no", "No"), ("yes", "Yes")],
        initial="no",
        error_messages={"required": "Say if you are a member"},
    )
    portfolios = forms.TypedChoiceField(
        label="How many portfolios?",
        coerce=int,
        initial=0,
        help_text="One portfolio earns one set",
        error_messages={"required": "Choose a number"},
    )
    years = forms.TypedChoiceField(
        label="In how many years?",
        coerce=int,
        help_text="You may use all of your time, or less",
        error_messages={"required": "Choose a number"},
    )

    def __init__(self, *args: Any, years: int, courses: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["portfolios"].choices = [(number, str(number)) for number in range(courses + 1)]  # type: ignore[attr-defined]
        self.fields["years"].choices = [(number, str(number)) for number in range(1, years + 1)]  # type: ignore[attr-defined]
        self.fields["years"].initial = years
        self.courses = [f"course{number}" for number in range(1, courses + 1)]
        for number, name in enumerate(self.courses, start=1):
            box = forms.TextInput({"class": "usa-input--small", "inputmode": "decimal", "autocomplete": "off"})
            self.fields[name] = DollarsField(label=f"Price of course {number}", widget=box)

    @property
    def prices(self) -> list[int]:
        """The prices that were typed, in cents, in their order. A course may be free."""
        return [self.cleaned_data[name] for name in self.courses if self.cleaned_data[name] is not None]

    def course_fields(self) -> list[forms.BoundField]:
        """The boxes of the courses, for the template."""
        return [self[name] for name in self.courses]


class ThingForm(forms.Form):
    """One work item of the inbox, and the tab in which it was seen."""

    kind = TextField(max_length=60)
    thing = forms.UUIDField()
    queue = TextField(max_length=60, required=False)


class SendAgainForm(forms.Form):
    """Where an email goes that is sent again."""

    to = EmailField(
        label="Email address",
        max_length=254,
        help_text="Correct it if it has a mistake",
        error_messages={"required": "Enter the address", "invalid": "Enter an address like name@example.org"},
    )


class GiveUpForm(forms.Form):
    """Why an email need not arrive."""

    reason = TextField(
        label="Why is it not needed?",
        help_text="For example: I called her on Tuesday, and she knows",
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "Explain why it is not needed, or how the person got the message"},
    )
