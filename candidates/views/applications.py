"""The applicant's pages: the task list, a page for each question, checking, sending, and where the application is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import messages
from django.db.models import OuterRef
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing import policy as money
from billing import queries as charges
from billing.states import ChargeState
from candidates import actions, queries
from candidates.actions.applications import local_day
from candidates.forms import (
    AnswersForm,
    DiplomaForm,
    GraduateForm,
    LetterForm,
    MemberForm,
    QuestionPageForm,
    ReplyForm,
    ResumeForm,
    TranscriptForm,
    WhoForm,
)
from candidates.models import Application, RequestedItem
from candidates.states import PURPOSE, ApplicationState, CandidacyState, Item
from candidates.views.drafts import SAVED, get_draft, get_open, keep_itself, lead_back, submit, throw_away
from candidates.views.hour_totals import get_working
from ledger import clock
from ledger.form_tokens import once
from people import documents
from people.autosave import is_autosave
from people.decisions import show_refusal
from people.guards import PersonRequest, signed_in
from programs import policy as dates
from programs import queries as programs
from programs.policy import Remedy

if TYPE_CHECKING:
    from people.models import Document


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question page: its form, its heading, and what it says above the form."""

    form: type[QuestionPageForm]
    title: str
    intro: str


@dataclass(frozen=True, kw_only=True)
class File:
    """One page that takes a file: which part of the application it is, its words, and where the file goes."""

    item: Item
    form: type[forms.Form]
    title: str
    intro: str
    opens: str
    attach: Callable[..., None]


RESUME = File(
    item=Item.RESUME,
    form=ResumeForm,
    title="Add your resume",
    intro="It shows your library work in your own words. One file is enough. A clear photo of a paper resume is fine.",
    opens="candidates:open_resume",
    attach=actions.attach_resume,
)
TRANSCRIPT = File(
    item=Item.TRANSCRIPT,
    form=TranscriptForm,
    title="Add your final transcript",
    intro="The one from your college that shows what you finished, and when. A clear photo is fine.",
    opens="candidates:open_transcript",
    attach=actions.attach_transcript,
)
LETTER = File(
    item=Item.LETTER,
    form=LetterForm,
    title="Send a letter or another proof",
    intro="For example, a letter from your library that gives the dates you worked there and your hours per week.",
    opens="",
    attach=actions.attach_letter,
)
QUESTIONS = {
    "who": Question(
        form=WhoForm, title="Tell us who you are", intro="These are the names in your account. Change them here if they are wrong."
    ),
    "diploma": Question(
        form=DiplomaForm,
        title="Show your high-school diploma or its equivalent",
        intro="The program asks for a high-school diploma or its equivalent. People from every country may apply.",
    ),
    "member": Question(
        form=MemberForm,
        title="Add your ALA member number",
        intro="You don’t need to be a member. Members pay a lower fee.",
    ),
    "graduate": Question(
        form=GraduateForm,
        title="Tell us if you finished a college’s library program",
        intro="Some colleges have an agreement with us. Their graduates get credit for sets, and can be admitted without the hours. "
        "You show the hours later, during your time in the program. If this does not apply to you, say no.",
    ),
    "answers": Question(
        form=AnswersForm,
        title="Answer questions about you (optional)",
        intro="Leave out what you like. Your answers never affect the decision, and no one who decides sees them. "
        "The program counts them for all applicants together.",
    ),
}


@signed_in
@require_safe
def application(request: PersonRequest) -> HttpResponse:
    """Show where the reader's application stands: how to start, the task list, or who has it."""
    application = queries.get_application(request.user)
    at = clock.now()
    if application is None:
        fee = charges.get_fee("application", on=dates.today(at))
        return render(request, "candidates/start.html", {"fee": fee, "terms": queries.get_terms(Application(), at=at)})
    if application.state == ApplicationState.DRAFT:
        return _task_list(request, application, at=at)
    if application.state == ApplicationState.ASKED:
        return _asked_list(request, application, ReplyForm(), at=at)
    candidacy = queries.get_candidacy(request.user)
    charge = charges.get_charge(purpose=PURPOSE, reference=application.id)
    context = {
        "application": application,
        "charge": charge,
        "owed": charge is not None and charge.state == ChargeState.OPEN and application.state == ApplicationState.IN_REVIEW,
        "way_back": charges.tell_way_back(charge) if charge and charge.state == ChargeState.REFUNDED else "",
        "candidacy": candidacy,
        "can_start": _can_start(application, candidacy.state if candidacy else None),
        "covering": charges.get_covering(charge) if charge and charge.state == ChargeState.OPEN else None,
        "working": get_working(application, at=at),
        "remedy": _remedy(application, at=at),
    }
    return render(request, "candidates/status.html", context)


def _remedy(application: Application, *, at: datetime) -> Remedy | None:
    """What can be done against a refusal, or nothing."""
    if application.state != ApplicationState.REFUSED or application.decided_at is None:
        return None
    return programs.find_remedy(
        application.person, kind="application", reference=application.id, decided_on=dates.today(application.decided_at), at=at
    )


def _can_start(application: Application, candidacy: str | None) -> bool:
    over = application.state in (ApplicationState.REFUSED, ApplicationState.WITHDRAWN)
    return over or (application.state == ApplicationState.ADMITTED and candidacy == CandidacyState.EXPIRED)


def _task_list(request: PersonRequest, application: Application, *, at: datetime) -> HttpResponse:
    tasks = queries.list_tasks(application, count=queries.count_hours(application, at=at), at=at)
    by_page = {task.page: task for task in tasks}
    groups = [
        ("About you", [by_page["who"], by_page["diploma"], by_page["member"]]),
        ("Your library work", [by_page["work"], by_page["resume"]]),
        ("Your college program", [by_page[page] for page in ("graduate", "transcript") if page in by_page]),
        ("Check and send", [by_page["answers"], by_page["check"]]),
    ]
    context = {
        "application": application,
        "groups": groups,
        "done": sum(task.done for task in tasks),
        "tasks": tasks,
        "terms": queries.get_terms(application, at=at),
        "saved": queries.last_saved_at(application),
    }
    return render(request, "candidates/tasks.html", context)


def _asked_list(request: PersonRequest, application: Application, form: ReplyForm, *, at: datetime) -> HttpResponse:
    tasks = queries.list_asked_tasks(application)
    charge = charges.get_charge(purpose=PURPOSE, reference=application.id)
    context = {
        "application": application,
        "tasks": tasks,
        "done": sum(task.done for task in tasks),
        "form": form,
        "terms": queries.get_terms(application, at=at),
        "working": get_working(application, at=at),
        "owed": charge is not None and charge.state == ChargeState.OPEN,
        "charge": charge,
        "covering": charges.get_covering(charge) if charge and charge.state == ChargeState.OPEN else None,
    }
    return render(request, "candidates/asked.html", context)


@signed_in
@require_POST
def start(request: PersonRequest) -> HttpResponse:
    """Start an application."""
    with show_refusal(request):
        actions.start(request.user, actor=request.user, at=clock.now())
    return redirect("candidates:application")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: PersonRequest, page: str) -> HttpResponse:
    """Ask one question and save the answer."""
    draft = get_open(request, page)
    if draft is None:
        return lead_back(request)
    question, stored, stale = QUESTIONS[page], queries.get_page(draft, page), ""
    today = local_day(draft.person, at=clock.now())
    if request.method == "POST":
        form = question.form(request.POST, initial=_answers(draft, page), today=today)
        if is_autosave(request):
            return keep_itself(request, form, draft=draft, section=page)
        if "throw_away" in request.POST:
            throw_away(request, form, draft=draft, section=page)
            return redirect("candidates:application")

        def save() -> None:
            actions.save_section(draft, section=page, version=form.seen, values=form.values(), actor=request.user, at=clock.now())

        saved, stale = submit(request, form, draft=draft, section=page, save=save)
        if saved:
            messages.success(request, SAVED)
            return redirect("candidates:application")
    else:
        form = question.form(initial={**_answers(draft, page), **stored.typed, "version": stored.version}, today=today)
    context = {
        "form": form,
        "question": question,
        "page": page,
        "stale": stale,
        "saved": stored.saved_at if stored.typed else None,
        "asked": queries.list_asked(draft).get(page),
    }
    if page == "member":
        context["fee"] = charges.get_fee("application", on=dates.today(clock.now()))
    return render(request, "candidates/question.html", context, status=409 if stale else 200)


def _answers(draft: Application, page: str) -> dict[str, Any]:
    """Give the answers that a page has now."""
    match page:
        case "who":
            return {"name": draft.person.name, "called": draft.person.called}
        case "diploma":
            return {"diploma": draft.diploma, "diploma_statement": draft.diploma_statement}
        case "member":
            return {"is_member": {None: "", True: "yes", False: "no"}[draft.is_member], "member_number": draft.member_number}
        case "graduate":
            is_graduate = {None: "", True: "yes", False: "no"}[draft.is_graduate]
            return {"is_graduate": is_graduate, **{name: getattr(draft, name) for name in ("college", "credential", "graduated_on")}}
    answers = getattr(draft, "answers", None)
    return {name: getattr(answers, name) for name in ("why", "age", "gender", "ethnicity")} if answers else {}


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@once
def resume(request: PersonRequest) -> HttpResponse:
    """Take the resume as a file."""
    return _upload(request, RESUME)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@once
def transcript(request: PersonRequest) -> HttpResponse:
    """Take a graduate's final transcript as a file."""
    return _upload(request, TRANSCRIPT)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@once
def letter(request: PersonRequest) -> HttpResponse:
    """Take the letter or other proof that staff asked for."""
    return _upload(request, LETTER)


def _upload(request: PersonRequest, file: File) -> HttpResponse:
    draft = get_open(request, file.item)
    if draft is None:
        return lead_back(request)
    requested_item = queries.list_asked(draft).get(file.item)
    if file.item == Item.LETTER and requested_item is None:
        return redirect("candidates:application")
    form = file.form(request.POST, request.FILES) if request.method == "POST" else file.form()
    if request.method == "POST" and form.is_valid():
        with show_refusal(form, file.item):
            file.attach(draft, upload=form.cleaned_data[file.item], actor=request.user, at=clock.now())
            messages.success(request, SAVED)
            return redirect("candidates:application")
    document = {Item.RESUME: draft.resume, Item.TRANSCRIPT: draft.transcript}.get(file.item) or (requested_item and requested_item.document)
    context = {"form": form, "kept": document, "asked": requested_item, "wanted": file}
    return render(request, "candidates/upload.html", context)


@signed_in
@require_safe
def open_resume(request: PersonRequest) -> HttpResponseBase:
    """Open one's own resume, by a link that is made now."""
    latest = get_object_or_404(Application.objects.visible_to(request.user).filter(resume__isnull=False).order_by("-started_at")[:1])
    return redirect(documents.link(cast("Document", latest.resume), request.user))


@signed_in
@require_safe
def open_transcript(request: PersonRequest) -> HttpResponseBase:
    """Open one's own transcript, by a link that is made now."""
    latest = get_object_or_404(Application.objects.visible_to(request.user).filter(transcript__isnull=False).order_by("-started_at")[:1])
    return redirect(documents.link(cast("Document", latest.transcript), request.user))


@signed_in
@require_safe
def open_letter(request: PersonRequest, number: int) -> HttpResponseBase:
    """Open a letter that one sent to staff, by a link that is made now."""
    requested_items = RequestedItem.objects.filter(
        request__application__in=Application.objects.visible_to(request.user), document__isnull=False
    )
    return redirect(
        documents.link(cast("Document", get_object_or_404(requested_items.select_related("document"), id=number).document), request.user)
    )


@signed_in
@require_POST
def answer(request: PersonRequest) -> HttpResponse:
    """Give the application back to staff."""
    application = Application.objects.visible_to(request.user).live().select_related("person", "terms").first()
    if application is None or application.state != ApplicationState.ASKED:
        return redirect("candidates:application")
    form, at = ReplyForm(request.POST), clock.now()
    if form.is_valid():
        with show_refusal(form, "reply"):
            actions.answer(application, reply=form.cleaned_data["reply"], actor=request.user, at=at)
            messages.success(request, "Staff have your answer. We will email you as soon as they decide.")
            return redirect("candidates:application")
    return _asked_list(request, application, form, at=at)


@signed_in
@require_safe
def check(request: PersonRequest) -> HttpResponse:
    """Show every answer with a link to change it, and the fee; or what is still missing."""
    draft = get_draft(request)
    if draft is None:
        return lead_back(request)
    at = clock.now()
    working = get_working(draft, at=at)
    tasks = queries.list_tasks(draft, count=working.count, at=at)
    context = {
        "application": draft,
        "working": working,
        "missing": [task for task in tasks if not (task.done or task.optional or task.unsaved) and task.page != "check"],
        "unsaved": queries.list_unsaved(draft),
        "fee": money.dollars(queries.get_fee_cents(draft, at=at)),
        "terms": queries.get_terms(draft, at=at),
    }
    return render(request, "candidates/check.html", context)


@signed_in
@require_POST
def send(request: PersonRequest) -> HttpResponse:
    """Send the application, then go on to its fee."""
    application = Application.objects.visible_to(request.user).live().first()
    if application is None or application.state in (ApplicationState.IN_REVIEW, ApplicationState.ASKED):
        return lead_back(request)
    with show_refusal(request):
        charge = actions.send(application, actor=request.user, at=clock.now())
        covering = charges.get_covering(charge)
        if charge.state == ChargeState.SETTLED:
            next_step = "The fee is paid for you, so staff will review it now."
        elif covering:
            next_step = f"{covering.order.payer} pays the fee. Staff will review it when we receive the money."
        else:
            next_step = "Next, pay the fee. Staff will review it when we receive the fee."
        messages.success(request, f"Your application is sent. {next_step}")
        return redirect("billing:charge", charge.id)
    return redirect("candidates:check")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: PersonRequest) -> HttpResponse:
    """Ask first, then withdraw the application."""
    owed = charges.is_owed(purpose=PURPOSE, by=OuterRef("pk"))
    application = Application.objects.visible_to(request.user).live().annotate(owed=owed).first()
    if application is None:
        return redirect("candidates:application")
    if request.method == "POST":
        with show_refusal(request):
            actions.withdraw(application, actor=request.user, at=clock.now())
            messages.success(request, "Your application is withdrawn. You can apply again at any time.")
        return redirect("candidates:application")
    return render(request, "candidates/withdraw.html", {"application": application})
