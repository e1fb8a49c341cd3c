"""When a finished course counts: the window of credit around an approval, and a verdict that explains itself. Pure."""

from dataclasses import dataclass
from datetime import date

from programs.policy import add_months


@dataclass(frozen=True)
class Window:
    """The days, both included, on which a course must be finished to count."""

    opens_on: date
    closes_on: date


@dataclass(frozen=True)
class Verdict:
    """Whether a completion counts, and why in words."""

    counts: bool
    why: str


def credit_window(approved_on: date, approved_until: date, *, months_before: int) -> Window:
    """From `months_before` months before the approval to its end (rules.md, "Courses and providers")."""
    return Window(add_months(approved_on, -months_before), approved_until)


def approval_ends(approved_on: date, *, months: int) -> date:
    """The last day of an approval of so many months."""
    return add_months(approved_on, months)


def judge(completed_on: date, window: Window | None, *, today: date) -> Verdict:
    """Say whether a course that was finished on a day counts; `window` is None where the approval's dates are not known."""
    if completed_on > today:
        return Verdict(False, "This day is still ahead. Send the claim when you have finished the course.")
    if window is None:
        return Verdict(False, "We don’t know from when to when this course was approved, so we can’t count it yet. Please write to us.")
    between = f"It counts when it was finished from {_words(window.opens_on)} to {_words(window.closes_on)}."
    if completed_on < window.opens_on:
        return Verdict(False, f"This is before the time in which the course counts. {between}")
    if completed_on > window.closes_on:
        return Verdict(False, f"The approval of the course had ended by then. {between}")
    return Verdict(True, between)


def _words(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"
