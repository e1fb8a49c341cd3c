"""Actions: say that one appeals, give grounds, respond, decide; note a day of receipt, and sign the yearly statement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from appeals import notices, policy, queries
from appeals.actions import remands
from appeals.models import Appeal, Attachment, Receipt, Statement
from appeals.states import AppealState, DecisionKind, NotAppealable, Response, TooLate
from ledger import actions as ledger
from ledger import queries as ledger_queries
from ledger import transitions
from ledger.states import NotPossible, NotYourDecision
from people import documents
from people.models import User
from people.permissions import is_committee
from people.states import Stale
from people.templatetags.words import counted, longdate
from programs import policy as calendar
from programs import queries as programs

if TYPE_CHECKING:
    from people.models import Document

MOST_FILES = 10
# Until when the person adds files, and when those do who answer.
FILING, ANSWERING = (AppealState.NOTICED, AppealState.GROUNDS_GIVEN), (AppealState.GROUNDS_GIVEN,)


def give_notice(person: User, *, kind: str, reference: UUID, reason: str, actor: User, at: datetime) -> Appeal:
    """Say that a person will appeal a decision; giving it twice gives the same appeal back.

    Raises NotAppealable where there is no such decision, TooLate after the last day, NotPossible without a reason.
    """
    if not reason.strip():
        raise NotPossible("Tell us in one sentence why you are appealing.")
    with transaction.atomic():
        User.objects.select_for_update(of=("self",)).get(pk=person.pk)
        decision = queries.find_decision(person, kind=kind, reference=reference)
        if decision is None:
            raise NotAppealable("There is no decision here that you can appeal. It may have changed a moment ago.")
        if decision.appeal is not None:
            return decision.appeal
        today = calendar.today(at)
        if policy.is_over(decision.dates.notice_by, today=today):
            raise TooLate(
                f"The last day to file a notice of appeal was {longdate(decision.dates.notice_by)}. If you received it later, write to us."
            )
        appeal = Appeal.objects.create(
            person=person,
            kind=decision.kind,
            reference=decision.reference,
            title=decision.title,
            decided_on=decision.decided_on,
            terms=programs.get_terms(today),
            received_on=decision.received_on,
            notice_by=decision.dates.notice_by,
            noticed_at=at,
            noticed_on=today,
            reason=reason.strip(),
            grounds_by=decision.dates.grounds_by,
        )
        appeal.made_by.set(queries.list_makers(decision))
        details = {"title": appeal.matter, "grounds_by": appeal.grounds_by}
        ledger.record("appeals.appeal.notice", subject=appeal, actor=actor, at=at, person=person, details=details)
        notices.noticed(appeal, at=at)
        return appeal


def give_grounds(appeal: Appeal, *, grounds: str, actor: User, at: datetime) -> Appeal:
    """Give the grounds; the first committee has its days from today. Raises TooLate after the last day, NotPossible without words."""
    if not grounds.strip():
        raise NotPossible("Tell us which rule was not followed.")
    with transaction.atomic():
        row = _lock(appeal, "give_grounds")
        today = calendar.today(at)
        if policy.is_over(row.grounds_by, today=today):
            raise TooLate(f"The last day for your grounds was {longdate(row.grounds_by)}. Nothing was sent.")
        respond_by = policy.plan_response(today, days=row.terms.appeal_response_days)
        details = {"title": row.matter, "respond_by": respond_by}
        changes: dict[str, Any] = {"grounds": grounds.strip(), "grounds_on": today, "respond_by": respond_by, "draft": ""}
        transitions.transition(row, "give_grounds", actor=actor, at=at, person=row.person, details=details, **changes)
        notices.grounds_given(row, at=at)
        return row


def save_draft(appeal: Appeal, *, text: str, version: int, actor: User, at: datetime) -> Appeal:
    """Keep grounds that are not given yet, for the person alone. Raises Stale where another tab was faster, NotPossible once given."""
    with transaction.atomic():
        row = _lock(appeal, "give_grounds")
        if row.draft_version != version:
            raise Stale(row.draft_version, row.draft)
        row.draft, row.draft_version, row.draft_at = text, version + 1, at
        row.save(update_fields=["draft", "draft_version", "draft_at"])
        return row


def add_files(appeal: Appeal, *, uploads: Sequence[UploadedFile[Any]], actor: User, at: datetime) -> int:
    """Keep files with an appeal, and give their number: the person's until someone answered, those of the first committee with its answer.

    Raises NotPossible for more than the app has, once it is too late, or for someone who has no part in it; and what
    `documents.keep` refuses, with the name of the file. Nothing is kept then.
    """
    if not uploads:
        return 0
    with transaction.atomic():
        _check_files(_lock(appeal), len(uploads), actor=actor)
    received: list[Document] = []
    try:
        for upload in uploads:
            received.append(_receive(actor, upload, at=at))
        with transaction.atomic():
            row = _lock(appeal)
            _check_files(row, len(received), actor=actor)
            row.files.bulk_create([Attachment(appeal=row, document=document, added_by=actor, added_at=at) for document in received])
            details = {"title": row.matter, "count": counted(len(received), "file")}
            ledger.record("appeals.file.add", subject=row, actor=actor, at=at, person=row.person, details=details)
    except NotPossible:
        with transaction.atomic():
            for document in received:
                documents.drop(document)
        raise
    return len(received)


def _receive(actor: User, upload: UploadedFile[Any], *, at: datetime) -> Document:
    try:
        return documents.keep(actor, upload, kind="appeals.file", at=at)
    except documents.Refused as refusal:
        raise documents.Refused(f"{upload.name}: {refusal.message}") from None


def _check_files(row: Appeal, count: int, *, actor: User) -> None:
    if row.state not in (FILING if row.person_id == actor.pk else ANSWERING):
        raise NotPossible("You can no longer add files to this appeal.")
    if row.files.filter(added_by=actor).count() + count > MOST_FILES:
        raise documents.Refused(f"An appeal has room for {MOST_FILES} files from you. Put pages together into one file.")


def remove_file(attachment: Attachment, *, actor: User, at: datetime) -> None:
    """Take a file out before the grounds are given. Raises NotPossible later, and for a file of someone else."""
    with transaction.atomic():
        row = _lock(attachment.appeal)
        if row.state != AppealState.NOTICED or attachment.added_by_id != actor.pk:
            raise NotPossible("This file is part of the appeal now and can’t be removed.")
        attachment.delete()
        documents.drop(attachment.document)
        ledger.record("appeals.file.remove", subject=row, actor=actor, at=at, person=row.person, details={"title": row.matter})


def note_look(appeal: Appeal, *, actor: User, at: datetime) -> None:
    """Record that a member of the committee read what was decided; opening it again within half a day is the same look."""
    with transaction.atomic():
        row = _lock(appeal)
        if not ledger_queries.was_recorded("appeals.appeal.look", subject=row, actor=actor, since=at - timedelta(hours=12)):
            ledger.record("appeals.appeal.look", subject=row, actor=actor, at=at, person=row.person, details={"title": row.matter})


def withdraw(appeal: Appeal, *, actor: User, at: datetime) -> Appeal:
    """Withdraw an appeal that is not decided; there is no second one about the same decision."""
    with transaction.atomic():
        row = _lock(appeal, "withdraw")
        details = {"title": row.matter}
        transitions.transition(row, "withdraw", actor=actor, at=at, person=row.person, details=details, ended_on=calendar.today(at))
        notices.withdrawn(row, at=at)
        return row


def respond(appeal: Appeal, *, text: str, actor: User, at: datetime, uploads: Sequence[UploadedFile[Any]] = ()) -> Appeal:
    """Answer for the first committee, with files.

    Raises NotYourDecision for one's own, or for a member who had a part in it or did not sign this year's statement; TooLate after the
    last day; NotPossible without words, and as `add_files` does.
    """
    if not text.strip():
        raise NotPossible("Write the answer of the committee.")
    _check_answers(appeal, actor, at=at)
    add_files(appeal, uploads=uploads, actor=actor, at=at)
    return _respond(appeal, "respond", Response.ANSWERED, text=text.strip(), actor=actor, at=at)


def waive(appeal: Appeal, *, actor: User, at: datetime) -> Appeal:
    """Leave the appeal to the second committee. Raises NotYourDecision for one's own, TooLate after the last day."""
    return _respond(appeal, "waive", Response.WAIVED, text="", actor=actor, at=at)


def _respond(appeal: Appeal, verb: str, response: Response, *, text: str, actor: User, at: datetime) -> Appeal:
    with transaction.atomic():
        row = _lock(appeal, verb)
        _check_answers(row, actor, at=at)
        today = calendar.today(at)
        if row.respond_by and policy.is_over(row.respond_by, today=today):
            raise TooLate(f"The last day to answer was {longdate(row.respond_by)}. The second committee decides now.")
        _move_on(row, verb, response, on=today, text=text, actor=actor, at=at)
        return row


def _check_answers(row: Appeal, actor: User, *, at: datetime) -> None:
    refusal = queries.why_not_answer(row, actor, on=calendar.today(at))
    if refusal:
        raise NotYourDecision(refusal)


def _move_on(row: Appeal, verb: str, response: Response, *, on: date, text: str, actor: User | None, at: datetime) -> None:
    decide_by = policy.plan_decision(on, days=row.terms.appeal_decision_days)
    transitions.transition(
        row,
        verb,
        actor=actor,
        at=at,
        person=row.person,
        details={"title": row.matter, "decide_by": decide_by},
        response=response,
        response_text=text,
        responded_on=on,
        responded_by=actor,
        decide_by=decide_by,
    )
    notices.responded(row, at=at)


def uphold(appeal: Appeal, *, comment: str, actor: User, at: datetime) -> Appeal:
    """Let the decision stand, with the reason. Raises NotYourDecision for who may not hear it, NotPossible without a comment."""
    with transaction.atomic():
        row = _lock(appeal, "uphold")
        _hear(row, "uphold", comment=comment, actor=actor, at=at)
        return row


def remand(appeal: Appeal, *, comment: str, actor: User, at: datetime) -> Appeal:
    """Send the decision back, with a comment: a portfolio goes to people who have not seen it, anything else to staff, as it was sent.

    Raises NotYourDecision for who may not hear it, NotPossible without a comment, or when it can't go back any more.
    """
    with transaction.atomic():
        row = _lock(appeal, "remand")
        decision = queries.find_decision(row.person, kind=row.kind, reference=row.reference)
        _hear(row, "remand", comment=comment, actor=actor, at=at)
        if decision is None or decision.decided_on != row.decided_on:
            raise NotPossible("This was reopened or decided again. It can’t go back now. You can let the decision stand.")
        remands.send_back(row, decision.thing, actor=actor, at=at)
        if row.kind == DecisionKind.PORTFOLIO:
            row.done_at = at
            row.save(update_fields=["done_at"])
        ledger.emit("appeals.appeal.remanded", key=row.id, at=at, appeal=row.id, kind=str(row.kind), reference=row.reference)
        return row


def _hear(row: Appeal, verb: str, *, comment: str, actor: User, at: datetime) -> None:
    today = calendar.today(at)
    if not is_committee(actor):
        raise NotYourDecision("Only a member of the committee decides on an appeal.")
    refusal = queries.why_not_decide(row, actor, on=today)
    if refusal:
        raise NotYourDecision(refusal)
    comment = comment.strip()
    if not comment:
        raise NotPossible("Give a reason. The person will read it.")
    changes = {"verdict_text": comment, "heard_at": at, "heard_by": actor, "ended_on": today}
    transitions.transition(row, verb, actor=actor, at=at, person=row.person, reason=comment, details={"title": row.matter}, **changes)
    notices.heard(row, at=at)


def mark_done(appeal: Appeal, *, actor: User, at: datetime) -> Appeal:
    """Note that what was sent back is decided again. Raises NotPossible where nothing is to do, and while it waits for the decision."""
    with transaction.atomic():
        row = transitions.lock(Appeal, appeal.pk, decider=actor)
        if row.state != AppealState.REMANDED or row.done_at is not None:
            raise NotPossible("There is nothing left to do here. Someone may have recorded it a moment ago.")
        if remands.is_decided_again(row) is False:
            raise NotPossible("No one has decided again yet. Decide on its page. This will then close automatically.")
        return _finish(row, actor=actor, at=at)


def settle(id: UUID, *, at: datetime) -> None:
    """Close what was sent back once it is decided again; what still waits is left alone."""
    with transaction.atomic():
        row = transitions.lock(Appeal, id)
        if row.state == AppealState.REMANDED and row.done_at is None and remands.is_decided_again(row):
            _finish(row, actor=None, at=at)


def _finish(row: Appeal, *, actor: User | None, at: datetime) -> Appeal:
    row.done_at = at
    row.save(update_fields=["done_at"])
    ledger.record("appeals.appeal.done", subject=row, actor=actor, at=at, person=row.person, details={"title": row.matter})
    return row


def forfeit(id: UUID, *, at: datetime) -> None:
    """Close an appeal whose grounds did not come on time; one that moved on meanwhile is left alone."""
    with transaction.atomic():
        row = transitions.lock(Appeal, id)
        today = calendar.today(at)
        if row.state == AppealState.NOTICED and policy.is_over(row.grounds_by, today=today):
            details = {"title": row.matter, "grounds_by": row.grounds_by}
            transitions.transition(row, "forfeit", actor=None, at=at, person=row.person, details=details, ended_on=today)
            notices.forfeited(row, at=at)


def stand_in(id: UUID, *, at: datetime) -> None:
    """Let the first committee's last day stand in for its answer; the second one's days count from it."""
    with transaction.atomic():
        row = transitions.lock(Appeal, id)
        if row.state == AppealState.GROUNDS_GIVEN and row.respond_by and policy.is_over(row.respond_by, today=calendar.today(at)):
            _move_on(row, "stand_in", Response.SILENT, on=row.respond_by, text="", actor=None, at=at)


def note_receipt(person: User, *, kind: str, reference: UUID, received_on: date, reason: str, actor: User, at: datetime) -> Receipt:
    """Note a later day on which a decision was received; the days of the appeal count from it.

    Raises NotYourDecision for one's own, NotPossible for a day that can't be, without a reason, or once it is appealed.
    """
    with transaction.atomic():
        User.objects.select_for_update(of=("self",)).get(pk=person.pk)
        if person.pk == actor.pk:
            raise NotYourDecision("This is a decision about you. Another staff member must record the day.")
        decision = queries.find_decision(person, kind=kind, reference=reference)
        if decision is None or decision.appeal is not None:
            raise NotPossible("This decision was already appealed or is no longer in effect. Its dates stay as they are.")
        if not decision.decided_on < received_on <= calendar.today(at):
            raise NotPossible(f"Enter a day after {longdate(decision.decided_on)}, and not after today.")
        if not reason.strip():
            raise NotPossible("Explain why the day is later.")
        noted = {"person": person, "received_on": received_on, "reason": reason.strip(), "noted_at": at, "noted_by": actor}
        receipt, _ = Receipt.objects.update_or_create(
            kind=decision.kind, reference=decision.reference, decided_on=decision.decided_on, defaults=noted
        )
        details = {"title": decision.title, "received_on": received_on}
        ledger.record("appeals.receipt.note", subject=receipt, actor=actor, at=at, person=person, details=details, reason=receipt.reason)
        return receipt


def sign_statement(person: User, *, actor: User, at: datetime) -> Statement:
    """Sign the yearly statement on conflicts of interest; signing again on the same day changes nothing."""
    today = calendar.today(at)
    holds_until = policy.sworn_until(today)
    with transaction.atomic():
        statement, new = Statement.objects.get_or_create(
            person=person, signed_on=today, defaults={"signed_at": at, "holds_until": holds_until}
        )
        if new:
            details = {"holds_until": holds_until}
            ledger.record("appeals.statement.sign", subject=statement, actor=actor, at=at, person=person, details=details)
        return statement


def _lock(appeal: Appeal, verb: str | None = None) -> Appeal:
    transitions.lock(Appeal, appeal.pk, verb)
    return queries.find_appeal(appeal.pk).get()
