"""The applicant's pages: the task list, a page for each question, checking, sending, and where the application is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing import policy as money
from billing import queries as charges
from candidates import actions, queries
from candidates.actions.applying import PURPOSE, Saved, local_day
from candidates.forms import AnswersForm, DiplomaForm, MemberForm, Page, ResumeForm, SpellForm, WhoForm
from candidates.models import Application, WorkSpell
from candidates.states import ApplicationState, CandidacyState, StaleDraft
from candidates.views.working import get_working, plain
from ledger import clock
from ledger.states import NotPossible
from people import documents
from people.guards import PersonRequest, signed_in
from people.models import Document
from people.templatetags.words import clock as hour
from programs import policy as dates

SAVED = "Saved. Here is what is left."
SENT_ALREADY = "You sent this application, so it can no longer be changed."


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question page: its form, its heading, and what it says above the form."""

    form: type[Page]
    title: str
    intro: str


QUESTIONS = {
    "who": Question(
        form=WhoForm, title="Tell us who you are", intro="These are the names in your account. Change them here if they are not right."
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
    "answers": Question(
        form=AnswersForm,
        title="Answer questions about you (optional)",
        intro="Leave out what you like. Your answers never affect the decision, and nobody who decides sees them. "
        "The program counts them for all applicants together.",
    ),
}


@signed_in
@require_safe
def application(request: PersonRequest) -> HttpResponse:
    """Show where the reader's application stands: how to start, the task list, or who has it."""
    found = queries.get_application(request.user)
    at = clock.now()
    if found is None:
        fee = charges.get_fee("application", on=dates.today(at))
        return render(request, "candidates/start.html", {"fee": fee, "terms": queries.get_terms(Application(), at=at)})
    if found.state == ApplicationState.DRAFT:
        return _task_list(request, found, at=at)
    candidacy = queries.get_candidacy(request.user)
    facts = {
        "application": found,
        "charge": charges.get_charge(purpose=PURPOSE, reference=found.id),
        "candidacy": candidacy,
        "can_start": _can_start(found, candidacy.state if candidacy else None),
        "working": get_working(found, at=at),
    }
    return render(request, "candidates/status.html", facts)


def _can_start(found: Application, candidacy: str | None) -> bool:
    over = found.state in (ApplicationState.REFUSED, ApplicationState.WITHDRAWN)
    return over or (found.state == ApplicationState.ADMITTED and candidacy == CandidacyState.EXPIRED)


def _task_list(request: PersonRequest, found: Application, *, at: datetime) -> HttpResponse:
    tasks = queries.list_tasks(found, count=queries.count_hours(found, at=at), at=at)
    by_page = {task.page: task for task in tasks}
    groups = [
        ("About you", [by_page["who"], by_page["diploma"], by_page["member"]]),
        ("Your library work", [by_page["work"], by_page["resume"]]),
        ("Check and send", [by_page["answers"], by_page["check"]]),
    ]
    facts = {
        "application": found,
        "groups": groups,
        "done": sum(task.done for task in tasks),
        "tasks": tasks,
        "terms": queries.get_terms(found, at=at),
        "saved": queries.last_saved_at(found),
    }
    return render(request, "candidates/tasks.html", facts)


@signed_in
@require_POST
def start(request: PersonRequest) -> HttpResponse:
    """Start an application."""
    try:
        actions.start(request.user, actor=request.user, at=clock.now())
    except NotPossible as refusal:
        messages.error(request, refusal.message)
    return redirect("candidates:application")


def _draft(request: PersonRequest) -> Application | None:
    """Fetch the reader's draft; None where there is none, or it was sent."""
    found: Application | None = (
        Application.objects.visible_to(request.user).filter(state=ApplicationState.DRAFT).select_related("person", "resume").first()
    )
    return found


def _no_draft(request: PersonRequest) -> HttpResponse:
    """Lead back to where the application stands."""
    if "X-Autosave" in request.headers:
        return JsonResponse({"error": SENT_ALREADY}, status=410)
    if Application.objects.visible_to(request.user).sent().live().exists():
        messages.error(request, SENT_ALREADY)
    return redirect("candidates:application")


def _autosave(request: PersonRequest, form: Page, *, draft: Application, section: str) -> JsonResponse:
    try:
        saved = _keep_typed(request, form, draft=draft, section=section)
    except StaleDraft as stale:
        return JsonResponse({"error": stale.message, "version": stale.version}, status=409)
    except NotPossible as refusal:
        return JsonResponse({"error": refusal.message}, status=422)
    return JsonResponse({"saved": hour(saved.at), "version": saved.version})


def _keep_typed(request: PersonRequest, form: Page, *, draft: Application, section: str) -> Saved:
    return actions.save_section(draft, section=section, version=form.seen, typed=form.typed(), actor=request.user, at=clock.now())


def _submit(request: PersonRequest, form: Page, *, draft: Application, section: str, save: Callable[[], object]) -> tuple[bool, str]:
    """Save a valid form, or keep what was typed; give whether it was saved, and what to say about another tab."""
    stale, invalid = "", not form.is_valid()
    version = form.seen
    try:
        if invalid:
            version = _keep_typed(request, form, draft=draft, section=section).version
        else:
            save()
            return True, ""
    except StaleDraft as conflict:
        stale, version = conflict.message, conflict.version
    except NotPossible as refusal:
        form.add_error(None, refusal.message)
    typed = cast(QueryDict, form.data).copy()
    typed["version"] = str(version)
    form.data = typed
    return False, stale


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: PersonRequest, page: str) -> HttpResponse:
    """Ask one question and save the answer."""
    draft = _draft(request)
    if draft is None:
        return _no_draft(request)
    asked, stored = QUESTIONS[page], queries.get_page(draft, page)
    stale = ""
    if request.method == "POST":
        form = asked.form(request.POST)
        if "X-Autosave" in request.headers:
            return _autosave(request, form, draft=draft, section=page)

        def save() -> None:
            actions.save_section(draft, section=page, version=form.seen, values=form.values(), actor=request.user, at=clock.now())

        saved, stale = _submit(request, form, draft=draft, section=page, save=save)
        if saved:
            messages.success(request, SAVED)
            return redirect("candidates:application")
    else:
        form = asked.form(initial={**_answers(draft, page), **stored.typed, "version": stored.version})
    facts = {"form": form, "question": asked, "page": page, "stale": stale, "saved": stored.saved_at if stored.typed else None}
    if page == "member":
        facts["fee"] = charges.get_fee("application", on=dates.today(clock.now()))
    return render(request, "candidates/question.html", facts, status=409 if stale else 200)


def _answers(draft: Application, page: str) -> dict[str, Any]:
    """Give the answers that a page has now."""
    match page:
        case "who":
            return {"name": draft.person.name, "called": draft.person.called}
        case "diploma":
            return {"diploma": draft.diploma, "diploma_statement": draft.diploma_statement}
        case "member":
            return {"is_member": {None: "", True: "yes", False: "no"}[draft.is_member], "member_number": draft.member_number}
    answers = getattr(draft, "answers", None)
    return {name: getattr(answers, name) for name in ("why", "age", "gender", "ethnicity")} if answers else {}


@signed_in
@require_safe
def work(request: PersonRequest) -> HttpResponse:
    """List the spells of work with the working."""
    draft = _draft(request)
    if draft is None:
        return _no_draft(request)
    facts = {"working": get_working(draft, at=clock.now()), "unfinished": bool(queries.get_page(draft, "work/new").typed)}
    return render(request, "candidates/work.html", facts)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def add_spell(request: PersonRequest) -> HttpResponse:
    """Add a spell of work."""
    draft = _draft(request)
    if draft is None:
        return _no_draft(request)
    return _spell_page(request, draft, None)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def change_spell(request: PersonRequest, id: UUID) -> HttpResponse:
    """Change a spell of work."""
    draft = _draft(request)
    if draft is None:
        return _no_draft(request)
    return _spell_page(request, draft, get_object_or_404(draft.spells, id=id))


def _spell_page(request: PersonRequest, draft: Application, spell: WorkSpell | None) -> HttpResponse:
    section = f"work/{spell.pk}" if spell else "work/new"
    at, stored, stale = clock.now(), queries.get_page(draft, section), ""
    today = local_day(draft.person, at=at)
    if request.method == "POST":
        form = SpellForm(request.POST, today=today)
        if "X-Autosave" in request.headers:
            return _autosave(request, form, draft=draft, section=section)

        def save() -> None:
            about: dict[str, Any] = {"values": form.values(), "version": form.seen, "actor": request.user, "at": at}
            if spell:
                actions.change_spell(spell, **about)
            else:
                actions.add_spell(draft, **about)

        saved, stale = _submit(request, form, draft=draft, section=section, save=save)
        if saved:
            return _after_spell(request, draft, form, at=at)
    else:
        form = SpellForm(initial={**_spell_answers(spell), **stored.typed, "version": stored.version}, today=today)
    facts = {
        "form": form,
        "spell": spell,
        "stale": stale,
        "saved": stored.saved_at if stored.typed else None,
        "working": get_working(draft, at=at, marked=spell.pk if spell else None),
    }
    return render(request, "candidates/spell.html", facts, status=409 if stale else 200)


def _after_spell(request: PersonRequest, draft: Application, form: SpellForm, *, at: datetime) -> HttpResponse:
    """Say what the saved spell means, and go on to the list or to the next one."""
    count = queries.count_hours(draft, at=at)
    library = form.cleaned_data["library"]
    messages.success(request, f"{library} is saved. You have {count.shown:,} hours, and need {count.hours_needed:,}.")
    if form.cleaned_data["hours_a_week"] > count.week_cap:
        hours = plain(form.cleaned_data["hours_a_week"])
        messages.warning(
            request, f"You entered {hours} hours a week. No week counts more than {count.week_cap} hours, so the rest is left out."
        )
    return redirect("candidates:add_spell" if "another" in request.POST else "candidates:work")


def _spell_answers(spell: WorkSpell | None) -> dict[str, Any]:
    if spell is None:
        return {}
    kept = {name: getattr(spell, name) for name in ("library", "kind", "post", "began_on", "ended_on")}
    return {**kept, "paid": "paid" if spell.paid else "volunteer", "hours_a_week": plain(spell.hours_a_week)}


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def remove_spell(request: PersonRequest, id: UUID) -> HttpResponse:
    """Ask first, then remove a spell of work."""
    draft = _draft(request)
    if draft is None:
        return _no_draft(request)
    spell = get_object_or_404(draft.spells, id=id)
    if request.method == "POST":
        try:
            actions.remove_spell(spell, actor=request.user, at=clock.now())
            messages.success(request, f"{spell.library} is removed.")
        except NotPossible as refusal:
            messages.error(request, refusal.message)
        return redirect("candidates:work")
    return render(request, "candidates/remove_spell.html", {"spell": spell})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def resume(request: PersonRequest) -> HttpResponse:
    """Take the resume as a file."""
    draft = _draft(request)
    if draft is None:
        return _no_draft(request)
    form = ResumeForm(request.POST, request.FILES) if request.method == "POST" else ResumeForm()
    if request.method == "POST" and form.is_valid():
        try:
            actions.attach_resume(draft, upload=form.cleaned_data["resume"], actor=request.user, at=clock.now())
        except NotPossible as refusal:
            form.add_error("resume", refusal.message)
        else:
            messages.success(request, SAVED)
            return redirect("candidates:application")
    return render(request, "candidates/resume.html", {"form": form, "resume": draft.resume})


@signed_in
@require_safe
def open_resume(request: PersonRequest) -> HttpResponseBase:
    """Open one's own resume, by a link that is made now."""
    found = get_object_or_404(Application.objects.visible_to(request.user).filter(resume__isnull=False).order_by("-started_at")[:1])
    return redirect(documents.link(cast(Document, found.resume), request.user))


@signed_in
@require_safe
def check(request: PersonRequest) -> HttpResponse:
    """Show every answer with a link to change it, and the fee; or what is still missing."""
    draft = _draft(request)
    if draft is None:
        return _no_draft(request)
    at = clock.now()
    working = get_working(draft, at=at)
    tasks = queries.list_tasks(draft, count=working.count, at=at)
    facts = {
        "application": draft,
        "working": working,
        "missing": [task for task in tasks if not task.done and not task.optional and task.page != "check"],
        "fee": money.dollars(queries.get_fee_cents(draft, at=at)),
        "terms": queries.get_terms(draft, at=at),
    }
    return render(request, "candidates/check.html", facts)


@signed_in
@require_POST
def send(request: PersonRequest) -> HttpResponse:
    """Send the application, then go on to its fee."""
    found = Application.objects.visible_to(request.user).live().first()
    if found is None or found.state == ApplicationState.IN_REVIEW:
        return _no_draft(request)
    try:
        charge = actions.send(found, actor=request.user, at=clock.now())
    except NotPossible as refusal:
        messages.error(request, refusal.message)
        return redirect("candidates:check")
    messages.success(request, "Your application is sent. Next, pay the fee: staff look at it when the fee is here.")
    return redirect("billing:charge", charge.id)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: PersonRequest) -> HttpResponse:
    """Ask first, then withdraw the application."""
    found = Application.objects.visible_to(request.user).live().first()
    if found is None:
        return redirect("candidates:application")
    if request.method == "POST":
        try:
            actions.withdraw(found, actor=request.user, at=clock.now())
            messages.success(request, "Your application is withdrawn. You can apply again at any time.")
        except NotPossible as refusal:
            messages.error(request, refusal.message)
        return redirect("candidates:application")
    return render(request, "candidates/withdraw.html", {"application": found})
