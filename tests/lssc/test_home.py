"""The candidate's home: six places in every state, the next step, who has what, the time line, the dates ahead; and where people land."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from candidates import actions as candidates
from candidates import queries
from candidates.models import Candidacy
from candidates.states import Way
from certificates import actions as certificate_actions
from courses import actions as courses
from lssc import home
from people import actions as people_actions
from people.states import Role
from portfolios.models import Portfolio
from portfolios.states import State
from programs import queries as programs
from tests.factories import candidates as candidate
from tests.factories import certificates as certificate
from tests.factories import courses as course
from tests.factories import portfolios as portfolio
from tests.markup import markup

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
FOUNDATIONS, COMMUNICATION, TECHNOLOGY = range(3)


@pytest.fixture
def candidacy(alice: Any, rita: Any, at: Any) -> Candidacy:
    """Alice was admitted today."""
    return candidate.candidacy(alice, at=at, staff=rita)


@pytest.fixture
def rated(candidacy: Candidacy, bob: Any, beth: Any, rita: Any, at: Any) -> Portfolio:
    """Alice's portfolio for Technology, which two evaluators rate."""
    two = portfolio.evaluator(bob, at=at), portfolio.evaluator(beth, at=at)
    return portfolio.in_rating(candidacy, *two, staff=rita, at=at)


def shown(person: Any, *, at: datetime = NOW) -> home.Home:
    found = queries.get_candidacy(person)
    assert found is not None
    return home.build(found, at=at)


def told(person: Any, place: int, *, at: datetime = NOW) -> tuple[str, str, str, str, int]:
    """What one place of the shelf says: title, label, headline, note, and how full it is."""
    spine = shown(person, at=at).spines[place]
    return spine.title, spine.label, spine.headline, spine.note, spine.share


def held(person: Any, name: str) -> tuple[str, bool, date | None, str]:
    """Who has the set with this name, whether that is the reader, until when, and what it takes."""
    row = next(row for row in shown(person).holdings if row.name == name)
    return row.holder, row.yours, row.until, row.takes


def put(row: Portfolio, **changes: Any) -> None:
    Portfolio.objects.filter(pk=row.pk).update(**changes)


# Places of the shelf


def test_at_first_three_sets_are_not_started_and_three_not_chosen(candidacy: Candidacy, alice: Any) -> None:
    page = shown(alice)
    assert page.lead == "None of your six sets is achieved yet."
    assert [told(alice, place)[1:] for place in range(6)] == [("0", "Not started", "Everyone needs this set", 0)] * 3 + [
        ("?", "Not chosen", "Choose one of seven electives", 0)
    ] * 3
    assert [spine.title for spine in page.spines][3:] == ["An elective of your choice"] * 3
    assert [spine.look for spine in page.spines] == ["spine--open"] * 6
    assert [(row.holder, row.yours, row.until, row.takes) for row in page.holdings] == [
        ("You", True, None, "Choose a course or a portfolio")
    ] * 3


@pytest.mark.parametrize(
    ("way", "words"),
    [
        (Way.COURSE, "by a course"),
        (Way.PORTFOLIO, "by a portfolio"),
        (Way.AGREEMENT, "by a college’s agreement"),
    ],
)
def test_an_achieved_set_says_when_and_how(candidacy: Candidacy, alice: Any, at: Any, way: str, words: str) -> None:
    candidate.achieve(candidacy, "foundations", at=at, way=way)
    page = shown(alice)
    spine = page.spines[FOUNDATIONS]
    assert (spine.look, spine.label, spine.headline, spine.note) == ("spine--done", "Done", "Achieved", f"November 23, 2026, {words}")
    assert spine.url == reverse("set", args=["foundations"])
    assert spine.title not in [row.name for row in page.holdings]
    assert page.lead == "You have one of six sets."


@pytest.mark.parametrize(
    ("way", "takes", "begins"),
    [
        (Way.COURSE, "Take an approved course, then send the proof", "/courses/?set=access"),
        (Way.PORTFOLIO, "Start the portfolio", "/portfolios/start/access/"),
        (Way.AGREEMENT, "Send your final transcript", "/agreements/"),
        ("", "Choose a course or a portfolio", "/sets/access/"),
    ],
)
def test_a_chosen_way_says_what_it_takes(candidacy: Candidacy, alice: Any, at: Any, way: str, takes: str, begins: str) -> None:
    candidates.choose(candidacy, set_code="access", way=way, actor=alice, at=at)
    name = programs.get_set("access").name
    spine = shown(alice).spines[3]
    assert (spine.title, spine.headline, spine.note) == (name, "Not started", "You can still choose another elective")
    assert spine.url == begins
    assert held(alice, name) == ("You", True, None, takes)


def test_a_claim_is_with_staff(candidacy: Candidacy, alice: Any, at: Any) -> None:
    claim = course.claimed(candidacy, at=at)
    name = programs.get_set("communication").name
    assert told(alice, COMMUNICATION) == (name, "Sent", "Under review", "Course finished on October 2, 2026", 100)
    assert held(alice, name) == ("Staff", False, date(2026, 11, 30), "Staff check the proof of your course")
    assert shown(alice).spines[COMMUNICATION].url == reverse("courses:claimed", args=[claim.id])
    assert shown(alice).lead == "None of your six sets is achieved yet. One is under way."


def test_a_refused_claim_says_so_and_the_set_is_open_again(candidacy: Candidacy, alice: Any, rita: Any, at: Any) -> None:
    claim = course.claimed(candidacy, at=at)
    courses.refuse(claim, reason="The form is not signed.", actor=rita, at=at)
    name = programs.get_set("communication").name
    assert told(alice, COMMUNICATION) == (name, "0", "Proof not accepted", "Read why, and what would help", 0)
    assert held(alice, name) == ("You", True, None, "Send better proof, or choose another way")
    assert shown(alice).spines[COMMUNICATION].url == reverse("courses:claimed", args=[claim.id])
    assert shown(alice).lead == "None of your six sets is achieved yet."
    assert "The form is not signed." not in shown(alice).spines[COMMUNICATION].note


def test_a_withdrawn_claim_leaves_no_trace_on_the_shelf(candidacy: Candidacy, alice: Any, at: Any) -> None:
    courses.withdraw(course.claimed(candidacy, at=at), actor=alice, at=at)
    assert told(alice, COMMUNICATION)[1:3] == ("0", "Not started")


def test_a_portfolio_after_a_refused_claim_is_what_counts(candidacy: Candidacy, alice: Any, rita: Any, at: Any) -> None:
    courses.refuse(course.claimed(candidacy, at=at), reason="The form is not signed.", actor=rita, at=at)
    portfolio.draft(candidacy, at=at, set_code="communication")
    assert told(alice, COMMUNICATION)[2] == "In progress"


def test_a_claim_after_a_refused_one_is_what_counts(candidacy: Candidacy, alice: Any, rita: Any, at: Any) -> None:
    courses.refuse(course.claimed(candidacy, at=at), reason="The form is not signed.", actor=rita, at=at)
    course.claimed(candidacy, at=at + timedelta(minutes=1), course=course.offering("All Work Is Team Work"))
    assert told(alice, COMMUNICATION)[2] == "Under review"


@pytest.mark.parametrize(
    ("answers", "note", "share", "takes"),
    [
        (0, "Portfolio: 0 of 9 answers written", 0, "9 more answers, your learning statement, the fee"),
        (4, "Portfolio: 4 of 9 answers written", 44, "5 more answers, your learning statement, the fee"),
        (8, "Portfolio: 8 of 9 answers written", 88, "1 more answer, your learning statement, the fee"),
        (9, "Portfolio: 9 of 9 answers written", 100, "Check it, pay and send"),
    ],
)
def test_a_draft_fills_up_with_its_answers(
    candidacy: Candidacy, alice: Any, at: Any, answers: int, note: str, share: int, takes: str
) -> None:
    row = portfolio.draft(candidacy, at=at)
    for number in range(1, answers + 1):
        portfolio.answer(row, number, at=at)
    name = programs.get_set("technology").name
    assert told(alice, TECHNOLOGY) == (name, f"{answers}/9", "In progress", note, share)
    assert held(alice, name) == ("You", True, None, takes)
    assert shown(alice).spines[TECHNOLOGY].look == ("" if answers else "spine--open")
    assert shown(alice).spines[TECHNOLOGY].rest == 100 - share


SENT = "All 9 answers sent on November 23, 2026"
TAKES = "7 of 9 Met, and none Not met"
RATE_BY = date(2026, 12, 23)
ADD_BY = date(2027, 2, 21)
STATES: dict[State, tuple[str, str, str, date | None, str, int]] = {
    State.AWAITING_PAYMENT: ("Sealed", SENT, "You", None, "Pay the fee. Then it goes to evaluators", 100),
    State.SUBMITTED: ("Sent", SENT, "Staff", None, "Staff find two evaluators", 100),
    State.ROUND_ONE: ("Being rated", SENT, "Two evaluators", RATE_BY, TAKES, 100),
    State.ASKED: ("More needed", SENT, "You", ADD_BY, "Add to the answers that are asked about", 100),
    State.ROUND_TWO: ("Being rated again", SENT, "Two evaluators", RATE_BY, TAKES, 100),
    State.THIRD: ("Being rated", SENT, "A third evaluator", RATE_BY, TAKES, 100),
    State.NOT_ACHIEVED: ("Not achieved", "Read why, and what would help", "You", None, "Take an approved course", 0),
}


def test_every_state_of_a_portfolio_is_known_to_these_tests() -> None:
    assert set(STATES) | {State.DRAFT, State.ACHIEVED, State.WITHDRAWN} == set(State)


@pytest.mark.parametrize("state", STATES, ids=str)
def test_a_sealed_portfolio_says_who_has_it_and_until_when(rated: Portfolio, alice: Any, state: State) -> None:
    headline, note, holder, until, takes, share = STATES[state]
    put(rated, state=state, supplement_by=ADD_BY, decided_on=NOW.date() if state == State.NOT_ACHIEVED else None)
    name = programs.get_set("technology").name
    assert told(alice, TECHNOLOGY) == (name, "9/9", headline, note, share)
    assert held(alice, name) == (holder, holder == "You", until, takes)
    assert shown(alice).spines[TECHNOLOGY].url == reverse("portfolios:portfolio", args=[rated.id])


def test_a_portfolio_that_was_closed_unpaid_leaves_no_trace_on_the_shelf(rated: Portfolio, alice: Any) -> None:
    put(rated, state=State.WITHDRAWN)
    assert told(alice, TECHNOLOGY)[2] == "Not started"
    assert "under way" not in shown(alice).lead


def test_an_achieved_portfolio_shows_as_the_achieved_set(rated: Portfolio, alice: Any, at: Any) -> None:
    put(rated, state=State.ACHIEVED, decided_on=at.date())
    candidate.achieve(rated.candidacy, "technology", at=at, way=Way.PORTFOLIO, source=rated.id)
    assert told(alice, TECHNOLOGY)[1:4] == ("Done", "Achieved", "November 23, 2026, by a portfolio")
    assert shown(alice).lead == "You have one of six sets."


def test_a_set_that_staff_reopened_can_start_anew(rated: Portfolio, alice: Any) -> None:
    put(rated, state=State.NOT_ACHIEVED, decided_on=NOW.date(), reopened_on=NOW.date())
    assert told(alice, TECHNOLOGY)[2] == "Not started"
    assert shown(alice).spines[TECHNOLOGY].url == reverse("portfolios:start", args=["technology"])


# The next step


def test_the_next_step_is_what_only_the_candidate_can_do_the_most_pressing_first(rated: Portfolio, alice: Any, at: Any) -> None:
    candidacy = rated.candidacy
    put(rated, state=State.ASKED, supplement_by=ADD_BY)
    unpaid = portfolio.sent(candidacy, at=at, set_code="communication")
    draft = portfolio.draft(candidacy, at=at, set_code="access")
    names = {code: programs.get_set(code).name for code in ("foundations", "communication", "technology", "access")}
    steps = [shown(alice).step]
    put(rated, state=State.ROUND_TWO)
    steps.append(shown(alice).step)
    put(unpaid, state=State.SUBMITTED)
    steps.append(shown(alice).step)
    put(draft, answered=draft.total)
    steps.append(shown(alice).step)
    put(draft, state=State.SUBMITTED, sent_at=at, terms=candidacy.terms)
    steps.append(shown(alice).step)
    course.claimed(candidacy, at=at, course=course.offering("How Libraries Work", set_code="foundations"))
    steps.append(shown(alice).step)
    for code in ("reference", "youth"):
        row = portfolio.draft(candidacy, at=at, set_code=code)
        put(row, state=State.SUBMITTED, sent_at=at, terms=candidacy.terms)
    steps.append(shown(alice).step)
    assert [(step.title, step.action) for step in steps] == [
        (f"Add to your {names['technology']} portfolio", "See what they need"),
        (f"Pay for your {names['communication']} portfolio", "Go to the payment"),
        (f"Continue your {names['access']} portfolio", "Keep writing"),
        (f"Send your {names['access']} portfolio", "Check and send"),
        (f"Choose how to earn {names['foundations']}", "Go to your plan"),
        ("Choose your electives", "Go to your plan"),
        ("Nothing to do right now", ""),
    ]
    assert steps[0].words == "The evaluators need more. You can answer once, through February 21, 2027. That day still counts."
    assert [step.url for step in steps[:3]] == [reverse("portfolios:portfolio", args=[row.id]) for row in (rated, unpaid, draft)]


@pytest.mark.parametrize(
    ("way", "title", "begins"),
    [
        (Way.COURSE, "Take a course for {set}", "/courses/?set=foundations"),
        (Way.PORTFOLIO, "Start your portfolio for {set}", "/portfolios/start/foundations/"),
        (Way.AGREEMENT, "Choose how to earn {set}", "/my/plan/"),
    ],
)
def test_the_next_step_follows_the_chosen_way(candidacy: Candidacy, alice: Any, at: Any, way: str, title: str, begins: str) -> None:
    candidates.choose(candidacy, set_code="foundations", way=way, actor=alice, at=at)
    step = shown(alice).step
    assert (step.title, step.url) == (title.format(set=programs.get_set("foundations").name), begins)


def test_a_set_that_was_not_achieved_by_portfolio_asks_for_a_course_not_for_another_portfolio(
    rated: Portfolio, alice: Any, at: Any
) -> None:
    put(rated, state=State.NOT_ACHIEVED, decided_on=NOW.date())
    for code in ("foundations", "communication"):
        candidate.achieve(rated.candidacy, code, at=at)
    step = shown(alice).step
    assert (step.title, step.url) == (f"Take a course for {programs.get_set('technology').name}", "/courses/?set=technology")


def test_what_is_asked_about_a_set_outside_the_plan_is_still_the_next_step(rated: Portfolio, alice: Any, at: Any) -> None:
    for code in ("access", "reference", "youth"):
        candidate.achieve(rated.candidacy, code, at=at)
    other = portfolio.draft(rated.candidacy, at=at, set_code="cataloging")
    name = programs.get_set("cataloging").name
    assert name not in [spine.title for spine in shown(alice).spines]
    assert shown(alice).step.url == reverse("portfolios:portfolio", args=[other.id])


# The end


def test_the_certificate_is_the_step_after_six_sets(alice: Any, rita: Any, at: Any) -> None:
    candidacy = certificate.completed(alice, at=at, staff=rita)
    page = shown(alice)
    assert page.lead == "You have all six sets, since November 23, 2026."
    assert (page.step.title, page.step.url) == ("Request your certificate", reverse("certificates:mine"))
    assert (page.holdings, page.ahead) == ([], [])

    asked = certificate_actions.ask(candidacy, actor=alice, at=at)
    step = shown(alice).step
    assert (step.title, step.action, step.other) == ("Staff are preparing your certificate", "", "Check its status")

    issued = certificate_actions.issue(asked, actor=rita, at=at)
    last = datetime(2030, 11, 23, 15, 0, tzinfo=UTC)
    assert issued.expires_on == last.date()
    day = timedelta(days=1)
    assert [shown(alice, at=when).step.title for when in (at, last - day, last, last + day)] == ["Your certificate is ready"] * 3 + [
        "Renew your certificate"
    ]
    certificate.revoked(issued, at=at, staff=rita, reason="The work was another person’s.")
    assert shown(alice).step.title == "Check your certificate’s status"


def test_after_the_last_day_nothing_is_asked_any_more(candidacy: Candidacy, alice: Any, client: Client, monkeypatch: Any) -> None:
    last = datetime(2030, 11, 23, 15, 0, tzinfo=UTC)
    assert candidacy.ends_on == last.date()
    over = "Your time for the six sets is over"
    titles = [shown(alice, at=last + timedelta(days=days)).step.title for days in (-1, 0, 1)]
    assert [title == over for title in titles] == [False, False, True]
    assert shown(alice, at=last + timedelta(days=1)).step.action == ""

    after = last + timedelta(days=1)
    candidates.expire(candidacy, at=after)
    step = shown(alice, at=after).step
    assert (step.title, step.url, step.action) == (over, reverse("candidates:application"), "Go to your application")
    monkeypatch.setattr("ledger.clock.now", lambda: after)
    client.force_login(alice)
    assert "Your last day was<b>November 23, 2030</b>" in markup(client.get("/my/"))


# The time line and the dates ahead


def test_the_time_line_from_a_leap_day(candidacy: Candidacy, alice: Any) -> None:
    Candidacy.objects.update(admitted_on=date(2024, 2, 29), ends_on=date(2028, 2, 29))
    line = shown(alice).line
    assert (line.first, line.last, line.length) == (date(2024, 2, 29), date(2028, 2, 29), 1461)
    assert line.years == [365, 730, 1095]
    assert line.labels == [
        ("Year 1", "from February 2024"),
        ("Year 2", "from February 2025"),
        ("Year 3", "from February 2026"),
        ("Year 4", "to February 29, 2028"),
    ]
    assert (line.gone, line.marks) == ((date(2026, 11, 23) - date(2024, 2, 29)).days, [])
    assert line.words == "Time line from February 29, 2024 to February 29, 2028. Today is November 23, 2026."


def test_the_time_line_over_a_leap_day(candidacy: Candidacy, alice: Any) -> None:
    line = shown(alice).line
    assert (line.first, line.last, line.length) == (date(2026, 11, 23), date(2030, 11, 23), 1461)
    assert line.years == [365, 731, 1096]


@pytest.mark.parametrize(
    ("today", "gone"),
    [
        (datetime(2026, 11, 22, 15, 0, tzinfo=UTC), 0),
        (datetime(2026, 11, 23, 15, 0, tzinfo=UTC), 0),
        (datetime(2026, 11, 24, 15, 0, tzinfo=UTC), 1),
        (datetime(2030, 11, 22, 15, 0, tzinfo=UTC), 1460),
        (datetime(2030, 11, 23, 15, 0, tzinfo=UTC), 1461),
        (datetime(2030, 11, 24, 10, 59, tzinfo=UTC), 1461),
        (datetime(2030, 11, 24, 11, 0, tzinfo=UTC), 1461),
        (datetime(2031, 11, 24, 15, 0, tzinfo=UTC), 1461),
    ],
)
def test_today_stays_on_the_line(candidacy: Candidacy, alice: Any, today: datetime, gone: int) -> None:
    assert shown(alice, at=today).line.gone == gone


def test_sets_are_marked_on_their_days_once_each_and_never_beside_the_line(candidacy: Candidacy, alice: Any, at: Any) -> None:
    days = {
        "foundations": date(2026, 11, 23),
        "communication": date(2027, 3, 1),
        "technology": date(2027, 3, 1),
        "access": date(2030, 11, 23),
        "reference": date(2030, 12, 1),
    }
    for code, on in days.items():
        candidate.achieve(candidacy, code, at=at, on=on)
    line = shown(alice).line
    assert line.marks == [0, 98, 1461, 1461]
    assert line.words.endswith("Sets were achieved on November 23, 2026, March 1, 2027, November 23, 2030, December 1, 2030.")


def test_the_dates_ahead_in_order(rated: Portfolio, alice: Any, at: Any) -> None:
    other = portfolio.draft(rated.candidacy, at=at, set_code="access")
    put(other, state=State.ASKED, sent_at=at, terms=rated.candidacy.terms, supplement_by=ADD_BY)
    access, technology = programs.get_set("access").name, programs.get_set("technology").name
    lines = [
        (RATE_BY, f"Evaluators: rate your {technology} portfolio", False),
        (ADD_BY, f"Last day to add to {access}", True),
        (date(2030, 11, 23), "Last day for all six sets", True),
    ]
    assert [(line.on, line.words, line.strong) for line in shown(alice).ahead] == lines
    for day, left in ((RATE_BY, 3), (RATE_BY + timedelta(days=1), 2), (ADD_BY, 2), (ADD_BY + timedelta(days=1), 1)):
        noon = datetime(day.year, day.month, day.day, 15, tzinfo=UTC)
        assert [(line.on, line.words, line.strong) for line in shown(alice, at=noon).ahead] == lines[3 - left :]


# The pages


@pytest.mark.parametrize(
    ("hour", "part"),
    [(0, "morning"), (11, "morning"), (12, "afternoon"), (17, "afternoon"), (18, "evening"), (23, "evening")],
)
def test_the_greeting_knows_the_hour(alice: Any, hour: int, part: str) -> None:
    assert home.greeting(alice, local=datetime(2026, 11, 23, hour, 59, tzinfo=UTC)) == f"Good {part}, Alice"


def test_the_page_asks_the_same_few_questions_with_nothing_and_with_everything(
    candidacy: Candidacy,
    alice: Any,
    bob: Any,
    beth: Any,
    rita: Any,
    at: Any,
    client: Client,
    monkeypatch: Any,
    django_assert_num_queries: Any,
) -> None:
    monkeypatch.setattr("ledger.clock.now", lambda: NOW)
    client.force_login(alice)
    questions = 13
    with django_assert_num_queries(questions):
        assert client.get("/my/").status_code == 200

    two = portfolio.evaluator(bob, at=at), portfolio.evaluator(beth, at=at)
    portfolio.in_rating(candidacy, *two, staff=rita, at=at)
    candidate.achieve(candidacy, "foundations", at=at)
    courses.refuse(course.claimed(candidacy, at=at), reason="The form is not signed.", actor=rita, at=at)
    course.claimed(candidacy, at=at, course=course.offering("Reference for All", set_code="reference"))
    portfolio.sent(candidacy, at=at, set_code="access")
    portfolio.draft(candidacy, at=at, set_code="youth")
    page = shown(alice)
    assert [spine.headline for spine in page.spines[:3]] == ["Achieved", "Proof not accepted", "Being rated"]
    assert sorted(spine.headline for spine in page.spines[3:]) == ["In progress", "Sealed", "Under review"]
    with django_assert_num_queries(questions):
        html = client.get("/my/").content.decode()
    assert [spine.headline in html for spine in page.spines] == [True] * 6
    assert "You have one of six sets. Four more are under way." in html


def test_everybody_lands_where_their_work_is(candidacy: Candidacy, alice: Any, bob: Any, charlie: Any, rita: Any, at: Any) -> None:
    landed = {}
    for who in (alice, bob, charlie, rita):
        client = Client()
        client.force_login(who)
        landed[who.called] = client.get("/home/").url
    assert landed == {"Alice": "/my/", "Bob": "/rating/", "Charlie": "/application/", "Rita": "/office/"}
    people_actions.give_role(charlie, Role.AUDITOR, actor=None, at=at)
    client = Client()
    client.force_login(charlie)
    assert client.get("/home/").url == "/office/"
    assert Client().get("/home/").url == "/account/login/?next=/home/"


def test_an_evaluator_who_is_a_candidate_lands_on_the_shelf(bob: Any, rita: Any, at: Any, client: Client) -> None:
    candidate.candidacy(bob, at=at, staff=rita)
    client.force_login(bob)
    assert client.get("/home/").url == "/my/"


def test_who_is_no_candidate_is_sent_from_the_shelf_to_the_application(charlie: Any, client: Client) -> None:
    client.force_login(charlie)
    assert client.get("/my/").url == "/application/"
