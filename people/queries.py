"""Queries: find people, read what they may see, and what waits for an answer."""

from collections.abc import Collection
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.models import AbstractBaseUser
from django.db.models import QuerySet
from django.db.models.functions import Left

from people.models import Document, Inquiry, User
from people.search import matching
from people.states import Role

PAGE = 25
# Recovery codes alone are no second step: they exist beside one.
SECOND_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def get_person(id: UUID) -> User:
    """One person by the id that addresses use; raises User.DoesNotExist."""
    return User.objects.get(public_id=id)


def get_person_by_email(email: str) -> User | None:
    """The person who signs in with this address, or has confirmed it as another address of theirs."""
    own = User.objects.filter(email=email.lower()).first()
    return own or User.objects.filter(emailaddress__email=email.lower(), emailaddress__verified=True).first()


def get_confirmed_person(email: str) -> User | None:
    """The person who has confirmed that this address is theirs."""
    return User.objects.filter(emailaddress__email=email.lower(), emailaddress__verified=True).first()


def find_confirmed_emails(person: AbstractBaseUser) -> QuerySet[EmailAddress, str]:
    """The addresses that a person has confirmed, for another query to ask within."""
    addresses: QuerySet[EmailAddress, str] = EmailAddress.objects.filter(user_id=person.pk, verified=True).values_list("email", flat=True)
    return addresses


def list_confirmed_emails(person: User) -> list[str]:
    """The addresses that a person has confirmed. One query."""
    return list(find_confirmed_emails(person))


def list_holders(role: Role) -> QuerySet[User]:
    """Who holds a role and can sign in."""
    return User.objects.filter(groups__name=role, is_active=True).order_by("id")


def list_people() -> QuerySet[User]:
    """Everyone with an account, in the order in which they came."""
    return User.objects.order_by("id")


def find_person(text: str, *, limit: int = PAGE) -> list[User]:
    """People whose name or email address has every word of `text`, by name, at most `limit`. One query; a trigram index carries it."""
    matches = matching(text)
    if matches is None:
        return []
    rows = User.objects.filter(matches).only("public_id", "name", "email", "joined_at")
    return list(rows.order_by(Left("folded", 100), "id")[:limit])


def get_document(id: UUID) -> Document:
    """One document; raises Document.DoesNotExist. Whether someone may see it is the asking app's to say, before it makes a link."""
    return Document.objects.get(id=id)


def list_documents(ids: Collection[str | UUID]) -> dict[str, Document]:
    """These documents by their ids, without their texts. One query."""
    return {str(row.id): row for row in Document.objects.filter(id__in=ids).defer("text")}


def list_texts(ids: Collection[str | UUID]) -> dict[str, str]:
    """The text that was found in these documents, by their ids. One query."""
    return {str(id): text for id, text in Document.objects.filter(id__in=ids).values_list("id", "text")}


def has_second_factor(person: User) -> bool:
    """Does this person's sign-in have a second step, an authenticator app or a passkey? One query."""
    return bool(is_mfa_enabled(person, SECOND_FACTORS))


def list_inquiries_of(email: str, *, limit: int = PAGE) -> list[Inquiry]:
    """What was asked from one address, newest first. One query."""
    return list(Inquiry.objects.filter(email=email.lower()).order_by("-asked_at", "id")[:limit])
