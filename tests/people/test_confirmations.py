"""What the pages say of an email that confirms an address is what happened: sent, or not yet."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from ledger.models import Email
from tests.factories import people
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db
EMAIL = "new@county.example"
SIGN_UP = {"name": "Nell Ward", "called": "Nell", "email": EMAIL, "password1": PASSWORD}


@pytest.fixture(autouse=True)
def _no_attempts_yet() -> None:
    cache.clear()


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


@pytest.mark.parametrize("known", [False, True])
def test_a_second_try_within_three_minutes_says_that_nothing_was_sent(known: bool, at: datetime) -> None:
    """The same words whether or not the address has an account."""
    if known:
        people.person(EMAIL)
    client = Client()
    with time_machine.travel(at, tick=False) as clock:
        assert f"We sent an email to {EMAIL}." in words(client.post("/account/signup/", SIGN_UP, follow=True))
        clock.shift(timedelta(seconds=61))
        again = words(client.post("/account/signup/", SIGN_UP, follow=True))
        assert f"We did not send another email. The last one to {EMAIL} went out a moment ago." in again
        assert "In 2 minutes we can send another." in again
        assert Email.objects.count() == 1
        clock.shift(timedelta(seconds=120))
        assert f"We sent an email to {EMAIL}." in words(client.post("/account/signup/", SIGN_UP, follow=True))
        assert Email.objects.count() == 2


def test_signing_in_unconfirmed_says_what_was_sent(at: datetime) -> None:
    with time_machine.travel(at, tick=False) as clock:
        Client().post("/account/signup/", SIGN_UP)
        login = {"login": EMAIL, "password": PASSWORD}
        assert "We did not send another email." in words(Client().post("/account/login/", login, follow=True))
        clock.shift(timedelta(seconds=181))
        assert f"We sent an email to {EMAIL}." in words(Client().post("/account/login/", login, follow=True))


def test_the_page_of_addresses_says_when_the_link_was_not_sent_again(at: datetime) -> None:
    client = people.fresh(Client(), people.person())
    with time_machine.travel(at, tick=False):
        client.post("/account/email/", {"email": EMAIL, "action_add": ""})
        answer = words(client.post("/account/email/", {"email": EMAIL, "action_send": ""}, follow=True))
    assert "We sent no new email: one went out a moment ago. The next one can go in 3 minutes." in answer
    assert Email.objects.filter(to=EMAIL).count() == 1
