"""Actions: charge, take payments, settle once, refund; purchase orders, invoices, credit; fees by date."""

from billing.actions.charges import cancel, charge, refund
from billing.actions.disputes import dismiss_warning, take_dispute, take_warning
from billing.actions.enrollments import enroll, unenroll
from billing.actions.fees import add_fee, add_terms, cancel_fee
from billing.actions.invoice_payments import pay_out, record_payment, use_credit
from billing.actions.invoices import credit_note, draw_credit_note, draw_invoice, invoice, remind
from billing.actions.order_lines import accept_order_line, claim, match, match_order_lines
from billing.actions.orders import (
    Details,
    add_contact,
    add_people,
    change_order,
    remove_person,
    send_back,
    send_order,
    start_order,
    withdraw_order,
)
from billing.actions.payments import (
    AlreadyPaid,
    BeingLookedInto,
    OnItsWay,
    bounce,
    close_checkout,
    look,
    look_again,
    record_check,
    settle,
    start_checkout,
)
from billing.actions.reconciliation import close_discrepancy, reconcile
from billing.actions.refunds import ask_again, close, close_refund, return_payment, run_refund, send_check
from billing.actions.reversals import reverse_payment
from billing.actions.stripe_events import handle_event, receive_event
from billing.actions.stripe_objects import take_charge, take_refund

__all__ = [
    "AlreadyPaid",
    "BeingLookedInto",
    "Details",
    "OnItsWay",
    "accept_order_line",
    "add_contact",
    "add_fee",
    "add_people",
    "add_terms",
    "ask_again",
    "bounce",
    "cancel",
    "cancel_fee",
    "change_order",
    "charge",
    "claim",
    "close",
    "close_checkout",
    "close_discrepancy",
    "close_refund",
    "credit_note",
    "dismiss_warning",
    "draw_credit_note",
    "draw_invoice",
    "enroll",
    "handle_event",
    "invoice",
    "look",
    "look_again",
    "match",
    "match_order_lines",
    "pay_out",
    "receive_event",
    "reconcile",
    "record_check",
    "record_payment",
    "refund",
    "remind",
    "remove_person",
    "return_payment",
    "reverse_payment",
    "run_refund",
    "send_back",
    "send_check",
    "send_order",
    "settle",
    "start_checkout",
    "start_order",
    "take_charge",
    "take_dispute",
    "take_refund",
    "take_warning",
    "unenroll",
    "use_credit",
    "withdraw_order",
]
