"""What was sent back goes to staff again as it was sent: nobody sends it anew, pays twice, or is too late."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from agreements import actions as agreements
from agreements.models import Agreement, GraduateClaim
from appeals import actions, queries, sweeps
from appeals.actions import remands
from appeals.models import Appeal
from appeals.states import DecisionKind
from billing import queries as charges
from billing.models import Charge
from candidates import actions as deciding
from candidates import queries as applications
from candidates.states import PURPOSE
from certificates import actions as certifying
from certificates.models import Certificate
from courses import actions as teaching
from courses.models import Completion, CourseApplication
from ledger.models import Email, Entry
from ledger.states import NotPossible
from people.actions import give_role
from people.states import Role
from portfolios.actions import evaluators as rating
from renewals import actions as renewing
from renewals.models import Renewal
from tests.factories import appeals, candidates, courses, people, renewals

pytestmark = pytest.mark.django_db

LATER = timedelta(days=100)
KINDS = [kind for kind in DecisionKind if kind != DecisionKind.PORTFOLIO]


def _refuse_renewal(thing: Any, *, actor: Any, at: datetime) -> None:
    renewing.refuse(thing, marks=renewals.marks(thing), reason="No.", actor=actor, at=at)


def _refuse_application(thing: Any, *, actor: Any, at: datetime) -> None:
    deciding.refuse(thing, reason_code="hours", reason="No.", eligible_from=None, actor=actor, at=at)


def _refuse_wish(thing: Any, *, actor: Any, at: datetime) -> None:
    no = rating.Decision(approved=False, reason="No.")
    rating.decide_application(thing.application, decisions={thing.set.code: no}, actor=actor, at=at)


# How each kind is decided against again, and the state in which it waits for that.
AGAINST: dict[str, tuple[Callable[..., Any], str]] = {
    "application": (_refuse_application, "in_review"),
    "completion": (lambda thing, **who: teaching.refuse(thing, reason="No.", **who), "claimed"),
    "graduation": (lambda thing, **who: agreements.refuse_claim(thing, reason="No.", **who), "claimed"),
    "renewal": (_refuse_renewal, "in_review"),
    "certificate": (lambda thing, **who: certifying.stand(thing, reason="No.", **who), "suspended"),
    "course": (lambda thing, **who: teaching.refuse_course(thing, reason="No.", **who), "in_review"),
    "extension": (lambda thing, **who: deciding.decline_extension(thing, reason="No.", **who), "asked"),
    "reuse": (lambda thing, **who: deciding.reuse(thing, sets=[], reason="No.", **who), "active"),
    "evaluator": (_refuse_wish, "asked"),
    "agreement": (lambda thing, **who: agreements.refuse(thing, reason="No.", **who), "submitted"),
}


def heard(person: Any, *, at: datetime, waiver: Any, judge: Any) -> tuple[Appeal, Any]:
    """An appeal against the one decision that waits to be sent back, and the thing that was decided."""
    (one,) = queries.list_appealable(person, at=at)
    appeal = actions.give_notice(person, kind=one.kind, reference=one.reference, reason="Unfair.", actor=person, at=at)
    appeal = actions.give_grounds(appeal, grounds="A rule was not kept.", actor=person, at=at)
    actions.waive(appeal, actor=waiver, at=at)
    return appeal, one.thing


def remanded(person: Any, *, at: datetime, waiver: Any, judge: Any) -> tuple[Appeal, Any]:
    """The same, sent back a hundred days later."""
    appeal, thing = heard(person, at=at, waiver=waiver, judge=judge)
    appeal = actions.remand(appeal, comment="View it again.", actor=judge, at=at + LATER)
    thing.refresh_from_db()
    return appeal, thing


@pytest.mark.parametrize("kind", KINDS)
def test_it_waits_for_somebody_else_on_the_staff_and_the_appeal_closes_with_their_decision(
    kind: str, alice: Any, rita: Any, sam: Any, cora: Any, at: datetime
) -> None:
    appeals.against(kind, alice, at=at, staff=rita, panel=())
    appeal, thing = remanded(alice, at=at, waiver=sam, judge=cora)
    decide, waits = AGAINST[kind]
    assert thing.state == waits
    when = at + LATER + timedelta(days=1)
    with pytest.raises(NotPossible, match="an appeal sent it back"):
        decide(thing, actor=rita, at=when)
    for _ in range(2):
        sweeps.settle(at=when)
    with pytest.raises(NotPossible, match="No one has decided again yet"):
        actions.mark_done(appeal, actor=sam, at=when)
    letters = Email.objects.filter(person=alice).count()
    decide(thing, actor=sam, at=when)
    assert Email.objects.filter(person=alice).count() == letters + 1
    for _ in range(2):
        sweeps.settle(at=when)
    appeal.refresh_from_db()
    assert appeal.done_at == when
    assert Entry.objects.filter(verb="appeals.appeal.done", actor=None).count() == 1
    assert [one.kind for one in queries.list_appealable(alice, at=when)] == [kind]


@pytest.mark.parametrize("kind", KINDS)
def test_where_nobody_else_is_on_the_staff_the_same_person_decides_again(
    kind: str, alice: Any, rita: Any, cora: Any, dov: Any, at: datetime
) -> None:
    appeals.against(kind, alice, at=at, staff=rita, panel=())
    _, thing = remanded(alice, at=at, waiver=dov, judge=cora)
    AGAINST[kind][0](thing, actor=rita, at=at + LATER)


@pytest.mark.parametrize("kind", ["extension", "agreement"])
def test_whose_matter_it_is_is_nobody_else_on_the_staff(kind: str, alice: Any, rita: Any, cora: Any, dov: Any, at: datetime) -> None:
    appeals.against(kind, alice, at=at, staff=rita, panel=())
    _, thing = remanded(alice, at=at, waiver=dov, judge=cora)
    give_role(alice, Role.STAFF, actor=None, at=at)
    AGAINST[kind][0](thing, actor=rita, at=at + LATER)


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_on_which_staff_decide_says_so_and_offers_it_to_others(
    kind: str, alice: Any, rita: Any, sam: Any, cora: Any, at: datetime
) -> None:
    appeals.against(kind, alice, at=at, staff=rita, panel=())
    appeal, _ = remanded(alice, at=at, waiver=sam, judge=cora)
    with time_machine.travel(at + LATER, tick=False):
        for who in (rita, sam):
            browser = Client()
            browser.force_login(who)
            page = browser.get(remands.get_page(appeal)).text
            told = ("An appeal sent this back" in page, "View it again." in page, "You decided on this before" in page)
            assert told == (True, True, who == rita)
            review = browser.get(reverse("appeals:review", args=[appeal.id])).text
            assert remands.get_page(appeal) in review
            assert "It is decided again" not in review


def test_an_application_costs_nothing_and_its_fee_goes_back_once(alice: Any, rita: Any, sam: Any, cora: Any, at: datetime) -> None:
    appeals.against("application", alice, at=at, staff=rita, panel=())
    _, application = remanded(alice, at=at, waiver=sam, judge=cora)
    charge = charges.get_charge(purpose=PURPOSE, reference=application.id)
    assert charge is not None
    assert (charge.state, Charge.objects.count()) == ("refunded", 1)
    assert (application.sent_on, application.decided_by) == ((at - timedelta(days=3)).date(), None)
    _refuse_application(application, actor=sam, at=at + LATER)
    letter = Email.objects.filter(person=alice, notice="candidates/refused").order_by("-created_at", "-id").first()
    assert letter is not None
    assert "goes back" not in letter.text


def test_an_application_that_was_sent_back_can_be_admitted(alice: Any, rita: Any, sam: Any, cora: Any, at: datetime) -> None:
    appeals.against("application", alice, at=at, staff=rita, panel=())
    appeal, application = remanded(alice, at=at, waiver=sam, judge=cora)
    candidacy = deciding.admit(application, actor=sam, at=at + LATER)
    assert (candidacy.admitted_on, Charge.objects.count()) == ((at + LATER).date(), 1)
    sweeps.settle(at=at + LATER)
    appeal.refresh_from_db()
    assert appeal.done_at is not None


def test_a_draft_that_was_begun_since_makes_room_and_one_that_was_sent_does_not(
    alice: Any, charlie: Any, rita: Any, sam: Any, cora: Any, at: datetime
) -> None:
    appeals.against("application", alice, at=at, staff=rita, panel=())
    draft = candidates.draft(alice, at=at)
    _, application = remanded(alice, at=at, waiver=sam, judge=cora)
    draft.refresh_from_db()
    shown = applications.get_application(alice)
    assert (draft.state, application.state, shown) == ("withdrawn", "in_review", application)
    appeals.against("application", charlie, at=at, staff=rita, panel=())
    appeal, _ = heard(charlie, at=at, waiver=sam, judge=cora)
    candidates.sent(charlie, at=at)
    with pytest.raises(NotPossible, match="has since applied again"):
        actions.remand(appeal, comment="View it again.", actor=cora, at=at + LATER)
    appeal.refresh_from_db()
    assert appeal.state == "responded"


def test_a_completion_in_time_is_accepted_after_the_four_years(alice: Any, rita: Any, sam: Any, cora: Any, at: datetime) -> None:
    appeals.against("completion", alice, at=at, staff=rita, panel=())
    alice.candidacies.update(state="expired", ends_on=at.date() + timedelta(days=1))
    _, completion = remanded(alice, at=at, waiver=sam, judge=cora)
    assert completion.claimed_at == at
    teaching.accept(completion, actor=sam, at=at + LATER)
    assert [done.on for done in applications.list_achievements(completion.candidacy)] == [(at + LATER).date()]


def test_a_transcript_in_time_is_accepted_after_the_four_years(alice: Any, rita: Any, sam: Any, cora: Any, at: datetime) -> None:
    appeals.against("graduation", alice, at=at, staff=rita, panel=())
    alice.candidacies.update(state="expired", ends_on=at.date() + timedelta(days=1))
    _, claim = remanded(alice, at=at, waiver=sam, judge=cora)
    agreements.accept_claim(claim, actor=sam, at=at + LATER)
    assert alice.candidacies.get().achievements.count() == 5


@pytest.mark.parametrize("resumed", [False, True])
def test_a_renewal_in_time_holds_its_certificate_again(resumed: bool, alice: Any, rita: Any, sam: Any, cora: Any, at: datetime) -> None:
    appeals.against("renewal", alice, at=at, staff=rita, panel=())
    renewal = Renewal.objects.get()
    if resumed:
        renewing.resume(renewal, actor=alice, at=at)
    assert Certificate.objects.get().renewal_sent_on is None
    _, renewal = remanded(alice, at=at, waiver=sam, judge=cora)
    assert (renewal.sent_on, Certificate.objects.get().renewal_sent_on) == (at.date(), at.date())
    late = at + timedelta(days=400)
    assert late.date() > renewal.grace_ends_on
    assert renewing.approve(renewal, marks=renewals.marks(renewal), reason="", actor=sam, at=late).state == "approved"


def test_a_course_keeps_its_recommendations_and_its_fee(alice: Any, rita: Any, sam: Any, cora: Any, at: datetime) -> None:
    appeals.against("course", alice, at=at, staff=rita, panel=())
    _, application = remanded(alice, at=at, waiver=sam, judge=cora)
    assert (application.sent_on, Charge.objects.filter(person=alice).count()) == (at.date(), 1)
    assert teaching.approve_course(application, actor=sam, at=at + LATER).title == application.title


def test_a_renewed_agreement_finds_what_it_renews(alice: Any, rita: Any, sam: Any, cora: Any, at: datetime) -> None:
    appeals.against("agreement", alice, at=at, staff=rita, panel=())
    refused = Agreement.objects.get(state="refused")
    signed = Agreement.objects.create(
        college=refused.college, program=refused.program, credential=refused.credential, state="signed", written_at=at
    )
    _, again = remanded(alice, at=at, waiver=sam, judge=cora)
    assert (again.renews, again.submitted_by) == (signed, alice)


def test_a_revocation_that_was_sent_back_is_a_suspension_until_staff_decide(
    alice: Any, rita: Any, sam: Any, cora: Any, dov: Any, at: datetime
) -> None:
    appeals.against("certificate", alice, at=at, staff=rita, panel=())
    certificate = Certificate.objects.get()
    with pytest.raises(NotPossible, match="No appeal sent this back"):
        certifying.stand(certificate, reason="No.", actor=sam, at=at)
    proposal = certifying.propose_revocation(certificate, reason="It was a slip.", actor=rita, at=at)
    certifying.confirm_revocation(proposal, actor=sam, at=at)
    _, certificate = remanded(alice, at=at, waiver=dov, judge=cora)
    nora = people.person("nora@lssc.example", roles=(Role.STAFF,))
    for who in (rita, sam):
        with pytest.raises(NotPossible, match="You decided on this before"):
            certifying.reinstate(certificate, reason="It was right.", actor=who, at=at + LATER)
    assert certifying.reinstate(certificate, reason="It was right.", actor=nora, at=at + LATER).state == "issued"


@pytest.mark.parametrize(
    ("kind", "model"), [("completion", Completion), ("graduation", GraduateClaim), ("course", CourseApplication), ("agreement", Agreement)]
)
def test_one_verdict_sends_back_once(kind: str, model: Any, alice: Any, rita: Any, sam: Any, cora: Any, at: datetime) -> None:
    appeals.against(kind, alice, at=at, staff=rita, panel=())
    appeal, _ = remanded(alice, at=at, waiver=sam, judge=cora)
    with pytest.raises(NotPossible):
        actions.remand(appeal, comment="Once more.", actor=cora, at=at + LATER)


def test_a_completion_that_was_sent_again_is_decided_instead(alice: Any, rita: Any, sam: Any, cora: Any, at: datetime) -> None:
    appeals.against("completion", alice, at=at, staff=rita, panel=())
    appeal, completion = heard(alice, at=at, waiver=sam, judge=cora)
    courses.claimed(completion.candidacy, at=at, course=completion.offering)
    with pytest.raises(NotPossible, match="sent another proof"):
        actions.remand(appeal, comment="View it again.", actor=cora, at=at + LATER)


def test_the_day_of_the_first_sending_is_kept_date_by_date(alice: Any, rita: Any, sam: Any, cora: Any, at: datetime) -> None:
    appeals.against("agreement", alice, at=at, staff=rita, panel=())
    _, agreement = remanded(alice, at=at, waiver=sam, judge=cora)
    assert agreement.submitted_at.date() == date(2026, 11, 23)
