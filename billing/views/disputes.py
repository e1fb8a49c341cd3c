"""What staff read and do about disputes, fraud warnings, and differences between Stripe and our books."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing import actions, permissions
from billing.forms import ReasonForm
from billing.models import Discrepancy, Dispute, FraudWarning
from billing.states import DiscrepancyState
from billing.views.payments import _decide
from ledger import clock
from people.decisions import show_refusal, too_late
from people.guards import PersonRequest, allowed
from people.permissions import can_see_office


@allowed(can_see_office)
@require_safe
def dispute(request: PersonRequest, id: UUID) -> HttpResponse:
    """Say what a bank wants, by when, and what that does to the fee."""
    row = get_object_or_404(Dispute.objects.select_related("payment__charge__person"), id=id)
    return render(
        request, "billing/dispute.html", {"dispute": row, "charge": row.payment.charge, "decides": permissions.can_decide(request.user)}
    )


@allowed(permissions.can_decide)
@require_POST
def dismiss_warning(request: PersonRequest, id: UUID) -> HttpResponse:
    """Close a fraud warning without a refund."""
    row = get_object_or_404(FraudWarning.objects.select_related("payment__charge__person"), id=id)
    return _decide(request, row, "dismiss", actions.dismiss_warning, "The warning is closed. The payment stays as it is.")


@allowed(permissions.can_decide)
@require_http_methods(["GET", "HEAD", "POST"])
def discrepancy(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show a difference, and close it when someone has looked at it."""
    row = get_object_or_404(Discrepancy.objects.select_related("payment__charge__person"), id=id)
    if request.method == "POST" and row.state != DiscrepancyState.OPEN:
        return too_late(request, row, "billing:discrepancy")
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with show_refusal(form):
            actions.close_discrepancy(row, reason=form.cleaned_data["reason"], actor=request.user, at=clock.now())
            messages.success(request, "The difference is closed. It comes back if it changes.")
            return redirect("billing:discrepancy", id=row.id)
    return render(request, "billing/discrepancy.html", {"row": row, "form": form}, status=422 if form.errors else 200)
