"""Fills the project with so many rows of everything that any page lists."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.contrib.auth.models import Group
from django.db.models import Max, Model

from agreements.models import Agreement, CollegeContact, GraduateClaim, PostedGraduate
from appeals.models import Appeal
from billing.models import Charge, Credit, CreditNote, FeeAmount, Invoice, InvoicePayment, OrderLine, Outage, Payment, PurchaseOrder, Refund
from candidates.models import Application, Candidacy, Employment, ExtensionRequest, HoursClaim
from certificates import policy as numbers
from certificates.models import Certificate, EmployerLetter, Listing, PastTerm, Revocation
from courses.models import (
    Completion,
    Confirmation,
    CourseApplication,
    CourseRequest,
    CourseReview,
    Instructor,
    Offering,
    ProviderContact,
)
from ledger.models import BadAddress, Email, Entry, Press, Reminder
from people.models import AccountChange, Document, Inquiry, SecurityEvent, User
from people.states import Role
from portfolios.models import (
    Assignment,
    DeclaredConflict,
    EvaluatorApplication,
    Evidence,
    Portfolio,
    PreReview,
    Suggestion,
)
from programs.models import Terms
from renewals.models import Activity, Proof, Renewal
from tests.factories.copies import copies, put
from tests.project.everybody import NOW, Project
from webinars.models import Webinar

# Of these no page has a list that grows: what is built in, what belongs to one thing that is shown whole, what nobody sees.
FEW = {
    "account.EmailAddress",
    "account.EmailConfirmation",
    "appeals.Attachment",
    "appeals.Receipt",
    "appeals.Statement",
    "auth.Group",
    "billing.Counter",
    "billing.Enrollment",
    "billing.InvoiceTerms",
    "billing.Payer",
    "billing.PayerContact",
    "billing.Discrepancy",
    "billing.Dispute",
    "billing.FraudWarning",
    "billing.StripeEvent",
    "candidates.Achievement",
    "candidates.ApplicantAnswers",
    "candidates.ChosenSet",
    "candidates.DraftPage",
    "candidates.Reuse",
    "certificates.PastSuspension",
    "certificates.Rendering",
    "contenttypes.ContentType",
    "courses.CoursePage",
    "courses.CourseSeal",
    "courses.MapRow",
    "ledger.ChainHead",
    "ledger.Delivery",
    "ledger.Heartbeat",
    "ledger.BulkRun",
    "ledger.Claim",
    "ledger.InboxCount",
    "ledger.InboxDoubt",
    "ledger.ReminderSetting",
    "ledger.PublicChange",
    "ledger.SweepRun",
    "ledger.ReminderOptOut",
    "mfa.Authenticator",
    "people.Download",
    "people.Picture",
    "portfolios.PlannerMark",
    "portfolios.Rating",
    "portfolios.Remark",
    "portfolios.Response",
    "portfolios.Ruling",
    "portfolios.Snapshot",
    "programs.Competency",
    "programs.CompetencySet",
    "programs.Framework",
    "renewals.Sealed",
    "renewals.Seed",
    "sessions.Session",
    "usersessions.UserSession",
}


class LargeFixture:
    """Copies of the rows that the project has, in the same lists."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.size = 0

    def one(self, model: type[Model], name: str, place: int = 0) -> Any:
        return model._default_manager.get(pk=self.project.args[name][place])

    def grow(self, size: int) -> None:
        """Add to everything until there are so many more than in the beginning."""
        first, count = self.size, size - self.size
        self.size = size
        somebody = User.objects.get(email="charlie@elsewhere.example")
        self.people, self.others = (
            copies(somebody, count, lambda n, one, who=who: put(one, public_id=uuid4(), email=f"{who}@crowd{first + n}.example"))
            for who in ("ann", "ben")
        )
        for fill in (self.ledger, self.money, self.orders, self.candidates, self.certificates, self.renewals):
            fill(first, count)
        for fill in (self.portfolios, self.evaluators, self.courses, self.providers, self.colleges, self.rest):
            fill(first, count)

    def of(self, **fields: Any) -> Any:
        """A change that gives the nth copy to the nth of the people, with the nth of each list, and with other fields as they are."""

        def change(number: int, one: Any) -> None:
            put(one, **{name: value[number] if isinstance(value, list) else value for name, value in fields.items()})

        return change

    def ledger(self, first: int, count: int) -> None:
        alice = User.objects.get(email="alice@marlow.example")
        letter = Email.objects.filter(person=alice)[0]
        copies(letter, count, lambda n, one: put(one, dedupe_key=f"crowd {first + n}"))
        copies(Entry.objects.filter(person=alice)[0], count)
        copies(BadAddress(since=NOW, reason="It is unknown."), count, lambda n, one: put(one, email=f"bad{first + n}@crowd.example"))
        copies(Press(at=NOW), count, lambda n, one: put(one, key=f"crowd {first + n}"))
        copies(SecurityEvent(person=alice, kind="sign_in", at=NOW), count)
        copies(AccountChange(person=alice, made_at=NOW, ends_at=NOW, primary=alice.email), count)
        today = NOW.date()
        reminder = Reminder(schedule="candidates.end", person=alice, due_date=today, offset="0 days", falls_on=today, found_at=NOW)
        copies(reminder, count, lambda n, one: put(one, thing=uuid4(), said_at=NOW))

    def money(self, first: int, count: int) -> None:
        settled = self.one(Charge, "billing:receipt")
        charges = copies(settled, count, lambda n, one: put(one, reference=uuid4()))
        payment = self.one(Payment, "billing:return_payment")
        keys = [uuid4().hex for _ in charges]
        payments = copies(payment, count, lambda n, one: put(one, charge=charges[n], session=keys[n], stripe_charge=f"ch_{keys[n]}"))
        copies(Refund.objects.filter(payment=payment)[0], count, self.of(payment=payments))
        copies(self.one(Charge, "billing:charge"), count, lambda n, one: put(one, reference=uuid4()))
        copies(Outage(kind="silent", began_at=NOW, ended_at=NOW), count)
        latest = FeeAmount.objects.latest("effective_on")
        copies(latest, count, lambda n, one: put(one, effective_on=latest.effective_on + timedelta(days=1 + n)))

    def orders(self, first: int, count: int) -> None:
        sent, draft = self.one(PurchaseOrder, "billing:send_back"), self.one(PurchaseOrder, "billing:order")
        invoice = self.one(Invoice, "billing:invoice")
        copies(sent, count)
        places = draft.order_lines.aggregate(most=Max("position"))["most"]
        copies(draft.order_lines.all()[0], count, lambda n, one: put(one, position=places + 1 + n, email=f"s{n}@crowd.example"))
        orders = copies(invoice.order, count)
        last = Invoice.objects.aggregate(most=Max("serial"))["most"]
        copies(invoice, count, lambda n, one: put(one, order=orders[n], serial=last + 1 + n))
        places = invoice.order.order_lines.aggregate(most=Max("position"))["most"]
        order_line = OrderLine.objects.filter(order=invoice.order, state="due")[0]
        copies(order_line, count, lambda n, one: put(one, position=places + 1 + n, email=f"t{n}@crowd.example", charge=None))
        paid = InvoicePayment.objects.all()[0]
        copies(paid, count, lambda n, one: put(one, invoice=invoice, number=f"crowd {first + n}"))
        note = self.one(CreditNote, "billing:credit_note_pdf")
        last = CreditNote.objects.aggregate(most=Max("serial"))["most"]
        copies(note, count, lambda n, one: put(one, serial=last + 1 + n))
        credit = Credit(payer=sent.payer, source="over", cents=100, on=NOW.date(), at=NOW)
        copies(credit, count)

    def candidates(self, first: int, count: int) -> None:
        copies(self.one(Application, "candidates:review"), count, self.of(person=self.people))
        asked = self.one(Application, "candidates:close_question")
        theirs = copies(asked, count, self.of(person=self.others))
        request = asked.requests.get()
        copies(request.items.order_by("id")[0], count, self.of(request=copies(request, count, self.of(application=theirs))))
        copies(self.one(Employment, "candidates:change_employment"), count)
        self.candidacies = self._candidacies(self.people)
        hours = HoursClaim.objects.all()[0]
        copies(hours, count, self.of(candidacy=self.candidacies, state="sent", sent_on=NOW.date(), decide_by=NOW.date()))
        copies(self.one(Employment, "candidates:change_hours"), count)
        asked = ExtensionRequest(why="A hard year.", asked_at=NOW, asked_on=NOW.date(), decide_by=NOW.date())
        copies(asked, count, self.of(candidacy=self.candidacies))

    def _candidacies(self, people: list[User], **fields: Any) -> list[Candidacy]:
        alice = self.one(Candidacy, "candidates:candidacy")
        applications = copies(alice.application, len(people), self.of(person=people))
        return copies(alice, len(people), self.of(person=people, application=applications, **fields))

    def certificates(self, first: int, count: int) -> None:
        held = self.one(Certificate, "certificates:certificate")
        past = {"state": "expired"}
        row = range(first * 7 + 1_000, first * 7 + 1_000 + count)
        named = [str(numbers.make_number(number * 1_000_003 % numbers.NUMBERS)) for number in row]
        issued = self.of(person=self.people, candidacy=self._candidacies(self.people, **past), number=named, rendering=None)
        self.issued = copies(held, count, issued)
        asked = Certificate(terms=held.terms, completed_on=held.completed_on, valid_from=held.valid_from, expires_on=held.expires_on)
        asked.asked_at = NOW
        copies(asked, count, self.of(person=self.people, candidacy=self._candidacies(self.people, **past)))
        long_ago = {"admitted_on": NOW.date() - timedelta(days=2000), "ends_on": NOW.date() - timedelta(days=539)}
        mine = self._candidacies([held.person] * count, **past, **long_ago)
        row = range(first * 7 + 5_000_000, first * 7 + 5_000_000 + count)
        named = [str(numbers.make_number(number * 1_000_003 % numbers.NUMBERS)) for number in row]
        copies(held, count, self.of(candidacy=mine, number=named, rendering=None))
        copies(Listing(listed_at=NOW), count, self.of(person=self.people))
        copies(EmployerLetter.objects.filter(certificate=held)[0], count)
        days = [held.valid_from - timedelta(days=1 + first + number) for number in range(count)]
        term = PastTerm(certificate=held, expires_on=held.valid_from, terms=held.terms, renewed_at=NOW)
        copies(term, count, self.of(valid_from=days))
        copies(self.one(Revocation, "certificates:confirm_revocation"), count, self.of(certificate=self.issued))

    def renewals(self, first: int, count: int) -> None:
        sent = self.one(Renewal, "renewals:review")
        last = Renewal.objects.aggregate(most=Max("number"))["most"] or 0
        taken = [last + 1 + number for number in range(count)]
        asked = [bool(number % 2) for number in range(count)]
        answers = [NOW.date() if one else None for one in asked]
        states = ["asked" if one else "in_review" for one in asked]
        known = self.of(person=self.people, certificate=self.issued, number=taken, state=states, asked_on=answers, answer_by=answers)
        copies(sent, count, known)
        activity = self.one(Activity, "renewals:activity")
        made = copies(activity, count, lambda n, one: put(one, title=f"Webinar {first + n}"))
        proof = self.one(Proof, "renewals:open_proof")
        copies(proof, count, self.of(activity=made))
        copies(proof, count)
        seen = sent.activities.order_by("added_at")[0]
        copies(seen, count, lambda n, one: put(one, title=f"Webinar {first + n}"))

    def portfolios(self, first: int, count: int) -> None:
        waiting, order_line = self.one(Portfolio, "portfolios:assign"), self.one(Assignment, "portfolios:rate")
        candidacies = self.candidacies
        copies(waiting, count, self.of(candidacy=candidacies))
        row = order_line.portfolio
        invited, accepted, done = (copies(row, count, self.of(candidacy=self._candidacies(self.people, state="expired"))) for _ in range(3))
        copies(order_line, count, self.of(portfolio=accepted))
        copies(order_line, count, self.of(portfolio=invited, state="invited"))
        copies(order_line, count, self.of(portfolio=done, state="done", finished_at=NOW))
        draft = self.one(Portfolio, "portfolios:portfolio")
        copies(draft, count, self.of(state="withdrawn", sent_at=NOW, terms=row.terms))
        evidence = self.one(Evidence, "portfolios:change_evidence", 1)
        made = copies(evidence, count)
        responses = list(draft.responses.all())
        for one in made:
            one.responses.add(responses[0])
        shared = self.one(PreReview, "portfolios:pre_review")
        drafts = copies(shared.portfolio, count, self.of(candidacy=self._candidacies(self.people, state="expired")))
        copies(shared, count, self.of(portfolio=drafts))
        copies(shared, count, self.of(portfolio=draft, state="ended", ended_at=NOW))
        copies(self.one(Suggestion, "portfolios:end_suggestion"), count, lambda n, one: put(one, text=f"Idea {first + n}"))

    def evaluators(self, first: int, count: int) -> None:
        application = self.one(EvaluatorApplication, "portfolios:application")
        made = copies(application, count, self.of(person=self.people))
        for request in application.requests.all():
            copies(request, count, self.of(application=made, person=self.people))
        copies(self.one(DeclaredConflict, "portfolios:withdraw_conflict"), count)
        evaluator = self.one(Assignment, "portfolios:rate").evaluator
        others = copies(evaluator, count, self.of(person=self.people))
        membership, role = User.groups.through, Group.objects.get(name=Role.EVALUATOR)
        membership.objects.bulk_create(membership(user=person, group=role) for person in self.people)
        for one in evaluator.sets.all():
            copies(one, count, self.of(evaluator=others))

    def courses(self, first: int, count: int) -> None:
        course = self.one(Offering, "courses:offering")
        made = copies(course, count, lambda n, one: put(one, title=f"Course {first + n:04}"))
        copies(course.approvals.all()[0], count, self.of(offering=made))
        days = [course.approved_on - timedelta(days=1 + first + number) for number in range(count)]
        copies(course.approvals.all()[0], count, self.of(first_on=days))
        claim = self.one(Completion, "courses:completion")
        copies(claim, count, self.of(candidacy=self.candidacies, person=self.people))
        copies(claim, count, self.of(state="withdrawn"))
        copies(self.one(CourseRequest, "courses:answer_course_request"), count)

    def providers(self, first: int, count: int) -> None:
        draft = self.one(CourseApplication, "courses:application")
        copies(draft, count, lambda n, one: put(one, title=f"Course {first + n:04}"))
        copies(self.one(Instructor, "courses:remove_instructor", 1), count)
        reviewed = self.one(CourseApplication, "courses:review_course")
        others = copies(reviewed, count, lambda n, one: put(one, title=f"Course {first + n:04}"))
        copies(self.one(Instructor, "courses:course_resume", 1), count)
        review = self.one(CourseReview, "courses:review")
        copies(review, count, self.of(application=others))
        copies(review.evaluator, count, self.of(person=self.people))
        request = self.one(ProviderContact, "courses:contact")
        copies(request, count, self.of(person=self.people))
        mine = ProviderContact.objects.filter(person__email="pat@prairie-courses.example")
        speaks = mine.order_by("asked_at", "id")[0]
        providers = copies(speaks.provider, count, lambda n, one: put(one, name=f"Provider {first + n}"))
        contacts = copies(speaks, count, self.of(person=self.people))
        copies(speaks, count, self.of(provider=providers))
        confirmation = Confirmation.objects.all()[0]
        copies(confirmation, count, self.of(contact=contacts))

    def colleges(self, first: int, count: int) -> None:
        signed = self.one(Agreement, "agreements:agreement")
        colleges = copies(signed.college, count, lambda n, one: put(one, name=f"College {first + n}"))
        speaks = CollegeContact.objects.filter(college=signed.college)[0]
        copies(speaks, count, self.of(college=colleges))
        copies(speaks, count, self.of(person=self.people))
        made = copies(signed, count, self.of(college=colleges))
        sent = {"state": "submitted", "submitted_at": NOW, "submitted_by": speaks.person, "signed_on": None, "decided_by": None}
        copies(signed, count, self.of(college=colleges, program="Other", **sent))
        names = [f"Program {first + number}" for number in range(count)]
        copies(signed, count, self.of(program=names))
        for one in signed.sets.all():
            copies(one, count, self.of(agreement=made))
        posted = self.one(PostedGraduate, "agreements:unpost_graduate")
        copies(posted, count, lambda n, one: put(one, email=f"g{first + n}@crowd.example"))
        copies(self.one(GraduateClaim, "agreements:graduate"), count, self.of(person=self.people))

    def rest(self, first: int, count: int) -> None:
        copies(self.one(Inquiry, "people:inquiry"), count)
        meeting = self.one(Webinar, "webinars:webinar")
        copies(meeting, count, lambda n, one: put(one, title=f"Webinar {first + n}"))
        copies(meeting.guests.all()[0], count, lambda n, one: put(one, email=f"w{first + n}@crowd.example", person=None))
        document = Document.objects.all()[0]
        copies(document, count, lambda n, one: put(one, stored=uuid4().hex))
        appeal = self.one(Appeal, "appeals:appeal")
        given = {"state": "grounds_given", "grounds": "The hours.", "grounds_on": NOW.date(), "respond_by": NOW.date()}
        copies(appeal, count, lambda n, one: put(one, person=self.people[n], reference=uuid4(), **given))
        copies(appeal, count, lambda n, one: put(one, reference=uuid4()))
        copies(self.one(Appeal, "appeals:decision"), count, lambda n, one: put(one, reference=uuid4()))
        responded = self.one(Appeal, "appeals:decide")
        heard = {
            "heard_at": NOW,
            "heard_by": User.objects.get(email="mara@council.example"),
            "verdict_text": "Heard.",
            "ended_on": NOW.date(),
        }
        for known in ({}, {"state": "remanded", **heard}, {"state": "upheld", **heard}):
            copies(responded, count, lambda n, one, known=known: put(one, reference=uuid4(), **known))
        terms = Terms.objects.latest("effective_on")
        copies(terms, count, lambda n, one: put(one, effective_on=terms.effective_on + timedelta(days=1 + n), frozen_at=None))


def list_unfilled() -> Iterator[str]:
    """Which kinds of rows there are fewer than three hundred of."""
    for model in apps.get_models():
        if model._default_manager.count() < 300 and model._meta.app_label not in ("django_celery_beat",):
            yield model._meta.label
