"""The tables of this app: applications, and candidacies."""

from candidates.models.applications import (
    ApplicantAnswers,
    Application,
    ApplicationQuerySet,
    DraftPage,
    Employment,
    InformationRequest,
    RequestedItem,
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
    "Employment",
    "ExtensionRequest",
    "HoursClaim",
    "InformationRequest",
    "RequestedItem",
    "Reuse",
]
