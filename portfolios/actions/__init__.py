"""The writing door: write and send a portfolio, find its evaluators, rate it, and let the rules decide."""

from portfolios.actions.assigning import accept, assign, decline, pass_on, replace, report_conflict
from portfolios.actions.evaluators import (
    apply_as_evaluator,
    approve_evaluator,
    change_standing,
    decide_application,
    declare_conflict,
    do_training_page,
    keep_resume,
    step_back,
    withdraw_application,
    withdraw_conflict,
)
from portfolios.actions.planning import add_suggestion, end_suggestion, plan
from portfolios.actions.rating import close_supplement, finish_ratings, rate
from portfolios.actions.reopening import remand, reopen
from portfolios.actions.reviewing import ask_to_look, save_remarks, send_remarks, stop_sharing
from portfolios.actions.sending import lapse, send, send_supplement, settle, settle_held
from portfolios.actions.writing import (
    add_evidence,
    add_link,
    change_evidence,
    finish_response,
    remove_evidence,
    save_addition,
    save_response,
    save_statement,
    start,
    tell_refused,
)

__all__ = [
    "accept",
    "add_evidence",
    "add_link",
    "add_suggestion",
    "apply_as_evaluator",
    "approve_evaluator",
    "ask_to_look",
    "assign",
    "change_evidence",
    "change_standing",
    "close_supplement",
    "decide_application",
    "declare_conflict",
    "decline",
    "do_training_page",
    "end_suggestion",
    "finish_ratings",
    "finish_response",
    "keep_resume",
    "lapse",
    "pass_on",
    "plan",
    "rate",
    "remand",
    "remove_evidence",
    "reopen",
    "replace",
    "report_conflict",
    "save_addition",
    "save_remarks",
    "save_response",
    "save_statement",
    "send",
    "send_remarks",
    "send_supplement",
    "settle",
    "settle_held",
    "start",
    "step_back",
    "stop_sharing",
    "tell_refused",
    "withdraw_application",
    "withdraw_conflict",
]
