"""From a draft to the verdict, by every way that the rules know: what is stored, what is told, and which letters go out."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from billing import queries as charges
from candidates import actions as admitting
from candidates import queries as candidacies
from candidates.states import Way
from ledger import queues
from ledger.models import Delivery, Email, Entry
from ledger.states import NotPossible, NotYourDecision
from people.permissions import is_evaluator
from people.states import Stale
from portfolios import actions, policy, queries, sweeps
from portfolios.actions.submissions import PURPOSE
from portfolios.models import Portfolio, Rating, Snapshot
from portfolios.queries import panels
from portfolios.states import CandidacyEnded, Conflict, NotOpen, NotReady, SetClosed
from tests.factories import billing, candidates, people
from tests.factories import portfolios as make

ON = date(2026, 11, 23)
BY = date(2027, 2, 21)


def entries(since: int) -> list[tuple[str, str | None, str | None]]:
    """The audit since an entry: verb, actor, person."""
    rows = Entry.objects.filter(id__gt=since).select_related("actor", "person").order_by("id")
    return [(row.verb, row.actor and row.actor.called, row.person and row.person.called) for row in rows]


class Since:
    """Marks the present end of audit and letters; letters come sorted, since they have no order of their own."""

    def __init__(self) -> None:
        self.entry = max(Entry.objects.values_list("id", flat=True), default=0)
        self.old_letters = set(Email.objects.values_list("pk", flat=True))

    @property
    def told(self) -> list[tuple[str, str | None, str | None]]:
        return entries(self.entry)

    @property
    def new_letters(self) -> list[Email]:
        return list(Email.objects.exclude(pk__in=self.old_letters).select_related("person"))

    @property
    def letters(self) -> list[tuple[str, str]]:
        return sorted((row.notice, row.person.called) for row in self.new_letters)


# --- writing ---------------------------------------------------------------------------------------------------------


def test_start_makes_an_empty_response_to_each_competency_and_plans_the_set(candidacy: Any, at: Any) -> None:
    since = Since()
    row = make.draft(candidacy, at=at)
    assert (row.state, row.total, row.answered, row.framework.version) == ("draft", 9, 0, row.set.framework.version)
    assert [response.competency.number for response in queries.list_responses(row)] == list(range(1, 10))
    assert since.told == [("candidates.set.choose", "Alice", "Alice"), ("portfolios.portfolio.start", "Alice", "Alice")]
    assert since.letters == []
    assert {slot.code: slot.way for slot in candidacies.get_plan(candidacy) if slot.code}["technology"] == Way.PORTFOLIO


def test_start_again_returns_the_same_portfolio(candidacy: Any, at: Any) -> None:
    row = make.draft(candidacy, at=at)
    since = Since()
    assert make.draft(candidacy, at=at) == row
    assert since.told == []


def test_start_is_refused_after_the_last_day_and_for_an_achieved_set(candidacy: Any, at: Any) -> None:
    last = datetime.combine(candidacy.ends_on, at.timetz())
    candidates.achieve(candidacy, "access", at=at)
    with pytest.raises(SetClosed, match="already achieved"):
        make.draft(candidacy, at=at, set_code="access")
    make.draft(candidacy, at=last)
    with pytest.raises(CandidacyEnded):
        make.draft(candidacy, at=last + timedelta(days=1), set_code="youth")


def test_a_fourth_elective_by_portfolio_may_be_started_beside_the_plan(candidacy: Any, at: Any) -> None:
    for code in ("access", "youth", "reference", "cataloging"):
        make.draft(candidacy, at=at, set_code=code)
    assert Portfolio.objects.count() == 4


def test_saving_writes_no_audit_entry_and_counts_versions(candidacy: Any, alice: Any, at: Any) -> None:
    row = make.draft(candidacy, at=at)
    since = Since()
    said = {"number": 1, "opening": "One", "narrative": "Two", "actor": alice, "at": at}
    assert actions.save_response(row, **said, version=0).version == 1
    assert actions.save_response(row, **said, version=0).version == 2, "the same text again is no conflict"
    with pytest.raises(Stale) as stale:
        actions.save_response(row, **said | {"narrative": "Three"}, version=1)
    assert (stale.value.version, stale.value.newer.narrative) == (2, "Two")
    assert actions.save_response(row, **said | {"narrative": "Three"}, version=2).version == 3
    assert since.told == []


def test_finishing_counts_and_emptying_opens_again(candidacy: Any, alice: Any, at: Any) -> None:
    row = make.draft(candidacy, at=at)
    make.answer(row, 1, at=at)
    make.answer(row, 2, at=at)
    row.refresh_from_db()
    assert row.answered == 2
    actions.save_response(row, number=2, opening="Still", narrative=" ", version=1, actor=alice, at=at)
    row.refresh_from_db()
    assert row.answered == 1
    with pytest.raises(NotReady):
        actions.finish_response(row, number=2, finished=True, actor=alice, at=at)
    actions.finish_response(row, number=1, finished=False, actor=alice, at=at)
    row.refresh_from_db()
    assert row.answered == 0


def test_evidence_needs_a_competency_of_this_portfolio(candidacy: Any, at: Any) -> None:
    row = make.draft(candidacy, at=at)
    for numbers in ([], [10]):
        with pytest.raises(NotReady):
            actions.add_evidence(
                row, upload=people.upload(), title="A", kind="primary", own_part="", numbers=numbers, actor=candidacy.person, at=at
            )
    assert not row.evidence.exists()


# --- sending ---------------------------------------------------------------------------------------------------------


def test_send_seals_charges_and_writes(candidacy: Any, alice: Any, at: Any, terms: Any) -> None:
    row = make.ready(candidacy, at=at)
    since = Since()
    charge = actions.send(row, actor=alice, at=at)
    row.refresh_from_db()
    assert (row.state, row.sent_at, row.terms_id, charge.amount_cents) == ("awaiting_payment", at, terms.pk, 6000)
    assert (charge.purpose, charge.reference, charge.return_path) == (PURPOSE, row.id, f"/portfolios/{row.id}/")
    assert since.told == [("portfolios.portfolio.send", "Alice", "Alice"), ("billing.charge.open", "Alice", "Alice")]
    assert since.letters == [("portfolios/sealed", "Alice")]
    content = row.snapshots.get().content
    assert (content["set"], content["round"], content["statement"]) == ("technology", 1, "This set matters to me.")
    assert [one["number"] for one in content["responses"]] == list(range(1, 10))
    assert content["responses"][0]["evidence"] == content["responses"][1]["evidence"] == [content["evidence"][0]["id"]]
    assert content["evidence"][0]["sha256"] == row.evidence.get().document.sha256


def test_members_pay_less(bob: Any, alice: Any, rita: Any, at: Any) -> None:
    from candidates import actions as admitting

    member = admitting.admit(candidates.in_review(alice, at=at, member_number="1234567"), actor=rita, at=at)
    row = make.sent(member, at=at)
    assert charges.get_charge(purpose=PURPOSE, reference=row.id).amount_cents == 5000


def test_send_says_what_is_missing_and_changes_nothing(candidacy: Any, alice: Any, at: Any) -> None:
    row = make.draft(candidacy, at=at)
    for number in range(1, 10):
        make.answer(row, number, at=at)
    since = Since()
    with pytest.raises(NotReady, match="1 thing is still to do"):
        actions.send(row, actor=alice, at=at)
    row.refresh_from_db()
    assert (row.state, row.snapshots.count(), since.told) == ("draft", 0, [])


def test_nothing_can_change_behind_the_seal(candidacy: Any, alice: Any, at: Any) -> None:
    row = make.sent(candidacy, at=at)
    piece = row.evidence.get()
    refused: list[Callable[[], Any]] = [
        lambda: actions.save_response(row, number=1, opening="x", narrative="y", version=1, actor=alice, at=at),
        lambda: actions.finish_response(row, number=1, finished=False, actor=alice, at=at),
        lambda: actions.save_statement(row, text="x", version=1, actor=alice, at=at),
        lambda: actions.save_addition(row, number=1, text="x", version=0, actor=alice, at=at),
        lambda: make.evidence(row, 1, at=at),
        lambda: actions.change_evidence(piece, title="x", kind="primary", own_part="", numbers=[1], actor=alice, at=at),
        lambda: actions.remove_evidence(piece, actor=alice, at=at),
    ]
    for act in refused:
        with pytest.raises(NotOpen):
            act()
    assert queries.gather(row, round=1) == row.snapshots.get().content


def test_a_seal_is_kept_by_the_database_and_told_apart_from_another(candidacy: Any, at: Any) -> None:
    row = make.sent(candidacy, at=at)
    seal = row.snapshots.get()
    assert seal.sha256 == policy.seal(seal.content)
    assert queries.is_intact(seal)
    seal.content["statement"] += "."
    assert not queries.is_intact(seal)
    for change in (seal.save, seal.delete):
        with pytest.raises(DatabaseError, match="append_only"), transaction.atomic():
            change()
    assert queries.is_intact(Snapshot.objects.get())


def test_sending_twice_charges_once(candidacy: Any, alice: Any, at: Any) -> None:
    row = make.sent(candidacy, at=at)
    since = Since()
    with pytest.raises(NotPossible, match="Nothing was sent twice"):
        actions.send(row, actor=alice, at=at)
    assert since.told == []
    assert since.letters == []


def test_send_on_the_last_day_is_in_time_and_a_day_later_refused(candidacy: Any, alice: Any, at: Any) -> None:
    row = make.ready(candidacy, at=at)
    last = datetime.combine(candidacy.ends_on, at.timetz())
    with pytest.raises(CandidacyEnded):
        actions.send(row, actor=alice, at=last + timedelta(days=1))
    actions.send(row, actor=alice, at=last)


def test_the_news_of_the_payment_takes_the_portfolio_in_once(candidacy: Any, at: Any, drain: Any) -> None:
    row = make.sent(candidacy, at=at)
    drain()
    since = Since()
    billing.settle(charges.get_charge(purpose=PURPOSE, reference=row.id), at=at)
    drain()
    row.refresh_from_db()
    assert (row.state, row.submitted_at) == ("submitted", at)
    assert [told for told in since.told if told[0].startswith("portfolios")] == [("portfolios.portfolio.settle", None, "Alice")]
    assert [letter for letter in since.letters if letter[0].startswith("portfolios")] == [("portfolios/received", "Alice")]
    Delivery.objects.filter(subscriber="portfolios.fee").update(done_at=None)
    since = Since()
    drain()
    assert (since.told, since.letters) == ([], [])


def test_paid_on_the_last_day_is_taken_in_although_the_news_is_late(candidacy: Any, at: Any) -> None:
    row = make.sent(candidacy, at=at)
    last = datetime.combine(candidacy.ends_on, at.timetz())
    billing.settle(charges.get_charge(purpose=PURPOSE, reference=row.id), at=last)
    sweeps.close_unpaid(at=last + timedelta(days=2))
    actions.settle(row.id, settled_at=last, at=last + timedelta(days=2))
    row.refresh_from_db()
    assert row.state == "submitted"


def test_an_unpaid_portfolio_closes_after_the_last_day(candidacy: Any, at: Any) -> None:
    row = make.sent(candidacy, at=at)
    last = datetime.combine(candidacy.ends_on, at.timetz())
    sweeps.close_unpaid(at=last)
    row.refresh_from_db()
    assert row.state == "awaiting_payment"
    since = Since()
    for _ in range(2):
        sweeps.close_unpaid(at=last + timedelta(days=1))
    row.refresh_from_db()
    assert row.state == "withdrawn"
    assert since.told == [("portfolios.portfolio.lapse", None, "Alice"), ("billing.charge.cancel", None, "Alice")]
    assert since.letters == [("portfolios/lapsed", "Alice")]
    assert charges.get_charge(purpose=PURPOSE, reference=row.id) is None


def test_paid_after_the_last_day_goes_back(candidacy: Any, at: Any) -> None:
    row = make.sent(candidacy, at=at)
    late = datetime.combine(candidacy.ends_on, at.timetz()) + timedelta(days=1)
    billing.settle(charges.get_charge(purpose=PURPOSE, reference=row.id), at=late)
    actions.settle(row.id, settled_at=late, at=late)
    row.refresh_from_db()
    assert row.state == "withdrawn"
    assert charges.get_charge(purpose=PURPOSE, reference=row.id).state == "refunded"
    actions.settle(row.id, settled_at=late, at=late)
    assert charges.get_charge(purpose=PURPOSE, reference=row.id).state == "refunded"


def test_an_unpaid_portfolio_waits_with_a_request_for_more_time_and_goes_on_with_it(candidacy: Any, alice: Any, rita: Any, at: Any) -> None:
    row = make.sent(candidacy, at=at)
    last = datetime.combine(candidacy.ends_on, at.timetz())
    admitting.ask_extension(candidacy, why="I was ill.", actor=alice, at=last)
    since = Since()
    sweeps.close_unpaid(at=last + timedelta(days=1))
    actions.lapse(row, at=last + timedelta(days=1))
    assert (since.told, since.letters) == ([], [])
    admitting.extend(candidacy, reason="Ill for a month.", actor=rita, at=last + timedelta(days=2))
    make.pay(row, at=last + timedelta(days=3))
    assert row.state == "submitted"


def test_an_unpaid_portfolio_closes_once_its_request_for_more_time_is_declined(candidacy: Any, alice: Any, rita: Any, at: Any) -> None:
    row = make.sent(candidacy, at=at)
    last = datetime.combine(candidacy.ends_on, at.timetz())
    request = admitting.ask_extension(candidacy, why="I was ill.", actor=alice, at=last)
    admitting.decline_extension(request, reason="You had an extension before.", actor=rita, at=last + timedelta(days=2))
    sweeps.close_unpaid(at=last + timedelta(days=2))
    row.refresh_from_db()
    assert row.state == "withdrawn"


@pytest.mark.parametrize(("granted", "state", "money"), [(True, "submitted", "settled"), (False, "withdrawn", "refunded")])
def test_what_is_paid_while_a_request_for_more_time_waits_goes_with_its_answer(
    granted: bool, state: str, money: str, candidacy: Any, alice: Any, rita: Any, at: Any, drain: Any
) -> None:
    row = make.sent(candidacy, at=at)
    last = datetime.combine(candidacy.ends_on, at.timetz())
    request = admitting.ask_extension(candidacy, why="I was ill.", actor=alice, at=last)
    late = last + timedelta(days=1)
    billing.settle(charges.get_charge(purpose=PURPOSE, reference=row.id), at=late)
    drain(late)
    sweeps.close_unpaid(at=late)
    row.refresh_from_db()
    assert row.state == "awaiting_payment"
    with time_machine.travel(late, tick=False):
        client = Client()
        client.force_login(alice)
        page = client.get(reverse("portfolios:portfolio", args=[row.id])).content.decode()
    assert "is on hold with your request for more time" in page
    assert "We have your fee" in page
    decided = late + timedelta(days=1)
    if granted:
        admitting.extend(candidacy, reason="Ill for a month.", actor=rita, at=decided)
    else:
        admitting.decline_extension(request, reason="There was time.", actor=rita, at=decided)
    drain(decided)
    sweeps.close_unpaid(at=decided)
    row.refresh_from_db()
    assert (row.state, charges.get_charge(purpose=PURPOSE, reference=row.id).state) == (state, money)


# --- evaluators ------------------------------------------------------------------------------------------------------


def test_approving_an_evaluator_gives_the_role_and_keeps_the_first_day(charlie: Any, rita: Any, at: Any) -> None:
    since = Since()
    actions.approve_evaluator(charlie, set_codes=["technology"], actor=rita, at=at, capacity_per_year=3)
    assert is_evaluator(charlie)
    assert since.told == [("people.role.give", "Rita", "Charlie"), ("portfolios.evaluator.approve", "Rita", "Charlie")]
    assert since.letters == [("portfolios/approved", "Charlie")]
    actions.approve_evaluator(charlie, set_codes=["technology", "access"], actor=rita, at=at + timedelta(days=30), capacity_per_year=5)
    [evaluator] = queries.list_evaluators()
    assert [(one.set.code, one.approved_on) for one in evaluator.sets.all()] == [
        ("technology", ON),
        ("access", ON + timedelta(days=30)),
    ]
    assert evaluator.capacity_per_year == 5
    with pytest.raises(NotPossible, match="You can’t approve yourself"):
        actions.approve_evaluator(rita, set_codes=["technology"], actor=rita, at=at)
    with pytest.raises(NotPossible):
        actions.approve_evaluator(charlie, set_codes=[], actor=rita, at=at)


def test_assign_invites_two_and_tells_the_candidate_without_names(candidacy: Any, two: Any, rita: Any, at: Any) -> None:
    row = make.submitted(candidacy, at=at)
    since = Since()
    actions.assign(row, evaluators=two, actor=rita, at=at)
    row.refresh_from_db()
    assert row.state == "round_one"
    assert [
        (assignment.slot, assignment.state, assignment.invited_on, assignment.accept_by) for assignment in row.assignments.order_by("slot")
    ] == [
        (1, "invited", ON, ON + timedelta(days=9)),
        (2, "invited", ON, ON + timedelta(days=9)),
    ]
    assert since.told == [
        ("portfolios.portfolio.assign", "Rita", "Alice"),
        ("portfolios.assignment.invite", "Rita", "Bob"),
        ("portfolios.assignment.invite", "Rita", "Beth"),
    ]
    assert since.letters == [("portfolios/in_rating", "Alice"), ("portfolios/invited", "Beth"), ("portfolios/invited", "Bob")]
    for letter in since.new_letters:
        assert "Moreau" not in letter.text
        assert "Bob" not in letter.text or letter.person.called == "Bob"


@pytest.mark.parametrize(
    ("email", "why"),
    [
        ("Dora@MARLOW.example", "Both have an email address at marlow.example."),
        ("dora@county.example", ""),
    ],
)
def test_a_shared_employer_by_email_domain_stands_against_it(email: str, why: str, candidacy: Any, two: Any, rita: Any, at: Any) -> None:
    dora = make.evaluator(people.person(email), at=at)
    row = make.submitted(candidacy, at=at)
    found = {option.evaluator: option for option in panels.propose(row, at=at).options}
    assert found[dora].conflicts == ((why,) if why else ())
    if why:
        with pytest.raises(Conflict, match="marlow"):
            actions.assign(row, evaluators=[two[0], dora], actor=rita, at=at)
    else:
        actions.assign(row, evaluators=[two[0], dora], actor=rita, at=at)


def test_public_mail_providers_are_not_an_employer(candidacy: Any, alice: Any, two: Any, rita: Any, at: Any) -> None:
    alice.email = "alice@gmail.com"
    alice.save()
    dora = make.evaluator(people.person("dora@gmail.com"), at=at)
    row = make.submitted(candidacy, at=at)
    assert len(actions.assign(row, evaluators=[two[0], dora], actor=rita, at=at)) == 2


def test_who_may_not_rate(candidacy: Any, alice: Any, charlie: Any, two: Any, rita: Any, at: Any) -> None:
    herself = make.evaluator(alice, at=at)
    other_set = make.evaluator(charlie, at=at, sets=("access",))
    row = make.submitted(candidacy, at=at)
    refused = [[two[0], herself], [two[0], other_set], [two[0], two[0]], [two[0]], [], [*two, other_set]]
    since = Since()
    for evaluators in refused:
        with pytest.raises(NotPossible):
            actions.assign(row, evaluators=evaluators, actor=rita, at=at)
    with pytest.raises(NotYourDecision, match="own portfolio"):
        actions.assign(row, evaluators=two, actor=alice, at=at)
    assert (since.told, since.letters, row.assignments.count()) == ([], [], 0)


def test_a_full_year_warns_and_comes_last(candidacy: Any, two: Any, charlie: Any, priya: Any, rita: Any, at: Any) -> None:
    busy = make.evaluator(charlie, at=at, capacity=1)
    make.assigned(candidates.candidacy(priya, at=at, staff=rita), busy, two[0], staff=rita, at=at)
    row = make.submitted(candidacy, at=at)
    offer = panels.propose(row, at=at)
    found = [(option.evaluator, option.judged.rater.load, option.doubts) for option in offer.options]
    assert found == [(two[1], 0, ()), (two[0], 1, ()), (busy, 1, ("Has the agreed number for the year: 1 of 1.",))]
    assert [one.evaluator for one in offer.chosen] == [two[1], two[0]]
    later = panels.propose(row, at=at + timedelta(days=366))
    assert {option.evaluator: option.judged.rater.load for option in later.options}[busy] == 0


def test_accept_starts_the_time_to_rate(candidacy: Any, two: Any, bob: Any, rita: Any, at: Any) -> None:
    row = make.assigned(candidacy, *two, staff=rita, at=at)
    since = Since()
    accepted = actions.accept(make.slot(row, 1), actor=bob, at=at + timedelta(days=9))
    assert (accepted.state, accepted.accepted_on, accepted.rate_by) == ("accepted", ON + timedelta(days=9), ON + timedelta(days=39))
    assert since.told == [("portfolios.assignment.accept", "Bob", "Bob")]
    assert since.letters == [("portfolios/accepted", "Bob")]
    assert "DTSTART;VALUE=DATE:20270101" in since.new_letters[0].calendar
    with pytest.raises(NotPossible, match="already answered"):
        actions.accept(accepted, actor=bob, at=at)


def test_a_declined_slot_is_filled_by_somebody_else(candidacy: Any, two: Any, charlie: Any, bob: Any, rita: Any, at: Any) -> None:
    row = make.assigned(candidacy, *two, staff=rita, at=at)
    actions.decline(make.slot(row, 1), reason="I know her.", actor=bob, at=at)
    assert queries.list_open_slots(row) == [1]
    with pytest.raises(Conflict, match="Declined"):
        actions.assign(row, evaluators=[two[0]], actor=rita, at=at)
    with pytest.raises(Conflict, match="Already"):
        actions.assign(row, evaluators=[two[1]], actor=rita, at=at)
    [assignment] = actions.assign(row, evaluators=[make.evaluator(charlie, at=at)], actor=rita, at=at)
    assert (assignment.slot, assignment.state) == (1, "invited")
    with pytest.raises(NotPossible, match="needs no evaluator"):
        actions.assign(row, evaluators=[two[0]], actor=rita, at=at)


def test_a_replaced_evaluators_drafts_do_not_count(candidacy: Any, two: Any, charlie: Any, rita: Any, at: Any) -> None:
    row = make.in_rating(candidacy, *two, staff=rita, at=at)
    late = make.rate(row, 1, at=at, values={1: "not_met"})
    since = Since()
    actions.replace(late, reason="No ratings for weeks.", actor=rita, at=at)
    assert since.told == [("portfolios.assignment.replace", "Rita", "Bob")]
    assert since.letters == [("portfolios/replaced", "Bob")]
    with pytest.raises(NotPossible):
        actions.finish_ratings(late, actor=late.evaluator.person, at=at)
    [assignment] = actions.assign(row, evaluators=[make.evaluator(charlie, at=at)], actor=rita, at=at)
    actions.accept(assignment, actor=charlie, at=at)
    make.rated(row, 1, at=at)
    make.rated(row, 2, at=at)
    assert row.state == "achieved"
    with pytest.raises(NotPossible, match="already sent"):
        actions.replace(make.slot(row, 2), reason="Too late.", actor=rita, at=at)


# --- rating ----------------------------------------------------------------------------------------------------------


def test_rating_is_a_draft_with_a_version(candidacy: Any, two: Any, bob: Any, rita: Any, at: Any) -> None:
    row = make.in_rating(candidacy, *two, staff=rita, at=at)
    slot = make.slot(row, 1)
    since = Since()
    said = {"number": 1, "actor": bob, "at": at}
    assert actions.rate(slot, **said, value="", comment="Wait", version=0).version == 1
    with pytest.raises(Stale) as stale:
        actions.rate(slot, **said, value="met", comment="", version=0)
    assert (stale.value.version, stale.value.newer.comment) == (1, "Wait")
    assert actions.rate(slot, **said, value="partial", comment="Say more", version=1).version == 2
    with pytest.raises(NotOpen):
        actions.rate(slot, **said, value="best", comment="", version=2)
    with pytest.raises(NotOpen):
        actions.rate(slot, number=10, actor=bob, at=at, value="met", comment="", version=0)
    assert since.told == []


def test_only_accepted_assignments_are_rated(candidacy: Any, two: Any, bob: Any, rita: Any, at: Any) -> None:
    row = make.assigned(candidacy, *two, staff=rita, at=at)
    with pytest.raises(NotOpen):
        actions.rate(make.slot(row, 1), number=1, value="met", comment="", version=0, actor=bob, at=at)


def test_a_rating_under_met_needs_a_comment_before_it_is_sent(candidacy: Any, two: Any, bob: Any, rita: Any, at: Any) -> None:
    row = make.in_rating(candidacy, *two, staff=rita, at=at)
    slot = make.rate(row, 1, at=at)
    actions.rate(slot, number=4, value="partial", comment=" ", version=1, actor=bob, at=at)
    since = Since()
    with pytest.raises(NotReady, match="Competency 4"):
        actions.finish_ratings(slot, actor=bob, at=at)
    assert since.told == []
    assert not Rating.objects.filter(sent_at__isnull=False).exists()


def test_the_first_ratings_decide_nothing(candidacy: Any, two: Any, bob: Any, rita: Any, at: Any) -> None:
    row = make.in_rating(candidacy, *two, staff=rita, at=at)
    since = Since()
    make.rated(row, 1, at=at, values={1: "not_met"})
    assert row.state == "round_one"
    assert since.told == [("portfolios.assignment.finish", "Bob", "Bob")]
    assert since.letters == []
    assert not row.responses.exclude(outcome="").exists()
    with pytest.raises(NotPossible, match="already sent"):
        actions.finish_ratings(make.slot(row, 1), actor=bob, at=at)


def test_all_met_achieves_the_set(candidacy: Any, two: Any, rita: Any, at: Any) -> None:
    row = make.in_rating(candidacy, *two, staff=rita, at=at)
    make.rated(row, 1, at=at, values={1: "partial"})
    since = Since()
    make.rated(row, 2, at=at, values={2: "partial"})
    assert (row.state, row.decided_on) == ("achieved", ON)
    assert since.told == [
        ("portfolios.assignment.finish", "Beth", "Beth"),
        ("portfolios.portfolio.achieve", None, "Alice"),
        ("candidates.set.achieve", None, "Alice"),
    ]
    assert [who for _, who in since.letters] == ["Alice"]
    assert [(achievement.code, achievement.on, achievement.way) for achievement in candidacies.list_achievements(candidacy)] == [
        ("technology", ON, Way.PORTFOLIO)
    ]
    told = Entry.objects.get(verb="portfolios.portfolio.achieve").details
    assert told == {"set": "Technology", "met": 9, "partial": 0, "not_met": 0, "needed": 7, "total": 9}


def test_a_set_that_was_achieved_meanwhile_keeps_its_way(candidacy: Any, two: Any, rita: Any, at: Any) -> None:
    row = make.in_rating(candidacy, *two, staff=rita, at=at)
    candidates.achieve(candidacy, "technology", at=at)
    make.rated(row, 1, at=at)
    since = Since()
    make.rated(row, 2, at=at)
    assert row.state == "achieved"
    assert since.letters == [("portfolios/achieved_before", "Alice")]
    assert [achievement.way for achievement in candidacies.list_achievements(candidacy)] == [Way.COURSE]


# --- more is asked for -----------------------------------------------------------------------------------------------


FIRST, SECOND = {1: "partial", 2: "not_met", 3: "partial"}, {1: "partial", 2: "met", 4: "partial"}


@pytest.fixture
def asked(candidacy: Any, two: Any, rita: Any, at: Any) -> Portfolio:
    """More is asked about competencies 1 (two Partially met) and 2 (one Not met); 3 and 4 stand."""
    return make.asked(candidacy, *two, staff=rita, at=at, first=FIRST, second=SECOND)


def outcomes(row: Portfolio) -> dict[int, str]:
    return dict(row.responses.exclude(outcome="met").values_list("competency__number", "outcome"))


def supplement(row: Portfolio, *, at: datetime) -> None:
    person = row.candidacy.person
    actions.save_addition(row, number=1, text="This is what I did.", version=0, actor=person, at=at)
    actions.send_supplement(row, actor=person, at=at)
    row.refresh_from_db()


def test_more_is_asked_with_a_date(candidacy: Any, two: Any, rita: Any, at: Any) -> None:
    row = make.in_rating(candidacy, *two, staff=rita, at=at)
    make.rated(row, 1, at=at, values=FIRST)
    since = Since()
    make.rated(row, 2, at=at, values=SECOND)
    assert (row.state, row.supplement_by, outcomes(row)) == ("asked", BY, {1: "asked", 2: "asked"})
    assert since.told == [("portfolios.assignment.finish", "Beth", "Beth"), ("portfolios.portfolio.ask", None, "Alice")]
    assert since.letters == [("portfolios/asked", "Alice")]
    letter = since.new_letters[0]
    assert "by February 21, 2027" in letter.subject
    assert "DTSTART;VALUE=DATE:20270221" in letter.calendar


def test_only_asked_rows_take_more(asked: Portfolio, alice: Any, at: Any) -> None:
    with pytest.raises(NotOpen):
        actions.save_addition(asked, number=3, text="x", version=0, actor=alice, at=at)
    with pytest.raises(NotReady):
        make.evidence(asked, 3, at=at)
    with pytest.raises(NotOpen):
        actions.save_response(asked, number=1, opening="x", narrative="y", version=1, actor=alice, at=at)
    with pytest.raises(NotOpen):
        actions.remove_evidence(asked.evidence.get(round=1), actor=alice, at=at)
    added = make.evidence(asked, 1, at=at)
    assert added.round == 2
    actions.remove_evidence(added, actor=alice, at=at)


def test_nothing_added_can_not_be_sent(asked: Portfolio, alice: Any, at: Any) -> None:
    actions.save_addition(asked, number=1, text="  ", version=0, actor=alice, at=at)
    with pytest.raises(NotReady, match="Add a text"):
        actions.send_supplement(asked, actor=alice, at=at)


def test_the_supplement_is_sealed_and_goes_to_the_same_two(asked: Portfolio, alice: Any, at: Any) -> None:
    late = datetime(2027, 2, 21, 15, 0, tzinfo=at.tzinfo)
    since = Since()
    actions.save_addition(asked, number=1, text="This is what I did.", version=0, actor=alice, at=late)
    with pytest.raises(NotReady, match="last day"):
        actions.send_supplement(asked, actor=alice, at=late + timedelta(days=1))
    actions.send_supplement(asked, actor=alice, at=late)
    asked.refresh_from_db()
    assert asked.state == "round_two"
    assert since.told == [
        ("portfolios.portfolio.supplement", "Alice", "Alice"),
        ("portfolios.assignment.again", None, "Bob"),
        ("portfolios.assignment.again", None, "Beth"),
    ]
    assert since.letters == [("portfolios/again", "Beth"), ("portfolios/again", "Bob"), ("portfolios/supplement_received", "Alice")]
    second = asked.snapshots.get(round=2).content
    assert [(one["number"], one["addition"]) for one in second["responses"]] == [(1, "This is what I did."), (2, "")]
    assert {assignment.rate_by for assignment in asked.assignments.all()} == {date(2027, 3, 23)}
    assert queries.list_numbers_to_rate(asked) == [1, 2]
    with pytest.raises(NotPossible, match="once"):
        actions.send_supplement(asked, actor=alice, at=late)


def test_the_final_round_can_achieve(asked: Portfolio, at: Any) -> None:
    supplement(asked, at=at)
    make.rated(asked, 1, at=at, values={1: "met", 2: "partial"})
    assert asked.state == "round_two"
    make.rated(asked, 2, at=at, values={1: "partial", 2: "partial"})
    assert (asked.state, outcomes(asked)) == ("achieved", {2: "partial"})


def test_the_final_round_can_fail_with_the_numbers(asked: Portfolio, at: Any) -> None:
    supplement(asked, at=at)
    make.rated(asked, 1, at=at, values={1: "met", 2: "not_met"})
    since = Since()
    make.rated(asked, 2, at=at, values={1: "met", 2: "not_met"})
    assert (asked.state, asked.decided_on, outcomes(asked)) == ("not_achieved", ON, {2: "not_met"})
    assert since.letters == [("portfolios/not_achieved", "Alice")]
    assert "8 Met, 0 Partially met, 1 Not met" in " ".join(since.new_letters[0].text.split())
    assert candidacies.list_achievements(asked.candidacy) == []
    with pytest.raises(SetClosed):
        make.draft(asked.candidacy, at=at)


def test_a_third_evaluator_rates_only_where_one_said_not_met(asked: Portfolio, two: Any, charlie: Any, rita: Any, at: Any) -> None:
    supplement(asked, at=at)
    make.rated(asked, 1, at=at, values={1: "partial", 2: "not_met"})
    since = Since()
    make.rated(asked, 2, at=at, values={1: "partial", 2: "met"})
    assert (asked.state, outcomes(asked)) == ("third", {1: "partial", 2: "third"})
    assert since.told[-1] == ("portfolios.portfolio.call_third", None, "Alice")
    assert since.letters == [("portfolios/third", "Alice")]
    assert queries.list_open_slots(asked) == [3]
    with pytest.raises(Conflict, match="Already"):
        actions.assign(asked, evaluators=[two[0]], actor=rita, at=at)
    [assignment] = actions.assign(asked, evaluators=[make.evaluator(charlie, at=at)], actor=rita, at=at)
    actions.accept(assignment, actor=charlie, at=at)
    assert queries.list_numbers_to_rate(asked) == [2]
    make.rated(asked, 3, at=at, values={2: "partial"})
    assert (asked.state, outcomes(asked)) == ("achieved", {1: "partial", 2: "partial"})
    words = {row.number: row.words for row in queries.explain_rows(asked)}
    assert words[2] == (
        "One evaluator said Met, the other Not met, and a third said Partially met. The middle rating counts: Partially met."
    )


def test_an_evaluator_who_is_gone_is_replaced_in_the_final_round(asked: Portfolio, charlie: Any, rita: Any, at: Any) -> None:
    supplement(asked, at=at)
    actions.replace(make.slot(asked, 1), reason="Moved away.", actor=rita, at=at)
    [assignment] = actions.assign(asked, evaluators=[make.evaluator(charlie, at=at)], actor=rita, at=at)
    actions.accept(assignment, actor=charlie, at=at)
    make.rated(asked, 2, at=at, values={1: "met", 2: "met"})
    make.rated(asked, 1, at=at, values={1: "met", 2: "met"})
    assert (asked.state, outcomes(asked)) == ("achieved", {})
    assert {row.number: row.words for row in queries.explain_rows(asked)}[3].startswith("One evaluator said Met, the other Partially met")


def test_one_who_rated_and_was_replaced_is_no_third_evaluator(asked: Portfolio, two: Any, charlie: Any, rita: Any, at: Any) -> None:
    supplement(asked, at=at)
    actions.replace(make.slot(asked, 1), reason="Moved away.", actor=rita, at=at)
    free = {option.evaluator: option.possible for option in panels.propose(asked, at=at).options}
    assert free == {two[0]: True, two[1]: False}, "in their own assignment they rate what they know"
    [assignment] = actions.assign(asked, evaluators=[make.evaluator(charlie, at=at)], actor=rita, at=at)
    actions.accept(assignment, actor=charlie, at=at)
    make.rated(asked, 1, at=at, values={2: "not_met"})
    make.rated(asked, 2, at=at)
    assert asked.state == "third"
    with pytest.raises(Conflict, match="Rated this portfolio before"):
        actions.assign(asked, evaluators=[two[0]], actor=rita, at=at)


def test_without_a_supplement_round_ones_ratings_go_to_the_final_rule(asked: Portfolio, charlie: Any, rita: Any, at: Any) -> None:
    last = datetime(2027, 2, 21, 15, 0, tzinfo=at.tzinfo)
    sweeps.close_supplements(at=last)
    asked.refresh_from_db()
    assert asked.state == "asked"
    since = Since()
    for _ in range(2):
        sweeps.close_supplements(at=last + timedelta(days=1))
    asked.refresh_from_db()
    assert (asked.state, outcomes(asked)) == ("third", {1: "partial", 2: "third"})
    assert since.told == [("portfolios.portfolio.call_third", None, "Alice")]
    [assignment] = actions.assign(asked, evaluators=[make.evaluator(charlie, at=at)], actor=rita, at=last)
    actions.accept(assignment, actor=charlie, at=last)
    make.rated(asked, 3, at=last, values={2: "not_met"})
    assert (asked.state, outcomes(asked)) == ("not_achieved", {1: "partial", 2: "not_met"})


def test_without_a_supplement_partially_met_alone_can_still_achieve(candidacy: Any, two: Any, rita: Any, at: Any) -> None:
    row = make.asked(candidacy, *two, staff=rita, at=at, first={1: "partial", 2: "partial"}, second={1: "partial", 2: "partial"})
    sweeps.close_supplements(at=at + timedelta(days=91))
    row.refresh_from_db()
    assert (row.state, outcomes(row)) == ("achieved", {1: "partial", 2: "partial"})


def test_what_was_sent_in_time_is_decided_after_the_end(candidacy: Any, two: Any, rita: Any, at: Any) -> None:
    last = datetime.combine(candidacy.ends_on, at.timetz())
    row = make.asked(candidacy, *two, staff=rita, at=last, first=FIRST, second=SECOND)
    from candidates import actions as ending

    ending.expire(candidacy, at=last + timedelta(days=1))
    supplement(row, at=last + timedelta(days=2))
    for slot in (1, 2):
        make.rated(row, slot, at=last + timedelta(days=3))
    assert row.state == "achieved"
    assert [achievement.code for achievement in candidacies.list_achievements(candidacy)] == ["technology"]


def test_staff_reopen_a_set_with_a_reason(asked: Portfolio, rita: Any, at: Any) -> None:
    supplement(asked, at=at)
    with pytest.raises(NotPossible):
        actions.reopen(asked, reason="Early.", actor=rita, at=at)
    for slot in (1, 2):
        make.rated(asked, slot, at=at, values={2: "not_met"})
    with pytest.raises(NotPossible, match="reason"):
        actions.reopen(asked, reason=" ", actor=rita, at=at)
    since = Since()
    actions.reopen(asked, reason="The evaluators read the wrong file.", actor=rita, at=at)
    assert since.told == [("portfolios.portfolio.reopen", "Rita", "Alice")]
    assert since.letters == [("portfolios/reopened", "Alice")]
    with pytest.raises(NotPossible):
        actions.reopen(asked, reason="Again.", actor=rita, at=at)
    new = make.draft(asked.candidacy, at=at + timedelta(minutes=1))
    assert new != asked
    assert [row.id for row in queries.list_portfolios(asked.candidacy)] == [new.id]


# --- what waits for staff --------------------------------------------------------------------------------------------


def waiting(at: datetime) -> list[tuple[str, str, date | None]]:
    return [(work_item.title, work_item.holder, work_item.due_on) for work_item in queues.list_app_work_items("portfolios", at=at)]


def test_what_waits_for_staff(candidacy: Any, two: Any, charlie: Any, bob: Any, beth: Any, rita: Any, at: Any) -> None:
    row = make.submitted(candidacy, at=at)
    assert waiting(at) == [("Invite two evaluators", "Staff", None)]
    actions.assign(row, evaluators=two, actor=rita, at=at)
    assert waiting(at + timedelta(days=9)) == []
    day_ten = at + timedelta(days=10)
    assert sorted(waiting(day_ten)) == [
        ("An invitation is unanswered", "Beth Alvarez", date(2026, 12, 2)),
        ("An invitation is unanswered", "Bob Tran", date(2026, 12, 2)),
    ]
    actions.accept(make.slot(row, 1), actor=bob, at=at)
    actions.decline(make.slot(row, 2), reason="", actor=beth, at=at)
    assert waiting(day_ten) == [("Replace an evaluator", "Staff", None)]
    [assignment] = actions.assign(row, evaluators=[make.evaluator(charlie, at=at)], actor=rita, at=at)
    actions.accept(assignment, actor=charlie, at=at)
    assert waiting(at + timedelta(days=36)) == []
    late = waiting(at + timedelta(days=37))
    assert sorted(late) == [
        ("Ratings are late", "Bob Tran", date(2026, 12, 23)),
        ("Ratings are late", "Charlie Okafor", date(2026, 12, 23)),
    ]


# --- races -----------------------------------------------------------------------------------------------------------


def at_once(acts: list[Callable[[], Any]]) -> list[Any]:
    """Run each in a thread with a connection of its own, all at the same moment; give results, or the refusals."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=30)
            return act()
        except NotPossible as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.django_db(transaction=True)
def test_eight_who_decide_at_once_decide_once(candidacy: Any, two: Any, beth: Any, rita: Any, at: Any) -> None:
    row = make.in_rating(candidacy, *two, staff=rita, at=at)
    make.rated(row, 1, at=at)
    assignment = make.rate(row, 2, at=at)
    since = Since()
    results = at_once([lambda: actions.finish_ratings(assignment, actor=beth, at=at)] * 8)
    refusals = [one for one in results if isinstance(one, NotPossible)]
    assert len(refusals) == 7
    assert {refusal.message for refusal in refusals} == {"These ratings were already sent, or the portfolio was assigned to someone else."}
    row.refresh_from_db()
    assert row.state == "achieved"
    assert [told[0] for told in since.told].count("portfolios.portfolio.achieve") == 1
    assert len(since.told) == 3
    assert len(since.letters) == 1


@pytest.mark.django_db(transaction=True)
def test_two_evaluators_who_send_at_once_decide_once(candidacy: Any, two: Any, rita: Any, at: Any) -> None:
    row = make.in_rating(candidacy, *two, staff=rita, at=at)
    slots = [make.rate(row, number, at=at, values={1: "not_met"}) for number in (1, 2)]
    results = at_once([lambda slot=slot: actions.finish_ratings(slot, actor=slot.evaluator.person, at=at) for slot in slots])
    assert not [one for one in results if isinstance(one, NotPossible)]
    row.refresh_from_db()
    assert row.state == "asked"
    assert Email.objects.filter(notice="portfolios/asked").count() == 1


@pytest.mark.django_db(transaction=True)
def test_sending_while_a_last_word_is_saved_seals_what_was_saved_first(candidacy: Any, alice: Any, at: Any) -> None:
    row = make.ready(candidacy, at=at)
    response = row.responses.get(competency__number=1)

    def save() -> Any:
        texts = {"opening": "A project for competency 1.", "narrative": "The last word."}
        return actions.save_response(row, number=1, **texts, version=response.version, actor=alice, at=at)

    results = at_once([lambda: actions.send(row, actor=alice, at=at), save, lambda: actions.send(row, actor=alice, at=at)])
    assert len([one for one in results if isinstance(one, NotPossible)]) in (1, 2)
    sealed = Snapshot.objects.get().content
    assert sealed == queries.gather(Portfolio.objects.get(), round=1)
    assert len(charges.list_charges(alice).filter(purpose=PURPOSE)) == 1
