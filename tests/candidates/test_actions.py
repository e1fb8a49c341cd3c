"""Applying, deciding, planning and achieving on a real database: results, audit entries, emails and events compared whole."""

import threading
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from billing import queries as billing
from billing.models import Enrollment
from billing.states import ChargeState
from candidates import actions, policy, queries
from candidates.models import Achievement, ApplicantAnswers, Application, Candidacy, ChosenSet, DraftPage, Employment
from candidates.states import (
    PURPOSE,
    AlreadyAchieved,
    AlreadyStarted,
    ApplicationState,
    CandidacyEnded,
    CandidacyState,
    NotReady,
    PlanFull,
    RefusalReason,
    Way,
)
from candidates.sweeps import expire
from ledger import queues
from ledger.models import Email, Entry
from ledger.queries import list_entries, tell
from ledger.states import NotPossible, NotYourDecision
from people.states import Stale
from tests.factories import billing as money
from tests.factories import candidates as factory
from tests.factories import people

TODAY = date(2026, 11, 23)
REQUIRED = ["foundations", "communication", "technology"]
pytestmark = pytest.mark.django_db


def told(person) -> list[str]:
    """What the file of a person says of this app, oldest first."""
    return [tell(entry).sentence for entry in reversed(list_entries(person)) if entry.verb.startswith("candidates.")]


def letters(person) -> list[tuple[str, str]]:
    emails = Email.objects.filter(person=person, notice__startswith="candidates/").order_by("created_at", "dedupe_key")
    return [(letter.notice, letter.subject) for letter in emails]


def get_charge(application):
    return billing.get_charge(purpose=PURPOSE, reference=application.id)


# Start and save


def test_start_makes_one_draft_however_often_it_is_asked(alice, at):
    first = factory.draft(alice, at=at)
    second = factory.draft(alice, at=at)
    assert (first, first.state) == (second, ApplicationState.DRAFT)
    assert told(alice) == ["Alice Moreau started an application."]


def test_start_is_refused_during_a_candidacy(alice, rita, at):
    factory.candidacy(alice, at=at, staff=rita)
    with pytest.raises(AlreadyStarted):
        factory.draft(alice, at=at)


def test_start_takes_over_the_answers_of_a_refused_application(alice, rita, at):
    before = factory.in_review(alice, at=at, member_number="1234567")
    actions.refuse(before, reason_code="proof", reason="Send a resume with dates.", eligible_from=None, actor=rita, at=at)
    again = factory.draft(alice, at=at + timedelta(days=1))
    assert (again.diploma, again.member_number, again.resume_id) == ("diploma", "1234567", before.resume_id)
    old, new = queries.list_employments(before)[0], queries.list_employments(again)[0]
    assert (new.library, new.began_on, new.hours_a_week) == (old.library, old.began_on, old.hours_a_week)
    assert new.pk != old.pk
    assert Employment.objects.count() == 2


def test_save_section_keeps_what_was_typed_until_the_answer_is_valid(alice, at):
    draft = factory.draft(alice, at=at)
    saved = actions.save_section(draft, section="member", version=0, typed={"member_number": "12b"}, actor=alice, at=at)
    assert (saved.version, queries.get_page(draft, "member").typed) == (1, {"member_number": "12b"})
    values = {"is_member": True, "member_number": "1234567"}
    saved = actions.save_section(draft, section="member", version=1, values=values, actor=alice, at=at)
    draft.refresh_from_db()
    page = queries.get_page(draft, "member")
    assert (saved.version, page.typed, draft.is_member, draft.member_number) == (2, {}, True, "1234567")


def test_save_section_never_overwrites_another_tab(alice, at):
    draft = factory.draft(alice, at=at)
    actions.save_section(draft, section="member", version=0, typed={"member_number": "111"}, actor=alice, at=at)
    with pytest.raises(Stale) as stale:
        actions.save_section(draft, section="member", version=0, typed={"member_number": "222"}, actor=alice, at=at)
    assert (stale.value.version, queries.get_page(draft, "member").typed) == (1, {"member_number": "111"})


def test_pages_of_one_draft_do_not_conflict(alice, at):
    draft = factory.draft(alice, at=at)
    actions.save_section(draft, section="member", version=0, typed={"member_number": "111"}, actor=alice, at=at)
    actions.save_section(draft, section="diploma", version=0, typed={"diploma": "diploma"}, actor=alice, at=at)
    assert sorted(draft.pages.values_list("page", "version")) == [("diploma", 1), ("member", 1)]


def test_the_names_are_those_of_the_account(alice, at):
    draft = factory.draft(alice, at=at)
    values = {"name": "Alice M. Moreau", "called": "Ali"}
    actions.save_section(draft, section="who", version=0, values=values, actor=alice, at=at)
    alice.refresh_from_db()
    assert (alice.name, alice.called, alice.time_zone) == ("Alice M. Moreau", "Ali", "America/New_York")


def test_optional_answers_are_kept_apart_from_the_application(alice, at):
    draft = factory.draft(alice, at=at)
    values = {"why": "To learn", "age": "35-44", "gender": "unsaid", "ethnicity": ""}
    actions.save_section(draft, section="answers", version=0, values=values, actor=alice, at=at)
    assert ApplicantAnswers.objects.values("why", "age", "gender", "ethnicity").get() == values
    assert [entry.details for entry in Entry.objects.filter(person=alice)] == [{}]


# Spells of work


def test_a_form_sent_twice_adds_one_employment(alice, at):
    draft = factory.draft(alice, at=at)
    actions.add_employment(draft, values=factory.WORK, version=0, actor=alice, at=at)
    with pytest.raises(Stale):
        actions.add_employment(draft, values=factory.WORK, version=0, actor=alice, at=at)
    assert draft.employments.count() == 1


def test_change_and_remove_a_employment(alice, at):
    draft = factory.draft(alice, at=at)
    employment = factory.employment(draft, at=at)
    actions.change_employment(employment, values={**factory.WORK, "hours_a_week": Decimal("12.5")}, version=0, actor=alice, at=at)
    assert Employment.objects.get().hours_a_week == Decimal("12.50")
    actions.remove_employment(employment, actor=alice, at=at)
    actions.remove_employment(employment, actor=alice, at=at)
    assert (Employment.objects.count(), DraftPage.objects.filter(page=f"work/{employment.pk}").exists()) == (0, False)


@pytest.mark.parametrize(
    "changes",
    [
        {"began_on": TODAY + timedelta(days=1)},
        {"ended_on": TODAY + timedelta(days=1)},
        {"ended_on": date(2022, 3, 6)},
        {"hours_a_week": Decimal(0)},
        {"hours_a_week": Decimal("168.01")},
    ],
)
def test_impossible_work_is_refused(alice, at, changes):
    draft = factory.draft(alice, at=at)
    with pytest.raises(NotPossible):
        factory.employment(draft, at=at, **changes)
    assert draft.employments.count() == 0


@pytest.mark.parametrize(
    "changes", [{"began_on": TODAY}, {"ended_on": TODAY}, {"began_on": TODAY, "ended_on": TODAY}, {"hours_a_week": Decimal(168)}]
)
def test_work_up_to_today_is_taken(alice, at, changes):
    draft = factory.draft(alice, at=at)
    factory.employment(draft, at=at, **changes)
    assert draft.employments.count() == 1


def test_today_is_the_date_where_the_person_is(alice, at):
    alice.time_zone = "Pacific/Guam"
    alice.save()
    draft = factory.draft(alice, at=at)
    factory.employment(draft, at=at, began_on=TODAY + timedelta(days=1))  # in Guam it is the 24th already
    assert draft.employments.count() == 1


def test_forty_employments_are_enough(alice, at):
    draft = factory.draft(alice, at=at)
    for _ in range(40):
        factory.employment(draft, at=at)
    with pytest.raises(NotPossible, match="40 jobs"):
        factory.employment(draft, at=at)


@pytest.mark.parametrize(
    "changes", [{"hours_a_week": 0}, {"hours_a_week": 169}, {"ended_on": date(2020, 1, 1)}, {"kind": "barn"}, {"library": ""}]
)
def test_the_database_refuses_impossible_work_too(alice, at, changes):
    draft = factory.draft(alice, at=at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Employment.objects.create(application=draft, added_at=at, **{**factory.WORK, **changes})


# Send


def test_send_charges_the_fee_and_says_so(alice, at, terms, events):
    application = factory.ready(alice, at=at)
    charge = actions.send(application, actor=alice, at=at)
    application.refresh_from_db()
    terms.refresh_from_db()
    assert (application.state, application.sent_at, application.sent_on) == (ApplicationState.AWAITING_PAYMENT, at, TODAY)
    assert (application.terms, terms.frozen_at, application.pages.count()) == (terms, at, 0)
    assert (charge.amount_cents, charge.return_path, charge.reference) == (35000, "/application/", application.id)
    assert told(alice) == ["Alice Moreau started an application.", "Alice Moreau sent the application, with 3,690 hours of library work."]
    assert letters(alice) == [("candidates/received", "We have your application: pay $350 next")]
    assert events() == [("candidates.application.sent", {"application": str(application.id), "person": alice.pk})]


def test_a_member_pays_less(alice, at):
    application = factory.sent(alice, at=at, member_number="1234567")
    assert get_charge(application).amount_cents == 32500


def test_sending_twice_gives_the_same_charge_and_changes_nothing(alice, at):
    application = factory.ready(alice, at=at)
    first = actions.send(application, actor=alice, at=at)
    second = actions.send(application, actor=alice, at=at + timedelta(minutes=1))
    assert first == second
    assert (len(told(alice)), len(letters(alice))) == (2, 1)


@pytest.mark.parametrize(
    ("emptied", "missing"),
    [
        ({"diploma": ""}, "your diploma"),
        ({"diploma": "none"}, "your diploma"),
        ({"diploma_statement": ""}, "your diploma"),
        ({"is_member": None}, "your ALA member number"),
        ({"resume": None}, "your resume"),
    ],
)
def test_send_is_refused_while_an_answer_is_missing(alice, at, emptied, missing):
    application = factory.ready(alice, at=at)
    Application.objects.filter(pk=application.pk).update(**emptied)
    with pytest.raises(NotReady, match=missing):
        actions.send(application, actor=alice, at=at)
    application.refresh_from_db()
    assert (application.state, get_charge(application)) == (ApplicationState.DRAFT, None)


def test_send_is_refused_while_a_page_is_unfinished(alice, at):
    application = factory.ready(alice, at=at)
    actions.save_section(application, section="diploma", version=1, typed={"diploma": "higher"}, actor=alice, at=at)
    with pytest.raises(NotReady, match="your diploma"):
        actions.send(application, actor=alice, at=at)


def test_send_with_too_few_hours_says_from_when(alice, at):
    application = factory.ready(alice, at=at)
    application.employments.update(began_on=date(2024, 8, 12))  # 833 days at 15/7 hours: 1,785
    with pytest.raises(NotReady) as refusal:
        actions.send(application, actor=alice, at=at)
    assert refusal.value.message == (
        "You have 1,785 of 1,820 hours: 35 are missing. If you keep working as you do now, you can send it from December 10, 2026. "
        "We save everything until then."
    )
    assert actions.send(application, actor=alice, at=at + timedelta(days=17)).amount_cents == 35000


def test_a_sent_application_can_no_longer_be_changed(alice, at):
    application = factory.sent(alice, at=at)
    employment = queries.list_employments(application)[0]
    for change in (
        lambda: factory.employment(application, at=at),
        lambda: actions.change_employment(employment, values=factory.WORK, version=0, actor=alice, at=at),
        lambda: actions.remove_employment(employment, actor=alice, at=at),
        lambda: actions.attach_resume(application, upload=people.upload(), actor=alice, at=at),
        lambda: actions.save_section(application, section="diploma", version=0, values={"diploma": "higher"}, actor=alice, at=at),
    ):
        with pytest.raises(NotPossible, match="sent this application"):
            change()


# Pay and withdraw


def test_the_settled_fee_puts_the_application_before_staff(alice, at, drain):
    application = factory.sent(alice, at=at)
    money.settle(get_charge(application), at=at)
    drain()
    application.refresh_from_db()
    assert (application.state, application.paid_on, application.decide_by) == (ApplicationState.IN_REVIEW, TODAY, date(2026, 11, 30))
    assert told(alice)[-1] == "Alice Moreau paid the application fee. Staff will answer by November 30, 2026."
    assert ("candidates/in_review", "We have your fee: staff will answer by November 30, 2026") in letters(alice)


def test_hearing_of_the_payment_twice_changes_nothing(alice, at):
    application = factory.in_review(alice, at=at)
    before = told(alice)
    actions.pay(application.id, settled_at=at + timedelta(days=3), at=at + timedelta(days=3))
    application.refresh_from_db()
    assert (application.paid_on, told(alice)) == (TODAY, before)


def test_news_of_a_payment_after_the_withdrawal_changes_nothing(alice, at):
    application = factory.sent(alice, at=at)
    actions.withdraw(application, actor=alice, at=at)
    actions.pay(application.id, settled_at=at, at=at)
    application.refresh_from_db()
    assert (application.state, application.paid_on) == (ApplicationState.WITHDRAWN, None)


def test_news_of_other_payments_is_left_alone(alice, at, drain):
    money.paid(alice, at=at, purpose="portfolios.portfolio", kind="portfolio")
    drain()
    assert told(alice) == []


def test_withdraw_cancels_the_open_charge(alice, at):
    application = factory.sent(alice, at=at)
    charge = get_charge(application)
    actions.withdraw(application, actor=alice, at=at)
    application.refresh_from_db()
    charge.refresh_from_db()
    assert (application.state, charge.state) == (ApplicationState.WITHDRAWN, ChargeState.CANCELLED)
    assert told(alice)[-1] == "Alice Moreau withdrew the application."
    assert letters(alice)[-1] == ("candidates/withdrawn", "Your application is withdrawn")
    with pytest.raises(NotPossible):
        actions.withdraw(application, actor=alice, at=at)


def test_withdraw_leaves_a_paid_fee_to_staff(alice, at):
    application = factory.in_review(alice, at=at)
    actions.withdraw(application, actor=alice, at=at)
    assert get_charge(application).state == ChargeState.SETTLED


def test_withdraw_waits_when_the_fee_arrived_a_moment_ago(alice, at):
    application = factory.sent(alice, at=at)
    money.settle(get_charge(application), at=at)
    with pytest.raises(NotPossible, match="a moment ago"):
        actions.withdraw(application, actor=alice, at=at)


# Decide


def test_admit_opens_the_candidacy_under_the_terms_of_the_application(alice, rita, at, terms, events):
    application = factory.in_review(alice, at=at)
    candidacy = actions.admit(application, actor=rita, at=at)
    application.refresh_from_db()
    assert (application.state, application.decided_by, application.decided_at) == (ApplicationState.ADMITTED, rita, at)
    assert (candidacy.admitted_on, candidacy.ends_on, candidacy.terms, candidacy.state) == (
        TODAY,
        date(2030, 11, 23),
        terms,
        CandidacyState.ACTIVE,
    )
    assert [(slot.position, slot.code, slot.way) for slot in queries.get_plan(candidacy)] == [
        *[(position, code, None) for position, code in enumerate(REQUIRED, start=1)],
        (4, None, None),
        (5, None, None),
        (6, None, None),
    ]
    assert told(alice)[-2:] == [
        "Rita Lindqvist admitted Alice Moreau until November 23, 2030.",
        "The candidacy of Alice Moreau opened; it runs until November 23, 2030.",
    ]
    assert ("candidates/admitted", "You are admitted: finish by November 23, 2030") in letters(alice)
    assert "20301123" in Email.objects.get(notice="candidates/admitted").calendar
    assert events()[-1] == ("candidates.candidacy.opened", {"candidacy": str(candidacy.id), "person": alice.pk})
    assert queries.get_candidacy(alice) == candidacy


def test_a_decision_is_made_once(alice, rita, at):
    application = factory.in_review(alice, at=at)
    actions.admit(application, actor=rita, at=at)
    with pytest.raises(NotPossible, match="decided a moment ago"):
        actions.admit(application, actor=rita, at=at)
    with pytest.raises(NotPossible, match="decided a moment ago"):
        actions.refuse(application, reason_code="hours", reason="x", eligible_from=None, actor=rita, at=at)
    assert Candidacy.objects.count() == 1


def test_nobody_decides_on_themselves(rita, at):
    application = factory.in_review(rita, at=at)
    with pytest.raises(NotYourDecision):
        actions.admit(application, actor=rita, at=at)
    with pytest.raises(NotYourDecision):
        actions.refuse(application, reason_code="hours", reason="x", eligible_from=None, actor=rita, at=at)


@pytest.mark.parametrize(
    ("code", "state"),
    [
        (RefusalReason.HOURS, ChargeState.REFUNDED),
        (RefusalReason.DIPLOMA, ChargeState.REFUNDED),
        (RefusalReason.PROOF, ChargeState.REFUNDED),
        (RefusalReason.OTHER, ChargeState.SETTLED),
    ],
)
def test_refuse_gives_the_fee_back_to_who_is_not_eligible(alice, rita, at, code, state):
    application = factory.in_review(alice, at=at)
    actions.refuse(application, reason_code=code, reason="Count again in May.", eligible_from=date(2027, 5, 3), actor=rita, at=at)
    application.refresh_from_db()
    assert (application.state, application.refusal_reason, application.eligible_from) == (
        ApplicationState.REFUSED,
        code,
        date(2027, 5, 3),
    )
    assert get_charge(application).state == state
    assert told(alice)[-1] == f"Rita Lindqvist refused the application of Alice Moreau: {code.label.lower()}."
    letter = Email.objects.get(notice="candidates/refused")
    assert "Count again in May." in letter.text
    assert "You can apply again from May 3, 2027." in letter.text
    assert ("We will refund your fee" in letter.text) is (state == ChargeState.REFUNDED)


def test_refuse_needs_a_reason(alice, rita, at):
    application = factory.in_review(alice, at=at)
    with pytest.raises(NotPossible):
        actions.refuse(application, reason_code="other", reason="  ", eligible_from=None, actor=rita, at=at)


def test_an_admission_by_mistake_is_taken_back_while_nothing_has_followed(alice, rita, at, drain):
    row = factory.in_review(alice, at=at)
    actions.admit(row, actor=rita, at=at)
    drain()
    assert Enrollment.objects.filter(person=alice).exists()
    with pytest.raises(NotPossible, match="Give a reason"):
        actions.withdraw_admission(row, reason=" ", actor=rita, at=at)
    actions.withdraw_admission(row, reason="I pressed the wrong button.", actor=rita, at=at)
    drain()
    row.refresh_from_db()
    assert (row.state, row.decided_by, Candidacy.objects.count()) == ("in_review", None, 0)
    assert not Enrollment.objects.exists()
    letter = Email.objects.get(notice="candidates/admission_withdrawn")
    assert letter.to == alice.email
    assert "Why: I pressed the wrong button." in letter.text
    assert Entry.objects.get(verb="candidates.application.withdraw_admission").reason == "I pressed the wrong button."
    with pytest.raises(NotPossible):
        actions.withdraw_admission(row, reason="Again", actor=rita, at=at)
    assert actions.admit(row, actor=rita, at=at + timedelta(days=1)).state == "active"


def test_an_admission_from_which_something_followed_stays(alice, rita, at):
    row = factory.in_review(alice, at=at)
    candidacy = actions.admit(row, actor=rita, at=at)
    factory.achieve(candidacy, "foundations", at=at)
    with pytest.raises(NotPossible, match="Something has already followed"):
        actions.withdraw_admission(row, reason="A mistake", actor=rita, at=at)
    assert Candidacy.objects.get().state == "active"


@pytest.mark.django_db(transaction=True)
def test_two_who_admit_at_once_admit_once(alice, rita, at):
    application = factory.in_review(alice, at=at)
    outcomes: list[str] = []

    def admit() -> None:
        try:
            actions.admit(application, actor=rita, at=at)
            outcomes.append("admitted")
        except NotPossible as refusal:
            outcomes.append(refusal.message)
        finally:
            connection.close()

    threads = [threading.Thread(target=admit) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    refusal = "This application is not waiting for a decision. It may have been decided a moment ago."
    assert sorted(outcomes) == [*[refusal] * 3, "admitted"]
    assert (Candidacy.objects.count(), Email.objects.filter(notice="candidates/admitted").count()) == (1, 1)


# The database's own rules


def test_the_database_keeps_one_live_application_and_one_active_candidacy(alice, rita, at):
    candidacy = factory.candidacy(alice, at=at, staff=rita)
    Application.objects.create(person=alice, started_at=at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.create(person=alice, started_at=at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Candidacy.objects.create(
            person=alice,
            application=Application.objects.get(state=ApplicationState.DRAFT),
            terms=candidacy.terms,
            admitted_on=TODAY,
            ends_on=date(2030, 1, 1),
        )


@pytest.mark.parametrize(
    "broken",
    [
        {"state": "lost"},
        {"state": ApplicationState.ADMITTED},
        {"state": ApplicationState.REFUSED},
        {"terms": None},
        {"paid_on": None},
        {"refusal_reason": "hours"},
    ],
)
def test_the_database_refuses_a_state_without_its_facts(alice, at, broken):
    application = factory.in_review(alice, at=at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.filter(pk=application.pk).update(**broken)


# Plan


@pytest.fixture
def candidacy(alice, rita, at):
    return factory.candidacy(alice, at=at, staff=rita)


def plan_of(candidacy) -> list[tuple[str | None, str | None]]:
    return [(slot.code, slot.way) for slot in queries.get_plan(candidacy)]


def test_choose_and_unchoose_electives(alice, candidacy, at):
    actions.choose(candidacy, set_code="youth", way="", actor=alice, at=at)
    actions.choose(candidacy, set_code="youth", way="", actor=alice, at=at)
    actions.choose(candidacy, set_code="youth", way=Way.PORTFOLIO, actor=alice, at=at)
    actions.choose(candidacy, set_code="technology", way=Way.COURSE, actor=alice, at=at)
    assert plan_of(candidacy)[2:4] == [("technology", "course"), ("youth", "portfolio")]
    actions.unchoose(candidacy, set_code="youth", actor=alice, at=at)
    actions.unchoose(candidacy, set_code="youth", actor=alice, at=at)
    assert plan_of(candidacy)[3] == (None, None)
    assert [sentence for sentence in told(alice) if "plan" in sentence] == [
        "Alice Moreau put Youth Services on the plan, way still open.",
        "Alice Moreau put Youth Services on the plan, portfolio.",
        "Alice Moreau put Technology on the plan, approved course.",
        "Alice Moreau removed Youth Services from the plan.",
    ]


def test_a_fourth_elective_has_no_place(alice, candidacy, at):
    for code in ("youth", "reference", "access"):
        actions.choose(candidacy, set_code=code, way="", actor=alice, at=at)
    with pytest.raises(PlanFull):
        actions.choose(candidacy, set_code="cataloging", way="", actor=alice, at=at)


def test_a_required_set_stays_on_the_plan(alice, candidacy, at):
    with pytest.raises(NotPossible, match="required"):
        actions.unchoose(candidacy, set_code="foundations", actor=alice, at=at)


def test_an_achieved_set_is_fixed(alice, candidacy, at):
    factory.achieve(candidacy, "youth", at=at)
    with pytest.raises(AlreadyAchieved):
        actions.unchoose(candidacy, set_code="youth", actor=alice, at=at)
    with pytest.raises(AlreadyAchieved):
        actions.choose(candidacy, set_code="youth", way=Way.PORTFOLIO, actor=alice, at=at)


def test_an_unknown_set_or_way_is_refused(alice, candidacy, at):
    with pytest.raises(NotPossible):
        actions.choose(candidacy, set_code="astrology", way="", actor=alice, at=at)
    with pytest.raises(ValueError, match="barter"):
        actions.choose(candidacy, set_code="youth", way="barter", actor=alice, at=at)


def test_the_plan_changes_until_the_last_day_and_not_after(alice, candidacy, at):
    last = at.replace(year=2030)
    actions.choose(candidacy, set_code="youth", way="", actor=alice, at=last)
    with pytest.raises(CandidacyEnded):
        actions.choose(candidacy, set_code="access", way="", actor=alice, at=last + timedelta(days=1))


def test_plan_swaps_electives_in_one_go(alice, candidacy, at):
    ways = {"youth": Way.PORTFOLIO, "foundations": Way.COURSE}
    actions.plan(candidacy, electives=["youth", "access", "reference"], ways=ways, actor=alice, at=at)
    assert plan_of(candidacy) == [
        ("foundations", "course"),
        ("communication", None),
        ("technology", None),
        ("access", None),
        ("reference", None),
        ("youth", "portfolio"),
    ]
    actions.plan(candidacy, electives=["youth", "cataloging", "supervision"], ways=ways, actor=alice, at=at)
    assert {code for code, _ in plan_of(candidacy)[3:]} == {"youth", "cataloging", "supervision"}
    before = plan_of(candidacy)
    with pytest.raises(PlanFull):
        actions.plan(candidacy, electives=["access", "youth", "cataloging", "supervision"], ways={}, actor=alice, at=at)
    assert plan_of(candidacy) == before


# Achieve


def test_achieve_records_a_set_once(alice, candidacy, at, events):
    source = uuid4()
    for _ in range(2):
        factory.achieve(candidacy, "technology", at=at, way=Way.PORTFOLIO, source=source)
    assert queries.list_achievements(candidacy) == [
        policy.AchievedSet(code="technology", name="Technology", kind="required", on=TODAY, way="portfolio")
    ]
    assert told(alice)[-1] == "Alice Moreau achieved Technology on November 23, 2026: portfolio."
    assert letters(alice).count(("candidates/achieved", "You achieved Technology")) == 1
    assert "5 sets are left." in Email.objects.get(notice="candidates/achieved").text
    payload = {"candidacy": str(candidacy.id), "set_code": "technology", "on": "2026-11-23", "way": "portfolio", "person": alice.pk}
    assert events()[-1] == ("candidates.set.achieved", payload)


@pytest.mark.parametrize(
    "second",
    [
        {"way": Way.COURSE, "source": UUID(int=1)},
        {"way": Way.PORTFOLIO, "source": UUID(int=2)},
    ],
)
def test_a_second_way_is_refused(candidacy, at, second):
    factory.achieve(candidacy, "technology", at=at, way=Way.PORTFOLIO, source=UUID(int=1))
    with pytest.raises(AlreadyAchieved):
        factory.achieve(candidacy, "technology", at=at, **second)
    assert Achievement.objects.get().way == Way.PORTFOLIO


def test_six_sets_complete_the_program_on_the_day_of_the_last_that_counts(alice, candidacy, at, events):
    for n, code in enumerate([*REQUIRED, "youth", "access", "reference"]):
        factory.achieve(candidacy, code, at=at + timedelta(days=n))
    candidacy.refresh_from_db()
    day = TODAY + timedelta(days=5)
    assert (candidacy.state, candidacy.completed_on) == (CandidacyState.COMPLETED, day)
    assert told(alice)[-1] == "Alice Moreau completed the program on November 28, 2026."
    assert letters(alice)[-1] == ("candidates/achieved", "All six sets are done")
    assert events()[-1] == (
        "candidates.candidacy.completed",
        {"candidacy": str(candidacy.id), "person": alice.pk, "on": day.isoformat()},
    )
    factory.achieve(candidacy, "cataloging", at=at + timedelta(days=9))
    candidacy.refresh_from_db()
    assert (candidacy.completed_on, candidacy.achievements.count()) == (day, 7)
    assert [topic for topic, _ in events()].count("candidates.candidacy.completed") == 1


def test_four_electives_and_two_required_sets_are_not_enough(candidacy, at):
    for code in ("foundations", "technology", "youth", "access", "reference", "cataloging"):
        factory.achieve(candidacy, code, at=at)
    candidacy.refresh_from_db()
    assert (candidacy.state, candidacy.completed_on) == (CandidacyState.ACTIVE, None)
    assert [slot.code for slot in queries.get_plan(candidacy) if slot.achieved is None] == ["communication"]


def test_achieve_takes_a_place_on_the_plan(alice, candidacy, at):
    for code in ("youth", "access", "reference"):
        actions.choose(candidacy, set_code=code, way="", actor=alice, at=at)
    factory.achieve(candidacy, "cataloging", at=at)
    assert [code for code, _ in plan_of(candidacy)[3:]] == ["cataloging", "youth", "access"]
    assert ChosenSet.objects.filter(candidacy=candidacy).count() == 7


# The end


def test_expire_ends_a_candidacy_the_day_after_its_last(alice, candidacy, at):
    last = at.replace(year=2030)
    expire(at=last)
    candidacy.refresh_from_db()
    assert candidacy.state == CandidacyState.ACTIVE
    for _ in range(2):
        expire(at=last + timedelta(days=1))
    candidacy.refresh_from_db()
    assert candidacy.state == CandidacyState.EXPIRED
    assert told(alice)[-1] == "The candidacy of Alice Moreau ended on November 23, 2030."
    assert letters(alice)[-1] == ("candidates/expired", "Your time in the program ended on November 23, 2030")
    assert factory.draft(alice, at=last + timedelta(days=2)).state == ApplicationState.DRAFT


def test_what_was_sent_in_time_completes_after_the_end(candidacy, at):
    for code in [*REQUIRED, "youth", "access"]:
        factory.achieve(candidacy, code, at=at)
    late = at.replace(year=2030) + timedelta(days=20)
    expire(at=late)
    factory.achieve(candidacy, "reference", at=late)
    candidacy.refresh_from_db()
    assert (candidacy.state, candidacy.completed_on) == (CandidacyState.COMPLETED, late.date())


# Waiting


def test_applications_in_review_wait_for_staff_in_two_queries(alice, bob, beth, at, django_assert_num_queries):
    first = factory.in_review(alice, at=at)
    with django_assert_num_queries(2):
        [waiting] = queues.list_app_work_items("candidates", at=at)
    assert (waiting.title, waiting.since, waiting.due_on, waiting.url) == (
        "Admit or refuse: Alice Moreau",
        TODAY,
        date(2026, 11, 30),
        f"/applications/{first.id}/",
    )
    factory.in_review(bob, at=at)
    factory.in_review(beth, at=at)
    with django_assert_num_queries(2):
        assert len(queues.list_app_work_items("candidates", at=at)) == 3
