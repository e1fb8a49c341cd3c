"""The plan's people and things as rows, and what happens to them: by the apps' own actions, or as the state that these leave."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.models import Group

from agreements.models import Agreement, College, CollegeContact
from agreements.states import AgreementState
from appeals import actions as appeals
from appeals.models import Statement
from billing import queries as charges
from billing.models import Refund
from billing.states import InvoiceState
from candidates import actions as candidates
from candidates.models import Candidacy
from certificates import policy as numbers
from certificates.models import Certificate
from certificates.states import CertificateState
from courses.models import (
    Completion,
    Confirmation,
    CourseApplication,
    CourseReview,
    Offering,
    Provider,
    ProviderContact,
)
from courses.states import ApplicationKind, CompletionState, ContactState, CourseState, ReviewState
from ledger import reminders
from ledger.models import Delivery
from people.models import User
from people.states import Role
from portfolios import actions as portfolios
from portfolios.models import Assignment, Portfolio
from portfolios.states import AssignmentState, State
from renewals import actions as renewing
from renewals.models import Renewal, Seed
from renewals.policy import is_sampled
from renewals.queries import PURPOSE
from tests.factories import agreements, billing, certificates, courses, people, renewals, webinars
from tests.factories import appeals as make_appeals
from tests.factories import candidates as make_candidates
from tests.factories import portfolios as make_portfolios
from tests.factories.copies import clone, copies, put
from tests.years.plan import PEOPLE, Moment
from webinars.models import Guest

BUILT = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
SIX = certificates.SIX


def instant(day: date, minutes: int) -> datetime:
    """So many minutes after a day has begun where it begins last, in Pago Pago."""
    return datetime(day.year, day.month, day.day, 11, tzinfo=UTC) + timedelta(minutes=minutes)


def _is_drawn(seed: str, number: int) -> bool:
    return is_sampled(seed=seed, number=number, percent=10)


class World:
    """One of each thing made by the apps' own actions, from which the hundred's are copied, and what happens to these."""

    def __init__(self) -> None:
        staff = self.staff = people.person("rita@lssc.example", roles=(Role.STAFF,))
        named = (people.person(f"{name}@{name}.example") for name in ("ann", "ben", "cat", "dot", "eve", "fay", "gil", "hal", "ida", "joy"))
        ann, ben, cat, dot, eve, fay, gil, hal, ida, joy = named
        raters = [make_portfolios.evaluator(one, at=BUILT) for one in (ben, cat)]
        self.candidacy = make_candidates.candidacy(ann, at=BUILT, staff=staff)
        values = {"staff": staff, "at": BUILT}
        self.assignment = make_portfolios.slot(make_portfolios.in_rating(self.candidacy, *raters, **values), 1)
        second = make_candidates.candidacy(dot, at=BUILT, staff=staff)
        half = {1: "partial"}
        self.asked = make_portfolios.asked(second, *raters, **values, first=half, second=half)
        self.renewal = renewals.opened(eve, **values)
        undrawn = next(seed for seed in map(str, count()) if not any(_is_drawn(seed, number) for number in range(1, 41)))
        Seed.objects.bulk_create([Seed(year=year, seed=undrawn, drawn_at=BUILT) for year in range(2027, 2032)])
        self.appeal = make_appeals.noticed(fay, **values)
        self.invoice = billing.invoiced(gil, **values)
        speaks = self.contact = courses.contact(hal, **values)
        self.course = courses.in_review(speaks, at=BUILT)
        self.offering = courses.offering("A course", set_code="access")
        [evaluator] = [courses.evaluator(ida, at=BUILT)]
        self.review = CourseReview.objects.create(
            application=self.course, evaluator=evaluator, slot=1, state="declined", invited_on=BUILT.date(), review_by=BUILT.date()
        )
        taught = courses.offering("Another course", set_code="reference", provider=str(speaks.provider))
        self.completion = courses.asked(self.candidacy, at=BUILT, course=taught)
        self.agreement = agreements.signed(at=BUILT, staff=staff)
        self.webinar = webinars.webinar(at=BUILT, staff=staff)
        # What the making of these left to do is done elsewhere; there is no card company here.
        Refund.objects.all().delete()
        Delivery.objects.filter(done_at=None).update(done_at=BUILT)
        self.somebody = joy
        made = copies(joy, PEOPLE, lambda number, one: put(one, public_id=uuid4(), email=f"p{number}@library{number}.example"))
        self.people: list[User] = list(User.objects.filter(pk__in=[one.pk for one in made]).order_by("pk"))
        self.things: dict[str, UUID] = {}

    def do(self, name: str, details: dict[str, Any], now: Moment) -> None:
        """Let one thing happen."""
        at = instant(now[0], 10 if now[1] == 0 else 60)
        if isinstance(details.get("person"), int):
            details = {**details, "person": self.people[details["person"]]}
        getattr(self, name)(**details, at=at)

    def called(self, id: UUID) -> str:
        return next(name for name, one in self.things.items() if one == id)

    def _get(self, model: Any, thing: str) -> Any:
        return model._default_manager.get(pk=self.things[thing])

    def _set(self, model: Any, thing: str, **changes: Any) -> None:
        assert model._default_manager.filter(pk=self.things[thing]).update(**changes) == 1

    def _candidacy(self, person: User, **changes: Any) -> Candidacy:
        application = clone(self.candidacy.application, person=person)
        return clone(self.candidacy, person=person, application=application, **changes)

    def _past_candidacy(self, person: User) -> Candidacy:
        return self._candidacy(person, state="expired")

    def silence(self, *, person: User, schedule: str, wanted: bool, at: datetime) -> None:
        quiet = {known.name for known, wants in reminders.list_opt_outs(person) if not wants}
        reminders.set_opt_outs(person, without=quiet - {schedule} if wanted else quiet | {schedule})

    def admit(self, *, thing: str, person: User, admitted_on: date, ends_on: date, active_on: date, at: datetime) -> None:
        made = self._candidacy(person, admitted_on=admitted_on, ends_on=ends_on, active_on=active_on)
        self.things[thing] = made.id

    def go_on(self, *, thing: str, at: datetime) -> None:
        candidates.note_activity(self._get(Candidacy, thing), at=at)

    def complete(self, *, thing: str, at: datetime) -> None:
        row = self._get(Candidacy, thing)
        for code in SIX:
            make_candidates.achieve(row, code, at=at, on=at.date())
        assert self._get(Candidacy, thing).state == "completed"

    def extend(self, *, thing: str, at: datetime) -> None:
        candidates.extend(self._get(Candidacy, thing), reason="A hard year.", actor=self.staff, at=at)

    def notice(self, *, thing: str, person: User, by: date, on: date, at: datetime) -> None:
        days = {"decided_on": on, "received_on": on, "notice_by": on, "noticed_on": on, "noticed_at": at, "grounds_by": by}
        self.things[thing] = clone(self.appeal, person=person, reference=uuid4(), **days).id

    def give_grounds(self, *, thing: str, at: datetime) -> None:
        row = self._get(type(self.appeal), thing)
        appeals.give_grounds(row, grounds="The hours.", actor=row.person, at=at)

    def withdraw_appeal(self, *, thing: str, at: datetime) -> None:
        row = self._get(type(self.appeal), thing)
        appeals.withdraw(row, actor=row.person, at=at)

    def swear(self, *, thing: str, person: User, on: date, until: date, at: datetime) -> None:
        person.groups.add(Group.objects.get_or_create(name=Role.COMMITTEE)[0])
        self.things[thing] = Statement.objects.create(person=person, signed_at=at, signed_on=on, holds_until=until).id

    def sign_up(self, *, thing: str, person: User, on: date, since: date, at: datetime) -> None:
        webinar = clone(self.webinar, title=thing, begins_on=on, begins_at=instant(on, 400))
        told = {"name": person.name, "email": person.email, "signed_up_at": at, "since": since}
        self.things[thing] = Guest.objects.create(webinar=webinar, **told).id

    def stay_away(self, *, thing: str, at: datetime) -> None:
        self._set(Guest, thing, state="left")

    def send_invoice(self, *, thing: str, person: User, dated_on: date, number: int, at: datetime) -> None:
        order = clone(self.invoice.order, contact=person, number=f"PO-{number}")
        due = dated_on + timedelta(days=30)
        self.things[thing] = clone(self.invoice, order=order, serial=1000 + number, dated_on=dated_on, due_on=due).id

    def pay_invoice(self, *, thing: str, at: datetime) -> None:
        self._set(type(self.invoice), thing, state=InvoiceState.PAID, balance_cents=0)

    def approve(self, *, thing: str, approved_on: date, ends_on: date, at: datetime) -> None:
        provider = Provider.objects.create(name=f"Provider of {thing}", kind="state_library", state="IL")
        days = {"approved_on": approved_on, "approved_until": ends_on, "promised_on": approved_on}
        self.things[thing] = clone(self.offering, provider=provider, title=thing, **days).id

    def speak_for(self, *, thing: str, person: User, at: datetime) -> None:
        clone(self.contact, person=person, provider=self._get(Offering, thing).provider)

    def speak_no_more(self, *, thing: str, person: User, at: datetime) -> None:
        provider = self._get(Offering, thing).provider
        assert ProviderContact.objects.filter(provider=provider, person=person).update(state=ContactState.ENDED) == 1

    def send_course_renewal(self, *, thing: str, at: datetime) -> None:
        offering = self._get(Offering, thing)
        clone(self.course, kind=ApplicationKind.RENEWAL, offering=offering, provider=offering.provider)

    def decide_course_renewal(self, *, thing: str, until: date | None, on: date, at: datetime) -> None:
        state = CourseState.APPROVED if until else CourseState.REFUSED
        sent = CourseApplication.objects.filter(offering=self.things[thing], kind=ApplicationKind.RENEWAL)
        assert sent.update(state=state, decided_at=at, decided_by=self.staff) == 1
        if until:
            self._set(Offering, thing, approved_until=until, promised_on=on)

    def invite_reviewer(self, *, thing: str, person: User, by: date, on: date, at: datetime) -> None:
        evaluator = courses.evaluator(person, at=at) if not hasattr(person, "course_evaluator") else person.course_evaluator
        application = clone(self.course, title=thing)
        values = {"application": application, "evaluator": evaluator, "state": ReviewState.INVITED}
        self.things[thing] = clone(self.review, **values, invited_on=on, review_by=by).id

    def recommend(self, *, thing: str, at: datetime) -> None:
        self._set(CourseReview, thing, state=ReviewState.DONE, advice="approve", finished_at=at)

    def ask_provider(self, *, thing: str, person: User, by: date, on: date, at: datetime) -> None:
        provider = Provider.objects.create(name=f"Provider of {thing}", kind="state_library", state="IL")
        contact = clone(self.contact, person=person, provider=provider)
        candidacy = self._past_candidacy(self.somebody)
        completion = clone(self.completion, candidacy=candidacy, person=self.somebody)
        first = self.completion.confirmations.get()
        self.things[thing] = clone(first, completion=completion, contact=contact, asked_on=on, expires_on=by).id

    def confirm(self, *, thing: str, at: datetime) -> None:
        self._set(Confirmation, thing, answered_at=at, is_confirmed=True)

    def withdraw_claim(self, *, thing: str, at: datetime) -> None:
        Completion.objects.filter(confirmations=self.things[thing]).update(state=CompletionState.WITHDRAWN)

    def sign(self, *, thing: str, people: list[int], on: date, ends_on: date, at: datetime) -> None:
        college = College.objects.create(name=f"College of {thing}", state="NC")
        CollegeContact.objects.bulk_create([CollegeContact(college=college, person=self.people[person], since=at) for person in people])
        made = clone(self.agreement, college=college, agreement_on=on, retroactive_to=None, signed_on=on, ends_on=ends_on)
        self.things[thing] = made.id

    def hand_in(self, *, thing: str, at: datetime) -> None:
        row = self._get(Agreement, thing)
        clone(row, renews=row, state=AgreementState.SUBMITTED, submitted_at=at, signed_on=None, decided_by=None, decided_at=None)

    def decide_agreement(self, *, thing: str, well: bool, at: datetime) -> None:
        row = self._get(Agreement, thing)
        if well:
            self._set(Agreement, thing, state=AgreementState.RENEWED)
        new = {"state": AgreementState.SIGNED, "decided_by": self.staff, "signed_on": at.date()} if well else {"state": "withdrawn"}
        Agreement.objects.filter(renews=row).update(**new, ends_on=row.ends_on + timedelta(days=1461))

    def invite(self, *, thing: str, person: User, on: date, at: datetime) -> None:
        if not hasattr(person, "evaluator"):
            make_portfolios.evaluator(person, at=at, capacity=40)
            person.refresh_from_db()
        portfolio = clone(self.assignment.portfolio, candidacy=self._past_candidacy(self.somebody))
        values = {"state": AssignmentState.INVITED, "invited_on": on, "accept_by": on + timedelta(days=9), "accepted_on": None}
        made = clone(self.assignment, portfolio=portfolio, evaluator=person.evaluator, rate_by=None, **values)
        self.things[thing] = made.id

    def accept(self, *, thing: str, at: datetime) -> None:
        row = self._get(Assignment, thing)
        portfolios.accept(row, actor=row.evaluator.person, at=at)

    def decline(self, *, thing: str, at: datetime) -> None:
        row = self._get(Assignment, thing)
        portfolios.decline(row, reason="A full desk.", actor=row.evaluator.person, at=at)

    def rate(self, *, thing: str, at: datetime) -> None:
        self._set(Assignment, thing, state=AssignmentState.DONE, finished_at=at)

    def ask_for_more(self, *, thing: str, person: User, by: date, at: datetime) -> None:
        self.things[thing] = clone(self.asked, candidacy=self._past_candidacy(person), supplement_by=by).id

    def send_more(self, *, thing: str, at: datetime) -> None:
        self._set(Portfolio, thing, state=State.ROUND_TWO, supplemented_at=at)

    def issue(self, *, thing: str, person: User, first_day: date, expires_on: date, grace_ends_on: date, number: int, at: datetime) -> None:
        candidacy = self._past_candidacy(person)
        term = {"valid_from": first_day, "expires_on": expires_on}
        values = {"number": str(numbers.make_number(7_000_003 * (number + 1) % numbers.NUMBERS)), "completed_on": first_day, **term}
        certificate = clone(self.renewal.certificate, person=person, candidacy=candidacy, rendering=None, **values)
        self._renewal(thing, certificate, first_day=first_day, opened_on=first_day, expires_on=expires_on, grace_ends_on=grace_ends_on)

    def _renewal(self, thing: str, certificate: Certificate, **days: Any) -> None:
        opens = days["expires_on"] - timedelta(days=365)
        self.things[thing] = clone(self.renewal, person=certificate.person, certificate=certificate, opens_on=opens, **days).id

    def suspend(self, *, thing: str, at: datetime) -> None:
        self._stand(thing, CertificateState.SUSPENDED, at=at)

    def reinstate(self, *, thing: str, at: datetime) -> None:
        self._stand(thing, CertificateState.ISSUED, at=at)

    def _stand(self, thing: str, state: str, *, at: datetime) -> None:
        row = self._get(Renewal, thing)
        Certificate.objects.filter(pk=row.certificate_id).update(state=state, decided_on=at.date(), decision_reason="A complaint.")

    def send_renewal(self, *, thing: str, at: datetime) -> None:
        row = self._get(Renewal, thing)
        renewals.enough(row, at=at)
        renewing.send(row, late_reason="A hard year.", member_number="", actor=row.person, at=at)

    def pay_renewal(self, *, thing: str, at: datetime) -> None:
        id = self.things[thing]
        charge = charges.get_charge(purpose=PURPOSE, reference=id)
        assert charge is not None
        billing.settle(charge, at=at)
        renewing.pay(id, settled_at=at, at=at)

    def ask_holder(self, *, thing: str, by: date, on: date, at: datetime) -> None:
        row = self._get(Renewal, thing)
        renewing.ask(row, marks=renewals.marks(row, Device_help_day=("asked", "Who led it?")), actor=self.staff, at=at)
        assert (renewals.loaded(row).asked_on, renewals.loaded(row).answer_by) == (on, by)

    def answer(self, *, thing: str, at: datetime) -> None:
        row = self._get(Renewal, thing)
        renewing.answer(row, actor=row.person, at=at)

    def refuse_renewal(self, *, thing: str, at: datetime) -> None:
        renewing.refuse(self._get(Renewal, thing), marks={}, reason="Too few hours.", actor=self.staff, at=at)

    def approve_renewal(self, *, thing: str, new: str, expires_on: date, grace_ends_on: date, on: date, at: datetime) -> None:
        old = renewals.approved(self._get(Renewal, thing), staff=self.staff, at=at, reason="The year was hard.")
        following = Renewal.objects.get(certificate=old.certificate, first_day=old.expires_on + timedelta(days=1))
        assert (following.expires_on, following.grace_ends_on, following.opened_on) == (expires_on, grace_ends_on, on)
        self.things[new] = following.id
        # The certificate is drawn elsewhere.
        Delivery.objects.filter(topic="certificates.certificate.renewed", done_at=None).update(done_at=at)
