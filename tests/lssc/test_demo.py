"""The demonstration: only where it is asked for, once, the same people from the same seed, in every state, with honest books."""

import contextlib
import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.conf import settings as configured
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import DateTimeField, Model
from django.test import Client, override_settings
from django.urls import reverse

from agreements.models import Agreement
from candidates.models import Candidacy
from certificates import policy, queries
from certificates.models import Certificate
from certificates.policy import Status
from courses.models import Offering
from demo import cast, chapters
from ledger import inbox_items
from ledger.models import Delivery, Email, EmailState, Entry, PublicChange
from ledger.states import StateMachine
from lssc import reports
from ops.runtime import PROJECT
from people import sandbox
from people.models import User
from people.states import Role
from portfolios.models import Evaluator, Portfolio
from programs import policy as dates

# Half past five in the morning in New York: the working day, in which things happened on earlier days, is still to come.
NOW = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)

WITH_STATES = [model for model in apps.get_models() if isinstance(getattr(model, "STATES", None), StateMachine)]
CARD_COMPANY = "only the card company brings it about, and the demonstration asks it nothing"
MOMENT = "it lasts until the worker comes by"
CHANGES = 10_000
# States that nobody of the demonstration is in, and why.
NOBODY: dict[str, dict[str, str]] = {
    "people.Document": {"checking": MOMENT, "refused": "every file of the demonstration passes its check"},
    "people.Download": {"asked": MOMENT, "gone": "it stays for a week, and the demonstration is as of today"},
    "billing.Payment": dict.fromkeys(("started", "expired", "duplicate", "held", "closed", "lost"), CARD_COMPANY),
    "billing.Refund": dict.fromkeys(("asked", "failed", "withdrawn"), CARD_COMPANY),
    "billing.Dispute": dict.fromkeys(("inquiry", "needs_response", "under_review", "won", "lost", "closed"), CARD_COMPANY),
    "billing.FraudWarning": dict.fromkeys(("open", "closed"), CARD_COMPANY),
    "billing.Discrepancy": dict.fromkeys(("open", "closed"), CARD_COMPANY),
    "billing.StripeEvent": dict.fromkeys(("received", "handled", "ignored"), CARD_COMPANY),
    "renewals.Renewal": {"awaiting_payment": "no fee for renewals is set, and none is made up"},
}


def load() -> str:
    """Load the demonstration as an operator does, and give what the command says."""
    told = StringIO()
    with override_settings(DEMO=True), pytest.MonkeyPatch.context() as patch:
        patch.setattr("ledger.clock.now", lambda: NOW)
        call_command("load_demo", stdout=told)
    return told.getvalue()


def count_rows() -> dict[str, int]:
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


def tell_story() -> list[tuple[Any, ...]]:
    """Everything about the people that a visitor could notice; identifiers are random."""
    people = User.objects.order_by("id").values_list("email", "name", "called", "time_zone", "joined_at")
    entries = Entry.objects.order_by("id").values_list("at", "verb", "person__email", "actor__email")
    written = Portfolio.objects.order_by("candidacy__person_id", "set__code", "started_at")
    portfolios = written.values_list("candidacy__person__email", "set__code", "state", "answered", "sent_at", "decided_on")
    admitted = Candidacy.objects.order_by("person_id", "admitted_on")
    money = admitted.values_list("person__email", "application__is_member", "admitted_on", "ends_on")
    return [*people, *entries, *portfolios, *money]


@pytest.fixture(scope="module", autouse=True)
def _the_same_file_is_opened_once() -> Iterator[None]:
    """The program remembers what it saw in the last few files; here it remembers all of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sandbox, "_inspect", cache(sandbox._inspect.__wrapped__))
        yield


@pytest.fixture(scope="module")
def loaded(_the_same_file_is_opened_once: None, django_db_setup: None, django_db_blocker: Any) -> Iterator[list[tuple[Any, ...]]]:
    """The demonstration, loaded once for all tests here; what a first telling, taken back, told."""
    with django_db_blocker.unblock(), transaction.atomic():
        with transaction.atomic():
            chapters.tell(now=NOW)
            first = tell_story()
            transaction.set_rollback(True)
        load()
        with connection.cursor() as cursor:  # Entries take their places in the chain when a transaction ends; this one never does.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        yield first
        transaction.set_rollback(True)


@pytest.fixture
def demo(loaded: list[tuple[Any, ...]], django_db_blocker: Any) -> Iterator[None]:
    """One test's own view of it: what the test changes is taken back."""
    with django_db_blocker.unblock(), override_settings(DEMO=True), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def visitor(demo: None) -> Client:
    return Client()


@pytest.mark.django_db
def test_it_is_refused_where_no_demonstration_is_set_up(settings: Any) -> None:
    settings.DEMO = settings.DEBUG = False
    with pytest.raises(CommandError, match="This is not a demonstration: set DEMO=1 for one"):
        call_command("load_demo", stdout=StringIO())
    assert User.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("switch", ["DEMO", "DEBUG"])
def test_either_switch_asks_for_it(settings: Any, monkeypatch: pytest.MonkeyPatch, switch: str) -> None:
    settings.DEMO = settings.DEBUG = False
    setattr(settings, switch, True)
    told: list[datetime] = []
    monkeypatch.setattr("ledger.clock.now", lambda: NOW)
    monkeypatch.setattr(chapters, "tell", lambda *, now: told.append(now))
    call_command("load_demo", stdout=StringIO())
    assert told == [NOW]


def test_a_second_call_changes_nothing_and_names_everybody_again(demo: None) -> None:
    before, entries = count_rows(), tell_story()
    said = load()
    assert count_rows() == before
    assert tell_story() == entries
    assert [hint.email in said for hint in cast.HINTS] == [True] * len(cast.HINTS)
    assert cast.PASSWORD in said


def test_the_same_day_and_seed_give_the_same_people(demo: None, loaded: list[tuple[Any, ...]]) -> None:
    assert tell_story() == loaded


def test_the_documents_say_how_many_there_are(demo: None) -> None:
    count = f"about {round(User.objects.count(), -1)}"
    assert f"a demonstration of {count} made-up people" in (PROJECT / "README.md").read_text()
    assert f"{count} people" in str(chapters.__doc__)


def test_there_are_as_many_as_the_program_has(demo: None) -> None:
    assert User.objects.count() >= 60
    assert Evaluator.objects.count() == 14
    assert User.objects.filter(groups__name=Role.EVALUATOR).count() == 14
    assert Offering.objects.count() == 22
    assert Offering.objects.filter(is_example=True, approved_until__gte=dates.today(NOW)).count() == 12
    assert Offering.objects.order_by().values("set").distinct().count() == 10
    assert Agreement.objects.count() == 24


def test_certificates_stand_in_every_way(demo: None) -> None:
    issued = Certificate.objects.numbered().select_related("terms")
    today = dates.today(NOW)
    worth = Counter(policy.status(queries.get_facts(row), on=today) for row in issued)
    assert worth == {
        Status.ACTIVE: 8,
        Status.IN_GRACE: 2,
        Status.LAPSED: 2,
        Status.PROVISIONAL: 1,
        Status.REVOKED: 1,
        Status.SUPERSEDED: 1,
        Status.SUSPENDED: 1,
    }
    assert Certificate.objects.filter(state="asked").count() == 2


@pytest.mark.parametrize("model", WITH_STATES, ids=lambda model: model._meta.label)
def test_every_state_has_somebody(demo: None, model: type[Model]) -> None:
    there = set(model._default_manager.values_list("state", flat=True))
    every = {value for value, _ in model._meta.get_field("state").choices}
    assert every - there == set(NOBODY.get(model._meta.label, {}))


def test_what_nobody_shows_is_a_state_and_has_its_reason() -> None:
    states = {model._meta.label: {value for value, _ in model._meta.get_field("state").choices} for model in WITH_STATES}
    assert {label for label, left in NOBODY.items() if not set(left) <= states[label]} == set()
    assert all(why for left in NOBODY.values() for why in left.values())


def test_the_inbox_is_what_the_queues_say_whatever_changes_behind_it(demo: None) -> None:
    """Any value that a queue depends on becomes another one of its column, as the database allows, or its row goes; ten thousand times."""
    assert inbox_items.mend() == {}
    columns = {(table, name) for kept in inbox_items.list_kept() for table, names in kept.find_columns().items() for name in names}
    places = sorted((table, name) for table, name in columns if name != inbox_items.names_of(inbox_items.find_model(table))[1])
    dice = random.Random(11)
    with connection.cursor() as cursor:
        for number in range(CHANGES):
            table, name = dice.choice(places)
            row, other = (f'(SELECT ctid FROM "{table}" ORDER BY md5(ctid::text || {dice.random()}) LIMIT 1)' for _ in range(2))
            change = f'UPDATE "{table}" SET "{name}" = (SELECT "{name}" FROM "{table}" WHERE ctid = {other}) WHERE ctid = {row}'
            with contextlib.suppress(DatabaseError), transaction.atomic():
                cursor.execute(change if dice.random() < 0.97 else f'DELETE FROM "{table}" WHERE ctid = {row}')
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            if number % 500 == 499:
                assert (number, inbox_items.mend()) == (number, {})


def test_the_report_on_answers_has_something_to_say(demo: None) -> None:
    told = reports.answers(NOW.date(), NOW.date()).rows
    assert {label.split(":")[0] for label, _ in told} == set(reports.ASKED.values())
    assert "Fewer than 5" in {count for _, count in told}


def test_nothing_happened_in_the_future_and_nothing_is_left_to_send(demo: None) -> None:
    assert Entry.objects.filter(at__gt=NOW).count() == 0
    assert Email.objects.exclude(state=EmailState.SENT).count() == 0
    left = Delivery.objects.filter(done_at=None)
    assert set(left.values_list("topic", flat=True)) == {"certificates.certificate.issued", "certificates.certificate.renewed"}
    assert left.filter(due_at__gt=NOW).count() == 0


# What is planned or promised, and may well lie ahead.
AHEAD = {"visible_from", "visible_until", "begins_at", "ends_at", "due_at", "expires_at", "next_look_at", "remind_at"}


def list_later(now: datetime) -> dict[str, datetime]:
    """Moments that lie after this one, one of each field; the notes of triggers tell when the database wrote, which is today."""
    moments = [
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, DateTimeField) and field.name not in AHEAD and model is not PublicChange
    ]
    return {
        f"{model._meta.label}.{name}": row
        for model, name in moments
        if (row := model._default_manager.filter(**{f"{name}__gt": now}).values_list(name, flat=True).first())
    }


@pytest.mark.django_db
def test_nothing_happened_later_than_now_when_it_is_loaded_just_after_midnight() -> None:
    now = NOW.replace(hour=0, minute=5)
    chapters.tell(now=now)
    assert list_later(now) == {}


def test_nothing_happened_later_than_now_when_it_is_loaded_before_the_working_day(demo: None) -> None:
    assert list_later(NOW) == {}


def test_somebody_has_a_fee_to_pay_by_card(visitor: Client) -> None:
    [hint] = [hint for hint in cast.HINTS if "fee to pay by card" in hint.sees]
    visitor.force_login(User.objects.get(email=hint.email))
    with override_settings(STRIPE_SECRET_KEY="sk_test"):
        page = visitor.get(reverse("billing:list"), follow=True).content.decode()
    assert "$60" in page


def test_nobody_has_an_address_that_exists(demo: None) -> None:
    assert User.objects.exclude(email__endswith=".example").count() == 0
    assert Email.objects.exclude(to__endswith=".example").count() == 0


def test_the_chain_of_entries_holds(demo: None) -> None:
    told = StringIO()
    call_command("verify_chain", stdout=told)
    assert told.getvalue() == f"The chain holds: {Entry.objects.count()} entries.\n"


def test_the_books_balance(demo: None) -> None:
    told = StringIO()
    call_command("books", stdout=told)
    assert told.getvalue().endswith("The books balance.\n")


@pytest.mark.parametrize("hint", cast.HINTS, ids=lambda hint: hint.called)
def test_everybody_in_the_list_lands_on_a_page(visitor: Client, hint: cast.Hint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.clock.now", lambda: NOW)
    person = User.objects.get(email=hint.email)
    assert (person.name, person.called) == (hint.name, hint.called)
    assert person.check_password(cast.PASSWORD)
    visitor.force_login(person)
    assert visitor.get(reverse("home"), follow=True).status_code == 200


def test_its_pages_name_the_people_and_show_their_letters(visitor: Client) -> None:
    people = visitor.get(reverse("demo:people")).content.decode()
    assert [hint.email in people for hint in cast.HINTS] == [True] * len(cast.HINTS)
    assert cast.PASSWORD in people
    letters = visitor.get(reverse("demo:emails"), {"to": "alice@marlow"})
    listed = list(letters.context["page"])
    assert {row.to for row in listed} == {"alice@marlow.example"}
    assert [row.created_at for row in listed] == sorted((row.created_at for row in listed), reverse=True)
    one = visitor.get(reverse("demo:email", args=[listed[0].id]))
    assert listed[0].subject in one.content.decode().replace("&#x27;", "'")
    assert visitor.get(reverse("demo:email", args=[uuid4()])).status_code == 404


def test_a_letter_whose_link_opens_something_stays_readable_here(demo: None) -> None:
    emails = Email.objects.filter(secret=True, state=EmailState.SENT)
    assert {"portfolios/invited", "courses/confirmation_asked"} <= set(emails.values_list("notice", flat=True))
    assert [letter.subject for letter in emails if "http" not in letter.text] == []


def test_the_letters_come_by_25(visitor: Client) -> None:
    page = visitor.get(reverse("demo:emails")).context["page"]
    assert len(page.object_list) == 25
    assert page.paginator.count == Email.objects.count()


def test_its_pages_are_not_there_outside_a_demonstration(visitor: Client) -> None:
    addresses = [reverse("demo:people"), reverse("demo:emails"), reverse("demo:email", args=[Email.objects.all()[0].id])]
    with override_settings(DEMO=False):
        assert [visitor.get(address).status_code for address in addresses] == [404, 404, 404]
    assert configured.DEMO
    assert [visitor.get(address).status_code for address in addresses] == [200, 200, 200]
