"""A page computes from the date what is over: on the last day it says so as well as before any sweep of the day after has run."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from programs.policy import add_months
from tests.factories import appeals, billing, candidates, certificates, courses, people, portfolios

pytestmark = pytest.mark.django_db
Found = tuple[Any, str, Any]


def _asked(alice: Any, rita: Any, at: Any) -> Any:
    bob, beth = (portfolios.evaluator(people.person(f"{name}@lakeside.example"), at=at) for name in ("bob", "beth"))
    candidacy = candidates.candidacy(alice, at=at, staff=rita)
    return portfolios.asked(candidacy, bob, beth, staff=rita, at=at, first={1: "not_met"}, second={1: "partial"})


def supplement_list(alice: Any, rita: Any, at: Any) -> Found:
    return alice, reverse("portfolios:index"), _asked(alice, rita, at).supplement_by


def supplement_page(alice: Any, rita: Any, at: Any) -> Found:
    row = _asked(alice, rita, at)
    return alice, reverse("portfolios:portfolio", args=[row.id]), row.supplement_by


def supplement_home(alice: Any, rita: Any, at: Any) -> Found:
    return alice, reverse("my"), _asked(alice, rita, at).supplement_by


def supplement_office(alice: Any, rita: Any, at: Any) -> Found:
    row = _asked(alice, rita, at)
    return rita, reverse("portfolios:office", args=[row.id]), row.supplement_by


def candidacy_home(alice: Any, rita: Any, at: Any) -> Found:
    return alice, reverse("my"), candidates.candidacy(alice, at=at, staff=rita).ends_on


def unpaid(alice: Any, rita: Any, at: Any) -> Found:
    row = portfolios.sent(candidates.candidacy(alice, at=at, staff=rita), at=at)
    return alice, reverse("portfolios:portfolio", args=[row.id]), row.candidacy.ends_on


def grounds(alice: Any, rita: Any, at: Any) -> Found:
    return alice, reverse("appeals:mine"), appeals.noticed(alice, at=at, staff=rita).grounds_by


def confirmation(alice: Any, rita: Any, at: Any) -> Found:
    courses.contact(people.person("pat@prairie-courses.example"), staff=rita, at=at)
    row = courses.asked(candidates.candidacy(alice, at=at, staff=rita), at=at, course=courses.offering("Old Books", set_code="access"))
    return alice, reverse("courses:claimed", args=[row.id]), row.confirmations.get().expires_on


def invoice(alice: Any, rita: Any, at: Any) -> Found:
    row = billing.invoiced(alice, at=at, staff=rita)
    return alice, reverse("billing:orders"), row.due_on


def valid(alice: Any, rita: Any, at: Any) -> Found:
    row = certificates.issued(alice, at=at, staff=rita)
    return None, reverse("certificates:number", args=[row.number]), row.expires_on


def grace(alice: Any, rita: Any, at: Any) -> Found:
    visitor, path, expires_on = valid(alice, rita, at)
    return visitor, path, add_months(expires_on, 2)


TABLE: dict[str, tuple[Callable[[Any, Any, Any], Found], str, str]] = {
    "more evidence, in the list": (supplement_list, "Send more by", "The last day to send more was"),
    "more evidence, on its page": (supplement_page, "Send more by", "The time to add more is over"),
    "more evidence, at home": (supplement_home, "That day still counts", "Time to add is over"),
    "more evidence, for staff": (supplement_office, "through ", "The last day to add was"),
    "the time in the program": (candidacy_home, "Last day for all six sets", "Your time for the six sets is over"),
    "the fee of a portfolio": (unpaid, "Please pay by", "The last day to pay was"),
    "the grounds of an appeal": (grounds, "Submit your grounds by", "The last day to submit grounds was"),
    "a provider's answer": (confirmation, "They can answer until", "They could answer until"),
    "a certificate, as everyone sees it": (valid, "It is valid today", "and is now in its grace period"),
    "its grace, as everyone sees it": (grace, "and is now in its grace period", "and was not renewed"),
    "an invoice": (invoice, "Due ", "Overdue since"),
}


@pytest.mark.parametrize("thing", TABLE)
def test_the_last_day_is_in_time_and_the_day_after_is_not(thing: str, alice: Any, rita: Any, at: Any) -> None:
    make, in_time, over = TABLE[thing]
    person, path, day = make(alice, rita, at)
    said = {}
    for after in (-1, 0, 1):
        with time_machine.travel(at + (day - at.date()) + timedelta(days=after), tick=False):
            client = Client()
            if person is not None:
                client.force_login(person)
            words = client.get(path).content.decode()
        said[after] = (in_time in words, over in words)
    assert said == {-1: (True, False), 0: (True, False), 1: (False, True)}
