"""Send a renewal: seal it, draw its place in the sample, charge the fee where there is one, and answer what staff ask."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from billing import actions as billing
from billing import policy as money
from billing import queries as charges
from billing.states import ChargeState
from certificates import actions as certificates
from ledger import actions as ledger
from ledger import transitions
from programs import policy as calendar
from renewals import notices, policy, queries
from renewals.models import Activity, Proof, Renewal, Sealed, Seed
from renewals.queries import FEE, PURPOSE
from renewals.states import Mark, NotReady, NotRenewable, RenewalState, WindowNotOpen

if TYPE_CHECKING:
    from billing.models import Charge
    from people.models import User

# What an activity says, as it is kept when it is sent.
ANSWERS = ("kind", "title", "provider", "amount", "technology_minutes", "completed_on", "set_id", "learned", "typed")
UNPAID = "The fee was not paid by its last day."
DRAWN = "Your renewal was chosen for the sample. Add a document that shows this activity."


def send(renewal: Renewal, *, late_reason: str, member_number: str, actor: User, at: datetime) -> Charge | None:
    """Seal a renewal and send it; give the charge where there is something to pay, else None.

    One that is sent on time holds its certificate from lapsing, also while it waits for its fee: until `pay_by`. While staff have set no
    fee it waits without a last day, for no one lapses by an omission of staff; `price` goes on.

    Raises WindowNotOpen before the window, NotRenewable while the certificate does not stand, NotReady while hours are missing, or after
    grace without a `late_reason`; NotPossible when it was sent before.
    """
    with transaction.atomic():
        row = _lock(renewal, "submit")
        today, account = calendar.today(at), queries.get_account(row, at=at)
        _check(row, account)
        late = account.stage == policy.Stage.LAPSED
        if late and not late_reason.strip():
            raise NotReady("Your certificate has lapsed. Explain why you are late so that staff can decide.")
        seed, number = _draw_number(row, at=at)
        sampled = policy.is_sampled(seed=seed.seed, number=number, percent=row.terms.renewal_sample_percent)
        row.late_reason = late_reason.strip() if late else ""
        _seal(row, account, at=at)
        paid = charges.is_settled(purpose=PURPOSE, reference=row.id)
        fee = None if paid else queries.get_fee(row, on=today)
        waits = fee is None and not paid
        owes = fee is not None and money.price(fee, member=bool(member_number)) > 0
        pay_by = _pay_by(row, today) if owes else None
        details = {"hours": account.hours.have, "technology": account.technology.have, "number": f"{seed.year}-{number}"}
        transitions.transition(
            row,
            "wait" if waits else "send" if owes else "submit",
            actor=actor,
            at=at,
            person=row.person,
            reason=row.late_reason,
            details={**details, "pay_by": pay_by} if pay_by else details,
            seed=seed,
            number=number,
            sampled=sampled,
            member_number=member_number,
            late_reason=row.late_reason,
            sent_at=at,
            sent_on=today,
            counts_until=queries.local_day(row, at=at),
            pay_by=pay_by,
            decide_by=calendar.add_working_days(today, row.terms.answer_working_days),
        )
        if not late:
            certificates.hold(row.certificate, sent_on=today, at=at)
        if waits:
            notices.fee_unset(row, at=at)
            return None
        if not owes:
            _receive(row, account, at=at)
            return None
        return _charge(row, actor=actor, at=at)


def price(renewal: Renewal, *, at: datetime) -> None:
    """Go on with a renewal that waits for staff to set the fee, once they have: charge it, or pass it on where it costs nothing."""
    with transaction.atomic():
        row, today = _lock_id(renewal.pk), calendar.today(at)
        fee = queries.get_fee(row, on=today)
        if row.state != RenewalState.AWAITING_PAYMENT or row.pay_by is not None or fee is None:
            return
        cents = money.price(fee, member=bool(row.member_number))
        if not cents:
            decide_by = calendar.add_working_days(today, row.terms.answer_working_days)
            transitions.transition(
                row, "go_on", actor=None, at=at, person=row.person, details={"decide_by": decide_by}, decide_by=decide_by
            )
            _receive(row, queries.get_account(row, at=at), at=at)
            return
        row.pay_by = _pay_by(row, today)
        row.save(update_fields=["pay_by"])
        details = {"fee": money.dollars(cents), "pay_by": row.pay_by}
        ledger.record("renewals.renewal.price", subject=row, actor=None, at=at, person=row.person, details=details)
        _charge(row, actor=None, at=at)


def _pay_by(row: Renewal, today: date) -> date:
    return policy.last_day_to_pay(row.dates, sent_on=today, days=row.terms.renewal_pay_days)


def _charge(row: Renewal, *, actor: User | None, at: datetime) -> Charge:
    charge = billing.charge(
        row.person,
        purpose=PURPOSE,
        reference=row.id,
        kind=FEE,
        member=bool(row.member_number),
        on=calendar.today(at),
        description="Renewal of the certificate",
        return_path=reverse("renewals:renewal"),
        actor=actor,
        at=at,
    )
    notices.fee_due(row, charge, at=at)
    return charge


def pay(renewal_id: UUID | str, *, settled_at: datetime, at: datetime) -> None:
    """Put a paid renewal before staff; hearing of the payment again changes nothing.

    One that was paid after its last day goes back to the holder, and so does the money.
    """
    with transaction.atomic():
        row = _lock_id(renewal_id)
        if row.state != RenewalState.AWAITING_PAYMENT:
            return
        if row.pay_by and not calendar.in_time(row.pay_by, at=settled_at):
            _hand_back(row, at=at)
            charge = charges.get_charge(purpose=PURPOSE, reference=row.id)
            if charge is not None and charge.state == ChargeState.SETTLED:
                billing.refund(charge, actor=None, at=at, reason=UNPAID)
            return
        decide_by = calendar.add_working_days(calendar.today(settled_at), row.terms.answer_working_days)
        transitions.transition(row, "pay", actor=None, at=at, person=row.person, details={"decide_by": decide_by}, decide_by=decide_by)
        _receive(row, queries.get_account(row, at=at), at=at)


def withdraw(renewal: Renewal, *, actor: User, at: datetime) -> None:
    """Withdraw a renewal whose fee is not paid; its number and its place in the sample stay. Raises NotPossible."""
    with transaction.atomic():
        row = _lock(renewal, "withdraw")
        if charges.is_settled(purpose=PURPOSE, reference=row.id):
            raise NotReady("Your fee arrived a moment ago. The renewal is on its way to staff.")
        charge = charges.get_charge(purpose=PURPOSE, reference=row.id)
        if charge is not None:
            billing.cancel(charge, actor=actor, at=at, reason="The renewal was withdrawn.")
        transitions.transition(row, "withdraw", actor=actor, at=at, person=row.person)
        certificates.hold(row.certificate, sent_on=None, at=at)


def hand_back(renewal: Renewal, *, at: datetime) -> None:
    """Give a renewal back whose fee was not paid by its last day, to be sent again; nothing that was logged is lost.

    Its certificate is held no longer. Does nothing when it was paid, or while there is time.
    """
    with transaction.atomic():
        row = _lock_id(renewal.pk)
        if row.state != RenewalState.AWAITING_PAYMENT or row.pay_by is None or calendar.in_time(row.pay_by, at=at):
            return
        charge = charges.get_charge(purpose=PURPOSE, reference=row.id)
        if charge is not None and charge.state == ChargeState.SETTLED:
            return  # The event of the payment is on its way, and says when it came.
        _hand_back(row, at=at)
        if charge is not None and charge.state == ChargeState.OPEN:
            billing.cancel(charge, actor=None, at=at, reason=UNPAID)


def _hand_back(row: Renewal, *, at: datetime) -> None:
    transitions.transition(row, "hand_back", actor=None, at=at, person=row.person, details={"pay_by": row.pay_by}, reason=UNPAID)
    certificates.hold(row.certificate, sent_on=None, at=at)
    notices.unpaid(row, at=at)


def answer(renewal: Renewal, *, actor: User, at: datetime) -> None:
    """Send what was asked for. Raises NotReady while hours or, for the sample, documents are missing; NotPossible the second time."""
    with transaction.atomic():
        row = _lock(renewal, "answer")
        account = queries.get_account(row, at=at)
        _check(row, account)
        row.activities.filter(mark=Mark.ASKED).update(mark="")
        today = calendar.today(at)
        _seal(row, account, at=at)
        transitions.transition(
            row,
            "answer",
            actor=actor,
            at=at,
            person=row.person,
            decide_by=calendar.add_working_days(today, row.terms.answer_working_days),
        )
        notices.received(row, at=at)


def resume(renewal: Renewal, *, actor: User, at: datetime) -> None:
    """Go on with a renewal that was refused: its activities can be changed and sent again. Raises NotPossible."""
    with transaction.atomic():
        row = _lock(renewal, "resume")
        transitions.transition(row, "resume", actor=actor, at=at, person=row.person)
        row.activities.update(mark="", accepted_technology_minutes=None)


def _lock(renewal: Renewal, verb: str) -> Renewal:
    row = _lock_id(renewal.pk)
    Renewal.STATES.check(row.state, verb)
    return row


def _lock_id(id: UUID | str) -> Renewal:
    """Lock the row, then read it with what the policy needs."""
    transitions.lock(Renewal, id)
    return queries.find_renewal(id).get()


def _check(row: Renewal, account: queries.Account) -> None:
    why = queries.why_not_send(row, account)
    if not why:
        return
    if row.certificate.state != "issued":
        raise NotRenewable(why)
    raise WindowNotOpen(why) if account.stage == policy.Stage.EARLY else NotReady(why)


def _draw_number(row: Renewal, *, at: datetime) -> tuple[Seed, int]:
    """Give the next number of the year, and keep the one that a renewal has: sending again draws no second time.

    The seed's row is locked until the transaction ends, so that numbers have no gaps and none is given twice.
    """
    if row.seed is not None and row.number is not None:
        return row.seed, row.number
    year, drawn = calendar.today(at).year, secrets.token_hex(32)
    seed, new = Seed.objects.get_or_create(year=year, defaults={"seed": drawn, "drawn_at": at})
    if new:
        details = {"year": year, "fingerprint": policy.fingerprint(seed.seed)}
        ledger.record("renewals.seed.draw", subject=seed, actor=None, at=at, details=details)
    seed = Seed.objects.select_for_update().get(pk=seed.pk)
    seed.last_number += 1
    seed.save(update_fields=["last_number"])
    return seed, seed.last_number


def _seal(row: Renewal, account: queries.Account, *, at: datetime) -> None:
    round = row.copies.count() + 1
    content = queries.gather(row, account, round=round)
    Sealed.objects.create(renewal=row, round=round, content=content, sha256=policy.seal(content), sealed_at=at)
    rows = [line.activity for line in account.lines]
    for activity in rows:
        activity.sealed, activity.sent = True, {name: getattr(activity, name) for name in ANSWERS}
    Activity.objects.bulk_update(rows, ["sealed", "sent"])
    Proof.objects.filter(activity__renewal=row).update(sealed=True)


def _receive(row: Renewal, account: queries.Account, *, at: datetime) -> None:
    """Put a renewal before staff, or, where it is drawn for the sample and documents are missing, ask for them."""
    unproven = [line.activity.pk for line in account.unproven]
    if not (row.sampled and unproven):
        notices.received(row, at=at)
        return
    Activity.objects.filter(pk__in=unproven).update(mark=Mark.ASKED, comment=DRAWN)
    today = calendar.today(at)
    answer_by = today + timedelta(days=row.terms.renewal_answer_days)
    words = f"{len(unproven)} of {len(account.counting)} activities"
    details = {"items": words, "answer_by": answer_by}
    changes: dict[str, Any] = {"asked_on": today, "asked_by": None, "answer_by": answer_by}
    transitions.transition(row, "sample", actor=None, at=at, person=row.person, details=details, **changes)
    notices.sampled(row, at=at)
