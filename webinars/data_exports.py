"""What this app holds about a person: for their own file."""

from people.data_export import ExportPart, dump, export
from people.models import User
from webinars import queries
from webinars.models import Guest


@export("webinars")
def gather(person: User) -> ExportPart:
    """The webinars that one signed up for."""
    return ExportPart("Webinars", {"signed up": dump(Guest.objects.filter(queries.is_of(person)), "webinar__title", "webinar__begins_at")})
