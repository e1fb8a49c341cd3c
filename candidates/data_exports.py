"""What this app holds about a person: for their own file."""

from candidates.models import (
    Achievement,
    ApplicantAnswers,
    Application,
    Candidacy,
    ChosenSet,
    DraftPage,
    Employment,
    ExtensionRequest,
    HoursClaim,
    InformationRequest,
    RequestedItem,
)
from people.data_export import ExportPart, dump, export
from people.models import User


@export("candidates")
def gather(person: User) -> ExportPart:
    """Applications with work, answers and what staff asked about them, candidacies with their sets."""
    return ExportPart(
        "Applying and the program",
        {
            "applications": dump(Application.objects.filter(person=person)),
            "work": dump(Employment.objects.filter(application__person=person)),
            "work shown later": dump(Employment.objects.filter(claim__candidacy__person=person)),
            "what staff asked for": dump(RequestedItem.objects.filter(request__application__person=person), "request__asked_at"),
            "what you said to it": dump(InformationRequest.objects.filter(application__person=person)),
            "typed and not saved yet": dump(DraftPage.objects.filter(application__person=person), without=("version",)),
            "optional answers": dump(ApplicantAnswers.objects.filter(application__person=person)),
            "candidacies": dump(Candidacy.objects.filter(person=person)),
            "plan": dump(ChosenSet.objects.filter(candidacy__person=person), "set__name"),
            "achieved sets": dump(Achievement.objects.filter(candidacy__person=person), "set__name", without=("source",)),
            "requests for more time": dump(ExtensionRequest.objects.filter(candidacy__person=person)),
            "hours shown later": dump(HoursClaim.objects.filter(candidacy__person=person)),
        },
    )
