"""The committees' and the office's pages: the queue, one appeal with answer and decision, the yearly statement, days of receipt."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from appeals import actions, policy, queries
from appeals.actions import remands
from appeals.forms import AnswerForm, ReceiptForm, StatementForm, VerdictForm
from appeals.models import Appeal
from appeals.permissions import answers, can_see_appeals, is_committee, is_staff, sits_only
from appeals.states import AGAIN, AppealState, DecisionKind
from ledger import clock
from ledger.form_tokens import once
from people import documents, pages
from people.decisions import show_refusal, tell_too_late, too_late
from people.guards import PersonRequest, allowed
from people.models import User
from people.templatetags.words import longdate
from programs import policy as calendar

either = require_http_methods(["GET", "HEAD", "POST"])
STAGES = {"answer": "To answer", "decide": "To decide", "do": "Sent back"}


@allowed(can_see_appeals)
@require_safe
def queue(request: PersonRequest) -> HttpResponse:
    """List the appeals that wait, the most urgent first; or those that are over."""
    chosen = request.GET.get("queue", "")
    today = calendar.today(clock.now())
    page: pages.Page[Appeal] | Page[Appeal]
    if chosen == "over":
        page = pages.get_page(queries.list_over().exclude(person=request.user), request.GET)
    else:
        rows = queries.list_open(chosen).exclude(person=request.user)
        page = Paginator(rows, queries.PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "chosen": chosen if chosen in STAGES or chosen == "over" else "",
        "stages": STAGES,
        "today": today,
        "member": is_committee(request.user),
        "statement": queries.get_statement(request.user, on=today),
    }
    return render(request, "appeals/queue.html", context)


def _get_or_404(request: PersonRequest, id: UUID) -> Appeal:
    appeal: Appeal = get_object_or_404(queries.find_appeal(id).exclude(person=request.user))
    return appeal


@allowed(can_see_appeals)
@require_safe
def review(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show one appeal: the decision, the grounds, the answer, and what this reader can do."""
    return _page(request, _get_or_404(request, id))


def _page(
    request: PersonRequest, row: Appeal, *, answer: AnswerForm | None = None, verdict: VerdictForm | None = None, refusal: str = ""
) -> HttpResponse:
    today = calendar.today(clock.now())
    silent = row.respond_by is not None and policy.is_over(row.respond_by, today=today)
    to_hear = row.state == AppealState.RESPONDED and is_committee(request.user)
    to_answer = row.state == AppealState.GROUNDS_GIVEN and answers(request.user) and not silent
    to_do = row.state == AppealState.REMANDED and row.done_at is None
    why_not = ""
    if to_hear:
        why_not = queries.why_not_decide(row, request.user, on=today)
    elif to_answer:
        why_not = queries.why_not_answer(row, request.user, on=today)
    context = {
        "appeal": row,
        "files": queries.list_files(row, viewer=request.user),
        "may_look": not sits_only(request.user) or not queries.why_not_look(row, request.user, on=today),
        "form": answer or verdict or AnswerForm(),
        "answer": answer or AnswerForm(),
        "verdict": verdict or VerdictForm(),
        "to_answer": to_answer,
        "to_hear": to_hear,
        "why_not": why_not,
        "signs": why_not == queries.UNSIGNED,
        "again": AGAIN[DecisionKind(row.kind)].of_staff,
        "to_do": to_do,
        "marks": to_do and is_staff(request.user) and remands.is_decided_again(row) is not False,
        "page": remands.get_page(row) if to_do and is_staff(request.user) else "",
        "in_office": not is_committee(request.user) or is_staff(request.user),
    }
    if (answer and not to_answer) or (verdict and not to_hear) or ((answer or verdict) and why_not):
        unsent = str((answer or verdict or AnswerForm()).data.get("text" if answer else "comment", "")).strip()
        if not unsent:
            return too_late(request, row, "appeals:review", why=why_not or refusal)
        messages.error(request, tell_too_late(row, why=why_not or refusal))
        return render(request, "appeals/review.html", context | {"form": AnswerForm(), "unsent": unsent}, status=409)
    return render(request, "appeals/review.html", context, status=422 if answer or verdict else 200)


@allowed(answers)
@require_POST
def answer(request: PersonRequest, id: UUID) -> HttpResponse:
    """Answer for the first committee, or leave it to the second one."""
    row = _get_or_404(request, id)
    form = AnswerForm(request.POST, request.FILES)
    waives = request.POST.get("what") == "waive"
    if not waives and not form.is_valid():
        return _page(request, row, answer=form)
    with show_refusal(form), show_refusal(form, "papers", documents.Refused):
        if waives:
            row = actions.waive(row, actor=request.user, at=clock.now())
        else:
            data, at = form.cleaned_data, clock.now()
            row = actions.respond(row, text=data["text"], uploads=data["papers"], actor=request.user, at=at)
        messages.success(request, f"The appeal is before the second committee. It will meet by {longdate(row.decide_by)}.")
        return redirect("appeals:review", row.id)
    return _page(request, _get_or_404(request, id), answer=form, refusal="".join(form.non_field_errors()))


@allowed(is_committee)
@require_POST
def decide(request: PersonRequest, id: UUID) -> HttpResponse:
    """Decide for the second committee."""
    row = _get_or_404(request, id)
    form = VerdictForm(request.POST)
    if not form.is_valid():
        return _page(request, row, verdict=form)
    action = actions.remand if form.cleaned_data["verdict"] == "remand" else actions.uphold
    with show_refusal(form, "comment"):
        action(row, comment=form.cleaned_data["comment"], actor=request.user, at=clock.now())
        messages.success(request, f"The appeal is decided. We emailed {row.person.get_short_name()}.")
        return redirect("appeals:review", row.id)
    return _page(request, _get_or_404(request, id), verdict=form, refusal=form.errors["comment"][0])


@allowed(is_staff)
@require_POST
def done(request: PersonRequest, id: UUID) -> HttpResponse:
    """Note that what was sent back is decided again."""
    row = _get_or_404(request, id)
    with show_refusal(request):
        actions.mark_done(row, actor=request.user, at=clock.now())
        messages.success(request, "Recorded. It is off the list.")
    return redirect("appeals:review", row.id)


@allowed(is_committee)
@either
def statement(request: PersonRequest) -> HttpResponse:
    """Sign the yearly statement on conflicts of interest."""
    at = clock.now()
    form = StatementForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        signed = actions.sign_statement(request.user, actor=request.user, at=at)
        messages.success(request, f"Thank you for signing. Your statement is valid through {longdate(signed.holds_until)}.")
        return redirect("appeals:queue")
    context = {
        "form": form,
        "statement": queries.get_statement(request.user, on=calendar.today(at)),
        "signed": queries.list_statements(request.user),
    }
    return render(request, "appeals/statement.html", context, status=422 if form.is_bound else 200)


@allowed(is_staff)
@either
@once
def receipt(request: PersonRequest, id: UUID) -> HttpResponse:
    """Note a later day on which someone received a decision."""
    person = get_object_or_404(User.objects.exclude(pk=request.user.pk), public_id=id)
    at = clock.now()
    decisions = [decision for decision in queries.list_decisions(person) if decision.appeal is None]
    form = ReceiptForm(request.POST if request.method == "POST" else None, decisions=decisions, today=calendar.today(at))
    if form.is_valid():
        data = form.cleaned_data
        chosen = form.decisions[data["decision"]]
        with show_refusal(form, "received_on"):
            actions.note_receipt(
                person,
                kind=chosen.kind,
                reference=chosen.reference,
                received_on=data["received_on"],
                reason=data["reason"],
                actor=request.user,
                at=at,
            )
            messages.success(request, "Recorded. The time to appeal now starts on that day.")
            return redirect("person", person.public_id)
    return render(
        request, "appeals/receipt.html", {"who": person, "form": form, "decisions": decisions}, status=422 if form.is_bound else 200
    )
