"""The planner, which only its owner sees, and the office's page of suggestions."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from candidates import queries as candidates
from ledger import clock
from ledger.form_tokens import once
from people.decisions import show_refusal
from people.guards import PersonRequest, allowed, signed_in
from people.templatetags.words import longdate
from portfolios import actions, permissions
from portfolios.forms import EndForm, PlanForm, SuggestionForm
from portfolios.models import Suggestion
from portfolios.queries import draft_reviews
from programs import policy as dates
from programs import queries as programs


def _set(code: str) -> Any:
    """One set of the newest framework with its competencies, or 404."""
    competency_set = next((competency_set for competency_set in programs.list_sets() if competency_set.code == code), None)
    if competency_set is None:
        raise Http404
    return competency_set


@signed_in
@require_safe
def planner(request: PersonRequest) -> HttpResponse:
    """Show, set by set, what the reader marked and what that suggests."""
    context = {"plans": draft_reviews.list_plans(request.user), "candidacy": candidates.get_candidacy(request.user)}
    return render(request, "portfolios/planner.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def plan_set(request: PersonRequest, code: str) -> HttpResponse:
    """Mark what one can do, competency by competency."""
    competency_set = _set(code)
    competencies = list(competency_set.competencies.all())
    choices = [(row.number, f"{row.number}. {row.text}") for row in competencies]
    if request.method == "POST":
        form = PlanForm(request.POST, competencies=choices)
        if form.is_valid():
            actions.plan(request.user, set_code=code, numbers=form.cleaned_data["numbers"])
            messages.success(request, f"Your marks for {competency_set.name} are saved. Only you can see them.")
            return redirect("portfolios:planner")
    else:
        form = PlanForm(competencies=choices, initial={"numbers": sorted(draft_reviews.list_marks(request.user, competencies))})
    return render(request, "portfolios/plan_set.html", {"set": competency_set, "form": form})


@allowed(permissions.can_look)
@require_safe
def suggestions(request: PersonRequest) -> HttpResponse:
    """List the sets with how many suggestions are offered today."""
    counts = draft_reviews.count_suggestions(on=dates.today(clock.now()))
    rows = [(competency_set, size, counts.get(competency_set.pk, 0)) for competency_set, size in programs.list_sized_sets()]
    return render(request, "portfolios/suggestions.html", {"rows": rows})


@allowed(permissions.can_look)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def set_suggestions(request: PersonRequest, code: str) -> HttpResponse:
    """Show the suggestions of one set, competency by competency, and write a new one."""
    competency_set = _set(code)
    at = clock.now()
    competencies = list(competency_set.competencies.all())
    choices = [(str(row.number), f"{row.number}. {row.text}") for row in competencies]
    can_act = permissions.can_assign(request.user)
    form = SuggestionForm(
        request.POST if request.method == "POST" else None,
        competencies=choices,
        initial={"from_on": dates.today(at), "number": request.GET.get("for", "")},
    )
    if request.method == "POST":
        if not can_act:
            raise PermissionDenied
        if form.is_valid():
            data = form.cleaned_data
            competency = next(row for row in competencies if str(row.number) == data["number"])
            with show_refusal(form, "from_on"):
                actions.add_suggestion(competency, text=data["text"], from_on=data["from_on"], actor=request.user, at=at)
                messages.success(request, f"The suggestion is offered from {longdate(data['from_on'])}.")
                return redirect("portfolios:set_suggestions", code=code)
    offered = draft_reviews.list_set_suggestions(competencies, at=at)
    context = {
        "set": competency_set,
        "rows": [(row, offered.get(row.number, [])) for row in competencies],
        "form": form,
        "can_act": can_act,
        "today": dates.today(at),
    }
    return render(request, "portfolios/set_suggestions.html", context, status=422 if form.errors else 200)


@allowed(permissions.can_assign)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def end_suggestion(request: PersonRequest, id: UUID) -> HttpResponse:
    """End a suggestion on a day."""
    row = get_object_or_404(Suggestion.objects.select_related("competency__set"), id=id)
    at = clock.now()
    form = EndForm(request.POST if request.method == "POST" else None, initial={"until_on": dates.today(at)})
    if request.method == "POST" and form.is_valid():
        with show_refusal(form, "until_on"):
            actions.end_suggestion(row, until_on=form.cleaned_data["until_on"], actor=request.user, at=at)
            messages.success(request, f"The suggestion is not offered after {longdate(form.cleaned_data['until_on'])}.")
            return redirect("portfolios:set_suggestions", code=row.competency.set.code)
    return render(request, "portfolios/end_suggestion.html", {"suggestion": row, "form": form})
