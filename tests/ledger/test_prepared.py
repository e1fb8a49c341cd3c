"""Prepared queries: compiled once, filled in each time, and never with what was there before."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from ledger.prepared import _PREPARED, Prepared, ask, ask_first, ask_one
from people.models import User
from people.states import Role
from programs.models import CompetencySet, Terms

pytestmark = pytest.mark.django_db


def by_id(id: int) -> list[User]:
    return ask(lambda id: User.objects.filter(pk=id), id)


def test_each_value_gives_its_own_row(alice: Any, bob: Any) -> None:
    assert [by_id(person.pk) for person in (alice, bob, alice)] == [[alice], [bob], [alice]]
    assert by_id(-1) == []


def test_a_statement_is_compiled_twice_and_then_never(alice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = []
    original = SQLCompiler.as_sql
    monkeypatch.setattr(SQLCompiler, "as_sql", lambda self, *args, **named: compiled.append(self) or original(self, *args, **named))
    prepared = Prepared(lambda id: User.objects.filter(pk=id), [int])
    for _ in range(5):
        assert prepared.all(alice.pk) == [alice]
    assert len(compiled) == 2


def test_the_database_prepares_a_statement_once_a_connection(alice: Any, bob: Any) -> None:
    prepared = Prepared(lambda name: User.objects.filter(called=name, name__gt=""), [str])
    assert [prepared.all(name) for name in ("Alice", "Bob", "Alice")] == [[alice], [bob], [alice]]
    with connection.cursor() as cursor:
        cursor.execute("SELECT custom_plans + generic_plans FROM pg_prepared_statements WHERE statement LIKE %s", ["%called%name%> $%"])
        assert cursor.fetchall() == [(3,)]


def test_values_change_nothing_in_the_text(alice: Any, bob: Any) -> None:
    with CaptureQueriesContext(connection) as queries:
        by_id(alice.pk)
        by_id(bob.pk)
    texts = [query["sql"] for query in queries]
    assert texts[0].replace(str(alice.pk), "?") == texts[1].replace(str(bob.pk), "?")


def test_every_kind_of_value_finds_its_place(alice: Any, terms: Any) -> None:
    public_id = alice.public_id
    assert ask_one(lambda id, email: User.objects.filter(public_id=id, email=email), public_id, alice.email) == alice
    assert ask_first(lambda on: Terms.objects.filter(effective_on__lte=on).order_by("-effective_on")[:1], date(2026, 11, 23)) == terms
    assert ask(lambda at: User.objects.filter(joined_at__gt=at), datetime(1990, 1, 1, tzinfo=UTC)) == [alice]
    assert ask(lambda role: User.objects.filter(groups__name=role), Role.STAFF) == []


def test_related_rows_prefetches_and_annotations_come_along(framework: Any) -> None:
    code = framework.sets.first().code
    sets = ask(lambda code: CompetencySet.objects.filter(code=code).select_related("framework").prefetch_related("competencies"), code)
    with CaptureQueriesContext(connection) as queries:
        assert sets[0].framework == framework
        assert len(sets[0].competencies.all()) > 3
    assert len(queries) == 0
    assert ask(lambda code: CompetencySet.objects.filter(code=code).values_list("name", flat=True), code) == [sets[0].name]


def test_one_that_is_not_there_and_two_where_one_is_asked_for(alice: Any, bob: Any) -> None:
    with pytest.raises(User.DoesNotExist):
        ask_one(lambda id: User.objects.filter(public_id=id), uuid4())
    with pytest.raises(User.MultipleObjectsReturned):
        ask_one(lambda id: User.objects.filter(pk__gte=id), 0)
    assert ask_first(lambda id: User.objects.filter(public_id=id)[:1], uuid4()) is None


def test_a_lock_needs_a_transaction(alice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction.atomic():
        assert ask_one(lambda id: User.objects.select_for_update().filter(pk=id), alice.pk) == alice
    locking = Prepared(lambda id: User.objects.select_for_update().filter(pk=id), [int])
    monkeypatch.setattr(connection, "in_atomic_block", False)
    with pytest.raises(TransactionManagementError):
        locking.all(alice.pk)


def around(value: str) -> list[User]:
    return ask(lambda id: User.objects.filter(pk=id, name=value), 1)


def forked(id: int) -> QuerySet[User]:
    return User.objects.filter(pk=id) if id % 2 else User.objects.filter(Q(pk=id), name="")


@pytest.mark.parametrize(
    ("build", "kinds"),
    [
        (forked, [int]),
        (lambda id: User.objects.all(), [int]),
        (lambda id: User.objects.filter(pk=id + 1), [int]),
        (lambda number: User.objects.filter(pk__in=range(number - 30_000)), [int]),
        (lambda id: User.objects.filter(pk=id), [float]),
        (lambda id: User.objects.filter(public_id=id), [type(None)]),
    ],
    ids=["two texts", "no place", "another value", "so many places", "a fraction", "nothing"],
)
def test_what_could_not_be_filled_in_is_refused(build: Any, kinds: list[type]) -> None:
    with pytest.raises(TypeError):
        Prepared(build, kinds)


def test_a_value_from_around_is_refused() -> None:
    before = len(_PREPARED)
    with pytest.raises(TypeError, match="around it"):
        around("Alice")
    assert len(_PREPARED) == before


@pytest.mark.parametrize("value", [None, "\0", "x" * 40])
def test_a_value_of_another_kind_is_an_error_and_finds_nobody(alice: Any, value: Any) -> None:
    by_id(alice.pk)
    with pytest.raises((TypeError, ValueError)):
        by_id(value)


def test_a_uuid_stays_one(alice: Any) -> None:
    found = ask_one(lambda id: User.objects.filter(public_id=id), UUID(str(alice.public_id)))
    assert found == alice
