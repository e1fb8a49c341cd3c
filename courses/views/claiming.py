"""The candidate's pages: send proof of a course, see where it stands, take it back."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from courses import actions, queries
from courses.forms import ClaimForm
from courses.models import Completion, Offering
from courses.states import CompletionState, NoCredit
from ledger import clock
from ledger.states import NotPossible
from people import documents
from people.guards import PersonRequest, signed_in


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def claim(request: PersonRequest, id: UUID) -> HttpResponse:
    """Ask when the course was finished and for the proof; who can't send one reads why on the course's page."""
    offering = get_object_or_404(Offering.objects.select_related("provider", "set"), id=id)
    at = clock.now()
    standing = queries.get_standing(request.user, offering, at=at)
    if standing.candidacy is None:
        messages.error(request, "Only candidates can send proof of a course. Apply first; the course may still count then.")
        return redirect("courses:offering", id)
    if standing.blocked:
        if request.method == "POST":
            messages.error(request, standing.blocked)
        return redirect("courses:offering", id)
    judge = partial(queries.judge, offering, standing.candidacy, at=at)
    form = ClaimForm(request.POST, request.FILES, judge=judge) if request.method == "POST" else ClaimForm(judge=judge)
    if request.method == "POST" and form.is_valid():
        completed_on, upload = form.cleaned_data["completed_on"], form.cleaned_data["proof"]
        try:
            made = actions.claim(standing.candidacy, offering=offering, completed_on=completed_on, upload=upload, actor=request.user, at=at)
        except NoCredit as refusal:
            form.add_error("completed_on", refusal.message)
        except documents.Refused as refusal:
            form.add_error("proof", refusal.message)
        except NotPossible as refusal:
            messages.error(request, refusal.message)
            return redirect("courses:offering", id)
        else:
            messages.success(request, "We have your proof. Staff check it next, and we write to you when it is decided.")
            return redirect("courses:claimed", made.id)
    window = queries.get_window(offering, credit_months_before=standing.candidacy.terms.credit_months_before)
    return render(request, "courses/claim.html", {"offering": offering, "form": form, "window": window})


def _own(request: PersonRequest, id: UUID) -> Completion:
    found: Completion = get_object_or_404(
        Completion.objects.visible_to(request.user).select_related("offering__provider", "set", "proof", "candidacy"), id=id
    )
    return found


@signed_in
@require_safe
def claimed(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show where a completion stands."""
    return render(request, "courses/claimed.html", {"completion": _own(request, id)})


@signed_in
@require_safe
def open_proof(request: PersonRequest, id: UUID) -> HttpResponseBase:
    """Open one's own proof, by a link that is made now."""
    return redirect(documents.link(_own(request, id).proof, request.user))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: PersonRequest, id: UUID) -> HttpResponse:
    """Ask first, then take a completion back."""
    found = _own(request, id)
    if request.method == "POST":
        try:
            actions.withdraw(found, actor=request.user, at=clock.now())
            messages.success(request, f"You took it back. You can send other proof for {found.set.name} at any time.")
        except NotPossible as refusal:
            messages.error(request, refusal.message)
        return redirect("courses:claimed", id)
    if found.state != CompletionState.CLAIMED:
        return redirect("courses:claimed", id)
    return render(request, "courses/withdraw.html", {"completion": found})
