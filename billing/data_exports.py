"""What this app holds about a person: for their own file."""

from django.db.models import Q

from billing.models import Charge, Dispute, Enrollment, FraudWarning, OrderLine, PayerContact, Payment, PurchaseOrder, Refund
from people.data_export import ExportPart, dump, export
from people.models import User
from people.queries import find_confirmed_emails


@export("billing")
def gather(person: User) -> ExportPart:
    """Own fees, payments and refunds; the institutions one acts for, and the orders that one sent, without the people in them."""
    inner = ("session", "intent", "url", "next_look_at", "trouble")
    order_lines = OrderLine.objects.filter(
        Q(charge__person=person) | Q(person=person) | Q(person=None, email__in=find_confirmed_emails(person))
    )
    return ExportPart(
        "Money",
        {
            "fees": dump(Charge.objects.filter(person=person), without=("reference", "return_path")),
            "payments": dump(Payment.objects.filter(charge__person=person), "charge__description", without=inner),
            "refunds": dump(Refund.objects.filter(payment__charge__person=person), without=("stripe_id", "next_look_at", "trouble")),
            "disputes": dump(Dispute.objects.filter(payment__charge__person=person), without=("stripe_id",)),
            "fraud warnings": dump(FraudWarning.objects.filter(payment__charge__person=person), without=("stripe_id",)),
            "enrolled by an institution": dump(Enrollment.objects.filter(person=person)),
            "lines on an institution's order": dump(order_lines, "order__payer__name", without=("held_cents", "trouble")),
            "institutions you act for": dump(PayerContact.objects.filter(person=person), "payer__name"),
            "orders you sent": dump(PurchaseOrder.objects.filter(contact=person), "payer__name"),
        },
    )
