import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from billing import actions, queries
from billing.models import Charge, Payment, Refund, StripeEvent
from billing.views import payments as views
from ledger import queues
from ledger.models import Email
from tests.factories import billing as factory
from tests.markup import markup

pytestmark = pytest.mark.django_db

WEBHOOK = "/billing/stripe/webhook/"


def version(charge):
    """What a reader of the page sees now."""
    charge.refresh_from_db()
    return queries.get_charge_version(charge)


def event(**changes):
    return {
        "id": f"evt_{uuid4().hex}",
        "object": "event",
        "type": "invoice.paid",
        "livemode": False,
        "data": {"object": {"id": "in_1"}},
        **changes,
    }


@pytest.fixture
def owed(alice, now):
    return factory.charge(alice, at=now)


@pytest.fixture
def as_person(client, request):
    """Sign somebody of the cast in."""

    def sign_in(name):
        client.force_login(request.getfixturevalue(name))
        return client

    return sign_in


def page(owed, name="charge"):
    return reverse(f"billing:{name}", args=[owed.id])


@pytest.fixture
def auditor(db):
    from django.contrib.auth.models import Group

    from people.models import User

    person = User.objects.create_user("otto@lssc.example", "correct horse battery", name="Otto Audit", called="Otto")
    person.groups.add(Group.objects.get_or_create(name="auditors")[0])
    return person


@pytest.mark.parametrize(
    ("who", "status"), [("alice", 200), ("rita", 200), ("auditor", 200), ("bob", 404), ("charlie", 404), ("priya", 404)]
)
@pytest.mark.parametrize("name", ["charge", "receipt"])
def test_a_charge_is_seen_by_its_person_and_the_office(as_person, alice, now, who, status, name):
    paid = factory.paid(alice, at=now)
    assert as_person(who).get(page(paid, name)).status_code == status


@pytest.mark.parametrize("name", ["charge", "receipt"])
def test_a_visitor_is_asked_to_sign_in(client, alice, now, name):
    answer = client.get(page(factory.paid(alice, at=now), name))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/login/")


def test_what_is_owed_is_said_with_its_reason(as_person, owed):
    text = markup(as_person("alice").get(page(owed)))
    assert "Pay $350</h1>" in text
    assert "Application and enrollment" in text
    assert "for people who are not ALA members" in text
    assert "Pay by card" in text


def test_staff_look_on_and_cannot_pay(as_person, owed):
    client = as_person("rita")
    text = client.get(page(owed)).content.decode()
    assert "Alice Moreau" in text
    assert "Pay by card" not in text
    assert client.post(page(owed, "pay")).status_code == 404


@pytest.mark.parametrize("who", ["charlie", "bob", "rita", "auditor"])
def test_nobody_pays_for_somebody_else(as_person, owed, who):
    assert as_person(who).post(page(owed, "pay")).status_code == 404
    assert Payment.objects.count() == 0


def test_paying_goes_to_the_card_page_and_comes_back_to_a_page_that_looks_again(as_person, standin, owed, now, drain):
    client = as_person("alice")
    away = client.post(page(owed, "pay"))
    payment = Payment.objects.get()
    assert (away.status_code, away["Location"]) == (302, payment.url)
    standin.pay(payment.session)
    back = client.get(page(owed), {"back": "paid"})
    assert "We are waiting for the card company" in markup(back)
    assert "Pay by card" not in markup(back)
    assert back["Refresh"] == f"3; url={page(owed)}?back=paid&look=1"
    actions.settle(payment.id, at=now)
    done = client.get(page(owed), {"back": "paid", "look": "1"})
    text = markup(done)
    assert "Refresh" not in done
    assert "Paid: $350</h1>" in text
    assert 'href="/application/"' in text
    assert page(owed, "receipt") in text


def test_the_waiting_page_stops_looking_after_two_minutes(as_person, standin, owed):
    client = as_person("alice")
    client.post(page(owed, "pay"))
    last = client.get(page(owed), {"back": "paid", "look": str(views.LOOKS - 1)})
    assert last["Refresh"].endswith(f"look={views.LOOKS}")
    patient = client.get(page(owed), {"back": "paid", "look": str(views.LOOKS)})
    assert "Refresh" not in patient
    assert "longer than usual" in patient.content.decode()


@pytest.mark.parametrize("look", ["", "x", "-1", "9" * 5000])
def test_a_strange_count_of_looks_is_no_error(as_person, standin, owed, look):
    client = as_person("alice")
    client.post(page(owed, "pay"))
    assert client.get(page(owed), {"back": "paid", "look": look})["Refresh"].endswith("look=1")


def test_the_success_address_alone_settles_nothing(as_person, owed):
    answer = as_person("alice").get(page(owed), {"back": "paid"})
    owed.refresh_from_db()
    assert owed.state == "open"
    assert "Pay by card" in answer.content.decode()


def test_coming_back_without_paying_says_that_nothing_was_charged(as_person, standin, owed):
    client = as_person("alice")
    client.post(page(owed, "pay"))
    text = client.get(page(owed), {"back": "cancelled"}).content.decode()
    assert "Nothing was charged. You can pay at any time." in text
    assert "Pay by card" in text


def test_paying_twice_says_that_it_is_paid(as_person, alice, now):
    paid = factory.paid(alice, at=now)
    answer = as_person("alice").post(page(paid, "pay"), follow=True)
    assert "This is already paid. Nothing more was charged." in answer.content.decode()


def test_paying_a_cancelled_charge_is_told_off_gently(as_person, owed, rita, now):
    actions.cancel(owed, actor=rita, at=now, reason="Withdrawn")
    answer = as_person("alice").post(page(owed, "pay"), follow=True)
    assert "no longer owed" in answer.content.decode()


def test_a_card_company_that_is_away_is_told_in_words(as_person, standin, owed):
    standin.turn("fail", status=500, times=3)
    answer = as_person("alice").post(page(owed, "pay"), follow=True)
    assert answer.status_code == 200
    assert "The card company is not responding right now. Nothing was charged." in answer.content.decode()


def test_a_receipt_can_be_printed_and_shows_a_refund(as_person, alice, rita, now):
    paid = factory.paid(alice, at=now)
    client = as_person("alice")
    text = client.get(page(paid, "receipt")).content.decode()
    assert paid.receipt_number in text
    assert "$350 (US dollars)" in text
    assert "Alice Moreau" in text
    actions.refund(paid, actor=rita, at=now, reason="Not eligible")
    assert "being refunded to the card" in client.get(page(paid, "receipt")).content.decode()


def test_there_is_no_receipt_before_the_money(as_person, owed):
    assert as_person("alice").get(page(owed, "receipt")).status_code == 404


def test_the_list_is_empty_in_words(as_person):
    assert "There is nothing here yet" in as_person("alice").get("/billing/").content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_with_one_row_and_three(as_person, alice, charlie, now, count, django_assert_num_queries):
    for _ in range(count):
        factory.paid(alice, at=now)
    factory.paid(charlie, at=now, description="Someone else’s fee")
    client = as_person("alice")
    client.get("/billing/")
    with django_assert_num_queries(4):  # session, user with groups, rows; candidacy for the masthead
        text = client.get("/billing/").content.decode()
    assert text.count("tag--done") == count
    assert "Someone else" not in text


@pytest.mark.parametrize("count", [1, 3])
def test_the_charge_page_costs_the_same_with_one_try_and_three(as_person, owed, now, count, django_assert_num_queries):
    for _ in range(count):
        Payment.objects.create(charge=owed, amount_cents=35000, state="expired", started_at=now, expires_at=now)
    client = as_person("alice")
    client.get(page(owed))
    # Session, person with roles, charge, payments, refunds, disputes, an order line, an outage; the candidacy for the masthead.
    with django_assert_num_queries(9):
        client.get(page(owed))


@pytest.mark.parametrize("count", [1, 3])
def test_what_waits_costs_two_queries(alice, now, count, django_assert_num_queries):

    for _ in range(count):
        made = factory.charge(alice, at=now)
        Payment.objects.create(charge=made, amount_cents=1, received_cents=2, state="held", started_at=now, expires_at=now, trouble="x")
    with django_assert_num_queries(2):
        assert len(queues.list_app_work_items("billing", at=now)) == count


# Decisions of staff


@pytest.fixture
def held(owed, now):
    return Payment.objects.create(
        charge=owed, amount_cents=35000, received_cents=1, state="held", intent="pi_1", started_at=now, expires_at=now, trouble="amount"
    )


@pytest.fixture
def failed(alice, rita, now):
    paid = factory.paid(alice, at=now)
    actions.refund(paid, actor=rita, at=now, reason="Not eligible")
    Refund.objects.update(state="failed", trouble="declined", next_look_at=None)
    return Refund.objects.get()


@pytest.mark.parametrize(("name", "state"), [("return_payment", "returned"), ("close", "closed")])
def test_staff_decide_about_a_payment_that_does_not_match(as_person, held, name, state):
    client = as_person("rita")
    assert "A payment does not match" in client.get(page(held.charge)).content.decode()
    answer = client.post(page(held, name), {"reason": "Agreed on the phone", "version": version(held.charge)}, follow=True)
    held.refresh_from_db()
    assert (answer.status_code, held.state) == (200, state)
    again = client.post(page(held, name), {"reason": "Again"}, follow=True)
    assert "usa-alert--error" in again.content.decode()


def test_a_payment_that_is_closed_leaves_no_fee_silently_open(as_person, held):
    client = as_person("rita")
    assert "the fee is still due, and Alice Moreau gets an email with your reason" in markup(client.get(page(held.charge)))
    typed = {"reason": "The bank lost it.", "version": version(held.charge)}
    told = markup(client.post(page(held, "close"), typed, follow=True))
    assert "Nothing was refunded. The fee of $350 is still due." in told
    assert "does not count for this fee. So $350 is still due." in told
    letter = Email.objects.get(notice="billing/payment_closed")
    assert (letter.to, letter.subject) == ("alice@marlow.example", "We could not apply your payment of $0.01: $350 is still due")
    assert "Why: The bank lost it." in letter.text
    shown = markup(as_person("alice").get(page(held.charge)))
    assert "does not count for this fee. So $350 is still due." in shown
    assert "Pay by card" in shown


def test_a_payment_that_is_closed_beside_another_leaves_the_fee_paid(as_person, held, now):
    factory.settle(held.charge, at=now)
    client = as_person("rita")
    told = client.post(page(held, "close"), {"reason": "Twice.", "version": version(held.charge)}, follow=True).content.decode()
    assert "Nothing was refunded. The fee is paid by another payment." in told
    assert "does not count for this fee." in told
    assert "still to pay" not in told
    assert not Email.objects.filter(notice="billing/payment_closed").exists()


def test_the_person_is_told_when_the_last_of_several_is_closed(held, rita, now):
    other = Payment.objects.create(charge=held.charge, amount_cents=1, received_cents=2, state="held", started_at=now, expires_at=now)
    actions.close(held, actor=rita, at=now, reason="x")
    assert not Email.objects.filter(notice="billing/payment_closed").exists()
    actions.close(other, actor=rita, at=now, reason="y")
    assert Email.objects.filter(notice="billing/payment_closed").count() == 1


def test_staff_see_what_a_bank_took_of_a_paid_fee(as_person, alice, now):
    paid = factory.paid(alice, at=now)
    Charge.objects.filter(id=paid.id).update(lost_cents=10000)
    line = "A bank took back $100 of the fee, and it is lost. What is left, $250, counts as the fee. Nothing is due."
    assert line in markup(as_person("rita").get(page(paid)))
    assert line not in markup(as_person("alice").get(page(paid)))


# Checks that are taken back


@pytest.fixture
def check(owed, rita, now):
    return actions.record_check(owed, number="1042", received_on=now.date(), cents=35000, actor=rita, at=now)


def test_staff_take_a_check_back_with_a_reason(as_person, check):
    client = as_person("rita")
    assert page(check, "bounce") in client.get(page(check.charge)).content.decode()
    seen = {"version": version(check.charge)}
    assert client.post(page(check, "bounce"), {**seen, "reason": " "}).status_code == 422
    assert client.post(page(check, "bounce"), {"reason": "It bounced.", "version": "old"}).status_code == 422
    check.refresh_from_db()
    assert check.state == "succeeded"
    told = client.post(page(check, "bounce"), {**seen, "reason": "It bounced."}, follow=True).content.decode()
    assert "The check is reversed. The fee is due again, and we emailed the person." in told
    assert "To pay: $350" in told
    assert page(check, "bounce") not in told
    check.refresh_from_db()
    assert (check.state, check.charge.state) == ("bounced", "open")
    again = client.post(page(check, "bounce"), {**seen, "reason": "It bounced."}, follow=True).content.decode()
    assert "by Rita Lindqvist. Nothing was changed." in again
    assert Email.objects.filter(notice="billing/bounced").count() == 1


@pytest.mark.parametrize("who", ["alice", "charlie", "bob", "auditor"])
def test_only_staff_take_a_check_back(as_person, check, who):
    client = as_person(who)
    assert client.post(page(check, "bounce"), {"reason": "Mine"}).status_code == 403
    assert page(check, "bounce") not in client.get(page(check.charge)).content.decode()


@pytest.mark.parametrize(("name", "state"), [("ask_again", "asked"), ("close_refund", "done")])
def test_staff_decide_about_a_refund_that_failed(as_person, failed, name, state):
    client = as_person("rita")
    assert "A refund failed" in client.get(page(failed.payment.charge)).content.decode()
    client.post(page(failed, name), {"reason": "Agreed on the phone", "amount": "350", "version": version(failed.payment.charge)})
    failed.refresh_from_db()
    assert failed.state == state


def test_a_decision_needs_its_reason(as_person, held):
    answer = as_person("rita").post(page(held, "return_payment"), {"reason": " "})
    assert answer.status_code == 422
    assert "<title>Error: " in markup(answer)
    held.refresh_from_db()
    assert held.state == "held"


@pytest.mark.parametrize("who", ["alice", "charlie", "bob", "auditor"])
@pytest.mark.parametrize("name", ["return_payment", "close"])
def test_only_staff_decide_about_payments(as_person, held, who, name):
    assert as_person(who).post(page(held, name), {"reason": "Mine"}).status_code == 403


@pytest.mark.parametrize("who", ["alice", "charlie", "bob", "auditor"])
@pytest.mark.parametrize("name", ["ask_again", "close_refund"])
def test_only_staff_decide_about_refunds(as_person, failed, who, name):
    assert as_person(who).post(page(failed, name), {"reason": "Mine"}).status_code == 403


def test_staff_do_not_decide_about_their_own_money(as_person, rita, now):
    own = factory.charge(rita, at=now)
    payment = Payment.objects.create(charge=own, amount_cents=1, received_cents=2, state="held", started_at=now, expires_at=now)
    client = as_person("rita")
    assert "A payment does not match" not in client.get(page(own)).content.decode()
    answer = client.post(page(payment, "close"), {"reason": "Mine"}, follow=True)
    assert "Another staff member must decide" in answer.content.decode()
    payment.refresh_from_db()
    assert payment.state == "held"


# The webhook


def send(client, standin, told, *, at=None, signature=None):
    payload = told if isinstance(told, str) else json.dumps(told)
    return client.post(
        WEBHOOK, payload, content_type="application/json", headers={"Stripe-Signature": signature or standin.sign(payload, at=at)}
    )


def test_the_webhook_takes_what_the_card_company_signed(client, standin, owed, alice, now, drain):
    payment = actions.start_checkout(owed, actor=alice, at=now)
    standin.pay(payment.session)
    assert send(client, standin, standin.events()[-1]).status_code == 200
    drain(now + timedelta(seconds=5))
    owed.refresh_from_db()
    assert owed.state == "settled"


def test_an_unknown_kind_of_message_is_answered_and_ignored(client, standin):
    assert send(client, standin, event()).status_code == 200
    assert StripeEvent.objects.get().state == "ignored"


@pytest.mark.parametrize(
    "told",
    [
        event(type="checkout.session.completed", data={"object": {"id": "cs_1", "client_reference_id": str(uuid4())}}),
        event(type="checkout.session.completed", data={"object": {"id": "cs_1", "client_reference_id": "order 17"}}),
        event(type="balance.available", data={"object": {"object": "balance", "available": []}}),
        event(type="invoice.upcoming", data={"object": {"id": None, "object": "invoice"}}),
        {"id": "evt_thin", "object": "v2.core.event", "type": "v1.billing.meter.no_meter_found", "related_object": {"id": "mtr_1"}},
        event(livemode=True),
    ],
)
def test_what_is_signed_and_not_for_us_is_answered_so_that_stripe_goes_on_sending(client, standin, told):
    assert send(client, standin, told).status_code == 200
    assert StripeEvent.objects.get().state == "ignored"


def test_two_secrets_hold_while_one_is_replaced(client, standin, settings):
    old = settings.STRIPE_WEBHOOK_SECRET
    settings.STRIPE_WEBHOOK_SECRET = f"whsec_new, {old}"
    assert send(client, standin, event()).status_code == 200
    settings.STRIPE_WEBHOOK_SECRET = "whsec_new"
    assert send(client, standin, event()).status_code == 400


@pytest.mark.parametrize("signature", ["", "nonsense", "t=1,v1=", "t=x,v1=00", "v1=00", "t=99999999999,v1=" + "0" * 64])
def test_a_forged_message_is_refused(client, standin, signature):
    answer = client.post(WEBHOOK, json.dumps(event()), content_type="application/json", headers={"Stripe-Signature": signature})
    assert answer.status_code == 400
    assert StripeEvent.objects.count() == 0


def test_a_message_that_was_changed_is_refused(client, standin):
    told = json.dumps(event())
    assert send(client, standin, told.replace("in_1", "in_2"), signature=standin.sign(told)).status_code == 400


def test_a_message_signed_with_another_secret_is_refused(client, standin, settings):
    settings.STRIPE_WEBHOOK_SECRET = "whsec_other"
    assert send(client, standin, event()).status_code == 400


def test_without_a_secret_no_message_is_taken(client, standin, settings):
    settings.STRIPE_WEBHOOK_SECRET = ""
    assert send(client, standin, event()).status_code == 400


@pytest.mark.parametrize(("age", "status"), [(0, 200), (295, 200), (305, 400), (86400, 400)])
def test_a_message_is_good_for_five_minutes(client, standin, now, age, status):
    assert send(client, standin, event(), at=now.timestamp() - age).status_code == status


@pytest.mark.parametrize(
    "told",
    ["", "{", "[]", "7", "null", '{"id": "evt_1"}', '{"id": "evt_1", "object": "event", "data": {"object": {}}}'],
)
def test_a_signed_message_that_makes_no_sense_is_refused(client, standin, told):
    assert send(client, standin, told).status_code == 400


def test_a_body_that_is_no_text_is_refused(client, standin):
    answer = client.post(WEBHOOK, b"\xff\xfe", content_type="application/json", headers={"Stripe-Signature": "t=1,v1=0"})
    assert answer.status_code == 400


def test_a_message_of_unlikely_size_is_refused(client, standin):
    told = json.dumps(event(padding="x" * views.WEBHOOK_BYTES))
    assert send(client, standin, told).status_code == 413


def test_the_webhook_needs_no_token_of_ours_and_takes_only_posts(standin):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    assert client.get(WEBHOOK).status_code == 405
    assert send(client, standin, event()).status_code == 200


def test_paying_needs_our_token(alice, owed):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert client.post(page(owed, "pay")).status_code == 403
    assert Charge.objects.get().state == "open"
