"""Who tells the demonstration, from a seed through the program's own actions, and what brings someone into a state."""

import random
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from io import BytesIO
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from PIL import Image, ImageDraw

from billing import policy as money
from billing import queries as charges
from billing.actions import payments
from billing.models import Charge, Payment, Refund
from candidates import actions as candidates
from candidates.models import Application, Candidacy
from candidates.states import DiplomaKind, Way
from courses import actions as courses
from courses.models import Offering
from demo import cast
from ledger import outbox, transitions
from ledger.models import Delivery
from people import file_checks
from people.models import User
from people.templatetags.words import dollars
from portfolios import actions as portfolios
from portfolios.models import Assignment, Evaluator, Portfolio
from portfolios.policy import Value
from programs import policy as dates

ELECTIVES = ("access", "readers-advisory", "cataloging", "collection-management", "reference", "supervision", "youth")
DRAWING = "certificates.render"
REQUIRED = ("foundations", "communication", "technology")
HANDOUT = "Getting on the library Wi-Fi"


class Story:
    """Tells it, once, relative to `now`; the same seed and day give the same people. `careers` brings in its `rita` and her colleague."""

    rita: User
    colleague: User

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

    @staticmethod
    def picture(name: str, words: str = HANDOUT) -> SimpleUploadedFile:
        """A picture to upload, without words of its own that of a handout. Few differ: each is drawn and looked through once."""
        return SimpleUploadedFile(name, draw(words), "image/png")

    def ago(self, days: float, *, hour: int = 15) -> datetime:
        """A moment so many days ago, in the American working day; today's working day may still be to come, so never after now."""
        moment = (self.now - timedelta(days=days)).replace(hour=hour, minute=self.random.randrange(60), second=0, microsecond=0)
        return min(moment, self.now)

    # People

    def person(self, email: str = "", *, at: datetime) -> User:
        """Someone with an account and a confirmed address: one of the cast, or the next name of the list."""
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

    # Money

    def pay(self, *, purpose: str, reference: uuid.UUID, at: datetime) -> None:
        """A fee paid by card: what Stripe would have told, without asking it."""
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
        self.deliver(at)

    @classmethod
    def deliver(cls, at: datetime) -> None:
        """Deliver what is due, but for the drawing of certificates, which takes long."""
        Delivery.objects.filter(subscriber=DRAWING, done_at=None).update(due_at=datetime.max.replace(tzinfo=UTC))
        cls._refunds_arrived(at)
        while outbox.deliver(at=at) + outbox.deliver_outside(at=at):
            cls._refunds_arrived(at)
        while file_checks.check_waiting(at=at):
            pass

    # Applying

    def apply(self, person: User, *, at: datetime, weeks: int = 120, hours: int = 25) -> Application:
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
        resume = self.picture("resume.png", "Resume: my work in libraries")
        candidates.attach_resume(application, upload=resume, actor=person, at=at)
        application.refresh_from_db()
        return application

    def in_review(self, person: User, *, days_ago: float, draft: Application | None = None) -> Application:
        """Sent and paid on that day; without a draft, one that was begun three days before."""
        application = draft or self.apply(person, at=self.ago(days_ago + 3))
        candidates.send(application, actor=person, at=self.ago(days_ago, hour=14))
        self.pay(purpose="candidates.application", reference=application.id, at=self.ago(days_ago, hour=16))
        application.refresh_from_db()
        return application

    def admitted(self, person: User, *, days_ago: float) -> Candidacy:
        """Admitted on that day, two days after the application was paid."""
        application = self.in_review(person, days_ago=days_ago + 2)
        return candidates.admit(application, actor=self.rita, at=self.ago(days_ago))

    @staticmethod
    def _refunds_arrived(at: datetime) -> None:
        """Stripe is not asked for money that it never had."""
        with transaction.atomic():
            Delivery.objects.filter(topic="billing.refund.asked", done_at=None).update(done_at=at)
            for refund in Refund.objects.filter(state="asked"):
                row = transitions.lock(Refund, refund.id, "finish")
                details = {"amount": dollars(row.amount_cents)}
                changes: dict[str, Any] = {"stripe_id": f"re_demo_{row.id.hex}", "done_at": at, "next_look_at": None}
                transitions.transition(row, "finish", actor=None, at=at, person=row.payment.charge.person, details=details, **changes)

    # Achieving

    def achieve(self, candidacy: Candidacy, codes: Sequence[str], *, at: Callable[[int], datetime]) -> None:
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

    def six(self, candidacy: Candidacy, *, admitted_days_ago: float, finished_days_ago: float) -> Candidacy:
        """Six sets, evenly spread between admission and the last of them."""
        codes = [*REQUIRED, *self.random.sample(ELECTIVES, 3)]
        step = (admitted_days_ago - finished_days_ago) / 6
        self.achieve(candidacy, codes, at=lambda number: self.ago(admitted_days_ago - step * (number + 1)))
        candidacy.refresh_from_db()
        return candidacy

    def write(self, candidacy: Candidacy, set_code: str, *, answers: int | None = None, days_ago: float) -> Portfolio:
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
            upload = self.picture("handout.png")
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

    def sent(self, candidacy: Candidacy, *, days_ago: float, set_code: str = "") -> Portfolio:
        """A whole portfolio, sent and paid; written twenty days before, for any of three sets where none is named."""
        portfolio = self.write(
            candidacy, set_code or self.random.choice(["technology", "communication", "reference"]), days_ago=days_ago + 20
        )
        portfolios.send(portfolio, actor=candidacy.person, at=self.ago(days_ago, hour=14))
        self.pay(purpose="portfolios.portfolio", reference=portfolio.id, at=self.ago(days_ago, hour=16))
        portfolio.refresh_from_db()
        return portfolio

    def rating(self, portfolio: Portfolio, *, days_ago: float, accepted: bool = True) -> list[Assignment]:
        """Bob and Beth, invited on that day, and a day later in their work where they `accepted`."""
        pair = self.evaluators[:2]
        invited = portfolios.assign(portfolio, evaluators=pair, actor=self.rita, at=self.ago(days_ago))
        if accepted:
            return [portfolios.accept(assignment, actor=assignment.evaluator.person, at=self.ago(days_ago - 1)) for assignment in invited]
        return invited

    def rate(self, assignment: Assignment, values: Sequence[Value], *, days_ago: float) -> Portfolio:
        """One evaluator's ratings, sent."""
        self.give(assignment, values, days_ago=days_ago)
        return portfolios.finish_ratings(assignment, actor=assignment.evaluator.person, at=self.ago(days_ago))

    def give(self, assignment: Assignment, values: Sequence[Value], *, days_ago: float) -> None:
        """One evaluator's ratings, not sent yet; Met after the values run out."""
        person = assignment.evaluator.person
        for number in range(1, assignment.portfolio.total + 1):
            value = values[number - 1] if number <= len(values) else Value.MET
            comment = self.random.choice(cast.PRAISE if value == Value.MET else cast.COMMENTS)
            portfolios.rate(assignment, number=number, value=value, comment=comment, version=0, actor=person, at=self.ago(days_ago))

    def rated(
        self, email: str, *, verdicts: Sequence[tuple[Value, Value]], days_ago: float = 12, candidacy: Candidacy | None = None
    ) -> Portfolio:
        """Both evaluators' ratings of a communication portfolio, a pair for each competency, Met after the pairs run out."""
        candidacy = candidacy or self.admitted(self.person(email, at=self.ago(400)), days_ago=350)
        portfolio = self.sent(candidacy, days_ago=days_ago + 30, set_code="communication")
        assignment, other = self.rating(portfolio, days_ago=days_ago + 25)
        self.rate(assignment, [first for first, _ in verdicts], days_ago=days_ago + 5)
        portfolio = self.rate(other, [second for _, second in verdicts], days_ago=days_ago)
        self.deliver(self.ago(days_ago, hour=18))
        return portfolio

    def claims(self, candidacy: Candidacy, *, days_ago: float) -> None:
        """A completion of a required set, with proof, that waits for staff."""
        offering = self.offering(self.random.choice(REQUIRED))
        proof = self.picture("completion.png", "Completion form, signed")
        completed = (self.now - timedelta(days=days_ago + 5)).date()
        courses.claim(candidacy, offering=offering, completed_on=completed, upload=proof, actor=candidacy.person, at=self.ago(days_ago))

    def offering(self, set_code: str) -> Offering:
        """The first example, by title, that is approved today."""
        return Offering.objects.filter(set__code=set_code, is_example=True, approved_until__gte=self.now.date()).order_by("title")[0]


@cache
def draw(words: str = HANDOUT) -> bytes:
    """A page with a few words and lines, as a PNG file."""
    image = Image.new("L", (620, 800), 255)
    draw = ImageDraw.Draw(image)
    draw.text((60, 60), words, fill=0, font_size=28)
    for line in range(8):
        draw.rectangle((60, 140 + line * 70, 560 - 40 * (line % 3), 152 + line * 70), fill=90)
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
