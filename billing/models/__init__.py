"""Fees, charges and payments; institutions, their orders, invoices and credit."""

from billing.models.charges import Charge, FeeAmount, Payment, Refund, StripeEvent
from billing.models.disputes import Discrepancy, Dispute, FraudWarning
from billing.models.orders import (
    Counter,
    Credit,
    CreditNote,
    Enrollment,
    Invoice,
    InvoicePayment,
    InvoiceTerms,
    OrderLine,
    Payer,
    PayerContact,
    PurchaseOrder,
)
from billing.models.outages import Outage

__all__ = [
    "Charge",
    "Counter",
    "Credit",
    "CreditNote",
    "Discrepancy",
    "Dispute",
    "Enrollment",
    "FeeAmount",
    "FraudWarning",
    "Invoice",
    "InvoicePayment",
    "InvoiceTerms",
    "OrderLine",
    "Outage",
    "Payer",
    "PayerContact",
    "Payment",
    "PurchaseOrder",
    "Refund",
    "StripeEvent",
]
