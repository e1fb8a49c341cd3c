"""What people type in this room, made into clean values."""

from candidates.forms.applying import (
    AnswersForm,
    DiplomaForm,
    GraduateForm,
    LetterForm,
    MemberForm,
    Page,
    ReplyForm,
    ResumeForm,
    SpellForm,
    TranscriptForm,
    WhoForm,
)
from candidates.forms.deciding import AskForm, FeeForm, ReasonForm, RefuseForm
from candidates.forms.planning import PlanForm
from candidates.forms.visiting import CanIApplyForm

__all__ = [
    "AnswersForm",
    "AskForm",
    "CanIApplyForm",
    "DiplomaForm",
    "FeeForm",
    "GraduateForm",
    "LetterForm",
    "MemberForm",
    "Page",
    "PlanForm",
    "ReasonForm",
    "RefuseForm",
    "ReplyForm",
    "ResumeForm",
    "SpellForm",
    "TranscriptForm",
    "WhoForm",
]
