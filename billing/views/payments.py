"""The pages about money, and the webhook for Stripe's messages."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from billing import actions, gateway, permissions, policy, queries
from billing.forms import ReasonForm, RefundForm, SentCheckForm
from billing.models import Charge, FraudWarning, Payment, Refund
from billing.pdf import draw_receipt, how_paid, office
from billing.states import ChargeState, FraudWarningState, PaymentState, RefundMethod, RefundState
from ledger import clock
from ledger.transitions import is_own
from people.decisions import show_refusal, too_late
from people.guards import PersonRequest, allowed, public, signed_in
from people.pages import get_page

WEBHOOK_BYTES = 256 * 1024
LOOK_SECONDS = 3
LOOKS = 40
# Payments that settle nothing anymore, and whose refunds are shown all the same.
BACK = (PaymentState.LOST, PaymentState.RETURNED)


@signed_in
@require_safe
def list_charges(request: PersonRequest) -> HttpResponse:
    """Show what the person owes and paid."""
    page = get_page(queries.list_charges(request.user), request.GET)
    return render(request, "billing/list.html", {"page": page})


@signed_in
@require_safe
def charge(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show what is owed and why, take the person to the card page, and welcome them back."""
    row = get_object_or_404(Charge.objects.visible_to(request.user).select_related("person", "fee"), id=id)
    return _charge_page(request, row)


def _charge_page(request: PersonRequest, row: Charge, form: ReasonForm | None = None, status: int = 200) -> HttpResponse:
    """One page for every state. After the card page it looks again by itself, without a script, for two minutes."""
    payments = queries.list_payments(row)
    refunds = [refund for payment in payments for refund in payment.refunds.all()]
    back = request.GET.get("back", "")
    mine = permissions.can_pay(request.user, row)
    decides = permissions.can_decide(request.user) and not mine
    waiting = mine and back == "paid" and row.state == ChargeState.OPEN and any(p.state == PaymentState.STARTED for p in payments)
    looks = int(text) if (text := request.GET.get("look", "0")).isdecimal() and len(text) < 4 else 0
    failed = [refund for refund in refunds if refund.state == RefundState.FAILED]
    again: ReasonForm = form if isinstance(form, RefundForm) else RefundForm(initial={"amount": failed[0].amount} if failed else None)
    if failed and failed[0].currency != policy.CURRENCY:
        again = form or ReasonForm()
    context: dict[str, Any] = {
        "charge": row,
        "payments": payments,
        "mine": mine,
        "waiting": waiting,
        "patient": looks >= LOOKS,
        "cancelled": back == "cancelled" and row.state == ChargeState.OPEN,
        "paid": next((p for p in payments if p.settled_at), None),
        "refunds": [refund for p in payments if p.settled_at or p.state in BACK for refund in p.refunds.all()],
        "twice": [(p, refund) for p in payments if p.state == PaymentState.DUPLICATE for refund in p.refunds.all()],
        "held": [p for p in payments if p.state == PaymentState.HELD],
        "closed": [p for p in payments if p.state == PaymentState.CLOSED],
        "failed": failed,
        "to_send": [refund for refund in refunds if refund.state == RefundState.ASKED and refund.method == RefundMethod.CHECK],
        "disputes": [dispute for payment in payments for dispute in payment.disputes.all()],
        "warnings": list(FraudWarning.objects.filter(payment__charge=row, state=FraudWarningState.OPEN)) if decides else [],
        "version": queries.get_charge_version(row) if decides else "",
        "outage": queries.get_outage() if mine and row.state == ChargeState.OPEN else None,
        "covering": queries.get_covering(row) if row.state == ChargeState.OPEN else None,
        "decides": decides,
        "form": form or ReasonForm(),
        "again_form": again,
        "sent_form": SentCheckForm(today=timezone.localdate(clock.now())),
    }
    response = render(request, "billing/charge.html", context, status=status)
    if waiting and looks < LOOKS:
        response["Refresh"] = f"{LOOK_SECONDS}; url={request.path}?back=paid&look={looks + 1}"
    return response


@signed_in
@require_POST
def pay(request: PersonRequest, id: UUID) -> HttpResponse:
    """Send the person to Stripe's page."""
    row = get_object_or_404(Charge.objects.filter(person=request.user), id=id)
    with show_refusal(request):
        try:
            return redirect(actions.start_checkout(row, actor=request.user, at=clock.now()).url)
        except actions.AlreadyPaid as paid:
            messages.success(request, paid.message)
    return redirect("billing:charge", id=row.id)


@signed_in
@require_safe
def other_ways(request: PersonRequest, id: UUID) -> HttpResponse:
    """Say how to pay by check, or how an institution pays; a sheet to print and hand on. Nothing is changed."""
    row = get_object_or_404(Charge.objects.filter(person=request.user).select_related("fee", "person"), id=id)
    if row.state != ChargeState.OPEN:
        return redirect("billing:charge", id=row.id)
    return render(request, "billing/other_ways.html", {"charge": row, "covering": queries.get_covering(row), **office()})


@signed_in
@require_safe
def receipt(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show a receipt, ready to print."""
    row, payment = _settled(request, id)
    context = {"charge": row, "payment": payment, "how": how_paid(payment), "refunds": payment.refunds.order_by("asked_at")}
    return render(request, "billing/receipt.html", context)


@signed_in
@require_safe
def receipt_pdf(request: PersonRequest, id: UUID) -> HttpResponse:
    """Hand out a receipt as PDF, as things stand now."""
    row, payment = _settled(request, id)
    answer = HttpResponse(draw_receipt(row, payment), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="receipt-{row.receipt_number}.pdf"'
    return answer


def _settled(request: PersonRequest, id: UUID) -> tuple[Charge, Payment]:
    paid = Charge.objects.visible_to(request.user).filter(settled_at__isnull=False).select_related("person")
    row = get_object_or_404(paid, id=id)
    return row, row.payments.select_related("order_line__order__payer", "order_line__order__invoice").get(settled_at__isnull=False)


@allowed(permissions.can_decide)
@require_POST
def return_payment(request: PersonRequest, id: UUID) -> HttpResponse:
    """Give a payment that does not match back to the card."""
    payment = get_object_or_404(Payment.objects.select_related("charge__person"), id=id)
    return _decide(
        request,
        payment,
        "return_payment",
        actions.return_payment,
        "The money is being refunded to the card. We will email the person when it is done.",
    )


@allowed(permissions.can_decide)
@require_POST
def close(request: PersonRequest, id: UUID) -> HttpResponse:
    """Close a payment that does not match."""
    payment = get_object_or_404(Payment.objects.select_related("charge__person"), id=id)
    fee = "The fee is paid by another payment"
    if payment.charge.state == ChargeState.OPEN:
        fee = f"The fee of {policy.dollars(payment.charge.amount_cents)} is still due"
    return _decide(request, payment, "close", actions.close, f"The payment is closed. Nothing was refunded. {fee}.")


@allowed(permissions.can_decide)
@require_POST
def bounce(request: PersonRequest, id: UUID) -> HttpResponse:
    """Reverse a check that bounced, or was recorded by mistake."""
    payment = get_object_or_404(Payment.objects.select_related("charge__person"), id=id)
    return _decide(request, payment, "bounce", actions.bounce, "The check is reversed. The fee is due again, and we emailed the person.")


@allowed(permissions.can_decide)
@require_POST
def ask_again(request: PersonRequest, id: UUID) -> HttpResponse:
    """Try a failed refund once more."""
    refund = get_object_or_404(Refund.objects.select_related("payment__charge__person"), id=id)
    message = "We asked the card company again. We will email the person when the money is on its way."
    form = RefundForm(request.POST) if refund.currency == policy.CURRENCY else ReasonForm(request.POST)
    return _decide(request, refund, "ask_again", actions.ask_again, message, form=form)


@allowed(permissions.can_decide)
@require_POST
def close_refund(request: PersonRequest, id: UUID) -> HttpResponse:
    """Note that the money of a failed refund went back in another way."""
    refund = get_object_or_404(Refund.objects.select_related("payment__charge__person"), id=id)
    return _decide(request, refund, "close", actions.close_refund, "The refund is closed as done in another way.")


def _decide(
    request: PersonRequest,
    row: Payment | Refund | FraudWarning,
    verb: str,
    action: Callable[..., Any],
    message: str,
    form: ReasonForm | None = None,
) -> HttpResponse:
    """Take the reason, make the decision, say what happened. No one decides about their own money."""
    charge = row.charge if isinstance(row, Payment) else row.payment.charge
    form = form or ReasonForm(request.POST)
    if is_own(charge, request.user):
        messages.error(request, charge.STATES.own)
    elif not row.STATES.allows(row.state, verb):
        return too_late(request, row, "billing:charge", charge.id)
    elif not form.is_valid():
        return _charge_page(request, charge, form, status=422)
    else:
        decision: dict[str, Any] = {"reason": form.cleaned_data["reason"], "version": request.POST.get("version", "")}
        if "amount" in form.cleaned_data:
            decision["cents"] = form.cleaned_data["amount"]
        with show_refusal(form):
            action(row, actor=request.user, at=clock.now(), **decision)
            messages.success(request, message)
            return redirect("billing:charge", id=charge.id)
        charge.refresh_from_db()
        return _charge_page(request, charge, form, status=422)
    return redirect("billing:charge", id=charge.id)


@public
@csrf_exempt
@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    """Take a message from Stripe: 400 for what it did not sign, 200 for all else, so that it never gives up on us."""
    length = request.headers.get("Content-Length") or "0"
    if not length.isdecimal() or int(length) > WEBHOOK_BYTES:
        return HttpResponse("Too large.\n", status=413, content_type="text/plain")
    try:
        actions.receive_event(request.body, signature=request.headers.get("Stripe-Signature", ""), at=clock.now())
    except gateway.Forged:
        return HttpResponse("The signature does not hold.\n", status=400, content_type="text/plain")
    return HttpResponse("Thank you.\n", content_type="text/plain")
