"""What a page shows of a certificate: the row, and what follows from its dates."""

from typing import Any

from certificates import policy, queries
from certificates.models import Certificate
from certificates.states import CertificateState
from ledger import clock
from programs.policy import today


def shown(row: Certificate) -> dict[str, Any]:
    """A certificate with what follows from its dates, for a page."""
    if row.state == CertificateState.ASKED:
        return {"certificate": row, "status": "", "rendering": None}
    facts = queries.get_facts(row)
    status = policy.status(facts, on=today(clock.now()))
    return {"certificate": row, "facts": facts, "status": status, "rendering": queries.get_rendering(row)}
