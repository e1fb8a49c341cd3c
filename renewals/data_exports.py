"""What this app holds about a person: for their own file."""

from people.data_export import ExportPart, dump, export
from people.models import User
from renewals.models import Activity, Renewal, Sealed


@export("renewals")
def gather(person: User) -> ExportPart:
    """Own renewals with what was logged."""
    return ExportPart(
        "Renewals",
        {
            "renewals": dump(Renewal.objects.filter(person=person), "certificate__number"),
            "activities": dump(Activity.objects.filter(renewal__person=person), "set__name", without=("sealed", "sent")),
            "what was sent, sealed": dump(Sealed.objects.filter(renewal__person=person), "renewal__certificate__number"),
        },
    )
