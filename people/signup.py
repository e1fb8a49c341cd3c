"""allauth's forms for sign-up and a forgotten password, made whole; `people.forms` is apart, since allauth's own form extends it."""

from typing import Any

from allauth.account.forms import ResetPasswordForm as AllauthResetPasswordForm
from allauth.account.forms import SignupForm as AllauthSignupForm
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest

from people.models import User
from people.passwords import OwnWordsValidator


class SignupForm(AllauthSignupForm):  # type: ignore[misc]
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
        return super().try_save(request)


class ResetPasswordForm(AllauthResetPasswordForm):  # type: ignore[misc]
    """A forgotten password. The link goes only to the address that one signs in with: a stranger may have added another one."""

    users: list[User]

    def clean_email(self) -> str:
        """The address; whose primary one it is not gets no link."""
        email: str = super().clean_email()
        self.users = [user for user in self.users if user.email.lower() == email.lower()]
        return email
