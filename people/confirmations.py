"""When an email that confirms an address went out, and when the next one can: pages say what happened, not what was asked for."""

import hashlib
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

# allauth limits these together, and sends nothing more for a while without a word.
PREFIXES = {"account/email/email_confirmation_signup", "account/email/email_confirmation", "account/email/account_already_exists"}
SESSION_KEY = "confirmation"


def _key(email: str) -> str:
    return f"people.confirmation:{hashlib.sha256(email.lower().encode()).hexdigest()}"


def note_sent(request: HttpRequest, email: str, *, at: datetime) -> None:
    """Remember that an email goes out now."""
    cache.set(_key(email), at, settings.CONFIRMATION_WAIT_SECONDS)
    request.email_sent_to = email.lower()  # type: ignore[attr-defined]


def minutes_to_wait(email: str, *, at: datetime) -> int:
    """In how many minutes the next one can be sent; 0 is now."""
    sent_at = cache.get(_key(email))
    if sent_at is None:
        return 0
    wait = sent_at + timedelta(seconds=settings.CONFIRMATION_WAIT_SECONDS) - at
    return max(0, -(-int(wait.total_seconds()) // 60))


def note_outcome(request: HttpRequest, email: str, *, at: datetime) -> None:
    """Keep for the next page whether this request sent an email, and when the next can be sent."""
    email = email.lower()
    was_sent = getattr(request, "email_sent_to", "") == email
    request.session[SESSION_KEY] = {"email": email, "was_sent": was_sent, "minutes": minutes_to_wait(email, at=at)}
