"""Pages of those who decide on courses: the queue, one application with recommendations, evaluators, contacts, course requests."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from courses import actions, policy, queries
from courses.forms.decisions import (
    AnswerForm,
    ChangesForm,
    ConfirmContactForm,
    CourseEvaluatorForm,
    InviteForm,
    ReasonForm,
)
from courses.models import CourseApplication, CourseEvaluator, CourseRequest, CourseReview, ProviderContact
from courses.permissions import can_decide_courses, can_see_courses, can_see_office, is_staff
from courses.queries.applications import PAGES
from courses.states import ApplicationKind, ContactState, CourseRequestState, CourseState, ReviewState
from ledger import clock
from ledger.form_tokens import once
from ledger.transitions import is_own
from people import documents
from people.decisions import find_sent_back, show_refusal, too_late
from people.guards import PersonRequest, allowed
from people.pages import get_page
from programs import policy as dates
from programs import queries as programs


@allowed(can_see_courses)
@require_safe
def courses(request: PersonRequest) -> HttpResponse:
    """List the applications that wait for a decision, by their due date."""
    page = get_page(queries.list_in_review(), request.GET, counted=True)
    context = {
        "page": page,
        "rows": [(row, queries.where_review_stands(row)) for row in page],
        "today": dates.today(clock.now()),
        "office": can_see_office(request.user),
        "why_not_sit": queries.why_not_sit(request.user, on=dates.today(clock.now())),
    }
    return render(request, "courses/courses.html", context)


def _get_or_404(id: UUID) -> CourseApplication:
    applications = CourseApplication.objects.sent().select_related("provider", "set", "person", "terms", "offering", "decided_by")
    application: CourseApplication = get_object_or_404(applications, id=id)
    return application


@allowed(can_see_courses)
@require_safe
def course(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show one application with the recommendations, and what each decision would do."""
    return _page(request, _get_or_404(id))


def _changes_form(application: CourseApplication, typed: Any = None) -> ChangesForm:
    return ChangesForm(typed, pages=[(page, PAGES[page][0]) for page in queries.list_pages(application)])


def _page(
    request: PersonRequest, application: CourseApplication, *, changes: ChangesForm | None = None, reason: ReasonForm | None = None
) -> HttpResponse:
    seal, reviews = queries.get_seal(application), queries.list_reviews(application)
    content = queries.get_content(application, seal)
    in_review = application.state == CourseState.IN_REVIEW
    slots = queries.list_open_slots(application, reviews)
    today = dates.today(clock.now())
    why_not = queries.why_not_decide(application, request.user, reviews=reviews, on=today)
    waits = queries.waits_for_reviews(application, reviews) if in_review else ""
    sent_back = find_sent_back(application, request.user) if in_review else None
    stopped = why_not or (sent_back.why_not if sent_back else "")
    bound = changes or reason
    context = {
        "application": application,
        "content": content,
        "comments": _comments(content, [review for review in reviews if review.state == ReviewState.DONE]),
        "reviews": reviews,
        "slots": slots,
        "proposals": queries.propose_reviewers(application) if slots and is_staff(request.user) else [],
        "changed_since": in_review and queries.is_changed_since_reviews(seal, reviews),
        "sent_back": sent_back,
        "why_not": why_not,
        "signs": bool(why_not) and why_not == queries.why_not_sit(request.user, on=today),
        "waits": waits,
        "can_act": in_review and is_staff(request.user) and not stopped,
        "can_decide": in_review and can_decide_courses(request.user) and not stopped and not waits,
        "until": _until(application) if in_review else None,
        "changes": changes or _changes_form(application),
        "reason": reason or ReasonForm(),
        "form": bound,
        "seal": seal,
        "today": today,
    }
    if bound and not context["can_decide"]:
        return too_late(request, application, "courses:review_course", why=(stopped or waits) if in_review else "")
    return render(request, "courses/course.html", context, status=422 if bound else 200)


def _comments(content: dict[str, Any], reviews: list[CourseReview]) -> list[tuple[int, str, str]]:
    """Give what the evaluators wrote about single competencies, in the order of the map."""
    return [
        (row["number"], str(review.evaluator), review.rows[str(row["number"])])
        for row in content["map"]
        for review in reviews
        if review.rows.get(str(row["number"]))
    ]


def _until(application: CourseApplication) -> Any:
    """Give the last day that an approval of today would have."""
    months = application.terms.approval_months if application.terms else 0
    before = application.offering.approvals.order_by("-last_on").first() if application.offering else None
    if application.kind == ApplicationKind.RENEWAL and before:
        return policy.next_approval(ended_on=before.last_on, anchor_on=before.anchor_on, months_before=before.months, months=months).last_on
    return policy.first_approval(dates.today(clock.now()), months=months).last_on


@allowed(is_staff)
@require_POST
def invite(request: PersonRequest, id: UUID) -> HttpResponse:
    """Ask the chosen evaluators to review the course."""
    application = _get_or_404(id)
    proposals = queries.propose_reviewers(application)
    form = InviteForm(request.POST, choices=[(str(proposal.evaluator.id), str(proposal.evaluator)) for proposal in proposals])
    chosen = form.cleaned_data["evaluators"] if form.is_valid() else []
    evaluators = [proposal.evaluator for proposal in proposals if str(proposal.evaluator.id) in chosen]
    with show_refusal(request):
        actions.invite_reviewers(application, evaluators=evaluators, actor=request.user, at=clock.now())
        messages.success(request, f"{' and '.join(str(evaluator) for evaluator in evaluators)}: the invitation is on its way.")
    return redirect("courses:review_course", id)


@allowed(is_staff)
@require_POST
def again(request: PersonRequest, id: UUID) -> HttpResponse:
    """Ask the evaluators to look at the changes."""
    application = _get_or_404(id)
    with show_refusal(request):
        actions.ask_reviewers_again(application, actor=request.user, at=clock.now())
        messages.success(request, "The evaluators will review it again.")
    return redirect("courses:review_course", id)


@allowed(is_staff)
@require_POST
def replace(request: PersonRequest, id: UUID, review: UUID) -> HttpResponse:
    """Take a course back from an evaluator."""
    row = get_object_or_404(CourseReview, id=review, application=_get_or_404(id))
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    with show_refusal(request):
        actions.replace_reviewer(row, reason=reason, actor=request.user, at=clock.now())
        messages.success(request, f"{row.evaluator} is unassigned. Now ask someone else.")
    return redirect("courses:review_course", id)


@allowed(can_decide_courses)
@require_POST
def approve(request: PersonRequest, id: UUID) -> HttpResponse:
    """Approve the course."""
    application = _get_or_404(id)
    with show_refusal(request):
        actions.approve_course(application, actor=request.user, at=clock.now())
        messages.success(request, f"{application} is approved. The email is on its way.")
        return redirect("courses:courses")
    return redirect("courses:review_course", id)


@allowed(can_decide_courses)
@require_POST
def ask_changes(request: PersonRequest, id: UUID) -> HttpResponse:
    """Ask for changes."""
    application = _get_or_404(id)
    form = _changes_form(application, request.POST)
    if not form.is_valid():
        return _page(request, application, changes=form)
    items, text = form.cleaned_data["items"], form.cleaned_data["text"]
    with show_refusal(request):
        actions.ask_changes(application, items=items, text=text, actor=request.user, at=clock.now())
        messages.success(request, "The pages are open again, and the email is on its way.")
        return redirect("courses:courses")
    return redirect("courses:review_course", id)


@allowed(can_decide_courses)
@require_POST
def refuse(request: PersonRequest, id: UUID) -> HttpResponse:
    """Refuse the course with reasons."""
    application = _get_or_404(id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, application, reason=form)
    with show_refusal(request):
        actions.refuse_course(application, reason=form.cleaned_data["reason"], actor=request.user, at=clock.now())
        messages.success(request, f"{application} is refused. The email with your reasons is on its way.")
        return redirect("courses:courses")
    return redirect("courses:review_course", id)


@allowed(can_see_courses)
@require_safe
def resume(request: PersonRequest, id: UUID, instructor: UUID) -> HttpResponseBase:
    """Open an instructor's resume, by a link that is made now."""
    row = get_object_or_404(_get_or_404(id).instructors.select_related("resume"), id=instructor)
    return redirect(documents.link(row.resume, request.user))


# Course evaluators


@allowed(can_see_office)
@require_safe
def evaluators(request: PersonRequest) -> HttpResponse:
    """List the course evaluators."""
    rows = CourseEvaluator.objects.select_related("person").prefetch_related("conflicts").order_by("person__folded", "id")
    page = Paginator(rows, queries.PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "courses/evaluators.html", {"page": page, "can_act": is_staff(request.user)})


@allowed(is_staff)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def approve_evaluator(request: PersonRequest) -> HttpResponse:
    """Approve someone as a course evaluator."""
    form = CourseEvaluatorForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        person, employer, conflicts = (form.cleaned_data[name] for name in ("email", "employer", "conflicts"))
        with show_refusal(form, "email"):
            actions.approve_course_evaluator(person, employer=employer, conflicts=conflicts, actor=request.user, at=clock.now())
            messages.success(request, f"{person} can review courses now.")
            return redirect("courses:evaluators")
    return render(request, "courses/evaluator.html", {"form": form})


@allowed(is_staff)
@require_http_methods(["GET", "HEAD", "POST"])
def end_evaluator(request: PersonRequest, id: UUID) -> HttpResponse:
    """Ask why, then end that someone reviews courses."""
    evaluator = get_object_or_404(CourseEvaluator.objects.filter(ended_on=None).select_related("person"), id=id)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        with show_refusal(request):
            actions.end_course_evaluator(evaluator, reason=reason, actor=request.user, at=clock.now())
            messages.success(request, f"{evaluator} no longer reviews courses.")
        return redirect("courses:evaluators")
    return render(
        request, "courses/end.html", {"form": form, "who": evaluator.person, "what": "reviews courses", "back": "courses:evaluators"}
    )


# Contacts


@allowed(can_see_office)
@require_safe
def contacts(request: PersonRequest) -> HttpResponse:
    """List the requests to speak for a provider, and everyone who does."""
    rows = ProviderContact.objects.confirmed().select_related("person", "provider").order_by("provider__folded", "person__folded", "id")
    page = Paginator(rows, queries.PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "requests": queries.list_requests()[: queries.PAGE_SIZE],
        "page": page,
        "today": dates.today(clock.now()),
    }
    return render(request, "courses/contacts.html", context)


@allowed(can_see_office)
@require_http_methods(["GET", "HEAD"])
def contact(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show one contact or request, with the decision."""
    return _contact_page(request, get_object_or_404(ProviderContact.objects.select_related("person", "provider", "decided_by"), id=id))


def _contact_page(request: PersonRequest, contact: ProviderContact, *, reason: ReasonForm | None = None) -> HttpResponse:
    context = {
        "contact": contact,
        "confirm": ConfirmContactForm(),
        "form": reason or ReasonForm(),
        "can_act": is_staff(request.user) and not is_own(contact, request.user),
        "asked": contact.state == ContactState.ASKED,
        "speaks": contact.state == ContactState.CONFIRMED,
        "today": dates.today(clock.now()),
    }
    if reason and not (context["can_act"] and (context["asked"] or context["speaks"])):
        return too_late(request, contact, "courses:contact", own=is_own(contact, request.user))
    return render(request, "courses/contact.html", context, status=422 if reason else 200)


@allowed(is_staff)
@require_POST
def confirm_contact(request: PersonRequest, id: UUID) -> HttpResponse:
    """Confirm a request."""
    provider_contact = get_object_or_404(ProviderContact.objects.select_related("person", "provider"), id=id)
    form = ConfirmContactForm(request.POST)
    provider = form.cleaned_data["provider"] if form.is_valid() else None
    with show_refusal(request):
        actions.confirm_contact(provider_contact, provider=provider, actor=request.user, at=clock.now())
        messages.success(request, f"{provider_contact.person} can submit courses now. The email is on its way.")
        return redirect("courses:contacts")
    return redirect("courses:contact", id)


@allowed(is_staff)
@require_POST
def refuse_contact(request: PersonRequest, id: UUID) -> HttpResponse:
    """Refuse a request with a reason, or end that someone speaks for a provider."""
    provider_contact = get_object_or_404(ProviderContact.objects.select_related("person", "provider"), id=id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _contact_page(request, provider_contact, reason=form)
    reason = form.cleaned_data["reason"]
    with show_refusal(request):
        if provider_contact.state == ContactState.CONFIRMED:
            actions.end_contact(provider_contact, reason=reason, actor=request.user, at=clock.now())
            messages.success(request, f"{provider_contact.person} no longer represents {provider_contact.name}.")
        else:
            actions.refuse_contact(provider_contact, reason=reason, actor=request.user, at=clock.now())
            messages.success(request, "The request is refused. The email with your reason is on its way.")
        return redirect("courses:contacts")
    return redirect("courses:contact", id)


# Course requests


@allowed(can_see_office)
@require_safe
def course_requests(request: PersonRequest) -> HttpResponse:
    """List the course requests, those that wait first, then by day: where courses are missing."""
    rows = CourseRequest.objects.select_related("set").order_by("-state", "-asked_at", "-id")
    page = get_page(rows, request.GET)
    return render(request, "courses/course_requests.html", {"page": page, "today": dates.today(clock.now())})


@allowed(can_see_office)
@require_http_methods(["GET", "HEAD", "POST"])
def answer_course_request(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show a course request; staff answer it."""
    course_request = get_object_or_404(CourseRequest.objects.select_related("set", "person", "answered_by"), id=id)
    can_act = is_staff(request.user) and course_request.state == CourseRequestState.OPEN
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and is_staff(request.user) and not can_act:
        return too_late(request, course_request, "courses:answer_course_request")
    if request.method == "POST" and is_staff(request.user) and form.is_valid():
        with show_refusal(request):
            actions.answer_course_request(course_request, answer=form.cleaned_data["answer"], actor=request.user, at=clock.now())
            messages.success(request, "Your answer is on its way.")
        return redirect("courses:course_requests")
    if request.method == "POST" and not is_staff(request.user):
        return render(request, "403.html", status=403)
    terms = programs.get_terms(dates.today(clock.now()))
    return render(
        request, "courses/course_request.html", {"course_request": course_request, "form": form, "can_act": can_act, "terms": terms}
    )
