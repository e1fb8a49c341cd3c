"""Input about money to clean values."""

import re
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from billing import policy
from billing.states import FeeKind, PayerMethod
from people import text
from people.fields import ChoiceRadios, DocumentField, EmailField, LineField, MemorableDateField, NameField, TextField, WholeNumberField

MOST_CENTS = 100_000_000
NUMBER_HELP = "As shown on the document"


class DollarsField(TextField):
    """An amount as people write it: 350, $350 or 1,250.50. Cleans to cents."""

    def __init__(self, *, least_cents: int = 1, **kwargs: Any) -> None:
        self.least_cents = least_cents
        super().__init__(max_length=20, **kwargs)
        self.widget.attrs |= {"class": "usa-input--small", "inputmode": "decimal", "autocomplete": "off"}

    def clean(self, value: Any) -> Any:
        """Read the amount; raises ValidationError with an example."""
        text = super().clean(value)
        if not text:
            return None
        match = re.fullmatch(r"\$?\s*(\d{1,3}(?:,\d{3})+|\d{1,9})(?:\.(\d{2}))?", text.strip(), flags=re.ASCII)
        if match is None:
            raise ValidationError("Enter an amount in dollars, for example 350 or 1,250.50", code="invalid")
        cents = int(match[1].replace(",", "")) * 100 + int(match[2] or 0)
        if not self.least_cents <= cents <= MOST_CENTS:
            least = policy.dollars(self.least_cents)
            raise ValidationError(f"Enter an amount between {least} and {policy.dollars(MOST_CENTS)}", code="range")
        return cents


class ReasonForm(forms.Form):
    """Why staff decide as they do; it is kept in the audit."""

    reason = TextField(
        label="Reason",
        help_text="One sentence. It stays in the record, and the person can ask to see it.",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class RefundForm(ReasonForm):
    """How much of a paid fee goes back, and why."""

    amount = DollarsField(label="Amount to refund")
    field_order = ["amount", "reason"]


class PaperForm(forms.Form):
    """A form with a day on a paper, which can't be in the future: `today` is the date where the reader is."""

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)

    def _past(self, name: str) -> date:
        day: date = self.cleaned_data[name]
        if day > self.today:
            raise ValidationError("This day is in the future. Enter today or an earlier day.", code="future")
        return day


class CheckForm(PaperForm):
    """A check that one person sent."""

    number = LineField(label="Number of the check", max_length=40, help_text=NUMBER_HELP)
    amount = DollarsField(label="Amount of the check")
    received_on = MemorableDateField(label="Date received", help_text="For example: November 20, 2026")

    def clean_received_on(self) -> date:
        """Not in the future."""
        return self._past("received_on")


class SentCheckForm(PaperForm):
    """A check that we sent."""

    number = LineField(label="Number of our check", max_length=40, help_text=NUMBER_HELP)
    sent_on = MemorableDateField(label="Date you sent it", help_text="For example: November 20, 2026")

    def clean_sent_on(self) -> date:
        """Not in the future."""
        return self._past("sent_on")


class PayOutForm(SentCheckForm):
    """Credit that goes back by check."""

    amount = DollarsField(label="Amount of the check")
    field_order = ["amount", "number", "sent_on"]


class InvoicePaymentForm(PaperForm):
    """Money for an invoice."""

    method = ChoiceRadios(
        label="How it was paid", choices=[(way.value, way.label) for way in (PayerMethod.CHECK, PayerMethod.TRANSFER)], initial="check"
    )
    number = LineField(label="Number of the check or transfer", max_length=40, help_text=NUMBER_HELP)
    amount = DollarsField(label="Amount")
    received_on = MemorableDateField(label="Date received", help_text="For example: November 20, 2026")

    def clean_received_on(self) -> date:
        """Not in the future."""
        return self._past("received_on")


class OrderForm(forms.Form):
    """What a purchase order says beside its people."""

    payer = LineField(label="Institution that pays", max_length=120, help_text="For example: Prairie State University Library")
    address = TextField(
        label="Address for the invoice", max_length=500, widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address"})
    )
    number = LineField(label="Number of your purchase order", max_length=40)
    amount = DollarsField(label="Amount on the purchase order", help_text="In dollars, for example 700")
    document = DocumentField(
        label="The purchase order itself",
        required=False,
        kinds=("pdf", "jpeg", "png", "docx"),
        help_text="Optional: PDF, Word or a picture",
    )


class OfficeOrderForm(OrderForm):
    """The same, entered by staff for a contact who sent it by mail."""

    contact_name = NameField(label="Name of the contact", max_length=120)
    contact_email = EmailField(
        label="Email address of the contact",
        max_length=254,
        help_text="They get the invoice and can see who is paid for and enrolled",
    )
    field_order = ["payer", "address", "contact_name", "contact_email", "number", "amount", "document"]


class PeopleForm(forms.Form):
    """People for an order, one a line, and what is paid for each of them. Cleans to names with addresses."""

    people = TextField(
        label="People",
        help_text="One person per line: name, then email address. For example: Jo Field, jo.field@prairie.example",
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )
    kind = ChoiceRadios(label="Fee to pay for each person")
    member = forms.BooleanField(
        label="They are members of the American Library Association (ALA)", required=False, help_text="Members pay less"
    )

    def __init__(self, *args: Any, fees: list[policy.Fee], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {fee.kind: f"{FeeKind(fee.kind).label}: {_said(fee)}" for fee in fees if fee.member_cents}
        self.fields["kind"].choices = list(labels.items())  # type: ignore[attr-defined]

    def clean_people(self) -> list[tuple[str, str]]:
        """Read each line; raises ValidationError that names the line and what would help."""
        return [_person(line, number) for number, line in enumerate(self.cleaned_data["people"].splitlines(), 1) if line.strip()]


def _said(fee: policy.Fee) -> str:
    if fee.standard_cents == fee.member_cents:
        return policy.dollars(fee.standard_cents)
    return f"{policy.dollars(fee.standard_cents)}, ALA members {policy.dollars(fee.member_cents)}"


def _person(line: str, number: int) -> tuple[str, str]:
    name, emails = text.split_person(line)
    if len(emails) != 1:
        raise ValidationError(f"Line {number} needs one email address, after the name: {line.strip()[:60]}", code="email")
    email = emails[0]
    try:
        validate_email(email)
    except ValidationError:
        raise ValidationError(f"Line {number}: check the email address {email[:80]}", code="email") from None
    try:
        name = text.clean_name(name, most_words=settings.NAME_WORDS_MOST)
    except text.Unreadable as refused:
        raise ValidationError(f"Line {number}: {refused.message}", code="name") from None
    if not name:
        raise ValidationError(f"Line {number} needs a name before the email address {email[:80]}", code="name")
    if len(name) > 120 or len(email) > 254:
        raise ValidationError(f"Line {number} is too long. Enter one person per line.", code="long")
    return name, email


class ContactForm(forms.Form):
    """One more contact of an institution."""

    name = NameField(label="Name", max_length=120)
    email = EmailField(label="Email address", max_length=254)


class FeeForm(forms.Form):
    """A fee from a coming day on."""

    kind = forms.ChoiceField(label="Fee", choices=FeeKind.choices)
    standard = DollarsField(label="Full fee", least_cents=0, help_text="Enter 0 if renewing a certificate is free")
    member = DollarsField(label="Fee for ALA members", least_cents=0, help_text="Enter the same amount if members get no discount")
    effective_on = MemorableDateField(label="First day", help_text="A future date. Earlier fees stay as they were")


class TermsForm(forms.Form):
    """How long institutions have to pay, from a coming day on."""

    net_days = WholeNumberField(
        label="Days to pay an invoice",
        min_value=1,
        max_value=365,
    )
    first_day = MemorableDateField(label="For invoices dated from", help_text="A future date")
