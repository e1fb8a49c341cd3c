from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from billing import actions, gateway, policy, queries
from billing.models import Charge, FeeAmount, Payment, Refund, StripeEvent
from ledger import queues
from ledger.models import Delivery, Email, Entry
from ledger.queries import tell
from ledger.states import NotPossible
from tests.factories import billing as factory

pytestmark = pytest.mark.django_db


def story():
    """Every audit sentence, in order."""
    return [tell(entry).sentence for entry in Entry.objects.select_related("actor", "person").order_by("id")]


def events():
    """The topics in the outbox, in order."""
    return list(Delivery.objects.order_by("id").values_list("topic", flat=True))


def letters():
    return list(Email.objects.order_by("created_at").values_list("notice", "to"))


@pytest.fixture
def owed(alice, now):
    return factory.charge(alice, at=now)


@pytest.fixture
def started(standin, owed, alice, now):
    """A payment of Alice's whose card page is open."""
    return actions.start_checkout(owed, actor=alice, at=now)


def deliver(standin, event=None, *, at):
    """Hand over one event of the stand-in, the newest if none is named, as the webhook would."""
    import json

    payload = json.dumps(event or standin.events()[-1])
    return actions.receive_event(payload.encode(), signature=standin.sign(payload), at=at)


# Fees and charges


def test_the_first_fees_are_those_of_the_rules_and_a_renewal_has_none(db):
    assert queries.list_fees(on=date(2026, 11, 23)) == [
        policy.Fee("application", 35000, 32500, date(2010, 1, 1)),
        policy.Fee("portfolio", 6000, 5000, date(2010, 1, 1)),
        policy.Fee("course_approval", 10000, 10000, date(2010, 1, 1)),
        policy.Fee("course_renewal", 10000, 10000, date(2010, 1, 1)),
    ]
    with pytest.raises(queries.FeeNotSet):
        queries.get_fee("certificate_renewal", on=date(2026, 11, 23))


@pytest.mark.parametrize(
    ("on", "member", "cents"),
    [(date(2027, 6, 30), False, 6000), (date(2027, 7, 1), False, 7000), (date(2027, 7, 1), True, 5500)],
)
def test_a_charge_has_the_fee_of_its_day(alice, now, on, member, cents):
    FeeAmount.objects.create(kind="portfolio", standard_cents=7000, member_cents=5500, effective_on=date(2027, 7, 1))
    assert factory.charge(alice, at=now, kind="portfolio", on=on, member=member).amount_cents == cents


def test_a_charge_is_told_once_and_made_once(alice, now):
    reference = uuid4()
    first = factory.charge(alice, at=now, reference=reference)
    again = factory.charge(alice, at=now, reference=reference, member=True)
    assert again == first
    assert again.amount_cents == 35000
    assert queries.get_charge(purpose=first.purpose, reference=reference) == first
    assert story() == ["A fee of $350 is due from Alice Moreau: Application and enrollment."]


def test_the_database_refuses_a_second_charge_for_one_thing(owed):
    with pytest.raises(IntegrityError), transaction.atomic():
        Charge.objects.create(
            person=owed.person,
            purpose=owed.purpose,
            reference=owed.reference,
            fee=owed.fee,
            member=False,
            priced_on=owed.priced_on,
            amount_cents=1,
            created_at=owed.created_at,
        )


def test_the_way_back_stays_on_our_site(alice, now):
    for path in ("https://elsewhere.example/", "//elsewhere.example/", "application/"):
        with pytest.raises(ValueError, match="path on this site"):
            factory.charge(alice, at=now, return_path=path)


def test_a_charge_that_was_given_back_makes_room_for_a_new_one(owed, alice, rita, now):
    factory.settle(owed, at=now)
    actions.refund(owed, actor=rita, at=now, reason="A mistake")
    assert queries.get_charge(purpose=owed.purpose, reference=owed.reference).state == "refunded"
    later = now + timedelta(days=1)
    again = factory.charge(alice, at=later, reference=owed.reference)
    assert (again.state, again.pk == owed.pk) == ("open", False)
    assert factory.charge(alice, at=later, reference=owed.reference) == again
    assert queries.get_charge(purpose=owed.purpose, reference=owed.reference) == again


def test_a_cancelled_charge_makes_room_for_a_new_one(owed, alice, rita, now):
    actions.cancel(owed, actor=rita, at=now, reason="Withdrawn")
    assert queries.get_charge(purpose=owed.purpose, reference=owed.reference) is None
    assert factory.charge(alice, at=now, reference=owed.reference) != owed
    with pytest.raises(NotPossible):
        actions.cancel(owed, actor=rita, at=now, reason="Again")


# Paying


def test_starting_opens_one_card_page_for_two_tabs(standin, owed, alice, now):
    first = actions.start_checkout(owed, actor=alice, at=now)
    second = actions.start_checkout(owed, actor=alice, at=now + timedelta(minutes=1))
    assert (second.id, second.url) == (first.id, first.url)
    assert first.url.startswith(standin.url)
    assert standin.count("POST /v1/checkout/sessions") == 1
    assert story()[1:] == ["Alice Moreau started to pay $350 by card: Application and enrollment."]


def test_the_card_company_learns_no_more_than_it_needs(standin, started, alice):
    checkout = gateway.fetch_checkout(started.session)
    assert (checkout.amount_cents, checkout.payment, checkout.charge) == (35000, str(started.id), str(started.charge_id))


def test_a_crash_between_our_row_and_the_card_company_is_healed_by_the_next_try(standin, owed, alice, now, monkeypatch):
    def killed(**asked):
        create(**asked)
        raise SystemExit

    create = gateway.create_checkout
    monkeypatch.setattr(gateway, "create_checkout", killed)
    with pytest.raises(SystemExit):
        actions.start_checkout(owed, actor=alice, at=now)
    cut_off = Payment.objects.get()
    assert cut_off.session == ""
    monkeypatch.setattr(gateway, "create_checkout", create)
    healed = actions.start_checkout(owed, actor=alice, at=now + timedelta(minutes=5))
    assert healed.id == cut_off.id
    assert len({event["id"] for event in standin.events()}) == 0
    assert gateway.fetch_checkout(healed.session).payment == str(cut_off.id)


def test_a_crash_is_healed_by_the_card_companys_own_message(standin, started, now, drain):
    session = started.session
    Payment.objects.update(session="", url="")
    standin.pay(session)
    deliver(standin, at=now)
    drain(now)
    started.refresh_from_db()
    assert (started.state, started.session) == ("succeeded", session)


def test_when_the_card_company_is_away_nothing_is_lost(standin, owed, alice, now):
    standin.turn("fail", status=500, times=3)
    with pytest.raises(gateway.GatewayUnavailable, match="Nothing was charged"):
        actions.start_checkout(owed, actor=alice, at=now)
    assert actions.start_checkout(owed, actor=alice, at=now + timedelta(minutes=1)).id == Payment.objects.get().id


def test_settling_is_told_mailed_and_emitted_once(standin, started, owed, alice, now, drain):
    standin.pay(started.session)
    later = now + timedelta(minutes=3)
    for _ in range(3):
        actions.settle(started.id, at=later)
    owed.refresh_from_db()
    started.refresh_from_db()
    assert (owed.state, owed.settled_at) == ("settled", later)
    assert (started.state, started.settled_at, started.received_cents, started.next_look_at) == ("succeeded", later, 35000, None)
    assert story()[2:] == [
        "The card company confirmed a payment of $350.",
        "Alice Moreau paid $350: Application and enrollment.",
    ]
    assert letters() == [("billing/receipt", "alice@marlow.example")]
    assert queries.is_settled(purpose=owed.purpose, reference=owed.reference)
    told = Delivery.objects.filter(topic="billing.charge.settled").values_list("payload", flat=True)
    assert set(told.values_list("payload__charge", flat=True)) <= {str(owed.id)}


def test_the_news_of_a_settlement_carry_what_the_contract_says(standin, started, owed, now, monkeypatch):
    from ledger.registry import SUBSCRIBERS

    heard = []
    monkeypatch.setitem(SUBSCRIBERS, "billing.charge.settled", {"test": lambda event, *, at: heard.append(event)})
    standin.pay(started.session)
    actions.settle(started.id, at=now)
    from ledger import outbox

    outbox.deliver(at=now)
    assert [(set(one), UUID(one["charge"]), one["purpose"], UUID(one["reference"]), one["person"]) for one in heard] == [
        ({"charge", "purpose", "reference", "person", "settled_at"}, owed.id, owed.purpose, owed.reference, owed.person_id)
    ]


def test_paying_what_is_paid_is_refused_in_words(standin, started, owed, alice, now):
    standin.pay(started.session)
    with pytest.raises(actions.AlreadyPaid, match="already paid"):
        actions.start_checkout(owed, actor=alice, at=now + timedelta(minutes=1))
    owed.refresh_from_db()
    assert owed.state == "settled"  # pressing the button again found the payment whose message was lost
    with pytest.raises(actions.AlreadyPaid):
        actions.start_checkout(owed, actor=alice, at=now + timedelta(minutes=2))


def test_a_cancelled_charge_cannot_be_paid(standin, owed, alice, rita, now):
    actions.cancel(owed, actor=rita, at=now, reason="Withdrawn")
    with pytest.raises(NotPossible):
        actions.start_checkout(owed, actor=alice, at=now)
    assert Payment.objects.count() == 0


def test_an_expired_page_is_replaced_by_a_new_one(standin, started, owed, alice, now):
    gateway.expire_checkout(started.session)
    fresh = actions.start_checkout(owed, actor=alice, at=now + timedelta(minutes=5))
    started.refresh_from_db()
    assert (started.state, fresh.state) == ("expired", "started")
    assert fresh.id != started.id
    assert story()[-2] == "A card payment of $350 was not finished. Nothing was charged."


def test_money_that_comes_after_we_gave_up_settles_all_the_same(standin, started, owed, now):
    gateway_says = standin.pay(started.session)
    Payment.objects.update(state="expired", next_look_at=None)
    actions.settle(started.id, at=now)
    owed.refresh_from_db()
    assert gateway_says["payment_status"] == "paid"
    assert owed.state == "settled"


def test_a_second_payment_goes_back_by_itself(standin, started, owed, alice, now, drain):
    Payment.objects.filter(id=started.id).update(expires_at=now)
    other = actions.start_checkout(owed, actor=alice, at=now + timedelta(seconds=1))
    assert other.id != started.id
    for payment in (started, other):
        standin.pay(payment.session)
        actions.settle(payment.id, at=now + timedelta(minutes=1))
    drain(now + timedelta(minutes=2))
    started.refresh_from_db()
    other.refresh_from_db()
    assert (started.state, other.state) == ("succeeded", "duplicate")
    assert (other.refunds.get().state, other.refunds.get().amount_cents) == ("done", 35000)
    assert letters() == [("billing/receipt", "alice@marlow.example"), ("billing/refunded", "alice@marlow.example")]
    assert "no longer owed" in Email.objects.get(notice="billing/refunded").text
    assert story()[-3:] == [
        "Alice Moreau paid $350 that was no longer owed. It will be refunded to the card.",
        "A refund of $350 to Alice Moreau was asked for.",
        "The card company refunded $350 to Alice Moreau.",
    ]
    assert queries.get_books() == policy.Books(received=70000, back=35000, held=0, earned=35000, open=0)


def test_settling_closes_the_other_page(standin, started, owed, alice, now, drain):
    Payment.objects.filter(id=started.id).update(expires_at=now)
    other = actions.start_checkout(owed, actor=alice, at=now + timedelta(seconds=1))
    standin.pay(other.session)
    actions.settle(other.id, at=now + timedelta(minutes=1))
    drain(now + timedelta(minutes=1))
    assert gateway.fetch_checkout(started.session).status == "expired"
    started.refresh_from_db()
    assert started.state == "expired"


def test_cancelling_closes_the_page_and_money_that_was_faster_goes_back(standin, started, owed, rita, now, drain):
    standin.pay(started.session)
    actions.cancel(owed, actor=rita, at=now, reason="Withdrawn")
    drain(now)
    started.refresh_from_db()
    assert (started.state, started.refunds.get().state) == ("duplicate", "done")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"paid": {"captured": 1}}, "the amount $350, found $0.01"),
        ({"paid": {"captured": 20000}}, "the amount $350, found $200"),
        ({"paid": {"amount": 34999}}, "the amount $350, found $349.99"),
        ({"paid": {"currency": "cad"}}, "the currency usd, found cad"),
        ({"livemode": True}, "money of the kind test, found live"),
        ({"mode": "setup"}, "the mode payment, found setup"),
        ({"metadata": {}}, "found nothing"),
        ({"client_reference_id": str(UUID(int=7))}, f"found {UUID(int=7)}"),
    ],
)
def test_what_does_not_match_waits_for_staff_and_settles_nothing(standin, started, owed, now, fields, expected):
    standin.pay(started.session, **fields.pop("paid", {}))
    standin.turn("change", session=started.session, fields=fields)
    actions.settle(started.id, at=now)
    owed.refresh_from_db()
    started.refresh_from_db()
    assert (owed.state, started.state) == ("open", "held")
    assert expected in started.trouble
    [waiting] = queues.list_app_work_items("billing", at=now)
    assert (waiting.queue, waiting.needs_person, waiting.title) == (
        "Payment does not match",
        True,
        "Alice Moreau: Application and enrollment",
    )
    assert expected in waiting.detail
    assert letters() == []
    with pytest.raises(actions.BeingLookedInto):
        actions.start_checkout(owed, actor=owed.person, at=now)


def test_staff_give_a_held_payment_back(standin, started, rita, now, drain):
    standin.pay(started.session, captured=30000)
    held = actions.settle(started.id, at=now)
    actions.return_payment(held, actor=rita, at=now, reason="Wrong amount")
    with pytest.raises(NotPossible):
        actions.return_payment(held, actor=rita, at=now, reason="Again")
    drain(now)
    refund = Refund.objects.get()
    assert (refund.state, refund.amount_cents) == ("done", 30000)
    assert queues.list_app_work_items("billing", at=now) == []
    assert queries.get_books().difference == 0


def test_staff_close_a_held_payment(standin, started, rita, now):
    standin.pay(started.session, currency="cad")
    held = actions.settle(started.id, at=now)
    actions.close(held, actor=rita, at=now, reason="Settled at Stripe by hand")
    assert queues.list_app_work_items("billing", at=now) == []
    assert story()[-1] == "Rita Lindqvist closed a card payment that did not match."


# Messages from the card company


def test_a_message_is_stored_once_and_handled_once(standin, started, owed, now, drain):
    standin.pay(started.session)
    first = deliver(standin, at=now)
    again = deliver(standin, at=now)
    assert first == again
    assert events().count("billing.event.received") == 1
    drain(now)
    deliver(standin, at=now)
    drain(now)
    owed.refresh_from_db()
    event = StripeEvent.objects.get()
    assert (owed.state, event.state, event.handled_at, event.payment) == ("settled", "handled", now, started)
    assert len(letters()) == 1


def test_messages_out_of_order_end_the_same(standin, started, owed, now, drain):
    standin.pay(started.session)
    completed = standin.events()[-1]
    expired = {**completed, "id": "evt_older", "type": "checkout.session.expired"}
    for event in (expired, completed):
        deliver(standin, event, at=now)
    drain(now)
    owed.refresh_from_db()
    assert owed.state == "settled"
    assert set(StripeEvent.objects.values_list("state", flat=True)) == {"handled"}


def test_a_message_that_says_expired_ends_the_payment(standin, started, owed, now, drain):
    gateway.expire_checkout(started.session)
    deliver(standin, at=now)
    drain(now)
    started.refresh_from_db()
    owed.refresh_from_db()
    assert (started.state, owed.state) == ("expired", "open")


def test_a_message_is_a_hint_and_what_it_claims_is_not_believed(standin, started, owed, now, drain):
    event = {
        "id": "evt_claims",
        "object": "event",
        "type": "checkout.session.completed",
        "livemode": False,
        "data": {"object": {"id": started.session, "object": "checkout.session", "payment_status": "paid", "metadata": {}}},
    }
    deliver(standin, event, at=now)
    drain(now)
    owed.refresh_from_db()
    assert owed.state == "open"


def test_a_message_that_cannot_be_handled_yet_is_tried_again(standin, started, owed, now, drain):
    standin.pay(started.session)
    deliver(standin, at=now)
    standin.turn("fail", status=500, times=3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ledger.outbox.log.exception", lambda *told: None)
        drain(now)
    assert StripeEvent.objects.get().state == "received"
    drain(now + timedelta(seconds=10))
    owed.refresh_from_db()
    assert (owed.state, StripeEvent.objects.get().state) == ("settled", "handled")


def test_a_message_of_another_kind_is_ignored(standin, now):
    event = {"id": "evt_1", "object": "event", "type": "invoice.paid", "livemode": False, "data": {"object": {"id": "in_1"}}}
    assert deliver(standin, event, at=now).state == "ignored"
    assert events() == []


def test_somebody_elses_checkout_is_ignored(standin, now):
    event = {
        "id": "evt_1",
        "object": "event",
        "type": "checkout.session.completed",
        "livemode": False,
        "data": {"object": {"id": "cs_theirs", "client_reference_id": "order 17"}},
    }
    assert deliver(standin, event, at=now).state == "ignored"


def test_a_message_with_a_number_that_we_never_gave_is_ignored(standin, now):
    event = {
        "id": "evt_1",
        "object": "event",
        "type": "checkout.session.completed",
        "livemode": False,
        "data": {"object": {"id": "cs_new", "client_reference_id": str(uuid4())}},
    }
    assert deliver(standin, event, at=now).state == "ignored"
    assert events() == []


# Refunds


@pytest.fixture
def settled(standin, started, owed, now):
    standin.pay(started.session)
    actions.settle(started.id, at=now)
    owed.refresh_from_db()
    return owed


def test_a_refund_is_decided_once_and_done_once(standin, settled, rita, now, drain):
    actions.refund(settled, actor=rita, at=now, reason="Not eligible")
    with pytest.raises(NotPossible, match="only once"):
        actions.refund(settled, actor=rita, at=now, reason="Again")
    assert not queries.is_settled(purpose=settled.purpose, reference=settled.reference)
    drain(now)
    Delivery.objects.update(done_at=None)
    drain(now)
    refund = Refund.objects.get()
    assert (refund.state, refund.done_at, refund.amount_cents) == ("done", now, 35000)
    assert standin.count("POST /v1/refunds") == 1
    assert [notice for notice, _ in letters()] == ["billing/receipt", "billing/refunded"]
    assert story()[-4:] == [
        "Rita Lindqvist decided to refund $350 to Alice Moreau: Application and enrollment.",
        "A payment of $350 will be refunded.",
        "A refund of $350 to Alice Moreau was asked for.",
        "The card company refunded $350 to Alice Moreau.",
    ]


def test_an_open_charge_cannot_be_refunded(owed, rita, now):
    with pytest.raises(NotPossible, match="Only a paid charge"):
        actions.refund(owed, actor=rita, at=now, reason="Hm")


def test_a_refund_whose_answer_was_lost_happens_once(standin, settled, rita, now, drain):
    actions.refund(settled, actor=rita, at=now, reason="Not eligible")
    for _ in range(3):
        standin.turn("fail", status=0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ledger.outbox.log.exception", lambda *told: None)
        drain(now)
    assert Refund.objects.get().state == "asked"
    drain(now + timedelta(seconds=10))
    assert Refund.objects.get().state == "done"
    assert len(standin.events("refund.created")) == 1


def test_a_pending_refund_is_done_when_the_card_company_says_so(standin, settled, rita, now, drain):
    standin.turn("refunds", end="pending")
    actions.refund(settled, actor=rita, at=now, reason="Not eligible")
    drain(now)
    refund = Refund.objects.get()
    assert (refund.state, refund.done_at) == ("asked", None)
    standin.turn("finish_refund", refund=refund.stripe_id, status="succeeded")
    actions.look_again(at=now + timedelta(seconds=31))
    drain(now + timedelta(seconds=31))
    refund.refresh_from_db()
    assert refund.state == "done"
    assert refund.next_look_at is None


def test_a_failed_refund_waits_for_staff_who_try_again(standin, settled, rita, now, drain):
    standin.turn("refunds", end="failed")
    actions.refund(settled, actor=rita, at=now, reason="Not eligible")
    drain(now)
    refund = Refund.objects.get()
    assert (refund.state, refund.trouble) == ("failed", "lost_or_stolen_card")
    assert [(work_item.queue, work_item.detail) for work_item in queues.list_app_work_items("billing", at=now)] == [
        ("Refund failed", "lost_or_stolen_card")
    ]
    standin.turn("refunds", end="succeeded")
    actions.ask_again(refund, actor=rita, at=now, reason="The card works again")
    drain(now)
    refund.refresh_from_db()
    assert (refund.state, refund.attempt) == ("done", 2)
    assert queues.list_app_work_items("billing", at=now) == []


def test_a_refund_that_the_bank_sends_back_fails_late_and_can_be_closed(standin, settled, rita, now, drain):
    actions.refund(settled, actor=rita, at=now, reason="Not eligible")
    drain(now)
    refund = Refund.objects.get()
    standin.turn("finish_refund", refund=refund.stripe_id, status="failed")
    failed = standin.events("refund.failed")[-1]
    deliver(standin, failed, at=now)
    drain(now)
    refund.refresh_from_db()
    assert (refund.state, refund.done_at) == ("failed", None)
    actions.close_refund(refund, actor=rita, at=now, reason="Sent a check")
    deliver(standin, {**failed, "id": "evt_again"}, at=now)
    drain(now)
    refund.refresh_from_db()
    assert refund.state == "done"
    assert story()[-2:] == [
        "Rita Lindqvist recorded that $350 was returned to Alice Moreau in another way.",
        "The card company's message evt_again (refund.failed) was handled.",
    ]


def test_a_refund_of_ours_is_not_needed_when_all_of_it_went_back_in_stripe(standin, settled, rita, now, drain):
    standin.turn("refund", intent=Payment.objects.get().intent)
    actions.refund(settled, actor=rita, at=now, reason="Not eligible")
    drain(now)
    assert "already been refunded" in Refund.objects.get().trouble
    deliver(standin, at=now)
    drain(now)
    assert list(Refund.objects.order_by("outside").values_list("state", "amount_cents")) == [("withdrawn", 35000), ("done", 35000)]
    assert queues.list_app_work_items("billing", at=now) == []
    assert queries.get_books().difference == 0


# Looking again


def test_a_lost_message_is_no_loss(standin, started, owed, now, drain):
    standin.pay(started.session)
    actions.look_again(at=now + timedelta(seconds=29))
    assert events() == []
    late = now + timedelta(seconds=30)
    actions.look_again(at=late)
    actions.look_again(at=late)
    assert events() == ["billing.payment.look"]
    drain(late)
    owed.refresh_from_db()
    assert owed.state == "settled"


def test_looking_again_becomes_rarer(standin, started, now, drain):
    looks = []
    for minute in range(1, 121):
        at = now + timedelta(minutes=minute)
        actions.look_again(at=at)
        if Delivery.objects.filter(done_at=None).exists():
            looks.append(minute)
            drain(at)
    assert looks == [1, 2, 4, 8, 16, 32, 64, 124][: len(looks)]
    assert len(looks) == 7


def test_looking_again_takes_a_bounded_batch(alice, now, monkeypatch):
    monkeypatch.setattr("billing.actions.payments.SWEEP_BATCH", 2)
    for _ in range(3):
        made = factory.charge(alice, at=now)
        Payment.objects.create(charge=made, amount_cents=35000, started_at=now, expires_at=now, next_look_at=now)
    actions.look_again(at=now)
    assert len(events()) == 2
    actions.look_again(at=now)
    assert len(events()) == 3


def test_a_payment_that_the_card_company_never_knew_ends_with_its_time(standin, owed, now, drain):
    cut_off = Payment.objects.create(
        charge=owed, amount_cents=35000, started_at=now, expires_at=now + policy.CHECKOUT_OPEN, next_look_at=now
    )
    forgotten = Payment.objects.create(
        charge=owed, amount_cents=35000, session="cs_gone", started_at=now, expires_at=now + policy.CHECKOUT_OPEN, next_look_at=now
    )
    end = now + policy.CHECKOUT_OPEN
    for at, state in ((end, "started"), (end + timedelta(seconds=1), "expired")):
        for payment in (cut_off, forgotten):
            actions.look(payment.id, at=at)
            payment.refresh_from_db()
            assert payment.state == state


def test_nobody_is_asked_about_what_is_decided(standin, settled, now):
    calls = len(standin.turn("calls"))
    actions.settle(Payment.objects.get().id, at=now)
    assert len(standin.turn("calls")) == calls


def test_the_books_balance_to_the_cent_and_the_command_says_so(settled, alice, now, capsys):
    from django.core.management import CommandError, call_command

    factory.charge(alice, at=now, kind="portfolio", purpose="tests.other")
    assert queries.get_books() == policy.Books(received=35000, back=0, held=0, earned=35000, open=6000)
    call_command("books")
    assert "The books balance." in capsys.readouterr().out
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.update(received_cents=34999)
    Charge.objects.filter(id=settled.id).update(amount_cents=34999)
    with pytest.raises(CommandError, match=r"\$0\.01 apart"):
        call_command("books")


def test_the_database_lets_one_payment_settle_a_charge(settled, now):
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.create(
            charge=settled, amount_cents=35000, received_cents=35000, state="succeeded", started_at=now, expires_at=now, settled_at=now
        )
