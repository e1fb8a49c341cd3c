"""Stripe, which no other module knows: our ids and cents in, frozen dataclasses out."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import requests
import stripe
from django.conf import settings
from stripe.params import RefundCreateParams
from stripe.params.checkout import SessionCreateParams

from billing import policy
from billing.gateway import circuit
from billing.states import OutageKind
from ledger.states import NotPossible

CONNECT_SECONDS = 2.0
RETRIES = 1
TOLERANCE_SECONDS = 300
PAGE = 100
NO_ANSWER = "The card company is not responding right now. Nothing was charged. Please try again in a few minutes, or pay by check."
BAD_KEY = "We can’t take cards right now. Nothing was charged. Our staff know about it. You can pay by check, or try again tomorrow."
BUSY = "Many people are paying right now. Nothing was charged. Please try again in a minute."


class GatewayUnavailable(NotPossible):
    """Stripe does not answer, or not sensibly; the same call may work later."""

    def __init__(self, message: str = NO_ANSWER) -> None:
        super().__init__(message)


class KeyRefused(GatewayUnavailable):
    """Stripe does not take our key: nothing works until staff have put another in its place."""

    def __init__(self) -> None:
        super().__init__(BAD_KEY)


class GatewayRefused(NotPossible):
    """Stripe says no, and would say no again; `answer` is its own words, for staff."""

    def __init__(self, answer: str) -> None:
        super().__init__("The card company could not do this. Nothing was charged. Please write to us, and we will help.")
        self.answer = answer


class GatewayConflict(GatewayRefused):
    """The same number was used before for something else."""


class Forged(ValueError):
    """A message that Stripe did not sign, signed too long ago, or that is not one."""


@dataclass(frozen=True)
class Event:
    """A message whose signature holds. `payment` is our own number, as we once gave it to Stripe."""

    id: str
    type: str
    live: bool
    object_id: str
    payment: str


@dataclass(frozen=True, kw_only=True)
class FetchedRefund:
    """A refund as Stripe tells it: pending, requires_action, succeeded, failed or canceled.

    `refund` and `key` are our own numbers; one that was made in Stripe has none.
    """

    id: str
    status: str
    answer: str = ""
    amount: int = 0
    currency: str = policy.CURRENCY
    charge: str = ""
    intent: str = ""
    refund: str = ""
    key: str = ""
    at: datetime | None = None

    @property
    def over(self) -> bool:
        """Whether no money moves: it failed, or was canceled."""
        return self.status in {"failed", "canceled"}


@dataclass(frozen=True, kw_only=True)
class FetchedDispute:
    """A dispute as Stripe tells it; `withdrawn` and `fee` are what it cost us so far, less what came back."""

    id: str
    status: str
    reason: str
    amount: int
    currency: str
    charge: str
    intent: str
    withdrawn: int
    fee: int
    due_by: datetime | None
    at: datetime


@dataclass(frozen=True, kw_only=True)
class FetchedWarning:
    """A fraud warning as Stripe tells it; `actionable` while a refund can still avoid a dispute."""

    id: str
    fraud_type: str
    actionable: bool
    charge: str
    intent: str
    at: datetime


def is_live() -> bool:
    """Whether our key moves real money."""
    return str(settings.STRIPE_SECRET_KEY).startswith(("sk_live_", "rk_live_"))


def create_checkout(
    *, payment: str, charge: str, amount_cents: int, description: str, email: str, success_url: str, cancel_url: str, expires_at: datetime
) -> policy.Fetched:
    """Open a page at Stripe where one payment can be made; the same `payment` gets the same page again.

    Raises GatewayUnavailable or GatewayRefused. Costs one call, with one retry.
    """
    ours = {"payment": payment, "charge": charge}
    params: SessionCreateParams = {
        "mode": "payment",
        "allowed_payment_method_types": ["card"],
        "adaptive_pricing": {"enabled": False},
        "client_reference_id": payment,
        "customer_email": email,
        "line_items": [
            {
                "quantity": 1,
                "price_data": {"currency": policy.CURRENCY, "unit_amount": amount_cents, "product_data": {"name": description}},
            }
        ],
        "metadata": ours,
        "payment_intent_data": {"metadata": ours, "description": description},
        "success_url": success_url,
        "cancel_url": cancel_url,
        "expires_at": int(expires_at.timestamp()),
    }
    with _translated():
        return _read_session(_client().v1.checkout.sessions.create(params, {"idempotency_key": payment}))


def fetch_checkout(session: str) -> policy.Fetched:
    """Ask how a checkout stands now, and what was truly taken. Raises GatewayUnavailable, or GatewayRefused for one that does not exist.

    Costs one call, two when it is paid.
    """
    with _translated():
        v1 = _client().v1
        checkout = v1.checkout.sessions.retrieve(session, {"expand": ["payment_intent"]})
        intent = checkout.payment_intent
        taken: list[policy.TheirCharge] = []
        if isinstance(intent, stripe.PaymentIntent) and checkout.payment_status == "paid":
            listed = v1.charges.list({"payment_intent": intent.id, "limit": PAGE}).auto_paging_iter()
            taken = sorted((_read_charge(charge) for charge in listed if _took(charge)), key=lambda charge: charge.at)
        return _read_session(checkout, taken)


def find_checkout(*, intent: str) -> str:
    """The number of the checkout behind a payment, or "". Raises GatewayUnavailable and GatewayRefused."""
    with _translated():
        sessions = _client().v1.checkout.sessions.list({"payment_intent": intent, "limit": 1}).data
        return sessions[0].id if sessions else ""


def has_failed(session: str) -> bool:
    """Whether no money can come anymore by a checkout that was gone through and is not paid: a bank debit takes days, and can fail."""
    with _translated():
        checkout: dict[str, Any] = _client().v1.checkout.sessions.retrieve(session, {"expand": ["payment_intent"]}).to_dict()
    return (checkout["payment_intent"] or {}).get("status") in {"requires_payment_method", "canceled"}


def expire_checkout(session: str) -> None:
    """Close a checkout, so that no one can pay there anymore. Raises GatewayRefused for one that is paid or closed already."""
    with _translated():
        _client().v1.checkout.sessions.expire(session)


def fetch_charge(id: str) -> policy.TheirCharge:
    """Ask what was taken by one charge. Raises GatewayUnavailable, or GatewayRefused for one that does not exist."""
    with _translated():
        return _read_charge(_client().v1.charges.retrieve(id))


def refund(*, intent: str, charge: str = "", amount_cents: int, refund: str, key: str) -> FetchedRefund:
    """Give money back; the same `key` does it once. Raises GatewayUnavailable or GatewayRefused.

    Stripe forgets keys after a day, and keeps an error under one that it did all the same: `find_refund` first.
    """
    params: RefundCreateParams = {"amount": amount_cents, "metadata": {"refund": refund, "key": key}}
    if charge:
        params["charge"] = charge
    else:
        params["payment_intent"] = intent
    with _translated():
        return _read_refund(_client().v1.refunds.create(params, {"idempotency_key": key}))


def find_refund(*, intent: str, key: str) -> FetchedRefund | None:
    """The refund of a payment that was made under a key, however long ago. Raises GatewayUnavailable and GatewayRefused."""
    with _translated():
        any_iterator = _client().v1.refunds.list({"payment_intent": intent, "limit": PAGE}).auto_paging_iter()
        return next((fetched_refund for fetched_refund in map(_read_refund, any_iterator) if fetched_refund.key == key), None)


def fetch_refund(id: str) -> FetchedRefund:
    """Ask how a refund stands now. Raises GatewayUnavailable, or GatewayRefused for one that does not exist."""
    with _translated():
        return _read_refund(_client().v1.refunds.retrieve(id))


def fetch_dispute(id: str) -> FetchedDispute:
    """Ask how a dispute stands now. Raises GatewayUnavailable, or GatewayRefused for one that does not exist."""
    with _translated():
        return _read_dispute(_client().v1.disputes.retrieve(id))


def fetch_warning(id: str) -> FetchedWarning:
    """Ask how a fraud warning stands now. Raises GatewayUnavailable, or GatewayRefused for one that does not exist."""
    with _translated():
        return _read_warning(_client().v1.radar.early_fraud_warnings.retrieve(id))


@dataclass(frozen=True, kw_only=True)
class Listing:
    """Everything that Stripe has since an instant, of other shops on the account, too."""

    charges: list[policy.TheirCharge]
    refunds: list[FetchedRefund]
    disputes: list[FetchedDispute]
    warnings: list[FetchedWarning]


def list_everything(*, since: datetime) -> Listing:
    """Every charge that took money, refund, dispute and fraud warning since an instant. Raises GatewayUnavailable and GatewayRefused.

    Costs one call for each hundred of each.
    """
    params: Any = {"created": {"gte": int(since.timestamp())}, "limit": PAGE}
    v1 = _client().v1
    with _translated():
        return Listing(
            charges=[_read_charge(charge) for charge in v1.charges.list(params).auto_paging_iter() if _took(charge)],
            refunds=[_read_refund(refund) for refund in v1.refunds.list(params).auto_paging_iter()],
            disputes=[_read_dispute(dispute) for dispute in v1.disputes.list(params).auto_paging_iter()],
            warnings=[
                _read_warning(early_fraud_warning) for early_fraud_warning in v1.radar.early_fraud_warnings.list(params).auto_paging_iter()
            ],
        )


def read_event(payload: bytes, signature: str) -> Event:
    """Check who signed a message and when (at most five minutes ago), then read it. Raises Forged."""
    _check_signature(payload, signature)
    try:
        event = json.loads(payload)
        # A thin event has no object in it, and some objects have no id: they are signed all the same, and not for us.
        thing = (event.get("data") or {}).get("object") or {}
        ours = thing.get("metadata") or {}
        return Event(
            id=str(event["id"]),
            type=str(event["type"]),
            live=bool(event.get("livemode")),
            object_id=str(thing.get("id") or ""),
            payment=str(thing.get("client_reference_id") or ours.get("payment") or ""),
        )
    except (ValueError, KeyError, AttributeError, TypeError) as wrong:
        raise Forged(str(wrong)) from wrong


def _check_signature(payload: bytes, signature: str) -> None:
    """Take the signature of any of our secrets: there are two while one is replaced. Raises Forged."""
    wrong = "no secret"
    for secret in filter(None, (text.strip() for text in str(settings.STRIPE_WEBHOOK_SECRET).split(","))):
        try:
            stripe.WebhookSignature.verify_header(payload, signature, secret, TOLERANCE_SECONDS)
        except (stripe.SignatureVerificationError, ValueError) as no:
            wrong = str(no)
        else:
            return
    raise Forged(wrong)


@lru_cache(maxsize=4)
def _connect(key: str, base: str, timeout: float) -> stripe.StripeClient:
    """One client per key and address, shared by all threads; a stand-in on this machine is reached without a proxy."""
    session = None
    if base:
        session = requests.Session()
        session.trust_env = False
    return stripe.StripeClient(
        key,
        base_addresses={"api": base} if base else {},
        max_network_retries=RETRIES,
        http_client=stripe.RequestsClient(timeout=(CONNECT_SECONDS, timeout), session=session),
    )


def _client() -> stripe.StripeClient:
    if not settings.STRIPE_SECRET_KEY:
        raise GatewayUnavailable("Card payment is not set up here yet. Please write to us, and we will help.")
    return _connect(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE, settings.STRIPE_TIMEOUT_SECONDS)


@contextmanager
def _translated() -> Iterator[None]:
    """Turn the library's many errors into our three, and tell the circuit how it went. Belongs in no transaction."""
    try:
        with circuit.entered():
            yield
    except circuit.Shut as shut:
        raise (KeyRefused() if shut.kind == OutageKind.KEY else GatewayUnavailable(NO_ANSWER if shut.kind else BUSY)) from shut
    except (stripe.AuthenticationError, stripe.PermissionError) as no:
        circuit.failed(OutageKind.KEY, answer=str(no.user_message or no))
        raise KeyRefused from no
    except stripe.IdempotencyError as other:
        circuit.answered()
        raise GatewayConflict(str(other.user_message or other)) from other
    except stripe.StripeError as trouble:
        if trouble.http_status is None or trouble.http_status >= 500 or trouble.http_status == 429:
            circuit.failed(OutageKind.SILENT, answer=str(trouble))
            raise GatewayUnavailable from trouble
        circuit.answered()
        if isinstance(trouble, stripe.InvalidRequestError | stripe.CardError):
            raise GatewayRefused(str(trouble.user_message or trouble)) from trouble
        raise GatewayUnavailable from trouble
    else:
        circuit.answered()


def _read_session(session: stripe.checkout.Session, taken: Sequence[policy.TheirCharge] = ()) -> policy.Fetched:
    values: dict[str, Any] = session.to_dict()
    intent = values["payment_intent"] or ""
    return policy.Fetched(
        session=values["id"],
        mode=values["mode"],
        status=values["status"] or "",
        payment_status=values["payment_status"],
        amount_cents=values["amount_total"],
        currency=values["currency"] or "",
        live=bool(values["livemode"]),
        payment=values["client_reference_id"] or "",
        charge=(values["metadata"] or {}).get("charge", ""),
        intent=_id(intent),
        url=values["url"] or "",
        expires_at=_instant(values["expires_at"]),
        intent_status=intent["status"] if isinstance(intent, dict) else "",
        charges=tuple(taken),
    )


def _took(charge: stripe.Charge) -> bool:
    """Whether a charge took money: one that failed, or is only reserved, did not."""
    return charge.status == "succeeded" and bool(charge.amount_captured)


def _read_charge(charge: stripe.Charge) -> policy.TheirCharge:
    values: dict[str, Any] = charge.to_dict()
    return policy.TheirCharge(
        id=values["id"],
        intent=_id(values.get("payment_intent")),
        payment=(values.get("metadata") or {}).get("payment", ""),
        amount=values["amount_captured"],
        currency=values["currency"],
        at=_instant(values["created"]),
    )


def _read_refund(stripe_refund: stripe.Refund) -> FetchedRefund:
    values: dict[str, Any] = stripe_refund.to_dict()
    ours = values.get("metadata") or {}
    return FetchedRefund(
        id=values["id"],
        status=values["status"] or "pending",
        answer=values.get("failure_reason") or "",
        amount=values["amount"],
        currency=values["currency"],
        charge=_id(values.get("charge")),
        intent=_id(values.get("payment_intent")),
        refund=ours.get("refund", ""),
        key=ours.get("key", ""),
        at=_instant(values["created"]),
    )


def _read_dispute(stripe_dispute: stripe.Dispute) -> FetchedDispute:
    values: dict[str, Any] = stripe_dispute.to_dict()
    moved = values.get("balance_transactions") or []
    due = (values.get("evidence_details") or {}).get("due_by")
    return FetchedDispute(
        id=values["id"],
        status=values["status"],
        reason=values["reason"],
        amount=values["amount"],
        currency=values["currency"],
        charge=_id(values["charge"]),
        intent=_id(values.get("payment_intent")),
        withdrawn=max(0, -sum(transaction["amount"] for transaction in moved)),
        fee=max(0, sum(transaction["fee"] for transaction in moved)),
        due_by=_instant(due) if due else None,
        at=_instant(values["created"]),
    )


def _read_warning(stripe_warning: stripe.radar.EarlyFraudWarning) -> FetchedWarning:
    values: dict[str, Any] = stripe_warning.to_dict()
    return FetchedWarning(
        id=values["id"],
        fraud_type=values["fraud_type"],
        actionable=bool(values["actionable"]),
        charge=_id(values["charge"]),
        intent=_id(values.get("payment_intent")),
        at=_instant(values["created"]),
    )


def _id(thing: Any) -> str:
    """The number of a thing that comes whole or as its number, or not at all."""
    return str(thing["id"]) if isinstance(thing, dict) else str(thing or "")


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
