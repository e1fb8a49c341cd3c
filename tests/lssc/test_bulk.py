"""Doing one thing with many: the look is exact and leaves nothing, the press does each once, and tells what changed in between."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.storage import default_storage
from django.db import connections
from django.test import Client

from billing import actions as billing_actions
from candidates import actions as candidates
from candidates.models import Application, Candidacy
from ledger import bulk_runs, queues
from ledger.models import BulkRun, Delivery, Email, Entry
from ledger.states import NotPossible
from people.states import Role
from tests.factories import billing as order
from tests.factories import candidates as candidate
from tests.factories import certificates as certificate
from tests.factories import courses as course
from tests.factories import people
from tests.markup import markup

pytestmark = pytest.mark.django_db
ADMIT = bulk_runs.BULKS["candidates.admit"]


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch, at: Any) -> None:
    monkeypatch.setattr("ledger.clock.now", lambda: at + timedelta(days=1))


@pytest.fixture
def staff(rita: Any) -> Client:
    client = Client()
    client.force_login(rita)
    return client


@pytest.fixture
def three(alice: Any, bob: Any, charlie: Any, at: Any) -> list[Application]:
    return [candidate.in_review(who, at=at) for who in (alice, bob, charlie)]


def counts() -> tuple[int, ...]:
    return Entry.objects.count(), Email.objects.count(), Delivery.objects.count(), Candidacy.objects.count()


def text(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def form(response: Any) -> dict[str, Any]:
    """The fields of the page's form, as a browser without JavaScript sends them."""
    main = response.content.decode().split('<form method="post" action="/office/bulk/">')[1]
    fields: dict[str, Any] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', main):
        fields.setdefault(name, []).append(value)
    return fields


def look(staff: Client, name: str, things: list[Any]) -> Any:
    return staff.get("/office/bulk/", {"do": name, "thing": [str(thing.id) for thing in things]})


def test_a_look_tells_all_and_leaves_nothing(three: list[Application], rita: Any, at: Any) -> None:
    before = counts()
    effects = bulk_runs.preview(ADMIT, [one.id for one in three], actor=rita, at=at)
    assert counts() == before
    assert {application.state for application in Application.objects.all()} == {"in_review"}
    first = effects[0]
    assert first.title == "Admit or refuse: Alice Moreau, Application complete, fee paid"
    assert "Rita Lindqvist admitted Alice Moreau until November 23, 2030." in first.sentences
    assert [letter.to for letter in first.emails] == ["alice@marlow.example"]
    assert len({effect.mark for effect in effects}) == 3


def test_the_press_does_what_the_page_showed(three: list[Application], staff: Client) -> None:
    queue = staff.get("/office/?queue=Applications&all=1")
    assert markup(queue).count('type="checkbox" form="bulk" name="thing"') == 3
    page = look(staff, "candidates.admit", three)
    assert (len(page.context["ready"]), len(page.context["emails"]), page.context["left"]) == (3, 3, [])
    subject = page.context["emails"][0][1].subject
    assert subject in text(page)
    before = Email.objects.count()
    done = staff.post("/office/bulk/", form(page), follow=True)
    assert "Admit to the program: 3 done 3 emails were sent. Nothing was skipped." in text(done)
    assert (Candidacy.objects.count(), Email.objects.count()) == (3, before + 3)
    assert Email.objects.filter(subject=subject).count() == 3
    assert Entry.objects.filter(verb="candidates.application.admit").count() == 3


def test_a_second_press_does_nothing_new(three: list[Application], staff: Client) -> None:
    fields = form(look(staff, "candidates.admit", three))
    first = staff.post("/office/bulk/", fields)
    before = counts()
    second = staff.post("/office/bulk/", fields)
    assert (second.url, counts(), BulkRun.objects.count()) == (first.url, before, 1)
    again = staff.post("/office/bulk/", {**fields, "key": str(uuid4())}, follow=True)
    assert "Admit to the program: 0 done 0 emails were sent. 3 items were skipped" in text(again)
    assert text(again).count("Someone decided on it") == 3
    assert counts() == before


def test_what_changed_in_between_is_told_and_not_done(three: list[Application], staff: Client, bob: Any, at: Any) -> None:
    fields = form(look(staff, "candidates.admit", three))
    other = people.person("sam@lssc.example", roles=(Role.STAFF,), name="Sam Ito")
    candidates.admit(three[0], actor=other, at=at)
    Application.objects.filter(pk=three[1].pk).update(returned_on=at.date())
    done = staff.post("/office/bulk/", fields, follow=True)
    assert [one["why_not"] for one in done.context["left"]] == [bulk_runs.GONE, bulk_runs.CHANGED]
    assert [one["title"].split(",")[0] for one in done.context["done"]] == ["Admit or refuse: Charlie Okafor"]
    assert not Candidacy.objects.filter(person=bob).exists()


def test_what_can_not_be_done_says_why(three: list[Application], staff: Client, rita: Any, at: Any) -> None:
    own = candidate.in_review(rita, at=at)
    claim = course.claimed(candidate.candidacy(people.person("dee@county.example"), at=at, staff=rita), at=at)
    page = look(staff, "candidates.admit", [own, claim, three[0]])
    assert [one.why_not for one in page.context["left"]] == [
        "This is about you. Someone else must decide.",
        "This is in “Completions”. This action does not apply to it.",
    ]
    assert [one.thing for one in page.context["ready"]] == [three[0].id]
    nothing = staff.get("/office/bulk/", {"do": "candidates.admit", "thing": str(uuid4())})
    assert "None of the selected items can be done." in text(nothing)
    assert "<button" not in nothing.content.decode().split("<main", 1)[1].split("</main>")[0]


@pytest.mark.parametrize(
    "asked", [{}, {"do": "candidates.admit"}, {"do": "no.such", "thing": str(uuid4())}, {"do": "candidates.admit", "thing": "\0"}]
)
def test_a_press_without_a_tick_is_told_so(staff: Client, asked: dict[str, str]) -> None:
    for answer in (staff.get("/office/bulk/", asked, follow=True), staff.post("/office/bulk/", asked, follow=True)):
        assert "Select at least one item, and choose what to do with it." in text(answer)


def test_nothing_is_done_without_a_look(three: list[Application], staff: Client) -> None:
    asked = {"do": "candidates.admit", "thing": str(three[0].id)}
    assert "Preview it first." in text(staff.post("/office/bulk/", asked, follow=True))
    guessed = staff.post("/office/bulk/", {**asked, "key": str(uuid4())}, follow=True)
    assert [one["why_not"] for one in guessed.context["left"]] == [bulk_runs.CHANGED]
    assert Candidacy.objects.count() == 0


def test_the_page_of_what_was_done_is_for_whoever_did_it(three: list[Application], staff: Client) -> None:
    place = staff.post("/office/bulk/", form(look(staff, "candidates.admit", three))).url
    other = Client()
    other.force_login(people.person("sam@lssc.example", roles=(Role.STAFF,)))
    reader = Client()
    reader.force_login(people.person("otto@lssc.example", roles=(Role.AUDITOR,)))
    assert [one.get(place).status_code for one in (staff, other, reader)] == [200, 404, 403]
    key = UUID(place.split("/")[-2])
    with pytest.raises(NotPossible, match="This page has expired"):
        bulk_runs.apply(ADMIT, {}, key=key, actor=people.person("tia@lssc.example", roles=(Role.STAFF,)), at=BulkRun.objects.get().at)
    bulk_runs.drop_old(at=BulkRun.objects.get().at + timedelta(days=31))
    assert staff.get(place).status_code == 404


def test_the_key_of_another_person_is_refused(three: list[Application], staff: Client) -> None:
    first, rest = look(staff, "candidates.admit", three[:1]), look(staff, "candidates.admit", three[1:])
    staff.post("/office/bulk/", form(first))
    other = Client()
    other.force_login(people.person("sam@lssc.example", roles=(Role.STAFF,)))
    before, key = counts(), form(first)["key"]
    answer = other.post("/office/bulk/", {**form(rest), "key": key}, follow=True)
    assert (answer.redirect_chain, counts()) == ([("/office/", 302)], before)
    assert "This page has expired. Select the items again. Nothing was done." in text(answer)
    assert len(BulkRun.objects.get().results) == 1


def test_completions_certificates_and_graduates_are_done_in_the_same_way(staff: Client, bob: Any, alice: Any, rita: Any, at: Any) -> None:
    claim = course.claimed(candidate.candidacy(alice, at=at, staff=rita), at=at)
    page = look(staff, "courses.accept", [claim])
    assert [letter.subject for _, letter in page.context["emails"]] == ["You achieved Communication and Teamwork"]
    staff.post("/office/bulk/", form(page))
    claim.refresh_from_db()
    asked = certificate.asked(bob, at=at, staff=rita)
    page = look(staff, "certificates.issue", [asked])
    assert [letter.to for _, letter in page.context["emails"]] == [bob.email]
    assert "LSSC-" not in text(page)
    staff.post("/office/bulk/", form(page))
    asked.refresh_from_db()
    assert (claim.state, asked.state) == ("accepted", "issued")


def test_an_institution_is_reminded_once_a_day(staff: Client, priya: Any, rita: Any, at: Any, monkeypatch: Any) -> None:
    invoice = order.invoiced(priya, at=at, staff=rita)
    late = at + timedelta(days=40)
    monkeypatch.setattr("ledger.clock.now", lambda: late)
    page = look(staff, "billing.remind", [invoice])
    assert [(letter.to, letter.subject) for _, letter in page.context["emails"]] == [
        (priya.email, "Invoice INV-00001 was due on December 23, 2026")
    ]
    staff.post("/office/bulk/", form(page))
    assert Email.objects.filter(person=priya, notice="billing/invoice_due").count() == 1
    assert [one.why_not for one in look(staff, "billing.remind", [invoice]).context["left"]] == [
        "Someone already reminded them of this invoice today."
    ]
    billing_actions.remind(invoice, actor=rita, at=late + timedelta(days=1))
    with pytest.raises(NotPossible, match="not overdue"):
        billing_actions.remind(invoice, actor=rita, at=at)
    assert default_storage.exists(invoice.stored)


def test_every_bulk_action_is_for_a_queue_that_exists() -> None:
    assert {one.kind for one in bulk_runs.BULKS.values()} <= set(queues.QUEUES)


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_do_each_thing_once(three: list[Application], rita: Any, at: Any) -> None:
    from concurrent.futures import ThreadPoolExecutor

    marks = {one.thing: one.mark for one in bulk_runs.preview(ADMIT, [one.id for one in three], actor=rita, at=at)}
    key = uuid4()

    def press(_: int) -> int:
        try:
            return len(bulk_runs.apply(ADMIT, marks, key=key, actor=rita, at=at).results)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(press, range(4))) == [3, 3, 3, 3]
    assert (Candidacy.objects.count(), Entry.objects.filter(verb="candidates.application.admit").count()) == (3, 3)
    assert all(not one["why_not"] for one in BulkRun.objects.get().results)
