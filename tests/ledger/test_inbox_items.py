"""The inbox as a table: it is what the queues say after every statement, and nobody waits for it longer than for the thing itself."""

import json
import random
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.db.models import Exists
from django.db.utils import OperationalError

from billing.models import Outage
from ledger import inbox_items, queues, sweeps
from ledger.models import Claim, Entry, InboxCount, InboxDoubt, InboxItem
from people.models import Inquiry
from portfolios.models import Assignment
from programs import policy as dates
from tests.factories import candidates as candidate
from tests.factories import people
from tests.factories import portfolios as portfolio

CLOSED = {"state": "closed", "ended_at": datetime(2026, 11, 23, 16, tzinfo=UTC)}
KINDS = ["people.inquiry", "courses.completion", "lssc.email", "renewals.renewal"]


def inquire(count: int = 1, *, at: datetime) -> list[Inquiry]:
    return Inquiry.objects.bulk_create(
        Inquiry(name=f"Reader {number}", email="r@county.example", topic="other", text="Hello", asked_at=at) for number in range(count)
    )


def count_all(at: datetime) -> int:
    counts, _ = queues.read_inbox(queues.WorkItemFilter(limit=1), at=at, today=dates.today(at))
    return sum(count.count for count in counts)


def list_things() -> set[UUID]:
    return set(InboxItem.objects.values_list("thing", flat=True))


def behind(sql: str, *params: Any) -> None:
    """Write as a restore does: no trigger hears of it."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql, params)
        cursor.execute("SET session_replication_role = DEFAULT")


# Whoever writes


@pytest.mark.django_db
def test_whoever_writes_the_table_follows(at: datetime) -> None:
    first, second, third = inquire(3, at=at)
    assert list_things() == {first.id, second.id, third.id}
    Inquiry.objects.filter(id=first.id).update(**CLOSED)
    assert (list_things(), count_all(at)) == ({second.id, third.id}, 2)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE people_inquiry SET asked_at = asked_at - interval '9 days' WHERE id = %s", [second.id])
        cursor.execute("DELETE FROM people_inquiry WHERE id = %s", [third.id])
    assert list_things() == {second.id}
    assert InboxItem.objects.get().since == dates.today(at - timedelta(days=9))
    assert inbox_items.mend() == {}


@pytest.mark.django_db
def test_what_is_taken_back_is_taken_back_here_too(at: datetime) -> None:
    (row,) = inquire(at=at)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        Inquiry.objects.update(**CLOSED)
        assert (list_things(), count_all(at)) == (set(), 0)
        raise ZeroDivisionError
    assert (list_things(), count_all(at)) == ({row.id}, 1)


@pytest.mark.django_db
def test_a_statement_that_changes_nothing_that_counts_writes_nothing(at: datetime) -> None:
    inquire(3, at=at)
    before = set(InboxItem.objects.values_list("id", flat=True))
    notes = InboxCount.objects.count()
    Inquiry.objects.update(text="Hello again", name="Reader")
    assert set(InboxItem.objects.values_list("id", flat=True)) == before
    assert InboxCount.objects.count() == notes


@pytest.mark.django_db(transaction=True)
def test_who_is_killed_in_the_middle_leaves_nothing(at: datetime) -> None:
    (row,) = inquire(at=at)
    other = connection.copy()
    with pytest.raises(OperationalError), other.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("UPDATE people_inquiry SET state = 'closed', ended_at = now()")
        cursor.execute("SELECT pg_backend_pid()")
        with connection.cursor() as mine:
            mine.execute("SELECT pg_terminate_backend(%s)", [cursor.fetchone()[0]])
        cursor.execute("SELECT 1")
    assert (list_things(), count_all(at)) == ({row.id}, 1)
    assert inbox_items.mend() == {}


# At once


@pytest.mark.django_db(transaction=True)
def test_two_who_finish_one_thing_at_once_by_two_rows(alice: Any, bob: Any, rita: Any, framework: Any, at: datetime) -> None:
    """A portfolio waits for a second evaluator: one transaction brings one, another one the other, and neither sees or awaits the other."""
    candidacy = candidate.candidacy(alice, at=at, staff=rita)
    evaluators = [portfolio.evaluator(bob, at=at), portfolio.evaluator(people.person("x@y.example"), at=at)]
    made = portfolio.assigned(candidacy, *evaluators, staff=rita, at=at)
    Assignment.objects.filter(portfolio=made).update(state="declined")
    assert InboxItem.objects.filter(kind="portfolios.slot", thing=made.pk).exists()

    other = connection.copy()
    with transaction.atomic(), other.cursor() as cursor:
        Assignment.objects.filter(portfolio=made, slot=1).update(state="invited")
        cursor.execute("SET lock_timeout = '2s'")
        cursor.execute("UPDATE portfolios_assignment SET state = 'invited' WHERE slot = 2")
    other.close()
    inbox_items.settle()
    assert not InboxItem.objects.filter(kind="portfolios.slot", thing=made.pk).exists()
    assert (inbox_items.mend(), InboxDoubt.objects.count()) == ({}, 0)


@pytest.mark.django_db(transaction=True)
def test_those_who_change_other_things_of_a_queue_wait_for_no_one(at: datetime) -> None:
    first, second = inquire(2, at=at)
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SET LOCAL lock_timeout = '2s'")
        with transaction.atomic():
            Inquiry.objects.filter(id=first.id).update(**CLOSED)
            cursor.execute("UPDATE people_inquiry SET state = 'closed', ended_at = now() WHERE id = %s", [second.id])
            inbox_items.fold()
        cursor.execute("COMMIT")
    other.close()
    assert (list_things(), count_all(at)) == (set(), 0)


# The comparison


@pytest.mark.django_db
def test_what_was_written_behind_the_program_is_mended_and_told(at: datetime, caplog: pytest.LogCaptureFixture) -> None:
    rows = inquire(5, at=at)
    sweeps.compare_inbox(at=at)
    assert caplog.messages == []
    behind("UPDATE people_inquiry SET state = 'closed', ended_at = now() WHERE id = %s", rows[0].id)
    behind("DELETE FROM ledger_inboxitem WHERE thing = %s", rows[1].id)
    behind("UPDATE ledger_inboxitem SET since = since - 1, about = 1 WHERE thing = %s", rows[2].id)
    behind("INSERT INTO ledger_inboxcount (kind, number) VALUES ('people.inquiry', 40)")
    untouched = InboxItem.objects.get(thing=rows[3].id).pk
    sweeps.compare_inbox(at=at)
    assert [(record.levelname, record.args) for record in caplog.records] == [
        ("ERROR", ("people.inquiry", 3)),
        ("ERROR", ("people.inquiry counted", 3)),
    ]
    assert list_things() == {row.id for row in rows[1:]}
    assert (count_all(at), InboxItem.objects.get(thing=rows[3].id).pk) == (4, untouched)
    caplog.clear()
    sweeps.compare_inbox(at=at)
    assert caplog.messages == []


@pytest.mark.django_db
def test_a_kind_that_no_queue_has_is_shown_to_no_one_and_dropped(at: datetime) -> None:
    InboxItem.objects.create(kind="gone.thing", thing=uuid4(), since=dates.today(at), ready=True, stage=1)
    assert (queues.list_work_items(queues.WorkItemFilter(), at=at), count_all(at)) == ([], 0)
    assert queues.get_work_item("gone.thing", uuid4(), at=at) is None
    assert inbox_items.mend() == {"gone.thing": 1}
    assert not InboxItem.objects.exists()


@pytest.mark.django_db
def test_what_does_not_wait_any_more_is_not_shown_even_if_the_table_says_so(at: datetime) -> None:
    (row,) = inquire(at=at)
    behind("UPDATE people_inquiry SET state = 'closed', ended_at = now() WHERE id = %s", row.id)
    assert queues.list_work_items(queues.WorkItemFilter(), at=at) == []


@pytest.mark.django_db
def test_counts_are_added_up_without_a_change(at: datetime) -> None:
    for _ in range(4):
        inquire(2, at=at)
    Inquiry.objects.filter(name="Reader 1").delete()
    assert (InboxCount.objects.count(), count_all(at)) == (5, 4)
    sweeps.keep_inbox(at=at)
    assert (InboxCount.objects.count(), count_all(at)) == (1, 4)
    Inquiry.objects.all().delete()
    sweeps.keep_inbox(at=at)
    assert (InboxCount.objects.count(), count_all(at)) == (0, 0)


# Time


@pytest.mark.django_db
@pytest.mark.parametrize("swept", [False, True])
def test_what_waits_from_an_instant_on_is_there_at_it_with_or_without_the_sweep(swept: bool, at: datetime) -> None:
    Outage.objects.create(kind="silent", began_at=at, retry_at=at + timedelta(minutes=1))
    for minutes, waits in ((0, False), (9, False), (10, True), (30, True)):
        now = at + timedelta(minutes=minutes)
        if swept:
            sweeps.keep_inbox(at=now)
        assert (bool(queues.list_app_work_items("billing", at=now)), count_all(now)) == (waits, int(waits))
    assert InboxItem.objects.get().stage == (InboxItem.Stage.WAITS if swept else InboxItem.Stage.AHEAD)


# What is declared


def _queue(rows: Any) -> inbox_items.KeptQueue:
    def find(*, at: datetime) -> queues.WorkItemQuery:
        return queues.WorkItemQuery(rows(at), since=queues.day("asked_at"), details={})

    kept = queues.Queue(f"test.{uuid4().hex}", "Tests", find)
    queues.QUEUES[kept.kind] = kept
    try:
        return inbox_items.KeptQueue(kept)
    finally:
        del queues.QUEUES[kept.kind]


@pytest.mark.django_db
def test_a_queue_that_reads_a_table_without_a_way_to_its_things_is_refused() -> None:
    kept = _queue(lambda at: Inquiry.objects.filter(~Exists(Entry.objects.filter(verb="x"))))
    with pytest.raises(inbox_items.NoWayToThings, match="ledger_entry"):
        inbox_items.make_triggers([kept])


@pytest.mark.django_db
def test_a_queue_that_depends_on_the_time_is_refused() -> None:
    with pytest.raises(TypeError):
        _queue(lambda at: Inquiry.objects.filter(asked_at__lt=at))


@pytest.mark.django_db
def test_every_table_that_a_queue_reads_has_its_triggers() -> None:
    wanted = {table for kept in inbox_items.list_kept() for table in kept.find_columns()}
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'ledger_inbox_update' AND tgenabled = 'O'")
        assert {table for (table,) in cursor.fetchall()} == wanted


# The page and the counts


def _scatter(count: int, *, today: date, at: datetime) -> list[InboxItem]:
    """Things of few days, so that many are equal but for the thing."""
    dice = random.Random(7)
    rows = []
    for _ in range(count):
        since = today - timedelta(days=dice.randrange(14))
        visible = dice.choice([None, None, at - timedelta(days=1), at, at + timedelta(minutes=1)])
        until = dice.choice([None, None, None, at, at + timedelta(days=1)])
        due_on = dice.choice([None, today + timedelta(days=dice.randrange(-5, 6))])
        stage = dice.choice([0, 1]) if visible and visible <= at else int(visible is None)
        rows.append(
            InboxItem(
                kind=dice.choice(KINDS),
                thing=uuid4(),
                about=dice.choice([None, None, 1, 2]),
                since=since,
                due_on=due_on,
                ready=dice.random() < 0.5,
                visible_from=visible,
                visible_until=until,
                stage=stage,
            )
        )
    return InboxItem.objects.bulk_create(rows)


@pytest.mark.django_db
@pytest.mark.parametrize("days", [None, 0, 1, 3, 5, 11])
@pytest.mark.parametrize("limit", [1, 7])
def test_pages_and_counts_are_what_reading_everything_gives(
    days: int | None, limit: int, rita: Any, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = dates.today(at)
    rows = [
        row
        for row in _scatter(70 if limit == 1 else 400, today=today, at=at)
        if row.about != 1
        and row.kind != "lssc.email"
        and (row.visible_from is None or row.visible_from <= at)
        and (row.visible_until is None or row.visible_until > at)
    ]
    monkeypatch.setattr(queues, "_put_in_words", lambda read, *, at: read)
    for row in rows:
        row.due_on = row.due_on or (None if days is None else dates.add_working_days(row.since, days))
    wanted = sorted(rows, key=lambda row: (row.ready, row.due_on or date.max, row.since, row.kind, row.thing))
    read: list[Any] = []
    page: list[Any] = [None] * limit
    after = None
    while len(page) == limit:
        filters = queues.WorkItemFilter(reader=1, on_staff=False, limit=limit, after=after, answer_working_days=days)
        counts, page = queues.read_inbox(filters, at=at, today=today)
        read += page
        if page:
            kind, thing, _, since, due_on, ready, *_ = page[-1]
            after = queues.Cursor(ready, due_on.isoformat() if due_on else "infinity", since.isoformat(), kind, thing)
    assert [row[1] for row in read] == [row.thing for row in wanted]
    saturday = today + timedelta(days=6 - today.isoweekday() % 7)
    assert sum(count.count for count in counts) == len(wanted)
    assert sum(count.late for count in counts) == len([row for row in wanted if row.due_on and row.due_on < today])
    assert sum(count.this_week for count in counts) == len([row for row in wanted if row.due_on and today <= row.due_on <= saturday])


@pytest.mark.parametrize("days", range(15))
def test_the_working_days_of_a_cursor_are_those_of_the_terms(days: int) -> None:
    for number in range(14):
        day = date(2026, 11, 20) + timedelta(days=number)
        assert queues._answer_by(day, days) == dates.add_working_days(day, days)


@pytest.mark.django_db
def test_a_page_reads_no_more_than_it_shows_of_each_queue_and_its_text_stays(rita: Any, at: datetime) -> None:
    today = dates.today(at)
    texts = set()

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "WITH live" in sql:
            texts.add(sql)
            context["cursor"].cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
            plans.append(json.dumps(context["cursor"].cursor.fetchone()[0]))
        return execute(sql, params, many, context)

    plans: list[str] = []
    for count in (30, 3_000):
        inquire(count, at=at - timedelta(days=count % 7))
        Claim.objects.create(kind="people.inquiry", thing=Inquiry.objects.all()[count - 1].id, owner=rita, taken_at=at)
        inbox_items.fold()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE ledger_inboxitem, ledger_inboxcount, ledger_claim")
        for after in (None, queues.Cursor(True, "infinity", today.isoformat(), "people.inquiry", uuid4())):
            for reader in (rita.pk, 12345):
                filters = queues.WorkItemFilter(reader=reader, limit=26, after=after, answer_working_days=5)
                with connection.execute_wrapper(note):
                    queues.read_inbox(filters, at=at, today=today)
    assert len(texts) == 1
    assert max(_most_rows(json.loads(plan)[0]["Plan"]) for plan in plans[-4:]) <= 26 * 2


def _most_rows(node: dict[str, Any]) -> float:
    """The most rows that one scan of the table gave or threw away."""
    own = 0.0
    if node.get("Relation Name") == "ledger_inboxitem":
        own = (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
    return max([own, *(_most_rows(child) for child in node.get("Plans", []))])
