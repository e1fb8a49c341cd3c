"""What billing remembers of the candidates' app: who was admitted. A payer sees no more than that."""

from datetime import datetime

from billing import queries
from billing.models import Enrollment


def enroll(person_id: int, *, at: datetime) -> None:
    """Remember that a person is enrolled, and since when the last time."""
    Enrollment.objects.update_or_create(person_id=person_id, defaults={"on": queries.today(at)})


def unenroll(person_id: int) -> None:
    """Forget that a person is enrolled: the admission was a mistake."""
    Enrollment.objects.filter(person_id=person_id).delete()
