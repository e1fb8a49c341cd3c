"""Money of an institution that did not come after all: a counter-entry takes it from where it lies, and the invoice asks for it again.

Locks are taken in the order payer, invoice, charges, order lines, payments.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from billing import notices, policy, queries
from billing.actions.invoice_payments import lock_invoice, lock_payer
from billing.actions.orders import check_not_own
from billing.actions.refunds import add_credit
from billing.actions.settlement import facts_of
from billing.models import Charge, Credit, Invoice, InvoicePayment, Payment
from billing.states import CreditSource, InvoiceState, OrderLineState, PayerMethod, PaymentState
from ledger import actions as ledger
from ledger import transitions
from ledger.states import NotPossible

if TYPE_CHECKING:
    from people.models import User


def reverse_payment(payment: InvoicePayment, *, actor: "User", at: datetime, reason: str, version: str | None = None) -> InvoicePayment:
    """Reverse money for an invoice that bounced, or was recorded by mistake: what it had paid is open again, and the contact is told why.

    Whose fee it had paid stays what they are: the institution owes it, not they. Credit that was used for the invoice becomes credit again.
    Raises NotPossible where it was reversed already, where its money was spent as credit, and for one's own institution; Changed where
    the invoice is not as the reader of `version` saw it.
    """
    with transaction.atomic():
        payer = lock_payer(payment.invoice.order.payer_id)
        invoice = lock_invoice(payment.invoice_id)
        order = invoice.order
        check_not_own(order, actor)
        row = transitions.lock(InvoicePayment, payment.id, "bounce")
        row.invoice = invoice
        charges = {
            charge.pk: charge for charge in Charge.objects.select_for_update(of=("self",)).filter(order_lines__order=order).order_by("pk")
        }
        order_lines = list(order.order_lines.select_for_update(of=("self",)).order_by("position"))
        if any(order_line.charge_id and order_line.charge_id not in charges for order_line in order_lines):
            raise queries.Changed
        if version is not None and version != queries.get_invoice_version(invoice):
            raise queries.Changed
        plan = queries.plan_taking_back(row, order_lines)
        _check(plan, str(payer))
        shared_details = {"payer": str(payer), "number": invoice.number, "amount": policy.dollars(row.amount_cents)}
        about: dict[str, Any] = {"actor": actor, "at": at, "person": order.contact}
        details = {**shared_details, "method": row.get_method_display().lower(), "reference": row.number}
        transitions.transition(row, "bounce", **about, reason=reason, details=details)
        if plan.credit_cents:
            changed: dict[str, Any] = {"invoice": invoice, "payment": row, "on": queries.today(at), "at": at}
            Credit.objects.create(payer=payer, source=CreditSource.BOUNCED, cents=-plan.credit_cents, **changed)
            details = {**shared_details, "amount": policy.dollars(plan.credit_cents)}
            ledger.record("billing.credit.reduce", subject=payer, actor=actor, at=at, details=details)
        if row.method == PayerMethod.CREDIT:
            add_credit(payer, source=CreditSource.BOUNCED, cents=row.amount_cents, invoice=invoice, payment=row, at=at)
        for loss in plan.losses:
            _uncover(loss, charges, row, actor=actor, at=at)
        _reopen(invoice, actor=actor, at=at)
        credit = queries.get_credit(payer) if plan.credit_cents or row.method == PayerMethod.CREDIT else None
        notices.send_payment_reversed(row, reason=reason, credit=credit, at=at)
    return row


def _check(plan: queries.TakingBack, payer: str) -> None:
    if plan.missing_cents:
        raise NotPossible(
            f"{policy.dollars(plan.missing_cents)} of this money was used or paid out as credit of {payer}. Was it used for another "
            f"invoice? Take that payment back first. Was it paid out? Ask {payer} for it, record it here when it comes, then take this "
            "payment back."
        )
    if parted := next((loss.order_line for loss in plan.losses if loss.parted), None):
        raise NotPossible(
            f"A part of the fee of {parted.name} was already refunded as credit. Refund the rest, too. Then reverse this payment."
        )


def _uncover(loss: queries.Loss, charges: dict[Any, Charge], payment: InvoicePayment, *, actor: "User", at: datetime) -> None:
    """Take money off an order line. Where it had paid a fee, that is open again, and what is over stays on the order line."""
    order_line, invoice = loss.order_line, payment.invoice
    if order_line.state == OrderLineState.DUE:
        order_line.held_cents = loss.left
        order_line.save(update_fields=["held_cents"])
        return
    payer = str(invoice.order.payer)
    tells_person = order_line.charge_id is None or order_line.state == OrderLineState.USED
    charge = charges[order_line.charge_id] if order_line.charge_id else None
    about: dict[str, Any] = {"actor": actor, "at": at, "person": charge.person if charge else None}
    if charge is not None and order_line.state == OrderLineState.USED:
        details = {**facts_of(charge), "payer": payer, "invoice": invoice.number}
        paid = transitions.lock(Payment, order_line.payments.get(state=PaymentState.SUCCEEDED).id)
        transitions.transition(paid, "uncover", **about, details=details, received_cents=0, settled_at=None)
        transitions.transition(charge, "uncover", **about, details=details, settled_at=None)
    details = {"name": order_line.name, "invoice": invoice.number, "kind": order_line.get_kind_display()}
    transitions.transition(order_line, "uncover", **about, details=details, held_cents=loss.left, covered_at=None)
    if tells_person:
        notices.send_not_covered(order_line, payment, at=at)


def _reopen(invoice: Invoice, *, actor: "User", at: datetime) -> None:
    """Let an invoice ask again for what lies on no order line."""
    due = invoice.order.order_lines.filter(state=OrderLineState.DUE)
    invoice.balance_cents = sum(order_line.amount_cents - order_line.held_cents for order_line in due)
    if invoice.state == InvoiceState.PAID and invoice.balance_cents:
        contact = invoice.order.contact
        details = {"number": invoice.number, "payer": str(invoice.order.payer), "open": policy.dollars(invoice.balance_cents)}
        changes: dict[str, Any] = {"balance_cents": invoice.balance_cents}
        transitions.transition(invoice, "reopen", actor=actor, at=at, person=contact, details=details, **changes)
    else:
        invoice.save(update_fields=["balance_cents"])
