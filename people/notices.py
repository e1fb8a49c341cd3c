"""The letters about an account: which of ours stands for each of allauth's mails, and which facts it needs."""

from dataclasses import dataclass

HAVE = "you have an account with us"
TYPED = "somebody typed this address on our website"


@dataclass(frozen=True)
class AccountLetter:
    """A letter; `link` names the fact of allauth's that it leads to (none: the person's account), `facts` what else it needs."""

    notice: str
    link: str = ""
    facts: tuple[str, ...] = ()
    why: str = HAVE


# The key is allauth's name of the mail.
ACCOUNT = {
    "account/email/email_confirmation_signup": AccountLetter("people/confirm_email", "activate_url", why=TYPED),
    "account/email/email_confirmation": AccountLetter("people/confirm_email", "activate_url", why=TYPED),
    "account/email/password_reset_key": AccountLetter("people/password_reset", "password_reset_url"),
    "account/email/unknown_account": AccountLetter("people/unknown_account", "signup_url", why=TYPED),
    "account/email/account_already_exists": AccountLetter("people/account_already_exists", "password_reset_url"),
    "account/email/password_reset": AccountLetter("people/password_changed"),
    "account/email/password_changed": AccountLetter("people/password_changed"),
    "account/email/password_set": AccountLetter("people/password_changed"),
    "account/email/email_changed": AccountLetter("people/email_changed", facts=("to_email",)),
    "account/email/email_confirm": AccountLetter("people/email_confirmed"),
    "account/email/email_deleted": AccountLetter("people/email_removed", facts=("deleted_email",)),
    "mfa/email/totp_activated": AccountLetter("people/second_step_added"),
    "mfa/email/webauthn_added": AccountLetter("people/second_step_added"),
    "mfa/email/totp_deactivated": AccountLetter("people/second_step_removed"),
    "mfa/email/webauthn_removed": AccountLetter("people/second_step_removed"),
    "mfa/email/recovery_codes_generated": AccountLetter("people/recovery_codes_made"),
}
