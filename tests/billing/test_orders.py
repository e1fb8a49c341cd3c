"""Purchase orders through the actions: what is asked for, what money does, who hears of it, and that no cent is lost."""

from datetime import date, timedelta
from functools import partial
from io import StringIO

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.urls import reverse
from pypdf import PdfReader

from billing import actions, queries
from billing.models import Charge, Credit, Enrollment, FeeAmount, Invoice, InvoiceTerms, OrderLine, Payment, PurchaseOrder, Refund
from billing.states import FeeKind
from ledger import clock, email_delivery, queues, reminders
from ledger.models import Email, Entry
from ledger.queries import tell
from ledger.reminder_schedules import REMINDER_SCHEDULES
from ledger.states import NotPossible, NotYourDecision
from people.permissions import is_payer
from tests.factories import billing as factory

pytestmark = pytest.mark.django_db


def story():
    return [tell(entry).sentence for entry in Entry.objects.select_related("actor", "person").order_by("id")]


def letters(name):
    return list(Email.objects.filter(notice=f"billing/{name}").values_list("to", flat=True))


def order_lines(invoice):
    return list(invoice.order.order_lines.order_by("position").values_list("state", "held_cents"))


def balanced():
    books = queries.get_books()
    return books.difference == books.payers_difference == 0


# Writing and sending


def test_an_order_is_written_sent_and_confirmed(payer, at):
    order = factory.sent_order(payer, at=at)
    assert (order.state, order.payer.name, order.order_lines.count()) == ("sent", "Prairie", 2)
    assert is_payer(payer)
    assert letters("order_received") == ["priya@prairie.example"]
    assert "Priya Natarajan sent purchase order PO-1 of Prairie for 2 people." in story()
    assert [(work_item.queue, work_item.title) for work_item in queues.list_app_work_items("billing", at=at)] == [
        ("Purchase orders", "Invoice order PO-1 of Prairie")
    ]


def test_the_next_order_of_the_same_institution_is_the_same_payer(payer, charlie, at):
    first = factory.order(payer, at=at)
    second = factory.order(payer, at=at, payer="PRAIRIE", number="PO-2")
    other = factory.order(charlie, at=at)
    assert first.payer_id == second.payer_id
    assert other.payer_id != first.payer_id


def test_an_order_without_people_or_with_an_unknown_fee_is_not_sent(payer, at):
    with pytest.raises(NotPossible, match="at least one person"):
        actions.send_order(factory.order(payer, at=at, people=[]), actor=payer, at=at)
    renewal = factory.order(payer, at=at, people=[("Ann Field", "ann@prairie.example", "certificate_renewal", False)])
    with pytest.raises(NotPossible, match=r"fee for certificate renewal is not set yet\. Take Ann Field off"):
        actions.send_order(renewal, actor=payer, at=at)


def test_nobody_enrolls_twice_in_one_order_and_200_people_fit(payer, at):
    order = factory.order(payer, at=at)
    with pytest.raises(NotPossible, match=r"ann@prairie\.example is already on this order"):
        actions.add_people(order, [("Ann", "ANN@prairie.example")], kind="application", member=False, actor=payer, at=at)
    actions.add_people(order, [("Ann", "ann@prairie.example")] * 2, kind="portfolio", member=False, actor=payer, at=at)
    many = [(f"P{number}", f"p{number}@prairie.example") for number in range(197)]
    with pytest.raises(NotPossible, match="can have 200 people"):
        actions.add_people(order, many, kind="application", member=False, actor=payer, at=at)
    actions.add_people(order, many[1:], kind="application", member=False, actor=payer, at=at)
    assert order.order_lines.count() == 200


def test_what_is_sent_stays_as_it_is_until_staff_send_it_back(payer, rita, at):
    order = factory.sent_order(payer, at=at)
    order_line = order.order_lines.first()
    for act in (
        lambda: actions.add_people(order, [("X", "x@prairie.example")], kind="application", member=False, actor=payer, at=at),
        lambda: actions.remove_person(order_line, actor=payer, at=at),
        lambda: actions.send_order(order, actor=payer, at=at),
    ):
        with pytest.raises(NotPossible, match="already sent"):
            act()
    actions.send_back(order, actor=rita, at=at, reason="The amount is wrong.")
    order.refresh_from_db()
    assert (order.state, order.returned_reason) == ("draft", "The amount is wrong.")
    assert "The amount is wrong." in Email.objects.get(notice="billing/order_back").text
    actions.remove_person(order_line, actor=payer, at=at)
    actions.remove_person(order_line, actor=payer, at=at)
    assert actions.send_order(order, actor=payer, at=at).returned_reason == ""


def test_an_order_is_withdrawn_until_it_is_invoiced(payer, rita, invoice, at):
    assert actions.withdraw_order(factory.sent_order(payer, at=at, number="PO-2"), actor=payer, at=at).state == "withdrawn"
    with pytest.raises(NotPossible, match="already invoiced or withdrawn"):
        actions.withdraw_order(invoice.order, actor=payer, at=at)


# Invoicing


def test_an_invoice_has_the_fees_of_its_day_and_the_next_number(payer, rita, at):
    FeeAmount.objects.create(kind="application", standard_cents=40000, member_cents=37500, effective_on=date(2027, 1, 1))
    people = [("Ann", "ann@prairie.example", "application", False), ("Ben", "ben@prairie.example", "application", True)]
    before = factory.invoiced(payer, at=at, staff=rita, people=people)
    late = factory.sent_order(payer, at=at, number="PO-2", people=people)
    after = actions.invoice(late, actor=rita, at=at + timedelta(days=39))
    assert [(one.number, one.amount_cents, one.dated_on, one.due_on) for one in (before, after)] == [
        ("INV-00001", 67500, date(2026, 11, 23), date(2026, 12, 23)),
        ("INV-00002", 77500, date(2027, 1, 1), date(2027, 1, 31)),
    ]
    assert list(after.order.order_lines.order_by("position").values_list("amount_cents", flat=True)) == [40000, 37500]
    with pytest.raises(NotPossible, match="only once"):
        actions.invoice(before.order, actor=rita, at=at)


def test_the_days_to_pay_are_those_of_the_terms(payer, rita, at):
    actions.add_terms(net_days=45, effective_on=date(2026, 11, 24), actor=rita, at=at)
    assert actions.invoice(factory.sent_order(payer, at=at), actor=rita, at=at).due_on == date(2026, 12, 23)
    tomorrow = actions.invoice(factory.sent_order(payer, at=at, number="PO-2"), actor=rita, at=at + timedelta(days=1))
    assert tomorrow.due_on == date(2027, 1, 8)
    with pytest.raises(NotPossible, match="Choose November 24, 2026 or a later day"):
        actions.add_terms(net_days=45, effective_on=date(2026, 11, 23), actor=rita, at=at)
    with pytest.raises(NotPossible, match="already an amount starting that day"):
        actions.add_terms(net_days=45, effective_on=date(2026, 11, 24), actor=rita, at=at)


def test_the_invoice_is_drawn_once_tagged_and_mailed(payer, rita, at, drain):
    made = actions.invoice(factory.sent_order(payer, at=at), actor=rita, at=at)
    drain()
    made.refresh_from_db()
    with default_storage.open(made.stored) as file:
        pdf = PdfReader(file)
        words = " ".join(pdf.pages[0].extract_text().split())
        assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    for expected in ("INV-00001", "Prairie", "Ann Field", "ben@prairie.example", "$350", "$700", "December 23, 2026", "PO-1"):
        assert expected in words
    again = actions.draw_invoice(made.id, at=at)
    assert (again.stored, again.sha256) == (made.stored, made.sha256)
    assert letters("invoice") == ["priya@prairie.example"]
    assert Email.objects.get(notice="billing/invoice").calendar


def test_nobody_invoices_or_pays_their_own_institution(payer, rita, at):
    actions.add_contact(factory.order(payer, at=at).payer, rita, actor=rita, at=at)
    own = factory.sent_order(payer, at=at)
    mine = factory.sent_order(payer, at=at, payer="Elsewhere", people=[("Rita", "rita@lssc.example", "application", False)])
    for order in (own, mine):
        with pytest.raises(NotPossible, match="You are part of this order"):
            actions.invoice(order, actor=rita, at=at)
        with pytest.raises(NotPossible, match="You are part of this order"):
            actions.send_back(order, actor=rita, at=at, reason="x")


# Money


def test_money_in_parts_fills_the_order_lines_in_order(invoice, rita, at):
    factory.received(invoice, 30000, at=at, staff=rita, number="1")
    assert (invoice.balance_cents, order_lines(invoice)) == (40000, [("due", 30000), ("due", 0)])
    factory.received(invoice, 10000, at=at, staff=rita, number="2")
    assert (invoice.state, invoice.balance_cents, order_lines(invoice)) == ("open", 30000, [("covered", 35000), ("due", 5000)])
    assert letters("order_line_waits") == ["ann@prairie.example"]
    factory.received(invoice, 35000, at=at, staff=rita, number="3")
    assert (invoice.state, invoice.balance_cents, order_lines(invoice)) == ("paid", 0, [("covered", 35000), ("covered", 35000)])
    assert queries.get_credit(invoice.order.payer) == 5000
    assert len(letters("payment_received")) == 3
    assert balanced()


def test_a_check_is_recorded_once(invoice, rita, at):
    factory.received(invoice, 30000, at=at, staff=rita)
    with pytest.raises(NotPossible, match="Check 1001 was already recorded"):
        factory.received(invoice, 30000, at=at, staff=rita)
    assert invoice.payments.count() == 1


def test_a_covered_order_line_settles_the_persons_fee_as_a_card_would(payer, ann, rita, at, drain):
    owed = factory.charge(ann, at=at)
    made = factory.invoiced(payer, at=at, staff=rita)
    drain()
    assert OrderLine.objects.get(email=ann.email).charge == owed
    actions.record_payment(made, method="transfer", number="T-9", received_on=at.date(), cents=35000, actor=rita, at=at)
    drain()
    owed.refresh_from_db()
    assert (owed.state, owed.settled_at) == ("settled", at)
    assert queries.is_settled(purpose=owed.purpose, reference=owed.reference)
    assert order_lines(made) == [("used", 0), ("due", 0)]
    payment = Payment.objects.get()
    assert (payment.method, payment.state, payment.received_cents) == ("order", "succeeded", 35000)
    assert (letters("covered"), letters("receipt"), letters("order_line_waits")) == (["ann@prairie.example"], [], [])
    assert "Prairie paid $350 for Ann Field: Application and enrollment." in story()
    assert balanced()


@pytest.mark.parametrize(
    "typed", ["an\u200bn@prairie.example", "\ufeffAnn@Prairie.example", "mailto:ann@prairie.example", "(ann@prairie.example)."]
)
def test_a_order_line_pays_for_its_person_however_the_address_was_pasted(payer, ann, rita, at, typed):
    owed = factory.charge(ann, at=at)
    made = factory.invoiced(payer, at=at, staff=rita, people=[("Ann Field", typed, "application", False)])
    factory.received(made, 35000, at=at, staff=rita)
    owed.refresh_from_db()
    assert (owed.state, order_lines(made)) == ("settled", [("used", 0)])


def test_the_settlement_by_a_order_line_carries_the_news_of_the_contract(payer, ann, rita, at, monkeypatch):
    from ledger import outbox
    from ledger.registry import SUBSCRIBERS

    heard = []
    monkeypatch.setitem(SUBSCRIBERS, "billing.charge.settled", {"test": lambda event, *, at: heard.append(event)})
    owed = factory.charge(ann, at=at)
    factory.received(factory.invoiced(payer, at=at, staff=rita), 35000, at=at, staff=rita)
    while outbox.deliver(at=at):
        pass
    assert [(one["charge"], one["purpose"], one["reference"], one["person"]) for one in heard] == [
        (str(owed.id), owed.purpose, str(owed.reference), ann.pk)
    ]


def test_a_order_line_that_waits_pays_the_fee_on_the_day_it_is_due(payer, ann, rita, at):
    made = factory.invoiced(payer, at=at, staff=rita)
    factory.received(made, 70000, at=at, staff=rita)
    FeeAmount.objects.create(kind="application", standard_cents=40000, member_cents=37500, effective_on=date(2027, 1, 1))
    owed = factory.charge(ann, at=at + timedelta(days=60), on=date(2027, 1, 22))
    assert (owed.state, owed.amount_cents, owed.priced_on) == ("settled", 35000, date(2026, 11, 23))
    assert order_lines(made) == [("used", 0), ("covered", 35000)]
    again = factory.charge(ann, at=at)
    assert again.state == "open"
    assert balanced()


def test_a_order_line_is_for_its_kind_and_for_a_confirmed_address_only(payer, rita, alice, at):
    made = factory.invoiced(payer, at=at, staff=rita, people=[("Alice", "alice@marlow.example", "application", False)], cents=35000)
    factory.received(made, 35000, at=at, staff=rita)
    owed = factory.charge(alice, at=at)
    assert owed.state == "open"  # nobody has confirmed this address
    actions.match_order_lines(at=at)
    EmailAddress.objects.create(user=alice, email="alice@marlow.example", verified=False)
    actions.match(made.order.order_lines.get().id, at=at)
    assert Charge.objects.get(id=owed.id).state == "open"
    EmailAddress.objects.update(verified=True)
    assert factory.charge(alice, at=at, kind="portfolio").state == "open"
    actions.match_order_lines(at=at)
    assert [order_line for order_line, _ in queries.list_meetings(limit=9)] == [made.order.order_lines.get().id]


def test_who_confirms_another_address_later_is_found_by_the_sweep(payer, rita, alice, at, drain):
    made = factory.invoiced(payer, at=at, staff=rita, people=[("Alice", "alice@work.example", "application", False)], cents=35000)
    factory.received(made, 35000, at=at, staff=rita)
    owed = factory.charge(alice, at=at)
    EmailAddress.objects.create(user=alice, email="alice@work.example", verified=True)
    actions.match_order_lines(at=at)
    drain()
    owed.refresh_from_db()
    assert owed.state == "settled"
    assert queries.list_meetings(limit=9) == []


def test_a_place_stays_its_persons_when_they_change_the_address(payer, rita, alice, at, drain):
    EmailAddress.objects.create(user=alice, email="alice@work.example", verified=True)
    made = factory.invoiced(payer, at=at, staff=rita, people=[("Alice", "alice@work.example", "application", False)], cents=35000)
    factory.received(made, 35000, at=at, staff=rita)
    EmailAddress.objects.filter(email="alice@work.example").delete()
    assert factory.charge(alice, at=at).state == "settled"
    assert order_lines(made) == [("used", 0)]


def test_a_place_stays_its_persons_when_the_address_is_confirmed_and_removed_within_a_minute(payer, rita, alice, at, client, drain):
    made = factory.invoiced(payer, at=at, staff=rita, people=[("Alice", "alice@work.example", "application", False)], cents=35000)
    factory.received(made, 35000, at=at, staff=rita)
    address = EmailAddress.objects.create(user=alice, email="alice@work.example", verified=False)
    client.post(reverse("account_confirm_email", args=[EmailConfirmationHMAC.create(address).key]))
    address.delete()
    drain(clock.now())
    owed = factory.charge(alice, at=at)
    assert owed.state == "settled"
    assert OrderLine.objects.get().person == alice


def test_a_place_is_nobody_elses_who_confirms_the_address_later(payer, rita, alice, charlie, at, drain):
    EmailAddress.objects.create(user=alice, email="desk@work.example", verified=True)
    made = factory.invoiced(payer, at=at, staff=rita, people=[("Alice", "desk@work.example", "application", False)], cents=35000)
    factory.received(made, 35000, at=at, staff=rita)
    EmailAddress.objects.filter(email="desk@work.example").update(user=charlie)
    factory.charge(charlie, at=at)
    actions.match_order_lines(at=at)
    drain()
    assert (OrderLine.objects.get().state, OrderLine.objects.get().person) == ("covered", alice)


def test_a_member_costs_the_payer_less_and_the_difference_is_credit(payer, ann, rita, at):
    factory.charge(ann, at=at, member=True)
    made = factory.invoiced(payer, at=at, staff=rita)
    factory.received(made, 35000, at=at, staff=rita)
    assert Charge.objects.get().amount_cents == 32500
    assert queries.get_credit(made.order.payer) == 2500
    assert balanced()


def test_a_member_price_that_is_none_waits_for_staff_who_accept_it(payer, ann, rita, at):
    order_line = factory.puzzle(payer, ann, at=at, staff=rita)
    assert (order_line.state, order_line.trouble) == ("covered", "The fee is $350, and the order paid $325")
    assert [work_item.queue for work_item in queues.list_app_work_items("billing", at=at)] == ["Payments that don’t match"]
    actions.accept_order_line(order_line, actor=rita, at=at, reason="She sent her member card.")
    assert (Charge.objects.get().state, Charge.objects.get().amount_cents) == ("settled", 32500)
    with pytest.raises(NotPossible, match="is no longer waiting"):
        actions.accept_order_line(order_line, actor=rita, at=at, reason="Again")
    assert balanced()


def test_a_member_price_that_is_none_goes_back_when_the_person_pays(payer, ann, rita, at, drain):
    order_line = factory.puzzle(payer, ann, at=at, staff=rita)
    factory.settle(Charge.objects.get(), at=at)
    actions.match_order_lines(at=at)
    drain()
    order_line.refresh_from_db()
    assert (order_line.state, queries.get_credit(order_line.order.payer)) == ("credited", 32500)
    assert balanced()


def test_a_withdrawn_application_sets_its_order_line_free_for_the_next(payer, ann, rita, at, drain):
    owed = factory.charge(ann, at=at)
    made = factory.invoiced(payer, at=at, staff=rita)
    drain()
    actions.cancel(owed, actor=ann, at=at, reason="Withdrawn")
    factory.received(made, 35000, at=at, staff=rita)
    drain()
    assert order_lines(made)[0] == ("covered", 35000)
    assert factory.charge(ann, at=at).state == "settled"


def test_what_was_wrong_about_one_charge_keeps_a_order_line_from_no_other(payer, ann, rita, at):
    order_line = factory.puzzle(payer, ann, at=at, staff=rita)
    assert order_line.trouble
    actions.cancel(Charge.objects.get(), actor=ann, at=at, reason="Withdrawn")
    assert factory.charge(ann, at=at, member=True).state == "settled"
    order_line.refresh_from_db()
    assert (order_line.state, order_line.trouble) == ("used", "")
    assert balanced()


# Twice


def test_a_fee_that_was_paid_by_card_meanwhile_sends_the_order_lines_money_back_to_the_payer(payer, ann, rita, at, drain):
    owed = factory.charge(ann, at=at)
    made = factory.invoiced(payer, at=at, staff=rita)
    drain()
    factory.settle(owed, at=at)
    factory.received(made, 35000, at=at, staff=rita)
    drain()
    assert order_lines(made)[0] == ("credited", 0)
    refund = Refund.objects.get()
    assert (refund.method, refund.state, refund.amount_cents, refund.payment.state) == ("credit", "done", 35000, "duplicate")
    assert queries.get_credit(made.order.payer) == 35000
    assert letters("credited") == ["priya@prairie.example"]
    assert balanced()


# Refunds


def test_a_refund_of_what_an_institution_paid_is_its_credit(payer, ann, rita, at):
    factory.charge(ann, at=at)
    made = factory.invoiced(payer, at=at, staff=rita)
    factory.received(made, 35000, at=at, staff=rita)
    owed = Charge.objects.get()
    actions.refund(owed, cents=10000, actor=rita, at=at, reason="A part")
    assert (order_lines(made)[0], queries.get_credit(made.order.payer)) == (("used", 0), 10000)
    actions.refund(owed, actor=rita, at=at, reason="Not eligible")
    assert (order_lines(made)[0], queries.get_credit(made.order.payer)) == (("credited", 0), 35000)
    assert Email.objects.filter(to=ann.email, notice="billing/refunded").count() == 0
    assert balanced()


def test_credit_pays_another_invoice_and_the_rest_goes_back_by_check(payer, rita, invoice, at):
    factory.received(invoice, 110000, at=at, staff=rita)
    other = factory.invoiced(payer, at=at, staff=rita, number="PO-2", people=[("Cy", "cy@prairie.example", "application", False)])
    assert queries.get_credit(invoice.order.payer) == 40000
    actions.use_credit(other, actor=rita, at=at)
    other.refresh_from_db()
    assert (other.state, queries.get_credit(invoice.order.payer)) == ("paid", 5000)
    with pytest.raises(NotPossible, match="no credit to use"):
        actions.use_credit(other, actor=rita, at=at)
    with pytest.raises(NotPossible, match=r"The credit is \$50"):
        actions.pay_out(other.order.payer, number="77", sent_on=at.date(), cents=5001, actor=rita, at=at)
    actions.pay_out(other.order.payer, number="77", sent_on=at.date(), cents=5000, actor=rita, at=at)
    assert queries.get_credit(invoice.order.payer) == 0
    assert balanced()
    told = StringIO()
    call_command("books", stdout=told)
    assert told.getvalue().endswith("The books balance.\n")


# Credit notes


def test_a_order_line_that_is_taken_back_fills_the_others_and_the_rest_is_credit(payer, rita, invoice, at, drain):
    factory.received(invoice, 50000, at=at, staff=rita)
    note = factory.credit_note(invoice, at=at, staff=rita)
    assert (note.number, note.amount_cents) == ("CN-00001", 35000)
    assert (invoice.state, order_lines(invoice)) == ("paid", [("credited", 0), ("covered", 35000)])
    assert queries.get_credit(invoice.order.payer) == 15000
    assert letters("credit_note") == ["priya@prairie.example"]
    assert balanced()


def test_an_invoice_without_order_lines_is_cancelled_and_takes_no_money(payer, rita, invoice, at):
    ids = list(invoice.order.order_lines.values_list("id", flat=True))
    actions.credit_note(invoice, order_lines=ids, actor=rita, at=at, reason="Ordered twice.")
    invoice.refresh_from_db()
    assert (invoice.state, invoice.balance_cents) == ("cancelled", 0)
    with pytest.raises(NotPossible, match="canceled"):
        factory.received(invoice, 100, at=at, staff=rita)
    with pytest.raises(NotPossible, match="applied or removed"):
        actions.credit_note(invoice, order_lines=ids, actor=rita, at=at, reason="Again.")
    with pytest.raises(NotPossible, match="at least one person"):
        actions.credit_note(invoice, order_lines=[], actor=rita, at=at, reason="Nobody.")
    assert Invoice.objects.count() == 1


def test_an_invoice_that_nobody_paid_is_not_told_to_be_paid_when_it_is_cancelled(payer, rita, invoice, at):
    factory.received(invoice, 10000, at=at, staff=rita)
    actions.credit_note(
        invoice, order_lines=invoice.order.order_lines.values_list("id", flat=True), actor=rita, at=at, reason="Ordered twice."
    )
    told = story()
    assert "Rita Lindqvist canceled invoice INV-00001 of Prairie." in told
    assert [sentence for sentence in told if "paid in full" in sentence] == []
    assert queries.get_credit(invoice.order.payer) == 10000
    assert balanced()


def test_who_was_told_that_the_fee_is_paid_is_told_when_it_is_not(payer, ann, rita, at):
    made = factory.invoiced(payer, at=at, staff=rita)
    factory.received(made, 35000, at=at, staff=rita)
    assert letters("order_line_waits") == ["ann@prairie.example"]
    actions.credit_note(
        made, order_lines=made.order.order_lines.values_list("id", flat=True), actor=rita, at=at, reason="She left the library."
    )
    assert letters("order_line_gone") == ["ann@prairie.example"]  # nobody told Ben anything
    letter = Email.objects.get(notice="billing/order_line_gone")
    assert letter.subject == "Prairie will not pay a fee for you"
    assert "You can still pay the fee yourself" in letter.text


def test_who_has_an_account_is_told_of_their_place_where_they_can_be_reached_now(payer, rita, alice, at):
    EmailAddress.objects.create(user=alice, email="alice@work.example", verified=True)
    made = factory.invoiced(payer, at=at, staff=rita, people=[("Alice", "alice@work.example", "application", False)], cents=35000)
    payment = factory.received(made, 35000, at=at, staff=rita)
    actions.reverse_payment(payment, actor=rita, at=at, reason="The bank sent it back.")
    factory.received(made, 35000, at=at + timedelta(days=1), staff=rita, number="1002")
    line = made.order.order_lines.get()
    actions.credit_note(made, order_lines=[line.id], actor=rita, at=at + timedelta(days=1), reason="She left the library.")
    type(alice).objects.filter(pk=alice.pk).update(email="new@marlow.example")
    email_delivery.send_due(at=at + timedelta(days=1))
    sent = [letters(name) for name in ("order_line_waits", "not_covered", "order_line_gone")]
    assert sent == [["new@marlow.example"] * times for times in (2, 1, 1)]


def test_a_used_order_line_is_refunded_and_not_taken_back(payer, ann, rita, at):
    factory.charge(ann, at=at)
    made = factory.invoiced(payer, at=at, staff=rita)
    factory.received(made, 35000, at=at, staff=rita)
    with pytest.raises(NotPossible, match="Refund the person’s fee"):
        factory.credit_note(made, at=at, staff=rita)


# What the payer learns


def test_the_payer_learns_paid_and_enrolled_once_the_order_line_is_used(payer, ann, rita, at, drain):
    from ledger import actions as ledger

    made = factory.invoiced(payer, at=at, staff=rita)
    ledger.emit("candidates.candidacy.opened", key=ann.pk, at=at, candidacy=ann.public_id, person=ann.pk)
    drain()
    assert Enrollment.objects.get().person == ann

    def shown():
        return [(place.paid, place.enrolled) for place in queries.list_places(made.order, on=at.date())]

    assert shown() == [(False, False), (False, False)]
    factory.received(made, 35000, at=at, staff=rita)
    assert shown() == [(True, False), (False, False)]  # that Ann is enrolled is told only to who paid for it
    factory.charge(ann, at=at)
    assert shown() == [(True, True), (False, False)]


@pytest.mark.parametrize(("kind", "cents", "enrolled"), [("application", 35000, False), ("portfolio", 6000, True)])
def test_who_applies_again_is_not_enrolled_by_the_first_time(payer, ann, rita, at, kind, cents, enrolled):
    before, later = at - timedelta(days=2000), at + timedelta(days=9)
    actions.enroll(ann.pk, at=before)
    factory.charge(ann, at=at, kind=kind)
    made = factory.invoiced(payer, at=at, staff=rita, people=[("Ann Field", "ann@prairie.example", kind, False)], cents=cents)
    factory.received(made, cents, at=at, staff=rita)

    def shown():
        return [(place.paid, place.enrolled) for place in queries.list_places(made.order, on=at.date())]

    assert shown() == [(True, enrolled)]
    actions.enroll(ann.pk, at=later)
    assert shown() == [(True, True)]


# Reminders


def test_the_contact_is_reminded_until_the_invoice_is_paid(invoice, rita, at):
    schedule = REMINDER_SCHEDULES["billing.invoice"]
    assert [str(step) for step in schedule.first_offsets] == ["-15 days", "-3 days", "1 day", "15 days", "30 days"]

    def reminded(days):
        reminders.find(schedule, at=at + timedelta(days=days))
        while reminders.send_due(at=at + timedelta(days=days)):
            pass
        return list(Email.objects.filter(notice="billing/invoice_due").order_by("created_at").values_list("subject", flat=True))

    assert reminded(14) == []
    assert reminded(15) == ["Invoice INV-00001 is due on December 23, 2026"]
    assert len(reminded(27)) == 2
    assert len(reminded(30)) == 2
    assert reminded(31)[-1] == "Invoice INV-00001 was due on December 23, 2026"
    factory.received(invoice, 70000, at=at + timedelta(days=32), staff=rita)
    assert len(reminded(60)) == 3


def test_an_invoice_is_overdue_after_its_last_day(invoice, at):
    def overdue(days):
        return [
            work_item.title
            for work_item in queues.list_app_work_items("billing", at=at + timedelta(days=days))
            if work_item.queue == "Invoices overdue"
        ]

    assert overdue(30) == []
    assert overdue(31) == ["INV-00001: Prairie"]


# Fees by date


def test_a_fee_is_set_from_a_coming_day_on_and_told(rita, at):
    made = factory.coming_fee(at=at, staff=rita)
    assert queries.get_fee("portfolio", on=date(2026, 12, 31)).standard_cents == 6000
    assert queries.get_fee("portfolio", on=date(2027, 1, 1)).standard_cents == 7000
    assert story() == ["Rita Lindqvist set the fee for portfolio from January 1, 2027: $70, $60 for members."]
    actions.cancel_fee(made, actor=rita, at=at)
    assert queries.get_fee("portfolio", on=date(2027, 1, 1)).standard_cents == 6000


@pytest.mark.parametrize(("on", "possible"), [(date(2026, 11, 22), False), (date(2026, 11, 23), False), (date(2026, 11, 24), True)])
def test_what_counts_today_or_counted_never_changes(rita, at, on, possible):
    asked = {"kind": "portfolio", "standard_cents": 7000, "member_cents": 6000, "effective_on": on, "actor": rita, "at": at}
    if possible:
        assert actions.add_fee(**asked).effective_on == on
    else:
        with pytest.raises(NotPossible, match="Choose November 24, 2026 or a later day"):
            actions.add_fee(**asked)
    with pytest.raises(NotPossible, match="is already in effect"):
        actions.cancel_fee(FeeAmount.objects.get(kind="portfolio", effective_on=date(2010, 1, 1)), actor=rita, at=at)


def test_the_fee_of_a_renewal_is_missing_until_staff_set_it_even_for_today(rita, at):
    with pytest.raises(queries.FeeNotSet):
        queries.get_fee(FeeKind.CERTIFICATE_RENEWAL, on=at.date())
    actions.add_fee(kind="certificate_renewal", standard_cents=9000, member_cents=9000, effective_on=at.date(), actor=rita, at=at)
    assert queries.get_fee(FeeKind.CERTIFICATE_RENEWAL, on=at.date()).standard_cents == 9000


def test_members_never_pay_more_and_a_day_has_one_fee(rita, at):
    asked = {"kind": "portfolio", "effective_on": date(2027, 1, 1), "actor": rita, "at": at}
    for member, why in ((0, "Only the renewal of a certificate can cost nothing"), (7001, "member price")):
        with pytest.raises(NotPossible, match=why):
            actions.add_fee(standard_cents=7000, member_cents=member, **asked)
    factory.coming_fee(at=at, staff=rita)
    with pytest.raises(NotPossible, match="starting that day"):
        actions.add_fee(standard_cents=8000, member_cents=7000, **asked)


def test_the_database_lets_no_fee_change(db):
    from django.db import ProgrammingError, transaction

    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        FeeAmount.objects.update(standard_cents=1)


# Checks of one person, and refunds by check


def test_a_check_settles_a_fee_once(alice, rita, at):
    owed = factory.charge(alice, at=at)
    asked = {"received_on": at.date(), "actor": rita, "at": at}
    with pytest.raises(NotPossible, match=r"The fee is \$350"):
        actions.record_check(owed, number="12", cents=34999, **asked)
    actions.record_check(owed, number="12", cents=35000, **asked)
    with pytest.raises(NotPossible, match="already recorded"):
        actions.record_check(owed, number="12", cents=35000, **asked)
    owed.refresh_from_db()
    assert owed.state == "settled"
    assert letters("receipt") == ["alice@marlow.example"]
    assert "Rita Lindqvist recorded check 12 of $350 from Alice Moreau." in story()
    with pytest.raises(NotPossible, match="your own payment"):
        actions.record_check(factory.charge(rita, at=at), number="1", cents=35000, **asked)


def test_a_check_that_bounced_leaves_the_fee_open_and_the_person_is_told(alice, rita, at, drain):
    owed = factory.charge(alice, at=at)
    asked = {"received_on": at.date(), "cents": 35000, "actor": rita}
    payment = actions.record_check(owed, number="1042", at=at, **asked)
    actions.bounce(payment, actor=rita, at=at, reason="The bank sent it back.")
    owed.refresh_from_db()
    payment.refresh_from_db()
    assert (owed.state, owed.settled_at, payment.state, payment.received_cents) == ("open", None, "bounced", 0)
    assert balanced()
    assert story()[-1] == "Rita Lindqvist reversed the payment of $350 by Alice Moreau: Application and enrollment. It is due again."
    letter = Email.objects.get(notice="billing/bounced")
    assert (letter.to, letter.subject) == (alice.email, "Check 1042 did not clear: $350 is due again")
    assert "Why: The bank sent it back." in letter.text
    with pytest.raises(NotPossible):
        actions.bounce(payment, actor=rita, at=at, reason="Again")
    # The same check, put in once more: it counts, with a receipt and an event of its own.
    again = actions.record_check(owed, number="1042", at=at + timedelta(days=3), **asked)
    drain(at + timedelta(days=3))
    assert (again.state, letters("receipt")) == ("succeeded", [alice.email] * 2)
    assert balanced()


def test_only_a_check_is_taken_back_and_none_whose_money_went_back(alice, rita, at):
    paid = factory.paid(alice, at=at)
    with pytest.raises(NotPossible, match="Only a check"):
        actions.bounce(paid.payments.get(), actor=rita, at=at, reason="x")
    owed = factory.charge(alice, at=at)
    payment = actions.record_check(owed, number="1", received_on=at.date(), cents=35000, actor=rita, at=at)
    actions.refund(owed, cents=5000, actor=rita, at=at, reason="A part")
    with pytest.raises(NotPossible, match="already refunded"):
        actions.bounce(payment, actor=rita, at=at, reason="x")


def test_a_check_for_a_paid_fee_goes_back_by_check(alice, rita, at):
    owed = factory.paid(alice, at=at)
    actions.record_check(owed, number="12", cents=20000, received_on=at.date(), actor=rita, at=at)
    refund = Refund.objects.get()
    assert (refund.method, refund.state, refund.amount_cents) == ("check", "asked", 20000)
    assert [(work_item.queue, work_item.detail) for work_item in queues.list_app_work_items("billing", at=at)] == [
        ("Refunds by check", "Send a check of $200")
    ]
    actions.send_check(refund, number="900", sent_on=at.date(), actor=rita, at=at)
    with pytest.raises(NotPossible, match="already sent"):
        actions.send_check(refund, number="901", sent_on=at.date(), actor=rita, at=at)
    assert Email.objects.get(notice="billing/refunded").subject == "A check for $200 is on its way to you"
    assert queues.list_app_work_items("billing", at=at) == []
    assert balanced()


def test_a_fee_goes_back_in_parts_and_never_more_than_was_paid(alice, rita, at):
    owed = factory.paid(alice, at=at)
    actions.refund(owed, cents=10000, actor=rita, at=at, reason="A part")
    owed.refresh_from_db()
    assert (owed.state, owed.refunded_cents) == ("settled", 10000)
    assert queries.is_settled(purpose=owed.purpose, reference=owed.reference)
    for cents in (0, -1, 25001):
        with pytest.raises(NotPossible, match=r"up to \$250"):
            actions.refund(owed, cents=cents, actor=rita, at=at, reason="Too much")
    actions.refund(owed, actor=rita, at=at, reason="Not eligible")
    owed.refresh_from_db()
    assert (owed.state, owed.refunded_cents) == ("refunded", 35000)
    assert list(Refund.objects.order_by("asked_at", "amount_cents").values_list("amount_cents", flat=True)) == [10000, 25000]
    assert "Rita Lindqvist decided to refund $100 of the fee to Alice Moreau: Application and enrollment." in story()
    assert balanced()


def test_nobody_on_the_staff_gives_money_back_to_themselves(rita, at):
    owed = factory.paid(rita, at=at)
    about = {"amount_cents": 100, "received_cents": 100, "started_at": at, "expires_at": at}
    held = Payment.objects.create(charge=owed, state="held", **about)
    failed = Refund.objects.create(payment=held, method="card", state="failed", amount_cents=100, asked_at=at)
    for decide in (
        partial(actions.refund, owed),
        partial(actions.refund, owed, cents=100),
        partial(actions.return_payment, held),
        partial(actions.close, held),
        partial(actions.ask_again, failed),
        partial(actions.close_refund, failed),
    ):
        with pytest.raises(NotYourDecision, match="your own payment"):
            decide(actor=rita, at=at, reason="Mine")
    owed.refresh_from_db()
    assert (owed.state, owed.refunded_cents) == ("settled", 0)


# Commands


def test_reconcile_tells_what_differs(standin, alice, now):
    owed = factory.charge(alice, at=now)
    payment = actions.start_checkout(owed, actor=alice, at=now)
    standin.pay(payment.session)
    actions.settle(payment.id, at=now)
    told = StringIO()
    call_command("reconcile", stdout=told)
    assert told.getvalue() == "1 charge and refunds: everything agrees.\n"
    Payment.objects.update(stripe_charge="ch_forgotten", intent="pi_forgotten", started_at=now - timedelta(days=1))
    told = StringIO()
    with pytest.raises(CommandError, match="1 difference"):
        call_command("reconcile", stdout=told)
    assert "and Stripe took nothing" in told.getvalue()
    assert Payment.objects.filter(state="succeeded").count() == 1


def test_reconcile_says_so_when_nobody_answers(standin):
    standin.turn("fail", status=500, times=3)
    with pytest.raises(CommandError, match="could not reach the card company"):
        call_command("reconcile", stdout=StringIO())


def test_the_books_of_institutions_tell_a_lost_cent(invoice, rita, at):
    factory.received(invoice, 50000, at=at, staff=rita)
    Credit.objects.create(payer=invoice.order.payer, source="overpaid", cents=1, on=at.date(), at=at)
    with pytest.raises(CommandError, match=r"institutions do not balance: -\$0.01 apart"):
        call_command("books", stdout=StringIO())


def test_there_are_terms_from_the_beginning(db):
    assert list(InvoiceTerms.objects.values_list("effective_on", "net_days")) == [(date(2010, 1, 1), 30)]
    assert PurchaseOrder.objects.count() == 0
