"""Queries: the framework, its sets, and the Terms of a day."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Prefetch, QuerySet

from ledger.prepared import ask_first
from ledger.registry import Question
from programs import policy
from programs.models import Competency, CompetencySet, Framework, Terms
from programs.policy import Remedy


def get_framework() -> Framework:
    """The newest framework; raises Framework.DoesNotExist on an empty installation."""
    return Framework.objects.latest("approved_on")


def list_sets(framework: Framework | None = None) -> list[CompetencySet]:
    """The sets of a framework (the newest by default) in their order, competencies loaded. Two or three queries."""
    sets = CompetencySet.objects.filter(framework=framework or get_framework()).order_by("position")
    return list(sets.prefetch_related(Prefetch("competencies", Competency.objects.order_by("number"))))


def list_sized_sets() -> list[tuple[CompetencySet, int]]:
    """The newest framework's sets in their order, each with its number of competencies. One query."""
    newest = Framework.objects.order_by("-approved_on").values("id")[:1]
    sets = CompetencySet.objects.filter(framework__in=newest).annotate(size=Count("competencies")).order_by("position")
    return [(competency_set, competency_set.size) for competency_set in sets]


def get_set(code: str, framework: Framework | None = None) -> CompetencySet:
    """One set by its code; raises CompetencySet.DoesNotExist."""
    return CompetencySet.objects.get(framework=framework or get_framework(), code=code)


def get_terms(on: date) -> Terms:
    """The Terms in force on a day; raises Terms.DoesNotExist before the first ones."""
    terms = ask_first(lambda on: Terms.objects.filter(effective_on__lte=on).order_by("-effective_on")[:1], on)
    if terms is None:
        raise Terms.DoesNotExist(f"There are no Terms for {on}")
    return terms


def find_terms() -> QuerySet[Terms]:
    """All Terms there ever were and that are to come, the newest first."""
    return Terms.objects.order_by("-effective_on")


def list_terms() -> list[Terms]:
    """The same, read. One query."""
    return list(find_terms())


def get_appeal_day(decided_at: datetime) -> date:
    """The last day to say that one appeals a decision of this moment, which is received on its day. One query."""
    decided_on = policy.today(decided_at)
    return decided_on + timedelta(days=get_terms(decided_on).appeal_notice_days)


@Question
def find_remedy(person: Any, *, kind: str, reference: UUID, decided_on: date, at: datetime) -> Remedy | None:
    """Say what a person can do against a decision of this day, or None once it is too late. Three queries at most."""
    return None
