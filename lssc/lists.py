"""The lists of staff that grow, as files: which rows, and which columns of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from billing import queries as billing
from billing.states import Method, OrderState, RefundMethod, RefundState
from certificates import queries as certificates
from certificates.states import CertificateState
from people import queries as people
from people.spreadsheets import Dollars, Instant, label


@dataclass(frozen=True, kw_only=True)
class StaffList:
    """One list: what it is called in its address and in the audit, the rows that someone may see, and its columns by their titles."""

    code: str
    title: str
    rows: Callable[[Any], QuerySet[Any]]
    columns: dict[str, Any]


LISTS = {
    staff_list.code: staff_list
    for staff_list in (
        StaffList(
            code="people",
            title="People",
            rows=lambda reader: people.list_people(),
            columns={"Name": "name", "Email address": "email", "Account since": Instant("joined_at"), "Can sign in": "is_active"},
        ),
        StaffList(
            code="certificates",
            title="Issued certificates",
            rows=lambda reader: certificates.list_issued(),
            columns={
                "Number": "number",
                "Name": "printed_name",
                "Email address": "person__email",
                "Issued": Instant("issued_at"),
                "Valid from": "valid_from",
                "Valid through": "expires_on",
                "Status": label("state", CertificateState.choices),
            },
        ),
        StaffList(
            code="orders",
            title="Purchase orders",
            rows=billing.list_orders,
            columns={
                "Order": "number",
                "Institution": "payer__name",
                "Email address": "contact__email",
                "Entered": Instant("started_at"),
                "Status": label("state", OrderState.choices),
                "People": "people",
                "Invoice dated": "invoice__dated_on",
                "Due": "invoice__due_on",
                "Invoice amount (USD)": Dollars("invoice__amount_cents"),
                "Balance (USD)": Dollars("invoice__balance_cents"),
            },
        ),
        StaffList(
            code="payments",
            title="Payments",
            rows=lambda reader: billing.list_settled_payments(),
            columns={
                "Fee": "charge__description",
                "Name": "charge__person__name",
                "Email address": "charge__person__email",
                "Paid by": label("method", Method.choices),
                "Check number": "number",
                "Settled": Instant("settled_at"),
                "Amount (USD)": Dollars("received_cents"),
                "Refunded (USD)": Dollars("charge__refunded_cents"),
            },
        ),
        StaffList(
            code="refunds",
            title="Refunds",
            rows=lambda reader: billing.list_refunds(),
            columns={
                "Fee": "payment__charge__description",
                "Name": "payment__charge__person__name",
                "Email address": "payment__charge__person__email",
                "Refunded by": label("method", RefundMethod.choices),
                "Status": label("state", RefundState.choices),
                "Asked": Instant("asked_at"),
                "Done": Instant("done_at"),
                "Amount (USD)": Dollars("amount_cents"),
            },
        ),
    )
}
