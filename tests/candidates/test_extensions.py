"""More time: asked for in time, given once, counted from the admission; and what reminders follow."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.forms import model_to_dict
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from candidates import actions, policy
from candidates.models import Candidacy, ExtensionRequest
from candidates.states import AlreadyStarted, CandidacyEnded, CandidacyState
from ledger import queues, reminder_schedules, reminders
from ledger.models import Email, Reminder
from ledger.queries import list_entries, tell
from ledger.states import NotPossible, NotYourDecision
from people import actions as roles
from people.states import Role
from people.templatetags.words import longdate
from programs import actions as programs
from programs.policy import add_months
from tests.factories import candidates as factory
from tests.factories import people

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
END = date(2030, 11, 23)
LAST = datetime(2030, 11, 24, 10, 0, tzinfo=UTC)  # still November 23 in Pago Pago
OVER = datetime(2030, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def clock(monkeypatch):
    def be(at: datetime) -> None:
        monkeypatch.setattr("ledger.clock.now", lambda: at)

    be(NOW)
    return be


@pytest.fixture
def candidacy(alice, rita):
    return factory.candidacy(alice, at=NOW, staff=rita)


def text(response) -> str:
    return " ".join(response.content.decode().split())


def again(candidacy) -> Candidacy:
    candidacy.refresh_from_db()
    return candidacy


@given(st.dates(date(2000, 1, 1), date(2090, 12, 31)), st.integers(1, 60), st.integers(1, 24))
def test_the_extension_is_counted_from_the_admission(admitted_on, candidacy_months, extension_months):
    end = policy.extended_end(admitted_on, candidacy_months=candidacy_months, extension_months=extension_months)
    assert end == add_months(admitted_on, candidacy_months + extension_months)
    assert end > add_months(admitted_on, candidacy_months)


def test_a_clamp_does_not_creep():
    assert policy.extended_end(date(2024, 2, 29), candidacy_months=48, extension_months=12) == date(2029, 2, 28)
    assert policy.extended_end(date(2096, 2, 29), candidacy_months=48, extension_months=48) == date(2104, 2, 29)


def test_staff_extend_once_with_a_reason(candidacy, rita, alice, events):
    actions.extend(candidacy, reason="Her library burned down.", actor=rita, at=NOW + timedelta(days=400))
    row = again(candidacy)
    assert (row.state, row.ends_on, row.extended_on, row.extension_terms_id) == (
        "active",
        date(2031, 11, 23),
        date(2027, 12, 28),
        row.terms_id,
    )
    entry = list_entries(alice)[0]
    told = "Rita Lindqvist gave Alice Moreau more time: until November 23, 2031 instead of November 23, 2030."
    assert (tell(entry).sentence, entry.reason) == (told, "Her library burned down.")
    letter = Email.objects.get(notice="candidates/extended")
    assert (letter.subject, "20311123" in letter.calendar) == ("You have more time: until November 23, 2031", True)
    topic, payload = events()[-1]
    assert (topic, payload["ends_on"], payload["before"]) == ("candidates.candidacy.extended", "2031-11-23", "2030-11-23")
    with pytest.raises(NotPossible, match="There is only one extension"):
        actions.extend(candidacy, reason="Again", actor=rita, at=NOW)
    with pytest.raises(NotPossible, match="There is only one extension"):
        actions.ask_extension(candidacy, why="Again", actor=alice, at=NOW)


def test_extending_needs_a_reason_and_somebody_else(candidacy, rita, alice):
    with pytest.raises(NotPossible, match="Explain why"):
        actions.extend(candidacy, reason=" ", actor=rita, at=NOW)
    roles.give_role(alice, Role.STAFF, actor=rita, at=NOW)
    with pytest.raises(NotYourDecision):
        actions.extend(candidacy, reason="Mine", actor=alice, at=NOW)
    request = actions.ask_extension(candidacy, why="Please", actor=alice, at=NOW)
    with pytest.raises(NotYourDecision):
        actions.decline_extension(request, reason="Mine", actor=alice, at=NOW)


@pytest.mark.parametrize(("at", "possible"), [(LAST - timedelta(days=1), True), (LAST, True), (OVER, False)])
def test_more_time_is_asked_for_by_the_last_day(candidacy, alice, at, possible):
    if possible:
        request = actions.ask_extension(candidacy, why="I was ill.", actor=alice, at=at)
        assert request.decide_by > END
        assert f"staff will answer by {longdate(request.decide_by)}" in Email.objects.get(notice="candidates/extension_asked").subject
    else:
        with pytest.raises(CandidacyEnded):
            actions.ask_extension(candidacy, why="I was ill.", actor=alice, at=at)


def test_a_request_sent_in_time_brings_an_ended_candidacy_back(candidacy, alice, rita):
    actions.ask_extension(candidacy, why="I was ill.", actor=alice, at=LAST)
    actions.expire(candidacy, at=OVER)
    assert again(candidacy).state == CandidacyState.EXPIRED
    [waiting] = queues.list_app_work_items("candidates", at=OVER)
    assert (waiting.queue, waiting.title, waiting.due_on) == ("Extensions", "More time: Alice Moreau", date(2030, 11, 29))
    actions.extend(candidacy, reason="Ill for a year.", actor=rita, at=OVER + timedelta(days=3))
    row = again(candidacy)
    assert (row.state, row.ends_on) == (CandidacyState.ACTIVE, date(2031, 11, 23))
    assert ExtensionRequest.objects.values_list("state", "reason").get() == ("granted", "Ill for a year.")
    assert queues.list_app_work_items("candidates", at=OVER) == []


def test_without_a_request_an_ended_candidacy_stays_ended(candidacy, rita):
    with pytest.raises(NotPossible, match="no one asked for more before"):
        actions.extend(candidacy, reason="Late", actor=rita, at=OVER)


def test_an_extension_that_would_be_over_already_is_refused(candidacy, alice, rita):
    actions.ask_extension(candidacy, why="I was ill.", actor=alice, at=LAST)
    with pytest.raises(NotPossible, match="has already passed"):
        actions.extend(candidacy, reason="Late", actor=rita, at=OVER + timedelta(days=366))


def test_asking_twice_makes_one_request_and_a_declined_one_can_be_asked_again(candidacy, alice, rita):
    first = actions.ask_extension(candidacy, why="I was ill.", actor=alice, at=NOW)
    assert actions.ask_extension(candidacy, why="Again", actor=alice, at=NOW) == first
    actions.decline_extension(first, reason="There are three years left.", actor=rita, at=NOW)
    assert "There are three years left." in Email.objects.get(notice="candidates/extension_declined").text
    with pytest.raises(NotPossible, match="decided a moment ago"):
        actions.decline_extension(first, reason="Again", actor=rita, at=NOW)
    assert actions.ask_extension(candidacy, why="Really", actor=alice, at=NOW) != first


def test_a_completed_candidacy_is_not_extended(candidacy, rita):
    for code in ("foundations", "communication", "technology", "access", "youth", "reference"):
        factory.achieve(candidacy, code, at=NOW)
    with pytest.raises(NotPossible, match="completed"):
        actions.extend(candidacy, reason="More", actor=rita, at=NOW)


SIX = ("foundations", "communication", "technology", "access", "youth", "reference")


def test_a_request_that_nobody_needs_anymore_is_closed_by_the_program(client, clock, candidacy, alice, rita):
    actions.ask_extension(candidacy, why="I was ill.", actor=alice, at=NOW)
    for code in SIX:
        factory.achieve(candidacy, code, at=NOW)
    assert ExtensionRequest.objects.get().state == "closed"
    assert [work_item for work_item in queues.list_app_work_items("candidates", at=NOW) if work_item.queue == "Extensions"] == []
    told = [tell(entry).sentence for entry in list_entries(alice)]
    assert "The request of Alice Moreau for more time was closed: the program is completed." in told
    client.force_login(rita)
    page = text(client.get(reverse("candidates:candidacy", args=[candidacy.id])))
    assert "No longer needed" in page
    client.force_login(alice)
    assert "no more time is needed" in text(client.get("/my/more-time/"))


def test_an_extension_is_as_long_as_it_was_when_it_was_asked_for(client, clock, candidacy, alice, bob, rita):
    request = actions.ask_extension(candidacy, why="I was ill.", actor=alice, at=NOW)
    known = model_to_dict(candidacy.terms, exclude=["id", "effective_on", "frozen_at"])
    shorter = known | {"extension_months": 6}
    terms = programs.add_terms(effective_on=date(2027, 1, 1), numbers=shorter, actor=rita, at=NOW)
    later = NOW + timedelta(days=60)
    clock(later)
    client.force_login(rita)
    assert "<b>November 23, 2031</b>" in text(client.get(reverse("candidates:candidacy", args=[candidacy.id])))
    actions.extend(candidacy, reason="Ill for a year.", actor=rita, at=later)
    assert (again(candidacy).ends_on, candidacy.extension_terms) == (date(2031, 11, 23), request.terms)
    other = actions.extend(factory.candidacy(bob, at=NOW, staff=rita), reason="A flood.", actor=rita, at=later)
    assert (other.ends_on, other.extension_terms) == (date(2031, 5, 23), terms)


def test_who_has_applied_again_is_decided_on_there(candidacy, alice, rita):
    actions.ask_extension(candidacy, why="I was ill.", actor=alice, at=LAST)
    actions.expire(candidacy, at=OVER)
    application = actions.start(alice, actor=alice, at=OVER)
    actions.send(application, actor=alice, at=OVER)
    with pytest.raises(NotPossible, match="has applied again"):
        actions.extend(candidacy, reason="Ill for a year.", actor=rita, at=OVER)
    actions.withdraw(application, actor=alice, at=OVER)
    draft = actions.start(alice, actor=alice, at=OVER)
    assert actions.extend(candidacy, reason="Ill for a year.", actor=rita, at=OVER).state == CandidacyState.ACTIVE
    with pytest.raises(AlreadyStarted):
        actions.send(draft, actor=alice, at=OVER)


def test_who_is_extended_hears_of_the_second_end_too(candidacy, alice, rita):
    actions.ask_extension(candidacy, why="I was ill.", actor=alice, at=LAST)
    actions.expire(candidacy, at=OVER)
    actions.extend(candidacy, reason="Ill for a year.", actor=rita, at=OVER)
    actions.expire(candidacy, at=OVER + timedelta(days=365))
    subjects = Email.objects.filter(notice="candidates/expired").order_by("created_at").values_list("subject", flat=True)
    assert list(subjects) == [f"Your time in the program ended on November 23, {year}" for year in (2030, 2031)]


# Pages


def test_the_candidate_asks_on_a_page_and_staff_decide_on_theirs(client, clock, candidacy, alice, rita):
    client.force_login(alice)
    assert "Ask for more time" in text(client.get("/my/plan/"))
    assert "through November 23, 2031" in text(client.get("/my/more-time/"))
    assert "There is one thing to fix" in text(client.post("/my/more-time/", {"why": " "}))
    page = text(client.post("/my/more-time/", {"why": "I was ill."}, follow=True))
    assert "They will answer by November 30, 2026" in page
    assert "Staff are reviewing your request for more time" in page
    client.force_login(rita)
    assert "More time: Alice Moreau" in text(client.get("/office/"))
    address = reverse("candidates:candidacy", args=[candidacy.id])
    assert "I was ill." in text(client.get(address))
    assert address in text(client.get(reverse("person", args=[alice.public_id])))
    extend = reverse("candidates:extend", args=[candidacy.id])
    assert "There are two things to fix" in text(client.post(extend, {}))
    page = text(client.post(extend, {"grant": "yes", "reason": "Ill for a year."}, follow=True))
    assert "has time until November 23, 2031 now" in page
    client.force_login(alice)
    assert "Your time was extended on November 23, 2026" in text(client.get("/my/more-time/"))


def test_staff_decline_on_the_page_and_extend_without_a_request(client, clock, candidacy, alice, bob, rita):
    actions.ask_extension(candidacy, why="I was ill.", actor=alice, at=NOW)
    client.force_login(rita)
    extend = reverse("candidates:extend", args=[candidacy.id])
    assert "is declined" in text(client.post(extend, {"grant": "no", "reason": "Too early."}, follow=True))
    other = factory.candidacy(bob, at=NOW, staff=rita)
    page = text(client.post(reverse("candidates:extend", args=[other.id]), {"reason": "A flood."}, follow=True))
    assert "has time until November 23, 2031 now" in page


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_who_decides_on_a_request_after_somebody_else_changes_nothing_and_keeps_the_reason(
    client, clock, candidacy, alice, sam, rita, answer
):
    request = actions.ask_extension(candidacy, why="I was ill.", actor=alice, at=NOW)
    actions.decline_extension(request, reason="Too early.", actor=sam, at=NOW)
    client.force_login(rita)
    extend = reverse("candidates:extend", args=[candidacy.id])
    page = text(client.post(extend, {"grant": answer, "reason": "A year in hospital."}))
    assert "This request was decided a moment ago." in page
    assert "A year in hospital." in page
    assert again(candidacy).ends_on == END


def test_an_extension_that_was_given_already_keeps_the_reason_of_the_second(client, clock, candidacy, sam, rita):
    actions.extend(candidacy, reason="A flood.", actor=sam, at=NOW)
    client.force_login(rita)
    page = text(client.post(reverse("candidates:extend", args=[candidacy.id]), {"reason": "A fire."}))
    assert "This was decided on November 23, 2026 by Sam Ortiz. Nothing was changed. What you typed is here" in page
    assert "<dd><p>A fire.</p></dd>" in page or "<dd>A fire.</dd>" in page


def test_after_the_last_day_the_page_says_so(client, clock, candidacy, alice):
    clock(OVER)
    client.force_login(alice)
    assert "it can no longer be extended" in text(client.get("/my/more-time/"))
    assert "Your time is over" in text(client.post("/my/more-time/", {"why": "Please"}))


# The plan's cost


def test_what_the_plan_still_costs():
    def slot(position, way, done=False):
        achieved = policy.AchievedSet(code="x", name="X", kind="required", on=END, way="portfolio") if done else None
        return policy.Slot(position=position, kind="required", way=way, achieved=achieved)

    slots = [
        slot(1, "portfolio"),
        slot(2, "portfolio", done=True),
        slot(3, "course"),
        slot(4, None),
        slot(5, "agreement"),
        slot(6, "portfolio"),
    ]
    cost = policy.plan_cost(slots, portfolio_cents=6000)
    assert cost == policy.PlanCost(portfolios=2, portfolios_cents=12000, courses=1, agreements=1, undecided=1)


def test_the_plan_says_what_it_costs(client, clock, candidacy, alice):
    client.force_login(alice)
    client.post("/my/plan/", {"way_foundations": "portfolio", "way_technology": "portfolio", "way_communication": "course"})
    page = text(client.get("/my/plan/"))
    assert "$120: $60 each" in page
    assert "Prices vary" in page
    assert "3 sets not decided" in page


# Activity and reminders


def test_what_the_candidate_does_is_noted_once_a_day(candidacy, alice, django_assert_num_queries):
    later = NOW + timedelta(days=5)
    actions.choose(candidacy, set_code="youth", way="course", actor=alice, at=later)
    assert again(candidacy).active_on == date(2026, 11, 28)
    with django_assert_num_queries(0):
        actions.note_activity(candidacy, at=later)
    actions.note_activity(candidacy, at=NOW)
    assert again(candidacy).active_on == date(2026, 11, 28)


def remind(name: str, *, on: date) -> list[tuple[str, int]]:
    """Sweep one reminder schedule on a day, write the letters, and give who got which offset."""
    schedule = reminder_schedules.REMINDER_SCHEDULES[name]
    reminders.find(schedule, at=datetime(on.year, on.month, on.day, 15, tzinfo=UTC))
    reminders.send_due(at=datetime(on.year, on.month, on.day, 16, tzinfo=UTC))
    return list(Reminder.objects.filter(schedule=name, dropped=False).order_by("id").values_list("offset", "due_date"))


def swept_until(name: str, day: date) -> None:
    reminders.find(reminder_schedules.REMINDER_SCHEDULES[name], at=datetime(day.year, day.month, day.day, 15, tzinfo=UTC))


OFFSETS = [("-24 months", END), ("-12 months", END), ("-6 months", END), ("-3 months", END), ("-1 month", END), ("-2 weeks", END)]


def test_the_end_is_told_at_each_rung_and_on_no_other_day(candidacy):
    swept_until("candidates.end", date(2026, 11, 24))
    for offset, day in zip(
        OFFSETS,
        (date(2028, 11, 23), date(2029, 11, 23), date(2030, 5, 23), date(2030, 8, 23), date(2030, 10, 23), date(2030, 11, 9)),
        strict=True,
    ):
        before = remind("candidates.end", on=day - timedelta(days=1))
        assert offset not in before
        assert remind("candidates.end", on=day) == [*before, offset]
        assert remind("candidates.end", on=day + timedelta(days=1)) == [*before, offset]
    letters = Email.objects.filter(notice="candidates/ending").order_by("created_at")
    assert (letters.count(), letters.last().subject) == (6, "Your six sets: 14 days left, until November 23, 2030")
    assert "Six sets are still to do." in letters.last().text


def test_a_last_day_that_moves_is_one_entry_of_the_calendar(candidacy, rita):
    swept_until("candidates.end", date(2028, 11, 22))
    remind("candidates.end", on=date(2028, 11, 23))
    actions.extend(candidacy, reason="A flood.", actor=rita, at=datetime(2030, 8, 1, 15, tzinfo=UTC))
    files = Email.objects.exclude(calendar="").order_by("created_at").values_list("notice", "calendar")
    assert [notice for notice, _ in files] == ["candidates/admitted", "candidates/ending", "candidates/extended"]
    assert len({line for _, file in files for line in file.split("\r\n") if line.startswith("UID:")}) == 1


def test_after_an_extension_the_old_days_are_void(candidacy, rita):
    swept_until("candidates.end", date(2030, 8, 1))
    actions.extend(candidacy, reason="A flood.", actor=rita, at=datetime(2030, 8, 1, 15, tzinfo=UTC))
    new = date(2031, 11, 23)
    assert remind("candidates.end", on=date(2030, 8, 24)) == []
    assert remind("candidates.end", on=date(2030, 11, 10)) == []
    assert remind("candidates.end", on=date(2030, 11, 23)) == [("-12 months", new)]


def test_nobody_who_is_done_is_reminded(candidacy):
    swept_until("candidates.end", date(2028, 11, 22))
    for code in ("foundations", "communication", "technology", "access", "youth", "reference"):
        factory.achieve(candidacy, code, at=NOW)
    assert remind("candidates.end", on=date(2028, 11, 23)) == []
    assert remind("candidates.quiet", on=date(2028, 11, 23)) == []


def test_ninety_quiet_days_are_told_once(candidacy, alice):
    swept_until("candidates.quiet", date(2026, 11, 24))
    quiet = date(2027, 2, 21)
    assert remind("candidates.quiet", on=quiet - timedelta(days=1)) == []
    assert remind("candidates.quiet", on=quiet) == [("90 days", date(2026, 11, 23))]
    assert len(remind("candidates.quiet", on=quiet + timedelta(days=200))) == 1
    actions.choose(candidacy, set_code="youth", way="", actor=alice, at=datetime(2027, 10, 1, 15, tzinfo=UTC))
    assert len(remind("candidates.quiet", on=date(2027, 12, 30))) == 2


@pytest.mark.parametrize("number", [3, 30])
def test_what_the_letters_say_takes_two_queries(number, rita, django_assert_num_queries):
    ids = [factory.candidacy(people.person(f"p{one}@marlow.example"), at=NOW, staff=rita).id for one in range(number)]
    with django_assert_num_queries(2):
        assert len(reminder_schedules.REMINDER_SCHEDULES["candidates.end"].render(ids, today=date(2029, 1, 1))) == number
