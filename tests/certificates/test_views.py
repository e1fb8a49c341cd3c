"""The pages: each as each person, what the public sees, and how many queries it takes."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from candidates.models import Candidacy
from certificates import actions, policy
from certificates.forms import EXAMPLE
from certificates.models import Certificate
from certificates.states import CertificateState
from people.states import Role
from tests.factories import candidates as candidacies
from tests.factories import certificates, people

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _the_clock(at: datetime) -> Any:
    with time_machine.travel(at, tick=False):
        yield


@pytest.fixture
def otto(db: None) -> Any:
    """An auditor."""
    person = people.person("otto@lssc.example", name="Otto Audit", called="Otto")
    person.groups.add(Group.objects.get_or_create(name=Role.AUDITOR)[0])
    return person


def page(client: Client, person: Any, name: str, /, *args: Any, **query: Any) -> Any:
    if person is not None:
        client.force_login(person)
    return client.get(reverse(f"certificates:{name}", args=args), query)


def send(client: Client, person: Any, name: str, /, *args: Any, **fields: Any) -> Any:
    client.force_login(person)
    return client.post(reverse(f"certificates:{name}", args=args), fields, follow=True)


def said(response: Any) -> str:
    return " ".join(response.content.decode().split()).replace(" </", "</").replace("> ", ">")


# The public page


def test_a_number_leads_from_the_form_to_its_page(client: Client, alice: Any, rita: Any, at: datetime) -> None:
    row = certificates.issued(alice, at=at, staff=rita)
    typed = (row.number or "").lower().replace("-", " ").replace("0", "o")
    response = client.get(reverse("certificates:verify"), {"number": typed})
    assert response.status_code == 302
    assert response.url == f"/v/{row.number}/"
    text = said(client.get(response.url))
    for expected in (
        "Alice Moreau",
        str(row.number),
        ">Active<",
        "November 23, 2026",
        "November 23, 2030, last day included",
        "10:00 am (EST)",
    ):
        assert expected in text


def test_the_public_page_shows_nothing_else_and_keeps_nothing(
    client: Client, alice: Any, rita: Any, at: datetime, django_assert_num_queries: Any
) -> None:
    row = certificates.drawn(alice, at=at, staff=rita)
    with django_assert_num_queries(1):
        response = client.get(f"/v/{row.number}/")
    assert response.status_code == 200
    assert not response.cookies
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in response["Cache-Control"]
    text = said(response)
    for hidden in (alice.email, str(row.id), str(alice.public_id), "Technology", "Marlow"):
        assert hidden not in text


@pytest.mark.parametrize(
    ("verb", "days", "stamp", "words"),
    [
        (None, 0, "Active", "It is valid today."),
        (None, 1461, "Active", "It is valid today."),
        (None, 1462, "In grace period", "valid through November 23, 2030 and is now in its grace period."),
        (None, 1461 + 61, "In grace period", "is now in its grace period"),
        (None, 1461 + 62, "Lapsed", "was not renewed"),
        ("suspend", 0, "Suspended", "It is not valid now."),
        ("revoke", 0, "Revoked", "It is no longer valid."),
        ("replace", 0, "Replaced", "issued another one in its place"),
    ],
)
def test_the_stamp_says_what_it_is_worth(
    verb: str | None, days: int, stamp: str, words: str, client: Client, alice: Any, rita: Any, at: datetime
) -> None:
    row = certificates.issued(alice, at=at, staff=rita)
    if verb:
        options = {"name": "Alice Stone"} if verb == "replace" else {}
        if verb == "revoke":
            certificates.revoked(row, at=at, staff=rita, reason="A secret reason")
        else:
            getattr(actions, verb)(row, reason="A secret reason", actor=rita, at=at, **options)
    with time_machine.travel(at + timedelta(days=days)):
        response = client.get(f"/v/{row.number}/")
    text = said(response)
    assert f">{stamp}</p>" in text
    assert words in text
    assert f"<title>Alice Moreau: certificate is {stamp.lower()} - LSSC</title>" in text
    assert "secret" not in text


def test_the_last_day_ends_when_it_has_ended_everywhere(client: Client, alice: Any, rita: Any, at: datetime) -> None:
    row = certificates.issued(alice, at=at, staff=rita)
    for instant, stamp in (("2030-11-24T10:59:59Z", "Active"), ("2030-11-24T11:00:00Z", "In grace period")):
        with time_machine.travel(instant):
            assert f">{stamp}</p>" in said(client.get(f"/v/{row.number}/"))


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (("11", "22", "2026"), "On November 22, 2026 it was not valid."),
        (("Nov", "23", "2026"), "On November 23, 2026 it was valid."),
        (("11", "23", "2030"), "On November 23, 2030 it will be valid, unless"),
        (("11", "24", "2030"), "On November 24, 2030 it will not be valid, unless it is renewed"),
        (("2", "30", "2027"), "February 2027 has 28 days"),
    ],
)
def test_another_day_can_be_asked_for(day: tuple[str, str, str], words: str, client: Client, alice: Any, rita: Any, at: datetime) -> None:
    row = certificates.issued(alice, at=at, staff=rita)
    month, number, year = day
    response = client.get(f"/v/{row.number}/", {"on_month": month, "on_day": number, "on_year": year})
    assert words in said(response)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("LSSC-0000-0000-0000-1", "There is a typing mistake in this number"),
        ("LSSC-0000-0000-000", "A number has 13 letters and digits after LSSC. This has 11."),
        ("LSSC-0000-U000-0000-0", "“U” is never part of a number."),
        ("", "Fill in “Certificate number”"),
        ("<script>", "A number has 13 letters"),
    ],
)
def test_a_mistyped_number_is_told_what_is_wrong_and_kept(typed: str, words: str, client: Client) -> None:
    response = client.get(reverse("certificates:verify"), {"number": typed})
    text = said(response)
    assert words in text
    assert "<title>Error: Check a certificate - LSSC</title>" in text
    assert "<script>alert" not in text
    if typed.startswith("LSSC"):
        assert f'value="{typed}"' in text


def test_a_mistyped_address_is_not_found_and_told_why(client: Client) -> None:
    response = client.get("/v/LSSC-0000-0000-0000-1/")
    assert response.status_code == 404
    assert "There is a typing mistake" in said(response)


def test_the_example_of_the_form_is_well_formed() -> None:
    assert str(policy.check(EXAMPLE)) == EXAMPLE


def test_an_unknown_number_is_not_found(client: Client, alice: Any, rita: Any, at: datetime, django_assert_num_queries: Any) -> None:
    certificates.asked(alice, at=at, staff=rita)
    number = policy.make_number(42)
    with django_assert_num_queries(1):
        response = client.get(f"/v/{number}/")
    assert response.status_code == 404
    assert f"You asked for <b>{number}</b>" in said(response)


def test_another_way_of_writing_leads_to_the_one_address(client: Client) -> None:
    response = client.get("/v/lssc 0000-0000 oooo 0/")
    assert (response.status_code, response.url) == (302, "/v/LSSC-0000-0000-0000-0/")


# A person's own page


def test_from_six_sets_to_the_pdf(client: Client, alice: Any, rita: Any, at: datetime, drain: Any) -> None:
    candidacy = candidacies.candidacy(alice, at=at, staff=rita)
    for code in certificates.SIX[:4]:
        candidacies.achieve(candidacy, code, at=at)
    assert "You have four of six sets." in said(page(client, alice, "mine"))
    assert "all six sets" in said(send(client, alice, "ask"))
    for code in certificates.SIX[4:]:
        candidacies.achieve(candidacy, code, at=at)
    assert "Your name will be printed as <b>Alice Moreau</b>." in said(page(client, alice, "mine"))
    assert "Our staff have your request." in said(send(client, alice, "ask"))
    assert "You already requested your certificate." in said(send(client, alice, "ask"))
    row = Certificate.objects.get()
    assert page(client, alice, "pdf", row.id).status_code == 404
    actions.issue(row, actor=rita, at=at)
    assert "Your certificate is being prepared." in said(page(client, alice, "mine"))
    drain()
    row.refresh_from_db()
    assert reverse("certificates:pdf", args=[row.id]) in said(page(client, alice, "mine"))
    response = page(client, alice, "pdf", row.id)
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f'attachment; filename="{row.number}.pdf"'
    assert b"".join(response.streaming_content).startswith(b"%PDF-1.7")


def test_the_person_reads_the_reason(client: Client, alice: Any, rita: Any, at: datetime) -> None:
    row = certificates.drawn(alice, at=at, staff=rita)
    certificates.revoked(row, at=at, staff=rita, reason="Records were <forged>.")
    text = said(page(client, alice, "mine"))
    assert "Records were &lt;forged&gt;." in text
    assert "Download" not in text


def test_without_a_candidacy_there_is_nothing_to_ask_for(client: Client, charlie: Any) -> None:
    assert "when you complete the program" in said(page(client, charlie, "mine"))
    assert send(client, charlie, "ask").status_code == 404


# Who may open what


def test_each_page_as_each_person(client: Client, alice: Any, bob: Any, charlie: Any, rita: Any, otto: Any, at: datetime) -> None:
    row = certificates.drawn(alice, at=at, staff=rita)
    expected = {
        ("mine",): (302, 200, 200, 200, 200),
        ("waiting",): (302, 403, 403, 200, 200),
        ("issue",): (302, 403, 403, 302, 403),
        ("issued",): (302, 403, 403, 200, 200),
        ("certificate", row.id): (302, 403, 403, 200, 200),
        ("pdf", row.id): (302, 200, 404, 200, 200),
        ("verify",): (200, 200, 200, 200, 200),
        ("number", row.number): (200, 200, 200, 200, 200),
    }
    for (name, *args), statuses in expected.items():
        came = tuple(page(Client(), person, name, *args).status_code for person in (None, alice, charlie, rita, otto))
        assert came == statuses, name


@pytest.mark.parametrize("name", ["issue", "suspend", "reinstate", "revoke", "replace"])
def test_only_staff_decide(name: str, client: Client, alice: Any, rita: Any, otto: Any, at: datetime) -> None:
    row = certificates.issued(alice, at=at, staff=rita)
    args = [] if name == "issue" else [row.id]
    for person in (alice, otto):
        assert send(client, person, name, *args, reason="No", certificate=row.id).status_code == 403
    row.refresh_from_db()
    assert row.state == CertificateState.ISSUED


# The office


def test_issuing_shows_what_will_happen_before_it_does(client: Client, alice: Any, bob: Any, rita: Any, at: datetime) -> None:
    rows = [certificates.asked(alice, at=at, staff=rita), certificates.asked(bob, at=at + timedelta(minutes=1), staff=rita)]
    assert "2 certificates to issue" in said(page(client, rita, "waiting"))
    text = said(page(client, rita, "issue", certificate=[row.id for row in rows]))
    assert "Issue 2 certificates and send 2 emails" in text
    assert "Your certificate is ready: valid through November 23, 2030" in text
    assert "Hello Alice," in text
    assert "http://testserver/certificates/" in text
    assert not Certificate.objects.numbered().exists()
    text = said(send(client, rita, "issue", certificate=[row.id for row in rows]))
    assert "You issued 2 certificates." in text
    assert Certificate.objects.numbered().count() == 2
    assert "No certificates are waiting." in text
    assert "Select at least one" in said(send(client, rita, "issue", certificate=[rows[0].id, "nonsense"]))


def test_ones_own_is_left_out(client: Client, alice: Any, rita: Any, at: datetime) -> None:
    other = people.person("other@lssc.example", roles=(Role.STAFF,))
    own, row = certificates.asked(rita, at=at, staff=other), certificates.asked(alice, at=at, staff=rita)
    text = said(page(client, rita, "issue", certificate=[own.id, row.id]))
    assert "Your own certificate is among them." in text
    assert "Issue 1 certificate and send 1 email" in text
    assert "This is your own certificate." in said(page(client, rita, "certificate", own.id))
    assert "Rita Lindqvist: This is your own certificate." in said(send(client, rita, "issue", certificate=[own.id]))


def test_a_decision_keeps_what_was_typed_and_says_what_happened(client: Client, alice: Any, rita: Any, at: datetime) -> None:
    row = certificates.issued(alice, at=at, staff=rita)
    response = send(client, rita, "revoke", row.id, reason=" ")
    assert response.status_code == 422
    assert "Fill in “Reason”" in said(response)
    assert "The certificate is suspended." in said(send(client, rita, "suspend", row.id, reason="We look into it."))
    assert "The certificate is in effect again." in said(send(client, rita, "reinstate", row.id, reason="All is well."))
    response = send(client, rita, "replace", row.id, name="Alice Stone", reason_for_name="")
    assert response.status_code == 422
    assert 'value="Alice Stone"' in said(response)
    text = said(send(client, rita, "replace", row.id, name="Alice Stone", reason_for_name="Marriage"))
    assert "The certificate is issued again with a new number." in text
    assert "Only a certificate that is in effect or suspended can be revoked." in said(send(client, rita, "revoke", row.id, reason="No"))


def test_issued_ones_are_found_by_number_and_name(client: Client, alice: Any, bob: Any, rita: Any, at: datetime) -> None:
    row = certificates.issued(alice, at=at, staff=rita)
    certificates.issued(bob, at=at, staff=rita)
    for search, found in ((row.number, ["Alice Moreau"]), ("moreau", ["Alice Moreau"]), ("", ["Bob Tran", "Alice Moreau"]), ("x\0y", [])):
        text = said(page(client, rita, "issued", search=search))
        assert [name for name in ("Bob Tran", "Alice Moreau") if f">{name}</a>" in text] == found


@pytest.mark.parametrize(("name", "queries"), [("waiting", 5), ("issued", 5), ("mine", 7)])
def test_lists_take_the_same_queries_for_one_and_three(
    name: str, queries: int, client: Client, alice: Any, bob: Any, beth: Any, rita: Any, at: datetime, django_assert_num_queries: Any
) -> None:
    make = certificates.asked if name == "waiting" else certificates.issued
    make(alice, at=at, staff=rita)
    viewer = alice if name == "mine" else rita
    client.force_login(viewer)
    address = reverse(f"certificates:{name}")
    with django_assert_num_queries(queries):
        client.get(address)
    if name == "mine":
        for change in ("Alice Stone", "Alice Reed"):
            newest = Certificate.objects.get(person=alice, state=CertificateState.ISSUED)
            actions.replace(newest, name=change, reason="Marriage", actor=rita, at=at)
    else:
        make(bob, at=at, staff=rita)
        make(beth, at=at, staff=rita)
    with django_assert_num_queries(queries):
        client.get(address)


def test_the_public_reads_no_reason_behind_a_status(client: Client, alice: Any, bob: Any, rita: Any, at: datetime) -> None:
    early = actions.issue(certificates.provisional(alice, at=at, staff=rita), actor=rita, at=at)
    sent = certificates.issued(bob, at=at, staff=rita)
    actions.hold(sent, sent_on=date(2031, 1, 20), at=at)
    for row, days, stamp in ((early, 0, "Provisional"), (early, 1462, "Lapsed"), (sent, 1461 + 62, "In grace period")):
        with time_machine.travel(at + timedelta(days=days)):
            text = said(client.get(f"/v/{row.number}/"))
        assert f">{stamp}</p>" in text
        for hidden in ("hours of library work", "renewal was sent", "not decided"):
            assert hidden not in text


@pytest.mark.parametrize(("verb", "words"), [("suspend", "is suspended, so"), ("revoke", "was revoked, so"), ("replace", "issued again")])
def test_what_is_decided_against_is_not_handed_out_to_its_holder(verb: str, words: str, alice: Any, rita: Any, at: datetime) -> None:
    row = certificates.drawn(alice, at=at, staff=rita)
    if verb == "suspend":
        actions.suspend(row, reason="We look into it.", actor=rita, at=at)
    elif verb == "revoke":
        certificates.revoked(row, at=at, staff=rita)
    else:
        actions.replace(row, name="Alice Stone", reason="Marriage", actor=rita, at=at)
    mine, office = Client(), Client()
    mine.force_login(alice)
    office.force_login(rita)
    address = reverse("certificates:pdf", args=[row.id])
    assert words in said(mine.get(address, follow=True))
    assert office.get(address)["Content-Type"] == "application/pdf"


def test_one_that_is_over_before_it_is_asked_for_is_told_before(alice: Any, rita: Any, at: datetime) -> None:
    certificates.completed(alice, at=at, staff=rita)
    last, later, browser = at + timedelta(days=1461), at + timedelta(days=1462), Client()
    for now, told in ((last, False), (later, True)):
        with time_machine.travel(now):
            browser.force_login(alice)
            assert ("it will already be lapsed" in said(browser.get(reverse("certificates:mine")))) == told
    with time_machine.travel(later):
        row = actions.ask(Candidacy.objects.get(), actor=alice, at=later)
        browser.force_login(rita)
        assert "already lapsed" in said(browser.get(reverse("certificates:issue"), {"certificate": str(row.id)}))
