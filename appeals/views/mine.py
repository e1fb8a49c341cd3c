"""A person's own appeals: what can be appealed, saying so, giving grounds, withdrawing."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from appeals import actions, policy, queries
from appeals.forms import GroundsForm, NoticeForm
from appeals.models import Appeal
from appeals.states import OPEN, AppealState
from ledger import clock
from ledger.states import NotPossible
from people.guards import PersonRequest, signed_in
from people.templatetags.words import longdate
from programs import policy as calendar
from programs import queries as programs

either = require_http_methods(["GET", "HEAD", "POST"])


@signed_in
@require_safe
def mine(request: PersonRequest) -> HttpResponse:
    """Show what can be appealed until when, and one's appeals."""
    at = clock.now()
    facts = {
        "decisions": queries.list_appealable(request.user, at=at),
        "appeals": queries.list_appeals(request.user),
        "terms": programs.get_terms(calendar.today(at)),
    }
    return render(request, "appeals/mine.html", facts)


@signed_in
@either
def notice(request: PersonRequest, kind: str, reference: UUID) -> HttpResponse:
    """Say that one will appeal a decision."""
    at = clock.now()
    decision = queries.find_decision(request.user, kind=kind, reference=reference, at=at)
    if decision is None:
        raise Http404
    if decision.appeal is not None:
        return redirect("appeals:appeal", decision.appeal.id)
    over = policy.is_over(decision.dates.notice_by, today=calendar.today(at))
    form = NoticeForm(request.POST or None)
    if request.method == "POST" and not over and form.is_valid():
        try:
            appeal = actions.give_notice(
                request.user, kind=kind, reference=reference, reason=form.cleaned_data["reason"], actor=request.user, at=at
            )
        except NotPossible as refusal:
            messages.error(request, refusal.message)
            return redirect("appeals:mine")
        messages.success(request, f"We have your notice. Next, give your grounds by {longdate(appeal.grounds_by)}.")
        return redirect("appeals:appeal", appeal.id)
    status = 422 if request.method == "POST" else 200
    return render(request, "appeals/notice.html", {"decision": decision, "form": form, "over": over}, status=status)


def _own(request: PersonRequest, id: UUID) -> Appeal:
    found: Appeal = get_object_or_404(queries.find_appeal(id).filter(person=request.user))
    return found


@signed_in
@require_safe
def appeal(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show one's own appeal with its stages."""
    row = _own(request, id)
    facts = {"appeal": row, "stages": queries.list_stages(row), "open": row.state in OPEN, "may_write": _may_write(row)}
    return render(request, "appeals/appeal.html", facts)


def _may_write(row: Appeal) -> bool:
    return row.state == AppealState.NOTICED and calendar.in_time(row.grounds_by, at=clock.now())


@signed_in
@either
def grounds(request: PersonRequest, id: UUID) -> HttpResponse:
    """Give the grounds of one's appeal."""
    row = _own(request, id)
    if not _may_write(row):
        messages.error(request, "You can’t give grounds now. They are here already, or the last day has passed.")
        return redirect("appeals:appeal", row.id)
    form = GroundsForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            row = actions.give_grounds(row, grounds=form.cleaned_data["grounds"], actor=request.user, at=clock.now())
            messages.success(request, f"Your grounds are with the first committee. It responds by {longdate(row.respond_by)}.")
        except NotPossible as refusal:
            messages.error(request, refusal.message)
        return redirect("appeals:appeal", row.id)
    return render(request, "appeals/grounds.html", {"appeal": row, "form": form}, status=422 if form.is_bound else 200)


@signed_in
@either
def withdraw(request: PersonRequest, id: UUID) -> HttpResponse:
    """Withdraw one's appeal, after a question."""
    row = _own(request, id)
    if request.method == "POST":
        try:
            actions.withdraw(row, actor=request.user, at=clock.now())
            messages.success(request, "Your appeal is withdrawn. The decision stands.")
        except NotPossible as refusal:
            messages.error(request, refusal.message)
        return redirect("appeals:appeal", row.id)
    if row.state not in OPEN:
        return redirect("appeals:appeal", row.id)
    return render(request, "appeals/withdraw.html", {"appeal": row})
