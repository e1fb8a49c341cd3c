"""The candidate's pages for sending and for what was sent: the last check, the sealed text, and whether its seal holds."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from billing import queries as charges
from ledger import clock
from people.decisions import show_refusal
from people.guards import PersonRequest, signed_in
from portfolios import actions, policy, queries
from portfolios.actions.submissions import list_missing
from portfolios.models import Portfolio
from portfolios.queries import evidence_previews, seals
from portfolios.states import PreReviewState, State
from portfolios.views.drafts import own
from programs import policy as dates


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def send(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show the whole portfolio once more, seal it, and go to the payment."""
    row = own(request, id)
    reading = row.pre_reviews.filter(state=PreReviewState.SHARED).first() if row.state == State.DRAFT else None
    if request.method == "POST":
        with show_refusal(request):
            charge = actions.send(row, actor=request.user, at=clock.now())
            if reading:
                messages.info(request, "Staff no longer see your draft, so they will not send comments.")
            messages.success(request, "Your portfolio is sealed. When the fee is paid, we will look for two evaluators.")
            return redirect("billing:charge", charge.id)
        return redirect("portfolios:portfolio", id=row.id)
    if row.state != State.DRAFT:
        return redirect("portfolios:portfolio", id=row.id)
    fee = charges.get_fee("portfolio", on=dates.today(clock.now()))
    responses = queries.list_responses(row)
    context = {
        "portfolio": row,
        "responses": responses,
        "bare": [response.competency.number for response in responses if not response.pieces],
        "evidence": evidence_previews.list_pieces(row, viewer=request.user),
        "missing": list_missing(row),
        "reading": reading,
        "words": policy.count_words(row.statement),
        "fee": fee.member_cents if row.candidacy.application.is_member else fee.standard_cents,
    }
    return render(request, "portfolios/send.html", context)


@signed_in
@require_safe
def sealed(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show what was sent, as it was sealed, with the seal's fingerprint."""
    row = own(request, id)
    snapshots = queries.list_snapshots(row)
    if not snapshots:
        return redirect("portfolios:portfolio", id=row.id)
    seals = [{"seal": snapshot, "intact": queries.is_intact(snapshot), "groups": policy.groups(snapshot.sha256)} for snapshot in snapshots]
    context = {
        "portfolio": row,
        "seals": seals,
        "statement": snapshots[0].content["statement"],
        "rows": queries.read_sealed(row, viewer=request.user),
    }
    return render(request, "portfolios/sealed.html", context)


@signed_in
@require_safe
def sealed_text(request: PersonRequest, id: UUID, round: int) -> HttpResponse:
    """What was sealed, letter by letter: the SHA-256 of this very file is the fingerprint."""
    row = own(request, id)
    seal = next((snapshot for snapshot in queries.list_snapshots(row) if snapshot.round == round), None)
    if seal is None:
        raise Http404
    response = HttpResponse(policy.canonical(seal.content), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{row.set.code}-portfolio-{"sent" if round == 1 else "added"}.json"'
    response["Cache-Control"] = "private, no-store"
    return response


@signed_in
@require_safe
def check_seal(request: PersonRequest, id: UUID) -> HttpResponse:
    """Compute the seals again, files included, and show what holds: to the candidate, and to the office."""
    rows = Portfolio.objects.visible_to(request.user).select_related("set", "candidacy__person")
    row = get_object_or_404(rows, id=id)
    checks = [(check, policy.groups(check.sha256)) for check in seals.check_portfolio(row)]
    if not checks:
        raise Http404
    mine = row.candidacy.person_id == request.user.pk
    return render(request, "portfolios/check_seal.html", {"portfolio": row, "checks": checks, "mine": mine})
