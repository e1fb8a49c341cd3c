"""The pages of purchase orders, checks, refunds and fees: who sees what, what bad input is told, that nothing typed is lost."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from billing import actions, queries
from billing.models import Charge, FeeAmount, Invoice, PurchaseOrder, Refund
from ledger import clock, queues
from ledger.models import Email
from tests.factories import billing as factory
from tests.factories import people


def seen(charge):
    """What a reader of its page sees now."""
    charge.refresh_from_db()
    return {"version": queries.get_charge_version(charge)}


def paid_out(payer):
    """What a reader of the institution's page sees now."""
    return {"version": queries.get_payer_version(payer)}


pytestmark = pytest.mark.django_db
ORDER = {"payer": "Prairie", "address": "1 Main Street", "number": "PO-7", "amount": "$1,050"}
YESTERDAY = clock.now().date() - timedelta(days=1)
DAY = {"month": str(YESTERDAY.month), "day": str(YESTERDAY.day), "year": str(YESTERDAY.year)}


def day(name, on=DAY):
    return {f"{name}_{part}": value for part, value in on.items()}


@pytest.fixture
def payer(db):
    return people.person("priya@prairie.example", name="Priya Natarajan", called="Priya")


@pytest.fixture
def now():
    return clock.now()


@pytest.fixture
def as_payer(client, payer):
    client.force_login(payer)
    return client


@pytest.fixture
def as_rita(client, rita):
    client.force_login(rita)
    return client


def text(answer):
    return " ".join(answer.content.decode().split())


def address(name, row):
    return reverse(f"billing:{name}", args=[row.id])


# The applicant


def test_an_applicant_reads_how_to_pay_in_other_ways_and_loses_nothing(client, alice, now, settings):
    settings.PAY_TO = "ALA-APA; 12 Program Street; Springfield"
    owed = factory.charge(alice, at=now)
    client.force_login(alice)
    assert address("other_ways", owed) in text(client.get(address("charge", owed)))
    page = text(client.get(address("other_ways", owed)))
    assert "ALA-APA<br>12 Program Street<br>Springfield" in page
    assert "alice@marlow.example" in page
    assert "$350" in page
    assert Charge.objects.get().state == "open"


def test_the_reference_that_comes_with_a_check_leads_staff_to_its_fee(client, alice, rita, now):
    owed = factory.charge(alice, at=now)
    client.force_login(alice)
    reference = owed.code
    assert len(reference) == 8
    assert f"<dt>Reference</dt><dd>{reference}</dd>" in text(client.get(address("other_ways", owed)))
    client.force_login(rita)
    assert client.get(reverse("people"), {"q": f" {reference} "}).url == address("charge", owed)
    assert client.get(reverse("people"), {"q": f"20261123-{reference}"}).url == address("charge", owed)
    assert client.get(reverse("people"), {"q": "00000000"}).status_code == 200


def test_who_enters_the_order_alone_is_its_first_person(client, payer, now):
    owed = factory.charge(payer, at=now, member=True)
    client.force_login(payer)
    path = f"{reverse('billing:new_order')}?charge={owed.id}"
    assert "You are the first person on it, with $325" in text(client.get(path))
    client.post(path, ORDER)
    [order_line] = PurchaseOrder.objects.get().order_lines.all()
    assert (order_line.email, order_line.kind, order_line.member) == ("priya@prairie.example", "application", True)


def test_a_fee_that_an_order_covers_says_that_nothing_is_to_pay(client, payer, rita, now, drain):
    ann = people.person("ann@prairie.example", name="Ann Field", called="Ann")
    owed = factory.charge(ann, at=now)
    factory.invoiced(payer, at=now, staff=rita)
    drain(now)
    client.force_login(ann)
    assert "Prairie has a purchase order that covers this fee. You don’t need to pay." in text(client.get(address("charge", owed)))


# The payer


def test_an_order_is_entered_page_by_page(as_payer, payer):
    answer = as_payer.post(reverse("billing:new_order"), ORDER)
    order = PurchaseOrder.objects.get()
    assert (answer["Location"], order.stated_cents, order.contact) == (address("order", order), 105000, payer)
    typed = {
        "people": 'Ann\u200b Field, an\u00adn@prairie.example.\n\n"Hill, Ben" <ben@prairie.example>',
        "kind": "application",
        "member": "on",
    }
    as_payer.post(address("add_people", order), typed)
    assert list(order.order_lines.order_by("position").values_list("name", "email", "member")) == [
        ("Ann Field", "ann@prairie.example", True),
        ("Ben Hill", "ben@prairie.example", True),
    ]
    page = text(as_payer.get(address("order", order)))
    assert "The purchase order says $1,050, and the fees add up to $650." in page
    as_payer.post(reverse("billing:remove_person", args=[order.id, order.order_lines.first().id]))
    assert order.order_lines.count() == 1
    as_payer.post(address("change_order", order), {**ORDER, "amount": "325", "number": "PO-8"})
    assert "Our staff have the order" in text(as_payer.post(address("send_order", order), follow=True))
    order.refresh_from_db()
    assert (order.state, order.number, order.stated_cents) == ("sent", "PO-8", 32500)
    assert "is withdrawn" in text(as_payer.post(address("withdraw_order", order), follow=True))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("", "Fill in “People”"),
        ("Ann Field", "Line 1 needs one email address"),
        ("a@b.example c@d.example", "Line 1 needs one email address"),
        ("ann@prairie.example", "Line 1 needs a name"),
        ("Ann Field ann@", "check the email address"),
        ("Ann \u202efield ann@prairie.example", "hidden character here reverses the text near “Ann field”"),
        ("A" * 121 + " ann@prairie.example", "Line 1 is too long"),
    ],
)
def test_people_that_can_not_be_read_are_told_by_their_line_and_kept(as_payer, payer, now, line, told):
    order = factory.order(payer, at=now, people=[])
    answer = as_payer.post(address("add_people", order), {"people": line, "kind": "application"})
    assert answer.status_code == 422
    assert told in text(answer)
    assert line[:40] in answer.content.decode()
    assert order.order_lines.count() == 0


@pytest.mark.parametrize("amount", ["", "abc", "0", "-5", "1.5", "12,34", "1000001", "9" * 30])
def test_an_amount_that_is_none_is_told_with_an_example(as_payer, amount):
    answer = as_payer.post(reverse("billing:new_order"), {**ORDER, "amount": amount})
    assert answer.status_code == 422
    assert "<title>Error: " in answer.content.decode()
    assert "Prairie" in answer.content.decode()
    assert PurchaseOrder.objects.count() == 0


def test_another_kind_of_file_is_refused_and_what_was_typed_stays(as_payer):
    answer = as_payer.post(reverse("billing:new_order"), {**ORDER, "document": people.upload("order.exe", b"MZ")})
    assert answer.status_code == 422
    assert "We can’t accept this kind of file" in text(answer)
    assert "PO-7" in text(answer)


@pytest.mark.parametrize(("who", "status"), [("charlie", 404), ("bob", 404), ("rita", 200)])
def test_an_order_is_seen_by_its_institution_and_the_office(client, payer, rita, request, now, who, status):
    invoice = factory.invoiced(payer, at=now, staff=rita)
    client.force_login(request.getfixturevalue(who))
    for path in (address("order", invoice.order), address("invoice_pdf", invoice)):
        assert client.get(path).status_code == status


def test_the_payer_sees_paid_and_enrolled_and_nothing_else(as_payer, payer, rita, now):
    ann = people.person("ann@prairie.example", name="Ann Field", called="Ann")
    factory.charge(ann, at=now, description="Something that Ann keeps to herself")
    invoice = factory.invoiced(payer, at=now, staff=rita)
    factory.received(invoice, 35000, at=now, staff=rita)
    page = text(as_payer.get(address("order", invoice.order)))
    assert page.count('tag--done">Paid<') == 1
    assert "keeps to herself" not in page
    assert "Record payments" not in page
    assert as_payer.get(address("invoice", invoice)).status_code == 403
    assert as_payer.get(address("charge", Charge.objects.get())).status_code == 404


def order_rows(count, payer, rita, now):
    for number in range(count):
        invoice = factory.invoiced(payer, at=now, staff=rita, number=f"PO-{number}")
        factory.received(invoice, 100, at=now, staff=rita)
    return invoice


@pytest.mark.parametrize("count", [3, 30])
def test_the_list_of_orders_costs_the_same_with_3_rows_and_30(client, payer, rita, now, count, django_assert_num_queries, monkeypatch):
    monkeypatch.setattr("billing.pdf.render", lambda paper, details: b"%PDF")
    order_rows(count, payer, rita, now)
    client.force_login(payer)
    client.get(reverse("billing:orders"))
    with django_assert_num_queries(4):  # session, user with groups, rows; candidacy for the masthead
        page = client.get(reverse("billing:orders"))
    assert text(page).count('scope="row"') == min(count, 25)


@pytest.mark.parametrize("count", [3, 30])
def test_an_order_costs_the_same_with_3_people_and_30(as_payer, payer, rita, now, count, django_assert_num_queries):
    order_lines = [(f"P{number}", f"p{number}@prairie.example", "application", False) for number in range(count)]
    invoice = factory.invoiced(payer, at=now, staff=rita, people=order_lines)
    as_payer.get(address("order", invoice.order))
    # session, user, groups, order, order lines, fees, contact, credit notes, payments, terms, fees for the form; candidacy for the masthead
    with django_assert_num_queries(11):
        as_payer.get(address("order", invoice.order))


@pytest.mark.parametrize("count", [3, 30])
def test_what_waits_costs_the_same_with_3_orders_and_30(payer, now, count, django_assert_num_queries):
    for number in range(count):
        factory.sent_order(payer, at=now, number=f"PO-{number}", people=[("Ann", f"a{number}@prairie.example", "application", False)])
    with django_assert_num_queries(2):
        assert len(queues.list_app_work_items("billing", at=now)) == count


# Staff


def test_staff_enter_an_order_that_came_by_mail(as_rita):
    typed = {**ORDER, "contact_name": "Priya Natarajan", "contact_email": "Priya@Prairie.example"}
    as_rita.post(reverse("billing:new_order"), typed)
    order = PurchaseOrder.objects.get()
    assert (order.contact.email, order.contact.name, order.payer.contacts.count()) == ("priya@prairie.example", "Priya Natarajan", 1)
    as_rita.post(reverse("billing:new_order"), {**typed, "number": "PO-8"})
    assert PurchaseOrder.objects.filter(contact=order.contact).count() == 2


def test_staff_invoice_record_money_and_write_a_credit_note(as_rita, payer, now):
    order = factory.sent_order(payer, at=now)
    assert "Invoice $700" in text(as_rita.get(address("order", order)))
    as_rita.post(address("invoice_order", order))
    invoice = Invoice.objects.get()
    paid = {"method": "check", "number": "501", "amount": "400", **day("received_on")}
    assert "$400 is recorded" in text(as_rita.post(address("record_payment", invoice), paid, follow=True))
    again = as_rita.post(address("record_payment", invoice), paid)
    assert (again.status_code, "Check 501 was already recorded" in text(again)) == (422, True)
    last = invoice.order.order_lines.order_by("position").last()
    answer = as_rita.post(address("credit_note", invoice), {"order_line": [str(last.id)], "reason": "He left."}, follow=True)
    assert "CN-00001 is written" in text(answer)
    assert queries.get_credit(order.payer) == 5000
    nobody = as_rita.post(address("credit_note", invoice), {"reason": "Nobody."})
    assert "Choose at least one person" in text(nobody)
    out = {"amount": "50", "number": "9", **day("sent_on")}
    assert "went back to Prairie" in text(as_rita.post(address("pay_out", order.payer), {**out, **paid_out(order.payer)}, follow=True))


@pytest.mark.parametrize(("typed", "told"), [({"amount": ""}, "Fill in “Amount”"), ({"number": ""}, "Fill in “Number of the check")])
def test_a_payment_without_its_facts_is_not_recorded(as_rita, payer, rita, now, typed, told):
    invoice = factory.invoiced(payer, at=now, staff=rita)
    answer = as_rita.post(
        address("record_payment", invoice), {"method": "check", "number": "1", "amount": "1", **day("received_on"), **typed}
    )
    assert (answer.status_code, told in text(answer)) == (422, True)


def test_a_check_of_the_future_is_not_recorded(as_rita, payer, rita, alice, now):
    coming = now.date() + timedelta(days=2)
    late = {"month": str(coming.month), "day": str(coming.day), "year": str(coming.year)}
    invoice = factory.invoiced(payer, at=now, staff=rita)
    for path in (address("record_payment", invoice), address("record_check", factory.charge(alice, at=now))):
        typed = {"method": "check", "number": "1", "amount": "350", **day("received_on", late)}
        assert "This day is in the future" in text(as_rita.post(path, typed))


def test_staff_ahead_of_pago_pago_record_what_came_today(client, payer, rita, alice, monkeypatch):
    at = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)  # Tuesday morning in Guam, Monday in Pago Pago
    monkeypatch.setattr("ledger.clock.now", lambda: at)
    rita.time_zone = "Pacific/Guam"
    rita.save()
    client.force_login(rita)
    invoice = factory.invoiced(payer, at=at, staff=rita)
    for number, path in enumerate((address("record_payment", invoice), address("record_check", factory.charge(alice, at=at)))):
        typed = {"method": "check", "number": str(number), "amount": "350"}
        late = day("received_on", {"month": "11", "day": "25", "year": "2026"})
        assert "This day is in the future" in text(client.post(path, typed | late))
        assert client.post(path, typed | day("received_on", {"month": "11", "day": "24", "year": "2026"})).status_code == 302


def test_a_check_that_came_after_all_is_recorded_from_the_page_of_the_fee(as_rita, alice, now):
    owed = factory.paid(alice, at=now)
    page = text(as_rita.get(address("charge", owed)))
    assert f'<a href="{address("record_check", owed)}">Record a check that must be returned</a>' in page
    page = as_rita.post(address("record_check", owed), {"number": "12", "amount": "350", **day("received_on")}, follow=True)
    assert "Refund the money by check" in text(page)
    assert Refund.objects.get().amount_cents == 35000


def test_staff_record_a_check_refund_it_in_part_and_send_a_check(as_rita, alice, now):
    owed = factory.charge(alice, at=now)
    page = as_rita.post(address("record_check", owed), {"number": "12", "amount": "350", **day("received_on")}, follow=True)
    assert "Alice Moreau paid $350 by check" in text(page)
    over = as_rita.post(address("refund", owed), {**seen(owed), "amount": "350.01", "reason": "Too much"})
    assert (over.status_code, "You can refund up to $350" in text(over)) == (422, True)
    as_rita.post(address("refund", owed), {**seen(owed), "amount": "100", "reason": "A part"})
    refund = Refund.objects.get()
    assert "Send a check of $100" in text(as_rita.get(address("charge", owed)))
    as_rita.post(address("send_check", refund), {**seen(owed), "number": "88", **day("sent_on")})
    refund.refresh_from_db()
    assert (refund.state, refund.number) == ("done", "88")
    assert "We sent it back with check 88" in text(as_rita.get(address("charge", owed)))


def test_a_person_sees_how_a_refund_stands(client, alice, rita, now):
    owed = factory.paid(alice, at=now)
    actions.refund(owed, cents=5000, actor=rita, at=now, reason="A part")
    client.force_login(alice)
    assert "$50: It is being refunded to the card." in text(client.get(address("charge", owed)))
    Refund.objects.update(state="failed", next_look_at=None)
    assert "Our staff are looking for another way" in text(client.get(address("charge", owed)))


def test_nobody_refunds_their_own_fee(as_rita, rita, now):
    own = factory.paid(rita, at=now)
    assert "Another staff member" in text(as_rita.post(address("refund", own), {"amount": "350", "reason": "Mine"}, follow=True))
    assert Refund.objects.count() == 0


def test_a_receipt_is_a_tagged_pdf(client, alice, now):
    owed = factory.paid(alice, at=now)
    client.force_login(alice)
    answer = client.get(address("receipt_pdf", owed))
    pdf = PdfReader(BytesIO(answer.content))
    words = " ".join(pdf.pages[0].extract_text().split())
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert pdf.metadata.title == f"Receipt {owed.receipt_number}, Alice Moreau"
    for expected in (owed.receipt_number, "Alice Moreau", "$350", "by card"):
        assert expected in words


def test_a_receipt_says_the_day_of_the_office_to_everybody(client, alice):
    evening = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)  # 8:30 pm on November 23 in New York, 2:30 am on November 24 in Berlin
    owed = factory.paid(alice, at=evening, on=date(2026, 11, 23))
    alice.time_zone = "Europe/Berlin"
    alice.save()
    client.force_login(alice)
    assert owed.receipt_number.startswith("20261123-")
    pdf = PdfReader(BytesIO(client.get(address("receipt_pdf", owed)).content)).pages[0].extract_text()
    letter = Email.objects.get(notice="billing/receipt")
    told = [text(client.get(address(name, owed))) for name in ("charge", "receipt")] + [" ".join(pdf.split()), letter.subject, letter.text]
    assert [("November 23, 2026" in words, "November 24" in words) for words in told] == [(True, False)] * 5


def test_papers_are_accessible_and_escape_what_people_type(payer, rita, now, tmp_path):
    import outloud
    from django.core.files.storage import default_storage

    order_lines = [(f"<b>N</b> & {number}", f"n{number}@prairie.example", "application", False) for number in range(40)]
    invoice = factory.invoiced(payer, at=now, staff=rita, people=order_lines, payer="A & B <script> Library")
    note = factory.credit_note(invoice, at=now, staff=rita)
    for row in (invoice, note):
        file = tmp_path / f"{row.number}.pdf"
        with default_storage.open(row.stored) as stored:
            file.write_bytes(stored.read())
        assert [finding for finding in outloud.check(str(file)).findings if finding.severity == "error"] == []
        assert "A & B <script> Library" in " ".join(PdfReader(file).pages[0].extract_text().split())


def test_staff_set_a_fee_and_take_it_back(as_rita):
    coming = date(YESTERDAY.year + 1, 1, 2)
    typed = {
        "kind": "portfolio",
        "standard": "70",
        "member": "60",
        **day("effective_on", {"month": "1", "day": "2", "year": str(coming.year)}),
    }
    assert "The fee is set" in text(as_rita.post(reverse("billing:add_fee"), typed, follow=True))
    made = FeeAmount.objects.get(effective_on=coming)
    page = text(as_rita.get(reverse("billing:fees")))
    assert "Not set yet: Certificate renewal" in page
    assert "Upcoming" in page
    assert "is canceled" in text(as_rita.post(reverse("billing:cancel_fee", args=[made.id]), follow=True))
    past = as_rita.post(reverse("billing:add_fee"), {**typed, **day("effective_on")})
    assert (past.status_code, "or a later day" in text(past)) == (422, True)
