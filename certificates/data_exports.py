"""What this app holds about a person: for their own file."""

from certificates.models import Certificate, EmployerLetter, Listing, PastSuspension, PastTerm, Rendering, Revocation
from certificates.states import RevocationState
from people.data_export import ExportPart, dump, export
from people.models import User


@export("certificates")
def gather(person: User) -> ExportPart:
    """Own certificates with their PDFs, letters to employers, and the entry in the directory."""
    drawn = Rendering.objects.filter(certificate__person=person).order_by("rendered_at")
    # Of a proposal that no one confirmed, or that waits, the person's pages tell nothing.
    revoked = Revocation.objects.filter(certificate__person=person, state=RevocationState.CONFIRMED)
    letters = EmployerLetter.objects.filter(certificate__person=person).exclude(stored="").order_by("asked_at")
    return ExportPart(
        "Certificates",
        {
            "certificates": dump(Certificate.objects.filter(person=person)),
            "terms before": dump(PastTerm.objects.filter(certificate__person=person), "certificate__number"),
            "suspensions that are over": dump(PastSuspension.objects.filter(certificate__person=person), "certificate__number"),
            "revoked": dump(revoked, "certificate__number"),
            "letters to employers": dump(EmployerLetter.objects.filter(certificate__person=person), without=("stored",)),
            "directory": dump(Listing.objects.filter(person=person)),
        },
        files=[*(("certificate.pdf", row.stored) for row in drawn), *(("letter to an employer.pdf", row.stored) for row in letters)],
    )
