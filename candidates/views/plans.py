"""The candidate's plan: which electives, and by what way each set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.forms import BoundField
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from billing import queries as billing
from candidates import actions, policy, queries
from candidates.forms import MoreTimeForm, PlanForm
from candidates.models import Candidacy, ExtensionRequest
from candidates.policy import AchievedSet
from candidates.states import CandidacyState, ExtensionState, Way
from ledger import clock
from people.decisions import show_refusal
from people.guards import PersonRequest, signed_in
from people.templatetags.words import longdate
from programs import policy as dates
from programs import queries as programs
from programs.policy import Remedy
from programs.states import SetKind

if TYPE_CHECKING:
    from programs.models import CompetencySet


@dataclass(frozen=True, kw_only=True)
class PlanRow:
    """One set on the plan's page: achieved, or with its fields."""

    set: CompetencySet
    achieved: AchievedSet | None
    achieved_way: str
    chosen: bool
    way: BoundField | None


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: PersonRequest) -> HttpResponse:
    """Show the plan, and save it as one form."""
    candidacy = queries.get_candidacy(request.user)
    if candidacy is None:
        return redirect("candidates:application")
    at = clock.now()
    sets = programs.list_sets()
    achieved = {achieved_set.code: achieved_set for achieved_set in queries.list_achievements(candidacy)}
    slots = queries.get_plan(candidacy)
    ways = {slot.code: slot.way or "" for slot in slots if slot.code}
    fee, extension_request = _portfolio_fee(candidacy, at=at), queries.get_extension_request(candidacy)
    form = _form(request, candidacy, sets, achieved, ways)
    if request.method == "POST" and form.is_valid():
        with show_refusal(request):
            actions.plan(candidacy, electives=form.cleaned_data["electives"], ways=form.ways(), actor=request.user, at=at)
            messages.success(request, "Your plan is saved. You can change an elective until you achieve it.")
        return redirect("candidates:plan")
    chosen = set(cast(QueryDict, form.data).getlist("electives")) if form.is_bound else set(ways)
    rows = [
        PlanRow(
            set=competency_set,
            achieved=achieved.get(competency_set.code),
            achieved_way=Way(achieved[competency_set.code].way).label if competency_set.code in achieved else "",
            chosen=competency_set.code in chosen,
            way=form[f"way_{competency_set.code}"] if competency_set.code not in achieved else None,
        )
        for competency_set in sets
    ]
    context = {
        "candidacy": candidacy,
        "form": form,
        "required": [row for row in rows if row.set.kind == SetKind.REQUIRED],
        "electives": [row for row in rows if row.set.kind == SetKind.ELECTIVE],
        "achieved": len(achieved),
        "cost": policy.plan_cost(slots, portfolio_cents=fee or 0),
        "fee": fee,
        "remedy": _remedy_of_reuse(candidacy, at=at),
        "request_waits": bool(extension_request and extension_request.state == ExtensionState.ASKED),
        "open": candidacy.state == CandidacyState.ACTIVE and dates.in_time(candidacy.ends_on, at=at),
    }
    return render(request, "candidates/plan.html", context)


def _portfolio_fee(candidacy: Candidacy, *, at: datetime) -> int | None:
    """Give the fee in cents of a portfolio that is sent today; None while staff have not set it."""
    try:
        fee = billing.get_fee("portfolio", on=dates.today(at))
    except billing.FeeNotSet:
        return None
    return fee.member_cents if candidacy.application.is_member else fee.standard_cents


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def more_time(request: PersonRequest) -> HttpResponse:
    """Ask staff for more time."""
    candidacy = queries.get_candidacy(request.user)
    if candidacy is None:
        return redirect("candidates:application")
    at = clock.now()
    form = MoreTimeForm(request.POST) if request.method == "POST" else MoreTimeForm()
    if request.method == "POST" and form.is_valid():
        with show_refusal(form):
            extension_request = actions.ask_extension(candidacy, why=form.cleaned_data["why"], actor=request.user, at=at)
            messages.success(request, f"Staff are reviewing your request. They will answer by {longdate(extension_request.decide_by)}.")
            return redirect("candidates:plan")
    ends_on = policy.extended_end(
        candidacy.admitted_on,
        candidacy_months=candidacy.terms.candidacy_months,
        extension_months=programs.get_terms(dates.today(at)).extension_months,
    )
    asked_before = queries.get_extension_request(candidacy)
    context = {
        "candidacy": candidacy,
        "form": form,
        "asked": asked_before,
        "remedy": _remedy(asked_before, at=at),
        "extended_end": ends_on,
        "open": candidacy.state == CandidacyState.ACTIVE and dates.in_time(candidacy.ends_on, at=at),
    }
    return render(request, "candidates/more_time.html", context)


def _remedy(extension: ExtensionRequest | None, *, at: datetime) -> Remedy | None:
    """What can be done against a request that was declined, or nothing."""
    if extension is None or extension.state != ExtensionState.DECLINED or extension.decided_at is None:
        return None
    return programs.find_remedy(
        extension.candidacy.person, kind="extension", reference=extension.id, decided_on=dates.today(extension.decided_at), at=at
    )


def _remedy_of_reuse(candidacy: Candidacy, *, at: datetime) -> Remedy | None:
    """What can be done where a set of an earlier candidacy does not count again, or nothing."""
    for row, decided_at in queries.list_left_out(candidacy.person):
        if row.pk == candidacy.pk:
            return programs.find_remedy(candidacy.person, kind="reuse", reference=row.id, decided_on=dates.today(decided_at), at=at)
    return None


def _form(
    request: PersonRequest, candidacy: Candidacy, sets: list[CompetencySet], achieved: dict[str, AchievedSet], ways: dict[str, str]
) -> PlanForm:
    open_sets = [competency_set for competency_set in sets if competency_set.code not in achieved]
    electives = {competency_set.code: competency_set.name for competency_set in open_sets if competency_set.kind == SetKind.ELECTIVE}
    achieved_electives = sum(1 for achieved_set in achieved.values() if achieved_set.kind == SetKind.ELECTIVE)
    return PlanForm(
        request.POST if request.method == "POST" else None,
        electives=electives,
        planned={competency_set.code: competency_set.name for competency_set in open_sets},
        most=max(0, candidacy.terms.elective_sets - achieved_electives),
        initial={
            "electives": [code for code in electives if code in ways],
            **{f"way_{code}": way for code, way in ways.items()},
        },
    )
