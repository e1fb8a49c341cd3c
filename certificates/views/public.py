"""The pages that everyone may read: a number is checked, and holders who chose to be found are found."""

from functools import cache

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from certificates import policy, queries
from certificates.forms import DayForm, NumberForm, day_typed
from ledger import clock
from people import rate_limits
from people.guards import public
from people.places import STATES
from programs.policy import today

PAGE = 25
PAGES_A_MINUTE = 60


def _is_too_often(request: HttpRequest) -> bool:
    """Count the numbers that one address checked in this minute, so that no one tries them by the thousand."""
    return rate_limits.is_too_often(request, action="certificates.verify", a_minute=settings.VERIFY_PER_MINUTE)


@public
@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """Take a number to check: a good one leads to its page, a mistyped one is told what is wrong."""
    if _is_too_often(request):
        return rate_limits.too_often(request)
    form = NumberForm(request.GET if "number" in request.GET else None)
    if form.is_bound and form.is_valid():
        return redirect("certificates:number", number=str(form.cleaned_data["number"]))
    return _unlisted(render(request, "certificates/verify.html", {"form": form}))


@public
@require_safe
def number(request: HttpRequest, number: str) -> HttpResponse:
    """Say what a certificate is worth: name, number, dates and status, and nothing else. One query."""
    if _is_too_often(request):
        return rate_limits.too_often(request)
    read = policy.check(number[:200])
    if isinstance(read, policy.Mistyped):
        form = NumberForm({"number": number[:200]})
        return _unlisted(render(request, "certificates/verify.html", {"form": form}, status=404))
    if str(read) != number:
        return redirect("certificates:number", number=str(read))
    at = clock.now()
    verified = queries.get_verified(read, on=today(at))
    if verified is None:
        context = {"number": read, "form": NumberForm(initial={"number": read})}
        return _unlisted(render(request, "certificates/unknown.html", context, status=404))
    day_form = DayForm(request.GET if "on_year" in request.GET else None)
    day = day_typed(day_form)
    context = {
        "verified": verified,
        "at": at,
        "form": day_form,
        "day_field": day_form["on"].as_field_group() if day_form.is_bound else _draw_blank(DayForm, "on"),
        "number_field": _draw_blank(NumberForm, "number"),
        "day": day,
        "was_valid": policy.was_valid_on(verified.facts, day) if day else None,
        "day_is_ahead": bool(day and day > today(at)),
    }
    return _unlisted(render(request, "certificates/number.html", context))


@cache
def _draw_blank(form: type[forms.Form], field: str) -> SafeString:
    """A field of an empty form. It looks the same on each of these pages, and to draw it takes a third of one."""
    return form()[field].as_field_group()


def _unlisted(response: HttpResponse) -> HttpResponse:
    """Keep a page that names a person out of search engines and caches."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    add_never_cache_headers(response)
    return response


@public
@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    """Find holders who chose to stand here, by name and state; not for search engines, and not for copying it whole."""
    if rate_limits.is_too_often(request, action="certificates.directory", a_minute=PAGES_A_MINUTE):
        return rate_limits.too_often(request)
    name, place = request.GET.get("name", "")[:120].replace("\0", "").strip(), request.GET.get("state", "")
    known = [(code, STATES.get(code, code)) for code in queries.list_places()]
    place = place if place in dict(known) else ""
    on = today(clock.now())
    page = Paginator(queries.list_directory(on=on, name=name, place=place), PAGE).get_page(request.GET.get("page"))
    rows = [(row, STATES.get(row.person.directory_listing.place, "")) for row in page]
    context = {"page": page, "rows": rows, "name": name, "place": place, "places": sorted(known, key=lambda pair: pair[1])}
    return _unlisted(render(request, "certificates/directory.html", context))
