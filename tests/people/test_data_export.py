"""Everything about a person: one file, for that person alone, with nothing that their pages hide, gone after a week."""

import json
import re
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ledger.models import Delivery, Email, Entry
from lssc import privacy
from people import data_export, subscribers, sweeps
from people.data_export import EXPORTS
from people.models import Download
from tests.factories import agreements, appeals, candidates, courses, people, portfolios
from tests.factories import billing as money
from tests.factories import certificates as certificate
from tests.factories import renewals as renewal
from tests.factories import webinars as meetings

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
    monkeypatch.setattr("ledger.clock.now", lambda: at)


def browser(who: Any) -> Client:
    return people.fresh(Client(), who)


def text(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def opened(row: Download) -> dict[str, str]:
    """The texts of the archive by name; files that are no text are left empty."""
    with default_storage.open(row.stored) as stored, zipfile.ZipFile(BytesIO(stored.read())) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode(errors="replace") for name in archive.namelist()}


def test_every_room_says_what_it_holds() -> None:
    rooms = {"people", "candidates", "portfolios", "courses", "agreements", "certificates", "renewals", "appeals", "billing", "webinars"}
    assert set(EXPORTS) == rooms


def test_a_person_asks_and_the_worker_makes_it(alice: Any, at: datetime) -> None:
    client = browser(alice)
    assert "Make my file" in text(client.get("/account/me/download/"))
    assert "We make your file now." in text(client.post("/account/me/download/", follow=True))
    row = Download.objects.get()
    event = Delivery.objects.get(topic="people.download.asked")
    assert (event.payload, event.subscriber) == ({"download": str(row.id)}, "people.make_download")
    for _ in range(2):
        subscribers.download_asked(event.payload, at=at)
    row.refresh_from_db()
    assert (row.state, row.gone_on.isoformat(), default_storage.size(row.stored)) == ("ready", "2026-11-30", row.size)
    letter = Email.objects.get(notice="people/download_ready")
    assert (letter.to, letter.subject) == ("alice@marlow.example", "The file with your data is ready through November 30, 2026")
    page = client.get("/account/me/download/")
    assert f"/account/me/download/{row.id}/" in page.content.decode()
    file = client.get(f"/account/me/download/{row.id}/")
    assert (file["Content-Type"], file["Content-Disposition"]) == ("application/zip", 'attachment; filename="lssc-2026-11-23.zip"')
    assert zipfile.ZipFile(BytesIO(b"".join(file.streaming_content))).namelist()[-1] == "index.html"
    verbs = list(Entry.objects.filter(verb__startswith="people.download").order_by("id").values_list("verb", flat=True))
    assert verbs == ["people.download.ask", "people.download.make"]


def test_asked_twice_in_a_day_it_is_the_same_one(alice: Any, at: datetime) -> None:
    first = people.download(alice, at=at)
    assert data_export.ask(alice, at=at + timedelta(hours=23, minutes=59)).id == first.id
    assert "This is the file that you asked for today." in text(browser(alice).post("/account/me/download/", follow=True))
    assert data_export.ask(alice, at=at + timedelta(days=1)).id != first.id


@pytest.mark.django_db(transaction=True)
def test_asked_at_once_it_is_one(alice: Any, at: datetime) -> None:
    def ask(_: int) -> Any:
        try:
            return data_export.ask(alice, at=at).id
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(ask, range(4)))) == 1


def test_it_is_for_that_person_alone(alice: Any, bob: Any, rita: Any, at: datetime) -> None:
    place = f"/account/me/download/{people.download(alice, at=at).id}/"
    assert [browser(who).get(place).status_code for who in (alice, bob, rita)] == [200, 404, 404]
    assert Client().get(place).url.startswith("/account/login/")


@pytest.mark.parametrize(("days", "there"), [(0, True), (7, True), (8, False)])
def test_it_is_gone_after_a_week(alice: Any, at: datetime, monkeypatch: Any, days: int, there: bool) -> None:
    row = people.download(alice, at=at)
    later = at + timedelta(days=days)
    monkeypatch.setattr("ledger.clock.now", lambda: later)
    client = browser(alice)
    assert client.get(f"/account/me/download/{row.id}/").status_code == (200 if there else 404)
    for _ in range(2):
        sweeps.downloads(at=later)
    row.refresh_from_db()
    assert (row.state, default_storage.exists(row.stored)) == (("ready", True) if there else ("gone", False))
    assert client.get("/account/me/download/").status_code == 200


def test_a_full_file_has_all_rooms_and_names_nobody_else(
    alice: Any, bob: Any, beth: Any, rita: Any, at: datetime, django_assert_max_num_queries: Any
) -> None:
    candidacy = candidates.candidacy(alice, at=at, staff=rita)
    portfolios.in_rating(candidacy, *(portfolios.evaluator(who, at=at) for who in (bob, beth)), staff=rita, at=at)
    courses.claimed(candidacy, at=at)
    money.paid(alice, at=at)
    meetings.guest(meetings.webinar(at=at, staff=rita), at=at, email=alice.email, person=alice)
    people.inquiry(at=at)
    with django_assert_max_num_queries(95):
        row = people.download(alice, at=at)
    found = opened(row)
    assert {name for name in found if "/" not in name} == {"index.html", *(f"{room}.json" for room in EXPORTS)}
    whole = "".join(text for name, text in found.items() if not name.startswith("files/"))
    for name in ("Bob Tran", "Beth Alvarez", bob.email, beth.email, "Rita Lindqvist", rita.email, "password", "pbkdf2", "argon2"):
        assert (name, name in whole) == (name, False)
    told = [one["what"] for one in json.loads(found["people.json"])["what happened"]]
    assert "Program staff admitted you until November 23, 2030." in told
    assert any(name.startswith("files/people/001-") for name in found)
    assert json.loads(found["courses.json"])["completions"][0]["offering__title"] == "Words That Help"
    assert "<h1>Everything about Alice Moreau</h1>" in found["index.html"]
    assert "Technology" in found["portfolios.json"] or json.loads(found["portfolios.json"])["portfolios"]
    assert json.loads(found["webinars.json"])["signed up"][0]["email"] == alice.email


def test_what_staff_and_evaluators_did_for_others_is_not_in_theirs(alice: Any, bob: Any, beth: Any, rita: Any, at: datetime) -> None:
    raters = [portfolios.evaluator(who, at=at) for who in (bob, beth)]
    portfolios.in_rating(candidates.candidacy(alice, at=at, staff=rita), *raters, staff=rita, at=at)
    for who in (bob, rita):
        whole = "".join(text for name, text in opened(people.download(who, at=at)).items() if not name.startswith("files/"))
        for name in ("Alice", alice.email):
            assert (who, name, name in whole) == (who, name, False)


def test_every_kind_of_personal_data_is_in_the_file_or_says_why_not(alice: Any) -> None:
    """The tables that the gathering reads from, against the rows of the privacy page: a new one needs its line, or a reason."""
    EmailAddress.objects.create(user=alice, email=alice.email, verified=True, primary=True)
    with CaptureQueriesContext(connection) as captured:
        for gather in EXPORTS.values():
            gather(alice)
    read = {found[1] for captured_query in captured.captured_queries if (found := re.search(r' FROM "(\w+)"', captured_query["sql"]))}
    kept = {label for row in privacy.KEPT for label in row.models}
    missing = {label for label in kept if apps.get_model(label)._meta.db_table not in read}
    assert sorted(missing) == sorted(privacy.NOT_IN_THE_FILE)


def test_what_staff_and_evaluators_said_is_in_it_once_the_persons_page_says_it(
    alice: Any, bob: Any, beth: Any, rita: Any, at: datetime
) -> None:
    candidacy = candidates.candidacy(alice, at=at, staff=rita)
    panel = [portfolios.evaluator(who, at=at) for who in (bob, beth)]
    row = portfolios.in_rating(candidacy, *panel, staff=rita, at=at)
    portfolios.rated(row, 1, at=at, values={1: "partial"})
    gather = EXPORTS["portfolios"]
    assert gather(alice).tables["how it was rated"] == []
    assert len(gather(bob).tables["ratings you gave"]) == row.total
    portfolios.rated(row, 2, at=at, values={1: "partial"})
    rows = gather(alice).tables["how it was rated"]
    assert [(one["competency"], one["comments"]) for one in rows if one["comments"]] == [(1, [portfolios.COMMENT] * 2)]
    assert len(gather(alice).tables["what was sent, sealed"]) == 1
    shared = portfolios.shared(candidacy, at=at, set_code="reference")
    shared.overall = "A draft of comments."
    shared.save()
    tables = gather(alice).tables
    assert (len(tables["drafts you shared for comments"]), tables["comments on them"]) == (1, [])
    assert "A draft of comments." not in str(tables)


def test_a_revocation_is_in_it_once_it_is_confirmed(bob: Any, rita: Any, at: datetime) -> None:
    held = certificate.issued(bob, at=at, staff=rita)
    certificate.proposed(held, at=at)
    gather = EXPORTS["certificates"]
    assert gather(bob).tables["revoked"] == []


def test_what_is_kept_under_an_address_is_its_owners(alice: Any, charlie: Any, rita: Any, at: datetime) -> None:
    EmailAddress.objects.create(user=alice, email=alice.email, verified=True, primary=True)
    agreement = agreements.signed(at=at, staff=rita)
    agreements.posted(agreement, at=at, email=alice.email, name="Alice Moreau")
    assert [one["name"] for one in EXPORTS["agreements"](alice).tables["posted by your college"]] == ["Alice Moreau"]
    assert EXPORTS["agreements"](charlie).tables["posted by your college"] == []


def test_a_session_that_is_over_is_forgotten_with_its_address(alice: Any, bob: Any, at: datetime) -> None:
    for number, (who, ends) in enumerate([(alice, -1), (bob, 1)]):
        key = f"session{number}"
        Session.objects.create(session_key=key, session_data="", expire_date=at + timedelta(days=ends))
        UserSession.objects.create(user=who, ip="192.0.2.1", user_agent="Browser", session_key=key, created_at=at - timedelta(days=14))
    for _ in range(2):
        sweeps.sessions(at=at)
    assert [row.user for row in UserSession.objects.all()] == [bob]
    assert Session.objects.count() == 1


def test_holders_and_appellants_have_theirs(bob: Any, charlie: Any, rita: Any, at: datetime) -> None:
    drawn = certificate.drawn(bob, at=at, staff=rita)
    renewal.activity(renewal.opened_for(drawn, at=at), at=at, proof=True)
    found = opened(people.download(bob, at=at))
    assert json.loads(found["certificates.json"])["certificates"][0]["number"] == drawn.number
    assert "files/certificates/001-certificate.pdf" in found
    assert len(json.loads(found["renewals.json"])["activities"]) == 1
    appeals.noticed(charlie, at=at, staff=rita)
    assert len(json.loads(opened(people.download(charlie, at=at))["appeals.json"])["appeals"]) == 1


def test_a_name_of_a_file_can_not_leave_its_folder(alice: Any, at: datetime, monkeypatch: Any) -> None:
    stored = default_storage.save("documents/x", BytesIO(b"words"))  # type: ignore[arg-type]
    part = data_export.ExportPart("Odd", {}, files=[("../../etc/passwd", stored), ("<b>.txt", stored), ("gone.txt", "documents/none")])
    monkeypatch.setattr(data_export, "EXPORTS", {"odd": lambda person: part})
    found = opened(people.download(alice, at=at))
    names = [name for name in found if name.startswith("files/")]
    assert [re.fullmatch(r"files/odd/\d{3}-[\w.\- ]+", name) is not None for name in names] == [True, True]
    assert "<b>" not in found["index.html"]
