"""The staff's page of a candidacy: its dates, its one extension, and the sets that count again."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from candidates import actions, policy, queries
from candidates.actions.extensions import get_extension_terms
from candidates.forms import ExtensionForm, HoursForm, ReuseForm
from candidates.models import Candidacy, ExtensionRequest
from candidates.permissions import can_see_office, is_staff
from candidates.states import CandidacyState, ExtensionState, HoursState
from candidates.views.hour_totals import get_working
from ledger import clock
from ledger.states import NotPossible
from ledger.transitions import is_own
from people.decisions import OWN, find_sent_back, list_typed, show_refusal, tell_decision, too_late
from people.guards import PersonRequest, allowed
from people.templatetags.words import longdate
from programs import policy as dates

LOADED = ("person", "terms", "extension_terms", "application")


@allowed(can_see_office)
@require_safe
def candidacy(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show one candidacy, and what staff can decide on it."""
    return _page(request, _fetch(id))


def _page(
    request: PersonRequest,
    candidacy: Candidacy,
    *,
    extension_form: ExtensionForm | None = None,
    reuse_form: ReuseForm | None = None,
    hours_form: HoursForm | None = None,
) -> HttpResponse:
    today = dates.today(clock.now())
    extension_request, claim = queries.get_extension_request(candidacy), queries.get_hours_claim(candidacy)
    waits = extension_request if extension_request and extension_request.state == ExtensionState.ASKED else None
    decides = is_staff(request.user) and not is_own(candidacy, request.user)
    reusable = queries.list_reusable(candidacy) if candidacy.reuse_by else []
    sent_back = find_sent_back(waits, request.user, decided=("decline",)) if waits else None
    reuse_sent_back = queries.find_reuse_sent_back(candidacy, request.user) if reusable else None
    context = {
        "candidacy": candidacy,
        "today": today,
        "own": is_own(candidacy, request.user),
        "plan": queries.get_plan(candidacy),
        "asked": extension_request,
        "waits": waits,
        "sent_back": sent_back,
        "reuse_sent_back": reuse_sent_back,
        "can_extend": decides and _can_extend(candidacy, waits) and not (sent_back and sent_back.why_not),
        "extended_end": policy.extended_end(
            candidacy.admitted_on,
            candidacy_months=candidacy.terms.candidacy_months,
            extension_months=get_extension_terms(waits, today=today).extension_months,
        ),
        "extension_form": extension_form or ExtensionForm(is_requested=waits is not None),
        "reusable": reusable,
        "can_reuse": decides and bool(reusable) and not (reuse_sent_back and reuse_sent_back.why_not),
        "reuse_form": reuse_form
        or ReuseForm(sets={achievement.set.code: _earlier(achievement.set.name, longdate(achievement.on)) for achievement in reusable}),
        "reuses": queries.list_reuses(candidacy),
        "claim": claim,
        "working": get_working(candidacy.application, at=clock.now(), claim=claim) if claim else None,
        "can_accept": decides and claim is not None and claim.state == HoursState.SENT,
        "hours_form": hours_form or HoursForm(),
        "form": extension_form or reuse_form or hours_form,
    }
    offered = {extension_form: context["can_extend"], reuse_form: context["can_reuse"], hours_form: context["can_accept"]}
    for form in [form for form, is_offered in offered.items() if form and not is_offered]:
        about = claim if hours_form and claim else candidacy
        context |= {"form": None, "lost": list_typed(form), "why_lost": OWN if context["own"] else tell_decision(about)}
        if not context["lost"]:
            return too_late(request, about, "candidates:candidacy", candidacy.id, own=bool(context["own"]))
    return render(request, "candidates/candidacy.html", context, status=409 if "lost" in context else 200)


def _fetch(id: UUID) -> Candidacy:
    return get_object_or_404(Candidacy.objects.select_related(*LOADED), id=id)


def _earlier(name: str, on: str) -> str:
    return f"{name}, achieved on {on}"


def _can_extend(candidacy: Candidacy, waits: ExtensionRequest | None) -> bool:
    if candidacy.extended_on or candidacy.state == CandidacyState.COMPLETED:
        return False
    return dates.in_time(candidacy.ends_on, at=clock.now()) or (waits is not None and waits.asked_on <= candidacy.ends_on)


@allowed(is_staff)
@require_POST
def extend(request: PersonRequest, id: UUID) -> HttpResponse:
    """Give the one extension, or decline the request for it."""
    candidacy = _fetch(id)
    extension_request = queries.get_extension_request(candidacy)
    waits = extension_request if extension_request and extension_request.state == ExtensionState.ASKED else None
    form = ExtensionForm(request.POST, is_requested=waits is not None)
    if form.is_valid():
        about = {"reason": form.cleaned_data["reason"], "actor": request.user, "at": clock.now()}
        with show_refusal(form):
            if waits is None and "grant" in request.POST:
                raise NotPossible("This request was decided a moment ago.")
            if waits is not None and not form.grants:
                actions.decline_extension(waits, **about)
                message = f"The request of {candidacy.person} is declined. The email with your reason is on its way."
            else:
                extended = actions.extend(candidacy, **about)
                message = f"{candidacy.person} has time until {longdate(extended.ends_on)} now. The email is on its way."
            messages.success(request, message)
            return redirect("candidates:candidacy", id)
    return _page(request, _fetch(id), extension_form=form)


@allowed(is_staff)
@require_POST
def reuse(request: PersonRequest, id: UUID) -> HttpResponse:
    """Decide which sets of an earlier candidacy count again."""
    candidacy = _fetch(id)
    reusable = queries.list_reusable(candidacy) if candidacy.reuse_by else []
    form = ReuseForm(
        request.POST, sets={achievement.set.code: _earlier(achievement.set.name, longdate(achievement.on)) for achievement in reusable}
    )
    if form.is_valid():
        with show_refusal(form):
            actions.reuse(candidacy, sets=form.cleaned_data["sets"], reason=form.cleaned_data["why"], actor=request.user, at=clock.now())
            messages.success(request, "Decided. The email is on its way.")
            return redirect("candidates:candidacy", id)
    return _page(request, _fetch(id), reuse_form=form)


@allowed(is_staff)
@require_POST
def decide_hours(request: PersonRequest, id: UUID) -> HttpResponse:
    """Accept the hours that a provisional candidate showed, or send them back with what is wrong."""
    candidacy = _fetch(id)
    form, accepts = HoursForm(request.POST), "accept" in request.POST
    if accepts or form.is_valid():
        with show_refusal(form):
            if accepts:
                actions.show_hours(candidacy, actor=request.user, at=clock.now())
            else:
                actions.send_hours_back(candidacy, reason=form.cleaned_data["found"], actor=request.user, at=clock.now())
            result = "are accepted" if accepts else "went back"
            messages.success(request, f"The hours of {candidacy.person} {result}. The email is on its way.")
            return redirect("candidates:candidacy", id)
    return _page(request, _fetch(id), hours_form=form)
