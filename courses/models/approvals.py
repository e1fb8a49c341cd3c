"""Applications of courses, what they say, who reviews them, and the approvals that come of them."""

import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from courses import states
from courses.models.catalog import Offering, Provider
from courses.states import Advice, ApplicationKind, ContactState, CourseState, Format, Pace, ReviewState


class CourseApplicationQuerySet(models.QuerySet["CourseApplication"]):
    """Applications of courses, narrowed to what someone may see."""

    def visible_to(self, user: Any) -> Self:
        """Give those of the providers that a person speaks for."""
        return self.filter(provider__in=Provider.objects.filter(contacts__person=user, contacts__state=ContactState.CONFIRMED).values("pk"))

    def sent(self) -> Self:
        """Give those that reached the program; a draft is no one's business but the provider's."""
        return self.filter(sent_at__isnull=False)


class CourseApplication(models.Model):
    """One course of one provider, on its way to an approval or to a renewal of it; `offering` is what it renews, or became.

    Personal data: the contact's name and address; kept as the record of the program.
    """

    STATES = states.APPLICATION

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=8, choices=ApplicationKind, default=ApplicationKind.NEW)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="applications")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    offering = models.ForeignKey(Offering, models.PROTECT, null=True, blank=True, related_name="applications")
    state = models.CharField(max_length=20, choices=CourseState, default=CourseState.DRAFT)
    set = models.ForeignKey("programs.CompetencySet", models.PROTECT, null=True, blank=True, related_name="+")
    title = models.CharField(max_length=200, blank=True, default="")
    parts = models.JSONField(default=list, blank=True)
    changed = models.TextField(blank=True, default="")
    objectives = models.TextField(blank=True, default="")
    syllabus = models.TextField(blank=True, default="")
    readings = models.TextField(blank=True, default="")
    methods = models.TextField(blank=True, default="")
    assessment = models.TextField(blank=True, default="")
    format = models.CharField(max_length=12, choices=Format, blank=True, default="")
    pace = models.CharField(max_length=12, choices=Pace, blank=True, default="")
    price_cents = models.PositiveIntegerField(null=True, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    dates = models.CharField(max_length=200, blank=True, default="")
    city = models.CharField(max_length=100, blank=True, default="")
    state_code = models.CharField(max_length=2, blank=True, default="")
    country = models.CharField(max_length=60, blank=True, default="")
    contact_name = models.CharField(max_length=120, blank=True, default="")
    contact_email = models.EmailField(blank=True, default="")
    website = models.URLField(blank=True, default="")
    asked_items = models.JSONField(default=list, blank=True)
    asked_text = models.TextField(blank=True, default="")
    terms = models.ForeignKey("programs.Terms", models.PROTECT, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_on = models.DateField(null=True, blank=True)
    paid_on = models.DateField(null=True, blank=True)
    decide_by = models.DateField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decision_text = models.TextField(blank=True, default="")

    objects = CourseApplicationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=CourseState.values), name="courses_application_state"),
            models.CheckConstraint(condition=Q(kind__in=ApplicationKind.values), name="courses_application_kind"),
            models.CheckConstraint(condition=Q(format__in=["", *Format.values]), name="courses_application_format"),
            models.CheckConstraint(condition=Q(pace__in=["", *Pace.values]), name="courses_application_pace"),
            models.CheckConstraint(
                condition=~Q(kind=ApplicationKind.RENEWAL) | Q(offering__isnull=False), name="courses_application_renews_something"
            ),
            models.UniqueConstraint(
                fields=["offering"],
                condition=Q(kind=ApplicationKind.RENEWAL, state__in=states.UNDECIDED),
                name="courses_one_renewal_at_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[CourseState.DRAFT, CourseState.WITHDRAWN])
                | Q(sent_at__isnull=False, sent_on__isnull=False, terms__isnull=False, set__isnull=False),
                name="courses_application_sent_whole",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[CourseState.DRAFT, CourseState.AWAITING_PAYMENT, CourseState.WITHDRAWN])
                | Q(paid_on__isnull=False, decide_by__isnull=False),
                name="courses_application_review_paid",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[CourseState.APPROVED, CourseState.REFUSED]) | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="courses_application_decided",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("person")), name="courses_application_nobody_decides_own"
            ),
        ]
        indexes: ClassVar = [
            # For the queue and the inbox: what waits for a decision, by its due date.
            models.Index(fields=["decide_by", "id"], condition=Q(state=CourseState.IN_REVIEW), name="courses_applications_waiting"),
        ]

    def __str__(self) -> str:
        return self.title or "A course without a title yet"


class CoursePage(models.Model):
    """What was typed on one page of an application or review and is not a valid answer yet, with the page's version.

    Personal data: whatever was typed; deleted when the application or review is sent.
    """

    application = models.ForeignKey(CourseApplication, models.CASCADE, related_name="pages")
    page = models.CharField(max_length=60)
    version = models.PositiveIntegerField(default=0)
    typed = models.JSONField(default=dict, blank=True)
    saved_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["application", "page"], name="courses_page_once")]

    def __str__(self) -> str:
        return f"{self.page}, version {self.version}"


class MapRow(models.Model):
    """How a course covers one competency of its set. No personal data."""

    application = models.ForeignKey(CourseApplication, models.CASCADE, related_name="rows")
    competency = models.ForeignKey("programs.Competency", models.PROTECT, related_name="+")
    content = models.TextField(blank=True, default="")
    readings = models.TextField(blank=True, default="")
    assignments = models.TextField(blank=True, default="")
    assessment = models.TextField(blank=True, default="")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["application", "competency"], name="courses_map_row_once")]

    def __str__(self) -> str:
        return f"Map of {self.competency}"


class Instructor(models.Model):
    """Someone who teaches a course. Personal data: name, background and resume; kept with the application."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(CourseApplication, models.CASCADE, related_name="instructors")
    name = models.CharField(max_length=120)
    background = models.TextField(blank=True, default="")
    resume = models.ForeignKey("people.Document", models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class CourseSeal(models.Model):
    """What an application said when it was sent, for the first time or again; its SHA-256 shows that nothing was changed since."""

    application = models.ForeignKey(CourseApplication, models.PROTECT, related_name="seals")
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["application", "number"], name="courses_seal_once")]

    def __str__(self) -> str:
        return f"Seal {self.number} of {self.application}"


class CourseEvaluator(models.Model):
    """Someone whom staff approved to review courses. Personal data: employer and declared conflicts; kept while the role lasts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="course_evaluator")
    employer = models.CharField(max_length=200, blank=True, default="")
    conflicts = models.ManyToManyField(Provider, blank=True, related_name="+")
    approved_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.person)


class CourseReviewQuerySet(models.QuerySet["CourseReview"]):
    """Reviews, narrowed to what someone may see."""

    def visible_to(self, user: Any) -> Self:
        """Give an evaluator's own, but for what was given to someone else."""
        return self.filter(evaluator__person=user, state__in=[ReviewState.INVITED, ReviewState.DONE])


class CourseReview(models.Model):
    """One course evaluator's look at one application. Personal data: the recommendation; kept as the record of the program."""

    STATES = states.REVIEW

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(CourseApplication, models.PROTECT, related_name="reviews")
    evaluator = models.ForeignKey(CourseEvaluator, models.PROTECT, related_name="reviews")
    slot = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12, choices=ReviewState, default=ReviewState.INVITED)
    invited_on = models.DateField()
    review_by = models.DateField()
    version = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(null=True, blank=True)
    advice = models.CharField(max_length=8, choices=Advice, blank=True, default="")
    comment = models.TextField(blank=True, default="")
    rows = models.JSONField(default=dict, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = CourseReviewQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=ReviewState.values), name="courses_review_state"),
            models.CheckConstraint(condition=Q(slot__in=[1, 2]), name="courses_review_slot"),
            models.UniqueConstraint(
                fields=["application", "slot"],
                condition=Q(state__in=[ReviewState.INVITED, ReviewState.DONE]),
                name="courses_review_one_a_slot",
            ),
            models.UniqueConstraint(fields=["application", "evaluator"], name="courses_review_once_each"),
            models.CheckConstraint(
                condition=~Q(state=ReviewState.DONE) | (~Q(advice="") & Q(finished_at__isnull=False)), name="courses_review_done_whole"
            ),
        ]
        indexes: ClassVar = [
            # For the reminders courses.review: invited, by the day by which the recommendation is due.
            models.Index(fields=["review_by"], condition=Q(state=ReviewState.INVITED), name="courses_reviews_due"),
        ]

    def __str__(self) -> str:
        return f"Review of {self.application}"


class Approval(models.Model):
    """One period for which an offering is approved; periods stay on record, so that what counted once goes on counting.

    `last_on` was counted from `anchor_on`, `months` later, so that a clamp does not creep from one renewal to the next. `terms` are
    those under which it was promised, empty where the dates come from a letter of approval. No personal data but who entered it.
    """

    offering = models.ForeignKey(Offering, models.PROTECT, related_name="approvals")
    first_on = models.DateField()
    last_on = models.DateField()
    anchor_on = models.DateField()
    months = models.PositiveSmallIntegerField()
    terms = models.ForeignKey("programs.Terms", models.PROTECT, null=True, blank=True, related_name="+")
    application = models.OneToOneField(CourseApplication, models.PROTECT, null=True, blank=True, related_name="approval")
    source = models.CharField(max_length=500)
    entered_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(last_on__gt=F("first_on")), name="courses_approval_in_order"),
        ]
        indexes: ClassVar = [models.Index(fields=["offering", "last_on"], name="courses_approval_periods")]

    def __str__(self) -> str:
        return f"{self.offering} approved through {self.last_on}"
