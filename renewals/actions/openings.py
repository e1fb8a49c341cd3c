"""Open the renewal of a term when the term begins, so that learning can be logged from its first day."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from certificates import queries as certificates
from certificates.states import CertificateState
from ledger import actions as ledger
from programs import policy as calendar
from renewals import policy
from renewals.models import Renewal
from renewals.states import RenewalState

if TYPE_CHECKING:
    from certificates.models import Certificate
    from people.models import User

# So many at a time are opened by the sweep; there are only any where certificates were issued before renewals could be logged.
AT_ONCE = 500


def open_term(certificate: Certificate, *, actor: User | None, at: datetime) -> Renewal | None:
    """Open the renewal of the certificate's newest term, under the certificate's Terms; one that is open already is returned.

    One that was replaced hands its renewals on to the new number. A certificate without grace (a provisional one) has none: None.
    """
    with transaction.atomic():
        if certificate.replaces_id:
            _follow(certificate, actor=actor, at=at)
        if certificate.state != CertificateState.ISSUED or certificates.get_facts(certificate).provisional:
            return None
        terms = certificate.terms
        days = policy.plan_dates(
            first_day=certificate.valid_from,
            expires_on=certificate.expires_on,
            window_months=terms.renewal_window_months,
            grace_months=terms.grace_months,
        )
        renewal, new = Renewal.objects.get_or_create(
            certificate=certificate,
            first_day=days.first_day,
            defaults={
                "person": certificate.person,
                "terms": terms,
                "expires_on": days.expires_on,
                "opens_on": days.opens_on,
                "grace_ends_on": days.grace_ends_on,
                "opened_on": calendar.today(at),
            },
        )
        if new:
            details = {"first_day": days.first_day, "opens_on": days.opens_on, "grace_ends_on": days.grace_ends_on}
            ledger.record("renewals.renewal.open", subject=renewal, actor=actor, at=at, person=certificate.person, details=details)
        return renewal


def _follow(certificate: Certificate, *, actor: User | None, at: datetime) -> None:
    """Hand the renewals of a replaced certificate on to the one in its place."""
    rows = list(Renewal.objects.select_for_update().filter(certificate=certificate.replaces_id))
    for row in rows:
        row.certificate = certificate
        row.save(update_fields=["certificate"])
        if row.state != RenewalState.APPROVED:
            details = {"number": certificate.number}
            ledger.record("renewals.renewal.follow", subject=row, actor=actor, at=at, person=row.person, details=details)


def open_missing(*, at: datetime) -> int:
    """Open what is not open yet, for certificates that were issued before this app was there; give how many."""
    issued = certificates.list_issued().filter(state=CertificateState.ISSUED, renewals=None)
    return sum(open_term(row, actor=None, at=at) is not None for row in issued[:AT_ONCE])
