"""Pages that begin after a row: nothing is lost or shown twice, whatever is typed or comes between, and no more is read than is shown."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.http import urlsafe_base64_encode

from billing.queries import list_orders
from certificates.queries import list_issued
from ledger.models import Email
from ledger.queries import find_emails
from people.models import SecurityEvent, User
from people.pages import COUNTED, PAGE, count, get_page
from people.templatetags.words import bounded
from tests.factories import billing, certificates
from tests.factories.copies import copies, put
from tests.factories.people import AT, person

pytestmark = pytest.mark.django_db
NEWEST = SecurityEvent.objects.order_by("-at", "-id")


def events(number: int, *, apart: timedelta = timedelta(), at: datetime = AT) -> list[int]:
    rows = copies(SecurityEvent(kind="sign_in", at=at), number, lambda n, one: put(one, at=at + n * apart))
    return [row.pk for row in rows]


def cursor(*values: Any) -> str:
    return urlsafe_base64_encode(json.dumps(values).encode())


def walk(rows: Any, size: int = 10) -> list[Any]:
    """The keys of all pages, from the first to the last."""
    page = get_page(rows, {}, size=size)
    keys = [row.pk for row in page]
    while page.next:
        page = get_page(rows, {"after": page.next}, size=size)
        keys += [row.pk for row in page]
    return keys


@pytest.mark.parametrize("apart", [timedelta(), timedelta(seconds=1)])
@pytest.mark.parametrize("number", [0, 9, 10, 11, 35])
def test_every_row_is_shown_once_also_those_of_one_instant(number: int, apart: timedelta) -> None:
    made = events(number, apart=apart)
    assert walk(NEWEST) == made[::-1]
    assert walk(SecurityEvent.objects.order_by("at", "id")) == made


def test_rows_that_come_and_go_move_no_others() -> None:
    made = events(30, apart=timedelta(seconds=1))
    first = get_page(NEWEST, {}, size=10)
    new = events(3, at=AT + timedelta(hours=1))
    SecurityEvent.objects.filter(pk__in=[made[25], made[20]]).delete()  # the last of the page, too, after which the next begins
    second = get_page(NEWEST, {"after": first.next}, size=10)
    third = get_page(NEWEST, {"after": second.next}, size=10)
    back = get_page(NEWEST, {"before": third.previous}, size=10)
    start = get_page(NEWEST, {"before": back.previous}, size=10)
    assert [row.pk for row in [*first, *second, *third]] == made[::-1]
    assert (third.next, [row.pk for row in back], back.next) == ("", [row.pk for row in second], second.next)
    assert [row.pk for row in start] == [new[1], new[0], *(row.pk for row in first if row.pk not in (made[25], made[20]))]
    assert [row.pk for row in get_page(NEWEST, {}, size=10)][:3] == new[::-1]


def test_the_way_back_ends_at_a_whole_first_page() -> None:
    events(25, apart=timedelta(seconds=1))
    first = get_page(NEWEST, {}, size=10)
    second = get_page(NEWEST, {"after": first.next}, size=10)
    assert (first.previous, bool(second.previous)) == ("", True)
    events(1, at=AT + timedelta(hours=1))
    back = get_page(NEWEST, {"before": second.previous}, size=10)
    assert [row.pk for row in back] == [row.pk for row in first]
    top = get_page(NEWEST, {"before": back.previous}, size=10)
    assert (len(top), top.previous, top.object_list) == (10, "", get_page(NEWEST, {}, size=10).object_list)


def test_what_lies_after_the_last_row_is_the_first_page() -> None:
    made = events(3, apart=timedelta(seconds=1))
    page = get_page(NEWEST, {"after": cursor(str(AT), str(made[0]))}, size=10)
    assert [row.pk for row in page] == made[::-1]


NONSENSE = [
    "",
    "x",
    "%",
    "\0",
    "ü",
    "A" * 10_000,
    "[" * 1400,
    cursor(),
    cursor("2026-01-01 00:00:00+00:00"),
    cursor("2026-01-01 00:00:00+00:00", "1", "2"),
    cursor("2026-01-01 00:00:00", "1"),
    cursor("2026-02-30 00:00:00+00:00", "1"),
    cursor("0001-01-01 00:00:00+14:00", "1"),
    cursor("2026-01-01 00:00:00+00:00", "9" * 30),
    cursor("2026-01-01 00:00:00+00:00", "one"),
    cursor("2026-01-01 00:00:00+00:00", "1' OR true --"),
    cursor("2026-01-01 00:00:00+00:00", None),
    cursor(["2026-01-01 00:00:00+00:00"], {"1": 1}),
    cursor(1, 2),
    cursor("\0", "\ud800"),
    urlsafe_base64_encode(b"[" * 900),
    urlsafe_base64_encode(b"\xff\xfe"),
    urlsafe_base64_encode(b'{"at": "id"}'),
    urlsafe_base64_encode(b"12"),
]


@pytest.mark.parametrize("name", ["after", "before"])
@pytest.mark.parametrize("text", NONSENSE, ids=range(len(NONSENSE)))
def test_what_is_no_cursor_gives_the_first_page(text: str, name: str) -> None:
    made = events(12, apart=timedelta(seconds=1))
    page = get_page(NEWEST, {name: text}, size=10)
    assert ([row.pk for row in page], page.previous) == (made[:1:-1], "")
    people = get_page(User.objects.order_by("folded", "id"), {name: text}, size=10)
    assert people.previous == ""


def test_texts_and_days_with_zones_are_read() -> None:
    dora, evan = person("dora@county.example", name="Dora “Ł” Vance"), person("evan@county.example", name="Evan Ruiz")
    assert walk(User.objects.order_by("folded", "id"), size=1) == [dora.pk, evan.pk]
    made = events(2)
    page = get_page(NEWEST, {"after": cursor("2026-11-23T20:00:00+05:00", str(made[1]))}, size=10)
    assert [row.pk for row in page] == made[:1]


def test_a_list_is_ordered_in_one_direction() -> None:
    for rows in (SecurityEvent.objects.order_by("-at", "id"), SecurityEvent.objects.all(), NEWEST.reverse()):
        with pytest.raises(ValueError, match="one direction"):
            get_page(rows, {})


def test_another_persons_cursor_shows_ones_own_rows(client: Client) -> None:
    dora, evan = person("dora@county.example"), person("evan@county.example")
    for who in (dora, evan):
        email = Email(person=who, to=who.email, notice="people/welcome", subject=f"To {who.email}", created_at=AT, due_at=AT)
        copies(email, 30, lambda n, one, who=who: put(one, dedupe_key=f"{who.pk} {n}"))
    evans = get_page(find_emails(evan), {}).next
    client.force_login(dora)
    text = client.get(reverse("my_emails"), {"after": evans}).text
    assert "To dora@county.example" in text
    assert "evan" not in text


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "0 rows"), (1, "1 row"), (COUNTED, "1,000 rows"), (COUNTED + 1, "More than 1,000 rows"), (3000, "More than 1,000 rows")],
)
def test_a_count_ends_where_it_says_more_than(number: int, words: str) -> None:
    events(number)
    with CaptureQueriesContext(connection) as asked:
        assert bounded(count(NEWEST), "row") == words
    assert f"LIMIT {COUNTED + 1}" in asked.captured_queries[0]["sql"]


def rows_read(sql: str) -> float:
    """How many rows of tables the database reads to answer, those that it throws away among them."""

    def read(plan: dict[str, Any]) -> float:
        scanned = "Relation Name" in plan and plan["Actual Loops"] * (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0))
        return float(scanned) + sum(map(read, plan.get("Plans", [])))

    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")
        plan = cursor.fetchone()[0]
    return read((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"])


def _orders(number: int, alice: Any, rita: Any) -> Any:
    order = billing.sent_order(alice, at=AT)
    copies(order, number, lambda n, one: put(one, started_at=AT + timedelta(minutes=n)))
    return list_orders(rita)


def _certificates(number: int, alice: Any, rita: Any) -> Any:
    row = certificates.issued(alice, at=AT, staff=rita)
    over = {"state": "superseded", "decided_on": AT.date(), "decision_reason": "Another name."}
    copies(row, number, lambda n, one: put(one, **over, number=f"{n}", rendering=None, issued_at=AT + timedelta(minutes=n // 7)))
    return list_issued()


def _emails(number: int, alice: Any, rita: Any) -> Any:
    email = Email(person=alice, to=alice.email, notice="people/welcome", subject="Welcome", due_at=AT)
    copies(email, number, lambda n, one: put(one, dedupe_key=f"{n}", created_at=AT + timedelta(minutes=n)))
    return find_emails(alice)


@pytest.mark.parametrize("make", [_orders, _certificates, _emails])
def test_the_first_page_the_hundredth_and_the_way_back_read_what_they_show(make: Any, alice: Any, rita: Any, terms: Any) -> None:
    number = 4000
    rows = make(number, alice, rita)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("SET LOCAL enable_sort = off")  # who has no index in this order sorts even so, and reads all
    far = get_page(rows, {}, size=number * 3 // 4).next
    read = []
    for place in ({}, {"after": far}, {"before": far}):
        with CaptureQueriesContext(connection) as asked:
            assert len(get_page(rows, place)) == PAGE
        read.append(sum(rows_read(query["sql"]) for query in asked.captured_queries))
    assert max(read) <= 6 * (PAGE + 1)  # a row with what hangs on it: its person, terms, payer, invoice and lines
