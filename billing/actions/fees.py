"""Fees and terms of payment from a coming day on. What counts today, or counted once, never changes."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from billing import policy, queries
from billing.models import FeeAmount, InvoiceTerms
from billing.states import FeeKind
from ledger import actions as ledger
from ledger.states import NotPossible
from people.templatetags.words import longdate

if TYPE_CHECKING:
    from people.models import User

ONCE = "There is already an amount starting that day. Cancel it first, or choose another day."


def add_fee(*, kind: str, standard_cents: int, member_cents: int, effective_on: date, actor: "User", at: datetime) -> FeeAmount:
    """Set a fee from a coming day on; from today on where there was none.

    Raises NotPossible for an earlier day, a day that has an amount already, and members who would pay more than others.
    """
    with transaction.atomic():
        today = queries.today(at)
        in_force = FeeAmount.objects.filter(kind=kind, effective_on__lte=today).exists()
        first = policy.first_day(today=today, in_force=in_force)
        if effective_on < first:
            raise NotPossible(f"Choose {longdate(first)} or a later day. Earlier fees never change.")
        if not 0 <= member_cents <= standard_cents:
            raise NotPossible("The member price must be no more than the full fee.")
        if not member_cents and kind != FeeKind.CERTIFICATE_RENEWAL:
            raise NotPossible("Only the renewal of a certificate can cost nothing. Enter more than 0.")
        try:
            with transaction.atomic():
                fee = FeeAmount.objects.create(
                    kind=kind, standard_cents=standard_cents, member_cents=member_cents, effective_on=effective_on
                )
        except IntegrityError:
            raise NotPossible(ONCE) from None
        ledger.record("billing.fee.add", subject=fee, actor=actor, at=at, details=_facts(fee))
        return fee


def cancel_fee(fee: FeeAmount, *, actor: "User", at: datetime) -> None:
    """Remove a fee that does not count yet. Raises NotPossible for one that does."""
    with transaction.atomic():
        row = FeeAmount.objects.select_for_update().filter(pk=fee.pk, effective_on__gt=queries.today(at)).first()
        if row is None:
            raise NotPossible("This fee is already in effect, so it stays. Set another one for a future date.")
        ledger.record("billing.fee.cancel", subject=row, actor=actor, at=at, details=_facts(row))
        row.delete()


def add_terms(*, net_days: int, effective_on: date, actor: "User", at: datetime) -> InvoiceTerms:
    """Set how long institutions have to pay, for invoices dated from a coming day on. Raises NotPossible as `add_fee` does."""
    with transaction.atomic():
        first = policy.first_day(today=queries.today(at), in_force=True)
        if effective_on < first:
            raise NotPossible(f"Choose {longdate(first)} or a later day. Earlier fees never change.")
        try:
            with transaction.atomic():
                terms = InvoiceTerms.objects.create(net_days=net_days, effective_on=effective_on)
        except IntegrityError:
            raise NotPossible(ONCE) from None
        details = {"effective_on": effective_on, "days": net_days}
        ledger.record("billing.terms.add", subject=terms, actor=actor, at=at, details=details)
        return terms


def _facts(row: FeeAmount) -> dict[str, object]:
    return {
        "kind": FeeKind(row.kind).label.lower(),
        "effective_on": row.effective_on,
        "standard": policy.dollars(row.standard_cents),
        "member": policy.dollars(row.member_cents),
    }
