"""What changes while somebody is in the middle of something: each has a clear answer, and nothing is lost."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from agreements.actions import end
from agreements.models import Agreement, GraduateClaim
from billing.actions import fees
from billing.models import Charge
from candidates import queries as candidacies
from courses import actions as teaching
from courses.models import Completion
from portfolios.states import State
from tests.factories import agreements, candidates, courses, portfolios


@pytest.fixture(autouse=True)
def _now(at: datetime) -> Iterator[None]:
    with time_machine.travel(at, tick=False):
        yield


def as_(person: Any) -> Client:
    browser = Client()
    browser.force_login(person)
    return browser


def text(response: Any) -> str:
    return " ".join(response.text.split())


def test_nobody_can_rate_and_staff_read_what_would_help(alice: Any, bob: Any, rita: Any, at: datetime) -> None:
    portfolio = portfolios.submitted(candidates.candidacy(alice, at=at, staff=rita), at=at)
    address, browser = reverse("portfolios:assign", args=[portfolio.id]), as_(rita)
    page = text(browser.get(address))
    assert "Two evaluators are not available" in page
    assert reverse("portfolios:approve_evaluator") in page
    assert "Invite these two" not in page
    portfolios.evaluator(bob, at=at)
    answer = browser.post(address, {"evaluator": [str(bob.public_id)]}, follow=True)
    assert "two" in text(answer)
    portfolio.refresh_from_db()
    assert (portfolio.state, portfolio.assignments.count()) == (State.SUBMITTED, 0)
    assert "Invite two evaluators" in text(browser.get(reverse("office")))
    assert "Staff are looking for two evaluators" in text(as_(alice).get(reverse("portfolios:portfolio", args=[portfolio.id])))


@pytest.mark.parametrize(("days", "cents"), [(9, 35000), (10, 40000), (11, 40000)])
def test_the_fee_is_that_of_the_day_of_sending_and_the_page_says_so(days: int, cents: int, alice: Any, rita: Any, at: datetime) -> None:
    """The page for checking was opened under the old fee; the next page asks for the right one, with its day."""
    candidates.ready(alice, at=at)
    browser, on = as_(alice), at.date() + timedelta(days=10)
    assert "Send and continue to payment $350" in text(browser.get(reverse("candidates:check")))
    fees.add_fee(kind="application", standard_cents=40000, member_cents=37500, effective_on=on, actor=rita, at=at)
    with time_machine.travel(at + timedelta(days=days), tick=False):
        browser.force_login(alice)
        page = text(browser.post(reverse("candidates:send"), follow=True))
    assert Charge.objects.get().amount_cents == cents
    assert f"Pay ${cents // 100}" in page
    assert f"on {at + timedelta(days=days):%B} {(at + timedelta(days=days)).day}, 2026" in page


def test_an_approval_that_is_corrected_away_leaves_the_claim_to_be_refused_with_the_reason(alice: Any, rita: Any, at: datetime) -> None:
    course = courses.offering()
    claim = courses.claimed(candidates.candidacy(alice, at=at, staff=rita), at=at, course=course)
    teaching.enter_approval(
        course, approved_on=date(2030, 1, 1), approved_until=date(2034, 1, 1), reason="The letter says so.", actor=rita, at=at
    )
    browser = as_(rita)
    page = text(browser.get(reverse("courses:completion", args=[claim.id])))
    assert "It can’t be accepted: see the checks" in page
    browser.post(reverse("courses:accept", args=[claim.id]), follow=True)
    assert Completion.objects.get().state == "claimed"
    answer = browser.post(reverse("courses:refuse", args=[claim.id]), {"reason": "The course was not approved then."}, follow=True)
    assert answer.status_code == 200
    assert "The course was not approved then." in text(as_(alice).get(reverse("courses:claimed", args=[claim.id])))


def test_an_agreement_that_ends_early_still_counts_for_who_graduated_before(alice: Any, charlie: Any, rita: Any, at: datetime) -> None:
    agreement = agreements.signed(at=at, staff=rita)
    candidacy = candidates.candidacy(alice, at=at, staff=rita)
    before = agreements.claimed(alice, agreement, at=at)
    end(Agreement.objects.get(), last_day=at.date(), reason="The program closes.", actor=rita, at=at)
    later = at + timedelta(days=3)
    with time_machine.travel(later, tick=False):
        page = text(as_(rita).post(reverse("agreements:accept_graduate", args=[before.id]), follow=True))
    assert GraduateClaim.objects.get().state == "accepted", page
    assert len(candidacies.list_achievements(candidacy)) == 5
    candidates.candidacy(charlie, at=later, staff=rita)
    with time_machine.travel(later, tick=False):
        address, day = reverse("agreements:claim", args=[agreement.id]), later.date() - timedelta(days=1)
        said = {"graduated_on_month": day.month, "graduated_on_day": day.day, "graduated_on_year": day.year}
        answer = as_(charlie).post(address, said)
    assert GraduateClaim.objects.count() == 1
    assert "November 23, 2026" in text(answer), text(answer)
