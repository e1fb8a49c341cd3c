"""Ask for more time, and decide on it: one extension in a candidacy."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction

from candidates import notices, policy
from candidates.actions.candidacies import note_activity
from candidates.models import Application, Candidacy, ExtensionRequest
from candidates.states import CandidacyEnded, CandidacyState, ExtensionState
from ledger import actions as ledger
from ledger import transitions
from ledger.states import NotPossible
from people.decisions import check_not_again, send_back
from people.templatetags.words import longdate
from programs import actions as programs
from programs import policy as dates
from programs.queries import get_terms

if TYPE_CHECKING:
    from people.models import User
    from programs.models import Terms

ONCE = "The time was already extended on {on}. There is only one extension."


def ask_extension(candidacy: Candidacy, *, why: str, actor: User, at: datetime) -> ExtensionRequest:
    """Ask staff for more time, on time; asking again while they have it changes nothing.

    Raises CandidacyEnded after the last day, NotPossible without a reason or after an extension.
    """
    if not why.strip():
        raise NotPossible("Explain why you need more time.")
    with transaction.atomic():
        row = transitions.lock(Candidacy, candidacy.pk)
        if row.state != CandidacyState.ACTIVE or not dates.in_time(row.ends_on, at=at):
            raise CandidacyEnded("Your time is over, so it can no longer be extended. You can apply again.")
        if row.extended_on:
            raise NotPossible(ONCE.format(on=longdate(row.extended_on)))
        waiting = row.extension_requests.filter(state=ExtensionState.ASKED).first()
        if waiting is not None:
            return waiting
        today = dates.today(at)
        terms = get_terms(today)
        programs.freeze(terms, at=at, actor=actor)
        request = ExtensionRequest.objects.create(
            candidacy=row,
            terms=terms,
            why=why.strip(),
            asked_at=at,
            asked_on=today,
            decide_by=dates.add_working_days(today, row.terms.answer_working_days),
        )
        note_activity(row, at=at)
        ledger.record("candidates.extension.ask", subject=request, actor=actor, at=at, person=row.person, reason=why.strip())
        notices.extension_asked(request, at=at)
        return request


def extend(candidacy: Candidacy, *, reason: str, actor: User, at: datetime) -> Candidacy:
    """Give a candidacy its one extension, under the Terms in force; a request that waits is granted with it, under those it was made under.

    An ended candidacy comes back only by a request that was sent on time. Raises NotYourDecision for one's own, NotPossible without a
    reason, a second time, or when it would change nothing.
    """
    if not reason.strip():
        raise NotPossible("Explain why you are giving more time.")
    with transaction.atomic():
        row = transitions.lock(Candidacy, candidacy.pk, "extend", decider=actor)
        request = row.extension_requests.select_for_update(of=("self",)).select_related("terms").filter(state=ExtensionState.ASKED).first()
        today = dates.today(at)
        terms = get_extension_terms(request, today=today)
        ends_on = policy.extended_end(row.admitted_on, candidacy_months=row.terms.candidacy_months, extension_months=terms.extension_months)
        _check_extension(row, request, at=at)
        if ends_on < today or ends_on <= row.ends_on:
            raise NotPossible(f"That would be until {longdate(ends_on)}, which has already passed. The person can apply again.")
        programs.freeze(terms, at=at, actor=actor)
        before = row.ends_on
        transitions.transition(
            row,
            "extend",
            actor=actor,
            at=at,
            person=row.person,
            reason=reason.strip(),
            details={"ends_on": ends_on, "before": before},
            ends_on=ends_on,
            extended_on=today,
            extension_terms=terms,
        )
        if request is not None:
            check_not_again(request, actor, decided=("decline",))
            _decide(request, "grant", reason=reason, actor=actor, at=at)
        ledger.emit(
            "candidates.candidacy.extended",
            key=row.id,
            at=at,
            candidacy=row.id,
            person=row.person_id,
            ends_on=ends_on,
            before=before,
        )
        notices.extended(row, reason=reason.strip(), at=at)
        return row


def get_extension_terms(request: ExtensionRequest | None, *, today: date) -> Terms:
    """Give the Terms that say how long the extension is: those under which it was asked for, or else those in force."""
    return (request and request.terms) or get_terms(today)


def decline_extension(request: ExtensionRequest, *, reason: str, actor: User, at: datetime) -> None:
    """Decline a request for more time, with a reason. Raises NotYourDecision for one's own, NotPossible when it was decided."""
    if not reason.strip():
        raise NotPossible("Explain why you are declining.")
    with transaction.atomic():
        row = transitions.lock(ExtensionRequest, request.pk, "decline", decider=actor)
        check_not_again(row, actor, decided=("decline",))
        _decide(row, "decline", reason=reason, actor=actor, at=at)
        notices.extension_declined(row, at=at)


def remand_extension(request: ExtensionRequest, *, reason: str, actor: User, at: datetime) -> None:
    """Put a request for more time that was declined before staff again, after an appeal; it counts as asked on its first day.

    Raises NotYourDecision for one's own, NotPossible where the time was extended, or asked for again, since.
    """
    with transaction.atomic():
        candidacy = transitions.lock(Candidacy, request.candidacy_id)
        row = transitions.lock(ExtensionRequest, request.pk, "remand", decider=actor)
        if candidacy.extended_on or candidacy.extension_requests.filter(state=ExtensionState.ASKED).exists():
            raise NotPossible("More time has since been given or requested again. There is nothing to decide again on this request.")
        decide_by = dates.add_working_days(dates.today(at), candidacy.terms.answer_working_days)
        due = {"decide_by": decide_by}
        row.reason = ""  # The audit has why it was declined.
        send_back(row, reason=reason, actor=actor, at=at, person=candidacy.person, details=due, **due)
        row.save(update_fields=["reason"])


def _decide(request: ExtensionRequest, verb: str, *, reason: str, actor: User, at: datetime) -> None:
    request.reason = reason.strip()
    request.save(update_fields=["reason"])
    person = request.candidacy.person
    transitions.transition(request, verb, actor=actor, at=at, person=person, reason=reason.strip(), decided_at=at, decided_by=actor)


def _check_extension(row: Candidacy, request: ExtensionRequest | None, *, at: datetime) -> None:
    if row.extended_on:
        raise NotPossible(ONCE.format(on=longdate(row.extended_on)))
    if not dates.in_time(row.ends_on, at=at) and (request is None or request.asked_on > row.ends_on):
        raise NotPossible(f"The time ended on {longdate(row.ends_on)}, and no one asked for more before then. The person can apply again.")
    others = Candidacy.objects.filter(person=row.person, state=CandidacyState.ACTIVE).exclude(pk=row.pk)
    if others.exists():
        raise NotPossible("The person has since been admitted again, so this time can no longer be extended.")
    if Application.objects.filter(person=row.person).sent().live().exists():
        raise NotPossible("The person has applied again. Decide on that application, or ask them to withdraw it first.")
