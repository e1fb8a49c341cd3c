"""The staff's pages: the queue of completions, one completion with its checks, the decision, and a course's approval."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from candidates import queries as candidates
from candidates.policy import AchievedSet, counting
from candidates.states import Way
from courses import actions, queries
from courses.forms import ApprovalForm, RefuseForm
from courses.models import Completion, Offering
from courses.permissions import can_decide, can_see_office, is_staff
from courses.states import CompletionState
from ledger import clock
from ledger.form_tokens import once
from ledger.transitions import is_own
from people import documents
from people.decisions import find_sent_back, show_refusal, too_late
from people.guards import PersonRequest, allowed
from people.pages import get_page
from programs import policy as dates
from programs import queries as programs
from programs.policy import written


@allowed(can_see_office)
@require_safe
def completions(request: PersonRequest) -> HttpResponse:
    """List the completions that wait for a decision, the oldest first."""
    page = get_page(queries.list_to_decide(), request.GET, counted=True)
    today = dates.today(clock.now())
    rows = [(row, (today - dates.today(row.claimed_at)).days) for row in page]
    return render(request, "courses/completions.html", {"page": page, "rows": rows, "today": today})


def _get_or_404(id: UUID) -> Completion:
    completions = Completion.objects.select_related(
        "person",
        "candidacy__person",
        "candidacy__terms",
        "offering__provider",
        "offering__set",
        "set",
        "proof",
        "decided_by",
        "confirmed_by__person",
    )
    completion: Completion = get_object_or_404(completions, id=id)
    return completion


@allowed(can_see_office)
@require_safe
def completion(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show one completion: the proof, the checks that explain themselves, and what each decision would do."""
    return _page(request, _get_or_404(id), RefuseForm())


def _page(request: PersonRequest, completion: Completion, form: RefuseForm) -> HttpResponse:
    at = clock.now()
    waits = completion.state == CompletionState.CLAIMED
    achieved = candidates.list_achievements(completion.candidacy) if waits else []
    sent_back = find_sent_back(completion, request.user) if waits else None
    context = {
        "completion": completion,
        "form": form,
        "verdict": queries.judge(completion.offering, completion.candidacy, completion.completed_on, at=at),
        "in_time": dates.in_time(completion.candidacy.ends_on, at=completion.claimed_at),
        "other_way": any(achieved_set.code == completion.set.code for achieved_set in achieved),
        "own": is_own(completion, request.user),
        "sent_back": sent_back,
        "can_decide": waits and can_decide(request.user, completion) and not (sent_back and sent_back.why_not),
        "left": queries.list_parts_left(completion),
        "confirmation": completion.confirmations.filter(is_confirmed=True).first() if completion.confirmed_by else None,
        "today": dates.today(at),
        **_then(completion, achieved, on=dates.today(at)),
    }
    if form.is_bound and not context["can_decide"]:
        return too_late(request, completion, "courses:completion", own=bool(context["own"]))
    return render(request, "courses/completion.html", context)


def _then(completion: Completion, achieved: list[AchievedSet], *, on: date) -> dict[str, int]:
    """Count the sets that will count when this one is achieved, of how many."""
    competency_set, terms = completion.set, completion.candidacy.terms
    this = AchievedSet(code=competency_set.code, name=competency_set.name, kind=competency_set.kind, on=on, way=Way.COURSE)
    six = counting([*achieved, this], required=terms.required_sets, electives=terms.elective_sets)
    return {"will_count": len(six), "needed": terms.required_sets + terms.elective_sets}


@allowed(can_see_office)
@require_safe
def review_proof(request: PersonRequest, id: UUID) -> HttpResponseBase:
    """Open the proof of a completion, by a link that is made now."""
    proof = _get_or_404(id).proof
    if proof is None:
        raise Http404
    return redirect(documents.link(proof, request.user))


@allowed(is_staff)
@require_POST
def accept(request: PersonRequest, id: UUID) -> HttpResponse:
    """Accept the completion."""
    completion = _get_or_404(id)
    with show_refusal(request):
        actions.accept(completion, actor=request.user, at=clock.now())
        parts_left = queries.list_parts_left(completion)
        text = f"{completion.title} is accepted. {completion.set.name} is achieved when the rest is: {' and '.join(parts_left)}."
        messages.success(request, text if parts_left else f"{completion.person} achieved {completion.set.name}. The email is on its way.")
        return redirect("courses:completions")
    return redirect("courses:completion", id)


@allowed(is_staff)
@require_POST
def refuse(request: PersonRequest, id: UUID) -> HttpResponse:
    """Refuse the completion with a reason."""
    completion = _get_or_404(id)
    form = RefuseForm(request.POST)
    if not form.is_valid():
        return _page(request, completion, form)
    with show_refusal(request):
        actions.refuse(completion, reason=form.cleaned_data["reason"], actor=request.user, at=clock.now())
        messages.success(request, f"The proof of {completion.person} is refused. The email with your reason is on its way.")
        return redirect("courses:completions")
    return redirect("courses:completion", id)


@allowed(is_staff)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def approval(request: PersonRequest, id: UUID) -> HttpResponse:
    """Enter from when to when a course is approved."""
    offering = get_object_or_404(Offering.objects.select_related("provider", "set"), id=id)
    periods = queries.list_periods(offering)
    about: dict[str, Any] = {"has_history": bool(periods), "months": programs.get_terms(dates.today(clock.now())).approval_months}
    if request.method == "POST":
        form = ApprovalForm(request.POST, **about)
        if form.is_valid():
            with show_refusal(form):
                actions.enter_approval(offering, **form.cleaned_data, actor=request.user, at=clock.now())
                until = written(form.cleaned_data["approved_until"])
                messages.success(request, f"{offering} is approved through {until}. The catalog shows it now.")
                return redirect("courses:offering", id)
    else:
        known = {"approved_on": offering.approved_on, "approved_until": offering.approved_until, "is_correction": "yes"}
        form = ApprovalForm(initial=known, **about)
    return render(request, "courses/approval.html", {"offering": offering, "form": form, "periods": periods})
