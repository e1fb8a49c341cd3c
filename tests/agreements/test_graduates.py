"""Graduates: posted by their college, claiming by its agreement, decided by staff."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from agreements import actions, queries
from agreements.models import GraduateClaim, PostedGraduate
from agreements.states import AlreadyClaimed, ClaimState, NoContact, NotCovered, NotYetPossible
from candidates import queries as candidacies
from candidates.states import CandidacyEnded, CandidacyState, Way
from ledger import queries as ledger
from ledger.models import Email, Entry
from ledger.states import NotPossible, NotYourDecision
from people.models import Document
from people.states import Role
from tests.factories import agreements, candidates, people

pytestmark = pytest.mark.django_db


def told(row: Any) -> list[str]:
    entries = Entry.objects.filter(subject_id=str(row.pk)).order_by("id").select_related("actor", "person")
    return [ledger.tell(entry).sentence for entry in entries]


def letters(to: Any) -> list[str]:
    return sorted(Email.objects.filter(to=to.email, notice__contains="graduate").values_list("notice", flat=True))


@pytest.fixture
def agreement(rita: Any, at: datetime) -> Any:
    return agreements.signed(at=at, staff=rita)


def test_accepting_achieves_all_covered_sets_at_once_with_one_letter(alice: Any, rita: Any, at: datetime, agreement: Any) -> None:
    candidates.candidacy(alice, at=at, staff=rita)
    claim = agreements.claimed(alice, agreement, at=at)
    later = at + timedelta(days=3)
    actions.accept_claim(claim, actor=rita, at=later)
    candidacy = candidacies.get_candidacy(alice)
    assert candidacy is not None
    achieved = {done.code: (done.on, done.way) for done in candidacies.list_achievements(candidacy)}
    assert achieved == {code: (date(2026, 11, 26), Way.AGREEMENT) for code in agreements.COVERED}
    assert set(candidacy.achievements.values_list("source", flat=True)) == {claim.id}
    assert letters(alice) == ["agreements/graduate_accepted", "agreements/graduate_received"]
    letter = Email.objects.get(notice="agreements/graduate_accepted")
    assert letter.subject == "Your graduation from Cedar Valley College counts: 5 sets achieved"
    assert agreements.CONDITION in " ".join(letter.text.split())
    assert not Email.objects.filter(notice="candidates/achieved").exists()
    assert queries.list_conditions(alice) == {"communication": agreements.CONDITION}
    assert "communication" in [slot.code for slot in candidacies.get_plan(candidacy) if slot.achieved is None]
    assert told(claim) == [
        "Alice Moreau claimed as a graduate of Cedar Valley College, Library Science, Associate degree (A.A.S.), on October 24, 2026.",
        "Rita Lindqvist accepted that Alice Moreau graduated from Cedar Valley College on October 24, 2026.",
    ]


def test_an_agreement_on_all_six_completes_the_program(alice: Any, rita: Any, at: datetime) -> None:
    six = ("foundations", "communication", "technology", "access", "youth", "reference")
    agreement = agreements.signed(at=at, staff=rita, covered=six)
    candidates.candidacy(alice, at=at, staff=rita)
    actions.accept_claim(agreements.claimed(alice, agreement, at=at), actor=rita, at=at)
    candidacy = candidacies.get_candidacy(alice)
    assert candidacy is not None
    assert (candidacy.state, candidacy.completed_on) == (CandidacyState.COMPLETED, date(2026, 11, 23))
    assert "request your certificate" in Email.objects.get(notice="agreements/graduate_accepted").text


def test_what_was_achieved_before_stays_as_it_was(alice: Any, rita: Any, at: datetime, agreement: Any) -> None:
    candidacy = candidates.candidacy(alice, at=at, staff=rita)
    candidates.achieve(candidacy, "technology", at=at, way=Way.COURSE)
    actions.accept_claim(agreements.claimed(alice, agreement, at=at), actor=rita, at=at)
    ways = {done.code: done.way for done in candidacies.list_achievements(candidacy)}
    assert ways == {**dict.fromkeys(agreements.COVERED, Way.AGREEMENT), "technology": Way.COURSE}


def test_an_applicants_claim_waits_for_the_admission(alice: Any, rita: Any, at: datetime, agreement: Any) -> None:
    from candidates.actions import admit

    application = candidates.in_review(alice, at=at)
    claim = agreements.claimed(alice, agreement, at=at)
    with pytest.raises(NotYetPossible, match="not admitted yet"):
        actions.accept_claim(claim, actor=rita, at=at)
    claim.refresh_from_db()
    assert claim.state == ClaimState.CLAIMED
    candidacy = admit(application, actor=rita, at=at)
    actions.accept_claim(claim, actor=rita, at=at)
    assert len(candidacies.list_achievements(candidacy)) == 5


def test_a_claim_sent_on_the_last_day_is_accepted_after_it(alice: Any, bob: Any, rita: Any, at: datetime) -> None:
    candidacy = candidates.candidacy(alice, at=at, staff=rita)
    candidates.candidacy(bob, at=at, staff=rita)
    last = datetime(2030, 11, 23, 22, 0, tzinfo=at.tzinfo)
    agreement = agreements.signed(at=last - timedelta(days=100), staff=rita)
    claim = agreements.claimed(alice, agreement, at=last)
    with pytest.raises(CandidacyEnded, match="ended on November 23, 2030"):
        agreements.claimed(bob, agreement, at=last + timedelta(days=1))
    actions.accept_claim(claim, actor=rita, at=last + timedelta(days=30))
    assert len(candidacies.list_achievements(candidacy)) == 5
    assert queries.list_conditions(alice) == {"communication": agreements.CONDITION}


def test_a_claim_is_refused_where_nothing_can_come_of_it(alice: Any, charlie: Any, rita: Any, at: datetime, agreement: Any) -> None:
    with pytest.raises(CandidacyEnded, match="Apply to the program first"):
        agreements.claimed(charlie, agreement, at=at)
    candidates.candidacy(alice, at=at, staff=rita)
    for day, words in (
        (date(2024, 11, 22), "too early"),
        (date(2026, 11, 24), "after today"),
    ):
        with pytest.raises(NotCovered, match=words):
            agreements.claimed(alice, agreement, at=at, graduated_on=day)
    assert not Document.objects.filter(kind="agreements.transcript").exists()
    claim = agreements.claimed(alice, agreement, at=at, graduated_on=date(2024, 11, 23))
    with pytest.raises(AlreadyClaimed):
        agreements.claimed(alice, agreement, at=at)
    actions.withdraw_claim(claim, actor=alice, at=at)
    agreements.claimed(alice, agreement, at=at)


def test_a_refused_claim_says_why_and_can_be_sent_again(alice: Any, rita: Any, at: datetime, agreement: Any) -> None:
    candidates.candidacy(alice, at=at, staff=rita)
    claim = agreements.claimed(alice, agreement, at=at)
    with pytest.raises(NotPossible, match="missing"):
        actions.refuse_claim(claim, reason=" ", actor=rita, at=at)
    actions.refuse_claim(claim, reason="This is not the final transcript.", actor=rita, at=at)
    assert "not the final transcript" in Email.objects.get(notice="agreements/graduate_refused").text
    with pytest.raises(NotPossible, match="not waiting"):
        actions.accept_claim(claim, actor=rita, at=at)
    agreements.claimed(alice, agreement, at=at)


def test_nobody_decides_on_their_own_claim(rita: Any, at: datetime, agreement: Any) -> None:
    other = people.person("other@lssc.example", roles=(Role.STAFF,))
    candidates.candidacy(rita, at=at, staff=other)
    claim = agreements.claimed(rita, agreement, at=at)
    with pytest.raises(NotYourDecision):
        actions.accept_claim(claim, actor=rita, at=at)
    with pytest.raises(NotYourDecision):
        actions.refuse_claim(claim, reason="No", actor=rita, at=at)


def test_a_college_posts_a_graduate_who_is_told_once(rita: Any, charlie: Any, at: datetime, agreement: Any) -> None:
    agreements.posted(agreement, at=at)
    letter = Email.objects.get(notice="agreements/graduate_posted")
    assert (letter.to, letter.person) == ("grace@reader.example", None)
    assert "Cedar Valley College told us" in letter.text
    with pytest.raises(NotPossible, match="already posted"):
        agreements.posted(agreement, at=at, email="Grace@Reader.example")
    cora = agreements.contact(agreement.college, at=at)
    who = {"name": "Lee", "email": "lee@reader.example", "at": at}
    with pytest.raises(NotCovered, match="too early"):
        actions.post(agreement, **who, graduated_on=date(2024, 11, 22), actor=cora)
    with pytest.raises(NoContact):
        actions.post(agreement, **who, graduated_on=date(2026, 6, 1), actor=charlie)
    draft = agreements.draft(at=at, program="Archives")
    with pytest.raises(NotPossible, match="when the agreement is signed"):
        actions.post(draft, **who, graduated_on=date(2026, 6, 1), actor=cora)
    assert queries.was_posted(agreement, "GRACE@reader.example") == PostedGraduate.objects.get()


def test_a_posting_that_was_wrong_is_taken_back(charlie: Any, at: datetime, agreement: Any) -> None:
    graduate = agreements.posted(agreement, at=at)
    with pytest.raises(NoContact):
        actions.unpost(graduate, actor=charlie, at=at)
    actions.unpost(graduate, actor=agreements.contact(agreement.college, at=at), at=at)
    assert not PostedGraduate.objects.exists()
    assert "Grace" not in " ".join(told(graduate))


@pytest.mark.django_db(transaction=True)
def test_two_windows_claim_once(alice: Any, rita: Any, at: datetime) -> None:
    agreement = agreements.signed(at=at, staff=rita)
    candidates.candidacy(alice, at=at, staff=rita)

    def claim(_: int) -> str:
        try:
            return str(agreements.claimed(alice, agreement, at=at).id)
        except NotPossible as no:
            return no.message
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        came = set(threads.map(claim, range(2)))
    row = GraduateClaim.objects.get()
    assert came == {str(row.id), "Your claim as a graduate of Cedar Valley College is under review. Nothing was sent twice."}
    assert letters(alice) == ["agreements/graduate_received"]
