"""Certificate numbers find every slip; a status follows from dates and decisions."""

from datetime import date, timedelta
from itertools import combinations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from certificates.policy import (
    DRAWN,
    LENGTH,
    NUMBERS,
    SYMBOLS,
    Facts,
    Mistyped,
    Number,
    Status,
    _times,
    check,
    check_symbol,
    expiry,
    make_number,
    status,
    was_valid_on,
)

numbers = st.integers(0, NUMBERS - 1).map(make_number)
places = st.integers(0, LENGTH - 1)


def reason(text: str) -> str | None:
    read = check(text)
    return read.reason if isinstance(read, Mistyped) else None


def with_symbol(symbols: str, place: int, symbol: str) -> str:
    return symbols[:place] + symbol + symbols[place + 1 :]


def test_the_weights_are_nonzero_and_all_different() -> None:
    """The check symbol's own weight is 1; with this, the two laws below hold for every number there can be."""
    weights = [_times(1, power) for power in range(LENGTH)]
    assert weights[:7] == [1, 2, 4, 8, 16, 5, 10]
    assert 0 not in weights
    assert len(set(weights)) == LENGTH


def test_multiplication_is_that_of_a_field() -> None:
    """Every nonzero symbol is a power of 2, so no product of two of them is zero."""
    assert sorted(_times(1, power) for power in range(31)) == list(range(1, 32))
    for a in range(32):
        for b in range(32):
            assert all(_times(a, k) ^ _times(b, k) == _times(a ^ b, k) for k in range(LENGTH))
            assert all((_times(a, k) == 0) == (a == 0) for k in range(LENGTH))


def test_every_wrong_symbol_in_every_place_of_a_number_is_found() -> None:
    symbols = make_number(0x123456789ABCDEF).symbols
    wrong = [with_symbol(symbols, place, other) for place in range(LENGTH) for other in SYMBOLS if other != symbols[place]]
    assert len(wrong) == LENGTH * 31
    assert {reason(text) for text in wrong} == {"check"}


def test_every_swap_of_every_two_symbols_is_found() -> None:
    """For each pair of places and each pair of different symbols: 78 by 992 numbers."""
    for first, second in combinations(range(DRAWN), 2):
        for a in SYMBOLS:
            for b in SYMBOLS:
                if a == b:
                    continue
                symbols = with_symbol(with_symbol("0" * DRAWN, first, a), second, b)
                swapped = with_symbol(with_symbol("0" * DRAWN, first, b), second, a)
                assert check_symbol(symbols) != check_symbol(swapped)
    for place in range(DRAWN):
        for a in SYMBOLS[1:]:
            symbols = with_symbol("0" * DRAWN, place, a)
            symbols += check_symbol(symbols)
            if symbols[place] != symbols[DRAWN]:
                swapped = with_symbol(with_symbol(symbols, place, symbols[DRAWN]), DRAWN, symbols[place])
                assert reason(swapped) == "check"


@given(number=numbers, place=places, symbol=st.sampled_from(SYMBOLS))
def test_one_wrong_symbol_is_found(number: Number, place: int, symbol: str) -> None:
    assume(number.symbols[place] != symbol)
    assert reason(with_symbol(number.symbols, place, symbol)) == "check"


@given(number=numbers, first=places, second=places)
def test_two_swapped_symbols_are_found(number: Number, first: int, second: int) -> None:
    a, b = number.symbols[first], number.symbols[second]
    assume(a != b)
    assert reason(with_symbol(with_symbol(number.symbols, first, b), second, a)) == "check"


@given(number=numbers, data=st.data())
def test_a_number_is_read_however_it_is_typed(number: Number, data: st.DataObject) -> None:
    alike = {"0": "0Oo", "1": "1IiLl"}
    typed = "".join(data.draw(st.sampled_from(alike.get(symbol, symbol + symbol.lower()))) for symbol in number.symbols)
    gaps = data.draw(st.lists(st.sampled_from(["", " ", "-", "–", "\u00a0", " - "]), min_size=LENGTH, max_size=LENGTH))
    spread = "".join(symbol + gap for symbol, gap in zip(typed, gaps, strict=True))
    prefix = data.draw(st.sampled_from(["LSSC", "lssc-", " Lssc ", "LSSC–"]))
    assert check(prefix + spread) == number
    assert check(str(number)) == number
    assert check(number.symbols) == number


@given(text=st.text())
def test_reading_anything_at_all_never_fails(text: str) -> None:
    read = check(text)
    assert isinstance(read, Mistyped) or check(str(read)) == read


@given(first=st.integers(0, NUMBERS - 1), second=st.integers(0, NUMBERS - 1))
def test_two_draws_give_two_numbers(first: int, second: int) -> None:
    assert (make_number(first) == make_number(second)) == (first == second)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "length"),
        ("LSSC", "length"),
        ("LSSC-0000-0000-000-0", "length"),
        ("LSSC-0000-0000-0000-0", None),
        ("LSSC-0000-0000-0000-00", "length"),
        ("LSSC-0000-0000-0000-1", "check"),
        ("lssc 0000 0000 0000 0", None),
        ("oooo oooo oooo o", None),
        ("LSSC-0000-000U-0000-0", "symbol"),
        ("LSSC-0000-000é-0000-0", "symbol"),
        ("LSSC-0000-000\u0660-0000-0", "symbol"),
        ("x" * 5000, "length"),
    ],
)
def test_what_is_wrong_is_named(text: str, expected: str | None) -> None:
    assert reason(text) == expected


def test_a_number_is_written_in_groups() -> None:
    assert str(make_number(0)) == "LSSC-0000-0000-0000-0"
    assert str(make_number(NUMBERS - 1)) == "LSSC-ZZZZ-ZZZZ-ZZZZ-" + check_symbol("Z" * DRAWN)


@pytest.mark.parametrize("drawn", [-1, NUMBERS])
def test_a_draw_outside_is_refused(drawn: int) -> None:
    with pytest.raises(ValueError, match="twelve symbols"):
        make_number(drawn)


def facts(**changes: object) -> Facts:
    base = {"valid_from": date(2026, 1, 31), "expires_on": date(2030, 1, 31), "grace_months": 2}
    return Facts(**{**base, **changes})


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2026, 1, 31), Status.ACTIVE),
        (date(2030, 1, 30), Status.ACTIVE),
        (date(2030, 1, 31), Status.ACTIVE),
        (date(2030, 2, 1), Status.IN_GRACE),
        (date(2030, 3, 30), Status.IN_GRACE),
        (date(2030, 3, 31), Status.IN_GRACE),
        (date(2030, 4, 1), Status.LAPSED),
        (date(2040, 4, 1), Status.LAPSED),
    ],
)
def test_status_follows_from_the_dates(on: date, expected: Status) -> None:
    assert status(facts(), on=on) == expected


def test_grace_ends_on_the_months_last_day_where_there_is_no_such_day() -> None:
    december = facts(expires_on=date(2025, 12, 31), valid_from=date(2021, 12, 31))
    assert december.grace_ends_on == date(2026, 2, 28)
    assert status(december, on=date(2026, 2, 28)) == Status.IN_GRACE
    assert status(december, on=date(2026, 3, 1)) == Status.LAPSED


def test_without_grace_it_lapses_the_day_after() -> None:
    assert status(facts(grace_months=0), on=date(2030, 1, 31)) == Status.ACTIVE
    assert status(facts(grace_months=0), on=date(2030, 2, 1)) == Status.LAPSED


def test_one_whose_renewal_was_sent_in_time_does_not_lapse() -> None:
    sent = facts(renewing=True)
    days = [date(2030, 1, 31), date(2030, 2, 1), date(2030, 3, 31), date(2030, 4, 1), date(2031, 4, 1)]
    assert [status(sent, on=day) for day in days] == [Status.ACTIVE, *[Status.IN_GRACE] * 4]
    assert not was_valid_on(sent, date(2030, 4, 1))


def test_a_provisional_one_has_no_grace() -> None:
    assert status(facts(provisional=True), on=date(2030, 1, 31)) == Status.PROVISIONAL
    assert status(facts(provisional=True), on=date(2030, 2, 1)) == Status.LAPSED


@pytest.mark.parametrize("decided", [Status.SUSPENDED, Status.REVOKED, Status.SUPERSEDED])
def test_a_decision_stands_from_its_day(decided: Status) -> None:
    decided_facts = facts(decided=decided, decided_on=date(2028, 6, 14))
    assert status(decided_facts, on=date(2028, 6, 13)) == Status.ACTIVE
    assert status(decided_facts, on=date(2028, 6, 14)) == decided
    assert status(decided_facts, on=date(2035, 1, 1)) == decided
    assert was_valid_on(decided_facts, date(2028, 6, 13))
    assert not was_valid_on(decided_facts, date(2028, 6, 14))


@pytest.mark.parametrize(
    ("day", "valid"),
    [
        (date(2026, 1, 30), False),
        (date(2026, 1, 31), True),
        (date(2030, 1, 31), True),
        (date(2030, 2, 1), False),
    ],
)
def test_was_valid_on_counts_both_ends(day: date, valid: bool) -> None:
    assert was_valid_on(facts(), day) is valid


@given(days=st.integers(-400, 4000), grace=st.integers(0, 24), provisional=st.booleans())
def test_it_never_gets_better_by_itself(days: int, grace: int, provisional: bool) -> None:
    order = [Status.PROVISIONAL, Status.ACTIVE, Status.IN_GRACE, Status.LAPSED]
    given_facts = facts(grace_months=grace, provisional=provisional)
    day = date(2026, 1, 31) + timedelta(days=days)
    today, tomorrow = status(given_facts, on=day), status(given_facts, on=day + timedelta(days=1))
    assert order.index(today) <= order.index(tomorrow)


@pytest.mark.parametrize(
    ("completed_on", "expected"),
    [
        (date(2024, 2, 29), date(2028, 2, 29)),
        (date(2096, 2, 29), date(2100, 2, 28)),
        (date(2026, 11, 23), date(2030, 11, 23)),
    ],
)
def test_the_first_term_is_counted_from_the_day_of_completion(completed_on: date, expected: date) -> None:
    assert expiry(completed_on, months=48) == expected
