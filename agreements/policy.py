"""When a graduation counts under an agreement, and what an agreement must cover: pure dates and words, no database (rules.md,
"Recognition agreements")."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from programs.policy import Finding, Verdict, Window, add_months, written

UNKNOWN_AGREEMENT = "We don’t have all the dates of this agreement, so we can’t tell if the graduation counts."
ASK_THE_COLLEGE = "Write to us, or ask the college for its copy. Staff will enter the dates. Then you can send your transcript."


class AgreementStatus(StrEnum):
    """Where a signed agreement is on a day."""

    UNKNOWN = "unknown"
    AHEAD = "ahead"
    IN_FORCE = "in_force"
    OVER = "over"


@dataclass(frozen=True, kw_only=True)
class Days:
    """The days of an agreement; None is not known to us. Graduations count from `retroactive_to` to `ends_on`, both included."""

    agreement_on: date | None
    retroactive_to: date | None
    ends_on: date | None

    @property
    def window(self) -> Window | None:
        """The days on which a graduation counts."""
        if self.retroactive_to is None or self.ends_on is None:
            return None
        return Window(first_on=self.retroactive_to, last_on=self.ends_on)


@dataclass(frozen=True, kw_only=True)
class SetCoverage:
    """One of the ten sets in an agreement: whether its courses cover it, or on which condition it can be shown."""

    name: str
    required: bool
    covered: bool
    condition: str = ""

    @property
    def shown(self) -> bool:
        """Whether the agreement says how graduates show this set."""
        return self.covered or bool(self.condition)


def promise(
    agreement_on: date, *, months: int, months_before: int, retroactive_to: date | None = None, ends_on: date | None = None
) -> Days:
    """The days of a new agreement: two years back and four years ahead, unless it states others. Raises ValueError out of order."""
    days = Days(
        agreement_on=agreement_on,
        retroactive_to=retroactive_to or add_months(agreement_on, -months_before),
        ends_on=ends_on or add_months(agreement_on, months),
    )
    if days.retroactive_to and days.retroactive_to > agreement_on:
        raise ValueError("The first graduation that counts can’t be after the agreement’s date.")
    if days.ends_on and days.ends_on <= agreement_on:
        raise ValueError("The last day must be after the agreement’s date.")
    return days


def renewal_day(ends_on: date | None, *, today: date) -> date:
    """The date that a renewal is proposed for: the day after the old end, or today where that is past or not known."""
    return max(ends_on + timedelta(days=1), today) if ends_on else today


def standing(days: Days, *, on: date) -> AgreementStatus:
    """Say where a signed agreement is on a day; its last day is still in force."""
    if days.ends_on is not None and on > days.ends_on:
        return AgreementStatus.OVER
    if days.agreement_on is None or days.ends_on is None:
        return AgreementStatus.UNKNOWN
    return AgreementStatus.IN_FORCE if on >= days.agreement_on else AgreementStatus.AHEAD


def judge(graduated_on: date, *, days: Days, today: date) -> Verdict:
    """Say whether a graduation on this day counts, and why, in words with the dates. Both ends count; a day after `today` does not."""
    if graduated_on > today:
        return Verdict(
            finding=Finding.FUTURE,
            words=f"The day of graduation can’t be after today, {written(today)}.",
            help="Check the date. If you have not graduated yet, come back when you have.",
        )
    window = days.window
    if window is None:
        return Verdict(finding=Finding.UNKNOWN, words=UNKNOWN_AGREEMENT, help=ASK_THE_COLLEGE)
    rule = f"The agreement counts for graduations from {written(window.first_on)} to {written(window.last_on)}; both days count."
    if graduated_on < window.first_on:
        return Verdict(
            finding=Finding.EARLY,
            words=f"{written(graduated_on)} is too early for this agreement. {rule}",
            help="Check the date on the transcript. You can still use the college’s courses in a portfolio.",
        )
    if graduated_on > window.last_on:
        return Verdict(
            finding=Finding.LATE,
            words=f"{written(graduated_on)} is too late for this agreement. {rule}",
            help="Check the date on the transcript. If the agreement was renewed, use the newer one.",
        )
    return Verdict(finding=Finding.COUNTS, words=f"{written(graduated_on)} is within the dates of this agreement. {rule}")


def find_gaps(places: Iterable[SetCoverage], *, required: int, electives: int) -> list[str]:
    """Say what is missing before an agreement can be signed: three required and three elective sets, each covered or on a condition."""
    places = list(places)
    gaps = [
        f"{place.name} is a required set: mark it as covered, or say how graduates show it."
        for place in places
        if place.required and not place.shown
    ]
    if sum(place.required for place in places) < required:
        gaps.append(f"The agreement must name all {required} required sets.")
    shown = sum(place.shown for place in places if not place.required)
    if shown < electives:
        gaps.append(f"{shown} of {electives} electives are covered or have a condition. Mark {electives - shown} more.")
    if places and not any(place.covered for place in places):
        gaps.append("The agreement covers no set. Mark at least one.")
    return gaps
