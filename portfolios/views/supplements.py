"""The candidate's pages while more is asked for: one per competency that is asked about, and sending it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from ledger import clock
from people.autosave import answer, is_autosave, keep
from people.decisions import show_refusal
from people.guards import PersonRequest, signed_in
from portfolios import actions, policy, queries
from portfolios.actions.submissions import list_missing_more
from portfolios.forms import AdditionForm
from portfolios.queries import evidence_previews
from portfolios.states import State
from portfolios.views.drafts import adds, own
from programs import policy as dates


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def addition(request: PersonRequest, id: UUID, number: int) -> HttpResponse:
    """Add to the answer to one competency that is asked about."""
    row = own(request, id)
    response = get_object_or_404(row.responses.select_related("competency"), competency__number=number, asked=True)
    if request.method != "POST" and row.state != State.ASKED:
        return redirect("portfolios:portfolio", id=row.id)
    at, newer = clock.now(), None
    if request.method == "POST":
        form = AdditionForm(request.POST)
        outcome = keep(
            form,
            lambda data: actions.save_addition(row, number=number, text=data["addition"], version=form.seen, actor=request.user, at=at),
        )
        if is_autosave(request):
            return answer(form, outcome, version=outcome.row.addition_version if outcome.saved else 0, at=at)
        if outcome.saved:
            messages.success(request, f"What you add to competency {number} is saved. It is not sent yet.")
            if "evidence" in request.POST:
                return redirect(f"{reverse(adds(request), args=[row.id])}?for={number}")
            return redirect("portfolios:portfolio", id=row.id)
        newer = outcome.newer
    else:
        form = AdditionForm(initial={"addition": response.addition, "version": response.addition_version})
    context = {
        "portfolio": row,
        "response": response,
        "number": number,
        "form": form,
        "newer": newer,
        "newer_texts": [("What you add", newer.addition)] if newer else [],
        "words": policy.count_words(form["addition"].value() or ""),
        "questions": queries.list_questions(row).get(number, []),
        "evidence": [
            piece for piece in evidence_previews.list_pieces(row, viewer=request.user) if piece.is_new and number in piece.numbers
        ],
    }
    return render(request, "portfolios/addition.html", context, status=409 if newer else 422 if form.errors else 200)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def send_supplement(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show what was added once more, seal it, and send it to the evaluators."""
    row = own(request, id)
    at = clock.now()
    if request.method == "POST":
        with show_refusal(request):
            actions.send_supplement(row, actor=request.user, at=at)
            messages.success(request, "What you added is sealed, and the evaluators have it. We will email you when they are done.")
        return redirect("portfolios:portfolio", id=row.id)
    if row.state != State.ASKED or queries.is_supplement_over(row, today=dates.today(at)):
        return redirect("portfolios:portfolio", id=row.id)
    added = [piece for piece in evidence_previews.list_pieces(row, viewer=request.user) if piece.is_new]
    responses = [response for response in queries.list_responses(row) if response.asked]
    served = {number for piece in added for number in piece.numbers}
    context = {
        "portfolio": row,
        "rows": responses,
        "bare": [
            response.competency.number
            for response in responses
            if not response.addition.strip() and response.competency.number not in served
        ],
        "evidence": added,
        "missing": list_missing_more(row),
    }
    return render(request, "portfolios/send_more.html", context)
