"""The nightly comparison with Stripe: what is certain is mended, and the rest is put before staff."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from billing import gateway, policy
from billing.actions.disputes import STANDS, take_dispute, take_warning
from billing.actions.refunds import run_refund
from billing.actions.stripe_objects import take_charge, take_refund
from billing.models import Discrepancy, Dispute, FraudWarning, Payment, Refund
from billing.states import DiscrepancyState, DisputeState, FraudWarningState, Method, RefundState
from ledger import actions as ledger
from ledger import transitions
from ledger.states import NotPossible

if TYPE_CHECKING:
    from people.models import User

MADE_UP = "cs_demo_"
GRACE = timedelta(hours=1)
UNDECIDED = (DisputeState.INQUIRY, DisputeState.NEEDS_RESPONSE, DisputeState.UNDER_REVIEW)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How many charges and refunds were compared, what was mended, and what differs still, in English."""

    compared: int
    mended: list[str]
    differences: list[str]


def reconcile(*, at: datetime) -> Outcome:
    """Compare everything that can still change with our rows, and mend it. Safe to run again, and beside messages that arrive.

    Costs one call for each hundred charges, refunds, disputes and warnings of `settings.RECONCILE_DAYS`, and one for each older thing that
    is not decided. Raises GatewayUnavailable and GatewayRefused.
    """
    since = at - timedelta(days=settings.RECONCILE_DAYS)
    theirs = gateway.list_everything(since=since)
    mended = [*_mend_charges(theirs.charges, at=at), *_mend_rest(theirs, at=at), *_mend_old(theirs, at=at)]
    discrepancies = {key: (text, payment) for key, text, payment in _compare(theirs, since=since, at=at)}
    _tell(discrepancies, at=at)
    differences = [discrepancies[key][0] for key in sorted(discrepancies)]
    return Outcome(compared=len(theirs.charges) + len(theirs.refunds), mended=mended, differences=differences)


def _mend_charges(charges: Iterable[policy.TheirCharge], *, at: datetime) -> list[str]:
    ours = {charge.id: number for charge in charges if (number := policy.as_uuid(charge.payment)) is not None}
    known = set(Payment.objects.filter(stripe_charge__in=ours).values_list("stripe_charge", flat=True))
    rows = set(Payment.objects.filter(id__in=ours.values()).values_list("id", flat=True))
    lost = [charge for charge in charges if charge.id in ours and charge.id not in known and ours[charge.id] in rows]
    return [
        f"{charge.id}: {policy.money(charge.amount, charge.currency)} was received."
        for charge in lost
        if take_charge(charge, at=at) is not None
    ]


def _mend_rest(theirs: gateway.Listing, *, at: datetime) -> list[str]:
    """Take in refunds, disputes and warnings that stand otherwise with us. Those of other shops are found by no one."""
    mended = []
    intents = set(Payment.objects.exclude(intent="").values_list("intent", flat=True))
    refunds = dict(Refund.objects.exclude(stripe_id="").values_list("stripe_id", "state"))
    for refund in theirs.refunds:
        if refund.intent in intents and not _agrees(refund, refunds.get(refund.id)):
            row = take_refund(refund, at=at)
            if row is not None and row.state != refunds.get(refund.id):
                mended.append(f"{refund.id}: refund of {row.amount}: {row.get_state_display().lower()}.")
    disputes = {row.stripe_id: row for row in Dispute.objects.all()}
    for dispute in theirs.disputes:
        if dispute.intent in intents and not _same(dispute, disputes.get(dispute.id)):
            stored = take_dispute(dispute, at=at)
            if stored is not None:
                mended.append(f"{dispute.id}: dispute about {stored.amount}: {stored.get_state_display().lower()}.")
    warnings = dict(FraudWarning.objects.values_list("stripe_id", "state"))
    for warning in theirs.warnings:
        state = warnings.get(warning.id)
        if warning.intent in intents and (state is None or (state == FraudWarningState.OPEN and not warning.actionable)):
            take_warning(warning, at=at)
            mended.append(f"{warning.id}: fraud warning.")
    return mended


def _agrees(refund: gateway.FetchedRefund, state: str | None) -> bool:
    if refund.over:
        # One that we no longer need was not made either.
        return state in {None, RefundState.FAILED, RefundState.WITHDRAWN}
    return state == (RefundState.DONE if refund.status == "succeeded" else RefundState.ASKED)


def _same(theirs: gateway.FetchedDispute, row: Dispute | None) -> bool:
    return row is not None and (STANDS.get(theirs.status), theirs.withdrawn, theirs.fee) == (row.state, row.withdrawn_cents, row.fee_cents)


def _mend_old(theirs: gateway.Listing, *, at: datetime) -> list[str]:
    """Ask about what is older than the list, and not decided."""
    listed = {dispute.id for dispute in theirs.disputes} | {fetched_refund.id for fetched_refund in theirs.refunds}
    mended = []
    for row in Dispute.objects.filter(state__in=UNDECIDED).exclude(stripe_id__in=listed):
        state = row.state
        now = take_dispute(gateway.fetch_dispute(row.stripe_id), at=at)
        if now is not None and now.state != state:
            mended.append(f"{row.stripe_id}: dispute about {row.amount}: {now.get_state_display().lower()}.")
    for refund in Refund.objects.filter(state=RefundState.ASKED).exclude(stripe_id="").exclude(stripe_id__in=listed):
        if run_refund(refund.id, at=at).state != RefundState.ASKED:
            mended.append(f"{refund.stripe_id}: refund of {refund.amount}.")
    return mended


def _compare(theirs: gateway.Listing, *, since: datetime, at: datetime) -> Iterable[tuple[str, str, Payment | None]]:
    """What differs after all was mended: what it is about, in English, and our payment."""
    rows = Payment.objects.filter(method=Method.CARD).exclude(session__startswith=MADE_UP)
    by_charge = {row.stripe_charge: row for row in rows.exclude(stripe_charge="").filter(stripe_charge__in=[c.id for c in theirs.charges])}
    for charge in theirs.charges:
        row, took = by_charge.get(charge.id), policy.money(charge.amount, charge.currency)
        if row is None and policy.as_uuid(charge.payment) is not None:
            if at - charge.at > GRACE:
                yield charge.id, f"Stripe took {took} under our number {charge.payment} ({charge.id}), and we have no such payment.", None
        elif row is not None and (row.received_cents, row.currency) != (charge.amount, charge.currency):
            yield charge.id, f"Stripe took {took} ({charge.id}), and we recorded {row.received}.", row
    for row in rows.filter(received_cents__isnull=False, started_at__gte=since + GRACE).exclude(
        stripe_charge__in=[c.id for c in theirs.charges]
    ):
        yield f"payment {row.id}", f"We recorded {row.received} for {row.session or row.intent}, and Stripe took nothing.", row
    known = {row.stripe_id: row for row in Refund.objects.exclude(stripe_id="").select_related("payment")}
    for refund in theirs.refunds:
        ours = known.get(refund.id)
        if ours is not None and not refund.over and refund.amount != ours.amount_cents:
            gave = policy.money(refund.amount, refund.currency)
            yield refund.id, f"Stripe refunded {gave} ({refund.id}), and we recorded {ours.amount}.", ours.payment
        elif ours is not None and not _agrees(refund, ours.state):
            yield refund.id, f"Stripe says “{refund.status}” of refund {refund.id}, and we say “{ours.get_state_display()}”.", ours.payment
    disputes = {row.stripe_id: row for row in Dispute.objects.select_related("payment")}
    for dispute in theirs.disputes:
        row_ = disputes.get(dispute.id)
        if row_ is not None and not _same(dispute, row_):
            yield (
                dispute.id,
                f"Stripe says “{dispute.status}” of dispute {dispute.id}, and we say “{row_.get_state_display()}”.",
                row_.payment,
            )


def _tell(discrepancies: dict[str, tuple[str, Payment | None]], *, at: datetime) -> None:
    """Put differences before staff once; one that is over closes itself, and one that staff closed comes back when it changes."""
    with transaction.atomic():
        rows = {row.key: row for row in Discrepancy.objects.select_for_update()}
        for key, row in rows.items():
            if row.state == DiscrepancyState.OPEN and key not in discrepancies:
                transitions.transition(row, "agree", actor=None, at=at, details={"what": row.what})
        for key, (text, payment) in discrepancies.items():
            known = rows.get(key)
            if known is None:
                discrepancy = Discrepancy.objects.create(key=key, what=text[:300], payment=payment, found_at=at)
                ledger.record("billing.discrepancy.open", subject=discrepancy, actor=None, at=at, details={"what": text})
            elif known.what != text[:300] and known.state == DiscrepancyState.CLOSED:
                transitions.transition(known, "find", actor=None, at=at, details={"what": text}, what=text[:300], found_at=at)
            elif known.what != text[:300]:
                known.what = text[:300]
                known.save(update_fields=["what"])


def close_discrepancy(discrepancy: Discrepancy, *, actor: "User", at: datetime, reason: str) -> Discrepancy:
    """Note that staff looked at a difference. Raises NotPossible unless it is open, and for one's own payment."""
    with transaction.atomic():
        row = transitions.lock(Discrepancy, discrepancy.id, "close")
        if row.payment is not None and row.payment.charge.person_id == actor.pk:
            raise NotPossible("This is your own payment. Another staff member must decide on it.")
        transitions.transition(row, "close", actor=actor, at=at, reason=reason, details={"what": row.what})
    return row
