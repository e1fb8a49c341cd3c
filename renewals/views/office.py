"""The office's pages: the queue of renewals, and one renewal with its decision, activity by activity."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from ledger import clock
from ledger.transitions import is_own
from people import documents
from people.decisions import find_sent_back, show_refusal, too_late
from people.guards import PersonRequest, allowed
from people.templatetags.words import longdate
from programs import policy as calendar
from renewals import actions, queries
from renewals.forms import DecideForm
from renewals.models import Proof, Renewal
from renewals.permissions import can_decide, can_see_office, is_staff
from renewals.states import RenewalState

DECISIONS = ("approve", "ask", "refuse")
LISTS = {"asked": queries.list_asked, "unpaid": queries.list_unpaid}


@allowed(can_see_office)
@require_safe
def queue(request: PersonRequest) -> HttpResponse:
    """List the renewals that wait for staff, the most urgent first; or those that wait for the holder's answer, or for the fee."""
    today = calendar.today(clock.now())
    name = request.GET.get("queue", "")
    rows = LISTS.get(name, queries.list_to_decide)(on=today)
    page = Paginator(rows, queries.PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "renewals/queue.html", {"page": page, "today": today, "asked": name == "asked", "unpaid": name == "unpaid"})


def _get_or_404(id: UUID) -> Renewal:
    renewal: Renewal = get_object_or_404(queries.find_renewal(id).filter(sent_at__isnull=False))
    return renewal


@allowed(can_see_office)
@require_safe
def review(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show one renewal: its hours, each activity with its documents and checks, and what each decision would do."""
    return _page(request, _get_or_404(id))


def _page(request: PersonRequest, renewal: Renewal, *, form: DecideForm | None = None) -> HttpResponse:
    at = clock.now()
    account = queries.get_account(renewal, at=at, sealed=True)
    silent = renewal.state == RenewalState.ASKED and renewal.answer_by is not None and not calendar.in_time(renewal.answer_by, at=at)
    waits = renewal.state == RenewalState.IN_REVIEW or silent
    sent_back = find_sent_back(renewal, request.user) if waits else None
    shown = form or DecideForm(lines=account.to_decide)
    term = queries.plan_next_term(renewal)
    context = {
        "renewal": renewal,
        "account": account,
        "form": shown,
        "items": shown.items(),
        "silent": silent,
        "waits": waits,
        "own": is_own(renewal, request.user),
        "sent_back": sent_back,
        "decides": waits and can_decide(request.user, renewal) and not (sent_back and sent_back.why_not),
        "term": term,
        "over_already": term.expires_on < account.today,
        "answer_by": account.today + timedelta(days=renewal.terms.renewal_answer_days),
        "copies": queries.list_copies(renewal),
        "courses": _same_days(account),
    }
    if form and not context["decides"]:
        return too_late(request, renewal, "renewals:review", own=bool(context["own"]))
    return render(request, "renewals/review.html", context, status=422 if form is not None else 200)


def _same_days(account: queries.Account) -> dict[Any, str]:
    """Give, by activity, the course that earned a set and ended on the same day: it may be the same under another name."""
    earned = {row.completed_on: row for row in account.earned}
    return {
        line.activity.id: f"{earned[line.activity.completed_on].offering.title} earned a set on the same day."
        for line in account.counting
        if line.activity.completed_on in earned
    }


@allowed(can_see_office)
@require_safe
def open_proof(request: PersonRequest, id: UUID) -> HttpResponseBase:
    """Open a document of a renewal that was sent, by a link that is made now."""
    rows = Proof.objects.filter(sealed=True).select_related("document")
    return redirect(documents.link(get_object_or_404(rows, id=id).document, request.user))


@allowed(is_staff)
@require_POST
def decide(request: PersonRequest, id: UUID) -> HttpResponse:
    """Decide on a renewal, activity by activity: approve, ask for more, or refuse."""
    renewal = _get_or_404(id)
    account = queries.get_account(renewal, at=clock.now(), sealed=True)
    form = DecideForm(request.POST, lines=account.to_decide)
    decision = request.POST.get("decision", "")
    if not form.is_valid():
        return _page(request, renewal, form=form)
    if decision not in DECISIONS:
        form.add_error(None, "Choose what to do: approve, ask for more, or refuse")
        return _page(request, renewal, form=form)
    values: dict[str, Any] = {"marks": form.marks(), "actor": request.user, "at": clock.now()}
    if decision != "ask":
        values["reason"] = form.cleaned_data["reason"]
    with show_refusal(form):
        getattr(actions, decision)(renewal, **values)
        messages.success(request, _done(_get_or_404(id), decision))
        return redirect("renewals:queue")
    return _page(request, _get_or_404(id), form=form)


def _done(row: Renewal, decision: str) -> str:
    """Say what happened, and what comes next."""
    name = row.person.get_full_name()
    if decision == "approve":
        return f"The certificate of {name} is renewed until {longdate(queries.plan_next_term(row).expires_on)}. The email is on its way."
    if decision == "ask":
        return f"{name} has been asked for more by {longdate(row.answer_by)}. The email is on its way."
    return f"The renewal of {name} is refused. The email is on its way, and your reasons are in the account."
