"""A person's own appeals: what can be appealed, saying so, giving grounds, withdrawing."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from appeals import actions, policy, queries
from appeals.forms import FilesForm, GroundsForm, NoticeForm
from appeals.models import Appeal
from appeals.states import AGAIN, OPEN, AppealState, DecisionKind
from ledger import clock
from ledger.form_tokens import once
from ledger.states import NotPossible
from people import autosave, documents
from people.decisions import show_refusal
from people.fields import keep_files
from people.guards import PersonRequest, signed_in
from people.states import Stale
from people.templatetags.words import longdate
from programs import policy as calendar
from programs import queries as programs

CLOSED = "You can’t submit grounds now. We already have them, or the last day has passed."
FILES_WITH_GROUNDS = "Add files where you submit your grounds. Nothing was changed."
FILES_OVER = "You can add files until the first committee answers. Nothing was changed."
either = require_http_methods(["GET", "HEAD", "POST"])


@signed_in
@require_safe
def mine(request: PersonRequest) -> HttpResponse:
    """Show what can be appealed until when, and one's appeals."""
    at = clock.now()
    appeals = queries.list_appeals(request.user)
    context = {
        "decisions": queries.list_appealable(request.user, at=at, appeals=appeals),
        "appeals": appeals,
        "terms": programs.get_terms(calendar.today(at)),
        "today": calendar.today(at),
    }
    return render(request, "appeals/mine.html", context)


@signed_in
@either
def notice(request: PersonRequest, kind: str, reference: UUID) -> HttpResponse:
    """Say that one will appeal a decision."""
    at = clock.now()
    decision = queries.find_decision(request.user, kind=kind, reference=reference)
    if decision is None:
        raise Http404
    if decision.appeal is not None:
        return redirect("appeals:appeal", decision.appeal.id)
    over = policy.is_over(decision.dates.notice_by, today=calendar.today(at))
    form = NoticeForm(request.POST, request.FILES) if request.method == "POST" else NoticeForm()
    if request.method == "POST" and not over and form.is_valid():
        with show_refusal(form, "reason"):
            appeal = actions.give_notice(
                request.user, kind=kind, reference=reference, reason=form.cleaned_data["reason"], actor=request.user, at=at
            )
            messages.success(request, f"We have your notice. Next, submit your grounds by {longdate(appeal.grounds_by)}.")
            _add_files(request, appeal, form.cleaned_data["papers"])
            return redirect("appeals:appeal", appeal.id)
    if form.is_bound:
        keep_files(form, request.user, at=at)
    status = 422 if request.method == "POST" else 200
    return render(request, "appeals/notice.html", {"decision": decision, "form": form, "over": over}, status=status)


def _add_files(request: PersonRequest, row: Appeal, uploads: list[Any]) -> bool:
    """Add files to an appeal that stands already; a file that can't be taken is told, and the rest goes on without it."""
    try:
        actions.add_files(row, uploads=uploads, actor=request.user, at=clock.now())
    except NotPossible as refusal:
        messages.error(request, f"Your files were not added. {refusal.message}")
        return False
    return True


def _own(request: PersonRequest, id: UUID) -> Appeal:
    appeal: Appeal = get_object_or_404(queries.find_appeal(id).filter(person=request.user))
    return appeal


@signed_in
@require_safe
def appeal(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show one's own appeal with its stages and files."""
    return _page(request, _own(request, id))


def _page(request: PersonRequest, row: Appeal, form: FilesForm | None = None, *, unsent: str = "") -> HttpResponse:
    may_write = _may_write(row)
    context = {
        "appeal": row,
        "stages": queries.list_stages(row),
        "files": queries.list_files(row, viewer=request.user),
        "open": row.state in OPEN,
        "may_write": may_write,
        "unsent": unsent or ("" if may_write else row.draft),
        "may_add": row.state == AppealState.GROUNDS_GIVEN,
        "again": AGAIN[DecisionKind(row.kind)].of_person,
        "form": form or FilesForm(),
    }
    return render(request, "appeals/appeal.html", context, status=422 if form else 409 if unsent else 200)


def _may_write(row: Appeal) -> bool:
    return row.state == AppealState.NOTICED and calendar.in_time(row.grounds_by, at=clock.now())


@signed_in
@either
def grounds(request: PersonRequest, id: UUID) -> HttpResponse:
    """Write the grounds of one's appeal, which save themselves, and give them."""
    row, autosaves = _own(request, id), autosave.is_autosave(request)
    if not _may_write(row):
        if autosaves:
            return autosave.closed(CLOSED, status=422)
        messages.error(request, CLOSED)
        typed = request.POST.get("grounds", "").strip()
        return _page(request, row, unsent=typed) if typed else redirect("appeals:appeal", row.id)
    gives = not autosaves and request.POST.get("what") != "keep"
    if request.method != "POST":
        return _writing(request, row, GroundsForm(initial={"grounds": row.draft, "version": row.draft_version}))
    form = GroundsForm(request.POST, None if autosaves else request.FILES, is_draft=not gives)
    newer = None
    if form.is_valid():
        text, at = form.cleaned_data["grounds"], clock.now()
        with show_refusal(form), show_refusal(form, "papers", documents.Refused):
            try:
                row = actions.save_draft(row, text=text, version=form.seen, actor=request.user, at=at)
                if autosaves:
                    return autosave.saved(row.draft_version, at=at)
                form.show_version(row.draft_version)
                actions.add_files(row, uploads=form.cleaned_data.pop("papers"), actor=request.user, at=at)
                if gives:
                    row = actions.give_grounds(row, grounds=text, actor=request.user, at=at)
                    messages.success(request, f"The first committee has your grounds. It will respond by {longdate(row.respond_by)}.")
                else:
                    messages.success(request, f"Saved. Submit your grounds by {longdate(row.grounds_by)}.")
                return redirect("appeals:appeal", row.id)
            except Stale as stale:
                if autosaves:
                    return autosave.refused(stale)
                newer = stale.newer
                form.show_version(stale.version)
    if autosaves:
        return autosave.closed(" ".join(str(error) for errors in form.errors.values() for error in errors), status=422)
    return _writing(request, row, form, newer=newer)


def _writing(request: PersonRequest, row: Appeal, form: GroundsForm, *, newer: str | None = None) -> HttpResponse:
    if form.is_bound:
        keep_files(form, request.user, at=clock.now())
    context = {
        "appeal": row,
        "form": form,
        "files": queries.list_files(row, viewer=request.user),
        "newer": newer is not None,
        "newer_texts": [("your grounds", newer)],
    }
    return render(request, "appeals/grounds.html", context, status=409 if newer is not None else 422 if form.is_bound else 200)


@signed_in
@require_POST
@once
def files(request: PersonRequest, id: UUID) -> HttpResponse:
    """Add files after the grounds, until the first committee has answered."""
    row = _own(request, id)
    if row.state != AppealState.GROUNDS_GIVEN:
        messages.error(request, FILES_WITH_GROUNDS if row.state == AppealState.NOTICED else FILES_OVER)
        return redirect("appeals:appeal", row.id)
    form = FilesForm(request.POST, request.FILES)
    if form.is_valid():
        with show_refusal(form, "papers"):
            actions.add_files(row, uploads=form.cleaned_data["papers"], actor=request.user, at=clock.now())
            messages.success(request, "Added. Both committees can read it.")
            return redirect("appeals:appeal", row.id)
    return _page(request, row, form)


@signed_in
@require_POST
def remove_file(request: PersonRequest, id: UUID, file: UUID) -> HttpResponse:
    """Take a file out again before the grounds are given."""
    row = _own(request, id)
    attachment = get_object_or_404(row.files.select_related("appeal", "document"), id=file)
    with show_refusal(request):
        actions.remove_file(attachment, actor=request.user, at=clock.now())
        messages.success(request, f"“{attachment.document.name}” was removed from your appeal.")
    return redirect("appeals:grounds" if _may_write(row) else "appeals:appeal", row.id)


@signed_in
@either
def withdraw(request: PersonRequest, id: UUID) -> HttpResponse:
    """Withdraw one's appeal, after a question."""
    row = _own(request, id)
    if request.method == "POST":
        with show_refusal(request):
            actions.withdraw(row, actor=request.user, at=clock.now())
            messages.success(request, "Your appeal is withdrawn. The decision stands.")
        return redirect("appeals:appeal", row.id)
    if row.state not in OPEN:
        return redirect("appeals:appeal", row.id)
    return render(request, "appeals/withdraw.html", {"appeal": row})
