"""The pages on which a provisional candidate shows the hours of library work."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from candidates import actions, queries
from candidates.models import Candidacy
from candidates.views.hour_totals import Working, get_working, lay_out
from ledger import clock
from people.decisions import show_refusal
from people.guards import PersonRequest, signed_in
from people.templatetags.words import longdate
from programs import policy as dates


@signed_in
@require_safe
def hours(request: PersonRequest) -> HttpResponse:
    """Show what is still to be shown, the work with the working, and where it is."""
    candidacy = queries.get_candidacy(request.user)
    claim = queries.get_hours_claim(candidacy) if candidacy else None
    if candidacy is None or not (candidacy.provisional or claim):
        return redirect("candidates:plan")
    at, last_on = clock.now(), queries.get_hours_end(candidacy)
    context = {
        "candidacy": candidacy,
        "claim": claim,
        "last_on": last_on if dates.in_time(last_on, at=at) else None,
        "unsaved": [page.employment for page in queries.list_unsaved(candidacy.application)],
        "working": get_working(candidacy.application, at=at, claim=claim) if claim else _as_of_today(candidacy, at=at),
    }
    return render(request, "candidates/hours.html", context)


def _as_of_today(candidacy: Candidacy, *, at: datetime) -> Working:
    """Count the work of the application as if it were shown today."""
    employments = queries.list_employments(candidacy.application)
    return lay_out(employments, queries.count_employments(employments, terms=candidacy.terms, on=dates.today(at)))


@signed_in
@require_POST
def start(request: PersonRequest) -> HttpResponse:
    """Start to show the hours."""
    candidacy = queries.get_candidacy(request.user)
    if candidacy is None:
        return redirect("candidates:application")
    with show_refusal(request):
        actions.start_hours(candidacy, actor=request.user, at=clock.now())
    return redirect("candidates:hours")


@signed_in
@require_POST
def send(request: PersonRequest) -> HttpResponse:
    """Send the hours to staff."""
    candidacy = queries.get_candidacy(request.user)
    claim = queries.get_hours_claim(candidacy) if candidacy else None
    if candidacy is None or claim is None:
        return redirect("candidates:hours")
    with show_refusal(request):
        actions.send_hours(candidacy, actor=request.user, at=clock.now())
        claim.refresh_from_db()
        messages.success(request, f"Staff are reviewing your hours. They will answer by {longdate(claim.decide_by)}.")
    return redirect("candidates:hours")
