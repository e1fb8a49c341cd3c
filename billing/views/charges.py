"""What staff do about one person's money: record a check, refund, send a refund by check."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from billing import actions, permissions, policy, queries
from billing.forms import CheckForm, RefundForm, SentCheckForm
from billing.models import Charge, Refund
from billing.states import ChargeState, PaymentState
from ledger import clock
from ledger.form_tokens import once
from ledger.transitions import is_own
from people.decisions import show_refusal, too_late
from people.guards import PersonRequest, allowed


@allowed(permissions.can_decide)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def record_check(request: PersonRequest, id: UUID) -> HttpResponse:
    """Record a check that one person sent for one charge."""
    charge = get_object_or_404(Charge.objects.select_related("person"), id=id)
    at = clock.now()
    dollars = policy.dollars(charge.amount_cents)
    form = CheckForm(request.POST or None, initial={"amount": dollars}, today=timezone.localdate(at))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        with show_refusal(form):
            payment = actions.record_check(
                charge, number=data["number"], received_on=data["received_on"], cents=data["amount"], actor=request.user, at=at
            )
            if payment.state == PaymentState.DUPLICATE:
                messages.warning(request, "The fee was already paid. Refund the money by check. It is in your inbox.")
            else:
                messages.success(request, f"{charge.person} paid {dollars} by check. We will email the receipt.")
            return redirect("billing:charge", id=charge.id)
    return render(request, "billing/record_check.html", {"charge": charge, "form": form}, status=422 if form.errors else 200)


@allowed(permissions.can_decide)
@require_http_methods(["GET", "HEAD", "POST"])
def refund(request: PersonRequest, id: UUID) -> HttpResponse:
    """Give a paid fee back, in full or in part, with a reason."""
    charge = get_object_or_404(Charge.objects.select_related("person"), id=id)
    left_cents = charge.left_cents
    if charge.state != ChargeState.SETTLED:
        messages.error(request, "Only a paid charge can be refunded, and only once.")
        return redirect("billing:charge", id=charge.id)
    if is_own(charge, request.user):
        messages.error(request, charge.STATES.own)
        return redirect("billing:charge", id=charge.id)
    form = RefundForm(request.POST or None, initial={"amount": policy.dollars(left_cents)})
    if request.method == "POST" and form.is_valid():
        cents, version = form.cleaned_data["amount"], request.POST.get("version", "")
        with show_refusal(form, "amount"), show_refusal(form, None, queries.Changed):
            actions.refund(charge, cents=cents, reason=form.cleaned_data["reason"], actor=request.user, at=clock.now(), version=version)
            messages.success(request, f"{policy.dollars(cents)} will be refunded. We will email them when it is on its way.")
            return redirect("billing:charge", id=charge.id)
        charge.refresh_from_db()
        left_cents = charge.left_cents
    payment = charge.payments.select_related("order_line__order__payer").get(settled_at__isnull=False)
    context = {"charge": charge, "form": form, "left": left_cents, "payment": payment, "version": queries.get_charge_version(charge)}
    return render(request, "billing/refund.html", context, status=422 if form.errors else 200)


@allowed(permissions.can_decide)
@require_POST
def send_check(request: PersonRequest, id: UUID) -> HttpResponse:
    """Record that a refund was sent by check."""
    row = get_object_or_404(Refund.objects.select_related("payment__charge__person"), id=id)
    charge = row.payment.charge
    at = clock.now()
    if not row.STATES.allows(row.state, "send_check"):
        return too_late(request, row, "billing:charge", charge.id)
    form = SentCheckForm(request.POST, today=timezone.localdate(at))
    if form.is_valid():
        with show_refusal(request):
            sent = {name: form.cleaned_data[name] for name in ("number", "sent_on")}
            actions.send_check(row, **sent, actor=request.user, at=at, version=request.POST.get("version", ""))
            messages.success(request, "The refund is done. We emailed the person.")
        return redirect("billing:charge", id=charge.id)
    context = {"charge": charge, "refund": row, "form": form, "version": queries.get_charge_version(charge)}
    return render(request, "billing/send_check.html", context, status=422)
