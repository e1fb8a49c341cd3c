"""Asking, issuing, drawing and deciding: results, audit entries and the outbox, in a real database."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection, transaction
from pypdf import PdfReader

from candidates import queries as candidates
from certificates import actions, policy, queries
from certificates.models import Certificate, Rendering
from certificates.states import CERTIFICATE, AlreadyAsked, CertificateState, NotCompleted, NotRenewable
from ledger import queries as ledger
from ledger import queues
from ledger.models import Delivery, Email, Entry
from ledger.states import NotPossible, NotYourDecision
from tests.factories import candidates as candidacies
from tests.factories import certificates

pytestmark = pytest.mark.django_db

AUDIT_EVENTS = {
    "issue": lambda row, rita, at: actions.issue(row, actor=rita, at=at),
    "renew": lambda row, rita, at: certificates.renewed(row, at=at, staff=rita),
    "suspend": lambda row, rita, at: actions.suspend(row, reason="We look into it.", actor=rita, at=at),
    "reinstate": lambda row, rita, at: actions.reinstate(row, reason="All is well.", actor=rita, at=at),
    "remand": lambda row, rita, at: actions.remand(row, reason="It was not heard.", actor=rita, at=at),
    "stand": lambda row, rita, at: actions.stand(row, reason="We looked again.", actor=rita, at=at),
    "revoke": lambda row, rita, at: certificates.revoked(row, at=at, staff=rita),
    "replace": lambda row, rita, at: actions.replace(row, name="Alice Stone", reason="Marriage", actor=rita, at=at),
}


def told(row: Certificate) -> list[str]:
    entries = Entry.objects.filter(subject_type="certificates.certificate", subject_id=str(row.pk)).order_by("id")
    return [ledger.tell(entry).sentence for entry in entries.select_related("actor", "person")]


def letters() -> list[str]:
    return sorted(Email.objects.filter(notice__startswith="certificates/").values_list("notice", flat=True))


def test_ask_promises_the_dates_once(alice: Any, rita: Any, at: datetime) -> None:
    candidacy = certificates.completed(alice, at=at, staff=rita)
    row = actions.ask(candidacy, actor=alice, at=at)
    assert (row.state, row.number, row.person) == (CertificateState.ASKED, None, alice)
    assert (row.completed_on, row.valid_from, row.expires_on) == (date(2026, 11, 23), date(2026, 11, 23), date(2030, 11, 23))
    assert row.terms == candidacy.terms
    assert told(row) == ["Alice Moreau requested the certificate. The program was completed on November 23, 2026."]
    assert letters() == ["certificates/asked"]
    with pytest.raises(AlreadyAsked):
        actions.ask(candidacy, actor=alice, at=at)
    assert queries.get_certificate(candidacy) == row
    assert len(told(row)) == len(letters()) == 1


def test_ask_is_refused_before_the_six_sets_are_there(alice: Any, rita: Any, at: datetime) -> None:
    candidacy = candidacies.candidacy(alice, at=at, staff=rita)
    for code in certificates.SIX[:5]:
        candidacies.achieve(candidacy, code, at=at)
    unfinished = candidates.get_candidacy(alice)
    assert unfinished is not None
    with pytest.raises(NotCompleted):
        actions.ask(unfinished, actor=alice, at=at)
    assert not Certificate.objects.exists()


def test_issue_gives_a_number_and_writes_down_name_and_sets(alice: Any, rita: Any, at: datetime) -> None:
    row = certificates.issued(alice, at=at, staff=rita)
    row.refresh_from_db()
    assert row.state == CertificateState.ISSUED
    assert str(policy.check(row.number or "")) == row.number
    assert (row.printed_name, row.issued_by, row.issued_at) == ("Alice Moreau", rita, at)
    assert row.sets == [
        "Foundations of Library Services",
        "Communication and Teamwork",
        "Technology",
        "Access Services",
        "Reference and Information Services",
        "Youth Services",
    ]
    assert told(row)[1:] == [f"Rita Lindqvist issued certificate {row.number} to Alice Moreau, valid through November 23, 2030."]
    events = Delivery.objects.filter(topic="certificates.certificate.issued").order_by("subscriber")
    payload = {"certificate": str(row.id), "person": alice.pk, "candidacy": str(row.candidacy_id)}
    assert [(one.subscriber, one.payload) for one in events] == [("certificates.render", payload), ("renewals.open", payload)]


def test_a_seventh_set_is_not_on_the_certificate(alice: Any, rita: Any, at: datetime) -> None:
    row = certificates.asked(alice, at=at, staff=rita)
    candidacies.achieve(row.candidacy, "cataloging", at=at + timedelta(days=1), on=date(2026, 11, 24))
    assert "Cataloging and Classification" not in actions.issue(row, actor=rita, at=at).sets


def test_a_number_that_is_taken_is_drawn_again(alice: Any, bob: Any, rita: Any, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    draws = iter([7, 7, 8])
    monkeypatch.setattr("certificates.actions.issuance.secrets.randbelow", lambda below: next(draws))
    first, second = certificates.issued(alice, at=at, staff=rita), certificates.issued(bob, at=at, staff=rita)
    assert (first.number, second.number) == (str(policy.make_number(7)), str(policy.make_number(8)))


def test_nobody_issues_or_decides_their_own(rita: Any, at: datetime, alice: Any) -> None:
    from tests.factories import people

    other = people.person("other@lssc.example")
    row = certificates.asked(rita, at=at, staff=other)
    with pytest.raises(NotYourDecision):
        actions.issue(row, actor=rita, at=at)
    actions.issue(row, actor=other, at=at)
    for verb in ("renew", "suspend", "revoke", "replace"):
        with pytest.raises(NotYourDecision):
            AUDIT_EVENTS[verb](row, rita, at)
    row.refresh_from_db()
    assert row.state == CertificateState.ISSUED


def test_issue_all_refuses_one_and_issues_the_others(alice: Any, bob: Any, rita: Any, at: datetime) -> None:
    first, second = certificates.asked(alice, at=at, staff=rita), certificates.asked(bob, at=at, staff=rita)
    actions.issue(first, actor=rita, at=at)
    outcome = actions.issue_all([first, second], actor=rita, at=at)
    assert [row.person for row in outcome.issued] == [bob]
    assert outcome.refused == [(first, "This certificate was already issued. Nothing was issued twice.")]


def test_the_worker_draws_stores_and_mails_once(alice: Any, rita: Any, at: datetime, drain: Any) -> None:
    row = certificates.issued(alice, at=at, staff=rita)
    drain()
    rendering = Rendering.objects.get(certificate=row)
    content = default_storage.open(rendering.stored).read()
    assert hashlib.sha256(content).hexdigest() == rendering.sha256
    said = PdfReader(BytesIO(content)).pages[0].extract_text()
    assert "Alice Moreau" in said
    assert str(row.number) in said
    assert f"testserver/v/{row.number}" in said.replace("\n", "")
    assert told(row)[-1] == f"The certificate {row.number} of Alice Moreau was prepared as a PDF."
    assert letters() == ["certificates/asked", "certificates/ready"]
    letter = Email.objects.get(notice="certificates/ready")
    assert letter.subject == "Your certificate is ready: valid through November 23, 2030"
    assert "http://testserver/certificates/" in letter.text
    assert str(row.number) not in letter.text
    assert actions.draw(row, at=at + timedelta(days=1)) == rendering
    assert (Rendering.objects.count(), len(letters())) == (1, 2)


def test_half_a_file_of_a_run_that_was_cut_short_is_drawn_anew(alice: Any, rita: Any, at: datetime, drain: Any) -> None:
    row = certificates.issued(alice, at=at, staff=rita)
    drain()
    first = Rendering.objects.get()
    with default_storage.open(first.stored, "wb") as file:
        file.write(b"%PDF-half")
    Certificate.objects.update(rendering=None)
    first.delete()
    again = actions.draw(row, at=at)
    assert (again.stored, again.sha256) == (first.stored, first.sha256)
    assert hashlib.sha256(default_storage.open(again.stored).read()).hexdigest() == again.sha256


def test_a_suspension_is_lifted_and_a_revocation_stands(alice: Any, rita: Any, at: datetime) -> None:
    row = certificates.issued(alice, at=at, staff=rita)
    AUDIT_EVENTS["suspend"](row, rita, at)
    AUDIT_EVENTS["reinstate"](row, rita, at + timedelta(days=1))
    AUDIT_EVENTS["revoke"](row, rita, at + timedelta(days=2))
    row.refresh_from_db()
    assert (row.state, row.decided_on, row.decision_reason) == (CertificateState.REVOKED, date(2026, 11, 25), "Records were forged.")
    assert told(row)[2:] == [
        f"Rita Lindqvist suspended certificate {row.number} of Alice Moreau.",
        f"Rita Lindqvist reinstated certificate {row.number} of Alice Moreau.",
        f"Dora Vance revoked certificate {row.number} of Alice Moreau.",
    ]
    assert letters() == [f"certificates/{notice}" for notice in ("asked", "reinstated", "revoked", "suspended")]
    assert "forged" not in Email.objects.get(notice="certificates/revoked").text


@pytest.mark.parametrize("verb", ["suspend", "reinstate", "propose_revocation", "replace"])
def test_a_decision_needs_a_reason(verb: str, alice: Any, rita: Any, at: datetime) -> None:
    row = certificates.issued(alice, at=at, staff=rita)
    options = {"name": "Alice Stone"} if verb == "replace" else {}
    with pytest.raises(NotPossible, match="reason"):
        getattr(actions, verb)(row, reason=" ", actor=rita, at=at, **options)


def test_replace_keeps_the_dates_and_gives_a_new_number(alice: Any, rita: Any, at: datetime, drain: Any) -> None:
    old = certificates.issued(alice, at=at, staff=rita)
    new = actions.replace(old, name=" Alice Stone ", reason="Marriage", actor=rita, at=at + timedelta(days=30))
    old.refresh_from_db()
    assert (old.state, old.decided_on) == (CertificateState.SUPERSEDED, date(2026, 12, 23))
    assert (new.state, new.printed_name, new.replaces) == (CertificateState.ISSUED, "Alice Stone", old)
    assert new.number != old.number
    assert (new.valid_from, new.expires_on, new.sets) == (old.valid_from, old.expires_on, old.sets)
    assert told(old)[-1] == f"Rita Lindqvist replaced certificate {old.number} of Alice Moreau by {new.number}."
    assert queries.get_certificate(old.candidacy) == new
    drain(at + timedelta(days=30))
    assert [rendering.certificate for rendering in Rendering.objects.all()] == [new]
    assert Email.objects.filter(notice="certificates/ready", subject__contains="again").count() == 1
    with pytest.raises(NotPossible, match="name"):
        actions.replace(new, name=" ", reason="Marriage", actor=rita, at=at)


def test_renew_opens_the_next_term_on_the_same_number(alice: Any, rita: Any, at: datetime, drain: Any) -> None:
    row = certificates.issued(alice, at=at, staff=rita)
    drain()
    old = Rendering.objects.get()
    later = at + timedelta(days=1500)
    renewed = certificates.renewed(row, at=later, staff=rita)
    assert (renewed.number, renewed.state, renewed.rendering) == (row.number, CertificateState.ISSUED, None)
    assert (renewed.valid_from, renewed.expires_on) == (date(2030, 11, 24), date(2034, 11, 23))
    assert told(renewed)[-1] == (
        f"Rita Lindqvist renewed certificate {row.number} of Alice Moreau: the new term is from November 24, 2030 to November 23, 2034."
    )
    drain(later)
    renewed.refresh_from_db()
    assert renewed.rendering is not None
    assert renewed.rendering != old
    content = default_storage.open(renewed.rendering.stored).read()
    assert "Valid November 23, 2026 through November 23, 2034" in " ".join(PdfReader(BytesIO(content)).pages[0].extract_text().split())
    assert Email.objects.filter(subject="Your certificate is renewed: valid through November 23, 2034").count() == 1
    number = policy.check(row.number or "")
    assert isinstance(number, policy.Number)
    verified = queries.get_verified(number, on=later.date())
    assert verified is not None
    days = (date(2026, 11, 22), date(2026, 11, 23), date(2030, 11, 23), date(2030, 11, 24), date(2034, 11, 23), date(2034, 11, 24))
    assert [policy.was_valid_on(verified.facts, day) for day in days] == [False, True, True, True, True, False]
    new = actions.replace(renewed, name="Alice Stone", reason="Marriage", actor=rita, at=later + timedelta(days=1))
    assert queries.list_past_terms(new) == queries.list_past_terms(renewed) == verified.facts.past
    drain(later + timedelta(days=1))
    assert Email.objects.filter(subject="Your certificate is ready again: valid through November 23, 2034").count() == 1


def test_renew_is_refused_for_days_that_do_not_follow(alice: Any, rita: Any, at: datetime) -> None:
    row = certificates.issued(alice, at=at, staff=rita)
    days = {"terms": row.terms, "actor": rita, "at": at}
    for first_day, expires_on in ((date(2030, 11, 23), date(2034, 11, 23)), (date(2030, 11, 24), date(2030, 11, 24))):
        with pytest.raises(NotRenewable):
            actions.renew(row, first_day=first_day, expires_on=expires_on, **days)
    actions.renew(row, first_day=date(2030, 11, 24), expires_on=date(2030, 11, 25), **days)


def put(person: Any, rita: Any, at: datetime, state: CertificateState) -> Certificate:
    row = certificates.asked(person, at=at, staff=rita)
    way = {
        CertificateState.ASKED: [],
        CertificateState.ISSUED: ["issue"],
        CertificateState.SUSPENDED: ["issue", "suspend"],
        CertificateState.REVOKED: ["issue", "revoke"],
        CertificateState.SUPERSEDED: ["issue", "replace"],
    }[state]
    for verb in way:
        AUDIT_EVENTS[verb](row, rita, at)
    return Certificate.objects.get(id=row.id)


@pytest.mark.parametrize("state", CertificateState)
def test_what_the_table_does_not_allow_changes_nothing(state: CertificateState, alice: Any, rita: Any, at: datetime) -> None:
    row = put(alice, rita, at, state)
    before = (row.state, row.number, row.decision_reason, Entry.objects.count(), Email.objects.count(), Delivery.objects.count())
    for verb, move in CERTIFICATE.transitions.items():
        if state in move.sources:
            continue
        with pytest.raises(NotPossible, match=r"^(This|Only)"):
            AUDIT_EVENTS[verb](row, rita, at)
    row.refresh_from_db()
    after = (row.state, row.number, row.decision_reason, Entry.objects.count(), Email.objects.count(), Delivery.objects.count())
    assert after == before


def test_what_waits_is_listed_oldest_first(alice: Any, bob: Any, rita: Any, at: datetime, django_assert_num_queries: Any) -> None:
    certificates.asked(bob, at=at, staff=rita)
    certificates.asked(alice, at=at + timedelta(days=2), staff=rita)
    with django_assert_num_queries(2):
        waiting = queues.list_app_work_items("certificates", at=at)
    assert [(one.title, one.since, one.needs_person) for one in waiting] == [
        ("Issue the certificate: Bob Tran", date(2026, 11, 23), False),
        ("Issue the certificate: Alice Moreau", date(2026, 11, 25), False),
    ]
    assert len(queues.list_app_work_items("certificates", at=at)) == 2


@pytest.mark.django_db(transaction=True)
def test_eight_who_issue_at_once_issue_one(alice: Any, rita: Any, at: datetime) -> None:
    row = certificates.asked(alice, at=at, staff=rita)

    def issue(_: int) -> str:
        try:
            return str(actions.issue(row, actor=rita, at=at).number)
        except NotPossible as no:
            return no.message
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        came = list(threads.map(issue, range(8)))
    row.refresh_from_db()
    assert came.count(str(row.number)) == 1
    assert came.count("This certificate was already issued. Nothing was issued twice.") == 7
    assert Delivery.objects.filter(subscriber="certificates.render").count() == 1
    assert len(told(row)) == 2


@pytest.mark.django_db(transaction=True)
def test_four_who_ask_at_once_ask_once(alice: Any, rita: Any, at: datetime) -> None:
    candidacy = certificates.completed(alice, at=at, staff=rita)

    def ask(_: int) -> str:
        try:
            return str(actions.ask(candidacy, actor=alice, at=at).id)
        except NotPossible as no:
            return no.message
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        came = list(threads.map(ask, range(4)))
    row = Certificate.objects.get()
    assert sorted(came) == sorted([str(row.id), *["You already requested your certificate. Nothing was sent twice."] * 3])
    assert letters() == ["certificates/asked"]


def test_days_of_a_suspension_stay_suspended_whatever_is_decided_later(alice: Any, bob: Any, rita: Any, at: datetime) -> None:
    lifted, revoked = certificates.issued(alice, at=at, staff=rita), certificates.issued(bob, at=at, staff=rita)
    for row in (lifted, revoked):
        actions.suspend(row, reason="We look into it.", actor=rita, at=at + timedelta(days=10))
    actions.reinstate(lifted, reason="All is well.", actor=rita, at=at + timedelta(days=20))
    certificates.revoked(revoked, at=at + timedelta(days=20), staff=rita)
    again = actions.replace(lifted, name="Alice Stone", reason="Marriage", actor=rita, at=at + timedelta(days=30))

    def valid(row: Certificate) -> list[bool]:
        number = policy.check(row.number or "")
        assert isinstance(number, policy.Number)
        verified = queries.get_verified(number, on=date(2027, 1, 31))
        assert verified is not None
        return [policy.was_valid_on(verified.facts, date(2026, 11, 23) + timedelta(days=days)) for days in (9, 10, 19, 20)]

    assert valid(lifted) == valid(again) == [True, False, False, True]
    assert valid(revoked) == [True, False, False, False]


def test_a_provisional_one_can_be_asked_for_on_its_last_day(alice: Any, rita: Any, at: datetime) -> None:
    candidacy = candidacies.candidacy(alice, at=at, staff=rita)
    type(candidacy).objects.filter(pk=candidacy.pk).update(provisional=True)
    last = datetime.fromisoformat("2030-11-23T18:00:00+00:00")
    for code in certificates.SIX:
        candidacies.achieve(candidacy, code, at=last, on=date(2030, 11, 23))
    row = actions.ask(candidacy, actor=alice, at=last)
    assert (row.valid_from, row.expires_on) == (date(2030, 11, 23), date(2030, 11, 23))
    assert actions.issue(row, actor=rita, at=last).state == CertificateState.ISSUED


def test_nothing_is_drawn_of_what_was_revoked_or_replaced_and_no_letter_congratulates(
    alice: Any, bob: Any, charlie: Any, rita: Any, at: datetime
) -> None:
    revoked, replaced, suspended = (certificates.issued(person, at=at, staff=rita) for person in (alice, bob, charlie))
    certificates.revoked(revoked, at=at, staff=rita)
    actions.replace(replaced, name="Bob Stone", reason="Marriage", actor=rita, at=at)
    actions.suspend(suspended, reason="We look into it.", actor=rita, at=at)
    assert (actions.draw(revoked, at=at), actions.draw(replaced, at=at)) == (None, None)
    assert actions.draw(suspended, at=at) is not None
    assert "certificates/ready" not in letters()


@pytest.mark.django_db(transaction=True)
def test_hours_that_are_shown_while_it_is_issued_again_make_the_new_one_full(alice: Any, rita: Any, at: datetime) -> None:
    old = actions.issue(certificates.provisional(alice, at=at, staff=rita), actor=rita, at=at)

    def confirm() -> None:
        try:
            actions.confirm(old.candidacy_id, at=at)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            new = actions.replace(old, name="Alice Stone", reason="Marriage", actor=rita, at=at)
            hearing = threads.submit(confirm)
            with pytest.raises(TimeoutError):
                hearing.result(timeout=1)
        hearing.result(timeout=30)
    assert [(row.number, row.provisional) for row in Certificate.objects.order_by("issued_at", "asked_at", "-provisional")] == [
        (old.number, True),
        (new.number, False),
    ]
