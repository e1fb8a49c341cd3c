"""Every form of the house, filled in rightly and sent twice from one page: the second press adds no row to any table."""

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

from people.states import Role
from tests.factories import appeals, certificates, courses, people, portfolios
from tests.house.everybody import NOW, House, taken_back
from tests.house.test_addresses import OWNERS, TABLE, special, whom
from tests.house.test_bad_input import Form, forms, forms_of, pages
from tests.house.test_twice_at_once import Cast, Press, assignment, hours, question, seal, supplement

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
    "candidates:take_admission_back": ("staff", "candidates:admit", {}),
}
# Whose second press may add something, and why.
MAY = {"account_reset_password": "Each press asks for a link: how many go out is limited, and the newest one opens."}
# What can't be pressed here so that something happens, and what keeps a second press from doing it again.
MONEY = "Its form says in which state its reader saw the money: a second press finds another one."
STATE = "A decision moves its thing from one state to another: a second press finds it decided."
UNTRIED = {
    **{f"billing:{name}": MONEY for name in ("ask_again", "bounce", "close", "close_refund", "dismiss_warning", "give_back", "pay_out")},
    **{f"billing:{name}": MONEY for name in ("send_check", "use_credit")},
    **{f"candidates:{name}": STATE for name in ("decide_fee", "decide_hours", "reuse")},
    **{f"agreements:{name}": STATE for name in ("refuse", "sign", "state")},
    **{f"courses:{name}": STATE for name in ("again", "end_evaluator")},
    **dict.fromkeys(("appeals:done", "certificates:stand", "people:replace_document", "portfolios:reopen"), STATE),
    **dict.fromkeys(("renewals:check", "renewals:resume", "renewals:take_back", "give_back", "take_back_terms"), STATE),
    "bulk": "The page before has a key of its own: tests/lssc/test_bulk.py.",
    "candidates:can_i_apply": "It counts, and keeps nothing.",
    "terms": "The page before is looked at first, and a day has one set of terms.",
}


# Things in a state that nothing in the house is in; a file is made anew for each press.


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


BUTTONS = ("what", "submit", "send", "save")
EXTRA = [assignment, hours, question, seal, supplement, look, end_of_the_look, renewal_of_a_course, proof, more_files, reviewers]
EXTRA += [approval, course_changes, course_refusal, issuing, acceptance, finished_ratings]


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


def _cases(house: House, forms: list[tuple[str, Form]]) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Each form of the pages, and each address of a form that stands on no page: its name, who sends it where, and what."""
    sent = [(resolve(urlsplit(form.action).path).view_name, who, form) for who, form in forms if form.method == "post"]
    for name in TABLE.keys() - {name for name, _, _ in sent}:
        able = [who for who, answer in special(TABLE[name][1]) if answer in (200, 302, 409, 422)]
        if able:
            who = "staff" if "staff" in able and "owner" not in able else "owner" if "owner" in able or name in OWNERS else able[0]
            sent.append((name, whom(name, who), Form(house.address(name), "post", typed={"reason"})))
    for name, who, form in sorted(sent, key=lambda one: one[:2]):
        said = {**form.chosen, **{box: _typed(box, form) for box in form.typed}, **SAID.get(name, {})}
        yield name, who, form.action, said | dict.fromkeys(form.files, people.upload)


def _press(browser: Client, address: str, said: dict[str, Any]) -> tuple[dict[str, int], bool, int]:
    """Send it; tell which tables got how many rows more, whether anything was written, and what was answered."""
    before = _rows()
    with CaptureQueriesContext(connection) as queries:
        answer = browser.post(address, {name: value() if callable(value) else value for name, value in said.items()})
        answer.getvalue()
    after = _rows()
    written = {found[1] for query in queries if (found := WRITES.match(query["sql"]))} - ASIDE
    return {table: after[table] - before[table] for table in TABLES if after[table] > before[table]}, bool(written), answer.status_code


def _press_twice(browser: Client, address: str, said: dict[str, Any]) -> tuple[bool, dict[str, int]]:
    """Whether the first press did something, and what the second one added. One page has one token."""
    said = said | {"csrfmiddlewaretoken": "of this page"}
    _, did, status = _press(browser, address, said)
    more, _, _ = _press(browser, address, said)
    return did and status in (200, 302), more


def _press_forms(house: House, forms: list[tuple[str, Form]]) -> Iterator[tuple[str, bool, dict[str, int]]]:
    """Press each form of the house twice; tell its name, whether it did something, and what the second press added."""
    for name, who, address, said in _cases(house, forms):
        cache.clear()  # allauth counts who tries often
        with taken_back():
            if name in FIRST:
                first_who, first, words = FIRST[name]
                assert house.browser(first_who).post(house.address(first), words).status_code == 302, first
            yield name, *_press_twice(house.browser(who), address, said)


def _press_extra() -> Iterator[tuple[str, bool, dict[str, int]]]:
    """Press what nothing in the house is ready for."""
    staff = people.person("rita@twice.example", roles=(Role.STAFF,))
    cast = Cast(staff, people.person("bob@twice.example"), people.person("beth@twice.example"))
    for make in EXTRA:
        with taken_back():
            press, browser = make(cast), Client()
            people.fresh(browser, press.who)
            shown = [form for form in forms_of(browser, press.page) if urlsplit(form.action).path == press.to] if press.page else []
            left = {name: value for form in shown[:1] for name, value in form.chosen.items() if name not in BUTTONS}
            yield resolve(press.to).view_name, *_press_twice(browser, press.to, left | press.said)


def test_a_form_that_is_sent_twice_adds_nothing_the_second_time(
    house: House, forms: list[tuple[str, Form]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.clock.now", lambda: LATER)
    pressed = [*_press_forms(house, forms), *_press_extra()]
    added = {name: more for name, _, more in pressed if more}
    assert added.keys() == MAY.keys(), added
    able = {name for name, (_, told) in TABLE.items() if any(answer in (200, 302, 409, 422) for answer in told)}
    assert sorted(able - {name for name, did, _ in pressed if did}) == sorted(UNTRIED)
