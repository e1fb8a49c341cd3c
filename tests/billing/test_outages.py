"""While the card company is silent, or does not take our key: who is asked, who is told, and what is not lost."""

import re
import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from billing import actions, gateway, queries
from billing.models import Outage, Payment, Refund
from ledger import queues
from ops import gunicorn_conf
from tests.factories import billing as factory

pytestmark = pytest.mark.django_db


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.fixture
def owed(alice, now):
    return factory.charge(alice, at=now)


def refused(standin, owed, alice, now, *, match="is not responding"):
    with pytest.raises(gateway.GatewayUnavailable, match=match):
        actions.start_checkout(owed, actor=alice, at=now)
    return len(standin.turn("calls"))


def later(seconds=31):
    """Let the pause be over."""
    Outage.objects.update(retry_at=Outage.objects.get().retry_at - timedelta(seconds=seconds))


def test_after_three_failures_nobody_is_asked_until_one_tries_and_is_answered(standin, owed, alice, now):
    standin.turn("fail", status=500, times=8)
    calls = [refused(standin, owed, alice, now) for _ in range(5)]
    assert calls == [2, 4, 6, 6, 6]
    later()
    assert refused(standin, owed, alice, now) == 8
    assert refused(standin, owed, alice, now) == 8
    later()
    assert actions.start_checkout(owed, actor=alice, at=now).url
    assert Outage.objects.get().ended_at
    assert queries.get_outage() is None


def test_a_single_failure_is_forgotten(standin, owed, alice, now):
    standin.turn("fail", status=500, times=2)
    refused(standin, owed, alice, now)
    actions.start_checkout(owed, actor=alice, at=now)
    assert not Outage.objects.exists()


def test_a_refusal_is_an_answer(standin, now):
    for _ in range(5):
        with pytest.raises(gateway.GatewayRefused):
            gateway.fetch_checkout("cs_test_nothing")
    assert not Outage.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_while_it_hangs_half_of_the_threads_stay_free(standin, settings, alice, now):
    settings.STRIPE_TIMEOUT_SECONDS = 30.0
    owed = [factory.charge(alice, at=now) for _ in range(5)]
    standin.turn("hang", seconds=25)
    ended, told = threading.Semaphore(0), []

    def press(charge):
        try:
            actions.start_checkout(charge, actor=alice, at=now)
        except gateway.GatewayUnavailable as no:
            told.append(no.message)
        finally:
            connection.close()
            ended.release()

    threads = [threading.Thread(target=press, args=[one]) for one in owed]
    for thread in threads:
        thread.start()
    # The stand-in answers nobody, and all are back but as many as leave half of a web process free.
    half = gunicorn_conf.threads // 2
    assert all(ended.acquire(timeout=20) for _ in range(len(owed) - half))
    assert told == [gateway.BUSY] * (len(owed) - half)
    assert len(standin.turn("calls")) <= half
    standin.turn("hang", seconds=0)
    for thread in threads:
        thread.join(timeout=30)


@pytest.mark.django_db(transaction=True)
def test_the_card_company_is_never_asked_inside_a_transaction(standin, owed):
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        gateway.fetch_checkout("cs_test_any")


def test_a_revoked_key_is_put_before_staff_and_payers_read_a_plain_word(standin, settings, owed, alice, rita, now, client):
    settings.STRIPE_SECRET_KEY = "sk_test_revoked"
    client.force_login(alice)
    page = text(client.post(f"/billing/{owed.id}/pay/", follow=True))
    assert "We can’t take cards right now. Nothing was charged. Our staff know about it." in page
    assert "You can pay by check" in page
    (waiting,) = queues.list_app_work_items("billing", at=now)
    assert (waiting.title, waiting.needs_person) == ("The card company rejects our key", True)
    client.force_login(rita)
    assert "STRIPE_SECRET_KEY" in text(client.get(waiting.url))
    # Nothing is worn out by asking with it.
    assert refused(standin, owed, alice, now, match="can’t take cards") == 1
    settings.STRIPE_SECRET_KEY = "sk_test_for_tests"
    later()
    actions.start_checkout(owed, actor=alice, at=now)
    assert queues.list_app_work_items("billing", at=now) == []


def test_a_revoked_key_gives_up_no_payment_and_fails_no_refund(standin, settings, alice, rita, now, drain, caplog):
    caplog.set_level(100)
    started = actions.start_checkout(factory.charge(alice, at=now), actor=alice, at=now)
    paid = factory.paid(alice, at=now)
    settings.STRIPE_SECRET_KEY = "sk_test_revoked"
    actions.refund(paid, actor=rita, at=now, reason="Not eligible")
    drain(now)
    with pytest.raises(gateway.KeyRefused):
        actions.look(started.id, at=now + timedelta(hours=3))
    assert Payment.objects.get(id=started.id).state == "started"
    assert Refund.objects.get().state == "asked"


def test_a_silence_is_told_to_staff_when_it_lasts(standin, owed, alice, now):
    standin.turn("fail", status=500, times=6)
    for _ in range(3):
        refused(standin, owed, alice, now)
    assert queues.list_app_work_items("billing", at=now) == []
    (waiting,) = queues.list_app_work_items("billing", at=now + timedelta(minutes=11))
    assert waiting.title == "The card company is not responding"


def test_who_wants_to_pay_reads_before_the_button_that_it_does_not_work(standin, owed, alice, now, client):
    client.force_login(alice)
    assert "The card company is not responding" not in text(client.get(f"/billing/{owed.id}/"))
    standin.turn("fail", status=500, times=6)
    for _ in range(3):
        refused(standin, owed, alice, now)
    assert "The card company is not responding right now. We will keep trying. You can pay by check" in text(
        client.get(f"/billing/{owed.id}/")
    )


def test_a_payment_that_the_bank_still_has_to_make_is_not_asked_for_again(standin, owed, alice, now):
    started = actions.start_checkout(owed, actor=alice, at=now)
    standin.turn("pay", session=started.session, delayed=True)
    for hours in (0, 3):
        with pytest.raises(actions.OnItsWay, match="on its way from your bank"):
            actions.start_checkout(owed, actor=alice, at=now + timedelta(hours=hours))
    standin.turn("finish_payment", session=started.session, status="succeeded")
    assert actions.settle(started.id, at=now).state == "succeeded"


def test_after_a_bank_payment_failed_the_button_leads_to_a_page_that_takes_money(standin, owed, alice, now):
    started = actions.start_checkout(owed, actor=alice, at=now)
    standin.turn("pay", session=started.session, delayed=True)
    standin.turn("finish_payment", session=started.session, status="failed")
    again = actions.start_checkout(owed, actor=alice, at=now)
    assert (Payment.objects.get(id=started.id).state, again.id == started.id) == ("expired", False)
    standin.pay(again.session)
    assert actions.settle(again.id, at=now).state == "succeeded"
