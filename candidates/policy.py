"""Hours of library work, the six sets and the day on which they are complete: pure arithmetic, no database."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from itertools import accumulate
from math import floor, lcm

from programs.policy import add_months

WEEK = 7
ONE_DAY = timedelta(days=1)
LOOK_AHEAD_YEARS = 10


@dataclass(frozen=True, kw_only=True)
class EmploymentPeriod:
    """One post at one library; `ended_on` is its last day, or None while the person still works there."""

    library: str
    began_on: date
    ended_on: date | None
    hours_a_week: Fraction
    paid: bool = True


@dataclass(frozen=True, kw_only=True)
class CountedEmployment:
    """What one employment adds to the count. `hours` is exact, `shown` is rounded down."""

    employment: EmploymentPeriod
    first_on: date | None
    last_on: date | None
    days: int
    hours: Fraction
    capped: bool

    @property
    def shown(self) -> int:
        """Give the whole hours of this line."""
        return floor(self.hours)

    @property
    def weeks(self) -> int:
        """Give the whole weeks that count."""
        return self.days // WEEK

    @property
    def days_over(self) -> int:
        """Give the days that count beyond the whole weeks."""
        return self.days % WEEK


@dataclass(frozen=True, kw_only=True)
class Count:
    """The working beside a question: a line for each employment, the exact sum, and what it means."""

    lines: tuple[CountedEmployment, ...]
    hours: Fraction
    hours_needed: int
    week_cap: int
    window_years: int
    first_on: date
    last_on: date
    enough_on: date | None

    @property
    def shown(self) -> int:
        """Give the sum in whole hours, rounded down."""
        return floor(self.hours)

    @property
    def parts(self) -> int:
        """Give the whole hours that the lines' hidden parts of an hour make together, so that what is shown adds up."""
        return self.shown - sum(line.shown for line in self.lines)

    @property
    def enough(self) -> bool:
        """Say whether the exact sum reaches the hours needed."""
        return self.hours >= self.hours_needed

    @property
    def short_by(self) -> int:
        """Give the whole hours that are missing, rounded up; 0 when the sum is enough."""
        return max(0, self.hours_needed - self.shown)

    @property
    def over_by(self) -> int:
        """Give the whole hours beyond those needed, rounded down."""
        return max(0, self.shown - self.hours_needed)

    @property
    def capped(self) -> bool:
        """Say whether a week was cut to the cap."""
        return any(line.capped for line in self.lines)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What someone who asks "Can I apply?" is told. `from_on` is the day from which they can, None while no day is known."""

    can: bool
    from_on: date | None
    needs_diploma: bool
    short_by: int


def can_apply(count: Count, *, has_diploma: bool) -> Answer:
    """Say whether someone can apply on the day of the count, and else from when (rules.md, "Eligibility and admission")."""
    return Answer(
        can=count.enough and has_diploma,
        from_on=count.enough_on if has_diploma else None,
        needs_diploma=not has_diploma,
        short_by=count.short_by,
    )


class Admission(StrEnum):
    """How someone can be admitted."""

    FULL = "full"
    PROVISIONAL = "provisional"
    NONE = "none"


def admission(*, enough: bool, graduate: bool) -> Admission:
    """Say how an applicant can be admitted: in full with the hours, provisionally as a graduate without them, or not at all."""
    if enough:
        return Admission.FULL
    return Admission.PROVISIONAL if graduate else Admission.NONE


def fold_small(counts: Mapping[str, int], *, least: int) -> dict[str, int]:
    """Put answers that fewer than `least` people gave together, so that a count points to no one; the largest first."""
    shown = {words: number for words, number in counts.items() if number >= least}
    rest = sum(counts.values()) - sum(shown.values())
    ordered = dict(sorted(shown.items(), key=lambda item: (-item[1], item[0])))
    return {**ordered, "Other answers, combined": rest} if rest else ordered


def monday_of(day: date) -> date:
    """Give the Monday of the day's week."""
    return day - timedelta(days=day.weekday())


def count_hours(employments: Sequence[EmploymentPeriod], *, applied_on: date, window_years: int, week_cap: int, hours_needed: int) -> Count:
    """Count the hours of library work in the years before the day of application (rules.md, "Eligibility and admission").

    The window ends on the day before the application. Each day counts a seventh of the week's hours. A week, Monday to Sunday, counts
    `week_cap` hours at most over all employments; a cut is shared by the lines in proportion. Nothing is rounded before the comparison.
    """
    first, last = add_months(applied_on, -12 * window_years), applied_on - ONE_DAY
    shares = _week_shares(employments, first=first, last=last, week_cap=week_cap)
    lines = tuple(_line(employment, first=first, last=last, shares=shares) for employment in employments)
    return Count(
        lines=lines,
        hours=sum((line.hours for line in lines), Fraction(0)),
        hours_needed=hours_needed,
        week_cap=week_cap,
        window_years=window_years,
        first_on=first,
        last_on=last,
        enough_on=enough_on(employments, applied_on=applied_on, window_years=window_years, week_cap=week_cap, hours_needed=hours_needed),
    )


def enough_on(
    employments: Sequence[EmploymentPeriod], *, applied_on: date, window_years: int, week_cap: int, hours_needed: int
) -> date | None:
    """Find the first day, from `applied_on` for ten years, on which the hours suffice if present posts go on; None when there is none.

    The window slides with the day, so old work falls out while new work comes in. One pass over the days in whole numbers: running sums by
    day and by capped week answer each day's question at once.
    """
    start = monday_of(add_months(applied_on, -12 * window_years))
    days = LOOK_AHEAD_YEARS * 366 + (applied_on - start).days
    scale = lcm(*(employment.hours_a_week.denominator for employment in employments))
    cap, needed = week_cap * scale * WEEK, hours_needed * scale * WEEK  # one unit is a seventh of 1/scale hours
    by_day = list(accumulate(_daily(employments, start=start, days=days, scale=scale), initial=0))
    weeks = [min(cap, by_day[i + WEEK] - by_day[i]) for i in range(0, days - WEEK + 1, WEEK)]
    by_week = list(accumulate(weeks, initial=0))
    for ahead in range(LOOK_AHEAD_YEARS * 365):
        day = applied_on + ahead * ONE_DAY
        a, b = (add_months(day, -12 * window_years) - start).days, (day - start).days
        first_full, end_full = -(-a // WEEK), b // WEEK
        units = min(cap, by_day[first_full * WEEK] - by_day[a]) + min(cap, by_day[b] - by_day[end_full * WEEK])
        if units + by_week[end_full] - by_week[first_full] >= needed:
            return day
    return None


def _daily(employments: Sequence[EmploymentPeriod], *, start: date, days: int, scale: int) -> Iterable[int]:
    """Give the units worked on each of so many days from `start`, from one step up and one step down for each employment."""
    steps = [0] * (days + 1)
    for employment in employments:
        begin = max(0, (employment.began_on - start).days)
        end = days if employment.ended_on is None else min(days, (employment.ended_on - start).days + 1)
        if begin < end:
            units = int(employment.hours_a_week * scale)
            steps[begin] += units
            steps[end] -= units
    return accumulate(steps[:days])


def _counted(employment: EmploymentPeriod, *, first: date, last: date) -> tuple[date, date] | None:
    begin, end = max(employment.began_on, first), min(employment.ended_on or last, last)
    return (begin, end) if begin <= end else None


def _days_by_week(begin: date, end: date) -> Iterable[tuple[date, int]]:
    """Give each Monday that the days from `begin` to `end` touch, with the number of those days in its week."""
    day = begin
    while day <= end:
        monday = monday_of(day)
        until = min(end, monday + timedelta(days=WEEK - 1))
        yield monday, (until - day).days + 1
        day = until + ONE_DAY


def _week_shares(employments: Sequence[EmploymentPeriod], *, first: date, last: date, week_cap: int) -> dict[date, Fraction]:
    """Give the weeks that go over the cap, each with the share of its hours that counts."""
    weeks: dict[date, Fraction] = {}
    for employment in employments:
        if counted := _counted(employment, first=first, last=last):
            for monday, days in _days_by_week(*counted):
                weeks[monday] = weeks.get(monday, Fraction(0)) + employment.hours_a_week * days / WEEK
    return {monday: week_cap / hours for monday, hours in weeks.items() if hours > week_cap}


def _line(employment: EmploymentPeriod, *, first: date, last: date, shares: dict[date, Fraction]) -> CountedEmployment:
    counted = _counted(employment, first=first, last=last)
    if counted is None:
        return CountedEmployment(employment=employment, first_on=None, last_on=None, days=0, hours=Fraction(0), capped=False)
    begin, end = counted
    days, capped = (end - begin).days + 1, False
    weighted = Fraction(days)
    for monday, in_week in _days_by_week(begin, end) if shares else ():
        if monday in shares:
            weighted -= in_week * (1 - shares[monday])
            capped = True
    return CountedEmployment(
        employment=employment, first_on=begin, last_on=end, days=days, hours=employment.hours_a_week * weighted / WEEK, capped=capped
    )


@dataclass(frozen=True, kw_only=True)
class AchievedSet:
    """One set that was achieved: which, of what kind ("required" or "elective"), on what day and by what way."""

    code: str
    name: str
    kind: str
    on: date
    way: str


@dataclass(frozen=True, kw_only=True)
class PlannedSet:
    """One set on the plan and the way in mind, "" while that is open."""

    code: str
    name: str
    kind: str
    way: str = ""


@dataclass(frozen=True, kw_only=True)
class Slot:
    """One of the places of the plan: a set planned or achieved, or an elective still to be chosen."""

    position: int
    kind: str
    code: str | None = None
    name: str | None = None
    way: str | None = None
    achieved: AchievedSet | None = None


def counting(achievements: Iterable[AchievedSet], *, required: int = 3, electives: int = 3) -> list[AchievedSet]:
    """Give the achieved sets that count, required first, the earliest of each kind (rules.md, "The six sets": six count)."""
    ordered = sorted(achievements, key=lambda achieved: (achieved.on, achieved.code))
    chosen = [achieved for achieved in ordered if achieved.kind == "required"][:required]
    return chosen + [achieved for achieved in ordered if achieved.kind == "elective"][:electives]


def completed_on(achievements: Iterable[AchievedSet], *, required: int = 3, electives: int = 3) -> date | None:
    """Give the first day on which enough required and enough elective sets were achieved, or None (rules.md, "Certificate")."""
    six = counting(achievements, required=required, electives=electives)
    return max(achieved.on for achieved in six) if len(six) == required + electives else None


@dataclass(frozen=True, kw_only=True)
class PlanCost:
    """What the sets that are still to do cost, by the ways in mind; a course's price is its provider's."""

    portfolios: int
    portfolios_cents: int
    courses: int
    agreements: int
    undecided: int


def plan_cost(slots: Iterable[Slot], *, portfolio_cents: int) -> PlanCost:
    """Add up what is still to do: a fee for each portfolio, and how many places go another way or are open."""
    ways = Counter(slot.way or "" for slot in slots if slot.achieved is None)
    return PlanCost(
        portfolios=ways["portfolio"],
        portfolios_cents=ways["portfolio"] * portfolio_cents,
        courses=ways["course"],
        agreements=ways["agreement"],
        undecided=ways[""],
    )


def extended_end(admitted_on: date, *, candidacy_months: int, extension_months: int) -> date:
    """Give the last day after the one extension, counted from the day of admission, so that a clamp does not creep (rules.md, "Dates")."""
    return add_months(admitted_on, candidacy_months + extension_months)


def arrange(planned: Sequence[PlannedSet], achievements: Iterable[AchievedSet], *, required: int = 3, electives: int = 3) -> list[Slot]:
    """Lay the plan out in its places: required sets, then electives achieved, chosen, and still to be chosen, in this order.

    An elective that was achieved takes a place even when it was never on the plan, and then the last choice has none.
    """
    achieved = {achieved_set.code: achieved_set for achieved_set in achievements}
    counted = {achieved_set.code for achieved_set in counting(achieved.values(), required=required, electives=electives)}
    known = {chosen.code for chosen in planned}
    sets = [*planned, *(PlannedSet(code=row.code, name=row.name, kind=row.kind) for row in achieved.values() if row.code not in known)]
    with_place = [chosen for chosen in sets if chosen.code in counted or chosen.code not in achieved]
    places: list[tuple[str, PlannedSet | None]] = []
    for kind, number in (("required", required), ("elective", electives)):
        filled: list[PlannedSet | None] = [chosen for chosen in with_place if chosen.kind == kind]
        if kind == "elective":
            filled.sort(key=lambda chosen: chosen is not None and chosen.code not in counted)
        places += [(kind, place) for place in [*filled, *[None] * number][:number]]
    return [_slot(position, kind, place, achieved) for position, (kind, place) in enumerate(places, start=1)]


def _slot(position: int, kind: str, place: PlannedSet | None, achieved: dict[str, AchievedSet]) -> Slot:
    if place is None:
        return Slot(position=position, kind=kind)
    achieved_set = achieved.get(place.code)
    way = achieved_set.way if achieved_set else place.way or None
    return Slot(position=position, kind=kind, code=place.code, name=place.name, way=way, achieved=achieved_set)
