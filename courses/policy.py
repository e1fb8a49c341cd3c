"""When a completed course counts, how approvals follow one another, who may review (rules.md, "Courses and providers"): pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from programs.policy import Finding, Verdict, Window, add_months, written

UNKNOWN_APPROVAL = "We don’t have the approval dates of this course, so we can’t tell if it counts."
LETTER_OF_APPROVAL = (
    "Ask the provider for its letter of approval, and send it to us. Staff will enter the dates. Then you can send your proof."
)


@dataclass(frozen=True, kw_only=True)
class Period:
    """From when to when a course is approved, both days included."""

    first_on: date
    last_on: date


def credit_window(period: Period, *, credit_months_before: int) -> Window:
    """Give the days that count: from so many months before the approval to its last day."""
    return Window(first_on=add_months(period.first_on, -credit_months_before), last_on=period.last_on)


def credit_windows(periods: Iterable[Period], *, credit_months_before: int) -> list[Window]:
    """Give the days that count, earliest first, where windows that touch are one: an old approval goes on counting beside a new one."""
    joined: list[Window] = []
    for window in sorted(
        (credit_window(period, credit_months_before=credit_months_before) for period in periods), key=lambda window: window.first_on
    ):
        if joined and window.first_on <= joined[-1].last_on + timedelta(days=1):
            joined[-1] = Window(first_on=joined[-1].first_on, last_on=max(joined[-1].last_on, window.last_on))
        else:
            joined.append(window)
    return joined


def judge(completed_on: date, *, periods: Collection[Period], credit_months_before: int, today: date) -> Verdict:
    """Say whether a course that was completed on this day counts, and why, in words with the dates.

    Both ends of a window count; a course that was approved several times counts in the window of each. A day after `today` does not,
    whatever the windows say. A course without a known approval gives no credit.
    """
    if completed_on > today:
        return Verdict(
            finding=Finding.FUTURE,
            words=f"The course can’t be finished after today, {written(today)}.",
            help="Check the date. If the course is still going on, come back when you finish it.",
        )
    if not periods:
        return Verdict(finding=Finding.UNKNOWN, words=UNKNOWN_APPROVAL, help=LETTER_OF_APPROVAL)
    windows = credit_windows(periods, credit_months_before=credit_months_before)
    if any(window.first_on <= completed_on <= window.last_on for window in windows):
        rule = _rule(periods, [window for window in windows if window.first_on <= completed_on <= window.last_on])
        return Verdict(finding=Finding.COUNTS, words=f"{written(completed_on)} is within the dates of this course. {rule}")
    if completed_on > windows[-1].last_on:
        return Verdict(
            finding=Finding.LATE,
            words=f"{written(completed_on)} is too late for this course. {_rule(periods, windows)}",
            help="Check the date on your proof. If the course was approved again, write to us. You can still use it in a portfolio.",
        )
    return Verdict(
        finding=Finding.EARLY,
        words=f"{written(completed_on)} is too early for this course. {_rule(periods, windows)}"
        if completed_on < windows[0].first_on
        else f"{written(completed_on)} falls between two approvals of this course. {_rule(periods, windows)}",
        help="Check the date on your proof. You can still use the course in a portfolio.",
    )


def _rule(periods: Iterable[Period], windows: list[Window]) -> str:
    days = [period.first_on for period in periods if any(window.first_on <= period.first_on <= window.last_on for window in windows)]
    spans = " or ".join(f"from {written(window.first_on)} to {written(window.last_on)}" for window in windows)
    both = "both days count" if len(windows) == 1 else "these days count, too"
    return f"It was approved on {' and '.join(map(written, sorted(days)))}. It counts when it was finished {spans}; {both}."


def last_approval_for(day: date, *, credit_months_before: int) -> date:
    """Give the latest day of approval whose window takes in this day; a month's end takes in a few days more than the same day does."""
    last = add_months(day, credit_months_before)
    while add_months(last + timedelta(days=1), -credit_months_before) <= day:
        last += timedelta(days=1)
    return last


@dataclass(frozen=True, kw_only=True)
class Next:
    """The next approval of a course: its first and last day, and from where its end was counted."""

    first_on: date
    last_on: date
    anchor_on: date
    months: int


def first_approval(decided_on: date, *, months: int) -> Next:
    """Give the approval of a course that was decided on this day."""
    return Next(first_on=decided_on, last_on=add_months(decided_on, months), anchor_on=decided_on, months=months)


def next_approval(*, ended_on: date, anchor_on: date, months_before: int, months: int) -> Next:
    """Give the approval after one that ends on `ended_on`: its end is counted from the first day of all, so that it never creeps."""
    total = months_before + months
    return Next(first_on=ended_on + timedelta(days=1), last_on=add_months(anchor_on, total), anchor_on=anchor_on, months=total)


@dataclass(frozen=True, kw_only=True)
class RenewalTime:
    """Whether a renewal can be sent today, from when to when, and a sentence on it."""

    is_open: bool
    opens_on: date
    closes_on: date
    words: str


def renewal_time(*, approved_until: date, months_before: int, late_months: int, today: date) -> RenewalTime:
    """Say when a renewal can be sent: some months before the end, and a few after it; the new term starts at the old end either way."""
    opens, closes = add_months(approved_until, -months_before), add_months(approved_until, late_months)
    if today < opens:
        words = f"You can renew it from {written(opens)}."
    elif today <= approved_until:
        words = f"Renew it by {written(approved_until)}, so that it stays in the catalog. The new term starts the day after."
    elif today <= closes:
        words = (
            f"The approval ended on {written(approved_until)}. You can still renew it until {written(closes)}. "
            "The new term starts when the old one ends, so you don’t lose any days."
        )
    else:
        words = f"The approval ended on {written(approved_until)}, and the time to renew it on {written(closes)}. Send it as a new course."
    return RenewalTime(is_open=opens <= today <= closes, opens_on=opens, closes_on=closes, words=words)


PUBLIC_MAIL = frozenset(
    {
        "aol.com",
        "gmail.com",
        "gmx.com",
        "googlemail.com",
        "hotmail.com",
        "icloud.com",
        "live.com",
        "mail.com",
        "me.com",
        "msn.com",
        "outlook.com",
        "proton.me",
        "protonmail.com",
        "yahoo.com",
        "ymail.com",
    }
)


def mail_domain(email: str) -> str:
    """Give the organization's domain in an address, "" where anyone can have one there."""
    domain = email.rpartition("@")[2].strip().lower()
    return "" if domain in PUBLIC_MAIL else domain


@dataclass(frozen=True, kw_only=True)
class Reviewer:
    """A course evaluator as far as conflicts go: who they are, their email addresses, who employs them, whom they declared."""

    person: int
    name: str
    domain: str
    employer: str
    declared: frozenset[UUID]


@dataclass(frozen=True, kw_only=True)
class Party:
    """A provider's side of an application: everyone who speaks for it, or teaches."""

    provider: UUID
    name: str
    people: frozenset[int]
    domains: frozenset[str]
    instructors: frozenset[str]


def conflicts(reviewer: Reviewer, side: Party) -> tuple[str, ...]:
    """Say everything that keeps this evaluator from reviewing this provider's courses; nothing where they may."""
    checks = (
        (reviewer.person in side.people, "They represent this provider."),
        (teaches(reviewer.name, side.instructors), "They teach this course."),
        (bool(reviewer.domain) and reviewer.domain in side.domains, f"Both have an email address at {reviewer.domain}."),
        (bool(_plain(reviewer.employer)) and _plain(reviewer.employer) == _plain(side.name), "The provider employs them."),
        (side.provider in reviewer.declared, "They declared a conflict of interest with this provider."),
    )
    return tuple(words for applies, words in checks if applies)


def teaches(name: str, instructors: Iterable[str]) -> bool:
    """Say whether someone of this name is among the instructors: their names are all that is known of them."""
    return _plain(name) in {_plain(instructor) for instructor in instructors}


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
