"""Purchase orders: written by a payer contact or by staff, sent, sent back, withdrawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.files import File
from django.db import transaction
from django.db.models import Max, Q

from billing import notices, queries
from billing.actions.order_lines import claim_known
from billing.models import OrderLine, Payer, PayerContact, PurchaseOrder
from billing.states import FeeKind, OrderState
from ledger import actions as ledger
from ledger import transitions
from ledger.states import NotPossible
from people import actions as people
from people import documents, text
from people import queries as directory
from people.states import Role
from people.templatetags.words import counted

if TYPE_CHECKING:
    from people.models import User

MOST_PEOPLE = 200


@dataclass(frozen=True, kw_only=True)
class Details:
    """What an order says beside its people."""

    payer: str
    address: str
    number: str
    stated_cents: int


def start_order(
    details: Details, *, contact: "User", actor: "User", at: datetime, document: "File[Any] | documents.Kept | None" = None
) -> PurchaseOrder:
    """Start an order of the contact's institution, which is opened where it is new. Raises what `documents.keep` refuses."""
    with transaction.atomic():
        payer = _payer(details, contact=contact, actor=actor, at=at)
        order = PurchaseOrder.objects.create(
            payer=payer, contact=contact, number=details.number, stated_cents=details.stated_cents, started_at=at
        )
        _attach(order, document, actor=actor, at=at)
        ledger.record("billing.order.start", subject=order, actor=actor, at=at, person=contact, details=_facts(order))
        return order


def change_order(
    order: PurchaseOrder, details: Details, *, actor: "User", at: datetime, document: "File[Any] | documents.Kept | None" = None
) -> PurchaseOrder:
    """Change what a draft says beside its people. Raises NotPossible once it is sent, and what `documents.keep` refuses."""
    with transaction.atomic():
        row = _lock_draft(order)
        row.payer = _payer(details, contact=row.contact, actor=actor, at=at)
        row.number, row.stated_cents = details.number, details.stated_cents
        row.save(update_fields=["payer", "number", "stated_cents"])
        _attach(row, document, actor=actor, at=at)
        ledger.record("billing.order.change", subject=row, actor=actor, at=at, person=row.contact, details=_facts(row))
        return row


def _payer(details: Details, *, contact: "User", actor: "User", at: datetime) -> Payer:
    """The contact's institution of this name, with the address as it was typed last; a new one where there is none."""
    payer = Payer.objects.filter(contacts__person=contact, name__iexact=details.payer).order_by("created_at").first()
    if payer is not None:
        Payer.objects.filter(pk=payer.pk).update(name=details.payer, address=details.address)
        return payer
    payer = Payer.objects.create(name=details.payer, address=details.address, created_at=at)
    PayerContact.objects.create(payer=payer, person=contact, added_at=at)
    ledger.record("billing.payer.open", subject=payer, actor=actor, at=at, person=contact, details={"payer": payer.name})
    return payer


def _attach(order: PurchaseOrder, document: "File[Any] | documents.Kept | None", *, actor: "User", at: datetime) -> None:
    if document is not None:
        order.document = documents.keep(actor, document, kind="billing.order", at=at)
        order.save(update_fields=["document"])


def add_contact(payer: Payer, person: "User", *, actor: "User", at: datetime) -> None:
    """Let one more person act for an institution; adding them twice changes nothing."""
    with transaction.atomic():
        _, new = PayerContact.objects.get_or_create(payer=payer, person=person, defaults={"added_at": at})
        if new:
            people.give_role(person, Role.PAYER, actor=actor, at=at)
            ledger.record("billing.payer.contact", subject=payer, actor=actor, at=at, person=person, details={"payer": payer.name})


def add_people(
    order: PurchaseOrder, named: Sequence[tuple[str, str]], *, kind: str, member: bool, actor: "User", at: datetime
) -> list[OrderLine]:
    """Add people, each a name and an email address, with what is paid for each.

    Raises NotPossible once the order is sent, for more than 200 people, and for a second enrollment of one address.
    """
    with transaction.atomic():
        row = _lock_draft(order)
        listed = list(row.order_lines.values_list("email", "kind"))
        if len(listed) + len(named) > MOST_PEOPLE:
            raise NotPossible(f"An order can have {MOST_PEOPLE} people. Send a second order for the others.")
        position = row.order_lines.aggregate(last=Max("position"))["last"] or 0
        known = {email for email, of_kind in listed if of_kind == FeeKind.APPLICATION}
        order_lines = []
        for number, (name, typed) in enumerate(named, position + 1):
            email = text.clean_email(typed)
            if kind == FeeKind.APPLICATION and email in known:
                raise NotPossible(f"{email} is already on this order. Each person enrolls once.")
            known.add(email)
            order_lines.append(OrderLine(order=row, position=number, name=name, email=email, kind=kind, member=member))
        OrderLine.objects.bulk_create(order_lines)
        claim_known()
        details = {"number": row.number, "people": counted(len(order_lines), "person,people")}
        ledger.record("billing.order.add_people", subject=row, actor=actor, at=at, person=row.contact, details=details)
        return order_lines


def remove_person(order_line: OrderLine, *, actor: "User", at: datetime) -> None:
    """Take someone off a draft; taking off who is off changes nothing. Raises NotPossible once the order is sent."""
    with transaction.atomic():
        row = _lock_draft(order_line.order)
        if row.order_lines.filter(pk=order_line.pk).delete()[0]:
            details = {"number": row.number, "name": order_line.name}
            ledger.record("billing.order.remove_person", subject=row, actor=actor, at=at, person=row.contact, details=details)


def send_order(order: PurchaseOrder, *, actor: "User", at: datetime) -> PurchaseOrder:
    """Send an order to staff. Raises NotPossible without people, or with a kind of fee that no one has set."""
    with transaction.atomic():
        row = transitions.lock(PurchaseOrder, order.id, "send")
        places = queries.list_places(row, on=queries.today(at))
        if not places:
            raise NotPossible("Add at least one person. Then send the order.")
        if unpriced := next((place.order_line for place in places if not place.cents), None):
            raise NotPossible(
                f"The fee for {unpriced.get_kind_display().lower()} is not set yet. Take {unpriced.name} off, or write to us."
            )
        details = {**_facts(row), "people": counted(len(places), "person,people")}
        transitions.transition(row, "send", actor=actor, at=at, person=row.contact, details=details, sent_at=at, returned_reason="")
        people.give_role(row.contact, Role.PAYER, actor=None, at=at)
        notices.send_order_received(row, count=len(places), at=at)
        return row


def send_back(order: PurchaseOrder, *, actor: "User", at: datetime, reason: str) -> PurchaseOrder:
    """Give an order back to the payer contact to correct. Raises NotPossible unless it is with staff, and for one's own."""
    with transaction.atomic():
        row = transitions.lock(PurchaseOrder, order.id, "send_back")
        check_not_own(row, actor)
        transitions.transition(
            row, "send_back", actor=actor, at=at, person=row.contact, reason=reason, details=_facts(row), returned_reason=reason
        )
        notices.send_order_back(row, at=at)
        return row


def withdraw_order(order: PurchaseOrder, *, actor: "User", at: datetime) -> PurchaseOrder:
    """Give an order up before it is invoiced. Raises NotPossible afterward."""
    with transaction.atomic():
        row = transitions.lock(PurchaseOrder, order.id, "withdraw")
        transitions.transition(row, "withdraw", actor=actor, at=at, person=row.contact, details=_facts(row))
        return row


def check_not_own(order: PurchaseOrder, actor: "User") -> None:
    """Raise NotPossible where someone would decide about the money of their own institution, or about their own order line."""
    emails = {actor.email, *directory.list_confirmed_emails(actor)}
    if queries.is_contact(actor, order.payer) or order.order_lines.filter(Q(email__in=emails) | Q(person=actor.pk)).exists():
        raise NotPossible("You are part of this order. Another staff member must decide on it.")


def _lock_draft(order: PurchaseOrder) -> PurchaseOrder:
    row = transitions.lock(PurchaseOrder, order.id)
    if row.state != OrderState.DRAFT:
        raise NotPossible("This order was already sent, so it can’t be changed. Write to us if something is wrong.")
    return row


def _facts(order: PurchaseOrder) -> dict[str, str]:
    return {"number": order.number, "payer": order.payer.name}
