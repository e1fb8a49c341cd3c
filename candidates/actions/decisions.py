"""Decide on an application: admit or refuse, and what becomes of a fee."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import ProtectedError

from billing import actions as billing
from billing import queries as charges
from billing.states import ChargeState
from candidates import notices, policy, queries
from candidates.models import Application, Candidacy, ChosenSet
from candidates.states import (
    DAY_OVER,
    LIVE,
    NOT_ELIGIBLE,
    OWED,
    PURPOSE,
    AlreadyStarted,
    ApplicationState,
    CandidacyState,
    RefusalReason,
)
from ledger import actions as ledger
from ledger import transitions
from ledger.states import NotPossible
from people.decisions import check_not_again, find_sent_back, send_back
from programs import actions as terms_of
from programs import policy as dates
from programs import queries as programs
from programs.states import SetKind

if TYPE_CHECKING:
    from billing.models import Charge
    from people.models import User

FOLLOWED = "Something has already followed from this admission, so it can’t be undone. Talk with the person about what to do."
MAKES_ROOM = "An appeal sent the earlier application back to staff."


def admit(application: Application, *, provisionally: bool = False, actor: User, at: datetime) -> Candidacy:
    """Admit the applicant: open the candidacy with the required sets on its plan. Its last day is promised under the application's Terms.

    `provisionally` is for a graduate who is short of hours, and only for one. Raises NotYourDecision for one's own application, and
    NotPossible where schooling or hours say otherwise, or when it was decided a moment ago.
    """
    verb = "admit_provisionally" if provisionally else "admit"
    with transaction.atomic():
        row = transitions.lock(Application, application.pk, verb, decider=actor)
        check_not_again(row, actor)
        before = list(Candidacy.objects.filter(person=row.person).values_list("state", "achievements"))
        if CandidacyState.ACTIVE in {state for state, _ in before}:
            raise AlreadyStarted(f"{row.person} is already in the program.")
        charge = charges.get_charge(purpose=PURPOSE, reference=row.id)
        if charge is not None and charge.state == ChargeState.OPEN:
            raise NotPossible(OWED)
        details = _check_admission(row, provisionally=provisionally, at=at)
        terms = queries.get_terms(row, at=at)
        terms_of.freeze(terms, at=at, actor=actor)
        admitted_on = dates.today(at)
        ends_on = dates.add_months(admitted_on, terms.candidacy_months)
        details |= {"ends_on": ends_on}
        transitions.transition(row, verb, actor=actor, at=at, person=row.person, details=details, decided_at=at, decided_by=actor)
        earlier = any(state == CandidacyState.EXPIRED and achieved for state, achieved in before)
        candidacy = Candidacy.objects.create(
            person=row.person,
            application=row,
            terms=terms,
            admitted_on=admitted_on,
            active_on=admitted_on,
            ends_on=ends_on,
            provisional=provisionally,
            reuse_by=dates.add_working_days(admitted_on, terms.answer_working_days) if earlier else None,
        )
        required = [competency_set for competency_set in programs.list_sets() if competency_set.kind == SetKind.REQUIRED]
        ChosenSet.objects.bulk_create(
            ChosenSet(candidacy=candidacy, set=competency_set, position=number) for number, competency_set in enumerate(required, start=1)
        )
        ledger.record("candidates.candidacy.open", subject=candidacy, actor=actor, at=at, person=row.person, details={"ends_on": ends_on})
        ledger.emit("candidates.candidacy.opened", key=candidacy.id, at=at, candidacy=candidacy.id, person=row.person_id)
        notices.admitted(candidacy, at=at)
        return candidacy


def _check_admission(row: Application, *, provisionally: bool, at: datetime) -> dict[str, object]:
    """Hold the decision against schooling and hours, and give what the audit says of a provisional one."""
    if not queries.has_diploma(row):
        raise NotPossible("There is no high-school diploma or equivalent in the application. Request it, or refuse.")
    count = queries.count_hours(row, at=at)
    admission = policy.admission(enough=count.enough, graduate=bool(row.is_graduate and row.transcript_id))
    if provisionally and admission != policy.Admission.PROVISIONAL:
        raise NotPossible("Only a graduate who sent a transcript and is short of hours is admitted provisionally.")
    if not provisionally and admission != policy.Admission.FULL:
        raise NotPossible(f"The hours are {count.short_by:,} short. Ask for more, refuse, or admit a graduate provisionally.")
    return {"college": row.college, "short_by": f"{count.short_by:,}"} if provisionally else {}


def withdraw_admission(application: Application, *, reason: str, actor: User, at: datetime) -> None:
    """Reverse an admission by mistake, while nothing has followed from it: the application is with staff again, the person is told.

    The plan goes with the candidacy. Raises NotYourDecision for one's own, and NotPossible without a reason, or where there is a claim, a
    portfolio, a set, more time, hours, or a certificate already.
    """
    if not reason.strip():
        raise NotPossible("Give a reason. The person will read it.")
    with transaction.atomic():
        row = transitions.lock(Application, application.pk, "withdraw_admission", decider=actor)
        candidacy = Candidacy.objects.select_for_update().get(application=row)
        begun = candidacy.state != CandidacyState.ACTIVE or candidacy.extended_on
        try:
            with transaction.atomic():
                if begun:
                    raise NotPossible(FOLLOWED)
                candidacy.delete()
        except ProtectedError:
            # Whatever another app keeps about a candidacy holds it.
            raise NotPossible(FOLLOWED) from None
        today = dates.today(at)
        decide_by = dates.add_working_days(today, queries.get_terms(row, at=at).answer_working_days)
        changes = {"returned_on": today, "decide_by": decide_by, "decided_at": None, "decided_by": None}
        details = {"decide_by": decide_by}
        transitions.transition(
            row, "withdraw_admission", actor=actor, at=at, person=row.person, reason=reason.strip(), details=details, **changes
        )
        ledger.emit("candidates.admission.withdrawn", key=f"{row.id}:{at.isoformat()}", at=at, person=row.person_id)
        notices.admission_withdrawn(row, reason=reason.strip(), at=at)


def refuse(
    application: Application,
    *,
    reason_code: str,
    reason: str,
    what_helps: str = "",
    eligible_from: date | None,
    actor: User,
    at: datetime,
) -> None:
    """Refuse the application and say why, what would help and from when; who is not eligible gets the fee back in full, once.

    Raises NotYourDecision for one's own application, and NotPossible without a reason, for a day that is over or when it was decided a
    moment ago.
    """
    if not reason.strip():
        raise NotPossible("Explain what you found.")
    if eligible_from and eligible_from < dates.today(at):
        raise NotPossible(DAY_OVER)
    code = RefusalReason(reason_code)
    with transaction.atomic():
        row = transitions.lock(Application, application.pk, "refuse", decider=actor)
        check_not_again(row, actor)
        transitions.transition(
            row,
            "refuse",
            actor=actor,
            at=at,
            person=row.person,
            reason=reason,
            details={"why_refused": code.label.lower()},
            decided_at=at,
            decided_by=actor,
            refusal_reason=code,
            refusal_text=reason,
            what_helps=what_helps,
            eligible_from=eligible_from,
        )
        charge = charges.get_charge(purpose=PURPOSE, reference=row.id)
        if charge is not None and charge.state == ChargeState.REFUNDED and find_sent_back(row, actor):
            charge = None  # It went back when the application was refused first, and that email said so.
        if code in NOT_ELIGIBLE:
            charge = _refund(charge, actor=actor, at=at, reason="The applicant is not eligible.")
        notices.refused(row, charge=charge, at=at)


def remand(application: Application, *, reason: str, actor: User, at: datetime) -> None:
    """Put a refused application before staff again as it was sent, because an appeal found that the rules were not followed.

    Hours still count as of the day of the sending. Nothing is to be paid again, also where the fee was refunded (decision 0015). A draft
    that was begun since makes room. Raises AlreadyStarted where the person sent another application or was admitted since.
    """
    with transaction.atomic():
        get_user_model()._default_manager.select_for_update().get(pk=application.person_id)
        row = transitions.lock(Application, application.pk, "remand", decider=actor)
        if Candidacy.objects.filter(person=row.person, state=CandidacyState.ACTIVE).exists():
            raise AlreadyStarted(f"{row.person} has since been admitted. There is nothing to decide again.")
        for live in Application.objects.select_for_update(of=("self",)).filter(person=row.person, state__in=LIVE):
            if live.state != ApplicationState.DRAFT:
                raise AlreadyStarted(f"{row.person} has since applied again. Staff will decide on that application instead.")
            transitions.transition(live, "withdraw", actor=None, at=at, person=row.person, reason=MAKES_ROOM, withdrawn_at=at)
            live.pages.all().delete()
        today = dates.today(at)
        decide_by = dates.add_working_days(today, queries.get_terms(row, at=at).answer_working_days)
        due = {"decide_by": decide_by}
        emptied = {"refusal_reason": "", "refusal_text": "", "what_helps": "", "eligible_from": None}
        send_back(row, reason=reason, actor=actor, at=at, person=row.person, details=due, returned_on=today, **due, **emptied)


def decide_fee(application: Application, *, refund: bool, reason: str, actor: User, at: datetime) -> None:
    """Decide what becomes of the fee of an application that was withdrawn after it was paid: it goes back in full, or it stays.

    Raises NotYourDecision for one's own, and NotPossible without a reason, when it was decided a moment ago, or where a fee shall stay that
    went back already.
    """
    if not reason.strip():
        raise NotPossible("Explain why.")
    with transaction.atomic():
        row = transitions.lock(Application, application.pk, decider=actor)
        if row.refund_decide_by is None:
            raise NotPossible("This fee is not waiting for a decision. It may have been decided a moment ago.")
        charge = charges.get_charge(purpose=PURPOSE, reference=row.id)
        if refund:
            charge = _refund(charge, actor=actor, at=at, reason=reason)
        elif charge is not None and charge.state == ChargeState.REFUNDED:
            raise NotPossible("This fee was already refunded, so you can’t keep it. Choose to refund it. Nothing is refunded twice.")
        elif charge is not None and charge.state == ChargeState.OPEN:
            raise NotPossible("We never received the money for this fee. Choose to refund it. Then nothing is owed.")
        row.refund_decide_by = None
        row.save(update_fields=["refund_decide_by"])
        verb = "candidates.application.refund_fee" if refund else "candidates.application.keep_fee"
        ledger.record(verb, subject=row, actor=actor, at=at, person=row.person, reason=reason)
        notices.fee_decided(row, charge=charge, reason=reason, at=at)


def _refund(charge: Charge | None, *, actor: User, at: datetime, reason: str) -> Charge | None:
    """Refund what is left of a fee, or let it go where its money did not come after all.

    What went back already, by a refund of its own, is no reason not to decide.
    """
    if charge is None or charge.state == ChargeState.REFUNDED:
        return charge
    if charge.state == ChargeState.OPEN:
        return billing.cancel(charge, actor=actor, at=at, reason=reason)
    return billing.refund(charge, actor=actor, at=at, reason=reason)
