"""What each page asks the database: the same number of questions at 3 rows of everything and at 300, and no more rows than it shows."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import override_settings
from django.urls import reverse

from candidates.models import Application
from certificates.models import Certificate
from ledger import inbox_items
from ledger.models import BulkRun
from ledger.queues import QUEUES
from lssc.reports import KINDS
from people.pages import Page
from tests.project.everybody import Project, rolled_back
from tests.project.large_fixture import FEW, LargeFixture, list_unfilled
from tests.project.test_addresses import TABLE, WHO, whom

pytestmark = pytest.mark.django_db
SIZES = (3, 300)


@dataclass(frozen=True)
class Cost:
    """What one page took: questions, rows that came back, and where the last page of its list is, or the next; no list has none.

    `last` is "" where there is one page.
    """

    queries: int
    rows: int
    last: str | None


# Whose list it is that is full, where it is not the candidate's.
READERS = {"billing:orders": "payer", "courses:portal": "provider", "appeals:mine": "appellant"}
READERS |= {f"agreements:{name}": "college" for name in ("college", "program")}


def reader(name: str) -> str | None:
    """Who opens the page: its owner, else who works with it, else anybody who may."""
    if name in READERS:
        return READERS[name]
    may = [who for who, answer in zip(WHO, TABLE[name][0], strict=True) if answer == 200]
    who = next((one for one in ("owner", "rates", "staff") if one in may), may[-1] if may else None)
    return whom(name, who) if who == "owner" else who


PAGES = sorted(name for name in TABLE if reader(name) and name not in ("healthz", "readyz"))
# Where nothing waits in the project: whoever has such a tab open is shown all that waits, by a question more.
EMPTY = {
    "Cards can’t be taken",
    "Fee not set",
    "Invoices overdue",
    "Payment does not match",
    "Refund failed",
    "Refunds",
    "Refunds by check",
    "Sets from an earlier candidacy",
}
# The same pages asked for something: who opens them, what stands in the address, how many questions that takes.
ASKED = {
    **{
        f"office, {tab}": ("staff", "office", f"?queue={quote(tab)}", 7 if tab in EMPTY else 5 if tab == "mine" else 6)
        for tab in sorted({"mine"} | {queue.name for queue in QUEUES.values()})
    },
    "people, with a text": ("staff", "people", "?q=crowd", 5),
    "appeals:queue, answer": ("committee", "appeals:queue", "?queue=answer", 6),
    "appeals:queue, decide": ("committee", "appeals:queue", "?queue=decide", 6),
    "appeals:queue, do": ("committee", "appeals:queue", "?queue=do", 6),
    "appeals:queue, over": ("committee", "appeals:queue", "?queue=over", 5),
    "candidates:queue, asked": ("staff", "candidates:queue", "?state=asked", 5),
    "renewals:queue, asked": ("staff", "renewals:queue", "?queue=asked", 5),
    "certificates:issued, with a text": ("staff", "certificates:issued", "?search=Dora", 5),
    "certificates:directory, with a text": ("visitor", "certificates:directory", "?name=a", 3),
    "courses:catalog, of a set": ("visitor", "courses:catalog", "?set=communication", 3),
    "help, with a text": ("visitor", "help", "?q=hours", 6),
    "demo:emails": ("visitor", "demo:emails", "", 2),
    "demo:emails, of one": ("visitor", "demo:emails", "?to=alice@marlow.example", 2),
    "usersessions_list": ("newcomer", "usersessions_list", "", 4),
    "account_email": ("newcomer", "account_email", "", 5),
}
REPORTS = {"funnel": (5, 4), "decisions": (11, 10), "renewals": (5, 4), "answers": (7, 6)}  # as a page, as a file


def look(project: Project, who: str, address: str) -> Cost:
    asked: list[int] = []

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        asked.append(max(context["cursor"].cursor.rowcount, 0) if sql.lstrip().startswith(("SELECT", "WITH")) else 0)
        return result

    cache.clear()
    with override_settings(DEMO="demo" in address), rolled_back(), connection.execute_wrapper(count):
        answer = project.clients[who].get(address)
        answer.getvalue()
    assert answer.status_code == 200, (address, answer.status_code)
    listed = "_pages.html" in {one.name for one in getattr(answer, "templates", [])}
    return Cost(len(asked), sum(asked), _last(answer.context["page"]) if listed else None)


def _last(page: Any) -> str:
    if isinstance(page, Page):
        return f"?after={page.next}" if page.next else ""
    return f"?page={page.paginator.num_pages}" if page.paginator.num_pages > 1 else ""


def _address(project: Project, name: str, asked: str = "") -> str:
    return (project.address(name) if name in TABLE else reverse(name)) + asked


@pytest.fixture(scope="module")
def costs(project: Project) -> Iterator[dict[str, dict[int, Cost]]]:
    """What every page takes in a project with three of everything, and in one with three hundred, who stay for the tests of this file."""
    with rolled_back():
        yield _measure(project, LargeFixture(project))


def _measure(project: Project, large: LargeFixture) -> dict[str, dict[int, Cost]]:
    found: dict[str, dict[int, Cost]] = defaultdict(dict)
    for size in SIZES:
        large.grow(size)
        for name in PAGES:
            found[name][size] = look(project, reader(name) or "", _address(project, name))
        for called, (who, name, asked, _) in ASKED.items():
            found[called][size] = look(project, who, _address(project, name, asked))
        for name in [name for name in PAGES if found[name][size].last is not None]:
            last = found[name][size].last or "?page=1"
            found[f"{name}, the last page"][size] = look(project, reader(name) or "", _address(project, name, last))
        for code in KINDS:
            for name in ("report", "report_csv"):
                found[f"{name}, {code}"][size] = look(project, "staff", reverse(name, args=[code]))
    return found


# How many questions each page asks: session, person, roles and the masthead's among them. A new page fails until it has its number.
QUESTIONS = {
    2: """
        robots
    """,
    3: """
        certificates:letter_pdf my_email_calendar billing:credit_note_pdf billing:invoice_pdf certificates:pdf
        people people:contact people:contact_sent people:preferences reports webinars:add
    """,
    4: """
        portfolios:sealed_text stuck_event billing:dispute billing:discrepancy about accessibility
        appeals:withdraw appeals_policy billing:new_order billing:record_check bulk_done candidates:can_i_apply
        candidates:withdraw certificates:verify colleges courses:approve_evaluator courses:ask agreements:begin
        courses:confirm courses:decline_review courses:end_evaluator courses:course_request courses:withdraw
        courses:withdraw_course agreements:withdraw_claim evaluators my_email people:download portfolios:decline
        portfolios:end_suggestion portfolios:statement portfolios:training privacy reminder reminders states
        terms webinars:change webinars:guests_csv webinars:leave
        billing:list billing:orders my_emails portfolios:rated courses:course_requests
    """,
    5: """
        sitemap people:undo people:security failed_email appeals:appeal appeals:grounds appeals:statement
        billing:change_order billing:other_ways billing:receipt_pdf candidates:queue
        candidates:remove_employment candidates:resume certificates:issued certificates:number
        certificates:waiting agreements:list agreements:signed agreements:submitted
        courses:answer_course_request agreements:college courses:completions courses:contact courses:entry
        agreements:graduates courses:instructors courses:question courses:review courses:reviews
        my_reminders person_email portfolios:add_evidence portfolios:add_link
        portfolios:applications portfolios:comments portfolios:conflicts portfolios:end_evaluator
        portfolios:replace portfolios:suggestions portfolios:to_assign portfolios:training_page
        providers renewal_policy renewals:add renewals:copy renewals:queue report webinars:office
        webinars:webinar webinars:webinars
        person_emails
    """,
    6: """
        office
        people:download_file people:person_security billing:fees bad_address appeals:queue appeals:review
        billing:credit_note billing:receipt candidates:diploma candidates:graduate candidates:letter
        candidates:more_time candidates:remove_hours candidates:transcript candidates:who certificates:letter
        certificates:listing costs courses:approval courses:catalog courses:claimed agreements:contacts
        courses:contacts courses:courses courses:evaluators agreements:claimed fees people:account
        portfolios:answer portfolios:approve_evaluator portfolios:ask_to_look portfolios:planner purchase_orders
        renewals:sample webinars:guests portfolios:to_rate
    """,
    7: """
        people:take_role people:reopen people:lock people:give_role billing:refund billing:charge appeals:notice
        candidates:add_hours candidates:add_employment candidates:answers candidates:application
        candidates:hours candidates:member certificates:certificate certificates:directory certificates:mine
        agreements:colleges courses:completion courses:map employers pages people:inquiry portfolios:application
        portfolios:check_seal portfolios:evaluators portfolios:plan_set portfolios:pre_review
        portfolios:set_suggestions portfolios:standing sets steps what
    """,
    8: """
        candidates:change_hours candidates:change_employment candidates:review candidates:work
        agreements:agreement agreements:claim home_public how renewals:kind renewals:remove set portfolios:sealed
    """,
    9: """
        billing:payer billing:order courses:claim agreements:program courses:review_course help portfolio_guide
        portfolios:addition portfolios:index list_csv
    """,
    10: """
        portfolios:finish candidates:candidacy courses:application agreements:graduate courses:portal
        portfolios:office portfolios:send_supplement report_csv portfolios:invitation portfolios:rate
    """,
    11: """
        billing:invoice appeals:decision agreements:review courses:offering history portfolios:apply
        portfolios:change_evidence portfolios:response renewals:review
    """,
    12: """
        billing:reverse_payment portfolios:send candidates:check courses:check portfolios:start renewals:check
        renewals:renewal
    """,
    13: """
        candidates:plan my portfolios:assign portfolios:portfolio portfolios:propose
    """,
    14: """
        close_account
    """,
    18: """
        appeals:mine appeals:receipt person renewals:activity
    """,
}
# Pages that show one whole thing, and read all of it, so many rows at most; everything else reads what it shows of a list.
WHOLE = {
    # What one person has, or can appeal
    "appeals:receipt": 350,
    "appeals:mine": 650,
    "certificates:listing": 350,
    "certificates:mine": 350,
    "my": 350,
    "person": 1300,
    # The people of one order
    "billing:credit_note": 350,
    "billing:invoice": 950,
    "billing:reverse_payment": 950,
    "billing:order": 350,
    # One person's posts, which the hours are counted from
    "candidates:add_hours": 350,
    "candidates:add_employment": 350,
    "candidates:change_hours": 350,
    "candidates:change_employment": 350,
    "candidates:check": 350,
    "candidates:hours": 350,
    "candidates:work": 350,
    # The activities of one term, which the hours are counted from
    "renewals:activity": 1350,
    "renewals:check": 950,
    "renewals:kind": 350,
    "renewals:remove": 350,
    "renewals:renewal": 950,
    "renewals:review": 350,
    # The evidence of one portfolio
    "portfolios:portfolio": 650,
    "portfolios:response": 950,
    "portfolios:send": 650,
    # Approvals, instructors and applications of one provider
    "courses:approval": 350,
    "courses:check": 350,
    "close_account": 1300,
    "courses:claim": 350,
    "courses:completion": 350,
    "courses:instructors": 350,
    "courses:review_course": 350,
    "courses:offering": 650,
    "courses:portal": 1250,
    # People of a college
    "agreements:review": 350,
    "agreements:college": 1250,
    "agreements:contacts": 650,
    "agreements:colleges": 700,
    # A new amount every few years
    "billing:fees": 350,
    # New terms every few years
    "terms": 350,
    # A term every four years
    "certificates:certificate": 350,
    # Every evaluator of the set, of whom the best are proposed
    "portfolios:assign": 1250,
    # Every evaluator of the sets, of whom the best are proposed
    # (of 100 portfolios; those of one day come in any order, and each further set among them adds its evaluators)
    "portfolios:propose": 2100,
    # The sets of 25 evaluators
    "portfolios:evaluators": 150,
    # A whole file
    "webinars:guests_csv": 350,
}


def test_the_project_has_three_hundred_of_everything_that_there_can_be_many_of(project: Project, costs: Any) -> None:
    assert set(list_unfilled()) == FEW


def test_the_inbox_keeps_what_its_queues_say_of_three_hundred(project: Project, costs: Any) -> None:
    assert inbox_items.mend() == {}


def expected() -> dict[str, int]:
    """How many questions each page asks, with what it is asked for, on its last page, and each report."""
    numbers = {name: number for number, names in QUESTIONS.items() for name in names.split()}
    numbers |= {called: number for called, (_, _, _, number) in ASKED.items()}
    return numbers | {
        f"{name}, {code}": number for code, both in REPORTS.items() for name, number in zip(("report", "report_csv"), both, strict=True)
    }


@pytest.mark.parametrize("size", SIZES)
def test_each_page_asks_as_often_as_the_table_says_whatever_there_is(size: int, costs: dict[str, dict[int, Cost]]) -> None:
    told = expected()
    found = {name: cost[size].queries for name, cost in costs.items()}
    assert found == {name: told[name.removesuffix(", the last page")] if name.endswith("page") else told[name] for name in costs}
    assert told.keys() <= costs.keys()
    assert max(found.values()) <= 18


def test_each_list_has_more_than_one_page(costs: dict[str, dict[int, Cost]]) -> None:
    """Else nothing was measured."""
    lists = {name for name, cost in costs.items() if cost[300].last is not None}
    assert len(lists) > 70
    assert {name for name in lists if not costs[name][300].last} == set()


def test_no_page_reads_more_than_it_shows(costs: dict[str, dict[int, Cost]]) -> None:
    """A page of 25, with what hangs on each line, and the built-in sets with their competencies; or one whole thing, so often at most."""
    assert {name for name, cost in costs.items() if cost[300].rows - cost[3].rows > 60 or cost[3].rows > 160} == set(WHOLE)
    assert {name: costs[name][300].rows for name, most in WHOLE.items() if costs[name][300].rows > most} == {}


def _ids(rows: Any, count: int) -> list[Any]:
    return list(rows.order_by("id").values_list("id", flat=True)[:count])


@pytest.mark.parametrize("count", [3, 25])
def test_what_is_looked_at_before_many_are_done(count: int, project: Project, costs: Any) -> None:
    """A look is the action undone, so each thing asks what its action asks; what was done, and what issuing shows, is read at once."""
    batch = BulkRun.objects.get(pk=project.args["bulk_done"][0])
    applications = _ids(Application.objects.filter(state="in_review", person__email__startswith="ann@crowd"), count)
    waiting = _ids(Certificate.objects.filter(state="asked"), count)
    batch.results = [{"thing": str(application), "title": "Dora", "emails": 1, "why_not": ""} for application in applications]
    with rolled_back():
        batch.save()
        done = look(project, "staff", project.address("bulk_done"))
    ticked = urlencode({"do": "candidates.admit", "thing": applications}, doseq=True)
    seen = look(project, "staff", f"{reverse('bulk')}?{ticked}")
    preview = look(project, "staff", f"{reverse('certificates:issue')}?{urlencode({'certificate': waiting}, doseq=True)}")
    assert (len(applications), len(waiting)) == (count, count)
    assert (done.queries, preview.queries, seen.queries) == (4, 4, 5 + 10 * count)  # of the ten, two are the savepoint that is undone
