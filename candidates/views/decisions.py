"""The staff's pages: the queue of applications, one application with its working, and the decision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from billing import queries as charges
from billing.states import ChargeState
from candidates import actions, notices, policy, queries
from candidates.forms import AskForm, FeeForm, ReasonForm, RefuseForm
from candidates.models import Application, RequestedItem
from candidates.permissions import can_decide, can_see_office, is_staff
from candidates.states import PURPOSE, ApplicationState
from candidates.views.hour_totals import get_working
from ledger import clock, email_templates
from ledger.transitions import is_own
from people import documents
from people.decisions import OWN, find_sent_back, list_typed, show_refusal, tell_decision, too_late
from people.guards import PersonRequest, allowed
from people.pages import get_page
from people.templatetags.words import longdate
from programs import policy as dates

if TYPE_CHECKING:
    from people.models import Document


@allowed(can_see_office)
@require_safe
def queue(request: PersonRequest) -> HttpResponse:
    """List the applications that wait for a decision, the most urgent first; or those that wait for their applicant."""
    theirs = request.GET.get("state") == ApplicationState.ASKED
    rows = queries.list_with_applicants() if theirs else queries.list_in_review()
    page = get_page(rows, request.GET, counted=True)
    today = dates.today(clock.now())
    context: dict[str, Any] = {"page": page, "today": today, "theirs": theirs}
    if theirs:
        context["asked"] = [(row, max((today - dates.today(row.asked_at)).days, 0)) for row in cast(list[Any], page.object_list)]
    else:
        context["rows"] = [
            (row, (today - (row.returned_on or row.paid_on)).days, row.decide_by < today) for row in page if row.paid_on and row.decide_by
        ]
    return render(request, "candidates/queue.html", context)


@allowed(can_see_office)
@require_safe
def review(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show one application: the answers, the count of hours, the resume, and what each decision would do."""
    application = _fetch(id)
    return _review(request, application)


def _review(
    request: PersonRequest,
    application: Application,
    *,
    refuse_form: RefuseForm | None = None,
    ask_form: AskForm | None = None,
    fee_form: FeeForm | None = None,
    close_form: ReasonForm | None = None,
    back_form: ReasonForm | None = None,
) -> HttpResponse:
    at = clock.now()
    decides, working, today = can_decide(request.user, application), get_working(application, at=at), dates.today(at)
    sent_back = find_sent_back(application, request.user) if application.state == ApplicationState.IN_REVIEW else None
    count = working.count
    again_on = max(count.enough_on, today) if count.enough_on else None
    admission = policy.admission(enough=count.enough, graduate=bool(application.is_graduate and application.transcript_id))
    charge = charges.get_charge(purpose=PURPOSE, reference=application.id)
    paid = application.paid_on is not None and application.state in (ApplicationState.IN_REVIEW, ApplicationState.ASKED)
    owed = charge is not None and charge.state == ChargeState.OPEN and (paid or application.refund_decide_by is not None)
    context = {
        "application": application,
        "owed": owed,
        "covering": charges.get_covering(charge) if charge and owed else None,
        "working": working,
        "admission": admission,
        "schooled": queries.has_diploma(application),
        "charge": charge,
        "form": refuse_form or ask_form or fee_form or close_form or back_form,
        "refuse_form": refuse_form or RefuseForm(today=today, initial={"eligible_from": None if count.enough else again_on}),
        "fee_form": fee_form or FeeForm(),
        "can_decide_fee": decides and application.refund_decide_by is not None,
        "ask_form": ask_form or AskForm(),
        "close_form": close_form or ReasonForm(),
        "back_form": back_form or ReasonForm(),
        "requests": queries.list_requests(application),
        "today": today,
        "answer_days": queries.get_terms(application, at=at).answer_working_days,
        "own": is_own(application, request.user),
        "sent_back": sent_back,
        "can_decide": decides and application.state == ApplicationState.IN_REVIEW and not (sent_back and sent_back.why_not),
        "can_withdraw_admission": decides and application.state == ApplicationState.ADMITTED,
        "can_close_question": decides and application.state == ApplicationState.ASKED,
    }
    offered = {
        refuse_form: context["can_decide"],
        ask_form: context["can_decide"],
        fee_form: context["can_decide_fee"],
        close_form: context["can_close_question"],
        back_form: context["can_withdraw_admission"],
    }
    for form in [form for form, is_offered in offered.items() if form and not is_offered]:
        context |= {"form": None, "lost": list_typed(form), "why_lost": OWN if context["own"] else tell_decision(application)}
        if not context["lost"]:
            return too_late(request, application, "candidates:review", own=bool(context["own"]))
    if context["can_decide"]:
        terms = queries.get_terms(application, at=at)
        ends_on = dates.add_months(today, terms.candidacy_months)
        preview = {
            **notices.admitted_facts(ends_on, terms=terms, provisional=admission == policy.Admission.PROVISIONAL),
            "called": application.person.called,
            "url": request.build_absolute_uri(reverse("candidates:plan")),
        }
        context |= {"ends_on": ends_on, "email": email_templates.render_email("candidates/admitted", preview, why="you are in the program")}
    return render(request, "candidates/review.html", context, status=409 if "lost" in context else 200)


def _fetch(id: UUID) -> Application:
    return get_object_or_404(Application.objects.sent().select_related("person", "terms", "resume", "transcript", "decided_by"), id=id)


@allowed(can_see_office)
@require_safe
def open_resume(request: PersonRequest, id: UUID) -> HttpResponseBase:
    """Open the resume of an application, by a link that is made now."""
    application = get_object_or_404(Application.objects.sent().filter(resume__isnull=False).select_related("resume"), id=id)
    return redirect(documents.link(cast("Document", application.resume), request.user))


@allowed(can_see_office)
@require_safe
def open_transcript(request: PersonRequest, id: UUID) -> HttpResponseBase:
    """Open the transcript of an application, by a link that is made now."""
    application = get_object_or_404(Application.objects.sent().filter(transcript__isnull=False).select_related("transcript"), id=id)
    return redirect(documents.link(cast("Document", application.transcript), request.user))


@allowed(can_see_office)
@require_safe
def open_letter(request: PersonRequest, id: UUID, number: int) -> HttpResponseBase:
    """Open a letter that staff asked for, by a link that is made now."""
    sent = RequestedItem.objects.filter(request__application_id=id, request__application__sent_at__isnull=False, document__isnull=False)
    return redirect(documents.link(cast("Document", get_object_or_404(sent.select_related("document"), id=number).document), request.user))


@allowed(is_staff)
@require_POST
def ask(request: PersonRequest, id: UUID) -> HttpResponse:
    """Ask the applicant for more."""
    application, form = _fetch(id), AskForm(request.POST)
    if form.is_valid():
        with show_refusal(form):
            actions.ask(application, notes=form.notes(), actor=request.user, at=clock.now())
            messages.success(
                request, f"{application.person} has been asked for more. The application will come back to you with the answer."
            )
            return redirect("candidates:queue")
    return _review(request, _fetch(id), ask_form=form)


@allowed(is_staff)
@require_POST
def close_question(request: PersonRequest, id: UUID) -> HttpResponse:
    """Close a question that was not answered."""
    application, form = _fetch(id), ReasonForm(request.POST)
    if form.is_valid():
        with show_refusal(form):
            actions.close_question(application, reason=form.cleaned_data["reason"], actor=request.user, at=clock.now())
            messages.success(request, "The question is closed. You can decide now.")
            return redirect("candidates:review", id)
    return _review(request, _fetch(id), close_form=form)


@allowed(is_staff)
@require_POST
def admit(request: PersonRequest, id: UUID) -> HttpResponse:
    """Admit the applicant."""
    application = get_object_or_404(Application.objects.sent().select_related("person"), id=id)
    with show_refusal(request):
        candidacy = actions.admit(application, provisionally="provisionally" in request.POST, actor=request.user, at=clock.now())
        how = "admitted provisionally" if candidacy.provisional else "admitted"
        messages.success(request, f"{application.person} is {how} until {longdate(candidacy.ends_on)}. The email is on its way.")
        return redirect("candidates:queue")
    return redirect("candidates:review", id)


@allowed(is_staff)
@require_POST
def withdraw_admission(request: PersonRequest, id: UUID) -> HttpResponse:
    """Reverse an admission by mistake."""
    application, form = _fetch(id), ReasonForm(request.POST)
    if form.is_valid():
        with show_refusal(form):
            actions.withdraw_admission(application, reason=form.cleaned_data["reason"], actor=request.user, at=clock.now())
            messages.success(request, f"The admission is undone, and {application.person} gets an email. You can decide again now.")
            return redirect("candidates:review", id)
    return _review(request, _fetch(id), back_form=form)


@allowed(is_staff)
@require_POST
def refuse(request: PersonRequest, id: UUID) -> HttpResponse:
    """Refuse the application with a reason."""
    application, form = _fetch(id), RefuseForm(request.POST, today=dates.today(clock.now()))
    if form.is_valid():
        with show_refusal(form):
            actions.refuse(application, **form.cleaned_data, actor=request.user, at=clock.now())
            messages.success(request, f"The application of {application.person} is refused. The email with your reason is on its way.")
            return redirect("candidates:queue")
    return _review(request, _fetch(id), refuse_form=form)


@allowed(is_staff)
@require_POST
def decide_fee(request: PersonRequest, id: UUID) -> HttpResponse:
    """Decide what becomes of the fee of an application that was withdrawn."""
    application, form = _fetch(id), FeeForm(request.POST)
    if form.is_valid():
        with show_refusal(form):
            refund = form.cleaned_data["refund"] == "yes"
            actions.decide_fee(application, refund=refund, reason=form.cleaned_data["reason"], actor=request.user, at=clock.now())
            result = "will be refunded in full" if refund else "stays"
            messages.success(request, f"The fee of {application.person} {result}. The email with your reason is on its way.")
            return redirect("candidates:review", id)
    return _review(request, _fetch(id), fee_form=form)
