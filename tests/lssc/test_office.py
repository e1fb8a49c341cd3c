"""The office: one inbox in the order in which things press, the search for people, and a person's file that tells in English."""

import re
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from candidates import actions as candidates
from candidates import queries
from candidates.models import Application, Candidacy
from certificates import actions as certificates
from ledger import actions as ledger
from ledger.queries import Waiting
from lssc.views import office
from people import actions as people_actions
from people.models import User
from people.states import Role
from tests.factories import candidates as candidate
from tests.factories import certificates as certificate
from tests.factories import courses as course
from tests.factories import people
from tests.factories import portfolios as portfolio

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.DEMO = False
    monkeypatch.setattr("ledger.clock.now", lambda: NOW)


@pytest.fixture
def staff(rita: Any) -> Client:
    client = Client()
    client.force_login(rita)
    return client


@pytest.fixture
def otto(db: None) -> User:
    """Who reads everything and changes nothing."""
    return people.person("otto@lssc.example", roles=(Role.AUDITOR,), name="Otto Berg", called="Otto")


@pytest.fixture
def candidacy(alice: Any, rita: Any, at: Any) -> Candidacy:
    return candidate.candidacy(alice, at=at, staff=rita)


def waiting(title: str = "Decide", **known: Any) -> Waiting:
    facts = {
        "queue": "Applications",
        "detail": "It is whole",
        "url": "/help/",
        "since": TODAY,
        "due_on": None,
        "holder": "Staff",
        "needs_person": False,
        **known,
    }
    return Waiting(title=title, **facts)


@pytest.fixture
def inbox(monkeypatch: pytest.MonkeyPatch, staff: Client) -> Any:
    """The inbox over these things, asked as staff."""

    def ask(*things: Waiting, **query: str) -> Any:
        monkeypatch.setattr(office, "ROOMS", [SimpleNamespace(list_waiting=lambda *, at: list(things))])
        return staff.get("/office/", query)

    return ask


def titles(response: Any) -> list[str]:
    return [line.what.title for line in response.context["page"]]


def text(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


# The inbox


def test_an_empty_inbox_says_so(staff: Client) -> None:
    read = text(staff.get("/office/"))
    assert "Nothing waits. Today is Monday, November 23, 2026." in read
    assert "There is nothing to decide in this list." in read


def test_the_most_urgent_comes_first(inbox: Any) -> None:
    soon, later = TODAY + timedelta(days=1), TODAY + timedelta(days=9)
    before = TODAY - timedelta(days=3)
    response = inbox(
        waiting("no day, new"),
        waiting("later", due_on=later),
        waiting("a person, no day", needs_person=True),
        waiting("no day, old", since=before),
        waiting("soon, new", due_on=soon),
        waiting("soon, old", due_on=soon, since=before),
        waiting("late", due_on=before),
        waiting("a person, late", due_on=before, needs_person=True),
    )
    assert titles(response) == [
        "a person, late",
        "a person, no day",
        "late",
        "soon, old",
        "soon, new",
        "later",
        "no day, old",
        "no day, new",
    ]


def test_what_needs_a_person_stands_under_its_own_heading(inbox: Any) -> None:
    one = inbox(waiting(), waiting(), waiting(needs_person=True))
    html, read = one.content.decode(), text(one)
    assert re.findall(r'scope="colgroup">([^<]+)<', html) == ["Needs a person first", "Ready to decide"]
    assert "3 things wait. One needs a person first." in read
    assert re.findall(r'scope="colgroup">([^<]+)<', inbox(waiting()).content.decode()) == ["Ready to decide"]
    assert "1 thing waits. Today" in text(inbox(waiting()))
    assert "2 things wait. Two need a person first." in text(inbox(waiting(needs_person=True), waiting(needs_person=True)))


def test_staff_do_not_read_who_rates_their_own_portfolio(inbox: Any, rita: Any, alice: Any) -> None:
    assert titles(inbox(waiting("mine", about=rita.pk), waiting("Alice's", about=alice.pk))) == ["Alice's"]


def test_each_queue_has_a_tab(inbox: Any) -> None:
    things = [waiting("a"), waiting("b", queue="Portfolios"), waiting("c", queue="Portfolios")]

    def tabs(response: Any) -> list[tuple[str, str]]:
        found = re.findall(r'<li><a href="[^"]*"( aria-current="page")?>([^<]+\(\d+\))</a>', response.content.decode())
        return [(label, "here" if current else "") for current, label in found]

    everything = inbox(*things)
    assert tabs(everything) == [("All (3)", "here"), ("Applications (1)", ""), ("Portfolios (2)", "")]
    one = inbox(*things, queue="Portfolios")
    assert tabs(one) == [("All (3)", ""), ("Applications (1)", ""), ("Portfolios (2)", "here")]
    assert titles(one) == ["b", "c"]
    unknown = inbox(*things, queue="<b>Nothing</b>")
    assert (tabs(unknown), titles(unknown)) == (tabs(everything), ["a", "b", "c"])


@pytest.mark.parametrize(
    ("days", "urgency", "words", "shown"),
    [
        (-30, "late", "late", "Oct 24, 2026, late"),
        (-1, "late", "late", "Nov 22, 2026, late"),
        (0, "soon", "today", "Nov 23, 2026, today"),
        (1, "soon", "tomorrow", "Nov 24, 2026, tomorrow"),
        (2, "soon", "2 days left", "Nov 25, 2026, 2 days left"),
        (4, "soon", "4 days left", "Nov 27, 2026, 4 days left"),
        (5, "", "", "Nov 28, 2026 "),
        (400, "", "", "Dec 28, 2027 "),
        (None, "", "", "No date"),
    ],
)
def test_the_due_day_in_words(inbox: Any, days: int | None, urgency: str, words: str, shown: str) -> None:
    due_on = None if days is None else TODAY + timedelta(days=days)
    response = inbox(waiting(due_on=due_on))
    line = response.context["page"][0]
    assert (line.urgency, line.due_words) == (urgency, words)
    assert shown in text(response)


@pytest.mark.parametrize(("since", "words"), [(0, "0 days"), (1, "1 day"), (2, "2 days"), (-1, "0 days")])
def test_the_age_in_days(inbox: Any, since: int, words: str) -> None:
    response = inbox(waiting(since=TODAY - timedelta(days=since)))
    assert f'data-label="Waiting" class="r">{words}<' in response.content.decode()


def test_the_day_is_that_of_deadlines(inbox: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.clock.now", lambda: datetime(2026, 11, 24, 10, 59, tzinfo=UTC))
    assert "Nov 23, 2026, today" in text(inbox(waiting(due_on=TODAY)))
    monkeypatch.setattr("ledger.clock.now", lambda: datetime(2026, 11, 24, 11, 0, tzinfo=UTC))
    assert "Nov 23, 2026, late" in text(inbox(waiting(due_on=TODAY)))


def test_the_inbox_comes_by_25_and_pages_keep_the_queue(inbox: Any) -> None:
    things = [waiting(f"{number:02}", queue="Portfolios", since=TODAY - timedelta(days=60 - number)) for number in range(51)]
    first = inbox(*things, waiting("other"), queue="Portfolios")
    assert titles(first) == [f"{number:02}" for number in range(25)]
    assert 'href="?queue=Portfolios&amp;page=2"' in first.content.decode()
    second = inbox(*things, waiting("other"), queue="Portfolios", page="2")
    third = inbox(*things, waiting("other"), queue="Portfolios", page="3")
    assert titles(second) + titles(third) == [f"{number:02}" for number in range(25, 51)]
    assert titles(inbox(*things, page="99")) == ["50"]
    assert titles(inbox(*things, page="x"))[0] == "00"


def test_a_title_is_text(inbox: Any) -> None:
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in inbox(waiting("<script>alert(1)</script>")).content.decode()


def test_the_inbox_asks_the_same_few_questions_at_3_and_at_30(staff: Client, django_assert_num_queries: Any, at: Any) -> None:
    questions = 31

    def apply(numbers: range) -> None:
        for number in numbers:
            candidate.in_review(people.person(f"person{number}@county.example", name=f"Person {number}"), at=at)

    apply(range(3))
    with django_assert_num_queries(questions):
        assert len(titles(staff.get("/office/"))) == 3
    apply(range(3, 30))
    with django_assert_num_queries(questions):
        assert len(titles(staff.get("/office/"))) == 25


def test_every_room_brings_what_waits_and_every_line_leads_somewhere(
    candidacy: Candidacy, bob: Any, charlie: Any, rita: Any, otto: User, staff: Client, at: Any
) -> None:
    candidate.in_review(charlie, at=at)
    course.claimed(candidacy, at=at)
    portfolio.submitted(candidacy, at=at)
    certificate.asked(bob, at=at, staff=rita)
    response = staff.get("/office/")
    assert [queue.name for queue in response.context["queues"]] == ["Applications", "Certificates", "Completions", "Portfolios"]
    reader = Client()
    reader.force_login(otto)
    for line in response.context["page"]:
        assert staff.get(line.what.url).status_code == 200
        assert reader.get(line.what.url, follow=True).status_code == 200


# Who may


@pytest.mark.parametrize("path", ["/office/", "/office/people/", "/office/people/?q=alice"])
def test_the_office_is_for_staff_and_auditors(path: str, request: Any, otto: User, staff: Client) -> None:
    assert Client().get(path).url.startswith("/account/login/?next=")
    for name in ("alice", "bob", "charlie"):
        client = Client()
        client.force_login(request.getfixturevalue(name))
        assert client.get(path).status_code == 403
    reader = Client()
    reader.force_login(otto)
    assert [client.get(path).status_code for client in (staff, reader)] == [200, 200]
    assert [client.post(path).status_code for client in (staff, reader)] == [405, 405]


def test_a_file_is_for_staff_and_auditors(candidacy: Candidacy, alice: Any, bob: Any, otto: User, staff: Client) -> None:
    path = reverse("person", args=[alice.public_id])
    answers = []
    for who in (alice, bob, otto):
        client = Client()
        client.force_login(who)
        answers.append(client.get(path).status_code)
    assert answers == [403, 403, 200]
    assert Client().get(path).url.startswith("/account/login/?next=")
    assert staff.get(path).status_code == 200
    assert staff.post(path).status_code == 405
    assert staff.get(reverse("person", args=[uuid4()])).status_code == 404
    assert staff.get(f"/office/people/{alice.pk}/").status_code == 404


# The search for people


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("moreau", ["Alice Moreau"]),
        ("MARLOW.ex", ["Alice Moreau"]),
        ("  alice   moreau ", ["Alice Moreau"]),
        ("moreau alice", ["Alice Moreau"]),
        ("al", ["Alice Moreau", "Beth Alvarez"]),
        ("alice tran", []),
        ("%", []),
        ("\0", []),
        ("<script>", []),
        ("x" * 5000, []),
    ],
)
def test_people_are_found_by_parts_of_name_and_address(
    staff: Client, alice: Any, bob: Any, beth: Any, typed: str, names: list[str]
) -> None:
    response = staff.get("/office/people/", {"q": typed})
    assert response.status_code == 200
    assert [who.name for who in response.context["found"]] == names
    assert [f">{name}</a>" in response.content.decode() for name in names] == [True] * len(names)


def test_the_search_says_how_many_and_what_to_do_when_there_is_nobody(staff: Client, alice: Any) -> None:
    assert "1 person found" in text(staff.get("/office/people/", {"q": "moreau"}))
    assert "Nobody with “moreauu” in the name or address. Try a shorter part of it." in text(staff.get("/office/people/", {"q": "moreauu"}))
    read = text(staff.get("/office/people/"))
    assert ("found" in read, "Nobody" in read) == (False, False)


def test_the_search_keeps_what_was_typed(staff: Client) -> None:
    assert 'value="&quot;mo&quot;"' in staff.get("/office/people/", {"q": '"mo"'}).content.decode()


def test_the_search_asks_one_question_however_many_it_finds(staff: Client, django_assert_num_queries: Any) -> None:
    for number in range(30):
        people.person(f"person{number}@county.example", name=f"Person {number:02}")
    questions = 5
    with django_assert_num_queries(questions):
        assert len(staff.get("/office/people/", {"q": "Person 00"}).context["found"]) == 1
    with django_assert_num_queries(questions):
        assert len(staff.get("/office/people/", {"q": "county"}).context["found"]) == 25


# A person's file


def entries(response: Any) -> list[str]:
    return [one.sentence for one in response.context["told"]]


def test_a_file_tells_in_english_who_did_what(candidacy: Candidacy, alice: Any, rita: Any, staff: Client) -> None:
    response = staff.get(reverse("person", args=[alice.public_id]))
    told = entries(response)
    admitted = "Rita Lindqvist admitted Alice Moreau until November 23, 2030."
    assert admitted in told
    assert admitted in text(response)
    assert all(sentence.endswith(".") and "{" not in sentence and "(not recorded)" not in sentence for sentence in told)
    assert "Candidate until November 23, 2030." in text(response)


def test_a_file_says_for_what_reason(alice: Any, rita: Any, staff: Client, at: Any) -> None:
    application = candidate.in_review(alice, at=at)
    why = "Your letter names 12 hours a week."
    candidates.refuse(application, reason_code="hours", reason=why, eligible_from=date(2027, 3, 1), actor=rita, at=at)
    assert f"Reason: {why}" in text(staff.get(reverse("person", args=[alice.public_id])))


def test_a_file_of_somebody_without_anything(charlie: Any, staff: Client) -> None:
    read = text(staff.get(reverse("person", args=[charlie.public_id])))
    assert "Has an account, and has not applied." in read
    assert "Nothing yet." in read


def test_a_file_pages_backward_without_gaps_or_doubles(candidacy: Candidacy, alice: Any, staff: Client, at: Any) -> None:
    for number in range(53):
        facts = {"set": f"Set {number:02}", "way": "course"}
        ledger.record("candidates.set.choose", subject=candidacy, actor=alice, at=at, person=alice, facts=facts)
    path = reverse("person", args=[alice.public_id])
    pages, query = [], {}
    while True:
        response = staff.get(path, query)
        pages.append(entries(response))
        if response.context["older"] is None:
            break
        assert f'href="?before={response.context["older"]}"' in response.content.decode()
        query = {"before": str(response.context["older"])}
    assert [len(page) for page in pages[:-1]] == [25] * (len(pages) - 1)
    chosen = [sentence for page in pages for sentence in page if "Set " in sentence]
    assert [re.findall(r"Set (\d\d)", sentence) for sentence in chosen] == [[f"{number:02}"] for number in reversed(range(53))]
    assert "Show what happened before" not in text(response)


@pytest.mark.parametrize("before", ["", "x", "-1", "1.5", "²", "1e9", "9" * 40, "0x10", "1 OR 1=1", "\0"])
def test_a_page_that_is_no_number_is_the_first(candidacy: Candidacy, alice: Any, staff: Client, before: str) -> None:
    path = reverse("person", args=[alice.public_id])
    response = staff.get(path, {"before": before})
    assert (response.status_code, entries(response)) == (200, entries(staff.get(path)))


@pytest.mark.parametrize("before", ["0", "00", "٠"])
def test_before_the_first_entry_there_is_nothing(candidacy: Candidacy, alice: Any, staff: Client, before: str) -> None:
    response = staff.get(reverse("person", args=[alice.public_id]), {"before": before})
    assert (response.status_code, entries(response)) == (200, [])


def test_a_draft_is_nobodys_but_the_writers(candidacy: Candidacy, alice: Any, charlie: Any, staff: Client, at: Any) -> None:
    row = portfolio.draft(candidacy, at=at)
    candidate.draft(charlie, at=at)
    file = staff.get(reverse("person", args=[alice.public_id])).content.decode()
    assert str(row.id) not in file
    applied = staff.get(reverse("person", args=[charlie.public_id])).content.decode()
    assert str(Application.objects.get(person=charlie).id) not in applied


def test_every_link_of_a_full_file_leads_somewhere(candidacy: Candidacy, alice: Any, rita: Any, otto: User, staff: Client, at: Any) -> None:
    portfolio.submitted(candidacy, at=at)
    course.claimed(candidacy, at=at)
    for code in certificate.SIX:
        candidate.achieve(candidacy, code, at=at)
    done = queries.get_candidacy(alice)
    assert done is not None
    certificates.issue(certificates.ask(done, actor=alice, at=at), actor=rita, at=at)
    reader = Client()
    reader.force_login(otto)
    for browser in (reader, staff):
        response = browser.get(reverse("person", args=[alice.public_id]))
        main = response.content.decode().split("<main", 1)[1].split("</main>", 1)[0]
        links = set(re.findall(r'href="(/[^"]+)"', main))
        assert {link.split("/")[1] for link in links} == {
            "office",
            "applications",
            "candidacies",
            "portfolios",
            "completions",
            "certificates",
            "billing",
        }
        assert [link for link in links if browser.get(link, follow=True).status_code != 200] == []
    assert "Finished the program on November 23, 2026." in text(response)


def test_a_file_asks_the_same_few_questions_however_full_it_is(
    candidacy: Candidacy, alice: Any, staff: Client, django_assert_num_queries: Any, at: Any
) -> None:
    path = reverse("person", args=[alice.public_id])
    questions = 18
    portfolio.submitted(candidacy, at=at, set_code="technology")
    course.claimed(candidacy, at=at)
    with django_assert_num_queries(questions):
        staff.get(path)
    for code in ("access", "youth"):
        portfolio.sent(candidacy, at=at, set_code=code)
    course.claimed(candidacy, at=at, course=course.offering("Reference for All", set_code="reference"))
    candidate.achieve(candidacy, "foundations", at=at)
    with django_assert_num_queries(questions):
        staff.get(path)


def test_roles_stand_in_the_file(bob: Any, alice: Any, staff: Client, at: Any) -> None:
    people_actions.give_role(bob, Role.COMMITTEE, actor=None, at=at)
    response = staff.get(reverse("person", args=[bob.public_id]))
    assert set(response.context["roles"]) == {Role.COMMITTEE.label, Role.EVALUATOR.label}
    assert [label in text(response) for label in response.context["roles"]] == [True, True]
    assert staff.get(reverse("person", args=[alice.public_id])).context["roles"] == []
