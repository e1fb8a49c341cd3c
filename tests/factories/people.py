"""People with accounts, and documents of theirs."""

from datetime import UTC, datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, TestCase

from people import actions, documents, file_checks
from people.models import Document, Inquiry, User
from people.states import DocumentState, Role, Topic

AT = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"
# One blank page; and the beginning of a picture, which can't be opened.
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\n"
    b"xref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000052 00000 n \n0000000101 00000 n \n"
    b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n164\n%%EOF\n"
)
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~\x9bU\x00\x00\x00\x00IEND\xaeB`\x82"


def person(email: str = "dora@county.example", *, roles: tuple[Role, ...] = (), **fields: Any) -> User:
    """A person with a confirmed address, who can sign in with PASSWORD."""
    named = {"name": "Dora Vance", "called": "Dora"} | fields
    made = actions.add_person(email=email, password=PASSWORD, actor=None, at=AT, **named)
    for role in roles:
        actions.give_role(made, role, actor=None, at=AT)
    return made


def fresh(client: Client, who: User) -> Client:
    """A browser signed in as this person, who has just given the password again."""
    client.force_login(who)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": 4e9, "reauthenticated": True}]
    session["account_authentication_methods_user"] = str(who.pk)
    session.save()
    return client


def upload(name: str = "resume.pdf", content: bytes = PDF, content_type: str = "application/pdf") -> SimpleUploadedFile:
    """A file as a browser sends it."""
    return SimpleUploadedFile(name, content, content_type)


def document(
    owner: User, *, kind: str = "candidates.resume", name: str = "resume.pdf", content: bytes = PDF, at: datetime = AT
) -> Document:
    """A document that somebody gave us, as if it had been checked: nothing is opened or drawn."""
    kept = documents.keep(owner, upload(name, content), kind=kind, at=at)
    release()
    kept.refresh_from_db()
    return kept


def release() -> None:
    """Take what waits as if it had been checked: nothing is opened or drawn."""
    Document.objects.filter(state=DocumentState.CHECKING).update(state=DocumentState.READY)


def checked(owner: User, file: Any, *, kind: str = "portfolios.evidence", at: datetime = AT) -> Document:
    """A document that the worker has looked through. Raises Refused where it, or the door, does not take it."""
    kept = documents.keep(owner, file, kind=kind, at=at)
    with TestCase.captureOnCommitCallbacks(execute=True):
        file_checks.check(kept.id, at=at)
    kept = Document.objects.get(pk=kept.pk)
    if kept.state == DocumentState.REFUSED:
        raise documents.Refused(kept.refusal)
    return kept


def inquiry(email: str = "visitor@nowhere.example", *, at: datetime = AT, actor: User | None = None, **said: Any) -> Inquiry:
    """A question to the program that waits for an answer."""
    asked = {"name": "Vera Visitor", "topic": Topic.MONEY, "text": "Can my library pay in two parts?"} | said
    return actions.ask(email=email, actor=actor, at=at, **asked)


def download(person: Any, *, at: datetime) -> Any:
    """Everything about a person, made."""
    from people import data_export

    return data_export.make(data_export.ask(person, at=at).id, at=at)
