"""Decide on a renewal, activity by activity: approve it into a new term, ask for more, or refuse it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from certificates import actions as certificates
from ledger import actions as ledger
from ledger import transitions
from people.decisions import check_not_again
from people.templatetags.words import longdate
from programs import policy as calendar
from renewals import notices, policy, queries
from renewals.actions.openings import open_term
from renewals.models import Renewal
from renewals.states import Mark, NotDecided, RenewalState

if TYPE_CHECKING:
    from people.models import User


@dataclass(frozen=True, kw_only=True)
class Marked:
    """What staff say of one activity; `technology_minutes` are those that they take, None for all that were stated."""

    mark: str
    technology_minutes: int | None = None
    comment: str = ""


Marks = Mapping[UUID, Marked]


def approve(renewal: Renewal, *, marks: Marks, reason: str, actor: User, at: datetime) -> Renewal:
    """Approve the renewal, and open the new term: from the day after the old one, with the length of the Terms in force then.

    A lapsed certificate is reinstated by it, and that takes a `reason`. Raises NotYourDecision for one's own, NotDecided where the accepted
    activities are not enough or something is asked, NotPossible when it was decided a moment ago or the certificate does not stand.
    """
    with transaction.atomic():
        row = _lock(renewal, "approve", actor=actor, at=at)
        _mark(row, marks, actor=actor, at=at)
        account = queries.get_account(row, at=at, sealed=True)
        if any(line.activity.mark != Mark.ACCEPTED for line in account.counting):
            raise NotDecided("Accept each activity that counts, or mark it as not counting. You can also ask for more.")
        if not account.total.enough:
            raise NotDecided(f"What you accepted is not enough: {account.hours.words} {account.technology.words}")
        if row.is_late and not reason.strip():
            raise NotDecided("This certificate has lapsed. Give the reason for reinstating it.")
        terms, term = queries.get_next_terms(row), queries.plan_next_term(row)
        certificate = certificates.renew(
            row.certificate, first_day=term.first_day, expires_on=term.expires_on, terms=terms, actor=actor, at=at
        )
        details = {"hours": account.hours.have, "first_day": term.first_day, "expires_on": term.expires_on}
        _decide(row, "approve", reason=reason, details=details, actor=actor, at=at)
        open_term(certificate, actor=actor, at=at)
        notices.approved(row, term, at=at)
        ledger.emit("renewals.renewal.approved", key=row.id, at=at, renewal=row.id, person=row.person_id, certificate=row.certificate_id)
        return row


def ask(renewal: Renewal, *, marks: Marks, actor: User, at: datetime) -> Renewal:
    """Ask for more on some activities, with a reason for each; the holder has 30 days (by the Terms).

    Raises NotYourDecision, NotDecided where nothing is asked, and NotPossible when it was decided a moment ago.
    """
    with transaction.atomic():
        row = _lock(renewal, "ask", actor=actor, at=at)
        _mark(row, marks, actor=actor, at=at)
        titles = list(row.activities.filter(mark=Mark.ASKED).order_by("added_at", "id").values_list("title", flat=True))
        if not titles:
            raise NotDecided("Mark one or more activities as “More requested”, and explain what is missing.")
        today = calendar.today(at)
        answer_by = today + timedelta(days=row.terms.renewal_answer_days)
        details = {"items": titles, "answer_by": answer_by}
        changes: dict[str, Any] = {"asked_on": today, "asked_by": actor, "answer_by": answer_by}
        transitions.transition(row, "ask", actor=actor, at=at, person=row.person, details=details, **changes)
        notices.asked(row, count=len(titles), at=at)
        return row


def refuse(renewal: Renewal, *, marks: Marks, reason: str, actor: User, at: datetime) -> Renewal:
    """Refuse the renewal and say why; the holder can go on with it while there is time, or ask for reinstatement later.

    Raises NotYourDecision, and NotPossible without a reason or when it was decided a moment ago.
    """
    if not reason.strip():
        raise NotDecided("Explain why, and what would help. The person reads it.")
    with transaction.atomic():
        row = _lock(renewal, "refuse", actor=actor, at=at)
        _mark(row, marks, actor=actor, at=at)
        account = queries.get_account(row, at=at, sealed=True)
        _decide(row, "refuse", reason=reason, details={"hours": account.hours.have}, actor=actor, at=at)
        certificates.hold(row.certificate, sent_on=None, at=at)
        notices.refused(row, at=at)
        return row


def _lock(renewal: Renewal, verb: str, *, actor: User, at: datetime) -> Renewal:
    transitions.lock(Renewal, renewal.pk, verb, decider=actor)
    row = queries.find_renewal(renewal.pk).get()
    check_not_again(row, actor)
    if row.state == RenewalState.ASKED and row.answer_by and calendar.in_time(row.answer_by, at=at):
        raise NotDecided(f"The answer is due by {longdate(row.answer_by)}. Decide when we have it, or after that day.")
    return row


def _mark(row: Renewal, marks: Marks, *, actor: User, at: datetime) -> None:
    """Write down what staff say of each activity that they marked; the audit keeps it when the renewal is taken up again."""
    for activity in map(queries.as_sent, row.activities.filter(pk__in=marks, sealed=True).order_by("added_at", "id")):
        decided = marks[activity.pk]
        if decided.mark in (Mark.ASKED, Mark.REFUSED) and not decided.comment.strip():
            raise NotDecided(f"Explain why, for “{activity.title}”.")
        activity.mark, activity.comment = decided.mark, decided.comment.strip()
        taken = activity.technology_minutes if decided.technology_minutes is None else decided.technology_minutes
        activity.accepted_technology_minutes = min(taken, activity.technology_minutes) if decided.mark == Mark.ACCEPTED else None
        activity.save(update_fields=["mark", "comment", "accepted_technology_minutes"])
        decision = Mark(decided.mark).label
        if activity.accepted_technology_minutes:
            decision += f", with {policy.write_hours(activity.accepted_technology_minutes)} hours on technology"
        details = {"title": activity.title, "decision": decision}
        ledger.record(
            "renewals.activity.decide", subject=activity, actor=actor, at=at, person=row.person, details=details, reason=activity.comment
        )


def _decide(row: Renewal, verb: str, *, reason: str, details: dict[str, object], actor: User, at: datetime) -> None:
    reason = reason.strip()
    transitions.transition(
        row,
        verb,
        actor=actor,
        at=at,
        person=row.person,
        reason=reason,
        details=details,
        decided_at=at,
        decided_by=actor,
        decision_reason=reason,
    )
