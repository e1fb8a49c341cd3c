"""allauth's forms, made whole; apart from `people.forms`, which allauth's own form extends and so imports first."""

from typing import Any

from allauth.account import forms as allauth
from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest

from people import typefaces
from people.fields import EmailField
from people.models import User
from people.passwords import OwnWordsValidator


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
    """A forgotten password. The link goes only to the address that one signs in with: a stranger may have added another one."""

    users: list[User]

    def clean_email(self) -> str:
        """The address; whose primary one it is not gets no link."""
        email: str = super().clean_email()
        self.users = [user for user in self.users if user.email.lower() == email.lower()]
        return email


class SignupForm(EmailFieldsMixin, allauth.SignupForm):  # type: ignore[misc]
    """The page on which a person makes an account."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = "At least 10 characters. Four words that don’t belong together are easy to remember."

    def clean(self) -> dict[str, Any]:
        """Compare the password with the names, too: allauth only knows the address."""
        cleaned: dict[str, Any] = super().clean()
        if password := cleaned.get("password1"):
            person = User(**{name: cleaned.get(name) or "" for name in ("name", "called", "email")})
            try:
                OwnWordsValidator().validate(password, person)
            except ValidationError as refusal:
                if not self.has_error("password1"):
                    self.add_error("password1", refusal)
        return cleaned

    @transaction.atomic
    def try_save(self, request: HttpRequest) -> Any:
        """Store person and address together, so that a second press of the button finds both or neither."""
        # Also where there is an account with this address: what is said must not differ.
        if unprintable := typefaces.warn(self.cleaned_data["name"]):
            messages.warning(request, unprintable)
        return super().try_save(request)
