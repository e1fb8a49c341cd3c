"""The pages of an appeal, as the person, the committee, staff and strangers see them."""

import re
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appeals import actions, queries
from appeals.models import Appeal, Receipt, Statement
from appeals.states import DecisionKind
from candidates import actions as deciding
from ledger.models import Email, Entry
from people.states import Role
from tests.factories import appeals, people

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(at: datetime) -> Any:
    with time_machine.travel(at, tick=False):
        yield


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_a_person_goes_from_the_decision_to_the_grounds(alice: Any, rita: Any, at: datetime) -> None:
    application, browser = appeals.refused(alice, at=at, staff=rita), signed_in(alice)
    address = reverse("appeals:notice", args=["application", application.id])
    assert address in browser.get(reverse("appeals:mine")).text
    assert "December 3, 2026" in browser.get(address).text
    assert browser.post(address, {"reason": " "}).status_code == 422
    assert browser.post(address, {"reason": "My weeks were not counted."}).status_code == 302
    appeal = Appeal.objects.get()
    assert browser.get(address).url == reverse("appeals:appeal", args=[appeal.id])
    grounds = reverse("appeals:grounds", args=[appeal.id])
    assert grounds in browser.get(reverse("appeals:appeal", args=[appeal.id])).text
    kept = browser.post(grounds, {"grounds": "x" * 20001})
    assert (kept.status_code, "x" * 20001 in kept.text) == (422, True)
    kept = browser.post(grounds, {"grounds": "The rule", "version": "0", "what": "keep"})
    assert (kept.status_code, "The rule" in browser.get(grounds).text) == (302, True)
    stale = browser.post(grounds, {"grounds": "Another tab", "version": "0"})
    assert (stale.status_code, "The rule" in stale.text, "Another tab" in stale.text) == (409, True, True)
    saved = browser.post(grounds, {"grounds": "The rule on", "version": "1"}, headers={"X-Autosave": "1"})
    assert (saved.status_code, saved.json()["version"]) == (200, 2)
    assert browser.post(grounds, {"grounds": "The rule on part-time weeks.", "version": "2"}).status_code == 302
    appeal.refresh_from_db()
    assert appeal.grounds == "The rule on part-time weeks."
    again = browser.post(grounds, {"grounds": "Once more."})
    assert (again.status_code, "Once more." in again.text) == (409, True)
    appeal.refresh_from_db()
    assert appeal.grounds == "The rule on part-time weeks."


def test_a_late_notice_is_answered_with_what_would_help(alice: Any, rita: Any, at: datetime) -> None:
    application = appeals.refused(alice, at=at, staff=rita)
    with time_machine.travel(at + timedelta(days=11), tick=False):
        answer = signed_in(alice).post(reverse("appeals:notice", args=["application", application.id]), {"reason": "Late."})
    assert (answer.status_code, reverse("people:contact") in answer.text, Appeal.objects.count()) == (422, True, 0)


def test_strangers_find_nothing(alice: Any, charlie: Any, rita: Any, at: datetime) -> None:
    appeal, browser = appeals.noticed(alice, at=at, staff=rita), signed_in(charlie)
    for name in ("appeal", "grounds", "withdraw"):
        assert browser.get(reverse(f"appeals:{name}", args=[appeal.id])).status_code == 404
    assert browser.get(reverse("appeals:review", args=[appeal.id])).status_code == 403
    assert browser.post(reverse("appeals:decide", args=[appeal.id])).status_code == 403


def test_the_committee_answers_signs_and_decides(alice: Any, rita: Any, cora: Any, at: datetime) -> None:
    appeal = appeals.grounded(alice, at=at, staff=rita)
    member = people.person("una@dunes.example", roles=(Role.COMMITTEE,))
    one, other = signed_in(cora), signed_in(member)
    assert reverse("appeals:review", args=[appeal.id]) in one.get(reverse("appeals:queue")).text
    assert one.post(reverse("appeals:answer", args=[appeal.id]), {"text": ""}).status_code == 422
    assert one.post(reverse("appeals:answer", args=[appeal.id]), {"what": "waive"}).status_code == 302
    verdict = {"verdict": "remand", "comment": "Count the weeks again."}
    refused = one.post(reverse("appeals:decide", args=[appeal.id]), verdict, follow=True)
    assert "You answered for the first committee" in refused.text
    assert "Nothing was changed." in refused.text
    assert "Sign the statement" in other.get(reverse("appeals:review", args=[appeal.id])).text
    pages = [browser.get(reverse("appeals:review", args=[appeal.id])).text for browser in (one, other)]
    assert [reverse("appeals:statement") in page for page in pages] == [False, True]
    assert other.post(reverse("appeals:statement"), {}).status_code == 422
    assert other.post(reverse("appeals:statement"), {"true": "on"}).status_code == 302
    assert Statement.objects.filter(person=member).count() == 1
    assert other.post(reverse("appeals:decide", args=[appeal.id]), verdict).status_code == 302
    assert "Count the weeks again." in signed_in(alice).get(reverse("appeals:appeal", args=[appeal.id])).text
    assert "Decide again, after an appeal" in signed_in(rita).get(reverse("office")).text
    early = signed_in(rita).post(reverse("appeals:done", args=[appeal.id]), follow=True)
    assert "No one has decided again yet" in early.text
    deciding.refuse(alice.applications.get(), reason_code="other", reason="No.", eligible_from=None, actor=rita, at=at)
    assert "It is decided again" in signed_in(rita).get(reverse("appeals:review", args=[appeal.id])).text
    assert signed_in(rita).post(reverse("appeals:done", args=[appeal.id])).status_code == 302
    appeal.refresh_from_db()
    assert appeal.done_at == at


def test_a_member_does_not_find_their_own_appeal_in_the_queue(rita: Any, cora: Any, at: datetime) -> None:
    appeal, browser = appeals.grounded(cora, at=at, staff=rita), signed_in(cora)
    assert str(appeal.id) not in browser.get(reverse("appeals:queue")).text
    assert browser.get(reverse("appeals:review", args=[appeal.id])).status_code == 404


def test_staff_note_a_later_receipt(alice: Any, rita: Any, at: datetime) -> None:
    application = appeals.refused(alice, at=at - timedelta(days=12), staff=rita)
    browser, address = signed_in(rita), reverse("appeals:receipt", args=[alice.public_id])
    assert address in browser.get(reverse("person", args=[alice.public_id])).text
    said = {
        "decision": str(application.id),
        "received_on_month": "11",
        "received_on_day": "20",
        "received_on_year": "2026",
        "reason": "Came back.",
    }
    assert browser.post(address, {**said, "received_on_day": "24"}).status_code == 422
    assert browser.post(address, said).status_code == 302
    assert Receipt.objects.get().noted_by == rita
    assert "November 30, 2026" in signed_in(alice).get(reverse("appeals:mine")).text


def test_the_queue_asks_as_much_for_many_as_for_few(rita: Any, cora: Any, at: datetime) -> None:
    counts = []
    for numbers in (range(3), range(3, 30)):
        for number in numbers:
            appeals.grounded(people.person(f"p{number}@many.example"), at=at, staff=rita)
        browser = signed_in(cora)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert browser.get(reverse("appeals:queue")).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("kind", DecisionKind.values)
def test_each_decision_says_until_when_and_is_read_by_who_hears_it(
    kind: str, alice: Any, bob: Any, beth: Any, rita: Any, sam: Any, cora: Any, dov: Any, at: datetime
) -> None:
    browser, reader = signed_in(alice), signed_in(cora)
    page = appeals.against(kind, alice, at=at, staff=rita, panel=(bob, beth))
    (one,) = queries.list_appealable(alice, at=at)
    address = reverse("appeals:notice", args=[kind, one.reference])
    shown = browser.get(page).text
    assert (address in shown, "You can appeal until December 3, 2026" in shown) == (True, True)
    letters = [" ".join(text.split()) for text in Email.objects.filter(person=alice).values_list("text", flat=True)]
    assert sum("you can appeal through December 3, 2026" in text for text in letters) == 1
    assert browser.post(address, {"reason": "Unfair.", "papers": appeals.paper()}).status_code == 302
    appeal = Appeal.objects.get()
    assert (appeal.files.count(), "Check the status of your appeal" in browser.get(page).text) == (1, True)
    decision = reverse("appeals:decision", args=[appeal.id])
    early = reader.get(decision, follow=True).text
    assert "only while its appeal is before the committee" in early
    actions.give_grounds(appeal, grounds="A rule.", actor=alice, at=at)
    for _ in range(2):
        assert appeal.matter in unescape(reader.get(decision).text)
    assert Entry.objects.filter(verb="appeals.appeal.look", actor=cora).count() == 1
    assert signed_in(rita).get(decision).status_code == 200
    assert Entry.objects.filter(verb="appeals.appeal.look").count() == 1
    actions.waive(appeal, actor=sam, at=at)
    actions.uphold(appeal, comment="By the rules.", actor=dov, at=at)
    assert "before the committee. This one is not" in reader.get(decision, follow=True).text


def test_the_committee_reads_nothing_without_the_statement_or_with_a_part_in_it(alice: Any, rita: Any, cora: Any, at: datetime) -> None:
    appeal = appeals.grounded(alice, at=at, staff=rita)
    decision = reverse("appeals:decision", args=[appeal.id])
    una = signed_in(people.person("una@dunes.example", roles=(Role.COMMITTEE,)))
    assert "Sign the statement" in una.get(decision, follow=True).text
    appeal.made_by.add(cora)
    assert "You took part" in signed_in(cora).get(decision, follow=True).text
    assert not Entry.objects.filter(verb="appeals.appeal.look").exists()


def test_files_are_opened_by_who_may_and_nobody_else(alice: Any, charlie: Any, rita: Any, cora: Any, at: datetime) -> None:
    appeal = appeals.grounded(alice, at=at, staff=rita)
    added = appeals.filed(appeal, at=at)
    for who in (alice, rita, cora):
        page = signed_in(who).get(reverse("appeals:appeal" if who == alice else "appeals:review", args=[appeal.id])).text
        link = re.search(rf'/documents/{added.document_id}/[^"]*', page)
        assert link is not None
        assert signed_in(who).get(unescape(link[0])).status_code == 200
        assert signed_in(charlie).get(unescape(link[0])).status_code == 404
    answer = {"text": "We counted.", "papers": [appeals.paper("one.txt"), appeals.paper("two.txt")]}
    assert signed_in(cora).post(reverse("appeals:answer", args=[appeal.id]), answer).status_code == 302
    assert "two.txt" in signed_in(alice).get(reverse("appeals:appeal", args=[appeal.id])).text


def test_a_wrong_file_is_told_by_name_and_no_word_is_lost(alice: Any, rita: Any, at: datetime) -> None:
    appeal, browser = appeals.noticed(alice, at=at, staff=rita), signed_in(alice)
    bad = SimpleUploadedFile("tool.exe", b"MZ\x90\x00", "application/octet-stream")
    said = {"grounds": "The rule on weeks.", "version": "0", "papers": [appeals.paper(), bad]}
    answer = browser.post(reverse("appeals:grounds", args=[appeal.id]), said)
    assert (answer.status_code, "tool.exe" in answer.text, "The rule on weeks." in answer.text) == (422, True, True)
    appeal.refresh_from_db()
    assert (appeal.state, appeal.files.count()) == ("noticed", 0)
    early = browser.post(reverse("appeals:files", args=[appeal.id]), {}, follow=True)
    assert "Add files where you submit your grounds. Nothing was changed." in early.text


def test_an_answer_that_is_refused_keeps_its_words(alice: Any, rita: Any, sam: Any, cora: Any, at: datetime) -> None:
    appeal, answer = appeals.grounded(alice, at=at, staff=rita), {"text": "Each week was counted by the rule."}
    address = reverse("appeals:answer", args=[appeal.id])
    files = {**answer, "papers": [appeals.paper(f"{number}.txt") for number in range(11)]}
    full = signed_in(sam).post(address, files)
    assert (full.status_code, answer["text"] in full.text, "room for 10 files" in full.text) == (422, True, True)
    with time_machine.travel(at + timedelta(days=31), tick=False):
        late = signed_in(sam).post(address, answer)
    assert (late.status_code, answer["text"] in late.text, "Nothing was changed." in late.text) == (409, True, True)
    actions.waive(appeal, actor=sam, at=at)
    second = signed_in(cora).post(address, answer)
    assert (second.status_code, answer["text"] in second.text, "may have answered a moment ago. Nothing was changed." in second.text) == (
        409,
        True,
        True,
    )


def test_grounds_after_the_last_day_stay_with_who_wrote_them(alice: Any, rita: Any, cora: Any, at: datetime) -> None:
    appeal, browser = appeals.noticed(alice, at=at, staff=rita), signed_in(alice)
    actions.save_draft(appeal, text="The weeks of my second post", version=0, actor=alice, at=at)
    page = reverse("appeals:appeal", args=[appeal.id])
    assert "The weeks of my second post" not in browser.get(page).text
    with time_machine.travel(at + timedelta(days=31), tick=False):
        browser = signed_in(alice)
        sent = browser.post(reverse("appeals:grounds", args=[appeal.id]), {"grounds": "The weeks of both posts", "version": "1"})
        assert (sent.status_code, "The weeks of both posts" in sent.text) == (409, True)
        actions.forfeit(appeal.id, at=at + timedelta(days=31))
        assert "The weeks of my second post" in browser.get(page).text
        assert "second post" not in signed_in(rita).get(reverse("appeals:review", args=[appeal.id])).text
    application = appeals.refused(alice, at=at, staff=rita)
    with time_machine.travel(at + timedelta(days=11), tick=False):
        late = signed_in(alice).post(reverse("appeals:notice", args=["application", application.id]), {"reason": "My mail came late."})
    assert "My mail came late." in late.text
