"""The candidate's home as values: six spines, what comes next, who has what, the four years, the dates ahead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.urls import reverse

from agreements import queries as agreements
from candidates import policy as candidacy_rules
from candidates import queries as candidates
from candidates.states import CandidacyState, Way
from certificates import queries as certificates
from certificates.states import CertificateState
from courses import queries as courses
from courses.states import CompletionState
from people.models import User
from people.templatetags.words import counted, longdate, spelled
from portfolios import queries as portfolios
from portfolios.states import RATING, State
from programs import policy as dates
from programs.policy import add_months

if TYPE_CHECKING:
    from candidates.models import Candidacy
    from certificates.models import Certificate
    from courses.models import Completion
    from portfolios.models import Portfolio

BY = {Way.COURSE: "by a course", Way.PORTFOLIO: "by a portfolio", Way.AGREEMENT: "by a college’s agreement"}

# What a claim that goes on says on its spine, who has it, and what it takes; an accepted one is a part of several.
CLAIMS = {
    CompletionState.ASKED: ("Waiting for the provider", "Sent", "The provider", "The provider confirms that you finished the course"),
    CompletionState.NOT_CONFIRMED: ("Not confirmed", "Sent", "You", "Add a form that the provider signed"),
    CompletionState.CLAIMED: ("Under review", "Sent", "Staff", "Staff check the proof of your course"),
    CompletionState.ACCEPTED: ("A part is done", "Part", "You", "Send proof of the other courses"),
}

TAKES = {
    Way.COURSE: "Take an approved course, then send the proof",
    Way.PORTFOLIO: "Start the portfolio",
    Way.AGREEMENT: "Send your final transcript",
}


@dataclass(frozen=True, kw_only=True)
class Spine:
    """One book on the shelf. `share` is how full it is in percent; state and count stand beside it as words."""

    title: str
    url: str
    look: str
    label: str
    headline: str
    note: str
    share: int = 0

    @property
    def rest(self) -> int:
        """What is empty above the fill, in percent."""
        return 100 - self.share


@dataclass(frozen=True, kw_only=True)
class Holding:
    """Who has one set now, until when, and what it takes."""

    name: str
    url: str
    holder: str
    yours: bool
    until: date | None
    takes: str


@dataclass(frozen=True, kw_only=True)
class Step:
    """The one thing to do next; without `action` there is nothing to do but wait."""

    title: str
    words: str
    url: str = ""
    action: str = ""
    other_url: str = ""
    other: str = ""


@dataclass(frozen=True, kw_only=True)
class TimeLine:
    """The candidacy in days: its length, the days gone, and the days on which sets were achieved."""

    first: date
    last: date
    length: int
    gone: int
    years: list[int]
    marks: list[int]
    labels: list[tuple[str, str]]
    words: str


@dataclass(frozen=True, kw_only=True)
class Ahead:
    """One line of the date slip."""

    on: date
    words: str
    strong: bool = False


@dataclass(frozen=True, kw_only=True)
class Home:
    """All that the page shows."""

    candidacy: Candidacy
    lead: str
    spines: list[Spine]
    step: Step
    holdings: list[Holding]
    line: TimeLine
    ahead: list[Ahead]


@dataclass(frozen=True, kw_only=True)
class UnderWay:
    """What is known of a set that is not achieved yet."""

    spine: Spine
    holding: Holding | None = None


def build(candidacy: Candidacy, *, at: datetime) -> Home:
    """Gather a candidate's home. A fixed number of queries, whatever was written."""
    today = dates.today(at)
    plan = candidates.get_plan(candidacy)
    written = {row.set.code: row for row in portfolios.list_portfolios(candidacy) if row.state != State.WITHDRAWN and not row.reopened_on}
    newest = {row.offering.set.code: row for row in courses.list_claims(candidacy)}
    claimed = {code: row for code, row in newest.items() if row.state in CLAIMS}
    conditions = agreements.list_conditions(candidacy.person)
    shown = [
        _slot(slot, written.get(slot.code or ""), newest.get(slot.code or ""), today=today, condition=conditions.get(slot.code or "", ""))
        for slot in plan
    ]
    achieved = [slot.achieved for slot in plan if slot.achieved]
    certificate = certificates.get_certificate(candidacy)
    return Home(
        candidacy=candidacy,
        lead=_lead(candidacy, done=len(achieved), begun=_count_begun(written, claimed, achieved)),
        spines=[slot_view.spine for slot_view in shown],
        step=_certificate_step(candidacy, certificate, today=today)
        or _ended_step(candidacy, today=today)
        or _step(plan, written, claimed, today=today),
        holdings=[slot_view.holding for slot_view in shown if slot_view.holding],
        line=_time_line(candidacy, achieved, today=today),
        ahead=_ahead(candidacy, list(written.values()), today=today),
    )


def _count_begun(written: dict[str, Portfolio], claimed: dict[str, Completion], achieved: list[candidacy_rules.AchievedSet]) -> int:
    live = {code for code, row in written.items() if row.state != State.NOT_ACHIEVED}
    return len({*live, *claimed} - {achieved_set.code for achieved_set in achieved})


def _lead(candidacy: Candidacy, *, done: int, begun: int) -> str:
    total = candidacy.terms.required_sets + candidacy.terms.elective_sets
    if candidacy.completed_on:
        return f"You have all {spelled(total)} sets, since {longdate(candidacy.completed_on)}."
    have = f"You have {spelled(done)} of {spelled(total)} sets." if done else f"None of your {spelled(total)} sets is achieved yet."
    others = " more" if done else ""
    return have + (f" {spelled(begun).capitalize()}{others} {'is' if begun == 1 else 'are'} under way." if begun else "")


def _slot(slot: candidacy_rules.Slot, portfolio: Portfolio | None, claim: Completion | None, *, today: date, condition: str) -> UnderWay:
    """One place of the plan, from what is achieved down to what is not chosen yet; `condition` is what a college’s agreement says on it."""
    url = reverse("set", args=[slot.code]) if slot.code else reverse("candidates:plan")
    title = slot.name or "An elective of your choice"
    if slot.achieved:
        note = f"{longdate(slot.achieved.on)}, {BY[Way(slot.achieved.way)]}"
        return UnderWay(spine=Spine(title=title, url=url, look="spine--done", label="Done", headline="Achieved", note=note))
    if claim is not None and claim.state in CLAIMS:
        return _claim(title, claim)
    if portfolio is not None:
        return _portfolio(title, portfolio, today=today)
    if not slot.code:
        note = "Choose one of seven electives"
        return UnderWay(spine=Spine(title=title, url=url, look="spine--open", label="?", headline="Not chosen", note=note))
    if claim is not None and claim.state == CompletionState.REFUSED:
        return _refused(title, claim)
    takes = TAKES[Way(slot.way)] if slot.way else "Choose a course or a portfolio"
    note = "You can still choose another elective" if slot.kind == "elective" else "Everyone needs this set"
    if condition:
        note, takes = "Your college’s agreement explains how", condition
    begin = _begin(slot)
    return UnderWay(
        spine=Spine(title=title, url=begin, look="spine--open", label="0", headline="Not started", note=note),
        holding=Holding(name=title, url=begin, holder="You", yours=True, until=None, takes=takes),
    )


def _begin(slot: candidacy_rules.Slot) -> str:
    """Where a set that is not begun begins, by the way that was chosen for it."""
    if not slot.way:
        return reverse("set", args=[slot.code])
    return {
        Way.COURSE: _catalog(slot),
        Way.PORTFOLIO: reverse("portfolios:start", args=[slot.code]),
        Way.AGREEMENT: reverse("agreements:list"),
    }[Way(slot.way)]


def _catalog(slot: candidacy_rules.Slot) -> str:
    return f"{reverse('courses:catalog')}?set={slot.code}"


def _claim(title: str, claim: Completion) -> UnderWay:
    """A claim that waits, or one accepted part of several."""
    url = reverse("courses:claimed", args=[claim.id])
    note = (
        f"{claim.title}, finished on {longdate(claim.completed_on)}" if claim.part else f"Course finished on {longdate(claim.completed_on)}"
    )
    headline, label, holder, takes = CLAIMS[CompletionState(claim.state)]
    return UnderWay(
        spine=Spine(title=title, url=url, look="", label=label, share=50 if holder == "You" else 100, headline=headline, note=note),
        holding=Holding(name=title, url=url, holder=holder, yours=holder == "You", until=claim.accept_by, takes=takes),
    )


def _refused(title: str, claim: Completion) -> UnderWay:
    url = reverse("courses:claimed", args=[claim.id])
    note = "Read why, and what would help"
    return UnderWay(
        spine=Spine(title=title, url=url, look="spine--open", label="0", headline="Proof not accepted", note=note),
        holding=Holding(name=title, url=url, holder="You", yours=True, until=None, takes="Send better proof, or choose another way"),
    )


def _portfolio(title: str, row: Portfolio, *, today: date) -> UnderWay:
    """A portfolio by its state: who has it, until when, and how full its spine is."""
    url = reverse("portfolios:portfolio", args=[row.id])
    needed = -(-row.total * row.candidacy.terms.portfolio_met_percent // 100)
    answers_left = row.total - row.answered
    sent = f"All {row.total} answers sent on {longdate(row.sent_at)}" if row.sent_at else ""
    takes_rating = f"{needed} of {row.total} Met, and none Not met"
    headline, note, holder, until, takes = {
        State.DRAFT: (
            "In progress",
            f"Portfolio: {row.answered} of {row.total} answers written",
            "You",
            None,
            f"{counted(answers_left, 'more answer')}, your learning statement, the fee" if answers_left else "Check it, pay and send",
        ),
        State.AWAITING_PAYMENT: ("Sealed", sent, "You", None, "Pay the fee. Then it goes to evaluators"),
        State.SUBMITTED: ("Sent", sent, "Staff", None, "Staff find two evaluators"),
        State.ROUND_ONE: ("Being rated", sent, "Two evaluators", row.rate_by, takes_rating),
        State.ASKED: ("More needed", sent, "You", row.supplement_by, "Add to the answers that are asked about"),
        State.ROUND_TWO: ("Being rated again", sent, "Two evaluators", row.rate_by, takes_rating),
        State.THIRD: ("Being rated", sent, "A third evaluator", row.rate_by, takes_rating),
        State.NOT_ACHIEVED: ("Not achieved", "Read why, and what would help", "You", None, "Take an approved course"),
    }.get(State(row.state), (row.get_state_display(), sent, "Staff", None, ""))
    if portfolios.is_supplement_over(row, today=today):
        headline, holder, until, takes = "Time to add is over", "Staff", None, "The evaluators’ first ratings decide now"
    if row.state in (State.DRAFT, State.AWAITING_PAYMENT) and today > row.candidacy.ends_on:
        headline, until, takes = "Not sent on time", None, "Your time for the six sets is over"
    in_hand = row.state == State.DRAFT
    share = (100 * row.answered // row.total if in_hand else 100) if row.state != State.NOT_ACHIEVED else 0
    return UnderWay(
        spine=Spine(
            title=title,
            url=url,
            look="" if share else "spine--open",
            label=f"{row.answered}/{row.total}",
            share=share,
            headline=headline,
            note=note,
        ),
        holding=Holding(name=title, url=url, holder=holder, yours=holder == "You", until=until, takes=takes),
    )


def _certificate_step(candidacy: Candidacy, certificate: Certificate | None, *, today: date) -> Step | None:
    if candidacy.completed_on is None:
        return None
    mine = reverse("certificates:mine")
    if certificate is None:
        words = "You finished your six sets. Request your certificate, and staff will issue it."
        return Step(title="Request your certificate", words=words, url=mine, action="Request it")
    if certificate.state == CertificateState.ASKED:
        words = "You requested it. We will email you when it is ready."
        return Step(title="Staff are preparing your certificate", words=words, other_url=mine, other="Check its status")
    if certificate.state == CertificateState.ISSUED and today <= certificate.expires_on:
        if certificate.provisional:
            words = f"It is provisional, at most through {longdate(certificate.expires_on)}. Show your hours to get a full one."
            hours = reverse("candidates:hours")
            return Step(
                title="Your provisional certificate is ready", words=words, url=mine, action="See it", other_url=hours, other="Show hours"
            )
        words = f"You may call yourself Certified Library Support Staff (CLSS). It is valid through {longdate(certificate.expires_on)}."
        log = "Log what you learn, and renew"
        return Step(
            title="Your certificate is ready",
            words=words,
            url=mine,
            action="See your certificate",
            other_url=reverse("renewals:renewal"),
            other=log,
        )
    if certificate.state == CertificateState.ISSUED:
        words = f"It was valid through {longdate(certificate.expires_on)}. See what you can still do."
        return Step(title="Renew your certificate", words=words, url=reverse("renewals:renewal"), action="Go to your renewal")
    return Step(title="Check your certificate’s status", words="It is not valid today.", url=mine, action="See your certificate")


def _ended_step(candidacy: Candidacy, *, today: date) -> Step | None:
    """After the last day nothing can be sent; what was sent on time is still decided."""
    if candidacy.state == CandidacyState.ACTIVE and today <= candidacy.ends_on:
        return None
    title = "Your time for the six sets is over"
    words = "The sets that you achieved stay on record. We will still decide on anything that you sent on time."
    if candidacy.state == CandidacyState.ACTIVE:
        return Step(title=title, words=words, other_url=reverse("help"), other="Ask us what you can do")
    words = f"{words} You can apply again."
    return Step(title=title, words=words, url=reverse("candidates:application"), action="Go to your application")


def _step(plan: list[candidacy_rules.Slot], written: dict[str, Portfolio], claimed: dict[str, Completion], *, today: date) -> Step:
    """The most pressing thing that only the candidate can do."""
    open_slots = [slot for slot in plan if not slot.achieved]
    achieved_codes = {slot.code for slot in plan if slot.achieved}
    mine = [row for code, row in written.items() if code not in achieved_codes]
    for state, step in ((State.ASKED, _asked), (State.AWAITING_PAYMENT, _unpaid), (State.DRAFT, _draft)):
        for row in mine:
            if row.state == state and not portfolios.is_supplement_over(row, today=today):
                return step(row)
    plan_url = reverse("candidates:plan")
    for slot in open_slots:
        closed = slot.code in written and written[slot.code].state == State.NOT_ACHIEVED
        busy = slot.code in claimed or (slot.code in written and not closed)
        if slot.code and not busy:
            words = "You can take an approved course, or show with a portfolio what you can do."
            if slot.way == Way.PORTFOLIO and not closed:
                words = "You answer each competency from your own work, and add evidence. You can stop and come back at any time."
                return Step(
                    title=f"Start your portfolio for {slot.name}",
                    words=words,
                    url=_begin(slot),
                    action="See what it takes",
                    other_url=plan_url,
                    other="Your plan",
                )
            if slot.way == Way.COURSE or closed:
                words = "Pick a course that is approved on the day that you finish it. Then send us the proof."
                return Step(
                    title=f"Take a course for {slot.name}",
                    words=words,
                    url=_catalog(slot),
                    action="See courses",
                    other_url=plan_url,
                    other="Your plan",
                )
            return Step(title=f"Choose how to earn {slot.name}", words=words, url=plan_url, action="Go to your plan")
        if not slot.code:
            return Step(
                title="Choose your electives",
                words="Any three of seven. You can change them until you achieve them.",
                url=plan_url,
                action="Go to your plan",
            )
    words = "Others are reviewing everything that you sent. We will email you as soon as something is decided."
    return Step(title="Nothing to do right now", words=words)


def _asked(row: Portfolio) -> Step:
    words = f"The evaluators need more. You can answer once, through {longdate(row.supplement_by)}. That day still counts."
    return Step(
        title=f"Add to your {row.set.name} portfolio",
        words=words,
        url=reverse("portfolios:portfolio", args=[row.id]),
        action="See what they need",
    )


def _unpaid(row: Portfolio) -> Step:
    words = "It is sealed. As soon as the fee is paid, it goes to two evaluators."
    return Step(
        title=f"Pay for your {row.set.name} portfolio",
        words=words,
        url=reverse("portfolios:portfolio", args=[row.id]),
        action="Go to the payment",
    )


def _draft(row: Portfolio) -> Step:
    url = reverse("portfolios:portfolio", args=[row.id])
    if row.answered < row.total:
        words = f"{counted(row.answered, 'answer')} of {row.total} finished. Nothing is due. We save everything that you type."
        return Step(title=f"Continue your {row.set.name} portfolio", words=words, url=url, action="Keep writing")
    words = "All answers are written. Check them, pay the fee, and send it."
    return Step(title=f"Send your {row.set.name} portfolio", words=words, url=url, action="Check and send")


def _time_line(candidacy: Candidacy, achieved: list[candidacy_rules.AchievedSet], *, today: date) -> TimeLine:
    first, last = candidacy.admitted_on, candidacy.ends_on
    length = (last - first).days
    years = [add_months(first, 12 * year) for year in range(1, 20) if add_months(first, 12 * year) < last]
    starts = [first, *years]
    labels = [(f"Year {number}", f"from {start:%B %Y}") for number, start in enumerate(starts, 1)]
    labels[-1] = (labels[-1][0], f"to {longdate(last)}")
    days = sorted({achieved_set.on for achieved_set in achieved})
    achieved_text = f" Sets were achieved on {', '.join(longdate(day) for day in days)}." if days else ""
    return TimeLine(
        first=first,
        last=last,
        length=length,
        gone=min(max((today - first).days, 0), length),
        years=[(year - first).days for year in years],
        marks=[min(max((day - first).days, 0), length) for day in days],
        labels=labels,
        words=f"Time line from {longdate(first)} to {longdate(last)}. Today is {longdate(today)}.{achieved_text}",
    )


def _ahead(candidacy: Candidacy, written: list[Portfolio], *, today: date) -> list[Ahead]:
    """What the calendar holds: what others promise, what is due, and the last day."""
    rated = [row for row in written if row.state in RATING]
    lines = [
        Ahead(on=row.supplement_by, words=f"Last day to add to {row.set.name}", strong=True)
        for row in written
        if row.state == State.ASKED and row.supplement_by
    ]
    lines += [Ahead(on=row.rate_by, words=f"Evaluators: rate your {row.set.name} portfolio") for row in rated if row.rate_by]
    total = spelled(candidacy.terms.required_sets + candidacy.terms.elective_sets)
    if not candidacy.completed_on:
        lines.append(Ahead(on=candidacy.ends_on, words=f"Last day for all {total} sets", strong=True))
    return sorted((line for line in lines if line.on >= today), key=lambda line: line.on)


def greeting(user: User, *, local: datetime) -> str:
    """Good morning, afternoon or evening, by the person's own clock."""
    part = "morning" if local.hour < 12 else "afternoon" if local.hour < 18 else "evening"
    return f"Good {part}, {user.get_short_name()}"
