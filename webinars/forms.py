"""What people type about webinars, turned into clean values."""

import re
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from people.fields import EmailField, MemorableDateField, NameField, NameInput, TextField, WholeNumberField
from people.forms import zones
from webinars.actions import Details
from webinars.models import Webinar

LONGEST_MINUTES = 480
TIME = re.compile(r"([0-9]{1,2})(?:[:.]([0-9]{2}))?\s*([ap])?\.?\s*(?:m\.?)?", re.IGNORECASE)


class ClockField(TextField):
    """An hour as people write it: 2 pm, 2:30 p.m., 14:30. Cleans to a time."""

    def clean(self, value: Any) -> Any:
        """Read it; raises ValidationError with an example."""
        typed = super().clean(value)
        match = TIME.fullmatch(typed.strip())
        hour, minute, half = (int(match[1]), int(match[2] or 0), (match[3] or "").lower()) if match else (99, 0, "")
        if half:
            hour = hour % 12 + (12 if half == "p" else 0) if 1 <= hour <= 12 else 99
        if hour > 23 or minute > 59:
            raise forms.ValidationError("Enter a time like 2:00 pm")
        return time(hour, minute)


class WebinarForm(forms.Form):
    """One webinar, as staff plan it."""

    title = TextField(label="Title", max_length=120, error_messages={"required": "Enter a title"})
    description = TextField(
        label="What it is about",
        help_text="The public will read this. Say who it is for",
        max_length=4000,
        widget=forms.Textarea({"rows": 6}),
        error_messages={"required": "Say what it is about"},
    )
    day = MemorableDateField(label="Day", help_text="For example: 3 14 2027", error_messages={"required": "Enter the day"})
    clock = ClockField(label="Begins at", help_text="For example: 2:00 pm", max_length=20, error_messages={"required": "Enter the time"})
    zone = forms.ChoiceField(label="Time zone", choices=zones, error_messages={"required": "Choose a time zone"})
    minutes = WholeNumberField(
        label="How many minutes",
        min_value=5,
        max_value=LONGEST_MINUTES,
        error_messages={
            "required": "Enter how many minutes it takes",
            "invalid": "Enter the minutes as a number, for example 60",
            "min_value": "Enter at least 5 minutes",
            "max_value": f"Enter at most {LONGEST_MINUTES} minutes",
        },
    )
    join_url = forms.URLField(
        label="Link to join",
        help_text="Only people who sign up will see it. It begins with https://",
        max_length=300,
        assume_scheme="https",
        error_messages={"required": "Enter the link to join", "invalid": "Enter an address like https://meet.example/lssc"},
    )
    seats = WholeNumberField(
        label="Seats (optional)",
        help_text="Leave it blank if there is no limit",
        required=False,
        min_value=1,
        max_value=100_000,
        error_messages={
            "invalid": "Enter the seats as a number, for example 100",
            "min_value": "Enter at least 1 seat, or leave it blank",
            "max_value": "Enter at most 100,000 seats, or leave it blank",
        },
    )

    def read(self) -> Details:
        """What was typed, with the instant at which it begins."""
        data = self.cleaned_data
        day: date = data["day"]
        begins_at = datetime.combine(day, data["clock"], tzinfo=ZoneInfo(data["zone"]))
        return Details(
            begins_at=begins_at, **{name: data[name] for name in ("title", "description", "zone", "minutes", "join_url", "seats")}
        )

    @staticmethod
    def write(row: Webinar) -> dict[str, Any]:
        """A webinar as the form shows it."""
        there = row.begins_there
        hour = f"{there.hour % 12 or 12}:{there:%M} {'am' if there.hour < 12 else 'pm'}"
        known = {name: getattr(row, name) for name in ("title", "description", "zone", "minutes", "join_url", "seats")}
        return {**known, "day": there.date(), "clock": hour}


class SignUpForm(forms.Form):
    """Who comes. Who is signed in is not asked."""

    name = NameField(
        label="Your name",
        max_length=120,
        widget=NameInput({"autocomplete": "name", "spellcheck": "false"}),
        error_messages={"required": "Enter your name"},
    )
    email = EmailField(
        label="Your email address",
        help_text="We will send the link to join there",
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "required": "Enter your email address",
        },
    )


class ReasonForm(forms.Form):
    """Why a webinar is cancelled."""

    reason = TextField(
        label="Why is it canceled?",
        help_text="Everyone who signed up will read this in an email",
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "Give a reason. The people who signed up will read it"},
    )
