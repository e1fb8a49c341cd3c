"""What happens to a hundred people in four years, drawn from a seed, and the letters that this promises, said slowly.

Nothing here asks the program: the offsets are written down again, from the rules.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

from programs.policy import add_months

FIRST = date(2027, 1, 1)
DAYS = 1470
PEOPLE = 100
# A day has two parts: what happens before the sweep, and what happens between the sweep and the writing of the letters.
BEFORE, BETWEEN = 0, 1
# From this day on a renewal costs something.
FEE_FROM = FIRST + timedelta(days=700)
Moment = tuple[date, int]

OFFSETS = {
    "appeals.grounds": ["-1 week", "-2 days"],
    "appeals.statement": ["-30 days", "-1 week", "0 days"],
    "billing.invoice": ["-15 days", "-3 days", "1 day", "15 days", "30 days"],
    "candidates.end": ["-24 months", "-12 months", "-6 months", "-3 months", "-1 month", "-2 weeks"],
    "candidates.quiet": ["90 days"],
    "agreements.ends": ["-12 months", "-6 months", "-3 months"],
    "courses.approval": ["-6 months", "-3 months", "-1 month"],
    "courses.confirmation": ["-2 weeks", "-3 days"],
    "courses.review": ["-1 week", "-3 days", "0 days", "3 days"],
    "portfolios.invitation": ["3 days", "6 days"],
    "portfolios.rating": ["-1 week", "-3 days", "0 days", "3 days"],
    "portfolios.supplement": ["-30 days", "-1 week", "-1 day"],
    "renewals.answer": ["-2 weeks", "-3 days"],
    "renewals.fee": ["-3 months", "-1 month", "-1 week", "0 days"],
    "renewals.expiry": ["-12 months", "-9 months", "-6 months", "-3 months", "-1 month", "-1 week", "0 days", "30 days"],
    "renewals.grace": ["-1 week"],
    "webinars.soon": ["-1 day", "0 days"],
}


# The rules have one list of reminders to renew, of which the last step counts from another day than the others.
ONE_LIST = {"renewals.expiry": "renew", "renewals.grace": "renew"}


@dataclass(frozen=True, order=True)
class Sent:
    """One letter: who, about what, which day it is about, which step, written on which day."""

    day: date
    schedule: str
    person: int
    thing: str
    due_date: date
    offset: str


@dataclass
class Life:
    """One thing that one person is to be reminded of: when it was to be done, and which day was promised for it, when."""

    schedule: str
    person: int
    thing: str
    promises: list[tuple[Moment, date]]
    open: list[tuple[Moment, Moment | None]]

    @property
    def of_one_list(self) -> tuple[str, int, str]:
        """What is the same for all steps of which only the latest is sent."""
        return ONE_LIST.get(self.schedule, self.schedule), self.person, self.thing

    def is_open(self, now: Moment) -> bool:
        return any(begins <= now and (ends is None or now < ends) for begins, ends in self.open)

    def promise(self, now: Moment) -> tuple[date, date]:
        (made, _), due_date = [promise for promise in self.promises if promise[0] <= now][-1]
        return made, due_date

    def close(self, at: Moment) -> None:
        begins, _ = self.open.pop()
        if begins < at:
            self.open.append((begins, at))

    def reopen(self, at: Moment) -> None:
        self.open.append((at, None))


@dataclass
class Plan:
    """Everything that happens, by moment, and the lives that it makes."""

    seed: int
    lives: list[Life] = field(default_factory=list)
    events: dict[Moment, list[tuple[str, dict[str, Any]]]] = field(default_factory=dict)
    silence: list[tuple[int, str, Moment, Moment]] = field(default_factory=list)
    no_sweep: set[date] = field(default_factory=set)
    no_letters: set[date] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        for draw in (_candidacies, _appeals, _invoices, _approvals, _reviews, _confirmations, _agreements, _portfolios, _supplements):
            draw(self)
        for draw in (_renewals, _statements, _webinars):
            draw(self)
        self._outages()
        self._wishes()

    def do(self, at: Moment, name: str, **details: Any) -> None:
        """Note what happens; what was before the first day is there on the first day."""
        if at[0] <= FIRST + timedelta(days=DAYS):
            self.events.setdefault(max(at, (FIRST, BEFORE)), []).append((name, details))

    def live(self, schedule: str, person: int, thing: str, *, begins: Moment, due_date: date, since: date | None = None) -> Life:
        life = Life(schedule, person, thing, [((since or begins[0], BEFORE), due_date)], [(begins, None)])
        self.lives.append(life)
        return life

    def day(self, low: int, high: int) -> date:
        return FIRST + timedelta(days=self.dice.randint(low, high))

    def some(self, day: date, low: int, high: int) -> Moment:
        """A moment some days after a day, but not before the second day of all."""
        return max(day + timedelta(days=self.dice.randint(low, high)), FIRST + timedelta(days=1)), self.dice.choice([BEFORE, BETWEEN])

    def person(self) -> int:
        return self.dice.randrange(PEOPLE)

    def _outages(self) -> None:
        for begins, length in ((200, 11), (611, 47), (730, 27), (1100, 4)):
            self.no_sweep |= {FIRST + timedelta(days=begins + number) for number in range(length)}
        for begins, length in ((330, 12), (900, 30)):
            self.no_letters |= {FIRST + timedelta(days=begins + number) for number in range(length)}
        self.no_sweep |= {self.day(1, DAYS) for _ in range(60)}
        self.no_letters |= {self.day(1, DAYS) for _ in range(40)}

    def _wishes(self) -> None:
        for person, schedule in sorted({(life.person, life.schedule) for life in self.lives}):
            if schedule != "webinars.soon" and self.dice.random() < 0.15:
                begins, ends = self.some(FIRST, 0, DAYS), self.some(FIRST, 0, DAYS + 600)
                if begins < ends:
                    self.silence.append((person, schedule, begins, ends))
                    self.do(begins, "silence", person=person, schedule=schedule, wanted=False)
                    self.do(ends, "silence", person=person, schedule=schedule, wanted=True)

    def is_silent(self, life: Life, now: Moment) -> bool:
        return any(
            (person, schedule) == (life.person, life.schedule) and begins <= now < ends for person, schedule, begins, ends in self.silence
        )


def days() -> Iterator[date]:
    return (FIRST + timedelta(days=number) for number in range(DAYS))


@cache
def falls_on(words: str, due_date: date) -> date:
    count, unit = words.split()
    if unit.startswith("month"):
        return add_months(due_date, int(count))
    return due_date + timedelta(days=int(count) * (7 if unit.startswith("week") else 1))


def promised(plan: Plan) -> list[Sent]:
    """Every letter that the rules promise, day by day, person by person, offset by offset."""
    sent: list[Sent] = []
    waiting: dict[tuple[str, int, str], list[tuple[date, date, str, int]]] = {}
    noted: set[tuple[int, tuple[date, date, str]]] = set()
    swept = FIRST - timedelta(days=1)
    for today in days():
        if today not in plan.no_sweep:
            for number, life in enumerate(plan.lives):
                found = _falls(plan, life, after=swept, today=today)
                if found and (number, found) not in noted:
                    noted.add((number, found))
                    waiting.setdefault(life.of_one_list, []).append((*found, number))
            swept = today
        if today not in plan.no_letters:
            for _, found_ones in sorted(waiting.items()):
                found_ones = [one for one in found_ones if _stands(plan, plan.lives[one[3]], one[1], now=(today, BETWEEN))]
                if not found_ones:
                    continue
                day, due_date, words, number = max(found_ones)
                life = plan.lives[number]
                if day >= due_date or due_date >= today:
                    sent.append(Sent(today, life.schedule, life.person, life.thing, due_date, words))
            waiting = {}
    return sorted(sent)


def _stands(plan: Plan, life: Life, due_date: date, *, now: Moment) -> bool:
    """Whether what was found is still to be said: neither done nor silenced, and the day that it counts from has not moved."""
    return life.is_open(now) and not plan.is_silent(life, now) and life.promise(now)[1] == due_date


def _falls(plan: Plan, life: Life, *, after: date, today: date) -> tuple[date, date, str] | None:
    """The latest step that fell for one thing since the last sweep: its day, the day that it counts from, and its words.

    What was promised on the last day swept was perhaps promised after its sweep: a step on that very day falls with the next one.
    """
    now = (today, BEFORE)
    if not life.is_open(now) or plan.is_silent(life, now):
        return None
    since, due_date = life.promise(now)
    first = since if since >= after else after + timedelta(days=1)
    fallen = []
    for words in OFFSETS[life.schedule]:
        day = falls_on(words, due_date)
        if first <= day <= today and (day >= due_date or today <= due_date):
            fallen.append((day, due_date, words))
    return max(fallen) if fallen else None


def _candidacies(plan: Plan) -> None:
    """Sixty candidacies of four years; some finish, some get a year more, some end."""
    for person in range(60):
        admitted = plan.day(-1300, 900)
        ends, name = add_months(admitted, 48), f"candidacy {person}"
        begins = max((admitted, BEFORE), (FIRST, BEFORE))
        active = admitted if admitted >= FIRST else FIRST - timedelta(days=plan.dice.randint(1, min(130, (FIRST - admitted).days)))
        plan.do(begins, "admit", thing=name, person=person, admitted_on=admitted, ends_on=ends, active_on=active)
        end = plan.live("candidates.end", person, name, begins=begins, due_date=ends, since=admitted)
        quiet = plan.live("candidates.quiet", person, name, begins=begins, due_date=active)
        chance = plan.dice.random()
        until = (ends + timedelta(days=1), BEFORE)
        if chance < 0.3:
            moment = plan.some(ends, -700, -1)
            if begins < moment < until:
                until = moment
                plan.do(until, "complete", thing=name)
        elif chance < 0.6:
            moment = plan.some(ends, -500, 0)
            if begins < moment < until:
                ends = add_months(admitted, 60)
                until = (ends + timedelta(days=1), BEFORE)
                end.promises.append((moment, ends))
                plan.do(moment, "extend", thing=name)
        moment = plan.some(begins[0], 1, 200)
        while moment < until:
            quiet.promises.append((moment, moment[0]))
            plan.do(moment, "go_on", thing=name)
            moment = plan.some(moment[0], 1, 300)
        end.close(until)
        quiet.close(until)


def _appeals(plan: Plan) -> None:
    """Intents to appeal; the grounds come, or the appeal is withdrawn, or it is forfeited by the clock."""
    for number in range(14):
        noticed, person, name = plan.day(1, DAYS - 40), plan.person(), f"appeal {number}"
        by = noticed + timedelta(days=plan.dice.randint(1, 30))
        plan.do((noticed, BEFORE), "notice", thing=name, person=person, by=by, on=noticed)
        life = plan.live("appeals.grounds", person, name, begins=(noticed, BEFORE), due_date=by)
        moment = plan.some(noticed, 1, 45)
        life.close(min(moment, (by + timedelta(days=1), BEFORE)))
        if moment[0] <= by:
            plan.do(moment, plan.dice.choice(["give_grounds", "withdraw_appeal"]), thing=name)


def _statements(plan: Plan) -> None:
    """Members of a committee sign for a year; some sign again."""
    for number, person in enumerate(plan.dice.sample(range(PEOPLE), 12)):
        signed, name = plan.day(1, DAYS - 400), f"statement {number}"
        holds = signed + timedelta(days=plan.dice.randint(20, 365))
        plan.do((signed, BEFORE), "swear", thing=name, person=person, on=signed, until=holds)
        plan.live("appeals.statement", person, name, begins=(signed, BEFORE), due_date=holds)


def _webinars(plan: Plan) -> None:
    """Guests, by their address alone; some don't come. Nobody is asked to one that is over."""
    for number in range(14):
        signed_up, person, name = plan.day(1, DAYS - 40), plan.person(), f"guest {number}"
        on = signed_up + timedelta(days=plan.dice.randint(1, 30))
        plan.do((signed_up, BEFORE), "sign_up", thing=name, person=person, on=on, since=signed_up)
        life = plan.live("webinars.soon", person, name, begins=(signed_up, BEFORE), due_date=on)
        end = (on + timedelta(days=1), BEFORE)
        if plan.dice.random() < 0.3:
            left = plan.some(signed_up, 1, 30)
            plan.do(left, "stay_away", thing=name)
            end = min(left, end)
        life.close(end)


def _invoices(plan: Plan) -> None:
    """Invoices that are paid early, late, or never."""
    for number in range(16):
        dated, person, name = plan.day(-20, DAYS - 60), plan.person(), f"invoice {number}"
        begins = max((dated, BEFORE), (FIRST, BEFORE))
        plan.do(begins, "send_invoice", thing=name, person=person, dated_on=dated, number=number)
        life = plan.live("billing.invoice", person, name, begins=begins, due_date=dated + timedelta(days=30), since=dated)
        if plan.dice.random() < 0.8:
            moment = plan.some(begins[0], 1, 75)
            plan.do(moment, "pay_invoice", thing=name)
            life.close(moment)


def _approvals(plan: Plan) -> None:
    """Courses whose approval ends, with contacts who come and go; a renewal is sent, and then approved or refused."""
    for number in range(14):
        approved, name = plan.day(-1300, 200), f"course {number}"
        ends, begins = add_months(approved, 48), max((approved, BEFORE), (FIRST, BEFORE))
        plan.do(begins, "approve", thing=name, approved_on=approved, ends_on=ends)
        lives = []
        for who in range(plan.dice.randint(1, 2)):
            person = plan.person()
            joined = plan.day(1, 1400) if who else begins[0]
            if any(life.person == person for life in lives) or joined < begins[0]:
                continue
            plan.do((joined, BEFORE), "speak_for", thing=name, person=person)
            life = plan.live("courses.approval", person, name, begins=(joined, BEFORE), due_date=ends, since=approved)
            lives.append(life)
            if who and plan.dice.random() < 0.5:
                left = plan.some(joined, 5, 300)
                plan.do(left, "speak_no_more", thing=name, person=person)
                life.close(left)
                lives.remove(life)
        sent = plan.some(ends, -220, -5)
        if plan.dice.random() < 0.8 and all(life.open[0][0] < sent for life in lives) and begins < sent:
            decided, well = plan.some(sent[0], 1, 60)[0], plan.dice.random() < 0.7
            plan.do(sent, "send_course_renewal", thing=name)
            plan.do((decided, BEFORE), "decide_course_renewal", thing=name, until=add_months(approved, 96) if well else None, on=decided)
            for life in lives:
                life.close(sent)
                if well:
                    life.promises.append(((decided, BEFORE), add_months(approved, 96)))
                life.reopen((decided, BEFORE))


def _reviews(plan: Plan) -> None:
    for number in range(14):
        invited, person, name = plan.day(1, DAYS - 40), plan.person(), f"review {number}"
        by = invited + timedelta(days=plan.dice.randint(2, 30))
        plan.do((invited, BEFORE), "invite_reviewer", thing=name, person=person, by=by, on=invited)
        life = plan.live("courses.review", person, name, begins=(invited, BEFORE), due_date=by)
        if plan.dice.random() < 0.85:
            moment = plan.some(invited, 1, 40)
            plan.do(moment, "recommend", thing=name)
            life.close(moment)


def _confirmations(plan: Plan) -> None:
    for number in range(14):
        asked, person, name = plan.day(1, DAYS - 40), plan.person(), f"confirmation {number}"
        by = asked + timedelta(days=plan.dice.randint(2, 30))
        plan.do((asked, BEFORE), "ask_provider", thing=name, person=person, by=by, on=asked)
        life = plan.live("courses.confirmation", person, name, begins=(asked, BEFORE), due_date=by)
        if plan.dice.random() < 0.7:
            moment = plan.some(asked, 1, 30)
            plan.do(moment, plan.dice.choice(["confirm", "withdraw_claim"]), thing=name)
            life.close(moment)


def _agreements(plan: Plan) -> None:
    """Agreements that end; a renewal is handed in, and then signed or taken back."""
    for number in range(10):
        signed, name = plan.day(-1300, 100), f"agreement {number}"
        ends, begins = add_months(signed, 48), max((signed, BEFORE), (FIRST, BEFORE))
        people = sorted(plan.dice.sample(range(PEOPLE), plan.dice.randint(1, 2)))
        plan.do(begins, "sign", thing=name, people=people, on=signed, ends_on=ends)
        lives = [plan.live("agreements.ends", person, name, begins=begins, due_date=ends, since=signed) for person in people]
        handed_in = plan.some(ends, -420, -5)
        if plan.dice.random() < 0.8 and begins < handed_in:
            decided, well = (plan.some(handed_in[0], 1, 90)[0], BEFORE), plan.dice.random() < 0.5
            plan.do(handed_in, "hand_in", thing=name)
            plan.do(decided, "decide_agreement", thing=name, well=well)
            for life in lives:
                life.close(handed_in)
                if not well:
                    life.reopen(decided)


def _portfolios(plan: Plan) -> None:
    """Invitations that are declined, or accepted and rated in time, late or never."""
    for number in range(30):
        invited, person, name = plan.day(1, DAYS - 60), plan.person(), f"assignment {number}"
        plan.do((invited, BEFORE), "invite", thing=name, person=person, on=invited)
        life = plan.live("portfolios.invitation", person, name, begins=(invited, BEFORE), due_date=invited)
        answered = plan.some(invited, 1, 9)
        life.close(answered)
        if plan.dice.random() < 0.3:
            plan.do(answered, "decline", thing=name)
            continue
        plan.do(answered, "accept", thing=name)
        rating = plan.live("portfolios.rating", person, name, begins=answered, due_date=answered[0] + timedelta(days=30))
        if plan.dice.random() < 0.85:
            rated = plan.some(answered[0], 1, 40)
            plan.do(rated, "rate", thing=name)
            rating.close(rated)


def _supplements(plan: Plan) -> None:
    for number in range(14):
        asked, person, name = plan.day(1, DAYS - 100), plan.person(), f"supplement {number}"
        plan.do((asked, BEFORE), "ask_for_more", thing=name, person=person, by=asked + timedelta(days=90))
        life = plan.live("portfolios.supplement", person, name, begins=(asked, BEFORE), due_date=asked + timedelta(days=90))
        sent = min(plan.some(asked, 1, 120), (asked + timedelta(days=91), BEFORE))
        plan.do(sent, "send_more", thing=name)
        life.close(sent)


def _renewals(plan: Plan) -> None:
    """Certificates, suspended for a while; renewed in the window, in grace, late or never; paid or not; asked about, approved, refused."""
    for number in range(40):
        first, person, name = plan.day(-1455, 60), plan.person(), f"renewal {number}"
        ends, begins = add_months(first, 48), max((first, BEFORE), (FIRST, BEFORE))
        over = add_months(ends, 2)
        plan.do(begins, "issue", thing=name, person=person, first_day=first, expires_on=ends, grace_ends_on=over, number=number)
        pair = [
            plan.live("renewals.expiry", person, name, begins=begins, due_date=ends, since=first),
            plan.live("renewals.grace", person, name, begins=begins, due_date=over, since=first),
        ]
        sent = plan.some(ends, -365, 61)
        if plan.dice.random() < 0.3 and begins < sent:
            suspended = plan.some(begins[0], 1, 600)
            back = plan.some(suspended[0], 5, 100)
            if suspended < back < sent:
                plan.do(suspended, "suspend", thing=name)
                plan.do(back, "reinstate", thing=name)
                for life in pair:
                    life.close(suspended)
                    life.reopen(back)
        if plan.dice.random() < 0.8 and begins < sent:
            plan.do(sent, "send_renewal", thing=name)
            for life in pair:
                life.close(sent)
            if arrived := _fee(plan, person, name, sent=sent, over=over):
                _decision(plan, pair, name, sent=arrived, first=first)


def _fee(plan: Plan, person: int, name: str, *, sent: Moment, over: date) -> Moment | None:
    """When staff have a renewal: at once, with its fee, or never. What is handed back unpaid has no step to renew left: grace is over."""
    if sent[0] < FEE_FROM:
        return sent
    last, paid = max(over, sent[0] + timedelta(days=30)), plan.some(sent[0], 1, 90)
    life = plan.live("renewals.fee", person, name, begins=sent, due_date=last)
    if paid[0] > last or plan.dice.random() < 0.3:
        life.close((last + timedelta(days=1), BEFORE))
        return None
    plan.do(paid, "pay_renewal", thing=name)
    life.close(paid)
    return paid


def _decision(plan: Plan, pair: list[Life], name: str, *, sent: Moment, first: date) -> None:
    decided = (sent[0] + timedelta(days=plan.dice.randint(40, 60)), BEFORE)
    if plan.dice.random() < 0.6:
        asked = (sent[0] + timedelta(days=2), BEFORE)
        by = asked[0] + timedelta(days=30)
        plan.do(asked, "ask_holder", thing=name, by=by, on=asked[0])
        life = plan.live("renewals.answer", pair[0].person, name, begins=asked, due_date=by)
        answered = plan.some(asked[0], 1, 35)
        plan.do(answered, "answer", thing=name)
        life.close(answered)
    if plan.dice.random() < 0.3:
        plan.do(decided, "refuse_renewal", thing=name)
        for life in pair:
            life.reopen(decided)
        return
    later = add_months(first, 96)
    over = add_months(later, 2)
    plan.do(decided, "approve_renewal", thing=name, new=f"{name} again", expires_on=later, grace_ends_on=over, on=decided[0])
    plan.live("renewals.expiry", pair[0].person, f"{name} again", begins=decided, due_date=later)
    plan.live("renewals.grace", pair[0].person, f"{name} again", begins=decided, due_date=over)
