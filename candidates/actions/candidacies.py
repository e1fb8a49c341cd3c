"""Plan the six sets, achieve them, and end a candidacy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.db.models import Max, Q

from candidates import notices, policy, queries
from candidates.models import Achievement, Candidacy, ChosenSet
from candidates.states import AlreadyAchieved, CandidacyEnded, CandidacyState, ExtensionState, PlanFull, Way
from ledger import actions as ledger
from ledger import transitions
from ledger.states import NotPossible
from programs import policy as dates
from programs import queries as programs
from programs.states import SetKind

if TYPE_CHECKING:
    from people.models import User
    from programs.models import CompetencySet

# So many candidacies are ended by one statement.
EXPIRED_AT_ONCE = 500
UNDECIDED = "way still open"


def choose(candidacy: Candidacy, *, set_code: str, way: str, actor: User, at: datetime) -> None:
    """Put a set on the plan, or change the way in mind ("" for undecided). Choosing what is chosen changes nothing.

    Raises PlanFull with three electives on the plan, AlreadyAchieved for a set that is done, CandidacyEnded after the last day.
    """
    with transaction.atomic():
        _choose(_lock_active(candidacy, at=at), get_set(set_code), way, actor=actor, at=at)


def unchoose(candidacy: Candidacy, *, set_code: str, actor: User, at: datetime) -> None:
    """Take an elective off the plan; taking off what is not there changes nothing.

    Raises NotPossible for a required set, AlreadyAchieved for one that is done, CandidacyEnded after the last day.
    """
    with transaction.atomic():
        _unchoose(_lock_active(candidacy, at=at), get_set(set_code), actor=actor, at=at)


def plan(candidacy: Candidacy, *, electives: Sequence[str], ways: Mapping[str, str], actor: User, at: datetime) -> None:
    """Make the plan as one form says it: these electives, and for each set the way in mind. All of it or nothing.

    Raises what `choose` and `unchoose` raise.
    """
    with transaction.atomic():
        row = _lock_active(candidacy, at=at)
        achieved = {achieved_set.code for achieved_set in queries.list_achievements(row)}
        sets = {competency_set.code: competency_set for competency_set in programs.list_sets()}
        on_plan = set(row.chosen.values_list("set__code", flat=True)) - achieved
        for code, competency_set in sets.items():
            if code in on_plan and competency_set.kind == SetKind.ELECTIVE and code not in electives:
                _unchoose(row, competency_set, actor=actor, at=at)
        for code, competency_set in sets.items():
            if code not in achieved and (competency_set.kind == SetKind.REQUIRED or code in electives):
                _choose(row, competency_set, ways.get(code, ""), actor=actor, at=at)


def achieve(
    candidacy: Candidacy, *, set_code: str, on: date, way: str, source: UUID, actor: User | None, at: datetime, by_email: bool = True
) -> None:
    """Record that a set was achieved, once; the same call again changes nothing. The sixth that counts completes the program.

    What was sent on time is decided as if on time, so an ended candidacy takes it too. Raises AlreadyAchieved for a second way.
    Without `by_email` the caller writes to the person, for instance once about several sets.
    """
    with transaction.atomic():
        row = transitions.lock(Candidacy, candidacy.pk)
        before = row.achievements.filter(set__code=set_code).first()
        if before is not None:
            if (before.way, before.source) == (way, source):
                return
            raise AlreadyAchieved(f"This set was achieved already: {Way(before.way).label.lower()}. It counts once.")
        competency_set, way = get_set(set_code), Way(way)
        details = {"set": competency_set.name, "on": on, "way": way.label.lower()}
        ledger.record("candidates.set.achieve", subject=row, actor=actor, at=at, person=row.person, details=details)
        record(row, competency_set, on=on, way=way, source=source, at=at)
        if not by_email:
            return
        sets_left = sum(1 for slot in queries.get_plan(row) if slot.achieved is None)
        achievement = policy.AchievedSet(code=competency_set.code, name=competency_set.name, kind=competency_set.kind, on=on, way=way)
        notices.achieved(row, achievement, left=sets_left, complete=row.state == CandidacyState.COMPLETED, at=at)


def record(
    row: Candidacy, competency_set: CompetencySet, *, on: date, way: Way, source: UUID, at: datetime, first_on: date | None = None
) -> None:
    """Write an achieved set into a locked candidacy, tell the others, and complete the program with the sixth that counts."""
    Achievement.objects.create(candidacy=row, set=competency_set, on=on, way=way, source=source, recorded_at=at, first_on=first_on)
    ChosenSet.objects.update_or_create(
        candidacy=row, set=competency_set, defaults={"way": way}, create_defaults={"way": way, "position": _next_position(row)}
    )
    ledger.emit(
        "candidates.set.achieved",
        key=f"{row.id}:{competency_set.code}",
        at=at,
        candidacy=row.id,
        set_code=competency_set.code,
        on=on,
        way=way,
        person=row.person_id,
    )
    note_activity(row, at=at)
    _complete(row, at=at)
    _look_at_reuse(row, at=at)


def _look_at_reuse(row: Candidacy, *, at: datetime) -> None:
    """Keep the decision on sets of before true: a set that is decided late, after its person was admitted again, is one more to decide on.

    Where a set was achieved anew, or an ended candidacy was completed, nothing may be left to decide on.
    """
    newer = Candidacy.objects.select_for_update().filter(person=row.person, state=CandidacyState.ACTIVE).exclude(pk=row.pk).first()
    for candidacy in [row, newer] if newer else [row]:
        is_open = bool(queries.list_reusable(candidacy))
        if candidacy.reuse_by and not is_open:
            _set_reuse(candidacy, None, "close_reuse", at=at)
        elif candidacy == newer and is_open and not candidacy.reuse_by:
            decide_by = dates.add_working_days(dates.today(at), candidacy.terms.answer_working_days)
            _set_reuse(candidacy, decide_by, "open_reuse", at=at)


def _set_reuse(row: Candidacy, decide_by: date | None, verb: str, *, at: datetime) -> None:
    row.reuse_by = decide_by
    row.save(update_fields=["reuse_by"])
    details = {"decide_by": decide_by} if decide_by else None
    ledger.record(f"candidates.candidacy.{verb}", subject=row, actor=None, at=at, person=row.person, details=details)


def note_activity(candidacy: Candidacy, *, at: datetime) -> None:
    """Note that something went on in a candidacy today, so that no one is reminded to go on. Cheap: at most one write a day."""
    today = dates.today(at)
    if candidacy.active_on is None or candidacy.active_on < today:
        Candidacy.objects.filter(pk=candidacy.pk).filter(Q(active_on=None) | Q(active_on__lt=today)).update(active_on=today)
        candidacy.active_on = today


def _complete(row: Candidacy, *, at: datetime) -> None:
    """Complete the candidacy when three required and three electives are there; a seventh set changes nothing."""
    completed_on = policy.completed_on(queries.list_achievements(row), required=row.terms.required_sets, electives=row.terms.elective_sets)
    if completed_on is None or row.state == CandidacyState.COMPLETED:
        return
    transitions.transition(
        row, "complete", actor=None, at=at, person=row.person, details={"completed_on": completed_on}, completed_on=completed_on
    )
    for request in row.extension_requests.select_for_update().filter(state=ExtensionState.ASKED):
        transitions.transition(request, "close", actor=None, at=at, person=row.person, decided_at=at)
    ledger.emit("candidates.candidacy.completed", key=row.id, at=at, candidacy=row.id, person=row.person_id, on=completed_on)


def expire(candidacy: Candidacy, *, at: datetime) -> None:
    """End a candidacy whose last day is over; what was achieved stays. Does nothing for one that is completed, ended, or still on time."""
    expire_due(at=at, only=candidacy)


def expire_due(*, at: datetime, only: Candidacy | None = None) -> int:
    """End up to EXPIRED_AT_ONCE candidacies whose last day is over, or only one, in four statements; give how many."""
    with transaction.atomic():
        due = queries.list_expiring(on=dates.today(at)).select_related("person").select_for_update(of=("self",))
        rows = list(due.filter(pk=only.pk) if only else due[:EXPIRED_AT_ONCE])
        transitions.transition_all(rows, "expire", actor=None, at=at, person="person", details=lambda row: {"ends_on": row.ends_on})
        notices.expired(rows, at=at)
    return len(rows)


def _choose(row: Candidacy, competency_set: CompetencySet, way: str, *, actor: User, at: datetime) -> None:
    _check_open(row, competency_set)
    way = Way(way) if way else ""
    chosen = row.chosen.filter(set=competency_set).first()
    if chosen is not None and chosen.way == way:
        return
    if chosen is None:
        _check_room(row, competency_set)
        ChosenSet.objects.create(candidacy=row, set=competency_set, way=way, position=_next_position(row))
    else:
        chosen.way = way
        chosen.save(update_fields=["way"])
    details = {"set": competency_set.name, "way": Way(way).label.lower() if way else UNDECIDED}
    ledger.record("candidates.set.choose", subject=row, actor=actor, at=at, person=row.person, details=details)


def _unchoose(row: Candidacy, competency_set: CompetencySet, *, actor: User, at: datetime) -> None:
    _check_open(row, competency_set)
    if competency_set.kind == SetKind.REQUIRED:
        raise NotPossible(f"{competency_set.name} is a required set, so it stays on your plan.")
    if row.chosen.filter(set=competency_set).delete()[0]:
        ledger.record("candidates.set.unchoose", subject=row, actor=actor, at=at, person=row.person, details={"set": competency_set.name})


def _lock_active(candidacy: Candidacy, *, at: datetime) -> Candidacy:
    row = transitions.lock(Candidacy, candidacy.pk)
    if row.state != CandidacyState.ACTIVE or not dates.in_time(row.ends_on, at=at):
        raise CandidacyEnded("Your plan can no longer be changed: the program is completed, or your time is over.")
    note_activity(row, at=at)
    return row


def get_set(code: str) -> CompetencySet:
    """Give a set of the framework in force; raises NotPossible where there is none."""
    try:
        return programs.get_set(code)
    except ObjectDoesNotExist:
        raise NotPossible("There is no such set.") from None


def _check_open(row: Candidacy, competency_set: CompetencySet) -> None:
    if row.achievements.filter(set__code=competency_set.code).exists():
        raise AlreadyAchieved(f"You achieved {competency_set.name} , so it stays as it is.")


def _check_room(row: Candidacy, competency_set: CompetencySet) -> None:
    """Refuse an elective when the places are taken by electives that were achieved or chosen."""
    most = row.terms.elective_sets
    if competency_set.kind == SetKind.ELECTIVE and row.chosen.filter(set__kind=SetKind.ELECTIVE).count() >= most:
        raise PlanFull(f"Your plan has {most} electives. Remove one first, then add {competency_set.name}.")


def _next_position(row: Candidacy) -> int:
    highest: int | None = row.chosen.aggregate(highest=Max("position"))["highest"]
    return (highest or 0) + 1
