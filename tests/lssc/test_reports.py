"""The office's reports: the numbers of a span of days as chart, table and CSV."""

import csv
from codecs import BOM_UTF8
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from candidates import actions as candidates
from lssc import reports
from lssc.reports import Report
from people.models import User
from people.spreadsheets import csv_response
from people.states import Role
from tests.factories import agreements, appeals, people
from tests.factories import candidates as candidate
from tests.factories import certificates as certificate
from tests.factories import courses as course
from tests.factories import renewals as renewal

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.clock.now", lambda: NOW)


@pytest.fixture
def staff(rita: Any) -> Client:
    client = Client()
    client.force_login(rita)
    return client


def somebody(number: int) -> User:
    return people.person(f"p{number}@county.example")


def test_the_funnel_counts_how_far_everybody_came(rita: Any) -> None:
    candidate.draft(somebody(1), at=NOW)
    candidate.sent(somebody(2), at=NOW)
    candidate.in_review(somebody(3), at=NOW)
    admitted = candidate.candidacy(somebody(4), at=NOW, staff=rita)
    candidate.achieve(admitted, "technology", at=NOW)
    certificate.completed(somebody(5), at=NOW, staff=rita)
    candidate.draft(somebody(6), at=NOW - timedelta(days=400))
    steps = dict(reports.funnel(TODAY - timedelta(days=365), TODAY).bars)
    assert list(steps.values()) == [5, 4, 3, 2, 2, 1]
    assert dict(reports.funnel(TODAY - timedelta(days=1000), TODAY).bars)["Began an application"] == 6


@pytest.mark.parametrize(("days", "counted"), [(0, 1), (-1, 0)])
def test_both_ends_of_a_span_are_in_it(days: int, counted: int) -> None:
    candidate.draft(somebody(1), at=NOW)
    assert reports.funnel(TODAY - timedelta(days=9), TODAY + timedelta(days=days)).bars[0][1] == counted


def test_decisions_tell_median_and_nine_in_ten(rita: Any) -> None:
    for number, waited in enumerate((1, 2, 3, 4, 30)):
        application = candidate.in_review(somebody(number), at=NOW - timedelta(days=waited))
        candidates.admit(application, actor=rita, at=NOW)
    row = reports.decisions(TODAY - timedelta(days=9), TODAY).rows[0]
    assert row == ("Applications, from the fee to the answer", "3", "30", "5")


def test_decisions_that_took_equally_long_count_each(rita: Any) -> None:
    for number, waited in enumerate((2, 2, 2, 9)):
        application = candidate.in_review(somebody(number), at=NOW - timedelta(days=waited))
        candidates.admit(application, actor=rita, at=NOW)
    row = reports.decisions(TODAY - timedelta(days=9), TODAY).rows[0]
    assert row == ("Applications, from the fee to the answer", "2", "9", "4")


def test_answers_of_applicants_are_told_in_sum_and_no_small_number_is(staff: Client) -> None:
    for number in range(8):
        person = somebody(number)
        draft = candidate.ready(person, at=NOW)
        values = {"why": "job", "age": "25-34" if number < 6 else "65", "gender": "", "ethnicity": ""}
        candidates.save_section(draft, section="answers", version=0, values=values, actor=person, at=NOW)
        candidates.send(draft, actor=person, at=NOW)
    report = reports.answers(TODAY, TODAY)
    assert list(report.rows) == [
        ("Why they enroll: To do my work better", "8"),
        ("Age: 25 to 34", "6"),
        ("Age: Other answers, combined", "Fewer than 5"),
    ]
    assert [count for _, count in report.bars] == [8, 6, 0]
    page = " ".join(staff.get(reverse("report", args=["answers"])).text.split())
    assert "Fewer than 5" in page
    assert "Other dates" not in page  # two spans that differ by one person would tell what that person said
    assert "To do my work better,8" in staff.get(reverse("report_csv", args=["answers"])).text
    assert "Applicant demographics" in staff.get(reverse("reports")).text


def test_renewals_ahead_count_by_month(rita: Any) -> None:
    issued = certificate.issued(somebody(1), at=NOW, staff=rita)
    report = reports.renewals_due(issued.expires_on.replace(day=1), issued.expires_on)
    assert report.rows == [("November 2030", "1", "0")]
    assert reports.renewals_due(date(2026, 12, 1), date(2027, 2, 1)).rows == [
        ("December 2026", "0", "0"),
        ("January 2027", "0", "0"),
        ("February 2027", "0", "0"),
    ]


def test_a_person_who_applies_again_is_one_person(rita: Any) -> None:
    who = somebody(1)
    appeals.refused(who, at=NOW - timedelta(days=9), staff=rita)
    candidate.draft(who, at=NOW)
    assert [count for _, count in reports.funnel(TODAY - timedelta(days=20), TODAY).bars] == [1, 1, 1, 0, 0, 0]


@pytest.mark.parametrize("zone", ["Pacific/Guam", "America/New_York", "Pacific/Pago_Pago"])
def test_a_day_is_that_of_deadlines_whoever_reads(rita: Any, zone: str) -> None:
    late = datetime(2026, 11, 24, 10, 59, tzinfo=UTC)  # still November 23 in Pago Pago
    candidates.admit(candidate.in_review(somebody(1), at=late), actor=rita, at=late)
    with timezone.override(zone):
        assert reports.funnel(TODAY, TODAY).bars[0][1] == 1
        assert reports.funnel(TODAY + timedelta(days=1), TODAY + timedelta(days=1)).bars[0][1] == 0
        assert reports.decisions(TODAY, TODAY).rows[0][1:] == ("0", "0", "1")


def test_every_kind_of_decision_is_counted(rita: Any) -> None:
    candidate.draft(first := somebody(1), at=NOW - timedelta(days=9))
    graduate = agreements.claimed(first, agreements.signed(at=NOW - timedelta(days=30), staff=rita), at=NOW - timedelta(days=3))
    type(graduate).objects.filter(pk=graduate.pk).update(state="refused", refusal_text="x", decided_at=NOW, decided_by=rita)
    began = NOW - timedelta(days=1200)
    sent = renewal.sent(renewal.opened(somebody(2), at=began, staff=rita), at=NOW - timedelta(days=4))
    type(sent).objects.filter(pk=sent.pk).update(state="approved", decided_at=NOW, decided_by=rita)
    waiting = course.in_review(course.contact(somebody(3), at=NOW, staff=rita), at=NOW - timedelta(days=5))
    type(waiting).objects.filter(pk=waiting.pk).update(state="refused", decided_at=NOW, decided_by=rita, decision_text="x")
    member = people.person("mia@committee.example", roles=(Role.COMMITTEE,))
    appeals.sworn(member, at=NOW - timedelta(days=6))
    appeal = appeals.responded(somebody(4), at=NOW - timedelta(days=6), staff=rita, by=member)
    said = {"heard_at": NOW, "heard_by": rita, "verdict_text": "x", "ended_on": TODAY}
    type(appeal).objects.filter(pk=appeal.pk).update(state="upheld", **said)
    told = {row[0].split(",")[0]: row[1] for row in reports.decisions(TODAY, TODAY).rows}
    assert {name: told[name] for name in ("Graduates’ claims", "Renewals", "Courses", "Appeals")} == {
        "Graduates’ claims": "3",
        "Renewals": "4",
        "Courses": "5",
        "Appeals": "6",
    }


def test_what_is_in_grace_comes_first(rita: Any) -> None:
    issued = certificate.issued(somebody(1), at=NOW, staff=rita)
    last = issued.expires_on
    for days, rows in ((0, 0), (1, 1), (61, 1), (62, 0)):
        report = reports.renewals_due(last + timedelta(days=days), last + timedelta(days=days))
        assert (days, sum("in grace" in row[0] for row in report.rows)) == (days, rows)


@pytest.mark.parametrize("code", reports.KINDS)
def test_a_report_is_a_page_and_a_file(staff: Client, code: str) -> None:
    candidate.draft(somebody(1), at=NOW)
    page = staff.get(reverse("report", args=[code]))
    assert page.status_code == 200
    shown: Report = page.context["report"]
    answer = staff.get(reverse("report_csv", args=[code]))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith(BOM_UTF8), "Excel reads the file in another alphabet"
    assert list(csv.reader(StringIO(answer.content.decode("utf-8-sig")))) == [list(shown.columns), *(list(row) for row in shown.rows)]


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("funnel", "No one began an application in this time. People are counted here from the day on which they begin one."),
        ("decisions", "Nothing was decided in this time. A decision is counted here from its day on."),
        ("renewals", "No certificate ends in this time, and none is in grace. Each is counted here in the month in which it ends."),
        ("answers", "No one has answered these questions yet. Answers are counted here once an application is sent."),
    ],
)
def test_a_report_with_nothing_to_show_says_why_and_what_would_fill_it(staff: Client, code: str, why: str) -> None:
    answer = staff.get(reverse("report", args=[code]))
    assert answer.status_code == 200
    assert f'<p class="empty">{why}</p>' in answer.text
    assert "<table" not in answer.text


def test_every_kind_of_report_can_be_empty(staff: Client) -> None:
    assert [code for code in reports.KINDS if "<table" in staff.get(reverse("report", args=[code])).text] == []


def test_small_numbers_alone_are_no_empty_report(staff: Client) -> None:
    draft = candidate.ready(who := somebody(1), at=NOW)
    values = {"why": "job", "age": "", "gender": "", "ethnicity": ""}
    candidates.save_section(draft, section="answers", version=0, values=values, actor=who, at=NOW)
    candidates.send(draft, actor=who, at=NOW)
    assert "Fewer than 5" in staff.get(reverse("report", args=["answers"])).text


@pytest.mark.parametrize("count", [3, 30])
@pytest.mark.parametrize(("code", "queries"), [("funnel", 4), ("decisions", 10), ("renewals", 4)])
def test_a_report_asks_the_same_however_many_there_are(
    staff: Client, django_assert_num_queries: Any, count: int, code: str, queries: int
) -> None:
    for number in range(count):
        candidate.draft(somebody(number), at=NOW)
    with django_assert_num_queries(queries + 1):
        staff.get(reverse("report", args=[code]))


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [((2026, 1, 2), (2026, 1, 1), "last_on"), ((2000, 1, 1), (2026, 1, 1), "last_on"), ((2026, 13, 1), (2026, 1, 1), "first_on")],
)
def test_wrong_days_are_told_at_their_field(staff: Client, first: tuple[int, ...], last: tuple[int, ...], field: str) -> None:
    typed = {
        f"{name}_{part}": str(value)
        for name, day in (("first_on", first), ("last_on", last))
        for part, value in zip(("year", "month", "day"), day, strict=True)
    }
    answer = staff.get(reverse("report", args=["funnel"]), typed)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert staff.get(reverse("report_csv", args=["funnel"]), typed).status_code == 404


def test_there_is_no_other_report(staff: Client) -> None:
    assert staff.get(reverse("report", args=["salaries"])).status_code == 404


def test_a_cell_that_a_table_program_would_run_gets_an_apostrophe() -> None:
    answer = csv_response([("What",), ("=1+1",), ("@x",), ("fine",)], name="list.csv")
    assert answer.content.decode("utf-8-sig").split() == ["What", "'=1+1", "'@x", "fine"]
