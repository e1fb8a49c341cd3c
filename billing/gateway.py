"""The card company: the only module that knows Stripe. Ours are ids and cents in, frozen facts out."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import requests
import stripe
from django.conf import settings
from stripe.params.checkout import SessionCreateParams

from billing import circuit, policy
from billing.states import OutageKind
from ledger.states import NotPossible

CONNECT_SECONDS = 2.0
RETRIES = 1
TOLERANCE_SECONDS = 300
PAGE = 100
NO_ANSWER = "The card company does not answer right now. Nothing was charged. Please try again in a few minutes, or pay by check."
BAD_KEY = "We can’t take cards right now. Nothing was charged. Our staff have been told. You can pay by check, or try again tomorrow."
BUSY = "Many people are paying right now. Nothing was charged. Please try again in a minute."


class GatewayUnavailable(NotPossible):
    """The card company does not answer, or not sensibly; the same call may work later."""

    def __init__(self, message: str = NO_ANSWER) -> None:
        super().__init__(message)


class KeyRefused(GatewayUnavailable):
    """The card company does not take our key: nothing works until staff have put another in its place."""

    def __init__(self) -> None:
        super().__init__(BAD_KEY)


class GatewayRefused(NotPossible):
    """The card company says no, and would say no again; `answer` is its own words, for staff."""

    def __init__(self, answer: str) -> None:
        super().__init__("The card company could not do this. Nothing was charged. Please write to us, and we will help.")
        self.answer = answer


class Forged(ValueError):
    """A message that the card company did not sign, signed too long ago, or that is not one."""


@dataclass(frozen=True)
class Event:
    """A message whose signature holds. `payment` and `refund` are our own ids, as we once gave them to the card company."""

    id: str
    type: str
    live: bool
    object_id: str
    payment: str
    refund: str


@dataclass(frozen=True)
class FetchedRefund:
    """A refund as the card company tells it: pending, requires_action, succeeded, failed or canceled."""

    id: str
    status: str
    answer: str


def is_live() -> bool:
    """Whether our key moves real money."""
    return str(settings.STRIPE_SECRET_KEY).startswith(("sk_live_", "rk_live_"))


def create_checkout(
    *, payment: str, charge: str, amount_cents: int, description: str, email: str, success_url: str, cancel_url: str, expires_at: datetime
) -> policy.Fetched:
    """Open a page at the card company where one payment can be made; the same `payment` gets the same page again.

    Raises GatewayUnavailable or GatewayRefused. Costs one call, with one retry.
    """
    ours = {"payment": payment, "charge": charge}
    asked: SessionCreateParams = {
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
        return _told(_client().v1.checkout.sessions.create(asked, {"idempotency_key": payment}))


def fetch_checkout(session: str) -> policy.Fetched:
    """Ask how a checkout stands now. Raises GatewayUnavailable, or GatewayRefused for one that does not exist."""
    with _translated():
        return _told(_client().v1.checkout.sessions.retrieve(session))


def has_failed(session: str) -> bool:
    """Whether no money can come anymore by a checkout that was gone through and is not paid: a bank debit takes days, and can fail."""
    with _translated():
        told: dict[str, Any] = _client().v1.checkout.sessions.retrieve(session, {"expand": ["payment_intent"]}).to_dict()
    return (told["payment_intent"] or {}).get("status") in {"requires_payment_method", "canceled"}


def expire_checkout(session: str) -> None:
    """Close a checkout, so that nobody can pay there anymore. Raises GatewayRefused for one that is paid or closed already."""
    with _translated():
        _client().v1.checkout.sessions.expire(session)


def refund(*, intent: str, amount_cents: int, refund: str, key: str) -> FetchedRefund:
    """Give money back; the same `key` does it once. Raises GatewayUnavailable or GatewayRefused."""
    with _translated():
        given = _client().v1.refunds.create(
            {"payment_intent": intent, "amount": amount_cents, "metadata": {"refund": refund}}, {"idempotency_key": key}
        )
        return _told_refund(given)


def fetch_refund(id: str) -> FetchedRefund:
    """Ask how a refund stands now. Raises GatewayUnavailable, or GatewayRefused for one that does not exist."""
    with _translated():
        return _told_refund(_client().v1.refunds.retrieve(id))


def list_payments(*, since: datetime) -> list[policy.TheirPayment]:
    """Every checkout that the card company began since an instant, with what it gave back of each. Raises GatewayUnavailable.

    Costs one call for each hundred checkouts and each hundred refunds.
    """
    first = int(since.timestamp())
    with _translated():
        sessions = list(_client().v1.checkout.sessions.list({"created": {"gte": first}, "limit": PAGE}).auto_paging_iter())
        refunds = list(_client().v1.refunds.list({"created": {"gte": first}, "limit": PAGE}).auto_paging_iter())
        back: dict[str, int] = {}
        for refund in map(_as_dict, refunds):
            if refund["status"] == "succeeded":
                back[refund["payment_intent"]] = back.get(refund["payment_intent"], 0) + refund["amount"]
        return [
            policy.TheirPayment(
                payment=told["client_reference_id"] or "",
                session=told["id"],
                paid=told["payment_status"] == "paid",
                amount_cents=told["amount_total"] or 0,
                refunded_cents=back.get(told["payment_intent"] or "", 0),
            )
            for told in map(_as_dict, sessions)
        ]


def _as_dict(thing: stripe.checkout.Session | stripe.Refund) -> dict[str, Any]:
    told: dict[str, Any] = thing.to_dict()
    return told


def read_event(payload: bytes, signature: str) -> Event:
    """Check who signed a message and when (at most five minutes ago), then read it. Raises Forged."""
    try:
        event = stripe.Webhook.construct_event(payload, signature, settings.STRIPE_WEBHOOK_SECRET, TOLERANCE_SECONDS)
        thing = event.to_dict()["data"]["object"]
        ours = thing.get("metadata") or {}
        return Event(
            id=event.id,
            type=event.type,
            live=bool(event.livemode),
            object_id=str(thing["id"]),
            payment=str(thing.get("client_reference_id") or ours.get("payment") or ""),
            refund=str(ours.get("refund") or ""),
        )
    except (stripe.SignatureVerificationError, ValueError, KeyError, AttributeError, TypeError) as wrong:
        raise Forged(str(wrong)) from wrong


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


def _told(session: stripe.checkout.Session) -> policy.Fetched:
    told: dict[str, Any] = session.to_dict()
    return policy.Fetched(
        session=told["id"],
        mode=told["mode"],
        status=told["status"] or "",
        payment_status=told["payment_status"],
        amount_cents=told["amount_total"],
        currency=told["currency"] or "",
        live=bool(told["livemode"]),
        payment=told["client_reference_id"] or "",
        charge=(told["metadata"] or {}).get("charge", ""),
        intent=told["payment_intent"] or "",
        url=told["url"] or "",
        expires_at=datetime.fromtimestamp(told["expires_at"], UTC),
    )


def _told_refund(given: stripe.Refund) -> FetchedRefund:
    told: dict[str, Any] = given.to_dict()
    return FetchedRefund(id=told["id"], status=told["status"] or "pending", answer=told.get("failure_reason") or "")
