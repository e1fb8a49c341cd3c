"""The hours after a provisional admission: written as a draft, sent when they are enough, accepted or sent back by staff."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from candidates import actions, queries
from candidates.models import HoursClaim
from candidates.states import NotReady
from ledger import queues
from ledger.models import Delivery, Email
from ledger.queries import list_entries, tell
from ledger.registry import SUBSCRIBERS
from ledger.states import NotPossible, NotYourDecision
from people import actions as roles
from people.states import Role
from tests.factories import candidates as factory
from tests.factories import people

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=100)
LAST = datetime(2030, 11, 24, 10, 0, tzinfo=UTC)  # still November 23 in Pago Pago
OVER = datetime(2030, 11, 24, 12, 0, tzinfo=UTC)
MORE = {**factory.WORK, "library": "Ridge Library", "hours_a_week": Decimal(38)}


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    monkeypatch.setattr("ledger.clock.now", lambda: LATER)


@pytest.fixture
def candidacy(alice, rita):
    """Alice, a graduate with 5 hours a week."""
    return factory.provisional(alice, at=NOW, staff=rita)


@pytest.fixture
def sent(candidacy, alice):
    claim = actions.start_hours(candidacy, actor=alice, at=LATER)
    actions.add_employment(candidacy.application, values=MORE, version=0, claim=claim, actor=alice, at=LATER)
    actions.send_hours(candidacy, actor=alice, at=LATER)
    claim.refresh_from_db()
    return claim


def text(response) -> str:
    return " ".join(response.content.decode().split())


def test_it_starts_with_the_work_of_the_application_which_stays_as_it_was(candidacy, alice):
    claim = actions.start_hours(candidacy, actor=alice, at=LATER)
    assert actions.start_hours(candidacy, actor=alice, at=LATER) == claim
    [copied] = queries.list_claim_employments(claim)
    changed = {**factory.WORK, "library": "Elsewhere"}
    actions.change_employment(copied, values=changed, version=0, actor=alice, at=LATER)
    assert [employment.library for employment in queries.list_employments(candidacy.application)] == ["Marlow County Library"]
    actions.remove_employment(copied, actor=alice, at=LATER)
    assert (queries.list_claim_employments(claim), len(queries.list_employments(candidacy.application))) == ([], 1)


def test_too_few_hours_are_not_sent_and_the_date_is_told(candidacy, alice):
    actions.start_hours(candidacy, actor=alice, at=LATER)
    with pytest.raises(NotReady, match=r"You have 1,301 of 1,820 hours\."):
        actions.send_hours(candidacy, actor=alice, at=LATER)


def test_sent_hours_wait_for_staff_and_stay_as_they_are(candidacy, sent, alice):
    assert (sent.state, sent.sent_on, sent.decide_by) == ("sent", date(2027, 3, 3), date(2027, 3, 10))
    [waiting] = queues.list_app_work_items("candidates", at=LATER)
    assert (waiting.queue, waiting.title, waiting.due_on) == ("Hours", "Check the hours: Alice Moreau", date(2027, 3, 10))
    with pytest.raises(NotPossible, match="already sent these hours"):
        actions.add_employment(candidacy.application, values=MORE, version=1, claim=sent, actor=alice, at=LATER)
    with pytest.raises(NotPossible, match="Nothing was sent twice"):
        actions.send_hours(candidacy, actor=alice, at=LATER)


def test_accepted_hours_end_what_was_provisional_and_others_hear_of_it(candidacy, sent, alice, rita, monkeypatch):
    monkeypatch.setitem(SUBSCRIBERS, "candidates.hours.shown", {"tests.ear": lambda event, *, at: None})
    actions.show_hours(candidacy, actor=rita, at=LATER)
    candidacy.refresh_from_db()
    assert candidacy.provisional is False
    event = Delivery.objects.get(subscriber="tests.ear")
    assert event.payload == {"candidacy": str(candidacy.id), "person": alice.pk, "on": "2027-03-03"}
    assert tell(list_entries(alice)[0]).sentence == "Rita Lindqvist accepted the hours of Alice Moreau, who is no longer provisional."
    assert Email.objects.filter(notice="candidates/hours_accepted").count() == 1
    with pytest.raises(NotPossible, match="not waiting for a decision"):
        actions.show_hours(candidacy, actor=rita, at=LATER)


def test_hours_sent_back_can_be_changed_and_sent_again(candidacy, sent, alice, rita):
    with pytest.raises(NotPossible, match="Explain what is wrong"):
        actions.send_hours_back(candidacy, reason=" ", actor=rita, at=LATER)
    actions.send_hours_back(candidacy, reason="Ridge Library says 20 hours.", actor=rita, at=LATER)
    sent.refresh_from_db()
    assert (sent.state, sent.note) == ("draft", "Ridge Library says 20 hours.")
    assert "Ridge Library says 20 hours." in Email.objects.get(notice="candidates/hours_sent_back").text
    actions.send_hours(candidacy, actor=alice, at=LATER)
    assert HoursClaim.objects.get().state == "sent"


def test_nobody_accepts_their_own_hours(candidacy, sent, alice, rita):
    roles.give_role(alice, Role.STAFF, actor=rita, at=LATER)
    for decide in (actions.show_hours, lambda row, **about: actions.send_hours_back(row, reason="x", **about)):
        with pytest.raises(NotYourDecision):
            decide(candidacy, actor=alice, at=LATER)


@pytest.mark.parametrize(("at", "possible"), [(LAST - timedelta(days=1), True), (LAST, True), (OVER, False)])
def test_hours_are_shown_within_four_years_of_the_admission(candidacy, alice, at, possible):
    if possible:
        assert actions.start_hours(candidacy, actor=alice, at=at).state == "draft"
    else:
        with pytest.raises(NotPossible, match="had to be shown by November 23, 2030"):
            actions.start_hours(candidacy, actor=alice, at=at)


def test_who_completed_the_program_can_show_the_hours_after_their_last_day(candidacy, alice):
    type(candidacy).objects.filter(pk=candidacy.pk).update(state="completed", completed_on=date(2030, 12, 3))
    assert actions.start_hours(candidacy, actor=alice, at=OVER).state == "draft"


def test_an_extension_does_not_move_the_last_day_for_the_hours(candidacy, rita):
    actions.extend(candidacy, reason="A flood.", actor=rita, at=LATER)
    candidacy.refresh_from_db()
    assert (candidacy.ends_on, queries.get_hours_end(candidacy)) == (date(2031, 11, 23), date(2030, 11, 23))


def test_what_was_sent_in_time_is_accepted_later(candidacy, alice, rita):
    claim = actions.start_hours(candidacy, actor=alice, at=LATER)
    actions.add_employment(candidacy.application, values=MORE, version=0, claim=claim, actor=alice, at=LATER)
    actions.send_hours(candidacy, actor=alice, at=LAST)
    actions.expire(candidacy, at=OVER)
    assert actions.show_hours(candidacy, actor=rita, at=OVER + timedelta(days=3)).provisional is False


def test_who_is_admitted_in_full_has_nothing_to_show(client, bob, rita):
    candidacy = factory.candidacy(bob, at=NOW, staff=rita)
    with pytest.raises(NotPossible, match="no hours to show"):
        actions.start_hours(candidacy, actor=bob, at=LATER)
    client.force_login(bob)
    assert client.get("/my/hours/").url == "/my/plan/"


def test_the_whole_way_on_the_pages(client, candidacy, alice, rita):
    client.force_login(alice)
    assert "Show your hours of library work" in text(client.get("/my/plan/"))
    page = text(client.get("/my/hours/"))
    assert "by <b>November 23, 2030</b>" in page
    assert "We count work from March 3, 2022 to March 2, 2027" in page
    client.post("/my/hours/start/")
    page = text(client.post("/my/hours/send/", follow=True))
    assert "You have 1,301 of 1,820 hours." in page
    form = {"version": "0", "library": "Ridge", "kind": "public", "post": "Desk", "paid": "paid", "hours_a_week": "x"}
    form |= {"began_on_month": "3", "began_on_day": "7", "began_on_year": "2024"}
    assert "must be a number" in text(client.post("/my/hours/add/", form))
    saved = client.post("/my/hours/add/", form | {"version": "1"}, headers={"X-Autosave": "1"})
    assert saved.json()["version"] == 2
    page = text(client.post("/my/hours/add/", form | {"version": "2", "hours_a_week": "20"}, follow=True))
    assert "Ridge is saved" in page
    employment = HoursClaim.objects.get().employments.get(library="Ridge")
    assert "Change Ridge" in text(client.get(reverse("candidates:change_hours", args=[employment.id])))
    assert "Ridge" in text(client.get(reverse("candidates:remove_hours", args=[employment.id])))
    assert "Staff are reviewing your hours" in text(client.post("/my/hours/send/", follow=True))
    assert client.get("/my/hours/add/").status_code == 302
    client.force_login(rita)
    assert "Check the hours" in text(client.get(reverse("candidates:candidacy", args=[candidacy.id])))
    decide = reverse("candidates:decide_hours", args=[candidacy.id])
    assert "There is one thing to fix" in text(client.post(decide, {"found": " "}))
    assert "went back" in text(client.post(decide, {"found": "Which Ridge?"}, follow=True))
    client.force_login(alice)
    assert "Which Ridge?" in text(client.get("/my/hours/"))
    client.post("/my/hours/send/")
    client.force_login(rita)
    assert "are accepted" in text(client.post(decide, {"accept": "1"}, follow=True))
    client.force_login(alice)
    assert "You are fully admitted" in text(client.get("/my/hours/"))


def test_hours_that_were_typed_and_not_saved_are_not_lost_by_sending(client, candidacy, alice):
    claim = actions.start_hours(candidacy, actor=alice, at=LATER)
    actions.add_employment(candidacy.application, values=MORE, version=0, claim=claim, actor=alice, at=LATER)
    client.force_login(alice)
    employment = claim.employments.get(library="Ridge Library")
    change = reverse("candidates:change_hours", args=[employment.id])
    client.post(change, {"version": "0", "library": "Ridge Law Library"}, headers={"X-Autosave": "1"})
    client.post("/my/hours/add/", {"version": "1", "library": "Elm"}, headers={"X-Autosave": "1"})
    page = text(client.post("/my/hours/send/", follow=True))
    assert "Ridge Library" in page
    assert "the library that you started to add, and did not save it. Save it there or discard it." in page
    assert "Changed, not saved" in page
    assert "Finish adding the library that you started" in page
    for path in (change, "/my/hours/add/"):
        version = queries.get_page(candidacy.application, f"hours/{'new' if 'add' in path else employment.id}").version
        assert client.post(path, {"version": version, "throw_away": "1"}).url == "/my/hours/"
    assert "Staff are reviewing your hours" in text(client.post("/my/hours/send/", follow=True))


def test_the_hours_that_open_are_those_of_the_candidacy_that_is_shown(client, candidacy, alice, rita):
    actions.start_hours(candidacy, actor=alice, at=LATER)
    actions.expire(candidacy, at=OVER)
    draft = actions.start(alice, actor=alice, at=OVER)
    actions.attach_transcript(draft, upload=people.upload("transcript.pdf"), actor=alice, at=OVER)
    application = factory.in_review(alice, at=OVER, draft=draft)
    again = actions.admit(application, provisionally=True, actor=rita, at=OVER)
    claim = actions.start_hours(again, actor=alice, at=OVER)
    client.force_login(alice)
    form = {"version": "0", "library": "Ridge", "kind": "public", "post": "Desk", "paid": "paid", "hours_a_week": "9"}
    form |= {"began_on_month": "3", "began_on_day": "7", "began_on_year": "2024"}
    client.post("/my/hours/add/", form)
    assert claim.employments.filter(library="Ridge").exists()


def test_who_sends_the_hours_gets_a_letter_each_time(candidacy, sent, alice, rita):
    actions.send_hours_back(candidacy, reason="Which Ridge?", actor=rita, at=LATER)
    actions.send_hours(candidacy, actor=alice, at=LATER + timedelta(days=2))
    letters = Email.objects.filter(notice="candidates/hours_sent", person=alice).order_by("created_at")
    assert [letter.subject for letter in letters] == [
        "We have your hours: staff will answer by March 10, 2027",
        "We have your hours: staff will answer by March 12, 2027",
    ]


def test_a_stranger_changes_no_hours(client, candidacy, sent, charlie):
    employment = sent.employments.first()
    client.force_login(charlie)
    assert client.get(reverse("candidates:change_hours", args=[employment.id])).status_code == 302
    assert client.get("/my/hours/").status_code == 302
