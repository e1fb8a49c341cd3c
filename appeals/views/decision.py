"""What was decided, for those who hear the appeal: what the decision stands on, in the order in which it was made, and nothing else."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from agreements import queries as agreements
from appeals import actions, queries
from appeals.models import Appeal
from appeals.permissions import can_see_appeals, sits_only
from appeals.states import DecisionKind
from candidates import queries as candidates
from courses import queries as courses
from ledger import clock
from people import documents
from people.guards import PersonRequest, allowed
from people.models import User
from portfolios import queries as portfolios
from portfolios.policy import Audience
from portfolios.states import LIVE
from programs import policy as calendar
from renewals import queries as renewals

Facts = dict[str, Any]


@allowed(can_see_appeals)
@require_safe
def decision(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show what was decided to the committee while the appeal is before it, and to the office; a member's look is recorded."""
    row: Appeal = get_object_or_404(queries.find_appeal(id).exclude(person=request.user))
    at = clock.now()
    if sits_only(request.user):
        why_not = queries.why_not_look(row, request.user, on=calendar.today(at))
        if why_not:
            messages.error(request, why_not)
            return redirect("appeals:review", row.id)
    decision = queries.find_decision(row.person, kind=row.kind, reference=row.reference)
    if decision is None or decision.decided_on != row.decided_on:
        return render(request, "appeals/decided_gone.html", {"appeal": row})
    if sits_only(request.user):
        actions.note_look(row, actor=request.user, at=at)
    kind = DecisionKind(row.kind)
    context = {"appeal": row, "thing": decision.thing, **GATHER[kind](decision.thing, request.user)}
    return render(request, f"appeals/decided/{kind.value}.html", context)


def _link(document: Any, viewer: User) -> str:
    return documents.link(document, viewer) if document is not None else ""


def _application(thing: Any, viewer: User) -> Facts:
    employments = candidates.list_employments(thing)
    count = candidates.count_hours(thing, at=thing.decided_at, employments=employments)
    return {
        "employments": list(zip(employments, count.lines, strict=True)),
        "count": count,
        "resume_url": _link(thing.resume, viewer),
        "transcript_url": _link(thing.transcript, viewer),
    }


def _portfolio(thing: Any, viewer: User) -> Facts:
    verdict = portfolios.get_decision(thing)
    snapshots = portfolios.list_snapshots(thing)
    return {
        "portfolio": thing,
        "rows": portfolios.explain_rows(thing, audience=Audience.OTHERS),
        "verdict": verdict.told(Audience.OTHERS) if verdict else "",
        "steps": _steps(thing),
        "statement": snapshots[0].content["statement"] if snapshots else "",
        "sealed": portfolios.read_sealed(thing, viewer=viewer),
    }


def _steps(thing: Any) -> list[tuple[date, str]]:
    """Give what happened to a portfolio by its days; evaluators are told apart and not named."""
    steps = [
        (calendar.today(seal.sealed_at), "It was sealed and sent" if seal.round == 1 else "What was added was sealed and sent")
        for seal in portfolios.list_snapshots(thing)
    ]
    for assignment in thing.assignments.filter(panel=thing.panel).order_by("invited_on", "slot", "id"):
        evaluator = "The third evaluator" if assignment.slot == 3 else f"Evaluator {assignment.slot}"
        ended = assignment.get_state_display().lower()
        steps.append((assignment.invited_on, f"{evaluator} was invited"))
        if assignment.accepted_on:
            steps.append((assignment.accepted_on, f"{evaluator} accepted"))
        if assignment.finished_at:
            steps.append((calendar.today(assignment.finished_at), f"{evaluator} sent the last ratings"))
        elif assignment.state not in LIVE:
            steps[-1] = (steps[-1][0], f"{steps[-1][1]}; then {ended}")
    return sorted([*steps, (thing.decided_on, "It was decided")], key=lambda step: step[0])


def _completion(thing: Any, viewer: User) -> Facts:
    verdict = courses.judge(thing.offering, thing.candidacy, thing.completed_on, at=thing.decided_at)
    return {"verdict": verdict, "url": _link(thing.proof, viewer)}


def _graduation(thing: Any, viewer: User) -> Facts:
    rows = agreements.list_rows(thing.agreement)
    return {
        "url": _link(thing.transcript, viewer),
        "verdict": agreements.judge(thing.agreement, thing.graduated_on, person=thing.person, at=thing.decided_at),
        "covered": [row.set.name for row in rows if row.covered],
    }


def _renewal(thing: Any, viewer: User) -> Facts:
    account = renewals.get_account(thing, at=thing.decided_at, sealed=True)
    proofs = {
        line.activity.id: [(proof.document.name, _link(proof.document, viewer)) for proof in line.activity.proofs.all()]
        for line in account.lines
    }
    return {"account": account, "lines": [(line, proofs[line.activity.id]) for line in account.lines]}


def _certificate(thing: Any, viewer: User) -> Facts:
    return {}


def _course(thing: Any, viewer: User) -> Facts:
    return {"reviews": courses.list_reviews(thing)}


def _agreement(thing: Any, viewer: User) -> Facts:
    return {"rows": agreements.list_rows(thing)}


def _extension(thing: Any, viewer: User) -> Facts:
    return {"candidacy": thing.candidacy}


def _reuse(thing: Any, viewer: User) -> Facts:
    return {"reuses": candidates.list_reuses(thing)}


def _evaluator(thing: Any, viewer: User) -> Facts:
    return {"resume_url": _link(thing.application.resume, viewer)}


GATHER: dict[DecisionKind, Callable[[Any, User], Facts]] = {
    DecisionKind.APPLICATION: _application,
    DecisionKind.PORTFOLIO: _portfolio,
    DecisionKind.COMPLETION: _completion,
    DecisionKind.GRADUATION: _graduation,
    DecisionKind.RENEWAL: _renewal,
    DecisionKind.CERTIFICATE: _certificate,
    DecisionKind.COURSE: _course,
    DecisionKind.AGREEMENT: _agreement,
    DecisionKind.EXTENSION: _extension,
    DecisionKind.REUSE: _reuse,
    DecisionKind.EVALUATOR: _evaluator,
}
