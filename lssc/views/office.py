"""The program office: one inbox over every queue, people, and a person's file with what happened in English."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from agreements import queries as agreements
from appeals import queries as appeals
from billing import queries as billing
from candidates import queries as candidates
from certificates import queries as certificates
from certificates.policy import Mistyped
from courses import queries as courses
from ledger import bulk_runs, claims, clock, email_failures, queues
from ledger import queries as ledger
from ledger.queues import WorkItem
from ledger.states import NotPossible
from lssc.forms import ThingForm
from people import permissions
from people import queries as people
from people.decisions import show_refusal
from people.guards import PersonRequest, allowed
from people.models import User
from people.pages import PAGE, get_page
from people.states import APPOINTED, Role
from portfolios import queries as portfolios
from programs import policy as dates
from programs import queries as programs
from renewals import queries as renewals

if TYPE_CHECKING:
    from billing.models import PurchaseOrder

# The kinds of work items that can be selected: those with a bulk action.
TICKED = {bulk.kind for bulk in bulk_runs.BULKS.values()}
# What the tab of the work items that the reader claimed is called in addresses; no queue has this name.
MINE = "mine"
# What begins like a certificate number, or is about as long as one and has a digit.
LIKE_A_NUMBER = re.compile(r"^\s*LSSC\b|^(?=.*\d)[\w\s.-]{13,20}$", re.IGNORECASE)


@dataclass(frozen=True)
class Tab:
    """One tab of the inbox."""

    name: str
    count: int
    current: bool


@dataclass(frozen=True)
class WorkItemLine:
    """One work item with its age in days, and how near its day is: late, soon, or neither."""

    what: WorkItem
    age: int
    urgency: str
    due_words: str
    mine: bool
    ticks: bool


@allowed(permissions.can_see_office)
@require_safe
def office(request: PersonRequest) -> HttpResponse:
    """Show everything that waits for a decision, most urgent first. One query over all apps, one for the Terms."""
    at, me = clock.now(), request.user.pk
    today = dates.today(at)
    on_staff = permissions.is_staff(request.user)
    chosen = request.GET.get("queue", "")
    filters = queues.WorkItemFilter(
        kinds=[kind for kind, queue in queues.QUEUES.items() if queue.name == chosen] or None,
        owner=me if chosen == MINE else None,
        reader=me,
        on_staff=on_staff,
        after=queues.Cursor.read(request.GET.get("after", "")),
        limit=PAGE + 1,
        answer_working_days=programs.get_terms(today).answer_working_days,
    )
    counts, work_items = queues.read_inbox(filters, at=at, today=today)
    if chosen != MINE and chosen not in {count.name for count in counts}:
        chosen = ""
        if filters.kinds:  # The last of it was decided a moment ago: all that waits.
            work_items = queues.list_work_items(replace(filters, kinds=None), at=at)
    return render(
        request,
        "lssc/office.html",
        {
            "tabs": [Tab(count.name, count.count, count.name == chosen) for count in counts],
            "all_count": sum(count.count for count in counts),
            "mine_count": sum(count.mine for count in counts),
            "chosen": chosen,
            "mine": chosen == MINE,
            "due_counts": _due_counts(sum(count.late for count in counts), sum(count.this_week for count in counts)),
            "lines": [_line(work_item, today=today, reader=me) for work_item in work_items[:PAGE]],
            "next": queues.Cursor.after(work_items[PAGE - 1]) if len(work_items) > PAGE else None,
            "later": filters.after is not None,
            "today": today,
            "takes": on_staff,
            "bulks": [bulk for bulk in bulk_runs.BULKS.values() if bulk.kind in {thing.kind for thing in work_items[:PAGE]}],
            "all": "all" in request.GET,
        },
    )


def _due_counts(late: int, this_week: int) -> str:
    """ ": 9 late, 12 due this week", without what is 0."""
    parts = [f"{number:,} {words}" for number, words in ((late, "late"), (this_week, "due this week")) if number]
    return f": {', '.join(parts)}" if parts else ""


def _line(item: WorkItem, *, today: date, reader: int) -> WorkItemLine:
    days = (item.due_on - today).days if item.due_on else None
    if days is None:
        urgency, words = "", ""
    elif days < 0:
        urgency, words = "late", "late"
    elif days <= 1:
        urgency, words = "soon", "today" if days == 0 else "tomorrow"
    else:
        urgency, words = ("soon", f"{days} days left") if days <= 4 else ("", "")
    # An app may count from the day in another zone, which can be ahead.
    return WorkItemLine(item, max((today - item.since).days, 0), urgency, words, mine=item.owner == reader, ticks=item.kind in TICKED)


@allowed(permissions.is_staff)
@require_POST
def assign(request: PersonRequest) -> HttpResponse:
    """Assign a work item to the reader."""
    return _change_claim(request, claims.claim, "It is assigned to you. Other staff can see that.")


@allowed(permissions.is_staff)
@require_POST
def unassign(request: PersonRequest) -> HttpResponse:
    """Unassign a work item."""
    return _change_claim(request, claims.release, "It is unassigned. Anyone on the staff can take it.")


def _change_claim(request: PersonRequest, act: Callable[..., object], message: str) -> HttpResponse:
    form = ThingForm(request.POST)
    with show_refusal(request):
        if not form.is_valid():
            raise NotPossible("We can’t tell which item you mean. Press the button next to it again.")
        act(form.cleaned_data["kind"], form.cleaned_data["thing"], actor=request.user, at=clock.now())
        messages.success(request, message)
    chosen = form.cleaned_data.get("queue", "")
    return redirect(reverse("office") + (f"?{urlencode({'queue': chosen})}" if chosen else ""))


@allowed(permissions.can_see_office)
@require_safe
def people_list(request: PersonRequest) -> HttpResponse:
    """Find people by name, address or certificate number, orders and fees by number; exactly one leads straight there. Four queries."""
    text = request.GET.get("q", "").replace("\0", " ").strip()[:120]
    persons = people.find_person(text, limit=PAGE + 1)
    more, persons = len(persons) > PAGE, persons[:PAGE]
    certificate = certificates.find_by_number(text) if LIKE_A_NUMBER.search(text) else None
    mistyped = certificate if isinstance(certificate, Mistyped) else None
    if certificate and not isinstance(certificate, Mistyped) and certificate.person not in persons:
        persons.append(certificate.person)
    orders = billing.find_orders(text)
    if len(persons) == 1 and not orders:
        return redirect("person", persons[0].public_id)
    if len(orders) == 1 and not persons:
        return redirect(_get_paper(orders[0]))
    charge = billing.find_by_reference(text)
    if charge and not persons and not orders:
        return redirect("billing:charge", charge.id)
    places = [(order, _get_paper(order)) for order in orders]
    return render(request, "lssc/people.html", {"text": text, "found": persons, "more": more, "orders": places, "mistyped": mistyped})


def _get_paper(order: PurchaseOrder) -> str:
    """The address of an order, or of its invoice, once there is one."""
    invoice = getattr(order, "invoice", None)
    return reverse("billing:invoice", args=[invoice.id]) if invoice else reverse("billing:order", args=[order.id])


@allowed(permissions.can_see_office)
@require_safe
def person(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show a person's file: where they stand, what they paid, what was written to them, and what happened, in English."""
    person: Any = get_object_or_404(User.objects.annotate(is_refused=email_failures.has_mark("email")), public_id=id)
    applications, candidacies = candidates.list_applications(person), candidates.list_candidacies(person)
    candidacy = candidacies[0] if candidacies else None
    is_own = person == request.user
    before = request.GET.get("before", "")
    entries = ledger.list_entries(person, before=int(before) if before.isdecimal() and len(before) < 18 else None, limit=PAGE + 1)
    return render(
        request,
        "lssc/person.html",
        {
            "who": person,
            "roles": [role.label for role in Role if role in permissions.role_names(person)],
            "appointed": [(role, role in permissions.role_names(person)) for role in APPOINTED],
            "may_appoint": permissions.is_staff(request.user) and not is_own,
            "own": is_own,
            "applications": applications,
            "application": applications[0] if applications else None,
            "candidacies": candidacies,
            "candidacy": candidacy,
            "plan": candidates.get_plan(candidacy) if candidacy else [],
            "portfolios": portfolios.list_attempts(person),
            "claims": courses.list_claims_of(person),
            "graduate_claims": agreements.list_graduate_claims(person),
            "certificates": certificates.list_certificates(person),
            "renewals": renewals.list_renewals(person),
            "appeals": [] if is_own else appeals.list_appeals(person),
            "notes_receipts": permissions.is_staff(request.user) and not is_own,
            "charges": billing.list_charges(person),
            "emails": ledger.list_newest_emails(person),
            "bad_address": email_failures.find_mark(person.email) if person.is_refused else None,
            "told": [ledger.tell(entry) for entry in entries[:PAGE]],
            "older": entries[PAGE - 1].id if len(entries) > PAGE else None,
            "today": dates.today(clock.now()),
        },
    )


@allowed(permissions.can_see_office)
@require_safe
def person_emails(request: PersonRequest, id: UUID) -> HttpResponse:
    """List every email that we wrote to a person, newest first."""
    person = get_object_or_404(User, public_id=id)
    page = get_page(ledger.find_emails(person), request.GET)
    return render(request, "lssc/person_emails.html", {"who": person, "page": page})


@allowed(permissions.can_see_office)
@require_safe
def person_email(request: PersonRequest, id: UUID, email: UUID) -> HttpResponse:
    """Show one email to a person as it was written; of one whose link opens something without signing in, not the text."""
    person = get_object_or_404(User, public_id=id)
    return render(request, "lssc/person_email.html", {"who": person, "email": get_object_or_404(ledger.find_emails(person), id=email)})
