"""Random steps over everything that moves money, with the card company's books beside ours: equal to the cent after every step.

MONEY_STEPS says how many steps in all: 500 without it; 10,000 take some minutes.
"""

import contextlib
import json
import os
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.db.models import Q, Sum
from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from billing import actions, queries
from billing.models import Charge, Credit, Discrepancy, FraudWarning, Invoice, InvoicePayment, Payer, Payment, Refund
from ledger import clock, inbox_items, outbox
from ledger.states import NotPossible
from standin.money import Refusal
from tests.factories import billing as factory
from tests.factories import people
from tests.factories import standin as standins

pytestmark = pytest.mark.django_db

STEPS = int(os.environ.get("MONEY_STEPS", "500"))
STEPS_EACH = 50
NEXT = {
    "warning_needs_response": ["warning_under_review", "warning_closed", "needs_response"],
    "warning_under_review": ["warning_closed", "needs_response"],
    "needs_response": ["under_review", "won", "lost"],
    "under_review": ["won", "lost", "needs_response"],
    "lost": ["won"],
}
# How our side hears of what happened there.
HOW = st.sampled_from(["messages", "messages", "backwards", "twice", "night"])
PICK = st.integers(0, 50)
PART = st.sampled_from([None, 1, 2500, 10000])


class Office(RuleBasedStateMachine):
    """Staff, payers, banks and a card company; each example is taken back at its end."""

    settings: Any
    staff: Any
    payer: Any

    def __init__(self) -> None:
        super().__init__()
        self.taken_back = transaction.atomic()
        self.taken_back._from_testcase = True  # type: ignore[attr-defined]
        self.taken_back.__enter__()
        self.server, _ = standins.start()
        standins.point(self.settings, self.server)
        self.heard = 0
        self.number = 0
        # What institutions sent, by the payment as which it was recorded; what was taken back is not in it.
        self.came: dict[UUID, int] = {}
        self.person = people.person(f"p{id(self)}@marlow.example")
        factory.charge(self.person, at=clock.now())

    def teardown(self) -> None:
        assert inbox_items.mend() == {}
        self.server.stop()
        transaction.set_rollback(True)
        self.taken_back.__exit__(None, None, None)

    def pick(self, rows: Any, number: int) -> Any:
        found = list(rows.order_by("pk"))
        return found[number % len(found)] if found else None

    def there(self, kind: str, number: int, **fields: Any) -> Any:
        found = self.server.store.find(object=kind, **fields)
        return found[number % len(found)] if found else None

    def turn(self, switch: str, **asked: Any) -> Any:
        with contextlib.suppress(Refusal):
            return self.server.control(switch, asked)

    def serial(self) -> str:
        self.number += 1
        return str(self.number)

    def hear(self, how: str) -> None:
        """Let our side catch up, and compare to the cent."""
        at = clock.now()
        self.drain()
        events = self.server.store.events()[self.heard :]
        self.heard += len(events)
        if how == "backwards":
            events.reverse()
        if how != "night":
            for event in events * (2 if how == "twice" else 1):
                payload = json.dumps(event)
                actions.receive_event(payload.encode(), signature=self.server.sign(payload), at=at)
            self.drain()
            # What happened while we listened.
            if len(self.server.store.events()) > self.heard:
                return self.hear("messages")
        else:
            actions.reconcile(at=at)
            self.drain()
            actions.reconcile(at=at)
            self.heard = len(self.server.store.events())
        self.compare()
        return None

    def drain(self) -> None:
        while outbox.deliver(at=clock.now()) + outbox.deliver_outside(at=clock.now()):
            pass

    def compare(self) -> None:
        books, theirs = queries.get_books(), self.server.money.books()
        assert (books.difference, books.payers_difference) == (0, 0)
        self.compare_institutions(books)
        for currency in ("usd", "jpy"):
            assert queries.get_card_books(currency=currency).balance == theirs.get(currency, {"net": 0})["net"]
        assert list(Discrepancy.objects.filter(state="open").values_list("what", flat=True)) == []

    def compare_institutions(self, books: Any) -> None:
        """A bank statement of our own beside the books, and each invoice against its order lines."""
        assert books.from_payers == sum(self.came.values())
        for invoice in Invoice.objects.select_related("order"):
            order_lines = list(invoice.order.order_lines.all())
            missing = sum(order_line.amount_cents - order_line.held_cents for order_line in order_lines if order_line.state == "due")
            assert (invoice.balance_cents, invoice.state == "open") == (missing, missing > 0)
            # Every cent that came for it, or was laid on it from credit, lies on an order line, paid a fee or became credit.
            brought = sum(self.came.get(payment.id, payment.amount_cents) for payment in invoice.payments.filter(state="recorded"))
            paid = Payment.objects.filter(order_line__in=order_lines).aggregate(cents=Sum("received_cents"))["cents"] or 0
            back = Refund.objects.filter(payment__order_line__in=order_lines).aggregate(cents=Sum("amount_cents"))["cents"] or 0
            own = Q(invoice=invoice) & (Q(source__in=["overpaid", "unused", "difference"]) | Q(source="bounced", cents__lt=0))
            became = Credit.objects.filter(own | Q(refund__payment__order_line__in=order_lines)).aggregate(cents=Sum("cents"))["cents"] or 0
            assert brought == sum(order_line.held_cents for order_line in order_lines) + paid - back + became
        assert all(queries.get_credit(payer) >= 0 for payer in Payer.objects.all())

    # People

    @rule(kind=st.sampled_from(["application", "portfolio", "course_approval"]), member=st.booleans(), how=HOW)
    def charge(self, kind: str, member: bool, how: str) -> None:
        factory.charge(self.person, at=clock.now(), kind=kind, member=member)
        self.hear(how)

    @rule(
        number=PICK,
        paid=st.sampled_from([{}, {}, {}, {}, {"captured": 2000}, {"currency": "jpy"}, {"amount": 34999}, {"delayed": True}]),
        how=HOW,
    )
    def pay_by_card(self, number: int, paid: dict[str, Any], how: str) -> None:
        charge = self.pick(Charge.objects.filter(state="open"), number)
        if charge is None:
            return
        with contextlib.suppress(NotPossible):
            payment = actions.start_checkout(charge, actor=self.person, at=clock.now())
            self.turn("pay", session=payment.session, **paid)
        self.hear(how)

    @rule(number=PICK, status=st.sampled_from(["succeeded", "failed"]), how=HOW)
    def finish_a_bank_debit(self, number: int, status: str, how: str) -> None:
        intents = {one["id"] for one in self.server.store.find(object="payment_intent", status="processing")}
        sessions = [one["id"] for one in self.server.store.find(object="checkout.session") if one["payment_intent"] in intents]
        if sessions:
            self.turn("finish_payment", session=sessions[number % len(sessions)], status=status)
        self.hear(how)

    # Staff

    @rule(number=PICK, how=HOW)
    def record_a_check(self, number: int, how: str) -> None:
        charge = self.pick(Charge.objects.all(), number)
        at = clock.now()
        asked = {"number": self.serial(), "received_on": at.date(), "cents": charge.amount_cents, "actor": self.staff, "at": at}
        actions.record_check(charge, **asked)
        self.hear(how)

    @rule(number=PICK, how=HOW)
    def cancel(self, number: int, how: str) -> None:
        charge = self.pick(Charge.objects.filter(state="open"), number)
        if charge is not None:
            actions.cancel(charge, actor=self.staff, at=clock.now(), reason="Withdrawn")
        self.hear(how)

    @rule(number=PICK, cents=PART, how=HOW)
    def refund(self, number: int, cents: int | None, how: str) -> None:
        charge = self.pick(Charge.objects.filter(state="settled"), number)
        if charge is not None:
            with contextlib.suppress(NotPossible):
                actions.refund(charge, cents=cents, actor=self.staff, at=clock.now(), reason="Not eligible")
        self.hear(how)

    @rule(number=PICK, act=st.sampled_from([actions.return_payment, actions.close]), how=HOW)
    def decide_about_what_is_held(self, number: int, act: Any, how: str) -> None:
        payment = self.pick(Payment.objects.filter(state="held"), number)
        if payment is not None:
            with contextlib.suppress(NotPossible):
                act(payment, actor=self.staff, at=clock.now(), reason="Looked at")
        self.hear(how)

    @rule(number=PICK, cents=PART, close=st.booleans(), how=HOW)
    def decide_about_a_failed_refund(self, number: int, cents: int | None, close: bool, how: str) -> None:
        refund = self.pick(Refund.objects.filter(state="failed"), number)
        if refund is not None and close:
            actions.close_refund(refund, actor=self.staff, at=clock.now(), reason="Another way")
        elif refund is not None:
            with contextlib.suppress(NotPossible):
                actions.ask_again(refund, cents=cents, actor=self.staff, at=clock.now(), reason="Again")
        self.hear(how)

    @rule(number=PICK, how=HOW)
    def send_a_check(self, number: int, how: str) -> None:
        refund = self.pick(Refund.objects.filter(state="asked", method="check"), number)
        at = clock.now()
        if refund is not None:
            actions.send_check(refund, number=self.serial(), sent_on=at.date(), actor=self.staff, at=at)
        self.hear(how)

    @rule(number=PICK)
    def dismiss_a_warning(self, number: int) -> None:
        warning = self.pick(FraudWarning.objects.filter(state="open"), number)
        if warning is not None:
            actions.dismiss_warning(warning, actor=self.staff, at=clock.now(), reason="Known")
        self.compare()

    # Institutions

    @rule(member=st.booleans())
    def order(self, member: bool) -> None:
        order_lines = [("A", self.person.email, "application", member), ("B", f"b{self.serial()}@prairie.example", "portfolio", False)]
        factory.invoiced(self.payer, at=clock.now(), staff=self.staff, people=order_lines, number=f"PO-{self.serial()}")
        self.hear("messages")

    @rule(number=PICK, cents=st.sampled_from([10000, 35000, 60000]), how=HOW)
    def an_institution_pays(self, number: int, cents: int, how: str) -> None:
        invoice = self.pick(Invoice.objects.exclude(state="cancelled"), number)
        at = clock.now()
        if invoice is not None:
            asked = {"number": self.serial(), "received_on": at.date(), "cents": cents, "actor": self.staff, "at": at}
            made = actions.record_payment(invoice, method="check", **asked)
            self.came[made.id] = cents
        self.hear(how)

    @rule(number=PICK, how=HOW)
    def a_payment_of_an_institution_is_taken_back(self, number: int, how: str) -> None:
        payment = self.pick(InvoicePayment.objects.filter(state="recorded"), number)
        if payment is not None:
            payer = payment.invoice.order.payer
            before = queries.get_credit(payer), queries.get_books()
            try:
                actions.reverse_payment(payment, actor=self.staff, at=clock.now(), reason="It bounced")
            except NotPossible:
                assert (queries.get_credit(payer), queries.get_books()) == before
            else:
                self.came.pop(payment.id, None)
        self.hear(how)

    @rule(number=PICK, how=HOW)
    def a_check_bounces(self, number: int, how: str) -> None:
        payment = self.pick(Payment.objects.filter(state="succeeded", method="check"), number)
        if payment is not None:
            with contextlib.suppress(NotPossible):
                actions.bounce(payment, actor=self.staff, at=clock.now(), reason="It bounced")
        self.hear(how)

    @rule(number=PICK, act=st.sampled_from(["use", "pay out", "remove"]))
    def move_credit(self, number: int, act: str) -> None:
        invoice = self.pick(Invoice.objects.all(), number)
        if invoice is None:
            return
        asked = {"actor": self.staff, "at": clock.now()}
        with contextlib.suppress(NotPossible):
            if act == "use":
                actions.use_credit(invoice, **asked)
            elif act == "pay out":
                actions.pay_out(invoice.order.payer, number=self.serial(), sent_on=clock.now().date(), cents=500, **asked)
            else:
                order_lines = [invoice.order.order_lines.order_by("position")[number % 2].id]
                actions.credit_note(invoice, order_lines=order_lines, reason="She left.", **asked)
        self.hear("messages")

    # What is done in Stripe, and what banks do

    @rule(number=PICK, cents=PART, how=HOW)
    def refund_in_stripe(self, number: int, cents: int | None, how: str) -> None:
        charge = self.there("charge", number)
        if charge is not None:
            self.turn("refund", charge=charge["id"], amount=cents)
        self.hear(how)

    @rule(number=PICK, status=st.sampled_from(["failed", "succeeded"]), how=HOW)
    def a_refund_ends(self, number: int, status: str, how: str) -> None:
        refund = self.there("refund", number)
        can_end = refund is not None and (refund["status"] == "pending" or (refund["status"], status) == ("succeeded", "failed"))
        if can_end:
            self.turn("finish_refund", refund=refund["id"], status=status)
        self.hear(how)

    @rule(end=st.sampled_from(["succeeded", "succeeded", "pending", "failed"]))
    def refunds_end_otherwise(self, end: str) -> None:
        self.turn("refunds", end=end)

    @rule(number=PICK, amount=PART, inquiry=st.booleans(), how=HOW)
    def dispute(self, number: int, amount: int | None, inquiry: bool, how: str) -> None:
        charge = self.there("charge", number, disputed=False)
        if charge is not None:
            cents = min(amount or charge["amount_captured"], charge["amount_captured"])
            self.turn("dispute", charge=charge["id"], amount=cents, inquiry=inquiry)
        self.hear(how)

    @rule(number=PICK, which=PICK, how=HOW)
    def a_bank_decides(self, number: int, which: int, how: str) -> None:
        dispute = self.there("dispute", number)
        coming = NEXT.get(dispute["status"], []) if dispute else []
        if coming:
            self.turn("change_dispute", dispute=dispute["id"], status=coming[which % len(coming)])
        self.hear(how)

    @rule(number=PICK, how=HOW)
    def warn(self, number: int, how: str) -> None:
        charge = self.there("charge", number)
        if charge is not None:
            self.turn("warn", charge=charge["id"])
        self.hear(how)

    @rule(number=PICK, new_intent=st.booleans())
    def charge_again(self, number: int, new_intent: bool) -> None:
        session = self.there("checkout.session", number, payment_status="paid")
        if session is not None:
            self.turn("charge_again", session=session["id"], new_intent=new_intent)
        self.hear("night")

    @precondition(lambda self: self.number > 0)
    @rule()
    def a_day_passes(self) -> None:
        self.turn("forget_keys")
        self.hear("night")


def test_the_books_agree_with_the_card_company_after_every_random_step(settings, rita, priya):
    Office.settings, Office.staff, Office.payer = settings, rita, priya
    asked = hypothesis_settings(
        max_examples=max(1, STEPS // STEPS_EACH),
        stateful_step_count=STEPS_EACH,
        deadline=None,
        database=None,
        # Without shrinking, which takes as long as many runs: the steps that failed are told as they were.
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Office, settings=asked)
