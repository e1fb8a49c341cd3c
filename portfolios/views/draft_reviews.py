"""Sharing a draft with staff: the candidate asks and reads, staff comment."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ledger import clock
from ledger.form_tokens import once
from people.autosave import answer, is_autosave, keep
from people.decisions import show_refusal
from people.guards import PersonRequest, allowed, signed_in
from people.templatetags.words import longdate
from portfolios import actions, permissions, queries
from portfolios.forms import LookForm, RemarksForm
from portfolios.models import PreReview
from portfolios.queries import draft_reviews, evidence_previews
from portfolios.states import State
from portfolios.views.drafts import own
from programs import policy as dates
from programs import queries as programs


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@once
def ask_to_look(request: PersonRequest, id: UUID) -> HttpResponse:
    """Say what sharing a draft means, and share it."""
    row = own(request, id)
    if row.state != State.DRAFT or draft_reviews.get_open_review(row) is not None:
        messages.error(request, "Comments are for drafts, one request at a time. See the status below.")
        return redirect("portfolios:portfolio", id=row.id)
    at = clock.now()
    form = LookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with show_refusal(form):
            shared = actions.ask_to_look(row, question=form.cleaned_data["question"], actor=request.user, at=at)
            messages.success(request, f"Staff can see your draft now. You will have comments by {longdate(shared.answer_by)}.")
            return redirect("portfolios:portfolio", id=row.id)
    today = dates.today(at)
    answer_by = dates.add_working_days(today, programs.get_terms(today).answer_working_days)
    return render(request, "portfolios/ask_to_look.html", {"portfolio": row, "form": form, "answer_by": answer_by})


@signed_in
@require_POST
def stop_sharing(request: PersonRequest, id: UUID) -> HttpResponse:
    """Take a draft back from staff."""
    row = own(request, id)
    if actions.stop_sharing(row, actor=request.user, at=clock.now()):
        messages.success(request, "Your draft is no longer shared. Only you can see it.")
    else:
        messages.error(request, "Your draft was not shared. Only you can see it.")
    return redirect("portfolios:portfolio", id=row.id)


@signed_in
@require_safe
def comments(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show what staff said about the draft, newest first."""
    row = own(request, id)
    return render(request, "portfolios/comments.html", {"portfolio": row, "reviews": draft_reviews.list_reviews(row)})


@allowed(permissions.can_assign)
@require_http_methods(["GET", "HEAD", "POST"])
def pre_review(request: PersonRequest, id: UUID) -> HttpResponse:
    """Read a draft that is shared with staff, and comment on the whole and on each answer."""
    row = get_object_or_404(draft_reviews.list_to_look_at(viewer=request.user), id=id)
    portfolio = row.portfolio
    at, newer = clock.now(), None
    responses = queries.list_responses(portfolio)
    numbers = [response.competency.number for response in responses]
    if request.method == "POST":
        form = RemarksForm(request.POST, numbers=numbers)
        outcome = keep(
            form,
            lambda data: actions.save_remarks(
                row, overall=data["overall"], remarks=form.remarks, version=form.seen, actor=request.user, at=at
            ),
        )
        if is_autosave(request):
            return answer(form, outcome, version=outcome.row.version if outcome.saved else 0, at=at)
        if outcome.saved and _sent(request, form, row):
            return redirect("office") if "send" in request.POST else redirect("portfolios:pre_review", id=row.id)
        newer = outcome.newer
        if outcome.saved:
            form.show_version(outcome.row.version)
    else:
        form = RemarksForm(numbers=numbers, initial={"version": row.version, **_said(row)})
    newer_texts = _show_both(form, newer) if newer else []
    shown = evidence_previews.with_texts(evidence_previews.list_pieces(portfolio, viewer=request.user))
    context = {
        "review": row,
        "portfolio": portfolio,
        "form": form,
        "newer": newer,
        "newer_texts": newer_texts,
        "rows": [(response, form[f"r{response.competency.number}"]) for response in responses],
        "evidence": shown,
        "called": portfolio.candidacy.person.get_short_name(),
    }
    return render(request, "portfolios/pre_review.html", context, status=409 if newer else 422 if form.errors else 200)


def _said(row: PreReview) -> dict[str, str]:
    """The comments as they are saved, by the form's fields."""
    remarks = row.remarks.select_related("response__competency").order_by("response__competency__number")
    return {"overall": row.overall, **{f"r{remark.response.competency.number}": remark.text for remark in remarks}}


def _show_both(form: RemarksForm, newer: PreReview) -> list[tuple[str, str]]:
    """What was saved meanwhile, where it differs from what was typed; the form takes it over where nothing was typed."""
    saved = _said(newer)
    differs = [(str(form[name].label), text) for name, text in saved.items() if text != (form[name].value() or "")]
    form.take_where_empty(saved)
    return differs


def _sent(request: PersonRequest, form: RemarksForm, row: PreReview) -> bool:
    """Send saved comments where the button says so, or only say that they are saved; False with the reason in the form."""
    if "send" not in request.POST:
        messages.success(request, "Your comments are saved. They are not sent yet.")
        return True
    with show_refusal(form):
        actions.send_remarks(row, actor=request.user, at=clock.now())
        messages.success(request, f"Your comments are sent to {row.portfolio.candidacy.person.name}. The draft is no longer shared.")
        return True
    return False
