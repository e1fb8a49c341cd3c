"""What people type about themselves, turned into clean values."""

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.http import HttpRequest

from people.fields import DocumentField, EmailField, NameField, NameInput, TextField
from people.models import User
from people.states import Topic

DEFAULT_ZONE = "America/New_York"
UNITED_STATES = [
    ("America/New_York", "Eastern (New York)"),
    ("America/Chicago", "Central (Chicago)"),
    ("America/Denver", "Mountain (Denver)"),
    ("America/Phoenix", "Mountain, no daylight saving (Phoenix)"),
    ("America/Los_Angeles", "Pacific (Los Angeles)"),
    ("America/Anchorage", "Alaska (Anchorage)"),
    ("Pacific/Honolulu", "Hawaii (Honolulu)"),
    ("America/Puerto_Rico", "Atlantic (Puerto Rico)"),
    ("Pacific/Guam", "Chamorro (Guam)"),
    ("Pacific/Pago_Pago", "Samoa (Pago Pago)"),
]
REGIONS = ("Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")


@cache
def zones() -> list[tuple[str, list[tuple[str, str]]]]:
    """Time zones to choose from, those of the United States first."""
    ours = {zone for zone, _ in UNITED_STATES}
    others = sorted(zone for zone in available_timezones() if zone.startswith(REGIONS) and zone not in ours)
    return [("United States", UNITED_STATES), ("Other places", [(zone, zone.replace("_", " ").replace("/", ", ")) for zone in others])]


def zone_name(zone: str) -> str:
    """A time zone as the list of choices names it."""
    return dict(choice for _, group in zones() for choice in group).get(zone, zone)


class NamesForm(forms.Form):
    """The two names of a person."""

    name = NameField(
        label="Your full name",
        help_text="As it should appear on your certificate, for example Alice B. Miller",
        max_length=120,
        widget=NameInput({"autocomplete": "name", "spellcheck": "false"}),
        error_messages={"required": "Enter your full name"},
    )
    called = NameField(
        label="What should we call you?",
        help_text="We use it in our emails to you. For example, Alice",
        max_length=60,
        widget=NameInput({"autocomplete": "nickname", "spellcheck": "false"}),
        error_messages={"required": "Enter what we should call you"},
    )


class SignupForm(NamesForm):
    """What a new account needs besides address and password; allauth's own form extends it."""

    # A script may fill it in; without one, or with a place that we don't know, the default stands.
    time_zone = TextField(required=False, widget=forms.HiddenInput({"data-time-zone": ""}))
    field_order = ("name", "called", "email", "password1", "time_zone")

    def clean_time_zone(self) -> str:
        """A zone that we offer, or the default."""
        zone = self.cleaned_data["time_zone"]
        return zone if any(zone == known for _, group in zones() for known, _ in group) else DEFAULT_ZONE

    def signup(self, request: HttpRequest, user: User) -> None:
        """Nothing is left to do: `people.adapter` has stored the person."""


class PreferencesForm(NamesForm):
    """What a person can change about themselves at any time."""

    time_zone = forms.ChoiceField(label="Your time zone", help_text="We show times in this time zone", choices=zones)
    field_order = ("name", "called", "time_zone")


TEXT_LENGTH = 4000


class ContactForm(forms.Form):
    """A question to the program. Who is signed in is not asked for name and address."""

    name = NameField(
        label="Your name",
        max_length=120,
        widget=NameInput({"autocomplete": "name", "spellcheck": "false"}),
        error_messages={"required": "Enter your name"},
    )
    email = EmailField(
        label="Your email address",
        help_text="We will answer at this address",
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "required": "Enter your email address",
        },
    )
    topic = forms.ChoiceField(
        label="What is it about?",
        choices=[("", "Choose one"), *Topic.choices],
        error_messages={"required": "Choose what your question is about"},
    )
    text = TextField(
        label="Your question",
        help_text="Please leave out card numbers, passwords and anything private about other people",
        max_length=TEXT_LENGTH,
        widget=forms.Textarea({"rows": 8}),
        error_messages={
            "required": "Write your question",
            "max_length": f"Please write at most {TEXT_LENGTH:,} characters. You have %(show_value)s.",
        },
    )
    # People don't see this field, so whatever is in it was written by a program.
    more = TextField(label="Leave this field empty", required=False, widget=forms.TextInput({"autocomplete": "off", "tabindex": "-1"}))

    def __init__(self, *args: Any, asker: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asker = asker
        if asker is not None:
            del self.fields["name"], self.fields["email"]

    def clean_more(self) -> str:
        """Nothing; whoever sees the field after all is told what helps."""
        if self.cleaned_data["more"]:
            raise forms.ValidationError("Empty the last field, then send your question again.")
        return ""


class AnswerForm(forms.Form):
    """Staff's answer to a question."""

    answer = TextField(
        label="Your answer",
        help_text="We will send it as an email. A blank line starts a new paragraph.",
        max_length=8000,
        widget=forms.Textarea({"rows": 10}),
        error_messages={"required": "Write your answer", "max_length": "Please write at most 8,000 characters. You have %(show_value)s."},
    )


class CloseForm(forms.Form):
    """Why a question gets no answer."""

    reason = TextField(
        label="Why does it need no answer?",
        help_text="For example: advertising, or asked twice",
        max_length=200,
        error_messages={"required": "Explain why it needs no answer"},
    )


class RoleForm(forms.Form):
    """Why someone gets a role, or loses it."""

    reason = TextField(
        label="Why?",
        help_text="The person will read it in an email, and it stays in the record",
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        error_messages={
            "required": "Give a reason. The person will read it",
            "max_length": "Please write at most 1,000 characters. You have %(show_value)s.",
        },
    )


class ReplaceForm(forms.Form):
    """Another file in place of one that could not be taken."""

    file = DocumentField(label="The other file")


class CloseAccountForm(forms.Form):
    """Why someone closes their own account, if they want to say."""

    reason = TextField(
        label="Why are you closing it? (optional)",
        help_text="Staff may read it",
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
    )
