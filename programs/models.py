"""What is certified: the frameworks of competency sets, and the dated Terms under which promises are made."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q

from ledger.public_changes import note_public_change
from programs.states import SetKind


class Framework(models.Model):
    """One version of the ten competency sets. No personal data."""

    version = models.CharField(max_length=20, unique=True)
    approved_on = models.DateField()

    class Meta:
        triggers: ClassVar = [note_public_change()]

    def __str__(self) -> str:
        return f"Framework {self.version}"


class CompetencySet(models.Model):
    """One of the ten sets in one framework. No personal data."""

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="sets")
    position = models.PositiveSmallIntegerField()
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=SetKind)
    scope = models.TextField()

    class Meta:
        triggers: ClassVar = [note_public_change()]
        constraints = [
            models.UniqueConstraint(fields=["framework", "code"], name="programs_set_code_once"),
            models.UniqueConstraint(fields=["framework", "position"], name="programs_set_position_once"),
            models.CheckConstraint(condition=Q(kind__in=SetKind.values), name="programs_set_kind_known"),
        ]

    def __str__(self) -> str:
        return self.name


class Competency(models.Model):
    """One competency of a set. `incomplete`: we don't know its official wording. No personal data."""

    set = models.ForeignKey(CompetencySet, on_delete=models.PROTECT, related_name="competencies")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    incomplete = models.BooleanField(default=False)

    class Meta:
        triggers: ClassVar = [note_public_change()]
        constraints = [models.UniqueConstraint(fields=["set", "number"], name="programs_competency_number_once")]

    def __str__(self) -> str:
        return f"{self.number}. {self.text}"


class Terms(models.Model):
    """Every number of the program's rules, from a day on. Frozen once a promise refers to it. No personal data."""

    effective_on = models.DateField(unique=True)
    frozen_at = models.DateTimeField(null=True)
    hours_needed = models.PositiveIntegerField(default=1820)
    hours_window_years = models.PositiveSmallIntegerField(default=5)
    hours_week_cap = models.PositiveSmallIntegerField(default=40)
    answer_working_days = models.PositiveSmallIntegerField(default=5)
    candidacy_months = models.PositiveSmallIntegerField(default=48)
    extension_months = models.PositiveSmallIntegerField(default=12)
    required_sets = models.PositiveSmallIntegerField(default=3)
    elective_sets = models.PositiveSmallIntegerField(default=3)
    portfolio_met_percent = models.PositiveSmallIntegerField(default=70)
    supplement_days = models.PositiveSmallIntegerField(default=90)
    accept_days = models.PositiveSmallIntegerField(default=9)
    rate_days = models.PositiveSmallIntegerField(default=30)
    rating_late_days = models.PositiveSmallIntegerField(default=7)
    evaluators_named = models.BooleanField(default=False)
    credit_months_before = models.PositiveSmallIntegerField(default=24)
    approval_months = models.PositiveSmallIntegerField(default=48)
    approval_renewal_months_before = models.PositiveSmallIntegerField(default=12)
    approval_late_months = models.PositiveSmallIntegerField(default=3)
    course_review_days = models.PositiveSmallIntegerField(default=30)
    course_decide_days = models.PositiveSmallIntegerField(default=60)
    confirmation_days = models.PositiveSmallIntegerField(default=30)
    agreement_months = models.PositiveSmallIntegerField(default=48)
    agreement_months_before = models.PositiveSmallIntegerField(default=24)
    provisional_months = models.PositiveSmallIntegerField(default=48)
    certificate_months = models.PositiveSmallIntegerField(default=48)
    grace_months = models.PositiveSmallIntegerField(default=2)
    renewal_hours = models.PositiveSmallIntegerField(default=32)
    renewal_technology_hours = models.PositiveSmallIntegerField(default=4)
    renewal_window_months = models.PositiveSmallIntegerField(default=12)
    renewal_sample_percent = models.PositiveSmallIntegerField(default=10)
    renewal_answer_days = models.PositiveSmallIntegerField(default=30)
    renewal_pay_days = models.PositiveSmallIntegerField(default=30, db_default=30)
    appeal_notice_days = models.PositiveSmallIntegerField(default=10)
    appeal_grounds_days = models.PositiveSmallIntegerField(default=30)
    appeal_response_days = models.PositiveSmallIntegerField(default=30)
    appeal_decision_days = models.PositiveSmallIntegerField(default=30)

    class Meta:
        triggers: ClassVar = [
            note_public_change(),
            pgtrigger.Protect(
                name="frozen",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.frozen_at IS NOT NULL"),
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(portfolio_met_percent__lte=100), name="programs_terms_percent"),
            models.CheckConstraint(
                condition=Q(renewal_technology_hours__lte=models.F("renewal_hours")), name="programs_terms_technology_within"
            ),
        ]

    def __str__(self) -> str:
        return f"Terms of {self.effective_on}"
