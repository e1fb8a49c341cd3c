"""One contract for the stand-in, always, and for Stripe itself, in its test mode, when there is a key."""

import os
import socket
import subprocess
import sys
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

import pytest

from billing import gateway
from ledger import clock
from standin import pages
from tests.factories import standin as factory

pytestmark = pytest.mark.django_db
TEST_KEY = os.environ.get("STRIPE_TEST_KEY", "")


@pytest.fixture(
    params=[
        "stand-in",
        pytest.param(
            "Stripe",
            marks=pytest.mark.skipif(not TEST_KEY, reason="NOT RUN against Stripe's test mode: STRIPE_TEST_KEY is not set"),
        ),
    ]
)
def company(request, settings):
    """Who is on the other side."""
    if request.param == "stand-in":
        return request.getfixturevalue("standin")
    assert TEST_KEY.startswith("sk_test_")
    settings.STRIPE_SECRET_KEY = TEST_KEY
    settings.STRIPE_API_BASE = ""
    return None


def order(**changes):
    number = str(uuid4())
    return {
        "payment": number,
        "charge": str(uuid4()),
        "amount_cents": 35000,
        "description": "Application and enrollment",
        "email": "alice@marlow.example",
        "success_url": "http://localhost:8000/billing/?back=paid",
        "cancel_url": "http://localhost:8000/billing/?back=cancelled",
        "expires_at": (clock.now() + timedelta(hours=2)).replace(microsecond=0),
        **changes,
    }


def test_a_new_checkout_is_open_and_unpaid_and_carries_our_numbers(company):
    asked = order()
    opened = gateway.create_checkout(**asked)
    assert opened.url.startswith("http")
    assert (opened.payment, opened.charge) == (asked["payment"], asked["charge"])
    assert (opened.status, opened.payment_status, opened.intent) == ("open", "unpaid", "")
    assert (opened.mode, opened.amount_cents, opened.currency, opened.live) == ("payment", 35000, "usd", False)
    assert opened.expires_at == asked["expires_at"]
    assert gateway.fetch_checkout(opened.session) == opened


def test_the_same_payment_gets_the_same_checkout(company):
    asked = order()
    assert gateway.create_checkout(**asked) == gateway.create_checkout(**asked)


def test_one_number_for_two_amounts_is_not_accepted(company):
    asked = order()
    gateway.create_checkout(**asked)
    with pytest.raises(gateway.GatewayConflict):
        gateway.create_checkout(**{**asked, "amount_cents": 35001})


def test_what_is_there_can_be_listed(company):
    listed = gateway.list_everything(since=clock.now() - timedelta(days=1))
    assert all(charge.amount > 0 for charge in listed.charges)


def test_an_end_that_is_too_near_is_refused(company):
    with pytest.raises(gateway.GatewayRefused):
        gateway.create_checkout(**order(expires_at=clock.now() + timedelta(minutes=20)))


def test_an_expired_checkout_stays_expired(company):
    opened = gateway.create_checkout(**order())
    gateway.expire_checkout(opened.session)
    assert gateway.fetch_checkout(opened.session).status == "expired"
    with pytest.raises(gateway.GatewayRefused):
        gateway.expire_checkout(opened.session)


def test_what_does_not_exist_is_refused(company):
    with pytest.raises(gateway.GatewayRefused):
        gateway.fetch_checkout("cs_test_nothing")
    with pytest.raises(gateway.GatewayRefused):
        gateway.fetch_refund("re_nothing")
    with pytest.raises(gateway.GatewayRefused):
        gateway.refund(intent="pi_nothing", amount_cents=1, refund=str(uuid4()), key=str(uuid4()))
    for fetch in (gateway.fetch_charge, gateway.fetch_dispute, gateway.fetch_warning):
        with pytest.raises(gateway.GatewayRefused):
            fetch("nothing")


def test_a_wrong_key_is_refused(company, settings):
    settings.STRIPE_SECRET_KEY = "sk_test_wrong"
    with pytest.raises(gateway.KeyRefused, match="Our staff know about it"):
        gateway.fetch_checkout("cs_test_nothing")


# What follows needs somebody who types a card number, so that only the stand-in can be asked.


def test_a_paid_checkout_has_a_payment_number(standin):
    opened = gateway.create_checkout(**order())
    standin.pay(opened.session)
    paid = gateway.fetch_checkout(opened.session)
    assert (paid.status, paid.payment_status) == ("complete", "paid")
    assert paid.intent.startswith("pi_")
    with pytest.raises(gateway.GatewayRefused):
        gateway.expire_checkout(opened.session)


def test_a_refund_happens_once_per_key_and_never_twice(standin):
    opened = gateway.create_checkout(**order())
    standin.pay(opened.session)
    intent = gateway.fetch_checkout(opened.session).intent
    asked = {"intent": intent, "amount_cents": 35000, "refund": str(uuid4())}
    given = gateway.refund(**asked, key="a")
    assert given.status == "succeeded"
    assert gateway.refund(**asked, key="a") == given == gateway.fetch_refund(given.id)
    with pytest.raises(gateway.GatewayRefused, match="card company could not") as no:
        gateway.refund(**asked, key="b")
    assert "already been refunded" in no.value.answer


def test_what_was_truly_taken_is_told_with_our_number(standin):
    asked = order()
    opened = gateway.create_checkout(**asked)
    standin.pay(opened.session, captured=20000)
    paid = gateway.fetch_checkout(opened.session)
    [taken] = paid.charges
    assert (taken.amount, taken.currency, taken.payment, taken.intent) == (20000, "usd", asked["payment"], paid.intent)
    assert (gateway.fetch_charge(taken.id), gateway.find_checkout(intent=paid.intent)) == (taken, opened.session)
    standin.turn("charge_again", session=opened.session)
    assert len(gateway.fetch_checkout(opened.session).charges) == 2


def test_a_bank_debit_is_paid_later_or_never(standin):
    later, never = gateway.create_checkout(**order()), gateway.create_checkout(**order())
    for opened in (later, never):
        standin.pay(opened.session, delayed=True)
        checkout = gateway.fetch_checkout(opened.session)
        assert (checkout.status, checkout.payment_status, checkout.intent_status, checkout.charges) == (
            "complete",
            "unpaid",
            "processing",
            (),
        )
    standin.turn("finish_payment", session=later.session, status="succeeded")
    standin.turn("finish_payment", session=never.session, status="failed")
    assert gateway.fetch_checkout(later.session).payment_status == "paid"
    assert gateway.fetch_checkout(never.session).intent_status == "requires_payment_method"


def test_a_dispute_takes_the_money_and_a_fee_and_gives_them_back_when_it_is_won(standin):
    opened = gateway.create_checkout(**order())
    standin.pay(opened.session)
    intent = gateway.fetch_checkout(opened.session).intent
    made = standin.turn("dispute", intent=intent, amount=10000)
    told = gateway.fetch_dispute(made["id"])
    assert (told.status, told.amount, told.withdrawn, told.fee, told.intent) == ("needs_response", 10000, 10000, 1500, intent)
    with pytest.raises(gateway.GatewayRefused) as no:
        gateway.refund(intent=intent, amount_cents=100, refund=str(uuid4()), key="c")
    assert "charged back" in no.value.answer
    standin.turn("change_dispute", dispute=made["id"], status="won")
    told = gateway.fetch_dispute(made["id"])
    assert (told.status, told.withdrawn, told.fee) == ("won", 0, 0)
    warned = standin.turn("warn", intent=intent)
    assert gateway.fetch_warning(warned["id"]).actionable
    listed = gateway.list_everything(since=clock.now() - timedelta(days=1))
    assert ([dispute.id for dispute in listed.disputes], [warning.id for warning in listed.warnings]) == ([made["id"]], [warned["id"]])


def test_a_refund_is_found_by_its_key_when_the_key_is_forgotten_and_an_error_was_kept_under_it(standin):
    opened = gateway.create_checkout(**order())
    standin.pay(opened.session)
    intent = gateway.fetch_checkout(opened.session).intent
    assert gateway.find_refund(intent=intent, key="k") is None
    standin.turn("fail", status=500, done=True)
    with pytest.raises(gateway.GatewayUnavailable):
        gateway.refund(intent=intent, amount_cents=100, refund=str(uuid4()), key="k")
    standin.turn("forget_keys")
    refund = gateway.find_refund(intent=intent, key="k")
    assert (refund.amount, refund.status, refund.key) == (100, "succeeded", "k")


def test_the_stand_in_hangs_until_it_is_let_go(standin):
    import threading

    standin.turn("hang", seconds=60)
    threading.Timer(0.2, lambda: standin.turn("hang", seconds=0)).start()
    assert gateway.create_checkout(**order()).status == "open"


@pytest.mark.parametrize("status", [500, 0])
def test_an_answer_that_is_lost_on_the_way_is_asked_for_again(standin, status):
    standin.turn("fail", status=status, times=1)
    asked = order()
    opened = gateway.create_checkout(**asked)
    assert standin.count("POST /v1/checkout/sessions") == 2
    assert gateway.create_checkout(**asked) == opened


def test_a_company_that_keeps_failing_is_unavailable(standin):
    standin.turn("fail", status=500, times=3)
    with pytest.raises(gateway.GatewayUnavailable, match="Nothing was charged"):
        gateway.create_checkout(**order())


def test_a_company_that_is_not_there_is_unavailable(settings):
    settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE = factory.KEY, "http://127.0.0.1:9"
    with pytest.raises(gateway.GatewayUnavailable):
        gateway.fetch_checkout("cs_test_any")


def test_without_a_key_card_payment_is_not_set_up(settings):
    settings.STRIPE_SECRET_KEY = ""
    with pytest.raises(gateway.GatewayUnavailable, match="not set up"):
        gateway.fetch_checkout("cs_test_any")


@pytest.mark.parametrize(
    ("key", "live"), [("sk_test_1", False), ("rk_test_1", False), ("", False), ("sk_live_1", True), ("rk_live_1", True)]
)
def test_the_key_says_whether_money_is_real(settings, key, live):
    settings.STRIPE_SECRET_KEY = key
    assert gateway.is_live() is live


def test_the_stand_in_remembers_after_a_kill(settings, tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    remote = factory.Remote(f"http://127.0.0.1:{port}")
    settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE = factory.KEY, remote.url
    asked = order()
    with process(port, tmp_path / "standin.sqlite3"):
        opened = gateway.create_checkout(**asked)
        remote.pay(opened.session)
    with process(port, tmp_path / "standin.sqlite3"):
        assert gateway.fetch_checkout(opened.session).payment_status == "paid"
        assert gateway.create_checkout(**asked).session == opened.session
        assert [event["type"] for event in remote.events()] == ["checkout.session.completed"]


@contextmanager
def process(port, state):
    """The stand-in as `make run` starts it, killed at the end without a farewell."""
    keys = {"STRIPE_SECRET_KEY": factory.KEY, "STRIPE_WEBHOOK_SECRET": factory.WEBHOOK_SECRET, "PUBLIC_URL": "http://127.0.0.1:9"}
    command = [sys.executable, "-m", "standin", "--port", str(port), "--state", str(state)]
    with subprocess.Popen(command, env={**os.environ, **keys}, stdout=subprocess.PIPE) as running:
        try:
            assert b"No money moves" in running.stdout.readline()
            yield
        finally:
            running.kill()


def test_the_stand_ins_page_says_that_it_is_one(standin):
    import urllib.request

    opened = gateway.create_checkout(**order(description="<b>Fee</b>"))
    with urllib.request.urlopen(opened.url) as answer:
        page = answer.read().decode()
    assert "stand-in for the card company" in page
    assert "No money moves" in page
    assert "&lt;b&gt;Fee&lt;/b&gt;" in page
    assert pages.CARD_PAYS in page


@pytest.mark.parametrize(
    ("typed", "status", "paid"),
    [
        ({"number": "4242 4242 4242 4242", "choice": "pay"}, 303, "paid"),
        ({"number": "4000-0000-0000-0002", "choice": "pay"}, 402, "unpaid"),
        ({"number": "1234", "choice": "pay"}, 422, "unpaid"),
        ({"number": "4242424242424242", "choice": "cancel"}, 303, "unpaid"),
    ],
)
def test_the_stand_ins_form_takes_the_two_test_cards(standin, typed, status, paid):
    import http.client
    from urllib.parse import urlencode, urlsplit

    opened = gateway.create_checkout(**order())
    parts = urlsplit(opened.url)
    connection = http.client.HTTPConnection(parts.netloc)
    connection.request("POST", parts.path, urlencode(typed), {"Content-Type": "application/x-www-form-urlencoded"})
    assert connection.getresponse().status == status
    connection.close()
    assert gateway.fetch_checkout(opened.session).payment_status == paid
