"""An appeal from the notice to the verdict: who may, until when, what is written and said."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from appeals import actions, queries, sweeps
from appeals.models import Appeal
from appeals.states import NotAppealable, TooLate
from candidates import actions as deciding
from certificates import actions as certifying
from ledger import queues
from ledger.models import Email, Entry
from ledger.states import NotPossible, NotYourDecision
from people import actions as people_actions
from people.models import Document
from people.states import Role, Stale
from portfolios import sweeps as clockwork
from portfolios.states import State
from programs import queries as programs
from renewals import actions as renewing
from tests.factories import appeals, candidates, certificates, people, portfolios

pytestmark = pytest.mark.django_db


def letters(person: Any) -> list[str]:
    rows = Email.objects.filter(person=person, notice__startswith="appeals/").order_by("created_at", "id")
    return [row.notice.removeprefix("appeals/") for row in rows]


def verbs() -> list[str]:
    return list(Entry.objects.filter(verb__startswith="appeals.").order_by("id").values_list("verb", flat=True))


def test_what_was_refused_can_be_appealed_until_the_tenth_day(alice: Any, rita: Any, at: datetime) -> None:
    application = appeals.refused(alice, at=at, staff=rita)
    for days, count in ((0, 1), (10, 1), (11, 0)):
        assert len(queries.list_appealable(alice, at=at + timedelta(days=days))) == count
    one = queries.list_appealable(alice, at=at)[0]
    assert (one.reference, one.dates.notice_by, one.dates.grounds_by) == (application.id, date(2026, 12, 3), date(2026, 12, 23))


def test_decisions_of_many_days_are_read_in_as_many_queries_as_those_of_one(alice: Any, rita: Any, at: datetime) -> None:
    asked = []
    for days in (0, 20, 40):
        appeals.refused(alice, at=at + timedelta(days=days), staff=rita)
        with CaptureQueriesContext(connection) as found:
            queries.list_appealable(alice, at=at)
        asked.append(len(found))
    assert asked == [asked[0]] * 3


@pytest.mark.parametrize(("days", "late"), [(9, False), (10, False), (11, True)])
def test_a_notice_is_in_time_on_its_last_day(days: int, late: bool, alice: Any, rita: Any, at: datetime) -> None:
    if late:
        with pytest.raises(TooLate):
            appeals.noticed(alice, at=at, staff=rita, when=at + timedelta(days=days))
        assert not Appeal.objects.exists()
        return
    appeal = appeals.noticed(alice, at=at, staff=rita, when=at + timedelta(days=days))
    assert appeal.grounds_by == date(2026, 12, 23)
    assert list(appeal.made_by.all()) == [rita]
    assert letters(alice) == ["noticed"]
    assert verbs() == ["appeals.appeal.notice"]
    again = actions.give_notice(alice, kind="application", reference=appeal.reference, reason="Again", actor=alice, at=at)
    assert again == appeal
    assert verbs() == ["appeals.appeal.notice"]


def test_a_decision_about_somebody_else_can_not_be_appealed(alice: Any, charlie: Any, rita: Any, at: datetime) -> None:
    application = appeals.refused(alice, at=at, staff=rita)
    for reference in (application.id, uuid4()):
        with pytest.raises(NotAppealable):
            actions.give_notice(charlie, kind="application", reference=reference, reason="Why not", actor=charlie, at=at)


def test_going_on_with_a_refused_renewal_keeps_its_appeal_until_it_is_sent_again(alice: Any, rita: Any, at: datetime) -> None:
    appeals.against("renewal", alice, at=at, staff=rita, panel=())
    renewal = alice.renewals.get()
    renewing.resume(renewal, actor=alice, at=at)
    about = {"kind": "renewal", "reference": renewal.id}
    assert programs.find_remedy(alice, **about, decided_on=at.date(), at=at) is not None
    assert [one.reference for one in queries.list_appealable(alice, at=at)] == [renewal.id]
    renewing.send(renewal, late_reason="", member_number="", actor=alice, at=at + timedelta(days=1))
    assert queries.list_appealable(alice, at=at + timedelta(days=1)) == []


@pytest.mark.parametrize("kind", ["portfolio", "completion"])
def test_a_decision_about_an_earlier_candidacy_can_be_appealed(kind: str, alice: Any, bob: Any, beth: Any, rita: Any, at: datetime) -> None:
    appeals.against(kind, alice, at=at, staff=rita, panel=(bob, beth))
    alice.candidacies.update(state="expired")
    candidates.candidacy(alice, at=at + timedelta(days=1), staff=rita)
    (one,) = queries.list_appealable(alice, at=at + timedelta(days=1))
    about = {"kind": kind, "reference": one.reference}
    assert programs.find_remedy(alice, **about, decided_on=at.date(), at=at) is not None
    assert actions.give_notice(alice, **about, reason="Unfair.", actor=alice, at=at).state == "noticed"


@pytest.mark.parametrize(("days", "late"), [(29, False), (30, False), (31, True)])
def test_grounds_are_in_time_on_their_last_day(days: int, late: bool, alice: Any, rita: Any, at: datetime) -> None:
    appeal, when = appeals.noticed(alice, at=at, staff=rita), at + timedelta(days=days)
    if late:
        with pytest.raises(TooLate):
            actions.give_grounds(appeal, grounds="A rule.", actor=alice, at=when)
        return
    appeal = actions.give_grounds(appeal, grounds="A rule.", actor=alice, at=when)
    assert (appeal.state, appeal.respond_by) == ("grounds_given", when.date() + timedelta(days=30))
    with pytest.raises(NotPossible):
        actions.give_grounds(appeal, grounds="Another.", actor=alice, at=when)


def test_without_grounds_an_appeal_is_lost_after_the_last_day(alice: Any, rita: Any, at: datetime) -> None:
    appeal = appeals.noticed(alice, at=at, staff=rita)
    sweeps.forfeit(at=at + timedelta(days=30))
    appeal.refresh_from_db()
    assert appeal.state == "noticed"
    for _ in range(2):
        sweeps.forfeit(at=at + timedelta(days=31))
    appeal.refresh_from_db()
    assert (appeal.state, letters(alice)) == ("forfeited", ["noticed", "forfeited"])


def test_a_silent_committee_is_replaced_by_its_last_day(alice: Any, rita: Any, sam: Any, at: datetime) -> None:
    appeal = appeals.grounded(alice, at=at, staff=rita)
    sweeps.stand_in(at=at + timedelta(days=30))
    appeal.refresh_from_db()
    assert appeal.state == "grounds_given"
    with pytest.raises(TooLate):
        actions.waive(appeal, actor=sam, at=at + timedelta(days=31))
    sweeps.stand_in(at=at + timedelta(days=33))
    appeal.refresh_from_db()
    assert (appeal.state, appeal.response, appeal.responded_by) == ("responded", "silent", None)
    assert appeal.decide_by == at.date() + timedelta(days=60)


def test_the_decision_stands(alice: Any, rita: Any, sam: Any, cora: Any, at: datetime) -> None:
    appeal = actions.uphold(appeals.responded(alice, at=at, staff=rita, by=sam), comment="Rules were kept.", actor=cora, at=at)
    assert (appeal.state, appeal.heard_by, appeal.decide_by) == ("upheld", cora, date(2026, 12, 23))
    assert set(letters(alice)) == {"noticed", "grounds_given", "responded", "upheld"}
    with pytest.raises(NotPossible):
        actions.remand(appeal, comment="No.", actor=cora, at=at)


def test_what_is_sent_back_waits_for_staff_until_it_is_done(alice: Any, rita: Any, sam: Any, cora: Any, at: datetime) -> None:
    appeal = actions.remand(appeals.responded(alice, at=at, staff=rita, by=sam), comment="Count again.", actor=cora, at=at)
    assert [work_item.holder for work_item in queues.list_app_work_items("appeals", at=at)] == ["Staff"]
    with pytest.raises(NotPossible, match="No one has decided again yet"):
        actions.mark_done(appeal, actor=rita, at=at)
    deciding.refuse(alice.applications.get(), reason_code="other", reason="No.", eligible_from=None, actor=sam, at=at)
    actions.mark_done(appeal, actor=rita, at=at)
    assert queues.list_app_work_items("appeals", at=at) == []
    with pytest.raises(NotPossible):
        actions.mark_done(appeal, actor=rita, at=at)


def test_who_had_a_part_does_not_decide(alice: Any, charlie: Any, rita: Any, cora: Any, dov: Any, at: datetime) -> None:
    appeal = appeals.responded(alice, at=at, staff=rita, by=cora)
    unsworn = people.person("una@dunes.example", roles=(Role.COMMITTEE,))
    appeal.made_by.add(maker := appeals.sworn(people.person("max@dunes.example", roles=(Role.COMMITTEE,)), at=at))
    for actor in (cora, rita, charlie, unsworn, maker):
        with pytest.raises(NotYourDecision):
            actions.uphold(appeal, comment="So be it.", actor=actor, at=at)
    later = at + timedelta(days=366)
    with pytest.raises(NotYourDecision):
        actions.uphold(appeal, comment="So be it.", actor=dov, at=later)
    assert actions.uphold(appeal, comment="So be it.", actor=dov, at=later - timedelta(days=1)).heard_by == dov


def test_a_member_answers_with_the_statement_and_without_a_part_in_it(alice: Any, rita: Any, cora: Any, dov: Any, at: datetime) -> None:
    appeal = appeals.grounded(alice, at=at, staff=rita)
    unsworn = people.person("una@dunes.example", roles=(Role.COMMITTEE,))
    appeal.made_by.add(cora)
    for actor in (unsworn, cora):
        with pytest.raises(NotYourDecision):
            actions.respond(appeal, text="By the rules.", uploads=[appeals.paper()], actor=actor, at=at)
    assert appeal.files.count() == 0
    assert actions.respond(appeal, text="By the rules.", actor=dov, at=at).responded_by == dov


def test_nobody_answers_or_decides_on_themselves(rita: Any, sam: Any, cora: Any, at: datetime) -> None:
    appeal = appeals.grounded(cora, at=at, staff=rita)
    with pytest.raises(NotYourDecision):
        actions.waive(appeal, actor=cora, at=at)
    actions.waive(appeal, actor=sam, at=at)
    with pytest.raises(NotYourDecision):
        actions.remand(appeal, comment="Mine.", actor=cora, at=at)


def test_nobody_answers_on_a_decision_that_they_made_in_any_role(alice: Any, rita: Any, sam: Any, at: datetime) -> None:
    appeal = appeals.grounded(alice, at=at, staff=rita)
    people_actions.give_role(rita, Role.COMMITTEE, actor=None, at=at)
    appeals.sworn(rita, at=at)
    with pytest.raises(NotYourDecision, match="part in the first decision"):
        actions.waive(appeal, actor=rita, at=at)
    people_actions.give_role(sam, Role.COMMITTEE, actor=None, at=at)
    with pytest.raises(NotYourDecision, match="Sign the statement"):
        actions.waive(appeal, actor=sam, at=at)
    assert actions.waive(appeal, actor=appeals.sworn(sam, at=at), at=at).responded_by == sam


def test_who_proposed_a_revocation_had_a_part_in_it(alice: Any, rita: Any, sam: Any, at: datetime) -> None:
    certificate = certificates.issued(alice, at=at, staff=rita)
    proposal = certifying.propose_revocation(certificate, reason="The name is another one.", actor=rita, at=at)
    certifying.confirm_revocation(proposal, actor=sam, at=at)
    appeal = actions.give_notice(alice, kind="certificate", reference=certificate.id, reason="No.", actor=alice, at=at)
    assert set(appeal.made_by.all()) == {rita, sam}


@pytest.mark.parametrize("work", [sweeps.forfeit, sweeps.stand_in])
def test_one_appeal_that_fails_stops_nobody(
    work: Any, alice: Any, charlie: Any, rita: Any, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = appeals.noticed if work is sweeps.forfeit else appeals.grounded
    bad, good = sorted((make(one, at=at, staff=rita) for one in (alice, charlie)), key=lambda one: one.person_id)
    act = getattr(actions, work.__name__)

    def act_or_fail(id: Any, *, at: datetime) -> None:
        if id == bad.id:
            raise ValueError("A row that no one foresaw")
        act(id, at=at)

    monkeypatch.setattr(actions, work.__name__, act_or_fail)
    work(at=at + timedelta(days=40))
    bad.refresh_from_db()
    before = good.state
    good.refresh_from_db()
    assert (bad.state, good.state != before) == (before, True)


@pytest.mark.parametrize("stage", [appeals.noticed, appeals.grounded])
def test_an_open_appeal_can_be_withdrawn_once(stage: Callable[..., Appeal], alice: Any, rita: Any, at: datetime) -> None:
    appeal = actions.withdraw(stage(alice, at=at, staff=rita), actor=alice, at=at)
    assert (appeal.state, "withdrawn" in letters(alice)) == ("withdrawn", True)
    with pytest.raises(NotPossible):
        actions.withdraw(appeal, actor=alice, at=at)
    assert queries.list_appealable(alice, at=at) == []


def test_a_later_receipt_moves_the_days(alice: Any, rita: Any, at: datetime) -> None:
    application, later = appeals.refused(alice, at=at, staff=rita), at + timedelta(days=14)
    note = {"kind": "application", "reference": application.id, "reason": "The mail came back.", "actor": rita, "at": later}
    for wrong in (at.date(), later.date() + timedelta(days=1)):
        with pytest.raises(NotPossible):
            actions.note_receipt(alice, received_on=wrong, **note)
    actions.note_receipt(alice, received_on=date(2026, 12, 1), **note)
    assert [one.dates.notice_by for one in queries.list_appealable(alice, at=later)] == [date(2026, 12, 11)]


def test_a_portfolio_that_goes_back_gets_a_fresh_panel(alice: Any, bob: Any, beth: Any, rita: Any, cora: Any, at: datetime) -> None:
    candidacy = candidates.candidacy(alice, at=at, staff=rita)
    pair = [portfolios.evaluator(one, at=at) for one in (bob, beth)]
    portfolio = portfolios.in_rating(candidacy, *pair, staff=rita, at=at)
    for number in (1, 2):
        portfolios.rated(portfolio, number, at=at, values=dict.fromkeys(range(1, portfolio.total + 1), "not_met"))
    portfolio.refresh_from_db()
    assert portfolio.state == State.ASKED
    clockwork.close_supplements(at=at + timedelta(days=100))
    portfolio.refresh_from_db()
    assert portfolio.state == State.NOT_ACHIEVED
    when = datetime.combine(portfolio.decided_on, at.timetz())
    appeal = actions.give_notice(alice, kind="portfolio", reference=portfolio.id, reason="Unfair.", actor=alice, at=when)
    assert set(appeal.made_by.all()) == {bob, beth}
    appeal = actions.give_grounds(appeal, grounds="A row was not read.", actor=alice, at=when)
    actions.waive(appeal, actor=rita, at=when)
    appeal = actions.remand(appeal, comment="Read it again.", actor=cora, at=when)
    portfolio.refresh_from_db()
    assert (portfolio.state, portfolio.panel) == (State.SUBMITTED, 2)
    assert appeal.done_at == when


@pytest.mark.django_db(transaction=True)
def test_of_two_deciders_one_is_first(alice: Any, rita: Any, sam: Any, cora: Any, dov: Any, at: datetime) -> None:
    appeal = appeals.responded(alice, at=at, staff=rita, by=sam)

    def decide(action: Callable[..., Appeal], actor: Any) -> str:
        try:
            return str(action(appeal, comment="Decided.", actor=actor, at=at).state)
        except NotPossible:
            return "second"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        said = [one.result() for one in [pool.submit(decide, actions.uphold, cora), pool.submit(decide, actions.remand, dov)]]
    appeal.refresh_from_db()
    assert sorted(said) == sorted(["second", str(appeal.state)])
    assert Entry.objects.filter(verb__in=["appeals.appeal.uphold", "appeals.appeal.remand"]).count() == 1


def test_files_come_from_both_sides_in_their_time(alice: Any, charlie: Any, rita: Any, sam: Any, cora: Any, at: datetime) -> None:
    appeal = appeals.noticed(alice, at=at, staff=rita)
    first = appeals.filed(appeal, at=at)
    assert first.document.owner == alice
    for actor in (rita, charlie):
        with pytest.raises(NotPossible):
            actions.add_files(appeal, uploads=[appeals.paper()], actor=actor, at=at)
    with pytest.raises(NotPossible, match="room for 10"):
        actions.add_files(appeal, uploads=[appeals.paper()] * 10, actor=alice, at=at)
    actions.remove_file(first, actor=alice, at=at)
    assert not Document.objects.filter(kind="appeals.file").exists()
    kept = appeals.filed(appeal, at=at)
    appeal = actions.give_grounds(appeal, grounds="A rule.", actor=alice, at=at)
    with pytest.raises(NotPossible):
        actions.remove_file(kept, actor=alice, at=at)
    actions.respond(appeal, text="We counted.", uploads=[appeals.paper("count.txt")], actor=sam, at=at + timedelta(minutes=1))
    assert [(file.name, file.by) for file in queries.list_files(appeal, viewer=alice)] == [
        ("letter.txt", "You"),
        ("count.txt", "The first committee"),
    ]
    for actor in (alice, rita, cora):
        with pytest.raises(NotPossible):
            actions.add_files(appeal, uploads=[appeals.paper()], actor=actor, at=at)


def test_a_file_that_is_not_taken_leaves_nothing_behind(alice: Any, rita: Any, at: datetime) -> None:
    appeal = appeals.noticed(alice, at=at, staff=rita)
    bad = SimpleUploadedFile("tool.exe", b"MZ\x90\x00", "application/octet-stream")
    with pytest.raises(NotPossible, match=r"tool\.exe"):
        actions.add_files(appeal, uploads=[appeals.paper(), bad], actor=alice, at=at)
    assert (appeal.files.count(), Document.objects.filter(kind="appeals.file").count()) == (0, 0)


def test_a_draft_is_never_overwritten_by_another_tab(alice: Any, rita: Any, at: datetime) -> None:
    appeal = appeals.noticed(alice, at=at, staff=rita)
    assert actions.save_draft(appeal, text="One", version=0, actor=alice, at=at).draft_version == 1
    with pytest.raises(Stale) as stale:
        actions.save_draft(appeal, text="Two", version=0, actor=alice, at=at)
    assert (stale.value.newer, stale.value.version) == ("One", 1)
    actions.give_grounds(appeal, grounds="Three", actor=alice, at=at)
    with pytest.raises(NotPossible):
        actions.save_draft(appeal, text="Four", version=1, actor=alice, at=at)


def test_the_days_are_those_of_the_terms_of_the_decision(alice: Any, rita: Any, at: datetime, terms: Any) -> None:
    appeals.refused(alice, at=at, staff=rita)
    terms.pk, terms.effective_on, terms.appeal_notice_days = None, date(2026, 11, 25), 3
    terms.save()
    one = queries.list_appealable(alice, at=at + timedelta(days=5))[0]
    assert one.dates.notice_by == date(2026, 12, 3)


def test_a_page_says_what_can_be_done_until_it_is_too_late(alice: Any, rita: Any, at: datetime) -> None:
    application = appeals.refused(alice, at=at, staff=rita)
    about = {"kind": "application", "reference": application.id, "decided_on": at.date()}
    found = programs.find_remedy(alice, **about, at=at + timedelta(days=10))
    assert found is not None
    assert (found.last_day, found.is_taken) == (date(2026, 12, 3), False)
    assert programs.find_remedy(alice, **about, at=at + timedelta(days=11)) is None
    actions.note_receipt(
        alice,
        kind="application",
        reference=application.id,
        received_on=date(2026, 11, 30),
        reason="Mail.",
        actor=rita,
        at=at + timedelta(days=9),
    )
    found = programs.find_remedy(alice, **about, at=at + timedelta(days=17))
    assert found is not None
    assert found.last_day == date(2026, 12, 10)
    appeal = actions.give_notice(alice, kind="application", reference=application.id, reason="Why", actor=alice, at=at + timedelta(days=9))
    found = programs.find_remedy(alice, **about, at=at + timedelta(days=90))
    assert found is not None
    assert (found.is_taken, str(appeal.id) in found.path) == (True, True)
