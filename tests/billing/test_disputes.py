"""What banks do with payments later, and what is done in Stripe and not from here."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse

from billing import actions, gateway, queries
from billing.models import Discrepancy, Dispute, FraudWarning, Payment, Refund, StripeEvent
from ledger import queues, sweep_runs
from ledger.models import Delivery, Email
from ledger.states import NotPossible
from tests.factories import billing as factory

pytestmark = pytest.mark.django_db


@pytest.fixture
def owed(alice, now):
    return factory.charge(alice, at=now)


def pay(standin, charge, *, at, **paid):
    """Pay a charge by card, and settle it."""
    payment = actions.start_checkout(charge, actor=charge.person, at=at)
    standin.pay(payment.session, **paid)
    payment = actions.settle(payment.id, at=at)
    charge.refresh_from_db()
    return payment


@pytest.fixture
def payment(standin, owed, now):
    return pay(standin, owed, at=now)


@pytest.fixture
def hear(standin, now, drain):
    """Hand over every event that was not handed over yet, and work it."""

    def hand_over(at=now):
        for event in standin.events():
            payload = json.dumps(event)
            actions.receive_event(payload.encode(), signature=standin.sign(payload), at=at)
        drain(at)

    return hand_over


def agree(standin):
    """Our books balance, and say what the card company's say."""
    books, card = queries.get_books(), queries.get_card_books()
    theirs = standin.turn("books").get("usd", {"net": 0})
    assert (books.difference, books.payers_difference, card.balance) == (0, 0, theirs["net"])
    call_command("books", stdout=StringIO())


def waiting(now):
    return [(work_item.queue, work_item.due_on) for work_item in queues.list_app_work_items("billing", at=now)]


def test_a_dispute_is_in_the_inbox_at_once_with_the_day_by_which_to_answer(standin, payment, owed, hear, now):
    standin.turn("dispute", intent=payment.intent, days=10)
    hear()
    row = Dispute.objects.get()
    assert (row.state, row.payment, row.withdrawn_cents, row.fee_cents) == ("needs_response", payment, 35000, 1500)
    assert waiting(now) == [("Disputes", queries.today(row.due_by))]
    assert (row.due_by - now).days in {9, 10}
    owed.refresh_from_db()
    assert owed.state == "settled"
    agree(standin)


def test_a_lost_dispute_opens_the_fee_again_and_the_person_is_told_and_can_pay(standin, payment, owed, hear, now, client):
    dispute = standin.turn("dispute", intent=payment.intent)
    hear()
    standin.turn("change_dispute", dispute=dispute["id"], status="under_review")
    hear()
    assert (Dispute.objects.get().state, waiting(now)) == ("under_review", [])
    standin.turn("change_dispute", dispute=dispute["id"], status="lost")
    hear()
    hear()
    payment.refresh_from_db()
    owed.refresh_from_db()
    assert (owed.state, owed.settled_at, payment.state) == ("open", None, "lost")
    assert not queries.is_settled(purpose=owed.purpose, reference=owed.reference)
    letter = Email.objects.get(notice="billing/lost")
    assert "$350" in letter.subject
    client.force_login(owed.person)
    page = client.get(reverse("billing:charge", args=[owed.id])).content.decode()
    assert "Your bank took $350 back" in page
    assert "Pay by card" in page
    agree(standin)
    pay(standin, owed, at=now + timedelta(hours=3))
    assert owed.state == "settled"
    assert Email.objects.filter(notice="billing/receipt").count() == 2
    agree(standin)


def test_a_won_dispute_leaves_the_fee_paid_and_the_money_back(standin, payment, owed, hear, now):
    dispute = standin.turn("dispute", intent=payment.intent)
    standin.turn("change_dispute", dispute=dispute["id"], status="won")
    hear()
    row = Dispute.objects.get()
    owed.refresh_from_db()
    assert (row.state, row.withdrawn_cents, row.fee_cents, owed.state, waiting(now)) == ("won", 0, 0, "settled", [])
    agree(standin)


def test_money_that_the_bank_gives_back_after_a_loss_pays_again_or_waits_for_staff(standin, payment, owed, hear, now):
    dispute = standin.turn("dispute", intent=payment.intent)
    standin.turn("change_dispute", dispute=dispute["id"], status="lost")
    hear()
    standin.turn("change_dispute", dispute=dispute["id"], status="won")
    hear()
    payment.refresh_from_db()
    owed.refresh_from_db()
    assert (payment.state, owed.state) == ("succeeded", "settled")
    agree(standin)
    standin.turn("change_dispute", dispute=dispute["id"], status="lost")
    hear()
    owed.refresh_from_db()
    pay(standin, owed, at=now + timedelta(hours=3))
    standin.turn("change_dispute", dispute=dispute["id"], status="won")
    hear()
    payment.refresh_from_db()
    assert (payment.state, waiting(now)) == ("held", [("Payment does not match", waiting(now)[0][1])])
    agree(standin)


def test_an_inquiry_takes_no_money_and_may_become_a_dispute(standin, payment, hear, now):
    dispute = standin.turn("dispute", intent=payment.intent, inquiry=True)
    hear()
    row = Dispute.objects.get()
    assert (row.state, row.withdrawn_cents, len(waiting(now))) == ("inquiry", 0, 1)
    agree(standin)
    standin.turn("change_dispute", dispute=dispute["id"], status="needs_response")
    hear()
    row.refresh_from_db()
    assert (row.state, row.withdrawn_cents) == ("needs_response", 35000)
    agree(standin)


def test_a_part_that_is_lost_leaves_the_rest_paid_and_refundable(standin, payment, owed, rita, hear, now, drain):
    dispute = standin.turn("dispute", intent=payment.intent, amount=10000)
    standin.turn("change_dispute", dispute=dispute["id"], status="lost")
    hear()
    owed.refresh_from_db()
    assert (owed.state, owed.lost_cents, owed.left_cents) == ("settled", 10000, 25000)
    with pytest.raises(NotPossible, match=r"up to \$250"):
        actions.refund(owed, actor=rita, at=now, reason="All of it", cents=35000)
    agree(standin)


def test_a_dispute_of_what_went_back_already_is_written_off(standin, payment, owed, rita, hear, now, drain):
    actions.refund(owed, actor=rita, at=now, reason="Not eligible")
    drain(now)
    dispute = standin.turn("dispute", intent=payment.intent)
    standin.turn("change_dispute", dispute=dispute["id"], status="lost")
    hear()
    owed.refresh_from_db()
    assert (owed.state, Dispute.objects.get().written_off_cents) == ("refunded", 35000)
    assert Email.objects.filter(notice="billing/lost").count() == 0
    agree(standin)


def test_a_refund_that_a_dispute_made_impossible_is_not_asked_for_again(standin, payment, owed, rita, hear, now, drain):
    dispute = standin.turn("dispute", intent=payment.intent)
    hear()
    actions.refund(owed, actor=rita, at=now, reason="Not eligible")
    drain(now)
    assert Refund.objects.get().state == "failed"
    standin.turn("change_dispute", dispute=dispute["id"], status="lost")
    hear()
    assert (Refund.objects.get().state, Dispute.objects.get().written_off_cents, waiting(now)) == ("withdrawn", 0, [])
    agree(standin)


def test_a_fraud_warning_waits_for_staff_until_they_close_it_or_a_dispute_comes(standin, payment, rita, hear, now):
    standin.turn("warn", intent=payment.intent)
    hear()
    row = FraudWarning.objects.get()
    assert [name for name, _ in waiting(now)] == ["Fraud warnings"]
    actions.dismiss_warning(row, actor=rita, at=now, reason="She is known to us")
    assert waiting(now) == []
    standin.turn("warn", intent=payment.intent)
    standin.turn("dispute", intent=payment.intent)
    hear()
    assert [name for name, _ in waiting(now)] == ["Disputes"]


def test_disputes_refunds_and_warnings_of_another_shop_are_ignored(standin, hear, now):
    theirs = gateway.create_checkout(
        payment="order 17",
        charge="",
        amount_cents=900,
        description="Mug",
        email="x@shop.example",
        success_url="http://shop.example/",
        cancel_url="http://shop.example/",
        expires_at=now + timedelta(hours=2),
    )
    intent = standin.pay(theirs.session)["payment_intent"]
    standin.turn("warn", intent=intent)
    standin.turn("refund", intent=intent, amount=100)
    standin.turn("dispute", intent=intent)
    hear()
    assert set(StripeEvent.objects.values_list("state", flat=True)) == {"ignored"}
    assert actions.reconcile(at=now).differences == []
    assert (Dispute.objects.count(), Refund.objects.count()) == (0, 0)


def test_refunds_made_in_stripe_are_ours_too_and_what_is_left_is_known(standin, payment, owed, rita, hear, now, drain):
    standin.turn("refund", intent=payment.intent, amount=20000)
    hear()
    hear()
    owed.refresh_from_db()
    row = Refund.objects.get()
    assert (row.outside, row.state, row.amount_cents, owed.state, owed.left_cents) == (True, "done", 20000, "settled", 15000)
    assert Email.objects.filter(notice="billing/refunded").count() == 1
    agree(standin)
    actions.refund(owed, actor=rita, at=now, reason="The rest")
    drain(now)
    owed.refresh_from_db()
    assert (owed.state, standin.turn("books")["usd"]["net"]) == ("refunded", 0)
    agree(standin)


def test_all_of_a_fee_refunded_in_stripe_is_a_refunded_fee(standin, payment, owed, hear):
    standin.turn("refund", intent=payment.intent)
    hear()
    owed.refresh_from_db()
    payment.refresh_from_db()
    assert (owed.state, payment.state) == ("refunded", "returned")
    agree(standin)


def test_a_refund_that_failed_can_be_made_anew_with_another_amount(standin, payment, owed, rita, hear, now, drain):
    standin.turn("refund", intent=payment.intent, amount=20000)
    actions.refund(owed, actor=rita, at=now, reason="Not eligible")
    drain(now)
    ours = Refund.objects.get()
    assert ours.state == "failed"
    hear()
    ours.refresh_from_db()
    assert (ours.state, ours.amount_cents) == ("failed", 15000)
    agree(standin)
    with pytest.raises(NotPossible, match=r"\$150 can still be refunded"):
        actions.ask_again(ours, actor=rita, at=now, reason="More", cents=15001)
    actions.ask_again(ours, actor=rita, at=now, reason="Less", cents=12000)
    drain(now)
    ours.refresh_from_db()
    assert (ours.state, ours.amount_cents, standin.turn("books")["usd"]["net"]) == ("done", 12000, 3000)
    agree(standin)


def test_a_late_message_about_a_refund_in_stripe_finds_ours_on_its_way(standin, payment, owed, rita, hear, now, drain):
    made = standin.turn("refund", intent=payment.intent, amount=20000)
    actions.refund(owed, actor=rita, at=now, reason="Not eligible")
    actions.take_refund(gateway.fetch_refund(made["id"]), at=now)
    agree(standin)
    drain(now)
    agree(standin)
    assert sorted(Refund.objects.values_list("state", "amount_cents")) == [("done", 15000), ("done", 20000)]


def test_a_refund_that_failed_and_is_not_needed_any_more_is_no_difference(standin, payment, owed, rita, hear, now, drain):
    standin.turn("refunds", end="failed")
    actions.refund(owed, actor=rita, at=now, reason="Not eligible")
    drain(now)
    standin.turn("refunds", end="succeeded")
    standin.turn("refund", intent=payment.intent)
    hear()
    assert sorted(Refund.objects.values_list("state", "outside")) == [("done", True), ("withdrawn", False)]
    outcome = actions.reconcile(at=now)
    assert (outcome.mended, outcome.differences, Discrepancy.objects.count()) == ([], [], 0)
    agree(standin)


# Money that leaves, once


def test_a_second_press_of_a_partial_refund_is_refused(payment, owed, rita, now):
    seen = queries.get_charge_version(owed)
    actions.refund(owed, actor=rita, at=now, reason="A part", cents=2500, version=seen)
    with pytest.raises(queries.Changed, match="pressed the button twice"):
        actions.refund(owed, actor=rita, at=now, reason="A part", cents=2500, version=seen)
    assert Refund.objects.count() == 1


def test_the_page_of_a_refund_refuses_the_second_press_and_keeps_what_was_typed(client, payment, owed, rita, now):
    client.force_login(rita)
    path = reverse("billing:refund", args=[owed.id])
    typed = {"amount": "25", "reason": "She paid too much", "version": queries.get_charge_version(owed)}
    assert client.post(path, typed).status_code == 302
    second = client.post(path, typed)
    assert (second.status_code, "She paid too much" in second.content.decode()) == (422, True)
    assert client.post(path, {name: typed[name] for name in ("amount", "reason")}).status_code == 422
    assert Refund.objects.count() == 1


def test_an_error_that_stripe_keeps_and_a_day_that_passes_pay_nothing_twice(standin, payment, owed, rita, now, drain, monkeypatch):
    monkeypatch.setattr("ledger.outbox.log.exception", lambda *told: None)
    actions.refund(owed, actor=rita, at=now, reason="A part", cents=10000)
    standin.turn("fail", status=500, done=True, call="POST /v1/refunds")
    drain(now)
    assert Refund.objects.get().state == "asked"
    standin.turn("forget_keys")
    drain(now + timedelta(days=2))
    assert (Refund.objects.get().state, standin.turn("books")["usd"]["refund"]) == ("done", -10000)
    agree(standin)


def test_a_message_about_a_refund_of_ours_that_comes_before_the_answer_makes_no_second_one(
    standin, payment, owed, rita, hear, now, drain, monkeypatch
):
    monkeypatch.setattr("ledger.outbox.log.exception", lambda *told: None)
    actions.refund(owed, actor=rita, at=now, reason="A part", cents=10000)
    standin.turn("fail", status=500, done=True, call="POST /v1/refunds")
    drain(now)
    assert (Refund.objects.get().state, Refund.objects.get().stripe_id) == ("asked", "")
    hear()
    owed.refresh_from_db()
    assert (Refund.objects.get().state, Refund.objects.get().outside, owed.left_cents) == ("done", False, 25000)
    agree(standin)


def test_a_second_charge_on_one_session_is_held_for_staff(standin, owed, rita, now, drain):
    payment = actions.start_checkout(owed, actor=owed.person, at=now)
    standin.pay(payment.session)
    standin.turn("charge_again", session=payment.session)
    actions.settle(payment.id, at=now)
    owed.refresh_from_db()
    extra = Payment.objects.get(state="held")
    assert (owed.state, extra.received_cents) == ("settled", 35000)
    assert "found a second one" in extra.trouble
    agree(standin)
    actions.return_payment(extra, actor=rita, at=now, reason="Charged twice")
    drain(now)
    assert standin.turn("books")["usd"]["net"] == 35000
    agree(standin)


@pytest.mark.parametrize("new_intent", [False, True])
def test_a_second_charge_that_comes_later_is_found_at_night(standin, payment, owed, now, new_intent):
    standin.turn("charge_again", session=payment.session, new_intent=new_intent)
    actions.reconcile(at=now)
    actions.reconcile(at=now)
    assert Payment.objects.filter(state="held").count() == 1
    agree(standin)


def test_yen_never_become_dollars(standin, owed, rita, now, drain, client):
    payment = pay(standin, owed, at=now, amount=35000, currency="jpy")
    assert (payment.state, payment.currency, owed.state) == ("held", "jpy", "open")
    assert queries.get_books().received == 0
    client.force_login(rita)
    page = client.get(reverse("billing:charge", args=[owed.id])).content.decode()
    assert "We received 35,000 JPY" in page
    assert "We received $350" not in page
    actions.return_payment(payment, actor=rita, at=now, reason="Wrong currency")
    drain(now)
    assert (Refund.objects.get().state, Refund.objects.get().currency) == ("done", "jpy")
    assert standin.turn("books")["jpy"]["net"] == queries.get_card_books(currency="jpy").balance == 0
    agree(standin)


# Every night


def test_the_night_mends_what_no_message_told(standin, payment, alice, rita, now, drain):
    other = factory.charge(alice, at=now, purpose="tests.other")
    lost = actions.start_checkout(other, actor=alice, at=now)
    Payment.objects.filter(id=lost.id).update(session="", next_look_at=None)
    standin.pay(lost.session)
    third = factory.charge(alice, at=now, purpose="tests.third")
    pay(standin, third, at=now)
    actions.refund(third, actor=rita, at=now, reason="Not eligible")
    drain(now)
    standin.turn("finish_refund", refund=Refund.objects.get().stripe_id, status="failed")
    standin.turn("dispute", intent=payment.intent)
    standin.turn("warn", intent=payment.intent)
    outcome = actions.reconcile(at=now)
    other.refresh_from_db()
    assert outcome.differences == []
    assert other.state == "settled"
    assert Refund.objects.get().state == "failed"
    assert [row.state for row in Dispute.objects.all()] == ["needs_response"]
    assert FraudWarning.objects.count() == 1
    agree(standin)
    assert actions.reconcile(at=now).mended == []


def test_the_night_asks_about_what_is_not_decided_however_old_it_is(standin, payment, alice, rita, hear, settings, now, drain):
    third = factory.charge(alice, at=now, purpose="tests.third")
    pay(standin, third, at=now)
    standin.turn("refunds", end="pending")
    actions.refund(third, actor=rita, at=now, reason="Not eligible")
    drain(now)
    dispute = standin.turn("dispute", intent=payment.intent)
    hear()
    assert (Refund.objects.get().state, Dispute.objects.get().state) == ("asked", "needs_response")
    standin.turn("finish_refund", refund=Refund.objects.get().stripe_id, status="succeeded")
    standin.turn("change_dispute", dispute=dispute["id"], status="won")
    outcome = actions.reconcile(at=now + timedelta(days=settings.RECONCILE_DAYS + 1))
    assert (outcome.compared, len(outcome.mended), outcome.differences) == (0, 2, [])
    assert (Refund.objects.get().state, Dispute.objects.get().state) == ("done", "won")
    agree(standin)


def test_the_night_puts_what_it_cannot_mend_before_staff_until_it_agrees(standin, payment, rita, now):
    Payment.objects.filter(id=payment.id).update(currency="usd", stripe_charge="ch_unknown", started_at=now - timedelta(days=1))
    actions.reconcile(at=now)
    actions.reconcile(at=now)
    row = Discrepancy.objects.get(state="open", key=f"payment {payment.id}")
    assert "Stripe and our books" in [name for name, _ in waiting(now)]
    actions.close_discrepancy(row, actor=rita, at=now, reason="A test")
    actions.reconcile(at=now)
    row.refresh_from_db()
    assert row.state == "closed"


def test_the_night_comes_once_a_day_and_by_itself(standin, payment, now, drain):
    standin.turn("dispute", intent=payment.intent)
    tomorrow = now + timedelta(days=1)
    assert ["billing.reconcile" in sweep_runs.run_due(at=at) for at in (now, now, tomorrow)] == [True, False, True]
    drain(tomorrow)
    assert Dispute.objects.count() == 1
    assert Delivery.objects.filter(topic="billing.reconciliation.due").count() == 2


def test_a_payer_whose_address_changed_at_the_wrong_moment_can_pay(standin, owed, alice, now, monkeypatch):
    def killed(**asked):
        create(**asked)
        raise gateway.GatewayUnavailable

    create = gateway.create_checkout
    monkeypatch.setattr(gateway, "create_checkout", killed)
    with pytest.raises(gateway.GatewayUnavailable):
        actions.start_checkout(owed, actor=alice, at=now)
    monkeypatch.setattr(gateway, "create_checkout", create)
    alice.email = "moreau@marlow.example"
    alice.save()
    owed.refresh_from_db()
    payment = actions.start_checkout(owed, actor=alice, at=now + timedelta(minutes=1))
    assert payment.url.startswith(standin.url)
    assert sorted(Payment.objects.values_list("state", flat=True)) == ["expired", "started"]


def test_one_check_is_paid_out_once(priya, rita, now):
    invoice = factory.invoiced(priya, at=now, staff=rita)
    factory.received(invoice, 80000, at=now, staff=rita)
    payer = invoice.order.payer
    seen = queries.get_payer_version(payer)
    asked = {"sent_on": now.date(), "cents": 5000, "actor": rita, "at": now}
    actions.pay_out(payer, number="900", version=seen, **asked)
    with pytest.raises(NotPossible, match="900 was already recorded"):
        actions.pay_out(payer, number="900", **asked)
    with pytest.raises(queries.Changed):
        actions.pay_out(payer, number="901", version=seen, **asked)
    assert queries.get_credit(payer) == 5000


def test_staff_read_what_a_dispute_is_and_by_when_to_answer(client, standin, payment, rita, hear):
    standin.turn("dispute", intent=payment.intent)
    hear()
    row = Dispute.objects.get()
    client.force_login(rita)
    page = client.get(reverse("billing:dispute", args=[row.id])).content.decode()
    assert f"https://dashboard.stripe.com/disputes/{row.stripe_id}" in page
    assert "Answer by" in page
