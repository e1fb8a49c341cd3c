"""Graduates: posted by their college, and claiming by its agreement."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.core.files import File
from django.db import transaction
from django.db.models import Q

from agreements import notices, queries
from agreements.models import Agreement, GraduateClaim, PostedGraduate
from agreements.states import LIVE_CLAIMS, PUBLIC, AlreadyClaimed, ClaimState, NoContact, NotCovered, NotYetPossible
from candidates import actions as candidates
from candidates import queries as candidacies
from candidates.states import CandidacyEnded, CandidacyState, PlanFull, Way
from ledger import actions as ledger
from ledger import transitions
from ledger.states import NotPossible
from people import documents
from people.decisions import check_not_again, send_back
from programs import policy as dates
from programs import queries as terms_of

if TYPE_CHECKING:
    from candidates.models import Candidacy
    from people.models import User


def post(agreement: Agreement, *, name: str, email: str, graduated_on: date, actor: User, at: datetime) -> PostedGraduate:
    """Post a graduate, who gets an email that says what it makes possible. The college learns nothing of what comes of it.

    Raises NoContact, NotCovered with the days that count, and NotPossible for one who is posted already.
    """
    with transaction.atomic():
        row = Agreement.objects.select_for_update(of=("self",)).select_related("college").get(pk=agreement.pk)
        if not queries.is_contact(actor, row.college):
            raise NoContact("You are not a contact of this college. Ask us to make you one.")
        if row.state not in PUBLIC:
            raise NotPossible("Graduates can be posted when the agreement is signed.")
        verdict = queries.judge(row, graduated_on, person=actor, at=at)
        if not verdict.counts:
            raise NotCovered(verdict.message)
        if queries.was_posted(row, email):
            raise NotPossible("A graduate with this email address was already posted. Nothing was sent twice.")
        graduate = PostedGraduate.objects.create(
            agreement=row, name=name.strip(), email=email, graduated_on=graduated_on, posted_by=actor, posted_at=at
        )
        details = {"college": row.college.name, "program": row.title}
        ledger.record("agreements.graduate.post", subject=graduate, actor=actor, at=at, details=details)
        notices.posted(graduate, at=at)
        return graduate


def unpost(graduate: PostedGraduate, *, actor: User, at: datetime) -> None:
    """Withdraw a posting that was wrong: its personal data go, the audit keeps that it was there. Raises NoContact."""
    with transaction.atomic():
        row = PostedGraduate.objects.select_for_update(of=("self",)).select_related("agreement__college").get(pk=graduate.pk)
        college = row.agreement.college
        if not queries.is_contact(actor, college):
            raise NoContact("You are not a contact of this college. Ask us to make you one.")
        ledger.record("agreements.graduate.unpost", subject=row, actor=actor, at=at, details={"college": college.name})
        row.delete()


def claim_as_graduate(
    person: User, *, agreement: Agreement, graduated_on: date, upload: File[Any] | documents.Kept, at: datetime
) -> GraduateClaim:
    """Send the final transcript; staff have it then. For candidates on time, and for those who apply: it waits for their admission.

    Raises CandidacyEnded, AlreadyClaimed, NotCovered with the days that count, and what `documents.keep` refuses. Nothing is kept then.
    """
    with transaction.atomic():
        standing = queries.get_claim_standing(person, agreement, at=at)
        if standing.basis is None:
            raise CandidacyEnded("Apply to the program first. You can send your transcript as soon as you start your application.")
        transitions.lock(type(standing.basis), standing.basis.pk)
        standing = queries.get_claim_standing(person, agreement, at=at)
        if standing.claim is not None:
            raise AlreadyClaimed(f"{standing.blocked} Nothing was sent twice.")
        if standing.blocked:
            raise CandidacyEnded(standing.blocked)
        verdict = queries.judge(agreement, graduated_on, person=person, at=at)
        if not verdict.counts:
            raise NotCovered(verdict.message)
        transcript = documents.keep(person, upload, kind="agreements.transcript", at=at)
        terms = terms_of.get_terms(dates.today(at))
        answer_by = dates.add_working_days(dates.today(at), terms.answer_working_days)
        claim = GraduateClaim.objects.create(
            agreement=agreement, person=person, graduated_on=graduated_on, transcript=transcript, claimed_at=at, answer_by=answer_by
        )
        details = {**_details(claim), "program": agreement.title or "a program"}
        ledger.record("agreements.graduate_claim.claim", subject=claim, actor=person, at=at, person=person, details=details)
        notices.claim_received(claim, at=at)
        candidacy = candidacies.get_candidacy(person)
        if candidacy is not None:
            candidates.note_activity(candidacy, at=at)
        return claim


def withdraw_claim(claim: GraduateClaim, *, actor: User, at: datetime) -> None:
    """Withdraw a claim that waits; the person can send it again. Raises NotPossible when it was decided a moment ago."""
    with transaction.atomic():
        row = transitions.lock(GraduateClaim, claim.pk, "withdraw")
        transitions.transition(row, "withdraw", actor=actor, at=at, person=row.person, details=_details(row))


def accept_claim(claim: GraduateClaim, *, actor: User, at: datetime) -> None:
    """Accept the graduate: all sets that the agreement covers are achieved today, and one email says so. What was achieved before stays.

    Raises NotYourDecision for one's own, NotYetPossible before the admission or while the sets are not known, NotCovered where the
    dates don't cover the day, and NotPossible when it was decided a moment ago.
    """
    with transaction.atomic():
        row = transitions.lock(GraduateClaim, claim.pk, "accept", decider=actor)
        check_not_again(row, actor)
        verdict = queries.judge(row.agreement, row.graduated_on, person=row.person, at=at)
        if not verdict.counts:
            raise NotCovered(verdict.message)
        covered = queries.list_covered(row.agreement)
        if not covered:
            raise NotYetPossible("We don’t know which sets this agreement covers. Enter them first, from the agreement.")
        candidacy = _get_candidacy(row)
        transitions.transition(row, "accept", actor=actor, at=at, person=row.person, details=_details(row), decided_at=at, decided_by=actor)
        before = {achieved_set.code for achieved_set in candidacies.list_achievements(candidacy)}
        new = [competency_set for competency_set in covered if competency_set.code not in before]
        for added in new:
            candidates.achieve(
                candidacy, set_code=added.code, on=dates.today(at), way=Way.AGREEMENT, source=row.id, actor=actor, at=at, by_email=False
            )
        candidacy.refresh_from_db()
        conditions = _plan_conditions(candidacy, row, actor=actor, at=at)
        complete = candidacy.state == CandidacyState.COMPLETED
        notices.claim_accepted(
            row, achieved=[competency_set.name for competency_set in new], conditions=conditions, complete=complete, at=at
        )


def refuse_claim(claim: GraduateClaim, *, reason: str, actor: User, at: datetime) -> None:
    """Refuse the claim and say why; the person can send it again. Raises NotYourDecision for one's own, NotPossible without a reason."""
    if not reason.strip():
        raise NotPossible("Explain what is missing, and what would help.")
    with transaction.atomic():
        row = transitions.lock(GraduateClaim, claim.pk, "refuse", decider=actor)
        check_not_again(row, actor)
        changes: dict[str, Any] = {"decided_at": at, "decided_by": actor, "refusal_text": reason.strip()}
        transitions.transition(row, "refuse", actor=actor, at=at, person=row.person, reason=reason, details=_details(row), **changes)
        notices.claim_refused(row, at=at)


def remand_claim(claim: GraduateClaim, *, reason: str, actor: User, at: datetime) -> None:
    """Put a refused claim before staff again as it was sent, after an appeal; it counts as sent on its first day.

    Raises AlreadyClaimed where the person sent another one since, which is decided instead.
    """
    with transaction.atomic():
        get_user_model()._default_manager.select_for_update().get(pk=claim.person_id)
        row = transitions.lock(GraduateClaim, claim.pk, "remand", decider=actor)
        others = Q(state=ClaimState.CLAIMED) | Q(state__in=LIVE_CLAIMS, agreement=row.agreement)
        if GraduateClaim.objects.filter(others, person=row.person).exists():
            raise AlreadyClaimed(f"{row.person} has since sent another transcript. There is nothing to decide again on this one.")
        due = dates.add_working_days(dates.today(at), terms_of.get_terms(dates.today(at)).answer_working_days)
        send_back(row, reason=reason, actor=actor, at=at, person=row.person, details=_details(row), answer_by=due, refusal_text="")


def _get_candidacy(row: GraduateClaim) -> Candidacy:
    """The candidacy that the claim was sent for: the newest, when the claim came by its last day."""
    candidacy = candidacies.get_candidacy(row.person)
    if candidacy is None or not dates.in_time(candidacy.ends_on, at=row.claimed_at):
        raise NotYetPossible(f"{row.person.name} is not admitted yet. Decide on the application first. The claim is on hold.")
    return candidacy


def _plan_conditions(candidacy: Candidacy, row: GraduateClaim, *, actor: User, at: datetime) -> list[tuple[str, str]]:
    """Put the sets that the agreement names but does not cover on the plan, and give them with their conditions."""
    achieved = {achieved_set.code for achieved_set in candidacies.list_achievements(candidacy)}
    agreement_sets = row.agreement.sets.filter(covered=False).exclude(condition="").select_related("set").order_by("set__position")
    missing = [(agreement_set.set, agreement_set.condition) for agreement_set in agreement_sets if agreement_set.set.code not in achieved]
    if candidacy.state != CandidacyState.ACTIVE or not dates.in_time(candidacy.ends_on, at=at):
        return []
    planned = set(candidacy.chosen.values_list("set__code", flat=True))
    for competency_set, _ in missing:
        if competency_set.code not in planned:
            try:
                candidates.choose(candidacy, set_code=competency_set.code, way="", actor=actor, at=at)
            except PlanFull:
                continue  # The electives are full already: this one is not needed.
    return [(competency_set.name, condition) for competency_set, condition in missing]


def _details(row: GraduateClaim) -> dict[str, Any]:
    return {"college": row.agreement.college.name, "graduated_on": row.graduated_on}
