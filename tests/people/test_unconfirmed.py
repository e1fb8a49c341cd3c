"""Anybody can type anybody's address: what they type beside it reaches nobody who has not confirmed that the address is theirs."""

from datetime import datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from courses import actions as course_actions
from courses.models import CourseRequest
from ledger import clock
from ledger.models import Email
from people import actions
from people.models import Inquiry
from tests.factories import agreements, billing, webinars
from tests.factories.people import PASSWORD, fresh, person
from webinars import actions as webinar_actions
from webinars.models import Guest

pytestmark = pytest.mark.django_db

MARKER = "Zanzibar"
STRANGER = "stella@elsewhere.example"


@pytest.fixture(autouse=True)
def _no_attempts_yet() -> None:
    cache.clear()


def sign_up(client: Client, rita: Any, at: datetime) -> None:
    form = {"name": f"{MARKER} Vance", "called": MARKER, "email": STRANGER, "password1": PASSWORD, "time_zone": MARKER}
    client.post("/account/signup/", form)
    cache.clear()
    Client().post("/account/signup/", {**form, "password1": "another long password here"})
    cache.clear()
    Client().post("/account/password/reset/", {"email": STRANGER})


def add_an_address(client: Client, rita: Any, at: datetime) -> None:
    fresh(client, person("mallory@here.example", name=f"{MARKER} Vance", called=MARKER))
    client.post("/account/email/", {"email": STRANGER, "action_add": ""})


def come_to_a_webinar(client: Client, rita: Any, at: datetime) -> None:
    at = clock.now()
    row = webinars.webinar(at=at, staff=rita)
    client.post(f"/webinars/{row.id}/", {"name": f"{MARKER} Hill", "email": STRANGER})
    assert Guest.objects.get().name == f"{MARKER} Hill"
    webinar_actions.change(row, webinars.details(at=at, days=9), actor=rita, at=at)
    webinar_actions.cancel(row, reason="The speaker is ill", actor=rita, at=at)


def ask_a_question(client: Client, rita: Any, at: datetime) -> None:
    client.post("/contact/", {"name": f"{MARKER} Hill", "email": STRANGER, "topic": "other", "text": f"{MARKER} {MARKER}"})
    actions.answer_inquiry(Inquiry.objects.get().id, text="Yes.", actor=rita, at=at)


def wish_for_a_course(client: Client, rita: Any, at: datetime) -> None:
    client.post("/courses/request/", {"place": MARKER, "email": STRANGER, "words": MARKER})
    course_actions.answer_course_request(CourseRequest.objects.get(), answer="Yes, in May.", actor=rita, at=at)


def pay_for_a_person(client: Client, rita: Any, at: datetime) -> None:
    # The institution is no typed word any more: staff have sent it an invoice, and its money came.
    assignments = [(f"{MARKER} Field", STRANGER, "application", False)]
    invoice = billing.invoiced(person("priya@prairie.example"), at=at, staff=rita, people=assignments, number=MARKER)
    billing.received(invoice, 35000, at=at, staff=rita)
    billing.credit_note(invoice, at=at, staff=rita)


def post_a_graduate(client: Client, rita: Any, at: datetime) -> None:
    agreements.posted(agreements.signed(at=at, staff=rita), at=at, email=STRANGER, name=f"{MARKER} Obi")


@pytest.mark.parametrize(
    ("do", "letters"),
    [
        (sign_up, 3),
        (add_an_address, 1),
        (come_to_a_webinar, 3),
        (ask_a_question, 2),
        (wish_for_a_course, 1),
        (pay_for_a_person, 1),
        (post_a_graduate, 1),
    ],
)
def test_what_a_stranger_types_is_in_no_letter(do: Any, letters: int, client: Client, rita: Any, at: datetime) -> None:
    do(client, rita, at)
    written = Email.objects.filter(to=STRANGER)
    assert len(written) >= letters, [letter.notice for letter in written]
    for letter in written:
        assert MARKER not in letter.subject + letter.text + letter.html + letter.calendar, letter.notice
        assert "Hello ," not in letter.text


def test_a_confirmed_person_is_called_by_name(client: Client) -> None:
    dora = person("dora@county.example", called="Dora")
    client.post("/account/password/reset/", {"email": dora.email})
    assert "Hello Dora," in Email.objects.get(to=dora.email).text
