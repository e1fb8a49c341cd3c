"""The applicant's pages about library work: each employment, and what they add up to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from candidates import actions, queries
from candidates.actions.applications import local_day, page_of
from candidates.forms import EmploymentForm
from candidates.models import Application, Employment, HoursClaim
from candidates.states import HoursState, Item
from candidates.views.drafts import get_open, keep_itself, lead_back, submit, throw_away
from candidates.views.hour_totals import get_working, plain
from ledger import clock
from ledger.form_tokens import once
from people.autosave import is_autosave
from people.decisions import show_refusal
from people.guards import PersonRequest, signed_in


@dataclass(frozen=True, kw_only=True)
class Names:
    """Where the pages of one list of employments are: that of an application, or that of hours shown after a provisional admission."""

    place: str
    back: str
    add: str


WORK = Names(place="work", back="candidates:work", add="candidates:add_employment")
HOURS = Names(place="hours", back="candidates:hours", add="candidates:add_hours")


def _open(request: PersonRequest, place: str) -> tuple[Application | None, HoursClaim | None]:
    """Fetch the application whose list of employments is open, and the claim that it belongs to."""
    if place == WORK.place:
        return get_open(request, Item.WORK), None
    candidacy = queries.get_candidacy(request.user)
    claims = HoursClaim.objects.filter(candidacy=candidacy, state=HoursState.DRAFT)
    claim = claims.select_related("candidacy__application__person", "candidacy__terms").first()
    return (claim.candidacy.application, claim) if claim else (None, None)


@signed_in
@require_safe
def work(request: PersonRequest) -> HttpResponse:
    """List the employments of work with the working."""
    draft = get_open(request, Item.WORK)
    if draft is None:
        return lead_back(request)
    context = {
        "working": get_working(draft, at=clock.now()),
        "unsaved": [page.employment for page in queries.list_unsaved(draft) if page.page == WORK.place],
        "asked": queries.list_asked(draft).get(Item.WORK),
    }
    return render(request, "candidates/work.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@once
def add_employment(request: PersonRequest, place: str = "work") -> HttpResponse:
    """Add a employment of work."""
    draft, claim = _open(request, place)
    if draft is None:
        return lead_back(request)
    return _employment_page(request, draft, None, claim)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def change_employment(request: PersonRequest, id: UUID, place: str = "work") -> HttpResponse:
    """Change a employment of work."""
    draft, claim = _open(request, place)
    if draft is None:
        return lead_back(request)
    return _employment_page(request, draft, get_object_or_404(draft.employments, id=id, claim=claim), claim)


def _employment_page(request: PersonRequest, draft: Application, employment: Employment | None, claim: HoursClaim | None) -> HttpResponse:
    names = HOURS if claim else WORK
    section = page_of(employment) if employment else f"{names.place}/new"
    at, stored, stale = clock.now(), queries.get_page(draft, section), ""
    today = local_day(draft.person, at=at)
    if request.method == "POST":
        form = EmploymentForm(request.POST, initial=_employment_answers(employment), today=today)
        if is_autosave(request):
            return keep_itself(request, form, draft=draft, section=section)
        if "throw_away" in request.POST:
            throw_away(request, form, draft=draft, section=section)
            return redirect(names.back)

        def save() -> None:
            about: dict[str, Any] = {"values": form.values(), "version": form.seen, "actor": request.user, "at": at}
            if employment:
                actions.change_employment(employment, **about)
            else:
                actions.add_employment(draft, claim=claim, **about)

        saved, stale = submit(request, form, draft=draft, section=section, save=save)
        if saved:
            return _after_employment(request, draft, form, claim, at=at)
    else:
        form = EmploymentForm(initial={**_employment_answers(employment), **stored.typed, "version": stored.version}, today=today)
    context = {
        "form": form,
        "employment": employment,
        "stale": stale,
        "saved": stored.saved_at if stored.typed else None,
        "names": names,
        "working": get_working(draft, at=at, marked=employment.pk if employment else None, claim=claim),
    }
    return render(request, "candidates/employment.html", context, status=409 if stale else 200)


def _after_employment(
    request: PersonRequest, draft: Application, form: EmploymentForm, claim: HoursClaim | None, *, at: datetime
) -> HttpResponse:
    """Say what the saved employment means, and go on to the list or to the next one."""
    names = HOURS if claim else WORK
    count = queries.count_claim(claim, at=at) if claim else queries.count_hours(draft, at=at)
    library = form.cleaned_data["library"]
    messages.success(request, f"{library} is saved. You have {count.shown:,} hours, and need {count.hours_needed:,}.")
    if form.cleaned_data["hours_a_week"] > count.week_cap:
        hours = plain(form.cleaned_data["hours_a_week"])
        messages.warning(
            request, f"You entered {hours} hours a week. No week counts for more than {count.week_cap} hours, so the rest is not counted."
        )
    return redirect(names.add if "another" in request.POST else names.back)


def _employment_answers(employment: Employment | None) -> dict[str, Any]:
    if employment is None:
        return {}
    values = {name: getattr(employment, name) for name in ("library", "kind", "post", "began_on", "ended_on")}
    return {**values, "paid": "paid" if employment.paid else "volunteer", "hours_a_week": plain(employment.hours_a_week)}


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def remove_employment(request: PersonRequest, id: UUID, place: str = "work") -> HttpResponse:
    """Ask first, then remove a employment of work."""
    draft, claim = _open(request, place)
    if draft is None:
        return lead_back(request)
    employment = get_object_or_404(draft.employments, id=id, claim=claim)
    if request.method == "POST":
        with show_refusal(request):
            actions.remove_employment(employment, actor=request.user, at=clock.now())
            messages.success(request, f"{employment.library} is removed.")
        return redirect((HOURS if claim else WORK).back)
    return render(request, "candidates/remove_employment.html", {"employment": employment, "names": HOURS if claim else WORK})
