"""What this room holds about a person: for their own file."""

from candidates.models import Achievement, ApplicantAnswers, Application, Candidacy, ChosenSet, ExtensionRequest, HoursClaim, WorkSpell
from people.exporting import Part, dump, export
from people.models import User


@export("candidates")
def gather(person: User) -> Part:
    """Applications with work and answers, candidacies with their sets."""
    return Part(
        "Applying and the program",
        {
            "applications": dump(Application.objects.filter(person=person)),
            "work": dump(WorkSpell.objects.filter(application__person=person)),
            "work shown later": dump(WorkSpell.objects.filter(claim__candidacy__person=person)),
            "optional answers": dump(ApplicantAnswers.objects.filter(application__person=person)),
            "candidacies": dump(Candidacy.objects.filter(person=person)),
            "plan": dump(ChosenSet.objects.filter(candidacy__person=person), "set__name"),
            "achieved sets": dump(Achievement.objects.filter(candidacy__person=person), "set__name", without=("source",)),
            "requests for more time": dump(ExtensionRequest.objects.filter(candidacy__person=person)),
            "hours shown later": dump(HoursClaim.objects.filter(candidacy__person=person)),
        },
    )
