"""Everybody who may come to the project, and something in every app, for tests that walk through all of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import reverse

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Project:
    """Who there is, signed in, and what the addresses are about."""

    clients: dict[str, Client]
    args: dict[str, list[Any]]
    more: list[tuple[str, str]]  # who opens the page of a thing in another state, which has another form, or their own list
    forms: list[tuple[str, Any]] = field(default_factory=list)  # who is shown which form, once somebody has walked all pages

    def browser(self, who: str, **options: Any) -> Client:
        """A browser of their own, signed in: what becomes of its cookies is nobody else's business. It needs no middleware of its own."""
        client = Client(**options)
        client.cookies = copy(self.clients[who].cookies)
        if not options:
            client.handler = self.clients[who].handler
        return client

    def address(self, name: str) -> str:
        """The address of this name, about something that is there."""
        return reverse(name, args=self.args.get(name))


def _undo(person: Any) -> str:
    """The key of a link that undoes a change and does not end while tests run."""
    from people import security
    from people.models import AccountChange

    security.record_change(person, "people.password.change", "people/password_changed", at=NOW, actor=person)
    change = AccountChange.objects.get(person=person)
    AccountChange.objects.update(ends_at=NOW + timedelta(days=3650))
    return security.UNDO.sign(f"{change.id.hex}0")


@contextmanager
def rolled_back() -> Iterator[None]:
    """Whatever is changed in here is taken back."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]  # as in Django's own tests: what must be outermost may be inside this
    with block:
        yield
        transaction.set_rollback(True)


def build() -> Project:
    """Make them through the apps' own actions."""
    from courses import actions as course_actions
    from courses.notices import CONFIRMATION
    from ledger import email_failures
    from ledger.models import BadAddress, BulkRun, Delivery, Email
    from people.states import Role
    from portfolios.notices import INVITATION
    from programs.models import Terms
    from tests.factories import agreements, appeals, billing, candidates, certificates, courses, people, portfolios, renewals, webinars
    from webinars.queries import LEAVE

    staff = people.person("rita@lssc.example", roles=(Role.STAFF,))
    cast = {
        "newcomer": people.person("charlie@elsewhere.example"),
        "owner": people.person("alice@marlow.example"),
        "stranger": people.person("carl@ridge.example"),
        "rates": people.person("bob@prairie.example"),
        "evaluator": people.person("eve@mesa.example"),
        "staff": staff,
        "auditor": people.person("otto@lssc.example", roles=(Role.AUDITOR,)),
        "applicant": people.person("ivy@harbor.example"),
        "holder": people.person("hoa@cedar.example"),
        "lapsing": people.person("lena@mesa.example"),
        "payer": people.person("priya@prairie.example"),
        "provider": people.person("pat@prairie-courses.example"),
        "reviewer": people.person("vera@canyon.example"),
        "asked": people.person("ida@marlow.example"),
        "graduate": people.person("gus@marlow.example"),
        "refused": people.person("rex@harbor.example"),
        "appellant": people.person("ada@harbor.example"),
        "committee": people.person("mara@council.example", roles=(Role.COMMITTEE,)),
        "college": people.person("cora@cedarvalley.example", name="Cora Winters", called="Cora"),
        "other_college": people.person("otis@lakeshore.example"),
        "other_provider": people.person("penny@mesa-courses.example"),
    }
    appeals.sworn(cast["committee"], at=NOW)
    sets = ("technology", "communication", "foundations", "youth")
    bob, beth = (portfolios.evaluator(who, at=NOW, sets=sets) for who in (cast["rates"], people.person("beth@lakeside.example")))
    portfolios.evaluator(cast["evaluator"], at=NOW, sets=sets)

    alice = candidates.candidacy(cast["owner"], at=NOW, staff=staff)
    candidates.candidacy(cast["stranger"], at=NOW, staff=staff)
    application = candidates.ready(cast["applicant"], at=NOW)
    in_review = candidates.in_review(people.person("dana@ridge.example"), at=NOW)
    notes = {"letter": "Of your library", "diploma": "Which school?", "transcript": "The final one"}
    asked_for_more = candidates.asked(cast["asked"], at=NOW, staff=staff, notes=notes, draft=candidates.graduate(cast["asked"], at=NOW))
    graduate = candidates.provisional(cast["graduate"], at=NOW, staff=staff)
    own_hours = _hours(graduate).employments.get()
    letter_sent = _letter(asked_for_more)
    draft = portfolios.draft(alice, at=NOW, set_code="reference")
    evidence = portfolios.evidence(draft, 1, at=NOW)
    shared = portfolios.shared(candidates.candidacy(people.person("sam@lincoln.example"), at=NOW, staff=staff), at=NOW)
    rating = portfolios.in_rating(alice, bob, beth, staff=staff, at=NOW)
    waiting = portfolios.submitted(alice, at=NOW, set_code="youth")
    asked = portfolios.asked(alice, bob, beth, staff=staff, at=NOW, first={1: "not_met"}, second={1: "partial"}, set_code="foundations")
    invited = portfolios.assigned(alice, bob, beth, staff=staff, at=NOW, set_code="communication")
    applied = portfolios.applied(cast["owner"], at=NOW)
    course = courses.offering()
    claim = courses.claimed(alice, at=NOW, course=course)
    speaks = courses.contact(cast["provider"], staff=staff, at=NOW)
    courses.contact(cast["other_provider"], staff=staff, at=NOW, provider="Mesa Library Council")
    course_draft = courses.complete(courses.draft(speaks, at=NOW), at=NOW)
    course_in_review = courses.in_review(speaks, at=NOW, title="More Words")
    readers = [courses.evaluator(who, at=NOW) for who in (cast["reviewer"], people.person("sam@canyon-two.example"))]
    course_review = course_actions.invite_reviewers(course_in_review, evaluators=readers, actor=staff, at=NOW)[0]
    teacher, other_teacher = course_draft.instructors.get(), course_in_review.instructors.get()
    alice_confirmation = courses.asked(alice, at=NOW, course=courses.offering("Old Books", set_code="access")).confirmations.get()
    request = course_actions.ask_contact(
        people.person("new@canyon.example"), provider=None, new_name="Canyon", new_kind="college", post="Dean", actor=staff, at=NOW
    )
    course_request = course_actions.course_request(person=None, email="who@ridge.example", set=None, place="Bangor", words="", at=NOW)
    agreement = agreements.signed(at=NOW, staff=staff)
    program = agreements.draft(at=NOW, program="Library Technology", where=agreement.college)
    agreements.contact(agreements.college("Lakeshore College", at=NOW), at=NOW, email=cast["other_college"].email)
    graduate = agreements.claimed(cast["owner"], agreement, at=NOW)
    to_revoke = certificates.proposed(certificates.issued(people.person("rue@cedar.example"), at=NOW, staff=staff), at=NOW)
    certificate = certificates.drawn(cast["holder"], at=NOW, staff=staff)
    learned = renewals.activity(renewals.opened_for(certificate, at=NOW), at=NOW, proof=True)
    in_grace = renewals.sent(renewals.opened(cast["lapsing"], at=NOW - timedelta(days=1465), staff=staff), at=NOW)
    held = billing.paid(cast["owner"], at=NOW)
    payment = held.payments.get()
    refund = _refund(payment)
    dispute, warning, difference = _from_stripe(payment)
    assignment = portfolios.slot(rating, 1)
    order = billing.order(cast["payer"], at=NOW)
    sent = billing.sent_order(cast["payer"], at=NOW)
    invoice = billing.invoiced(cast["payer"], at=NOW, staff=staff)
    note = billing.credit_note(invoice, at=NOW, staff=staff)
    partly = billing.received(invoice, 1000, at=NOW, staff=staff)
    puzzle = billing.puzzle(cast["payer"], people.person("paula@prairie.example"), at=NOW, staff=staff)
    inquiry = people.inquiry(at=NOW)
    refused = appeals.refused(cast["refused"], at=NOW, staff=staff)
    appeal = appeals.noticed(cast["appellant"], at=NOW, staff=staff)
    to_answer = appeals.grounded(people.person("abe@harbor.example"), at=NOW, staff=staff)
    answering = people.person("moe@council.example", roles=(Role.COMMITTEE,))
    appeals.sworn(answering, at=NOW)
    to_decide = appeals.responded(people.person("avi@harbor.example"), at=NOW, staff=staff, by=answering)
    meeting = webinars.webinar(at=NOW, staff=staff)
    failed = Email.objects.create(
        to="gone@harbor.example", notice="webinars/signed_up", dedupe_key="failed", subject="You are signed up", text="Come.", html="",
        state="failed", created_at=NOW, due_at=NOW, last_error="550 No such user",
    )  # fmt: skip
    refused_address = BadAddress.objects.create(email="full@harbor.example", since=NOW, reason="bounced: mailbox full")
    Delivery.objects.create(
        topic="people.document.kept", subscriber="test.nobody", dedupe_key="stuck", payload={}, created_at=NOW, due_at=NOW, attempts=9
    )
    letter = Email.objects.order_by("created_at")[0]
    dated = Email.objects.filter(person=cast["owner"]).exclude(calendar="")[0]

    employment = application.employments.get()
    args: dict[str, list[Any]] = {
        "set": ["technology"],
        "person": [cast["owner"].public_id],
        "person_emails": [cast["owner"].public_id],
        "person_email": [cast["owner"].public_id, Email.objects.filter(person=cast["owner"])[0].id],
        "people:undo": [_undo(cast["newcomer"])],
        **{name: [cast["owner"].public_id] for name in ("people:person_security", "people:lock", "people:reopen")},
        "people:give_role": [cast["owner"].public_id, "committee"],
        "people:take_role": [cast["auditor"].public_id, "auditors"],
        "demo:email": [letter.id],
        "demo:email_calendar": [dated.id],
        "my_email_calendar": [dated.id],
        **{name: [failed.id] for name in ("failed_email", "send_again", "give_up_email")},
        "bad_address": [refused_address.id],
        "stuck_event": [email_failures.find_stuck().get(subscriber="test.nobody").thing],  # type: ignore[attr-defined]
        "my_email": [Email.objects.filter(person=cast["owner"])[0].id],
        "reminder": ["billing.invoice"],
        "report": ["funnel"],
        "report_csv": ["decisions"],
        "list_csv": ["orders"],
        "webinars:leave": [LEAVE.sign(webinars.guest(meeting, at=NOW).id)],
        **{f"webinars:{name}": [meeting.id] for name in ("webinar", "guests", "guests_csv", "change", "cancel")},
        "people:download_file": [people.download(cast["owner"], at=NOW).id],
        "bulk_done": [BulkRun.objects.create(name="candidates.admit", actor=staff, at=NOW).id],
        "cancel_terms": [Terms.objects.latest("effective_on").id],
        "people:document": [evidence.document_id],
        "people:replace_document": [evidence.document_id],
        "people:picture": [evidence.document_id, 1],
        "candidates:change_employment": [employment.id],
        "candidates:remove_employment": [employment.id],
        **{f"candidates:{name}": [alice.id] for name in ("candidacy", "extend", "reuse", "decide_hours")},
        **{f"candidates:{name}": [own_hours.id] for name in ("change_hours", "remove_hours")},
        "candidates:open_letter": [letter_sent.id],
        "candidates:review_letter": [asked_for_more.id, letter_sent.id],
        **{f"candidates:{name}": [asked_for_more.id] for name in ("close_question", "review_transcript", "decide_fee")},
        "appeals:notice": ["application", refused.id],
        "appeals:receipt": [cast["refused"].public_id],
        **{f"appeals:{name}": [appeal.id] for name in ("appeal", "grounds", "withdraw", "done", "files")},
        **{f"appeals:{name}": [to_answer.id] for name in ("review", "decision", "answer")},
        "appeals:decide": [to_decide.id],
        "appeals:remove_file": [appeal.id, appeals.filed(appeal, at=NOW).id],
        "certificates:number": [certificate.number],
        "certificates:letter_pdf": [certificates.lettered(certificate, at=NOW).id],
        **{f"certificates:{name}": [to_revoke.id] for name in ("confirm_revocation", "drop_revocation")},
        **{f"renewals:{name}": [learned.id] for name in ("activity", "kind", "remove")},
        **{f"renewals:{name}": [learned.proofs.get().id] for name in ("open_proof", "remove_proof")},
        **{f"renewals:{name}": [in_grace.id] for name in ("review", "decide")},
        "renewals:copy": [in_grace.copies.get().id],
        "renewals:review_proof": [in_grace.activities.order_by("added_at")[0].proofs.get().id],
        "portfolios:start": ["supervision"],
        "portfolios:response": [draft.id, 1],
        "portfolios:change_evidence": [draft.id, evidence.id],
        "portfolios:remove_evidence": [draft.id, evidence.id],
        "portfolios:sealed": [rating.id],
        "portfolios:check_seal": [rating.id],
        "portfolios:pre_review": [shared.id],
        "portfolios:plan_set": ["technology"],
        "portfolios:set_suggestions": ["technology"],
        "portfolios:end_suggestion": [portfolios.suggestion(at=NOW, staff=staff).id],
        "portfolios:sealed_text": [rating.id, 1],
        "portfolios:addition": [asked.id, 1],
        "portfolios:send_supplement": [asked.id],
        "portfolios:assign": [waiting.id],
        "portfolios:answer": [INVITATION.sign(portfolios.slot(invited, 1).id)],
        "portfolios:withdraw_conflict": [portfolios.conflict(cast["owner"], at=NOW).id],
        "portfolios:step_back": ["technology"],
        "portfolios:training_page": ["portfolio"],
        **{f"portfolios:{name}": [applied.id] for name in ("application", "withdraw_application")},
        "portfolios:office": [rating.id],
        "portfolios:replace": [rating.id, assignment.id],
        "portfolios:reopen": [rating.id],
        "portfolios:end_evaluator": [assignment.evaluator.person.public_id],
        "portfolios:rate": [assignment.id, 1],
        "billing:charge": [billing.charge(cast["owner"], at=NOW).id],
        "billing:pay": [billing.charge(cast["owner"], at=NOW).id],
        **{f"billing:{name}": [held.id] for name in ("receipt", "receipt_pdf", "refund")},
        **{f"billing:{name}": [billing.charge(cast["owner"], at=NOW).id] for name in ("other_ways", "record_check")},
        "billing:send_check": [refund.id],
        **{f"billing:{name}": [order.id] for name in ("order", "change_order", "add_people", "send_order", "withdraw_order")},
        "billing:open_document": [order.id],
        "billing:remove_person": [order.id, order.order_lines.first().id],
        **{f"billing:{name}": [sent.id] for name in ("send_back", "invoice_order")},
        **{f"billing:{name}": [invoice.id] for name in ("invoice", "invoice_pdf", "record_payment", "use_credit", "credit_note")},
        "billing:credit_note_pdf": [note.id],
        "billing:accept_order_line": [puzzle.id],
        "billing:reverse_payment": [partly.id],
        **{f"billing:{name}": [sent.payer_id] for name in ("payer", "pay_out", "add_contact")},
        "billing:cancel_fee": [billing.coming_fee(at=NOW, staff=staff).id],
        **{f"billing:{name}": [payment.id] for name in ("return_payment", "close", "bounce")},
        "billing:dispute": [dispute.id],
        "billing:dismiss_warning": [warning.id],
        "billing:discrepancy": [difference.id],
        **{f"billing:{name}": [refund.id] for name in ("ask_again", "close_refund")},
        **{f"people:{name}": [inquiry.id] for name in ("inquiry", "answer", "close")},
        **{f"candidates:{name}": [in_review.id] for name in ("review", "review_resume", "ask", "admit", "withdraw_admission", "refuse")},
        **{
            f"portfolios:{name}": [draft.id]
            for name in ("portfolio", "statement", "add_evidence", "add_link", "send", "ask_to_look", "stop_sharing", "comments")
        },
        **{f"portfolios:{name}": [assignment.id] for name in ("invitation", "accept", "decline", "finish")},
        **{f"courses:{name}": [course.id] for name in ("offering", "claim", "approval", "entry")},
        **{f"courses:{name}": [claim.id] for name in ("claimed", "open_proof", "withdraw", "prove")},
        "courses:confirm": [CONFIRMATION.sign(alice_confirmation.id)],
        "courses:withdraw_request": [request.id],
        "courses:start": [speaks.provider_id],
        "courses:renew": [course.id],
        "courses:question": [course_draft.id, "content"],
        **{f"courses:{name}": [course_draft.id] for name in ("application", "map", "instructors", "check", "send", "withdraw_course")},
        **{f"courses:{name}": [course_draft.id, teacher.id] for name in ("remove_instructor", "open_resume")},
        **{f"courses:{name}": [course_review.id] for name in ("review", "decline_review")},
        "courses:review_resume": [course_review.id, other_teacher.id],
        "courses:end_evaluator": [readers[0].id],
        **{f"courses:{name}": [request.id] for name in ("contact", "confirm_contact", "refuse_contact")},
        "courses:answer_course_request": [course_request.id],
        **{f"courses:{name}": [course_in_review.id] for name in ("review_course", "invite", "again", "approve_course", "ask_changes")},
        "courses:refuse_course": [course_in_review.id],
        "courses:replace": [course_in_review.id, course_review.id],
        "courses:course_resume": [course_in_review.id, other_teacher.id],
        "agreements:unpost_graduate": [agreements.posted(agreement, at=NOW).id],
        **{f"agreements:{name}": [agreement.id] for name in ("agreement", "claim", "program", "withdraw", "renew", "post_graduate")},
        **{f"agreements:{name}": [agreement.id] for name in ("review", "sign", "state", "ask", "refuse", "end")},
        **{f"agreements:{name}": [agreement.college_id] for name in ("contacts", "remove_contact")},
        **{f"agreements:{name}": [graduate.id] for name in ("claimed", "open_transcript", "withdraw_claim")},
        **{f"agreements:{name}": [graduate.id] for name in ("graduate", "review_transcript", "accept_graduate", "refuse_graduate")},
        **{f"courses:{name}": [claim.id] for name in ("completion", "review_proof", "accept", "refuse")},
        **{
            f"certificates:{name}": [certificate.id]
            for name in ("certificate", "pdf", "letter", "suspend", "reinstate", "stand", "revoke", "replace")
        },
    }
    clients = {"visitor": Client()}
    for who, person in cast.items():
        clients[who] = people.fresh(Client(), person)
    more = [
        ("college", reverse("agreements:program", args=[program.id])),
        ("committee", reverse("appeals:review", args=[to_decide.id])),
        ("provider", reverse("courses:portal")),
        ("payer", reverse("billing:orders")),
    ]
    return Project(clients, args, more)


def _hours(candidacy: Any) -> Any:
    from candidates import actions

    return actions.start_hours(candidacy, actor=candidacy.person, at=NOW)


def _letter(application: Any) -> Any:
    from candidates import actions, queries
    from tests.factories import people

    actions.attach_letter(application, upload=people.upload(), actor=application.person, at=NOW)
    return queries.list_asked(application)["letter"]


def _from_stripe(payment: Any) -> tuple[Any, Any, Any]:
    from billing.models import Discrepancy, Dispute, FraudWarning

    about = {"payment": payment, "stripe_id": "dp_1"}
    due_by = NOW + timedelta(days=7)
    dispute = Dispute.objects.create(
        **about,
        state="needs_response",
        reason="fraudulent",
        amount_cents=payment.amount_cents,
        opened_at=NOW,
        due_by=due_by,
    )
    warning = FraudWarning.objects.create(**about, fraud_type="misc", warned_at=NOW)
    return dispute, warning, Discrepancy.objects.create(key="ch_1", what="Stripe took $1.", payment=payment, found_at=NOW)


def _refund(payment: Any) -> Any:
    from billing.models import Refund

    return Refund.objects.create(payment=payment, amount_cents=payment.amount_cents, asked_at=NOW)
