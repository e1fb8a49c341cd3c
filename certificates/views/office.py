"""The staff's pages: what waits to be issued, what was issued, and the decisions about one certificate."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from certificates import actions, permissions, queries
from certificates.forms import DropForm, NameForm, ReasonForm
from certificates.models import Certificate, Revocation
from certificates.notices import preview_ready
from certificates.states import CertificateState
from certificates.views.disclosures import shown
from ledger import clock, email_templates
from ledger.transitions import is_own
from people import typefaces
from people.decisions import show_refusal, too_late
from people.guards import PersonRequest, allowed
from people.pages import get_page
from people.templatetags.words import counted
from programs.policy import today

PREVIEW_LIMIT = 100


@allowed(permissions.can_see_waiting)
@require_safe
def waiting(request: PersonRequest) -> HttpResponse:
    """List what waits to be issued."""
    page = get_page(queries.list_asked(), request.GET, counted=True)
    return render(request, "certificates/waiting.html", {"page": page, "may_issue": permissions.can_issue(request.user)})


@allowed(permissions.can_issue)
@require_http_methods(["GET", "HEAD", "POST"])
def issue(request: PersonRequest) -> HttpResponse:
    """Show exactly what issuing the picked certificates will do; on POST, do it."""
    rows = _picked(request)
    if not rows:
        messages.error(request, "Select at least one certificate to issue.")
        return redirect("certificates:waiting")
    if request.method == "POST":
        outcome = actions.issue_all(rows, actor=request.user, at=clock.now())
        if outcome.issued:
            count = counted(len(outcome.issued), "certificate")
            messages.success(request, f"You issued {count}. Each PDF is being prepared, and then the person gets an email.")
        for row, why in outcome.refused:
            messages.error(request, f"{row.person}: {why}")
        return redirect("certificates:waiting")
    ready = [row for row in rows if permissions.can_decide(request.user, row)]
    context = {
        "rows": ready,
        "own": [row for row in rows if row not in ready],
        "emails": _emails(ready),
        "over": [row for row in ready if row.expires_on < today(clock.now())],
        "missing": [(row, letters) for row in ready if (letters := typefaces.find_missing(row.person.get_full_name()))],
    }
    return render(request, "certificates/issue.html", context)


@allowed(permissions.can_see_waiting)
@require_safe
def issued(request: PersonRequest) -> HttpResponse:
    """List what was issued, with a search by number or name."""
    search = request.GET.get("search", "")[:200].replace("\0", "")
    page = get_page(queries.list_issued(search=search), request.GET, counted=True)
    return render(request, "certificates/issued.html", {"page": page, "rows": [shown(row) for row in page], "search": search})


@allowed(permissions.can_see_waiting)
@require_safe
def certificate(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show staff one certificate, and what can be decided about it."""
    return _certificate_page(request, _seen(request, id))


@allowed(permissions.can_issue)
@require_POST
def suspend(request: PersonRequest, id: UUID) -> HttpResponse:
    """Suspend a certificate."""
    return _decide(request, id, actions.suspend, "The certificate is suspended. The person gets an email.")


@allowed(permissions.can_issue)
@require_POST
def reinstate(request: PersonRequest, id: UUID) -> HttpResponse:
    """Lift a suspension."""
    return _decide(request, id, actions.reinstate, "The certificate is in effect again. The person gets an email.")


@allowed(permissions.can_issue)
@require_POST
def stand(request: PersonRequest, id: UUID) -> HttpResponse:
    """Decide again on a suspension that an appeal sent back: it stands."""
    return _decide(request, id, actions.stand, "The certificate stays suspended. The person gets an email.")


@allowed(permissions.can_issue)
@require_POST
def revoke(request: PersonRequest, id: UUID) -> HttpResponse:
    """Propose to revoke a certificate: a second person confirms."""
    message = "The revocation is proposed. Nothing has changed yet: another staff member will confirm or drop it."
    return _decide(request, id, actions.propose_revocation, message)


def _proposed(request: PersonRequest, id: UUID) -> Revocation:
    seen = Certificate.objects.visible_to(request.user)
    return get_object_or_404(Revocation.objects.filter(certificate__in=seen).select_related("certificate"), id=id)


@allowed(permissions.can_issue)
@require_POST
def confirm_revocation(request: PersonRequest, id: UUID) -> HttpResponse:
    """Confirm what someone else proposed: the certificate is revoked."""
    proposal = _proposed(request, id)
    with show_refusal(request):
        actions.confirm_revocation(proposal, actor=request.user, at=clock.now())
        messages.success(request, "The certificate is revoked. The person gets an email.")
    return redirect("certificates:certificate", id=proposal.certificate_id)


@allowed(permissions.can_issue)
@require_POST
def drop_revocation(request: PersonRequest, id: UUID) -> HttpResponse:
    """Drop a proposal to revoke."""
    proposal = _proposed(request, id)
    form = DropForm(request.POST)
    if not form.is_valid():
        return _certificate_page(request, _seen(request, proposal.certificate_id), drop_form=form)
    with show_refusal(request):
        actions.drop_revocation(proposal, reason=form.cleaned_data["drop_reason"], actor=request.user, at=clock.now())
        messages.success(request, "The proposal is dropped. The certificate stays as it is.")
    return redirect("certificates:certificate", id=proposal.certificate_id)


@allowed(permissions.can_issue)
@require_POST
def replace(request: PersonRequest, id: UUID) -> HttpResponse:
    """Issue the certificate again under another name."""
    row = _seen(request, id)
    form = NameForm(request.POST)
    if not form.is_valid():
        return _certificate_page(request, row, name_form=form)
    words = form.cleaned_data
    with show_refusal(request):
        new = actions.replace(row, name=words["name"], reason=words["reason_for_name"], actor=request.user, at=clock.now())
        messages.success(
            request, "The certificate is issued again with a new number. The PDF is being prepared, and then the person gets an email."
        )
        return redirect("certificates:certificate", id=new.id)
    return redirect("certificates:certificate", id=row.id)


def _emails(rows: list[Certificate]) -> list[email_templates.Words]:
    """The emails that go out, one of each kind."""
    kinds = {row.provisional: row for row in reversed(rows)}
    return [preview_ready(kinds[kind]) for kind in sorted(kinds)]


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
    request: PersonRequest,
    row: Certificate,
    *,
    reason_form: ReasonForm | None = None,
    name_form: NameForm | None = None,
    drop_form: DropForm | None = None,
) -> HttpResponse:
    form = reason_form or name_form or drop_form
    decides = permissions.can_decide(request.user, row)
    proposed = queries.get_proposed(row) if not is_own(row, request.user) else None
    sent_back = queries.find_sent_back(row, request.user) if queries.waits_again(row) else None
    decides = decides and not (sent_back and sent_back.why_not)
    context = {
        **shown(row),
        "replaced_by": getattr(row, "replaced_by", None),
        "past": queries.list_past_terms(row),
        "sent_back": sent_back,
        "decides": decides,
        "proposed": proposed,
        "second": decides and proposed is not None and proposed.proposed_by_id != request.user.pk,
        "missing": typefaces.find_missing(row.printed_name or row.person.get_full_name()),
        "own": permissions.can_issue(request.user) and is_own(row, request.user),
        "form": form,
        "reason_form": reason_form or ReasonForm(),
        "name_form": name_form or NameForm(initial={"name": row.printed_name}),
        "drop_form": drop_form or DropForm(),
    }
    stands = row.state in (CertificateState.ISSUED, CertificateState.SUSPENDED)
    offered = {reason_form: stands, name_form: row.state == CertificateState.ISSUED, drop_form: proposed is not None}
    if not all(decides and is_offered for form, is_offered in offered.items() if form):
        return too_late(request, row, "certificates:certificate", own=bool(context["own"]))
    return render(request, "certificates/certificate.html", context, status=422 if form is not None else 200)


def _decide(request: PersonRequest, id: UUID, action: Callable[..., object], message: str) -> HttpResponse:
    """Take the reason, make the decision, say what happened."""
    row = _seen(request, id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _certificate_page(request, row, reason_form=form)
    with show_refusal(request):
        action(row, reason=form.cleaned_data["reason"], actor=request.user, at=clock.now())
        messages.success(request, message)
    return redirect("certificates:certificate", id=row.id)
