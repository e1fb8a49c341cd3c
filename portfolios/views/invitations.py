"""Answering an invitation from the email, without signing in: reading it changes nothing, and it says nothing of the candidate."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from ledger import clock
from ledger.states import NotPossible
from people.guards import public
from people.signed_links import LinkExpired
from portfolios import actions, policy, queries
from portfolios.forms.evaluators import AnswerForm
from portfolios.models import Assignment
from portfolios.notices import INVITATION
from portfolios.states import LIVE, AssignmentState
from programs import policy as dates


@public
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Show an invitation to whoever has its link, and take the answer; a link that was used or is void says so."""
    response = _answer(request, token)
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def _answer(request: HttpRequest, token: str) -> HttpResponse:
    try:
        id = INVITATION.read(token)
    except LinkExpired:
        return render(request, "portfolios/link_expired.html", status=410)
    row = get_object_or_404(Assignment.objects.select_related("portfolio__set", "portfolio__terms", "evaluator__person"), id=id)
    if row.state != AssignmentState.INVITED:
        return render(
            request, "portfolios/link_used.html", {"assignment": row, "live": row.state in LIVE}, status=200 if row.state in LIVE else 410
        )
    form = AnswerForm(request.POST if request.method == "POST" else None)
    refusal = ""
    if request.method == "POST" and form.is_valid():
        try:
            if form.cleaned_data["answer"] == "accept":
                actions.accept(row, actor=row.evaluator.person, at=clock.now())
            else:
                actions.decline(row, reason=form.cleaned_data["reason"], actor=row.evaluator.person, at=clock.now())
            return redirect("portfolios:answer", token=token)
        except NotPossible as refused:
            refusal = refused.message
    numbers = queries.list_numbers_to_rate(row.portfolio)
    context = {
        "assignment": row,
        "portfolio": row.portfolio,
        "numbers": numbers,
        "minutes": policy.minutes_left(len(numbers), words=queries.count_sealed_words(row.portfolio, numbers)),
        "rate_by": dates.today(clock.now()) + timedelta(days=queries.get_terms(row.portfolio).rate_days),
        "over": not dates.in_time(row.accept_by, at=clock.now()),
        "form": form,
        "refusal": refusal,
        "untrained": row.evaluator.trained_on is None,
    }
    return render(request, "portfolios/answer.html", context, status=422 if refusal or form.errors else 200)
