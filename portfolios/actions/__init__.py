"""The writing door: write and send a portfolio, find its evaluators, rate it, and let the rules decide."""

from portfolios.actions.assigning import accept, approve_evaluator, assign, decline, reopen, replace
from portfolios.actions.rating import close_supplement, finish_ratings, rate
from portfolios.actions.sending import lapse, send, send_supplement, settle
from portfolios.actions.writing import (
    add_evidence,
    change_evidence,
    finish_response,
    remove_evidence,
    save_addition,
    save_response,
    save_statement,
    start,
)

__all__ = [
    "accept",
    "add_evidence",
    "approve_evaluator",
    "assign",
    "change_evidence",
    "close_supplement",
    "decline",
    "finish_ratings",
    "finish_response",
    "lapse",
    "rate",
    "remove_evidence",
    "reopen",
    "replace",
    "save_addition",
    "save_response",
    "save_statement",
    "send",
    "send_supplement",
    "settle",
    "start",
]
