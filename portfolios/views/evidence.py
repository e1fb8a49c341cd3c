"""The candidate's pages for evidence: add a file or a link, change what is said of it, see it as evaluators will, take it out."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from ledger import clock
from ledger.form_tokens import once
from people import documents
from people.decisions import show_refusal
from people.fields import keep_files
from people.guards import PersonRequest, signed_in
from portfolios import actions, queries
from portfolios.forms import EvidenceForm, NewEvidenceForm, NewLinkForm
from portfolios.models import Evidence, Portfolio
from portfolios.queries import evidence_previews
from portfolios.states import State
from portfolios.views.drafts import own

OPEN = {State.DRAFT, State.ASKED}


def _choices(row: Portfolio) -> list[tuple[int, str]]:
    """The competencies that evidence can be for now: all in a draft, those asked about later."""
    return [
        (response.competency.number, response.competency.text)
        for response in queries.list_responses(row)
        if row.state == State.DRAFT or response.asked
    ]


def _back_to(row: Portfolio, number: str | None) -> str:
    """Where the candidate came from: the page of a competency, or the task list."""
    if number and number.isdecimal() and len(number) < 4 and 1 <= int(number) <= row.total:
        page = "portfolios:response" if row.state == State.DRAFT else "portfolios:addition"
        return reverse(page, args=[row.id, int(number)])
    return reverse("portfolios:portfolio", args=[row.id])


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@once
def add_evidence(request: PersonRequest, id: UUID) -> HttpResponse:
    """Add a file as evidence."""
    row = own(request, id)
    form = _bound(request, NewEvidenceForm, row)
    return _adding(
        request, row, form, lambda data: actions.add_files(row, uploads=data.pop("file"), actor=request.user, at=clock.now(), **data)
    )


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@once
def add_link(request: PersonRequest, id: UUID) -> HttpResponse:
    """Add the address of a page as evidence."""
    row = own(request, id)
    form = _bound(request, NewLinkForm, row)
    return _adding(request, row, form, lambda data: [actions.add_link(row, actor=request.user, at=clock.now(), **data)])


def _bound(request: PersonRequest, form_class: type[EvidenceForm], row: Portfolio) -> EvidenceForm:
    if request.method == "POST":
        return form_class(request.POST, request.FILES, competencies=_choices(row))
    came_from = request.GET.get("for")
    return form_class(competencies=_choices(row), initial={"numbers": [came_from] if came_from else []})


def _adding(request: PersonRequest, row: Portfolio, form: EvidenceForm, add: Callable[[dict[str, Any]], list[Evidence]]) -> HttpResponse:
    """Add what the form says, or show the form with the reason at its field."""
    if row.state not in OPEN:
        messages.error(request, "This portfolio is sealed, so evidence can’t be added now.")
        return redirect("portfolios:portfolio", id=row.id)
    number = request.GET.get("for") or ""
    back = _back_to(row, number)
    if request.method == "POST" and form.is_valid():
        with show_refusal(form), show_refusal(form, "file", documents.Refused):
            added = add(dict(form.cleaned_data))
            names = " and ".join([", ".join(f"“{evidence.title}”" for evidence in added[:-1]), f"“{added[-1].title}”"][len(added) == 1 :])
            waits = " We are checking the file now. It can take a minute." if added[0].document else ""
            messages.success(request, f"{names} {'is' if len(added) == 1 else 'are'} added.{waits}")
            return redirect(back)
    if form.is_bound:
        keep_files(form, request.user, at=clock.now())
    context = {
        "portfolio": row,
        "form": form,
        "back": back,
        "number": number if number.isdecimal() else "",
        "is_link": isinstance(form, NewLinkForm),
    }
    return render(request, "portfolios/new_evidence.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def change_evidence(request: PersonRequest, id: UUID, evidence: UUID) -> HttpResponse:
    """Show a piece of evidence as evaluators will see it, and change what is said of it."""
    row = own(request, id)
    piece = get_object_or_404(row.evidence, id=evidence)
    if row.state not in OPEN:
        messages.error(request, "This portfolio is sealed, so its evidence stays as it is.")
        return redirect("portfolios:portfolio", id=row.id)
    back = _back_to(row, request.GET.get("for"))
    if request.method == "POST":
        form = EvidenceForm(request.POST, competencies=_choices(row))
        if form.is_valid():
            with show_refusal(form):
                actions.change_evidence(piece, **form.cleaned_data, actor=request.user, at=clock.now())
                messages.success(request, f"“{piece.title}” is saved.")
                return redirect(back)
    else:
        numbers = list(piece.responses.values_list("competency__number", flat=True))
        known = {"title": piece.title, "kind": piece.kind, "own_part": piece.own_part, "numbers": numbers}
        form = EvidenceForm(competencies=_choices(row), initial=known)
    shown = evidence_previews.get_piece(row, piece.id, viewer=request.user)
    return render(request, "portfolios/evidence.html", {"portfolio": row, "form": form, "back": back, "piece": shown})


@signed_in
@require_POST
def remove_evidence(request: PersonRequest, id: UUID, evidence: UUID) -> HttpResponse:
    """Take a piece of evidence out."""
    row = own(request, id)
    piece = get_object_or_404(row.evidence.select_related("document"), id=evidence)
    with show_refusal(request):
        actions.remove_evidence(piece, actor=request.user, at=clock.now())
        messages.success(request, f"“{piece.title}” is no longer part of your portfolio.")
    return redirect(_back_to(row, request.GET.get("for")))
