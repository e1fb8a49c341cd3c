"""A person's own pages: the certificate, the place in the directory, and letters to employers."""

from uuid import UUID

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from candidates import queries as candidates
from certificates import actions, policy, queries
from certificates.forms import LetterForm, ListingForm
from certificates.models import Certificate, EmployerLetter
from certificates.states import CertificateState
from certificates.views.disclosures import shown
from ledger import clock
from ledger.form_tokens import once
from people.decisions import show_refusal
from people.guards import PersonRequest, signed_in
from programs import policy as dates
from programs import queries as programs
from programs.policy import Remedy

STANDS = (policy.Status.ACTIVE, policy.Status.PROVISIONAL)
NOT_SHOWN = {
    CertificateState.SUSPENDED: "This certificate is suspended, so its PDF can’t be downloaded now. Here is the reason.",
    CertificateState.REVOKED: "This certificate was revoked, so its PDF can no longer be downloaded. Here is the reason.",
    CertificateState.SUPERSEDED: "This certificate was issued again with a new number. Download the new one here.",
}


@signed_in
@require_safe
def mine(request: PersonRequest) -> HttpResponse:
    """Show a person their certificates, or what is still missing and the button to ask."""
    rows = queries.list_certificates(request.user)
    candidacy = candidates.get_candidacy(request.user)
    waits = candidacy is not None and not any(row.candidacy_id == candidacy.pk for row in rows)
    plan = candidates.get_plan(candidacy) if candidacy is not None and waits else []
    until = queries.plan_expiry(candidacy) if candidacy is not None and candidacy.completed_on else None
    context = {
        "certificates": [shown(row) | {"remedy": _remedy(row)} for row in rows],
        "candidacy": candidacy,
        "can_ask": waits and candidacy is not None and candidacy.completed_on is not None,
        "sets_total": len(plan),
        "sets_done": sum(1 for slot in plan if slot.achieved),
        "until": until,
        "over": until is not None and until < dates.today(clock.now()),
        "listing": queries.get_listing(request.user),
    }
    return render(request, "certificates/mine.html", context)


def _remedy(row: Certificate) -> Remedy | None:
    """What can be done against a suspension or a revocation, or nothing."""
    if row.state not in (CertificateState.SUSPENDED, CertificateState.REVOKED) or row.decided_on is None:
        return None
    return programs.find_remedy(row.person, kind="certificate", reference=row.id, decided_on=row.decided_on, at=clock.now())


@signed_in
@require_POST
def ask(request: PersonRequest) -> HttpResponse:
    """Ask for the certificate."""
    candidacy = candidates.get_candidacy(request.user)
    if candidacy is None:
        raise Http404
    with show_refusal(request):
        actions.ask(candidacy, actor=request.user, at=clock.now())
        messages.success(request, "Our staff have your request. We will email you when the certificate is ready.")
    return redirect("certificates:mine")


@signed_in
@require_safe
def pdf(request: PersonRequest, id: UUID) -> HttpResponseBase:
    """Hand out the PDF to the office, and to the person while nothing is decided against it."""
    row = get_object_or_404(Certificate.objects.visible_to(request.user).select_related("rendering"), id=id)
    if row.person_id == request.user.pk and row.state in NOT_SHOWN:
        messages.error(request, NOT_SHOWN[CertificateState(row.state)])
        return redirect("certificates:mine")
    if row.rendering is None:
        raise Http404
    try:
        content = default_storage.open(row.rendering.stored)
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(content, as_attachment=True, filename=f"{row.number}.pdf", content_type="application/pdf")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: PersonRequest) -> HttpResponse:
    """Say what the directory shows, and let the holder enter it, change the state, or leave."""
    listing = queries.get_listing(request.user)
    form = ListingForm(request.POST if request.method == "POST" else None, initial={"place": listing.place if listing else ""})
    if request.method == "POST" and "leave" in request.POST:
        actions.leave_directory(request.user, at=clock.now())
        messages.success(request, "You left the directory. You are no longer listed.")
        return redirect("certificates:mine")
    if request.method == "POST" and form.is_valid():
        with show_refusal(request):
            actions.join_directory(request.user, place=form.cleaned_data["place"], at=clock.now())
            messages.success(request, "You are listed in the directory. You can leave it at any time.")
        return redirect("certificates:mine")
    stands = any(certificate["status"] in STANDS for certificate in map(shown, queries.list_certificates(request.user)))
    return render(request, "certificates/listing.html", {"form": form, "listing": listing, "stands": stands})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@once
def letter(request: PersonRequest, id: UUID) -> HttpResponse:
    """Ask for a letter to an employer, and show those that were asked for."""
    row = get_object_or_404(Certificate.objects.filter(person=request.user).select_related("person", "terms", "rendering"), id=id)
    form = LetterForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with show_refusal(request):
            actions.ask_letter(row, addressee=form.cleaned_data["addressee"], actor=request.user, at=clock.now())
            messages.success(request, "Your letter is being prepared. We will email you when it is ready, in a minute or so.")
        return redirect("certificates:letter", id=id)
    context = {**shown(row), "form": form, "letters": queries.list_letters(row), "stands": shown(row)["status"] in STANDS}
    return render(request, "certificates/letter.html", context)


@signed_in
@require_safe
def letter_pdf(request: PersonRequest, id: UUID) -> HttpResponseBase:
    """Hand out a letter to the holder who asked for it."""
    row = get_object_or_404(EmployerLetter.objects.filter(certificate__person=request.user).exclude(stored=""), id=id)
    try:
        content = default_storage.open(row.stored)
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(content, as_attachment=True, filename="letter-to-employer.pdf", content_type="application/pdf")
