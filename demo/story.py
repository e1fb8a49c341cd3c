"""The story of the demonstration: about 140 people, told from a seed through the program's own actions, each at its own day in the past."""

import random
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.models import F
from PIL import Image, ImageDraw

from agreements import actions as agreements
from billing import policy as money
from billing import queries as charges
from billing.actions import payments
from billing.models import Charge, Payment, Refund
from candidates import actions as candidates
from candidates.models import Application, Candidacy
from candidates.states import DiplomaKind, RefusalReason, Way
from certificates import actions as certificates
from courses import actions as courses
from courses.models import Offering
from demo import (
    appeals,
    applicants,
    cast,
    colleges,
    evaluators,
    evidence,
    holders,
    orders,
    outcomes,
    partners,
    providers,
    questions,
    webinars,
)
from ledger import outbox, transitions
from ledger.models import Delivery, Email, EmailState
from people import actions as people
from people import file_checks
from people.models import User
from people.states import Role
from people.templatetags.words import dollars
from portfolios import actions as portfolios
from portfolios.models import Assignment, Evaluator, Portfolio
from portfolios.policy import Value
from programs import policy as dates

ELECTIVES = ("access", "readers-advisory", "cataloging", "collection-management", "reference", "supervision", "youth")
DRAWING = "certificates.render"
REQUIRED = ("foundations", "communication", "technology")


class Story:
    """Tells it, once, relative to `now`; the same seed and day give the same people."""

    def __init__(self, *, now: datetime, seed: int = 2012) -> None:
        self.now = now
        self.random = random.Random(seed)  # noqa: S311 (a story, not a secret)
        self.password = make_password(cast.PASSWORD)
        names = [(first, last) for first in cast.FIRST_NAMES for last in cast.LAST_NAMES]
        first = self.random.sample(names, 80)
        self.names = iter([*first, *random.Random(seed + 1).sample(sorted(set(names) - set(first)), 80)])  # noqa: S311 (spare names)
        self.people: dict[str, User] = {}
        self.evaluators: list[Evaluator] = []
        self.holders: dict[int, User] = {}
        self.seal = _picture("Getting on the library Wi-Fi")

    def ago(self, days: float, *, hour: int = 15) -> datetime:
        """A moment so many days ago, in the American working day; today's working day may still be to come, so never after now."""
        moment = (self.now - timedelta(days=days)).replace(hour=hour, minute=self.random.randrange(60), second=0, microsecond=0)
        return min(moment, self.now)

    def tell(self) -> None:
        """Tell everything, in the order in which it happened to each person."""
        self._staff_and_evaluators()
        courses.load_courses(at=self.ago(1400))
        agreements.load_agreements(at=self.ago(1400))
        courses.load_examples(on=self.now.date(), at=self.ago(1300))
        self._holders()
        self._candidates()
        self._alice()
        self._applicants()
        providers.tell(self)
        evaluators.tell(self)
        orders.tell(self)
        questions.tell(self)
        applicants.tell(self)
        appeals.tell(self)
        evidence.tell(self)
        holders.tell(self)
        colleges.tell(self)
        webinars.tell(self)
        outcomes.tell(self)
        partners.tell(self)
        self._deliver(self.now)
        Delivery.objects.filter(subscriber=DRAWING).update(due_at=self.now)
        Email.objects.filter(state=EmailState.QUEUED).update(state=EmailState.SENT, sent_at=F("created_at"))

    # People

    def _person(self, email: str = "", *, at: datetime) -> User:
        """Somebody with an account and a confirmed address: one of the cast, or the next name of the list."""
        hint = next((hint for hint in cast.HINTS if hint.email == email), None)
        if hint:
            name, called = hint.name, hint.called
        else:
            first, last = next(self.names)
            name, called = f"{first} {last}", first
            email = f"person{len(self.people):02}@{self.random.choice(['marlow', 'ridge', 'harbor', 'mesa', 'cedar'])}.example"
        zone = self.random.choice(["America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"])
        user = User.objects.create(email=email, name=name, called=called, time_zone=zone, password=self.password)
        User.objects.filter(pk=user.pk).update(joined_at=at)
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
        self.people[email] = user
        return user

    def _staff_and_evaluators(self) -> None:
        start = self.ago(2000)
        self.rita = self._person("rita@lssc.example", at=start)
        people.give_role(self.rita, Role.STAFF, actor=None, at=start)
        self.colleague = people.add_person(email="nora@lssc.example", name="Nora Feld", called="Nora", actor=None, at=start)
        User.objects.filter(pk=self.colleague.pk).update(joined_at=start)
        people.give_role(self.colleague, Role.STAFF, actor=None, at=start)
        people.give_role(self._person("otto@lssc.example", at=start), Role.AUDITOR, actor=None, at=start)
        self._person("charlie@elsewhere.example", at=self.ago(12))
        everything = [*REQUIRED, *ELECTIVES]
        for number in range(12):
            email = {0: "bob@prairie.example", 1: "beth@lakeside.example"}.get(number, "")
            person = self._person(email, at=start)
            sets = everything if number < 2 else self.random.sample(everything, 6)
            self.evaluators.append(
                portfolios.approve_evaluator(
                    person, set_codes=sets, actor=self.rita, at=self.ago(1500), capacity_per_year=6 if number < 2 else 12, trained=True
                )
            )

    # Money

    def _pay(self, *, purpose: str, reference: uuid.UUID, at: datetime) -> None:
        """A fee paid by card: what the card company would have told, without asking it."""
        charge = charges.get_charge(purpose=purpose, reference=reference)
        if charge is None:
            raise LookupError(f"There is no charge for {purpose} {reference}")
        with transaction.atomic():
            row = transitions.lock(Charge, charge.id, "settle")
            session = f"cs_demo_{row.id.hex}"
            payment = Payment.objects.create(
                charge=row, amount_cents=row.amount_cents, session=session, started_at=at, expires_at=at + timedelta(hours=23)
            )
            intent = f"pi_demo_{row.id.hex}"
            taken = money.TheirCharge(
                id=f"ch_demo_{row.id.hex}",
                intent=intent,
                payment=str(payment.id),
                amount=row.amount_cents,
                currency=money.CURRENCY,
                at=at,
            )
            fetched = money.Fetched(
                charges=(taken,),
                session=session,
                mode="payment",
                status="complete",
                payment_status="paid",
                amount_cents=row.amount_cents,
                currency=money.CURRENCY,
                live=False,
                payment=str(payment.id),
                charge=str(row.id),
                intent=intent,
                url="",
                expires_at=payment.expires_at,
            )
            payments.conclude(payment, row, fetched, money.Settle(), at=at)
        self._deliver(at)

    @classmethod
    def _deliver(cls, at: datetime) -> None:
        """Deliver what is due, but for the drawing of certificates, which takes long."""
        Delivery.objects.filter(subscriber=DRAWING, done_at=None).update(due_at=datetime.max.replace(tzinfo=UTC))
        cls._refunds_arrived(at)
        while outbox.deliver(at=at) + outbox.deliver_outside(at=at):
            cls._refunds_arrived(at)
        while file_checks.check_waiting(at=at):
            pass

    # Applying

    def _apply(self, person: User, *, at: datetime, weeks: int = 120, hours: int = 25) -> Application:
        """A whole draft: who, diploma, membership, work, resume."""
        library, kind = self.random.choice(cast.LIBRARIES)
        application = candidates.start(person, actor=person, at=at)
        member = self.random.random() < 0.3

        def save(section: str, **values: object) -> None:
            candidates.save_section(application, section=section, version=0, actor=person, at=at, values=values)

        save(
            "diploma",
            diploma=DiplomaKind.DIPLOMA,
            diploma_statement=f"{library.split()[0]} High School, {self.random.randrange(1984, 2018)}",
        )
        save("member", is_member=member, member_number=str(self.random.randrange(1000000, 9999999)) if member else "")
        began = at.date() - timedelta(weeks=weeks)
        employment = {
            "library": library,
            "kind": kind,
            "post": self.random.choice(cast.POSTS),
            "paid": self.random.random() < 0.85,
            "began_on": began,
            "ended_on": None,
            "hours_a_week": Decimal(hours),
        }
        candidates.add_employment(application, values=employment, version=0, actor=person, at=at)
        resume = SimpleUploadedFile("resume.png", _picture(f"{person.name}, {library}"), "image/png")
        candidates.attach_resume(application, upload=resume, actor=person, at=at)
        application.refresh_from_db()
        return application

    def _in_review(self, person: User, *, days_ago: float, draft: Application | None = None) -> Application:
        application = draft or self._apply(person, at=self.ago(days_ago + 3))
        candidates.send(application, actor=person, at=self.ago(days_ago, hour=14))
        self._pay(purpose="candidates.application", reference=application.id, at=self.ago(days_ago, hour=16))
        application.refresh_from_db()
        return application

    def _admitted(self, person: User, *, days_ago: float) -> Candidacy:
        application = self._in_review(person, days_ago=days_ago + 2)
        return candidates.admit(application, actor=self.rita, at=self.ago(days_ago))

    def _applicants(self) -> None:
        for number in range(6):
            person = self._person(at=self.ago(20 + number))
            if number == 0:
                candidates.start(person, actor=person, at=self.ago(3))
            else:
                self._apply(person, at=self.ago(2 * number), weeks=30 + 20 * number, hours=20)
        for number in range(4):
            person = self._person(at=self.ago(15))
            application = self._apply(person, at=self.ago(4 + number))
            candidates.send(application, actor=person, at=self.ago(number, hour=14))
        for number in range(7):
            email = "dana@ridge.example" if number == 0 else ""
            self._in_review(self._person(email, at=self.ago(30)), days_ago=(4, 1, 2, 3, 5, 6, 9)[number])
        for reason, words in (
            (
                RefusalReason.HOURS,
                "The letter of your library names 12 hours a week, not 25. With the right hours you have 1,440 of 1,820.",
            ),
            (RefusalReason.PROOF, "We could not open your resume. Send it again as PDF, and we look again the same day."),
            (RefusalReason.DIPLOMA, "Please finish your GED first. Your hours are more than enough, and they will still count."),
        ):
            application = self._in_review(self._person(at=self.ago(60)), days_ago=40)
            from_day = self.now.date() + timedelta(days=90) if reason == RefusalReason.HOURS else None
            candidates.refuse(application, reason_code=reason, reason=words, eligible_from=from_day, actor=self.rita, at=self.ago(37))
        person = self._person(at=self.ago(50))
        candidates.withdraw(self._apply(person, at=self.ago(30)), actor=person, at=self.ago(25))

    @staticmethod
    def _refunds_arrived(at: datetime) -> None:
        """The card company is not asked for money that it never had."""
        with transaction.atomic():
            Delivery.objects.filter(topic="billing.refund.asked", done_at=None).update(done_at=at)
            for refund in Refund.objects.filter(state="asked"):
                row = transitions.lock(Refund, refund.id, "finish")
                details = {"amount": dollars(row.amount_cents)}
                found: dict[str, Any] = {"stripe_id": f"re_demo_{row.id.hex}", "done_at": at, "next_look_at": None}
                transitions.transition(row, "finish", actor=None, at=at, person=row.payment.charge.person, details=details, **found)

    # Achieving

    def _achieve(self, candidacy: Candidacy, codes: Sequence[str], *, at: Callable[[int], datetime]) -> None:
        """Sets by courses that were taken long ago."""
        for number, code in enumerate(codes):
            when = at(number)
            candidates.achieve(
                candidacy,
                set_code=code,
                on=dates.today(when),
                way=Way.COURSE,
                source=uuid.UUID(int=self.random.getrandbits(128)),
                actor=self.rita,
                at=when,
            )

    def _six(self, candidacy: Candidacy, *, admitted_days_ago: float, finished_days_ago: float) -> Candidacy:
        codes = [*REQUIRED, *self.random.sample(ELECTIVES, 3)]
        step = (admitted_days_ago - finished_days_ago) / 6
        self._achieve(candidacy, codes, at=lambda number: self.ago(admitted_days_ago - step * (number + 1)))
        candidacy.refresh_from_db()
        return candidacy

    def _holders(self) -> None:
        """Certificates active, in grace, lapsed, one revoked; one asked for, one that could be."""
        finished = [
            ("hoa@harbor.example", 500),
            ("", 90),
            ("", 800),
            ("", 1100),
            ("", 1300),
            ("gwen@mesa.example", 1480),
            ("", 1530),
            ("leon@cedar.example", 1560),
            ("", 1800),
            ("", 700),
        ]
        for number, (email, days) in enumerate(finished):
            person = self.holders[days] = self._person(email, at=self.ago(days + 900))
            admitted = self._admitted(person, days_ago=days + 800)
            candidacy = self._six(admitted, admitted_days_ago=days + 800, finished_days_ago=days)
            asked = certificates.ask(candidacy, actor=person, at=self.ago(days - 1))
            certificate = certificates.issue(asked, actor=self.rita, at=self.ago(days - 4))
            if number == len(finished) - 1:
                why = "The work in two portfolios was another person’s. The holder was heard and agreed."
                proposal = certificates.propose_revocation(certificate, reason=why, actor=self.rita, at=self.ago(203))
                certificates.confirm_revocation(proposal, actor=self.colleague, at=self.ago(200))
        for number in range(3):
            email = "sam@lincoln.example" if number == 0 else ""
            person = self._person(email, at=self.ago(1200))
            candidacy = self._six(self._admitted(person, days_ago=1100), admitted_days_ago=1100, finished_days_ago=6 + number)
            if number:
                certificates.ask(candidacy, actor=person, at=self.ago(3 * number))

    def _candidates(self) -> None:
        """Candidates in their four years, from the first week to the last, and one whose time ended."""
        for days in (2, 9, 20, 45, 100):
            self._admitted(self._person(at=self.ago(days + 30)), days_ago=days)
        for days in (150, 400, 700, 1000, 1420, 1440):
            candidacy = self._admitted(self._person(at=self.ago(days + 30)), days_ago=days)
            self._achieve(candidacy, self.random.sample(REQUIRED, 2), at=lambda number, days=days: self.ago(days - 60 - 40 * number))  # type: ignore[misc]
            self._write(candidacy, self.random.choice(ELECTIVES), answers=self.random.randrange(2, 7), days_ago=days / 3)
        expired = self._admitted(self._person(at=self.ago(1600)), days_ago=1500)
        candidates.expire(expired, at=self.ago(38))
        for days in (3, 6, 11, 16):
            self._sent(self._admitted(self._person(at=self.ago(300)), days_ago=250), days_ago=days)
        for days in (5, 8, 25, 44):
            sent = self._sent(self._admitted(self._person(at=self.ago(300)), days_ago=260), days_ago=days + 4)
            pair = self._rating(sent, days_ago=days, accepted=days != 5)
            if days == 25:
                self._give(pair[0], [Value.MET, Value.PARTIAL], days_ago=3)
        for days in (220, 240):
            self._write(self._admitted(self._person(at=self.ago(days + 40)), days_ago=days), "supervision", days_ago=4)
        self._rated("luz@mesa.example", verdicts=[(Value.MET, Value.MET), (Value.PARTIAL, Value.PARTIAL), (Value.NOT_MET, Value.MET)])
        self._rated("", verdicts=[(Value.NOT_MET, Value.NOT_MET), (Value.MET, Value.MET)])
        for days in (1, 4, 7):
            self._claims(self._admitted(self._person(at=self.ago(200)), days_ago=150), days_ago=days)

    def _write(self, candidacy: Candidacy, set_code: str, *, answers: int | None = None, days_ago: float) -> Portfolio:
        """A portfolio with so many answers, or all of them with evidence and the learning statement."""
        person, at = candidacy.person, self.ago(days_ago)
        if set_code in ELECTIVES:
            candidates.choose(candidacy, set_code=set_code, way=Way.PORTFOLIO, actor=person, at=at)
        portfolio = portfolios.start(candidacy, set_code=set_code, actor=person, at=at)
        for number in range(1, (answers if answers is not None else portfolio.total) + 1):
            portfolios.save_response(
                portfolio,
                number=number,
                opening=self.random.choice(cast.OPENINGS),
                narrative=self.random.choice(cast.NARRATIVES),
                version=0,
                actor=person,
                at=at,
            )
            portfolios.finish_response(portfolio, number=number, finished=True, actor=person, at=at)
        if answers is None:
            upload = SimpleUploadedFile("handout.png", self.seal, "image/png")
            portfolios.add_evidence(
                portfolio,
                upload=upload,
                title="Getting on the Wi-Fi, second version",
                kind="primary",
                own_part="I wrote the text and took the pictures. Our director checked it.",
                numbers=[1, 2],
                actor=person,
                at=at,
            )
            portfolios.save_statement(portfolio, text=cast.STATEMENT, version=0, actor=person, at=at)
        portfolio.refresh_from_db()
        return portfolio

    def _sent(self, candidacy: Candidacy, *, days_ago: float, set_code: str = "") -> Portfolio:
        portfolio = self._write(
            candidacy, set_code or self.random.choice(["technology", "communication", "reference"]), days_ago=days_ago + 20
        )
        portfolios.send(portfolio, actor=candidacy.person, at=self.ago(days_ago, hour=14))
        self._pay(purpose="portfolios.portfolio", reference=portfolio.id, at=self.ago(days_ago, hour=16))
        portfolio.refresh_from_db()
        return portfolio

    def _rating(self, portfolio: Portfolio, *, days_ago: float, accepted: bool = True) -> list[Assignment]:
        pair = self.evaluators[:2]
        invited = portfolios.assign(portfolio, evaluators=pair, actor=self.rita, at=self.ago(days_ago))
        if accepted:
            return [portfolios.accept(one, actor=one.evaluator.person, at=self.ago(days_ago - 1)) for one in invited]
        return invited

    def _rate(self, assignment: Assignment, values: Sequence[Value], *, days_ago: float) -> Portfolio:
        """One evaluator's ratings, sent."""
        self._give(assignment, values, days_ago=days_ago)
        return portfolios.finish_ratings(assignment, actor=assignment.evaluator.person, at=self.ago(days_ago))

    def _give(self, assignment: Assignment, values: Sequence[Value], *, days_ago: float) -> None:
        """One evaluator's ratings, not sent yet; Met after the values run out."""
        person = assignment.evaluator.person
        for number in range(1, assignment.portfolio.total + 1):
            value = values[number - 1] if number <= len(values) else Value.MET
            comment = self.random.choice(cast.PRAISE if value == Value.MET else cast.COMMENTS)
            portfolios.rate(assignment, number=number, value=value, comment=comment, version=0, actor=person, at=self.ago(days_ago))

    def _rated(
        self, email: str, *, verdicts: Sequence[tuple[Value, Value]], days_ago: float = 12, candidacy: Candidacy | None = None
    ) -> Portfolio:
        candidacy = candidacy or self._admitted(self._person(email, at=self.ago(400)), days_ago=350)
        portfolio = self._sent(candidacy, days_ago=days_ago + 30, set_code="communication")
        one, other = self._rating(portfolio, days_ago=days_ago + 25)
        self._rate(one, [first for first, _ in verdicts], days_ago=days_ago + 5)
        portfolio = self._rate(other, [second for _, second in verdicts], days_ago=days_ago)
        self._deliver(self.ago(days_ago, hour=18))
        return portfolio

    def _claims(self, candidacy: Candidacy, *, days_ago: float) -> None:
        offering = self._offering(self.random.choice(REQUIRED))
        proof = SimpleUploadedFile("completion.png", _picture("Completion form, signed"), "image/png")
        completed = (self.now - timedelta(days=days_ago + 5)).date()
        courses.claim(candidacy, offering=offering, completed_on=completed, upload=proof, actor=candidacy.person, at=self.ago(days_ago))

    def _offering(self, set_code: str) -> Offering:
        return Offering.objects.filter(set__code=set_code, is_example=True, approved_until__gte=self.now.date()).order_by("title")[0]

    def _alice(self) -> None:
        """The candidate of every example: two sets achieved, one being rated, one being written, one course under way."""
        alice = self._person("alice@marlow.example", at=self.ago(330))
        candidacy = self._admitted(alice, days_ago=308)
        for code, way in (("access", Way.PORTFOLIO), ("reference", Way.COURSE)):
            candidates.choose(candidacy, set_code=code, way=way, actor=alice, at=self.ago(300))
        proof = SimpleUploadedFile("completion.png", _picture("Completion form, signed"), "image/png")
        finished = (self.now - timedelta(days=200)).date()
        offering = self._offering("foundations")
        claim = courses.claim(candidacy, offering=offering, completed_on=finished, upload=proof, actor=alice, at=self.ago(196))
        courses.accept(claim, actor=self.rita, at=self.ago(193))
        self._rated("", verdicts=[(Value.MET, Value.PARTIAL)], days_ago=85, candidacy=candidacy)
        technology = self._sent(candidacy, days_ago=26, set_code="technology")
        one, other = self._rating(technology, days_ago=22)
        self._rate(one, [Value.MET], days_ago=9)
        for number in (1, 2, 3):
            portfolios.rate(other, number=number, value=Value.MET, comment="", version=0, actor=other.evaluator.person, at=self.ago(2))
        self._write(candidacy, "access", answers=5, days_ago=6)


def _picture(words: str) -> bytes:
    """A one-page picture with a few lines, as evidence."""
    image = Image.new("L", (620, 800), 255)
    draw = ImageDraw.Draw(image)
    draw.text((60, 60), words, fill=0, font_size=28)
    for line in range(8):
        draw.rectangle((60, 140 + line * 70, 560 - 40 * (line % 3), 152 + line * 70), fill=90)
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def is_told() -> bool:
    """Whether the demonstration is in this database."""
    return User.objects.filter(email=cast.HINTS[0].email).exists()


def tell(*, now: datetime) -> None:
    """Load the demonstration in one transaction. The same day gives the same people."""
    with transaction.atomic():
        Story(now=now.astimezone(UTC)).tell()
