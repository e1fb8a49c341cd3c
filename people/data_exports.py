"""What we know of a person's account, and what happened: for their own file."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession

from ledger import queries as ledger
from people.data_export import ExportPart, dump, export
from people.models import AccountChange, Document, Inquiry, SecurityEvent, User
from people.permissions import role_names
from people.queries import list_confirmed_emails
from people.states import DocumentState


@export("people")
def gather(person: User) -> ExportPart:
    """The account with where it is signed in, its documents, questions to the program, our emails, and the audit about this person."""
    documents = Document.objects.filter(owner=person)
    audit_lines = [ledger.tell(entry, reader=person) for entry in ledger.find_own_entries(person)]
    reminders = ledger.find_reminders(person, emails=list_confirmed_emails(person))
    emails = ledger.find_emails(person)
    return ExportPart(
        "Your account",
        {
            "account": dump(User.objects.filter(pk=person.pk), without=("password", "is_superuser", "is_active")),
            "roles": [{"role": name} for name in sorted(role_names(person))],
            "email addresses": dump(EmailAddress.objects.filter(user=person)),
            "second steps of signing in": dump(Authenticator.objects.filter(user=person), without=("data",)),
            "where you are signed in": dump(UserSession.objects.filter(user=person), without=("session_key", "data")),
            "signing in": dump(SecurityEvent.objects.filter(person=person)),
            "links to undo a change of the account": dump(AccountChange.objects.filter(person=person), without=("factors",)),
            "documents": dump(documents, without=("stored", "text")),
            "questions to the program": dump(Inquiry.objects.filter(person=person)),
            "emails": [dict(row) for row in emails.order_by("created_at").values("created_at", "to", "subject", "text")],
            "reminders": dump(reminders, without=("thing",)),
            "reminders you turned off": dump(ledger.find_opt_outs(person)),
            "what happened": [{"at": line.at, "what": line.sentence, "reason": line.reason} for line in audit_lines],
        },
        files=[(row.name, row.stored) for row in documents.filter(state=DocumentState.READY).order_by("created_at").defer("text")],
    )
