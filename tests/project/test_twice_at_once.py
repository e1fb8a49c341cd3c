"""The same button pressed twice at one moment, over two real connections: both are answered, and it is done once."""

import re
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from threading import Barrier
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from billing import actions as billing_actions
from candidates import actions as candidate_actions
from courses import actions as course_actions
from courses.notices import confirmation_path
from ledger.models import Entry
from people.states import Role
from portfolios import actions as portfolio_actions
from tests.factories import agreements, appeals, billing, candidates, certificates, courses, people, portfolios, webinars
from tests.project.everybody import NOW
from tests.project.test_bad_input import forms_of

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
TODAY = {"month": str(NOW.month), "day": str(NOW.day), "year": str(NOW.year)}
CAME = {f"received_on_{part}": text for part, text in TODAY.items()}
DECEMBER = {"month": "12", "day": "31", "year": "2027"}


@dataclass
class Press:
    """A button: who presses it, the page on which it stands, where it leads, and what was typed."""

    who: Any
    page: str
    to: str
    said: dict[str, Any] = field(default_factory=dict)


@dataclass
class Cast:
    """Whom everything happens with."""

    rita: Any
    bob: Any
    beth: Any

    def person(self, name: str) -> Any:
        return people.person(f"{name}@{name}.example")

    def candidacy(self, name: str) -> Any:
        return candidates.candidacy(self.person(name), at=NOW, staff=self.rita)


def application(cast: Cast) -> Press:
    row = candidates.ready(cast.person("anna"), at=NOW)
    return Press(row.person, reverse("candidates:check"), reverse("candidates:send"))


def hours(cast: Cast) -> Press:
    row = candidates.provisional(cast.person("berta"), at=NOW - timedelta(days=100), staff=cast.rita)
    claim = candidate_actions.start_hours(row, actor=row.person, at=NOW)
    work = {**candidates.WORK, "library": "Ridge Library", "hours_a_week": Decimal(38)}
    candidate_actions.add_employment(row.application, values=work, version=0, claim=claim, actor=row.person, at=NOW)
    return Press(row.person, reverse("candidates:hours"), reverse("candidates:send_hours"))


def extension(cast: Cast) -> Press:
    page = reverse("candidates:more_time")
    return Press(cast.candidacy("cleo").person, page, page, {"why": "A hard year."})


def notice(cast: Cast) -> Press:
    row = appeals.refused(cast.person("dina"), at=NOW, staff=cast.rita)
    page = reverse("appeals:notice", args=["application", row.id])
    return Press(row.person, page, page, {"reason": "My hours."})


def grounds(cast: Cast) -> Press:
    row = appeals.noticed(cast.person("emma"), at=NOW, staff=cast.rita)
    page = reverse("appeals:grounds", args=[row.id])
    return Press(row.person, page, page, {"grounds": "Part-time weeks.", "what": "give"})


def supplement(cast: Cast) -> Press:
    half = {1: "partial"}
    row = portfolios.asked(cast.candidacy("fay"), *_pair(cast), staff=cast.rita, at=NOW, first=half, second=half)
    person = row.candidacy.person
    portfolio_actions.save_addition(row, number=1, text="More.", version=0, actor=person, at=NOW)
    page = reverse("portfolios:send_supplement", args=[row.id])
    return Press(person, page, page)


def _pair(cast: Cast) -> list[Any]:
    return [portfolios.evaluator(one, at=NOW) for one in (cast.bob, cast.beth)]


def recommendation(cast: Cast) -> Press:
    made = courses.in_review(courses.contact(cast.person("gina"), staff=cast.rita, at=NOW), at=NOW)
    readers = [courses.evaluator(cast.person(name), at=NOW) for name in ("hal", "ian")]
    review = course_actions.invite_reviewers(made, evaluators=readers, actor=cast.rita, at=NOW)[0]
    page = reverse("courses:review", args=[review.id])
    return Press(review.evaluator.person, page, page, {"advice": "approve", "comment": "Clear.", "send": "yes"})


def agreement(cast: Cast) -> Press:
    row = agreements.draft(at=NOW)
    page = reverse("agreements:program", args=[row.id])
    said = {"requirements": "60 credits.", "catalog_url": "https://college.example/catalog", "submit": "yes"}
    said |= {f"courses_{code}": words for code, words in agreements.COURSES.items()}
    return Press(agreements.contact(row.college, at=NOW), page, page, said)


def confirmation(cast: Cast) -> Press:
    courses.contact(cast.person("jill"), staff=cast.rita, at=NOW, provider="Twice Library")
    asked = courses.asked(cast.candidacy("kate"), at=NOW, course=courses.offering("Old Books", set_code="access", provider="Twice Library"))
    page = confirmation_path(asked.confirmations.get())
    return Press(None, page, page, {"answer": "yes"})


def fee(cast: Cast) -> Press:
    said = {"kind": "portfolio", "standard": "70", "member": "60", **{f"effective_on_{part}": text for part, text in DECEMBER.items()}}
    return Press(cast.rita, reverse("billing:fees"), reverse("billing:add_fee"), said)


def suspension(cast: Cast) -> Press:
    row = certificates.issued(cast.person("lea"), at=NOW, staff=cast.rita)
    page = reverse("certificates:certificate", args=[row.id])
    return Press(cast.rita, page, reverse("certificates:suspend", args=[row.id]), {"reason": "We look at a report."})


def replacement(cast: Cast) -> Press:
    row = certificates.issued(cast.person("mia"), at=NOW, staff=cast.rita)
    page = reverse("certificates:certificate", args=[row.id])
    said = {"name": "Mia Wood", "reason": "Married.", "reason_for_name": "Married."}
    return Press(cast.rita, page, reverse("certificates:replace", args=[row.id]), said)


def admission(cast: Cast) -> Press:
    row = candidates.in_review(cast.person("nora"), at=NOW)
    return Press(cast.rita, reverse("candidates:review", args=[row.id]), reverse("candidates:admit", args=[row.id]))


def seal(cast: Cast) -> Press:
    row = portfolios.ready(cast.candidacy("olga"), at=NOW)
    page = reverse("portfolios:send", args=[row.id])
    return Press(row.candidacy.person, page, page)


def assignment(cast: Cast) -> Press:
    pair = [portfolios.evaluator(cast.person(name), at=NOW, sets=("youth",)) for name in ("per", "quin")]
    row = portfolios.submitted(cast.candidacy("ruth"), at=NOW, set_code="youth")
    page = reverse("portfolios:assign", args=[row.id])
    return Press(cast.rita, page, page, {"evaluator": [one.person.public_id for one in pair]})


def offer_to_rate(cast: Cast) -> Press:
    row = portfolios.applied(cast.person("sven"), at=NOW)
    page = reverse("portfolios:application", args=[row.id])
    return Press(cast.rita, page, page)


def question(cast: Cast) -> Press:
    row = agreements.submitted(at=NOW, program="Archives")
    page = reverse("agreements:review", args=[row.id])
    return Press(cast.rita, page, reverse("agreements:ask", args=[row.id]), {"ask-words": "Which courses are these?"})


def course_request_for_a_certificate(cast: Cast) -> Press:
    row = certificates.completed(cast.person("tess"), at=NOW, staff=cast.rita)
    return Press(row.person, reverse("certificates:mine"), reverse("certificates:ask"))


def place(cast: Cast) -> Press:
    row = webinars.webinar(at=NOW, staff=cast.rita)
    page = reverse("webinars:webinar", args=[row.id])
    return Press(cast.person("ulla"), page, page)


# What makes something new, and could well be made twice: the same page is sent twice, as a button that is pressed twice sends it.


def inquiry(cast: Cast) -> Press:
    page = reverse("people:contact")
    return Press(None, page, page, {"name": "Vera", "email": "vera@nowhere.example", "topic": "money", "text": "May I?"})


def webinar(cast: Cast) -> Press:
    page = reverse("webinars:add")
    said = {"title": "Begin", "description": "For all.", "zone": "America/Chicago", "minutes": "60", "seats": ""}
    said |= {"join_url": "https://meet.example/a", "clock": "2 pm"} | {f"day_{part}": text for part, text in DECEMBER.items()}
    return Press(cast.rita, page, page, said)


def order(cast: Cast) -> Press:
    page = reverse("billing:new_order")
    said = {"payer": "Prairie Library", "address": "1 Main St", "number": "PO 7", "amount": "700"}
    return Press(cast.person("vic"), page, page, said)


def course_request_for_a_course(cast: Cast) -> Press:
    page = reverse("courses:course_request")
    return Press(None, page, page, {"email": "wish@nowhere.example", "place": "Ohio", "words": "Soon."})


def conflict(cast: Cast) -> Press:
    page = reverse("portfolios:conflicts")
    return Press(cast.person("wes"), page, page, {"kind": "person", "name": "Nora Near", "email": ""})


def employer_letter(cast: Cast) -> Press:
    row = certificates.issued(cast.person("xena"), at=NOW, staff=cast.rita)
    page = reverse("certificates:letter", args=[row.id])
    return Press(row.person, page, page, {"addressee": "Prairie Library"})


def suggestion(cast: Cast) -> Press:
    page = reverse("portfolios:set_suggestions", args=["reference"])
    said = {"number": "1", "text": "Describe a question."} | {f"from_on_{part}": text for part, text in DECEMBER.items()}
    return Press(cast.rita, page, page, said)


def college(cast: Cast) -> Press:
    page = reverse("agreements:colleges")
    return Press(cast.rita, page, page, {"name": "Cedar Valley College", "state": "NC"})


def program(cast: Cast) -> Press:
    where = agreements.college("Twice College", at=NOW)
    person = agreements.contact(where, at=NOW, email="yan@twice.example")
    page = reverse("agreements:begin")
    return Press(person, page, page, {"college": str(where.pk), "program": "Library Science", "credential": "associate"})


def _invoice(cast: Cast, name: str, *, cents: int = 0) -> Any:
    """An invoice of $350 for one person, with a check of so many cents."""
    people_in = [(name, f"{name}@prairie.example", "application", False)]
    contact = cast.person(f"{name}-pays")
    row = billing.invoiced(contact, at=NOW, staff=cast.rita, people=people_in, number=f"PO {name}", payer=f"Library of {name}")
    if cents:
        billing.received(row, cents, at=NOW, staff=cast.rita)
    return row


def invoice_payment(cast: Cast) -> Press:
    row = _invoice(cast, "zara")
    said = {"method": "check", "number": "77", "amount": "100"} | CAME
    return Press(cast.rita, reverse("billing:invoice", args=[row.id]), reverse("billing:record_payment", args=[row.id]), said)


def credit_note(cast: Cast) -> Press:
    row = _invoice(cast, "yves")
    page = reverse("billing:credit_note", args=[row.id])
    return Press(cast.rita, page, page, {"order_line": str(row.order.order_lines.get().id), "reason": "He left."})


def check(cast: Cast) -> Press:
    page = reverse("billing:record_check", args=[billing.charge(cast.person("zoe"), at=NOW).id])
    return Press(cast.rita, page, page, {"number": "12", "amount": "350"} | CAME)


# Money that goes, or is taken back: the form says what its reader saw.


def pay_out(cast: Cast) -> Press:
    row = _invoice(cast, "abel", cents=50000).order.payer
    said = {"number": "900", "amount": "50", **{f"sent_on_{part}": text for part, text in TODAY.items()}}
    return Press(cast.rita, reverse("billing:payer", args=[row.id]), reverse("billing:pay_out", args=[row.id]), said)


def credit(cast: Cast) -> Press:
    row = _invoice(cast, "bela", cents=50000)
    contact, people = row.order.contact, [("Bix", "bix@prairie.example", "application", False)]
    other = billing.invoiced(contact, at=NOW, staff=cast.rita, people=people, number="PO more", payer="Library of bela")
    return Press(cast.rita, reverse("billing:invoice", args=[other.id]), reverse("billing:use_credit", args=[other.id]))


def payment_back(cast: Cast) -> Press:
    page = reverse("billing:reverse_payment", args=[_invoice(cast, "cora", cents=50000).payments.get().id])
    return Press(cast.rita, page, page, {"reason": "It bounced."})


def check_back(cast: Cast) -> Press:
    row = billing.charge(cast.person("dora"), at=NOW)
    said = {"number": "13", "received_on": NOW.date(), "cents": 35000, "actor": cast.rita, "at": NOW}
    paid = billing_actions.record_check(row, **said)
    return Press(cast.rita, reverse("billing:charge", args=[row.id]), reverse("billing:bounce", args=[paid.id]), {"reason": "It bounced."})


def refund(cast: Cast) -> Press:
    page = reverse("billing:refund", args=[billing.paid(cast.person("egon"), at=NOW).id])
    return Press(cast.rita, page, page, {"amount": "25", "reason": "A part."})


def refund_check(cast: Cast) -> Press:
    row = billing.paid(cast.person("fred"), at=NOW)
    said = {"number": "14", "received_on": NOW.date(), "cents": 35000, "actor": cast.rita, "at": NOW}
    back = billing_actions.record_check(row, **said).refunds.get()
    said = {"number": "901", **{f"sent_on_{part}": text for part, text in TODAY.items()}}
    return Press(cast.rita, reverse("billing:charge", args=[row.id]), reverse("billing:send_check", args=[back.id]), said)


NEW: list[Callable[[Cast], Press]] = [
    inquiry,
    webinar,
    order,
    course_request_for_a_course,
    conflict,
    employer_letter,
    suggestion,
    college,
    program,
]
NEW += [invoice_payment, credit_note, check]
# What one press writes more than once: for each of two evaluators, and for each of two sets.
OFTEN = {"portfolios.assignment.again": 2, "portfolios.assignment.invite": 2, "portfolios.set_request.approve": 2}
PRESSES: list[Callable[[Cast], Press]] = [application, hours, extension, notice, grounds, supplement, recommendation]
PRESSES += [agreement, confirmation, fee, suspension, replacement]
PRESSES += [pay_out, credit, payment_back, check_back, refund, refund_check]
PRESSES += [admission, seal, assignment, offer_to_rate, question, course_request_for_a_certificate, place]


def _press(press: Press, *, same_page: bool = False) -> tuple[list[int], Counter[str]]:
    """Press it twice at one moment, in two windows or on one page; tell what was answered, and which sentences the audit got."""
    browsers = [Client(), Client()]
    for browser in browsers[: 1 if same_page else 2]:
        if press.who is not None:
            browser.force_login(press.who)
    form = next((one for one in forms_of(browsers[0], press.page) if urlsplit(one.action).path == press.to), None)
    assert form is not None, f"{press.page} has no form that leads to {press.to}"
    before, gate = Entry.objects.count(), Barrier(2)
    said = {name: value for name, value in form.chosen.items() if name not in ("what", "submit", "send", "save")} | press.said
    if same_page:
        browsers[1].cookies = browsers[0].cookies
        said["csrfmiddlewaretoken"] = TOKEN.findall(browsers[0].get(press.page).content.decode())[0]

    def send(browser: Client) -> int:
        try:
            gate.wait(10)
            return browser.post(press.to, said).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=2) as pool:
        answers = list(pool.map(send, browsers))
    cache.clear()
    return answers, Counter(Entry.objects.order_by("id").values_list("verb", flat=True)[before:])


@pytest.mark.django_db(transaction=True)
def test_what_makes_something_new_makes_one_and_leads_both_presses_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.clock.now", lambda: NOW)
    cast = Cast(people.person("rita@lssc.example", roles=(Role.STAFF,)), None, None)
    wrong = []
    for make in NEW:
        answers, told = _press(make(cast), same_page=True)
        if answers != [302, 302] or not told or max(told.values()) > 1:
            wrong.append(f"{make.__name__}: {answers}, {dict(told)}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.django_db(transaction=True)
def test_what_is_pressed_twice_at_once_is_done_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.clock.now", lambda: NOW)
    rita = people.person("rita@lssc.example", roles=(Role.STAFF,))
    cast = Cast(rita, people.person("bob@prairie.example"), people.person("beth@lakeside.example"))
    wrong = []
    for make in PRESSES:
        answers, told = _press(make(cast))
        if max(answers) >= 500 or not told or any(often != OFTEN.get(verb, 1) for verb, often in told.items()):
            wrong.append(f"{make.__name__}: {answers}, {dict(told)}")
    assert not wrong, "\n".join(wrong)
