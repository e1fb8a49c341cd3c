"""The staff's pages: the queue of applications, one application with its working, and the decision."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from billing import queries as charges
from candidates import actions, notices, queries
from candidates.actions.applying import PURPOSE
from candidates.forms import RefuseForm
from candidates.models import Application
from candidates.permissions import can_decide, can_see_office, is_staff
from candidates.states import ApplicationState
from candidates.views.working import get_working
from ledger import clock, wording
from ledger.states import NotPossible
from people import documents
from people.guards import PersonRequest, allowed
from people.models import Document
from people.templatetags.words import longdate
from programs import policy as dates

PAGE_SIZE = 25


@allowed(can_see_office)
@require_safe
def queue(request: PersonRequest) -> HttpResponse:
    """List the applications that wait for a decision, the most urgent first."""
    page = Paginator(queries.list_in_review(), PAGE_SIZE).get_page(request.GET.get("page"))
    today = dates.today(clock.now())
    rows = [(row, (today - row.paid_on).days, row.decide_by < today) for row in page if row.paid_on and row.decide_by]
    return render(request, "candidates/queue.html", {"page": page, "rows": rows, "today": today})


@allowed(can_see_office)
@require_safe
def review(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show one application: the facts, the working, the resume, and what each decision would do."""
    found = get_object_or_404(Application.objects.sent().select_related("person", "terms", "resume", "decided_by"), id=id)
    return _review(request, found, RefuseForm(), status=200)


def _review(request: PersonRequest, found: Application, form: RefuseForm, *, status: int) -> HttpResponse:
    at = clock.now()
    facts = {
        "application": found,
        "working": get_working(found, at=at),
        "charge": charges.get_charge(purpose=PURPOSE, reference=found.id),
        "form": form,
        "today": dates.today(at),
        "own": found.person_id == request.user.pk,
        "can_decide": can_decide(request.user, found) and found.state == ApplicationState.IN_REVIEW,
    }
    if facts["can_decide"]:
        ends_on = dates.add_months(dates.today(at), queries.get_terms(found, at=at).candidacy_months)
        preview = {
            **notices.admitted_facts(ends_on),
            "called": found.person.called,
            "url": request.build_absolute_uri(reverse("candidates:plan")),
        }
        facts |= {"ends_on": ends_on, "letter": wording.letter("candidates/admitted", preview, why="you are in the program")}
    return render(request, "candidates/review.html", facts, status=status)


@allowed(can_see_office)
@require_safe
def open_resume(request: PersonRequest, id: UUID) -> HttpResponseBase:
    """Open the resume of an application, by a link that is made now."""
    found = get_object_or_404(Application.objects.sent().filter(resume__isnull=False).select_related("resume"), id=id)
    return redirect(documents.link(cast(Document, found.resume), request.user))


@allowed(is_staff)
@require_POST
def admit(request: PersonRequest, id: UUID) -> HttpResponse:
    """Admit the applicant."""
    found = get_object_or_404(Application.objects.sent().select_related("person"), id=id)
    try:
        candidacy = actions.admit(found, actor=request.user, at=clock.now())
    except NotPossible as refusal:
        messages.error(request, refusal.message)
        return redirect("candidates:review", id)
    messages.success(request, f"{found.person} is admitted until {longdate(candidacy.ends_on)}. The letter is on its way.")
    return redirect("candidates:queue")


@allowed(is_staff)
@require_POST
def refuse(request: PersonRequest, id: UUID) -> HttpResponse:
    """Refuse the application with a reason."""
    found = get_object_or_404(Application.objects.sent().select_related("person", "terms", "resume", "decided_by"), id=id)
    form = RefuseForm(request.POST)
    if not form.is_valid():
        return _review(request, found, form, status=200)
    try:
        actions.refuse(found, **form.cleaned_data, actor=request.user, at=clock.now())
    except NotPossible as refusal:
        messages.error(request, refusal.message)
        return redirect("candidates:review", id)
    messages.success(request, f"The application of {found.person} is refused. The letter with your reason is on its way.")
    return redirect("candidates:queue")
