"""An application whose money was taken back after it was paid: marked for staff and for the applicant, not decided as if paid."""

from datetime import timedelta

import pytest
from django.urls import reverse

from billing import actions as billing
from billing import queries as charges
from candidates import actions
from candidates.states import OWED, PURPOSE
from ledger import bulk_runs, queues
from ledger.models import Email
from ledger.states import NotPossible
from tests.factories import billing as money
from tests.factories import candidates as factory
from tests.factories import people
from tests.markup import markup

pytestmark = pytest.mark.django_db
UNPAID = {"reason_code": "hours", "reason": "Too few hours.", "eligible_from": None}


def charge_of(row):
    return charges.get_charge(purpose=PURPOSE, reference=row.id)


def pay(row, rita, at, drain, number="1042"):
    asked = {"received_on": at.date(), "cents": charge_of(row).amount_cents, "actor": rita, "at": at}
    made = billing.record_check(charge_of(row), number=number, **asked)
    drain(at)
    row.refresh_from_db()
    return made


@pytest.fixture
def bounced(alice, rita, at, drain):
    """Alice's application, with staff, whose check bounced."""
    row = factory.sent(alice, at=at)
    payment = pay(row, rita, at, drain)
    assert row.state == "in_review"
    billing.bounce(payment, actor=rita, at=at, reason="The bank sent it back.")
    drain(at)
    row.refresh_from_db()
    return row


def waiting(at):
    return [(work_item.title, work_item.detail, work_item.needs_person) for work_item in queues.list_app_work_items("candidates", at=at)]


def page(client, person, name, *args):
    client.force_login(person)
    return markup(client.get(reverse(name, args=args)))


def test_the_inbox_says_so(bounced, at):
    assert waiting(at) == [("Admit or refuse: Alice Moreau", "The fee is due again. Admit when it is paid", True)]


def test_nobody_is_admitted_on_it_alone_or_among_many(bounced, rita, at):
    with pytest.raises(NotPossible, match=OWED):
        actions.admit(bounced, actor=rita, at=at)
    looked = bulk_runs.preview(bulk_runs.BULKS["candidates.admit"], [bounced.id], actor=rita, at=at)
    assert OWED in str(looked)
    bounced.refresh_from_db()
    assert bounced.state == "in_review"


def test_the_page_for_staff_marks_it_and_has_no_button_to_admit(bounced, client, rita):
    shown = page(client, rita, "candidates:review", bounced.id)
    assert "The fee is due again" in shown
    assert "Alice was notified and can pay it." in shown
    assert "fee paid on" not in shown
    assert reverse("candidates:admit", args=[bounced.id]) not in shown
    assert reverse("candidates:refuse", args=[bounced.id]) in shown
    assert "The fee is due again" in page(client, rita, "candidates:queue")
    told = markup(client.post(reverse("candidates:admit", args=[bounced.id]), follow=True))
    assert OWED in told


def test_the_applicant_reads_what_to_do(bounced, client, alice):
    shown = page(client, alice, "candidates:application")
    assert "Your application fee is due again" in shown
    assert reverse("billing:charge", args=[charge_of(bounced).id]) in shown
    assert "You don’t need to do anything now" not in shown
    assert "Your fee arrived" not in shown
    assert "You will not owe the fee." in page(client, alice, "candidates:withdraw")


def test_one_who_was_asked_for_more_reads_it_too(alice, rita, at, drain, client):
    row = factory.sent(alice, at=at)
    payment = pay(row, rita, at, drain)
    actions.ask(row, notes={"letter": "A letter, please."}, actor=rita, at=at)
    assert "You don’t have to pay again." in page(client, alice, "candidates:application")
    billing.bounce(payment, actor=rita, at=at, reason="The bank sent it back.")
    shown = page(client, alice, "candidates:application")
    assert "Pay $350" in shown
    assert "You don’t have to pay again." not in shown
    assert "The fee is due again" in page(client, rita, "candidates:review", row.id)


def test_paid_again_it_is_decided_in_time_from_that_day(bounced, alice, rita, at, drain):
    later = at + timedelta(days=8)
    before = bounced.decide_by
    payment = pay(bounced, rita, later, drain, number="1043")
    assert (bounced.state, bounced.paid_on) == ("in_review", later.date())
    assert bounced.decide_by > before
    assert waiting(later) == [("Admit or refuse: Alice Moreau", "Application complete, fee paid", False)]
    assert Email.objects.filter(notice="candidates/in_review", person=alice).count() == 2
    # An old event changes nothing.
    actions.pay(bounced.id, settled_at=at, at=later)
    actions.pay(bounced.id, settled_at=payment.settled_at, at=later)
    bounced.refresh_from_db()
    assert (bounced.paid_on, Email.objects.filter(notice="candidates/in_review").count()) == (later.date(), 2)
    assert actions.admit(bounced, actor=rita, at=later).state == "active"


def test_refused_nothing_goes_back_and_nothing_is_owed(bounced, rita, at):
    actions.refuse(bounced, **UNPAID, actor=rita, at=at)
    assert charge_of(bounced) is None
    assert "So there is no refund, and you owe nothing." in Email.objects.get(notice="candidates/refused").text.replace("\n", " ")


def test_withdrawn_nothing_is_owed_and_nobody_decides_on_a_fee(bounced, alice, at):
    actions.withdraw(bounced, actor=alice, at=at)
    bounced.refresh_from_db()
    assert (bounced.state, bounced.refund_decide_by, charge_of(bounced)) == ("withdrawn", None, None)
    assert "You owe nothing." in Email.objects.get(notice="candidates/withdrawn").text.replace("\n", " ")


def test_a_check_that_bounces_after_a_withdrawal_leaves_nothing_to_give_back(alice, rita, at, drain, client):
    row = factory.sent(alice, at=at)
    payment = pay(row, rita, at, drain)
    actions.withdraw(row, actor=alice, at=at)
    billing.bounce(payment, actor=rita, at=at, reason="The bank sent it back.")
    row.refresh_from_db()
    assert waiting(at) == [("Decide on the fee: Alice Moreau", "Application withdrawn, and the money was never received", False)]
    assert "no money moves, and Alice owes nothing" in page(client, rita, "candidates:review", row.id)
    with pytest.raises(NotPossible, match="never received the money"):
        actions.decide_fee(row, refund=False, reason="Late.", actor=rita, at=at)
    actions.decide_fee(row, refund=True, reason="The check bounced.", actor=rita, at=at)
    assert charge_of(row) is None
    assert "So there is no refund, and you owe nothing." in Email.objects.get(notice="candidates/fee_decided").text.replace("\n", " ")


def test_where_an_institution_owes_it_the_applicant_need_not_pay(rita, at, drain, client):
    ann = people.person("ann@prairie.example", name="Ann Field", called="Ann")
    invoice = money.invoiced(people.person("priya@prairie.example"), at=at, staff=rita)
    row = factory.sent(ann, at=at)
    drain(at)
    payment = money.received(invoice, 35000, at=at, staff=rita)
    drain(at)
    row.refresh_from_db()
    assert row.state == "in_review"
    billing.reverse_payment(payment, actor=rita, at=at, reason="The bank sent it back.")
    assert "Prairie owes your fee" in page(client, ann, "candidates:application")
    assert "Prairie owes it. Admit Ann when we receive the money." in page(client, rita, "candidates:review", row.id)
    assert waiting(at) == [("Admit or refuse: Ann Field", "The fee is due again. Admit when it is paid", True)]
