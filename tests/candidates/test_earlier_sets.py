"""After an ended candidacy: what was sent in time still counts, and staff decide which sets count again."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from candidates import actions, queries
from candidates.models import Reuse
from candidates.states import CandidacyState
from ledger import queues
from ledger.models import Email
from ledger.queries import list_entries, tell
from ledger.states import NotPossible, NotYourDecision
from people import actions as roles
from people.states import Role
from tests.factories import candidates as factory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
OVER = datetime(2030, 11, 24, 12, 0, tzinfo=UTC)
AGAIN = OVER + timedelta(days=30)


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    monkeypatch.setattr("ledger.clock.now", lambda: AGAIN)


def text(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def earlier(alice, rita):
    """Alice's first time, which ended with two sets."""
    candidacy = factory.candidacy(alice, at=NOW, staff=rita)
    for code in ("technology", "youth"):
        factory.achieve(candidacy, code, at=NOW + timedelta(days=100))
    actions.expire(candidacy, at=OVER)
    return candidacy


@pytest.fixture
def candidacy(earlier, alice, rita):
    """Her second time."""
    application = actions.start(alice, actor=alice, at=AGAIN)
    actions.send(application, actor=alice, at=AGAIN)
    application = factory.in_review(alice, at=AGAIN, draft=application)
    return actions.admit(application, actor=rita, at=AGAIN)


def test_sets_of_before_wait_for_staff(candidacy):
    assert candidacy.reuse_by == date(2030, 12, 31)
    [waiting] = queues.list_app_work_items("candidates", at=AGAIN)
    assert (waiting.queue, waiting.title, waiting.due_on) == (
        "Sets from an earlier candidacy",
        "Which sets count again: Alice Moreau",
        date(2030, 12, 31),
    )
    assert [one.set.code for one in queries.list_reusable(candidacy)] == ["technology", "youth"]
    assert queries.list_achievements(candidacy) == []


def test_staff_decide_set_by_set_with_a_reason(candidacy, earlier, alice, rita):
    actions.reuse(candidacy, sets=["technology"], reason="Youth services changed since.", actor=rita, at=AGAIN)
    candidacy.refresh_from_db()
    [achieved] = queries.list_achievements(candidacy)
    assert (achieved.code, achieved.on, achieved.way) == ("technology", date(2030, 12, 24), "course")
    assert candidacy.achievements.get().first_on == date(2027, 3, 3)
    assert [(reuse.earlier.set.code, reuse.counts) for reuse in queries.list_reuses(candidacy)] == [("technology", True), ("youth", False)]
    assert candidacy.reuse_by is None
    sentences = {tell(entry).sentence for entry in list_entries(alice)[:3]}
    assert "Rita Lindqvist counted Technology again, which Alice Moreau achieved on March 3, 2027." in sentences
    letter = Email.objects.get(notice="candidates/reused").text
    assert "These count again: Technology." in letter
    assert "These don’t count again: Youth Services." in letter
    assert [achievement.code for achievement in queries.list_achievements(earlier)] == ["technology", "youth"]
    with pytest.raises(NotPossible, match="a moment ago"):
        actions.reuse(candidacy, sets=[], reason="Again", actor=rita, at=AGAIN)


def test_a_decision_needs_a_reason_a_real_set_and_somebody_else(candidacy, alice, rita):
    with pytest.raises(NotPossible, match="Explain why"):
        actions.reuse(candidacy, sets=[], reason=" ", actor=rita, at=AGAIN)
    with pytest.raises(NotPossible, match="no such set"):
        actions.reuse(candidacy, sets=["reference"], reason="Because", actor=rita, at=AGAIN)
    roles.give_role(alice, Role.STAFF, actor=rita, at=AGAIN)
    with pytest.raises(NotYourDecision):
        actions.reuse(candidacy, sets=["youth"], reason="Mine", actor=alice, at=AGAIN)
    assert not Reuse.objects.exists()


def test_sets_that_count_again_can_complete_the_program(candidacy, rita):
    for code in ("foundations", "communication", "access", "reference"):
        factory.achieve(candidacy, code, at=AGAIN)
    actions.reuse(candidacy, sets=["technology", "youth"], reason="As before.", actor=rita, at=AGAIN + timedelta(days=1))
    candidacy.refresh_from_db()
    assert (candidacy.state, candidacy.completed_on) == (CandidacyState.COMPLETED, date(2030, 12, 25))


def test_a_set_achieved_anew_meanwhile_is_not_decided_on(candidacy, rita):
    factory.achieve(candidacy, "youth", at=AGAIN)
    assert [one.set.code for one in queries.list_reusable(candidacy)] == ["technology"]


def test_when_all_were_achieved_anew_nothing_waits(candidacy, alice):
    for code in ("technology", "youth"):
        factory.achieve(candidacy, code, at=AGAIN)
    candidacy.refresh_from_db()
    assert candidacy.reuse_by is None
    assert queues.list_app_work_items("candidates", at=AGAIN) == []
    assert "No earlier sets of Alice Moreau are left to decide on." in {tell(entry).sentence for entry in list_entries(alice)}


def test_a_set_that_is_decided_after_the_new_admission_is_one_more_to_decide_on(client, candidacy, earlier, alice, rita):
    actions.reuse(candidacy, sets=["technology"], reason="Youth services changed since.", actor=rita, at=AGAIN)
    later = AGAIN + timedelta(days=7)
    factory.achieve(earlier, "access", at=later)
    candidacy.refresh_from_db()
    assert candidacy.reuse_by == date(2031, 1, 7)
    assert "Staff will decide by January 7, 2031 which earlier sets of Alice Moreau count again." in {
        tell(entry).sentence for entry in list_entries(alice)
    }
    [waiting] = queues.list_app_work_items("candidates", at=later)
    assert (waiting.queue, waiting.due_on) == ("Sets from an earlier candidacy", date(2031, 1, 7))
    assert [one.set.code for one in queries.list_reusable(candidacy)] == ["access"]
    client.force_login(rita)
    assert "Access Services, achieved on" in text(client.get(reverse("candidates:candidacy", args=[candidacy.id])))
    actions.reuse(candidacy, sets=["access"], reason="Sent on time.", actor=rita, at=later)
    assert [achievement.code for achievement in queries.list_achievements(candidacy)] == ["technology", "access"]
    assert Email.objects.filter(notice="candidates/reused").count() == 2


def test_an_ended_candidacy_that_is_completed_late_leaves_nothing_to_decide_on(candidacy, earlier):
    for code in ("foundations", "communication", "access", "reference"):
        factory.achieve(earlier, code, at=AGAIN)
    candidacy.refresh_from_db()
    earlier.refresh_from_db()
    assert (earlier.state, candidacy.reuse_by) == (CandidacyState.COMPLETED, None)


def test_a_first_candidacy_waits_for_no_such_decision(bob, rita):
    assert factory.candidacy(bob, at=NOW, staff=rita).reuse_by is None


def test_staff_decide_on_the_page(client, candidacy, rita):
    client.force_login(rita)
    assert "Which sets count again?" in text(client.get(reverse("candidates:candidacy", args=[candidacy.id])))
    address = reverse("candidates:reuse", args=[candidacy.id])
    assert "There is one thing to fix" in text(client.post(address, {"sets": ["youth"], "why": ""}))
    page = text(client.post(address, {"sets": ["youth"], "why": "Nothing changed."}, follow=True))
    assert "Decided. The email is on its way." in page
    assert "Counts again, achieved on March 3, 2027" in page
    assert "Does not count again" in page


# What was sent in time


def test_a_set_decided_after_the_end_still_counts(earlier):
    """A claim or a paid submission that was sent by the last day is decided as if in time: the decision comes later."""
    for code in ("foundations", "communication", "access", "reference"):
        factory.achieve(earlier, code, at=OVER + timedelta(days=20))
    earlier.refresh_from_db()
    assert (earlier.state, earlier.completed_on) == (CandidacyState.COMPLETED, date(2030, 12, 14))
