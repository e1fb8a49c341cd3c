"""Become an evaluator set by set, be trained, say what one takes on, and declare conflicts of interest."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.core.files import File
from django.db import transaction

from ledger import actions as ledger
from ledger import transitions
from ledger.states import NotPossible
from people import actions as people
from people import documents
from people.decisions import check_not_again, send_back
from people.permissions import is_evaluator
from people.states import Role
from portfolios import lessons, notices, queries
from portfolios.actions.assignments import release_conflicted
from portfolios.models import Assignment, DeclaredConflict, Evaluator, EvaluatorApplication, EvaluatorSet, SetRequest
from portfolios.states import Conflict, ConflictKind, RequestState
from programs import policy as dates
from programs import queries as programs

if TYPE_CHECKING:
    from people.models import Document, User

RESUME = "portfolios.resume"
CONFLICTS_AT_MOST = 50
# Portfolios a year, where no one said how many.
USUAL_CAPACITY = 4


@dataclass(frozen=True)
class SetInterest:
    """A set that someone wants to rate, and what makes them an expert in it."""

    set_code: str
    ground: str
    words: str


@dataclass(frozen=True)
class Decision:
    """Staff's decision on one request; a refusal needs a reason."""

    approved: bool
    reason: str = ""


def keep_resume(person: User, upload: File[Any] | documents.Kept, *, at: datetime) -> Document:
    """Store an applicant's resume. Raises Refused for a file that we don't take."""
    return documents.keep(person, upload, kind=RESUME, at=at)


def apply_as_evaluator(
    person: User,
    *,
    wishes: Sequence[SetInterest],
    resume: Document,
    capacity_per_year: int,
    employers: Collection[str],
    note: str,
    actor: User,
    at: datetime,
) -> EvaluatorApplication:
    """Send an application to rate portfolios for some sets. Raises NotPossible without a set, or for a set that is taken."""
    with transaction.atomic():
        _lock_person(person)
        sets = {competency_set.code: competency_set for competency_set in programs.list_sets()}
        if not wishes:
            raise NotPossible("Choose one set or more.")
        taken = EvaluatorSet.objects.filter(evaluator__person=person).values_list("set__code", flat=True)
        set_requests = SetRequest.objects.filter(person=person, state=RequestState.ASKED).values_list("set__code", flat=True)
        for wish in wishes:
            if wish.set_code in {*taken, *set_requests}:
                raise NotPossible(f"You already applied for {sets[wish.set_code].name}, or are approved for it.")
        row = EvaluatorApplication.objects.create(
            person=person, resume=resume, capacity_per_year=capacity_per_year, employers=list(employers), note=note, sent_at=at
        )
        SetRequest.objects.bulk_create(
            [
                SetRequest(
                    application=row, person=person, set=sets[set_interest.set_code], ground=set_interest.ground, words=set_interest.words
                )
                for set_interest in wishes
            ]
        )
        names = [sets[set_interest.set_code].name for set_interest in wishes]
        ledger.record("portfolios.evaluator.apply", subject=row, actor=actor, at=at, person=person, details={"sets": names})
        notices.application_received(row, at=at)
    return row


def withdraw_application(application: EvaluatorApplication, *, actor: User, at: datetime) -> None:
    """Withdraw every request that is not decided. Raises NotPossible when all are."""
    with transaction.atomic():
        EvaluatorApplication.objects.select_for_update(of=("self",)).get(pk=application.pk)
        rows = list(application.requests.filter(state=RequestState.ASKED).select_related("set", "person").order_by("set__position"))
        if not rows:
            raise NotPossible("Staff already decided on this.")
        for set_request in rows:
            row = transitions.lock(SetRequest, set_request.pk, "withdraw")
            transitions.transition(row, "withdraw", actor=actor, at=at, person=set_request.person, details={"set": set_request.set.name})


def decide_application(
    application: EvaluatorApplication, *, decisions: Mapping[str, Decision], actor: User, at: datetime
) -> EvaluatorApplication:
    """Approve or refuse set requests of an application, by the codes of their sets; others stay open. One email reports all.

    With the first approval the person becomes an evaluator, who takes what the application says. Raises NotYourDecision for one's own
    application, NotPossible for a set that was decided meanwhile, and for a refusal without a reason.
    """
    with transaction.atomic():
        row = EvaluatorApplication.objects.select_for_update(of=("self",)).select_related("person").get(pk=application.pk)
        if not decisions:
            raise NotPossible("Decide on one set or more.")
        requests = {set_request.set.code: set_request for set_request in row.requests.select_related("set").order_by("set__position")}
        approved = [_decide(requests[code], decision, row, actor=actor, at=at) for code, decision in decisions.items() if code in requests]
        evaluator = Evaluator.objects.filter(person=row.person).first()
        if new := [competency_set for competency_set in approved if competency_set is not None]:
            evaluator = _become(row.person, capacity_per_year=row.capacity_per_year, employers=row.employers, actor=actor, at=at)
            _approve_sets(evaluator, new, on=dates.today(at))
        notices.application_decided(row, evaluator, codes=decisions, at=at)
    return row


def _decide(set_request: SetRequest, decision: Decision, row: EvaluatorApplication, *, actor: User, at: datetime) -> Any:
    """Decide on one request; returns its set when it is approved."""
    if not decision.approved and not decision.reason.strip():
        raise NotPossible(f"Explain why not {set_request.set.name}. The applicant will read it.")
    verb = "approve" if decision.approved else "refuse"
    request = transitions.lock(SetRequest, set_request.pk, verb, decider=actor)
    check_not_again(request, actor)
    details = {"set": set_request.set.name}
    why = decision.reason
    transitions.transition(
        request, verb, actor=actor, at=at, person=row.person, details=details, reason=why, why=why, decided_at=at, decided_by=actor
    )
    return set_request.set if decision.approved else None


def remand_request(request: SetRequest, *, reason: str, actor: User, at: datetime) -> None:
    """Put a refused request to rate a set before staff again, after an appeal.

    Raises NotYourDecision for one's own, NotPossible where the person applied again, or was approved, since.
    """
    with transaction.atomic():
        _lock_person(request.person)
        row = transitions.lock(SetRequest, request.pk, "remand", decider=actor)
        waits = SetRequest.objects.filter(person=row.person, set=row.set, state=RequestState.ASKED)
        if waits.exists() or EvaluatorSet.objects.filter(evaluator__person=row.person, set__code=row.set.code).exists():
            raise NotPossible(f"{row.person.name} applied again for {row.set.name}, or was approved, since.")
        send_back(row, reason=reason, actor=actor, at=at, person=row.person, details={"set": row.set.name}, why="")


def approve_evaluator(
    person: Any,
    *,
    set_codes: Collection[str],
    actor: User | None,
    at: datetime,
    capacity_per_year: int | None = None,
    employers: Collection[str] = (),
    trained: bool = False,
) -> Evaluator:
    """Approve a person as evaluator for sets without an application, with where they work; an email tells them of new sets.

    `trained` says that they did the training with us already. Sets that were approved before keep their day, and without
    `capacity_per_year` what the person said before stands. Raises NotPossible without a set, or when people approve themselves.
    """
    if not set_codes:
        raise NotPossible("Choose one set or more.")
    if actor is not None and actor.pk == person.pk:
        raise NotPossible("You can’t approve yourself. Ask a colleague.")
    with transaction.atomic():
        evaluator = _become(person, capacity_per_year=capacity_per_year, employers=employers, actor=actor, at=at)
        sets = [competency_set for competency_set in programs.list_sets() if competency_set.code in set_codes]
        known = set(evaluator.sets.values_list("set__code", flat=True))
        _approve_sets(evaluator, sets, on=dates.today(at))
        ledger.record(
            "portfolios.evaluator.approve",
            subject=evaluator,
            actor=actor,
            at=at,
            person=person,
            details={"sets": [competency_set.name for competency_set in sets]},
        )
        if trained:
            _finish_training(evaluator, actor=actor, at=at)
        if new := [competency_set for competency_set in sets if competency_set.code not in known]:
            notices.approved(evaluator, new, at=at)
    return evaluator


def _become(person: Any, *, capacity_per_year: int | None, employers: Collection[str], actor: User | None, at: datetime) -> Evaluator:
    people.give_role(person, Role.EVALUATOR, actor=actor, at=at)
    evaluator, is_new = Evaluator.objects.select_for_update(of=("self",)).get_or_create(
        person=person, defaults={"capacity_per_year": capacity_per_year or USUAL_CAPACITY, "employers": list(employers)}
    )
    if not is_new:
        evaluator.capacity_per_year = capacity_per_year or evaluator.capacity_per_year
        evaluator.employers = list(dict.fromkeys([*evaluator.employers, *employers]))
        evaluator.save(update_fields=["capacity_per_year", "employers"])
        release_conflicted(people=[person], at=at)
    return evaluator


def _approve_sets(evaluator: Evaluator, sets: Collection[Any], *, on: date) -> None:
    new = [EvaluatorSet(evaluator=evaluator, set=competency_set, approved_on=on) for competency_set in sets]
    EvaluatorSet.objects.bulk_create(new, ignore_conflicts=True)


def do_training_page(evaluator: Evaluator, *, slug: str, answers: Mapping[str, str], actor: User, at: datetime) -> Evaluator:
    """Note that one page of the training is done, with the answers given on it; the last page ends the training.

    A page that asks counts when everything is answered; the last one, when everything is right. Doing it again changes nothing.
    """
    with transaction.atomic():
        row = Evaluator.objects.select_for_update(of=("self",)).get(pk=evaluator.pk)
        page = lessons.get_page(slug)
        row.answers = {**row.answers, **{key: answers[key] for key in page.keys if answers.get(key)}}
        if page.is_done(row.answers) and slug not in row.training:
            row.training = [*row.training, slug]
        row.save(update_fields=["answers", "training"])
        if row.trained_on is None and set(row.training) >= {page.slug for page in lessons.PAGES}:
            _finish_training(row, actor=actor, at=at)
    return row


def _finish_training(row: Evaluator, *, actor: User | None, at: datetime) -> None:
    if row.trained_on is None:
        row.trained_on = dates.today(at)
        row.save(update_fields=["trained_on"])
        ledger.record("portfolios.evaluator.train", subject=row, actor=actor, at=at, person=row.person)


def change_standing(
    evaluator: Evaluator, *, capacity_per_year: int, paused_until: date | None, employers: Collection[str], actor: User, at: datetime
) -> Evaluator:
    """State how many portfolios a year one takes, a pause, and one's employers. Raises NotPossible for a pause that is over.

    Portfolios of candidates with whom an employer is shared now go back to staff.
    """
    with transaction.atomic():
        row = Evaluator.objects.select_for_update(of=("self",)).select_related("person").get(pk=evaluator.pk)
        if paused_until is not None and paused_until < dates.today(at) and paused_until != row.paused_until:
            raise NotPossible("The last day of a break must be today or later. Leave it blank for no break.")
        values = {"capacity_per_year": capacity_per_year, "paused_until": paused_until, "employers": list(employers)}
        changes = [LABELS[name] for name, value in values.items() if getattr(row, name) != value]
        if changes:
            for name, value in values.items():
                setattr(row, name, value)
            row.save(update_fields=list(values))
            details = {"changes": ", ".join(changes)}
            ledger.record("portfolios.evaluator.change", subject=row, actor=actor, at=at, person=row.person, details=details)
            release_conflicted(people=[row.person], at=at)
    return row


LABELS = {"capacity_per_year": "portfolios a year", "paused_until": "the break", "employers": "the employers"}


def step_back(evaluator: Evaluator, *, set_code: str, back: bool, actor: User, at: datetime) -> None:
    """Step back from rating one set (`back=True`), or rate it again; accepted portfolios stay. Raises NotPossible for another set."""
    with transaction.atomic():
        Evaluator.objects.select_for_update(of=("self",)).get(pk=evaluator.pk)
        rows = list(evaluator.sets.filter(set__code=set_code).select_related("set"))
        if not rows:
            raise NotPossible("You are not approved for this set.")
        changed = [evaluator_set for evaluator_set in rows if (evaluator_set.stepped_back_on is not None) != back]
        for evaluator_set in changed:
            evaluator_set.stepped_back_on = dates.today(at) if back else None
            evaluator_set.save(update_fields=["stepped_back_on"])
        if changed:
            verb = "portfolios.evaluator.step_back" if back else "portfolios.evaluator.return"
            ledger.record(verb, subject=evaluator, actor=actor, at=at, person=evaluator.person, details={"set": rows[0].set.name})


def end_approval(evaluator: Evaluator, *, reason: str, actor: User, at: datetime) -> list[Assignment]:
    """End that a person rates portfolios: the role and every approval; returns what they had in hand, which goes back to staff.

    Ratings that they sent stand. Raises NotPossible without a reason, and when it has ended; Conflict for oneself.
    """
    if actor.pk == evaluator.person_id:
        raise Conflict("You can’t decide about yourself. Ask a colleague.")
    if not reason.strip():
        raise NotPossible("Explain why this is ending. The person reads it.")
    with transaction.atomic():
        row = Evaluator.objects.select_for_update(of=("self",)).select_related("person").get(pk=evaluator.pk)
        if not is_evaluator(row.person):
            raise NotPossible(f"{row.person.name} no longer rates portfolios.")
        freed = [_free(assignment, actor=actor, at=at, reason=reason) for assignment in queries.list_in_hand(row)]
        names = [evaluator_set.set.name for evaluator_set in queries.list_own_sets(row)]
        row.sets.all().delete()
        people.take_role(row.person, Role.EVALUATOR, actor=actor, at=at)
        details = {"sets": names}
        ledger.record("portfolios.evaluator.end", subject=row, actor=actor, at=at, person=row.person, details=details, reason=reason)
        notices.approval_ended(row, reason=reason, at=at)
    return freed


def _free(slot: Assignment, *, actor: User, at: datetime, reason: str) -> Assignment:
    row = transitions.lock(Assignment, slot.pk, "replace")
    details = {"set": row.portfolio.set.name}
    return transitions.transition(row, "replace", actor=actor, at=at, person=row.evaluator.person, details=details, reason=reason)


def _lock_person(person: User) -> None:
    """What one person sends twice at once becomes one after the other."""
    get_user_model().objects.select_for_update(of=("self",)).get(pk=person.pk)


def declare_conflict(person: User, *, kind: str, name: str, email: str, actor: User, at: datetime) -> DeclaredConflict:
    """Declare a person, an organization or a course that stands against a rating; portfolios that it touches go back to staff.

    Declaring the same again changes nothing. Raises NotPossible without a name or an address, for oneself, and past 50.
    """
    name, email = " ".join(name.split()), email.strip().lower()
    if not name and not email:
        raise NotPossible("Give a name or an email address.")
    if kind == ConflictKind.PERSON and email == person.email:
        raise NotPossible("This is your own address.")
    with transaction.atomic():
        _lock_person(person)
        standing = DeclaredConflict.objects.visible_to(person)
        known = standing.filter(kind=kind, name=name, email=email).first()
        if known is not None:
            return known
        if standing.count() >= CONFLICTS_AT_MOST:
            raise NotPossible(f"You declared {CONFLICTS_AT_MOST} . Remove one that no longer applies, or write to staff.")
        row = DeclaredConflict.objects.create(declared_by=person, kind=kind, name=name, email=email, declared_at=at)
        ledger.record("portfolios.conflict.declare", subject=row, actor=actor, at=at, person=person, details={"name": name or email})
        release_conflicted(people=[person], at=at)
    return row


def withdraw_conflict(conflict: DeclaredConflict, *, actor: User, at: datetime) -> None:
    """Say that a declared conflict no longer stands; it stays in the record. Doing it again changes nothing."""
    with transaction.atomic():
        row = DeclaredConflict.objects.select_for_update(of=("self",)).select_related("declared_by").get(pk=conflict.pk)
        if row.withdrawn_at is not None:
            return
        row.withdrawn_at = at
        row.save(update_fields=["withdrawn_at"])
        details = {"name": row.name or row.email}
        ledger.record("portfolios.conflict.withdraw", subject=row, actor=actor, at=at, person=row.declared_by, details=details)
