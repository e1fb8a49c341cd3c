"""What people type in this app, made into clean values."""

from candidates.forms.applications import (
    AnswersForm,
    DiplomaForm,
    EmploymentForm,
    GraduateForm,
    LetterForm,
    MemberForm,
    QuestionPageForm,
    ReplyForm,
    ResumeForm,
    TranscriptForm,
    WhoForm,
)
from candidates.forms.candidacies import ExtensionForm, HoursForm, MoreTimeForm, ReuseForm
from candidates.forms.decisions import AskForm, FeeForm, ReasonForm, RefuseForm
from candidates.forms.eligibility import CanIApplyForm
from candidates.forms.plans import PlanForm

__all__ = [
    "AnswersForm",
    "AskForm",
    "CanIApplyForm",
    "DiplomaForm",
    "EmploymentForm",
    "ExtensionForm",
    "FeeForm",
    "GraduateForm",
    "HoursForm",
    "LetterForm",
    "MemberForm",
    "MoreTimeForm",
    "PlanForm",
    "QuestionPageForm",
    "ReasonForm",
    "RefuseForm",
    "ReplyForm",
    "ResumeForm",
    "ReuseForm",
    "TranscriptForm",
    "WhoForm",
]
