"""Becoming an evaluator and being one: applying set by set, training, what one takes on, and conflicts of interest at every door."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from ledger.states import NotPossible, NotYourDecision
from people.models import Document
from people.permissions import is_evaluator
from people.sweeps import unused
from portfolios import actions, lessons, queries
from portfolios.actions.evaluators import Decision
from portfolios.models import Assignment, DeclaredConflict, Evaluator, SetRequest
from portfolios.queries import panels
from portfolios.states import Conflict
from tests.factories import candidates, people
from tests.factories import portfolios as make
from tests.portfolios.test_actions import Since

ON = date(2026, 11, 23)
YES, NO = Decision(True), Decision(False, "Eight years at the desk are not in this set.")


# --- applying --------------------------------------------------------------------------------------------------------


def test_an_application_waits_for_staff_with_a_wish_for_each_set(charlie: Any, at: Any) -> None:
    since = Since()
    row = make.applied(charlie, at=at)
    assert [(request.set.code, request.ground, request.state) for request in queries.list_requests(charlie)] == [
        ("access", "years", "asked"),
        ("reference", "years", "asked"),
    ]
    assert since.told == [("portfolios.evaluator.apply", "Charlie", "Charlie")]
    assert since.letters == [("portfolios/application_received", "Charlie")]
    assert [(one.id, one.open) for one in queries.list_to_approve()] == [(row.id, 2)]
    assert not is_evaluator(charlie)


@pytest.mark.parametrize("codes", [(), ("access",), ("youth", "access")])
def test_a_set_is_applied_for_once(codes: tuple[str, ...], charlie: Any, at: Any) -> None:
    make.applied(charlie, at=at, sets=("access",))
    with pytest.raises(NotPossible):
        make.applied(charlie, at=at, sets=codes)
    assert SetRequest.objects.count() == 1


def test_staff_decide_set_by_set_with_one_mail_each_time(charlie: Any, rita: Any, at: Any) -> None:
    row = make.applied(charlie, at=at, sets=("access", "reference", "youth"))
    since = Since()
    actions.decide_application(row, decisions={"access": YES, "reference": NO}, actor=rita, at=at)
    assert [(request.set.code, request.state, request.why, request.decided_by) for request in queries.list_requests(charlie)] == [
        ("access", "approved", "", rita),
        ("reference", "refused", NO.reason, rita),
        ("youth", "asked", "", None),
    ]
    evaluator = Evaluator.objects.get(person=charlie)
    assert (evaluator.capacity_per_year, evaluator.employers, evaluator.trained_on) == (3, ["Prairie State University Library"], None)
    assert [(own_set.set.code, own_set.approved_on) for own_set in queries.list_own_sets(evaluator)] == [("access", ON)]
    assert since.told == [
        ("portfolios.set_request.approve", "Rita", "Charlie"),
        ("portfolios.set_request.refuse", "Rita", "Charlie"),
        ("people.role.give", "Rita", "Charlie"),
    ]
    [letter] = since.new_letters
    assert (letter.notice, letter.person) == ("portfolios/application_decided", charlie)
    assert NO.reason in letter.text.replace("\n  ", " ")
    assert "/evaluators/training/" in letter.text
    actions.decide_application(row, decisions={"youth": YES}, actor=rita, at=at + timedelta(days=2))
    assert len(since.new_letters) == 2
    assert not queries.list_to_approve().exists()


def test_who_may_not_decide_and_what_is_no_decision(charlie: Any, rita: Any, at: Any) -> None:
    row = make.applied(charlie, at=at)
    with pytest.raises(NotYourDecision, match="You can’t approve yourself"):
        actions.decide_application(row, decisions={"access": YES}, actor=charlie, at=at)
    for decisions in ({}, {"access": Decision(False, " ")}):
        with pytest.raises(NotPossible):
            actions.decide_application(row, decisions=decisions, actor=rita, at=at)
    actions.decide_application(row, decisions={"access": NO}, actor=rita, at=at)
    with pytest.raises(NotPossible, match="already decided"):
        actions.decide_application(row, decisions={"access": YES}, actor=rita, at=at)
    with pytest.raises(DatabaseError), transaction.atomic():
        SetRequest.objects.filter(set__code="reference").update(state="approved", decided_at=at, decided_by=charlie)
    assert not is_evaluator(charlie)


def test_a_resume_that_nobody_sent_is_deleted(charlie: Any, at: Any) -> None:
    stray = actions.keep_resume(charlie, people.upload("resume.pdf"), at=at)
    sent = make.applied(charlie, at=at)
    unused(at=at + timedelta(days=settings.FILE_UNUSED_DAYS - 1))
    assert Document.objects.filter(pk=stray.pk).exists()
    unused(at=at + timedelta(days=settings.FILE_UNUSED_DAYS + 1))
    assert list(Document.objects.values_list("pk", flat=True)) == [sent.resume_id]


def test_what_is_not_decided_can_be_withdrawn(charlie: Any, rita: Any, at: Any) -> None:
    row = make.applied(charlie, at=at)
    actions.decide_application(row, decisions={"access": NO}, actor=rita, at=at)
    actions.withdraw_application(row, actor=charlie, at=at)
    assert {request.set.code: request.state for request in queries.list_requests(charlie)} == {
        "access": "refused",
        "reference": "withdrawn",
    }
    with pytest.raises(NotPossible, match="already decided"):
        actions.withdraw_application(row, actor=charlie, at=at)
    make.applied(charlie, at=at)


# --- training --------------------------------------------------------------------------------------------------------


def right_answers(slug: str) -> dict[str, str]:
    return {
        question.key: next(choice.value for choice in question.choices if choice.right) for question in lessons.get_page(slug).questions
    }


def test_the_training_takes_about_an_hour_and_every_question_has_one_right_answer() -> None:
    assert lessons.total_minutes() == 60
    for page in lessons.PAGES:
        for question in page.questions:
            assert sum(choice.right for choice in question.choices) == 1
            assert all(choice.feedback for choice in question.choices)


def test_the_training_is_done_page_by_page_and_before_anything_else(candidacy: Any, two: Any, charlie: Any, rita: Any, at: Any) -> None:
    evaluator = make.evaluator(charlie, at=at, trained=False)
    row = make.submitted(candidacy, at=at)
    since = Since()
    with pytest.raises(Conflict, match="not finished the training"):
        actions.assign(row, evaluators=[two[0], evaluator], actor=rita, at=at)
    for page in lessons.PAGES[:-1]:
        actions.do_training_page(evaluator, slug=page.slug, answers=right_answers(page.slug), actor=charlie, at=at)
    wrong = right_answers("check") | {"check_alone": "yes"}
    actions.do_training_page(evaluator, slug="check", answers=wrong, actor=charlie, at=at)
    evaluator.refresh_from_db()
    assert (evaluator.trained_on, len(evaluator.training)) == (None, 5)
    assert since.told == []
    for _ in range(2):
        actions.do_training_page(evaluator, slug="check", answers=right_answers("check"), actor=charlie, at=at)
    evaluator.refresh_from_db()
    assert evaluator.trained_on == ON
    assert since.told == [("portfolios.evaluator.train", "Charlie", "Charlie")]
    actions.assign(row, evaluators=[two[0], evaluator], actor=rita, at=at)


def test_the_exercise_counts_with_any_answers_but_not_without(charlie: Any, at: Any) -> None:
    evaluator = make.evaluator(charlie, at=at, trained=False)
    actions.do_training_page(evaluator, slug="exercise", answers={"exercise_first": "not_met"}, actor=charlie, at=at)
    evaluator.refresh_from_db()
    assert evaluator.training == []
    rest = {"exercise_second": "met", "exercise_third": "met", "check_alone": "no"}
    actions.do_training_page(evaluator, slug="exercise", answers=rest, actor=charlie, at=at)
    evaluator.refresh_from_db()
    assert evaluator.training == ["exercise"]
    assert "check_alone" not in evaluator.answers


# --- what one takes on -----------------------------------------------------------------------------------------------


def test_capacity_pause_and_employers_are_the_evaluators_to_state(two: Any, bob: Any, at: Any) -> None:
    said = {"capacity_per_year": 2, "paused_until": ON, "employers": ["Prairie Library"], "actor": bob, "at": at}
    since = Since()
    for _ in range(2):
        actions.change_standing(two[0], **said)
    assert since.told == [("portfolios.evaluator.change", "Bob", "Bob")]
    with pytest.raises(NotPossible, match="today or later"):
        actions.change_standing(two[0], **said | {"paused_until": ON - timedelta(days=1)})
    actions.change_standing(two[0], **said | {"at": at + timedelta(days=9), "capacity_per_year": 5})
    two[0].refresh_from_db()
    assert (two[0].capacity_per_year, two[0].paused_until) == (5, ON)


def test_stepping_back_from_a_set_and_returning(candidacy: Any, two: Any, bob: Any, at: Any) -> None:
    row = make.submitted(candidacy, at=at)
    since = Since()
    for _ in range(2):
        actions.step_back(two[0], set_code="technology", back=True, actor=bob, at=at)
    assert {option.evaluator: option.possible for option in panels.propose(row, at=at).options} == {two[0]: False, two[1]: True}
    actions.step_back(two[0], set_code="technology", back=False, actor=bob, at=at)
    assert all(option.possible for option in panels.propose(row, at=at).options)
    assert [verb for verb, _, _ in since.told] == ["portfolios.evaluator.step_back", "portfolios.evaluator.return"]
    with pytest.raises(NotPossible):
        actions.step_back(two[0], set_code="youth", back=True, actor=bob, at=at)


# --- conflicts of interest -------------------------------------------------------------------------------------------


def test_the_database_itself_refuses_that_people_rate_themselves(candidacy: Any, alice: Any, two: Any, rita: Any, at: Any) -> None:
    herself = make.evaluator(alice, at=at)
    row = make.assigned(candidacy, *two, staff=rita, at=at)
    dates = {"invited_on": ON, "accept_by": ON}
    with pytest.raises(DatabaseError, match="Nobody rates their own portfolio"), transaction.atomic():
        Assignment.objects.create(portfolio=row, evaluator=herself, slot=3, **dates)
    with pytest.raises(DatabaseError, match="Nobody rates their own portfolio"), transaction.atomic():
        Assignment.objects.filter(portfolio=row, slot=1).update(evaluator=herself)


def test_a_shared_employer_of_the_application_stands_against_it(candidacy: Any, two: Any, bob: Any, rita: Any, at: Any) -> None:
    row = make.submitted(candidacy, at=at)
    [library] = candidacy.application.employments.values_list("library", flat=True)
    Evaluator.objects.filter(pk=two[0].pk).update(employers=[f"The {library.upper()}"])
    found = {option.evaluator: option.conflicts for option in panels.propose(row, at=at).options}
    assert found[two[0]] == (f"Both name {library} as an employer.",)
    with pytest.raises(Conflict, match="employer"):
        actions.assign(row, evaluators=two, actor=rita, at=at)


def test_where_an_evaluator_works_by_an_application_of_her_own_stands_against_it(
    candidacy: Any, two: Any, charlie: Any, rita: Any, at: Any
) -> None:
    row = make.assigned(candidacy, *two, staff=rita, at=at)
    colleague = make.evaluator(charlie, at=at)
    candidates.candidacy(charlie, at=at, staff=rita)
    found = {option.evaluator: option.conflicts for option in panels.propose(row, at=at).options}
    assert found[colleague] == ("Both name Marlow County Library as an employer.",)
    assert found[two[0]] == ("Already assigned to this portfolio.",)
    candidates.candidacy(two[0].person, at=at, staff=rita)
    assert panels.list_conflicts(make.slot(row, 1)) == ("Both name Marlow County Library as an employer.",)


def test_every_address_that_a_person_confirmed_counts(candidacy: Any, two: Any, alice: Any, at: Any) -> None:
    from allauth.account.models import EmailAddress

    row = make.submitted(candidacy, at=at)
    other = EmailAddress.objects.create(user=alice, email="alice@prairie.example", verified=False)
    assert all(option.possible for option in panels.propose(row, at=at).options)
    EmailAddress.objects.filter(pk=other.pk).update(verified=True)
    assert {option.evaluator: option.possible for option in panels.propose(row, at=at).options}[two[0]] is False


def test_a_course_that_the_evaluator_taught_stands_against_it(
    candidacy: Any, two: Any, bob: Any, alice: Any, at: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(panels.list_courses_taken, "answers", [lambda keys: {alice.pk: ["Web Basics"]}])
    row = make.submitted(candidacy, at=at)
    make.conflict(bob, at=at, kind="course", name="Web basics")
    found = {option.evaluator: option.conflicts for option in panels.propose(row, at=at).options}
    assert found == {two[0]: ("Bob Tran taught “Web basics”, which the candidate took.",), two[1]: ()}


def test_the_program_tells_which_courses_somebody_took(alice: Any, candidacy: Any, at: Any) -> None:
    from tests.factories import courses

    course = courses.offering()
    courses.claimed(candidacy, at=at, course=course)
    assert panels.list_courses_taken([alice.pk]) == {alice.pk: {course.title}}


def test_declaring_is_kept_once_and_withdrawing_keeps_the_record(bob: Any, two: Any, at: Any) -> None:
    since = Since()
    row = make.conflict(bob, at=at, name=" Nora   Near ")
    assert make.conflict(bob, at=at, name="Nora Near") == row
    for name, email in (("", ""), ("", bob.email)):
        with pytest.raises(NotPossible):
            make.conflict(bob, at=at, name=name, email=email)
    for _ in range(2):
        actions.withdraw_conflict(row, actor=bob, at=at)
    assert DeclaredConflict.objects.get().withdrawn_at == at
    assert [verb for verb, _, _ in since.told] == ["portfolios.conflict.declare", "portfolios.conflict.withdraw"]


def test_fifty_conflicts_are_enough(bob: Any, two: Any, at: Any) -> None:
    for number in range(50):
        make.conflict(bob, at=at, name=f"Person {number}")
    with pytest.raises(NotPossible, match="50"):
        make.conflict(bob, at=at, name="One more")


@pytest.mark.parametrize("door", ["accept", "finish"])
def test_a_conflict_that_became_known_closes_every_door(door: str, candidacy: Any, two: Any, bob: Any, rita: Any, at: Any) -> None:
    row = (make.assigned if door == "accept" else make.in_rating)(candidacy, *two, staff=rita, at=at)
    slot = make.slot(row, 1) if door == "accept" else make.rate(row, 1, at=at)
    DeclaredConflict.objects.create(declared_by=bob, kind="person", name="Alice Moreau", declared_at=at)
    since = Since()
    with pytest.raises(Conflict, match="You have a conflict of interest") as refused:
        if door == "accept":
            actions.accept(slot, actor=bob, at=at)
        else:
            actions.finish_ratings(slot, actor=bob, at=at)
    assert "Alice" not in refused.value.message
    assert (since.told, since.letters) == ([], [])


@pytest.mark.parametrize("who", ["the evaluator", "the candidate", "a new employer"])
def test_declaring_takes_back_what_it_touches(who: str, candidacy: Any, two: Any, alice: Any, bob: Any, rita: Any, at: Any) -> None:
    row = make.in_rating(candidacy, *two, staff=rita, at=at)
    since = Since()
    if who == "the evaluator":
        make.conflict(bob, at=at, name="Alice Moreau")
    elif who == "the candidate":
        make.conflict(alice, at=at, kind="organization", name="prairie.example")
    else:
        [library] = candidacy.application.employments.values_list("library", flat=True)
        actions.change_standing(two[0], capacity_per_year=4, paused_until=None, employers=[library], actor=bob, at=at)
    assert since.told[-1] == ("portfolios.assignment.recuse", None, "Bob")
    assert since.letters == [("portfolios/replaced", "Bob")]
    assert queries.list_open_slots(row) == [1]
    assert not any("Alice" in letter.text for letter in since.new_letters)
    with pytest.raises(Conflict):
        actions.assign(row, evaluators=[two[0]], actor=rita, at=at)


def test_reporting_a_conflict_after_the_ratings_were_sent_unsends_them(
    candidacy: Any, two: Any, bob: Any, charlie: Any, rita: Any, at: Any
) -> None:
    row = make.in_rating(candidacy, *two, staff=rita, at=at)
    slot = make.slot(row, 1)
    make.rated(row, 1, at=at, values={1: "not_met"})
    since = Since()
    actions.report_conflict(slot, reason="We met last week.", actor=bob, at=at)
    assert since.told == [("portfolios.assignment.recuse", "Bob", "Bob")]
    assert DeclaredConflict.objects.get().email == "alice@marlow.example"
    make.rated(row, 2, at=at)
    assert (row.state, queries.list_open_slots(row)) == ("round_one", [1])
    [mine] = actions.assign(row, evaluators=[make.evaluator(charlie, at=at)], actor=rita, at=at)
    actions.accept(mine, actor=charlie, at=at)
    make.rated(row, 1, at=at)
    assert row.state == "achieved"


def test_what_is_decided_stands_against_a_late_report(candidacy: Any, two: Any, bob: Any, rita: Any, at: Any) -> None:
    row = make.in_rating(candidacy, *two, staff=rita, at=at)
    slot = make.slot(row, 1)
    make.rated(row, 1, at=at)
    make.rated(row, 2, at=at)
    with pytest.raises(NotPossible, match="is decided"):
        actions.report_conflict(slot, reason="", actor=bob, at=at)
    make.conflict(bob, at=at, name="Alice Moreau")
    slot.refresh_from_db()
    assert (row.state, slot.state) == ("achieved", "done")


# --- panels ----------------------------------------------------------------------------------------------------------


def test_an_invitation_that_nobody_answers_is_offered_to_another_on_day_ten(
    candidacy: Any, two: Any, charlie: Any, rita: Any, at: Any
) -> None:
    row = make.assigned(candidacy, *two, staff=rita, at=at)
    third = make.evaluator(charlie, at=at)
    first = make.slot(row, 1)
    assert actions.pass_on(first, at=at + timedelta(days=9)) is None
    since = Since()
    offered = actions.pass_on(first, at=at + timedelta(days=10))
    assert offered is not None
    assert (offered.evaluator, offered.slot, offered.accept_by) == (third, 1, ON + timedelta(days=19))
    first.refresh_from_db()
    assert first.state == "lapsed"
    assert since.told == [("portfolios.assignment.lapse", None, "Bob"), ("portfolios.assignment.invite", None, "Charlie")]
    assert since.letters == [("portfolios/invited", "Charlie"), ("portfolios/passed_on", "Bob")]
    assert actions.pass_on(make.slot(row, 2), at=at + timedelta(days=10)) is None
    assert make.slot(row, 2).state == "invited"
    assert [one.state for one in queries.list_awaited().filter(told_on__lte=ON + timedelta(days=10))] == ["invited"]
    accepted = actions.accept(make.slot(row, 2), actor=make.slot(row, 2).evaluator.person, at=at + timedelta(days=12))
    assert accepted.state == "accepted"


def test_the_sweep_passes_on_what_is_over(candidacy: Any, two: Any, charlie: Any, priya: Any, rita: Any, at: Any) -> None:
    from portfolios import sweeps

    row = make.assigned(candidacy, *two, staff=rita, at=at)
    for person in (charlie, priya):
        make.evaluator(person, at=at)
    for _ in range(2):
        sweeps.pass_on(at=at + timedelta(days=10))
    assert sorted(
        (assignment.evaluator.person.called, assignment.state) for assignment in row.assignments.select_related("evaluator__person")
    ) == [
        ("Beth", "lapsed"),
        ("Bob", "lapsed"),
        ("Charlie", "invited"),
        ("Priya", "invited"),
    ]


@pytest.mark.django_db(transaction=True)
def test_an_answer_and_the_passing_on_at_once_give_one_holder(candidacy: Any, two: Any, charlie: Any, bob: Any, rita: Any, at: Any) -> None:
    row = make.assigned(candidacy, *two, staff=rita, at=at)
    make.evaluator(charlie, at=at)
    slot, gate = make.slot(row, 1), Barrier(2)

    def at_once(act: Any) -> str:
        gate.wait()
        try:
            act()
        except NotPossible as refusal:
            return refusal.message
        finally:
            connection.close()
        return ""

    late = at + timedelta(days=10)
    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(at_once, [lambda: actions.accept(slot, actor=bob, at=late), lambda: actions.pass_on(slot, at=late)]))
    live = row.assignments.filter(slot=1, state__in=["invited", "accepted"]).select_related("evaluator__person")
    assert [one.evaluator.person.called for one in live] == (["Charlie"] if said[0] else ["Bob"])


# --- a fresh panel ---------------------------------------------------------------------------------------------------


def failed(candidacy: Any, two: Any, *, staff: Any, at: Any, supplement: bool) -> Any:
    row = make.asked(candidacy, *two, staff=staff, at=at, first={1: "not_met"}, second={1: "not_met"})
    if supplement:
        actions.save_addition(row, number=1, text="More.", version=0, actor=candidacy.person, at=at)
        actions.send_supplement(row, actor=candidacy.person, at=at)
        make.rated(row, 1, at=at, values={1: "not_met"})
        make.rated(row, 2, at=at, values={1: "not_met"})
    else:
        actions.close_supplement(row, at=at + timedelta(days=91))
    row.refresh_from_db()
    assert row.state == "not_achieved"
    return row


@pytest.mark.parametrize("supplement", [True, False])
def test_a_remanded_portfolio_is_rated_by_people_who_have_not_seen_it(
    supplement: bool, candidacy: Any, two: Any, charlie: Any, priya: Any, rita: Any, at: Any
) -> None:
    row = failed(candidacy, two, staff=rita, at=at, supplement=supplement)
    since, later = Since(), at + timedelta(days=100)
    actions.remand(row, actor=rita, at=later, reason="Procedure was not followed.")
    row.refresh_from_db()
    assert (row.state, row.panel, row.decided_on, queries.list_open_slots(row)) == ("submitted", 2, None, [1, 2])
    assert since.letters == [("portfolios/remanded", "Alice")]
    [ruling] = row.rulings.all()
    assert (ruling.panel, ruling.outcomes["1"], ruling.outcomes["2"], ruling.reason) == (1, "not_met", "met", "Procedure was not followed.")
    assert "8 Met, 0 Partially met, 1 Not met" in ruling.words
    with pytest.raises(Conflict, match="before it was sent back"):
        actions.assign(row, evaluators=two, actor=rita, at=later)
    fresh = [make.evaluator(person, at=at) for person in (charlie, priya)]
    actions.assign(row, evaluators=fresh, actor=rita, at=later)
    for number in (1, 2):
        slot = make.slot(row, number)
        actions.accept(slot, actor=slot.evaluator.person, at=later)
    assert queries.list_numbers_to_rate(row) == list(range(1, 10))
    row.refresh_from_db()
    make.rated(row, 1, at=later, values={1: "partial"})
    assert (queries.explain_rows(row), queries.list_questions(row)) == ([], {}), "no one reads the first one's before both are in"
    for person, name in ((candidacy.person, "portfolio"), (rita, "office")):
        client = Client()
        client.force_login(person)
        shown = client.get(reverse(f"portfolios:{name}", args=[row.id])).content.decode()
        assert make.COMMENT not in shown
        assert "Competency by competency" not in shown
    make.rated(row, 2, at=later, values={1: "partial"})
    if supplement:  # The one opportunity was used: the final rule decides, and 8 of 9 are enough.
        assert row.state == "achieved"
    else:
        assert (row.state, row.supplement_by) == ("asked", ON + timedelta(days=190))
    assert row.assignments.filter(panel=1, state="retired").count() == 2
    with pytest.raises(DatabaseError), transaction.atomic():
        row.rulings.update(reason="x")


def test_a_third_evaluator_of_a_fresh_panel_is_fresh_too(candidacy: Any, two: Any, charlie: Any, priya: Any, rita: Any, at: Any) -> None:
    row = failed(candidacy, two, staff=rita, at=at, supplement=True)
    actions.remand(row, actor=rita, at=at, reason="Procedure.")
    fresh = [make.evaluator(person, at=at) for person in (charlie, priya)]
    row.refresh_from_db()
    actions.assign(row, evaluators=fresh, actor=rita, at=at)
    for number in (1, 2):
        slot = make.slot(row, number)
        actions.accept(slot, actor=slot.evaluator.person, at=at)
    row.refresh_from_db()
    make.rated(row, 1, at=at, values={4: "not_met"})
    make.rated(row, 2, at=at, values={4: "partial"})
    assert (row.state, queries.list_numbers_to_rate(row), queries.list_open_slots(row)) == ("third", [4], [3])
    assert not any(option.possible for option in panels.propose(row, at=at).options)
    dora = make.evaluator(people.person(), at=at)
    [third] = actions.assign(row, evaluators=[dora], actor=rita, at=at)
    actions.accept(third, actor=dora.person, at=at)
    row.refresh_from_db()
    make.rated(row, 3, at=at, values={4: "not_met"})
    assert row.state == "not_achieved"
    assert queries.explain_rows(row)[3].words.endswith("The middle rating counts: Not met.")


def test_what_can_not_be_remanded(candidacy: Any, two: Any, alice: Any, rita: Any, at: Any) -> None:
    row = make.in_rating(candidacy, *two, staff=rita, at=at)
    with pytest.raises(NotPossible, match="Only a portfolio that was not achieved"):
        actions.remand(row, actor=rita, at=at, reason="Why not?")
    make.rated(row, 1, at=at, values={1: "not_met"})
    make.rated(row, 2, at=at, values={1: "not_met"})
    actions.close_supplement(row, at=at + timedelta(days=91))
    with pytest.raises(NotPossible, match="reason"):
        actions.remand(row, actor=rita, at=at, reason=" ")
    with pytest.raises(NotYourDecision):
        actions.remand(row, actor=alice, at=at, reason="Mine")
    actions.reopen(row, actor=rita, at=at, reason="Illness")
    with pytest.raises(NotPossible, match="reopened"):
        actions.remand(row, actor=rita, at=at, reason="Appeal")
