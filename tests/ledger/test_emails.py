"""Letters: one per notice, key and recipient; both forms say the same; what must arrive is sent again, a reminder is not."""

import asyncio
import logging
import re
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.conf import settings as configured
from django.core import mail as outgoing
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ledger import actions as ledger
from ledger import calendar_files, email_delivery, email_failures
from ledger.calendar_files import Event
from ledger.models import Email
from ledger.reminder_schedules import REMINDER_SCHEDULES
from tests.markup import markup

pytestmark = pytest.mark.django_db
TEMPLATES = Path(configured.BASE_DIR) / "templates"


@pytest.fixture(autouse=True)
def _a_notice(tmp_path: Path, settings: Any) -> None:
    folder = tmp_path / "test" / "email" / "hello"
    folder.mkdir(parents=True)
    (folder / "subject.txt").write_text("Send {{ what }}\n by {{ day }}")
    (folder / "body.txt").write_text(
        "Hello {{ called }},\n\nPlease send {{ what }} by {{ day }}. That day\nstill counts.\n\n"
        "- one\n- two\n\nSee what to do:\n{{ url }}\n"
    )
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [*settings.TEMPLATES[0]["DIRS"], tmp_path]}]


def write(person: Any, at: datetime, **options: Any) -> None:
    with transaction.atomic():
        details = {"what": "<Tom & Jerry's> book", "day": "March 4, 2027"}
        ledger.queue_email(person, "test/hello", key=1, at=at, path="/my/", context=details, **options)


def test_both_forms_say_the_same(alice: Any, at: datetime) -> None:
    write(alice, at)
    letter = Email.objects.get()
    assert letter.subject == "Send <Tom & Jerry's> book by March 4, 2027"
    assert letter.text == (
        "Hello Alice,\n\nPlease send <Tom & Jerry's> book by March 4, 2027. That day still counts.\n\n- one\n- two\n\n"
        "See what to do:\nhttp://testserver/my/\n\n--\nLibrary Support Staff Certification\n"
        "You are receiving this email because you are in the program. It was sent only to you.\nQuestions? Just reply to this email.\n"
    )
    assert "<p>Please send &lt;Tom &amp; Jerry&#x27;s&gt; book by March 4, 2027. That day still counts.</p>" in letter.html
    assert '<p class="go"><a href="http://testserver/my/">See what to do</a></p>' in markup(letter.html)
    assert "<ul><li>one</li><li>two</li></ul>" in letter.html


def test_a_letter_is_written_once(alice: Any, at: datetime) -> None:
    write(alice, at)
    write(alice, at)
    assert Email.objects.count() == 1


@pytest.mark.parametrize("length", [60, 150, 254])
def test_a_letter_to_an_address_alone_is_written_once_however_long_that_is(at: datetime, length: int) -> None:
    address = "a" * (length - 20) + "@library.example.org"
    for _ in range(2):
        write(None, at, to=address)
    write(None, at, to=address.replace("a@", "b@"))
    assert sorted(Email.objects.values_list("to", flat=True)) == [address, address.replace("a@", "b@")]


def test_a_key_that_its_column_holds_stays_as_it_is(alice: Any, at: datetime) -> None:
    write(alice, at)
    write(None, at, to="carla@marlow.example")
    keys = Email.objects.values_list("dedupe_key", flat=True)
    assert sorted(keys) == sorted([f"test/hello:1:{alice.pk}", "test/hello:1:carla@marlow.example"])


def test_a_letter_is_sent_once_under_its_own_id(alice: Any, at: datetime) -> None:
    write(alice, at, calendar=(date(2027, 3, 4), "Send the book; please"))
    assert email_delivery.send_due(at=at) == 1
    assert email_delivery.send_due(at=at) == 0
    [message] = outgoing.outbox
    letter = Email.objects.get()
    assert (letter.state, letter.sent_at, message.to) == ("sent", at, ["alice@marlow.example"])
    assert message.extra_headers["Message-ID"] == f"<{letter.id}@localhost>"
    [(name, content, kind)] = message.attachments
    assert (name, kind) == ("date.ics", "text/calendar")
    for line in ("DTSTART;VALUE=DATE:20270304", "DTEND;VALUE=DATE:20270305", "SUMMARY:Send the book\\; please"):
        assert f"\r\n{line}\r\n" in content


@pytest.mark.parametrize(("demo", "kept"), [(False, email_delivery.FORGOTTEN), (True, "http://testserver/my/")])
def test_the_text_of_a_secret_letter_is_not_kept_once_it_is_sent(alice: Any, at: datetime, settings: Any, demo: bool, kept: str) -> None:
    settings.DEMO = demo
    write(alice, at, secret=True, calendar=(date(2027, 3, 4), "Answer"))
    assert "http://testserver/my/" in Email.objects.get().text
    assert email_delivery.send_due(at=at) == 1
    letter = Email.objects.get()
    assert "http://testserver/my/" in str(outgoing.outbox[0].body)
    assert kept in letter.text
    assert (bool(letter.html), "http://testserver/my/" in letter.calendar) == (demo, demo)


@pytest.mark.parametrize("state", ["unknown", "failed"])
@pytest.mark.parametrize("demo", [False, True])
def test_nor_is_that_of_one_that_is_given_up(alice: Any, at: datetime, settings: Any, state: str, demo: bool, monkeypatch: Any) -> None:
    settings.DEMO = demo
    monkeypatch.setattr(email_delivery.log, "exception", lambda *words: None)
    monkeypatch.setattr(email_delivery, "PATIENCE", [])
    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", die if state == "unknown" else is_closed)
    write(alice, at, secret=True, must_arrive=False, calendar=(date(2027, 3, 4), "Answer"))
    with pytest.raises(Stops) if state == "unknown" else nullcontext():
        email_delivery.send_due(at=at)
    email_delivery.send_due(at=at + timedelta(minutes=5))
    letter = Email.objects.get()
    assert letter.state == state
    assert [("http://testserver/my/" in one) for one in (letter.text, letter.html, letter.calendar)] == [demo] * 3


class Stops(BaseException):
    """The process dies in the middle of a send."""


def die(*args: Any, **options: Any) -> None:
    raise Stops


def test_whose_account_is_closed_gets_only_what_must_reach_them(
    alice: Any, bob: Any, rita: Any, client: Any, at: datetime, settings: Any
) -> None:
    settings.DEMO = False
    write(alice, at)
    write(bob, at, secret=True)
    with transaction.atomic():
        ledger.queue_email(bob, "people/account_locked", key=1, at=at, path="/contact/", context={"reason": "Two people use it."})
        ledger.queue_email(
            bob, "people/password_changed", key=1, at=at, path="/undo/", context={"until": "November 26"}, to=bob.email, secret=True
        )
    bob.is_active = False
    bob.save()
    email_delivery.send_due(at=at)
    states = {(letter.person.called, letter.notice): letter.state for letter in Email.objects.select_related("person")}
    assert states.pop(("Bob", "test/hello")) == "closed"
    assert set(states.values()) == {"sent"}
    assert Email.objects.get(state="closed").text == email_delivery.FORGOTTEN
    client.force_login(rita)
    for address in (reverse("person", args=[bob.public_id]), reverse("person_emails", args=[bob.public_id])):
        assert "not sent: the account was closed" in client.get(address).content.decode().lower()
    bob.is_active = True
    bob.save()
    email_delivery.send_due(at=at + timedelta(days=1))
    assert Email.objects.filter(state="closed").count() == 1


def test_every_decision_that_tells_of_an_appeal_reaches_a_closed_account_and_each_name_is_that_of_an_email() -> None:
    found = {f"{one.parents[2].name}/{one.parent.name}": one.read_text() for one in TEMPLATES.glob("*/email/*/body.txt")}
    reminders = {schedule.notice for schedule in REMINDER_SCHEDULES.values()}
    told = {name for name, text in found.items() if "appeal" in text.lower()}
    assert told - reminders - {"people/account_closed"} <= email_delivery.AFTER_CLOSING  # that one goes to each address of its own
    assert found.keys() >= email_delivery.AFTER_CLOSING
    assert not email_delivery.AFTER_CLOSING & reminders


@pytest.mark.parametrize(("must_arrive", "again", "state"), [(True, 1, "sent"), (False, 0, "unknown")])
def test_after_a_send_that_was_cut_short(
    alice: Any, at: datetime, monkeypatch: pytest.MonkeyPatch, must_arrive: bool, again: int, state: str
) -> None:
    write(alice, at, must_arrive=must_arrive)
    with monkeypatch.context() as patch, pytest.raises(Stops):
        patch.setattr("django.core.mail.EmailMultiAlternatives.send", die)
        email_delivery.send_due(at=at)
    assert email_delivery.send_due(at=at + timedelta(minutes=4)) == 0
    assert email_delivery.send_due(at=at + timedelta(minutes=5)) == again
    assert Email.objects.get().state == state
    assert len(outgoing.outbox) == again


def is_closed(*args: Any, **options: Any) -> None:
    raise OSError("the server is closed")


@pytest.mark.parametrize("must_arrive", [True, False])
def test_while_no_server_answers_every_letter_stays_where_it_is(
    alice: Any, bob: Any, at: datetime, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, must_arrive: bool
) -> None:
    caplog.set_level(logging.CRITICAL)
    for person in (alice, bob):
        write(person, at, must_arrive=must_arrive)
    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.backends.locmem.EmailBackend.open", is_closed, raising=False)
        assert [email_delivery.send_due(at=at + timedelta(minutes=minutes)) for minutes in (0, 6, 12)] == [0, 0, 0]
    assert set(Email.objects.values_list("state", "attempts", "claimed_at")) == {("queued", 0, None)}
    assert email_delivery.send_due(at=at + timedelta(minutes=18)) == 2
    assert len(outgoing.outbox) == 2


@pytest.mark.parametrize("must_arrive", [True, False])
def test_only_the_letter_in_whose_send_the_process_died_was_taken_up(
    alice: Any, bob: Any, charlie: Any, at: datetime, monkeypatch: pytest.MonkeyPatch, must_arrive: bool
) -> None:
    for person in (alice, bob, charlie):
        write(person, at, must_arrive=must_arrive)
    with monkeypatch.context() as patch, pytest.raises(Stops):
        patch.setattr("django.core.mail.EmailMultiAlternatives.send", die)
        email_delivery.send_due(at=at)
    assert sorted(Email.objects.values_list("state", flat=True)) == ["queued", "queued", "sending"]
    assert email_delivery.send_due(at=at + timedelta(minutes=5)) == (3 if must_arrive else 2)
    assert sorted(Email.objects.values_list("state", flat=True)) == ["sent", "sent", "sent" if must_arrive else "unknown"]


@pytest.mark.parametrize("off", [(), ("hashjoin", "mergejoin", "material"), ("hashjoin", "mergejoin", "indexscan", "bitmapscan")])
def test_a_batch_is_claimed_however_the_database_goes_about_it(
    alice: Any, bob: Any, at: datetime, off: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(email_delivery, "BATCH", 1)
    with connection.cursor() as cursor:
        # Where it believes the table to be empty, it joins in a loop.
        cursor.execute("ANALYZE ledger_email")
        for person in (alice, bob):
            write(person, at)
        for way in off:
            cursor.execute(f"SET LOCAL enable_{way} = off")
    [claimed] = email_delivery._claim(at=at)
    assert list(Email.objects.filter(claimed_at=at).values_list("id", flat=True)) == [claimed]
    assert email_delivery._claim(at=at) != [claimed]
    assert [email_delivery._claim(at=at + timedelta(seconds=59)), len(email_delivery._claim(at=at + timedelta(minutes=1)))] == [[], 1]


@pytest.mark.parametrize("must_arrive", [True, False])
def test_wherever_the_process_ends_one_letter_is_in_doubt_and_the_others_are_sent_a_minute_later(
    alice: Any, bob: Any, charlie: Any, at: datetime, must_arrive: bool
) -> None:
    """Killed before and after each of its statements in turn: no letter is lost, and only the one in doubt can arrive twice, or not."""
    statements = kills = 0
    moments = [(number, after) for number in range(1, 40) for after in (False, True)]
    for last, after in moments:
        Email.objects.all().delete()
        outgoing.outbox.clear()
        for person in (alice, bob, charlie):
            write(person, at, must_arrive=must_arrive)
        statements = 0

        def die_there(execute: Any, sql: str, *rest: Any, last: int = last, after: bool = after) -> Any:
            nonlocal statements
            statements += 1
            if statements == last and not after:
                raise Stops
            result = execute(sql, *rest)
            if statements == last:
                raise Stops
            return result

        with connection.execute_wrapper(die_there), suppress(Stops):
            email_delivery.send_due(at=at)
        if statements < last:
            break
        kills += 1
        in_doubt = set(Email.objects.filter(state="sending").values_list("to", flat=True))
        assert len(in_doubt) <= 1
        email_delivery.send_due(at=at + timedelta(minutes=1))
        assert set(Email.objects.exclude(state="sent").values_list("to", flat=True)) == in_doubt, "the others wait for no one longer"
        email_delivery.send_due(at=at + timedelta(minutes=5))
        arrived = Counter(message.to[0] for message in outgoing.outbox)
        states = dict(Email.objects.values_list("to", "state"))
        assert {address for address, times in arrived.items() if times > 1} <= (in_doubt if must_arrive else set())
        assert {address for address, state in states.items() if state == "sent"} <= set(arrived)
        assert {address for address, state in states.items() if state != "sent"} == (set() if must_arrive else in_doubt)
    assert kills > 2 * 5


def test_two_workers_send_each_letter_once_even_when_the_claims_of_the_slower_one_are_over(
    alice: Any, bob: Any, charlie: Any, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for person in (alice, bob, charlie):
        write(person, at)
    send, later = outgoing.EmailMultiAlternatives.send, at + timedelta(minutes=2)
    by_others = []

    def slowly(message: Any, **options: Any) -> Any:
        with monkeypatch.context() as patch:
            patch.setattr("django.core.mail.EmailMultiAlternatives.send", send)
            by_others.append([email_delivery.send_due(at=at + timedelta(seconds=59)), email_delivery.send_due(at=later)])
        return send(message, **options)

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", slowly)
    assert email_delivery.send_due(at=at) == 3
    assert by_others == [[0, 2]]
    assert Counter(message.to[0] for message in outgoing.outbox) == {alice.email: 1, bob.email: 1, charlie.email: 1}
    assert set(Email.objects.values_list("state", "attempts")) == {("sent", 1)}


@pytest.mark.parametrize(
    ("change", "state", "goes_to"),
    [
        (lambda person, at: setattr(person, "is_active", False), "closed", []),
        (lambda person, at: setattr(person, "email", "new@prairie.example"), "sent", ["new@prairie.example"]),
        (lambda person, at: email_failures.mark(person.email, reason="bounced", at=at), "queued", []),
    ],
)
def test_what_changes_between_the_claim_and_the_send_counts(
    alice: Any, bob: Any, at: datetime, monkeypatch: pytest.MonkeyPatch, change: Any, state: str, goes_to: list[str]
) -> None:
    write(alice, at)
    write(bob, at + timedelta(seconds=1), must_arrive=False)
    send, later = outgoing.EmailMultiAlternatives.send, at + timedelta(seconds=2)

    def change_bob(message: Any, **options: Any) -> Any:
        if message.to == [alice.email]:
            assert Email.objects.get(person=bob).claimed_at == later
            change(bob, at)
            bob.save()
        return send(message, **options)

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", change_bob)
    assert email_delivery.send_due(at=later) == 2
    assert email_delivery.send_due(at=later) == 0
    assert Email.objects.get(person=bob).state == state
    assert [message.to[0] for message in outgoing.outbox] == [alice.email, *goes_to]


def test_a_letter_costs_one_statement(alice: Any, at: datetime) -> None:
    def count(letters: int) -> int:
        Email.objects.all().delete()
        with transaction.atomic():
            for key in range(letters):
                ledger.queue_email(alice, "test/hello", key=key, at=at, path="/my/")
        with CaptureQueriesContext(connection) as queries:
            assert email_delivery.send_due(at=at) == letters
        return len(queries)

    assert count(12) - count(2) == 10


def test_a_batch_that_is_slow_ends_long_before_its_claims_do(
    alice: Any, bob: Any, charlie: Any, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for person in (alice, bob, charlie):
        write(person, at)
    seconds = iter(range(0, 1000, 40))
    monkeypatch.setattr("ledger.email_delivery.time.monotonic", lambda: next(seconds))
    assert email_delivery.send_due(at=at) == 1
    assert sorted(Email.objects.values_list("state", flat=True)) == ["queued", "queued", "sent"]
    assert email_delivery.BATCH_LASTS < email_delivery.SENDING_LASTS / 2


def test_a_letter_that_can_not_be_sent_stops_no_other(
    alice: Any, bob: Any, at: datetime, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    write(alice, at)
    write(bob, at + timedelta(seconds=1))
    later, send = at + timedelta(seconds=2), outgoing.EmailMultiAlternatives.send

    def refuse_alice(message: Any, **options: Any) -> Any:
        return is_closed() if message.to == [alice.email] else send(message, **options)

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", refuse_alice)
    assert [email_delivery.send_due(at=later), email_delivery.send_due(at=later), email_delivery.send_due(at=later)] == [1, 1, 0]
    assert [message.to for message in outgoing.outbox] == [[bob.email]]


def test_a_server_that_refuses_is_asked_again_and_then_given_up(
    alice: Any, at: datetime, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", is_closed)
    write(alice, at)
    tries, when = 0, at
    while Email.objects.filter(state="queued").exists():
        tries += email_delivery.send_due(at=when)
        when = Email.objects.get().due_at
        assert tries < 20
    letter = Email.objects.get()
    assert (letter.state, letter.last_error, tries) == ("failed", "OSError: the server is closed", 1 + len(email_delivery.PATIENCE))


class Keeps:
    """A mail server that keeps what it gets."""

    def __init__(self) -> None:
        self.kept: list[bytes] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.kept.append(envelope.content)
        await asyncio.sleep(0)
        return "250 Kept"


@pytest.fixture
def server() -> Iterator[tuple[Keeps, Controller]]:
    keeps = Keeps()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(keeps, hostname="127.0.0.1", port=port)
    controller.start()
    yield keeps, controller
    controller.stop()


def test_a_letter_goes_through_a_real_mail_server(alice: Any, at: datetime, settings: Any, server: Any) -> None:
    keeps, controller = server
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = controller.hostname, controller.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    write(alice, at)
    assert email_delivery.send_due(at=at) == 1
    assert Email.objects.get().state == "sent"
    assert f"Message-ID: <{Email.objects.get().id}@localhost>".encode() in keeps.kept[0]


def entry(letter: Email) -> dict[str, str]:
    return dict(line.split(":", 1) for line in letter.calendar.replace("\r\n ", "").split("\r\n") if line)


def test_a_day_that_moves_is_the_same_entry_of_the_calendar_in_a_later_revision(alice: Any, bob: Any, at: datetime) -> None:
    def tell(person: Any, key: int, day: date, *, hours: int = 0, path: str = "/my/", title: str = "Send it", **options: Any) -> Email:
        details = {"what": "a book", "day": str(day)}
        later = at + timedelta(hours=hours)
        ledger.queue_email(person, "test/hello", key=key, at=later, path=path, context=details, calendar=(day, title), **options)
        return Email.objects.get(person=person, dedupe_key__contains=f":{key}:")

    first = tell(alice, 1, date(2027, 3, 4))
    moved = tell(alice, 2, date(2027, 5, 6), hours=3)
    assert entry(first)["UID"] == entry(moved)["UID"]
    assert int(entry(moved)["SEQUENCE"]) - int(entry(first)["SEQUENCE"]) == 180
    assert (entry(first)["DTSTAMP"], entry(moved)["DTSTAMP"]) == ("20261123T150000Z", "20261123T180000Z")
    assert 0 < int(entry(first)["SEQUENCE"]) < 2**31
    others = [
        tell(bob, 3, date(2027, 3, 4)),
        tell(alice, 4, date(2027, 3, 4), path="/else/"),
        tell(alice, 5, date(2027, 3, 4), title="Pay"),
    ]
    assert len({entry(letter)["UID"] for letter in (first, *others)}) == 4
    assert entry(others[0]) | {"UID": ""} == entry(first) | {"UID": ""}
    assert all(re.fullmatch("[0-9a-f]{16}@lssc", entry(letter)["UID"]) for letter in (first, *others))
    about = [tell(alice, 6, date(2027, 3, 4), about=7), tell(alice, 8, date(2027, 3, 5), path="/else/", title="Pay", about=7)]
    assert len({entry(letter)["UID"] for letter in about}) == 1


def test_a_calendar_line_folds_between_characters(at: datetime) -> None:
    content = calendar_files.write(Event(day=date(2027, 3, 4), title="Đánh giá " * 20), url="https://lssc.example/", at=at, about="a test")
    assert max(len(line.encode()) for line in content.split("\r\n")) <= 75
    assert "Đánh giá" in content.replace("\r\n ", "")


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [("/my/", "/my/"), ("https://evil.example/my/?key=1#there", "/my/?key=1#there"), ("//evil.example/my/", "/my/")],
)
def test_its_link_leads_to_us_whatever_it_was_made_of(alice: Any, at: datetime, path: str, leads_to: str) -> None:
    with transaction.atomic():
        ledger.queue_email(alice, "test/hello", key=1, at=at, path=path, context={"what": "it", "day": "today"})
    assert f'<p class="go"><a href="http://testserver{leads_to}">See what to do</a></p>' in markup(Email.objects.get().html)


def test_what_somebody_typed_in_several_lines_keeps_them(alice: Any, at: datetime) -> None:
    typed = "First:\r\n\r\n\r\n- one\n- two\nhttps://evil.example/"
    with transaction.atomic():
        ledger.queue_email(alice, "test/hello", key=1, at=at, path="/my/", context={"what": typed, "day": "today"})
    letter = Email.objects.get()
    assert "Please send First:\n\n- one\n- two\nhttps://evil.example/ by today. That day still counts.\n" in letter.text
    assert "<p>Please send First:<br><br>- one<br>- two<br>https://evil.example/ by today. That day still counts.</p>" in letter.html
    assert letter.subject == "Send First: - one - two https://evil.example/ by today"


def test_an_email_goes_to_where_the_person_is_reached_when_it_is_sent(alice: Any, bob: Any, at: datetime) -> None:
    write(alice, at)
    write(bob, at, to=bob.email)
    for person in (alice, bob):
        type(person).objects.filter(pk=person.pk).update(email=f"new.{person.email}")
    assert email_delivery.send_due(at=at) == 2
    assert sorted(address for message in outgoing.outbox for address in message.to) == ["bob@prairie.example", "new.alice@marlow.example"]
    assert Email.objects.get(person=alice).to == "new.alice@marlow.example"
