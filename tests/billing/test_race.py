"""Many at once, with real connections: deliveries, settlements, clicks."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction

from billing import actions, queries
from billing.models import Charge, Invoice, Payment, Refund, StripeEvent
from ledger import clock, outbox
from ledger.models import Delivery, Email, Entry
from tests.factories import billing as factory
from tests.factories import standin as standins

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def company(live_server, settings):
    """A stand-in whose webhooks go to a real server."""
    server, remote = standins.start(public_url=live_server.url)
    standins.point(settings, server)
    settings.PUBLIC_URL = live_server.url
    yield remote
    server.stop()


def at_once(times, act):
    """Run `act` in so many threads, each with its own connection; return what each returned or raised."""

    def one(number):
        try:
            return act(number)
        except Exception as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=times) as pool:
        return list(pool.map(one, range(times)))


def work(at):
    at_once(4, lambda _: outbox.deliver(at=at) + outbox.deliver_outside(at=at))
    while outbox.deliver(at=at) + outbox.deliver_outside(at=at):
        pass


def count_settled():
    """Settlements as the audit, the letters and the rows tell them."""
    return (
        Counter(Entry.objects.filter(verb__endswith=".settle").values_list("verb", flat=True)),
        Email.objects.filter(notice="billing/receipt").count(),
        Payment.objects.filter(settled_at__isnull=False).count(),
        Charge.objects.filter(state="settled").count(),
    )


ONCE = (Counter({"billing.payment.settle": 1, "billing.charge.settle": 1}), 1, 1, 1)


def test_twenty_deliveries_ten_at_a_time_settle_once_with_one_receipt_and_one_entry(company, alice):
    owed = factory.charge(alice, at=clock.now())
    payment = actions.start_checkout(owed, actor=alice, at=clock.now())
    company.pay(payment.session)
    [event] = company.events()
    statuses = company.turn("deliver", event=event["id"], times=20, at_once=10)
    assert statuses == [200] * 20
    work(clock.now())
    assert count_settled() == ONCE
    assert StripeEvent.objects.count() == 1
    assert Delivery.objects.filter(topic="billing.event.received").count() == 1
    company.turn("deliver", event=event["id"], times=10, at_once=10)
    work(clock.now())
    assert count_settled() == ONCE


def test_ten_settlements_at_once_settle_once(company, alice):
    payment = actions.start_checkout(factory.charge(alice, at=clock.now()), actor=alice, at=clock.now())
    company.pay(payment.session)
    ends = at_once(10, lambda _: actions.settle(payment.id, at=clock.now()))
    assert {end.state for end in ends} == {"succeeded"}
    assert count_settled() == ONCE


def test_two_payments_of_one_charge_at_once_settle_once_and_give_the_other_back(company, alice):
    owed = factory.charge(alice, at=clock.now())
    first = actions.start_checkout(owed, actor=alice, at=clock.now())
    Payment.objects.update(expires_at=clock.now())
    second = actions.start_checkout(owed, actor=alice, at=clock.now())
    payments = [first, second]
    for payment in payments:
        company.pay(payment.session)
    at_once(8, lambda number: actions.settle(payments[number % 2].id, at=clock.now()))
    work(clock.now())
    assert count_settled() == ONCE
    assert sorted(Payment.objects.values_list("state", flat=True)) == ["duplicate", "succeeded"]
    assert list(Refund.objects.values_list("state", flat=True)) == ["done"]
    assert company.count("POST /v1/refunds") == 1
    assert queries.get_books().difference == 0


def test_five_clicks_at_once_open_one_card_page(company, alice):
    owed = factory.charge(alice, at=clock.now())
    opened = at_once(5, lambda _: actions.start_checkout(owed, actor=alice, at=clock.now()))
    assert len({payment.url for payment in opened}) == 1
    assert Payment.objects.count() == 1


def test_five_charges_at_once_for_one_thing_make_one(alice, db):
    reference = alice.public_id
    made = at_once(5, lambda _: factory.charge(alice, at=clock.now(), reference=reference))
    assert len({charge.id for charge in made}) == 1
    assert Entry.objects.filter(verb="billing.charge.open").count() == 1


def test_five_refunds_at_once_are_one(company, alice, rita):
    owed = factory.charge(alice, at=clock.now())
    payment = actions.start_checkout(owed, actor=alice, at=clock.now())
    company.pay(payment.session)
    actions.settle(payment.id, at=clock.now())
    ends = at_once(5, lambda _: actions.refund(owed, actor=rita, at=clock.now(), reason="Not eligible"))
    assert sum(isinstance(end, Charge) for end in ends) == 1
    work(clock.now() + timedelta(seconds=1))
    assert company.count("POST /v1/refunds") == 1
    assert list(Refund.objects.values_list("state", flat=True)) == ["done"]


def test_a_cancellation_and_a_payment_at_once_lose_no_money(company, alice, rita):
    owed = factory.charge(alice, at=clock.now())
    payment = actions.start_checkout(owed, actor=alice, at=clock.now())
    company.pay(payment.session)

    def act(number):
        if number:
            return actions.settle(payment.id, at=clock.now())
        return actions.cancel(owed, actor=rita, at=clock.now(), reason="Withdrawn")

    at_once(2, act)
    work(clock.now())
    owed.refresh_from_db()
    payment.refresh_from_db()
    assert (owed.state, payment.state) in {("settled", "succeeded"), ("cancelled", "duplicate")}
    assert queries.get_books().difference == 0


# Institutions, checks and cards at once


@pytest.fixture
def priya_pays(db):
    from tests.factories import people

    return people.person("priya@prairie.example", name="Priya Natarajan", called="Priya")


@pytest.fixture
def ann(db):
    from tests.factories import people

    return people.person("ann@prairie.example", name="Ann Field", called="Ann")


def check(owed, rita, number="12"):
    at = clock.now()
    return actions.record_check(owed, number=number, received_on=at.date(), cents=35000, actor=rita, at=at)


def pay_invoice(invoice, rita, number="1001", cents=35000):
    at = clock.now()
    return actions.record_payment(invoice, method="check", number=number, received_on=at.date(), cents=cents, actor=rita, at=at)


def assert_one_settlement_and_one_refund(owed):
    owed.refresh_from_db()
    books = queries.get_books()
    assert owed.state == "settled"
    assert Payment.objects.filter(charge=owed, settled_at__isnull=False).count() == 1
    assert sorted(Payment.objects.filter(charge=owed).exclude(state="expired").values_list("state", flat=True)) == [
        "duplicate",
        "succeeded",
    ]
    assert [(refund.payment.state, refund.amount_cents) for refund in Refund.objects.all()] == [("duplicate", 35000)]
    assert (books.difference, books.payers_difference) == (0, 0)


def test_eight_invoices_at_once_have_eight_numbers_without_a_gap(priya_pays, rita):
    at = clock.now()
    orders = [factory.sent_order(priya_pays, at=at, number=f"PO-{number}") for number in range(8)]
    lost = factory.sent_order(priya_pays, at=at, number="PO-lost", people=[("X", "x@prairie.example", "application", False)])

    def act(number):
        if number == 8:
            # One that fails after it took its number gives it back.
            with transaction.atomic():
                actions.invoice(lost, actor=rita, at=at)
                raise RuntimeError("the machine stopped")
        return actions.invoice(orders[number], actor=rita, at=at)

    at_once(9, act)
    assert sorted(Invoice.objects.values_list("serial", flat=True)) == list(range(1, 9))
    assert actions.invoice(lost, actor=rita, at=at).serial == 9


def test_eight_clicks_on_invoice_make_one(priya_pays, rita):
    order = factory.sent_order(priya_pays, at=clock.now())
    ends = at_once(8, lambda _: actions.invoice(order, actor=rita, at=clock.now()))
    assert sum(isinstance(end, Invoice) for end in ends) == 1
    assert Invoice.objects.count() == 1


def test_eight_payments_of_one_invoice_at_once_are_all_there(priya_pays, rita):
    made = factory.invoiced(priya_pays, at=clock.now(), staff=rita)
    at_once(8, lambda number: pay_invoice(made, rita, number=str(number), cents=10000))
    made.refresh_from_db()
    assert (made.state, made.payments.count(), queries.get_credit(made.order.payer)) == ("paid", 8, 10000)
    assert queries.get_books().payers_difference == 0


def test_one_check_recorded_by_eight_at_once_is_there_once(priya_pays, rita):
    made = factory.invoiced(priya_pays, at=clock.now(), staff=rita)
    at_once(8, lambda _: pay_invoice(made, rita))
    assert made.payments.count() == 1


def test_credit_that_is_used_and_paid_out_at_once_is_spent_once(priya_pays, rita):
    at = clock.now()
    first = factory.invoiced(priya_pays, at=at, staff=rita)
    pay_invoice(first, rita, cents=105000)
    second = factory.invoiced(priya_pays, at=at, staff=rita, number="PO-2")
    payer = first.order.payer

    def act(number):
        if number % 2:
            return actions.use_credit(second, actor=rita, at=clock.now())
        return actions.pay_out(payer, number=str(number), sent_on=at.date(), cents=35000, actor=rita, at=clock.now())

    at_once(6, act)
    assert queries.get_credit(payer) == 0
    assert queries.get_books().payers_difference == 0


def test_a_card_and_a_order_line_at_once_settle_once(company, priya_pays, ann, rita):
    owed = factory.charge(ann, at=clock.now())
    invoice = factory.invoiced(priya_pays, at=clock.now(), staff=rita)
    work(clock.now())
    payment = actions.start_checkout(owed, actor=ann, at=clock.now())
    company.pay(payment.session)
    pay_invoice(invoice, rita)
    order_line = invoice.order.order_lines.get(email=ann.email)
    acts = [lambda: actions.settle(payment.id, at=clock.now()), lambda: actions.match(order_line.id, at=clock.now())]
    at_once(4, lambda number: acts[number % 2]())
    work(clock.now())
    assert_one_settlement_and_one_refund(owed)
    assert Refund.objects.get().state == "done"


def test_a_card_and_a_check_at_once_settle_once(company, ann, rita):
    owed = factory.charge(ann, at=clock.now())
    payment = actions.start_checkout(owed, actor=ann, at=clock.now())
    company.pay(payment.session)
    acts = [lambda: actions.settle(payment.id, at=clock.now()), lambda: check(owed, rita)]
    at_once(4, lambda number: acts[number % 2]())
    work(clock.now())
    assert_one_settlement_and_one_refund(owed)


def test_a_check_and_a_order_line_at_once_settle_once(priya_pays, ann, rita):
    owed = factory.charge(ann, at=clock.now())
    invoice = factory.invoiced(priya_pays, at=clock.now(), staff=rita)
    work(clock.now())
    pay_invoice(invoice, rita)
    order_line = invoice.order.order_lines.get(email=ann.email)
    acts = [lambda: check(owed, rita), lambda: actions.match(order_line.id, at=clock.now())]
    at_once(4, lambda number: acts[number % 2]())
    work(clock.now())
    assert_one_settlement_and_one_refund(owed)


def test_a_new_fee_and_the_money_for_its_order_line_at_once_find_each_other(priya_pays, ann, rita):
    invoice = factory.invoiced(priya_pays, at=clock.now(), staff=rita)
    acts = [lambda: factory.charge(ann, at=clock.now()), lambda: pay_invoice(invoice, rita)]
    at_once(2, lambda number: acts[number]())
    actions.match_order_lines(at=clock.now())
    work(clock.now())
    assert Charge.objects.get().state == "settled"
    assert count_settled()[2] == 1
    assert queries.get_books().payers_difference == 0


def test_a_order_line_that_is_taken_back_and_used_at_once_is_one_of_both(priya_pays, ann, rita):
    owed = factory.charge(ann, at=clock.now())
    invoice = factory.invoiced(priya_pays, at=clock.now(), staff=rita)
    pay_invoice(invoice, rita)
    order_line = invoice.order.order_lines.get(email=ann.email)

    def act(number):
        if number:
            return actions.match(order_line.id, at=clock.now())
        return actions.credit_note(invoice, order_lines=[order_line.id], actor=rita, at=clock.now(), reason="She left.")

    at_once(2, act)
    work(clock.now())
    owed.refresh_from_db()
    order_line.refresh_from_db()
    assert (owed.state, order_line.state) in {("settled", "used"), ("open", "credited")}
    books = queries.get_books()
    assert (books.difference, books.payers_difference) == (0, 0)


def test_money_that_is_taken_back_and_used_at_once_is_gone_from_where_it_was(priya_pays, ann, rita):
    owed = factory.charge(ann, at=clock.now())
    invoice = factory.invoiced(priya_pays, at=clock.now(), staff=rita)
    payment = pay_invoice(invoice, rita)
    order_line = invoice.order.order_lines.get(email=ann.email)

    def act(number):
        if number % 2:
            return actions.match(order_line.id, at=clock.now())
        return actions.reverse_payment(payment, actor=rita, at=clock.now(), reason="It bounced.")

    at_once(4, act)
    if payment.invoice.payments.get().state == "recorded":  # The order line met its fee in between: what was seen was old.
        act(0)
    work(clock.now())
    owed.refresh_from_db()
    order_line.refresh_from_db()
    assert (owed.state, order_line.state, order_line.held_cents) == ("open", "due", 0)
    assert Email.objects.filter(notice="billing/payment_reversed").count() == 1
    books = queries.get_books()
    assert (books.difference, books.payers_difference, books.from_payers) == (0, 0, 0)
