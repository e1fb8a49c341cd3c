"""Which email an event of this app brings, to whom, and with which context."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from billing import policy as money
from ledger import actions as ledger
from people.templatetags.words import counted, longdate
from programs import policy as days
from programs import queries as programs
from renewals import policy
from renewals.models import Renewal

if TYPE_CHECKING:
    from billing.models import Charge

WHY = "you have a certificate from the program"


def fee_due(renewal: Renewal, charge: Charge, *, at: datetime) -> None:
    """Say that the renewal is sent, and that its fee is to be paid, and until when."""
    day = (renewal.pay_by, "Last day to pay for your renewal (LSSC)") if renewal.pay_by else None
    context = {"fee": money.dollars(charge.amount_cents), "pay_by": longdate(renewal.pay_by), "late": renewal.is_late}
    _mail(renewal, "fee_due", at=at, calendar=day, **context)


def fee_unset(renewal: Renewal, *, at: datetime) -> None:
    """Say that the renewal is sent, and waits for staff to set the fee."""
    _mail(renewal, "fee_unset", at=at, late=renewal.is_late)


def unpaid(renewal: Renewal, *, at: datetime) -> None:
    """Say that the fee did not come on time, and what can still be done."""
    _mail(renewal, "unpaid", at=at, pay_by=longdate(renewal.pay_by))


def received(renewal: Renewal, *, at: datetime) -> None:
    """Say that the renewal, or the answer, is with staff, and until when."""
    _mail(renewal, "received", at=at, decide_by=longdate(renewal.decide_by), late=renewal.is_late)


def sampled(renewal: Renewal, *, at: datetime) -> None:
    """Say that the renewal was drawn for the sample, and until when documents are asked for."""
    _asked(renewal, "sampled", at=at)


def asked(renewal: Renewal, *, count: int, at: datetime) -> None:
    """Say on how many activities staff ask for more, and until when; what they ask stands in the account alone."""
    _asked(renewal, "asked", at=at, items=counted(count, "activity,activities"), late=renewal.is_late)


def approved(renewal: Renewal, term: policy.Term, *, at: datetime) -> None:
    """Say that the certificate is renewed, and until when; the new last day goes along as a calendar file."""
    day = (term.expires_on, "Last day of your certificate (LSSC)")
    context = {"first_day": longdate(term.first_day), "expires_on": longdate(term.expires_on), "late": renewal.is_late}
    _mail(renewal, "approved", at=at, calendar=day, **context)


def refused(renewal: Renewal, *, at: datetime) -> None:
    """Say that the renewal was refused; the reason stands in the account alone."""
    in_time = days.in_time(renewal.grace_ends_on, at=at)
    context: dict[str, Any] = {"grace_ends_on": longdate(renewal.grace_ends_on), "in_time": in_time}
    _mail(renewal, "refused", at=at, appeal_until=longdate(programs.get_appeal_day(at)), **context)


def _asked(renewal: Renewal, notice: str, *, at: datetime, **context: Any) -> None:
    day = (renewal.answer_by, "Answer about your renewal (LSSC)") if renewal.answer_by else None
    _mail(renewal, notice, at=at, calendar=day, answer_by=longdate(renewal.answer_by), **context)


def _mail(renewal: Renewal, notice: str, *, at: datetime, calendar: tuple[date, str] | None = None, **context: Any) -> None:
    """Write one email for each time that it happens."""
    key, path = f"{renewal.id}:{at.isoformat()}", reverse("renewals:renewal")
    ledger.queue_email(renewal.person, f"renewals/{notice}", key=key, at=at, path=path, context=context, calendar=calendar, why=WHY)
