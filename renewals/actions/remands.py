"""Put a renewal before staff again, because an appeal found that the rules were not followed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from certificates import actions as certificates
from ledger import transitions
from ledger.states import NotPossible
from people.decisions import send_back
from programs import policy as calendar
from renewals import queries
from renewals.models import Renewal

if TYPE_CHECKING:
    from people.models import User


def remand(renewal: Renewal, *, reason: str, actor: User, at: datetime) -> None:
    """Put a refused renewal before staff again, with what was sent and on the day on which it was: on time, it holds its certificate again.

    Staff mark its activities anew, and no fee is due. Raises NotYourDecision for one's own, NotPossible once it is sent again.
    """
    with transaction.atomic():
        transitions.lock(Renewal, renewal.pk, "remand", decider=actor)
        row = queries.find_renewal(renewal.pk).get()
        if queries.get_refusal_day(row) is None:
            raise NotPossible("Only a refused renewal that has not been sent again can go back to staff.")
        decide_by = calendar.add_working_days(calendar.today(at), row.terms.answer_working_days)
        due = {"decide_by": decide_by}
        send_back(row, reason=reason, actor=actor, at=at, person=row.person, details=due, **due, decision_reason="")
        row.activities.update(mark="", accepted_technology_minutes=None)
        if not row.is_late:
            certificates.hold(row.certificate, sent_on=row.sent_on, at=at)
