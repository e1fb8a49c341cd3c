"""Queries: a holder's renewal with its account of hours, what was sent, what waits for staff, and the seeds of the sample."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db.models import DateField, OuterRef, Prefetch, Q, QuerySet, Value
from django.db.models.functions import Greatest
from django.urls import reverse

from billing import policy as money
from billing import queries as billing
from certificates.states import CertificateState
from courses import queries as courses
from courses.states import CompletionState
from ledger.prepared import ask
from people.templatetags.words import counted, longdate
from programs import policy as calendar
from programs import queries as programs
from renewals import policy
from renewals.models import Activity, Proof, Renewal, Sealed, Seed
from renewals.policy import Stage, Why, write_hours
from renewals.states import OPEN, ActivityKind, Mark, RenewalState

if TYPE_CHECKING:
    from billing.policy import Fee
    from courses.models import Completion
    from programs.models import Terms

PAGE_SIZE = 25
FEE = "certificate_renewal"
PURPOSE = "renewals.renewal"
# How much of each kind makes an hour, in the words of a page, and what one of its unit is called.
WORTH = {
    ActivityKind.WORKSHOP: "60 minutes = 1 hour",
    ActivityKind.SELF_DIRECTED: "60 minutes = 1 hour, with a document",
    ActivityKind.CONFERENCE: "1 day = 6 hours",
    ActivityKind.SEMESTER: "1 semester credit = 15 hours",
    ActivityKind.QUARTER: "1 quarter credit = 10 hours",
    ActivityKind.CEU: "1 CEU = 10 hours",
}
NOUNS = {
    ActivityKind.WORKSHOP: "minute",
    ActivityKind.SELF_DIRECTED: "minute",
    ActivityKind.CONFERENCE: "day",
    ActivityKind.SEMESTER: "semester credit",
    ActivityKind.QUARTER: "quarter credit",
    ActivityKind.CEU: "CEU",
}


@dataclass(frozen=True, kw_only=True)
class ActivityLine:
    """One activity as a page shows it: what was typed, what it is worth, and why it does not count where it doesn't."""

    activity: Activity
    judged: policy.JudgedActivity
    typed: str
    hours: str
    technology: str
    why_not: str
    missing: list[str]
    has_proof: bool
    locked: bool

    @property
    def is_draft(self) -> bool:
        """Whether something is still missing that the holder can add."""
        return self.judged.why in (Why.UNFINISHED, Why.UNDOCUMENTED)


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """One contact hour in the picture: its place, and how far it is filled, from the top down in units of the picture."""

    x: int
    top: int
    height: int


@dataclass(frozen=True, kw_only=True)
class Meter:
    """Hours toward what is needed: as numbers, as words for those who don't see the picture, and as leaves."""

    needed: int
    have: str
    missing: str
    words: str
    leaves: list[Leaf]

    @property
    def width(self) -> int:
        """The width of the picture in its own units."""
        return 10 * self.needed


@dataclass(frozen=True, kw_only=True)
class Account:
    """All activities of a renewal with their sum, on one day, and the courses that earned sets, which count once."""

    lines: list[ActivityLine]
    earned: list[Completion]
    total: policy.Total
    hours: Meter
    technology: Meter
    today: date
    last_day: date
    stage: Stage
    draft_hours: str

    @property
    def counting(self) -> list[ActivityLine]:
        """Give the lines that count."""
        return [line for line in self.lines if line.judged.counts]

    @property
    def left_out(self) -> list[ActivityLine]:
        """Give the lines that don't count by the rules."""
        return [line for line in self.lines if line.judged.why not in (None, Why.REFUSED)]

    @property
    def to_decide(self) -> list[ActivityLine]:
        """Give the lines that staff decide on: those that count by the rules, also where staff refused them before."""
        return [line for line in self.lines if line.judged.why in (None, Why.REFUSED)]

    @property
    def unproven(self) -> list[ActivityLine]:
        """Give the lines that count and have no document."""
        return [line for line in self.counting if not line.has_proof]


def get_renewal(person: AbstractBaseUser) -> Renewal | None:
    """Give the renewal that a person has in hand: that of the term that is not renewed yet; None without a certificate. One query."""
    rows = Renewal.objects.filter(person_id=person.pk).exclude(state=RenewalState.APPROVED)
    return _loaded(rows).order_by("-first_day", "-id").first()


def find_renewal(id: Any) -> QuerySet[Renewal]:
    """Give the renewal with this id as a queryset, with what pages need."""
    return _loaded(Renewal.objects.filter(id=id))


def _loaded(rows: QuerySet[Renewal]) -> QuerySet[Renewal]:
    return rows.select_related("person", "terms", "seed", "decided_by", "certificate__terms", "certificate__candidacy__terms")


def has_renewal(person: AbstractBaseUser) -> bool:
    """Whether a person has anything to renew. One query."""
    return Renewal.objects.filter(person_id=person.pk).exists()


def list_renewals(person: AbstractBaseUser) -> list[Renewal]:
    """Give the renewals of a person that were sent, newest first, for their file. One query."""
    return ask(
        lambda person: (
            Renewal.objects.filter(person_id=person, sent_at__isnull=False)
            .select_related("certificate", "decided_by")
            .order_by("-first_day")
        ),
        person.pk,
    )


def get_refusal_day(renewal: Renewal) -> date | None:
    """Give the day on which a renewal was refused, until it is sent again: going on with it does not undo the refusal. No query."""
    if renewal.state not in OPEN or renewal.decided_at is None or renewal.sent_at is None or renewal.sent_at > renewal.decided_at:
        return None
    return calendar.today(renewal.decided_at)


def list_activities(renewal: Renewal) -> list[Activity]:
    """Give what was logged, in the order in which it was added, with sets and documents. Two queries."""
    rows = renewal.activities.select_related("set").prefetch_related("proofs__document")
    return list(rows.order_by("added_at", "id"))


def list_sealed(renewal: Renewal) -> list[Activity]:
    """Give what was sent, as it was sent, in the order in which it was added; what was changed since is the holder's alone. Two queries."""
    proofs = Prefetch("proofs", Proof.objects.filter(sealed=True).select_related("document"))
    rows = renewal.activities.filter(sealed=True).select_related("set").prefetch_related(proofs)
    return [as_sent(row) for row in rows.order_by("added_at", "id")]


def as_sent(row: Activity) -> Activity:
    """Put the answers of an activity back to what was sent; it is not saved. One query where another set was chosen since."""
    fields = {field.attname: field for field in Activity._meta.concrete_fields}
    for name, value in (row.sent or {}).items():
        setattr(row, name, fields[name].to_python(value))
    return row


def list_copies(renewal: Renewal) -> list[Sealed]:
    """Give the sealed copies, oldest first, without what is in them. One query."""
    return list(renewal.copies.defer("content").order_by("round"))


def list_earned(renewal: Renewal) -> list[Completion]:
    """Give the courses by which the holder earned sets of the certificate. One query."""
    return [row for row in courses.list_claims(renewal.certificate.candidacy) if row.state == CompletionState.ACCEPTED]


def get_frame(renewal: Renewal, *, earned: Iterable[Completion], at: datetime) -> policy.Frame:
    """Give the days that count as of now, or as of the sending; what earned a set, and what counted in an earlier term. One query.

    An answer to what staff ask does not move them.
    """
    sent = renewal.state != RenewalState.DRAFT
    on = renewal.sent_on if sent and renewal.sent_on else calendar.today(at)
    until = renewal.counts_until if sent and renewal.counts_until else local_day(renewal, at=at)
    before = Activity.objects.filter(renewal__person_id=renewal.person_id, renewal__state=RenewalState.APPROVED, mark=Mark.ACCEPTED)
    marks = before.filter(completed_on__isnull=False).exclude(renewal=renewal).values_list("title", "completed_on", "provider")
    return policy.Frame(
        first_day=renewal.first_day,
        last_day=policy.last_counting_day(renewal.dates, today=until, late=on > renewal.grace_ends_on),
        earned=frozenset(policy.mark_of(row.offering.title, row.completed_on) for row in earned),
        before=frozenset(policy.mark_of(title, on, provider) for title, on, provider in marks if on),
    )


def get_account(renewal: Renewal, *, at: datetime, sealed: bool = False) -> Account:
    """Count a renewal's hours as of now, or as of its sending; `sealed` is what staff may see of it. Four queries."""
    logged = list_sealed(renewal) if sealed else list_activities(renewal)
    earned = list_earned(renewal)
    frame = get_frame(renewal, earned=earned, at=at)
    judged = policy.judge([as_logged(row) for row in logged], frame=frame)
    terms, today = renewal.terms, calendar.today(at)
    total = policy.sum_up(judged, hours=terms.renewal_hours, technology_hours=terms.renewal_technology_hours)
    lines = [_line(row, judged_activity, renewal=renewal, frame=frame) for row, judged_activity in zip(logged, judged, strict=True)]
    return Account(
        lines=lines,
        earned=earned,
        total=total,
        hours=draw_meter(total.minutes, total.missing_minutes, needed=terms.renewal_hours, unit="contact hours"),
        technology=draw_meter(
            total.technology_minutes, total.missing_technology_minutes, needed=terms.renewal_technology_hours, unit="hours on technology"
        ),
        today=today,
        last_day=frame.last_day,
        stage=policy.stage(renewal.dates, on=today),
        draft_hours=write_hours(sum(line.judged.minutes for line in lines if line.is_draft)),
    )


def get_next_terms(renewal: Renewal) -> Terms:
    """Give the Terms of the term after this one: those in force on its first day. One query."""
    return programs.get_terms(renewal.expires_on + timedelta(days=1))


def plan_next_term(renewal: Renewal) -> policy.Term:
    """Give the days of the term after this one, whenever it is approved. One query."""
    months = get_next_terms(renewal).certificate_months
    return policy.next_term(anchor=renewal.certificate.completed_on, expires_on=renewal.expires_on, months=months)


def local_day(renewal: Renewal, *, at: datetime) -> date:
    """Give the date where the holder is: no one can have finished anything later than that."""
    return at.astimezone(ZoneInfo(renewal.person.time_zone)).date()


def as_logged(row: Activity) -> policy.Logged:
    """Gather an activity into policy's words. No query where its proofs are loaded."""
    return policy.Logged(
        title=row.title,
        kind=policy.LearningKind(row.kind),
        amount=Fraction(row.amount) if row.amount is not None else None,
        technology_minutes=row.technology_minutes,
        completed_on=row.completed_on,
        provider=row.provider,
        complete=not list_missing(row),
        documented=bool(row.proofs.all()),
        refused=row.mark == Mark.REFUSED,
        accepted_technology_minutes=row.accepted_technology_minutes if row.mark == Mark.ACCEPTED else None,
    )


def list_missing(row: Activity) -> list[str]:
    """Give what an activity still lacks before it can count, in words."""
    alone = row.kind == ActivityKind.SELF_DIRECTED
    lacks = (
        ("who offered it", not row.provider and not alone),
        ("the day that you finished it", row.completed_on is None),
        ("how long it was", row.amount is None),
        ("the competency set", row.set_id is None),
        ("what you learned", alone and not row.learned),
        ("an answer that we can read", bool(row.typed)),
    )
    return [words for words, lacking in lacks if lacking]


def is_locked(row: Activity, *, state: str) -> bool:
    """Whether the holder can't change an activity now: it was sent, and staff did not ask about it."""
    return state != RenewalState.DRAFT and not (state == RenewalState.ASKED and (row.mark == Mark.ASKED or not row.sealed))


def _line(row: Activity, judged: policy.JudgedActivity, *, renewal: Renewal, frame: policy.Frame) -> ActivityLine:
    missing = list_missing(row)
    return ActivityLine(
        activity=row,
        judged=judged,
        typed=write_amount(row),
        hours=write_hours(judged.minutes),
        technology=write_hours(judged.technology_minutes),
        why_not=_why_not(judged.why, missing, frame),
        missing=missing,
        has_proof=bool(row.proofs.all()),
        locked=is_locked(row, state=renewal.state),
    )


def write_amount(row: Activity) -> str:
    """Write how much an activity was, in its own unit: 90 minutes, 1.5 days, 1 CEU; "" while no one said."""
    if row.amount is None:
        return ""
    plain = f"{row.amount:f}".rstrip("0").rstrip(".") if "." in f"{row.amount:f}" else f"{row.amount:f}"
    noun = NOUNS[ActivityKind(row.kind)]
    return f"{plain} {noun if plain == '1' else noun + 's'}"


def _why_not(why: Why | None, missing: list[str], frame: policy.Frame) -> str:
    if why is None:
        return ""
    return {
        Why.UNFINISHED: f"Still missing: {', '.join(missing) or 'an answer'}.",
        Why.UNDER_AN_HOUR: "It was under one hour. Each activity is at least one hour.",
        Why.UNDOCUMENTED: "Independent learning needs a document.",
        Why.TOO_EARLY: f"It was before this term. The term began on {longdate(frame.first_day)}.",
        Why.TOO_LATE: f"It was too late for this term. The last day is {longdate(frame.last_day)}.",
        Why.EARNED_A_SET: "This course earned you a set. It does not count again.",
        Why.COUNTED_BEFORE: "It counted in an earlier renewal. Each activity counts once.",
        Why.TWICE: "It is already on the list, with the same date. It counts once.",
        Why.REFUSED: "Staff decided that it does not count.",
    }[why]


def draw_meter(minutes: int, missing: int, *, needed: int, unit: str) -> Meter:
    """Draw hours as leaves, one for each that is needed; what is beyond is a number alone."""
    have, lack = write_hours(minutes), write_hours(missing, missing=True)
    words = f"{have} of {needed} {unit}. " + (f"{lack} to go." if missing else "That is enough.")
    filled = [min(policy.HOUR, max(0, minutes - policy.HOUR * hour)) for hour in range(needed)]
    leaves = [Leaf(x=10 * hour + 1, top=63 - part * 62 // policy.HOUR, height=part * 62 // policy.HOUR) for hour, part in enumerate(filled)]
    return Meter(needed=needed, have=have, missing=lack if missing else "", words=words, leaves=leaves)


@dataclass(frozen=True, kw_only=True)
class Task:
    """One line of the task list: its status, and a word on it; `url` is empty while it can't start."""

    name: str
    status: str
    note: str = ""
    url: str = ""

    @property
    def done(self) -> bool:
        """Whether it is completed."""
        return self.status == "Completed"


def list_tasks(renewal: Renewal, account: Account) -> list[Task]:
    """Give the tasks of a renewal that is not sent, or that more is asked for. No query."""
    total, drafts = account.total, [line for line in account.lines if line.is_draft]
    listed = reverse("renewals:renewal") + "#activities"
    log = Task(
        name="Log what you learned",
        status="Completed" if not total.missing_minutes else "In progress" if account.lines else "Not started",
        note=account.hours.words,
        url=reverse("renewals:add"),
    )
    technology = Task(
        name="Learn something about technology",
        status="Completed" if not total.missing_technology_minutes else "In progress" if total.technology_minutes else "Not started",
        note=account.technology.words,
        url=reverse("renewals:add"),
    )
    unproven = len(account.unproven)
    documents = Task(
        name="Add your documents",
        status="Completed" if account.counting and not unproven else "In progress" if len(account.counting) > unproven else "Not started",
        note=f"{counted(unproven, 'activity,activities')} without a document. You may be asked for it." if unproven else "",
        url=listed,
    )
    finish = Task(
        name="Finish your drafts",
        status="In progress",
        note=f"{counted(len(drafts), 'draft')}, worth {account.draft_hours} hours.",
        url=listed,
    )
    why = why_not_send(renewal, account)
    check = Task(
        name="Check your answers and send",
        status="Can’t start yet" if why else "Not started",
        note=why,
        url="" if why else reverse("renewals:check"),
    )
    return [log, technology, *([finish] if drafts else []), documents, check]


def why_not_send(renewal: Renewal, account: Account) -> str:
    """Say why a renewal can't be sent, or answered, now; "" where it can."""
    if renewal.certificate.state != CertificateState.ISSUED:
        return f"Your certificate is {renewal.certificate.get_state_display().lower()}. It can’t be renewed in that status."
    if account.stage == Stage.EARLY:
        return f"You can send it from {longdate(renewal.opens_on)}."
    lacks = [
        words
        for words, lacking in (
            (f"{account.hours.missing} hours", account.total.missing_minutes),
            (f"{account.technology.missing} hours on technology", account.total.missing_technology_minutes),
        )
        if lacking
    ]
    if lacks:
        return f"Still missing: {' and '.join(lacks)}."
    if renewal.sampled and renewal.state == RenewalState.ASKED and account.unproven:
        return f"Still missing: a document for {counted(len(account.unproven), 'activity,activities')}."
    return ""


def get_fee(renewal: Renewal, *, on: date) -> Fee | None:
    """Give the fee of a renewal that is sent on a day; None while staff have set none: then it waits for them."""
    try:
        return billing.get_fee(FEE, on=on)
    except billing.FeeNotSet:
        return None


def tell_fee(*, on: date) -> str:
    """Say what a renewal costs that is sent on a day, or that staff have not said so yet. One query."""
    try:
        fee = billing.get_fee(FEE, on=on)
    except billing.FeeNotSet:
        return "Staff have not set the fee yet."
    if not fee.standard_cents:
        return "There is no renewal fee."
    if fee.member_cents == fee.standard_cents:
        return f"The fee is {money.dollars(fee.standard_cents)}."
    return f"The fee is {money.dollars(fee.standard_cents)}, or {money.dollars(fee.member_cents)} for ALA members."


def gather(renewal: Renewal, account: Account, *, round: int) -> dict[str, Any]:
    """Gather what is sealed: who, which term, every activity with the fingerprint of its documents, and the sum."""
    return {
        "renewal": str(renewal.id),
        "round": round,
        "name": renewal.person.get_full_name(),
        "certificate": renewal.certificate.number,
        "term": [renewal.first_day.isoformat(), renewal.expires_on.isoformat()],
        "late_reason": renewal.late_reason,
        "hours": account.hours.have,
        "technology": account.technology.have,
        "activities": [_gather_line(line) for line in account.lines],
    }


def _gather_line(line: ActivityLine) -> dict[str, Any]:
    row = line.activity
    return {
        "title": row.title,
        "kind": row.get_kind_display(),
        "provider": row.provider,
        "completed_on": row.completed_on.isoformat() if row.completed_on else "",
        "amount": line.typed,
        "hours": line.hours,
        "technology": line.technology,
        "counts": line.judged.counts,
        "why_not": line.why_not,
        "set": row.set.name if row.set else "",
        "learned": row.learned,
        "documents": [{"name": proof.document.name, "sha256": proof.document.sha256} for proof in row.proofs.all()],
    }


def list_undecided() -> QuerySet[Renewal]:
    """Give the renewals to decide, those that wait for an answer first included; the most urgent first."""
    due = Q(state=RenewalState.IN_REVIEW) | Q(state=RenewalState.ASKED, answer_by__isnull=False)
    return Renewal.objects.filter(due).select_related("person", "certificate").order_by("decide_by", "id")


def list_to_decide(*, on: date) -> QuerySet[Renewal]:
    """Give what waits for staff: renewals to decide, and those whose answer did not come on time; the most urgent first."""
    return list_undecided().filter(Q(state=RenewalState.IN_REVIEW) | Q(answer_by__lt=on))


def list_asked(*, on: date) -> QuerySet[Renewal]:
    """Give those that wait for the holder's answer, the nearest day first."""
    rows = Renewal.objects.filter(state=RenewalState.ASKED, answer_by__gte=on)
    return rows.select_related("person", "certificate").order_by("answer_by", "id")


def list_unpaid(*, on: date) -> QuerySet[Renewal]:
    """Give those that wait for their fee, the nearest last day first."""
    rows = Renewal.objects.filter(Q(pay_by__gte=on) | Q(pay_by=None), state=RenewalState.AWAITING_PAYMENT)
    return rows.select_related("person", "certificate").order_by("pay_by", "id")


def list_unpaid_over(*, at: datetime) -> QuerySet[Renewal]:
    """Give those whose fee was not paid by its last day."""
    return Renewal.objects.filter(state=RenewalState.AWAITING_PAYMENT, pay_by__lt=calendar.today(at))


def list_unpriced() -> QuerySet[Renewal]:
    """Give those that were sent while no fee was set, the oldest first."""
    return Renewal.objects.filter(state=RenewalState.AWAITING_PAYMENT, pay_by=None).order_by("sent_at")


def find_first_without_fee(*, on: date) -> QuerySet[Renewal]:
    """Give the renewal that can be sent first, or could be, without a fee that counts by then: one row at most, a setting ahead."""
    until = calendar.add_months(on, settings.RENEWAL_FEE_MONTHS_AHEAD)
    waiting = Q(state__in=OPEN, opens_on__lte=until, certificate__state=CertificateState.ISSUED)
    unpriced = Q(state=RenewalState.AWAITING_PAYMENT, pay_by=None)
    by = Greatest("opens_on", Value(on), output_field=DateField())
    # While a fee counts today, the first question answers the second for every row.
    missing = ~billing.has_fee(FEE, by=Value(on)), ~billing.has_fee(FEE, by=OuterRef("by"))
    rows = Renewal.objects.annotate(by=by).filter(*missing, waiting | unpriced)
    return Renewal.objects.filter(pk=rows.order_by("opens_on", "id").values("pk")[:1])


def list_seeds() -> list[Seed]:
    """Give the seeds of all years, newest first. One query."""
    return list(Seed.objects.order_by("-year"))
