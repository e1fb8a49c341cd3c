"""The money of the stand-in: intents, charges, refunds, disputes and fraud warnings, and a balance that knows every cent."""

import secrets
import time
from collections.abc import Callable
from typing import Any

from standin.store import Store

DISPUTE_FEE = 1500
WEEK = 7 * 24 * 60 * 60
ENDS = {"won", "lost", "warning_closed"}
WITHDRAWN = {"needs_response", "under_review", "lost"}


class Refusal(Exception):
    """An error as Stripe words it."""

    def __init__(self, status: int, message: str, *, type: str = "invalid_request_error", code: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.body = {"error": {"type": type, "message": message, **({"code": code} if code else {})}}


class Money:
    """Moves money between made-up cards and a made-up balance; `happened` is told of each event that the program asks Stripe for."""

    def __init__(self, store: Store, happened: Callable[[str, dict[str, Any]], None]) -> None:
        self.store = store
        self.happened = happened
        self.refunds_end = "succeeded"

    def get(self, kind: str, id: str) -> dict[str, Any]:
        """One object of a kind."""
        thing = self.store.get(id)
        if thing is None or thing["object"] != kind:
            raise Refusal(404, f"No such {kind}: '{id}'", code="resource_missing")
        return thing

    def _new(self, object: str, prefix: str, **fields: Any) -> dict[str, Any]:
        thing = {"id": f"{prefix}_{secrets.token_hex(12)}", "object": object, "livemode": False, "created": int(time.time()), **fields}
        self.store.put(thing)
        return thing

    def _book(self, type: str, amount: int, currency: str, source: str, *, fee: int = 0) -> dict[str, Any]:
        return self._new(
            "balance_transaction", "txn", type=type, amount=amount, fee=fee, net=amount - fee, currency=currency, source=source
        )

    def books(self) -> dict[str, dict[str, int]]:
        """What came, went back, is with the banks and was taken as fees, by currency."""
        sums: dict[str, dict[str, int]] = {}
        for booked in self.store.find(object="balance_transaction"):
            kinds = sums.setdefault(booked["currency"], {"charge": 0, "refund": 0, "dispute": 0, "fee": 0, "net": 0})
            kinds[booked["type"]] += booked["amount"]
            kinds["fee"] += booked["fee"]
            kinds["net"] += booked["net"]
        return sums

    # Payments

    def start(self, session: dict[str, Any], *, amount: int | None = None, currency: str | None = None) -> dict[str, Any]:
        """An intent for what a session asks, or for something else."""
        return self._new(
            "payment_intent",
            "pi",
            amount=session["amount_total"] if amount is None else amount,
            amount_received=0,
            currency=currency or session["currency"],
            status="processing",
            latest_charge=None,
            metadata=session.get("intent_metadata", {}),
        )

    def capture(self, intent: dict[str, Any], *, captured: int | None = None) -> dict[str, Any]:
        """A charge that succeeds, in full or in part."""
        captured = intent["amount"] if captured is None else captured
        charge = self._new(
            "charge",
            "ch",
            amount=intent["amount"],
            amount_captured=captured,
            amount_refunded=0,
            captured=True,
            currency=intent["currency"],
            disputed=False,
            metadata=intent["metadata"],
            paid=True,
            payment_intent=intent["id"],
            status="succeeded",
        )
        self._book("charge", captured, intent["currency"], charge["id"])
        intent.update(status="succeeded", latest_charge=charge["id"], amount_received=intent["amount_received"] + captured)
        self.store.put(intent)
        return charge

    def expanded(self, session: dict[str, Any]) -> dict[str, Any]:
        """A session with its intent in it."""
        intent = session["payment_intent"]
        return {**session, "payment_intent": self.get("payment_intent", intent)} if intent else session

    # Refunds

    def find_charge(self, params: dict[str, Any]) -> dict[str, Any]:
        """The charge that a call or a switch is about: its own number, or the first of an intent."""
        if params.get("charge"):
            return self.get("charge", params["charge"])
        intent = params.get("payment_intent") or params.get("intent", "")
        charges = sorted(self.store.find(object="charge", payment_intent=intent), key=lambda charge: charge["created"])
        if not charges:
            raise Refusal(404, f"No such payment_intent: '{intent}'", code="resource_missing")
        return charges[0]

    def refund(self, params: dict[str, Any]) -> dict[str, Any]:
        """POST /v1/refunds, and what someone does in the dashboard, who gives no metadata."""
        with self.store.change():
            charge = self.find_charge(params)
            if any(row["status"] in WITHDRAWN for row in self.store.find(object="dispute", charge=charge["id"])):
                raise Refusal(400, f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed")
            refundable = charge["amount_captured"] - charge["amount_refunded"]
            amount = int(params.get("amount") or refundable)
            if not 0 < amount <= refundable:
                raise Refusal(400, f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
            refund = self._new(
                "refund",
                "re",
                amount=amount,
                currency=charge["currency"],
                charge=charge["id"],
                payment_intent=charge["payment_intent"],
                metadata=params.get("metadata", {}),
                status=self.refunds_end,
                failure_reason="lost_or_stolen_card" if self.refunds_end == "failed" else None,
            )
            if refund["status"] != "failed":
                self._give(charge, refund, amount)
            self.happened("refund.created", refund)
            return refund

    def finish_refund(self, id: str, status: str) -> dict[str, Any]:
        """End a refund that was pending, or let one fail late, as banks do."""
        with self.store.change():
            refund = self.get("refund", id)
            if status in {"failed", "canceled"} and refund["status"] not in {"failed", "canceled"}:
                self._give(self.get("charge", refund["charge"]), refund, -refund["amount"])
            refund.update(status=status, failure_reason="declined" if status == "failed" else None)
            self.store.put(refund)
            self.happened("refund.failed" if status == "failed" else "refund.updated", refund)
            return refund

    def _give(self, charge: dict[str, Any], refund: dict[str, Any], amount: int) -> None:
        charge["amount_refunded"] += amount
        self.store.put(charge)
        self._book("refund", -amount, charge["currency"], refund["id"])

    # Disputes

    def dispute(self, params: dict[str, Any]) -> dict[str, Any]:
        """A bank takes a charge back, or asks about it first (`inquiry`)."""
        with self.store.change():
            charge = self.find_charge(params)
            dispute = self._new(
                "dispute",
                "dp",
                amount=params.get("amount", charge["amount_captured"]),
                balance_transactions=[],
                charge=charge["id"],
                currency=charge["currency"],
                evidence_details={"due_by": int(time.time()) + params.get("days", 7) * WEEK // 7, "has_evidence": False},
                is_charge_refundable=bool(params.get("inquiry")),
                payment_intent=charge["payment_intent"],
                reason=params.get("reason", "fraudulent"),
                status="warning_needs_response" if params.get("inquiry") else "needs_response",
                metadata={},
            )
            charge["disputed"] = True
            self.store.put(charge)
            self._withdraw(dispute)
            self.happened("charge.dispute.created", dispute)
            if dispute["balance_transactions"]:
                self.happened("charge.dispute.funds_withdrawn", dispute)
            return dispute

    def change_dispute(self, id: str, status: str) -> dict[str, Any]:
        """What the bank says next: a status of Stripe's."""
        with self.store.change():
            dispute = self.get("dispute", id)
            dispute["status"] = status
            self._withdraw(dispute)
            self.happened("charge.dispute.closed" if status in ENDS else "charge.dispute.updated", dispute)
            return dispute

    def _withdraw(self, dispute: dict[str, Any]) -> None:
        """Let the money be where the status says; a dispute that is won costs nothing."""
        away = dispute["status"] in WITHDRAWN
        was_away = sum(row["amount"] for row in dispute["balance_transactions"]) < 0
        if away != was_away:
            sign = -1 if away else 1
            row = self._book("dispute", sign * dispute["amount"], dispute["currency"], dispute["id"], fee=-sign * DISPUTE_FEE)
            dispute["balance_transactions"].append(row)
        self.store.put(dispute)

    def warn(self, params: dict[str, Any]) -> dict[str, Any]:
        """A card network reports a charge as fraud, before any dispute."""
        with self.store.change():
            charge = self.find_charge(params)
            warning = self._new(
                "radar.early_fraud_warning",
                "issfr",
                actionable=params.get("actionable", True),
                charge=charge["id"],
                payment_intent=charge["payment_intent"],
                fraud_type=params.get("fraud_type", "made_with_stolen_card"),
            )
            self.happened("radar.early_fraud_warning.created", warning)
            return warning
