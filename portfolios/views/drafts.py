"""The candidate's pages: start, the task list, each response, the statement, evidence, and sending."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from billing import queries as charges
from candidates import queries as candidates
from ledger import clock
from people.autosave import answer, is_autosave, keep
from people.decisions import show_refusal
from people.guards import PersonRequest, signed_in
from portfolios import actions, policy, queries
from portfolios.actions.submissions import PURPOSE, list_missing
from portfolios.forms import ResponseForm, StatementForm
from portfolios.models import Portfolio, Response
from portfolios.queries import draft_reviews, evidence_previews
from portfolios.states import RATING, State
from programs import policy as dates
from programs import queries as programs


def adds(request: PersonRequest) -> str:
    """The page for what a button wants to add as evidence: a file or a link."""
    return "portfolios:add_link" if request.POST.get("evidence") == "link" else "portfolios:add_evidence"


def own(request: PersonRequest, id: UUID) -> Portfolio:
    """One of the reader's own portfolios, or 404; with all that its pages show of it, unless a page only saves itself."""
    shown = ("candidacy",) if is_autosave(request) else ("set", "framework", "terms", "candidacy__person", "candidacy__application")
    return get_object_or_404(Portfolio.objects.of(request.user).select_related(*shown), id=id)


@signed_in
@require_safe
def index(request: PersonRequest) -> HttpResponse:
    """List the reader's portfolios, and the sets that can be started."""
    candidacy = candidates.get_candidacy(request.user)
    if candidacy is None:
        return render(request, "portfolios/no_candidacy.html")
    rows = queries.list_portfolios(candidacy)
    taken = {row.set.code for row in rows} | {achieved_set.code for achieved_set in candidates.list_achievements(candidacy)}
    sets = [competency_set for competency_set in programs.list_sets() if competency_set.code not in taken]
    return render(request, "portfolios/index.html", {"portfolios": rows, "sets": sets, "today": dates.today(clock.now())})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: PersonRequest, code: str) -> HttpResponse:
    """Say what a portfolio for a set takes, and start it."""
    competency_set = next((competency_set for competency_set in programs.list_sets() if competency_set.code == code), None)
    if competency_set is None:
        raise Http404
    candidacy = candidates.get_candidacy(request.user)
    if candidacy is None:
        return render(request, "portfolios/no_candidacy.html")
    at = clock.now()
    if request.method == "POST":
        with show_refusal(request):
            portfolio = actions.start(candidacy, set_code=code, actor=request.user, at=at)
            return redirect("portfolios:portfolio", id=portfolio.id)
        return redirect("portfolios:index")
    today = dates.today(at)
    context = {
        "set": competency_set,
        "existing": queries.get_portfolio(candidacy, set_code=code),
        "achieved": next((achieved_set for achieved_set in candidates.list_achievements(candidacy) if achieved_set.code == code), None),
        "fee": charges.get_fee("portfolio", on=today),
        "member": candidacy.application.is_member,
        "terms": programs.get_terms(today),
        "needed": policy.needed(len(competency_set.competencies.all()), percent=programs.get_terms(today).portfolio_met_percent),
    }
    return render(request, "portfolios/start.html", context)


@signed_in
@require_safe
def portfolio(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show where a portfolio stands: the task list of a draft, what is asked for, or who has it."""
    row = own(request, id)
    at = clock.now()
    if row.state == State.DRAFT:
        fee = charges.get_fee("portfolio", on=dates.today(at))
        context = {
            "portfolio": row,
            "responses": queries.list_responses(row),
            "evidence": evidence_previews.list_pieces(row, viewer=request.user),
            "missing": list_missing(row),
            "shared": draft_reviews.get_open_review(row),
            "comments": draft_reviews.list_reviews(row),
            "fee": fee.member_cents if row.candidacy.application.is_member else fee.standard_cents,
        }
        return render(request, "portfolios/tasks.html", context)
    unpaid = row.state == State.AWAITING_PAYMENT and not dates.in_time(row.candidacy.ends_on, at=at)
    context = {
        "portfolio": row,
        "charge": charges.get_charge(purpose=PURPOSE, reference=row.id),
        "rows": queries.explain_rows(row) if row.supplement_by or row.decided_on else [],
        "decision": queries.get_decision(row),
        "named": queries.list_named_evaluators(row),
        "rate_by": queries.get_rate_by(row) if row.state in RATING else None,
        "asked": [response for response in queries.list_responses(row) if response.asked],
        "over": row.supplement_by is not None and not dates.in_time(row.supplement_by, at=at),
        "unpaid": unpaid,
        "held": unpaid and queries.is_held(row),
    }
    if row.state == State.NOT_ACHIEVED and row.reopened_on is None and row.decided_on:
        context["remedy"] = programs.find_remedy(request.user, kind="portfolio", reference=row.id, decided_on=row.decided_on, at=at)
    return render(request, "portfolios/status.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def response(request: PersonRequest, id: UUID, number: int) -> HttpResponse:
    """Write the response to one competency."""
    row = own(request, id)
    if not 1 <= number <= row.total:
        raise Http404
    if request.method != "POST" and row.state != State.DRAFT:
        return redirect("portfolios:portfolio", id=row.id)
    at, newer, choices = clock.now(), None, []
    if not is_autosave(request) or request.POST.get("suggestion"):
        response = row.responses.select_related("competency").get(competency__number=number)
        offered = draft_reviews.list_suggestions(response.competency, on=dates.today(at), chosen=response.suggestion_id)
        choices = [(str(suggestion.id), suggestion.text) for suggestion in offered]
    if request.method == "POST":
        form = ResponseForm(request.POST, suggestions=choices)
        outcome = keep(
            form,
            lambda data: actions.save_response(
                row,
                number=number,
                opening=data["opening"],
                narrative=data["narrative"],
                suggestion=form.chosen,
                version=form.seen,
                actor=request.user,
                at=at,
            ),
        )
        if is_autosave(request):
            return answer(form, outcome, version=outcome.row.version if outcome.saved else 0, at=at)
        if outcome.saved and _finish(request, form, row, outcome.row, number=number):
            return _go_on(request, row, number)
        response, newer = outcome.row or response, outcome.newer
    else:
        known = {"opening": response.opening, "narrative": response.narrative, "version": response.version}
        form = ResponseForm(initial=known | {"suggestion": str(response.suggestion_id or "")}, suggestions=choices)
    context = {
        "portfolio": row,
        "response": response,
        "number": number,
        "form": form,
        "newer": newer,
        "newer_texts": [("How will you show it?", newer.opening), ("Your answer", newer.narrative)] if newer else [],
        "words": policy.count_words(form["opening"].value() or "", form["narrative"].value() or ""),
        "responses": queries.list_responses(row),
        "remarks": draft_reviews.list_remarks(row, number=number),
        "evidence": [piece for piece in evidence_previews.list_pieces(row, viewer=request.user) if number in piece.numbers],
    }
    return render(request, "portfolios/response.html", context, status=409 if newer else 422 if form.errors else 200)


def _finish(request: PersonRequest, form: ResponseForm, row: Portfolio, saved: Response, *, number: int) -> bool:
    """Mark a saved response as finished, or open it again, where a button says so; False with an error in the form where it can't be."""
    if "done" not in request.POST and "open" not in request.POST:
        return True
    with show_refusal(form, "narrative" if saved.opening.strip() else "opening"):
        actions.finish_response(row, number=number, finished="done" in request.POST, actor=request.user, at=clock.now())
        return True
    form.show_version(saved.version)
    return False


def _go_on(request: PersonRequest, row: Portfolio, number: int) -> HttpResponse:
    """Say what was saved, and lead to the next competency, or to the task list."""
    is_done = "done" in request.POST
    messages.success(request, f"Competency {number} is {'finished' if is_done else 'saved'}.")
    if "open" in request.POST:
        return redirect("portfolios:response", id=row.id, number=number)
    if "evidence" in request.POST:
        return redirect(f"{reverse(adds(request), args=[row.id])}?for={number}")
    if number < row.total:
        return redirect("portfolios:response", id=row.id, number=number + 1)
    return redirect("portfolios:portfolio", id=row.id)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def statement(request: PersonRequest, id: UUID) -> HttpResponse:
    """Write the personal learning statement."""
    row = own(request, id)
    if request.method != "POST" and row.state != State.DRAFT:
        return redirect("portfolios:portfolio", id=row.id)
    at, newer = clock.now(), None
    if request.method == "POST":
        form = StatementForm(request.POST)
        outcome = keep(
            form,
            lambda data: actions.save_statement(row, text=data["statement"], version=form.seen, actor=request.user, at=at),
        )
        if is_autosave(request):
            return answer(form, outcome, version=outcome.row.statement_version if outcome.saved else 0, at=at)
        if outcome.saved:
            messages.success(request, "Your personal learning statement is saved.")
            return redirect("portfolios:portfolio", id=row.id)
        newer = outcome.newer
    else:
        form = StatementForm(initial={"statement": row.statement, "version": row.statement_version})
    context = {
        "portfolio": row,
        "form": form,
        "newer": newer,
        "newer_texts": [("Your personal learning statement", newer.statement)] if newer else [],
        "words": policy.count_words(form["statement"].value() or ""),
    }
    return render(request, "portfolios/statement.html", context, status=409 if newer else 422 if form.errors else 200)
