"""A person closes their own account: what is still open is asked of every app."""

from django.contrib import auth
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from appeals import queries as appeals
from appeals.states import OPEN as APPEAL_OPEN
from billing import queries as billing
from billing.states import ChargeState
from candidates import queries as candidates
from candidates.states import LIVE as APPLICATION_LIVE
from candidates.states import CandidacyState
from certificates import queries as certificates
from certificates.states import CertificateState
from courses.queries import completions as courses
from courses.states import OPEN as CLAIM_OPEN
from ledger import clock
from people import actions
from people.decisions import show_refusal
from people.forms import CloseAccountForm
from people.guards import PersonRequest, fresh, signed_in
from people.models import User
from portfolios import queries as portfolios
from portfolios.states import State
from renewals import queries as renewals
from renewals.states import OPEN as RENEWAL_OPEN
from renewals.states import UNDECIDED


def list_open(person: User) -> list[str]:
    """What someone leaves unfinished when the account is closed, in words. A fixed number of queries."""
    over = {State.ACHIEVED, State.NOT_ACHIEVED, State.WITHDRAWN}
    application = (row for row in candidates.list_applications(person) if row.state in APPLICATION_LIVE)
    candidacy = (row for row in candidates.list_candidacies(person) if row.state == CandidacyState.ACTIVE)
    attempts = (row for row in portfolios.list_attempts(person) if row.state not in over)
    claims = (row for row in courses.list_claims_of(person) if row.state in CLAIM_OPEN)
    charges = (row for row in billing.list_charges(person) if row.state == ChargeState.OPEN)
    valid = (row for row in certificates.list_certificates(person) if row.state == CertificateState.ISSUED)
    return [
        *(f"Application: {row.get_state_display().lower()}" for row in application),
        *("Your candidacy, with the sets that you earned" for _ in candidacy),
        *(f"Portfolio for {row.set.name}: {row.get_state_display().lower()}" for row in attempts),
        *(f"Course “{row.offering.title}”: {row.get_state_display().lower()}" for row in claims),
        *(f"{row.description}: to pay" for row in charges),
        *(f"Certificate {row.number}: you can’t renew it without an account" for row in valid),
        *("Your renewal" for row in renewals.list_renewals(person) if row.state in (*RENEWAL_OPEN, *UNDECIDED)),
        *("Your appeal" for row in appeals.list_appeals(person) if row.state in APPEAL_OPEN),
    ]


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@fresh
def close_account(request: PersonRequest) -> HttpResponse:
    """Say what is still open and what closing means; on POST, close the account."""
    form = CloseAccountForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with show_refusal(form):
            actions.close_account(request.user, reason=form.cleaned_data["reason"], at=clock.now())
            auth.logout(request)
            return render(request, "account/closed.html")
    context = {"open": list_open(request.user), "form": form}
    return render(request, "lssc/close_account.html", context, status=422 if form.errors else 200)
