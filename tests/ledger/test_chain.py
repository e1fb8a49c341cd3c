"""The audit: nothing is changed, and what is changed behind the program's back is found and located."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from ledger import actions as ledger
from ledger import queries
from ledger.models import ChainHead, Entry, Link
from ledger.states import SENTENCES, AuditEvent

pytestmark = pytest.mark.django_db(transaction=True)

AuditEvent("test.happened", "{actor} did {what} for {person} on {day}.", personal={"what"})


@pytest.fixture(autouse=True)
def _four_entries(rita: Any, alice: Any, at: datetime) -> None:
    for number in range(4):
        with transaction.atomic():
            ledger.record(
                "test.happened",
                subject=alice,
                actor=rita,
                at=at + timedelta(seconds=number),
                person=alice,
                details={"what": f"thing {number}", "day": at.date()},
            )


def tamper(*statements: str) -> None:
    """Change tables as somebody could who owns the database."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("SET session_replication_role = DEFAULT")


def breaks() -> list[tuple[int, str]]:
    return [(found.position, found.what) for found in queries.find_breaks()]


def test_an_untouched_chain_holds() -> None:
    assert breaks() == []
    assert list(Link.objects.order_by("position").values_list("position", flat=True)) == [1, 2, 3, 4]
    out = StringIO()
    call_command("verify_chain", stdout=out)
    assert out.getvalue() == "The chain holds: 4 entries.\n"


@pytest.mark.parametrize(
    "change",
    [
        lambda: Entry.objects.update(reason="another"),
        lambda: Entry.objects.all().delete(),
        lambda: Link.objects.update(position=7),
        lambda: Link.objects.all().delete(),
    ],
)
def test_the_database_refuses_every_change(change: Callable[[], Any]) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        change()
    assert breaks() == []


@pytest.mark.parametrize("table", ["ledger_entry", "ledger_link"])
def test_the_database_refuses_to_be_emptied(table: str) -> None:
    with pytest.raises(DatabaseError, match="never emptied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("reason", "'another reason'"),
        ("details", "'{}'"),
        ("at", "now()"),
        ("verb", "'test.other'"),
        ("actor_id", "NULL"),
        ("person_id", "NULL"),
        ("subject_id", "'77'"),
        ("subject_type", "'other.thing'"),
    ],
)
def test_an_edit_is_located(column: str, value: str) -> None:
    second = Entry.objects.order_by("id")[1].id
    tamper(f"UPDATE ledger_entry SET {column} = {value} WHERE id = {second}")
    assert breaks() == [(2, "the entry was changed or moved")]
    out = StringIO()
    with pytest.raises(CommandError, match="does not hold in 1 place"):
        call_command("verify_chain", stdout=out)
    assert out.getvalue() == f"Position 2, entry {second}: the entry was changed or moved\n"


def test_a_deleted_entry_is_located() -> None:
    tamper(f"DELETE FROM ledger_entry WHERE id = {Entry.objects.order_by('id')[2].id}")
    assert breaks() == [(3, "the entry was deleted")]


def test_a_deleted_entry_with_its_link_is_located() -> None:
    third = Entry.objects.order_by("id")[2].id
    tamper(f"DELETE FROM ledger_link WHERE entry_id = {third}", f"DELETE FROM ledger_entry WHERE id = {third}")
    assert breaks() == [(4, "entries before it were deleted")]


def test_a_cut_tail_is_located() -> None:
    last = Entry.objects.order_by("id")[3].id
    tamper(f"DELETE FROM ledger_link WHERE entry_id = {last}", f"DELETE FROM ledger_entry WHERE id = {last}")
    assert breaks() == [(4, "the end of the chain was cut off or changed")]


def test_a_cut_tail_without_the_row_that_knows_the_end_is_seen() -> None:
    last = Entry.objects.order_by("id")[3].id
    head = ChainHead.objects.values_list("position", "hash").get()
    tamper(
        f"DELETE FROM ledger_link WHERE entry_id = {last}",
        f"DELETE FROM ledger_entry WHERE id = {last}",
        "DELETE FROM ledger_chainhead",
    )
    found = breaks()
    ChainHead.objects.create(id=1, position=head[0], hash=head[1])  # a table that is not emptied after each test
    assert found == [(0, "the row that knows where the chain ends was deleted")]


def test_two_entries_that_changed_places_are_located() -> None:
    second, third = Entry.objects.order_by("id").values_list("id", flat=True)[1:3]
    tamper(
        f"UPDATE ledger_entry SET id = -1 WHERE id = {second}",
        f"UPDATE ledger_entry SET id = {second} WHERE id = {third}",
        f"UPDATE ledger_entry SET id = {third} WHERE id = -1",
    )
    assert breaks() == [(2, "the entry was changed or moved"), (3, "the entry was changed or moved")]


def test_a_link_that_was_written_again_is_located() -> None:
    tamper("UPDATE ledger_link SET previous_hash = sha256('x'), hash = sha256('y') WHERE position = 2")
    assert breaks() == [(2, "the entry was changed or moved"), (3, "its link to the entry before it was changed")]


def test_an_entry_that_was_slipped_in_is_located() -> None:
    tamper(
        "INSERT INTO ledger_entry (at, verb, subject_type, subject_id, details, reason) VALUES (now(), 'test.said', 'a', 'b', '{}', '')",
    )
    assert [what for _, what in breaks()] == ["the entry is not in the chain"]


def test_what_is_rolled_back_leaves_no_trace(rita: Any, alice: Any, at: datetime) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        ledger.record("test.happened", subject=alice, actor=rita, at=at)
        raise ZeroDivisionError
    assert Entry.objects.count() == 4
    assert breaks() == []


def test_an_entry_tells_itself_in_english() -> None:
    told = queries.tell(Entry.objects.select_related("actor", "person").order_by("id")[0])
    assert told.sentence == "Rita Lindqvist did thing 0 for Alice Moreau on November 23, 2026."


def test_a_verb_without_a_sentence_is_refused(alice: Any, at: datetime) -> None:
    with pytest.raises(KeyError, match="no sentence"), transaction.atomic():
        ledger.record("test.unheard", subject=alice, actor=None, at=at)


def test_an_entry_outside_a_transaction_is_refused(alice: Any, at: datetime) -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        ledger.record("test.happened", subject=alice, actor=None, at=at)


def test_every_verb_has_a_sentence_that_ends() -> None:
    assert [verb.name for verb in SENTENCES.values() if not verb.sentence.endswith((".", "}"))] == []


def test_a_time_line_takes_one_query(alice: Any, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        told = [queries.tell(entry) for entry in queries.list_entries(alice)]
    assert len(told) == 4
