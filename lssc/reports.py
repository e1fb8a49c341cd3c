"""The office's reports: each is a table of numbers, which a page draws as a chart and as a table, and a file holds as CSV."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from statistics import median

from agreements import reports as agreements
from appeals import reports as appeals
from candidates import queries as applicants
from candidates.queries import reports as candidates
from certificates import reports as certificates
from courses import reports as courses
from people.templatetags.words import longdate
from portfolios import reports as portfolios
from programs import policy as dates
from renewals import reports as renewals

MONTHS_AHEAD = 24


@dataclass(frozen=True, kw_only=True)
class Report:
    """A table: its columns, and rows whose second cell is what the chart draws; where there is nothing in it, `empty` says why."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    bars: Sequence[tuple[str, int]]
    words: str
    empty: str = ""

    @property
    def most(self) -> int:
        """The longest bar; 1 where all are empty."""
        return max((count for _, count in self.bars), default=0) or 1


@dataclass(frozen=True, kw_only=True)
class ReportKind:
    """One kind of report: its address, its title, what it says, and how it is gathered for a span of days.

    A `whole` one is about all days there were: two spans that differ by one person would tell what that person said.
    """

    code: str
    title: str
    about: str
    gather: Callable[[date, date], Report]
    ahead: bool = False
    whole: bool = False


def funnel(first_on: date, last_on: date) -> Report:
    """How many began in the span, and how many of them reached each step."""
    steps = candidates.count_funnel(first_on=first_on, last_on=last_on)
    began = steps[0][1]
    rows = [(label, str(count), f"{round(100 * count / began)} %" if began else "") for label, count in steps]
    words = f"Of {began} who began an application, {steps[3][1]} were admitted and {steps[-1][1]} have completed the program so far."
    empty = "" if began else "No one began an application in this time. People are counted here from the day on which they begin one."
    return Report(columns=("Step", "People", "Share"), rows=rows, bars=steps, words=words, empty=empty)


def decisions(first_on: date, last_on: date) -> Report:
    """How many days a decision took, by what was decided in the span."""
    span = {"first_on": first_on, "last_on": last_on}
    took: dict[str, list[int]] = {
        "Applications, from the fee to the answer": candidates.list_decision_days(**span),
        "Portfolios, from the fee to the verdict": portfolios.list_decision_days(**span),
        "Course completions, from the claim to the answer": courses.list_decision_days(**span),
        "Graduates’ claims, from the claim to the answer": agreements.list_decision_days(**span),
        "Certificates, from the request to the issue": certificates.list_issue_days(**span),
        "Renewals, from sending to the answer": renewals.list_decision_days(**span),
        "Courses, from the fee to the decision": courses.list_approval_days(**span),
        "Appeals, from the notice to the decision": appeals.list_decision_days(**span),
    }
    rows = [(label, str(_median(days)), str(_nine_in_ten(days)), str(len(days))) for label, days in took.items()]
    count = sum(map(len, took.values()))
    return Report(
        columns=("Type of decision", "Median of days", "Nine in ten within", "Decisions"),
        rows=rows,
        bars=[(label, _median(days)) for label, days in took.items()],
        words=f"{count} decisions were made in this time.",
        empty="" if count else "Nothing was decided in this time. A decision is counted here from its day on.",
    )


def renewals_due(first_on: date, last_on: date) -> Report:
    """How many certificates end in each month, after those that are in grace on the first day."""
    counted = certificates.count_expiring(first_on=first_on, last_on=last_on)
    months = [dates.add_months(first_on.replace(day=1), number) for number in range(_months(first_on, last_on))]
    lines = [(f"{month:%B %Y}", *counted.get(month, (0, 0))) for month in months]
    grace = certificates.count_in_grace(on=first_on)
    if grace[0]:
        lines.insert(0, (f"Ended before, in grace on {longdate(first_on)}", *grace))
    ending, sent = sum(all_ for _, all_, _ in lines), sum(sent for _, _, sent in lines)
    return Report(
        columns=("Month", "Certificates that end", "Renewal sent"),
        rows=[(label, str(all_), str(sent)) for label, all_, sent in lines],
        bars=[(label, all_) for label, all_, _ in lines],
        words=f"{ending} certificates end in this time or are in grace. For {sent} of them a renewal was sent.",
        empty=""
        if ending
        else "No certificate ends in this time, and none is in grace. Each is counted here in the month in which it ends.",
    )


ASKED = {"why": "Why they enroll", "age": "Age", "gender": "Gender", "ethnicity": "How they describe themselves"}


def answers(first_on: date, last_on: date) -> Report:
    """What applicants said of themselves, over all applications that were ever sent; a number that would point to someone is not told."""
    counted = applicants.count_answers()
    lines = [(f"{ASKED[name]}: {words}", count) for name, counts in counted.items() for words, count in counts.items()]
    least = applicants.LEAST_ANSWERS
    return Report(
        columns=("Question and answer", "Applicants"),
        rows=[(label, str(count) if count >= least else f"Fewer than {least}") for label, count in lines],
        bars=[(label, count if count >= least else 0) for label, count in lines],
        words=f"An answer that fewer than {least} people gave is put together with others. Who gave none is not counted.",
        empty="" if lines else "No one has answered these questions yet. Answers are counted here once an application is sent.",
    )


KINDS = {
    kind.code: kind
    for kind in (
        ReportKind(
            code="funnel",
            title="Applicants by stage",
            about="How many people began an application, and how many of them reached each step.",
            gather=funnel,
        ),
        ReportKind(code="decisions", title="Days to a decision", about="How long people waited for a decision.", gather=decisions),
        ReportKind(
            code="renewals", title="Renewals ahead", about="How many certificates end, month by month.", gather=renewals_due, ahead=True
        ),
        ReportKind(
            code="answers",
            title="Applicant demographics",
            about="Answers to the optional questions, over all applications that were sent.",
            gather=answers,
            whole=True,
        ),
    )
}


def usual_span(kind: ReportKind, *, today: date) -> tuple[date, date]:
    """The span that a report shows unless someone asks for another: the last year, or the next two."""
    if kind.ahead:
        return today, dates.add_months(today, MONTHS_AHEAD)
    return dates.add_months(today, -12) + timedelta(days=1), today


def _median(days: list[int]) -> int:
    return round(median(days)) if days else 0


def _nine_in_ten(days: list[int]) -> int:
    """The smallest number of days within which nine in ten were decided."""
    return sorted(days)[ceil(0.9 * len(days)) - 1] if days else 0


def _months(first_on: date, last_on: date) -> int:
    return 12 * (last_on.year - first_on.year) + last_on.month - first_on.month + 1
