"""Agreements with colleges: who speaks for one, its program, and what staff and college agree on."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import QuerySet

from agreements import notices, policy, queries
from agreements.models import Agreement, AgreementSet, College, CollegeContact
from agreements.states import OPEN, AgreementIncomplete, AgreementState, NoContact
from ledger import actions as ledger
from ledger import transitions
from ledger.states import NotPossible, NotYourDecision
from people import actions as people
from people.decisions import check_not_again, send_back
from people.states import Role
from programs import actions as programs
from programs import policy as dates
from programs import queries as terms_of
from programs.policy import written

if TYPE_CHECKING:
    from people.models import User

DATA = Path(__file__).resolve().parent.parent / "data" / "agreements.csv"
STALE = "This program was changed in another tab or window. Nothing was overwritten. Compare, then save again to keep what you see here."


@dataclass(frozen=True, kw_only=True)
class Agreed:
    """What an agreement says: its days, the sets by code, True for covered or the condition, and a general note."""

    agreement_on: date
    retroactive_to: date | None
    ends_on: date | None
    sets: Mapping[str, bool | str]
    conditions: str = ""


def add_college(*, name: str, state: str, actor: User | None, at: datetime) -> College:
    """List a college; one that is listed stays as it is."""
    with transaction.atomic():
        college, new = College.objects.get_or_create(name=name.strip(), defaults={"state": state})
        if new:
            ledger.record("agreements.college.add", subject=college, actor=actor, at=at, details={"college": college.name})
        return college


def add_contact(college: College, person: User, *, actor: User, at: datetime) -> None:
    """Let a person speak for a college; adding them twice changes nothing."""
    with transaction.atomic():
        _, new = CollegeContact.objects.get_or_create(college=college, person=person, defaults={"since": at})
        if new:
            people.give_role(person, Role.COLLEGE, actor=actor, at=at)
            ledger.record(
                "agreements.college.contact", subject=college, actor=actor, at=at, person=person, details={"college": college.name}
            )


def remove_contact(college: College, person: User, *, actor: User, at: datetime) -> None:
    """End that a person speaks for a college; what they did stays.

    Raises NotYourDecision for oneself: who speaks for a college could decide on its programs a moment later.
    """
    if person.pk == actor.pk:
        raise NotYourDecision("You represent this college yourself. Ask another staff member to end that.")
    with transaction.atomic():
        if CollegeContact.objects.filter(college=college, person=person).delete()[0]:
            ledger.record("agreements.college.part", subject=college, actor=actor, at=at, person=person, details={"college": college.name})
            if not CollegeContact.objects.filter(person=person).exists():
                people.take_role(person, Role.COLLEGE, actor=actor, at=at)


def begin(college: College, *, program: str, credential: str, actor: User, at: datetime) -> Agreement:
    """Begin the draft of a program. Raises NoContact, and NotPossible where the same program is open already."""
    with transaction.atomic():
        _check_contact(college, actor)
        College.objects.select_for_update().get(pk=college.pk)
        same = _same(college, program.strip(), credential).filter(state__in=OPEN)
        if same.exists():
            raise NotPossible("This program is already a draft or under review. You can find it in your list.")
        if _same(college, program.strip(), credential).filter(state=AgreementState.SIGNED).exists():
            raise NotPossible("There is a signed agreement on this program. You can find it in your list and renew it there.")
        row = Agreement.objects.create(college=college, program=program.strip(), credential=credential, written_at=at)
        ledger.record("agreements.agreement.write", subject=row, actor=actor, at=at, details=_details(row))
        return row


def begin_renewal(agreement: Agreement, *, actor: User, at: datetime) -> Agreement:
    """Begin the next agreement on the same program, with requirements and courses as they were. Gives the open one where there is one.

    One that was begun as a new program renews this one from now on: as a second agreement beside it, it could never be signed.
    """
    with transaction.atomic():
        old = transitions.lock(Agreement, agreement.pk, "renew")
        _check_contact(old.college, actor)
        newer = Agreement.objects.filter(renews=old).first()
        if newer is not None:
            return newer
        College.objects.select_for_update().get(pk=old.college_id)
        begun = _same(old.college, old.program, old.credential).select_for_update(of=("self",)).filter(state__in=OPEN).first()
        if begun is not None:
            begun.renews = old
            begun.save(update_fields=["renews"])
            return begun
        row = Agreement.objects.create(
            college=old.college,
            program=old.program,
            credential=old.credential,
            requirements=old.requirements,
            catalog_url=old.catalog_url,
            conditions=old.conditions,
            renews=old,
            is_example=old.is_example,
            written_at=at,
        )
        for agreement_set in old.sets.all():
            AgreementSet.objects.create(agreement=row, set_id=agreement_set.set_id, courses=agreement_set.courses)
        ledger.record("agreements.agreement.write", subject=row, actor=actor, at=at, details=_details(row))
        return row


def write(
    agreement: Agreement,
    *,
    requirements: str,
    catalog_url: str,
    courses: Mapping[str, str],
    version: str,
    actor: User,
    at: datetime,
) -> Agreement:
    """Save a draft as far as it is, with the courses by code of the set. Raises NoContact, and NotPossible for a stale version."""
    with transaction.atomic():
        row = transitions.lock(Agreement, agreement.pk, "submit")
        _check_contact(row.college, actor)
        if version != row.written_at.isoformat():
            raise NotPossible(STALE)
        row.requirements, row.catalog_url, row.written_at = requirements.strip(), catalog_url, at
        row.save(update_fields=["requirements", "catalog_url", "written_at"])
        for competency_set, _ in terms_of.list_sized_sets():
            words = courses.get(competency_set.code, "").strip()
            if words:
                AgreementSet.objects.update_or_create(agreement=row, set=competency_set, defaults={"courses": words})
            else:
                AgreementSet.objects.filter(agreement=row, set=competency_set).delete()
        return row


def submit(agreement: Agreement, *, actor: User, at: datetime) -> None:
    """Hand the program to staff. Raises NoContact, and AgreementIncomplete without requirements or any course."""
    with transaction.atomic():
        row = transitions.lock(Agreement, agreement.pk, "submit")
        _check_contact(row.college, actor)
        if not row.requirements:
            raise AgreementIncomplete("Explain what a student must do to graduate. Save it, and then submit the program.")
        if not row.sets.exclude(courses="").exists():
            raise AgreementIncomplete("Map at least one course to a set. Save it, and then submit the program.")
        transitions.transition(row, "submit", actor=actor, at=at, details=_details(row), submitted_at=at, submitted_by=actor, asked="")
        notices.submitted(row, at=at)


def withdraw(agreement: Agreement, *, actor: User, at: datetime) -> None:
    """Take a program back, written or submitted. Raises NoContact."""
    with transaction.atomic():
        row = transitions.lock(Agreement, agreement.pk, "withdraw")
        _check_contact(row.college, actor)
        transitions.transition(row, "withdraw", actor=actor, at=at, details=_details(row), renews=None)


def ask(agreement: Agreement, *, words: str, actor: User, at: datetime) -> None:
    """Give the program back to the college, with what is needed. Raises NotYourDecision for one's own college."""
    _check_words(words, "Explain what you need from the college.")
    with transaction.atomic():
        row = _locked_for_staff(agreement, "ask", actor)
        transitions.transition(row, "ask", actor=actor, at=at, reason=words, details=_details(row), asked=words.strip(), written_at=at)
        notices.asked(row, at=at)


def sign(agreement: Agreement, *, agreed: Agreed, actor: User, at: datetime) -> None:
    """Sign the agreement: covered sets, conditions and days are promised now, under the Terms of its date. A renewal closes the old one.

    Raises AgreementIncomplete with what is missing, NotYourDecision for one's own college, NotPossible for days out of order.
    """
    with transaction.atomic():
        row = _locked_to_decide(agreement, "sign", actor)
        if row.renews_id:
            old = transitions.lock(Agreement, row.renews_id, "renew")
            details = {**_details(old), "agreement_on": agreed.agreement_on}
            transitions.transition(old, "renew", actor=None, at=at, details=details)
        elif _same(row.college, row.program, row.credential).filter(state=AgreementState.SIGNED).exists():
            raise NotPossible("There is a signed agreement on this program. The college renews that one instead.")
        changes = _promise(row, agreed, actor=actor, at=at)
        details = {**_details(row), **{name: changes[name] for name in ("agreement_on", "retroactive_to", "ends_on")}}
        changes |= {"decided_at": at, "decided_by": actor, "signed_on": dates.today(at)}
        transitions.transition(row, "sign", actor=actor, at=at, details=details, **changes)
        notices.signed(row, covered=[competency_set.name for competency_set in queries.list_covered(row)], at=at)


def state(agreement: Agreement, *, agreed: Agreed, reason: str, actor: User, at: datetime, program: str = "", credential: str = "") -> None:
    """Enter what a listed agreement says, from the document that `reason` names. Not once a claim was accepted by it.

    Its program and credential where they are given; they are empty in the list of known agreements.

    Raises AgreementIncomplete with what is missing, NotYourDecision for one's own college, and NotPossible for one that was signed here.
    """
    _check_words(reason, "Enter the source of this information.")
    with transaction.atomic():
        row = _locked_for_staff(agreement, "end", actor)
        if row.submitted_at or row.claims.filter(state="accepted").exists():
            raise NotPossible("Graduates rely on what this agreement says. It can no longer be changed.")
        named = {"program": program.strip() or row.program, "credential": credential or row.credential}
        if _same(row.college, **named).filter(state=AgreementState.SIGNED).exclude(pk=row.pk).exists():
            raise NotPossible("There is another signed agreement of this college on this program. Check that one first.")
        changes = _promise(row, agreed, actor=actor, at=at) | {"signed_on": dates.today(at)} | named
        for name, value in changes.items():
            setattr(row, name, value)
        row.save(update_fields=list(changes))
        ledger.record("agreements.agreement.state", subject=row, actor=actor, at=at, details=_details(row), reason=reason)


def refuse(agreement: Agreement, *, reason: str, actor: User, at: datetime) -> None:
    """Refuse the program and say why; the college can begin another. Raises NotYourDecision for one's own college."""
    _check_words(reason, "Give the college a reason.")
    with transaction.atomic():
        row = _locked_to_decide(agreement, "refuse", actor)
        changes: dict[str, Any] = {"decision_reason": reason.strip(), "decided_at": at, "decided_by": actor, "renews": None}
        transitions.transition(row, "refuse", actor=actor, at=at, reason=reason, details=_details(row), **changes)
        notices.refused(row, at=at)


def remand(agreement: Agreement, *, reason: str, actor: User, at: datetime) -> None:
    """Put a refused program before staff again as it was submitted, after an appeal; it renews the signed agreement on it, if there is one.

    Raises NotYourDecision for one's own college, NotPossible where the college wrote or signed the same program anew.
    """
    with transaction.atomic():
        College.objects.select_for_update().get(pk=agreement.college_id)
        row = transitions.lock(Agreement, agreement.pk, "remand", decider=actor)
        if queries.is_contact(actor, row.college):
            raise NotYourDecision("You represent this college. Someone else must decide on it.")
        same = _same(row.college, row.program, row.credential)
        old = same.filter(state=AgreementState.SIGNED).first()
        if same.filter(state__in=OPEN).exists() or Agreement.objects.filter(renews=old, renews__isnull=False).exists():
            raise NotPossible("The college has since submitted this program again. Decide on that one instead.")
        send_back(row, reason=reason, actor=actor, at=at, person=None, details=_details(row), renews=old, decision_reason="")


def end(agreement: Agreement, *, last_day: date, reason: str, actor: User, at: datetime) -> None:
    """End a signed agreement early: graduations after `last_day` don't count. Not into the past: who graduated keeps the promise.

    One whose date is not known to us can be ended, too.
    """
    _check_words(reason, "Give the college a reason.")
    today = dates.today(at)
    with transaction.atomic():
        row = _locked_for_staff(agreement, "end", actor)
        if last_day < today:
            raise NotPossible(f"The last day can’t be before today, {written(today)}: graduates rely on it.")
        if (row.agreement_on and last_day < row.agreement_on) or (row.ends_on and last_day >= row.ends_on):
            raise NotPossible("The last day must be after the agreement’s date and before its current end.")
        changes: dict[str, Any] = {"ends_on": last_day, "decision_reason": reason.strip(), "decided_at": at, "decided_by": actor}
        details = {**_details(row), "ends_on": last_day}
        transitions.transition(row, "end", actor=actor, at=at, reason=reason, details=details, **changes)
        notices.ended(row, at=at)


def load_agreements(*, at: datetime) -> int:
    """List the agreements in `agreements/data`; what the file doesn't say stays empty. Give how many rows are new."""
    with transaction.atomic(), DATA.open(encoding="utf-8", newline="") as file:
        return sum(_list_known(line, at=at) for line in csv.DictReader(file))


def _list_known(line: Mapping[str, str], *, at: datetime) -> bool:
    """List an agreement that comes with the program, unless it is there; say whether it is new."""
    college, _ = College.objects.get_or_create(name=line["college"], defaults={"state": line["state"]})
    agreement, new = Agreement.objects.get_or_create(
        college=college,
        program=line["program"],
        defaults={
            "state": AgreementState.SIGNED,
            "agreement_on": _day(line["agreement_on"]),
            "retroactive_to": _day(line["retroactive_to"]),
            "conditions": line["conditions"],
            "written_at": at,
        },
    )
    if new:
        ledger.record("agreements.agreement.add", subject=agreement, actor=None, at=at, details={"college": college.name})
    return new


def _promise(row: Agreement, agreed: Agreed, *, actor: User, at: datetime) -> dict[str, Any]:
    """Check what is agreed, write the sets down, and give the fields of the promise."""
    terms = terms_of.get_terms(agreed.agreement_on)
    try:
        days = policy.promise(
            agreed.agreement_on,
            months=terms.agreement_months,
            months_before=terms.agreement_months_before,
            retroactive_to=agreed.retroactive_to,
            ends_on=agreed.ends_on,
        )
    except ValueError as wrong:
        raise NotPossible(str(wrong)) from None
    sets = {competency_set.code: competency_set for competency_set, _ in terms_of.list_sized_sets()}
    for code, competency_set in sets.items():
        answer = agreed.sets.get(code, False)
        covered, condition = answer is True, answer.strip() if isinstance(answer, str) else ""
        changes = {"covered": covered, "condition": condition}
        if covered or condition:
            AgreementSet.objects.update_or_create(agreement=row, set=competency_set, defaults=changes)
        else:
            AgreementSet.objects.filter(agreement=row, set=competency_set).update(**changes)
    gaps = policy.find_gaps(queries.to_places(queries.list_rows(row)), required=terms.required_sets, electives=terms.elective_sets)
    if gaps:
        raise AgreementIncomplete(" ".join(gaps))
    programs.freeze(terms, at=at, actor=actor)
    return {
        "agreement_on": days.agreement_on,
        "retroactive_to": days.retroactive_to,
        "ends_on": days.ends_on,
        "terms": terms,
        "conditions": agreed.conditions.strip(),
    }


def _locked_for_staff(agreement: Agreement, verb: str, actor: User) -> Agreement:
    row = transitions.lock(Agreement, agreement.pk, verb)
    if why := queries.why_not_decide(row, actor):
        raise NotYourDecision(why)
    return row


def _locked_to_decide(agreement: Agreement, verb: str, actor: User) -> Agreement:
    row = _locked_for_staff(agreement, verb, actor)
    check_not_again(row, actor)
    return row


def _same(college: College, program: str, credential: str) -> QuerySet[Agreement]:
    return Agreement.objects.filter(college=college, program=program, credential=credential)


def _check_contact(college: College, actor: User) -> None:
    if not queries.is_contact(actor, college):
        raise NoContact("You are not a contact of this college. Ask us to make you one.")


def _check_words(words: str, message: str) -> None:
    if not words.strip():
        raise NotPossible(message)


def _details(row: Agreement) -> dict[str, Any]:
    return {"college": row.college.name, "program": row.title or "a program"}


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
