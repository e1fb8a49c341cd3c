"""Numbers as people type them: read in one way, or asked about; never stored as the smaller of two."""

from decimal import Decimal
from typing import Any

import pytest
from django import forms

from billing.forms import DollarsField
from lssc.forms import DollarsField as PriceField
from people.fields import HoursField, WholeNumberField
from people.numbers import TwoWays, plain
from renewals.forms import LengthField


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("90", "90"),
        ("12.5", "12.5"),
        ("12,5", "12.5"),
        ("12,50 hours", "12.50 hours"),
        ("0,500", "0.500"),
        ("0.500", "0.500"),
        ("1,200.5", "1200.5"),
        ("1.200,5", "1200.5"),
        ("1,200,000", "1200000"),
        ("1.200.000", "1200000"),
        ("1200.500", "1200.500"),
        ("1 h 30 min", "1 h 30 min"),
        ("1:30", "1:30"),
        ("1,2,3", "1,2,3"),
        ("1200,500", "1200,500"),
        ("", ""),
    ],
)
def test_what_can_be_read_in_one_way_is_read(typed: str, read: str) -> None:
    assert plain(typed) == read


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        ("1,200", "“1,200” can mean 1200 or 1.2. Enter the one that you mean"),
        ("1.200", "“1.200” can mean 1200 or 1.2. Enter the one that you mean"),
        ("90 min and 1,000 s", "“1,000” can mean 1000 or 1. Enter the one that you mean"),
        ("999,999", "“999,999” can mean 999999 or 999.999. Enter the one that you mean"),
    ],
)
def test_what_can_be_read_in_two_ways_is_asked_about(typed: str, question: str) -> None:
    with pytest.raises(TwoWays) as asked:
        plain(typed)
    assert asked.value.message == question


@pytest.mark.parametrize("typed", ["1,200", "1.200", "1,200 min", "1,200 hours", " 1,200 "])
@pytest.mark.parametrize("field", [LengthField(required=False), HoursField(label="Hours")], ids=["length", "hours"])
def test_the_field_asks_and_keeps_nothing(field: forms.Field, typed: str) -> None:
    with pytest.raises(forms.ValidationError):
        field.clean(typed)


@pytest.mark.parametrize(
    ("field", "typed", "read"),
    [
        (LengthField(), "1200", 1200),
        (LengthField(), "1,200.0", 1200),
        (LengthField(), "1,5 h", 90),
        (HoursField(label="Hours"), "1,200.5", Decimal("1200.5")),
        (HoursField(label="Hours"), "37,5 hours", Decimal("37.5")),
        (WholeNumberField(), "1,200", 1200),
        (WholeNumberField(), "1,000", 1000),
        (WholeNumberField(), "1.000.000", 1000000),
        (DollarsField(), "1,250", 125000),
        (DollarsField(), "$1,250.50", 125050),
        (PriceField(), "1,250", 125000),
    ],
)
def test_every_kind_of_number_reads_thousands_as_thousands(field: forms.Field, typed: str, read: Any) -> None:
    assert field.clean(typed) == read


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        (WholeNumberField(), "1.000"),
        (WholeNumberField(), "1,5"),
        (DollarsField(), "1.250"),
        (DollarsField(), "1,25"),
        (PriceField(), "1,25"),
    ],
)
def test_and_none_takes_the_smaller(field: forms.Field, typed: str) -> None:
    with pytest.raises(forms.ValidationError):
        field.clean(typed)
