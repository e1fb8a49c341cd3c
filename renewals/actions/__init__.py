"""Actions: open a renewal with its term, log activities, send them, and decide."""

from renewals.actions.activities import add_activity, add_proof, add_proofs, remove_activity, remove_proof, rename, save_activity
from renewals.actions.decisions import Marked, approve, ask, refuse
from renewals.actions.openings import open_missing, open_term
from renewals.actions.remands import remand
from renewals.actions.submissions import answer, hand_back, pay, price, resume, send, withdraw

__all__ = [
    "Marked",
    "add_activity",
    "add_proof",
    "add_proofs",
    "answer",
    "approve",
    "ask",
    "hand_back",
    "open_missing",
    "open_term",
    "pay",
    "price",
    "refuse",
    "remand",
    "remove_activity",
    "remove_proof",
    "rename",
    "resume",
    "save_activity",
    "send",
    "withdraw",
]
