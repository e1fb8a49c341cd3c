"""Every form of the project, rightly filled in and sent twice from one page: the second press adds no row, and changes none."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse

from agreements import actions as agreement_actions
from agreements.models import Agreement
from appeals import actions as appeal_actions
from billing import actions as billing_actions
from billing.models import FraudWarning
from candidates import actions as candidate_actions
from certificates import actions as certificate_actions
from courses import actions as course_actions
from courses.models import CourseApplication
from ledger import claims
from people.states import Role
from programs import actions as program_actions
from renewals.queries import FEE
from tests.factories import agreements, appeals, billing, candidates, certificates, courses, people, portfolios, renewals
from tests.lssc.test_terms import numbers
from tests.project.everybody import NOW, Project, rolled_back
from tests.project.test_addresses import OWNERS, TABLE, special, whom
from tests.project.test_bad_input import Form, forms, forms_of, pages
from tests.project.test_twice_at_once import (
    TODAY,
    Cast,
    Press,
    assignment,
    check_back,
    course_request_for_a_certificate,
    credit,
    hours,
    pay_out,
    question,
    refund_check,
    seal,
    supplement,
)

__all__ = ["forms", "pages"]  # fixtures: every page that somebody may open, and every form on them
pytestmark = pytest.mark.django_db

# Where a session and the mark of a press are written, nothing was done.
ASIDE = {"django_session", "ledger_press"}
TABLES = sorted({model._meta.db_table for model in apps.get_models(include_auto_created=True) if model._meta.managed} - ASIDE)
WRITES = re.compile(r'(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')
LATER = NOW + timedelta(days=2)

# What is typed, by the name of a box or by its beginning; what stands there already stays, and every other box gets words.
TYPED = {
    **dict.fromkeys(("email", "contact_email", "to"), "twice@nowhere.example"),
    **dict.fromkeys(("name", "contact_name"), "Tina Twice"),
    **dict.fromkeys(("join_url", "website", "catalog_url", "address"), "https://courses.example/"),
    **dict.fromkeys(("seats", "more", "technology"), ""),
    "number": "7",
    "amount": "25",
    "hours_a_week": "20",
    "capacity_per_year": "4",
    "minutes": "60",
    "clock": "2 pm",
    "net_days": "30",
    "member": "100",
    "standard": "200",
    "offsets": "-2 weeks",
    "price": "20",
    "member_number": "1234567",
    "employers": "Prairie Library",
    "people": "Tina Twice twice@nowhere.example",
}
PAST = {"month": "11", "day": "24", "year": "2026"}
SIGNED = {f"agreement_on_{part}": text for part, text in TODAY.items()} | {f"covered_{code}": "on" for code in agreements.COVERED}
SIGNED |= {"condition_communication": agreements.CONDITION}
COMING = {"month": "12", "day": "31", "year": "2027"}
AHEAD = {"effective_on", "from_on", "until_on", "eligible_from", "paused_until", "day", "approved_until", "first_day", "end-last_day"}
# What a form needs of its own.
CHARLIE = "charlie@elsewhere.example"
PASSWORD, OTHER = "correct horse battery", "many quiet shelves 7"
SAID: dict[str, dict[str, Any]] = {
    "account_signup": {"password1": OTHER, "time_zone": "America/Chicago"},
    "account_login": {"login": CHARLIE, "password": PASSWORD},
    "account_reauthenticate": {"password": PASSWORD},
    "account_change_password": {"oldpassword": PASSWORD, "password1": OTHER, "password2": OTHER},
    **{key: {"email": CHARLIE} for key in ("courses:approve_evaluator", "agreements:contacts", "portfolios:approve_evaluator")},
    **{key: {"true": "on"} for key in ("appeals:statement", "renewals:check")},
    "candidates:answer": {"reply": "It is right."},
    "certificates:drop_revocation": {"drop_reason": "They answered."},
    "courses:ask": {"new_name": ""},
    "people:preferences": {"name": "Tina Twice"},
    "portfolios:set_suggestions": {f"from_on_{part}": text for part, text in COMING.items()},
    "portfolios:end_suggestion": {f"until_on_{part}": text for part, text in COMING.items()},
    "renewals:activity": {"amount": "2 hours"},
    "terms": {f"effective_on_{part}": text for part, text in COMING.items()},
}
# What must be pressed first: by whom, where, and with which words.
FIRST: dict[str, tuple[str, str, dict[str, Any]]] = {
    "people:reopen": ("staff", "people:lock", {"reason": "They asked."}),
    "certificates:reinstate": ("staff", "certificates:suspend", {"reason": "We look at a report."}),
    "candidates:withdraw_admission": ("staff", "candidates:admit", {}),
}
# Whose second press may add something, and why.
MAY = {"account_reset_password": "Each press asks for a link: how many go out is limited, and the newest one opens."}
# What is saved as it was typed: a second press saves the same.
SAVED = {"certificates:listing", "my_reminders", "people:preferences", "renewals:kind"}
SAVED |= {f"portfolios:{name}" for name in ("addition", "change_evidence", "plan_set", "rate", "response", "statement", "training_page")}
# What can't be pressed here so that something happens, and why.
UNTRIED = {
    "bulk": "The page before has a key of its own: tests/lssc/test_bulk.py.",
    "candidates:can_i_apply": "It counts, and keeps nothing.",
    "terms": "The page before is looked at first, and a day has one set of terms.",
}


# Things in a state that nothing in the project is in; a file is made anew for each press.


def renewal_of_a_course(cast: Cast) -> Press:
    speaks = courses.contact(cast.person("zoe"), staff=cast.rita, at=NOW, provider="Zoe’s Library")
    soon = courses.offering("Soon", provider="Zoe’s Library", approved_until=date(2027, 1, 1))
    return Press(speaks.person, "", reverse("courses:renew", args=[soon.id]))


def proof(cast: Cast) -> Press:
    courses.contact(cast.person("yves"), staff=cast.rita, at=NOW, provider="Yves’s Library")
    course = courses.offering("Old Maps", set_code="access", provider="Yves’s Library")
    asked = courses.asked(cast.candidacy("yma"), at=NOW, course=course)
    return Press(asked.candidacy.person, "", reverse("courses:prove", args=[asked.id]), {"proof": people.upload})


def more_files(cast: Cast) -> Press:
    row = appeals.grounded(cast.person("xaver"), at=NOW, staff=cast.rita)
    return Press(row.person, "", reverse("appeals:files", args=[row.id]), {"papers": appeals.paper})


def reviewers(cast: Cast) -> Press:
    row = courses.in_review(courses.contact(cast.person("wim"), staff=cast.rita, at=NOW, provider="Wim’s Library"), at=NOW, title="Wim")
    pair = [courses.evaluator(cast.person(name), at=NOW) for name in ("vic", "una")]
    return Press(cast.rita, "", reverse("courses:invite", args=[row.id]), {"evaluators": [str(one.pk) for one in pair]})


def _recommended(cast: Cast, title: str) -> Any:
    speaks = courses.contact(cast.person("tom"), staff=cast.rita, at=NOW, provider="Tom’s Library")
    row = courses.in_review(speaks, at=NOW, title=title)
    courses.recommended(row, *(courses.evaluator(cast.person(name), at=NOW) for name in ("sue", "roy")), staff=cast.rita, at=NOW)
    return row.id


def approval(cast: Cast) -> Press:
    return Press(cast.rita, "", reverse("courses:approve_course", args=[_recommended(cast, "Good")]))


def course_changes(cast: Cast) -> Press:
    said = {"text": "Add a reading.", "items": ["map"]}
    return Press(cast.rita, "", reverse("courses:ask_changes", args=[_recommended(cast, "Thin")]), said)


def course_refusal(cast: Cast) -> Press:
    return Press(cast.rita, "", reverse("courses:refuse_course", args=[_recommended(cast, "Wrong")]), {"reason": "Nothing fits."})


def issuing(cast: Cast) -> Press:
    row = certificates.asked(cast.person("gil"), at=NOW, staff=cast.rita)
    return Press(cast.rita, "", reverse("certificates:issue"), {"certificate": [str(row.id)]})


def acceptance(cast: Cast) -> Press:
    pair = [portfolios.evaluator(cast.person(name), at=NOW) for name in ("pia", "olaf")]
    assignment = portfolios.slot(portfolios.assigned(cast.candidacy("nils"), *pair, staff=cast.rita, at=NOW), 1)
    return Press(assignment.evaluator.person, "", reverse("portfolios:accept", args=[assignment.id]))


def finished_ratings(cast: Cast) -> Press:
    pair = [portfolios.evaluator(cast.person(name), at=NOW) for name in ("max", "lou")]
    assignment = portfolios.rate(portfolios.in_rating(cast.candidacy("kim"), *pair, staff=cast.rita, at=NOW), 1, at=NOW)
    return Press(assignment.evaluator.person, "", reverse("portfolios:finish", args=[assignment.id]))


def look(cast: Cast) -> Press:
    row = portfolios.ready(cast.candidacy("ina"), at=NOW)
    return Press(row.candidacy.person, "", reverse("portfolios:ask_to_look", args=[row.id]), {"question": "Is it clear?"})


def end_of_the_look(cast: Cast) -> Press:
    row = portfolios.shared(cast.candidacy("hedi"), at=NOW).portfolio
    return Press(row.candidacy.person, "", reverse("portfolios:stop_sharing", args=[row.id]))


# Money of one person, on the page of its charge: the form says in which state its reader saw it.


def _about_money(cast: Cast, charge: Any, name: str, thing: Any, **said: str) -> Press:
    page = reverse("billing:charge", args=[charge.id])
    return Press(cast.rita, page, reverse(f"billing:{name}", args=[thing.id]), {"reason": "We looked.", **said})


def payment_given_back(cast: Cast) -> Press:
    owed = billing.charge(cast.person("hugo"), at=NOW)
    return _about_money(cast, owed, "return_payment", billing.held(owed, at=NOW))


def payment_closed(cast: Cast) -> Press:
    owed = billing.charge(cast.person("ines"), at=NOW)
    return _about_money(cast, owed, "close", billing.held(owed, at=NOW))


def refund_again(cast: Cast) -> Press:
    paid = billing.paid(cast.person("jon"), at=NOW)
    return _about_money(cast, paid, "ask_again", billing.failed_refund(paid, at=NOW, staff=cast.rita), amount="50")


def refund_closed(cast: Cast) -> Press:
    paid = billing.paid(cast.person("kai"), at=NOW)
    return _about_money(cast, paid, "close_refund", billing.failed_refund(paid, at=NOW, staff=cast.rita))


def warning_closed(cast: Cast) -> Press:
    paid = billing.paid(cast.person("liv"), at=NOW)
    return _about_money(cast, paid, "dismiss_warning", FraudWarning.objects.create(payment=paid.payments.get(), warned_at=NOW))


# A decision of staff.


def fee_of_a_withdrawn_application(cast: Cast) -> Press:
    row = candidates.in_review(cast.person("mona"), at=NOW)
    candidate_actions.withdraw(row, actor=row.person, at=NOW)
    said = {"refund": "yes", "reason": "They moved."}
    return Press(cast.rita, "", reverse("candidates:decide_fee", args=[row.id]), said)


def accepted_hours(cast: Cast) -> Press:
    person = hours(cast).who
    row = person.candidacies.get()
    candidate_actions.send_hours(row, actor=person, at=NOW)
    return Press(cast.rita, "", reverse("candidates:decide_hours", args=[row.id]), {"accept": "yes"})


def sets_of_before(cast: Cast) -> Press:
    row = candidates.back(cast.person("nell"), at=NOW, staff=cast.rita)
    return Press(cast.rita, "", reverse("candidates:reuse", args=[row.id]), {"sets": ["technology"], "why": "It is as good as new."})


def _about_program(cast: Cast, name: str, row: Any, **said: str) -> Press:
    return Press(cast.rita, reverse("agreements:review", args=[row.id]), reverse(f"agreements:{name}", args=[row.id]), {**SIGNED, **said})


def signed_agreement(cast: Cast) -> Press:
    return _about_program(cast, "sign", agreements.submitted(at=NOW, program="Reading"))


def refused_program(cast: Cast) -> Press:
    return _about_program(cast, "refuse", agreements.submitted(at=NOW, program="Writing"), **{"refuse-words": "Too few sets."})


def listed_agreement(cast: Cast) -> Press:
    agreement_actions.load_agreements(at=NOW)
    return _about_program(cast, "state", Agreement.objects.filter(submitted_at=None, state="signed")[0], reason="Our files")


def another_look(cast: Cast) -> Press:
    row = CourseApplication.objects.get(pk=_recommended(cast, "Changed"))
    person = row.person
    course_actions.ask_changes(row, items=["content"], text="Name the readings.", actor=cast.rita, at=NOW)
    row.refresh_from_db()
    course_actions.save_page(row, page="content", version=0, values={"readings": "Chapter 7"}, actor=person, at=NOW)
    course_actions.send_course(row, actor=person, at=LATER)
    return Press(cast.rita, "", reverse("courses:again", args=[row.id]))


def end_of_reviews(cast: Cast) -> Press:
    row = courses.evaluator(cast.person("otto"), at=NOW)
    return Press(cast.rita, "", reverse("courses:end_evaluator", args=[row.id]), {"reason": "They moved."})


def appeal_done(cast: Cast) -> Press:
    cora = appeals.sworn(people.person("cora@twice.example", roles=(Role.COMMITTEE,)), at=NOW)
    row = appeals.responded(cast.person("rob"), at=NOW, staff=cast.rita, by=certificates.second())
    appeal_actions.remand(row, comment="Count again.", actor=cora, at=NOW)
    said = {"reason_code": "other", "reason": "We counted.", "eligible_from": None}
    candidate_actions.refuse(row.person.applications.get(), **said, actor=certificates.second(), at=NOW)
    return Press(cast.rita, "", reverse("appeals:done", args=[row.id]))


def suspension_that_stands(cast: Cast) -> Press:
    row = certificates.issued(cast.person("sid"), at=NOW, staff=cast.rita)
    certificate_actions.suspend(row, reason="We look at a report.", actor=certificates.second(), at=NOW)
    certificate_actions.remand(row, reason="View it again.", actor=certificates.second(), at=NOW)
    return Press(cast.rita, "", reverse("certificates:stand", args=[row.id]), {"reason": "It is true."})


def another_chance(cast: Cast) -> Press:
    person = cast.person("tim")
    appeals.against("portfolio", person, at=NOW, staff=cast.rita, panel=(cast.bob, cast.beth))
    row = person.candidacies.get().portfolios.get()
    return Press(cast.rita, "", reverse("portfolios:reopen", args=[row.id]), {"reason": "They read the wrong file."})


def unassigned(cast: Cast) -> Press:
    row = candidates.in_review(cast.person("ute"), at=NOW)
    said = {"kind": "candidates.application", "thing": row.id}
    claims.claim(**said, actor=cast.rita, at=NOW)
    return Press(cast.rita, "", reverse("unassign"), said)


def coming_terms(cast: Cast) -> Press:
    row = program_actions.add_terms(effective_on=NOW.date() + timedelta(days=30), numbers=numbers(grace_months=3), actor=cast.rita, at=NOW)
    return Press(cast.rita, "", reverse("cancel_terms", args=[row.pk]))


# What somebody does with their own.


def another_file(cast: Cast) -> Press:
    row = people.document(cast.person("val"))
    type(row).objects.filter(pk=row.pk).update(state="refused", refusal="It can’t be opened.", refused_at=NOW)
    return Press(row.owner, "", reverse("people:replace_document", args=[row.pk]), {"file": people.upload})


def _renewal(cast: Cast, name: str) -> Any:
    return renewals.opened(cast.person(name), at=NOW - timedelta(days=1400), staff=cast.rita)


def sent_renewal(cast: Cast) -> Press:
    row = _renewal(cast, "walt")
    renewals.enough(row, at=NOW, proof=True)
    return Press(row.person, "", reverse("renewals:check"), {"true": "on"})


def withdrawn_renewal(cast: Cast) -> Press:
    row = _renewal(cast, "xia")
    on = {"effective_on": NOW.date() - timedelta(days=9), "at": NOW - timedelta(days=10)}
    billing_actions.add_fee(kind=FEE, standard_cents=5000, member_cents=4000, actor=cast.rita, **on)
    return Press(renewals.sent(row, at=NOW).person, "", reverse("renewals:withdraw"))


def refused_renewal(cast: Cast) -> Press:
    person = cast.person("yan")
    appeals.against("renewal", person, at=NOW, staff=cast.rita, panel=())
    return Press(person, "", reverse("renewals:resume"))


BUTTONS = ("what", "submit", "send", "save")
EXTRA = [assignment, hours, question, seal, supplement, look, end_of_the_look, renewal_of_a_course, proof, more_files, reviewers]
EXTRA += [approval, course_changes, course_refusal, issuing, acceptance, finished_ratings]
EXTRA += [check_back, credit, pay_out, refund_check, payment_given_back, payment_closed, refund_again, refund_closed, warning_closed]
EXTRA += [fee_of_a_withdrawn_application, accepted_hours, sets_of_before, signed_agreement, refused_program, listed_agreement]
EXTRA += [another_look, end_of_reviews, appeal_done, suspension_that_stands, another_chance, unassigned, coming_terms]
EXTRA += [another_file, sent_renewal, withdrawn_renewal, refused_renewal, course_request_for_a_certificate]


# An address, whether the first press did something, which tables got how many rows more by the second one, and where that wrote.
Pressed = tuple[str, bool, dict[str, int], set[str]]


def _rows() -> dict[str, int]:
    """How many rows each table has. One query."""
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}" for table in TABLES))
        return dict(cursor.fetchall())


def _typed(name: str, form: Form) -> str:
    if name in form.filled:
        return form.filled[name]
    if found := re.fullmatch(r"(.*)_(month|day|year)", name):
        return TYPED.get(name) or (COMING if found[1] in AHEAD else PAST)[found[2]]
    return TYPED.get(name, TYPED.get(name.partition("_")[0], "Words of two presses."))


def _cases(project: Project, forms: list[tuple[str, Form]]) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Each form of the pages, and each address of a form that stands on no page: its name, who sends it where, and what."""
    sent = [(resolve(urlsplit(form.action).path).view_name, who, form) for who, form in forms if form.method == "post"]
    for name in TABLE.keys() - {name for name, _, _ in sent}:
        able = [who for who, answer in special(TABLE[name][1]) if answer in (200, 302, 409, 422)]
        if able:
            who = "staff" if "staff" in able and "owner" not in able else "owner" if "owner" in able or name in OWNERS else able[0]
            sent.append((name, whom(name, who), Form(project.address(name), "post", typed={"reason"})))
    for name, who, form in sorted(sent, key=lambda one: one[:2]):
        said = {**form.chosen, **{box: _typed(box, form) for box in form.typed}, **SAID.get(name, {})}
        yield name, who, form.action, said | dict.fromkeys(form.files, people.upload)


def _written(queries: CaptureQueriesContext) -> set[str]:
    """The tables in which something was written that was not taken back in the same breath."""
    written: list[str] = []
    savepoints: dict[str, int] = {}
    for sql in (query["sql"] for query in queries):
        if sql.startswith("SAVEPOINT"):
            savepoints[sql.split()[-1]] = len(written)
        elif sql.startswith("ROLLBACK TO SAVEPOINT"):
            del written[savepoints[sql.split()[-1]] :]
        elif found := WRITES.match(sql):
            written.append(found[1])
    return set(written) - ASIDE


def _press(browser: Client, address: str, said: dict[str, Any]) -> tuple[dict[str, int], set[str], int]:
    """Send it; tell which tables got how many rows more, in which something was written, and what was answered."""
    before = _rows()
    with CaptureQueriesContext(connection) as queries:
        answer = browser.post(address, {name: value() if callable(value) else value for name, value in said.items()})
        answer.getvalue()
    after = _rows()
    return {table: after[table] - before[table] for table in TABLES if after[table] > before[table]}, _written(queries), answer.status_code


def _press_twice(browser: Client, address: str, said: dict[str, Any]) -> tuple[bool, dict[str, int], set[str]]:
    """Whether the first press did something, what the second one added, and where it wrote. One page has one token."""
    said = said | {"csrfmiddlewaretoken": "of this page"}
    _, did, status = _press(browser, address, said)
    more, again, _ = _press(browser, address, said)
    return bool(did) and status in (200, 302), more, again


def _press_forms(project: Project, forms: list[tuple[str, Form]]) -> Iterator[Pressed]:
    """Press each form of the project twice."""
    for name, who, address, said in _cases(project, forms):
        cache.clear()  # allauth counts who tries often
        with rolled_back():
            if name in FIRST:
                first_who, first, words = FIRST[name]
                assert project.browser(first_who).post(project.address(first), words).status_code == 302, first
            yield name, *_press_twice(project.browser(who), address, said)


def _press_extra() -> Iterator[Pressed]:
    """Press what nothing in the project is ready for."""
    staff = people.person("rita@twice.example", roles=(Role.STAFF,))
    cast = Cast(staff, people.person("bob@twice.example"), people.person("beth@twice.example"))
    for make in EXTRA:
        with rolled_back():
            press, browser = make(cast), Client()
            people.fresh(browser, press.who)
            shown = [form for form in forms_of(browser, press.page) if urlsplit(form.action).path == press.to] if press.page else []
            left = {name: value for form in shown[:1] for name, value in form.chosen.items() if name not in BUTTONS}
            yield resolve(press.to).view_name, *_press_twice(browser, press.to, left | press.said)


def test_a_form_that_is_sent_twice_adds_nothing_the_second_time(
    project: Project, forms: list[tuple[str, Form]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.clock.now", lambda: LATER)
    pressed = [*_press_forms(project, forms), *_press_extra()]
    added = {name: more for name, _, more, _ in pressed if more}
    assert added.keys() == MAY.keys(), added
    again = {name: tables for name, _, _, tables in pressed if tables}
    assert again.keys() == MAY.keys() | SAVED, again
    able = {name for name, (_, told) in TABLE.items() if any(answer in (200, 302, 409, 422) for answer in told)}
    assert sorted(able - {name for name, did, _, _ in pressed if did}) == sorted(UNTRIED)
