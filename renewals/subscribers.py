"""Events of other apps: a certificate was issued or is provisional no longer, or a fee settled."""

from datetime import datetime
from typing import Any

from certificates import queries as certificates
from ledger.registry import subscribe
from renewals import actions
from renewals.queries import PURPOSE


@subscribe("certificates.certificate.confirmed", name="renewals.open")
@subscribe("certificates.certificate.issued", name="renewals.open")
def certificate_issued(event: dict[str, Any], *, at: datetime) -> None:
    """Open the renewal of its first full term, or hand on that of the certificate which it replaces."""
    actions.open_term(certificates.find_certificate(event["certificate"]), actor=None, at=at)


@subscribe("billing.charge.settled", name="renewals.fee")
def fee_settled(event: dict[str, Any], *, at: datetime) -> None:
    """Learn that a charge is settled; only that of a renewal matters here."""
    if event["purpose"] == PURPOSE:
        actions.pay(event["reference"], settled_at=datetime.fromisoformat(event["settled_at"]), at=at)
