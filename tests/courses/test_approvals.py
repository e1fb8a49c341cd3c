"""Providers, applications, reviews and decisions on the real database: results, audit and letters."""

import hashlib
import json
from datetime import date, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from billing import queries as billing
from courses import actions, queries
from courses.models import Approval, CourseApplication, CourseRequest, CourseReview, Offering, Provider, ProviderContact
from courses.queries.applications import PURPOSE
from courses.states import Conflict, CourseState, NotComplete
from ledger import queues
from ledger.models import Email, Entry
from ledger.states import NotPossible, NotYourDecision
from people import actions as people_actions
from people.permissions import forget, is_course_evaluator, is_provider_contact
from people.states import Role, Stale
from programs import queries as programs
from tests.factories import appeals, courses
from tests.factories import people as others

DAY = date(2026, 11, 23)


@pytest.fixture
def pat(db: None) -> Any:
    return others.person("pat@prairie-courses.example", name="Pat Reyes", called="Pat")


@pytest.fixture
def speaks(pat: Any, rita: Any, at: datetime) -> ProviderContact:
    return courses.contact(pat, staff=rita, at=at)


@pytest.fixture
def pair(db: None, at: datetime) -> list[Any]:
    people = [others.person(f"{name}@canyon.example", name=f"{name.title()} Sato", called=name.title()) for name in ("vera", "nils")]
    return [courses.evaluator(person, at=at) for person in people]


def letters(notice: str) -> list[str]:
    return list(Email.objects.filter(notice=f"courses/{notice}").order_by("created_at", "id").values_list("to", flat=True))


def told(verb: str) -> list[tuple[str, dict[str, Any], str]]:
    rows = Entry.objects.filter(verb=f"courses.{verb}").order_by("id").select_related("actor")
    return [(str(row.actor or ""), row.details, row.reason) for row in rows]


# Who speaks for a provider


def test_a_new_provider_is_listed_when_its_contact_is_confirmed(pat: Any, rita: Any, at: datetime) -> None:
    asked = actions.ask_contact(
        pat, provider=None, new_name="Bay Library", new_kind="college", new_state="CA", post="Dean", actor=pat, at=at
    )
    assert (asked.state, asked.provider, asked.answer_by) == ("asked", None, date(2026, 11, 30))
    assert not Provider.objects.filter(name="Bay Library").exists()
    assert [row.title for row in queues.list_app_work_items("courses", at=at)] == ["Confirm a provider’s contact"]
    made = actions.confirm_contact(asked, actor=rita, at=at)
    assert made.provider is not None
    assert (made.provider.name, made.provider.kind, made.provider.state) == ("Bay Library", "college", "CA")
    forget(pat)
    assert is_provider_contact(pat)
    assert letters("contact_confirmed") == [pat.email]
    assert told("contact.confirm") == [("Rita Lindqvist", {"provider": "Bay Library"}, "")]
    assert queues.list_app_work_items("courses", at=at) == []


def test_a_known_name_finds_its_provider_whatever_its_case(pat: Any, at: datetime) -> None:
    known = Provider.objects.create(name="Bay Library", kind="college", state="CA")
    asked = actions.ask_contact(pat, provider=None, new_name="bay LIBRARY", new_kind="college", post="Dean", actor=pat, at=at)
    assert asked.provider == known


def test_asking_twice_is_one_request(pat: Any, at: datetime) -> None:
    for _ in range(2):
        actions.ask_contact(pat, provider=None, new_name="Bay Library", new_kind="college", post="Dean", actor=pat, at=at)
    assert ProviderContact.objects.count() == 1


def test_a_request_is_refused_with_a_reason_and_never_by_oneself(pat: Any, rita: Any, at: datetime) -> None:
    asked = actions.ask_contact(rita, provider=None, new_name="Bay Library", new_kind="college", post="Dean", actor=rita, at=at)
    for act in (
        lambda: actions.confirm_contact(asked, actor=rita, at=at),
        lambda: actions.refuse_contact(asked, reason="No", actor=rita, at=at),
    ):
        with pytest.raises(NotYourDecision):
            act()
    theirs = actions.ask_contact(pat, provider=None, new_name="Cove Library", new_kind="college", post="Dean", actor=pat, at=at)
    with pytest.raises(NotPossible):
        actions.refuse_contact(theirs, reason=" ", actor=rita, at=at)
    actions.refuse_contact(theirs, reason="No one there knows you.", actor=rita, at=at)
    with pytest.raises(NotPossible):
        actions.confirm_contact(theirs, actor=rita, at=at)
    assert letters("contact_refused") == [pat.email]


def test_a_second_request_is_not_lost_without_a_word(pat: Any, at: datetime) -> None:
    about = {"new_kind": "college", "post": "Dean", "actor": pat, "at": at}
    first = actions.ask_contact(pat, provider=None, new_name="Bay Library", **about)
    assert actions.ask_contact(pat, provider=None, new_name="BAY library", **about) == first
    with pytest.raises(NotPossible, match="Your request to represent Bay Library is under review"):
        actions.ask_contact(pat, provider=None, new_name="Cove Library", **about)


def test_the_role_goes_with_the_last_provider(speaks: ProviderContact, pat: Any, rita: Any, at: datetime) -> None:
    second = courses.contact(pat, staff=rita, at=at, provider="Second Library")
    actions.end_contact(speaks, reason="Left", actor=rita, at=at)
    forget(pat)
    assert is_provider_contact(pat)
    actions.end_contact(second, reason="Left", actor=rita, at=at)
    forget(pat)
    assert not is_provider_contact(pat)
    assert speaks.provider is not None
    with pytest.raises(NotPossible, match="You don’t represent Prairie State Library"):
        actions.start_course(speaks.provider, actor=pat, at=at)


# Writing and sending


def test_a_page_is_saved_once_for_each_version(speaks: ProviderContact, pat: Any, at: datetime) -> None:
    made = courses.draft(speaks, at=at)
    actions.save_page(made, page="content", version=0, typed={"objectives": "Half a"}, actor=pat, at=at)
    with pytest.raises(Stale) as stale:
        actions.save_page(made, page="content", version=0, typed={"objectives": "Other"}, actor=pat, at=at)
    assert stale.value.version == 1
    assert queries.get_page(made, "content").typed == {"objectives": "Half a"}


def test_only_those_who_speak_for_the_provider_write(speaks: ProviderContact, charlie: Any, at: datetime) -> None:
    made = courses.draft(speaks, at=at)
    with pytest.raises(NotPossible):
        actions.save_page(made, page="content", version=0, typed={}, actor=charlie, at=at)
    assert not CourseApplication.objects.visible_to(charlie).exists()


def test_a_course_is_sealed_and_charged_when_it_is_sent(speaks: ProviderContact, pat: Any, at: datetime) -> None:
    made = courses.sent(speaks, at=at)
    charge = billing.get_charge(purpose=PURPOSE, reference=made.id)
    assert charge is not None
    assert (charge.amount_cents, charge.person, charge.return_path) == (10000, pat, reverse("courses:application", args=[made.id]))
    seal = made.seals.get()
    written = json.dumps(seal.content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    assert seal.sha256 == hashlib.sha256(written).hexdigest()
    assert len(seal.content["map"]) == 9
    assert (made.state, made.sent_on, made.terms is not None) == ("awaiting_payment", DAY, True)
    assert actions.send_course(made, actor=pat, at=at) == charge
    with pytest.raises(NotPossible, match="was sent"):
        actions.save_page(made, page="content", version=0, typed={}, actor=pat, at=at)
    assert letters("course_received") == [pat.email]


def test_a_course_is_not_sent_while_something_is_missing(speaks: ProviderContact, pat: Any, at: datetime) -> None:
    made = courses.draft(speaks, at=at)
    with pytest.raises(NotComplete) as refusal:
        actions.send_course(made, actor=pat, at=at)
    assert refusal.value.message == (
        "Something is still missing: the course and its set, objectives, syllabus and readings, methods and assessment, "
        "format, place, price and dates, the instructors, the course map."
    )
    courses.complete(made, at=at)
    row = made.rows.all()[0]
    row.readings = ""
    row.save()
    with pytest.raises(NotComplete, match="missing: the course map"):
        actions.send_course(made, actor=pat, at=at)
    assert billing.get_charge(purpose=PURPOSE, reference=made.id) is None


def test_the_fee_puts_it_before_those_who_decide_once(speaks: ProviderContact, pat: Any, at: datetime) -> None:
    made = courses.in_review(speaks, at=at)
    assert (made.state, made.paid_on, made.decide_by) == ("in_review", DAY, date(2027, 1, 22))
    actions.pay_course(made.id, settled_at=at, at=at + timedelta(days=1))
    made.refresh_from_db()
    assert made.paid_on == DAY
    assert letters("course_in_review") == [pat.email]
    waiting = queues.list_app_work_items("courses", at=at)
    assert [(row.title, row.holder, row.due_on, row.needs_person) for row in waiting] == [
        ("Ask course evaluators", "Staff", date(2027, 1, 22), True)
    ]


def test_withdrawing_cancels_what_is_not_paid_and_ends_reviews(
    speaks: ProviderContact, pat: Any, rita: Any, pair: Any, at: datetime
) -> None:
    unpaid = courses.sent(speaks, at=at)
    actions.withdraw_course(unpaid, actor=pat, at=at)
    assert billing.get_charge(purpose=PURPOSE, reference=unpaid.id) is None
    paid = courses.in_review(speaks, at=at, title="Second")
    actions.invite_reviewers(paid, evaluators=pair, actor=rita, at=at)
    actions.withdraw_course(paid, actor=pat, at=at)
    assert set(paid.reviews.values_list("state", flat=True)) == {"replaced"}
    assert len(letters("review_over")) == 2


# Reviewing


def test_evaluators_with_a_conflict_cannot_be_asked(speaks: ProviderContact, rita: Any, pair: Any, at: datetime) -> None:
    made = courses.in_review(speaks, at=at)
    near = courses.evaluator(others.person("near@prairie-courses.example", name="Near By", called="Near"), at=at)
    declared = courses.evaluator(others.person("open@mesa.example", name="Open Mind", called="Open"), at=at, conflicts=[speaks.provider])
    found = {str(one.evaluator): bool(one.conflicts) for one in queries.propose_reviewers(made)}
    assert found == {"Vera Sato": False, "Nils Sato": False, "Near By": True, "Open Mind": True}
    for wrong in (near, declared):
        with pytest.raises(Conflict):
            actions.invite_reviewers(made, evaluators=[pair[0], wrong], actor=rita, at=at)
    for few in ([pair[0]], [pair[0], pair[0]], []):
        with pytest.raises(NotPossible):
            actions.invite_reviewers(made, evaluators=few, actor=rita, at=at)
    assert not CourseReview.objects.exists()


def test_two_recommendations_come_before_a_decision(speaks: ProviderContact, rita: Any, pair: Any, at: datetime) -> None:
    made = courses.in_review(speaks, at=at)
    first, second = actions.invite_reviewers(made, evaluators=pair, actor=rita, at=at)
    assert first.review_by == date(2026, 12, 23)
    courses.recommend(first, at=at)
    for act in (
        lambda: actions.approve_course(made, actor=rita, at=at),
        lambda: actions.refuse_course(made, reason="No", actor=rita, at=at),
        lambda: actions.ask_changes(made, items=["map"], text="More", actor=rita, at=at),
    ):
        with pytest.raises(NotPossible, match="One has so far"):
            act()
    courses.recommend(second, at=at, advice="changes")
    assert told("review.recommend")[1][1]["advice"] == "ask for changes"
    assert [row.title for row in queues.list_app_work_items("courses", at=at)] == ["Decide on a course"]


def test_a_recommendation_is_written_alone_and_once(speaks: ProviderContact, rita: Any, pair: Any, at: datetime) -> None:
    made = courses.in_review(speaks, at=at)
    first, second = actions.invite_reviewers(made, evaluators=pair, actor=rita, at=at)
    vera, nils = pair[0].person, pair[1].person
    words = {"advice": "", "comment": "", "rows": {"2": "Thin"}, "at": at}
    with pytest.raises(NotPossible):
        actions.save_review(first, **words, version=0, actor=nils)
    actions.save_review(first, **words, version=0, actor=vera)
    with pytest.raises(Stale):
        actions.save_review(first, **words, version=0, actor=vera)
    with pytest.raises(NotComplete):
        actions.recommend(first, actor=vera, at=at)
    courses.recommend(first, at=at)
    with pytest.raises(NotPossible):
        actions.recommend(first, actor=vera, at=at)
    assert not CourseReview.objects.visible_to(nils).filter(pk=first.pk).exists()
    assert second.state == "invited"


def test_refusing_takes_words(speaks: ProviderContact, rita: Any, pair: Any, at: datetime) -> None:
    first, _ = actions.invite_reviewers(courses.in_review(speaks, at=at), evaluators=pair, actor=rita, at=at)
    vera = pair[0].person
    actions.save_review(first, advice="refuse", comment=" ", rows={}, version=0, actor=vera, at=at)
    with pytest.raises(NotComplete, match="Explain what should change"):
        actions.recommend(first, actor=vera, at=at)


def test_a_declared_conflict_is_kept_and_the_slot_is_open_again(speaks: ProviderContact, rita: Any, pair: Any, at: datetime) -> None:
    made = courses.in_review(speaks, at=at)
    first, _ = actions.invite_reviewers(made, evaluators=pair, actor=rita, at=at)
    actions.decline_review(first, reason="My sister teaches it.", is_conflict=True, actor=pair[0].person, at=at)
    assert list(pair[0].conflicts.all()) == [speaks.provider]
    assert queries.list_open_slots(made, queries.list_reviews(made)) == [1]
    third = courses.evaluator(others.person("third@dell.example", name="Third Reader", called="Third"), at=at)
    assert [review.slot for review in actions.invite_reviewers(made, evaluators=[third], actor=rita, at=at)] == [1]


def test_staff_give_a_course_to_somebody_else(speaks: ProviderContact, rita: Any, pair: Any, at: datetime) -> None:
    made = courses.in_review(speaks, at=at)
    first, second = actions.invite_reviewers(made, evaluators=pair, actor=rita, at=at)
    courses.recommend(second, at=at)
    with pytest.raises(NotPossible):
        actions.replace_reviewer(second, reason="Late", actor=rita, at=at)
    actions.replace_reviewer(first, reason="No answer", actor=rita, at=at)
    assert queries.list_open_slots(made, queries.list_reviews(made)) == [1]
    assert letters("review_over") == [pair[0].person.email]
    with pytest.raises(NotPossible, match="They had this course already"):
        actions.invite_reviewers(made, evaluators=[pair[0]], actor=rita, at=at)


def test_nobody_approves_themselves_as_an_evaluator(rita: Any, charlie: Any, at: datetime) -> None:
    with pytest.raises(NotPossible):
        actions.approve_course_evaluator(rita, actor=rita, at=at)
    made = actions.approve_course_evaluator(charlie, actor=rita, at=at)
    forget(charlie)
    assert is_course_evaluator(charlie)
    actions.end_course_evaluator(made, reason="Retired", actor=rita, at=at)
    forget(charlie)
    assert not is_course_evaluator(charlie)


# Deciding


@pytest.fixture
def ready(speaks: ProviderContact, rita: Any, pair: Any, at: datetime) -> CourseApplication:
    made = courses.in_review(speaks, at=at)
    courses.recommended(made, *pair, staff=rita, at=at)
    return made


def test_approval_lists_the_course_for_four_years(ready: CourseApplication, pat: Any, rita: Any, at: datetime) -> None:
    offering = actions.approve_course(ready, actor=rita, at=at)
    ready.refresh_from_db()
    assert (ready.state, ready.offering, ready.decided_by) == ("approved", offering, rita)
    assert (offering.title, offering.set.code, offering.price_cents, offering.pace) == ("Words at the Desk", "communication", 9500, "live")
    assert (offering.approved_on, offering.approved_until, offering.promised_on) == (DAY, date(2030, 11, 23), DAY)
    period = offering.approvals.get()
    assert (period.first_on, period.last_on, period.anchor_on, period.months, period.terms) == (
        DAY,
        date(2030, 11, 23),
        DAY,
        48,
        ready.terms,
    )
    assert told("application.approve") == [
        (
            "Rita Lindqvist",
            {
                "course": "Words at the Desk",
                "provider": "Prairie State Library",
                "set": "Communication and Teamwork",
                "approved_until": "2030-11-23",
            },
            "",
        )
    ]
    letter = Email.objects.get(notice="courses/course_approved")
    assert (letter.to, letter.subject) == (pat.email, "Words at the Desk is approved through November 23, 2030")
    assert "20301123" in letter.calendar
    with pytest.raises(NotPossible):
        actions.approve_course(ready, actor=rita, at=at)


def test_the_committee_decides_and_nobody_on_their_own(ready: CourseApplication, pat: Any, pair: Any, at: datetime) -> None:
    for own in (pat, pair[0].person):
        people_actions.give_role(own, Role.COMMITTEE, actor=None, at=at)
        with pytest.raises(NotYourDecision):
            actions.approve_course(ready, actor=own, at=at)
    cora = others.person("cora@lakes.example", roles=(Role.COMMITTEE,), name="Cora Blum", called="Cora")
    with pytest.raises(NotYourDecision, match="Sign the statement"):
        actions.approve_course(ready, actor=cora, at=at)
    appeals.sworn(cora, at=at - timedelta(days=365))
    assert actions.approve_course(ready, actor=cora, at=at).title == "Words at the Desk"


def test_a_statement_of_more_than_a_year_ago_is_asked_again(ready: CourseApplication, at: datetime) -> None:
    cora = appeals.sworn(others.person("cora@lakes.example", roles=(Role.COMMITTEE,)), at=at - timedelta(days=366))
    with pytest.raises(NotYourDecision, match="Sign the statement"):
        actions.refuse_course(ready, reason="No map.", actor=cora, at=at)


def test_named_pages_open_again_and_the_rest_stays(ready: CourseApplication, pat: Any, rita: Any, pair: Any, at: datetime) -> None:
    for items, text in (([], "More"), (["map"], " "), (["unheard"], "More")):
        with pytest.raises(NotPossible):
            actions.ask_changes(ready, items=items, text=text, actor=rita, at=at)
    actions.ask_changes(ready, items=["content"], text="Name the readings.", actor=rita, at=at)
    ready.refresh_from_db()
    assert (ready.state, ready.asked_items) == ("changes", ["content"])
    assert "Name the readings." in Email.objects.get(notice="courses/course_changes").text
    with pytest.raises(NotPossible):
        actions.save_map(ready, rows={}, version=0, actor=pat, at=at)
    values = {"objectives": "New", "syllabus": "New", "readings": "Chapter 7"}
    actions.save_page(ready, page="content", version=0, values=values, actor=pat, at=at)
    later = at + timedelta(days=9)
    assert actions.send_course(ready, actor=pat, at=later) is None
    ready.refresh_from_db()
    assert (ready.state, ready.decide_by, ready.seals.count()) == ("in_review", date(2027, 1, 31), 2)
    assert queries.get_content(ready, queries.get_seal(ready))["readings"] == "Chapter 7"
    actions.ask_reviewers_again(ready, actor=rita, at=later)
    assert set(ready.reviews.values_list("state", flat=True)) == {"invited"}
    with pytest.raises(NotPossible):
        actions.ask_reviewers_again(ready, actor=rita, at=later)
    for review in ready.reviews.all():
        courses.recommend(review, at=later)
    assert actions.approve_course(ready, actor=rita, at=later).approved_on == date(2026, 12, 2)


def test_another_set_opens_the_map_and_is_recommended_on_again(ready: CourseApplication, pat: Any, rita: Any, at: datetime) -> None:
    actions.ask_changes(ready, items=["course"], text="This is about youth.", actor=rita, at=at)
    values = {"title": "Words at the Desk", "set": programs.get_set("youth"), "parts": []}
    actions.save_page(ready, page="course", version=0, values=values, actor=pat, at=at)
    ready.refresh_from_db()
    assert ready.asked_items == ["course", "map"]
    with pytest.raises(NotComplete, match="missing: the course map"):
        actions.send_course(ready, actor=pat, at=at)
    courses.complete(ready, at=at, set_code="youth")
    actions.send_course(ready, actor=pat, at=at)
    assert set(ready.reviews.values_list("state", flat=True)) == {"invited"}
    assert len(letters("review_invited")) == 4
    with pytest.raises(NotPossible, match="Two course evaluators recommend first"):
        actions.approve_course(ready, actor=rita, at=at)


def test_a_refusal_gives_its_reasons(ready: CourseApplication, rita: Any, at: datetime) -> None:
    with pytest.raises(NotPossible):
        actions.refuse_course(ready, reason=" ", actor=rita, at=at)
    actions.refuse_course(ready, reason="It covers three of nine.", actor=rita, at=at)
    ready.refresh_from_db()
    assert (ready.state, ready.decision_text) == ("refused", "It covers three of nine.")
    assert "It covers three of nine." in Email.objects.get(notice="courses/course_refused").text
    assert not Offering.objects.exists()


# Renewal


def approved(application: CourseApplication, *, staff: Any, at: datetime) -> Offering:
    return actions.approve_course(application, actor=staff, at=at)


@pytest.mark.parametrize(
    ("today", "is_open"),
    [
        (date(2029, 11, 22), False),
        (date(2029, 11, 23), True),
        (date(2030, 11, 23), True),
        (date(2030, 11, 24), True),
        (date(2031, 2, 23), True),
        (date(2031, 2, 24), False),
    ],
)
def test_a_renewal_is_sent_in_its_time(ready: CourseApplication, pat: Any, rita: Any, at: datetime, today: date, is_open: bool) -> None:
    offering = approved(ready, staff=rita, at=at)
    then = datetime.fromisoformat(f"{today}T18:00:00+00:00")
    if not is_open:
        with pytest.raises(NotPossible):
            actions.start_renewal(offering, actor=pat, at=then)
        return
    made = actions.start_renewal(offering, actor=pat, at=then)
    assert actions.start_renewal(offering, actor=pat, at=then) == made
    assert (made.title, made.instructors.count(), made.rows.count()) == ("Words at the Desk", 1, 9)
    actions.save_page(made, page="changed", version=0, values={"changed": "Nothing"}, actor=pat, at=then)
    charge = actions.send_course(made, actor=pat, at=then)
    assert charge is not None
    assert (charge.amount_cents, charge.fee.kind) == (10000, "course_renewal")
    courses.pay(made, at=then)
    actions.approve_course(made, actor=rita, at=then + timedelta(days=40))
    offering.refresh_from_db()
    assert (offering.approved_on, offering.approved_until) == (date(2030, 11, 24), date(2034, 11, 23))
    assert list(offering.approvals.order_by("first_on").values_list("first_on", "last_on")) == [
        (DAY, date(2030, 11, 23)),
        (date(2030, 11, 24), date(2034, 11, 23)),
    ]
    windows = queries.list_windows(offering, credit_months_before=24)
    assert [(window.first_on, window.last_on) for window in windows] == [(date(2024, 11, 23), date(2034, 11, 23))]


def test_a_renewal_that_is_late_when_it_is_sent_is_refused_and_kept(ready: CourseApplication, pat: Any, rita: Any, at: datetime) -> None:
    offering = approved(ready, staff=rita, at=at)
    then = datetime.fromisoformat("2031-02-23T18:00:00+00:00")
    made = actions.start_renewal(offering, actor=pat, at=then)
    actions.save_page(made, page="changed", version=0, values={"changed": "Nothing"}, actor=pat, at=then)
    with pytest.raises(NotPossible, match="Send it as a new course"):
        actions.send_course(made, actor=pat, at=then + timedelta(days=1))
    made.refresh_from_db()
    assert (made.state, made.changed) == (CourseState.DRAFT, "Nothing")


def test_another_approval_stands_beside_the_earlier_ones_and_a_correction_takes_the_place(rita: Any, at: datetime) -> None:
    course = courses.offering(approved_on=date(2016, 1, 1), approved_until=date(2019, 12, 31))
    about = {"approved_on": date(2025, 1, 1), "reason": "Letter", "actor": rita, "at": at}
    actions.enter_approval(course, **about, approved_until=date(2028, 12, 31), is_correction=False)
    assert Approval.objects.filter(offering=course).count() == 2
    actions.enter_approval(course, **about, approved_until=date(2028, 6, 30))
    course.refresh_from_db()
    assert (course.approved_on, course.approved_until) == (date(2025, 1, 1), date(2028, 6, 30))
    assert [(window.first_on, window.last_on) for window in queries.list_windows(course, credit_months_before=24)] == [
        (date(2014, 1, 1), date(2019, 12, 31)),
        (date(2023, 1, 1), date(2028, 6, 30)),
    ]


# What completions stand on


def renewed(speaks: ProviderContact, course: Offering, **changes: Any) -> CourseApplication:
    then = datetime.fromisoformat("2029-01-15T18:00:00+00:00")
    made = actions.start_renewal(course, actor=speaks.person, at=then)
    return courses.complete(made, at=then, **{"title": course.title, "parts": course.parts, "changed": "Nothing", **changes})


def test_a_renewal_cannot_change_the_parts_by_which_completions_are_claimed(speaks: ProviderContact, rita: Any) -> None:
    then = datetime.fromisoformat("2029-01-15T18:00:00+00:00")
    course = courses.offering(parts=["Listening", "Writing"])
    for parts in (["Writing", "Listening"], ["Listening"], []):
        made = renewed(speaks, course, parts=parts)
        with pytest.raises(NotPossible, match="This course is in the catalog as Listening and Writing"):
            actions.send_course(made, actor=speaks.person, at=then)
    sent = courses.pay(handed_in(renewed(speaks, course), at=then), at=then)
    CourseApplication.objects.filter(pk=sent.pk).update(parts=["Writing", "Listening"])
    with pytest.raises(NotPossible, match="in the catalog as Listening and Writing"):
        actions.approve_course(sent, actor=rita, at=then)
    CourseApplication.objects.filter(pk=sent.pk).update(parts=["Listening", "Writing"])
    assert actions.approve_course(sent, actor=rita, at=then).parts == ["Listening", "Writing"]


def handed_in(made: CourseApplication, *, at: datetime) -> CourseApplication:
    actions.send_course(made, actor=made.person, at=at)
    made.refresh_from_db()
    return made


def test_a_new_application_cannot_take_over_an_entry_with_other_parts(speaks: ProviderContact, at: datetime) -> None:
    courses.offering(parts=["Listening", "Writing"])
    about = {"at": at, "title": "Words That Help"}
    with pytest.raises(NotPossible, match="This course is in the catalog as Listening and Writing"):
        courses.sent(speaks, parts=[], **about)
    assert courses.sent(speaks, parts=["Listening", "Writing"], **about).state == "awaiting_payment"


def test_a_renewal_cannot_take_the_name_of_another_course(speaks: ProviderContact, rita: Any) -> None:
    then = datetime.fromisoformat("2029-01-15T18:00:00+00:00")
    course, _ = courses.offering(), courses.offering("Words Again")
    with pytest.raises(NotPossible, match="You have another course of this name for this set"):
        actions.send_course(renewed(speaks, course, title="Words Again"), actor=speaks.person, at=then)
    sent = courses.pay(handed_in(renewed(speaks, course, title="Words in Use"), at=then), at=then)
    CourseApplication.objects.filter(pk=sent.pk).update(title="Words Again")
    with pytest.raises(NotPossible, match="another course of this name"):
        actions.approve_course(sent, actor=rita, at=then)


def test_nobody_enters_the_dates_of_their_own_providers_course(rita: Any, at: datetime) -> None:
    course = courses.offering()
    courses.contact(rita, staff=others.person("ruth@lssc.example", roles=(Role.STAFF,)), at=at)
    with pytest.raises(NotYourDecision, match="You represent this provider"):
        actions.enter_approval(course, approved_on=date(2026, 1, 1), approved_until=date(2046, 1, 1), reason="Letter", actor=rita, at=at)
    assert Approval.objects.get().last_on == date(2029, 6, 30)


def test_who_teaches_the_course_does_not_decide_on_it(ready: CourseApplication, at: datetime) -> None:
    teacher = others.person("ada@glen.example", name="ada  young", called="Ada", roles=(Role.STAFF, Role.COMMITTEE))
    for act in (
        lambda: actions.approve_course(ready, actor=teacher, at=at),
        lambda: actions.refuse_course(ready, reason="No", actor=teacher, at=at),
    ):
        with pytest.raises(NotYourDecision, match="An instructor of this course has your name"):
            act()


# Course requests


def test_a_course_request_is_answered_by_mail_once(rita: Any, at: datetime) -> None:
    made = actions.course_request(person=None, email="who@ridge.example", set=None, place="Bangor", words="", at=at)
    assert actions.course_request(person=None, email="WHO@ridge.example", set=None, place="bangor", words="", at=at) == made
    assert [(row.queue, row.due_on) for row in queues.list_app_work_items("courses", at=at)] == [("Course requests", date(2026, 11, 30))]
    with pytest.raises(NotPossible):
        actions.answer_course_request(made, answer=" ", actor=rita, at=at)
    actions.answer_course_request(made, answer="In the spring.", actor=rita, at=at)
    with pytest.raises(NotPossible):
        actions.answer_course_request(made, answer="Never.", actor=rita, at=at)
    letter = Email.objects.get(notice="courses/course_request_answered")
    assert (letter.to, letter.person) == ("who@ridge.example", None)
    assert "In the spring." in letter.text
    assert letter.text.startswith("Hello,")
    assert CourseRequest.objects.get().state == "answered"


# The database


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "approved"},
        {"state": "in_review", "paid_on": None},
        {"state": "unheard"},
        {"kind": "renewal", "offering": None},
        {"terms": None},
    ],
)
def test_the_database_refuses_half_an_application(ready: CourseApplication, changes: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        CourseApplication.objects.filter(pk=ready.pk).update(**changes)


@pytest.mark.django_db(transaction=True)
def test_of_two_decisions_at_once_one_stands(at: datetime) -> None:
    staff = [others.person(f"staff{n}@lssc.example", name=f"Staff {n}", called="Staff", roles=(Role.STAFF,)) for n in (1, 2)]
    speaks = courses.contact(others.person("pat2@prairie-courses.example"), staff=staff[0], at=at)
    readers = [courses.evaluator(others.person(f"reader{n}@dell.example", name=f"Reader {n}"), at=at) for n in (1, 2)]
    made = courses.in_review(speaks, at=at)
    courses.recommended(made, *readers, staff=staff[0], at=at)
    start, ends = Barrier(2), []

    def decide(number: int) -> None:
        try:
            start.wait(timeout=10)
            if number:
                actions.approve_course(made, actor=staff[1], at=at)
            else:
                actions.refuse_course(made, reason="No.", actor=staff[0], at=at)
            ends.append("decided")
        except NotPossible:
            ends.append("told why not")
        finally:
            connection.close()

    threads = [Thread(target=decide, args=[number]) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(ends) == ["decided", "told why not"]
    made.refresh_from_db()
    assert Approval.objects.count() == (1 if made.state == "approved" else 0)
