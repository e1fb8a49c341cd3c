"""What the app writes: the term's renewal, drafts, the sealed sending, the sample, and decisions with their letters and audit."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import ProgrammingError, connection, transaction

from billing.actions import add_fee
from billing.models import FeeAmount
from billing.queries import get_charge
from certificates import actions as certificates
from certificates import policy as worth
from certificates import queries as certified
from ledger import queues, reminders
from ledger.models import Delivery, Email, Entry, Reminder
from ledger.queries import tell
from ledger.reminder_schedules import REMINDER_SCHEDULES
from ledger.states import NotPossible, NotYourDecision
from people.models import Document
from people.states import Stale
from programs import queries as programs
from programs.models import Terms
from programs.policy import today
from renewals import actions, policy, queries, sweeps
from renewals.models import Activity, Renewal, Sealed, Seed
from renewals.states import Mark, NotDecided, NotEditable, NotReady, NotRenewable, RenewalState, WindowNotOpen
from tests.factories import billing as money
from tests.factories import certificates as issued_ones
from tests.factories import people, renewals
from tests.renewals.conftest import BEGAN, day

OPEN = day(2026, 10, 5)
GRACE = day(2027, 1, 23)
LATE = day(2027, 1, 24)
pytestmark = pytest.mark.django_db


def told(row: Renewal) -> list[tuple[str, dict[str, Any], str]]:
    entries = Entry.objects.filter(subject_type="renewals.renewal", subject_id=str(row.pk)).order_by("id")
    return [(entry.verb.removeprefix("renewals.renewal."), entry.details, entry.reason) for entry in entries]


def letters(person: Any) -> list[str]:
    """The letters of the app to a person, by name."""
    rows = Email.objects.filter(person=person, notice__startswith="renewals/")
    return sorted(row.notice.removeprefix("renewals/") for row in rows)


def status(row: Renewal, at: datetime) -> str:
    certificate = certified.find_certificate(row.certificate_id)
    return worth.status(certified.get_facts(certificate), on=today(at)).value


def seed_of(*, sampled: bool, year: int = 2026) -> Seed:
    """The year's seed, chosen so that number 1 is drawn, or not."""
    text = next(text for text in map(str, range(1000)) if policy.is_sampled(seed=text, number=1, percent=10) == sampled)
    return Seed.objects.create(year=year, seed=text, drawn_at=BEGAN)


@pytest.fixture
def undrawn(db: None) -> None:
    """Nobody who sends first in these years is drawn for the sample."""
    for year in (2026, 2027, 2028):
        seed_of(sampled=False, year=year)


# Opening


def test_an_issued_certificate_opens_its_renewal_once(hana: Any, rita: Any, drain: Any) -> None:
    certificate = renewals.held(hana, at=BEGAN, staff=rita)
    drain(BEGAN + timedelta(minutes=1))
    row = Renewal.objects.get()
    assert (row.certificate, row.person, row.state, row.terms) == (certificate, hana, RenewalState.DRAFT, certificate.terms)
    assert row.dates == policy.Dates(
        first_day=date(2022, 11, 23), expires_on=date(2026, 11, 23), opens_on=date(2025, 11, 23), grace_ends_on=date(2027, 1, 23)
    )
    assert [verb for verb, _, _ in told(row)] == ["open"]
    assert actions.open_term(certificate, actor=None, at=OPEN) == row
    assert actions.open_missing(at=OPEN) == 0
    assert len(told(row)) == 1


def test_the_sweep_opens_what_is_missing(hana: Any, rita: Any) -> None:
    renewals.held(hana, at=BEGAN, staff=rita)
    assert actions.open_missing(at=OPEN) == 1
    assert actions.open_missing(at=OPEN) == 0
    assert Renewal.objects.get().opened_on == date(2026, 10, 5)


def test_a_new_number_takes_the_renewal_with_its_drafts_along(renewal: Renewal, rita: Any, drain: Any) -> None:
    renewals.activity(renewal, at=OPEN)
    new = certificates.replace(renewal.certificate, name="Hana Stone", reason="Married", actor=rita, at=OPEN)
    drain(OPEN + timedelta(minutes=1))
    row = Renewal.objects.get()
    assert (row.pk, row.certificate, row.activities.count()) == (renewal.pk, new, 1)
    assert told(row)[-1] == ("follow", {"number": new.number}, "")


def test_a_provisional_certificate_has_nothing_to_renew(hana: Any, rita: Any, monkeypatch: Any) -> None:
    certificate = renewals.held(hana, at=BEGAN, staff=rita)
    details = worth.Facts(valid_from=date(2022, 11, 23), expires_on=date(2026, 11, 23), grace_months=2, provisional=True)
    monkeypatch.setattr(certified, "get_facts", lambda row, **past: details)
    assert actions.open_term(certificate, actor=None, at=BEGAN) is None
    assert Renewal.objects.count() == 0


# Logging


def test_a_form_that_is_sent_twice_adds_one_activity(renewal: Renewal, hana: Any) -> None:
    id = uuid4()
    first, second = (actions.add_activity(renewal, id=id, title="Web", kind="workshop", actor=hana, at=OPEN) for _ in range(2))
    assert first == second
    assert renewal.activities.count() == 1


def test_another_tab_overwrites_nothing(renewal: Renewal, hana: Any) -> None:
    row = actions.add_activity(renewal, id=uuid4(), title="Web", kind="workshop", actor=hana, at=OPEN)
    actions.save_activity(row, values={"amount": Decimal(90)}, typed={}, version=0, actor=hana, at=OPEN)
    with pytest.raises(Stale) as stale:
        actions.save_activity(row, values={"amount": Decimal(60)}, typed={}, version=0, actor=hana, at=OPEN)
    assert stale.value.version == 1
    assert renewal.activities.get().amount == 90


def test_another_unit_asks_again_how_much_it_was(renewal: Renewal, hana: Any) -> None:
    row = renewals.activity(renewal, at=OPEN, amount=Decimal(90), technology_minutes=30)
    same = actions.rename(row, title="Read it", kind="self_directed", actor=hana, at=OPEN)
    assert (same.amount, same.technology_minutes, same.title) == (Decimal(90), 30, "Read it")
    other = actions.rename(row, title="Read it", kind="ceu", actor=hana, at=OPEN)
    assert (other.amount, other.technology_minutes) == (None, 0)


def test_technology_is_never_more_than_the_whole(renewal: Renewal, hana: Any) -> None:
    row = renewals.activity(renewal, at=OPEN, amount=Decimal(90), technology_minutes=90)
    row = actions.save_activity(row, values={"amount": Decimal(60)}, typed={}, version=row.version, actor=hana, at=OPEN)
    assert row.technology_minutes == 0


def test_a_removed_activity_takes_its_documents_along(renewal: Renewal, hana: Any, django_capture_on_commit_callbacks: Any) -> None:
    row = renewals.activity(renewal, at=OPEN, proof=True)
    other = renewals.activity(renewal, at=OPEN, proof=True)
    with django_capture_on_commit_callbacks(execute=True):
        actions.remove_proof(other.proofs.get(), actor=hana, at=OPEN)
        actions.remove_activity(row, actor=hana, at=OPEN)
        actions.remove_activity(row, actor=hana, at=OPEN)
    assert Document.objects.filter(kind="renewals.proof").count() == 0
    assert list(renewal.activities.all()) == [other]


def test_a_document_is_there_once_but_one_that_was_refused_may_be_sent_again(renewal: Renewal, hana: Any) -> None:
    row = renewals.activity(renewal, at=OPEN, proof=True)
    first = row.proofs.get()
    assert actions.add_proof(row, upload=people.upload("proof.pdf"), actor=hana, at=OPEN) == first
    Document.objects.filter(pk=first.document_id).update(state="refused", refusal="It can’t be opened.", refused_at=OPEN)
    assert actions.add_proof(row, upload=people.upload("proof.pdf"), actor=hana, at=OPEN) != first
    assert row.proofs.count() == 2


def test_there_are_bounds(renewal: Renewal, hana: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("renewals.actions.activities.MOST_ACTIVITIES", 1)
    monkeypatch.setattr("renewals.actions.activities.MOST_PROOFS", 1)
    row = renewals.activity(renewal, at=OPEN, proof=True)
    with pytest.raises(NotEditable):
        actions.add_activity(renewal, id=uuid4(), title="Web", kind="workshop", actor=hana, at=OPEN)
    with pytest.raises(NotEditable):
        actions.add_proof(row, upload=people.upload(), actor=hana, at=OPEN)


def test_nothing_is_changed_behind_a_seal(renewal: Renewal, hana: Any, undrawn: None) -> None:
    sent = renewals.sent(renewal, at=OPEN)
    row = sent.activities.order_by("added_at")[0]
    for act in (
        lambda: actions.add_activity(sent, id=uuid4(), title="Web", kind="workshop", actor=hana, at=OPEN),
        lambda: actions.rename(row, title="X", kind="workshop", actor=hana, at=OPEN),
        lambda: actions.save_activity(row, values={}, typed={}, version=row.version, actor=hana, at=OPEN),
        lambda: actions.remove_activity(row, actor=hana, at=OPEN),
        lambda: actions.add_proof(row, upload=people.upload(), actor=hana, at=OPEN),
        lambda: actions.remove_proof(row.proofs.get(), actor=hana, at=OPEN),
    ):
        with pytest.raises(NotEditable):
            act()
    assert sent.activities.count() == 3


# Sending


@pytest.mark.parametrize(
    ("at", "refusal"),
    [
        (day(2025, 11, 22), WindowNotOpen),
        (day(2025, 11, 23), None),
        (day(2026, 11, 23), None),
        (day(2026, 11, 24), None),
        (GRACE, None),
        (datetime(2027, 1, 24, 10, 59, tzinfo=BEGAN.tzinfo), None),
        (datetime(2027, 1, 24, 11, 0, tzinfo=BEGAN.tzinfo), NotReady),
    ],
)
def test_it_is_sent_in_the_window_and_in_grace(
    renewal: Renewal, at: datetime, refusal: type[NotPossible] | None, undrawn: None, hana: Any
) -> None:
    seed_of(sampled=False, year=2025)
    renewals.enough(renewal, at=at, on=date(2025, 6, 1))
    if refusal:
        with pytest.raises(refusal):
            actions.send(renewal, late_reason=" ", member_number="", actor=hana, at=at)
        assert (renewals.loaded(renewal).state, Sealed.objects.count(), Seed.objects.filter(last_number__gt=0).count()) == ("draft", 0, 0)
    else:
        assert actions.send(renewal, late_reason="", member_number="", actor=hana, at=at) is None
        row = renewals.loaded(renewal)
        assert (row.state, row.is_late, row.sent_on) == (RenewalState.IN_REVIEW, False, today(at))


def test_sending_seals_and_tells(renewal: Renewal, hana: Any, undrawn: None) -> None:
    row = renewals.sent(renewal, at=OPEN)
    assert (row.number, row.sampled, row.decide_by, row.counts_until) == (1, False, date(2026, 10, 12), date(2026, 10, 5))
    assert told(row)[-1] == ("submit", {"hours": "34", "technology": "4", "number": "2026-1"}, "")
    assert letters(hana) == ["received"]
    copy = Sealed.objects.get()
    assert copy.sha256 == policy.seal(copy.content)
    assert [one["title"] for one in copy.content["activities"]] == ["State library conference", "Device help day", "E-book apps"]
    assert copy.content["activities"][1]["amount"] == "120 minutes"
    assert len(copy.content["activities"][1]["documents"][0]["sha256"]) == 64
    with pytest.raises(ProgrammingError), transaction.atomic():
        Sealed.objects.update(sha256="0" * 64)
    with pytest.raises(ProgrammingError), transaction.atomic():
        Seed.objects.update(seed="another")


def test_a_second_tab_sends_nothing(renewal: Renewal, hana: Any, undrawn: None) -> None:
    renewals.sent(renewal, at=OPEN)
    with pytest.raises(NotPossible, match="You already sent this renewal"):
        actions.send(renewal, late_reason="", member_number="", actor=hana, at=OPEN)
    assert (Sealed.objects.count(), letters(hana)) == (1, ["received"])


@pytest.mark.parametrize("technology", [239, 240])
def test_hours_that_are_missing_are_named(renewal: Renewal, hana: Any, technology: int, undrawn: None) -> None:
    renewals.activity(renewal, at=OPEN, amount=Decimal(1920), technology_minutes=technology)
    if technology == 240:
        actions.send(renewal, late_reason="", member_number="", actor=hana, at=OPEN)
    else:
        with pytest.raises(NotReady, match=r"^Still missing: 0.02 hours on technology.$"):
            actions.send(renewal, late_reason="", member_number="", actor=hana, at=OPEN)


@pytest.mark.parametrize("verb", ["suspend", "revoke"])
def test_a_certificate_that_does_not_stand_cannot_renew(renewal: Renewal, hana: Any, rita: Any, verb: str, undrawn: None) -> None:
    renewals.enough(renewal, at=OPEN)
    if verb == "suspend":
        certificates.suspend(renewal.certificate, reason="A doubt", actor=rita, at=OPEN)
    else:
        issued_ones.revoked(renewal.certificate, at=OPEN, staff=rita)
    with pytest.raises(NotRenewable):
        actions.send(renewal, late_reason="", member_number="", actor=hana, at=OPEN)


def test_a_fee_of_zero_is_none_to_pay(renewal: Renewal, undrawn: None) -> None:
    row = renewals.sent(renewal, at=OPEN)
    assert row.state == "in_review"
    assert get_charge(purpose=queries.PURPOSE, reference=row.id) is None


@pytest.fixture
def unset(renewal: Renewal) -> None:
    """Staff have set no fee for renewals."""
    FeeAmount.objects.filter(kind=queries.FEE).delete()


def test_while_no_fee_is_set_a_renewal_waits_and_its_certificate_does_not_lapse(
    renewal: Renewal, hana: Any, rita: Any, unset: None, undrawn: None
) -> None:
    row = renewals.sent(renewal, at=OPEN)
    assert (row.state, row.pay_by) == ("awaiting_payment", None)
    assert letters(hana) == ["fee_unset"]
    after = day(2027, 6, 1)  # long after grace
    sweeps.hand_back(at=after)
    sweeps.price(at=after)
    row = renewals.loaded(row)
    assert row.state == "awaiting_payment"
    assert status(row, after) != "lapsed"
    add_fee(kind=queries.FEE, standard_cents=5000, member_cents=4000, effective_on=today(after), actor=rita, at=after)
    for _ in range(2):
        sweeps.price(at=after)
    row = renewals.loaded(row)
    charge = get_charge(purpose=queries.PURPOSE, reference=row.id)
    assert charge is not None
    assert (charge.amount_cents, row.pay_by, letters(hana)) == (5000, today(after) + timedelta(days=30), ["fee_due", "fee_unset"])


def test_what_waits_for_a_fee_goes_on_when_staff_decide_on_none(renewal: Renewal, hana: Any, rita: Any, unset: None, undrawn: None) -> None:
    row = renewals.sent(renewal, at=OPEN)
    add_fee(kind=queries.FEE, standard_cents=0, member_cents=0, effective_on=today(OPEN), actor=rita, at=OPEN)
    sweeps.price(at=OPEN)
    assert renewals.loaded(row).state == "in_review"
    assert letters(hana) == ["fee_unset", "received"]


def test_what_waits_for_a_fee_can_be_taken_back_and_sent_again(renewal: Renewal, hana: Any, unset: None, undrawn: None) -> None:
    row = renewals.sent(renewal, at=OPEN)
    actions.withdraw(row, actor=hana, at=OPEN)
    assert renewals.loaded(row).state == "draft"


def test_staff_are_asked_for_the_fee_months_before_renewals_open(
    renewal: Renewal, rita: Any, unset: None, settings: Any, undrawn: None
) -> None:
    def asked(at: datetime) -> list[tuple[str, Any]]:
        return [(work_item.title, work_item.due_on) for work_item in queues.list_app_work_items("renewals", at=at)]

    opens = renewal.opens_on
    told = [("Set the fee for the renewal of a certificate", opens)]
    assert asked(day(2025, 5, 22)) == []
    assert asked(day(2025, 5, 23)) == told
    settings.RENEWAL_FEE_MONTHS_AHEAD = 1
    assert asked(day(2025, 5, 23)) == []
    assert asked(day(2025, 11, 23)) == told
    add_fee(kind=queries.FEE, standard_cents=0, member_cents=0, effective_on=date(2025, 11, 23), actor=rita, at=day(2025, 11, 23))
    assert asked(day(2025, 11, 23)) == []


@pytest.fixture
def fee(rita: Any) -> None:
    """Staff have set a fee for renewals: $50, or $40 for members."""
    add_fee(kind=queries.FEE, standard_cents=5000, member_cents=4000, effective_on=date(2026, 9, 1), actor=rita, at=day(2026, 8, 1))


@pytest.mark.parametrize(("member", "cents"), [("", 5000), ("1234567", 4000)])
def test_a_fee_that_staff_set_is_charged_and_puts_it_before_staff(
    renewal: Renewal, hana: Any, fee: None, drain: Any, member: str, cents: int, undrawn: None
) -> None:
    renewals.enough(renewal, at=OPEN, proof=True)
    charge = actions.send(renewal, late_reason="", member_number=member, actor=hana, at=OPEN)
    assert charge is not None
    assert charge.amount_cents == cents
    assert renewals.loaded(renewal).state == RenewalState.AWAITING_PAYMENT
    assert letters(hana) == ["fee_due"]
    sent = {"hours": "34", "technology": "4", "number": "2026-1", "pay_by": "2027-01-23"}
    assert told(renewal)[-1] == ("send", sent, "")
    paid_at = datetime(2027, 1, 24, 10, 59, tzinfo=BEGAN.tzinfo)
    assert status(renewal, paid_at) == "in_grace"
    money.settle(charge, at=paid_at)
    actions.hand_back(renewals.loaded(renewal), at=LATE)
    drain(LATE)
    row = renewals.loaded(renewal)
    assert (row.state, row.decide_by, row.is_late) == (RenewalState.IN_REVIEW, date(2027, 1, 29), False)
    assert status(renewal, day(2027, 1, 30)) == "in_grace"
    assert [verb for verb, _, _ in told(row)] == ["open", "send", "pay"]
    actions.pay(row.id, settled_at=paid_at, at=LATE)
    assert letters(hana) == ["fee_due", "received"]


@pytest.mark.parametrize(
    ("at", "late", "pay_by"),
    [
        (OPEN, "", date(2027, 1, 23)),
        (day(2026, 12, 24), "", date(2027, 1, 23)),
        (day(2026, 12, 25), "", date(2027, 1, 24)),
        (GRACE, "", date(2027, 2, 22)),
        (LATE, "I was ill.", date(2027, 2, 23)),
    ],
)
def test_the_last_day_to_pay_is_promised_at_the_sending(
    renewal: Renewal, fee: None, undrawn: None, at: datetime, late: str, pay_by: date
) -> None:
    row = renewals.sent(renewal, at=at, late_reason=late)
    certificate = certified.find_certificate(row.certificate_id)
    assert (row.state, row.pay_by) == (RenewalState.AWAITING_PAYMENT, pay_by)
    assert certificate.renewal_sent_on == (None if late else today(at))


def test_what_is_not_paid_by_its_last_day_goes_back_with_all_that_was_logged(
    renewal: Renewal, hana: Any, fee: None, undrawn: None, drain: Any
) -> None:
    row = renewals.sent(renewal, at=GRACE)
    charge = get_charge(purpose=queries.PURPOSE, reference=row.id)
    last = datetime(2027, 2, 23, 10, 59, tzinfo=BEGAN.tzinfo)
    sweeps.hand_back(at=last)
    assert (renewals.loaded(row).state, status(row, last)) == (RenewalState.AWAITING_PAYMENT, "in_grace")
    over = last + timedelta(minutes=1)
    for _ in range(2):
        sweeps.hand_back(at=over)
    row = renewals.loaded(row)
    assert (row.state, status(row, over), row.activities.count()) == (RenewalState.DRAFT, "lapsed", 3)
    assert told(row)[-1] == ("hand_back", {"pay_by": "2027-02-22"}, "The fee was not paid by its last day.")
    assert (letters(hana), get_charge(purpose=queries.PURPOSE, reference=row.id)) == (["fee_due", "unpaid"], None)
    charge.refresh_from_db()
    assert charge.state == "cancelled"
    with pytest.raises(NotReady, match="Explain why you are late"):
        actions.send(row, late_reason="", member_number="", actor=hana, at=over)
    again = actions.send(row, late_reason="I forgot the fee.", member_number="", actor=hana, at=over)
    assert again is not None
    money.settle(again, at=over)
    drain(over + timedelta(minutes=1))
    row = renewals.loaded(row)
    assert (row.state, row.is_late, row.number, row.pay_by) == (RenewalState.IN_REVIEW, True, 1, date(2027, 3, 25))


def test_a_fee_that_comes_after_its_last_day_goes_back_and_can_be_paid_once_more(
    renewal: Renewal, hana: Any, fee: None, undrawn: None, drain: Any
) -> None:
    row = renewals.sent(renewal, at=GRACE)
    charge = get_charge(purpose=queries.PURPOSE, reference=row.id)
    over = datetime(2027, 2, 23, 11, 0, tzinfo=BEGAN.tzinfo)
    money.settle(charge, at=over)
    drain(over + timedelta(minutes=1))
    row = renewals.loaded(row)
    charge.refresh_from_db()
    assert (row.state, charge.state, status(row, over)) == (RenewalState.DRAFT, "refunded", "lapsed")
    assert letters(hana) == ["fee_due", "unpaid"]
    again = actions.send(row, late_reason="I forgot the fee.", member_number="", actor=hana, at=over)
    assert again is not None
    assert (again.state, again.pk == charge.pk) == ("open", False)
    assert get_charge(purpose=queries.PURPOSE, reference=row.id) == again
    assert renewals.loaded(row).state == RenewalState.AWAITING_PAYMENT


def test_what_is_taken_back_keeps_its_number_and_owes_nothing(renewal: Renewal, hana: Any, fee: None, undrawn: None) -> None:
    renewals.sent(renewal, at=OPEN)
    actions.withdraw(renewal, actor=hana, at=OPEN)
    row = renewals.loaded(renewal)
    assert (row.state, get_charge(purpose=queries.PURPOSE, reference=row.id)) == (RenewalState.DRAFT, None)
    assert (status(row, GRACE), status(row, LATE)) == ("in_grace", "lapsed")
    actions.send(row, late_reason="", member_number="", actor=hana, at=OPEN + timedelta(days=1))
    assert (renewals.loaded(renewal).number, Seed.objects.get(year=2026).last_number, Sealed.objects.count()) == (1, 1, 2)


# The sample


def test_who_is_drawn_is_asked_for_the_documents_that_are_missing(renewal: Renewal, hana: Any) -> None:
    seed_of(sampled=True)
    renewals.enough(renewal, at=OPEN)
    first = renewal.activities.order_by("added_at")[0]
    actions.add_proof(first, upload=people.upload(), actor=hana, at=OPEN)
    actions.send(renewal, late_reason="", member_number="", actor=hana, at=OPEN)
    row = renewals.loaded(renewal)
    assert (row.state, row.sampled, row.asked_on, row.answer_by) == (RenewalState.ASKED, True, date(2026, 10, 5), date(2026, 11, 4))
    assert told(row)[-1] == ("sample", {"items": "2 of 3 activities", "answer_by": "2026-11-04"}, "")
    assert letters(hana) == ["sampled"]
    with pytest.raises(NotEditable):
        actions.remove_activity(first, actor=hana, at=OPEN)
    with pytest.raises(NotReady, match="a document for 2 activities"):
        actions.answer(row, actor=hana, at=OPEN)
    for activity in row.activities.filter(mark=Mark.ASKED):
        actions.add_proof(activity, upload=people.upload(), actor=hana, at=OPEN)
    actions.answer(row, actor=hana, at=OPEN + timedelta(days=3))
    row = renewals.loaded(renewal)
    assert (row.state, row.decide_by, list(row.activities.values_list("mark", flat=True))) == (
        "in_review",
        date(2026, 10, 15),
        ["", "", ""],
    )
    assert (letters(hana), Sealed.objects.count()) == (["received", "sampled"], 2)
    with pytest.raises(NotPossible, match="We are not asking you for anything now"):
        actions.answer(row, actor=hana, at=OPEN)


@pytest.mark.parametrize(("on", "counts"), [(date(2026, 10, 5), True), (date(2026, 10, 6), False)])
def test_an_answer_adds_nothing_that_was_done_after_the_sending(
    renewal: Renewal, hana: Any, rita: Any, undrawn: None, on: date, counts: bool
) -> None:
    sent = renewals.sent(renewal, at=OPEN)
    actions.ask(sent, marks=renewals.marks(sent, Device_help_day=("asked", "Who led it?")), actor=rita, at=OPEN)
    at = day(2026, 10, 20)
    row = renewals.loaded(sent)
    more = renewals.activity(row, at=at, title="One more", completed_on=on)
    found = []
    for _ in range(2):
        account = queries.get_account(row, at=at)
        found.append(next(line.judged.counts for line in account.lines if line.activity == more))
        if row.state == RenewalState.ASKED:
            actions.answer(row, actor=hana, at=at)
            row = renewals.loaded(row)
    assert (found, row.counts_until) == ([counts, counts], date(2026, 10, 5))


def test_who_is_drawn_and_has_all_documents_is_with_staff_at_once(renewal: Renewal, hana: Any) -> None:
    seed_of(sampled=True)
    row = renewals.sent(renewal, at=OPEN)
    assert (row.state, row.sampled, letters(hana)) == (RenewalState.IN_REVIEW, True, ["received"])


def test_a_seed_is_drawn_once_a_year_and_told_by_its_fingerprint(renewal: Renewal) -> None:
    renewals.sent(renewal, at=OPEN)
    seed = Seed.objects.get()
    entry = Entry.objects.get(verb="renewals.seed.draw")
    assert (len(seed.seed), seed.year, seed.last_number) == (64, 2026, 1)
    assert entry.details == {"year": 2026, "fingerprint": policy.fingerprint(seed.seed)}


# Deciding


def test_approval_opens_the_next_term_from_the_old_end(renewal: Renewal, hana: Any, rita: Any, undrawn: None) -> None:
    sent = renewals.sent(renewal, at=GRACE)
    at = day(2027, 2, 10)
    assert status(renewal, at) == "in_grace"
    row = renewals.approved(sent, staff=rita, at=at)
    certificate = certified.find_certificate(row.certificate_id)
    assert (certificate.valid_from, certificate.expires_on, certificate.renewal_sent_on) == (date(2026, 11, 24), date(2030, 11, 23), None)
    assert status(renewal, at) == "active"
    assert told(row)[-1] == ("approve", {"hours": "34", "first_day": "2026-11-24", "expires_on": "2030-11-23"}, "")
    assert letters(hana) == ["approved", "received"]
    assert Delivery.objects.filter(topic="certificates.certificate.renewed").count() == 1
    following = queries.get_renewal(hana)
    assert following is not None
    assert (following.state, following.first_day, following.expires_on, following.opened_on) == (
        RenewalState.DRAFT,
        date(2026, 11, 24),
        date(2030, 11, 23),
        date(2027, 2, 10),
    )
    with pytest.raises(NotPossible, match="decided a moment ago"):
        renewals.approved(sent, staff=rita, at=at)


def test_the_new_term_has_the_length_of_the_terms_in_force_then(renewal: Renewal, rita: Any, undrawn: None) -> None:
    Terms.objects.create(effective_on=date(2026, 11, 24), certificate_months=60)
    row = renewals.approved(renewals.sent(renewal, at=OPEN), staff=rita, at=OPEN)
    certificate = certified.find_certificate(row.certificate_id)
    assert (certificate.expires_on, certificate.terms.effective_on) == (date(2031, 11, 23), date(2026, 11, 24))


def test_what_counted_does_not_count_in_the_next_term(renewal: Renewal, hana: Any, rita: Any, undrawn: None) -> None:
    at = day(2026, 12, 20)
    renewals.approved(renewals.sent(renewal, at=at), staff=rita, at=at)
    following = queries.get_renewal(hana)
    assert following is not None
    renewals.activity(following, at=at, title="device help day!", completed_on=date(2026, 12, 19))
    renewals.activity(following, at=at, title="Device help day", completed_on=date(2026, 12, 18))
    account = queries.get_account(following, at=at)
    assert [line.judged.why for line in account.lines] == [policy.Why.COUNTED_BEFORE, None]


def test_a_course_that_earned_a_set_does_not_count(renewal: Renewal, hana: Any, monkeypatch: Any) -> None:
    class Taken:
        state, completed_on = "accepted", date(2022, 11, 23)
        offering = type("Offering", (), {"title": "Youth 101"})

    monkeypatch.setattr("courses.queries.list_claims", lambda candidacy: [Taken])
    renewals.activity(renewal, at=OPEN, title="Youth 101", completed_on=date(2022, 11, 23))
    renewals.activity(renewal, at=OPEN, title="Youth 101", completed_on=date(2022, 11, 24))
    assert [line.judged.why for line in queries.get_account(renewal, at=OPEN).lines] == [policy.Why.EARNED_A_SET, None]


def test_fewer_minutes_on_technology_may_be_too_few(renewal: Renewal, rita: Any, undrawn: None) -> None:
    sent = renewals.sent(renewal, at=OPEN)
    marks = renewals.marks(sent)
    help_day = sent.activities.get(title="Device help day").id
    less = {**marks, help_day: actions.Marked(mark="accepted", technology_minutes=119)}
    with pytest.raises(NotDecided, match=r"3\.98 of 4 hours on technology"):
        actions.approve(sent, marks=less, reason="", actor=rita, at=OPEN)
    assert renewals.loaded(sent).state == RenewalState.IN_REVIEW
    assert not sent.activities.exclude(mark="").exists()
    actions.approve(sent, marks=marks, reason="", actor=rita, at=OPEN)


@pytest.mark.parametrize("mark", ["asked", "refused"])
def test_approval_needs_every_activity_decided_and_enough(renewal: Renewal, rita: Any, mark: str, undrawn: None) -> None:
    sent = renewals.sent(renewal, at=OPEN)
    with pytest.raises(NotDecided):
        actions.approve(sent, marks=renewals.marks(sent, State_library_conference=(mark, "Why")), reason="", actor=rita, at=OPEN)
    with pytest.raises(NotDecided):
        actions.approve(sent, marks={}, reason="", actor=rita, at=OPEN)
    with pytest.raises(NotDecided, match="Explain why"):
        actions.approve(sent, marks=renewals.marks(sent, State_library_conference=(mark, " ")), reason="", actor=rita, at=OPEN)


def test_asking_item_by_item_opens_only_those(renewal: Renewal, hana: Any, rita: Any, undrawn: None) -> None:
    sent = renewals.sent(renewal, at=OPEN)
    with pytest.raises(NotDecided, match="Mark one or more activities"):
        actions.ask(sent, marks=renewals.marks(sent), actor=rita, at=OPEN)
    marks = renewals.marks(sent, Device_help_day=("asked", "Who led it?"), E_book_apps=("accepted", ""))
    actions.ask(sent, marks=marks, actor=rita, at=OPEN)
    row = renewals.loaded(sent)
    assert told(row)[-1] == ("ask", {"items": ["Device help day"], "answer_by": "2026-11-04"}, "")
    assert letters(hana) == ["asked", "received"]
    activity = row.activities.get(title="Device help day")
    assert activity.comment == "Who led it?"
    actions.save_activity(activity, values={"learned": "Our director"}, typed={}, version=activity.version, actor=hana, at=OPEN)
    with pytest.raises(NotEditable):
        other = row.activities.get(title="E-book apps")
        actions.save_activity(other, values={}, typed={}, version=other.version, actor=hana, at=OPEN)
    renewals.activity(row, at=OPEN, title="One more")
    with pytest.raises(NotDecided, match="The answer is due by November 4, 2026"):
        renewals.approved(row, staff=rita, at=day(2026, 11, 4))
    actions.answer(row, actor=hana, at=OPEN)
    assert renewals.approved(renewals.loaded(row), staff=rita, at=OPEN).state == RenewalState.APPROVED


def test_staff_see_and_decide_what_was_sent_and_not_what_is_being_written(renewal: Renewal, hana: Any, rita: Any, undrawn: None) -> None:
    sent = renewals.sent(renewal, at=OPEN, proof=False)
    actions.ask(sent, marks=renewals.marks(sent, Device_help_day=("asked", "Who led it?")), actor=rita, at=OPEN)
    row = sent.activities.get(title="Device help day")
    said = {"provider": "No one", "amount": None, "technology_minutes": 0, "completed_on": None, "set": programs.get_set("youth")}
    actions.save_activity(row, values=said, typed={"amount": "abc"}, version=row.version, actor=hana, at=OPEN)
    actions.add_proof(row, upload=people.upload(), actor=hana, at=OPEN)

    def shown(at: datetime) -> tuple[Any, ...]:
        account = queries.get_account(renewals.loaded(sent), at=at, sealed=True)
        line = next(line for line in account.lines if line.activity.pk == row.pk)
        return line.activity.provider, line.typed, line.activity.set.code, line.has_proof, line.judged.why, account.hours.have

    over = day(2026, 11, 5)
    as_sent = ("State library", "120 minutes", "technology", False, None, "34")
    assert [shown(at) for at in (OPEN, over)] == [as_sent, as_sent]
    assert queries.get_account(renewals.loaded(sent), at=OPEN).hours.have == "32"
    actions.refuse(sent, marks=renewals.marks(sent), reason="No answer came.", actor=rita, at=over)
    assert told(sent)[-1][1] == {"hours": "34"}
    actions.resume(sent, actor=hana, at=over)
    assert (sent.activities.get(pk=row.pk).provider, shown(over)) == ("No one", as_sent)
    actions.save_activity(
        row,
        values={"amount": Decimal(180), "technology_minutes": 120, "completed_on": date(2026, 10, 4)},
        typed={},
        version=2,
        actor=hana,
        at=over,
    )
    actions.send(sent, late_reason="", member_number="", actor=hana, at=over)
    assert shown(over) == ("No one", "180 minutes", "youth", True, None, "35")


def test_silence_is_decided_after_the_last_day(renewal: Renewal, rita: Any, undrawn: None) -> None:
    sent = renewals.sent(renewal, at=OPEN)
    actions.ask(sent, marks=renewals.marks(sent, Device_help_day=("asked", "Who led it?")), actor=rita, at=OPEN)
    at = day(2026, 11, 5)
    assert [work_item.title for work_item in queues.list_app_work_items("renewals", at=day(2026, 11, 4))] == []
    (waiting,) = queues.list_app_work_items("renewals", at=at)
    assert (waiting.title, waiting.due_on, waiting.needs_person) == ("No answer: Hana Sato", date(2026, 11, 4), True)
    actions.refuse(sent, marks={}, reason="No answer came.", actor=rita, at=at)
    assert renewals.loaded(sent).state == RenewalState.REFUSED


def test_a_refusal_gives_reasons_lets_it_lapse_and_can_be_taken_up_again(renewal: Renewal, hana: Any, rita: Any, undrawn: None) -> None:
    sent = renewals.sent(renewal, at=GRACE)
    with pytest.raises(NotDecided):
        actions.refuse(sent, marks={}, reason=" ", actor=rita, at=GRACE)
    actions.refuse(sent, marks=renewals.marks(sent, "refused"), reason="The papers are another person's.", actor=rita, at=LATE)
    row = renewals.loaded(sent)
    assert told(row)[-1] == ("refuse", {"hours": "0"}, "The papers are another person's.")
    assert (status(row, LATE), letters(hana)) == ("lapsed", ["received", "refused"])
    actions.resume(row, actor=hana, at=LATE)
    row = renewals.loaded(row)
    assert (row.state, set(row.activities.values_list("mark", flat=True))) == (RenewalState.DRAFT, {""})
    actions.send(row, late_reason="I have the right papers now.", member_number="", actor=hana, at=LATE)
    row = renewals.loaded(row)
    assert (row.state, row.is_late, row.number, Sealed.objects.count()) == (RenewalState.IN_REVIEW, True, 1, 2)


def test_what_staff_said_of_each_activity_stays_on_record(renewal: Renewal, hana: Any, rita: Any, undrawn: None) -> None:
    sent = renewals.sent(renewal, at=GRACE)
    marks = renewals.marks(sent, State_library_conference=("refused", "No document."), **{"E-book_apps": ("asked", "Who led it?")})
    actions.refuse(sent, marks=marks, reason="Too few hours.", actor=rita, at=GRACE)
    actions.resume(sent, actor=hana, at=LATE)
    entries = [tell(entry) for entry in Entry.objects.filter(verb="renewals.activity.decide").order_by("id")]
    assert [(one.sentence, one.reason) for one in entries] == [
        ("Rita Lindqvist decided on the activity “State library conference” of Hana Sato: Does not count.", "No document."),
        ("Rita Lindqvist decided on the activity “Device help day” of Hana Sato: Accepted, with 2 hours on technology.", ""),
        ("Rita Lindqvist decided on the activity “E-book apps” of Hana Sato: More requested.", "Who led it?"),
    ]


def test_reinstatement_takes_reasons_on_both_sides_and_keeps_the_old_anchor(renewal: Renewal, hana: Any, rita: Any, undrawn: None) -> None:
    at = day(2027, 6, 1)
    renewals.enough(renewal, at=at, on=date(2027, 5, 20), proof=True)
    with pytest.raises(NotReady, match="Explain why you are late"):
        actions.send(renewal, late_reason="", member_number="", actor=hana, at=at)
    actions.send(renewal, late_reason="I was ill.", member_number="", actor=hana, at=at)
    sent = renewals.loaded(renewal)
    assert (sent.is_late, status(sent, at), told(sent)[-1][2]) == (True, "lapsed", "I was ill.")
    with pytest.raises(NotDecided, match="Give the reason for reinstating it"):
        renewals.approved(sent, staff=rita, at=at)
    row = renewals.approved(sent, staff=rita, at=at, reason="Illness, shown by a letter.")
    certificate = certified.find_certificate(row.certificate_id)
    assert (certificate.valid_from, certificate.expires_on) == (date(2026, 11, 24), date(2030, 11, 23))
    assert (status(row, at), told(row)[-1][2], letters(hana)) == ("active", "Illness, shown by a letter.", ["approved", "received"])


def test_nobody_decides_on_their_own(rita: Any, undrawn: None) -> None:
    other = people.person("otto@lssc.example", name="Otto Berg", called="Otto")
    own = renewals.sent(renewals.opened(rita, at=BEGAN, staff=other), at=OPEN)
    for act in (
        lambda: actions.approve(own, marks={}, reason="", actor=rita, at=OPEN),
        lambda: actions.ask(own, marks={}, actor=rita, at=OPEN),
        lambda: actions.refuse(own, marks={}, reason="No", actor=rita, at=OPEN),
    ):
        with pytest.raises(NotYourDecision):
            act()
    assert renewals.loaded(own).state == RenewalState.IN_REVIEW


def test_a_certificate_that_was_suspended_meanwhile_is_not_renewed(renewal: Renewal, rita: Any, undrawn: None) -> None:
    sent = renewals.sent(renewal, at=OPEN)
    certificates.suspend(renewal.certificate, reason="A doubt", actor=rita, at=OPEN)
    with pytest.raises(NotPossible, match="Only a certificate that is in effect can be renewed"):
        renewals.approved(sent, staff=rita, at=OPEN)
    assert renewals.loaded(sent).state == RenewalState.IN_REVIEW


# Reminders


def climb(name: str, *, since: date, until: date) -> list[tuple[date, str]]:
    """Each day's sweep of one reminder schedule, from day to day."""
    found = []
    for number in range((until - since).days + 1):
        at = datetime(since.year, since.month, since.day, 20, tzinfo=BEGAN.tzinfo) + timedelta(days=number)
        known = set(Reminder.objects.values_list("id", flat=True))
        reminders.find(REMINDER_SCHEDULES[name], at=at)
        found += [(today(at), offset) for offset in Reminder.objects.exclude(id__in=known).values_list("offset", flat=True)]
    return found


def test_holders_are_reminded_of_the_end_and_of_grace(renewal: Renewal, hana: Any) -> None:
    def sweep(name: str, *around: date) -> list[tuple[date, str]]:
        found = []
        for one in around:
            found += climb(name, since=one - timedelta(days=1), until=one + timedelta(days=1))
            reminders.send_due(at=day(one.year, one.month, one.day))
        return found

    days = {
        date(2025, 11, 23): "-12 months",
        date(2026, 2, 23): "-9 months",
        date(2026, 5, 23): "-6 months",
        date(2026, 8, 23): "-3 months",
        date(2026, 10, 23): "-1 month",
        date(2026, 11, 16): "-1 week",
        date(2026, 11, 23): "0 days",
        date(2026, 12, 23): "30 days",
    }
    assert sweep("renewals.expiry", *days) == list(days.items())
    assert sweep("renewals.grace", date(2027, 1, 16)) == [(date(2027, 1, 16), "-1 week")]
    assert sorted(letters(hana)) == [*["expires"] * 8, "grace_ends"]
    assert Email.objects.filter(calendar="").filter(notice__startswith="renewals/").count() == 0


@pytest.mark.parametrize(("silent", "expected"), [(set(), ["grace_ends"]), ({"renewals.grace"}, ["expires"])])
def test_after_a_gap_only_the_latest_reminder_to_renew_comes(renewal: Renewal, hana: Any, silent: set[str], expected: list[str]) -> None:
    """The list of the rules counts from two days, the end and the end of grace."""
    reminders.set_opt_outs(hana, without=silent)
    for at in (day(2026, 12, 20), day(2027, 1, 17)):
        for name in ("renewals.expiry", "renewals.grace"):
            reminders.find(REMINDER_SCHEDULES[name], at=at)
    reminders.send_due(at=day(2027, 1, 17))
    assert letters(hana) == expected
    assert Reminder.objects.filter(said_at=None, dropped=False).count() == 0


@pytest.mark.parametrize(("wakes", "expected"), [(22, ["expires"]), (23, ["expires"]), (24, []), (25, [])])
def test_after_an_outage_nobody_reads_that_a_renewal_is_possible_until_a_day_that_is_over(
    renewal: Renewal, hana: Any, wakes: int, expected: list[str]
) -> None:
    """Grace ends on January 23; the step 30 days after the end of the certificate fell on December 23."""
    reminders.set_opt_outs(hana, without={"renewals.grace"})
    reminders.find(REMINDER_SCHEDULES["renewals.expiry"], at=day(2026, 12, 22))
    at = day(2027, 1, wakes)
    reminders.find(REMINDER_SCHEDULES["renewals.expiry"], at=at)
    reminders.send_due(at=at)
    assert letters(hana) == expected
    assert Reminder.objects.filter(said_at=None, dropped=False).count() == 0


@pytest.mark.parametrize(("wakes", "expected"), [(23, ["pay_due"]), (24, [])])
def test_nor_that_the_fee_can_be_paid(renewal: Renewal, hana: Any, fee: None, undrawn: None, wakes: int, expected: list[str]) -> None:
    renewals.sent(renewal, at=OPEN)
    Email.objects.all().delete()
    reminders.find(REMINDER_SCHEDULES["renewals.fee"], at=day(2027, 1, 22))
    Reminder.objects.update(dropped=True)
    at = day(2027, 1, wakes)
    reminders.find(REMINDER_SCHEDULES["renewals.fee"], at=at)
    reminders.send_due(at=at)
    assert letters(hana) == expected


def test_nobody_is_reminded_of_what_is_sent_or_of_a_certificate_that_does_not_stand(
    renewal: Renewal, hana: Any, rita: Any, undrawn: None
) -> None:
    window = {"since": date(2026, 11, 14), "until": date(2026, 11, 24)}
    sent = renewals.sent(renewal, at=day(2026, 11, 13))
    assert climb("renewals.expiry", **window) == []
    actions.refuse(sent, marks={}, reason="No", actor=rita, at=day(2026, 11, 24))
    assert [offset for _, offset in climb("renewals.grace", since=date(2027, 1, 15), until=date(2027, 1, 16))] == ["-1 week"]
    other = people.person("gia@mesa.example", name="Gia Ito", called="Gia")
    revoked = renewals.opened(other, at=BEGAN, staff=rita)
    issued_ones.revoked(revoked.certificate, at=OPEN, staff=rita, reason="A lie")
    assert climb("renewals.expiry", since=date(2026, 12, 22), until=date(2026, 12, 24)) == [(date(2026, 12, 23), "30 days")]


def test_who_owes_the_fee_is_reminded_of_its_last_day(renewal: Renewal, hana: Any, fee: None, undrawn: None) -> None:
    renewals.sent(renewal, at=OPEN)
    found = climb("renewals.fee", since=OPEN.date(), until=date(2027, 1, 25))
    assert found == [
        (date(2026, 10, 23), "-3 months"),
        (date(2026, 12, 23), "-1 month"),
        (date(2027, 1, 16), "-1 week"),
        (date(2027, 1, 23), "0 days"),
    ]
    for name in ("renewals.expiry", "renewals.grace"):
        assert climb(name, since=date(2027, 1, 14), until=date(2027, 1, 24)) == []
    reminders.send_due(at=GRACE)
    letter = Email.objects.get(person=hana, notice="renewals/pay_due")
    assert letter.subject == "Today is the last day to pay for your renewal"
    assert "Your certificate will then lapse." in " ".join(letter.text.split())


def test_who_is_asked_is_reminded_until_the_answer_is_there(renewal: Renewal, hana: Any, rita: Any, undrawn: None) -> None:
    sent = renewals.sent(renewal, at=OPEN)
    actions.ask(sent, marks=renewals.marks(sent, Device_help_day=("asked", "Who?")), actor=rita, at=OPEN)
    assert climb("renewals.answer", since=date(2026, 10, 20), until=date(2026, 10, 22)) == [(date(2026, 10, 21), "-2 weeks")]
    actions.answer(renewals.loaded(sent), actor=hana, at=day(2026, 10, 25))
    assert climb("renewals.answer", since=date(2026, 10, 31), until=date(2026, 11, 2)) == []


# What is said is true in each case


@pytest.mark.parametrize(
    ("sent_at", "at", "words"),
    [
        (OPEN, GRACE, "You can change it and send it again through January 23, 2027."),
        (GRACE, LATE, "Your certificate has lapsed. You can change your activities and ask us to reinstate it."),
        (LATE, LATE, "Your certificate has lapsed. You can change your activities and ask us to reinstate it."),
    ],
)
def test_a_refusal_says_what_can_still_be_done(
    renewal: Renewal, hana: Any, rita: Any, undrawn: None, sent_at: datetime, at: datetime, words: str
) -> None:
    sent = renewals.sent(renewal, at=sent_at, late_reason="I was ill.")
    actions.refuse(sent, marks={}, reason="No papers.", actor=rita, at=at)
    said = read(hana, "refused")
    assert words in said
    assert ("send it again" in said) == (at == GRACE)


@pytest.mark.parametrize("sent_at", [GRACE, LATE])
def test_who_is_asked_reads_whether_the_certificate_stands(
    renewal: Renewal, hana: Any, rita: Any, undrawn: None, sent_at: datetime
) -> None:
    sent = renewals.sent(renewal, at=sent_at, late_reason="I was ill.")
    actions.ask(sent, marks=renewals.marks(sent, Device_help_day=("asked", "Who?")), actor=rita, at=LATE)
    said = read(hana, "asked")
    assert ("Your certificate will not lapse" in said, "Your certificate has lapsed." in said) == (sent_at == GRACE, sent_at == LATE)


def read(person: Any, notice: str) -> str:
    """A letter of the app, in one line."""
    return " ".join(Email.objects.get(person=person, notice=f"renewals/{notice}").text.split())


# Races


def at_once(*acts: Any) -> list[Any]:
    """Run each in a thread with a connection of its own; what each gave or raised."""

    def one(act: Any) -> Any:
        try:
            return act()
        except Exception as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=len(acts)) as pool:
        return list(pool.map(one, acts))


@pytest.mark.django_db(transaction=True)
def test_two_tabs_send_once_and_two_officers_decide_once(renewal: Renewal, hana: Any, rita: Any) -> None:
    Seed.objects.create(
        year=2026, seed=next(t for t in map(str, range(99)) if not policy.is_sampled(seed=t, number=1, percent=10)), drawn_at=BEGAN
    )
    ines = people.person("ines@lssc.example", name="Ines Diaz", called="Ines")
    renewals.enough(renewal, at=OPEN, proof=True)

    def send() -> Any:
        return actions.send(Renewal.objects.get(pk=renewal.pk), late_reason="", member_number="", actor=hana, at=OPEN)

    outcomes = at_once(send, send)
    assert sorted(isinstance(outcome, NotPossible) for outcome in outcomes) == [False, True]
    assert (Sealed.objects.count(), Seed.objects.get().last_number, letters(hana)) == (1, 1, ["received"])
    marks = renewals.marks(renewal)
    outcomes = at_once(
        lambda: actions.approve(renewal, marks=marks, reason="", actor=rita, at=OPEN).state,
        lambda: actions.refuse(renewal, marks={}, reason="No", actor=ines, at=OPEN).state,
    )
    assert sorted(isinstance(outcome, NotPossible) for outcome in outcomes) == [False, True]
    row = renewals.loaded(renewal)
    assert row.state in (RenewalState.APPROVED, RenewalState.REFUSED)
    assert len([verb for verb, _, _ in told(row) if verb in ("approve", "refuse")]) == 1
    assert Renewal.objects.filter(person=hana).count() == (2 if row.state == RenewalState.APPROVED else 1)


@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_gap_when_many_send_at_once(rita: Any) -> None:
    rows = []
    for number in range(3):
        person = people.person(f"p{number}@mesa.example", name=f"Person {number}", called=f"P{number}")
        row = renewals.opened(person, at=BEGAN, staff=rita)
        renewals.enough(row, at=OPEN, proof=True)
        rows.append(row)
    at_once(*[lambda row=row: actions.send(row, late_reason="", member_number="", actor=row.person, at=OPEN) for row in rows])
    assert sorted(Renewal.objects.values_list("number", flat=True)) == [1, 2, 3]
    assert (Seed.objects.get().last_number, Activity.objects.count()) == (3, 9)


def test_the_fee_is_told_as_staff_set_it_and_none_is_invented() -> None:
    day = date(2026, 11, 23)
    assert queries.tell_fee(on=day) == "Staff have not set the fee yet."
    FeeAmount.objects.create(kind="certificate_renewal", standard_cents=4000, member_cents=4000, effective_on=day)
    FeeAmount.objects.create(kind="certificate_renewal", standard_cents=4000, member_cents=3000, effective_on=day + timedelta(days=1))
    assert queries.tell_fee(on=day) == "The fee is $40."
    assert queries.tell_fee(on=day + timedelta(days=1)) == "The fee is $40, or $30 for ALA members."
    assert queries.tell_fee(on=date(2026, 11, 22)) == "Staff have not set the fee yet."
    FeeAmount.objects.create(kind="certificate_renewal", standard_cents=0, member_cents=0, effective_on=day + timedelta(days=2))
    assert queries.tell_fee(on=day + timedelta(days=2)) == "There is no renewal fee."
