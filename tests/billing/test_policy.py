from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing import policy
from billing.policy import Duplicate, Fee, Mismatch, NotYet, Settle

OLD = Fee("portfolio", 6000, 5000, date(2010, 1, 1))
NEW = Fee("portfolio", 7000, 5500, date(2027, 7, 1))
PAYMENT, CHARGE = UUID(int=1), UUID(int=2)
START = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
OWED = policy.Owed(payment=PAYMENT, charge=CHARGE, amount_cents=35000, live=False, open=True)


def taken(**changes):
    told = {"id": "ch_1", "intent": "pi_1", "payment": str(PAYMENT), "amount": 35000, "currency": "usd", "at": START}
    return policy.TheirCharge(**{**told, **changes})


PAID = policy.Fetched(
    session="cs_1",
    mode="payment",
    status="complete",
    payment_status="paid",
    amount_cents=35000,
    currency="usd",
    live=False,
    payment=str(PAYMENT),
    charge=str(CHARGE),
    intent="pi_1",
    url="",
    expires_at=START,
    charges=(taken(),),
)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2009, 12, 31), None),
        (date(2010, 1, 1), OLD),
        (date(2027, 6, 30), OLD),
        (date(2027, 7, 1), NEW),
        (date(2030, 1, 1), NEW),
    ],
)
def test_a_fee_holds_from_its_first_day_on(on, expected):
    assert policy.pick_fee([NEW, OLD], on=on) == expected


@given(st.lists(st.dates(), unique=True), st.dates())
def test_the_fee_is_the_newest_that_has_begun(days, on):
    fees = [Fee("x", 2, 1, day) for day in days]
    picked = policy.pick_fee(fees, on=on)
    begun = [day for day in days if day <= on]
    assert (picked.effective_on if picked else None) == (max(begun) if begun else None)


def test_members_pay_the_member_price():
    assert (policy.price(OLD, member=False), policy.price(OLD, member=True)) == (6000, 5000)


@pytest.mark.parametrize(
    ("cents", "words"),
    [(35000, "$350"), (125050, "$1,250.50"), (5, "$0.05"), (0, "$0"), (-6000, "-$60"), (-1, "-$0.01")],
)
def test_dollars_are_written_as_people_do(cents, words):
    assert policy.dollars(cents) == words


@given(st.integers(-(10**9), 10**9))
def test_dollars_lose_no_cent(cents):
    written = policy.dollars(cents).replace("$", "").replace(",", "")
    assert round(float(written) * 100) == cents


@pytest.mark.parametrize(
    ("told", "owed", "verdict"),
    [
        ({}, {}, Settle()),
        ({"charges": (taken(amount=34999),)}, {}, Mismatch("the amount $350, found $349.99")),
        ({"charges": (taken(amount=35001),)}, {}, Mismatch("the amount $350, found $350.01")),
        ({"charges": (taken(amount=20000),)}, {}, Mismatch("the amount $350, found $200")),
        ({"charges": ()}, {}, Mismatch("the currency usd, found nothing")),
        ({"charges": (taken(currency="jpy"),)}, {}, Mismatch("the currency usd, found jpy")),
        ({"charges": (taken(), taken(id="ch_2"))}, {}, Settle()),
        ({"mode": "setup"}, {}, Mismatch("the mode payment, found setup")),
        ({"live": True}, {}, Mismatch("money of the kind test, found live")),
        ({}, {"live": True}, Mismatch("money of the kind live, found test")),
        ({"payment": ""}, {}, Mismatch(f"payment number {PAYMENT}, found nothing")),
        ({"charge": str(PAYMENT)}, {}, Mismatch(f"charge number {CHARGE}, found {PAYMENT}")),
        ({"intent": ""}, {}, Mismatch("a payment number, found nothing")),
        ({}, {"open": False}, Duplicate()),
        ({"charges": (taken(amount=1),)}, {"open": False}, Mismatch("the amount $350, found $0.01")),
        ({"payment_status": "unpaid", "status": "open"}, {}, NotYet(over=False)),
        ({"payment_status": "unpaid", "status": "complete"}, {}, NotYet(over=False)),
        ({"payment_status": "unpaid", "status": "expired"}, {}, NotYet(over=True)),
        ({"payment_status": "no_payment_required"}, {}, NotYet(over=False)),
        ({"payment_status": "paid", "status": "expired"}, {}, Settle()),
    ],
)
def test_a_fetched_checkout_is_judged_by_its_facts(told, owed, verdict):
    assert policy.judge(replace(PAID, **told), owed=replace(OWED, **owed)) == verdict


@given(
    st.builds(
        policy.Fetched,
        session=st.text(),
        mode=st.sampled_from(["payment", "setup"]),
        status=st.sampled_from(["open", "complete", "expired"]),
        payment_status=st.sampled_from(["paid", "unpaid", "no_payment_required"]),
        amount_cents=st.just(35000),
        currency=st.just("usd"),
        charges=st.one_of(
            st.just(()),
            st.builds(
                taken,
                amount=st.sampled_from([0, 34999, 35000, 35001]),
                currency=st.sampled_from(["usd", "cad", ""]),
            ).map(lambda one: (one,)),
        ),
        live=st.booleans(),
        payment=st.sampled_from([str(PAYMENT), ""]),
        charge=st.sampled_from([str(CHARGE), ""]),
        intent=st.sampled_from(["pi_1", ""]),
        url=st.just(""),
        expires_at=st.just(START),
    ),
    st.booleans(),
)
def test_only_the_exact_payment_settles_and_unpaid_never_does(told, open_):
    verdict = policy.judge(told, owed=replace(OWED, open=open_))
    exact = replace(told, session="cs_1", status="complete") == PAID
    assert isinstance(verdict, Settle) == (exact and open_)
    assert isinstance(verdict, Duplicate) == (exact and not open_)
    assert isinstance(verdict, NotYet) == (told.payment_status != "paid")


@pytest.mark.parametrize(
    ("opened", "left", "usable"),
    [
        (True, timedelta(seconds=59), False),
        (True, timedelta(minutes=1), True),
        (False, timedelta(minutes=35) - timedelta(seconds=1), False),
        (False, timedelta(minutes=35), True),
    ],
)
def test_a_started_payment_is_used_again_while_its_page_is_open(opened, left, usable):
    assert policy.can_reuse(expires_at=START + left, opened=opened, at=START) is usable


@pytest.mark.parametrize(
    ("waited", "pause"),
    [
        (timedelta(0), timedelta(seconds=30)),
        (timedelta(seconds=30), timedelta(seconds=30)),
        (timedelta(seconds=31), timedelta(seconds=31)),
        (timedelta(minutes=59), timedelta(minutes=59)),
        (timedelta(days=3), timedelta(hours=1)),
        (timedelta(seconds=-5), timedelta(seconds=30)),
    ],
)
def test_looks_come_ever_more_slowly_but_within_the_hour(waited, pause):
    at = START + waited
    assert policy.next_look(asked_at=START, at=at) == at + pause


def test_books_show_a_difference_of_one_cent():
    books = policy.Books(received=1000, back=300, held=100, earned=599, open=50)
    assert books.difference == 1


# Seats, invoices, the books of institutions


@pytest.mark.parametrize(
    ("owed", "cents", "given", "left"),
    [
        ([], 100, [], 100),
        ([350, 325], 0, [0, 0], 0),
        ([350, 325], 349, [349, 0], 0),
        ([350, 325], 350, [350, 0], 0),
        ([350, 325], 351, [350, 1], 0),
        ([350, 325], 675, [350, 325], 0),
        ([350, 325], 676, [350, 325], 1),
    ],
)
def test_money_fills_order_lines_in_order(owed, cents, given, left):
    assert policy.fill(owed, cents) == (given, left)


@given(st.lists(st.integers(0, 40_000), max_size=8), st.integers(0, 400_000))
def test_money_that_is_taken_back_is_gone_from_the_end_and_what_is_left_fills_from_the_top(lies, cents):
    taken, missing = policy.unfill(lies, cents)
    left = [all_ - gone for all_, gone in zip(lies, taken, strict=True)]
    assert left == policy.fill(lies, max(sum(lies) - cents, 0))[0]
    assert sum(taken) + missing == cents


@given(st.lists(st.integers(1, 40_000), max_size=8), st.lists(st.integers(1, 60_000), max_size=6))
def test_partial_payments_fill_as_one_would_and_lose_no_cent(owed, payments):
    rest, over = list(owed), 0
    for cents in payments:
        given, left = policy.fill(rest, cents)
        assert all(0 <= got <= wanted for got, wanted in zip(given, rest, strict=True))
        rest, over = [wanted - got for wanted, got in zip(rest, given, strict=True)], over + left
    whole, left = policy.fill(owed, sum(payments))
    assert [wanted - got for wanted, got in zip(owed, whole, strict=True)] == rest
    assert over == left
    assert sum(whole) + left == sum(payments)
    touched = [number for number, got in enumerate(whole) if got]
    assert touched == list(range(len(touched)))
    assert all(whole[number] == owed[number] for number in touched[:-1])


def test_an_invoice_is_due_after_its_days():
    assert policy.pay_by(date(2026, 11, 23), net_days=30) == date(2026, 12, 23)
    assert policy.pay_by(date(2028, 1, 31), net_days=30) == date(2028, 3, 1)


FEE = policy.Fee("application", 35000, 32500, date(2010, 1, 1))


@pytest.mark.parametrize(
    ("order_line", "member", "verdict"),
    [
        (35000, False, policy.Spent(price=35000, left=0)),
        (35000, True, policy.Spent(price=32500, left=2500)),
        (32500, True, policy.Spent(price=32500, left=0)),
        (32500, False, policy.Short(price=35000)),
    ],
)
def test_a_order_line_pays_the_fee_of_what_its_person_is(order_line, member, verdict):
    assert policy.spend(order_line, FEE, member=member) == verdict


def test_a_new_amount_counts_from_tomorrow_and_a_first_one_from_today():
    today = date(2026, 11, 23)
    assert policy.first_day(today=today, in_force=True) == date(2026, 11, 24)
    assert policy.first_day(today=today, in_force=False) == today


def test_the_books_of_institutions_show_a_difference_of_one_cent():
    sums = {
        "received": 0,
        "back": 0,
        "held": 0,
        "earned": 0,
        "open": 0,
        "order_lines_used": 500,
        "credited": 100,
        "credit": 150,
        "paid_out": 50,
    }
    assert policy.Books(**sums, from_payers=900, on_order_lines=300).payers_difference == 0
    assert policy.Books(**sums, from_payers=900, on_order_lines=299).payers_difference == 1


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [(35000, "usd", "$350"), (35000, "jpy", "35,000 JPY"), (35000, "eur", "350.00 EUR"), (35000, "kwd", "35.000 KWD")],
)
def test_money_of_other_currencies_is_not_written_as_dollars(amount, currency, words):
    assert policy.money(amount, currency) == words
