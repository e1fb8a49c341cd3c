"""What is due by the clock."""

import logging
from datetime import datetime

from ledger.registry import sweep
from renewals import actions, queries

log = logging.getLogger(__name__)


@sweep("renewals.open", every="day")
def open_missing(*, at: datetime) -> None:
    """Open the renewals of certificates that were issued before this app was there."""
    actions.open_missing(at=at)


@sweep("renewals.price", every="hour")
def price(*, at: datetime) -> None:
    """Go on with what was sent while no fee was set; one that fails is reported to the operators and stops no one."""
    for renewal in queries.list_unpriced():
        try:
            actions.price(renewal, at=at)
        except Exception:
            log.exception("The renewal %s could not be priced", renewal.id)


@sweep("renewals.hand_back", every="day")
def hand_back(*, at: datetime) -> None:
    """Return what was not paid by its last day; one that fails is reported to the operators, found again tomorrow, and stops no one."""
    for renewal in queries.list_unpaid_over(at=at):
        try:
            actions.hand_back(renewal, at=at)
        except Exception:
            log.exception("The renewal %s could not be handed back", renewal.id)
