"""The tables of this room: applications, and candidacies."""

from candidates.models.applications import (
    ApplicantAnswers,
    Application,
    ApplicationQuerySet,
    DraftPage,
    InformationRequest,
    RequestedItem,
    WorkSpell,
)
from candidates.models.candidacies import Achievement, Candidacy, ChosenSet, ExtensionRequest, HoursClaim, Reuse

__all__ = [
    "Achievement",
    "ApplicantAnswers",
    "Application",
    "ApplicationQuerySet",
    "Candidacy",
    "ChosenSet",
    "DraftPage",
    "ExtensionRequest",
    "HoursClaim",
    "InformationRequest",
    "RequestedItem",
    "Reuse",
    "WorkSpell",
]
