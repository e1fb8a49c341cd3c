"""What this room holds about a person: for their own file."""

from appeals.models import Appeal, Receipt, Statement
from people.exporting import Part, dump, export
from people.models import User


@export("appeals")
def gather(person: User) -> Part:
    """Own appeals with what the committees answered; as member of a committee, the statements that one signed."""
    return Part(
        "Appeals",
        {
            "appeals": dump(Appeal.objects.filter(person=person), without=("reference",)),
            "days of receipt": dump(Receipt.objects.filter(person=person), without=("reference",)),
            "statements you signed": dump(Statement.objects.filter(person=person)),
        },
    )
