"""The candidate's pages: send proof of a course, see where it stands, take it back."""

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from courses import actions, queries
from courses.forms import ClaimForm, ProofForm
from courses.models import Completion, Offering
from courses.states import CompletionState, NoCredit
from ledger import clock
from ledger.form_tokens import once
from people import documents
from people.decisions import show_refusal
from people.fields import keep_files
from people.guards import PersonRequest, signed_in
from programs import policy as dates
from programs import queries as programs


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@once
def claim(request: PersonRequest, id: UUID) -> HttpResponse:
    """Ask when the course was finished and for the proof; who can't send one reads why on the course's page."""
    offering = get_object_or_404(Offering.objects.select_related("provider", "set"), id=id)
    at = clock.now()
    standing = queries.get_standing(request.user, offering, at=at)
    if standing.candidacy is None:
        messages.error(request, "Only candidates can send proof of a course. Apply first. The course may still count.")
        return redirect("courses:offering", id)
    if standing.blocked:
        if request.method == "POST":
            messages.error(request, standing.blocked)
        return redirect("courses:offering", id)
    can_ask = queries.list_confirming(offering, person=request.user).exists()
    about: dict[str, Any] = {
        "judge": partial(queries.judge, offering, standing.candidacy, at=at),
        "parts": _parts(offering, standing.parts),
        "can_ask": can_ask,
    }
    form = ClaimForm(request.POST, request.FILES, **about) if request.method == "POST" else ClaimForm(**about)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        part = int(typed.get("part") or about["parts"][0][0]) or None
        with show_refusal(request), show_refusal(form, "proof", documents.Refused), show_refusal(form, "completed_on", NoCredit):
            completion = actions.claim(
                standing.candidacy,
                offering=offering,
                part=part,
                completed_on=typed["completed_on"],
                upload=typed["proof"],
                actor=request.user,
                at=at,
            )
            message = "We have your proof. Staff will check it next, and we will email you when it is decided."
            if completion.state == CompletionState.ASKED:
                message = f"We asked {offering.provider.name}. When they confirm it, staff will check it next. We will email you."
            messages.success(request, message)
            return redirect("courses:claimed", completion.id)
        if not form.errors:
            return redirect("courses:offering", id)
    if form.is_bound:
        keep_files(form, request.user, at=at)
    windows = queries.list_windows(offering, credit_months_before=standing.candidacy.terms.credit_months_before)
    context = {"offering": offering, "form": form, "windows": windows, "can_ask": can_ask, "sent": standing.claims}
    return render(request, "courses/claim.html", context)


def _parts(offering: Offering, numbers: Sequence[int | None]) -> list[tuple[str, str]]:
    """Give the choices of a claim: all courses of an offering, which is 0 on the form, or one of them."""
    words = "All of them" if len(offering.parts) > 1 else offering.title
    choices = [("0", words)] if None in numbers else []
    return [*choices, *((str(number), str(offering.parts[number - 1])) for number in numbers if number)]


def _own(request: PersonRequest, id: UUID) -> Completion:
    completion: Completion = get_object_or_404(
        Completion.objects.visible_to(request.user).select_related("offering__provider", "set", "proof", "candidacy"), id=id
    )
    return completion


@signed_in
@require_safe
def claimed(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show where a completion stands."""
    completion = _own(request, id)
    context: dict[str, Any] = {
        "completion": completion,
        "asked": completion.confirmations.order_by("asked_on").first(),
        "today": dates.today(clock.now()),
        "answer": completion.confirmations.filter(answered_at__isnull=False).first(),
        "left": queries.list_parts_left(completion) if completion.state == CompletionState.ACCEPTED else [],
    }
    if completion.state == CompletionState.REFUSED and completion.decided_at:
        on = dates.today(completion.decided_at)
        context["remedy"] = programs.find_remedy(request.user, kind="completion", reference=completion.id, decided_on=on, at=clock.now())
    return render(request, "courses/claimed.html", context)


@signed_in
@require_safe
def open_proof(request: PersonRequest, id: UUID) -> HttpResponseBase:
    """Open one's own proof, by a link that is made now."""
    proof = _own(request, id).proof
    if proof is None:
        raise Http404
    return redirect(documents.link(proof, request.user))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@once
def prove(request: PersonRequest, id: UUID) -> HttpResponse:
    """Add proof to a claim that the provider did not confirm, or not yet."""
    completion = _own(request, id)
    if completion.state not in (CompletionState.ASKED, CompletionState.NOT_CONFIRMED):
        return redirect("courses:claimed", id)
    form = ProofForm(request.POST, request.FILES) if request.method == "POST" else ProofForm()
    if request.method == "POST" and form.is_valid():
        with show_refusal(request), show_refusal(form, "proof", documents.Refused):
            actions.prove(completion, upload=form.cleaned_data["proof"], actor=request.user, at=clock.now())
            messages.success(request, "We have your proof. Staff will check it next, and we will email you when it is decided.")
        if not form.errors:
            return redirect("courses:claimed", id)
    return render(request, "courses/prove.html", {"completion": completion, "form": form})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: PersonRequest, id: UUID) -> HttpResponse:
    """Ask first, then take a completion back."""
    completion = _own(request, id)
    if request.method == "POST":
        with show_refusal(request):
            actions.withdraw(completion, actor=request.user, at=clock.now())
            messages.success(request, f"You withdrew it. You can send other proof for {completion.set.name} at any time.")
        return redirect("courses:claimed", id)
    if completion.state not in (CompletionState.CLAIMED, CompletionState.ASKED, CompletionState.NOT_CONFIRMED):
        return redirect("courses:claimed", id)
    return render(request, "courses/withdraw.html", {"completion": completion})
