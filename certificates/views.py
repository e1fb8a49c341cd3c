"""The pages about certificates: a person's own, the staff's, and the public one that verifies."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from candidates import queries as candidates
from certificates import actions, permissions, policy, queries
from certificates.forms import DayForm, NameForm, NumberForm, ReasonForm, day_typed
from certificates.models import Certificate
from certificates.notices import preview_ready
from certificates.states import CertificateState
from ledger import clock
from ledger.states import NotPossible
from people.guards import PersonRequest, allowed, public, signed_in
from people.templatetags.words import counted
from programs.policy import today

PAGE = 25
PREVIEW_LIMIT = 100


@signed_in
@require_safe
def mine(request: PersonRequest) -> HttpResponse:
    """Show a person their certificates, or what is still missing and the button to ask."""
    rows = queries.list_certificates(request.user)
    candidacy = candidates.get_candidacy(request.user)
    waits = candidacy is not None and not any(row.candidacy_id == candidacy.pk for row in rows)
    plan = candidates.get_plan(candidacy) if candidacy is not None and waits else []
    context = {
        "certificates": [_shown(row) for row in rows],
        "candidacy": candidacy,
        "can_ask": waits and candidacy is not None and candidacy.completed_on is not None,
        "sets_total": len(plan),
        "sets_done": sum(1 for slot in plan if slot.achieved),
        "until": policy.expiry(candidacy.completed_on, months=candidacy.terms.certificate_months)
        if candidacy is not None and candidacy.completed_on
        else None,
    }
    return render(request, "certificates/mine.html", context)


@signed_in
@require_POST
def ask(request: PersonRequest) -> HttpResponse:
    """Ask for the certificate."""
    candidacy = candidates.get_candidacy(request.user)
    if candidacy is None:
        raise Http404
    try:
        actions.ask(candidacy, actor=request.user, at=clock.now())
        messages.success(request, "Your request is with our staff. You get a mail when the certificate is there.")
    except NotPossible as no:
        messages.error(request, no.message)
    return redirect("certificates:mine")


@signed_in
@require_safe
def pdf(request: PersonRequest, id: UUID) -> HttpResponseBase:
    """Hand out the PDF to the person and to the office."""
    row = get_object_or_404(Certificate.objects.visible_to(request.user).select_related("rendering"), id=id)
    if row.rendering is None:
        raise Http404
    try:
        content = default_storage.open(row.rendering.stored)
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(content, as_attachment=True, filename=f"{row.number}.pdf", content_type="application/pdf")


@allowed(permissions.can_see_waiting)
@require_safe
def waiting(request: PersonRequest) -> HttpResponse:
    """List what waits to be issued."""
    page = Paginator(queries.list_asked(), PAGE).get_page(request.GET.get("page"))
    return render(request, "certificates/waiting.html", {"page": page, "may_issue": permissions.can_issue(request.user)})


@allowed(permissions.can_issue)
@require_http_methods(["GET", "HEAD", "POST"])
def issue(request: PersonRequest) -> HttpResponse:
    """Show exactly what issuing the picked certificates will do; on POST, do it."""
    rows = _picked(request)
    if not rows:
        messages.error(request, "Pick at least one certificate that waits to be issued.")
        return redirect("certificates:waiting")
    if request.method == "POST":
        outcome = actions.issue_all(rows, actor=request.user, at=clock.now())
        if outcome.issued:
            done = counted(len(outcome.issued), "certificate")
            messages.success(request, f"You issued {done}. Each PDF is drawn now, and then its person gets a mail.")
        for row, why in outcome.refused:
            messages.error(request, f"{row.person}: {why}")
        return redirect("certificates:waiting")
    ready = [row for row in rows if permissions.can_decide(request.user, row)]
    context = {
        "rows": ready,
        "own": [row for row in rows if row not in ready],
        "letter": preview_ready(ready[0]) if ready else None,
    }
    return render(request, "certificates/issue.html", context)


@allowed(permissions.can_see_waiting)
@require_safe
def issued(request: PersonRequest) -> HttpResponse:
    """List what was issued, with a search by number or name."""
    search = request.GET.get("search", "")[:200].replace("\0", "")
    page = Paginator(queries.list_issued(search=search), PAGE).get_page(request.GET.get("page"))
    return render(request, "certificates/issued.html", {"page": page, "rows": [_shown(row) for row in page], "search": search})


@allowed(permissions.can_see_waiting)
@require_safe
def certificate(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show staff one certificate, and what can be decided about it."""
    return _certificate_page(request, _seen(request, id))


@allowed(permissions.can_issue)
@require_POST
def suspend(request: PersonRequest, id: UUID) -> HttpResponse:
    """Suspend a certificate."""
    return _decide(request, id, actions.suspend, "The certificate is suspended. The person gets a mail.")


@allowed(permissions.can_issue)
@require_POST
def reinstate(request: PersonRequest, id: UUID) -> HttpResponse:
    """Lift a suspension."""
    return _decide(request, id, actions.reinstate, "The certificate stands again. The person gets a mail.")


@allowed(permissions.can_issue)
@require_POST
def revoke(request: PersonRequest, id: UUID) -> HttpResponse:
    """Revoke a certificate."""
    return _decide(request, id, actions.revoke, "The certificate is revoked. The person gets a mail.")


@allowed(permissions.can_issue)
@require_POST
def replace(request: PersonRequest, id: UUID) -> HttpResponse:
    """Issue the certificate again under another name."""
    row = _seen(request, id)
    form = NameForm(request.POST)
    if not form.is_valid():
        return _certificate_page(request, row, name_form=form)
    words = form.cleaned_data
    try:
        new = actions.replace(row, name=words["name"], reason=words["reason_for_name"], actor=request.user, at=clock.now())
    except NotPossible as no:
        messages.error(request, no.message)
        return redirect("certificates:certificate", id=row.id)
    messages.success(request, "The certificate is issued again with a new number. The PDF is drawn now, and then the person gets a mail.")
    return redirect("certificates:certificate", id=new.id)


@public
@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """Take a number to check: a good one leads to its page, a mistyped one is told what is wrong."""
    form = NumberForm(request.GET if "number" in request.GET else None)
    if form.is_bound and form.is_valid():
        return redirect("certificates:number", number=str(form.cleaned_data["number"]))
    return _unlisted(render(request, "certificates/verify.html", {"form": form}))


@public
@require_safe
def number(request: HttpRequest, number: str) -> HttpResponse:
    """Say what a certificate is worth: name, number, dates and status, and nothing else. One query."""
    read = policy.check(number[:200])
    if isinstance(read, policy.Mistyped):
        form = NumberForm({"number": number[:200]})
        return _unlisted(render(request, "certificates/verify.html", {"form": form}, status=404))
    if str(read) != number:
        return redirect("certificates:number", number=str(read))
    at = clock.now()
    verified = queries.get_verified(read, on=today(at))
    if verified is None:
        context = {"number": read, "form": NumberForm(initial={"number": read})}
        return _unlisted(render(request, "certificates/unknown.html", context, status=404))
    day_form = DayForm(request.GET if "on_year" in request.GET else None)
    day = day_typed(day_form)
    context = {
        "verified": verified,
        "at": at,
        "form": day_form,
        "day": day,
        "was_valid": policy.was_valid_on(verified.facts, day) if day else None,
        "day_is_ahead": bool(day and day > today(at)),
        "number_form": NumberForm(),
    }
    return _unlisted(render(request, "certificates/number.html", context))


def _shown(row: Certificate) -> dict[str, Any]:
    """A certificate with what follows from its dates, for a page."""
    if row.state == CertificateState.ASKED:
        return {"certificate": row, "status": "", "rendering": None}
    facts = queries.get_facts(row)
    status = policy.status(facts, on=today(clock.now()))
    return {"certificate": row, "facts": facts, "status": status, "rendering": queries.get_rendering(row)}


def _picked(request: PersonRequest) -> list[Certificate]:
    """The certificates that were ticked and still wait, at most as many as one page previews."""
    values = request.POST if request.method == "POST" else request.GET
    ids = []
    for text in values.getlist("certificate")[:PREVIEW_LIMIT]:
        try:
            ids.append(UUID(text))
        except ValueError:
            continue
    return list(queries.list_asked().filter(id__in=ids))


def _seen(request: PersonRequest, id: UUID) -> Certificate:
    rows = Certificate.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("person", "terms", "rendering", "issued_by", "replaces", "replaced_by"), id=id)


def _certificate_page(
    request: PersonRequest, row: Certificate, *, reason_form: ReasonForm | None = None, name_form: NameForm | None = None
) -> HttpResponse:
    form = reason_form or name_form
    context = {
        **_shown(row),
        "replaced_by": getattr(row, "replaced_by", None),
        "decides": permissions.can_decide(request.user, row),
        "own": permissions.can_issue(request.user) and row.person_id == request.user.pk,
        "form": form,
        "reason_form": reason_form or ReasonForm(),
        "name_form": name_form or NameForm(initial={"name": row.printed_name}),
    }
    return render(request, "certificates/certificate.html", context, status=422 if form is not None else 200)


def _decide(request: PersonRequest, id: UUID, action: Callable[..., Certificate], done: str) -> HttpResponse:
    """Take the reason, make the decision, say what happened."""
    row = _seen(request, id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _certificate_page(request, row, reason_form=form)
    try:
        action(row, reason=form.cleaned_data["reason"], actor=request.user, at=clock.now())
        messages.success(request, done)
    except NotPossible as no:
        messages.error(request, no.message)
    return redirect("certificates:certificate", id=row.id)


def _unlisted(response: HttpResponse) -> HttpResponse:
    """Keep a page that names a person out of search engines and caches."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    add_never_cache_headers(response)
    return response
