"""Actions: apply, decide, plan and achieve."""

from candidates.actions.applications import (
    add_employment,
    attach_letter,
    attach_resume,
    attach_transcript,
    change_employment,
    pay,
    remove_employment,
    save_section,
    send,
    start,
    withdraw,
)
from candidates.actions.candidacies import achieve, choose, expire, expire_due, note_activity, plan, unchoose
from candidates.actions.decisions import admit, decide_fee, refuse, remand, withdraw_admission
from candidates.actions.earlier_sets import remand_reuse, reuse
from candidates.actions.extensions import ask_extension, decline_extension, extend, remand_extension
from candidates.actions.hours import send_hours, send_hours_back, show_hours, start_hours
from candidates.actions.questions import answer, ask, close_question

__all__ = [
    "achieve",
    "add_employment",
    "admit",
    "answer",
    "ask",
    "ask_extension",
    "attach_letter",
    "attach_resume",
    "attach_transcript",
    "change_employment",
    "choose",
    "close_question",
    "decide_fee",
    "decline_extension",
    "expire",
    "expire_due",
    "extend",
    "note_activity",
    "pay",
    "plan",
    "refuse",
    "remand",
    "remand_extension",
    "remand_reuse",
    "remove_employment",
    "reuse",
    "save_section",
    "send",
    "send_hours",
    "send_hours_back",
    "show_hours",
    "start",
    "start_hours",
    "unchoose",
    "withdraw",
    "withdraw_admission",
]
