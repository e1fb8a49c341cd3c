"""The pages for everybody: what the program is, the ten sets, what it costs, how to apply, and the small print."""

from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import conditional_page, require_safe

from billing import queries as billing
from ledger import clock
from people.guards import public
from programs import policy
from programs import queries as programs
from programs.states import Kind

# The kinds of fee that the public page lists, with what each is for. A kind without a fee in force is not shown.
FEES = {
    "application": ("Apply and enroll", "Once. It covers the whole time of your candidacy."),
    "portfolio": ("Each portfolio", "Due before your portfolio goes to the evaluators."),
    "course_approval": ("Approval of a course", "For course providers, not for candidates."),
    "course_renewal": ("Renewal of a course’s approval", "For course providers, not for candidates."),
}


def _page(request: HttpRequest, name: str, **context: Any) -> HttpResponse:
    """Draw a page with the Terms of today, which every one of them quotes."""
    terms = programs.get_terms(policy.today(clock.now()))
    common = {"terms": terms, "total": terms.required_sets + terms.elective_sets, "contact": parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}
    return render(request, f"lssc/{name}.html", common | context)


def _fees(*kinds: str) -> list[dict[str, Any]]:
    fees = billing.list_fees(on=policy.today(clock.now()))
    return [{"name": FEES[fee.kind][0], "note": FEES[fee.kind][1], "fee": fee} for fee in fees if fee.kind in kinds]


def _sets() -> dict[str, Any]:
    sets = programs.list_sets()
    return {
        "count": len(sets),
        "required": [each for each in sets if each.kind == Kind.REQUIRED],
        "electives": [each for each in sets if each.kind == Kind.ELECTIVE],
    }


@public
@require_safe
@conditional_page
def home(request: HttpRequest) -> HttpResponse:
    """Show what the program is, on one page."""
    return _page(request, "home_public", **_sets(), fees=_fees("application", "portfolio"))


@public
@require_safe
@conditional_page
def sets(request: HttpRequest) -> HttpResponse:
    """List the ten competency sets."""
    return _page(request, "sets", **_sets())


@public
@require_safe
@conditional_page
def one_set(request: HttpRequest, code: str) -> HttpResponse:
    """Show one set with its competencies."""
    chosen = next((each for each in programs.list_sets() if each.code == code), None)
    if chosen is None:
        raise Http404
    return _page(request, "set", set=chosen)


@public
@require_safe
@conditional_page
def how(request: HttpRequest) -> HttpResponse:
    """Say who may apply, how it goes, and how long it takes."""
    return _page(request, "how", **_sets(), fees=_fees("application"))


@public
@require_safe
@conditional_page
def fees(request: HttpRequest) -> HttpResponse:
    """List the fees of today."""
    return _page(request, "fees", fees=_fees(*FEES))


@public
@require_safe
@conditional_page
def help_(request: HttpRequest) -> HttpResponse:
    """Answer common questions, and say how to reach the program."""
    return _page(request, "help")


@public
@require_safe
@conditional_page
def privacy(request: HttpRequest) -> HttpResponse:
    """Say what we keep about people, why, and who sees it."""
    return _page(request, "privacy")


@public
@require_safe
@conditional_page
def accessibility(request: HttpRequest) -> HttpResponse:
    """Say what works for whom, what was checked, and what was not."""
    return _page(request, "accessibility")
