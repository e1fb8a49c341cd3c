"""Claiming, deciding and listing, on the real database: the result, the audit and the letters, compared whole."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from candidates import queries as candidates
from candidates.models import Candidacy
from candidates.policy import AchievedSet
from candidates.states import Way
from courses import actions, queries
from courses.models import Completion, Offering, Provider
from courses.states import AlreadyAchieved, AlreadyClaimed, CandidacyEnded, CompletionState, NoCredit
from ledger import queues
from ledger.models import Email, Entry
from ledger.queues import WorkItem
from ledger.states import NotPossible, NotYourDecision
from people.documents import Refused
from people.models import Document
from people.permissions import is_staff
from tests.factories import candidates as candidacies
from tests.factories import courses
from tests.factories import people as others

DAY = date(2026, 10, 2)


@pytest.fixture
def candidacy(alice: Any, rita: Any, at: datetime) -> Candidacy:
    return candidacies.candidacy(alice, at=at, staff=rita)


@pytest.fixture
def told() -> Callable[[], list[tuple[Any, ...]]]:
    """What the audit tells beyond what was there."""
    last = Entry.objects.order_by("-id").values_list("id", flat=True).first() or 0

    def read() -> list[tuple[Any, ...]]:
        new = Entry.objects.filter(id__gt=last).order_by("id").select_related("actor", "person")
        return [(row.verb, str(row.actor or ""), str(row.person or ""), row.details, row.reason) for row in new]

    return read


def letters(notice: str = "courses/") -> list[tuple[str, str]]:
    emails = Email.objects.filter(notice__startswith=notice).order_by("notice", "subject")
    return [(letter.to, letter.subject) for letter in emails]


CHOSEN = (
    "candidates.set.choose",
    "Alice Moreau",
    "Alice Moreau",
    {"set": "Communication and Teamwork", "way": "approved course"},
    "",
)
CLAIMED = (
    "courses.completion.claim",
    "Alice Moreau",
    "Alice Moreau",
    {"offering": "Words That Help", "completed_on": "2026-10-02", "set": "Communication and Teamwork"},
    "",
)


def test_claim_puts_it_before_staff(candidacy: Candidacy, alice: Any, told: Any, at: datetime) -> None:
    course = courses.offering()
    made = courses.claimed(candidacy, at=at, course=course)
    columns = ["candidacy_id", "person_id", "offering_id", "set__code", "completed_on", "state", "claimed_at"]
    assert Completion.objects.values(*columns, "decided_at", "decided_by", "refusal_text").get() == {
        "candidacy_id": candidacy.id,
        "person_id": alice.pk,
        "offering_id": course.id,
        "set__code": "communication",
        "completed_on": DAY,
        "state": "claimed",
        "claimed_at": at,
        "decided_at": None,
        "decided_by": None,
        "refusal_text": "",
    }
    assert (made.proof.owner, made.proof.kind, made.proof.name) == (alice, "courses.completion", "proof.pdf")
    assert told() == [CHOSEN, CLAIMED]
    assert letters() == [("alice@marlow.example", "Staff are reviewing your proof for Communication and Teamwork")]
    assert queues.list_app_work_items("courses", at=at) == [
        WorkItem(
            kind="courses.completion",
            thing=made.id,
            queue="Completions",
            title="Accept a course completion",
            detail="Communication and Teamwork, Alice Moreau",
            url=reverse("courses:completion", args=[made.id]),
            since=date(2026, 11, 23),
            due_on=date(2026, 11, 30),
            holder="Staff",
            needs_person=False,
            about=alice.pk,
        )
    ]


def test_accept_achieves_the_set_today(candidacy: Candidacy, alice: Any, rita: Any, told: Any, at: datetime) -> None:
    made = courses.claimed(candidacy, at=at)
    later = at + timedelta(days=3)
    actions.accept(made, actor=rita, at=later)
    made.refresh_from_db()
    assert (made.state, made.decided_at, made.decided_by, made.refusal_text) == ("accepted", later, rita, "")
    name = "Communication and Teamwork"
    assert candidates.list_achievements(candidacy) == [
        AchievedSet(code="communication", name=name, kind="required", on=date(2026, 11, 26), way=Way.COURSE)
    ]
    assert candidacy.achievements.get().source == made.id
    details = {"offering": "Words That Help", "completed_on": "2026-10-02"}
    assert told() == [
        CHOSEN,
        CLAIMED,
        ("courses.completion.accept", "Rita Lindqvist", "Alice Moreau", details, ""),
        ("candidates.set.achieve", "Rita Lindqvist", "Alice Moreau", {"set": name, "on": "2026-11-26", "way": "approved course"}, ""),
    ]
    assert letters("candidates/achieved") == [("alice@marlow.example", f"You achieved {name}")]
    assert letters() == [("alice@marlow.example", f"Staff are reviewing your proof for {name}")]
    assert queues.list_app_work_items("courses", at=later) == []


def test_refuse_says_why_and_frees_the_set(candidacy: Candidacy, rita: Any, told: Any, at: datetime) -> None:
    made = courses.claimed(candidacy, at=at)
    actions.refuse(made, reason="The form is not signed.", actor=rita, at=at)
    made.refresh_from_db()
    assert (made.state, made.decided_at, made.decided_by, made.refusal_text) == ("refused", at, rita, "The form is not signed.")
    details = {"offering": "Words That Help", "completed_on": "2026-10-02"}
    assert told() == [
        CHOSEN,
        CLAIMED,
        ("courses.completion.refuse", "Rita Lindqvist", "Alice Moreau", details, "The form is not signed."),
    ]
    assert letters()[1:] == [
        ("alice@marlow.example", "Your proof for Communication and Teamwork: why we could not accept it, and what would help")
    ]
    assert "The form is not signed." in Email.objects.get(notice="courses/claim_refused").text
    again = courses.claimed(candidacy, at=at + timedelta(minutes=1), course=made.offering)
    assert [row.state for row in queries.list_claims(candidacy)] == ["refused", "claimed"]
    assert queries.get_live_claim(candidacy, set_code="communication") == again


def test_withdraw_frees_the_set(candidacy: Candidacy, alice: Any, told: Any, at: datetime) -> None:
    made = courses.claimed(candidacy, at=at)
    actions.withdraw(made, actor=alice, at=at)
    made.refresh_from_db()
    assert (made.state, made.decided_at, made.decided_by) == ("withdrawn", None, None)
    assert told() == [CHOSEN, CLAIMED, ("courses.completion.withdraw", "Alice Moreau", "Alice Moreau", {"offering": "Words That Help"}, "")]
    assert len(letters()) == 1
    courses.claimed(candidacy, at=at, course=made.offering)
    assert Completion.objects.count() == 2


@pytest.mark.parametrize("first", ["accept", "refuse", "withdraw"])
@pytest.mark.parametrize("second", ["accept", "refuse", "withdraw"])
def test_a_decided_completion_is_not_decided_again(
    candidacy: Candidacy, alice: Any, rita: Any, told: Any, at: datetime, first: str, second: str
) -> None:
    made = courses.claimed(candidacy, at=at)

    def do(verb: str) -> None:
        if verb == "accept":
            actions.accept(made, actor=rita, at=at)
        elif verb == "refuse":
            actions.refuse(made, reason="Not signed.", actor=rita, at=at)
        else:
            actions.withdraw(made, actor=alice, at=at)

    do(first)
    before, sent = told(), letters("")
    with pytest.raises(NotPossible):
        do(second)
    assert told() == before
    assert letters("") == sent


@pytest.mark.parametrize("verb", ["accept", "refuse"])
def test_nobody_decides_on_their_own(candidacy: Candidacy, alice: Any, rita: Any, told: Any, at: datetime, verb: str) -> None:
    alice.groups.add(*rita.groups.all())
    assert is_staff(alice)
    made = courses.claimed(candidacy, at=at)
    before = told()
    with pytest.raises(NotYourDecision):
        if verb == "accept":
            actions.accept(made, actor=alice, at=at)
        else:
            actions.refuse(made, reason="Mine.", actor=alice, at=at)
    assert told() == before
    assert Completion.objects.get().state == CompletionState.CLAIMED


def test_the_last_day_is_still_in_time_and_decided_as_if_in_time(candidacy: Candidacy, rita: Any, at: datetime) -> None:
    # November 23, 2030 ends in Pago Pago at 11:00 UTC on the day after.
    course = courses.offering(approved_until=date(2031, 6, 30))
    last = datetime.fromisoformat("2030-11-24T10:59:59+00:00")
    over = last + timedelta(seconds=1)
    with pytest.raises(CandidacyEnded), transaction.atomic():
        courses.claimed(candidacy, at=over, course=course)
    made = courses.claimed(candidacy, at=last, course=course)
    from candidates import actions as ending

    ending.expire(candidacy, at=over)
    actions.accept(made, actor=rita, at=over + timedelta(days=30))
    assert [achievement.code for achievement in candidates.list_achievements(candidacy)] == ["communication"]


def test_claim_is_refused_for_a_set_that_is_achieved(candidacy: Candidacy, told: Any, at: datetime) -> None:
    candidacies.achieve(candidacy, "communication", at=at, way=Way.PORTFOLIO)
    before = told()
    with pytest.raises(AlreadyAchieved):
        courses.claimed(candidacy, at=at)
    assert told() == before
    assert not Completion.objects.exists()


def test_claim_is_refused_while_another_is_with_staff(candidacy: Candidacy, at: datetime) -> None:
    courses.claimed(candidacy, at=at)
    with pytest.raises(AlreadyClaimed):
        courses.claimed(candidacy, at=at, course=courses.offering("Teams That Work"))
    assert Completion.objects.count() == 1
    assert len(letters()) == 1


@pytest.mark.parametrize(
    ("completed_on", "known", "said"),
    [
        (date(2023, 6, 29), {}, "June 29, 2023 is too early"),
        (date(2026, 11, 24), {}, "after today, November 23, 2026"),
        (date(2025, 7, 1), {"approved_on": date(2021, 6, 30), "approved_until": date(2025, 6, 30)}, "July 1, 2025 is too late"),
        (DAY, {"approved_on": None, "approved_until": None}, "We don’t have the approval dates"),
    ],
)
def test_claim_is_refused_outside_the_dates_and_nothing_is_kept(
    candidacy: Candidacy, told: Any, at: datetime, completed_on: date, known: dict[str, Any], said: str
) -> None:
    kept = Document.objects.count()
    with pytest.raises(NoCredit) as refusal:
        courses.claimed(candidacy, at=at, course=courses.offering(**known), completed_on=completed_on)
    assert said in refusal.value.message
    assert told() == []
    assert Document.objects.count() == kept


def test_today_is_the_day_where_the_candidate_is(candidacy: Candidacy, alice: Any, at: datetime) -> None:
    alice.time_zone = "Pacific/Guam"
    alice.save()
    candidacy.refresh_from_db()
    assert courses.claimed(candidacy, at=at, completed_on=date(2026, 11, 24)).completed_on == date(2026, 11, 24)


def test_claim_is_refused_without_a_real_file(candidacy: Candidacy, told: Any, at: datetime, alice: Any) -> None:
    with pytest.raises(Refused):
        actions.claim(candidacy, offering=courses.offering(), completed_on=DAY, upload=others.upload(content=b""), actor=alice, at=at)
    assert told() == []


def test_claim_for_a_set_beyond_the_plan_leaves_the_plan_as_it_is(candidacy: Candidacy, alice: Any, at: datetime) -> None:
    from candidates import actions as planning

    for code in ("access", "cataloging", "youth"):
        planning.choose(candidacy, set_code=code, way="", actor=alice, at=at)
    courses.claimed(candidacy, at=at, course=courses.offering(set_code="reference"))
    assert "reference" not in candidacy.chosen.values_list("set__code", flat=True)


def test_accept_is_refused_where_the_set_was_achieved_in_another_way(candidacy: Candidacy, rita: Any, told: Any, at: datetime) -> None:
    made = courses.claimed(candidacy, at=at)
    candidacies.achieve(candidacy, "communication", at=at, way=Way.PORTFOLIO)
    before = told()
    with pytest.raises(NotPossible, match="It counts once"):
        actions.accept(made, actor=rita, at=at)
    assert told() == before
    assert Completion.objects.get().state == CompletionState.CLAIMED


def test_accept_is_refused_where_the_approval_was_corrected_away(candidacy: Candidacy, rita: Any, at: datetime) -> None:
    made = courses.claimed(candidacy, at=at)
    actions.enter_approval(
        made.offering, approved_on=date(2020, 1, 1), approved_until=date(2024, 1, 1), reason="Letter of 2020", actor=rita, at=at
    )
    with pytest.raises(NoCredit, match="October 2, 2026 is too late"):
        actions.accept(made, actor=rita, at=at)


def test_enter_approval_gives_a_course_its_dates(rita: Any, told: Any, at: datetime) -> None:
    course = courses.offering(approved_on=None, approved_until=None)
    actions.enter_approval(
        course, approved_on=date(2025, 6, 30), approved_until=date(2029, 6, 30), reason="Letter of May 3, 2026", actor=rita, at=at
    )
    course.refresh_from_db()
    assert (course.approved_on, course.approved_until) == (date(2025, 6, 30), date(2029, 6, 30))
    details = {"offering": "Words That Help", "approved_on": "2025-06-30", "approved_until": "2029-06-30"}
    assert told() == [("courses.offering.approval", "Rita Lindqvist", "", details, "Letter of May 3, 2026")]


@pytest.mark.parametrize(("until", "reason"), [(date(2025, 6, 30), "Letter"), (date(2029, 6, 30), "  ")])
def test_enter_approval_is_refused_without_an_order_or_a_source(rita: Any, told: Any, at: datetime, until: date, reason: str) -> None:
    course = courses.offering(approved_on=None, approved_until=None)
    with pytest.raises(NotPossible):
        actions.enter_approval(course, approved_on=date(2025, 6, 30), approved_until=until, reason=reason, actor=rita, at=at)
    course.refresh_from_db()
    assert course.approved_on is None
    assert told() == []


def test_refuse_needs_a_reason(candidacy: Candidacy, rita: Any, at: datetime) -> None:
    made = courses.claimed(candidacy, at=at)
    with pytest.raises(NotPossible):
        actions.refuse(made, reason=" ", actor=rita, at=at)
    assert Completion.objects.get().state == CompletionState.CLAIMED


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "accepted"},
        {"state": "withdrawn", "decided_at": datetime.fromisoformat("2026-11-23T15:00:00+00:00")},
        {"state": "unheard"},
        {"refusal_text": "Not signed."},
    ],
)
def test_the_database_refuses_half_a_decision(candidacy: Candidacy, at: datetime, changes: dict[str, Any]) -> None:
    made = courses.claimed(candidacy, at=at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Completion.objects.filter(pk=made.pk).update(**changes)


def test_the_database_refuses_a_decision_on_oneself_and_a_second_live_claim(candidacy: Candidacy, alice: Any, at: datetime) -> None:
    made = courses.claimed(candidacy, at=at)
    with pytest.raises(IntegrityError, match="courses_nobody_decides_own"), transaction.atomic():
        Completion.objects.filter(pk=made.pk).update(state="accepted", decided_at=at, decided_by=alice)
    made.pk = None
    made.id = None
    with pytest.raises(IntegrityError, match="courses_one_live_completion"), transaction.atomic():
        from uuid import uuid4

        made.id = uuid4()
        made.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
def test_of_two_claims_at_once_one_is_kept(at: datetime) -> None:
    staff = others.person("rita2@lssc.example", name="Rita Two", called="Rita")
    person = others.person("alice2@marlow.example", name="Alice Two", called="Alice")
    candidacy = candidacies.candidacy(person, at=at, staff=staff)
    course = courses.offering()
    start, ends = Barrier(2), []

    def send() -> None:
        try:
            start.wait(timeout=10)
            courses.claimed(Candidacy.objects.get(pk=candidacy.pk), at=at, course=Offering.objects.get(pk=course.pk))
            ends.append("kept")
        except AlreadyClaimed:
            ends.append("told why not")
        finally:
            connection.close()

    threads = [Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(ends) == ["kept", "told why not"]
    assert Completion.objects.count() == 1
    assert Email.objects.filter(notice="courses/claim_received").count() == 1
    assert Entry.objects.filter(verb="courses.completion.claim").count() == 1


def test_load_courses_lists_what_is_known_and_nothing_more(db: None, told: Any, at: datetime) -> None:
    assert actions.load_courses(at=at) == 8
    assert (Provider.objects.count(), Offering.objects.count()) == (2, 8)
    assert Offering.objects.exclude(approved_on=None, approved_until=None, price_cents=None, starts_on=None).count() == 0
    assert not Offering.objects.filter(is_example=True).exists()
    communication = Offering.objects.get(set__code="communication")
    assert (communication.title, communication.parts) == (
        "Communication is More Than Words and All Work is Team Work",
        ["Communication is More Than Words", "All Work is Team Work"],
    )
    assert communication.provider.name == "Infopeople"
    assert len(told()) == 8
    assert actions.load_courses(at=at) == 0
    assert len(told()) == 8


def test_load_courses_keeps_the_dates_that_staff_entered(rita: Any, at: datetime) -> None:
    actions.load_courses(at=at)
    course = Offering.objects.get(set__code="youth")
    actions.enter_approval(course, approved_on=date(2025, 1, 1), approved_until=date(2029, 1, 1), reason="Letter", actor=rita, at=at)
    actions.load_courses(at=at)
    course.refresh_from_db()
    assert course.approved_on == date(2025, 1, 1)


def test_load_examples_makes_twenty_that_cover_all_ten_sets(framework: Any, at: datetime) -> None:
    actions.load_courses(at=at)
    on = at.date()
    assert actions.load_examples(on=on, at=at) == 12
    assert actions.load_examples(on=on, at=at) == 0
    assert Offering.objects.count() == 20
    examples = list(Offering.objects.filter(is_example=True).select_related("set"))
    assert {example.set.code for example in examples} == set(framework.sets.values_list("code", flat=True))
    assert all(date(2023, 11, 23) <= example.approved_on <= date(2025, 11, 23) for example in examples)
    assert all(example.approved_until > on for example in examples)
    assert not {example.provider.name for example in examples} & {
        offering.provider.name for offering in Offering.objects.filter(is_example=False)
    }


@pytest.mark.parametrize(
    "known",
    [
        {"approved_on": None},
        {"approved_until": None},
        {"approved_on": date(2025, 6, 30), "approved_until": date(2025, 6, 30)},
        {"format": "by email"},
    ],
)
def test_the_database_refuses_a_course_with_half_an_approval_or_an_unknown_format(db: None, known: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        courses.offering(**known)
