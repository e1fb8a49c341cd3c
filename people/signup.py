"""allauth's forms for sign-up and a forgotten password, made whole; apart from `people.forms`, which allauth's own form extends and so imports first."""

from typing import Any

from allauth.account.forms import ResetPasswordForm as AllauthResetPasswordForm
from allauth.account.forms import SignupForm as AllauthSignupForm
from django.db import transaction
from django.http import HttpRequest


class SignupForm(AllauthSignupForm):  # type: ignore[misc]
    """The page on which a person makes an account."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = "At least 10 characters. Four words that don’t belong together are easy to remember."

    @transaction.atomic
    def try_save(self, request: HttpRequest) -> Any:
        """Store person and address together, so that a second press of the button finds both or neither."""
        return super().try_save(request)


class ResetPasswordForm(AllauthResetPasswordForm):  # type: ignore[misc]
    """A forgotten password. The link goes only to the address that somebody signs in with: another one may have been added by a stranger."""

    def clean_email(self) -> str:
        """The address; whose primary one it is not gets no link."""
        email: str = super().clean_email()
        self.users = [user for user in self.users if user.email.lower() == email.lower()]
        return email
