"""Questions to the program: from anybody to staff's inbox, and back by mail."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from ledger import email_delivery, queues
from ledger.models import Email, Entry
from ledger.states import NotPossible
from people import actions
from people.models import Inquiry
from people.states import InquiryState, Topic
from tests.factories import people
from tests.markup import markup

pytestmark = pytest.mark.django_db
SAID = {"name": "Vera Visitor", "email": "Vera@Nowhere.example", "topic": "money", "text": "Can my library pay in two parts?", "more": ""}


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


def letters() -> list[tuple[str, str]]:
    return list(Email.objects.order_by("created_at", "notice").values_list("notice", "to"))


# Actions


def test_a_question_is_kept_told_and_confirmed(at: Any) -> None:
    row = people.inquiry("Vera@Nowhere.example", at=at)
    assert (row.state, row.person, row.email, row.topic) == (InquiryState.WAITING, None, "vera@nowhere.example", Topic.MONEY)
    entry = Entry.objects.get()
    assert (entry.verb, entry.details) == ("people.inquiry.ask", {"name": "Vera Visitor", "topic": "Fees and payments"})
    assert letters() == [("people/inquiry_received", "vera@nowhere.example")]


def test_the_confirmation_repeats_nothing_that_was_typed(at: Any) -> None:
    """Who types the address of a stranger must not be able to send them a text."""
    people.inquiry(at=at, name="Buy pills", text="Visit https://pills.example now")
    letter = Email.objects.get()
    assert not {"pills", "Visit"} & set(f"{letter.subject} {letter.text}".replace("/", " ").split())
    assert letter.person is None


def test_an_answer_goes_out_with_the_beginning_of_the_question(at: Any, rita: Any) -> None:
    row = people.inquiry(at=at, text="Can my library\n\nhttps://x.example\npay? " + "word " * 100)
    actions.answer_inquiry(row.id, text="Yes, it can.\n\nSend us the order.", actor=rita, at=at + timedelta(days=1))
    row.refresh_from_db()
    assert (row.state, row.answer, row.ended_by, row.ended_at) == (
        InquiryState.ANSWERED,
        "Yes, it can.\n\nSend us the order.",
        rita,
        at + timedelta(days=1),
    )
    letter = Email.objects.get(notice="people/inquiry_answered")
    assert letter.to == "visitor@nowhere.example"
    # Who typed the question may have typed somebody else's address: it is not quoted there.
    assert "You asked us on November 23, 2026 about “Fees and payments”." in " ".join(letter.text.split())
    assert "word" not in letter.text
    assert "Yes, it can.\n\nSend us the order." in letter.text
    assert [entry.verb for entry in Entry.objects.order_by("id")] == ["people.inquiry.ask", "people.inquiry.answer"]


def test_a_question_of_somebody_signed_in_stands_in_their_file(at: Any, alice: Any, rita: Any) -> None:
    row = people.inquiry(alice.email, at=at, actor=alice)
    actions.answer_inquiry(row.id, text="Yes.", actor=rita, at=at)
    assert {entry.person for entry in Entry.objects.all()} == {alice}
    assert {letter.person for letter in Email.objects.all()} == {alice}
    assert Email.objects.get(notice="people/inquiry_answered").text.startswith("Hello Alice,")


def test_the_answer_goes_to_where_who_asked_can_be_reached_now(at: Any, alice: Any, rita: Any) -> None:
    asked = actions.ask(name=alice.name, email=alice.email, topic=Topic.OTHER, text="What now?", actor=alice, at=at)
    type(alice).objects.filter(pk=alice.pk).update(email="new@marlow.example")
    actions.answer_inquiry(asked.id, text="Wait.", actor=rita, at=at)
    email_delivery.send_due(at=at)
    assert {letter.to for letter in Email.objects.all()} == {"new@marlow.example"}


def test_a_closed_question_sends_no_mail_and_tells_why(at: Any, rita: Any) -> None:
    row = people.inquiry(at=at)
    actions.close_inquiry(row.id, reason="Advertising", actor=rita, at=at)
    row.refresh_from_db()
    assert (row.state, row.answer) == (InquiryState.CLOSED, "")
    assert len(letters()) == 1
    assert Entry.objects.get(verb="people.inquiry.close").reason == "Advertising"


@pytest.mark.parametrize("verb", ["answer", "close"])
def test_what_is_ended_stays_as_it_is(verb: str, at: Any, rita: Any) -> None:
    row = people.inquiry(at=at)
    actions.answer_inquiry(row.id, text="Yes.", actor=rita, at=at)
    with pytest.raises(NotPossible, match="already"):
        if verb == "answer":
            actions.answer_inquiry(row.id, text="No.", actor=rita, at=at)
        else:
            actions.close_inquiry(row.id, reason="Twice", actor=rita, at=at)
    row.refresh_from_db()
    assert row.answer == "Yes."
    assert len(letters()) == 2


def test_nobody_answers_themselves(at: Any, rita: Any) -> None:
    row = people.inquiry(rita.email, at=at, actor=rita)
    with pytest.raises(NotPossible, match="your own question"):
        actions.answer_inquiry(row.id, text="Yes.", actor=rita, at=at)
    with pytest.raises(NotPossible, match="your own question"):
        actions.close_inquiry(row.id, reason="Mine", actor=rita, at=at)


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_once_become_one(at: Any, rita: Any) -> None:
    row = people.inquiry(at=at)

    def answer(text: str) -> str:
        try:
            actions.answer_inquiry(row.id, text=text, actor=rita, at=at)
        except NotPossible:
            return "refused"
        finally:
            connection.close()
        return text

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(answer, ["Yes.", "No."]))
    row.refresh_from_db()
    assert sorted(said) == sorted(["refused", row.answer])
    assert Email.objects.filter(notice="people/inquiry_answered").count() == 1


# The form


def test_anybody_can_ask_without_an_account(client: Client) -> None:
    answer = client.post(reverse("people:contact"), SAID)
    assert (answer.status_code, answer["Location"]) == (302, reverse("people:contact_sent"))
    row = Inquiry.objects.get()
    assert (row.name, row.email, row.text) == ("Vera Visitor", "vera@nowhere.example", "Can my library pay in two parts?")
    assert "sessionid" not in client.cookies


def test_who_is_signed_in_is_not_asked_who_they_are(client: Client, alice: Any) -> None:
    client.force_login(alice)
    page = client.get(reverse("people:contact")).content.decode()
    assert 'name="email"' not in page
    assert alice.email in page
    client.post(reverse("people:contact"), SAID)
    row = Inquiry.objects.get()
    assert (row.person, row.name, row.email) == (alice, "Alice Moreau", alice.email)


def test_a_link_chooses_the_topic_and_a_strange_one_none(client: Client) -> None:
    address = reverse("people:contact")
    assert '<option value="money" selected>' in markup(client.get(address, {"topic": "money"}))
    assert '<option value="" selected>' in markup(client.get(address, {"topic": "<b>"}))


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("name", "", "Enter your name"),
        ("name", "12", "Enter a name with letters."),
        ("name", "x" * 121, "at most 120 characters"),
        ("email", "", "Enter your email address"),
        ("email", "vera at nowhere", "Enter an email address like"),
        ("email", "vera@nowhere.example\nBcc: all@x.example", "Enter an email address like"),
        ("topic", "", "Choose what your question is about"),
        ("topic", "spam", "Select a valid choice"),
        ("text", " \n ", "Write your question"),
        ("text", "x" * 4001, "Please write at most 4,000 characters. You have 4001."),
        ("text", "a\0b", "Null characters are not allowed"),
    ],
)
def test_a_mistake_is_told_and_nothing_is_lost(field: str, typed: str, told: str, client: Client) -> None:
    answer = client.post(reverse("people:contact"), SAID | {field: typed})
    page = answer.content.decode()
    assert (answer.status_code, Inquiry.objects.count()) == (422, 0)
    assert told in page
    assert "<title>Error: " in page
    assert ("Can my library pay" in page) == (field != "text")


def test_who_fills_the_hidden_field_is_not_heard_but_told(client: Client) -> None:
    answer = client.post(reverse("people:contact"), SAID | {"more": "https://pills.example"})
    assert (answer.status_code, Inquiry.objects.count(), letters()) == (422, 0, [])
    assert "Empty the last field" in answer.content.decode()
    assert "visually-hidden" not in answer.content.decode()


def test_one_address_gets_three_confirmations_an_hour(client: Client) -> None:
    answers = [client.post(reverse("people:contact"), SAID) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [302, 302, 302, 429]
    page = answers[-1].content.decode()
    assert "You sent many questions" in page
    assert "Can my library pay" in page
    assert len(letters()) == 3
    assert client.post(reverse("people:contact"), SAID | {"email": "other@nowhere.example"}).status_code == 302


def test_one_desk_can_ask_twenty_times_an_hour(client: Client) -> None:
    said = [SAID | {"email": f"person{number}@nowhere.example"} for number in range(21)]
    assert [client.post(reverse("people:contact"), one).status_code for one in said] == [302] * 20 + [429]


# The office


def test_the_inbox_leads_to_the_question(client: Client, rita: Any, at: Any) -> None:
    row = people.inquiry(at=at)
    waiting = queues.list_app_work_items("people", at=at)
    assert [(one.queue, one.title, one.detail) for one in waiting] == [
        ("Questions", "Vera Visitor: Fees and payments", "Can my library pay in two parts?")
    ]
    client.force_login(rita)
    assert reverse("people:inquiry", args=[row.id]) in client.get(reverse("office")).content.decode()
    page = client.get(waiting[0].url).content.decode()
    assert "Can my library pay in two parts?" in page
    assert "None with this address" in page


@pytest.mark.parametrize("rows", [3, 30])
def test_the_queue_needs_two_queries(rows: int, at: Any, django_assert_num_queries: Any) -> None:
    for number in range(rows):
        people.inquiry(f"person{number}@nowhere.example", at=at)
    with django_assert_num_queries(2):
        assert len(queues.list_app_work_items("people", at=at)) == rows


def test_staff_answer_on_the_page(client: Client, rita: Any, at: Any) -> None:
    row = people.inquiry(at=at)
    client.force_login(rita)
    answer = client.post(reverse("people:answer", args=[row.id]), {"answer": "Yes."}, follow=True)
    assert "We will send your answer to Vera Visitor by email." in answer.content.decode()
    assert queues.list_app_work_items("people", at=at) == []
    page = client.get(reverse("people:inquiry", args=[row.id])).content.decode()
    assert "Answered on" in page
    assert "Send the answer" not in page
    again = client.post(reverse("people:answer", args=[row.id]), {"answer": "No."}, follow=True)
    assert "already answered or closed this question" in again.content.decode()


@pytest.mark.parametrize(("door", "field"), [("answer", "answer"), ("close", "reason")])
def test_an_empty_answer_or_reason_is_asked_for(door: str, field: str, client: Client, rita: Any, at: Any) -> None:
    row = people.inquiry(at=at)
    client.force_login(rita)
    answer = client.post(reverse(f"people:{door}", args=[row.id]), {field: " "})
    assert answer.status_code == 422
    assert f"id_{field}_error" in answer.content.decode()
    assert Inquiry.objects.get().state == InquiryState.WAITING


def test_staff_see_the_account_and_what_else_was_asked(client: Client, rita: Any, alice: Any, at: Any) -> None:
    people.inquiry(alice.email, at=at, topic=Topic.SETS)
    row = people.inquiry(alice.email.upper(), at=at)
    client.force_login(rita)
    page = client.get(reverse("people:inquiry", args=[row.id])).content.decode()
    assert reverse("person", args=[alice.public_id]) in page
    assert "the address is not confirmed" in page
    assert "Earning a set" in page


def test_staff_do_not_open_their_own_question(client: Client, rita: Any, at: Any) -> None:
    row = people.inquiry(rita.email, at=at, actor=rita)
    client.force_login(rita)
    assert client.get(reverse("people:inquiry", args=[row.id])).status_code == 404
    assert client.post(reverse("people:answer", args=[row.id]), {"answer": "Yes."}).status_code == 404
    assert "Vera Visitor" not in client.get(reverse("office")).content.decode()
