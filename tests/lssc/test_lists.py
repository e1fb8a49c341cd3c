"""Lists of staff as CSV files: their cells, who may take them, what is noted, and that they are read block by block."""

import csv
from datetime import UTC, datetime
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.http import StreamingHttpResponse
from django.test import Client
from django.urls import reverse

from ledger.models import Entry
from ledger.queries import tell
from lssc.lists import LISTS
from people import spreadsheets
from people.models import User
from people.spreadsheets import Dollars, Instant, stream_csv
from people.states import Role
from tests.factories import billing, certificates, people
from tests.factories.copies import copies, put

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


@pytest.fixture
def staff(client: Client, rita: Any) -> Client:
    return people.fresh(client, rita)


def read(client: Client, code: str) -> list[list[str]]:
    answer: Any = client.get(reverse("list_csv", args=[code]))
    assert isinstance(answer, StreamingHttpResponse)
    content = answer.getvalue()
    assert (answer.status_code, answer["Content-Type"], content[:3]) == (200, "text/csv; charset=utf-8", b"\xef\xbb\xbf")
    assert answer["Content-Disposition"].startswith(f'attachment; filename="lssc-{code}-20')
    return list(csv.reader(StringIO(content.decode("utf-8-sig"))))


def test_people_are_listed_and_a_name_is_never_a_formula(staff: Client, rita: Any) -> None:
    people.person("evil@county.example", name='=HYPERLINK("http://x.example","Łukasz, ""L""")')
    people.person("plus@county.example", name="+1 Anna\nTwo")
    people.person("zora@county.example", name="Zoë Ünal-Ng")
    User.objects.update(joined_at=AT)
    titles, *rows = read(staff, "people")
    assert titles == ["Name", "Email address", "Account since", "Can sign in"]
    assert rows == [
        [rita.name, rita.email, "2026-11-23T15:00:00Z", "True"],
        ['\'=HYPERLINK("http://x.example","Łukasz, ""L""")', "evil@county.example", "2026-11-23T15:00:00Z", "True"],
        ["'+1 Anna\nTwo", "plus@county.example", "2026-11-23T15:00:00Z", "True"],
        ["Zoë Ünal-Ng", "zora@county.example", "2026-11-23T15:00:00Z", "True"],
    ]


@pytest.mark.parametrize("mark", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_begins_like_a_formula(mark: str, rita: Any) -> None:
    User.objects.update(name=f"{mark}1+1")
    answer = stream_csv(User.objects.order_by("id"), {"Name": "name"}, name="a.csv")
    assert [row[0] for row in csv.reader(StringIO(answer.getvalue().decode("utf-8-sig"), newline=""))] == ["Name", f"'{mark}1+1"]


def test_certificates(staff: Client, alice: Any, rita: Any, terms: Any) -> None:
    row = certificates.issued(alice, at=AT, staff=rita)
    _, *rows = read(staff, "certificates")
    days = [row.valid_from.isoformat(), row.expires_on.isoformat()]
    assert rows == [[row.number, row.printed_name, alice.email, "2026-11-23T15:00:00Z", *days, "Issued"]]


def test_orders_and_money_are_exact(staff: Client, priya: Any, rita: Any) -> None:
    invoice = billing.invoiced(priya, at=AT, staff=rita)
    (row,) = read(staff, "orders")[1:]
    assert row[:5] == [
        invoice.order.number,
        str(invoice.order.payer),
        priya.email,
        "2026-11-23T15:00:00Z",
        invoice.order.get_state_display(),
    ]
    assert row[5:] == [
        str(invoice.order.order_lines.count()),
        invoice.dated_on.isoformat(),
        invoice.due_on.isoformat(),
        f"{invoice.amount_cents / 100:.2f}",
        f"{invoice.balance_cents / 100:.2f}",
    ]


def test_payments_and_refunds(staff: Client, alice: Any, rita: Any) -> None:
    charge = billing.paid(alice, at=AT)
    billing.failed_refund(charge, at=AT, staff=rita)
    (payment,) = read(staff, "payments")[1:]
    (refund,) = read(staff, "refunds")[1:]
    assert payment[:4] == [charge.description, alice.name, alice.email, "Card"]
    assert (payment[5], payment[6]) == ("2026-11-23T15:00:00Z", f"{charge.amount_cents / 100:.2f}")
    assert refund[:3] == [charge.description, alice.name, alice.email]
    assert (refund[4], refund[7]) == ("Failed", "100.00")


def test_amounts_and_instants_are_written_by_the_database(rita: Any) -> None:
    rows = User.objects.annotate(at=Instant("joined_at"), sum=Dollars("id")).filter(pk=rita.pk)
    User.objects.update(joined_at=datetime(1969, 1, 2, 3, 4, 5, 999_999, tzinfo=UTC))
    assert rows.values_list("at", "sum").get() == ("1969-01-02T03:04:05Z", f"{rita.pk / 100:.2f}")


def test_each_download_is_noted(staff: Client, rita: Any) -> None:
    for code, staff_list in LISTS.items():
        read(staff, code)
        entry = Entry.objects.order_by("-id")[0]
        assert (entry.verb, entry.actor, entry.person, entry.details) == ("people.list.download", rita, None, {"list": staff_list.title})
    assert "downloaded the list “Refunds” as a file" in str(tell(entry))


@pytest.mark.parametrize("role", [None, Role.COMMITTEE])
def test_others_get_no_list_and_nothing_is_noted(client: Client, role: Role | None) -> None:
    who = people.person("dora@county.example", roles=(role,) if role else ())
    for code in LISTS:
        assert people.fresh(client, who).get(reverse("list_csv", args=[code])).status_code == 403
    assert not Entry.objects.filter(verb="people.list.download").exists()


def test_the_password_is_asked_for_again(client: Client, rita: Any) -> None:
    client.force_login(rita)
    answer = client.get(reverse("list_csv", args=["people"]))
    assert (answer.status_code, "reauthenticate" in answer["Location"]) == (302, True)
    assert not Entry.objects.filter(verb="people.list.download").exists()


def test_there_is_no_other_list(staff: Client) -> None:
    assert staff.get(reverse("list_csv", args=["salaries"])).status_code == 404


def test_a_file_is_read_block_by_block(monkeypatch: pytest.MonkeyPatch, rita: Any) -> None:
    copies(rita, 30, lambda number, one: put(one, email=f"a{number}@crowd.example", public_id=uuid4()))
    monkeypatch.setattr(spreadsheets, "BLOCK", 10)
    fetched: list[int] = []
    answer = stream_csv(User.objects.order_by("id"), {"Email address": "email"}, name="a.csv")
    original = connection.chunked_cursor

    def counting() -> Any:
        cursor = original()
        many = cursor.fetchmany

        def fetchmany(size: int) -> Any:
            rows = many(size)
            fetched.append(len(rows))
            return rows

        monkeypatch.setattr(cursor, "fetchmany", fetchmany, raising=False)
        return cursor

    monkeypatch.setattr(connection, "chunked_cursor", counting)
    parts = iter(answer)
    seen = [(next(parts).count(b"\r\n"), sum(fetched)) for _ in range(3)]
    assert seen == [(1, 0), (10, 10), (10, 20)]
    answer.close()
