"""Where a person lands: by role, and for a candidate the shelf of six sets."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agreements import queries as agreements
from billing import queries as billing
from candidates import queries as candidates
from ledger import clock
from lssc import home as shelf
from people import permissions
from people.guards import PersonRequest, signed_in
from programs import policy as dates
from webinars import queries as webinars


@signed_in
@require_safe
def home(request: PersonRequest) -> HttpResponse:
    """Send a person to where their work is: the office, the portfolios to rate, their shelf, their orders, or the application."""
    if permissions.can_see_office(request.user):
        return redirect("office")
    if candidates.get_candidacy(request.user):
        return redirect("my")
    if permissions.is_evaluator(request.user):
        return redirect("portfolios:to_rate")
    if permissions.is_course_evaluator(request.user):
        return redirect("courses:reviews")
    if permissions.is_committee(request.user):
        return redirect("courses:courses")
    if permissions.is_provider_contact(request.user):
        return redirect("courses:portal")
    if permissions.is_payer(request.user) and candidates.get_application(request.user) is None:
        return redirect("billing:orders")
    if permissions.is_college_contact(request.user):
        return redirect("agreements:college")
    return redirect("candidates:application")


@signed_in
@require_safe
def my(request: PersonRequest) -> HttpResponse:
    """Show a candidate's six sets, what comes next, who has what, and the four years."""
    candidacy = candidates.get_candidacy(request.user)
    if candidacy is None:
        return redirect("candidates:application")
    at = clock.now()
    return render(
        request,
        "lssc/my.html",
        {
            "greeting": shelf.greeting(request.user, local=timezone.localtime(at)),
            "home": shelf.build(candidacy, at=at),
            "today": dates.today(at),
            "webinar": webinars.get_next(request.user, at=at),
            "charges": billing.list_charges(request.user)[:5],
            "graduate_claims": agreements.list_graduate_claims(request.user),
        },
    )
