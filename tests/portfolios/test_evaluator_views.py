"""The pages of evaluators and of those who want to be; the link in the mail; proposals for all that wait."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ledger import clock
from ledger.models import Email, Entry
from people import actions as roles
from people.states import Role
from portfolios import actions, lessons, queries
from portfolios.models import Assignment, DeclaredConflict, Evaluator, EvaluatorApplication, Portfolio
from portfolios.notices import INVITATION
from portfolios.queries import panels
from portfolios.states import Conflict
from tests.factories import candidates, people
from tests.factories import portfolios as make
from tests.portfolios.test_actions import Since
from tests.portfolios.test_evaluators import right_answers
from tests.portfolios.test_views import client_of, page


@pytest.fixture(autouse=True)
def _now(at: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: at)


def path(name: str, *args: Any) -> str:
    return reverse(f"portfolios:{name}", args=args)


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def proposed(shown: str) -> dict[str, list[str]]:
    """The evaluators that the page proposes, by the name of a portfolio's fields."""
    fields = re.findall(r'name="(for-[^"]+)" value="([^"]+)"', shown)
    return {name: [value for other, value in fields if other == name] for name, _ in fields}


# --- a portfolio that was theirs -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("end", "words"),
    [
        ("replace", "This portfolio went to someone else"),
        ("decline", "You declined"),
        ("recuse", "This portfolio went to someone else"),
        ("retire", "This portfolio is being rated again"),
    ],
)
def test_one_whose_portfolio_it_was_reads_what_became_of_it(
    end: str, words: str, candidacy: Any, two: Any, bob: Any, beth: Any, rita: Any, at: Any
) -> None:
    row = make.in_rating(candidacy, *two, staff=rita, at=at)
    slot = make.slot(row, 1)
    if end == "replace":
        actions.replace(slot, reason="Late.", actor=rita, at=at)
    elif end == "decline":
        actions.decline(slot, reason="", actor=bob, at=at)
    elif end == "recuse":
        actions.report_conflict(slot, reason="", actor=bob, at=at)
    else:
        make.rated(row, 1, at=at, values={1: "not_met"})
        make.rated(row, 2, at=at, values={1: "not_met"})
        actions.close_supplement(row, at=at + timedelta(days=91))
        actions.remand(row, actor=rita, at=at + timedelta(days=92), reason="Procedure.")
    for address in (path("invitation", slot.id), path("rate", slot.id, 1), path("finish", slot.id)):
        answer = client_of(bob).get(address)
        assert (answer.status_code, words in text(answer)) == (410, True)
        assert client_of(beth).get(address).status_code == 404
    typed = {"value": "met", "comment": "Long thoughts.", "version": "0"}
    autosaved = client_of(bob).post(path("rate", slot.id, 1), typed, headers={"X-Autosave": "1"})
    assert (autosaved.status_code, "no longer assigned to you" in autosaved.json()["error"]) == (410, True)


# --- the end of an approval ------------------------------------------------------------------------------------------


def test_staff_end_an_approval_with_a_reason_and_what_was_in_hand_is_free(
    candidacy: Any, two: Any, bob: Any, rita: Any, charlie: Any, at: Any
) -> None:
    row = make.in_rating(candidacy, *two, staff=rita, at=at)
    client = client_of(rita)
    end = path("end_evaluator", bob.public_id)
    assert end in text(client.get(path("evaluators")))
    assert "1 portfolio goes back to staff" in text(client.get(end))
    assert client.post(end, {"reason": ""}).status_code == 422
    since = Since()
    assert "no longer rates portfolios" in text(client.post(end, {"reason": "Two years without an answer."}, follow=True))
    assert since.told == [
        ("portfolios.assignment.replace", "Rita", "Bob"),
        ("people.role.take", "Rita", "Bob"),
        ("portfolios.evaluator.end", "Rita", "Bob"),
    ]
    assert since.letters == [("portfolios/approval_ended", "Bob")]
    assert "Two years without an answer." in since.new_letters[0].text
    assert queries.list_open_slots(row) == [1]
    assert [option.evaluator for option in panels.propose(row, at=at).options] == [two[1]]
    assert client.get(end).status_code == 404
    assert client_of(bob).get(path("to_rate")).status_code == 403
    assert queries.list_taken_sets(bob) == set(), "Bob may apply again"
    actions.approve_evaluator(bob, set_codes=["access"], actor=rita, at=at)
    assert [own_set.set.code for own_set in queries.list_own_sets(two[0])] == ["access"]


def test_nobody_ends_their_own_approval(rita: Any, at: Any) -> None:
    herself = make.evaluator(rita, at=at)
    assert client_of(rita).get(path("end_evaluator", rita.public_id)).status_code == 404
    with pytest.raises(Conflict, match="Ask a colleague"):
        actions.end_approval(herself, reason="Enough.", actor=rita, at=at)


def test_without_the_role_nobody_is_proposed_assigned_or_accepts(candidacy: Any, two: Any, bob: Any, rita: Any, at: Any) -> None:
    row = make.assigned(candidacy, *two, staff=rita, at=at)
    slot = make.slot(row, 1)
    roles.take_role(bob, Role.EVALUATOR, actor=None, at=at)
    refused = Client().post(link(slot), {"answer": "accept"})
    assert (refused.status_code, "You are no longer an evaluator" in text(refused)) == (422, True)
    other = make.submitted(candidacy, at=at, set_code="access")
    assert two[0] not in [option.evaluator for option in panels.propose(other, at=at).options]
    with pytest.raises(Conflict, match="No longer an evaluator"):
        actions.assign(other, evaluators=two, actor=rita, at=at)


# --- the link in the mail --------------------------------------------------------------------------------------------


@pytest.fixture
def invited(candidacy: Any, two: Any, rita: Any, at: Any) -> Any:
    return make.assigned(candidacy, *two, staff=rita, at=at)


def link(slot: Assignment) -> str:
    letter = Email.objects.get(notice="portfolios/invited", person=slot.evaluator.person)
    return re.findall(r"http://testserver(\S+)", letter.text)[0]


def test_reading_an_invitation_changes_nothing_and_names_nobody(invited: Any) -> None:
    slot = make.slot(invited, 1)
    before = Entry.objects.count()
    for method in ("get", "head", "options"):
        getattr(Client(), method)(link(slot))
    shown = Client().get(link(slot))
    assert shown.status_code == 200
    assert shown.headers["Cache-Control"] == "private, no-store"
    assert shown.headers["Referrer-Policy"] == "same-origin"  # with less, browsers would not say whence the answer comes
    for words in ("Technology", "9 competencies", "December 2, 2026", "30 days from the day that you accept"):
        assert words in text(shown)
    for name in ("Alice", "Moreau", "marlow", "Bob", "Beth"):
        assert name not in text(shown)
    slot.refresh_from_db()
    assert (slot.state, Entry.objects.count()) == ("invited", before)


@pytest.mark.parametrize(("said", "state", "words"), [("accept", "accepted", "you accepted"), ("decline", "declined", "You declined")])
def test_an_invitation_is_answered_once_without_signing_in(said: str, state: str, words: str, invited: Any, bob: Any) -> None:
    slot = make.slot(invited, 1)
    client = Client(enforce_csrf_checks=False)
    answered = client.post(link(slot), {"answer": said, "reason": "On a trip."}, follow=True)
    assert words in text(answered)
    again = client.post(link(slot), {"answer": "decline" if said == "accept" else "accept"})
    assert words in text(again)
    slot.refresh_from_db()
    assert slot.state == state
    entry = Entry.objects.order_by("-id")[0]
    assert (entry.actor, entry.reason) == (bob, "" if said == "accept" else "On a trip.")


def test_the_form_is_protected_against_other_sites(invited: Any) -> None:
    assert Client(enforce_csrf_checks=True).post(link(make.slot(invited, 1)), {"answer": "accept"}).status_code == 403


def test_a_link_that_was_altered_cut_or_made_up_says_so(invited: Any) -> None:
    slot, other = make.slot(invited, 1), make.slot(invited, 2)
    token = INVITATION.sign(slot.id)
    signature = token.partition("~")[2]
    for wrong in (token[:-1], f"{other.id}~{signature}", token.upper(), slot.id, "x", "~", "%00"):
        for method in ("get", "post"):
            answer = getattr(Client(), method)(f"/invitation/{wrong}/", {"answer": "accept"})
            assert (answer.status_code, "This link is not complete" in text(answer)) == (404, True)
    assert {assignment.state for assignment in Assignment.objects.all()} == {"invited"}
    assert Client().get(f"/invitation/{INVITATION.sign(uuid4())}/").status_code == 404


@pytest.mark.parametrize(
    ("end", "words"),
    [
        ("replace", "This invitation was withdrawn"),
        ("lapse", "The last day to answer was December 2, 2026"),
        ("recuse", "This invitation was withdrawn"),
    ],
)
def test_a_link_to_what_is_over_says_why(end: str, words: str, invited: Any, rita: Any, bob: Any, charlie: Any, at: Any) -> None:
    slot = make.slot(invited, 1)
    url = link(slot)
    if end == "replace":
        actions.replace(slot, reason="On leave.", actor=rita, at=at)
    elif end == "lapse":
        make.evaluator(charlie, at=at)
        actions.pass_on(slot, at=at + timedelta(days=10))
    else:
        make.conflict(bob, at=at, name="Alice Moreau")
    for answer in (Client().get(url), Client().post(url, {"answer": "accept"})):
        assert (answer.status_code, words in text(answer)) == (410, True)
        assert "Alice" not in text(answer)


@pytest.mark.parametrize(("days", "words"), [(9, "That day still counts"), (10, "you can still accept")])
def test_after_the_last_day_it_is_open_while_nobody_else_has_it(days: int, words: str, invited: Any, at: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(clock, "now", lambda: at + timedelta(days=days))
    assert words in text(Client().get(link(make.slot(invited, 1))))


@pytest.mark.parametrize(("late", "works"), [(timedelta(), True), (timedelta(seconds=1), False)])
def test_a_link_ends_after_its_days_and_says_so(late: timedelta, works: bool, invited: Any, at: Any, settings: Any) -> None:
    slot = make.slot(invited, 1)
    with time_machine.travel(at, tick=False) as moment:
        url = f"/invitation/{INVITATION.sign(slot.id)}/"
        moment.shift(timedelta(days=settings.INVITATION_DAYS) + late)
        shown, sent = Client().get(url), Client().post(url, {"answer": "decline", "reason": "On a trip."})
    slot.refresh_from_db()
    assert (shown.status_code, "This link has expired" in text(shown)) == ((200, False) if works else (410, True))
    assert (sent.status_code, slot.state) == ((302, "declined") if works else (410, "invited"))
    assert works or "sign in and see what you are invited to rate" in text(shown)


def test_who_is_not_trained_is_led_to_the_training(invited: Any) -> None:
    slot = make.slot(invited, 1)
    Evaluator.objects.filter(pk=slot.evaluator_id).update(trained_on=None)
    refused = Client().post(link(slot), {"answer": "accept"})
    assert refused.status_code == 422
    assert "Finish the training first." in text(refused)


# --- applying --------------------------------------------------------------------------------------------------------

SAID = {"capacity_per_year": "3", "employers": "Elsewhere Library\n\nThe Other Library", "note": ""}


def test_applying_keeps_the_resume_when_something_else_is_wrong(charlie: Any) -> None:
    client = client_of(charlie)
    resume = make.picture("resume.png")
    wrong = client.post(path("apply"), SAID | {"resume": resume, "ground_access": "years"})
    assert wrong.status_code == 422
    assert set(wrong.context["form"].errors) == {"words_access"}
    assert "We have your resume" in text(wrong)
    kept = re.findall(r'name="kept" value="([^"]+)"', text(wrong))[0]
    sent = client.post(path("apply"), SAID | {"kept": kept, "ground_access": "years", "words_access": "Eight years"}, follow=True)
    assert "Staff are reviewing your application" in text(sent)
    row = EvaluatorApplication.objects.get()
    assert (row.employers, str(row.resume_id)) == (["Elsewhere Library", "The Other Library"], kept)


@pytest.mark.parametrize(
    ("said", "errors"),
    [
        ({}, {"resume", "ground_foundations"}),
        ({"capacity_per_year": "0", "employers": ""}, {"resume", "capacity_per_year", "employers", "ground_foundations"}),
        ({"capacity_per_year": "101", "words_access": "Years"}, {"resume", "capacity_per_year", "ground_access"}),
        ({"ground_access": "luck", "words_access": "x"}, {"resume", "ground_access"}),
        ({"words_access": "x" * 301, "ground_access": "years"}, {"resume", "words_access"}),
    ],
)
def test_what_is_wrong_with_an_application_is_said_at_the_field(said: dict[str, str], errors: set[str], charlie: Any) -> None:
    answer = client_of(charlie).post(path("apply"), SAID | said)
    assert set(answer.context["form"].errors) == errors
    assert not EvaluatorApplication.objects.exists()


def test_nobody_uses_the_resume_of_another(charlie: Any, bob: Any, at: Any) -> None:
    theirs = make.applied(bob, at=at).resume_id
    answer = client_of(charlie).post(path("apply"), SAID | {"kept": str(theirs), "ground_youth": "years", "words_youth": "x"})
    assert set(answer.context["form"].errors) == {"resume"}


def test_staff_decide_on_the_page(rita: Any, charlie: Any, at: Any) -> None:
    row = make.applied(charlie, at=at)
    staff = client_of(rita)
    assert "Charlie Okafor" in text(page(staff, "applications"))
    assert "Approve an evaluator: Charlie Okafor" in text(staff.get(reverse("office")))
    url = path("application", row.id)
    refused = staff.post(url, {"decision_access": "refuse"})
    assert set(refused.context["form"].errors) == {"reason_access"}
    assert set(staff.post(url, {}).context["form"].errors) == {"decision_access"}
    said = {"decision_access": "refuse", "reason_access": "Not in this set.", "decision_reference": "approve"}
    assert "Decided." in text(staff.post(url, said, follow=True))
    mine = text(page(client_of(charlie), "apply"))
    assert "Not in this set." in mine
    assert page(client_of(charlie), "training").status_code == 200


def test_staff_never_see_their_own_application(rita: Any, at: Any) -> None:
    row = make.applied(rita, at=at)
    staff = client_of(rita)
    assert page(staff, "application", row.id).status_code == 404
    assert "Rita Lindqvist" not in text(page(staff, "applications")).partition("<main")[2]
    assert "Approve an evaluator" not in text(staff.get(reverse("office")))


def test_each_application_with_staff_has_its_own_button(charlie: Any, at: Any) -> None:
    first = make.applied(charlie, at=at, sets=("access", "reference"))
    second = make.applied(charlie, at=at + timedelta(days=1), sets=("youth",))
    client = client_of(charlie)
    shown = client.get(path("apply")).content.decode()
    for row, words in ((first, "Withdraw Access Services, Reference and Information Services"), (second, "Withdraw Youth Services")):
        form = shown.partition(f'action="{path("withdraw_application", row.id)}"')[2].partition("</form>")[0]
        assert words in form
    client.post(path("withdraw_application", first.id))
    assert {request.set.code: request.state for request in queries.list_requests(charlie)} == {
        "access": "withdrawn",
        "reference": "withdrawn",
        "youth": "asked",
    }
    assert path("withdraw_application", first.id) not in client.get(path("apply")).content.decode()


def test_what_is_with_staff_can_be_withdrawn_by_its_owner(charlie: Any, bob: Any, at: Any) -> None:
    row = make.applied(charlie, at=at)
    assert client_of(bob).post(path("withdraw_application", row.id)).status_code == 404
    assert "is withdrawn" in text(client_of(charlie).post(path("withdraw_application", row.id), follow=True))


# --- training and standing -------------------------------------------------------------------------------------------


def test_the_training_from_the_first_page_to_the_last(charlie: Any, at: Any) -> None:
    make.evaluator(charlie, at=at, trained=False)
    client = client_of(charlie)
    assert "Before your first portfolio: the training" in text(page(client, "to_rate"))
    for one in lessons.PAGES:
        assert one.title in text(page(client, "training_page", one.slug))
        answer = client.post(path("training_page", one.slug), right_answers(one.slug), follow=True)
    assert "You finished the training." in text(answer)
    assert page(client, "training_page", "nothing").status_code == 404


def test_wrong_answers_are_explained_and_can_be_given_again(charlie: Any, at: Any) -> None:
    make.evaluator(charlie, at=at, trained=False)
    client = client_of(charlie)
    url = path("training_page", "check")
    assert client.post(url, {}).status_code == 422
    wrong = text(client.post(url, right_answers("check") | {"check_pair": "third"}, follow=True))
    assert "Not all answers are right yet." in wrong
    assert "A third evaluator comes only in the final round" in wrong
    right = text(client.post(url, right_answers("check"), follow=True))
    assert "Not all answers are right yet." not in right


def test_the_training_takes_its_numbers_from_the_terms(bob: Any, two: Any, terms: Any) -> None:
    shown = text(page(client_of(bob), "training_page", "ratings"))
    for number in (
        f"within {terms.supplement_days} days",
        f"at least {terms.portfolio_met_percent} percent",
        f"{terms.rate_days} days to rate",
    ):
        assert number in shown


def test_an_evaluator_changes_what_they_take_on(bob: Any, two: Any) -> None:
    client = client_of(bob)
    said = {
        "capacity_per_year": "2",
        "paused_until_month": "12",
        "paused_until_day": "31",
        "paused_until_year": "2026",
        "employers": "Prairie",
    }
    assert "Saved." in text(client.post(path("standing"), said, follow=True))
    early = client.post(path("standing"), said | {"paused_until_year": "2025"})
    assert set(early.context["form"].errors) == {"paused_until"}
    assert "Rate it again" in text(client.post(path("step_back", "technology"), {"back": "1"}, follow=True))
    assert "You are not approved" in text(client.post(path("step_back", "youth"), {"back": "1"}, follow=True))


@pytest.mark.parametrize("who", ["bob", "alice"])
def test_conflicts_are_declared_from_either_side(who: str, bob: Any, alice: Any, two: Any) -> None:
    person = {"bob": bob, "alice": alice}[who]
    client = client_of(person)
    assert ("A course that I taught" in text(page(client, "conflicts"))) == (who == "bob")
    assert set(client.post(path("conflicts"), {"kind": "person"}).context["form"].errors) == {"name"}
    if who == "alice":
        assert set(client.post(path("conflicts"), {"kind": "course", "name": "x"}).context["form"].errors) == {"kind"}
    assert "Nora Near" in text(client.post(path("conflicts"), {"kind": "person", "name": "Nora Near"}, follow=True))
    row = DeclaredConflict.objects.get()
    other = client_of(alice if who == "bob" else bob)
    assert "Nora Near" not in text(page(other, "conflicts"))
    assert other.post(path("withdraw_conflict", row.id)).status_code == 404
    assert "Nora Near" not in text(client.post(path("withdraw_conflict", row.id), follow=True))


def test_a_conflict_is_reported_from_the_rating_page(candidacy: Any, two: Any, bob: Any, rita: Any, at: Any) -> None:
    row = make.in_rating(candidacy, *two, staff=rita, at=at)
    slot = make.slot(row, 1)
    assert "Report a conflict of interest" in text(page(client_of(bob), "rate", slot.id, 1))
    done = client_of(bob).post(path("decline", slot.id), {"why": "conflict"}, follow=True)
    assert "Thank you for telling us." in text(done)
    slot.refresh_from_db()
    assert slot.state == "recused"


# --- panels ----------------------------------------------------------------------------------------------------------


def test_staff_invite_for_all_that_wait_after_a_look(candidacy: Any, two: Any, rita: Any, priya: Any, charlie: Any, at: Any) -> None:
    first = make.submitted(candidacy, at=at)
    second = make.submitted(candidates.candidacy(priya, at=at, staff=rita), at=at)
    stuck = make.submitted(candidates.candidacy(charlie, at=at, staff=rita), at=at, set_code="youth")
    staff = client_of(rita)
    assert path("propose") in text(page(staff, "to_assign"))
    shown = text(page(staff, "propose"))
    assert "4 invitations by email" in shown
    assert "2 candidates get an email" in shown
    assert "Approve another evaluator for" in shown
    assert Assignment.objects.count() == 0
    fields = proposed(shown)
    assert set(fields) == {f"for-{first.id}", f"for-{second.id}"}
    assert "Select one or more portfolios." in text(staff.post(path("propose"), fields, follow=True))
    done = text(staff.post(path("propose"), fields | {"pick": [str(first.id)]}, follow=True))
    assert "Evaluators are invited by email for 1 portfolio." in done
    assert dict(Portfolio.objects.values_list("id", "state")) == {first.id: "round_one", second.id: "submitted", stuck.id: "submitted"}
    both = text(staff.post(path("propose"), fields | {"pick": [str(first.id), str(second.id)]}, follow=True))
    assert "Evaluators are invited by email for 1 portfolio." in both


def test_a_proposal_that_no_longer_holds_invites_nobody_for_that_one(candidacy: Any, two: Any, bob: Any, rita: Any, at: Any) -> None:
    row = make.submitted(candidacy, at=at)
    staff = client_of(rita)
    fields = proposed(text(page(staff, "propose")))
    make.conflict(bob, at=at, name="Alice Moreau")
    for said in (fields, {}, {f"for-{row.id}": "nonsense,"}):
        answer = text(staff.post(path("propose"), said | {"pick": [str(row.id), "nonsense"]}, follow=True))
        assert "No one was invited for it." in answer
    assert not Assignment.objects.exists()


def test_the_reasons_are_on_the_page_for_and_against(candidacy: Any, two: Any, charlie: Any, rita: Any, at: Any) -> None:
    make.evaluator(charlie, at=at, sets=("youth",))
    shown = text(page(client_of(rita), "assign", make.submitted(candidacy, at=at).id))
    assert "0 of 4 portfolios in the last 12 months. Not asked before. No known conflict of interest." in shown
    assert "Not approved for Technology." in shown


def test_who_rated_stays_hidden_unless_the_terms_say_otherwise(candidacy: Any, two: Any, alice: Any, bob: Any, rita: Any, at: Any) -> None:
    from programs.models import Terms

    row = make.in_rating(candidacy, *two, staff=rita, at=at)
    for number in (1, 2):
        make.rated(row, number, at=at)
    shown = text(page(client_of(alice), "portfolio", row.id))
    assert "The evaluators’ names are not shared." in shown
    assert "Bob Tran" not in shown
    open_terms = Terms.objects.create(effective_on=at.date(), evaluators_named=True)
    Portfolio.objects.filter(pk=row.pk).update(terms=open_terms)
    assert "Bob Tran, Beth Alvarez rated it." in text(page(client_of(alice), "portfolio", row.id))


def test_the_verdict_is_told_to_each_audience(candidacy: Any, two: Any, alice: Any, bob: Any, rita: Any, at: Any) -> None:
    row = make.asked(candidacy, *two, staff=rita, at=at, first={1: "not_met"}, second={1: "not_met"})
    slot = make.slot(row, 1)
    assert "so the candidate is asked for more" in text(page(client_of(rita), "office", row.id))
    assert "so you are asked for more" in text(page(client_of(alice), "portfolio", row.id))
    actions.close_supplement(row, at=at + timedelta(days=91))
    rule = "at least 70% of the 9 competencies are Met, which is 7, and none is Not met."
    for who, name, args, whose in (
        (alice, "portfolio", [row.id], "Yours"),
        (rita, "office", [row.id], "Here"),
        (bob, "invitation", [slot.id], "Here"),
    ):
        shown = text(page(client_of(who), name, *args))
        assert f"{rule} {whose}: 8 Met, 0 Partially met, 1 Not met." in shown
        assert "Both evaluators said Not met. That counts as Not met." in shown
        assert "the terms in effect since" in shown


def test_the_office_reads_what_an_earlier_panel_decided(candidacy: Any, two: Any, alice: Any, rita: Any, at: Any) -> None:
    row = make.asked(candidacy, *two, staff=rita, at=at, first={1: "not_met"}, second={1: "not_met"})
    actions.close_supplement(row, at=at + timedelta(days=91))
    actions.remand(row, actor=rita, at=at + timedelta(days=92), reason="Procedure was not followed.")
    shown = text(page(client_of(rita), "office", row.id))
    for words in ("What panel 1 decided", "Procedure was not followed.", "Earlier panel", "Two evaluators are needed"):
        assert words in shown
    assert "This portfolio was sent back." in text(page(client_of(alice), "portfolio", row.id))


# --- how many queries ------------------------------------------------------------------------------------------------


def count(client: Client, name: str, *args: Any) -> int:
    client.get(path(name, *args))
    with CaptureQueriesContext(connection) as captured:
        assert page(client, name, *args).status_code == 200
    return len(captured)


def test_queries_do_not_grow_with_evaluators_portfolios_and_applications(candidacy: Any, two: Any, rita: Any, bob: Any, at: Any) -> None:
    staff = client_of(rita)
    row = make.submitted(candidacy, at=at)
    make.applied(people.person("first@county.example"), at=at)
    make.conflict(bob, at=at)
    lists = [("propose", []), ("assign", [row.id]), ("applications", []), ("evaluators", [])]

    def measure() -> list[int]:
        return [*(count(staff, name, *args) for name, args in lists), *(count(client_of(bob), name) for name in ("conflicts", "standing"))]

    before = measure()
    for number in range(4):
        person = people.person(f"p{number}@county{number}.example", name=f"Person {number}")
        make.evaluator(person, at=at)
        make.applied(person, at=at)
        make.conflict(bob, at=at, name=f"Near {number}")
        make.submitted(candidates.candidacy(people.person(f"c{number}@town{number}.example"), at=at, staff=rita), at=at)
    assert measure() == before
    offers = panels.propose_all(list(Portfolio.objects.select_related("set", "candidacy__person")), at=at)
    assert [len(offer.chosen) for offer in offers] == [2] * 5
