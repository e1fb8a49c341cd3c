"""What this app holds about a person: for their own file."""

from agreements.models import CollegeContact, GraduateClaim, PostedGraduate
from people.data_export import ExportPart, dump, export
from people.models import User
from people.queries import find_confirmed_emails


@export("agreements")
def gather(person: User) -> ExportPart:
    """Own claims as a graduate, what a college posted, and for which colleges one speaks."""
    return ExportPart(
        "Colleges and agreements",
        {
            "claims as a graduate": dump(GraduateClaim.objects.filter(person=person), "agreement__college__name"),
            "posted by your college": dump(
                PostedGraduate.objects.filter(email__in=find_confirmed_emails(person)), "agreement__college__name"
            ),
            "colleges you represent": dump(CollegeContact.objects.filter(person=person), "college__name"),
        },
    )
