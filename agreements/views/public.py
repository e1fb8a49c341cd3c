"""The pages about agreements that everyone may read, and those of the graduate who claims by one."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from agreements import actions, policy, queries
from agreements.forms import GraduateClaimForm
from agreements.models import Agreement, GraduateClaim
from agreements.states import ClaimState, NotCovered
from ledger import clock
from ledger.public_changes import kept
from people import documents
from people.decisions import show_refusal
from people.fields import keep_files
from people.guards import PersonRequest, public, signed_in
from people.permissions import is_staff
from programs import policy as dates
from programs import queries as programs


@public
@require_safe
@kept("page")
def agreements(request: HttpRequest) -> HttpResponse:
    """List the colleges whose graduates need no further course or portfolio."""
    today = dates.today(clock.now())
    page = Paginator(queries.list_public(), queries.PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [(row, policy.standing(queries.get_days(row), on=today)) for row in page]
    return render(request, "agreements/agreements.html", {"page": page, "rows": rows})


@public
@require_safe
def agreement(request: HttpRequest, id: UUID) -> HttpResponse:
    """Show one agreement: what it covers, on which conditions, for whom; and where the reader stands with it."""
    agreement = get_object_or_404(Agreement.objects.public().select_related("college", "terms", "renews", "renewed_by"), id=id)
    at = clock.now()
    newer = getattr(agreement, "renewed_by", None)
    rows = queries.list_rows(agreement)
    context = {
        "agreement": agreement,
        "standing": policy.standing(queries.get_days(agreement), on=dates.today(at)),
        "covered": [row for row in rows if row.covered],
        "conditional": [row for row in rows if row.condition],
        "left": [row for row in rows if not row.covered and not row.condition],
        "window": queries.get_days(agreement).window,
        "newer": newer if newer and newer.signed_on else None,
        "reader": queries.get_claim_standing(request.user, agreement, at=at) if request.user.is_authenticated else queries.ClaimStanding(),
        "staff": is_staff(request.user),
    }
    return render(request, "agreements/agreement.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def claim(request: PersonRequest, id: UUID) -> HttpResponse:
    """Ask for the day of graduation and the final transcript; who can't send one reads why on the agreement's page."""
    agreement = get_object_or_404(Agreement.objects.public().select_related("college"), id=id)
    at = clock.now()
    standing = queries.get_claim_standing(request.user, agreement, at=at)
    if standing.basis is None:
        messages.error(request, "Apply first. As soon as you start your application, you can send your transcript here.")
        return redirect("agreements:agreement", id)
    if standing.blocked:
        if request.method == "POST":
            messages.error(request, standing.blocked)
        return redirect("agreements:agreement", id)
    judge = partial(queries.judge, agreement, person=request.user, at=at)
    form = GraduateClaimForm(request.POST, request.FILES, judge=judge) if request.method == "POST" else GraduateClaimForm(judge=judge)
    if request.method == "POST" and form.is_valid():
        graduated_on, upload = form.cleaned_data["graduated_on"], form.cleaned_data["transcript"]
        with show_refusal(request), show_refusal(form, "transcript", documents.Refused), show_refusal(form, "graduated_on", NotCovered):
            claim = actions.claim_as_graduate(request.user, agreement=agreement, graduated_on=graduated_on, upload=upload, at=at)
            messages.success(request, "We have your transcript. Staff will check it next, and we will email you when it is decided.")
            return redirect("agreements:claimed", claim.id)
        if not form.errors:
            return redirect("agreements:agreement", id)
    if form.is_bound:
        keep_files(form, request.user, at=at)
    context = {
        "agreement": agreement,
        "form": form,
        "window": queries.get_days(agreement).window,
        "covered": queries.list_covered(agreement),
        "posted": queries.was_posted(agreement, request.user.email),
    }
    return render(request, "agreements/claim.html", context)


def _own(request: PersonRequest, id: UUID) -> GraduateClaim:
    graduate_claim: GraduateClaim = get_object_or_404(
        GraduateClaim.objects.visible_to(request.user).select_related("agreement__college", "transcript"), id=id
    )
    return graduate_claim


@signed_in
@require_safe
def claimed(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show where a graduate's claim stands."""
    graduate_claim = _own(request, id)
    rows = queries.list_rows(graduate_claim.agreement)
    context = {
        "claim": graduate_claim,
        "covered": [row for row in rows if row.covered],
        "conditional": [row for row in rows if row.condition],
    }
    if graduate_claim.state == ClaimState.REFUSED and graduate_claim.decided_at:
        on = dates.today(graduate_claim.decided_at)
        context["remedy"] = programs.find_remedy(
            request.user, kind="graduation", reference=graduate_claim.id, decided_on=on, at=clock.now()
        )
    return render(request, "agreements/claimed.html", context)


@signed_in
@require_safe
def open_transcript(request: PersonRequest, id: UUID) -> HttpResponseBase:
    """Open one's own transcript, by a link that is made now."""
    return redirect(documents.link(_own(request, id).transcript, request.user))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: PersonRequest, id: UUID) -> HttpResponse:
    """Ask first, then take a claim back."""
    graduate_claim = _own(request, id)
    if request.method == "POST":
        with show_refusal(request):
            actions.withdraw_claim(graduate_claim, actor=request.user, at=clock.now())
            messages.success(request, "You withdrew it. You can send a transcript again at any time.")
        return redirect("agreements:claimed", id)
    if graduate_claim.state != ClaimState.CLAIMED:
        return redirect("agreements:claimed", id)
    return render(request, "agreements/withdraw_claim.html", {"claim": graduate_claim})
