"""What could not be delivered stands in staff's inbox, with what to do; an address that takes no email is known as such."""

import asyncio
import json
import logging
import socket
from base64 import b64encode
from collections.abc import Iterator
from datetime import datetime, timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from anymail.exceptions import AnymailRecipientsRefused
from django.core import mail as outgoing
from django.db import transaction
from django.test import Client
from django.urls import reverse

from ledger import actions as ledger
from ledger import email_delivery, email_failures, outbox, queues
from ledger.models import BadAddress, Delivery, Email, Entry
from ledger.queries import tell
from ledger.registry import SUBSCRIBERS
from people.states import Role
from tests.factories import people

pytestmark = pytest.mark.django_db
SEND = "django.core.mail.EmailMultiAlternatives.send"


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
    caplog.set_level(logging.CRITICAL)
    monkeypatch.setattr("ledger.clock.now", lambda: at)


def write(person: Any, at: datetime, **options: Any) -> Email:
    with transaction.atomic():
        options = {"key": f"{at}", "path": "/my/", "context": {"address": "x"}} | options
        ledger.queue_email(person, "people/email_confirmed", at=at, **options)
    return Email.objects.latest("created_at")


def refuse(monkeypatch: pytest.MonkeyPatch, failure: Exception) -> None:
    def send(*args: Any, **options: Any) -> None:
        raise failure

    monkeypatch.setattr(SEND, send)


def inbox(at: datetime) -> list[tuple[str, str]]:
    return [(work_item.kind, work_item.title) for work_item in queues.list_work_items(queues.WorkItemFilter(), at=at)]


def of(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


NOBODY = SMTPRecipientsRefused({"alice@marlow.example": (550, b"5.1.1 No such user")})


@pytest.mark.parametrize(
    ("failure", "state", "marked"),
    [
        (NOBODY, "failed", True),
        (SMTPRecipientsRefused({"alice@marlow.example": (450, b"4.2.0 Come later")}), "queued", False),
        (SMTPDataError(554, b"5.7.1 Too much like spam"), "failed", False),
        (SMTPDataError(451, b"4.3.0 Busy"), "queued", False),
        (SMTPSenderRefused(550, b"5.7.1 Not you", "lssc@localhost"), "queued", False),
        (AnymailRecipientsRefused("All message recipients were rejected or invalid"), "failed", True),
        (OSError("the server is closed"), "queued", False),
    ],
)
def test_a_refusal_that_is_final_is_tried_once(
    alice: Any, at: datetime, monkeypatch: pytest.MonkeyPatch, failure: Exception, state: str, marked: bool
) -> None:
    letter = write(alice, at)
    refuse(monkeypatch, failure)
    assert [email_delivery.send_due(at=at), email_delivery.send_due(at=at + timedelta(seconds=1))] == [1, 0]
    letter.refresh_from_db()
    assert (letter.state, letter.attempts, BadAddress.objects.filter(email="alice@marlow.example").exists()) == (state, 1, marked)
    assert inbox(at) == ([("lssc.email", "Email to alice@marlow.example could not be sent")] if state == "failed" else [])


class Refuses:
    """A mail server that knows one address."""

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        await asyncio.sleep(0)
        if address != "bob@prairie.example":
            return "550 5.1.1 No such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"


@pytest.fixture
def server(settings: Any) -> Iterator[Controller]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(Refuses(), hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = controller.hostname, controller.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    yield controller
    controller.stop()


def test_a_real_mail_servers_refusal_is_read(alice: Any, bob: Any, at: datetime, server: Controller) -> None:
    write(alice, at)
    write(bob, at + timedelta(seconds=1))
    for _ in range(3):
        email_delivery.send_due(at=at + timedelta(seconds=2))
    assert sorted(Email.objects.values_list("to", "state")) == [("alice@marlow.example", "failed"), ("bob@prairie.example", "sent")]
    assert "No such user here" in BadAddress.objects.get().reason


def test_staff_send_it_again_to_the_address_that_the_person_has_now(
    alice: Any, rita: Any, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = write(alice, at)
    with monkeypatch.context() as patch:
        refuse(patch, NOBODY)
        email_delivery.send_due(at=at)
    type(alice).objects.filter(pk=alice.pk).update(email="new@marlow.example")
    page = of(rita).get(reverse("failed_email", args=[letter.id])).content.decode()
    assert ("new@marlow.example" in page, "No such user" in page, 'name="to"' in page) == (True, True, False)
    answer = of(rita).post(reverse("send_again", args=[letter.id]), follow=True)
    assert "The email goes out again, to new@marlow.example." in answer.content.decode()
    email_delivery.send_due(at=at)
    assert [message.to for message in outgoing.outbox] == [["new@marlow.example"]]
    told = tell(Entry.objects.select_related("actor", "person").get(verb="ledger.email.again"))
    assert told.sentence.endswith("sent again, to new@marlow.example.")
    assert inbox(at) == [("lssc.address", "alice@marlow.example can’t receive email")]


def test_staff_correct_an_address_of_somebody_without_an_account(rita: Any, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    letter = write(None, at, to="gus@habor.example")
    with monkeypatch.context() as patch:
        refuse(patch, SMTPRecipientsRefused({"gus@habor.example": (550, b"No")}))
        email_delivery.send_due(at=at)
    again = reverse("send_again", args=[letter.id])
    wrong = of(rita).post(again, {"to": "gus@"})
    assert (wrong.status_code, "Enter an address like name@example.org" in wrong.content.decode()) == (422, True)
    of(rita).post(again, {"to": "Gus@Harbor.example"})
    email_delivery.send_due(at=at)
    assert [message.to for message in outgoing.outbox] == [["gus@harbor.example"]]


def test_staff_give_it_up_with_a_reason(alice: Any, rita: Any, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    letter = write(alice, at)
    refuse(monkeypatch, SMTPDataError(554, b"No"))
    email_delivery.send_due(at=at)
    address = reverse("give_up_email", args=[letter.id])
    assert "Explain why it is not needed" in of(rita).post(address, {"reason": " "}).content.decode()
    of(rita).post(address, {"reason": "I called her."})
    assert (Email.objects.get().state, inbox(at)) == ("given_up", [])
    assert Entry.objects.get(verb="ledger.email.give_up").reason == "I called her."
    assert of(rita).post(address, {"reason": "Again."}).status_code == 404


def test_the_text_of_a_secret_email_is_gone_so_it_can_only_be_asked_for_anew(
    alice: Any, rita: Any, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = write(alice, at, secret=True)
    refuse(monkeypatch, NOBODY)
    email_delivery.send_due(at=at)
    assert "Ask the person to request it again" in of(rita).get(reverse("failed_email", args=[letter.id])).content.decode()
    assert "We don’t keep the text" in of(rita).post(reverse("send_again", args=[letter.id]), follow=True).content.decode()
    assert Email.objects.get().state == "failed"


def test_reminders_to_an_address_that_takes_none_wait_for_another_one_and_what_must_arrive_does_not(alice: Any, at: datetime) -> None:
    email_failures.mark("Alice@Marlow.example", reason="bounced", at=at)
    reminder, due = write(alice, at, must_arrive=False), write(alice, at + timedelta(seconds=1))
    later = at + timedelta(minutes=1)
    email_delivery.send_due(at=later)
    assert [Email.objects.get(pk=one.pk).state for one in (reminder, due)] == ["queued", "sent"]
    type(alice).objects.filter(pk=alice.pk).update(email="new@marlow.example")
    email_delivery.send_due(at=later)
    assert [message.to for message in outgoing.outbox] == [["alice@marlow.example"], ["new@marlow.example"]]


@pytest.mark.parametrize(("days", "state"), [(6, "sent"), (7, "given_up"), (8, "given_up")])
def test_a_reminder_that_waited_for_a_week_is_not_sent(alice: Any, at: datetime, days: int, state: str) -> None:
    email_failures.mark(alice.email, reason="bounced", at=at)
    write(alice, at, must_arrive=False)
    email_delivery.send_due(at=at)
    BadAddress.objects.all().delete()
    email_delivery.send_due(at=at + timedelta(days=days))
    assert Email.objects.get().state == state


@pytest.mark.parametrize(("works", "kept"), [({"works": ""}, False), ({"noted": ""}, True)])
def test_staff_decide_about_an_address(alice: Any, rita: Any, at: datetime, works: dict[str, str], kept: bool) -> None:
    email_failures.mark(alice.email, reason="bounced: mailbox full", at=at)
    assert inbox(at) == [("lssc.address", "alice@marlow.example can’t receive email")]
    assert "mailbox full" in of(rita).get(reverse("person", args=[alice.public_id])).content.decode()
    address = reverse("bad_address", args=[BadAddress.objects.get().id])
    assert "Alice Moreau" in of(rita).get(address).content.decode()
    assert of(rita).post(address, works).url == reverse("office")
    assert (BadAddress.objects.exists(), inbox(at)) == (kept, [])
    assert Entry.objects.filter(verb__startswith="ledger.address.").count() == 1


def test_nobody_reads_or_decides_about_their_own_failed_email(rita: Any, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    letter = write(rita, at)
    refuse(monkeypatch, SMTPDataError(554, b"No"))
    email_delivery.send_due(at=at)
    assert of(rita).get(reverse("failed_email", args=[letter.id])).status_code == 404
    other = people.person("ruth@lssc.example", roles=(Role.STAFF,))
    assert of(other).get(reverse("failed_email", args=[letter.id])).status_code == 200


# Bounces that the email service tells later


def event(kind: str, email: str) -> dict[str, Any]:
    told = {"RecordType": kind, "MessageID": "1", "ServerID": 1, "Email": email, "Recipient": email, "Tag": "", "Metadata": {}}
    if kind == "Bounce":
        return told | {"ID": 1, "Type": "HardBounce", "TypeCode": 1, "Description": "Unknown user", "BouncedAt": "2026-11-23T16:00:00Z"}
    return told | {"DeliveredAt": "2026-11-24T16:00:00Z", "Details": "OK"}


def post_event(kind: str, *, secret: str = "lssc:secret", email: str = "alice@marlow.example") -> int:
    headers = {"Authorization": "Basic " + b64encode(secret.encode()).decode()}
    return Client().post("/email/events/", json.dumps(event(kind, email)), content_type="application/json", headers=headers).status_code


@pytest.fixture
def service(settings: Any) -> None:
    settings.EMAIL_EVENTS_FROM, settings.EMAIL_EVENTS_SECRET = "postmark", "lssc:secret"
    settings.ANYMAIL = {"WEBHOOK_SECRET": "lssc:secret"}


def test_a_bounce_marks_the_address_and_a_delivery_clears_it(service: None, alice: Any, at: datetime) -> None:
    assert post_event("Bounce") == 200
    row = BadAddress.objects.get()
    assert (row.email, row.since, "Unknown user" in row.reason) == ("alice@marlow.example", at, True)
    assert post_event("Bounce") == 200
    assert inbox(at) == [("lssc.address", "alice@marlow.example can’t receive email")]
    assert post_event("Delivery") == 200
    assert not BadAddress.objects.exists()


def test_nobody_else_can_tell_us_of_bounces(service: None, at: datetime) -> None:
    assert post_event("Bounce", secret="lssc:wrong") == 400
    assert not BadAddress.objects.exists()


@pytest.mark.parametrize("missing", ["EMAIL_EVENTS_FROM", "EMAIL_EVENTS_SECRET"])
def test_without_a_service_or_a_secret_there_is_no_such_address(service: None, settings: Any, missing: str) -> None:
    setattr(settings, missing, "")
    assert post_event("Bounce") == 404


# News that is stuck


def test_news_that_is_stuck_shows_to_staff_and_in_readyz(rita: Any, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(event: Any, *, at: datetime) -> None:
        raise ValueError("the plate is broken")

    monkeypatch.setitem(SUBSCRIBERS, "test.topic", {"test.hear": fail})
    with transaction.atomic():
        ledger.emit("test.topic", key=1, at=at)
    when = at
    for tries in range(1, email_failures.TRIES + 1):
        outbox.deliver(at=when)
        when = Delivery.objects.get().due_at
        assert [kind for kind, _ in inbox(at)] == (["lssc.delivery"] if tries == email_failures.TRIES else [])
    thing = queues.list_work_items(queues.WorkItemFilter(), at=at)[0]
    assert thing.title == "A step of the program is stuck: test.topic"
    assert "the plate is broken" in of(rita).get(thing.url).content.decode()
    assert Client().get("/readyz").json()["told"]["late"] == "deliveries: 1, emails: 0"
    of(rita).post(thing.url)
    monkeypatch.setitem(SUBSCRIBERS, "test.topic", {"test.hear": lambda event, *, at: None})
    outbox.deliver(at=at)
    assert (Delivery.objects.get().done_at, inbox(at)) == (at, [])
    assert Client().get("/readyz").json()["told"]["late"] == "none"
