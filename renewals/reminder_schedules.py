"""Who is reminded of a renewal: holders whose certificate ends or whose grace ends, who owe its fee, or who are asked for more."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse

from certificates.states import CertificateState
from ledger.reminder_schedules import Due, ReminderContent, reminder_schedule
from people.templatetags.words import longdate
from renewals import queries
from renewals.models import Renewal
from renewals.notices import WHY
from renewals.states import OPEN, RenewalState

# The rules have one list of reminders to renew, whose last step counts from the end of grace.
RENEW = "renewals.renew"


def _open() -> QuerySet[Renewal]:
    """What can be sent: not sent yet, or refused and not taken up again, of a certificate that stands."""
    return Renewal.objects.filter(state__in=OPEN, certificate__state=CertificateState.ISSUED)


@reminder_schedule(
    "renewals.expiry",
    title="Certificate ends",
    counts_from="the last day of the certificate",
    offsets=("-12 months", "-9 months", "-6 months", "-3 months", "-1 month", "-7 days", "0 days", "30 days"),
    notice="renewals/expires",
    group=RENEW,
)
def expiry() -> Due:
    """Holders who have not sent their renewal."""
    return Due(_open(), person="person", thing="id", due_date="expires_on", since="opened_on")


@expiry.content
def render_expiry(ids: Collection[UUID], *, today: date) -> dict[UUID, ReminderContent]:
    """Give the days of each, and the fee. Two queries."""
    return _say(ids, "expires_on", "Last day of your certificate (LSSC)", possible_until="grace_ends_on", today=today)


@reminder_schedule(
    "renewals.grace",
    title="Grace ends",
    counts_from="the last day to send a renewal",
    offsets=("-7 days",),
    notice="renewals/grace_ends",
    group=RENEW,
)
def grace() -> Due:
    """Holders who have not sent their renewal."""
    return Due(_open(), person="person", thing="id", due_date="grace_ends_on", since="opened_on")


@grace.content
def render_grace(ids: Collection[UUID], *, today: date) -> dict[UUID, ReminderContent]:
    """Give the days of each, and the fee. Two queries."""
    return _say(ids, "grace_ends_on", "Last day to renew your certificate (LSSC)", today=today)


@reminder_schedule(
    "renewals.fee",
    title="Renewal fee due",
    counts_from="the last day to pay for a renewal",
    offsets=("-3 months", "-1 month", "-7 days", "0 days"),
    notice="renewals/pay_due",
)
def fee() -> Due:
    """Holders who have sent their renewal, and not paid for it."""
    rows = Renewal.objects.filter(state=RenewalState.AWAITING_PAYMENT)
    return Due(rows, person="person", thing="id", due_date="pay_by", since="sent_on")


@fee.content
def render_fee(ids: Collection[UUID], *, today: date) -> dict[UUID, ReminderContent]:
    """Give the days of each, and the fee. Two queries."""
    return _say(ids, "pay_by", "Last day to pay for your renewal (LSSC)", today=today)


@reminder_schedule(
    "renewals.answer",
    title="Answer about a renewal due",
    counts_from="the day that the answer is due",
    offsets=("-14 days", "-3 days"),
    notice="renewals/answer_due",
)
def answer() -> Due:
    """Holders whom staff, or the sample, asked for more, and who have not answered."""
    rows = Renewal.objects.filter(state=RenewalState.ASKED)
    return Due(rows, person="person", thing="id", due_date="answer_by", since="asked_on")


@answer.content
def render_answer(ids: Collection[UUID], *, today: date) -> dict[UUID, ReminderContent]:
    """Give the days of each, and the fee. Two queries."""
    return _say(ids, "answer_by", "Answer about your renewal (LSSC)", today=today)


def _say(ids: Collection[UUID], due_date: str, title: str, *, today: date, possible_until: str = "") -> dict[UUID, ReminderContent]:
    """Give what every email about a renewal says, as long as what it asks for is possible: until the due date, unless another day is named.

    After a gap, an email may be due whose last day is over before anything has noticed that.
    """
    fee = queries.tell_fee(on=today)
    return {
        row.id: ReminderContent(
            path=reverse("renewals:renewal"),
            context={
                "expires_on": longdate(row.expires_on),
                "grace_ends_on": longdate(row.grace_ends_on),
                "pay_by": longdate(row.pay_by),
                "late": row.is_late,
                "fee": fee,
            },
            calendar=(getattr(row, due_date), title),
            why=WHY,
        )
        for row in Renewal.objects.filter(id__in=ids)
        if getattr(row, possible_until or due_date) >= today
    }
