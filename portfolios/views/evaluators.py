"""The pages on which people apply to rate portfolios, staff decide, and evaluators say what they take on and what stands against them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ledger import clock
from ledger.form_tokens import once
from people import documents
from people import permissions as roles
from people import queries as people
from people.decisions import find_sent_back, show_refusal
from people.guards import PersonRequest, allowed, signed_in
from portfolios import actions, lessons, permissions, queries
from portfolios.actions.evaluators import RESUME
from portfolios.forms.evaluators import ApplyForm, ConflictForm, DecideForm, StandingForm
from portfolios.models import DeclaredConflict, Evaluator, EvaluatorApplication, SetRequest
from portfolios.states import RequestState
from programs import policy as dates
from programs import queries as programs
from programs.policy import Remedy

PAGE = 25


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@once
def apply(request: PersonRequest) -> HttpResponse:
    """Apply to rate portfolios, set by set; shows what was applied for before."""
    requests = queries.list_requests(request.user)
    taken = queries.list_taken_sets(request.user)
    sets = [(competency_set.code, competency_set.name) for competency_set in programs.list_sets() if competency_set.code not in taken]
    resume = _kept_resume(request, requests)
    evaluator = Evaluator.objects.filter(person=request.user).first()
    if request.method == "POST":
        form = ApplyForm(request.POST, request.FILES, sets=sets, has_resume=resume is not None)
        if "resume" not in form.errors and form.cleaned_data.get("resume"):
            with show_refusal(form, "resume"):
                resume = actions.keep_resume(request.user, form.cleaned_data["resume"], at=clock.now())
        if form.is_valid() and resume is not None and _apply(request, form, resume):
            return redirect("portfolios:apply")
    else:
        initial = {"capacity_per_year": evaluator.capacity_per_year, "employers": "\n".join(evaluator.employers)} if evaluator else {}
        form = ApplyForm(sets=sets, has_resume=resume is not None, initial=initial)
    context = {
        "form": form,
        "kept": resume,
        "link": documents.link(resume, request.user) if resume else "",
        "requests": requests,
        "open": _with_staff(requests),
        "rows": [(set_request, _remedy(set_request)) for set_request in requests],
        "sets": sets,
        "rates": permissions.can_rate(request.user),
        "minutes": lessons.total_minutes(),
        "terms": programs.get_terms(dates.today(clock.now())),
    }
    return render(request, "portfolios/apply.html", context, status=422 if form.is_bound and form.errors else 200)


def _with_staff(requests: list[SetRequest]) -> list[tuple[UUID, list[str]]]:
    """The applications of which something is not decided, each with the names of these sets."""
    waiting: dict[UUID, list[str]] = {}
    for set_request in requests:
        if set_request.state == RequestState.ASKED:
            waiting.setdefault(set_request.application_id, []).append(set_request.set.name)
    return list(waiting.items())


def _remedy(row: SetRequest) -> Remedy | None:
    """What can be done against a refusal, or nothing."""
    if row.state != RequestState.REFUSED or row.decided_at is None:
        return None
    return programs.find_remedy(row.person, kind="evaluator", reference=row.id, decided_on=dates.today(row.decided_at), at=clock.now())


def _kept_resume(request: PersonRequest, requests: list[SetRequest]) -> Any:
    """The reader's resume: the one that this form kept when something else was wrong, or that of the last application."""
    try:
        named = people.get_document(UUID(request.POST.get("kept", "")))
        if named.owner_id == request.user.pk and named.kind == RESUME:
            return named
    except (ValueError, ObjectDoesNotExist):
        pass
    return requests[0].application.resume if requests else None


def _apply(request: PersonRequest, form: ApplyForm, resume: Any) -> bool:
    data = form.cleaned_data
    with show_refusal(form):
        actions.apply_as_evaluator(
            request.user,
            wishes=form.wishes,
            resume=resume,
            capacity_per_year=data["capacity_per_year"],
            employers=data["employers"],
            note=data["note"],
            actor=request.user,
            at=clock.now(),
        )
        messages.success(request, "Thank you. Staff are reviewing your application. We will email you when it is decided.")
        return True
    return False


@signed_in
@require_POST
def withdraw_application(request: PersonRequest, id: UUID) -> HttpResponse:
    """Withdraw what is not decided."""
    row = get_object_or_404(EvaluatorApplication, id=id, person=request.user)
    with show_refusal(request):
        actions.withdraw_application(row, actor=request.user, at=clock.now())
        messages.success(request, "What staff had not decided is withdrawn. You can apply again at any time.")
    return redirect("portfolios:apply")


@allowed(permissions.can_look)
@require_safe
def applications(request: PersonRequest) -> HttpResponse:
    """List the applications of evaluators that wait for staff."""
    page = Paginator(queries.list_to_approve().exclude(person=request.user), PAGE).get_page(request.GET.get("page"))
    return render(request, "portfolios/applications.html", {"page": page})


@allowed(permissions.can_look)
@require_http_methods(["GET", "HEAD", "POST"])
def application(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show an application to rate portfolios, and decide on it set by set; no one's own."""
    row = get_object_or_404(EvaluatorApplication.objects.exclude(person=request.user).select_related("person", "resume"), id=id)
    if request.method == "POST" and not permissions.can_assign(request.user):
        raise PermissionDenied
    requests = list(row.requests.select_related("set", "decided_by").order_by("set__position"))
    open_ones = [set_request for set_request in requests if set_request.state == RequestState.ASKED]
    form = DecideForm(request.POST if request.method == "POST" else None, requests=open_ones)
    if request.method == "POST" and form.is_valid():
        with show_refusal(request):
            actions.decide_application(row, decisions=form.decisions, actor=request.user, at=clock.now())
            messages.success(request, f"Decided. {row.person.name} gets an email with the decision and the reasons.")
            return redirect("portfolios:applications")
        return redirect("portfolios:application", id=row.id)
    context = {
        "application": row,
        "form": form,
        "open": open_ones,
        "sent_back": [(set_request, sent_back) for set_request in open_ones if (sent_back := find_sent_back(set_request, request.user))],
        "decided": [set_request for set_request in requests if set_request.state != RequestState.ASKED],
        "link": documents.link(row.resume, request.user),
        "can_act": permissions.can_assign(request.user),
    }
    return render(request, "portfolios/application.html", context, status=422 if form.is_bound and form.errors else 200)


def _myself(request: PersonRequest) -> Evaluator:
    """The reader as an evaluator, or 404."""
    return get_object_or_404(Evaluator.objects.select_related("person"), person=request.user)


@allowed(permissions.can_rate)
@require_http_methods(["GET", "HEAD", "POST"])
def standing(request: PersonRequest) -> HttpResponse:
    """Show an evaluator's sets and training, and change what they take on."""
    row = _myself(request)
    initial = {"capacity_per_year": row.capacity_per_year, "paused_until": row.paused_until, "employers": "\n".join(row.employers)}
    form = StandingForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with show_refusal(form, "paused_until"):
            actions.change_standing(row, **form.cleaned_data, actor=request.user, at=clock.now())
            messages.success(request, "Saved. We use it from now on.")
            return redirect("portfolios:standing")
    context = {
        "evaluator": row,
        "form": form,
        "sets": queries.list_own_sets(row),
        "load": queries.count_load(row, at=clock.now()),
        "conflicts": DeclaredConflict.objects.visible_to(request.user).count(),
        "pages_left": len(lessons.PAGES) - len(row.training),
        "minutes": lessons.total_minutes(),
    }
    return render(request, "portfolios/standing.html", context, status=422 if form.is_bound and form.errors else 200)


@allowed(permissions.can_rate)
@require_POST
def step_back(request: PersonRequest, code: str) -> HttpResponse:
    """Step back from one set, or rate it again."""
    back = request.POST.get("back") == "1"
    with show_refusal(request):
        actions.step_back(_myself(request), set_code=code, back=back, actor=request.user, at=clock.now())
        messages.success(request, "Saved. We no longer ask you for this set." if back else "Saved. We may ask you for this set again.")
    return redirect("portfolios:standing")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@once
def conflicts(request: PersonRequest) -> HttpResponse:
    """List and declare what stands against a rating: for evaluators, and for candidates whose portfolios are rated."""
    rates = roles.is_evaluator(request.user)
    form = ConflictForm(request.POST if request.method == "POST" else None, teaches=rates)
    if request.method == "POST" and form.is_valid():
        with show_refusal(form, "name"):
            actions.declare_conflict(request.user, **form.cleaned_data, actor=request.user, at=clock.now())
            messages.success(request, "Saved. It takes effect now.")
            return redirect("portfolios:conflicts")
    rows = DeclaredConflict.objects.visible_to(request.user).order_by("-declared_at", "id")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {"form": form, "rates": rates, "page": page}
    return render(request, "portfolios/conflicts.html", context, status=422 if form.is_bound and form.errors else 200)


@signed_in
@require_POST
def withdraw_conflict(request: PersonRequest, id: UUID) -> HttpResponse:
    """Say that a declared conflict no longer stands."""
    row = get_object_or_404(DeclaredConflict.objects.visible_to(request.user), id=id)
    actions.withdraw_conflict(row, actor=request.user, at=clock.now())
    messages.success(request, "Removed. It no longer counts.")
    return redirect("portfolios:conflicts")
