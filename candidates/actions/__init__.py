"""The writing door: apply, decide, plan and achieve."""

from candidates.actions.applying import (
    add_spell,
    attach_letter,
    attach_resume,
    attach_transcript,
    change_spell,
    pay,
    remove_spell,
    save_section,
    send,
    start,
    withdraw,
)
from candidates.actions.asking import answer, ask, take_back
from candidates.actions.candidacies import achieve, choose, expire, plan, unchoose
from candidates.actions.deciding import admit, decide_fee, refuse

__all__ = [
    "achieve",
    "add_spell",
    "admit",
    "answer",
    "ask",
    "attach_letter",
    "attach_resume",
    "attach_transcript",
    "change_spell",
    "choose",
    "decide_fee",
    "expire",
    "pay",
    "plan",
    "refuse",
    "remove_spell",
    "save_section",
    "send",
    "start",
    "take_back",
    "unchoose",
    "withdraw",
]
