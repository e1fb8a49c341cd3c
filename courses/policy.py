"""When a completed course counts for its set: pure dates and words, no database (rules.md, "Courses and providers")."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from programs.policy import add_months

UNKNOWN_APPROVAL = "We don’t know from when to when this course was approved, so we can’t tell whether it counts."
LETTER_OF_APPROVAL = (
    "Ask the provider for its letter of approval, and write to us with it. Staff enter the dates. Then you can send your proof."
)


class Finding(StrEnum):
    """What the dates say about a completion."""

    COUNTS = "counts"
    UNKNOWN = "unknown"
    FUTURE = "future"
    EARLY = "early"
    LATE = "late"


@dataclass(frozen=True, kw_only=True)
class Window:
    """The days on which a completion counts, both included."""

    first_on: date
    last_on: date


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Whether a completion counts: what was found, the rule with its dates, and what would help where it does not."""

    finding: Finding
    words: str
    help: str = ""

    @property
    def counts(self) -> bool:
        """Say whether the completion gives credit."""
        return self.finding == Finding.COUNTS

    @property
    def message(self) -> str:
        """Give the whole explanation in one paragraph."""
        return f"{self.words} {self.help}".strip()


def credit_window(*, approved_on: date | None, approved_until: date | None, credit_months_before: int) -> Window | None:
    """Give the days that count: from so many months before the approval to its last day; None while its dates are not known."""
    if approved_on is None or approved_until is None:
        return None
    return Window(first_on=add_months(approved_on, -credit_months_before), last_on=approved_until)


def judge(completed_on: date, *, approved_on: date | None, approved_until: date | None, credit_months_before: int, today: date) -> Verdict:
    """Say whether a course that was completed on this day counts, and why, in words with the dates.

    Both ends of the window count. A day after `today` does not, whatever the window says. An approval without dates gives no credit.
    """
    window = credit_window(approved_on=approved_on, approved_until=approved_until, credit_months_before=credit_months_before)
    if completed_on > today:
        return Verdict(
            finding=Finding.FUTURE,
            words=f"The course can’t be finished after today, {written(today)}.",
            help="Check the date. If the course still goes on, come back when you have finished it.",
        )
    if window is None or approved_on is None:
        return Verdict(finding=Finding.UNKNOWN, words=UNKNOWN_APPROVAL, help=LETTER_OF_APPROVAL)
    rule = (
        f"It was approved on {written(approved_on)}. It counts when it was finished from {written(window.first_on)} "
        f"to {written(window.last_on)}; both days count."
    )
    if completed_on < window.first_on:
        return Verdict(
            finding=Finding.EARLY,
            words=f"{written(completed_on)} is too early for this course. {rule}",
            help="Check the date on your proof. You can still use the course in a portfolio.",
        )
    if completed_on > window.last_on:
        return Verdict(
            finding=Finding.LATE,
            words=f"{written(completed_on)} is too late for this course. {rule}",
            help="Check the date on your proof. If the course was approved again, write to us. You can still use it in a portfolio.",
        )
    return Verdict(finding=Finding.COUNTS, words=f"{written(completed_on)} is within the dates of this course. {rule}")


def written(day: date) -> str:
    """Write a day as people do: January 20, 2030."""
    return f"{day:%B} {day.day}, {day.year}"
