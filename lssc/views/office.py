"""The program office: one inbox over every queue, people, and a person's file with what happened in English."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from appeals import queries as appeals
from billing import queries as billing
from candidates import queries as candidates
from candidates.models import Candidacy
from certificates import queries as certificates
from courses import queries as courses
from courses.queries import agreements
from ledger import clock
from ledger import queries as ledger
from ledger.queries import Waiting
from people import permissions
from people import queries as people
from people.guards import PersonRequest, allowed
from people.models import User
from people.states import Role
from portfolios import queries as portfolios
from portfolios.models import Portfolio
from portfolios.states import State
from programs import policy as dates
from renewals import queries as renewals

ROOMS = (candidates, portfolios, courses, certificates, renewals, appeals, billing, people)
PAGE = 25


@dataclass(frozen=True)
class Queue:
    """One tab of the inbox."""

    name: str
    count: int
    current: bool


@dataclass(frozen=True)
class Line:
    """One waiting thing with its age in days, and how near its day is: late, soon, or neither."""

    what: Waiting
    age: int
    urgency: str
    due_words: str


@allowed(permissions.can_see_office)
@require_safe
def office(request: PersonRequest) -> HttpResponse:
    """Show everything that waits for a decision, most urgent first; one or two queries a room."""
    at = clock.now()
    today = dates.today(at)
    waiting = [one for room in ROOMS for one in room.list_waiting(at=at) if one.about != request.user.pk]
    chosen = request.GET.get("queue", "")
    names = sorted({one.queue for one in waiting})
    queues = [Queue(name, sum(one.queue == name for one in waiting), name == chosen) for name in names]
    shown = [_line(one, today=today) for one in waiting if chosen not in names or one.queue == chosen]
    shown.sort(key=lambda line: (not line.what.needs_person, line.what.due_on or date.max, line.what.since))
    page = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "lssc/office.html",
        {
            "queues": queues,
            "all_count": len(waiting),
            "everything": chosen not in names,
            "chosen": chosen if chosen in names else "",
            "first": sum(one.needs_person for one in waiting),
            "page": page,
            "today": today,
        },
    )


def _line(what: Waiting, *, today: date) -> Line:
    days = (what.due_on - today).days if what.due_on else None
    if days is None:
        urgency, words = "", ""
    elif days < 0:
        urgency, words = "late", "late"
    elif days <= 1:
        urgency, words = "soon", "today" if days == 0 else "tomorrow"
    else:
        urgency, words = ("soon", f"{days} days left") if days <= 4 else ("", "")
    # A room may count from the day in another zone, which can be ahead.
    return Line(what, max((today - what.since).days, 0), urgency, words)


@allowed(permissions.can_see_office)
@require_safe
def people_list(request: PersonRequest) -> HttpResponse:
    """Find people by name or email address."""
    text = request.GET.get("q", "").strip()[:120]
    found = people.find_person(text) if text else []
    return render(request, "lssc/people.html", {"text": text, "found": found})


def _list_sent(candidacy: Candidacy) -> list[Portfolio]:
    """Nobody but the candidate knows of a portfolio before it is sent."""
    return [row for row in portfolios.list_portfolios(candidacy) if row.state != State.DRAFT]


@allowed(permissions.can_see_office)
@require_safe
def person(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show a person's file: where they stand, what they paid, what was written to them, and what happened, in English."""
    who = get_object_or_404(User, public_id=id)
    candidacy = candidates.get_candidacy(who)
    before = request.GET.get("before", "")
    entries = ledger.list_entries(who, before=int(before) if before.isdecimal() and len(before) < 18 else None, limit=PAGE + 1)
    return render(
        request,
        "lssc/person.html",
        {
            "who": who,
            "roles": [role.label for role in Role if role in permissions.role_names(who)],
            "application": candidates.get_application(who),
            "candidacy": candidacy,
            "plan": candidates.get_plan(candidacy) if candidacy else [],
            "portfolios": _list_sent(candidacy) if candidacy else [],
            "claims": courses.list_claims(candidacy) if candidacy else [],
            "graduate_claims": agreements.list_graduate_claims(who),
            "certificates": certificates.list_certificates(who),
            "renewals": renewals.list_renewals(who),
            "notes_receipts": permissions.is_staff(request.user) and who != request.user,
            "charges": billing.list_charges(who),
            "letters": ledger.list_letters(who, limit=10),
            "told": [ledger.tell(entry) for entry in entries[:PAGE]],
            "older": entries[PAGE - 1].id if len(entries) > PAGE else None,
            "today": dates.today(clock.now()),
        },
    )
