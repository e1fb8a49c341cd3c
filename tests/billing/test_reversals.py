"""A payment of an invoice that is taken back: where its money is gone from, who hears of it, and that no cent is lost."""

from datetime import timedelta

import pytest
from django.urls import reverse

from billing import actions, queries
from billing.models import InvoicePayment
from candidates import actions as candidate_actions
from ledger import queues, reminders
from ledger.models import Email, Entry
from ledger.queries import tell
from ledger.reminder_schedules import REMINDER_SCHEDULES
from ledger.states import NotPossible
from people.states import Role
from tests.factories import billing as factory
from tests.factories import candidates, people
from tests.markup import markup

pytestmark = pytest.mark.django_db


def story():
    return [tell(entry).sentence for entry in Entry.objects.select_related("actor", "person").order_by("id")]


def letters(name):
    return list(Email.objects.filter(notice=f"billing/{name}").order_by("to").values_list("to", flat=True))


def order_lines(invoice):
    return list(invoice.order.order_lines.order_by("position").values_list("state", "held_cents"))


def stands(invoice):
    """State, what is to pay, and the payer's credit; and that every cent is somewhere."""
    invoice.refresh_from_db()
    books = queries.get_books()
    assert (books.difference, books.payers_difference, books.held) == (0, 0, 0)
    return invoice.state, invoice.balance_cents, queries.get_credit(invoice.order.payer)


def undo(payment, rita, at, **asked):
    return actions.reverse_payment(payment, actor=rita, at=at, reason="The bank sent it back.", **asked)


def test_a_mistyped_payment_is_as_if_it_never_was(invoice, rita, at):
    wrong = factory.received(invoice, 3250000, at=at, staff=rita, number="77")
    assert stands(invoice) == ("paid", 0, 3180000)
    undo(wrong, rita, at)
    assert stands(invoice) == ("open", 70000, 0)
    assert order_lines(invoice) == [("due", 0), ("due", 0)]
    assert queries.get_books().from_payers == 0
    assert story()[-5:] == [
        "Rita Lindqvist reversed the payment of $32,500 by Prairie for invoice INV-00001: check 77.",
        "Prairie has $31,800 less credit: a payment for invoice INV-00001 was reversed.",
        "The payment for Ann Field on invoice INV-00001 was reversed: Application and enrollment.",
        "The payment for Ben Hill on invoice INV-00001 was reversed: Application and enrollment.",
        "$700 of invoice INV-00001 of Prairie is due again.",
    ]
    with pytest.raises(NotPossible, match="already reversed"):
        undo(wrong, rita, at)
    # The same check, with what it truly was.
    later = at + timedelta(hours=1)
    factory.received(invoice, 32500, at=later, staff=rita, number="77")
    assert stands(invoice) == ("open", 37500, 0)
    assert order_lines(invoice) == [("due", 32500), ("due", 0)]


def test_the_contact_reads_the_truth_once(invoice, rita, at):
    payment = factory.received(invoice, 70000, at=at, staff=rita, number="77")
    undo(payment, rita, at)
    with pytest.raises(NotPossible):
        undo(payment, rita, at)
    [letter] = Email.objects.filter(notice="billing/payment_reversed")
    assert (letter.to, letter.subject) == ("priya@prairie.example", "Correction: we did not receive $700 for invoice INV-00001")
    assert "Why: The bank sent it back." in letter.text
    assert "Balance: $700, due December 23, 2026." in " ".join(letter.text.split())
    assert "We won’t ask them to pay." in letter.text.replace("\n", " ")
    assert letters("payment_received") == ["priya@prairie.example"]


def test_who_was_told_of_a_paid_fee_hears_that_it_is_owed_by_the_institution_and_once_more_when_it_is_paid(invoice, ann, rita, at):
    owed = factory.charge(ann, at=at)
    actions.match_order_lines(at=at)
    payment = factory.received(invoice, 70000, at=at, staff=rita, number="77")
    owed.refresh_from_db()
    assert (owed.state, letters("covered"), letters("order_line_waits")) == ("settled", [ann.email], ["ben@prairie.example"])
    undo(payment, rita, at)
    owed.refresh_from_db()
    assert (owed.state, owed.settled_at, queries.get_covering(owed).order_id) == ("open", None, invoice.order_id)
    assert [row.state for row in owed.payments.all()] == ["bounced"]
    assert letters("not_covered") == [ann.email, "ben@prairie.example"]
    assert "you don’t need to pay" in Email.objects.filter(notice="billing/not_covered")[0].text.replace("\n", " ")
    assert "Prairie owes $350 for Ann Field again: Application and enrollment." in story()
    assert stands(invoice) == ("open", 70000, 0)
    # The next check pays for both again, and each of them hears it.
    later = at + timedelta(days=3)
    factory.received(invoice, 70000, at=later, staff=rita, number="78")
    owed.refresh_from_db()
    assert (owed.state, owed.settled_at) == ("settled", later)
    assert letters("covered") == [ann.email] * 2
    assert letters("order_line_waits") == ["ben@prairie.example"] * 2
    assert stands(invoice) == ("paid", 0, 0)


def test_the_outbox_brings_the_next_money_to_the_charge(invoice, ann, rita, at, drain):
    owed = factory.charge(ann, at=at)
    drain(at)
    for number, days in (("77", 0), ("78", 2)):
        day = at + timedelta(days=days)
        asked = {"method": "check", "number": number, "received_on": day.date(), "cents": 70000, "actor": rita}
        payment = actions.record_payment(invoice, **asked, at=day)
        drain(day)
        owed.refresh_from_db()
        assert owed.state == "settled"
        if number == "77":
            undo(payment, rita, day + timedelta(days=1))
    assert stands(invoice) == ("paid", 0, 0)


def test_a_candidate_stays_admitted(invoice, ann, rita, at, drain):
    row = candidates.ready(ann, at=at)
    candidate_actions.send(row, actor=ann, at=at)
    drain(at)
    payment = actions.record_payment(invoice, method="check", number="7", received_on=at.date(), cents=35000, actor=rita, at=at)
    drain(at)
    row.refresh_from_db()
    candidacy = candidate_actions.admit(row, actor=rita, at=at)
    drain(at)
    undo(payment, rita, at)
    drain(at)
    row.refresh_from_db()
    candidacy.refresh_from_db()
    assert (row.state, candidacy.state) == ("admitted", "active")
    [place] = [place for place in queries.list_places(invoice.order, on=at.date()) if place.order_line.email == ann.email]
    assert (place.paid, place.enrolled) == (False, True)
    assert stands(invoice) == ("open", 70000, 0)


def test_as_few_people_as_possible_lose_their_place(invoice, ann, rita, at):
    """A mistyped payment, then the right one, which became credit: what is taken back is that credit first."""
    owed = factory.charge(ann, at=at)
    actions.match_order_lines(at=at)
    wrong = factory.received(invoice, 3250000, at=at, staff=rita, number="77")
    factory.received(invoice, 35000, at=at, staff=rita, number="78")
    undo(wrong, rita, at)
    owed.refresh_from_db()
    assert owed.state == "settled"
    assert order_lines(invoice) == [("used", 0), ("due", 0)]
    assert stands(invoice) == ("open", 35000, 0)
    assert letters("not_covered") == ["ben@prairie.example"]


def test_the_last_order_lines_lose_their_money_first_and_what_is_over_stays(invoice, rita, at):
    factory.received(invoice, 40000, at=at, staff=rita, number="1")
    second = factory.received(invoice, 20000, at=at, staff=rita, number="2")
    assert order_lines(invoice) == [("covered", 35000), ("due", 25000)]
    undo(second, rita, at)
    assert (order_lines(invoice), stands(invoice)) == ([("covered", 35000), ("due", 5000)], ("open", 30000, 0))
    assert letters("not_covered") == []


def test_money_over_what_a_used_order_line_loses_stays_on_it(invoice, ann, rita, at):
    factory.charge(ann, at=at)
    actions.match_order_lines(at=at)
    first = factory.received(invoice, 10000, at=at, staff=rita, number="1")
    factory.received(invoice, 25000, at=at, staff=rita, number="2")
    assert order_lines(invoice)[0] == ("used", 0)
    undo(first, rita, at)
    assert (order_lines(invoice)[0], stands(invoice)) == (("due", 25000), ("open", 45000, 0))


def test_credit_that_was_used_is_taken_back_where_it_was_used_first(invoice, payer, rita, at):
    wrong = factory.received(invoice, 105000, at=at, staff=rita, number="77")
    other = factory.invoiced(payer, at=at, staff=rita, number="PO-2")
    used = actions.use_credit(other, actor=rita, at=at)
    with pytest.raises(
        NotPossible, match=r"\$350 of this money was used or paid out as credit of Prairie\. Was it used for another invoice"
    ):
        undo(wrong, rita, at)
    assert stands(invoice) == ("paid", 0, 0)
    undo(used, rita, at)
    assert stands(other) == ("open", 70000, 35000)
    assert "you have the credit again" in Email.objects.get(notice="billing/payment_reversed").text.replace("\n", " ")
    undo(wrong, rita, at)
    assert stands(invoice) == ("open", 70000, 0)
    assert stands(other) == ("open", 70000, 0)


def test_credit_that_was_paid_out_comes_back_first(invoice, rita, at):
    wrong = factory.received(invoice, 105000, at=at, staff=rita, number="77")
    actions.pay_out(invoice.order.payer, number="900", sent_on=at.date(), cents=10000, actor=rita, at=at)
    with pytest.raises(NotPossible, match=r"\$100 of this money was used or paid out"):
        undo(wrong, rita, at)
    # As it is said there: what the institution sends back is recorded, and then it goes.
    factory.received(invoice, 10000, at=at, staff=rita, number="78")
    undo(wrong, rita, at)
    assert stands(invoice) == ("open", 70000, 0)


def test_credit_of_another_payment_that_was_spent_is_no_hindrance(invoice, ann, rita, at):
    """Ann's fee went back and was paid out; the money for Ben bounces."""
    owed = factory.charge(ann, at=at)
    actions.match_order_lines(at=at)
    factory.received(invoice, 35000, at=at, staff=rita, number="1")
    second = factory.received(invoice, 35000, at=at, staff=rita, number="2")
    actions.refund(owed, actor=rita, at=at, reason="Not eligible")
    actions.pay_out(invoice.order.payer, number="900", sent_on=at.date(), cents=35000, actor=rita, at=at)
    undo(second, rita, at)
    assert (order_lines(invoice), stands(invoice)) == ([("credited", 0), ("due", 0)], ("open", 35000, 0))


def test_money_that_a_credit_note_or_a_refund_made_credit_is_found(invoice, ann, rita, at):
    owed = factory.charge(ann, at=at)
    actions.match_order_lines(at=at)
    payment = factory.received(invoice, 70000, at=at, staff=rita, number="1")
    ben = invoice.order.order_lines.get(email="ben@prairie.example")
    actions.credit_note(invoice, order_lines=[ben.id], actor=rita, at=at, reason="He left.")
    actions.refund(owed, actor=rita, at=at, reason="Not eligible")
    assert stands(invoice) == ("paid", 0, 70000)
    undo(payment, rita, at)
    assert (order_lines(invoice), stands(invoice)) == ([("credited", 0)] * 2, ("paid", 0, 0))


def test_a_cancelled_invoice_stays_cancelled(invoice, rita, at):
    payment = factory.received(invoice, 70000, at=at, staff=rita, number="1")
    actions.credit_note(
        invoice, order_lines=[order_line.id for order_line in invoice.order.order_lines.all()], actor=rita, at=at, reason="No one comes."
    )
    invoice.refresh_from_db()
    undo(payment, rita, at)
    assert stands(invoice) == ("cancelled", 0, 0)
    assert "The invoice stays canceled. Your credit is $0 now." in Email.objects.get(notice="billing/payment_reversed").text


def test_a_member_price_and_its_difference_go_together(payer, ann, rita, at):
    factory.charge(ann, at=at, member=True)
    made = factory.invoiced(payer, at=at, staff=rita, people=[("Ann Field", ann.email, "application", False)])
    payment = factory.received(made, 35000, at=at, staff=rita)
    assert stands(made) == ("paid", 0, 2500)
    undo(payment, rita, at)
    assert (order_lines(made), stands(made)) == ([("due", 0)], ("open", 35000, 0))
    factory.received(made, 35000, at=at + timedelta(days=1), staff=rita, number="2")
    assert stands(made) == ("paid", 0, 2500)


def test_a_fee_that_went_back_in_part_goes_back_whole_first(invoice, ann, rita, at):
    owed = factory.charge(ann, at=at)
    actions.match_order_lines(at=at)
    payment = factory.received(invoice, 35000, at=at, staff=rita)
    actions.refund(owed, cents=5000, actor=rita, at=at, reason="A part")
    with pytest.raises(NotPossible, match="A part of the fee of Ann Field was already refunded as credit"):
        undo(payment, rita, at)
    actions.refund(owed, actor=rita, at=at, reason="The rest")
    undo(payment, rita, at)
    assert stands(invoice) == ("open", 35000, 0)


def test_the_invoice_reminds_again_and_waits_in_the_inbox_when_it_is_late(invoice, rita, at):
    payment = factory.received(invoice, 70000, at=at, staff=rita, number="77")
    late = at + timedelta(days=31)
    reminders.find(REMINDER_SCHEDULES["billing.invoice"], at=at + timedelta(days=20))
    undo(payment, rita, at + timedelta(days=29))
    assert reminders.find(REMINDER_SCHEDULES["billing.invoice"], at=late) == 1
    reminders.send_due(at=late)
    assert letters("invoice_due") == ["priya@prairie.example"]
    assert [(work_item.queue, work_item.title, work_item.detail) for work_item in queues.list_app_work_items("billing", at=late)] == [
        ("Invoices overdue", "INV-00001: Prairie", "$700 to pay, after a payment was reversed")
    ]


def test_nobody_decides_about_their_own_institution(invoice, payer, rita, at):
    payment = factory.received(invoice, 70000, at=at, staff=rita)
    with pytest.raises(NotPossible, match="You are part of this order"):
        actions.reverse_payment(payment, actor=payer, at=at, reason="x")


# The page


@pytest.fixture
def payment(invoice, rita, at):
    return factory.received(invoice, 70000, at=at, staff=rita, number="77")


def test_staff_see_what_happens_and_take_it_back_with_a_reason(client, rita, invoice, payment):
    client.force_login(rita)
    page = reverse("billing:reverse_payment", args=[payment.id])
    assert f'href="{page}"' in markup(client.get(reverse("billing:invoice", args=[invoice.id])))
    shown = markup(client.get(page))
    assert "Reverse $700 from Prairie" in shown
    assert "Ann Field: not paid anymore." in shown
    version = {"version": queries.get_invoice_version(invoice)}
    assert client.post(page, version).status_code == 422
    assert InvoicePayment.objects.get().state == "recorded"
    told = markup(client.post(page, {**version, "reason": "It bounced."}, follow=True))
    assert "The payment is reversed, and we emailed Priya Natarajan." in told
    assert '<span class="usa-tag">Removed</span>' in told
    assert stands(invoice) == ("open", 70000, 0)
    again = markup(client.post(page, {**version, "reason": "It bounced."}, follow=True))
    assert "by Rita Lindqvist. Nothing was changed." in again
    assert letters("payment_reversed") == ["priya@prairie.example"]


def test_an_old_page_takes_nothing_back(client, rita, invoice, payment, at):
    client.force_login(rita)
    page = reverse("billing:reverse_payment", args=[payment.id])
    old = queries.get_invoice_version(invoice)
    factory.received(invoice, 10000, at=at, staff=rita, number="78")
    answer = client.post(page, {"version": old, "reason": "It bounced."})
    assert answer.status_code == 422
    assert "This payment changed" in answer.content.decode()
    assert payment.invoice.payments.filter(state="bounced").count() == 0


def test_the_page_says_what_to_do_when_the_money_is_spent(client, rita, invoice, at):
    wrong = factory.received(invoice, 105000, at=at, staff=rita, number="77")
    actions.pay_out(invoice.order.payer, number="900", sent_on=at.date(), cents=10000, actor=rita, at=at)
    client.force_login(rita)
    shown = markup(client.get(reverse("billing:reverse_payment", args=[wrong.id])))
    assert "$100 of this money was used or paid out as credit of Prairie, so it can’t be reversed now." in shown
    assert '<button class="usa-button">Reverse' not in shown


def test_others_are_refused(client, payer, ann, payment):
    page = reverse("billing:reverse_payment", args=[payment.id])
    for person in (payer, ann, people.person("ada@lssc.example", roles=(Role.AUDITOR,))):
        client.force_login(person)
        assert (client.get(page).status_code, client.post(page, {"reason": "x"}).status_code) == (403, 403)
    payment.refresh_from_db()
    assert payment.state == "recorded"


def test_the_contact_sees_that_it_was_taken_back(client, payer, rita, invoice, payment, at):
    undo(payment, rita, at)
    client.force_login(payer)
    shown = client.get(reverse("billing:order", args=[invoice.order_id])).content.decode()
    assert '<span class="usa-tag">Removed</span>' in shown
    assert "/reverse/" not in shown
