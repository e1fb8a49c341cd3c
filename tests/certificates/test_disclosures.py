"""Provisional certificates, revocation by two, the directory, letters to employers, and names that the font lacks."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import outloud
import pytest
import time_machine
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from certificates import actions, policy, queries
from certificates.models import Certificate, EmployerLetter, Listing, Rendering, Revocation
from certificates.states import CertificateState, HoursMissing, NotRenewable, NotYourself, RevocationState
from ledger import queries as ledger
from ledger import queues
from ledger.models import Delivery, Email, Entry
from ledger.states import NotPossible, NotYourDecision
from tests.factories import certificates, people

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _the_clock(at: datetime) -> Any:
    with time_machine.travel(at, tick=False):
        yield


def told(row: Any) -> list[str]:
    entries = Entry.objects.filter(subject_id=str(row.pk)).order_by("id").select_related("actor", "person")
    return [ledger.tell(entry).sentence for entry in entries]


def said(response: Any) -> str:
    return " ".join(response.content.decode().split()).replace(" </", "</").replace("> ", ">")


def words(stored: str) -> str:
    return " ".join(PdfReader(BytesIO(default_storage.open(stored).read())).pages[0].extract_text().split())


def status(row: Certificate, on: date) -> policy.Status:
    return policy.status(queries.get_facts(row), on=on)


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


# Provisional


def test_without_the_hours_it_is_provisional_until_four_years_from_admission(alice: Any, rita: Any, at: datetime, drain: Any) -> None:
    row = certificates.provisional(alice, at=at, staff=rita)
    admitted = row.candidacy.admitted_on
    assert (row.provisional, row.valid_from, row.expires_on) == (True, date(2026, 11, 23), date(2030, 11, 23))
    assert admitted == date(2026, 11, 23)
    actions.issue(row, actor=rita, at=at)
    drain()
    row.refresh_from_db()
    assert row.rendering is not None
    assert "Provisional certificate" in words(row.rendering.stored)
    assert (
        Email.objects.get(notice="certificates/ready").subject == "Your provisional certificate is ready: valid through November 23, 2030"
    )
    page = said(Client().get(f"/v/{row.number}/"))
    assert ">Provisional</p>" in page
    assert "It is provisional until November 23, 2030" in page
    days = {date(2030, 11, 23): policy.Status.PROVISIONAL, date(2030, 11, 24): policy.Status.LAPSED}
    assert {day: status(row, day) for day in days} == days
    with pytest.raises(NotRenewable):
        certificates.renewed(row, at=at, staff=rita)


def test_when_the_hours_are_shown_it_gets_a_full_term_and_a_new_pdf(alice: Any, rita: Any, at: datetime, drain: Any) -> None:
    row = certificates.provisional(alice, at=at, staff=rita)
    Certificate.objects.filter(pk=row.pk).update(expires_on=date(2028, 5, 1))
    actions.issue(row, actor=rita, at=at)
    drain()
    later = at + timedelta(days=200)
    for _ in range(2):
        actions.confirm(row.candidacy_id, at=later)
    drain(later)
    row.refresh_from_db()
    assert (row.provisional, row.expires_on, row.state) == (False, date(2030, 11, 23), CertificateState.ISSUED)
    assert Rendering.objects.count() == 2
    assert row.rendering is not None
    assert "Provisional" not in words(row.rendering.stored)
    assert told(row)[-2:] == [
        "The hours of Alice Moreau are shown: the certificate is no longer provisional and is valid through November 23, 2030.",
        f"The certificate {row.number} of Alice Moreau was prepared as a PDF.",
    ]
    assert Email.objects.filter(subject="Your certificate is now a full certificate: valid through November 23, 2030").count() == 1
    assert status(row, later.date()) == policy.Status.ACTIVE


def test_hours_shown_before_the_issue_make_it_full_without_a_number(alice: Any, rita: Any, at: datetime) -> None:
    row = certificates.provisional(alice, at=at, staff=rita)
    actions.confirm(row.candidacy_id, at=at)
    row.refresh_from_db()
    assert (row.provisional, row.state) == (False, CertificateState.ASKED)
    assert not Delivery.objects.filter(topic="certificates.certificate.confirmed").exists()


def test_a_revoked_one_is_not_made_full(alice: Any, rita: Any, at: datetime) -> None:
    row = actions.issue(certificates.provisional(alice, at=at, staff=rita), actor=rita, at=at)
    certificates.revoked(row, at=at, staff=rita)
    actions.confirm(row.candidacy_id, at=at)
    row.refresh_from_db()
    assert row.provisional


def test_after_the_provisional_time_the_hours_come_first(alice: Any, rita: Any, at: datetime) -> None:
    candidacy = certificates.completed(alice, at=at, staff=rita)
    type(candidacy).objects.filter(pk=candidacy.pk).update(provisional=True)
    with pytest.raises(HoursMissing, match="until November 23, 2030"):
        actions.ask(candidacy, actor=alice, at=datetime(2030, 11, 24, 11, 0, tzinfo=at.tzinfo))
    assert actions.ask(candidacy, actor=alice, at=datetime(2030, 11, 24, 10, 59, tzinfo=at.tzinfo)).provisional


# Revocation by two


def test_one_proposes_and_another_revokes(alice: Any, rita: Any, at: datetime) -> None:
    row = certificates.issued(alice, at=at, staff=rita)
    proposal = certificates.proposed(row, at=at, staff=rita)
    row.refresh_from_db()
    assert row.state == CertificateState.ISSUED
    assert [
        (work_item.title, work_item.needs_person, work_item.about) for work_item in queues.list_app_work_items("certificates", at=at)
    ] == [("Confirm a revocation: Alice Moreau", True, alice.pk)]
    with pytest.raises(NotYourself):
        actions.confirm_revocation(proposal, actor=rita, at=at)
    with pytest.raises(NotPossible, match="already"):
        certificates.proposed(row, at=at)
    with pytest.raises(NotPossible, match="Decide on that first"):
        actions.replace(row, name="Alice Stone", reason="Marriage", actor=rita, at=at)
    assert not Email.objects.filter(notice="certificates/revoked").exists()
    actions.confirm_revocation(proposal, actor=certificates.second(), at=at)
    row.refresh_from_db()
    assert (row.state, row.decision_reason) == (CertificateState.REVOKED, "Records were forged.")
    assert told(proposal) == [
        f"Rita Lindqvist proposed to revoke certificate {row.number} of Alice Moreau. A second person decides.",
        f"Dora Vance confirmed the revocation of certificate {row.number} of Alice Moreau, which Rita Lindqvist had proposed.",
    ]
    assert Email.objects.filter(notice="certificates/revoked").count() == 1


def test_a_proposal_can_be_dropped_by_either_with_a_reason(alice: Any, rita: Any, at: datetime) -> None:
    row = certificates.issued(alice, at=at, staff=rita)
    proposal = certificates.proposed(row, at=at, staff=rita)
    with pytest.raises(NotPossible, match="reason"):
        actions.drop_revocation(proposal, reason=" ", actor=rita, at=at)
    actions.drop_revocation(proposal, reason="It was a mix-up.", actor=rita, at=at)
    with pytest.raises(NotPossible, match="no longer open"):
        actions.confirm_revocation(proposal, actor=certificates.second(), at=at)
    row.refresh_from_db()
    assert row.state == CertificateState.ISSUED
    certificates.proposed(row, at=at, staff=rita)


def test_nobody_decides_on_a_revocation_of_their_own(rita: Any, at: datetime) -> None:
    second = certificates.second()
    row = certificates.issued(rita, at=at, staff=second)
    proposal = certificates.proposed(row, at=at, staff=second)
    for decide in (
        lambda: actions.confirm_revocation(proposal, actor=rita, at=at),
        lambda: actions.drop_revocation(proposal, reason="No", actor=rita, at=at),
    ):
        with pytest.raises(NotYourDecision):
            decide()
    page = said(signed_in(rita).get(reverse("certificates:certificate", args=[row.id])))
    assert "needs a second person" not in page
    assert "forged" not in page


def test_the_page_offers_each_of_two_what_they_can_do(alice: Any, rita: Any, at: datetime) -> None:
    row = certificates.issued(alice, at=at, staff=rita)
    address = reverse("certificates:certificate", args=[row.id])
    browser, other = signed_in(rita), signed_in(certificates.second())
    answer = browser.post(reverse("certificates:revoke", args=[row.id]), {"reason": "Records were <forged>."}, follow=True)
    assert "Nothing has changed yet" in said(answer)
    assert "You proposed it." in said(browser.get(address))
    assert "Records were &lt;forged&gt;." in said(other.get(address))
    assert "Confirm: revoke permanently" in said(other.get(address))
    proposal = Revocation.objects.get()
    empty = other.post(reverse("certificates:drop_revocation", args=[proposal.id]), {"drop_reason": " "})
    assert empty.status_code == 422
    refused = browser.post(reverse("certificates:confirm_revocation", args=[proposal.id]), follow=True)
    assert "Another staff member must confirm it." in said(refused)
    done = other.post(reverse("certificates:confirm_revocation", args=[proposal.id]), follow=True)
    assert "The certificate is revoked." in said(done)


@pytest.mark.django_db(transaction=True)
def test_confirmed_and_dropped_at_once_one_wins(alice: Any, rita: Any, at: datetime) -> None:
    row = certificates.issued(alice, at=at, staff=rita)
    proposal = certificates.proposed(row, at=at, staff=rita)
    second = certificates.second()

    def decide(verb: str) -> str:
        try:
            if verb == "confirm":
                actions.confirm_revocation(proposal, actor=second, at=at)
            else:
                actions.drop_revocation(proposal, reason="No", actor=rita, at=at)
        except NotPossible as no:
            return no.message
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(2) as threads:
        came = sorted(threads.map(decide, ("confirm", "drop")))
    row.refresh_from_db()
    proposal.refresh_from_db()
    assert came.count("done") == 1
    assert (row.state == CertificateState.REVOKED) == (proposal.state == RevocationState.CONFIRMED)


# The directory


def test_a_holder_enters_the_directory_and_leaves_it(alice: Any, rita: Any, at: datetime) -> None:
    row = certificates.drawn(alice, at=at, staff=rita)
    browser, visitor = signed_in(alice), Client()
    assert "No one is listed here yet." in said(visitor.get("/directory/"))
    assert "You are listed in the directory." in said(browser.post(reverse("certificates:listing"), {"place": "NC"}, follow=True))
    page = visitor.get("/directory/")
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert "Alice Moreau" in said(page)
    assert "North Carolina" in said(page)
    assert alice.email not in said(page)
    found = {"name=alice": True, "name=moreau+ali": True, "name=bob": False, "state=NC": True, "state=IL": True, "name=%00": True}
    assert {query: "Alice Moreau" in said(visitor.get(f"/directory/?{query}")) for query in found} == found
    new = actions.replace(row, name="Alice Stone", reason="Marriage", actor=rita, at=at)
    page = said(visitor.get("/directory/"))
    assert new.number in page
    assert "Alice Moreau" not in page
    browser.post(reverse("certificates:listing"), {"leave": "yes"})
    assert not Listing.objects.exists()
    assert "No one is listed here yet." in said(visitor.get("/directory/"))


def test_only_who_holds_a_valid_certificate_stands_there(alice: Any, charlie: Any, rita: Any, at: datetime) -> None:
    row = certificates.issued(alice, at=at, staff=rita)
    actions.join_directory(alice, place="", at=at)
    assert "You can be listed when your certificate is valid." in said(signed_in(charlie).get(reverse("certificates:listing")))
    with pytest.raises(NotPossible, match="valid today"):
        actions.join_directory(charlie, place="", at=at)
    for day, stands in ((date(2030, 11, 23), True), (date(2030, 11, 24), False)):
        assert queries.list_directory(on=day).exists() is stands
    actions.suspend(row, reason="We look into it.", actor=rita, at=at)
    assert not queries.list_directory(on=at.date()).exists()


def test_a_state_that_there_is_none_of_is_refused(alice: Any, rita: Any, at: datetime) -> None:
    certificates.issued(alice, at=at, staff=rita)
    answer = signed_in(alice).post(reverse("certificates:listing"), {"place": "XX"})
    assert "There is one thing to fix" in said(answer)
    assert not Listing.objects.exists()


def test_the_directory_slows_down_who_copies_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("certificates.views.public.PAGES_A_MINUTE", 2)
    visitor = Client(REMOTE_ADDR="192.0.2.77")
    assert [visitor.get("/directory/").status_code for _ in range(3)] == [200, 200, 429]


def test_checking_number_after_number_is_slowed_down_for_one_address(settings: Any, django_assert_num_queries: Any) -> None:
    settings.VERIFY_PER_MINUTE = 2
    visitor, other = Client(REMOTE_ADDR="192.0.2.78"), Client(REMOTE_ADDR="192.0.2.79")
    with django_assert_num_queries(0):
        answers = [visitor.get(path) for path in ("/verify/", "/v/LSSC-0000/", "/v/LSSC-0001/")]
    assert [answer.status_code for answer in answers] == [200, 404, 429]
    assert answers[-1].headers["Retry-After"] == "60"
    assert "Wait one minute" in said(answers[-1])
    assert not visitor.cookies
    assert other.get("/verify/").status_code == 200


def test_without_a_counter_everybody_may_check(settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Redis may be gone at any moment; checking a certificate goes on."""
    settings.VERIFY_PER_MINUTE = 1
    nowhere = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {**settings.CACHES, "counts": nowhere}
    assert [Client().get("/verify/").status_code for _ in range(2)] == [200, 200]
    assert "Requests are not counted now" in caplog.text


@pytest.mark.parametrize("rows", [3, 30])
def test_the_directory_takes_the_same_queries_at_3_and_at_30(
    alice: Any, rita: Any, at: datetime, rows: int, django_assert_num_queries: Any
) -> None:

    row = certificates.issued(alice, at=at, staff=rita)
    for number in range(rows):
        _copy(row, people.person(f"holder{number}@ridge.example", name=f"Holder {number}"), number=number, at=at)
    with django_assert_num_queries(3):
        page = said(Client().get("/directory/"))
    assert f"{rows} holders" in page


def _copy(row: Certificate, person: Any, *, number: int, at: datetime) -> None:
    """The same certificate for somebody else who stands in the directory, without the way there."""
    candidacy, application = (type(one).objects.get(pk=one.pk) for one in (row.candidacy, row.candidacy.application))
    for one in (application, candidacy):
        one.pk, one.person = uuid4(), person
    candidacy.application = application
    copy = Certificate.objects.get(pk=row.pk)
    copy.pk, copy.person, copy.candidacy, copy.printed_name, copy.number = (
        uuid4(),
        person,
        candidacy,
        person.name,
        str(policy.make_number(number)),
    )
    for one in (application, candidacy, copy):
        one.save(force_insert=True)
    actions.join_directory(person, place="NC", at=at)


# Letters to employers


def test_a_letter_to_an_employer_is_drawn_by_the_worker_and_is_the_holders_alone(
    alice: Any, charlie: Any, rita: Any, at: datetime, drain: Any, tmp_path: Any
) -> None:
    row = certificates.issued(alice, at=at, staff=rita)
    browser = signed_in(alice)
    address = reverse("certificates:letter", args=[row.id])
    typed = {"addressee": "  Marlow County Library,\n<Human> Resources "}
    assert "Your letter is being prepared." in said(browser.post(address, typed, follow=True))
    assert "already being prepared" in said(browser.post(address, typed, follow=True))
    assert "Being prepared. Check again" in said(browser.get(address))
    letter = EmployerLetter.objects.get()
    download = reverse("certificates:letter_pdf", args=[letter.id])
    assert browser.get(download).status_code == 404
    drain()
    letter.refresh_from_db()
    text = words(letter.stored)
    for expected in (
        "Marlow County Library, <Human> Resources",
        "Alice Moreau",
        str(row.number),
        "November 23, 2030",
        "Certified Library Support Staff",
    ):
        assert expected in text
    file = tmp_path / "letter.pdf"
    file.write_bytes(default_storage.open(letter.stored).read())
    assert [finding for finding in outloud.check(str(file)).findings if finding.severity == "error"] == []
    assert len(PdfReader(file).pages) == 1
    assert Email.objects.filter(notice="certificates/letter_ready").count() == 1
    assert b"".join(browser.get(download).streaming_content).startswith(b"%PDF-1.7")
    for other in (charlie, rita):
        assert signed_in(other).get(download).status_code == 404
        assert signed_in(other).get(address).status_code == 404
    assert actions.draw_letter(letter.id, at=at + timedelta(days=1)).rendered_at == letter.rendered_at
    assert told(letter) == [
        f"Alice Moreau asked for a letter to an employer on certificate {row.number}.",
        f"The letter to an employer on certificate {row.number} of Alice Moreau was prepared.",
    ]


def test_no_letter_for_a_certificate_that_is_not_valid(alice: Any, rita: Any, at: datetime) -> None:
    row = certificates.issued(alice, at=at, staff=rita)
    actions.suspend(row, reason="We look into it.", actor=rita, at=at)
    with pytest.raises(NotPossible, match="while the certificate is valid"):
        actions.ask_letter(row, addressee="", actor=alice, at=at)
    assert "while the certificate is valid" in said(signed_in(alice).get(reverse("certificates:letter", args=[row.id])))


# Names in scripts that the font lacks


@pytest.mark.parametrize(("name", "lacks"), [("王小明", False), ("أمينة الحسيني", False), ("Li \ue000 Wei", True)])
def test_staff_are_told_of_letters_that_no_font_has(name: str, lacks: bool, alice: Any, rita: Any, at: datetime, drain: Any) -> None:
    alice.name = name
    alice.save()
    asked = certificates.asked(alice, at=at, staff=rita)
    preview = said(signed_in(rita).get(reverse("certificates:issue"), {"certificate": [asked.id]}))
    assert ("Our fonts are missing letters in a name" in preview) == lacks
    row = actions.issue(asked, actor=rita, at=at)
    drain()
    row.refresh_from_db()
    assert row.rendering is not None
    assert len(PdfReader(BytesIO(default_storage.open(row.rendering.stored).read())).pages) == 1
    page = said(signed_in(rita).get(reverse("certificates:certificate", args=[row.id])))
    assert ("Our fonts are missing letters in this name" in page) == lacks
