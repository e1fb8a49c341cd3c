"""The last days that pages show: the same to everybody, wherever they live."""

from datetime import date, timedelta
from typing import Any

import pytest

from appeals.models import Appeal
from billing.models import Invoice
from candidates.models import Candidacy
from courses.models import CourseReview
from people.models import User
from people.templatetags.words import longdate
from portfolios.models import Assignment, Portfolio
from renewals.models import Renewal
from tests.project.everybody import Project, rolled_back
from tests.project.test_deadlines import ZONES


@pytest.mark.django_db
@pytest.mark.parametrize("zone", ZONES)
def test_a_page_shows_the_same_last_day_to_everybody(zone: str, project: Project) -> None:
    """A deadline is a date: no zone makes another one of it."""
    asked, rating = project.args["portfolios:addition"][0], project.args["portfolios:rate"][0]
    renewal = Renewal.objects.get(person__email="hoa@cedar.example")
    promised = [
        ("owner", "my", Candidacy.objects.get(person__email="alice@marlow.example").ends_on),
        ("owner", "portfolios:portfolio", Portfolio.objects.get(pk=asked).supplement_by),
        ("rates", "portfolios:invitation", Assignment.objects.get(pk=rating).rate_by),
        ("holder", "renewals:renewal", renewal.expires_on),
        ("holder", "certificates:mine", renewal.expires_on),
        ("appellant", "appeals:appeal", Appeal.objects.get(pk=project.args["appeals:appeal"][0]).grounds_by),
        ("payer", "billing:order", date(2026, 12, 23)),
        ("reviewer", "courses:review", None),
    ]
    wrong = []
    with rolled_back():
        User.objects.update(time_zone=zone)
        for who, name, day in promised:
            address = project.address(name)
            if name == "portfolios:portfolio":
                address = address.replace(str(project.args[name][0]), str(asked))
            if name == "billing:order":
                address = address.replace(str(project.args[name][0]), str(_invoiced(project)))
            if name == "courses:review":
                day = _review_by(project)
            page = project.clients[who].get(address).content.decode()
            wrong += [name] if longdate(day) not in page else []
            wrong += [
                f"{name}: {other}" for other in (longdate(day - timedelta(days=1)), longdate(day + timedelta(days=1))) if other in page
            ]
    assert wrong == []


def _invoiced(project: Project) -> Any:
    return Invoice.objects.get(pk=project.args["billing:invoice"][0]).order_id


def _review_by(project: Project) -> date:
    return CourseReview.objects.get(pk=project.args["courses:review"][0]).review_by
