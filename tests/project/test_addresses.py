"""Who may open each address: the whole URLconf is walked with everybody, and an address that the table does not know fails."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from people.guards import guard_of
from tests.project.everybody import Project, rolled_back


def walk(resolver: URLResolver, prefix: str = "", space: str = "") -> Iterator[tuple[str, str, Any]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from walk(entry, prefix + str(entry.pattern), inner)
        elif isinstance(entry, URLPattern):
            yield prefix + str(entry.pattern), f"{space}{entry.name}", entry.callback


FOUND: dict[tuple[str, str], tuple[str, str, Any]] = {}
for found in walk(get_resolver()):
    FOUND.setdefault(found[:2], found)  # a page of ours at the same address stands in for allauth's
ADDRESSES = list(FOUND.values())
GUARDED = {name: view for _, name, view in ADDRESSES if not view.__module__.startswith("allauth.")}
OF_ALLAUTH = {name for _, name, _ in ADDRESSES} - GUARDED.keys()

# Who asks, in the order of the answers below. The owner is the person whose application, portfolio, payment or certificate it is;
# the stranger is a candidate, too; "rates" is an evaluator who has this portfolio, "evaluator" one who has not. Those of the second
# line get what a newcomer gets, unless a row names them; a row that belongs to one of them is in OWNERS. The other college and
# the other provider have nothing to do with what the addresses are about.
WHO = ("visitor", "newcomer", "owner", "stranger", "rates", "evaluator", "staff", "auditor")
WHO += ("committee", "college", "other_college", "provider", "other_provider", "payer", "reviewer")
IN = "sign in"


def everybody(answer: int) -> tuple[Any, ...]:
    return (answer,) * len(WHO)


def signed_in(answer: int, **others: int) -> tuple[Any, ...]:
    return tuple(IN if who == "visitor" else others.get(who, answer) for who in WHO)


def owner(answer: int, *, others: int = 404, **known: int) -> tuple[Any, ...]:
    return signed_in(others, owner=answer, **known)


def office(staff: int, *, auditor: int, **known: int) -> tuple[Any, ...]:
    return signed_in(403, staff=staff, auditor=auditor, **known)


def college(answer: int, *, other: int = 404) -> tuple[Any, ...]:
    return signed_in(403, college=answer, other_college=other)


def raters(mine: int, *, others: int = 404) -> tuple[Any, ...]:
    return signed_in(403, rates=mine, evaluator=others)


QUESTIONS = ("who", "diploma", "member", "graduate", "answers")
# Address: what a GET answers to each, what a POST of an empty form answers to each.
READ_BY_ALL = (everybody(200), everybody(405))
READ_BY_OFFICE = (office(200, auditor=200), office(405, auditor=405))
SENT_BY_STAFF = (office(405, auditor=403), office(302, auditor=403))
# The committee's part: what it reads with the office, and what it sends as well as staff.
READ_BY_COMMITTEE = (office(200, auditor=200, committee=200), office(405, auditor=405, committee=405))
SENT_BY_COMMITTEE = (office(405, auditor=403, committee=405), office(302, auditor=403, committee=302))
TABLE: dict[str, tuple[tuple[Any, ...], tuple[Any, ...]]] = {
    # The public pages
    **dict.fromkeys(("home_public", "sets", "set", "how", "fees", "help", "privacy", "accessibility", "healthz"), READ_BY_ALL),
    **dict.fromkeys(("about", "what", "history", "steps", "portfolio_guide", "costs", "purchase_orders", "renewal_policy"), READ_BY_ALL),
    **dict.fromkeys(("appeals_policy", "employers", "providers", "colleges", "evaluators", "states"), READ_BY_ALL),
    **dict.fromkeys(("pages", "sitemap", "robots"), READ_BY_ALL),
    # Questions to the program: an empty one is not sent (422)
    "people:contact": (everybody(200), everybody(422)),
    "people:contact_sent": READ_BY_ALL,
    "people:inquiry": READ_BY_OFFICE,
    "people:download": (signed_in(200), signed_in(302)),
    # How one signs in
    "account_email": (signed_in(200), signed_in(302)),
    "people:security": (signed_in(200), signed_in(405)),
    "people:undo": (everybody(200), everybody(302)),
    "close_account": (signed_in(200), signed_in(200)),
    "people:person_security": READ_BY_OFFICE,
    "people:lock": (office(200, auditor=403), office(422, auditor=403)),
    "people:reopen": (office(200, auditor=403), office(422, auditor=403)),
    "people:download_file": (owner(200), signed_in(405)),
    # Webinars: a press is enough for who is signed in
    "webinars:webinars": READ_BY_ALL,
    "webinars:webinar": (everybody(200), tuple(422 if who == "visitor" else 302 for who in WHO)),
    "webinars:leave": (everybody(200), everybody(302)),
    **dict.fromkeys(("webinars:office", "webinars:guests", "webinars:guests_csv"), READ_BY_OFFICE),
    **dict.fromkeys(("webinars:add", "webinars:change"), (office(200, auditor=403), office(422, auditor=403))),
    "webinars:cancel": (office(405, auditor=403), office(422, auditor=403)),
    "people:answer": (office(405, auditor=403), office(422, auditor=403)),
    **dict.fromkeys(("people:give_role", "people:take_role"), (office(200, auditor=403), office(422, auditor=403))),
    "people:close": (office(405, auditor=403), office(422, auditor=403)),
    # What could not be delivered: staff alone
    "failed_email": (office(200, auditor=403), office(405, auditor=403)),
    "send_again": SENT_BY_STAFF,
    "give_up_email": (office(405, auditor=403), office(422, auditor=403)),
    **dict.fromkeys(("bad_address", "stuck_event"), (office(200, auditor=403), office(302, auditor=403))),
    "email_events": (everybody(405), everybody(404)),  # no email service is set here
    "readyz": (everybody(503), everybody(405)),  # no worker runs here
    # What there is only in a demonstration
    **dict.fromkeys(("demo:people", "demo:emails", "demo:email", "demo:email_calendar"), (everybody(404), everybody(405))),
    # Landing places
    "home": (signed_in(302), signed_in(405)),
    "my": (signed_in(302, owner=200, stranger=200), signed_in(405)),
    **dict.fromkeys(("office", "people", "person", "person_emails", "person_email", "reminders"), READ_BY_OFFICE),
    **dict.fromkeys(("reports", "report", "report_csv", "list_csv"), READ_BY_OFFICE),
    **dict.fromkeys(("assign", "unassign"), SENT_BY_STAFF),
    "bulk": (office(302, auditor=403), office(302, auditor=403)),
    "bulk_done": (office(200, auditor=403), office(405, auditor=403)),
    "terms": (office(200, auditor=200), office(422, auditor=403)),
    "cancel_terms": (office(405, auditor=403), office(302, auditor=403)),
    "reminder": (office(200, auditor=403), office(302, auditor=403)),
    # Letters: of the owner alone
    "my_emails": (signed_in(200), signed_in(405)),
    **dict.fromkeys(("my_email", "my_email_calendar"), (owner(200), signed_in(405))),
    "my_reminders": (signed_in(200), signed_in(302)),
    # Money
    "billing:list": (signed_in(200), signed_in(405)),
    "billing:charge": (signed_in(404, owner=200, staff=200, auditor=200), signed_in(405)),
    "billing:receipt": (signed_in(404, owner=200, staff=200, auditor=200), signed_in(405)),
    "billing:pay": (signed_in(405), owner(302)),
    "billing:return_payment": SENT_BY_STAFF,
    "billing:close": SENT_BY_STAFF,
    "billing:bounce": (office(405, auditor=403), office(422, auditor=403)),
    "billing:ask_again": SENT_BY_STAFF,
    "billing:close_refund": SENT_BY_STAFF,
    "billing:other_ways": (owner(200), signed_in(405)),
    "billing:receipt_pdf": (signed_in(404, owner=200, staff=200, auditor=200), signed_in(405)),
    "billing:record_check": (office(200, auditor=403), office(422, auditor=403)),
    "billing:refund": (office(200, auditor=403), office(422, auditor=403)),
    "billing:send_check": (office(405, auditor=403), office(422, auditor=403)),
    # Purchase orders: the owner is the contact of an institution. An auditor reads them, and writes none
    "billing:dispute": READ_BY_OFFICE,
    "billing:dismiss_warning": (office(405, auditor=403), office(422, auditor=403)),
    "billing:discrepancy": (office(200, auditor=403), office(422, auditor=403)),
    "billing:orders": (signed_in(200), signed_in(405)),
    "billing:new_order": (signed_in(200), signed_in(422)),
    "billing:order": (signed_in(404, owner=200, staff=200, auditor=200), signed_in(405)),
    "billing:change_order": (signed_in(404, owner=200, staff=200), signed_in(404, owner=422, staff=422)),
    "billing:add_people": (signed_in(405), signed_in(404, owner=422, staff=422)),
    **dict.fromkeys(
        ("billing:remove_person", "billing:send_order", "billing:withdraw_order"),
        (signed_in(405), signed_in(404, owner=302, staff=302)),
    ),
    "billing:open_document": (signed_in(404, owner=302, staff=302, auditor=302), signed_in(405)),
    "billing:invoice_pdf": (signed_in(404, owner=200, staff=200, auditor=200), signed_in(405)),
    "billing:credit_note_pdf": (signed_in(404, owner=200, staff=200, auditor=200), signed_in(405)),
    "billing:invoice_order": SENT_BY_STAFF,
    "billing:send_back": (office(405, auditor=403), office(422, auditor=403)),
    "billing:invoice": READ_BY_OFFICE,
    "billing:record_payment": (office(405, auditor=403), office(422, auditor=403)),
    "billing:reverse_payment": (office(200, auditor=403), office(422, auditor=403)),
    "billing:use_credit": SENT_BY_STAFF,
    "billing:credit_note": (office(200, auditor=403), office(422, auditor=403)),
    "billing:accept_order_line": (office(405, auditor=403), office(422, auditor=403)),
    "billing:payer": READ_BY_OFFICE,
    "billing:pay_out": SENT_BY_STAFF,
    "billing:add_contact": (office(405, auditor=403), office(422, auditor=403)),
    # Fees by date
    "billing:fees": READ_BY_OFFICE,
    "billing:add_fee": (office(405, auditor=403), office(422, auditor=403)),
    "billing:cancel_fee": SENT_BY_STAFF,
    "billing:add_terms": (office(405, auditor=403), office(422, auditor=403)),
    "billing:webhook": (everybody(405), everybody(400)),
    # One's account, and documents: only with a link
    "people:account": (signed_in(200), signed_in(405)),
    "people:preferences": (signed_in(200), signed_in(200)),
    "people:document": (signed_in(404), signed_in(405)),
    "people:picture": (signed_in(404), signed_in(405)),
    # Nobody's but the owner's; the project's file passed its check, so that its owner is led home.
    "people:replace_document": (owner(302), owner(302)),
    "candidates:can_i_apply": (everybody(200), everybody(200)),
    # Applications: the owner has a draft. A form that does not say which version it saw overwrites nothing (409)
    "candidates:application": (signed_in(200), signed_in(405)),
    "candidates:start": (signed_in(405), signed_in(302)),
    **{f"candidates:{page}": (owner(200, others=302), owner(409, others=302)) for page in QUESTIONS},
    "candidates:add_employment": (owner(200, others=302), owner(409, others=302)),
    "candidates:resume": (owner(200, others=302), owner(200, others=302)),
    "candidates:work": (owner(200, others=302), signed_in(405)),
    "candidates:check": (owner(200, others=302), signed_in(405)),
    "candidates:change_employment": (owner(200, others=302), owner(409, others=302)),
    "candidates:remove_employment": (owner(200, others=302), signed_in(302)),
    "candidates:open_resume": (signed_in(404, owner=302, stranger=302), signed_in(405)),
    "candidates:transcript": (owner(200, others=302), owner(200, others=302)),
    "candidates:open_transcript": (signed_in(404, owner=302), signed_in(405)),
    "candidates:letter": (owner(200, others=302), owner(200, others=302)),
    "candidates:open_letter": (owner(302), signed_in(405)),
    "candidates:answer": (signed_in(405), owner(200, others=302)),
    "candidates:send": (signed_in(405), signed_in(302)),
    "candidates:withdraw": (owner(200, others=302), signed_in(302)),
    "candidates:plan": (signed_in(302, owner=200, stranger=200), signed_in(302)),
    "candidates:more_time": (signed_in(302, owner=200, stranger=200), signed_in(302, owner=200, stranger=200)),
    "candidates:hours": (owner(200, others=302), signed_in(405)),
    "candidates:start_hours": (signed_in(405), signed_in(302)),
    "candidates:send_hours": (signed_in(405), signed_in(302)),
    "candidates:add_hours": (owner(200, others=302), owner(409, others=302)),
    "candidates:change_hours": (owner(200, others=302), owner(409, others=302)),
    "candidates:remove_hours": (owner(200, others=302), signed_in(302)),
    # Candidacies: for the office
    "candidates:decide_hours": SENT_BY_STAFF,
    "candidates:candidacy": READ_BY_OFFICE,
    "candidates:extend": (office(405, auditor=403), office(200, auditor=403)),
    "candidates:reuse": SENT_BY_STAFF,
    # Applications: for the office, one in review
    "candidates:queue": READ_BY_OFFICE,
    "candidates:review": READ_BY_OFFICE,
    "candidates:review_resume": (office(302, auditor=302), office(405, auditor=405)),
    "candidates:review_transcript": (office(302, auditor=302), office(405, auditor=405)),
    "candidates:decide_fee": SENT_BY_STAFF,
    "candidates:review_letter": (office(302, auditor=302), office(405, auditor=405)),
    "candidates:ask": (office(405, auditor=403), office(200, auditor=403)),
    "candidates:close_question": (office(405, auditor=403), office(200, auditor=403)),
    "candidates:admit": SENT_BY_STAFF,
    "candidates:withdraw_admission": (office(405, auditor=403), office(302, auditor=403)),
    "candidates:refuse": (office(405, auditor=403), office(200, auditor=403)),
    # Portfolios: the candidate's pages
    "portfolios:index": (signed_in(200), signed_in(405)),
    "portfolios:start": (signed_in(200), signed_in(200, owner=302, stranger=302)),
    "portfolios:portfolio": (owner(200), signed_in(405)),
    "portfolios:response": (owner(200), owner(302)),
    "portfolios:statement": (owner(200), owner(302)),
    "portfolios:add_evidence": (owner(200), owner(200)),
    "portfolios:add_link": (owner(200), owner(200)),
    "portfolios:change_evidence": (owner(200), owner(200)),
    "portfolios:remove_evidence": (signed_in(405), owner(302)),
    "portfolios:send": (owner(200), owner(302)),
    "portfolios:sealed": (owner(200), signed_in(405)),
    "portfolios:addition": (owner(200), owner(302)),
    "portfolios:send_supplement": (owner(200), owner(302)),
    # Shared drafts; the planner; suggestions
    "portfolios:ask_to_look": (owner(200), owner(200)),
    "portfolios:stop_sharing": (signed_in(405), owner(302)),
    "portfolios:comments": (owner(200), signed_in(405)),
    "portfolios:pre_review": (office(200, auditor=403), office(409, auditor=403)),
    "portfolios:planner": (signed_in(200), signed_in(405)),
    "portfolios:plan_set": (signed_in(200), signed_in(302)),
    "portfolios:suggestions": READ_BY_OFFICE,
    "portfolios:set_suggestions": (office(200, auditor=200), office(422, auditor=403)),
    "portfolios:end_suggestion": (office(200, auditor=403), office(200, auditor=403)),
    "portfolios:check_seal": (signed_in(404, owner=200, staff=200, auditor=200), signed_in(405)),
    "portfolios:sealed_text": (owner(200), signed_in(405)),
    # Portfolios: the office
    "portfolios:to_assign": READ_BY_OFFICE,
    "portfolios:office": READ_BY_OFFICE,
    "portfolios:evaluators": READ_BY_OFFICE,
    "portfolios:assign": (office(200, auditor=302), office(302, auditor=403)),
    "portfolios:replace": (office(200, auditor=403), office(200, auditor=403)),
    "portfolios:reopen": SENT_BY_STAFF,
    "portfolios:propose": (office(200, auditor=403), office(302, auditor=403)),
    "portfolios:applications": READ_BY_OFFICE,
    "portfolios:application": (office(200, auditor=200), office(422, auditor=403)),
    "portfolios:approve_evaluator": (office(200, auditor=403), office(200, auditor=403)),
    "portfolios:end_evaluator": (office(200, auditor=403), office(422, auditor=403)),
    # Portfolios: those who rate, or want to; an invitation is answered by whoever has its link
    "portfolios:answer": (everybody(200), everybody(422)),
    "portfolios:apply": (signed_in(200), signed_in(422)),
    "portfolios:withdraw_application": (signed_in(405), owner(302)),
    "portfolios:conflicts": (signed_in(200), signed_in(422)),
    "portfolios:withdraw_conflict": (signed_in(405), owner(302)),
    "portfolios:standing": (raters(200, others=200), raters(422, others=422)),
    "portfolios:step_back": (raters(405, others=405), raters(302, others=302)),
    "portfolios:training": (raters(200, others=200), raters(405, others=405)),
    "portfolios:training_page": (raters(200, others=200), raters(302, others=302)),
    "portfolios:to_rate": (raters(200, others=200), raters(405, others=405)),
    "portfolios:rated": (raters(200, others=200), raters(405, others=405)),
    "portfolios:invitation": (raters(200), raters(405, others=405)),
    "portfolios:accept": (raters(405, others=405), raters(302)),
    "portfolios:decline": (raters(200), raters(422)),
    "portfolios:rate": (raters(200), raters(422)),
    "portfolios:finish": (raters(200), raters(302)),
    # Agreements: the list for everybody, and the graduate's pages; the owner's claim is with staff
    **dict.fromkeys(("agreements:list", "agreements:agreement"), READ_BY_ALL),
    "agreements:claim": (signed_in(302, stranger=200), signed_in(302, stranger=200)),
    "agreements:claimed": (owner(200), signed_in(405)),
    "agreements:open_transcript": (owner(302), signed_in(405)),
    "agreements:withdraw_claim": (owner(200), owner(302)),
    # Agreements: the pages of a college's contact
    "agreements:college": (college(200, other=200), college(405, other=405)),
    "agreements:begin": (college(200, other=200), college(200, other=200)),
    "agreements:program": (college(200), college(302)),
    "agreements:post_graduate": (college(405, other=405), college(200)),
    **dict.fromkeys([f"agreements:{verb}" for verb in ("withdraw", "renew", "unpost_graduate")], (college(405, other=405), college(302))),
    # Agreements: the office
    **dict.fromkeys(("agreements:submitted", "agreements:signed", "agreements:review", "agreements:graduates"), READ_BY_OFFICE),
    "agreements:graduate": READ_BY_OFFICE,
    "agreements:review_transcript": (office(302, auditor=302), office(405, auditor=405)),
    **dict.fromkeys([f"agreements:{verb}" for verb in ("sign", "state", "ask", "refuse")], SENT_BY_STAFF),
    "agreements:end": (office(405, auditor=403), office(200, auditor=403)),
    **dict.fromkeys(("agreements:colleges", "agreements:contacts"), (office(200, auditor=200), office(200, auditor=403))),
    "agreements:remove_contact": (office(405, auditor=403), office(404, auditor=403)),
    "agreements:accept_graduate": SENT_BY_STAFF,
    "agreements:refuse_graduate": (office(405, auditor=403), office(200, auditor=403)),
    # Courses
    **dict.fromkeys(("courses:catalog", "courses:offering"), READ_BY_ALL),
    "courses:claim": (signed_in(302, stranger=200), signed_in(302, stranger=200)),  # the owner's proof for this set is with staff
    "courses:claimed": (owner(200), signed_in(405)),
    "courses:open_proof": (owner(302), signed_in(405)),
    "courses:withdraw": (owner(200), owner(302)),
    "courses:completions": READ_BY_OFFICE,
    "courses:completion": READ_BY_OFFICE,
    "courses:review_proof": (office(302, auditor=302), office(405, auditor=405)),
    "courses:accept": SENT_BY_STAFF,
    "courses:refuse": (office(405, auditor=403), office(200, auditor=403)),
    "courses:approval": (office(200, auditor=403), office(200, auditor=403)),
    "courses:prove": (owner(302), owner(302)),  # the owner's claim has its proof
    "courses:course_request": (everybody(200), everybody(200)),
    "courses:confirm": (everybody(200), everybody(422)),  # an answer takes yes or no
    # Courses: the provider's pages; the owner speaks for the provider, and has a whole draft
    "courses:portal": (signed_in(200), signed_in(405)),
    "courses:ask": (signed_in(200), signed_in(200)),
    "courses:withdraw_request": (signed_in(405), signed_in(404)),
    "courses:start": (signed_in(405), owner(302)),
    "courses:renew": (signed_in(405), owner(302)),
    "courses:entry": (owner(200, staff=200), owner(200, staff=302)),  # nothing of this entry is known, and staff may leave it so
    "courses:application": (owner(200), signed_in(405)),
    "courses:question": (owner(200), owner(409)),
    "courses:map": (owner(200), owner(409)),
    "courses:instructors": (owner(200), owner(200)),
    "courses:remove_instructor": (signed_in(405), owner(302)),
    "courses:open_resume": (owner(302), signed_in(405)),
    "courses:check": (owner(200), signed_in(405)),
    "courses:send": (signed_in(405), owner(302)),
    "courses:withdraw_course": (owner(200), owner(302)),
    # Courses: those who review; the owner has this review
    "courses:reviews": (owner(200, others=403), owner(405, others=403)),
    "courses:review": (owner(200, others=403), owner(409, others=403)),
    "courses:decline_review": (owner(200, others=403), owner(200, others=403)),
    "courses:review_resume": (owner(302, others=403), owner(405, others=403)),
    # Courses: those who decide
    **dict.fromkeys(("courses:courses", "courses:review_course"), READ_BY_COMMITTEE),
    **dict.fromkeys(("courses:evaluators", "courses:contacts", "courses:contact", "courses:course_requests"), READ_BY_OFFICE),
    "courses:course_resume": (office(302, auditor=302, committee=302), office(405, auditor=405, committee=405)),
    **dict.fromkeys(("courses:invite", "courses:again", "courses:replace", "courses:confirm_contact"), SENT_BY_STAFF),
    **dict.fromkeys([f"courses:{verb}" for verb in ("approve_course", "ask_changes", "refuse_course")], SENT_BY_COMMITTEE),
    "courses:refuse_contact": (office(405, auditor=403), office(422, auditor=403)),
    "courses:approve_evaluator": (office(200, auditor=403), office(200, auditor=403)),
    "courses:end_evaluator": (office(200, auditor=403), office(200, auditor=403)),
    "courses:answer_course_request": (office(200, auditor=200), office(200, auditor=403)),
    # Certificates: the owner holds one
    "certificates:mine": (signed_in(200), signed_in(405)),
    "certificates:ask": (signed_in(405), signed_in(404, owner=302, stranger=302)),
    "certificates:pdf": (signed_in(404, owner=200, staff=200, auditor=200), signed_in(405)),
    "certificates:waiting": READ_BY_OFFICE,
    "certificates:issued": READ_BY_OFFICE,
    "certificates:certificate": READ_BY_OFFICE,
    "certificates:issue": (office(302, auditor=403), office(302, auditor=403)),
    "certificates:stand": (office(405, auditor=403), office(422, auditor=403)),
    "certificates:suspend": (office(405, auditor=403), office(422, auditor=403)),
    "certificates:reinstate": (office(405, auditor=403), office(422, auditor=403)),
    "certificates:revoke": (office(405, auditor=403), office(422, auditor=403)),
    "certificates:confirm_revocation": (office(405, auditor=403), office(302, auditor=403)),
    "certificates:drop_revocation": (office(405, auditor=403), office(422, auditor=403)),
    "certificates:listing": (signed_in(200), signed_in(302)),
    "certificates:letter": (owner(200), owner(302)),
    "certificates:letter_pdf": (owner(200), signed_in(405)),
    "certificates:directory": READ_BY_ALL,
    "certificates:replace": (office(405, auditor=403), office(422, auditor=403)),
    "certificates:verify": READ_BY_ALL,
    "certificates:number": READ_BY_ALL,
    # Renewals: the owner holds a certificate and logs; a copy is that of somebody who has sent
    "renewals:sample": READ_BY_ALL,
    "renewals:renewal": (signed_in(200), signed_in(405)),
    "renewals:add": (owner(200, others=302), owner(422, others=302)),
    "renewals:activity": (owner(200), owner(409)),
    "renewals:kind": (owner(200), owner(422)),
    "renewals:remove": (owner(200), owner(302)),
    "renewals:open_proof": (owner(302), signed_in(405)),
    "renewals:remove_proof": (signed_in(405), owner(302)),
    "renewals:check": (owner(200, others=302), owner(422, others=302)),
    "renewals:withdraw": (signed_in(405), owner(302)),
    "renewals:resume": (signed_in(405), owner(302)),
    "renewals:copy": (signed_in(404, owner=200, staff=200, auditor=200), signed_in(405)),
    "renewals:queue": READ_BY_OFFICE,
    "renewals:review": READ_BY_OFFICE,
    "renewals:review_proof": (office(302, auditor=302), office(405, auditor=405)),
    "renewals:decide": (office(405, auditor=403), office(422, auditor=403)),
    # Appeals: the owner of the notice has a refused application, the owner of the rest appealed one. Staff answer for the first
    # committee, and decide nothing for the second
    "appeals:mine": (signed_in(200), signed_in(405)),
    "appeals:notice": (owner(200), owner(422)),
    "appeals:appeal": (owner(200), signed_in(405)),
    "appeals:grounds": (owner(200), owner(422)),
    "appeals:files": (signed_in(405), owner(302)),
    "appeals:remove_file": (signed_in(405), owner(302)),
    "appeals:withdraw": (owner(200), owner(302)),
    **dict.fromkeys(("appeals:queue", "appeals:review", "appeals:decision"), READ_BY_COMMITTEE),
    # The member of staff made this decision, and so does not answer on it.
    "appeals:answer": (office(405, auditor=403, committee=405), office(302, auditor=403, committee=422)),
    "appeals:decide": (signed_in(403, committee=405), signed_in(403, committee=422)),
    "appeals:statement": (signed_in(403, committee=200), signed_in(403, committee=422)),
    "appeals:done": SENT_BY_STAFF,
    "appeals:receipt": (office(200, auditor=403), office(422, auditor=403)),
}
# Whose it is, where it is not the candidate with portfolios, claims and payments.
PROVIDERS_PAGES = ("start", "renew", "application", "question", "map", "instructors", "remove_instructor", "open_resume", "check", "send")
OWNERS = {
    **dict.fromkeys(
        ("billing:order", "billing:change_order", "billing:add_people", "billing:remove_person", "billing:send_order"), "payer"
    ),
    **dict.fromkeys(("billing:withdraw_order", "billing:open_document", "billing:invoice_pdf", "billing:credit_note_pdf"), "payer"),
    **{f"courses:{name}": "provider" for name in (*PROVIDERS_PAGES, "withdraw_course", "entry")},
    **{f"courses:{name}": "reviewer" for name in ("reviews", "review", "decline_review", "review_resume")},
    **{name: "holder" for name in TABLE if name.startswith(("certificates:", "renewals:"))},
    "renewals:copy": "lapsing",
    "appeals:notice": "refused",
    **{f"appeals:{name}": "appellant" for name in ("appeal", "grounds", "withdraw", "files", "remove_file")},
    **{f"candidates:{page}": "applicant" for page in (*QUESTIONS, "work", "add_employment")},
    **{f"candidates:{page}": "asked" for page in ("letter", "open_letter", "transcript", "open_transcript", "answer")},
    **{f"candidates:{page}": "graduate" for page in ("hours", "start_hours", "send_hours", "add_hours", "change_hours", "remove_hours")},
    **{
        f"candidates:{page}": "applicant"
        for page in ("change_employment", "remove_employment", "resume", "open_resume", "check", "send", "withdraw")
    },
}
# Whoever owns the rows of a page and has a column of their own gets there what the owner gets.
for _name, _whose in OWNERS.items():
    if _whose in WHO:
        TABLE[_name] = tuple(  # type: ignore[assignment]
            tuple(told[WHO.index("owner")] if who == _whose else one for who, one in zip(WHO, told, strict=True)) for told in TABLE[_name]
        )
# The addresses of allauth, where nothing belongs to anybody else: what a visitor gets, and what everybody gets who is signed in.
SHOWN, ONLY_SHOWN, FORWARDED = (200, 200), (405, 405), (IN, 302)
ACCOUNT: dict[str, tuple[tuple[Any, Any], tuple[Any, Any]]] = {
    **dict.fromkeys(("account_login", "account_signup"), ((200, 302), (200, 302))),
    "account_logout": ((302, 200), (302, 302)),
    "account_reset_password": (SHOWN, SHOWN),
    "account_reset_password_from_key": (SHOWN, SHOWN),
    "account_confirm_email": (SHOWN, (404, 404)),  # a key that nobody was sent
    **dict.fromkeys(("account_inactive", "account_email_verification_sent", "account_reset_password_done"), (SHOWN, ONLY_SHOWN)),
    "account_reset_password_from_key_done": (SHOWN, ONLY_SHOWN),
    # In the middle of signing in: whoever is not goes to its beginning
    **dict.fromkeys(("account_confirm_login_code", "mfa_authenticate", "mfa_login_webauthn"), (FORWARDED, FORWARDED)),
    # One's own account
    **dict.fromkeys(("account_reauthenticate", "account_change_password"), ((IN, 200), (IN, 200))),
    "usersessions_list": ((IN, 200), (IN, 302)),
    "account_set_password": (FORWARDED, FORWARDED),
    # The second step of signing in, which nobody here has: adding one asks for the password first
    **dict.fromkeys(("mfa_index", "mfa_list_webauthn"), ((IN, 200), (IN, 405))),
    **dict.fromkeys(("mfa_activate_totp", "mfa_generate_recovery_codes", "mfa_add_webauthn"), (FORWARDED, FORWARDED)),
    **dict.fromkeys(("mfa_edit_webauthn", "mfa_remove_webauthn"), (FORWARDED, FORWARDED)),
    **dict.fromkeys(("mfa_reauthenticate", "mfa_reauthenticate_webauthn"), (FORWARDED, FORWARDED)),
    **dict.fromkeys(("mfa_deactivate_totp", "mfa_download_recovery_codes"), ((IN, 404), (IN, 404))),
    "mfa_view_recovery_codes": ((IN, 404), (IN, 405)),
}
ACCOUNT_ARGS: dict[str, list[Any]] = {
    "account_confirm_email": ["no-such-key"],
    "account_reset_password_from_key": ["0", "no-such-key"],
    **{name: [1] for name in ("mfa_edit_webauthn", "mfa_remove_webauthn")},
}


def whom(name: str, who: str) -> str:
    """Whose browser opens this address for this column."""
    return OWNERS.get(name, who) if who == "owner" else who


def special(told: tuple[Any, ...]) -> list[tuple[str, Any]]:
    """Who gets what, without those of the second line who get what a newcomer gets: for tests that fill in or read what is on a page."""
    as_ever = told[WHO.index("newcomer")]
    return [(who, one) for place, (who, one) in enumerate(zip(WHO, told, strict=True)) if place < 8 or one != as_ever]


def _answer(project: Project, name: str, who: str, method: str) -> Any:
    """What one person gets at one address; whatever it changed is taken back."""
    ends_the_session = name in ACCOUNT or name in ("people:undo", "close_account")
    client = project.browser(whom(name, who)) if ends_the_session else project.clients[whom(name, who)]
    address = reverse(name, args=ACCOUNT_ARGS.get(name)) if name in ACCOUNT else project.address(name)
    with rolled_back():
        if name in ACCOUNT and who != "visitor":
            stale = client.session
            stale.pop("account_authentication_methods", None)
            stale.save()
        answer = getattr(client, method)(address, {"sent": "empty"})
        answer.getvalue()  # reads a file to its end, which closes it
    if answer.status_code == 302 and urlsplit(answer["Location"]).path == reverse("account_login"):
        return IN
    return answer.status_code


def test_every_address_has_a_name_of_its_own() -> None:
    names = [name for _, name, _ in ADDRESSES]
    assert sorted({name for name in names if names.count(name) > 1}) == []


@pytest.mark.parametrize("name", sorted(GUARDED))
def test_every_view_says_who_may_open_it(name: str) -> None:
    assert guard_of(GUARDED[name]) is not None


def test_the_table_knows_every_address_and_no_other() -> None:
    assert sorted(TABLE) == sorted(GUARDED)
    assert sorted(ACCOUNT) == sorted(OF_ALLAUTH)


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(TABLE))
def test_each_address_answers_each_person_as_the_table_says(name: str, project: Project) -> None:
    wrong = []
    for method, told in zip(("get", "post"), TABLE[name], strict=True):
        for who, expected in zip(WHO, told, strict=True):
            answer = _answer(project, name, who, method)
            if answer != expected:
                wrong.append(f"{method} as {who}: {answer}, not {expected}")
    assert wrong == []


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(ACCOUNT))
def test_each_address_of_the_account_answers_visitors_and_everybody_else(name: str, project: Project) -> None:
    wrong = []
    for method, (to_visitors, to_others) in zip(("get", "post"), ACCOUNT[name], strict=True):
        for who in WHO:
            cache.clear()  # allauth counts who tries often
            answer = _answer(project, name, who, method)
            if answer != (to_visitors if who == "visitor" else to_others):
                wrong.append(f"{method} as {who}: {answer}")
    assert wrong == []
