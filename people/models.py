"""Who someone is, the documents that they gave us, and what people ask the program."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Left, Lower

from people import states, text
from people.search import folded, folded_index
from people.states import DocumentState


class UserManager(BaseUserManager["User"]):
    """Make users whose login is their email address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make a user; raises ValueError without an email address."""
        if not email:
            raise ValueError("A user needs an email address")
        user = self.model(email=text.clean_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """One person with an account. Personal data: name, email address, time zone; kept while the account lives."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField("email address", max_length=254, unique=True)
    name = models.CharField("name as it should be printed", max_length=120)
    called = models.CharField("what we call you", max_length=60)
    time_zone = models.CharField(max_length=64, default="America/New_York")
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)
    folded = folded("name", "called", "email")

    # Filled and emptied by `people.permissions`; lives as long as the object, so as long as a request.
    known_roles: frozenset[str] | None = None

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        # For `queries.find_person`.
        indexes = [
            folded_index("people_user_find"),
            # For the staff's search: whoever has a word that many have, by name. A whole name may be too long for an index.
            models.Index(Left("folded", 100), "id", name="people_user_by_name"),
        ]
        constraints = [
            models.UniqueConstraint(
                Lower("email"), name="people_user_email_once", violation_error_message="There is an account with this address."
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        """The name as it should be printed."""
        return self.name

    def get_short_name(self) -> str:
        """What the person wants to be called."""
        return self.called or self.name


class Document(models.Model):
    """One file that a person gave us. Personal data: the file, its name and its text; kept as long as the row that it proves.

    No one can open it before it was checked; of a refused one only this row is left, with the reason, and its owner has some days to send
    another in its place. One that nothing refers to goes after some days (FILE_UNUSED_DAYS). `reading` is the copy that others open instead
    of what was given: without scripts, place and camera, or as a kind that every browser shows.
    """

    STATES = states.DOCUMENT

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=60)
    name = models.CharField(max_length=120)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    content_type = models.CharField(max_length=100)
    stored = models.CharField(max_length=100, unique=True)
    reading = models.CharField(max_length=100, blank=True, default="")
    reading_type = models.CharField(max_length=100, blank=True, default="")
    created_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=DocumentState, default=DocumentState.CHECKING)
    # When it was last tried to look through it, and could not be.
    tried_at = models.DateTimeField(null=True)
    refusal = models.CharField(max_length=300, blank=True, default="")
    refused_at = models.DateTimeField(null=True)
    # The SHA-256 of files that could not be taken, in whose place this one was sent: a seal may name one of them.
    earlier_sha256 = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    pages = models.PositiveIntegerField(default=0)
    text = models.TextField(blank=True, default="")

    class Meta:
        indexes = [
            # For the worker, which looks through what waits.
            models.Index(fields=["created_at"], name="people_document_waiting", condition=Q(state="checking")),
            # For the sweep people.unused.
            models.Index(fields=["created_at"], name="people_document_created"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=DocumentState.values), name="people_document_state_known"),
            models.CheckConstraint(condition=~Q(state=DocumentState.REFUSED) | ~Q(refusal=""), name="people_document_refused_why"),
        ]

    def __str__(self) -> str:
        return self.name


class Picture(models.Model):
    """One page of a document, or a piece of a picture, drawn by us: what is seen of it and nothing else. Kept with the document."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="pictures")
    number = models.PositiveSmallIntegerField()
    stored = models.CharField(max_length=100, unique=True)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="people_picture_once")]

    def __str__(self) -> str:
        return f"Picture {self.number}"


class Inquiry(models.Model):
    """One question to the program, from anyone. Personal data: name, email address, and what was written; kept with the email history.

    `person` is who was signed in when asking, if anyone was.
    """

    STATES = states.INQUIRY

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="inquiries")
    name = models.CharField(max_length=120)
    email = models.EmailField(max_length=254)
    topic = models.CharField(max_length=20, choices=states.Topic)
    text = models.TextField()
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=states.InquiryState, default=states.InquiryState.WAITING)
    answer = models.TextField(blank=True, default="")
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            # For the staff's inbox.
            models.Index(fields=["asked_at"], name="people_inquiry_waiting", condition=Q(state="waiting")),
            models.Index(fields=["email", "-asked_at"], name="people_inquiry_email"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=states.InquiryState.values), name="people_inquiry_state_known"),
            models.CheckConstraint(
                condition=Q(state="waiting", ended_at=None) | (~Q(state="waiting") & Q(ended_at__isnull=False)),
                name="people_inquiry_end_has_time",
            ),
            models.CheckConstraint(condition=~Q(state="answered") | ~Q(answer=""), name="people_inquiry_answer_has_words"),
        ]

    def __str__(self) -> str:
        return f"{self.get_topic_display()} ({self.state})"


class Download(models.Model):
    """Everything about one person, in one file that they asked for. Personal data: the file; deleted after `gone_on`, this row stays."""

    STATES = states.DOWNLOAD

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="downloads")
    state = models.CharField(max_length=8, choices=states.DownloadState, default=states.DownloadState.ASKED)
    asked_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)
    gone_on = models.DateField()
    stored = models.CharField(max_length=100, blank=True, default="")
    size = models.PositiveBigIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["person", "-asked_at"], name="people_download_person"),
            # For the sweep people.downloads.
            models.Index(fields=["gone_on"], name="people_download_over", condition=Q(state="ready")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=states.DownloadState.values), name="people_download_state_known"),
            models.CheckConstraint(condition=Q(state="asked") | (~Q(stored="") & Q(ready_at__isnull=False)), name="people_download_stored"),
        ]

    def __str__(self) -> str:
        return f"Download of {self.person_id} ({self.state})"


class SecurityEvent(models.Model):
    """One sign-in, one that failed, or one sign-out. Personal data: network address and browser; kept for SECURITY_EVENT_DAYS.

    A failure for an address that no one signs in with has no person and says nothing of who tried.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="security_events")
    kind = models.CharField(max_length=10, choices=states.SecurityEventKind)
    at = models.DateTimeField()
    ip = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["person", "-id"], name="people_security_person"),
            # For the sweep people.security.
            models.Index(fields=["at"], name="people_security_at"),
        ]
        constraints = [models.CheckConstraint(condition=Q(kind__in=states.SecurityEventKind.values), name="people_security_kind_known")]

    def __str__(self) -> str:
        return f"{self.kind} at {self.at:%Y-%m-%d %H:%M}"


class AccountChange(models.Model):
    """A change of how someone signs in, and what was there before, for the link by which it is undone.

    Personal data: the addresses of then; deleted SECURITY_EVENT_DAYS after the link has ended.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="account_changes")
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField(db_index=True)
    primary = models.EmailField(max_length=254)
    addresses = models.JSONField(default=list)
    factors = models.JSONField(default=list)
    void_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["person", "made_at"], name="people_change_person")]

    def __str__(self) -> str:
        return f"Change at {self.made_at:%Y-%m-%d %H:%M}"
