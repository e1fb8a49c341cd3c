"""Actions: providers and their courses, approvals, completions, and lists of what is known."""

from courses.actions.applications import (
    add_instructor,
    pay_course,
    remove_instructor,
    save_map,
    save_page,
    send_course,
    start_course,
    start_renewal,
    withdraw_course,
)
from courses.actions.approvals import approve_course, ask_changes, enter_approval, refuse_course, remand_course
from courses.actions.catalog import keep_entry, load_courses, load_examples
from courses.actions.completion_decisions import accept, refuse, remand
from courses.actions.completions import claim, withdraw
from courses.actions.confirmations import answer_confirmation, prove
from courses.actions.course_requests import answer_course_request, course_request
from courses.actions.providers import ask_contact, confirm_contact, end_contact, refuse_contact, withdraw_contact
from courses.actions.reviews import (
    approve_course_evaluator,
    ask_reviewers_again,
    decline_review,
    end_course_evaluator,
    invite_reviewers,
    recommend,
    replace_reviewer,
    save_review,
)

__all__ = [
    "accept",
    "add_instructor",
    "answer_confirmation",
    "answer_course_request",
    "approve_course",
    "approve_course_evaluator",
    "ask_changes",
    "ask_contact",
    "ask_reviewers_again",
    "claim",
    "confirm_contact",
    "course_request",
    "decline_review",
    "end_contact",
    "end_course_evaluator",
    "enter_approval",
    "invite_reviewers",
    "keep_entry",
    "load_courses",
    "load_examples",
    "pay_course",
    "prove",
    "recommend",
    "refuse",
    "refuse_contact",
    "refuse_course",
    "remand",
    "remand_course",
    "remove_instructor",
    "replace_reviewer",
    "save_map",
    "save_page",
    "save_review",
    "send_course",
    "start_course",
    "start_renewal",
    "withdraw",
    "withdraw_contact",
    "withdraw_course",
]
