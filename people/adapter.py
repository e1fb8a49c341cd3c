"""How allauth connects to this project: what a sign-up stores, and every message as an email of the ledger's."""

from typing import Any, cast
from urllib.parse import urlsplit
from uuid import uuid4

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.core import context as allauth_context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from django.db import IntegrityError, transaction
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from ledger import actions as ledger
from ledger import clock
from people import confirmations, notices, queries, security
from people.encryption import Unreadable, seal, unseal
from people.models import User
from people.states import SecurityEventKind


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's hooks, with our words."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": "This account is closed. Write to us if you think that is a mistake.",
        "email_password_mismatch": "The email address or the password is not right. Check both, or set a new password.",
        "email_taken": "There is an account with this email address. Sign in, or set a new password.",
        "duplicate_email": "This address is already in your account.",
        "enter_current_password": "Enter the password that you sign in with now.",
        "incorrect_code": "This code is wrong or has expired. Enter the newest one.",
        "incorrect_password": "This is not your password. Check it, or set a new one.",
        "invalid_password_reset": "This link was already used, or is too old. Ask for a new one.",
        "too_many_login_attempts": "There were too many wrong tries. Wait five minutes, or set a new password.",
        "rate_limited": "That was too many tries in a short time. Wait a few minutes, then try again.",
        "cannot_remove_primary_email": "You sign in with this address. Choose another one to sign in with, then remove it.",
        "unverified_primary_email": "Confirm the address first: open the link in the email that we sent.",
    }

    def save_user(self, request: HttpRequest, user: User, form: BaseForm, commit: bool = True) -> User:
        """Store the person who signs up, with the entry that tells it."""
        cleaned = form.cleaned_data
        user.name, user.called, user.time_zone = cleaned["name"], cleaned["called"], cleaned["time_zone"]
        try:
            with transaction.atomic():
                super().save_user(request, user, form, commit=commit)
                if commit:
                    ledger.record("people.account.open", subject=user, actor=user, at=clock.now(), person=user)
        except IntegrityError:
            # The button was pressed twice at once: the other request has made the account and sent the email.
            raise ImmediateHttpResponse(self.respond_email_verification_sent(request, None)) from None
        return user

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Tell the apps that an address is someone's; they hear it also when it was removed a moment later."""
        with transaction.atomic():
            if not super().confirm_email(request, email_address):
                return False
            known: dict[str, Any] = {"person": email_address.user_id, "email": email_address.email}
            ledger.emit("people.address.confirmed", key=uuid4(), at=clock.now(), **known)
            return True

    def send_account_already_exists_mail(self, email: str) -> None:
        """Tell the owner of an account that someone signed up with their address.

        Who signs up again with the same password before confirming gets the link again. No one else does: they would confirm an account
        that a stranger opened and knows the password of. Comparing takes as long as making an account, so the clock tells nothing either.
        """
        person = queries.get_person_by_email(email)
        same = person is not None and person.check_password(allauth_context.request.POST.get("password1", ""))
        unconfirmed = EmailAddress.objects.filter(user=person, email=email, verified=False).first() if same else None
        if unconfirmed is None:
            super().send_account_already_exists_mail(email)
        else:
            self.send_confirmation_mail(allauth_context.request, EmailConfirmationHMAC.create(unconfirmed), signup=True)

    def respond_email_verification_sent(self, request: HttpRequest, user: User | None) -> HttpResponse:
        """Let the next page say whether an email was sent: the same for an address that has an account and one that has none."""
        email = request.POST.get("email") or request.POST.get("login") or (user.email if user else "")
        confirmations.note_outcome(request, email[:254], at=clock.now())
        return cast(HttpResponse, super().respond_email_verification_sent(request, user))

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Record what was changed and tell the addresses of before; what was done with an address is told by `people.security`."""
        if template_prefix in security.CHANGES:
            verb, details, notice = security.CHANGES[template_prefix]
            security.record_change(user, verb, notice, at=clock.now(), actor=user, details=details)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Record a wrong password; nothing of what was typed."""
        person = queries.get_person_by_email(credentials.get("email") or "")
        security.record_event(person, SecurityEventKind.FAILED, request, at=clock.now())

    def logout(self, request: HttpRequest) -> None:
        """Record who leaves."""
        if isinstance(request.user, User):
            security.record_event(request.user, SecurityEventKind.SIGN_OUT, request, at=clock.now())
        super().logout(request)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write the email that belongs to one of allauth's messages; allauth limits how often that can happen."""
        account_email = notices.ACCOUNT[template_prefix]
        person = cast(User | None, context.get("user")) or queries.get_person_by_email(email)
        if template_prefix == "account/email/unknown_account" and person is not None and person.is_active and person.email != email:
            account_email = notices.OTHER_ADDRESS
        link = context.get(account_email.link) if account_email.link else None
        if template_prefix in confirmations.PREFIXES:
            confirmations.note_sent(allauth_context.request, email, at=clock.now())
        ledger.queue_email(
            person,
            account_email.notice,
            key=uuid4(),
            at=clock.now(),
            # Only the path: the address comes from PUBLIC_URL, never from what a request called itself.
            path=urlsplit(link)._replace(scheme="", netloc="").geturl() if link else reverse("people:account"),
            context=_greeting(person, email) | {"address": email} | {name: str(context[name]) for name in account_email.context},
            to=email,
            why=account_email.why,
            secret=bool(account_email.link),
        )


def _greeting(person: User | None, email: str) -> dict[str, str]:
    """No one is called by a name at an address that is not confirmed: whoever made the account may have typed both."""
    confirmed = person is not None and EmailAddress.objects.filter(user=person, email=email, verified=True).exists()
    return {} if confirmed else {"called": ""}


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """The second step of signing in, with our words."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "add_email_blocked": "Turn off the second step before you add an address. Then turn it on again.",
        "cannot_delete_authenticator": "This second step can’t be removed now.",
        "cannot_generate_recovery_codes": "Set up an authenticator app or a passkey first. Recovery codes are a backup for it.",
        "incorrect_code": "This code is wrong or has expired. Enter the newest one.",
        "unverified_email": "Confirm your email address first: open the link in the email that we sent.",
    }

    def encrypt(self, text: str) -> str:
        """Keep the secret of an app, and the seed of recovery codes, unreadable in the database."""
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Read such a secret; where its key is gone, no code is right, and the person is told so."""
        try:
            return unseal(encrypted_text)
        except Unreadable:
            raise self.validation_error("incorrect_code") from None

    def get_totp_issuer(self) -> str:
        """What an authenticator app calls us."""
        return "LSSC"

    def build_totp_svg(self, url: str) -> str:
        """Draw the square code as it may stand inside a page: without the line that makes it a document of its own."""
        return str(super().build_totp_svg(url)).partition("?>")[2]
