"""Queries: which webinars come, where one stands, who comes."""

from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from people import queries as people
from people.signed_links import SignedLink
from webinars import policy
from webinars.models import Guest, Webinar
from webinars.states import GuestState, WebinarState

LEAVE = SignedLink("webinars.leave", "WEBINAR_LINK_DAYS")
COMING = Count("guests", filter=Q(guests__state=GuestState.COMING))
# The longest webinar that the form takes; what began before that is over.
LONGEST = timedelta(hours=12)


def list_coming(*, at: datetime) -> QuerySet[Webinar]:
    """Those that are not over, the next first, with `coming`: how many signed up. One query."""
    return Webinar.objects.filter(begins_at__gt=at - LONGEST).annotate(coming=COMING).order_by("begins_at", "id")


def list_all() -> QuerySet[Webinar]:
    """All of them, the newest first, with `coming`."""
    return Webinar.objects.annotate(coming=COMING).order_by("-begins_at", "id")


def find(id: UUID) -> Webinar | None:
    """One with `coming`, or None. One query."""
    return Webinar.objects.annotate(coming=COMING).filter(id=id).first()


def stand(webinar: Webinar, *, coming: int, at: datetime) -> policy.WebinarStatus:
    """Say where it stands."""
    details = policy.Facts(
        begins_at=webinar.begins_at,
        minutes=webinar.minutes,
        cancelled=webinar.state == WebinarState.CANCELLED,
        coming=coming,
        seats=webinar.seats,
    )
    return policy.stand(details, at=at)


def list_guests(webinar: Webinar) -> QuerySet[Guest]:
    """Who signed up, in that order."""
    return webinar.guests.order_by("signed_up_at", "id")


def is_of(person: AbstractBaseUser) -> Q:
    """Whose place it is: who was signed in, or who has confirmed the address under which someone signed up without an account."""
    return Q(person_id=person.pk) | Q(person=None, email__in=people.find_confirmed_emails(person))


def get_place(webinar: Webinar, person: AbstractBaseUser) -> Guest | None:
    """A person's own place, or None. One query."""
    return Guest.objects.filter(is_of(person), webinar=webinar, state=GuestState.COMING).first()


def get_next(person: AbstractBaseUser, *, at: datetime) -> tuple[Webinar | None, bool]:
    """The next webinar that takes place, and whether this person comes. One query."""
    mine = Guest.objects.filter(is_of(person), webinar=OuterRef("pk"), state=GuestState.COMING)
    rows = Webinar.objects.filter(state=WebinarState.PLANNED, begins_at__gt=at).annotate(mine=Exists(mine))
    webinar = rows.order_by("begins_at", "id").first()
    return webinar, bool(webinar and webinar.mine)


def list_of_person(person: AbstractBaseUser) -> list[Guest]:
    """Everything that a person signed up for. One query."""
    return list(Guest.objects.filter(is_of(person)).select_related("webinar").order_by("signed_up_at"))
