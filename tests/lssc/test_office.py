"""The office: one inbox in the order in which things press, the search for people, and a person's file that tells in English."""

import re
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.db.models import Value
from django.test import Client
from django.urls import reverse

from billing.models import Outage
from candidates import actions as candidates
from candidates import queries
from candidates.models import Application, Candidacy
from certificates import actions as certificates
from ledger import actions as ledger
from ledger import claims, inbox_items, prepared, queues
from ledger.models import Claim, Entry
from ledger.states import NotPossible
from people import actions as people_actions
from people.models import Inquiry, User
from people.states import Role
from portfolios import actions as portfolios
from programs import policy as dates
from programs.models import Terms
from tests.factories import appeals, people
from tests.factories import billing as order
from tests.factories import candidates as candidate
from tests.factories import certificates as certificate
from tests.factories import courses as course
from tests.factories import portfolios as portfolio
from tests.markup import markup

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


def waiting(title: str = "Decide", **known: Any) -> SimpleNamespace:
    details = {
        "queue": "Applications",
        "detail": "It is whole",
        "url": "/help/",
        "since": TODAY,
        "due_on": None,
        "holder": "Staff",
        "needs_person": False,
        "about": None,
        **known,
    }
    return SimpleNamespace(title=title, **details)


@pytest.fixture
def declare(monkeypatch: pytest.MonkeyPatch, rita: Any) -> Any:
    """Declare one queue of one row for each of these things, instead of the apps' own."""

    def use(*things: SimpleNamespace) -> None:
        monkeypatch.setattr(queues, "QUEUES", {})
        for number, thing in enumerate(things):
            _declare(f"test.{number:03}", thing, User.objects.filter(pk=rita.pk))
        queues.keep.cache_clear()
        inbox_items.mend()

    return use


def _declare(kind: str, thing: SimpleNamespace, rows: Any) -> None:
    @queues.queue(kind, name=thing.queue)
    def find(*, at: datetime) -> queues.WorkItemQuery:
        return queues.WorkItemQuery(
            rows,
            thing="public_id",
            about=thing.about,
            since=thing.since,
            due_on=thing.due_on,
            needs_person=thing.needs_person,
            details={"kind": Value(kind)},
        )

    @find.text
    def say(item: queues.WorkItemRow) -> queues.WorkItemText:
        assert item.details == {"kind": kind}
        return queues.WorkItemText(thing.title, thing.detail, thing.url, holder=thing.holder)


@pytest.fixture
def inbox(declare: Any, staff: Client) -> Any:
    """The inbox over these things, asked as staff."""

    def ask(*things: SimpleNamespace, **query: str) -> Any:
        declare(*things)
        return staff.get("/office/", query)

    return ask


def titles(response: Any) -> list[str]:
    return [line.what.title for line in response.context["lines"]]


def text(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


# The inbox


def test_an_empty_inbox_says_so(staff: Client) -> None:
    read = text(staff.get("/office/"))
    assert "Nothing is waiting. Today is Monday, November 23, 2026." in read
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
        "no day, old",
        "no day, new",
        "later",
    ]


def test_what_needs_a_person_stands_under_its_own_heading(inbox: Any) -> None:
    page = markup(inbox(waiting(), waiting(), waiting(needs_person=True)))
    assert re.findall(r'scope="colgroup">([^<]+)<', page) == ["Action needed", "Ready to decide"]
    assert re.findall(r'scope="colgroup">([^<]+)<', markup(inbox(waiting()))) == ["Ready to decide"]


@pytest.mark.parametrize(
    ("days", "told"),
    [
        ([], "1 item to do. Today"),
        ([-1], "2 items to do: 1 late. Today"),
        ([0], "2 items to do: 1 due this week. Today"),
        ([5], "2 items to do: 1 due this week. Today"),
        ([6], "2 items to do. Today"),
        ([-30, -1, 0, 1, 5, 6, 400], "8 items to do: 2 late, 3 due this week. Today"),
    ],
)
def test_the_inbox_says_how_much_is_late_and_how_much_is_due_by_saturday(inbox: Any, days: list[int], told: str) -> None:
    things = [waiting(due_on=TODAY + timedelta(days=day)) for day in days]
    assert told in text(inbox(waiting(due_on=TODAY + timedelta(days=60)), *things))


def test_what_has_no_day_of_its_own_is_counted_by_the_day_that_its_line_shows(inbox: Any) -> None:
    page = text(inbox(waiting(since=TODAY - timedelta(days=30)), waiting(since=TODAY)))
    assert "2 items to do: 1 late. Today" in page


def test_what_is_about_the_reader_is_not_counted(inbox: Any, rita: Any) -> None:
    assert "Nothing is waiting." in text(inbox(waiting(due_on=TODAY - timedelta(days=1), about=rita.pk)))


def test_staff_do_not_read_who_rates_their_own_portfolio(inbox: Any, rita: Any, alice: Any) -> None:
    assert titles(inbox(waiting("mine", about=rita.pk), waiting("Alice's", about=alice.pk))) == ["Alice's"]


def test_each_queue_has_a_tab(inbox: Any) -> None:
    things = [waiting("a"), waiting("b", queue="Portfolios"), waiting("c", queue="Portfolios")]

    def tabs(response: Any) -> list[tuple[str, str]]:
        found = re.findall(r'<li><a href="[^"]*"( aria-current="page")?>([^<]+\(\d+\))</a>', markup(response))
        return [(label, "here" if current else "") for current, label in found]

    everything = inbox(*things)
    assert tabs(everything) == [("All (3)", "here"), ("Mine (0)", ""), ("Applications (1)", ""), ("Portfolios (2)", "")]
    one = inbox(*things, queue="Portfolios")
    assert tabs(one) == [("All (3)", ""), ("Mine (0)", ""), ("Applications (1)", ""), ("Portfolios (2)", "here")]
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
        (None, "", "", "Nov 30, 2026 "),
    ],
)
def test_the_due_day_in_words(inbox: Any, days: int | None, urgency: str, words: str, shown: str) -> None:
    due_on = None if days is None else TODAY + timedelta(days=days)
    response = inbox(waiting(due_on=due_on))
    line = response.context["lines"][0]
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


def test_the_inbox_comes_by_25_and_pages_keep_the_queue(inbox: Any, staff: Client) -> None:
    things = [waiting(f"{number:02}", queue="Portfolios", since=TODAY - timedelta(days=60 - number)) for number in range(51)]
    page = inbox(*things, waiting("other"), queue="Portfolios")
    assert "Back to the most urgent" not in text(page)
    read = [titles(page)]
    while page.context["next"]:
        link = f"?queue=Portfolios&amp;after={page.context['next']}"
        assert f'href="{link}"' in page.content.decode()
        page = staff.get(f"/office/{link.replace('&amp;', '&')}")
        assert 'href="?queue=Portfolios">Back to the most urgent' in page.content.decode()
        read.append(titles(page))
    assert read == [[f"{number:02}" for number in range(*part)] for part in ((0, 25), (25, 50), (50, 51))]


def test_pages_go_by_person_first_then_day_then_age_and_nothing_is_skipped(inbox: Any, staff: Client) -> None:
    days = [None, TODAY, TODAY + timedelta(days=1)]
    things = [
        waiting(f"{first}{due}{since}{twin}", needs_person=bool(first), due_on=days[due], since=TODAY - timedelta(days=since))
        for first in (0, 1)
        for due in range(3)
        for since in range(5)
        for twin in "ab"
    ]
    page = inbox(*things)
    read = titles(page)
    while page.context["next"]:
        page = staff.get("/office/", {"after": str(page.context["next"])})
        read += titles(page)
    assert read == sorted((thing.title for thing in things), key=lambda t: (t[0] == "0", t[1] == "0", t[1], -int(t[2]), t[3]))


@pytest.mark.parametrize("days", range(12))
def test_what_has_no_day_of_its_own_is_due_in_the_working_days_of_the_terms(declare: Any, days: int) -> None:
    starts = [TODAY + timedelta(days=number) for number in range(7)]
    declare(*(waiting(str(day), since=day) for day in starts), waiting("own", due_on=TODAY))
    work_items = queues.list_work_items(queues.WorkItemFilter(answer_working_days=days), at=NOW)
    due = {one.title: one.due_on for one in work_items}
    assert due == {"own": TODAY} | {str(day): dates.add_working_days(day, days) for day in starts}
    assert queues.list_work_items(queues.WorkItemFilter(), at=NOW)[-1].due_on is None


def test_every_line_of_the_inbox_has_a_day(inbox: Any) -> None:
    page = inbox(waiting("no day", since=TODAY - timedelta(days=14)), waiting("own", due_on=TODAY))
    assert titles(page) == ["no day", "own"]
    assert [line.urgency for line in page.context["lines"]] == ["late", "soon"]


@pytest.mark.parametrize(
    "after", ["", "x", "1_2_3_4_5", "1_infinity_2026-11-23_test-000_no", "\0", "1_infinity_2026-13-40_test-000_" + "0" * 32]
)
def test_a_place_that_is_none_is_the_beginning(inbox: Any, after: str) -> None:
    assert titles(inbox(waiting("one"), after=after)) == ["one"]


@pytest.mark.parametrize("day", ["2026-W01", "2026-W01-1", "2026W011", "20260105"])
def test_a_day_that_only_python_reads_is_no_failure(inbox: Any, day: str) -> None:
    for place in (f"1_{day}_2026-11-23", f"1_infinity_{day}"):
        assert inbox(waiting("one"), after=f"{place}_test-000_{uuid4()}").status_code == 200


def test_the_database_reads_one_text_whoever_asks_for_whatever_page(inbox: Any, rita: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = []
    read = prepared.read
    monkeypatch.setattr("ledger.prepared.read", lambda sql, values: texts.append(sql) or read(sql, values))
    for page, number in (("", 3), (f"1_2027-01-02_2026-11-23_test-000_{uuid4()}", 9), (f"0_infinity_2026-11-20_test-001_{uuid4()}", 9)):
        Terms.objects.update(answer_working_days=number)
        inbox(waiting("a person", needs_person=True), waiting("late", due_on=TODAY), waiting("no day"), after=page)
    assert len(texts) > 3
    assert len({text for text in texts if "WITH live" in text}) == 1


def test_after_the_last_thing_there_is_a_way_back(inbox: Any, rita: Any) -> None:
    response = inbox(waiting("one"), after=f"1_infinity_2030-01-01_test-000_{rita.public_id}")
    assert titles(response) == []
    assert "There is nothing after this. Back to the most urgent" in text(response)


# Who has what


@pytest.fixture
def sam(db: None) -> User:
    """A second one on the staff."""
    return people.person("sam@lssc.example", roles=(Role.STAFF,), name="Sam Ito", called="Sam")


def test_staff_take_a_thing_and_others_see_who_has_it(
    candidacy: Candidacy, charlie: Any, rita: Any, sam: User, staff: Client, at: Any
) -> None:
    row = candidate.in_review(charlie, at=at)
    form = {"kind": "candidates.application", "thing": str(row.id), "queue": "Applications"}
    assert ">Assign to me<" in markup(staff.get("/office/"))
    answer = staff.post("/office/assign/", form, follow=True)
    assert answer.redirect_chain == [("/office/?queue=Applications", 302)]
    assert "It is assigned to you. Other staff can see that." in text(answer)
    assert (answer.context["mine_count"], [(line.mine, line.what.owner) for line in answer.context["lines"]]) == (1, [(True, rita.pk)])
    assert titles(staff.get("/office/?queue=mine")) == ["Admit or refuse: Charlie Okafor"]
    other = Client()
    other.force_login(sam)
    seen = other.get("/office/")
    assert [(line.mine, line.what.owned_by) for line in seen.context["lines"]] == [(False, "Rita")]
    assert "Nothing is assigned to you." in text(other.get("/office/?queue=mine"))
    refused = other.post("/office/assign/", form, follow=True)
    assert "Rita has it. You can still decide on it." in text(refused)
    candidates.admit(row, actor=sam, at=at)
    assert titles(staff.get("/office/?queue=mine")) == []
    assert "This is no longer waiting." in text(staff.post("/office/unassign/", form, follow=True))
    told = [(entry.verb, entry.actor, entry.person, entry.details) for entry in Entry.objects.filter(verb__startswith="ledger.inbox")]
    thing = "Admit or refuse: Charlie Okafor, Application complete, fee paid"
    assert told == [("ledger.inbox.claim", rita, charlie, {"thing": thing})]


def test_a_thing_is_given_back_also_for_somebody_who_is_away(charlie: Any, rita: Any, sam: User, at: Any) -> None:
    row = candidate.in_review(charlie, at=at)
    what = ("candidates.application", row.id)
    with pytest.raises(NotPossible, match="It is not assigned"):
        claims.release(*what, actor=rita, at=at)
    claims.claim(*what, actor=rita, at=at)
    claims.claim(*what, actor=rita, at=at)
    claims.release(*what, actor=sam, at=at)
    assert not Claim.objects.exists()
    assert [entry.verb for entry in Entry.objects.filter(verb__startswith="ledger.inbox")] == [
        "ledger.inbox.claim",
        "ledger.inbox.release",
    ]


def test_what_is_about_oneself_can_not_be_taken(rita: Any, at: Any) -> None:
    row = candidate.in_review(rita, at=at)
    for kind, thing in (("candidates.application", row.id), ("candidates.application", uuid4()), ("no.such", row.id)):
        with pytest.raises(NotPossible, match="is no longer waiting"):
            claims.claim(kind, thing, actor=rita, at=at)


@pytest.mark.parametrize("form", [{}, {"kind": "x" * 70, "thing": "y"}, {"kind": "candidates.application", "thing": "\0"}])
def test_a_form_that_names_nothing_is_told_so(staff: Client, form: dict[str, str]) -> None:
    for path in ("/office/assign/", "/office/unassign/"):
        assert "We can’t tell which item you mean." in text(staff.post(path, form, follow=True))


def test_an_auditor_takes_nothing(charlie: Any, otto: User, at: Any) -> None:
    row = candidate.in_review(charlie, at=at)
    reader = Client()
    reader.force_login(otto)
    page = reader.get("/office/")
    assert titles(page) == ["Admit or refuse: Charlie Okafor"]
    assert ('method="post"' in page.content.decode().split("<main", 1)[1], "Mine (" in text(page)) == (False, False)
    assert reader.post("/office/assign/", {"kind": "candidates.application", "thing": row.id}).status_code == 403


def test_what_was_taken_long_ago_is_nobodys(charlie: Any, rita: Any, at: Any) -> None:
    row = candidate.in_review(charlie, at=at)
    claims.claim("candidates.application", row.id, actor=rita, at=at)
    claims.drop_old(at=at + timedelta(days=180))
    assert Claim.objects.count() == 1
    claims.drop_old(at=at + timedelta(days=180, seconds=1))
    assert Claim.objects.count() == 0


def test_a_title_is_text(inbox: Any) -> None:
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in inbox(waiting("<script>alert(1)</script>")).content.decode()


def test_the_inbox_asks_the_same_few_questions_at_3_and_at_300(
    candidacy: Candidacy, rita: Any, staff: Client, django_assert_num_queries: Any, at: Any
) -> None:
    def ask(count: int) -> None:
        Inquiry.objects.bulk_create(
            Inquiry(name=f"Reader {number}", email="r@county.example", topic="other", text="Hello", asked_at=at) for number in range(count)
        )

    ask(3)
    portfolio.submitted(candidacy, at=at)
    # Session, reader with roles; the Terms; how much waits and what; its words; the candidacy for the masthead.
    with django_assert_num_queries(6):
        assert len(titles(staff.get("/office/"))) == 4
    ask(297)
    for inquiry in Inquiry.objects.all()[:50]:
        Claim.objects.create(kind="people.inquiry", thing=inquiry.id, owner=rita, taken_at=at)
    with django_assert_num_queries(6):
        page = staff.get("/office/")
    assert (len(titles(page)), page.context["all_count"], page.context["mine_count"]) == (25, 301, 50)


def test_every_queue_can_be_asked_and_has_words(at: Any) -> None:
    for kind, queue in queues.QUEUES.items():
        assert queue.render is not None
        assert queues.list_work_items(queues.WorkItemFilter(kinds=[kind]), at=at) == []


@pytest.mark.parametrize(("minutes", "waits"), [(0, False), (9, False), (10, True), (14, True), (200, True)])
def test_an_instant_in_a_queue_goes_on_while_its_statement_is_kept(rita: Any, minutes: int, waits: bool) -> None:
    begin = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
    assert queues.list_app_work_items("billing", at=begin) == []
    Outage.objects.create(kind="silent", began_at=begin, retry_at=begin + timedelta(minutes=1))
    assert bool(queues.list_app_work_items("billing", at=begin + timedelta(minutes=minutes))) is waits


def test_a_day_in_a_queue_goes_on_at_its_end(candidacy: Candidacy, bob: Any, rita: Any, at: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is late at the first minute of a day was not at the last one of the day before, in the zone where it ends last."""
    made = portfolio.assigned(
        candidacy, portfolio.evaluator(bob, at=at), portfolio.evaluator(people.person("x@y.example"), at=at), staff=rita, at=at
    )
    last = portfolio.slot(made, 1).accept_by
    ends = datetime(last.year, last.month, last.day, 11, 0, tzinfo=UTC) + timedelta(days=1)
    for around in (ends - timedelta(minutes=1), ends - timedelta(hours=3)):
        assert not [item for item in queues.list_app_work_items("portfolios", at=around) if item.kind == "portfolios.late"]
    assert len([item for item in queues.list_app_work_items("portfolios", at=ends) if item.kind == "portfolios.late"]) == 2


@pytest.mark.parametrize(
    "find",
    [
        lambda at: Inquiry.objects.filter(asked_at__lt=NOW + (at - NOW) * 2),
        lambda at: Inquiry.objects.filter(pk__in=[uuid4()] * at.minute),
        lambda at: Inquiry.objects.filter(topic=str(at.minute)),
    ],
    ids=["an instant that runs faster", "so many values", "a minute as a text"],
)
def test_a_queue_whose_statement_could_not_be_kept_is_refused(find: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def query(*, at: datetime) -> queues.WorkItemQuery:
        return queues.WorkItemQuery(find(at), since=queues.day("asked_at"), details={})

    monkeypatch.setitem(queues.QUEUES, "test.thing", queues.Queue("test.thing", "Tests", query, live=True))
    with pytest.raises(TypeError):
        queues.list_work_items(queues.WorkItemFilter(kinds=["test.thing"]), at=NOW)


def test_every_room_brings_what_waits_and_every_line_leads_somewhere(
    candidacy: Candidacy, bob: Any, charlie: Any, rita: Any, otto: User, staff: Client, at: Any
) -> None:
    candidate.in_review(charlie, at=at)
    course.claimed(candidacy, at=at)
    portfolio.submitted(candidacy, at=at)
    certificate.asked(bob, at=at, staff=rita)
    response = staff.get("/office/")
    assert [queue.name for queue in response.context["tabs"]] == ["Applications", "Certificates", "Completions", "Portfolios"]
    reader = Client()
    reader.force_login(otto)
    for line in response.context["lines"]:
        assert staff.get(line.what.url).status_code == 200
        assert reader.get(line.what.url, follow=True).status_code == 200


# Who may


@pytest.mark.parametrize("path", ["/office/", "/office/people/", "/office/people/?q=nobody"])
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
    if len(names) == 1:
        assert response.url == reverse("person", args=[User.objects.get(name=names[0]).public_id])
        return
    assert response.status_code == 200
    assert [who.name for who in response.context["found"]] == names
    assert [f">{name}</a>" in response.content.decode() for name in names] == [True] * len(names)


def test_the_search_says_how_many_and_what_to_do_when_there_is_nobody(staff: Client, alice: Any, beth: Any) -> None:
    assert "2 people found" in text(staff.get("/office/people/", {"q": "al"}))
    read = text(staff.get("/office/people/", {"q": "moreauu"}))
    assert "No one has “moreauu” in their name or address, and no record has this number." in read


@pytest.fixture
def holder(candidacy: Candidacy, alice: Any, rita: Any, at: Any) -> str:
    """The number of Alice's certificate."""
    for code in certificate.SIX:
        candidate.achieve(candidacy, code, at=at)
    done = queries.get_candidacy(alice)
    assert done is not None
    return str(certificates.issue(certificates.ask(done, actor=alice, at=at), actor=rita, at=at).number)


def test_a_certificate_number_leads_to_the_file_however_it_is_typed(holder: str, alice: Any, staff: Client) -> None:
    bare = holder.replace("LSSC", "").replace("-", "")
    for typed in (holder, holder.lower(), f"  {bare} ", f"LSSC {bare}", bare.replace("0", "O").replace("1", "l"), holder.replace("-", "–")):
        assert staff.get("/office/people/", {"q": typed}).url == reverse("person", args=[alice.public_id])


def test_a_mistyped_certificate_number_is_told_so(holder: str, staff: Client) -> None:
    last = "A" if holder[-1] != "A" else "B"
    read = text(staff.get("/office/people/", {"q": holder[:-1] + last}))
    assert "This certificate number has a typing mistake. There is a typing mistake in this number" in read
    assert "A number has 13 letters and digits after LSSC. This has 2." in text(staff.get("/office/people/", {"q": "LSSC-AB"}))


def test_a_number_of_an_order_or_an_invoice_leads_to_the_paper(staff: Client, priya: Any, rita: Any, at: Any) -> None:
    payer = priya
    people_of = [("Ann", "ann@prairie.example", "application", False)]
    invoice = order.invoiced(payer, at=at, staff=rita, number="PO-77", people=people_of)
    sent = order.sent_order(payer, at=at, number="PO-88", people=people_of)
    for typed in ("po-77", "INV-00001", "inv 1", "INV1"):
        assert staff.get("/office/people/", {"q": typed}).url == reverse("billing:invoice", args=[invoice.id])
    assert staff.get("/office/people/", {"q": "PO-88"}).url == reverse("billing:order", args=[sent.id])
    order.sent_order(payer, at=at, number="PO-88", people=people_of)
    assert "2 orders found" in text(staff.get("/office/people/", {"q": "po-88"}))
    read = text(staff.get("/office/people/"))
    assert ("found" in read, "No one" in read) == (False, False)


def test_the_search_keeps_what_was_typed(staff: Client) -> None:
    assert 'value="&quot;mo&quot;"' in staff.get("/office/people/", {"q": '"mo"'}).content.decode()


def test_the_search_asks_the_same_few_questions_however_many_it_finds(staff: Client, django_assert_num_queries: Any) -> None:
    for number in range(30):
        people.person(f"person{number}@county.example", name=f"Person {number:02}")
    # Session, reader with roles; people, orders; the candidacy for the masthead.
    with django_assert_num_queries(5):
        assert len(staff.get("/office/people/", {"q": "Person 0"}).context["found"]) == 12
    with django_assert_num_queries(5):
        assert len(staff.get("/office/people/", {"q": "county"}).context["found"]) == 25
    with django_assert_num_queries(6):
        assert staff.get("/office/people/", {"q": "LSSC-0000-0000-0000-0"}).context["found"] == []


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
    assert "Candidate through November 23, 2030." in text(response)


def test_a_file_says_for_what_reason(alice: Any, rita: Any, staff: Client, at: Any) -> None:
    application = candidate.in_review(alice, at=at)
    why = "Your letter names 12 hours a week."
    candidates.refuse(application, reason_code="hours", reason=why, eligible_from=date(2027, 3, 1), actor=rita, at=at)
    assert f"Reason: {why}" in text(staff.get(reverse("person", args=[alice.public_id])))


def test_a_file_of_somebody_without_anything(charlie: Any, staff: Client) -> None:
    read = text(staff.get(reverse("person", args=[charlie.public_id])))
    assert "Has an account but has not applied." in read
    assert "Nothing yet." in read


def test_a_file_pages_backward_without_gaps_or_doubles(candidacy: Candidacy, alice: Any, staff: Client, at: Any) -> None:
    for number in range(53):
        details = {"set": f"Set {number:02}", "way": "course"}
        ledger.record("candidates.set.choose", subject=candidacy, actor=alice, at=at, person=alice, details=details)
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
    assert "Show earlier entries" not in text(response)


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
    candidate.draft(bob, at=at)
    lead = text(staff.get(reverse("person", args=[bob.public_id])))
    assert re.search(r"Application: [a-z ]+\. Committee, Portfolio evaluator\.", lead)
    assert staff.get(reverse("person", args=[alice.public_id])).context["roles"] == []


def test_a_file_shows_every_attempt_at_a_set(candidacy: Candidacy, alice: Any, rita: Any, staff: Client, at: Any) -> None:
    row = portfolio.submitted(candidacy, at=at)
    type(row).objects.filter(pk=row.pk).update(state="not_achieved", decided_on=at.date())
    row.refresh_from_db()
    portfolios.reopen(row, reason="A page was lost.", actor=rita, at=at + timedelta(days=1))
    newer = portfolio.submitted(candidacy, at=at + timedelta(days=2))
    page = staff.get(reverse("person", args=[alice.public_id]))
    assert re.findall(r"/portfolios/([0-9a-f-]+)/office/", page.content.decode()) == [str(newer.id), str(row.id)]
    assert "the set was reopened on November 24, 2026" in text(page)


def test_a_file_keeps_what_was_before_the_newest_application_and_candidacy(
    candidacy: Candidacy, alice: Any, charlie: Any, rita: Any, staff: Client, at: Any
) -> None:
    refused = appeals.refused(charlie, at=at, staff=rita)
    candidate.draft(charlie, at=at + timedelta(days=9))
    page = staff.get(reverse("person", args=[charlie.public_id]))
    assert re.findall(r"/applications/([0-9a-f-]+)/", page.content.decode()) == [str(refused.id)]
    row, claim = portfolio.submitted(candidacy, at=at), course.claimed(candidacy, at=at)
    Candidacy.objects.filter(pk=candidacy.pk).update(state="expired")
    Application.objects.filter(pk=candidacy.application_id).update(state="admitted")
    old = Candidacy.objects.get(pk=candidacy.pk)
    newer = Application.objects.get(pk=candidacy.application_id)
    newer.pk, newer._state.adding = uuid4(), True
    newer.started_at = at + timedelta(days=2000)
    newer.save()
    again = Candidacy.objects.get(pk=candidacy.pk)
    again.pk, again._state.adding = uuid4(), True
    again.application, again.state, again.admitted_on = newer, "active", old.admitted_on + timedelta(days=2000)
    again.ends_on = old.ends_on + timedelta(days=2000)
    again.save()
    page = staff.get(reverse("person", args=[alice.public_id])).content.decode()
    assert re.findall(r"/candidacies/([0-9a-f-]+)/", page) == [str(again.id), str(old.id)]
    assert re.findall(r"/applications/([0-9a-f-]+)/", page) == [str(newer.id), str(old.application_id)]
    assert f"/portfolios/{row.id}/office/" in page
    assert f"/completions/{claim.id}/" in page


def test_in_their_own_file_staff_have_no_link_to_what_they_may_not_open(rita: Any, at: Any, staff: Client) -> None:
    sam = people.person("sam@lssc.example", roles=(Role.STAFF,), name="Sam Ode", called="Sam")
    own = candidate.candidacy(rita, at=at, staff=sam)
    row = portfolio.submitted(own, at=at)
    page = staff.get(reverse("person", args=[rita.public_id])).content.decode()
    assert ("Technology" in page, str(row.id) in page, "/roles/" in page) == (True, False, False)
    links = set(re.findall(r'href="(/[^"]+)"', page.split("<main", 1)[1].split("</main>", 1)[0]))
    assert [link for link in links if staff.get(link, follow=True).status_code != 200] == []


def test_a_file_leads_to_every_letter_but_not_to_what_a_secret_one_opens(alice: Any, bob: Any, staff: Client, otto: User, at: Any) -> None:
    for number in range(27):
        ledger.queue_email(
            alice, "people/email_confirmed", key=number, at=at, path="/account/me/", context={"address": alice.email}, why="it is a test"
        )
    page = staff.get(reverse("person", args=[alice.public_id]))
    assert len(page.context["emails"]) == 10
    letters = reverse("person_emails", args=[alice.public_id])
    assert letters in page.content.decode()
    first = staff.get(letters).context["page"]
    assert (len(first), len(staff.get(letters, {"after": first.next}).context["page"])) == (25, 2)
    letter = alice.emails.first()
    place = reverse("person_email", args=[alice.public_id, letter.id])
    reader = Client()
    reader.force_login(otto)
    for browser in (staff, reader):
        assert "You are receiving this email because it is a test" in text(browser.get(place))
    assert staff.get(reverse("person_email", args=[bob.public_id, letter.id])).status_code == 404
    alice.emails.update(secret=True)
    shown = text(staff.get(place))
    assert "because it is a test" not in shown
    assert "so only the person can read this email." in shown


def test_the_search_says_that_there_are_more(staff: Client) -> None:
    for number in range(26):
        people.person(f"crowd{number}@full.example", name=f"Una Many {number:02}")
    page = staff.get(reverse("people"), {"q": "una many"})
    assert ("The first 25 people, by name" in text(page), "add another word of the name" in text(page)) == (True, True)
    User.objects.filter(email="crowd25@full.example").update(name="Una Few", called="Una")
    page = staff.get(reverse("people"), {"q": "una many"})
    assert ("25 people found" in text(page), "There are more" in text(page)) == (True, False)
