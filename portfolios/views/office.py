"""The office's pages: portfolios that need evaluators, inviting them, how a portfolio stands, and who may rate."""

from dataclasses import dataclass
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
from ledger.form_tokens import once
from ledger.states import NotPossible
from people import queries as people
from people.decisions import show_refusal, too_late
from people.guards import PersonRequest, allowed
from portfolios import actions, lessons, permissions, policy, queries
from portfolios.actions.submissions import PURPOSE
from portfolios.forms import NeededReasonForm
from portfolios.forms.evaluators import EvaluatorForm
from portfolios.models import Assignment, Evaluator, Portfolio
from portfolios.queries import panels
from portfolios.states import AssignmentState, State
from programs import policy as dates
from programs import queries as programs

PAGE = 25
BULK = 100


@dataclass(frozen=True)
class Outcome:
    """What became of one portfolio of a bulk: who was invited, or why no one."""

    portfolio: Portfolio
    names: str = ""
    refusal: str = ""


def _in_office(request: PersonRequest, id: UUID) -> Portfolio:
    """One portfolio that was sent, or 404; never the reader's own, since its page names the evaluators."""
    rows = Portfolio.objects.in_office().exclude(candidacy__person=request.user)
    return get_object_or_404(rows.select_related("set", "framework", "terms", "candidacy__person"), id=id)


@allowed(permissions.can_look)
@require_safe
def to_assign(request: PersonRequest) -> HttpResponse:
    """List the portfolios that need an evaluator."""
    page = Paginator(queries.list_to_assign(), PAGE).get_page(request.GET.get("page"))
    return render(request, "portfolios/to_assign.html", {"page": page, "can_act": permissions.can_assign(request.user)})


@allowed(permissions.can_assign)
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: PersonRequest) -> HttpResponse:
    """Propose evaluators for every portfolio that waits, show which emails would be sent, and invite for those that are picked."""
    waiting = queries.list_to_assign().exclude(candidacy__person=request.user)
    if request.method == "POST":
        outcomes = _invite_picked(request, waiting)
        sent = [outcome for outcome in outcomes if outcome.names]
        if sent:
            messages.success(request, f"Evaluators are invited by email for {len(sent)} {'portfolio' if len(sent) == 1 else 'portfolios'}.")
        for outcome in outcomes:
            if outcome.refusal:
                name = f"{outcome.portfolio.set.name}, {outcome.portfolio.candidacy.person.name}"
                messages.error(request, f"{name}: {outcome.refusal} No one was invited for it.")
        if not outcomes:
            messages.error(request, "Select one or more portfolios. Nothing was changed.")
        return redirect("portfolios:propose" if len(sent) < len(outcomes) or not outcomes else "portfolios:to_assign")
    offers = panels.propose_all(list(waiting[:BULK]), at=clock.now())
    ready = [offer for offer in offers if offer.chosen]
    context = {
        "ready": ready,
        "stuck": [offer for offer in offers if not offer.chosen],
        "invitations": sum(len(offer.chosen) for offer in ready),
        "first_time": sum(offer.portfolio.state == State.SUBMITTED for offer in ready),
        "more": waiting.count() > BULK,
    }
    return render(request, "portfolios/propose.html", context)


def _invite_picked(request: PersonRequest, waiting: Any) -> list[Outcome]:
    """Invite exactly those whom the page showed, each portfolio by itself, so that one that is refused stops no other."""
    picked = {portfolio.id: portfolio for portfolio in waiting.filter(id__in=_uuids(request.POST.getlist("pick")[:BULK]))}
    shown = {id: _uuids(request.POST.getlist(f"for-{id}")) for id in picked}
    uuids = {uuid for uuids in shown.values() for uuid in uuids}
    evaluators = {
        evaluator.person.public_id: evaluator
        for evaluator in Evaluator.objects.filter(person__public_id__in=uuids).select_related("person")
    }
    outcomes = []
    for id, row in picked.items():
        chosen = [evaluators[uuid] for uuid in shown[id] if uuid in evaluators]
        try:
            actions.assign(row, evaluators=chosen, actor=request.user, at=clock.now())
            outcomes.append(Outcome(row, names=" and ".join(evaluator.person.name for evaluator in chosen)))
        except NotPossible as refusal:
            outcomes.append(Outcome(row, refusal=refusal.message))
    return outcomes


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
    slots = queries.list_open_slots(row)
    if request.method == "POST":
        chosen = list(Evaluator.objects.filter(person__public_id__in=_uuids(request.POST.getlist("evaluator"))).select_related("person"))
        with show_refusal(request):
            actions.assign(row, evaluators=chosen, actor=request.user, at=at)
            names = " and ".join(evaluator.person.name for evaluator in chosen)
            messages.success(request, f"{names} {'are' if len(chosen) > 1 else 'is'} invited by email.")
            return redirect("portfolios:office", id=row.id)
        return redirect("portfolios:assign", id=row.id)
    offer = panels.propose(row, at=at)
    context = {
        "portfolio": row,
        "slots": slots,
        "possible": [option for option in offer.options if option.possible],
        "excluded": [option for option in offer.options if not option.possible],
        "best": [option.evaluator.pk for option in offer.chosen],
        "advice": offer.advice,
    }
    return render(request, "portfolios/assign.html", context)


def _uuids(texts: list[str]) -> list[UUID]:
    ids = []
    for text in texts:
        try:
            ids.append(UUID(text))
        except ValueError:
            continue
    return ids


@allowed(permissions.can_look)
@require_safe
def office(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show how a portfolio stands: its seals, its evaluators with their dates, and how each competency came out."""
    return _office_page(request, _in_office(request, id))


def _office_page(request: PersonRequest, row: Portfolio, form: Any = None, *, replacing: Assignment | None = None) -> HttpResponse:
    decision = queries.get_decision(row)
    context = {
        "portfolio": row,
        "charge": charges.get_charge(purpose=PURPOSE, reference=row.id),
        "seals": [{"seal": snapshot, "intact": queries.is_intact(snapshot)} for snapshot in queries.list_snapshots(row)],
        "assignments": row.assignments.select_related("evaluator__person").order_by("-panel", "slot", "invited_on", "id"),
        "open_slots": queries.list_open_slots(row),
        "rows": queries.explain_rows(row, audience=policy.Audience.OTHERS),
        "verdict": decision.told(policy.Audience.OTHERS) if decision else "",
        "rulings": row.rulings.order_by("-panel"),
        "can_act": permissions.can_assign(request.user),
        "over": queries.is_supplement_over(row, today=dates.today(clock.now())),
        "can_reopen": _can_reopen(row),
        "form": form or NeededReasonForm(),
        "replacing": replacing,
        "replaceable": {AssignmentState.INVITED, AssignmentState.ACCEPTED},
    }
    return render(request, "portfolios/office.html", context)


def _can_reopen(row: Portfolio) -> bool:
    return row.state == State.NOT_ACHIEVED and row.reopened_on is None


@allowed(permissions.can_assign)
@require_http_methods(["GET", "HEAD", "POST"])
def replace(request: PersonRequest, id: UUID, assignment: UUID) -> HttpResponse:
    """Take a portfolio back from an evaluator, with a reason."""
    row = _in_office(request, id)
    slot = get_object_or_404(row.assignments.select_related("evaluator__person"), id=assignment)
    form = NeededReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with show_refusal(request):
            actions.replace(slot, reason=form.cleaned_data["reason"], actor=request.user, at=clock.now())
            messages.success(request, f"{slot.evaluator.person.name} is no longer assigned to this portfolio. Invite someone else.")
            return redirect("portfolios:assign", id=row.id)
        return redirect("portfolios:office", id=row.id)
    return render(request, "portfolios/replace.html", {"portfolio": row, "assignment": slot, "form": form})


@allowed(permissions.can_assign)
@require_POST
def reopen(request: PersonRequest, id: UUID) -> HttpResponse:
    """Let the candidate start another portfolio for this set."""
    row = _in_office(request, id)
    form = NeededReasonForm(request.POST)
    if not _can_reopen(row):
        return too_late(request, row, "portfolios:office")
    if not form.is_valid():
        return _office_page(request, row, form)
    with show_refusal(request):
        actions.reopen(row, reason=form.cleaned_data["reason"], actor=request.user, at=clock.now())
        messages.success(
            request, f"{row.candidacy.person.name} can start another portfolio for {row.set.name}. We will email the candidate."
        )
    return redirect("portfolios:office", id=row.id)


@allowed(permissions.can_look)
@require_safe
def evaluators(request: PersonRequest) -> HttpResponse:
    """List everyone who may rate portfolios, with their sets."""
    page = Paginator(queries.list_evaluators(), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "can_act": permissions.can_assign(request.user),
        "waiting": queries.list_to_approve().count(),
        "today": dates.today(clock.now()),
        "pages": len(lessons.PAGES),
    }
    return render(request, "portfolios/evaluators.html", context)


@allowed(permissions.can_assign)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def approve_evaluator(request: PersonRequest) -> HttpResponse:
    """Approve a person as evaluator for sets."""
    sets = [(competency_set.code, competency_set.name) for competency_set in programs.list_sets()]
    form = EvaluatorForm(request.POST or None, sets=sets)
    if request.method == "POST" and form.is_valid():
        person = people.get_person_by_email(form.cleaned_data["email"])
        if person is None:
            form.add_error("email", "There is no account with this address. Ask them to sign up first, then come back")
        elif not form.cleaned_data["employers"] and not panels.has_known_employer(person):
            form.add_error("employers", "Say where they work. We never give them a portfolio from someone who works there")
        else:
            with show_refusal(form):
                approved = actions.approve_evaluator(
                    person,
                    set_codes=form.cleaned_data["sets"],
                    capacity_per_year=form.cleaned_data["capacity_per_year"],
                    employers=form.cleaned_data["employers"],
                    trained=form.cleaned_data["trained"],
                    actor=request.user,
                    at=clock.now(),
                )
                then = "now" if approved.trained_on else "as soon as the training is done"
                messages.success(request, f"{person.name} can be invited to rate portfolios {then}. We email them about new sets.")
                return redirect("portfolios:evaluators")
    return render(request, "portfolios/evaluator.html", {"form": form})


@allowed(permissions.can_assign)
@require_http_methods(["GET", "HEAD", "POST"])
def end_evaluator(request: PersonRequest, person: UUID) -> HttpResponse:
    """Ask why, then end that someone rates portfolios; no one ends their own."""
    rows = Evaluator.objects.in_role().exclude(person=request.user).select_related("person")
    row = get_object_or_404(rows, person__public_id=person)
    form = NeededReasonForm(request.POST if request.method == "POST" else None)
    form.fields["reason"].help_text = "The person will read it. It is kept with the decision."
    if request.method == "POST" and form.is_valid():
        with show_refusal(form, "reason"):
            freed = actions.end_approval(row, reason=form.cleaned_data["reason"], actor=request.user, at=clock.now())
            messages.success(request, f"{row.person.name} no longer rates portfolios. We email them your reason.")
            return redirect("portfolios:to_assign" if freed else "portfolios:evaluators")
    context = {"evaluator": row, "form": form, "in_hand": queries.list_in_hand(row).count()}
    return render(request, "portfolios/end_evaluator.html", context, status=422 if form.errors else 200)
