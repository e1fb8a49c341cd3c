"""Decide on an application: admit or refuse."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction

from billing import actions as billing
from billing import queries as charges
from candidates import notices, queries
from candidates.actions.applying import PURPOSE
from candidates.models import Application, Candidacy, ChosenSet
from candidates.states import NOT_ELIGIBLE, AlreadyStarted, CandidacyState, NotYourDecision, RefusalReason
from ledger import actions as ledger
from ledger import transitions
from ledger.states import NotPossible
from programs import actions as terms_of
from programs import policy as dates
from programs import queries as programs
from programs.states import Kind

if TYPE_CHECKING:
    from people.models import User


def admit(application: Application, *, actor: User, at: datetime) -> Candidacy:
    """Admit the applicant: open the candidacy with the required sets on its plan. Its last day is promised under the application's Terms.

    Raises NotYourDecision for one's own application, and NotPossible when it was decided a moment ago.
    """
    with transaction.atomic():
        row = transitions.lock(Application, application.pk, "admit")
        _check_not_own(row, actor)
        if Candidacy.objects.filter(person=row.person, state=CandidacyState.ACTIVE).exists():
            raise AlreadyStarted(f"{row.person} is in the program already.")
        terms = queries.get_terms(row, at=at)
        terms_of.freeze(terms, at=at, actor=actor)
        admitted_on = dates.today(at)
        ends_on = dates.add_months(admitted_on, terms.candidacy_months)
        transitions.move(row, "admit", actor=actor, at=at, person=row.person, facts={"ends_on": ends_on}, decided_at=at, decided_by=actor)
        candidacy = Candidacy.objects.create(person=row.person, application=row, terms=terms, admitted_on=admitted_on, ends_on=ends_on)
        required = [one for one in programs.list_sets() if one.kind == Kind.REQUIRED]
        ChosenSet.objects.bulk_create(
            ChosenSet(candidacy=candidacy, set=one, position=position) for position, one in enumerate(required, start=1)
        )
        ledger.record("candidates.candidacy.open", subject=candidacy, actor=actor, at=at, person=row.person, facts={"ends_on": ends_on})
        ledger.emit("candidates.candidacy.opened", key=candidacy.id, at=at, candidacy=candidacy.id, person=row.person_id)
        notices.admitted(candidacy, at=at)
        return candidacy


def refuse(application: Application, *, reason_code: str, reason: str, eligible_from: date | None, actor: User, at: datetime) -> None:
    """Refuse the application and say why, what would help and from when; who is not eligible gets the fee back in full.

    Raises NotYourDecision for one's own application, and NotPossible without a reason or when it was decided a moment ago.
    """
    if not reason.strip():
        raise NotPossible("Say what you found, and what would make the person eligible.")
    code = RefusalReason(reason_code)
    with transaction.atomic():
        row = transitions.lock(Application, application.pk, "refuse")
        _check_not_own(row, actor)
        transitions.move(
            row,
            "refuse",
            actor=actor,
            at=at,
            person=row.person,
            reason=reason,
            facts={"why_refused": code.label.lower()},
            decided_at=at,
            decided_by=actor,
            refusal_reason=code,
            refusal_text=reason,
            eligible_from=eligible_from,
        )
        refunded = code in NOT_ELIGIBLE
        charge = charges.get_charge(purpose=PURPOSE, reference=row.id)
        if refunded and charge is not None:
            billing.refund(charge, actor=actor, at=at, reason="The applicant is not eligible.")
        notices.refused(row, refunded=refunded, at=at)


def _check_not_own(row: Application, actor: User) -> None:
    if row.person_id == actor.pk:
        raise NotYourDecision("This is your own application. Somebody else on the staff decides on it.")
