"""The office's pages: portfolios that need evaluators, inviting them, how a portfolio stands, and who may rate."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing import queries as charges
from ledger import clock
from ledger.states import NotPossible
from people import queries as people
from people.guards import PersonRequest, allowed
from portfolios import actions, permissions, queries
from portfolios.actions.sending import PURPOSE
from portfolios.forms import EvaluatorForm, NeededReasonForm
from portfolios.models import Assignment, Evaluator, Portfolio
from portfolios.states import AssignmentState, State
from programs import queries as programs

PAGE = 25


def _in_office(request: PersonRequest, id: UUID) -> Portfolio:
    """One portfolio that was sent, or 404; never the reader's own, since its page names the evaluators."""
    rows = Portfolio.objects.in_office().exclude(candidacy__person=request.user)
    return get_object_or_404(rows.select_related("set", "framework", "terms", "candidacy__person"), id=id)


@allowed(permissions.can_look)
@require_safe
def to_assign(request: PersonRequest) -> HttpResponse:
    """List the portfolios that need an evaluator."""
    page = Paginator(queries.list_to_assign(), PAGE).get_page(request.GET.get("page"))
    return render(request, "portfolios/to_assign.html", {"page": page})


@allowed(permissions.can_look)
@require_http_methods(["GET", "HEAD", "POST"])
def assign(request: PersonRequest, id: UUID) -> HttpResponse:
    """Propose evaluators for a portfolio, with what speaks for and against each, and invite them; a reader sees how it stands."""
    if not permissions.can_assign(request.user):
        if request.method == "POST":
            raise PermissionDenied
        return redirect("portfolios:office", id=id)
    row = _in_office(request, id)
    at = clock.now()
    seats = queries.list_open_seats(row)
    if request.method == "POST":
        chosen = list(Evaluator.objects.filter(person__public_id__in=_uuids(request.POST.getlist("evaluator"))).select_related("person"))
        try:
            actions.assign(row, evaluators=chosen, actor=request.user, at=at)
        except NotPossible as refusal:
            messages.error(request, refusal.message)
            return redirect("portfolios:assign", id=row.id)
        names = " and ".join(one.person.name for one in chosen)
        messages.success(request, f"{names} {'are' if len(chosen) > 1 else 'is'} invited by mail.")
        return redirect("portfolios:office", id=row.id)
    proposals = queries.propose(row, at=at)
    best = [proposal.evaluator.pk for proposal in proposals if proposal.possible and not proposal.warnings][: len(seats)]
    facts = {
        "portfolio": row,
        "seats": seats,
        "possible": [proposal for proposal in proposals if proposal.possible],
        "excluded": [proposal for proposal in proposals if not proposal.possible],
        "best": best,
    }
    return render(request, "portfolios/assign.html", facts)


def _uuids(texts: list[str]) -> list[UUID]:
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


@allowed(permissions.can_look)
@require_safe
def office(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show how a portfolio stands: its seals, its evaluators with their dates, and how each competency came out."""
    return _office_page(request, _in_office(request, id))


def _office_page(request: PersonRequest, row: Portfolio, form: Any = None, *, replacing: Assignment | None = None) -> HttpResponse:
    facts = {
        "portfolio": row,
        "charge": charges.get_charge(purpose=PURPOSE, reference=row.id),
        "seals": [{"seal": one, "intact": queries.is_intact(one)} for one in queries.list_snapshots(row)],
        "assignments": row.assignments.select_related("evaluator__person").order_by("seat", "invited_on", "id"),
        "open_seats": queries.list_open_seats(row),
        "rows": queries.explain_rows(row),
        "decision": queries.get_decision(row),
        "can_act": permissions.can_assign(request.user),
        "can_reopen": row.state == State.NOT_ACHIEVED and row.reopened_on is None,
        "form": form or NeededReasonForm(),
        "replacing": replacing,
        "replaceable": {AssignmentState.INVITED, AssignmentState.ACCEPTED},
    }
    return render(request, "portfolios/office.html", facts)


@allowed(permissions.can_assign)
@require_http_methods(["GET", "HEAD", "POST"])
def replace(request: PersonRequest, id: UUID, assignment: UUID) -> HttpResponse:
    """Take a portfolio back from an evaluator, with a reason."""
    row = _in_office(request, id)
    seat = get_object_or_404(row.assignments.select_related("evaluator__person"), id=assignment)
    form = NeededReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.replace(seat, reason=form.cleaned_data["reason"], actor=request.user, at=clock.now())
        except NotPossible as refusal:
            messages.error(request, refusal.message)
            return redirect("portfolios:office", id=row.id)
        messages.success(request, f"{seat.evaluator.person.name} no longer has this portfolio. Invite somebody else.")
        return redirect("portfolios:assign", id=row.id)
    return render(request, "portfolios/replace.html", {"portfolio": row, "assignment": seat, "form": form})


@allowed(permissions.can_assign)
@require_POST
def reopen(request: PersonRequest, id: UUID) -> HttpResponse:
    """Let the candidate start another portfolio for this set."""
    row = _in_office(request, id)
    form = NeededReasonForm(request.POST)
    if not form.is_valid():
        return _office_page(request, row, form)
    try:
        actions.reopen(row, reason=form.cleaned_data["reason"], actor=request.user, at=clock.now())
        messages.success(request, f"{row.candidacy.person.name} can start another portfolio for {row.set.name}. A mail says so.")
    except NotPossible as refusal:
        messages.error(request, refusal.message)
    return redirect("portfolios:office", id=row.id)


@allowed(permissions.can_look)
@require_safe
def evaluators(request: PersonRequest) -> HttpResponse:
    """List everybody who may rate portfolios, with their sets."""
    page = Paginator(queries.list_evaluators(), PAGE).get_page(request.GET.get("page"))
    return render(request, "portfolios/evaluators.html", {"page": page, "can_act": permissions.can_assign(request.user)})


@allowed(permissions.can_assign)
@require_http_methods(["GET", "HEAD", "POST"])
def approve_evaluator(request: PersonRequest) -> HttpResponse:
    """Approve a person as evaluator for sets."""
    sets = [(one.code, one.name) for one in programs.list_sets()]
    form = EvaluatorForm(request.POST or None, sets=sets)
    if request.method == "POST" and form.is_valid():
        person = people.get_person_by_email(form.cleaned_data["email"])
        if person is None:
            form.add_error("email", "There is no account with this address. Ask them to sign up first, then come back")
        else:
            try:
                actions.approve_evaluator(
                    person,
                    set_codes=form.cleaned_data["sets"],
                    capacity_per_year=form.cleaned_data["capacity_per_year"],
                    actor=request.user,
                    at=clock.now(),
                )
            except NotPossible as refusal:
                form.add_error(None, refusal.message)
            else:
                messages.success(request, f"{person.name} can be invited to rate portfolios now.")
                return redirect("portfolios:evaluators")
    return render(request, "portfolios/evaluator.html", {"form": form})
