"""Actions: ask for a certificate, issue it, draw it, open its next term, decide on it, and show it."""

from certificates.actions.decisions import (
    confirm_revocation,
    drop_revocation,
    propose_revocation,
    reinstate,
    remand,
    replace,
    stand,
    suspend,
)
from certificates.actions.disclosures import ask_letter, draw_letter, join_directory, leave_directory
from certificates.actions.issuance import Outcome, ask, confirm, draw, hold, issue, issue_all, renew

__all__ = [
    "Outcome",
    "ask",
    "ask_letter",
    "confirm",
    "confirm_revocation",
    "draw",
    "draw_letter",
    "drop_revocation",
    "hold",
    "issue",
    "issue_all",
    "join_directory",
    "leave_directory",
    "propose_revocation",
    "reinstate",
    "remand",
    "renew",
    "replace",
    "stand",
    "suspend",
]
