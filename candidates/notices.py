"""Which email an event of this app brings, to whom, and with which context."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.urls import reverse

from billing import policy as money
from billing import queries as charges
from billing.states import ChargeState
from candidates.models import Application, Candidacy, ExtensionRequest, HoursClaim, InformationRequest, RequestedItem
from candidates.policy import AchievedSet
from candidates.states import RefusalReason, Way
from ledger import actions as ledger
from people.templatetags.words import longdate, spelled
from programs import queries as programs

if TYPE_CHECKING:
    from billing.models import Charge
    from programs.models import Terms

WHY = "you applied to the program"
LAST_DAY = "Last day to finish the six sets (LSSC)"


def received(application: Application, *, charge: Charge, at: datetime) -> None:
    """Say that the application is here, and that the fee is due, or that an institution has paid it or is about to."""
    covering = charges.get_covering(charge)
    fee, paid = money.dollars(charge.amount_cents), charge.state == ChargeState.SETTLED
    _applicant(application, "received", at=at, fee=fee, paid=paid, payer=str(covering.order.payer) if covering else "")


def in_review(application: Application, *, at: datetime) -> None:
    """Say that the fee is here, who has the application, and until when."""
    key = f"{application.id}:{application.paid_on}"
    _applicant(application, "in_review", key=key, at=at, decide_by=longdate(application.decide_by))


def admitted(candidacy: Candidacy, *, at: datetime) -> None:
    """Say that the person is admitted, until when, and what comes next; the last day goes along as a calendar file."""
    ledger.queue_email(
        candidacy.person,
        "candidates/admitted",
        key=candidacy.id,
        at=at,
        path=reverse("candidates:plan"),
        context=admitted_facts(candidacy.ends_on, terms=candidacy.terms, provisional=candidacy.provisional),
        calendar=(candidacy.ends_on, LAST_DAY),
        about=candidacy.id,
    )


def admitted_facts(ends_on: date, *, terms: Terms, provisional: bool) -> dict[str, object]:
    """Give the context of the email of admission, for the email and for its preview."""
    return {
        "ends_on": longdate(ends_on),
        "sets": spelled(terms.required_sets + terms.elective_sets),
        "required": spelled(terms.required_sets),
        "electives": spelled(terms.elective_sets),
        "provisional": provisional,
    }


def admission_withdrawn(application: Application, *, reason: str, at: datetime) -> None:
    """Say that the admission was a mistake, why, and until when staff decide."""
    key = f"{application.id}:{at.isoformat()}"
    _applicant(application, "admission_withdrawn", key=key, at=at, reason=reason, decide_by=longdate(application.decide_by))


def refused(application: Application, *, charge: Charge | None, at: datetime) -> None:
    """Say no, why, what would help and from when, and what happens to the fee."""
    _applicant(
        application,
        "refused",
        key=f"{application.id}:{at.isoformat()}",
        at=at,
        why_refused=RefusalReason(application.refusal_reason).label,
        text=application.refusal_text,
        what_helps=application.what_helps,
        eligible_from=longdate(application.eligible_from),
        way_back=_way_back(charge),
        never_came=_never_came(charge),
        appeal_until=longdate(programs.get_appeal_day(at)),
    )


def asked(request: InformationRequest, items: Sequence[RequestedItem], *, at: datetime) -> None:
    """Say which parts are open again, what is needed in each, and that the decision waits for it."""
    requested = [(item.get_item_display(), item.note) for item in items]
    _applicant(request.application, "asked", key=request.id, at=at, items=requested)


def answered(request: InformationRequest, application: Application, *, at: datetime) -> None:
    """Tell the applicant until when staff answer now, and the one who asked that the answer is here."""
    decide_by = longdate(application.decide_by)
    _applicant(application, "answered", key=request.id, at=at, decide_by=decide_by)
    ledger.queue_email(
        request.asked_by,
        "candidates/answer_here",
        key=request.id,
        at=at,
        path=reverse("candidates:review", args=[application.id]),
        context={"decide_by": decide_by},
        why="you asked an applicant for more information",
    )


def question_closed(application: Application, *, at: datetime) -> None:
    """Say that nothing is asked anymore, and until when staff answer."""
    key = f"{application.id}:{at.isoformat()}"
    _applicant(application, "question_closed", key=key, at=at, decide_by=longdate(application.decide_by))


def withdrawn(application: Application, *, at: datetime) -> None:
    """Confirm that the application is withdrawn, and say who decides on a paid fee, and until when."""
    _applicant(application, "withdrawn", at=at, decide_by=longdate(application.refund_decide_by))


def fee_decided(application: Application, *, charge: Charge | None, reason: str, at: datetime) -> None:
    """Say what becomes of the fee of an application that was withdrawn, and why."""
    _applicant(application, "fee_decided", at=at, way_back=_way_back(charge), never_came=_never_came(charge), reason=reason)


def _way_back(charge: Charge | None) -> str:
    """Say which way the fee goes back; nothing where it stays."""
    return charges.tell_way_back(charge) if charge and charge.state == ChargeState.REFUNDED else ""


def _never_came(charge: Charge | None) -> bool:
    """Whether the payment was reversed, so that nothing is refunded and nothing is owed."""
    return charge is not None and charge.state == ChargeState.CANCELLED


def achieved(candidacy: Candidacy, achievement: AchievedSet, *, left: int, complete: bool, at: datetime) -> None:
    """Say that a set is achieved and how many are left, or that all six are done."""
    ledger.queue_email(
        candidacy.person,
        "candidates/achieved",
        key=f"{candidacy.id}:{achievement.code}",
        at=at,
        path=reverse("candidates:plan"),
        context={
            "set": achievement.name,
            "on": longdate(achievement.on),
            "way": Way(achievement.way).label.lower(),
            "left": left,
            "complete": complete,
            "ends_on": longdate(candidacy.ends_on),
        },
    )


def extended(candidacy: Candidacy, *, reason: str, at: datetime) -> None:
    """Say until when there is time now, and why; the new last day goes along as a calendar file."""
    ledger.queue_email(
        candidacy.person,
        "candidates/extended",
        key=candidacy.id,
        at=at,
        path=reverse("candidates:plan"),
        context={"ends_on": longdate(candidacy.ends_on), "reason": reason},
        calendar=(candidacy.ends_on, LAST_DAY),
        about=candidacy.id,
    )


def extension_asked(request: ExtensionRequest, *, at: datetime) -> None:
    """Say that the request for more time is here, and until when staff answer."""
    context = {"decide_by": longdate(request.decide_by), "ends_on": longdate(request.candidacy.ends_on)}
    path = reverse("candidates:more_time")
    ledger.queue_email(request.candidacy.person, "candidates/extension_asked", key=request.id, at=at, path=path, context=context)


def extension_declined(request: ExtensionRequest, *, at: datetime) -> None:
    """Say that there is no more time, why, and until when there is."""
    ledger.queue_email(
        request.candidacy.person,
        "candidates/extension_declined",
        key=f"{request.id}:{at.isoformat()}",
        at=at,
        path=reverse("candidates:more_time"),
        context={
            "ends_on": longdate(request.candidacy.ends_on),
            "reason": request.reason,
            "appeal_until": longdate(programs.get_appeal_day(at)),
        },
    )


def hours_sent(claim: HoursClaim, *, at: datetime) -> None:
    """Say that the hours are here, and until when staff answer."""
    key, context = f"{claim.id}:{at.isoformat()}", {"decide_by": longdate(claim.decide_by)}
    ledger.queue_email(claim.candidacy.person, "candidates/hours_sent", key=key, at=at, path=reverse("candidates:hours"), context=context)


def hours_accepted(candidacy: Candidacy, *, at: datetime) -> None:
    """Say that the hours are accepted and nothing is provisional anymore."""
    ledger.queue_email(candidacy.person, "candidates/hours_accepted", key=candidacy.id, at=at, path=reverse("my"))


def hours_sent_back(candidacy: Candidacy, *, reason: str, at: datetime) -> None:
    """Say what is wrong with the hours."""
    path, key = reverse("candidates:hours"), f"{candidacy.id}:{at.isoformat()}"
    ledger.queue_email(candidacy.person, "candidates/hours_sent_back", key=key, at=at, path=path, context={"reason": reason})


def reused(candidacy: Candidacy, *, again: list[str], left_out: list[str], reason: str, at: datetime) -> None:
    """Say which sets of an earlier candidacy count again, which don't, and why."""
    ledger.queue_email(
        candidacy.person,
        "candidates/reused",
        key=f"{candidacy.id}:{at.isoformat()}",
        at=at,
        path=reverse("candidates:plan"),
        context={"again": again, "left_out": left_out, "reason": reason, "appeal_until": longdate(programs.get_appeal_day(at))},
    )


def expired(candidacies: Sequence[Candidacy], *, at: datetime) -> None:
    """Say that the four years are over and what stays."""
    path, name = reverse("candidates:plan"), "candidates/expired"
    context = [(row, f"{row.id}:{row.ends_on}", {"ends_on": longdate(row.ends_on)}) for row in candidacies]
    ledger.queue_emails([ledger.build_email(row.person, name, key=key, at=at, path=path, context=values) for row, key, values in context])


def _applicant(application: Application, notice: str, *, at: datetime, key: object = None, **context: object) -> None:
    ledger.queue_email(
        application.person,
        f"candidates/{notice}",
        key=key or application.id,
        at=at,
        path=reverse("candidates:application"),
        context=context,
        why=WHY,
    )
