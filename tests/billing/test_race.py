"""Many at once, with real connections: deliveries, settlements, clicks."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from billing import actions, queries
from billing.models import Charge, Payment, Refund, StripeEvent
from ledger import clock, outbox
from ledger.models import Delivery, Entry, Letter
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
    at_once(4, lambda _: outbox.deliver(at=at))
    while outbox.deliver(at=at):
        pass


def count_settled():
    """Settlements as the audit, the letters and the rows tell them."""
    return (
        Counter(Entry.objects.filter(verb__endswith=".settle").values_list("verb", flat=True)),
        Letter.objects.filter(notice="billing/receipt").count(),
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
