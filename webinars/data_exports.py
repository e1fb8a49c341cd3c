"""What this app holds about a person: for their own file."""

from people.data_export import Part, dump, export
from people.models import User
from webinars import queries
from webinars.models import Guest


@export("webinars")
def gather(person: User) -> Part:
    """The webinars that one signed up for."""
    return Part("Webinars", {"signed up": dump(Guest.objects.filter(queries.is_of(person)), "webinar__title", "webinar__begins_at")})
