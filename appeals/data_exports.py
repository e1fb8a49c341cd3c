"""What this app holds about a person: for their own file."""

from appeals.models import Appeal, Attachment, Receipt, Statement
from people.data_export import ExportPart, dump, export
from people.models import User
from people.states import DocumentState


@export("appeals")
def gather(person: User) -> ExportPart:
    """Own appeals with what the committees answered; as member of a committee, the statements that one signed."""
    files = Attachment.objects.filter(appeal__person=person)
    # Their own are among the documents of the account.
    others = files.exclude(document__owner=person).filter(document__state=DocumentState.READY).order_by("added_at")
    return ExportPart(
        "Appeals",
        {
            "appeals": dump(Appeal.objects.filter(person=person), without=("reference",)),
            "files of your appeals": dump(files, "document__name"),
            "days of receipt": dump(Receipt.objects.filter(person=person), without=("reference",)),
            "statements you signed": dump(Statement.objects.filter(person=person)),
        },
        files=list(others.values_list("document__name", "document__stored")),
    )
