"""The pages that everyone may read: the catalog, one course, and the request for one nearby."""

from typing import Any
from uuid import UUID

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from courses import actions, queries
from courses.forms import PRICES, STARTS, TakenForm, read_filters, read_page
from courses.forms.applications import CourseRequestForm
from courses.models import Offering
from courses.permissions import can_change_entry
from courses.states import Format, ProviderKind
from ledger import clock
from ledger.form_tokens import once
from ledger.public_changes import kept
from people.guards import public
from people.models import User
from people.permissions import is_staff
from people.places import STATES
from programs import policy as dates
from programs import queries as programs
from programs.policy import written
from programs.states import SetKind

# So many online courses are shown below a search that finds few at a place.
FROM_ANYWHERE = 5


@public
@require_safe
@kept("set", "format", "kind", "state", "page")
def catalog(request: HttpRequest) -> HttpResponse:
    """List the approved courses, narrowed by the filters of the address. Three queries beyond those of the reader, four where few
    are held at a place that was asked for."""
    today = dates.today(clock.now())
    sized, states = programs.list_sized_sets(), queries.list_states()
    sets = [competency_set for competency_set, _ in sized]
    form = TakenForm(request.GET)
    filters = read_filters(
        request.GET, sets=[competency_set.code for competency_set in sets], states=[code for code, _ in states], taken_on=form.day()
    )
    number = read_page(request.GET)
    months = queries.get_credit_months_before(None, at=clock.now()) if filters.taken_on else 0
    offerings = queries.find_offerings(filters, on=today, page=number, credit_months_before=months)
    if not offerings.offerings and number > 1:
        query = request.GET.copy()
        del query["page"]
        return redirect(f"{request.path}?{query.urlencode()}")
    asks_for_a_place = bool(filters.state or (filters.words and (not offerings.total or queries.find_states(filters.words))))
    anywhere = None
    if asks_for_a_place and offerings.total < settings.FEW_COURSES:
        anywhere = queries.find_from_anywhere(filters, on=today, credit_months_before=months)
    page = Paginator(range(offerings.total), queries.PAGE_SIZE).get_page(number)
    sizes = {competency_set.pk: size for competency_set, size in sized}
    context = {
        "page": page,
        "total": offerings.total,
        "rows": [(offering, sizes.get(offering.set_id)) for offering in offerings.offerings],
        "anywhere": [row for row in anywhere.offerings if row not in offerings.offerings][:FROM_ANYWHERE] if anywhere else [],
        "anywhere_total": anywhere.total if anywhere else 0,
        "filters": filters,
        "told": _describe(filters, {competency_set.code: competency_set.name for competency_set in sets}),
        "required": [competency_set for competency_set in sets if competency_set.kind == SetKind.REQUIRED],
        "electives": [competency_set for competency_set in sets if competency_set.kind == SetKind.ELECTIVE],
        "electives_open": any(competency_set.code in filters.sets for competency_set in sets if competency_set.kind == SetKind.ELECTIVE),
        "formats": Format.choices,
        "kinds": ProviderKind.choices,
        "states": states,
        "prices": PRICES.items(),
        "starts": STARTS.items(),
        "form": form,
        "more_open": bool(filters.kinds or filters.state or filters.price >= 0 or filters.within),
        "today": today,
    }
    return render(request, "courses/catalog.html", context)


def _describe(filters: queries.Filters, names: dict[str, str]) -> str:
    """Say in words what the list is narrowed to."""
    parts = [
        f"“{filters.words}”" if filters.words else "",
        " or ".join(names[code] for code in filters.sets),
        " or ".join(Format(value).label.lower() for value in filters.formats),
        " or ".join(ProviderKind(value).label for value in filters.kinds),
        STATES.get(filters.state, ""),
        PRICES.get(filters.price, "").lower(),
        STARTS.get(filters.within, "").lower(),
        f"counting on {written(filters.taken_on)}" if filters.taken_on else "",
    ]
    return ", ".join(part for part in parts if part)


@public
@require_safe
def offering(request: HttpRequest, id: UUID) -> HttpResponse:
    """Show one course with all that is known of it, and where the reader stands with it."""
    offering = get_object_or_404(Offering.objects.select_related("provider", "set"), id=id)
    at = clock.now()
    standing = queries.get_standing(request.user, offering, at=at) if request.user.is_authenticated else queries.CourseStanding()
    months = queries.get_credit_months_before(standing.candidacy, at=at)
    context = {
        "offering": offering,
        "standing": standing,
        "windows": queries.list_windows(offering, credit_months_before=months),
        "periods": queries.list_periods(offering),
        "credit_months_before": months,
        "competencies": offering.set.competencies.order_by("number"),
        "today": dates.today(at),
        "ended": offering.approved_until is not None and offering.approved_until < dates.today(at),
        "can_change": request.user.is_authenticated and can_change_entry(request.user, offering),
        "staff": is_staff(request.user),
    }
    return render(request, "courses/offering.html", context)


COURSE_REQUESTS_AN_HOUR = 5


@public
@require_http_methods(["GET", "HEAD", "POST"])
@once
def course_request(request: HttpRequest) -> HttpResponse:
    """Take the request for a course nearby, from anyone, a few an hour from one place."""
    person = request.user if isinstance(request.user, User) else None
    sets = {competency_set.code: competency_set for competency_set, _ in programs.list_sized_sets()}
    about: dict[str, Any] = {"sets": [(code, row.name) for code, row in sets.items()], "email": person.email if person else ""}
    chosen = request.GET.get("set", "")
    form = CourseRequestForm(request.POST, **about) if request.method == "POST" else CourseRequestForm(initial={"set": chosen}, **about)
    if request.method == "POST" and form.is_valid():
        key = f"courses.wish:{get_adapter().get_client_ip(request)}"
        sent = int(cache.get(key, 0))
        if sent >= COURSE_REQUESTS_AN_HOUR:
            form.add_error(None, "We already have several requests from your network. Try again in an hour, or write to us.")
        else:
            cache.set(key, sent + 1, 3600)
            typed = form.cleaned_data
            actions.course_request(
                person=person,
                email=person.email if person else typed["email"],
                set=sets.get(typed["set"]),
                place=" ".join(typed["place"].split()),
                words=typed["words"],
                at=clock.now(),
            )
            messages.success(request, "We have your request. Staff will look for a course and answer by email.")
            return redirect("courses:catalog")
    return render(request, "courses/course_request_form.html", {"form": form, "person": person})
