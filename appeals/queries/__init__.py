"""Queries: what someone can appeal, appeals with their stages, and what waits for the committees."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Case, Q, QuerySet, When
from django.urls import reverse

from appeals import policy
from appeals.models import Appeal, Attachment, Receipt, Statement
from appeals.queries.decisions import Decision, Found, list_decided, list_makers
from appeals.states import AppealState, Response
from ledger.transitions import is_own
from people import documents
from people.permissions import is_committee
from people.states import DocumentState
from people.templatetags.words import longdate
from programs import policy as calendar
from programs import queries as programs
from programs.policy import Remedy

if TYPE_CHECKING:
    from people.models import User
    from programs.models import Terms

PAGE_SIZE = 25
UNSIGNED = "Sign the statement on conflicts of interest first. It is valid for a year."
__all__ = ["Decision", "list_makers"]
TO_DO = Q(state=AppealState.REMANDED, done_at=None)


@dataclass(frozen=True, kw_only=True)
class File:
    """One file of an appeal for one viewer; without `url` it can't be opened yet, or was refused."""

    id: UUID
    document: UUID
    name: str
    size: int
    by: str
    is_own: bool
    added_at: datetime
    state: str
    refusal: str
    url: str


@dataclass(frozen=True)
class Stage:
    """One stage on an appeal's line: who does what, by or on which day, and whether it is done, now, or later."""

    name: str
    words: str
    status: str


def list_decisions(person: User, *, appeals: Iterable[Appeal] | None = None) -> list[Decision]:
    """Give what was decided against a person and still stands, newest first, each with its appeal of all `appeals` of the person.

    Thirteen queries, however many there are, and one for the appeals; the dates are those of the Terms of the day of the decision.
    """
    receipts = {(row.kind, row.reference, row.decided_on): row for row in Receipt.objects.filter(person=person)}
    taken = {(row.kind, row.reference, row.decided_on): row for row in (list_appeals(person) if appeals is None else appeals)}
    all_terms = programs.list_terms()
    decisions = []
    for decided in list_decided(person):
        kind, thing, _, decided_on = decided
        key = (str(kind), thing.id, decided_on)
        terms = next(terms for terms in all_terms if terms.effective_on <= decided_on)
        decisions.append(_decision(decided, receipt=receipts.get(key), appeal=taken.get(key), terms=terms))
    return sorted(decisions, key=lambda decision: decision.decided_on, reverse=True)


def _decision(decided: Found, *, receipt: Receipt | None, appeal: Appeal | None, terms: Terms) -> Decision:
    kind, thing, title, decided_on = decided
    received_on = receipt.received_on if receipt else decided_on
    return Decision(
        kind=kind,
        reference=thing.id,
        title=title,
        decided_on=decided_on,
        received_on=received_on,
        dates=policy.plan_dates(received_on, notice_days=terms.appeal_notice_days, grounds_days=terms.appeal_grounds_days),
        thing=thing,
        appeal=appeal,
    )


def list_appealable(person: User, *, at: datetime, appeals: Iterable[Appeal] | None = None) -> list[Decision]:
    """Give the decisions whose notice is still on time, and which no one has appealed yet."""
    standing = [decision for decision in list_decisions(person, appeals=appeals) if decision.appeal is None]
    return [decision for decision in standing if not policy.is_over(decision.dates.notice_by, today=calendar.today(at))]


def find_decision(person: User, *, kind: str, reference: UUID) -> Decision | None:
    """Give one decision against a person that still stands, or None. Four queries."""
    decided = next((row for row in list_decided(person, only=kind) if row[1].id == reference), None)
    if decided is None:
        return None
    about = {"person": person, "kind": kind, "reference": reference, "decided_on": decided[-1]}
    receipt, appeal = Receipt.objects.filter(**about).first(), Appeal.objects.filter(**about).first()
    return _decision(decided, receipt=receipt, appeal=appeal, terms=programs.get_terms(decided[-1]))


def find_remedy(person: User, *, kind: str, reference: UUID, decided_on: date, at: datetime) -> Remedy | None:
    """Say until when a person can appeal a decision, or where its appeal stands; None once it is too late. Three queries at most."""
    about = {"person": person, "kind": kind, "reference": reference, "decided_on": decided_on}
    appeal = Appeal.objects.filter(**about).first()
    if appeal is not None:
        return Remedy(path=reverse("appeals:appeal", args=[appeal.id]), last_day=appeal.notice_by, is_taken=True)
    receipt = Receipt.objects.filter(**about).first()
    terms = programs.get_terms(decided_on)
    received_on = receipt.received_on if receipt else decided_on
    days = policy.plan_dates(received_on, notice_days=terms.appeal_notice_days, grounds_days=terms.appeal_grounds_days)
    if policy.is_over(days.notice_by, today=calendar.today(at)):
        return None
    return Remedy(path=reverse("appeals:notice", args=[kind, reference]), last_day=days.notice_by)


def list_files(appeal: Appeal, *, viewer: User) -> list[File]:
    """Give the files of an appeal, oldest first, each with its link for one viewer. One query."""
    rows = appeal.files.select_related("document", "added_by").defer("document__text").order_by("added_at", "id")
    return [
        File(
            id=row.id,
            document=row.document_id,
            name=row.document.name,
            size=row.document.size,
            by=_side(row, appeal, viewer=viewer),
            is_own=row.added_by_id == viewer.pk,
            added_at=row.added_at,
            state=row.document.state,
            refusal=row.document.refusal,
            url=documents.link(row.document, viewer) if row.document.state == DocumentState.READY else "",
        )
        for row in rows
    ]


def _side(row: Attachment, appeal: Appeal, *, viewer: User) -> str:
    if row.added_by_id != appeal.person_id:
        return "The first committee"
    return "You" if viewer.pk == appeal.person_id else "Who appeals"


def list_appeals(person: User) -> list[Appeal]:
    """Give a person's appeals, newest first. One query."""
    return list(Appeal.objects.filter(person=person).order_by("-noticed_at", "id"))


def find_appeal(id: Any) -> QuerySet[Appeal]:
    """Give one appeal with everyone who had a part in it."""
    return Appeal.objects.filter(pk=id).select_related("person", "terms", "responded_by", "heard_by")


def list_open(stage: str = "") -> QuerySet[Appeal]:
    """Give what waits for the committees, the most urgent first, then for staff; or that of one stage: answer, decide, or do."""
    by_stage = {"answer": Q(state=AppealState.GROUNDS_GIVEN), "decide": Q(state=AppealState.RESPONDED), "do": TO_DO}
    waits = by_stage.get(stage) or by_stage["answer"] | by_stage["decide"] | TO_DO
    later = Case(When(state=AppealState.REMANDED, then=1), default=0)
    return Appeal.objects.filter(waits).select_related("person").order_by(later, "decide_by", "respond_by", "id")


def list_over() -> QuerySet[Appeal]:
    """Give the appeals that are over, newest first."""
    over = Q(ended_on__isnull=False) & ~TO_DO
    return Appeal.objects.filter(over).select_related("person").order_by("-ended_on", "-id")


def list_sent_back() -> list[UUID]:
    """Give the appeals whose decision was sent back, and that are not closed. One query over an index."""
    return list(Appeal.objects.filter(TO_DO).values_list("id", flat=True))


def list_forfeited(*, on: date) -> list[UUID]:
    """Give the appeals whose grounds did not come on time. One query over an index."""
    return list(Appeal.objects.filter(state=AppealState.NOTICED, grounds_by__lt=on).values_list("id", flat=True))


def list_silent(*, on: date) -> list[UUID]:
    """Give the appeals on which the first committee was silent. One query over an index."""
    return list(Appeal.objects.filter(state=AppealState.GROUNDS_GIVEN, respond_by__lt=on).values_list("id", flat=True))


def get_statement(person: User, *, on: date) -> Statement | None:
    """Give a member's newest statement that holds on a day, or None. One query."""
    return Statement.objects.filter(person=person, signed_on__lte=on, holds_until__gte=on).order_by("-signed_on").first()


def list_statements(person: User) -> list[Statement]:
    """Give a member's statements, newest first. One query."""
    return list(Statement.objects.filter(person=person).order_by("-signed_on"))


def why_not_sit(person: User, on: date) -> str:
    """Say why a person can't decide for the committee on a day; empty when they signed the yearly statement. One query."""
    return "" if get_statement(person, on=on) else UNSIGNED


def why_not_decide(appeal: Appeal, person: User, *, on: date) -> str:
    """Say why this member can't decide on an appeal; empty when they can. Two queries."""
    if is_own(appeal, person):
        return appeal.STATES.own
    if appeal.responded_by_id == person.pk:
        return "You answered for the first committee. Someone else must decide."
    if appeal.made_by.filter(pk=person.pk).exists():
        return "You took part in the first decision. Someone else must decide."
    return why_not_sit(person, on)


def why_not_answer(appeal: Appeal, person: User, *, on: date) -> str:
    """Say why someone can't speak for the first committee; empty when they can, as staff for it do. Two queries at most.

    No one answers on a decision that they had a part in; who sits on the committee signed the statement, also where they are staff.
    """
    if is_own(appeal, person):
        return appeal.STATES.own
    if appeal.made_by.filter(pk=person.pk).exists():
        return "You took part in the first decision. Someone else must answer."
    return why_not_sit(person, on) if is_committee(person) else ""


def why_not_look(appeal: Appeal, person: User, *, on: date) -> str:
    """Say why this member of the committee can't read what was decided now; empty when they can. Two queries at most."""
    if appeal.state not in (AppealState.GROUNDS_GIVEN, AppealState.RESPONDED):
        return "The committee can read a decision only while its appeal is before the committee. This one is not."
    if appeal.made_by.filter(pk=person.pk).exists():
        return "You took part in the first decision. Someone else must read this appeal."
    return why_not_sit(person, on)


def list_stages(appeal: Appeal) -> list[Stage]:
    """Give an appeal's line: what was done, what is due now, what comes."""
    state = appeal.state
    stages = [Stage("You filed a notice of appeal", f"On {longdate(appeal.noticed_on)}", "done")]
    if appeal.grounds_on:
        stages.append(Stage("You submitted your grounds", f"On {longdate(appeal.grounds_on)}", "done"))
    else:
        stages.append(Stage("Your grounds", f"By {longdate(appeal.grounds_by)}", "now" if state == AppealState.NOTICED else "off"))
    if appeal.response:
        words = {
            Response.ANSWERED: "It answered on",
            Response.WAIVED: "It passed this to the second committee on",
            Response.SILENT: "It did not answer by",
        }
        stages.append(Stage("First committee", f"{words[Response(appeal.response)]} {longdate(appeal.responded_on)}", "done"))
    else:
        promised = f"Within {appeal.terms.appeal_response_days} days of your grounds"
        due = f"By {longdate(appeal.respond_by)}" if appeal.respond_by else promised
        stages.append(Stage("First committee", due, "now" if state == AppealState.GROUNDS_GIVEN else "later"))
    if state in (AppealState.UPHELD, AppealState.REMANDED):
        stages.append(Stage("Second committee", f"It decided on {longdate(appeal.ended_on)}", "done"))
    else:
        last = f"By {longdate(appeal.decide_by)}" if appeal.decide_by else f"Within {appeal.terms.appeal_decision_days} days after that"
        stages.append(Stage("Second committee", last, "now" if state == AppealState.RESPONDED else "later"))
    if state in (AppealState.WITHDRAWN, AppealState.FORFEITED):
        stages = [stage for stage in stages if stage.status == "done"]
        stages.append(Stage(appeal.get_state_display(), f"On {longdate(appeal.ended_on)}", "done"))
    return stages
