"""What happened (entries, chained), and what is still to be done (deliveries and emails)."""

import uuid
from typing import TYPE_CHECKING, ClassVar

import pgtrigger
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from people.models import User

KEY_LENGTH = 240

CHAIN_LINK = """
    -- Runs when the transaction commits, so that the chain's lock is the last one taken and is held for a moment only.
    SELECT position, hash INTO STRICT head FROM ledger_chainhead WHERE id = 1 FOR UPDATE;
    INSERT INTO ledger_link (position, entry_id, previous_hash, hash)
    VALUES (head.position + 1, NEW.id, head.hash, ledger_entry_hash(NEW, head.hash))
    RETURNING position, hash INTO head;
    UPDATE ledger_chainhead SET position = head.position, hash = head.hash WHERE id = 1;
    RETURN NULL;
"""


def _append_only() -> list[pgtrigger.Trigger]:
    return [
        pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        pgtrigger.Trigger(
            name="no_truncate",
            when=pgtrigger.Before,
            operation=pgtrigger.Truncate,
            level=pgtrigger.Statement,
            func="RAISE EXCEPTION 'What happened is never emptied';",
        ),
    ]


class EntryQuerySet(models.QuerySet["Entry"]):
    """Entries, newest first where a page shows them."""

    def about(self, person: "User") -> "EntryQuerySet":
        """What happened to this person, or was done by them."""
        return self.filter(Q(person=person) | Q(actor=person)).order_by("-id")


class PublicChange(models.Model):
    """That something which public pages show has changed, and when: written by triggers, forgotten after some hours."""

    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Change at {self.at:%Y-%m-%d %H:%M}"


class Entry(models.Model):
    """One thing that happened. `details` may hold personal data, marked so by its event; kept for the life of the program."""

    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    verb = models.CharField(max_length=80)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=40)
    details = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    reason = models.TextField(blank=True, default="")

    objects = EntryQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["person", "-id"], name="ledger_entry_person"),
            models.Index(fields=["actor", "-id"], name="ledger_entry_actor"),
            models.Index(fields=["subject_type", "subject_id"], name="ledger_entry_subject"),
        ]
        triggers: ClassVar = [
            *_append_only(),
            pgtrigger.Trigger(
                name="chain",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                declare=[("head", "RECORD")],
                func=CHAIN_LINK,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} at {self.at:%Y-%m-%d %H:%M}"


class Link(models.Model):
    """An entry's place in the chain: its hash covers the entry and the hash before it. No personal data."""

    position = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="link")
    previous_hash = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    class Meta:
        triggers: ClassVar = _append_only()

    def __str__(self) -> str:
        return f"Link {self.position}"


class ChainHead(models.Model):
    """The one row that says where the chain ends, so that a cut tail is seen too."""

    position = models.BigIntegerField(default=0)
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="ledger_chainhead_is_one")]

    def __str__(self) -> str:
        return f"Chain up to {self.position}"


class Delivery(models.Model):
    """One event for one subscriber: the outbox. Payloads carry ids, not personal data; kept after delivery."""

    topic = models.CharField(max_length=80)
    subscriber = models.CharField(max_length=80)
    dedupe_key = models.CharField(max_length=KEY_LENGTH, unique=True)
    payload = models.JSONField(encoder=DjangoJSONEncoder)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True, default="")
    done_at = models.DateTimeField(null=True)

    class Meta:
        # For the sweep "work": what is not delivered yet, oldest first.
        indexes = [models.Index(fields=["due_at", "id"], name="ledger_delivery_due", condition=Q(done_at=None))]

    def __str__(self) -> str:
        return f"{self.topic} for {self.subscriber}"


class EmailState(models.TextChoices):
    """Where an email is."""

    QUEUED = "queued", "Waiting to be sent"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    UNKNOWN = "unknown", "May have been sent"
    FAILED = "failed", "Could not be sent"
    GIVEN_UP = "given_up", "Not sent: canceled"
    CLOSED = "closed", "Not sent: the account was closed"


class Email(models.Model):
    """One email to one recipient; `to` is where it went, or would go now.

    Personal data: name, address, text; kept as the person's email history.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="emails")
    to = models.EmailField(max_length=254)
    # Sent to that very address, whichever the person has when it is sent.
    to_is_fixed = models.BooleanField(default=False)
    notice = models.CharField(max_length=80)
    dedupe_key = models.CharField(max_length=KEY_LENGTH, unique=True)
    subject = models.CharField(max_length=250)
    text = models.TextField()
    html = models.TextField()
    calendar = models.TextField(blank=True, default="")
    must_arrive = models.BooleanField(default=True)
    secret = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=EmailState, default=EmailState.QUEUED)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True, default="")

    class Meta:
        indexes = [
            # For the sweep "work": emails to send, oldest first.
            models.Index(fields=["due_at"], name="ledger_email_due", condition=Q(state__in=["queued", "sending"])),
            models.Index(fields=["person", "-created_at", "-id"], name="ledger_email_person"),
            # For the staff's inbox.
            models.Index(fields=["created_at"], name="ledger_email_failed", condition=Q(state="failed")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at=None)), name="ledger_email_sent_has_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject} ({self.state})"


class BadAddress(models.Model):
    """An address that takes no email. Personal data: the address, and what the other side said; kept until it takes email again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(max_length=254, unique=True)
    since = models.DateTimeField()
    reason = models.CharField(max_length=500)
    # When staff noted it: it is in no one's inbox any more, and still pauses reminders.
    noted_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.email} since {self.since:%Y-%m-%d}"


class SweepRun(models.Model):
    """The last period that a sweep ran for: what makes none, one or three schedulers give the same result. No personal data."""

    name = models.CharField(max_length=80, primary_key=True)
    period = models.CharField(max_length=20)
    started_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} in {self.period}"


class Heartbeat(models.Model):
    """When a worker was last alive. No personal data."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.at}"


class ReminderSetting(models.Model):
    """What is kept of a reminder schedule: the offsets that staff set (none: the first ones), and the last day swept. No personal data."""

    name = models.CharField(max_length=60, primary_key=True)
    offsets = models.JSONField(null=True)
    swept_until = models.DateField()

    def __str__(self) -> str:
        return self.name


class Reminder(models.Model):
    """One offset that fell due for one row; without `said_at` its email is still to be written, `dropped` says that it is not needed.

    Personal data: whom we reminded of what, and the address where there is no account; kept with the person's emails.
    """

    schedule = models.CharField(max_length=60)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    to = models.EmailField(max_length=254, blank=True, default="")
    thing = models.UUIDField()
    due_date = models.DateField()
    offset = models.CharField(max_length=20)
    falls_on = models.DateField()
    found_at = models.DateTimeField()
    # From when on its email may be written; none: at once.
    due_at = models.DateTimeField(null=True)
    said_at = models.DateTimeField(null=True)
    dropped = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["schedule", "thing", "due_date", "offset", "person", "to"], nulls_distinct=False, name="ledger_reminder_once"
            )
        ]
        indexes = [
            # For the work of the outbox: reminders whose emails are not written.
            models.Index(fields=["id"], condition=Q(said_at=None, dropped=False), name="ledger_reminder_unsaid"),
            models.Index(fields=["person", "schedule"], name="ledger_reminder_person"),
        ]

    def __str__(self) -> str:
        return f"{self.schedule} {self.offset} of {self.due_date}"


class ReminderOptOut(models.Model):
    """A person wants no emails of one reminder schedule. Personal data: that they do; kept until they want them again."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    schedule = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "schedule"], name="ledger_opt_out_once")]

    def __str__(self) -> str:
        return f"No {self.schedule}"


class Claim(models.Model):
    """One work item that a member of staff claimed in the inbox, so that others see who has it. No personal data but that name.

    It stays while the thing is away and may come back, and ends with a sweep 180 days after it was taken.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=60)
    thing = models.UUIDField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "thing"], name="ledger_claim_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.thing} held by {self.owner_id}"


COUNT_KEY = ("kind", "due_on", "since", "visible_from", "visible_until")


def _count(operation: pgtrigger.Operation, **rows: str) -> pgtrigger.Trigger:
    """Make the trigger that notes by how much a statement changed each count: rows are only added, so that no one waits for anyone."""
    changes = " UNION ALL ".join(
        f"SELECT kind, due_on, CASE WHEN due_on IS NULL THEN since END AS since, visible_from, visible_until, {sign} AS number FROM {rows[which]}"  # noqa: E501, S608
        for which, sign in (("new", 1), ("old", -1))
        if which in rows
    )
    keys = ", ".join(COUNT_KEY)
    return pgtrigger.Trigger(
        name=f"count_{str(operation).lower()}",
        when=pgtrigger.After,
        operation=operation,
        level=pgtrigger.Statement,
        referencing=pgtrigger.Referencing(**rows),  # type: ignore[no-untyped-call]
        func=f"""
            INSERT INTO ledger_inboxcount ({keys}, number)
            SELECT {keys}, sum(number) FROM ({changes}) AS changes GROUP BY {keys} HAVING sum(number) <> 0;
            RETURN NULL;
        """,  # noqa: S608 (made of our own names and statements)
    )


class InboxItem(models.Model):
    """One thing that waits for staff, kept by triggers as its queue says it (`ledger.inbox_items`). The program itself never writes it.

    No personal data but the key of the person whom it is `about`. It goes with the thing.
    """

    class Stage(models.IntegerChoices):
        """Where it stands: the inbox reads what waits by its order, and what was ahead a minute ago beside it."""

        AHEAD = 0
        WAITS = 1
        OVER = 2

    kind = models.CharField(max_length=60)
    thing = models.UUIDField()
    about = models.BigIntegerField(null=True)
    since = models.DateField()
    due_on = models.DateField(null=True)
    # Nothing is missing but the decision: what needs a person comes first.
    ready = models.BooleanField()
    visible_from = models.DateTimeField(null=True)
    visible_until = models.DateTimeField(null=True)
    stage = models.SmallIntegerField(choices=Stage)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thing", "kind"], name="ledger_inbox_once")]
        indexes = [
            # The order of a page: what has a day of its own, and what is due some working days after it began to wait.
            models.Index(
                fields=["kind", "ready", "due_on", "since", "thing"], condition=Q(stage=1, due_on__isnull=False), name="ledger_inbox_due"
            ),
            models.Index(fields=["kind", "ready", "since", "thing"], condition=Q(stage=1, due_on=None), name="ledger_inbox_since"),
            # What the sweep shows and ends.
            models.Index(fields=["visible_from"], condition=Q(stage=0), name="ledger_inbox_ahead"),
            models.Index(fields=["visible_until"], condition=~Q(stage=2) & Q(visible_until__isnull=False), name="ledger_inbox_ends"),
            models.Index(fields=["about"], condition=Q(about__isnull=False), name="ledger_inbox_about"),
        ]
        triggers = [
            _count(pgtrigger.Insert, new="new_rows"),
            _count(pgtrigger.Update, old="old_rows", new="new_rows"),
            _count(pgtrigger.Delete, old="old_rows"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.thing}"


class InboxCount(models.Model):
    """By how much a number of things that wait changed: of a kind, due on a day, or without one since a day. No personal data.

    A sweep adds up the rows of a key.
    """

    kind = models.CharField(max_length=60)
    due_on = models.DateField(null=True)
    since = models.DateField(null=True)
    visible_from = models.DateTimeField(null=True)
    visible_until = models.DateTimeField(null=True)
    number = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.number} of {self.kind}"


class InboxDoubt(models.Model):
    """A thing whose row another transaction had when what it depends on changed. The next minute looks again. No personal data."""

    kind = models.CharField(max_length=60)
    thing = models.UUIDField()

    def __str__(self) -> str:
        return f"{self.kind} {self.thing}"


class Press(models.Model):
    """One form that was sent from one page, and where its answer led: what is pressed twice is done once. Kept a day; no personal data.

    `key` is a digest of the page's token and what was typed.
    """

    key = models.CharField(max_length=64, primary_key=True)
    location = models.TextField(default="")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Press at {self.at:%Y-%m-%d %H:%M}"


class BulkRun(models.Model):
    """What a member of staff did with many work items at once, for the page that tells how it went; the audit has each.

    `results` has for each thing its title, the number of its emails, and why not. Personal data: names in the titles; kept 30 days.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=60)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    results = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.name} at {self.at:%Y-%m-%d %H:%M}"
