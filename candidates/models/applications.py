"""Applications with their employments of work, what staff asked about them, and the optional answers."""

import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from candidates import states
from candidates.states import LIVE, ApplicationState, DiplomaKind, Item, LibraryKind, RefusalReason


def one_of(field: str, choices: type[models.TextChoices], name: str, *, blank: bool = False) -> models.CheckConstraint:
    """Constrain a column to its choices; `blank` lets "" stand beside them."""
    values = [*choices.values, *([""] if blank else [])]
    return models.CheckConstraint(condition=Q(**{f"{field}__in": values}), name=name)


class ApplicationQuerySet(models.QuerySet["Application"]):
    """Applications, narrowed to what someone may see."""

    def visible_to(self, user: Any) -> Self:
        """Give a person's own applications."""
        return self.filter(person=user)

    def live(self) -> Self:
        """Give those that are neither decided nor withdrawn."""
        return self.filter(state__in=LIVE)

    def sent(self) -> Self:
        """Give those that reached staff; a draft is no one's business but the applicant's."""
        return self.filter(sent_at__isnull=False)


class Application(models.Model):
    """One application to the program, from its first draft to the decision.

    Personal data: schooling, college, ALA member number, resume, transcript, and the decision on them; kept with the person's account.
    """

    STATES = states.APPLICATION

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="applications")
    state = models.CharField(max_length=20, choices=ApplicationState, default=ApplicationState.DRAFT)
    diploma = models.CharField(max_length=12, choices=DiplomaKind, blank=True, default="")
    diploma_statement = models.CharField(max_length=300, blank=True, default="")
    is_member = models.BooleanField(null=True)
    member_number = models.CharField(max_length=20, blank=True, default="")
    resume = models.ForeignKey("people.Document", models.PROTECT, null=True, blank=True, related_name="+")
    is_graduate = models.BooleanField(null=True)
    college = models.CharField(max_length=200, blank=True, default="")
    credential = models.CharField(max_length=200, blank=True, default="")
    graduated_on = models.DateField(null=True, blank=True)
    transcript = models.ForeignKey("people.Document", models.PROTECT, null=True, blank=True, related_name="+")
    terms = models.ForeignKey("programs.Terms", models.PROTECT, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_on = models.DateField(null=True, blank=True)
    paid_on = models.DateField(null=True, blank=True)
    returned_on = models.DateField(null=True, blank=True)
    decide_by = models.DateField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    refusal_reason = models.CharField(max_length=12, choices=RefusalReason, blank=True, default="")
    refusal_text = models.TextField(blank=True, default="")
    what_helps = models.TextField(blank=True, default="")
    eligible_from = models.DateField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    refund_decide_by = models.DateField(null=True, blank=True)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            one_of("state", ApplicationState, "candidates_application_state"),
            one_of("diploma", DiplomaKind, "candidates_application_diploma", blank=True),
            one_of("refusal_reason", RefusalReason, "candidates_application_refusal", blank=True),
            models.UniqueConstraint(fields=["person"], condition=Q(state__in=LIVE), name="candidates_one_live_application"),
            models.CheckConstraint(
                condition=Q(state__in=[ApplicationState.DRAFT, ApplicationState.WITHDRAWN])
                | Q(sent_at__isnull=False, sent_on__isnull=False, terms__isnull=False, resume__isnull=False, is_member__isnull=False),
                name="candidates_application_sent_whole",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[ApplicationState.DRAFT, ApplicationState.AWAITING_PAYMENT, ApplicationState.WITHDRAWN])
                | Q(paid_on__isnull=False, decide_by__isnull=False),
                name="candidates_application_review_paid",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[ApplicationState.ADMITTED, ApplicationState.REFUSED])
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="candidates_application_decided",
            ),
            models.CheckConstraint(
                condition=Q(state=ApplicationState.REFUSED) ^ Q(refusal_reason=""), name="candidates_application_refused_why"
            ),
            models.CheckConstraint(
                condition=~Q(is_graduate=True) | (~Q(college="") & ~Q(credential="") & Q(graduated_on__isnull=False)),
                name="candidates_graduate_of_what",
            ),
            models.CheckConstraint(
                condition=Q(refund_decide_by__isnull=True) | Q(state=ApplicationState.WITHDRAWN), name="candidates_refund_of_withdrawn"
            ),
            models.CheckConstraint(condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("person")), name="candidates_nobody_decides_own"),
        ]
        indexes: ClassVar = [
            # For the staff's queue and inbox: what waits for a decision, by its due date.
            models.Index(fields=["decide_by", "id"], condition=Q(state=ApplicationState.IN_REVIEW), name="candidates_in_review"),
            # For the staff's inbox: withdrawn after the fee was paid, and no one has decided on the fee yet.
            models.Index(fields=["refund_decide_by"], condition=Q(refund_decide_by__isnull=False), name="candidates_fee_to_decide"),
        ]

    def __str__(self) -> str:
        return f"Application of {self.person}"


class InformationRequest(models.Model):
    """One time that staff asked for more: open until the applicant answers, or staff close it. `reply` is what the applicant says to it.

    Personal data: the applicant's words; kept with the application.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, models.CASCADE, related_name="requests")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    reply = models.TextField(blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["application"], condition=Q(closed_at__isnull=True), name="candidates_one_information")
        ]

    def __str__(self) -> str:
        return f"What staff asked about the {self.application}"


class RequestedItem(models.Model):
    """One part of the application that a request opens, with the staff's note on it, and the file that answers it where one is asked for.

    Personal data: the note, and the file; kept with the application.
    """

    request = models.ForeignKey(InformationRequest, models.CASCADE, related_name="items")
    item = models.CharField(max_length=12, choices=Item)
    note = models.TextField()
    done_at = models.DateTimeField(null=True, blank=True)
    document = models.ForeignKey("people.Document", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            one_of("item", Item, "candidates_requested_item"),
            models.UniqueConstraint(fields=["request", "item"], name="candidates_asked_once"),
            models.CheckConstraint(condition=~Q(note=""), name="candidates_asked_with_note"),
        ]

    def __str__(self) -> str:
        return self.get_item_display()


class DraftPage(models.Model):
    """What was typed on one page of a draft and is not yet a valid answer, with the page's version.

    Personal data: whatever was typed; emptied when the page is saved, deleted when the application is sent or withdrawn.
    """

    application = models.ForeignKey(Application, models.CASCADE, related_name="pages")
    page = models.CharField(max_length=60)
    version = models.PositiveIntegerField(default=0)
    typed = models.JSONField(default=dict, blank=True)
    saved_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["application", "page"], name="candidates_page_once")]

    def __str__(self) -> str:
        return f"{self.page}, version {self.version}"


class Employment(models.Model):
    """One post at one library, as the applicant states it; with a `claim`, as a provisional candidate states it after the admission.

    Personal data: employment; kept with the application.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, models.CASCADE, related_name="employments")
    claim = models.ForeignKey("candidates.HoursClaim", models.CASCADE, null=True, blank=True, related_name="employments")
    library = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=LibraryKind)
    post = models.CharField(max_length=200)
    paid = models.BooleanField()
    began_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    hours_a_week = models.DecimalField(max_digits=5, decimal_places=2)
    added_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            one_of("kind", LibraryKind, "candidates_employment_kind"),
            models.CheckConstraint(condition=Q(hours_a_week__gt=0, hours_a_week__lte=168), name="candidates_employment_hours"),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("began_on")), name="candidates_employment_in_order"
            ),
            models.CheckConstraint(condition=~Q(library=""), name="candidates_employment_library"),
        ]

    def __str__(self) -> str:
        return self.library


class ApplicantAnswers(models.Model):
    """Answers to the optional questions; reported in aggregate only, and shown to no one but the person who gave them.

    Personal data: reasons and demographics, each by choice; kept with the application.
    """

    application = models.OneToOneField(Application, models.CASCADE, related_name="answers")
    why = models.TextField(blank=True, default="")
    age = models.CharField(max_length=12, blank=True, default="")
    gender = models.CharField(max_length=12, blank=True, default="")
    ethnicity = models.CharField(max_length=12, blank=True, default="")

    def __str__(self) -> str:
        return "Answers to the optional questions"
