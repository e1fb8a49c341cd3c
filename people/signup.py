"""allauth's forms, made whole; apart from `people.forms`, which allauth's own form extends and so imports first."""

from typing import Any

from allauth.account import forms as allauth
from django import forms
from django.db import transaction
from django.http import HttpRequest

from people.fields import EmailField


class EmailFieldsMixin:
    """Take an email address as every other form does."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if isinstance(field, forms.EmailField):
                known = {"label": field.label, "required": field.required, "initial": field.initial, "help_text": field.help_text}
                self.fields[name] = EmailField(widget=field.widget, max_length=field.max_length, **known)


class LoginForm(EmailFieldsMixin, allauth.LoginForm):  # type: ignore[misc]
    """The page on which a person signs in."""


class AddEmailForm(EmailFieldsMixin, allauth.AddEmailForm):  # type: ignore[misc]
    """One more address of a person."""


class ResetPasswordForm(EmailFieldsMixin, allauth.ResetPasswordForm):  # type: ignore[misc]
    """Where a link for a new password goes."""


class SignupForm(EmailFieldsMixin, allauth.SignupForm):  # type: ignore[misc]
    """The page on which a person makes an account."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = "At least 10 characters. Four words that don’t belong together are easy to remember."

    @transaction.atomic
    def try_save(self, request: HttpRequest) -> Any:
        """Store person and address together, so that a second press of the button finds both or neither."""
        return super().try_save(request)
