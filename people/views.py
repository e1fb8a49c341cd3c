"""A person's own account, the documents that they may see, and questions to the program with their answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from allauth.core import ratelimit
from allauth.usersessions.models import UserSession
from django.contrib import auth, messages
from django.core.files import File
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ledger import clock
from ledger.form_tokens import once
from ledger.reminders import day_of
from people import actions, data_export, documents, file_types, permissions, policy, queries, security, typefaces
from people.decisions import show_refusal, too_late
from people.forms import AnswerForm, CloseForm, ContactForm, PreferencesForm, ReplaceForm, RoleForm, zone_name
from people.guards import PersonRequest, allowed, fresh, fresh_to_send, public, signed_in
from people.models import Document, Download, Inquiry, Picture, User
from people.signed_links import LinkExpired, LinkWrong
from people.states import APPOINTED, MEANS, DownloadState, InquiryState, Role, Topic

TOO_OFTEN = "You sent many questions in a short time, so this one is not sent yet. Keep this page open, and try again in an hour."


@signed_in
@require_safe
def account(request: PersonRequest) -> HttpResponse:
    """What we know about the reader's account, and where to change each part."""
    addresses = list(EmailAddress.objects.filter(user=request.user))
    context = {
        "zone": zone_name(request.user.time_zone),
        "addresses": addresses,
        "unconfirmed": not all(address.verified for address in addresses),
        "second_step": queries.has_second_factor(request.user),
        "second_step_needed": permissions.needs_second_factor(request.user),
        "sessions": UserSession.objects.filter(user=request.user).count(),
        "roles": [role.label for role in Role if role in permissions.role_names(request.user)],
    }
    return render(request, "people/account.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: PersonRequest) -> HttpResponse:
    """Change the two names and the time zone."""
    user = request.user
    form = PreferencesForm(request.POST or None, initial={"name": user.name, "called": user.called, "time_zone": user.time_zone})
    if request.method == "POST" and form.is_valid():
        actions.change_preferences(user, **form.cleaned_data, actor=user, at=clock.now())
        messages.success(request, "Your preferences are saved.")
        if unprintable := typefaces.warn(user.name):
            messages.warning(request, unprintable)
        return redirect("people:account")
    return render(request, "people/preferences.html", {"form": form})


@signed_in
@require_safe
def document(request: PersonRequest, id: UUID) -> HttpResponseBase:
    """A file, for whom an app has made a link that is still good; a picture or recording can be shown in a page with `inline=1`."""
    document = get_object_or_404(Document, id=id)
    inline = request.GET.get("inline") == "1" and document.content_type in file_types.SHOWN
    version = documents.version_for(document, request.user, shown=inline)
    return _open(
        request,
        document,
        lambda: documents.read_version(version),
        content_type=version.content_type,
        disposition=content_disposition_header(not inline, version.name) or "attachment",
        shown=inline,
    )


@signed_in
@require_safe
def picture(request: PersonRequest, id: UUID, number: int) -> HttpResponseBase:
    """A page of a file as we drew it, under the same kind of link as what is shown in a page."""
    drawn = get_object_or_404(Picture.objects.select_related("document"), document_id=id, number=number)
    return _open(
        request, drawn.document, lambda: documents.read_picture(drawn), content_type="image/jpeg", disposition="inline", shown=True
    )


def _open(
    request: PersonRequest, document: Document, read: Callable[[], File[Any]], *, content_type: str, disposition: str, shown: bool
) -> HttpResponseBase:
    """What lies behind a link, in a sandbox, as the type that we found; a recording also in parts, so that it can be wound."""
    try:
        documents.check_link(document, request.user, request.GET.get("k", ""), shown=shown)
        content = read()
        documents.record_opening(document, request.user, at=clock.now())
    except LinkWrong:
        raise Http404 from None
    except documents.NotReady:
        return render(request, "people/document_waiting.html", {"document": document}, status=404)
    except LinkExpired:
        return render(request, "people/link_expired.html", status=410)
    except FileNotFoundError:
        return render(request, "people/document_lost.html", {"document": document}, status=404)
    size = content.size
    part = policy.byte_range(request.headers.get("Range", ""), size=size)
    response: FileResponse | HttpResponse
    if part is None:
        response = FileResponse(content, content_type=content_type)
        response["Content-Length"] = size
    else:
        first, last = part
        with content:
            content.seek(first)
            response = HttpResponse(content.read(last - first + 1), status=206, content_type=content_type)
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
    response["Accept-Ranges"] = "bytes"
    response["Content-Disposition"] = disposition
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def replace_document(request: PersonRequest, id: UUID) -> HttpResponse:
    """Send another file in place of one's own that failed its check, wherever that is used."""
    at = clock.now()
    document = get_object_or_404(Document.objects.defer("text"), id=id, owner=request.user)
    until = documents.replace_by(document)
    if until is None:
        messages.info(request, f"“{document.name}” does not need to be replaced.")
        return redirect("home")
    form = ReplaceForm(request.POST or None, request.FILES or None) if at <= until else None
    if request.method == "POST" and form is not None and form.is_valid():
        with show_refusal(form, "file"):
            replacement = documents.replace(document, form.cleaned_data["file"], actor=request.user, at=at)
            messages.success(request, f"“{replacement.name}” is sent. We are checking it now. It usually takes less than a minute.")
            return redirect("home")
    context = {"document": document, "form": form, "until": until}
    return render(request, "people/replace_document.html", context, status=422 if form is not None and form.errors else 200)


# Questions to the program


@public
@require_http_methods(["GET", "HEAD", "POST"])
@once
def contact(request: HttpRequest) -> HttpResponse:
    """Take a question to the program from anyone; `topic` in the address chooses what it is about."""
    asker = request.user if isinstance(request.user, User) else None
    topic = request.GET.get("topic", "")
    form = ContactForm(request.POST or None, asker=asker, initial={"topic": topic if topic in Topic.values else ""})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        email = asker.email if asker else data["email"]
        if not ratelimit.consume(request, action="contact", key=email.lower()):
            form.add_error(None, TOO_OFTEN)
            return render(request, "people/contact.html", {"form": form}, status=429)
        name = asker.name if asker else data["name"]
        actions.ask(name=name, email=email, topic=Topic(data["topic"]), text=data["text"], actor=asker, at=clock.now())
        return redirect("people:contact_sent")
    return render(request, "people/contact.html", {"form": form}, status=422 if form.is_bound else 200)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@fresh_to_send
def download(request: PersonRequest) -> HttpResponse:
    """Show where the file with everything about a person stands; on POST, have it made."""
    at = clock.now()
    if request.method == "POST":
        row = data_export.ask(request.user, at=at)
        if row.state == DownloadState.READY:
            messages.info(request, "This is the file that you asked for today. It is ready.")
        else:
            messages.success(request, "We are making your file. We will email you when it is ready.")
        return redirect("people:download")
    newest = data_export.get_newest(request.user)
    may_ask = newest is None or newest.state == DownloadState.GONE or newest.asked_at <= at - data_export.AGAIN
    return render(request, "people/download.html", {"download": newest, "may_ask": may_ask})


@signed_in
@require_safe
@fresh
def download_file(request: PersonRequest, id: UUID) -> FileResponse:
    """Give a person the file about themselves; no one else, staff included."""
    row = get_object_or_404(Download, id=id, person=request.user, state=DownloadState.READY, gone_on__gte=day_of(clock.now()))
    name = f"lssc-{timezone.localdate(row.asked_at)}.zip"
    return FileResponse(default_storage.open(row.stored), as_attachment=True, filename=name, content_type="application/zip")


@public
@require_safe
def contact_sent(request: HttpRequest) -> HttpResponse:
    """Say that the question is there, and what comes next."""
    return render(request, "people/contact_sent.html")


@allowed(permissions.can_see_office)
@require_safe
def inquiry(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show one question, with who asked it and what else they asked."""
    return _inquiry(request, _asked(request, id))


@allowed(permissions.is_staff)
@require_POST
def answer(request: PersonRequest, id: UUID) -> HttpResponse:
    """Answer a question by email."""
    row = _asked(request, id)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _inquiry(request, row, answering=form)
    with show_refusal(request):
        actions.answer_inquiry(row.id, text=form.cleaned_data["answer"], actor=request.user, at=clock.now())
        messages.success(request, f"We will send your answer to {row.name} by email.")
        return redirect("office")
    return redirect("people:inquiry", row.id)


@allowed(permissions.is_staff)
@require_POST
def close(request: PersonRequest, id: UUID) -> HttpResponse:
    """Take a question off the list without an answer."""
    row = _asked(request, id)
    form = CloseForm(request.POST)
    if not form.is_valid():
        return _inquiry(request, row, closing=form)
    with show_refusal(request):
        actions.close_inquiry(row.id, reason=form.cleaned_data["reason"], actor=request.user, at=clock.now())
        messages.success(request, f"The question from {row.name} is closed. No email was sent.")
        return redirect("office")
    return redirect("people:inquiry", row.id)


def _asked(request: PersonRequest, id: UUID) -> Inquiry:
    """A question that the reader did not ask themselves."""
    return get_object_or_404(Inquiry.objects.select_related("person", "ended_by").exclude(person=request.user), id=id)


def _inquiry(
    request: PersonRequest, row: Inquiry, *, answering: AnswerForm | None = None, closing: CloseForm | None = None
) -> HttpResponse:
    wrong = answering or closing
    context = {
        "inquiry": row,
        "form": wrong,
        "answering": answering or AnswerForm(),
        "closing": closing or CloseForm(),
        "can_end": row.state == InquiryState.WAITING and permissions.is_staff(request.user),
        "account": row.person or queries.get_person_by_email(row.email),
        "others": [other for other in queries.list_inquiries_of(row.email) if other.id != row.id and other.person_id != request.user.pk],
    }
    if wrong and not context["can_end"]:
        return too_late(request, row, "people:inquiry")
    return render(request, "people/inquiry.html", context, status=422 if wrong else 200)


# How someone signs in, and what happened to it


@signed_in
@require_safe
def security_page(request: PersonRequest) -> HttpResponse:
    """Show a person their own sign-ins and what was changed in how they sign in."""
    return render(request, "people/security.html", {"lines": security.list_lines(request.user, reader=request.user)})


@public
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: HttpRequest, token: str) -> HttpResponse:
    """Undo a change of an account by the link in an email; a GET changes nothing. It leads to a new password."""
    at = clock.now()
    try:
        change = security.read(token, at=at)
        if request.method == "POST":
            person = security.undo(token, at=at)
            key = default_token_generator.make_token(person)
            auth.logout(request)
            return redirect("account_reset_password_from_key", uidb36=user_pk_to_url_str(person), key=key)
    except (security.LinkOver, LinkExpired):
        return render(request, "people/undo_over.html", status=410)
    return render(request, "people/undo.html", {"change": change})


@allowed(permissions.can_see_office)
@require_safe
def person_security(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show staff someone's sign-ins and what was changed in how they sign in."""
    person = get_object_or_404(User, public_id=id)
    may_lock = permissions.is_staff(request.user) and person != request.user
    return render(request, "people/person_security.html", {"who": person, "lines": security.list_lines(person), "may_lock": may_lock})


@allowed(permissions.is_staff)
@require_http_methods(["GET", "HEAD", "POST"])
@fresh
def lock(request: PersonRequest, id: UUID) -> HttpResponse:
    """Say what it means to lock an account; on POST, do it with a reason."""
    return _lock(request, id, actions.lock_account, "The account is locked. Everyone who used it is signed out.", locks=True)


@allowed(permissions.is_staff)
@require_http_methods(["GET", "HEAD", "POST"])
@fresh
def reopen(request: PersonRequest, id: UUID) -> HttpResponse:
    """Say what it means to open an account again; on POST, do it with a reason."""
    return _lock(request, id, actions.reopen_account, "The account is unlocked. The person gets an email.", locks=False)


def _lock(request: PersonRequest, id: UUID, act: Callable[..., None], message: str, *, locks: bool) -> HttpResponse:
    person = get_object_or_404(User.objects.exclude(pk=request.user.pk), public_id=id)
    form = RoleForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with show_refusal(form):
            act(person, reason=form.cleaned_data["reason"], actor=request.user, at=clock.now())
            messages.success(request, message)
            return redirect("people:person_security", person.public_id)
    return render(request, "people/lock.html", {"who": person, "locks": locks, "form": form}, status=422 if form.errors else 200)


# Roles that staff give by name


@allowed(permissions.is_staff)
@require_http_methods(["GET", "HEAD", "POST"])
@fresh
def give_role(request: PersonRequest, id: UUID, role: str) -> HttpResponse:
    """Say what a role lets someone do; on POST, give it with a reason."""
    return _role(request, id, role, actions.appoint, "The role is given. The person gets an email.", gives=True)


@allowed(permissions.is_staff)
@require_http_methods(["GET", "HEAD", "POST"])
@fresh
def take_role(request: PersonRequest, id: UUID, role: str) -> HttpResponse:
    """Say what ends with a role; on POST, end it with a reason."""
    return _role(request, id, role, actions.retire, "The role has ended. The person gets an email and is signed out.", gives=False)


def _role(request: PersonRequest, id: UUID, name: str, act: Callable[..., None], message: str, *, gives: bool) -> HttpResponse:
    person = get_object_or_404(User, public_id=id)
    role = next((choice for choice in APPOINTED if choice == name), None)
    if role is None or person == request.user:
        raise Http404
    form = RoleForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with show_refusal(form):
            act(person, role, reason=form.cleaned_data["reason"], actor=request.user, at=clock.now())
            messages.success(request, message)
            return redirect("person", person.public_id)
    context = {"who": person, "role": role, "means": MEANS[role], "gives": gives, "form": form}
    return render(request, "people/role.html", context, status=422 if form.errors else 200)
