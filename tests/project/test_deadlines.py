"""Every last day of the program, a second before and after it ends in Pago Pago, for somebody in Guam and for somebody in Pago Pago."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from appeals import actions as appeals
from appeals import queries as appeal_queries
from appeals.models import Appeal
from billing.actions import add_fee
from candidates import actions as candidates
from courses import actions as courses
from courses import queries as course_queries
from ledger.states import NotPossible
from people.states import Role
from portfolios import actions as portfolios
from portfolios import sweeps as portfolio_sweeps
from portfolios.models import Assignment
from programs.policy import add_months, today
from renewals import actions as renewals
from renewals import sweeps as renewal_sweeps
from renewals.states import RenewalState
from tests.factories import agreements as make_agreements
from tests.factories import appeals as make_appeals
from tests.factories import billing as make_billing
from tests.factories import candidates as make_candidates
from tests.factories import courses as make_courses
from tests.factories import people
from tests.factories import portfolios as make_portfolios
from tests.factories import renewals as make_renewals
from tests.factories import webinars as make_webinars
from tests.project.everybody import rolled_back

ZONES = ("Pacific/Guam", "Pacific/Pago_Pago")
SECOND = timedelta(seconds=1)


def begins(day: date) -> datetime:
    """When a day begins in Pago Pago, which is eleven hours behind."""
    return datetime(day.year, day.month, day.day, 11, tzinfo=UTC)


def ends(day: date) -> datetime:
    return begins(day + timedelta(days=1))


def over_in_guam(day: date) -> datetime:
    """The first moment of the next day in Guam, which is ten hours ahead: the day goes on elsewhere."""
    return datetime(day.year, day.month, day.day, 14, tzinfo=UTC)


@dataclass
class Cast:
    """Who takes part; `alice` lives in the zone that is tried."""

    alice: Any
    bob: Any
    beth: Any
    rita: Any
    priya: Any
    at: datetime


@dataclass(frozen=True)
class Deadline:
    """A last day, and what can be done until it ends: `act` raises NotPossible, or gives False, when it is too late."""

    last: date
    act: Callable[[datetime], Any]


DEADLINES: dict[str, Callable[[Cast], Deadline]] = {}


def deadline(make: Callable[[Cast], Deadline]) -> Callable[[Cast], Deadline]:
    DEADLINES[make.__name__.replace("_", " ")] = make
    return make


def _candidacy(cast: Cast) -> Any:
    return make_candidates.candidacy(cast.alice, at=cast.at, staff=cast.rita)


def _evaluators(cast: Cast) -> list[Any]:
    return [make_portfolios.evaluator(one, at=cast.at) for one in (cast.bob, cast.beth)]


@deadline
def plan_the_sets(cast: Cast) -> Deadline:
    row = _candidacy(cast)
    return Deadline(row.ends_on, lambda at: candidates.choose(row, set_code="access", way="", actor=cast.alice, at=at))


@deadline
def ask_for_more_time(cast: Cast) -> Deadline:
    row = _candidacy(cast)
    return Deadline(row.ends_on, lambda at: candidates.ask_extension(row, why="A hard year.", actor=cast.alice, at=at))


@deadline
def send_a_portfolio(cast: Cast) -> Deadline:
    candidacy = _candidacy(cast)
    row = make_portfolios.ready(candidacy, at=cast.at)
    return Deadline(candidacy.ends_on, lambda at: portfolios.send(row, actor=cast.alice, at=at))


@deadline
def pay_for_a_portfolio(cast: Cast) -> Deadline:
    candidacy = _candidacy(cast)
    row = make_portfolios.sent(candidacy, at=cast.at)

    def pay(at: datetime) -> bool:
        portfolio_sweeps.close_unpaid(at=at)
        row.refresh_from_db()
        return bool(row.state == "awaiting_payment")

    return Deadline(candidacy.ends_on, pay)


@deadline
def start_a_portfolio(cast: Cast) -> Deadline:
    candidacy = _candidacy(cast)
    return Deadline(candidacy.ends_on, lambda at: portfolios.start(candidacy, set_code="access", actor=cast.alice, at=at))


@deadline
def send_more_for_a_portfolio(cast: Cast) -> Deadline:
    half = {1: "partial"}
    row = make_portfolios.asked(_candidacy(cast), *_evaluators(cast), staff=cast.rita, at=cast.at, first=half, second=half)
    portfolios.save_addition(row, number=1, text="More.", version=0, actor=cast.alice, at=cast.at)
    return Deadline(row.supplement_by, lambda at: portfolios.send_supplement(row, actor=cast.alice, at=at))


@deadline
def what_was_not_added_is_decided_without_it(cast: Cast) -> Deadline:
    half = {1: "partial"}
    row = make_portfolios.asked(_candidacy(cast), *_evaluators(cast), staff=cast.rita, at=cast.at, first=half, second=half)

    def waits(at: datetime) -> bool:
        portfolio_sweeps.close_supplements(at=at)
        row.refresh_from_db()
        return bool(row.state == "asked")

    return Deadline(row.supplement_by, waits)


@deadline
def answer_an_invitation_to_rate(cast: Cast) -> Deadline:
    made = [*_evaluators(cast), make_portfolios.evaluator(cast.priya, at=cast.at)]
    row = make_portfolios.assigned(_candidacy(cast), *made[:2], staff=cast.rita, at=cast.at)
    assignment = make_portfolios.slot(row, 1)

    def still_mine(at: datetime) -> bool:
        """One of the two goes to the third evaluator when the time is over."""
        portfolio_sweeps.pass_on(at=at)
        return Assignment.objects.filter(portfolio=row, evaluator__in=made[:2], state="invited").count() == 2

    return Deadline(assignment.accept_by, still_mine)


@deadline
def claim_a_course(cast: Cast) -> Deadline:
    candidacy = _candidacy(cast)
    course = make_courses.offering(approved_until=date(2035, 1, 1))
    return Deadline(candidacy.ends_on, lambda at: make_courses.claimed(candidacy, at=at, course=course))


@deadline
def confirm_a_completion(cast: Cast) -> Deadline:
    contact = make_courses.contact(cast.priya, staff=cast.rita, at=cast.at)
    made = make_courses.asked(_candidacy(cast), at=cast.at, course=make_courses.offering(provider=str(contact.provider)))
    confirmation = made.confirmations.get()
    return Deadline(confirmation.expires_on, lambda at: courses.answer_confirmation(confirmation, is_confirmed=True, words="", at=at))


@deadline
def say_that_one_appeals(cast: Cast) -> Deadline:
    row = make_appeals.refused(cast.alice, at=cast.at, staff=cast.rita)
    about = {"kind": "application", "reference": row.id, "reason": "The hours.", "actor": cast.alice}
    return Deadline(date(2026, 12, 3), lambda at: appeals.give_notice(cast.alice, **about, at=at))


@deadline
def give_the_grounds_of_an_appeal(cast: Cast) -> Deadline:
    row = make_appeals.noticed(cast.alice, at=cast.at, staff=cast.rita)
    assert row.grounds_by == date(2026, 12, 23)
    return Deadline(row.grounds_by, lambda at: appeals.give_grounds(row, grounds="The hours.", actor=cast.alice, at=at))


@deadline
def an_appeal_without_grounds_is_forfeited(cast: Cast) -> Deadline:
    row = make_appeals.noticed(cast.alice, at=cast.at, staff=cast.rita)

    def stands(at: datetime) -> bool:
        appeals.forfeit(row.id, at=at)
        return bool(Appeal.objects.get(pk=row.pk).state == "noticed")

    return Deadline(row.grounds_by, stands)


@deadline
def a_candidacy_goes_on(cast: Cast) -> Deadline:
    row = _candidacy(cast)
    assert row.ends_on == date(2030, 11, 23)

    def goes_on(at: datetime) -> bool:
        candidates.expire_due(at=at)
        row.refresh_from_db()
        return bool(row.state == "active")

    return Deadline(row.ends_on, goes_on)


@deadline
def renew_in_grace_without_a_reason(cast: Cast) -> Deadline:
    row = make_renewals.opened(cast.alice, at=cast.at, staff=cast.rita)
    make_renewals.enough(row, at=cast.at + timedelta(days=30))
    assert row.grace_ends_on == add_months(row.expires_on, 2)
    return Deadline(row.grace_ends_on, lambda at: renewals.send(row, late_reason="", member_number="", actor=cast.alice, at=at))


@deadline
def pay_for_a_renewal(cast: Cast) -> Deadline:
    add_fee(kind="certificate_renewal", standard_cents=5000, member_cents=4000, effective_on=cast.at.date(), actor=cast.rita, at=cast.at)
    row = make_renewals.opened(cast.alice, at=cast.at, staff=cast.rita)
    row = make_renewals.sent(row, at=begins(row.grace_ends_on), on=row.first_day + timedelta(days=9))
    assert row.pay_by == row.grace_ends_on + timedelta(days=30)

    def can_pay(at: datetime) -> bool:
        renewal_sweeps.hand_back(at=at)
        row.refresh_from_db()
        return bool(row.state == RenewalState.AWAITING_PAYMENT)

    return Deadline(row.pay_by, can_pay)


@deadline
def nobody_refuses_a_renewal_while_there_is_time_to_answer(cast: Cast) -> Deadline:
    row = make_renewals.opened(cast.alice, at=cast.at, staff=cast.rita)
    row = make_renewals.sent(row, at=begins(row.opens_on) + timedelta(hours=1), proof=True, on=row.first_day + timedelta(days=9))
    if row.state != RenewalState.ASKED:
        ask = make_renewals.marks(row, Device_help_day=("asked", "Who taught it?"))
        renewals.ask(row, marks=ask, actor=cast.rita, at=begins(row.opens_on) + timedelta(hours=2))
        row.refresh_from_db()

    def has_time(at: datetime) -> bool:
        try:
            renewals.refuse(row, marks=make_renewals.marks(row), reason="No answer came.", actor=cast.rita, at=at)
        except NotPossible:
            return True
        return False

    return Deadline(row.answer_by, has_time)


@deadline
def send_the_hours(cast: Cast) -> Deadline:
    row = make_candidates.provisional(cast.alice, at=cast.at, staff=cast.rita)
    claim = candidates.start_hours(row, actor=cast.alice, at=cast.at)
    work = {**make_candidates.WORK, "library": "Ridge Library", "hours_a_week": Decimal(38)}
    candidates.add_employment(row.application, values=work, version=0, claim=claim, actor=cast.alice, at=cast.at)
    return Deadline(row.ends_on, lambda at: candidates.send_hours(row, actor=cast.alice, at=at))


@deadline
def claim_as_a_graduate(cast: Cast) -> Deadline:
    row = _candidacy(cast)
    agreement = make_agreements.signed(at=cast.at, staff=cast.rita)
    graduated_on = cast.at.date() - timedelta(days=30)
    return Deadline(row.ends_on, lambda at: make_agreements.claimed(cast.alice, agreement, at=at, graduated_on=graduated_on))


@deadline
def renew_the_approval_of_a_course(cast: Cast) -> Deadline:
    speaks = make_courses.contact(cast.priya, staff=cast.rita, at=cast.at)
    course = make_courses.offering(provider=str(speaks.provider))
    time = course_queries.get_renewal_time(course, today=date(2029, 6, 1))
    assert time is not None
    assert time.is_open
    return Deadline(time.closes_on, lambda at: courses.start_renewal(course, actor=cast.priya, at=at))


@deadline
def answer_an_appeal_for_the_first_committee(cast: Cast) -> Deadline:
    row = make_appeals.grounded(cast.alice, at=cast.at, staff=cast.rita)
    assert row.respond_by == date(2026, 12, 23)
    member = people.person("mara@council.example", roles=(Role.COMMITTEE,))
    make_appeals.sworn(member, at=cast.at)
    return Deadline(row.respond_by, lambda at: appeals.respond(row, text="Each week was counted.", actor=member, at=at))


@deadline
def an_appeal_is_not_left_to_the_second_committee(cast: Cast) -> Deadline:
    row = make_appeals.grounded(cast.alice, at=cast.at, staff=cast.rita)

    def waits(at: datetime) -> bool:
        appeals.stand_in(row.id, at=at)
        return bool(Appeal.objects.get(pk=row.pk).state == "grounds_given")

    return Deadline(row.respond_by, waits)


@deadline
def decide_with_this_years_statement(cast: Cast) -> Deadline:
    signed = appeals.sign_statement(cast.bob, actor=cast.bob, at=cast.at)
    return Deadline(signed.holds_until, lambda at: not appeal_queries.why_not_sit(cast.bob, today(at)))


@pytest.fixture
def cast(db: None, alice: Any, bob: Any, beth: Any, rita: Any, priya: Any, at: datetime) -> Cast:
    return Cast(alice, bob, beth, rita, priya, at)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("what", sorted(DEADLINES))
def test_the_last_day_is_in_time_until_it_has_ended_everywhere(what: str, zone: str, cast: Cast) -> None:
    cast.alice.time_zone = zone
    cast.alice.save()
    found = DEADLINES[what](cast)
    in_time = {
        "the day before": begins(found.last) - SECOND,
        "its first second": begins(found.last),
        "over in Guam": over_in_guam(found.last),
        "its last second": ends(found.last) - SECOND,
        "over": ends(found.last),
        "the day after": ends(found.last) + timedelta(hours=12),
    }
    assert {name: _works(found, at) for name, at in in_time.items()} == {name: name not in ("over", "the day after") for name in in_time}


def _works(found: Deadline, at: datetime) -> bool:
    with rolled_back():
        try:
            return found.act(at) is not False
        except NotPossible:
            return False


@pytest.mark.parametrize("zone", ZONES)
def test_the_window_of_a_renewal_opens_when_its_day_begins(zone: str, cast: Cast) -> None:
    cast.alice.time_zone = zone
    cast.alice.save()
    row = make_renewals.opened(cast.alice, at=cast.at, staff=cast.rita)
    make_renewals.enough(row, at=cast.at + timedelta(days=30))
    send = Deadline(row.opens_on, lambda at: renewals.send(row, late_reason="", member_number="", actor=cast.alice, at=at))
    assert [_works(send, begins(row.opens_on) + shift) for shift in (-SECOND, timedelta(0))] == [False, True]


@pytest.mark.parametrize(
    ("completed_on", "counts"),
    [
        (date(2023, 6, 29), False),
        (date(2023, 6, 30), True),
        (date(2023, 7, 1), True),
        (date(2029, 6, 29), True),
        (date(2029, 6, 30), True),
        (date(2029, 7, 1), False),
    ],
)
@pytest.mark.parametrize("zone", ZONES)
def test_a_completion_counts_from_two_years_before_the_approval_to_its_last_day(
    zone: str, completed_on: date, counts: bool, cast: Cast
) -> None:
    cast.alice.time_zone = zone
    cast.alice.save()
    row = _candidacy(cast)
    claim = Deadline(completed_on, lambda at: make_courses.claimed(row, at=at, completed_on=completed_on))
    assert _works(claim, begins(date(2029, 9, 1))) == counts


@pytest.mark.parametrize(
    ("graduated_on", "counts"),
    [
        (date(2024, 11, 22), False),
        (date(2024, 11, 23), True),
        (date(2024, 11, 24), True),
        (date(2030, 11, 22), True),
        (date(2030, 11, 23), True),
        (date(2030, 11, 24), False),
    ],
)
@pytest.mark.parametrize("zone", ZONES)
def test_a_graduation_counts_from_two_years_before_the_agreement_to_its_last_day(
    zone: str, graduated_on: date, counts: bool, cast: Cast
) -> None:
    cast.alice.time_zone = zone
    cast.alice.save()
    agreement = make_agreements.signed(at=cast.at, staff=cast.rita)
    assert (agreement.retroactive_to, agreement.ends_on) == (date(2024, 11, 23), date(2030, 11, 23))
    at = begins(date(2030, 12, 1))
    _candidacy(Cast(cast.alice, cast.bob, cast.beth, cast.rita, cast.priya, at - timedelta(days=20)))
    claim = Deadline(graduated_on, lambda when: make_agreements.claimed(cast.alice, agreement, at=when, graduated_on=graduated_on))
    assert _works(claim, at) == counts


@pytest.mark.parametrize("zone", ZONES)
def test_a_place_in_a_webinar_can_be_had_until_it_begins(zone: str, cast: Cast) -> None:
    """It begins at one moment, whatever the day is there."""
    cast.alice.time_zone = zone
    cast.alice.save()
    row = make_webinars.webinar(at=cast.at, staff=cast.rita)
    come = Deadline(row.begins_on, lambda at: make_webinars.guest(row, at=at, email=cast.alice.email, person=cast.alice))
    shifts = (-timedelta(days=1), -SECOND, timedelta(0), timedelta(days=1))
    assert [_works(come, row.begins_at + shift) for shift in shifts] == [True, True, False, False]


@pytest.mark.parametrize(("zone", "counts"), [("Pacific/Guam", True), ("Pacific/Pago_Pago", False)])
def test_who_has_a_day_already_may_have_finished_on_it(zone: str, counts: bool, cast: Cast) -> None:
    """What was done is dated where it was done: in Guam it is tomorrow already, in Pago Pago that is in the future."""
    cast.alice.time_zone = zone
    cast.alice.save()
    row = _candidacy(cast)
    at = datetime(2027, 3, 2, 15, tzinfo=UTC)
    claim = Deadline(date(2027, 3, 3), lambda when: make_courses.claimed(row, at=when, completed_on=date(2027, 3, 3)))
    assert _works(claim, at) == counts


@pytest.mark.parametrize("zone", ZONES)
def test_the_fee_is_that_of_the_day_in_pago_pago(zone: str, cast: Cast) -> None:
    cast.priya.time_zone = zone
    cast.priya.save()
    day = make_billing.coming_fee(at=cast.at, staff=cast.rita).effective_on
    assignment = [(cast.alice.name, cast.alice.email, "portfolio", False)]
    found = []
    for at in (begins(day) - SECOND, begins(day)):
        with rolled_back():
            made = make_billing.invoiced(cast.priya, at=at, staff=cast.rita, people=assignment, cents=7000)
            found.append((made.dated_on, made.due_on, made.amount_cents))
    before = day - timedelta(days=1)
    assert found == [(before, before + timedelta(days=30), 6000), (day, day + timedelta(days=30), 7000)]
