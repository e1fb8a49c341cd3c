"""A program of a given size: the demonstration's people, and copies of their rows."""

import copy
import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TypeVar
from uuid import uuid4

from django.db import connection, models

from candidates.models import Application, Candidacy
from certificates import policy as numbers
from certificates.models import Certificate
from courses.models import Offering
from demo import cast, chapters
from ledger import inbox_items
from people.models import User
from portfolios.models import Assignment, Portfolio
from programs import policy as dates

Row = TypeVar("Row", bound=models.Model)
BATCH = 2_000
# One in ten has a step of the reminder schedule today.
STEPS = 10


def copies(row: Row, count: int, change: Callable[[int, Row], None]) -> list[Row]:
    """Store so many copies of a row, each with a key of its own and what `change` does to it."""
    rows = []
    for number in range(count):
        duplicate = copy.copy(row)
        duplicate._state = copy.copy(row._state)
        duplicate._state.adding = True
        duplicate.pk = uuid4() if isinstance(row._meta.pk, models.UUIDField) else None
        change(number, duplicate)
        rows.append(duplicate)
    type(row)._default_manager.bulk_create(rows, batch_size=BATCH)
    return rows


def build(size: int, *, at: datetime) -> None:
    """Fill an empty database with `size` people, their candidacies, portfolios, certificates, and as many courses."""
    chapters.tell(now=at)
    today = dates.today(at)
    dice = random.Random(1)  # noqa: S311 (made-up people, not a secret)
    somebody = User.objects.get(email="charlie@elsewhere.example")

    def person(number: int, user: User) -> None:
        user.public_id, user.email = uuid4(), f"crowd{number}@county{number % 97}.example"
        user.name = f"{dice.choice(cast.FIRST_NAMES)} {dice.choice(cast.LAST_NAMES)} {number}"

    people = copies(somebody, size, person)
    applications = _applications(people)
    candidacies = _candidacies(people, applications, today=today)
    _portfolios(candidacies)
    _certificates(people, candidacies)
    copies(Offering.objects.filter(is_example=True)[0], size, lambda number, offering: setattr(offering, "title", f"Course {number:07}"))
    # The triggers keep it; what they missed would be an error of the fixture's.
    inbox_items.mend()
    inbox_items.show(at=at)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _applications(people: list[User]) -> list[Application]:
    admitted = Application.objects.filter(state="admitted")[0]

    def mine(number: int, application: Application) -> None:
        application.person = people[number]

    copies(Application.objects.filter(state="in_review")[0], len(people) // 10, mine)
    return copies(admitted, len(people), mine)


def _candidacies(people: list[User], applications: list[Application], *, today: date) -> list[Candidacy]:
    days = [dates.add_months(today, 12 * (1 + number % 3)) for number in range(STEPS)]

    def mine(number: int, candidacy: Candidacy) -> None:
        candidacy.person, candidacy.application = people[number], applications[number]
        candidacy.ends_on = days[0] if number % STEPS == 0 else days[number % STEPS] + timedelta(days=1 + number % 300)

    return copies(Candidacy.objects.filter(state="active").order_by("-admitted_on")[0], len(people), mine)


def _portfolios(candidacies: list[Candidacy]) -> None:
    assignment = Assignment.objects.filter(state="accepted", portfolio__state="round_one").select_related("portfolio")[0]
    evaluators = list({assignment.evaluator for assignment in Assignment.objects.select_related("evaluator")})

    def written(number: int, portfolio: Portfolio) -> None:
        portfolio.candidacy = candidacies[number]

    portfolios = copies(assignment.portfolio, len(candidacies), written)

    def rates(number: int, assignment: Assignment) -> None:
        assignment.portfolio, assignment.evaluator, assignment.slot = portfolios[number], evaluators[number % len(evaluators)], 1
        # An evaluator has a few in hand, and many that are done.
        if number >= 25 * len(evaluators):
            assignment.state, assignment.finished_at = "done", assignment.portfolio.sent_at

    copies(assignment, len(portfolios), rates)


def _certificates(people: list[User], candidacies: list[Candidacy]) -> None:
    def mine(number: int, certificate: Certificate) -> None:
        certificate.person, certificate.candidacy, certificate.rendering = people[number], candidacies[number], None
        certificate.number = str(numbers.make_number(number * 1_000_003 % numbers.NUMBERS))

    copies(Certificate.objects.filter(state="issued")[0], len(people), mine)
